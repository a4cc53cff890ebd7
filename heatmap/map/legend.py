"""The legend in words: which end is worse, and what share of the areas shown is in each class."""

from __future__ import annotations

from typing import Any

import numpy as np
from dash import html

from heatmap.deprivation import DEPRIVED
from heatmap.drawing.icons import icon, point_sign
from heatmap.drawing.tokens import colour, ink_on
from heatmap.geography.levels import PLURAL
from heatmap.indicators.words import say_caution
from heatmap.layers.cards import ABSENT, LayerCard
from heatmap.layers.classes import Class, classes_of
from heatmap.layers.words import FLAG_WORDS, say_direction, say_where_first
from heatmap.map.address import PROJECTS, MapAddress
from heatmap.map.selection import Mask
from heatmap.snapshot import Snapshot
from heatmap.words.phrases import say_rounded

_PALE = {"seq-9", "seq-10", "fifth-5", "kind-5", "kind-6", "div-same"}
_BAR_PX = 26


def share_in_classes(numbers: Any, mask: Mask, classes: int) -> list[float]:
    """What percent of the areas shown is in each class; areas without a figure count in none, nor in the whole.

    >>> share_in_classes(np.array([1, 1, 2, 0, 2]), np.array([True, True, True, True, False]), 2)
    [66.66666666666667, 33.333333333333336]
    """
    count = np.bincount(np.asarray(numbers)[mask], minlength=classes + 1)[1 : classes + 1]
    return [float(100 * n / max(1, count.sum())) for n in count]


def legend(address: MapAddress, snapshot: Snapshot, mask: Mask) -> list[Any]:
    """The legend of what the map shows now.

    mask    which areas of the level are shown, by position
    """
    card = snapshot.cards[address.layer]
    rows = snapshot.table(card.id, address.period)[address.level]
    column = "class_fifths" if address.groups == "fifths" else "class"
    classes = classes_of(card, address.level, address.groups, snapshot.facts(card.id)["edges"].get(address.level, ()))
    shares = share_in_classes(rows[column].to_numpy(), mask, len(classes))
    title = f"{card.short}, {address.period or card.period}"
    own = address.level == card.base_level
    counted = int((rows[column].to_numpy()[mask] > 0).sum())
    of = f"% of {counted:,} {PLURAL[address.level]}"
    parts: list[Any] = [html.Div([html.H2(title), html.Span(of, className="xs soft bars-say")], className="row between")]
    # All of England by tenths is a tenth each: bars would say nothing.
    bars = address.is_filtered or card.scheme != "tenths" or not own
    parts.append(_listed(classes, shares) if card.scheme == "kinds" and own else _boxes(classes, shares, bars))
    parts += _ends(card, address)
    # The ends of tenths say it already: a phone has no room to say it twice.
    parts.append(html.P(_say_meaning(card, address), className="xs soft say twice" if card.scheme == "tenths" and own else "xs soft say"))
    if caution := say_caution(card):
        parts.append(html.P([icon("warn", 14), " ", caution], className="xs caution"))
    flags = rows.flag.to_numpy()[mask]
    parts.append(_keys(address, flags))
    parts.append(
        html.Ul(
            [html.Li(f"{each.label}: {say_rounded(share, 1)} {of}") for each, share in zip(classes, shares, strict=True)],
            className="vh",
        )
    )
    return parts


def _boxes(classes: tuple[Class, ...], shares: list[float], with_bars: bool) -> html.Div:
    most = max(shares, default=0) or 1
    style = {"gridTemplateColumns": f"repeat({len(classes)}, 1fr)"}
    bars = [
        html.Span([html.Small(_percent(share)), *([html.I(style={"height": max(1, round(_BAR_PX * share / most))})] if with_bars else [])])
        for share in shares
    ]
    boxes = [
        html.I(
            each.short,
            title=each.label,
            className="pale" if each.colour in _PALE else "",
            style={"background": colour(each.colour), "color": ink_on(each.colour)},
        )
        for each in classes
    ]
    return html.Div(
        [html.Div(bars, className="bars" if with_bars else "bars flat", style=style), html.Div(boxes, className="sw", style=style)],
        **{"aria-hidden": "true"},
    )


def _listed(classes: tuple[Class, ...], shares: list[float]) -> html.Ul:
    """Kinds have names too long for boxes: a line each."""
    return html.Ul(
        [
            html.Li([html.I(className="k", style={"background": colour(each.colour)}), each.label, html.Small(f"{_percent(share)} %")])
            for each, share in zip(classes, shares, strict=True)
        ],
        className="kinds",
        **{"aria-hidden": "true"},
    )


def _ends(card: LayerCard, address: MapAddress) -> list[Any]:
    own = address.level == card.base_level
    if card.scheme == "tenths" and own:
        kind, last = ("fifth", 5) if address.groups == "fifths" else ("tenth", 10)
        first, end = card.ends or DEPRIVED
        pair = ([html.B(f"1 {first}"), f" {kind}"], [f"{end} ", html.B(str(last))])
    elif card.scheme == "moved":
        pair = (["towards the most deprived"], ["towards the least"])
    elif card.scheme == "amount":
        first, end = card.ends or (("lowest", "highest") if card.polarity == "low_is_worse" else ("highest", "lowest"))
        pair = ([html.B(first)], [end])
    elif own:
        return []
    else:
        pair = ([html.B("most people"), " in 100"], ["none"])
    return [html.Div([html.Span(pair[0]), html.Span(pair[1])], className="ends", **{"aria-hidden": "true"})]


def say_colours(address: MapAddress, snapshot: Snapshot) -> str:
    """One sentence for who sees the map for the first time: what a colour is, and which end is worse."""
    card = snapshot.cards[address.layer]
    own = address.level == card.base_level
    areas = f"England’s {len(snapshot.areas[address.level]):,} {PLURAL[address.level]}"
    if card.scheme == "tenths" and own:
        what = f"a {'fifth' if address.groups == 'fifths' else 'tenth'} of {areas} by {card.title}"
    elif card.scheme == "moved":
        what = f"how far {areas} have moved in England’s line"
    elif card.scheme == "kinds" and own:
        what = "a kind of place"
    else:
        what = f"a range of {card.unit}" if card.scheme == "amount" else "a share of people"
    meaning = say_direction(card) if card.scheme == "amount" else _say_meaning(card, address)
    return f"Each colour is {what}: {meaning[:1].lower()}{meaning[1:].rstrip('.')}."


def _say_meaning(card: LayerCard, address: MapAddress) -> str:
    """What the boxes hold, where their numbers are not tenths, and which end is worse."""
    if card.scheme == "amount":
        return f"numbers are {card.unit}; {say_direction(card)}"
    return say_direction(card) if address.level == card.base_level else _say_shares(card, address)


def _say_shares(card: LayerCard, address: MapAddress) -> str:
    if card.scheme == "kinds":
        return "Of 100 residents, how many live in a rural neighbourhood; darker = more, neither better nor worse."
    return f"Of 100 residents, how many live {say_where_first(card, address.groups)} of neighbourhoods; darker = more."


def _keys(address: MapAddress, flags: Any) -> html.Div:
    keys = [html.Span([html.I(className="k here"), "chosen place"])]
    if address.is_filtered:
        keys.append(html.Span([html.I(className="k ghost"), "filtered out"]))
    for flag in sorted({str(flag) for flag in flags} - {""}):
        absent = flag in ABSENT
        words = f"{FLAG_WORDS[flag][0]} ({int((flags == flag).sum()):,})"
        keys.append(html.Span([html.I(className="k miss" if absent else "k weak"), words], title=FLAG_WORDS[flag][1]))
    return html.Div(keys, className="keys")


def key_places(address: MapAddress, snapshot: Snapshot) -> list[html.Div]:
    """The shape of each kind of place that is switched on; nothing while none is."""
    cards = {name: snapshot.points_cards[snapshot.points_names[name]] for name in address.points if name != PROJECTS}
    kinds = [(cards[name].symbol, cards[name].short) if name in cards else ("project", "Projects") for name in address.points]
    return [html.Div([html.Span([point_sign(symbol, 18), short]) for symbol, short in kinds], className="places")] if kinds else []


def _percent(share: float) -> str:
    """
    >>> _percent(0.0), _percent(0.4), _percent(24.3)
    ('0', '<1', '24')
    """
    return "<1" if 0 < share < 1 else f"{share:.0f}"
