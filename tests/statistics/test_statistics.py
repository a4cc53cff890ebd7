"""Places in a line, weighted shares, means and medians: worked examples, and what must hold for any numbers."""

from __future__ import annotations

import math
import statistics as stdlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.statistics import decile_of_rank, percentile_position, rank_among, share_percent, weighted_mean, weighted_median

numbers = st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=40)
weighed = st.lists(st.tuples(st.integers(-10_000, 10_000), st.integers(1, 5_000)), min_size=1, max_size=40)
absent = st.lists(st.tuples(st.one_of(st.integers(-100, 100), st.just(math.nan)), st.integers(0, 9)), max_size=20)

# ---- tenths and places ----


@pytest.mark.parametrize(("rank", "areas", "tenth"), [
    (1, 33_755, 1), (3_375, 33_755, 1), (3_376, 33_755, 2), (30_379, 33_755, 9), (30_380, 33_755, 10), (33_755, 33_755, 10),
    (3_284, 32_844, 1), (3_285, 32_844, 2), (32_844, 32_844, 10), (1, 10, 1), (10, 10, 10), (3, 30, 1), (4, 30, 2),
])  # fmt: skip
def test_tenths_are_cut_where_mhclg_cuts_them(rank: int, areas: int, tenth: int) -> None:
    """The published table has rank 3,375 of 33,755 in tenth 1 and 3,376 in tenth 2."""
    assert decile_of_rank([rank], areas)[0] == tenth


@settings(deadline=None)
@given(st.integers(10, 40_000))
def test_tenths_are_near_equal_and_rise_with_the_rank(areas: int) -> None:
    """However many areas: ten tenths, in order, no two differing by more than one area."""
    tenths = decile_of_rank(np.arange(1, areas + 1), areas)
    sizes = np.bincount(tenths)[1:]
    assert len(sizes) == 10 and sizes.max() - sizes.min() <= 1
    assert (np.diff(tenths) >= 0).all()


@settings(deadline=None)
@given(st.integers(1, 40_000), st.data())
def test_tenths_are_exact_in_whole_numbers(areas: int, data: st.DataObject) -> None:
    """No rounding of floats moves an area over an edge: ceil(10 rank / areas) in whole numbers is the same."""
    rank = data.draw(st.integers(1, areas))
    assert decile_of_rank([rank], areas)[0] == -(-10 * rank // areas)


@settings(deadline=None)
@given(st.integers(1, 40_000))
def test_positions_stand_in_the_middle_of_the_line(areas: int) -> None:
    """First and last stand alike far from the ends, and the whole line is centred on 50."""
    position = percentile_position(np.arange(1, areas + 1), areas)
    assert position[0] == pytest.approx(100 - position[-1])
    assert position.mean() == pytest.approx(50)
    assert position[0] > 0 and position[-1] < 100


def test_the_first_of_both_years_has_not_moved() -> None:
    """Jaywick: first of 32,844, then first of 33,755, is no move to speak of."""
    assert abs(percentile_position(1, 33_755) - percentile_position(1, 32_844)) < 0.001


# ---- ranks among published values ----


@settings(deadline=None)
@given(numbers)
def test_every_published_value_has_its_own_rank(published: list[int]) -> None:
    """A value that was published ranks where it stands: one behind all that are higher."""
    expected = [1 + sum(other > value for other in published) for value in published]
    assert rank_among(published, published).tolist() == expected


def test_ranks_beyond_both_ends() -> None:
    """Higher than all is first, lower than all is one past the last."""
    assert rank_among([9, 0], [1, 2, 3]).tolist() == [1, 4]


def test_absent_values_hold_no_rank() -> None:
    """A neighbourhood without a figure stands before nobody."""
    assert rank_among([5.0], [8.0, math.nan, 6.0, math.nan]).tolist() == [3]


# ---- means, medians, shares ----


@settings(deadline=None)
@given(weighed)
def test_mean_lies_between_the_ends_and_agrees_with_another_hand(pairs: list[tuple[int, int]]) -> None:
    """The weighted mean is that of Python's own statistics, and no value is beyond it both ways."""
    values, weights = zip(*pairs, strict=True)
    mean = weighted_mean(values, weights)
    assert min(values) - 1e-9 <= mean <= max(values) + 1e-9
    assert mean == pytest.approx(stdlib.fmean(values, weights), abs=1e-9)


@settings(deadline=None)
@given(weighed)
def test_median_is_that_of_the_people_one_by_one(pairs: list[tuple[int, int]]) -> None:
    """Writing every person's value in a row and taking the (lower) middle one gives the same."""
    values, weights = zip(*pairs, strict=True)
    assert weighted_median(values, weights) == stdlib.median_low(np.repeat(values, weights).tolist())


@settings(deadline=None)
@given(absent)
def test_absent_values_count_on_neither_side(pairs: list[tuple[float, int]]) -> None:
    """A mean or median with absent values is that of the others; without any, it is absent."""
    values, weights = ([pair[side] for pair in pairs] for side in (0, 1))
    here = [(value, weight) for value, weight in pairs if not math.isnan(value)]
    for function in (weighted_mean, weighted_median):
        alone = function([value for value, _ in here], [weight for _, weight in here])
        assert function(values, weights) == pytest.approx(alone, nan_ok=True)
        assert math.isnan(alone) == (sum(weight for _, weight in here) == 0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1))
def test_shares_are_of_a_hundred(pairs: list[tuple[int, int]]) -> None:
    """A part of a whole is from 0 to 100; of nothing there is no share."""
    part = [min(pair) for pair in pairs]
    whole = [max(pair) for pair in pairs]
    share = share_percent(part, whole)
    assert np.isnan(share).tolist() == [n == 0 for n in whole]
    assert all(0 <= s <= 100 for s in share if not math.isnan(s))
    assert all(s == pytest.approx(100 * p / n) for s, p, n in zip(share, part, whole, strict=True) if n)


def test_share_of_people_is_not_share_of_areas() -> None:
    """Two of four neighbourhoods in tenth 1, the smaller ones: 50 % of areas, 40 % of people."""
    people, first = np.array([1000, 1000, 1500, 1500]), np.array([True, True, False, False])
    assert share_percent(first.sum(), 4) == 50
    assert share_percent((people * first).sum(), people.sum()) == 40
