"""What one worker does besides answering: it gets ready, throws counts away by time, and ends when its master has gone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from contextlib import suppress
from datetime import date
from multiprocessing.connection import wait
from threading import Thread
from typing import Final

from heatmap.api.areas import warm_up
from heatmap.errors import HeatmapError
from heatmap.pages.inequality import areas as inequality_areas
from heatmap.pages.place import page as place
from heatmap.projects.shelf import open_shelf
from heatmap.projects.store import open_store
from heatmap.snapshot import Snapshot
from heatmap.web.logs import FAULTS

#: How often the counts of who wrote are thrown away, and how long a worker without its master may take to end, in seconds.
FORGET_EVERY_S: Final = 3600
END_S: Final = 10


def begin(snapshot: Snapshot) -> None:
    """Start what goes on beside the answers, each in a thread that ends with the process."""
    for task in (lambda: _prepare(snapshot), _forget):
        Thread(target=task, daemon=True).start()
    end_with_master()


def end_with_master() -> None:
    """Let this process end when the one that started it has gone, however it went.

    Without this a worker whose master was killed would hold the port for ever. Nothing is done in a process that nobody started by
    multiprocessing.
    """
    if multiprocessing.parent_process() is not None:
        Thread(target=_wait_for_master, daemon=True).start()


def _wait_for_master() -> None:
    master = multiprocessing.parent_process()
    assert master is not None
    wait([master.sentinel])
    FAULTS.error("the master process has gone, so this worker ends")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(END_S)
    os._exit(1)


def _prepare(snapshot: Snapshot) -> None:
    """The first reader should not wait for tables that the second finds ready; pages are answered meanwhile."""
    warm_up(snapshot)
    open_shelf(snapshot)
    place.draw_body(str(snapshot.areas["lsoa"].code[0]), "", date.today())
    inequality_areas.draw_body("")  # the parts of England that every ranking is made of


def _forget() -> None:
    """Throw away by time what only counts who wrote how often, also where nobody writes any more."""
    while True:
        with suppress(HeatmapError):  # said in the log where it happened; the next hour tries again
            open_store().forget_clients()
        time.sleep(FORGET_EVERY_S)
