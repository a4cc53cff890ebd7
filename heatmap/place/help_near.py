"""What helps near a place: the lists of places under WHAM's headings, by distance, and what applies anywhere beside them.

Distances are straight lines from the middle of the area's postcodes; beside them it is said how many of these have a place within
reach. An entry of an official register does not age; one of a community list is marked a year after its last check and, a year
later, hidden behind a switch. The day is always given.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from heatmap.distances import KM_AN_HOUR, great_circle_km, plant, say_share_within, share_within
from heatmap.layers.cards import HEADINGS, POINT_COLUMNS, Heading, PointsCard
from heatmap.layers.websites import safe_website
from heatmap.place.ages import fits_age
from heatmap.place.national_help import CRISIS, Help, Need, filter_help, group_by_heading, order_help, read_national_help
from heatmap.place.prompts import read_prompts
from heatmap.snapshot import Area, Snapshot
from heatmap.words.days import months_since, say_day
from heatmap.words.files import translated
from heatmap.words.language import _
from heatmap.words.readers import Age

#: How far one may look, in kilometres, and how far one looks unless asked.
DISTANCES: Final = (1, 3, 5, 10)
WITHIN: Final = 3
#: No list is longer than this; a shorter distance or one kind shows the others.
MOST_EACH: Final = 20
#: Months after which a community list's entry is marked, and after which it is hidden.
MARKED_AFTER, HIDDEN_AFTER = 12, 24
#: Kilometres in a degree of latitude.
_KM_A_DEGREE: Final = 111.19
#: Hospitals by their names: private ones, some of which the list counts as NHS; large ones; and smaller ones with a large name.
_PRIVATE: Final = re.compile(r"\b(spire|bmi|nuffield health|nuffield hospital|ramsay|circle|capio|private|hca|priory)\b", re.IGNORECASE)
_LARGE: Final = re.compile(r"\b(children'?s?|general|infirmary|university|royal|foundation trust)\b", re.IGNORECASE)
_SMALL: Final = re.compile(r"\b(community|dental|day|eye|cottage|memorial|mental|rehabilitation|hospice)\b", re.IGNORECASE)
#: Rows of a list, by number.
Rows = npt.NDArray[np.int64]
#: How sure we are of an entry: in a register; checked lately; long ago; so long ago that it is hidden; no date at all.
State = Literal["register", "fresh", "old", "hidden", "undated"]
#: What kinds of places help with, where an entry does not say itself.
_NEEDS: Final[dict[str, tuple[Need, ...]]] = {
    "care": ("health_care",),
    "hospital": ("health_care",),
    "pharmacy": ("health_care",),
    "essentials": ("food",),
    "library": ("digital_access", "loneliness"),
    "school": ("school",),
    "project": (),
    "advice": ("money",),
}


@dataclass(frozen=True)
class HelpAsked:
    """What the reader wants to see: "" is everything.

    kind    the word of a points layer, as in the map's address
    older   entries unchecked for two years too
    """

    need: Need | Literal[""] = ""
    kind: str = ""
    age: Age | Literal[""] = ""
    km: float = WITHIN
    older: bool = False


@dataclass(frozen=True)
class Service:
    """One place, as its list has it; what the list does not say is ""."""

    layer: str
    id: str
    name: str
    what: str
    need: str
    ages: str
    eligibility: str
    cost: str
    access: str
    languages: str
    opening: str
    phone: str
    website: str
    address: str
    postcode: str
    checked_on: str
    latitude: float
    longitude: float
    placed: str
    km: float
    minutes: int
    state: State


@dataclass(frozen=True)
class KindNear:
    """One kind of place: the nearest within the distance; where there is none, the nearest beyond.

    found    MOST_EACH at most, nearest first
    count    how many there are within the distance
    hidden   how many were left out because nobody checked them for two years
    share    how many of 100 postcodes of the neighbourhood have one within the distance
    """

    card: PointsCard
    found: tuple[Service, ...]
    count: int
    beyond: Service | None
    hidden: int = 0
    share: float = 0.0

    @property
    def offered(self) -> tuple[Service, ...]:
        """What a family is offered: those found or, where some postcodes alone have one within the distance, the nearest beyond."""
        return self.found or ((self.beyond,) if self.beyond and self.share else ())

    @property
    def is_spread(self) -> bool:
        """Whether the middle does not speak for every postcode: some have one within the distance and some have none."""
        return self.share < 100 if self.found else self.share > 0


@dataclass(frozen=True)
class HeadingNear:
    """What there is under one heading: the kinds with a list here, and help that applies anywhere."""

    heading: Heading
    kinds: tuple[KindNear, ...]
    national: tuple[Help, ...]

    @property
    def has_list(self) -> bool:
        """Whether any list of places is loaded."""
        return bool(self.kinds)

    @property
    def found(self) -> list[Service]:
        """The places within the distance, nearest first."""
        return sorted((place for kind in self.kinds for place in kind.found), key=lambda place: place.km)

    @property
    def count(self) -> int:
        """How many places there are within the distance."""
        return sum(kind.count for kind in self.kinds)

    def first(self, each: int = 2) -> list[Service]:
        """The nearest of each kind, nearest first, so that no kind crowds out another."""
        return sorted((place for kind in self.kinds for place in order_services(kind, kind.found)[:each]), key=lambda place: place.km)


def order_services(kind: KindNear, places: Sequence[Service]) -> list[Service]:
    """Some places of a kind, ``found`` or ``offered``, as they are named: nearest first, but hospitals by what a family can use.

    Children's and large NHS hospitals come first, told by their names, since our list does not say which have an emergency
    department; then other NHS ones; then those of unknown kind; private ones last.
    """
    return list(places) if kind.card.symbol != "hospital" else sorted(places, key=_hospital_order)


def _hospital_order(place: Service) -> int:
    if _PRIVATE.search(place.name) or not place.what.startswith(("NHS", "Hospital")):
        return 3
    if place.what.startswith("NHS") and _LARGE.search(f"{place.name} {place.what}") and not _SMALL.search(place.name):
        return 0
    return 1 if place.what.startswith("NHS") else 2


def find_help(area: Area, snapshot: Snapshot, today: date, asked: HelpAsked = HelpAsked(), needs: Sequence[str] = ()) -> list[HeadingNear]:
    """Under each heading, what is near a neighbourhood and what helps anywhere.

    today   the day from which an entry's age counts
    needs   ids of needs in this place's order, for the order of national help
    """
    fitting = [each for each in filter_help(read_national_help(), asked.need or None, asked.age or None) if each.id not in CRISIS]
    national = group_by_heading(order_help(fitting, needs, general_first=not asked.age))
    return [
        HeadingNear(
            heading,
            tuple(
                _find_kind(card, area, snapshot, asked, today)
                for card in snapshot.points_cards.values()
                if card.heading == heading and asked.kind in ("", card.index)
            ),
            tuple(national[heading]),
        )
        for heading in HEADINGS
    ]


def _find_kind(card: PointsCard, area: Area, snapshot: Snapshot, asked: HelpAsked, today: date) -> KindNear:
    listed = _read_list(snapshot, card.id)
    fitting, too_old = _fitting(snapshot, card.id, asked.need, asked.age, asked.older, today)
    hidden = len(_within(listed, too_old, area, asked.km)[0])
    rows, km = _within(listed, fitting, area, asked.km)
    if not len(fitting):
        return KindNear(card, (), 0, None, hidden)
    share = share_within(area, _plant_fitting(snapshot, card.id, asked.need, asked.age, asked.older, today), asked.km, snapshot)
    if len(rows):
        return KindNear(card, tuple(_read(listed, rows[:MOST_EACH], km, card, today)), len(rows), None, hidden, share)
    far = great_circle_km(*area.middle, listed.latitude[fitting], listed.longitude[fitting])
    first = int(np.argmin(far))
    return KindNear(card, (), 0, next(_read(listed, fitting[first : first + 1], far[first : first + 1], card, today)), hidden, share)


@dataclass(frozen=True)
class _List:
    """A list of places by column, as Python and numpy have them: a page asks for a few rows of each, and must be quick."""

    text: dict[str, list[str]]
    latitude: npt.NDArray[np.float64]
    longitude: npt.NDArray[np.float64]


@lru_cache(maxsize=64)
def _read_list(snapshot: Snapshot, layer: str) -> _List:
    table = snapshot.places(layer)
    return _List({name: table[name].tolist() for name in _TEXT}, table.latitude.to_numpy(float), table.longitude.to_numpy(float))


@lru_cache(maxsize=256)
def _fitting(snapshot: Snapshot, layer: str, need: str, age: Age | Literal[""], older: bool, today: date) -> tuple[Rows, Rows]:
    """The rows of a list that fit a need and an age: those to show, and those hidden because nobody checked them for so long."""
    card, text = snapshot.points_cards[layer], _read_list(snapshot, layer).text
    fits = np.array(
        [(not need or _fits_need(said, card, need)) and fits_age(ages, age) for said, ages in zip(text["need"], text["ages"], strict=True)],
        bool,
    )
    may_hide = not card.register_month and not older
    old = np.array([may_hide and state_of(card, checked, today) == "hidden" for checked in text["checked_on"]], bool)
    return np.flatnonzero(fits & ~old), np.flatnonzero(fits & old)


@lru_cache(maxsize=128)
def _plant_fitting(snapshot: Snapshot, layer: str, need: str, age: Age | Literal[""], older: bool, today: date) -> cKDTree:
    """The places that ``_fitting`` shows, by where they are."""
    listed, (rows, _old) = _read_list(snapshot, layer), _fitting(snapshot, layer, need, age, older, today)
    return plant(listed.latitude[rows], listed.longitude[rows])


def _within(listed: _List, rows: Rows, area: Area, km: float) -> tuple[Rows, npt.NDArray[np.float64]]:
    """Those of the rows within ``km`` of an area, nearest first, and how far each is."""
    here = area.middle
    up = 1.01 * km / _KM_A_DEGREE  # first a square that holds them all: the exact way is asked of few
    across = up / math.cos(math.radians(here[0]))
    close = rows[(np.abs(listed.latitude[rows] - here[0]) <= up) & (np.abs(listed.longitude[rows] - here[1]) <= across)]
    exact = great_circle_km(*here, listed.latitude[close], listed.longitude[close])
    order = np.argsort(exact, kind="stable")
    order = order[: int((exact <= km).sum())]
    return close[order], exact[order]


def _read(listed: _List, rows: Rows, km: npt.NDArray[np.float64], card: PointsCard, today: date) -> Iterator[Service]:
    for row, far in zip(rows.tolist(), km.tolist(), strict=False):
        said = {name: column[row] for name, column in listed.text.items()}
        yield Service(
            layer=card.id,
            latitude=float(listed.latitude[row]),
            longitude=float(listed.longitude[row]),
            km=round(far, 1),
            minutes=round(far / KM_AN_HOUR * 60),
            state=state_of(card, said["checked_on"], today),
            **said,
        )


_TEXT: Final = (*(column for column in POINT_COLUMNS if column not in ("latitude", "longitude")), "placed")


def state_of(card: PointsCard, checked_on: str, today: date) -> State:
    """How sure we are that an entry still holds.

    checked_on   "2026-05-03", "2026-05", "2026" or ""; a month or a year counts from its first day
    """
    if card.register_month:
        return "register"
    parts = re.findall(r"\d+", checked_on)[:3]
    if not parts or int(parts[0]) < 1000:
        return "undated"
    months = months_since("-".join(parts), today)
    return "fresh" if months < MARKED_AFTER else "old" if months < HIDDEN_AFTER else "hidden"


def _fits_need(said: str, card: PointsCard, need: str) -> bool:
    """Whether what a place says of the needs it meets holds one; of one that says nothing, its kind does."""
    own = {part.strip().lower().replace(" ", "_") for part in re.split(r"[;,|]", said) if part.strip()}
    return need in own if own else need in _NEEDS.get(card.symbol, ())


# ---- in words ----


def say_km(km: float) -> str:
    """
    >>> say_km(0.04), say_km(0.34), say_km(12.6)
    ('under 0.1 km', '0.3 km', '13 km')
    """
    if km < 0.1:
        return _("under 0.1 km")
    return _("{n} km").format(n=f"{km:.1f}" if km < 10 else f"{km:.0f}")


def say_on_foot(minutes: int) -> str:
    """How long a walk is; beyond an hour and a half nobody walks.

    >>> say_on_foot(1), say_on_foot(13), say_on_foot(200)
    ('1 min on foot', '13 min on foot', '')
    """
    return _("{n} min on foot").format(n=max(1, minutes)) if minutes <= 90 else ""


def say_listed(place: Service, card: PointsCard) -> str:
    """How sure we are of an entry: its register's month, or when it was last checked."""
    if place.state == "register":
        return _("As in the register of {month}").format(month=card.register_month)
    if place.state == "undated":
        return _("We do not know when this was last checked. Call first.")
    day = say_day(place.checked_on)
    if card.list_name:
        said = _("In {list} on {day}").format(list=card.list_name, day=day)
        return said if place.state == "fresh" else _("{said}: ring first").format(said=said)
    if place.state == "fresh":
        return _("Checked {day}").format(day=day)
    return _("Last checked {day}: ring first").format(day=day)


def name_need(need: Need) -> str:
    """What somebody may need, in a word or two: as on the conversation cards, and what no card is about.

    >>> name_need("housing"), name_need("family")
    ('Housing', 'Family and children')
    """
    others: dict[str, str] = {
        "family": _("Family and children"),
        "disability": _("Disability"),
        "mental_health": _("Mental health"),
        "health_care": _("Health care"),
    }
    titles = {card.id: card.title for card in read_prompts().prompt}
    return others.get(need) or translated(titles[need])


def say_glance(near: HeadingNear, within: float) -> tuple[str, bool]:
    """One line for the first screen, and whether anything was found."""
    if not near.has_list:
        return _("no local list loaded"), False
    if found := near.first(1):
        names = {kind.card.id: kind_name(kind.card) for kind in near.kinds}
        return ", ".join(_("{kind} {n} min").format(kind=names[place.layer], n=max(1, place.minutes)) for place in found[:2]), True
    nearest = min((kind for kind in near.kinds if kind.beyond), key=lambda kind: kind.beyond.km if kind.beyond else math.inf, default=None)
    if nearest is None or nearest.beyond is None:
        return _("no matches in our lists"), False
    beyond = nearest.beyond
    if nearest.share:
        said = say_share_within(nearest.share, within)
        return _("{kind}: {share}").format(kind=kind_name(nearest.card), share=said), False
    return _("none within {km} km. The nearest is {far} away").format(km=f"{within:g}", far=say_km(beyond.km)), False


def kind_name(card: PointsCard) -> str:
    """One of a kind, in a line; a list we have no word for is called as its card calls it."""
    one = {
        "gp_practices": _("GP"),
        "pharmacies": _("pharmacy"),
        "hospitals": _("hospital"),
        "libraries": _("library"),
        "schools": _("school"),
        "food_banks": _("food bank"),
        "warm_spaces": _("warm space"),
    }
    return one.get(card.index) or card.short.lower()


# ---- safe to show ----


def safe_link(address: str) -> str:
    """A website's address if a browser may follow it, else "": a list is written by others.

    >>> safe_link("https://example.org/a"), safe_link("javascript:alert(1)"), safe_link("www.example.org")
    ('https://example.org/a', '', 'https://www.example.org')
    """
    address = address.strip()
    if re.match(r"www\.[^\s/@]+\.\w+", address):
        address = f"https://{address}"
    return safe_website(address) if len(address) < 400 else ""


def cards_used(near: Iterable[HeadingNear]) -> list[PointsCard]:
    """The lists behind what is shown, each once, for their credits."""
    return list({kind.card.id: kind.card for each in near for kind in each.kinds}.values())
