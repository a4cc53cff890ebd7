"""The server under the pages: the API, the map's files, what every answer carries, and what the log may hold.

``make_server`` first, then Dash is built on it, then ``finish_server``, so that these wrappers stand around Dash's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException as StarletteHTTPException

from heatmap import __version__
from heatmap.api import areas as api_areas
from heatmap.api import health as api_health
from heatmap.api import indicators as api_indicators
from heatmap.api import inequality as api_inequality
from heatmap.api import layers as api_layers
from heatmap.api import map_files
from heatmap.api import pairs as api_pairs
from heatmap.api import points as api_points
from heatmap.api import projects as api_projects
from heatmap.api import sharing as api_sharing
from heatmap.api.models import ALLOWED
from heatmap.drawing.elements import to_html, to_plain
from heatmap.errors import nearest_word
from heatmap.pages.frame.frame import header, skip_link
from heatmap.snapshot import Snapshot
from heatmap.web.limits import RequestLimits
from heatmap.web.static_files import Library, asset_address, digest_code
from heatmap.web.wrappers import AccessLog, HeadAsGet, SecurityHeaders

#: What is under these is for programs: unknown addresses there get JSON, never a page.
PREFIXES = ("api", "tiles", "paint", "figures", "walk", "beyond", "spots", "mask", "ranks", "middles", "style", "search", "health", "lib")
_DESCRIPTION = (
    "Deprivation and health figures of England's neighbourhoods, as the map draws them. No key is needed."
    " Answers are JSON unless you ask for CSV or GeoJSON; show the `attribution` of a layer wherever you use it."
    " The figures describe places, not the people in them."
)
_UNKNOWN = "There is nothing at this address. All addresses of the API are listed at /docs."
_STYLES = "".join(f'<link rel="stylesheet" href="{asset_address(name)}">\n' for name in ("tokens.css", "app.css", "map.css", "print.css"))


def make_server(snapshot: Snapshot) -> FastAPI:
    """The server with its API, for Dash to be built on. Its pages come from Dash; call ``finish_server`` after that."""
    server = FastAPIOffline(
        docs_url=None,
        redoc_url=None,
        title="WHAM Health Inequalities HeatMap",
        version=__version__,
        description=_DESCRIPTION,
        redirect_slashes=False,
    )
    server.state.snapshot = snapshot
    server.state.release = f"{snapshot.build}-{digest_code()}"
    server.state.script_hashes = []
    routers = (
        api_layers.router,
        api_areas.router,
        api_indicators.router,
        api_inequality.router,
        api_pairs.router,
        api_points.router,
        api_sharing.router,
        api_sharing.review,
        api_projects.router,
        api_health.router,
        map_files.router,
    )
    for router in routers:  # what is shared before what is listed: /projects/edit is no project's id
        server.include_router(router, dependencies=[Depends(_hold_once)])
    server.add_api_route("/docs", _show_docs, methods=["GET"], include_in_schema=False)
    for prefix in PREFIXES:  # after the real routes, before Dash's catch-all
        for path in (f"/{prefix}", f"/{prefix}/{{rest:path}}"):
            server.add_api_route(path, _say_unknown, methods=["GET"], include_in_schema=False)
    server.add_exception_handler(StarletteHTTPException, _say_problem)  # type: ignore[arg-type]
    server.add_exception_handler(RequestValidationError, _say_bad_request)  # type: ignore[arg-type]
    for kind in api_sharing.WRITING_FAULTS:
        server.add_exception_handler(kind, api_sharing.say_writing_fault)  # type: ignore[arg-type]
    return server


def finish_server(server: FastAPI, script_hashes: Iterable[str] = (), callbacks: Mapping[str, Mapping[str, Any]] | None = None) -> FastAPI:
    """Put our wrappers around everything, Dash's own included.

    script_hashes   what Dash's ``csp_hashes()`` gives once the pages are set up: "'sha256-…'", with their quotes
    callbacks       Dash's ``callback_map``; only what it names is let through to Dash
    """
    server.state.script_hashes = list(script_hashes)
    server.add_middleware(Library)
    server.add_middleware(RequestLimits, callbacks=callbacks or {})
    for wrapper in (HeadAsGet, AccessLog, SecurityHeaders):  # the last is the outermost
        server.add_middleware(wrapper)
    return server


@cache
def _draw_docs() -> str:
    """The API's own page; drawn when it is first asked for, since its header names the pages, which are found by then."""
    head = to_html(to_plain([skip_link(), header("/docs")]))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>HeatMap API</title>
{_STYLES}<link rel="stylesheet" href="/static-offline-docs/swagger-ui.css?v={version("fastapi-offline")}">
<link rel="stylesheet" href="{asset_address("docs.css")}">
<link rel="icon" href="/static-offline-docs/favicon.png?v={version("fastapi-offline")}">
</head>
<body>
{head}
<main id="main" tabindex="-1"><h1 class="vh">The API of the HeatMap</h1><div id="swagger-ui"></div></main>
<script src="/static-offline-docs/swagger-ui-bundle.js?v={version("fastapi-offline")}"></script>
<script src="/assets/docs.js"></script>
<script src="{asset_address("dom.js")}"></script>
<script src="{asset_address("controls.js")}"></script>
</body>
</html>
"""


async def _show_docs() -> HTMLResponse:
    return HTMLResponse(_draw_docs(), headers={"Cache-Control": "no-cache"})


async def _say_unknown() -> None:
    raise HTTPException(404, _UNKNOWN)


async def _hold_once(request: Request) -> None:
    """422 where a parameter of the address stands there twice: one of the two would be passed over without a word."""
    given = [name for name, _value in request.query_params.multi_items()]
    if len(given) == len(set(given)):
        return
    twice = [name for name in _parameters_of(request) if given.count(name) > 1]
    if twice:
        raise HTTPException(422, f"The parameter {twice[0]} is here more than once. Give it once.")


def _parameters_of(request: Request) -> list[str]:
    """The parameters that the address takes."""
    names: list[str] = []
    for field in request.scope["route"].dependant.query_params:
        names += getattr(field.field_info.annotation, "model_fields", (field.alias,))
    return names


async def _say_problem(request: Request, fault: StarletteHTTPException) -> Response:
    """A fault as JSON with a sentence, also where the framework gave only the name of the status."""
    said = fault.detail
    if said == HTTPStatus(fault.status_code).phrase:
        only = f"This address answers {(fault.headers or {}).get('allow', 'GET')} only. See /docs for how to ask."
        said = only if fault.status_code == HTTPStatus.METHOD_NOT_ALLOWED else _UNKNOWN
    return JSONResponse({"detail": said}, fault.status_code, headers=fault.headers)


async def _say_bad_request(request: Request, fault: RequestValidationError) -> Response:
    return JSONResponse({"detail": say_bad_parameter(fault.errors()[0], _parameters_of(request))}, 422)


def say_bad_parameter(fault: dict, known: Sequence[str] = ()) -> str:  # type: ignore[type-arg]
    """Which parameter is wrong and what it may be; never what was typed, which may be a postcode.

    fault   one of pydantic's errors
    known   the parameters that the address takes
    """
    name = str(fault["loc"][-1])
    if fault["type"] == "extra_forbidden":
        called = f"called {name}" if re.fullmatch(r"[a-z_]{1,30}", name) else "by that name"
        near = nearest_word(name, known)
        hint = f"Did you mean {near}?" if near else f"Those there are: {', '.join(known)}."
        return f"There is no parameter {called} here. {hint}"
    words = (
        [word for word in re.findall(r"'([^']*)'", fault.get("ctx", {}).get("expected", "")) if word]
        if fault["type"] == "literal_error"
        else []
    )
    listed = " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
    state = "missing" if fault["type"] == "missing" else "not right"
    return f"The parameter {name} is {state}; it takes {ALLOWED.get(name) or listed or 'what /docs says'}."
