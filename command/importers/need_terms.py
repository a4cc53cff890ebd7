"""What the words of other people's lists mean here: WHAM's headings and our needs, by ``data/words/need_terms.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Annotated, get_args

from pydantic import Field

from heatmap.closed import Closed
from heatmap.layers.cards import Heading
from heatmap.place.national_help import Need
from heatmap.words.files import Lines, Reviewed, WordFile, Words, open_words


class NeedTermsMeta(Reviewed):
    """What holds for the whole file."""

    title: Words


class Term(Closed):
    """The words that mean one need, and the heading under which help with it stands."""

    need: Need
    heading: Heading
    words: Lines


class NeedTerms(WordFile):
    """All terms."""

    meta: NeedTermsMeta
    term: Annotated[tuple[Term, ...], Field(min_length=1)]


@lru_cache(maxsize=10_000)
def find_term(text: str) -> Term | None:
    """What a directory's term means here, or None where none of our words stands in it; the longest of them decides.

    >>> found = find_term("Food banks and pantries")
    >>> found.need, found.heading
    ('food', 'provide_essentials')
    >>> find_term("Mental health support").need, find_term("Young carers group").need, find_term("Registrar of ships")
    ('mental_health', 'caring', None)
    """
    small = text.replace("_", " ").lower()
    hits = [(len(hit[0]), term) for pattern, term in _patterns() for hit in pattern.finditer(small)]
    return max(hits, key=lambda hit: hit[0])[1] if hits else None


def find_terms(texts: Iterable[str]) -> list[Term]:
    """What several terms mean, each once, in their order."""
    return list(dict.fromkeys(found for text in texts if (found := find_term(text))))


def read_need(text: str) -> Need | None:
    """A need as a person may write it: by our own name, or by any word for it.

    >>> read_need("digital access"), read_need("Food bank"), read_need("fod")
    ('digital_access', 'food', None)
    """
    own = re.sub(r"[\s-]+", "_", text.strip().lower())
    if own in get_args(Need):
        return own  # type: ignore[return-value]
    found = find_term(text)
    return found.need if found else None


def write_needs(needs: Iterable[Need]) -> str:
    """Needs as a place's column ``need`` holds them, fit to be read: "food; digital access"."""
    return "; ".join(need.replace("_", " ") for need in needs)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Term], ...]:
    return tuple(
        (re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in sorted(term.words, key=len, reverse=True))})(?:s|es)?\b"), term)
        for term in open_words("need_terms", NeedTerms).term
    )
