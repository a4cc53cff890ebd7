"""Where the gap is widest: all authorities, or NHS boards, by one indicator: ``/inequality/areas?layer=…&level=lad``."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from heatmap.drawing.elements import Element, el, pictures, sign
from heatmap.geography.levels import ENGLAND, PLURAL
from heatmap.inequality.address import (
    AREAS_PATH,
    GRADIENT_PATH,
    read_area,
    read_asked,
    read_index,
    read_indicator,
    read_level,
    read_measure,
    read_order,
)
from heatmap.inequality.gradient import Answer, GradientQuestion, find_gradient, is_circular
from heatmap.inequality.ranking import (
    GROUPS,
    GapMeasure,
    RankedLevel,
    Ranking,
    is_turned_round,
    measure_of,
    rank_areas,
    split_ranking,
)
from heatmap.inequality.sentences import (
    INDEX_NAMES,
    WHY_ABSENT,
    decimals_for,
    say_card_number,
    say_cautions,
    say_gradient_finding,
    say_points,
    say_sign,
    small,
)
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import AMOUNT_COLOURS
from heatmap.layers.words import say_worse_end
from heatmap.map.drawn import MapClass, draw_map, say_ways
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.inequality.parts import choose_index, choose_indicator, choose_of_few, form, message, say_notices, ways
from heatmap.snapshot import Area, Snapshot, open_snapshot
from heatmap.statistics import Estimate
from heatmap.words.glossary import link_terms
from heatmap.words.language import _
from heatmap.words.phrases import say_count, say_rounded

PATH = AREAS_PATH
TITLE = "Where the gap is widest"
HAS_SEARCH = True  # its map knows areas by name
_MEASURES: Final[dict[GapMeasure, str]] = {"sii": _("SII, points"), "rii": _("RII, times")}


def layout(search: str) -> list[Any]:
    """The whole page; another question is another address."""
    return drawn_page(GRADIENT_PATH, draw_body(search))  # its way in the header


def draw_body(search: str) -> list[Element]:
    """The page's main part."""
    snapshot, asked, notices = open_snapshot(), read_asked(search), list[str]()
    layer = read_indicator(asked, snapshot, notices)
    by, level, measure = read_index(asked, layer, snapshot, notices), read_level(asked), read_measure(asked)
    area, card = read_area(asked, snapshot, notices), snapshot.cards[layer]
    found = rank_areas(layer, by, level, measure, snapshot)
    here = {"layer": layer, "by": by, "level": level, "measure": measure, "area": area.code if area else ENGLAND}
    parts = [
        choose_indicator(layer, snapshot),
        choose_index(by, card),
        choose_of_few("level", _("Among"), (("lad", _("Authorities")), ("icb", _("NHS boards"))), level),
        choose_of_few("measure", _("By"), (("sii", "SII"), ("rii", "RII")), measure),
    ]
    body: list[Element] = [
        el("H1", _("Where is the gap widest?"), tabIndex=-1),
        el("P", _("One indicator in every authority or NHS board, from the widest gap to the narrowest."), className="soft"),
        ways(PATH, layer, here["area"]),
        form(PATH, parts),
        *say_notices(notices),
    ]
    body += [
        message("stop" if is_circular(card, by) and not at else "warn", "warn", link_terms(words, "circular"))
        for at, words in enumerate(say_cautions(card, by))
    ]
    if found.places:
        body.append(_draw_ranking(found, here, read_order(asked) == "narrowest", card, snapshot))
    if found.without:
        body.append(_draw_without(found, level, card, snapshot))
    return [el("Main", body, className="page place inequality", id="main", tabIndex=-1, style=pictures())]


def say_ranking_finding(found: Ranking, level: RankedLevel, measure: GapMeasure, card: LayerCard) -> str:
    """The finding: where the gap is widest and narrowest, and whether it may be chance."""
    (widest, most), (narrowest, least) = found.places[0], found.places[-1]
    patterns = {
        False: _(
            "Of {n} {areas} the gap in {name} between the most and the least deprived neighbourhoods is widest in {widest} ({a}) and"
            " narrowest in {narrowest} ({b})."
        ),
        True: _(
            "Of {n} {areas} the gap in {name} between the most and the least deprived neighbourhoods is widest in {widest} ({a}). In"
            " {narrowest} it runs the other way: the least deprived neighbourhoods are worse off ({b})."
        ),
    }
    if card.polarity == "no_judgement":
        patterns[True] = _(
            "Of {n} {areas} the gap in {name} between the most and the least deprived neighbourhoods is widest in {widest} ({a}). In"
            " {narrowest} it runs the other way: there is more among the least deprived ({b})."
        )
    shown = round(_value(measure_of(least, measure)), 2 if measure == "rii" else decimals_for(least, card))  # 0.0 is not turned round
    said = patterns[is_turned_round(shown, measure)]
    return said.format(
        n=len(found.places),
        areas=PLURAL[level],
        name=small(card.short),
        widest=widest.title,
        narrowest=narrowest.title,
        a=_say(most, measure, card),
        b=_say(least, measure, card),
    )


def _draw_map(here: dict[str, str], card: LayerCard, snapshot: Snapshot) -> Element:
    """The ranking in fifths on the map; its colours go from the widest gaps to the narrowest, and are no tenths of deprivation."""
    level, measure = _chosen(here)
    found = split_ranking(card.id, here["by"], level, measure, snapshot)
    last = len(found.ends)
    words = []
    for number, (widest, narrowest) in enumerate(found.ends, start=1):
        turned = is_turned_round(narrowest, measure)
        end = (
            _(", widest")
            if number == 1
            else (
                ""
                if number < last
                else (
                    _(", the other way round")
                    if is_turned_round(widest, measure)
                    else (_(", narrowest or the other way round") if turned else _(", narrowest"))
                )
            )
        )
        words.append(f"{_say_ends(widest, narrowest, measure, card)}{end}")
    colours = [f"fifth-{number}" for number in AMOUNT_COLOURS.get(last, (1,))]
    what = _("slope index (SII)") if measure == "sii" else _("relative index (RII)")
    classes = [MapClass(colour, _("Gap: {words}").format(words=said)) for colour, said in zip(colours, words, strict=True)]
    address = f"/api/v1/inequality/areas/classes?{urlencode({key: here[key] for key in ('layer', 'level', 'by', 'measure')})}"
    link = f"{GRADIENT_PATH}?{urlencode({'layer': here['layer'], 'by': here['by'], 'groups': '5'})}&area={{code}}"
    name = _("Map of {areas} by how wide the gap in {name} is").format(areas=PLURAL[level], name=small(card.short))
    key = [el("Li", [el("I", style={"background": f"var(--{colour})"}), said]) for colour, said in zip(colours, words, strict=True)]
    none = _("Without the measure: the list below says why.")
    chosen = "" if here["area"] == ENGLAND else here["area"]
    return el(
        "Div",
        [
            el(
                "Div",
                [
                    draw_map(name, classes, address, level, ENGLAND, link, none, snapshot, chosen),
                    el("P", say_ways(level), className="xs soft noprint"),
                ],
            ),
            el(
                "Div",
                [
                    el("P", el("B", _("The gap, as {what}").format(what=what)), className="s"),
                    el("Ul", [*key, el("Li", [el("I", className="none"), none])], className="fifths-key"),
                    el(
                        "P",
                        _("Fifths of the {areas} that have the measure. Dark is a wide gap inside the area, not a deprived area.").format(
                            areas=PLURAL[level]
                        ),
                        className="xs soft",
                    ),
                ],
                className="stack",
            ),
        ],
        className="cols two-maps",
    )


def _say_ends(widest: float, narrowest: float, measure: GapMeasure, card: LayerCard) -> str:
    """The values of a class, with their unit once."""
    decimals = 2 if measure == "rii" else max(card.decimals, 1)
    first, last = (say_rounded(value, decimals) for value in (widest, narrowest))
    unit = _("times") if measure == "rii" else say_points(card)
    return f"{first} {unit}" if first == last else _("{first} to {last} {unit}").format(first=first, last=last, unit=unit)


def _chosen(here: dict[str, str]) -> tuple[RankedLevel, GapMeasure]:
    return "icb" if here["level"] == "icb" else "lad", "rii" if here["measure"] == "rii" else "sii"


def _say(answer: Answer, measure: GapMeasure, card: LayerCard) -> str:
    value = _value(measure_of(answer, measure))
    if measure == "rii":
        return _("{n} times").format(n=f"{value:.2f}")
    return f"{say_rounded(value, decimals_for(answer, card))} {say_points(card)}"


def _value(estimate: Estimate | None) -> float:
    assert estimate is not None and estimate.value is not None  # those without stand apart
    return estimate.value


def _draw_ranking(found: Ranking, here: dict[str, str], turned: bool, card: LayerCard, snapshot: Snapshot) -> Element:
    level, measure = _chosen(here)
    england = measure_of(find_gradient(GradientQuestion(card.id, ENGLAND, here["by"], GROUPS), snapshot), measure)
    low, high = _ends_of_plot(found, measure, england)
    whose = _("their own fifths") if level == "lad" else _("England’s fifths")
    how = _(
        "{areas} by {whose} of neighbourhoods: {index}. {worse} Dot: the area; bar: 95% interval where counts are published; grey line: no"
        " gap; dashed: England, {england}. {sign}"
    )
    said = how.format(
        areas=PLURAL[level].capitalize() if level == "lad" else _("NHS boards"),
        whose=whose,
        index=INDEX_NAMES[here["by"].rstrip("0123456789")],
        worse=say_worse_end(card.polarity),
        england=_("none") if england is None else _number(england, measure, card),
        sign=say_sign(card),
    )
    numbered = list(enumerate(found.places, start=1))
    rows = [
        _draw_row(n, area, answer, here, measure, england, (low, high), card)
        for n, (area, answer) in (reversed(numbered) if turned else numbered)
    ]
    csv = f"/api/v1/inequality/areas?{urlencode({key: here[key] for key in ('layer', 'level', 'by', 'measure')} | {'format': 'csv'})}"
    jump = (
        [el("A", _("Go to {name}").format(name=snapshot.area(here["area"]).title), href="#here", className="btn")]
        if any(area.code == here["area"] for area, _answer in found.places)
        else []
    )
    table = el(
        "Table",
        [
            el("Caption", _("{name}: the gap in every area").format(name=card.title), className="vh"),
            el("Thead", el("Tr", _head(here, measure, turned))),
            el("Tbody", rows),
        ],
        className="table ranking",
    )
    return el(
        "Section",
        [
            el(
                "Div",
                [
                    el("H2", say_ranking_finding(found, level, measure, card), className="bigsay"),
                    el(
                        "Div",
                        [*jump, el("A", [sign("save", 18), "CSV"], href=csv, download=True, className="btn")],
                        className="row wrap noprint",
                    ),
                ],
                className="stack",
            ),
            _draw_map(here, card, snapshot),
            el("P", said, className="s soft"),
            el(
                "P",
                _("Where intervals overlap, two areas may differ by chance. The order is less certain than the figures."),
                className="s soft",
            ),
            el("Div", table, className="scroll tall", tabIndex=0, role="region", aria_label=_("The ranking")),
        ],
        className="box stack",
    )


def _head(here: dict[str, str], measure: GapMeasure, turned: bool) -> list[Element]:
    sorted_by = {
        each: el(
            "Th",
            el(
                "A",
                [_MEASURES[each], *([el("Span", " ↑" if turned else " ↓", aria_hidden="true")] if each == measure else [])],
                href=(
                    f"{AREAS_PATH}?{urlencode(here | {'measure': each} | ({'order': 'narrowest'} if each == measure and not turned else {}))}"
                ),
            ),
            scope="col",
            className="num",
            **({"aria-sort": "ascending" if turned else "descending"} if each == measure else {}),
        )
        for each in _MEASURES
    }
    return [
        el("Th", "#", scope="col", className="num"),
        el("Th", _("Area"), scope="col"),
        el("Th", _("Most deprived fifth"), scope="col", className="num not-phone"),
        el("Th", _("Least deprived fifth"), scope="col", className="num not-phone"),
        sorted_by[measure],
        el("Th", _("Plot"), scope="col"),
        *(each for name, each in sorted_by.items() if name != measure),
    ]


def _draw_row(
    place: int,
    area: Area,
    answer: Answer,
    here: dict[str, str],
    measure: GapMeasure,
    england: Estimate | None,
    ends: tuple[float, float],
    card: LayerCard,
) -> Element:
    assert answer.groups is not None  # those without stand apart
    decimals = decimals_for(answer, card)
    fifths = [say_card_number(answer.groups.each[at].estimate.value, card, decimals) for at in (0, -1)]
    chosen = area.code == here["area"]
    cells = {each: _draw_measure(measure_of(answer, each), each, card, decimals) for each in _MEASURES}
    link = f"{GRADIENT_PATH}?{urlencode({'layer': here['layer'], 'area': area.code, 'by': here['by'], 'groups': '5'})}"
    estimate = measure_of(answer, measure)
    assert estimate is not None
    return el(
        "Tr",
        [
            el("Td", str(place), className="num"),
            el("Th", el("A", area.title, href=link), scope="row"),
            *(el("Td", words, className="num not-phone") for words in fifths),
            cells[measure],
            el("Td", _plot(estimate, england, ends, measure)),
            *(cell for each, cell in cells.items() if each != measure),
        ],
        className="here" if chosen else None,
        id="here" if chosen else None,
    )


def _draw_measure(estimate: Estimate | None, measure: GapMeasure, card: LayerCard, decimals: int) -> Element:
    if estimate is None:
        return el("Td", "–", className="num")
    digits = 2 if measure == "rii" else decimals
    parts: list[Any] = [el("B", say_rounded(_value(estimate), digits))]
    if estimate.lower_ci is not None and estimate.upper_ci is not None:
        words = _(" ({low} to {high})").format(low=say_rounded(estimate.lower_ci, digits), high=say_rounded(estimate.upper_ci, digits))
        parts.append(el("Span", words, className="soft xs"))
    return el("Td", parts, className="num")


def _number(estimate: Estimate, measure: GapMeasure, card: LayerCard) -> str:
    value = _value(estimate)
    return (
        _("{n} times").format(n=f"{value:.2f}") if measure == "rii" else f"{say_rounded(value, max(card.decimals, 1))} {say_points(card)}"
    )


# ---- the caterpillar plot ----


def _ends_of_plot(found: Ranking, measure: GapMeasure, england: Estimate | None) -> tuple[float, float]:
    """The least and the greatest that is drawn, no gap always between."""
    nothing = 1.0 if measure == "rii" else 0.0
    values = [nothing, *([] if england is None else [_value(england)])]
    for _area, answer in found.places:
        estimate = measure_of(answer, measure)
        assert estimate is not None
        values += [each for each in (estimate.value, estimate.lower_ci, estimate.upper_ci) if each is not None]
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1, high + 1)


def _plot(estimate: Estimate, england: Estimate | None, ends: tuple[float, float], measure: GapMeasure) -> Element:
    """A dot with its interval on a line that all rows share; the numbers beside say the same."""
    low, high = ends
    at = lambda value: f"{4 + 92 * (value - low) / (high - low):.1f}%"  # noqa: E731
    parts = [el("I", className="zero", style={"left": at(1.0 if measure == "rii" else 0.0)})]
    if england is not None:
        parts.append(el("I", className="ref", style={"left": at(_value(england))}))
    if estimate.lower_ci is not None and estimate.upper_ci is not None:
        width = f"{92 * (estimate.upper_ci - estimate.lower_ci) / (high - low):.1f}%"
        parts.append(el("I", className="line", style={"left": at(estimate.lower_ci), "width": width}))
    parts.append(el("I", className="dot", style={"left": at(_value(estimate))}))
    return el("Span", parts, className="plot", aria_hidden="true")


# ---- those without ----


def _draw_without(found: Ranking, level: RankedLevel, card: LayerCard, snapshot: Snapshot) -> Element:
    """Those too small, or without the measure, each with the reason."""
    rows = [el("Li", _say_why(area, answer, card, snapshot)) for area, answer in found.without]
    title = _("Not in the line: {many}").format(many=say_count(len(found.without), level))
    if len({answer.why_not for _area, answer in found.without}) == 1 and not found.places:
        return el("Section", el("H2", say_gradient_finding(found.without[0][1], card, snapshot), className="bigsay"), className="box")
    return el("Section", [el("H2", title), el("Ul", rows, className="s")], className="box stack")


def _say_why(area: Area, answer: Answer, card: LayerCard, snapshot: Snapshot) -> str:
    if answer.why_not or answer.gradient is None:
        return say_gradient_finding(answer, card, snapshot)
    found = answer.slope if answer.slope and answer.slope.value is None else answer.relative
    assert found is not None  # there is a gradient
    empty = answer.gradient.empty_groups
    why = (
        _("nobody lives in fifth {n} of England’s").format(n=", ".join(map(str, empty)))
        if empty
        else WHY_ABSENT[found.reason]
        if found.reason
        else ""
    )
    return f"{area.title}: {why}."
