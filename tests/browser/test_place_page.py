"""The place page in the browser: from a postcode to the story, both registers, the record, the sheet, the keyboard, paper."""

import json
import math
import re

import pytest
from accessibility import check
from screens import HERE, fits, on_paper, type_postcode
from wire import KEPT, NOTHING, Wire, spelt

expect = pytest.importorskip("playwright.sync_api").expect
TITLE = "Kings Heath Park & Stirchley East"
#: A postcode of Birmingham and one of London, with the neighbourhood each lies in.
JOURNEYS = [("B14 6RE", HERE), ("E1 6LP", "")]


@pytest.mark.parametrize(("postcode", "code"), JOURNEYS, ids=["Birmingham", "London"])
def test_from_a_postcode_to_a_printed_leaflet(desktop, truth, access_log, postcode, code):
    """The whole journey: the postcode is in no request, address, title, log, storage, text or print."""
    secret = spelt(postcode)
    wire = Wire(desktop)
    titles = []
    desktop.goto("/")
    type_postcode(desktop, postcode)
    expect(desktop.locator(".story .lead")).to_be_visible()
    desktop.wait_for_url(re.compile("/place/E01"))
    if code:
        assert desktop.url.endswith(f"/place/{code}")
    code = desktop.url.rpartition("/")[2]
    expect(desktop.locator("#place-title")).to_have_text(truth.lsoas.place[code])
    expect(desktop).to_have_title(f"{truth.lsoas.place[code]} · WHAM HeatMap")
    texts = [desktop.locator("body").inner_text(), desktop.locator("#record").inner_text()]
    titles.append(desktop.title())
    desktop.get_by_role("link", name="Make a leaflet").click()
    expect(desktop.locator(".a4")).to_be_visible()
    assert desktop.url.endswith(f"/place/{code}/leaflet")
    titles.append(desktop.title())
    texts.append(desktop.locator("#leaflet").inner_text())
    assert on_paper(desktop) == 1
    kept = desktop.evaluate(KEPT)
    now = desktop.evaluate("({url: location.href, state: JSON.stringify(history.state), length: history.length})")
    entries = desktop.evaluate("performance.getEntries().map(entry => entry.name).join('\\n')")
    everything = "\n".join([*wire.lines, *titles, json.dumps(kept), json.dumps(now), entries, *desktop.watch.console])
    assert not secret.search(everything)
    # Others' addresses may end alike; the postcode itself stands nowhere.
    assert not any(postcode in text.replace("\u00a0", " ").replace("for example B14 6RE", "") for text in texts)
    assert kept == NOTHING and wire.cookies == [] and desktop.context.cookies() == []
    log = access_log()
    assert "/place/{code}" in log and code not in log and not secret.search(log)


def test_the_box_on_the_page_leads_to_another_place(desktop):
    """Without a new page: one address more, the heading in focus, the box empty, and Back leads to the first."""
    desktop.goto(f"/place/{HERE}")
    expect(desktop.locator("#place-title")).to_have_text(TITLE)
    loads = len(desktop.watch.urls("/place/"))
    type_postcode(desktop, "CO15 2EU")
    expect(desktop.locator("#place-title")).to_have_text("Jaywick & St Osyth")
    expect(desktop.locator("#place-title")).to_be_focused()
    expect(desktop.get_by_role("combobox")).to_have_value("")
    expect(desktop).to_have_title("Jaywick & St Osyth · WHAM HeatMap")
    assert len(desktop.watch.urls("/place/")) == loads
    desktop.go_back()
    expect(desktop.locator("#place-title")).to_have_text(TITLE)
    expect(desktop).to_have_title(f"{TITLE} · WHAM HeatMap")


def test_a_postcode_placed_by_its_map_reference_says_so(desktop, truth):
    """ "Probably" stands on the page it leads to, and on no other."""
    desktop.goto("/")
    table = desktop.evaluate("fetch('/api/v1/postcodes/B14').then(answer => answer.json())")["postcodes"]
    inward = next(iter(table))
    ours = {"Heatmap-Release": desktop.evaluate("document.documentElement.dataset.release")}
    desktop.route(
        "**/api/v1/postcodes/B14", lambda route: route.fulfill(json={"postcodes": {inward: [HERE, 52.4, -1.9, "P"]}}, headers=ours)
    )
    type_postcode(desktop, f"B14 {inward}")
    expect(desktop.locator("#place-title")).to_have_text(TITLE)
    expect(desktop.locator("#probably")).to_be_visible()
    desktop.get_by_role("link", name="For young people").click()
    expect(desktop.locator(".hello")).to_be_visible()
    expect(desktop.locator("#probably")).to_be_visible()
    type_postcode(desktop, "CO15 2EU")
    expect(desktop.locator(".hello")).to_have_count(0)
    expect(desktop.locator("#place-title")).to_have_text("Jaywick & St Osyth")
    expect(desktop.locator("#probably")).to_be_hidden()


def test_the_switch_and_the_filters_stand_in_the_address(desktop):
    """Each is a link; Back undoes it; the keyboard's place is kept."""
    desktop.goto(f"/place/{HERE}")
    desktop.locator("#choose-condition").click()
    desktop.get_by_role("link", name="Asthma", exact=True).click()
    expect(desktop.get_by_text("Ask if heating is left off to save money")).to_be_visible()
    assert desktop.url.endswith("?condition=asthma")
    expect(desktop.locator("#choose-condition")).to_be_focused()
    desktop.locator("#choose-within").click()
    desktop.get_by_role("link", name="Within 1 km").click()
    expect(desktop.locator("#choose-within")).to_contain_text("Within 1 km")
    assert desktop.url.endswith("?condition=asthma&within=1")
    desktop.get_by_role("link", name="For young people").click()
    expect(desktop.locator(".hello h1")).to_contain_text("Your area:")
    assert "for=young" in desktop.url
    for _step in range(3):
        desktop.go_back()
    expect(desktop.locator("#choose-condition")).to_contain_text("Any condition")
    expect(desktop.locator("#choose-within")).to_contain_text("Within 3 km")


def test_the_record_is_copied(open_page):
    """The text alone goes to the clipboard, and the page says so."""
    page = open_page(permissions=["clipboard-read", "clipboard-write"], viewport={"width": 1440, "height": 900})
    page.goto(f"/place/{HERE}")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#record-said")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#record").inner_text() and HERE in copied and "Describes the area, not the patient." in copied


def test_what_matters_is_picked_in_the_browser_alone(desktop):
    """Three topics at most; no request, nothing stored; the sheet on one page has their lines and no others."""
    desktop.goto(f"/place/{HERE}?for=young")
    expect(desktop.get_by_role("button", name="Sleep")).to_be_visible()
    desktop.wait_for_load_state("networkidle")
    before = len(desktop.watch.requests)
    for topic in ("Sleep", "School", "Friends", "Food"):
        desktop.get_by_role("button", name=topic, exact=True).click()
    expect(desktop.locator("#topics-said")).to_have_text("You have picked 3. Take one off to pick another.")
    desktop.evaluate("window.print = () => {}")
    desktop.get_by_role("button", name="Print my sheet").click()
    desktop.emulate_media(media="print")
    sheet = desktop.locator("#sheet")
    expect(sheet).to_be_visible()
    expect(sheet.locator(".picked li:visible")).to_have_text(
        ["I do not sleep well.", "I want to talk about school.", "I want to talk about friends."]
    )
    expect(desktop.locator(".hello")).to_be_hidden()
    assert on_paper(desktop) == 1
    assert len(desktop.watch.requests) == before and desktop.evaluate(KEPT) == NOTHING


def test_the_journey_by_keyboard_alone(desktop):
    """From the front page to the print button: the box, the story, the leaflet, a tick, print; no mouse."""
    desktop.goto("/")
    expect(desktop.get_by_role("combobox")).to_be_visible()
    press_until(desktop, "input[role=combobox]")
    desktop.keyboard.type("B14 6RE")
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#place-title")).to_be_focused()
    press_until(desktop, "#to-leaflet")
    desktop.keyboard.press("Enter")
    expect(desktop.locator(".a4")).to_be_visible()
    press_until(desktop, "#choose")
    desktop.keyboard.press("Enter")
    press_until(desktop, "[data-tick]")
    ticked = desktop.locator("#ticked").inner_text()
    desktop.keyboard.press("Space")
    expect(desktop.locator("#ticked")).not_to_have_text(ticked)
    desktop.keyboard.press("Escape")
    expect(desktop.locator("#choose")).to_be_focused()
    desktop.evaluate("window.print = () => { window.printed = true; }")
    press_until(desktop, "#print-leaflet")
    desktop.keyboard.press("Enter")
    assert desktop.evaluate("window.printed") is True


def press_until(page, selector):
    """Press Tab until this has the focus; it must be seen there."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            expect(page.locator(":focus")).to_be_visible()
            return
    pytest.fail(f"80 times Tab, and {selector} was not reached")


def test_the_map_leads_here(atlas):
    """The panel's one main button, always in sight, leads to the chosen place."""
    atlas.open(f"?area={HERE}")
    button = atlas.panel.get_by_role("link", name="What helps here")
    expect(button).to_be_in_viewport()
    expect(button).to_have_attribute("href", f"/place/{HERE}")
    button.click()
    expect(atlas.page.locator("#place-title")).to_have_text(TITLE)


def test_an_unknown_code_is_no_page(desktop):
    """Status 404, and the ways on."""
    desktop.watch.expect("404")
    answer = desktop.goto("/place/E01999999")
    assert answer.status == 404
    expect(desktop.get_by_role("heading", level=1)).to_have_text("We have no page at this address")


@pytest.mark.parametrize("query", ["", "?for=young"])
def test_it_prints_on_few_sheets(desktop, query):
    """A4, without controls."""
    desktop.goto(f"/place/{HERE}{query}")
    expect(desktop.locator("#place-title")).to_be_visible()
    sheets = on_paper(desktop)
    assert 1 <= sheets <= 6
    desktop.emulate_media(media="print")
    desktop.set_viewport_size({"width": 703, "height": 1032})  # A4 within its margins
    assert sheets <= math.ceil(desktop.evaluate("document.body.scrollHeight") / 1032), "no sheet is left half empty"
    desktop.set_viewport_size({"width": 1440, "height": 900})
    for hidden in (".head", ".place-search", ".seg", "#to-leaflet", "[data-copy]"):
        expect(desktop.locator(f"{hidden}:visible")).to_have_count(0)


# ---- accessibility ----


@pytest.mark.parametrize(
    "path",
    [
        f"/place/{HERE}",
        f"/place/{HERE}?for=young",
        "/place/E01031871?condition=asthma&within=1",
        "/place/E08000025",
        "/place/E02001933",
        f"/place/{HERE}/leaflet",
        f"/place/{HERE}/leaflet?print=large",
    ],
)
def test_axe_finds_nothing(sized, path):
    """WCAG 2.0 to 2.2, A and AA, and best practice: as it opens, and with everything unfolded; no sideways scrolling."""
    sized.goto(path)
    expect(sized.locator("main")).to_be_visible()
    expect(sized.locator("h1").first).to_be_attached()
    for step in (
        "document.querySelectorAll('x')",
        "document.querySelectorAll('.unfold').forEach(each => { each.open = true; })",
        "document.querySelector('.chooser') && (document.querySelector('.chooser').open = true)",
    ):
        sized.evaluate(f"() => {{ {step} }}")
        check(sized, step)
    assert fits(sized)
    sized.watch.check()
