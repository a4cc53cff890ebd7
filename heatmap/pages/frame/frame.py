"""What every page shares: the header with its ways, the footer with credits."""

from __future__ import annotations

from typing import Any

from dash import html

from heatmap.credits import IOD_CREDIT, NAMES_CREDIT, ONS_CREDIT
from heatmap.drawing.icons import brand_mark, icon
from heatmap.pages import list_ways


def header(path: str) -> html.Header:
    """The bar at the top; on phones its ways open from a menu button, which comes before them as the keyboard goes."""
    ways = [html.A(name, href=way, **({"aria-current": "page"} if way == path else {})) for way, name in list_ways()]
    return html.Header(
        [
            html.A(
                [brand_mark(), html.Span([html.B("WHAM HeatMap"), html.Small("health inequalities, and what helps")])],
                className="brand",
                href="/",
            ),
            html.Button(
                icon("menu", 24),
                className="btn icon plain only-phone menu",
                **{"aria-label": "Menu", "aria-controls": "nav", "aria-expanded": "false", "data-do": "menu"},
            ),
            html.Nav(ways, className="nav", id="nav", **{"aria-label": "Pages"}),
        ],
        className="head",
    )


def skip_link() -> html.A:
    """For keyboards: past the header."""
    return html.A("Skip to the main part", className="skip", href="#main")


def footer() -> html.Footer:
    """Credits to all sources, and the ways to what is said about the product."""
    return html.Footer(
        html.Div(
            [
                html.P([IOD_CREDIT, " ", NAMES_CREDIT, " ", ONS_CREDIT]),
                html.Nav(
                    [
                        html.A("Accessibility", href="/about#accessibility"),
                        html.A("Privacy: no cookies, no tracking", href="/about#privacy"),
                        html.A("Where the numbers come from", href="/about#sources"),
                        html.A("Glossary", href="/glossary"),
                    ],
                    className="row wrap footways",
                    **{"aria-label": "Footer"},
                ),
            ],
            className="credit",
        ),
        className="foot",
    )


def text_page(path: str, children: Any, kind: str = "") -> list[Any]:
    """A page of words in the common frame. ``kind`` is what its styles know it by."""
    return [skip_link(), header(path), html.Main(children, className=f"page {kind}".strip(), id="main", tabIndex=-1), footer()]


def message(kind: str, sign: str, children: Any, **more: Any) -> html.Div:
    """A message with its sign: never colour alone. kind: "", "warn", "stop", "plain" or "good"."""
    return html.Div([icon(sign), html.Div(children)], className=f"msg {kind}".strip(), **more)
