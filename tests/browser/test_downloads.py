"""What can be taken away from the map: the table, the outlines, a picture. Each says what it shows and whose figures it holds."""

import csv
import io
import json
import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

IMD, KINGS_HEATH, BIRMINGHAM = "imd2025_england_lsoa21", "E01008966", "E08000025"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: The pixels of a picture, counted in the page: its size, and how many of its pixels have each of the colours asked for.
COUNT = """async ([bytes, colours]) => {
  const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], {type: 'image/png'}));
  const pen = Object.assign(document.createElement('canvas'), {width: image.width, height: image.height}).getContext('2d');
  pen.drawImage(image, 0, 0);
  const {data} = pen.getImageData(0, 0, image.width, image.height), found = Object.fromEntries(colours.map(c => [c, 0]));
  for (let i = 0; i < data.length; i += 4) {
    const colour = '#' + [0, 1, 2].map(k => data[i + k].toString(16).padStart(2, '0')).join('');
    if (colour in found) found[colour]++;
  }
  return {width: image.width, height: image.height, found}; }"""


def unfold(page):
    """Open the list of downloads."""
    page.locator("#downloads").click()
    expect(page.locator("#save-csv")).to_be_visible()


def take(page, item):
    """Press an item of the list; gives the file's name and content."""
    unfold(page)
    with page.expect_download() as saved:
        page.locator(f"#save-{item}").click()
    return saved.value.suggested_filename, saved.value.path().read_bytes()


def test_the_list_by_keyboard(atlas):
    """A button that unfolds: Enter, Tab through all items, Escape folds and keeps the focus; a press outside folds it too."""
    page = atlas.page
    page.locator("#downloads").focus()
    page.keyboard.press("Enter")
    passed = []
    for _ in range(4):
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.id"))
    assert passed == ["save-csv", "save-geojson", "save-png", "save-paper"]
    page.keyboard.press("Escape")
    expect(page.locator("#save-csv")).not_to_be_visible()
    expect(page.locator("#downloads")).to_be_focused()
    unfold(page)
    page.locator("#count").click()
    expect(page.locator("#save-csv")).not_to_be_visible()
    assert "area" not in atlas.asked


@pytest.mark.parametrize("query", ["", f"?deciles=1,2&authorities={BIRMINGHAM}&setting=urban", "?level=lad&core20=2025&show=table"])
def test_the_table_as_csv(atlas, truth, query):
    """The rows of the screen with the same filters, which the file's name says; nothing a spreadsheet could take for a formula."""
    atlas.go(query)
    name, content = take(atlas.page, "csv")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    level = "lad" if "lad" in query else "lsoa"
    inside = truth.lsoas
    if "deciles" in query:
        inside = inside[inside.tenth2025.isin([1, 2]) & (inside.lad24_code == BIRMINGHAM)]
        assert name == f"{IMD}_lsoa_deciles-1-2_authorities-{BIRMINGHAM}_setting-urban.csv"
    elif level == "lad":
        inside = inside[inside.tenth2025 <= 2]
        assert name == f"{IMD}_lad_core20-2025.csv"
    codes = set(inside.lad24_code) if level == "lad" else set(inside.index[inside.urban] if "urban" in query else inside.index)
    assert {row["area_code"] for row in rows} == codes
    assert not [cell for row in rows for key, cell in row.items() if cell.startswith(FORMULA) and not re.fullmatch(r"-?[\d.]+", cell)]


@pytest.mark.parametrize("query", [f"?authorities={BIRMINGHAM}", "?level=icb"])
def test_the_outlines_as_geojson(atlas, truth, query):
    """Features with figures, with the filters, and both credits."""
    atlas.go(query)
    name, content = take(atlas.page, "geojson")
    drawn = json.loads(content)
    count = int((truth.lsoas.lad24_code == BIRMINGHAM).sum()) if BIRMINGHAM in query else 42
    assert len(drawn["features"]) == count and name.endswith(".geojson")
    assert "Indices of Deprivation" in drawn["attribution"] and "Crown copyright" in drawn["attribution"]
    assert drawn["features"][0]["geometry"]["type"].endswith("Polygon")


def test_the_picture_of_the_map(atlas, truth):
    """A PNG made in the page, without a request: the map, every box of the legend, and paper for the words round it."""
    atlas.go(f"?area={KINGS_HEATH}&layer=crime2025_england_lsoa21")
    expect(atlas.title).to_be_visible()
    atlas.look(truth.point(KINGS_HEATH), 12)
    atlas.quiet()
    asked = len(atlas.watch.requests)
    name, content = take(atlas.page, "png")
    assert re.fullmatch(r"crime2025_england_lsoa21_lsoa_20\d\d-\d\d-\d\d\.png", name)
    assert all(request.url.startswith(("blob:", "data:")) for request in atlas.watch.requests[asked:])
    tenths = [truth.colours[f"seq-{n}"] for n in range(1, 11)]
    seen = atlas.page.evaluate(COUNT, [list(content), [*tenths, "#ffffff", truth.colours["here"]]])
    box = atlas.page.locator(".maplibregl-canvas").bounding_box()
    assert seen["width"] == 2 * box["width"] and seen["height"] > 2 * box["height"] + 300, "twice as fine as the screen"
    found = seen["found"]
    assert min(found[colour] for colour in tenths) >= 200, "each tenth is at least a box of the legend"
    assert sum(found[colour] for colour in tenths) > 0.3 * 4 * box["width"] * box["height"], "the map itself is drawn"
    assert found[truth.colours["here"]] > 50, "the chosen place is outlined"
    assert found["#ffffff"] > 50_000
    expect(atlas.page.locator("#said")).to_contain_text("picture of the map")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 700)])
def test_nothing_lies_over_the_list(open_page, as_map, width, height):
    """Every item can be pressed while the first card stands beside the map."""
    page = open_page(viewport={"width": width, "height": height})
    as_map(page).open()
    unfold(page)
    for item in ("csv", "geojson", "png", "paper"):
        page.locator(f"#save-{item}").click(trial=True)  # fails if something lies over it
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Start with a place")).to_be_visible()


def test_a_picture_needs_the_map(atlas):
    """While the table is looked at the item says what to do first, and does nothing."""
    atlas.go("?show=table")
    unfold(atlas.page)
    item = atlas.page.locator("#save-png")
    expect(item).to_have_attribute("aria-disabled", "true")
    expect(item).to_contain_text("Switch to the map first")
    atlas.page.keyboard.press("Escape")


def test_on_a_phone(phone, as_map):
    """The round button unfolds the list inside the screen, with targets large enough to touch."""
    as_map(phone).open()
    phone.locator("#downloads").tap()
    for item in ("csv", "geojson", "png", "paper"):
        box = phone.locator(f"#save-{item}").bounding_box()
        assert box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
