"""The nearest of many places, by the straight line over the globe."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

#: The globe's mean radius (IUGG).
EARTH_KM: Final = 6371.0088
#: Degrees of a cell's sides: about 1.7 km each way in England. Larger cells hold more points, and more places to try.
_CELL: Final = (0.015, 0.025)


def to_globe(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Points in the globe's own three axes, in km from its middle: (n, 3). Their straight distance rises as the arc's does."""
    north, east = np.radians(np.asarray(latitude, float)), np.radians(np.asarray(longitude, float))
    level = np.cos(north)
    return EARTH_KM * np.column_stack([level * np.cos(east), level * np.sin(east), np.sin(north)])


def to_arc(chord: np.ndarray) -> np.ndarray:
    """The way over the globe, in km, of a distance straight through it."""
    return 2 * EARTH_KM * np.arcsin(np.clip(chord / (2 * EARTH_KM), 0, 1))


def distances_km(those: pd.DataFrame, these: pd.DataFrame) -> np.ndarray:
    """(n, m) the way over the globe from each of ``those`` to each of ``these``, by latitude and longitude in degrees.

    >>> one, two = (pd.DataFrame({"latitude": [n], "longitude": [0.0]}) for n in (52.0, 53.0))
    >>> distances_km(one, two).round(2).tolist()
    [[111.2]]
    """
    a, b = (to_globe(table.latitude.to_numpy(), table.longitude.to_numpy()) for table in (those, these))
    return to_arc(np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=2)))


def find_nearest(points: pd.DataFrame, places: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """For each point its nearest place: its row number, and how far it is, in km.

    points, places  latitude and longitude in degrees; none may be missing

    Points are taken by cells of a grid. No place can be the nearest of any point in a cell that lies farther from the cell's
    middle than the nearest one does, by more than the cell is wide: only the others are tried, so that none is missed.

    >>> here = pd.DataFrame({"latitude": [52.0, 52.2], "longitude": [0.0, 0.0]})
    >>> row, km = find_nearest(here, pd.DataFrame({"latitude": [52.1, 52.21], "longitude": [0.1, 0.0]}))
    >>> row.tolist(), km.round(1).tolist()
    ([0, 1], [13.1, 1.1])
    """
    here, there = (to_globe(table.latitude.to_numpy(), table.longitude.to_numpy()) for table in (points, places))
    cell = np.floor(points.latitude.to_numpy() / _CELL[0]).astype(np.int64) * 100_000 + np.floor(
        points.longitude.to_numpy() / _CELL[1]
    ).astype(np.int64)
    order = np.argsort(cell, kind="stable")
    starts = np.flatnonzero(np.diff(cell[order], prepend=cell[order][:1] - 1)) if len(order) else np.array([], int)
    ends = np.append(starts[1:], len(order))
    row, chord = np.zeros(len(points), np.int64), np.zeros(len(points))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        mine = order[start:end]
        inside = here[mine]
        middle = (inside.min(axis=0) + inside.max(axis=0)) / 2
        reach = np.sqrt(((inside - middle) ** 2).sum(axis=1).max())
        from_middle = np.sqrt(((there - middle) ** 2).sum(axis=1))
        tried = np.flatnonzero(from_middle <= from_middle.min() + 2 * reach + 1e-9)
        squared = ((inside[:, None] - there[tried][None]) ** 2).sum(axis=2)
        first = squared.argmin(axis=1)
        row[mine], chord[mine] = tried[first], np.sqrt(squared[np.arange(len(mine)), first])
    return row, to_arc(chord)
