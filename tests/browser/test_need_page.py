"""Need against action in the browser: asked by the form, nine boxes and the map, the list that leads to places, on both sizes."""

import re

import pytest
from accessibility import faults
from screens import fits

expect = pytest.importorskip("playwright.sync_api").expect
NEED = "/projects/need?need=income2025_england_lsoa21&action=libraries2023_england_points&level=msoa&km=1.6&within=E08000025"


def test_where_need_is_high_and_nobody_acts(sized):
    """The finding, the striped box, the map with its stripes, the list, and what it knows."""
    page = sized
    page.goto(NEED)
    finding = page.get_by_role("heading", name=re.compile(r"^\d+ of 132 wider neighbourhoods of Birmingham"))
    expect(finding).to_be_visible()
    expect(page.get_by_text("work that nobody has recorded is not seen")).to_be_visible()
    place = page.locator("[data-heat-map]")
    expect(place).to_have_attribute("data-state", "drawn", timeout=30_000)
    many = int(re.search(r"(\d+) of", finding.inner_text())[1])
    striped = page.evaluate("document.querySelector('[data-heat-map]').heatMap.getFilter('striped')[2][1].length")
    box = page.get_by_role("link", name=re.compile("^higher need; nothing in reach"))
    assert striped == many == int(box.inner_text())
    assert fits(page) and faults(page) == []
    expect(page.get_by_role("region", name=re.compile("^Higher need, nothing recorded in reach")).get_by_role("row")).to_have_count(
        many + 1
    )


def test_asked_by_the_form(desktop):
    """Need, action and reach are chosen; the address holds them; a row leads to its place."""
    desktop.goto("/projects/need")
    desktop.get_by_label("Need", exact=True).select_option(label="Emergency hospital stays")
    desktop.get_by_label("Action", exact=True).select_option(label="Food")
    desktop.get_by_label("Within reach", exact=True).select_option(value="25")
    desktop.get_by_role("button", name="Show").click()
    desktop.wait_for_url(re.compile("need=acute_morbidity2025.*action=theme%3Afood.*km=25"))
    row = desktop.get_by_role("region", name=re.compile("^Higher need, nothing recorded in reach")).get_by_role("link").first
    name = row.inner_text()
    row.click()
    expect(desktop.locator("#place-title")).to_contain_text(name)
