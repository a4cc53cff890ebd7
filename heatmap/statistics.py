"""Numbers in, numbers out: places in a line, weighted shares, means and medians."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def percentile_position(rank: npt.ArrayLike, areas: int) -> Numbers:
    """Where an area stands in England's line, from 0 (the most deprived) to 100 (the least).

    rank    (k,) 1 = most deprived
    areas   how many were ranked
    returns (k,) the middle of the area's own slot in the line, in percent

    >>> percentile_position([1, 2, 4], 4)
    array([12.5, 37.5, 87.5])
    """
    return 100 * (np.asarray(rank, float) - 0.5) / areas


def decile_of_rank(rank: npt.ArrayLike, areas: int) -> npt.NDArray[np.int64]:
    """The tenth a rank falls in, 1 = most deprived: ceil(10 rank / areas), as MHCLG cuts them.

    >>> decile_of_rank([1, 3375, 3376, 33755], 33_755)
    array([ 1,  1,  2, 10])
    """
    return np.ceil(10 * np.asarray(rank, float) / areas).astype(int)


def rank_among(value: npt.ArrayLike, published: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The rank a value would take among the published values present, 1 = the highest; ties take the best rank.

    >>> rank_among([5.0, 9.0, 1.0], published=[8.0, 6.0, 2.0])
    array([3, 1, 4])
    """
    rising = np.sort(np.asarray(published, float))
    rising = rising[~np.isnan(rising)]
    return 1 + len(rising) - np.searchsorted(rising, np.asarray(value, float), side="right")


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


def share_percent(part: npt.ArrayLike, whole: npt.ArrayLike) -> Numbers:
    """How many of a hundred; NaN where there is nothing to count.

    >>> share_percent([50, 0, 0], [100, 20, 0])
    array([50.,  0., nan])
    """
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    share: Numbers = 100 * np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)
    return share


def wilson_interval(part: npt.ArrayLike, whole: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """The 95 % limits of a share of people counted, in percent; NaN where there is nothing to count.

    part, whole   (k,) numerator and denominator, 0 <= part <= whole
    Source: Wilson 1927, J Am Stat Assoc 22:209, the limits that Fingertips shows for proportions.

    >>> low, high = wilson_interval([10, 0], [100, 0])
    >>> low.round(2), high.round(2)
    (array([5.52,  nan]), array([17.44,   nan]))
    """
    z = 1.959963984540054
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    n = np.where(whole > 0, whole, np.nan)
    middle = (part + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(part * (n - part) / n + z**2 / 4)
    return 100 * np.clip(middle - half, 0, 1), 100 * np.clip(middle + half, 0, 1)
