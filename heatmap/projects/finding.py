"""Finding projects: by place and theme and whatever else, near a point, like another, or in a place like yours. All in memory."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Final, Literal

import numpy as np

from heatmap.distances import great_circle_km
from heatmap.errors import HeatmapError, NotFoundError
from heatmap.geography.levels import ENGLAND, Level, level_of
from heatmap.projects.filters import FILTERS, Wanted
from heatmap.projects.placing import Site, board_of, find_site, is_area
from heatmap.projects.record import Freshness, Project, freshness_of
from heatmap.projects.search_words import words_alike
from heatmap.projects.similar_places import SimilarPlace, alike_within, compare_places, measure_differences
from heatmap.projects.vocabulary import say_word, say_words
from heatmap.snapshot import Area, Snapshot
from heatmap.words.language import _
from heatmap.words.phrases import join_names

_LOG = logging.getLogger("heatmap.faults")
#: Whether a project is being done now.
Activity = Literal["active", "ended", "idea"]
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
class KeptProject:
    """A record as it is kept: with its version, whether somebody shared it here (else it ships), and who calls it out of date."""

    project: Project
    version: int = 1
    shared: bool = False
    said_out_of_date: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)  # one by one: an answer is kept by it
class Listed:
    """A project as it is shown.

    site        its point, or None: then it is not drawn as one
    freshness   confirmed within a year, stale, or never confirmed by its team
    standing    whether it is being done now, as far as its stage and its end say
    ended_on    when it ended: a year, a month or a day; "" where it has not, or that is not known
    said_out_of_date  the days on which somebody said so
    areas       the codes of the areas that it names, England as a whole among them; those of other years as what they are now
    authorities the codes of the authorities that it stands in or names
    words       of its whole text, each once, as they are searched, with words of one meaning
    """

    project: Project
    site: Site | None
    freshness: Freshness
    standing: Activity
    ended_on: str
    version: int
    shared: bool
    said_out_of_date: tuple[str, ...]
    areas: tuple[str, ...]
    authorities: tuple[str, ...]
    inside: frozenset[str] = field(repr=False)
    words: str = field(repr=False)

    @property
    def id(self) -> str:
        """Its address."""
        return self.project.id

    @property
    def active(self) -> bool:
        """Whether it is being done now."""
        return self.standing == "active"


@dataclass(frozen=True)
class ProjectsAsked(Wanted):
    """What is looked for; ``search`` is words of a project's text, in any order."""

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

    def __init__(self, kept: Iterable[KeptProject], snapshot: Snapshot, today: date) -> None:
        self.snapshot, self.today = snapshot, today
        listed = [found for each in kept if (found := _list_soundly(each, snapshot, today))]
        self._listed = sorted(listed, key=lambda one: (_ORDER[one.freshness], one.project.title.casefold(), one.id))
        self._by_id = {one.id: one for one in self._listed}
        self._marked = _mark_rows(self._listed)
        self._worded = _word_rows(self._listed)
        self._by_level: dict[Level, list[tuple[Listed, tuple[str, ...], list[int]]]] = {}

    def all(self) -> list[Listed]:
        """Every project: confirmed ones first, stale ones last, by title."""
        return list(self._listed)

    def get(self, id_: str) -> Listed:
        """One project. Raises NotFoundError where there is none of that id."""
        if id_ not in self._by_id:
            raise NotFoundError("There is no project at this address. It may have been withdrawn; /api/v1/projects lists those there are.")
        return self._by_id[id_]

    def find(self, asked: ProjectsAsked) -> list[Listed]:
        """Those that fit everything asked, in the order of ``all``."""
        here = [self._marked.get((name, word), _NONE) for name in FILTERS if (word := getattr(asked, name))]
        if asked.place and asked.place != ENGLAND:
            here.append(self._in_place(self.snapshot.resolve(asked.place), asked.national))
        words = fold(asked.search).split()
        if asked.search.strip() and not words:  # signs alone that are passed over
            return []
        here += [self._with_word(word) for word in words]
        rows = sorted(frozenset.intersection(*here)) if here else range(len(self._listed))
        return [self._listed[row] for row in rows]

    def _in_place(self, code: str, national: bool) -> frozenset[int]:
        """The rows of projects with a site in an area, and of those that name it or what it lies in. NotFoundError for a code we do not
        have."""
        covering = {code, *self.snapshot.area(code).parents.values(), board_of(code, self.snapshot), *([ENGLAND] if national else [])}
        named = [self._marked[key] for each in covering if (key := ("named", each)) in self._marked]
        return self._marked.get(("inside", code), _NONE).union(*named)

    def _with_word(self, word: str) -> frozenset[int]:
        """The rows in whose text a word stands, or begins, or is part of another."""
        return frozenset().union(*(rows for whole, rows in self._worded.items() if word in whole))

    def near(self, place: Area | tuple[float, float], limit: int = 5, km: float | None = None) -> list[Near]:
        """The projects whose site is nearest to the middle of an area's postcodes, or to a point (latitude, longitude), nearest first.

        km  how far at most; without it, however far
        """
        here = place.middle if isinstance(place, Area) else place
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
        scored = [(_score(listed, other), other) for other in self._listed if other.id != listed.id]
        alike = [each for each in scored if each[0] >= _LEAST_ALIKE]
        alike.sort(key=lambda each: (-each[0], _ORDER[each[1].freshness], each[1].id))
        return [Like(other, round(score, 2), _say_reasons(listed, other, self.snapshot)) for score, other in alike[:limit]]

    def in_similar_places(self, area: Area, limit: int = 5) -> list[Elsewhere]:
        """Projects in a place like an area, in another authority, the most alike first; their places are compared.

        Below the authorities a project's place is that of its site.
        Only places that are among the twentieth of England's areas most like this one count.
        """
        differences = measure_differences(area, self.snapshot)
        most, own = alike_within(differences), area.parents.get("lad", area.code)
        found: list[tuple[float, Listed, str]] = []
        for one, codes, positions in self._standing(area.level):
            difference, code = min(zip(differences[positions].tolist(), codes, strict=True))
            if difference <= most and code != area.code and own not in one.authorities:
                found.append((difference, one, code))
        found.sort(key=lambda each: (each[0], _ORDER[each[1].freshness], each[1].id))
        return [
            Elsewhere(one, compare_places(area, self.snapshot.area(code), self.snapshot, difference))
            for difference, one, code in found[:limit]
        ]

    def _standing(self, level: Level) -> list[tuple[Listed, tuple[str, ...], list[int]]]:
        """The projects that stand in areas of a level, with the codes and the positions of these."""
        if level not in self._by_level:
            found = []
            for one in self._listed:
                codes = one.authorities if level == "lad" else (one.site.codes[level],) if one.site else ()
                if codes:
                    found.append((one, codes, [self.snapshot.position(code) for code in codes]))
            self._by_level[level] = found
        return self._by_level[level]

    @cached_property
    def _points(self) -> tuple[list[Listed], np.ndarray, np.ndarray]:
        sited = [(one, one.site) for one in self._listed if one.site]
        return (
            [one for one, _site in sited],
            np.array([site.latitude for _one, site in sited]),
            np.array([site.longitude for _one, site in sited]),
        )


_NONE: Final[frozenset[int]] = frozenset()


def _mark_rows(listed: Sequence[Listed]) -> dict[tuple[str, str], frozenset[int]]:
    """What is asked and the word -> the rows that have it; beside them "inside" and "named" with the codes of areas."""
    by_filter = ((name, each.read) for name, each in FILTERS.items())
    marks = (*by_filter, ("inside", lambda one: one.inside), ("named", lambda one: one.areas))
    rows: dict[tuple[str, str], list[int]] = {}
    for row, one in enumerate(listed):
        for name, read in marks:
            for word in read(one):
                rows.setdefault((name, word), []).append(row)
    return {key: frozenset(marked) for key, marked in rows.items()}


def _word_rows(listed: Sequence[Listed]) -> dict[str, list[int]]:
    """Each word of all texts -> the rows that have it."""
    rows: dict[str, list[int]] = {}
    for row, one in enumerate(listed):
        for word in one.words.split():
            rows.setdefault(word, []).append(row)
    return rows


def _list_soundly(kept: KeptProject, snapshot: Snapshot, today: date) -> Listed | None:
    """A project as it is shown; None, and a line in the log, for one that cannot be: it must not hide the others."""
    try:
        return _list(kept, snapshot, today)
    except (HeatmapError, ValueError, LookupError, TypeError) as fault:
        _LOG.error("The project %s cannot be shown: %s", kept.project.id, type(fault).__name__)
        return None


@lru_cache(maxsize=20_000)  # after a change of one project the others are not made anew
def _list(kept: KeptProject, snapshot: Snapshot, today: date) -> Listed:
    project = kept.project
    known = tuple(code for code in project.areas if code == ENGLAND or is_area(code, snapshot))
    if known != project.areas:  # boundaries change, and a record may name an authority that is no more
        project = project.model_copy(update={"areas": known})
    site = find_site(project.postcode, snapshot) if project.postcode else None
    inside = set(site.codes.values()) if site else set()
    areas = tuple(dict.fromkeys(code if code == ENGLAND else snapshot.resolve(code) for code in project.areas))
    for code in areas:
        inside |= {code} if code == ENGLAND else {code, *snapshot.area(code).parents.values(), board_of(code, snapshot)} - {""}
    names = [snapshot.area(code).name for code in inside if level_of(code) in ("lad", "icb", "rgn")]
    words = [
        word
        for name in ("themes", "conditions", "settings", "partners", "ages", "core20plus5_cyp", "core20plus5_adult")
        for word in say_words(name, getattr(project, name))
    ]
    authorities = [site.codes["lad"]] if site else []
    authorities += [code for code in areas if level_of(code) == "lad"]
    texts = [
        project.title,
        project.one_line,
        project.organisation,
        project.place,
        project.where_exactly,
        project.population,
        project.aim,
        project.what_was_done,
        project.what_we_learnt,
        project.what_to_reuse,
        *project.tools,
        *(each.name for each in project.measures),
        *(each.title for each in project.evidence),
        *words,
        *names,
    ]
    return Listed(
        project,
        site,
        freshness_of(project, today),
        activity_of(project, today),
        project.end if has_passed(project.end, today) else "",
        kept.version,
        kept.shared,
        kept.said_out_of_date,
        areas,
        tuple(dict.fromkeys(authorities)),
        frozenset(inside),
        _list_words(texts),
    )


def _list_words(texts: Iterable[str]) -> str:
    """The words of some texts as they are searched, each once, and those that mean the same as some of them."""
    folded = fold("\n".join(texts))
    return " ".join(dict.fromkeys(" ".join([folded, *words_alike(folded, fold)]).split()))


def activity_of(project: Project, today: date) -> Activity:
    """Whether it is being done, has ended, or is an idea still. Once its end is past it has ended, whatever its stage says."""
    if project.stage == "ended" or has_passed(project.end, today):
        return "ended"
    return "idea" if project.stage == "idea" else "active"


def has_passed(end: str, today: date) -> bool:
    """Whether a year, a month or a day is over; "" never is.

    >>> [has_passed(end, date(2026, 11, 25)) for end in ("", "2026", "2026-10", "2026-11-25", "2026-11-24")]
    [False, False, True, False, True]
    """
    return bool(end) and end < today.isoformat()[: len(end)]


def _score(one: Listed, other: Listed) -> float:
    """How alike two projects are; 0 where they share too little."""
    score = sum(weight * len(_shared(one, other, name)) for name, weight in _ALIKE.items())
    if score < _LEAST_ALIKE:
        return 0.0
    same_level = bool(one.project.level) and one.project.level == other.project.level
    return score + 0.5 * same_level + 1.0 * (not set(one.authorities).isdisjoint(other.authorities))


def _shared(one: Listed, other: Listed, name: str) -> list[str]:
    theirs = getattr(other.project, name)
    return [word for word in getattr(one.project, name) if word in theirs] if theirs else []


def _say_reasons(one: Listed, other: Listed, snapshot: Snapshot) -> tuple[str, ...]:
    told = ("themes", "conditions", "core20plus5_cyp", "core20plus5_adult", "settings")
    reasons = [_say_shared(name, shared) for name in told if (shared := _shared(one, other, name))]
    if one.project.level and one.project.level == other.project.level:
        reasons.append(say_word("level", one.project.level))
    if places := [code for code in one.authorities if code in other.authorities]:
        reasons.append(_("Same authority: {name}").format(name=snapshot.area(places[0]).name))
    return tuple(reasons)


def _say_shared(name: str, shared: Sequence[str]) -> str:
    """What two projects share in one field, as a reason."""
    patterns = {
        "themes": _("Same theme: {words}"),
        "conditions": _("Same condition: {words}"),
        "core20plus5_cyp": _("Core20PLUS5: {words}"),
        "core20plus5_adult": _("Core20PLUS5, adults: {words}"),
        "settings": _("Same setting: {words}"),
    }
    return patterns[name].format(words=", ".join(say_words(name, shared)))


#: Signs that a keyboard, a phone or a word processor puts for ' and " and -. The same table is in assets/dom.js.
_SIGNS: Final = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u00b4\u0060\uff07", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
)
#: A hyphen between two letters: "follow-up" is found by "follow up".
_HYPHEN: Final = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
#: Accents and vowel signs that stand upon other letters, and letters that are not seen.
_PASSED_OVER: Final = ("Mn", "Cf")


def fold(text: str) -> str:
    """A text as it is searched, in any script: no capitals, accents or apostrophes, one kind of quote, a blank for a hyphen.

    The dash between two numbers stays: "0-4" is one thing.

    ``heat.fold`` in assets/dom.js is the same rule; one table of examples holds both to it (tests/folded.py).

    >>> fold("Café ASTHMA"), fold("Children’s"), fold("0–4"), fold("食 عيادة Sørensen")
    ('cafe asthma', 'childrens', '0-4', '食 عيادة sørensen')
    """
    plain = unicodedata.normalize("NFKD", text.translate(_SIGNS))
    seen = "".join(letter for letter in plain if unicodedata.category(letter) not in _PASSED_OVER)
    small = seen.upper().lower().replace("ς", "σ")  # ß is ss, and a final sigma is a sigma, as in the browser
    return _HYPHEN.sub(" ", small.replace("'", ""))


def say_project_where(listed: Listed, snapshot: Snapshot) -> str:
    """Where a project is, in words: as its record says, else its authorities."""
    if listed.project.place:
        return listed.project.place
    return join_names([snapshot.area(code).name for code in listed.authorities]) or _("England")
