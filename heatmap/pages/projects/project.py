"""One project: ``/project/kingston-poverty-screening``. What it wants, did and learnt, who lives round it, and what is like it.

``?area=E01008966`` compares its place with another, and shows what is done in places like that one. All of it is text that others
wrote: it stays text, and a link is followed by a press alone.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from dash import html

from heatmap.distances import great_circle_km
from heatmap.drawing.elements import Element, el, pictures, point, scripted_form, sign
from heatmap.errors import NotFoundError
from heatmap.geography.levels import ENGLAND
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.frame.frame import text_page
from heatmap.pages.inequality.parts import message
from heatmap.pages.place.parts import draw_strip_row
from heatmap.pages.projects.cards import SHARE_PATH, draw_short, draw_tags, join_theirs, project_path
from heatmap.pages.projects.near import NONE_ALIKE, find_alike, find_least_unlike, say_like_place
from heatmap.place.drivers import order_domains
from heatmap.place.facts import read_story_facts
from heatmap.place.help_near import say_km
from heatmap.projects.address import PROJECTS_PATH, ProjectsAddress
from heatmap.projects.database import KeepingError
from heatmap.projects.finding import Listed, Projects, say_project_where
from heatmap.projects.placing import Site
from heatmap.projects.record import Evidence, Measure
from heatmap.projects.sentences import say_change, say_out_of_date, say_stage, say_sure, say_when
from heatmap.projects.shelf import Shelf, open_shelf
from heatmap.projects.shipped import read_shipped
from heatmap.projects.similar_places import compare_places
from heatmap.projects.store import ProjectStore, open_store
from heatmap.projects.vocabulary import say_word, say_words
from heatmap.settings import FEEDBACK_URL
from heatmap.snapshot import Area, Snapshot, open_snapshot
from heatmap.words.days import say_day
from heatmap.words.language import _
from heatmap.words.phrases import join_names

PATH = "/project/{id_}"
TITLE = "Project"
_LIKE: Final = 4
#: What a team tells, in the order in which it is read.
TEXTS: Final = (
    ("aim", _("What it wants to change")),
    ("what_was_done", _("What was done")),
    ("what_we_learnt", _("What was learnt")),
    ("what_to_reuse", _("What you can copy and use")),
)


def title_of(id_: str) -> str | None:
    """The project's title, or None where there is none of this id."""
    try:
        return open_shelf(open_snapshot()).projects.get(id_).project.title
    except NotFoundError:
        return None


def layout(search: str, id_: str) -> list[Any]:
    """The whole page."""
    return drawn_page(PROJECTS_PATH, draw_body(id_, search))  # its way in the header


def missing(_search: str) -> list[Any]:
    """What an address shows at which there is no project: why that may be, and the ways on."""
    ways = [
        html.A(_("All projects"), href=PROJECTS_PATH, className="btn main big"),
        html.A(_("Share a project"), href=SHARE_PATH, className="btn big"),
    ]
    said = _("The link may be mistyped, or the project may have been withdrawn by its team or taken off the map.")
    body = [html.H1(_("We have no project at this address")), html.P(said, className="measure"), html.Div(ways, className="row wrap")]
    return text_page(PROJECTS_PATH, [html.Div(body, className="stack")])


def draw_body(id_: str, search: str = "", shelf: Shelf | None = None, store: ProjectStore | None = None) -> list[Element]:
    """The page's main part; ``shelf`` and ``store`` are those of the database unless given."""
    snapshot = open_snapshot()
    projects = (shelf or open_shelf(snapshot)).projects
    listed = projects.get(id_)
    area = _read_area(search, snapshot)
    said = _draw_said(listed)
    left = [*said, *([_draw_measures(listed)] if listed.project.measures else []), *_draw_evidence(listed)]
    left += [*([_draw_yours(listed, area, projects)] if area else []), _draw_report(listed)]
    right = [
        _draw_glance(listed, projects),
        *_draw_surroundings(listed, snapshot),
        *_draw_like(listed, projects, area),
        *_draw_history(listed, store),
    ]
    inside = [
        _draw_crumbs(listed, snapshot),
        _draw_head(listed, snapshot),
        *_draw_warning(listed),
        el("Div", [el("Div", left, className="stack-l"), el("Div", right, className="stack")], className="cols two"),
    ]
    return [el("Main", inside, className="page place prj prj-one", id="main", tabIndex=-1, style=pictures())]


def _read_area(search: str, snapshot: Snapshot) -> Area | None:
    """The area that a link compares with; None where it names none that we have."""
    code = dict(parse_qsl(search.removeprefix("?")[:500])).get("area", "").strip().upper()
    try:
        return snapshot.area(code)
    except NotFoundError:
        return None


# ---- the head ----


def _draw_crumbs(listed: Listed, snapshot: Snapshot) -> Element:
    parts: list[Any] = [el("A", _("Projects"), href=PROJECTS_PATH)]
    if listed.authorities:
        code = listed.authorities[0]
        parts += [el("Span", "›", aria_hidden="true"), el("A", snapshot.area(code).title, href=ProjectsAddress(place=code).to_address())]
    return el("Nav", parts, className="crumbs noprint", aria_label=_("Where this is"))


def _draw_head(listed: Listed, snapshot: Snapshot) -> Element:
    project = listed.project
    under = join_theirs([each for each in (project.organisation, say_project_where(listed, snapshot), say_when(project)) if each], " · ")
    title = el("H1", [point("project", 34), el("Span", project.title, dir="auto")], className="prj-title", tabIndex=-1)
    share = el("A", [sign("share", 18), _("Share")], href=project_path(listed.id), data_do="share", className="btn")
    return el(
        "Div",
        [
            el("Div", [title, el("P", under, className="soft"), draw_tags(listed, many=True)]),
            el(
                "Div",
                [share, el("A", [sign("pen", 18), _("This is out of date")], href="#out-of-date", className="btn")],
                className="row wrap noprint",
            ),
        ],
        className="row between wrap top prj-one-head",
    )


def _draw_warning(listed: Listed) -> list[Element]:
    """How sure it is, at once: not yet confirmed, confirmed long ago, or said to be out of date."""
    project, parts = listed.project, []
    ask = [_(" Is this your project? "), *_draw_whom_to_ask(), _(" for its private key, and confirm or correct it yourself.")]
    if listed.freshness == "unconfirmed":
        parts.append(message("warn", "info", [el("B", _("Publicly reported, not yet confirmed by its team.")), *ask]))
    elif listed.freshness == "stale":
        parts.append(message("warn", "warn", [el("B", f"{say_sure(listed)}."), *ask]))
    if said := say_out_of_date(listed):
        parts.append(message("warn", "warn", said))
    if listed.standing == "ended" and project.what_we_learnt:
        parts.append(message("plain", "info", _("It has ended. What it learnt is here to use.")))
    return parts


def _draw_whom_to_ask() -> list[Any]:
    """Who makes a team its link: by the deployer's address for feedback, where one is set."""
    link = FEEDBACK_URL()
    return [el("A", _("Ask us"), href=link, rel="noreferrer")] if link else [_("Ask the people who run this map")]


# ---- its own words ----


def _draw_said(listed: Listed) -> list[Element]:
    project = listed.project
    parts = [el("P", project.one_line, className="lead", dir="auto")] if project.one_line else []
    for name, heading in TEXTS:
        text = getattr(project, name)
        if name == "what_to_reuse" and (text or project.tools):
            tools = (
                [el("Ul", [el("Li", el("Span", tool, dir="auto")) for tool in project.tools], className="dots s")] if project.tools else []
            )
            body = [el("P", text, className="prj-text-block", dir="auto")] if text else []
            parts.append(el("Section", [el("H2", heading), *body, *tools]))
        elif text:
            parts.append(el("Section", [el("H2", heading), el("P", text, className="prj-text-block", dir="auto")]))
    if not any(getattr(project, name) for name, _heading in TEXTS):
        parts.append(
            el("P", _("Nobody has written here yet what was done and learnt. The public page may say more."), className="msg plain")
        )
    links = [project.link, *project.further_links]
    shown = [el("Li", _link(link)) for link in dict.fromkeys(links)]
    parts.append(el("Section", [el("H2", _("Read the full story")), el("Ul", shown, className="prj-links")]))
    return parts


def _link(address: str, words: str = "") -> Element:
    """A link to another site: only https, told by its site's name, and that site is not told where the reader comes from."""
    site = urlsplit(address).netloc.removeprefix("www.")
    return el(
        "A",
        words or f"{site}{_short_path(address)}",
        href=address if address.startswith("https://") else None,
        rel="noreferrer nofollow",
        dir="auto" if words else "ltr",
    )


def _short_path(address: str) -> str:
    path = urlsplit(address).path.rstrip("/")
    return path if len(path) <= 48 else f"{path[:47]}…"


def _draw_measures(listed: Listed) -> Element:
    return el(
        "Section",
        [
            el("H2", _("What it measured")),
            el("Div", [_draw_measure(each) for each in listed.project.measures], className="prj-measures"),
            el("P", _("As its team or its public report says; not checked by us."), className="xs soft"),
        ],
    )


def _draw_measure(measure: Measure) -> Element:
    before = _("before: {baseline}").format(baseline=measure.baseline) if measure.baseline else ""
    small = " · ".join(each for each in (before, say_day(measure.date) if measure.date else "") if each)
    latest, name = measure.latest, measure.name
    if not latest and (found := re.fullmatch(r"(\d[\d,.]*%?) (.+)", name)):  # "89% from the most deprived fifth"
        latest, name = found.groups()
    return el(
        "Div",
        [
            *([el("P", el("Span", latest, dir="auto"), className="prj-latest")] if latest else []),
            el("P", el("Span", name, dir="auto"), className="s"),
            *([el("P", el("Span", small, dir="auto"), className="xs soft")] if small else []),
            el("P", say_word("measure_kind", measure.kind).partition(":")[0], className="xs soft"),
        ],
        className="prj-measure",
    )


def _draw_evidence(listed: Listed) -> list[Element]:
    """Reports, stories, pictures, sound and film, each by its link and with its words; nothing is fetched before a press."""
    if not listed.project.evidence:
        return []
    items = [_draw_piece(each) for each in listed.project.evidence]
    note = _("Each opens on its own site. Nothing is fetched from there until you press it.")
    return [
        el("Section", [el("H2", _("Stories and evidence")), el("Ul", items, className="prj-list-of"), el("P", note, className="xs soft")])
    ]


def _draw_piece(piece: Evidence) -> Element:
    site = urlsplit(piece.link).netloc.removeprefix("www.")
    words = [el("P", piece.text_alternative, className="prj-text-block s", dir="auto")] if piece.text_alternative else []
    return el(
        "Li",
        [
            el("Span", say_word("evidence_kind", piece.kind), className="tag"),
            " ",
            _link(piece.link, piece.title),
            " ",
            el("Span", site, className="soft xs", dir="ltr"),
            *words,
        ],
    )


# ---- beside ----


def _draw_glance(listed: Listed, projects: Projects) -> Element:
    project = listed.project
    core = [*say_words("core20plus5_cyp", project.core20plus5_cyp), *say_words("core20plus5_adult", project.core20plus5_adult)]
    contact = project.contact_page or project.link
    works_in = [_("all of England") if code == ENGLAND else projects.snapshot.area(code).title for code in listed.areas]
    pairs: list[tuple[str, Any]] = [
        (_("Organisation"), project.organisation),
        (_("Contact"), _link(contact)),
        (_("Setting"), ", ".join([*say_words("settings", project.settings), *([project.where_exactly] if project.where_exactly else [])])),
        (_("Changes"), say_word("level", project.level)),
        (_("Who it is for"), ", ".join(each for each in (project.population, ", ".join(say_words("ages", project.ages))) if each)),
        ("Core20PLUS5", ", ".join(dict.fromkeys(core))),
        (_("Stage"), say_stage(listed)),
        (_("When"), say_when(project)),
        (_("Works in"), join_names(works_in)),
        (_("Partners"), ", ".join(say_words("partners", project.partners))),
        (
            _("Added by"),
            say_word("added_by_role", project.added_by_role)
            or (_("the editors of this map, from a public report") if _ships(listed) else ""),
        ),
        (_("Recorded here"), say_day(project.added_on) if project.added_on else ""),
        (_("Last confirmed"), say_day(project.last_confirmed) if project.last_confirmed else el("Span", _("never"), className="tag warn")),
    ]
    facts = [part for name, value in pairs if value for part in (el("Dt", name), el("Dd", el("Span", value, dir="auto")))]
    return el("Section", [el("H2", _("At a glance")), el("Dl", facts, className="facts")], className="box")


def _ships(listed: Listed) -> bool:
    """Whether its record came with the map, also where its team has a link to it since."""
    return not listed.shared or any(each.id == listed.id for each in read_shipped())


def _draw_surroundings(listed: Listed, snapshot: Snapshot) -> list[Element]:
    """How deprived the neighbourhood of its site is; where no site is named, its authorities lead on."""
    if listed.site is None:
        if not listed.authorities:
            return []
        links: list[Any] = []
        for code in listed.authorities:
            links += [", " if links else "", el("A", snapshot.area(code).title, href=f"/place/{code}")]
        return [
            el(
                "Section",
                [
                    el("H2", _("Who lives nearby")),
                    el("P", _("No site is named, so we do not show one neighbourhood."), className="s soft"),
                    el("P", links, className="s"),
                ],
                className="box",
            )
        ]
    area = snapshot.area(listed.site.lsoa21_code)
    facts = read_story_facts(area, snapshot)
    authority = snapshot.area(area.parents["lad"])
    ends = el(
        "Tr",
        [el("Td"), el("Td", el("Div", [el("Span", _("most deprived")), el("Span", _("least"))]))],
        className="ends",
        aria_hidden="true",
    )
    rows = [draw_strip_row(domain, authority, snapshot, brief=True) for domain in order_domains(facts)]
    name = [el("A", area.title, href=f"/place/{area.code}"), f" ({area.name})"]
    standing = _("Its site is in a neighbourhood in England’s {tenth}.").format(tenth=_of_tenth(facts.decile))
    note = [
        _("Dark box: this neighbourhood. "),
        el("Span", "▲", aria_hidden="true"),
        el("Span", _("Triangle:"), className="vh"),
        _(
            " the middle neighbourhood in {authority}, counting people. Each step is a tenth of England’s neighbourhoods. A hospital"
            " serves many"
            " more places than its own."
        ).format(authority=authority.name),
    ]
    return [
        el(
            "Section",
            [
                el("H2", _("Who lives nearby")),
                el("P", standing, className="s"),
                el("Table", [el("Caption", name), el("Tbody", [ends, *rows])], className="strip"),
                el("P", note, className="xs soft"),
            ],
            className="box",
        )
    ]


def _of_tenth(decile: int) -> str:
    """
    >>> _of_tenth(1), _of_tenth(4)
    ('most deprived tenth', 'tenth 4 of 10, where 1 is the most deprived')
    """
    if decile in (1, 10):
        return _("most deprived tenth") if decile == 1 else _("least deprived tenth")
    return _("tenth {n} of 10, where 1 is the most deprived").format(n=decile)


def _draw_like(listed: Listed, projects: Projects, area: Area | None) -> list[Element]:
    like = projects.like(listed, _LIKE)
    if not like:
        words = _("None recorded here is like it yet.")
        return [el("Section", [el("H2", _("Projects like this one")), el("P", words, className="s soft")], className="box")]
    items = [draw_short(each.listed, projects.snapshot, each.reasons, area.code if area else "") for each in like]
    return [el("Section", [el("H2", _("Projects like this one")), el("Ul", items, className="prj-list-of")], className="box")]


def _draw_history(listed: Listed, store: ProjectStore | None) -> list[Element]:
    """What happened to its record, in words; of a record that ships with the map there is nothing to tell."""
    if not listed.shared:
        return []
    try:
        changes = (store or open_store()).history(listed.id)
    except KeepingError:
        return []
    said = list(map(say_change, changes))
    if not said:
        return []
    return [
        el(
            "Section",
            [el("H2", _("History of this page")), el("Ul", [el("Li", words) for words in said], className="dots s")],
            className="box",
        )
    ]


# ---- the reader's own place ----


def _draw_yours(listed: Listed, area: Area, projects: Projects) -> Element:
    """The project's place beside the reader's, and what is done in places like theirs."""
    snapshot = projects.snapshot
    parts: list[Any] = [el("H2", _("Seen from {name}").format(name=area.title), id="yours")]
    if listed.site:
        there = snapshot.area(listed.site.codes[area.level])
        km = _measure_km(area, listed.site)
        parts.append(
            el(
                "P",
                _("Its site is {km} from the middle of {name}’s postcodes, in a straight line.").format(km=say_km(km), name=area.title),
                className="s",
            )
        )
        if there.code == area.code:
            parts.append(el("P", _("It is in this place."), className="s"))
        else:
            parts.append(_draw_compared(area, there, snapshot))
    elsewhere = [(like, each) for like, each in find_alike(area, projects, 4) if each.listed.id != listed.id][:3]
    parts.append(el("H3", _("Done in places like {name}").format(name=area.title)))
    least = None if elsewhere else find_least_unlike(area, projects)
    if least:
        here, one = least
        parts.append(el("P", NONE_ALIKE, className="s soft"))
        parts.append(
            el("Ul", [draw_short(one.listed, snapshot, [say_like_place(one.place.area, here, one)], area.code)], className="prj-list-of")
        )
    elif elsewhere:
        items = [draw_short(each.listed, snapshot, [say_like_place(each.place.area, like, each)], area.code) for like, each in elsewhere]
        parts.append(el("Ul", items, className="prj-list-of"))
    else:
        parts.append(el("P", _("No other project is recorded in a place like it."), className="s soft"))
    ways = [
        el("A", _("All projects, the nearest first"), href=ProjectsAddress(near=area.code).to_address(), className="btn"),
        el("A", _("The page of {name}").format(name=area.title), href=f"/place/{area.code}", className="btn"),
    ]
    parts.append(el("Div", ways, className="row wrap noprint"))
    return el("Section", parts, className="box stack", **{"aria-labelledby": "yours"})


def _measure_km(area: Area, site: Site) -> float:
    return float(great_circle_km(*area.middle, np.array([site.latitude]), np.array([site.longitude]))[0])


def _draw_compared(here: Area, there: Area, snapshot: Snapshot) -> Element:
    rows = [
        el(
            "Tr",
            [el("Th", each.name, scope="row"), el("Td", each.here), el("Td", each.there)],
            className="prj-same" if each.here == each.there else None,
        )
        for each in compare_places(here, there, snapshot).inputs
    ]
    title = _("The two places compared")
    table = el(
        "Table",
        [
            el("Caption", title, className="vh"),
            el(
                "Thead",
                el("Tr", [el("Th", _("Compared by"), scope="col"), el("Th", here.title, scope="col"), el("Th", there.title, scope="col")]),
            ),
            el("Tbody", rows),
        ],
        className="prj-compare",
    )
    summary = el("Summary", [_("{there} compared with {here}").format(there=there.title, here=here.title), sign("down", 14)])
    return el("Details", [summary, el("Div", table, className="scroll", tabIndex=0, role="region", aria_label=title)], className="unfold")


# ---- this is out of date ----


def _draw_report(listed: Listed) -> Element:
    """A small form, sent by the page's script to the API."""
    trap = el(
        "Div",
        [
            el("Label", _("Leave this empty"), htmlFor="website"),
            el("Input", type="text", id="website", name="website", tabIndex=-1, autocomplete="off"),
        ],
        className="prj-robots",
        aria_hidden="true",
    )
    form = scripted_form(
        [
            el("Label", _("What is no longer right?"), htmlFor="out-of-date-why", className="label"),
            el(
                "P",
                _("A reviewer reads it. Write no names, and nothing about a patient."),
                className="s soft prj-note",
                id="out-of-date-note",
            ),
            el(
                "Textarea",
                "",
                id="out-of-date-why",
                name="reason",
                maxlength=500,
                required=False,
                autocomplete="off",
                **{"aria-describedby": "out-of-date-note"},
            ),
            trap,
            el("Button", _("Send"), type="submit", className="btn main"),
            el("P", "", role="status"),
        ],
        className="prj-report",
        data_prj_report=f"/api/v1/projects/{listed.id}/out-of-date",
        novalidate=True,
    )
    return el(
        "Section",
        [el("H2", _("Is this out of date?"), id="out-of-date"), form],
        className="box noprint only-script",
        **{"aria-labelledby": "out-of-date"},
    )
