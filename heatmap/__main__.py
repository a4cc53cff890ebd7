"""``python -m heatmap``: the command line, which lives in a room of its own. The only door from here to there."""

from command.cli import main

main()
