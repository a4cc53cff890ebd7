"""The WHAM Health Inequalities HeatMap: what the reader sees."""

__version__ = "0.1.0"
