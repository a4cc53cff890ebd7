"""At 390 pixels and at 320: map first, controls and the place as sheets, large enough to touch, nothing covered."""

import itertools
import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

KINGS_HEATH, MIDDLESBROUGH = "E01008966", "E06000002"
#: Smaller than 44 px with a reason.
SMALL_FOR_A_REASON = {
    "in a sentence": "p .link, p a, .mapcredit a, .prose li a, td a, h2 a, .item .nm a, .item p a, .layer-card dd a",  # WCAG 2.5.8: inline
    "pressed with its whole row": ".layers-list a",
    "never seen": ".vh, .vh *, .skip",
    "of the canvas": ".maplibregl-canvas, .maplibregl-ctrl *",
}
TOO_SMALL = """reasons => [...document.querySelectorAll('button, a[href], summary, input, [role=option]')].filter(each => {
    const box = each.getBoundingClientRect();
    if (!box.width || !box.height || getComputedStyle(each).visibility === 'hidden') return false;
    if (Object.values(reasons).some(those => each.matches(those))) return false;
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    if (x < 0 || x > innerWidth || y < 0 || y > innerHeight) return false;
    const over = document.elementFromPoint(x, y);
    if (!over || !(each.contains(over) || over.contains(each))) return false;
    const label = each.closest('label, .search-input');  // pressing the whole field works
    const size = label ? label.getBoundingClientRect() : box;
    return size.width < 43.5 || size.height < 43.5;
  }).map(each => { const b = each.getBoundingClientRect();
    return `${each.getAttribute('aria-label') || each.textContent.trim().slice(0, 40) || each.id} ${Math.round(b.width)}x${Math.round(b.height)}`; })"""
COVERS = """point => {
  const at = heat.map.project(point), box = heat.map.getCanvas().getBoundingClientRect();
  const over = document.elementFromPoint(at.x + box.x, at.y + box.y);
  return over === heat.map.getCanvas() ? '' : over ? `${over.tagName} ${over.className} at ${Math.round(at.x + box.x)},${Math.round(at.y + box.y)}` : 'outside'; }"""

#: What lies over the parts that a selector finds, at their middle and near their corners.
LIES_OVER = """selector => [...document.querySelectorAll(selector)].filter(each => each.checkVisibility({visibilityProperty: true})).flatMap(each => {
    const box = each.getBoundingClientRect(), found = [];
    for (const [x, y] of [[.5, .5], [.12, .3], [.88, .3], [.12, .7], [.88, .7]]) {
      const over = document.elementFromPoint(box.x + x * box.width, box.y + y * box.height);
      if (over && !each.contains(over) && !over.contains(each)) found.push(`${over.tagName}.${over.className} over ${each.textContent.trim().slice(0, 40)}`);
    }
    return found;
  })"""


@pytest.fixture(scope="module")
def _pocket(browser, site, watched_page):
    with watched_page(browser, site, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as page:
        yield page


@pytest.fixture
def pocket(_pocket, as_map):
    """One phone for all tests of this file, put back before each."""
    atlas = as_map(_pocket)
    if "/map" in _pocket.url and atlas.state == "painted":
        _pocket.evaluate("() => { document.body.dataset.filters = ''; document.body.dataset.menu = ''; }")
        atlas.go("")
    else:
        atlas.open()
    yield atlas
    atlas.watch.check()


def wide(page):
    """By how much the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("path", ["/", "/about", "/map", f"/map?area={KINGS_HEATH}", "/map?deciles=1,2&regions=E12000005&setting=urban"])
def test_nothing_scrolls_sideways(open_page, as_map, width, path):
    """No page is wider than the screen, at 390 and at 320 pixels (400 % zoom)."""
    page = open_page(viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(path)
    if "/map" in path:
        as_map(page).settle()
        page.locator("#legend h2").wait_for(state="attached")
    else:
        page.get_by_role("heading", level=1).first.wait_for()
    as_map(page).quiet()
    assert wide(page) <= 0
    if path == "/map":
        page.locator(".map").get_by_role("button", name="What the map shows").tap()
        page.get_by_text("Add a filter").tap()
        assert wide(page) <= 0
        assert page.evaluate("(() => { const s = document.getElementById('left-sheet'); return s.scrollWidth - s.clientWidth; })()") <= 0


def test_the_map_comes_first(pocket):
    """Search, chips, map and legend stand on the first screen; controls and place are closed sheets."""
    page = pocket.page
    for part in (
        page.get_by_role("combobox", name="Find a postcode or place"),
        pocket.legend,
        page.get_by_text("Start with a place"),
        page.get_by_text("Overall deprivation 2025"),
        page.get_by_text("All of England", exact=True),
    ):
        expect(part).to_be_in_viewport()
    expect(page.locator("#series")).not_to_be_visible()
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box["width"] == 390 and box["height"] > 700


def test_the_sheet_of_filters_opens_and_closes_by_touch(pocket):
    """The round button opens it, its cross closes it; the buttons say whether it is open; a filter set there holds."""
    page = pocket.page
    opener = page.locator(".map").get_by_role("button", name="What the map shows")
    opener.tap()
    expect(page.locator("#series")).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="Only tenth 1, most deprived").tap()
    pocket.settle("?deciles=1")
    page.get_by_role("button", name="Close what the map shows").tap()
    expect(page.locator("#series")).not_to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#quick")).to_contain_text("1 filter")
    page.locator("#quick").get_by_role("button").nth(1).tap()
    expect(page.locator("#series")).to_be_visible()


def test_nothing_lies_over_the_sheet_of_filters(pocket):
    """The switch to the table and the downloads stand over the map, not over what is chosen in the sheet."""
    pocket.page.locator("button.filters").click()
    expect(pocket.page.get_by_role("button", name="Show the map")).to_be_visible()
    expect(pocket.page.get_by_role("button", name="Table", exact=True)).not_to_be_visible()
    pocket.page.get_by_role("button", name="Show the map").click()
    pocket.page.get_by_role("button", name="Table", exact=True).click()
    pocket.page.locator("button.filters").click()
    expect(pocket.page.get_by_role("button", name="Show the table")).to_be_visible()


def test_the_sheet_of_filters_by_keyboard(pocket):
    """Enter opens it, Escape closes it, and the focus does not get lost."""
    page = pocket.page
    opener = page.locator(".map").get_by_role("button", name="What the map shows")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#series")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#series")).not_to_be_visible()
    assert page.evaluate("document.activeElement !== document.body && document.activeElement.checkVisibility()")


def test_the_sheet_of_a_place(pocket):
    """Choosing opens it half; its bar says and changes the height by touch and keyboard; its cross closes it."""
    page = pocket.page
    pocket.go(f"?area={KINGS_HEATH}")
    expect(pocket.title).to_be_in_viewport()
    expect(pocket.panel).to_contain_text("Furthest towards the deprived end:")
    bar = page.get_by_role("button", name="Show more or less of this place")
    tall = lambda: pocket.panel.bounding_box()["height"]  # noqa: E731
    pocket.wait(lambda: 330 < tall() < 420, "half", tall)
    expect(bar).to_have_attribute("aria-expanded", "false")
    bar.tap()
    pocket.wait(lambda: tall() > 650, "full", tall)
    expect(bar).to_have_attribute("aria-expanded", "true")
    bar.focus()
    page.keyboard.press("Enter")
    pocket.wait(lambda: tall() < 420, "half again", tall)
    page.get_by_role("button", name="Close this place").tap()
    expect(pocket.title).to_have_count(0)
    pocket.wait(lambda: tall() < 120, "closed", tall)


def test_the_whole_story_can_be_read(pocket):
    """In the full sheet the last line of the panel can be scrolled to."""
    pocket.go(f"?area={KINGS_HEATH}")
    bar = pocket.page.get_by_role("button", name="Show more or less of this place")
    bar.tap()
    last = pocket.page.get_by_role("button", name="Copy a link to this screen")
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    bar.tap()


def test_half_a_sheet_can_be_read_on(pocket):
    """What does not fit into the half sheet can be scrolled to, without opening it fully."""
    pocket.go(f"?area={KINGS_HEATH}")
    expect(pocket.title).to_be_visible()
    can = pocket.page.evaluate("(() => { const p = document.getElementById('panel'); return getComputedStyle(p).overflowY; })()")
    assert can in ("auto", "scroll")


@pytest.mark.parametrize("code", [KINGS_HEATH, MIDDLESBROUGH])
@pytest.mark.parametrize("way", ["search", "link"])
def test_a_chosen_place_is_never_covered(open_page, as_map, truth, code, way):
    """Searched for or linked to, the place lies clear of sheet, legend, search and chips."""
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    atlas = as_map(page).open("" if way == "search" else f"?area={code}")
    if way == "search":
        box = page.get_by_role("combobox", name="Find a postcode or place")
        box.fill(code)
        expect(page.locator("[role=option]")).to_have_count(1)
        page.locator("[role=option]").tap()
    expect(atlas.title).to_be_visible()
    expect(atlas.holder).to_have_attribute("data-chosen", code)
    atlas.quiet()
    atlas.rest()
    atlas.wait(
        lambda: page.evaluate(COVERS, list(truth.point(code))) == "",
        "a place in sight",
        lambda: page.evaluate(COVERS, list(truth.point(code))),
    )


def test_a_touch_chooses_at_once(pocket, truth):
    """One tap on an area opens it; no tooltip is needed, and the place tapped stays in sight."""
    pocket.look(truth.point(KINGS_HEATH), 12)
    pocket.page.touchscreen.tap(*pocket.at(truth.point(KINGS_HEATH)))
    expect(pocket.title).to_have_text("Kings Heath Park & Stirchley East")
    assert pocket.asked["area"] == KINGS_HEATH
    pocket.stand()
    pocket.wait(
        lambda: pocket.page.evaluate(COVERS, list(truth.point(KINGS_HEATH))) == "",
        "a place in sight",
        lambda: pocket.page.evaluate(COVERS, list(truth.point(KINGS_HEATH))),
    )


def test_a_place_chosen_below_the_sheet_is_moved_clear(pocket, truth):
    """A tap in the lower half of the map: the sheet would cover the place, so the map makes room."""
    longitude, latitude = truth.point(KINGS_HEATH)
    pocket.look((longitude, latitude + 0.025), 12)
    x, y = pocket.at((longitude, latitude))
    assert y > 480
    pocket.page.touchscreen.tap(x, min(y, 690))
    expect(pocket.title).to_be_visible()
    code = pocket.asked["area"]
    pocket.stand()
    pocket.wait(
        lambda: pocket.page.evaluate(COVERS, list(truth.point(code))) == "",
        "a place in sight",
        lambda: pocket.page.evaluate(COVERS, list(truth.point(code))),
    )


@pytest.mark.parametrize(
    "query, opened",
    [
        ("", ""),
        (f"?area={KINGS_HEATH}", ""),
        ("?deciles=1&setting=urban", "filters"),
        ("", "menu"),
        ("?deciles=1&authorities=E08000025&setting=rural", ""),
        ("?show=table", ""),
        (f"?show=table&area={KINGS_HEATH}", ""),
    ],
)
def test_targets_are_large_enough_to_touch(pocket, query, opened):
    """Every button, link and field in sight is 44 px or more both ways, but for links in a sentence."""
    pocket.go(query)
    if opened == "filters":
        pocket.page.locator(".map").get_by_role("button", name="What the map shows").tap()
        pocket.page.get_by_text("Add a filter").tap()
    elif opened:
        pocket.page.get_by_role("button", name="Menu").tap()
    if "area" in query:
        expect(pocket.title).to_be_visible()
    assert pocket.page.evaluate(TOO_SMALL, SMALL_FOR_A_REASON) == []
    if opened == "filters":
        pocket.page.get_by_text("Add a filter").tap()


@pytest.mark.parametrize(
    "path", ["/", "/about", "/layers", f"/place/{KINGS_HEATH}", f"/place/{KINGS_HEATH}?for=young", "/place/E08000025", "/projects/share"]
)
def test_links_that_stand_alone_are_large_enough_to_touch(open_page, as_map, path):
    """The whole page down: breadcrumbs, the footer's ways, the numbers to ring, all 44 px high; but for links in a sentence."""
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(path)
    expect(page.locator("#first")).to_have_count(0)
    page.locator("h1, #place-title").first.wait_for()
    as_map(page).quiet()
    small = set()
    for top in range(0, page.evaluate("document.documentElement.scrollHeight"), 600):
        page.evaluate(f"scrollTo(0, {top})")
        small |= set(page.evaluate(TOO_SMALL, SMALL_FOR_A_REASON))
    assert small == set()


@pytest.mark.parametrize("path", [f"/place/{KINGS_HEATH}", f"/place/{KINGS_HEATH}/leaflet", "/layers", "/map", "/", "/projects/share"])
@pytest.mark.parametrize("width", [320, 390, 1366])
def test_the_focus_goes_down_the_page_as_the_eye_does(open_page, as_map, path, width):
    """Tab never jumps back up within a column: the order in the document is the order on the screen."""
    page = open_page(viewport={"width": width, "height": 844}, has_touch=width < 768, is_mobile=width < 768)
    page.goto(path)
    expect(page.locator("#first")).to_have_count(0)
    page.locator("h1, #place-title").first.wait_for(state="attached")
    as_map(page).quiet()
    stops = []
    for _ in range(14 if path != "/map" else 6):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(() => { const e = document.activeElement, b = e.getBoundingClientRect(); return [e.id || e.textContent.trim().slice(0,"
                " 25) || e.className, b.top + scrollY, b.bottom + scrollY, b.left, b.right]; })()"
            )
        )
    jumps = [
        (one[0], other[0])
        for one, other in itertools.pairwise(stops)  # the skip link stands anywhere
        if other[2] <= one[1] + 1 and min(one[4], other[4]) - max(one[3], other[3]) > 1  # ends above it, in the same column
    ]
    assert jumps == []


@pytest.mark.parametrize("typed, title", [("b146re", "Kings Heath Park & Stirchley East"), ("Middlesbrough", "Middlesbrough")])
def test_the_search_works(pocket, typed, title):
    """A postcode and a name lead to the place, in sight above the sheet."""
    box = pocket.page.get_by_role("combobox", name="Find a postcode or place")
    box.fill(typed)
    expect(pocket.page.locator("[role=option]").first).to_be_visible()
    pocket.page.locator("[role=option]").first.tap()
    expect(pocket.title).to_have_text(re.compile(f"^{re.escape(title)}"))
    pocket.page.get_by_role("button", name="Clear", exact=True).tap()


def test_nothing_lies_over_what_the_reader_has_asked_for(pocket):
    """The suggestions and the message of the search, the open menu and the list of downloads are all in sight, sheet or none."""
    page = pocket.page
    box = page.get_by_role("combobox", name="Find a postcode or place")
    for query in ("", f"?area={KINGS_HEATH}"):
        pocket.go(query)
        box.fill("kings heath")
        expect(page.locator("[role=option]").first).to_be_visible()
        assert page.evaluate(LIES_OVER, ".find [role=option]:nth-child(-n+5)") == []
        box.fill("xyzzyx")
        box.press("Enter")
        expect(page.locator(".search-message .msg")).to_be_visible()
        assert page.evaluate(LIES_OVER, ".search-message .msg") == []
        page.get_by_role("button", name="Clear", exact=True).tap()
        page.get_by_role("button", name="Menu").tap()
        assert page.evaluate(LIES_OVER, ".nav a") == []
        page.get_by_role("button", name="Menu").tap()
        page.locator("#downloads").tap()
        assert page.evaluate(LIES_OVER, ".downloads .picker-list > *") == []
        page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "height"), [(740, 360), (667, 375), (844, 390), (683, 384)])
@pytest.mark.parametrize("query", ["", f"?area={KINGS_HEATH}", "?layer=far_gp2026_england_lsoa21&deciles=1"])
def test_on_its_side_legend_credit_and_place_are_in_sight(open_page, as_map, width, height, query):
    """A phone on its side and a screen at 200 %: nothing of the map is below the edge, and nothing lies over it."""
    page = open_page(viewport={"width": width, "height": height}, has_touch=width < 845)
    atlas = as_map(page).open(query)
    assert page.evaluate("[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]") == [
        0,
        0,
    ]
    for part in (atlas.legend, page.get_by_role("link", name="All credits"), page.get_by_role("button", name="Table", exact=True)):
        expect(part).to_be_in_viewport(ratio=1)
    assert page.evaluate(LIES_OVER, "#legend, #credit, .views, #downloads, .find input, .zoom button") == []
    if "area" in query:
        expect(atlas.title).to_be_in_viewport(ratio=1)
        assert page.evaluate(LIES_OVER, "#place-title") == []
    page.get_by_role("button", name="Table", exact=True).click()
    row = "#table tbody tr:nth-child(3)"
    expect(page.locator(row)).to_have_count(1)
    atlas.quiet()

    def covered():
        return page.evaluate(
            f"(document.querySelector('{row} button').scrollIntoView({{block: 'center'}}), {LIES_OVER})('{row} :is(button, .value div)')"
        )

    atlas.wait(lambda: covered() == [], "a row in sight", covered)


@pytest.mark.parametrize("width", [320, 390, 820])
def test_credit_and_chips_are_never_cut(open_page, as_map, width):
    """However long the author, "All credits" is in sight, and so are the chips."""
    page = open_page(viewport={"width": width, "height": 844}, has_touch=True)
    atlas = as_map(page).open(f"?layer=far_gp2026_england_lsoa21&area={KINGS_HEATH}")
    page.locator("#credit > span").first.evaluate(
        "e => { e.textContent = 'Source: Year 11 of the Wellbeing Academy of Middlesbrough and Redcar; ' + e.textContent; }"
    )
    inside = """query => [...document.querySelectorAll(query)].filter(each => each.checkVisibility()).map(each => each.getBoundingClientRect())
      .filter(box => box.left < 0 || box.right > innerWidth).length"""
    expect(page.get_by_role("link", name="All credits")).to_be_in_viewport(ratio=1)
    assert page.evaluate(LIES_OVER, "#credit a") == []
    assert page.evaluate(inside, "#credit a, #legend, .quick .chip") == 0
    assert atlas.legend.bounding_box()["y"] + atlas.legend.bounding_box()["height"] <= page.locator("#credit").bounding_box()["y"] + 1


def test_a_phones_legend_says_unit_and_direction(pocket):
    """Of an amount, a kind and a share the legend says on a phone too what its boxes hold and which end is worse."""
    for query, words in (
        ("?layer=far_gp2026_england_lsoa21", "numbers are km, straight line; darker = more = worse"),
        ("?layer=rural_urban2021_england_lsoa21", "darker = nearer to town; neither better nor worse"),
        ("?layer=imd_moved2025_england_lsoa21", "brown = towards the most deprived end"),
        ("?level=lad", "darker = more"),
        ("", "most deprived"),
    ):
        pocket.go(query)
        expect(pocket.legend.locator(":visible").get_by_text(words).first).to_be_visible()


def test_one_finger_zooms(pocket):
    """+ and − are there for who cannot pinch."""
    before = pocket.camera["zoom"]
    pocket.page.get_by_role("button", name="Zoom in").tap()
    pocket.wait(lambda: pocket.camera["zoom"] > before + 0.9, "a closer look", lambda: pocket.camera)
    pocket.page.get_by_role("button", name="Zoom out").tap()
    pocket.wait(lambda: pocket.camera["zoom"] < before + 0.1, "a wider look", lambda: pocket.camera)


def test_the_menu(pocket):
    """The ways to the other pages open and close, by touch and by Escape."""
    menu = pocket.page.get_by_role("button", name="Menu")
    ways = pocket.page.get_by_role("navigation", name="Pages")
    expect(ways).not_to_be_visible()
    menu.tap()
    expect(ways.get_by_role("link", name="About")).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "true")
    pocket.page.keyboard.press("Escape")
    expect(ways).not_to_be_visible()
