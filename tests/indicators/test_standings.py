"""Where an area stands by each indicator: against published figures of England, by properties over many areas, and with bad figures."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from heatmap.drawing.elements import to_html
from heatmap.geography.levels import LEVELS, Level
from heatmap.indicators import chart as indicator_chart
from heatmap.indicators.chart import NARROW, WIDE, draw_chart, say_chart_finding
from heatmap.indicators.sentences import say_beside, say_comparison, say_figure, say_interval, say_moments, side_of
from heatmap.indicators.standings import (
    STANDS_OUT,
    THEMES,
    Moment,
    Standing,
    ages_of,
    bears_on,
    england_value,
    find_standing,
    find_standings,
    group_by_theme,
    is_share_of_people,
    list_indicators,
    over_time,
    polarity_of,
    stand_out,
)
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import levels_of
from heatmap.pages.place.indicators import draw_indicators
from heatmap.pages.place.page import draw_body
from heatmap.place.address import PlaceAddress
from heatmap.snapshot import open_snapshot
from heatmap.statistics import Comparison, Estimate, Outcome, Reason

SNAPSHOT = open_snapshot()
CARDS = list_indicators(SNAPSHOT)
KINGS_HEATH, BIRMINGHAM, WEST_MIDLANDS = "E01008966", "E08000025", "E12000005"
RANDOM = random.Random(20261125)
AREAS = [code for level in LEVELS for code in RANDOM.sample(list(SNAPSHOT.areas[level].code), min(9, len(SNAPSHOT.areas[level])))]


def standing_of(layer: str, code: str) -> Standing:
    """The standing of one area by one indicator."""
    found = find_standing(SNAPSHOT.cards[layer], SNAPSHOT.area(code), SNAPSHOT)
    assert found is not None
    return found


# ---- England ----


@pytest.mark.parametrize(
    ("layer", "published", "within"),
    [
        ("overcrowded2021_england_lsoa21", 4.4, 0.05),  # ONS, Housing in England and Wales: Census 2021
        ("social_rent2021_england_lsoa21", 17.1, 0.05),  # the same
        ("private_rent2021_england_lsoa21", 20.5, 0.1),  # the same; with living rent free it is 20.6
        ("disability2021_england_lsoa21", 17.3, 0.05),  # ONS, Disability, England and Wales: Census 2021, not age-standardised
        ("fuel_poverty2020_england_lsoa11", 13.2, 0.05),  # BEIS, Annual fuel poverty statistics 2022 (2020 data)
        ("smoking2021_england_lad24", 13.0, 0.2),  # ONS, Adult smoking habits in England 2021
    ],
)
def test_england_is_what_was_published(layer: str, published: float, within: float) -> None:
    """What we make of all areas together is the figure that the publisher gives for England."""
    found = england_value(layer, SNAPSHOT.cards[layer].base_level, SNAPSHOT)
    assert found == pytest.approx(published, abs=within)


def test_sums_and_ranks_have_no_england() -> None:
    """A count of people is no benchmark, and neither is a middle rank."""
    assert england_value("income_count2025_england_lsoa21", "lsoa", SNAPSHOT) is None
    assert england_value("mental_ill_health2025_england_lsoa21", "lsoa", SNAPSHOT) is None
    assert standing_of("income_count2025_england_lsoa21", KINGS_HEATH).comparison.outcome is Outcome.NOT_COMPARED


@pytest.mark.parametrize("card", [card for card in CARDS if card.unit.startswith("ratio")], ids=lambda card: card.id)
def test_the_average_of_ratios_is_not_englands(card: LayerCard) -> None:
    """Against England's own rates England is what is expected; the average of neighbourhoods is 105 and 113, and stands beside none of
    them."""
    for level in levels_of(card):
        assert england_value(card.id, level, SNAPSHOT) is None
    found = standing_of(card.id, KINGS_HEATH)
    assert "England" not in say_beside(found) and "100 is as expected" in say_figure(found)
    assert found.comparison.basis == "fifths"  # without an interval nothing is better or worse than England


def test_every_ratio_to_england_is_marked() -> None:
    """Those two, and whatever is added with such a unit."""
    assert {card.id for card in CARDS if card.unit.startswith("ratio")} == {card.id for card in CARDS if card.england == "none"}
    assert len({card.id for card in CARDS if card.england == "none"}) == 2


@pytest.mark.parametrize("level", ["msoa", "lad", "rgn"])
def test_a_tenth_of_england_lives_in_its_worst_tenth(level: str) -> None:
    """Whatever the level, it is the share of all people who live there: near a tenth, as neighbourhoods are of nearly like size."""
    layer = "mental_ill_health2025_england_lsoa21"
    tenth = (SNAPSHOT.table(layer)["lsoa"].decile == 1).to_numpy(bool, na_value=False)
    people = SNAPSHOT.areas["lsoa"].population
    assert england_value(layer, level, SNAPSHOT) == pytest.approx(100 * people[tenth].sum() / people.sum(), abs=0.01)  # type: ignore[arg-type]


# ---- one area ----


def test_a_counted_figure() -> None:
    """Census counts of one neighbourhood: as published, with Wilson's interval, and worse only since England lies outside it."""
    found = standing_of("overcrowded2021_england_lsoa21", KINGS_HEATH)
    assert (
        found.part is not None and found.whole is not None and found.figure.value == pytest.approx(100 * found.part / found.whole, abs=1e-3)
    )
    assert found.figure.lower_ci is not None and found.figure.lower_ci > (found.england or 99)
    assert (found.comparison.outcome, found.comparison.basis) == (Outcome.WORSE, "interval")
    assert say_comparison(found.comparison, "lsoa") == "worse than England"
    assert say_interval(found) == "95% interval 6.7 to 10.9"
    assert say_figure(found) == "8.6% of households"
    assert say_beside(found) == "Birmingham 9.4%; England 4.4%"


def test_a_figure_of_a_larger_area_says_whose_it_is() -> None:
    """Smoking is known by authority alone: a neighbourhood's page shows Birmingham's, as Birmingham's."""
    found = standing_of("smoking2021_england_lad24", KINGS_HEATH)
    assert found.of.code == BIRMINGHAM and found.authority is None
    assert "Figure of Birmingham, not of this neighbourhood" in to_html(
        draw_indicators(SNAPSHOT.area(KINGS_HEATH), PlaceAddress(), SNAPSHOT)
    )


def test_ranks_are_places_in_a_line() -> None:
    """Where ranks alone are published, the rank is said with which end is first, and the fifth is the rank's."""
    found = standing_of("mental_ill_health2025_england_lsoa21", KINGS_HEATH)
    assert found.figure.value is None and found.rank is not None
    assert say_figure(found) == f"rank {found.rank:,} of 33,755 (rank 1 = poorest mental health)"
    assert found.comparison.outcome is Outcome.WORST and found.rank < 33_755 / 5
    assert found.worse_than == pytest.approx(100 * (1 - (found.rank - 0.5) / 33_755), abs=0.05)  # ties take half


def test_above_neighbourhoods_ranks_become_shares() -> None:
    """In an authority it is the share of people in England's worst tenth, where more is worse."""
    found = standing_of("mental_ill_health2025_england_lsoa21", BIRMINGHAM)
    assert is_share_of_people(found.card, "lad") and polarity_of(found.card, "lad") == "high_is_worse"
    assert found.rank is None and "in 100 people live in" in say_figure(found)


@pytest.mark.parametrize("code", AREAS)
def test_every_standing_keeps_its_promises(code: str) -> None:
    """Over areas at random: limits hold the value, words exist for whatever is absent, no judgement where there is none."""
    for each in find_standings(code, SNAPSHOT):
        figure = each.figure
        if figure.lower_ci is not None:
            assert figure.lower_ci <= figure.value <= figure.upper_ci  # type: ignore[operator]
        if figure.value is None and each.rank is None:
            assert each.flag in ("missing", "suppressed"), f"{each.card.id}: nothing says why there is no figure"
            assert each.comparison.basis is None and each.worse_than is None
        if polarity_of(each.card, each.of.level) == "no_judgement":
            assert side_of(each.comparison) in ("neutral", "none")
        if each.comparison.basis == "interval" and each.comparison.outcome in (Outcome.WORSE, Outcome.BETTER):
            assert not figure.lower_ci <= each.england <= figure.upper_ci  # type: ignore[operator]
        assert each.worse_than is None or 0 <= each.worse_than <= 100
        assert each.authority is None or each.of.level in ("lsoa", "msoa")
        assert say_figure(each)


@pytest.mark.parametrize("code", AREAS[::3])
def test_no_page_shows_what_is_no_number(code: str) -> None:
    """Neither NaN nor None nor a number of many digits gets onto a page."""
    html = to_html(draw_body(code, "", date(2026, 11, 25)))
    shown = html.replace("None of", "").lower()
    assert ">nan" not in shown and " nan" not in shown and "none<" not in shown and "inf<" not in shown
    assert 'id="figures"' in html


# ---- among England's areas ----


def list_figures(layer: str, level: Level) -> list[tuple[str, float]]:
    """Code and figure of every area of a level that has one: its value, or its rank where that is all there is."""
    rows = SNAPSHOT.table(layer)[level]
    column = "value" if rows.value.notna().any() else "rank"
    return [(code, float(figure)) for code, figure in zip(rows.code, rows[column], strict=True) if figure == figure and figure is not pd.NA]


@pytest.mark.parametrize("level", LEVELS)
def test_every_percentile_by_another_path(level: Level) -> None:
    """Half-way between the places that equal figures share, counted in a sorted list; of neighbourhoods a few hundred at random."""
    seen = 0
    for card in (card for card in CARDS if level in levels_of(card) and card.larger_areas != "sum"):
        figures = list_figures(card.id, level)
        line = sorted(figure for _, figure in figures)
        for code, figure in figures if len(figures) < 400 else RANDOM.sample(figures, 40):
            found = standing_of(card.id, code)
            lower, higher = bisect_left(line, figure), len(line) - bisect_right(line, figure)
            middle = 50 * (lower + len(line) - higher) / len(line)
            low_is_worse = polarity_of(card, level) == "low_is_worse"
            assert found.worse_than == pytest.approx(100 - middle if low_is_worse else middle, abs=1e-9), (card.id, code)
            if found.comparison.basis == "fifths":
                ahead = 100 - middle if polarity_of(card, level) == "high_is_worse" else middle
                assert place_of(found.comparison.outcome) == sum((ahead >= 20, ahead >= 40, ahead > 60, ahead > 80)), (card.id, code)
            seen += 1
    assert seen > 500


def place_of(outcome: Outcome) -> int:
    """The fifth of an outcome, from the worst, or the lowest, on."""
    fifths = ((Outcome.WORST, Outcome.LOWEST), (Outcome.WORSE, Outcome.LOW), (Outcome.MIDDLE,), (Outcome.BETTER, Outcome.HIGH))
    return next((place for place, names in enumerate(fifths) if outcome in names), 4)


@pytest.mark.parametrize(
    ("layer", "place"), [("life_expectancy2020_england_lad24", "second worst fifth"), ("pass_at_sixteen2019_england_lad24", "worst fifth")]
)
def test_a_region_is_in_the_fifth_of_its_place(layer: str, place: str) -> None:
    """The West Midlands are fourth from the worse end of nine regions in life expectancy, and second in English and maths at 16."""
    assert say_comparison(standing_of(layer, WEST_MIDLANDS).comparison, "rgn") == f"{place} of regions"


# ---- what stands out ----


@pytest.mark.parametrize("code", AREAS)
def test_what_stands_out_is_its_own_and_far_out(code: str) -> None:
    """One a theme at most, of the area's own figures with a judgement, in the outermost fifth, never one that may be England's."""
    area = SNAPSHOT.area(code)
    worse, better = stand_out(find_standings(code, SNAPSHOT), area)
    for side in (worse, better):
        assert len(side) <= 3 and len({each.card.theme for each in side}) == len(side)
        for each in side:
            assert each.of.code == code and each.judged and each.comparison.outcome is not Outcome.SIMILAR
    assert all(each.worse_than >= STANDS_OUT for each in worse) and all(each.worse_than <= 100 - STANDS_OUT for each in better)  # type: ignore[operator]


def test_a_difference_that_may_be_chance_never_stands_out() -> None:
    """Far out among areas, but England lies in the interval: it is not called worse."""
    area = SNAPSHOT.area(KINGS_HEATH)
    found = standing_of("overcrowded2021_england_lsoa21", KINGS_HEATH)
    wide = replace(found, figure=Estimate(8.6, 1.0, 20.0), comparison=Comparison(Outcome.SIMILAR, "interval"), worse_than=99.0)
    assert stand_out([wide], area) == ([], [])
    assert stand_out([replace(found, worse_than=99.0)], area)[0] == [replace(found, worse_than=99.0)]


def test_themes_come_in_an_order_and_lose_nobody() -> None:
    """Every theme of an indicator has its place; a learner's new one comes last."""
    standings = find_standings(KINGS_HEATH, SNAPSHOT)
    grouped = group_by_theme(standings)
    assert sum(len(rows) for _, rows in grouped) == len(standings) == len(CARDS)
    assert {card.theme for card in CARDS} <= set(THEMES)
    assert [theme for theme, _ in grouped] == [theme for theme in THEMES if theme in dict(grouped)]


# ---- for whom ----


@pytest.mark.parametrize("age_group", sorted({card.age_group for card in CARDS}))
def test_every_age_group_is_about_somebody(age_group: str) -> None:
    """No card's ages are lost to all three choices."""
    assert ages_of(age_group)


def test_the_page_can_be_narrowed() -> None:
    """By condition and age, as the page's own choices are; nothing left is said, not shown as an empty table."""
    area = SNAPSHOT.area(KINGS_HEATH)
    asthma = to_html(draw_indicators(area, PlaceAddress(condition="asthma"), SNAPSHOT))
    assert "Air pollution" in asthma and "Loneliness" not in asthma
    assert all("child" in ages_of(card.age_group) for card in CARDS if bears_on(card, "child", ""))
    assert any(not bears_on(card, "child", "") for card in CARDS)
    none = to_html(draw_indicators(area, PlaceAddress(condition="oral_health"), SNAPSHOT))
    assert "We have no figures for that age and condition" in none and "<table" not in none


# ---- over time ----


def test_the_line_has_england_beside() -> None:
    """One moment a period, the last that of the card; what is missing is None, not nought."""
    card = SNAPSHOT.cards["smoking2021_england_lad24"]
    moments = over_time(card, SNAPSHOT.area(BIRMINGHAM), SNAPSHOT)
    assert [moment.period for moment in moments] == list(card.periods)
    assert moments[-1].value == pytest.approx(standing_of(card.id, BIRMINGHAM).figure.value)
    assert all(moment.england is not None for moment in moments)
    assert over_time(SNAPSHOT.cards["overcrowded2021_england_lsoa21"], SNAPSHOT.area(KINGS_HEATH), SNAPSHOT) == []


def test_a_missing_period_is_said() -> None:
    """A line with a gap, with one point, and with none."""
    card = SNAPSHOT.cards["smoking2021_england_lad24"]
    gap = [Moment("2019", 15.0, 14.0, ""), Moment("2020", None, 14.0, "missing"), Moment("2021", 16.0, None, "")]
    assert say_moments(gap, card, "lad") == "From 15% in 2019 to 16% in 2021."
    assert say_moments(gap[:2], card, "lad") == "15% in 2019, and no other period."
    assert say_moments([gap[1]], card, "lad") == "There is no figure for any period."


# ---- pictures ----


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_every_chart_is_whole(card: object, width: int) -> None:
    """Well-formed, with title, finding, source and licence; nothing drawn outside it and nothing that is not a number."""
    found = find_standing(card, SNAPSHOT.area(KINGS_HEATH), SNAPSHOT)  # type: ignore[arg-type]
    assert found is not None
    svg = draw_chart(found, SNAPSHOT, width)
    drawn = ET.fromstring(svg)
    text = " ".join("".join(part.itertext()) for part in drawn.iter("{http://www.w3.org/2000/svg}text"))
    assert found.of.title in (drawn.findtext("{http://www.w3.org/2000/svg}title") or "")
    assert "Source:" in text and found.card.source.licence in text.replace("- ", "-")
    assert not re.search(r"\b(nan|inf|none)\b", svg.replace("fill='none'", ""), re.IGNORECASE)
    for part in drawn.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(part.attrib["x"]) <= width and 0 <= float(part.attrib["y"]) <= indicator_chart.HEIGHT


def test_a_chart_of_bad_figures_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """All equal, one area, none at all, and no figure here: a sentence each, never an empty or broken picture."""
    found = standing_of("overcrowded2021_england_lsoa21", KINGS_HEATH)
    alone = replace(found, figure=Estimate(5.0, reason=Reason.NO_INTERVAL_PUBLISHED), england=5.0, authority=None)
    for values, words in (
        (np.full(9, 5.0), "have the same figure"),
        (np.array([5.0]), "have the same figure"),
        (np.array([]), "nothing to draw"),
    ):
        monkeypatch.setattr(indicator_chart, "national_values", lambda *_, values=values: values)
        assert words in draw_chart(alone, SNAPSHOT)
    monkeypatch.undo()
    missing = replace(
        found, figure=Estimate(None, reason=Reason.SUPPRESSED), flag="suppressed", comparison=Comparison(Outcome.NOT_COMPARED)
    )
    assert "nothing to draw" in draw_chart(missing, SNAPSHOT)
    assert say_chart_finding(missing).startswith("Withheld")
