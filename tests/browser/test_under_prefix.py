"""The map under a path of somebody else's site, as behind a hospital's own proxy."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

PREFIX, CODE = "/trust/heatmap", "E01008966"


@pytest.fixture(scope="module")
def prefixed(start_site):
    """The server under a prefix."""
    return start_site(ROOT_PATH=PREFIX)


def test_a_postcode_a_map_and_a_callback_work_under_a_prefix(browser, prefixed, watched_page):
    """From the front door to a place, to the map, to the projects; every request stays under the prefix."""
    with watched_page(browser, prefixed, viewport={"width": 1440, "height": 900}) as page:
        page.goto(f"{PREFIX}/")
        page.get_by_role("combobox", name="Find a postcode or place").fill("B14 6RE")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{prefixed.url}{PREFIX}/place/{CODE}")
        expect(page.locator("#place-title, h1").first).to_contain_text("Kings Heath Park")
        page.goto(f"{PREFIX}/map?area={CODE}")
        expect(page.locator("html[data-map=painted]")).to_have_count(1)
        expect(page.locator("#place-title")).to_contain_text("Kings Heath Park")
        page.get_by_role("link", name="Projects", exact=True).first.click()
        expect(page).to_have_url(f"{prefixed.url}{PREFIX}/projects")
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        outside = [
            request.url for request in page.watch.requests if not request.url.startswith((f"{prefixed.url}{PREFIX}/", "data:", "blob:"))
        ]
        assert outside == []
        page.watch.check()
