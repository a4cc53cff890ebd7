"""Each part of Dash that we use and that Dash does not promise to keep: an upgrade that changes one falls here, with a sentence."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import dash
import pytest
from dash import Input, Output, html
from fastapi import FastAPI, Request

from heatmap.settings import ROOT
from heatmap.web.dash_parts import CALLBACK_PATH, SUITES, DashApp, DashChangedError, leave_out_sockets

#: The addresses of callbacks and packages, and what Dash, its web framework, its server and plotly keep to themselves.
PRIVATE = re.compile(
    r"_dash-(update|component|ws)|_dashprivate|\b(dash|fastapi|starlette|uvicorn|plotly)(\.\w+)*\._\w|\b(app|backend)\._[a-z]"
)
ADVICE = "look in Dash's source for what took its place"


@pytest.fixture
def app() -> DashApp:
    """An application with one callback, not yet set up."""
    app = DashApp("parts", server=FastAPI(), title="parts")
    app.layout = html.Div([html.Div(id="in"), html.Div(id="out")])
    app.callback(Output("out", "children"), Input("in", "children"))(lambda text: text)
    return app


def addresses_of(app: DashApp) -> set[str]:
    """Every address that the application answers."""
    return {getattr(route, "path", "") for route in app.server.router.routes}


def test_a_page_is_made_of_dash_s_parts(app: DashApp) -> None:
    """Each part that our page has a place for, from within an answer to somebody."""
    parts = app.parts_of_page(Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}))
    assert set(parts) >= {"metas", "css", "app_entry", "config", "scripts", "renderer"}, f"Dash names a page's parts otherwise: {ADVICE}"
    assert "_dash-config" in parts["config"] and SUITES in parts["scripts"]


def test_setting_up_makes_the_callbacks_known(app: DashApp) -> None:
    """Before any request has come."""
    app.set_up()
    assert "out.children" in app.callback_map, f"Dash's _setup_server does something else now: {ADVICE}"


def test_no_open_socket_is_offered(app: DashApp) -> None:
    """Neither its address nor the renderer's knowledge of it; where Dash offers none, we are told that this is no longer needed."""
    leave_out_sockets(app, app.server)
    assert not any("_dash-ws" in address for address in addresses_of(app))
    with pytest.raises(DashChangedError, match="no address with '_dash-ws' any more"):
        leave_out_sockets(app, app.server)


def test_callbacks_are_answered_at_the_address_that_we_guard(app: DashApp) -> None:
    """The limits on requests, and the prefix, go by these addresses."""
    assert CALLBACK_PATH in addresses_of(app), f"Dash answers callbacks elsewhere: {ADVICE}"
    assert any(address.startswith(SUITES) for address in addresses_of(app)), f"Dash sends its scripts from elsewhere: {ADVICE}"


def test_a_part_that_is_gone_is_said_in_a_sentence(app: DashApp) -> None:
    """Which part, what for, and what to do."""
    app.backend = SimpleNamespace()
    with pytest.raises(
        DashChangedError, match=r"has no SimpleNamespace.websocket_capability any more, by which we refuse open sockets\. Look"
    ):
        leave_out_sockets(app, app.server)


def test_dash_hears_when_a_script_changes_the_address() -> None:
    """``heat.tellDash`` tells dcc.Location by the event of dcc.Link, whose name is dcc's own."""
    spec = find_spec("dash.dcc")
    assert spec and spec.origin
    source = (Path(spec.origin).parent / "dash_core_components.js").read_text(encoding="utf-8")
    assert "_dashprivate_pushstate" in source, f"dcc.Link tells dcc.Location otherwise in Dash {dash.__version__}: {ADVICE}"


def test_no_other_file_uses_what_dash_keeps_to_itself() -> None:
    """Python and JavaScript; the tests may speak of the addresses that they ask."""
    files = [path for room in ("heatmap", "etl", "command") for path in (ROOT / room).rglob("*.py")] + [*(ROOT / "assets").glob("*.js")]
    found = {path.name for path in files if PRIVATE.search(path.read_text(encoding="utf-8"))}
    assert found == {"dash_parts.py", "answers.js"}
