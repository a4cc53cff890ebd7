"""What is near: places by their distance in a straight line, which starts at the middle of an area's postcodes.

Where postcodes are spread one point is not enough: then it is also said how many of them have a place within reach.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from heatmap.snapshot import Area, Snapshot
from heatmap.words.language import _

Numbers = npt.NDArray[np.float64]

#: The globe's mean radius (IUGG), and how fast people walk: 3 miles an hour.
EARTH_KM: Final = 6371.0088
KM_AN_HOUR: Final = 4.8
#: Decimals of every distance told: a hundred metres. The middle of an area, or of a postcode, is no more exact.
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


def near_area(places: pd.DataFrame, area: Area, km: float) -> pd.DataFrame:
    """Those of ``places`` near the middle of an area's postcodes; the nearest beyond where none is within ``km``."""
    return near(places, *area.middle, km)


# ---- how much of an area is within reach ----


def plant(latitudes: Numbers, longitudes: Numbers) -> cKDTree:
    """Points in degrees, planted so that the nearest of them is found at once."""
    return cKDTree(to_sphere(latitudes, longitudes))


def share_within(area: Area, tree: cKDTree, km: float, snapshot: Snapshot) -> float:
    """How many of 100 postcodes of an area lie within ``km`` of one of the points planted (``plant``), in a straight line.

    One point says little of a parish whose houses lie miles apart: its middle may be far from what most of it has at the door.
    """
    far, _ = tree.query(to_sphere(*snapshot.postcodes_in(area)), distance_upper_bound=chord_of(km) * (1 + 1e-12))
    return 100 * float(np.isfinite(far).mean())


def to_sphere(latitudes: Numbers, longitudes: Numbers) -> Numbers:
    """(n, 3): points in degrees on a globe of radius 1."""
    north, east = np.radians(latitudes), np.radians(longitudes)
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def chord_of(km: float) -> float:
    """A distance along the globe as the straight line through it, in radii."""
    return 2 * math.sin(km / EARTH_KM / 2)


def say_share_within(percent: float, km: float) -> str:
    """How many of an area's postcodes lie within reach, as part of a sentence.

    >>> say_share_within(78.3, 5), say_share_within(1.2, 3)
    ('78 in 100 of its postcodes are within 5 km of one', '1 in 100 of its postcodes is within 3 km of one')
    >>> say_share_within(99.8, 3), say_share_within(0.2, 1.6)
    ('99 in 100 of its postcodes are within 3 km of one', 'fewer than 1 in 100 of its postcodes are within 1.6 km of one')
    >>> say_share_within(0, 3), say_share_within(100, 3)
    ('none of its postcodes is within 3 km of one', 'all of its postcodes are within 3 km of one')
    """
    if percent == 0:
        pattern = _("none of its postcodes is within {km} km of one")
    elif percent == 100:
        pattern = _("all of its postcodes are within {km} km of one")
    elif round(percent) == 1 <= percent:
        pattern = _("1 in 100 of its postcodes is within {km} km of one")
    else:
        pattern = _("{n} in 100 of its postcodes are within {km} km of one")
    return pattern.format(n=say_of_100(percent), km=f"{km:g}")


def say_of_100(percent: float) -> str:
    """A share of postcodes as a number of 100: few are never none, and nearly all never all.

    >>> say_of_100(0), say_of_100(0.2), say_of_100(77.6), say_of_100(99.8), say_of_100(100)
    ('0', 'fewer than 1', '78', '99', '100')
    """
    if 0 < percent < 1:
        return _("fewer than 1")
    return str(min(99, round(percent)) if percent < 100 else 100)
