"""Bring somebody's list of places onto the map: read it, hold it against what the map needs, and keep it in the deployer's folder.

What is kept lies in ``built`` under that folder (``local``, or HEATMAP_LOCAL), as parts whose names hold their hash and a manifest
that is swapped in one step: until all is read and held, the last good import stays as it is. The server reads it when it starts.
"""

from __future__ import annotations

import fcntl
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, get_args

import pandas as pd

from command.importers.need_terms import read_need, write_needs
from command.importers.reading import Reading, clean
from etl.build import write_places
from etl.points import PostcodePlaces, name_neighbourhoods, put_on_map
from etl.sheets.beside import make_points, read_beside
from etl.sheets.sheet import Sheet, read_sheet
from etl.sheets.sheet_checks import check_sheet
from etl.snapshot import SnapshotWriter
from heatmap.errors import DataContractError, HeatmapError, LayerCardError, NotFoundError, name_some
from heatmap.layers.cards import HEADINGS, ID_PATTERN, Heading, PointColumn, PointsCard
from heatmap.layers.catalogue import LAYERS_DIR, make_card, read_cards, read_text_and_toml
from heatmap.layers.faults import find_lines
from heatmap.layers.words import say_heading
from heatmap.phones import dial
from heatmap.place.national_help import Need
from heatmap.snapshot import Snapshot, local_built

Say = Callable[[str], None]
#: How the layers of one list are told apart, and what they are drawn with.
HEADING_WORD: Final[dict[Heading, str]] = {
    "increase_income": "income",
    "provide_essentials": "essentials",
    "increase_participation": "participation",
    "get_care": "care",
}
SYMBOL: Final[dict[Heading, str]] = {
    "increase_income": "advice",
    "provide_essentials": "essentials",
    "increase_participation": "project",
    "get_care": "care",
}
#: What such a layer is called in a line, where its heading stands beside it or in the legend.
SHORT: Final[dict[Heading, str]] = {
    "increase_income": "Money and advice",
    "provide_essentials": "Food and essentials",
    "increase_participation": "Groups and activities",
    "get_care": "Support and care",
}
#: The most places that one import may bring.
MOST_PLACES: Final = 200_000


@dataclass(frozen=True)
class Made:
    """One layer, ready to be kept: its card, and its places as ``put_on_map`` gives them."""

    card: PointsCard
    places: pd.DataFrame


def postcode_places(snapshot: Snapshot) -> PostcodePlaces:
    """Where every English postcode lies."""
    table, outward = (pd.read_parquet(snapshot.path(f"postcodes/{part}")) for part in ("table", "outward"))
    areas = snapshot.areas["lsoa"]
    return PostcodePlaces(table, outward, areas.code, name_neighbourhoods(areas))


def check_word(word: str) -> str:
    """The short name of a list, by which it is replaced and taken out. Raises HeatmapError where it is none.

    >>> check_word("ladywood_help")
    'ladywood_help'
    """
    if not re.fullmatch(r"[a-z][a-z_]{1,40}", word) or word.endswith("_"):
        raise HeatmapError(f"--id '{word[:60]}' is not a short name. Use only small letters and _, like ladywood_help.")
    return word


# ---- what a feed gave ----


def make_layers(
    word: str, card: dict[str, Any], reading: Reading, places: PostcodePlaces, source: str, leave_out: bool, say: Say
) -> list[Made]:
    """A layer for each heading that has places. Raises DataContractError with a sentence for each record that cannot be shown.

    word        the list's short name
    card        what all its cards say: title, source and so on; with an ``id``, all places are of one layer and heading
    source      what the records came from, as sentences name it
    leave_out   leave such records out, and tell them, in place of refusing the whole list
    """
    if len(reading.rows) > MOST_PLACES:
        raise HeatmapError(
            f"{source}: {len(reading.rows):,} places are more than the map can take ({MOST_PLACES:,}). Ask for your area alone."
        )
    say(f"holding {len(reading.rows):,} places against what the map needs")
    reading = reading.with_own_ids()
    probe = _card_for(word, "get_care", card, 1, undated=MOST_PLACES, unplaced=MOST_PLACES)
    if leave_out:
        wrong = {n: found[0] for n in range(len(reading.rows)) if (found := check_sheet(_sheet(source, reading.keep([n])), probe))}
        for sentence in wrong.values():
            say(f"skipped: {sentence}")
        reading = reading.keep([n for n in range(len(reading.rows)) if n not in wrong])
    else:
        faults = check_sheet(_sheet(source, reading), probe)
        if faults:
            raise DataContractError(
                "\n".join([*faults, "Nothing was imported. Tell the publisher; or leave such records out: --leave-out"])
            )
    made = []
    for heading in HEADINGS:
        here = reading.keep([n for n, each in enumerate(reading.headings) if each == heading])
        if here.rows:
            made.append(_make_layer(word, heading, card, here, places, source, say))
    if not made:
        raise DataContractError(f"{source}: there is no place left to show. The list above says what we skipped, and why.")
    return made


def _make_layer(word: str, heading: Heading, card: dict[str, Any], here: Reading, places: PostcodePlaces, source: str, say: Say) -> Made:
    sheet = _sheet(source, here)
    table = make_points(sheet)
    lost = table.latitude.isna() & (places.find(table.postcode).placed == "")
    if lost.any():
        say(
            f"skipped: {int(lost.sum()):,} with a postcode that the map does not know, and no latitude and longitude"
            f" ({name_some(table.name[lost])})"
        )
    undated = int((table.checked_on == "").sum())
    made = _card_for(word, heading, card, len(table), undated=undated, unplaced=int(lost.sum()))
    return Made(made, put_on_map(made, table, places, say, apart_is_fault=False))


def _card_for(word: str, heading: Heading, card: dict[str, Any], rows: int, **counts: int) -> PointsCard:
    layer = f"{word}_{HEADING_WORD[heading]}{date.today().year}_england_points"
    said = {
        "id": layer,
        "kind": "points",
        "heading": heading,
        "symbol": SYMBOL[heading],
        "rows": rows,
        "theme": "Places",
        "order": 850,
        "period": str(date.today().year),
        "question": "Where is there help near here?",
        **counts,
        **card,
    }
    if "id" not in card:
        taken = any(each["short"] == SHORT[heading] and each["word"] != word for each in list_kept())
        said["short"] = f"{SHORT[heading]} ({card['title']})" if taken else SHORT[heading]
        said["title"] = f"{card['title']}: {say_heading(heading).lower()}"
    return _points_card(f"{said['id']}.toml", said)


def _points_card(name: str, raw: dict[str, Any], text: str = "") -> PointsCard:
    made = make_card(name, raw, text)
    if not isinstance(made, PointsCard):
        raise LayerCardError(
            f'{name}: {_say_line(text, "kind")}this is a card of figures. A list of places says kind = "points", or nothing of its kind.'
        )
    return made


def _say_line(text: str, key: str) -> str:
    """Where a key stands on a card, to begin a sentence with; "" where it does not."""
    line = find_lines(text).get((key,))
    return f"line {line}: " if line else ""


def _sheet(source: str, reading: Reading) -> Sheet:
    cells = {column: [row.get(column, "") for row in reading.rows] for column in get_args(PointColumn)}
    return Sheet(source, list(range(1, len(reading.rows) + 1)), cells, tuple(reading.called))


# ---- a spreadsheet beside a card ----


def read_table_card(card: Path, table: Path | None) -> tuple[str, PointsCard, Path]:
    """The list's short name, its card with all that it leaves unsaid filled in, and where its table lies.

    card    a TOML file; ten lines are enough
    table   a CSV or an Excel workbook; None for the one of the card's name beside it
    Raises HeatmapError with a sentence for every fault.
    """
    text, raw = read_text_and_toml(card)
    path = table or next((beside for end in (".csv", ".xlsx") if (beside := card.with_suffix(end)).is_file()), None)
    if path is None or not path.is_file():
        where = f"{path.name}: there is no such file" if path else f"{card.stem}.csv: not beside {card.name}, and {card.stem}.xlsx neither"
        raise HeatmapError(f"{where}. Put the table there; or name it: heatmap import table {card.name} TABLE")
    if raw.get("file"):
        raise LayerCardError(
            f"{card.name}: {_say_line(text, 'file')}'file' is not for a table of your own. Remove [[file]], and put the table next to"
            f" the card."
        )
    stem = ID_PATTERN.fullmatch(card.stem)
    word = check_word(stem["index"].rstrip("_") if stem else card.stem)
    layer = card.stem if stem else f"{word}{date.today().year}_england_points"
    heading: Heading = next((each for each in HEADINGS if each == raw.get("heading")), "provide_essentials")  # another is refused below
    title = str(raw.get("title") or word.replace("_", " ").capitalize())
    source = raw.get("source")
    if isinstance(source, dict):
        source = {"title": title, "accessed": date.today(), **source}
    filled = {
        "id": layer,
        "kind": "points",
        "title": title,
        "question": "Where is there help near here?",
        "theme": "Places",
        "order": 850,
        "meaning": f"Places of the list “{title}”.",
        "not_meaning": "Other help may be near that this list does not have.",
        "symbol": SYMBOL[heading],
        "period": str(date.today().year),
        "rows": 1,
        **raw,
        **({"source": source} if source else {}),
    }
    made = _points_card(card.name, filled, text)
    if "rows" not in raw:
        made = made.model_copy(update={"rows": len(read_sheet(path, made).lines)})
    return word, made, path


def make_table_layer(card: PointsCard, path: Path, places: PostcodePlaces, say: Say = lambda _: None) -> Made:
    """The layer of a table of one's own. Raises HeatmapError with a sentence for each kind of fault, and its lines.

    say     is told what a person should check, though it is no fault
    """
    table = read_beside(path, card)
    for note in table.attrs["notes"]:
        say(note)
    if odd := [n for n, cell in enumerate(table.phone) if cell and not dial(cell)]:
        say(
            f"{path.name}: {table.attrs['called'][odd[0]]}: phone '{clean(table.phone[odd[0]])[:40]}' is none that a telephone can dial"
            f"{f' (and {len(odd) - 1:,} more)' if len(odd) > 1 else ''}. It is not shown: correct it."
        )
    for column in table.columns.drop(["latitude", "longitude"]):
        table[column] = table[column].map(clean)
    found = [list(map(read_need, re.split(r"[;,|]", cell))) if cell.strip() else [] for cell in table.need]
    if wrong := [n for n, needs in enumerate(found) if None in needs]:
        needs = ", ".join(need.replace("_", " ") for need in get_args(Need))
        raise DataContractError(
            f"{path.name}: {table.name[wrong[0]]}: need '{table.need[wrong[0]][:40]}' is none that the map knows"
            f"{f' (and {len(wrong) - 1:,} more)' if len(wrong) > 1 else ''}. Write one or more of these, with ; between: {needs}."
        )
    table["need"] = [write_needs(dict.fromkeys(need for need in needs if need)) for needs in found]
    return Made(card, put_on_map(card, table, places, say))


# ---- keeping ----


def keep(word: str, layers: Sequence[Made]) -> None:
    """Put the layers of a list in place of those it had; all of it, or nothing.

    Raises HeatmapError where a layer of that name came with the map, or another import is at work.
    """
    shipped = read_cards(LAYERS_DIR)
    for each in layers:
        if each.card.id in shipped:
            raise HeatmapError(f"{each.card.id} is a list that came with the map. Give yours another name.")
    with _writing() as writer:
        others = {part["step"] for part in writer.earlier.values()} - {_step(word)}
        for step in sorted(others):
            writer.keep(step)
        for each in layers:
            if f"cards/{each.card.id}" in writer.parts:
                raise HeatmapError(
                    f"{each.card.id} is there already, from another list. Choose another --id, or take that out: heatmap import list"
                )
            facts = {
                "publisher": each.card.source.publisher,
                "licence": each.card.source.licence,
                "vintage": each.card.period,
                "rows": len(each.places),
                "read_on": date.today().isoformat(),
                "word": word,
                "short": each.card.short,
            }
            writer.add(f"cards/{each.card.id}", write_card(each.card).encode(), ".toml", _step(word), "", **facts)
            write_places(writer, each.card.id, each.places, _step(word), "", **facts)
        writer.finish()


def take_out(word: str) -> list[str]:
    """Take a list out, by its short name or by the id of one of its layers; returns the ids of what went."""
    with _writing() as writer:
        gone = {part["step"] for name, part in writer.earlier.items() if part["word"] == word or name.partition("/")[2] == word}
        if not gone:
            known = sorted({part["word"] for part in writer.earlier.values()})
            raise NotFoundError(
                f"No list called '{word[:60]}' was imported. {f'There are: {name_some(known, 9)}.' if known else 'There is none yet.'}"
            )
        for step in sorted({part["step"] for part in writer.earlier.values()} - gone):
            writer.keep(step)
        writer.finish()
        return [name.removeprefix("cards/") for name, part in writer.earlier.items() if part["step"] in gone and name.startswith("cards/")]


def list_kept() -> list[dict[str, Any]]:
    """What has been imported: a manifest's entry for each layer, with its ``layer``."""
    try:
        parts = json.loads((local_built() / "manifest.json").read_text(encoding="utf-8"))["parts"]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError):
        raise HeatmapError(
            f"{local_built().name}/manifest.json of your own folder cannot be read. Take it away, and import your lists again."
        ) from None
    return [part | {"layer": name.removeprefix("cards/")} for name, part in parts.items() if name.startswith("cards/")]


@contextmanager
def _writing() -> Iterator[SnapshotWriter]:
    """The deployer's folder, for one writer at a time."""
    folder = local_built()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder.parent / ".importing").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HeatmapError("Another import is at work in this folder. Wait until it has ended, and try again.") from None
            yield SnapshotWriter(folder)
    except OSError as fault:
        raise HeatmapError(
            f"{folder.parent}: we cannot write to it ({fault.strerror}). Free some space, or name another folder: HEATMAP_LOCAL=FOLDER"
        ) from None


def _step(word: str) -> str:
    return f"import {word}"


def write_card(card: PointsCard) -> str:
    """A card as TOML, with all that it says."""
    said = card.model_dump(exclude={"id", "file"}, exclude_defaults=True) | {"kind": "points"}
    tables = {key: said.pop(key) for key in ("columns", "source") if key in said}
    lines = [f"{key} = {_write_value(value)}" for key, value in said.items()]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{json.dumps(key, ensure_ascii=False)} = {_write_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _write_value(value: Any) -> str:
    """A value as TOML has it.

    >>> _write_value("a \\"b\\""), _write_value(3), _write_value(date(2026, 3, 31)), _write_value(("x",))
    ('"a \\\\"b\\\\""', '3', '2026-03-31', '["x"]')
    """
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_write_value, value))}]"
    return json.dumps(value, ensure_ascii=False)


def say_how_placed(layers: Sequence[Made]) -> str:
    """How the places came to their points, in a sentence."""
    count = Counter(placed for each in layers for placed in each.places.placed)
    by_postcode = count["postcode"] + count["postcode_probably"]
    return f"On the map by their own latitude and longitude: {count['coordinates']:,}; by the middle of their postcode: {by_postcode:,}."
