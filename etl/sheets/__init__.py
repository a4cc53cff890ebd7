"""Sheets that people fill in: read, and checked cell by cell."""
