"""Codes and names that areas have had, or have since, and which area of ours they mean: one place that every door asks.

The build reads them off the official lookups (``etl/former_codes.py``) and puts them into the search index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

#: recoded: the same area under another code; merged: now a part of a larger one; split: now several; redrawn: cut from several.
Change = Literal["recoded", "merged", "split", "redrawn"]
#: What may be a code of ours or of another year.
CODE: Final = re.compile(r"\b(?:E\d{8}|Q[A-Z0-9]{2})\b")


@dataclass(frozen=True)
class Former:
    """What became of a code.

    now     the codes of ours that it means; one of them for it to be read as that
    name    what the area was called, "" where nobody calls it anything
    """

    code: str
    now: tuple[str, ...]
    change: Change
    name: str = ""

    @property
    def read_as(self) -> str:
        """The one code of ours that stands for it, or "" where there are several."""
        return self.now[0] if len(self.now) == 1 else ""


def read_former(index: Mapping[str, Any]) -> dict[str, Former]:
    """By code, from the search index: {"E08000039": [["E08000019"], "recoded", "Sheffield"], ...}."""
    return {code: Former(code, tuple(now), change, name) for code, (now, change, name) in (index.get("former") or {}).items()}


def say_former(former: Former, name_of: Callable[[str], str]) -> str:
    """In a sentence, what a code means here.

    name_of     the name of an area of ours, by its code

    >>> say_former(Former("E08000039", ("E08000019",), "recoded", "Sheffield"), lambda code: "Sheffield")
    'E08000039 is another code of Sheffield; here it is E08000019.'
    >>> say_former(Former("E07000026", ("E06000063",), "merged", "Allerdale"), lambda code: "Cumberland")
    'E07000026 (Allerdale) is now part of Cumberland, E06000063.'
    >>> say_former(Former("E01008187", ("E01035637", "E01035624"), "split"), lambda code: "Stockland")
    'E01008187 was redrawn in 2021. Ask for one of these: Stockland, E01035637; Stockland, E01035624.'
    """
    called = f"{former.code} ({former.name})" if former.name else former.code
    areas = [f"{name_of(code)}, {code}" for code in former.now]
    if former.change == "recoded":
        return f"{former.code} is another code of {name_of(former.now[0])}; here it is {former.now[0]}."
    if former.change == "merged":
        return f"{called} is now part of {areas[0]}."
    if former.change == "split":
        return f"{called} was redrawn in 2021. Ask for one of these: {'; '.join(areas)}."
    return f"{called} is a board since April 2026, and our figures are for the boards of 2024. Ask for one of these: {'; '.join(areas)}."


def find_codes(texts: Iterable[str]) -> list[str]:
    """Every code in some texts, each once.

    >>> find_codes(["E08000025,e08000039", "/place/E01008966"])
    ['E08000025', 'E08000039', 'E01008966']
    """
    return list(dict.fromkeys(code for text in texts for code in CODE.findall(text.upper())))
