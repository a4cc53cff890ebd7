"""How steep a gradient is: the slope and the relative index of inequality, the gap and the ratio of its ends.

By the method that the Office for Health Improvement and Disparities (OHID) publishes, "Slope index of inequality (SII) and relative
index of inequality (RII)", Public health technical guidance, and that its R package PHEindicatormethods follows (``phe_sii``);
the line is that of Low and Low 2004, J Public Health 26:388. Limits are simulated from the groups' own errors: where a group has
none, there are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import fdtrc

from heatmap.statistics.estimates import Estimate, Numbers, Reason, absent, z_of
from heatmap.statistics.groups import Groups, Scale, from_scale, to_scale

#: As ``phe_sii`` asks for.
FEWEST_GROUPS, MOST_GROUPS = 5, 100
#: OHID's number of draws. One line takes some 20 ms; a ranking may ask for 10,000.
REPETITIONS = 100_000
SEED = 20250101
#: A line counts as bent if a curve fits better than by chance alone (at 5 %), and by so much of the spread between groups.
#: Cohen 1992, Psychol Bull 112:155: a correlation of 0.3, 9 % of the spread, is of middling size.
BENT_P, BENT_SHARE = 0.05, 0.09
#: A line whose lower end lies under this share of the lowest group bears no ratio of its ends. Where a gradient flattens out, a
#: straight line runs on towards zero: groups that differ five times then had relative indices of 80 to 700.
LOWEST_END = 0.5
#: Values that differ by less, relative to their size, are the same but for rounding.
SAME = 1e-10


@dataclass(frozen=True)
class Bend:
    """Whether the groups lie along a curve rather than the line.

    p_value       of the squared term, by the extra-sum-of-squares F test (Draper and Smith 1998, Applied Regression Analysis)
    share         of the spread between groups, how much the curve explains beyond the line, from 0 to 1
    steeper_end   where one step of deprivation makes the greater difference
    """

    p_value: float
    share: float
    steeper_end: Literal["most_deprived", "least_deprived"]

    @property
    def is_bent(self) -> bool:
        """Both more than chance and more than a little: with England's numbers any line is a trifle bent beyond chance."""
        return self.p_value < BENT_P and self.share >= BENT_SHARE


@dataclass(frozen=True)
class Gradient:
    """The line through the groups, and what it says.

    scale         on what the line is straight
    sii           fitted value at the least deprived end minus that at the most deprived end, in the values' unit
    rii           the same two, least over most; 1 is no inequality; absent where the line runs far below the groups
    position      (k,) where each group's middle stands in the line of people, 0 = most deprived, 1 = least deprived
    line          where the line begins, at the most deprived end, and its slope, both on ``scale``; None where there is no line
    bend          None where there is no line, or the groups do not differ
    empty_groups  their numbers; with one of them there is no line
    """

    scale: Scale
    per: float
    sii: Estimate
    rii: Estimate
    position: tuple[float, ...] = ()
    line: tuple[float, float] | None = None
    bend: Bend | None = None
    empty_groups: tuple[int, ...] = ()

    @property
    def most_minus_least(self) -> Estimate:
        """The SII as a sentence says it: how much more there is at the most deprived end."""
        return self.sii.negated()

    @property
    def most_over_least(self) -> Estimate:
        """The RII as a sentence says it: how many times as much there is at the most deprived end."""
        return self.rii.inverted()

    @property
    def is_bent(self) -> bool:
        """Whether the line must not stand for the groups without a warning."""
        return self.bend is not None and self.bend.is_bent

    def fitted_at(self, position: npt.ArrayLike) -> Numbers:
        """What the line says at places from 0, the most deprived end, to 1, the least, in the values' unit; empty without a line."""
        if self.line is None:
            return np.array([])
        start, slope = self.line
        return from_scale(start + slope * np.asarray(position, float), self.scale, self.per)


@dataclass(frozen=True)
class Gap:
    """The first group against the last, as they are: most deprived minus least deprived, and most over least."""

    gap: Estimate
    ratio: Estimate


def fit_gradient(
    groups: Groups, *, scale: Scale = Scale.LINEAR, confidence: float = 0.95, repetitions: int = REPETITIONS, seed: int = SEED
) -> Gradient:
    """The slope and the relative index of inequality of groups in line, with limits where every group has an error.

    scale        linear, or the log of rates, or the logit of shares; the answer names it
    repetitions  how many times the groups' values are drawn again, each from its own error
    seed         the same draws for everyone: two areas with the same figures have the same limits

    Each group stands at the middle of its share of the people, and counts by that share.

    >>> from heatmap.statistics.groups import group_published
    >>> found = fit_gradient(group_published([70, 72, 74, 76, 78], [10] * 5))
    >>> print(f"{found.sii.value:.1f} years from {found.fitted_at(0):.1f}; times {found.rii.value:.3f}; {found.sii.reason}")
    10.0 years from 69.0; times 1.145; no_interval_published
    """
    if why := _why_no_line(groups, scale):
        return Gradient(scale, groups.per, absent(why), absent(why), empty_groups=groups.empty)
    values = _values(groups)
    share = np.array([group.population for group in groups.each])
    share = share / share.sum()
    position = np.cumsum(share) - share / 2
    measured = to_scale(values, scale, groups.per)
    flat = _are_same(measured)
    to_ends = _weigh_for_ends(share, position)
    first, last = (float(measured[0]),) * 2 if flat else (float(end) for end in to_ends @ measured)
    drawn = _draw_ends(groups, values, to_ends, scale, repetitions, seed)
    most, least = (float(end) for end in from_scale([first, last], scale, groups.per))
    return Gradient(
        scale,
        groups.per,
        sii=_difference(least, most, drawn, confidence),
        rii=absent(Reason.FIT_FAR_BELOW_GROUPS) if _runs_below(min(most, least), values) else _ratio(least, most, drawn, confidence),
        position=tuple(position.tolist()),
        line=(first, last - first),
        bend=None if flat else _find_bend(measured, share, position),
    )


def compare_ends(groups: Groups, *, confidence: float = 0.95, repetitions: int = REPETITIONS, seed: int = SEED) -> Gap:
    """The most deprived group against the least deprived, fifths or tenths as they were grouped, with limits where both have errors.

    The groups between do not matter, and may be empty.

    >>> from heatmap.statistics.groups import group_published
    >>> found = compare_ends(group_published([30, 25, 20, 18, 15], [10] * 5))
    >>> found.gap.value, found.ratio.value
    (15.0, 2.0)
    """
    ends = Groups((groups.each[0], groups.each[-1]), groups.error_scale, groups.per)
    if why := _why_absent(ends):
        return Gap(absent(why), absent(why))
    values = _values(ends)
    most, least = (float(value) for value in values)
    drawn = _draw_ends(ends, values, np.eye(2), Scale.LINEAR, repetitions, seed)
    turned = drawn if isinstance(drawn, Reason) else drawn[:, ::-1]
    return Gap(_difference(most, least, turned, confidence), _ratio(most, least, turned, confidence))


def _why_absent(groups: Groups) -> Reason | None:
    reasons = {group.estimate.reason for group in groups.each if group.estimate.value is None}
    if Reason.IMPOSSIBLE in reasons:
        return Reason.IMPOSSIBLE
    return Reason.EMPTY_GROUP if reasons else None


def _why_no_line(groups: Groups, scale: Scale) -> Reason | None:
    if not FEWEST_GROUPS <= len(groups.each) <= MOST_GROUPS:
        return Reason.WRONG_NUMBER_OF_GROUPS
    if why := _why_absent(groups):
        return why
    if np.isfinite(to_scale(_values(groups), scale, groups.per)).all():
        return None
    return Reason.NOT_POSITIVE if scale == Scale.LOG else Reason.OUTSIDE_0_TO_1


def _why_no_limits(groups: Groups) -> Reason | None:
    reasons = {group.estimate.reason or Reason.NONE_OR_ALL_IN_A_GROUP for group in groups.each if group.error is None}
    return next((why for why in (Reason.NO_INTERVAL_PUBLISHED, Reason.IMPOSSIBLE, Reason.NONE_OR_ALL_IN_A_GROUP) if why in reasons), None)


def _runs_below(end: float, values: Numbers) -> bool:
    """Whether a line's lower end, above zero, lies far under every group."""
    return 0 < end < LOWEST_END * values.min()


def _values(groups: Groups) -> Numbers:
    return np.array([group.estimate.value for group in groups.each], float)


def _are_same(values: Numbers) -> bool:
    return bool(np.ptp(values) <= SAME * np.abs(values).max())


def _weigh_for_ends(share: Numbers, position: Numbers) -> Numbers:
    """(2, k) what each group's value counts for the line's height at 0 and at 1: least squares, weighted by share."""
    slope = share * (position - share @ position)
    slope = slope / (slope @ position)
    return np.array([share - slope * (share @ position), share + slope * (1 - share @ position)])


def _draw_ends(groups: Groups, values: Numbers, to_ends: Numbers, scale: Scale, repetitions: int, seed: int) -> Numbers | Reason:
    """(repetitions, 2) the line's two ends in the values' unit, most deprived first, each time with the groups' values drawn anew."""
    if why := _why_no_limits(groups):
        return why
    errors = np.array([group.error for group in groups.each], float)
    middle = to_scale(values, groups.error_scale, groups.per)
    chance = _draw_chance(repetitions, len(values), seed)
    if groups.error_scale == scale:  # the line is straight where the errors are: it can be drawn without drawing the groups
        ends = to_ends @ middle + chance @ (to_ends * errors).T
    else:
        drawn = to_scale(from_scale(middle + chance * errors, groups.error_scale, groups.per), scale, groups.per)
        if not np.isfinite(drawn).all():
            return Reason.NOT_POSITIVE if scale == Scale.LOG else Reason.OUTSIDE_0_TO_1
        ends = drawn @ to_ends.T
    return from_scale(ends, scale, groups.per)


@lru_cache(maxsize=4)
def _draw_chance(repetitions: int, groups: int, seed: int) -> Numbers:
    chance = np.random.default_rng(seed).standard_normal((repetitions, groups))
    chance.setflags(write=False)
    return chance


def _limits(drawn: Numbers, confidence: float) -> tuple[float, float]:
    z_of(confidence)
    tail = (1 - confidence) / 2
    lower, upper = np.quantile(drawn, (tail, 1 - tail))
    return float(lower), float(upper)


def _difference(last: float, first: float, drawn: Numbers | Reason, confidence: float) -> Estimate:
    if isinstance(drawn, Reason):
        return Estimate(last - first, reason=drawn)
    return Estimate(last - first, *_limits(drawn[:, 1] - drawn[:, 0], confidence))


def _ratio(last: float, first: float, drawn: Numbers | Reason, confidence: float) -> Estimate:
    """Last over first. Where drawing makes the first zero or less too often, the ratio has no upper limit, and so no interval."""
    if first == 0:
        return absent(Reason.ZERO_DENOMINATOR)
    if first < 0 or last < 0:
        return absent(Reason.NOT_POSITIVE)
    if isinstance(drawn, Reason):
        return Estimate(last / first, reason=drawn)
    over, under = np.clip(drawn[:, 1], 0, None), drawn[:, 0]
    ratio = np.divide(over, under, out=np.full(len(drawn), np.inf), where=under > 0)
    if np.isinf(ratio).sum() + 1 >= len(ratio) * (1 - confidence) / 2:
        return Estimate(last / first, reason=Reason.RATIO_WITHOUT_BOUND)
    return Estimate(last / first, *_limits(ratio, confidence))


def _find_bend(measured: Numbers, share: Numbers, position: Numbers) -> Bend:
    """Whether a squared term fits the groups better than the line alone, weighted as the line is."""
    root = np.sqrt(share)
    powers = np.stack([np.ones_like(position), position, position**2], axis=1)
    spread = float(share @ (measured - share @ measured) ** 2)
    left = []
    for terms in (2, 3):
        found = np.linalg.lstsq(powers[:, :terms] * root[:, None], measured * root, rcond=None)[0]
        left.append(float(share @ (measured - powers[:, :terms] @ found) ** 2))
    gained = max(left[0] - left[1], 0.0) / spread
    over = max(left[1] / spread, np.finfo(float).eps)  # of a perfect curve nothing is left but rounding
    slope_at_most, slope_at_least = found[1], found[1] + 2 * found[2]
    freedom = len(measured) - 3
    return Bend(
        p_value=float(fdtrc(1, freedom, gained / (over / freedom))),
        share=gained,
        steeper_end="most_deprived" if abs(slope_at_most) >= abs(slope_at_least) else "least_deprived",
    )
