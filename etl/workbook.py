"""An Excel workbook (.xlsx) as lines of text: its first sheet, each cell as one would type it into a CSV."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from etl.sheet import LARGEST_MB, NOTE
from heatmap.errors import SourceError

#: A workbook is a zip: what it may unpack to, so that a small file cannot fill the memory.
_LARGEST_UNPACKED_MB: Final = 400
_OLD: Final = b"\xd0\xcf\x11\xe0"


def read_workbook(path: Path) -> list[tuple[int, list[str]]]:
    """Every line of the first sheet that is not blank and no note, with its number; the headers first.

    Formulas give the figure that was saved with them. Raises SourceError where the file is no workbook, or has no lines.
    """
    _check(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise SourceError(f"{path.name}: the workbook is damaged. Open it in a spreadsheet and save it again as .xlsx.") from None
    try:
        sheet = book.worksheets[0]
        lines: list[tuple[int, list[str]]] = []
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [write_cell(value) for value in row]
            if any(cell.strip() for cell in cells) and not cells[0].startswith(NOTE):
                lines.append((number, cells))
    except IndexError:
        raise SourceError(f"{path.name}: the workbook has no sheet. Put the headers and the places on one.") from None
    finally:
        book.close()
    if len(lines) < 2:
        raise SourceError(
            f"{path.name}: nothing on its first sheet, '{sheet.title}', under the headers. Put the headers on line 1 and the places under them."
        )
    width = max(len(cells) for _, cells in lines)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in lines]


def write_cell(value: Any) -> str:
    """A cell's value as text: a day as 2026-03-31, a whole number without its point.

    >>> write_cell(datetime(2026, 3, 31)), write_cell(5.0), write_cell(52.4312), write_cell(True), write_cell(None)
    ('2026-03-31', '5', '52.4312', 'yes', '')
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
    return str(value)


def _check(path: Path) -> None:
    if path.stat().st_size > LARGEST_MB * 2**20:
        raise SourceError(f"{path.name}: larger than {LARGEST_MB} MB. Keep only the columns that the map needs.")
    head = path.read_bytes()[:4]
    if not head:
        raise SourceError(f"{path.name}: the file is empty. Put the headers on line 1 and the places under them.")
    if head == _OLD:
        raise SourceError(f"{path.name}: locked by a password, or an old Excel workbook. Save it as .xlsx without a password.")
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        raise SourceError(
            f"{path.name}: no Excel workbook, whatever its name says. Open it in a spreadsheet and save it as .xlsx."
        ) from None
    if unpacked > _LARGEST_UNPACKED_MB * 2**20:
        raise SourceError(f"{path.name}: unpacks to more than {_LARGEST_UNPACKED_MB} MB. Keep only the columns that the map needs.")
