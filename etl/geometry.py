"""All geometry of the snapshot, made once at build time: outlines, tiles, inside points and neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from etl import outlines
from etl.tiles import MERCATOR, ZOOMS, Tiles, cut_areas, cut_context, cut_labels, tolerance_of, write_archive
from heatmap.errors import SourceError
from heatmap.geography.levels import LEVELS, Level

#: For the API and the downloads, in metres: half of all LSOAs stay within 65 m of the full outline. Larger areas are made of
#: these very outlines, so that every level nests. Coordinates to about 10 m, since for the same bytes more vertices at 10 m are
#: truer than fewer at 1 m.
OUTLINE_TOLERANCE_M = 75
OUTLINE_DECIMALS = 4
#: How far the land of a neighbour reaches under England's edge, so that no sea shows between two generalisations.
TUCK_M = 500
LONDON = "E12000007"


class Geometry(NamedTuple):
    """What `build_geometry` made: files by their path below out_dir; per level points with boxes, and neighbours."""

    files: dict[str, Path]
    points: dict[Level, pd.DataFrame]
    neighbours: dict[Level, tuple[np.ndarray, np.ndarray]]


def build_geometry(
    lsoa_path: Path,
    uk_lad_path: Path,
    parents: pd.DataFrame,
    names: Mapping[Level, pd.DataFrame],
    out_dir: Path,
    progress: Callable[[str], None],
    processes: int = 2,
) -> Geometry:
    """Make every outline and tile of the snapshot and write them below `out_dir`.

    lsoa_path     GeoParquet of LSOA 2021 outlines of England and Wales (ONS, BGC)
    uk_lad_path   gzipped GeoJSON of UK local authority districts (ONS, BSC), for Scotland and Northern Ireland
    parents       one row per English LSOA: lsoa21_code, msoa21_code, lad24_code, icb24_code, rgn24_code
    names         per level a table `code`, `name`, `population`; lsoa, msoa and lad are used
    progress      called with a short sentence as work goes
    processes     cutters at work beside this process; the bytes do not depend on it

    Positions at every level are the order of the codes. Raises DataContractError when codes and outlines differ.
    """
    progress("reading and cleaning the outlines")
    lsoas = outlines.read_lsoa_outlines(lsoa_path, parents["lsoa21_code"])
    files: dict[str, Path] = {}

    def place(name: str) -> Path:
        files[name] = out_dir / name
        files[name].parent.mkdir(parents=True, exist_ok=True)
        return files[name]

    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        mercator = lsoas.to_crs(MERCATOR)
        cutting = {pool.submit(cut_zoom, mercator, parents, zoom): zoom for zoom in reversed(ZOOMS["lsoa"])}
        coverages = {level: outlines.dissolve(lsoas, parents, level) for level in LEVELS}
        context = pool.submit(cut_nations, lsoa_path, uk_lad_path, coverages["rgn"])

        progress("finding inside points and neighbours")
        points = {level: outlines.points_inside(coverage) for level, coverage in coverages.items()}
        touching = {level: outlines.neighbours(coverage) for level, coverage in coverages.items()}

        for level, drawn in outlines.draw_levels(outlines.simplify(lsoas, OUTLINE_TOLERANCE_M), parents, OUTLINE_DECIMALS).items():
            progress(f"writing {level} outlines")
            called = names[level].set_index("code")["name"]
            place(f"outlines/{level}.geojson.xz").write_bytes(outlines.england_geojson(drawn, called))

        tiles: dict[str, Tiles] = {level: {} for level in LEVELS}
        for done in as_completed(cutting):
            progress(f"cut zoom {cutting[done]}")
            for level, cut in done.result().items():
                tiles[level] |= cut
        tiles["context"] = context.result()

    named = {"rgn": names["rgn"][names["rgn"]["code"] == LONDON], "lad": names["lad"], "msoa": names["msoa"]}
    places = {kind: table.merge(points[kind], on="code", validate="one_to_one") for kind, table in named.items()}
    tiles["labels"] = cut_labels(pd.concat(places, names=["kind"]).reset_index("kind"))
    england = lsoas.to_crs(outlines.DEGREES).total_bounds
    for archive, cut in tiles.items():
        layer = {"labels": "label", "context": "nation"}.get(archive, archive)
        write_archive(cut, place(f"tiles/{archive}.pmtiles"), layer, england)
    return Geometry(files, points, touching)


def cut_zoom(lsoas: gpd.GeoDataFrame, parents: pd.DataFrame, zoom: int) -> dict[Level, Tiles]:
    """The tiles of every level at one zoom, all from one simplified LSOA coverage, so that edges agree across levels.

    lsoas   the full coverage in EPSG:3857
    """
    simple = outlines.simplify(lsoas, tolerance_of(zoom))
    return {level: cut_areas(outlines.dissolve(simple, parents, level), level, zoom) for level in LEVELS if zoom in ZOOMS[level]}


def cut_nations(lsoa_path: Path, uk_lad_path: Path, regions: gpd.GeoDataFrame) -> Tiles:
    """The tiles of the land around England; see `draw_nations` and `cut_context`."""
    return cut_context(draw_nations(lsoa_path, uk_lad_path, regions))


def draw_nations(lsoa_path: Path, uk_lad_path: Path, regions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Wales, Scotland and Northern Ireland: `name` and geometry in EPSG:3857, reaching a little under England.

    Their outlines are coarser than England's, and simplified apart; drawn below England, the overlap is not seen,
    while a gap would show as sea along the border.
    """
    lsoas = gpd.read_parquet(lsoa_path, columns=["LSOA21CD", "geometry"])
    districts = gpd.read_file(f"/vsigzip/{uk_lad_path.resolve()}")
    if "LAD24CD" not in districts:
        raise SourceError(f"{uk_lad_path.name} has no column LAD24CD; it should be districts of May 2024.")
    england = shapely.coverage_union_all(np.asarray(regions.geometry))
    pieces = {
        "Northern Ireland": districts[districts["LAD24CD"].str.startswith("N")],
        "Scotland": districts[districts["LAD24CD"].str.startswith("S")],
        "Wales": lsoas[lsoas["LSOA21CD"].str.startswith("W")],
    }
    land = []
    for piece in pieces.values():
        own = shapely.union_all(shapely.make_valid(np.asarray(piece.to_crs(outlines.METRES).geometry)))
        reach = shapely.buffer(shapely.simplify(own, TUCK_M / 10), TUCK_M, quad_segs=2)
        land.append(shapely.union(own, shapely.intersection(england, reach)))
    return gpd.GeoDataFrame({"name": list(pieces)}, geometry=land, crs=outlines.METRES).to_crs(MERCATOR)
