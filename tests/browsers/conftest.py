"""The engines of other people's machines, one at a time, on a server that keeps what goes wrong in a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engines import Engine, MissingError, start

from heatmap.settings import ROOT

ENGINES = ("firefox", "chromium 109", "webkit")


@pytest.fixture(scope="session")
def address(start_site: Callable[..., object]) -> str:
    """Where the watched server answers."""
    folders = (ROOT, ROOT / "tests" / "browsers")
    return start_site(SERVES="watched:server", PYTHONPATH=":".join(map(str, folders))).url  # type: ignore[attr-defined, no-any-return]


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A browser, started once for all tests in it."""
    try:
        with start(request.param) as browser:
            yield browser
    except MissingError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder for what a test saw."""
    return tmp_path
