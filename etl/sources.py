"""Raw files: found in a mirror folder, fetched, or lying beside their card; known by their hash, read as text."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from etl.reader_calls import call_reader, has_reader
from etl.sheets.beside import beside, read_beside
from heatmap.errors import DataContractError, SourceError
from heatmap.layers.cards import LayerCard, RawFile
from heatmap.settings import ROOT

#: Where fetched files are kept; a folder of one's own choice by HEATMAP_RAW.
FETCHED = Path(os.environ.get("HEATMAP_RAW", ROOT / "var" / "raw"))


@cache
def _hash(path: Path, size: int, changed: int) -> str:  # size and time are the cache's key, so a changed file is read again
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def hash_file(path: Path) -> str:
    """The sha256 of a file, as 64 hex digits."""
    seen = path.stat()
    return _hash(path, seen.st_size, seen.st_mtime_ns)


def find_raw(file: RawFile, mirror: Path | None, progress: Callable[[str], None] = lambda _: None) -> Path:
    """The raw file a card names: from the mirror if there is one, else fetched; its hash is checked either way.

    Raises SourceError where it is absent, cannot be fetched, or is not the file the card describes.
    """
    if mirror is not None:
        path = mirror / file.path
        if not file.path or not path.is_file():
            raise SourceError(f"{file.path or file.url}: not in the mirror folder {mirror.name}/. Put it there.")
    else:
        from etl.fetching import fetch_raw  # its libraries are not in the lock of those who only serve

        path = fetch_raw(file, FETCHED, progress)
    if file.sha256 and hash_file(path) != file.sha256:
        raise SourceError(
            f"{file.path or file.url}: not the file the card describes (its sha256 begins {hash_file(path)[:12]}, the card"
            f" says {file.sha256[:12]}). The copy is damaged, or the publisher has changed it: get it again,"
            " or check the new one and put its hash in the card."
        )
    return path


@lru_cache(maxsize=6)
def _read_text(path: Path, _hash: str, skip: int) -> pd.DataFrame:  # many cards share one file: it is read once
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False, na_values=[""], skiprows=skip)
        return table.set_axis(table.index + skip)
    except (EOFError, gzip.BadGzipFile, zlib.error, OSError):
        raise SourceError(f"{path.name}: the file is cut short or damaged. Get it again.") from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise SourceError(f"{path.name}: not a CSV in UTF-8. Save it as 'CSV UTF-8' and try again.") from None


def read_csv(path: Path, columns: dict[str, str], skip: int = 0) -> pd.DataFrame:
    """The named columns of a (gzipped) CSV under our names; everything is read as text, numbers are made later.

    columns     the publisher's header -> our name
    skip        how many lines stand before the headers
    Raises SourceError where the file is cut short or not text, DataContractError where a column is absent.
    """
    table = _read_text(path, hash_file(path), skip)
    if absent := [header for header in columns if header not in table]:
        raise DataContractError(
            f"{path.name}: no column {', '.join(absent)}. The file has: {', '.join(list(table)[:12])}"
            + (", ..." if table.shape[1] > 12 else "")
            + ". Check [columns] on the card."
        )
    return table[list(columns)].rename(columns=columns)


def to_numbers(table: pd.DataFrame, columns: list[str], name: str) -> pd.DataFrame:
    """Those columns as numbers; a DataContractError names the first cell that is none, with its line.

    table   as read from the file: rows may have been left out, but keep the index that they were read with
    """
    for column in columns:
        number = pd.to_numeric(table[column], errors="coerce")
        wrong = number.isna() & table[column].notna()
        if wrong.any():
            row = table.index[wrong][0]
            raise DataContractError(f"{name}: line {row + 2}: {column} = {table.loc[row, column]!r} is not a number. Fix that cell.")
        table = table.assign(**{column: number.astype(float)})
    return table


def read_table(card: LayerCard, mirror: Path | None, progress: Callable[[str], None] = lambda _: None) -> pd.DataFrame:
    """The card's main table under our column names, in its own geography.

    A publisher's file that is not one plain table has a reader: ``etl/readers/<id>.py`` with ``read(*paths)``, or, where the
    card names one that several share, ``etl/readers/<reader>.py`` with ``read(card, *paths)``.
    Without a file the figures lie beside the card (``etl/sheets/beside.py``).
    """
    if card.lies_beside:
        return read_beside(beside(card), card)
    paths = [find_raw(file, mirror, progress) for file in card.file]
    if card.reader:
        return call_reader(card, card.reader, card, *paths)
    if has_reader(card.id):
        return call_reader(card, card.id, *paths)
    table = read_csv(paths[0], dict(card.columns))
    if "kind" in table:
        number = {kind.code: float(n) for n, kind in enumerate(card.kinds, start=1)}
        if strange := sorted(set(table.kind.dropna()) - set(number)):
            raise DataContractError(f"{card.id}: the file has kinds the card does not name: {', '.join(strange)}.")
        table = table.assign(value=table.kind.map(number)).drop(columns="kind")
    table = to_numbers(table, [column for column in table if column not in ("code", "period", "flag", "category")], card.id)
    # Census and ONS files hold Wales too; the map is of England. What is dropped is Welsh by its code, nothing else.
    table = table[~table.code.astype(str).str.startswith("W0")].reset_index(drop=True)
    if card.pick:
        table = _pick(table, card)
    if "value" in table and card.times != 1:
        table["value"] = (table.value * card.times).round(6)  # 0.29 times 100 is 29, not 28.999999999999996
    return table


def _pick(table: pd.DataFrame, card: LayerCard) -> pd.DataFrame:
    """One row an area (and period): of a line for each category those the card picks, their counts added up."""
    if strange := sorted(set(card.pick) - set(table.category)):
        raise DataContractError(
            f"{card.id}: the file has no category {', '.join(strange)}. It has: {', '.join(table.category.unique()[:12])}. Fix 'pick'."
        )
    picked = table[table.category.isin(card.pick)].drop(columns="category")
    keys = [column for column in ("code", "period") if column in picked]
    if len(card.pick) == 1:
        return picked.reset_index(drop=True)
    groups = picked.groupby(keys, sort=False)
    if ((groups.size() != len(card.pick)) | (groups.denominator.nunique() != 1)).any():
        raise DataContractError(f"{card.id}: some areas lack a category, or have two denominators. Is the file cut short?")
    return groups.agg(numerator=("numerator", "sum"), denominator=("denominator", "first")).reset_index()


def path_of(card: LayerCard, role: str, mirror: Path | None) -> Path:
    """The raw file of a role on a card, e.g. ``lad_summary``."""
    return find_raw(next(file for file in card.file if file.role == role), mirror)
