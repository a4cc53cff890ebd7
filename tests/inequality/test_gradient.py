"""Gradients of any area: the issue's own anchors, the rules of the groups, what is said, and every kind of bad input a sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.deprivation import INDEXES
from heatmap.geography.levels import ENGLAND
from heatmap.inequality import gradient as rules
from heatmap.inequality.chart import NARROW, WIDE, draw_gradient
from heatmap.inequality.gradient import (
    Answer,
    GradientQuestion,
    can_be_asked,
    default_index,
    default_ranked,
    find_gradient,
    is_circular,
    list_askable,
    scale_of,
)
from heatmap.inequality.ranking import measure_of, rank_areas
from heatmap.inequality.sentences import may_be_chance, say_gradient_finding, say_side, say_slope, say_warnings, side_of_gap
from heatmap.snapshot import open_snapshot
from heatmap.statistics import Estimate, Gap, Reason, Scale

SNAPSHOT = open_snapshot()
BIRMINGHAM, ADUR, CITY = "E08000025", "E07000223", "E09000001"
YEARS, ACUTE = "years_of_life_lost2025_england_lsoa21", "acute_morbidity2025_england_lsoa21"
DISABLED, FUEL, SMOKING = "disability2021_england_lsoa21", "fuel_poverty2020_england_lsoa11", "smoking2021_england_lad24"
REACH, ENGLISH = "connectivity2025_england_lsoa21", "little_english2021_england_msoa21"
NOT_A_NUMBER = re.compile(r"\b(nan|NaN|inf|None)\b")


def say(question: GradientQuestion) -> str:
    """The finding."""
    return say_gradient_finding(find_gradient(question, SNAPSHOT), SNAPSHOT.cards[question.layer], SNAPSHOT)


def warn(question: GradientQuestion) -> list[str]:
    """The warnings."""
    return say_warnings(find_gradient(question, SNAPSHOT), question, SNAPSHOT)


def end_ratio(question: GradientQuestion) -> float:
    """Most over least deprived group."""
    gap = find_gradient(question, SNAPSHOT).gap
    assert gap is not None and gap.ratio.value is not None
    return gap.ratio.value


# ---- the issue's own anchors ----


def test_years_of_life_lost_in_birmingham() -> None:
    """1.35 times by the index that holds it, 1.05 by income: why circularity matters."""
    assert round(end_ratio(GradientQuestion(YEARS, BIRMINGHAM, "imd2025", 10, "national")), 2) == 1.35
    assert round(end_ratio(GradientQuestion(YEARS, BIRMINGHAM, "income2025", 10, "national")), 2) == 1.05


def test_the_sentence_of_acute_illness_in_birmingham() -> None:
    """As the issue words it, by Birmingham's own tenths of income."""
    said = say(GradientQuestion(ACUTE, BIRMINGHAM, "income2025", 10, "local"))
    assert said.startswith(
        "In Birmingham the figure for emergency hospital stays is 1.4 times as high in the tenth of neighbourhoods with the lowest incomes"
        " as in the tenth with the highest (151 against 109"
    )


@pytest.mark.parametrize(("layer", "area"), [(DISABLED, ENGLAND), (DISABLED, BIRMINGHAM), (ACUTE, ENGLAND), (ACUTE, BIRMINGHAM)])
def test_a_second_path_to_the_slope(layer: str, area: str) -> None:
    """Groups added up and a line drawn by numpy's polyfit, from the tables as they are."""
    by = default_index(SNAPSHOT.cards[layer])
    ranked = "national" if area == ENGLAND else "local"
    answer = find_gradient(GradientQuestion(layer, area, by, 10, ranked), SNAPSHOT)  # type: ignore[arg-type]
    table, areas = SNAPSHOT.table(layer)["lsoa"], SNAPSHOT.areas["lsoa"]
    frame = areas[["lad24_code", "population"]].assign(rank=SNAPSHOT.table(f"{by}_england_lsoa21")["lsoa"]["rank"].to_numpy(float))
    counted = "numerator" in table
    frame["part"] = table.numerator.to_numpy(float) if counted else table.value.to_numpy(float) * frame.population
    frame["whole"] = table.denominator.to_numpy(float) if counted else frame.population.to_numpy(float)
    frame = frame[frame.lad24_code == area] if area != ENGLAND else frame
    frame = frame.assign(tenth=np.ceil(10 * frame["rank"].rank() / len(frame)))
    sums = frame.groupby("tenth")[["part", "whole"]].sum()
    value, share = (sums.part / sums.whole).to_numpy(), (sums.whole / sums.whole.sum()).to_numpy()
    middle = share.cumsum() - share / 2
    measured = np.log(value / (1 - value)) if counted else value
    slope, start = np.polyfit(middle, measured, 1, w=np.sqrt(share))
    ends = np.array([start, start + slope])
    ends = 100 / (1 + np.exp(-ends)) if counted else ends
    assert answer.gradient is not None
    assert answer.gradient.sii.value == pytest.approx(ends[1] - ends[0], rel=1e-6)
    assert answer.gradient.rii.value == pytest.approx(ends[1] / ends[0], rel=1e-6)


# ---- the rules ----


def test_income_is_the_default_where_the_index_holds_the_indicator() -> None:
    """And it is never circular."""
    for card in list_askable(SNAPSHOT):
        by = default_index(card)
        assert by == ("income2025" if card.part_of else "imd2025") and not is_circular(card, by), card.id


def test_what_can_be_asked() -> None:
    """No number of people, no deprivation itself, no class; distances can."""
    asked = {card.id for card in list_askable(SNAPSHOT)}
    assert {DISABLED, ACUTE, YEARS, SMOKING, "far_gp2026_england_lsoa21"} <= asked
    assert not asked & {
        "income_count2025_england_lsoa21",
        "imd2025_england_lsoa21",
        "rural_urban2021_england_lsoa21",
        "population2022_england_lsoa21",
    }


def test_the_scale_is_linear_without_counts() -> None:
    """A share with counts is on the logit; ratios, scores and shares without counts are linear."""
    cards = SNAPSHOT.cards
    assert [scale_of(cards[DISABLED], True), scale_of(cards[DISABLED], False), scale_of(cards[ACUTE], False)] == [
        Scale.LOGIT,
        Scale.LINEAR,
        Scale.LINEAR,
    ]
    assert scale_of(cards[DISABLED].model_copy(update={"gradient_scale": "rate"}), True) == Scale.LOG
    for layer, scale in ((DISABLED, Scale.LOGIT), (ACUTE, Scale.LINEAR), (YEARS, Scale.LINEAR), (SMOKING, Scale.LINEAR)):
        found = find_gradient(GradientQuestion(layer), SNAPSHOT).gradient
        assert found is not None and found.scale == scale


def test_authorities_have_groups_of_their_own() -> None:
    """Regions, boards and England have England's; each of an authority's tenths is as many neighbourhoods, but for one."""
    card = SNAPSHOT.cards[DISABLED]
    assert default_ranked(SNAPSHOT.area(BIRMINGHAM), card) == "local"
    assert {default_ranked(each, card) for each in (None, SNAPSHOT.area("E12000005"), SNAPSHOT.area("E54000055"))} == {"national"}
    groups = find_gradient(GradientQuestion(DISABLED, BIRMINGHAM, ranked="local"), SNAPSHOT).groups
    assert groups is not None and {group.areas for group in groups.each} == {65, 66} and sum(group.areas for group in groups.each) == 659


def test_few_neighbourhoods_have_fifths_and_fewer_a_sentence() -> None:
    """Fifths below 60, nothing below 20."""
    small = GradientQuestion(DISABLED, ADUR, ranked="local")
    assert find_gradient(small, SNAPSHOT).question.groups == 5
    assert "Fifths, for tenths need 60 neighbourhoods or more; here are 42." in warn(small)
    smallest = find_gradient(GradientQuestion(DISABLED, CITY, ranked="local"), SNAPSHOT)
    assert smallest.groups is None and smallest.why_not == "too_few"
    assert say(GradientQuestion(DISABLED, CITY, ranked="local")).startswith("City of London has 6 neighbourhoods with a figure. Below 20")


def test_an_empty_national_group_is_named_and_has_no_line() -> None:
    """National groups in an authority may be looked at."""
    question = GradientQuestion(DISABLED, ADUR, ranked="national")
    answer = find_gradient(question, SNAPSHOT)
    assert answer.gradient is not None and answer.gradient.sii.reason == Reason.EMPTY_GROUP and answer.gradient.line is None
    assert any("Nobody in Adur lives in fifth 1 of England, so we cannot draw the line" in words for words in warn(question))


def test_the_circular_warning_stands_first() -> None:
    """Of an index and of the domain that hold the indicator; not of income."""
    for by in ("imd2025", "health2025"):
        assert warn(GradientQuestion(ACUTE, BIRMINGHAM, by, 10, "local"))[0].startswith("Circular: ")
    assert not any("Circular" in words for words in warn(GradientQuestion(ACUTE, BIRMINGHAM, "income2025", 10, "local")))


@pytest.mark.parametrize("layer", [ACUTE, FUEL, SMOKING])
def test_no_invented_certainty(layer: str) -> None:
    """No interval of means, none of modelled counts."""
    answer = find_gradient(GradientQuestion(layer, ENGLAND, "income2025"), SNAPSHOT)
    assert answer.groups is not None and answer.gradient is not None and answer.gap is not None
    for estimate in (
        answer.gradient.sii,
        answer.gradient.rii,
        answer.gap.gap,
        answer.gap.ratio,
        *(group.estimate for group in answer.groups.each),
    ):
        assert (estimate.lower_ci, estimate.upper_ci, estimate.reason) == (None, None, Reason.NO_INTERVAL_PUBLISHED)


def test_a_figure_of_authorities_is_looked_at_over_authorities() -> None:
    """In England and, with 20 or more, a region; not inside one authority. IDACI has no score, so it puts none in line."""
    assert "of authorities as in" in say(GradientQuestion(SMOKING))
    assert "Groups of whole authorities: inside each of them places differ, and that is not seen here." in warn(GradientQuestion(SMOKING))
    assert say(GradientQuestion(SMOKING, BIRMINGHAM)).startswith("This is a figure of whole authorities")
    assert find_gradient(GradientQuestion(SMOKING, by="idaci2025"), SNAPSHOT).why_not == "no_line"
    assert find_gradient(GradientQuestion(ENGLISH, BIRMINGHAM, ranked="local"), SNAPSHOT).level == "msoa"


def test_missing_is_not_zero() -> None:
    """Areas without a figure are left out, with their people, and it is said."""
    answer = find_gradient(GradientQuestion("not_entering_he2025_england_lsoa21", by="income2025"), SNAPSHOT)
    assert answer.without == 34 and answer.areas == 33_755 - 34
    assert any(words.startswith("Left out: 34 neighbourhoods without a figure.") for words in warn(answer.question))


# ---- words ----


def test_mirrored_polarity_mirrors_words_and_colours() -> None:
    """The same figures are worse at one end or better, by the card alone; without a judgement they are neither."""
    answer = find_gradient(GradientQuestion(ACUTE, by="income2025"), SNAPSHOT)
    card = SNAPSHOT.cards[ACUTE]
    sides = {polarity: card.model_copy(update={"polarity": polarity}) for polarity in ("high_is_worse", "low_is_worse", "no_judgement")}
    answers = [replace(answer, low_is_worse=polarity == "low_is_worse") for polarity in sides]
    asked = list(zip(answers, sides.values(), strict=True))
    assert [side_of_gap(*each) for each in asked] == ["worse", "better", "neutral"]
    assert [say_side(*each) for each in asked] == ["worse at the more deprived end", "better at the more deprived end", ""]
    worse = find_gradient(GradientQuestion(REACH, by="income2025"), SNAPSHOT)
    assert side_of_gap(worse, SNAPSHOT.cards[REACH]) in ("worse", "better")


def test_the_slope_is_said_most_against_least() -> None:
    """Served the other way round."""
    answer = find_gradient(GradientQuestion(DISABLED), SNAPSHOT)
    assert answer.gradient is not None and answer.gradient.sii.value is not None and answer.gradient.sii.value < 0
    assert (
        say_slope(answer, SNAPSHOT.cards[DISABLED])
        == "Along the fitted line the figure is 8.5 percentage points higher at the most deprived end than at the least deprived end."
    )


@pytest.mark.parametrize(
    ("layer", "worse"),
    # Known of England: the deprived are more often disabled and burgled; the better connected live in the deprived inner cities, so
    # the less deprived are worse off; life is shorter where authorities are more deprived.
    [(DISABLED, True), ("burglary2025_england_lsoa21", True), (REACH, False), ("life_expectancy2020_england_lad24", True)],
)
def test_positive_means_that_the_more_deprived_are_worse_off(layer: str, worse: bool) -> None:
    """Whichever end of the figures is worse; and the statistical convention stays as it is published."""
    answer = find_gradient(GradientQuestion(layer, by="imd2025"), SNAPSHOT)
    assert answer.slope and answer.relative and answer.end_gap and answer.end_ratio and answer.gradient and answer.gap
    assert (answer.slope.value > 0) == (answer.end_gap.value > 0) == worse  # type: ignore[operator]
    assert (answer.relative.value > 1) == (answer.end_ratio.value > 1) == worse  # type: ignore[operator]
    judged = SNAPSHOT.cards[layer].polarity != "no_judgement"  # of disabled people there are more, which is not called worse
    assert side_of_gap(answer, SNAPSHOT.cards[layer]) == ("neutral" if not judged else "worse" if worse else "better")
    sign = -1 if SNAPSHOT.cards[layer].polarity == "low_is_worse" else 1
    assert answer.slope.value == pytest.approx(-sign * answer.gradient.sii.value)  # type: ignore[operator]
    assert answer.end_gap.value == pytest.approx(sign * answer.gap.gap.value)  # type: ignore[operator]


def test_a_gap_that_may_be_chance_is_not_called_worse() -> None:
    """The interval of the two ends holds none: neither worse nor better, and the page says so."""
    answer = find_gradient(GradientQuestion(DISABLED, "E07000036"), SNAPSHOT)
    within = replace(answer)
    within.__dict__["gap"] = Gap(Estimate(0.4, -0.2, 1.0), Estimate(1.02, 0.99, 1.05))
    assert side_of_gap(within, SNAPSHOT.cards[DISABLED]) == "" and may_be_chance(within.gap.gap)  # type: ignore[union-attr]


def test_what_is_lower_at_the_deprived_end_says_where_it_is_higher() -> None:
    """No "there" that could be either end."""
    said = say(GradientQuestion("life_expectancy2020_england_lad24", by="imd2025"))
    assert re.search(r"is lower in .+ than in .+: it is [\d.]+ times as high in the least deprived tenth\.$", said), said
    for card in list_askable(SNAPSHOT):
        assert "there it is" not in say(GradientQuestion(card.id, by=default_index(card)))


def test_households_of_split_areas_count_once() -> None:
    """Fuel poverty is of 2011: England has 23,864,826 households, less those of six irregular areas; Harlow's gap is 11.2 points."""
    england = find_gradient(GradientQuestion(FUEL, by="income2025"), SNAPSHOT).groups
    assert england is not None
    assert sum(group.population for group in england.each) == pytest.approx(23_868_877 - 4_051, abs=1)
    harlow = find_gradient(GradientQuestion(FUEL, "E07000073", "imd2025", 5, "local"), SNAPSHOT)
    assert harlow.gap is not None and harlow.gap.gap.value is not None
    assert round(harlow.gap.gap.value, 1) == 11.2


def test_a_line_that_runs_on_below_every_group_bears_no_ratio() -> None:
    """Merton's overcrowded homes differ 5.7 times between fifths; the straight line made 81.5 of it."""
    layer = "overcrowded_bedrooms2025_england_lsoa21"
    answer = find_gradient(GradientQuestion(layer, "E09000024", "income2025", 5, "local"), SNAPSHOT)
    assert answer.relative is not None and (answer.relative.value, answer.relative.reason) == (None, Reason.FIT_FAR_BELOW_GROUPS)
    assert answer.slope is not None and answer.slope.value is not None and answer.end_ratio is not None
    assert answer.end_ratio.value == pytest.approx(5.6, abs=0.3)
    ranking = rank_areas(layer, "income2025", "lad", "rii", SNAPSHOT)
    for _area, each in ranking.places:
        assert each.groups is not None and each.relative is not None and each.relative.value is not None
        values = [group.estimate.value for group in each.groups.each if group.estimate.value]
        assert each.relative.value < 2.5 * max(values) / min(values)
    assert "Merton" in {area.title for area, _answer in ranking.without}


def test_a_bent_line_is_said() -> None:
    """Where the statistics find it."""
    bent = GradientQuestion(DISABLED, BIRMINGHAM, ranked="local")
    assert any(words.startswith("Not a straight line: it is steeper towards the least deprived end") for words in warn(bent))


def test_how_the_groups_differ_in_age_is_said() -> None:
    """Where a figure is not adjusted for age: the board paper's reader asks at once."""
    (said,) = [
        words for words in warn(GradientQuestion(DISABLED, BIRMINGHAM, ranked="national")) if words.startswith("Not adjusted for age")
    ]
    assert said.endswith("People aged 65 and over are 9.8% of group 1 and 21.8% of group 10.")
    assert not any(
        words.startswith("Not adjusted for age") for words in warn(GradientQuestion(ACUTE, BIRMINGHAM, "income2025", 10, "local"))
    )


@pytest.mark.parametrize("card", list_askable(SNAPSHOT), ids=lambda card: card.id)
def test_every_indicator_has_its_sentence(card) -> None:  # type: ignore[no-untyped-def]
    """For England by its default, with no placeholder and no number that is none; its picture is well-formed at both widths."""
    question = GradientQuestion(card.id, by=default_index(card))
    said = say(question)
    assert re.fullmatch(r"In England [^{}]+\.", said) and not NOT_A_NUMBER.search(said)
    for width in (WIDE, NARROW):
        drawn = draw_gradient(find_gradient(question, SNAPSHOT), SNAPSHOT, width)
        root = ElementTree.fromstring(drawn)
        assert said.replace("&", "&amp;") in drawn and not NOT_A_NUMBER.search(drawn) and root.get("width") == str(width)


@pytest.mark.parametrize("area", [ENGLAND, BIRMINGHAM])
@pytest.mark.parametrize("card", list_askable(SNAPSHOT), ids=lambda card: card.id)
def test_every_picture_can_be_read(card, area) -> None:  # type: ignore[no-untyped-def]
    """Each bar has its figure, no share has an axis below 0 or above 100, no words are under 10 pixels, no white edge is over a bar."""
    answer = find_gradient(GradientQuestion(card.id, area, by=default_index(card)), SNAPSHOT)
    if answer.groups is None:
        return
    for width in (WIDE, NARROW):
        root = ElementTree.fromstring(draw_gradient(answer, SNAPSHOT, width, words=False))
        texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
        figures = [float(text.text.replace(",", "")) for text in texts if text.get("font-weight") == "600"]
        assert figures == pytest.approx([one.estimate.value for one in answer.groups.each if one.estimate.value is not None], abs=0.51)
        assert min(float(text.get("font-size")) for text in texts) >= 10
        ticks = [
            float(text.text.rstrip("%")) for text in texts if text.get("text-anchor") == "end" and re.fullmatch(r"-?[\d.]+%?", text.text)
        ]
        assert min(ticks) >= min(0, *figures) and (max(ticks) <= 100 or not card.unit.startswith("%"))
        white = [part for part in root.iter("{http://www.w3.org/2000/svg}g") if part.get("stroke") == "#ffffff"]
        assert all(part.get("clip-path") == "url(#dark)" for part in white)
        assert not any(part.get("stroke") == "#fff" for part in root.iter() if not part.tag.endswith("text"))


def test_the_line_stays_in_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crowded homes: the line ends below 0 %, where no share is; the axis ends at 0 and the line with it."""
    answer = find_gradient(GradientQuestion("overcrowded_bedrooms2025_england_lsoa21", by="income2025"), SNAPSHOT)
    assert answer.gradient is not None and answer.gradient.fitted_at([1])[0] < 0
    drawn = draw_gradient(answer, SNAPSHOT)
    assert ">0%<" in drawn and ">-5%<" not in drawn and "clip-path='url(#room)'" in drawn


# ---- bad input: a sentence, never a NaN ----


def answer_of(monkeypatch: pytest.MonkeyPatch, question: GradientQuestion, **changed: np.ndarray | None) -> tuple[Answer, str]:
    """The answer and its sentence where the figures are other than they are."""
    figures = replace(rules._read(question.layer, SNAPSHOT), **changed)
    monkeypatch.setattr(rules, "_read", lambda layer, snapshot: figures)
    answer = find_gradient.__wrapped__(question, SNAPSHOT)
    said = say_gradient_finding(answer, SNAPSHOT.cards[question.layer], SNAPSHOT)
    drawn = draw_gradient(answer, SNAPSHOT)
    assert not NOT_A_NUMBER.search(said) and not NOT_A_NUMBER.search(drawn)
    return answer, said


K = 33_755


def test_all_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No figure anywhere."""
    answer, said = answer_of(monkeypatch, GradientQuestion(ACUTE, by="income2025"), value=np.full(K, np.nan))
    assert answer.groups is None and said == "No neighbourhood in England has a figure. Choose another indicator or area."


def test_one_area(monkeypatch: pytest.MonkeyPatch) -> None:
    """One neighbourhood alone has a figure."""
    value = np.full(K, np.nan)
    value[7] = 3.0
    answer, said = answer_of(monkeypatch, GradientQuestion(ACUTE, by="income2025"), value=value)
    assert answer.groups is None and said.startswith("England has 1 neighbourhood with a figure. Below 20")


def test_all_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    """No inequality: zero, one, and about the same."""
    answer, said = answer_of(monkeypatch, GradientQuestion(ACUTE, by="income2025"), value=np.full(K, 2.33))
    assert "is about the same in" in said
    assert answer.gradient is not None and answer.gradient.sii.value == 0 and answer.gradient.rii.value == 1


def test_all_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ratio, and no broken chart."""
    answer, said = answer_of(monkeypatch, GradientQuestion(ACUTE, by="income2025"), value=np.zeros(K))
    assert (
        said == "In England the figure for emergency hospital stays is 0.00 in the tenth of neighbourhoods with the lowest incomes and 0.00"
        " in the"
        " tenth with the highest (ratio, 100 is as expected)."
    )
    assert answer.gap is not None and answer.gap.ratio.value is None


def test_zero_denominators(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was counted anywhere."""
    answer, _said = answer_of(monkeypatch, GradientQuestion(DISABLED), part=np.zeros(K), whole=np.zeros(K))
    assert answer.groups is not None and answer.groups.empty == tuple(range(1, 11))
    assert answer.gradient is not None and answer.gradient.sii.reason == Reason.EMPTY_GROUP


def test_none_or_all_under_a_logit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group with no event has no log odds: its reason in place of a line."""
    figures = rules._read(DISABLED, SNAPSHOT)
    assert figures.part is not None
    part = figures.part.copy()
    part[SNAPSHOT.table("imd2025_england_lsoa21")["lsoa"].decile.to_numpy(int) == 10] = 0
    answer, said = answer_of(monkeypatch, GradientQuestion(DISABLED), part=part)
    assert answer.gradient is not None and answer.gradient.sii.reason == Reason.OUTSIDE_0_TO_1
    assert "and 0.0% in the least deprived tenth" in said


def test_negative_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slope, but no ratio."""
    value = -rules._read(ACUTE, SNAPSHOT).value
    answer, _said = answer_of(monkeypatch, GradientQuestion(ACUTE, by="income2025"), value=value)
    assert answer.gradient is not None and answer.gradient.sii.value is not None and answer.gradient.rii.reason == Reason.NOT_POSITIVE


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("income_count2025_england_lsoa21", "This is a number of people"),
        ("imd2025_england_lsoa21", "This is deprivation itself"),
        ("mental_ill_health2025_england_lsoa21", "Only the order of places is published"),
    ],
)
def test_what_has_no_gradient_says_why(layer: str, why: str) -> None:
    """A sentence with the next step."""
    assert not can_be_asked(SNAPSHOT.cards[layer]) or layer.startswith("mental")
    assert say(GradientQuestion(layer)).startswith(why) and "Choose" in say(GradientQuestion(layer))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([ACUTE, DISABLED, FUEL, SMOKING, ENGLISH, REACH, YEARS, "income_count2025_england_lsoa21"]),
    st.sampled_from([ENGLAND, *SNAPSHOT.areas["rgn"].code, *SNAPSHOT.areas["icb"].code[:6], *SNAPSHOT.areas["lad"].code[::12]]),
    st.sampled_from(INDEXES),
    st.sampled_from([5, 10]),
    st.sampled_from(["national", "local"]),
)
def test_any_question_has_its_sentence(layer: str, area: str, by: str, groups: int, ranked: str) -> None:
    """Whatever is asked: no fault, no NaN, an interval that holds its value."""
    question = GradientQuestion(layer, area, by, groups, "national" if area == ENGLAND else ranked)  # type: ignore[arg-type]
    answer = find_gradient(question, SNAPSHOT)
    assert say(question).endswith(".") and not NOT_A_NUMBER.search(say(question))
    assert all(words and "{" not in words for words in warn(question))
    if answer.gradient and answer.gradient.sii.lower_ci is not None and answer.gradient.sii.value is not None:
        assert answer.gradient.sii.lower_ci <= answer.gradient.sii.value <= answer.gradient.sii.upper_ci  # type: ignore[operator]


# ---- the ranking ----


def test_the_ranking_puts_the_widest_gap_first() -> None:
    """Every authority stands in it once, or apart with the reason."""
    found = rank_areas(DISABLED, "imd2025", "lad", "sii", SNAPSHOT)
    values = [measure_of(answer, "sii").value for _area, answer in found.places]  # type: ignore[union-attr]
    assert values == sorted(values, reverse=True)  # type: ignore[type-var]
    assert len(found.places) + len(found.without) == 296
    assert {area.title for area, _answer in found.without} == {"City of London", "Isles of Scilly"}
    assert {answer.why_not for _area, answer in found.without} == {"too_few"}
    assert {answer.question.groups for _area, answer in found.places} == {5}


def test_the_worse_end_stands_first_where_low_is_worse() -> None:
    """Of a score where low is worse, the lowest most deprived end against the least."""
    found = rank_areas(REACH, "income2025", "lad", "sii", SNAPSHOT)
    values = [measure_of(answer, "sii").value for _area, answer in found.places]  # type: ignore[union-attr]
    assert values == sorted(values, reverse=True)  # type: ignore[type-var]
    assert values[-1] < 0  # type: ignore[operator]


def test_a_figure_of_authorities_has_no_ranking() -> None:
    """All stand apart."""
    found = rank_areas(SMOKING, "imd2025", "lad", "sii", SNAPSHOT)
    assert not found.places and len(found.without) == 296
