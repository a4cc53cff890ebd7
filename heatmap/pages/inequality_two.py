"""Two layers at once: ``/inequality/two?layer=…&other=…&level=msoa&area=E08000025``. A map in nine colours, and one box of it as a list."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from heatmap.cards import LayerCard
from heatmap.drawn_map import MapClass, draw_map, say_ways
from heatmap.elements import Element, el, pictures, sign
from heatmap.geography import PICKER, PLURAL
from heatmap.gradient_address import GRADIENT_PATH
from heatmap.gradient_sentences import say_place, small
from heatmap.indicators import THEMES
from heatmap.pages.drawn import drawn_page
from heatmap.pages.inequality_parts import choose, choose_area, form, message, say_notices, ways
from heatmap.pair_address import PAIR_PATH, read_pair, write_pair
from heatmap.pair_sentences import name_box, name_third, say_both, say_chance, say_figure, say_measure, say_pair_warnings, say_thirds
from heatmap.pairs import Pair, PairQuestion, can_be_paired, find_pair, in_line_by, levels_of_both, list_box
from heatmap.store import Snapshot, open_snapshot
from heatmap.tokens import ink_on
from heatmap.words import _, say_count, say_people

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
    question, box, page, notices = read_pair(search, snapshot)
    pair = find_pair(question, snapshot)
    warnings = say_pair_warnings(pair, question, snapshot)
    inside: list[Element] = [
        el("H1", _("Where do two things meet?"), tabIndex=-1),
        el("P", _("Any two layers, each in thirds of England’s places: nine boxes, and where both are at their worst."), className="soft"),
        ways(PATH, question.layer, question.area),
        _draw_form(question, snapshot),
        *say_notices(notices),
        *(message("stop", "warn", words) for words in warnings if words.startswith(_("Circular"))),
    ]
    if pair.figured:
        finding = [
            el("H2", say_both(pair, question, snapshot), className="bigsay", id="finding"),
            *(el("P", words, className="s") for words in (say_chance(pair, question),) if words),
            el("Div", [_draw_map(question, snapshot), _draw_legend(pair, question, box, snapshot)], className="cols two-maps"),
        ]
        inside.append(el("Section", finding, className="box stack", **{"aria-labelledby": "finding"}))
        inside += [message("warn", "warn", words) for words in warnings if not words.startswith(_("Circular"))]
        inside.append(_draw_list(question, box, page, snapshot))
        inside.append(_draw_sources(question, snapshot))
    else:
        inside.append(el("Section", el("H2", say_both(pair, question, snapshot), className="bigsay"), className="box"))
    return [el("Main", inside, className="page place inequality", id="main", tabIndex=-1, style=pictures())]


# ---- the choices ----


def _draw_form(question: PairQuestion, snapshot: Snapshot) -> Element:
    levels = levels_of_both(snapshot.cards[question.layer], snapshot.cards[question.other])
    return form(PATH, [
        choose("layer", _("The one"), _by_theme(snapshot), question.layer, wide=True),
        choose("other", _("The other"), _by_theme(snapshot), question.other, wide=True),
        choose("level", _("By"), [("", [(each, PICKER[each]) for each in levels])], question.level),
        choose_area(question.area, snapshot),
    ])  # fmt: skip


def _by_theme(snapshot: Snapshot) -> list[tuple[str, list[tuple[str, str]]]]:
    themes: dict[str, list[tuple[str, str]]] = {}
    for card in snapshot.cards.values():
        if can_be_paired(card):
            themes.setdefault(card.theme, []).append((card.id, f"{card.short}, {card.edition}" if card.scheme == "tenths" else card.short))
    in_order = sorted(themes, key=lambda theme: (THEMES.index(theme) if theme in THEMES else len(THEMES), theme))
    return [(theme, themes[theme]) for theme in in_order]


# ---- the map and its legend ----


def _classes(question: PairQuestion, snapshot: Snapshot) -> list[MapClass]:
    return [
        MapClass(f"bi-{(box - 1) // 3 + 1}{(box - 1) % 3 + 1}", say_thirds(question, box, snapshot)[:1].upper() + say_thirds(question, box, snapshot)[1:])
        for box in range(1, 10)
    ]  # fmt: skip


def _draw_map(question: PairQuestion, snapshot: Snapshot) -> Element:
    one, other = (snapshot.cards[layer].short for layer in (question.layer, question.other))
    name = _("Map of {place}: {one} and {other}, each in thirds").format(
        place=say_place(question.area, snapshot), one=small(one), other=small(other)
    )
    link = "/place/{code}" if question.level in ("lsoa", "msoa", "lad") else "/map?area={code}"
    return el("Div", [
        draw_map(name, _classes(question, snapshot), _api(question, "/classes"), question.level, question.area, link,
                 _("No figure of one of the two. It is not zero."), snapshot),
        el("P", say_ways(question.level), className="xs soft noprint"),
    ])  # fmt: skip


def _draw_legend(pair: Pair, question: PairQuestion, box: int, snapshot: Snapshot) -> Element:
    """Nine boxes with how many areas are in each; a box leads to its list. The worst of both stands top right."""
    one, other = (snapshot.cards[layer] for layer in (question.layer, question.other))
    rows = [
        el("Tr", [
            el("Th", name_third(one, row), scope="row"),
            *(_draw_box(pair, question, 3 * (row - 1) + column, box, snapshot) for column in (1, 2, 3)),
        ])
        for row in (3, 2, 1)
    ]  # fmt: skip
    feet = el("Tr", [el("Td", ""), *(el("Th", name_third(other, column), scope="col") for column in (1, 2, 3))])
    table = el("Table", [
        el("Caption", [el("B", _("How many {areas} are in each box").format(areas=PLURAL[question.level])),
                       el("Span", _(" up: {one}; across: {other}").format(one=small(one.short), other=small(other.short)), className="soft")]),
        el("Tbody", [*rows, feet]),
    ], className="nine")  # fmt: skip
    return el("Div", [
        table,
        el("P", _("Thirds of all {areas} in England; the darkest box is where both are at their worst end, or highest where neither end is"
                  " worse. Striped: no figure of one of the two. Press a box for its list.").format(areas=PLURAL[question.level]), className="xs soft"),
    ], className="stack")  # fmt: skip


def _draw_box(pair: Pair, question: PairQuestion, box: int, chosen: int, snapshot: Snapshot) -> Element:
    row, column = divmod(box - 1, 3)
    many = int(pair.areas[row, column])
    colour = f"bi-{row + 1}{column + 1}"
    words = _("{box}: {many}, {people}").format(
        box=say_thirds(question, box, snapshot), many=say_count(many, question.level), people=say_people(int(pair.people[row, column]))
    )
    link = el("A", f"{many:,}", href=f"{PATH}{write_pair(question, box)}#list", aria_label=words, title=words, **({"aria-current": "true"} if box == chosen else {}))  # fmt: skip
    return el("Td", link, style={"background": f"var(--{colour})", "--ink": ink_on(colour)})


# ---- the list of one box ----


def _draw_list(question: PairQuestion, box: int, page: int, snapshot: Snapshot) -> Element:
    positions = list_box(question, box, snapshot)
    people = int(snapshot.areas[question.level].population.to_numpy()[positions].sum())
    pages = max(1, -(-len(positions) // ROWS))
    page = min(page, pages)
    shown = positions[(page - 1) * ROWS : page * ROWS]
    cards = [snapshot.cards[layer] for layer in (question.layer, question.other)]
    title = _("{box}: {many}, {people}").format(box=name_box(question, box, snapshot), many=say_count(len(positions), question.level), people=say_people(people))  # fmt: skip
    csv = el("A", [sign("save", 18), "CSV"], href=_api(question, format="csv", box=str(box)), download=True, className="btn")
    share = el("A", [sign("share", 18), _("Link to this")], href=f"{PATH}{write_pair(question, box)}", data_do="share", className="btn")
    head = el("Div", [el("H2", title, id="list"), el("Div", [csv, share], className="row wrap noprint")], className="row between wrap")
    if not len(positions):
        return el("Section", [head, el("P", _("No area is in this box. Press another."))], className="box stack")
    order = _("Those nearest to both worst ends come first, by the sum of their places in the two lines of England.")
    if not any(card.polarity != "no_judgement" or card.scheme == "tenths" for card in cards):
        order = _("Those highest by both come first, by the sum of their places in the two lines of England.")
    rows = [_draw_row(question, int(position), cards, snapshot) for position in shown]
    table = el("Table", [
        el("Caption", title, className="vh"),
        el("Thead", el("Tr", [
            el("Th", _("Area"), scope="col"), *([el("Th", _("Authority"), scope="col", className="not-phone")] if question.level in ("lsoa", "msoa") else []),
            el("Th", _("People"), scope="col", className="num"), *(el("Th", [card.short, el("Span", say_measure(card, in_line_by(card, question.level, snapshot).column), className="soft xs measure")],
                 scope="col", className="num") for card in cards),
        ])),
        el("Tbody", rows),
    ], className="table ranking")  # fmt: skip
    parts = [
        head,
        el("P", order, className="s soft"),
        el("Div", table, className="scroll", tabIndex=0, role="region", aria_label=title),
    ]
    if pages > 1:
        parts.append(_draw_pages(question, box, page, pages))
    return el("Section", parts, className="box stack")


def _draw_row(question: PairQuestion, position: int, cards: list[LayerCard], snapshot: Snapshot) -> Element:
    area = snapshot.area(snapshot.areas[question.level].code.iloc[position])
    link = f"/place/{area.code}" if area.level in ("lsoa", "msoa", "lad") else f"/map?{urlencode({'area': area.code})}"
    cells = []
    for card in cards:
        figure, reason = say_figure(card, question.level, position, snapshot)
        cells.append(el("Td", [figure, *([" ", el("Span", reason, className="tag weak")] if reason else [])], className="num"))
    whose = [el("Td", snapshot.area(area.parents["lad"]).title, className="not-phone")] if question.level in ("lsoa", "msoa") else []
    name = [
        el("A", area.title, href=link),
        *([el("Span", f" {area.name}", className="soft xs")] if area.place and area.level == "lsoa" else []),
    ]
    return el("Tr", [el("Th", name, scope="row"), *whose, el("Td", f"{area.population:,}", className="num"), *cells])


def _draw_pages(question: PairQuestion, box: int, page: int, pages: int) -> Element:
    ways_on = [
        el("A", words, href=f"{PATH}{write_pair(question, box, to)}#list", className="btn")
        for words, to in ((_("Before"), page - 1), (_("Further"), page + 1))
        if 1 <= to <= pages
    ]
    return el("Nav", [el("Span", _("Page {n} of {all}").format(n=f"{page:,}", all=f"{pages:,}"), className="s soft"), *ways_on],
              className="row wrap noprint", aria_label=_("Pages of the list"))  # fmt: skip


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
