"""The whole site as one ASGI application: Dash's pages and callbacks, the API and the files of the map."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

import brotli
from dash import Dash, Input, Output, State, callback, dcc, html
from dash.backends import _fastapi
from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import RedirectResponse

from heatmap.api import map_files
from heatmap.drawing.icons import BRAND_MARK
from heatmap.layers.cards import ID_PATTERN
from heatmap.map import description as mapview
from heatmap.map.address import read_state
from heatmap.pages import Page, find_pages, missing_at, page_at
from heatmap.pages.frame.first import AWAY, draw_first
from heatmap.pages.frame.missing import layout as missing_layout
from heatmap.pages.frame.unscripted import draw_unscripted
from heatmap.server import finish_server, make_server
from heatmap.settings import ROOT
from heatmap.snapshot import Snapshot
from heatmap.web.browsers import TOO_OLD
from heatmap.web.live import add_live, make_live_script
from heatmap.web.logs import FAULTS, say_where
from heatmap.web.prefix import UnderPrefix, own_path, read_root_path
from heatmap.web.static_files import MAPLIBRE_CSS, MAPLIBRE_JS, asset_address, checksum_of

ASSETS = ROOT / "assets"
_INDEX = """<!doctype html>
<html lang="en-GB" data-map="loading" data-release="RELEASE">
<head>
<script>GUARD</script>
{%metas%}
<title>{%title%}</title>
<link rel="icon" href="BRAND">
{%css%}
<!--head-->
</head>
<body data-sheet="peek">
OLD
<!--first-->
<!--page-->
{%app_entry%}
AWAY
<div hidden>{%config%}{%scripts%}{%renderer%}</div>
</body>
</html>"""
_PARTS_OF_ABOUT = ("accessibility", "privacy")
#: Pages that no module of heatmap/pages draws.
_OTHER_PAGES = ("/docs", *(f"/{part}" for part in _PARTS_OF_ABOUT))
_PLAIN = re.compile(rf"[a-z]+(_[a-z]+)*|-?\d{{1,4}}(\.\d+)?(/-?\d{{1,4}}(\.\d+)?)*|E\d{{8}}|{ID_PATTERN.pattern}")
#: Loaded before Dash, so that the map begins to draw while Dash is still being read.
_MAP_HEAD = f'<link rel="stylesheet" href="{MAPLIBRE_CSS}">'
_LIBRARY = f'<script src="{MAPLIBRE_JS}"'
_ICON = base64.b64decode(BRAND_MARK.partition(",")[2])
#: Before every other script: what they all use (assets/dom.js says who offers what), and how the server is asked.
_FIRST = "".join(f'<script src="{asset_address(name)}"></script>' for name in ("dom.js", "answers.js"))
#: Written into every page, so that it is there whatever else does not come.
_GUARD = (ASSETS / "guard.js").read_text(encoding="utf-8")
#: What a page loads by itself: the browser refuses each that is not as we sent it.
_LOADED = re.compile(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"')
_MAP_BODY = (
    '<div id="heat-map-early"><div id="heat-map"></div></div>'
    '<script type="application/json" id="heat-page">{page}</script>'
    f"{_LIBRARY}></script>"
    '<script src="{figures}"></script>'
    '<script src="{images}"></script>'
    '<script src="{bridge}"></script>'
)
_SEARCH_BODY = '<script type="application/json" id="heat-page">{page}</script><script src="{start}"></script>'


def make_site(snapshot: Snapshot) -> FastAPI:
    """The application of one worker. ``snapshot`` is read-only and shared by all that it serves."""
    server = make_server(snapshot)
    add_live(server)
    pages = find_pages()
    app = Dash(
        "heatmap",
        server=server,
        assets_folder=str(ASSETS),
        assets_ignore=r"^(dom|answers|guard|figures|map|map_images|start|docs|live|offline)\.js$|^docs\.css$",
        title="WHAM HeatMap",
        update_title=None,
        suppress_callback_exceptions=True,
        on_error=_log_fault,
        index_string=_INDEX.replace("BRAND", BRAND_MARK)
        .replace("AWAY", AWAY)
        .replace("OLD", TOO_OLD)
        .replace("RELEASE", server.state.release)
        .replace("GUARD", _GUARD),
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {
                "name": "description",
                "content": (
                    "Deprivation in England's 33,755 neighbourhoods, in plain words, for clinicians, commissioners and young people."
                ),
            },
        ],
    )
    # Callbacks go by plain requests; the open socket that Dash's FastAPI backend offers beside them is not wanted.
    app.backend.websocket_capability = False
    server.router.routes[:] = [route for route in server.router.routes if "_dash-ws" not in getattr(route, "path", "")]
    app.layout = html.Div([dcc.Location(id="url", refresh="callback-nav"), html.Div(id="page")])
    _route_pages(app, pages)
    _serve_pages(app, server, pages, snapshot)
    app._setup_server()  # Dash would do it at the first request to "/", which our own route answers
    server.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)  # Dash's answers; the rest is compressed already
    finish_server(server, (*app.csp_hashes(), _hash_inline(_GUARD)), app.callback_map)
    if prefix := read_root_path():
        server.add_middleware(UnderPrefix, prefix=prefix, first=_first_words(server))
    return server


def _hash_inline(script: str) -> str:
    """What the policy calls a script that is written into a page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _first_words(server: FastAPI) -> set[str]:
    """The first word of every address that we serve; catch-alls have none."""
    routes = [*server.router.routes, *map_files.router.routes]  # the second are inside one that has no path of its own
    paths = [getattr(route, "path", "") for route in routes]
    words = {path.split("/")[1] for path in paths if path.startswith("/")} | {"assets", "_dash-component-suites", "static-offline-docs"}
    return {word for word in words if word and "{" not in word}


def _log_fault(fault: Exception) -> None:
    """Write down what a callback met, since Dash answers 500 without a word; then let it answer so."""
    FAULTS.error("%s while a callback was answered", say_where(fault))
    raise fault


def _route_pages(app: Dash, pages: dict[str, Page]) -> None:
    @callback(Output("page", "children"), Input("url", "pathname"), State("url", "search"))
    def page_of(pathname: str | None, search: str | None) -> Any:
        """The page of the address; the query is read once here, afterwards by the page's own callbacks."""
        path = own_path(pathname)
        found = page_at(path, pages)
        return found[0].layout(search or "", **found[1]) if found else (missing_at(path, pages) or missing_layout)("")


def _serve_pages(app: Dash, server: FastAPI, pages: dict[str, Page], snapshot: Snapshot) -> None:
    frame = _Frame(app, snapshot)

    missing = _missing_page(missing_layout)

    def add(path: str, page: Page) -> None:
        @server.get(path, include_in_schema=False, name=page.title)
        def serve(request: Request) -> Response:
            title = page.title_for(dict(request.path_params))
            if title is not None:
                return frame.answer(request, page, title, 200)
            return frame.answer(request, _missing_page(page.missing) if page.missing else missing, missing.title, 404)

    for path, page in pages.items():
        add(path, page)
    # Dash answers "/" itself and every unknown address with 200: our routes must come first.
    ours = [route for route in server.router.routes if getattr(route, "name", "") in {page.title for page in pages.values()}]
    server.router.routes[:] = ours + [route for route in server.router.routes if route not in ours]

    @server.get("/offline.js", include_in_schema=False)
    def offline() -> Response:
        """The worker that shows a saved leaflet; at the root, since a worker sees only what lies under its own address."""
        return Response((ASSETS / "offline.js").read_bytes(), headers={"Cache-Control": "no-cache"}, media_type="text/javascript")

    @server.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        """For programs that ask for it unbidden; our pages name their sign themselves."""
        return Response(_ICON, headers={"Cache-Control": "public, max-age=86400"}, media_type="image/svg+xml")

    for part in _PARTS_OF_ABOUT:  # people, and auditors, type these

        @server.get(f"/{part}", include_in_schema=False, name=part)
        def go_on(request: Request) -> Response:
            return RedirectResponse(f"/about#{request.url.path[1:]}", 308)

    @server.get("/{path:path}", include_in_schema=False, name="not found")
    def unknown(request: Request) -> Response:
        path = request.url.path.removesuffix("/")
        if path != request.url.path and (path in _OTHER_PAGES or page_at(path, pages)):
            return RedirectResponse(path + keep_plain(request.url.query), 308)
        return frame.answer(request, missing, missing.title, 404)


def _missing_page(layout: Callable[[str], Any]) -> Page:
    return Page("", "Not found", layout, has_map=False, search=False, first=layout)


def keep_plain(query: str) -> str:
    """The parts of a query that can only be an address of ours, with their "?": words, layers, numbers and area codes.

    Whatever else somebody typed, a postcode above all, is not sent back.

    >>> keep_plain("layer=crime2025_england_lsoa21&deciles=1,2&area=E01008966&postcode=B14+7QH&b147qh=1")
    '?layer=crime2025_england_lsoa21&deciles=1,2&area=E01008966'
    >>> keep_plain("area=b147qh")
    ''
    """
    kept = [
        (key, value)
        for key, value in parse_qsl(query[:4000])
        if re.fullmatch("[a-z]+(20)?", key) and all(_PLAIN.fullmatch(part) for part in value.split(","))
    ]
    return f"?{urlencode(kept, safe=',/')}" if kept else ""


class _Frame:
    """The HTML that a page begins with: made once for each page, with what the map needs to start put in."""

    def __init__(self, app: Dash, snapshot: Snapshot):
        self.app, self.snapshot = app, snapshot
        self.html: dict[str, str] = {}

    def answer(self, request: Request, page: Page, title: str, status: int) -> Response:
        if page.path not in self.html:
            self.html[page.path] = self._make(request, page)
        body = self.html[page.path].replace("<title>WHAM HeatMap</title>", f"<title>{title} · WHAM HeatMap</title>")
        query = request.url.query
        said = draw_first(page, query) + draw_unscripted(page, query, {**request.path_params}, self.snapshot)
        body = body.replace("<!--first-->", said, 1)
        if page.has_map:
            state, _ = read_state(query, self.snapshot)
            if state.show == "table":
                body = body.replace('data-map="loading"', 'data-map="loading" data-show="table"', 1)
                body = body.replace(_LIBRARY, _LIBRARY.replace("<script", '<script id="map-library" async'), 1)
            start = json.dumps(mapview.describe_start(state, self.snapshot), separators=(",", ":"))
            body = body.replace('"start":0', f'"start":{_safe(start)}', 1)
        accepts = request.headers.get("accept-encoding", "")
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        for name, compress in (("br", _brotli), ("gzip", _gzip)):
            if name in accepts:
                return Response(compress(body), status, {**headers, "Content-Encoding": name}, "text/html")
        return Response(body, status, headers, "text/html")

    def _make(self, request: Request, page: Page) -> str:
        token = _fastapi.set_current_request(request)
        try:
            text = self.app.index()
        finally:
            _fastapi.reset_current_request(token)
        text = text.replace("<!--head-->", f"<!--head-->{make_live_script(asset_address('live.js'))}")
        text = text.replace("<!--page-->", f"{_FIRST}<!--page-->")
        return _LOADED.sub(_add_checksum, self._add_page(text, page))

    def _add_page(self, text: str, page: Page) -> str:
        described = mapview.describe_page(self.snapshot)
        if page.has_map:
            block = _safe(json.dumps({"start": 0, **described}, separators=(",", ":")))
            text = text.replace("<!--head-->", _MAP_HEAD)
            return text.replace(
                "<!--page-->",
                _MAP_BODY.format(
                    page=block, figures=asset_address("figures.js"), images=asset_address("map_images.js"), bridge=asset_address("map.js")
                ),
            )
        if page.search:
            block = _safe(json.dumps({key: described[key] for key in ("search", "outwards", "small")}))
            return text.replace("<!--page-->", _SEARCH_BODY.format(page=block, start=asset_address("start.js")))
        return text


def _add_checksum(found: re.Match[str]) -> str:
    checksum = checksum_of(found[1])
    return f'{found[0]} integrity="{checksum}"' if checksum else found[0]


def _safe(text: str) -> str:
    """JSON that cannot end the script element it stands in."""
    return text.replace("</", "<\\/")


@lru_cache(maxsize=256)
def _brotli(body: str) -> bytes:
    return brotli.compress(body.encode(), quality=5)


@lru_cache(maxsize=64)
def _gzip(body: str) -> bytes:
    return gzip.compress(body.encode(), compresslevel=6, mtime=0)
