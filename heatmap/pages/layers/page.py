"""Every layer in one list: found by theme, condition, group, age and level; beside it the card of the one chosen.

The address holds what is chosen and filtered, in whole words. What is typed into the search box stays in the browser
(``assets/layers.js``): it hides rows of the list, and no request ever holds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dash import Input, Output, State, callback, dcc, html, no_update

from heatmap.deprivation import DEFAULT_LAYER
from heatmap.drawing.elements import Element, el
from heatmap.drawing.icons import icon, point_sign
from heatmap.errors import nearest_word, quote_begin
from heatmap.geography.levels import LEVELS, PICKER, SINGULAR, Level
from heatmap.indicators.words import say_meaning
from heatmap.layers.cards import Card, LayerCard, PointsCard
from heatmap.layers.classes import levels_of
from heatmap.layers.words import FLAG_WORDS
from heatmap.pages.frame.frame import message, text_page
from heatmap.pages.layers.card import draw_layer_card, draw_start, say_placed
from heatmap.snapshot import Snapshot, open_snapshot

PATH = "/layers"
WAY = (20, "Layers")
NEEDS_DASH = True
TITLE = "Layers"

PLACES = "Places"


# ---- what the reader is looking at, as it stands in the address ----


@dataclass(frozen=True)
class LayersAddress:
    """One screen of this page: the chosen layer's id, and each filter as ``spell`` writes it; "" for all."""

    layer: str = ""
    theme: str = ""
    condition: str = ""
    core20plus5: str = ""
    age: str = ""
    level: str = ""

    def to_address(self) -> str:
        """The address of this screen; what is not chosen is left out.

        >>> LayersAddress(condition="mental_health").to_address(), LayersAddress().to_address()
        ('/layers?condition=mental_health', '/layers')
        """
        written = {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}
        return f"{PATH}?{urlencode(written)}" if written else PATH

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is on."""
        return any(getattr(self, facet.key) for facet in FACETS)


@dataclass(frozen=True)
class Facet:
    """One filter of the list: its key in the address, its name, its choice for all, and what a card has of it."""

    key: str
    name: str
    all_of_it: str
    has: Callable[[Card], tuple[str, ...]]
    ordered: bool = False


def theme_of(card: Card) -> str:
    """The heading a layer stands under; places have one of their own."""
    return PLACES if isinstance(card, PointsCard) else card.theme


def _levels(card: Card) -> tuple[str, ...]:
    if isinstance(card, PointsCard):
        return ("places",)
    return tuple(_LEVEL_NAMES[level] for level in levels_of(card))


def _tags(card: Card) -> tuple[str, ...]:
    return tuple(say_tag(tag) for tag in card.core20plus5)


def say_tag(tag: str) -> str:
    """A tag as people say it.

    >>> say_tag("core20"), say_tag("mental health"), say_tag("early_cancer_diagnosis")
    ('Core20', 'Mental health', 'Early cancer diagnosis')
    """
    words = tag.replace("_", " ")
    return words[:1].upper() + words[1:]


def spell(words: str) -> str:
    """Words as they stand in the address.

    >>> spell("Children and older people"), spell("0 to 15")
    ('children_and_older_people', '0_to_15')
    """
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


_LEVEL_NAMES: dict[Level, str] = {level: PICKER[level].partition(" (")[0] for level in LEVELS} | {"icb": "NHS board (ICB)"}
FACETS: tuple[Facet, ...] = (
    Facet("theme", "Theme", "Every theme", lambda card: (theme_of(card),), ordered=True),
    Facet("condition", "Condition", "Every condition", lambda card: tuple(say_tag(each) for each in card.conditions)),
    Facet("core20plus5", "Core20PLUS5", "Every layer", _tags),
    Facet("age", "Age", "Every age", lambda card: (say_tag(card.age_group),)),
    Facet("level", "Level", "Every level", lambda card: tuple(say_tag(each) for each in _levels(card)), ordered=True),
)


def read_cards_of(snapshot: Snapshot) -> dict[str, Card]:
    """Every card of the snapshot by id, indicators before places."""
    return {**snapshot.cards, **snapshot.points_cards}


def choices_of(facet: Facet, cards: Mapping[str, Card]) -> dict[str, str]:
    """What a filter can be: as the address has it -> in words."""
    words = dict.fromkeys(word for card in cards.values() for word in facet.has(card))
    return {spell(word): word for word in (words if facet.ordered else sorted(words, key=_in_order))}


def _in_order(words: str) -> tuple[bool, int, str]:
    """Everybody first, then numbers as numbers.

    >>> sorted(["Asthma", "60 and over", "All ages", "0 to 15"], key=_in_order)
    ['All ages', '0 to 15', '60 and over', 'Asthma']
    """
    number = re.match(r"\d+", words)
    return (words != "All ages", int(number[0]) if number else 1000, words)


def read_layers_address(query: str, cards: Mapping[str, Card]) -> tuple[LayersAddress, list[str]]:
    """The screen a query asks for, and a sentence for each thing in it that we could not follow. Any text is survived."""
    asked = dict(parse_qsl(query.removeprefix("?")[:4000]))
    found: dict[str, str] = {}
    notices = []
    for key, value in asked.items():
        facet = next((facet for facet in FACETS if facet.key == key), None)
        if key == "layer":
            if value in cards:
                found[key] = value
            else:
                near = nearest_word(value[:80], cards, 0.5)
                hint = f" Did you mean {near}?" if near else ""
                notices.append(f"The link asked for a layer called {quote_begin(value)}. We do not have it.{hint} Here is what we have.")
        elif facet is None:
            notices.append(f"The link has {quote_begin(key)}, which this page does not know. We skipped it.")
        elif value in choices_of(facet, cards):
            found[key] = value
        else:
            notices.append(f"The link asked for {facet.name.lower()} {quote_begin(value)}. No layer has it, so we skipped it.")
    return LayersAddress(**found), notices


def keep_cards(address: LayersAddress, cards: Mapping[str, Card]) -> list[Card]:
    """The cards that pass all filters, in the order of the list: by theme, then by series, the newest edition first."""
    themes = list(choices_of(FACETS[0], cards).values())
    kept = [
        card
        for card in cards.values()
        if all(not (wanted := getattr(address, facet.key)) or wanted in {spell(word) for word in facet.has(card)} for facet in FACETS)
    ]
    return sorted(kept, key=lambda card: (themes.index(theme_of(card)), card.order, *_newest_first(card)))


def _newest_first(card: Card) -> tuple[str, bool, int, str]:
    if isinstance(card, PointsCard):
        return (card.title, False, 0, card.id)
    year = int(card.edition) if card.edition.isdigit() else 0
    return (card.series, card.scheme == "moved", -year, card.id)


# ---- the page ----


def layout(search: str) -> list[Any]:
    """The whole page for an address's query; afterwards its parts change."""
    snapshot = open_snapshot()
    cards = read_cards_of(snapshot)
    address, _ = read_layers_address(search, cards)
    notices, filters, rows = views(search, snapshot)
    shown = len(keep_cards(address, cards))
    return text_page(
        PATH,
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H1("Everything the map can show"),
                            html.P("Each layer is one card: what it means, what it does not, where it came from.", className="soft"),
                        ]
                    ),
                    html.A([icon("plus", 18), "Add a layer in an evening"], href="#add-a-layer", className="btn"),
                ],
                className="row between wrap intro",
            ),
            html.Div(notices, id="layers-notices", className="stack-s"),
            html.Div(
                [
                    html.Div(id="layers-search"),
                    html.Div(filters, id="layers-filters", className="row wrap", role="group", **{"aria-label": "Filters"}),
                ],
                className="row wrap layers-find",
            ),
            html.P(say_matches(shown, len(cards)), id="layers-count", className="s soft", role="status"),
            html.Div(
                [
                    html.Section(
                        [
                            html.H2("All layers", className="vh"),
                            html.Table(rows, id="layers-list", className="table layers-list", **{"data-all": str(len(cards))}),
                            html.Div(
                                [
                                    html.H2("No layer matches"),
                                    html.P("Take a filter off, or try another word. One word often finds more than two."),
                                    html.A("Clear search and filters", href=PATH, className="btn", **{"data-way": "clear"}),
                                ],
                                id="layers-none",
                                className="box stack-s",
                                hidden=shown > 0,
                            ),
                        ]
                    ),
                    html.Aside(
                        card_of(address, snapshot), id="layers-card", className="box stack layer-card", **{"aria-label": "One layer’s card"}
                    ),
                ],
                className="cols layers-cols",
            ),
            _add_a_layer(),
            dcc.Store(id="layers-chosen", data=address.layer),
        ],
        kind="layers",
    )


def say_matches(shown: int, every: int) -> str:
    """How many layers the list holds. ``assets/layers.js`` says the same while one types.

    >>> say_matches(35, 35), say_matches(1, 35)
    ('35 layers', '1 of 35 layers matches')
    """
    if shown == every:
        return f"{every} layers"
    return f"{shown} of {every} layers match{'es' if shown == 1 else ''}"


def views(search: str, snapshot: Snapshot) -> tuple[list[Any], list[Any], list[Any]]:
    """The notices, the filters and the list: all that listens to the address but the card."""
    cards = read_cards_of(snapshot)
    address, notices = read_layers_address(search, cards)
    return (
        [message("warn", "warn", html.P(notice), role="status") for notice in notices],
        draw_filters(address, cards),
        draw_list(address, keep_cards(address, cards), snapshot),
    )


def card_of(address: LayersAddress, snapshot: Snapshot) -> list[Any]:
    """The chosen layer's card, or where to begin."""
    if address.layer:
        return draw_layer_card(read_cards_of(snapshot)[address.layer], snapshot, close=replace(address, layer="").to_address())
    return draw_start(snapshot.cards[DEFAULT_LAYER], replace(address, layer=DEFAULT_LAYER).to_address())


@callback(
    Output("layers-notices", "children"),
    Output("layers-filters", "children"),
    Output("layers-list", "children"),
    Input("url", "search"),
    prevent_initial_call=True,
)
def show_list(search: str | None) -> tuple[list[Any], list[Any], list[Any]]:
    """Everything but the card, from the address."""
    return views(search or "", open_snapshot())


@callback(
    Output("layers-card", "children"),
    Output("layers-chosen", "data"),
    Input("url", "search"),
    State("layers-chosen", "data"),
    prevent_initial_call=True,
)
def show_card(search: str | None, shown: str | None) -> tuple[Any, Any]:
    """The card of the chosen layer; left as it is while only the filters change."""
    address, _ = read_layers_address(search or "", read_cards_of(open_snapshot()))
    return (no_update, no_update) if address.layer == (shown or "") else (card_of(address, open_snapshot()), address.layer)


# ---- filters ----


def draw_filters(address: LayersAddress, cards: Mapping[str, Card]) -> list[Any]:
    """One list that unfolds for each filter that can divide the layers, and a way to take all off."""
    parts: list[Any] = [part for facet in FACETS if (part := _facet(facet, address, cards))]
    if address.is_filtered:
        parts.append(
            html.A("Clear all", href=LayersAddress(layer=address.layer).to_address(), className="btn plain small", **{"data-way": "clear"})
        )
    return parts


def _facet(facet: Facet, address: LayersAddress, cards: Mapping[str, Card]) -> html.Details | None:
    now = getattr(address, facet.key)
    choices = choices_of(facet, cards)
    if len(choices) < 2 and all(facet.has(card) for card in cards.values()):
        return None
    links = [_choice(facet.all_of_it, replace(address, **{facet.key: ""}), cards, current=not now)]
    for value, words in choices.items():
        leads = replace(address, **{facet.key: value})
        if value == now or keep_cards(leads, cards):  # what would leave nothing is not offered
            links.append(_choice(words, leads, cards, current=value == now))
    summary = [facet.name, *([html.B(f": {choices[now]}")] if now else []), icon("down", 14)]
    return html.Details(
        [
            html.Summary(summary, className="chip on" if now else "chip"),
            html.Div(links, className="picker-list", **{"data-searched": ""}),
        ],
        className="picker facet",
        id=f"layers-{facet.key}",
    )


def _choice(words: str, leads: LayersAddress, cards: Mapping[str, Card], current: bool) -> html.A:
    number = len(keep_cards(leads, cards))
    more = {"aria-current": "true"} if current else {}
    return html.A([words, " ", html.Small(f"{number}")], href=leads.to_address(), **{"data-way": "filter"}, **more)


# ---- the list ----


def draw_list(address: LayersAddress, kept: list[Card], snapshot: Snapshot) -> list[Any]:
    """The table's parts: its head, and a body for each theme."""
    head = html.Tr(
        [
            html.Th("Layer", scope="col"),
            html.Th("Level", scope="col", className="wide"),
            html.Th("Period", scope="col", className="wide"),
            html.Th("Coverage", scope="col"),
        ]
    )
    themes: dict[str, list[Any]] = {}
    for card in kept:
        themes.setdefault(theme_of(card), []).append(_row(card, address, snapshot))
    bodies = [
        html.Tbody([html.Tr(html.Th(theme, colSpan=4, scope="rowgroup"), className="theme"), *rows], id=f"layers-in-{spell(theme)}")
        for theme, rows in themes.items()
    ]
    return [html.Caption("All layers by theme", className="vh"), html.Thead(head), *bodies]


def _row(card: Card, address: LayersAddress, snapshot: Snapshot) -> html.Tr:
    here = card.id == address.layer
    link = html.A(
        card.title,
        href=replace(address, layer=card.id).to_address(),
        className="b",
        **{"data-way": "layer"},
        **({"aria-current": "true"} if here else {}),
    )
    number, note = say_coverage_short(card, snapshot)
    return html.Tr(
        [
            html.Th([link, html.Br(), html.Span(card.question, className="soft")], scope="row"),
            html.Td(_level_words(card), className="wide"),
            html.Td(card.period if isinstance(card, LayerCard) else card.register_month or "own dates", className="wide"),
            html.Td([html.Span(number, className="tag"), *([" ", html.Span(note, className="tag warn")] if note else [])]),
        ],
        className="here" if here else "",
        **{"data-layer": card.id, "data-words": searched_words(card)},
    )


def _level_words(card: Card) -> Any:
    if isinstance(card, PointsCard):
        return html.Span([point_sign(card.symbol), "Places"], className="row")
    return say_tag(SINGULAR[card.base_level]) + (" and larger" if len(levels_of(card)) > 1 else "")


def say_coverage_short(card: Card, snapshot: Snapshot) -> tuple[str, str]:
    """How many areas have a figure, and what should be known of them in a word; for places how they were placed."""
    if isinstance(card, PointsCard):
        return f"{card.rows - card.unplaced:,}", say_placed(card)[0]
    count = snapshot.facts(card.id)["counts"][card.base_level]
    number = f"{count['areas'] - count['classes'].get('0', 0):,}"
    return number, FLAG_WORDS["best_fit_2011"][0] if card.converted else "trend" if len(card.periods) > 1 else ""


def searched_words(card: Card) -> str:
    """Everything a layer is found by, in small letters."""
    level = " ".join(_levels(card))
    parts = (
        card.title,
        card.short,
        card.question,
        theme_of(card),
        card.theme,
        *card.conditions,
        *_tags(card),
        card.age_group,
        card.period,
        card.source.publisher,
        card.author,
        level,
        card.id,
        say_meaning(card)[0],
    )
    return " ".join(parts).lower()


# ---- the invitation ----


def _add_a_layer() -> html.Section:
    return html.Section(
        [
            html.H2("Add a layer in an evening"),
            html.P(
                "You need a table with one figure for each area, and a card: a short text file that says what the figure means and who"
                " published it."
            ),
            html.P(
                "The first command asks you questions and writes the card; the second reads your table and tells you in plain English"
                " what to fix; the third opens the map with your layer on it."
            ),
            html.P(
                ["No other code is needed. The file ", html.Code("CONTRIBUTING.md"), " shows every step, and your name is on the card."]
            ),
            html.Pre("heatmap new\nheatmap check trees2026_england_lsoa21\nheatmap show trees2026_england_lsoa21"),
        ],
        id="add-a-layer",
        className="prose add",
    )


# ---- where JavaScript is off ----


def unscripted(_search: str) -> list[Element]:
    """Every layer as a table, without its card."""
    snapshot = open_snapshot()
    rows = [
        el(
            "Li",
            [
                el("A", f"{card.title} (CSV)", href=f"/api/v1/layers/{card.id}/values?level={card.base_level}&format=csv"),
                f": {card.question}",
            ],
        )
        for card in snapshot.cards.values()
    ]
    places = [
        el("Li", [el("A", f"{card.title} (CSV)", href=f"/api/v1/points/{card.id}?format=csv")]) for card in snapshot.points_cards.values()
    ]
    return [
        el("H1", "Every layer"),
        el("P", "To search and filter this list, and to see each layer’s card, switch JavaScript on. Here they are all, each as a table:"),
        el("Ul", rows),
        el("H2", "Places"),
        el("Ul", places),
        el(
            "P",
            [
                "What each figure means, whom to credit and what is known to be wrong with it: ",
                el("A", "the cards of all layers (JSON)", href="/api/v1/layers"),
                ".",
            ],
        ),
    ]
