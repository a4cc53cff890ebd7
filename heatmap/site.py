"""The whole site as one ASGI application: pages, Dash's callbacks, the API and the files of the map."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import brotli
from dash import Input, Output, State, callback, dcc, html, no_update
from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from heatmap.api import map_files
from heatmap.drawing.elements import to_html
from heatmap.drawing.icons import BRAND_MARK
from heatmap.geography.levels import COUNT
from heatmap.layers.cards import ID_PATTERN
from heatmap.map import description as mapview
from heatmap.map.address import read_map_address
from heatmap.pages import Page, find_pages, page_at
from heatmap.pages.frame.first import AWAY, draw_first
from heatmap.pages.frame.missing import layout as missing_layout
from heatmap.pages.frame.search_box import SEARCH_BOX
from heatmap.pages.frame.unscripted import draw_unscripted
from heatmap.server import finish_server, make_server
from heatmap.settings import ROOT
from heatmap.snapshot import Snapshot
from heatmap.web.browsers import TOO_OLD
from heatmap.web.dash_parts import SUITES, DashApp, leave_out_sockets
from heatmap.web.live import add_live, make_live_script
from heatmap.web.logs import FAULTS, say_fault_where
from heatmap.web.prefix import UnderPrefix, own_path, read_root_path
from heatmap.web.static_files import MAPLIBRE_CSS, MAPLIBRE_JS, asset_address, checksum_of

ASSETS = ROOT / "assets"
_TEMPLATES = Environment(loader=FileSystemLoader(ROOT / "heatmap"), autoescape=True, undefined=StrictUndefined)
_PARTS_OF_ABOUT = ("accessibility", "privacy")
#: Pages that no module of heatmap/pages draws.
_OTHER_PAGES = ("/docs", *(f"/{part}" for part in _PARTS_OF_ABOUT))
_PLAIN = re.compile(rf"[a-z]+(_[a-z]+)*|-?\d{{1,4}}(\.\d+)?(/-?\d{{1,4}}(\.\d+)?)*|E\d{{8}}|{ID_PATTERN.pattern}")
_WHOLE_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[ABD-HJLNP-UW-Z]{2}")
_POSTCODE_INSIDE = re.compile(r"(?:^|[^A-Z\d])[A-Z]{1,2}\s*\d[A-Z\d]?[\s.,_/-]+\d[ABD-HJLNP-UW-Z]{2}(?![A-Z\d])")
_ICON = base64.b64decode(BRAND_MARK.partition(",")[2])
#: Written into every page, so that it is there whatever else does not come.
_GUARD = (ASSETS / "guard.js").read_text(encoding="utf-8")
#: A script of Dash's packages: a page of words needs none.
_OF_DASH = re.compile(rf'<script src="[^"]*{SUITES}/[^"]*"></script>')
#: What Dash's part of a page loads by itself: the browser refuses each that is not as we sent it.
_LOADED = re.compile(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"')


def make_site(snapshot: Snapshot) -> FastAPI:
    """The application of one worker. ``snapshot`` is read-only and shared by all that it serves."""
    server = make_server(snapshot)
    add_live(server)
    pages = find_pages()
    app = DashApp(
        "heatmap",
        server=server,
        assets_folder=str(ASSETS),
        assets_ignore=r"^(dom|answers|words|guard|figures|map|map_images|start|docs|live|offline)\.js$|^docs\.css$",
        title="WHAM HeatMap",
        update_title=None,
        suppress_callback_exceptions=True,
        on_error=_log_fault,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {
                "name": "description",
                "content": (
                    f"Deprivation in England's {COUNT['lsoa']:,} neighbourhoods, in plain words, for clinicians, commissioners and young people."
                ),
            },
        ],
    )
    leave_out_sockets(app, server)
    app.layout = html.Div([dcc.Location(id="url", refresh="callback-nav"), html.Div(id="page")])
    _route_pages(app, pages)
    _serve_pages(app, server, pages, snapshot)
    app.set_up()
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
    words = {path.split("/")[1] for path in paths if path.startswith("/")} | {"assets", SUITES.strip("/"), "static-offline-docs"}
    return {word for word in words if word and "{" not in word}


def _log_fault(fault: Exception) -> None:
    """Write down what a callback met, since Dash answers 500 without a word; then let it answer so."""
    FAULTS.error("%s while a callback was answered", say_fault_where(fault))
    raise fault


def _route_pages(app: DashApp, pages: dict[str, Page]) -> None:
    @callback(Output("page", "children"), Input("url", "pathname"), State("url", "search"))
    def page_of(pathname: str | None, search: str | None) -> Any:
        """The page of the address, where Dash draws it; the query is read once here, afterwards by the page's own callbacks."""
        found = pages.get(own_path(pathname))
        return found.layout(search or "") if found and found.needs_dash else no_update


def _serve_pages(app: DashApp, server: FastAPI, pages: dict[str, Page], snapshot: Snapshot) -> None:
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
    return Page("", "Not found", layout, has_map=False, search=False)


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


def _draw_words(page: Page, title: str, query: str, parts: dict[str, str]) -> str:
    """What a page of words says, as HTML; ``assets/words.js`` puts it in the place of what stood there before."""
    return f'<div id="page" data-title="{title} · WHAM HeatMap">{to_html(page.layout(f"?{query}" if query else "", **parts))}</div>'


def drop_postcodes(query: str) -> str:
    """A query without the parts that hold a whole postcode: a page's words may say back what a link asked for.

    The same rule as in ``assets/address.js``, which takes them out of the address.

    >>> drop_postcodes("for=young&age=B14+7QH&x=near%20b14-7qh&b147qh=1&layer=crime2025_england_lsoa21&km=1.6")
    'for=young&layer=crime2025_england_lsoa21&km=1.6'
    """
    return "&".join(part for part in query.split("&") if part and not any(map(_holds_postcode, part.split("="))))


def _holds_postcode(text: str) -> bool:
    upper = unicodedata.normalize("NFKC", unquote_plus(text)).upper()
    return bool(_WHOLE_POSTCODE.fullmatch(re.sub(r"[^A-Z\d]", "", upper)) or _POSTCODE_INSIDE.search(upper))


class _Frame:
    """The HTML that a page begins with (``heatmap/page.html``): what stays the same for each page is made once."""

    def __init__(self, app: DashApp, snapshot: Snapshot):
        self.app, self.snapshot = app, snapshot
        described = mapview.describe_page(snapshot)
        self.search = _pack({key: described[key] for key in ("search", "outwards", "small")}, (", ", ": "))
        self.map = _pack({"box": SEARCH_BOX, **described})
        self.template = _TEMPLATES.get_template(
            "page.html",
            globals={
                "release": app.server.state.release,
                "guard": _GUARD,
                "brand": BRAND_MARK,
                "too_old": TOO_OLD,
                "away": AWAY,
                "map_css": MAPLIBRE_CSS,
                "map_js": MAPLIBRE_JS,
                "live": _seal(make_live_script(asset_address("live.js"))),
                "script": _script,
                "integrity": _integrity,
            },
        )
        self.dash: dict[str, dict[str, str]] = {}

    def answer(self, request: Request, page: Page, title: str, status: int) -> Response:
        query = drop_postcodes(request.url.query)
        words = (
            draw_first(page, query) if page.needs_dash else _draw_words(page, title, query, request.path_params if status == 200 else {})
        )
        if "heatmap-words" in request.headers and not page.needs_dash:
            return self._send(request, words, status)
        shows_table, data = False, self.search if page.search else ""
        if page.has_map:
            address, _ = read_map_address(query, self.snapshot)
            shows_table = address.show == "table"
            data = f'{{"start":{_pack(mapview.describe_start(address, self.snapshot))},{self.map[1:]}'
        body = self.template.render(
            page=page,
            title=title,
            dash=self._parts_of(request, page),
            data=data,
            shows_table=shows_table,
            body=words + draw_unscripted(page, query),
        )
        return self._send(request, body, status)

    def _parts_of(self, request: Request, page: Page) -> dict[str, str]:
        """Dash's parts of a page; of a page of words, only those that load what is ours."""
        if page.path not in self.dash:
            parts = self.app.parts_of_page(request)
            if not page.needs_dash:
                parts = parts | {"app_entry": "", "config": "", "renderer": "", "scripts": _OF_DASH.sub("", parts["scripts"])}
            self.dash[page.path] = {name: _seal(part) for name, part in parts.items()}
        return self.dash[page.path]

    def _send(self, request: Request, body: str, status: int) -> Response:
        accepts = request.headers.get("accept-encoding", "")
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding, Heatmap-Words"}
        for name, compress in (("br", _brotli), ("gzip", _gzip)):
            if name in accepts:
                return Response(compress(body), status, {**headers, "Content-Encoding": name}, "text/html")
        return Response(body, status, headers, "text/html")


@cache
def _script(name: str) -> str:
    """The element that loads a script of ours."""
    address = asset_address(name)
    return f'<script src="{address}"{_integrity(address)}></script>'


def _integrity(address: str) -> str:
    """The attribute by which the browser refuses what is not as we sent it; nothing for what we do not send."""
    checksum = checksum_of(address)
    return f' integrity="{checksum}"' if checksum else ""


def _seal(html: str) -> str:
    """HTML with the checksum of each script and style that it loads."""
    return _LOADED.sub(lambda found: found[0] + _integrity(found[1]), html)


def _pack(data: Any, separators: tuple[str, str] = (",", ":")) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(data, separators=separators).replace("</", "<\\/")


@lru_cache(maxsize=32)
def _brotli(body: str) -> bytes:
    return brotli.compress(body.encode(), quality=5)


@lru_cache(maxsize=8)
def _gzip(body: str) -> bytes:
    return gzip.compress(body.encode(), compresslevel=6, mtime=0)
