"""Privacy: a postcode never leaves the browser, nothing is stored, nobody else is asked. Everything is written down."""

import json
import re

import pytest
from wire import KEPT, NOTHING, Wire

expect = pytest.importorskip("playwright.sync_api").expect

POSTCODE, OUTWARD, INWARD, CODE = "B14 6RE", "B14", "6RE", "E01008966"
#: The whole postcode in any spelling that could stand in an address, a header or a body.
SPELT = re.compile(r"B14(%20|\+|%2B|\s|[-_./])*6RE|\b6RE\b", re.I)
PAGES = [
    "/",
    "/map",
    f"/map?area={CODE}",
    "/map?level=lad&deciles=1",
    "/map?layer=nonsense",
    "/about",
    "/docs",
    "/projects",
    "/project/wham-begin-guide",
    "/projects/share",
    "/projects/edit",
    "/projects/review",
    "/nowhere",
]


@pytest.mark.parametrize("start", ["/", "/map", "/map?layer=crime2025_england_lsoa21&deciles=1"])
def test_the_journey_of_a_postcode(desktop, as_map, access_log, start):
    """From typing to the place's words only the district's table is asked for; no trace of the rest is left anywhere."""
    wire = Wire(desktop)
    desktop.goto(start)
    box = desktop.get_by_role("combobox", name="Find a postcode or place")
    box.press_sequentially(POSTCODE, delay=20)
    expect(desktop.locator("[role=option]")).to_contain_text(POSTCODE)
    assert wire.holds("api/v1/postcodes") == []  # typing alone asks nothing
    box.press("Enter")
    title = desktop.locator("#place-title")
    expect(title).to_have_text("Kings Heath Park & Stirchley East")
    if start != "/":  # from the front door the way leads to the place's own page, which has no map to wait for
        expect(desktop.locator("html[data-map=painted]")).to_have_count(1)
        expect(desktop.locator("#heat-map")).to_have_attribute("data-chosen", CODE)
    as_map(desktop).quiet()
    assert wire.holds(f"/api/v1/postcodes/{OUTWARD}\\b")
    assert wire.holds(SPELT.pattern if SPELT.flags == 0 else f"(?i){SPELT.pattern}") == []
    asked = {line.split("/api/v1/postcodes/")[1].split()[0].strip('",') for line in wire.holds("^GET .*api/v1/postcodes/")}
    assert asked == {OUTWARD}
    now = desktop.evaluate("({url: location.href, title: document.title, state: JSON.stringify(history.state)})")
    assert (f"/place/{CODE}" if start == "/" else f"area={CODE}") in now["url"] and not SPELT.search(json.dumps(now))
    assert desktop.evaluate(KEPT) == NOTHING
    assert not SPELT.search("\n".join(desktop.watch.console))
    entries = desktop.evaluate("performance.getEntries().map(entry => entry.name).join('\\n')")
    assert not SPELT.search(entries)
    log = access_log()
    assert "/api/v1/postcodes/{outward}" in log  # it was written down, by its template alone
    assert OUTWARD not in log and INWARD not in log and CODE not in log and "127.0.0.1" not in log.replace("on http://127.0.0.1", "")
    assert wire.cookies == [] and desktop.context.cookies() == []
    desktop.go_back()
    assert not SPELT.search(desktop.url)


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("/?postcode=B14+6RE", "/"),
        ("/map?deciles=1&near=b146re", "/map?deciles=1"),
        ("/projects?B14%206RE=1&theme=food", "/projects?theme=food"),
        ("/about?q=my+home+B14-6RE#sources", "/about#sources"),
        ("/about#B146RE", "/about"),
        ("/B14%206RE", "/-"),
        ("/place/B146RE", "/place/-"),
    ],
)
def test_a_postcode_pasted_into_an_address_is_taken_out(desktop, as_map, typed, left):
    """At once: it is in no callback, no later request, no link and no title; the rest of the address stays."""
    desktop.watch.expect("404")
    wire = Wire(desktop)
    desktop.goto(typed)
    desktop.get_by_role("heading", level=1).first.wait_for(state="attached")
    as_map(desktop).quiet()
    now = desktop.evaluate("location.pathname + location.search + location.hash")
    assert now.partition("?")[0].partition("#")[0] == left.partition("?")[0].partition("#")[0] and not SPELT.search(now)
    for part in left.partition("?")[2].partition("#")[0].split("&"):
        assert part in now
    later = [line for line in wire.lines if "_dash" in line or not SPELT.search(line.split(" ")[1] if line.startswith("GET ") else "")]
    assert not [line for line in later if line.startswith(("GET", "POST")) and SPELT.search(line)]
    links = desktop.evaluate(
        "[...document.querySelectorAll('[href],[action]')].map(each => each.getAttribute('href') || each.getAttribute('action'))"
    )
    assert not [link for link in links if SPELT.search(link)] and not SPELT.search(desktop.title())


def test_rare_districts_are_asked_for_together(desktop, as_map, truth):
    """A postcode of a small outward code fetches the file of all small ones, so its district is not told."""
    atlas = as_map(desktop).open()
    small = desktop.evaluate("heat.page.small.split(' ')")
    outward = truth.read("postcodes/outward").set_index("outward")
    assert len(small) == 158 and all(outward["count"][code] <= 100 for code in small)
    code = small[0]
    row = truth.read("postcodes/table").iloc[int(outward.start[code])]
    inward = f"{row.inward // 676}{chr(65 + row.inward // 26 % 26)}{chr(65 + row.inward % 26)}"
    box = desktop.get_by_role("combobox", name="Find a postcode or place")
    box.fill(f"{code} {inward}")
    box.press("Enter")
    expect(atlas.title).to_be_visible()
    assert [url.rsplit("/", 1)[1] for url in atlas.watch.urls("/api/v1/postcodes/")] == ["small"]


def test_nothing_typed_is_a_request(desktop, as_map):
    """Names, mistyped postcodes, Scotland and nonsense: no request holds them, and none is made but for listed districts."""
    atlas = as_map(desktop).open()
    box = desktop.get_by_role("combobox", name="Find a postcode or place")
    before = len(atlas.watch.requests)
    for typed in ("my secret note", "EH1 1YZ", "ZZ9 9ZZ", "07700 900123"):
        box.fill(typed)
        box.press("Enter")
        expect(desktop.locator(".search-message .msg")).to_be_visible()
    after = [request.url for request in atlas.watch.requests[before:] if "/tiles/" not in request.url]
    assert not [url for url in after if "areas.json" not in url]


@pytest.mark.parametrize("path", PAGES)
def test_opening_a_page_stores_nothing_and_asks_nobody_else(desktop, as_map, path):
    """No cookie, nothing in any storage, no other origin, strict policy without a violation, no referrer."""
    wire = Wire(desktop)
    if path == "/nowhere":
        desktop.watch.expect("404")
    answer = desktop.goto(path)
    assert answer.status == (404 if path == "/nowhere" else 200)
    if path.startswith("/map"):
        as_map(desktop).settle()
        desktop.locator("#count b").wait_for(state="attached")
    elif path == "/docs":
        desktop.get_by_text("/api/v1/layers").first.wait_for()
    else:
        desktop.get_by_role("heading", level=1).first.wait_for()
    as_map(desktop).quiet()
    policy = answer.headers["content-security-policy"]
    scripts = re.search(r"script-src ([^;]+)", policy)[1]
    assert "default-src 'self'" in policy and "connect-src 'self'" in policy and "worker-src 'self' blob:" in policy
    assert "unsafe" not in scripts and "*" not in scripts and "http" not in scripts
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert desktop.evaluate(KEPT) == NOTHING
    assert wire.cookies == [] and desktop.context.cookies() == []
    sent = [line for line in wire.lines if not line.startswith('{"url"')]  # those are plans; the others went over the wire
    assert [line for line in sent if re.search(r"""referer["']?\s*:\s*["'][^"']""", line, re.I)] == []


def test_leaving_for_a_source_tells_it_nothing(desktop, as_map):
    """Links to publishers carry no referrer, and the map's address is not handed on."""
    desktop.goto("/about")
    links = desktop.locator("#sources a[href^=http]")
    expect(links.first).to_be_visible()
    as_map(desktop).quiet()
    assert all("noreferrer" in (link.get_attribute("rel") or "") for link in links.all())


def test_the_page_says_what_the_server_can_learn(desktop, as_map):
    """In plain words beside the box and on the about page: the district, then the neighbourhood; and old postcodes once."""
    desktop.goto("/")
    expect(desktop.get_by_text("A postcode stays in your browser.")).to_be_visible()
    desktop.get_by_text("How?").click()
    expect(desktop.get_by_text("Never the postcode.")).to_be_visible()
    expect(desktop.get_by_text("postcodes no longer in use")).to_have_count(1)
    as_map(desktop).quiet()
