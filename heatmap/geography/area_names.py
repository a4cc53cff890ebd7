"""Finding an area by its name: official, spoken or former, in any order of words, with the ordinary words people put round it.

``find`` in assets/areas.js is the same rule; one table of examples holds both to it (tests/named.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from heatmap.geography.levels import Level

#: Words that say what kind of thing an area is; passed over where another word says which.
KINDS: Final[dict[str, str]] = {
    "nhs": "icb", "icb": "icb", "ics": "icb", "integrated": "icb", "care": "icb", "board": "icb", "system": "icb",
    "council": "lad", "councils": "lad", "borough": "lad", "district": "lad", "metropolitan": "lad", "unitary": "lad", "authority": "lad",
    "corporation": "lad", "mbc": "lad", "bc": "lad", "dc": "lad", "cc": "lad", "lb": "lad", "local": "lad",
    "region": "rgn",
}  # fmt: skip
#: Words that are a part of some names, and round others.
AROUND: Final = frozenset({"city", "county", "of", "the", "royal", "london", "and", "england", "upon", "town", "area"})


@dataclass(frozen=True)
class Name:
    """One name of an area.

    key      as it is compared: " kings heath and cocks moor " with a blank at both ends
    wide     the same with the name of what it is in
    former   the name as it is written, where it is none that we say
    """

    key: str
    wide: str
    code: str
    level: Level
    former: str = ""


def plain_name(text: str) -> str:
    """A name as it is compared: no capitals, accents, apostrophes or signs, letters of full width as any other, a blank at both ends.

    >>> plain_name("King’s Heath & Cocks Moor"), plain_name("Saint Albans"), plain_name("ＬＥＥＤＳ")
    (' kings heath and cocks moor ', ' st albans ', ' leeds ')
    """
    letters = unicodedata.normalize("NFKD", f" {text} ").lower().replace("&", " and ")
    bare = re.sub("[\u0300-\u036f'’‘`]", "", letters)
    return re.sub(" saint (?=.)", " st ", re.sub("[^a-z0-9]+", " ", bare))


def find_names(text: str, names: Iterable[Name]) -> list[Name]:
    """The names that fit what was typed, the best first; each area once.

    names   the larger areas first: of two that fit alike the first comes first
    """
    words = plain_name(text).split()
    if len("".join(words)) < 2:
        return []
    names = list(names)
    found = _fit(words, names)
    telling = _telling(words)
    if telling != words:
        wanted = {kind for word in words if (kind := KINDS.get(word))}
        less = _fit(telling, names)
        # "NHS Devon" means the board, "Leeds City Council" the authority.
        less.sort(key=lambda each: bool(wanted) and each.level not in wanted)
        exact = " ".join(telling)
        best = [each for each in less if each.key.strip() in (exact, " ".join(words)) and (not wanted or each.level in wanted)]
        found = [*best, *found, *less]
    once: dict[str, Name] = {}
    for each in found:
        once.setdefault(each.code, each)
    return list(once.values())


def _telling(words: Sequence[str]) -> list[str]:
    """The words that say which area is meant; where all are ordinary, those that may be a name."""
    named = [word for n, word in enumerate(words) if not (word in KINDS or (n and n == len(words) - 1 and _begins_a_kind(word)))]
    return [word for word in named if word not in AROUND] or named or list(words)


def _begins_a_kind(word: str) -> bool:
    """Whether a word may be the beginning of one that is still being typed: "Leeds City Counc"."""
    return len(word) > 2 and any(kind.startswith(word) for kind in KINDS)


def _fit(words: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names that are the words, then those that begin with them, that hold them all, and that hold some, the rest around."""
    whole, start = f" {' '.join(words)} ", f" {' '.join(words)}"
    fits: tuple[list[Name], ...] = ([], [], [], [])
    for each in names:
        if not all(f" {word}" in each.wide for word in words):
            continue
        if each.key == whole:
            fits[0].append(each)
        elif each.key.startswith(start):
            fits[1].append(each)
        elif all(f" {word}" in each.key for word in words):
            fits[2].append(each)
        elif any(f" {word}" in each.key for word in words):
            fits[3].append(each)
    return [each for fit in fits for each in fit]
