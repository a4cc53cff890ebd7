"""What one connection may send and how long it may take, held before anything of it is read.

The web server (uvicorn) sets no limit to the length of an address or of headers, nor to how slowly a request may come: a header of
100 MB was read whole. ``Connection`` is uvicorn's own protocol with those limits; ``heatmap serve`` gives it to uvicorn. What a
body may hold is the matter of ``heatmap/web/limits.py``.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

#: The longest address with its query, and all headers of one request together, in bytes.
LONGEST_ADDRESS, LARGEST_HEADERS = 8_192, 32_768
#: In how many seconds the address and headers, and then the whole request, must have come.
HEADERS_S, REQUEST_S = 10.0, 30.0
#: How many connections one worker holds at once.
MOST_CONNECTIONS = 2_000
#: A worker that is to stop waits this many seconds for the next request on an open connection, and answers it with "close".
LEAVING_S = 1.0
_SAID: Final = {
    400: "This is not a request that we can read. Check the address and the headers.",
    408: "This request took too long to arrive. Check the connection and send it again.",
    414: "This address is too long. Use a shorter list of codes or filters.",
    431: "The headers of this request are too large. Clear the cookies for this site and try again.",
    503: "Too many people are using this map right now. Wait a minute and try again.",
}


class Connection(HttpToolsProtocol):
    """One connection, with limits: 414, 431, 408 or 503 with a sentence, and it is closed."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._clock: asyncio.TimerHandle | None = None
        self._size = 0  # of the headers that are complete
        self._unread = 0  # bytes that came for a head which is still open
        self._in_head = False
        self._is_leaving = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Refuse one connection more than a worker can hold; else give it time to send its headers."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(503, "Retry-After: 30\r\n")
        else:
            self._start_clock(HEADERS_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, unless it was refused already."""
        if self.transport.is_closing():
            return
        if self._clock is None and (self.cycle is None or self.cycle.response_complete):
            self._start_clock(HEADERS_S)  # the next request on a connection that was kept open
        self._unread += len(data)
        super().data_received(data)
        # The parser keeps a header to itself until its end: what came since the request began is counted as well.
        if self._in_head and self._unread > LONGEST_ADDRESS + LARGEST_HEADERS:
            self._refuse(431)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._size = self._unread = 0
        self._in_head = True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        if len(self.url) + len(url) > LONGEST_ADDRESS:
            self._refuse(414)
        else:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._size += len(name) + len(value) + len(b": \r\n")
        if self._size > LARGEST_HEADERS:
            self._refuse(431)
        else:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Address and headers have come; the rest has its own time."""
        self._in_head = False
        if self.transport.is_closing():
            return
        self._start_clock(REQUEST_S)
        super().on_headers_complete()
        if self._is_leaving:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The whole request has come."""
        self._stop_clock()
        if not self.transport.is_closing():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Say that this is no request, in the same way as everything else."""
        self._refuse(400)

    def shutdown(self) -> None:
        """The worker is to stop: answer what is under way, and what comes in the next second, then close."""
        self._is_leaving = True
        if self.cycle is None:
            self.transport.close()
            return
        self.cycle.keep_alive = False
        if self.cycle.response_complete or self.cycle.more_body:
            self.loop.call_later(LEAVING_S, self._leave)

    def _leave(self) -> None:
        """Close a connection on which nothing came, or only half a request; what came whole is answered first."""
        if self.cycle.response_complete or self.cycle.more_body:
            self.transport.close()

    def _start_clock(self, seconds: float) -> None:
        self._stop_clock()
        self._clock = self.loop.call_later(seconds, self._run_out)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _run_out(self) -> None:
        self._clock = None
        self._refuse(408)

    def _refuse(self, status: int, more: str = "") -> None:
        """Say why, unless an answer is under way already, and close."""
        if self.transport.is_closing():
            return
        self._stop_clock()
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            content = json.dumps({"detail": _SAID[status]}).encode()
            head = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\nConnection: close\r\n{more}\r\n"
            self.transport.write(STATUS_LINE[status] + head.encode("ascii") + content)
        self.transport.close()
