"""The outlines of areas as one coverage: read, cleaned, dissolved and simplified with shared edges kept shared.

A coverage is a GeoDataFrame of `code` and `geometry`, one row per area, sorted by code. The row number is the
area's POSITION: values, tiles and neighbours all speak of an area by its position at its level.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from heatmap.errors import DataContractError, name_some
from heatmap.geography.levels import LEVELS, PARENT_COLUMN, Level

METRES = "EPSG:27700"  # the British National Grid, in which the publishers draw
DEGREES = "EPSG:4326"
GAP_M = 1.0  # narrower gaps between areas are slips of the drawing; England's one is 5 cm wide


def read_lsoa_outlines(path: Path, codes: pd.Series) -> gpd.GeoDataFrame:
    """England's LSOA 2021 outlines, one for each of `codes`, as a valid coverage.

    path      GeoParquet of the ONS, columns LSOA21CD and geometry, any CRS; rows outside England are left out
    codes     the lsoa21_code of every area there should be, in any order
    returns   coverage `code`, `geometry` in EPSG:27700 (metres), sorted by code

    The publisher's file has a few edges that do not meet; cleaned, no crack is left for the simplifying to tear open.
    Raises DataContractError naming the codes on either side that have no partner.
    """
    drawn = gpd.read_parquet(path, columns=["LSOA21CD", "geometry"]).rename(columns={"LSOA21CD": "code"})
    drawn = drawn[drawn["code"].str.startswith("E")]
    join_one_to_one(drawn["code"], codes)
    drawn = drawn.sort_values("code", ignore_index=True).to_crs(METRES)
    valid = shapely.make_valid(np.asarray(drawn.geometry), method="structure", keep_collapsed=False)
    cleaned = shapely.coverage_clean(valid, gap_width=GAP_M)
    lost = shapely.is_empty(cleaned) | ~shapely.is_valid(cleaned)
    if lost.any() or not shapely.coverage_is_valid(cleaned):
        raise DataContractError(
            f"{path.name}: could not be cleaned into a coverage (lost: {name_some(drawn['code'][lost]) or 'none'}); "
            "fetch the publisher's file again."
        )
    return drawn.set_geometry(gpd.GeoSeries(cleaned, crs=METRES))


def join_one_to_one(drawn: pd.Series, codes: pd.Series) -> None:
    """Raise DataContractError, with both sides counted and named, unless each code has exactly one outline.

    >>> join_one_to_one(pd.Series(["E1", "E2"]), pd.Series(["E2", "E3"]))
    Traceback (most recent call last):
    heatmap.errors.DataContractError: 1 outlines have no row in the table: E1
    1 rows in the table have no outline: E3
    """
    broken = {
        "outlines have no row in the table": sorted(set(drawn) - set(codes)),
        "rows in the table have no outline": sorted(set(codes) - set(drawn)),
        "codes are drawn more than once": sorted(drawn[drawn.duplicated()]),
        "codes are in the table more than once": sorted(codes[codes.duplicated()]),
    }
    if any(broken.values()):
        raise DataContractError("\n".join(f"{len(c):,} {what}: {name_some(c)}" for what, c in broken.items() if c))


def dissolve(lsoas: gpd.GeoDataFrame, parents: pd.DataFrame, level: Level) -> gpd.GeoDataFrame:
    """The outlines of `level`, each the union of its LSOAs, with the very edges of the LSOAs.

    lsoas     coverage of LSOAs, any CRS
    parents   one row per LSOA: lsoa21_code and the column of `level`; which LSOA belongs where comes from here alone
    returns   coverage of the level, same CRS
    """
    if level == "lsoa":
        return lsoas
    parent = parents.set_index("lsoa21_code")[PARENT_COLUMN[level]]
    whole = lsoas.assign(code=lsoas["code"].map(parent)).dissolve("code", method="coverage", dropna=False)
    if whole.index.hasnans:
        raise DataContractError(f"some LSOAs have no {PARENT_COLUMN[level]}; complete the lookup.")
    return whole.sort_index().reset_index()


def simplify(coverage: gpd.GeoDataFrame, tolerance: float) -> gpd.GeoDataFrame:
    """The coverage with fewer vertices, every shared edge still shared and no area lost.

    tolerance   in the unit of the coverage's CRS (metres): a corner goes if its triangle is smaller than its square
                (Visvalingam-Whyatt); points where three areas meet always stay

    To agree across levels, simplify the LSOAs and dissolve what comes out.
    """
    simple = shapely.coverage_simplify(np.asarray(coverage.geometry), tolerance)
    return coverage.set_geometry(gpd.GeoSeries(simple, index=coverage.index, crs=coverage.crs))


def points_inside(coverage: gpd.GeoDataFrame) -> pd.DataFrame:
    """A point well inside each area, and its box, in degrees.

    coverage   in metres
    returns    code, longitude, latitude, west, south, east, north (EPSG:4326)

    The point is the centre of the largest circle that fits (within a fiftieth of the area's width), so that a name
    set there has room; a centroid may lie in the neighbour.
    """
    shapes = np.asarray(coverage.geometry)
    west, south, east, north = shapely.bounds(shapes).T
    tolerance = np.maximum(np.minimum(east - west, north - south) / 50, 1.0)
    centre = shapely.get_point(shapely.maximum_inscribed_circle(shapes, tolerance), 0)
    # A hair-thin area may hold no circle of that size: then any point inside will do.
    centre = np.where(shapely.contains_properly(shapes, centre), centre, shapely.point_on_surface(shapes))
    points = gpd.GeoSeries(centre, crs=coverage.crs).to_crs(DEGREES)
    boxes = coverage.geometry.to_crs(DEGREES).bounds.to_numpy()
    table = pd.DataFrame({"code": coverage["code"].to_numpy(), "longitude": points.x, "latitude": points.y})
    table[["west", "south", "east", "north"]] = boxes
    return table.round(6)


def neighbours(coverage: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of positions that share an edge (a corner is not enough), each pair both ways round.

    returns   two (k,) int32 arrays, sorted by the first and then the second
    """
    rings, of_area = get_rings(np.asarray(coverage.geometry))
    xy, of_ring = shapely.get_coordinates(rings, return_index=True)
    # In a clean coverage a shared edge is the same two vertices in both areas: number the vertices, sort the edges.
    vertex = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)[1]
    along = of_ring[1:] == of_ring[:-1]
    ends = np.sort(np.stack([vertex[:-1][along], vertex[1:][along]]), axis=0)
    edge = ends[0].astype(np.int64) * (vertex.max() + 1) + ends[1]
    order = np.argsort(edge, kind="stable")
    area = of_area[of_ring[:-1][along]][order]
    same = np.diff(edge[order]) == 0
    here, there = area[:-1][same], area[1:][same]
    pairs = np.unique(np.concatenate([np.stack([here, there]), np.stack([there, here])], axis=1), axis=1)
    return pairs[0].astype(np.int32), pairs[1].astype(np.int32)


def get_rings(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every ring of every polygon, and the position of the area it belongs to."""
    parts, of_area = shapely.get_parts(shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    return rings, of_area[of_part]


def round_coordinates(coverage: gpd.GeoDataFrame, decimals: int) -> gpd.GeoDataFrame:
    """The coverage with coordinates of so many decimals: still one coverage, valid in the plane and on the globe, no vertex twice in a row.

    coverage   in EPSG:4326

    Rounding makes a few narrow necks cross themselves. The vertices of those areas get two decimals more, in their
    neighbours too, until all is well.
    """
    exact = np.asarray(coverage.geometry)
    xy, of_area = shapely.get_coordinates(exact, return_index=True)
    vertex = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)[1]
    finer = np.zeros(vertex.max() + 1, dtype=np.int8)
    for _ in range(4):
        places = decimals + 2 * finer[vertex][:, None]
        rounded = np.choose((places - decimals) // 2, [np.round(xy, decimals + 2 * i) for i in range(5)])
        shapes = shapely.set_coordinates(exact.copy(), rounded)
        whole = shapely.is_valid(shapes)  # a ring that has shrunk to a line has no fewer points to keep
        shapes[whole] = shapely.remove_repeated_points(shapes[whole], 0)
        broken = ~are_sound(shapes) | ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
        if not broken.any():
            return coverage.set_geometry(gpd.GeoSeries(shapes, index=coverage.index, crs=coverage.crs))
        finer[np.unique(vertex[broken[of_area]])] += 1
    raise DataContractError(f"outlines cannot be rounded to {decimals} decimals: {name_some(coverage['code'][broken])}")


def are_sound(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Whether each shape is whole for programs that draw straight lines on a flat map, and for those that draw them on the globe (s2).

    shapes   in degrees

    Between two vertices the two lines lie millimetres apart: enough for edges to cross where a vertex all but touches another edge.
    """
    return np.asarray(shapely.is_valid(shapes) & ~shapely.is_empty(shapes) & shapely.is_valid(_flatten_globe(shapes)))


def _flatten_globe(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Each shape seen from the middle of the globe, on a plane that touches it at the shape: there the globe's straight lines are
    straight."""
    west, south, east, north = shapely.bounds(shapes).T
    xy, of_shape = shapely.get_coordinates(shapes, return_index=True)
    up, up_0 = np.radians(xy[:, 1]), np.radians((south + north) / 2)[of_shape]
    along = np.radians(xy[:, 0] - ((west + east) / 2)[of_shape])
    away = np.sin(up_0) * np.sin(up) + np.cos(up_0) * np.cos(up) * np.cos(along)
    flat = [np.cos(up) * np.sin(along) / away, (np.cos(up_0) * np.sin(up) - np.sin(up_0) * np.cos(up) * np.cos(along)) / away]
    return np.asarray(shapely.set_coordinates(shapes.copy(), np.column_stack(flat)))


def draw_levels(lsoas: gpd.GeoDataFrame, parents: pd.DataFrame, decimals: int) -> dict[Level, gpd.GeoDataFrame]:
    """The outlines to hand out, by level, in EPSG:4326: the LSOAs' rounded once, and every larger area the union of these very shapes.

    lsoas     coverage of LSOAs, simplified, in any CRS
    parents   as for ``dissolve``

    Exteriors run anticlockwise and holes clockwise, as RFC 7946 asks. Raises DataContractError with the areas that come out broken.
    """
    rounded = round_coordinates(lsoas.to_crs(DEGREES), decimals)
    drawn = {}
    for level in LEVELS:
        whole = dissolve(rounded, parents, level)
        shapes = shapely.orient_polygons(np.asarray(whole.geometry), exterior_cw=False)
        if not (sound := are_sound(shapes)).all():
            raise DataContractError(
                f"outlines of level {level} cross themselves: {name_some(whole['code'][~sound])}. Round to more decimals."
            )
        drawn[level] = whole.set_geometry(gpd.GeoSeries(shapes, index=whole.index, crs=whole.crs))
    return drawn


def england_geojson(coverage: gpd.GeoDataFrame, names: Mapping[str, str]) -> bytes:
    """The outlines as an xz-compressed GeoJSON file; properties `code` and `name`, a feature a line.

    coverage   in EPSG:4326, rounded and wound (``draw_levels``): its coordinates are written as they are
    names      what each code is called
    """
    features = ",\n".join(
        f'{{"type":"Feature","properties":{json.dumps({"code": code, "name": names[code]}, ensure_ascii=False)},"geometry":{drawn}}}'
        for code, drawn in zip(coverage["code"], shapely.to_geojson(np.asarray(coverage.geometry)), strict=True)
    )
    # xz is a third smaller than gzip here; of preset 6, since what reads it needs 8 MB for that and 64 for 9.
    return lzma.compress(f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'.encode(), preset=6)
