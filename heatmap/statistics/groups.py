"""Groups of people in line, from the most deprived to the least: what a gradient is drawn through.

An area is never split: it stands in one group. Splitting a neighbourhood in two within its group changes nothing, for figures of a
group are added up before they are divided.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from heatmap.statistics.estimates import Estimate, Numbers, Reason, absent, z_of
from heatmap.statistics.proportions import proportion
from heatmap.statistics.rates import rate


class Scale(StrEnum):
    """On what a line is straight, or an error is symmetric."""

    LINEAR = "linear"
    LOG = "log"  # for rates
    LOGIT = "logit"  # for shares


@dataclass(frozen=True)
class Group:
    """One group.

    number      1 = most deprived
    population  people that the figures are of (the denominator)
    areas       how many areas' figures it is made of
    estimate    its value with its interval, or why there is none
    error       standard error of the value on the scale ``Groups.error_scale``; None where it is not known
    """

    number: int
    population: float
    areas: int
    estimate: Estimate
    error: float | None


@dataclass(frozen=True)
class Groups:
    """All groups, the most deprived first; a group without figures is there and says so.

    error_scale  on what the errors are symmetric
    per          what a share of one is in the values' unit: 100 for percent (only a logit asks for it)
    """

    each: tuple[Group, ...]
    error_scale: Scale
    per: float

    @property
    def empty(self) -> tuple[int, ...]:
        """The numbers of the groups that have no value."""
        return tuple(group.number for group in self.each if group.estimate.value is None)


def group_counts(
    group: npt.ArrayLike,
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    groups: int = 10,
    measure: Literal["proportion", "rate"] = "proportion",
    per: float = 100,
    confidence: float = 0.95,
) -> Groups:
    """Areas with counts, added up by group; each group has its interval.

    group                   (k,) the group of each area, from 1, the most deprived, to ``groups``
    numerator, denominator  (k,) NaN in either leaves the area out of both
    measure                 of people (Wilson, errors on the logit) or of events among people (Byar and exact, errors on the log)

    >>> found = group_counts([1, 1, 2], [30, 10, 20], [100, 100, 200], groups=2)
    >>> [(group.number, group.population, group.areas, group.estimate.value) for group in found.each]
    [(1, 200.0, 2, 20.0), (2, 200.0, 1, 10.0)]

    Raises ValueError if a group is not from 1 to ``groups``.
    """
    part, whole = np.asarray(numerator, float), np.asarray(denominator, float)
    here = np.isfinite(part) & np.isfinite(whole)
    number = _read_numbers(group, groups)[here]
    parts, wholes, areas = (_add_up(number, column, groups) for column in (part[here], whole[here], np.ones(here.sum())))
    impossible = _add_up(number, (part[here] < 0) | (whole[here] < 0), groups) > 0
    estimate_one = proportion if measure == "proportion" else rate
    scale = Scale.LOGIT if measure == "proportion" else Scale.LOG
    each = []
    for at in range(groups):
        if impossible[at]:
            estimate = absent(Reason.IMPOSSIBLE)
        elif wholes[at] == 0:
            estimate = absent(Reason.EMPTY_GROUP)
        else:
            estimate = estimate_one(parts[at], wholes[at], per=per, confidence=confidence)
        error = _error_of(estimate, scale, per, confidence)
        each.append(Group(at + 1, float(wholes[at]), int(areas[at]), estimate, error))
    return Groups(tuple(each), scale, per)


def group_values(group: npt.ArrayLike, value: npt.ArrayLike, population: npt.ArrayLike, *, groups: int = 10) -> Groups:
    """Areas with values alone, averaged over their people by group. There is no interval, and none is made from their spread.

    group       (k,) the group of each area, from 1, the most deprived, to ``groups``
    value       (k,) in any unit, NaN where there is none: the area and its people are then left out
    population  (k,) people of each area, >= 0

    >>> found = group_values([1, 1, 2], [10.0, 20.0, 5.0], [100, 300, 50], groups=2)
    >>> [(group.estimate.value, str(group.estimate.reason)) for group in found.each]
    [(17.5, 'no_interval_published'), (5.0, 'no_interval_published')]

    Raises ValueError if a group is not from 1 to ``groups``.
    """
    values, people = np.asarray(value, float), np.asarray(population, float)
    here = np.isfinite(values) & np.isfinite(people)
    number = _read_numbers(group, groups)[here]
    values, people = values[here], people[here]
    totals, wholes, areas = (_add_up(number, column, groups) for column in (values * people, people, np.ones(len(values))))
    impossible = _add_up(number, people < 0, groups) > 0
    each = []
    for at in range(groups):
        if impossible[at]:
            estimate = absent(Reason.IMPOSSIBLE)
        elif wholes[at] == 0:
            estimate = absent(Reason.EMPTY_GROUP)
        else:
            estimate = Estimate(float(totals[at] / wholes[at]), reason=Reason.NO_INTERVAL_PUBLISHED)
        each.append(Group(at + 1, float(wholes[at]), int(areas[at]), estimate, None))
    return Groups(tuple(each), Scale.LINEAR, 1.0)


def group_published(
    value: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    error: npt.ArrayLike | None = None,
    limits: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    error_scale: Scale = Scale.LINEAR,
    per: float = 1,
    confidence: float = 0.95,
) -> Groups:
    """Figures that a publisher gives for each group, the most deprived first, with its own errors or limits if it gives them.

    value, population  (k,) one each a group; NaN where there is none
    error              (k,) standard errors on ``error_scale``
    limits             (k,) and (k,) lower and upper limits of the stated confidence, from which the errors are then taken
    error_scale        linear for means, log for rates, logit for shares of ``per``

    >>> found = group_published([70.0, 75.0], [100, 120], limits=([69.0, 74.5], [71.0, 75.5]))
    >>> [round(group.error, 3) for group in found.each]
    [0.51, 0.255]
    """
    values, people = np.asarray(value, float), np.asarray(population, float)
    nothing = np.full(len(values), np.nan)
    errors = nothing if error is None else np.asarray(error, float)
    lower, upper = (nothing, nothing) if limits is None else (np.asarray(side, float) for side in limits)
    each = []
    for at, (one, whole, known, low, high) in enumerate(zip(values, people, errors, lower, upper, strict=True)):
        estimate = _read_published(float(one), float(whole), float(low), float(high), error_scale, per)
        if estimate.value is not None and not estimate.has_interval and known >= 0:
            estimate = _spread(estimate.value, float(known), error_scale, per, confidence)
        error_here = float(known) if known >= 0 and estimate.has_interval else _error_of(estimate, error_scale, per, confidence)
        each.append(Group(at + 1, float(whole) if np.isfinite(whole) else 0.0, 1, estimate, error_here))
    return Groups(tuple(each), error_scale, per)


def to_scale(value: npt.ArrayLike, scale: Scale, per: float = 1) -> Numbers:
    """Values on the scale; not finite where a logarithm or logit has no answer."""
    values = np.asarray(value, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(
            {Scale.LINEAR: lambda: values, Scale.LOG: lambda: np.log(values), Scale.LOGIT: lambda: logit(values / per)}[scale]()
        )


def from_scale(value: npt.ArrayLike, scale: Scale, per: float = 1) -> Numbers:
    """Values on the scale, back in their unit."""
    values = np.asarray(value, float)
    return np.asarray({Scale.LINEAR: lambda: values, Scale.LOG: lambda: np.exp(values), Scale.LOGIT: lambda: per * expit(values)}[scale]())


def _read_numbers(group: npt.ArrayLike, groups: int) -> npt.NDArray[np.int64]:
    number = np.asarray(group)
    if number.size and not ((number >= 1) & (number <= groups) & (number == np.floor(number))).all():
        raise ValueError(f"Groups must be whole numbers from 1, the most deprived, to {groups}.")
    return number.astype(np.int64)


def _add_up(number: npt.NDArray[np.int64], column: npt.ArrayLike, groups: int) -> Numbers:
    return np.bincount(number, np.asarray(column, float), groups + 1)[1:].astype(float)


def _error_of(estimate: Estimate, scale: Scale, per: float, confidence: float) -> float | None:
    """The standard error that an interval speaks of: its width on the scale over twice z, as OHID takes it."""
    if estimate.lower_ci is None or estimate.upper_ci is None:
        return None
    lower, upper = to_scale([estimate.lower_ci, estimate.upper_ci], scale, per)
    error = float(upper - lower) / (2 * z_of(confidence))
    return error if np.isfinite(error) else None


def _spread(value: float, error: float, scale: Scale, per: float, confidence: float) -> Estimate:
    """A value with the interval that its error speaks of."""
    middle, half = float(to_scale(value, scale, per)), z_of(confidence) * error
    if not np.isfinite(middle):
        return Estimate(value, reason=Reason.NONE_OR_ALL_IN_A_GROUP)
    lower, upper = from_scale([middle - half, middle + half], scale, per)
    return Estimate(value, float(lower), float(upper))


def _read_published(value: float, population: float, lower: float, upper: float, scale: Scale, per: float) -> Estimate:
    if population < 0:
        return absent(Reason.IMPOSSIBLE)
    if not np.isfinite(value) or not population > 0:
        return absent(Reason.EMPTY_GROUP)
    if not np.isfinite([lower, upper]).all():
        return Estimate(value, reason=Reason.NO_INTERVAL_PUBLISHED)
    if not lower <= value <= upper or (scale == Scale.LOGIT and not 0 <= lower <= upper <= per):
        return Estimate(value, reason=Reason.IMPOSSIBLE)
    return Estimate(value, lower, upper)
