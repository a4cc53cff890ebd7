"""Scripts, styles and pictures: ours and those inside installed packages, sent as they were compressed at set-up."""

from __future__ import annotations

import base64
import hashlib
import logging
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from dash.fingerprint import check_fingerprint
from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from heatmap.settings import ROOT
from heatmap.web.dash_parts import SUITES
from heatmap.web.sending import IMMUTABLE, Packed, reply

#: Where ``python -m heatmap.web.compress`` puts compressed copies, named by the hash of what was compressed.
COMPRESSED = ROOT / "var" / "static"
#: The kinds of file we send, and whether compressing makes them smaller.
MEDIA: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".map": "application/json",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
COMPRESSIBLE: Final = frozenset({".js", ".css", ".json", ".svg", ".txt", ".webmanifest"})
#: Where the map's library is served, with its version, so that it may be kept for ever.
MAPLIBRE_JS = f"/lib/maplibre/maplibre-gl.js?v={version('maplibre')}"
MAPLIBRE_CSS = f"/lib/maplibre/maplibre-gl.css?v={version('maplibre')}"
_NO_FILE = "There is no such script or style. Load the page again for the addresses of this version."
_LOG = logging.getLogger("heatmap.static")


@cache
def find_files() -> dict[str, Path]:
    """Every file we send by its address, without fingerprint; what is not here is not sent, whatever the address.

    The caller must not change it.
    """
    found: dict[str, Path] = {}
    # A further package of Dash components is a further line here.
    for address, folder, pattern in (
        ("/assets", ROOT / "assets", "**/*"),
        ("/lib/maplibre", _folder("maplibre") / "srcjs", "maplibre-gl.*"),
        ("/static-offline-docs", _folder("fastapi_offline") / "static", "[!r]*"),  # all but redoc
        (f"{SUITES}/dash", _folder("dash"), "**/*"),
        (f"{SUITES}/plotly", _folder("plotly"), "package_data/plotly.min.js"),
    ):
        only = (".js", ".css", ".map") if address.startswith(SUITES) else tuple(MEDIA)
        found |= {
            f"{address}/{path.relative_to(folder).as_posix()}": path
            for path in sorted(folder.glob(pattern))
            if path.suffix in only and path.is_file()
        }
    return found


def asset_address(name: str) -> str:
    """The address of one of our own scripts or styles, with the time of its last change, so that it may be kept for ever."""
    return f"/assets/{name}?m={(ROOT / 'assets' / name).stat().st_mtime:.0f}"


@cache
def checksum_of(address: str) -> str:
    """The checksum by which a browser tells a script or style of ours from what a network may send in its place; "" for what we do not
    send.

    address     as it stands on a page, with its fingerprint or version

    >>> checksum_of(MAPLIBRE_JS)[:7], checksum_of("/nowhere.js")
    ('sha256-', '')
    """
    path = find_files().get(check_fingerprint(address.partition("?")[0])[0])
    return f"sha256-{base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()}" if path else ""


def digest_code() -> str:
    """What our own code and scripts are known by: another after each change of either, the same in every worker."""
    found = hashlib.sha256(version("dash").encode())
    for folder, pattern in (("assets", "*"), ("heatmap", "**/*.py"), ("heatmap", "*.html")):
        for path in sorted((ROOT / folder).glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()[:10]


def _folder(package: str) -> Path:
    """Where a package is installed, without importing it: the map's library alone would bring seconds of Python."""
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations  # in requirements/run.txt
    return Path(spec.submodule_search_locations[0])


class Library:
    """In front of the app: sends the files of ``find_files``, passes on everything else.

    Our own files are read once, when the server starts. Pages are of that time too, and name each script with its checksum: a file that an
    upgrade replaced under a running server would be refused by every browser.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.files = find_files()
        self.began = {path: path.stat().st_mtime_ns for path in self.files.values()}
        for path in self.began:
            if path.is_relative_to(ROOT / "assets"):
                _load(path, self.began[path])
        if not any(COMPRESSED.glob("*.br")):
            _LOG.warning("Scripts and styles are sent uncompressed, since %s is empty. Run make setup.", COMPRESSED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers or passes on one request."""
        if scope["type"] == "http" and scope["method"] == "GET":
            address, fingerprinted = check_fingerprint(scope["path"])
            if path := self.files.get(address):
                versioned = fingerprinted or scope["query_string"].startswith((b"m=", b"v="))
                digest, packed = _load(path, self.began[path])
                cache = IMMUTABLE if versioned else "no-cache"
                await reply(Request(scope), digest[:20], lambda: packed, cache)(scope, receive, send)
                return
            if address.startswith(SUITES):  # Dash would answer 500
                await JSONResponse({"detail": _NO_FILE}, 404)(scope, receive, send)
                return
        await self.app(scope, receive, send)


@lru_cache(maxsize=256)
def _load(path: Path, changed: int) -> tuple[str, Packed]:
    """A file's hash and its forms; ``changed`` is the time of it that the server knows."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    forms = {
        coding: copy.read_bytes()
        for coding, suffix in (("br", ".br"), ("gzip", ".gz"))
        if (copy := COMPRESSED / f"{digest}{suffix}").is_file()
    }
    return digest, Packed(MEDIA[path.suffix], forms or {"": content})
