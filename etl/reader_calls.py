"""Calling a reader, ``etl/readers/<id>.py``: somebody's own code, so whatever goes wrong in it ends in a sentence, and what it gives is
checked."""

from __future__ import annotations

from importlib import import_module, util
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
import pandas as pd

from heatmap.code_faults import say_code_fault
from heatmap.errors import DataContractError, HeatmapError, SourceError, name_some
from heatmap.layers.cards import Card, OurColumn, PointColumn, PointsCard

_READERS: Final = Path(__file__).parent / "readers"
#: Columns of words; a reader gives numbers in all others.
_WORDS: Final = frozenset(get_args(PointColumn)) - {"latitude", "longitude"} | {"code", "period", "flag"}
#: What a reader may give besides: a place's own neighbourhood; the area that was split; a category before it is picked.
_MORE: Final = ("lsoa21_code", "split_from")


def has_reader(name: str) -> bool:
    """Whether there is a reader of that name."""
    return util.find_spec(f"etl.readers.{name}") is not None


def call_reader(card: Card, name: str, *arguments: Any) -> pd.DataFrame:
    """What a reader gives, held to our columns. Raises SourceError where its code fails, DataContractError where its table is not one.

    arguments   what its function ``read`` is given: the files, and the card first where several cards share the reader
    """
    spec = util.find_spec(f"etl.readers.{name}")
    path = Path(spec.origin) if spec and spec.origin else _READERS / f"{name}.py"
    try:
        module = import_module(f"etl.readers.{name}")
        read = getattr(module, "read", None)
        if not callable(read):
            raise SourceError(
                f"etl/readers/{name}.py: there is no function read(path) in it. Write one; docs/add-a-reader.md has an example."
            )
        given = read(*arguments)
    except HeatmapError:
        raise
    except Exception as fault:
        raise SourceError(say_code_fault(fault, path)) from None
    if found := _find_faults(given, card, f"etl/readers/{name}.py"):
        raise DataContractError("\n".join(found))
    table: pd.DataFrame = given.reset_index(drop=True)
    for column in table.columns:
        if not _is_words(column) and not _has_numbers(table[column]):
            table[column] = pd.to_numeric(table[column], errors="coerce").astype(float)
    return table


def _find_faults(table: Any, card: Card, name: str) -> list[str]:
    """What is wrong with a reader's table, a sentence each; later checks hold it against the card."""
    if not isinstance(table, pd.DataFrame):
        return [f"{name}: read gives {_name_type(table)}, not a table. End it with `return table`."]
    ours = get_args(PointColumn if isinstance(card, PointsCard) else OurColumn)
    columns = list(table.columns)
    if strange := [column for column in columns if column not in (*ours, *_MORE)]:
        kept = ", ".join(column for column in columns if column in ours) or "code, value"
        return [f"{name}: read gives a column {name_some(map(repr, strange))} that the map does not know. Rename it, or give only: {kept}."]
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        return [f"{name}: read gives the column '{twice[0]}' twice. Give it once."]
    if lost := _lacking(set(columns), isinstance(card, PointsCard)):
        has = f"It gives: {', '.join(columns)}" if columns else "It gives none"
        return [f"{name}: read gives no column '{lost}'. {has}. Add it: docs/layers.md explains each."]
    if table.empty:
        return [f"{name}: read gives a table without rows. Look at what it leaves out."]
    return [said for column in columns if (said := _say_wrong_cells(table, column, name))]


def _lacking(columns: set[str], places: bool) -> str:
    """The first column that cannot be done without and is not there."""
    if places:
        return "name" if "name" not in columns else "" if columns & {"postcode", "latitude"} else "postcode"
    if "code" not in columns:
        return "code"
    return "" if columns & {"value", "rank"} or {"numerator", "denominator"} <= columns else "value"


def _say_wrong_cells(table: pd.DataFrame, column: str, name: str) -> str:
    """A sentence where a column of numbers has something else in it, or a column of words has no words; "" where all is well."""
    cells = table[column]
    called = "code" if "code" in table else "name"

    def say(wrong: np.ndarray, what: str, cure: str) -> str:
        if not wrong.any():
            return ""
        row = int(np.flatnonzero(wrong)[0])
        cell, at = (_plain(table[name_of].iloc[row]) for name_of in (column, called))
        more = f", and {int(wrong.sum()) - 1:,} more" if wrong.sum() > 1 else ""
        return f"{name}: read gives {column} = {cell!r} at {at}{more}: {what}. {cure}"

    if _is_words(column):
        odd = np.array([not isinstance(cell, str) and not _is_absent(cell) for cell in cells], bool)
        empty = column in ("code", "name")
        lost = np.array([_is_absent(cell) for cell in cells], bool) if empty else np.zeros(len(cells), bool)
        return say(odd, "this is not text", f'Read it as text, with dtype={{"{column}": str}}.') or say(
            lost, "nothing is there", "Leave such rows out, or fill the cell."
        )
    if _has_numbers(cells):
        return say(np.isinf(cells.to_numpy(float)), "this is not finite", "Give a number, or None where there is no figure.")
    numbers = pd.to_numeric(cells, errors="coerce")
    text = np.array(
        [not _is_absent(cell) and (isinstance(cell, str | bool) or bool(lost)) for cell, lost in zip(cells, numbers.isna(), strict=True)],
        bool,
    )
    reason = ", with the reason in a column 'flag': suppressed or missing" if "code" in table else ""
    return say(text, "this is not a number", f"Give numbers, and None where there is none{reason}.")


def _plain(cell: Any) -> Any:
    """A cell as Python has it: 1 and not np.int64(1)."""
    return cell.item() if isinstance(cell, np.generic) else cell


def _is_words(column: str) -> bool:
    return column in _WORDS or column in _MORE or column == "category"


def _has_numbers(cells: pd.Series) -> bool:
    return isinstance(cells.dtype, np.dtype) and cells.dtype.kind in "iuf"


def _is_absent(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and bool(np.isnan(cell)))


def _name_type(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
