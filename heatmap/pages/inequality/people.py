"""Who lives where England is most deprived, by age and region, and the Core20 people of any area: ``/inequality/people?area=…``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from heatmap.deprivation import CURRENT
from heatmap.drawing.elements import Element, el, pictures
from heatmap.geography.levels import ENGLAND
from heatmap.inequality.address import GRADIENT_PATH, PEOPLE_PATH, read_area, read_asked, read_indicator
from heatmap.inequality.deprived_people import People, count_ages, count_people, count_regions
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.inequality.parts import choose_area, form, say_notices, ways
from heatmap.snapshot import Snapshot, open_snapshot
from heatmap.words.language import _
from heatmap.words.phrases import say_people, say_rounded

PATH = PEOPLE_PATH
TITLE = "Who lives in the most deprived neighbourhoods"
_YOUNGEST, _OLDEST = 0, -1
_FILTER_OF: Final = {"rgn": "regions", "icb": "icbs", "lad": "authorities"}


def layout(search: str) -> list[Any]:
    """The whole page; another area is another address."""
    return drawn_page(GRADIENT_PATH, draw_body(search))  # its way in the header


def draw_body(search: str) -> list[Element]:
    """The page's main part."""
    snapshot, asked, notices = open_snapshot(), read_asked(search), list[str]()
    layer, area = read_indicator(asked, snapshot, []), read_area(asked, snapshot, notices)
    code = area.code if area else ENGLAND
    people, ages = count_people(code, snapshot), count_ages(code, snapshot)
    body = [
        el("H1", _("Who lives in the most deprived neighbourhoods?"), tabIndex=-1),
        el(
            "P",
            _("The Index of Multiple Deprivation’s own picture. The figures describe places, not the people in them."),
            className="soft",
        ),
        ways(PATH, layer, code),
        form(PATH, [choose_area(code, snapshot)]),
        *say_notices(notices),
        el(
            "Section",
            [
                el("H2", say_core20_people(people), className="bigsay"),
                _draw_tenths(people),
                el("P", el("A", _("On the map: Core20 here"), href=_on_map(code, snapshot), className="btn"), className="noprint"),
            ],
            className="box stack",
        ),
    ]
    if ages:
        body.append(
            el(
                "Section",
                [
                    el("H2", say_young_and_old(ages, people.name), className="bigsay"),
                    _draw_table(_("Age"), ages, _("Residents by age in {place}, census 2021").format(place=people.name)),
                ],
                className="box stack",
            )
        )
    regions = count_regions(snapshot)
    body.append(
        el(
            "Section",
            [
                el("H2", say_regions(regions), className="bigsay"),
                _draw_table(_("Region"), regions, _("Residents by region, mid-2022")),
            ],
            className="box stack",
        )
    )
    return [el("Main", body, className="page place inequality", id="main", tabIndex=-1, style=pictures())]


def say_core20_people(people: People) -> str:
    """How many live in the most deprived fifth of England, and tenth.

    >>> say_core20_people(People("Smallville", (100, 100, 0, 0, 0, 0, 0, 0, 300, 500)))
    'In Smallville 200 people, 20 in 100, live in the most deprived fifth of England (Core20), and 100 people, 10 in 100, in its most deprived tenth.'
    >>> say_core20_people(People("Leafyville", (0, 0, 0, 0, 0, 0, 0, 0, 300, 500)))
    'In Leafyville no one lives in the most deprived fifth of England (Core20).'
    """
    fifth, tenth = people.percent(2), people.percent(1)
    if not fifth or tenth is None:
        return _("In {place} no one lives in the most deprived fifth of England (Core20).").format(place=people.name)
    return _(
        "In {place} {core}, {share} in 100, live in the most deprived fifth of England (Core20), and {first}, {part} in 100, in its most"
        " deprived tenth."
    ).format(
        place=people.name,
        core=say_people(people.first(2)),
        share=_of_100(fifth),
        first=say_people(people.first(1)) if people.first(1) else _("no one"),
        part=_of_100(tenth),
    )


def say_young_and_old(ages: Sequence[People], place: str) -> str:
    """Whether the young or the old live more often in the most deprived tenth."""
    young, old = ages[_YOUNGEST].percent(1), ages[_OLDEST].percent(1)
    if not young and not old:
        return _("In {place} no one lives in England’s most deprived tenth, of any age.").format(place=place)
    return _(
        "In {place} {young} in 100 children aged {first} live in England’s most deprived tenth, and {old} in 100 people aged {last}."
    ).format(place=place, young=_of_100(young), old=_of_100(old), first=ages[_YOUNGEST].name, last=ages[_OLDEST].name)


def say_regions(regions: Sequence[People]) -> str:
    """Where the largest and the smallest share live in the most deprived tenth."""
    first, last = regions[0], regions[-1]
    return _("By region most live in England’s most deprived tenth in {first} ({a} in 100), fewest in {last} ({b} in 100).").format(
        first=first.name, a=_of_100(first.percent(1)), last=last.name, b=_of_100(last.percent(1))
    )


def _of_100(percent: float | None) -> str:
    """
    >>> _of_100(22.4), _of_100(0.3), _of_100(0.0), _of_100(None)
    ('22', 'fewer than 1', '0', 'no')
    """
    if percent is None:
        return _("no")
    return _("fewer than 1") if 0 < percent < 1 else f"{percent:.0f}"


def _on_map(code: str, snapshot: Snapshot) -> str:
    whose = "" if code == ENGLAND else f"&{_FILTER_OF[snapshot.area(code).level]}={code}"
    return f"/map?core20={CURRENT.year}{whose}"


def _draw_tenths(people: People) -> Element:
    """How many live in each tenth, as a table whose cells are as dark as the map."""
    head = [el("Th", str(n), scope="col", className="num") for n in range(1, 11)]
    counts = [el("Td", f"{each:,}", className="num") for each in people.tenths]
    shares = [el("Td", f"{say_rounded(100 * each / people.all, 1)}%" if people.all else "–", className="num") for each in people.tenths]
    caption = _("Residents of {place} by England’s tenths, mid-2022; tenth 1 is the most deprived").format(place=people.name)
    table = el(
        "Table",
        [
            el("Caption", caption, className="s soft"),
            el("Thead", el("Tr", [el("Th", _("Tenth"), scope="col"), *head])),
            el("Tbody", [el("Tr", [el("Th", _("People"), scope="row"), *counts]), el("Tr", [el("Th", _("Share"), scope="row"), *shares])]),
        ],
        className="table",
    )
    return el("Div", table, className="scroll", tabIndex=0, role="region", aria_label=_("People by tenth"))


def _draw_table(what: str, rows: Sequence[People], caption: str) -> Element:
    head = [what, _("People"), _("In the most deprived tenth"), _("In the most deprived fifth (Core20)")]
    titles = [el("Th", words, scope="col", className="num" if at else None) for at, words in enumerate(head)]
    lines = [
        el(
            "Tr",
            [
                el("Th", each.name, scope="row"),
                el("Td", f"{each.all:,}", className="num"),
                *(
                    el("Td", [f"{each.first(tenths):,} ", el("B", f"({say_rounded(each.percent(tenths) or 0, 1)}%)")], className="num")
                    for tenths in (1, 2)
                ),
            ],
        )
        for each in rows
    ]
    table = el("Table", [el("Caption", caption, className="s soft"), el("Thead", el("Tr", titles)), el("Tbody", lines)], className="table")
    return el("Div", table, className="scroll", tabIndex=0, role="region", aria_label=caption)
