"""What Alembic runs a step in: the connection, and the one transaction, that ``heatmap.projects.database.migrate`` holds."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
