"""``python -m command``, the same as ``heatmap``."""

from command.cli import main

main()
