"""What chance alone would give."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from heatmap.statistics.estimates import Numbers

#: Below this a finding is called more than chance.
SIGNIFICANT = 0.05


def chance_of_overlap(both: int, first: int, second: int, total: int) -> float:
    """How likely an overlap is that lies at least so far from what chance would give, on either side.

    both    how many belong to the first group and to the second
    total   how many there are, of whom ``first`` and ``second`` belong to each group
    returns p of Fisher's hypergeometric test: twice the smaller tail, 1 at most

    >>> round(chance_of_overlap(2, 2, 2, 10), 4), chance_of_overlap(1, 5, 4, 20)
    (0.0444, 1.0)

    Raises ValueError for counts that cannot be.
    """
    fewest, most = max(0, first + second - total), min(first, second)
    if not (0 <= first <= total and 0 <= second <= total and fewest <= both <= most):
        raise ValueError(f"{both} in both of {first} and {second} of {total}: that cannot be.")
    each = np.arange(fewest, most + 1, dtype=float)
    likely = np.exp(_log_ways(first, each) + _log_ways(total - first, second - each) - _log_ways(total, second))
    at = both - fewest
    return float(min(1.0, 2 * min(likely[at:].sum(), likely[: at + 1].sum())))


def _log_ways(of: float, chosen: Numbers | float) -> Numbers:
    """The logarithm of how many ways there are to choose so many of so many."""
    left = of - np.asarray(chosen, float)
    return np.asarray(gammaln(of + 1.0) - gammaln(np.asarray(chosen, float) + 1.0) - gammaln(left + 1.0), float)
