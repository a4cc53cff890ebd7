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

import difflib
import errno
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final


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


#: What the disk may say -> what it means, and the next step.
_DISK: Final[dict[int, tuple[str, str]]] = {
    errno.ENOENT: ("is not there", "Check the name, or put it there."),
    errno.EISDIR: ("is a folder where a file should be", "Rename it or move it away."),
    errno.ENOTDIR: ("leads through a file where a folder should be", "Rename that file or move it away."),
    errno.EEXIST: ("is a file where a folder should be", "Rename it or move it away."),
    errno.ENOTEMPTY: ("is a folder where a file should be", "Rename it or move it away."),
    errno.ENOSPC: ("cannot be written, because the disk is full", "Make room and try again."),
    errno.EROFS: ("cannot be written, because this disk can only be read", "Work in a copy on another disk."),
}
_MAY_NOT: Final = ("may not be read or written by you", "Give yourself the right to, as its owner can, or work in a folder of your own.")


def say_disk_fault(fault: OSError) -> str:
    """What the disk or the network said, as a sentence with the path and the next step.

    >>> say_disk_fault(PermissionError(13, "Permission denied", "/srv/trees.csv"))
    '/srv/trees.csv: may not be read or written by you. Give yourself the right to, as its owner can, or work in a folder of your own.'
    """
    named = fault.filename2 if isinstance(fault.filename2, str) else fault.filename
    path = Path(named) if isinstance(named, str | Path) else None
    if isinstance(fault, PermissionError) and path:
        what, cure = _MAY_NOT
    else:
        what, cure = _DISK.get(fault.errno or 0, (f"the computer says: {fault.strerror or fault}", "Fix that and try again."))
    if path and path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return (
        f"{path}: {what}. {cure}" if path else f"We could not read or write something: {fault.strerror or fault}. Fix that and try again."
    )


def quote_begin(text: str, most: int = 40) -> str:
    """Somebody's text in quotes, its beginning alone where it is long, so that it cannot fill a page.

    >>> quote_begin("parks"), quote_begin("parks and trees", 5)
    ('“parks”', '“parks…”')
    """
    return f"“{text if len(text) <= most else f'{text[:most]}…'}”"


def nearest_word(word: str, known: Iterable[str], sure: float = 0.6) -> str:
    """The known word that a misspelt one most probably means; "" where none is near.

    sure    how alike the two must be, 0 to 1

    >>> nearest_word("bimd2025", ["imd2025", "trees"]), nearest_word("parks", ["imd2025", "trees"])
    ('imd2025', '')
    """
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=sure)), "")


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
