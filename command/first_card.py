"""A learner's first card: five answers become a card that can be read, and a small CSV beside it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from heatmap.errors import HeatmapError, LayerCardError
from heatmap.files.text_files import MARK
from heatmap.geography.levels import COUNT, Level
from heatmap.layers.catalogue import read_card, read_good_cards
from heatmap.layers.shipping import EXAMPLES, MEANING, MEANING_OF_PLACES, NOT_MEANING, NOT_MEANING_OF_PLACES, PAGE, hold_own_name, word_of

_GEOGRAPHY: Final[dict[Level, str]] = {"lsoa": "lsoa21", "msoa": "msoa21", "lad": "lad24"}
_EXAMPLES: Final[dict[Level, tuple[tuple[str, str], ...]]] = {
    "lsoa": (("E01021988", "Jaywick"), ("E01008966", "Kings Heath Park & Stirchley East"), ("E01000001", "City of London")),
    "msoa": (("E02004590", "Jaywick & St Osyth"), ("E02001930", "Kings Heath"), ("E02000001", "City of London")),
    "lad": (("E07000076", "Tendring"), ("E08000025", "Birmingham"), ("E09000001", "City of London")),
}
_AREA: Final[dict[Level, str]] = {
    "lsoa": "neighbourhood (LSOA of 2021)",
    "msoa": "wider neighbourhood (MSOA of 2021)",
    "lad": "authority of 2024",
}
_POLARITY: Final = {"high": "high_is_worse", "low": "low_is_worse", "neither": "no_judgement"}


@dataclass(frozen=True)
class Answers:
    """What ``heatmap new`` has asked.

    worse       "high", "low" or "neither"
    level       the areas the figures are of
    every_area  whether the CSV has a line for each of them
    heading     of places: what they do for a family; "" for an indicator
    year        of the figures; None for this year
    """

    title: str
    question: str
    author: str
    unit: str = ""
    worse: str = "neither"
    level: Level = "lsoa"
    every_area: bool = False
    heading: str = ""
    year: int | None = None

    @property
    def id(self) -> str:
        """The name of the card's file.

        >>> Answers("Street trees, counted", "How many?", "A school", year=2026).id
        'street_trees_counted2026_england_lsoa21'
        """
        name = word_of(self.title)
        if not name:
            raise HeatmapError(
                f"The name '{self.title}' has no letter from a to z to name the file by. Give it an English name; the title can be changed."
            )
        return f"{name}{self.year or date.today().year}_england_{'points' if self.heading else _GEOGRAPHY[self.level]}"


def write_first_card(answers: Answers, folder: Path) -> tuple[Path, Path]:
    """Write the card and its CSV; returns where they lie. Raises HeatmapError where either is there already: nothing is overwritten."""
    card, table = folder / f"{answers.id}.toml", folder / f"{answers.id}.csv"
    for path in (card, table):
        if path.exists():
            raise HeatmapError(
                f"data/layers/{path.name} is there already, and nothing is overwritten. Choose another name, or move that file away."
            )
    card.write_text(_card_of_places(answers) if answers.heading else _card_of_figures(answers), encoding="utf-8")
    try:
        hold_own_name(read_card(card), read_good_cards(folder)[0])
    except LayerCardError:  # what was answered does not fit a card: leave nothing half made
        card.unlink()
        raise
    table.write_bytes(MARK + (_places(answers) if answers.heading else _figures(answers)).encode())
    return card, table


def _card_of_figures(answers: Answers) -> str:
    percent = re.search(r"per ?cent|%", answers.unit)
    rows = COUNT[answers.level] if answers.every_area else 3
    return f"""\
# docs/layers.md explains each key. data/layers/_example.toml shows them all.
title = {_quote(answers.title)}
question = {_quote(_ask(answers.question))}
meaning = "{MEANING}"
not_meaning = "{NOT_MEANING}"
unit = {_quote(answers.unit)}
polarity = "{_POLARITY[answers.worse]}"
period = "{answers.year or date.today().year}"
rows = {rows}  # lines of figures in the CSV
{"" if answers.every_area else "partial = true  # areas may be absent from the CSV; take this line out when every one is in it"}
valid_min = 0  # no true figure is lower
valid_max = {100 if percent else 1000000}  # no true figure is higher
missing = 0  # lines whose figure is empty, on purpose
decimals = 1
larger_areas = "mean"  # how larger areas get a figure: "mean" over their people, "sum", or "none"
author = {_quote(answers.author)}

{_source(answers)}""".replace("\n\nvalid_min", "\nvalid_min")


def _card_of_places(answers: Answers) -> str:
    return f"""\
# docs/layers.md explains each key. data/layers/_example.toml shows them all.
kind = "points"
title = {_quote(answers.title)}
question = {_quote(_ask(answers.question))}
meaning = "{MEANING_OF_PLACES}"
not_meaning = "{NOT_MEANING_OF_PLACES}"
heading = "{answers.heading}"
symbol = "project"  # which no official list has; docs/layers.md names the others
period = "{answers.year or date.today().year}"
rows = 3  # places in the CSV
author = {_quote(answers.author)}

{_source(answers)}"""


def _source(answers: Answers) -> str:
    return f"""\
[source]
publisher = {_quote(answers.author)}  # who counted
title = {_quote(answers.title)}  # the table's name
page = "{PAGE}"  # where it can be read; put the true address here
licence = "CC-BY-4.0"  # the publisher's terms; without a licence a layer is not shipped
accessed = {date.today().isoformat()}
"""


def _figures(answers: Answers) -> str:
    lines: list[tuple[str, ...]] = [("area_code", "name", "value")]
    if answers.every_area:
        from heatmap.snapshot import open_snapshot

        areas = open_snapshot().areas[answers.level]
        names = areas.place.fillna("") if answers.level != "lad" else areas.name
        return _csv(lines + [(code, name, "") for code, name in zip(areas.code, names, strict=True)])
    notes = (
        f"# One line for each {_AREA[answers.level]}: its code and its figure; the name is for you.",
        EXAMPLES,
        "# Lines that begin like this one are notes and are not read.",
    )
    examples = [(code, name, value) for (code, name), value in zip(_EXAMPLES[answers.level], ("12.5", "30", "41.5"), strict=True)]
    return _csv([*lines, *((note,) for note in notes), *examples])


def _places(answers: Answers) -> str:
    today = date.today().isoformat()
    notes = (
        "# One line for each place: an organisation and never a private person or address.",
        EXAMPLES,
        "# Lines that begin like this one are notes and are not read.",
    )
    examples = [
        (f"Example place {n}", "what it offers", postcode, "", today)
        for n, postcode in enumerate(("CO15 2EU", "B14 7QH", "M1 1AE"), start=1)
    ]
    return _csv([("name", "what", "postcode", "website", "checked_on"), *((note,) for note in notes), *examples])


def _csv(lines: list[tuple[str, ...]]) -> str:
    to = io.StringIO()
    csv.writer(to, lineterminator="\n").writerows(lines)
    return to.getvalue()


def _quote(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text.strip(), ensure_ascii=False)


def _ask(question: str) -> str:
    """A question with its question mark.

    >>> _ask("How many trees.")
    'How many trees?'
    """
    return question.strip().rstrip(".?! ") + "?"
