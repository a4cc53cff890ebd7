"""Shares of people counted, with Wilson's interval."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from heatmap.statistics.estimates import Estimate, Figure, Numbers, Reason, absent, read_figures, z_of


def share_percent(part: npt.ArrayLike, whole: npt.ArrayLike) -> Numbers:
    """How many of a hundred; NaN where there is nothing to count.

    >>> share_percent([50, 0, 0], [100, 20, 0])
    array([50.,  0., nan])
    """
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    share: Numbers = 100 * np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)
    return share


def wilson_interval(part: npt.ArrayLike, whole: npt.ArrayLike, confidence: float = 0.95) -> tuple[Numbers, Numbers]:
    """The limits of a share of people counted, in percent; NaN where there is nothing to count.

    part, whole   (k,) numerator and denominator, 0 <= part <= whole
    Source: Wilson 1927, J Am Stat Assoc 22:209, the limits that Fingertips shows for proportions.

    >>> low, high = wilson_interval([10, 0], [100, 0])
    >>> low.round(2), high.round(2)
    (array([5.52,  nan]), array([17.44,   nan]))
    """
    z = z_of(confidence)
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    n = np.where(whole > 0, whole, np.nan)
    middle = (part + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(part * (n - part) / n + z**2 / 4)
    return 100 * np.clip(middle - half, 0, 1), 100 * np.clip(middle + half, 0, 1)


def proportion(numerator: Figure, denominator: Figure, *, per: float = 100, confidence: float = 0.95) -> Estimate:
    """One share with Wilson's interval, or the reason why there is none.

    per  100 for percent, 1 for a share of one

    >>> share = proportion(10, 100)
    >>> print(f"{share.value:.0f} % ({share.lower_ci:.1f} to {share.upper_ci:.1f})")
    10 % (5.5 to 17.4)
    >>> [str(proportion(*pair).reason) for pair in ((0, 0), (None, 100), (Reason.SUPPRESSED, 100), (101, 100))]
    ['zero_denominator', 'missing', 'suppressed', 'impossible']
    """
    read = read_figures(numerator, denominator)
    if isinstance(read, Reason):
        return absent(read)
    part, whole = read
    if whole == 0:
        return absent(Reason.ZERO_DENOMINATOR)
    if not 0 <= part <= whole:
        return absent(Reason.IMPOSSIBLE)
    value = per * part / whole
    lower, upper = (per * float(limit) / 100 for limit in wilson_interval(part, whole, confidence))
    return Estimate(value, min(lower, value), max(upper, value))  # at none and at all, rounding could put the limit past the value
