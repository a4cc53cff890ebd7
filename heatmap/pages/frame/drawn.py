"""A page whose body travels as one text of HTML (``heatmap/drawing/elements.py``): ``assets/place.js`` puts it where it belongs."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html

from heatmap.drawing.elements import Element, to_html
from heatmap.pages.frame.frame import footer, header, skip_link

clientside_callback(ClientsideFunction("place", "draw"), Output("drawn-here", "data-times"), Input("drawn", "data"))


def drawn_page(path: str, body: list[Element]) -> list[Any]:
    """The common frame round a body; its ``main`` has the id "main"."""
    return [skip_link(), header(path), html.Div(id="drawn-here"), dcc.Store(id="drawn", data=to_html(body)), footer()]
