"""A value against England's, or its authority's, in the words of Fingertips.

With an interval: better, similar, worse, or higher, similar, lower where neither end is worse. Without one: by fifths of all areas
in England. The words are those of the Department of Health and Social Care's Fingertips (dhsc-govuk/FingertipsNext, BenchmarkOutcome).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from heatmap.statistics.estimates import Estimate, Figure, Reason, read_figures
from heatmap.statistics.ranks import percentile_among

#: Which end is worse, as the cards say it.
Polarity = Literal["high_is_worse", "low_is_worse", "no_judgement"]


class Outcome(StrEnum):
    """How a value compares. ``worse`` and ``better`` by fifths mean the second and the fourth; the basis says which it was."""

    BETTER = "better"
    SIMILAR = "similar"
    WORSE = "worse"
    LOWER = "lower"
    HIGHER = "higher"
    WORST = "worst"
    MIDDLE = "middle"
    BEST = "best"
    LOWEST = "lowest"
    LOW = "low"
    HIGH = "high"
    HIGHEST = "highest"
    NOT_COMPARED = "not_compared"


#: From the lowest values to the highest.
_BY_INTERVAL: dict[Polarity, tuple[Outcome, ...]] = {
    "no_judgement": (Outcome.LOWER, Outcome.SIMILAR, Outcome.HIGHER),
    "low_is_worse": (Outcome.WORSE, Outcome.SIMILAR, Outcome.BETTER),
    "high_is_worse": (Outcome.BETTER, Outcome.SIMILAR, Outcome.WORSE),
}
_BY_FIFTHS: dict[Polarity, tuple[Outcome, ...]] = {
    "no_judgement": (Outcome.LOWEST, Outcome.LOW, Outcome.MIDDLE, Outcome.HIGH, Outcome.HIGHEST),
    "low_is_worse": (Outcome.WORST, Outcome.WORSE, Outcome.MIDDLE, Outcome.BETTER, Outcome.BEST),
    "high_is_worse": (Outcome.BEST, Outcome.BETTER, Outcome.MIDDLE, Outcome.WORSE, Outcome.WORST),
}


@dataclass(frozen=True)
class Comparison:
    """The word, by what it was found, or why there is none.

    basis   ``interval`` or ``fifths``; None where nothing was compared
    reason  only where nothing was compared
    """

    outcome: Outcome
    basis: Literal["interval", "fifths"] | None = None
    reason: Reason | None = None


def compare(estimate: Estimate, benchmark: Figure, national: npt.ArrayLike, polarity: Polarity) -> Comparison:
    """By the interval where there is one, else by national fifths.

    benchmark  England's or the authority's value, in the estimate's unit
    national   (k,) the values of all areas of this kind in England, NaN where there is none
    """
    if estimate.has_interval:
        return compare_by_interval(estimate, benchmark, polarity)
    return compare_by_fifths(estimate.value if estimate.value is not None else estimate.reason, national, polarity)


def compare_by_interval(estimate: Estimate, benchmark: Figure, polarity: Polarity) -> Comparison:
    """Similar where the interval holds the benchmark, its ends included; else what the card's polarity makes of it.

    The benchmark's own interval does not count, as on Fingertips. Without an interval nothing is compared.

    >>> str(compare_by_interval(Estimate(12.0, 11.0, 13.0), 10, "high_is_worse").outcome)
    'worse'
    >>> str(compare_by_interval(Estimate(12.0, 9.0, 15.0), 10, "high_is_worse").outcome)
    'similar'
    >>> str(compare_by_interval(Estimate(12.0, 11.0, 13.0), 10, "no_judgement").outcome)
    'higher'
    """
    read = read_figures(benchmark)
    if isinstance(read, Reason):
        return _not_compared(read)
    if estimate.lower_ci is None or estimate.upper_ci is None:
        return _not_compared(estimate.reason or Reason.NO_INTERVAL_PUBLISHED)
    lower, middle, higher = _BY_INTERVAL[polarity]
    outcome = lower if estimate.upper_ci < read[0] else higher if estimate.lower_ci > read[0] else middle
    return Comparison(outcome, "interval")


def compare_by_fifths(value: Figure, national: npt.ArrayLike, polarity: Polarity) -> Comparison:
    """In which fifth of England's areas a value stands.

    national  (k,) the values of all areas of this kind, NaN where there is none

    A value on the edge of two fifths, as equal values may be, is put in the one nearer to the middle.

    >>> [str(compare_by_fifths(value, range(100), "high_is_worse").outcome) for value in (3, 30, 50, 70, 97)]
    ['best', 'better', 'middle', 'worse', 'worst']
    >>> str(compare_by_fifths(4, [4, 4, 4], "high_is_worse").reason)
    'all_equal'
    """
    read = read_figures(value)
    if isinstance(read, Reason):
        return _not_compared(read)
    here = np.asarray(national, float)
    here = here[np.isfinite(here)]
    percentile = percentile_among(read[0], here)
    if percentile is None:
        return _not_compared(Reason.MISSING)
    if here.min() == here.max():
        return _not_compared(Reason.ALL_EQUAL)
    fifth = sum((percentile >= 20, percentile >= 40, percentile > 60, percentile > 80))
    return Comparison(_BY_FIFTHS[polarity][fifth], "fifths")


def _not_compared(reason: Reason) -> Comparison:
    return Comparison(Outcome.NOT_COMPARED, reason=reason)
