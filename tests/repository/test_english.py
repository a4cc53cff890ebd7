"""Words that nobody here says are in no string that a reader sees. docs/writing.md has the rules; there is no list of exceptions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from heatmap.settings import ROOT

#: Old words for being, having and showing; "one" for you; and verbs that people here do not use for files and pages.
BANNED = re.compile(
    r"\b(anew|nobody's leave|(?<!no )one can|lies beside|told once|is told|stands in|stands on|stands twice|stands furthest|holds no|holds the|"
    r"whoever|whom|in company|farther off|turned round|set beside|mend|bears on|to be had|is no number|such thing|as is told)\b",
    re.IGNORECASE,
)
SHOWN = {"_", "HTTPException", "Typer", "Option", "Argument", "Field", "message"}


def read_shown(path: Path) -> Iterator[str]:
    """The texts of a file that a reader sees: those marked for translation, errors, and help of commands and of the API."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        if name in SHOWN or name.endswith("Error"):
            for part in (*node.args, *(word.value for word in node.keywords)):
                yield from (each.value for each in ast.walk(part) if isinstance(each, ast.Constant) and isinstance(each.value, str))


FILES = sorted(path for room in ("heatmap", "command", "etl") for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_that_nobody_says(path: Path) -> None:
    """In no text that a reader sees."""
    assert [text for text in read_shown(path) if BANNED.search(text)] == []


def test_such_a_word_is_found() -> None:
    """Or the test above could not fail."""
    assert BANNED.search("The table stands in the file") and not BANNED.search("The table is in the file")
