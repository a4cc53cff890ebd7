"""Elements of a page, made in Python and written as HTML.

Dash draws each of its components by itself: two thousand of them take the browser two seconds, the same as HTML a few
hundredths. So the words of a page are HTML in its first answer. Everything that comes from a list or an address is escaped here,
in one place.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from typing import Any, Final, Literal

from dash.development.base_component import Component
from plotly.io.json import to_json_plotly

from heatmap.drawing.icons import POINT_SHAPES, SIGNS, draw_point, icon

Element = dict[str, Any]
Tag = Literal[
    "A",
    "Article",
    "B",
    "Br",
    "Button",
    "Caption",
    "Circle",
    "Code",
    "Dd",
    "Details",
    "Div",
    "Dl",
    "Dt",
    "Fieldset",
    "Figcaption",
    "Figure",
    "Form",
    "H1",
    "H2",
    "H3",
    "H4",
    "Ol",
    "I",
    "Img",
    "Input",
    "Label",
    "Legend",
    "Li",
    "Main",
    "Nav",
    "Noscript",
    "Optgroup",
    "Option",
    "P",
    "Path",
    "Picture",
    "Q",
    "Rect",
    "Section",
    "Select",
    "Small",
    "Source",
    "Span",
    "Strong",
    "Summary",
    "Svg",
    "Table",
    "Tbody",
    "Td",
    "Textarea",
    "Th",
    "Thead",
    "Tr",
    "U",
    "Ul",
]
#: Elements without an end.
_EMPTY: Final = frozenset({"img", "br", "hr", "input", "source"})
_NAMES: Final = {"className": "class", "tabIndex": "tabindex", "htmlFor": "for"}


def el(kind: Tag, children: Any = None, /, **props: Any) -> Element:
    """One element, as Dash's components become too; ``aria_label`` and ``data_do`` become aria-label and data-do.

    >>> el("P", "Hello", className="s", data_do="wave")["props"]
    {'className': 's', 'data-do': 'wave', 'children': 'Hello'}
    """
    named = {(key.replace("_", "-") if key.startswith(("aria_", "data_")) else key): value for key, value in props.items()}
    if children is not None:
        named["children"] = children
    return {"type": kind, "namespace": "dash_html_components", "props": named}


def scripted_form(children: Any, **props: Any) -> Element:
    """A form that a script reads and sends: until it has come, and without, the form does nothing, so that what is typed into it
    gets into no address.
    """
    return el("Form", children, method="dialog", **props)


def picture(wide: str, narrow: str, **props: Any) -> Element:
    """A picture that is drawn twice: a phone gets the narrow one, whatever the density of its screen.

    By ``srcset`` with widths a phone with three dots a pixel would take the wide one and shrink its words to 5 pixels.

    >>> to_html(picture("/a", "/b", alt="A"))
    '<picture><source media="screen and (max-width: 47.99rem)" srcset="/b"><img src="/a" alt="A"></picture>'
    """
    return el("Picture", [el("Source", media="screen and (max-width: 47.99rem)", srcset=narrow), el("Img", src=wide, **props)])


def to_html(part: Any) -> str:
    """Elements, components of Dash, lists of them and words as HTML; whatever the words hold, they stay words.

    >>> to_html([el("P", ["1 < 2", el("B", "&")], className='"'), el("Img", alt="", hidden=True)])
    '<p class="&quot;">1 &lt; 2<b>&amp;</b></p><img alt="" hidden>'
    """
    if part is None:
        return ""
    if isinstance(part, str | int | float):
        return escape(str(part), quote=False)
    if isinstance(part, list | tuple):
        return "".join(map(to_html, part))
    if isinstance(part, Component):
        part = part.to_plotly_json()
    name, written = part["type"].lower(), []
    for key, value in part["props"].items():
        if key == "style":
            written.append(f' style="{escape(_to_css(value))}"')
        elif value is True:
            written.append(f" {key}")
        elif key != "children" and value is not None and value is not False:
            written.append(f' {_NAMES.get(key, key)}="{escape(str(value))}"')
    head = f"<{name}{''.join(written)}>"
    return head if name in _EMPTY else f"{head}{to_html(part['props'].get('children'))}</{name}>"


def _to_css(style: dict[str, Any]) -> str:
    """
    >>> _to_css({"maskImage": "var(--a)", "WebkitMaskImage": "var(--a)", "width": 20, "--x": "1"})
    'mask-image:var(--a);-webkit-mask-image:var(--a);width:20px;--x:1'
    """
    return ";".join(
        f"{key if key.startswith('--') else ''.join(f'-{c.lower()}' if c.isupper() else c for c in key)}:{value}"
        f"{'px' if isinstance(value, int) and not key.startswith('--') else ''}"
        for key, value in style.items()
    )


def to_plain(component: Any) -> Any:
    """One of Dash's components, or a list of them, as the data they become.

    >>> from dash import html
    >>> to_plain(html.P("Hello")) == el("P", "Hello")
    True
    """
    return json.loads(to_json_plotly(component))


@cache
def sign(name: str, size: int = 20) -> Element:
    """A sign beside words, as ``icons.icon`` draws it; its picture travels once, with ``pictures``."""
    picture = f"var(--sign-{name})"
    return el(
        "Span", className="ico", style={"WebkitMaskImage": picture, "maskImage": picture, "width": size, "height": size}, aria_hidden="true"
    )


@cache
def point(symbol: str, size: int = 26) -> Element:
    """The sign of a kind of place, as on the map; its picture travels once, with ``pictures``."""
    return el(
        "Span", className="point", style={"backgroundImage": f"var(--point-{symbol})", "width": size, "height": size}, aria_hidden="true"
    )


@cache
def pictures() -> dict[str, str]:
    """The style of the element round a page that has ``sign`` and ``point`` in it: every picture by its name, once."""
    signs = {f"--sign-{name}": to_plain(icon(name))["props"]["style"]["maskImage"] for name in SIGNS}
    return signs | {f"--point-{symbol}": f"url({draw_point(symbol)})" for symbol in POINT_SHAPES}
