"""Layers: their cards, their faults, their classes, their tables."""
