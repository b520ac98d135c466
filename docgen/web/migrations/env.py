"""Run by Alembic: the steps of `versions`, on the connection that `docgen.web.database` opened."""

from alembic import context

from docgen.web.database_tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
