"""The words for indicators: closed, each with its care or its reason, and each either on a card or not to be shown."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from heatmap.errors import WordsError
from heatmap.indicators.words import CERTAINTY_WORDS, IndicatorFile, find_indicator_words, read_indicator_words, say_meaning
from heatmap.layers.cards import LayerCard
from heatmap.layers.catalogue import read_catalogue
from heatmap.snapshot import open_snapshot
from heatmap.words.files import read_words
from heatmap.words.phrases import WORDS_DIR, domain_words

FILE = WORDS_DIR / "indicators.toml"
WORDS = read_indicator_words()
CARDS = {card.id: card for card in read_catalogue().values() if card.words in WORDS}


def test_every_record_is_on_a_card_or_not_shown() -> None:
    """What is to be shown has a layer; what is not has none, and its reason stays on record."""
    shown = {card.words for card in CARDS.values()}
    assert shown == {record.id for record in WORDS.values() if record.recommend != "do_not_show"}
    refused = [record for record in WORDS.values() if record.recommend == "do_not_show"]
    assert len([record for record in refused if record.id.startswith("hi_")]) == 13
    assert len([record for record in refused if record.id.startswith("qof_")]) == 2
    assert all(record.title and record.reason.endswith(".") for record in refused)


def test_no_record_is_of_two_files() -> None:
    """A card's words name one record, of domains or of indicators."""
    assert not set(WORDS) & set(domain_words())


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_a_card_says_nothing_again(card) -> None:  # type: ignore[no-untyped-def]
    """Meaning stands in the record alone, and what the page says is the record's."""
    record = WORDS[card.words]
    assert not card.meaning and not card.not_meaning
    assert say_meaning(card) == (record.definition, record.does_not_say)


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_what_words_say_of_the_figures_is_so(card) -> None:  # type: ignore[no-untyped-def]
    """Modelled figures are flagged by cards whose words say so, withheld ones too; what is of a council is drawn at councils."""
    certainty = WORDS[card.words].certainty
    assert not card.flagged or "modelled" in certainty
    assert (card.absent == "suppressed") == ("suppressed_small" in certainty)
    assert ("area_level_lad" in certainty) == (card.geography == "lad24")
    assert card.part_of == "imd" if card.id.split("_england")[0].endswith("2025") else not card.part_of
    assert (card.gradient_scale == "proportion") == (card.larger_areas == "counts")
    assert bool(WORDS[card.words].core20plus5_basis) <= bool(card.core20plus5)
    assert len(card.short) <= 30 and card.order >= 600


def test_groups_are_never_judged() -> None:
    """Ethnic groups, ages and disability are context: neither end is worse."""
    named = [card for card in CARDS.values() if card.words in ("census2021_ethnic_group", "population_age_bands", "census2021_disability")]
    assert len(named) == 10 and {card.polarity for card in named} == {"no_judgement"}


def test_words_are_of_places() -> None:
    """A place is deprived, never the people in it; and the figures are not advice."""
    said = FILE.read_text(encoding="utf-8").lower()
    assert "deprived people" not in said and "deprived families" not in said and "the deprived" not in said


def test_each_sureness_ends_its_sentence() -> None:
    """They are shown one after another."""
    assert all(words.endswith(".") for words in CERTAINTY_WORDS.values())


def test_a_draft_says_so() -> None:
    """No record claims a review that it has not had."""
    assert all(record.is_reviewed == (record.status == "reviewed") for record in WORDS.values())


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('caution = "', 'cautoin = "', "indicators.toml: no such key 'indicator.1.cautoin'. Did you mean 'caution'?"),
        (
            'recommend = "show_with_care"',
            'recommend = "show"',
            "indicators.toml: indicator.1. Give a 'caution' to what is shown with care, and to nothing else.",
        ),
        ('certainty = ["sure"', 'certainty = ["certain"', "indicators.toml: indicator.1.certainty.1 = 'certain'. Input should be"),
    ],
)
def test_each_fault_has_its_sentence(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    """A slip in the file is told with the record and the way on."""
    text = FILE.read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / "indicators.toml"
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(WordsError) as fault:
        read_words(path, IndicatorFile)
    assert any(line.startswith(said) for line in str(fault.value).splitlines())


def test_words_of_a_domain_are_not_an_indicators() -> None:
    """Where a card names a domain, there is no record here."""
    assert find_indicator_words("imd") is None


# ---- what the figures are of ----

DEATHS = {
    "suicides2021": True,
    "infant_deaths2021": True,
    "drug_deaths2020": True,
    "avoidable_deaths2020": True,
    "life_expectancy2020": True,
    "deaths2021": False,
}


@pytest.mark.parametrize(("layer", "three"), DEATHS.items())
def test_figures_of_three_years_say_so(layer: str, three: bool) -> None:
    """Told by the figures: of three overlapping years, a change over three years varies three times as much as over one, and one year's
    change says nothing of the next; of single years, it varies little more, and one year's change is half taken back by the next."""
    snapshot, card = open_snapshot(), CARDS[f"{layer}_england_lad24"]
    assert isinstance(card, LayerCard)
    figures = np.array([snapshot.table(card.id, period)["lad"].value.to_numpy(float) for period in card.periods])
    spread = [np.median([np.nanvar(later - sooner) for sooner, later in zip(figures, figures[lag:], strict=False)]) for lag in (1, 3)]
    moves = np.diff(figures, axis=0)
    known = ~np.isnan(moves).any(axis=0)
    back = np.median([np.corrcoef(one[known], two[known])[0, 1] for one, two in pairwise(moves)])
    assert (spread[1] / spread[0] > 2.2, back > -0.2) == (three, three), (spread, back)
    assert ("three years together" in card.unit, "three years together" in WORDS[card.words].definition) == (three, three)


def test_rates_that_allow_for_age_say_so_in_their_unit() -> None:
    """Whoever compares two rates sees beside the number that ages are allowed for; and a unit says it of no other."""
    rates = [card for card in CARDS.values() if isinstance(card, LayerCard) and card.unit.startswith("per ")]
    assert len(rates) > 10
    for card in rates:
        assert ("allowing for age" in WORDS[card.words].definition) == ("age-standardised" in card.unit), card.id


@pytest.mark.parametrize(
    "layer", ["noise_complaints2020_england_lad24", "school_mental_health2021_england_lad24", "not_entering_he2025_england_lsoa21"]
)
def test_what_may_be_good_or_bad_is_not_judged(layer: str) -> None:
    """Complaints, recorded needs and other paths than university: neither end is worse, and the words say why."""
    card = CARDS[layer]
    assert isinstance(card, LayerCard)
    assert card.polarity == "no_judgement" and "judge neither end" in WORDS[card.words].polarity_reason


def test_no_reason_contradicts_its_card() -> None:
    """A card that judges gives a reason to; one that does not never calls an end worse."""
    for card in CARDS.values():
        if isinstance(card, LayerCard):
            reason = WORDS[card.words].polarity_reason
            assert card.polarity != "no_judgement" or not reason.endswith("is worse."), card.id
            assert card.polarity == "no_judgement" or "neither end" not in reason, card.id


def test_unemployment_names_its_denominator() -> None:
    """Of those at work or looking for work; not of all who want work."""
    card = CARDS["unemployment2021_england_lad24"]
    assert isinstance(card, LayerCard)
    assert card.unit == "% of people aged 16 and over at work or looking for work"
