"""Where an area stands by each health indicator: its figure, how sure that is, and England and its authority beside it.

Numbers here, words in ``heatmap/indicators/sentences.py``, drawing in ``heatmap/pages``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
import pandas as pd

from heatmap.geography.levels import PARENT_COLUMN, Level
from heatmap.indicators.words import find_indicator_words
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import levels_of
from heatmap.snapshot import Area, Snapshot
from heatmap.statistics import Comparison, Estimate, Numbers, Outcome, Polarity, Reason, compare, percentile_among, weighted_mean
from heatmap.words.readers import Age

#: Years of age that the three choices of a page mean, the last excluded.
_YEARS: Final[dict[Age, tuple[int, int]]] = {"child": (0, 12), "young_person": (12, 18), "adult": (18, 200)}
#: A figure stands out where at least so many of a hundred areas of its kind are nearer to the other end.
STANDS_OUT: Final = 80


@dataclass(frozen=True)
class LeftOut:
    """How many areas inside a larger one have no figure, so that a sum leaves them out.

    withheld  how many of them the publisher withholds
    of        how many areas there are inside
    level     of what level they are
    """

    areas: int
    withheld: int
    of: int
    level: Level


@dataclass(frozen=True)
class Standing:
    """An indicator's figure for an area, or for the larger area it lies in where there is none of its own.

    of             whose figure it is
    figure         the value with its 95 % limits, in ``unit_of(card, of.level)``; the reason where one is absent
    rank           1 = the card's worse end (or its first end); only of layers that are put in line
    part, whole    numerator and denominator, where it was counted
    flag           why the value is absent or weak, as on the card (``heatmap.layers.cards.FLAGS``)
    authority      name and value of the authority it lies in, where ``of`` is smaller than one and the two are of one kind
    england        England's value: of all its counts, or the mean of its areas by their people; None where neither makes sense
    comparison     with England
    worse_than     of a hundred areas of its level, how many are nearer to the better end; without a judgement, how many are lower
    """

    card: LayerCard
    of: Area
    figure: Estimate
    rank: int | None
    part: int | None
    whole: int | None
    flag: str
    authority: tuple[str, float] | None
    england: float | None
    comparison: Comparison
    worse_than: float | None
    left_out: LeftOut | None = None

    @property
    def judged(self) -> bool:
        """Whether one end is worse."""
        return polarity_of(self.card, self.of.level) != "no_judgement"


def is_indicator(card: LayerCard) -> bool:
    """Whether a layer shows what deprivation does, rather than deprivation itself, a distance or a class."""
    return find_indicator_words(card.words) is not None


def list_indicators(snapshot: Snapshot) -> list[LayerCard]:
    """Every indicator there is, in the order of the map's list."""
    return [card for card in snapshot.cards.values() if is_indicator(card)]


def is_share_of_people(card: LayerCard, level: Level) -> bool:
    """Whether, at this level, a layer in tenths is shown as the share of residents in the worst tenth."""
    return card.scheme == "tenths" and level != card.base_level


def polarity_of(card: LayerCard, level: Level) -> Polarity:
    """Which end is worse at a level: more people in the worst tenth is worse, whatever the ranks below say."""
    return "high_is_worse" if is_share_of_people(card, level) and card.polarity != "no_judgement" else card.polarity


def whose_figure(area: Area, card: LayerCard, snapshot: Snapshot) -> Area:
    """The area itself or, where the layer has no figure of its level, the nearest one above it that has."""
    able = levels_of(card)
    return next((above for above in (area, *snapshot.parents_of(area)) if above.level in able), area)


@lru_cache(maxsize=512)
def england_value(layer: str, level: Level, snapshot: Snapshot, period: str = "") -> float | None:
    """England's value of a layer as a level shows it, in that level's unit; None for ranks, sums, kinds and ratios to England itself.

    The build works it out as larger areas get theirs (``etl.layers.work_out_england``). Of layers in tenths above their own
    level it is the share of all people who live in the worst tenth.
    """
    card = snapshot.cards[layer]
    if is_share_of_people(card, level):
        shares = snapshot.table(layer, period)[level].people_tenth1_percent
        return _mean(shares.to_numpy(float), snapshot.areas[level].population.to_numpy(float))
    figures = snapshot.facts(layer)["england"].get((period or card.period) if card.periods else "")
    return figures["value"] if figures and card.larger_areas != "sum" and card.england != "none" else None


def _mean(value: Numbers, people: Numbers) -> float | None:
    there = np.isfinite(value)
    return weighted_mean(value[there], people[there]) if there.any() else None


@lru_cache(maxsize=512)
def national_values(layer: str, level: Level, snapshot: Snapshot, period: str = "") -> Numbers:
    """(k,) the figures of all areas of a level that have one: values, or ranks where ranks alone are published."""
    table = snapshot.table(layer, period)[level]
    value = table.value.to_numpy(float)
    if np.isnan(value).all() and table["rank"].notna().any():
        value = table["rank"].to_numpy(float, na_value=np.nan)
    return value[np.isfinite(value)]  # as exact as in an area's own row: an area's figure must be found among them


@lru_cache(maxsize=64)
def count_left_out(layer: str, level: Level, snapshot: Snapshot, period: str = "") -> pd.DataFrame:
    """One row an area of a level above the layer's own, in the order of positions: areas inside, without a figure, withheld."""
    card = snapshot.cards[layer]
    own = snapshot.table(layer, period)[card.base_level]
    counted = pd.DataFrame(
        {"of": 1, "areas": own.value.isna().to_numpy(), "withheld": (own.flag == "suppressed").to_numpy()}, index=own.index
    )
    inside = counted.groupby(snapshot.areas[card.base_level][PARENT_COLUMN[level]]).sum().astype(int)
    return inside.reindex(snapshot.areas[level].code).reset_index(drop=True)


def find_left_out(card: LayerCard, area: Area, snapshot: Snapshot, period: str = "") -> LeftOut | None:
    """What an area's total leaves out; None where it is no sum of smaller areas, or leaves out nothing."""
    if card.larger_areas != "sum" or area.level == card.base_level or area.level not in levels_of(card):
        return None
    row = count_left_out(card.id, area.level, snapshot, period).iloc[area.position]
    return LeftOut(int(row.areas), int(row.withheld), int(row.of), card.base_level) if row.areas else None


def find_standing(card: LayerCard, area: Area, snapshot: Snapshot, period: str = "") -> Standing | None:
    """Where an area stands by one indicator; None where neither it nor an area above it has a figure of the layer's levels."""
    of = whose_figure(area, card, snapshot)
    row = snapshot.row(card.id, of, period)
    if row is None:
        return None
    flag = row["flag"] or ""
    figure = _estimate(row, flag)
    rank = row["rank"] if not is_share_of_people(card, of.level) else None
    national = national_values(card.id, of.level, snapshot, period)
    england = england_value(card.id, of.level, snapshot, period)
    polarity = polarity_of(card, of.level)
    placed = figure if figure.value is not None or rank is None else Estimate(float(rank), reason=Reason.NO_INTERVAL_PUBLISHED)
    sums = card.larger_areas == "sum"
    comparison = Comparison(Outcome.NOT_COMPARED, reason=figure.reason) if sums else compare(placed, england, national, polarity)
    higher = None if sums else percentile_among(placed.value, national)
    worse_than = None if higher is None else 100 - higher if polarity == "low_is_worse" else higher
    part, whole = row.get("numerator"), row.get("denominator")
    return Standing(
        card,
        of,
        figure,
        rank,
        None if part is None else round(part),
        None if whole is None else round(whole),
        flag,
        None if sums else _authority_of(card, of, snapshot, period),
        england,
        comparison,
        worse_than,
        find_left_out(card, of, snapshot, period),
    )


def _authority_of(card: LayerCard, of: Area, snapshot: Snapshot, period: str) -> tuple[str, float] | None:
    if of.level not in ("lsoa", "msoa") or is_share_of_people(card, "lad") != is_share_of_people(card, of.level):
        return None
    authority = snapshot.area(of.parents["lad"])
    row = snapshot.row(card.id, authority, period)
    return None if row is None or row["value"] is None else (authority.title, row["value"])


def _estimate(row: dict[str, float | None], flag: str) -> Estimate:
    value, lower, upper = row["value"], row.get("lower_ci"), row.get("upper_ci")
    if value is None:
        return Estimate(None, reason=Reason.SUPPRESSED if flag == "suppressed" else Reason.MISSING)
    if lower is None or upper is None:
        return Estimate(value, reason=Reason.NO_INTERVAL_PUBLISHED)
    return Estimate(value, lower, upper)


@lru_cache(maxsize=256)
def find_standings(code: str, snapshot: Snapshot) -> tuple[Standing, ...]:
    """Where an area stands by every indicator, in the order of the map's list."""
    area = snapshot.area(code)
    return tuple(found for card in list_indicators(snapshot) if (found := find_standing(card, area, snapshot)) is not None)


#: The order in which a reader meets the themes: what deprivation does first, then what shapes it. Others follow by name.
THEMES: Final = (
    "Health", "Wellbeing", "Prevention", "Habits", "Money", "Work", "Homes", "Safety", "School and skills", "Getting care", "Getting around",
    "Digital", "Community", "Air and streets", "People",
)  # fmt: skip


def group_by_theme(standings: Iterable[Standing]) -> list[tuple[str, list[Standing]]]:
    """The standings by theme, in the order of ``THEMES``; within one as they come."""
    found: dict[str, list[Standing]] = {}
    for standing in standings:
        found.setdefault(standing.card.theme, []).append(standing)
    return sorted(found.items(), key=lambda each: place_of_theme(each[0]))


def place_of_theme(theme: str) -> tuple[int, str]:
    """By what themes are put in order: those we know first, others by name."""
    return (THEMES.index(theme) if theme in THEMES else len(THEMES), theme)


# ---- what stands out ----


def stand_out(standings: Iterable[Standing], area: Area, most: int = 3) -> tuple[list[Standing], list[Standing]]:
    """The figures of the area's own that stand out as worse, and as better: the furthest first, one a theme at most.

    Only of indicators with a judgement, and never one whose interval holds England's value.
    """
    own = [each for each in standings if each.of.code == area.code and each.judged and each.worse_than is not None]
    worse = [each for each in own if each.comparison.outcome in (Outcome.WORSE, Outcome.WORST) and _far(each) >= STANDS_OUT]
    better = [each for each in own if each.comparison.outcome in (Outcome.BETTER, Outcome.BEST) and 100 - _far(each) >= STANDS_OUT]
    return _one_a_theme(sorted(worse, key=lambda each: -_far(each)), most), _one_a_theme(sorted(better, key=_far), most)


def _far(standing: Standing) -> float:
    assert standing.worse_than is not None  # stand_out has left the others out
    return standing.worse_than


def _one_a_theme(standings: Sequence[Standing], most: int) -> list[Standing]:
    found: dict[str, Standing] = {}
    for standing in standings:
        found.setdefault(standing.card.theme, standing)
    return list(found.values())[:most]


# ---- for whom ----


def bears_on(card: LayerCard, age: Age | str, condition: str) -> bool:
    """Whether an indicator says something about people of an age and with a condition; "" asks for neither."""
    return (not condition or condition in card.conditions) and (not age or age in ages_of(card.age_group))


@cache
def ages_of(age_group: str) -> frozenset[Age]:
    """Whom a card's ``age_group`` is about, of the three choices a page offers. What names no age is about all.

    >>> sorted(ages_of("0 to 14")), sorted(ages_of("working age (25 to 66 by the 2019 definition)")), len(ages_of("households"))
    (['child', 'young_person'], ['adult'], 3)
    >>> sorted(ages_of("under 1")), sorted(ages_of("16 and over")), sorted(ages_of("children and young people"))
    (['child'], ['adult', 'young_person'], ['child', 'young_person'])
    """
    text = age_group.lower()
    if found := re.search(r"(\d+) to (\d+)", text):
        first, end = int(found[1]), int(found[2]) + 1
    elif found := re.search(r"(\d+) and over", text):
        first, end = int(found[1]), 200
    elif found := re.search(r"under (\d+)", text):
        first, end = 0, int(found[1])
    elif "adult" in text or "working age" in text or "employees" in text:
        first, end = 18, 200
    elif "newborn" in text:
        first, end = 0, 1
    elif "children" in text:
        first, end = 0, 18
    else:
        first, end = 0, 200
    return frozenset(age for age, (begin, until) in _YEARS.items() if first < until and end > begin)


# ---- over time ----


@dataclass(frozen=True)
class Moment:
    """One period of an indicator: the area's value and England's, None where there is none, and the flag of the area's."""

    period: str
    value: float | None
    england: float | None
    flag: str


def over_time(card: LayerCard, of: Area, snapshot: Snapshot) -> list[Moment]:
    """Every period's figure of an area with England's beside it, oldest first; empty for a layer of one period."""
    if len(card.periods) < 2:
        return []
    rows = ((period, snapshot.row(card.id, of, period)) for period in card.periods)
    return [
        Moment(
            period,
            row["value"] if row else None,
            england_value(card.id, of.level, snapshot, period),
            (row["flag"] or "") if row else "missing",
        )
        for period, row in rows
    ]
