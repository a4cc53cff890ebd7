"""All projects that may be shown: the shipped ones, and beside them what people shared and reviewers accepted.

Held in memory and read again when the database says that something has changed, asked at most once a second. When it does
not answer, what was read last is shown on, or the shipped records alone, and ``away`` says so.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date
from typing import Final
from weakref import WeakKeyDictionary

from heatmap.projects.database import KeepingError
from heatmap.projects.finding import KeptProject, Projects
from heatmap.projects.shipped import read_shipped
from heatmap.projects.store import ProjectStore, Shown, open_store
from heatmap.snapshot import Snapshot

#: Seconds for which nothing is asked: while the database answers, and after it did not.
ASK_AFTER_S, ASK_AGAIN_S = 1.0, 5.0
_NOTHING: Final = Shown({}, frozenset(), {})


@dataclass(frozen=True)
class Shelf:
    """The projects, and whether what people shared cannot be read now."""

    projects: Projects
    away: bool


@dataclass
class _Read:
    """What was last read, for one store."""

    mark: tuple[int, ...] = ()
    shown: Shown = _NOTHING
    asked_at: float = float("-inf")
    away: bool = False
    asked: bool = False


#: One thread at a time asks; the others take what was read last, and only the very first wait.
_ASKING: Final = threading.Lock()
_LAYING: Final = threading.Lock()
_READ: Final[WeakKeyDictionary[ProjectStore, _Read]] = WeakKeyDictionary()
_SHELVES: Final[WeakKeyDictionary[Shown, dict[tuple[int, date], Projects]]] = WeakKeyDictionary()


def open_shelf(snapshot: Snapshot, today: date | None = None, store: ProjectStore | None = None) -> Shelf:
    """The projects to show on a day; today unless said.

    store   where people's projects are kept; by the settings unless given
    """
    today = today or date.today()
    try:
        read = _read(store or open_store())
    except KeepingError:  # DATABASE_URL is wrong
        read = _Read(away=True)
    shown = read.shown
    with _LAYING:
        laid = _SHELVES.setdefault(shown, {})
        if (id(snapshot), today) not in laid:
            laid.clear()
            laid[id(snapshot), today] = Projects(_lay_beside(shown), snapshot, today)
        return Shelf(laid[id(snapshot), today], read.away)


def is_at_hand(snapshot: Snapshot, today: date | None = None, store: ProjectStore | None = None) -> bool:
    """Whether ``open_shelf`` would answer at once, without asking the database or laying out anything."""
    try:
        read = _READ.get(store or open_store())
    except KeepingError:
        return False
    return read is not None and _is_fresh(read) and (id(snapshot), today or date.today()) in _SHELVES.get(read.shown, {})


def look_again() -> None:
    """Have the next reader ask the database: after a write of this process."""
    for read in list(_READ.values()):
        read.asked_at = float("-inf")


def was_away(store: ProjectStore) -> bool:
    """Whether the database did not answer when it was last asked; asks nothing."""
    return _READ.get(store, _Read()).away


def _read(store: ProjectStore) -> _Read:
    read = _READ.setdefault(store, _Read())
    if _is_fresh(read):
        return read
    if _ASKING.acquire(blocking=not read.asked):
        try:
            if store.database.is_there() and (mark := store.mark()) != read.mark:
                read.shown, read.mark = store.shown(), mark
            read.away = False
        except KeepingError:
            read.away = True
        finally:
            read.asked, read.asked_at = True, time.monotonic()
            _ASKING.release()
    return read


def _is_fresh(read: _Read) -> bool:
    return time.monotonic() - read.asked_at < (ASK_AGAIN_S if read.away else ASK_AFTER_S)


def _lay_beside(shown: Shown) -> list[KeptProject]:
    """Shipped records, but those that the database amends or hides; then what people shared."""
    said = shown.said_out_of_date
    shipped = [project for project in read_shipped() if project.id not in shown.kept and project.id not in shown.hidden]
    return [
        *(KeptProject(project, 1, shared=False, said_out_of_date=said.get(project.id, ())) for project in shipped),
        *(KeptProject(project, version, shared=True, said_out_of_date=said.get(id_, ())) for id_, (project, version) in shown.kept.items()),
    ]
