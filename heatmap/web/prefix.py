"""The map under a path of somebody else's site, like ``https://trust.example/heatmap/``: ROOT_PATH says which.

Inside, every address begins at ``/``; nothing in a page, a script or an answer knows of the prefix. This wrapper takes it off the
addresses that come, and puts it before our own addresses in what goes out: pages, callbacks, scripts, JSON and redirects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heatmap.errors import HeatmapError
from heatmap.settings import ROOT_PATH
from heatmap.web.dash_parts import SUITES

#: A script in which addresses were changed no longer fits the checksum that a page names for it.
_CHECKSUM: Final = re.compile(rb' integrity="sha256-[A-Za-z0-9+/=]+"')
_KINDS: Final = (b"text/html", b"text/javascript", b"text/css", b"application/json")
#: Data by position, and other people's files: there is no address of ours in them, and they go out as they were compressed.
_AS_THEY_ARE: Final = (
    "tiles",
    "paint",
    "figures",
    "walk",
    "spots",
    "mask",
    "search",
    "lib",
    "static-offline-docs",
    SUITES.strip("/"),
)


def read_root_path() -> str:
    """The prefix without a slash at its end, "" where there is none. Raises HeatmapError where ROOT_PATH is no path."""
    said = ROOT_PATH().rstrip("/")
    if said and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", said):
        raise HeatmapError("ROOT_PATH is no path. Write it like /heatmap, with letters, digits, dots and hyphens.")
    return said


def own_path(path: str | None) -> str:
    """The path of a page as our own pages know it, from the one that stands in the browser.

    >>> own_path("/map"), own_path(None)
    ('/map', '/')
    """
    prefix = read_root_path()
    path = path or "/"
    return path[len(prefix) :] or "/" if prefix and (path == prefix or path.startswith(f"{prefix}/")) else path


class UnderPrefix:
    """Takes a prefix off the requests and puts it into the answers.

    app      everything else
    prefix   like "/heatmap"
    first    the first word of every address that we serve
    """

    def __init__(self, app: ASGIApp, prefix: str, first: Iterable[str]) -> None:
        self.app = GZipMiddleware(_Rewriting(app, prefix, first), minimum_size=1000, compresslevel=5)
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; a proxy may have taken the prefix off already."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path == self.prefix:
            await RedirectResponse(f"{self.prefix}/", 308)(scope, receive, send)
            return
        if path.startswith(f"{self.prefix}/"):
            path = path[len(self.prefix) :]
        await self.app({**scope, "path": path, "raw_path": path.encode(), "root_path": ""}, receive, send)


class _Rewriting:
    """Puts the prefix before our own addresses in answers of the kinds that have some."""

    def __init__(self, app: ASGIApp, prefix: str, first: Iterable[str]) -> None:
        self.app = app
        self.prefix = prefix.encode()
        self.ours = _find_addresses(tuple(sorted(set(first))))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].split("/")[1] in _AS_THEY_ARE:
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message = {}
        pieces: list[bytes] = []

        async def rewrite(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = {**message, "headers": [self._lead(name, value) for name, value in message["headers"]]}
                if not _is_rewritten(start):
                    await send(start)
                return
            if not _is_rewritten(start):
                await send(message)
                return
            pieces.append(message.get("body", b""))
            if not message.get("more_body", False):
                body = self.ours.sub(lambda found: (found[1] or found[2]) + self.prefix + b"/", b"".join(pieces))
                body = _CHECKSUM.sub(b"", body)
                length = [(b"content-length", str(len(body)).encode())] if body or scope["method"] != "HEAD" else []
                kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
                await send({**start, "headers": kept + length})
                await send({"type": "http.response.body", "body": body, "more_body": False})

        await self.app({**scope, "headers": plain}, receive, rewrite)

    def _lead(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        """A redirect to one of our own addresses leads under the prefix."""
        return name, self.prefix + value if name.lower() == b"location" and re.match(rb"/(?!/)", value) else value


def _is_rewritten(start: Message) -> bool:
    named = {name.lower(): value for name, value in start["headers"]}
    kind = named.get(b"content-type", b"text/html")  # Dash says none of its callbacks' answers
    return kind.partition(b";")[0].strip() in _KINDS and b"content-encoding" not in named


@lru_cache(maxsize=4)
def _find_addresses(first: tuple[str, ...]) -> re.Pattern[bytes]:
    """Matches what stands before one of our addresses in quotes or brackets, and its slash; also "/" as a link, and Dash's own prefix."""
    slash = r"(?:/|\\u002f)"  # Dash writes it so in its JSON
    words = "|".join(re.escape(word) for word in first)
    begins = rf"""(["'`(]|\\"|&quot;|&#3[49];){slash}(?=(?:{words})(?:[/?#"'`)\\&]|$))"""
    home = rf"""((?:href|requests_pathname_prefix)\\?"?[=:]\s*\\?"){slash}(?=\\?")"""
    return re.compile(f"{begins}|{home}".encode())
