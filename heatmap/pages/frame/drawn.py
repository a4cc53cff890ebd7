"""A page of words: it is whole in its first answer, and scripts only change it (``assets/words.js``)."""

from __future__ import annotations

from typing import Any

from heatmap.drawing.elements import Element, el
from heatmap.pages.frame.frame import footer, header, skip_link


def drawn_page(path: str, body: list[Element]) -> list[Any]:
    """The common frame round a body; its ``main`` has the id "main".

    path   whose way in the header is lit
    """
    return [skip_link(), header(path), el("Div", body, id="drawn-here"), footer()]
