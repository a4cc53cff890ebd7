"""Inequality in the browser: a question asked by the form alone, the chart and what can be taken away, the ranking, who lives where."""

import re

import pytest
from accessibility import faults
from screens import PNG, fits, on_paper

expect = pytest.importorskip("playwright.sync_api").expect
DISABLED, ACUTE, BIRMINGHAM = "disability2021_england_lsoa21", "acute_morbidity2025_england_lsoa21", "E08000025"


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
    for name, begins in (("CSV", b"\xef\xbb\xbfgroup,population"), ("SVG", b"<svg")):
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


# ---- maps inside the pages ----

CROWDED = "overcrowded2021_england_lsoa21"
TWO = f"/inequality/two?layer={ACUTE}&other={CROWDED}&level=msoa&area={BIRMINGHAM}"


def drawn(page):
    """The page's map, once it is drawn."""
    place = page.locator("[data-heat-map]")
    expect(place).to_have_attribute("data-state", "drawn", timeout=30_000)
    return place


def test_two_at_once(sized):
    """The finding, nine boxes that lead to their lists, the map in the boxes' colours, and the list as a file."""
    page = sized
    page.goto(TWO)
    finding = page.get_by_role("heading", name=re.compile(r"^In Birmingham \d+ of 132 wider neighbourhoods"))
    expect(finding).to_be_visible()
    drawn(page)
    assert fits(page) and faults(page) == []
    many = int(re.search(r"Birmingham (\d+) of", finding.inner_text())[1])
    expect(page.get_by_role("heading", name=re.compile(rf"^Both high: {many} wider neighbourhoods"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.path().read_text().split("\n\n")[0].count("\nE02") == many
    box = page.get_by_role("link", name=re.compile("emergency hospital stays: best third; overcrowded homes: worst third"))
    few = box.inner_text()
    box.click()
    page.wait_for_url(re.compile("box=3"))
    expect(page.get_by_role("heading", name=re.compile(rf"^Emergency hospital stays: best third; .*: {few} wider"))).to_be_visible()
    drawn(page)
    coloured = page.evaluate("""() => { const { heatMap: map } = document.querySelector('[data-heat-map]'); let many = 0;
          for (let id = 0; id < 6856; id++) many += map.getFeatureState({ source: 'msoa', sourceLayer: 'msoa', id }).v > 1;
          return many; }""")
    assert coloured == int(few), "the box alone is on the map"
    page.get_by_role("link", name="Show all boxes on the map").click()
    page.wait_for_url(lambda url: "box=" not in url)


def test_the_map_of_two_says_the_box_and_leads_on(desktop):
    """Pointing names the area and its two thirds; pressing keeps that and links to its page; its colour is its box's."""
    desktop.goto(TWO)
    place = drawn(desktop)
    place.scroll_into_view_if_needed()
    spot = desktop.evaluate(
        """() => { const place = document.querySelector('[data-heat-map]'), map = place.heatMap, size = map.getCanvas();
          const x = size.clientWidth / 2, y = size.clientHeight / 2;
          const [feature] = map.queryRenderedFeatures([x, y], { layers: ['areas-msoa'] });
          const at = place.getBoundingClientRect();
          return { x: at.left + x, y: at.top + y, id: feature.id, ink: map.getFeatureState({ source: 'msoa', sourceLayer: 'msoa', id: feature.id }).v }; }"""
    )
    desktop.mouse.move(spot["x"], spot["y"])
    tip = place.locator(".tip")
    expect(tip).to_contain_text(
        re.compile("Emergency hospital stays: (best|middle|worst) third; overcrowded homes: (best|middle|worst) third")
    )
    desktop.mouse.click(spot["x"], spot["y"])
    link = tip.get_by_role("link", name="Open it")
    expect(link).to_have_attribute("href", re.compile("^/place/E02"))
    code = link.get_attribute("href").rpartition("/")[2]
    asked = f"/api/v1/inequality/two?layer={ACUTE}&other={CROWDED}&level=msoa&area={BIRMINGHAM}"
    boxes = {n: desktop.request.get(f"{asked}&box={n}").json()["areas"] for n in range(1, 10)}
    box = next(n for n, areas in boxes.items() if code in {area["code"] for area in areas})
    described = desktop.evaluate("JSON.parse(document.querySelector('[data-heat-map]').dataset.heatMap)")
    assert described["colours"][box - 1] == spot["ink"] and described["words"][box - 1] in tip.inner_text()
    link.click()
    desktop.wait_for_url(re.compile(f"/place/{code}"))


def test_two_at_once_asked_by_the_form(desktop):
    """Both layers and the level are chosen; the address holds them, a circular pair is said to be one."""
    desktop.goto("/inequality/two")
    desktop.get_by_label("The one").select_option(label="Overall deprivation, 2025")
    desktop.get_by_label("The other").select_option(label="Crime, 2025")
    desktop.get_by_label("By", exact=True).select_option(value="lad")
    desktop.get_by_role("button", name="Show").click()
    desktop.wait_for_url(re.compile("layer=imd2025_england_lsoa21&other=crime2025_england_lsoa21&level=lad"))
    expect(desktop.get_by_text(re.compile("^Circular: crime is a part of overall deprivation"))).to_be_visible()
    expect(desktop.get_by_role("heading", name=re.compile(r"^In England \d+ of 296 authorities"))).to_be_visible()


def test_the_ranking_on_the_map(sized):
    """Authorities in five classes by their gap, with a key in words; those without the measure are striped."""
    page = sized
    page.goto(f"/inequality/areas?layer={DISABLED}&area={BIRMINGHAM}")
    drawn(page)
    expect(page.get_by_text(re.compile("points, widest$"))).to_be_visible()
    states = page.evaluate("""() => { const { heatMap: map } = document.querySelector('[data-heat-map]'); const found = {};
          for (let id = 0; id < 296; id++) { const { v } = map.getFeatureState({ source: 'lad', sourceLayer: 'lad', id }); found[v] = (found[v] || 0) + 1; }
          return found; }""")
    assert sum(states.values()) == 296 and states["0"] == 2 and len(states) == 6
    assert fits(page) and faults(page) == []


def test_a_map_that_does_not_come(desktop):
    """The page says so, the list is there, and a press tries again."""
    desktop.watch.expect("503")
    desktop.route("**/two/classes*", lambda route: route.fulfill(status=503))
    desktop.goto(TWO)
    place = desktop.locator("[data-heat-map]")
    expect(place.get_by_text("We could not load the map. The table below has the same figures.")).to_be_visible()
    expect(desktop.get_by_role("region", name=re.compile("^Both high"))).to_be_visible()
    desktop.unroute("**/two/classes*")
    place.get_by_role("button", name="Try again").click()
    drawn(desktop)


def test_a_browser_without_webgl(desktop):
    """A sentence takes the map's place; boxes and list stand."""
    desktop.add_init_script(
        "HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, { apply: (get, canvas, asked) =>"
        " (/webgl/.test(asked[0]) ? null : Reflect.apply(get, canvas, asked)) });"
    )
    desktop.goto(TWO)
    expect(desktop.get_by_text("This browser cannot draw the map")).to_be_visible()
    expect(desktop.get_by_role("link", name=re.compile("worst third; overcrowded homes: worst third"))).to_be_visible()


@pytest.mark.parametrize(("path", "most"), [("/inequality?area=E08000025", 2), (f"{TWO}", 4), (f"/inequality/areas?layer={DISABLED}", 17)])
def test_each_page_prints_without_empty_sheets(desktop, path, most):
    """The finding begins on the first sheet, and a long list goes on overleaf."""
    desktop.goto(path)
    expect(desktop.locator("main h2").first).to_be_visible()
    assert on_paper(desktop) <= most


@pytest.mark.parametrize(("width", "density", "drawn_for"), [(390, 3, 340), (390, 1, 340), (1440, 2, 720)])
def test_the_chart_is_drawn_for_its_screen(open_page, width, density, drawn_for):
    """A phone with three dots a pixel is no wide screen; and a picture that is saved from the page has its title."""
    page = open_page(viewport={"width": width, "height": 844}, device_scale_factor=density)
    page.goto("/inequality?layer=disability2021_england_lsoa21")
    chart = page.get_by_role("img", name="Bar chart of Disabled people")
    chart.wait_for()
    page.wait_for_load_state("networkidle")
    assert chart.evaluate("one => one.naturalWidth") == drawn_for
    box = chart.bounding_box()
    assert 0.85 < box["width"] / drawn_for < 1.2 and abs(box["width"] / box["height"] - drawn_for / 330) < 0.05
    saved = page.evaluate("async (address) => (await fetch(address)).text()", chart.evaluate("one => one.currentSrc"))
    assert re.search(r"font-weight='700'[^>]*>Disabled people\. In", saved)
