"""The story of a place against thirteen worked examples, and rules that hold for every place there could be."""

import random
import re
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_age import EASY, LONGEST_EASY_SENTENCE, PLAIN, ease, grade, longest, sentences

from heatmap.deprivation import DOMAINS, HALVES
from heatmap.errors import NotFoundError
from heatmap.indicators.words import read_indicator_words
from heatmap.place import drivers, phrases, story
from heatmap.place import facts as story_facts
from heatmap.place.drivers import Domain, StoryFacts, case_of, order_drivers
from heatmap.place.facts import read_story_facts
from heatmap.place.prompts import read_prompts
from heatmap.place.story import tell_story
from heatmap.settings import ROOT
from heatmap.snapshot import open_snapshot
from heatmap.words import phrases as words
from heatmap.words.phrases import domain_words

SNAPSHOT = open_snapshot()
EXAMPLES = tomllib.loads((ROOT / "tests" / "fixtures" / "sentence_examples.toml").read_text(encoding="utf-8"))["example"]
CAVEATS = {"clinicians": "These figures describe a place, not the people in it.", "young": "This is about a place. It is not about you."}
REGISTERS = tuple(CAVEATS)
#: Sections 9 and 10 of the rules: what is never said of a place, of people, or of a change.
NEVER = re.compile(
    r"deprived (people|famil|child|patient|resident|communit)|the deprived\b(?! end)|the poor\b|hard[- ]to[-"
    r" ]reach|disengaged|non-compliant"
    r"|did not attend|failed to attend|\bDNA\b|vulnerable|ghetto|no-go|\brough\b|failing|\bbroken\b|scrounger|\bBAME\b|\bobese\b"
    r"|most (people|residents)[^.]*\bnot\b[^.]*deprived|got (better|worse)|has (improved|declined|risen|fallen)|deteriorat|twice as"
    r"|(because of|due to) (where|depriv|pover|living|the (place|area|neighbourhood))|leads? to|you"
    r" should|\bsimply\b|\bjust\b|!|\bNone\b(?! of the seven)|\bnan\b|decile|quintile|[{}]",
    re.IGNORECASE,
)


def facts_of(code):
    """The facts of a real neighbourhood."""
    return read_story_facts(SNAPSHOT.area(code), SNAPSHOT)


def say_story(facts, register="clinicians", age="child"):
    """The whole story in one text, as a reader hears it."""
    return " ".join(sentence.text for sentence in tell_story(facts, register, age))


TYPICAL = facts_of("E01006022")


# ---- the worked examples ----


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["lsoa21_name"])
def test_worked_examples(example):
    """What was worked out by hand from the publisher's files comes out of the snapshot word for word, in both registers."""
    facts = facts_of(example["lsoa21_code"])
    assert say_story(facts) == example["clinician"]
    assert say_story(facts, "young") == example["young"]
    assert case_of(facts) == example["case"]
    assert [driver.id for driver in order_drivers(facts)] == example["drivers"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["lsoa21_name"])
def test_facts_are_those_of_the_examples(example):
    """Every input of the worked examples is read from the snapshot as it stands there."""
    facts = facts_of(example["lsoa21_code"])
    assert (facts.name, facts.place) == (example["lsoa21_name"], example["msoa_name"])
    assert (facts.rank, facts.decile) == (example["imd_rank"], example["imd_decile"])
    assert [domain.decile for domain in facts.domains] == example["domain_deciles"]
    assert facts.idaci_decile == example["idaci_decile"]
    assert (facts.authority, facts.place_in_authority, facts.areas_in_authority) == (
        example["authority"],
        example["authority_rank"],
        example["authority_count"],
    )
    assert facts.change == example["change_code"]
    assert list(facts.old_deciles) == example["deciles_2019"]
    assert set(facts.neighbours) == set(example["neighbour_deciles"])  # a shared corner counts there, not in the build
    assert facts.percent_20_to_24 / 100 == pytest.approx(example["share_aged_20_to_24"], abs=0.0006)
    assert facts.under_15 == example["children_under_15"]


def test_a_story_is_told_of_a_neighbourhood_alone():
    """An authority has no tenth of its own: one sentence says so, and which code would do."""
    with pytest.raises(NotFoundError, match=r"Birmingham .* is larger than a neighbourhood.* E01021988"):
        read_story_facts(SNAPSHOT.area("E08000025"), SNAPSHOT)


def test_neighbours_are_mutual_and_islands_have_none():
    """Whoever shares a boundary with a place has it among its own neighbours; the Isles of Scilly have none."""
    codes = SNAPSHOT.areas["lsoa"].code
    for code in ("E01021988", "E01008966", "E01004657"):
        area = SNAPSHOT.area(code)
        for position in story_facts.read_neighbours(area, SNAPSHOT):
            assert area.position in story_facts.read_neighbours(SNAPSHOT.area(codes[position]), SNAPSHOT)
    alone = SNAPSHOT.areas["lsoa"].query("lad24_code == 'E06000053'").code.iloc[0]
    assert facts_of(alone).neighbours == ()
    assert "around it" not in say_story(facts_of(alone))


# ---- each rule by itself ----


def said(facts, kind, register="clinicians", age="child"):
    """The sentence of a kind, or None."""
    return next((each.text for each in tell_story(facts, register, age) if each.kind == kind), None)


def with_deciles(facts, *deciles):
    """The same place with other domains; halves as their domain."""
    return replace(
        facts,
        domains=tuple(
            Domain(name, decile, decile * 3000, tuple((half, decile) for half in HALVES.get(name, ())))
            for name, decile in zip(DOMAINS, deciles, strict=True)
        ),
    )


def test_ties_go_to_the_lower_rank_then_the_heavier_domain():
    """Within a tenth the lower rank comes first; with equal ranks the official order, which is that of the weights."""
    even = with_deciles(TYPICAL, 1, 1, 1, 1, 1, 1, 1)
    assert [driver.id for driver in order_drivers(even)] == list(DOMAINS)
    crime_first = replace(even, domains=tuple(replace(each, rank=1) if each.id == "crime" else each for each in even.domains))
    assert [driver.id for driver in order_drivers(crime_first)][:2] == ["crime", "income"]


@pytest.mark.parametrize(
    ("decile", "deciles", "case", "clinicians", "young"),
    [
        (
            1,
            (1, 1, 1, 1, 1, 9, 5),
            "nearly_all",
            (
                "Five of the seven parts of life measured here are among the most deprived fifth, furthest in income, employment, and"
                " education and skills."
            ),
            "The hardest are money, finding work and learning.",
        ),
        (
            4,
            (2, 5, 5, 2, 5, 5, 5),
            "some",
            "Furthest towards the deprived end: income and health (both most deprived fifth).",
            "The hardest things here are money and staying well.",
        ),
        (
            3,
            (1, 5, 5, 2, 1, 5, 5),
            "some",
            (
                "Furthest towards the deprived end: income (most deprived tenth), crime (most deprived tenth) and health (most deprived"
                " fifth)."
            ),
            "The hardest things here are money, feeling safe and staying well.",
        ),
        (
            3,
            (2, 2, 5, 2, 2, 5, 5),
            "some",
            "Furthest towards the deprived end: income, employment and health (all most deprived fifth).",
            "The hardest things here are money, finding work and staying well.",
        ),
        (
            8,
            (9, 9, 9, 9, 1, 9, 9),
            "hidden",
            "One of the seven parts of life measured here stands out: crime (most deprived tenth). The overall result hides it.",
            "But one thing is hard here: feeling safe.",
        ),
        (
            6,
            (2, 9, 9, 9, 2, 9, 9),
            "hidden",
            "Some of the seven parts of life measured here stand out: income and crime (both most deprived fifth). The overall result hides them.",
            "But some things are hard here: money and feeling safe.",
        ),
        (
            6,
            (9, 9, 9, 3, 9, 9, 9),
            "weakest",
            "None of the seven parts of life measured here is in tenths 1 or 2. The lowest is health, in tenth 3.",
            "No one thing stands out here. The hardest is staying well.",
        ),
        (
            8,
            (9, 9, 9, 5, 9, 9, 9),
            "middling",
            "None of the seven parts of life measured here is in tenths 1 to 4. The lowest is health, in tenth 5.",
            "No one thing stands out as hard here.",
        ),
        (
            10,
            (9, 9, 9, 10, 9, 9, 9),
            "least_deprived",
            "All seven parts of life measured here are among the least deprived fifth in England.",
            "Most things here are good for most people.",
        ),
    ],
)
def test_what_is_furthest_by_case(decile, deciles, case, clinicians, young):
    """Each of the six cases has its own sentence in each register."""
    facts = replace(with_deciles(TYPICAL, *deciles), decile=decile)
    assert case_of(facts) == case
    assert clinicians in said(facts, "drivers")
    assert young in said(facts, "drivers", "young")


HALF_NAMES = drivers._half_names()


def every_neighbourhood():
    """All 33,755, with the tenths of the index, of the seven domains and of their halves as the place page prints them."""
    layers = ("imd", *DOMAINS, *(half for halves in HALVES.values() for half in halves))
    tables = {layer: SNAPSHOT.table(f"{layer}2025_england_lsoa21")["lsoa"] for layer in layers}
    tenths = {layer: table["decile"].tolist() for layer, table in tables.items()}
    ranks = {layer: tables[layer]["rank"].tolist() for layer in DOMAINS}
    for row, code in enumerate(SNAPSHOT.areas["lsoa"].code):
        domains = tuple(
            Domain(name, tenths[name][row], ranks[name][row], tuple((half, tenths[half][row]) for half in HALVES.get(name, ())))
            for name in DOMAINS
        )
        yield replace(TYPICAL, code=code, decile=tenths["imd"][row], domains=domains)


def find_contradictions(facts):
    """What the sentence for clinicians says of the parts and of their halves that the tenths printed below it deny."""
    text = drivers.say_drivers(facts, "clinicians")
    domains = [each.decile for each in facts.domains]
    halves = {half: decile for each in facts.domains for half, decile in each.halves}
    driving = {half for each in facts.domains if each.decile <= 2 for half, _decile in each.halves}
    claims = {
        "All seven parts of life measured here are among the least": min(domains) >= 9,
        "All seven parts of life measured here are among the most": max(domains) <= 2,
        "None of the seven parts of life measured here is in tenths 1 to 4": min(domains) > 4,
        "None of the seven parts of life measured here is in tenths 1 or 2": min(domains) > 2,
        "One of the seven parts": sum(each <= 2 for each in domains) == 1,
        "Some of the seven parts": sum(each <= 2 for each in domains) > 1,
    }
    false = [claim for claim, holds in claims.items() if claim in text and not holds]
    false += [text for each in re.findall(r"The lowest is [^,]*, in tenth (\d+)", text) if int(each) != min(domains)]
    listed = {half: int(found[1]) for half, name in HALF_NAMES.items() if (found := re.search(rf"{name} \(tenth (\d+)\)", text))}
    false += [text for half, decile in listed.items() if halves[half] != decile]
    silent = min(domains) if min(domains) > 2 else 3
    unsaid = (
        {half: decile for half, decile in halves.items() if decile < silent and decile <= 4}
        if min(domains) > 2
        else {half: decile for half, decile in halves.items() if decile <= 2 and half not in driving}
    )
    false += [text] if len(listed) != min(3, len(unsaid)) or (unsaid and min(unsaid.values()) != min(listed.values())) else []
    return false


def test_no_neighbourhood_denies_what_it_prints():
    """In all 33,755 the sentence about the seven parts of life and the tenths of parts and halves below it say the same."""
    false = {facts.code: found for facts in every_neighbourhood() if (found := find_contradictions(facts))}
    assert not false, (len(false), list(false.items())[:3])


def test_young_people_are_told_the_lowest_half():
    """In all 33,755 what is hardest is in the lowest tenth of all parts and halves, or has a half that is."""
    ids = {name: thing for thing, name in drivers.young_names().items()}
    for facts in every_neighbourhood():
        tenths = {each.id: min(each.decile, *(decile for _half, decile in each.halves), 10) for each in facts.domains}
        tenths |= {half: min(decile, each.decile) for each in facts.domains for half, decile in each.halves}  # named for its domain
        hard = drivers.hard_things(facts)
        assert set(hard) <= set(ids.values())
        lowest = min(tenths.values())
        assert not hard or min(tenths[each] for each in hard) == lowest, (facts.code, hard)
        assert hard or lowest > 4, facts.code
        better = [
            each for each in facts.domains if drivers.name_strength(each, facts) == drivers.young_names()[each.id] and each.decile >= 9
        ]
        assert all(decile > 4 for each in better for _half, decile in each.halves), facts.code


def test_a_strength_has_no_weak_half():
    """ "Housing and services go the other way" is not said where distance to services is in tenth 3."""
    barriers = Domain("barriers", 10, 33_000, (("sub_geog_barriers", 3), ("sub_wider_barriers", 10)))
    others = tuple(replace(each, decile=6) for each in TYPICAL.domains if each.id not in ("barriers", "crime"))
    crime = Domain("crime", 1, 9)
    facts = replace(TYPICAL, decile=5, domains=(*others, crime, barriers))
    assert said(facts, "strength") is None
    assert said(facts, "strength", "young") == "One thing is better here: the cost of homes."


@pytest.mark.parametrize(
    ("halves", "clinicians", "young"),
    [
        ((1, 1), "housing and services (most deprived tenth), in both its halves.", "homes and travel."),
        ((1, 5), "(most deprived tenth), by distance to services rather than by the cost and crowding of homes.", "getting to places."),
        ((5, 2), "(most deprived tenth), by the cost and crowding of homes rather than by distance to services.", "the cost of homes."),
        ((3, 3), "housing and services (most deprived tenth).", "homes and travel."),
    ],
)
def test_a_driver_names_its_half(halves, clinicians, young):
    """A far-off village and a crowded flat can have one result for opposite reasons: the half says which."""
    near, costly = halves
    barriers = Domain("barriers", 1, 100, (("sub_geog_barriers", near), ("sub_wider_barriers", costly)))
    facts = replace(TYPICAL, domains=tuple(barriers if each.id == "barriers" else replace(each, decile=6) for each in TYPICAL.domains))
    assert said(facts, "drivers").endswith(clinicians)
    assert said(facts, "drivers", "young").endswith(young)


def test_children_are_said_where_income_hides_them():
    """IDACI is told where it stands out and income does not, unless few children live there."""
    facts = replace(with_deciles(TYPICAL, 4, 5, 5, 5, 5, 5, 5), idaci_decile=2)
    assert said(facts, "children").startswith("A larger share of children than in most places live on a low income (IDACI)")
    assert said(replace(facts, under_15=99), "children") is None
    assert said(with_deciles(facts, 2, 5, 5, 5, 5, 5, 5), "children") is None
    assert said(replace(facts, idaci_decile=3), "children") is None


def test_a_strength_is_told_where_the_place_is_in_the_deprived_half():
    """The best domain in tenths 9 or 10 goes the other way; students' income and employment do not count as a strength."""
    facts = replace(with_deciles(TYPICAL, 10, 3, 3, 9, 2, 9, 3), decile=3)
    assert said(facts, "strength") == "Income goes the other way: among the least deprived tenth."
    assert said(replace(facts, percent_20_to_24=25.0), "strength") == "Health goes the other way: among the least deprived fifth."
    assert said(facts, "strength", "young") == "One thing is better here: money."
    assert said(replace(facts, decile=6), "strength") is None


def test_health_is_said_for_the_age_chosen():
    """By default of children; of adults where few children live; each time said to be general evidence and no figure of the place."""
    facts = with_deciles(TYPICAL, 1, 5, 5, 5, 5, 5, 5)
    record = domain_words()["income"]
    general = " This is from studies in general, not from figures for this place."
    assert said(facts, "health") == record["health_child"] + general
    assert said(facts, "health", age="young_person") == record["health_young_person"] + general
    assert said(replace(facts, under_15=99), "health") == record["health_adult"] + general
    assert said(facts, "health", "young") == record["young_health"]


@pytest.mark.parametrize(
    ("decile", "neighbours", "expected"),
    [
        (1, (1, 2, 2), "The places around it are much like it."),
        (3, (1, 5, 7), "Its surroundings are mixed: neighbouring places range from tenth 1 to tenth 7."),
        (2, (5, 6, 7), "It is an island: every place around it is less deprived."),
        (9, (3, 5, 6), "The places around it are more deprived."),
        (5, (4, 5, 7), ""),
        (5, (), ""),
    ],
)
def test_surroundings(decile, neighbours, expected):
    """How mixed a place's surroundings are, by the tenths of those that share its boundary."""
    assert story.say_surroundings(decile, neighbours) == expected


def test_young_people_hear_of_a_large_move_only():
    """Under ten points is no news, whatever the tenths; nor is it where boundaries changed."""
    level = with_deciles(TYPICAL, 5, 5, 5, 5, 5, 5, 5)
    assert said(replace(level, decile=5, decile_2019=6, points_moved=-9.9), "since_2019", "young") is None
    assert said(replace(level, decile=5, decile_2019=6, points_moved=-15.0), "since_2019", "young").startswith(
        "Its place in the line has moved"
    )
    assert said(replace(level, decile=5, decile_2019=8, points_moved=-30.0, change="S"), "since_2019", "young") is None


def test_every_real_move_is_judged_by_points():
    """All 31,810 unchanged places: "about where it was" or "the same tenth" under ten points of the two published ranks, "moved" from
    ten."""
    areas = SNAPSHOT.areas["lsoa"]
    now, then = (SNAPSHOT.table(layer)["lsoa"] for layer in ("imd2025_england_lsoa21", "imd2019_england_lsoa11"))
    served = SNAPSHOT.table("imd_moved2025_england_lsoa21")["lsoa"].value
    same = areas.change.to_numpy(str) == "U"
    assert same.sum() == 31_810
    points = 100 * ((now["rank"][same].astype(float) - 0.5) / 33_755 - (then["rank"][same].astype(float) - 0.5) / 32_844)
    wrong = []
    for code, by_rank, value, tenth, old in zip(areas.code[same], points, served[same], now.decile[same], then.decile[same], strict=True):
        text = phrases.say_since_earlier("U", int(tenth), int(old), [int(old)], value)
        if text.startswith("It moved ") != (abs(by_rank) >= 10):
            wrong.append((code, by_rank, text))
    assert not wrong, wrong[:3]


def test_the_weights_named_beside_the_domains_rebuild_the_published_score():
    """The index's score, by its published method (exponential places, weights), comes out to 0.001 in all 33,755 places."""
    total = 0.0
    for domain in DOMAINS:
        rank = SNAPSHOT.table(f"{domain}2025_england_lsoa21")["lsoa"]["rank"].to_numpy(float)
        total += domain_words()[domain]["weight_percent"] / 100 * -23 * np.log(1 - (33_756 - rank) / 33_755 * (1 - np.exp(-100 / 23)))
    published = SNAPSHOT.table("imd2025_england_lsoa21")["lsoa"].value.to_numpy(float)
    assert np.abs(total - published).max() < 0.001


def test_one_thing_is_not_hardest_and_better_at_once():
    """Cold homes hard and well-connected homes better would both be "homes": the good half is named, another thing, or nothing."""
    indoors = Domain("living_env", 1, 9, (("sub_indoors", 1), ("sub_outdoors", 1)))
    reach = Domain("barriers", 9, 29_000, (("sub_geog_barriers", 10), ("sub_wider_barriers", 6)))
    both = Domain("barriers", 9, 29_000, (("sub_geog_barriers", 8), ("sub_wider_barriers", 8)))
    others = tuple(replace(each, decile=6) for each in TYPICAL.domains if each.id not in ("barriers", "living_env"))
    facts = replace(TYPICAL, decile=4, domains=(*others, reach, indoors))
    assert said(facts, "drivers", "young") == "The hardest thing here is homes and air."
    assert said(facts, "strength", "young") == "One thing is better here: getting to places."
    assert said(replace(facts, domains=(*others, both, indoors)), "strength", "young") is None


#: A cause, where the evidence is of a link.
CAUSE = re.compile(
    r"\b(harms|harm (lungs|hearts|health|sleep)|causes|caused|worsens?|raises (the risk|disease|risks)|damages|leads? to|makes?"
    r" (you|people|asthma|wheeze|health)"
    r"|brings? on|sets off|affects?|disturbs?|shapes?|decides much|does to)\b",
    re.IGNORECASE,
)
#: What describes this place where only studies in general are known.
OF_THIS_PLACE = re.compile(r"\b(here|this place)\b", re.IGNORECASE)


def test_evidence_is_a_link_and_never_of_this_place():
    """What domains, indicators and cards say of health is a link found in general: no cause, and no figure of the place."""
    for record in domain_words().values():
        for key in ("health_child", "health_young_person", "health_adult", "young_health"):
            assert not CAUSE.search(record[key]), record[key]
            assert not OF_THIS_PLACE.search(record[key]), record[key]
        assert not CAUSE.search(record["young"]), record["young"]
    for name, indicator in read_indicator_words().items():
        for text in (indicator.polarity_reason, indicator.why_it_matters):
            assert not CAUSE.search(text), (name, text)
        assert not re.search(r"(children|parents|people|adults|families) here", indicator.why_it_matters), (name, indicator.why_it_matters)
    for prompt in read_prompts().prompt:
        for text in (prompt.clinician.open_with, prompt.young.intro, *prompt.conditions.values()):
            assert not CAUSE.search(text), (prompt.id, text)


def test_all_is_said_of_more_than_two():
    """Two neighbourhoods that were merged are "both" in a tenth."""
    assert phrases.say_since_earlier("M", 3, 3, [3, 3], 0.0) == "It was made from 2 neighbourhoods of 2019, both in tenth 3."
    assert phrases.say_since_earlier("M", 3, 3, [3, 3, 3], 0.0) == "It was made from 3 neighbourhoods of 2019, all in tenth 3."


def test_nothing_is_called_a_student_area_for_its_ages_alone():
    """An air base and a street of students have many aged 20 to 24: we do not say which it is."""
    young = SNAPSHOT.areas["lsoa"].query("percent_20_to_24 >= 25")
    assert len(young) == 419
    for code in young.code[:40]:
        facts = facts_of(code)
        assert "Students rarely" not in say_story(facts) and "Many students live here" not in say_story(facts, "young")
        assert "may be students, or live in barracks" in say_story(facts)


def test_what_is_left_out_first():
    """With too many sentences the surroundings go first, then the place in the authority; a move since 2019 stays."""
    facts = replace(facts_of("E01006022"), decile_2019=8, neighbours=(1, 9))
    kinds = [each.kind for each in tell_story(facts)]
    assert kinds == ["standing", "drivers", "strength", "health", "since_2019", "caveat"]
    assert [each.kind for each in tell_story(facts, "young")] == ["standing", "drivers", "strength", "health", "caveat"]


def test_no_like_for_like_is_never_left_out():
    """That a place cannot be set beside 2019 is a warning: it is neither counted nor dropped."""
    facts = replace(TYPICAL, change="X", decile_2019=None, neighbours=(1, 9))
    assert said(facts, "since_2019") == "Its boundary changed so much that we cannot compare it with 2019."
    assert said(facts, "authority") is not None


def test_for_the_record():
    """The line for the notes holds code, name, decile, rank and edition, and nothing like a postcode."""
    line = story.say_for_the_record(facts_of("E01008966"))
    assert (
        line == "Neighbourhood Birmingham 107E (E01008966), Index of Multiple Deprivation 2025: decile 1 of 10 (1 = most deprived),"
        " rank 3,170 of 33,755. Describes the area, not the patient."
    )
    assert not re.search(r"\b[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}\b", line)


def test_prompt_drivers_are_drivers_by_their_half():
    """A driving half brings up its own prompts; children's income is added where income itself does not stand out."""
    assert drivers.order_prompt_drivers(facts_of("E01031871")) == ["sub_geog_barriers", "sub_indoors"]
    gateshead = facts_of("E01035624")
    assert drivers.order_prompt_drivers(gateshead)[:3] == ["employment", "health", "idaci"]
    assert drivers.order_prompt_drivers(facts_of("E01013606"))[0] == "crime"  # no driver: what is weakest
    assert drivers.order_prompt_drivers(facts_of("E01023700")) == []


# ---- every place there could be ----


@st.composite
def any_facts(draw):
    """Any combination of facts that the official tables could hold."""
    tenths, ranks = st.integers(1, 10), st.integers(1, 33_755)

    def domain(name):
        rank = draw(ranks)
        return Domain(name, -(-10 * rank // 33_755), rank, tuple((half, draw(tenths)) for half in HALVES.get(name, ())))

    rank = draw(st.one_of(ranks, st.sampled_from([1, 2, 10, 33_755])))
    change = draw(st.sampled_from("USMX"))
    areas = draw(st.integers(1, 700))
    return StoryFacts(
        code="E01000001",
        name="Somewhere 001A",
        place=draw(st.sampled_from(["", "Old Town & Quay", "Selly Oak"])),
        decile=-(-10 * rank // 33_755),
        rank=rank,
        domains=tuple(domain(name) for name in DOMAINS),
        idaci_decile=draw(tenths),
        idaopi_decile=draw(tenths),
        authority="Somewhere",
        place_in_authority=draw(st.integers(1, areas)),
        areas_in_authority=areas,
        change=change,
        decile_2019=None if change == "X" else draw(tenths),
        points_moved=None if change == "X" else draw(st.floats(-70, 75)),
        old_deciles=tuple(sorted(draw(st.lists(tenths, min_size=2, max_size=3)))) if change == "M" else (),
        neighbours=tuple(sorted(draw(st.lists(tenths, max_size=12)))),
        income_score=draw(st.floats(0.005, 0.95)),
        percent_20_to_24=draw(st.floats(0, 80)),
        under_15=draw(st.integers(0, 1600)),
    )


@settings(max_examples=400, deadline=None)
@given(facts=any_facts(), age=st.sampled_from(["child", "young_person", "adult"]), register=st.sampled_from(REGISTERS))
def test_every_story_is_well_formed(facts, age, register):
    """Whatever the facts: three to five sentences, whole and clean, no forbidden word, and the caveat once, last."""
    told = tell_story(facts, register, age)
    text = say_story(facts, register, age)
    uncounted = {"core20", "children", "students", "few_children", "caveat"} | ({"since_2019"} if facts.change == "X" else set())
    counted = sum(each.kind not in uncounted for each in told)
    assert (2 if facts.change == "X" else 3) <= counted <= 5 if register == "clinicians" else 2 <= counted <= 4
    for each in told:
        assert re.fullmatch(r"[A-Z0-9].*\.", each.text), each
    assert not re.search(r"\s\s|\s[.,;)]|\(\s|\.\.|,,|;;", text), text
    assert not (found := NEVER.search(text)), found
    assert text.count(CAVEATS[register]) == 1
    assert told[-1].kind == "caveat"
    assert len({each.kind for each in told}) == len(told)
    if register == "young":
        assert longest([text]) <= LONGEST_EASY_SENTENCE
        assert "(" not in text
        hardest, better = (set(re.findall(r"\w+", " ".join(re.findall(rf"{word}[^.]*", text)))) for word in ("hardest", "better here:"))
        assert not hardest & better - {"here", "and", "the", "of", "to", "for"}, text


@settings(max_examples=60, deadline=None)
@given(facts=any_facts(), register=st.sampled_from(REGISTERS))
def test_nothing_is_left_out_of_translation(facts, register):
    """With a pseudo-locale that brackets every text, nothing stands outside brackets: every word can be translated."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (drivers, story, phrases, words):
            patch.setattr(module, "_", lambda text: f"⟦{text}⟧")
        text = say_story(facts, register)
    while (inner := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = inner
    assert text.strip() == "", text


# ---- real places, read ----


def real_places(wanted, count=30):
    """Neighbourhoods drawn at random, always the same, from some tenths."""
    table = SNAPSHOT.table("imd2025_england_lsoa21")["lsoa"]
    return random.Random(2025).sample(sorted(table.code[table.decile.isin(wanted)]), count)


@pytest.mark.parametrize("wanted", [(1,), (5, 6), (10,)], ids=["most deprived", "middle", "least deprived"])
def test_reading_age(wanted):
    """Thirty places of each kind: young people's stories at grade 6 or below, clinicians' at 10 or below, names taken out."""
    for code in real_places(wanted):
        facts = facts_of(code)
        young, clinicians = say_story(facts, "young"), say_story(replace(facts, place="This place", name="here", authority="here"))
        assert grade(young) <= EASY, young
        assert ease(young) >= 70, young
        assert longest([young]) <= LONGEST_EASY_SENTENCE, young
        assert grade(clinicians) <= PLAIN, clinicians
        assert not (found := NEVER.search(say_story(facts))), found


def test_other_words_for_young_people_are_easy():
    """What the line of ten boxes means is as easy to read as the story."""
    assert grade(f"{story.say_the_line()} {CAVEATS['young']}") <= EASY


def test_sentences_are_split_where_they_end():
    """The measure of sentence length counts what it should."""
    assert sentences("One. Two, three? Four!") == ["One.", "Two, three?", "Four!"]
