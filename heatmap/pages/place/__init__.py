"""The pages about one place."""
