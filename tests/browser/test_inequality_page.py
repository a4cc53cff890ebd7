"""Inequality in the browser: a question asked by the form alone, the chart and what can be taken away, the ranking, who lives where."""

import re

import pytest
from test_figures_page import PNG, faults

expect = pytest.importorskip("playwright.sync_api").expect
DISABLED, ACUTE, BIRMINGHAM = "disability2021_england_lsoa21", "acute_morbidity2025_england_lsoa21", "E08000025"


def fits(page):
    """Whether the page is no wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_question_by_the_form(sized):
    """Indicator, area and groups are chosen, the address holds them, the chart's text says the finding."""
    page = sized
    page.goto("/inequality")
    expect(page.get_by_role("heading", name="How steep is the gradient?")).to_be_visible()
    page.get_by_label("Indicator").select_option(label="Emergency hospital stays")
    page.get_by_label("Area", exact=True).select_option(label="Birmingham")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile(rf"/inequality\?layer={ACUTE}&area={BIRMINGHAM}&by="))
    sentence = page.get_by_role("heading", name=re.compile("In Birmingham the figure for emergency hospital stays is 1.4 times as high"))
    expect(sentence).to_be_visible()
    picture = page.get_by_role(
        "img", name=re.compile("^Bar chart of Emergency hospital stays. In Birmingham the figure .* 1.4 times as high")
    )
    page.wait_for_function("image => image.complete && image.naturalWidth > 300", arg=picture.element_handle())
    asked = [url for url in page.watch.urls("/inequality/chart") if BIRMINGHAM in url]
    assert len(asked) == 1 and ("width=narrow" in asked[0]) == (page.viewport_size["width"] < 768)
    page.get_by_text("As a table").click()
    expect(page.get_by_role("region", name="The groups as a table").get_by_role("row")).to_have_count(11)
    assert fits(page) and faults(page) == []


def test_what_can_be_taken_away(desktop):
    """CSV with its notes, SVG and PNG with the sentence in them, and the map filtered to the area."""
    desktop.goto(f"/inequality?layer={DISABLED}&area={BIRMINGHAM}")
    for name, begins in (("CSV", b"group,population"), ("SVG", b"<svg")):
        with desktop.expect_download() as download:
            desktop.get_by_role("link", name=name).click()
        content = download.value.path().read_bytes()
        assert content.startswith(begins) and b"In Birmingham the figure for disabled people" in content
    with desktop.expect_download() as download:
        desktop.get_by_role("button", name="PNG").click()
    assert download.value.path().read_bytes().startswith(PNG)
    desktop.get_by_role("link", name="On the map").click()
    desktop.wait_for_url(re.compile(rf"/map\?layer={DISABLED}&.*authorities={BIRMINGHAM}"))


def test_the_form_by_keyboard(desktop):
    """Tab reaches every choice, the arrows move between tenths and fifths, Enter asks."""
    desktop.goto(f"/inequality?layer={DISABLED}&area={BIRMINGHAM}")
    desktop.get_by_label("Tenths").focus()
    desktop.keyboard.press("ArrowRight")
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_label("Birmingham", exact=True).last).to_be_focused()
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_role("button", name="Show")).to_be_focused()
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(re.compile("groups=5"))
    expect(desktop.get_by_role("heading", name=re.compile("most deprived fifth of neighbourhoods"))).to_be_visible()


def test_a_circular_question(sized):
    """The warning stands first, and leads nowhere by itself."""
    page = sized
    page.goto(f"/inequality?layer={ACUTE}&area={BIRMINGHAM}&by=imd2025&ranked=national")
    warning = page.get_by_text(re.compile("^Circular: this indicator is part of the index"))
    expect(warning).to_be_visible()
    heading = page.get_by_role("heading", name=re.compile("^In Birmingham"))
    assert warning.bounding_box()["y"] < heading.bounding_box()["y"]
    assert fits(page) and faults(page) == []


def test_where_the_gap_is_widest(sized):
    """The ranking with the chosen authority marked, sorted by the other measure, and those too small apart."""
    page = sized
    page.goto(f"/inequality/areas?layer={DISABLED}&area={BIRMINGHAM}")
    expect(page.get_by_role("heading", name=re.compile("^Of 294 authorities the gap in disabled people"))).to_be_visible()
    page.get_by_role("link", name="Go to Birmingham").click()
    expect(page.get_by_role("row", name=re.compile("Birmingham"))).to_be_in_viewport()
    expect(page.get_by_text(re.compile("City of London has 6 neighbourhoods with a figure"))).to_be_attached()
    assert fits(page) and faults(page) == []
    page.get_by_role("link", name="RII, times").click()
    page.wait_for_url(re.compile("measure=rii"))
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("RII, times")


def test_who_lives_where_it_is_most_deprived(sized):
    """Core20 of an area, ages and regions, each with its finding."""
    page = sized
    page.goto(f"/inequality/people?area={BIRMINGHAM}")
    expect(
        page.get_by_role("heading", name=re.compile("In Birmingham 652,679 people, 56 in 100, live in the most deprived fifth"))
    ).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(3)
    assert fits(page) and faults(page) == []


def test_the_ways_to_it(desktop):
    """From the header, a place's page and a layer's card."""
    desktop.goto("/place/E01008966")
    desktop.get_by_role("link", name="Inequality in Birmingham").click()
    expect(desktop.get_by_role("heading", name="How steep is the gradient?")).to_be_visible()
    expect(desktop.get_by_role("navigation", name="Pages").get_by_role("link", name="Inequality")).to_have_attribute("aria-current", "page")
    desktop.goto(f"/layers?layer={DISABLED}")
    desktop.get_by_role("link", name="How steep is its gradient?").click()
    expect(desktop.get_by_role("heading", name=re.compile("In England the figure for disabled people"))).to_be_visible()
