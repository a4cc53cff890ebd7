"""What is near: places by their distance in a straight line. Tables in, tables out."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from heatmap.store import Area

#: The globe's mean radius (IUGG), and how fast people walk: 3 miles an hour.
EARTH_KM: Final = 6371.0088
KM_AN_HOUR: Final = 4.8
#: Decimals of every distance told: a hundred metres. The point of an area, or of a postcode, is no more exact.
DECIMALS: Final = 1


def great_circle_km(latitude: float, longitude: float, latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """The way over the globe from one point to each of many, in km (haversine); degrees.

    >>> great_circle_km(52.0, 0.0, np.array([52.0, 53.0]), np.array([0.0, 0.0])).round(1).tolist()
    [0.0, 111.2]
    """
    here, there = math.radians(latitude), np.radians(latitudes)
    half = np.sin((there - here) / 2) ** 2 + math.cos(here) * np.cos(there) * np.sin(np.radians(longitudes - longitude) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def near(places: pd.DataFrame, latitude: float, longitude: float, km: float) -> pd.DataFrame:
    """The places within ``km`` of a point, nearest first; where there is none, the nearest beyond.

    places      latitude and longitude in degrees, one row a place
    returns     those rows with ``km`` (a straight line, to 0.1), ``minutes_on_foot`` along that line at 4.8 km an hour, which no
                street is, and ``beyond``: True for the one that lies farther off than asked. Empty only where ``places`` is.

    >>> two = pd.DataFrame({"name": ["A", "B"], "latitude": [52.03, 52.01], "longitude": [0.0, 0.0]})
    >>> near(two, 52.0, 0.0, 5)[["name", "km", "minutes_on_foot", "beyond"]].values.tolist()
    [['B', 1.1, 14, False], ['A', 3.3, 42, False]]
    >>> near(two, 52.0, 0.0, 0.5)[["name", "km", "beyond"]].values.tolist()
    [['B', 1.1, True]]
    """
    exact = great_circle_km(latitude, longitude, places.latitude.to_numpy(float), places.longitude.to_numpy(float))
    order = np.argsort(exact, kind="stable")
    within = int((exact <= km).sum())
    rows = order[: max(within, 1)]
    return places.iloc[rows].assign(
        km=exact[rows].round(DECIMALS), minutes_on_foot=(exact[rows] / KM_AN_HOUR * 60).round().astype(int), beyond=within == 0
    )


def near_point(places: pd.DataFrame, area: Area, km: float) -> pd.DataFrame:
    """Those of ``places`` near an area's inside point; the nearest beyond where none is within ``km``."""
    return near(places, area.row["latitude"], area.row["longitude"], km)
