"""Runs the migrations on the connection that `open_database` opened."""  # noqa: INP001 - Alembic runs it as a file

from alembic import context

from clients.web.server.classes.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite changes a table by making it anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
