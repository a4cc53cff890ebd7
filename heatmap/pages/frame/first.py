"""What stands before Dash has drawn its page: the frame, that more is loading; and on every page what may be said later.

``assets/lost.js`` takes the frame away in the same moment in which Dash puts the page in its place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import html

from heatmap.drawing.elements import to_html
from heatmap.map.address import read_map_address
from heatmap.pages import Page
from heatmap.pages.frame.frame import header, message, skip_link
from heatmap.snapshot import open_snapshot


def draw_first(page: Page, search: str) -> str:
    """The frame of a page that Dash will draw, as HTML.

    search   the address's query, without its question mark
    """
    return (
        f'<div id="first">{to_html(page.first(search) if page.first else _frame(page))}</div>{_loading_map(search) if page.has_map else ""}'
    )


def _frame(page: Page) -> list[Any]:
    return [skip_link(), header(page.path), html.P("Loading this page …", className="page when-slow", role="status")]


def _loading_map(search: str) -> str:
    """The line that stands where the map will be, with the way to what needs no map."""
    address, _notices = read_map_address(search, open_snapshot())  # only what we know of it: whatever else was typed is not sent back
    table = replace(address, show="table").to_query()
    words = html.B([html.Span("Loading the map … ", className="if-map"), html.Span("Loading the table …", className="if-table")])
    line = html.P([words, html.A("See the table meanwhile", href=f"/map{table}")], className="when-slow float", id="loading", role="status")
    return to_html(line)


def _say_page(state: str, bold: str, words: str) -> html.Div:
    """What ``assets/guard.js`` shows while the document's ``data-page`` is this state."""
    again = html.Button("Load the page again", className="link", **{"data-load-again": ""})
    return html.Div(
        message("warn", "away", [html.B(f"{bold} "), f"{words} ", again], role="alert"), hidden=True, **{"data-when-page": state}
    )


#: What a page may have to say of itself, hidden until ``assets/guard.js`` or ``assets/lost.js`` says it, on whatever page.
AWAY = to_html(
    [
        _say_page("late", "This page is slow to load.", "Wait a little longer, or check the connection and try again."),
        _say_page(
            "broken", "Part of this page did not arrive.", "Your network may have answered in our place. We try again every 10 seconds."
        ),
        _say_page("ready", "You can load the missing part of this page now.", "Save what you have typed elsewhere first."),
        _say_page("old", "We have updated this site since you opened this page.", "What you see may be from before your last choice."),
        html.Div(
            message(
                "warn",
                "away",
                [
                    html.B("We cannot reach our server. "),
                    (
                        "Your network may be answering in its place. What you see may be from before your last choice. We try again"
                        " every 10 seconds. "
                    ),
                    html.Button("Try now", className="link", **{"data-do": "retry"}),
                ],
                role="alert",
            ),
            className="when-away",
            hidden=True,
        ),
    ]
)
