"""The nearest of many places, by the straight line over the globe."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

#: The globe's mean radius (IUGG).
EARTH_KM: Final = 6371.0088


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

    >>> here = pd.DataFrame({"latitude": [52.0, 52.2], "longitude": [0.0, 0.0]})
    >>> row, km = find_nearest(here, pd.DataFrame({"latitude": [52.1, 52.21], "longitude": [0.1, 0.0]}))
    >>> row.tolist(), km.round(1).tolist()
    ([0, 1], [13.1, 1.1])
    """
    here, there = (to_globe(table.latitude.to_numpy(), table.longitude.to_numpy()) for table in (points, places))
    chord, row = cKDTree(there).query(here)
    return row, to_arc(chord)
