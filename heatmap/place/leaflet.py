"""A leaflet for a family: what it may hold, what is ticked at first, and how each entry reads. Areas and lists in, entries out.

Everything a family reads goes through ``_`` when the leaflet is made, so that it is said in the language asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import parse_qsl, urlencode

import segno

from heatmap.credits import LEAFLET_CREDIT
from heatmap.distances import say_of_100
from heatmap.layers.cards import Heading, PointsCard
from heatmap.phones import dial
from heatmap.place.address import PlaceAddress, read_place_address
from heatmap.place.help_near import WITHIN, HeadingNear, Service, kind_name, order_services, safe_link, say_km
from heatmap.place.national_help import CRISIS, Help, Need, read_national_help, texts_to_translate
from heatmap.settings import ROOT
from heatmap.words.core20plus5 import Condition
from heatmap.words.days import MONTHS, say_day
from heatmap.words.files import translated
from heatmap.words.language import ENGLISH, _, close_isolates, find_marked, isolate, offered_languages, write_template
from heatmap.words.readers import Age

Print = Literal["page", "large"]
#: How many fit under each heading: on one page, and in large print on two.
MOST: Final[dict[Print, int]] = {"page": 3, "large": 2}
#: How many one may choose from under each heading.
_MOST_OFFERED: Final = 8
#: Kinds of places that are offered but never ticked by themselves: a school or a hospital is not a place to drop in.
_NOT_TICKED: Final = ("schools", "hospitals")
#: A walk that is told in minutes; beyond it the distance is told.
_LONGEST_WALK: Final = 60
#: A line of the leaflet holds about so many letters, and an entry two of them.
_LONGEST_LINE: Final = 92
#: What a place offers must leave room for where it is.
_LONGEST_WHAT: Final = 60


@dataclass(frozen=True)
class LeafletAddress:
    """One leaflet as it stands in the address: ``?print=large&lang=pl&age=child&condition=asthma``.

    What is ticked stands behind the ``#`` of the address, which no server sees (assets/leaflet.js).

    age, condition, need   as on the place's page: whose help is ticked, and which help comes first
    within                 kilometres
    """

    print: Print = "page"
    lang: str = ENGLISH
    age: Age | Literal[""] = ""
    condition: Condition | Literal[""] = ""
    need: Need | Literal[""] = ""
    within: int = WITHIN

    def to_query(self) -> str:
        """The address's query, with its "?", or "" where all is as by default.

        >>> LeafletAddress(age="child", condition="asthma").to_query(), LeafletAddress().to_query()
        ('?age=child&condition=asthma', '')
        """
        written = {
            "print": self.print if self.print != "page" else "",
            "lang": self.lang if self.lang != ENGLISH else "",
            **asdict(self.place_address),
            "within": "" if self.within == WITHIN else self.within,
        }
        said = "&".join(f"{key}={written[key]}" for key in _KEYS if written[key])
        return f"?{said}" if said else ""

    def but(self, **changed: str) -> str:
        """The query of the same leaflet with something changed; "?" alone where that leaves nothing, so that a link holds it.

        >>> LeafletAddress(age="child").but(print="large"), LeafletAddress().but()
        ('?print=large&age=child', '?')
        """
        return replace(self, **changed).to_query() or "?"  # type: ignore[arg-type]

    @property
    def place_address(self) -> PlaceAddress:
        """The page of the place from which this leaflet comes."""
        return PlaceAddress(age=self.age, condition=self.condition, need=self.need, within=self.within)


_KEYS: Final = tuple(each.name for each in fields(LeafletAddress))


def leaflet_of(address: PlaceAddress) -> LeafletAddress:
    """The leaflet that a place's page leads to: the same age, condition, need and distance."""
    return LeafletAddress(age=address.age, condition=address.condition, need=address.need, within=address.within)


def read_leaflet_address(query: str) -> LeafletAddress:
    """What a query asks for; anything unknown is left out.

    >>> read_leaflet_address("?print=large&lang=xx&age=young_person").age
    'young_person'
    """
    asked = dict(parse_qsl(query.removeprefix("?")[:500]))
    shared = [(key, asked[key]) for key in ("age", "condition", "need", "within") if key in asked]
    page, _notices = read_place_address(f"?{urlencode(shared)}")
    lang = asked.get("lang", "")
    return replace(
        leaflet_of(page), print="large" if asked.get("print") == "large" else "page", lang=lang if lang in offered_languages() else ENGLISH
    )


@dataclass(frozen=True)
class Entry:
    """One entry that may stand on the leaflet.

    words    what it offers and where it is, in two lines at most
    sure     of when it is, or when its number was seen to be right
    way      what its QR code holds: a website, or a number to ring
    point    latitude and longitude, for a place near; None for help that applies anywhere
    ticked   whether it stands there at first
    """

    id: str
    name: str
    words: str
    phone: str
    sure: str
    way: str
    point: tuple[float, float] | None
    ticked: bool


@dataclass(frozen=True)
class LeafletPart:
    """What stands under one heading."""

    heading: Heading
    entries: tuple[Entry, ...]


def make_leaflet(near: Sequence[HeadingNear], address: LeafletAddress, today: date) -> list[LeafletPart]:
    """Under each heading what one may choose, the nearest first, then help that applies anywhere; so many are ticked as fit.

    Help that nobody has confirmed is not offered: it may not be printed. Help for some ages only is ticked where an age is asked for.

    today   from which the age of national numbers counts
    """
    return [LeafletPart(each.heading, tuple(_tick(each, MOST[address.print], address.age, today))) for each in near]


def _tick(near: HeadingNear, most: int, age: Age | Literal[""], today: date) -> Iterator[Entry]:
    cards = {kind.card.id: kind.card for kind in near.kinds}
    found = [order_services(kind, kind.offered) for kind in near.kinds]
    turns = [[places[turn] for places in found if len(places) > turn] for turn in range(3)]
    places = [place for turn in turns for place in sorted(turn, key=lambda each: each.km)]
    left = most
    for place in places[:_MOST_OFFERED]:
        card = cards[place.layer]
        ticked = left > 0 and card.index not in _NOT_TICKED and place.state in ("register", "fresh")
        left -= ticked
        yield _from_place(place, card, ticked)
    offered = [each for each in near.national if each.printable and each.id not in CRISIS][:_MOST_OFFERED]
    chosen = _choose_help(offered, left, age)
    for entry in offered:
        yield _from_help(entry, entry in chosen, today)


def _choose_help(offered: Sequence[Help], most: int, age: Age | Literal[""]) -> list[Help]:
    """What is ticked of the help that applies anywhere, in its order; for a young person the last of it is help for their own age."""
    able = [each for each in offered if each.leaflet_default and (each.is_for_all_ages or (age and each.is_mostly_for(age)))]
    chosen = able[:most]
    own = [each for each in able if age == "young_person" and not each.is_for_all_ages]
    if len(chosen) > 1 and own and not set(own) & set(chosen):
        chosen[-1] = own[0]
    return chosen


def _from_place(place: Service, card: PointsCard, ticked: bool) -> Entry:
    number, website = dial(place.phone), safe_link(place.website)
    street = ", ".join(place.address.split(", ")[:2])
    where = isolate(", ".join(part for part in (shorten(street, 48), place.postcode.replace(" ", "\u00a0")) if part))
    words = [_what(place, card), where, say_way(place.km, place.minutes)]
    if place.state in ("old", "hidden", "undated"):
        words.append(_("Ring first"))
    return Entry(
        f"{card.index}-{place.id}",
        place.name,
        ". ".join(word for word in words if word) + ".",
        place.phone if number else "",
        _say_sure(place, card),
        website or (f"tel:{number}" if number else ""),
        (place.latitude, place.longitude),
        ticked,
    )


def _say_sure(place: Service, card: PointsCard) -> str:
    """Of when an entry is: its register's month, or its last check."""
    if place.state == "register":
        return _("List of {month}").format(month=_say_month(card.register_month))
    if place.state == "undated":
        return ""
    if card.list_name:
        return _("In {list} on {day}").format(list=card.list_name, day=say_day(place.checked_on))
    return _("Checked {day}").format(day=say_day(place.checked_on))


def _say_month(month: str) -> str:
    """A register's month in the leaflet's language; a year alone stays one.

    >>> _say_month("February 2026"), _say_month("2022")
    ('February 2026', '2022')
    """
    name, _space, year = month.rpartition(" ")
    return say_day(f"{year}-{MONTHS.index(name) + 1:02d}") if name in MONTHS else month


def _what(place: Service, card: PointsCard) -> str:
    """What a place offers, in a few plain words; "" where its name says it. A list may tell a whole story: its first words stand."""
    return {
        "libraries": _("Warm and free, with computers"),
        "pharmacies": _("No need to book"),
        "gp_practices": "",
        "schools": translated(place.what),
        "hospitals": "",
    }.get(card.index, shorten(first_sentence(translated(place.what)).rstrip("."), _LONGEST_WHAT))


def _from_help(entry: Help, ticked: bool, today: date) -> Entry:
    number, website = entry.number_on(today), safe_link(entry.website)
    shown = number if entry.phone else _("Text {number}").format(number=isolate(number)) if number else ""
    words = shorten(first_sentence(translated(entry.offers)))
    if not shown and website:  # of a number too old to give the website is what helps
        words = f"{words} {isolate(say_website(website))}"
    seen = _("Number seen {day}").format(day=say_day(entry.checked_on)) if entry.checked_on else _("Number seen, day unknown")
    sure = "" if entry.fixed_number or not shown else seen
    return Entry(
        f"help-{entry.id}",
        translated(entry.name),
        words,
        shown,
        sure,
        website or (f"tel:{dial(number)}" if dial(number) else ""),
        None,
        ticked,
    )


def say_way(km: float, minutes: int) -> str:
    """How far, as a family hears it.

    >>> say_way(1.1, 14), say_way(0.0, 0), say_way(7.2, 90)
    ('14 minutes’ walk', '1 minute’s walk', '7.2 km away')
    """
    if minutes > _LONGEST_WALK:
        return _("{far} away").format(far=say_km(km))
    return _("1 minute’s walk") if minutes <= 1 else _("{n} minutes’ walk").format(n=minutes)


def say_website(address: str, most: int = 36) -> str:
    """A website as one types it; of a long address only the part that says whose it is: the QR code holds it all.

    >>> say_website("https://www.turn2us.org.uk"), say_website("https://council.org.uk/information-advice-and-support-network")
    ('turn2us.org.uk', 'council.org.uk')
    """
    typed = address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return typed if len(typed) <= most else typed.partition("/")[0]


def first_sentence(text: str) -> str:
    """
    >>> first_sentence("A free lunch at school. Ask the office.")
    'A free lunch at school.'
    """
    head, stop, _rest = text.partition(". ")
    return close_isolates(f"{head}.") if stop else text


def shorten(text: str, most: int = _LONGEST_LINE) -> str:
    """A text cut after a word, so that an entry keeps its two lines.

    >>> shorten("one two three", 9)
    'one two …'
    """
    if len(text) <= most:
        return text
    return close_isolates(text[:most].rsplit(" ", 1)[0].rstrip(",.;") + " …")


@lru_cache(maxsize=4000)
def draw_qr(way: str) -> str:
    """A QR code as a picture's address: black on white, with error correction for a creased sheet."""
    return str(segno.make(way, error="m", micro=False).svg_data_uri(scale=4, border=2, omitsize=True, encode_minimal=True))


def crisis_words() -> list[tuple[str, str]]:
    """The lines at the foot: for whom, and what to do."""
    return [
        (_("Feeling ill and not sure what to do?"), _("Call NHS 111")),
        (_("Children and young people"), _("Childline {number}").format(number=isolate("0800\u00a01111"))),
        (_("Life in danger"), _("Call 999")),
    ]


def say_made_on(today: date) -> str:
    """When it was made, and that times change."""
    return _(
        "Made on {day} with the WHAM HeatMap. Ring before you go: times change. Walking times are straight lines from the middle of the"
        " postcodes in your area."
    ).format(day=say_day(today.isoformat()))


def say_how_spread(near: Sequence[HeadingNear], within: float) -> str:
    """Where homes are far apart, how many postcodes have one of each kind within the distance; "" where the middle speaks for all."""
    spread = [kind for each in near for kind in each.kinds if kind.is_spread and kind.card.index not in _NOT_TICKED]
    if not spread:
        return ""
    return _("Homes here are far apart. Of 100 postcodes, this many have one within {km} km: {list}.").format(
        km=f"{within:g}", list=", ".join(f"{kind_name(kind.card)} {say_of_100(kind.share)}" for kind in spread)
    )


def leaflet_texts() -> list[str]:
    """Every text of the leaflet in English, for the translators' list (docs/add-a-language.md)."""
    here = ROOT / "heatmap"
    marked = find_marked(here / "place" / "leaflet.py", here / "pages" / "place" / "leaflet.py")
    shared = find_marked(
        *(here / name for name in ("place/help_near.py", "distances.py", "place/national_help.py", "words/files.py", "words/days.py"))
    )
    names = [entry.name for entry in read_national_help() if entry.printable]
    return list(dict.fromkeys([*marked, *shared, LEAFLET_CREDIT, *names, *texts_to_translate()]))


if __name__ == "__main__":  # the list for a translator: python -m heatmap.place.leaflet > pl.po (docs/add-a-language.md)
    sys.stdout.write(write_template(leaflet_texts()))
