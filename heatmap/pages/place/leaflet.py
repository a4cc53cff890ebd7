"""The leaflet: chosen help on one A4 page, or in large print on two, for a family to take home.

``/place/E01008966/leaflet?print=large#tick=libraries-1,help-turn2us``. What is ticked is the browser's alone: it stands behind the
``#`` of the address, so that the leaflet can be kept and passed on, and nothing of it is sent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from heatmap.credits import LEAFLET_CREDIT
from heatmap.drawing.elements import Element, el, pictures, sign
from heatmap.errors import NotFoundError
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.place.parts import HEADING_SIGNS, chooser, prompt_needs
from heatmap.place.facts import read_story_facts
from heatmap.place.help_near import DISTANCES, HeadingNear, HelpAsked, find_help
from heatmap.place.leaflet import (
    MOST,
    Entry,
    LeafletAddress,
    LeafletPart,
    crisis_words,
    draw_qr,
    make_leaflet,
    read_leaflet_address,
    say_how_spread,
    say_made_on,
)
from heatmap.place.map import Frame, draw_outlines, frame_of
from heatmap.place.national_help import say_heading_plainly
from heatmap.snapshot import Area, Snapshot, open_snapshot
from heatmap.words.language import _, find_language, isolate, offered_languages, speaking

PATH = "/place/{code}/leaflet"
TITLE = "Leaflet"
#: The picture's size in pixels; and how far a place may be that the map is drawn to hold.
_MAP: Final = (440, 160)
_MAP_KM: Final = 2.5


def title_of(code: str) -> str | None:
    """The leaflet's name; None for anything but a neighbourhood."""
    try:
        area = open_snapshot().area(code)
        return f"Leaflet: {area.title}" if area.level == "lsoa" else None
    except NotFoundError:
        return None


def layout(search: str, code: str) -> list[Any]:
    """The whole page."""
    return drawn_page(PATH, draw_body(code, search, date.today()))


def draw_body(code: str, search: str, today: date) -> list[Element]:
    """What one may choose, and the sheets as they will be printed.

    today   from which the age of entries counts, and the date on the leaflet
    """
    snapshot = open_snapshot()
    area = snapshot.area(code)
    address = read_leaflet_address(search)
    near = _find_near(area, address, snapshot, today)
    with speaking(find_language(address.lang)) as language:
        parts = make_leaflet(near, address, today)
        made = " ".join(filter(None, (say_made_on(today), say_how_spread(near, address.within))))
        sheets = (_draw_large if address.print == "large" else _draw_page)(area, parts, snapshot, made)
    attributes = {"lang": language.code, "dir": language.direction}
    papers = [{**sheet, "props": {**sheet["props"], **attributes}} for sheet in sheets]
    main = el("Main", el("Div", papers, className="sheets", id="leaflet"), id="main", tabIndex=-1)
    return [el("Div", [_toolbar(area, address, parts), main], style=pictures())]


def _find_near(area: Area, address: LeafletAddress, snapshot: Snapshot, today: date) -> list[HeadingNear]:
    """What may stand on the leaflet. Hospitals from further away than the rest: a private clinic nearby is no hospital for all."""
    needs: list[str] = [address.need] if address.need else []
    needs += prompt_needs(read_story_facts(area, snapshot), address.condition)
    near = find_help(area, snapshot, today, HelpAsked(age=address.age, km=address.within), needs)
    wide = {
        kind.card.id: replace(kind, found=kind.found or tuple(filter(None, (kind.beyond,))))
        for each in find_help(area, snapshot, today, HelpAsked(age=address.age, km=max(DISTANCES)))
        for kind in each.kinds
        if kind.card.symbol == "hospital"
    }
    return [replace(each, kinds=tuple(wide.get(kind.card.id, kind) for kind in each.kinds)) for each in near]


# ---- what one may choose ----


def _toolbar(area: Area, address: LeafletAddress, parts: list[LeafletPart]) -> Element:
    forms = (("page", _("One page")), ("large", _("Large print, two pages")))
    links = [
        el("A", words, href=address.but(print=form), **({"aria-current": "true"} if address.print == form else {})) for form, words in forms
    ]
    languages = [(each.name, address.but(lang=each.code), each.code == address.lang) for each in offered_languages().values()]
    choose = [chooser("choose-language", _("Language"), find_language(address.lang).name, languages)] if len(languages) > 1 else []
    most = MOST[address.print]
    ticked = sum(entry.ticked for part in parts for entry in part.entries)
    count = sum(len(part.entries) for part in parts)
    groups = [
        el(
            "Div",
            [el("H2", say_heading_plainly(part.heading)), *(_tick_box(entry) for entry in part.entries)],
            role="group",
            aria_label=say_heading_plainly(part.heading),
            data_group=part.heading,
        )
        for part in parts
        if part.entries
    ]
    ticks = el(
        "Details",
        [
            el(
                "Summary",
                [el("Span", _("{n} of {all} ticked").format(n=ticked, all=count), id="ticked", data_all=str(count)), sign("down", 14)],
                className="chip on",
                id="choose",
            ),
            el(
                "Div",
                [
                    el(
                        "P",
                        _("Choose what to print. There is room for {n} under each heading. Nothing you tick leaves this computer.").format(
                            n=most
                        ),
                        className="s soft",
                    ),
                    *groups,
                ],
                className="ticks",
            ),
        ],
        className="chooser only-script",
        data_most=str(most),
    )
    buttons = [
        el("Button", [sign("save", 18), el("Span", _("Save for offline"))], className="btn", data_do_leaflet="save", id="save-leaflet"),
        el("Button", _("Forget it"), className="btn plain", data_do_leaflet="forget", id="forget-leaflet", hidden=True),
        el("Button", [sign("print", 18), _("Print")], className="btn main", data_do_leaflet="print", id="print-leaflet"),
    ]
    back = el(
        "A",
        [sign("back", 16), _("Back to {place}").format(place=area.title)],
        href=f"/place/{area.code}{address.place_address.to_query()}",
        className="btn plain",
        id="back",
    )
    return el(
        "Section",
        [
            el("H1", _("Leaflet for {place}").format(place=area.title), className="vh"),
            el("Div", [back, el("Div", links, className="seg", role="group", aria_label=_("Print")), *choose, ticks], className="row wrap"),
            el("Div", [el("Span", className="s", role="status", id="leaflet-said"), *buttons], className="row wrap"),
        ],
        className="leaflet-bar noprint row between wrap",
        aria_label=_("Leaflet options"),
    )


def _tick_box(entry: Entry) -> Element:
    return el(
        "Button",
        [el("I", className="tick", aria_hidden="true"), entry.name],
        className="place-switch",
        role="checkbox",
        aria_checked=str(entry.ticked).lower(),
        data_tick=entry.id,
    )


# ---- the sheets ----


def _draw_page(area: Area, parts: list[LeafletPart], snapshot: Snapshot, made: str) -> list[Element]:
    numbers = _numbers(parts)
    top = el("Div", [_head(area, snapshot), _map(area, parts, snapshot)], className="top-of-page")
    sections = el("Div", [_section(part, numbers) for part in parts], className="grid2")
    return [el("Article", [top, sections, _write(), _crisis(), _small(made)], className="a4")]


def _draw_large(area: Area, parts: list[LeafletPart], snapshot: Snapshot, made: str) -> list[Element]:
    numbers = _numbers(parts)
    first = [
        _head(area, snapshot),
        *(_section(part, numbers) for part in parts[:2]),
        _write(),
        el("P", _("Please turn over"), className="turn"),
    ]
    second = [*(_section(part, numbers) for part in parts[2:]), _crisis(), _small(made)]
    return [el("Article", first, className="a4 large"), el("Article", second, className="a4 large")]


def _numbers(parts: list[LeafletPart]) -> dict[str, int]:
    ticked = [entry.id for part in parts for entry in part.entries if entry.ticked]
    return {entry: number for number, entry in enumerate(ticked, 1)}


def _head(area: Area, snapshot: Snapshot) -> Element:
    authority = snapshot.area(area.parents["lad"]).name
    return el(
        "Div",
        [
            el("H2", _("Help near you"), className="title"),
            el("P", isolate(", ".join(dict.fromkeys((area.title, authority)))), className="whose"),
        ],
    )


def _section(part: LeafletPart, numbers: dict[str, int]) -> Element:
    head = el("H3", [_drawn(HEADING_SIGNS[part.heading]), say_heading_plainly(part.heading)])
    entries = [_entry(entry, numbers.get(entry.id, 0)) for entry in part.entries]
    return el("Section", [head, *entries], hidden=not any(entry.ticked for entry in part.entries))


def _drawn(name: str) -> Element:
    """A sign in black, as a picture: printers draw it sharper than the mask that ``sign`` is."""
    return el("Span", className="drawn", style={"backgroundImage": f"var(--sign-{name})"}, aria_hidden="true")


def _entry(entry: Entry, number: int) -> Element:
    sure = [" ", el("Small", entry.sure)] if entry.sure else []
    words = [
        el("P", [el("Span", str(number or ""), className="n"), el("B", isolate(entry.name))]),
        el("P", [entry.words, *([] if entry.phone else sure)]),
        *([el("P", [el("Span", isolate(entry.phone), className="tel"), *sure])] if entry.phone else []),
    ]
    code = (
        [el("Img", src=draw_qr(entry.way), className="qr", alt=_("QR code: {way}").format(way=isolate(entry.way.removeprefix("tel:"))))]
        if entry.way
        else []
    )
    return el("Div", [el("Div", words), *code], className="help", data_entry=entry.id, hidden=not entry.ticked)


def _map(area: Area, parts: list[LeafletPart], snapshot: Snapshot) -> Element:
    """The place shaded, and the ticked places by their numbers where the picture holds them."""
    placed = [(entry, entry.point) for part in parts for entry in part.entries if entry.point]
    frame = _frame(area, [point for entry, point in placed if entry.ticked])
    numbers = _numbers(parts)
    pins = []
    for entry, (latitude, longitude) in placed:
        if frame.holds(latitude, longitude, 13):
            x, y = frame.place(latitude, longitude)
            where = {"left": f"{100 * x / frame.width:.1f}%", "top": f"{100 * y / frame.height:.1f}%"}
            pins.append(
                el("Span", str(numbers.get(entry.id, "")), className="pin", style=where, data_pin=entry.id, hidden=not entry.ticked)
            )
    alt = _("A small map: your neighbourhood is shaded, and numbers show where places are.")
    return el(
        "Div",
        [el("Img", src=draw_outlines(area, snapshot, frame, [point for entry, point in placed if entry.ticked]), alt=alt), *pins],
        className="where",
    )


def _frame(area: Area, points: list[tuple[float, float]]) -> Frame:
    row = area.row
    near = [
        (latitude, longitude)
        for latitude, longitude in points
        if abs(latitude - area.middle[0]) < _MAP_KM / 111 and abs(longitude - area.middle[1]) < _MAP_KM / 65
    ]
    corners = [(row["south"], row["west"]), (row["north"], row["east"])]
    return frame_of([*corners, *near], *_MAP, room=1.35, least_km=1.5)


def _write() -> Element:
    return el("Div", el("Span", _("From your doctor or nurse:")), className="write")


def _crisis() -> Element:
    return el("Div", [el("P", [f"{who} ", el("B", what)]) for who, what in crisis_words()], className="urgent")


def _small(made: str) -> Element:
    return el("P", [made, " ", el("Small", _(LEAFLET_CREDIT))], className="small")
