"""The middle of an area's postcodes: where every distance starts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from heatmap.errors import DataContractError, name_some
from heatmap.geography.levels import LEVELS, PARENT_COLUMN, Level

#: Decimals of a degree: about a metre, as postcodes have them.
DECIMALS = 5


def find_middles(postcodes: pd.DataFrame, areas: dict[Level, pd.DataFrame]) -> dict[Level, pd.DataFrame]:
    """code, latitude, longitude (degrees, WGS84) of the middle of each area's postcodes, by level, in the order of positions.

    postcodes   lsoa (position), lat and long (degrees x 100,000), one row a postcode
    areas       a table a level, in the order of positions: code; of LSOAs population and the parents' codes too

    A neighbourhood's is the mean of its distinct postcode points: a tower of offices has a hundred postcodes at one door, and must
    not count a hundred times. A larger area's is the mean of its neighbourhoods', each by its residents.
    Raises DataContractError with the neighbourhoods that have no postcode.

    >>> lsoas = pd.DataFrame({"code": ["E01000001", "E01000002"], "population": [1000, 3000], "msoa21_code": "E02000001"})
    >>> codes = pd.DataFrame({"lsoa": [0, 0, 0, 1], "lat": [5200000, 5200000, 5202000, 5205000], "long": [0, 0, 0, 4000]})
    >>> made = find_middles(codes, {"lsoa": lsoas, "msoa": pd.DataFrame({"code": ["E02000001"]})})
    >>> made["lsoa"].latitude.tolist(), made["msoa"].latitude.tolist(), made["msoa"].longitude.tolist()
    ([52.01, 52.05], [52.04], [0.03])
    """
    lsoas = areas["lsoa"]
    points = postcodes[["lsoa", "lat", "long"]].drop_duplicates()
    count = np.bincount(points.lsoa, minlength=len(lsoas))
    if not count.all():
        raise DataContractError(
            f"no postcode lies in {name_some(lsoas.code[count == 0])}: the middle of its postcodes is not known. Get the file of postcodes"
            " again."
        )
    own = {
        name: np.bincount(points.lsoa, points[column], len(lsoas)) / count / 1e5
        for name, column in (("latitude", "lat"), ("longitude", "long"))
    }
    people = lsoas.population.to_numpy(float)
    found: dict[Level, pd.DataFrame] = {}
    for level in LEVELS:
        if level not in areas:
            continue
        codes = areas[level].code
        at = np.arange(len(lsoas)) if level == "lsoa" else pd.Index(codes).get_indexer(lsoas[PARENT_COLUMN[level]])
        weight = np.ones(len(lsoas)) if level == "lsoa" else people
        whole = np.bincount(at, weight, len(codes))
        mean = {name: (np.bincount(at, weight * degrees, len(codes)) / whole).round(DECIMALS) for name, degrees in own.items()}
        found[level] = pd.DataFrame({"code": codes.to_numpy(), **mean})
    return found
