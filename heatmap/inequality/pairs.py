"""Two layers at once: each area's third by the one and by the other, and where both are high. Numbers here, words in
``heatmap/inequality/pair_sentences.py``.

Thirds are England's, so that a box means the same wherever one looks: third 3 is the one nearest to the layer's worse end, or
the highest where neither end is worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from heatmap.geography.levels import ENGLAND, LEVELS, Level
from heatmap.indicators.standings import polarity_of
from heatmap.inequality.gradient import find_inside
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import levels_of
from heatmap.snapshot import Snapshot
from heatmap.statistics import Numbers

#: Both in third 3.
BOTH_HIGH: Final = 9
#: What stands for an area that was not asked for, where boxes travel to a map as bytes.
OUTSIDE: Final = 255
Boxes = npt.NDArray[np.uint8]


def number_box(row: Any, column: Any) -> Any:
    """The number of a box in three rows by three columns, 1 to 9; of one, or of arrays. Rows and columns count from 1, low first.

    >>> number_box(1, 1), number_box(3, 1), number_box(3, 3) == BOTH_HIGH
    (1, 7, True)
    """
    return 3 * (row - 1) + column


def split_box(number: int) -> tuple[int, int]:
    """The row and the column of a box.

    >>> [split_box(number) for number in (1, 7, 9)]
    [(1, 1), (3, 1), (3, 3)]
    """
    return (number - 1) // 3 + 1, (number - 1) % 3 + 1


@dataclass(frozen=True)
class PairQuestion:
    """What is asked; every field is valid.

    layer, other  two layers that can be put in line, not the same
    level         one that both have
    area          ``ENGLAND``, or the code of a region, NHS board or authority
    """

    layer: str
    other: str
    level: Level
    area: str = ENGLAND


@dataclass(frozen=True, eq=False)
class Pair:
    """The areas asked for in three thirds by three.

    box       (k,) by position: ``number_box`` of the third by the first layer and that by the second; 0 without a figure of either
    inside    (k,) which areas were asked for
    areas     (3, 3) how many of them are in each box; rows by the first layer, low to high
    people    (3, 3) how many people live there
    without   how many have no figure of one of the two
    by_chance how many would be in third 3 of both if the two had nothing to do with each other
    """

    box: Boxes
    inside: npt.NDArray[np.bool_]
    areas: npt.NDArray[np.int64]
    people: npt.NDArray[np.int64]
    without: int
    by_chance: float

    @property
    def figured(self) -> int:
        """How many of the areas asked for have a figure of both."""
        return int(self.areas.sum())


class InLine(NamedTuple):
    """By what areas of a level are put in line: the layer's own figures, or a mean or share where they are made of smaller ones."""

    column: str
    sign: int  # +1: the highest are third 3


def can_be_paired(card: LayerCard) -> bool:
    """Whether areas can be put in line by a layer: kinds have no order, and numbers of people follow the size of a place."""
    return card.scheme != "kinds" and card.larger_areas != "sum"


def levels_of_both(one: LayerCard, other: LayerCard) -> tuple[Level, ...]:
    """The levels that both layers have, the smallest areas first.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> cards = read_catalogue()
    >>> levels_of_both(cards["imd2025_england_lsoa21"], cards["little_english2021_england_msoa21"])
    ('msoa', 'lad', 'rgn')
    """
    return tuple(level for level in LEVELS if level in levels_of(one) and level in levels_of(other))


def in_line_by(card: LayerCard, level: Level, snapshot: Snapshot) -> InLine:
    """The column that puts areas in line, and its sign."""
    if card.scheme != "tenths":
        return InLine("value", -1 if card.polarity == "low_is_worse" else 1)
    if level == card.base_level:
        return InLine("rank", -1)  # rank 1 is the worse end, or the first of the two ends
    rows = snapshot.table(card.id)[level]
    if rows.mean_score.notna().any():
        return InLine("mean_score", 1)
    return InLine("people_tenth1_percent", 1 if polarity_of(card, level) != "low_is_worse" else -1)


#: Layers that measure one thing in two ways, by what their ids name: they go together by what they are.
_ONE_QUANTITY: Final = tuple(
    map(
        frozenset,
        (
            ("overcrowded", "overcrowded_rooms", "overcrowded_bedrooms"),
            ("cannot_buy", "cannot_rent", "housing_affordability"),
            ("patients_per_gp", "patients_per_gp_council"),
            ("broadband", "no_broadband"),
            ("disability", "disability_survey"),
            ("far_gp", "distance_gp_council"),
            ("far_pharmacy", "distance_pharmacy_council"),
            ("active_adults", "inactive_adults"),
            ("low_income_families", "child_poverty", "idaci"),
        ),
    )
)


def is_same_quantity(one: LayerCard, other: LayerCard) -> bool:
    """Whether two layers measure one thing in two ways, or in two years."""
    return one.index == other.index or any({one.index, other.index} <= group for group in _ONE_QUANTITY)


@lru_cache(maxsize=256)
def figures_in_line(layer: str, level: Level, snapshot: Snapshot) -> Numbers:
    """(k,) the figures of a level, the highest nearest to the worse end; NaN where there is none."""
    column, sign = in_line_by(snapshot.cards[layer], level, snapshot)
    return sign * snapshot.table(layer)[level][column].to_numpy(float, na_value=np.nan)


def thirds_of(figures: npt.ArrayLike) -> Boxes:
    """The third of each figure, 3 = highest, 0 = none; like figures are never told apart.

    >>> thirds_of([1, 2, 3, 4, 5, 6, np.nan])
    array([1, 1, 2, 2, 3, 3, 0], dtype=uint8)
    >>> thirds_of([0, 0, 0, 0, 5])
    array([1, 1, 1, 1, 3], dtype=uint8)
    """
    number = np.asarray(figures, float)
    there = np.isfinite(number)
    if not there.any():
        return np.zeros(len(number), np.uint8)
    first, second = np.quantile(number[there], [1 / 3, 2 / 3], method="inverted_cdf")
    third = 1 + (number > first).astype(np.uint8) + (number > second)
    return np.where(there, third, 0).astype(np.uint8)


@lru_cache(maxsize=256)
def find_pair(question: PairQuestion, snapshot: Snapshot) -> Pair:
    """The answer to a question."""
    one, other = (thirds_of_layer(layer, question.level, snapshot) for layer in (question.layer, question.other))
    both = (one > 0) & (other > 0)
    box = np.where(both, number_box(one.astype(int), other), 0).astype(np.uint8)
    inside = find_inside(question.area, question.level, snapshot)
    if inside is None:
        inside = np.zeros(len(box), bool)
    here = box[inside & both]
    population = snapshot.areas[question.level].population.to_numpy()[inside & both]
    areas = np.bincount(here, minlength=10)[1:].reshape(3, 3)
    people = np.bincount(here, population, minlength=10)[1:].reshape(3, 3).round().astype(np.int64)
    high_one, high_other, all_areas = int(areas[2].sum()), int(areas[:, 2].sum()), int(areas.sum())
    return Pair(box, inside, areas, people, int((inside & ~both).sum()), high_one * high_other / all_areas if all_areas else 0.0)


@lru_cache(maxsize=256)
def thirds_of_layer(layer: str, level: Level, snapshot: Snapshot) -> Boxes:
    """(k,) the third of every area of a level, 3 = nearest to the worse end."""
    return thirds_of(figures_in_line(layer, level, snapshot))


def is_even(third: Boxes) -> bool:
    """Whether the thirds are of like size: not where many areas share one figure.

    >>> is_even(np.array([1, 2, 3, 0])), is_even(np.array([1, 1, 1, 1, 3]))
    (True, False)
    """
    sizes = np.bincount(third, minlength=4)[1:]
    return bool(sizes.min() > 0.3 * sizes.sum())


def list_pair_box(question: PairQuestion, box: int, snapshot: Snapshot) -> npt.NDArray[np.int64]:
    """The positions of the areas of one box; the nearest to both worse ends first, by the sum of their places in the two lines."""
    pair = find_pair(question, snapshot)
    lines = [places_in_line(layer, question.level, snapshot) for layer in (question.layer, question.other)]
    found = np.flatnonzero(pair.inside & (pair.box == box))
    return found[np.argsort((lines[0] + lines[1])[found], kind="stable")]


@lru_cache(maxsize=64)
def places_in_line(layer: str, level: Level, snapshot: Snapshot) -> Numbers:
    """(k,) each area's place among all of its level, 1 = nearest to the worse end, like figures half-way between the places they share;
    NaN where it has no figure."""
    figures = figures_in_line(layer, level, snapshot)
    line = np.sort(-figures[np.isfinite(figures)])
    ahead, through = (np.searchsorted(line, -figures, side=side) for side in ("left", "right"))
    return np.where(np.isfinite(figures), (ahead + through + 1) / 2, np.nan)
