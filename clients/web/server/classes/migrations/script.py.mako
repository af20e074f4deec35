"""${message}."""  # noqa: INP001 - Alembic runs it as a file

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Changes the tables."""
    ${upgrades if upgrades else "pass"}
