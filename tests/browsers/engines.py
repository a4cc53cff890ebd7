"""Three engines behind one way to drive them: Firefox and the oldest Chromium by Playwright, WebKit by its own WebDriver."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from heatmap.settings import ROOT

PATIENCE_S = 60
#: Made by `make test-browsers`.
OLDEST = ROOT / "var" / "browsers" / "chromium109" / "chromium"
MINI_BROWSER = (
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
)


class MissingError(Exception):
    """A browser that is not on this machine, and how to get it."""


class Engine(Protocol):
    """A browser with one page open."""

    name: str

    def open(self, address: str, width: int = 1440, height: int = 900) -> None:
        """Go there in a window of that size, and wait until the page has loaded."""

    def run(self, script: str) -> Any:
        """The result of a function's body, run in the page."""

    def type(self, selector: str, text: str) -> None:
        """Type into a field, and leave it as it is."""

    def press(self, selector: str) -> None:
        """Press the first element of a kind, or Enter in a field where the selector ends in " Enter"."""

    def picture(self, path: Path) -> None:
        """A PNG of the window."""

    def close(self) -> None:
        """End the browser."""


def wait(engine: Engine, script: str) -> Any:
    """The first result of a function's body that is true; says which one never was."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with contextlib.suppress(Exception):  # the page may be between two pages
            if found := engine.run(script):
                return found
        time.sleep(0.1)
    raise AssertionError(
        f"{engine.name}: never true: {script}\n{engine.run('return document.body.innerText')[:400]}\nheard: {heard(engine)}"
    )


def heard(engine: Engine) -> list[str]:
    """What went wrong on the page until now (``watched.py``)."""
    return [str(each) for each in engine.run("return window.heard || ['the page is not watched']")]


class ByPlaywright:
    """Firefox, or the oldest Chromium that we support."""

    def __init__(self, name: str, browser: Any):
        self.name = name
        self._browser = browser
        self._context = browser.new_context()
        self._page = self._context.new_page()

    def open(self, address: str, width: int = 1440, height: int = 900) -> None:
        self._page.set_viewport_size({"width": width, "height": height})
        self._page.goto(address, wait_until="load", timeout=1000 * PATIENCE_S)

    def run(self, script: str) -> Any:
        return self._page.evaluate(f"() => {{ {script} }}")

    def type(self, selector: str, text: str) -> None:
        self._page.locator(selector).first.fill("")
        self._page.locator(selector).first.press_sequentially(text, timeout=1000 * PATIENCE_S)

    def press(self, selector: str) -> None:
        field = selector.removesuffix(" Enter")
        where = self._page.locator(field).first
        where.press("Enter") if field != selector else where.click(timeout=1000 * PATIENCE_S)

    def picture(self, path: Path) -> None:
        self._page.screenshot(path=str(path))

    def close(self) -> None:
        self._context.close()


class WebKit:
    """WebKit with GTK, the nearest to an iPhone that runs on Debian. Its window is never narrower than 447 pixels."""

    name = "webkit"

    def __init__(self) -> None:
        from selenium import webdriver
        from selenium.webdriver.webkitgtk.options import Options
        from selenium.webdriver.webkitgtk.service import Service

        options = Options()
        options.binary_location = _first(MINI_BROWSER, "webkit2gtk-driver")
        options.add_argument("--automation")
        self._driver = webdriver.WebKitGTK(options=options, service=Service(_first(("WebKitWebDriver",), "webkit2gtk-driver")))

    def open(self, address: str, width: int = 1440, height: int = 900) -> None:
        self._driver.set_window_rect(0, 0, width, height)
        self._driver.get(address)

    def run(self, script: str) -> Any:
        return self._driver.execute_script(script)

    def _find(self, selector: str) -> Any:
        wait(self, f"return document.querySelector({selector!r})?.checkVisibility()")
        return self._driver.find_element("css selector", selector)

    def type(self, selector: str, text: str) -> None:
        field = self._find(selector)
        field.clear()
        field.send_keys(text)

    def press(self, selector: str) -> None:
        field = selector.removesuffix(" Enter")
        where = self._find(field)
        where.send_keys("\ue007") if field != selector else where.click()

    def picture(self, path: Path) -> None:
        self._driver.save_screenshot(str(path))

    def close(self) -> None:
        self._driver.quit()


def _first(names: tuple[str, ...], package: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise MissingError(f"{names[0]} is not on this machine. On Debian: apt install {package}.")


@contextlib.contextmanager
def make_screen() -> Iterator[None]:
    """A screen for browsers that draw only on one, made by Xvfb; DISPLAY says which."""
    xvfb = _first(("Xvfb",), "xvfb")
    ours, theirs = os.pipe()
    with subprocess.Popen(
        [xvfb, "-displayfd", str(theirs), "-screen", "0", "1500x1000x24", "-nolisten", "tcp"], pass_fds=(theirs,), stderr=subprocess.DEVNULL
    ) as process:
        os.close(theirs)
        with os.fdopen(ours) as told:
            number = told.readline().strip()
        before = os.environ.get("DISPLAY")
        os.environ |= {"DISPLAY": f":{number}", "LIBGL_ALWAYS_SOFTWARE": "1"}
        try:
            yield
        finally:
            process.terminate()
            os.environ.pop("LIBGL_ALWAYS_SOFTWARE")
            os.environ.pop("DISPLAY") if before is None else os.environ.update(DISPLAY=before)


@contextlib.contextmanager
def start(name: str) -> Iterator[Engine]:
    """One of "firefox", "chromium 109" and "webkit", on a screen of its own. MissingError where the machine has none."""
    with make_screen():
        if name == "webkit":
            browser: Engine = WebKit()
            try:
                yield browser
            finally:
                browser.close()
            return
        from playwright.sync_api import sync_playwright

        with sync_playwright() as run:
            if name == "firefox":
                os.environ["FIREFOX"] = _first(("firefox-esr", "firefox"), "firefox-esr")
                made = run.firefox.launch(channel="moz-firefox", executable_path=str(_write_starter()), headless=False)
            else:
                if not OLDEST.exists():
                    raise MissingError(f"{OLDEST.relative_to(ROOT)} is not there. Run: make test-browsers")
                flags = ["--no-sandbox", "--headless", "--use-gl=angle", "--use-angle=swiftshader", "--disable-background-networking"]
                made = run.chromium.launch(executable_path=str(OLDEST), args=flags)
            try:
                yield ByPlaywright(name, made)
            finally:
                made.close()


def _write_starter() -> Path:
    """A command that starts ``firefox.py`` with this Python, as Playwright starts a browser."""
    path = ROOT / "var" / "browsers" / "firefox"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).with_name("firefox.py")}" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path
