"""The index of deprivation: what every edition of it has in common, and what each calls its ends."""

from __future__ import annotations

#: The two ends of a ranking, that of tenth 1 first, where a card names none of its own.
DEPRIVED = ("most deprived", "least deprived")
