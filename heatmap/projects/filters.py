"""What projects can be filtered by: one table for the finding, the address, the page and the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from heatmap.projects.record import Freshness, Project
from heatmap.projects.vocabulary import words_of
from heatmap.words.language import _

#: How sure a project is, as a filter says it.
_FRESHNESS_WORDS: Final = {
    "confirmed": _("Confirmed by its team within a year"),
    "unconfirmed": _("Not yet confirmed by its team"),
    "stale": _("Not confirmed for a year or more"),
}


class Filtered(Protocol):
    """What a filter reads: a record, and how sure it is."""

    @property
    def project(self) -> Project:
        """The record as it was written."""
        ...

    @property
    def freshness(self) -> Freshness:
        """How long ago its team confirmed it."""
        ...


@dataclass(frozen=True)
class Filter:
    """One filter.

    label     what it is called on the page
    anything  what the page says where nothing is filtered by it
    words     what may be asked -> how it is shown
    read      the words that a project has for it
    """

    label: str
    anything: str
    words: Callable[[], dict[str, str]]
    read: Callable[[Filtered], Iterable[str]]


def _filter_by(field: str, label: str, anything: str) -> Filter:
    """A filter by one field of the record, which holds one word or several."""

    def read(one: Filtered) -> Iterable[str]:
        value = getattr(one.project, field)
        return [value] if isinstance(value, str) else value

    return Filter(label, anything, lambda: words_of(field), read)


#: By the key in an address, in the order in which they stand on the page. ``Wanted`` has a field for each.
FILTERS: Final = {
    "theme": _filter_by("themes", _("Theme"), _("Any theme")),
    "setting": _filter_by("settings", _("Setting"), _("Any setting")),
    "level": _filter_by("level", _("What it changes"), _("Practice, system or world")),
    "core20plus5": Filter(
        "Core20PLUS5",
        _("All of Core20PLUS5"),
        lambda: {**words_of("core20plus5_adult"), **words_of("core20plus5_cyp")},
        lambda one: {*one.project.core20plus5_cyp, *one.project.core20plus5_adult},
    ),
    "stage": _filter_by("stage", _("Stage"), _("Any stage")),
    "condition": _filter_by("conditions", _("Condition"), _("Any condition")),
    "population": _filter_by("ages", _("Age"), _("Any age")),
    "partner": _filter_by("partners", _("Partner"), _("Any partner")),
    "relation": _filter_by("relation", _("Whose"), _("WHAM’s and kindred")),
    "freshness": Filter(_("How sure"), _("However sure"), lambda: dict(_FRESHNESS_WORDS), lambda one: [one.freshness]),
}


@dataclass(frozen=True)
class Wanted:
    """Where and by what projects are looked for; "" is everything. Words are those of ``vocabulary``.

    place       the code of an area of any level: its site lies there, or it works there; those for all of England with ``national``
    core20plus5 a tag, of children or of adults
    population  a word of ``ages``
    freshness   confirmed, unconfirmed or stale
    """

    place: str = ""
    national: bool = False
    theme: str = ""
    setting: str = ""
    level: str = ""
    core20plus5: str = ""
    stage: str = ""
    condition: str = ""
    population: str = ""
    partner: str = ""
    relation: str = ""
    freshness: str = ""
