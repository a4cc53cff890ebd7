"""When something is missing: the server, WebGL, JavaScript. Each has its sentence, and what can still work does."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

KINGS_HEATH = "E01008966"


@pytest.fixture
def own_site(tmp_path, site):
    """A server of this test's own, to be stopped and started again on its port."""
    served = type(site)(tmp_path / "server.log")
    served.start()
    yield served
    served.stop()


@pytest.fixture
def lonely(browser, own_site, watched_page, as_map):
    """The map of that server; what a stopped server makes the browser say is meant."""
    with watched_page(browser, own_site, viewport={"width": 1440, "height": 900}) as page:
        page.watch.expect(
            "Callback failed: the server did not respond|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|Failed to fetch|Failed to load resource|NetworkError|AJAXError"
        )
        yield as_map(page).open()
        page.watch.check()


def test_the_server_goes_away_and_comes_back(own_site, lonely):
    """The next change of layer says so, the map stays; when the server is back it recovers by "Try now" and by itself."""
    page = lonely.page
    alert = page.get_by_role("alert").filter(has_text="We cannot reach our server.")
    expect(alert).not_to_be_visible()
    for recover in ("press", "wait"):
        own_site.stop()
        year = "2019" if recover == "press" else "2025"
        page.get_by_role("button", name=year, exact=True).click()
        if recover == "wait":  # what was fetched once is kept: another figure must be asked for
            page.evaluate("heat.paint('?layer=health2025_england_lsoa21')")
        expect(alert).to_be_visible()
        expect(alert).to_contain_text("What you see is still right.")
        expect(page.locator(".maplibregl-canvas")).to_be_visible()
        own_site.start()
        if recover == "press":
            page.get_by_role("button", name="Try now").click()
        expect(alert).not_to_be_visible()
        lonely.settle()
    lonely.quiet()


def test_the_words_follow_when_the_server_is_back(own_site, lonely):
    """After the break the legend and the count say what the map shows, not what it showed before."""
    page = lonely.page
    own_site.stop()
    page.get_by_role("button", name="2019", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="We cannot reach")).to_be_visible()
    own_site.start()
    page.get_by_role("button", name="Try now").click()
    lonely.wait(lambda: lonely.painted.startswith("imd2019"), "2019 on the map", lambda: lonely.painted)
    expect(lonely.legend).to_contain_text("2019")
    expect(page.get_by_role("button", name="2019", exact=True)).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("path", ["/", "/map", "/about"])
def test_without_javascript_a_sentence_and_the_figures(open_page, path):
    """Without JavaScript the page says so, and its links give the figures as CSV."""
    page = open_page(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    page.goto(path)
    said = page.locator("noscript p")  # get_by_text does not look into noscript
    assert "Please switch JavaScript on" in said.inner_text()
    said.click(trial=True)  # fails if something lies over it
    for link in page.locator("noscript a").all():
        link.click(trial=True)
    links = [link.get_attribute("href") for link in page.locator("noscript a").all()]
    csv = [link for link in links if "format=csv" in link]
    assert len(csv) >= 2
    for link in csv:
        answer = page.request.get(link)
        assert answer.status == 200 and answer.text().startswith("area_code,area_name,value,decile,flag")


def test_a_layer_that_does_not_come_leaves_the_map(desktop, as_map):
    """If only one layer fails, the map keeps the last one and says what is wrong."""
    atlas = as_map(desktop).open()
    atlas.watch.expect("ERR_FAILED|Failed to load resource")
    desktop.route("**/paint/**/crime2025*", lambda route: route.abort())
    atlas.page.evaluate("heat.set({layer: 'crime2025_england_lsoa21'})")
    expect(desktop.get_by_role("alert").filter(has_text="We cannot reach our server.")).to_be_visible()
    assert atlas.painted.startswith("imd2025")
    desktop.unroute("**/paint/**/crime2025*")
    desktop.get_by_role("button", name="Try now").click()
    atlas.wait(lambda: atlas.painted.startswith("crime2025"), "crime on the map", lambda: atlas.painted)


def test_words_that_do_not_come_are_said_and_asked_for_again(desktop, as_map):
    """The colours are kept from before, so only the words fail: the page says so, and they follow when they can be had."""
    atlas = as_map(desktop).open()
    atlas.watch.expect("ERR_FAILED|Failed to load resource|Callback failed|Failed to fetch")
    for year in ("2019", "2025"):  # both layers' colours are in the browser now
        desktop.get_by_role("button", name=year, exact=True).click()
        expect(atlas.legend).to_contain_text(year)
        atlas.quiet()
    alert = desktop.get_by_role("alert").filter(has_text="We cannot reach our server.")
    desktop.route("**/_dash-update-component*", lambda route: route.abort())
    desktop.get_by_role("button", name="2019", exact=True).click()
    expect(alert).to_be_visible()
    atlas.wait(lambda: atlas.painted.startswith("imd2019"), "the kept colours", lambda: atlas.painted)
    expect(atlas.legend).to_contain_text("2025")  # the old words still stand
    desktop.unroute("**/_dash-update-component*")
    desktop.get_by_role("button", name="Try now").click()
    expect(alert).not_to_be_visible()
    expect(atlas.legend).to_contain_text("2019")


def test_tiles_that_do_not_come_are_said_and_asked_for_again(desktop, as_map):
    """Outlines that fail are told apart from the server being away; the rest stands, and they are read again."""
    atlas = as_map(desktop).open()
    atlas.watch.expect("ERR_FAILED|Failed to load resource|AJAXError|Failed to fetch")
    said = desktop.get_by_text("Some outlines or names did not come.")
    expect(said).not_to_be_visible()
    desktop.route("**/tiles/**", lambda route: route.abort())
    desktop.evaluate("heat.map.jumpTo({ center: [-1.89, 52.48], zoom: 11 })")
    expect(said).to_be_visible()
    expect(desktop.get_by_role("alert").filter(has_text="We cannot reach our server.")).not_to_be_visible()
    desktop.unroute("**/tiles/**")
    with desktop.expect_response(lambda answer: "/tiles/lsoa" in answer.url and answer.status == 200):
        desktop.get_by_role("button", name="Try now").click()
    expect(said).not_to_be_visible()


def test_two_tabs_do_not_disturb_each_other(desktop, as_map):
    """Each tab keeps its own layer and its own place, whatever the other does."""
    first = as_map(desktop).open(f"?area={KINGS_HEATH}")
    tab = desktop.context.new_page()
    tab.watch = desktop.watch
    second = as_map(tab).open("?layer=crime2025_england_lsoa21")
    expect(second.title).to_have_count(0)
    second.page.get_by_role("button", name="Fifths", exact=True).click()
    second.settle("?layer=crime2025_england_lsoa21&groups=fifths")
    expect(first.title).to_have_text("Kings Heath Park & Stirchley East")
    assert first.painted.startswith("imd2025_england_lsoa21 lsoa tenths")
    assert "groups" not in first.asked
