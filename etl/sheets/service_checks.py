"""What may be wrong in the cells of a small CSV of places, each kind of fault with its sentence: names, postcodes, coordinates, days."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from etl.sheets.number_faults import fault_of_degrees
from etl.sheets.sheet import CellFault, Sheet
from heatmap.geography.postcodes import read_postcode
from heatmap.layers.cards import PointsCard
from heatmap.settings import ROOT

_SNAPSHOT = ROOT / "data" / "built"
#: West, south, east, north, in degrees: no place of England lies outside.
_ENGLAND: Final = (-6.5, 49.8, 1.9, 55.9)


def _check_names(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    if nameless := [row for row, cell in enumerate(sheet.cells["name"]) if not cell.strip()]:
        yield sheet.say(nameless, "a place without a name", "Say what it is called: an organisation, never a private person.")
    count = Counter(cell.strip() for cell in sheet.cells.get("id", []) if cell.strip())
    if twice := [row for row, cell in enumerate(sheet.cells.get("id", [])) if count[cell.strip()] > 1]:
        yield sheet.say(twice[1:], f"the id '{sheet.cells['id'][twice[1]].strip()}' stands twice", "Give every place its own id.")


def _check_postcodes(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    yield from sheet.say_cells(
        "postcode",
        lambda cell: (
            None if not cell.strip() or read_postcode(cell, outward_codes()) else ("is not a postcode", "Write it in full, like CO15 2EU.")
        ),
    )
    placed = ~np.isnan(sheet.numbers("latitude")) & ~np.isnan(sheet.numbers("longitude"))
    has = [bool(cell.strip()) for cell in sheet.cells.get("postcode", [""] * len(placed))]
    empty = [""] * len(placed)
    degrees = [sheet.cells.get(column, empty) for column in ("latitude", "longitude")]
    given = [bool(north.strip() or east.strip()) for north, east in zip(*degrees, strict=True)]
    lost = [row for row in range(len(placed)) if not (placed[row] or has[row] or given[row])]
    if len(lost) > card.unplaced:
        yield sheet.say(lost, "neither a postcode nor latitude and longitude", "Say where the place is by one of the two.")
    if half := [
        row
        for row in range(len(placed))
        if given[row] and not placed[row] and not any(fault_of_degrees(sheet.cells[column][row]) for column in ("latitude", "longitude"))
    ]:
        yield sheet.say(half, "only one of latitude and longitude", "Give both, or leave both empty and give the postcode.")


def _check_coordinates(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    """Latitude and longitude in degrees (EPSG:4326), in England."""
    latitude, longitude = sheet.numbers("latitude"), sheet.numbers("longitude")
    west, south, east, north = _ENGLAND

    def is_in(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (x >= west) & (x <= east) & (y >= south) & (y <= north)

    right, swapped = is_in(longitude, latitude), is_in(latitude, longitude)
    metres = (np.abs(latitude) > 1000) | (np.abs(longitude) > 1000)
    there = ~np.isnan(latitude) & ~np.isnan(longitude)
    sea = right & ~near_land(longitude, latitude)
    mirrored = sea & near_land(-longitude, latitude)

    def at(row: int) -> str:
        return f"latitude {latitude[row]:g}, longitude {longitude[row]:g}"

    for wrong, what, cure in (
        (swapped, "are swapped", "England's latitudes are 50 to 56, its longitudes -6 to 2: change the two headers."),
        (
            metres,
            "are metres of the British National Grid, not degrees",
            "Turn eastings and northings into degrees, or give the postcode alone.",
        ),
        (
            there & ~right & ~swapped & ~metres,
            "are outside England",
            "England's latitudes are 50 to 56, its longitudes -6 to 2: look for a lost point or digit.",
        ),
        (
            mirrored,
            "are in the sea, or in Wales or Scotland",
            "West of Greenwich longitudes have a minus in front: check the sign and the digits.",
        ),
        (sea & ~mirrored, "are in the sea, or in Wales or Scotland", "The map is of England: take the place out, or check the digits."),
    ):
        if rows := np.flatnonzero(wrong).tolist():
            yield sheet.say(rows, f"{at(rows[0])} {what}", cure)


def _check_degrees(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    for column in ("latitude", "longitude"):
        yield from sheet.say_cells(column, fault_of_degrees)


#: Degrees of the sides of a cell of the grid below: about 5 km.
_CELL: Final = 0.05


@cache
def outward_codes() -> frozenset[str]:
    """England's outward codes, from the snapshot; none where there is no snapshot yet."""
    try:
        parts = json.loads((_SNAPSHOT / "manifest.json").read_text(encoding="utf-8"))["parts"]
        return frozenset(pd.read_parquet(_SNAPSHOT / parts["postcodes/outward"]["file"]).outward)
    except (OSError, ValueError, KeyError):
        return frozenset()


@cache
def _boxes() -> dict[tuple[int, int], np.ndarray]:
    """The boxes of England's neighbourhoods, (n, 4) west, south, east, north, by the cells of a grid that they touch; empty without a
    snapshot."""
    try:
        parts = json.loads((_SNAPSHOT / "manifest.json").read_text(encoding="utf-8"))["parts"]
        boxes = pd.read_parquet(_SNAPSHOT / parts["points/lsoa"]["file"])[["west", "south", "east", "north"]].to_numpy(float)
    except (OSError, ValueError, KeyError):
        return {}
    found: dict[tuple[int, int], list[np.ndarray]] = {}
    for box, (west, south, east, north) in zip(boxes, np.floor(boxes / _CELL).astype(int).tolist(), strict=True):
        for x in range(west, east + 1):
            for y in range(south, north + 1):
                found.setdefault((x, y), []).append(box)
    return {cell: np.array(those) for cell, those in found.items()}


def near_land(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Whether each point, in degrees, lies in the box of some English neighbourhood; all do where there is no snapshot to tell."""
    by_cell = _boxes()
    if not by_cell:
        return np.ones(len(longitude), bool)
    nowhere = np.empty((0, 4))

    def is_near(x: float, y: float) -> bool:
        if math.isnan(x) or math.isnan(y):
            return False
        west, south, east, north = by_cell.get((math.floor(x / _CELL), math.floor(y / _CELL)), nowhere).T
        return bool(((west <= x) & (x <= east) & (south <= y) & (y <= north)).any())

    return np.array([is_near(x, y) for x, y in zip(longitude.tolist(), latitude.tolist(), strict=True)], bool)


def _check_dates(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    """Places of a community list say when someone last looked; those of an official register say its month on the card."""
    empty = sum(not cell.strip() for cell in sheet.cells.get("checked_on", [""] * len(sheet.lines)))

    def fault_of(cell: str) -> CellFault | None:
        cell = cell.strip()
        if not cell:
            return (
                None
                if card.register_month or empty <= card.undated
                else ("is empty", "Say when someone last checked that the place is there, like 2026-03-31.")
            )
        try:
            day = date.fromisoformat(cell) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else None
        except ValueError:
            day = None
        if day is None:
            return "is not a date that we can read", "Write year, month, day, like 2026-03-31."
        return ("has not come yet", "Write the day on which someone last checked.") if day > date.today() else None

    if "checked_on" not in sheet.cells and not card.register_month and empty > card.undated:
        yield (
            f"{sheet.name}: line 1: no column 'checked_on'. Add it, and say for each place when someone last checked it, like 2026-03-31;"
            ' or, for an official register, write its month on the card: register_month = "February 2026".'
        )
    yield from sheet.say_cells("checked_on", fault_of)
    yield from sheet.say_cells(
        "website",
        lambda cell: (
            None
            if not cell.strip() or re.match(r"https?://\S+$", cell.strip())
            else ("is not the address of a website", "Write it in full, starting with https://, or leave it empty.")
        ),
    )


def _check_phones(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    """A spreadsheet takes a telephone number for a figure, and its first 0 away."""
    return sheet.say_cells(
        "phone",
        lambda cell: (
            None
            if not re.fullmatch(r"[1-9]\d{8,9}", re.sub(r"[\s()-]", "", cell))
            else ("has lost its first 0", "Format the column as text, and put the 0 in front again.")
        ),
    )


def _check_same_place(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    """Two lines that say the same, but perhaps for the day, are one place; an id of its own tells a place apart."""
    columns = [cells for column, cells in sheet.cells.items() if column != "checked_on"]
    first: dict[tuple[str, ...], int] = {}
    again = []
    for row, cells in enumerate(zip(*columns, strict=True)):
        place = tuple(re.sub(r"\s", "", cell).lower() for cell in cells)
        if sheet.cells["name"][row].strip() and first.setdefault(place, row) != row:
            again.append((row, first[place]))
    if again:
        row, before = again[0]
        name, at = sheet.cells["name"][row].strip()[:40], sheet.called[before] if sheet.called else f"line {sheet.lines[before]}"
        yield sheet.say([row for row, _ in again], f"'{name}' stands on {at} already", "Keep one line for each place.")


SERVICE_CHECKS: Final = (
    _check_names,
    _check_postcodes,
    _check_degrees,
    _check_coordinates,
    _check_dates,
    _check_phones,
    _check_same_place,
)
