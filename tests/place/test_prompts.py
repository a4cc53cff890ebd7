"""Conversation prompts: typed cards, ordered by the place, filtered by condition and age, kind and easy to read."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_age import EASY, LONGEST_EASY_SENTENCE, PLAIN, grade, longest

from heatmap.errors import WordsError
from heatmap.place import prompts
from heatmap.place.drivers import order_prompt_drivers
from heatmap.place.facts import read_story_facts
from heatmap.place.prompts import PromptsFile, filter_prompts, order_prompts, read_prompts
from heatmap.place.what_matters import read_what_matters
from heatmap.snapshot import open_snapshot
from heatmap.words.core20plus5 import read_core20plus5, say_condition
from heatmap.words.files import read_words, say_review
from heatmap.words.phrases import WORDS_DIR, domain_words

CARDS = read_prompts().prompt
SNAPSHOT = open_snapshot()
#: What is never said to a family, nor of one, in a card's own words (what not to say is quoted in its own list).
NEVER = re.compile(
    r"deprived (people|famil|child|patient)|hard[- ]to[- ]reach|did not attend|non-compliant|vulnerable|\bbroken\b|\byou"
    r" should\b|\bsimply\b|!",
    re.IGNORECASE,
)


def ids(ordered):
    """The ids of cards in their order."""
    return [each.prompt.id for each in ordered]


def young_text(card):
    """All that a young person reads on a card."""
    return " ".join([card.young.intro, *card.young.you_could_say, *card.young.what_may_help, card.young.good_to_know])


def spoken_text(card):
    """All that is said aloud to a family."""
    return " ".join([card.clinician.open_with, *card.clinician.ask])


def clinician_text(card):
    """All that a clinician reads on a card, list items as sentences."""
    part = card.clinician
    lines = [part.open_with, *part.ask, *part.listen_for, *part.offer, part.with_teenagers, part.safeguarding, *card.conditions.values()]
    return " ".join(line if line[-1] in ".?!" else f"{line}." for line in lines)


# ---- the order ----


def test_the_place_orders_the_cards():
    """Each driver's first card in turn, as on the mock-up of Kings Heath Park: income, employment, crime, health."""
    facts = read_story_facts(SNAPSHOT.area("E01008966"), SNAPSHOT)
    assert order_prompt_drivers(facts)[:4] == ["income", "employment", "crime", "health"]
    ordered = order_prompts(order_prompt_drivers(facts))
    assert [each.prompt.title for each in ordered][:4] == ["Money", "Work", "Crime and safety", "Caring for someone"]
    assert ordered[0].drivers == ("income", "employment")


def test_a_far_off_place_begins_with_the_journey():
    """Where services are far and homes cold, getting there and housing come before money."""
    facts = read_story_facts(SNAPSHOT.area("E01031871"), SNAPSHOT)
    assert ids(order_prompts(order_prompt_drivers(facts)))[:2] == ["getting_to_appointments", "housing"]


@given(st.lists(st.sampled_from(sorted(set(domain_words()) - {"imd"})), unique=True, max_size=9))
def test_every_card_is_there_once_whatever_drives_the_place(drivers):
    """The place changes the order and nothing else: everyone may be asked anything."""
    ordered = order_prompts(drivers)
    assert sorted(ids(ordered)) == sorted(card.id for card in CARDS)
    named = [bool(each.drivers) for each in ordered]
    assert named == sorted(named, reverse=True)  # cards that a driver brings up stand before the others
    assert not drivers or drivers[0] in ordered[0].drivers


def test_every_driver_brings_up_a_card():
    """No domain, half or supplementary index is without a prompt, and each it names exists."""
    known = {card.id for card in CARDS}
    for name, record in domain_words().items():
        assert record["prompts"], name
        assert set(record["prompts"]) <= known, name
        assert order_prompts([name])[0].prompt.id == record["prompts"][0]


# ---- the filters ----


def test_filter_by_condition_keeps_the_order():
    """Asthma in a place with poor homes: housing first, then air, each with its line for asthma."""
    found = filter_prompts(order_prompts(["living_env", "income"]), condition="asthma")
    assert ids(found)[:2] == ["housing", "money"]
    assert all("asthma" in each.prompt.conditions for each in found)
    assert prompts.say_for_condition(found[0].prompt, "asthma").startswith("Ask about damp, mould and smoke")
    assert prompts.say_for_condition(found[0].prompt, None) == ""


def test_filter_by_age():
    """School is for children and young people; every other card is for all."""
    assert set(ids(order_prompts([]))) - set(ids(filter_prompts(order_prompts([]), age="adult"))) == {"school"}
    assert len(filter_prompts(order_prompts([]), age="young_person")) == len(CARDS)


def test_every_condition_has_cards_and_a_name():
    """Each clinical area that one may filter by leaves at least one card, and has a name to show."""
    for area in read_core20plus5().clinical_area:
        assert filter_prompts(order_prompts([]), condition=area.id), area.id
        assert say_condition(area.id) == area.name


def test_teenagers_are_seen_alone_first():
    """Every card's words for teenagers begin with privacy."""
    for card in CARDS:
        assert prompts.say_with_teenagers(card).startswith("See the young person alone")
        assert "See the young person alone" not in card.clinician.with_teenagers


# ---- the words ----


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_what_families_hear_and_young_people_read_is_easy(card):
    """Grade 6 or below for both, no sentence over twenty words, no bracket inside a sentence."""
    for text in (young_text(card), spoken_text(card)):
        assert grade(text) <= EASY, text
        assert longest([text]) <= LONGEST_EASY_SENTENCE, text
        assert "(" not in text
    assert grade(clinician_text(card)) <= PLAIN


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_cards_are_kind(card):
    """No card holds words of blame; each asks of everyone, has something to offer and says what not to say."""
    assert not (found := NEVER.search(f"{clinician_text(card)} {young_text(card)}")), found
    assert re.search(r"everyone|everybody|every|all children|many|lots", card.clinician.open_with, re.IGNORECASE)
    assert card.clinician.offer and card.clinician.do_not_say
    assert all(question.endswith("?") or "?" in question for question in card.clinician.ask)


def test_a_child_was_not_brought():
    """The word for a missed visit is 'was not brought'; the other stands only among what not to say."""
    card = next(card for card in CARDS if card.id == "getting_to_appointments")
    assert "was not brought" in clinician_text(card)
    assert "You did not attend." in card.clinician.do_not_say


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_every_card_shows_how_far_it_is_reviewed(card):
    """Source, status and date stand on the card; a draft says that it is one."""
    assert card.sources and all(page.url.startswith("http") for page in card.sources)
    assert say_review(card) == "Draft, not yet reviewed by a clinician." or card.reviewed_on is not None


def test_no_answer_is_asked_for():
    """Nothing on a card is a field to fill."""
    assert not re.search(r"_{3,}|\bNHS number\b|date of birth|\bpostcode:", " ".join(clinician_text(card) for card in CARDS), re.IGNORECASE)


def test_texts_for_translators_are_all_that_the_young_read():
    """The translators' list holds every text of the young part, and no empty one."""
    listed = list(prompts.texts_to_translate())
    assert all(listed)
    for card in CARDS:
        assert {card.young.intro, card.young.good_to_know, *card.young.you_could_say, *card.young.what_may_help} <= set(listed)


# ---- the fences ----

ONE_CARD = (WORDS_DIR / "prompts.toml").read_text(encoding="utf-8").split("[[prompt]]")
ONE_CARD = ONE_CARD[0] + "[[prompt]]" + ONE_CARD[1]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("listen_for", "listn_for", "no such key 'prompt.1.clinician.listn_for'. Did you mean 'listen_for'?"),
        ('title = "Money"\n', "", "'prompt.1.title' is missing. Add it."),
        ('drivers = ["income"', 'drivers = ["wealth"', "No domain is called 'wealth'"),
        ('reviewed_by_role = ""', 'reviewed_by_role = "GP"', "Give 'reviewed_by_role' and 'reviewed_on' together"),
        (
            'status = "draft, not yet reviewed by a clinician"\nsources',
            'status = "reviewed"\nsources',
            "'status' is \"reviewed\" when a role",
        ),
        ('asthma = "', 'gout = "', "prompt.1.conditions.gout"),
        ('ages = ["child"', 'ages = ["baby"', "prompt.1.ages.1 = 'baby'"),
        ("[[prompt]]", "[[prompt]", "not readable as TOML"),
    ],
)
def test_faults_are_told_in_words(tmp_path, old, new, fault):
    """A slip in a card is one sentence with the file, the place and the next step."""
    assert old in ONE_CARD
    path = tmp_path / "prompts.toml"
    path.write_text(ONE_CARD.replace(old, new), encoding="utf-8")
    with pytest.raises(WordsError) as raised:
        read_words(path, PromptsFile)
    assert str(raised.value).startswith("prompts.toml: ")
    assert fault in str(raised.value)


def test_a_missing_file_is_told(tmp_path):
    """A file that is not there is named."""
    with pytest.raises(WordsError, match=r"prompts\.toml: there is no such file"):
        read_words(tmp_path / "prompts.toml", PromptsFile)


def test_a_review_is_shown(tmp_path):
    """A role and a date make a card reviewed, and both are shown."""
    text = ONE_CARD.replace('reviewed_by_role = ""', 'reviewed_by_role = "consultant paediatrician"').replace(
        'reviewed_on = ""', "reviewed_on = 2026-05-03"
    )
    head, card = text.split("[[prompt]]")
    path = tmp_path / "prompts.toml"
    path.write_text(head + "[[prompt]]" + card.replace("draft, not yet reviewed by a clinician", "reviewed"), encoding="utf-8")
    assert say_review(read_words(path, PromptsFile).prompt[0]) == "Reviewed: consultant paediatrician, 3 May 2026."


# ---- Core20PLUS5 and the young person's sheet ----


def test_core20plus5_is_whole():
    """Five areas for adults and five for children, in their order; drafts say so; PLUS groups have sources."""
    file = read_core20plus5()
    for group in ("adult", "cyp"):
        assert [area.order for area in file.clinical_area if area.group == group] == [1, 2, 3, 4, 5]
    assert {say_review(record) for record in (file.meta, *file.plus, *file.clinical_area)} == {"Draft, not yet reviewed by a clinician."}


def test_the_sheet_is_easy_to_read():
    """All of "What matters to me" is at grade 6 or below, with no long sentence and no bracket."""
    sheet = read_what_matters()
    text = " ".join([sheet.meta.intro, sheet.meta.pick, sheet.meta.keep_safe, sheet.meta.bring, *(topic.line for topic in sheet.topic)])
    assert grade(text) <= EASY
    assert longest([text]) <= LONGEST_EASY_SENTENCE
    assert "(" not in text
    assert "Nothing is saved or sent." in sheet.meta.pick


def test_the_sheet_begins_with_what_is_good():
    """A young person is asked first what they like, not what is wrong; and it says how to stay safe."""
    sheet = read_what_matters()
    assert sheet.space[0].id == "good_at"
    assert "Childline" in sheet.meta.keep_safe
    assert 8 <= len(sheet.topic) <= 14


def test_files_of_words_are_small_and_have_no_stray_keys():
    """Every file of words that has a model is read by it; together they stay under half a megabyte."""
    assert sum(path.stat().st_size for path in WORDS_DIR.glob("*.toml")) < 500_000
    for name in ("prompts", "core20plus5", "national_help", "what_matters"):
        assert "meta" in tomllib.loads((WORDS_DIR / f"{name}.toml").read_text(encoding="utf-8"))
