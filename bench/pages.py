"""What a reader's browser shows: when the map is coloured, how it changes and moves, what it weighs.

Each page is opened in a browser of its own with an empty profile. Times are the page's own clock: from the beginning of the
navigation, or from the click or key, to MapLibre's "idle" with the new colours on the screen (bench/watch.js).
"""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Locator, Page, Request, sync_playwright

from bench import SERIES, Book
from heatmap.snapshot import open_snapshot

CHROMIUM = "/usr/bin/chromium"
RECORDED = "E01008966"  # the area whose panel is recorded
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
_WATCH = Path(__file__).parent / "watch.js"
_PATIENCE_S = 60
_HAND_MS = 200  # between reaching a control and pressing it
_BIRMINGHAM = {"center": [-1.8904, 52.4862], "zoom": 11}
#: Outward codes in which two postcodes are typed, one after the other; the first is the one the design names.
_TYPED = {"CO15": "2EU", "B14": "", "NE4": ""}


@contextmanager
def opened(url: str) -> Iterator[tuple[Page, list[Request]]]:
    """A page in a fresh browser, and all that it has fetched so far, its workers included."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(path=_WATCH)
            fetched: list[Request] = []
            page.on("requestfinished", lambda request: fetched.append(request))
            page.goto(url, wait_until="commit")
            yield page, fetched
        finally:
            browser.close()


def find_camera(url: str) -> dict[str, Any]:
    """Where our own map stands on the screen and what it looks at first, so that the others do the same."""
    with opened(url) as (page, _):
        _first_coloured(page)
        return page.evaluate("""() => { const { x, y, width, height } = heat.map.getContainer().getBoundingClientRect();
            return { box: [x, y, width, height], zoom: heat.map.getZoom(), center: heat.map.getCenter().toArray() }; }""")


def measure(who: str, url: str, book: Book) -> None:
    """One visit: the first map, then whatever else this page has budgets for."""
    with book.trying("first", who), opened(url) as (page, fetched):
        first = _first_coloured(page)
        book.add("first", who, first)
        _rest(page)
        with book.trying("bytes", who):
            _weigh_first(page, fetched, first, who, book)
        with book.trying("heap", who):
            book.add("heap", who, _heap(page))
        if who != "floor":
            with book.trying("change", who):
                for series in SERIES:
                    _choose_series(page, fetched, series, who, book)
        with book.trying("frames", who):
            _move(page, who, book)
        if who == "ours":
            with book.trying("postcode"):
                _type_postcodes(page, book)


def filter_projects(url: str, book: Book, times: int = 6) -> None:
    """From the press of a theme among the filters of /projects to the list and the map's stars in their new state, drawn."""
    with opened(url) as (page, _):
        _until(page, "document.querySelector('[data-heat-map][data-state=drawn]')")
        for number in range(times):
            page.locator("#filter-theme").click()
            link = page.locator("details[open] a[data-prj-way]").nth(number + 1)
            link.hover()
            page.wait_for_timeout(_HAND_MS)
            page.evaluate(_WATCH_FILTER)
            link.click()
            book.add("filter of projects", "ours", page.evaluate("bench.filtered"))
            page.wait_for_timeout(700)
            page.goto(url)
            _until(page, "document.querySelector('[data-heat-map][data-state=drawn]')")


#: From the click to two frames after the page's body was put in its place.
_WATCH_FILTER = """() => { window.bench ||= {}; bench.filtered = new Promise((done) => {
    let clicked = 0;
    addEventListener('click', () => { clicked = performance.now(); }, { capture: true, once: true });
    const watch = new MutationObserver(() => { watch.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - clicked))); });
    watch.observe(document.getElementById('projects-here'), { childList: true });
  }); }"""


def record_story(url: str) -> str:
    """The body of the request with which Dash asks for an area's panel, as the browser sends it."""
    with opened(url) as (page, _):
        _first_coloured(page)
        _rest(page)
        with page.expect_request(lambda request: "panel.children" in (request.post_data or "")) as asked:
            page.evaluate(f"heat.set({{ area: '{RECORDED}' }})")
        return asked.value.post_data or ""


def _until(page: Page, condition: str) -> Any:
    """What the expression gives as soon as it is true; asked from outside, since our pages allow no eval."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if found := page.evaluate(condition):
            return found
        time.sleep(0.05)
    raise TimeoutError(f"after {_PATIENCE_S} s still not: {condition}")


def _rest(page: Page, seconds: float = 0.7) -> None:
    """Until nothing has been drawn for a while: a reader looks before the next click."""
    _until(page, f"performance.now() - bench.idles.at(-1).at > {1000 * seconds} && bench.map.loaded()")


def _first_coloured(page: Page) -> float:
    return float(_until(page, "window.bench?.idles.find((idle) => idle.colours)?.at"))


def _repainted(page: Page, control: Locator) -> float:
    """From the click to the first idle map in other colours; idle maps in the old ones do not count."""
    control.hover()
    page.wait_for_timeout(_HAND_MS)
    before = json.dumps(page.evaluate("bench.idles.at(-1).colours"))
    page.evaluate("bench.clicked = Infinity")
    control.click()
    new = f"bench.idles.find((idle) => idle.at > bench.clicked && idle.colours && idle.colours !== {before})"
    return float(_until(page, f"{new} && {new}.at - bench.clicked"))


def _choose_series(page: Page, fetched: list[Request], series: str, who: str, book: Book) -> None:
    """Choose in the dropdown; with ours, press the buttons of editions as well."""
    page.click("#series")
    before = len(fetched)
    book.add("change", who, _repainted(page, page.locator(f'[data-series="{series}"], [role=option]:has(input[value="{series}"])')))
    _rest(page)
    if who != "ours":
        return
    layer = f"{series}2025_england_lsoa21"
    more = [r for at, r in enumerate(fetched) if r.url.endswith(layer) or (at >= before and "_dash-update" in r.url)]
    book.add("bytes of a change", who, _sum_bytes(more) / 1000)
    for edition in ("2019", "2025") if series in SERIES[:2] else ():
        book.add("change by button", who, _repainted(page, page.locator("#editions button", has_text=edition)))
        _rest(page)


def _weigh_first(page: Page, fetched: list[Request], first: float, who: str, book: Book) -> None:
    """What came over the wire, headers and workers included, until the map was coloured."""
    until = page.evaluate("performance.timeOrigin") + first
    early = [r for r in fetched if r.url.startswith("http") and r.timing["startTime"] + r.timing["responseEnd"] <= until]
    book.add("bytes", who, _sum_bytes(early) / 1000)
    book.add("requests", who, len(early))
    book.add("bytes of tiles", who, _sum_bytes(r for r in early if "/tiles/lsoa" in r.url) / 1000)


def _sum_bytes(requests: Iterable[Request]) -> int:
    sizes = [request.sizes() for request in requests]
    return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


def _heap(page: Page) -> float:
    """MB of live JavaScript objects on the page, after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize") / 1e6


def _move(page: Page, who: str, book: Book) -> None:
    """The same scripted moves for all: first where the map opens, then over Birmingham."""
    for view in ("national", "city"):
        if view == "city":
            page.evaluate(f"bench.map.jumpTo({json.dumps(_BIRMINGHAM)})")
            _rest(page)
        zoom = page.evaluate("bench.map.getZoom()")
        slow = {"duration": 800, "essential": True}
        for kind, moves in (
            ("pan", [("panBy", [240, 60], slow), ("panBy", [-240, -60], slow)]),
            ("zoom", [("zoomTo", zoom + 1.5, slow), ("zoomTo", zoom, slow)]),
        ):
            gaps = page.evaluate("(moves) => bench.frames(moves)", moves)
            book.add(f"{kind} {view}", who, median(gaps))
            _rest(page)


def _type_postcodes(page: Page, book: Book) -> None:
    """Type a postcode, press Enter, wait for the heading of its neighbourhood; then another one of the same outward code."""
    snapshot = open_snapshot()
    for outward, wanted in _TYPED.items():
        table = snapshot.postcodes(outward)
        titles = {inward: snapshot.area(row[0]).title for inward, row in table.items()}
        first = wanted or next(iter(table))
        second = next(inward for inward in reversed(titles) if titles[inward] != titles[first])
        for what, inward in (("postcode first", first), ("postcode after", second)):
            box = page.locator("input[role=combobox]").first
            box.fill("")
            box.press_sequentially(f"{outward} {inward}", delay=40)
            page.evaluate("(title) => { bench.story = bench.shows(title); }", titles[inward])
            box.press("Enter")
            book.add(what, "ours", page.evaluate("bench.story"))
            _rest(page)
