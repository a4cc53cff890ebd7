"""Places on the map: switched on, clustered, opened, listed for the keyboard; and nothing a list says can harm the page."""

import hashlib
import json
import os
import re
import shutil

import brotli
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from accessibility import check

from heatmap.snapshot import open_snapshot

expect = pytest.importorskip("playwright.sync_api").expect

LIBRARY, GP = "libraries2023_england_points", "gp_practices2026_england_points"
KINGS_HEATH = "?view=14.5/52.4370/-1.8930"


def point_of(layer, name, postcode=None):
    """Longitude and latitude of a place."""
    places = open_snapshot().places(layer)
    row = places[(places["name"] == name) & (places.postcode == (postcode or places.postcode))].iloc[0]
    return row.longitude, row.latitude


def stand(atlas, kinds):
    """Wait until the kinds are fetched and drawn."""
    layers = [f"spots-{kind}" for kind in kinds]
    atlas.wait(lambda: atlas.page.evaluate("names => names.every(name => heat.map.getLayer(name))", layers), f"the layers {layers}")
    atlas.rest()


def drawn(atlas, layer):
    """What a layer shows: the properties of each symbol, and where it is on the screen."""
    return atlas.page.evaluate(
        "layer => heat.map.queryRenderedFeatures({layers: [layer]}).map(each => ({...each.properties,"
        " at: heat.map.project(each.geometry.coordinates)}))",
        layer,
    )


def press(atlas, point, offset=(0, 0)):
    """Press on a longitude and latitude."""
    x, y = atlas.at(point)
    atlas.page.mouse.click(x + offset[0], y + offset[1])


def card_of(page):
    """The card of a place."""
    return page.locator(".spot-card")


# ---- switching on ----


def test_a_kind_is_fetched_when_it_is_switched_on(link):
    """Nothing of places is asked for before; then one file, once; the address, the legend and the credit follow."""
    atlas = link("")
    page = atlas.page
    assert page.watch.urls("/spots/") == []
    switch = page.get_by_role("checkbox", name="Libraries")
    expect(switch).not_to_be_checked()
    switch.click()
    stand(atlas, ["libraries"])
    expect(switch).to_be_checked()
    assert atlas.asked["points"] == "libraries"
    expect(page.locator("#legend .places")).to_have_text("Libraries")
    expect(page.locator("#credit")).to_contain_text("Arts Council England")
    switch.click()
    expect(page.locator("#legend .places")).to_have_count(0)
    assert atlas.page.evaluate("heat.map.getLayoutProperty('spots-libraries', 'visibility')") == "none"
    switch.click()
    expect(page.locator("#legend .places")).to_have_count(1)
    assert len(page.watch.urls("/spots/")) == 1


def test_a_link_with_five_kinds_shows_them_all(link):
    """Each is in the legend with its own shape, and its clusters bear its shape and its number."""
    kinds = ["gp_practices", "hospitals", "libraries", "pharmacies", "schools"]
    atlas = link(f"?points={','.join(kinds)}")
    stand(atlas, kinds)
    expect(atlas.page.locator("#legend .places span")).to_have_count(5)
    images = atlas.page.evaluate("heat.map.listImages()")
    for kind in kinds:
        assert f"spot:{kind}" in images and any(re.fullmatch(rf"count:[\d.]+k?:{kind}", name) for name in images)
    signs = atlas.page.locator("#legend .places img").evaluate_all("all => all.map(each => each.src)")
    assert len(set(signs)) == 5
    total = sum(
        each["point_count"] if each.get("cluster") else 1
        for layer in ("clusters-libraries", "spots-libraries")
        for each in drawn(atlas, layer)
    )
    assert total == len(open_snapshot().places(LIBRARY))  # the whole country is in view


def test_a_symbol_is_seen_on_the_map(link, differ, truth):
    """At a library's own point the screen has the library's brown, inside white."""
    atlas = link(f"{KINGS_HEATH}&points=libraries")
    stand(atlas, ["libraries"])
    x, y = atlas.at(point_of(LIBRARY, "Kings Heath Library"))
    canvas = atlas.page.locator("canvas.maplibregl-canvas").bounding_box()
    assert canvas["x"] < x < canvas["x"] + canvas["width"]
    longitude, latitude = atlas.page.evaluate("p => heat.map.unproject(p).toArray()", [x - canvas["x"], y - canvas["y"] + 9])
    assert differ(atlas.colour_at((longitude, latitude), around=1), truth.colours["pt-library"]) < 40


# ---- pressing ----


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_cluster_zooms_in_and_chooses_no_area(link, motion):
    """Gliding, or at once for whoever wants less motion; the area below is not chosen."""
    atlas = link("?points=libraries", reduced_motion=motion)
    stand(atlas, ["libraries"])
    before = atlas.camera["zoom"]
    page = atlas.page
    box = page.locator("#heat-map").bounding_box()
    free = [each for each in drawn(atlas, "clusters-libraries") if 100 < each["at"]["x"] < 700 and 150 < each["at"]["y"] < 600]
    page.mouse.click(box["x"] + free[0]["at"]["x"], box["y"] + free[0]["at"]["y"])
    if motion == "reduce":
        page.wait_for_timeout(150)
        assert not page.evaluate("heat.map.isMoving()")
    atlas.wait(lambda: atlas.camera["zoom"] > before + 0.3, "the cluster's zoom", lambda: atlas.camera)
    atlas.quiet()
    assert "area" not in atlas.asked


def test_the_card_says_what_the_list_says(link):
    """Name, what, address, opening, register, how it was placed; the keyboard comes in and goes back; no area is chosen."""
    atlas = link(f"{KINGS_HEATH}&points=libraries")
    stand(atlas, ["libraries"])
    page, card = atlas.page, card_of(atlas.page)
    press(atlas, point_of(LIBRARY, "Kings Heath Library"))
    dialog = page.get_by_role("dialog", name="Kings Heath Library")
    expect(dialog).to_be_visible()
    expect(card).to_contain_text("High Street, Birmingham, West Midlands, B14 7SW")
    expect(card).to_contain_text("35 hours a week.")
    expect(card).to_contain_text("As in the register of December 2023. Placed at the middle of its postcode.")
    assert page.evaluate("document.activeElement.id") == "spot-title"
    assert "area" not in atlas.asked
    assert len(page.watch.urls("/api/v1/points/")) == 1
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "maplibregl-canvas"
    press(atlas, point_of(LIBRARY, "Kings Heath Library"))
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="Close this place’s card").click()
    expect(card).to_be_hidden()
    assert len(page.watch.urls("/api/v1/points/")) == 1  # asked once, kept


def test_a_telephone_number_can_be_rung_and_a_website_opened(link):
    """A tel: link of digits alone; the website's host as a link that tells nobody where the reader came from."""
    atlas = link("?view=14.5/52.4310/-1.9050&points=gp_practices")
    stand(atlas, ["gp_practices"])
    press(atlas, point_of(GP, "River Brook Medical Centre"))
    phone = card_of(atlas.page).get_by_role("link")
    expect(phone).to_have_attribute("href", "tel:01214512525")
    expect(phone).to_have_text("0121 451 2525")
    atlas.go("?view=14.5/52.1737/0.1391&points=hospitals")
    atlas.look(point_of("hospitals2022_england_points", "Addenbrooke's"), 14.5)
    stand(atlas, ["hospitals"])
    press(atlas, point_of("hospitals2022_england_points", "Addenbrooke's"))
    site = card_of(atlas.page).get_by_role("link", name="www.cuh.nhs.uk")
    expect(site).to_have_attribute("rel", "noreferrer")
    expect(site).to_have_attribute("href", re.compile(r"^https://www\.cuh\.nhs\.uk/"))


def test_several_places_at_one_point_are_all_told(link):
    """Practices that share a door stand in a list, from which each opens."""
    places = open_snapshot().places(GP)
    door = places.groupby(["longitude", "latitude"]).size().idxmax()
    there = places[(places.longitude == door[0]) & (places.latitude == door[1])]
    atlas = link(f"?view=15.5/{door[1]}/{door[0]}&points=gp_practices")
    stand(atlas, ["gp_practices"])
    press(atlas, door)
    card = card_of(atlas.page)
    expect(card.get_by_role("heading")).to_have_text(re.compile(rf"^({len(there)}|{len(there) + 1}|{len(there) + 2}) places here$"))
    for name in there["name"]:
        expect(card.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(card).not_to_contain_text("false")
    name = there["name"].iloc[0]
    card.get_by_role("button", name=name, exact=True).click()
    expect(atlas.page.get_by_role("dialog", name=name)).to_contain_text("As in the register of February 2026.")


def test_the_pointer_names_a_place_and_not_the_area_below(link):
    """One dark card beside the pointer: the place's."""
    atlas = link(f"{KINGS_HEATH}&points=libraries")
    stand(atlas, ["libraries"])
    x, y = atlas.at(point_of(LIBRARY, "Kings Heath Library"))
    atlas.page.mouse.move(x + 60, y + 60)
    atlas.page.mouse.move(x, y)
    expect(atlas.page.locator(".tip:visible")).to_have_text("Kings Heath Library")
    atlas.page.mouse.move(x + 90, y + 60)
    expect(atlas.page.locator(".spot-tip")).to_be_hidden()


# ---- without a mouse ----


def test_the_keyboard_finds_the_places_in_view(link):
    """From zoom 12 a list of at most twenty comes into sight when the keyboard comes to it, and opens the same card."""
    atlas = link("?view=11/52.43/-1.893&points=libraries,gp_practices")
    stand(atlas, ["libraries", "gp_practices"])
    listed = atlas.page.locator(".spots-list")
    expect(listed).to_be_hidden()
    atlas.look((-1.893, 52.43), 13)
    expect(listed.get_by_role("button")).to_have_count(20)
    page = atlas.page
    page.locator("canvas.maplibregl-canvas").focus()
    page.keyboard.press("Tab")
    first = listed.get_by_role("button").first
    expect(first).to_be_focused()
    assert listed.bounding_box()["width"] > 200
    name = first.evaluate("button => button.childNodes[1].textContent.trim()")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "spot-title"
    page.keyboard.press("Escape")
    expect(card_of(page)).to_be_hidden()
    expect(first).to_be_focused()


# ---- when it fails ----


def test_a_kind_that_cannot_be_fetched_says_so(link):
    """Which one, with a button to try again; the map and the other kinds stay."""
    atlas = link("")
    page = atlas.page
    page.watch.expect("ERR_FAILED|request failed")
    page.route("**/spots/*/libraries*", lambda route: route.abort())
    page.get_by_role("checkbox", name="Libraries").click()
    page.get_by_role("checkbox", name="Hospitals").click()
    stand(atlas, ["hospitals"])
    said = page.get_by_role("status").filter(has_text="We could not load this list: Libraries.")
    expect(said).to_be_visible()
    page.unroute("**/spots/*/libraries*")
    page.get_by_role("button", name="Try again: Libraries").click()
    stand(atlas, ["libraries"])
    expect(said).to_have_count(0)


def test_a_place_that_cannot_be_asked_says_so(link):
    """The card keeps the name, says that the rest could not be fetched, and tries again."""
    atlas = link(f"{KINGS_HEATH}&points=libraries")
    page = atlas.page
    page.watch.expect("ERR_FAILED|request failed")
    stand(atlas, ["libraries"])
    page.route("**/api/v1/points/**", lambda route: route.abort())
    press(atlas, point_of(LIBRARY, "Kings Heath Library"))
    card = card_of(page)
    expect(card).to_contain_text("We could not load what the list says about this place.")
    page.unroute("**/api/v1/points/**")
    card.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("B14 7SW")


# ---- a list that means harm ----

SCRIPT = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A snapshot whose Kings Heath Library has scripts in its name and address, and a link that is one."""
    folder = tmp_path_factory.mktemp("hostile") / "built"
    shutil.copytree(open_snapshot().folder, folder, copy_function=os.link)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    def put(part, content):
        digest = hashlib.sha256(content).hexdigest()
        kept = manifest["parts"][part]
        kept |= {"file": re.sub(r"-[0-9a-f]{10}\.", f"-{digest[:10]}.", kept["file"]), "sha256": digest, "bytes": len(content)}
        (folder / kept["file"]).write_bytes(content)

    spots = json.loads(brotli.decompress((folder / manifest["parts"][f"spots/{LIBRARY}"]["file"]).read_bytes()))
    row = spots["id"].index("birmingham-kings-heath-library")
    spots["name"][row] = f"Library {SCRIPT}"
    put(f"spots/{LIBRARY}", brotli.compress(json.dumps(spots).encode()))
    table = pq.read_table(folder / manifest["parts"][f"places/{LIBRARY}"]["file"]).to_pydict()
    for column, value in {
        "address": SCRIPT,
        "what": SCRIPT,
        "opening": SCRIPT,
        "phone": f"0121 {SCRIPT}",
        "website": "javascript:document.title='taken'",
    }.items():
        table[column][row] = value
    out = pa.BufferOutputStream()
    pq.write_table(pa.table(table), out)
    put(f"places/{LIBRARY}", out.getvalue().to_pybytes())
    (folder / "manifest.json").unlink()  # a link to the true one: it is not to be written into
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_a_script_in_a_name_is_only_text(browser, site, hostile, tmp_path, watched_page, as_map, monkeypatch):
    """In the card, the list and beside the pointer it stands as it is written; nothing runs, and no link is one."""
    monkeypatch.setenv("HEATMAP_SNAPSHOT", str(hostile))
    served = type(site)(tmp_path / "server.log")
    served.start()
    try:
        with watched_page(browser, served, viewport={"width": 1440, "height": 900}) as page:
            atlas = as_map(page).open(f"{KINGS_HEATH}&points=libraries")
            stand(atlas, ["libraries"])
            title = page.title()
            point = point_of(LIBRARY, "Kings Heath Library")
            x, y = atlas.at(point)
            page.mouse.move(x - 40, y - 40)
            page.mouse.move(x, y)
            expect(page.locator(".spot-tip")).to_have_text(f"Library {SCRIPT}")
            press(atlas, point)
            card = card_of(page)
            expect(card.get_by_role("heading")).to_have_text(f"Library {SCRIPT}")
            expect(card.locator("dd").first).to_have_text(f"{SCRIPT}, B14 7SW")
            assert card.locator("script").count() == 0 and card.locator("img").count() == 1  # its sign
            assert [
                link
                for link in card.locator("a").evaluate_all("all => all.map(each => each.protocol)")
                if link not in ("tel:", "http:", "https:")
            ] == []
            assert page.locator(".spots-list script, .spots-list img[src=x]").count() == 0
            page.wait_for_timeout(300)
            assert page.title() == title
            page.watch.check()
    finally:
        served.stop()


# ---- for everyone ----


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
def test_axe_finds_nothing(browser, site, watched_page, as_map, size):
    """With places on, a card open, the list in sight, and a failure told; at both sizes."""
    touch = size[0] < 768
    more = {"has_touch": True, "is_mobile": True} if touch else {}
    with watched_page(
        browser, site, viewport={"width": size[0], "height": size[1]}, bypass_csp=True, reduced_motion="reduce", **more
    ) as page:
        page.watch.expect("ERR_FAILED|request failed")
        page.route("**/spots/*/schools*", lambda route: route.abort())
        atlas = as_map(page).open(f"{KINGS_HEATH}&points=libraries,gp_practices,schools")
        stand(atlas, ["libraries", "gp_practices"])
        check(page, "places on, one failed")
        first = page.locator(".spots-list button").first
        first.focus()
        check(page, "the list in sight")
        first.press("Enter")
        expect(card_of(page)).to_contain_text("As in the register of")
        check(page, "a card open")
        if touch:
            box = card_of(page).bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= size[0] and box["y"] + box["height"] < size[1]
            assert page.get_by_role("button", name="Close this place’s card").bounding_box()["height"] >= 44
            page.get_by_role("button", name="Close this place’s card").tap()
            page.locator(".map .filters").tap()
            page.get_by_role("checkbox", name="Pharmacies").scroll_into_view_if_needed()
            check(page, "the switches")
