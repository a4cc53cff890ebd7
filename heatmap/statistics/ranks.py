"""Places in a line: ranks, tenths and percentiles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from heatmap.statistics.estimates import Figure, Numbers, Reason, read_figures


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


def percentile_among(value: Figure, published: npt.ArrayLike) -> float | None:
    """How many of a hundred published values are lower, equal ones counting half; None without a value or values.

    published  (k,) NaN where there is none; those are left out

    Lowest and highest stand alike far from the ends, as in ``percentile_position``, but 100 is here the highest value.

    >>> percentile_among(7.0, [1.0, 7.0, 9.0, float("nan")]), percentile_among(None, [1.0])
    (50.0, None)
    """
    read = read_figures(value)
    here = np.asarray(published, float)
    here = here[np.isfinite(here)]
    if isinstance(read, Reason) or not len(here):
        return None
    below, equal = np.count_nonzero(here < read[0]), np.count_nonzero(here == read[0])
    return float(100 * (below + equal / 2) / len(here))
