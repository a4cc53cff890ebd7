"""Two to six places side by side, by every indicator: ``/compare?areas=E01008966,E01021988``. The link holds codes alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from heatmap.deprivation import CURRENT, DEFAULT_LAYER
from heatmap.drawing.elements import Element, el, pictures, sign
from heatmap.errors import NotFoundError
from heatmap.geography.levels import SINGULAR
from heatmap.indicators.sentences import say_bare, say_figure, say_interval
from heatmap.indicators.standings import Standing, england_value, find_standings, group_by_theme, is_share_of_people
from heatmap.indicators.words import say_caution
from heatmap.layers.words import FLAG_WORDS
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.frame.search_box import draw_search
from heatmap.pages.standing_parts import draw_comparison, draw_doubts
from heatmap.place.phrases import say_standing
from heatmap.snapshot import Area, Snapshot, open_snapshot
from heatmap.words.language import _
from heatmap.words.phrases import join_names, say_people, say_share

PATH = "/compare"
WAY = (30, "Compare")
TITLE = "Compare places"
HAS_SEARCH = True

#: How many places a page compares.
FEWEST: Final = 2
MOST: Final = 6


@dataclass(frozen=True)
class ComparedAreas:
    """The places of a link, and a sentence for each part of it that could not be followed."""

    areas: tuple[Area, ...]
    notices: tuple[str, ...] = ()

    def address(self, without: str = "") -> str:
        """The link of these places, less one.

        >>> ComparedAreas(()).address()
        '/compare'
        """
        codes = [area.code for area in self.areas if area.code != without]
        return f"{PATH}?areas={','.join(codes)}" if codes else PATH


def read_compared(search: str, snapshot: Snapshot) -> ComparedAreas:
    """The places that a link asks for; any text is survived, and none of it is repeated: it may be a postcode."""
    asked = dict(parse_qsl(search.removeprefix("?")[:2000])).get("areas", "")
    codes = list(dict.fromkeys(code.strip().upper() for code in asked.split(",") if code.strip()))
    found: dict[str, Area] = {}
    lost, notices = 0, []
    for code in codes:
        notices += [said] if (said := snapshot.say_former(code)) else []
        try:
            area = snapshot.area(code)
            found.setdefault(area.code, area)
        except NotFoundError:
            lost += not said
    areas = list(found.values())
    if lost:
        notices.append(
            _("The link has {n} that is no code for an area in England. We skipped it.").format(n=lost)
            if lost == 1
            else _("The link has {n} that are no codes for areas in England. We skipped them.").format(n=lost)
        )
    if len(areas) > MOST:
        notices.append(_("We can show six places side by side. We skipped the others."))
    return ComparedAreas(tuple(areas[:MOST]), tuple(notices))


def layout(search: str) -> list[Any]:
    """The whole page; a place more or less is another address."""
    return drawn_page(PATH, draw_body(search))


def draw_body(search: str) -> list[Element]:
    """The page's main part."""
    snapshot = open_snapshot()
    compared = read_compared(search, snapshot)
    codes = ",".join(area.code for area in compared.areas)
    told = [el("Div", [sign("info"), el("Div", " ".join(compared.notices))], className="msg", role="status")] if compared.notices else []
    inside = [
        el("H1", _("Compare places"), id="place-title", tabIndex=-1),
        *told,
        el(
            "Div",
            [draw_search("heat-search", id="search", className="place-search noprint"), *_places(compared)],
            id="compare-areas",
            data_codes=codes,
            className="compare-top",
        ),
        *(_draw_tables(compared.areas, snapshot) if len(compared.areas) >= FEWEST else [_say_what_to_do(compared)]),
    ]
    return [el("Main", inside, className="page place compare", id="main", tabIndex=-1, style=pictures())]


def _places(compared: ComparedAreas) -> list[Element]:
    """A chip for each place, which takes it off."""
    chips = [
        el(
            "Li",
            el(
                "A",
                [area.title, el("Span", _(": take off"), className="vh"), sign("close", 14)],
                href=compared.address(without=area.code),
                className="chip on",
            ),
        )
        for area in compared.areas
    ]
    return [el("Ul", chips, className="row wrap noprint", aria_label=_("Places compared"))] if chips else []


def _say_what_to_do(compared: ComparedAreas) -> Element:
    words = (
        _("Find a second place to compare with {name}: another neighbourhood, an authority or a region.").format(
            name=compared.areas[0].title
        )
        if compared.areas
        else _("Find the first place above: a postcode, a neighbourhood, an authority, an NHS board or a region. Then find a second.")
    )
    example = el("A", _("Try Kings Heath and Jaywick"), href=f"{PATH}?areas=E01008966,E01021988", className="btn")
    return el("Section", [el("P", words), el("P", example)], className="box stack")


# ---- side by side ----


def _draw_tables(areas: Sequence[Area], snapshot: Snapshot) -> list[Element]:
    standings = {area.code: {each.card.id: each for each in find_standings(area.code, snapshot)} for area in areas}
    firsts = {layer: each for found in standings.values() for layer, each in found.items()}
    in_order = [firsts[card.id] for card in snapshot.cards.values() if card.id in firsts]
    head = el("Tr", [el("Th", _("Indicator"), scope="col"), *(_head(area) for area in areas), el("Th", _("England"), scope="col")])
    rows: list[Element] = [_draw_people(areas), _draw_deprivation(areas, snapshot)]
    for theme, each in group_by_theme(in_order):
        rows.append(el("Tr", el("Th", theme, colSpan=len(areas) + 2, scope="rowgroup"), className="theme-row"))
        rows += [_draw_row(first, areas, [standings[area.code].get(first.card.id) for area in areas], snapshot) for first in each]
    caption = _("{names}, by every indicator").format(names=join_names([area.title for area in areas]))
    table = el("Table", [el("Caption", caption, className="vh"), head, *rows], className="indicators side-by-side")
    return [
        el("P", _say_how(), className="s soft"),
        el("Div", table, className="table-scroll", tabIndex=0, role="region", aria_label=caption),
        el(
            "P",
            [
                el(
                    "A",
                    _("All figures of {name} (CSV)").format(name=area.title),
                    href=f"/api/v1/areas/{area.code}/indicators?format=csv",
                    download=True,
                )
                for area in areas
            ],
            className="row wrap s noprint",
        ),
    ]


def _say_how() -> str:
    return _(
        "We compare each figure with England’s, not with the other places’: “worse” and “better” are said where England’s figure lies"
        " outside the interval, or by fifths where no interval is published. Where intervals overlap, two places may differ by chance."
    )


def _head(area: Area) -> Element:
    kind = area.name if area.level == "lsoa" else SINGULAR[area.level]
    return el(
        "Th", [el("A", area.title, href=f"/place/{area.code}"), el("Span", f"{kind} · {area.code}", className="xs soft")], scope="col"
    )


def _draw_people(areas: Sequence[Area]) -> Element:
    cells = [el("Td", say_people(area.population)) for area in areas]
    return el("Tr", [el("Th", _("People, mid-2022"), scope="row"), *cells, el("Td")])


def _draw_deprivation(areas: Sequence[Area], snapshot: Snapshot) -> Element:
    cells = []
    for area in areas:
        row = snapshot.row(DEFAULT_LAYER, area) or {}
        words = (
            say_standing(row["decile"], row["rank"], snapshot.cards[DEFAULT_LAYER].rows)
            if area.level == "lsoa"
            else say_share(row["people_tenth1_percent"], _("in England’s most deprived tenth"))
        )
        cells.append(el("Td", words))
    return el("Tr", [el("Th", _("Deprivation (IMD {year})").format(year=CURRENT.year), scope="row"), *cells, el("Td")])


def _draw_row(first: Standing, areas: Sequence[Area], standings: Sequence[Standing | None], snapshot: Snapshot) -> Element:
    card = first.card
    name: list[Any] = [
        el("A", card.short, href=f"/layers?layer={card.id}", title=card.question),
        el("Span", card.period, className="xs soft"),
    ]
    if caution := say_caution(card):
        name.append(el("Span", [el("B", _("With care. ")), caution], className="xs soft care"))
    cells = [el("Td", _draw_cell(each, area)) for area, each in zip(areas, standings, strict=True)]
    kinds = {is_share_of_people(card, each.of.level) for each in standings if each is not None}
    england = england_value(card.id, first.of.level, snapshot) if len(kinds) == 1 else None
    return el("Tr", [el("Th", name, scope="row"), *cells, el("Td", say_bare(england, card, first.of.level))])


def _draw_cell(standing: Standing | None, area: Area) -> list[Element]:
    if standing is None:
        return [el("Span", FLAG_WORDS["missing"][0], className="soft")]
    parts = [el("Span", say_figure(standing), className="b")]
    if words := say_interval(standing):
        parts.append(el("Span", words, className="xs soft"))
    return [*parts, *draw_comparison(standing), *draw_doubts(standing, area)]
