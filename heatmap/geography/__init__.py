"""Levels of area, their codes and names, and postcodes."""
