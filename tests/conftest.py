"""What the tests share: the real server in a process of its own, and Chromium pages that fail a test by themselves.

A page from these fixtures is watched: a console error or warning, a fault in a script, a broken policy, a failed
request or a request to another origin fails its test at the end, whatever else the test looked at.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from heatmap.settings import ROOT

#: Fixtures of more than one room; loaded once a process, so that what is made for a session is made once.
pytest_plugins = ("databases", "project_records")

PATIENCE_MS = 30_000
#: A server that starts beside other busy processes may take a minute; one that has ended is not waited for.
START_S = 240
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
#: The same Chromium without the windows' own interface comes first: with it, each new page costs a second of processor time.
PLACES = (
    "chromium-headless-shell",
    "/usr/bin/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
NO_CHROMIUM = (
    "The browser tests need Chromium: on Debian `apt install chromium`, on macOS `brew install chromium`,"
    " or set CHROMIUM to the path of a Chromium or Chrome that you have."
)
#: What software rendering and our own reading of pixels make Chromium say.
_OF_THE_MACHINE = re.compile(r"GPU stall due to ReadPixels|GroupMarkerNotSet|software WebGL|GL Driver Message")
# Without access_log uvicorn writes no line of its own; ours is the logger "heatmap.access".
_SERVE = (
    "import logging, os, uvicorn; logging.basicConfig(level=logging.INFO, format='%(name)s %(message)s');"
    " uvicorn.run(os.environ.get('SERVES', 'app:server'), port=int(os.environ['PORT']), access_log=False, timeout_graceful_shutdown=1)"
)


# A developer's own lists of local help are no part of what is tested.
os.environ["HEATMAP_LOCAL"] = str(ROOT / "tests" / "no-local-lists")
# Nor is what people shared on this machine: each run has a folder of its own, and no other database.
_DATA = tempfile.TemporaryDirectory(prefix="heatmap-data-", ignore_cleanup_errors=True)
os.environ["HEATMAP_DATA"] = _DATA.name
os.environ.pop("DATABASE_URL", None)


#: Whoever asks for one of these runs our commands or servers as programs of their own.
_PROGRAMS = {"clone", "serve", "served"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say of each test by markers what it needs, and put those that need a browser last.

    Playwright holds an event loop from its first page to the end of the run, and no test after that could have one of its own. Among the
    browser tests the longest files come first, so that no worker waits for another at the end.
    """
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)
        if item.path.parent.name == "browsers":
            item.add_marker(pytest.mark.browsers)
        if _PROGRAMS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.programs)
    lengths = {path: path.stat().st_size for path in {item.path for item in items}}
    items.sort(key=lambda item: (-lengths[item.path], str(item.path)) if item.get_closest_marker("browser") else (-math.inf, ""))


# ---- the server ----


class Site:
    """The app as it is served, in a process of its own; it can be stopped and started again on the same port."""

    def __init__(self, log: Path, **settings: str):
        self.settings = settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _SERVE],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PORT": str(self.port), "PYTHONPATH": str(ROOT)} | self.settings,
            )
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"{self.url}/health", timeout=5):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        pytest.fail(f"The server did not start:\n{self.log.read_text(encoding='utf-8')[-2000:]}", pytrace=False)

    def stop(self) -> None:
        """Stop it, its open connections too."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.process = None


@pytest.fixture(scope="session")
def start_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """Starts a server with settings of its own; it is stopped at the end."""
    served: list[Site] = []

    def start(**settings: str) -> Site:
        served.append(Site(tmp_path_factory.mktemp("site") / "server.log", **settings))
        served[-1].start()
        return served[-1]

    yield start
    for each in served:
        each.stop()


@pytest.fixture(scope="session")
def site(start_site: Callable[..., Site]) -> Site:
    """The server of all browser tests."""
    return start_site()


@pytest.fixture
def access_log(site: Site) -> Callable[[], str]:
    """What the server has written since this test began."""
    before = site.log.stat().st_size
    return lambda: site.log.read_bytes()[before:].decode("utf-8")


# ---- the browser ----


def find_chromium() -> str:
    """The path of a Chromium; one sentence how to get it where there is none."""
    for place in (os.environ.get("CHROMIUM", ""), *PLACES):
        if place and (found := shutil.which(place)):
            return found
    pytest.fail(NO_CHROMIUM, pytrace=False)


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Any]]:
    """Starts Chromium, with further flags if wanted. One Playwright a process: two cannot run at once."""
    path = find_chromium()
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=PATIENCE_MS)
    started = []
    with sync_api.sync_playwright() as run:

        def start(*more: str) -> Any:
            started.append(run.chromium.launch(executable_path=path, args=[*FLAGS, *more]))
            return started[-1]

        yield start
        for browser in started:
            browser.close()


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Any]) -> Any:
    """One Chromium for all tests of a process."""
    return launch()


def _brings_words(request: Any) -> bool:
    """Whether a request is for words in the place of those that stand."""
    return "_dash-update-component" in request.url or "heatmap-words" in request.headers


class Watch:
    """Everything that a page should not do, and what it asked for."""

    def __init__(self, context: Any, origin: str):
        self.origin = origin
        self.faults: list[str] = []
        self.requests: list[Any] = []
        self.console: list[str] = []
        self.waiting = 0  # callbacks and words under way
        self.expected: list[re.Pattern[str]] = [_OF_THE_MACHINE]
        context.on("console", self._heard)
        context.on("weberror", lambda fault: self.faults.append(f"fault in a script: {fault.error}"))
        context.on("request", self._asked)
        context.on("requestfinished", self._answered)
        context.on("requestfailed", self._failed)

    def expect(self, pattern: str) -> None:
        """Do not count what this pattern fits: the test means it to happen."""
        self.expected.append(re.compile(pattern))

    def urls(self, part: str = "") -> list[str]:
        """The addresses asked for that hold a text."""
        return [request.url for request in self.requests if part in request.url]

    def check(self) -> None:
        """Fail with everything that went wrong, and begin anew."""
        found = [fault for fault in self.faults if not any(pattern.search(fault) for pattern in self.expected)]
        self.faults.clear()
        assert found == [], "the page misbehaved"

    def _heard(self, message: Any) -> None:
        self.console.append(message.text)
        if message.type in ("error", "warning"):
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Any) -> None:
        self.requests.append(request)
        self.waiting += _brings_words(request)
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.faults.append(f"request to another origin: {request.url}")

    def _answered(self, request: Any) -> None:
        self.waiting -= _brings_words(request)

    def _failed(self, request: Any) -> None:
        self.waiting -= _brings_words(request)
        # Aborted is never the server's doing: the reader has left the page, or the map a tile, while it was on its way.
        if "ABORTED" in (request.failure or ""):
            return
        self.faults.append(f"request failed: {request.failure} {urlsplit(request.url).path}")


DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@contextlib.contextmanager
def _watched_page(browser: Any, site: Site, **settings: Any) -> Iterator[Any]:
    """A page of a new context, watched; ``page.watch`` holds what was seen."""
    context = browser.new_context(base_url=site.url, **{"locale": "en-GB", **settings})
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch(context, site.url)
    page = context.new_page()
    page.watch = watch
    try:
        yield page
    finally:
        context.close()


@pytest.fixture(scope="session")
def watched_page() -> Callable[..., Any]:
    """Opens one watched page, which the caller checks and closes: ``with watched_page(browser, site, ...) as page``."""
    return _watched_page


@pytest.fixture
def open_page(browser: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Opens watched pages of any settings; they are checked and closed after the test."""
    with contextlib.ExitStack() as stack:
        pages: list[Any] = []

        def open_(**settings: Any) -> Any:
            pages.append(stack.enter_context(_watched_page(browser, site, **settings)))
            return pages[-1]

        yield open_
        for page in pages:
            page.watch.check()


@pytest.fixture
def desktop(open_page: Callable[..., Any]) -> Any:
    """An empty page of 1440 x 900."""
    return open_page(**DESKTOP)


@pytest.fixture
def phone(open_page: Callable[..., Any]) -> Any:
    """An empty page of 390 x 844 with touch."""
    return open_page(**PHONE)
