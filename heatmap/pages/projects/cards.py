"""A project as a card, as a row and in short: what the pages that show projects share. Values in, elements out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from heatmap.drawing.elements import Element, el, point
from heatmap.projects.finding import Listed, Projects, ProjectsAsked, say_project_where
from heatmap.projects.sentences import LEVEL_TAGS, RELATION_TAGS, say_activity, say_out_of_date, say_sure, say_when
from heatmap.projects.vocabulary import say_word, say_words
from heatmap.snapshot import Area, Snapshot
from heatmap.words.language import _

SHARE_PATH: Final = "/projects/share"


def project_path(id_: str, area: str = "") -> str:
    """The address of a project's page; with an area it compares the two places.

    >>> project_path("food-at-school", "E01008966")
    '/project/food-at-school?area=E01008966'
    """
    return f"/project/{id_}" + (f"?{urlencode({'area': area})}" if area else "")


def join_theirs(texts: Sequence[str], between: str) -> list[Any]:
    """Short texts that others wrote, in one line of ours, each in the direction of its own letters."""
    parts: list[Any] = []
    for text in texts:
        parts += [*([between] if parts else []), el("Span", text, dir="auto")]
    return parts


def draw_tags(listed: Listed, many: bool = False) -> Element:
    """What it is about, where it happens, what it changes, whose it is: one of each on a card, all of them on its page."""
    project = listed.project
    each = slice(None) if many else slice(1)
    tags = _draw_standing(listed)
    tags += [el("Span", words, className="tag prj-theme") for words in say_words("themes", project.themes[each])]
    if many:
        tags += [el("Span", words, className="tag") for words in say_words("conditions", project.conditions)]
    tags += [el("Span", words, className="tag") for words in say_words("settings", project.settings[each])]
    if project.level:
        tags.append(el("Span", LEVEL_TAGS[project.level], className="tag"))
    if many:
        tags += [el("Span", words, className="tag") for words in say_words("ages", project.ages)]
    relation = say_word("relation", project.relation) if many else RELATION_TAGS.get(project.relation, project.relation)
    tags.append(el("Span", relation, className="tag prj-whose"))
    return el("P", tags, className="prj-tags")


def _draw_standing(listed: Listed) -> list[Element]:
    """A tag for what is not being done now: ended, or an idea."""
    return [el("Span", said, className="tag prj-standing")] if (said := say_activity(listed)) else []


def draw_sure(listed: Listed) -> list[Element]:
    """How sure it is, in a line; a warning where it is old or somebody called it out of date."""
    name = {"confirmed": "prj-sure", "stale": "tag warn", "unconfirmed": "prj-sure soft"}[listed.freshness]
    parts = [el("Span", say_sure(listed), className=name)]
    if said := say_out_of_date(listed):
        parts.append(el("Span", said, className="tag warn"))
    return parts


def draw_project_card(
    listed: Listed, snapshot: Snapshot, far: str = "", area: str = "", why: Sequence[str] = (), heading: Any = "H3"
) -> Element:
    """A project on a card.

    far   how far its site is, in words
    area  the place from which one came, for the comparison on its page
    why   what makes it worth a look from here
    """
    project = listed.project
    away = [el("Span", far, className="prj-km")] if far else []
    where = [
        project.organisation,
        *([say_project_where(listed, snapshot)] if say_project_where(listed, snapshot) not in project.organisation else []),
    ]
    parts: list[Any] = [
        el(
            "Div",
            [el(heading, el("A", project.title, href=project_path(listed.id, area)), dir="auto"), point("project", 24)],
            className="prj-top",
        ),
        el("P", [*join_theirs(where, ", "), *away], className="s soft prj-where"),
    ]
    if project.one_line:
        parts.append(el("P", project.one_line, className="s", dir="auto"))
    parts += [el("P", words, className="s prj-why") for words in why]
    parts += [draw_tags(listed), el("P", draw_sure(listed), className="xs prj-foot")]
    return el(
        "Article",
        parts,
        className=f"prj-card{' prj-stale' if listed.freshness == 'stale' else ''}",
        data_project=listed.id,
        data_words=listed.words,
    )


def draw_short(listed: Listed, snapshot: Snapshot, said: Sequence[str], area: str = "") -> Element:
    """A project in two lines of a list: title, then organisation and what is said of it."""
    words = [el("Span", listed.project.organisation, dir="auto"), *(f" · {each}" for each in said if each)]
    return el(
        "Li",
        [
            el("A", listed.project.title, href=project_path(listed.id, area), className="b", dir="auto"),
            el("Span", words, className="soft prj-said"),
            *_draw_standing(listed),
            *([el("Span", say_sure(listed), className="tag warn")] if listed.freshness == "stale" else []),
        ],
        className="s",
    )


def draw_table(found: Sequence[tuple[Listed, str]], snapshot: Snapshot, title: str, area: str = "") -> Element:
    """The same projects as rows."""
    is_far = any(far for _one, far in found)
    head = [_("Project"), _("Organisation"), _("Where"), _("About"), _("Changes"), _("Stage"), _("How sure")] + (
        [_("Distance")] if is_far else []
    )
    rows = []
    for one, far in found:
        project = one.project
        cells = [
            el("Span", project.organisation, dir="auto"),
            el("Span", say_project_where(one, snapshot), dir="auto"),
            ", ".join(say_words("themes", project.themes)),
            LEVEL_TAGS.get(project.level, ""),
            _draw_standing(one) or say_word("stage", project.stage) or say_when(project),
            draw_sure(one),
        ]
        far_cell = [el("Td", far or _("no site named"), className="num")] if is_far else []
        rows.append(
            el(
                "Tr",
                [
                    el(
                        "Th",
                        [
                            el("A", project.title, href=project_path(one.id, area), dir="auto"),
                            el("Span", project.one_line, className="soft xs prj-said", dir="auto"),
                        ],
                        scope="row",
                    ),
                    *(el("Td", cell) for cell in cells),
                    *far_cell,
                ],
                className="prj-stale" if one.freshness == "stale" else None,
                data_project=one.id,
                data_words=one.words,
            )
        )
    table = el(
        "Table",
        [
            el("Caption", title, className="vh"),
            el("Thead", el("Tr", [el("Th", words, scope="col") for words in head])),
            el("Tbody", rows),
        ],
        className="table prj-table",
    )
    return el("Div", table, className="scroll", tabIndex=0, role="region", aria_label=title)


def say_none(projects: Projects, place: Area | None) -> str:
    """That nothing fits, and what may help."""
    if place is None:
        return _("No project fits all of this. Take one of the filters off, or share what you know of.")
    there = len(projects.find(ProjectsAsked(place=place.code)))
    if there:
        return _("No project in {name} fits all of this; {n} are recorded there in all. Take one of the other filters off.").format(
            name=place.title, n=there
        )
    return _("No project is recorded in {name} yet. That is no proof that nobody acts: we know only what has been shared here.").format(
        name=place.title
    )


def project_ways(here: str, within: str = "") -> Element:
    """The two views of who acts: the projects, and need against action; ``within`` is the code of the area both look at, or ""."""
    pages = (("/projects", _("Projects"), "place"), ("/projects/need", _("Need against action"), "within"))
    links = [
        el("A", words, href=f"{path}?{key}={within}" if within else path, className="btn", aria_current="page" if path == here else None)
        for path, words, key in pages
    ]
    return el("Nav", links, className="row wrap noprint ways", aria_label=_("Who acts"))
