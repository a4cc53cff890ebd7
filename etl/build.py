"""The build: every step from raw files to the snapshot, each skipped when nothing it reads has changed."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import pandas as pd

from etl import areas as areas_step
from etl import former_codes, postcodes
from etl.distances import measure_distances
from etl.layers import BuiltLayer, build_layer, pack_classes, pack_values, value_decimals, value_step, work_out_england
from etl.middles import find_middles
from etl.parquet import to_parquet
from etl.points import ON_THE_MAP, PostcodePlaces, build_points, name_neighbourhoods, pack_points, unpack_points
from etl.search_index import make_index
from etl.sheets.beside import beside
from etl.snapshot import SnapshotWriter
from etl.sources import find_raw, hash_file
from etl.walk import find_next, pack_walk
from heatmap.errors import DataContractError
from heatmap.geography.levels import LEVELS, Level
from heatmap.layers.cards import Card, LayerCard, PointsCard, RawFile
from heatmap.layers.catalogue import path_of_card, read_card, read_cards, read_good_cards
from heatmap.layers.classes import levels_of
from heatmap.layers.shipping import hold_fit_to_ship, hold_own_name
from heatmap.layers.tables import pack_table
from heatmap.settings import ROOT

BUILT = ROOT / "data" / "built"
Progress = Callable[[str], None]

_STATISTICS = tuple(f"heatmap/statistics/{name}.py" for name in ("estimates", "proportions", "ranks", "weighted"))
#: What each step is made of beside raw files: its modules. A change in one of them makes the step run again.
_CODE = {
    "areas": (
        "etl/areas.py",
        "etl/best_fit.py",
        "etl/sources.py",
        "etl/parquet.py",
        "heatmap/geography/levels.py",
        "heatmap/layers/contract.py",
        *_STATISTICS,
    ),
    "search": ("etl/search_index.py", "etl/former_codes.py", "heatmap/geography/former_codes.py", "heatmap/geography/levels.py"),
    "geometry": ("etl/geometry.py", "etl/outlines.py", "etl/tiles.py", "etl/areas.py", "etl/walk.py", "etl/parquet.py"),
    "postcodes": ("etl/postcodes.py", "etl/middles.py", "etl/parquet.py"),
    "layer": (
        "etl/layers.py",
        "etl/best_fit.py",
        "etl/areas.py",
        "etl/sources.py",
        "heatmap/layers/classes.py",
        "heatmap/layers/contract.py",
        *_STATISTICS,
        "etl/sheets/beside.py",
        "etl/sheets/sheet.py",
        "etl/sheets/limits.py",
        "etl/sheets/sheet_checks.py",
        "etl/sheets/service_checks.py",
        "etl/sheets/number_faults.py",
        "etl/reader_calls.py",
        "heatmap/layers/tables.py",
        "etl/authorities.py",
        "etl/parquet.py",
    ),
    "points": (
        "etl/points.py",
        "etl/sources.py",
        "etl/sheets/beside.py",
        "etl/sheets/sheet.py",
        "etl/sheets/limits.py",
        "etl/sheets/sheet_checks.py",
        "etl/sheets/service_checks.py",
        "etl/sheets/number_faults.py",
        "etl/reader_calls.py",
        "heatmap/geography/postcodes.py",
        "etl/register_words.py",
        "etl/nearest.py",
        "etl/parquet.py",
    ),
    "distances": (
        "etl/distances.py",
        "etl/nearest.py",
        "etl/layers.py",
        "heatmap/layers/classes.py",
        "heatmap/layers/contract.py",
        *_STATISTICS,
        "heatmap/layers/tables.py",
        "etl/parquet.py",
    ),
}
_GEOMETRY_RAW = {
    "lsoa": "boundaries/lsoa21_ew_bgc.parquet",
    "uk_lad": "boundaries/admin/Local_Authority_Districts_May_2024_Boundaries__UK_BSC_-5684348521832897108.geo.json.gz",
}
_ONS = {"publisher": "Office for National Statistics", "licence": "OGL-UK-3.0"}


def build(
    mirror: Path | None = None, only: str | None = None, folder: Path = BUILT, progress: Progress = print, to_ship: bool = True
) -> str:
    """Make the snapshot from raw files; returns the name of the build.

    mirror  a folder with the raw files, or None to fetch them from their publishers
    only    the id of one layer: everything else stays as it is, and a layer that lies beside its card needs no raw file
    to_ship whether the cards must be fit to be shipped; a layer that is only looked at need not

    Raises SourceError, DataContractError or LayerCardError; the last good snapshot then stays in place.
    """
    cards = read_cards() if only is None else {only: read_card(path_of_card(only))}
    if to_ship:
        others, _ = read_good_cards()
        for card in cards.values():
            hold_own_name(card, others)
            hold_fit_to_ship(card, others)
    writer = SnapshotWriter(folder)
    if only is None:
        areas, areas_inputs = _do_areas(writer, mirror, progress)
        _do_search(writer, mirror, areas, areas_inputs, progress)
        _do_geometry(writer, mirror, areas, areas_inputs, progress)
        _do_postcodes(writer, mirror, areas, areas_inputs, progress)
    else:
        for step in {part["step"] for part in writer.earlier.values()} - {f"layer {only}"}:
            writer.keep(step)
        areas, areas_inputs = _read_areas(writer)
    in_turn = sorted(cards.values(), key=lambda card: not isinstance(card, PointsCard))  # distances are measured to places: these first
    for number, card in enumerate(in_turn, start=1):
        if only in (None, card.id):
            said = f"[{number}/{len(cards)}] {card.title}"
            tell = lambda more="", said=said: progress(f"{said} {more}".rstrip())  # noqa: E731
            if isinstance(card, PointsCard):
                _do_points(writer, card, mirror, areas["lsoa"], tell)
            else:
                _do_layer(writer, card, mirror, areas, areas_inputs, tell)
    name = writer.finish()
    size = sum(part["bytes"] for part in writer.parts.values()) / 2**20
    progress(f"snapshot {name}: {len(writer.parts)} parts, {size:.1f} MiB")
    return name


def _read_areas(writer: SnapshotWriter) -> tuple[dict[Level, pd.DataFrame], str]:
    """The areas of the last build, as they stand, and what they were made from."""
    parts = {level: writer.parts[f"areas/{level}"] for level in LEVELS}
    return {level: pd.read_parquet(writer.folder / part["file"]) for level, part in parts.items()}, parts["lsoa"]["inputs"]


def _do_areas(writer: SnapshotWriter, mirror: Path | None, progress: Progress) -> tuple[dict[Level, pd.DataFrame], str]:
    paths = {key: find_raw(_raw(path), mirror, progress) for key, path in areas_step.RAW.items()}
    inputs = _fingerprint("areas", paths.values())
    if writer.has("areas", inputs):
        writer.keep("areas")
        progress("areas: nothing has changed")
        return _read_areas(writer)
    progress("areas: codes, names, parents and people of all five levels")
    areas = areas_step.read_areas(paths)
    for level in LEVELS:
        writer.add(
            f"areas/{level}",
            to_parquet(areas[level]),
            ".parquet",
            "areas",
            inputs,
            rows=len(areas[level]),
            publisher=(
                "Office for National Statistics; House of Commons Library (names of MSOAs);"
                " Ministry of Housing, Communities and Local Government"
            ),
            licence="OGL-UK-3.0; Open Parliament Licence v3.0",
            vintage="2021 areas, 2024 authorities and boards, people mid-2022",
        )
    return areas, inputs


def count_in_towns(lsoas: pd.DataFrame, authorities: pd.Series) -> pd.Series:
    """The people of each authority's urban neighbourhoods: where one looks for a name, there is a town.

    lsoas   areas/lsoa: lad24_code, population, urban
    """
    return authorities.map(lsoas[lsoas["urban"]].groupby("lad24_code")["population"].sum()).fillna(0).astype("int64")


def _do_search(
    writer: SnapshotWriter, mirror: Path | None, areas: dict[Level, pd.DataFrame], areas_inputs: str, progress: Progress
) -> None:
    """Names and codes, those of other years too."""
    paths = {key: find_raw(_raw(path), mirror, progress) for key, path in former_codes.RAW.items()}
    inputs = _fingerprint("search", paths.values(), areas_inputs)
    if writer.has("search", inputs):
        writer.keep("search")
        return
    progress("search: names and codes, those of other years too")
    index = make_index(areas, former_codes.read_former_codes(paths, areas))
    writer.add(
        "search",
        brotli.compress(index),
        ".json.br",
        "search",
        inputs,
        rows=sum(map(len, areas.values())),
        publisher="Office for National Statistics; House of Commons Library",
        licence="OGL-UK-3.0; Open Parliament Licence v3.0",
        vintage="2021 areas, 2024 authorities; MSOA names version 2.2; codes of 2011, 2019, 2022, 2025 and 2026",
    )


def _do_geometry(
    writer: SnapshotWriter, mirror: Path | None, areas: dict[Level, pd.DataFrame], areas_inputs: str, progress: Progress
) -> None:
    from etl import geometry  # its libraries are not in the lock of those who only serve

    paths = {key: find_raw(_raw(path), mirror, progress) for key, path in _GEOMETRY_RAW.items()}
    inputs = _fingerprint("geometry", paths.values(), areas_inputs)
    if writer.has("geometry", inputs):
        writer.keep("geometry")
        progress("outlines and tiles: nothing has changed")
        return
    parents = areas["lsoa"].rename(columns={"code": "lsoa21_code"})
    names = {level: table[["code", "name", "population"]] for level, table in areas.items()}
    names["msoa"] = areas["msoa"][["code", "place", "population"]].rename(columns={"place": "name"})
    names["lad"] = names["lad"].assign(in_towns=count_in_towns(areas["lsoa"], names["lad"]["code"]))
    facts = {"vintage": "December 2021 boundaries (generalised 20 m), authorities and boards of 2024", **_ONS}
    with tempfile.TemporaryDirectory() as beside:
        made = geometry.build_geometry(paths["lsoa"], paths["uk_lad"], parents, names, Path(beside), progress)
        for file in sorted(made.files.values()):
            name = f"{file.parent.name}/{file.name.partition('.')[0]}"
            writer.add(name, file.read_bytes(), "".join(file.suffixes), "geometry", inputs, **facts)
    for level in LEVELS:
        touching = pd.DataFrame(dict(zip(("position", "neighbour"), made.neighbours[level], strict=True)))
        points = made.points[level]
        degrees = points.columns.drop("code")
        points[degrees] = points[degrees].round(5).astype("float32")  # about a metre
        for name, table in (("points", points), ("neighbours", touching)):
            writer.add(f"{name}/{level}", to_parquet(table), ".parquet", "geometry", inputs, rows=len(table), **facts)
        walk = find_next(points.longitude, points.latitude, made.neighbours[level])
        writer.add(f"walk/{level}", brotli.compress(pack_walk(walk)), ".br", "geometry", inputs, rows=len(points), **facts)


def _do_postcodes(
    writer: SnapshotWriter, mirror: Path | None, areas: dict[Level, pd.DataFrame], areas_inputs: str, progress: Progress
) -> None:
    path = find_raw(_raw(postcodes.RAW), mirror, progress)
    inputs = _fingerprint("postcodes", [path], areas_inputs)
    if writer.has("postcodes", inputs):
        writer.keep("postcodes")
        progress("postcodes: nothing has changed")
        return
    progress(f"postcodes: {postcodes.ROWS:,} by outward code")
    packed, starts = postcodes.pack_postcodes(postcodes.read_postcodes(path), areas["lsoa"].code)
    buffer = io.BytesIO()
    postcodes.write_postcodes(packed, buffer)  # type: ignore[arg-type]
    facts = {"vintage": "ONSPD November 2025, NSPL May 2025 and August 2024", **_ONS}
    writer.add("postcodes/table", buffer.getvalue(), ".parquet", "postcodes", inputs, rows=packed.num_rows, **facts)
    writer.add("postcodes/outward", to_parquet(starts), ".parquet", "postcodes", inputs, rows=len(starts), **facts)
    for level, middles in find_middles(packed.to_pandas(), areas).items():
        middles[["latitude", "longitude"]] = middles[["latitude", "longitude"]].astype("float32")
        writer.add(f"middles/{level}", to_parquet(middles), ".parquet", "postcodes", inputs, rows=len(middles), **facts)


def _do_layer(
    writer: SnapshotWriter,
    card: LayerCard,
    mirror: Path | None,
    areas: dict[Level, pd.DataFrame],
    areas_inputs: str,
    progress: Callable[..., None],
) -> None:
    paths = _files_of(card, mirror, progress)
    under = [part["inputs"] for part in _under_distances(card, writer).values()] if card.distance_to else []
    inputs = fingerprint_layer(card, paths, "\n".join([areas_inputs, *under]))
    step = f"layer {card.id}"
    if writer.has(step, inputs):
        writer.keep(step)
        return
    progress()
    own = measure_distances(areas["lsoa"].code, **_read_under(card, writer)) if card.distance_to else None
    made = build_layer(card, areas, mirror, progress, own)
    parts: list[tuple[str, bytes, str, dict[str, object]]] = [
        (
            f"tables/{card.id}",
            to_parquet(pack_table(made.table, card)),
            ".parquet",
            {"rows": len(made.table), "raw": _under_facts(card, writer) or _raw_facts(card, paths)},
        ),
        (f"facts/{card.id}", json.dumps(_facts(card, made, areas), separators=(",", ":")).encode(), ".json", {}),
    ]
    for period in card.periods or ("",):
        name = card.part(period)
        parts.append((f"paint/{name}", brotli.compress(pack_classes(made, areas, period)), ".br", {}))
        parts.append((f"figures/{name}", brotli.compress(pack_values(made, areas, period)), ".br", {}))
    for name, content, suffix, more in parts:
        writer.add(name, content, suffix, step, inputs, **_credit(card), **more)


def _do_points(writer: SnapshotWriter, card: PointsCard, mirror: Path | None, areas: pd.DataFrame, progress: Callable[..., None]) -> None:
    paths = _files_of(card, mirror, progress)
    postcodes_inputs = writer.parts["postcodes/table"]["inputs"]
    inputs = fingerprint_layer(card, paths, postcodes_inputs)
    step = f"layer {card.id}"
    if writer.has(step, inputs):
        writer.keep(step)
        return
    progress()
    table, outward = (pd.read_parquet(writer.folder / writer.parts[f"postcodes/{part}"]["file"]) for part in ("table", "outward"))
    made = build_points(card, PostcodePlaces(table, outward, areas.code, name_neighbourhoods(areas)), mirror, progress)
    facts = _credit(card) | {"rows": len(made)}
    write_places(writer, card.id, made, step, inputs, raw=_raw_facts(card, paths), **facts)


def write_places(writer: SnapshotWriter, layer: str, made: pd.DataFrame, step: str, inputs: str, raw: object = (), **facts: Any) -> None:
    """The two parts of a layer of places: where each lies and what it is called, and what else it says of itself."""
    writer.add(f"places/{layer}", to_parquet(made.drop(columns=list(ON_THE_MAP))), ".parquet", step, inputs, raw=raw, **facts)
    writer.add(f"spots/{layer}", brotli.compress(pack_points(made)), ".json.br", step, inputs, **facts)


def _under_distances(card: LayerCard, writer: SnapshotWriter) -> dict[str, dict[str, Any]]:
    """The parts that a layer of distances is made from: the places it measures to, and the postcodes it measures from."""
    names = {"places": f"spots/{card.distance_to}", "postcodes": "postcodes/table"}
    if absent := [name for name in names.values() if name not in writer.parts]:
        raise DataContractError(f"{card.id}: {absent[0]} is not in the snapshot. Build it first, or fix 'distance_to'.")
    return {key: writer.parts[name] for key, name in names.items()}


def _read_under(card: LayerCard, writer: SnapshotWriter) -> dict[str, pd.DataFrame]:
    files = {key: writer.folder / part["file"] for key, part in _under_distances(card, writer).items()}
    return {"places": unpack_points(files["places"].read_bytes()), "postcodes": pd.read_parquet(files["postcodes"])}


def _under_facts(card: LayerCard, writer: SnapshotWriter) -> list[dict[str, str]]:
    parts = _under_distances(card, writer).values() if card.distance_to else ()
    return [{"name": part["file"].rpartition("-")[0], "sha256": part["sha256"]} for part in parts]


def _files_of(card: Card, mirror: Path | None, progress: Callable[..., None]) -> list[Path]:
    if isinstance(card, LayerCard) and card.distance_to:
        return []
    return [beside(card)] if card.lies_beside else [find_raw(file, mirror, progress) for file in card.file]


def _credit(card: Card) -> dict[str, object]:
    return {"publisher": card.source.publisher, "licence": card.source.licence, "vintage": card.period}


def _raw_facts(card: Card, paths: list[Path]) -> list[dict[str, str]]:
    names = [file.path or file.url for file in card.file] or [f"{card.id}.csv"]
    return [{"name": name, "sha256": hash_file(path)} for name, path in zip(names, paths, strict=True)]


def fingerprint_layer(card: Card, paths: list[Path], under: str) -> str:
    """What a layer is made from: its files, its card, its reader, the code, and the areas, places or postcodes under it."""
    reader = ROOT / "etl" / "readers" / f"{getattr(card, 'reader', '') or card.id}.py"
    step = "points" if isinstance(card, PointsCard) else "distances" if card.distance_to else "layer"
    return _fingerprint(step, paths, under, card.model_dump_json(), reader.read_text() if reader.exists() else "")


def _facts(card: LayerCard, made: BuiltLayer, areas: dict[Level, pd.DataFrame]) -> dict[str, object]:
    """What the pages say of a whole layer, counted once: classes, reasons for absence, histogram, England's own figure."""
    counts = {}
    for level in levels_of(card):
        rows = made.rows(level)
        counts[level] = {
            "areas": len(rows),
            "classes": {str(k): int(n) for k, n in rows["class"].value_counts().sort_index().items()},
            "classes_fifths": {str(k): int(n) for k, n in rows.class_fifths.value_counts().sort_index().items()},
            "flags": {str(k): int(n) for k, n in rows.flag[rows.flag != ""].value_counts().sort_index().items()},
        }
    return {
        "decimals": value_decimals(card),
        "step": value_step(made),
        "edges": made.edges,
        "histogram": made.histogram,
        "counts": counts,
        "england": work_out_england(made, areas),
    }


def _raw(path: str) -> RawFile:
    return RawFile(path=path, sha256=_RAW_HASHES.get(path, ""))


def _load_hashes() -> dict[str, str]:
    """The hashes of raw files that no card names: lookups, boundaries and postcodes."""
    lines = (ROOT / "etl" / "raw_files.txt").read_text(encoding="utf-8").splitlines()
    return dict(reversed(line.split()) for line in lines if line and not line.startswith("#"))


_RAW_HASHES = _load_hashes()


def _fingerprint(step: str, paths: object, *more: str) -> str:
    parts = [hash_file(path) for path in paths]  # type: ignore[attr-defined]
    parts += [_hash_text(str(ROOT / module)) for module in _CODE[step]]
    return hashlib.sha256("\n".join([*parts, *more]).encode()).hexdigest()[:16]


@cache
def _hash_text(module: str) -> str:
    return hashlib.sha256(Path(module).read_bytes()).hexdigest()
