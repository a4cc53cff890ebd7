"""The command line of the ETL: ``python -m etl build | fetch | status | verify``."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from etl import areas as areas_step
from etl import build as build_step
from etl import postcodes
from etl.processes import is_alive
from etl.sheets.beside import beside
from etl.snapshot import MANIFEST, SnapshotWriter
from etl.sources import FETCHED
from heatmap.errors import HeatmapError, SnapshotError, SourceError, name_some, say_disk_fault
from heatmap.layers.cards import LayerCard, PointsCard
from heatmap.layers.catalogue import path_of_card, read_card, read_cards

app = typer.Typer(
    help="From publishers' files to the snapshot in data/built that the map reads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
console = Console(highlight=False)
LOCK = build_step.ROOT / "var" / "build.lock"

Mirror = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="A folder with the raw files, to work without the internet. Without it, we fetch them from their publishers.",
    ),
]


@app.command()
def build(
    mirror: Mirror = None,
    only: Annotated[
        str | None,
        typer.Option(metavar="LAYER", help="Make one layer only, named like its card: imd2025_england_lsoa21."),
    ] = None,
) -> None:
    """Make the snapshot: read the raw files, check every promise of the cards, and write data/built.

    What has not changed since the last time is skipped. If a promise is broken you are told which, nothing is
    replaced, and the last good snapshot stays.
    """
    _check_folder(mirror)
    if only is not None:
        _check_only(only)
    with _lock(), _steps() as tell:
        build_step.build(mirror, only, progress=tell)


@app.command()
def fetch(
    into: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to put them; later give this folder to 'build --mirror'.")] = FETCHED,
) -> None:
    """Fetch every raw file whose publisher's address is on a card, and say which have none.

    A file already there is kept. Each comes whole and with the hash its card names, or not at all.
    """
    from etl.fetching import fetch_raw  # its libraries are not needed for the rest

    files = {(file.path, file.url): file for card in read_cards().values() for file in card.file}
    with_address = [file for file in files.values() if file.url]
    faults = []
    with _steps() as tell:
        for file in with_address:
            try:
                fetch_raw(file, into, tell)
            except SourceError as fault:
                faults.append(str(fault))
        tell(f"{len(with_address) - len(faults)} of {len(with_address)} files with an address are in {into}")
    untried = [file.url for file in with_address if not file.tried]
    _list("addresses nobody has tried before", untried)
    without = {file.path for file in files.values() if not file.url} | set(build_step._RAW_HASHES)
    _list("files without a publisher's address; get them from someone who has them, see the README", sorted(without))
    if faults:
        raise SourceError("\n".join(faults))


@app.command()
def status(mirror: Mirror = None) -> None:
    """Show what lies in data/built: each part with its rows, size and vintage, and whether it is up to date.

    With --mirror you also see whether raw files, cards or code have changed since a part was made.
    """
    _check_folder(mirror)
    folder = build_step.BUILT
    writer = SnapshotWriter(folder)
    if not writer.earlier:
        raise SnapshotError("There is no snapshot in data/built yet. Make it: python -m etl build --mirror FOLDER.")
    now = _inputs_now(mirror) if mirror else {}
    table = Table("part", "rows", "KiB", "vintage", "state", box=None, pad_edge=False)
    for column in (1, 2):
        table.columns[column].justify = "right"
    for name, part in writer.earlier.items():
        rows = f"{part['rows']:,}" if "rows" in part else ""
        state = "whole" if writer.has(part["step"], part["inputs"]) else "missing or damaged"
        if now and now.get(part["step"]) != part["inputs"]:
            state += ", inputs have changed since"
        table.add_row(name, rows, f"{part['bytes'] / 1024:,.0f}", part.get("vintage", ""), state)
    console.print(table)
    named = {folder / MANIFEST, *(folder / part["file"] for part in writer.earlier.values())}
    lying = sorted(path for path in folder.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in lying) / 2**20
    console.print(f"\n{len(writer.earlier):,} parts; {len(lying):,} files, {size:.1f} MiB in data/built")
    _list(
        "files the manifest does not name; the next build takes them away",
        [str(path.relative_to(folder)) for path in lying if path not in named],
    )
    if not now:
        console.print("Give --mirror FOLDER to see whether any input has changed since.")


@app.command()
def verify(
    mirror: Annotated[Path, typer.Option(metavar="FOLDER", help="The folder with the raw files.")],
) -> None:
    """Prove the snapshot: make it anew and compare every byte, then check every value by a second, independent path."""
    from etl.verify import verify as check  # its readers of Excel and R files are not needed for the rest

    with _steps() as tell:
        faults = check(mirror, say=tell)
    if faults:
        raise SnapshotError("\n".join(faults) + f"\n{len(faults)} faults. The snapshot is not what the raw files make.")
    console.print("Every check held.")


def _check_folder(mirror: Path | None) -> None:
    if mirror is not None and not mirror.is_dir():
        raise SourceError(f"There is no folder {mirror}. Give the one with the raw files: --mirror FOLDER.")


def _check_only(layer: str) -> None:
    read_card(path_of_card(layer))
    if not (build_step.BUILT / MANIFEST).is_file():
        raise SnapshotError("There is no snapshot yet to add a layer to. Build everything first, without --only.")


def _inputs_now(mirror: Path) -> dict[str, str]:
    """The fingerprint of every step as a build from this mirror would find it now."""
    paths = {name: mirror / name for name in (*areas_step.RAW.values(), *build_step._GEOMETRY_RAW.values(), postcodes.RAW)}
    cards = read_cards().values()
    paths |= {file.path: mirror / file.path for card in cards for file in card.file if file.path}
    if lost := [name for name, path in paths.items() if not path.is_file()]:
        raise SourceError(f"{name_some(lost)}: not in the mirror folder {mirror}. Put it there.")
    areas = build_step._fingerprint("areas", [paths[name] for name in areas_step.RAW.values()])
    now = {
        "areas": areas,
        "geometry": build_step._fingerprint("geometry", [paths[name] for name in build_step._GEOMETRY_RAW.values()], areas),
        "postcodes": build_step._fingerprint("postcodes", [paths[postcodes.RAW]], areas),
    }
    for card in sorted(cards, key=lambda card: not isinstance(card, PointsCard)):
        files = [beside(card)] if card.lies_beside else [paths[file.path] for file in card.file]
        under = now["postcodes"] if isinstance(card, PointsCard) else areas
        if isinstance(card, LayerCard) and card.distance_to:
            under = "\n".join([areas, now[f"layer {card.distance_to}"], now["postcodes"]])
        now[f"layer {card.id}"] = build_step.fingerprint_layer(card, files, under)
    return now


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    """A function that tells one line a step with the seconds since the start; in a terminal, counters move in place."""
    began = time.monotonic()
    with console.status("") as moving:

        def tell(text: str) -> None:
            if not text.startswith(" "):
                console.print(f"{time.monotonic() - began:6.1f} s  {text}", markup=False, soft_wrap=True)
            moving.update(text)

        yield tell


def _list(what: str, names: list[str]) -> None:
    if names:
        console.print(f"\n{len(names)} {what}:", markup=False)
        for name in names:
            console.print(f"  {name}", markup=False, soft_wrap=True)


@contextmanager
def _lock() -> Iterator[None]:
    """Let one build write at a time; a lock left by a build that was killed is taken over."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    own = LOCK.with_suffix(f".{os.getpid()}")
    own.write_text(str(os.getpid()), encoding="utf-8")
    try:
        while True:
            try:
                os.link(own, LOCK)  # with its content at once, or not at all
                break
            except FileExistsError:
                holder = LOCK.read_text(encoding="utf-8").strip()
                if is_alive(int(holder)):
                    raise SnapshotError(
                        f"Another build (process {holder}) is writing the snapshot. Wait until it is done and try again;"
                        f" if there is none, delete var/{LOCK.name}."
                    ) from None
                LOCK.unlink()
        try:
            yield
        finally:
            LOCK.unlink()
    finally:
        own.unlink()


def main() -> None:
    """Run the command line; every error we know, and what the disk says, ends as its sentence and exit code 1."""
    try:
        app()
    except (HeatmapError, OSError) as fault:
        print(say_disk_fault(fault) if isinstance(fault, OSError) else fault, file=sys.stderr)
        sys.exit(1)
