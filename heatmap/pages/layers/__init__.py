"""The pages about layers."""
