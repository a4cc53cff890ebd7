"""Help anywhere in England: under four headings, printed only when confirmed, every number with the date it was seen."""

import re
from datetime import date

import pytest
from reading_age import EASY, LONGEST_EASY_SENTENCE, grade, longest

from heatmap.errors import WordsError
from heatmap.layers.cards import HEADINGS, Heading
from heatmap.layers.words import say_heading
from heatmap.place import national_help
from heatmap.place.help_near import HeadingNear
from heatmap.place.leaflet import LeafletAddress, make_leaflet
from heatmap.place.national_help import (
    CRISIS,
    NationalHelp,
    crisis_lines,
    filter_help,
    find_entry,
    group_by_heading,
    order_help,
    read_national_help,
    say_checked,
)
from heatmap.place.prompts import read_prompts
from heatmap.words.files import read_words, say_review
from heatmap.words.phrases import WORDS_DIR

ENTRIES = read_national_help()
TODAY = date(2026, 6, 1)


def offer(entries, **address) -> dict[Heading, dict[str, bool]]:
    """What a leaflet offers where no list of places is loaded: under each heading, each entry's id and whether it is ticked."""
    near = [HeadingNear(heading, (), tuple(found)) for heading, found in group_by_heading(entries).items()]
    return {
        part.heading: {entry.id.removeprefix("help-"): entry.ticked for entry in part.entries}
        for part in make_leaflet(near, LeafletAddress(**address), TODAY)
    }


def test_every_heading_has_help():
    """None of WHAM's headings is empty, and each has at least one entry that may be printed."""
    for heading, entries in group_by_heading(ENTRIES).items():
        assert any(entry.printable for entry in entries), heading
    assert sum(len(entries) for entries in group_by_heading(ENTRIES).values()) == len(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_unverified_help_is_never_printed(entry):
    """What nobody has confirmed is offered on no leaflet, has no number to print, and says so on the screen."""
    assert entry.printable == entry.verified
    if not entry.verified:
        assert entry.number_on(TODAY) == ""
        assert say_checked(entry, TODAY) == "Not confirmed yet. Look it up first."
        assert offer([entry])[entry.heading] == {}


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.has_number], ids=lambda entry: entry.id)
def test_every_printed_number_has_its_date(entry):
    """A number is given only with the day on which it was seen, or the word that this is not known; national ones do not change."""
    said = say_checked(entry, TODAY)
    assert said
    if entry.number_on(TODAY):
        assert re.search(r"^Last seen (on|in) (\d+ )?([A-Z][a-z]+ )?\d{4}\.|^Checked on |does not change|without a date", said)
    elif entry.verified:
        assert re.fullmatch(r"We last saw a number (on|in) .*(2019|2020|2021), too long ago to give it\. Look it up on the website\.", said)


@pytest.mark.parametrize(
    ("seen", "given"), [("2021-12-02", True), ("2021-12-01", False), ("2022", True), ("2021", False), ("2021-12", False), ("", True)]
)
def test_a_number_is_given_for_five_years(seen, given):
    """From the day on which it was seen; a month or a year counts from its start; fixed ones stay."""
    entry = find_entry("stepchange").model_copy(update={"checked_on": seen})
    assert bool(entry.number_on(TODAY.replace(year=2026, month=12, day=1))) is given
    assert entry.model_copy(update={"fixed_number": True}).number_on(date(2060, 1, 1))


def test_fixed_numbers_are_the_national_ones():
    """No number but 999, 111, Childline's and 116 123 may do without a date."""
    assert {entry.phone for entry in ENTRIES if entry.fixed_number} == {"999", "111", "0800 1111", "116 123"}


def test_help_against_abuse_is_never_ticked_by_default():
    """A leaflet may be read by whom one fears: the domestic abuse line is offered when alone, not printed unasked."""
    refuge = find_entry("refuge")
    assert not refuge.leaflet_default
    assert offer([refuge])[refuge.heading] == {"refuge": False}


def test_three_are_ticked_under_each_heading():
    """Three by default, those first that meet what this place's prompts are about; the crisis lines have their own room."""
    chosen = offer(order_help(ENTRIES, ["food"]), age="child")
    assert tuple(chosen) == HEADINGS
    ticked = {heading: [entry for entry, is_ticked in entries.items() if is_ticked] for heading, entries in chosen.items()}
    assert ticked["increase_income"] == ["free_school_meals", "council_crisis", "citizens_advice"]
    for heading, entries in ticked.items():
        assert len(entries) == 3
        assert not set(chosen[heading]) & set(CRISIS)
    assert [line.number_on(TODAY) for line in crisis_lines()] == ["111", "0800 1111", "999"]


def test_order_keeps_everyone():
    """Ordering by needs loses no entry, and keeps the file's order where needs say nothing."""
    assert {each.id for each in order_help(ENTRIES, [])} == {each.id for each in ENTRIES}
    money = [each for each in ENTRIES if each.heading == "increase_income"]
    assert order_help(money, []) == money
    assert sorted(entry.id for entry in order_help(ENTRIES, ["housing", "caring"])) == sorted(entry.id for entry in ENTRIES)


def test_filter_by_age():
    """The ages are those of the person it is about; what anyone may use, and what begins in pregnancy, stays for all."""
    by_age = {age: {entry.id for entry in filter_help(ENTRIES, age=age)} for age in ("child", "young_person", "adult")}
    for ids in by_age.values():
        assert {"nhs_111", "citizens_advice", "healthy_start"} <= ids
    assert "dla_child" in by_age["child"] and "dla_child" not in by_age["adult"]
    assert "runaway" in by_age["young_person"] and "runaway" not in by_age["adult"]
    assert "carers_allowance" in by_age["young_person"] and "carers_allowance" not in by_age["child"]
    assert "national_databank" in by_age["adult"] and "national_databank" not in by_age["young_person"]


def test_every_prompt_has_help():
    """Whatever is raised, something is there to offer: each prompt's id is met by an entry."""
    needs = {need for entry in ENTRIES for need in entry.needs}
    assert {prompt.id for prompt in read_prompts().prompt} <= needs


def test_what_families_read_is_easy():
    """All offers together at grade 6 or below, so too who may use them; no sentence over twenty words, no bracket in an offer."""
    offers, who_for = " ".join(entry.offers for entry in ENTRIES), " ".join(entry.who_for for entry in ENTRIES)
    for text in (offers, who_for):
        assert grade(text) <= EASY
        assert longest([text]) <= LONGEST_EASY_SENTENCE
        assert "(" not in text
    headings = [national_help.say_heading_plainly(heading) for heading in HEADINGS]
    assert len(set(headings)) == 4 and all(len(heading) < 26 for heading in headings)


def test_amounts_of_money_are_left_out():
    """They change each April: no entry names a sum."""
    assert not any("£" in f"{entry.offers} {entry.who_for}" for entry in ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_addresses_are_safe_and_review_is_shown(entry):
    """Only https addresses; the state of review stands on every entry."""
    assert entry.website == "" or entry.website.startswith("https://")
    assert say_review(entry) == "Draft, not yet reviewed by a clinician." or entry.reviewed_on is not None
    assert entry.has_number or entry.website or entry.id == "nhs_interpreter"


def test_headings_are_those_of_the_points():
    """National help and local places stand under the same four headings."""
    assert HEADINGS == ("increase_income", "provide_essentials", "increase_participation", "get_care")
    assert [say_heading(heading) for heading in HEADINGS] == [
        "Increase income",
        "Provide essentials",
        "Increase participation",
        "Get care",
    ]


def test_texts_for_translators_are_all_that_families_read():
    """Every offer and whom it is for is on the translators' list."""
    listed = set(national_help.texts_to_translate())
    assert all(listed)
    assert {entry.offers for entry in ENTRIES} | {entry.who_for for entry in ENTRIES} <= listed


# ---- the fences ----

TEXT = (WORDS_DIR / "national_help.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('heading = "get_care"', 'heading = "get well"', "heading = 'get well'"),
        ('phone = "0800 1111"', 'phone = "javascript:1"', "phone = 'javascript:1'"),
        ('website = "https://www.childline.org.uk"', 'website = "javascript:alert(1)"', "website = 'javascript:alert(1)'"),
        ('checked_on = "2024-11-04"', 'checked_on = "last week"', "checked_on = 'last week'"),
        ("verified_count = 30", "verified_count = 31", "[meta] says 40 and 31 verified; there are 40 and 30"),
        ('id = "kooth"', 'id = "shout"', "Two entries have the same id"),
        ("leaflet_default = false", "leaflet_defalt = false", "Did you mean 'leaflet_default'?"),
        ("age_from = 11\nage_to = 17", "age_from = 18\nage_to = 17", "'age_from' is above 'age_to'"),
    ],
)
def test_faults_are_told_in_words(tmp_path, old, new, fault):
    """A slip in an entry is one sentence with the file, the place and what is wrong."""
    assert old in TEXT
    path = tmp_path / "national_help.toml"
    path.write_text(TEXT.replace(old, new, 1) if old.startswith("age") else TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(WordsError) as raised:
        read_words(path, NationalHelp)
    assert fault in str(raised.value)


def test_a_check_by_a_person_is_said(tmp_path):
    """Once a role has looked at the live page, the entry may be printed with that date."""
    text = TEXT.replace("verified_count = 30", "verified_count = 31")
    start = text.index('id = "shelter"')
    mended = (
        text[start:]
        .replace("verified = false", "verified = true", 1)
        .replace('checked_on = ""', 'checked_on = "2026-04-03"\nchecked_by_role = "link worker"', 1)
    )
    path = tmp_path / "national_help.toml"
    path.write_text(text[:start] + mended, encoding="utf-8")
    shelter = next(entry for entry in read_words(path, NationalHelp).help if entry.id == "shelter")
    assert say_checked(shelter, TODAY) == "Checked on 3 April 2026."
    assert shelter.number_on(TODAY) == "0808 800 4444"
