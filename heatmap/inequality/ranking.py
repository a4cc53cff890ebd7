"""Where the gap is widest: the gradients of all authorities, or of all NHS boards, side by side.

All by fifths, so that they are like: authorities by fifths of their own neighbourhoods, boards by England's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from heatmap.inequality.gradient import Answer, GradientQuestion, default_ranked, find_gradient
from heatmap.layers.classes import split_in_fifths
from heatmap.snapshot import Area, Snapshot
from heatmap.statistics import Estimate

GapMeasure = Literal["sii", "rii"]
RankedLevel = Literal["lad", "icb"]
GROUPS: Final = 5


@dataclass(frozen=True)
class Ranking:
    """The areas with the measure, the widest gap first, and those without it by name.

    places   1 = widest: the most deprived end worse off by most (with more, where neither end is worse)
    without  each with its answer, which says why
    """

    places: tuple[tuple[Area, Answer], ...]
    without: tuple[tuple[Area, Answer], ...]


def measure_of(answer: Answer, measure: GapMeasure) -> Estimate | None:
    """The slope or the relative index, positive (or above 1) where the most deprived are worse off; None where it has no value."""
    found = answer.slope if measure == "sii" else answer.relative
    return None if found is None or found.value is None else found


def is_turned_round(value: float, measure: GapMeasure) -> bool:
    """Whether the least deprived neighbourhoods are worse off (or, where neither end is worse, have more).

    >>> is_turned_round(-0.2, "sii"), is_turned_round(1.2, "rii")
    (True, False)
    """
    return value < (measure == "rii")


@dataclass(frozen=True, eq=False)
class RankedFifths:
    """The areas of a level in five classes by the measure, for a map.

    classes  (k,) by position: 1 = the fifth with the widest gaps, 0 = without the measure
    ends     the widest and the narrowest measure in each class, one pair a class; fewer than five where many are equal
    """

    classes: npt.NDArray[np.uint8]
    ends: tuple[tuple[float, float], ...]


@lru_cache(maxsize=64)
def rank_areas(layer: str, by: str, level: RankedLevel, measure: GapMeasure, snapshot: Snapshot) -> Ranking:
    """Every area of a level in the order of the measure; those too small or without it apart."""
    card = snapshot.cards[layer]
    found, without = [], []
    for area in (snapshot.area(code) for code in snapshot.areas[level].code):
        answer = find_gradient(GradientQuestion(layer, area.code, by, GROUPS, default_ranked(area, card)), snapshot)
        estimate = measure_of(answer, measure)
        if estimate is None or estimate.value is None:
            without.append((area, answer))
        else:
            found.append((estimate.value, area, answer))
    found.sort(key=lambda each: (-each[0], each[1].code))
    return Ranking(tuple((area, answer) for _, area, answer in found), tuple(sorted(without, key=lambda each: each[0].title)))


@lru_cache(maxsize=64)
def split_ranking(layer: str, by: str, level: RankedLevel, measure: GapMeasure, snapshot: Snapshot) -> RankedFifths:
    """The ranking in fifths, widest first; areas with the same measure are never told apart."""
    values = np.full(len(snapshot.areas[level]), np.nan)
    for area, answer in rank_areas(layer, by, level, measure, snapshot).places:
        estimate = measure_of(answer, measure)
        assert estimate is not None and estimate.value is not None  # those without stand apart
        values[area.position] = estimate.value
    classes, ends = split_in_fifths(values)
    return RankedFifths(classes, tuple(ends))
