"""The pages about inequality."""
