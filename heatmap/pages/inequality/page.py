"""An indicator by groups of deprivation, for any area: ``/inequality?layer=…&area=E08000025``. All that is chosen stands in the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from heatmap.drawing.elements import Element, el, picture, pictures, sign
from heatmap.geography.levels import ENGLAND
from heatmap.inequality.address import GRADIENT_PATH, read_gradient_address, write_gradient_query
from heatmap.inequality.chart import BARE_HEIGHT, WIDE
from heatmap.inequality.gradient import Answer, GradientQuestion, find_gradient
from heatmap.inequality.sentences import (
    decimals_for,
    may_be_chance,
    name_group,
    say_area,
    say_card_number,
    say_counted,
    say_gradient_finding,
    say_limits,
    say_line_up,
    say_points,
    say_scale,
    say_side,
    say_sign,
    say_sizes,
    say_slope,
    say_warnings,
    side_of_gap,
)
from heatmap.layers.cards import LayerCard
from heatmap.layers.words import say_worse_end
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.inequality.parts import (
    choose_area,
    choose_index,
    choose_indicator,
    choose_of_few,
    form,
    message,
    say_notices,
    ways,
)
from heatmap.pages.standing_parts import TAGS
from heatmap.snapshot import Snapshot, open_snapshot
from heatmap.statistics import Estimate
from heatmap.words.glossary import link_terms
from heatmap.words.language import _
from heatmap.words.phrases import say_rounded

PATH = GRADIENT_PATH
WAY = (40, "Inequality")
TITLE = "Inequality"
_FILTER_OF = {"rgn": "regions", "icb": "icbs", "lad": "authorities"}


def layout(search: str) -> list[Any]:
    """The whole page; another question is another address."""
    return drawn_page(PATH, draw_body(search))


def draw_body(search: str) -> list[Element]:
    """The page's main part."""
    snapshot = open_snapshot()
    question, notices = read_gradient_address(search, snapshot)
    card, answer = snapshot.cards[question.layer], find_gradient(question, snapshot)
    inside = [
        el("H1", _("How steep is the gradient?"), tabIndex=-1),
        el("P", _("Any indicator, any area, by how deprived its neighbourhoods are."), className="soft"),
        ways(PATH, question.layer, question.area),
        _draw_form(question, card, snapshot),
        *say_notices(notices),
        *_draw_answer(question, answer, card, snapshot),
    ]
    return [el("Main", inside, className="page place inequality", id="main", tabIndex=-1, style=pictures())]


def _draw_form(question: GradientQuestion, card: LayerCard, snapshot: Snapshot) -> Element:
    parts = [
        choose_indicator(question.layer, snapshot),
        choose_area(question.area, snapshot),
        choose_index(question.by, card),
        choose_of_few("groups", _("In"), (("10", _("Tenths")), ("5", _("Fifths"))), str(question.groups)),
    ]
    if question.area != ENGLAND and snapshot.area(question.area).level == "lad":
        of_its_own = say_area(question.area, snapshot)
        parts.append(choose_of_few("ranked", _("Ranked within"), (("local", of_its_own), ("national", _("England"))), question.ranked))
    return form(PATH, parts)


def _draw_answer(question: GradientQuestion, answer: Answer, card: LayerCard, snapshot: Snapshot) -> list[Element]:
    warnings = say_warnings(answer, question, snapshot)
    first = [message("stop", "warn", link_terms(words, "circular")) for words in warnings if words.startswith(_("Circular"))]
    rest = [message("warn", "warn", words) for words in warnings if not words.startswith(_("Circular"))]
    finding = say_gradient_finding(answer, card, snapshot)
    if answer.groups is None:
        return [*first, el("Section", [el("H2", finding, className="bigsay")], className="box"), *rest]
    side = side_of_gap(answer, card)
    said = [
        el("Span", say_worse_end(card.polarity), className="s"),
        *(
            [el("Span", say_side(answer, card), className=TAGS["worse" if side == "worse" else "better"])]
            if side in ("worse", "better")
            else []
        ),
    ]
    shown = [
        el("H2", finding, className="bigsay", id="finding"),
        el("P", said, className="row wrap"),
        _draw_chart(question, finding, card, snapshot),
        el("P", say_line_up(answer.question, answer.level, snapshot), className="s soft"),
        _draw_doings(question, answer, snapshot),
        _draw_table(answer, card),
    ]
    sizes = say_sizes(answer, snapshot)
    notes = [message("plain", "info", sizes)] if sizes else []
    beside = [_draw_measures(answer, card, snapshot), *rest, *notes, _draw_source(card)]
    return [
        *first,
        el(
            "Div",
            [el("Section", shown, className="box stack", **{"aria-labelledby": "finding"}), el("Div", beside, className="stack")],
            className="cols two",
        ),
    ]


# ---- the chart and its twin ----


def _api(question: GradientQuestion, path: str = "", **more: str) -> str:
    asked = {
        "layer": question.layer,
        "area": question.area,
        "by": question.by,
        "groups": str(question.groups),
        "ranked": question.ranked,
        **more,
    }
    return f"/api/v1/inequality{path}?{urlencode(asked)}"


def _draw_chart(question: GradientQuestion, finding: str, card: LayerCard, snapshot: Snapshot) -> Element:
    """The bars of the picture, whose title the page says itself; whoever saves the picture has the title too."""
    wide, narrow = f"{_api(question, '/chart')}#bars", f"{_api(question, '/chart', width='narrow')}#bars"
    alt = _("Bar chart of {name}. {finding}").format(name=card.title, finding=finding)
    return picture(wide, narrow, width=WIDE, height=BARE_HEIGHT, className="gradient", alt=alt)


def _draw_doings(question: GradientQuestion, answer: Answer, snapshot: Snapshot) -> Element:
    name = f"{question.layer}_{question.area}_{question.by}"
    chart = _api(question, "/chart")
    level = answer.level
    on_map = {"layer": question.layer, "level": level}
    if question.area != ENGLAND:
        on_map[_FILTER_OF[snapshot.area(question.area).level]] = question.area
    return el(
        "Div",
        [
            el("A", [sign("map", 18), _("On the map")], href=f"/map?{urlencode(on_map)}", className="btn"),
            el("A", [sign("save", 18), "CSV"], href=_api(question, format="csv"), download=True, className="btn"),
            el("A", [sign("save", 18), "SVG"], href=chart, download=f"{name}.svg", className="btn"),
            el("Button", [sign("save", 18), el("Span", "PNG")], data_png=chart, data_name=name, className="btn"),
            el(
                "A",
                [sign("share", 18), _("Link to this")],
                href=f"{PATH}{write_gradient_query(question, snapshot)}",
                data_do="share",
                className="btn",
            ),
        ],
        className="row wrap noprint",
    )


def _draw_table(answer: Answer, card: LayerCard) -> Element:
    assert answer.groups is not None and answer.gradient is not None  # _draw_answer has asked
    decimals = decimals_for(answer, card)
    fitted = answer.gradient.fitted_at(answer.gradient.position).tolist() or [None] * len(answer.groups.each)
    group = name_group(answer.question.groups).capitalize()
    last = len(answer.groups.each)
    head = [group, say_counted(answer, card).capitalize(), _("Areas"), _("Figure"), _("95% interval"), _("Fitted line")]
    rows = [
        el(
            "Tr",
            [
                el(
                    "Th",
                    f"{each.number}{_(', most deprived') if each.number == 1 else _(', least deprived') if each.number == last else ''}",
                    scope="row",
                ),
                *(
                    el("Td", cell, className="num")
                    for cell in (
                        f"{each.population:,.0f}",
                        f"{each.areas:,}",
                        say_card_number(each.estimate.value, card, decimals),
                        _interval(each.estimate, decimals),
                        "" if line is None else say_card_number(line, card, decimals),
                    )
                ),
            ],
        )
        for each, line in zip(answer.groups.each, fitted, strict=True)
    ]
    titles = [el("Th", words, scope="col", className="num" if at else None) for at, words in enumerate(head)]
    table = el(
        "Table",
        [el("Caption", f"{card.title}: {card.unit}", className="vh"), el("Thead", el("Tr", titles)), el("Tbody", rows)],
        className="table",
    )
    summary = el("Summary", [sign("table", 18), _("As a table"), sign("down", 14)])
    scroll = el("Div", table, className="scroll", tabIndex=0, role="region", aria_label=_("The groups as a table"))
    return el("Details", [summary, scroll], className="unfold")


def _interval(estimate: Estimate, decimals: int) -> str:
    if estimate.lower_ci is None or estimate.upper_ci is None:
        return _("not published")
    return _("{low} to {high}").format(low=say_rounded(estimate.lower_ci, decimals), high=say_rounded(estimate.upper_ci, decimals))


# ---- the measures, and where it is from ----


def _draw_measures(answer: Answer, card: LayerCard, snapshot: Snapshot) -> Element:
    """The slope index large; the relative index and the two ends beside it in words, since the finding has the page's one ratio."""
    assert answer.slope is not None and answer.relative is not None  # _draw_answer has asked
    decimals = decimals_for(answer, card)
    said = [
        say_slope(answer, card),
        link_terms(_say_relative(answer.relative), "RII"),
        _say_ends(answer, card),
        _say_england(answer, card, snapshot),
        say_scale(answer),
        say_sign(card),
    ]
    return el(
        "Section",
        [
            el("H2", _("The gap across all groups")),
            _figure(answer.slope, decimals, say_points(card), _("Slope index (SII)")),
            *(el("P", words, className="s") for words in said if words),
            el(
                "P",
                _(
                    "The slope index sets the two ends of the fitted line against each other, so that everyone between counts too. Files"
                    " and API have the same sign; the API also has the statistical convention, least deprived against most."
                ),
                className="xs soft",
            ),
        ],
        className="box stack measures",
    )


def _say_relative(relative: Estimate) -> str:
    limits = say_limits(relative, 2)
    if relative.value is None:
        return _("Relative index (RII): {limits}.").format(limits=limits)
    return _("Relative index (RII): {n}{limits}.").format(n=f"{relative.value:.2f}", limits=f" ({limits})" if limits else "")


def _say_ends(answer: Answer, card: LayerCard) -> str:
    """The first group against the last, as they are."""
    gap, decimals = answer.end_gap, decimals_for(answer, card)
    if gap is None or gap.value is None:
        return ""
    chance = _(": this may be chance") if may_be_chance(gap) else ""
    limits = say_limits(gap, decimals) if gap.has_interval else ""
    return _("Group 1 against the last: {n} {points}{limits}{chance}.").format(
        n=say_rounded(gap.value, decimals), points=say_points(card), limits=f" ({limits})" if limits else "", chance=chance
    )


def _figure(estimate: Estimate, decimals: int, unit: str, name: str) -> Element:
    shown = "–" if estimate.value is None else say_rounded(estimate.value, decimals)
    return el(
        "Div",
        [
            el("P", [shown, el("Small", f" {unit}")], className="figure"),
            el("P", [el("B", link_terms(name, "SII")), el("Span", say_limits(estimate, decimals), className="soft")], className="s"),
        ],
    )


def _say_england(answer: Answer, card: LayerCard, snapshot: Snapshot) -> str:
    """England's two figures beside an area's, by the same index and number of groups."""
    if answer.question.area == ENGLAND:
        return ""
    england = find_gradient(GradientQuestion(card.id, ENGLAND, answer.question.by, answer.question.groups), snapshot)
    if england.slope is None or england.slope.value is None:
        return ""
    relative = england.relative.value if england.relative else None
    return _("England, by its {many}: {n} {points}{rii}.").format(
        many=_("tenths") if answer.question.groups == 10 else _("fifths"),
        points=say_points(card),
        rii="" if relative is None else _(", RII {n}").format(n=f"{relative:.2f}"),
        n=say_rounded(england.slope.value, decimals_for(answer, card)),
    )


def _draw_source(card: LayerCard) -> Element:
    return el(
        "P",
        [
            el("A", _("Where do these numbers come from?"), href=f"/layers?layer={card.id}"),
            " ",
            f"{card.source.publisher}, {card.source.title}, {card.period}. {card.source.licence}.",
        ],
        className="xs soft",
    )
