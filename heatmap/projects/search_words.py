"""Words of one meaning in the search of projects, kept as data in ``data/words/search_words.toml``.

They are added to a project's words when it is listed, so every search, ours and the browser's, finds it by any of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Annotated

from pydantic import Field

from heatmap.closed import Closed
from heatmap.words.files import Lines, Reviewed, WordFile, Words, open_words


class SearchWordsMeta(Reviewed):
    """What holds for the whole file."""

    title: Words


class Same(Closed):
    """Words that mean the same."""

    words: Lines


class SearchWords(WordFile):
    """All groups of words of one meaning."""

    meta: SearchWordsMeta
    same: Annotated[tuple[Same, ...], Field(min_length=1)]


def words_alike(folded: str, fold: Callable[[str], str]) -> list[str]:
    """The words that mean the same as some in a text, each group once, without the ones it has.

    folded  a text as it is searched
    fold    how a text is made so
    """
    pattern, groups = _read(fold)
    held = {group for hit in pattern.finditer(f" {' '.join(folded.split())} ") for group in groups[hit[1]]}
    return [phrase for group in sorted(held) for phrase in _phrases(fold)[group]]


@cache
def _phrases(fold: Callable[[str], str]) -> list[list[str]]:
    return [[fold(phrase) for phrase in same.words] for same in open_words("search_words", SearchWords).same]


@cache
def _read(fold: Callable[[str], str]) -> tuple[re.Pattern[str], dict[str, list[int]]]:
    """What finds every phrase, also where two overlap, and each phrase's groups."""
    groups: dict[str, list[int]] = {}
    for number, phrases in enumerate(_phrases(fold)):
        for phrase in phrases:
            groups.setdefault(phrase, []).append(number)
    longest_first = sorted(groups, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?=({'|'.join(map(re.escape, longest_first))})s?(?!\w))"), groups
