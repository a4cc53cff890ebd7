"""Tiles hold every area at every zoom under its position, and neighbours still meet after rounding."""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import tileid_to_zxy
from shapely.geometry import shape
from town import CODES, PARENTS, draw_town, write_publishers_file

from etl import outlines, tiles
from etl.build import count_in_towns
from etl.geometry import build_geometry, cut_zoom
from heatmap.settings import ROOT

PLACES = pd.DataFrame(
    {
        "code": [f"E0700{n:04}" for n in range(100)] + ["E02000001"],
        "name": [f"Town {n}" for n in range(100)] + ["Market Place"],
        "longitude": [*np.linspace(-3, 1, 100), -1.9],
        "latitude": [*np.linspace(51, 54, 100), 52.5],
        "population": [*range(1000, 1100), 9000],
        "in_towns": [*range(1000, 1100), math.nan],
        "kind": ["lad"] * 100 + ["msoa"],
    }
)


def decode(tile: bytes) -> dict[str, dict]:
    """The source-layers of a gzipped tile, y down as it lies there."""
    return mapbox_vector_tile.decode(gzip.decompress(tile), default_options={"y_coord_down": True})


def read_features(cut: tiles.Tiles, layer: str) -> dict[int, list[dict]]:
    """The features of each tile."""
    assert all(list(decode(tile)) == [layer] for tile in cut.values())
    return {tile_id: decode(tile)[layer]["features"] for tile_id, tile in cut.items()}


def digest() -> str:
    """One hash over all archives of the town, made from nothing but the code."""
    total = hashlib.sha256()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.pmtiles"
        for cut, layer in [
            (cut_zoom(draw_town().to_crs(tiles.MERCATOR), PARENTS, tiles.ZOOMS["lsoa"][-1])["lsoa"], "lsoa"),
            (tiles.cut_labels(PLACES), "label"),
        ]:
            tiles.write_archive(cut, path, layer, (-6.5, 49.8, 1.8, 55.9))
            total.update(path.read_bytes())
    return total.hexdigest()


@pytest.mark.parametrize("zoom", tiles.ZOOMS["lsoa"])
def test_every_area_is_there_at_every_zoom(zoom):
    """No area vanishes, however far out; ids are positions from 0, and LSOA and MSOA tiles carry no words."""
    for level, cut in cut_zoom(draw_town().to_crs(tiles.MERCATOR), PARENTS, zoom).items():
        features = [f for tile in read_features(cut, level).values() for f in tile]
        assert {f["id"] for f in features} == set(range(PARENTS[outlines.PARENT_COLUMN[level]].nunique()))
        assert all(f["properties"] == {} for f in features)
        assert {tileid_to_zxy(tile_id)[0] for tile_id in cut} == {zoom}


def test_an_area_smaller_than_a_unit_is_kept():
    """A yard of two metres is still a triangle one can colour, in its place; and it is the only thing invented."""
    yard = shapely.box(401_500, 291_500, 401_502, 291_502)
    town = draw_town()
    areas = gpd.GeoDataFrame({"code": [*CODES, "E01000009"]}, geometry=[*town.geometry, yard], crs=town.crs)
    (cut,) = tiles.cut_areas(areas.to_crs(tiles.MERCATOR), "lsoa", 9).values()
    drawn = {f["id"]: shape(f["geometry"]) for f in decode(cut)["lsoa"]["features"]}
    assert drawn[9].area == 0.5
    assert drawn[9].distance(drawn[4]) == 0
    assert min(drawn[n].area for n in range(9)) > 20


def test_neighbours_meet_in_the_tile():
    """Rounded to the grid, the town's areas still fill it without gap or overlap."""
    for cut in tiles.cut_areas(draw_town().to_crs(tiles.MERCATOR), "lsoa", 11).values():
        drawn = shapely.make_valid([shape(f["geometry"]) for f in decode(cut)["lsoa"]["features"]])
        assert shapely.area(drawn).sum() == pytest.approx(shapely.union_all(drawn).area, rel=1e-3)
        assert len(shapely.get_rings(shapely.union_all(drawn))) == 1  # no gap inside


def test_a_tile_looks_over_its_edge_and_no_further():
    """Neighbouring tiles overlap by the buffer, which hides the seam, and clipping keeps the area as it was."""
    zoom, extent = 11, tiles.extent_of(11)
    west = tiles.HALF_WORLD / 2**zoom * 2 * 1000 - tiles.HALF_WORLD  # a tile's edge
    shapes = [shapely.box(west - 3000, 6.9e6, west + 3000, 6.9e6 + 3000)]
    area = gpd.GeoDataFrame({"code": ["E1"]}, geometry=shapes, crs=tiles.MERCATOR)
    cut = tiles.cut_areas(area, "lsoa", zoom)
    assert sorted(tileid_to_zxy(tile_id)[1] for tile_id in cut) == [999, 1000]
    for tile_id, (feature,) in read_features(cut, "lsoa").items():
        left, _, right, _ = shape(feature["geometry"]).bounds
        assert (right if tileid_to_zxy(tile_id)[1] == 999 else extent - left) == extent + extent // 64


def test_rings_wind_as_the_format_wants():
    """An outer ring has a positive area in tile units, a hole a negative one; the hole is not filled."""
    whole, hole = shapely.box(-220_000, 6.9e6, -210_000, 6.91e6), shapely.box(-217_000, 6.903e6, -213_000, 6.907e6)
    area = gpd.GeoDataFrame({"code": ["E1"]}, geometry=[whole - hole], crs=tiles.MERCATOR)
    (cut,) = tiles.cut_areas(area, "lsoa", 9).values()
    (feature,) = decode(cut)["lsoa"]["features"]
    drawn = shape(feature["geometry"])
    assert drawn.exterior.is_ccw and not drawn.interiors[0].is_ccw
    assert drawn.area == pytest.approx(0.84 * drawn.envelope.area, rel=0.02)  # 4 x 4 km of 10 x 10 km are hole


def test_an_inside_point_finds_its_area():
    """At the place where a point lies on the ground, the tile has the feature with that position."""
    zoom = 11
    cut = tiles.cut_areas(draw_town().to_crs(tiles.MERCATOR), "lsoa", zoom)
    for position, place in outlines.points_inside(draw_town()).iterrows():
        x = (place.longitude + 180) / 360 * 2**zoom
        y = (1 - math.asinh(math.tan(math.radians(place.latitude))) / math.pi) / 2 * 2**zoom
        tile = decode(cut[tiles.zxy_to_tileid(zoom, int(x), int(y))])["lsoa"]
        spot = shapely.Point(x % 1 * tile["extent"], y % 1 * tile["extent"])
        assert [f["id"] for f in tile["features"] if shape(f["geometry"]).contains(spot)] == [position]


def test_labels_thin_out():
    """Far out only the largest authorities are named, MSOAs only close up, and a name stands in one tile alone."""
    named: dict[int, list[dict]] = {}
    for tile_id, features in read_features(tiles.cut_labels(PLACES), "label").items():
        named.setdefault(tileid_to_zxy(tile_id)[0], []).extend(f["properties"] for f in features)
    many = {4: 15, 5: 60, **dict.fromkeys(range(6, 11), 100), 11: 101}
    assert {zoom: len(names) for zoom, names in named.items()} == many
    assert {p["name"] for p in named[4]} == {f"Town {n}" for n in range(85, 100)}
    assert {"name": "Town 99", "kind": "lad", "rank": 0} in named[4]
    assert {"name": "Market Place", "kind": "msoa", "rank": 0} in named[11]


def test_london_is_one_name_far_out():
    """Its boroughs are named from zoom 9 on, and London itself before."""
    london = pd.DataFrame(
        {
            "code": ["E12000007", "E09000012", "E08000025"],
            "name": ["London", "Hackney", "Birmingham"],
            "longitude": [-0.1, -0.05, -1.9],
            "latitude": [51.5, 51.55, 52.5],
            "population": [9_000_000, 260_000, 1_150_000],
            "in_towns": [math.nan, 260_000, 1_150_000],
            "kind": ["rgn", "lad", "lad"],
        }
    )
    named: dict[int, set[str]] = {}
    for tile_id, features in read_features(tiles.cut_labels(london), "label").items():
        named.setdefault(tileid_to_zxy(tile_id)[0], set()).update(f["properties"]["name"] for f in features)
    assert named[8] == {"London", "Birmingham"}
    assert named[9] == {"Hackney", "Birmingham"}


def test_a_town_is_named_before_the_country_around_it():
    """Authorities are ranked by the people of their urban neighbourhoods, which are counted from the neighbourhoods."""
    lsoas = pd.DataFrame(
        {"lad24_code": ["E06000023", "E06000025", "E06000025"], "population": [480, 200, 500], "urban": [True, True, False]}
    )
    places = pd.DataFrame(
        {
            "code": ["E06000023", "E06000025", "E06000053"],
            "name": ["Bristol", "South Gloucestershire", "Isles of Scilly"],
            "longitude": [-2.6, -2.5, -6.3],
            "latitude": [51.45, 51.55, 49.9],
            "population": [480, 700, 2],
            "kind": "lad",
        }
    )
    places["in_towns"] = count_in_towns(lsoas, places["code"])
    assert places["in_towns"].tolist() == [480, 200, 0]
    ranks = {
        f["properties"]["name"]: f["properties"]["rank"]
        for features in read_features(tiles.cut_labels(places), "label").values()
        for f in features
    }
    assert ranks == {"Bristol": 0, "South Gloucestershire": 1, "Isles of Scilly": 2}


def test_context_names_the_nations():
    """The land around England is there at its zooms, with its name."""
    shapes = [shapely.box(-4e5, 7.4e6, -3e5, 7.5e6), shapely.box(-5e5, 6.7e6, -4e5, 6.8e6)]
    land = gpd.GeoDataFrame({"name": ["Scotland", "Wales"]}, geometry=shapes, crs=tiles.MERCATOR)
    cut = tiles.cut_context(land)
    assert {tileid_to_zxy(tile_id)[0] for tile_id in cut} == set(tiles.ZOOMS["nation"])
    named = {f["properties"]["name"] for features in read_features(cut, "nation").values() for f in features}
    assert named == {"Scotland", "Wales"}


def test_archives_are_the_same_twice_and_elsewhere():
    """The bytes depend neither on the hour nor on the hash seed of the process."""
    root = ROOT
    for seed in ("0", "42"):
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join((str(root), str(root / "tests")))}
        run = subprocess.run([sys.executable, __file__], env=env, capture_output=True, text=True, check=True)
        assert run.stdout.strip() == digest()


def test_the_whole_geometry_is_built(tmp_path):
    """From the publisher's two files, every archive and outline is made, in a process of its own."""
    lsoa_path = write_publishers_file(draw_town(), tmp_path / "lsoa.parquet")
    shapes = [shapely.box(-4, 56, -3, 57), shapely.box(-7, 54, -6, 55)]
    districts = gpd.GeoDataFrame({"LAD24CD": ["S1", "N1"]}, geometry=shapes, crs=outlines.DEGREES)
    uk_lad_path = tmp_path / "uk.geojson.gz"
    uk_lad_path.write_bytes(gzip.compress(districts.to_json().encode()))
    names = {}
    for level in ("lsoa", "msoa", "lad", "icb", "rgn"):
        codes = PARENTS[outlines.PARENT_COLUMN[level]].drop_duplicates().reset_index(drop=True)
        names[level] = pd.DataFrame({"code": codes, "name": "Name of " + codes, "population": codes.index + 1, "in_towns": codes.index + 1})
    said: list[str] = []
    built = build_geometry(lsoa_path, uk_lad_path, PARENTS, names, tmp_path / "out", said.append, processes=1)

    archives = {"lsoa", "msoa", "lad", "icb", "rgn", "labels", "context"}
    assert {name for name in built.files if name.startswith("tiles/")} == {f"tiles/{name}.pmtiles" for name in archives}
    assert all(path.stat().st_size for path in built.files.values()) and said
    with built.files["tiles/lsoa.pmtiles"].open("rb") as file:
        header = Reader(MmapSource(file)).header()
        zooms = {zxy[0] for zxy, _ in all_tiles(MmapSource(file))}
    assert zooms == set(tiles.ZOOMS["lsoa"]) == {*range(header["min_zoom"], header["max_zoom"] + 1)}
    assert header["clustered"]
    drawn = json.loads(lzma.decompress(built.files["outlines/lsoa.geojson.xz"].read_bytes()))["features"]
    assert [feature["properties"]["code"] for feature in drawn] == CODES
    assert built.points["lsoa"]["code"].tolist() == CODES
    assert len(built.neighbours["lad"][0]) == 2


if __name__ == "__main__":
    print(digest())
