"""How far from help: from each neighbourhood to the nearest place of a kind, in a straight line."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from etl.nearest import find_nearest

#: Decimals kept: ten metres. A postcode's point is no more exact.
DECIMALS: Final = 2


def measure_distances(codes: pd.Series, places: pd.DataFrame, postcodes: pd.DataFrame) -> pd.DataFrame:
    """code, value: the mean over a neighbourhood's postcodes of the distance to the nearest place, in km.

    codes       England's LSOA codes by position
    places      latitude and longitude of each place, in degrees
    postcodes   lsoa (position), lat and long (degrees x 100,000) of each postcode

    Postcodes stand for where people live: each holds some fifteen homes, so they lie thick where people do. Every postcode there
    has ever been counts once, those of firms and those no longer used among them, since the file does not tell them apart.
    A neighbourhood without a postcode has no row.

    >>> codes = pd.Series(["E01000001", "E01000002"])
    >>> places = pd.DataFrame({"latitude": [52.0], "longitude": [0.0]})
    >>> postcodes = pd.DataFrame({"lsoa": [0, 0, 1], "lat": [5200000, 5202000, 5204000], "long": [0, 0, 0]})
    >>> measure_distances(codes, places, postcodes).value.tolist()
    [1.11, 4.45]
    """
    points = pd.DataFrame({"latitude": postcodes.lat / 1e5, "longitude": postcodes.long / 1e5})
    _, km = find_nearest(points, places)
    lsoa = postcodes.lsoa.to_numpy()
    count = np.bincount(lsoa, minlength=len(codes))
    mean = np.bincount(lsoa, weights=km, minlength=len(codes)) / np.maximum(count, 1)
    return pd.DataFrame({"code": codes.to_numpy(), "value": mean.round(DECIMALS)})[count > 0].reset_index(drop=True)
