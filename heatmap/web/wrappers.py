"""What stands around the whole app, Dash's part included: HEAD, the log, the last resort and the security headers."""

from __future__ import annotations

import logging
import re
import time
from functools import lru_cache

from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heatmap.web.logs import FAULTS, say_fault_where

ACCESS = logging.getLogger("heatmap.access")
_FAULT = "Something went wrong on our side. Try again; if it stays, tell us what you were doing."
#: For a browser that asked for a page; it needs no file of ours, since the fault may be in those.
_FAULT_PAGE = f"""<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Something went wrong · WHAM HeatMap</title>
<style>body {{ max-width: 40rem; margin: 3rem auto; padding: 0 1rem; font: 1.125rem/1.5 system-ui, sans-serif; }} a {{ display: inline-block; padding: .6rem 0; }}</style></head>
<body><main><h1>Something went wrong</h1><p>{_FAULT}</p><p><a href="/">Go to the first page</a></p></main></body>
</html>
"""


class HeadAsGet:
    """HEAD is answered as GET is, without the content."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; others than HEAD pass."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        inner = {**scope, "method": "GET"}  # a copy: the web server goes by the original
        try:
            await self.app(inner, receive, send_head)
        finally:
            scope["route"] = inner.get("route")


class AccessLog:
    """One line a request: method, the route's template, status and time; no query, no address, nothing typed.

    Also the last resort: a fault that nobody caught is logged by its kind and place, since its text may hold what was typed.
    An answer of 500 or more is written as an error, whoever gave it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on, and writes its line when it is done."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as fault:
            FAULTS.error("%s at %s %s", say_fault_where(fault), scope["method"], _template(scope))
            if not status:  # else it is too late: the web server closes the connection
                await _last_resort(scope)(scope, receive, watch)
        finally:
            took = 1000 * (time.perf_counter() - started)
            level = logging.ERROR if status >= 500 else logging.INFO
            ACCESS.log(level, "%s %s %d %.1f ms", scope["method"], _template(scope), status, took)


def _last_resort(scope: Scope) -> Response:
    """The sentence, as a page where a page was asked for; nothing of the fault."""
    accepts = dict(scope["headers"]).get(b"accept", b"")
    return HTMLResponse(_FAULT_PAGE, 500) if b"text/html" in accepts else JSONResponse({"detail": _FAULT}, 500)


def _template(scope: Scope) -> str:
    """The route as it was written; where there is none, the first word of the address if it is letters alone."""
    path = getattr(scope.get("route"), "path", "")
    if path and not path.lstrip("/").startswith("{"):  # a catch-all, "/{path:path}", says nothing
        return str(path)
    first = scope["path"].split("/")[1] if "/" in scope["path"] else ""
    return f"/{first}" if re.fullmatch(r"[a-z_-]{0,30}", first) else "/..."


class SecurityHeaders:
    """What every answer carries: what a page may load, that nothing is told to others or kept, and our release. Never a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on, and adds the headers to its answer."""

        async def guard(message: Message) -> None:
            if message["type"] == "http.response.start":
                state = scope["app"].state
                ours = _headers(tuple(state.script_hashes), state.release)
                taken = {name for name, _ in ours} | {b"set-cookie"}
                kept = [pair for pair in message["headers"] if pair[0].lower() not in taken]
                message["headers"] = [*kept, *ours]
            await send(message)

        await self.app(scope, receive, guard if scope["type"] == "http" else send)


@lru_cache(maxsize=4)
def _headers(script_hashes: tuple[str, ...], release: str) -> list[tuple[bytes, bytes]]:
    """The headers by the hashes of the inline scripts, and the release by which a page knows our answers; plotly and MapLibre need inline
    styles."""
    scripts = " ".join(("'self'", *script_hashes))
    policy = (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline';"
        " worker-src 'self' blob:; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none';"
        " frame-ancestors 'self'; form-action 'self'"
    )
    return [
        (b"content-security-policy", policy.encode("ascii")),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"heatmap-release", release.encode("ascii")),
    ]
