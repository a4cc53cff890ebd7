"""The left side of the map: what is shown, by what, and which areas are left. Every button names the state it leads to.

A button's ``data-set`` is read by ``assets/controls.js``, which puts it into the address; Python reads the address.
"""

from __future__ import annotations

from typing import Any

from dash import html

from heatmap.deprivation import DEPRIVED, EDITIONS
from heatmap.drawing.icons import icon, point_sign
from heatmap.drawing.tokens import colour, ink_on
from heatmap.geography.levels import LEVELS, PICKER, SINGULAR, Level
from heatmap.indicators.standings import ages_of
from heatmap.layers.cards import HEADINGS, LayerCard
from heatmap.layers.classes import levels_of
from heatmap.layers.words import say_heading
from heatmap.map.address import MOST_POINTS, PROJECTS, MapAddress
from heatmap.map.selection import Selection, decile_layer
from heatmap.snapshot import Snapshot
from heatmap.words.core20plus5 import read_core20plus5, say_condition
from heatmap.words.phrases import say_count, say_people

_EDITION_NAMES = {"moved": "Moved"}


def picker(name: str, label: str, now: Any, choices: list[Any], searched: str = "", facets: Any = None) -> html.Details:
    """A list that unfolds under what is chosen now: plain buttons, found by typing where ``searched`` says for what.

    name    the summary's id; ``<name>-now`` holds the choice, ``<name>-list`` the buttons
    facets  what narrows a long list, from ``series_facets``
    """
    return html.Details(
        [
            html.Summary(
                [html.Span(f"{label}: ", className="vh"), html.Span(now, id=f"{name}-now"), icon("down", 16)],
                id=name,
                className="input s",
            ),
            *([facets] if facets is not None else []),
            html.Div(choices, id=f"{name}-list", className="picker-list", **{"data-searched": searched}),
        ],
        className="picker",
    )


def series_choices(snapshot: Snapshot) -> list[Any]:
    """One button a series, under its theme, each with its plain question; found by all of its words."""
    choices: list[Any] = []
    theme = ""
    for card in _one_a_series(snapshot):
        if card.theme != theme:
            theme = card.theme
            choices.append(html.H3(theme))
        words = f"{card.title} {card.theme} {' '.join((*card.conditions, *card.core20plus5)).replace('_', ' ')}"
        has = {f"data-{key}": "|".join(values) for key, values in _facets_of(card).items()}
        choices.append(
            html.Button([html.B(card.short), html.Small(card.question)], **{"data-series": card.series, "data-words": words, **has})
        )
    return choices


def series_facets(snapshot: Snapshot) -> html.Details:
    """Lists that narrow the picker by theme, condition, age and Core20PLUS5: in the browser alone, nothing of it is in an address."""
    cards = _one_a_series(snapshot)
    themes = list(dict.fromkeys(card.theme for card in cards))
    borne_on = {each for card in cards for each in card.conditions}
    conditions = {area.id: say_condition(area.id) for area in read_core20plus5().clinical_area if area.id in borne_on}
    tags = sorted({each for card in cards for each in card.core20plus5})
    ages = {"child": "Child, 0 to 11", "young_person": "Young person, 12 to 17", "adult": "Adult"}
    choices: list[tuple[str, str, dict[Any, str]]] = [
        ("theme", "Any theme", {theme: theme for theme in themes}),
        ("condition", "Any condition", conditions),
        ("age", "Any age", ages),
        (
            "core20plus5",
            "Core20PLUS5: any or none",
            {each: each.replace("_", " ").replace("core20", "Core20").capitalize() for each in tags},
        ),
    ]
    lists = [
        html.Select(
            [html.Option(every, value=""), *(html.Option(words, value=value) for value, words in values.items())],
            className="input s",
            **{"data-facet": key, "aria-label": every},
        )
        for key, every, values in choices
    ]
    return html.Details([html.Summary([icon("filter", 14), "Narrow the list", icon("down", 14)]), html.Div(lists)], className="facets")


def _facets_of(card: LayerCard) -> dict[str, tuple[str, ...]]:
    return {
        "theme": (card.theme,),
        "condition": card.conditions,
        "age": tuple(sorted(ages_of(card.age_group))),
        "core20plus5": card.core20plus5,
    }


def _one_a_series(snapshot: Snapshot) -> list[LayerCard]:
    newest: dict[str, LayerCard] = {}
    for card in snapshot.cards.values():  # in the order of the picker, editions rising; "moved" is no edition of its own
        if card.scheme != "moved":
            newest[card.series] = card
    return list(newest.values())


def series_name(card: LayerCard, snapshot: Snapshot) -> str:
    """What the picker calls a layer's series: the short name of its newest edition."""
    return next(each.short for each in _one_a_series(snapshot) if each.series == card.series)


def edition_buttons(address: MapAddress, snapshot: Snapshot) -> list[html.Button]:
    """The editions and, for the IMD, how it moved; nothing where there is only one edition."""
    now = snapshot.cards[address.layer]
    editions = [card for card in snapshot.cards.values() if card.series == now.series]
    if len(editions) < 2:
        return []
    newest_first = sorted(editions, key=lambda card: (card.scheme == "moved", -int(card.edition) if card.edition.isdigit() else 0))
    return [
        _button(_EDITION_NAMES.get(card.edition, card.edition), f"layer={card.id}", pressed=card.id == address.layer)
        for card in newest_first
    ]


def period_buttons(address: MapAddress, snapshot: Snapshot) -> list[html.Button]:
    """Every period of the layer, oldest first; nothing where there is only one."""
    card = snapshot.cards[address.layer]
    now = address.period or card.period
    return [_button(period, f"period={'' if period == card.period else period}", pressed=period == now) for period in card.periods]


def points_choices(address: MapAddress, snapshot: Snapshot) -> list[Any]:
    """One switch a layer of places, with its shape, under the heading of what it does for a family; projects last."""
    parts: list[Any] = []
    for heading in HEADINGS:
        cards = [card for card in snapshot.points_cards.values() if card.heading == heading]
        if cards:
            parts.append(html.H3(say_heading(heading)))
        parts += [_place_switch(card.index, card.symbol, card.short, address) for card in cards]
    return [*parts, html.H3("Who is acting"), _place_switch(PROJECTS, "project", "Projects", address)]


def _place_switch(word: str, symbol: str, name: str, address: MapAddress) -> html.Button:
    on = word in address.points
    return html.Button(
        [html.I(className="tick", **{"aria-hidden": "true"}), point_sign(symbol), name],
        className="place-switch",
        disabled=not on and len(address.points) >= MOST_POINTS,
        role="checkbox",
        **{"aria-checked": str(on).lower(), "data-toggle": f"points={word}"},
    )


def level_choices(address: MapAddress, snapshot: Snapshot) -> list[html.Button]:
    """The five levels; those at which this layer cannot be shown are disabled."""
    able = levels_of(snapshot.cards[address.layer])
    return [
        html.Button(
            PICKER[level].capitalize() if level != "icb" else PICKER[level],
            disabled=level not in able,
            **{"data-set": f"level={'' if level == 'lsoa' else level}", "aria-pressed": str(level == address.level).lower()},
        )
        for level in LEVELS
    ]


def group_buttons(address: MapAddress, snapshot: Snapshot) -> list[html.Button]:
    """Tenths or fifths; nothing for layers that have neither."""
    if snapshot.cards[address.layer].scheme != "tenths":
        return []
    return [
        _button("Tenths", "groups=", pressed=address.groups == "tenths"),
        _button("Fifths", "groups=fifths", pressed=address.groups == "fifths"),
    ]


def tens_picker(address: MapAddress, snapshot: Snapshot) -> list[Any]:
    """Ten (or five) toggles in the colours of the map, and which layer's tenths they are."""
    layer = snapshot.cards[decile_layer(address, snapshot)]
    step = 2 if address.groups == "fifths" else 1
    kind = "fifth" if step == 2 else "tenth"
    first, last = layer.ends or DEPRIVED
    toggles = []
    for number in range(1, 10 // step + 1):
        deciles = range((number - 1) * step + 1, number * step + 1)
        token = f"{'fifth' if step == 2 else 'seq'}-{number}"
        pressed = all(decile in address.deciles for decile in deciles)
        end = f", {first}" if number == 1 else f", {last}" if number == 10 // step else ""
        toggles.append(
            html.Button(
                str(number),
                style={"background": colour(token), "color": ink_on(token)},
                className="off" if address.deciles and not pressed else "",
                **{
                    "aria-pressed": str(pressed).lower(),
                    "aria-label": f"Only {kind} {number}{end}",
                    "data-toggle": f"deciles={','.join(map(str, deciles))}",
                },
            )
        )
    return [
        html.Div(
            toggles, className="tens" if step == 1 else "tens five", role="group", **{"aria-label": f"{kind.title()}s of {layer.title}"}
        ),
        html.Div([html.Span(first), html.Span(last if layer.ends else "least")], className="row between xs soft"),
        html.P(f"{kind.title()}s of {layer.short}, {layer.edition}.", className="xs soft"),
    ]


def chips(address: MapAddress, snapshot: Snapshot) -> list[html.Button]:
    """One chip for each filter; pressing it takes that filter off."""
    found = []
    if address.deciles:
        found.append(_chip(f"Tenth{'s' if len(address.deciles) > 1 else ''} {_say_run(address.deciles)}", "deciles"))
    for key in ("regions", "icbs", "authorities"):
        for code in getattr(address, key):
            found.append(_chip(f"In {snapshot.area(code).name}", f"{key}={code}"))
    if address.setting:
        found.append(_chip(address.setting.title(), "setting"))
    if address.core20:
        found.append(_chip(f"Core20 ({address.core20})", "core20"))
    return found


def setting_buttons(address: MapAddress) -> list[html.Button]:
    """Urban, rural or both."""
    return [
        _button("Both", "setting=", pressed=not address.setting),
        _button("Urban", "setting=urban", pressed=address.setting == "urban"),
        _button("Rural", "setting=rural", pressed=address.setting == "rural"),
    ]


def core20_buttons(address: MapAddress) -> list[html.Button]:
    """Core20 by either edition of the index, or everyone."""
    return [
        _button("All", "core20=", pressed=not address.core20),
        *(_button(f"By {edition.year}", f"core20={edition.year}", pressed=address.core20 == edition.year) for edition in EDITIONS),
    ]


def count_line(address: MapAddress, kept: Selection, shown: int) -> list[Any]:
    """How many neighbourhoods and people are left; above LSOA also in how many larger areas."""
    parts: list[Any] = [html.B(say_count(kept.areas, "lsoa")), f", {say_people(kept.people)}"]
    if address.level != "lsoa":
        parts.append(f", in {say_count(shown, address.level)}")
    return parts


def nothing_left(address: MapAddress, snapshot: Snapshot) -> Any:
    """What stands in the middle of the map when no neighbourhood passes all filters."""
    return html.Section(
        [
            html.H2(f"No {SINGULAR['lsoa']} matches all of these"),
            html.P("Take one off:", className="s"),
            html.Div(chips(address, snapshot), className="row wrap"),
            html.Button("Clear all filters", className="btn", **{"data-clear": "all"}),
        ],
        className="nothing float",
        role="status",
    )


def area_choices(snapshot: Snapshot, level: Level, key: str) -> list[html.Button]:
    """All areas of a level by name, each a toggle of the filter ``key``."""
    table = snapshot.areas[level].sort_values("name")
    return [
        html.Button(name, **{"data-toggle": f"{key}={code}", "data-fly": "1", "aria-pressed": "false"})
        for name, code in zip(table["name"], table["code"], strict=True)
    ]


def _button(words: str, leads_to: str, pressed: bool) -> html.Button:
    return html.Button(words, **{"aria-pressed": str(pressed).lower(), "data-set": leads_to})


def _chip(words: str, drops: str) -> html.Button:
    return html.Button(
        [words, icon("close", 14)], className="chip on", **{"data-drop": drops, "aria-label": f"{words}: take this filter off"}
    )


def _say_run(numbers: tuple[int, ...]) -> str:
    """
    >>> _say_run((1, 2, 3, 7))
    '1 to 3, 7'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}, {b}" if b == a + 1 else f"{a} to {b}" for a, b in runs)
