"""A small invented town for tests of outlines and tiles: nine areas whose edges wander, and the larger areas they make up."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import LineString

from etl import outlines

SIDE = 1000.0  # metres
CODES = [f"E0100000{n}" for n in range(9)]
PARENTS = pd.DataFrame(
    {
        "lsoa21_code": CODES,
        "msoa21_code": ["E02000001"] * 3 + ["E02000002"] * 3 + ["E02000003"] * 3,  # rows of the town
        "lad24_code": ["E06000001", "E06000002", "E06000002"] * 3,  # its columns: MSOAs do not nest in them
        "icb24_code": ["E54000001"] * 9,
        "rgn24_code": ["E12000001"] * 9,
    }
)


def draw_town(wiggle: float = 60.0, seed: int = 1) -> gpd.GeoDataFrame:
    """A town of 3 x 3 squares near Birmingham whose edges wander by `wiggle` metres, the same for both neighbours."""
    random = np.random.default_rng(seed)
    edges = []
    for i in range(4):
        for j in range(3):
            along = np.linspace(0, SIDE, 21)
            room = 0.4 * np.minimum(along, SIDE - along)  # edges that meet at a corner must not cross
            across = np.clip(random.uniform(-wiggle, wiggle, 21), -room, room)
            edges.append(LineString(np.column_stack([along + j * SIDE, across + i * SIDE])))
            edges.append(LineString(np.column_stack([across + i * SIDE, along + j * SIDE])))
    squares = list(shapely.get_parts(shapely.polygonize(edges)))
    squares.sort(key=lambda square: (round(square.centroid.y / SIDE - 0.5), square.centroid.x))
    placed = shapely.transform(np.array(squares), lambda xy: xy + (400_000, 290_000))
    return gpd.GeoDataFrame({"code": CODES}, geometry=placed, crs=outlines.METRES)


def write_publishers_file(town: gpd.GeoDataFrame, path: Path) -> Path:
    """The town as the ONS would publish it: in degrees, in another order, with a Welsh area among the rest."""
    field = shapely.box(3e5, 2.9e5, 3.1e5, 3e5)
    wales = gpd.GeoDataFrame({"code": ["W01000001"]}, geometry=[field], crs=outlines.METRES)
    both = pd.concat([town.sample(frac=1, random_state=3), wales], ignore_index=True).to_crs(outlines.DEGREES)
    both.rename(columns={"code": "LSOA21CD"}).to_parquet(path)
    return path
