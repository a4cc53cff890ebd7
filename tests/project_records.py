"""A project as its team writes it, and a store with a clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from heatmap.projects.database import Database
from heatmap.projects.record import Project, read_project
from heatmap.projects.store import ProjectStore

CLIENT = "192.0.2.7"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Noon of 25 November 2026."""
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> ProjectStore:
    """A store in a fresh database of each kind."""
    return ProjectStore(database, clock)


def make(id_: str = "food-on-the-ward", **more: Any) -> Project:
    """A project that its team has written."""
    said: dict[str, Any] = {
        "id": id_,
        "title": "Food on the ward",
        "one_line": "Parents eat too.",
        "organisation": "A hospital",
        "postcode": "B4 6NH",
        "themes": ["food"],
        "settings": ["hospital"],
        "level": "practice",
        "stage": "running",
        "link": "https://example.org/food",
        "added_by_role": "nurse",
        "publication_status": "confirmed",
        "consent": "given",
        "last_confirmed": "2026-11-25",
    }
    return read_project({**said, **more})
