"""axe-core finds no fault of WCAG 2.0 to 2.2, A and AA, on any page and in every state, at two sizes."""

import re

import pytest
from accessibility import check, faults, run_axe

expect = pytest.importorskip("playwright.sync_api").expect
LSOA, LAD = "E01008966", "E06000002"
NOTHING = "?deciles=1&authorities=E08000025&setting=rural"


@pytest.fixture
def page(sized):
    """The page, checked after each test."""
    yield sized
    sized.watch.expect("404|503|ERR_FAILED")
    sized.watch.check()


def is_phone(page):
    """Whether this is the small size."""
    return page.viewport_size["width"] < 768


@pytest.mark.parametrize("sized", [(390, 844)], ids=["phone"], indirect=True)
def test_axe_knows_the_rules_of_today(page):
    """An engine that has the rules of WCAG 2.2, and runs them: an old one would find nothing and say nothing."""
    page.goto("/about")
    page.get_by_role("heading", level=1).first.wait_for()
    found = run_axe(page)
    assert tuple(map(int, found["testEngine"]["version"].split(".")[:2])) >= (4, 12)
    ran = {rule["id"] for kind in ("passes", "violations", "incomplete") for rule in found[kind]}
    assert {"target-size", "region", "color-contrast", "page-has-heading-one"} <= ran


@pytest.mark.parametrize("path", ["/", "/about", "/glossary", "/nowhere"])
def test_pages_of_words(page, as_map, path):
    """The front page, about and an unknown address; on a phone with the menu open too."""
    page.goto(path)
    page.get_by_role("heading", level=1).first.wait_for()
    as_map(page).quiet()
    check(page)
    if is_phone(page):
        page.get_by_role("button", name="Menu").click()
        expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
        check(page, "menu", beneath="main")


def test_the_api_page(page):
    """Its contrast, folded and with one address open, and what is ours of it; that a button of Swagger UI holds another is that
    library's."""
    page.goto("/docs")
    page.locator(".opblock-summary-control").first.click()
    page.get_by_text("Every layer").wait_for()
    page.locator(".opblock-body .response").first.wait_for()
    assert faults(page, ("color-contrast",)) == []
    page.evaluate("document.getElementById('swagger-ui').remove()")
    check(page)


STATES = {
    "empty": "",
    "neighbourhood": f"?area={LSOA}",
    "authority": f"?area={LAD}&level=lad",
    "filtered": "?deciles=1,2&regions=E12000007&setting=urban",
    "nothing matches": NOTHING,
    "bad link": "?layer=imd2052&foo=1&deciles=99",
    "2019": f"?layer=imd2019_england_lsoa11&area={LSOA}",
    "moved": f"?layer=imd_moved2025_england_lsoa21&area={LSOA}",
    "kinds": "?layer=rural_urban2021_england_lsoa21",
    "fifths": "?groups=fifths&deciles=1,2",
    "neighbourhoods": "?area=E02000001",
    "table": "?show=table",
    "table of authorities with a place": f"?show=table&level=lad&area={LAD}",
    "table without rows": NOTHING + "&show=table",
    "table with gaps": "?show=table&layer=imd2019_england_lsoa11&area=E01000015",
}


def go(page, as_map, query):
    """The map in a state, opened anew only when need be."""
    atlas = as_map(page)
    if "/map" in page.url and atlas.state == "painted":
        page.evaluate("() => { document.body.dataset.filters = ''; document.body.dataset.menu = ''; }")
        page.evaluate("q => { history.pushState({}, '', '/map' + q); heat.tellDash(); }", query)
        page.wait_for_timeout(150)
        atlas.settle()
        atlas.quiet()
    else:
        atlas.open(query)
    return atlas


@pytest.mark.parametrize("state", STATES)
def test_the_map_page(page, as_map, state):
    """Each state of the map page."""
    atlas = go(page, as_map, STATES[state])
    if "area=" in STATES[state]:
        expect(atlas.title).to_have_count(1)
    check(page)


def test_filters_open_and_the_list_of_indicators(page, as_map):
    """With all filters unfolded, with the list of indicators open, and with that of authorities open."""
    go(page, as_map, "")
    if is_phone(page):
        page.locator(".map").get_by_role("button", name="What the map shows").click()
    page.get_by_text("Add a filter").click()
    check(page)
    for name in ("#series", "#filter-authorities"):
        page.locator(name).click()
        expect(page.get_by_role("searchbox")).to_be_visible()
        check(page, name)
        page.keyboard.press("Escape")
    page.get_by_text("Add a filter").click()


def test_the_list_of_downloads(page, as_map):
    """Unfolded over the map, and over the table, where the picture cannot be had."""
    for query in ("", "?show=table"):
        go(page, as_map, query)
        page.locator("#downloads").click()
        expect(page.locator("#save-csv")).to_be_visible()
        check(page, query)
        page.keyboard.press("Escape")


def test_the_walked_map(page, as_map):
    """With an area walked to by the arrow keys: its outline, its card, the line read out."""
    atlas = go(page, as_map, f"?area={LSOA}")
    page.locator("#walk-start").press("Enter")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#said")).to_contain_text("Tenth")
    expect(atlas.holder).to_have_attribute("data-walked", re.compile("E01"))
    check(page)


def test_a_search_in_the_table_without_a_hit(page, as_map):
    """With what to do next."""
    go(page, as_map, "?show=table")
    page.get_by_role("searchbox", name="Search this table").fill("zzz")
    expect(page.get_by_role("heading", name="Nothing in this table has that name")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Show all rows").click()


def test_the_search_with_suggestions(page, as_map):
    """With suggestions open and with a message."""
    go(page, as_map, "")
    box = page.get_by_role("combobox", name="Find a postcode or place")
    box.fill("kings heath")
    expect(page.locator("[role=option]").first).to_be_visible()
    check(page)
    box.fill("EH1 1YZ")
    box.press("Enter")
    expect(page.locator(".search-message .msg")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator(".search-message .msg")).to_have_count(0)  # it lies over the map: the next test begins without it
    box.blur()


@pytest.mark.parametrize("sized", [(390, 844)], ids=["phone"], indirect=True)
def test_sheets_of_a_phone(page, as_map):
    """The place's sheet half and full; the menu over the map."""
    atlas = go(page, as_map, f"?area={LSOA}")
    expect(atlas.title).to_be_visible()
    check(page)
    page.get_by_role("button", name="Show more or less of this place").click()
    check(page)
    page.get_by_role("button", name="Show more or less of this place").click()
    page.get_by_role("button", name="Menu").click()
    check(page)
    page.get_by_role("button", name="Menu").click()


def test_the_server_away(page, as_map):
    """With the message that our server cannot be reached."""
    atlas = go(page, as_map, "")
    page.route("**/paint/**", lambda route: route.abort())
    page.evaluate("heat.paint('?layer=health2019_england_lsoa11')")
    expect(page.get_by_role("alert")).to_contain_text("We cannot reach our server")
    check(page)
    page.unroute("**/paint/**")
    page.get_by_role("button", name="Try now").click()
    atlas.settle()
