"""Glossary: what our words mean, each with an address of its own. Made from ``GLOSSARY.md``."""

from __future__ import annotations

from typing import Any

from heatmap.drawing.elements import el
from heatmap.pages.frame.frame import text_page
from heatmap.words.glossary import GLOSSARY_PATH, explain, read_glossary

PATH = GLOSSARY_PATH
TITLE = "Glossary"


def layout(_search: str) -> list[Any]:
    """Every word in the order of the alphabet; a link to one opens the page there."""
    rows = [
        part
        for entry in read_glossary()
        for part in (el("Dt", el("B", ", ".join(entry.names)), id=entry.anchor, tabIndex=-1), el("Dd", explain(entry.meaning)))
    ]
    return text_page(
        PATH, [el("H1", "Glossary"), el("P", "What our words mean, on the map and in its files."), el("Dl", rows, className="prose")]
    )
