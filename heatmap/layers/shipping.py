"""What a card must say before its layer may be checked off and shipped; ``heatmap show`` draws it before that, and tells.

A card may be well formed and still not be true yet: terms nobody knows, words that ``heatmap new`` wrote in their place, a name that
belongs to another layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from heatmap.errors import LayerCardError, nearest_word
from heatmap.layers.cards import Card, LayerCard
from heatmap.layers.catalogue import LAYERS_DIR
from heatmap.layers.faults import find_lines
from heatmap.words.core20plus5 import read_core20plus5

#: Terms on which figures may be passed on, by their short names (SPDX where it has one): all let anyone use, change and share them.
#: OPL-3.0 is the Open Parliament Licence; "own data" are figures that the layer's author counted and gives away.
LICENCES: Final = (
    "OGL-UK-3.0",
    "OGL-UK-2.0",
    "OPL-3.0",
    "CC0-1.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "ODbL-1.0",
    "ODC-By-1.0",
    "PDDL-1.0",
    "MIT",
    "own data",
)
#: What ``heatmap new`` writes for the learner to replace.
MEANING: Final = "Say in a sentence or two what a figure means."
NOT_MEANING: Final = "Say in a sentence what it does not show."
MEANING_OF_PLACES: Final = "Say in a sentence or two what is found at these places."
NOT_MEANING_OF_PLACES: Final = "Say in a sentence what the list does not show."
PAGE: Final = "https://example.org/"
EXAMPLES: Final = "# These three are examples: put yours in their place and count the lines into 'rows' on the card."


def hold_fit_to_ship(card: Card, others: Mapping[str, Card], folder: Path = LAYERS_DIR) -> None:
    """Raises LayerCardError with a sentence for everything that keeps a layer from being shipped.

    others  all cards by id, this one's own among them or not
    folder  where the card lies, and its CSV if it has one
    """
    path = folder / f"{card.id}.toml"
    lines = find_lines(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
    found = []
    for key, what in _find_unfit(card, others):
        line = lines.get(tuple(key.split(".")), 0)
        found.append(f"{path.name}: {f'line {line}: ' if line else ''}{what}")
    if card.lies_beside and (line := _line_of_examples(folder / f"{card.id}.csv")):
        found.append(
            f"{card.id}.csv: line {line}: these are still the examples of 'heatmap new'. Put your own lines in their place, and take this"
            " line out."
        )
    if found:
        raise LayerCardError("\n".join(found))


def _find_unfit(card: Card, others: Mapping[str, Card]) -> Iterator[tuple[str, str]]:
    """Keys with what is said of each."""
    source = card.source
    if source.licence not in LICENCES:
        near = nearest_word(source.licence.upper(), LICENCES, 0.7)
        hint = f"Did you mean '{near}'?" if near else 'Ask the publisher, who may choose one; figures of your own are "own data".'
        yield (
            "source.licence",
            f'source.licence = "{source.licence[:40]}". A layer is shipped only on terms that are known: {", ".join(LICENCES)}. {hint}',
        )
    for key, written in (("meaning", (MEANING, MEANING_OF_PLACES)), ("not_meaning", (NOT_MEANING, NOT_MEANING_OF_PLACES))):
        if getattr(card, key) in written:
            yield key, f"{key} still says what 'heatmap new' wrote there. Say it in your own words."
    if source.page == PAGE:
        yield "source.page", f"source.page is still {PAGE}. Write the address where the figures, or you, can be found."
    if source.accessed > date.today():
        yield "source.accessed", f"source.accessed = {source.accessed} has not come yet. Write the day on which you read the figures."
    if said := _say_unknown_tags(card):
        yield said
    if isinstance(card, LayerCard) and card.part_of:
        series = {each.series for each in others.values() if isinstance(each, LayerCard) and each.id != card.id}
        if card.part_of not in series:
            yield (
                "part_of",
                f'part_of = "{card.part_of}" is not a series of layers. {_did_you_mean(card.part_of, series)} Or remove the key.',
            )


def _say_unknown_tags(card: Card) -> tuple[str, str] | None:
    whole = read_core20plus5()
    areas = [area.id for area in whole.clinical_area]
    known: dict[str, list[str]] = {
        "conditions": [*areas],
        "core20plus5": ["core20", *areas, *(group.id for group in whole.plus), *(one.id for one in whole.cross_cutting)],
    }
    for key, names in known.items():
        if strange := [tag for tag in getattr(card, key) if tag not in names]:
            return key, f"{key} has '{strange[0][:40]}', which data/words/core20plus5.toml does not. {_did_you_mean(strange[0], names)}"
    return None


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    near = nearest_word(word, sorted(known))
    return f"Did you mean '{near}'?" if near else f"There are: {', '.join(sorted(known))}."


def _line_of_examples(table: Path) -> int:
    """The line of a CSV that still says, or is, an example; 0 where none does. A file that cannot be read is told by others."""
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return 0
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, start=1) if EXAMPLES in line or re.match(r'"?Example place \d', line)), 0)


# ---- names ----


def word_of(text: str) -> str:
    """A name for a file, of small letters and _.

    >>> word_of("Street trees, counted")
    'street_trees_counted'
    """
    return re.sub(r"[^a-z]+", "_", text.lower()).strip("_")[:40].rstrip("_")


def hold_own_name(card: Card, others: Mapping[str, Card]) -> None:
    """Raises LayerCardError, with another name, where a layer would take the place of somebody else's in the picker or the address.

    Layers of one publisher may share a series: they are editions of one thing.
    """
    of_places = card.kind == "points"
    taken = {_word(each): each for each in others.values() if each.id != card.id and (each.kind == "points") == of_places}
    theirs = taken.get(_word(card))
    if theirs is None or theirs.source.publisher == card.source.publisher:
        return
    free = next(word for word in (word_of(card.title), *_more_names(card)) if word and word not in taken)
    cure = f"Call your files {free}{card.id[len(card.index) :].lstrip('_')}, card and CSV."
    if _word(card) != card.index:
        cure = "Take 'series' out of your card."
    raise LayerCardError(f"{card.id}: the name '{_word(card)}' belongs to '{theirs.title}' of {theirs.source.publisher}. {cure}")


def _word(card: Card) -> str:
    """By what the picker and the address know a layer."""
    return card.series if isinstance(card, LayerCard) else card.index


def _more_names(card: Card) -> Iterator[str]:
    ours = f"{card.index}_of_{word_of(card.author) or 'ours'}"
    yield ours
    yield from (f"{ours}_{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")
