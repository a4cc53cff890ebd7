"""After an import of an invented directory: its entries on the place page, the map and the leaflet, and nothing unsafe is done."""

import os
import re
import subprocess
import sys
from datetime import date, timedelta

import pytest
from accessibility import check
from feeds import SERVICES, paged, publish
from screens import HERE, fits, on_paper

from heatmap.settings import ROOT

expect = pytest.importorskip("playwright.sync_api").expect
YEAR = date.today().year
LONG = "The Kings Heath and Brandwood Neighbourhood Network of Friends of the Community Orchard and Kitchen Garden"


def services():
    """The invented directory with days that count from today, a long name, and a script in every text."""
    days = {0: 30, 1: 400, 2: 3 * 366}
    found = [
        each | ({"assured_date": (date.today() - timedelta(days[n])).isoformat()} if n in days else {}) for n, each in enumerate(SERVICES)
    ]
    evil = "<img src=x onerror='window.hacked=1'>"
    long = found[0] | {
        "id": "long",
        "name": LONG,
        "description": "Fresh vegetables for everybody who would like some, every day of the year. " * 9,
        "cost_options": [{"id": "1", "option": evil}],
        "languages": [{"id": "1", "name": evil}],
        "schedules": [{"id": "1", "description": f"&lt;b&gt; {evil}"}],
    }
    return [*found, long]


@pytest.fixture(scope="module")
def site(tmp_path_factory, start_site):
    """A server that was started after the import."""
    folder = tmp_path_factory.mktemp("local")
    with publish(paged(services(), 3)) as publisher:
        subprocess.run(
            [sys.executable, "-m", "heatmap", "import", "open-referral", publisher.address, "--id", "kings_heath", "--publisher", "Kings Heath Together",
             "--licence", "OGL-UK-3.0", "--page", "https://example.org/"],
            cwd=ROOT, env=os.environ | {"HEATMAP_LOCAL": str(folder)}, check=True, capture_output=True,
        )  # fmt: skip
    return start_site(HEATMAP_LOCAL=str(folder))


def entry(page, name):
    """The entry of a name on the place page."""
    return page.locator("li.item", has=page.locator(".nm", has_text=name))


def is_safe(page):
    """Nothing of the list has become more than words."""
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('main [onerror], main script, main img[src=x], a[href^=javascript]').length") == 0


def test_an_entry_stands_under_its_heading_with_all_it_says(desktop):
    """Cost, eligibility, times, languages, access, how to reach it, when it was checked; a script in a name is shown as words."""
    desktop.goto(f"/place/{HERE}?older=show")
    pantry = desktop.locator("#near-provide_essentials").locator(
        "li.item", has=desktop.get_by_text("Kings Heath Community Pantry", exact=True)
    )
    for words in (
        "ages: 16 and over",
        "People on a low income",
        "Members: £3.50 a week",
        "Tuesday, Thursday 10:00 to 13:00",
        "English, Urdu",
        "Step-free. Ring the bell",
        "2 Vicarage Road",
        "Checked ",
    ):
        expect(pantry).to_contain_text(words)
    expect(pantry.get_by_role("link", name="0121 496 0001")).to_have_attribute("href", "tel:01214960001")
    expect(pantry.get_by_role("link", name="website")).to_have_attribute("href", "https://pantry.example.org/")
    expect(desktop.locator("#near-increase_participation")).to_contain_text("Old lunch club <script>window.hacked=1</script>")
    expect(desktop.locator("main")).to_contain_text(
        "Shown at the middle of their postcode, because we do not have the exact spot: Money and advice"
    )
    expect(desktop.locator("main")).not_to_contain_text("No local list is loaded")
    desktop.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    is_safe(desktop)


def test_entries_age_behind_a_switch(desktop):
    """A year old is marked; two years old is hidden, counted, and shown when asked for."""
    desktop.goto(f"/place/{HERE}")
    expect(entry(desktop, "Money advice drop-in")).to_contain_text(re.compile(r"Last checked .+: ring first"))
    expect(entry(desktop, "Young people’s counselling").first).to_contain_text("We do not know when this was last checked. Call first.")
    expect(entry(desktop, "Old lunch club")).to_have_count(0)
    switch = desktop.get_by_role("link", name="Show older entries (1)")
    switch.click()
    expect(entry(desktop, "Old lunch club")).to_contain_text(re.compile(r"Last checked .+: ring first"))
    expect(desktop.get_by_role("link", name="Showing older entries")).to_be_visible()
    assert "older=show" in desktop.url


def test_the_filter_knows_what_an_entry_meets(desktop):
    """By need, through the chooser: food leaves the pantry, housing does not."""
    desktop.goto(f"/place/{HERE}")
    desktop.locator("#choose-need summary, summary#choose-need").first.click()
    desktop.get_by_role("link", name="Food", exact=True).click()
    expect(desktop).to_have_url(re.compile("need=food"))
    expect(entry(desktop, "Kings Heath Community Pantry").first).to_be_visible()
    expect(entry(desktop, "Money advice drop-in")).to_have_count(0)
    desktop.goto(f"/place/{HERE}?need=housing")
    expect(desktop.locator("#near")).to_be_attached()
    expect(entry(desktop, "Kings Heath Community Pantry")).to_have_count(0)


def test_young_people_see_it_too(phone):
    """In the other register, in few words; who was checked lately needs no word of doubt."""
    phone.goto(f"/place/{HERE}?for=young")
    tile = phone.locator(".tile", has_text="Kings Heath Community Pantry")
    expect(tile).to_be_visible()
    expect(tile).not_to_contain_text("Check it is open")
    is_safe(phone)


@pytest.mark.parametrize(("form", "pages"), [("", 1), ("?print=large", 2)], ids=["page", "large"])
def test_the_leaflet_carries_it(desktop, form, pages):
    """Ticked where it was checked lately, offered where not; the longest entry does not break the page."""
    desktop.goto(f"/place/{HERE}/leaflet{form}")
    pantry = desktop.locator(".a4 .help:visible", has_text="Kings Heath Community Pantry")
    expect(pantry).to_contain_text("0121 496 0001")
    expect(desktop.locator(".a4 .help:visible", has_text="Money advice drop-in")).to_have_count(0)
    desktop.locator("#choose").click()
    box = desktop.locator("[data-group=increase_income] [data-tick]", has_text="Money advice drop-in")
    desktop.locator("[data-group=increase_income] [aria-checked=true]").first.click()
    box.click()
    expect(desktop.locator(".a4 .help:visible", has_text="Money advice drop-in")).to_contain_text("Ring first")
    assert desktop.locator(".a4", has_text=LONG).count() and on_paper(desktop) == pages
    is_safe(desktop)


def test_the_map_shows_it(desktop, as_map):
    """Its own switch under its heading, its words in its card, and nothing unsafe there."""
    layer = f"kings_heath_participation{YEAR}_england_points"
    atlas = as_map(desktop).open("?view=15/52.4310/-1.8950&points=kings_heath_participation")
    atlas.wait(lambda: desktop.evaluate("!!document.querySelector('#heat-map canvas')"), "the map")
    row = desktop.request.get(f"/api/v1/points/{layer}").json()["places"][0]
    assert row["name"] == "Old lunch club <script>window.hacked=1</script>" and row["website"] == ""
    atlas.wait(
        lambda: "spots-kings_heath_participation" in desktop.evaluate("Object.keys(heat.map.getStyle().sources).join()"), "its places"
    )
    atlas.rest()
    x, y = atlas.at((row["longitude"], row["latitude"]))
    desktop.mouse.click(x, y)
    card = desktop.get_by_role("dialog", name="Old lunch club")
    expect(card).to_contain_text("Old lunch club <script>window.hacked=1</script>")
    expect(card).to_contain_text("over two years ago: ring first.")
    is_safe(desktop)


def test_the_layers_page_tells_of_it(desktop):
    """As of every other layer: the publisher, how places age, its card to take away."""
    layer = f"kings_heath_essentials{YEAR}_england_points"
    desktop.goto(f"/layers?layer={layer}")
    card = desktop.locator("#layers-card")
    expect(card).to_contain_text("Kings Heath Together: provide essentials")
    expect(card).to_contain_text("each place has the date it was last checked")
    assert 'publisher" = "Kings Heath Together"' in desktop.request.get(f"/api/v1/layers/{layer}/card").text()
    is_safe(desktop)


@pytest.mark.parametrize(
    "path", [f"/place/{HERE}?older=show", f"/place/{HERE}?for=young", f"/place/{HERE}/leaflet"], ids=["clinicians", "young", "leaflet"]
)
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
def test_axe_finds_nothing(browser, site, watched_page, size, path):
    """With all that a list may say, and with everything unfolded; nothing scrolls sideways."""
    width, height = size
    with watched_page(browser, site, viewport={"width": width, "height": height}, bypass_csp=True, reduced_motion="reduce") as page:
        page.goto(path)
        expect(page.locator("main h1, main h2").first).to_be_attached()
        page.evaluate("document.querySelectorAll('.unfold').forEach(each => { each.open = true; })")
        check(page)
        assert fits(page)
        page.watch.check()
