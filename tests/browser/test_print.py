"""The map page on paper: one A4 page across with title, map, legend, place and credit, and no controls."""

import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

KINGS_HEATH, BIRMINGHAM = "E01008966", "E08000025"


def pages_of(pdf):
    """How many pages a PDF has, and their sizes in points."""
    sizes = re.findall(rb"MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return len(re.findall(rb"/Type /Page\b[^s]", pdf)), {(round(float(w)), round(float(h))) for w, h in sizes}


def on_paper(page):
    """The page as print shows it; the map is copied when printing begins."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")


@pytest.mark.parametrize("query", ["", f"?area={KINGS_HEATH}", "?level=lad&area=E06000002", "?layer=rural_urban2021_england_lsoa21"])
def test_one_page_across(atlas, query):
    """A4 landscape, one page, whatever is shown."""
    atlas.go(query)
    if "area" in query:
        expect(atlas.title).to_be_visible()
    assert pages_of(atlas.page.pdf(prefer_css_page_size=True)) == (1, {(842, 595)})


def test_other_pages_stay_upright(open_page):
    """The page across is the map's alone."""
    page = open_page()
    page.goto("/about")
    page.get_by_role("heading", level=1).wait_for()
    _, sizes = pages_of(page.pdf(prefer_css_page_size=True))
    assert all(width < height for width, height in sizes)


def test_what_is_on_the_page(atlas, truth):
    """Title, filters, map, ten boxes with words, which end is worse, the place, the credit; no control at all."""
    atlas.go(f"?area={KINGS_HEATH}&authorities={BIRMINGHAM}")
    expect(atlas.title).to_be_visible()
    atlas.look(truth.point(KINGS_HEATH), 12)
    page = atlas.page
    try:
        on_paper(page)
        paper = page.locator("#paper")
        for words in (
            "Overall deprivation, 2025, by neighbourhood",
            "Only: In Birmingham",
            "Tenth 1: most deprived tenth",
            "Tenth 10: least deprived tenth",
            "tenth 1 is the most deprived",
            "Crown copyright",
            "Indices of Deprivation",
            "It describes areas, not people",
        ):
            expect(paper).to_contain_text(words)
        expect(atlas.title).to_be_visible()
        expect(page.get_by_text("These figures describe a place")).to_be_visible()
        picture = page.get_by_role("img", name="Overall deprivation, 2025, by neighbourhood")
        expect(picture).to_be_visible()
        dark = page.evaluate(
            """() => { const c = document.querySelector('#paper canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] + d[i + 1] + d[i + 2] < 200 && d[i + 3]) n++; return n / (d.length / 4); }"""
        )
        assert dark > 0.02, "the map is drawn, not blank"
        controls = page.locator("button:visible, input:visible, summary:visible, nav:visible, .maplibregl-canvas:visible")
        assert controls.count() <= 6  # the names of what the place lies in, which are buttons
        expect(page.locator(".side.left")).not_to_be_visible()
    finally:
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")


@pytest.mark.parametrize("width", [1440, 900, 1920])
def test_the_picture_and_its_words_fill_the_sheet(open_page, as_map, width):
    """A map narrower than its column has its legend beside it; a broad one has it below: never an empty half."""
    page = open_page(viewport={"width": width, "height": 900})
    as_map(page).open(f"?area={KINGS_HEATH}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1047, "height": 718})
    column, canvas, words = (page.locator(part).bounding_box() for part in ("#paper", "#paper canvas", ".on-sheet > div"))
    beside = words["x"] >= canvas["x"] + canvas["width"]
    assert beside or canvas["width"] > 0.6 * column["width"]
    assert words["x"] + words["width"] <= column["x"] + column["width"] + 1


def test_the_table_on_paper(atlas):
    """While the table is looked at, its rows are printed, without tools."""
    atlas.go(f"?show=table&authorities={BIRMINGHAM}")
    page = atlas.page
    try:
        on_paper(page)
        expect(page.locator("#table tbody tr")).to_have_count(50)
        expect(page.locator("#table tbody tr").first).to_be_visible()
        expect(page.locator(".table-tools")).not_to_be_visible()
        expect(page.locator("#paper canvas")).to_have_count(0)
    finally:
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
