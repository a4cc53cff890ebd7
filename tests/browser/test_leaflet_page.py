"""The leaflet in the browser: ticks, numbers, that it fits its pages, black on white, and keeping it on this device."""

import random
import re

import pytest
from screens import HERE, on_paper
from wire import KEPT, NOTHING

expect = pytest.importorskip("playwright.sync_api").expect
CUT = "[...document.querySelectorAll('.a4')].filter(page => page.scrollHeight > page.clientHeight + 1).length"


def some_places(truth, number):
    """Neighbourhoods of every tenth, town and country, the longest name too."""
    dice = random.Random(7)
    longest = max(truth.lsoas.index, key=lambda code: len(truth.lsoas.place[code]))
    return [longest, "E01019077", *dice.sample(sorted(truth.lsoas.index), number)]


@pytest.mark.parametrize(("form", "pages"), [("", 1), ("?print=large", 2)], ids=["page", "large"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_it_takes_exactly_its_pages(request, truth, device, form, pages):
    """One sheet, or two in large print, for places of all kinds, from a desktop and from a phone; no line is cut off."""
    page = request.getfixturevalue(device)
    for code in some_places(truth, 8 if device == "desktop" else 2):
        page.goto(f"/place/{code}/leaflet{form}")
        expect(page.locator("[data-fit]")).to_be_attached()
        assert on_paper(page) == pages, code
        screen = page.viewport_size
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 703, "height": 1030})  # what lies within the margins of A4
        assert page.evaluate(CUT) == 0, code
        sizes = page.evaluate(
            "[...document.querySelectorAll('.a4 .help p')].map(each => parseFloat(getComputedStyle(each).fontSize) * .75)"
        )
        assert min(sizes) >= (17.9 if form else 10.9), code
        page.emulate_media(media="null")
        page.set_viewport_size(screen)


def test_the_largest_choice_still_fits(desktop):
    """Everything that may be ticked at once, the longest entries: one page, or a sentence and the tick goes off."""
    desktop.goto(f"/place/{HERE}/leaflet")
    desktop.locator("#choose").click()
    for group in ("increase_income", "provide_essentials", "increase_participation", "get_care"):
        boxes = desktop.evaluate(
            "group => [...document.querySelectorAll(`[data-group=${group}] [data-tick]`)].map(box => [box.dataset.tick, box.innerText])",
            group,
        )
        longest = [tick for tick, _ in sorted(boxes, key=lambda each: -len(each[1]))[:3]]
        while desktop.locator(f"[data-group={group}] [aria-checked=true]").count():
            desktop.locator(f"[data-group={group}] [aria-checked=true]").first.click()
        for tick in longest:
            desktop.locator(f'[data-tick="{tick}"]').click()
    assert desktop.evaluate(CUT) == 0 and on_paper(desktop) == 1


def test_ticks_choose_and_number(desktop):
    """Off and on; numbers run through; the map's numbers are the same; a fourth is refused; nothing is sent or stored."""
    desktop.goto(f"/place/{HERE}/leaflet")
    expect(desktop.locator("#ticked")).to_contain_text("12 of")
    desktop.wait_for_load_state("networkidle")
    before = len(desktop.watch.requests)
    numbers = desktop.locator("[data-entry]:visible .n")
    expect(numbers).to_have_text([str(n) for n in range(1, 13)])
    desktop.locator("#choose").click()
    money = desktop.locator("[data-group=increase_income]")
    money.locator("[aria-checked=false]").first.click()
    expect(desktop.locator("#leaflet-said")).to_have_text("3 fit under each heading. Take one off first.")
    money.locator("[aria-checked=true]").first.click()
    expect(desktop.locator("#ticked")).to_contain_text("11 of")
    expect(numbers).to_have_text([str(n) for n in range(1, 12)])
    for pin in desktop.locator("[data-pin]:visible").all():
        name = pin.get_attribute("data-pin")
        expect(desktop.locator(f'[data-entry="{name}"] .n')).to_have_text(pin.inner_text())
    assert len(desktop.watch.requests) == before and desktop.evaluate(KEPT) == NOTHING


def test_ticks_stand_in_the_address(desktop):
    """Behind the "#", which no server sees: opened again, in large print and back, the leaflet has them; what has no room is said."""
    desktop.goto(f"/place/{HERE}?age=child&condition=asthma")
    desktop.locator("#to-leaflet").click()
    desktop.wait_for_url("**/leaflet?age=child&condition=asthma")
    desktop.locator("#choose").click()
    desktop.locator("[data-group=increase_income] [aria-checked=true]").first.click()
    address = desktop.url
    ticked = set(address.partition("#tick=")[2].split(","))
    shown = "[...document.querySelectorAll('#leaflet [data-entry]:not([hidden])')].map(each => each.dataset.entry)"
    assert ticked == set(desktop.evaluate(shown)) and len(ticked) == 11
    assert not any("tick" in request.url.partition("#")[0] for request in desktop.watch.requests)
    desktop.goto("about:blank")
    desktop.goto(address)
    expect(desktop.locator("#ticked")).to_contain_text("11 of")
    assert set(desktop.evaluate(shown)) == ticked
    desktop.get_by_role("link", name="Large print, two pages").click()
    expect(desktop.locator("#leaflet-said")).to_have_text("There is no room for 3 of your ticks.")
    assert set(desktop.evaluate(shown)) < ticked
    desktop.get_by_role("link", name="Back to").click()
    desktop.wait_for_url(f"**/place/{HERE}?age=child&condition=asthma")


def test_it_is_black_on_white(desktop):
    """No grey text and no colour on the sheet: a black and white printer loses nothing."""
    desktop.goto(f"/place/{HERE}/leaflet")
    expect(desktop.locator(".a4")).to_be_visible()
    inks = desktop.evaluate("[...new Set([...document.querySelectorAll('.a4, .a4 *')].map(each => getComputedStyle(each).color))]")
    assert inks == ["rgb(0, 0, 0)"]
    papers = desktop.evaluate(
        "[...new Set([...document.querySelectorAll('.a4, .a4 *')].map(each => getComputedStyle(each).backgroundColor))]"
    )
    assert set(papers) <= {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}


def test_save_for_offline_and_forget(desktop):
    """Nothing is kept until it is pressed; then it opens without the server; "Forget it" leaves nothing behind."""
    desktop.watch.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load resource|request failed")
    desktop.goto(f"/place/{HERE}/leaflet")
    expect(desktop.locator(".a4")).to_be_visible()
    assert desktop.evaluate(KEPT) == NOTHING
    expect(desktop.locator("#forget-leaflet")).to_be_hidden()
    entries = desktop.locator("[data-entry]:visible").count()
    assert entries > 5
    desktop.locator("#save-leaflet").click()
    expect(desktop.locator("#leaflet-said")).to_have_text("Saved on this device. It opens at this address without the internet.")
    expect(desktop.locator("#forget-leaflet")).to_be_visible()
    kept = desktop.evaluate(KEPT)
    assert kept["caches"] == "leaflets" and kept["workers"] == 1 and kept["local"] == "{}" and kept["cookies"] == ""
    desktop.evaluate("navigator.serviceWorker.ready.then(() => true)")
    desktop.context.set_offline(True)
    desktop.reload()
    expect(desktop.locator(".a4 .title")).to_have_text("Help near you")
    expect(desktop.get_by_text("Kept on this device on")).to_be_visible()
    expect(desktop.locator("[data-entry]:visible")).to_have_count(entries)
    assert on_paper(desktop) == 1
    desktop.context.set_offline(False)
    desktop.goto(f"/place/{HERE}/leaflet")
    desktop.locator("#forget-leaflet").click()
    expect(desktop.locator("#leaflet-said")).to_have_text("Forgotten: it is no longer on this device.")
    expect(desktop.locator("#forget-leaflet")).to_be_hidden()
    desktop.wait_for_function("navigator.serviceWorker.getRegistrations().then(all => all.length === 0)")
    assert desktop.evaluate(KEPT) == NOTHING


def test_it_is_forgotten_offline_too(desktop):
    """The kept leaflet has its own way to be forgotten."""
    desktop.watch.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load resource|request failed")
    desktop.goto(f"/place/{HERE}/leaflet?print=large")
    desktop.locator("#save-leaflet").click()
    expect(desktop.locator("#forget-leaflet")).to_be_visible()
    desktop.evaluate("navigator.serviceWorker.ready.then(() => true)")
    desktop.context.set_offline(True)
    desktop.reload()
    desktop.get_by_role("link", name="Forget this leaflet on this device").click()
    expect(desktop.get_by_text("This leaflet is no longer on this device.")).to_be_visible()
    assert desktop.evaluate("caches.keys()") == []
    desktop.context.set_offline(False)


def test_its_links_name_the_area_alone(desktop):
    """Forms and the way back are addresses with a code, and nothing else."""
    desktop.goto(f"/place/{HERE}/leaflet")
    expect(desktop.locator("#back")).to_be_visible()
    hrefs = [link.get_attribute("href") for link in desktop.locator(".leaflet-bar a").all()]
    assert hrefs == [f"/place/{HERE}", "?", "?print=large"]
    assert all(re.fullmatch(r"[/?=\w]+", href) for href in hrefs)


@pytest.mark.parametrize("device", ["desktop", "phone"])
@pytest.mark.parametrize("code", [HERE, "E01019077", "E01004736"])
def test_no_two_numbers_on_the_map_touch(request, device, code):
    """Rings that touch look like one sign: there is a gap between any two, on the screen and on paper."""
    page = request.getfixturevalue(device)
    page.goto(f"/place/{code}/leaflet")
    expect(page.locator("[data-pin]:visible").first).to_be_visible()
    touching = """() => { const pins = [...document.querySelectorAll('[data-pin]:not([hidden])')].map(each => [each.textContent, each.getBoundingClientRect()]);
      return pins.flatMap(([one, a], i) => pins.slice(i + 1).filter(([, b]) => Math.max(Math.abs(a.x - b.x) - a.width, Math.abs(a.y - b.y) - a.height) < 1.5)
        .map(([other]) => `${one} and ${other}`)); }"""
    page.wait_for_timeout(200)
    assert page.evaluate(touching) == []
