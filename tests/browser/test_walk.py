"""The map without a mouse: arrows walk from area to area and are heard, and one journey from the door to the download by keyboard."""

import json
import re

import numpy as np
import pytest

from heatmap.settings import ROOT

expect = pytest.importorskip("playwright.sync_api").expect
brotli = pytest.importorskip("brotli")

KINGS_HEATH, SCILLY = "E01008966", "E06000053"
ARROWS = {"ArrowUp": 0, "ArrowRight": 1, "ArrowDown": 2, "ArrowLeft": 3}


@pytest.fixture(scope="module")
def touching(truth):
    """The pairs of areas that share an edge, by position: level -> {(area, neighbour)}."""
    return lambda level: set(truth.read(f"neighbours/{level}")[["position", "neighbour"]].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def ways(truth):
    """Where each arrow leads, read from the snapshot without the app: level -> (4, areas)."""

    def read(level):
        packed = brotli.decompress((ROOT / "data/built" / truth.parts[f"walk/{level}"]["file"]).read_bytes())
        planes = np.frombuffer(packed, np.uint8).reshape(4, -1).T.copy()
        return planes.view("<i4").reshape(4, -1)

    return read


def codes_of(truth, level):
    """The codes of a level in order."""
    return truth.read(f"areas/{level}").code.tolist()


def start(atlas):
    """Start the walk, as the button does; its element has the focus and takes the keys."""
    atlas.page.locator("#walk-start").focus()
    atlas.page.keyboard.press("Enter")
    expect(atlas.page.locator("#walk")).to_be_focused()


def press(atlas, key):
    """Press a key on the map, and wait until what it says has changed; gives the code walked to."""
    before = atlas.page.locator("#said").inner_text()
    atlas.page.keyboard.press(key)
    atlas.wait(lambda: atlas.page.locator("#said").inner_text() != before, f"words after {key}", lambda: before)
    atlas.stand()
    return atlas.holder.get_attribute("data-walked")


@pytest.mark.parametrize(
    "level, code", [("lsoa", KINGS_HEATH), ("msoa", "E02001935"), ("lad", "E08000025"), ("icb", "E54000055"), ("rgn", "E12000005")]
)
def test_arrows_lead_to_the_neighbour(atlas, truth, ways, touching, level, code):
    """From the chosen area, at every level, each arrow leads where the snapshot says, and name and value are read out."""
    codes = codes_of(truth, level)
    if code not in codes:
        code = codes[len(codes) // 2]
    atlas.go(f"?area={code}" + ("" if level == "lsoa" else f"&level={level}"))
    atlas.look(truth.point(code), {"lsoa": 13, "msoa": 11, "lad": 9, "icb": 7.5, "rgn": 6}[level])
    start(atlas)
    at = codes.index(code)
    for key in ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft"):
        following = int(ways(level)[ARROWS[key], at])
        if following < 0:
            atlas.page.keyboard.press(key)
            expect(atlas.page.locator("#said")).to_contain_text("There is nothing further")
            continue
        assert press(atlas, key) == codes[following]
        words = atlas.page.locator("#said").inner_text()
        assert words.startswith("No neighbour to the ") == ((at, following) not in touching(level))
        words = words.rpartition("that way is ")[2]
        at = following
        area = truth.read(f"areas/{level}").iloc[at]
        assert words.startswith(str(area.get("place") or area["name"])), words
        assert re.search(r": (Tenth \d+|[\d.]+ in 100)", words), words


def test_without_a_chosen_area_the_walk_begins_in_the_middle(atlas, truth):
    """The first arrow names the area in the middle of the map, at sea the nearest one."""
    atlas.go("")
    atlas.look(truth.point(KINGS_HEATH), 13)
    start(atlas)
    walked = press(atlas, "ArrowUp")
    x, y = atlas.at(truth.point(walked))
    box = atlas.page.locator(".maplibregl-canvas").bounding_box()
    assert box["x"] + 100 < x < box["x"] + box["width"] - 300 and box["y"] + 100 < y < box["y"] + box["height"] - 100
    atlas.page.mouse.click(*atlas.at((-1.9, 52.44)))  # a press of the pointer ends the walk
    atlas.go("")
    atlas.look((1.9, 54.5), 8)  # the North Sea
    start(atlas)
    assert re.match(r"E01\d+", press(atlas, "ArrowLeft"))


def test_the_area_walked_to_is_outlined_and_brought_into_sight(atlas, truth):
    """The mark is not the chosen place's; the map moves only when the area would leave the view."""
    atlas.go(f"?area={KINGS_HEATH}")
    atlas.look(truth.point(KINGS_HEATH), 12)
    start(atlas)
    before = atlas.camera
    walked = press(atlas, "ArrowUp")
    assert atlas.camera == before, "the area was in view: nothing moves"
    assert atlas.page.evaluate("heat.map.getLayoutProperty('walked-lsoa', 'visibility')") == "visible"
    assert atlas.holder.get_attribute("data-chosen") == KINGS_HEATH != walked
    expect(atlas.page.locator(".tip:not(.spot-tip)")).to_be_visible()
    box = atlas.page.locator(".maplibregl-canvas").bounding_box()
    for _ in range(25):
        walked = press(atlas, "ArrowRight")
        atlas.wait(lambda: not atlas.page.evaluate("heat.map.isMoving()"), "a still map")
        x, y = atlas.at(truth.point(walked))
        assert box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"]
    assert atlas.camera != before
    atlas.page.locator("#series").focus()
    expect(atlas.page.locator(".tip:not(.spot-tip)")).not_to_be_visible()
    assert atlas.page.evaluate("heat.map.getLayoutProperty('walked-lsoa', 'visibility')") == "none"


def test_an_area_filtered_out_says_so(atlas, truth):
    """The walk goes on over areas that the filters took away, and says what they are."""
    atlas.go("?authorities=E08000025&level=lad")
    atlas.look(truth.point("E08000025"), 9)
    start(atlas)
    heard = [press(atlas, key) and atlas.page.locator("#said").inner_text() for key in ("ArrowUp", "ArrowUp", "ArrowUp")]
    assert any("filtered out" in words for words in heard), heard


def test_values_are_read_out_for_layers_with_figures(atlas, truth):
    """People of a neighbourhood: the figures are fetched before anything is said."""
    atlas.go(f"?layer=population2022_england_lsoa21&area={KINGS_HEATH}")
    atlas.look(truth.point(KINGS_HEATH), 13)
    start(atlas)
    press(atlas, "ArrowUp")
    expect(atlas.page.locator("#said")).to_have_text(re.compile(r": [\d,]+ people\.$"))


def test_shift_and_arrows_move_the_map_plus_and_minus_zoom(atlas, truth):
    """As before, and nothing is walked to by it."""
    atlas.go("")
    atlas.look(truth.point(KINGS_HEATH), 12)
    start(atlas)
    before, stood = atlas.camera, atlas.holder.get_attribute("data-walked")
    atlas.page.keyboard.press("Shift+ArrowRight")
    atlas.wait(lambda: atlas.camera["lng"] > before["lng"] + 0.005, "a move east", lambda: atlas.camera)
    atlas.page.keyboard.press("+")
    atlas.wait(lambda: atlas.camera["zoom"] > 12.9, "a closer look", lambda: atlas.camera)
    atlas.page.keyboard.press("-")
    atlas.wait(lambda: atlas.camera["zoom"] < 12.1, "a wider look", lambda: atlas.camera)
    assert atlas.holder.get_attribute("data-walked") == stood


def test_the_last_area_in_a_direction_says_that_nothing_lies_further(atlas, truth, ways):
    """At the edge of the country the arrow does not go round it."""
    codes = codes_of(truth, "rgn")
    north = int(np.flatnonzero(ways("rgn")[0] < 0)[0])
    atlas.go(f"?level=rgn&area={codes[north]}")
    start(atlas)
    atlas.page.keyboard.press("ArrowUp")
    expect(atlas.page.locator("#said")).to_have_text("There is nothing further north.")


def test_a_step_over_the_sea_is_told_as_one(atlas, truth, ways, touching):
    """From the Isles of Scilly no arrow leads to a neighbour: it says so, and names what it leads to."""
    codes = codes_of(truth, "lad")
    scilly = codes.index(SCILLY)
    assert not any(one == scilly for one, _ in touching("lad"))
    way = next(key for key, number in ARROWS.items() if ways("lad")[number, scilly] >= 0)
    atlas.go(f"?level=lad&area={SCILLY}")
    start(atlas)
    walked = press(atlas, way)
    name = truth.read("areas/lad").set_index("code").loc[walked, "name"]
    assert re.match(
        rf"No neighbour to the (north|east|south|west); the nearest area that way is {name}: ", atlas.page.locator("#said").inner_text()
    )


def test_without_motion_the_map_jumps(open_page, as_map, truth):
    """With reduced motion asked for, no flight goes on after a step."""
    page = open_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    atlas = as_map(page).open(f"?area={KINGS_HEATH}")
    atlas.stand()
    start(atlas)
    for _ in range(6):
        press(atlas, "ArrowUp")
        assert not page.evaluate("heat.map.isMoving()")


def test_only_the_walk_takes_the_keys(atlas):
    """To a screen reader the map is a picture; a button starts the walk, in an element that names its keys; Escape ends it."""
    page = atlas.page
    picture, walk = page.locator(".maplibregl-canvas"), page.locator("#walk")
    expect(picture).to_have_attribute("role", "img")
    expect(picture).to_have_attribute("tabindex", "-1")
    assert page.locator("[role=application]:visible").count() == 0
    expect(page.get_by_role("button", name="Walk the map with the arrow keys")).to_have_count(1)
    start(atlas)
    expect(walk).to_have_attribute("role", "application")
    assert all(word in walk.get_attribute("aria-label") for word in ("Arrow keys", "Enter", "Escape", "Shift", "plus and minus"))
    page.keyboard.press("Escape")
    expect(page.locator("#walk-start")).to_be_focused()
    expect(walk).to_be_hidden()
    start(atlas)
    page.keyboard.press("Tab")
    expect(walk).to_be_hidden()


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"layer": "crime2025_england_lsoa21"}, "Crime"),
        ({"level": "lad"}, "by authorities"),
        ({"groups": "fifths"}, "in fifths"),
        ({"show": "table"}, "Table by"),
        ({"area": KINGS_HEATH}, "Kings Heath Park & Stirchley East"),
    ],
)
@pytest.mark.parametrize("chosen", ["", f"?area={SCILLY}"], ids=["no place", "a place"])
def test_every_choice_is_read_out(atlas, changes, words, chosen):
    """Layer, level, groups, view and place, with a place chosen or without: one polite line says what changed."""
    atlas.go(chosen)
    said = atlas.page.locator("#said")
    assert said.get_attribute("role") == "status"
    before = said.inner_text()
    atlas.page.evaluate(f"heat.set({json.dumps(changes)})")
    expect(said).to_contain_text(words)
    assert said.inner_text() != before


def test_only_what_changed_is_read_out(atlas):
    """A part of England and a filter say what is left; a place says nothing of the count, which it does not change."""
    said = atlas.page.locator("#said")
    assert atlas.count.get_attribute("role") is None
    atlas.page.get_by_role("button", name="London", exact=True).click()
    expect(said).to_have_text("4,994 neighbourhoods, 8.9 million people.")
    atlas.page.get_by_role("button", name="Only tenth 1, most deprived").click()
    expect(said).to_contain_text(re.compile(r"^[\d,]+ neighbourhoods, [\d,]+ people\.$"))
    atlas.page.evaluate(f"heat.set({{ area: '{KINGS_HEATH}' }})")
    expect(said).to_have_text(re.compile(r"^Kings Heath Park & Stirchley East\. Index of Multiple Deprivation 2025: .*\.$"))
    assert "neighbourhoods, " not in said.inner_text() and "Map by" not in said.inner_text()
    atlas.page.evaluate("heat.set({ groups: 'fifths' })")
    expect(said).to_have_text("Map by neighbourhoods, in fifths.")


# ---- the whole journey ----


NAME_OF_FOCUS = """(() => { const e = document.activeElement; return e.id || e.dataset.view || e.dataset.do || e.dataset.go || e.dataset.sort
  || e.getAttribute('aria-label') || e.className || e.textContent.trim().slice(0, 30); })()"""
#: Whether the focus can be seen: by its own ring, its field's, or its whole row's.
SEEN = """(() => { const e = document.activeElement, s = getComputedStyle(e), after = getComputedStyle(e, '::after');
  return e === document.body || s.outlineStyle !== 'none' || s.boxShadow !== 'none' || after.outlineStyle !== 'none' || e.closest('.input') !== null; })()"""


def walker(page):
    """What has the focus, and a walk by Tab to what is wanted, by name or pattern; each stop must be seen."""

    def focus():
        return page.evaluate(NAME_OF_FOCUS)

    def tab_to(wanted, most=90, back=False):
        passed = []
        for _ in range(most):
            page.keyboard.press("Shift+Tab" if back else "Tab")
            now = focus()
            assert page.evaluate(SEEN), f"no visible focus on {now}"
            passed.append(now)
            if now == wanted or (hasattr(wanted, "search") and wanted.search(now)):
                return passed
        pytest.fail(f"{wanted} was not reached: {passed}")

    return focus, tab_to


def test_the_journey_by_keyboard_alone(desktop, as_map):
    """Open, skip, choose an indicator, filter, walk, select, table, sort, download, Escape: with Tab, Enter, arrows only."""
    page, keys = desktop, desktop.keyboard
    atlas = as_map(page).open()

    focus, tab_to = walker(page)
    passed = tab_to("walk-start")
    order = [
        next(i for i, each in enumerate(passed) if re.search(part, each))
        for part in ("skip", "brand", "search", "^series$", "^level$", "Only tenth 1", "^walk-start$")
    ]
    assert order == sorted(order), passed

    tab_to("series", back=True)
    keys.press("Enter")
    expect(page.get_by_role("searchbox", name="Search indicators")).to_be_focused()
    keys.type("crime")
    keys.press("Enter")
    atlas.settle("?layer=crime2025_england_lsoa21")
    expect(page.locator("#series")).to_be_focused()
    tab_to(re.compile("^Only tenth 1,"))
    keys.press("Enter")
    atlas.settle("?layer=crime2025_england_lsoa21&deciles=1")

    tab_to("walk-start")
    keys.press("Enter")
    press(atlas, "ArrowUp")
    walked = press(atlas, "ArrowRight")
    keys.press("Enter")
    expect(atlas.title).to_be_focused()
    assert atlas.asked["area"] == walked
    keys.press("Escape")
    expect(atlas.title).to_have_count(0)
    expect(page.locator("#walk")).to_be_focused()

    tab_to("table")
    keys.press("Enter")
    rows = page.locator("#table tbody tr")
    expect(rows.first).to_be_visible()
    atlas.quiet()
    tab_to("name")
    keys.press("Enter")
    expect(page.get_by_role("columnheader", name="Neighbourhood")).to_have_attribute("aria-sort", "ascending")
    tab_to("downloads", back=True)
    keys.press("Enter")
    expect(page.locator("#save-csv")).to_be_visible()
    keys.press("Tab")
    assert focus() == "save-csv"
    with page.expect_download() as saved:
        keys.press("Enter")
    assert saved.value.suggested_filename.endswith("deciles-1.csv")
    keys.press("Enter")
    expect(page.locator("#save-csv")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#save-csv")).not_to_be_visible()
    expect(page.locator("#downloads")).to_be_focused()
    tab_to("map", back=True)
    keys.press("Enter")
    expect(page.locator(".maplibregl-canvas")).to_be_visible()


def test_from_the_postcode_to_the_leaflet_by_keyboard(desktop, as_map):
    """The front door, the place, its condition, the young people's words, the leaflet with one thing less ticked, back: no mouse."""
    page, keys = desktop, desktop.keyboard
    _, tab_to = walker(page)
    page.goto("/")
    expect(page.locator("#first")).to_have_count(0)
    tab_to(re.compile("^heat-search"))
    keys.type("b146re")
    expect(page.locator("[role=option]")).to_have_count(1)
    keys.press("Enter")
    expect(page.locator("#place-title")).to_be_focused()

    tab_to(re.compile("^choose-condition|condition"), back=True)
    keys.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    keys.press("Enter")
    page.wait_for_url("**condition=*")
    expect(page.locator("details.chooser[open]")).to_have_count(0)
    expect(page.locator("main :focus")).to_have_count(1)  # once Dash has drawn

    keys.press("Tab")
    while "young" not in page.evaluate("document.activeElement.textContent"):
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator(".hello")).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body")
    tab_to(re.compile("."), back=True)
    page.goto(f"/place/{KINGS_HEATH}")
    expect(page.locator("#first")).to_have_count(0)
    tab_to("to-leaflet")
    keys.press("Enter")
    page.wait_for_url("**/leaflet*")
    expect(page.locator("#leaflet")).to_be_visible()

    tab_to("choose")
    keys.press("Enter")
    box = page.locator("[data-tick][aria-checked=true]").first
    keys.press("Tab")
    expect(box).to_be_focused()
    ticked = page.locator("[data-tick][aria-checked=true]").count()
    keys.press("Space")
    expect(page.locator("[data-tick][aria-checked=true]")).to_have_count(ticked - 1)
    keys.press("Escape")
    expect(page.locator("#choose")).to_be_focused()
    tab_to("print-leaflet")
    tab_to("back", back=True)
    keys.press("Enter")
    page.wait_for_url(f"**/place/{KINGS_HEATH}*")


def test_the_layers_by_keyboard(desktop, as_map):
    """Search, open a card, close it, filter, and on to the map: the focus is where the reader left it."""
    page, keys = desktop, desktop.keyboard
    _, tab_to = walker(page)
    page.goto("/layers")
    expect(page.locator("#first")).to_have_count(0)
    tab_to("Search layers")
    keys.type("pharmacy")
    expect(page.locator("#layers-count")).to_contain_text("match")
    keys.press("Enter")
    title = page.locator("#layer-title")
    expect(title).to_be_focused()
    name = title.inner_text()
    keys.press("Escape")
    expect(title).to_have_count(0)
    assert page.evaluate("document.activeElement.textContent.trim()").startswith(name)

    tab_to("Search layers", back=True)
    keys.press("Control+a")
    keys.press("Delete")
    keys.press("Tab")
    keys.press("Enter")  # the first filter, theme
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_url("**theme=*")
    expect(page.locator("details.facet[open]")).to_have_count(0)
    assert page.evaluate("document.activeElement.matches('.facet summary')")
    keys.press("Tab")
    tab_to(re.compile("."))
    page.locator("#layers-list tr a").first.focus()
    keys.press("Enter")
    expect(title).to_be_focused()
    tab_to("btn main")
    keys.press("Enter")
    page.wait_for_url("**/map?layer=*")


def test_the_table_by_keyboard(desktop, as_map):
    """Search, sort, turn the page, open a place from its row and come back to that row."""
    page, keys = desktop, desktop.keyboard
    atlas = as_map(page).open("?show=table")
    _, tab_to = walker(page)
    page.locator("#table tbody tr").first.wait_for()
    atlas.quiet()
    tab_to(re.compile("^Search this table"))
    keys.type("birmingham")
    status = page.locator("#table [role=status]")
    expect(status).to_contain_text("of 6")
    tab_to("name")
    keys.press("Enter")
    expect(page.get_by_role("columnheader", name="Neighbourhood")).to_have_attribute("aria-sort", "ascending")
    while page.evaluate("document.activeElement.textContent") != "Next":
        keys.press("Tab")
    keys.press("Enter")
    expect(status).to_contain_text("Rows 51 to 100")
    assert page.evaluate("document.activeElement.textContent") == "Next"
    tab_to(re.compile("^$|."), back=True)
    while not page.evaluate("document.activeElement.matches('#table tbody button')"):
        keys.press("Shift+Tab")
    row = page.evaluate("document.activeElement.dataset.set")
    keys.press("Enter")
    expect(atlas.title).to_be_focused()
    keys.press("Escape")
    expect(atlas.title).to_have_count(0)
    assert page.evaluate("document.activeElement.dataset.set") == row


@pytest.mark.parametrize(("item", "ending"), [("save-csv", ".csv"), ("save-geojson", ".geojson"), ("save-png", ".png")])
def test_every_download_by_keyboard(desktop, as_map, item, ending):
    """The list opens by Enter, each file is reached by Tab and fetched by Enter, and the focus goes back to the list's button."""
    page, keys = desktop, desktop.keyboard
    as_map(page).open("?level=lad")
    _, tab_to = walker(page)
    tab_to("downloads")
    keys.press("Enter")
    tab_to(item, most=4)
    with page.expect_download() as saved:
        keys.press("Enter")
    assert saved.value.suggested_filename.endswith(ending)
    expect(page.locator("#downloads")).to_be_focused()
