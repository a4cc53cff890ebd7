"""What our words mean: ``GLOSSARY.md``, read for the page of it and for the links that lead there from a term."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from heatmap.drawing.elements import Element, el
from heatmap.settings import ROOT

GLOSSARY_PATH = "/glossary"
_ROW = re.compile(r"^\| \*\*([^*]+)\*\* \| (.+) \|$", re.MULTILINE)
_MARKS = re.compile(r"(`[^`]+`|\*[^*]+\*)")


@dataclass(frozen=True)
class GlossaryEntry:
    """One line of the glossary: its names, the first of which is its anchor on the page, and what we mean."""

    names: tuple[str, ...]
    meaning: str

    @property
    def anchor(self) -> str:
        """
        >>> GlossaryEntry(("scale (of a gradient)",), "").anchor
        'scale-of-a-gradient'
        """
        return re.sub(r"[^a-z0-9]+", "-", self.names[0].lower()).strip("-")


@cache
def read_glossary() -> tuple[GlossaryEntry, ...]:
    """Every line, in the order of the alphabet."""
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    return tuple(GlossaryEntry(tuple(names.split(", ")), meaning) for names, meaning in _ROW.findall(text))


@cache
def _anchors() -> dict[str, str]:
    return {name.lower(): entry.anchor for entry in read_glossary() for name in entry.names}


def address_of_term(word: str) -> str:
    """Where a word is explained. KeyError where the glossary lacks it: a test would show that before a reader does.

    >>> address_of_term("LSOA"), address_of_term("SII")
    ('/glossary#neighbourhood', '/glossary#sii')
    """
    return f"{GLOSSARY_PATH}#{_anchors()[word.lower()]}"


def term(word: str, shown: str = "") -> Element:
    """A word that is not plain, as a link to what it means; ``shown`` is what the sentence says, if not the word itself.

    >>> term("SII")["props"]["href"], term("neighbourhood", "neighbourhoods")["props"]["children"]
    ('/glossary#sii', 'neighbourhoods')
    """
    return el("A", shown or word, href=address_of_term(word), className="term")


def link_terms(sentence: str, *words: str) -> list[Element | str]:
    """A sentence whose words, each where it is first met, lead to what they mean; as the sentence writes them.

    >>> [part if isinstance(part, str) else part["props"]["href"] for part in link_terms("Circular: it is a part.", "circular")]
    ['/glossary#circular', ': it is a part.']
    """
    parts: list[Element | str] = [sentence]
    for word in words:
        for at, part in enumerate(parts):
            found = re.search(rf"\b{re.escape(word)}\b", part, re.IGNORECASE) if isinstance(part, str) else None
            if found:
                before, after = found.string[: found.start()], found.string[found.end() :]
                parts[at : at + 1] = [piece for piece in (before, term(word, found[0]), after) if piece]
                break
    return parts


def explain(meaning: str) -> list[Element | str]:
    """A meaning with its `code` and *emphasis* as elements.

    >>> [part if isinstance(part, str) else part["type"] for part in explain("one of `log` and *exact limits*")]
    ['one of ', 'Code', ' and ', 'I']
    """
    parts: list[Element | str] = []
    for part in filter(None, _MARKS.split(meaning)):
        kind = {"`": "Code", "*": "I"}.get(part[0]) if part[0] == part[-1] and len(part) > 1 else None
        parts.append(part if kind is None else el("Code" if kind == "Code" else "I", part[1:-1]))
    return parts
