"""Alembic's entry: run the migrations on the connection that `Database` opened."""

from alembic import context

from workers.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
