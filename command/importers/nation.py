"""Whether a place of a list of the whole United Kingdom is in England, which is what the map is of."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from etl.points import PostcodePlaces, km_between
from heatmap.geography.postcodes import read_postcode
from heatmap.snapshot import Snapshot

#: A point on a pier or a bank is outside every outline, but this near, in km, to an English postcode.
_BY_THE_WATER_KM: Final = 0.2


def is_english(places: PostcodePlaces, snapshot: Snapshot) -> Callable[[str, float, float], bool]:
    """Whether a place is in England: by its postcode where we have it, or where its area is another nation's; else by its point in
    degrees."""
    outlines = cache(lambda: snapshot.outlines("lsoa"))
    areas = snapshot.areas["lsoa"]
    west, south, east, north = (areas[side].to_numpy(float) for side in ("west", "south", "east", "north"))

    def ask(postcode: str, latitude: float, longitude: float) -> bool:
        if places.find(pd.Series([postcode])).placed.iloc[0]:
            return True
        read = read_postcode(postcode, places.outwards)
        if read and read.is_elsewhere:
            return False
        near = np.flatnonzero((west <= longitude) & (longitude <= east) & (south <= latitude) & (latitude <= north))
        if any(is_inside(longitude, latitude, json.loads(outlines()[row])) for row in near):
            return True
        far = km_between(latitude, longitude, places.table.lat.to_numpy() / 1e5, places.table.long.to_numpy() / 1e5)
        return bool(far.min() <= _BY_THE_WATER_KM)

    return ask


def is_inside(x: float, y: float, geometry: dict[str, Any]) -> bool:
    """Whether a point is inside a GeoJSON polygon, or one of several, and in none of its holes.

    >>> square = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
    >>> is_inside(1, 1, square), is_inside(3, 1, square)
    (True, False)
    """
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return any(sum(_crossings(x, y, np.array(ring)) for ring in polygon) % 2 == 1 for polygon in polygons)


def _crossings(x: float, y: float, ring: np.ndarray) -> int:
    """How often a ray from the point to the east crosses a ring."""
    (x1, y1), (x2, y2) = ring[:-1, :2].T, ring[1:, :2].T
    spans = (y1 > y) != (y2 > y)
    at = x1[spans] + (y - y1[spans]) / (y2[spans] - y1[spans]) * (x2[spans] - x1[spans])
    return int((at > x).sum())
