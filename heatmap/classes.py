"""The classes a layer is drawn in: their words, colours and edges. The same at every zoom, set once by the build.

A class is a small whole number: 0 is "no figure", 1 the first in the legend. For tenths, class = tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heatmap.cards import LayerCard
from heatmap.geography import Level

#: Shares of residents above LSOA have fixed edges, so a colour means the same in every layer and at every zoom.
SHARE_EDGES = (0.0, 10.0, 25.0, 50.0)
#: The two ends of a ranking, that of tenth 1 first, where a card names none of its own.
DEPRIVED = ("most deprived", "least deprived")
#: Which of the five colours are used where an amount has fewer classes: the darkest and the lightest always.
AMOUNT_COLOURS = {2: (1, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}


#: Units that are the name of what is measured: they stand before the number.
_NOUNS = {"ratio": "a ratio", "score": "a score", "average": "an average"}


@dataclass(frozen=True)
class Class:
    """One class: its number, the name of its colour in ``assets/tokens.css``, and its words short and long."""

    number: int
    colour: str
    short: str
    label: str


#: The levels whose areas are made of whole areas of a level, nearest first: authorities do not fit into boards.
_MADE_OF: dict[Level, tuple[Level, ...]] = {"lsoa": ("msoa", "lad", "icb", "rgn"), "msoa": ("lad", "rgn"), "lad": ("rgn",)}


def levels_of(card: LayerCard) -> tuple[Level, ...]:
    """The levels at which a layer can be shown, its own first. Tenths and kinds above it become shares of residents."""
    shares = card.scheme in ("tenths", "kinds") and card.base_level == "lsoa"
    return (card.base_level, *(_MADE_OF[card.base_level] if shares or card.larger_areas != "none" else ()))


def classes_of(card: LayerCard, level: Level, groups: str = "tenths", edges: Sequence[float] = ()) -> tuple[Class, ...]:
    """The classes of a layer at a level, first the darkest.

    edges   for an amount: the four values between its fifths at this level, falling
    """
    if level != card.base_level and card.scheme in ("tenths", "kinds"):
        return _share_classes()
    if card.scheme == "tenths":
        return _tenths(card.ends) if groups == "tenths" else _fifths(card.ends)
    if card.scheme == "moved":
        return _moved(card.breaks)
    if card.scheme == "kinds":
        return tuple(Class(number, f"kind-{number}", "", kind.label) for number, kind in enumerate(card.kinds, start=1))
    return _amounts(edges, card)


def class_of_share(percent: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """The class of a share of residents: 1 = half or more, 5 = none, 0 = no figure.

    >>> class_of_share([60.0, 50.0, 49.9, 10.0, 0.1, 0.0, np.nan])
    array([1, 1, 2, 3, 4, 5, 0], dtype=uint8)
    """
    share = np.asarray(percent, float)
    above_none = 1 + np.searchsorted(SHARE_EDGES[1:], share, side="right")
    number = np.where(share > 0, 5 - above_none, 5)
    return np.where(np.isnan(share), 0, number).astype(np.uint8)


def class_of_move(points: npt.ArrayLike, breaks: Sequence[float]) -> npt.NDArray[np.uint8]:
    """The class of a move in England's line: 1 = furthest towards the most deprived end, 0 = no figure.

    >>> class_of_move([-30, -5, 0, 5, 20.1, np.nan], [-20, -10, -5, 5, 10, 20])
    array([1, 4, 4, 4, 7, 0], dtype=uint8)
    """
    value = np.asarray(points, float)
    half = len(breaks) // 2
    below = np.searchsorted(breaks[:half], value, side="right")  # -5 itself is "about where it was"
    above = np.searchsorted(breaks[half:], value, side="left")  # and so is 5
    return np.where(np.isnan(value), 0, 1 + below + above).astype(np.uint8)


def edges_of_fifths(amounts: npt.ArrayLike) -> tuple[float, ...]:
    """The values between the fifths of a list of amounts, falling, to two figures that people can read.

    Four, or fewer where so many areas have the same value that two edges would fall together.

    >>> edges_of_fifths(np.arange(1000, 2001))
    (1800.0, 1600.0, 1400.0, 1200.0)
    >>> edges_of_fifths([0, 0, 0, 0, 0, 0, 0, 3, 8, 9])
    (4.0, 0.0)
    """
    cuts = np.nanpercentile(np.asarray(amounts, float), [80, 60, 40, 20])
    return tuple(dict.fromkeys(float(f"{cut:.2g}") for cut in cuts))


def class_of_amount(amounts: npt.ArrayLike, edges: Sequence[float], low_first: bool = False) -> npt.NDArray[np.uint8]:
    """The class of an amount: 1 = the largest (the smallest with ``low_first``), 0 = no figure.

    >>> class_of_amount([5000, 1700, 100, np.nan], (1800, 1600, 1400, 1200))
    array([1, 2, 5, 0], dtype=uint8)
    >>> class_of_amount([5000, 1700, 100, np.nan], (1800, 1600, 1400, 1200), low_first=True)
    array([5, 4, 1, 0], dtype=uint8)
    """
    value = np.asarray(amounts, float)
    number = 1 + np.sum(value[..., None] < np.asarray(edges, float), axis=-1)
    if low_first:
        number = len(edges) + 2 - number
    return np.where(np.isnan(value), 0, number).astype(np.uint8)


def say_amount(value: float, unit: str, decimals: int) -> str:
    """A value with its unit, as it is read aloud.

    >>> say_amount(12.345, "% of homes", 1), say_amount(1834, "people", 0)
    ('12.3% of homes', '1,834 people')
    >>> say_amount(175.83, "ratio, England about 100", 0), say_amount(7.5, "average, 0 to 10", 1)
    ('a ratio of 176 (England about 100)', 'an average of 7.5 (0 to 10)')
    """
    number = f"{value:,.{decimals}f}"
    what, _, rest = unit.partition(", ")
    if what in _NOUNS and rest:
        return f"{_NOUNS[what]} of {number} ({rest})"
    return f"{number}{'' if unit.startswith('%') else ' '}{unit}"


def split_in_fifths(values: npt.ArrayLike) -> tuple[npt.NDArray[np.uint8], list[tuple[float, float]]]:
    """Five classes of like size, 1 = the highest, 0 = no value; and the greatest and the least value of each.

    Like values are never told apart; a class that is then empty is left out, and those after it move up.

    >>> split_in_fifths([5.0, 1.0, 3.0, np.nan, 2.0, 4.0])[0]
    array([1, 5, 3, 0, 4, 2], dtype=uint8)
    >>> split_in_fifths([7.0, 7.0, 7.0, 7.0, 1.0])
    (array([1, 1, 1, 1, 2], dtype=uint8), [(7.0, 7.0), (1.0, 1.0)])
    """
    number = np.asarray(values, float)
    there = np.isfinite(number)
    if not there.any():
        return np.zeros(len(number), np.uint8), []
    edges = np.unique(np.quantile(number[there], [0.2, 0.4, 0.6, 0.8], method="inverted_cdf"))
    steps = np.searchsorted(edges, number, side="left")  # how many edges lie below
    used = np.unique(steps[there])[::-1]
    fifth = np.zeros(len(number), np.uint8)
    ends = []
    for position, step in enumerate(used, start=1):
        here = there & (steps == step)
        fifth[here] = position
        ends.append((float(number[here].max()), float(number[here].min())))
    return fifth, ends


def _tenths(ends: Sequence[str]) -> tuple[Class, ...]:
    named = dict(zip((1, 10), (f"{end} tenth" for end in ends or DEPRIVED), strict=True))
    return tuple(Class(n, f"seq-{n}", str(n), f"Tenth {n}" + (f": {named[n]}" if n in named else "")) for n in range(1, 11))


def _fifths(ends: Sequence[str]) -> tuple[Class, ...]:
    named = dict(zip((1, 5), (f"{end} fifth" for end in ends or DEPRIVED), strict=True))
    return tuple(Class(n, f"fifth-{n}", str(n), f"Fifth {n}" + (f": {named[n]}" if n in named else "")) for n in range(1, 6))


def _share_classes() -> tuple[Class, ...]:
    words = (
        ("50+", "half or more"), ("25–50", "25 to 50 in 100"), ("10–25", "10 to 25 in 100"),
        ("<10", "fewer than 10 in 100"), ("none", "none"),
    )  # fmt: skip
    return tuple(Class(n, f"fifth-{n}", short, label) for n, (short, label) in enumerate(words, start=1))


def _moved(breaks: Sequence[float]) -> tuple[Class, ...]:
    far, some, little = (f"{edge:.0f}" for edge in breaks[3:][::-1])
    more, less = "towards the most deprived end", "towards the least deprived end"
    words = (
        (f"{far}+", f"more than {far} points {more}"), (f"{some}–{far}", f"{some} to {far} points {more}"),
        (f"{little}–{some}", f"{little} to {some} points {more}"), (f"±{little}", f"within {little} points of 2019"),
        (f"{little}–{some}", f"{little} to {some} points {less}"), (f"{some}–{far}", f"{some} to {far} points {less}"),
        (f"{far}+", f"more than {far} points {less}"),
    )  # fmt: skip
    colours = ("div-worse-3", "div-worse-2", "div-worse-1", "div-same", "div-better-1", "div-better-2", "div-better-3")
    return tuple(Class(n, colour, *pair) for n, (colour, pair) in enumerate(zip(colours, words, strict=True), start=1))


def _amounts(edges: Sequence[float], card: LayerCard) -> tuple[Class, ...]:
    if not edges:
        return ()
    cut = [say_amount(edge, "", card.decimals).strip() for edge in edges]
    short = [_shorten(edge) for edge in edges]
    rest = say_amount(0, card.unit, 0).removeprefix("0")  # the unit, with a blank before it where it needs one
    words = [(f"{short[0]}+", f"{cut[0]}{rest} or more")]
    words += [(f"{short[i + 1]}–{short[i]}", f"{cut[i + 1]} to {cut[i]}{rest}") for i in range(len(edges) - 1)]
    words += [(f"<{short[-1]}", f"below {cut[-1]}{rest}")]
    if card.polarity == "low_is_worse":
        words.reverse()
    colours = AMOUNT_COLOURS[len(words)]
    return tuple(Class(n, f"fifth-{colour}", *pair) for n, (colour, pair) in enumerate(zip(colours, words, strict=True), start=1))


def _shorten(amount: float) -> str:
    """
    >>> _shorten(1400), _shorten(230000), _shorten(8_200_000)
    ('1.4k', '230k', '8.2m')
    """
    for size, letter in ((1e6, "m"), (1e3, "k")):
        if abs(amount) >= size:
            return f"{amount / size:.3g}{letter}"
    return f"{amount:.3g}"
