"""Show a layer that lies beside its card, and draw it anew each time the card or the CSV is saved.

The committed snapshot is never touched: a working copy of it lies in ``var/show``, and the layer is built into that.
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

from command.serving import ROOT, address_of, answers, open_when_ready, try_port
from heatmap.cards import Card, PointsCard
from heatmap.catalogue import read_card, read_cards
from heatmap.errors import HeatmapError
from heatmap.store import BUILT_DIR, Snapshot

WORKING: Final = ROOT / "var" / "show"
_HOST: Final = "127.0.0.1"
_LOOK_EVERY: Final = 0.3  # seconds
_PATIENCE: Final = 60.0  # seconds until a server must answer


def show_beside(card: Path, port: int, open_browser: bool) -> None:
    """Build, serve and watch until Ctrl+C. Raises HeatmapError where the first build fails or the port is taken.

    card    ``data/layers/<id>.toml``; its CSV lies beside it
    """
    try_port(_HOST, port)
    copy_snapshot(BUILT_DIR, WORKING)
    build_into(WORKING, card)
    address, page = address_of(_HOST, port), page_of(read_card(card))
    served = _Served(port)
    with _until_stopped(), served:
        served.start()
        typer.echo(f"The map is at {address}{page}   (stop with Ctrl+C)")
        typer.echo(f"Save {card.name} or {card.stem}.csv, and the open page shows it.")
        if open_browser:
            open_when_ready(address, page)
        for _ in changes_of(card, card.with_suffix(".csv")):
            try:
                build_into(WORKING, card)
            except HeatmapError as fault:
                typer.echo(f"{time.strftime('%H:%M:%S')}  not drawn, the map still shows the last good save:\n{fault}")
                continue
            served.start()
            typer.echo(f"{time.strftime('%H:%M:%S')}  every promise kept, drawn anew")


def page_of(card: Card) -> str:
    """The map with that layer on it; layers of places are named in the address by their word."""
    return f"/map?points={card.index}" if isinstance(card, PointsCard) else f"/map?layer={card.id}"


def copy_snapshot(built: Path, working: Path) -> None:
    """A working copy of the snapshot. The parts are hard links where the disk allows: the build never writes into a part."""
    Snapshot(built)  # a damaged one is told here
    shutil.rmtree(working, ignore_errors=True)
    manifest = built / "manifest.json"
    for name in ("manifest.json", *(part["file"] for part in json.loads(manifest.read_text(encoding="utf-8"))["parts"].values())):
        to = working / name
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(built / name, to)
        except OSError:
            shutil.copyfile(built / name, to)


def build_into(folder: Path, card: Path) -> str:
    """Build one layer into a snapshot; returns the name of the build. Raises HeatmapError with every broken promise."""
    from etl.build import build

    read_cards.cache_clear()
    read_card(card)  # its own faults first, without those of other cards
    return build(only=card.stem, folder=folder, progress=lambda _: None)


def changes_of(*files: Path) -> Iterator[None]:
    """One item for each time a file has been saved, once the writing is over."""
    seen = _times_of(files)
    while True:
        time.sleep(_LOOK_EVERY)
        now = _times_of(files)
        if now == seen:
            continue
        while (later := _times_of(files)) != now or None in later:  # still being written, or put aside by an editor
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
    """The server of the working copy, in a process of its own, so that it can start again with what was built."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self.saves = 0

    def __enter__(self) -> _Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Stop the one that runs, start another and wait until it answers."""
        self.stop()
        self.saves += 1
        settings = {"HEATMAP_SNAPSHOT": str(WORKING), "HEATMAP_LIVE": str(self.saves), "PYTHONPATH": str(ROOT)}
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
                    "The server of the map did not start; what it said stands above. Stop other programs that serve a map, and try again."
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
