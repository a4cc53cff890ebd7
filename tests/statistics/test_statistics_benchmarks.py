"""Better, similar, worse: by the interval where there is one, else by fifths; mirrored polarity mirrors the words."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.layers.cards import FLAGS
from heatmap.layers.cards import Polarity as PolarityOfCards
from heatmap.statistics import (
    Comparison,
    Estimate,
    Outcome,
    Polarity,
    Reason,
    absent,
    compare,
    compare_by_fifths,
    compare_by_interval,
    percentile_among,
)

POLARITIES: tuple[Polarity, ...] = get_args(Polarity)
MIRROR: dict[Outcome, Outcome] = {
    Outcome.BETTER: Outcome.WORSE,
    Outcome.BEST: Outcome.WORST,
    Outcome.LOWER: Outcome.HIGHER,
    Outcome.LOWEST: Outcome.HIGHEST,
    Outcome.LOW: Outcome.HIGH,
    Outcome.SIMILAR: Outcome.SIMILAR,
    Outcome.MIDDLE: Outcome.MIDDLE,
    Outcome.NOT_COMPARED: Outcome.NOT_COMPARED,
}
MIRROR |= {there: here for here, there in MIRROR.items()}
TURNED: dict[Polarity, Polarity] = {"high_is_worse": "low_is_worse", "low_is_worse": "high_is_worse", "no_judgement": "no_judgement"}

whole_numbers = st.integers(-1_000, 1_000)
intervals = st.lists(whole_numbers, min_size=3, max_size=3).map(sorted).map(lambda three: Estimate(three[1], three[0], three[2]))


def test_the_words_are_those_of_the_cards() -> None:
    """The statistics know no card, so both sides say the same names: polarities, and the flags that are reasons."""
    assert set(POLARITIES) == set(get_args(PolarityOfCards))
    assert {Reason.MISSING, Reason.SUPPRESSED} <= set(FLAGS)


# ---- by interval ----


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(12, 11, 13), ("worse", "better", "higher")),
        (Estimate(8, 7, 9), ("better", "worse", "lower")),
        (Estimate(12, 9, 15), ("similar",) * 3),
        (Estimate(12, 10, 13), ("similar",) * 3),
        (Estimate(8, 7, 10), ("similar",) * 3),
    ],
)
def test_an_interval_that_reaches_the_benchmark_is_similar(estimate: Estimate, words: tuple[str, ...]) -> None:
    """Against 10, for higher is worse, lower is worse, and no judgement; touching counts as holding."""
    for polarity, word in zip(("high_is_worse", "low_is_worse", "no_judgement"), words, strict=True):
        assert compare_by_interval(estimate, 10, polarity) == Comparison(Outcome(word), "interval")


@settings(deadline=None)
@given(intervals, whole_numbers, st.sampled_from(POLARITIES))
def test_mirrored_polarity_mirrors_the_words(estimate: Estimate, benchmark: int, polarity: Polarity) -> None:
    """What is better if high is worse, is worse if low is worse. Turning the numbers round as well changes nothing."""
    here = compare_by_interval(estimate, benchmark, polarity)
    turned = compare_by_interval(estimate.negated(), -benchmark, TURNED[polarity])
    if polarity == "no_judgement":
        assert turned.outcome == MIRROR[here.outcome]
    else:
        assert turned == here
        assert compare_by_interval(estimate, benchmark, TURNED[polarity]).outcome == MIRROR[here.outcome]


@settings(deadline=None)
@given(intervals, st.sampled_from(POLARITIES))
def test_a_value_is_similar_to_itself(estimate: Estimate, polarity: Polarity) -> None:
    """England against England is neither better nor worse."""
    assert compare_by_interval(estimate, estimate.value, polarity).outcome == Outcome.SIMILAR


# ---- by fifths ----


@settings(deadline=None)
@given(st.lists(whole_numbers, min_size=2, max_size=60).filter(lambda several: len(set(several)) > 1), st.data())
def test_fifths_mirror_too(national: list[int], data: st.DataObject) -> None:
    """With ties and on edges: mirrored polarity mirrors the words, and so do values turned round."""
    value = data.draw(st.sampled_from(national))
    for polarity in POLARITIES:
        here = compare_by_fifths(value, national, polarity)
        turned = compare_by_fifths(-value, [-one for one in national], TURNED[polarity])
        assert turned.outcome == (MIRROR[here.outcome] if polarity == "no_judgement" else here.outcome)
        assert compare_by_fifths(value, national, TURNED[polarity]).outcome == (
            here.outcome if polarity == "no_judgement" else MIRROR[here.outcome]
        )


@settings(deadline=None)
@given(st.integers(1, 200))
def test_fifths_are_fifths(times: int) -> None:
    """Of five times so many different values, so many have each of the five words, from low to high."""
    national = np.arange(5 * times)
    words = [compare_by_fifths(value, national, "no_judgement").outcome for value in national.tolist()]
    assert words == [word for word in ("lowest", "low", "middle", "high", "highest") for _ in range(times)]


@settings(deadline=None)
@given(st.lists(whole_numbers, min_size=1, max_size=60), st.data())
def test_percentiles_are_counted(national: list[int], data: st.DataObject) -> None:
    """Counting one by one gives the same, and absent values change nothing."""
    value = data.draw(st.sampled_from(national))
    below = sum((one < value) + (one == value) / 2 for one in national)
    assert percentile_among(value, [*national, math.nan]) == pytest.approx(100 * below / len(national))


# ---- which of them, and why neither ----


def test_the_interval_goes_before_the_fifths() -> None:
    """A wide interval makes the highest value of all similar; without one, the fifths speak."""
    national = list(range(100))
    wide, bare = Estimate(99, 40, 160), Estimate(99, reason=Reason.NO_INTERVAL_PUBLISHED)
    assert compare(wide, 50, national, "high_is_worse") == Comparison(Outcome.SIMILAR, "interval")
    assert compare(bare, 50, national, "high_is_worse") == Comparison(Outcome.WORST, "fifths")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (compare(absent(Reason.SUPPRESSED), 5, [1, 2], "high_is_worse"), Reason.SUPPRESSED),
        (compare(Estimate(5, 4, 6), None, [1, 2], "high_is_worse"), Reason.MISSING),
        (compare(Estimate(5, 4, 6), Reason.SUPPRESSED, [1, 2], "high_is_worse"), Reason.SUPPRESSED),
        (compare_by_interval(Estimate(5, reason=Reason.NO_INTERVAL_PUBLISHED), 5, "high_is_worse"), Reason.NO_INTERVAL_PUBLISHED),
        (compare_by_fifths(5, [], "high_is_worse"), Reason.MISSING),
        (compare_by_fifths(5, [math.nan], "high_is_worse"), Reason.MISSING),
        (compare_by_fifths(math.nan, [1, 2], "high_is_worse"), Reason.MISSING),
        (compare_by_fifths(5, [5, 5], "high_is_worse"), Reason.ALL_EQUAL),
        (compare_by_fifths(5, [5], "high_is_worse"), Reason.ALL_EQUAL),
    ],
)
def test_why_nothing_is_compared(found: Comparison, reason: Reason) -> None:
    """All equal, one area, all missing, no benchmark: a reason, and no word that judges."""
    assert found == Comparison(Outcome.NOT_COMPARED, reason=reason)
