"""The card of one layer in words: what it means and does not, its spread, source, certainty, gaps and downloads."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from dash import dcc, html

from heatmap.deprivation import CURRENT, EARLIER
from heatmap.drawing.figures import draw_histogram
from heatmap.drawing.icons import icon
from heatmap.drawing.tokens import colour
from heatmap.geography.levels import PLURAL, SINGULAR, Level
from heatmap.indicators.words import find_indicator_words, say_caution, say_meaning
from heatmap.inequality.address import GRADIENT_PATH
from heatmap.inequality.gradient import can_be_asked, has_values
from heatmap.layers.cards import ABSENT, Card, LayerCard, PointsCard
from heatmap.layers.classes import classes_of, levels_of
from heatmap.layers.words import say_direction, say_heading, say_right
from heatmap.pages.frame.frame import message
from heatmap.snapshot import Snapshot
from heatmap.words.days import say_day
from heatmap.words.glossary import link_terms
from heatmap.words.phrases import join_names, say_rounded

#: The levels whose outlines are one file for the whole country.
_COUNTRY_FILES: tuple[Level, ...] = ("lsoa", "msoa")
_LICENCES = {"OGL-UK-3.0": "Open Government Licence v3.0"}
_GEOGRAPHY = {
    "lsoa21": "neighbourhood (LSOA 2021)",
    "lsoa11": "neighbourhood (LSOA 2011)",
    "msoa21": "wider neighbourhood (MSOA 2021)",
    "lad24": "local authority (2024)",
}


# ---- the card ----


def draw_start(first: LayerCard, address: str) -> list[Any]:
    """What stands beside the list while no layer is chosen: what a card gives, and one to begin with, at ``address``."""
    return [
        html.H2("Choose a layer"),
        html.P(
            "You get its card: what the figures mean, what they do not say, who published them, how sure they are, and files to take away."
        ),
        html.P(html.A(f"Try {first.title}", href=address, className="btn main", **{"data-way": "layer"})),
        html.P("The figures describe places, not the people in them.", className="s soft"),
    ]


def draw_layer_card(card: Card, snapshot: Snapshot, close: str) -> list[Any]:
    """The whole card.

    close   the address of the list without it
    """
    if isinstance(card, PointsCard):
        eyebrow, shown = f"Places · {say_heading(card.heading)}", f"/map?points={card.index}"
        spread, worse, facts, files = None, "", point_facts(card, snapshot), _point_files(card)
    else:
        eyebrow, shown = f"{card.theme} · {_GEOGRAPHY[card.geography]}", map_address(card)
        worse = f"On the map, {say_direction(card)}. It is never a judgement of people."
        spread, facts, files = draw_spread(card, snapshot), layer_facts(card, snapshot), _layer_files(card)
    means, not_means = say_meaning(card)
    return [
        html.A([icon("next", 16), "All layers"], href=close, className="btn plain back", **{"data-way": "close"}),
        html.Div(
            [
                html.Div(
                    [
                        html.P(link_terms(eyebrow, "LSOA", "MSOA"), className="eyebrow"),
                        html.H2(card.title, id="layer-title", tabIndex=-1, **{"data-layer": card.id}),
                    ]
                ),
                html.A(
                    icon("close"), href=close, className="btn icon plain shut", **{"data-way": "close", "aria-label": "Close this card"}
                ),
            ],
            className="row between top",
        ),
        html.P(card.question, className="l"),
        *([message("warn", "warn", html.P(caution))] if (caution := say_caution(card)) else []),
        html.P([html.A([icon("map", 18), "Show on the map"], href=shown, className="btn main"), *_gradient_of(card)], className="row wrap"),
        *([spread] if spread else []),
        html.Div([html.H3("What it means"), html.P([f"{means} ", html.B(worse)] if worse else means, className="s")]),
        html.Div([html.H3("What it does not say"), html.P(not_means, className="s")]),
        *draw_reasons(card),
        html.Dl([part for name, value in facts for part in (html.Dt(name), html.Dd(value))], className="facts"),
        html.Div([html.H3("Take the figures"), files]),
        html.P(["Where you use them, say: ", html.Span(card.source.credit, className="soft")], className="xs"),
    ]


def draw_reasons(card: Card) -> list[Any]:
    """Why it matters in a consultation, why one end is worse, and how sure its meaning is; nothing for what is no indicator."""
    words = find_indicator_words(card.words)
    if words is None:
        return []
    return [
        html.Div([html.H3("Why it matters"), html.P(words.why_it_matters, className="s")]),
        html.Div([html.H3("Which way is worse"), html.P(words.polarity_reason, className="s")]),
        *([html.Div([html.H3("How sure it is"), html.P(" ".join(words.certainty_words), className="s")])] if words.certainty_words else []),
    ]


def _gradient_of(card: Card) -> list[Any]:
    """The way to how steep its gradient is, of an indicator that has one."""
    able = isinstance(card, LayerCard) and can_be_asked(card) and has_values(card)
    return (
        [html.A([icon("compare", 18), "How steep is its gradient?"], href=f"{GRADIENT_PATH}?layer={card.id}", className="btn")]
        if able
        else []
    )


def map_address(card: LayerCard) -> str:
    """Where the map shows a layer, at its own level."""
    return f"/map?layer={card.id}" + ("" if card.base_level == "lsoa" else f"&level={card.base_level}")


# ---- how it is spread ----

#: A unit up to this long is said with its figure; a longer one stands under the chart.
_SHORT_UNIT = 20


@lru_cache(maxsize=128)
def measure_spread(snapshot: Snapshot, layer: str) -> tuple[float, float, float] | None:
    """The lowest, the middle and the highest figure of a layer at its own level; None where there are ranks only."""
    card = snapshot.cards[layer]
    value = snapshot.table(layer)[card.base_level].value.to_numpy(dtype=float, na_value=np.nan)
    if card.scheme == "kinds" or np.isnan(value).all():
        return None
    return float(np.nanmin(value)), float(np.nanmedian(value)), float(np.nanmax(value))


def say_rounded_figure(card: LayerCard, value: float, highest: float) -> str:
    """A figure with no more decimals than can be read: those of the card at most, one where figures reach 10."""
    decimals = min(card.decimals, 1 if abs(highest) >= 10 else 2 if abs(highest) > 1 else card.decimals)
    return say_rounded(value, decimals)


def say_spread(card: LayerCard, spread: tuple[float, float, float]) -> str:
    """The finding that the chart proves."""
    low, middle, high = (say_rounded_figure(card, value, spread[2]) for value in spread)
    unit = card.unit.partition(";")[0]
    place = f"The {SINGULAR[card.base_level]} in the middle"
    if card.scheme == "moved":
        return (
            f"{place} moved by {middle} points of 100. The furthest moves are {low} (towards the most deprived end)"
            f" and {high} (towards the least deprived end)."
        )
    if unit.startswith("share of") and spread[2] <= 1:
        middle += f" ({100 * spread[1]:.1f} in 100)"
    elif unit == "score":
        middle = f"a score of {middle}"
    elif unit.startswith("%") or len(unit) <= _SHORT_UNIT:
        middle += unit if unit.startswith("%") else f" {unit}"
    return f"{place} has {middle}; about half have less, about half more. The lowest has {low}, the highest {high}."


def draw_spread(card: LayerCard, snapshot: Snapshot) -> html.Figure:
    """How the areas are spread: the finding in words, then the chart that proves it."""
    if card.scheme == "kinds":
        return _kinds(card, snapshot)
    spread = measure_spread(snapshot, card.id)
    histogram = snapshot.facts(card.id)["histogram"].get(card.base_level)
    if spread is None or histogram is None:
        words = f"It is published as a rank only. Each tenth has a tenth of {PLURAL[card.base_level]}, so there is no chart to draw."
        return html.Figure(html.Figcaption(words, className="s"))
    finding, axis = say_spread(card, spread), _axis(card)
    figure = draw_histogram(histogram, None, axis, PLURAL[card.base_level])
    mark_middle(figure, spread[1], f"middle {say_rounded_figure(card, spread[1], spread[2])}")
    return html.Figure(
        [
            html.Figcaption(finding, className="s b"),
            html.Div(
                dcc.Graph(figure=figure, config={"displayModeBar": False, "responsive": True}),
                role="img",
                className="plot",
                **{"aria-label": f"Histogram of {card.title}. {finding} {axis}."},
            ),
        ]
    )


def mark_middle(figure: Any, middle: float, words: str) -> Any:
    """Draw a line at the middle figure, with its words above it."""
    figure.add_vline(
        x=middle,
        line={"color": colour("here-ink"), "width": 1.5, "dash": "dot"},
        annotation={"text": words, "font": {"size": 13, "color": colour("ink")}, "yanchor": "bottom", "y": 1, "showarrow": False},
        annotation_position="top",
    )
    figure.update_layout(margin={"t": 26, "l": 68}, yaxis={"tickformat": ",", "title": {"standoff": 12}}, xaxis={"tickformat": ",~g"})
    return figure


def _axis(card: LayerCard) -> str:
    """What is measured, and which way is worse."""
    if card.scheme == "moved":
        return "points moved (left = towards most deprived)"
    unit = card.unit.partition(";")[0]
    worse = "more deprived" if not card.ends else card.ends[0]
    return f"{unit} ({f'right = {worse}' if card.scheme == 'tenths' else say_right(card)})"


def _kinds(card: LayerCard, snapshot: Snapshot) -> html.Figure:
    count = snapshot.facts(card.id)["counts"][card.base_level]
    total = count["areas"]
    rows = []
    for each in classes_of(card, card.base_level):
        number = count["classes"].get(str(each.number), 0)
        bar = html.I(style={"width": f"{max(100 * number / total, 0.5):.1f}%", "background": colour("seq-7")})
        rows.append(
            html.Tr(
                [
                    html.Th(each.label, scope="row"),
                    html.Td(html.Div(bar, className="bar", **{"aria-hidden": "true"})),
                    html.Td(f"{number:,}", className="num"),
                ]
            )
        )
    return html.Figure(
        html.Table([html.Caption(f"How many {PLURAL[card.base_level]} are of each kind"), html.Tbody(rows)], className="strip kinds")
    )


# ---- facts ----

Facts = list[tuple[str, Any]]


def layer_facts(card: LayerCard, snapshot: Snapshot) -> Facts:
    """What is known of an indicator, a line each."""
    counts = snapshot.facts(card.id)["counts"]
    return [
        ("Publisher", _publisher(card)),
        ("Period", card.period if len(card.periods) < 2 else f"{card.period}; {len(card.periods)} periods from {card.periods[0]}"),
        ("Licence", _LICENCES.get(card.source.licence, card.source.licence)),
        ("Measured in", card.unit),
        *_about(card),
        *_whole(card, snapshot),
        ("Uncertainty", say_uncertainty(card, counts[card.base_level]["flags"])),
        ("Coverage", say_coverage(card, counts[card.base_level])),
        ("Larger areas", say_larger(card)),
        ("Transformed", say_made(card)),
        *_provenance(card, snapshot),
    ]


def point_facts(card: PointsCard, snapshot: Snapshot) -> Facts:
    """What is known of a layer of places, a line each."""
    register = (
        f"{card.register_month}: as in the official register of that month"
        if card.register_month
        else (
            f"each place has the day when it was in {card.list_name}"
            if card.list_name
            else "each place has the date it was last checked" + (f", but for {card.undated:,} without one" if card.undated else "")
        )
    )
    return [
        ("What it does", say_heading(card.heading)),
        ("Publisher", _publisher(card)),
        ("Register", register),
        ("Licence", _LICENCES.get(card.source.licence, card.source.licence)),
        *_about(card),
        ("Coverage", say_places(card)),
        ("Placed by", say_placed(card)[1]),
        *_provenance(card, snapshot),
    ]


def say_places(card: PointsCard) -> str:
    """How many places the file has, and how many of them are not on the map."""
    if not card.unplaced:
        return f"{card.rows:,} places; all are on the map"
    return f"{card.rows:,} places; {card.unplaced:,} of them have no known position and are not on the map"


def _publisher(card: Card) -> list[Any]:
    """The publisher, and its page; a learner's page may be no more than its publisher's front door."""
    return [
        f"{card.source.publisher}, ",
        html.A(card.source.title, href=card.source.page, rel="noreferrer"),
        f"; read on {say_day(card.source.accessed.isoformat())}",
    ]


def _about(card: Card) -> Facts:
    """Whom and what it bears on; what a card does not say is left out."""
    said: Facts = [("Ages", card.age_group)]
    if card.conditions:
        said.append(("Conditions", join_names(card.conditions)))
    if card.core20plus5:
        said.append(("Core20PLUS5", join_names([tag.replace("_", " ").replace("core20", "Core20") for tag in card.core20plus5])))
    return said


def _whole(card: LayerCard, snapshot: Snapshot) -> Facts:
    """The index that contains the layer, of the same edition."""
    whole = next((each for each in snapshot.cards.values() if each.series == card.part_of and each.edition == card.edition), None)
    return [("Part of", html.A(whole.title, href=f"/layers?layer={whole.id}", **{"data-way": "layer"}))] if whole and card.part_of else []


def _provenance(card: Card, snapshot: Snapshot) -> Facts:
    files = raw_files(card.id, snapshot)
    shown: list[Any] = [
        html.Span([name.rpartition("/")[2], html.Br(), html.Code(f"sha256 {digits[:16]}…{digits[-6:]}", title=digits)], className="raw")
        for name, digits in files
    ]
    return [
        ("Raw files" if len(files) > 1 else "Raw file", shown or "in the manifest of the snapshot"),
        ("Known defects", " ".join(card.defects) or "none recorded"),
        ("Card by", card.author),
    ]


def raw_files(layer: str, snapshot: Snapshot) -> list[tuple[str, str]]:
    """The publisher's files that a layer was made of, and the sha256 of each, as the manifest has them."""
    parts = [part for name, part in snapshot.parts.items() if name.partition("/")[2] == layer and part.get("raw")]
    return [(file["name"], file["sha256"]) for file in parts[0]["raw"]] if parts else []


def say_uncertainty(card: LayerCard, flags: dict[str, int]) -> str:
    """How sure the figures are.

    flags   how many areas bear each reason
    """
    ours = set(card.columns.values())
    if {"lower_ci", "upper_ci"} <= ours:
        said = "95 % interval, as published"
    elif {"numerator", "denominator"} & ours and not card.flagged:
        said = "95 % interval worked out from the counts (Wilson)"
    else:
        said = "the publisher gives no interval"
    weak = [f"{flags[flag]:,} {words}" for flag, words in _WEAK.items() if flags.get(flag)]
    return "; ".join([said, *weak])


_WEAK = {
    "modelled": "are estimates from a model",
    "best_fit_2011": "were carried over from 2011 boundaries",
    "small_denominator": "rest on few people",
    "best_fit_lad": "were added up from councils that have merged since",
    "area_level_lad": "are the figure for the whole authority",
    "incomplete": "are totals without the areas that have no figure",
}


def say_coverage(card: LayerCard, count: dict[str, Any]) -> str:
    """How many areas have a figure, and why the others have none.

    count   areas, classes and flags of the card's own level
    """
    without = count["classes"].get("0", 0)
    said = f"{count['areas'] - without:,} of {count['areas']:,} {PLURAL[card.base_level]}"
    if not without:
        return f"{said}; none missing or withheld"
    why = [f"{count['flags'][flag]:,} {_ABSENT[flag]}" for flag in ABSENT if count["flags"].get(flag)]
    return f"{said}. Without a figure: {join_names(why) if why else f'{without:,}'}. No figure is not zero"


_ABSENT = {
    "missing": "not given by the publisher",
    "suppressed": "withheld, because small numbers could point to a person",
    "no_like_for_like": "with no like-for-like boundary",
    "part_covered": "with too few people covered",
}


def say_larger(card: LayerCard) -> str:
    """How areas larger than the card's own get their figure."""
    if len(levels_of(card)) == 1:
        return "not shown: the figures cannot be added up"
    if card.scheme == "tenths":
        said = "the share of residents who live in the most deprived tenth or fifth; tenths are never averaged"
        return f"{said}. Authorities and NHS boards also have the publisher’s own figures" if card.official else said
    if card.scheme == "kinds":
        return "the share of residents who live in a rural neighbourhood"
    return {
        "sum": "added up",
        "mean": "averaged over the people who live there",
        "counts": "the counts added up, then divided again",
        "none": "not shown",
    }[card.larger_areas]


def say_made(card: LayerCard) -> str:
    """What was done to the publisher's figures."""
    said = []
    counted = bool({"numerator", "denominator"} & set(card.columns.values()))
    if card.scheme == "moved":
        said.append(f"the place in England’s line in {CURRENT.year} less that in {EARLIER.year}, worked out by this project")
    if card.converted:
        said.append(
            "brought from 2011 to 2021 neighbourhoods by the official lookup: unchanged ones as they are, split ones carried down,"
            f" {'counts of merged ones added up' if counted else 'merged ones averaged over people and ranked again'}"
        )
    if card.reader in _MERGED:
        said.append(f"brought to the authorities of 2024: {_MERGED[card.reader]} where several became one")
    if counted:
        added = "the counts of several categories added up, and " if len(card.pick) > 1 else "the count "
        said.append(f"{added}divided by the denominator, in percent")
    if card.times != 1:
        said.append(f"multiplied by {card.times:g}")
    if card.ranked:
        said.append("put in line by this project, the highest first, and divided into tenths")
    elif card.scheme == "tenths" and card.columns and "decile" not in card.columns.values():
        said.append("tenths worked out from the published rank")
    return "; ".join(said) or "as published; no change"


#: How a reader brings the figures of authorities that were merged since to those of 2024.
_MERGED = {"health_index": "averaged over people", "low_income_families": "counts added up", "qof_prevalence": "counts added up"}


def say_placed(card: PointsCard) -> tuple[str, str]:
    """How places got their place on the map: in a word, and in a sentence."""
    ours = set(card.columns.values())
    if {"latitude", "longitude"} <= ours:
        return "own position", "the position in the publisher’s file"
    if "postcode" in ours:
        return "postcode centre", "the centre of its postcode; the door may be some way off"
    return "", "what its table says: a position, or else the centre of its postcode"


# ---- downloads ----


def _layer_files(card: LayerCard) -> html.Ul:
    """A line for each level: CSV, and outlines where the API can draw them."""
    lines = []
    for level in levels_of(card):
        values = f"/api/v1/layers/{card.id}/values?level={level}"
        # Too many to be drawn with their figures: the outlines are one ready-made file.
        drawn = ("Outlines", f"/api/v1/outlines/{level}") if level in _COUNTRY_FILES else ("GeoJSON", f"{values}&format=geojson")
        lines.append(_line(PLURAL[level], ("CSV", f"{values}&format=csv"), drawn))
    return html.Ul([*lines, _card_line(card)], className="files")


def _point_files(card: PointsCard) -> html.Ul:
    points = f"/api/v1/points/{card.id}?format="
    return html.Ul([_line("places", ("CSV", f"{points}csv"), ("GeoJSON", f"{points}geojson")), _card_line(card)], className="files")


def _card_line(card: Card) -> html.Li:
    return _line("the card", ("TOML", f"/api/v1/layers/{card.id}/card"))


def _line(what: str, *files: tuple[str, str]) -> html.Li:
    """What can be taken away, and its files: words and address of each."""
    links = [html.A(words, href=href, className="file", **{"aria-label": f"{words}: {what}"}) for words, href in files]
    return html.Li([html.Span(what[0].upper() + what[1:]), *links])
