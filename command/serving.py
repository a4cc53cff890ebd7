"""Serve the site from this machine, and open a browser on it when it answers."""

from __future__ import annotations

import errno
import socket
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Callable

import typer

from heatmap.errors import HeatmapError, name_some
from heatmap.layers.catalogue import read_good_cards
from heatmap.settings import ROOT
from heatmap.words.language import find_language_faults


def serve_site(host: str, port: int, workers: int, page: str, open_browser: bool = False, again: str = "heatmap serve") -> None:
    """Serve until Ctrl+C. Raises SnapshotError, KeepingError, or HeatmapError where the port is taken, before anything starts.

    again   the command as it was typed, without the port, to propose with another one
    """
    from command.workers import Workers, allow_connections, configure
    from heatmap.pages import find_pages
    from heatmap.projects.database import Database, database_url
    from heatmap.snapshot import open_snapshot
    from heatmap.web.logs import set_up_logs

    open_snapshot()  # a damaged snapshot is said here, in one sentence, before any worker starts
    open_snapshot.cache_clear()  # the workers open it again for themselves
    Database(database_url()).hold_writable()  # and so is a folder or an address where nothing can be kept
    find_pages()  # and a page that Python cannot read
    for fault in find_language_faults():
        typer.echo(f"You cannot choose this language for the leaflet. {fault}", err=True)
    try_port(host, port, f"{again} --port {port + 1}")
    typer.echo(f"The map is at {address_of(host, port)}{page}   (stop with Ctrl+C)")
    if open_browser:
        threading.Thread(target=open_when_ready, args=(address_of(host, port), page), daemon=True).start()
    sys.path.insert(0, str(ROOT))  # workers import "app" from the repository
    set_up_logs()
    allow_connections()
    config = configure(host, port, workers)
    listening = config.bind_socket()
    listening.listen(config.backlog)  # who comes while no worker is ready waits, and is not turned away
    Workers(config, [listening]).run()


def name_unfinished(say: Callable[[str], None]) -> None:
    """Name the cards that are not good yet, in one line; a layer that is not in the snapshot cannot stop the map."""
    _, unfinished = read_good_cards()
    if unfinished:
        say(f"Not finished: {name_some(unfinished)}. What is wrong there, says: heatmap check {unfinished[0]}")


def try_port(host: str, port: int, another: str) -> None:
    """Raises HeatmapError, with the next step, where one cannot serve there.

    another     the command that serves on another port
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as fault:
            if isinstance(fault, socket.gaierror) or fault.errno == errno.EADDRNOTAVAIL:
                why = "is not an address of this computer. Use HOST=127.0.0.1, or HOST=0.0.0.0 to serve to others too."
                raise HeatmapError(f"Cannot serve: {host} {why}") from None
            why = "Another program is using that port: stop it, or choose another"
            if isinstance(fault, PermissionError):
                why = "Ports under 1024 are for administrators: choose another"
            raise HeatmapError(f"Cannot serve on {host}:{port} ({fault.strerror}). {why}: {another}") from None


def address_of(host: str, port: int) -> str:
    """The address as one types it.

    >>> address_of("0.0.0.0", 8050), address_of("::1", 8050)
    ('http://localhost:8050', 'http://[::1]:8050')
    """
    shown = "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104 - the address shown, not the one bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def answers(address: str) -> bool:
    """Whether a site serves there already."""
    try:
        urllib.request.urlopen(f"{address}/health", timeout=1).close()  # noqa: S310 - our own address
    except OSError:
        return False
    return True


def open_when_ready(address: str, page: str) -> None:
    """Open a page in the reader's browser as soon as the site answers."""
    for _ in range(100):
        if answers(address):
            webbrowser.open(f"{address}{page}")
            return
        time.sleep(0.1)
