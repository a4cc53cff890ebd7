"""Slope and relative index of inequality, gap and ratio: the official answers, and what must hold for any numbers."""

from __future__ import annotations

import csv
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from heatmap.settings import ROOT
from heatmap.statistics import (
    Estimate,
    Groups,
    Reason,
    Scale,
    absent,
    compare_ends,
    fit_gradient,
    group_counts,
    group_published,
    group_values,
    proportion,
    rate,
)

with (ROOT / "tests" / "fixtures" / "statistics" / "gradients.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
CASES = {name: [row for row in ROWS if row["case"] == name] for name in dict.fromkeys(row["case"] for row in ROWS)}
ANSWERED = [name for name, rows in CASES.items() if rows[0]["sii"]]
#: The same least squares in double precision, by another route: only rounding may differ.
ROUNDING = 1e-9
#: Both sides' limits are simulated, with draws of their own; the package allows itself 5 %, as the reference says.
SIMULATED = 0.05
FEW = 2_000  # draws, where a property and no published limit is looked at

shares = st.lists(st.integers(50, 5_000), min_size=5, max_size=12)
#: Ten groups of areas with counts: none empty, none with no event or all.
counts = st.lists(st.tuples(st.integers(5, 400), st.integers(500, 5_000)), min_size=10, max_size=10)
scales = st.sampled_from(list(Scale))


def column(rows: list[dict[str, str]], name: str) -> list[float]:
    """A column of numbers, NaN where a cell is blank."""
    return [float(row[name] or "nan") for row in rows]


def groups_of(rows: list[dict[str, str]], by_limits: bool = False) -> Groups:
    """A case's groups, with the errors it gives, or those that its limits speak of."""
    spread: dict[str, Any] = {"error": column(rows, "standard_error")}
    if by_limits:
        spread = {"limits": (column(rows, "lower_ci"), column(rows, "upper_ci"))}
    return group_published(column(rows, "value"), column(rows, "population"), error_scale=Scale(rows[0]["error_scale"]), **spread)


def counted(pairs: list[tuple[int, int]], measure: Any = "proportion") -> Groups:
    """One area a group."""
    return group_counts(range(1, len(pairs) + 1), *zip(*pairs, strict=True), groups=len(pairs), measure=measure)


def numbers_of(estimate: Estimate) -> list[float]:
    """Value and limits, NaN where there is none, as numpy compares them."""
    return [math.nan if number is None else number for number in (estimate.value, estimate.lower_ci, estimate.upper_ci)]


# ---- another hand: the R package's own test spreadsheet ----


@pytest.mark.parametrize("by_limits", [False, True], ids=["errors", "limits"])
@pytest.mark.parametrize("case", ANSWERED)
def test_official_answers(case: str, by_limits: bool) -> None:
    """Values exactly, limits within 5 %, on all three scales, from errors or from limits; a negative multiplier turns the ends round."""
    rows = CASES[case]
    head = rows[0]
    found = fit_gradient(groups_of(rows, by_limits), scale=Scale(head["scale"]), confidence=float(head["confidence"]))
    times = float(head["multiplier"])
    sii, rii = (found.sii, found.rii) if times > 0 else (found.most_minus_least, found.most_over_least)
    assert found.scale == head["scale"]
    assert sii.value * abs(times) == pytest.approx(float(head["sii"]), rel=ROUNDING)  # type: ignore[operator]
    if head["rii"]:
        assert rii.value == pytest.approx(float(head["rii"]), rel=ROUNDING)
    if head["intercept"]:
        assert found.fitted_at(0) == pytest.approx(float(head["intercept"]), rel=ROUNDING)
    for estimate, index, scaled in ((sii, "sii", abs(times)), (rii, "rii", 1)):
        for limit, side in ((estimate.lower_ci, "lower"), (estimate.upper_ci, "upper")):
            if expected := head[f"{index}_{side}_ci"]:
                assert limit * scaled == pytest.approx(float(expected), rel=SIMULATED)  # type: ignore[operator]


def test_the_reference_is_there() -> None:
    """Every scale, both ways round, with limits and without: without them the tests above would pass."""
    heads = [CASES[name][0] for name in ANSWERED]
    assert len(heads) == 23
    assert {head["scale"] for head in heads} == set(Scale)
    assert sum(float(head["multiplier"]) < 0 for head in heads) == 3
    assert sum(bool(head["sii_lower_ci"]) for head in heads) == 22


@pytest.mark.parametrize(
    ("said", "has_value", "reason"),
    [
        ("negative populations", False, Reason.IMPOSSIBLE),
        ("invalid proportion in CLs", True, Reason.IMPOSSIBLE),
        ("missing confidence limits and se", True, Reason.NO_INTERVAL_PUBLISHED),
    ],
)
def test_where_the_package_stops_there_is_a_reason(said: str, has_value: bool, reason: Reason) -> None:
    """Faulty limits take away the interval alone; people below none take away the line. The package stops with an error."""
    rows = next(rows for rows in CASES.values() if said in rows[0]["description"])
    limits = (column(rows, "lower_ci"), column(rows, "upper_ci"))
    scale = Scale.LOGIT if "proportion" in said else Scale.LINEAR
    found = fit_gradient(group_published(column(rows, "value"), column(rows, "population"), limits=limits, error_scale=scale))
    assert (found.sii.value is not None) == has_value and not found.sii.has_interval and found.sii.reason == reason


def test_more_than_ten_groups_are_groups() -> None:
    """The package warns at fifteen and goes on; so do we, without warning."""
    rows = next(rows for rows in CASES.values() if "large number" in rows[0]["description"])
    assert len(rows) == 15 and fit_gradient(groups_of(rows)).sii.has_interval


def test_the_line_is_that_of_numpy() -> None:
    """numpy's weighted polyfit draws the same line: its weights are of residuals, so they are the roots of ours."""
    chance = np.random.default_rng(3)
    people, values = chance.integers(100, 900, 10), chance.normal(50, 9, 10)
    found = fit_gradient(group_published(values, people))
    slope, start = np.polyfit(found.position, values, 1, w=np.sqrt(people))
    assert found.sii.value == pytest.approx(slope, rel=ROUNDING)
    assert found.fitted_at([0, 1]) == pytest.approx([start, start + slope], rel=ROUNDING)


def test_limits_are_those_of_the_formula() -> None:
    """With plain errors and a straight line the limits have a formula; 100,000 draws vary by 0.3 % of its width, so 2 % is ample."""
    chance = np.random.default_rng(4)
    people, errors = chance.integers(100, 900, 10), chance.uniform(0.5, 2, 10)
    found = fit_gradient(group_published(np.linspace(40, 60, 10), people, error=errors))
    share, place = people / people.sum(), np.array(found.position) - 0.5
    error = np.sqrt(((share * place) ** 2 * errors**2).sum()) / (share @ place**2)
    assert found.sii.upper_ci - found.sii.lower_ci == pytest.approx(2 * 1.959964 * error, rel=0.02)  # type: ignore[operator]


# ---- no inequality ----


@settings(deadline=None)
@given(shares, st.floats(0.01, 99), scales)
def test_no_inequality_is_zero_and_one(people: list[int], value: float, scale: Scale) -> None:
    """If all groups have the same value the SII is 0, the RII 1, on every scale, and no bend is looked for."""
    found = fit_gradient(group_published([value] * len(people), people, per=100), scale=scale)
    assert (found.sii.value, found.rii.value, found.bend, found.is_bent) == (0, 1, None, False)
    assert found.fitted_at([0, 0.5, 1]) == pytest.approx([value] * 3)
    ends = compare_ends(group_published([value] * len(people), people))
    assert (ends.gap.value, ends.ratio.value) == (0, 1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 3_000)), min_size=40, max_size=60))
def test_equal_areas_added_up_are_equal(areas: list[tuple[int, int]]) -> None:
    """Averaging 2.33 over many people leaves rounding behind; it must not pass for an inequality."""
    areas = [*areas, *((group, 1_000) for group in range(1, 11))]
    group, people = zip(*areas, strict=True)
    found = fit_gradient(group_values(group, [2.33] * len(group), people))
    assert (found.sii.value, found.rii.value) == (0, 1)


def test_nothing_anywhere_is_no_inequality_and_no_ratio() -> None:
    """None among none: the difference is zero, but there is nothing to divide by."""
    found = fit_gradient(group_published([0.0] * 10, [100] * 10))
    assert found.sii.value == 0 and found.rii == absent(Reason.ZERO_DENOMINATOR)


# ---- order, size, splitting, mirroring ----


@settings(max_examples=40, deadline=None)
@given(counts, st.randoms(), scales)
def test_the_order_of_areas_is_nothing(pairs: list[tuple[int, int]], shuffle: Any, scale: Scale) -> None:
    """Areas may come in any order; it is their group that counts."""
    rows = [(number, *pair) for number, pair in enumerate(pairs, start=1)]
    mixed = list(rows)
    shuffle.shuffle(mixed)
    here, there = (fit_gradient(group_counts(*zip(*some, strict=True)), scale=scale, repetitions=FEW) for some in (rows, mixed))
    assert here == there


@settings(max_examples=40, deadline=None)
@given(counts, st.floats(0.001, 1_000), scales, st.sampled_from(["proportion", "rate"]))
def test_the_unit_is_nothing(pairs: list[tuple[int, int]], times: float, scale: Scale, measure: Any) -> None:
    """Percent or thousandths: the SII and its limits go with the unit, the RII stays."""
    table = (range(1, 11), *zip(*pairs, strict=True))
    here = fit_gradient(group_counts(*table, measure=measure, per=1), scale=scale, repetitions=FEW)
    there = fit_gradient(group_counts(*table, measure=measure, per=times), scale=scale, repetitions=FEW)
    np.testing.assert_allclose(numbers_of(there.sii), np.array(numbers_of(here.sii)) * times, rtol=1e-6, atol=1e-9 * times)
    np.testing.assert_allclose(numbers_of(there.rii), numbers_of(here.rii), rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(counts, st.integers(0, 9), st.floats(0, 1), scales)
def test_splitting_a_group_changes_nothing(pairs: list[tuple[int, int]], which: int, at: float, scale: Scale) -> None:
    """One neighbourhood of a group, or two that add up to it: the same group, line and limits."""
    rows = [(number, *pair) for number, pair in enumerate(pairs, start=1)]
    number, part, whole = rows[which]
    some = (number, int(part * at), int(whole * at))
    split = [*rows[:which], some, (number, part - some[1], whole - some[2]), *rows[which + 1 :]]
    here, there = (fit_gradient(group_counts(*zip(*table, strict=True)), scale=scale, repetitions=FEW) for table in (rows, split))
    assert here == there


@settings(deadline=None)
@given(shares, st.lists(st.floats(1, 99), min_size=12, max_size=12), st.integers(0, 4), st.floats(0.05, 0.95))
def test_splitting_values_changes_nothing(people: list[int], values: list[float], which: int, at: float) -> None:
    """Of values without counts too: an area in two, with the same value."""
    number = list(range(1, len(people) + 1))
    values = values[: len(people)]
    here = fit_gradient(group_values(number, values, people, groups=len(people)))
    parts = [*people, people[which] * at]
    parts[which] *= 1 - at
    there = fit_gradient(group_values([*number, which + 1], [*values, values[which]], parts, groups=len(people)))
    assert there.sii.value == pytest.approx(here.sii.value, rel=1e-6, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(counts, scales)
def test_turning_the_line_round_turns_the_answer(pairs: list[tuple[int, int]], scale: Scale) -> None:
    """If the least deprived stood first, the SII would have the other sign and the RII be one over it: what the sentence says."""
    here = fit_gradient(counted(pairs), scale=scale, repetitions=FEW)
    there = fit_gradient(counted(pairs[::-1]), scale=scale, repetitions=FEW)
    assert there.sii.value == pytest.approx(here.most_minus_least.value, rel=1e-6, abs=1e-9)
    if there.rii.value and here.most_over_least.value:
        assert there.rii.value == pytest.approx(here.most_over_least.value, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(counts)
def test_counting_the_others_mirrors_the_difference(pairs: list[tuple[int, int]]) -> None:
    """Homes that are damp and homes that are not: the same slope with the other sign, limits but for chance.

    The draws stand mirrored, so each limit is another tail of 10,000: it varies by 1 % of the width, and 6 % is never reached.
    """
    here = fit_gradient(counted(pairs), repetitions=10_000)
    there = fit_gradient(counted([(whole - part, whole) for part, whole in pairs]), repetitions=10_000).sii.negated()
    width = here.sii.upper_ci - here.sii.lower_ci  # type: ignore[operator]
    assert numbers_of(there) == pytest.approx(numbers_of(here.sii), rel=1e-6, abs=0.06 * width)


# ---- limits ----


@settings(max_examples=40, deadline=None)
@given(counts, scales, st.sampled_from(["proportion", "rate"]), st.sampled_from([0.8, 0.95, 0.998]))
def test_intervals_hold_the_estimate(pairs: list[tuple[int, int]], scale: Scale, measure: Any, confidence: float) -> None:
    """SII, RII, gap and ratio lie between their limits, and nothing is ever a NaN (an Estimate refuses it)."""
    groups = counted(pairs, measure)
    found, ends = fit_gradient(groups, scale=scale, confidence=confidence, repetitions=10_000), compare_ends(groups, repetitions=10_000)
    assert found.sii.has_interval and ends.gap.has_interval and ends.ratio.has_interval
    for estimate in (found.sii, found.rii, ends.gap, ends.ratio, found.most_minus_least, found.most_over_least):
        if estimate.has_interval:
            assert estimate.lower_ci <= estimate.value <= estimate.upper_ci  # type: ignore[operator]


def test_the_same_figures_have_the_same_limits() -> None:
    """The seed is fixed: asked twice, the answer is the same to the last bit; another seed draws otherwise."""
    rows = CASES["11.1"]
    assert fit_gradient(groups_of(rows)) == fit_gradient(groups_of(rows))
    assert fit_gradient(groups_of(rows)).sii != fit_gradient(groups_of(rows), seed=7).sii


def test_ten_thousand_draws_are_near_a_hundred_thousand() -> None:
    """A ranking may draw less: limits then vary by 0.7 % of the interval's width, so 4 % is ample."""
    many, few = (fit_gradient(groups_of(CASES["1.1"]), repetitions=times).sii for times in (100_000, 10_000))
    width = many.upper_ci - many.lower_ci  # type: ignore[operator]
    assert numbers_of(few) == pytest.approx(numbers_of(many), abs=0.04 * width)


def test_no_limits_from_the_spread_of_neighbourhoods() -> None:
    """Scores have no errors: however many areas there are, neither groups nor indices get an interval."""
    chance = np.random.default_rng(1)
    groups = group_values(np.repeat(range(1, 11), 50), chance.normal(50, 9, 500), chance.integers(900, 2_000, 500))
    found, ends = fit_gradient(groups), compare_ends(groups)
    for estimate in (*(group.estimate for group in groups.each), found.sii, found.rii, ends.gap, ends.ratio):
        assert estimate.value is not None and not estimate.has_interval
        assert estimate.reason == Reason.NO_INTERVAL_PUBLISHED


def test_a_group_without_events_leaves_the_value_and_takes_the_limits() -> None:
    """A count of none has no logarithm: the line stands, its limits do not; on the log scale the line does not either."""
    groups = counted([(0, 900), *[(30, 900)] * 9], "rate")
    assert groups.each[0].estimate.has_interval and groups.each[0].error is None
    assert fit_gradient(groups).sii.reason == compare_ends(groups).gap.reason == Reason.NONE_OR_ALL_IN_A_GROUP
    assert fit_gradient(groups).sii.value is not None
    assert fit_gradient(groups, scale=Scale.LOG).sii == absent(Reason.NOT_POSITIVE)


def test_a_ratio_to_next_to_nothing_has_no_upper_limit() -> None:
    """Where the most deprived end may well be zero, the ratio is given without limits, and says so."""
    found = fit_gradient(group_published(np.linspace(1, 30, 10), [100] * 10, error=[3] * 10))
    assert found.sii.has_interval
    assert found.rii.reason in (Reason.RATIO_WITHOUT_BOUND, Reason.NOT_POSITIVE)
    ends = compare_ends(group_published([20, 5, 5, 5, 1], [100] * 5, error=[1] * 5))
    assert ends.gap.has_interval and ends.ratio == Estimate(20, reason=Reason.RATIO_WITHOUT_BOUND)


# ---- groups ----


def test_groups_are_added_up_before_they_are_divided() -> None:
    """The share of a group is of its people, not the mean of its areas' shares, with the interval that the people have."""
    groups = group_counts([1, 1, 2], [10, 90, 5], [1_000, 100, 50], groups=2)
    assert [group.estimate for group in groups.each] == [proportion(100, 1_100), proportion(5, 50)]
    events = group_counts([1, 1, 2], [10, 90, 5], [1_000, 100, 50], groups=2, measure="rate", per=1_000)
    assert [group.estimate for group in events.each] == [rate(100, 1_100, per=1_000), rate(5, 50, per=1_000)]


@settings(deadline=None)
@given(counts, st.integers(0, 9))
def test_an_area_without_figures_is_left_out_of_both_sides(pairs: list[tuple[int, int]], which: int) -> None:
    """A suppressed count is no count of none: its people do not swell the denominator."""
    table = [(number, *pair) for number, pair in enumerate(pairs, start=1)]
    for gap in ((which + 1, math.nan, 700), (which + 1, 7, math.nan)):
        assert group_counts(*zip(*table, gap, strict=True)) == group_counts(*zip(*table, strict=True))
    values = [(number, float(part), whole) for number, part, whole in table]
    assert group_values(*zip(*values, (which + 1, math.nan, 700), strict=True)) == group_values(*zip(*values, strict=True))


def test_an_empty_group_is_named_and_there_is_no_line() -> None:
    """Which one is empty is said; the ends can still be compared if they are there."""
    rows = [(number, 10 * number, 1_000) for number in (1, 2, 3, 5, 6, 8, 9, 10)]
    groups = group_counts(*zip(*rows, strict=True))
    found = fit_gradient(groups)
    assert groups.empty == found.empty_groups == (4, 7)
    assert found.sii == found.rii == absent(Reason.EMPTY_GROUP)
    assert found.line is None and found.bend is None and found.fitted_at([0, 1]).size == 0
    assert compare_ends(groups).gap.value == pytest.approx(1 - 10)
    assert compare_ends(group_counts(*zip(*rows[1:], strict=True))).gap == absent(Reason.EMPTY_GROUP)


@pytest.mark.parametrize(
    ("groups", "scale", "reason"),
    [
        (group_values([1], [5.0], [100], groups=1), Scale.LINEAR, Reason.WRONG_NUMBER_OF_GROUPS),
        (group_published([5.0] * 4, [100] * 4), Scale.LINEAR, Reason.WRONG_NUMBER_OF_GROUPS),
        (group_published([5.0] * 101, [100] * 101), Scale.LINEAR, Reason.WRONG_NUMBER_OF_GROUPS),
        (group_values([], [], []), Scale.LINEAR, Reason.EMPTY_GROUP),
        (group_counts([], [], []), Scale.LINEAR, Reason.EMPTY_GROUP),
        (group_counts(range(1, 11), [0] * 10, [0] * 10), Scale.LINEAR, Reason.EMPTY_GROUP),
        (group_counts(range(1, 11), [math.nan] * 10, [9] * 10), Scale.LINEAR, Reason.EMPTY_GROUP),
        (group_counts(range(1, 11), [-1] + [3] * 9, [9] * 10), Scale.LINEAR, Reason.IMPOSSIBLE),
        (group_counts(range(1, 11), [10] + [3] * 9, [9] * 10), Scale.LINEAR, Reason.IMPOSSIBLE),
        (group_values(range(1, 11), [3] * 10, [-9] + [9] * 9), Scale.LINEAR, Reason.IMPOSSIBLE),
        (group_published([-1.0, 2, 3, 4, 5], [100] * 5), Scale.LOG, Reason.NOT_POSITIVE),
        (group_published([0.0, 2, 3, 4, 5], [100] * 5, per=100), Scale.LOGIT, Reason.OUTSIDE_0_TO_1),
        (group_published([20.0, 2, 3, 4, 5], [100] * 5, per=10), Scale.LOGIT, Reason.OUTSIDE_0_TO_1),
    ],
)
def test_why_there_is_no_line(groups: Groups, scale: Scale, reason: Reason) -> None:
    """One area, all missing, zero denominators, impossible counts, negative values under a log: a reason, never a NaN."""
    found = fit_gradient(groups, scale=scale)
    assert found.sii == found.rii == absent(reason)
    assert not found.is_bent


def test_a_ratio_of_negative_values_is_none() -> None:
    """Z-scores have a slope, but one is not so many times the other."""
    groups = group_published([0.8, 0.4, 0.0, -0.4, -0.8], [100] * 5)
    assert fit_gradient(groups).sii.value == pytest.approx(-2) and compare_ends(groups).gap.value == pytest.approx(1.6)
    assert fit_gradient(groups).rii == compare_ends(groups).ratio == absent(Reason.NOT_POSITIVE)


@pytest.mark.parametrize("group", [[0, 1], [1, 11], [1, 1.5], [1, math.nan]])
def test_a_group_out_of_line_is_told(group: list[float]) -> None:
    """A rank or a missing tenth given for a group is a mistake in the code that asks, and said in a sentence."""
    for make in (group_counts, group_values):
        with pytest.raises(ValueError, match=r"whole numbers from 1, the most deprived, to 10\."):
            make(group, [1, 2], [10, 20])


def test_published_limits_and_errors_say_the_same() -> None:
    """From an error the interval follows, from an interval the error, on each scale."""
    for scale, values in ((Scale.LINEAR, [70.0, 71.5]), (Scale.LOG, [3.0, 5.0]), (Scale.LOGIT, [12.0, 20.0])):
        there = group_published(values, [10, 20], error=[0.1, 0.2], error_scale=scale, per=100)
        limits = tuple([getattr(group.estimate, side) for group in there.each] for side in ("lower_ci", "upper_ci"))
        back = group_published(values, [10, 20], limits=limits, error_scale=scale, per=100)  # type: ignore[arg-type]
        assert [group.error for group in back.each] == pytest.approx([0.1, 0.2])


def test_gap_and_ratio_are_those_of_the_ends() -> None:
    """Tenths and fifths as one groups them: 30 % against 10 %, and 27.5 % against 12.5 %."""
    part, whole = [30, 25, 20, 20, 20, 20, 18, 15, 15, 10], [100] * 10
    tenths = compare_ends(group_counts(range(1, 11), part, whole))
    fifths = compare_ends(group_counts([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], part, whole, groups=5))
    assert (tenths.gap.value, tenths.ratio.value) == pytest.approx((20, 3))
    assert (fifths.gap.value, fifths.ratio.value) == pytest.approx((15, 2.2))
    # Newcombe 1998, Stat Med 17:873, method 10: the interval of a difference of two shares from Wilson's own.
    (a, low_a, high_a), (b, low_b, high_b) = (numbers_of(proportion(count, 100)) for count in (30, 10))
    newcombe = [20 - math.hypot(a - low_a, high_b - b), 20 + math.hypot(high_a - a, b - low_b)]  # type: ignore[operator]
    assert numbers_of(tenths.gap)[1:] == pytest.approx(newcombe, abs=1)  # in points of a hundred: drawn against derived


# ---- straight or bent ----


@settings(deadline=None)
@given(shares, st.floats(-40, 40), st.floats(50, 90))
def test_a_straight_line_is_straight(people: list[int], slope: float, start: float) -> None:
    """Groups that lie on a line are not called bent, however steep."""
    assume(abs(slope) > 0.01)
    share = np.array(people) / sum(people)
    found = fit_gradient(group_published(start + slope * (np.cumsum(share) - share / 2), people))
    assert found.bend is not None and not found.is_bent
    assert found.sii.value == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize(
    ("values", "bent", "steeper"),
    [
        # Years of life lost and burglary in England, by tenths of income (IoD2025): most of the fall is among the most deprived.
        ([80.3, 70.4, 65.5, 60.5, 57.4, 54.5, 52.5, 51.0, 49.7, 48.3], True, "most_deprived"),
        ([16.7, 13.8, 12.0, 10.8, 9.95, 9.2, 8.7, 8.4, 8.36, 9.11], True, "most_deprived"),
        ([95, 94.5, 93.5, 92, 90, 87, 83, 78, 71, 60], True, "least_deprived"),
        ([30, 28, 27, 24, 23, 21, 18, 17, 14, 13], False, None),  # steps that waver
        ([30.0, 27.7, 25.5, 23.4, 21.4, 19.5, 17.7, 16.0, 14.4, 12.9], False, None),  # a smooth bend, of no size
        ([20, 14, 22, 15, 21, 13, 20, 16, 19, 15], False, None),  # no gradient, and no curve either
    ],
)
def test_a_curve_is_called_bent_if_it_is_more_than_chance_and_more_than_a_little(
    values: list[float], bent: bool, steeper: str | None
) -> None:
    """Both halves of the rule bite, and which end is steeper is said."""
    found = fit_gradient(group_published(values, [1_000] * 10))
    assert found.is_bent is bent
    assert not bent or found.bend.steeper_end == steeper  # type: ignore[union-attr]


def test_the_halves_of_the_rule() -> None:
    """The smooth bend is beyond chance and small; the wavering one may be large, but chance would do."""
    smooth = fit_gradient(group_published([30.0, 27.7, 25.5, 23.4, 21.4, 19.5, 17.7, 16.0, 14.4, 12.9], [1_000] * 10)).bend
    assert smooth is not None and smooth.p_value < 0.001 and smooth.share < 0.01
    wavering = fit_gradient(group_published([25, 12, 10, 16, 11], [1_000] * 5)).bend
    assert wavering is not None and wavering.p_value > 0.05 and wavering.share > 0.09


def test_the_bend_is_that_of_a_table() -> None:
    """The F test by hand: numpy's own two fits, and the 5 % border of F with 1 and 7 degrees of freedom, 5.59 in any table."""
    chance = np.random.default_rng(8)
    place = np.arange(0.05, 1, 0.1)
    for bend in np.linspace(0, 25, 40):
        values = 50 - 20 * place + bend * place**2 + chance.normal(0, 1, 10)
        left = [((values - np.polyval(np.polyfit(place, values, power), place)) ** 2).sum() for power in (1, 2)]
        found = fit_gradient(group_published(values, [100] * 10)).bend
        assert found is not None
        assert (found.p_value < 0.05) == (7 * (left[0] - left[1]) / left[1] > 5.591)
        assert found.share == pytest.approx((left[0] - left[1]) / ((values - values.mean()) ** 2).sum())


def test_a_log_line_is_straight_where_values_halve() -> None:
    """What falls by the same share each step is bent as it stands, and straight on the log scale: the scale is part of the answer."""
    halving = group_published(64 * 0.7 ** np.arange(10), [100] * 10)
    assert fit_gradient(halving).is_bent and not fit_gradient(halving, scale=Scale.LOG).is_bent
    found = fit_gradient(halving, scale=Scale.LOG)
    assert found.fitted_at(found.position) == pytest.approx(64 * 0.7 ** np.arange(10))
