"""What every answer of the server carries, what its log holds, and how scripts and styles are sent."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import brotli
import httpx
import pytest
import sqlalchemy as sa
from dash import Dash, Input, Output, _get_app, html
from dash.exceptions import PreventUpdate
from fastapi import FastAPI, Response

from heatmap.server import PREFIXES, finish_server, make_server
from heatmap.settings import ROOT
from heatmap.snapshot import open_snapshot
from heatmap.web import static_files
from heatmap.web.compress import compress_all, compress_file
from heatmap.web.limits import LARGEST_BODY, LARGEST_CALLBACK
from heatmap.web.sending import IMMUTABLE, Packed, pack, read_codings
from heatmap.web.static_files import MAPLIBRE_CSS, MAPLIBRE_JS, find_files
from heatmap.web.wrappers import _template


def ask(server: FastAPI, address: str, method: str = "GET", body: object = None, **headers: str) -> httpx.Response:
    """One request through the whole server, without a network; a fault that nobody met is raised here."""

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=server), base_url="http://map.test") as client:
            said = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, address, headers=said, json=body)

    return asyncio.run(send())


def ask_raw(server: FastAPI, address: str) -> tuple[int, bytes]:
    """Status and content for a path exactly as given: httpx would tidy its dots away."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": unquote(address),
        "raw_path": address.encode(),
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("map.test", 80),
    }
    asyncio.run(server(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


@pytest.fixture(scope="module")
def server() -> Iterator[FastAPI]:
    """The server with a small Dash app on it, as app.py builds the real one."""
    before = _get_app.APP
    made = make_server(open_snapshot())
    app = Dash("a_page", server=made, assets_folder=str(ROOT / "assets"))
    app.layout = html.Div([html.Div(id="out"), html.Div("a", id="in")])

    @app.callback(Output("out", "children"), Input("in", "children"))
    def answer(text: str) -> str:
        if text == "nothing":
            raise PreventUpdate
        return f"got {text}"

    @made.get("/broken/{what}")
    def broken(what: str) -> None:
        raise ValueError(f"a fault that holds what was typed: {what}")

    @made.get("/cookie")
    def cookie(response: Response) -> str:
        response.set_cookie("who", "you")
        return "ok"

    app._setup_server()
    app.backend._setup_catchall()
    yield finish_server(made, app.csp_hashes(), app.callback_map)
    _get_app.APP = before  # other tests drive the real app


HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
EVERYWHERE = ["/", "/health", "/docs", "/openapi.json", "/api/v1/layers", "/api/nothing", "/assets/tokens.css", MAPLIBRE_JS,
              "/_dash-layout", "/_dash-component-suites/none.js", "/broken/x", "/cookie", "/static-offline-docs/none"]  # fmt: skip


@pytest.mark.parametrize("address", EVERYWHERE)
def test_every_answer_carries_the_security_headers_and_no_cookie(server, address):
    """Pages, files, the API and faults alike."""
    answer = ask(server, address)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "set-cookie" not in answer.headers
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == policy["frame-ancestors"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["worker-src"] == "'self' blob:" and policy["img-src"] == "'self' data: blob:"
    assert re.fullmatch(r"'self'( 'sha256-[\w+/]+=')+", policy["script-src"])
    assert policy["style-src"] == "'self' 'unsafe-inline'"


def test_script_hashes_can_be_set_later(server):
    """A hash given after the pages are set up is in the next answer."""
    before = server.state.script_hashes
    server.state.script_hashes = ["'sha256-abc='"]
    assert "script-src 'self' 'sha256-abc=';" in ask(server, "/health").headers["content-security-policy"]
    server.state.script_hashes = before


@pytest.mark.parametrize("prefix", PREFIXES)
def test_programs_never_get_a_page_for_an_unknown_address(server, prefix):
    """JSON 404 with the next step, where Dash alone would answer 200 with a page."""
    for address in (f"/{prefix}/nothing/at/all", f"/{prefix}/", *((f"/{prefix}",) if prefix != "health" else ())):
        answer = ask(server, address)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json"), address
        assert answer.json()["detail"] == "There is nothing at this address. All addresses of the API are listed at /docs."
    wrong = ask(server, f"/{prefix}/nothing", "POST")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")
    assert wrong.json()["detail"] == "This address answers GET only. See /docs for how to ask."


def test_pages_and_callbacks_still_work(server):
    """Our wrappers let Dash through: a page, a callback, and one with nothing to say (204)."""
    assert "_dash-config" in ask(server, "/anywhere").text

    def call(text: str) -> httpx.Response:
        return ask(
            server,
            "/_dash-update-component",
            "POST",
            {
                "output": "out.children",
                "outputs": {"id": "out", "property": "children"},
                "inputs": [{"id": "in", "property": "children", "value": text}],
                "changedPropIds": ["in.children"],
            },
        )

    assert call("x").json()["response"]["out"]["children"] == "got x"
    assert call("nothing").status_code == 204


# ---- the log ----


def lines_of(caplog) -> list[str]:
    """Our own lines."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("heatmap")]


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("/api/v1/postcodes/CO15", "GET /api/v1/postcodes/{outward} 200"),
        ("/api/v1/areas/E01021988?secret=1", "GET /api/v1/areas/{code} 200"),
        ("/api/v1/areas?search=jaywick", "GET /api/v1/areas 200"),
        ("/assets/tokens.css?m=1", "GET /assets 200"),
        ("/map?area=E01021988", "GET /map 200"),
        ("/CO152EU", "GET /... 200"),
        ("/Smith.John/x", "GET /... 200"),
    ],
)
def test_the_log_has_templates_and_nothing_typed(server, caplog, address, line):
    """Method, template, status, time; no query, no path as typed, no client."""
    with caplog.at_level(logging.INFO):
        ask(server, address)
    (said,) = lines_of(caplog)
    assert re.fullmatch(re.escape(line) + r" \d+\.\d ms", said)


@pytest.mark.parametrize(
    ("route", "path", "said"),
    [
        ("/{path:path}", "/CO152EU", "/..."),
        ("/{path:path}", "/map", "/map"),
        ("{path:path}", "/about", "/about"),
        ("/place/{code}", "/place/E01021988", "/place/{code}"),
        ("", "", "/"),
    ],
)
def test_a_catch_all_says_no_more_than_the_first_word(route, path, said):
    """Whoever catches unknown addresses, what was typed is not logged."""
    assert _template({"path": path, "route": SimpleNamespace(path=route)}) == said


def test_head_is_logged_as_head_with_its_template(server, caplog):
    """HEAD is answered as GET is, empty, and keeps its own name in the log."""
    with caplog.at_level(logging.INFO):
        head = ask(server, "/api/v1/layers", "HEAD", accept_encoding="identity")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(ask(server, "/api/v1/layers", accept_encoding="identity").content)
    assert lines_of(caplog)[0].startswith("HEAD /api/v1/layers 200 ")


def test_the_last_resort_says_a_sentence_and_logs_only_the_kind(server, caplog):
    """A fault that nobody met: a JSON sentence for the reader, its kind for us, and nothing of what was typed."""
    with caplog.at_level(logging.DEBUG):
        answer = ask(server, "/broken/CO152EU")
    assert answer.status_code == 500
    assert answer.json() == {"detail": "Something went wrong on our side. Try again; if it stays, tell us what you were doing."}
    kind, access = lines_of(caplog)
    assert re.fullmatch(r"ValueError( in heatmap/[\w/]+\.py:\d+)? at GET /broken/\{what\}", kind)
    assert access.startswith("GET /broken/{what} 500 ")
    assert [record.levelname for record in caplog.records if record.name.startswith("heatmap")] == ["ERROR", "ERROR"]
    assert "CO152EU" not in answer.text


def test_a_browser_gets_the_last_resort_as_a_page(server):
    """Who asked for a page reads the sentence, with a way home, and nothing of the fault."""
    answer = ask(server, "/broken/CO152EU", accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "<p>Something went wrong on our side. Try again; if it stays, tell us what you were doing.</p>" in answer.text
    assert '<a href="/">' in answer.text and "CO152EU" not in answer.text and "ValueError" not in answer.text
    assert "content-security-policy" in answer.headers


# ---- limits ----

CALLBACK = {
    "output": "out.children",
    "outputs": {"id": "out", "property": "children"},
    "inputs": [{"id": "in", "property": "children", "value": "x"}],
    "changedPropIds": ["in.children"],
}


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, "text", 7, {"output": "out.children"}, CALLBACK | {"output": "none.children"}, CALLBACK | {"output": ["out.children"]},
        CALLBACK | {"inputs": []}, CALLBACK | {"inputs": {}}, CALLBACK | {"inputs": ["x"]}, CALLBACK | {"inputs": CALLBACK["inputs"] * 2},
        CALLBACK | {"inputs": [{"id": "in", "property": "value", "value": "x"}]}, CALLBACK | {"state": CALLBACK["inputs"]},
        CALLBACK | {"inputs": [{"id": "in", "property": "children", "value": {"a": [1]}}]}, CALLBACK | {"outputs": 5},
        CALLBACK | {"inputs": [{"id": "in", "property": "children", "value": "\ud800"}]}, CALLBACK | {"changedPropIds": [{}]},
        CALLBACK | {"changedPropIds": None}, CALLBACK | {"outputs": [{}]},
        CALLBACK | {"inputs": [{"id": "in", "property": "children", "value": "x" * 9000}]},
    ],
)  # fmt: skip
def test_a_callback_body_that_no_page_of_ours_sends_is_refused(server, caplog, body):
    """400 with a sentence, before Dash reads it, and no fault in the log."""
    with caplog.at_level(logging.ERROR):
        answer = ask_with(server, "/_dash-update-component", json.dumps(body).encode(), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("This is not what our own pages send here.")
    assert lines_of(caplog) == []


def test_a_callback_is_json_and_nothing_else(server):
    """Another type, no JSON, and a nest that no reader gets to the end of."""
    for content, kind in ((json.dumps(CALLBACK), "text/plain"), ("{", "application/json"), ("[" * 60_000, "application/json")):
        answer = ask_with(server, "/_dash-update-component", content.encode(), content_type=kind)
        assert answer.status_code == 400


def ask_with(server: FastAPI, address: str, content: bytes, **headers: str) -> httpx.Response:
    """A POST of raw bytes; in pieces, without a length, where ``pieces`` is said."""

    async def pieces():
        for at in range(0, len(content), 10_000):
            yield content[at : at + 10_000]

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=server), base_url="http://map.test") as client:
            said = {name.replace("_", "-"): value for name, value in headers.items() if name != "pieces"}
            return await client.post(address, headers=said, content=pieces() if "pieces" in headers else content)

    return asyncio.run(send())


@pytest.mark.parametrize("pieces", [{}, {"pieces": "yes"}])
@pytest.mark.parametrize(
    ("address", "largest"),
    [("/_dash-update-component", LARGEST_CALLBACK), ("/api/v1/layers", LARGEST_BODY), ("/map", LARGEST_BODY)],
)
def test_a_body_that_is_too_large_is_refused_before_it_is_read(server, address, largest, pieces):
    """Said by its length or counted as it comes, wherever it is sent."""
    answer = ask_with(server, address, b"x" * (largest + 1), content_type="application/json", **pieces)
    assert (answer.status_code, answer.json()["detail"]) == (413, f"This is too much at once. Keep it under {largest // 1000:,} kB.")
    assert answer.headers["connection"] == "close" and "content-security-policy" in answer.headers
    assert ask_with(server, address, b"x" * largest, content_type="application/json", **pieces).status_code != 413


def test_a_query_that_is_too_long_is_refused(server):
    """414, whatever the page."""
    assert ask(server, f"/map?areas={'E01021988,' * 900}").status_code == 414
    assert ask(server, f"/map?areas={'E01021988,' * 500}").status_code == 200


def test_an_origin_that_is_no_address_is_another_site(server):
    """403, not a fault of ours."""
    for origin in ("http://[", "null", "http://map.test.example"):
        answer = ask(server, "/api/v1/projects/check", "POST", {"project": {}}, origin=origin)
        assert answer.status_code == 403


def test_a_fault_in_a_callback_is_written_down(caplog):
    """By its kind and the line of our code; Dash's answer says nothing of it."""
    from heatmap import pages
    from heatmap.site import make_site

    made = make_site(open_snapshot())
    body = {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "changedPropIds": ["url.pathname"],
        "inputs": [{"id": "url", "property": "pathname", "value": "/map"}],
        "state": [{"id": "url", "property": "search", "value": ""}],
    }

    def fail(*_: object) -> None:
        raise KeyError("B14 7QH")

    with pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.INFO):
        patch.setattr("heatmap.site.page_at", fail)
        answer = ask(made, "/_dash-update-component", "POST", body)
    assert answer.status_code == 500 and "B14" not in answer.text
    fault, access = lines_of(caplog)
    assert re.fullmatch(r"KeyError in heatmap/site\.py:\d+ while a callback was answered", fault)
    assert access.startswith("POST /_dash-update-component 500 ")
    assert pages  # the site's own pages stay as they were


# ---- health ----


def test_health_tells_a_database_that_is_away_from_a_server_that_is(server, tmp_path):
    """Readers live on, so the status stays 200; who watches reads which part is away."""
    from heatmap.projects.database import Database
    from heatmap.projects.store import ProjectStore

    def store_at(path: Path) -> ProjectStore:
        return ProjectStore(Database(sa.URL.create("sqlite", database=str(path))))

    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"this is no database" * 100)
    build = open_snapshot().build
    for store, state, database in ((store_at(tmp_path / "none.sqlite3"), "ok", "ok"), (store_at(broken), "degraded", "away")):
        server.state.projects = store
        try:
            answer = ask(server, "/health")
        finally:
            del server.state.projects
        assert answer.status_code == 200
        assert answer.json() == {"status": state, "build": build, "database": database}


# ---- the page /docs ----


def test_the_api_page_has_no_script_of_its_own_and_asks_nobody_else(server):
    """Only our own files, and no inline script that the policy would stop."""
    page = ask(server, "/docs").text
    assert re.findall(r"<script(?![^>]*src=)", page) == []
    addresses = re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)"', page)
    assert len(addresses) == 10
    for address in addresses:
        assert address.startswith("/") and ask(server, address).status_code == 200
    assert "http" not in ask(server, "/assets/docs.js").text
    assert "'/openapi.json'" in ask(server, "/assets/docs.js").text
    assert json.loads(ask(server, "/openapi.json").content)["openapi"].startswith("3.")


def test_the_api_page_has_a_way_back(server):
    """The header of every page, with the same ways, and the API's own marked."""
    page = ask(server, "/docs").text
    assert '<a class="brand" href="/">' in page and '<a href="/docs" aria-current="page">API</a>' in page
    assert all(f'<a href="{way}">' in page for way in ("/map", "/layers", "/projects", "/about"))


# ---- files ----


@pytest.mark.parametrize(
    ("address", "cache"),
    [
        ("/assets/tokens.css", "no-cache"),
        ("/assets/tokens.css?m=1700000000.0", IMMUTABLE),
        (MAPLIBRE_JS, IMMUTABLE),
        (MAPLIBRE_CSS, IMMUTABLE),
        ("/lib/maplibre/maplibre-gl.js", "no-cache"),
        ("/_dash-component-suites/dash/dash-renderer/build/dash_renderer.v4_4_1m1700000000.min.js", IMMUTABLE),
        ("/_dash-component-suites/dash/dcc/async-graph.js", "no-cache"),
        ("/_dash-component-suites/plotly/package_data/plotly.min.js", "no-cache"),
        ("/static-offline-docs/swagger-ui.css", "no-cache"),
    ],
)
def test_files_are_kept_for_ever_where_the_address_says_which_version(server, address, cache):
    """A fingerprint or a version: for ever; without one: asked again, and not sent again."""
    answer = ask(server, address)
    assert (answer.status_code, answer.headers["cache-control"], answer.headers["vary"]) == (
        200,
        cache,
        "Accept-Encoding",
    )
    again = ask(server, address, if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


def test_files_are_sent_as_they_were_compressed(server, tmp_path, monkeypatch):
    """Brotli, gzip or plain, by what the client reads; the same bytes inside; plain where set-up has not run."""
    monkeypatch.setattr(static_files, "COMPRESSED", tmp_path)
    path, address = ROOT / "assets" / "tokens.css", "/assets/tokens.css"
    content = path.read_bytes()
    compress_file(path, hashlib.sha256(content).hexdigest(), tmp_path)
    static_files._load.cache_clear()
    for accepted, coding in (("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)):
        answer = ask(server, address, accept_encoding=accepted)
        assert (answer.headers.get("content-encoding"), answer.content) == (coding, content)
    for copy in tmp_path.iterdir():
        copy.unlink()
    static_files._load.cache_clear()
    assert "content-encoding" not in ask(server, address, accept_encoding="gzip, br").headers
    static_files._load.cache_clear()


@pytest.mark.parametrize(
    "address",
    [
        "/_dash-component-suites/dash/../../../etc/passwd",
        "/_dash-component-suites/dash/dash.py",
        "/_dash-component-suites/dash/%2e%2e/plotly/__init__.py",
        "/_dash-component-suites/os/path.js",
        "/_dash-component-suites/dash/nothing.js",
        "/assets/../heatmap/snapshot.py",
        "/assets/%2e%2e/heatmap/store.py",
        "/lib/maplibre/../map.py",
        "/lib/maplibre/ipywidget.js",
        "/static-offline-docs/nothing.js",
    ],
)
def test_nothing_else_can_be_had(server, address):
    """No Python, no other folder, no other package: 404 in JSON, and no fault of Dash's."""
    status, body = ask_raw(server, address)
    assert status == 404
    assert json.loads(body)["detail"].endswith(".")


def test_a_file_replaced_under_a_running_server_is_sent_as_it_was(tmp_path, monkeypatch):
    """Pages name each script with the checksum it had at the start: another text under the same address would be refused."""
    assets = tmp_path / "assets"
    assets.mkdir()
    path = assets / "x.css"
    path.write_text("a{}")
    monkeypatch.setattr(static_files, "ROOT", tmp_path)
    monkeypatch.setattr(static_files, "find_files", lambda: {"/assets/x.css": path})
    library = static_files.Library(None)

    async def get() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=library), base_url="http://map.test") as client:
            return (await client.get("/assets/x.css")).text

    path.write_text("b{color:red}")
    assert asyncio.run(get()) == "a{}"
    path.unlink()
    assert asyncio.run(get()) == "a{}"


def test_only_files_meant_for_browsers_are_on_the_list():
    """Scripts, styles and pictures; of packages only what Dash itself would send."""
    files = find_files()
    assert {path.suffix for path in files.values()} <= set(static_files.MEDIA)
    of_packages = {path.suffix for address, path in files.items() if address.startswith("/_dash-")}
    assert of_packages <= {".js", ".css", ".map"}
    assert {"/assets/docs.js", "/lib/maplibre/maplibre-gl.js", "/lib/maplibre/maplibre-gl.css"} <= set(files)


def test_the_maps_library_is_found_without_importing_it():
    """Importing maplibre would cost every worker seconds and memory."""
    code = "import sys; from heatmap.web.static_files import find_files; find_files(); print('maplibre' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_compressing_writes_each_copy_once_and_forgets_what_is_gone(tmp_path, monkeypatch):
    """Both copies unpack to the file; a second run does nothing; copies of files that are gone are taken away."""
    one, small = tmp_path / "one.js", tmp_path / "small.js"
    one.write_text("let x = 1;\n" * 200)
    small.write_text("x")
    monkeypatch.setattr("heatmap.web.compress.find_files", lambda: {"/one.js": one, "/small.js": small})
    copies, said = tmp_path / "copies", []
    assert compress_all(copies, said.append) == 1
    assert said == ["compressed 1 of 1 scripts and styles (last: one.js)"]
    digest = hashlib.sha256(one.read_bytes()).hexdigest()
    assert sorted(copy.name for copy in copies.iterdir()) == [f"{digest}.br", f"{digest}.gz"]
    assert brotli.decompress((copies / f"{digest}.br").read_bytes()) == one.read_bytes()
    assert gzip.decompress((copies / f"{digest}.gz").read_bytes()) == one.read_bytes()
    assert compress_all(copies, said.append) == 0
    one.write_text("let y = 2;\n" * 200)
    assert compress_all(copies, said.append) == 1 and len(list(copies.iterdir())) == 2


# ---- sending ----


@pytest.mark.parametrize(
    ("accepted", "readable"),
    [
        ("", set()),
        ("gzip, deflate, br", {"gzip", "deflate", "br"}),
        ("br;q=0.0, gzip;q=0.001", {"gzip"}),
        ("GZIP ; q=1", {"gzip"}),
        ("*", {"*", "gzip"}),
        ("br;q=0", set()),
    ],
)
def test_accept_encoding_is_read_as_meant(accepted, readable):
    """A weight of nought is a no, capitals do not matter, a star takes gzip."""
    assert {coding for coding in read_codings(accepted) if coding} == readable


def test_content_is_the_same_in_every_form():
    """Small content stays plain; large content unpacks to itself from whichever form is there."""
    assert pack(b"small", "text/plain").forms == {"": b"small"}
    large = b"large " * 1000
    for coding in ("br", "gzip"):
        assert pack(large, "text/plain", (coding,)).plain() == large
    assert Packed("text/plain", {"br": brotli.compress(large)}).form("gzip") == ("", large)
