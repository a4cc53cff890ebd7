"""What an unknown address shows, with status 404."""

from __future__ import annotations

from typing import Any

from dash import html

from heatmap.pages.frame.frame import text_page


def layout(_search: str) -> list[Any]:
    """A sentence and the two ways on."""
    return text_page(
        "",
        [
            html.H1("We have no page at this address"),
            html.P(
                "The link may be old or mistyped. Links made by this map hold only what is on the screen, so you can begin again:",
                className="measure",
            ),
            html.P(
                [html.A("See the map", href="/map", className="btn main big"), " ", html.A("Front page", href="/", className="btn big")],
                className="row wrap",
            ),
        ],
    )
