"""Finding projects: by place and theme and whatever else, near a point, like another, or in a place like yours. All in memory."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from heatmap.errors import NotFoundError
from heatmap.geography import level_of
from heatmap.near import great_circle_km
from heatmap.projects.placing import Site, find_site
from heatmap.projects.record import ENGLAND, Freshness, Project, freshness_of
from heatmap.projects.similar_places import SimilarPlace, alike_within, compare, find_similar, measure_differences
from heatmap.projects.vocabulary import say_word, say_words
from heatmap.store import Area, Snapshot
from heatmap.words import _, join_names

#: A stage in which something is being done now.
ACTIVE_STAGES: Final = ("testing", "running", "spread")
#: How much each thing that two projects share makes them alike, and below what they are not.
_ALIKE: Final = {
    "themes": 3.0,
    "conditions": 2.0,
    "core20plus5_cyp": 1.5,
    "core20plus5_adult": 1.5,
    "settings": 0.5,
    "ages": 0.25,
    "partners": 0.25,
}
_LEAST_ALIKE: Final = 1.5
_ORDER: Final[dict[Freshness, int]] = {"confirmed": 0, "unconfirmed": 1, "stale": 2}


@dataclass(frozen=True)
class Kept:
    """A record as it is kept: with its version, whether somebody shared it here (else it ships), and who calls it out of date."""

    project: Project
    version: int = 1
    shared: bool = False
    said_out_of_date: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A project as it is shown.

    site        its point, or None: then it is not drawn as one
    freshness   confirmed within a year, stale, or never confirmed by its team
    active      whether it is being done now, as far as its stage and its end say
    """

    project: Project
    site: Site | None
    freshness: Freshness
    active: bool
    version: int
    shared: bool
    said_out_of_date: tuple[str, ...]
    inside: frozenset[str] = field(repr=False)
    folded: str = field(repr=False)

    @property
    def id(self) -> str:
        """Its address."""
        return self.project.id

    @property
    def authorities(self) -> tuple[str, ...]:
        """The codes of the authorities that it stands in or names."""
        own = [self.site.codes["lad"]] if self.site else []
        return tuple(dict.fromkeys([*own, *(code for code in self.project.areas if level_of(code) == "lad")]))


@dataclass(frozen=True)
class Asked:
    """What is looked for; "" is everything. Words are those of ``vocabulary``.

    place       the code of an area of any level: its site lies there, or it works there; those for all of England with ``national``
    core20plus5 a tag, of children or of adults
    population  a word of ``ages``
    freshness   confirmed, unconfirmed or stale
    search      words of its text, in any order
    """

    place: str = ""
    national: bool = False
    theme: str = ""
    condition: str = ""
    setting: str = ""
    level: str = ""
    population: str = ""
    core20plus5: str = ""
    stage: str = ""
    partner: str = ""
    relation: str = ""
    freshness: str = ""
    search: str = ""


@dataclass(frozen=True)
class Near:
    """A project and how far its site is, in km along a straight line, to 0.1."""

    listed: Listed
    km: float


@dataclass(frozen=True)
class Like:
    """A project like another, and why, in words."""

    listed: Listed
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Elsewhere:
    """A project in a place like the one asked for, with the two places compared."""

    listed: Listed
    place: SimilarPlace


class Projects:
    """All projects that may be shown, in memory.

    today   the day from which age counts
    """

    def __init__(self, kept: Iterable[Kept], snapshot: Snapshot, today: date) -> None:
        self.snapshot, self.today = snapshot, today
        listed = [_list(each, snapshot, today) for each in kept]
        self._listed = sorted(listed, key=lambda one: (_ORDER[one.freshness], one.project.title.casefold(), one.id))
        self._by_id = {one.id: one for one in self._listed}

    def all(self) -> list[Listed]:
        """Every project: confirmed ones first, stale ones last, by title."""
        return list(self._listed)

    def get(self, id_: str) -> Listed:
        """One project. Raises NotFoundError where there is none of that id."""
        if id_ not in self._by_id:
            raise NotFoundError("There is no project at this address. It may have been withdrawn; /api/v1/projects lists those there are.")
        return self._by_id[id_]

    def find(self, asked: Asked) -> list[Listed]:
        """Those that fit everything asked, in the order of ``all``."""
        found = self._listed
        if asked.place and asked.place != ENGLAND:
            above = _above(asked.place, self.snapshot)
            covering = above | {ENGLAND} if asked.national else above
            found = [one for one in found if asked.place in one.inside or not covering.isdisjoint(one.project.areas)]
        for name, column in _COLUMNS:
            if word := getattr(asked, name):
                found = [one for one in found if word in getattr(one.project, column)]
        for name in ("level", "stage", "relation"):
            if word := getattr(asked, name):
                found = [one for one in found if getattr(one.project, name) == word]
        if asked.core20plus5:
            found = [one for one in found if asked.core20plus5 in (*one.project.core20plus5_cyp, *one.project.core20plus5_adult)]
        if asked.freshness:
            found = [one for one in found if one.freshness == asked.freshness]
        for word in fold(asked.search).split():
            found = [one for one in found if word in one.folded]
        return list(found)

    def count(self, found: Iterable[Listed], name: str) -> dict[str, int]:
        """How many of some projects have each word of a field of the record, the commonest first: for chips and lists."""
        words: Counter[str] = Counter()
        for one in found:
            value = getattr(one.project, name)
            words.update([value] if isinstance(value, str) else value)
        return {word: count for word, count in words.most_common() if word}

    def near(self, place: Area | tuple[float, float], limit: int = 5, km: float | None = None) -> list[Near]:
        """The projects whose site is nearest to an area's inside point, or to a point (latitude, longitude), nearest first.

        km  how far at most; without it, however far
        """
        here = (place.row["latitude"], place.row["longitude"]) if isinstance(place, Area) else place
        sited, latitudes, longitudes = self._points
        if not sited:
            return []
        exact = great_circle_km(here[0], here[1], latitudes, longitudes)
        order = np.argsort(exact, kind="stable")
        if km is not None:
            order = order[exact[order] <= km]
        return [Near(sited[row], round(float(exact[row]), 1)) for row in order[:limit].tolist()]

    def like(self, listed: Listed, limit: int = 5) -> list[Like]:
        """Projects like one, the most alike first, each with its reasons: themes and conditions count most, then whom and where."""
        scored = [_liken(listed, other, self.snapshot) for other in self._listed if other.id != listed.id]
        alike = [one for one in scored if one is not None]
        alike.sort(key=lambda one: (-one.score, _ORDER[one.listed.freshness], one.listed.id))
        return alike[:limit]

    def similar_places(self, area: Area, limit: int = 5) -> list[SimilarPlace]:
        """Places like an area, of its level and in other authorities, with what was compared."""
        return find_similar(area, self.snapshot, limit)

    def in_similar_places(self, area: Area, limit: int = 5) -> list[Elsewhere]:
        """Projects in a place like an area, in another authority, the most alike first; their places are compared.

        Below the authorities a project's place is that of its site.
        Only places that are among the twentieth of England's areas most like this one count.
        """
        differences = measure_differences(area, self.snapshot)
        most = alike_within(differences)
        own = area.parents.get("lad", area.code)
        found: list[tuple[float, Listed, str]] = []
        for one in self._listed:
            if own in one.authorities:
                continue
            codes = one.authorities if area.level == "lad" else (one.site.codes[area.level],) if one.site else ()
            nearest = min(((float(differences[self.snapshot.position(code)]), code) for code in codes), default=None)
            if nearest and nearest[0] <= most and nearest[1] != area.code:
                found.append((nearest[0], one, nearest[1]))
        found.sort(key=lambda each: (each[0], _ORDER[each[1].freshness], each[1].id))
        return [
            Elsewhere(one, compare(area, self.snapshot.area(code), self.snapshot, difference)) for difference, one, code in found[:limit]
        ]

    @cached_property
    def _points(self) -> tuple[list[Listed], np.ndarray, np.ndarray]:
        sited = [(one, one.site) for one in self._listed if one.site]
        return (
            [one for one, _site in sited],
            np.array([site.latitude for _one, site in sited]),
            np.array([site.longitude for _one, site in sited]),
        )


_COLUMNS: Final = (
    ("theme", "themes"), ("condition", "conditions"), ("setting", "settings"), ("population", "ages"), ("partner", "partners"),
)  # fmt: skip


def _list(kept: Kept, snapshot: Snapshot, today: date) -> Listed:
    project = kept.project
    site = find_site(project.postcode, snapshot) if project.postcode else None
    inside = set(site.codes.values()) if site else set()
    for code in project.areas:
        inside |= {code} if code == ENGLAND else {code, *snapshot.area(code).parents.values()}
    names = [snapshot.area(code).name for code in inside if level_of(code) in ("lad", "icb", "rgn")]
    words = [word for name in ("themes", "conditions", "settings", "partners", "ages", "core20plus5_cyp", "core20plus5_adult")
             for word in say_words(name, getattr(project, name))]  # fmt: skip
    texts = [
        project.title, project.one_line, project.organisation, project.place, project.population, project.aim, project.what_was_done,
        project.what_we_learnt, project.what_to_reuse, *project.tools, *words, *names,
    ]  # fmt: skip
    return Listed(
        project, site, freshness_of(project, today), is_active(project, today), kept.version, kept.shared, kept.said_out_of_date,
        frozenset(inside), fold("\n".join(texts)),
    )  # fmt: skip


def is_active(project: Project, today: date) -> bool:
    """Whether it is being done now: its stage says so, or, where it says none, it has not ended."""
    if project.stage:
        return project.stage in ACTIVE_STAGES
    return not project.end or project.end >= today.isoformat()[: len(project.end)]


def _above(code: str, snapshot: Snapshot) -> set[str]:
    """An area and those it lies in. Raises NotFoundError for a code we do not have."""
    area = snapshot.area(code)
    return {code, *area.parents.values()}


def _liken(one: Listed, other: Listed, snapshot: Snapshot) -> Like | None:
    score, reasons = 0.0, []
    for name, weight in _ALIKE.items():
        theirs = getattr(other.project, name)
        if shared := [word for word in getattr(one.project, name) if word in theirs]:
            score += weight * len(shared)
            if weight >= _LEAST_ALIKE or name == "settings":
                reasons.append(_say_shared(name, shared))
    if score < _LEAST_ALIKE:
        return None
    if one.project.level and one.project.level == other.project.level:
        score += 0.5
        reasons.append(say_word("level", one.project.level))
    if shared_places := [code for code in one.authorities if code in other.authorities]:
        score += 1
        reasons.append(_("Same authority: {name}").format(name=snapshot.area(shared_places[0]).name))
    return Like(other, round(score, 2), tuple(reasons))


def _say_shared(name: str, shared: Sequence[str]) -> str:
    """What two projects share in one field, as a reason."""
    patterns = {
        "themes": _("Same theme: {words}"), "conditions": _("Same condition: {words}"), "core20plus5_cyp": _("Core20PLUS5: {words}"),
        "core20plus5_adult": _("Core20PLUS5, adults: {words}"), "settings": _("Same setting: {words}"),
    }  # fmt: skip
    return patterns[name].format(words=", ".join(say_words(name, shared)))


def fold(text: str) -> str:
    """A text as it is searched: no capitals and no accents.

    >>> fold("Café ASTHMA")
    'cafe asthma'
    """
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()


def say_where(listed: Listed, snapshot: Snapshot) -> str:
    """Where a project is, in words: as its record says, else its authorities."""
    if listed.project.place:
        return listed.project.place
    return join_names([snapshot.area(code).name for code in listed.authorities]) or _("England")


def asked_names() -> Sequence[str]:
    """The names of what one may look for."""
    return [each.name for each in fields(Asked)]
