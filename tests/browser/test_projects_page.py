"""Projects in the browser: found by filters, by words that stay here and from a place; on both maps; one read, and told to be out of
date."""

import csv
import io
import re

import pytest
from accessibility import faults
from folded import FOLDED
from screens import fits

expect = pytest.importorskip("playwright.sync_api").expect
BIRMINGHAM, LONDON, KINGS_HEATH, CORNWALL = "E08000025", "E12000007", "E01008966", "E06000052"
KINGSTON = "kingston-poverty-screening"


def is_phone(page):
    """Whether this is the small size."""
    return page.viewport_size["width"] < 768


def drawn(page):
    """The page's map, once it is drawn."""
    place = page.locator("[data-heat-map]")
    expect(place).to_have_attribute("data-state", "drawn", timeout=30_000)
    return place


def cards(page):
    """The cards in sight."""
    return page.locator("#projects-cards .prj-card:visible")


def count(page):
    """How many there are, as the page says."""
    return page.locator("#projects-count")


def star(page, n=0):
    """Where a spot of the projects' map stands in the window."""
    return page.evaluate(
        """n => { const place = document.querySelector('[data-heat-map]'), box = place.getBoundingClientRect(), map = place.heatMap;
          const spots = JSON.parse(place.dataset.heatMap).points.spots.map(([lng, lat]) => map.project([lng / 1e5, lat / 1e5]))
            .filter(({ x, y }) => x > 0 && y > 0 && x < box.width && y < box.height);
          return { x: box.left + spots[n].x, y: box.top + spots[n].y }; }""",
        n,
    )


# ---- the list ----


@pytest.mark.parametrize(
    "query",
    ["", f"?place={LONDON}&theme=income_and_advice", f"?near={KINGS_HEATH}", "?view=table", f"?place={CORNWALL}&theme=food"],
    ids=["all", "filtered", "near", "table", "empty"],
)
def test_axe_finds_nothing(sized, query):
    """As it opens and with all filters unfolded; nothing sideways."""
    page = sized
    page.goto(f"/projects{query}")
    expect(page.get_by_role("heading", name="Who is doing what about it?")).to_be_visible()
    if "table" not in query:
        drawn(page)
    assert fits(page) and faults(page) == []
    if page.locator("#projects-more").count():
        page.locator("#projects-more").click()
    opener = page.locator("#filter-theme")
    opener.click()
    assert fits(page) and faults(page) == []
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_filters_stand_in_the_address(sized):
    """Chosen, taken off by their chip, gone back to; the map stays the same and holds what was found."""
    page = sized
    page.goto("/projects")
    drawn(page)
    page.evaluate("document.querySelector('[data-heat-map]').heatMap.kept = true")
    page.locator("#filter-theme").click()
    page.get_by_role("link", name=re.compile(r"^Food \d")).click()
    expect(page).to_have_url(re.compile(r"/projects\?theme=food$"))
    expect(page.locator("#filter-theme")).to_be_focused()
    chip = page.get_by_role("link", name="Food (take off)")
    expect(chip).to_be_visible()
    few = int(re.search(r"\d+", count(page).inner_text())[0])
    expect(page.locator("#projects-cards .prj-card")).to_have_count(few)
    told = page.evaluate("[document.querySelectorAll('.maplibregl-canvas').length, document.querySelector('[data-heat-map]').heatMap.kept]")
    assert told == [1, True]
    chip.click()
    expect(page).to_have_url(re.compile(r"/projects$"))
    page.go_back()
    expect(count(page)).to_have_text(re.compile(rf"^{few} project"))
    page.get_by_role("link", name="Clear all").click()
    expect(page).to_have_url(re.compile(r"/projects$"))


def test_an_area_by_the_form(desktop):
    """Chosen from the list by keyboard; the address holds it, the map goes there."""
    desktop.goto("/projects?theme=early_help")
    desktop.get_by_label("In which area?").select_option(label="Birmingham")
    desktop.get_by_label("In which area?").focus()
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_role("button", name="Show")).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(desktop).to_have_url(re.compile(rf"/projects\?theme=early_help&place={BIRMINGHAM}$"))
    expect(count(desktop)).to_have_text("2 projects")
    drawn(desktop)
    desktop.get_by_label("In which area?").select_option(label="All of England")
    desktop.get_by_role("button", name="Show").click()
    expect(desktop).to_have_url(re.compile(r"/projects\?theme=early_help$"))


def test_what_is_typed_stays_here(sized):
    """Words hide cards; a postcode is told where it belongs; nothing of either is in an address or a request."""
    page = sized
    page.goto("/projects")
    box = page.get_by_label("Search their words")
    box.fill("LEAFLET")
    expect(count(page)).to_have_text(re.compile(r"^\d of 24 projects$"))
    expect(page.get_by_role("button", name=re.compile("^Show all"))).to_be_hidden()
    page.locator("#filter-theme").click()
    page.get_by_role("link", name=re.compile(r"^Asking about poverty \d")).click()
    expect(page.get_by_label("Search their words")).to_have_value("LEAFLET")
    expect(count(page)).to_have_text(re.compile(r"^\d of \d projects$"))
    page.get_by_label("Search their words").fill("B14 6RE")
    expect(page.get_by_text("That looks like a postcode.")).to_be_visible()
    expect(page.get_by_text("No project here has these words.")).to_be_visible()
    asked = [f"{request.url} {request.post_data or ''}" for request in page.watch.requests]
    assert not [each for each in asked if re.search("leaflet[^a-z.]|6RE", each, re.IGNORECASE) and "/leaflet" not in each]
    assert "6RE" not in page.url and "leaflet" not in page.url.lower()


def test_a_text_is_searched_as_in_the_api(desktop):
    """The same rule as in Python, by the same table; what a phone types is found; signs alone never find everything."""
    desktop.goto("/projects")
    box = desktop.get_by_label("Search their words")
    expect(box).to_be_visible()
    assert desktop.evaluate("texts => texts.map(heat.fold)", list(FOLDED)) == list(FOLDED.values())
    box.fill("children's")
    expect(count(desktop)).to_have_text(re.compile(r"^[1-9]\d* of 24 projects$"))
    typed_plainly = count(desktop).inner_text()
    box.fill("")
    expect(count(desktop)).to_have_text("24 projects")
    box.fill("children’s")
    expect(count(desktop)).to_have_text(typed_plainly)
    for nothing in ("食", "\u0301", "?!?"):
        box.fill(nothing)
        expect(count(desktop)).to_have_text("0 of 24 projects")


def test_nearest_to_a_postcode(sized):
    """Only the code of its neighbourhood goes into the address; distances stand on the cards."""
    page = sized
    page.goto("/projects")
    page.get_by_label("Nearest first to a postcode or place").fill("B14 6RE")
    page.get_by_label("Nearest first to a postcode or place").press("Enter")
    expect(page).to_have_url(re.compile(r"/projects\?near=E01\d{6}$"))
    expect(cards(page).first).to_contain_text(re.compile(r"Early help in the emergency department.* km", re.DOTALL))
    expect(page.get_by_role("heading", name=re.compile("^In places like "))).to_be_visible()
    assert not page.watch.urls("6RE") and fits(page)


def test_more_are_shown_by_a_press(sized):
    """Twelve at once, six on a phone; the focus goes on to the first that comes."""
    page = sized
    page.goto("/projects")
    some = 6 if is_phone(page) else 12
    expect(cards(page)).to_have_count(some)
    page.get_by_role("button", name="Show all 24").click()
    expect(cards(page)).to_have_count(24)
    assert page.evaluate("document.activeElement.closest('.prj-card') === document.querySelectorAll('.prj-card')[" + str(some) + "]")


def test_nothing_found_leads_on(desktop):
    """From an empty place to the nearest."""
    desktop.goto(f"/projects?place={CORNWALL}")
    expect(desktop.get_by_text("No project is recorded in Cornwall yet.")).to_be_visible()
    desktop.get_by_role("link", name="The nearest to Cornwall").click()
    expect(desktop).to_have_url(re.compile(f"near={CORNWALL}$"))
    expect(cards(desktop).first).to_contain_text(" km")


def test_the_table_and_the_file(desktop):
    """The same as rows, and as a CSV."""
    desktop.goto(f"/projects?place={LONDON}")
    desktop.get_by_role("link", name="Table").click()
    expect(desktop).to_have_url(re.compile("view=table"))
    table = desktop.get_by_role("table", name="Projects in London")
    with desktop.expect_download() as download:
        desktop.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert table.get_by_role("row").count() == len(rows)


# ---- the map of the list ----


def test_a_star_leads_to_its_project(desktop):
    """Pointing names it, pressing keeps that with a link, Escape lets go."""
    desktop.goto(f"/projects?near={KINGS_HEATH}")
    place = drawn(desktop)
    spot = star(desktop)
    desktop.mouse.move(spot["x"], spot["y"])
    tip = place.locator(".tip")
    expect(tip).to_contain_text("Early help in the emergency department")
    desktop.mouse.click(spot["x"], spot["y"])
    expect(tip.get_by_role("link")).to_be_focused()
    desktop.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    desktop.mouse.click(spot["x"], spot["y"])
    tip.get_by_role("link").click()
    desktop.wait_for_url(re.compile(rf"/project/bch-early-help-ed\?area={KINGS_HEATH}$"))


def test_stars_that_lie_together_come_apart(desktop):
    """A count goes nearer; those at one site stay together and are named one by one."""
    desktop.goto("/projects")
    drawn(desktop)
    before = desktop.evaluate("document.querySelector('[data-heat-map]').heatMap.getZoom()")
    at = desktop.evaluate("""() => { const place = document.querySelector('[data-heat-map]'), box = place.getBoundingClientRect();
          const { x, y } = place.heatMap.project(place.heatMap.queryRenderedFeatures({ layers: ['clusters'] })[0].geometry.coordinates);
          return { x: box.left + x, y: box.top + y }; }""")
    desktop.mouse.click(at["x"], at["y"])
    desktop.wait_for_function("before => document.querySelector('[data-heat-map]').heatMap.getZoom() > before", arg=before)


def test_a_browser_without_webgl(desktop):
    """A sentence takes the map's place; the cards stand, filters too."""
    desktop.add_init_script(
        "HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, { apply: (get, canvas, asked) =>"
        " (/webgl/.test(asked[0]) ? null : Reflect.apply(get, canvas, asked)) });"
    )
    desktop.goto("/projects")
    expect(desktop.get_by_text("This browser cannot draw the map")).to_be_visible()
    desktop.locator("#filter-theme").click()
    desktop.get_by_role("link", name=re.compile(r"^Food \d")).click()
    expect(desktop.get_by_role("link", name="Food (take off)")).to_be_visible()


# ---- one project ----


@pytest.mark.parametrize(
    "path", [f"/project/{KINGSTON}", f"/project/north-mid-poverty-pandemic?area={KINGS_HEATH}", "/project/wham-begin-guide"]
)
def test_axe_finds_nothing_on_a_project(sized, path):
    """With all unfolded; nothing sideways; no request to another server."""
    page = sized
    page.goto(path)
    expect(page.get_by_role("heading", name="Projects like this one")).to_be_visible()
    for opener in page.locator("main summary:visible").all():
        opener.click()
    assert fits(page) and faults(page) == []


def test_from_a_card_to_its_page_and_on(desktop):
    """By keyboard: the card's link, one like it, the place round it."""
    desktop.goto("/projects?theme=poverty_screening")
    desktop.get_by_role("link", name="Fighting child poverty in clinical practice", exact=True).press("Enter")
    desktop.wait_for_url(f"**/project/{KINGSTON}")
    expect(desktop).to_have_title("Fighting child poverty in clinical practice · WHAM HeatMap")
    expect(desktop.get_by_role("navigation", name="Pages").get_by_role("link", name="Projects")).to_be_visible()
    desktop.get_by_role("link", name="Kingston Hill").click()
    desktop.wait_for_url("**/place/E01002954")


def test_it_is_out_of_date(desktop):
    """Too short is told at the field; sent, it says thanks and readers see that somebody said so."""
    desktop.goto("/project/royal-free-support-hub")
    desktop.get_by_role("link", name="This is out of date").click()
    why = desktop.get_by_label("What is no longer right?")
    desktop.get_by_role("button", name="Send").click()
    expect(desktop.get_by_text("Say in a few words what is no longer right.")).to_be_visible()
    why.fill("The hub has moved.")
    desktop.get_by_role("button", name="Send").click()
    expect(desktop.get_by_text("Thank you. Its team or a reviewer will look at it.")).to_be_focused()
    expect(why).to_be_hidden()
    desktop.reload()
    expect(desktop.get_by_text(re.compile("^A reader said on .* that this is out of date"))).to_be_visible()


@pytest.mark.parametrize("fault", ["away", "full"])
def test_a_report_that_cannot_be_sent_is_kept(desktop, fault):
    """The server's sentence, or ours; what was written stays."""
    desktop.watch.expect("507|ERR_|request failed")
    answer = {
        "away": lambda route: route.abort(),
        "full": lambda route: route.fulfill(status=507, json={"detail": "There is no room left."}, headers={"Heatmap-Release": "any"}),
    }
    desktop.goto(f"/project/{KINGSTON}")
    desktop.route("**/out-of-date", answer[fault])
    desktop.get_by_label("What is no longer right?").fill("It has ended.")
    desktop.get_by_role("button", name="Send").click()
    said = "Our server cannot be reached. What you wrote is still here" if fault == "away" else "There is no room left."
    expect(desktop.get_by_text(said)).to_be_visible()
    expect(desktop.get_by_label("What is no longer right?")).to_have_value("It has ended.")


def test_an_unknown_project_is_404(desktop):
    """It may be mistyped, or have been withdrawn; and the ways on."""
    desktop.watch.expect("404")
    assert desktop.goto("/project/nothing-of-the-kind").status == 404
    expect(desktop.get_by_role("heading", name="We have no project at this address")).to_be_visible()
    expect(desktop.get_by_text("The link may be mistyped, or the project may have been withdrawn by its team")).to_be_visible()
    desktop.get_by_role("link", name="All projects").click()
    expect(desktop.get_by_role("heading", name="Who is doing what about it?")).to_be_visible()


def test_a_long_word_stays_in_its_column(desktop):
    """The other columns of the table keep their place."""
    desktop.goto("/projects?view=table")
    row = desktop.get_by_role("row").nth(1)
    link = row.get_by_role("rowheader").get_by_role("link")
    before = desktop.evaluate("link => link.closest('table').scrollWidth", link.element_handle())
    after = desktop.evaluate(
        "link => { link.textContent = 'w'.repeat(200); return link.closest('table').scrollWidth; }", link.element_handle()
    )
    assert after <= before + 1


def test_long_words_stay_in_their_box(sized):
    """On a project's page: its title, its lists, its facts."""
    sized.goto(f"/project/{KINGSTON}")
    expect(sized.get_by_role("heading", name="At a glance")).to_be_visible()
    sized.evaluate(
        "document.querySelectorAll('.prj-one :is(h1 span, .prj-list-of a, .dots span, .facts dd span)').forEach((one) => { one.textContent"
        " = 'w'.repeat(200); })"
    )
    assert fits(sized)


# ---- the ways to it ----


def test_the_ways_to_projects(desktop):
    """From the front page, the header and a place's page."""
    desktop.goto("/")
    desktop.get_by_role("link", name="Find projects").click()
    expect(desktop.get_by_role("navigation", name="Pages").get_by_role("link", name="Projects")).to_have_attribute("aria-current", "page")
    desktop.goto(f"/place/{KINGS_HEATH}")
    section = desktop.get_by_role("region", name="Who is acting near here")
    expect(section.get_by_role("article")).to_have_count(4)
    section.get_by_role("link", name="All projects, the nearest first").click()
    desktop.wait_for_url(f"**/projects?near={KINGS_HEATH}")


def test_stars_on_the_main_map(link):
    """Switched on by the address or the list of places; a card leads to the project's page."""
    atlas = link("?points=projects&view=12/51.53/-0.14")
    page = atlas.page
    first = page.locator(".spots-list button").first
    first.focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog")
    expect(card.get_by_text("Publicly reported, not yet confirmed by its team.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Projects")).to_have_attribute("aria-checked", "true")
    card.get_by_role("link", name="What was done, and what was learnt").click()
    page.wait_for_url("**/project/*")
    expect(page.get_by_role("heading", name="At a glance")).to_be_visible()


def test_without_a_script(launch, site):
    """A list with links, and the API's CSV."""
    page = launch().new_context(base_url=site.url, java_script_enabled=False).new_page()
    page.goto("/projects?theme=food")
    expect(page.get_by_role("link", name="projects (CSV)")).to_have_attribute("href", "/api/v1/projects.csv?theme=food")
    page.goto(f"/project/{KINGSTON}")
    expect(page.get_by_role("heading", name="What was learnt")).to_be_visible()
