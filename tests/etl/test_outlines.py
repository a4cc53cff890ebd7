"""Outlines stay one coverage: nothing lost, nothing torn, nobody moved to another row."""

from __future__ import annotations

import json
import lzma

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from town import CODES, PARENTS, draw_town, write_publishers_file

from etl import outlines
from heatmap.errors import DataContractError


def is_coverage(coverage: gpd.GeoDataFrame) -> bool:
    """Whether all areas are there, each valid, and shared edges are the same on both sides."""
    shapes = np.asarray(coverage.geometry)
    whole = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    return bool(whole.all() and shapely.coverage_is_valid(shapes))


def test_outlines_are_read_in_the_order_of_the_codes(tmp_path):
    """Position is the order of codes whatever the order in the file, and Wales is left out."""
    town = draw_town()
    read = outlines.read_lsoa_outlines(write_publishers_file(town, tmp_path / "lsoa.parquet"), pd.Series(CODES[::-1]))
    assert read["code"].tolist() == CODES
    assert read.crs == outlines.METRES and is_coverage(read)
    assert read.symmetric_difference(town).area.max() < 10  # m2 of the 1,000,000: to degrees and back


@pytest.mark.parametrize("slip", [0.3, -0.3])
def test_torn_edges_are_mended(tmp_path, slip):
    """A vertex that one area has a hand's breadth away from its neighbours' leaves neither crack nor overlap."""
    town = draw_town()
    torn = np.asarray(town.geometry).copy()
    xy = shapely.get_coordinates(torn[4])
    xy[5] += slip
    torn[4] = shapely.polygons(xy)
    assert shapely.union_all(torn).interiors or not shapely.coverage_is_valid(torn)
    path = write_publishers_file(town.set_geometry(gpd.GeoSeries(torn, crs=town.crs)), tmp_path / "lsoa.parquet")
    mended = outlines.read_lsoa_outlines(path, pd.Series(CODES))
    assert is_coverage(mended) and not mended.union_all().interiors
    assert len(outlines.neighbours(mended)[0]) == 24


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (CODES[:-1], "1 outlines have no row in the table: E01000008"),
        ([*CODES, "E01999999"], "1 rows in the table have no outline: E01999999"),
        ([*CODES, CODES[0]], "1 codes are in the table more than once: E01000000"),
    ],
)
def test_codes_without_a_partner_are_named(tmp_path, codes, said):
    """Each way that codes and outlines can differ is counted and named, and nothing else is."""
    path = write_publishers_file(draw_town(), tmp_path / "lsoa.parquet")
    with pytest.raises(DataContractError) as error:
        outlines.read_lsoa_outlines(path, pd.Series(codes))
    assert str(error.value) == said


@settings(max_examples=25, deadline=None)
@given(tolerance=st.floats(1, 2000), wiggle=st.floats(0, 120), seed=st.integers(0, 1000))
def test_simplified_outlines_stay_a_coverage(tolerance, wiggle, seed):
    """However hard it is simplified, no area is lost, no edge torn, and no vertex is new."""
    town = draw_town(wiggle, seed)
    simple = outlines.simplify(town, tolerance)
    assert simple["code"].tolist() == CODES and is_coverage(simple)
    before, after = (set(map(tuple, shapely.get_coordinates(np.asarray(c.geometry)))) for c in (town, simple))
    assert after <= before
    assert np.isclose(simple.area.sum(), simple.union_all().area)  # neither gap nor overlap
    assert abs(simple.area.sum() / town.area.sum() - 1) < 0.3  # a square may lose its outer corner, half of it


def test_simplifying_leaves_vertices_out():
    """A tolerance above the wiggles straightens the edges: five vertices to a square."""
    assert outlines.simplify(draw_town(), 500).count_coordinates().sum() < draw_town().count_coordinates().sum() / 5


def test_a_level_is_dissolved_by_its_codes():
    """The lookup alone says who belongs where: even the opposite corners of the town may be one authority."""
    corners = PARENTS.assign(lad24_code=["E06000009", *["E06000001"] * 7, "E06000009"])
    town = draw_town()
    dissolved = outlines.dissolve(town, corners, "lad")
    assert dissolved["code"].tolist() == ["E06000001", "E06000009"]
    assert dissolved.area[1] == pytest.approx(town.area[[0, 8]].sum())
    assert is_coverage(dissolved)


def test_higher_levels_use_the_edges_of_the_lsoas():
    """Dissolved after simplifying, an authority's outline is made of its LSOAs' own vertices."""
    simple = outlines.simplify(draw_town(), 40)
    vertices = set(map(tuple, simple.get_coordinates().to_numpy()))
    for level in ("msoa", "lad", "icb", "rgn"):
        whole = outlines.dissolve(simple, PARENTS, level)
        assert set(map(tuple, whole.get_coordinates().to_numpy())) <= vertices
        assert whole.area.sum() == pytest.approx(simple.area.sum())


def test_an_lsoa_without_a_parent_is_refused():
    """A hole in the lookup would be a hole in the map."""
    with pytest.raises(DataContractError, match="msoa21_code"):
        outlines.dissolve(draw_town(), PARENTS[1:], "msoa")


def test_points_lie_inside_their_area():
    """The point is in its area and the box around it, even where the centroid is not (a horseshoe)."""
    town = draw_town()
    horseshoe = shapely.difference(shapely.box(0, 0, 900, 900), shapely.box(100, 100, 800, 900))
    shapes = np.append(np.asarray(town.geometry), shapely.transform(horseshoe, lambda xy: xy + (410_000, 290_000)))
    areas = gpd.GeoDataFrame({"code": [*CODES, "E01000009"]}, geometry=shapes, crs=outlines.METRES)
    points = outlines.points_inside(areas)
    assert points.columns.tolist() == ["code", "longitude", "latitude", "west", "south", "east", "north"]
    spots = gpd.GeoSeries(shapely.points(points["longitude"], points["latitude"]), crs=outlines.DEGREES)
    assert areas.contains(spots.to_crs(areas.crs)).all()
    assert points["longitude"].between(points["west"], points["east"]).all()
    assert points["latitude"].between(points["south"], points["north"]).all()
    assert points["longitude"].between(-2.1, -1.7).all() and points["latitude"].between(52.4, 52.6).all()


def test_neighbours_share_an_edge():
    """In a town of 3 x 3 there are 12 shared edges; a corner makes no neighbour, and the relation runs both ways."""
    here, there = outlines.neighbours(draw_town())
    assert here.dtype == there.dtype == np.int32
    pairs = set(zip(here.tolist(), there.tolist(), strict=True))
    across = {(n, n + 1) for n in range(9) if n % 3 < 2} | {(n, n + 3) for n in range(6)}
    assert pairs == across | {(b, a) for a, b in across} and len(here) == 24


@settings(max_examples=15, deadline=None)
@given(decimals=st.integers(2, 6), seed=st.integers(0, 100))
def test_rounded_outlines_stay_a_coverage(decimals, seed):
    """Rounding never tears an edge, and nearly all coordinates have the decimals asked for."""
    degrees = draw_town(20, seed).to_crs(outlines.DEGREES)
    rounded = outlines.round_coordinates(degrees, decimals)
    assert is_coverage(rounded)
    if decimals >= 4:
        xy = rounded.get_coordinates().to_numpy()
        assert (np.abs(xy - xy.round(decimals)) < 1e-12).mean() > 0.9


def test_files_of_outlines_are_the_same_twice():
    """The same outlines give the same bytes, and what is read back has the codes and the names."""
    degrees = outlines.round_coordinates(draw_town().to_crs(outlines.DEGREES), 5)
    names = {code: f'"Town" {code[-1]}é' for code in CODES}
    packed = outlines.england_geojson(degrees, names)
    assert packed == outlines.england_geojson(degrees, names)
    features = json.loads(lzma.decompress(packed))["features"]
    assert [f["properties"] for f in features] == [{"code": code, "name": names[code]} for code in CODES]
    assert shapely.geometry.shape(features[0]["geometry"]).equals(degrees.geometry[0])


# ---- as other programs want them ----


def has_vertex_twice(shape: shapely.Geometry) -> bool:
    """Whether two vertices in a row are the same: s2, and so R's sf, refuses such a ring."""
    rings, _ = outlines.get_rings(np.array([shape]))
    return any((np.diff(shapely.get_coordinates(ring), axis=0) == 0).all(axis=1).any() for ring in rings)


def winds_as_rfc_7946(shape: shapely.Geometry) -> bool:
    """Whether exteriors run anticlockwise and holes clockwise."""
    parts = shapely.get_parts(shape)
    return all(part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors) for part in parts)


@settings(max_examples=15, deadline=None)
@given(decimals=st.integers(3, 5), seed=st.integers(0, 100))
def test_levels_are_drawn_from_one_coverage(decimals, seed):
    """Each larger area is the very union of its neighbourhoods' outlines; all are wound, valid in the plane and on the globe, no vertex
    twice."""
    drawn = outlines.draw_levels(draw_town(40, seed), PARENTS, decimals)
    assert list(drawn) == ["lsoa", "msoa", "lad", "icb", "rgn"]
    small = dict(zip(drawn["lsoa"]["code"], drawn["lsoa"].geometry, strict=True))
    for level, coverage in drawn.items():
        assert is_coverage(coverage) and coverage.crs == outlines.DEGREES and outlines.are_sound(np.asarray(coverage.geometry)).all()
        assert all(winds_as_rfc_7946(shape) and not has_vertex_twice(shape) for shape in coverage.geometry)
        for code, shape in zip(coverage["code"], coverage.geometry, strict=True):
            inside = PARENTS["lsoa21_code"][PARENTS[outlines.PARENT_COLUMN[level]] == code]
            assert shape.equals(shapely.union_all([small[each] for each in inside]))


def test_vertices_that_fall_together_are_one():
    """Rounded to 100 m, the many short steps of an edge end on the same spot."""
    degrees = draw_town(20).to_crs(outlines.DEGREES)
    rounded = outlines.round_coordinates(degrees, 3)
    assert not any(has_vertex_twice(shape) for shape in rounded.geometry)
    assert rounded.count_coordinates().sum() < degrees.count_coordinates().sum()


def test_what_crosses_on_the_globe_alone_is_found():
    """The globe's line between two points of one latitude runs north of the map's: a notch that stops short of the one crosses the
    other."""
    notch = shapely.Polygon([(0, 52), (1, 52), (1, 53), (0.6, 53), (0.5, 52.001), (0.4, 53), (0, 53)])
    free = shapely.Polygon([(0, 52), (1, 52), (1, 53), (0.6, 53), (0.5, 52.01), (0.4, 53), (0, 53)])
    assert notch.is_valid and outlines.are_sound(np.array([notch, free])).tolist() == [False, True]


def test_the_ring_of_a_hole_runs_the_other_way():
    """An area with another inside it, as Rutland might have been."""
    around = shapely.difference(shapely.box(0, 0, 900, 900), shapely.box(300, 300, 600, 600))
    shapes = [shapely.transform(shape, lambda xy: xy + (400_000, 290_000)) for shape in (around, shapely.box(300, 300, 600, 600))]
    two = gpd.GeoDataFrame({"code": CODES[:2]}, geometry=shapes, crs=outlines.METRES)
    drawn = outlines.draw_levels(two, PARENTS[:2].assign(lad24_code="E06000001"), 4)
    assert len(drawn["lsoa"].geometry[0].interiors) == 1 and winds_as_rfc_7946(drawn["lsoa"].geometry[0])
    assert not drawn["lad"].geometry[0].interiors and winds_as_rfc_7946(drawn["lad"].geometry[0])
