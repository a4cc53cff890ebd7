"""What Alembic runs a step in: the connection, and the one transaction, that ``heatmap.projects.database`` holds."""

from alembic import context

if hasattr(context, "config"):  # there is none unless Alembic itself runs this
    context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
