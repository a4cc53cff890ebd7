"""When something is missing: the server, WebGL, JavaScript. Each has its sentence, and what can still work does."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

KINGS_HEATH = "E01008966"
#: What a stopped server makes the browser say.
GONE = "ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|Failed to fetch|Failed to load resource|NetworkError|AJAXError"


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
        page.watch.expect(GONE)
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
        expect(alert).to_contain_text("What you see may be from before your last choice.")
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
    # We ask again by ourselves: by the time the server is back, a button to press may have gone.
    lonely.wait(lambda: lonely.painted.startswith("imd2019"), "2019 on the map", lambda: lonely.painted)
    expect(lonely.legend).to_contain_text("2019")
    expect(page.get_by_role("button", name="2019", exact=True)).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("path", "says", "files"),
    [
        ("/", "in your browser, so that it never leaves it", 0),
        ("/map", "It would show Index of Multiple Deprivation 2025", 5),
        ("/map?layer=far_gp2026_england_lsoa21", "It would show Distance to", 5),
        ("/layers", "each as a table", 30),
        (f"/place/{KINGS_HEATH}", "is among the most deprived tenth of neighbourhoods in England", 0),
        (f"/place/{KINGS_HEATH}", "The seven domains", 0),
        (f"/place/{KINGS_HEATH}?for=young", "How are things round here?", 0),
        ("/place/E08000025", "within it", 0),
        (f"/place/{KINGS_HEATH}/leaflet", "Help near you", 0),
        ("/projects", "Who is doing what about it?", 0),
        ("/project/kingston-poverty-screening", "What was learnt", 0),
        ("/projects/need", "Where have we no record?", 1),
        ("/projects/need?within=E09000007", "Camden is in the most deprived third", 1),
        ("/inequality", "How steep is the gradient?", 1),
        ("/inequality/areas", "Where is the gap widest?", 1),
        ("/inequality/people", "live in the most deprived fifth of", 0),
        ("/inequality/two", "Where do two things meet?", 1),
        (f"/compare?areas={KINGS_HEATH},E08000025", "Compare places", 0),
        ("/projects/share", "share your project by a spreadsheet", 0),
        ("/projects/edit", "Your private key is read in your own browser", 0),
        ("/projects/review", "holds your token in your own browser", 0),
        ("/about", "What it is for", 5),
        ("/nowhere", "We have no page at this address", 0),
    ],
)
@pytest.mark.parametrize("width", [1440, 390])
def test_without_javascript_each_page_says_what_it_has_to_say(open_page, path, says, files, width):
    """Its own words, the ways to the other pages, and links to the figures; no word of a map where there is none."""
    page = open_page(viewport={"width": width, "height": 900}, java_script_enabled=False)
    page.watch.expect("404")
    page.goto(path)
    seen = page.locator("main:visible").last.inner_text()
    assert says in seen
    assert "needs JavaScript for its map" not in page.content()
    for name in ("Map", "Layers", "About", "API"):
        page.locator(".nav a", has_text=name).first.click(trial=True)  # fails if it is hidden or something lies over it
    links = [link.get_attribute("href") for link in page.locator("main a").all()]
    csv = [link for link in links if "format=csv" in link]
    assert len(csv) >= files
    for link in [*csv[:5], *csv[-5:], *(link for link in links if link.startswith("/api") and link not in csv)]:
        assert page.request.get(link).status == 200, link
    assert page.locator("#loading:visible, .when-slow:visible").count() == 0


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


@pytest.mark.parametrize("width", [1440, 390])
def test_the_place_page_says_that_the_server_is_away_and_follows_by_itself(own_site, browser, watched_page, width):
    """The view asked for comes when the server is back, without a further press; until then the old one stands, and it is said why."""
    with watched_page(browser, own_site, viewport={"width": width, "height": 844}) as page:
        page.watch.expect(GONE)
        page.goto(f"/place/{KINGS_HEATH}")
        page.get_by_role("heading", name="The seven domains").first.or_(page.locator("#place-title")).first.wait_for()
        alert = page.get_by_role("alert").filter(has_text="We cannot reach our server.")
        expect(alert).not_to_be_visible()
        own_site.stop()
        page.get_by_role("link", name="For young people").click()
        expect(alert).to_be_visible()
        expect(page.locator(".hello")).to_have_count(0)
        own_site.start()
        expect(page.locator(".hello")).to_be_visible()  # by itself, within the 10 seconds
        expect(alert).not_to_be_visible()
        page.watch.check()


def test_the_layers_page_says_that_the_server_is_away_and_follows(own_site, browser, watched_page):
    """The card of the layer pressed comes when the server is back; "Try now" asks at once."""
    with watched_page(browser, own_site, viewport={"width": 1440, "height": 900}) as page:
        page.watch.expect(GONE)
        page.goto("/layers?layer=imd2025_england_lsoa21")
        title = page.locator("#layer-title")
        expect(title).to_have_text("Index of Multiple Deprivation 2025")
        own_site.stop()
        page.locator("#layers-list").get_by_role("link", name="Crime 2025").click()
        expect(page.get_by_role("alert").filter(has_text="We cannot reach our server.")).to_be_visible()
        own_site.start()
        page.get_by_role("button", name="Try now").click()
        expect(title).to_have_text("Crime 2025")
        expect(page.get_by_role("alert")).not_to_be_visible()
        page.watch.check()


def slow(page):
    """50 kB a second, 400 ms there and back."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions", {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    )


@pytest.mark.parametrize("width", [1366, 390])
def test_a_slow_network_is_told_what_is_on_its_way(open_page, width):
    """Frame and words come first, long before the map's library; then the line that the map is loading, with the way to the table."""
    page = open_page(viewport={"width": width, "height": 768})
    page.watch.expect(".")
    slow(page)
    page.goto("/map?deciles=1,2", wait_until="commit")
    page.get_by_role("link", name="WHAM HeatMap").wait_for()
    assert page.evaluate("typeof maplibregl") == "undefined" and page.evaluate("!!document.getElementById('first')")
    if width > 768:
        expect(page.get_by_role("complementary", name="What the map shows")).to_contain_text("Overall deprivation")
    said = page.locator("#loading")
    expect(said).to_be_visible()
    expect(said).to_contain_text("Loading the map …")
    assert page.evaluate("typeof maplibregl") == "undefined"
    page.get_by_role("link", name="See the table meanwhile").click()
    page.wait_for_url("**/map?deciles=1,2&show=table", wait_until="commit")
    expect(page.locator("#table tbody tr")).to_have_count(50)
    expect(said).not_to_be_visible()
    expect(page.locator("#first")).to_have_count(0)


def test_england_is_there_before_its_neighbourhoods(desktop, as_map):
    """While the large tiles are on their way the outlines of the regions stand, and the line says that more comes."""
    held = []
    desktop.route("**/tiles/lsoa-*/**", lambda route: held.append(route))
    desktop.goto("/map")
    atlas = as_map(desktop)
    desktop.locator("#legend h2").wait_for()
    atlas.wait(
        lambda: desktop.evaluate("heat.map?.isSourceLoaded('rgn') && heat.map.queryRenderedFeatures({layers: ['ground']}).length >= 9"),
        "nine regions",
    )
    expect(desktop.locator("#loading")).to_be_visible()
    for each in held:
        each.continue_()
    desktop.unroute("**/tiles/lsoa-*/**")
    atlas.settle()
    expect(desktop.locator("#loading")).not_to_be_visible()
    assert desktop.evaluate("heat.map.getLayoutProperty('ground', 'visibility')") == "none"


def test_the_frame_of_the_first_html_goes_when_the_page_stands(desktop):
    """Nothing is there twice, and nothing that is dead can be pressed."""
    for path in ("/", "/about", "/layers", f"/place/{KINGS_HEATH}", "/map"):
        desktop.goto(path)
        desktop.locator("#page > *").first.wait_for(state="attached")
        expect(desktop.locator("#first")).to_have_count(0)
        expect(desktop.get_by_role("banner")).to_have_count(1)
        expect(desktop.get_by_role("navigation", name="Pages")).to_have_count(1)


def test_with_reduced_motion_loading_is_said_too(open_page):
    """The pause of 0.4 s is an animation of nothing, and holds for everybody."""
    page = open_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.watch.expect(".")
    page.route("**/maplibre-gl.js*", lambda route: None)
    page.goto("/map", wait_until="commit")
    expect(page.locator("#loading")).to_be_visible()


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
