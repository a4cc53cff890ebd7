"""An answer: a number with its interval, or the reason why there is none. Never a NaN."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Numbers: TypeAlias = npt.NDArray[np.float64]


class Reason(StrEnum):
    """Why a number, or its interval, is absent. The first two are flags of a layer's figures too, under the same names."""

    MISSING = "missing"
    SUPPRESSED = "suppressed"
    ZERO_DENOMINATOR = "zero_denominator"  # of nobody: there is no share, rate or ratio
    IMPOSSIBLE = "impossible"  # a negative count, or more in the part than in the whole
    TOO_FEW_EVENTS = "too_few_events"  # under 10 in all: no standardised rate
    ALL_EQUAL = "all_equal"  # no order, so no fifths
    EMPTY_GROUP = "empty_group"  # a group without people or figures: no gradient
    WRONG_NUMBER_OF_GROUPS = "wrong_number_of_groups"  # fewer than 5 or more than 100
    NOT_POSITIVE = "not_positive"  # zero or less, where a ratio or logarithm needs more
    OUTSIDE_0_TO_1 = "outside_0_to_1"  # none, all or beyond, where a logit needs a share between
    NO_INTERVAL_PUBLISHED = "no_interval_published"  # neither counts nor the publisher's errors
    NONE_OR_ALL_IN_A_GROUP = "none_or_all_in_a_group"  # a group with no event, or all: its error has no logarithm
    FIT_FAR_BELOW_GROUPS = "fit_far_below_groups"  # the line's lower end lies far under every group: a ratio to it is the line's alone
    RATIO_WITHOUT_BOUND = "ratio_without_bound"  # what one divides by may well be zero


#: A number, or why there is none; None and NaN stand for a figure that is missing.
Figure: TypeAlias = float | Reason | None


@dataclass(frozen=True)
class Estimate:
    """A value with its limits.

    value               in the unit asked for, or None
    lower_ci, upper_ci  both, in the same unit, or both None; lower_ci <= value <= upper_ci but for skewed simulated limits
    reason              why the value, or else its interval, is absent; None where both are there

    Raises ValueError where these promises are broken: it is the caller's mistake, never the reader's.
    """

    value: float | None
    lower_ci: float | None = None
    upper_ci: float | None = None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        numbers = (self.value, self.lower_ci, self.upper_ci)
        if any(number is not None and not math.isfinite(number) for number in numbers):
            raise ValueError(f"{self} has a number that is not finite; give None and a reason instead.")
        if (self.lower_ci is None) != (self.upper_ci is None) or (self.value is None and self.lower_ci is not None):
            raise ValueError(f"{self} has half an interval, or one without a value; give both limits or none.")
        if (None in numbers) != (self.reason is not None):
            raise ValueError(f"{self} must have a reason where a number is absent, and only there.")

    @property
    def has_interval(self) -> bool:
        """Whether it is said how sure the value is."""
        return self.lower_ci is not None

    def negated(self) -> Estimate:
        """The same difference, taken the other way round.

        >>> Estimate(-3.0, -4.0, -2.0).negated()
        Estimate(value=3.0, lower_ci=2.0, upper_ci=4.0, reason=None)
        """
        if self.value is None:
            return self
        if self.lower_ci is None or self.upper_ci is None:
            return Estimate(0 - self.value, reason=self.reason)  # 0 - 0.0 is 0.0, where -0.0 would be shown as "-0"
        return Estimate(0 - self.value, 0 - self.upper_ci, 0 - self.lower_ci)

    def inverted(self) -> Estimate:
        """The same ratio, taken the other way round.

        >>> Estimate(0.5, 0.25, 0.8).inverted()
        Estimate(value=2.0, lower_ci=1.25, upper_ci=4.0, reason=None)
        >>> Estimate(0.5, 0.0, 0.8).inverted().reason
        <Reason.RATIO_WITHOUT_BOUND: 'ratio_without_bound'>
        """
        if self.value is None:
            return self
        if self.value <= 0:
            return absent(Reason.NOT_POSITIVE)
        if self.lower_ci is None or self.upper_ci is None:
            return Estimate(1 / self.value, reason=self.reason)
        if self.lower_ci <= 0:
            return Estimate(1 / self.value, reason=Reason.RATIO_WITHOUT_BOUND)
        return Estimate(1 / self.value, 1 / self.upper_ci, 1 / self.lower_ci)


def absent(reason: Reason) -> Estimate:
    """No value, and why.

    >>> absent(Reason.SUPPRESSED)
    Estimate(value=None, lower_ci=None, upper_ci=None, reason=<Reason.SUPPRESSED: 'suppressed'>)
    """
    return Estimate(None, reason=reason)


def read_figures(*figures: Figure) -> tuple[float, ...] | Reason:
    """The numbers, or the first reason why one is not there.

    >>> read_figures(1, 2.5), str(read_figures(1, Reason.SUPPRESSED)), str(read_figures(float("nan"), 1))
    ((1.0, 2.5), 'suppressed', 'missing')
    """
    numbers = []
    for figure in figures:
        if isinstance(figure, Reason):
            return figure
        if figure is None or not math.isfinite(figure):
            return Reason.MISSING
        numbers.append(float(figure))
    return tuple(numbers)


def z_of(confidence: float) -> float:
    """How many standard errors lie on each side of an interval of this confidence, a share of 1.

    >>> round(z_of(0.95), 6)
    1.959964

    Raises ValueError unless 0 < confidence < 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence} is not between 0 and 1; 95 % is 0.95.")
    return float(ndtri((1 + confidence) / 2))
