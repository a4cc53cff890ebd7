"""Every page in every engine, on a desk and on a phone: it comes, it says nothing wrong, and it is no wider than its window."""

from __future__ import annotations

import re

import pytest
from engines import Engine, heard, wait

from heatmap.pages import find_pages

KINGS_HEATH, BIRMINGHAM = "E01008966", "E08000025"
ADDRESSES = (
    "/",
    "/map",
    "/map?show=table",
    f"/map?layer=far_gp2026_england_lsoa21&area={KINGS_HEATH}",
    f"/place/{KINGS_HEATH}",
    f"/place/{KINGS_HEATH}?for=young",
    f"/place/{BIRMINGHAM}",
    f"/place/{KINGS_HEATH}/leaflet",
    f"/compare?areas={KINGS_HEATH},E01021988",
    "/inequality",
    "/inequality/areas",
    "/inequality/people",
    "/inequality/two",
    "/layers",
    "/layers?layer=far_gp2026_england_lsoa21",
    "/projects",
    f"/projects?near={KINGS_HEATH}",
    "/projects/need",
    "/projects/share",
    "/projects/edit",
    "/projects/review",
    "/project/kingston-poverty-screening",
    "/about",
)
#: What of a page reaches out to the right of its window; a part that scrolls by itself may.
WIDE = """return [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility?.() !== false && !e.closest('.vh, .scroll, #heat-map, .skip, svg')
  && e.getBoundingClientRect().right > innerWidth + 1).map((e) => `${e.tagName}.${e.className}`).slice(0, 8)"""
#: The page stands: its own heading is there, and Dash has nothing more to draw.
STANDS = "return document.querySelector('#page :is(h1, #legend h2)') && !document.querySelector('#first') && !document.querySelector('._dash-loading')"
#: Said of the machine, not of the page: how software draws WebGL.
OF_THE_MACHINE = re.compile(r"WebGL|GPU stall|GL Driver|WEBGL")


def test_no_page_is_forgotten() -> None:
    """Each page of the product is among the addresses above."""
    paths = {address.partition("?")[0] for address in ADDRESSES}
    assert [page.path for page in find_pages().values() if not any(page.match(path) is not None for path in paths)] == []


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_a_page(engine: Engine, address: str, path: str, width: int, height: int) -> None:
    """It stands, nothing failed on the way, and nobody has to scroll sideways."""
    engine.open(address + path, width, height)
    wait(engine, STANDS)
    assert [each for each in heard(engine) if not OF_THE_MACHINE.search(each)] == []
    assert engine.run(WIDE) == []
