"""Events among people: counts, crude rates, and rates standardised by age, with their intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from heatmap.statistics.estimates import Estimate, Figure, Numbers, Reason, absent, read_figures, z_of

#: From here on Byar's approximation is as good as exact limits; below, they are exact (OHID's guidance, as in PHStatsMethods).
BYAR_FROM = 10
#: A standardised rate of fewer events in all is not made (OHID's guidance).
FEWEST_STANDARDISED = 10


def byar_interval(count: npt.ArrayLike, confidence: float = 0.95) -> tuple[Numbers, Numbers]:
    """The limits of a number of events, approximately; good from about 10 on.

    count  (k,) >= 0
    Source: Breslow and Day 1987, Statistical Methods in Cancer Research II, page 69 (Byar's approximation).

    >>> [float(limit.round(2)) for limit in byar_interval(65)]
    [50.16, 82.85]
    """
    z = z_of(confidence)
    count = np.asarray(count, float)
    some, more = np.where(count > 0, count, 1), count + 1
    lower = some * np.clip(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0, None) ** 3
    return np.where(count > 0, lower, 0.0), more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3


def exact_interval(count: npt.ArrayLike, confidence: float = 0.95) -> tuple[Numbers, Numbers]:
    """The limits of a number of events, exactly, from the Poisson distribution by way of chi-squared.

    count  (k,) >= 0
    Source: Garwood 1936, Biometrika 28:437. Half of chi-squared with 2n degrees of freedom is gamma with n.

    >>> [limit.round(3).tolist() for limit in exact_interval([0, 1, 9])]
    [[0.0, 0.025, 4.115], [3.689, 5.572, 17.085]]
    """
    z_of(confidence)
    count = np.asarray(count, float)
    tail = (1 - confidence) / 2
    lower = np.where(count > 0, gammaincinv(np.where(count > 0, count, 1), tail), 0.0)
    return lower, np.asarray(gammaincinv(count + 1, 1 - tail), float)


def count_interval(count: npt.ArrayLike, confidence: float = 0.95) -> tuple[Numbers, Numbers]:
    """The limits of a number of events as Fingertips shows them: exact below 10, Byar's from 10 on.

    >>> lower, upper = count_interval([9, 10])
    >>> lower.round(2), upper.round(2)
    (array([4.12, 4.79]), array([17.08, 18.39]))
    """
    count = np.asarray(count, float)
    exact, byar = exact_interval(np.minimum(count, BYAR_FROM), confidence), byar_interval(count, confidence)
    return np.where(count < BYAR_FROM, exact[0], byar[0]), np.where(count < BYAR_FROM, exact[1], byar[1])


def rate(count: Figure, population: Figure, *, per: float = 100_000, confidence: float = 0.95) -> Estimate:
    """One crude rate with its interval, or the reason why there is none.

    population  people, or years that people lived, >= 0

    >>> found = rate(20, 10_000)
    >>> print(f"{found.value:.0f} in 100,000 ({found.lower_ci:.0f} to {found.upper_ci:.0f})")
    200 in 100,000 (122 to 309)
    >>> [str(rate(*pair).reason) for pair in ((3, 0), (3, None), (-1, 100))]
    ['zero_denominator', 'missing', 'impossible']
    """
    read = read_figures(count, population)
    if isinstance(read, Reason):
        return absent(read)
    events, people = read
    if people == 0:
        return absent(Reason.ZERO_DENOMINATOR)
    if events < 0 or people < 0:
        return absent(Reason.IMPOSSIBLE)
    lower, upper = (per * float(limit) / people for limit in count_interval(events, confidence))
    return Estimate(per * events / people, lower, upper)


def directly_standardised_rate(
    count: npt.ArrayLike, population: npt.ArrayLike, standard: npt.ArrayLike, *, per: float = 100_000, confidence: float = 0.95
) -> Estimate:
    """The rate there would be if the people here had the ages of the standard population, or the reason why there is none.

    count, population  (k,) events and people in each band of age; one missing leaves no rate, for missing is not zero
    standard           (k,) people of each band in the standard population, such as the European one of 2013

    Limits by Byar's approximation, moved to the standardised rate by Dobson's method.
    Source: Dobson, Kuulasmaa, Eberle and Scherer 1991, Stat Med 10:457.

    >>> found = directly_standardised_rate([5, 20, 70], [1_000, 2_000, 1_500], [50, 30, 20])
    >>> print(f"{found.value:.0f} in 100,000 ({found.lower_ci:.0f} to {found.upper_ci:.0f})")
    1483 in 100,000 (1164 to 1855)
    >>> str(directly_standardised_rate([1, 2, 3], [1_000, 2_000, 1_500], [50, 30, 20]).reason)
    'too_few_events'
    """
    events, people, weight = (np.asarray(column, float) for column in (count, population, standard))
    if not np.isfinite([events, people, weight]).all():
        return absent(Reason.MISSING)
    if not len(events) or (people == 0).any() or weight.sum() == 0:
        return absent(Reason.ZERO_DENOMINATOR)
    if (events < 0).any() or (people < 0).any() or (weight < 0).any():
        return absent(Reason.IMPOSSIBLE)
    total = float(events.sum())
    if total < FEWEST_STANDARDISED:
        return absent(Reason.TOO_FEW_EVENTS)
    share = weight / weight.sum()
    value = float((share * events / people).sum())
    spread = float(np.sqrt((share**2 * events / people**2).sum() / total))
    lower, upper = (value + spread * (float(limit) - total) for limit in byar_interval(total, confidence))
    return Estimate(per * value, per * max(lower, 0.0), per * upper)  # very unequal weights could push the limit below none at all
