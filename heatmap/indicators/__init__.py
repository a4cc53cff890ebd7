"""Indicators of one area: where it stands, in numbers, sentences and a chart."""
