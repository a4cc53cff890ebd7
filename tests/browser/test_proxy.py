"""A network that answers in our server's place, with a page of its own and status 200, as hospital networks do: nothing of it is used."""

import contextlib
import http.client
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

KINGS_HEATH = "E01008966"
CRIME = "crime2025_england_lsoa21"
#: The network's own page: long enough to be read as classes, and to be kept by the browser.
PAGE = (
    b"<!DOCTYPE html><html><head><title>Web filter</title></head><body>" + b"<p>Sign in to use this network.</p>" * 4000 + b"</body></html>"
)
#: What the browser says of such answers.
SAID = (
    "integrity|Failed to load|SyntaxError|Unexpected token|is not defined|Unimplemented type|Unable to parse|not a function|undefined|not"
    " found"
)


class Network:
    """A proxy in front of a site; what ``wrong`` fits it answers itself."""

    def __init__(self, site):
        self.site = site
        self.wrong = self.cut = self.upgraded = ""  # which addresses are answered by the network, by half, or by another release
        network = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                network.answer(self)

            def do_POST(self):
                network.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request):
        """One answer: the site's, or the network's own page, which the browser may keep for an hour."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if self.wrong and re.search(self.wrong, request.path):
            self.send(request, 200, {"Content-Type": "text/html", "Cache-Control": "max-age=3600"}, PAGE)
            return
        server = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        server.request(request.command, request.path, body or None, dict(request.headers))
        came = server.getresponse()
        content = came.read()
        headers = {key: value for key, value in came.getheaders() if key.lower() not in ("content-length", "connection", "date")}
        if self.upgraded and re.search(self.upgraded, request.path):
            headers["heatmap-release"] = "another"
        if self.cut and re.search(self.cut, request.path):
            headers.pop("content-encoding", None)
            content = content[: len(content) // 2]
        self.send(request, came.status, headers, content)
        server.close()

    @staticmethod
    def send(request, status, headers, content):
        """Write an answer."""
        with contextlib.suppress(ConnectionError):
            request.send_response(status)
            for key, value in headers.items():
                request.send_header(key, value)
            if status not in (204, 304):
                request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            if status not in (204, 304) and request.command != "HEAD":
                request.wfile.write(content)


@pytest.fixture
def network(site):
    """A proxy that passes everything on, until a test says what it answers itself."""
    made = Network(site)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def page(network, browser, watched_page):
    """A page behind that network."""
    with watched_page(browser, network, viewport={"width": 1440, "height": 900}) as page:
        page.watch.expect(SAID)
        yield page
        page.watch.check()


@pytest.fixture
def atlas(page, as_map):
    """The map behind that network."""
    return as_map(page)


def away(page):
    """What is said while our server cannot be reached."""
    return page.get_by_role("alert").filter(has_text="We cannot reach our server.")


@pytest.mark.parametrize(
    ("wrong", "query"),
    [("/paint/", f"?layer={CRIME}"), ("/mask/", "?deciles=1"), ("/_dash-update", "?deciles=1&layer=" + CRIME)],
    ids=["classes", "filter", "words"],
)
def test_a_networks_page_is_never_drawn(network, page, atlas, wrong, query):
    """Classes, filters and words so answered: it is said, the old map stands; once the network is well, all is right."""
    atlas.open()
    before = atlas.legend.inner_text(), atlas.count.inner_text(), atlas.painted
    network.wrong = wrong
    changes = dict(part.split("=") for part in query[1:].split("&"))
    page.evaluate("changes => heat.set(changes)", changes)
    expect(away(page)).to_be_visible()
    if wrong == "/_dash-update":
        assert (atlas.legend.inner_text(), atlas.count.inner_text()) == before[:2]
    else:
        assert atlas.painted == before[2]
    expect(page.locator("html")).to_have_attribute("data-figures", "shown" if wrong == "/_dash-update" else "away")
    network.wrong = ""
    page.get_by_role("button", name="Try now").click()
    atlas.settle(query)
    expect(away(page)).not_to_be_visible()
    if "deciles" in query:
        expect(atlas.count).to_contain_text("3,375")


def test_a_mask_so_answered_counts_nothing(network, page, atlas):
    """Neighbourhoods in tenth 1, in the table: 3,375 or no number at all."""
    atlas.open("?show=table", painted=False)
    page.locator("#table tbody tr").first.wait_for()
    network.wrong = "/mask/"
    page.evaluate("heat.set({ deciles: '1' })")
    expect(away(page)).to_be_visible()
    network.wrong = ""
    page.get_by_role("button", name="Try now").click()
    expect(page.locator("#table [role=status]")).to_have_text("Rows 1 to 50 of 3,375")


def test_ranks_so_answered_are_no_ranks(network, page, atlas):
    """The table shows no rank that the network invented, and the true ones once they can be had."""
    network.wrong = "/ranks/"
    atlas.open("?show=table", painted=False)
    page.locator("#table tbody tr").first.wait_for()
    assert all(number <= 33_755 for number in ranks_in(page)), ranks_in(page)
    network.wrong = ""
    page.evaluate("heat.set({ level: 'lad' })")
    page.evaluate("heat.set({ level: '' })")
    expect(page.locator("#table td.rank").first).to_have_text("1")


def ranks_in(page):
    """Every rank on the page."""
    return [int(text.replace(",", "")) for text in page.locator("#table td.rank").all_inner_texts() if text]


def test_half_an_answer_is_none(network, page, atlas):
    """Classes that break off are not drawn, whatever their type."""
    atlas.open()
    network.cut = "/paint/"
    page.evaluate("layer => heat.set({ layer })", CRIME)
    expect(away(page)).to_be_visible()
    assert atlas.painted.startswith("imd2025")
    network.cut = ""
    page.get_by_role("button", name="Try now").click()
    atlas.settle(f"?layer={CRIME}")


@pytest.mark.parametrize("wrong", ["_dash-layout", "_dash-dependencies"])
def test_a_page_that_could_not_be_drawn_follows_by_itself(network, page, wrong):
    """Layout and dependencies so answered: it is said, and the page comes when they do, though the browser kept the wrong answer."""
    network.wrong = wrong
    page.goto("/map")
    expect(away(page)).to_be_visible()
    network.wrong = ""
    expect(page.locator("#legend h2")).to_be_visible()
    expect(away(page)).not_to_be_visible()


@pytest.mark.parametrize("path", ["/map", "/"])
@pytest.mark.parametrize(
    "wrong", ["dash_renderer", "dom.js", "answers.js", "search.js", "lost.js", "react@", "dash_html_components", "tokens.css"]
)
def test_a_script_so_answered_is_said_and_had_again(network, page, wrong, path):
    """No "Loading …" for ever: a sentence, and the page by itself once the network is well, though the browser kept the wrong answer."""
    network.wrong = re.escape(wrong)
    page.goto(path)
    said = page.get_by_role("alert").filter(has_text="Part of this page did not arrive.")
    expect(said).to_be_visible()
    expect(said.get_by_role("button", name="Load the page again")).to_be_visible()
    network.wrong = ""
    expect(page.get_by_role("combobox", name="Find a postcode or place")).to_be_visible()
    expect(said).not_to_be_visible()


@pytest.mark.parametrize("wrong", ["figures.js", "/map.js", "maplibre-gl.js"])
def test_the_map_comes_when_its_scripts_do(network, page, atlas, wrong):
    """The map's own scripts so answered; a library that did not come is not blamed on WebGL. By a press the address stays."""
    network.wrong = re.escape(wrong)
    page.goto("/map?deciles=1")
    said = page.get_by_role("alert").filter(has_text="Part of this page did not arrive.")
    expect(said).to_be_visible()
    if wrong == "maplibre-gl.js":
        expect(page.locator("#table")).to_contain_text("We could not load the map.")
    assert "WebGL" not in page.locator("body").inner_text()
    network.wrong = ""
    with page.expect_navigation():
        said.get_by_role("button", name="Load the page again").click()
    atlas.settle("?deciles=1")
    assert atlas.asked == {"deciles": "1"}
    expect(said).not_to_be_visible()


def test_a_slow_page_says_so(network, page):
    """After some seconds with nothing drawn there is a sentence and a way to load again, before any other script has come."""
    page.watch.expect(".")
    page.route(re.compile("react-dom"), lambda route: None)
    page.goto("/", wait_until="commit")
    expect(page.get_by_role("alert").filter(has_text="This page is slow to load.")).to_be_visible()
    page.unroute(re.compile("react-dom"))
    with page.expect_navigation():
        page.get_by_role("button", name="Load the page again").click()
    expect(page.get_by_role("combobox")).to_be_visible()


def test_tiles_so_answered_are_said_and_had_again(network, page, atlas):
    """Outlines so answered, and kept by the browser: the right ones come all the same."""
    atlas.open()
    network.wrong = "/tiles/lsoa"
    page.evaluate("heat.map.jumpTo({ center: [-1.89, 52.48], zoom: 11 })")
    said = page.get_by_text("Some outlines or names did not come.")
    expect(said).to_be_visible()
    network.wrong = ""
    page.get_by_role("button", name="Try now").click()
    atlas.wait(lambda: page.evaluate("heat.map.queryRenderedFeatures({ layers: ['areas-lsoa'] }).length") > 100, "outlines")
    expect(said).not_to_be_visible()


@pytest.mark.parametrize("path", ["/inequality/two", "/projects"])
def test_a_map_inside_a_page_so_answered_is_drawn_later(network, page, path):
    """Its library so answered: the page says that the map did not come, and "Try again" draws it."""
    network.wrong = "maplibre-gl.js"
    page.goto(path)
    place = page.locator("[data-heat-map]").first
    expect(place).to_have_attribute("data-state", "away")
    network.wrong = ""
    place.get_by_role("button", name="Try again").click()
    expect(place).to_have_attribute("data-state", "drawn")


def test_nothing_counts_as_sent_that_the_network_answered(network, page):
    """A report that never reached us gets no thanks, and what was written stays."""
    page.goto("/project/kingston-poverty-screening")
    form = page.locator("form[data-prj-report]")
    form.evaluate("form => { for (let e = form; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true; }")
    form.locator("textarea").fill("It has ended.")
    network.wrong = "/out-of-date"
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_contain_text("Our server cannot be reached.")
    expect(form.locator("textarea")).to_have_value("It has ended.")


# ---- a page that is older than the server ----


def test_an_old_page_says_so_and_is_loaded_again_with_its_address(network, page, atlas):
    """After an upgrade the next choice is not drawn by halves: the page says what to do, and a press does it."""
    atlas.open("?view=london")
    network.upgraded = "^/_dash-update"
    page.get_by_role("button", name="Only tenth 1, most deprived").click()
    said = page.get_by_role("alert").filter(has_text="We have updated this site")
    expect(said).to_be_visible()
    expect(away(page)).not_to_be_visible()
    expect(atlas.count).not_to_contain_text("3,375")
    asked = atlas.asked
    network.upgraded = ""
    with page.expect_navigation():
        said.get_by_role("button", name="Load the page again").click()
    atlas.settle("?deciles=1")
    assert asked["deciles"] == "1" and atlas.asked["deciles"] == "1" and atlas.asked["view"] == asked["view"]
    expect(atlas.count).to_contain_text("3,375")
    expect(said).not_to_be_visible()


@pytest.mark.parametrize("part", ["paint", "tiles"])
def test_files_of_another_build_make_a_page_old(network, page, atlas, part):
    """What our server no longer has is not "our server is away"."""
    page.watch.expect("404")
    atlas.open()
    page.route(re.compile(f"/{part}/"), lambda route: route.continue_(url=re.sub(r"(?<=[-/])[0-9a-f]{10,}", "0" * 10, route.request.url)))
    if part == "paint":
        page.evaluate("layer => heat.set({ layer })", CRIME)
    else:
        page.evaluate("heat.map.jumpTo({ center: [-1.89, 52.48], zoom: 11 })")
    expect(page.get_by_role("alert").filter(has_text="We have updated this site")).to_be_visible()
    expect(away(page)).not_to_be_visible()


def test_an_answer_kept_from_before_the_upgrade_is_asked_again(network, page):
    """A list that the browser kept for its five minutes from an older release does not make a new page old."""
    page.goto("/about")
    network.upgraded = "^/api/v1/points"
    address = "/api/v1/points/libraries2023_england_points"
    page.evaluate("async address => (await fetch(address)).status", address)
    network.upgraded = ""
    assert page.evaluate("async address => Boolean(await heat.ask(address))", address)
    expect(page.get_by_role("alert").filter(has_text="We have updated this site")).not_to_be_visible()
