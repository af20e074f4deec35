"""Makes the table of the files that classes lack."""  # noqa: INP001 - Alembic runs it as a file

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "missing_file",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column(
            "assignment_id",
            sa.String(22),
            sa.ForeignKey("assignment.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
    )
    op.create_index("ix_missing_file_assignment_id", "missing_file", ["assignment_id"])
