"""Words for every indicator: what it is and does not say, why it matters in a consultation, how sure we are, and with what care to show it.

A card names its record in ``words``. What stands on the card (title, question, unit, polarity, theme, tags) is not said again here.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from heatmap.layers.cards import Card
from heatmap.words.files import Reviewed, SourcePage, WordFile, Words, open_words
from heatmap.words.language import _
from heatmap.words.phrases import domain_words

#: What a reader may be told about how a figure was made, whose it is, and how sure its meaning is.
Certainty = Literal[
    "sure", "fairly_sure",
    "year_not_confirmed", "age_range_not_confirmed", "age_or_household_group_not_confirmed", "period_not_confirmed",
    "unit_not_stated", "definition_from_2018_edition",
    "modelled", "composite", "z_score", "smoothed_by_publisher", "estimated_from_practices", "survey_noise", "straight_line",
    "edge_of_england", "age_sex_standardised", "not_age_standardised",
    "suppressed_small", "rounded_to_5", "census_disclosure_control", "small_numbers",
    "area_level_lad", "area_level_msoa", "area_level_ward", "best_fit_2011", "old_boundaries", "lad21_codes",
    "carried_forward", "old", "provisional_2021", "pandemic",
    "recorded_not_experienced", "outliers", "practices_missing", "misleading_denominator", "implausible_values", "sensitive_context",
    "licence_to_confirm",
]  # fmt: skip
#: Those of them that a reader should be told in words; the rest a person should look up in the publisher's own report.
CERTAINTY_WORDS: Final[dict[str, str]] = {
    "year_not_confirmed": _("The years it counts are not confirmed."),
    "period_not_confirmed": _("The time it counts is not confirmed."),
    "age_range_not_confirmed": _("The ages it counts are not confirmed."),
    "age_or_household_group_not_confirmed": _("Which households it counts is not confirmed."),
    "unit_not_stated": _("The publisher’s file does not state the unit."),
    "definition_from_2018_edition": _("What it means is read off the first edition of the index."),
    "modelled": _("An estimate from a model."),
    "composite": _("Put together from several figures."),
    "smoothed_by_publisher": _("Smoothed by the publisher, as the numbers are small."),
    "estimated_from_practices": _("Estimated from GP practices, by where their patients live."),
    "survey_noise": _("From a survey, so most changes from year to year are chance."),
    "age_sex_standardised": _("Allows for age and sex."),
    "not_age_standardised": _("Not adjusted for age, so places with more older people look worse."),
    "suppressed_small": _("Small counts are withheld."),
    "rounded_to_5": _("Counts are rounded to the nearest 5."),
    "census_disclosure_control": _("The census changes small counts slightly, so that no one can be identified."),
    "small_numbers": _("Small numbers: it can move a lot by chance."),
    "area_level_lad": _("A figure for the whole council area."),
    "area_level_msoa": _("A figure of the wider area, not of the neighbourhood."),
    "best_fit_2011": _("Measured for the boundaries of 2011."),
    "lad21_codes": _("Measured for the councils of 2021."),
    "carried_forward": _("We do not show years that only repeat another year."),
    "old": _("From before the pandemic."),
    "provisional_2021": _("The last year is provisional."),
    "pandemic": _("Measured during the pandemic."),
    "recorded_not_experienced": _("What was recorded, not all that happened."),
    "outliers": _("A few figures cannot be right."),
    "practices_missing": _("Practices without staff figures are not counted."),
}
Pages = Annotated[tuple[SourcePage, ...], Field(min_length=1)]


class IndicatorWordsMeta(Reviewed):
    """What the file is, and how its judgements were checked."""

    title: Words
    polarity_checked: Words
    core20plus5_basis: Words
    missing_in_raw: Words


class IndicatorWords(Reviewed):
    """One indicator, or several that differ only in whom they count.

    ``recommend``  whether to show it; ``show_with_care`` has a ``caution`` to stand beside the number, ``do_not_show`` a ``reason``
    ``title``      only of what has no card, which would say it
    """

    id: Words
    title: str = ""
    definition: Words
    does_not_say: Words
    why_it_matters: Words
    polarity_reason: Words
    certainty: Annotated[tuple[Certainty, ...], Field(min_length=1)]
    recommend: Literal["show", "show_with_care", "do_not_show"]
    caution: str = ""
    reason: str = ""
    core20plus5_basis: Literal["", "direct", "driver", "outcome"] = ""
    notes: str = ""
    sources: Pages

    @model_validator(mode="after")
    def _recommendation_has_its_words(self) -> IndicatorWords:
        if (self.recommend == "show_with_care") != bool(self.caution):
            raise ValueError("give a 'caution' to what is shown with care, and to nothing else")
        if (self.recommend == "do_not_show") != bool(self.reason and self.title):
            raise ValueError("give a 'title' and a 'reason' to what is not shown, and to nothing else")
        return self

    @property
    def certainty_words(self) -> tuple[str, ...]:
        """How sure we are, a sentence each."""
        return tuple(CERTAINTY_WORDS[each] for each in self.certainty if each in CERTAINTY_WORDS)


class IndicatorFile(WordFile):
    """All of them."""

    meta: IndicatorWordsMeta
    indicator: Annotated[tuple[IndicatorWords, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> IndicatorFile:
        if len({record.id for record in self.indicator}) != len(self.indicator):
            raise ValueError("give each indicator once")
        return self


@cache
def read_indicator_words() -> dict[str, IndicatorWords]:
    """Every record by its id.

    >>> read_indicator_words()["census2021_disability"].certainty_words[0]
    'Not adjusted for age, so places with more older people look worse.'
    """
    return {record.id: record for record in open_words("indicators", IndicatorFile).indicator}


def find_indicator_words(card_words: str) -> IndicatorWords | None:
    """The record that a card's ``words`` names, or None where it names none of an indicator's."""
    return read_indicator_words().get(card_words)


def say_meaning(card: Card) -> tuple[str, str]:
    """What a layer means, and what it does not say."""
    if not card.words:
        return card.meaning, card.not_meaning
    if indicator := find_indicator_words(card.words):
        return card.meaning or indicator.definition, card.not_meaning or indicator.does_not_say
    record = domain_words()[card.words]
    return card.meaning or record["measures"], card.not_meaning or record["does_not_say"]


def say_caution(card: Card) -> str:
    """What must stand beside a layer's figures wherever they are shown; "" where nothing must.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> say_caution(read_catalogue()["not_entering_he2025_england_lsoa21"])
    'Other paths are good paths: an apprenticeship or work counts here as not going on.'
    """
    indicator = find_indicator_words(card.words)
    return indicator.caution if indicator else ""
