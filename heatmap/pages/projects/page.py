"""Who is doing what about it: ``/projects?place=E12000007&theme=food``. Projects as cards on a map, or as a table; all choices are in the
address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from heatmap.deprivation import DEFAULT_LAYER
from heatmap.drawing.elements import Element, el, pictures, point, sign
from heatmap.drawing.tokens import colour, ink_on
from heatmap.geography.levels import ENGLAND, Level
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import classes_of
from heatmap.map.drawn import MapClass, MapPoint, Points, box_round, draw_map, paint_of
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.frame.search_box import draw_search
from heatmap.pages.inequality.parts import message, say_notices
from heatmap.pages.projects.cards import SHARE_PATH, draw_project_card, draw_table, project_path, project_ways, say_none
from heatmap.pages.projects.near import NONE_ALIKE, find_alike, find_least_unlike, order_by_distance, say_like_place, say_start
from heatmap.projects.address import PROJECTS_PATH, ProjectsAddress, read_projects_address
from heatmap.projects.filters import FILTERS
from heatmap.projects.finding import Listed, Projects
from heatmap.projects.sentences import say_how_sure
from heatmap.projects.shelf import Shelf, open_shelf
from heatmap.snapshot import Area, Snapshot, open_snapshot
from heatmap.words.language import _

PATH = PROJECTS_PATH
WAY = (50, "Projects")
TITLE = "Projects"
HAS_SEARCH = True  # its box for a place knows postcodes and names
#: How many cards a page of the list holds, and how many of them are seen at once.
A_PAGE: Final = 120
#: Where the words of all pages are: the search in the browser asks for them once, without saying what is searched for.
_WORDS_PATH: Final = "/api/v1/projects/words"
AT_ONCE, AT_ONCE_SMALL = 12, 6
_IN_SIMILAR: Final = 3
#: Wider than this, in degrees, neighbourhoods are too small to be seen on the map beside the cards.
_WIDEST: Final = 1.2
#: Stars farther than this from a place, in degrees, are not brought onto the map beside it, unless there is none closer.
_CLOSE: Final = 0.4
#: The filters that stand in the row; the others unfold.
_FIRST: Final = 5
_LEVEL_WORDS: Final = {
    "practice": _("Practice: how we care"),
    "system": _("System: how services work"),
    "world": _("World: beyond health care"),
}
_RELATION_WORDS: Final = {"wham": _("WHAM’s own"), "kindred": _("Kindred: not said to be WHAM’s")}


def layout(search: str) -> list[Any]:
    """The whole page."""
    return drawn_page(PATH, draw_body(search))


def draw_body(search: str, shelf: Shelf | None = None) -> list[Element]:
    """The page's main part; ``shelf`` is what there is to show, unless the database's."""
    snapshot = open_snapshot()
    shelf = shelf or open_shelf(snapshot)
    address, notices = read_projects_address(search, snapshot)
    projects = shelf.projects
    found = projects.find(address.asked)
    place = snapshot.area(address.place) if address.place else None
    near = snapshot.area(address.near) if address.near else None
    ordered = order_by_distance(found, near, projects)
    head = el(
        "Div",
        [
            el(
                "Div",
                [
                    el("H1", _("Who is doing what about it?"), tabIndex=-1, id="projects-title"),
                    el(
                        "P",
                        _("Find people working on the same thing, near you or in a place like yours. Adopt and adapt."),
                        className="soft",
                    ),
                ],
            ),
            el("A", [sign("plus", 18), _("Share a project")], href=SHARE_PATH, className="btn main big noprint"),
        ],
        className="row between wrap top prj-head",
    )
    away = [message("warn", "away", _("What people shared cannot be read just now, so there may be more than you see."), role="status")]
    inside = [
        head,
        project_ways(PATH, address.place if place and place.level in ("rgn", "icb", "lad") else ""),
        *(away if shelf.away else []),
        *say_notices(notices),
        _draw_finder(address, len(found), place, near, snapshot),
        _draw_filters(address, found, projects),
        _draw_chosen(address, place, near, len(found), projects),
        _draw_found(address, ordered, place, near, projects),
    ]
    if near:
        inside.append(_draw_alike(near, projects))
    inside.append(_draw_sources(snapshot))
    return [el("Main", inside, className="page place prj", id="main", tabIndex=-1, style=pictures())]


# ---- what one may choose ----


def _draw_finder(address: ProjectsAddress, many: int, place: Area | None, near: Area | None, snapshot: Snapshot) -> Element:
    """The text, which stays in the browser; the area; and the place from which distances count."""
    kept = [el("Input", type="hidden", name=name, value=value) for name, value in address.but(place="").query().items()]
    groups = [("", ((ENGLAND, _("All of England")),)), *_area_groups(snapshot)]
    if place and place.level not in ("rgn", "icb", "lad"):
        groups.insert(1, (_("Chosen"), ((place.code, place.title),)))
    options: list[Element] = []
    for title, areas in groups:
        made = [el("Option", words, value=code, selected=code == (address.place or ENGLAND)) for code, words in areas]
        options += [el("Optgroup", made, label=title)] if title else made
    form = el(
        "Form",
        [
            *kept,
            el(
                "Div",
                [
                    el("Label", _("In which area?"), htmlFor="ask-place", className="label"),
                    el("Select", options, name="place", id="ask-place", className="input s"),
                ],
                className="prj-field",
            ),
            el("Button", _("Show"), type="submit", className="btn", id="ask-place-show"),
        ],
        action=PATH,
        method="get",
        className="prj-place",
        data_prj_form="place",
    )
    return el(
        "Div",
        [
            el(
                "Div",
                id="projects-search",
                className="prj-field prj-text",
                data_elsewhere=f"{_WORDS_PATH}?{address.api_query()}".rstrip("?") if many > A_PAGE else None,
            ),
            form,
            draw_search("near-search", _("Nearest first to a postcode or place"), id="projects-near", className="prj-field prj-near"),
        ],
        className="box prj-finder noprint",
    )


@lru_cache(maxsize=2)
def _area_groups(snapshot: Snapshot) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Regions, NHS boards and authorities by name."""
    levels: tuple[tuple[Level, str], ...] = (("rgn", _("Regions")), ("icb", _("NHS boards")), ("lad", _("Authorities")))
    return [
        (
            name,
            tuple(sorted(((str(code), snapshot.area(str(code)).title) for code in snapshot.areas[level].code), key=lambda each: each[1])),
        )
        for level, name in levels
    ]


def _draw_filters(address: ProjectsAddress, found: list[Listed], projects: Projects) -> Element:
    """A list for each filter with how many projects each word leaves; words that would leave none are not offered."""
    drawn = {name: _draw_filter(name, address, found, projects) for name in FILTERS}
    first = [drawn[name] for name in list(FILTERS)[:_FIRST] if drawn[name]]
    names = [name for name in list(FILTERS)[_FIRST:] if drawn[name]]
    rest = [drawn[name] for name in names]
    more = []
    if rest:
        is_open = any(getattr(address, name) for name in names)
        more = [
            el(
                "Details",
                [
                    el("Summary", [_("More filters"), sign("down", 14)], className="chip add", id="projects-more"),
                    el("Div", rest, className="row wrap prj-row"),
                ],
                className="prj-more",
                open=is_open,
            )
        ]
    return el("Div", [*first, *more], className="row wrap noprint prj-row prj-filters", role="group", aria_label=_("Filters"))


def _draw_filter(name: str, address: ProjectsAddress, found: list[Listed], projects: Projects) -> Element | None:
    words, now = _words_of(name), getattr(address, name)
    counts = _count(name, projects.find(address.but(**{name: ""}).asked) if now else found)
    label, anything = FILTERS[name].label, FILTERS[name].anything
    if not counts and not now:
        return None
    links = [_filter_link(name, anything, address.but(**{name: ""}), None, current=not now)]
    links += [
        _filter_link(name, words[word], address.but(**{name: word}), counts.get(word, 0), current=word == now)
        for word in words
        if counts.get(word) or word == now
    ]
    shown = [
        *([el("Span", f"{label}: ", className="vh")] if now or name != "core20plus5" else []),
        words[now] if now else anything if name != "core20plus5" else label,
        sign("down", 14),
    ]
    return el(
        "Details",
        [el("Summary", shown, className=f"chip{' on' if now else ''}", id=f"filter-{name}"), el("Ul", [el("Li", link) for link in links])],
        className="chooser prj-chooser",
    )


def _filter_link(name: str, words: str, leads: ProjectsAddress, many: int | None, current: bool) -> Element:
    count = [] if many is None else [el("Small", f"{many:,}", aria_label=_("{n} projects").format(n=many))]
    return el(
        "A",
        [el("Span", words), *count],
        href=leads.to_address(),
        data_prj_way=f"filter-{name}",
        **({"aria-current": "true"} if current else {}),
    )


def _words_of(name: str) -> Mapping[str, str]:
    return {"level": _LEVEL_WORDS, "relation": _RELATION_WORDS}.get(name) or FILTERS[name].words()


def _count(name: str, found: list[Listed]) -> Counter[str]:
    """How many of some projects have each word of a filter."""
    return Counter(word for one in found for word in FILTERS[name].read(one) if word)


def _draw_chosen(address: ProjectsAddress, place: Area | None, near: Area | None, many: int, projects: Projects) -> Element:
    """How many there are, what was chosen, each with the way to take it off, and the two ways of seeing them."""
    chips: list[Element] = []
    if place:
        chips.append(_chip(_("In {name}").format(name=place.title), address.but(place="", national=False)))
        if not address.national:
            alone = len(projects.find(address.but(national=True).asked)) - many
            if alone > 0:
                words = _("and {n} for all of England").format(n=alone)
                chips.append(
                    el(
                        "A",
                        [sign("plus", 14), words],
                        href=address.but(national=True).to_address(),
                        className="chip add",
                        data_prj_way="projects-title",
                    )
                )
        else:
            chips.append(_chip(_("with those for all of England"), address.but(national=False)))
    chips += [_chip(_words_of(name)[word], address.but(**{name: ""})) for name in FILTERS if (word := getattr(address, name))]
    if near:
        chips.append(_chip(_("Nearest to {name} first").format(name=near.title), address.but(near="")))
    if address.is_filtered or near:
        chips.append(
            el(
                "A",
                _("Clear all"),
                href=ProjectsAddress(view=address.view).to_address(),
                className="prj-clear",
                data_prj_way="projects-title",
            )
        )
    ways = [
        el(
            "A",
            [sign(picture, 16), words],
            href=address.but(view=view).to_address(),
            data_prj_way=f"view-{view}",
            id=f"view-{view}",
            **({"aria-current": "true"} if address.view == view else {}),
        )
        for view, picture, words in (("cards", "map", _("Cards and map")), ("table", "table", _("Table")))
    ]
    said = _("1 project") if many == 1 else _("{n} projects").format(n=f"{many:,}")
    return el(
        "Div",
        [
            el("P", said, className="b", role="status", id="projects-count", data_all=many),
            *chips,
            el("Div", ways, className="seg prj-seg noprint", role="group", aria_label=_("Shown as")),
        ],
        className="row wrap prj-chosen",
    )


def _chip(words: str, leads: ProjectsAddress) -> Element:
    off = el("Span", _("(take off)"), className="vh")
    return el("A", [words, off, sign("close", 14)], href=leads.to_address(), className="chip on", data_prj_way="projects-title")


# ---- what was found ----


def _draw_found(
    address: ProjectsAddress, ordered: list[tuple[Listed, str]], place: Area | None, near: Area | None, projects: Projects
) -> Element:
    snapshot = projects.snapshot
    title = _("Projects in {name}").format(name=place.title) if place else _("Projects in England")
    found = [one for one, _far in ordered]
    pages = max(1, -(-len(ordered) // A_PAGE))
    page = min(address.page, pages)
    shown = ordered[(page - 1) * A_PAGE : page * A_PAGE]
    nothing = el("P", _("No project here has these words."), className="msg plain", id="projects-none", role="status", hidden=True)
    doings = el(
        "Div",
        [
            el(
                "A",
                [sign("save", 18), "CSV"],
                href=f"/api/v1/projects.csv?{address.api_query()}".rstrip("?"),
                download=True,
                className="btn",
            ),
            el("A", [sign("share", 18), _("Link to this")], href=address.to_address(), data_do="share", className="btn"),
        ],
        className="row wrap noprint prj-doings",
    )
    elsewhere = [el("Div", id="projects-elsewhere", className="box stack", hidden=True)] if pages > 1 else []
    measured = [el("P", say_start(near), className="xs soft")] if near and ordered else []
    after = [*elsewhere, *measured, *_draw_pages(address, page, pages), *([doings] if ordered else [])]
    if not ordered:
        body: list[Element] = [_draw_empty(address, place, near, projects)]
    elif address.view == "table":
        body = [nothing, draw_table(shown, snapshot, title, address.near or address.place)]
    else:
        cards = [draw_project_card(one, snapshot, far, address.near or address.place) for one, far in shown]
        for card in cards[AT_ONCE:]:
            card["props"]["className"] += " prj-later"
        if len(cards) > AT_ONCE_SMALL:
            after.insert(
                0,
                el(
                    "Button",
                    _("Show all {n}").format(n=len(cards)),
                    type="button",
                    className=f"btn full noprint{'' if len(cards) > AT_ONCE else ' prj-small'}",
                    data_do="projects-all",
                ),
            )
        body = [nothing, el("Div", cards, className="prj-cards", id="projects-cards")]
    left = el("Section", [el("H2", title, className="vh"), *body, *after], className="prj-list")
    if address.view == "table":
        return el("Div", [left, el("P", say_how_sure(found), className="xs soft")], className="stack")
    return el("Div", [left, _draw_map(found, place, near, snapshot)], className="prj-cols")


def _draw_pages(address: ProjectsAddress, page: int, pages: int) -> list[Element]:
    if pages == 1:
        return []
    ways = [
        el("A", words, href=address.but(page=to).to_address(), className="btn", data_prj_way="projects-title")
        for words, to in ((_("Earlier page"), page - 1), (_("Next page"), page + 1))
        if 1 <= to <= pages
    ]
    said = el("Span", _("Page {n} of {all}").format(n=page, all=pages), className="s soft")
    return [el("Nav", [said, *ways], className="row wrap noprint", aria_label=_("Pages of the list"))]


def _draw_empty(address: ProjectsAddress, place: Area | None, near: Area | None, projects: Projects) -> Element:
    """Nothing: said, and the ways out: fewer filters, the nearest, those for all of England, or sharing one."""
    ways: list[Element] = []
    go = {"className": "btn", "data_prj_way": "projects-title"}
    cleared = ProjectsAddress(place=address.place, national=address.national, near=address.near, view=address.view)
    if cleared.asked != address.asked and projects.find(cleared.asked):
        ways.append(el("A", _("Take the filters off"), href=cleared.to_address(), **go))
    if place:
        ways.append(
            el(
                "A",
                _("The nearest to {name}").format(name=place.title),
                href=address.but(place="", national=False, near=place.code).to_address(),
                **go,
            )
        )
        if not address.national and projects.find(address.but(national=True).asked):
            ways.append(el("A", _("Those for all of England"), href=address.but(national=True).to_address(), **go))
    ways.append(el("A", _("All projects"), href=ProjectsAddress(view=address.view).to_address(), **go))
    ways.append(el("A", _("Share one"), href=SHARE_PATH, className="btn"))
    return el(
        "Div",
        [el("P", el("B", _("Nothing found."))), el("P", say_none(projects, place)), el("Div", ways, className="row wrap")],
        className="box stack prj-empty",
    )


def _draw_alike(near: Area, projects: Projects) -> Element:
    """Projects in places like one, to copy."""
    elsewhere = find_alike(near, projects, _IN_SIMILAR)
    heading = el("H2", _("In places like {name}").format(name=near.title), id="alike")
    least = None if elsewhere else find_least_unlike(near, projects)
    if least:
        here, one = least
        why = [say_like_place(one.place.area, here, one)]
        body: list[Element] = [
            el("P", NONE_ALIKE, className="soft"),
            el("Div", [draw_project_card(one.listed, projects.snapshot, "", near.code, why)], className="prj-cards three"),
        ]
    elif not elsewhere:
        body = [
            el(
                "P",
                _("No project is recorded in a place like this one: similar in deprivation, age and town or country."),
                className="soft",
            )
        ]
    else:
        cards = [
            draw_project_card(each.listed, projects.snapshot, "", near.code, [say_like_place(each.place.area, like, each)])
            for like, each in elsewhere
        ]
        body = [el("Div", cards, className="prj-cards three")]
    return el("Section", [heading, *body], className="stack prj-alike", **{"aria-labelledby": "alike"})


# ---- the map ----


def _draw_map(found: list[Listed], place: Area | None, near: Area | None, snapshot: Snapshot) -> Element:
    card = snapshot.cards[DEFAULT_LAYER]
    sited = [one for one in found if one.site]
    box = _box(found, place, near, snapshot)
    level: Level = "lsoa" if box[2] - box[0] <= _WIDEST else "lad"
    points = [
        MapPoint(
            one.site.latitude,
            one.site.longitude,
            one.project.title,
            one.project.organisation,
            project_path(one.id, near.code if near else ""),
        )
        for one in sited
        if one.site
    ]
    chosen = next((each.code for each in (near, place) if each and each.level == level), "")
    link = "/place/{code}"
    many = _("1 star") if len(sited) == 1 else _("{n} stars").format(n=len(sited))
    without = len(found) - len(sited)
    said = [
        (
            _("{stars}, each at its organisation’s site.").format(stars=many)
            if sited
            else _("No star here. Each would be at its organisation’s site.")
        )
    ]
    if without:
        said.append(_("{n} with no site named: they are in the list alone.").format(n=without))
    drawn = draw_map(
        _("Map of projects over deprivation"),
        [MapClass(each.colour, each.label) for each in classes_of(card, level)],
        paint_of(DEFAULT_LAYER, snapshot),
        level,
        ENGLAND,
        link,
        _("No figure"),
        snapshot,
        chosen,
        Points("project", (_("project"), _("projects")), points),
        box,
        pale=True,
    )
    return el(
        "Section",
        [
            el("H2", _("On the map"), className="vh"),
            drawn,
            _draw_key(card, level),
            el("P", [" ".join(said), " ", say_how_sure(found)], className="xs soft"),
        ],
        className="prj-map",
    )


def _box(found: list[Listed], place: Area | None, near: Area | None, snapshot: Snapshot) -> list[float]:
    """What the map shows first: the area asked for, or a place with the three nearest stars, or all of England."""
    if near:
        points = [near.middle[::-1]]
        far = sorted(
            ((one.site.longitude, one.site.latitude) for one in found if one.site),
            key=lambda each: (0.6 * (each[0] - points[0][0])) ** 2 + (each[1] - points[0][1]) ** 2,
        )
        close = [each for each in far if abs(each[0] - points[0][0]) < _CLOSE and abs(each[1] - points[0][1]) < _CLOSE]
        points += close[:3] or far[:1]
        wide, high = 0.03, 0.02
        lng, lat = [each[0] for each in points], [each[1] for each in points]
        return [min(lng) - wide, min(lat) - high, max(lng) + wide, max(lat) + high]
    return box_round(place.code if place else ENGLAND, snapshot)


def _draw_key(card: LayerCard, level: Level) -> Element:
    """What star and colours mean."""
    classes = classes_of(card, level)
    boxes = [
        el("I", str(each.number) if level == "lsoa" else None, style={"background": colour(each.colour), "color": ink_on(each.colour)})
        for each in classes
    ]
    if level == "lsoa":
        words, ends = _("Behind it, deprivation of neighbourhoods, in tenths:"), (_("most deprived"), _("least"))
    else:
        words, ends = _("Behind it, people who live in England’s most deprived tenth:"), (_("half or more"), _("none"))
    scale = el(
        "Span",
        [el("Span", ends[0]), el("Span", boxes, className="prj-scale", aria_hidden="true"), el("Span", ends[1])],
        className="row prj-ends",
    )
    return el(
        "Div",
        [el("Span", [point("project", 20), _("project")], className="row"), el("Span", words, className="soft"), scale],
        className="row wrap xs prj-key",
    )


def _draw_sources(snapshot: Snapshot) -> Element:
    source = snapshot.cards[DEFAULT_LAYER].source
    return el(
        "P",
        [
            _("We know only what is recorded here: a place without a star is not a place where nobody acts. "),
            f"{source.publisher}, {source.title}. {source.licence}.",
        ],
        className="xs soft prj-sources",
    )
