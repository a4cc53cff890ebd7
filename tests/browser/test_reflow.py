"""Enlarged and spread out: nothing scrolls sideways at 400 % zoom, wider spacing of text cuts nothing, forced colours keep signs."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

KINGS_HEATH, BIRMINGHAM = "E01008966", "E08000025"
STATES = ["", f"?area={KINGS_HEATH}", "?show=table", f"?show=table&deciles=1,2&authorities={BIRMINGHAM}&area={KINGS_HEATH}"]
#: WCAG 1.4.12.
SPREAD = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em"
    " !important; }"
)
#: Two frames on: styles are applied, and what watches sizes has answered.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
#: Elements with text of their own that a box without scrolling cuts off. Charts are left out: their caption says the same.
CUT = """() => [...document.querySelectorAll('body *')].filter(each => {
    if (!each.checkVisibility({visibilityProperty: true}) || each.closest('.vh, .maplibregl-map, svg, script, noscript')) return false;
    if (![...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) return false;
    if (each.matches(':is(.find, .place-search) .label')) return false;  // only for screen readers
    const range = document.createRange();
    range.selectNodeContents(each);
    const text = range.getBoundingClientRect();
    if (!text.width) return false;
    for (let box = each; box && box !== document.body; box = box.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(box), edge = box.getBoundingClientRect();
      if (/auto|scroll/.test(overflowX + overflowY)) return false;
      if (/hidden|clip/.test(overflowX) && (text.left < edge.left - 1 || text.right > edge.right + 1)) return true;
      if (/hidden|clip/.test(overflowY) && (text.top < edge.top - 1 || text.bottom > edge.bottom + 1)) return true;
    }
    return false;
  }).map(each => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 50)}`)"""


def open_at(open_page, as_map, query, width, height, **more):
    """The map page in a window of that size, with its words."""
    page = open_page(viewport={"width": width, "height": height}, **more)
    atlas = as_map(page).open(query)
    if "area" in query:
        expect(atlas.title).to_have_count(1)
    return page


@pytest.mark.parametrize("query", STATES)
def test_at_400_percent_all_can_be_reached_by_scrolling_one_way(open_page, as_map, query):
    """1280 x 1024 enlarged four times: the page scrolls downwards only, and its parts do not lie over one another."""
    page = open_at(open_page, as_map, query, 320, 256)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("document.documentElement.scrollHeight") >= 600
    for name in ("Table", "Map"):
        button = page.get_by_role("button", name=name, exact=True)
        if button.is_visible():
            button.click()
            break
    else:
        pytest.fail("the switch cannot be pressed")


@pytest.mark.parametrize("query", STATES)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_wider_spacing_cuts_no_text(open_page, as_map, query, width, height):
    """With the spacing of WCAG 1.4.12 every word can still be read or scrolled to."""
    page = open_at(open_page, as_map, query, width, height)
    page.add_style_tag(content=SPREAD)
    page.evaluate(DRAWN)
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


PAGES = ["/", "/about", "/layers", "/layers?layer=far_gp2026_england_lsoa21", f"/place/{KINGS_HEATH}", f"/place/{KINGS_HEATH}?for=young",
         f"/place/{BIRMINGHAM}", f"/place/{KINGS_HEATH}/leaflet", "/projects", f"/projects?near={KINGS_HEATH}", "/project/kingston-poverty-screening", "/projects/need",
         "/projects/share", "/projects/edit", "/projects/review", "/map", "/map?layer=far_gp2026_england_lsoa21"]  # fmt: skip
#: Words that lie over words of another part, in one line of the reader's eye: nothing may.
OVER = """() => {
    const parts = [...document.querySelectorAll('.head .brand, .head .btn, .quick .chip, .views, .seg > *, .start h2, .place-title h1, .leaflet-bar .btn')]
      .filter(each => each.checkVisibility({visibilityProperty: true})).map(each => [each, each.getBoundingClientRect()]);
    return parts.flatMap(([one, a], i) => parts.slice(i + 1).filter(([other, b]) => !one.contains(other) && !other.contains(one)
      && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2)
      .map(([other]) => `${one.className} ${one.textContent.trim().slice(0, 20)} and ${other.className} ${other.textContent.trim().slice(0, 20)}`));
  }"""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (740, 360)])
def test_wider_spacing_on_a_phone_breaks_no_page(open_page, as_map, path, width, height):
    """On every page nothing is cut, nothing lies over another part, and nothing scrolls sideways."""
    page = open_page(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    page.goto(path)
    page.locator("#page :is(h1, #legend h2)").first.wait_for(state="attached")
    expect(page.locator("#first")).to_have_count(0)
    as_map(page).quiet()
    page.add_style_tag(content=SPREAD)
    page.evaluate(DRAWN)
    assert page.evaluate(CUT) == []
    assert page.evaluate(OVER) == []
    wide = (
        "[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.vh, .scroll, #heat-map, .skip, svg') &&"
        " e.getBoundingClientRect().right > innerWidth + 1).map(e => `${e.tagName}.${e.className}"
        " ${Math.round(e.getBoundingClientRect().right)}`).slice(0, 12)"
    )
    assert page.evaluate(wide) == []


LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung"


@pytest.mark.parametrize("width", [1366, 820, 390, 320])
@pytest.mark.parametrize(
    ("path", "titles"),
    [
        (
            "/map?deciles=1&area=E01008966&layer=far_gp2026_england_lsoa21",
            "#series-now, #legend h2, #question, #chips .chip, .quick .chip.on, #place-title, .shown, #credit > span",
        ),
        ("/map?show=table", "#table caption b, #table tbody b"),
        ("/layers?layer=far_gp2026_england_lsoa21", "#layer-title, #layers-card .l, #layers-card dd, #layers-list a"),
        (f"/place/{KINGS_HEATH}", "#place-title, .story p, .crumbs a"),
    ],
)
def test_a_title_of_one_long_word_bursts_nothing(open_page, as_map, path, titles, width):
    """A learner's title may be any word: it breaks, and every box stays in its place."""
    page = open_page(viewport={"width": width, "height": 844})
    page.goto(path)
    for title in titles.split(", "):
        page.locator(title).first.wait_for(state="attached")
    expect(page.locator("#first")).to_have_count(0)  # what stood there before the page was whole is about to go
    as_map(page).quiet()
    page.evaluate("([titles, word]) => document.querySelectorAll(titles).forEach(each => { each.textContent = word; })", [titles, LONG])
    out = """titles => [...document.querySelectorAll(titles)].filter(each => each.checkVisibility()).filter(each => {
        const range = document.createRange(), box = each.parentElement.getBoundingClientRect();
        range.selectNodeContents(each);
        return range.getBoundingClientRect().right > Math.min(box.right, innerWidth) + 1;
      }).map(each => `${each.tagName}.${each.className} ${Math.round(each.getBoundingClientRect().right)}`)"""
    assert page.evaluate(out, titles) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("width", [768, 820, 844, 960, 1024])
@pytest.mark.parametrize("spread", ["a {}", SPREAD], ids=["as it is", "spread"])
def test_the_menu_breaks_no_word(open_page, width, spread):
    """On a tablet and on a phone on its side each way is one line, inside the window."""
    page = open_page(viewport={"width": width, "height": 600})
    page.goto("/about")
    page.add_style_tag(content=spread)
    ways = page.evaluate("""() => [...document.querySelectorAll('.nav a')].map(each => { const range = document.createRange();
      range.selectNodeContents(each); return [each.textContent, range.getClientRects().length, range.getBoundingClientRect().right < innerWidth]; })""")
    assert len(ways) == 7 and [way for way in ways if way[1:] != [1, True]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_forced_colours_keep_signs_and_choices(open_page, as_map):
    """What is pressed differs from what is not; signs drawn as masks are there; tenths keep their colours."""
    page = open_at(open_page, as_map, "?show=table", 1440, 900, forced_colors="active")
    look = lambda query: page.locator(query).first.evaluate("e => getComputedStyle(e).backgroundColor")  # noqa: E731
    assert look("#groups [aria-pressed=true]") != look("#groups [aria-pressed=false]")
    assert look(".views [aria-pressed=true]") != look(".views [aria-pressed=false]")
    marks = page.locator("#groups button").evaluate_all("all => all.map(each => getComputedStyle(each).textDecorationLine)")
    assert sorted(marks) == ["none", "underline"], "the chosen one is told by more than a colour"
    assert look("#downloads .ico") != look("#downloads")
    assert look("#table .step") == "rgb(16, 28, 68)"


@pytest.mark.parametrize("width", [911, 945, 980])
def test_beside_a_place_every_part_of_england_can_be_pressed(open_page, as_map, width):
    """At these widths the tools of the map came to lie over the last of them."""
    page = open_page(viewport={"width": width, "height": 800})
    as_map(page).open("?area=E01008966")
    for name in ("England", "London", "Birmingham"):
        page.locator("[data-go]", has_text=name).click(trial=True)  # fails if something lies over it


def test_forced_colours_keep_the_pages_of_projects(open_page):
    """The nine boxes keep the colours of their map; where one is differs from the ways elsewhere; signs on buttons are seen."""
    page = open_page(viewport={"width": 1440, "height": 900}, forced_colors="active")
    look = lambda query: page.locator(query).first.evaluate("e => getComputedStyle(e).backgroundColor")  # noqa: E731
    page.goto("/projects/need")
    expect(page.locator(".nine")).to_be_visible()
    colours = page.locator(".nine td:has(a)").evaluate_all("all => all.map(each => getComputedStyle(each).backgroundColor)")
    assert len(colours) == len(set(colours)) == 9
    assert look(".ways [aria-current]") != look(".ways a:not([aria-current])")
    page.goto("/projects")
    expect(page.locator("#view-cards")).to_be_visible()
    assert look(".seg [aria-current]") != look(".seg a:not([aria-current])")
    for sign in (".prj-head .btn .ico", ".seg [aria-current] .ico", ".seg a:not([aria-current]) .ico"):
        assert look(sign) != look(sign.removesuffix(" .ico")), sign


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/", "/about", "/layers", "/compare", f"/place/{KINGS_HEATH}"])
def test_the_foot_stands_under_the_page(open_page, path, width):
    """The credits begin where the page's own words do."""
    page = open_page(viewport={"width": width, "height": 900})
    page.goto(path)
    expect(page.locator("#first")).to_have_count(0)
    left = "each => each.getBoundingClientRect().left + parseFloat(getComputedStyle(each).paddingLeft)"
    assert page.locator(".foot .credit").evaluate(left) == pytest.approx(page.locator(".page").first.evaluate(left), abs=1)
