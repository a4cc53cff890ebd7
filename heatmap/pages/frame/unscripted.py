"""What a page says where JavaScript is off: what it would show, and where the same can be had without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from heatmap.drawing.elements import Element, el, plain, to_html
from heatmap.geography.levels import PLURAL, SINGULAR
from heatmap.indicators.words import say_meaning
from heatmap.inequality.address import read_area, read_asked, read_layer, read_question
from heatmap.inequality.deprived_people import count_people
from heatmap.inequality.gradient import ENGLAND, find_gradient
from heatmap.inequality.pair_address import read_pair
from heatmap.inequality.pair_sentences import say_both
from heatmap.inequality.pairs import find_pair
from heatmap.inequality.sentences import say_finding
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import levels_of
from heatmap.pages import Page
from heatmap.pages.compare import read_compared
from heatmap.pages.frame.frame import footer
from heatmap.pages.inequality.people import say_core20
from heatmap.pages.place.parts import draw_choice, draw_story, story_of
from heatmap.pages.projects import need as projects_need
from heatmap.pages.projects.project import TEXTS
from heatmap.place.address import PlaceState
from heatmap.place.facts import read_story_facts
from heatmap.projects.address import read_projects_state
from heatmap.projects.finding import say_where
from heatmap.projects.need_and_action import CannotCompareError, compare_need, say_compared
from heatmap.projects.sentences import say_sure
from heatmap.projects.shelf import open_shelf
from heatmap.settings import FEEDBACK_URL
from heatmap.snapshot import Area, Snapshot
from heatmap.words.phrases import say_people, say_worse_end

_IMD: Final = "imd2025_england_lsoa21"
#: How many lines of a list are told.
_ROWS: Final = 50
#: The ways to the other pages open from a button on a phone: without a script they stand there, below the brand.
_STYLE: Final = (
    "._dash-loading,.head .menu{display:none!important}.head{flex-wrap:wrap}.head .nav{display:flex;flex-wrap:wrap}.head .nav"
    " a{min-height:2.75rem}@media(max-width:48rem){.head{padding-top:.5rem}.head .nav{margin:0;width:100%}}"
)
#: What only a script can bring to life makes way for words.
_INSTEAD: Final = (
    "#first>:not(.head,.skip,.mapapp),.mapapp>.body,#heat-map-early,#loading{display:none!important}.mapapp{height:auto;min-height:0}"
)


def draw_unscripted(page: Page, search: str, parts: dict[str, str], snapshot: Snapshot) -> str:
    """The page's ``noscript``, as HTML; it has no words where the page is whole without a script.

    search   the address's query, without its question mark
    parts    what the address holds in the place of braces: {"code": "E01021988"}
    """
    if page.path not in _WORDS:
        return f"<noscript><style>{_STYLE}</style></noscript>"
    said = [el("Main", _WORDS[page.path](search, parts, snapshot), className="page prose", id="main"), plain(footer())]
    return f"<noscript><style>{_STYLE}{_INSTEAD}</style>{to_html(said)}</noscript>"


def _csv(layer: str, level: str = "lsoa", **filters: str) -> str:
    return f"/api/v1/layers/{layer}/values?" + "&".join(
        f"{key}={value}" for key, value in {"level": level, **filters, "format": "csv"}.items()
    )


def _layer_of(search: str, snapshot: Snapshot) -> LayerCard:
    asked = parse_qs(search).get("layer", [""])[0]
    return snapshot.cards.get(asked) or snapshot.cards[_IMD]


def _front(_search: str, _parts: dict[str, str], _snapshot: Snapshot) -> list[Element]:
    return [
        el("H1", "What is this neighbourhood like to live in?"),
        el(
            "P",
            "This page looks a postcode up in your browser, so that it never leaves it. That needs JavaScript, which is off. Switch it on,"
            " or take the figures themselves:",
        ),
        _files(_IMD, "Deprivation 2025"),
        el(
            "P",
            [
                "To see which neighbourhood a postcode is in, use the tables of the API, one for each first half: ",
                el("A", "B14, as an example", href="/api/v1/postcodes/B14"),
                ".",
            ],
        ),
    ]


def _files(layer: str, title: str) -> Element:
    names = (
        ("lsoa", "by neighbourhood"),
        ("msoa", "by wider neighbourhood"),
        ("lad", "by local authority"),
        ("icb", "by NHS board"),
        ("rgn", "by region"),
    )
    return el("Ul", [el("Li", el("A", f"{title}, {words} (CSV)", href=_csv(layer, level))) for level, words in names])


def _share(_search: str, _parts: dict[str, str], _snapshot: Snapshot) -> list[Element]:
    return [
        el("H1", "Share a project"),
        el(
            "P",
            "This form checks what you write, and the postcode of your site, in your own browser. That needs JavaScript, which is off."
            " Switch it on, or share your project by a spreadsheet:",
        ),
        el(
            "Ol",
            [
                el(
                    "Li",
                    [
                        "Take ",
                        el("A", "the table of all projects (CSV)", href="/api/v1/projects.csv"),
                        " and open it in any spreadsheet program. Its columns are the questions of the form.",
                    ],
                ),
                el(
                    "Li",
                    "Take out the lines that are there, and write one line for each of your projects. Look at them first: they show what"
                    " goes where. Make up an id of small letters and hyphens, like food-on-the-ward. Leave empty what you do not have, and"
                    " name no person.",
                ),
                el(
                    "Li",
                    "Send the file to the people who run this map. They import it with one command, which checks it as the form does.",
                ),
            ],
        ),
        el("P", [*_whom_to_write(), "Programs can send a project to ", el("A", "the API", href="/docs"), "."]),
    ]


def _whom_to_write() -> list[Any]:
    link = FEEDBACK_URL()
    return ["They can be reached ", el("A", "here", href=link, rel="noreferrer"), ". "] if link else []


def _edit_share(_search: str, _parts: dict[str, str], _snapshot: Snapshot) -> list[Element]:
    return [
        el("H1", "Your project"),
        el(
            "P",
            "Your private key is read in your own browser, so that it is never part of an address that we see. That needs JavaScript, which"
            " is off: switch it on, and load this page again.",
        ),
        el(
            "P",
            [
                "Without it, tell the people who run this map what should change. ",
                *_whom_to_write(),
                "Programs can use ",
                el("A", "the API", href="/docs"),
                ".",
            ],
        ),
    ]


def _review(_search: str, _parts: dict[str, str], _snapshot: Snapshot) -> list[Element]:
    return [
        el("H1", "Review projects"),
        el("P", "This page keeps your token only in your own browser. That needs JavaScript, which is off: switch it on."),
        el(
            "P",
            [
                "Whoever runs this map can also decide by the command ",
                el("B", "heatmap projects review"),
                "; programs by ",
                el("A", "the API", href="/docs"),
                ".",
            ],
        ),
    ]


def _map(search: str, _parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    card = _layer_of(search, snapshot)
    return [
        el("H1", "The map needs JavaScript"),
        el(
            "P",
            f"It would show {card.title} in colours, for every area of England. {card.question} Switch JavaScript on, or take the same"
            " figures as a table:",
        ),
        _levels(card),
        el("P", [f"What they mean: {say_meaning(card)[0]} ", el("A", "All other layers", href="/layers"), "."]),
    ]


def _levels(card: LayerCard) -> Element:
    return el("Ul", [el("Li", el("A", f"{card.title}, {PLURAL[level]} (CSV)", href=_csv(card.id, level))) for level in levels_of(card)])


def _layers(_search: str, _parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    rows = [
        el("Li", [el("A", f"{card.title} (CSV)", href=_csv(card.id, card.base_level)), f": {card.question}"])
        for card in snapshot.cards.values()
    ]
    places = [
        el("Li", [el("A", f"{card.title} (CSV)", href=f"/api/v1/points/{card.id}?format=csv")]) for card in snapshot.points_cards.values()
    ]
    return [
        el("H1", "Every layer"),
        el("P", "To search and filter this list, and to see each layer’s card, switch JavaScript on. Here they are all, each as a table:"),
        el("Ul", rows),
        el("H2", "Places"),
        el("Ul", places),
        el(
            "P",
            [
                "What each figure means, whom to credit and what is known to be wrong with it: ",
                el("A", "the cards of all layers (JSON)", href="/api/v1/layers"),
                ".",
            ],
        ),
    ]


def _place(_search: str, parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    if (former := snapshot.former.get(parts["code"])) and not former.read_as:
        return draw_choice(former, snapshot)
    area = snapshot.area(parts["code"])
    read = [el("P", said) for said in snapshot.say_read_as([parts["code"]])]
    if area.level == "lsoa":
        story = [draw_story(story_of(read_story_facts(area, snapshot), PlaceState()))]
        missing = (
            "This page would also show its seven domains, what helps nearby, and how to bring it up in a consultation. For these, switch"
            " JavaScript on."
        )
    else:
        story = []
        missing = (
            f"This page would show how many people of this {SINGULAR[area.level]} live in the most deprived places, and the ways to those"
            " within it. For these, switch JavaScript on."
        )
    return [el("H1", area.title), *read, *story, el("P", missing), el("P", "You can get the figures without it:"), _files_of(area)]


def _files_of(area: Area) -> Element:
    files = [el("Li", el("A", f"All figures of {area.title} (JSON)", href=f"/api/v1/areas/{area.code}"))]
    level, code = area.level, area.code
    if level in ("lsoa", "msoa"):
        level, code = "lad", area.parents["lad"]
    key = {"lad": "authorities", "icb": "icbs", "rgn": "regions"}[level]
    files.append(el("Li", el("A", f"Deprivation 2025 of every neighbourhood around it (CSV, {code})", href=_csv(_IMD, **{key: code}))))
    return el("Ul", files)


def _leaflet(_search: str, parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    area = snapshot.area(parts["code"])
    return [
        el("H1", f"Leaflet: {area.title}"),
        el(
            "P",
            "This page lets you choose help near this place and print it on one sheet. That needs JavaScript, which is off: switch it on.",
        ),
        el(
            "P",
            [
                "If someone is in danger, ring ",
                el("A", "999", href="tel:999"),
                ". For health advice at any hour, ring ",
                el("A", "NHS 111", href="tel:111"),
                ".",
            ],
        ),
        el(
            "P",
            [
                "Places near, as lists without a map: ",
                el("A", "the page of layers", href="/layers"),
                ". All figures of this place: ",
                el("A", "as JSON", href=f"/api/v1/areas/{area.code}"),
                ".",
            ],
        ),
    ]


def _projects(search: str, _parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    state, _notices = read_projects_state(search, snapshot)
    found = open_shelf(snapshot).projects.find(state.asked)
    rows = [
        el("Li", [el("A", one.project.title, href=f"/project/{one.id}"), f", {one.project.organisation}. {one.project.one_line}"])
        for one in found
    ]
    return [
        el("H1", "Who is doing what about it?"),
        el("P", "To choose among these projects and to see them on a map, switch JavaScript on. Here they are as a list:"),
        el("Ul", rows) if rows else el("P", ["No project fits this link. ", el("A", "All projects", href="/projects"), "."]),
        el(
            "P",
            ["The same for a spreadsheet: ", el("A", "projects (CSV)", href=f"/api/v1/projects.csv?{state.api_query()}".rstrip("?")), "."],
        ),
    ]


def _project(_search: str, parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    listed = open_shelf(snapshot).projects.get(parts["id_"])
    project = listed.project
    said = [(heading, getattr(project, name)) for name, heading in TEXTS]
    return [
        el("H1", project.title),
        el("P", f"{project.organisation}. {say_where(listed, snapshot)}."),
        el("P", f"{project.one_line} {say_sure(listed)}."),
        *(part for heading, text in said if text for part in (el("H2", heading), el("P", text))),
        el(
            "P",
            [
                el("A", "Its public page", href=project.link, rel="noreferrer nofollow"),
                ". ",
                el("A", "Its whole record (JSON)", href=f"/api/v1/projects/{listed.id}"),
                ". ",
                el("A", "All projects for a spreadsheet (CSV)", href="/api/v1/projects.csv"),
                ".",
            ],
        ),
    ]


def _need(search: str, _parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    question, *_rest = projects_need.read_question(search, snapshot)
    heading = el("H1", "Where have we no record?")
    try:
        compared = compare_need(question, open_shelf(snapshot).projects)
    except CannotCompareError as fault:
        return [heading, el("P", str(fault))]
    place = snapshot.area(question.within).title if question.within else ""
    rows = [
        el("Li", [el("A", row["name"], href=f"/place/{row.code}"), f", {say_people(row.population)}"])
        for row in (compared.table.iloc[position] for position in compared.unmet[:_ROWS])
    ]
    order = "the greatest need first" if compared.is_ranked else "by name, not by need"
    first = f"The first {_ROWS}, {order}:" if len(compared.unmet) > _ROWS else f"{order.capitalize()}:"
    return [
        heading,
        *(el("P", words) for words in say_compared(compared, place)),
        *([el("P", first), el("Ul", rows)] if rows else []),
        el(
            "P",
            [
                "All areas, with need and action: ",
                el("A", "a table (CSV)", href=projects_need.api_address(question, format="csv")),
                ". To choose another need or action, and for the map, switch JavaScript on.",
            ],
        ),
    ]


def _inequality(search: str, _parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    question, _notices = read_question(search, snapshot)
    card, answer = snapshot.cards[question.layer], find_gradient(question, snapshot)
    asked = urlencode(
        {"layer": question.layer, "area": question.area, "by": question.by, "groups": question.groups, "ranked": question.ranked}
    )
    finding = say_finding(answer, card, snapshot)
    chart = [el("Img", src=f"/api/v1/inequality/chart?{asked}", alt=f"Bar chart of {card.title}. {finding}", style={"max-width": "100%"})]
    return [
        el("H1", "How steep is the gradient?"),
        el("P", f"{finding} {say_worse_end(card.polarity)}"),
        *(chart if answer.groups else []),
        el(
            "P",
            [
                "The same figures: ",
                el("A", "a table (CSV)", href=f"/api/v1/inequality?{asked}&format=csv"),
                ". To choose another indicator or area, switch JavaScript on.",
            ],
        ),
    ]


def _areas(search: str, _parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    card = snapshot.cards[read_layer(read_asked(search), snapshot, [])]
    return [
        el("H1", "Where is the gap widest?"),
        el(
            "P",
            f"This page puts authorities or NHS boards in line by how wide the gap is in: {card.title}. Switch JavaScript on, or take the"
            " same as a table:",
        ),
        el(
            "Ul",
            [
                el("Li", el("A", f"{words} (CSV)", href=f"/api/v1/inequality/areas?layer={card.id}&level={level}&format=csv"))
                for level, words in (("lad", "Authorities"), ("icb", "NHS boards"))
            ],
        ),
    ]


def _people(search: str, _parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    area = read_area(read_asked(search), snapshot, [])
    return [
        el("H1", "Who lives in the most deprived neighbourhoods?"),
        el("P", say_core20(count_people(area.code if area else ENGLAND, snapshot))),
        el(
            "P",
            [
                "For ages and regions switch JavaScript on, or take ",
                el("A", "deprivation of every neighbourhood (CSV)", href=_csv(_IMD)),
                ".",
            ],
        ),
    ]


def _two(search: str, _parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    question, *_rest = read_pair(search, snapshot)
    asked = urlencode({"layer": question.layer, "other": question.other, "level": question.level, "area": question.area})
    return [
        el("H1", "Where two problems overlap"),
        el("P", say_both(find_pair(question, snapshot), question, snapshot)),
        el(
            "P",
            [
                "The places where both are at their worst: ",
                el("A", "a table (CSV)", href=f"/api/v1/inequality/two?{asked}&format=csv"),
                ". To choose other layers, and for the map, switch JavaScript on.",
            ],
        ),
    ]


def _compare(search: str, _parts: dict[str, str], snapshot: Snapshot) -> list[Element]:
    areas = read_compared(search, snapshot).areas
    files = [el("Li", el("A", f"All figures of {area.title} (JSON)", href=f"/api/v1/areas/{area.code}")) for area in areas]
    return [
        el("H1", "Compare places"),
        el("P", "This page sets places side by side. That needs JavaScript, which is off: switch it on, or take the figures of each:"),
        el("Ul", files) if files else el("P", "The link names no place."),
    ]


_WORDS: Final[dict[str, Callable[[str, dict[str, str], Snapshot], list[Element]]]] = {
    "/projects/share": _share,
    "/projects/edit": _edit_share,
    "/projects/review": _review,
    "/": _front,
    "/map": _map,
    "/layers": _layers,
    "/place/{code}": _place,
    "/place/{code}/leaflet": _leaflet,
    "/projects": _projects,
    "/project/{id_}": _project,
    "/projects/need": _need,
    "/compare": _compare,
    "/inequality": _inequality,
    "/inequality/areas": _areas,
    "/inequality/people": _people,
    "/inequality/two": _two,
}
