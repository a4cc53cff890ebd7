"""What we need of Dash that Dash does not offer by a public name; no other module of ours uses such a part.

An upgrade of Dash that changes one of them fails here, with a sentence that says which. ``tests/web/test_dash_parts.py`` uses each.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import dash
from fastapi import FastAPI, Request

from heatmap.errors import HeatmapError

#: Where the browser asks for the answer of a callback.
CALLBACK_PATH: Final = "/_dash-update-component"
#: What the addresses of the scripts and styles of Dash's packages begin with.
SUITES: Final = "/_dash-component-suites"
_SOCKET: Final = "_dash-ws"


class DashChangedError(HeatmapError):
    """Dash has no such part any more; the sentence says which, and what we need it for."""


class DashApp(dash.Dash):  # type: ignore[misc]  # Dash's types are not read
    """Dash, whose page is not its own: the parts that it makes are put into ours."""

    def interpolate_index(self, **parts: str) -> str:
        """Keep the parts for ``parts_of_page``; Dash calls it for each page that it makes."""
        self.parts = parts
        return str(super().interpolate_index(**parts))

    def parts_of_page(self, request: Request) -> dict[str, str]:
        """What Dash has in a page: metas, css, app_entry, config, scripts and renderer, each as HTML.

        request   what is being answered: Dash reads it while it makes them
        """
        backend = import_module("dash.backends._fastapi")
        enter = _part(backend, "set_current_request", "make the scripts of a page")
        leave = _part(backend, "reset_current_request", "make the scripts of a page")
        token = enter(request)
        try:
            self.index()
        finally:
            leave(token)
        return self.parts

    def set_up(self) -> None:
        """Make the callbacks and the addresses of the assets known now.

        Dash would do it at the first request to "/", which a route of ours answers.
        """
        _part(self, "_setup_server", "know the callbacks before the first request")()


def leave_out_sockets(app: DashApp, server: FastAPI) -> None:
    """Callbacks go by plain requests: the open socket that Dash's FastAPI backend offers beside them is not wanted."""
    _part(app.backend, "websocket_capability", "refuse open sockets")
    app.backend.websocket_capability = False
    kept = [route for route in server.router.routes if _SOCKET not in getattr(route, "path", "")]
    if len(kept) == len(server.router.routes):
        raise DashChangedError(f"Dash {dash.__version__} has no address with {_SOCKET!r} any more. {_ADVICE}")
    server.router.routes[:] = kept


_ADVICE: Final = "Look in its source for what took its place, and write that into heatmap/web/dash_parts.py."


def _part(owner: Any, name: str, purpose: str) -> Any:
    """An attribute of Dash's; DashChangedError where there is none."""
    try:
        return getattr(owner, name)
    except AttributeError:
        of = getattr(owner, "__name__", type(owner).__name__)
        raise DashChangedError(f"Dash {dash.__version__} has no {of}.{name} any more, by which we {purpose}. {_ADVICE}") from None
