"""A learner's open page follows each save of the card: the words, the colours, and no fault in the console."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clones import make_clone
from shown import Shown

from heatmap.settings import ROOT

ID = "example_damp_homes2026_england_lsoa21"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shown, Path]]:
    """The gallery's share, shown from a clone; and its card."""
    folder = tmp_path_factory.mktemp("live") / "heatmap"
    environment = make_clone(folder)
    for suffix in (".toml", ".csv"):
        shutil.copy(ROOT / "docs" / "gallery" / f"{ID}{suffix}", folder / "data" / "layers")
    running = Shown(ID, folder, environment)
    try:
        running.wait(lambda: running.get("/live") == "1")
        yield running, folder / "data" / "layers" / f"{ID}.toml"
    finally:
        running.stop()


def test_an_open_page_follows_each_save(browser: Any, shown: tuple[Shown, Path], watched_page: Callable[..., Any]) -> None:
    """The page shows the layer, and by itself what was saved; between two servers a request may fail, nothing else."""
    running, card = shown
    with watched_page(browser, running, viewport={"width": 1440, "height": 900}) as page:
        page.goto(f"/map?layer={ID}")
        page.get_by_text("damp homes, invented").first.wait_for()
        page.watch.check()
        # While the server starts again the browser, and the map in it, report what they could not fetch.
        page.watch.expect("ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|Failed to fetch|maplibre-gl.js")
        text = card.read_text(encoding="utf-8")
        card.write_text(text.replace("Example: damp homes, invented", "Example: dry homes, invented"), encoding="utf-8")
        page.get_by_text("dry homes, invented").first.wait_for()
        page.watch.check()


def test_an_open_page_tells_what_is_wrong_with_a_save(browser: Any, shown: tuple[Shown, Path], watched_page: Callable[..., Any]) -> None:
    """The sentences stand on the page, as text, while the last good map stays; the next good save takes them away."""
    running, card = shown
    table = card.with_suffix(".csv")
    good = table.read_text(encoding="utf-8")
    for size in ({"width": 1440, "height": 900}, {"width": 390, "height": 844}):
        with watched_page(browser, running, viewport=size) as page:
            page.goto(f"/map?layer={ID}")
            page.watch.expect("ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|Failed to fetch|maplibre-gl.js")
            line = good.splitlines()[1]
            table.write_text(good.replace(line, line.rpartition(",")[0] + ",<b>many</b>"), encoding="utf-8")
            fault = page.locator(".live-fault")
            fault.wait_for()
            said = fault.inner_text().splitlines()
            assert said[0] == "Not drawn: this is still your last good save."
            assert said[1].startswith(f"{ID}.csv: line 2: denominator '<b>many</b>' is not a number.")
            assert fault.locator("b").count() == 0 and page.locator("[role=alert].live-fault").count() == 1
            box = fault.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]
            page.screenshot(path=f"/tmp/mend-live-{size['width']}.png")
            table.write_text(good, encoding="utf-8")
            fault.wait_for(state="detached")
            page.watch.check()
