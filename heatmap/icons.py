"""The few drawn signs of the pages, as images of our own: 20 x 20, one stroke, no font."""

from __future__ import annotations

import base64
from functools import cache

from dash import html

_PATHS = {
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "next": '<path d="m7.5 5 5 5-5 5"/>',
    "down": '<path d="m5 7.5 5 5 5-5"/>',
    "info": '<circle cx="10" cy="10" r="7"/><path d="M10 9.2V13.5M10 6.4v.1"/>',
    "warn": '<path d="M10 3.2 17.3 16H2.7Z"/><path d="M10 8v4m0 2v.1"/>',
    "filter": '<path d="M3 4.5h14l-5.5 6.5v5l-3-1.5V11Z"/>',
    "menu": '<path d="M3 5.5h14M3 10h14M3 14.5h14"/>',
    "share": '<path d="M10 12V3m0 0L6.5 6.5M10 3l3.5 3.5M4 11v4.5A1.5 1.5 0 0 0 5.5 17h9a1.5 1.5 0 0 0 1.5-1.5V11"/>',
    "away": '<path d="M2.5 8a11 11 0 0 1 15 0M5 11a7 7 0 0 1 10 0m-7.5 3a3.5 3.5 0 0 1 5 0M10 16.8v.1M3.5 3.5l13 13"/>',
    "map": '<path d="m3 5 4.5-1.5 5 2L17 4v11l-4.5 1.5-5-2L3 16Z"/><path d="M7.5 3.5v11m5-9v11"/>',
    "code": '<path d="m7 6-4 4 4 4m6-8 4 4-4 4M11 4 9 16"/>',
}
_BRAND = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 34 34"><path d="M17 1.5 24 5.6v8.2l-7 4.1-7-4.1V5.6Z" fill="#fbf6e3"'
    ' stroke="#1d2433" stroke-width="1.2"/><path d="M9 15.4l7 4.1v8.2l-7 4.1-7-4.1v-8.2Z" fill="#509a98"/>'
    '<path d="M25 15.4l7 4.1v8.2l-7 4.1-7-4.1v-8.2Z" fill="#101c44" stroke="#ffb31a" stroke-width="1.8"/></svg>'
)


@cache
def _data(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def icon(name: str, size: int = 20) -> html.Span:
    """A sign in the colour of the text beside it, hidden from screen readers: words always stand beside it.

    Drawn as a mask, so that it follows the text's colour, also in forced colours.
    """
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" fill="none" stroke="#000" stroke-width="1.7"'
        f' stroke-linecap="round" stroke-linejoin="round">{_PATHS[name]}</svg>'
    )
    return html.Span(
        className="ico",
        style={"WebkitMaskImage": f"url({_data(svg)})", "maskImage": f"url({_data(svg)})", "width": size, "height": size},
        **{"aria-hidden": "true"},
    )


#: The three hexagons, also the sign in the browser's tab: no request for it.
BRAND_MARK = _data(_BRAND)


def brand_mark() -> html.Img:
    """The three hexagons beside the name."""
    return html.Img(src=BRAND_MARK, width=34, height=34, alt="")
