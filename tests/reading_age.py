"""How hard a text is to read, by textstat 0.7.4, which works offline (later ones fetch a dictionary)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any

#: The pass marks of the words' rules: what young people and families read, and the rest.
EASY, PLAIN = 6.0, 10.0
LONGEST_EASY_SENTENCE = 20


@cache
def _textstat() -> Any:
    """textstat asks for pkg_resources, which setuptools no longer brings, for a list of words that no measure here uses."""
    before = sys.modules.get("pkg_resources")
    sys.modules["pkg_resources"] = ModuleType("pkg_resources")
    try:
        import textstat
    finally:
        del sys.modules["pkg_resources"]
        if before:
            sys.modules["pkg_resources"] = before
    return textstat


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text, without numbers to ring and addresses."""
    return float(_textstat().flesch_kincaid_grade(re.sub(r"\b0[0-9 ]{8,}\b|https?://\S+|\bwww\.\S+", "", text)))


def ease(text: str) -> float:
    """The Flesch reading ease of a text: higher is easier."""
    return float(_textstat().flesch_reading_ease(text))


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def longest(texts: Iterable[str]) -> int:
    """The number of words of the longest sentence."""
    return max(len(part.split()) for text in texts for part in sentences(text))
