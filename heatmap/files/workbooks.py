"""One sheet of an Excel workbook (.xlsx): every row in it, whatever the workbook says about its own size, or a sentence.

Some programs write a wrong ``<dimension>``, none at all, or rows and cells out of order. We read the rows themselves.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from heatmap.errors import SourceError

#: What a workbook, which is a zip, may unpack to. A small one that unpacks to very much more was made to fill the memory.
_LARGEST_UNPACKED_MB: Final = 400
_MOST_TIMES: Final = 250
_SMALL_UNPACKED_MB: Final = 40
_OLD: Final = b"\xd0\xcf\x11\xe0"
_AGAIN: Final = "Open it in a spreadsheet and save it again as .xlsx."
#: A letter by its number, as workbooks write what XML cannot hold: _x000D_ is the line break of old files.
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: No letters, but for tab and line break.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class SheetRows:
    """What was read.

    name    of the sheet
    rows    each row that has something in it: its number as the spreadsheet shows it, and its values up to the last that is not empty
    notes   what the person who sent the file should know, a sentence each
    """

    name: str
    rows: list[tuple[int, list[Any]]]
    notes: list[str]


def read_sheet_rows(path: Path, largest_mb: float, wanted: str = "", formulas: bool = False) -> SheetRows:
    """The rows of the sheet called ``wanted``, else of the first that is not hidden. Raises SourceError that says what the file is instead.

    largest_mb  how large the file may be
    formulas    whether a formula's own text is read, or the figure that was saved with it
    """
    _hold_readable(path, largest_mb)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would not write again is no matter here
        try:
            return _read(path, wanted, formulas, quick=True)
        except SourceError:
            raise
        except Exception:  # openpyxl meets a broken workbook with whatever its parsers raise
            try:  # the slow way passes over a <dimension> that is no range
                return _read(path, wanted, formulas, quick=False)
            except SourceError:
                raise
            except Exception:
                raise SourceError(f"{path.name}: the workbook is damaged. {_AGAIN}") from None


def write_cell(value: Any) -> str:
    """A cell's value as one would type it into a CSV: a day as 2026-03-31, a whole number without its point.

    >>> write_cell(datetime(2026, 3, 31)), write_cell(5.0), write_cell(52.4312), write_cell(True), write_cell(None)
    ('2026-03-31', '5', '52.4312', 'yes', '')
    >>> write_cell("All Saints_x000D_\\n_x0009_Hall _x005F_x000D_")
    'All Saints\\n\\tHall _x000D_'
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, ArrayFormula | DataTableFormula):
        return undo_escapes(str(getattr(value, "text", None) or ""))
    return undo_escapes(str(value))


def undo_escapes(text: str) -> str:
    """A text with the letters in it that a workbook has written as their numbers; line breaks are "\\n", other signs of control go.

    >>> undo_escapes("Mon 10-12_x000D_\\nWed 2-4"), undo_escapes("a_x000A_b_x0007_"), undo_escapes("_xD83D__xDE00_ _xD83D_")
    ('Mon 10-12\\nWed 2-4', 'a\\nb', '😀 ')
    """
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n")
    if re.search(r"[\ud800-\udfff]", text):  # halves of a letter beyond the first 65,536
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return _CONTROL.sub("", text)


def _read(path: Path, wanted: str, formulas: bool, quick: bool) -> SheetRows:
    with path.open("rb") as content:
        book = load_workbook(content, read_only=quick, data_only=not formulas)
        sheet, notes = _choose(book.worksheets, wanted, path.name)
        pairs = _parse(sheet, formulas) if quick else enumerate(sheet.iter_rows(values_only=True), start=1)
        rows = []
        for number, values in pairs:
            cells = list(values)
            while cells and cells[-1] in (None, ""):
                cells.pop()
            if cells:
                rows.append((number, cells))
        return SheetRows(sheet.title, rows, notes)


def _choose(sheets: Sequence[Any], wanted: str, name: str) -> tuple[Any, list[str]]:
    """The sheet to read, and what should be known of it: people see no hidden sheet, so the first that they see is the first."""
    if not sheets:
        raise SourceError(f"{name}: the workbook has no sheet. Put the headers and the lines under them on one.")
    if found := next((sheet for sheet in sheets if wanted and sheet.title == wanted), None):
        hidden = found.sheet_state != "visible"
        return found, [f"{name}: the sheet '{found.title}' is hidden, and it is the one we read."] if hidden else []
    shown = next((sheet for sheet in sheets if sheet.sheet_state == "visible"), None)
    if shown is None:
        raise SourceError(f"{name}: its sheet '{sheets[0].title}' is hidden. Show it (right-click on the names of the sheets), and save.")
    before = sheets[: sheets.index(shown)]
    if not before:
        return shown, []
    return shown, [f"{name}: the first sheet, '{before[0].title}', is hidden; we read the first that you see, '{shown.title}'."]


def _parse(sheet: Any, formulas: bool) -> Iterator[tuple[int, list[Any]]]:
    """Each row as it comes in the file. openpyxl's own iteration stops at the stated size, and skips what comes out of order."""
    with sheet._get_source() as source:
        book = sheet.parent
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=not formulas,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            values: list[Any] = [None] * max((cell["column"] for cell in cells), default=0)
            for cell in cells:
                values[cell["column"] - 1] = cell["value"]
            yield number, values


def _hold_readable(path: Path, largest_mb: float) -> None:
    """Raises SourceError where the file is no workbook, or one that should not be opened."""
    if path.stat().st_size > largest_mb * 2**20:
        raise SourceError(f"{path.name}: larger than {largest_mb:g} MB. Keep only the columns that the map needs, or divide it.")
    with path.open("rb") as content:
        head = content.read(4)
    if not head:
        raise SourceError(f"{path.name}: the file is empty. Put the headers on line 1 and the places under them.")
    if head == _OLD:
        raise SourceError(f"{path.name}: locked by a password, or an old Excel workbook. Save it as .xlsx without a password.")
    try:
        with zipfile.ZipFile(path) as packed:
            _hold_harmless(packed, path)
    except SourceError:
        raise
    except zipfile.BadZipFile:
        raise SourceError(
            f"{path.name}: no Excel workbook, whatever its name says. Open it in a spreadsheet and save it as .xlsx."
        ) from None
    except Exception:  # a zip of another kind, or one that is cut
        raise SourceError(f"{path.name}: the workbook is damaged. {_AGAIN}") from None


def _hold_harmless(packed: zipfile.ZipFile, path: Path) -> None:
    unpacked = sum(part.file_size for part in packed.infolist()) / 2**20
    swollen = unpacked > _SMALL_UNPACKED_MB and unpacked * 2**20 > _MOST_TIMES * path.stat().st_size
    if unpacked > _LARGEST_UNPACKED_MB or swollen:
        raise SourceError(f"{path.name}: unpacks to {unpacked:,.0f} MB. Copy its rows into a new workbook, with only the columns you need.")
    if any(part.flag_bits & 1 for part in packed.infolist()):
        raise SourceError(f"{path.name}: locked by a password. Save it as .xlsx without a password.")
    for part in packed.infolist():
        with packed.open(part) as content:
            begins = content.read(4096).replace(b"\x00", b"")
        if b"<!DOCTYPE" in begins or b"<!ENTITY" in begins:
            raise SourceError(f"{path.name}: it defines words of its own (XML entities), as no spreadsheet does. {_AGAIN}")
