"""Indicators in the browser: a place's figures and charts, places side by side, the narrowed list, periods on the map."""

import re

import pytest
from accessibility import faults
from screens import HERE, PNG, type_postcode
from wire import Wire, spelt

expect = pytest.importorskip("playwright.sync_api").expect
JAYWICK = "E01021988"


def test_the_figures_of_a_place(sized):
    """What stands out in words, every theme unfolds, a chart is fetched only then, and can be taken away as SVG and PNG."""
    page = sized
    page.goto(f"/place/{HERE}")
    expect(page.get_by_role("heading", name="Health, and what shapes it")).to_be_visible()
    expect(page.locator(".figures > .l")).to_contain_text("Compared with the rest of England it is worst on")
    homes = page.locator(".of-theme", has=page.locator("summary b", has_text=re.compile("^Homes$")))
    homes.locator("> summary").click()
    row = homes.get_by_role("row", name=re.compile("^Overcrowded homes"))
    expect(row).to_contain_text("8.6% of households")
    expect(row).to_contain_text("worse than England")
    expect(row.get_by_role("link", name="Where does this number come from?")).to_have_attribute(
        "href", "/layers?layer=overcrowded2021_england_lsoa21"
    )
    assert not page.watch.urls("/indicators/")
    homes.get_by_text("Chart of Overcrowded homes").click()
    picture = homes.get_by_role("img", name=re.compile("Chart of Overcrowded homes in Kings Heath Park"))
    expect(picture).to_be_visible()
    page.wait_for_function("image => image.complete && image.naturalWidth > 300", arg=picture.element_handle())
    asked = page.watch.urls("/indicators/")
    assert len(asked) == 1 and ("width=narrow" in asked[0]) == (page.viewport_size["width"] < 768)
    with page.expect_download() as download:
        homes.get_by_role("button", name="PNG").first.click()
    assert download.value.suggested_filename == f"overcrowded2021_england_lsoa21_{HERE}.png"
    assert download.value.path().read_bytes().startswith(PNG)
    with page.expect_download() as download:
        homes.get_by_role("link", name="SVG").first.click()
    assert b"Overcrowded homes: Kings Heath Park" in download.value.path().read_bytes()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.querySelectorAll('.of-theme').forEach((each) => { each.open = true; })")
    assert faults(page) == []


def test_the_figures_by_keyboard(desktop):
    """A theme unfolds by Enter and its links and charts are reached by Tab."""
    desktop.goto(f"/place/{HERE}")
    desktop.locator(".of-theme > summary").first.focus()
    desktop.keyboard.press("Enter")
    seen = []
    for _ in range(4):
        desktop.keyboard.press("Tab")
        seen.append(desktop.evaluate("document.activeElement.textContent"))
    assert "Where does this number come from?" in seen and any(text.startswith("Chart of") for text in seen)


def test_age_and_condition_narrow_the_figures(desktop):
    """The page's own choices hold for the figures too."""
    desktop.goto(f"/place/{HERE}?condition=asthma")
    expect(desktop.locator(".figures")).to_contain_text("Air pollution")
    expect(desktop.locator(".figures")).not_to_contain_text("Loneliness")


def test_places_side_by_side(sized):
    """From one place to two by a postcode that no request holds, and back to one."""
    page = sized
    wire = Wire(page)
    page.goto(f"/compare?areas={HERE}")
    expect(page.get_by_role("heading", name="Compare places")).to_be_visible()
    type_postcode(page, "CO15 2EU")
    page.wait_for_url(re.compile(rf"/compare\?areas={HERE},E01\d+$"))
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_count(4)
    expect(table.get_by_role("row", name=re.compile("^Overcrowded homes"))).to_contain_text("worse than England")
    assert not wire.holds(spelt("CO15 2EU"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the table scrolls, not the page"
    assert faults(page) == []
    page.get_by_role("link", name=re.compile("Kings Heath.*take off")).click()
    page.wait_for_url(re.compile(r"/compare\?areas=E01\d+$"))
    expect(page.get_by_text("Find a second place to set beside")).to_be_visible()
    assert faults(page) == []


def test_the_list_of_indicators_is_narrowed(desktop, as_map):
    """By condition, age and words together; when nothing fits, it says so."""
    as_map(desktop).open("")
    desktop.locator("#series").click()
    desktop.get_by_text("Narrow the list").click()
    listed = desktop.locator("#series-list button:visible")
    all_of_them = listed.count()
    desktop.get_by_label("Any condition").select_option("asthma")
    assert 0 < listed.count() < all_of_them
    expect(desktop.locator("#series-list")).to_contain_text("Air pollution")
    desktop.get_by_label("Search indicators").fill("air pollution")
    expect(listed).to_have_count(1)
    desktop.get_by_label("Any theme").select_option("Money")
    expect(desktop.get_by_text("Nothing fits all of that. Take a word or a choice away.")).to_be_visible()
    desktop.get_by_label("Any theme").select_option("")
    listed.first.click()
    expect(desktop).to_have_url(re.compile("layer=air_pollution2021_england_lad24"))


def test_classes_hold_still_over_the_periods(desktop, as_map):
    """Another period changes colours, never what a colour means."""
    atlas = as_map(desktop)
    atlas.open("?layer=smoking2021_england_lad24&level=lad")
    legend = desktop.locator(".sw > *")
    before = legend.all_text_contents()
    desktop.locator("#periods").get_by_role("button", name="2015").click()
    atlas.settle()
    expect(desktop.locator("#periods").get_by_role("button", name="2015")).to_have_attribute("aria-pressed", "true")
    assert [text for text in legend.all_text_contents() if "–" in text] == [text for text in before if "–" in text] != []
