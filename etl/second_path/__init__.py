"""A second way to every value, which shares nothing with the first."""
