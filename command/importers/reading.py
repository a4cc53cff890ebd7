"""What an importer has read before it is held against anything: rows of text by heading, and what should be told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from heatmap.errors import name_some
from heatmap.layers.cards import Heading

#: What is no letter: it could colour a terminal, or turn the direction of a line.
_NO_LETTERS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """A text of somebody else's on one line, without what is no letter.

    >>> clean("Hot \\x1b[31mfood\\n and\\u202e more ")
    'Hot [31mfood and more'
    """
    return " ".join(_NO_LETTERS.sub("", text).split())


class _Words(HTMLParser):
    """The words of a text with HTML in it; what is no text is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in ("script", "style")
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style") and self.silent > 0
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def to_text(text: str) -> str:
    """A description, which the standard allows to hold HTML, as words alone.

    >>> to_text("<p>Hot food<br>&amp; company</p><script>alert(1)</script>"), to_text("2 < 3")
    ('Hot food & company', '2 < 3')
    """
    reader = _Words()
    reader.feed(text)
    reader.close()
    return " ".join("".join(reader.parts).split())


@dataclass
class Reading:
    """Places as text, one a row.

    headings    under which each stands
    rows        our columns -> text
    called      how each is named in a sentence: "service 'Food club' (id 7)"
    notes       what was left out, and why, a sentence each
    """

    headings: list[Heading] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, heading: Heading, row: dict[str, str], called: str) -> None:
        """One more place."""
        self.headings.append(heading)
        self.rows.append({column: clean(cell) for column, cell in row.items()})
        self.called.append(clean(called))

    def note(self, names: Sequence[str], why: str) -> None:
        """Tell of several for one reason; of none, nothing."""
        if names:
            some = name_some([f"'{clean(name)[:60]}'" for name in names])
            self.notes.append(f"{len(names):,} ({some}): {why}.")

    def keep(self, rows: Sequence[int]) -> Reading:
        """Those rows alone."""
        return Reading([self.headings[n] for n in rows], [self.rows[n] for n in rows], [self.called[n] for n in rows], self.notes)

    def with_own_ids(self) -> Reading:
        """Where an id stands twice, the later ones get a number, so that each place has an address of its own."""
        count: Counter[str] = Counter()
        rows = []
        for row in self.rows:
            count[row["id"]] += 1
            rows.append(row | {"id": f"{row['id']}-{count[row['id']]}"} if count[row["id"]] > 1 else row)
        return Reading(self.headings, rows, self.called, self.notes)
