"""The pages where a project is shared, edited and reviewed."""
