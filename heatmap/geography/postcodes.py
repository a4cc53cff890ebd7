"""One reading of a postcode for every door: as people type it, with slips of the finger, into its two halves.

The browser's search box reads in the same way (``assets/postcode.js``), and one table of cases holds both to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: The shapes of the first half, and of the second. A: a letter, 9: a digit.
_OUTWARDS: Final = ("A9", "A99", "AA9", "AA99", "A9A", "AA9A")
_INWARD: Final = "9AA"
#: Slips of the finger: what stands for what.
_TO_DIGIT: Final = {"O": "0", "I": "1", "L": "1"}
_TO_LETTER: Final = {"0": "O", "1": "I"}
#: Postcode areas without an English postcode: Scotland, Wales, Northern Ireland, the islands.
_ELSEWHERE: Final = frozenset(
    ["BT", "JE", "GY", "IM", "CF", "SA", "AB", "DD", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "ZE"]
)
_CLEAN: Final = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})")


@dataclass(frozen=True)
class PostcodeRead:
    """A whole postcode. ``guessed``: a letter was read as a digit or a digit as a letter, which should be told."""

    outward: str
    inward: str
    guessed: bool

    @property
    def text(self) -> str:
        """Its two halves with a space between.

        >>> PostcodeRead("B14", "6RE", False).text
        'B14 6RE'
        """
        return f"{self.outward} {self.inward}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether its area has no English postcode; of one that crosses the border we cannot say."""
        return _area(self.outward) in _ELSEWHERE


def read_postcode(text: str, listed: AbstractSet[str]) -> PostcodeRead | None:
    """The postcode that a text most likely means; None where it is no whole one.

    listed  England's outward codes

    >>> read_postcode("b14-6re", {"B14"}), read_postcode("B93 ODX", {"B93"}).text, read_postcode("BI4 6RE", {"B14"}).text
    (PostcodeRead(outward='B14', inward='6RE', guessed=False), 'B93 0DX', 'B14 6RE')
    >>> read_postcode("B14", {"B14"}), read_postcode("Mills", {"M1"}), read_postcode("ML1 1AA", {"M11"}).text
    (None, None, 'ML1 1AA')
    """
    clean = _CLEAN.fullmatch(text)
    if clean and clean[1] in listed:
        return PostcodeRead(clean[1], clean[2], False)
    plain = unicodedata.normalize("NFKC", text[:60]).upper()
    typed = "".join(
        " " if letter in "\u200b\ufeff.," or letter.isspace() or unicodedata.category(letter) == "Pd" else letter for letter in plain
    )
    gap = " ".join(typed.split()).find(" ")
    typed = "".join(typed.split())
    if not re.fullmatch(r"[A-Z0-9]{2,7}", typed) or not re.search(r"[0-9]", typed):
        return None
    if typed == "GIR0AA":  # the only one of its shape; it was Girobank's, in Bootle
        return PostcodeRead("GIR", "0AA", False)
    readings = []
    for shape in _OUTWARDS:
        rest = len(typed) - len(shape)  # how much of the second half is there
        if not 0 <= rest <= 3 or not (read := _read_as(typed, shape + _INWARD)):
            continue
        outward, inward = read[: len(shape)], read[len(shape) :]
        guesses = sum(one != other for one, other in zip(typed, read, strict=True))
        if rest == 3 or _is_plausible(outward, frozenset(listed)):
            readings.append((_cost(outward, guesses, rest, gap, listed), outward, inward, guesses))
    best = min(readings, key=lambda reading: reading[0], default=None)
    if best is None or len(best[2]) < 3:
        return None
    return PostcodeRead(best[1], best[2], best[3] > 0)


def say_guess(text: str, listed: AbstractSet[str]) -> str:
    """That a letter of a postcode was guessed, and what was read; "" where nothing was.

    >>> say_guess("B93 ODX", {"B93"}), say_guess("b93 0dx", {"B93"})
    ('we read B93 0DX: check it', '')
    """
    read = read_postcode(text, listed)
    return f"we read {read.text}: check it" if read and read.guessed else ""


def _area(outward: str) -> str:
    return re.match(r"[A-Z]*", outward)[0]  # type: ignore[index]


def _read_as(typed: str, shape: str) -> str:
    """The typed characters in this shape, slips mended; "" if they do not fit."""
    read = ""
    for letter, kind in zip(typed, shape, strict=False):
        fits = letter.isdigit() == (kind == "9")
        right = letter if fits else (_TO_DIGIT if kind == "9" else _TO_LETTER).get(letter, "")
        if not right:
            return ""
        read += right
    return read


@lru_cache(maxsize=4)
def _areas(listed: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_area, listed)) | _ELSEWHERE


def _is_plausible(outward: str, listed: frozenset[str]) -> bool:
    return _area(outward) in _areas(listed) or any(code.startswith(outward) for code in listed)


def _cost(outward: str, guesses: int, rest: int, gap: int, listed: AbstractSet[str]) -> int:
    """How unlikely a reading is: what was typed comes before what we mended, then whole postcodes, the typed space, the longer first
    half."""
    real = bool(re.fullmatch(r"[A-Z]+(0|[1-9][0-9]?)", outward)) and _area(outward) in _areas(frozenset(listed))
    kind = (2 if guesses else 0) if outward in listed else 1 if real and not guesses else 3
    split = rest < 3 and gap > 0 and gap != len(outward)
    return kind * 1000 + guesses * 100 + (50 if rest < 3 else 0) + (10 if split else 0) - len(outward)
