"""A publisher's server to import from: real HTTP on this machine, with pages, and every way in which it can fail."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from heatmap.settings import ROOT

FIXTURES = ROOT / "tests" / "fixtures"
SERVICES: list[dict[str, Any]] = json.loads((FIXTURES / "invented_services.json").read_text(encoding="utf-8"))
FOOD_BANKS: list[dict[str, Any]] = json.loads((FIXTURES / "invented_food_banks.json").read_text(encoding="utf-8"))
#: What a server's own code is given: the handler of one request, its path and its query.
Answer = Callable[[BaseHTTPRequestHandler, str, dict[str, str]], None]


class Publisher:
    """One server: its address, and what was asked of it so far."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None):
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                parts = urlsplit(self.path)
                answer(self, parts.path, {key: values[-1] for key, values in parse_qs(parts.query).items()})

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def publish(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Publisher]:
    """A server that answers as told, until the block ends."""
    publisher = Publisher(answer, tls)
    thread = threading.Thread(target=publisher.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        publisher.server.shutdown()
        publisher.server.server_close()
        thread.join(5)


def send(request: BaseHTTPRequestHandler, content: Any, status: int = 200, **headers: str) -> None:
    """An answer: bytes as they are, anything else as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    request.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


def paged(
    services: list[dict[str, Any]], size: int, headers: tuple[str, ...] = ("last_page", "total_pages", "total_items"), whole: bool = True
) -> Answer:
    """An Open Referral UK API: services in pages of a size, and each by its id.

    headers     which of the standard's words on its pages it says
    whole       whether its pages hold whole services, or only what is one to one, as the standard has it
    """
    nested = ("service_at_locations", "schedules", "contacts", "attributes", "cost_options", "languages")

    def answer(request: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
        if path.startswith("/services/"):
            found = [each for each in services if each["id"] == path.removeprefix("/services/")]
            return send(request, found[0] if found else {"detail": "none"}, 200 if found else 404)
        page = int(query["page"])
        here = services[(page - 1) * size : page * size]
        pages = -(-len(services) // size)
        said = {
            "total_items": len(services),
            "total_pages": pages,
            "page_number": page,
            "size": len(here),
            "first_page": page == 1,
            "last_page": page >= pages,
        }
        shown = here if whole else [{key: value for key, value in each.items() if key not in nested} for each in here]
        return send(request, {key: value for key, value in said.items() if key in headers} | {"contents": shown})

    return answer
