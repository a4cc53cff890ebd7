"""The API's projects: who does what about it, found by place and theme; one project, those like it; need against action."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Final, Literal
from weakref import WeakKeyDictionary

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from heatmap.api.common import PROBLEMS, find_layer, say_codes_read, snapshot_of
from heatmap.api.values import write_table
from heatmap.deprivation import CURRENT
from heatmap.errors import NotFoundError
from heatmap.geography.levels import ENGLAND, PLURAL, level_of
from heatmap.inequality.pair_sentences import say_measure
from heatmap.inequality.pairs import split_box
from heatmap.map.drawn import pack_bytes
from heatmap.projects.filters import FILTERS
from heatmap.projects.finding import Listed, Projects, ProjectsAsked
from heatmap.projects.need_and_action import (
    ACTION_WORDS,
    KM,
    MOST_KM,
    NEED_WORDS,
    CannotCompareError,
    Compared,
    NeedQuestion,
    boxes_of,
    compare_need,
    count_boxes,
    list_need_box,
    say_compared,
)
from heatmap.projects.placing import is_area
from heatmap.projects.sheets import write_projects_csv
from heatmap.projects.shelf import Shelf, is_at_hand, open_shelf
from heatmap.projects.store import ProjectStore
from heatmap.projects.vocabulary import words_of
from heatmap.snapshot import Snapshot
from heatmap.web.sending import Packed, pack_csv, pack_json

router = APIRouter(prefix="/api/v1", tags=["projects"], responses=PROBLEMS)
#: How many projects a page of the list has, at most.
MOST_A_PAGE: Final = 500
#: What people share can change at any moment: a copy is asked for again each time.
_ALWAYS_ASK: Final = "no-cache"
_AWAY_HEADER: Final = "X-Heatmap-Away"
#: Answers ready to send, by the projects that they were made of.
_ANSWERS: Final[WeakKeyDictionary[Projects, dict[tuple[Hashable, ...], Packed]]] = WeakKeyDictionary()
#: How many of them, and how many bytes of one, are worth their memory.
_MOST_REMEMBERED: Final = 1024
_LONGEST_REMEMBERED: Final = 64_000
#: Bytes below which nothing is compressed.
_SMALL: Final = 1000
ProjectId = Annotated[str, Path(description="The project's id.", examples=["sparkbrook-childrens-zone"])]


class ProjectsQuery(BaseModel):
    """What projects can be asked by. The words of each are those of the record; an empty one is everything."""

    model_config = ConfigDict(extra="forbid")

    place: Annotated[str, Field(description="An area's code: projects with a site there, or that work there.", examples=["E08000025"])] = ""
    national: Annotated[Literal["no", "yes"], Field(description="With place: also those for all of England.")] = "no"
    theme: Annotated[str, Field(description="What it is about.", examples=["food"])] = ""
    condition: Annotated[str, Field(description="A condition.", examples=["asthma"])] = ""
    setting: Annotated[str, Field(description="Where it happens.", examples=["hospital"])] = ""
    level: Annotated[str, Field(description="What it changes: practice, system or world.")] = ""
    population: Annotated[str, Field(description="An age group.", examples=["12_to_17"])] = ""
    core20plus5: Annotated[str, Field(description="A Core20PLUS5 tag, of children or of adults.", examples=["asthma"])] = ""
    stage: Annotated[str, Field(description="How far it is.", examples=["running"])] = ""
    partner: Annotated[str, Field(description="A kind of partner.", examples=["council"])] = ""
    relation: Annotated[str, Field(description="wham or kindred.")] = ""
    freshness: Annotated[
        str, Field(description="confirmed (within a year), unconfirmed (never, and recorded within a year), or stale (longer ago).")
    ] = ""
    search: Annotated[
        str,
        Field(
            description="Words of its text, in any order, or words that mean the same.",
            examples=["leaflet"],
        ),
    ] = ""
    page: Annotated[int, Field(description="Which page of the list.", ge=1, le=100_000)] = 1
    size: Annotated[int, Field(description="How many on a page.", ge=1, le=MOST_A_PAGE)] = 100


class LikeQuery(BaseModel):
    """How many like it."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(description="How many at most.", ge=1, le=20)] = 5


class NeedQuery(BaseModel):
    """What need is set against what action."""

    model_config = ConfigDict(extra="forbid")

    need: Annotated[str, Field(description="An indicator's id.", examples=[CURRENT.layer("income")])]
    theme: Annotated[str, Field(description="Only projects on this.", examples=["food"])] = ""
    places: Annotated[
        str,
        Field(description="Count places in place of projects: a heading, or the id of a layer of places.", examples=["provide_essentials"]),
    ] = ""
    level: Annotated[str, Field(description="lad for authorities, msoa for wider neighbourhoods.")] = "lad"
    reach: Annotated[str, Field(description="authority: in the same authority. distance: within km of the area.")] = "authority"
    km: Annotated[float, Field(description="How far is within reach, in a straight line.", ge=0.1, le=MOST_KM)] = KM
    within: Annotated[str, Field(description="Only areas of this authority, board or region.", examples=["E08000025"])] = ""


class NeedTableQuery(NeedQuery):
    """The same as a file."""

    box: Annotated[
        int, Field(description="Only the areas of one box: 3 x (need - 1) + action + 1; 7 is higher need and no action; 0 all.", ge=0, le=9)
    ] = 0
    format: Annotated[Literal["json", "csv"], Field(description="json, or csv for a spreadsheet, with notes under the figures.")] = "json"


class ProjectAnswer(BaseModel):
    """One project: its record as its team wrote it, and what is found of it. All text is plain text."""

    model_config = ConfigDict(extra="allow")

    id: str
    title: str
    organisation: str
    themes: list[str]
    link: str
    freshness: str = Field(
        description="confirmed within a year; unconfirmed: never confirmed by its team, and recorded within a year; or stale: longer ago."
    )
    added_on: str = Field(description="The day on which it was recorded here.")
    version: int
    latitude: float | None = Field(description="Of its organisation's site; null where none is named.")
    longitude: float | None
    lsoa21_code: str
    authorities: list[str]
    said_out_of_date: list[str] = Field(description="The days on which somebody said that it is out of date.")
    words: dict[str, Any] = Field(description="The words of each field as they are shown.")


class ProjectsAnswer(BaseModel):
    """A page of projects."""

    count: int = Field(description="How many fit in all.")
    page: int
    pages: int
    away: bool = Field(description="True where what people shared cannot be read just now, so that there may be more.")
    projects: list[ProjectAnswer]


class WordsOfProject(BaseModel):
    """What a project is called and the words of its text."""

    id: str
    title: str
    organisation: str
    words: str = Field(description="Each word of its text once, without capitals and accents.")


class WordsAnswer(BaseModel):
    """The words of projects."""

    projects: list[WordsOfProject]


class LikeAnswer(BaseModel):
    """A project like another, and why."""

    project: ProjectAnswer
    reasons: list[str]


class LikesAnswer(BaseModel):
    """Projects like one, the most alike first."""

    like: list[LikeAnswer]


class NeedAreaAnswer(BaseModel):
    """An area's need and the action within its reach."""

    code: str
    name: str
    population: int
    need: float | None
    need_class: int = Field(description="3 the worst third of England's areas, 1 the best, 0 no figure.")
    action: int = Field(description="How many within reach.")
    per_100k: float = Field(description="Per 100,000 people within the same reach: of the authority, or of all areas within km.")
    action_class: int = Field(description="0 none, 1 some, 2 more: above the middle of the areas that have any.")
    postcodes_in_reach_percent: float | None = Field(
        None,
        description="By distance, of areas with high need and no action: how many of 100 of its postcodes have some within km; else null.",
    )


class NeedAnswer(BaseModel):
    """Need against action."""

    need: str
    title: str
    measure: str = Field(description="What the figures of need are.")
    worse_when: Literal["higher", "lower"] = Field(description="Which way the need's figures are worse.")
    level: str
    reach: str
    km: float | None
    theme: str
    places: str
    sentences: list[str]
    boxes: list[list[int]] = Field(description="Areas by need (three rows, the lowest first) and action (none, some, more).")
    ranked: bool = Field(description="Whether ``unmet`` is in an order of need; of projects, once enough are confirmed.")
    confirmed_in: int = Field(description="In how many authorities a confirmed project acts; areas are ranked once it is half of them.")
    unmet: list[NeedAreaAnswer] = Field(description="High need and no action: the greatest need first where ``ranked``, else by name.")
    areas: list[NeedAreaAnswer]
    attribution: str


@router.get("/projects", summary="Projects", response_model=ProjectsAnswer, responses={200: {"content": {"text/csv": {}}}})
async def list_projects(request: Request, asked: Annotated[ProjectsQuery, Query()]) -> Response:
    """Projects that fit everything asked, page by page; as CSV, of all pages, where Accept says text/csv."""
    if "text/csv" in request.headers.get("accept", ""):
        return await run_in_threadpool(_send_csv, request, asked)
    shelf = await _shelf_soon(request)

    def make() -> Packed:
        found = _find(shelf.projects, asked)
        first = (asked.page - 1) * asked.size
        said = {"count": len(found), "page": asked.page, "pages": max(1, -(-len(found) // asked.size)), "away": shelf.away}
        listed = b",".join(_write_project(one) for one in found[first : first + asked.size])
        return _pack_quickly(_write(said)[:-1] + b',"projects":[' + listed + b"]}")

    return _send(request, _remember(shelf, ("list", shelf.away, asked.model_dump_json()), make), shelf)


@router.get("/projects.csv", summary="Projects for a spreadsheet", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def send_projects(request: Request, asked: Annotated[ProjectsQuery, Query()]) -> Response:
    """The same as a CSV of every project that fits; `heatmap projects import` reads it back without loss."""
    return _send_csv(request, asked)


@router.get("/projects/words", summary="The words of projects, to be searched by the reader's own program", response_model=WordsAnswer)
def list_words(request: Request, asked: Annotated[ProjectsQuery, Query()]) -> Response:
    """Every project that fits, in the order of the list, with the words of its text: so that a page can search them all, and
    what its reader types stays there. ``page`` and ``size`` do nothing.
    """
    shelf = shelf_of(request)

    def make() -> Packed:
        rows = [
            {"id": one.id, "title": one.project.title, "organisation": one.project.organisation, "words": one.words}
            for one in _find(shelf.projects, asked)
        ]
        return _pack_quickly(_write({"projects": rows}))

    return _send(request, _remember(shelf, ("words", asked.model_dump_json()), make), shelf)


@router.get(
    "/need-and-action",
    summary="Where need is high and no action is recorded",
    response_model=NeedAnswer,
    responses={200: {"content": {"text/csv": {}}}},
)
def show_need(request: Request, asked: Annotated[NeedTableQuery, Query()]) -> Response:
    """Each area's need by thirds of England and the action within its reach per head; those with high need and none.

    They are ranked by need once enough of England has a confirmed project; places of a list are ranked always. It knows only what is
    recorded here.
    """
    shelf = shelf_of(request)
    key = ("need", asked.model_dump_json())
    if asked.format == "csv":
        table = _remember(shelf, key, lambda: pack_csv(write_need(compare_or_refuse(asked, shelf.projects), asked.box, shelf.projects)))
        box = f"_box{asked.box}" if asked.box else ""
        name = f"need_and_action_{asked.need}_{asked.level}{box}.csv"  # both were held against what there is
        return _send(request, table, shelf, {"Content-Disposition": f'attachment; filename="{name}"'})
    said = _remember(shelf, key, lambda: pack_json(say_need(compare_or_refuse(asked, shelf.projects), asked.box, shelf.projects.snapshot)))
    return _send(request, said, shelf)


@router.get("/need-and-action/classes", summary="The boxes of need and action, for a map", response_class=Response)
def send_need_classes(request: Request, asked: Annotated[NeedQuery, Query()]) -> Response:
    """One byte an area of the level, in the order of their codes: its box as in ``box``, 0 without a figure, 255 not asked for."""
    shelf = shelf_of(request)
    key = ("classes", asked.model_dump_json())
    boxes = _remember(shelf, key, lambda: pack_bytes(boxes_of(compare_or_refuse(asked, shelf.projects), shelf.projects.snapshot)))
    return _send(request, boxes, shelf, {})


@router.get("/projects/{project}", summary="One project", response_model=ProjectAnswer)
async def show_project(request: Request, project: ProjectId) -> Response:
    """Its full record, how sure it is, and where its site is."""
    shelf = await _shelf_soon(request)
    return answer(request, say_project(find_project(shelf.projects, project)), shelf)


@router.get("/projects/{project}/like", summary="Projects like one", response_model=LikesAnswer)
def list_like(request: Request, project: ProjectId, asked: Annotated[LikeQuery, Query()]) -> Response:
    """Those most like it, with the reasons in words."""
    shelf = shelf_of(request)

    def make() -> Packed:
        like = shelf.projects.like(find_project(shelf.projects, project), asked.limit)
        return pack_json({"like": [{"project": say_project(one.listed), "reasons": list(one.reasons)} for one in like]})

    return _send(request, _remember(shelf, ("like", project, asked.limit), make), shelf)


# ---- what was asked ----


def shelf_of(request: Request) -> Shelf:
    """The projects to show now: of the server's own store and clock where a test gave it some."""
    return open_shelf(*_shelf_asked(request))


async def _shelf_soon(request: Request) -> Shelf:
    """The same for answers made on the event loop: what has to wait for a database waits in a thread."""
    asked = _shelf_asked(request)
    return open_shelf(*asked) if is_at_hand(*asked) else await run_in_threadpool(open_shelf, *asked)


def _shelf_asked(request: Request) -> tuple[Snapshot, date | None, ProjectStore | None]:
    state = request.app.state
    return snapshot_of(request), state.today() if hasattr(state, "today") else None, getattr(state, "projects", None)


def find_project(projects: Projects, id_: str) -> Listed:
    """A project or 404."""
    try:
        return projects.get(id_)
    except NotFoundError as fault:
        raise HTTPException(404, str(fault)) from None


def compare_or_refuse(asked: NeedQuery, projects: Projects) -> Compared:
    """Need against action, or 404 or 422 with a sentence."""
    card = find_layer(projects.snapshot, asked.need)
    _hold_word("theme", asked.theme, words_of("themes"))
    if asked.theme and asked.places:
        raise HTTPException(422, "Give theme, to count projects, or places, to count places; not both.")
    _hold_word("level", asked.level, ("lad", "msoa"))
    _hold_word("reach", asked.reach, ("authority", "distance"))
    within = _read_place(asked.within, projects.snapshot)
    if within and (level_of(within) not in ("lad", "icb", "rgn") or not is_area(within, projects.snapshot)):
        raise HTTPException(422, "The parameter within takes the code of an authority, an NHS board or a region, like E08000025.")
    try:
        return compare_need(
            NeedQuestion(
                card.id,
                asked.theme,
                asked.places,
                "msoa" if asked.level == "msoa" else "lad",
                "distance" if asked.reach == "distance" else "authority",
                asked.km,
                within,
            ),
            projects,
        )
    except CannotCompareError as fault:
        raise HTTPException(422, str(fault)) from None


def _read_place(asked: str, snapshot: Snapshot) -> str:
    """A code in capitals, or the one of ours that a code of another year is read as; 422 where it is now several."""
    code = asked.strip().upper()
    former = snapshot.former.get(code)
    if former and not former.read_as:
        raise HTTPException(422, snapshot.say_former(code))
    return former.read_as if former else code


def _find(projects: Projects, asked: ProjectsQuery) -> list[Listed]:
    place = _read_place(asked.place, projects.snapshot)
    if place and place != ENGLAND and not is_area(place, projects.snapshot):
        raise HTTPException(
            422, "We do not recognise the code in “place”. Codes look like E01021988 or E08000025; find one at /api/v1/areas?search=NAME."
        )
    for name, each in FILTERS.items():
        _hold_word(name, getattr(asked, name), each.words())
    if len(asked.search) > 200:
        raise HTTPException(422, "The parameter search takes up to 200 letters.")
    wanted = asked.model_dump(exclude={"page", "size", "national", "place"})
    return projects.find(ProjectsAsked(**wanted, place=place, national=asked.national == "yes"))


def _hold_word(name: str, word: str, known: Mapping[str, str] | tuple[str, ...]) -> None:
    if word and word not in known:
        raise HTTPException(422, f"The parameter {name} takes one of: {', '.join(known)}.")


# ---- what is answered ----


def say_project(listed: Listed) -> dict[str, Any]:
    """A project as plain values: the record, what is found of it, and its words."""
    project, site = listed.project, listed.site
    words = {
        name: [known[word] for word in value] if isinstance(value, list | tuple) else known.get(value, "")
        for name in type(project).model_fields
        if (known := words_of(name)) and (value := getattr(project, name))
    }
    return {
        **project.model_dump(mode="json"),
        "freshness": listed.freshness,
        "active": listed.active,
        "version": listed.version,
        "shared": listed.shared,
        "latitude": site.latitude if site else None,
        "longitude": site.longitude if site else None,
        "lsoa21_code": site.lsoa21_code if site else "",
        "authorities": list(listed.authorities),
        "said_out_of_date": list(listed.said_out_of_date),
        "words": words,
    }


def _say_measure(compared: Compared) -> dict[str, str]:
    card, (column, sign) = compared.card, compared.in_line
    return {"measure": say_measure(card, column), "worse_when": "higher" if sign > 0 else "lower"}


def _name_within(compared: Compared, snapshot: Snapshot) -> str:
    return snapshot.area(compared.question.within).title if compared.question.within else ""


def say_need(compared: Compared, box: int, snapshot: Snapshot) -> dict[str, Any]:
    """Need against action as plain values; the areas of one box alone, or with 0 all."""
    question, rows = compared.question, _say_rows(compared)
    return {
        "need": compared.card.id,
        "title": compared.card.title,
        **_say_measure(compared),
        "level": question.level,
        "reach": question.reach,
        "km": question.km if question.reach == "distance" else None,
        "theme": question.theme,
        "places": question.places,
        "sentences": say_compared(compared, _name_within(compared, snapshot)),
        "boxes": count_boxes(compared),
        "ranked": compared.is_ranked,
        "confirmed_in": compared.counted.confirmed_in,
        "unmet": [rows[n] for n in compared.unmet],
        "areas": [rows[n] for n in list_need_box(compared, box)] if box else rows,
        "attribution": compared.card.source.credit,
    }


#: The columns of need against action as a table; what is said of the whole table follows them.
_NEED_COLUMNS: Final = (
    "rank",
    "area_code",
    "area_name",
    "population",
    "need",
    "worse_when",
    "need_class",
    "action",
    "per_100k",
    "action_class",
    "postcodes_in_reach_percent",
    "code",
    "name",
)


def write_need(compared: Compared, box: int, projects: Projects) -> bytes:
    """The same as a table, the high need that nothing meets first, then the rest; each row has the notes. Safe to open in a spreadsheet."""
    rows, measure, card = _say_rows(compared), _say_measure(compared), compared.card
    unmet = set(compared.unmet)
    at = list_need_box(compared, box) if box else [*compared.unmet, *(n for n in range(len(rows)) if n not in unmet)]
    table = [
        [
            rank if n in unmet and compared.is_ranked else None,
            row["code"],
            row["name"],
            row["population"],
            row["need"],
            measure["worse_when"],
            NEED_WORDS[row["need_class"]],
            row["action"],
            row["per_100k"],
            ACTION_WORDS[row["action_class"]],
            row["postcodes_in_reach_percent"],
            row["code"],
            row["name"],
        ]
        for rank, n in enumerate(at, start=1)
        for row in (rows[n],)
    ]
    need, action = split_box(box) if box else (0, 0)
    notes = [
        *([f"Only {NEED_WORDS[need]} with action: {ACTION_WORDS[action - 1]}."] if box else []),
        *say_compared(compared, _name_within(compared, projects.snapshot)),
        f"{measure['worse_when']} is worse; in thirds of England's {PLURAL[compared.question.level]}.",
    ]
    return write_table(
        _NEED_COLUMNS,
        table,
        {
            "layer": card.id,
            "title": card.title,
            "measure": measure["measure"],
            "period": card.period,
            "source": card.source.credit,
            "build": projects.snapshot.build,
            "notes": " ".join(notes),
        },
    )


def _say_rows(compared: Compared) -> list[dict[str, Any]]:
    shares = compared.shares
    return [
        {
            **row,
            "need": None if row["need"] != row["need"] else round(row["need"], 4),
            "postcodes_in_reach_percent": round(shares[n], 1) if n in shares else None,
        }
        for n, row in enumerate(compared.table.to_dict(orient="records"))
    ]


def _send_csv(request: Request, asked: ProjectsQuery) -> Response:
    shelf = shelf_of(request)

    def make() -> Packed:
        found = _find(shelf.projects, asked)
        beside = {
            one.id: {
                "lsoa21_code": one.site.lsoa21_code if one.site else "",
                "authority": "; ".join(one.authorities),
                "freshness": one.freshness,
                "version": str(one.version),
            }
            for one in found
        }
        return pack_csv(write_projects_csv((one.project for one in found), beside))

    said = _remember(shelf, ("csv", asked.model_dump_json()), make)
    return _send(request, said, shelf, {"Content-Disposition": 'attachment; filename="projects.csv"'})


def _remember(shelf: Shelf, key: tuple[Hashable, ...], make: Callable[[], Packed]) -> Packed:
    """An answer made once for the projects as they are: when one of them changes, so does the shelf, and all is made anew."""
    answers = _ANSWERS.setdefault(shelf.projects, {})
    said = answers.get(key)
    if said is None:
        said = make()
        if max(map(len, said.forms.values())) <= _LONGEST_REMEMBERED:
            if len(answers) >= _MOST_REMEMBERED:
                answers.clear()
            answers[key] = said
    return said


@lru_cache(maxsize=20_000)  # a list of fifty is joined from what was written before
def _write_project(listed: Listed) -> bytes:
    return _write(say_project(listed))


def _write(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _pack_quickly(text: bytes) -> Packed:
    """JSON of which there is much: at gzip's lowest level, since at its usual one that is more work than all the rest."""
    return Packed("application/json", {"gzip": gzip.compress(text, 1, mtime=0)} if len(text) > _SMALL else {"": text})


def answer(request: Request, said: Any, shelf: Shelf) -> Response:
    """A JSON answer that is asked for again each time; it says so where what people shared is away."""
    return _send(request, pack_json(said), shelf)


def _send(request: Request, packed: Packed, shelf: Shelf, more: Mapping[str, str] | None = None) -> Response:
    coding, body = packed.form(request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": _ALWAYS_ASK, "Vary": "Accept, Accept-Encoding", **(more or {})}
    if coding:
        headers["Content-Encoding"] = coding
    if shelf.away:
        headers[_AWAY_HEADER] = "yes"
    sent = Response(body, media_type=packed.media, headers=headers)
    say_codes_read(request, sent)
    return sent
