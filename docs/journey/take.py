"""Walk from a postcode to a printed leaflet as a reader would, and keep the pictures: ``python docs/journey/take.py`` beside a running map.

ADDRESS names the map (http://127.0.0.1:8050 unless it says else). Prints how long each journey took, from typing to the print dialog.
Needs Chromium and the development set-up (``make test`` makes it).
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
JOURNEYS = {"birmingham": "B14 6RE", "london": "E1 6LP"}


def walk(page, name: str, postcode: str) -> float:
    """One journey; returns the seconds it took, the pictures not counted."""
    spent, began = 0.0, time.monotonic()

    def keep(picture: str) -> None:
        nonlocal spent
        before = time.monotonic()
        page.screenshot(path=HERE / f"{name}-{picture}.jpg", type="jpeg", quality=40)
        spent += time.monotonic() - before

    page.goto("/")
    box = page.get_by_role("combobox", name="Find a postcode or place")
    box.press_sequentially(postcode, delay=120)  # as people type
    page.get_by_role("option").first.wait_for()
    box.press("Enter")
    page.wait_for_url(re.compile("/place/E01"))
    page.locator(".story .lead").wait_for()
    keep("1-story")
    page.get_by_role("link", name="Make a leaflet").click()
    page.locator(".a4").first.wait_for()
    page.wait_for_timeout(500)
    keep("2-leaflet")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print").click()
    page.wait_for_function("window.printed")
    took = time.monotonic() - began - spent
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dots an inch
    page.locator(".a4").first.screenshot(path=HERE / f"{name}-3-printed.jpg", type="jpeg", quality=40)
    return took


def main() -> None:
    """Both journeys, each in an empty browser."""
    with sync_playwright() as run:
        browser = run.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        for name, postcode in JOURNEYS.items():
            page = browser.new_context(
                base_url=os.environ.get("ADDRESS", "http://127.0.0.1:8050"), viewport={"width": 1440, "height": 900}
            ).new_page()
            sys.stdout.write(f"{name}: {walk(page, name, postcode):.1f} s from the front page to the print dialog\n")
        browser.close()


if __name__ == "__main__":
    main()
