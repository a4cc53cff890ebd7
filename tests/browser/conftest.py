"""What the browser tests share: driving the map page, and the figures of the snapshot read a second way."""

from __future__ import annotations

import json
import re
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

import brotli
import numpy as np
import pandas as pd
import pytest

from heatmap.settings import ROOT

FILTERS = ("deciles", "regions", "icbs", "authorities", "setting", "core20")
IMD = "imd2025_england_lsoa21"


class Truth:
    """The snapshot's tables as pandas reads them, without a line of the app."""

    def __init__(self) -> None:
        self.parts = json.loads((ROOT / "data/built/manifest.json").read_text(encoding="utf-8"))["parts"]
        css = (ROOT / "assets/tokens.css").read_text(encoding="utf-8")
        self.colours = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", css))

    def read(self, part: str) -> pd.DataFrame:
        """One table, by its name in the manifest."""
        return pd.read_parquet(ROOT / "data/built" / self.parts[part]["file"])

    @cached_property
    def lsoas(self) -> pd.DataFrame:
        """Every neighbourhood by code, with the tenths of both editions and its point inside."""
        table = self.read("areas/lsoa").set_index("code").join(self.read("points/lsoa").set_index("code"))
        for year, layer in (("2025", IMD), ("2019", "imd2019_england_lsoa11")):
            table[f"tenth{year}"] = self.layer(layer).decile
        return table

    def layer(self, layer: str, level: str = "lsoa") -> pd.DataFrame:
        """A layer's rows of a level, by code."""
        kept, parts = self.read(f"tables/{layer}"), self.parts
        levels = json.loads((ROOT / "data/built" / parts[f"facts/{layer}"]["file"]).read_text(encoding="utf-8"))["counts"]
        codes = {each: self.read(f"areas/{each}").code for each in ("lsoa", "msoa", "lad", "icb", "rgn")}
        start = sum(len(codes[each]) for each in list(levels)[: list(levels).index(level)])
        rows = kept.iloc[start : start + len(codes[level])].reset_index(drop=True)
        rows = rows.apply(lambda column: pd.to_numeric(column, errors="coerce").astype(float) if column.dtype == object else column)
        if level != "lsoa" and "people_tenth1_percent" in rows:
            rows["value"] = rows.people_tenth1_percent
        packed = np.frombuffer(brotli.decompress((ROOT / "data/built" / parts[f"paint/{layer}"]["file"]).read_bytes()), np.uint8)
        begin = sum(len(codes[each]) for each in list(codes)[: list(codes).index(level)])
        here = packed[begin : begin + len(rows)]
        flags = np.array(
            [
                "",
                "missing",
                "suppressed",
                "modelled",
                "best_fit_2011",
                "small_denominator",
                "area_level_lad",
                "no_like_for_like",
                "best_fit_lad",
                "incomplete",
            ]
        )
        said = {"class": here & 15, "decile": pd.Series(here & 15).where((here & 15) > 0), "flag": flags[here >> 4]}
        return rows.assign(**said).set_index(pd.Index(codes[level], name="code"))

    @property
    def layers(self) -> list[str]:
        """Every layer in the snapshot."""
        return [name.removeprefix("tables/") for name in self.parts if name.startswith("tables/")]

    def point(self, code: str) -> tuple[float, float]:
        """Longitude and latitude inside an area."""
        level = {"E01": "lsoa", "E02": "msoa", "E54": "icb", "E12": "rgn"}.get(code[:3], "lad")
        row = self.read(f"points/{level}").set_index("code").loc[code]
        return float(row.longitude), float(row.latitude)

    def people(self, number: int) -> str:
        """A number of people as the page writes it."""
        return f"{number / 1e6:.1f} million people" if number >= 1_000_000 else f"{number:,} people"


@pytest.fixture(scope="session")
def truth() -> Truth:
    """The figures of the snapshot, read with pandas alone."""
    return Truth()


class MapPage:
    """A page with the map on it, driven as a reader would."""

    def __init__(self, page: Any):
        self.page = page
        self.watch = page.watch
        self.holder = page.locator("#heat-map")
        self.count = page.locator("#count")
        self.panel = page.get_by_role("complementary", name="The chosen place")
        self.legend = page.get_by_role("region", name="Legend", exact=True)
        self.title = page.locator("#place-title")
        self.chips = page.locator("#chips button")

    def open(self, query: str = "", painted: bool = True) -> MapPage:
        """Open the map by its address, as a shared link does, and wait until it stands."""
        self.page.goto(f"/map{query}")
        if painted:
            self.settle()
            self.page.locator("#count b").wait_for(state="attached")
            self.quiet()
        return self

    def settle(self, query: str | None = None) -> None:
        """Wait for the colours; of this query, if given."""
        if query is not None:
            self.wait(lambda: self.painted == self.expected(query), f"painted {self.expected(query)!r}", lambda: self.painted)
        self.wait(lambda: self.state == "painted", "data-map=painted", lambda: self.state)

    def go(self, query: str) -> MapPage:
        """Change the address as a link within the page does, and wait until map and words have followed."""
        self.page.evaluate(
            "search => { history.pushState({}, '', '/map' + search); window.dispatchEvent(new CustomEvent('_dashprivate_pushstate')); }",
            query,
        )
        self.settle(query)
        self.quiet()
        return self

    def quiet(self) -> None:
        """Wait until no callback is under way."""
        calm = 0
        deadline = time.monotonic() + 30
        while calm < 3 and time.monotonic() < deadline:
            self.page.wait_for_timeout(40)  # lets events in
            calm = calm + 1 if self.watch.waiting <= 0 else 0

    def wait(self, holds: Callable[[], bool], what: str, now: Callable[[], Any] = lambda: "") -> None:
        """Wait for something that no locator can express; 30 s at most."""
        deadline = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < deadline, f"waited 30 s for {what}; now {now()!r}"
            self.page.wait_for_timeout(40)

    @staticmethod
    def expected(query: str) -> str:
        """What ``data-painted`` says once a query stands."""
        asked = dict(parse_qsl(query.removeprefix("?")))
        layer, level = asked.get("layer", IMD), asked.get("level", "lsoa")
        kept = {key: asked[key] for key in FILTERS if asked.get(key)}
        filters = urlencode({**kept, "layer": layer, "level": level}) if kept else ""
        return f"{layer} {level} {asked.get('groups', 'tenths')} {filters}"

    @property
    def state(self) -> str:
        """loading, painted, away or none."""
        return self.page.evaluate("document.documentElement.dataset.map")  # type: ignore[no-any-return]

    @property
    def painted(self) -> str:
        """What the map shows: layer, level, groups, filters."""
        return self.page.evaluate("document.getElementById('heat-map').dataset.painted || ''")  # type: ignore[no-any-return]

    @property
    def search(self) -> str:
        """The query of the address."""
        return self.page.evaluate("location.search")  # type: ignore[no-any-return]

    @property
    def asked(self) -> dict[str, str]:
        """The query of the address, read."""
        return dict(parse_qsl(self.search.removeprefix("?"), keep_blank_values=True))

    @property
    def camera(self) -> dict[str, float]:
        """Where the map looks."""
        return self.page.evaluate(  # type: ignore[no-any-return]
            "({zoom: heat.map.getZoom(), lng: heat.map.getCenter().lng, lat: heat.map.getCenter().lat})"
        )

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """Where a longitude and latitude lie on the screen."""
        x, y = self.page.evaluate(
            "p => { const at = heat.map.project(p), box = heat.map.getCanvas().getBoundingClientRect();"
            " return [at.x + box.x, at.y + box.y]; }",
            list(point),
        )
        return x, y

    def look(self, point: tuple[float, float], zoom: float) -> None:
        """Put the camera there at once, and wait for the tiles."""
        self.page.evaluate("([center, zoom]) => { heat.map.jumpTo({center, zoom}); }", [list(point), zoom])
        self.stand()

    def stand(self) -> None:
        """Wait until the map neither moves nor loads."""
        self.wait(lambda: self.page.evaluate("heat.map.loaded() && heat.map.areTilesLoaded() && !heat.map.isMoving()"), "the tiles")

    def rest(self) -> None:
        """Wait until the map has drawn everything, with what fades in, and would draw the same again."""
        self.stand()
        self.page.evaluate("() => new Promise(done => { heat.map.once('idle', () => done()); heat.map.triggerRepaint(); })")

    def colour_at(self, point: tuple[float, float], around: int = 4) -> str:
        """The commonest colour on the screen round a longitude and latitude: what a reader sees there."""
        self.page.mouse.move(5, 5)
        x, y = self.at(point)
        size = 2 * around + 1
        shot = self.page.screenshot(clip={"x": int(x) - around, "y": int(y) - around, "width": size, "height": size})
        return Counter(read_png(shot)).most_common(1)[0][0]

    def choose(self, name: str, option: str) -> None:
        """Choose in one of the lists that unfold by typing into its search."""
        self.page.locator(name).click()
        box = self.page.get_by_role("searchbox")
        box.fill(option)
        self.page.locator(f"{name}-list").get_by_role("button").filter(has_text=option).first.click()

    def same_as(self, other: MapPage) -> None:
        """Both show the same screen: colours, panel, chips, count, legend, camera."""
        for part in ("painted", "search"):
            assert getattr(self, part) == getattr(other, part)
        for place in ("#panel .place-head", "#panel .place-body > :not(#chart)", "#chips", "#count", "#legend", "#question", "#editions"):
            assert self.page.locator(place).all_inner_texts() == other.page.locator(place).all_inner_texts(), place
        for key, slack in (("zoom", 0.02), ("lng", 0.002), ("lat", 0.002)):
            assert abs(self.camera[key] - other.camera[key]) <= slack, (key, self.camera, other.camera)


def read_png(png: bytes) -> list[str]:
    """The pixels of an 8-bit PNG without interlacing, row by row, as #rrggbb."""
    width, height, _, kind = struct.unpack(">IIBB", png[16:26])
    step = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, rows, above = zlib.decompress(packed), [], bytearray(width * step)
    for y in range(height):
        begin = y * (width * step + 1)
        method, line = raw[begin], bytearray(raw[begin + 1 : begin + 1 + width * step])
        for i in range(len(line)):
            a = line[i - step] if i >= step else 0
            b, c = above[i], above[i - step] if i >= step else 0
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            line[i] = (line[i] + (0, a, b, (a + b) // 2, nearest)[method]) & 255
        rows.append(line)
        above = line
    return [f"#{row[i]:02x}{row[i + 1]:02x}{row[i + 2]:02x}" for row in rows for i in range(0, width * step, step)]


def far_from(one: str, other: str) -> int:
    """How far two colours are apart, by their widest channel."""
    return max(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) for i in (1, 3, 5))


@pytest.fixture(scope="session")
def differ() -> Callable[[str, str], int]:
    """How far two colours are apart."""
    return far_from


@pytest.fixture(scope="session")
def pixels_of() -> Callable[[bytes], list[str]]:
    """The pixels of a PNG."""
    return read_png


@pytest.fixture
def as_map() -> Callable[[Any], MapPage]:
    """Makes the driver of a page."""
    return MapPage


@pytest.fixture(scope="module")
def _shared(browser: Any, site: Any, watched_page: Callable[..., Any]) -> Iterator[MapPage]:
    with watched_page(browser, site, viewport={"width": 1440, "height": 900}) as page:
        yield MapPage(page)


@pytest.fixture
def atlas(_shared: MapPage) -> Iterator[MapPage]:
    """One desktop map for all tests of a module, put back to how it opens before each: opening it is what takes time."""
    if "/map" in _shared.page.url and _shared.state == "painted":
        _shared.page.keyboard.press("Escape")
        _shared.go("")
    else:
        _shared.open()
    yield _shared
    _shared.quiet()  # what this test set going is its own: it must not end in the next one
    _shared.watch.check()


@pytest.fixture
def link(open_page: Callable[..., Any]) -> Callable[..., MapPage]:
    """Opens a map by its link on a page of its own."""

    def open_(query: str, **settings: Any) -> MapPage:
        return MapPage(open_page(**({"viewport": {"width": 1440, "height": 900}} | settings))).open(query)

    return open_


@pytest.fixture(scope="module", params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def sized(request, browser, site, watched_page):
    """One page a size, without the policy, which would not let axe in: the other tests hold it."""
    width, height = request.param
    more = {"has_touch": True, "is_mobile": True} if width < 768 else {}
    with watched_page(browser, site, viewport={"width": width, "height": height}, bypass_csp=True, reduced_motion="reduce", **more) as page:
        yield page
