"""The API's writing side: share a project, correct, confirm or withdraw it by a private link, say that one is out of date, review.

A token travels in a header, never in an address: addresses are written down on the way, by servers and by browsers.
There is no cookie, so that no other site can write in a reader's name; and only JSON from our own pages, or from a program, is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect

from heatmap.api.common import PROBLEMS, snapshot_of
from heatmap.api.models import Problem
from heatmap.api.projects import ProjectId, find_project, shelf_of
from heatmap.errors import HeatmapError, nearest_word
from heatmap.geography.postcodes import say_guess
from heatmap.projects.address import EDIT_PAGE
from heatmap.projects.database import AwayError, FullError, KeepingError
from heatmap.projects.pace import Pace
from heatmap.projects.personal import say_personal
from heatmap.projects.placing import hold_placed
from heatmap.projects.record import GIVEN, NO_SUCH_FIELD, Evidence, Fault, Measure, Project, ProjectError, read_given, say_record_faults
from heatmap.projects.shelf import look_again
from heatmap.projects.shipped import read_shipped
from heatmap.projects.store import (
    ClosedError,
    ClosedProject,
    ConflictError,
    Decision,
    DeniedError,
    Held,
    KeyUsedError,
    Linkable,
    ProjectChange,
    ProjectStore,
    Receipt,
    Reviewer,
    TooOftenError,
    UnknownProjectError,
    Waiting,
    make_id,
    open_store,
)
from heatmap.snapshot import Snapshot, english_outwards
from heatmap.web.limits import network_of

#: How much may be sent at once, in bytes: the longest record there can be is smaller.
LARGEST: Final = 100_000
#: How many projects a page of a reviewer's list has.
REVIEW_PAGE: Final = 20
#: How often one client may have a project checked, in a minute: a form checks as one types, and each check is work.
CHECKS_A_MINUTE: Final = 60
_CHECKS: Final = Pace(CHECKS_A_MINUTE)
_NEEDS_REASON: Final = ("ask", "reject", "hide")
_DECISIONS: Final[tuple[Decision, ...]] = ("accept", "ask", "reject", "keep", "hide", "bring_back")


class FaultAnswer(BaseModel):
    """What is wrong with one field."""

    field: str
    sentence: str


class FaultsProblem(Problem):
    """What went wrong; ``faults`` says it field by field where it is about fields."""

    faults: tuple[FaultAnswer, ...] = ()


class HeldAnswer(BaseModel):
    """A project as it is kept: the record as its team last wrote it, and whether and how it is shown."""

    version: int = Field(description="Send it back with a change, so that nobody's work is overwritten.")
    status: str = Field(
        description="waiting, accepted, change_asked, change_rejected (shown as it was before), rejected, withdrawn or hidden."
    )
    is_shown: bool = Field(description="Whether readers see it, as it was last accepted.")
    project: dict[str, Any]
    asked: str = Field("", description="What a reviewer asked for, or why they did not accept it, where one did.")
    said_out_of_date: list[dict[str, str]] = Field(
        default=[], description="Who said that it is out of date: day and reason of each, until it is settled."
    )
    faults: list[FaultAnswer] = Field(
        default=[], description="What of the kept record does not fit; then `project` is what can be read of it. Mostly empty."
    )


class ConflictProblem(Problem):
    """Someone else saved a change first. ``newer`` has the latest version. Without it: the key came before with another text."""

    newer: HeldAnswer | None = None


class ReceiptAnswer(BaseModel):
    """That a project is kept, and its private key, told this once."""

    id: str
    version: int
    edit_link: str = Field(description="The page where the key is pasted, to correct, confirm or withdraw it. It has no key in it.")
    edit_key: str = Field(
        "",
        description="The private key of this project: keep it. Anyone who has it can change the project.",
    )
    status: str


class DoneAnswer(BaseModel):
    """That something was done."""

    detail: str


class ChangeAnswer(BaseModel):
    """One change of a project."""

    version: int
    at: str
    action: str
    by: str
    reason: str
    changed: list[str] = Field(description="The fields that then read otherwise than before.")


class WaitingAnswer(HeldAnswer):
    """What a reviewer should look at."""

    shown: dict[str, Any] | None = Field(description="As it is shown now, to compare; null where it is not.")
    history: list[ChangeAnswer]


class ClosedAnswer(BaseModel):
    """A project that a reviewer took off the map or did not accept."""

    id: str
    title: str
    organisation: str
    version: int = Field(description="Send it back with bring_back.")
    status: str = Field(description="hidden or rejected.")
    at: str = Field(description="When, in UTC.")
    by: str = Field(description="Which reviewer, by number and role.")
    reason: str


class QueueAnswer(BaseModel):
    """What waits for a reviewer, and what reviewers took off the map or did not accept, the newest first; each a page at a time."""

    role: str
    waiting: list[WaitingAnswer]
    waiting_total: int = Field(0, description="How many wait, on all pages.")
    page: int = 1
    closed: list[ClosedAnswer] = Field(description="What bring_back puts back. Never what its own team withdrew.")
    closed_total: int = Field(0, description="How many there are, on all pages.")
    closed_page: int = 1
    page_size: int = Field(REVIEW_PAGE, description="How many a page has.")


class LinkableAnswer(BaseModel):
    """A project whose team may be given a private link, and that may be taken off the map."""

    id: str
    title: str
    organisation: str
    version: int = Field(description="Send it back to make the link.")
    status: str
    has_link: bool = Field(description="Whether it has a private link, which a new one takes the place of.")
    is_shown: bool = Field(False, description="Whether readers see it; then `hide` takes it off the map, also while a change waits.")


class LinkableListAnswer(BaseModel):
    """The projects that are shown or wait, by title, a page at a time."""

    projects: list[LinkableAnswer]
    total: int = Field(0, description="How many fit, on all pages.")
    page: int = 1


class _Body(BaseModel):
    """What may be sent; closed, so that a misspelt key is told."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SharedBody(_Body):
    """A new project. ``website`` is a trap for robots: people leave it empty."""

    project: dict[str, Any]
    consent: bool = False
    website: Annotated[str, Field(max_length=400)] = ""
    key: Annotated[str, Field(max_length=100, pattern=r"^([A-Za-z0-9_-]{20,})?$")] = ""


class CorrectedBody(_Body):
    """A corrected record, and the version that it corrects."""

    project: dict[str, Any]
    version: int


class VersionBody(_Body):
    """The version that was seen."""

    version: int


class WithdrawBody(VersionBody):
    """The version that was seen, and why, if one wants to say."""

    reason: Annotated[str, Field(max_length=500)] = ""


class ReportBody(_Body):
    """Why a project is out of date."""

    reason: Annotated[str, Field(min_length=3, max_length=500)]
    website: Annotated[str, Field(max_length=400)] = ""


class DecisionBody(VersionBody):
    """What a reviewer decides of the version they saw."""

    decision: Annotated[str, Field(json_schema_extra={"enum": list(_DECISIONS)})]
    reason: Annotated[str, Field(max_length=1000)] = ""
    relation: Annotated[str, Field(max_length=20)] = ""


# ---- reading what was sent ----


def _read_body(model: type[_Body]) -> Callable[[Request], Awaitable[Any]]:
    """Reads JSON of a model, of our own pages or of a program, up to a size; else 403, 413, 415 or 422 with a sentence."""

    async def read(request: Request) -> Any:
        hold_own_page(request)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "Send this as JSON, with the header Content-Type: application/json.")
        too_large = HTTPException(413, f"This is too much at once. Keep it under {LARGEST // 1000:,} kB.")
        if request.headers.get("content-length", "0").isdigit() and int(request.headers.get("content-length", "0")) > LARGEST:
            raise too_large
        content = b""
        try:
            async for piece in request.stream():
                content += piece
                if len(content) > LARGEST:
                    raise too_large
        except ClientDisconnect:
            raise HTTPException(400, "The connection broke before everything was sent. Send it again.") from None
        try:
            raw = json.loads(content)
        except (ValueError, RecursionError):
            raise HTTPException(422, "We cannot read this as JSON. Check its commas, quotes and brackets.") from None
        try:
            return model.model_validate(raw)
        except ValidationError as fault:
            told = [_say_place_of(each, model) for each in say_record_faults(fault)]
            raise ProjectError(sorted(told, key=lambda each: _BELONGS not in each.sentence)) from None  # it explains the others
        except RecursionError:
            raise HTTPException(422, "We cannot read this as JSON. Check its commas, quotes and brackets.") from None

    return read


_BELONGS: Final = "belongs inside"


def _say_place_of(fault: Fault, model: type[_Body]) -> Fault:
    """A fault about a key that this body does not have: where the key belongs, or the nearest key there is."""
    if not fault.sentence.startswith(NO_SUCH_FIELD):
        return fault
    if near := nearest_word(fault.field, model.model_fields):
        return Fault(fault.field, f"{NO_SUCH_FIELD} Did you mean {near}?")
    inner = nearest_word(fault.field, GIVEN) if "project" in model.model_fields else ""
    if not inner:
        return Fault(fault.field, f"{NO_SUCH_FIELD} Take it out.")
    said = "This" if inner == fault.field else f"{NO_SUCH_FIELD} Did you mean {inner}? That"
    return Fault(fault.field, f'{said} {_BELONGS} "project": {{"project": {{"{inner}": ...}}}}.')


def hold_own_page(request: Request) -> None:
    """403 where another site's page sends it. A browser says whose page it is; a program says nothing."""
    site = request.headers.get("sec-fetch-site", "")
    origin = request.headers.get("origin", "")
    if site not in ("", "same-origin", "none") or (origin and _host_of(origin) != request.headers.get("host", "")):
        raise HTTPException(403, "This came from a page of another site, so it was not read. Open our own page and try again.")


def _host_of(origin: str) -> str:
    """The host in an Origin header; "" where it is no address, as in "http://[" or "null"."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def store_of(request: Request) -> ProjectStore:
    """Where what people share is kept."""
    return getattr(request.app.state, "projects", None) or open_store()


def _client_of(request: Request) -> str:
    return network_of(request.client.host) if request.client else ""


#: What a team's and a reviewer's token look like; anything else is refused before the database is asked.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,100}")
EditToken = Annotated[str, Header(alias="X-Edit-Token", description="The private key of a project (edit_key).")]


def _read_token(x_edit_token: EditToken = "") -> str:
    if not _TOKEN.fullmatch(x_edit_token):
        raise HTTPException(404, "This key is not right. Paste all of it, just as you were given it.")
    return x_edit_token


def _read_reviewer(
    request: Request, authorization: Annotated[str, Header(description="Bearer, and the reviewer's token.")] = ""
) -> Reviewer:
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        raise HTTPException(401, "This is for reviewers. Give your token.", headers={"WWW-Authenticate": "Bearer"})
    return store_of(request).find_reviewer(token.strip())


Token = Annotated[str, Depends(_read_token)]
ByReviewer = Annotated[Reviewer, Depends(_read_reviewer)]
ReviewedId = Annotated[str, Path(description="The project's id.", examples=["sparkbrook-childrens-zone"])]


# ---- what may come back ----


def say_writing_fault(request: Request, fault: HeatmapError) -> JSONResponse:
    """A fault of keeping or reviewing as an answer in the API's own form, with its sentence."""
    if isinstance(fault, ProjectError):
        return JSONResponse({"detail": _as_sentence(fault.faults), "faults": _say_faults(fault.faults)}, 422)
    if isinstance(fault, ConflictError):
        return JSONResponse({"detail": str(fault), "newer": say_held(fault.held)}, 409)
    status = next(number for kind, number in _STATUS if isinstance(fault, kind))
    wait = str(getattr(fault, "wait_s", 60))
    headers = {503: {"Retry-After": wait}, 429: {"Retry-After": wait}, 401: {"WWW-Authenticate": "Bearer"}}.get(status, {})
    return JSONResponse({"detail": str(fault)}, status, headers=headers)


#: A kind of fault -> its status. An edit link that is nobody's is 404, as any other address that leads nowhere.
_STATUS: Final[tuple[tuple[type[HeatmapError], int], ...]] = (
    (FullError, 507),
    (AwayError, 503),
    (KeepingError, 503),
    (TooOftenError, 429),
    (DeniedError, 401),
    (ClosedError, 410),
    (KeyUsedError, 409),
    (UnknownProjectError, 404),
)
#: The faults that the server hands to ``say_writing_fault``.
WRITING_FAULTS: Final = (
    ProjectError,
    ConflictError,
    KeepingError,
    TooOftenError,
    DeniedError,
    ClosedError,
    KeyUsedError,
    UnknownProjectError,
)


def _as_sentence(faults: list[Fault]) -> str:
    first = faults[0].say()
    more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
    return f"{first if first.endswith(('.', '?')) else first + '.'}{more}"


def say_held(held: Held, asked: str = "", notices: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """A kept project as plain values."""
    return {
        "version": held.version,
        "status": held.status,
        "is_shown": held.shown is not None,
        "project": held.record.model_dump(mode="json"),
        "asked": asked,
        "said_out_of_date": [{"day": day, "reason": reason} for day, reason in notices],
        "faults": _say_faults(held.faults),
    }


def _say_faults(faults: Iterable[Fault]) -> list[dict[str, str]]:
    return [{"field": each.field, "sentence": each.sentence} for each in faults]


def _say_to_team(held: Held, store: ProjectStore) -> dict[str, Any]:
    """A kept project with what its team should know: what a reviewer asked, and who says that it is out of date."""
    return say_held(held, _asked(store.history(held.record.id)), store.notices_of(held.record.id))


def _say_waiting(waiting: Waiting, snapshot: Snapshot) -> dict[str, Any]:
    held, faults = waiting.held, list(waiting.faults)
    try:
        hold_placed(held.record, snapshot)
    except ProjectError as fault:
        faults += fault.faults
    return say_held(held, _asked(waiting.history), waiting.notices) | {
        "shown": held.shown.model_dump(mode="json") if held.shown else None,
        "history": _say_history(waiting.history),
        "faults": _say_faults(faults),
    }


def _say_receipt(receipt: Receipt, status: str) -> dict[str, Any]:
    return {"id": receipt.id, "version": receipt.version, "edit_link": EDIT_PAGE, "edit_key": receipt.token, "status": status}


def _say_closed(closed: ClosedProject) -> dict[str, Any]:
    return _say_briefly(closed.held) | {name: getattr(closed.change, name) for name in ("at", "by", "reason")}


def _say_linkable(linkable: Linkable) -> dict[str, Any]:
    return _say_briefly(linkable.held) | {"has_link": linkable.has_link, "is_shown": linkable.held.shown is not None}


def _say_briefly(held: Held) -> dict[str, Any]:
    record = held.record
    return {"id": record.id, "title": record.title, "organisation": record.organisation, "version": held.version, "status": held.status}


def _say_history(history: tuple[ProjectChange, ...]) -> list[dict[str, Any]]:
    told, before = [], None
    for change in history:
        after = change.record
        if change.action == "hidden":  # it holds what readers saw, which may be older than what its team had last written
            after = before or after
        changed = [name for name in GIVEN if before and after and getattr(before, name) != getattr(after, name)]
        told.append({name: getattr(change, name) for name in ("version", "at", "action", "by", "reason")} | {"changed": changed})
        before = after or before
    return told


def _asked(history: tuple[ProjectChange, ...]) -> str:
    for change in reversed(history):  # a question stands until it is answered, also where its team has confirmed the project meanwhile
        if change.action in ("change_asked", "rejected", "hidden"):
            return change.reason
        if change.action in ("corrected", "accepted", "withdrawn", "imported", "brought_back"):
            break
    return ""


def _no_keeping(content: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


_SAID: Final = {"model": Problem}
WRITING: Final[dict[int | str, dict[str, Any]]] = {
    **PROBLEMS,
    400: _SAID | {"description": "The connection broke."},
    403: _SAID | {"description": "It came from another site's page."},
    409: {
        "model": ConflictProblem,
        "description": "Someone else saved a change first: the newer record comes with it. Or a key came again with another text.",
    },
    410: _SAID | {"description": "It was withdrawn or taken off the map."},
    413: _SAID | {"description": "It is too large."},
    415: _SAID | {"description": "It is not JSON."},
    422: {"model": FaultsProblem, "description": "Something is wrong or missing; field by field where it is about fields."},
    429: _SAID | {"description": "Too often from one network; Retry-After says when to try again."},
    503: _SAID | {"description": "The database is away; nothing was lost."},
    507: _SAID | {"description": "There is no space left. Nothing was saved."},
}
_REVIEW = WRITING | {401: _SAID | {"description": "No reviewer has this token."}}
router = APIRouter(prefix="/api/v1", tags=["sharing"], responses=WRITING)
review = APIRouter(prefix="/api/v1/review", tags=["reviewing"], responses=_REVIEW)


def _describe(model: type[_Body]) -> dict[str, Any]:
    """A body for the API's own description."""
    schema = model.model_json_schema()
    if "project" in schema["properties"]:
        schema["properties"]["project"] = _GIVEN_SCHEMA
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _schema_of_given() -> dict[str, Any]:
    """What a contributor may write, without references, so that it can stand anywhere."""
    whole = Project.model_json_schema()
    properties = {name: whole["properties"][name] for name in GIVEN}
    for name, model in (("measures", Measure), ("evidence", Evidence)):
        inner = model.model_json_schema()
        properties[name] = {**properties[name], "items": inner}
    needed = [name for name in whole["required"] if name in GIVEN]
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


_GIVEN_SCHEMA: Final = _schema_of_given()


# ---- its team ----


@router.post("/projects", summary="Share a project", status_code=201, response_model=ReceiptAnswer, openapi_extra=_describe(SharedBody))
def share_project(request: Request, body: Annotated[SharedBody, Depends(_read_body(SharedBody))]) -> JSONResponse:
    """Keeps it for a reviewer; 201 only once it is on the disk. The private key in the answer is told this once.

    With a `key` of your own (20 or more random letters) you may send again, for a day, what was answered by nothing: it is kept once, and
    each answer has the same private key. The same `key` with another text is 409: correct it by its private key, or take a new `key`.
    """
    _hold_person(body.website)
    if not body.consent:
        raise ProjectError([Fault("consent", "Say yes to its being shown here, or we may not keep it.")])
    title = body.project.get("title")
    said = {
        "id": make_id(title if isinstance(title, str) else ""),
        "publication_status": "confirmed",
        "consent": "given",
        "last_confirmed": _today(request).isoformat(),
    }
    project = read_given(body.project, said)
    hold_placed(project, snapshot_of(request))
    receipt = store_of(request).submit(project, _client_of(request), body.key)
    look_again()
    return _no_keeping(_say_receipt(receipt, "waiting"), 201)


@router.post(
    "/projects/check", summary="Check a project before it is shared", response_model=DoneAnswer, openapi_extra=_describe(SharedBody)
)
def check_project(request: Request, body: Annotated[SharedBody, Depends(_read_body(SharedBody))]) -> JSONResponse:
    """Says field by field what is wrong or missing, and keeps nothing: for a form that checks as one types. Once a second is not too
    often."""
    _CHECKS.hold(_client_of(request))
    project = read_given(body.project, {"id": "not-yet-kept"})
    hold_placed(project, snapshot_of(request))
    guess = say_guess(str(body.project.get("postcode") or ""), english_outwards())
    return _no_keeping({"detail": "Everything is there. You can share it." + (f" Postcode: {guess}." if guess else "")})


@router.get("/projects/edit", summary="The project of an edit link", response_model=HeldAnswer)
def open_project(request: Request, token: Token) -> JSONResponse:
    """The record as its team last wrote it, and how far its review is."""
    store = store_of(request)
    held = store.open(token)
    return _no_keeping(_say_to_team(held, store))


@router.put("/projects/edit", summary="Correct a project", response_model=HeldAnswer, openapi_extra=_describe(CorrectedBody))
def correct_project(request: Request, token: Token, body: Annotated[CorrectedBody, Depends(_read_body(CorrectedBody))]) -> JSONResponse:
    """Puts a new record in its place, for a reviewer; what readers see stays until it is accepted. 409 where somebody was quicker."""

    def change(held: Held) -> Project:
        of = {name: getattr(held.record, name) for name in Project.model_fields if name not in GIVEN}
        said = {"last_confirmed": _today(request).isoformat(), "publication_status": "confirmed", "consent": "given"}
        project = read_given(body.project, of | said, [held.record, *([held.shown] if held.shown else [])])
        hold_placed(project, snapshot_of(request))
        return project

    store = store_of(request)
    held = store.correct(token, change, body.version, _client_of(request))
    look_again()
    return _no_keeping(_say_to_team(held, store))


@router.post(
    "/projects/edit/confirm", summary="Confirm that a project is right", response_model=HeldAnswer, openapi_extra=_describe(VersionBody)
)
def confirm_project(request: Request, token: Token, body: Annotated[VersionBody, Depends(_read_body(VersionBody))]) -> JSONResponse:
    """Its team says that it is right as of today; needs no reviewer."""
    store = store_of(request)
    held = store.confirm(token, body.version, _client_of(request))
    look_again()
    return _no_keeping(_say_to_team(held, store))


@router.post("/projects/edit/withdraw", summary="Withdraw a project", response_model=HeldAnswer, openapi_extra=_describe(WithdrawBody))
def withdraw_project(request: Request, token: Token, body: Annotated[WithdrawBody, Depends(_read_body(WithdrawBody))]) -> JSONResponse:
    """Takes it off the map at once and for good."""
    held = store_of(request).withdraw(token, body.version, _plain(body.reason), _client_of(request))
    look_again()
    return _no_keeping(say_held(held))


@router.post(
    "/projects/{project}/out-of-date",
    summary="Say that a project is out of date",
    status_code=201,
    response_model=DoneAnswer,
    openapi_extra=_describe(ReportBody),
)
def report_project(request: Request, project: ProjectId, body: Annotated[ReportBody, Depends(_read_body(ReportBody))]) -> JSONResponse:
    """Anyone may; a reviewer reads why, and readers see that somebody said so."""
    _hold_person(body.website)
    reason = _plain(body.reason, "reason")
    find_project(shelf_of(request).projects, project)
    store_of(request).report(project, reason, _client_of(request))
    look_again()
    return _no_keeping({"detail": "Thank you. Its team or a reviewer will look at it."}, 201)


# ---- reviewers ----


PageNumber = Annotated[int, Query(ge=1, le=10_000, description=f"Which page, from 1; a page has {REVIEW_PAGE}.")]


@review.get("", summary="What waits for a reviewer", response_model=QueueAnswer)
def list_waiting(request: Request, reviewer: ByReviewer, page: PageNumber = 1, closed_page: PageNumber = 1) -> JSONResponse:
    """New and corrected projects, the oldest first; those said to be out of date; and any whose kept record is damaged, with its faults.

    `closed` are those that reviewers took off the map or did not accept, the newest first, with when, by whom and why.
    """
    store, snapshot = store_of(request), snapshot_of(request)
    found, total = store.queue_page(read_shipped(), (page - 1) * REVIEW_PAGE, REVIEW_PAGE)
    closed, closed_total = store.closed_page((closed_page - 1) * REVIEW_PAGE, REVIEW_PAGE)
    said = {"role": reviewer.role, "waiting": [_say_waiting(each, snapshot) for each in found], "waiting_total": total, "page": page}
    said |= {"closed": [_say_closed(each) for each in closed], "closed_total": closed_total, "closed_page": closed_page}
    return _no_keeping(said | {"page_size": REVIEW_PAGE})


@review.get("/projects", summary="Projects to give a link to, or to take off the map", response_model=LinkableListAnswer)
def list_linkable(
    request: Request,
    _reviewer: ByReviewer,
    search: Annotated[str, Query(max_length=200, description="Words of its title, its organisation or its id.")] = "",
    page: PageNumber = 1,
) -> JSONResponse:
    """Every project that is shown or waits, by title, with the version to decide on it or to make its key by."""
    found, total = store_of(request).linkable_page(read_shipped(), search, (page - 1) * REVIEW_PAGE, REVIEW_PAGE)
    return _no_keeping({"projects": [_say_linkable(each) for each in found], "total": total, "page": page})


@review.post(
    "/{project}/link",
    summary="Make a private link for a project's team",
    status_code=201,
    response_model=ReceiptAnswer,
    openapi_extra=_describe(VersionBody),
)
def make_link(
    request: Request, reviewer: ByReviewer, project: ReviewedId, body: Annotated[VersionBody, Depends(_read_body(VersionBody))]
) -> JSONResponse:
    """For a team that lost its key, and for a record that never had one: with it they correct, confirm or withdraw it.

    The link is told this once, and an older one no longer holds. Send it only to the organisation's own public address.
    """
    store = store_of(request)
    receipt = store.make_link(project, reviewer, body.version, _find_shipped(project))
    look_again()
    return _no_keeping(_say_receipt(receipt, store.held(project).status), 201)


@review.post("/{project}", summary="Decide", response_model=HeldAnswer, openapi_extra=_describe(DecisionBody))
def decide(
    request: Request,
    reviewer: ByReviewer,
    project: ReviewedId,
    body: Annotated[DecisionBody, Depends(_read_body(DecisionBody))],
) -> JSONResponse:
    """accept, ask for a change, reject, keep what was said to be out of date, hide, or bring back what a reviewer hid or rejected.

    Asking, rejecting and hiding need a reason. What was hidden comes back onto the map, what was rejected waits again; what its own team
    withdrew is never brought back (410).
    """
    decision = next((each for each in _DECISIONS if each == body.decision), None)
    if decision is None:
        raise ProjectError([Fault("decision", f"This takes one of: {', '.join(_DECISIONS)}.")])
    if body.relation not in ("", "wham", "kindred"):
        raise ProjectError([Fault("relation", "This takes wham or kindred, or nothing.")])
    reason = _plain(body.reason)
    if decision in _NEEDS_REASON and not reason:
        raise ProjectError([Fault("reason", "Say why, so that its team knows what to do.")])
    held = store_of(request).decide(project, decision, reviewer, body.version, reason, body.relation, _find_shipped(project))
    look_again()
    return _no_keeping(say_held(held))


def _find_shipped(id_: str) -> Project | None:
    return next((each for each in read_shipped() if each.id == id_), None)


def _hold_person(website: str) -> None:
    if website:
        raise ProjectError([Fault("website", "This is a trap for robots. Leave it empty.")])


def _plain(text: str, needed: str = "") -> str:
    """A reason as text that every file can hold, with one blank for many; held to the same policy as a record."""
    kept = "".join(letter for letter in text.replace("\t", " ") if letter.isprintable() or letter in "\n ")
    kept = re.sub(r"[^\S\n]+", " ", kept).strip()
    if needed and len(kept) < 3:
        raise ProjectError([Fault(needed, "This is too short. Write 3 letters or more.")])
    if personal := say_personal(kept):
        raise ProjectError([Fault(needed or "reason", f"{personal[0].upper()}{personal[1:]}.")])
    return kept


def _today(request: Request) -> date:
    today: Callable[[], date] | None = getattr(request.app.state, "today", None)
    return today() if today else date.today()
