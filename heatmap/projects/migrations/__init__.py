"""How the tables came to be, a step a file, for Alembic; run by ``heatmap projects migrate`` and by the first write."""
