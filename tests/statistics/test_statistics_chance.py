"""How likely an overlap is by chance, against every way of choosing counted one by one."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.statistics import SIGNIFICANT, chance_of_overlap


def count_ways(both: int, first: int, second: int, total: int) -> Fraction:
    """Twice the smaller tail, in whole numbers of ways to choose the second group."""
    ways = {k: comb(first, k) * comb(total - first, second - k) for k in range(max(0, first + second - total), min(first, second) + 1)}
    tails = (sum(n for k, n in ways.items() if k >= both), sum(n for k, n in ways.items() if k <= both))
    return min(Fraction(1), Fraction(2 * min(tails), comb(total, second)))


@settings(deadline=None)
@given(st.data())
def test_every_way_is_counted(data: st.DataObject) -> None:
    """For any groups of up to two hundred."""
    total = data.draw(st.integers(1, 200))
    first, second = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    both = data.draw(st.integers(max(0, first + second - total), min(first, second)))
    assert chance_of_overlap(both, first, second, total) == pytest.approx(
        float(count_ways(both, first, second, total)), rel=1e-6, abs=1e-12
    )


def test_two_where_one_was_expected_is_no_finding() -> None:
    """And 4,000 of England's where 3,751 were expected is one."""
    assert chance_of_overlap(2, 10, 4, 30) > 0.4 > SIGNIFICANT
    assert chance_of_overlap(4_000, 11_251, 11_251, 33_755) < 1e-6
    assert chance_of_overlap(3_751, 11_251, 11_251, 33_755) > 0.9


@pytest.mark.parametrize("counts", [(3, 2, 5, 10), (0, 8, 8, 10), (-1, 2, 2, 10), (1, 11, 2, 10)])
def test_what_cannot_be_is_refused(counts: tuple[int, int, int, int]) -> None:
    """More in both than in one, fewer than must be, more in one than there are."""
    with pytest.raises(ValueError, match="cannot be"):
        chance_of_overlap(*counts)
