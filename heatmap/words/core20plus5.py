"""Core20PLUS5 as data: who it is for (the most deprived fifth, and the PLUS groups) and its clinical areas.

A deployer changes ``data/words/core20plus5.toml``, not code. It guides systems; it is not a test for one patient.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from heatmap.closed import Closed
from heatmap.words.files import Reviewed, SourcePage, WordFile, Words, open_words

#: The clinical areas, adults' and children's: the conditions by which prompts and layers are filtered.
Condition = Literal[
    "maternity",
    "severe_mental_illness",
    "chronic_respiratory",
    "early_cancer",
    "hypertension",
    "asthma",
    "diabetes",
    "epilepsy",
    "oral_health",
    "mental_health",
]
Pages = Annotated[tuple[SourcePage, ...], Field(min_length=1)]


class Core20Plus5Meta(Reviewed):
    """What it is, who publishes it, and what is offered instead of a choice we cannot confirm."""

    title: Words
    publisher: Words
    what: Words
    switch: Words


class Core20(Closed):
    """The most deprived fifth."""

    id: Literal["core20"]
    name: Words
    definition: Words
    in_this_product: Words
    does_not_say: Words
    sources: Pages


class PlusGroup(Reviewed):
    """One group that NHS England expects to see considered."""

    id: Words
    name: Words
    applies_to: Literal["both", "adult", "cyp"]
    includes: tuple[Words, ...] = ()
    sources: Pages


class PlusRule(Closed):
    """How the PLUS groups are chosen."""

    text: Words


class ClinicalArea(Reviewed):
    """One of the five areas for adults, or of the five for children and young people."""

    id: Condition
    group: Literal["adult", "cyp"]
    order: Annotated[int, Field(ge=1, le=5)]
    name: Words
    aim: Words
    notes: str = ""
    sources: Pages


class CrossCutting(Reviewed):
    """What runs through all areas of a group."""

    id: Words
    group: Literal["adult", "cyp"]
    name: Words
    aim: Words
    sources: Pages


class Core20Plus5(WordFile):
    """The whole approach."""

    meta: Core20Plus5Meta
    core20: Core20
    plus: Annotated[tuple[PlusGroup, ...], Field(min_length=1)]
    plus_rule: PlusRule
    clinical_area: tuple[ClinicalArea, ...]
    cross_cutting: tuple[CrossCutting, ...] = ()

    @model_validator(mode="after")
    def _every_area_once(self) -> Core20Plus5:
        if len({area.id for area in self.clinical_area}) != len(self.clinical_area):
            raise ValueError("give each clinical area once")
        if len({group.id for group in self.plus}) != len(self.plus):
            raise ValueError("give each PLUS group once")
        return self


def read_core20plus5() -> Core20Plus5:
    """The approach as the file has it.

    >>> [area.name for area in read_core20plus5().clinical_area if area.group == "cyp"]
    ['Asthma', 'Diabetes', 'Epilepsy', 'Oral health', 'Mental health']
    """
    return open_words("core20plus5", Core20Plus5)


def say_condition(condition: Condition) -> str:
    """The name of a clinical area, for a filter.

    >>> say_condition("severe_mental_illness")
    'Severe mental illness'
    """
    return next(area.name for area in read_core20plus5().clinical_area if area.id == condition)
