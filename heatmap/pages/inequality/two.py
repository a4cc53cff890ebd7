"""Two layers at once: ``/inequality/two?layer=…&other=…&level=msoa&area=E08000025``. A map in nine colours, and one box of it as a list."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from heatmap.drawing.elements import Element, el, pictures, sign
from heatmap.geography.levels import PICKER, PLURAL
from heatmap.inequality.address import GRADIENT_PATH
from heatmap.inequality.pair_address import PAIR_PATH, read_pair_address, write_pair_query
from heatmap.inequality.pair_sentences import (
    is_judged,
    name_box,
    say_both,
    say_chance,
    say_measure,
    say_pair_figure,
    say_pair_warnings,
    say_third,
    say_thirds,
)
from heatmap.inequality.pairs import (
    BOTH_HIGH,
    Pair,
    PairQuestion,
    can_be_paired,
    find_pair,
    in_line_by,
    levels_of_both,
    list_pair_box,
    split_box,
)
from heatmap.inequality.sentences import say_area, small
from heatmap.layers.cards import LayerCard
from heatmap.map.drawn import draw_map, say_ways
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.inequality.nine_boxes import Box, draw_nine, make_classes
from heatmap.pages.inequality.parts import choose, choose_area, draw_pages, form, group_cards, message, say_notices, ways
from heatmap.snapshot import Snapshot, open_snapshot
from heatmap.words.glossary import link_terms
from heatmap.words.language import _
from heatmap.words.phrases import say_count, say_people

PATH = PAIR_PATH
TITLE = "Two at once"
HAS_SEARCH = True  # its map knows areas by name
#: How many areas of a list stand on one page.
ROWS: Final = 50


def layout(search: str) -> list[Any]:
    """The whole page; another question is another address."""
    return drawn_page(GRADIENT_PATH, draw_body(search))  # its way in the header


def draw_body(search: str) -> list[Element]:
    """The page's main part."""
    snapshot = open_snapshot()
    question, box, page, notices = read_pair_address(search, snapshot)
    pair = find_pair(question, snapshot)
    warnings = say_pair_warnings(pair, question, snapshot)
    inside: list[Element] = [
        el("H1", _("Where two problems overlap"), tabIndex=-1),
        el("P", _("Any two layers, each in thirds of England’s places: nine boxes, and where both are at their worst."), className="soft"),
        ways(PATH, question.layer, question.area),
        _draw_form(question, snapshot),
        *say_notices(notices),
        *(message("stop", "warn", link_terms(words, "circular")) for words in warnings if words.startswith(_("Circular"))),
    ]
    if pair.figured:
        finding = [
            el("H2", say_both(pair, question, snapshot), className="bigsay", id="finding"),
            *(el("P", words, className="s") for words in (say_chance(pair, question, snapshot),) if words),
            el("Div", [_draw_map(question, box, snapshot), _draw_legend(pair, question, box, snapshot)], className="cols two-maps"),
        ]
        inside.append(el("Section", finding, className="box stack", **{"aria-labelledby": "finding"}))
        inside += [message("warn", "warn", words) for words in warnings if not words.startswith(_("Circular"))]
        inside.append(_draw_list(question, box or BOTH_HIGH, page, snapshot))
        inside.append(_draw_sources(question, snapshot))
    else:
        inside.append(el("Section", el("H2", say_both(pair, question, snapshot), className="bigsay"), className="box"))
    return [el("Main", inside, className="page place inequality", id="main", tabIndex=-1, style=pictures())]


# ---- the choices ----


def _draw_form(question: PairQuestion, snapshot: Snapshot) -> Element:
    levels = levels_of_both(snapshot.cards[question.layer], snapshot.cards[question.other])
    layers = group_cards(card for card in snapshot.cards.values() if can_be_paired(card))
    return form(
        PATH,
        [
            choose("layer", _("The one"), layers, question.layer, wide=True),
            choose("other", _("The other"), layers, question.other, wide=True),
            choose("level", _("By"), [("", [(each, PICKER[each]) for each in levels])], question.level),
            choose_area(question.area, snapshot),
        ],
    )


# ---- the map and its legend ----


def _draw_map(question: PairQuestion, box: int, snapshot: Snapshot) -> Element:
    one, other = (snapshot.cards[layer].short for layer in (question.layer, question.other))
    name = _("Map of {place}: {one} and {other}, each in thirds").format(
        place=say_area(question.area, snapshot), one=small(one), other=small(other)
    )
    link = "/place/{code}" if question.level in ("lsoa", "msoa", "lad") else "/map?area={code}"
    return el(
        "Div",
        [
            draw_map(
                name,
                make_classes(lambda box: say_thirds(question, box, snapshot)),
                _api(question, "/classes"),
                question.level,
                question.area,
                link,
                _("No figure of one of the two. It is not zero."),
                snapshot,
                only=box,
            ),
            el("P", say_ways(question.level), className="xs soft noprint"),
        ],
    )


def _draw_legend(pair: Pair, question: PairQuestion, chosen: int, snapshot: Snapshot) -> Element:
    """Nine boxes, the worst of both top right."""
    one, other = (snapshot.cards[layer] for layer in (question.layer, question.other))

    def make_box(number: int) -> Box:
        row, column = split_box(number)
        many, people = int(pair.areas[row - 1, column - 1]), int(pair.people[row - 1, column - 1])
        words = _("{box}: {many}, {people}").format(
            box=say_thirds(question, number, snapshot), many=say_count(many, question.level), people=say_people(people)
        )
        return Box(many, words, f"{PATH}{write_pair_query(question, 0 if number == chosen else number)}#list", number == chosen)

    back = (
        [el("P", el("A", _("Show all boxes on the map"), href=f"{PATH}{write_pair_query(question)}"), className="s noprint")]
        if chosen
        else []
    )
    return el(
        "Div",
        [
            draw_nine(
                _("How many {areas} are in each box").format(areas=PLURAL[question.level]),
                _("up: {one}; across: {other}").format(one=small(one.short), other=small(other.short)),
                [say_third(one, third, question.level, snapshot) for third in (1, 2, 3)],
                [say_third(other, third, question.level, snapshot) for third in (1, 2, 3)],
                make_box,
            ),
            *back,
            el(
                "P",
                _(
                    "All {areas} in England, in thirds as near as equal figures allow; the darkest box is where both are at their worst"
                    " end, or highest where neither end is worse. Striped: no figure of one of the two. Press a box to see it alone, on the"
                    " map and as a list."
                ).format(areas=PLURAL[question.level]),
                className="xs soft",
            ),
        ],
        className="stack",
    )


# ---- the list of one box ----


def _draw_list(question: PairQuestion, box: int, page: int, snapshot: Snapshot) -> Element:
    positions = list_pair_box(question, box, snapshot)
    people = int(snapshot.areas[question.level].population.to_numpy()[positions].sum())
    pages = max(1, -(-len(positions) // ROWS))
    page = min(page, pages)
    shown = positions[(page - 1) * ROWS : page * ROWS]
    cards = [snapshot.cards[layer] for layer in (question.layer, question.other)]
    title = _("{box}: {many}, {people}").format(
        box=name_box(question, box, snapshot), many=say_count(len(positions), question.level), people=say_people(people)
    )
    csv = el("A", [sign("save", 18), "CSV"], href=_api(question, format="csv", box=str(box)), download=True, className="btn")
    share = el(
        "A", [sign("share", 18), _("Link to this")], href=f"{PATH}{write_pair_query(question, box)}", data_do="share", className="btn"
    )
    head = el("Div", [el("H2", title, id="list"), el("Div", [csv, share], className="row wrap noprint")], className="row between wrap")
    if not len(positions):
        return el("Section", [head, el("P", _("No area is in this box. Press another."))], className="box stack")
    order = _("Those nearest to both worst ends come first, by the sum of their places in the two lines of England.")
    if not all(is_judged(card) for card in cards):
        order = _(
            "Those in the highest third by both, or nearest to the worse end, come first, by the sum of their places in the two lines of"
            " England."
        )
    rows = [_draw_row(question, int(position), cards, snapshot) for position in shown]
    table = el(
        "Table",
        [
            el("Caption", title, className="vh"),
            el(
                "Thead",
                el(
                    "Tr",
                    [
                        el("Th", _("Area"), scope="col"),
                        *([el("Th", _("Authority"), scope="col", className="not-phone")] if question.level in ("lsoa", "msoa") else []),
                        el("Th", _("People"), scope="col", className="num not-phone"),
                        *(
                            el(
                                "Th",
                                [
                                    card.short,
                                    el(
                                        "Span",
                                        say_measure(card, in_line_by(card, question.level, snapshot).column),
                                        className="soft xs measure",
                                    ),
                                ],
                                scope="col",
                                className="num",
                            )
                            for card in cards
                        ),
                    ],
                ),
            ),
            el("Tbody", rows),
        ],
        className="table ranking",
    )
    parts = [
        head,
        el("P", order, className="s soft"),
        el("Div", table, className="scroll", tabIndex=0, role="region", aria_label=title),
    ]
    parts += draw_pages(page, pages, lambda to: f"{PATH}{write_pair_query(question, box, to)}#list")
    return el("Section", parts, className="box stack")


def _draw_row(question: PairQuestion, position: int, cards: list[LayerCard], snapshot: Snapshot) -> Element:
    area = snapshot.area(snapshot.areas[question.level].code.iloc[position])
    link = f"/place/{area.code}" if area.level in ("lsoa", "msoa", "lad") else f"/map?{urlencode({'area': area.code})}"
    cells = []
    for card in cards:
        figure, reason = say_pair_figure(card, question.level, position, snapshot)
        cells.append(el("Td", [figure, *([" ", el("Span", reason, className="tag weak")] if reason else [])], className="num"))
    whose = [el("Td", snapshot.area(area.parents["lad"]).title, className="not-phone")] if question.level in ("lsoa", "msoa") else []
    name = [
        el("A", area.title, href=link),
        *([el("Span", f" {area.name}", className="soft xs")] if area.place and area.level == "lsoa" else []),
    ]
    return el("Tr", [el("Th", name, scope="row"), *whose, el("Td", f"{area.population:,}", className="num not-phone"), *cells])


def _draw_sources(question: PairQuestion, snapshot: Snapshot) -> Element:
    parts: list[Any] = []
    for card in (snapshot.cards[layer] for layer in (question.layer, question.other)):
        parts += [
            *([" "] if parts else []),
            el("A", _("Where does {name} come from?").format(name=small(card.short)), href=f"/layers?layer={card.id}"),
            f" {card.source.publisher}, {card.source.title}, {card.period}. {card.source.licence}.",
        ]
    return el("P", parts, className="xs soft")


def _api(question: PairQuestion, path: str = "", **more: str) -> str:
    asked = {"layer": question.layer, "other": question.other, "level": question.level, "area": question.area, **more}
    return f"/api/v1/inequality/two{path}?{urlencode(asked)}"
