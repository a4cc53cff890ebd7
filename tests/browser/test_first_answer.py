"""A page's words are in its first answer: they are there before any script has come and without, and scripts only change them."""

import re

import pytest
from accessibility import check

from heatmap.pages import find_pages

expect = pytest.importorskip("playwright.sync_api").expect

PLACE, PROJECT = "E01008966", "kingston-poverty-screening"
WORDS = [page for page in find_pages().values() if not page.needs_dash]
OTHERS = [f"/place/{PLACE}?for=young", "/place/E08000025", f"/place/{PLACE}/leaflet?print=large", "/nowhere", "/project/none"]
#: What scripts add to the words of a page, or take away where it needs them no more.
ADDED = {
    "/projects": "#projects-search, #projects-elsewhere, .prj-hint",
    "/projects/share": "[data-share-count]",
    "/projects/edit": "form[method=dialog]",  # who comes by a link with a key is asked for none
    "/place/{code}/leaflet": "#ticked, #leaflet",  # the sheets are fitted to their paper, and only the ticks stand on them
}
#: The words of a page, a line each, without those of what may stand there later.
READ = """drop => {
    const main = document.querySelector('#main').cloneNode(true);
    main.querySelectorAll(`noscript, [hidden], [data-heat-map], [role=status]${drop ? `, ${drop}` : ''}`).forEach((each) => each.remove());
    return main.textContent.replace(/\\s+/g, ' ').trim();
}"""


def address_of(path: str) -> str:
    """An example of a page's address."""
    return path.replace("{code}", PLACE).replace("{id_}", PROJECT)


ADDRESSES = [*(address_of(page.path) for page in WORDS), *OTHERS]


def kind_of(address: str) -> str:
    """The page's path for an address."""
    bare = address.partition("?")[0]
    return next((page.path for page in WORDS if page.match(bare) is not None), bare)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_words_are_the_same_before_and_after_its_scripts(open_page, address):
    """The first answer has title, one heading, and all words; what scripts add is named."""
    page = open_page(viewport={"width": 1440, "height": 900})
    page.watch.expect("404|ERR_FAILED|Failed to load")
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(address, wait_until="domcontentloaded")
    drop = ADDED.get(kind_of(address), "")
    first, title = page.evaluate(READ, drop), page.title()
    assert len(page.evaluate(READ, "")) > 10 and title.endswith(" · WHAM HeatMap") and title.partition(" · ")[0]
    expect(page.locator("#main h1:visible, .leaflet-bar h1")).to_have_count(1)
    page.unroute_all(behavior="ignoreErrors")
    page.goto(address, wait_until="load")
    assert (page.evaluate(READ, drop), page.title()) == (first, title)
    expect(page.get_by_role("banner")).to_have_count(1)
    twice = "() => [...document.querySelectorAll('[id]')].map((each) => each.id).filter((id, n, all) => all.indexOf(id) !== n)"
    assert page.evaluate(twice) == []


def without_scripts(route):
    """The page as a browser without JavaScript reads it; axe itself needs a browser with."""
    answer = route.fetch()
    body = re.sub(r"<script\b.*?</script>|</?noscript>", "", answer.text(), flags=re.DOTALL)
    route.fulfill(status=answer.status, content_type="text/html; charset=utf-8", body=body)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("address", ADDRESSES)
def test_without_javascript_a_page_is_whole(open_page, address, width):
    """axe finds nothing, nothing that would do nothing can be pressed, and the ways to the other pages are there."""
    page = open_page(viewport={"width": width, "height": 900}, bypass_csp=True)
    page.watch.expect("404")
    page.route(f"**{address}", without_scripts)
    page.goto(address)
    check(page, address)
    assert page.locator("button:not([type=submit]):visible").count() == 0
    assert page.locator("form:visible:not([action])").count() == 0
    page.locator(".nav a", has_text="Layers").first.click(trial=True)


def test_the_search_works_without_dash(desktop):
    """What was typed before a script had come is kept and looked up; Dash is not asked for."""
    held = []
    desktop.route("**/search.js*", lambda route: held.append(route))
    desktop.goto(f"/place/{PLACE}", wait_until="commit")
    box = desktop.get_by_role("combobox", name="Find a postcode or place")
    box.fill("newham")
    expect(desktop.get_by_role("option")).to_have_count(0)
    desktop.wait_for_timeout(200)
    for route in held:
        route.continue_()
    expect(desktop.get_by_role("option").first).to_contain_text("Newham")
    box.press("Enter")
    desktop.wait_for_url("**/place/E09000025")
    expect(desktop.locator("#place-title")).to_have_text("Newham")
    expect(desktop.locator("#place-title")).to_be_focused()
    assert desktop.title() == "Newham · WHAM HeatMap"
    desktop.go_back()
    expect(desktop.locator("#place-title")).to_have_text("Kings Heath Park & Stirchley East")
    assert desktop.watch.urls("_dash") == []


@pytest.mark.parametrize("path", ["/projects/share", "/projects/review"])
def test_what_is_typed_before_the_scripts_gets_into_no_address(open_page, path):
    """A form that only a script sends does nothing until that has come."""
    page = open_page(viewport={"width": 1440, "height": 900})
    page.watch.expect("ERR_FAILED|Failed to load")
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(path, wait_until="domcontentloaded")
    field = page.locator("form[method=dialog] input:visible").first
    field.fill("secret")
    field.press("Enter")
    page.wait_for_timeout(300)
    assert re.fullmatch(rf"https?://[^/]+{path}", page.url)
