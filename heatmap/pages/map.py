"""The map page: every view on it listens to the address alone."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html, no_update

from heatmap.credits import MAP_CREDIT, NAMES_CREDIT, OUTLINES_CREDIT
from heatmap.drawing.elements import Element, el, to_plain
from heatmap.drawing.figures import draw_histogram
from heatmap.drawing.icons import icon
from heatmap.geography.levels import PICKER, PLURAL, Level
from heatmap.indicators.layer_sentences import say_row
from heatmap.indicators.words import say_meaning
from heatmap.layers.cards import LayerCard, PointsCard
from heatmap.layers.classes import levels_of
from heatmap.layers.words import say_right
from heatmap.map import controls, legend
from heatmap.map import description as mapview
from heatmap.map.address import MOST_POINTS, PROJECTS, MapAddress, read_map_address
from heatmap.map.panel import panel
from heatmap.map.selection import keep_areas, keep_at_level
from heatmap.pages.frame.frame import header, message, skip_link
from heatmap.snapshot import Snapshot, open_snapshot
from heatmap.words.phrases import say_count, say_people, say_rounded

PATH = "/map"
WAY = (10, "Map")
NEEDS_DASH = True
TITLE = "Map"
HAS_MAP = True
HAS_SEARCH = True

_EXAMPLE = "E01008966"  # Kings Heath Park & Stirchley East, Birmingham
_PLACES: tuple[tuple[str, str, Level], ...] = (
    ("regions", "Region", "rgn"),
    ("icbs", "NHS board (ICB)", "icb"),
    ("authorities", "Local authority", "lad"),
)


def layout(search: str) -> list[Any]:
    """The whole page for an address's query; afterwards only its views change."""
    snapshot = open_snapshot()
    address, _ = read_map_address(search, snapshot)
    return [
        skip_link(),
        html.Div(
            [
                header(PATH),
                html.Div([_left(address, snapshot), _middle(), _right(address)], className="body", id="map-page"),
                dcc.Store(id="map-ready", data=False),
                dcc.Store(id="focus"),
                dcc.Store(id="page-title"),
                dcc.Store(id="correct"),
                dcc.Store(id="news"),
                html.P(id="said", className="vh", role="status"),
            ],
            className="mapapp",
        ),
    ]


def first(search: str) -> list[Any]:
    """The frame and the words of the panel: what can be read before the map's library has come."""
    snapshot = open_snapshot()
    address, _ = read_map_address(search, snapshot)
    card = snapshot.cards[address.layer]
    show = [
        html.H2("Show"),
        controls.picker("first-series", "Indicator", controls.series_name(card, snapshot), []),
        html.P(card.question, className="xs soft"),
        controls.picker("first-level", "Kind of area", f"By {PICKER[address.level]}", []),
    ]
    # Where the search will be: it cannot be typed into yet.
    find = [
        html.Span("Find a postcode or place", className="label"),
        html.Span("for example B14 6RE or Newham", className="input search-input soft"),
    ]
    left = html.Aside(
        [html.Section(find, className="sec find"), html.Section(show, className="sec stack-s sheet-left")],
        className="side left",
        **{"aria-label": "What the map shows"},
    )
    return [
        skip_link(),
        html.Div([header(PATH), html.Div([left, html.Main(_title(), id="main", className="map")], className="body")], className="mapapp"),
    ]


def _title() -> html.H1:
    """The page's heading, for those who hear it."""
    return html.H1("Map of deprivation in England’s neighbourhoods", className="vh")


def _left(address: MapAddress, snapshot: Snapshot) -> html.Aside:
    show = html.Section(
        [
            html.H2("Show"),
            controls.picker(
                "series",
                "Indicator",
                controls.series_name(snapshot.cards[address.layer], snapshot),
                controls.series_choices(snapshot),
                "indicators",
                controls.series_facets(snapshot),
            ),
            html.P(id="question", className="xs soft"),
            html.Div(id="editions", className="seg", role="group", **{"aria-label": "Edition"}),
            html.Div(id="periods", className="seg wrap", role="group", **{"aria-label": "Period"}),
            controls.picker("level", "Kind of area", f"By {PICKER[address.level]}", controls.level_choices(address, snapshot)),
            html.Div(id="groups", className="seg", role="group", **{"aria-label": "Tenths or fifths"}),
        ],
        className="sec stack-s",
    )
    places = [
        controls.picker(f"filter-{key}", label, label, controls.area_choices(snapshot, level, key), "names" if level != "rgn" else "")
        for key, label, level in _PLACES
    ]
    only = html.Section(
        [
            html.Div(
                [
                    html.H2("Only show"),
                    html.Button("Clear all", className="btn plain small vh-off", id="clear", **{"data-clear": "all"}),
                ],
                className="row between",
            ),
            html.Div(id="tens", className="stack-s"),
            html.Div(id="chips", className="row wrap"),
            html.Details(
                [
                    html.Summary([icon("plus", 14), "Add a filter"], className="chip add"),
                    html.Div(
                        [
                            *places,
                            html.Div(
                                [
                                    html.Span("Town or country", className="label"),
                                    html.Div(id="setting", className="seg", role="group", **{"aria-label": "Town or country"}),
                                ]
                            ),
                            html.Div(
                                [
                                    html.Span("Core20: the most deprived fifth of England", className="label"),
                                    html.Div(id="core20", className="seg", role="group", **{"aria-label": "Core20 only"}),
                                ]
                            ),
                        ],
                        className="stack more",
                    ),
                ]
            ),
            html.P(id="count", className="s"),
        ],
        className="sec stack-s",
    )
    places_section = html.Section(
        [
            html.Div([html.H2("Places"), html.Span(f"up to {MOST_POINTS}", className="xs soft")], className="row between"),
            html.Div(id="points", role="group", **{"aria-label": "Places on the map"}),
            html.P(html.A("Find projects by theme and place", href="/projects"), className="s"),
        ],
        className="sec stack-s",
    )
    return html.Aside(
        [
            html.Section(html.Div(id="search", **{"data-heat-search": ""}), className="sec find"),
            html.Div(
                [
                    html.Div(
                        [
                            html.H2("What the map shows"),
                            html.Button(
                                icon("close"),
                                className="btn icon plain",
                                **{"aria-label": "Close what the map shows", "data-do": "filters"},
                            ),
                        ],
                        className="row between only-phone shut",
                    ),
                    show,
                    only,
                    places_section,
                    html.Button(
                        ["Show the ", html.Span("map", className="if-map"), html.Span("table", className="if-table")],
                        className="btn main big full only-phone done",
                        **{"data-do": "filters"},
                    ),
                ],
                className="sheet-left",
                id="left-sheet",
            ),
        ],
        className="side left",
        **{"aria-label": "What the map shows"},
    )


def _middle() -> html.Main:
    presets = [html.Button(name.title(), **{"data-go": name}) for name in mapview.PRESET_BOXES]
    return html.Main(
        [
            _title(),
            html.Div(id="map-holder"),
            html.Div(presets, className="tl seg float", role="group", **{"aria-label": "Part of England"}),
            html.Button("Walk the map with the arrow keys", id="walk-start", className="btn float walk-start", **{"data-do": "walk"}),
            html.Button(
                icon("filter"),
                className="btn icon only-phone filters",
                **{"aria-label": "What the map shows", "aria-controls": "left-sheet", "aria-expanded": "false", "data-do": "filters"},
            ),
            html.Div(id="quick", className="quick only-phone"),
            html.Div(
                [
                    html.Div([_views(), _downloads()], className="row"),
                    html.Div(
                        [
                            html.Button("+", **{"aria-label": "Zoom in", "data-do": "zoom-in"}),
                            html.Button("−", **{"aria-label": "Zoom out", "data-do": "zoom-out"}),
                        ],
                        className="zoom float",
                    ),
                ],
                className="tr",
            ),
            html.Div(id="table"),  # assets/table.js fills it
            html.Div(id="notices", className="notices"),
            html.Div(
                message(
                    "warn",
                    "away",
                    [
                        html.B("Some outlines or names did not come. "),
                        "The rest is right; we try again in 10 seconds. ",
                        html.Button("Try now", className="link", **{"data-do": "tiles-again"}),
                    ],
                    role="status",
                ),
                className="when-tiles-away",
                hidden=True,
            ),
            *_no_map(),
            html.Div(id="nothing"),
            html.Div(
                [
                    html.Section(id="legend", className="legend float", **{"aria-label": "Legend"}),
                    html.Div(id="credit", className="mapcredit"),
                ],
                className="under",
            ),
            html.Div(id="paper"),  # what only paper shows: assets/picture.js
        ],
        className="map",
        id="main",
        tabIndex=-1,
        **{"aria-label": "Map"},
    )


def _no_map() -> list[html.Div]:
    """Why there is no map, by what ``assets/map.js`` found; ``assets/table.js`` puts a copy above its table."""
    here = "Every area on the map is in the table below. Search, filters and downloads work as usual."
    return [
        html.Div(message("", "info", [html.B(f"{bold} "), f"{why} {here}"]), hidden=True, **{"data-no-map": name})
        for name, bold, why in (
            ("webgl", "This browser cannot draw the map.", "WebGL, which draws it, is missing or switched off."),
            ("library", "We could not load the map.", "The script that draws it did not arrive."),
        )
    ]


def _views() -> html.Div:
    return html.Div(
        [
            html.Button([icon(name, 16), words], **{"data-set": f"show={show}", "data-view": name, "aria-pressed": "false"})
            for name, words, show in (("map", "Map", ""), ("table", "Table", "table"))
        ],
        className="seg float views",
        role="group",
        **{"aria-label": "View"},
    )


def _downloads() -> html.Details:
    """What can be taken away; the addresses follow what is shown (assets/picture.js)."""
    return html.Details(
        [
            html.Summary(
                [icon("save", 18), html.Span("Download", className="vh")], id="downloads", className="btn icon float", title="Download"
            ),
            html.Div(
                [
                    html.A([html.B("Table (CSV)"), html.Small("for a spreadsheet")], id="save-csv", href="", download=True),
                    html.A(
                        [html.B("Outlines with figures (GeoJSON)"), html.Small("for mapping programs")],
                        id="save-geojson",
                        href="",
                        download=True,
                    ),
                    html.Button([html.B("Picture of the map (PNG)"), html.Small("with title, legend and credit")], id="save-png"),
                    html.Button([html.B("Print this page"), html.Small("A4, map, legend and chosen place")], id="save-paper"),
                ],
                className="picker-list",
                **{"data-searched": ""},
            ),
        ],
        className="picker downloads",
    )


def _right(address: MapAddress) -> html.Aside:
    return html.Aside(id="panel", className=f"side right {'chosen' if address.area else 'empty'}", **{"aria-label": "The chosen place"})


def _start_card(address: MapAddress, snapshot: Snapshot) -> list[Any]:
    return [
        html.Div(
            [
                html.Div(
                    [
                        html.H2(["Start with a place", html.Span(": press an area, or type a postcode", className="only-phone")]),
                        html.Button(icon("close"), className="btn icon plain", **{"aria-label": "Close this card", "data-do": "start"}),
                    ],
                    className="row between",
                ),
                html.P(
                    "Type a postcode, or press any area. You see where it is in England’s line, in words, and which parts of life are most"
                    " deprived there."
                ),
                html.Button("Try Kings Heath, Birmingham", className="btn main full", **{"data-set": f"area={_EXAMPLE}", "data-fly": "1"}),
                html.P(f"{legend.say_colours(address, snapshot)} It describes areas, not people.", className="xs soft"),
            ],
            className="start float",
        )
    ]


@callback(
    Output("series-now", "children"),
    Output("question", "children"),
    Output("editions", "children"),
    Output("periods", "children"),
    Output("points", "children"),
    Output("level-list", "children"),
    Output("level-now", "children"),
    Output("groups", "children"),
    Output("tens", "children"),
    Output("chips", "children"),
    Output("clear", "className"),
    Output("setting", "children"),
    Output("core20", "children"),
    Output("count", "children"),
    Output("quick", "children"),
    Output("nothing", "children"),
    Output("notices", "children"),
    Output("legend", "children"),
    Output("credit", "children"),
    Output("panel", "children"),
    Output("panel", "className"),
    Output("focus", "data"),
    Output("page-title", "data"),
    Output("news", "data"),
    Output("correct", "data"),
    Input("url", "search"),
)
def show(search: str | None) -> tuple[Any, ...]:
    """Every view of the page, from the address."""
    return views(search or "", open_snapshot())


def views(search: str, snapshot: Snapshot) -> tuple[Any, ...]:
    """What ``show`` puts on the page, in the order of its outputs; pure."""
    address, notices = read_map_address(search, snapshot)
    box = mapview.box_to_show(address, snapshot)
    area = snapshot.area(address.area) if address.area else None
    controls_now, legend_now, count = _views_of_all(replace(address, area="", view="", show="map"), snapshot)
    return (
        *controls_now,
        _notice(notices),
        *legend_now,
        panel(address, snapshot) if area else _start_card(address, snapshot),
        f"side right {'chosen' if area else 'empty'}{' filtered' if address.is_filtered else ''}",
        {"code": address.area, "box": box} if box else None,
        f"{area.title} · Map · WHAM HeatMap" if area else "Map · WHAM HeatMap",
        _say_news(address, snapshot, count),
        address.to_query() if notices else None,
    )


@lru_cache(maxsize=256)
def _views_of_all(address: MapAddress, snapshot: Snapshot) -> tuple[list[Any], list[Any], str]:
    """The controls, legend and credit, and what is left in words: the same whatever place is chosen. As data, so that no reader waits
    for components to be made."""
    card = snapshot.cards[address.layer]
    kept = keep_areas(address, snapshot)
    mask = keep_at_level(kept, address.level, snapshot)
    chip_list = controls.chips(address, snapshot)
    return (
        to_plain(
            [
                controls.series_name(card, snapshot),
                [f"{card.question} ", html.A("What it means", href=f"/layers?layer={card.id}")],
                controls.edition_buttons(address, snapshot),
                controls.period_buttons(address, snapshot),
                controls.points_choices(address, snapshot),
                controls.level_choices(address, snapshot),
                f"By {PICKER[address.level]}",
                controls.group_buttons(address, snapshot),
                controls.tens_picker(address, snapshot),
                chip_list,
                "btn plain small" if address.is_filtered else "btn plain small vh-off",
                controls.setting_buttons(address),
                controls.core20_buttons(address),
                controls.count_line(address, kept, int(mask.sum())),
                _quick(card.short, card.edition, len(chip_list)),
                controls.nothing_left(address, snapshot) if not kept.areas else None,
            ]
        ),
        to_plain(
            [
                [*legend.legend(address, snapshot, mask), *legend.key_places(address, snapshot)],
                _credit(card, _cards_of_places(address, snapshot)),
            ]
        ),
        f"{say_count(kept.areas, 'lsoa')}, {say_people(kept.people)}.",
    )


def _say_news(address: MapAddress, snapshot: Snapshot, count: str) -> dict[str, str]:
    """What is on show, fact by fact: ``assets/controls.js`` has those read aloud that a choice has changed."""
    card, area = snapshot.cards[address.layer], snapshot.area(address.area) if address.area else None
    shown = f"{card.title}, {address.period}" if address.period else card.title
    groups = ", in fifths" if address.groups == "fifths" else ""
    return {
        "place": f"{area.title}. {shown}: {say_row(card, area, snapshot, address.period).rstrip('.')}." if area else "",
        "layer": "" if area else f"{shown}.",
        "view": f"{'Table' if address.show == 'table' else 'Map'} by {PLURAL[address.level]}{groups}.",
        "count": count,
    }


def _notice(notices: list[str]) -> Any:
    """What the link got wrong: the first sentence, and the others behind it; it can be closed."""
    if not notices:
        return None
    words: list[Any] = [html.P(html.B(notices[0]))]
    if len(notices) > 1:
        more = f"and {len(notices) - 1} more thing{'s' if len(notices) > 2 else ''} in the link"
        words.append(html.Details([html.Summary(more), *(html.P(notice) for notice in notices[1:])]))
    shut = html.Button(icon("close", 16), className="btn icon plain small", **{"aria-label": "Close this notice", "data-do": "notice"})
    return html.Div([icon("warn"), html.Div(words), shut], className="msg warn", role="status")


def _quick(short: str, edition: str, filters: int) -> list[Any]:
    words = f"{filters} filter{'s' if filters > 1 else ''}" if filters else "All of England"
    return [
        html.Button(f"{short} {edition}", className="chip on", **{"data-do": "filters"}),
        html.Button(words, className="chip", **{"data-do": "filters"}),
    ]


def _cards_of_places(address: MapAddress, snapshot: Snapshot) -> list[PointsCard]:
    return [snapshot.points_cards[snapshot.points_names[name]] for name in address.points if name != PROJECTS]


_SHORT = {
    "Ministry of Housing, Communities and Local Government": "MHCLG",
    "Office for National Statistics": "",
    "NHS England, Organisation Data Service": "NHS England",
    "Department for Education": "DfE",
}


def _credit(card: LayerCard, places: list[PointsCard]) -> list[Any]:
    """Whom to credit for the layer and the places on show: in short, and on paper in full."""
    own, *others = (_SHORT.get(each.source.publisher, each.source.publisher) for each in (card, *places))
    more = "".join(f"{publisher}; " for publisher in dict.fromkeys(others) if publisher not in (own, ""))
    whole = " ".join(dict.fromkeys(each.source.credit for each in (card, *places)))
    return [
        html.Span(
            [
                f"Source: {own}; " if own else "Source: ",
                html.Span(more, className="credit-places"),
                f"{MAP_CREDIT} ",
            ]
        ),
        html.A("All credits", href="/about#sources"),
        html.Span(f"{whole} {OUTLINES_CREDIT} {NAMES_CREDIT}", className="on-paper", id="credit-full"),
    ]


@callback(Output("chart", "children"), Input("map-ready", "data"), Input("url", "search"))
def chart(ready: bool, search: str | None) -> Any:
    """The country's histogram with the chosen area marked; plotly is fetched only now, after the map."""
    return histogram_of(search or "", open_snapshot()) if ready else no_update


def histogram_of(search: str, snapshot: Snapshot) -> Any:
    """The chart and its finding in words, or a sentence where a chart would say nothing; None without an area."""
    address, _ = read_map_address(search, snapshot)
    if not address.area:
        return None
    area, card = snapshot.area(address.area), snapshot.cards[address.layer]
    histogram = snapshot.facts(card.id)["histogram"].get(area.level)
    row = snapshot.row(card.id, area, address.period)
    if row is None or card.scheme == "kinds":
        return None
    if histogram is None:
        return html.P(
            f"{card.title} is published as a rank only: each tenth has a tenth of neighbourhoods, so there is no chart to draw.",
            className="xs soft",
        )
    counted = PLURAL[area.level]
    axis = {
        "tenths": (
            f"{card.short} score (right = more deprived)" if area.level == card.base_level else "% of people in tenth 1 (right = more)"
        ),
        "moved": "points moved (left = towards most deprived)",
        "amount": f"{card.unit} ({say_right(card)})",
        "kinds": "",
    }[card.scheme]
    number = say_rounded(row["value"], min(1, card.decimals) if area.level == "lsoa" else 1) if row["value"] is not None else None
    finding = f"All {len(snapshot.areas[area.level]):,} {counted} by this figure" + (
        f"; {area.title}, at {number}, is in the marked bar." if number else "."
    )
    return html.Figure(
        [
            html.Figcaption(finding, className="s b"),
            html.Div(
                dcc.Graph(
                    figure=draw_histogram(histogram, row["value"], axis, counted), config={"displayModeBar": False, "responsive": True}
                ),
                role="img",
                className="plot",
                **{"aria-label": f"Histogram. {finding} {axis}."},
            ),
        ]
    )


# What happens in the browser: the map paints at once, without waiting for Python's words.
clientside_callback(ClientsideFunction("heat", "paint"), Input("url", "search"))
clientside_callback(ClientsideFunction("heat", "focus"), Input("focus", "data"))
clientside_callback(ClientsideFunction("heat", "correct"), Input("correct", "data"))
clientside_callback(ClientsideFunction("heat", "news"), Input("news", "data"))
clientside_callback(ClientsideFunction("heat", "title"), Input("page-title", "data"))


# ---- where JavaScript is off ----


def unscripted(search: str) -> list[Element]:
    """What the map would show, and its figures as a table of each level."""
    snapshot = open_snapshot()
    card = snapshot.cards[read_map_address(search, snapshot)[0].layer]
    files = [
        el("Li", el("A", f"{card.title}, {PLURAL[level]} (CSV)", href=f"/api/v1/layers/{card.id}/values?level={level}&format=csv"))
        for level in levels_of(card)
    ]
    return [
        el("H1", "The map needs JavaScript"),
        el(
            "P",
            f"It would show {card.title} in colours, for every area of England. {card.question} Switch JavaScript on, or take the same"
            " figures as a table:",
        ),
        el("Ul", files),
        el("P", [f"What they mean: {say_meaning(card)[0]} ", el("A", "All other layers", href="/layers"), "."]),
    ]
