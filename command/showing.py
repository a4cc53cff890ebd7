"""Show a layer that lies beside its card, and draw it anew each time the card or the CSV is saved.

The committed snapshot is never touched: each save is built into a copy of its own in ``var/show``, so that the one on show stays whole
until the next is. The copies of a process lie in a folder named by its number and go at its end, so that several may run at once.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

import typer

from command.first_view import view_of
from command.serving import address_of, answers, open_when_ready, try_port
from etl.processes import is_alive
from heatmap.errors import HeatmapError, LayerCardError, say_disk_fault
from heatmap.layers.cards import Card, PointsCard
from heatmap.layers.catalogue import read_card, read_cards, read_good_cards
from heatmap.layers.shipping import hold_fit_to_ship, hold_own_name
from heatmap.settings import ROOT
from heatmap.snapshot import BUILT_DIR, Snapshot
from heatmap.web.live import FAULT

SHOWS: Final = ROOT / "var" / "show"
_HOST: Final = "127.0.0.1"
_LOOK_EVERY: Final = 0.3  # seconds
_PATIENCE: Final = 60.0  # seconds until a server must answer
_PUT_ASIDE: Final = 2.0  # seconds for which an editor may have put a file aside while it saves


def show_beside(card: Path, port: int, open_browser: bool) -> None:
    """Build, serve and watch until Ctrl+C. Raises HeatmapError where the first build fails or the port is taken.

    card    ``data/layers/<id>.toml``; its CSV lies beside it
    """
    try_port(_HOST, port, f"heatmap show {card.stem} --port {port + 1}")
    with _until_stopped(), working_folder() as working, _Served(port) as served:
        first = build_copy(working, 1, card)
        _say_unfit(card)
        address, page = address_of(_HOST, port), page_of(read_card(card), view_of(read_card(card), Snapshot(first)))
        served.start(first)
        typer.echo(f"The map is at {address}{page}   (stop with Ctrl+C)")
        typer.echo(f"Save {card.name} or {card.stem}.csv, and the open page shows it.")
        if open_browser:
            open_when_ready(address, page)
        for save, _ in enumerate(changes_of(card, card.with_suffix(".csv")), start=2):
            try:
                built = build_copy(working, save, card)
            except (HeatmapError, OSError) as fault:
                said = say_disk_fault(fault) if isinstance(fault, OSError) else str(fault)
                typer.echo(f"{time.strftime('%H:%M:%S')}  not drawn, the map still shows the last good save:\n{said}")
                (served.folder / FAULT).write_text(said, encoding="utf-8")  # the open page tells it too
                continue
            before = served.folder
            served.start(built)
            shutil.rmtree(before, ignore_errors=True)
            typer.echo(f"{time.strftime('%H:%M:%S')}  every promise kept, drawn again")
            _say_unfit(card)


def _say_unfit(card: Path) -> None:
    """What must still be mended before the layer can be shipped; it is drawn all the same."""
    try:
        hold_fit_to_ship(read_card(card), read_good_cards()[0], card.parent)
    except LayerCardError as fault:
        typer.echo(f"Drawn, but not ready to be shipped:\n{fault}")


def page_of(card: Card, view: str = "") -> str:
    """The map with that layer on it; layers of places are named in the address by their word.

    view    "zoom/latitude/longitude" to open it at, or "" for all of England
    """
    page = f"/map?points={card.index}" if isinstance(card, PointsCard) else f"/map?layer={card.id}"
    return f"{page}&view={view}" if view else page


@contextmanager
def working_folder(shows: Path = SHOWS) -> Iterator[Path]:
    """A folder for this process alone, gone at the end; those of processes that no longer run are swept away."""
    shows.mkdir(parents=True, exist_ok=True)
    for old in shows.iterdir():
        if not (old.name.isdecimal() and is_alive(int(old.name))):
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    working = shows / str(os.getpid())
    shutil.rmtree(working, ignore_errors=True)  # of an earlier process of that number
    working.mkdir()
    try:
        yield working
    finally:
        shutil.rmtree(working, ignore_errors=True)


def copy_snapshot(built: Path, working: Path) -> None:
    """A working copy of the snapshot. The parts are hard links where the disk allows: the build never writes into a part."""
    Snapshot(built)  # a damaged one is told here
    manifest = built / "manifest.json"
    for name in ("manifest.json", *(part["file"] for part in json.loads(manifest.read_text(encoding="utf-8"))["parts"].values())):
        to = working / name
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(built / name, to)
        except OSError:
            shutil.copyfile(built / name, to)


def build_copy(working: Path, save: int, card: Path) -> Path:
    """A copy of the snapshot with one layer built into it, or nothing. Raises HeatmapError with every broken promise."""
    from etl.build import build

    folder = working / str(save)
    read_cards.cache_clear()
    try:
        hold_own_name(read_card(card), read_good_cards()[0])
        copy_snapshot(BUILT_DIR, folder)
        build(only=card.stem, folder=folder, progress=lambda _: None, to_ship=False)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def changes_of(*files: Path) -> Iterator[None]:
    """One item for each time a file has been saved, once the writing is over, or has been gone for longer than an editor takes to save
    it."""
    seen = _times_of(files)
    while True:
        time.sleep(_LOOK_EVERY)
        now = _times_of(files)
        if now == seen:
            continue
        changed = time.monotonic()
        while (later := _times_of(files)) != now or (None in later and time.monotonic() - changed < _PUT_ASIDE):
            changed = changed if later == now else time.monotonic()  # still being written, or put aside by an editor
            now = later
            time.sleep(_LOOK_EVERY)
        seen = now
        yield


def _times_of(files: tuple[Path, ...]) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for file in files:
        try:
            status = file.stat()
            found.append((status.st_mtime_ns, status.st_size))
        except OSError:
            found.append(None)
    return found


class _Served:
    """The server of the last good save, in a process of its own, so that it can start again with what was built."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.folder = Path()
        self.process: subprocess.Popen[bytes] | None = None
        self.drawn = 0

    def __enter__(self) -> _Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, folder: Path) -> None:
        """Stop the one that runs, start another on the snapshot of that folder and wait until it answers."""
        self.stop()
        self.drawn += 1
        self.folder = folder
        settings = {"HEATMAP_SNAPSHOT": str(folder), "HEATMAP_LIVE": str(self.drawn), "PYTHONPATH": str(ROOT)}
        settings["HEATMAP_LOG"] = os.environ.get("HEATMAP_LOG", "warning")  # no line for each tile in a learner's window
        self.process = subprocess.Popen(  # noqa: S603 - our own Python, our own server
            [
                sys.executable, "-m", "uvicorn", "app:server", "--host", _HOST, "--port", str(self.port), "--log-level", "warning",
                "--no-access-log", "--no-server-header", "--ws", "none", "--timeout-graceful-shutdown", "1",
            ],
            cwd=ROOT, env=os.environ | settings,
        )  # fmt: skip
        began = time.monotonic()
        while not answers(address_of(_HOST, self.port)):
            if self.process.poll() is not None or time.monotonic() - began > _PATIENCE:
                raise HeatmapError(
                    "The map's server did not start. Its message is above. Stop other programs that serve a map, and try again."
                )
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop the server, if one runs."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@contextmanager
def _until_stopped() -> Iterator[None]:
    """Ctrl+C, or a polite request to end, ends quietly and stops the server too."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
