"""The embedded snapshot, read-only: the manifest, the tables of areas and layers, postcodes and tiles.

Everything is read by the manifest's names and held in columns; a worker keeps no session and writes nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import brotli
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.types import is_bool_dtype, is_float_dtype, is_numeric_dtype
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import deserialize_directory, zxy_to_tileid

from heatmap.errors import NotFoundError, SnapshotError
from heatmap.geography.former_codes import Former, find_codes, read_former, say_former
from heatmap.geography.levels import LEVELS, PARENT_COLUMN, Level, level_of
from heatmap.geography.postcodes import read_postcode
from heatmap.layers.cards import LayerCard, PointsCard
from heatmap.layers.catalogue import make_card, read_catalogue, read_points_catalogue
from heatmap.layers.tables import unpack_table
from heatmap.settings import LOCAL, ROOT, SNAPSHOT

# Its own allocator keeps what each thread has read once: 80 MB more in a worker that has shown every layer.
pa.set_memory_pool(pa.system_memory_pool())

BUILT_DIR = ROOT / "data" / "built"
#: Outward codes with this many postcodes or fewer travel together (design: privacy).
SMALL_OUTWARD = 100
_REBUILD = "Restore data/built from the repository, or make it again: make build MIRROR=FOLDER."
#: Where the deployer's own lists lie, unless HEATMAP_LOCAL says otherwise. Not under ``var``, which `make clean` empties.
LOCAL_DIR = ROOT / "local"
_IMPORT_AGAIN = "Take the folder 'built' away from your own folder (local, or HEATMAP_LOCAL), and import your lists again."
#: Columns a place may have that no register of the snapshot has; "" stands for them.
_RARE_COLUMNS = ("eligibility",)


@dataclass(frozen=True)
class Area:
    """One area of any level. ``place`` is the human name of its MSOA where it has one."""

    code: str
    level: Level
    position: int
    name: str
    place: str
    population: int
    parents: dict[Level, str]
    row: dict[str, Any]

    @property
    def title(self) -> str:
        """The name people know it by."""
        return self.place or self.name

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the middle of its postcodes, where every distance starts."""
        return self.row["middle_latitude"], self.row["middle_longitude"]


class Snapshot:
    """The parts of ``data/built``, opened by name and checked at the door, and beside them the deployer's own lists of places.

    folder  of the snapshot
    local   where ``heatmap import`` has put what it read, or None. Its parts are small and held in memory, so that another
            import takes nothing away from a server that runs.

    Raises SnapshotError, with the part and the next step, where a part is missing, cut short or not what its hash says.
    """

    def __init__(self, folder: Path = BUILT_DIR, local: Path | None = None):
        self.folder = folder
        self.build, self.parts = _read_manifest(folder, _REBUILD)
        for name, part in self.parts.items():
            _check_part(folder, name, part, _REBUILD)
        if missing := [
            f"{kind}/{level}" for kind in ("areas", "points", "middles", "tiles") for level in LEVELS if f"{kind}/{level}" not in self.parts
        ]:
            raise SnapshotError(f"The snapshot lacks {', '.join(missing)}. {_REBUILD}")
        self._held: dict[str, bytes] = {}
        # A card that is being written, and not yet in the snapshot, cannot stop the map.
        self.cards: dict[str, LayerCard] = read_catalogue(ids=self._layers("tables"))
        self.points_cards: dict[str, PointsCard] = read_points_catalogue(ids=self._layers("places"))
        if local is not None and (local / "manifest.json").is_file():
            self._add_local(local)

    def _layers(self, kind: str) -> frozenset[str]:
        return frozenset(name.removeprefix(f"{kind}/") for name in self.parts if name.startswith(f"{kind}/"))

    def _add_local(self, local: Path) -> None:
        build, parts = _read_manifest(local, _IMPORT_AGAIN)
        for name, part in parts.items():
            kind, _, layer = name.partition("/")
            if name in self.parts:
                raise SnapshotError(f"{layer} is now a list that came with the map. Take yours out: heatmap import remove {layer}")
            self._held[name] = _check_part(local, name, part, _IMPORT_AGAIN).read_bytes()
            if kind == "cards":
                card = make_card(f"{layer}.toml", {"id": layer, **tomllib.loads(self._held[name].decode())})
                assert isinstance(card, PointsCard)  # heatmap import writes no other
                self.points_cards[layer] = card
        self.parts |= parts
        self.build = hashlib.sha256(f"{self.build} {build}".encode()).hexdigest()[:12]

    @property
    def local_layers(self) -> list[str]:
        """The ids of the deployer's own lists."""
        return [name.removeprefix("cards/") for name in self._held if name.startswith("cards/")]

    def read(self, name: str) -> bytes:
        """A part's bytes, by its name in the manifest."""
        return self._held[name] if name in self._held else self.path(name).read_bytes()

    def path(self, name: str) -> Path:
        """Where a part of the snapshot lies, by its name in the manifest; local parts are ``read``."""
        return self.folder / self.parts[name]["file"]

    def hash(self, name: str) -> str:
        """The first ten digits of a part's sha256, for addresses that may be cached for ever."""
        return str(self.parts[name]["sha256"])[:10]

    # ---- areas ----

    @cached_property
    def areas(self) -> dict[Level, pd.DataFrame]:
        """One table a level, sorted by code, with its two points and its box; the row is the area's position.

        inside_latitude, inside_longitude   a point inside the outline, for names and arrow keys; nobody need live there
        middle_latitude, middle_longitude   the middle of its postcodes, where every distance starts; it may lie outside
        """
        found = {}
        for level in LEVELS:
            table = pd.read_parquet(self.path(f"areas/{level}"))
            for kind, point in (("points", "inside"), ("middles", "middle")):
                points = pd.read_parquet(self.path(f"{kind}/{level}"))
                if not np.array_equal(table.code.to_numpy(), points.code.to_numpy()):
                    raise SnapshotError(f"The snapshot's areas and {kind} of level {level} are not of one build. {_REBUILD}")
                points = points.rename(columns={name: f"{point}_{name}" for name in ("latitude", "longitude")})
                table = table.join(points.drop(columns="code").astype("float64").round(5))
            found[level] = table
        return found

    @cached_property
    def _position(self) -> dict[Level, dict[str, int]]:
        return {level: {code: i for i, code in enumerate(table.code)} for level, table in self.areas.items()}

    @cached_property
    def starts(self) -> dict[Level, int]:
        """Where each level begins in the arrays that travel to the map."""
        counts = np.cumsum([0, *(len(self.areas[level]) for level in LEVELS)])
        return dict(zip(LEVELS, (int(n) for n in counts), strict=False))

    @cached_property
    def _index(self) -> dict[str, Any]:
        """What the search index says of codes and names that are not ours."""
        index = json.loads(brotli.decompress(self.read("search")))
        return {key: index.get(key) for key in ("former", "also")}

    @cached_property
    def former(self) -> dict[str, Former]:
        """The codes of other years, and what became of each."""
        return read_former(self._index)

    @property
    def other_names(self) -> list[tuple[str, str]]:
        """Names of areas beside those we say, official and former: code of ours, name."""
        return [(code, name) for code, name in self._index["also"] or ()]

    def resolve(self, code: str) -> str:
        """The code of ours that a code means: itself, or the area that one of another year is read as.

        NotFoundError, with the areas to choose from where it is now several, for any other.
        """
        level = level_of(code)
        if level is not None and code in self._position[level]:
            return code
        former = self.former.get(code)
        if former is None:
            raise NotFoundError(f"There is no area with the code '{code[:20]}'. Codes look like E01021988 (neighbourhood) or E08000025.")
        if not former.read_as:
            raise NotFoundError(self.say_former(code))
        return former.read_as

    def say_former(self, code: str) -> str:
        """In a sentence, what a code of another year means here; "" for one of ours and for no code."""
        former = self.former.get(code)
        return say_former(former, lambda now: self.area(now).title) if former else ""

    def say_read_as(self, texts: Iterable[str]) -> list[str]:
        """A sentence for each code in some texts that is read as another."""
        return [self.say_former(code) for code in find_codes(texts) if (former := self.former.get(code)) and former.read_as]

    def position(self, code: str) -> int:
        """An area's row in its level's table; a code of another year is read as the area it became."""
        code = self.resolve(code)
        level = level_of(code)
        assert level is not None  # resolve() has refused every other
        return self._position[level][code]

    def area(self, code: str) -> Area:
        """One area by its code, or by one of another year that it is read as; NotFoundError for a code we do not have."""
        return _area(self, code)

    def parents_of(self, area: Area) -> list[Area]:
        """The areas it lies in, nearest first."""
        return [self.area(code) for code in area.parents.values()]

    def deciles_2019_of(self, area: Area) -> list[int]:
        """The tenths of the IMD 2019 of the 2011 areas that a merged neighbourhood was made from; else none."""
        return [int(decile) for decile in (area.row.get("deciles_2019") or "").split()]

    # ---- layers ----

    @cache  # noqa: B019 - one snapshot lives as long as its worker
    def table(self, layer: str, period: str = "") -> dict[Level, pd.DataFrame]:
        """A layer's rows by level, each in the order of positions; of the period shown first unless another is named."""
        card = self.cards[layer]
        return unpack_table(pq.read_table(self.path(f"tables/{layer}")), self.classes(card.part(period)), card, self.areas, period)

    @cache  # noqa: B019
    def facts(self, layer: str) -> dict[str, Any]:
        """What is counted once for a whole layer: classes, reasons for absence, histogram, edges."""
        return json.loads(self.path(f"facts/{layer}").read_text(encoding="utf-8"))

    @cached_property
    def points_names(self) -> dict[str, str]:
        """The word by which an address names a points layer ("food_banks") -> its id; the newest where several share it."""
        return {card.index: layer for layer, card in sorted(self.points_cards.items())}

    def row(self, layer: str, area: Area, period: str = "") -> dict[str, Any] | None:
        """A layer's figures for one area as plain values (None for absent), or None where the layer has no such level."""
        columns = self._columns(layer, period, area.level)
        return {name: _read_cell(cells.item(area.position), whole) for name, (cells, whole) in columns.items()} if columns else None

    @cache  # noqa: B019
    def _columns(self, layer: str, period: str, level: Level) -> dict[str, tuple[np.ndarray, bool]]:
        """A level's columns as arrays, each with whether it holds whole numbers: a DataFrame's row costs fifty times as much."""
        rows = self.table(layer, period).get(level)
        return {} if rows is None else {str(name): _as_array(rows[name]) for name in rows.columns.drop("code")}

    # ---- postcodes ----

    @cached_property
    def _postcodes(self) -> dict[str, np.ndarray]:
        table = pq.read_table(self.path("postcodes/table"))
        return {name: table[name].to_numpy() for name in table.column_names}

    @cached_property
    def _outward(self) -> dict[str, tuple[int, int]]:
        table = pd.read_parquet(self.path("postcodes/outward"))
        return {str(o): (int(s), int(n)) for o, s, n in zip(table.outward, table.start, table["count"], strict=True)}

    @property
    def outward_codes(self) -> list[str]:
        """The 2,323 outward codes of England."""
        return list(self._outward)

    @property
    def small_outward_codes(self) -> list[str]:
        """Those with so few postcodes that they travel together."""
        return [outward for outward, (_, count) in self._outward.items() if count <= SMALL_OUTWARD]

    def postcodes(self, outward: str) -> dict[str, list[Any]]:
        """Every postcode of an outward code: inward -> [LSOA code, latitude, longitude, "N" or "P"].

        N: the official lookup places it; P: its map reference does, so it is "probably in".
        """
        if outward not in self._outward:
            raise NotFoundError(f"There is no outward code '{outward[:8]}' in England. Outward codes look like CO15 or B14.")
        start, count = self._outward[outward]
        part = {name: column[start : start + count] for name, column in self._postcodes.items()}
        code = self.areas["lsoa"].code.to_numpy()
        return {
            f"{n // 676}{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}": [code[i], lat / 1e5, long / 1e5, "P" if placed else "N"]
            for n, i, lat, long, placed in zip(*(part[c].tolist() for c in ("inward", "lsoa", "lat", "long", "placed")), strict=True)
        }

    def postcode(self, outward: str, inward: str) -> list[Any] | None:
        """One postcode, as ``postcodes`` has it, without reading the others of its outward code; None where England has no such.

        inward  a digit and two capitals
        """
        start, count = self._outward.get(outward, (0, 0))
        number = int(inward[0]) * 676 + (ord(inward[1]) - 65) * 26 + ord(inward[2]) - 65
        rows = np.flatnonzero(self._postcodes["inward"][start : start + count] == number)
        if not len(rows):
            return None
        i, lat, long, placed = (self._postcodes[name][start + rows[0]].item() for name in ("lsoa", "lat", "long", "placed"))
        return [self.areas["lsoa"].code.iat[i], lat / 1e5, long / 1e5, "P" if placed else "N"]

    @cached_property
    def _by_lsoa(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows of the postcodes, those of one neighbourhood together, and where each neighbourhood's begin."""
        lsoa = self._postcodes["lsoa"].astype(np.uint16)  # of so short numbers numpy makes short work
        begin = np.concatenate([[0], np.cumsum(np.bincount(lsoa, minlength=len(self.areas["lsoa"])))])
        return np.argsort(lsoa, kind="stable").astype(np.int32), begin

    @cache  # noqa: B019
    def _lsoas_in(self, level: Level) -> dict[str, np.ndarray]:
        """The positions of the neighbourhoods in each area of a level."""
        return dict(self.areas["lsoa"].groupby(PARENT_COLUMN[level]).indices)

    def postcodes_in(self, area: Area) -> tuple[np.ndarray, np.ndarray]:
        """Latitude and longitude, in degrees, of every postcode of an area, those no longer used among them."""
        rows, begin = self._by_lsoa
        inside = [area.position] if area.level == "lsoa" else self._lsoas_in(area.level)[area.code].tolist()
        own = np.concatenate([rows[begin[at] : begin[at + 1]] for at in inside])
        return self._postcodes["lat"][own] / 1e5, self._postcodes["long"][own] / 1e5

    # ---- places ----

    @cache  # noqa: B019
    def places(self, layer: str) -> pd.DataFrame:
        """A points layer's places, sorted by id: what each says of itself as text, latitude, longitude, lsoa21_code, placed."""
        spots = pd.DataFrame(json.loads(brotli.decompress(self.read(f"spots/{layer}"))))
        whole = pd.concat([spots, pd.read_parquet(io.BytesIO(self.read(f"places/{layer}")))], axis=1)
        if whole.isna().any(axis=None):
            raise SnapshotError(f"The snapshot's parts spots/{layer} and places/{layer} are not of one build. {_REBUILD}")
        rare = {column: "" for column in _RARE_COLUMNS if column not in whole}
        return whole.assign(longitude=whole.longitude / 1e5, latitude=whole.latitude / 1e5, **rare)

    # ---- what the map fetches ----

    @cache  # noqa: B019
    def tiles(self, name: str) -> Reader:
        """A tile archive by its name ("lsoa", "labels", "context"), mapped into memory and shared between workers."""
        with self.path(f"tiles/{name}").open("rb") as file:
            return Reader(MmapSource(file))

    @cache  # noqa: B019
    def _tile_places(self, name: str) -> dict[int, tuple[int, int]]:
        """Where each tile of an archive lies: its id -> offset and length. Read once: a look-up then costs nothing."""
        reader = self.tiles(name)
        header = reader.header()
        places: dict[int, tuple[int, int]] = {}
        directories = [(header["root_offset"], header["root_length"])]
        while directories:
            for entry in deserialize_directory(reader.get_bytes(*directories.pop())):
                if entry.run_length == 0:  # not a tile but a further directory
                    directories.append((header["leaf_directory_offset"] + entry.offset, entry.length))
                for tile_id in range(entry.tile_id, entry.tile_id + entry.run_length):
                    places[tile_id] = (header["tile_data_offset"] + entry.offset, entry.length)
        return places

    def tile(self, name: str, z: int, x: int, y: int) -> bytes | None:
        """One gzipped vector tile, or None where there is nothing to draw."""
        place = self._tile_places(name).get(zxy_to_tileid(z, x, y))
        return self.tiles(name).get_bytes(*place) if place else None

    @cache  # noqa: B019
    def outlines(self, level: Level) -> list[str]:
        """The outlines of a level as GeoJSON geometry (EPSG:4326), by position; read from the file one can download."""
        lines = lzma.decompress(self.path(f"outlines/{level}").read_bytes()).decode().splitlines()[1:-1]
        return [line.partition('"geometry":')[2].removesuffix(",").removesuffix("}") for line in lines]

    def classes(self, layer: str) -> np.ndarray:
        """The packed classes of a layer, one byte an area (see etl: low four bits the class, high four the flag)."""
        return np.frombuffer(brotli.decompress(self.path(f"paint/{layer}").read_bytes()), np.uint8)


def _read_manifest(folder: Path, cure: str) -> tuple[str, dict[str, dict[str, Any]]]:
    """The name of a build, and its parts by name."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return str(manifest["build"]), dict(manifest["parts"])
    except FileNotFoundError:
        raise SnapshotError(f"There is no snapshot in {folder.name}/ (manifest.json is missing). {cure}") from None
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        raise SnapshotError(f"{folder.name}/manifest.json cannot be read. {cure}") from None


def _check_part(folder: Path, name: str, part: dict[str, Any], cure: str) -> Path:
    """Where a part lies, if it lies there whole."""
    path = folder / part["file"]
    if not path.is_file():
        raise SnapshotError(f"The snapshot's part {name} is missing ({part['file']}). {cure}")
    with path.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != part["sha256"]:
            raise SnapshotError(f"The snapshot's part {name} is damaged ({part['file']}). {cure}")
    return path


@lru_cache(maxsize=50_000)
def _area(snapshot: Snapshot, code: str) -> Area:
    code = snapshot.resolve(code)
    position, level = snapshot.position(code), level_of(code)
    assert level is not None  # resolve() has refused every other
    row = {column: _plain(value) for column, value in snapshot.areas[level].iloc[position].items()}
    parents = {above: row[f"{above}{_VINTAGE[above]}_code"] for above in LEVELS if row.get(f"{above}{_VINTAGE[above]}_code")}
    return Area(code, level, position, row["name"], row.get("place") or "", row["population"], parents, row)


def _as_array(column: pd.Series) -> tuple[np.ndarray, bool]:
    whole = is_numeric_dtype(column) and not is_bool_dtype(column) and not is_float_dtype(column)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fu" and column.notna().any():
        return column.to_numpy(), whole
    if whole and column.notna().any():
        return column.to_numpy(np.float32, na_value=np.nan), whole  # exact below 16 million
    # One object a kind of cell, shared by all: a string of its own in each cell took 300 MB over all layers.
    kind, kinds = pd.factorize(column.astype(object))
    cells = np.array([*kinds, None], object)  # -1 is the last: absent
    # What is the same in every area is kept once: of a hundred layers most columns are empty.
    return (np.broadcast_to(cells[kind[:1]], len(kind)) if (kind == kind[:1]).all() else cells[kind]), whole


def _read_cell(cell: Any, whole: bool) -> Any:
    if cell is None or cell != cell:  # NaN alone differs from itself
        return None
    return int(cell) if whole else cell


_VINTAGE: dict[Level, str] = {"lsoa": "21", "msoa": "21", "lad": "24", "icb": "24", "rgn": "24"}


def _plain(value: Any) -> Any:
    """A cell as Python has it: NaN and NA become None, numpy numbers become numbers."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def local_built() -> Path:
    """Where ``heatmap import`` writes and the server reads: the folder ``built`` of the deployer's own folder."""
    return (Path(LOCAL()) if LOCAL() else LOCAL_DIR) / "built"


@lru_cache(maxsize=1)
def open_snapshot() -> Snapshot:
    """The one snapshot of this process: the embedded one, or that of HEATMAP_SNAPSHOT, with the deployer's own lists."""
    return Snapshot(Path(SNAPSHOT()) if SNAPSHOT() else BUILT_DIR, local_built())


@lru_cache(maxsize=1)
def english_outwards() -> frozenset[str]:
    """The outward codes of England, by which a postcode is read: ``postcodes.read_postcode``."""
    return frozenset(open_snapshot().outward_codes)


def write_postcode(text: str) -> str:
    """A postcode as we write it, however it was typed; "" for what is none.

    >>> write_postcode("b14-6re"), write_postcode("n/a")
    ('B14 6RE', '')
    """
    read = read_postcode(text, english_outwards())
    return read.text if read else ""
