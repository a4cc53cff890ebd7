"""Where a browser cannot draw the map: a sentence, and the table in its place."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

KINGS_HEATH = "E01008966"
#: What MapLibre and Chromium say of the missing WebGL.
SAID = "WebGL|webgl|GPU"


@pytest.fixture(scope="module")
def blind(launch):
    """A Chromium that has no WebGL."""
    return launch("--disable-gpu", "--disable-webgl", "--disable-3d-apis")


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def page(request, blind, site, watched_page):
    """A page without WebGL in two sizes, checked at the end."""
    width, height = request.param
    with watched_page(blind, site, viewport={"width": width, "height": height}) as page:
        page.watch.expect(SAID)
        yield page
        page.watch.check()


def stand(page, query=""):
    """Open the map page and wait for its table."""
    page.goto(f"/map{query}")
    expect(page.locator("html[data-map=none][data-figures=shown]")).to_have_count(1)
    expect(page.locator("#table tbody tr").first).to_be_visible()


def test_the_table_and_a_sentence_take_the_maps_place(page):
    """The page says why, shows the table, and offers no switch to a map that cannot be drawn."""
    stand(page)
    sentence = page.locator("#table").get_by_text("This browser cannot draw the map")
    expect(sentence).to_be_in_viewport()
    sentence.click()  # nothing lies over it
    expect(page.locator("#table").get_by_role("status")).to_have_text("Rows 1 to 50 of 33,755")
    expect(page.get_by_role("button", name="Map", exact=True)).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.watch.urls("/tiles/") == []


def test_filters_search_panel_and_back_work(page):
    """A filter, an indicator, a place by search and by row, Escape and Back: as with the map."""
    stand(page)
    page.evaluate("heat.set({deciles: '10'})")
    expect(page.locator("#table .step").first).to_have_text("10")
    page.evaluate("heat.set({layer: 'crime2025_england_lsoa21'})")
    expect(page.locator("#table caption")).to_contain_text("Crime")
    box = page.get_by_role("combobox", name="Find a postcode or place")
    box.fill(KINGS_HEATH)
    page.locator("[role=option]").click()
    expect(page.locator("#place-title")).to_have_text("Kings Heath Park & Stirchley East")
    page.go_back()
    expect(page.locator("#place-title")).to_have_count(0)
    page.locator("#table tbody button").first.click()
    expect(page.locator("#place-title")).to_be_visible()
    expect(page.locator("#chart")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.locator("#place-title")).to_have_count(0)


def test_the_picture_says_why_it_cannot_be_had(page):
    """The list of downloads still gives the files; the picture says that there is no map."""
    stand(page)
    page.locator("#downloads").click()
    expect(page.locator("#save-png")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#save-png")).to_contain_text("This browser cannot draw the map")
    page.locator("#save-png").dispatch_event("click")
    expect(page.locator("#save-csv")).to_have_attribute("href", "/api/v1/layers/imd2025_england_lsoa21/values?level=lsoa&format=csv")
    page.keyboard.press("Escape")
    expect(page.locator("#downloads")).to_be_focused()


def test_ticked_places_are_said_to_be_in_lists(page):
    """No sign can be drawn, so the table says where the same places are in words; each link leads to them."""
    stand(page, f"?points=libraries,projects&area={KINGS_HEATH}")
    said = page.locator("#table .table-places")
    expect(said).to_contain_text("The places you ticked are in lists of their own: Libraries, Projects.")
    links = [link.get_attribute("href") for link in said.get_by_role("link").all()]
    assert [link.partition("?")[0] for link in links] == [
        "/api/v1/points/libraries2023_england_points",
        "/projects",
        f"/place/{KINGS_HEATH}",
    ]
    assert all(page.request.get(link).status == 200 for link in links)
    page.evaluate("heat.set({ points: '' })")
    expect(said).to_be_hidden()
