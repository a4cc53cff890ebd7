"""Shares, counts and rates with their limits, against the official packages' own answers."""

from __future__ import annotations

import csv
import math
from typing import Any

import numpy as np
import pandas as pd
import PHStatsMethods
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.settings import ROOT
from heatmap.statistics import (
    Estimate,
    Reason,
    absent,
    byar_interval,
    count_interval,
    directly_standardised_rate,
    exact_interval,
    proportion,
    rate,
    wilson_interval,
    z_of,
)

with (ROOT / "tests" / "fixtures" / "statistics" / "intervals.csv").open(encoding="utf-8", newline="") as file:
    REFERENCE = list(csv.DictReader(file))
#: Both sides work in double precision and take the same steps: only rounding may differ.
ROUNDING = 1e-9
#: What PHStatsMethods is asked; it refuses a confidence below 0.9.
CONFIDENCES = (0.9, 0.95, 0.998)

counted = st.integers(0, 200_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
confidences = st.floats(0.5, 0.999)


def number(cell: str) -> float | None:
    """A cell's number, or None."""
    return float(cell) if cell else None


# ---- another hand: the R package's own test spreadsheets ----


@pytest.mark.parametrize("row", [row for row in REFERENCE if row["value"]], ids=lambda row: f"{row['file']}-{row['numerator']}")
def test_shares_and_rates_are_those_of_the_official_package(row: dict[str, str]) -> None:
    """Value and both limits of every rate and proportion in the reference, at 95 and 99.8 %."""
    make = proportion if row["method"] == "Wilson" else rate
    found = make(number(row["numerator"]), number(row["denominator"]), per=float(row["multiplier"]), confidence=float(row["confidence"]))
    expected = [float(row[key]) for key in ("value", "lower_ci", "upper_ci")]
    assert [found.value, found.lower_ci, found.upper_ci] == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize("row", [row for row in REFERENCE if row["file"].startswith("byar_wilson")], ids=lambda row: row["numerator"])
def test_limits_are_those_of_the_official_package(row: dict[str, str]) -> None:
    """Byar's limits of counts, and Wilson's of a part of one; where Byar's formula falls below none, ours says none."""
    confidence = float(row["confidence"])
    if row["method"] == "Wilson":
        found = [limit / 100 for limit in wilson_interval(float(row["numerator"]), float(row["denominator"]), confidence)]
    else:
        found = list(byar_interval(float(row["numerator"]), confidence))
    assert found == pytest.approx([number(row["lower_ci"]) or 0, float(row["upper_ci"])], rel=ROUNDING)


@pytest.mark.parametrize("row", [row for row in REFERENCE if not row["numerator"]], ids=lambda row: row["file"])
def test_what_is_missing_there_is_missing_here(row: dict[str, str]) -> None:
    """Where the reference has blanks, ours has a reason."""
    for make in (proportion, rate):
        assert make(number(row["numerator"]), number(row["denominator"])) == absent(Reason.MISSING)


def test_the_reference_is_there() -> None:
    """Without rows, the tests above would pass."""
    assert len([row for row in REFERENCE if row["value"]]) == 40


# ---- an oracle: the Department of Health's Python package ----


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    """Invented areas: few events and many, all and almost none. (PHStatsMethods refuses a count of none.)"""
    chance = np.random.default_rng(5)
    whole = np.concatenate([chance.integers(1, 60, 150), chance.integers(60, 100_000, 250)])
    part = np.clip(np.round(whole * chance.uniform(0, 1, 400) ** 3), 1, None).astype(int)
    return pd.DataFrame({"area": [f"area {number}" for number in range(400)], "part": part, "whole": whole})


@pytest.mark.parametrize("confidence", CONFIDENCES)
@pytest.mark.parametrize(
    ("oracle", "ours", "per"), [(PHStatsMethods.ph_rate, rate, 100_000), (PHStatsMethods.ph_proportion, proportion, 100)]
)
def test_oracle_of_shares_and_rates(areas: pd.DataFrame, oracle: Any, ours: Any, per: int, confidence: float) -> None:
    """400 areas, below 10 events and above, agree to rounding."""
    table = oracle(areas, "part", "whole", group_cols=["area"], multiplier=per, confidence=confidence)
    assert (table.part < 10).sum() > 50 and (table.part >= 10).sum() > 200
    limits = [column for column in table.columns if column.endswith("_ci")]
    expected = table[["Value", *limits]].to_numpy(float)
    made = [ours(part, whole, per=per, confidence=confidence) for part, whole in zip(table.part, table.whole, strict=True)]
    found = [(one.value, one.lower_ci, one.upper_ci) for one in made]
    np.testing.assert_allclose(found, expected, rtol=ROUNDING)


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_oracle_of_standardised_rates(confidence: float) -> None:
    """40 areas of 19 bands of age agree to rounding with PHStatsMethods, by its own standard population."""
    chance = np.random.default_rng(6)
    people = chance.integers(300, 5_000, (40, 19))
    events = chance.poisson(people * np.linspace(0.0005, 0.05, 19)) + 1
    standard = chance.integers(1_000, 8_000, 19)
    table = pd.DataFrame(
        {
            "area": np.repeat(np.arange(40), 19).astype(str),
            "events": events.ravel(),
            "people": people.ravel(),
            "standard": np.tile(standard, 40),
        }
    )
    oracle = PHStatsMethods.ph_dsr(
        table, "events", "people", ref_denom_col="standard", group_cols=["area"], euro_standard_pops=False, confidence=confidence
    )
    oracle = oracle.set_index("area").loc[[str(area) for area in range(40)]]
    limits = [column for column in oracle.columns if column.endswith("_ci")]
    made = [directly_standardised_rate(events[area], people[area], standard, confidence=confidence) for area in range(40)]
    found = [(one.value, one.lower_ci, one.upper_ci) for one in made]
    np.testing.assert_allclose(found, oracle[["Value", *limits]].to_numpy(float), rtol=ROUNDING)


# ---- what must hold for any numbers ----


@settings(deadline=None)
@given(counted, confidences)
def test_intervals_hold_the_estimate(pair: tuple[int, int], confidence: float) -> None:
    """Share and rate lie between their limits, shares within 0 and 100; of nobody there is neither."""
    part, whole = pair
    for made in (proportion(part, whole, confidence=confidence), rate(part, whole, confidence=confidence)):
        if whole == 0:
            assert made == absent(Reason.ZERO_DENOMINATOR)
        else:
            assert 0 <= made.lower_ci <= made.value <= made.upper_ci  # type: ignore[operator]
    if whole:
        assert proportion(part, whole, confidence=confidence).upper_ci <= 100  # type: ignore[operator]


@settings(deadline=None)
@given(st.integers(0, 100_000), st.floats(0.5, 0.99))
def test_surer_means_wider(count: int, confidence: float) -> None:
    """More confidence moves both limits outwards, whatever the method."""
    for method in (byar_interval, exact_interval, count_interval):
        lower, upper = method(count, confidence)
        wider = method(count, confidence + 0.005)
        assert wider[0] <= lower and upper < wider[1]


@settings(deadline=None)
@given(st.integers(0, 50), confidences)
def test_exact_limits_are_the_poisson_distribution(count: int, confidence: float) -> None:
    """At the upper limit so few events, at the lower so many, have just the chance of one tail: the definition, summed by hand."""
    lower, upper = (float(limit) for limit in exact_interval(count, confidence))

    def chance_up_to(most: int, mean: float) -> float:
        return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(most + 1))

    tail = (1 - confidence) / 2
    assert chance_up_to(count, upper) == pytest.approx(tail, rel=1e-7)
    assert lower == 0 if count == 0 else 1 - chance_up_to(count - 1, lower) == pytest.approx(tail, rel=1e-6)


def test_byar_is_near_the_exact_limits_from_ten_on() -> None:
    """Why 10 is the border: from there on the approximation is within 1 % of the exact limits, and closer the more there are."""
    counts = np.arange(10, 5_000)
    for approximate, exact in zip(byar_interval(counts), exact_interval(counts), strict=True):
        np.testing.assert_allclose(approximate, exact, rtol=0.01)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(300, 9_000), st.integers(1, 900)), min_size=2, max_size=12), st.randoms())
def test_standardised_rates_ask_for_no_order(bands: list[tuple[int, int, int]], shuffle: Any) -> None:
    """Bands of age in any order, and a standard population of any size, give the same rate, between that of its bands."""
    mixed = list(bands)
    shuffle.shuffle(mixed)
    made = directly_standardised_rate(*zip(*bands, strict=True))
    events, people, standard = zip(*mixed, strict=True)
    again = directly_standardised_rate(events, people, np.array(standard) * 7)
    if sum(events) < 10:
        assert made == again == absent(Reason.TOO_FEW_EVENTS)
        return
    assert [again.value, again.lower_ci, again.upper_ci] == pytest.approx([made.value, made.lower_ci, made.upper_ci], rel=ROUNDING)
    crude = [100_000 * count / whole for count, whole, _ in bands]
    assert min(crude) * (1 - ROUNDING) <= made.value <= max(crude) * (1 + ROUNDING)  # type: ignore[operator]
    assert made.lower_ci <= made.value <= made.upper_ci  # type: ignore[operator]


def test_standardised_to_its_own_ages_a_rate_is_the_crude_one() -> None:
    """If the standard population is the area's own, value and limits are those of the crude rate by Byar."""
    people = [1_000, 2_000, 500]
    made, crude = directly_standardised_rate([10, 30, 60], people, people), rate(100, 3_500)
    assert [made.value, made.lower_ci, made.upper_ci] == pytest.approx([crude.value, crude.lower_ci, crude.upper_ci])


# ---- reasons, and promises of an estimate ----


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (([5, math.nan], [100, 100], [1, 1]), Reason.MISSING),
        (([5, 9], [100, 0], [1, 1]), Reason.ZERO_DENOMINATOR),
        (([5, 9], [100, 100], [0, 0]), Reason.ZERO_DENOMINATOR),
        (([], [], []), Reason.ZERO_DENOMINATOR),
        (([-5, 90], [100, 100], [1, 1]), Reason.IMPOSSIBLE),
        (([4, 5], [100, 100], [1, 1]), Reason.TOO_FEW_EVENTS),
    ],
)
def test_why_there_is_no_standardised_rate(columns: tuple[list[float], list[float], list[float]], reason: Reason) -> None:
    """A missing band is not a band without events."""
    assert directly_standardised_rate(*columns) == absent(reason)


@pytest.mark.parametrize("figure", [None, math.nan, math.inf, Reason.SUPPRESSED])
def test_an_absent_figure_keeps_its_reason(figure: Any) -> None:
    """On either side, of a share or a rate; what is not a number is missing."""
    reason = figure if isinstance(figure, Reason) else Reason.MISSING
    for make in (proportion, rate):
        assert make(figure, 10) == make(1, figure) == absent(reason)


@pytest.mark.parametrize(
    "numbers",
    [
        {"value": math.nan},
        {"value": 1.0},
        {"value": None},
        {"value": 1.0, "lower_ci": 0.5},
        {"value": None, "lower_ci": 1.0, "upper_ci": 2.0},
        {"value": 1.0, "lower_ci": 0.5, "upper_ci": math.inf},
        {"value": 1.0, "lower_ci": 0.5, "upper_ci": 2.0, "reason": Reason.MISSING},
    ],
)
def test_an_estimate_is_never_half_said(numbers: dict[str, Any]) -> None:
    """No NaN, no half interval, no absence without a reason, no reason without an absence."""
    with pytest.raises(ValueError, match=r"not finite|half an interval|must have a reason"):
        Estimate(**numbers)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_confidence_is_a_share_of_one(confidence: float) -> None:
    """95 where 0.95 was meant is told, wherever it was said."""
    for ask in (
        z_of,
        lambda share: byar_interval(3, share),
        lambda share: exact_interval(3, share),
        lambda share: wilson_interval(3, 9, share),
    ):
        with pytest.raises(ValueError, match=r"95 % is 0\.95"):
            ask(confidence)
