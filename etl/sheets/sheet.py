"""A small CSV as people save it, read into lines and named cells; what is no CSV is told for what it is."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, get_args

import numpy as np

from etl.sheets.limits import LARGEST_MB, NOTE
from heatmap.errors import DataContractError, SourceError, name_some, nearest_word
from heatmap.files.text_files import decode
from heatmap.layers.cards import Card, OurColumn, PointColumn, PointsCard

#: Our columns that hold words; all others hold numbers.
TEXT_COLUMNS: Final = ("code", "kind", "period", "flag")
#: What takes room in a cell and is not meant, some of it without being seen.
INVISIBLE: Final = r"[\s\u00a0\u00ad\u200b-\u200f\u2060\ufeff]"
NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
THOUSANDS: Final = r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?"
#: Other headers that say the same.
_ALIASES: Final[dict[str, str]] = {
    "area_code": "code",
    "area": "code",
    "lsoa21_code": "code",
    "lsoa21cd": "code",
    "msoa21_code": "code",
    "msoa21cd": "code",
    "lad24_code": "code",
    "lad24cd": "code",
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "long": "longitude",
}

CellFault = tuple[str, str]


@dataclass(frozen=True)
class Sheet:
    """A file under our names.

    name    the file's name
    lines   the line of each row, as a spreadsheet numbers them
    cells   our column -> the text of each row; empty where nothing stands
    called  what each row is called, where rows are records and not lines: "Food club (id 7)"
    notes   what the person who saved the file should know, a sentence each
    """

    name: str
    lines: list[int]
    cells: dict[str, list[str]]
    called: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def say(self, rows: list[int], what: str, cure: str) -> str:
        """One sentence on one kind of fault: where first, what, where else, and the next step."""
        if self.called:
            others = f" (and {len(rows) - 1:,} more: {name_some([self.called[row] for row in rows[1:]])})" if len(rows) > 1 else ""
            return f"{self.name}: {self.called[rows[0]]}: {what}{others}. {cure}"
        lines = [self.lines[row] for row in rows]
        more = (
            f" (and on {len(lines) - 1:,} more {'lines' if len(lines) > 2 else 'line'}: {name_some(lines[1:])})" if len(lines) > 1 else ""
        )
        return f"{self.name}: line {lines[0]}: {what}{more}. {cure}"

    def say_cells(self, column: str, fault_of: Callable[[str], CellFault | None]) -> list[str]:
        """A sentence for each kind of fault in a column. ``fault_of`` gives what is wrong with a cell and its cure, or None.

        ``{plain}`` in the cure becomes what the first such cell should perhaps be.
        """
        found: dict[CellFault, list[int]] = {}
        for row, cell in enumerate(self.cells.get(column, [])):
            if fault := fault_of(cell):
                found.setdefault(fault, []).append(row)
        said = []
        for (what, cure), rows in found.items():
            cell = self.cells[column][rows[0]]
            shown = f"{column} '{cell[:40]}'" if cell else f"the cell of {column}"
            said.append(self.say(rows, f"{shown} {what}", cure.format(plain=_plain(cell))))
        return said

    def numbers(self, column: str) -> np.ndarray:
        """A column as numbers; NaN where the cell is empty or holds no number, or there is no such column."""
        cells = self.cells.get(column, [""] * len(self.lines))
        number = np.array([float(cell) if NUMBER.fullmatch(cell.strip()) else math.nan for cell in cells], float)
        return np.where(np.isfinite(number), number, math.nan)


def read_sheet(path: Path, card: Card) -> Sheet:
    """The cells of a CSV, or of an Excel workbook, under our names. Raises SourceError where it is no CSV, DataContractError where lines
    do not fit the headers."""
    if path.suffix.lower() == ".xlsx":
        from etl.sheets.workbook import read_workbook  # its library is large, and a CSV does without

        lines, notes = read_workbook(path)
        return replace(_name_columns(path.name, lines, card), notes=tuple(notes))
    return _name_columns(path.name, _read_lines(path), card)


#: What a file that is no text begins with.
_NO_TEXT: Final = (
    (b"PK\x03\x04", "a workbook or a zip file, not a CSV, whatever its name says. Open it and save it as 'CSV UTF-8'."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook, not a CSV, whatever its name says. Open it and save it as 'CSV UTF-8'."),
    (b"\x1f\x8b", "packed with gzip. Unpack it first."),
    (b"%PDF", "a PDF, not a CSV. Ask the publisher for the table, or type it into a spreadsheet."),
    (b"\x89PNG", "a picture, not a CSV. Type its table into a spreadsheet, or ask the publisher for the figures."),
    (b"\xff\xd8\xff", "a picture, not a CSV. Type its table into a spreadsheet, or ask the publisher for the figures."),
    (b"{", "JSON, not a CSV. Ask the publisher for a CSV, or open it with a program that saves one."),
    (b"[", "JSON, not a CSV. Ask the publisher for a CSV, or open it with a program that saves one."),
    (b"<", "a web page, not a CSV. Download the file itself, not the page about it."),
)


def _read_text(path: Path) -> str:
    """The file as text, or a SourceError that says what it is instead."""
    if path.stat().st_size > LARGEST_MB * 2**20:
        raise SourceError(
            f"{path.name}: larger than {LARGEST_MB} MB. Keep only the columns that the map needs; a CSV of all neighbourhoods is under"
            " 1 MB."
        )
    content = path.read_bytes()
    if not content.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise SourceError(f"{path.name}: the file is empty. Put the headers on line 1 and your figures under them.")
    for begins, what in _NO_TEXT:
        if content.lstrip()[: len(begins)] == begins:
            raise SourceError(f"{path.name}: {what}")
    try:
        return decode(content, "'CSV UTF-8'")
    except ValueError as fault:
        raise SourceError(f"{path.name}: {fault}") from None


def _read_lines(path: Path) -> list[tuple[int, list[str]]]:
    """Every line that is not blank and no note, with its number; the headers first."""
    text = _read_text(path)
    first = text.partition("\n")[0]
    for sign, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright lines")):
        if first.count(sign) > first.count(","):
            raise SourceError(
                f"{path.name}: line 1: the cells are parted by {called}, not by commas. Write decimals with a point, save it as a CSV"
                f" and choose the comma, or replace every {called.removesuffix('s')} by a comma."
            )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells) and not cells[0].startswith(NOTE):
                lines.append((number, cells))
    except csv.Error as fault:
        if "field larger" in str(fault):
            raise SourceError(
                f"{path.name}: line {number + 1}: a cell of more than {csv.field_size_limit():,} letters. Shorten it; or, if a double quote"
                " was opened there and not closed, close it."
            ) from None
        raise SourceError(
            f"{path.name}: line {number + 1}: a double quote is opened and not closed. Close it, or take it out; inside a quoted cell"
            ' write it twice: "".'
        ) from None
    if len(lines) < 2:
        raise SourceError(f"{path.name}: only the headers, no figures under them. Add a line for each area or place.")
    return lines


def _name_columns(name: str, lines: list[tuple[int, list[str]]], card: Card) -> Sheet:
    """The cells under our names. Raises DataContractError where a line does not fit the headers, or a column is absent."""
    header, rows = [cell.strip() for cell in lines[0][1]], lines[1:]
    ours = _match_headers(name, header, card)
    width = len(header)
    while width and not header[width - 1]:  # a spreadsheet may leave empty columns at the right
        width -= 1
    numbered = Sheet(name, [line for line, _ in rows], {})
    many = [row for row, (_, cells) in enumerate(rows) if any(cell.strip() for cell in cells[width:])]
    few = [row for row, (_, cells) in enumerate(rows) if len(cells) < width]
    found = []
    if many:
        cells = rows[many[0]][1]
        cure = 'A name with a comma in it needs double quotes around it: "Bristol, City of".'
        if all(re.fullmatch(r"\s*\d+\s*", cell) for cell in cells[width - 1 : width + 1]):
            cure = "Write numbers with a point, like 13.5, and without commas between the thousands."
        found.append(numbered.say(many, f"{len(cells)} cells, the headers are {width}", cure))
    if few:
        cells = rows[few[0]][1]
        found.append(
            numbered.say(
                few, f"{len(cells)} cells, the headers are {width}", "Add the commas that are missing: an empty cell needs its comma too."
            )
        )
    if found:
        raise DataContractError("\n".join(found))
    return Sheet(name, numbered.lines, {our: [cells[place] for _, cells in rows] for our, place in ours.items()})


def _match_headers(name: str, header: list[str], card: Card) -> dict[str, int]:
    """Our column -> its place among the headers."""
    known = set(get_args(PointColumn if isinstance(card, PointsCard) else OurColumn))
    wanted: dict[str, str] = {_simple(their): our for their, our in card.columns.items()}
    names = wanted or {**{our: our for our in known}, **{alias: our for alias, our in _ALIASES.items() if our in known}}
    places: dict[str, int] = {}
    found = []
    codes = [their for their in map(_simple, header) if names.get(their) == "code"]
    for place, their in enumerate(header):
        our = names.get(_simple(their))
        if not wanted and _simple(their) == "area" and len(codes) > 1:
            continue  # beside a column of codes it is the area's name
        if our in places:
            found.append(f"{name}: line 1: two headers both mean '{our}' ({header[places[our]]}, {their}). Rename or remove one.")
        elif our:
            places[our] = place
    lost = [their for their, our in card.columns.items() if our not in places] if wanted else _needed(card, set(places))
    strange = [their for their in header if their and _simple(their) not in names]
    for what in lost:
        near = nearest_word(_simple(what), map(_simple, strange), 0.7)
        hint = f"Is it '{next(their for their in strange if _simple(their) == near)}'? Then rename that." if near else ""
        has = f"The file has: {name_some(filter(None, header), 8)}." if any(header) else "The headers are on line 1."
        found.append(f"{name}: line 1: no column '{what}'. {hint or has + ' Line 1 must have the headers. Write it there.'}")
    if not lost and not wanted:
        for their in strange:
            if (near := nearest_word(_simple(their), known - set(places), 0.75)) and their not in lost:
                found.append(f"{name}: line 1: no column is called '{their}'. Did you mean '{near}'? If not, give it quite another name.")
    if found:
        raise DataContractError("\n".join(found))
    return places


def _needed(card: Card, there: set[str]) -> list[str]:
    """The columns a card cannot do without that are not there."""
    if isinstance(card, PointsCard):
        place = [] if "postcode" in there or {"latitude", "longitude"} <= there else ["postcode"]
        if there & {"latitude", "longitude"} and place:
            place = sorted({"latitude", "longitude"} - there)
        return [column for column in ("name",) if column not in there] + place
    needs = {"tenths": ["rank"], "moved": ["value"], "kinds": ["kind"], "amount": ["value"]}[card.scheme]
    if card.scheme == "amount" and there & {"numerator", "denominator"}:
        needs = ["numerator", "denominator"]
    return [column for column in ["code", *needs, *(["period"] if card.periods else [])] if column not in there]


def _simple(header: str) -> str:
    """A header without the differences that do not matter.

    >>> _simple(" LSOA21 Code ")
    'lsoa21_code'
    """
    return re.sub(r"[\s_\-]+", "_", header.strip().lower())


def _plain(cell: str) -> str:
    """What a cell was perhaps meant to hold.

    >>> _plain("45 %"), _plain("3,5"), _plain("1,234.5"), _plain("e01 000001"), _plain("−5"), _plain("99 [r]"), _plain("(5)")
    ('45', '3.5', '1234.5', 'E01000001', '-5', '99', '5')
    """
    bare = re.sub(f"{INVISIBLE}|[%£$€]", "", cell).upper()
    if found := re.fullmatch(r"([-+\u2212\u2013\u2014\ufe63\uff0d]?[\d.,]+)(\[.*\]|\([A-Z]\)|[*†‡^]+|[REP])?|\(([\d.,]+)\)", bare):
        bare = re.sub(r"[\u2212\u2013\u2014\ufe63\uff0d]", "-", found[1] or found[3])
    if re.fullmatch(r"[+-]?\d+,\d+", bare) and not re.fullmatch(THOUSANDS, bare):
        return bare.replace(",", ".")
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", bare):
        return bare.replace(".", "").replace(",", ".")
    return bare.replace(",", "")
