"""The page of layers in a browser: search, filters, a card, the keyboard, a phone, and no fault that axe can find."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from accessibility import check

expect = pytest.importorskip("playwright.sync_api").expect
IMD, IMD_2019 = "imd2025_england_lsoa21", "imd2019_england_lsoa11"
LIVING = "living_env2025_england_lsoa21"
ALL = re.compile(r"^\d+ layers$")


class LayersPage:
    """The page, driven as a reader would."""

    def __init__(self, page):
        self.page = page
        self.rows = page.locator("#layers-list tr[data-layer]:visible")
        self.count = page.locator("#layers-count")
        self.search = page.get_by_role("searchbox", name="Search layers")
        self.card = page.get_by_role("complementary", name="One layer’s card")
        self.title = page.locator("#layer-title")

    def open(self, query=""):
        """Open the page by its address."""
        self.page.goto(f"/layers{query}")
        self.page.locator("#layers-search input").wait_for(state="attached")  # hidden behind a card on a phone
        return self

    def link(self, title):
        """A layer's link in the list."""
        return self.page.locator("#layers-list").get_by_role("link", name=title, exact=True)

    def choose(self, facet, words):
        """Set a filter."""
        self.page.locator(f"#layers-{facet} summary").click()
        self.page.locator(f"#layers-{facet} a", has_text=words).click()


@pytest.fixture
def wide(desktop):
    """The page on a large screen."""
    return LayersPage(desktop)


@pytest.fixture
def small(phone):
    """The page on a phone."""
    return LayersPage(phone)


# ---- search and filters ----


def test_the_search_hides_rows_and_tells_nobody(wide, access_log):
    """What is typed is in no request, no address and no log; the status says how many layers match."""
    wide.open()
    expect(wide.count).to_have_text(ALL)
    every = wide.rows.count()
    before = len(wide.page.watch.requests)
    wide.search.press_sequentially("zyx asthma")
    expect(wide.page.get_by_role("heading", name="No layer matches")).to_be_visible()
    expect(wide.count).to_have_text(f"0 of {every} layers match")
    wide.search.fill("asthma")
    expect(wide.rows.first).to_be_visible()
    found = wide.rows.count()
    assert 0 < found < every
    expect(wide.count).to_have_text(f"{found} of {every} layers match")
    assert wide.page.get_by_role("heading", name="No layer matches").is_hidden()
    assert [request.url for request in wide.page.watch.requests[before:]] == []
    assert wide.page.url.endswith("/layers")
    assert "asthma" not in access_log()
    wide.search.fill("")
    expect(wide.count).to_have_text(f"{every} layers")


def test_themes_without_a_match_are_hidden(wide):
    """No heading stands over nothing."""
    wide.open()
    wide.search.fill("rural-urban")
    expect(wide.rows).to_have_count(1)
    assert wide.page.locator("#layers-list .theme:visible").all_inner_texts() == ["About the place"]


def test_filters_go_into_the_address_and_back(wide):
    """In whole words; Back takes each off again; the search stays in force."""
    wide.open()
    expect(wide.count).to_have_text(ALL)
    every = wide.rows.count()
    wide.choose("condition", "Asthma")
    expect(wide.page).to_have_url(re.compile(r"/layers\?condition=asthma$"))
    expect(wide.count).to_have_text(re.compile(rf"^\d+ of {every} layers match$"))
    asthma = wide.rows.count()
    assert asthma < every
    expect(wide.page.locator("#layers-condition summary")).to_be_focused()
    wide.choose("theme", "The seven domains")
    expect(wide.page).to_have_url(re.compile("condition=asthma"))
    expect(wide.page).to_have_url(re.compile("theme=the_seven_domains"))
    expect(wide.rows).to_have_count(2)
    wide.search.fill("2025")
    expect(wide.rows).to_have_count(1)
    wide.page.go_back()
    expect(wide.page.locator("#layers-theme summary")).to_have_text("Theme")
    assert 1 < wide.rows.count() < asthma
    wide.page.get_by_role("link", name="Clear all").click()
    expect(wide.rows).to_have_count(every)
    assert wide.page.url.endswith("/layers")
    assert wide.search.input_value() == ""


def test_a_shared_link_gives_the_same_screen(wide):
    """Filters and the chosen layer stand at once."""
    wide.open(f"?condition=asthma&layer={IMD}")
    expect(wide.title).to_have_text("Index of Multiple Deprivation 2025")
    expect(wide.page.locator("#layers-condition summary")).to_have_text("Condition: Asthma")
    expect(wide.page).to_have_title("Index of Multiple Deprivation 2025 · Layers · WHAM HeatMap")
    assert wide.link("Living environment deprivation 2025").is_visible()
    assert wide.link("Crime 2025").count() == 0


def test_a_bad_link_gives_a_notice_and_the_list(wide):
    """An unknown layer is told; everything is there to choose from."""
    wide.open("?layer=imd2052&foo=1")
    expect(wide.page.locator("#layers-notices .msg")).to_have_count(2)
    expect(wide.page.locator("#layers-notices")).to_contain_text("“imd2052”. We do not have it")
    expect(wide.card.get_by_role("heading", name="Choose a layer")).to_be_visible()
    wide.link("Crime 2025").click()
    expect(wide.title).to_have_text("Crime 2025")
    expect(wide.page.locator("#layers-notices .msg")).to_have_count(0)


def test_nothing_matches_and_the_way_out(wide):
    """Filters that leave nothing say so, with one press to begin again."""
    wide.open("?condition=asthma&age=60_and_over")
    expect(wide.page.get_by_role("heading", name="No layer matches")).to_be_visible()
    expect(wide.count).to_have_text(re.compile("^0 of"))
    wide.page.get_by_role("link", name="Clear search and filters").click()
    expect(wide.count).to_have_text(ALL)
    expect(wide.search).to_be_focused()


# ---- the card ----


def test_a_card_opens_beside_the_list(wide):
    """By a press on its row: words, chart, facts, downloads; the map is one press away; Back closes it."""
    wide.open()
    assert not wide.page.watch.urls("plotly"), "plotly is loaded only where a chart is shown"
    wide.link("Living environment deprivation 2025").click()
    expect(wide.title).to_have_text("Living environment deprivation 2025")
    expect(wide.page).to_have_url(re.compile(f"layer={LIVING}$"))
    expect(wide.page.locator(f"tr[data-layer={LIVING}]")).to_have_class("here")
    for words in ("What it means", "What it does not say", "Coverage", "Known defects", "Open Government Licence v3.0", "sha256"):
        expect(wide.card).to_contain_text(words)
    expect(wide.card.locator(".js-plotly-plot")).to_be_visible()
    expect(wide.card.get_by_role("img", name="Histogram of Living environment")).to_be_visible()
    chart = wide.card.locator(".js-plotly-plot").bounding_box()
    assert chart["height"] > 150 and chart["width"] > 300, "another page's style makes it too small to read"
    assert wide.page.watch.urls("plotly")
    assert wide.card.get_by_role("link", name="Show on the map").get_attribute("href") == f"/map?layer={LIVING}"
    wide.page.go_back()
    expect(wide.card.get_by_role("heading", name="Choose a layer")).to_be_visible()
    expect(wide.page).to_have_title("Layers · WHAM HeatMap")


def test_the_downloads_answer(wide, site):
    """Every file of a card but the card itself is there (the smallest of each kind is asked for)."""
    wide.open(f"?layer={IMD}")
    links = [unquote(link.get_attribute("href")) for link in wide.card.locator(".file").all()]
    assert len(links) == 11
    for link in links:
        if "level=rgn" in link or "level=icb" in link:
            answer = wide.page.request.get(site.url + link)
            assert answer.status == 200, link
            assert "attachment" in answer.headers["content-disposition"]


def test_a_filter_leaves_the_card_alone(wide):
    """Its chart is not drawn anew, and the card can be of a layer that the list no longer has."""
    wide.open(f"?layer={IMD}")
    expect(wide.card.locator(".js-plotly-plot")).to_be_visible()
    wide.page.evaluate("document.querySelector('.js-plotly-plot').dataset.mine = '1'")
    wide.choose("condition", "Asthma")
    expect(wide.link("Crime 2025")).to_have_count(0)
    expect(wide.card.locator(".js-plotly-plot[data-mine]")).to_be_visible()
    wide.card.get_by_role("link", name="Close this card").click()
    expect(wide.page).to_have_url(re.compile(r"/layers\?condition=asthma$"))


def test_all_by_keyboard(wide):
    """Search, Enter opens the first match and the focus follows; Escape closes it and the focus returns to its row."""
    wide.open()
    wide.search.focus()
    wide.page.keyboard.type("crime")
    wide.page.keyboard.press("Enter")
    expect(wide.title).to_be_focused()
    first = wide.title.inner_text()
    wide.page.keyboard.press("Escape")
    expect(wide.link(first)).to_be_focused()
    wide.page.wait_for_timeout(800)  # the list is drawn anew when a card has closed
    wide.page.locator("#layers-age summary").focus()
    wide.page.keyboard.press("Enter")
    wide.page.keyboard.press("Tab")
    wide.page.keyboard.press("Tab")
    expect(wide.page.locator("#layers-age a").nth(1)).to_be_focused()
    wide.page.keyboard.press("Escape")
    expect(wide.page.locator("#layers-age summary")).to_be_focused()
    assert wide.page.locator("#layers-age a").first.is_hidden()


def test_the_invitation(wide):
    """The button leads to the section of this page that says how to add a layer."""
    wide.open()
    wide.page.get_by_role("link", name="Add a layer in an evening").click()
    expect(wide.page.get_by_role("heading", name="Add a layer in an evening")).to_be_in_viewport()
    expect(wide.page.locator("#add-a-layer")).to_contain_text("heatmap check")
    expect(wide.count).to_have_text(ALL)


# ---- on a phone ----


def test_on_a_phone_the_card_takes_the_place_of_the_list(small):
    """The list first; the card on top when chosen; "All layers" leads back to where the list was."""
    small.open()
    expect(small.card).to_be_hidden()
    link = small.link("Crime 2025")
    link.scroll_into_view_if_needed()
    small.page.wait_for_timeout(100)
    at = small.page.evaluate("scrollY")
    assert at > 300
    link.tap()
    expect(small.title).to_be_in_viewport()
    expect(small.page.locator("#layers-list")).to_be_hidden()
    back = small.card.get_by_role("link", name="All layers")
    expect(back).to_be_in_viewport()
    back.tap()
    expect(link).to_be_in_viewport()
    assert abs(small.page.evaluate("scrollY") - at) < 5
    assert small.page.url.endswith("/layers")


def test_a_phone_shows_name_and_figure_and_nothing_runs_over(small):
    """Level and period are left out, and no part of the page is wider than the screen."""
    small.open()
    heads = small.page.locator("#layers-list thead th:visible").all_inner_texts()
    assert heads == ["Layer", "Coverage"]
    for query in ("", f"?layer={IMD_2019}", "?layer=rural_urban2021_england_lsoa21&foo=1"):
        small.open(query)
        expect(small.count).to_have_text(ALL)
        assert small.page.evaluate("document.documentElement.scrollWidth") == 390
    small.open()
    for facet in ("theme", "condition", "core20plus5", "age", "level"):
        small.page.locator(f"#layers-{facet} summary").tap()
        expect(small.page.locator(f"#layers-{facet} a").first).to_be_in_viewport()
        assert small.page.evaluate("document.documentElement.scrollWidth") == 390
        small.page.keyboard.press("Escape")


# ---- axe ----

STATES = {
    "list": "",
    "card": f"?layer={IMD}",
    "converted": f"?layer={IMD_2019}&condition=asthma",
    "kinds": "?layer=rural_urban2021_england_lsoa21",
    "rank only": "?layer=sub_cyp2019_england_lsoa11",
    "bad link": "?layer=imd2052&foo=1",
    "nothing": "?condition=asthma&age=60_and_over",
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(sized, state):
    """In each state, at both sizes."""
    shown = LayersPage(sized).open(STATES[state])
    if "layer=imd2025" in STATES[state] or "layer=imd2019" in STATES[state]:
        shown.card.locator(".js-plotly-plot").wait_for()
    check(sized)


def test_axe_finds_nothing_in_open_filters_and_a_searched_list(sized):
    """With each list unfolded, and with rows hidden."""
    shown = LayersPage(sized).open()
    for facet in ("theme", "condition", "core20plus5", "age", "level"):
        sized.locator(f"#layers-{facet} summary").click()
        check(sized)
        sized.keyboard.press("Escape")
    shown.search.fill("asthma")
    check(sized)
    shown.search.fill("nothing of the kind")
    check(sized)
