"""What every sheet that someone hands in is held to, and what a line of notes begins with."""

from __future__ import annotations

from typing import Final

LARGEST_MB: Final = 20

#: A line whose first cell begins so is a note to the reader, not a figure.
NOTE: Final = "# "
