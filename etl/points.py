"""A layer of places: read, checked, put on the map by its coordinates or by its postcode.

A place's neighbourhood, ``lsoa21_code``, is the register's own where a reader gives it, else that of its postcode, though
its coordinates may lie over the line; "" for a place with neither. It says in which area to list a place, no more.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, util
from pathlib import Path
from typing import Final, get_args

import brotli
import numpy as np
import pandas as pd

from etl.beside import beside, read_beside
from etl.postcodes import number_inward
from etl.sources import find_raw, read_csv
from heatmap.cards import PointColumn, PointsCard
from heatmap.errors import DataContractError, name_some

#: How a place came to its point, in a place's column ``placed``: its own coordinates; the middle of its postcode, of which
#: the last also says that the postcode itself was placed by its map reference.
PLACED: Final = ("coordinates", "postcode", "postcode_probably")
#: West, south, east, north of England, in degrees, with its islands.
ENGLAND: Final = (-6.5, 49.8, 1.9, 55.9)
_TEXT: Final = tuple(column for column in get_args(PointColumn) if column not in ("latitude", "longitude"))
#: Told by some lists and by no register: written only where a list has it, and "" for the reader of any other.
_RARE: Final = ("eligibility",)


@dataclass(frozen=True)
class PostcodePlaces:
    """Where every English postcode lies: the parts ``postcodes/table`` and ``postcodes/outward`` of the snapshot.

    codes   England's LSOA codes by position
    """

    table: pd.DataFrame
    outward: pd.DataFrame
    codes: pd.Series

    def find(self, postcodes: pd.Series) -> pd.DataFrame:
        """latitude, longitude, lsoa21_code and placed of each postcode, however it is spaced; NaN and "" where there is none.

        postcodes   "co15 2eu", "CO152EU", ...
        """
        squeezed = postcodes.str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
        known = self.outward.set_index("outward")
        outward = known.reindex(squeezed.str[:-3])
        inward = number_inward(squeezed.str[-3:])
        begin = outward.start.fillna(0).to_numpy(int)
        count = outward["count"].fillna(0).to_numpy(int)
        numbers = self.table.inward.to_numpy()
        row = np.full(len(squeezed), -1)
        for i, (first, many, wanted) in enumerate(zip(begin, count, inward, strict=True)):
            at = first + np.searchsorted(numbers[first : first + many], wanted) if many and wanted >= 0 else -1
            if 0 <= at < first + many and numbers[at] == wanted:
                row[i] = at
        there = row >= 0
        got = self.table.iloc[np.where(there, row, 0)]
        return pd.DataFrame({
            "latitude": np.where(there, got.lat / 1e5, np.nan), "longitude": np.where(there, got.long / 1e5, np.nan),
            "lsoa21_code": np.where(there, self.codes.to_numpy()[got.lsoa], ""),
            "placed": np.where(there, np.where(got.placed, PLACED[2], PLACED[1]), ""),
        }, index=postcodes.index)  # fmt: skip


def build_points(
    card: PointsCard, places: PostcodePlaces, mirror: Path | None, progress: Callable[[str], None] = lambda _: None
) -> pd.DataFrame:
    """The places of a card's file as ``put_on_map`` gives them. Raises SourceError too where the file cannot be had."""
    return put_on_map(card, _read(card, mirror, progress), places)


def put_on_map(card: PointsCard, table: pd.DataFrame, places: PostcodePlaces) -> pd.DataFrame:
    """One row a place, sorted by id: every column of a place as text, latitude and longitude, lsoa21_code and placed.

    table       the places as read, of which ``rows`` of the card counts all, before the ``unplaced`` ones are taken out

    Raises DataContractError with each broken promise: rows, ids, coordinates, places that cannot be put on the map.
    """
    table = _fill(table)
    faults = []
    if len(table) != card.rows:
        faults.append(f"{card.id}: {len(table):,} rows, the card says {card.rows:,}. Mend the file, or the number on the card.")
    if (twice := table.id[table.id.duplicated()]).size:
        faults.append(f"{card.id}: the id {name_some(twice.unique())} stands twice. Give every place an id of its own.")
    if (nameless := table.name == "").any():
        faults.append(f"{card.id}: {int(nameless.sum()):,} places have no name ({name_some(table.id[nameless])}). Name them.")
    by_postcode = places.find(table.postcode)
    own = table.latitude.notna() & table.longitude.notna()
    west, south, east, north = ENGLAND
    if (outside := own & ~(table.longitude.between(west, east) & table.latitude.between(south, north))).any():
        first = table[outside].iloc[0]
        faults.append(
            f"{card.id}: {name_some(table.name[outside])} at latitude {first.latitude:g}, longitude {first.longitude:g} lies outside"
            " England. Latitude is about 50 to 56, longitude about -6 to 2; they may have been swapped."
        )
    lost = ~own & (by_postcode.placed == "")
    if int(lost.sum()) != card.unplaced:
        faults.append(_say_lost(card, table, lost))
    if faults:
        raise DataContractError("\n".join(faults))
    for column in ("latitude", "longitude"):
        table[column] = table[column].where(own, by_postcode[column]).round(5)
    known = table.lsoa21_code.isin(places.codes) if "lsoa21_code" in table else False
    table["lsoa21_code"] = by_postcode.lsoa21_code if known is False else table.lsoa21_code.where(known, by_postcode.lsoa21_code)
    table["placed"] = by_postcode.placed.where(~own, PLACED[0])
    told = [column for column in _TEXT if column not in _RARE or (table[column] != "").any()]
    return table[~lost].sort_values("id", ignore_index=True)[[*told, "latitude", "longitude", "lsoa21_code", "placed"]]


def _say_lost(card: PointsCard, table: pd.DataFrame, which: pd.Series) -> str:
    """That there are more, or fewer, places that cannot be put on the map than the card says."""
    lost = table[which]
    if len(lost) > card.unplaced and "sheet" in table.attrs:
        lines = [line for line, one in zip(table.attrs["lines"], which, strict=True) if one]
        others = f" (and {len(lines) - 1:,} more: line {name_some(lines[1:])})" if len(lines) > 1 else ""
        return (
            f"{table.attrs['sheet']}: line {lines[0]}: postcode '{lost.postcode.iloc[0]}' of {lost.name.iloc[0][:40]} is none that we have{others}."
            f" Mend it, or give latitude and longitude; or put unplaced = {len(lost)} on the card to leave out what cannot be placed."
        )
    count = "1 place has" if len(lost) == 1 else f"{len(lost):,} places have"
    named = f" ({name_some(lost.name)})" if len(lost) else ""
    return (
        f"{card.id}: {count} neither coordinates nor a postcode we know{named}, the card says {card.unplaced:,}."
        " Mend their postcodes, or say the number in 'unplaced'."
    )


#: What the map fetches of each place; the rest, in the same order, is asked for place by place. Nothing is kept twice.
ON_THE_MAP: Final = ("id", "name", "longitude", "latitude")


def pack_points(table: pd.DataFrame) -> bytes:
    """What the map needs of each place, as JSON by column, in the order of ids: its id, name and point in degrees x 100,000."""
    whole = {"id": table.id.tolist(), "name": table.name.tolist()}
    whole |= {column: (table[column] * 1e5).round().astype(int).tolist() for column in ("longitude", "latitude")}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def unpack_points(packed: bytes) -> pd.DataFrame:
    """The places of a part ``spots/<layer>`` again, their points in degrees."""
    whole = pd.DataFrame(json.loads(brotli.decompress(packed)))
    return whole.assign(longitude=whole.longitude / 1e5, latitude=whole.latitude / 1e5)


def _read(card: PointsCard, mirror: Path | None, progress: Callable[[str], None]) -> pd.DataFrame:
    if card.lies_beside:
        return read_beside(beside(card), card)
    paths = [find_raw(file, mirror, progress) for file in card.file]
    reader = f"etl.readers.{card.id}"
    table: pd.DataFrame = import_module(reader).read(*paths) if util.find_spec(reader) else read_csv(paths[0], dict(card.columns))
    return table


def _fill(table: pd.DataFrame) -> pd.DataFrame:
    """Every column of a place, text as "" and numbers as NaN where the file has none."""
    for column in _TEXT:
        table[column] = table[column].fillna("").astype(str).str.strip() if column in table else ""
    for column in ("latitude", "longitude"):
        table[column] = pd.to_numeric(table[column], errors="coerce") if column in table else np.nan
    if (table.id == "").all():  # a list without ids: its lines are numbered
        table["id"] = [f"{number:05d}" for number in range(1, len(table) + 1)]
    return table
