"""The second path for places: every postcode, middle, outline, inside point, tile and name to search for, against the raw files."""

from __future__ import annotations

import gzip
import json
import lzma
import math
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import brotli
import mapbox_vector_tile
import pyarrow.parquet as pq
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles

from etl.second_path.areas import LEVELS, PARENT, Ledger, Rows, read_part

#: How much of a simplified outline and the publisher's must be common ground (the least seen is 0.54).
OVERLAP = 0.5

# ---- postcodes ----


def check_postcodes(raw: Path, folder: Path, parts: dict[str, Any], areas: dict[str, Rows], ledger: Ledger) -> None:
    """Every postcode: its neighbourhood, its point within 0.00001 degrees, and how it was placed."""
    table = read_part(folder, parts, "postcodes/table")
    outward = read_part(folder, parts, "postcodes/outward")
    codes = list(areas["lsoa"])
    here: dict[str, tuple[str, float, float, str]] = {}
    columns = [table[name] for name in ("inward", "lsoa", "lat", "long", "placed")]
    for name, start, count in zip(outward["outward"], outward["start"], outward["count"], strict=True):
        for number, lsoa, lat, long, placed in zip(*(column[start : start + count] for column in columns), strict=True):
            letters = chr(65 + number // 26 % 26) + chr(65 + number % 26)
            here[f"{name} {number // 676}{letters}"] = (codes[lsoa], lat / 1e5, long / 1e5, "P" if placed else "N")
    published = pq.read_table(raw / "postcodes/postcodes_england.parquet")
    names = published["postcode"].to_pylist()
    ledger.compare("postcodes, rows", ["rows"], [len(table["lsoa"])], [len(names)])
    ledger.compare("postcodes, names", ["names"], [len(here.keys() & set(names))], [len(names)])
    known = [here.get(name, (None, None, None, None)) for name in names]
    for place, (column, tolerance) in enumerate({"lsoa21": 0.0, "lat": 1.01e-5, "long": 1.01e-5, "lsoa21_source": 0.0}.items()):
        ledger.compare(f"postcodes, {column}", names, [row[place] for row in known], published[column].to_pylist(), tolerance)
    ledger.line(f"postcodes: {len(names):,}, each with its neighbourhood, latitude, longitude and source")


def check_middles(raw: Path, folder: Path, parts: dict[str, Any], areas: dict[str, Rows], ledger: Ledger) -> None:
    """The middle of every area's postcodes: each distinct point once; above LSOA each neighbourhood by its residents."""
    table = pq.read_table(raw / "postcodes/postcodes_england.parquet", columns=["lsoa21", "lat", "long"]).to_pydict()
    spots: dict[str, set[tuple[int, int]]] = {code: set() for code in areas["lsoa"]}
    for code, latitude, longitude in zip(table["lsoa21"], table["lat"], table["long"], strict=True):
        spots[code].add((round(latitude * 1e5), round(longitude * 1e5)))
    own = {code: [sum(spot[side] for spot in here) / len(here) / 1e5 for side in (0, 1)] for code, here in spots.items()}
    for level in LEVELS:
        middles = read_part(folder, parts, f"middles/{level}")
        ledger.compare(f"middles/{level}, codes", list(areas[level]), middles["code"], list(areas[level]))
        total = {code: [0.0, 0.0, 0.0] for code in areas[level]}
        for code, row in areas["lsoa"].items():
            sums = total[code if level == "lsoa" else row[PARENT[level]]]
            people = 1 if level == "lsoa" else row["population"]
            sums[:] = sums[0] + people * own[code][0], sums[1] + people * own[code][1], sums[2] + people
        for side, name in enumerate(("latitude", "longitude")):
            there = [sums[side] / sums[2] for sums in total.values()]
            ledger.compare(f"middles/{level}, {name}", list(total), middles[name], there, 1e-5)
    ledger.line("middles of postcodes: every area of five levels")


# ---- outlines and points ----


def _read_polygons(raw: Path) -> dict[str, Any]:
    """The publisher's outline of every LSOA by its code."""
    drawn = pq.read_table(raw / "boundaries/lsoa21_ew_bgc.parquet", columns=["LSOA21CD", "geometry"])
    return dict(zip(drawn["LSOA21CD"].to_pylist(), shapely.from_wkb(drawn["geometry"].to_pylist()), strict=True))


def check_outlines(raw: Path, folder: Path, parts: dict[str, Any], areas: dict[str, Rows], ledger: Ledger) -> None:
    """Every outline and inside point belongs to the area whose code it bears.

    The point lies in the publisher's own polygon of that code (above LSOA: of an LSOA that belongs there) and in our
    outline of it; our outline bears the area's name and covers the publisher's ground, within the simplifying.
    """
    polygon = _read_polygons(raw)
    lsoas = list(areas["lsoa"])
    shapes = [shapely.make_valid(polygon[code]) for code in lsoas]
    tree = shapely.STRtree(shapes)
    drawn: dict[str, Any] = {}
    bounds, grounds = shapely.bounds(shapes).tolist(), shapely.area(shapes).tolist()
    for level in LEVELS:
        codes = list(areas[level])
        above = {code: code if level == "lsoa" else areas["lsoa"][code][PARENT[level]] for code in lsoas}
        outlines = json.loads(lzma.decompress((folder / parts[f"outlines/{level}"]["file"]).read_bytes()))["features"]
        points = read_part(folder, parts, f"points/{level}")
        ledger.compare(f"outlines/{level}, codes", codes, [outline["properties"]["code"] for outline in outlines], codes)
        called = [row.get("place" if level == "msoa" else "name") for row in areas[level].values()]
        ledger.compare(f"outlines/{level}, names", codes, [outline["properties"]["name"] for outline in outlines], called)
        ledger.compare(f"points/{level}, codes", codes, points["code"], codes)
        spots, own = (
            shapely.points(points["longitude"], points["latitude"]),
            shapely.from_geojson([json.dumps(outline["geometry"]) for outline in outlines]),
        )
        _check_drawing(level, codes, own, drawn, above, ledger)
        found = {spot: above[lsoas[lsoa]] for spot, lsoa in tree.query(spots, predicate="within").T.tolist()}
        ledger.compare(f"points/{level}, in the area", codes, [found.get(i) for i in range(len(codes))], codes)
        ledger.compare(f"outlines/{level}, around its point", codes, shapely.contains(own, spots).tolist(), [True] * len(codes))
        boxes: dict[str, list[float]] = {}
        ground = dict.fromkeys(codes, 0.0)
        for code, (west, south, east, north), size in zip(lsoas, bounds, grounds, strict=True):
            box = boxes.setdefault(above[code], [west, south, east, north])
            box[:] = min(box[0], west), min(box[1], south), max(box[2], east), max(box[3], north)
            ground[above[code]] += size
        for side, name in enumerate(("west", "south", "east", "north")):
            ledger.compare(f"points/{level}, {name}", codes, points[name], [boxes[code][side] for code in codes], 2e-5)
        # At LSOA the ground in common counts; above it the size tells enough, since the point has told the place.
        common = shapely.area(shapely.intersection(own, shapes) if level == "lsoa" else own).tolist()
        alike = [OVERLAP <= size / ground[code] <= 1 / OVERLAP for code, size in zip(codes, common, strict=True)]
        ledger.compare(f"outlines/{level}, ground covered", codes, alike, [True] * len(codes))
    ledger.line("outlines, points and boxes: codes and places at five levels")


def _check_drawing(level: str, codes: list[str], own: Any, drawn: dict[str, Any], above: dict[str, str], ledger: Ledger) -> None:
    """Each outline as RFC 7946 has it, without a vertex twice in a row, valid, and the very ground of its neighbourhoods' outlines.

    own     the outlines of the level, by position
    drawn   those of the neighbourhoods by code; filled in when level is "lsoa"
    above   the code of the level to which each neighbourhood belongs
    """
    yes = [True] * len(codes)
    ledger.compare(f"outlines/{level}, valid", codes, shapely.is_valid(own).tolist(), yes)
    wound, twice = [], []
    for shape in own:
        parts = shapely.get_parts(shape)
        holes = [hole for part in parts for hole in part.interiors]
        wound.append(all(_turn(part.exterior) > 0 for part in parts) and all(_turn(hole) < 0 for hole in holes))
        rings = [*(part.exterior for part in parts), *holes]
        twice.append(any(a == b for ring in rings for a, b in pairwise(ring.coords)))
    ledger.compare(f"outlines/{level}, wound", codes, wound, yes)
    ledger.compare(f"outlines/{level}, no vertex twice", codes, twice, [False] * len(codes))
    if level == "lsoa":
        drawn |= dict(zip(codes, own, strict=True))
        return
    inside: dict[str, list[Any]] = {code: [] for code in codes}
    for code, shape in drawn.items():
        inside[above[code]].append(shape)
    wholes = [shapely.union_all(inside[code]) for code in codes]
    apart = [shapely.area(shapely.symmetric_difference(a, b)) < 1e-12 for a, b in zip(own, wholes, strict=True)]
    ledger.compare(f"outlines/{level}, made of its neighbourhoods", codes, apart, yes)


def _turn(ring: Any) -> float:
    """Twice the area within a ring: above 0 where it runs anticlockwise."""
    east, north = ring.coords[0]
    corners = [(x - east, y - north) for x, y in ring.coords]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(corners))


def check_neighbours(raw: Path, folder: Path, parts: dict[str, Any], areas: dict[str, Rows], ledger: Ledger) -> None:
    """Neighbouring LSOAs lie side by side in the publisher's outlines; above LSOA, pairs follow from them."""
    polygon = _read_polygons(raw)
    lsoas = list(areas["lsoa"])
    pairs = {level: list(zip(*read_part(folder, parts, f"neighbours/{level}").values(), strict=True)) for level in LEVELS}
    here, there = ([polygon[lsoas[pair[side]]] for pair in pairs["lsoa"]] for side in (0, 1))
    beside = (shapely.distance(here, there) < 1e-6).tolist()
    ledger.compare("neighbours/lsoa, side by side", pairs["lsoa"], beside, [True] * len(beside))
    for level in LEVELS:
        position = {code: i for i, code in enumerate(areas[level])}
        of = [position[code if level == "lsoa" else areas["lsoa"][code][PARENT[level]]] for code in lsoas]
        both = {(of[a], of[b]) for a, b in pairs["lsoa"] if of[a] != of[b]}
        expected = sorted(both | {(b, a) for a, b in both})
        ledger.compare(f"neighbours/{level}", expected, pairs[level], expected)
    ledger.line("neighbours: pairs at five levels, each both ways")


# ---- tiles ----


def check_tiles(folder: Path, parts: dict[str, Any], areas: dict[str, Rows], ledger: Ledger) -> None:
    """Every area is in the tiles of every zoom under its position, and at the last zoom lies around its own point."""
    for level in LEVELS:
        points = read_part(folder, parts, f"points/{level}")
        n = len(areas[level])
        with (folder / parts[f"tiles/{level}"]["file"]).open("rb") as archive:
            source = MmapSource(archive)
            header = Reader(source).header()
            last = header["max_zoom"]
            home: dict[tuple[int, int], list[tuple[int, float, float]]] = {}
            for position, (long, lat) in enumerate(zip(points["longitude"], points["latitude"], strict=True)):
                x, y = _world(long, lat, last)
                home.setdefault((int(x), int(y)), []).append((position, x % 1, y % 1))
            ids: dict[int, set[int]] = {}
            around: set[int] = set()
            for (zoom, x, y), packed in all_tiles(source):
                features, extent = _read_tile(gzip.decompress(packed))
                ids.setdefault(zoom, set()).update(features)
                if zoom == last:
                    for position, u, v in home.get((x, y), ()):
                        if position in features and _is_inside(features[position], u * extent, v * extent, extent / 512):
                            around.add(position)
        zooms = list(range(header["min_zoom"], last + 1))
        ledger.compare(f"tiles/{level}, areas by zoom", zooms, [len(ids.get(z, ())) for z in zooms], [n] * len(zooms))
        ledger.compare(f"tiles/{level}, positions by zoom", zooms, [max(ids.get(z, {-1})) for z in zooms], [n - 1] * len(zooms))
        ledger.compare(f"tiles/{level}, around its point", range(n), [i in around for i in range(n)], [True] * n)
    ledger.line("tiles: every area at every zoom, and each around its own point at the last")


def check_labels(folder: Path, parts: dict[str, Any], areas: dict[str, Rows], ledger: Ledger) -> None:
    """At the last zoom every authority and every MSOA is named, each once, in the tile where its point lies; authorities by their towns."""
    expected = []
    ranked: list[tuple[int, str]] = []
    with (folder / parts["tiles/labels"]["file"]).open("rb") as archive:
        source = MmapSource(archive)
        last = Reader(source).header()["max_zoom"]
        labels = []
        for (zoom, x, y), packed in all_tiles(source):
            if zoom == last:
                (tile,) = mapbox_vector_tile.decode(gzip.decompress(packed)).values()
                ranked += [(f["properties"]["rank"], f["properties"]["name"]) for f in tile["features"] if f["properties"]["kind"] == "lad"]
                labels += [(f["properties"]["kind"], f["properties"]["name"], x, y) for f in tile["features"]]
    for level, name in (("lad", "name"), ("msoa", "place")):
        points = read_part(folder, parts, f"points/{level}")
        for row, long, lat in zip(areas[level].values(), points["longitude"], points["latitude"], strict=True):
            x, y = _world(long, lat, last)
            expected.append((level, row[name], int(x), int(y)))
    expected.sort()
    ledger.compare("tiles/labels, names and tiles", expected, sorted(labels), expected)
    in_towns = Counter[str]()
    for row in areas["lsoa"].values():
        in_towns[row["lad24_code"]] += row["population"] * row["urban"]
    largest = sorted(areas["lad"], key=lambda code: (-in_towns[code], -areas["lad"][code]["population"], code))
    names = [areas["lad"][code]["name"] for code in largest]
    ledger.compare("tiles/labels, authorities by the people of their towns", names, [name for _, name in sorted(ranked)], names)
    ledger.line("labels: every authority and MSOA named in its tile, authorities ranked by the people of their towns")


def _world(long: float, lat: float, zoom: int) -> tuple[float, float]:
    """Where a place lies, in tiles of the zoom from the north-west corner of the world."""
    north = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return (long / 360 + 0.5) * 2**zoom, (0.5 - north / (2 * math.pi)) * 2**zoom


def _fields(data: bytes, place: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The fields of a protobuf message: number, and where its bytes begin and end (or twice its plain number)."""
    while place < end:
        key, place = _varint(data, place)
        value, place = _varint(data, place)
        if key & 7 == 2:
            yield key >> 3, place, place + value
            place += value
        else:
            yield key >> 3, value, value


def _varint(data: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[place]
        place += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, place


def _read_tile(data: bytes) -> tuple[dict[int, tuple[bytes, int, int]], int]:
    """A tile of one layer: by id where each feature's geometry stands, and the units along a side."""
    ((_, start, end),) = _fields(data, 0, len(data))
    features: dict[int, tuple[bytes, int, int]] = {}
    extent = 4096
    for number, a, b in _fields(data, start, end):
        if number == 5:
            extent = a
        if number == 2:
            feature = {key: (first, last) for key, first, last in _fields(data, a, b)}
            features[feature.get(1, (0, 0))[0]] = (data, *feature[4])
    return features, extent


def _is_inside(geometry: tuple[bytes, int, int], x: float, y: float, near: float) -> bool:
    """Whether a place lies in a feature, or so near a corner of it that simplifying may have moved the edge across.

    An odd number of edges to the east of a place means that it is inside.
    """
    edges = [edge for ring in _read_rings(geometry) for edge in zip(ring, ring[1:] + ring[:1], strict=True)]
    east = sum((a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) for a, b in edges)
    return east % 2 == 1 or any(math.hypot(a[0] - x, a[1] - y) < near for a, _ in edges)


def _read_rings(geometry: tuple[bytes, int, int]) -> list[list[tuple[int, int]]]:
    """The rings of a feature in tile units: each corner is written as the step from the one before."""
    rings: list[list[tuple[int, int]]] = []
    data, place, end = geometry
    here = [0, 0]
    while place < end:
        command, place = _varint(data, place)
        move_to = command & 7 == 1
        for _ in range(command >> 3 if command & 7 in (1, 2) else 0):
            for axis in (0, 1):
                step, place = _varint(data, place)
                here[axis] += (step >> 1) ^ -(step & 1)
            if move_to:
                rings.append([])
            rings[-1].append((here[0], here[1]))
    return rings


# ---- search ----


def check_search(folder: Path, parts: dict[str, Any], areas: dict[str, Rows], ledger: Ledger) -> None:
    """Every code and name the browser can find, read back from the index."""
    index = json.loads(brotli.decompress((folder / parts["search"]["file"]).read_bytes()))
    for level in ("rgn", "icb", "lad"):
        names = [row["name"] for row in areas[level].values()]
        ledger.compare(f"search, {level} codes", names, index[level]["code"], list(areas[level]))
        ledger.compare(f"search, {level} names", names, index[level]["name"], names)
    lad, msoa, lsoa = index["lad"], index["msoa"], index["lsoa"]
    rows = list(areas["lad"].values())
    ledger.compare(
        "search, region of an authority",
        lad["code"],
        [index["rgn"]["code"][i] for i in lad["rgn"]],
        [r["rgn24_code"] for r in rows],
    )
    codes = [f"E0{number}" for number in accumulate(msoa["code"])]
    ledger.compare("search, msoa codes", codes, codes, list(areas["msoa"]))
    stems = [msoa["stem"].get(str(i), lad["name"][k]) for i, k in enumerate(msoa["lad"])]
    called = [f"{stem} {number}" for stem, number in zip(stems, msoa["number"], strict=True)]
    rows = list(areas["msoa"].values())
    ledger.compare("search, msoa names", codes, called, [row["name"] for row in rows])
    ledger.compare("search, places", codes, msoa["name"], [row["place"] for row in rows])
    ledger.compare("search, authority of an msoa", codes, [lad["code"][k] for k in msoa["lad"]], [row["lad24_code"] for row in rows])
    codes_lsoa = [f"E0{number}" for number in accumulate(lsoa["code"])]
    ledger.compare("search, lsoa codes", codes_lsoa, codes_lsoa, list(areas["lsoa"]))
    rows = list(areas["lsoa"].values())
    ledger.compare("search, msoa of an lsoa", codes_lsoa, [codes[k] for k in lsoa["msoa"]], [row["msoa21_code"] for row in rows])
    here = [called[k] + letter for k, letter in zip(lsoa["msoa"], lsoa["letter"], strict=True)]
    ledger.compare("search, lsoa names", codes_lsoa, here, [row["name"] for row in rows])
    ledger.line("search index: codes, names and parents of all areas")
