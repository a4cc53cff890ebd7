"""How much one request may hold: its address, its body, and what stands in the body of a callback.

Held in front of the whole application, Dash's part too, before anything is parsed. How long a request may take, and the size of its
headers, are the matter of ``heatmap/web/connections.py``, nearer to the wire.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heatmap.web.dash_parts import CALLBACK_PATH

#: The largest body, and the largest of a callback of our own pages (they send some 2 kB), in bytes; the longest query in characters.
LARGEST_BODY, LARGEST_CALLBACK, LONGEST_QUERY = 200_000, 64_000, 8_192
_TOO_LARGE = "This is too much at once. Keep it under {kilobytes:,} kB."
_TOO_LONG = "This address is too long. Use a shorter list of codes or filters."
_NO_CALLBACK = "This is not what our own pages send here. Load the page again; programs find everything under /api/v1."


class RequestLimits:
    """In front of the app: 413 for a body that is too large, 414 for a query that is too long, 400 for a callback that is none.

    app         what is guarded
    callbacks   Dash's own map of callbacks, by output; empty until the pages are set up
    """

    def __init__(self, app: ASGIApp, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
        self.app = app
        self.callbacks = callbacks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on with its body read whole, or refuses it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if len(scope["query_string"]) > LONGEST_QUERY:
            await _refuse(scope, receive, send, 414, _TOO_LONG)
            return
        is_callback = scope["path"] == CALLBACK_PATH and scope["method"] == "POST"
        largest = LARGEST_CALLBACK if is_callback else LARGEST_BODY
        if _declared_size(scope) > largest:
            await _refuse(scope, receive, send, 413, _TOO_LARGE.format(kilobytes=largest // 1000))
            return
        if scope["method"] in ("GET", "HEAD") and not _declared_size(scope):
            await self.app(scope, receive, send)
            return
        body = await _read_body(receive, largest)
        if isinstance(body, bytes):
            if len(body) > largest:
                await _refuse(scope, receive, send, 413, _TOO_LARGE.format(kilobytes=largest // 1000))
                return
            if is_callback and not (_is_json(scope) and is_callback_body(body, self.callbacks)):
                await _refuse(scope, receive, send, 400, _NO_CALLBACK)
                return
        await self.app(scope, _play_back(body, receive), send)


def is_callback_body(body: bytes, callbacks: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a body is one that Dash's own renderer sends for one of our callbacks.

    Each input and each state must be the one that the callback is registered with, and hold a text, a number, a truth value or
    nothing; what stands in the address is a text. Only then can no callback of ours meet a value it was not written for.

    >>> known = {"out.children": {"inputs": [{"id": "url", "property": "search"}], "state": []}}
    >>> whole = '{"output": "out.children", "inputs": [{"id": "url", "property": "search", "value": "?a=1"}], "changedPropIds": []}'
    >>> is_callback_body(whole.encode(), known), is_callback_body(whole.replace('"?a=1"', "[]").encode(), known)
    (True, False)
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(said, dict) or not isinstance(said.get("output"), str) or said["output"] not in callbacks:
        return False
    known = callbacks[said["output"]]
    changed = said.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(one, str) for one in changed):
        return False
    outputs = said.get("outputs", [])
    if not all(isinstance(one, dict) and {"id", "property"} <= one.keys() for one in (outputs if isinstance(outputs, list) else [outputs])):
        return False
    return all(_fits(said.get(key, []), known[key]) for key in ("inputs", "state"))


def _fits(given: Any, known: list[dict[str, Any]]) -> bool:
    if not isinstance(given, list) or len(given) != len(known):
        return False
    return all(
        isinstance(one, dict)
        and (one.get("id"), one.get("property")) == (expected["id"], expected["property"])
        and _is_plain(one.get("value"), expected["id"] == "url")
        for one, expected in zip(given, known, strict=True)
    )


def _is_plain(value: Any, is_address: bool) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_QUERY and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return value is None or (not is_address and isinstance(value, bool | int | float))


def network_of(client: str) -> str:
    """Who counts as one client: an IPv4 address, or the /64 network of an IPv6 address, since one household has all of it.

    >>> network_of("192.0.2.7"), network_of("2001:db8:1:2:3:4:5:6"), network_of("::ffff:192.0.2.7"), network_of("unix")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7', 'unix')
    """
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _is_json(scope: Scope) -> bool:
    said = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return said.partition(b";")[0].strip().lower() == b"application/json"


def _declared_size(scope: Scope) -> int:
    """What the headers say of the body's size; a body sent in pieces counts as one byte, to be counted as it comes."""
    named = {name: value for name, value in scope["headers"] if name in (b"content-length", b"transfer-encoding")}
    said = named.get(b"content-length", b"")
    return int(said) if said.isdigit() and len(said) < 20 else int(bool(said) or b"transfer-encoding" in named)


async def _read_body(receive: Receive, largest: int) -> bytes | Message:
    """The body, up to a little over what is allowed; or the message that the reader has gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return message
        body += message.get("body", b"")
        if len(body) > largest or not message.get("more_body", False):
            return bytes(body)


def _play_back(body: bytes | Message, receive: Receive) -> Receive:
    """Gives what was read once more, then whatever comes."""
    waiting = [{"type": "http.request", "body": body, "more_body": False} if isinstance(body, bytes) else body]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, said: str) -> None:
    # What is left of the body is not read: the connection ends with this answer.
    await JSONResponse({"detail": said}, status, {"Connection": "close"})(scope, receive, send)
