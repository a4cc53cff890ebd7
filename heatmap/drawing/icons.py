"""The few drawn signs of the pages, as images of our own: 20 x 20, one stroke, no font."""

from __future__ import annotations

import base64
from functools import cache

from dash import html

from heatmap.drawing.tokens import colour

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
    "table": '<rect x="3" y="4" width="14" height="12" rx="1.5"/><path d="M3 8.5h14M3 12.3h14M8 8.5V16"/>',
    "save": '<path d="M10 3v9m0 0-3.5-3.5M10 12l3.5-3.5M4 13v2.5A1.5 1.5 0 0 0 5.5 17h9a1.5 1.5 0 0 0 1.5-1.5V13"/>',
    "code": '<path d="m7 6-4 4 4 4m6-8 4 4-4 4M11 4 9 16"/>',
    "money": '<circle cx="10" cy="10" r="7"/><path d="M12.5 7.2A2.3 2.3 0 0 0 8.3 8.6V13M7 10.5h4M7 13.5h6"/>',
    "basket": '<path d="M3 8h14l-1.5 8h-11ZM6.5 8l2.5-5m4.5 5L11 3"/>',
    "people": (
        '<circle cx="7" cy="7" r="2.5"/><circle cx="13.5" cy="7.5" r="2"/>'
        '<path d="M2.5 16c0-3 2-4.5 4.5-4.5s4.5 1.5 4.5 4.5m1.5-4.3c2.5-.4 4.5 1.1 4.5 3.8"/>'
    ),
    "heart": '<path d="M10 16.5S3 12.5 3 7.8A3.6 3.6 0 0 1 10 6.5a3.6 3.6 0 0 1 7 1.3c0 4.7-7 8.7-7 8.7Z"/>',
    "phone": '<path d="M5 3h3l1.5 4L7.5 8.5a9 9 0 0 0 4 4L13 10.5l4 1.5v3a2 2 0 0 1-2 2A12 12 0 0 1 3 5a2 2 0 0 1 2-2Z"/>',
    "print": (
        '<path d="M6 7V3h8v4M6 14H4.5A1.5 1.5 0 0 1 3 12.5v-4A1.5 1.5 0 0 1 4.5 7h11A1.5 1.5 0 0 1 17 8.5v4a1.5 1.5 0 0 1-1.5 1.5H14"/>'
        '<rect x="6" y="11.5" width="8" height="5.5"/>'
    ),
    "copy": (
        '<rect x="7" y="7" width="10" height="10" rx="1.5"/>'
        '<path d="M13 7V4.5A1.5 1.5 0 0 0 11.5 3h-7A1.5 1.5 0 0 0 3 4.5v7A1.5 1.5 0 0 0 4.5 13H7"/>'
    ),
    "chat": '<path d="M3 4.5h14v9H9l-4 3.5v-3.5H3Z"/>',
    "work": '<rect x="3" y="6.5" width="14" height="10" rx="1.5"/><path d="M7.5 6.5V4.5h5v2M3 11h14"/>',
    "shield": '<path d="M10 3 16 5v5c0 3.5-2.5 6-6 7.5-3.5-1.5-6-4-6-7.5V5Z"/>',
    "home": '<path d="M3 9.5 10 3.5l7 6M5 8v8.5h10V8M8.5 16.5v-4.5h3v4.5"/>',
    "book": '<path d="M10 5.5C8.3 4.3 5.5 4 3 4.6v10.6c2.5-.6 5.3-.3 7 .9 1.7-1.2 4.5-1.5 7-.9V4.6c-2.5-.6-5.3-.3-7 .9Zm0 0v10.6"/>',
    "air": '<path d="M3 8h8.5a2.3 2.3 0 1 0-2.2-3M3 11.5h11.5a2.3 2.3 0 1 1-2.2 3M3 15h5"/>',
    "bus": '<rect x="3.5" y="4" width="13" height="10.5" rx="1.5"/><path d="M3.5 10h13M6.5 14.5v2m7-2v2M6.5 12.2v.1m7-.1v.1"/>',
    "screen": '<rect x="3" y="4" width="14" height="9.5" rx="1"/><path d="M7 17h6"/>',
    "pen": '<path d="m4 16 .8-3.4L13.5 4 16 6.5l-8.6 8.7Z"/>',
    "compare": '<path d="M4 3.5h4.5v13H4zM11.5 7H16v9.5h-4.5z"/>',
    "back": '<path d="m12.5 5-5 5 5 5"/>',
}
#: The names of the signs.
SIGNS: tuple[str, ...] = tuple(_PATHS)
#: The shapes of places, told apart without their colour; 30 x 30 about the middle. Also drawn on the map.
POINT_SHAPES: dict[str, str] = {
    "care": (
        '<rect x="-11" y="-11" width="22" height="22" rx="5" fill="{ink}"/>'
        '<path d="M-5.5 0H5.5M0-5.5V5.5" stroke="#fff" stroke-width="2.8"/>'
    ),
    "hospital": (
        '<path d="M-12.5 0-6.2-11H6.2L12.5 0 6.2 11H-6.2Z" fill="{ink}"/><path d="M-3.6-5.5V5.5M3.6-5.5V5.5M-3.6 0H3.6"'
        ' stroke="#fff" stroke-width="2.6"/>'
    ),
    "pharmacy": (
        '<circle r="12" fill="{ink}"/><g transform="rotate(-45)" stroke="#fff" stroke-width="2">'
        '<rect x="-6" y="-3" width="12" height="6" rx="3" fill="none"/><path d="M0-3V3"/></g>'
    ),
    "essentials": (
        '<path d="M0-13 12.4-4 7.7 10.5H-7.7L-12.4-4Z" fill="{ink}"/>'
        '<path d="M-5-1H5L3.8 5.5H-3.8ZM-2.5-1 0-5.5 2.5-1" fill="none" stroke="#fff" stroke-width="1.7"/>'
    ),
    "library": (
        '<path d="M0-13.5 13.5 0 0 13.5-13.5 0Z" fill="{ink}"/>'
        '<path d="M0-3.6V4.8M0-3.6C-2-4.9-4.5-4.9-6-4.2V3.6C-4.5 3-2 3.2 0 4.8 2 3.2 4.5 3 6 3.6V-4.2C4.5-4.9 2-4.9 0-3.6Z"'
        ' fill="none" stroke="#fff" stroke-width="1.6"/>'
    ),
    "school": (
        '<path d="M0-12.5 13.5 10.5H-13.5Z" fill="{ink}"/><path d="M0-5 5.5-1V7H-5.5V-1Z" fill="none" stroke="#fff" stroke-width="1.7"/>'
    ),
    "project": '<path d="M0-13.5 4-4.7 13.5-3.7 6.4 2.7 8.4 12 0 7.2-8.4 12-6.4 2.7-13.5-3.7-4-4.7Z" fill="{ink}"/>',
    "advice": '<path d="M-12-11.5H12V6H1.5L-5 12.5V6H-12Z" fill="{ink}"/><path d="M-7-6H7M-7-.5H4" stroke="#fff" stroke-width="2.2"/>',
}
#: Whose colour a shape has that has none of its own.
_INK_OF = {"hospital": "care", "advice": "project"}
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


def draw_point(symbol: str) -> str:
    """The sign of a kind of place, as an image's address: no request for it."""
    return _data(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-15 -15 30 30" width="30" height="30">{shape_of(symbol)}</svg>')


def shape_of(symbol: str) -> str:
    """The shape of a kind of place in its colour, about the middle, to stand in a picture."""
    return POINT_SHAPES[symbol].format(ink=colour(f"pt-{_INK_OF.get(symbol, symbol)}"))


def point_sign(symbol: str, size: int = 20) -> html.Img:
    """The sign of a kind of place, beside its name."""
    return html.Img(src=draw_point(symbol), width=size, height=size, alt="")


#: The three hexagons, also the sign in the browser's tab: no request for it.
BRAND_MARK = _data(_BRAND)


def brand_mark() -> html.Img:
    """The three hexagons beside the name."""
    return html.Img(src=BRAND_MARK, width=34, height=34, alt="")
