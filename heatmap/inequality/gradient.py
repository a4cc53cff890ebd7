"""How an indicator changes from the most deprived neighbourhoods of an area to the least: what is asked, and the numbers.

A question is an indicator, an area, an index to put neighbourhoods in line by, and the number of groups. England, regions and NHS
boards are looked at by England's groups; an authority by groups of its own, since few authorities have neighbourhoods in each of
England's tenths. Numbers here, words in ``heatmap/inequality/sentences.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from heatmap.deprivation import CURRENT, INDEXES, index_part
from heatmap.geography.levels import ENGLAND, PARENT_COLUMN, Level
from heatmap.indicators.standings import is_indicator
from heatmap.layers.cards import LayerCard
from heatmap.snapshot import Area, Snapshot
from heatmap.statistics import (
    Estimate,
    Gap,
    Gradient,
    Group,
    Groups,
    Numbers,
    Reason,
    Scale,
    compare_ends,
    fit_gradient,
    group_counts,
    group_values,
)

#: Which domain of the index an indicator of it stands in, by the card's theme; all others stand in barriers to housing and services.
_DOMAIN: Final = {"Health": "health", "School and skills": "education", "Safety": "crime", "Money": "income", "Work": "employment"}
#: Below this many areas there are fifths alone, and below that no groups at all.
FEWEST_FOR_TENTHS, FEWEST_FOR_FIFTHS = 60, 20
#: How often the groups are drawn again for the limits. OHID draws 100,000 times, which takes 60 to 100 ms; this moves the limits by
#: some 1 % of their width and takes a tenth of that. A page, its files and the ranking share it, so that they say the same.
DRAWS: Final = 10_000

Ranked = Literal["national", "local"]
#: Why there are no groups; the words are ``gradient_sentences.WHY_NOT``.
WhyNot = Literal["", "sum", "other", "ranks_alone", "level", "no_line", "too_few", "no_figures"]


@dataclass(frozen=True)
class GradientQuestion:
    """What is asked; every field is valid.

    area    code of a region, board or authority, or ``ENGLAND``
    by      one of ``INDEXES``
    groups  10 or 5
    ranked  whether groups are tenths (fifths) of England's areas, or of the area's own
    """

    layer: str
    area: str = ENGLAND
    by: str = INDEXES[0]
    groups: int = 10
    ranked: Ranked = "national"

    @property
    def index(self) -> str:
        """The id of the index's layer."""
        return CURRENT.layer(index_part(self.by))


@dataclass(frozen=True)
class Answer:
    """The groups of a question, the line through them, and the gap between the first and the last.

    question  as it was answered: with fifths where there were too few areas for tenths
    level     of what areas the groups are made
    areas     how many of them have a figure
    without   how many have none, and so stand in no group
    why_not   why there are no groups; "" where there are
    low_is_worse  whether a lower figure is worse, so that ``slope`` and the others are the least deprived end against the most
    """

    question: GradientQuestion
    level: Level
    areas: int
    without: int
    why_not: WhyNot = ""
    groups: Groups | None = None
    gradient: Gradient | None = None
    low_is_worse: bool = False

    # One sign for page, files and ranking: above 0, or above 1 for a ratio, the more deprived are worse off; where neither end is
    # worse, there is more among them. OHID's inequality dashboard has the same.

    @property
    def slope(self) -> Estimate | None:
        """The slope index (SII): how much worse off the most deprived end of the line is, in the figures' unit."""
        if self.gradient is None:
            return None
        return self.gradient.sii if self.low_is_worse else self.gradient.most_minus_least

    @property
    def relative(self) -> Estimate | None:
        """The relative index (RII): the same two ends of the line, the one that should be the greater over the other."""
        if self.gradient is None:
            return None
        return self.gradient.rii if self.low_is_worse else self.gradient.most_over_least

    @property
    def end_gap(self) -> Estimate | None:
        """How much worse off the first group is than the last, as they are."""
        if self.gap is None:
            return None
        return self.gap.gap.negated() if self.low_is_worse else self.gap.gap

    @property
    def end_ratio(self) -> Estimate | None:
        """The same two groups, the one that should be the greater over the other."""
        if self.gap is None:
            return None
        return self.gap.ratio.inverted() if self.low_is_worse else self.gap.ratio

    @cached_property
    def gap(self) -> Gap | None:
        """The first group against the last, as they are; found when asked for, since a ranking of hundreds does not."""
        return None if self.groups is None else compare_ends(self.groups, repetitions=DRAWS)


def can_be_asked(card: LayerCard) -> bool:
    """Whether a layer is an indicator, or a distance, of which groups of people have an average: no number of people, no class."""
    return (is_indicator(card) or bool(card.distance_to)) and card.scheme in ("amount", "tenths") and card.larger_areas != "sum"


def list_askable(snapshot: Snapshot) -> list[LayerCard]:
    """Every layer that can be asked about, in the order of the map's list."""
    return [card for card in snapshot.cards.values() if can_be_asked(card) and has_values(card)]


def has_values(card: LayerCard) -> bool:
    """Whether more is published than the order of places, of which there is no average."""
    return card.scheme == "amount" or "value" in card.columns.values()


def is_circular(card: LayerCard, by: str) -> bool:
    """Whether an index holds the indicator: the two then rise together whatever people's health is.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> card = read_catalogue()["acute_morbidity2025_england_lsoa21"]
    >>> [is_circular(card, by) for by in ("imd2025", "health2025", "income2025")]
    [True, True, False]
    """
    return bool(card.part_of) and index_part(by) in ("imd", _DOMAIN.get(card.theme, "barriers"))


def default_index(card: LayerCard) -> str:
    """What to put areas in line by: the index or, where it holds the indicator, income alone; work where income holds it.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> [default_index(read_catalogue()[layer]) for layer in ("disability2021_england_lsoa21", "years_of_life_lost2025_england_lsoa21")]
    ['imd2025', 'income2025']
    """
    return next(by for by in map(CURRENT.index, ("imd", "income", "employment")) if not is_circular(card, by))


def scale_of(card: LayerCard, counted: bool) -> Scale:
    """On what the line is straight: linear unless the card says rate or proportion and there are counts."""
    if not counted:
        return Scale.LINEAR
    return {"rate": Scale.LOG, "proportion": Scale.LOGIT}.get(card.gradient_scale, Scale.LINEAR)


def default_ranked(area: Area | None, card: LayerCard) -> Ranked:
    """An authority's neighbourhoods are put in line among themselves; all others in England's."""
    return "local" if area is not None and area.level == "lad" and card.base_level != "lad" else "national"


@lru_cache(maxsize=4096)
def find_gradient(question: GradientQuestion, snapshot: Snapshot) -> Answer:
    """The answer to a question; its limits rest on ``DRAWS``."""
    card = snapshot.cards[question.layer]
    level = card.base_level
    if card.larger_areas == "sum":
        return Answer(question, level, 0, 0, "sum")
    if not can_be_asked(card):
        return Answer(question, level, 0, 0, "other")
    if not has_values(card):
        return Answer(question, level, 0, 0, "ranks_alone")
    figures = _read(card.id, snapshot)
    within = question.area == ENGLAND or snapshot.area(question.area).level != level  # one whole area has no gradient
    inside = find_inside(question.area, level, snapshot) if within else None
    if inside is None:
        return Answer(question, level, 0, 0, "level")
    line = _line_up(question.index, level, snapshot)
    if line is None:
        return Answer(question, level, 0, 0, "no_line")
    inside = inside & np.isfinite(line)
    present = inside & np.isfinite(figures.value)
    areas, without = int(present.sum()), int((inside & ~np.isfinite(figures.value)).sum())
    if not areas or areas < FEWEST_FOR_FIFTHS:
        return Answer(question, level, areas, without, "too_few" if areas else "no_figures")
    if areas < FEWEST_FOR_TENTHS and question.groups == 10:
        question = replace(question, groups=5)
    number = group_of_rank(line, question.groups) if question.ranked == "national" else _group_inside(line, inside, question.groups)
    groups = _group(number, figures, present, question.groups, card)
    gradient = fit_gradient(groups, scale=scale_of(card, figures.part is not None), repetitions=DRAWS)
    return Answer(question, level, areas, without, "", groups, gradient, card.polarity == "low_is_worse")


def group_of_rank(rank: npt.ArrayLike, groups: int) -> Numbers:
    """The tenth, or fifth, of each place in a line without gaps, 1 = most deprived, as MHCLG cuts them; NaN where there is none.

    >>> group_of_rank([1, 2, 3, 4, 5, np.nan], 5)
    array([ 1.,  2.,  3.,  4.,  5., nan])
    """
    ranks = np.asarray(rank, float)
    return np.ceil(groups * ranks / np.isfinite(ranks).sum())


def _group_inside(line: Numbers, inside: npt.NDArray[np.bool_], groups: int) -> Numbers:
    """The same among the areas inside alone; those outside have none."""
    number = np.full(len(line), np.nan)
    number[inside] = group_of_rank(1 + np.argsort(np.argsort(line[inside], kind="stable"), kind="stable"), groups)
    return number


# ---- what the groups are made of ----


@dataclass(frozen=True, eq=False)
class _Figures:
    """(k,) each, by position: values, people, and what was counted of how many where it was counted (not where it was modelled)."""

    value: Numbers
    people: Numbers
    part: Numbers | None
    whole: Numbers | None
    sure: bool


@lru_cache(maxsize=256)
def _read(layer: str, snapshot: Snapshot) -> _Figures:
    card = snapshot.cards[layer]
    table, areas = snapshot.table(layer)[card.base_level], snapshot.areas[card.base_level]
    value, people = table.value.to_numpy(float, na_value=np.nan), areas.population.to_numpy(float)
    counted = "numerator" in table and per_of(card) is not None
    part, whole = (table[name].to_numpy(float, na_value=np.nan) if counted else None for name in ("numerator", "denominator"))
    if card.converted and part is not None and whole is not None:
        share = share_of_split(areas)
        part, whole = part * share, whole * share
    # What was modelled or smoothed has counts too, but no limits: none are made from them.
    return _Figures(value, people, part, whole, counted and "lower_ci" in table and bool(table.lower_ci.notna().any()))


def share_of_split(areas: pd.DataFrame) -> Numbers:
    """(k,) how much of the counts it bears a neighbourhood adds to a larger whole: the parts of a split area of 2011 all bear the counts
    of the whole, and add them up to once by their people."""
    old = areas.lsoa11_codes.where(areas.change == "S", areas.code)
    return (areas.population / areas.population.groupby(old).transform("sum")).to_numpy(float)


def per_of(card: LayerCard) -> float | None:
    """What a share of one is in the card's unit; None where counts cannot be turned into it.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> per_of(read_catalogue()["disability2021_england_lsoa21"])
    100.0
    """
    if card.gradient_scale == "proportion" and card.unit.startswith("%"):
        return 100.0
    found = re.search(r"per ([\d,]+)", card.unit) if card.gradient_scale == "rate" else None
    return float(found[1].replace(",", "")) if found else None


def _group(number: Numbers, figures: _Figures, present: npt.NDArray[np.bool_], groups: int, card: LayerCard) -> Groups:
    here = number[present].astype(int)
    if figures.part is None or figures.whole is None:
        return group_values(here, figures.value[present], figures.people[present], groups=groups)
    measure: Literal["proportion", "rate"] = "rate" if card.gradient_scale == "rate" else "proportion"
    per = per_of(card)
    assert per is not None  # _read has left the others without counts
    found = group_counts(here, figures.part[present], figures.whole[present], groups=groups, measure=measure, per=per)
    return found if figures.sure else Groups(tuple(_without_limits(each) for each in found.each), found.error_scale, found.per)


def _without_limits(group: Group) -> Group:
    if group.estimate.value is None:
        return group
    return replace(group, estimate=Estimate(group.estimate.value, reason=Reason.NO_INTERVAL_PUBLISHED), error=None)


@lru_cache(maxsize=64)
def _line_up(index: str, level: Level, snapshot: Snapshot) -> Numbers | None:
    """(k,) England's areas of a level in line, 1 = most deprived: neighbourhoods as published, larger areas by their mean score."""
    table = snapshot.table(index)[level]
    if level == "lsoa":
        return table["rank"].to_numpy(float, na_value=np.nan)
    score = table.mean_score.to_numpy(float, na_value=np.nan)
    if not np.isfinite(score).any():
        return None
    order = np.argsort(np.argsort(np.where(np.isfinite(score), -score, np.inf), kind="stable"), kind="stable") + 1.0
    return np.where(np.isfinite(score), order, np.nan)


@lru_cache(maxsize=512)
def find_inside(code: str, level: Level, snapshot: Snapshot) -> npt.NDArray[np.bool_] | None:
    """Which areas of a level lie in an area; None where an area of it holds none that are whole."""
    areas = snapshot.areas[level]
    if code == ENGLAND:
        return np.ones(len(areas), bool)
    above = snapshot.area(code).level
    column = "code" if above == level else PARENT_COLUMN[above]
    return (areas[column] == code).to_numpy() if column in areas else None
