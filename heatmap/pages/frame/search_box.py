"""The box in which a postcode or the name of a place is typed. ``assets/search.js`` brings it to life, and sends nothing that is typed."""

from __future__ import annotations

from typing import Any, Final

from heatmap.drawing.elements import Element, el, to_html

_LENS: Final = [el("Circle", cx=9, cy=9, r=5.5), el("Path", d="m13.2 13.2 4 4")]
_CROSS: Final = [el("Path", d="m5 5 10 10M15 5 5 15")]
_LOCK: Final = [el("Rect", x=4, y=9, width=12, height=8, rx=2), el("Path", d="M7 9V6.5a3 3 0 0 1 6 0V9")]


def draw_search(name: str, label: str = "Find a postcode or place", **props: Any) -> Element:
    """The box with its label and its promise. Without JavaScript it would do nothing: then words stand in its place.

    name    what the ids of its parts begin with
    props   of the element round it
    """
    return el("Div", _inside(name, label), data_heat_search="", **props)


def _inside(name: str, label: str) -> list[Element]:
    """No ``name``, and every helper of a browser that might keep or send the text is switched off."""
    box = el(
        "Input",
        id=name,
        type="text",
        role="combobox",
        autocomplete="off",
        autocapitalize="off",
        autocorrect="off",
        spellcheck="false",
        writingsuggestions="false",
        enterkeyhint="search",
        maxlength=80,
        placeholder="for example B14 6RE or Newham",
        aria_autocomplete="list",
        aria_expanded="false",
        aria_controls=f"{name}-list",
        aria_describedby=f"{name}-stays",
        data_lpignore="true",
        data_1p_ignore="",
        data_form_type="other",
        data_gramm="false",
    )
    clear = el("Button", _draw(18, _CROSS), type="button", className="search-clear", aria_label="Clear", hidden=True)
    stays = el("Span", "A postcode stays in your browser.", id=f"{name}-stays")
    promise = el(
        "Details",
        [
            el("Summary", [_draw(15, _LOCK), " ", stays, " ", el("U", "How?")]),
            el("P", "We fetch the table of the whole district (like B14), then the neighbourhood you open. Never the postcode."),
            el("P", "The table also holds postcodes no longer in use, and cannot tell which."),
        ],
        className="search-privacy xs soft",
    )
    found = [
        el("P", className="search-hint s soft", hidden=True),
        el("Ul", role="listbox", id=f"{name}-list", aria_label="Suggestions", translate="no"),
    ]
    top = [
        el("Label", label, htmlFor=name, className="label"),
        el("Span", [_draw(18, _LENS), box, clear], className="input search-input"),
        promise,
        el("Div", found, className="search-popup", hidden=True),
    ]
    return [
        el("Div", top, className="search-top"),
        el("Div", className="search-message", role="status"),
        el("P", className="vh", role="status"),
        el("Noscript", _instead()),
    ]


def _instead() -> Element:
    """How to find a place without the box."""
    return el(
        "P",
        [
            "The search reads a postcode in your browser, so that it never leaves it. That needs JavaScript, which is off. Switch it on,"
            " or look it up in the table of its first half: ",
            el("A", "B14, as an example", href="/api/v1/postcodes/B14"),
            ".",
        ],
        className="s measure",
    )


def _draw(size: int, shapes: list[Element]) -> Element:
    lines = {"stroke-width": 1.7, "stroke-linecap": "round", "stroke-linejoin": "round"}
    return el("Svg", shapes, width=size, height=size, viewBox="0 0 20 20", fill="none", stroke="currentColor", aria_hidden="true", **lines)


#: For the pages that Dash draws, which can hold no such box: the script puts it there.
SEARCH_BOX: Final = to_html(_inside("heat-search", "Find a postcode or place"))
