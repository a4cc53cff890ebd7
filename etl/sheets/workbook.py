"""An Excel workbook (.xlsx) as lines of text: one sheet, each cell as one would type it into a CSV."""

from __future__ import annotations

from pathlib import Path

from etl.sheets.limits import LARGEST_MB, NOTE
from heatmap.errors import SourceError
from heatmap.files.workbooks import read_sheet_rows, write_cell


def read_workbook(path: Path) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Every line of the first sheet that is shown, but for blank ones and notes, with its number, the headers first; and what should be
    known.

    Formulas give the figure that was saved with them. Raises SourceError where the file is no workbook, or has no lines.
    """
    read = read_sheet_rows(path, LARGEST_MB)
    written = [(number, [write_cell(value) for value in values]) for number, values in read.rows]
    lines = [(number, cells) for number, cells in written if any(cell.strip() for cell in cells) and not cells[0].startswith(NOTE)]
    if len(lines) < 2:
        raise SourceError(
            f"{path.name}: nothing on its sheet '{read.name}' under the headers. Put the headers on line 1 and the places under them."
        )
    width = max(len(cells) for _, cells in lines)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in lines], read.notes
