"""Every page of words on A4: nothing is cut off, nothing lies over anything else, no sheet is left half empty, no colour is lost.

Each page is printed to a PDF as a reader's browser prints it, without backgrounds being asked for, and the PDF is read by poppler.
"""

import re
import shutil
import subprocess
from collections import Counter
from xml.etree import ElementTree

import pytest

pytest.importorskip("playwright.sync_api")

NO_POPPLER = "The tests of paper need poppler: on Debian `apt install poppler-utils`, on macOS `brew install poppler`."
MARGIN, WIDTH = 12 * 72 / 25.4, 210 * 72 / 25.4
AREAS = "E01008966,E01008881,E08000025,E12000007,E01021988,E06000002"
PAGES = {
    "front": "/",
    "about": "/about",
    "glossary": "/glossary",
    "place": "/place/E01008966",
    "authority": "/place/E08000025",
    "young": "/place/E01008966?for=young",
    "two places": "/compare?areas=E01008966,E01021988",
    "six places": f"/compare?areas={AREAS}",
    "gradient": "/inequality?area=E08000025",
    "ranking": "/inequality/areas",
    "people": "/inequality/people",
    "two layers": "/inequality/two",
    "layer": "/layers?layer=imd2025_england_lsoa21",
    "projects": "/projects",
    "projects as a table": "/projects?show=table",
    "project": "/project/hackney-poverty-screening",
    "need": "/projects/need",
    "share": "/projects/share",
}
WITH_MAPS = {"ranking", "two layers", "projects", "need"}
#: A colour that stands on the page as a background, and so would be lost.
COLOURS = {"place": "#101c44", "young": "#101c44", "two layers": "#d9801a", "need": "#d9801a", "ranking": "#1f5380"}


def poppler(tool, *words):
    """What a tool of poppler writes."""
    path = shutil.which(tool) or pytest.fail(NO_POPPLER, pytrace=False)
    return subprocess.run([path, *words], check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def printed(browser, site, watched_page, tmp_path_factory):
    """Prints a page once: its file, and what the cells of its tables say of which print shows anything."""
    folder, kept = tmp_path_factory.mktemp("paper"), {}

    def print_(name):
        if name not in kept:
            with watched_page(browser, site, viewport={"width": 1440, "height": 900}) as page:
                page.goto(PAGES[name])
                page.get_by_role("heading", level=1).first.wait_for()
                page.wait_for_load_state("networkidle")
                if name in WITH_MAPS:
                    page.locator("[data-heat-map][data-state=drawn]").wait_for()
                if name == "layer":
                    page.locator("#layers-card .main-svg").first.wait_for()
                file = folder / f"{name}.pdf"
                page.pdf(path=file, prefer_css_page_size=True)
                page.emulate_media(media="print")
                page.evaluate("document.querySelectorAll('.vh').forEach((one) => one.remove())")  # for ears alone
                cells = page.locator("main table :is(th, td)").evaluate_all(
                    "all => all.filter((one) => one.getClientRects().length).map((one) => one.innerText)"
                )
                page.watch.check()
            kept[name] = (file, cells)
        return kept[name]

    return print_


def sheets(file):
    """The words of each page with their boxes: (left, top, right, bottom, word)."""
    tree = ElementTree.fromstring(poppler("pdftotext", "-bbox", str(file), "-"))
    name = "{http://www.w3.org/1999/xhtml}"
    sides = ("xMin", "yMin", "xMax", "yMax")
    for sheet in tree.iter(f"{name}page"):
        yield float(sheet.get("height")), [(*(float(word.get(side)) for side in sides), word.text) for word in sheet.iter(f"{name}word")]


def shared(one, other):
    """How much of the smaller of two boxes lies in the other."""
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_or_covered(printed, name):
    """Each word is within the margins, no word lies over another, and only the last sheet may be left half empty."""
    pages = list(sheets(printed(name)[0]))
    faults = []
    for number, (height, words) in enumerate(pages, start=1):
        faults += [
            f"sheet {number}: {word} is outside" for left, _, right, _, word in words if left < MARGIN - 2 or right > WIDTH - MARGIN + 2
        ]
        for at, one in enumerate(words):
            over = [other for other in words[at + 1 :] if one[4] != other[4] and shared(one, other) > 0.4]  # a halo is the same word twice
            faults += [f"sheet {number}: {one[4]} and {other[4]} lie on each other" for other in over]
        if number < len(pages) and max(word[3] for word in words) < 0.6 * height:
            faults.append(f"sheet {number} is half empty")
    assert not faults, "\n".join(faults[:20])


@pytest.mark.parametrize("name", PAGES)
def test_tables_are_whole(printed, name):
    """Each number in a table, its head too, is on paper as often as on the page."""
    file, cells = printed(name)
    on_paper = Counter(re.findall(r"\d[\d,.]*\d|\d", poppler("pdftotext", "-raw", str(file), "-").decode()))
    wanted = Counter(number for cell in cells for number in re.findall(r"\d[\d,.]*\d|\d", cell))
    assert not wanted - on_paper


@pytest.mark.parametrize("name", sorted(WITH_MAPS))
def test_maps_are_printed(printed, name):
    """A map inside a page is on paper as a picture."""
    listed = poppler("pdfimages", "-list", str(printed(name)[0])).decode().splitlines()[2:]
    assert any(int(line.split()[3]) >= 400 and int(line.split()[4]) >= 300 for line in listed)


@pytest.mark.parametrize("name", sorted(COLOURS))
def test_colours_stay(printed, name, tmp_path, pixels_of):
    """Backgrounds that carry meaning are printed though the browser was not asked for backgrounds; the sheet itself stays white."""
    poppler("pdftoppm", "-r", "40", "-png", "-f", "1", "-l", "1", str(printed(name)[0]), str(tmp_path / "sheet"))
    pixels = Counter(pixels_of(next(tmp_path.glob("sheet*.png")).read_bytes()))
    assert pixels[COLOURS[name]] > 20
    assert pixels.most_common(1)[0][0] == "#ffffff"
