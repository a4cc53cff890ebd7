"""The command ``heatmap``: serve the site, check a layer, show it, find where a postcode lies."""

from __future__ import annotations

import re
import socket
import sys
import threading
import time
import urllib.request
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from heatmap import __version__
from heatmap.errors import HeatmapError, NotFoundError

app = typer.Typer(
    help="The WHAM Health Inequalities HeatMap. Begin with: heatmap serve",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
)  # fmt: skip
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) *([0-9][A-Z]{2})")


@app.command()
def serve(
    host: Annotated[str, typer.Option(envvar="HOST", help="The address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=0, max=65535, help="The port to serve on.")] = 8050,
    workers: Annotated[int, typer.Option(envvar="WORKERS", min=1, max=64, help="How many processes serve.")] = 1,
) -> None:
    """Serve the map on this machine; stop with Ctrl+C."""
    _serve(host, port, workers, page="/")


@app.command()
def show(
    layer: Annotated[str, typer.Argument(help="The layer's id: the name of its card without .toml.")],
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="The port to serve on.")] = 8050,
) -> None:
    """Serve the map and open it on one layer."""
    from heatmap.catalogue import find_card
    from heatmap.store import open_snapshot

    snapshot = open_snapshot()
    find_card(layer, snapshot.cards)
    _serve("127.0.0.1", port, 1, page=f"/map?layer={layer}", open_browser=True)


@app.command()
def check(
    layer: Annotated[str | None, typer.Argument(help="The layer's id; without it, every layer is checked.")] = None,
) -> None:
    """Check a layer's card, and its figures in the snapshot, against what the card promises."""
    from heatmap.catalogue import LAYERS_DIR, find_card, read_card, read_catalogue
    from heatmap.contract import check_built
    from heatmap.store import open_snapshot

    if layer is not None and (LAYERS_DIR / f"{layer}.toml").exists():
        cards = {layer: read_card(LAYERS_DIR / f"{layer}.toml")}
    else:
        cards = read_catalogue()
        if layer is not None:
            find_card(layer, cards)
    snapshot = open_snapshot()
    faults = []
    for card in cards.values():
        if f"tables/{card.id}" not in snapshot.parts:
            faults.append(f"{card.id}: its card is good, but it is not in the snapshot yet. Build it: python -m etl build --only {card.id}")
            continue
        found = check_built(snapshot.table(card.id), card)
        faults += found
        if not found:
            typer.echo(f"{card.id}: {len(card.anchors)} anchors and every other promise kept")
    if faults:
        raise HeatmapError("\n".join(faults))


@app.command()
def where(postcode: Annotated[str, typer.Argument(help='A postcode, for example "CO15 2EU". It stays on this machine.')]) -> None:
    """Say which neighbourhood a postcode lies in, from the embedded table; nothing is sent anywhere."""
    from heatmap.store import open_snapshot
    from heatmap.words import say_rank, say_standing

    parts = _POSTCODE.fullmatch(postcode.strip().upper())
    if not parts:
        raise NotFoundError('That is not a whole postcode. Write it like this: heatmap where "CO15 2EU"')
    snapshot = open_snapshot()
    outward, inward = parts.groups()
    table = snapshot.postcodes(outward) if outward in snapshot.outward_codes else {}
    if inward not in table:
        raise NotFoundError("We do not have this postcode: it may be mistyped, newer than November 2025, or outside England.")
    code, _, _, placed = table[inward]
    area = snapshot.area(code)
    row = snapshot.row("imd2025_england_lsoa21", area) or {}
    probably = "probably in " if placed == "P" else ""
    typer.echo(f"{probably}{area.title} ({area.name}, {code}), {snapshot.area(area.parents['lad']).name}")
    typer.echo(f"{say_standing(row['decile'], row['rank'], 33_755)} {say_rank(row['rank'], 33_755)}")


@app.command()
def version() -> None:
    """Print the version, and which snapshot is embedded."""
    from heatmap.store import open_snapshot

    typer.echo(f"heatmap {__version__}, snapshot {open_snapshot().build}")


def _serve(host: str, port: int, workers: int, page: str, open_browser: bool = False) -> None:
    import uvicorn

    from heatmap.store import Snapshot

    Snapshot()  # a damaged snapshot is said here, in one sentence, before any worker starts
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as fault:
            raise HeatmapError(
                f"Cannot serve on {host}:{port} ({fault.strerror or fault}). Another program may be using that port:"
                f" stop it, or choose another: PORT={port + 1} make run"
            ) from None
    shown = "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104 - the address shown, not the one bound
    typer.echo(f"The map is at http://{shown}:{port}{page}   (stop with Ctrl+C)")
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(f"http://{shown}:{port}", page), daemon=True).start()
    sys.path.insert(0, str(Path(__file__).parent.parent))  # workers import "app" from the repository
    uvicorn.run(
        "app:server",
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
        server_header=False,
        ws="none",
    )


def _open_when_ready(address: str, page: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=1).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.1)
            continue
        webbrowser.open(f"{address}{page}")
        return


def main() -> None:
    """Run a command; every error that is ours ends as its sentence and exit code 1, without a traceback."""
    try:
        app()
    except HeatmapError as fault:
        typer.echo(str(fault), err=True)
        raise SystemExit(1) from None
