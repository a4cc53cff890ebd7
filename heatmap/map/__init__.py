"""The map: its address, description, controls and legend."""
