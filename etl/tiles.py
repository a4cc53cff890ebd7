"""Vector tiles: a coverage cut into one PMTiles archive per level, every area present at every zoom.

ONE rule: a feature's id is the area's POSITION (row of the coverage, from 0). MapLibre takes id 0 for feature state.
Positions are all a tile knows of an area; values and names travel apart and are joined in the browser.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pandas as pd
import shapely
from pmtiles.tile import Compression, TileType, tileid_to_zxy, zxy_to_tileid
from pmtiles.writer import Writer
from pyproj import Transformer

MERCATOR = "EPSG:3857"
HALF_WORLD = 20037508.342789244  # metres from the middle of the Web Mercator square to its edge
ZOOMS: dict[str, range] = {
    "lsoa": range(4, 11),
    "msoa": range(4, 11),
    "lad": range(4, 11),
    "icb": range(4, 10),
    "rgn": range(4, 10),
    "label": range(4, 12),
    "nation": range(4, 10),
}
#: Authorities named at each zoom, largest first; from MSOA_NAMES_FROM on, every MSOA too.
AUTHORITIES_NAMED = {4: 15, 5: 60, 6: 180}
#: Far out, London is one name; from this zoom its 33 boroughs (codes E09...) are named instead.
BOROUGHS_NAMED_FROM = 9
MSOA_NAMES_FROM = 11

Tiles = dict[int, bytes]  # PMTiles tile id -> gzipped tile


def extent_of(zoom: int) -> int:
    """Units along a tile's side: at the zooms a page opens with, a quarter of a CSS pixel is enough and bytes count."""
    return 2048 if zoom <= 5 else 4096


def tolerance_of(zoom: int) -> float:
    """How far to simplify for a zoom, in Web Mercator metres: about one CSS pixel of a tile drawn 512 pixels wide.

    The last zoom is kept finer, since the browser enlarges it when the reader goes closer.
    """
    pixel = 2 * HALF_WORLD / 2**zoom / 512
    return pixel * (0.35 if zoom == ZOOMS["lsoa"][-1] else 1.1)


def lay_on_grid(shapes: np.ndarray, zoom: int) -> np.ndarray:
    """Shapes in Web Mercator metres to tile units of the zoom, y down, counted from the world's north-west corner."""
    units = extent_of(zoom) * 2**zoom / (2 * HALF_WORLD)
    return shapely.transform(shapes, lambda xy: (xy * (1, -1) + HALF_WORLD) * units)


def round_to_polygons(shapes: np.ndarray) -> np.ndarray:
    """Polygons of whole units, rings that collapse left out; None where nothing is left of a shape.

    Neighbours hold the same vertices, which round alike, so an edge shared before is shared after.
    """
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    polygon = shapely.get_type_id(parts) == 3  # clipping may leave a line where an edge runs along the frame
    parts, of_shape = shapely.transform(parts[polygon], np.rint), of_shape[polygon]
    rings, of_part = shapely.get_rings(parts, return_index=True)
    shell = np.diff(of_part, prepend=-1) != 0
    solid = shapely.area(shapely.polygons(rings)) > 0
    # A hole goes with its shell: a collapsed shell would otherwise leave its hole behind as an island.
    keep = solid & solid[shell][of_part]
    whole = np.full(len(shapes), None, dtype=object)
    if keep.any():
        kept, part = np.unique(of_part[keep], return_inverse=True)
        polygons = shapely.orient_polygons(shapely.polygons(rings[keep], indices=part), exterior_cw=False)
        shapely.multipolygons(polygons, indices=of_shape[kept], out=whole)
    return whole


def keep_the_tiny(shapes: np.ndarray) -> np.ndarray:
    """Put a triangle of one unit in place of every shape that rounding would make vanish.

    Far out, a city's LSOAs are smaller than a unit. An area without a feature could not be coloured, hovered over
    or counted, and the map would differ from the table.
    """
    gone = np.flatnonzero(shapely.is_missing(round_to_polygons(shapes)))
    corner = np.rint(shapely.get_coordinates(shapely.point_on_surface(shapes[gone])))
    kept = shapes.copy()
    kept[gone] = shapely.polygons(corner[:, None, :] + np.array([(0, 0), (1, 0), (0, 1), (0, 0)]))
    return kept


def frames(bounds: np.ndarray, zoom: int, buffer: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """Each tile that the boxes touch: x, y, and which boxes touch it.

    bounds   (k, 4) in tile units of the zoom
    buffer   units by which a tile looks over its edge
    """
    extent = extent_of(zoom)
    first = np.floor((bounds[:, :2] - buffer) / extent).astype(int)
    last = np.floor((bounds[:, 2:] + buffer) / extent).astype(int)
    wide, high = (last - first + 1).T
    row = np.repeat(np.arange(len(bounds)), wide * high)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(wide * high) - wide * high, wide * high)
    tile = first[row] + np.stack([nth % wide[row], nth // wide[row]], axis=1)
    order = np.lexsort((row, tile[:, 1], tile[:, 0]))
    tile, row = tile[order], row[order]
    starts = np.flatnonzero(np.diff(tile, axis=0, prepend=-1).any(axis=1))
    for (x, y), rows in zip(tile[starts].tolist(), np.split(row, starts[1:]), strict=True):
        yield x, y, rows


def encode_tile(layer: str, features: list[dict], extent: int) -> bytes:
    """One gzipped vector tile of one source-layer; `features` are in tile units, y down, and already wound."""
    options = {"extents": extent, "y_coord_down": True, "check_winding_order": False}
    tile = mapbox_vector_tile.encode({"name": layer, "features": features}, default_options=options)
    return gzip.compress(tile, 9, mtime=0)  # mtime 0: the hour of the build is not part of the tile


def cut_areas(coverage: gpd.GeoDataFrame, layer: str, zoom: int, properties: list[dict] | None = None) -> Tiles:
    """The tiles of one source-layer at one zoom; feature id = position, in every tile that the area reaches.

    coverage     EPSG:3857, already simplified for the zoom: here it is only clipped and rounded
    properties   one dict per area, or none at all
    """
    extent, buffer = extent_of(zoom), extent_of(zoom) // 64  # 8 pixels hide a seam and the end of an outline
    shapes = keep_the_tiny(lay_on_grid(np.asarray(coverage.geometry), zoom))
    bounds = shapely.bounds(shapes)
    tiles: Tiles = {}
    for x, y, rows in frames(bounds, zoom, buffer):
        north_west = np.array([x, y]) * extent
        frame = (*(north_west - buffer), *(north_west + extent + buffer))
        within = shapes[rows]
        cut = (bounds[rows] < frame)[:, :2].any(axis=1) | (bounds[rows] > frame)[:, 2:].any(axis=1)
        within[cut] = shapely.clip_by_rect(within[cut], *frame)
        drawn = round_to_polygons(shapely.transform(within, lambda xy, corner=north_west: xy - corner))
        features = [
            {"geometry": shape, "id": int(row), "properties": properties[row] if properties else {}}
            for row, shape in zip(rows, drawn, strict=True)
            if shape is not None
        ]
        if features:
            tiles[zxy_to_tileid(zoom, x, y)] = encode_tile(layer, features, extent)
    return tiles


def cut_labels(places: pd.DataFrame) -> Tiles:
    """Names to write on the map, source-layer `label`, a point each with `name`, `kind` and `rank` (0 comes first).

    Authorities are ranked by the people of their towns, so that Bristol comes before the country around it.

    places   code, name, longitude, latitude (EPSG:4326), population, kind: "rgn" (London only), "lad" or "msoa";
             and for authorities in_towns, the people of their urban neighbourhoods
    """
    places = places.sort_values(["kind", "in_towns", "population", "code"], ascending=[True, False, False, True], ignore_index=True)
    rank = places.groupby("kind").cumcount().to_numpy()
    kind = places["kind"].to_numpy()
    borough = places["code"].str.startswith("E09").to_numpy()
    words = places[["name", "kind"]].assign(rank=rank).to_dict("records")
    project = Transformer.from_crs("EPSG:4326", MERCATOR, always_xy=True)
    points = shapely.points(*project.transform(places["longitude"].to_numpy(), places["latitude"].to_numpy()))
    tiles: Tiles = {}
    for zoom in ZOOMS["label"]:
        extent = extent_of(zoom)
        far = zoom < BOROUGHS_NAMED_FROM
        authority = (kind == "lad") & (rank < AUTHORITIES_NAMED.get(zoom, len(rank))) & ~(borough & far)
        place = np.flatnonzero(authority | ((kind == "rgn") & far) | ((kind == "msoa") & (zoom >= MSOA_NAMES_FROM)))
        xy = np.floor(shapely.get_coordinates(lay_on_grid(points[place], zoom)))
        for x, y, rows in frames(np.hstack([xy, xy]), zoom, buffer=0):  # no buffer: a name stands in one tile alone
            spots = shapely.points(xy[rows] - np.array([x, y]) * extent)
            features = [{"geometry": spot, "properties": words[row]} for spot, row in zip(spots, place[rows], strict=True)]
            tiles[zxy_to_tileid(zoom, x, y)] = encode_tile("label", features, extent)
    return tiles


def cut_context(nations: gpd.GeoDataFrame) -> Tiles:
    """The land around England, source-layer `nation` with `name`, so that the map has a coast and neighbours offline.

    nations   `name` and geometry in EPSG:3857, at full detail
    """
    tiles: Tiles = {}
    names = [{"name": name} for name in nations["name"]]
    for zoom in ZOOMS["nation"]:
        simple = shapely.coverage_simplify(np.asarray(nations.geometry), tolerance_of(zoom))
        tiles |= cut_areas(nations.set_geometry(gpd.GeoSeries(simple, crs=MERCATOR)), "nation", zoom, names)
    return tiles


def write_archive(tiles: Tiles, path: Path, layer: str, bounds: Iterable[float]) -> None:
    """Write a PMTiles archive: the tiles in the order of their ids, the same bytes for the same tiles.

    bounds   west, south, east, north in degrees
    """
    west, south, east, north = (round(degree * 1e7) for degree in bounds)
    zooms = [tileid_to_zxy(min(tiles))[0], tileid_to_zxy(max(tiles))[0]]
    fields: Mapping[str, Mapping[str, str]] = {
        "label": {"name": "String", "kind": "String", "rank": "Number"},
        "nation": {"name": "String"},
    }
    described = {"id": layer, "fields": fields.get(layer, {}), "minzoom": zooms[0], "maxzoom": zooms[1]}
    header = {
        "tile_compression": Compression.GZIP,
        "tile_type": TileType.MVT,
        "center_zoom": zooms[0],
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        writer = Writer(file)
        for tile_id in sorted(tiles):
            writer.write_tile(tile_id, tiles[tile_id])
        writer.finalize(header, {"name": layer, "vector_layers": [described]})
