"""The classes a layer is drawn in: their words, colours and edges. The same at every zoom, set once by the build.

A class is a small whole number: 0 is "no figure", 1 the first in the legend. For tenths, class = tenth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from heatmap.deprivation import DEPRIVED, EARLIER
from heatmap.geography.levels import Level
from heatmap.layers.cards import LayerCard
from heatmap.words.phrases import say_number

#: Shares of residents above LSOA have fixed edges, so a colour means the same in every layer and at every zoom.
SHARE_EDGES = (0.0, 10.0, 25.0, 50.0)
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


#: From this share of zeros on they are a class of their own: below, the lowest class is more others than zeros.
_ZEROS_APART = 0.1


def edges_of_fifths(amounts: npt.ArrayLike) -> tuple[float, ...]:
    """The values between five classes of like size, falling, to as few figures as keep them apart.

    Four, or fewer where there are fewer than five values; no class is empty. An edge of 0, always the last, means that
    the zeros are a class of their own: where they are many, and nothing is below.

    >>> edges_of_fifths(np.arange(1000, 2001))
    (1800.0, 1600.0, 1400.0, 1200.0)
    >>> edges_of_fifths([0, 0, 0, 0, 0, 0, 0, 3, 8, 9])
    (9.0, 7.0, 0.0)
    """
    value = np.asarray(amounts, float)
    value = np.sort(value[np.isfinite(value)])
    zeros = int((value == 0).sum())
    if zeros and value[0] == 0 and zeros >= _ZEROS_APART * len(value):
        return (*_cut(value[zeros:], 4), 0.0)
    return _cut(value, 5) or tuple(float(one) for one in value[:1])


def _cut(value: npt.NDArray[np.float64], most: int) -> tuple[float, ...]:
    """The edges, falling, between as many classes of like size as there are values, ``most`` at most.

    value   rising
    """
    distinct, first = np.unique(value, return_index=True)
    classes = min(most, len(distinct))
    if classes < 2:
        return ()
    cuts = np.percentile(value, [100 * n / classes for n in range(classes - 1, 0, -1)])
    largest = math.floor(math.log10(max(np.abs(cuts).max(), 1e-300)))
    for figures in (2, 3, 4):  # two of each edge where that will do, else as many decimals of all
        edges = [float(f"{cut:.2g}" if figures == 2 else round(cut, figures - 1 - largest)) for cut in cuts]
        used = {int(n) for n in np.searchsorted(edges[::-1], distinct, side="right")}
        if (value % 1 == 0).all():  # of counts the next whole number parts the same
            edges = [float(math.ceil(edge)) for edge in edges]
        if len(used) == classes and 0 not in edges:
            return tuple(edges)
    return tuple(_between(distinct[at - 1], distinct[at]) for at in _starts(first, len(value), classes)[::-1])


def _starts(first: npt.NDArray[np.int64], count: int, classes: int) -> list[int]:
    """At which distinct values the classes above the lowest begin, so that they are of like size and none is empty.

    first   how many values are below each distinct one
    """
    found: list[int] = []
    for n in range(1, classes):
        least, last = (found[-1] if found else 0) + 1, len(first) - (classes - n)
        found.append(least + int(np.abs(first[least : last + 1] - n * count / classes).argmin()))
    return found


def _between(below: float, above: float) -> float:
    """The upper of two values, to as few figures as keep it above the lower; never 0, which has a meaning of its own.

    >>> _between(2.0, 3.0), _between(1.31, 1.42), _between(-2.0, 0.0)
    (3.0, 1.4, -1.0)
    """
    if above == 0:
        return float(below / 2)
    edges = (float(f"{above:.{figures}g}") for figures in range(1, 17))
    return next((edge for edge in edges if below < edge <= above), float(above))


def class_of_amount(amounts: npt.ArrayLike, edges: Sequence[float], low_first: bool = False) -> npt.NDArray[np.uint8]:
    """The class of an amount: 1 = the largest (the smallest with ``low_first``), 0 = no figure.

    edges   from ``edges_of_fifths``; under an edge of 0 are the zeros alone

    >>> class_of_amount([5000, 1700, 100, np.nan], (1800, 1600, 1400, 1200))
    array([1, 2, 5, 0], dtype=uint8)
    >>> class_of_amount([5000, 1700, 100, np.nan], (1800, 1600, 1400, 1200), low_first=True)
    array([5, 4, 1, 0], dtype=uint8)
    >>> class_of_amount([4.0, 0.1, 0.0], (2.0, 0.0))
    array([1, 2, 3], dtype=uint8)
    """
    value, edge = np.asarray(amounts, float), np.asarray(edges, float)
    number = 1 + np.sum((value[..., None] < edge) | ((value[..., None] == 0) & (edge == 0)), axis=-1)
    if low_first:
        number = len(edges) + 2 - number
    return np.where(np.isnan(value), 0, number).astype(np.uint8)


def say_amount(value: float, unit: str, decimals: int) -> str:
    """A value with its unit, as it is read aloud.

    >>> say_amount(12.345, "% of homes", 1), say_amount(1834, "people", 0), say_amount(0.03, "% of adults", 1)
    ('12.3% of homes', '1,834 people', 'under 0.1% of adults')
    >>> say_amount(175.83, "ratio, England about 100", 0), say_amount(7.5, "average, 0 to 10", 1)
    ('a ratio of 176 (England about 100)', 'an average of 7.5 (0 to 10)')
    """
    before, after = _around(unit)
    return f"{before}{say_number(value, decimals)}{after}"


def _around(unit: str) -> tuple[str, str]:
    """What a unit puts before and after its number.

    >>> _around("% of homes"), _around("people"), _around("ratio, England about 100")
    (('', '% of homes'), ('', ' people'), ('a ratio of ', ' (England about 100)'))
    """
    what, _, rest = unit.partition(", ")
    if what in _NOUNS and rest:
        return f"{_NOUNS[what]} of ", f" ({rest})"
    return "", f"{'' if unit.startswith('%') else ' '}{unit}".rstrip()


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
        ("50+", "half or more"),
        ("25–50", "25 to 50 in 100"),
        ("10–25", "10 to 25 in 100"),
        ("<10", "fewer than 10 in 100"),
        ("none", "none"),
    )
    return tuple(Class(n, f"fifth-{n}", short, label) for n, (short, label) in enumerate(words, start=1))


def _moved(breaks: Sequence[float]) -> tuple[Class, ...]:
    far, some, little = (f"{edge:.0f}" for edge in breaks[3:][::-1])
    more, less = "towards the most deprived end", "towards the least deprived end"
    words = (
        (f"{far}+", f"more than {far} points {more}"),
        (f"{some}–{far}", f"{some} to {far} points {more}"),
        (f"{little}–{some}", f"{little} to {some} points {more}"),
        (f"±{little}", f"within {little} points of {EARLIER.year}"),
        (f"{little}–{some}", f"{little} to {some} points {less}"),
        (f"{some}–{far}", f"{some} to {far} points {less}"),
        (f"{far}+", f"more than {far} points {less}"),
    )
    colours = ("div-worse-3", "div-worse-2", "div-worse-1", "div-same", "div-better-1", "div-better-2", "div-better-3")
    return tuple(Class(n, colour, *pair) for n, (colour, pair) in enumerate(zip(colours, words, strict=True), start=1))


def _amounts(edges: Sequence[float], card: LayerCard) -> tuple[Class, ...]:
    if not edges:
        return ()
    zeros = edges[-1] == 0
    falling = [edge for edge in edges if edge != 0]
    cut, short = _say_edges(falling), _shorten(falling)
    before, after = _around(card.unit)
    bare = before.removesuffix("of ")  # "a ratio below 84", but "a ratio of 84"
    words = [(f"{short[n]}–{short[n - 1]}", f"{before}{cut[n]} to {cut[n - 1]}{after}") for n in range(1, len(falling))]
    if falling:
        words.insert(0, (f"{short[0]}+", f"{before}{cut[0]} or more{after}" if before else f"{cut[0]}{after} or more"))
        words.append((f"<{short[-1]}", f"{bare}below {cut[-1]}{after}{', not 0' if zeros else ''}"))
    else:
        words.append((">0", f"{bare}more than 0{after}"))
    if zeros:
        words.append(("0", f"{before}0{after}"))
    if card.polarity == "low_is_worse":
        words.reverse()
    colours = AMOUNT_COLOURS[len(words)]
    return tuple(Class(n, f"fifth-{colour}", *pair) for n, (colour, pair) in enumerate(zip(colours, words, strict=True), start=1))


def _say_edges(edges: Sequence[float]) -> list[str]:
    """The edges as they are, all with as many decimals as one of them needs.

    >>> _say_edges([90.0, 89.0]), _say_edges([0.61, 0.5]), _say_edges([1800.0, 1650.0])
    (['90', '89'], ['0.61', '0.50'], ['1,800', '1,650'])
    """
    decimals = max((max(0, -int(Decimal(repr(edge)).normalize().as_tuple().exponent)) for edge in edges), default=0)
    return [f"{edge:,.{decimals}f}" for edge in edges]


def _shorten(amounts: Sequence[float]) -> list[str]:
    """Amounts for a narrow box, to as few figures as tell them apart.

    >>> _shorten([8_200_000, 230000, 1400]), _shorten([1234.0, 1233.0])
    (['8.2m', '230k', '1.4k'], ['1.234k', '1.233k'])
    """
    said = [_shorten_to(amount, 3) for amount in amounts]
    return said if len(set(said)) == len(said) else [_shorten_to(amount, 5) for amount in amounts]


def _shorten_to(amount: float, figures: int) -> str:
    for size, letter in ((1e6, "m"), (1e3, "k")):
        if abs(amount) >= size:
            return f"{amount / size:.{figures}g}{letter}"
    return f"{amount:.{figures}g}"
