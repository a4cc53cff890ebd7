"""A browser that does not know ``:has()``, as Firefox 115: it drops each rule that has it, and every page keeps its layout."""

import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
KINGS_HEATH = "E01008966"


@pytest.fixture
def old_page(open_page):
    """A page whose styles know an unknown word in the place of ``:has``, which makes a browser drop the same rules."""

    def open_(**settings):
        page = open_page(**settings)

        def send(route):
            answer = route.fetch()
            route.fulfill(response=answer, body=answer.text().replace(":has(", ":has-not-come("))

        def allow(route):
            answer = route.fetch()  # the changed styles no longer fit the checksums that the page names
            route.fulfill(response=answer, body=re.sub(r' integrity="[^"]*"', "", answer.text()))

        page.route(re.compile(r"/assets/.*\.css"), send)
        page.route(
            lambda url: "." not in url.rpartition("/")[2].partition("?")[0] and "/_dash" not in url and "/api" not in url,
            lambda route: allow(route) if route.request.resource_type == "document" else route.continue_(),
        )
        return page

    return open_


def test_the_phone_has_its_map(old_page, as_map):
    """The map is as wide as the screen, with and without a chosen place, which comes as a sheet from below."""
    page = old_page(**PHONE)
    map_page = as_map(page).open("")
    assert page.locator(".map").first.bounding_box()["width"] == 390
    map_page.go(f"?area={KINGS_HEATH}")
    expect(page.locator("#place-title")).to_be_visible()
    assert page.locator(".map").first.bounding_box()["width"] == 390
    sheet = page.locator("#panel").bounding_box()
    assert sheet["width"] == 390 and 844 - 0.47 * 844 < sheet["y"] < 844


def test_the_desktop_has_no_empty_column(old_page, as_map):
    """Without a chosen place the map goes to the right edge; with one the panel stands beside it."""
    page = old_page(viewport={"width": 1440, "height": 900})
    map_page = as_map(page).open("")
    at = page.locator(".mapapp .map").bounding_box()
    assert at["x"] + at["width"] == 1440
    map_page.go(f"?area={KINGS_HEATH}")
    expect(page.locator("#place-title")).to_be_visible()
    panel, at = page.locator("#panel").bounding_box(), page.locator(".mapapp .map").bounding_box()
    assert panel["width"] == 368 and at["x"] + at["width"] == panel["x"] == 1440 - 368


def test_one_layer_at_a_time_on_a_phone(old_page):
    """The list, or the card in its place."""
    page = old_page(**PHONE)
    page.goto("/layers")
    row = page.locator("#layers-list tr[data-layer]").first
    expect(row).to_be_visible()
    expect(page.locator("#layers-card")).not_to_be_visible()
    row.get_by_role("link").tap()
    expect(page.locator("#layer-title")).to_be_visible()
    expect(row).not_to_be_visible()


def test_nothing_under_the_bar_of_a_place(old_page):
    """The end of the page can be scrolled above the bar at a phone's lower edge."""
    page = old_page(**PHONE)
    page.goto(f"/place/{KINGS_HEATH}")
    expect(page.locator(".doings")).to_be_visible()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = page.get_by_role("navigation", name="Footer").get_by_role("link").last.bounding_box()
    assert last["y"] + last["height"] <= page.locator(".doings").bounding_box()["y"]
