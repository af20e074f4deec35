"""Makes the tables of assignments and works."""  # noqa: INP001 - Alembic runs it as a file

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "assignment",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("text_language", sa.String(64), nullable=False),
        sa.Column("feedback_language", sa.String(64), nullable=False),
        sa.Column("rubric", sa.LargeBinary(), nullable=False),
        sa.Column("models", sa.Text(), nullable=False),
        sa.Column("limit_nanos", sa.BigInteger(), nullable=True),
        sa.Column("roster", sa.Text(), nullable=False),
        sa.Column("stop_reason", sa.String(16), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
    )
    op.create_index("ix_assignment_owner", "assignment", ["owner"])
    op.create_table(
        "work",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column(
            "assignment_id",
            sa.String(22),
            sa.ForeignKey("assignment.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Float(), nullable=True),
        sa.Column("reserve_nanos", sa.BigInteger(), nullable=True),
        sa.Column("cost_nanos", sa.BigInteger(), nullable=False),
        sa.Column("unsettled_nanos", sa.BigInteger(), nullable=False),
        sa.Column("is_cost_whole", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.LargeBinary(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("contested", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Float(), nullable=False),
        sa.Column("feedback_id", sa.String(64), nullable=False),
        sa.Column("feedback", sa.LargeBinary(), nullable=False),
        sa.Column("decisions", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_work_assignment_state", "work", ["assignment_id", "state"])
