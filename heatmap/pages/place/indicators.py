"""Health indicators of a place, drawn: what stands out, then every figure by theme with England and the authority beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from heatmap.drawing.elements import Element, el, picture, sign
from heatmap.indicators.chart import HEIGHT, WIDE, say_chart_finding
from heatmap.indicators.sentences import (
    say_beside,
    say_figure,
    say_interval,
    say_moments,
    say_what_stands_out,
    side_of,
)
from heatmap.indicators.standings import Moment, Standing, bears_on, find_standings, group_by_theme, over_time, stand_out
from heatmap.indicators.words import say_caution
from heatmap.inequality.address import GRADIENT_PATH
from heatmap.pages.standing_parts import draw_comparison, draw_doubts
from heatmap.place.address import PlaceAddress
from heatmap.snapshot import Area, Snapshot
from heatmap.words.language import _


def draw_indicators(area: Area, address: PlaceAddress, snapshot: Snapshot) -> Element:
    """The section "Health, and what shapes it" of a place's page, for the age and condition that are asked for."""
    return _draw(area.code, address.age, address.condition, snapshot)


@lru_cache(maxsize=128)
def _draw(code: str, age: str, condition: str, snapshot: Snapshot) -> Element:
    area = snapshot.area(code)
    standings = [each for each in find_standings(code, snapshot) if bears_on(each.card, age, condition)]
    head = [el("H2", _("Health, and what shapes it"), id="figures")]
    if not standings:
        words = _("We have no figures for that age and condition. Choose another, or show all.")
        return el("Section", [*head, el("P", words, className="soft")], className="box figures", **{"aria-labelledby": "figures"})
    worse, better = stand_out(standings, area)
    whole = (
        area if area.level in ("lad", "icb", "rgn") else snapshot.area(area.parents["lad"])
    )  # a neighbourhood has no gradient of its own
    links = [
        el(
            "A",
            [sign("save", 18), _("All figures (CSV)")],
            href=f"/api/v1/areas/{code}/indicators?format=csv",
            className="btn",
            download=True,
        ),
        el("A", [sign("compare", 18), _("Compare with other places")], href=f"/compare?areas={code}", className="btn"),
        el(
            "A",
            [sign("compare", 18), _("Inequality in {place}").format(place=whole.title)],
            href=f"{GRADIENT_PATH}?area={whole.code}",
            className="btn",
        ),
    ]
    return el(
        "Section",
        [
            el("Div", [*head, el("Div", links, className="row wrap noprint")], className="row between wrap"),
            el("P", say_what_stands_out(worse, better), className="l"),
            *([el("Div", [_draw_card(each, area) for each in (*worse, *better)], className="outstanding")] if worse or better else []),
            el("P", _say_how(area), className="xs soft"),
            *(_draw_theme(theme, rows, area, snapshot) for theme, rows in group_by_theme(standings)),
        ],
        className="box figures",
        **{"aria-labelledby": "figures"},
    )


def _say_how(area: Area) -> str:
    return _(
        "Each bar is England’s {areas}, from the best (left) to the worst (right), or from the lowest to the highest where neither end"
        " is worse; the mark is this place. Where a figure has an interval, “worse” and “better” are said only if England’s figure lies"
        " outside it."
    ).format(areas=_("neighbourhoods") if area.level == "lsoa" else _("areas of this kind"))


# ---- what stands out ----


def _draw_card(standing: Standing, area: Area) -> Element:
    """One figure that stands out, large."""
    return el(
        "Div",
        [
            el("B", standing.card.short),
            el("Span", say_figure(standing), className="s"),
            el("Span", "; ".join(filter(None, (standing.card.period, say_interval(standing)))), className="xs soft"),
            _bar(standing),
            el("Span", [*draw_comparison(standing), *draw_doubts(standing, area)], className="row wrap"),
            el("Span", say_beside(standing), className="xs soft"),
            *([el("Span", [el("B", _("With care. ")), caution], className="xs soft")] if (caution := say_caution(standing.card)) else []),
        ],
        className=f"out {side_of(standing.comparison)}",
    )


# ---- every figure, by theme ----


def _draw_theme(theme: str, rows: Sequence[Standing], area: Area, snapshot: Snapshot) -> Element:
    sides = [side_of(each.comparison) for each in rows]
    counts = [(_("{n} worse"), sides.count("worse")), (_("{n} better"), sides.count("better"))]
    said = ", ".join(words.format(n=n) for words, n in counts if n)
    head = [
        el("B", theme),
        el("Span", f" {len(rows)} {_('figure') if len(rows) == 1 else _('figures')}{': ' if said else ''}{said}", className="s soft"),
        sign("down", 16),
    ]
    table = el(
        "Table",
        [
            el("Caption", theme, className="vh"),
            el("Tr", [el("Th", words, scope="col") for words in (_("Indicator"), _("Here"), _("Beside England"), _("Where it is from"))]),
            *(row for each in rows for row in _draw_row(each, area, snapshot)),
        ],
        className="indicators",
    )
    return el("Details", [el("Summary", head), table], className="of-theme")


def _draw_row(standing: Standing, area: Area, snapshot: Snapshot) -> list[Element]:
    card, of = standing.card, standing.of
    name: list[Any] = [el("A", card.short, href=f"/map?layer={card.id}&level={of.level}&area={of.code}", title=card.question)]
    if caution := say_caution(card):
        name.append(el("Span", [el("B", _("With care. ")), caution], className="xs soft care"))
    here: list[Any] = [el("Span", say_figure(standing), className="b")]
    here += [el("Span", words, className="xs soft") for words in (say_interval(standing), _say_counts(standing), card.period) if words]
    here += draw_doubts(standing, area)
    moments = over_time(card, of, snapshot)
    beside: list[Any] = [el("Span", draw_comparison(standing), className="row wrap"), _bar(standing)]
    if words := say_beside(standing):
        beside.append(el("Span", words, className="xs soft"))
    if moments:
        beside.append(el("Span", say_moments(moments, card, of.level), className="xs soft"))
    source = [
        el("Span", card.source.publisher, className="xs"),
        el("A", _("Where does this number come from?"), href=f"/layers?layer={card.id}", className="xs"),
    ]
    cells = [el("Td", part) for part in (here, beside, source)]
    chart = el("Td", _draw_chart(standing, moments), colSpan=4)
    return [el("Tr", [el("Th", name, scope="row"), *cells]), el("Tr", chart, className="chart noprint")]


def _draw_chart(standing: Standing, moments: Sequence[Moment]) -> Element:
    """A picture that is fetched when it is unfolded, drawn for the width there is; to take away as SVG and PNG."""
    card, address = standing.card, _chart_address(standing)
    finding = say_moments(moments, card, standing.of.level) if moments else say_chart_finding(standing)
    alt = _("Chart of {name} in {place}. {finding}").format(name=card.title, place=standing.of.title, finding=finding)
    chart = picture(address, f"{address}?width=narrow", loading="lazy", width=WIDE, height=HEIGHT, alt=alt)
    name = f"{card.id}_{standing.of.code}"
    take = [
        el("A", [sign("save", 16), "SVG"], href=address, download=f"{name}.svg", className="btn plain"),
        el("Button", [sign("save", 16), "PNG"], data_png=address, data_name=name, className="btn plain"),
    ]
    summary = el("Summary", [_("Chart"), el("Span", _(" of {name}").format(name=card.short), className="vh"), sign("down", 14)])
    return el("Details", [summary, chart, el("Div", take, className="row")], className="unfold")


def _chart_address(standing: Standing) -> str:
    return f"/api/v1/areas/{standing.of.code}/indicators/{standing.card.id}/chart"


def _say_counts(standing: Standing) -> str:
    if standing.part is None or standing.whole is None:
        return ""
    return _("{part} of {whole}").format(part=f"{standing.part:,}", whole=f"{standing.whole:,}")


def _bar(standing: Standing) -> Element:
    """Where it stands among England's areas of its level; the words beside say the same."""
    if standing.worse_than is None:
        return el("Span", className="vh")
    mark = el("I", className="here", style={"left": f"{standing.worse_than:.1f}%"})
    return el("Span", mark, className="fifths-bar", aria_hidden="true")
