"""The snapshot is whole at every moment: killed anywhere, its manifest names only parts that are all there."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from etl import build as build_step
from etl.snapshot import MANIFEST, SnapshotWriter
from heatmap.errors import DataContractError
from heatmap.layers.cards import LayerCard
from heatmap.settings import ROOT

FIRST = {"areas/lsoa": b"areas", "tables/imd": b"one" * 500, "tables/old": b"old", "tiles/lsoa": b"tiles" * 900}
SECOND = {"areas/lsoa": b"areas", "tables/imd": b"two" * 700, "tables/new": b"new", "tiles/lsoa": b"finer" * 900}


def write(folder: Path, parts: dict[str, bytes]) -> str:
    """One build of these parts, each a step of its own."""
    writer = SnapshotWriter(folder)
    for name, content in parts.items():
        writer.add(name, content, ".bin", step=name, inputs=hashlib.sha256(content).hexdigest(), rows=len(content))
    return writer.finish()


def read_whole(folder: Path) -> dict[str, bytes]:
    """The parts the manifest names, after holding each against its hash and its size."""
    parts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["parts"]
    content = {name: (folder / part["file"]).read_bytes() for name, part in parts.items()}
    for name, part in parts.items():
        assert hashlib.sha256(content[name]).hexdigest() == part["sha256"]
        assert len(content[name]) == part["bytes"]
    return content


def lies_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """A build's parts come back as they were given, each with its facts."""
    write(tmp_path, FIRST)
    assert read_whole(tmp_path) == FIRST
    assert json.loads((tmp_path / MANIFEST).read_text())["parts"]["tables/imd"]["rows"] == 1500


def test_same_parts_same_bytes(tmp_path: Path) -> None:
    """Two builds of the same parts, in another order, are alike to the last byte and bear one name."""
    names = [write(tmp_path / "a", FIRST), write(tmp_path / "b", dict(reversed(FIRST.items())))]
    assert lies_in(tmp_path / "a") == lies_in(tmp_path / "b")
    assert names[0] == names[1] != write(tmp_path / "c", SECOND)


def test_a_later_build_takes_away_what_it_does_not_name(tmp_path: Path) -> None:
    """Parts of the build before and leftovers of a broken one do not pile up."""
    write(tmp_path, FIRST)
    (tmp_path / "tables" / ".imd-123.bin.part").write_bytes(b"half")
    write(tmp_path, SECOND)
    assert read_whole(tmp_path) == SECOND
    assert len(lies_in(tmp_path)) == len(SECOND) + 1


def test_a_step_is_skipped_only_with_the_same_inputs_and_whole_parts(tmp_path: Path) -> None:
    """Other inputs, a missing part or a changed byte of the same length each make the step run again."""
    write(tmp_path, FIRST)
    inputs = hashlib.sha256(FIRST["tables/imd"]).hexdigest()
    path = tmp_path / SnapshotWriter(tmp_path).earlier["tables/imd"]["file"]
    assert SnapshotWriter(tmp_path).has("tables/imd", inputs)
    assert not SnapshotWriter(tmp_path).has("tables/imd", "other inputs")
    assert not SnapshotWriter(tmp_path).has("tables/unknown", inputs)
    path.write_bytes(b"X" + path.read_bytes()[1:])
    assert not SnapshotWriter(tmp_path).has("tables/imd", inputs)
    path.unlink()
    assert not SnapshotWriter(tmp_path).has("tables/imd", inputs)


def test_a_damaged_part_is_written_again(tmp_path: Path) -> None:
    """A part whose bytes no longer have the hash in its name is not taken for good."""
    write(tmp_path, FIRST)
    (tmp_path / SnapshotWriter(tmp_path).earlier["tables/imd"]["file"]).write_bytes(b"damaged")
    write(tmp_path, FIRST)
    assert read_whole(tmp_path) == FIRST


@pytest.mark.parametrize("text", ["", "{", "[]", '{"build": "x"}', "\x00"])
def test_a_damaged_manifest_is_no_hindrance(tmp_path: Path, text: str) -> None:
    """A build over a manifest that cannot be read makes everything anew."""
    write(tmp_path, FIRST)
    (tmp_path / MANIFEST).write_text(text)
    write(tmp_path, SECOND)
    assert read_whole(tmp_path) == SECOND


# ---- killed at any moment ----

#: For moment 1, 2, 3 ...: builds the first parts in a folder of that name, then begins the second build in a child that
#: dies, as by a power cut, at that one of the moments at which anything is opened, written, renamed or removed there.
#: Dying in a write, it loses half of what was written; dying in an opening that empties a file, it has emptied it.
#: Ends when a child outlives its build; prints how each child ended.
DRIVER = """
import hashlib, os, signal, sys
from ast import literal_eval
from itertools import count
from pathlib import Path
from etl.snapshot import SnapshotWriter

base, first, second = Path(sys.argv[1]), *literal_eval(sys.stdin.read())

def write(folder, parts):
    writer = SnapshotWriter(folder)
    for name, content in parts.items():
        writer.add(name, content, ".bin", step=name, inputs=hashlib.sha256(content).hexdigest(), rows=len(content))
    writer.finish()

def build_and_die(folder, last):
    moments = 0
    sync = os.fsync

    def pass_moment(file=None, left=0.0):
        nonlocal moments
        moments += 1
        if moments == last:
            if file is not None:
                os.truncate(file, int(os.stat(file).st_size * left))
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event, args):
        if event in ("open", "os.rename", "os.remove", "os.mkdir") and str(args[0]).startswith(str(folder)):
            empties = event == "open" and args[2] & os.O_TRUNC and os.path.exists(args[0])
            pass_moment(args[0] if empties else None)

    def fsync(file):
        pass_moment(file, 0.5)
        sync(file)

    os.fsync = fsync
    sys.addaudithook(watch)
    write(folder, second)
    os._exit(0)

for moment in count(1):
    folder = base / str(moment)
    write(folder, first)
    child = os.fork() or build_and_die(folder, moment)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status))
    if status == 0:
        break
"""


@pytest.mark.programs
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_killed_at_any_moment_the_snapshot_is_whole(tmp_path: Path) -> None:
    """Killed at each moment in turn, the folder holds the old build or the new one, whole; the next build sweeps up."""
    run = subprocess.run(
        [sys.executable, "-c", DRIVER, str(tmp_path)],
        input=repr((FIRST, SECOND)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    ends = [int(line) for line in run.stdout.split()]
    assert len(ends) > 20 and ends == [-signal.SIGKILL] * (len(ends) - 1) + [0]
    found = [read_whole(tmp_path / str(moment)) for moment in range(1, len(ends) + 1)]
    turned = found.index(SECOND)  # the old build until some moment, the new one from then on
    assert turned > 10 and found == [FIRST] * turned + [SECOND] * (len(ends) - turned)
    whole = lies_in(tmp_path / str(len(ends)))
    for moment in range(1, len(ends)):
        write(tmp_path / str(moment), SECOND)
        assert lies_in(tmp_path / str(moment)) == whole


# ---- a whole small build ----

CODES = [f"E010000{n:02}" for n in range(1, 21)]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror with one layer of twenty neighbourhoods, and a build that knows no other part of England."""
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    write_raw(mirror, [1 - n / 20 for n in range(20)])
    card = LayerCard.model_validate({
        "id": "town2025_england_lsoa21", "title": "Town", "short": "Town", "series": "town", "edition": "2025",
        "theme": "Town", "order": 1, "question": "How is the town?", "meaning": "A", "not_meaning": "B", "unit": "score",
        "polarity": "high_is_worse", "geography": "lsoa21", "period": "2025", "rows": 20, "valid_min": 0, "valid_max": 1,
        "decimals": 2, "scheme": "tenths", "anchors": {"E01000001": {"rank": 1}}, "file": [{"path": "town.csv.gz"}],
        "columns": {"lsoa21cd": "code", "imd_score": "value", "imd_rank": "rank", "imd_decile": "decile"},
        "source": {"publisher": "P", "title": "T", "page": "https://x.uk", "licence": "OGL-UK-3.0",
                   "accessed": date(2026, 1, 1), "attribution": "A"},
    })  # fmt: skip
    lsoa = pd.DataFrame(
        {
            "code": CODES,
            "population": range(1000, 1020),
            "msoa21_code": ["E02000001"] * 10 + ["E02000002"] * 10,
            "lad24_code": "E06000001",
            "icb24_code": "E54000001",
            "rgn24_code": "E12000001",
        }
    )
    areas = {"lsoa": lsoa} | {
        level: pd.DataFrame({"code": sorted(lsoa[column].unique())})
        for level, column in {"msoa": "msoa21_code", "lad": "lad24_code", "icb": "icb24_code", "rgn": "rgn24_code"}.items()
    }
    monkeypatch.setattr(build_step, "read_cards", lambda **_: {card.id: card})
    monkeypatch.setattr(build_step, "_do_areas", lambda *_: (areas, "areas"))
    monkeypatch.setattr(build_step, "_do_geometry", lambda *_: None)
    monkeypatch.setattr(build_step, "_do_search", lambda *_: None)
    monkeypatch.setattr(build_step, "_do_postcodes", lambda *_: None)
    return mirror


def write_raw(mirror: Path, scores: list[float], codes: list[str] = CODES) -> None:
    """The town's raw file under the publisher's header."""
    rows = [f"{code},{score:.2f},{n},{(n + 1) // 2}" for n, (code, score) in enumerate(zip(codes, scores, strict=True), 1)]
    text = "\n".join(["lsoa21cd,imd_score,imd_rank,imd_decile", *rows, ""])
    (mirror / "town.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def run_build(mirror: Path, folder: Path) -> list[str]:
    """One build; what it told on the way."""
    told: list[str] = []
    build_step.build(mirror, folder=folder, progress=told.append)
    return told


def test_a_build_is_deterministic(town: Path, tmp_path: Path) -> None:
    """The same raw files make the same bytes, in whatever folder."""
    run_build(town, tmp_path / "a")
    run_build(town, tmp_path / "b")
    assert lies_in(tmp_path / "a") == lies_in(tmp_path / "b") != {}


def test_an_unchanged_build_is_skipped(town: Path, tmp_path: Path) -> None:
    """The layer is built once; with nothing changed the second build touches no part."""
    assert any("Town" in line for line in run_build(town, tmp_path / "a"))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*-*")}
    assert not any("Town" in line for line in run_build(town, tmp_path / "a"))
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*-*")}


def test_a_changed_raw_file_is_built_again(town: Path, tmp_path: Path) -> None:
    """New scores make a new table; the old one is taken away."""
    run_build(town, tmp_path / "a")
    before = set(lies_in(tmp_path / "a"))
    write_raw(town, [0.99 - n / 20 for n in range(20)])
    run_build(town, tmp_path / "a")
    after = set(lies_in(tmp_path / "a"))
    assert before != after and len(before) == len(after)


@pytest.mark.parametrize("how", ["value out of range", "row dropped", "codes of 2011", "anchor moved"])
def test_a_broken_promise_leaves_the_last_good_snapshot(town: Path, tmp_path: Path, how: str) -> None:
    """The build refuses, and what the manifest names stays byte for byte what it was."""
    run_build(town, tmp_path / "a")
    manifest, parts = (tmp_path / "a" / MANIFEST).read_bytes(), read_whole(tmp_path / "a")
    scores = [1 - n / 20 for n in range(20)]
    match how:
        case "value out of range":
            write_raw(town, [*scores[:19], 5.0])
        case "row dropped":
            write_raw(town, scores[:19], CODES[:19])
        case "codes of 2011":
            write_raw(town, scores, [*CODES[:19], "E01000099"])
        case "anchor moved":
            write_raw(town, scores, [CODES[1], CODES[0], *CODES[2:]])
    with pytest.raises(DataContractError):
        run_build(town, tmp_path / "a")
    assert (tmp_path / "a" / MANIFEST).read_bytes() == manifest
    assert read_whole(tmp_path / "a") == parts
