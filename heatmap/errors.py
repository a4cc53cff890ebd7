"""Every error a person can meet, each one sentence: what, where, and the next step.

HeatmapError
├── LayerCardError      a card in data/layers is wrong: all its faults are told at once
├── WordsError          a file of data/words is wrong: all its faults are told at once
├── DataContractError   a table breaks a promise: rows, codes, range, missing, anchors, joins
├── SourceError         a raw file is absent, damaged, or not the one the card names
├── SnapshotError       the embedded snapshot in data/built is absent, damaged or unfinished
└── NotFoundError       a layer, area or outward code that we do not have
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class HeatmapError(Exception):
    """The parent of all errors above; its text is fit to show to anyone."""


class LayerCardError(HeatmapError):
    """One or more faults in a layer's card, a line each."""


class WordsError(HeatmapError):
    """One or more faults in a file of words, a line each."""


class DataContractError(HeatmapError):
    """One or more broken promises of a table, a line each."""


class SourceError(HeatmapError):
    """A raw file cannot be had, or is not what its card says."""


class SnapshotError(HeatmapError):
    """The embedded snapshot cannot be used as it is."""


class NotFoundError(HeatmapError):
    """Nothing here has that name or code."""


def name_some(codes: Iterable[object], most: int = 3) -> str:
    """The first few of many, and how many more there are.

    >>> name_some(["E01", "E02", "E03", "E04", "E05"])
    'E01, E02, E03 and 2 more'
    >>> name_some(["E01"])
    'E01'
    """
    listed: Sequence[str] = [str(code) for code in codes]
    shown = ", ".join(listed[:most])
    return shown if len(listed) <= most else f"{shown} and {len(listed) - most:,} more"
