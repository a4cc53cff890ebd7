"""A learner's own file, which lies beside its card: ``data/layers/<id>.toml`` and ``data/layers/<id>.csv``.

Whatever is wrong with the file is told in a sentence: the file, the line as a spreadsheet numbers it (the headers are
line 1), what is wrong there, and the next step. Like faults are told once, with how many more lines have them.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final, get_args

import pandas as pd

from etl.sheets.sheet import TEXT_COLUMNS, Sheet, read_sheet
from etl.sheets.sheet_checks import check_complete, check_sheet, codes_read_as
from heatmap.errors import DataContractError, SourceError
from heatmap.layers.cards import Card, LayerCard, PointColumn, PointsCard
from heatmap.layers.catalogue import LAYERS_DIR

#: At most so many sentences at once; who has mended them is told the rest.
MOST_SENTENCES: Final = 8


def beside(card: Card, folder: Path = LAYERS_DIR) -> Path:
    """Where the card's own file lies. Raises SourceError, with the next step, where it does not."""
    path = folder / f"{card.id}.csv"
    if path.is_file():
        return path
    if os.path.lexists(path):
        what = "a folder" if path.is_dir() else "a link to a file that is not there" if path.is_symlink() else "no ordinary file"
        raise SourceError(f"{path.name}: {what}. Move it away, and put the CSV itself there.")
    other = sorted(near.name for near in folder.glob(f"{card.id}.*") if near.suffix != ".toml" and near.is_file())
    hint = f"There is {other[0]}: save it as 'CSV UTF-8' under this name." if other else "Put your figures there, next to the card."
    where = "data/layers/" if folder == LAYERS_DIR else f"{folder.name}/"
    raise SourceError(f"{path.name}: not in {where}. {hint}")


def read_beside(path: Path, card: Card) -> pd.DataFrame:
    """The figures, or the places, of a learner's file under our names.

    path    a CSV in UTF-8, with the headers on line 1
    returns an indicator's ``code``, ``period``, ``flag`` as text and the rest as numbers, NaN where the cell is empty; of
            points every column that a place may have, text ("" where there is none) but for ``latitude``, ``longitude``

    Raises SourceError where the file is no CSV, else DataContractError with a sentence for each kind of fault.
    """
    sheet = _read(path, card)[0]
    hold(sheet, card)
    return make_points(sheet) if isinstance(card, PointsCard) else _make_figures(sheet, card)


def say_codes_of_file(path: Path, card: Card) -> str:
    """Which codes of a learner's file are read as others, in words; "" where none is."""
    read = _read(path, card)[1]
    return ", ".join(f"{code} as {ours}" for code, ours in read.items())


def _read(path: Path, card: Card) -> tuple[Sheet, dict[str, str]]:
    """A sheet with its codes as those of the card's year, and which were other ones."""
    sheet = read_sheet(path, card)
    read = codes_read_as(sheet, card)
    if read:
        codes = [read.get(cell.strip(), cell) for cell in sheet.cells["code"]]
        sheet = replace(sheet, cells={**sheet.cells, "code": codes})
    return sheet, read


def hold(sheet: Sheet, card: Card) -> None:
    """Hold a sheet against its card. Raises DataContractError with a sentence for each kind of fault."""
    # Told last, what is missing or too much: most other faults would be told twice.
    for found in (check_sheet(sheet, card), check_complete(sheet, card)):
        if found:
            more = len(found) - MOST_SENTENCES
            last = [f"{sheet.name}: and {more} more {'kinds' if more > 1 else 'kind'} of error. Fix these first."] if more > 0 else []
            raise DataContractError("\n".join(found[:MOST_SENTENCES] + last))


def _make_figures(sheet: Sheet, card: LayerCard) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            column: pd.Series([cell.strip() for cell in cells], dtype=str) if column in TEXT_COLUMNS else sheet.numbers(column)
            for column, cells in sheet.cells.items()
        }
    )
    if "kind" in table:
        number = {kind.code: float(n) for n, kind in enumerate(card.kinds, start=1)}
        table = table.assign(value=table.kind.map(number)).drop(columns="kind")
    return table


def make_points(sheet: Sheet) -> pd.DataFrame:
    """The places of a sheet: every column that a place may have, text ("" where there is none) but for latitude and longitude.

    ``attrs`` has the file's name as ``sheet``, ``notes`` on it, and what each row is called: "line 7", or a record of a feed.
    """
    table = pd.DataFrame(index=range(len(sheet.lines)))
    called = list(sheet.called) or [f"line {line}" for line in sheet.lines]
    table.attrs |= {"sheet": sheet.name, "called": called, "lines": [] if sheet.called else sheet.lines, "notes": sheet.notes}
    for column in get_args(PointColumn):
        if column in ("latitude", "longitude"):
            table[column] = sheet.numbers(column)
        else:
            cells = sheet.cells.get(column, [""] * len(table))
            table[column] = pd.Series([cell.strip() for cell in cells], dtype=str)
    return table
