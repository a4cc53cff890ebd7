"""A layer of places: read, checked, put on the map by its coordinates or by its postcode.

A place's neighbourhood, ``lsoa21_code``, is the register's own where a reader gives it, else that of its postcode, though
its coordinates may lie over the line; "" for a place with neither. It says in which area to list a place, no more.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, get_args

import brotli
import numpy as np
import pandas as pd

from etl.nearest import EARTH_KM
from etl.postcodes import number_inward
from etl.reader_calls import call_reader, has_reader
from etl.sheets.beside import beside, read_beside
from etl.sources import find_raw, read_csv
from heatmap.errors import DataContractError, name_some
from heatmap.geography.postcodes import read_postcode
from heatmap.layers.cards import PointColumn, PointsCard

#: How a place came to its point, in a place's column ``placed``: its own coordinates; the middle of its postcode, of which
#: the last also says that the postcode itself was placed by its map reference.
PLACED: Final = ("coordinates", "postcode", "postcode_probably")
#: West, south, east, north of England, in degrees, with its islands.
ENGLAND: Final = (-6.5, 49.8, 1.9, 55.9)
_TEXT: Final = tuple(column for column in get_args(PointColumn) if column not in ("latitude", "longitude"))
#: A postcode and a point further apart than this, in km, are of two places; postcodes in the country are some km wide.
APART_KM: Final = 5.0
#: Told by some lists and by no register: written only where a list has it, and "" for the reader of any other.
_RARE: Final = ("eligibility",)


@dataclass(frozen=True)
class PostcodePlaces:
    """Where every English postcode lies: the parts ``postcodes/table`` and ``postcodes/outward`` of the snapshot.

    codes   England's LSOA codes by position
    names   what each LSOA is called, by position: "Kings Heath Park & Stirchley East (Birmingham)"; empty where nobody asks
    """

    table: pd.DataFrame
    outward: pd.DataFrame
    codes: pd.Series
    names: pd.Series = field(default_factory=lambda: pd.Series(dtype=str))

    @cached_property
    def outwards(self) -> frozenset[str]:
        """England's outward codes."""
        return frozenset(self.outward.outward)

    def find(self, postcodes: pd.Series) -> pd.DataFrame:
        """latitude, longitude, lsoa21_code and placed of each postcode, however it is written; NaN and "" where there is none.

        postcodes   "co15 2eu", "CO152EU", ...
        returns     besides, ``postcode`` as it was read ("" for what is none), and ``guessed`` where a letter was
        """
        read = [read_postcode(text, self.outwards) for text in postcodes]
        known = self.outward.set_index("outward")
        outward = known.reindex([one.outward if one else "" for one in read])
        inward = number_inward(pd.Series([one.inward if one else "" for one in read], dtype=str))
        begin = outward.start.fillna(0).to_numpy(int)
        count = outward["count"].fillna(0).to_numpy(int)
        numbers = self.table.inward.to_numpy()
        row = np.full(len(read), -1)
        for i, (first, many, wanted) in enumerate(zip(begin, count, inward, strict=True)):
            at = first + np.searchsorted(numbers[first : first + many], wanted) if many and wanted >= 0 else -1
            if 0 <= at < first + many and numbers[at] == wanted:
                row[i] = at
        there = row >= 0
        got = self.table.iloc[np.where(there, row, 0)]
        return pd.DataFrame(
            {
                "latitude": np.where(there, got.lat / 1e5, np.nan),
                "longitude": np.where(there, got.long / 1e5, np.nan),
                "lsoa21_code": np.where(there, self.codes.to_numpy()[got.lsoa], ""),
                "placed": np.where(there, np.where(got.placed, PLACED[2], PLACED[1]), ""),
                "postcode": [one.text if one else "" for one in read],
                "guessed": [bool(one and one.guessed) for one in read],
            },
            index=postcodes.index,
        )

    def name_at(self, latitude: float, longitude: float) -> str:
        """What the neighbourhood of the nearest English postcode is called."""
        km = km_between(latitude, longitude, self.table.lat.to_numpy() / 1e5, self.table.long.to_numpy() / 1e5)
        return self.name_of(self.codes.iloc[int(self.table.lsoa.iloc[int(np.argmin(km))])])

    def name_of(self, code: str) -> str:
        """What a neighbourhood is called; its code where there are no names."""
        return str(self.names.iloc[pd.Index(self.codes).get_loc(code)]) if len(self.names) else code


def name_neighbourhoods(areas: pd.DataFrame) -> pd.Series:
    """What each neighbourhood is called where it must be told apart from one elsewhere.

    >>> name_neighbourhoods(pd.DataFrame({"name": ["Birmingham 107E"], "place": ["Kings Heath"]})).tolist()
    ['Kings Heath (Birmingham)']
    """
    return areas.place + " (" + areas.name.str.rpartition(" ")[0] + ")"


def build_points(
    card: PointsCard, places: PostcodePlaces, mirror: Path | None, progress: Callable[[str], None] = lambda _: None
) -> pd.DataFrame:
    """The places of a card's file as ``put_on_map`` gives them. Raises SourceError too where the file cannot be had."""
    return put_on_map(card, _read(card, mirror, progress), places, progress)


def put_on_map(
    card: PointsCard,
    table: pd.DataFrame,
    places: PostcodePlaces,
    say: Callable[[str], None] = lambda _: None,
    apart_is_fault: bool = True,
) -> pd.DataFrame:
    """One row a place, sorted by id: every column of a place as text, latitude and longitude, lsoa21_code and placed.

    table       the places as read, of which ``rows`` of the card counts all, before the ``unplaced`` ones are taken out
    say         is told what a person should check: a postcode of which a letter was guessed
    apart_is_fault  refuse a place whose postcode and point are far apart; else tell it, and draw it at its point

    Raises DataContractError with each broken promise: rows, ids, coordinates, places that cannot be put on the map.
    """
    table = _fill(table)
    faults = []
    if len(table) != card.rows:
        faults.append(f"{card.id}: {len(table):,} rows, the card says {card.rows:,}. Mend the file, or the number on the card.")
    if (twice := table.id[table.id.duplicated()]).size:
        faults.append(f"{card.id}: the id {name_some(twice.unique())} stands twice. Give every place its own id.")
    if (nameless := table.name == "").any():
        faults.append(f"{card.id}: {int(nameless.sum()):,} places have no name ({name_some(table.id[nameless])}). Name them.")
    by_postcode = places.find(table.postcode)
    for note in _say_guesses(card, table, by_postcode):
        say(note)
    table["postcode"] = by_postcode.postcode.where(by_postcode.postcode != "", table.postcode)
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
    for sentence in _say_apart(card, table, by_postcode, places):
        if apart_is_fault:
            faults.append(sentence)
        else:
            say(sentence)
    if faults:
        raise DataContractError("\n".join(faults))
    for column in ("latitude", "longitude"):
        table[column] = table[column].where(own, by_postcode[column]).round(5)
    known = table.lsoa21_code.isin(places.codes) if "lsoa21_code" in table else False
    table["lsoa21_code"] = by_postcode.lsoa21_code if known is False else table.lsoa21_code.where(known, by_postcode.lsoa21_code)
    table["placed"] = by_postcode.placed.where(~own, PLACED[0])
    told = [column for column in _TEXT if column not in _RARE or (table[column] != "").any()]
    return table[~lost].sort_values("id", ignore_index=True)[[*told, "latitude", "longitude", "lsoa21_code", "placed"]]


def km_between(latitude: Any, longitude: Any, latitudes: Any, longitudes: Any) -> np.ndarray:
    """The way over the globe in km (haversine) between points, or pairs of them; degrees."""
    here, there = np.radians(np.asarray(latitude, float)), np.radians(np.asarray(latitudes, float))
    across = np.radians(np.asarray(longitudes, float) - np.asarray(longitude, float))
    half = np.sin((there - here) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin(across / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def _where(card: PointsCard, table: pd.DataFrame, row: int) -> str:
    """How a sentence on a place begins: with the file and the line, the record, or the layer."""
    called = table.attrs.get("called")
    return f"{table.attrs['sheet']}: {called[row]}" if called else f"{card.id}: {table.id.iloc[row]}"


def _say_guesses(card: PointsCard, table: pd.DataFrame, by_postcode: pd.DataFrame) -> list[str]:
    return [
        f"{_where(card, table, row)}: postcode '{table.postcode.iloc[row][:20]}': we read {by_postcode.postcode.iloc[row]}. Check it."
        for row in np.flatnonzero(by_postcode.guessed).tolist()
    ]


def _say_apart(card: PointsCard, table: pd.DataFrame, by_postcode: pd.DataFrame, places: PostcodePlaces, most: int = 5) -> list[str]:
    """A sentence for each of the first places whose postcode and own point are not near each other, and how many more there are."""
    km = km_between(table.latitude, table.longitude, by_postcode.latitude, by_postcode.longitude)
    apart = np.flatnonzero(np.nan_to_num(km) > APART_KM).tolist()
    said = []
    for row in apart[:most]:
        one, by = table.iloc[row], by_postcode.iloc[row]
        said.append(
            f"{_where(card, table, row)}: {one['name'][:60]}: its postcode {by.postcode} is in {places.name_of(by.lsoa21_code)}, but its"
            f" latitude {one.latitude:g} and longitude {one.longitude:g} are in {places.name_at(one.latitude, one.longitude)},"
            f" {km[row]:,.0f} km away. Correct the one that is wrong."
        )
    if len(apart) > most:
        said.append(f"{table.attrs.get('sheet', card.id)}: and {len(apart) - most:,} more places whose postcode and point are far apart.")
    return said


def _say_lost(card: PointsCard, table: pd.DataFrame, which: pd.Series) -> str:
    """That there are more, or fewer, places that cannot be put on the map than the card says."""
    lost = table[which]
    if len(lost) > card.unplaced and table.attrs.get("lines"):
        lines = [line for line, one in zip(table.attrs["lines"], which, strict=True) if one]
        others = f" (and {len(lines) - 1:,} more: line {name_some(lines[1:])})" if len(lines) > 1 else ""
        return (
            f"{table.attrs['sheet']}: line {lines[0]}: postcode '{lost.postcode.iloc[0]}' of {lost.name.iloc[0][:40]} is none that we"
            f" have{others}. Mend it, or give latitude and longitude; or put unplaced = {len(lost)} on the card to leave out what cannot be"
            " placed."
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
    return call_reader(card, card.id, *paths) if has_reader(card.id) else read_csv(paths[0], dict(card.columns))


def _fill(table: pd.DataFrame) -> pd.DataFrame:
    """Every column of a place, text as "" and numbers as NaN where the file has none."""
    for column in _TEXT:
        table[column] = table[column].fillna("").astype(str).str.strip() if column in table else ""
    for column in ("latitude", "longitude"):
        table[column] = pd.to_numeric(table[column], errors="coerce") if column in table else np.nan
    if (table.id == "").all():  # a list without ids: its lines are numbered
        table["id"] = [f"{number:05d}" for number in range(1, len(table) + 1)]
    return table
