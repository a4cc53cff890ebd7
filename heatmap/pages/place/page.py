"""The place page: from a neighbourhood's code to its story, what helps near it, and how to raise it.

``/place/E01008966``. A larger area has a shorter page: its shares, and the ways to its neighbourhoods.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from heatmap.credits import ONS_CREDIT
from heatmap.deprivation import CURRENT, DEFAULT_LAYER
from heatmap.drawing.elements import Element, el, pictures, sign
from heatmap.drawing.tokens import colour, ink_on
from heatmap.errors import NotFoundError
from heatmap.geography.levels import SINGULAR, Level
from heatmap.layers.cards import PointsCard
from heatmap.map.panel import describe_larger
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.frame.search_box import draw_search
from heatmap.pages.place.indicators import draw_indicators
from heatmap.pages.place.near import draw_glance, draw_near
from heatmap.pages.place.parts import (
    choose_age,
    choose_condition,
    draw_choice,
    draw_people,
    draw_prompts,
    draw_record,
    draw_story,
    draw_strip,
    prompt_needs,
    register_switch,
    say_under_title,
    story_of,
)
from heatmap.pages.place.young import draw_hello, draw_line, draw_people_to_call, draw_places, draw_sheet, draw_what_matters
from heatmap.pages.projects.near import draw_here
from heatmap.place.address import PlaceAddress, read_place_address
from heatmap.place.facts import read_story_facts
from heatmap.place.help_near import HeadingNear, cards_used, find_help
from heatmap.place.leaflet import leaflet_of
from heatmap.place.map import draw_place, say_place_map
from heatmap.projects.shelf import open_shelf
from heatmap.snapshot import Area, Snapshot, open_snapshot
from heatmap.words.language import _
from heatmap.words.phrases import say_count, say_people, say_rounded

PATH = "/place/{code}"
TITLE = "Place"
HAS_SEARCH = True


def title_of(code: str) -> str | None:
    """The name of the place, or of the choice where a code of another year means several now; None where there is none with this code."""
    snapshot = open_snapshot()
    try:
        return snapshot.area(code).title
    except NotFoundError:
        return _("Which place?") if code in snapshot.former else None


def layout(search: str, code: str) -> list[Any]:
    """The whole page."""
    return drawn_page(PATH, draw_body(code, search, date.today()))


def draw_body(code: str, search: str, today: date) -> list[Element]:
    """The page's main part.

    today   from which the age of entries counts
    """
    snapshot = open_snapshot()
    if (former := snapshot.former.get(code)) and not former.read_as:
        return [el("Main", draw_choice(former, snapshot), className="page place", id="main", tabIndex=-1)]
    area = snapshot.area(code)
    address, notices = read_place_address(search, snapshot.points_names.keys())
    draw = draw_larger if area.level != "lsoa" else draw_young if address.register == "young" else draw_for_clinicians
    notices = [*snapshot.say_read_as([code]), *notices]
    told = [el("Div", [sign("info"), el("Div", " ".join(notices))], className="msg", role="status")] if notices else []
    inside = [_top(area, address, snapshot), _probably(), *told, *draw(area, address, snapshot, today)]
    return [el("Main", inside, className="page place", id="main", tabIndex=-1, style=pictures())]


def _probably() -> Element:
    """Shown by the browser alone, which knows how the postcode was placed (assets/place.js)."""
    words = _("This postcode is probably in this neighbourhood. We worked that out from its map reference.")
    return el("Div", [sign("info"), el("Div", words)], className="msg", id="probably", role="status", hidden=True)


# ---- a neighbourhood ----


def draw_for_clinicians(area: Area, address: PlaceAddress, snapshot: Snapshot, today: date) -> list[Element]:
    """Story, domains, record, map, prompts, and what is near."""
    facts = read_story_facts(area, snapshot)
    near = find_help(area, snapshot, today, address.asked, prompt_needs(facts, address.condition))
    buttons = [
        el("Button", [sign("share", 18), _("Share")], className="btn big", data_do="share"),
        el(
            "A",
            [sign("print", 18), _("Make a leaflet")],
            className="btn main big",
            href=f"/place/{area.code}/leaflet{leaflet_of(address).to_query()}",
            id="to-leaflet",
        ),
    ]
    title = el("Div", [el("H1", area.title, id="place-title", tabIndex=-1), el("P", say_under_title(area), className="soft")])
    return [
        el(
            "Div",
            [title, el("Div", buttons, className="row noprint doings")],
            className="row between wrap top place-title",
        ),
        draw_glance(near, address),
        el(
            "Div",
            [
                el(
                    "Div",
                    [
                        draw_story(story_of(facts, address)),
                        draw_strip(facts, area, snapshot),
                        draw_record(facts),
                        draw_people(area, snapshot),
                    ],
                    className="stack-l",
                ),
                el("Div", [_figure(area, near, snapshot, clinicians=True), draw_prompts(facts, address)], className="stack-l"),
            ],
            className="cols two",
        ),
        draw_near(near, address, snapshot, today),
        draw_here(area, open_shelf(snapshot, today).projects),
        draw_indicators(area, address, snapshot),
        draw_credits(cards_used(near)),
    ]


def draw_young(area: Area, address: PlaceAddress, snapshot: Snapshot, today: date) -> list[Element]:
    """The same place in short words."""
    facts = read_story_facts(area, snapshot)
    near = find_help(
        area, snapshot, today, replace(address.asked, age=address.age or "young_person"), prompt_needs(facts, address.condition)
    )
    said = story_of(facts, address)
    return [
        el(
            "Div",
            [
                draw_hello(area, said, _figure(area, near, snapshot, clinicians=False)),
                el(
                    "Div",
                    [
                        el("Div", [draw_line(facts.decile, said), draw_what_matters()], className="stack-l"),
                        el(
                            "Div",
                            [
                                draw_places(near),
                                draw_people_to_call(area.code, leaflet_of(replace(address, age=address.age or "young_person")).to_query()),
                            ],
                            className="stack-l",
                        ),
                    ],
                    className="cols two",
                ),
                draw_sheet(),
                draw_credits(cards_used(near)),
            ],
            className="young",
        )
    ]


def _figure(area: Area, near: list[HeadingNear], snapshot: Snapshot, clinicians: bool) -> Element:
    """The small map with the nearest of each kind."""
    cards = {kind.card.id: kind.card for each in near for kind in each.kinds}
    pins = tuple((cards[place.layer].symbol, place.latitude, place.longitude) for each in near for place in each.first(2))
    picture = el(
        "Img",
        src=_picture(area.code, snapshot, pins),
        width=620,
        height=400,
        alt=say_place_map(area, snapshot) if clinicians else _("A map of your streets and the places near you"),
    )
    if not clinicians:
        return picture
    caption = [
        el("Span", _("Numbers are tenths: 1 and dark = most deprived (IMD {year})").format(year=CURRENT.year)),
        el("A", _("Open the map"), href=f"/map?area={area.code}"),
    ]
    return el("Figure", [picture, el("Figcaption", caption, className="xs soft row between")], className="box small-map")


@lru_cache(maxsize=500)
def _picture(code: str, snapshot: Snapshot, pins: tuple[tuple[str, float, float], ...]) -> str:
    return draw_place(snapshot.area(code), snapshot, pins)


# ---- a larger area ----


def draw_larger(area: Area, address: PlaceAddress, snapshot: Snapshot, today: date) -> list[Element]:
    """The shares, as on the map's panel, and the ways to the places within."""
    del today
    within = {"rgn": "lad", "icb": "lad", "lad": "msoa", "msoa": "lsoa"}[area.level]
    eyebrow = f"{area.name if area.level == 'msoa' else SINGULAR[area.level].capitalize()} · {area.code} · {say_people(area.population)}"
    title = el("Div", [el("H1", area.title, id="place-title", tabIndex=-1), el("P", eyebrow, className="soft")])
    to_map = el("A", [sign("map", 18), _("Show on the map")], className="btn main big", href=f"/map?area={area.code}&level={area.level}")
    return [
        el(
            "Div",
            [title, el("Div", to_map, className="row noprint")],
            className="row between wrap top place-title",
        ),
        el(
            "Div",
            [
                el("Section", describe_larger(area, snapshot), className="box stack"),
                _places_within(area, within, snapshot),  # type: ignore[arg-type]
            ],
            className="cols even",
        ),
        draw_indicators(area, address, snapshot),
    ]


def _places_within(area: Area, level: Level, snapshot: Snapshot) -> Element:
    """Every area of the next level within, with its tenth or its share in the most deprived tenth, by name."""
    table = snapshot.areas["lsoa"]
    column = f"{area.level}{'24' if area.level in ('lad', 'icb', 'rgn') else '21'}_code"
    own = {"lsoa": "code", "msoa": "msoa21_code", "lad": "lad24_code"}[level]
    codes = sorted({str(code) for code in table.loc[table[column] == area.code, own]}, key=lambda code: (snapshot.area(code).title, code))
    items = []
    for code in codes:
        inner = snapshot.area(code)
        row = snapshot.row(DEFAULT_LAYER, inner) or {}
        token = f"seq-{row['decile']}" if level == "lsoa" else ""
        mark = (
            el("I", str(row["decile"]), className="k big", style={"background": colour(token), "color": ink_on(token)}, aria_hidden="true")
            if token
            else el("Span", f"{say_rounded(row['people_tenth1_percent'], 0)} %", className="num soft")
        )
        name = inner.name if level == "lsoa" else inner.title
        spoken = [el("Span", f", {_('tenth {n}').format(n=row['decile'])}", className="vh")] if token else []
        items.append(el("Li", [mark, el("A", [name, *spoken], href=f"/place/{code}", data_soft="place-title")]))
    note = (
        _("The number is the tenth of the IMD {year}; 1 is the most deprived.").format(year=CURRENT.year)
        if level == "lsoa"
        else _("The figure is the share of people who live in England’s most deprived tenth.")
    )
    heading = el("H2", _("{count} within it").format(count=say_count(len(codes), level)))
    words = el(
        "P",
        [note, " ", _("We can describe a neighbourhood, not a whole council area. Choose one or enter a postcode.")],
        className="s soft",
    )
    return el("Section", [heading, words, el("Ul", items, className="within")], className="box stack")


# ---- what all share ----


def _top(area: Area, address: PlaceAddress, snapshot: Snapshot) -> Element:
    """Where this is, the way to another place, and for whom it is written."""
    crumbs: list[Any] = [el("A", _("England"), href="/map")]
    for above in reversed(snapshot.parents_of(area)):
        if above.level != "icb":
            crumbs += [el("Span", "›", aria_hidden="true"), el("A", above.name, href=f"/place/{above.code}", data_soft="place-title")]
    crumbs += [el("Span", "›", aria_hidden="true"), el("Span", area.code)]
    where = el("Nav", crumbs, className="crumbs", aria_label=_("Where this is"))
    search = draw_search("heat-search", id="search", className="place-search noprint")
    if area.level != "lsoa":
        return el("Div", [where, search], className="place-top")
    chosen = [choose_age(address), choose_condition(address)] if address.register == "clinicians" else []
    return el(
        "Div", [where, search, el("Div", [*chosen, register_switch(address)], className="row wrap noprint for-whom")], className="place-top"
    )


def draw_credits(cards: list[PointsCard]) -> Element:
    """The sources of the lists of places; those of figures and outlines stand at every page's foot, and are not said twice."""
    lists: list[Any] = []
    owed = dict.fromkeys(re.split(r"(?<=\.) ", ONS_CREDIT))
    said = set(owed)
    shorts: dict[tuple[str, str, str, str], list[str]] = {}
    for card in cards:
        source = card.source
        shorts.setdefault((source.publisher, source.title, source.page, source.licence), []).append(card.short)
        owed |= dict.fromkeys(re.split(r"(?<=\.) ", source.attribution))
    for (publisher, title, page, licence), names in shorts.items():
        begin = f"{'; ' if lists else ''}{', '.join(names)}: {publisher}, "
        lists += [begin, el("A", title, href=page, rel="noreferrer"), f" ({licence})"]
    more = " ".join(sentence for sentence in owed if sentence and sentence not in said)
    return el("P", ["Lists of places: ", *lists, ". ", more], className="credit sources-of-lists") if lists else el("P", className="credit")
