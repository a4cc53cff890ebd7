"""The build: every step from raw files to the snapshot, each skipped when nothing it reads has changed."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import brotli
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from etl import areas as areas_step
from etl import geometry, postcodes
from etl.layers import BuiltLayer, build_layer, pack_classes, pack_values, value_decimals
from etl.search_index import make_index
from etl.snapshot import SnapshotWriter
from etl.sources import find_raw, hash_file
from heatmap.catalogue import LayerCard, RawFile, find_card, read_catalogue
from heatmap.classes import levels_of
from heatmap.geography import LEVELS, Level

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "data" / "built"
Progress = Callable[[str], None]

#: What each step is made of beside raw files: its modules. A change in one of them makes the step run again.
_CODE = {
    "areas": (
        "etl/areas.py", "etl/best_fit.py", "etl/search_index.py", "etl/sources.py", "heatmap/geography.py", "heatmap/contract.py",
        "heatmap/statistics.py",
    ),
    "geometry": ("etl/geometry.py", "etl/outlines.py", "etl/tiles.py", "etl/areas.py"),
    "postcodes": ("etl/postcodes.py",),
    "layer": (
        "etl/layers.py", "etl/best_fit.py", "etl/areas.py", "etl/sources.py", "heatmap/classes.py", "heatmap/contract.py",
        "heatmap/statistics.py",
    ),
}  # fmt: skip
_GEOMETRY_RAW = {
    "lsoa": "boundaries/lsoa21_ew_bgc.parquet",
    "uk_lad": "boundaries/admin/Local_Authority_Districts_May_2024_Boundaries__UK_BSC_-5684348521832897108.geo.json.gz",
}
_ONS = {"publisher": "Office for National Statistics", "licence": "OGL-UK-3.0"}


def build(mirror: Path | None = None, only: str | None = None, folder: Path = BUILT, progress: Progress = print) -> str:
    """Make the snapshot from raw files; returns the name of the build.

    mirror  a folder with the raw files, or None to fetch them from their publishers
    only    the id of one layer: everything else stays as it is

    Raises SourceError, DataContractError or LayerCardError; the last good snapshot then stays in place.
    """
    cards = read_catalogue()
    if only is not None:
        find_card(only, cards)
    writer = SnapshotWriter(folder)
    areas, areas_inputs = _do_areas(writer, mirror, progress)
    if only is None:
        _do_geometry(writer, mirror, areas, areas_inputs, progress)
        _do_postcodes(writer, mirror, areas["lsoa"].code, areas_inputs, progress)
    else:
        for step in {part["step"] for part in writer.earlier.values()} - {"areas", f"layer {only}"}:
            writer.keep(step)
    for number, card in enumerate(cards.values(), start=1):
        if only in (None, card.id):
            said = f"[{number}/{len(cards)}] {card.title}"
            _do_layer(writer, card, mirror, areas, areas_inputs, lambda more="", said=said: progress(f"{said} {more}".rstrip()))
    name = writer.finish()
    size = sum(part["bytes"] for part in writer.parts.values()) / 2**20
    progress(f"snapshot {name}: {len(writer.parts)} parts, {size:.1f} MiB")
    return name


def _do_areas(writer: SnapshotWriter, mirror: Path | None, progress: Progress) -> tuple[dict[Level, pd.DataFrame], str]:
    paths = {key: find_raw(_raw(path), mirror, progress) for key, path in areas_step.RAW.items()}
    inputs = _fingerprint("areas", paths.values())
    if writer.has("areas", inputs):
        writer.keep("areas")
        progress("areas: nothing has changed")
        return {level: pd.read_parquet(writer.folder / writer.parts[f"areas/{level}"]["file"]) for level in LEVELS}, inputs
    progress("areas: codes, names, parents and people of all five levels")
    areas = areas_step.read_areas(paths)
    for level in LEVELS:
        writer.add(
            f"areas/{level}", _parquet(areas[level]), ".parquet", "areas", inputs, rows=len(areas[level]),
            publisher="Office for National Statistics; House of Commons Library (names of MSOAs);"
            " Ministry of Housing, Communities and Local Government",
            licence="OGL-UK-3.0; Open Parliament Licence v3.0", vintage="2021 areas, 2024 authorities and boards, people mid-2022",
        )  # fmt: skip
    writer.add(
        "search", brotli.compress(make_index(areas)), ".json.br", "areas", inputs, rows=sum(map(len, areas.values())),
        publisher="Office for National Statistics; House of Commons Library", licence="OGL-UK-3.0; Open Parliament Licence v3.0",
        vintage="2021 areas, 2024 authorities; MSOA names version 2.2",
    )  # fmt: skip
    return areas, inputs


def _do_geometry(
    writer: SnapshotWriter, mirror: Path | None, areas: dict[Level, pd.DataFrame], areas_inputs: str, progress: Progress
) -> None:
    paths = {key: find_raw(_raw(path), mirror, progress) for key, path in _GEOMETRY_RAW.items()}
    inputs = _fingerprint("geometry", paths.values(), areas_inputs)
    if writer.has("geometry", inputs):
        writer.keep("geometry")
        progress("outlines and tiles: nothing has changed")
        return
    parents = areas["lsoa"].rename(columns={"code": "lsoa21_code"})
    names = {level: table[["code", "name", "population"]] for level, table in areas.items()}
    names["msoa"] = areas["msoa"][["code", "place", "population"]].rename(columns={"place": "name"})
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
            writer.add(f"{name}/{level}", _parquet(table), ".parquet", "geometry", inputs, rows=len(table), **facts)


def _do_postcodes(writer: SnapshotWriter, mirror: Path | None, codes: pd.Series, areas_inputs: str, progress: Progress) -> None:
    path = find_raw(_raw(postcodes.RAW), mirror, progress)
    inputs = _fingerprint("postcodes", [path], areas_inputs)
    if writer.has("postcodes", inputs):
        writer.keep("postcodes")
        progress("postcodes: nothing has changed")
        return
    progress(f"postcodes: {postcodes.ROWS:,} by outward code")
    packed, starts = postcodes.pack_postcodes(postcodes.read_postcodes(path), codes)
    buffer = io.BytesIO()
    postcodes.write_postcodes(packed, buffer)  # type: ignore[arg-type]
    facts = {"vintage": "ONSPD November 2025, NSPL May 2025 and August 2024", **_ONS}
    writer.add("postcodes/table", buffer.getvalue(), ".parquet", "postcodes", inputs, rows=packed.num_rows, **facts)
    writer.add("postcodes/outward", _parquet(starts), ".parquet", "postcodes", inputs, rows=len(starts), **facts)


def _do_layer(
    writer: SnapshotWriter,
    card: LayerCard,
    mirror: Path | None,
    areas: dict[Level, pd.DataFrame],
    areas_inputs: str,
    progress: Callable[..., None],
) -> None:
    paths = [find_raw(file, mirror, progress) for file in card.file]
    text = card.model_dump_json()
    reader = ROOT / "etl" / "readers" / f"{card.id}.py"
    inputs = _fingerprint("layer", paths, areas_inputs, text, reader.read_text() if reader.exists() else "")
    step = f"layer {card.id}"
    if writer.has(step, inputs):
        writer.keep(step)
        return
    progress()
    made = build_layer(card, areas, mirror, progress)
    facts = {"publisher": card.source.publisher, "licence": card.source.licence, "vintage": card.period}
    raw = [{"name": file.path or file.url, "sha256": hash_file(path)} for file, path in zip(card.file, paths, strict=True)]
    for name, content, suffix, more in (
        ("tables", _parquet(made.table), ".parquet", {"rows": len(made.table), "raw": raw}),
        ("paint", brotli.compress(pack_classes(made, areas)), ".br", {}),
        ("figures", brotli.compress(pack_values(made, card, areas)), ".br", {}),
        ("facts", json.dumps(_facts(card, made), separators=(",", ":")).encode(), ".json", {}),
    ):
        writer.add(f"{name}/{card.id}", content, suffix, step, inputs, **facts, **more)


def _facts(card: LayerCard, made: BuiltLayer) -> dict[str, object]:
    """What the pages say of a whole layer, counted once: classes, reasons for absence, histogram."""
    counts = {}
    for level in levels_of(card):
        rows = made.table[made.table.level == level]
        counts[level] = {
            "areas": len(rows),
            "classes": {str(k): int(n) for k, n in rows["class"].value_counts().sort_index().items()},
            "classes_fifths": {str(k): int(n) for k, n in rows.class_fifths.value_counts().sort_index().items()},
            "flags": {str(k): int(n) for k, n in rows.flag[rows.flag != ""].value_counts().sort_index().items()},
        }
    return {
        "decimals": value_decimals(card), "edges": made.edges, "histogram": made.histogram, "counts": counts,
    }  # fmt: skip


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


def _parquet(table: pd.DataFrame) -> bytes:
    """A table as Parquet: same rows, same bytes (no pandas metadata, no time of writing), and small.

    Sorted codes are written as differences, numbers as byte planes; a dictionary only helps where values recur.
    """
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    encoding = {}
    for field in arrow.schema:
        if field.name == "code":
            encoding[field.name] = "DELTA_BYTE_ARRAY"
        elif pa.types.is_floating(field.type) or pa.types.is_int32(field.type) or pa.types.is_int64(field.type):
            encoding[field.name] = "BYTE_STREAM_SPLIT"
    recurring = [name for name in arrow.column_names if name not in encoding]
    buffer = io.BytesIO()
    pq.write_table(arrow, buffer, compression="zstd", compression_level=19, use_dictionary=recurring, column_encoding=encoding)
    return buffer.getvalue()
