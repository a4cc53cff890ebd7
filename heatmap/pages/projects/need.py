"""Need against action: ``/projects/need?need=…&action=…``. Where an indicator is worst and nothing recorded here is within reach."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from heatmap.deprivation import CURRENT
from heatmap.distances import say_of_100
from heatmap.drawing.elements import Element, el, pictures, sign
from heatmap.geography.levels import ENGLAND, PICKER, PLURAL, SINGULAR
from heatmap.indicators.words import say_caution
from heatmap.inequality.address import read_area, read_asked
from heatmap.inequality.pair_sentences import say_in_line, say_measure, say_straddling, say_uneven
from heatmap.inequality.pairs import split_box
from heatmap.inequality.sentences import say_area, small
from heatmap.layers.cards import HEADINGS, LayerCard
from heatmap.layers.classes import levels_of
from heatmap.layers.words import say_heading
from heatmap.map.drawn import draw_map, say_ways
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.inequality.nine_boxes import Box, draw_nine, make_classes
from heatmap.pages.inequality.parts import choose, choose_area, draw_pages, form, group_cards, message, say_notices
from heatmap.pages.projects.cards import project_ways
from heatmap.projects.need_and_action import (
    ACTION_WORDS,
    KM,
    NEED_WORDS,
    UNMET,
    AreaLevel,
    CannotCompareError,
    Compared,
    NeedQuestion,
    can_be_need,
    compare_need,
    list_need_box,
    say_compared,
)
from heatmap.projects.shelf import open_shelf
from heatmap.projects.vocabulary import words_of
from heatmap.snapshot import Snapshot, open_snapshot
from heatmap.words.language import _
from heatmap.words.phrases import say_count, say_people

PATH = "/projects/need"
TITLE = "Need against action"
HAS_SEARCH = True  # its map knows areas by name
#: What is shown where the address names no need.
_FIRST: Final = CURRENT.layer("income")
#: What can be chosen as reach, in km; 0 is the same authority.
_REACHES: Final = {
    "0": _("in the same authority"),
    "1.6": _("1.6 km, 20 minutes on foot"),
    "5": _("5 km"),
    "10": _("10 km"),
    "25": _("25 km"),
}
_ROWS: Final = 50
#: The columns of the nine boxes.
_ACTION_REACH: Final = {1: _("nothing in reach"), 2: _("some in reach"), 3: _("more in reach")}


def layout(search: str) -> list[Any]:
    """The whole page; another question is another address."""
    return drawn_page("/projects", draw_body(search))  # its way in the header


def draw_body(search: str) -> list[Element]:
    """The page's main part."""
    snapshot = open_snapshot()
    shelf = open_shelf(snapshot)
    question, box, page, notices = read_need_address(search, snapshot)
    inside: list[Element] = [
        el("H1", _("Where have we no record?"), tabIndex=-1),
        el("P", _("Any need, set against the projects recorded here, or against places of help, within reach."), className="soft"),
        project_ways(PATH, question.within),
        _draw_form(question, snapshot),
        *say_notices(notices),
    ]
    if shelf.away:
        inside.append(
            message(
                "warn", "away", _("What people have shared cannot be read just now: only the projects that came with the map are counted.")
            )
        )
    try:
        compared = compare_need(question, shelf.projects)
    except CannotCompareError as fault:
        return _whole([*inside, el("Section", el("H2", str(fault), className="bigsay"), className="box")])
    finding, *knows = say_compared(compared, snapshot.area(question.within).title if question.within else "")
    inside.append(
        el(
            "Section",
            [
                el("H2", finding, className="bigsay", id="finding"),
                el("P", " ".join(knows), className="s"),
                el("Div", [_draw_map(compared, box, snapshot), _draw_legend(compared, box)], className="cols two-maps"),
            ],
            className="box stack",
            **{"aria-labelledby": "finding"},
        )
    )
    cautions = (
        say_caution(compared.card),
        say_uneven((compared.card,), question.level, snapshot),
        _say_border(question, snapshot),
    )
    inside += [message("warn", "warn", words) for words in cautions if words]
    inside += [_draw_list(compared, box or UNMET, page, snapshot), _draw_source(compared)]
    return _whole(inside)


def _say_border(question: NeedQuestion, snapshot: Snapshot) -> str:
    """Which areas across the border of the board asked for are counted; "" elsewhere, where none can be."""
    if not question.within or not say_straddling(question.within, question.level, snapshot):
        return ""
    return _("{areas} across the border of {place} are counted if most of their people live in it.").format(
        areas=PLURAL[question.level].capitalize(), place=say_area(question.within, snapshot)
    )


def _whole(inside: list[Element]) -> list[Element]:
    return [el("Main", inside, className="page place inequality", id="main", tabIndex=-1, style=pictures())]


# ---- the address ----


def read_need_address(search: str, snapshot: Snapshot) -> tuple[NeedQuestion, int, int, list[str]]:
    """What a link asks for, the box picked out (0 for none), the page of its list, and a sentence for what could not be followed."""
    asked, notices = read_asked(search), list[str]()
    needs = [card.id for card in list_needs(snapshot)]
    need = asked.get("need", "")
    if need not in needs:
        first = _FIRST if _FIRST in needs else needs[0]
        if need in snapshot.cards:
            notices.append(
                _("{name} is no need: neither end of it is worse, or it is a number of people. You see {first}.").format(
                    name=snapshot.cards[need].short, first=snapshot.cards[first].short
                )
            )
        elif need:
            notices.append(
                _("The link asks for an indicator that we do not have; you see {first}.").format(first=snapshot.cards[first].short)
            )
        need = first
    theme, places = _read_action(asked.get("action", ""), snapshot, notices)
    able: list[AreaLevel] = [level for level in ("lad", "msoa") if level in levels_of(snapshot.cards[need])]
    level = next((each for each in able if each == asked.get("level")), able[0])
    if asked.get("level", level) != level:
        notices.append(
            _("{name} is not shown by what the link asks for; you see it by {level}.").format(
                name=snapshot.cards[need].short, level=PICKER[level]
            )
        )
    km = asked.get("km", "0")
    if km not in _REACHES:
        notices.append(_("Reach can be the same authority, or 1.6, 5, 10 or 25 km; you see the same authority."))
        km = "0"
    if km != "0" and level == "lad":
        if "msoa" in able:
            level = "msoa"
            notices.append(_("We measure a distance from wider neighbourhoods, so you see those. An authority is too wide for it."))
        else:
            km = "0"
            notices.append(
                _("{name} has figures of authorities alone, which are too wide for a distance; you see the same authority.").format(
                    name=snapshot.cards[need].short
                )
            )
    area = read_area(
        {"area": asked.get("within", "")}, snapshot, notices, _("{name} is one neighbourhood; you see its authority, {authority}.")
    )
    numbers = [
        int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0 for text in (asked.get("box", ""), asked.get("page", ""))
    ]
    box, page = numbers[0] if numbers[0] < 10 else 0, max(1, numbers[1])
    return (
        NeedQuestion(need, theme, places, level, "authority" if km == "0" else "distance", float(km) or KM, area.code if area else ""),
        box,
        page,
        notices,
    )


def write_need_query(question: NeedQuestion, box: int = 0, page: int = 1) -> str:
    """The query of a question, without what goes without saying.

    >>> write_need_query(NeedQuestion("a", theme="food", level="msoa", reach="distance", km=1.6), 7)
    '?need=a&action=theme%3Afood&level=msoa&km=1.6&box=7'
    """
    written = {"need": question.need}
    if action := f"theme:{question.theme}" if question.theme else question.places:
        written["action"] = action
    written["level"] = question.level
    if question.reach == "distance":
        written["km"] = f"{question.km:g}"
    if question.within:
        written["within"] = question.within
    if box:
        written["box"] = str(box)
    if page > 1:
        written["page"] = str(page)
    return f"?{urlencode(written)}"


def list_needs(snapshot: Snapshot) -> list[LayerCard]:
    """Every layer that can be a need: of which one end is worse, with figures of authorities or wider neighbourhoods."""
    return [card for card in snapshot.cards.values() if can_be_need(card)]


def _read_action(action: str, snapshot: Snapshot, notices: list[str]) -> tuple[str, str]:
    """A theme of projects, or a heading or list of places; both "" for every project."""
    kind, _colon, theme = action.partition(":")
    if kind == "theme" and theme in words_of("themes"):
        return theme, ""
    if action in _list_places(snapshot):
        return "", action
    if action:
        notices.append(_("The link asks for an action that we do not have; you see every project."))
    return "", ""


def _list_places(snapshot: Snapshot) -> dict[str, str]:
    """What can be counted of places: headings under which a list is loaded, and the lists."""
    loaded = {card.heading for card in snapshot.points_cards.values()}
    found = {heading: _("anything for: {name}").format(name=small(say_heading(heading))) for heading in HEADINGS if heading in loaded}
    return found | {card.id: card.short for card in snapshot.points_cards.values()}


# ---- the choices ----


def _draw_form(question: NeedQuestion, snapshot: Snapshot) -> Element:
    needs = group_cards(list_needs(snapshot))
    actions = [
        (
            _("Projects recorded here"),
            [("", _("Every project")), *((f"theme:{word}", shown) for word, shown in words_of("themes").items())],
        ),
        (_("Places of help"), list(_list_places(snapshot).items())),
    ]
    able = [(level, PICKER[level]) for level in ("lad", "msoa") if level in levels_of(snapshot.cards[question.need])]
    return form(
        PATH,
        [
            choose("need", _("Need"), needs, question.need, wide=True),
            choose("action", _("Action"), actions, f"theme:{question.theme}" if question.theme else question.places, wide=True),
            choose("km", _("Within reach"), [("", list(_REACHES.items()))], f"{question.km:g}" if question.reach == "distance" else "0"),
            choose("level", _("By"), [("", able)], question.level),
            choose_area(question.within or ENGLAND, snapshot, key="within"),
        ],
    )


# ---- the map and its legend ----


def _say_box(number: int) -> str:
    need, action = split_box(number)
    return f"{NEED_WORDS[need]}; {_ACTION_REACH[action]}"


def _draw_map(compared: Compared, box: int, snapshot: Snapshot) -> Element:
    question = compared.question
    name = _("Map of {place}: {need} against action within reach").format(
        place=say_area(question.within or ENGLAND, snapshot), need=small(compared.card.short)
    )
    return el(
        "Div",
        [
            draw_map(
                name,
                make_classes(lambda number: _say_box(number), striped=(UNMET,)),
                api_address(question, "/classes"),
                question.level,
                question.within or ENGLAND,
                "/place/{code}",
                _("No figure of the need. It is not zero."),
                snapshot,
                only=box,
            ),
            el("P", say_ways(question.level), className="xs soft noprint"),
        ],
    )


def _draw_legend(compared: Compared, chosen: int) -> Element:
    question, table = compared.question, compared.table

    def make_box(number: int) -> Box:
        rows = list_need_box(compared, number)
        words = f"{_say_box(number)}: {say_count(len(rows), question.level)}, {say_people(int(table.population.iloc[rows].sum()))}"
        return Box(len(rows), words, f"{PATH}{write_need_query(question, 0 if number == chosen else number)}#list", number == chosen)

    back = (
        [el("P", el("A", _("Show all boxes on the map"), href=f"{PATH}{write_need_query(question)}"), className="s noprint")]
        if chosen
        else []
    )
    return el(
        "Div",
        [
            draw_nine(
                _("How many {areas} are in each box").format(areas=PLURAL[question.level]),
                _("up: need, in thirds of England; across: action in reach"),
                [NEED_WORDS[number] for number in (1, 2, 3)],
                [ACTION_WORDS[number] for number in (0, 1, 2)],
                make_box,
                striped=(UNMET,),
            ),
            *back,
            el(
                "P",
                _(
                    "Amber with stripes: higher need, and nothing in reach. “Some” and “more” are by head: below and above the middle of"
                    " the {areas} that have any. Press a box to see it alone, on the map and as a list."
                ).format(areas=PLURAL[question.level]),
                className="xs soft",
            ),
        ],
        className="stack",
    )


# ---- the list ----


def _draw_list(compared: Compared, box: int, page: int, snapshot: Snapshot) -> Element:
    question, card, table = compared.question, compared.card, compared.table
    positions = list_need_box(compared, box)
    title = _("{box}: {many}, {people}").format(
        box=_("Higher need, nothing recorded in reach") if box == UNMET else _say_box(box).capitalize(),
        many=say_count(len(positions), question.level),
        people=say_people(int(table.population.iloc[positions].sum())),
    )
    csv = el("A", [sign("save", 18), "CSV"], href=api_address(question, format="csv", box=str(box)), download=True, className="btn")
    share = el(
        "A", [sign("share", 18), _("Link to this")], href=f"{PATH}{write_need_query(question, box)}", data_do="share", className="btn"
    )
    head = el("Div", [el("H2", title, id="list"), el("Div", [csv, share], className="row wrap noprint")], className="row between wrap")
    if not positions:
        return el("Section", [head, el("P", _("No {area} is in this box.").format(area=SINGULAR[question.level]))], className="box stack")
    pages = -(-len(positions) // _ROWS)
    page = min(page, pages)
    first = (page - 1) * _ROWS
    shown = positions[first : first + _ROWS]
    by_distance = box == UNMET and question.reach == "distance"  # of the others some is in reach of their middle
    ranked = box == UNMET and compared.is_ranked
    rows = [
        _draw_row(first + at + 1 if ranked else 0, table.iloc[position], box, compared, snapshot, compared.shares.get(position))
        for at, position in enumerate(shown)
    ]
    what = _("Projects in reach") if not question.places else _("Places in reach")
    drawn = el(
        "Table",
        [
            el("Caption", title, className="vh"),
            el(
                "Thead",
                el(
                    "Tr",
                    [
                        *([el("Th", "#", scope="col", className="num")] if ranked else []),
                        el("Th", _("Area"), scope="col"),
                        *([el("Th", _("Authority"), scope="col", className="not-phone")] if question.level == "msoa" else []),
                        el(
                            "Th",
                            [card.short, el("Span", say_measure(card, compared.in_line.column), className="soft xs measure")],
                            scope="col",
                            className="num",
                        ),
                        el("Th", _("People"), scope="col", className="num not-phone"),
                        el("Th", what, scope="col", className=f"num{' not-phone' if box == UNMET else ''}"),
                        *(
                            [el("Th", _("Its postcodes within {km} km").format(km=f"{question.km:g}"), scope="col", className="num")]
                            if by_distance
                            else []
                        ),
                    ],
                ),
            ),
            el("Tbody", rows),
        ],
        className="table ranking",
    )
    order = (
        [
            el(
                "P",
                _("The greatest need first.") if ranked else _("By name, not by need: too few projects are confirmed to rank."),
                className="s soft",
            )
        ]
        if box == UNMET
        else []
    )
    parts = [head, *order, el("Div", drawn, className="scroll", tabIndex=0, role="region", aria_label=title)]
    parts += draw_pages(page, pages, lambda to: f"{PATH}{write_need_query(question, box, to)}#list")
    return el("Section", parts, className="box stack")


def _draw_row(number: int, row: Any, box: int, compared: Compared, snapshot: Snapshot, share: float | None) -> Element:
    """One area; ``number`` 0 without a ranking, ``share`` how many of 100 of its postcodes are within reach, None where that is not
    asked."""
    level = compared.question.level
    area = snapshot.area(row.code)
    whose = [el("Td", snapshot.area(area.parents["lad"]).title, className="not-phone")] if level == "msoa" else []
    figure = "–" if row.need != row.need else say_in_line(compared.card, compared.in_line.column, float(row.need))
    return el(
        "Tr",
        [
            *([el("Td", f"{number:,}", className="num")] if number else []),
            el("Th", el("A", area.title, href=f"/place/{area.code}"), scope="row"),
            *whose,
            el("Td", figure, className="num"),
            el("Td", f"{row.population:,}", className="num not-phone"),
            el("Td", f"{row.action:,}", className=f"num{' not-phone' if box == UNMET else ''}"),
            *([el("Td", _("{n} in 100").format(n=say_of_100(share)), className="num")] if share is not None else []),
        ],
    )


def _draw_source(compared: Compared) -> Element:
    card = compared.card
    return el(
        "P",
        [
            el("A", _("Where does {name} come from?").format(name=small(card.short)), href=f"/layers?layer={card.id}"),
            " ",
            f"{card.source.publisher}, {card.source.title}, {card.period}. {card.source.licence}. ",
            _("A neighbour’s project may be nearer than one’s own."),
        ],
        className="xs soft",
    )


def api_address(question: NeedQuestion, path: str = "", **more: str) -> str:
    """Where the API answers the same question."""
    asked = {
        "need": question.need,
        "theme": question.theme,
        "places": question.places,
        "level": question.level,
        "reach": question.reach,
        "km": f"{question.km:g}",
        "within": question.within,
        **more,
    }
    return f"/api/v1/need-and-action{path}?{urlencode({key: value for key, value in asked.items() if value})}"
