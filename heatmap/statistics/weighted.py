"""Means and medians of people, not of places."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def weighted_mean(value: npt.ArrayLike, weight: npt.ArrayLike) -> float:
    """The mean of the values present, weighted; NaN if none is present.

    >>> weighted_mean([1.0, 3.0, np.nan], [3, 1, 100])
    1.5
    """
    value, weight = np.asarray(value, float), np.asarray(weight, float)
    here = ~np.isnan(value)
    return float(np.average(value[here], weights=weight[here])) if weight[here].sum() > 0 else float("nan")


def weighted_median(value: npt.ArrayLike, weight: npt.ArrayLike) -> float:
    """The value that the person in the middle has; NaN if no value is present.

    >>> weighted_median([1, 2, 10], [10, 30, 5])
    2.0
    """
    value, weight = np.asarray(value, float), np.asarray(weight, float)
    here = ~np.isnan(value)
    if not weight[here].sum() > 0:
        return float("nan")
    order = np.argsort(value[here], kind="stable")
    through = np.cumsum(weight[here][order])
    return float(value[here][order][np.searchsorted(through, through[-1] / 2)])
