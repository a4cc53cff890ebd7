"""State lives in the address: Back, Forward, reload and a shared link give the same screen, whatever a link holds."""

import random
import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

KINGS_HEATH, CRIME = "E01008966", "crime2025_england_lsoa21"
BAD = "?layer=imd2052&level=x&deciles=99&area=zz&regions=E99&view=9/9/9&foo=1&groups=q&core20=x&setting=y"


def test_opening_writes_nothing_into_the_address(desktop, as_map):
    """Who only opens the page gets a clean address, and England's button is pressed."""
    atlas = as_map(desktop).open()
    atlas.rest()  # no move of the camera is left that could write
    assert atlas.search == ""
    expect(desktop.get_by_role("button", name="England", exact=True)).to_have_attribute("aria-pressed", "true")


def test_the_first_change_is_not_lost(desktop, as_map):
    """The very first change after opening reaches the map, the address and the history."""
    atlas = as_map(desktop).open()
    desktop.get_by_role("button", name="Fifths", exact=True).click()
    atlas.settle("?groups=fifths")
    assert atlas.asked["groups"] == "fifths"


def test_choosing_a_place_writes_only_the_place(atlas):
    """The panel takes room from the map, which is no move of the reader's: no camera in the address."""
    atlas.page.get_by_role("button", name="Try Kings Heath, Birmingham").click()
    expect(atlas.title).to_be_visible()
    atlas.go(f"?area={KINGS_HEATH}&deciles=1")
    atlas.page.keyboard.press("Escape")
    expect(atlas.title).to_have_count(0)
    atlas.go("")
    atlas.page.set_viewport_size({"width": 1366, "height": 768})
    atlas.rest()
    atlas.page.set_viewport_size({"width": 1440, "height": 900})
    atlas.stand()
    assert "view" not in atlas.asked


def test_back_and_forward_undo_and_redo_each_step(desktop, as_map):
    """A filter, another, a layer, a level, a place: Back takes each off in turn, Forward puts each on again."""
    atlas = as_map(desktop).open()
    steps = [""]

    def did(query):
        atlas.settle(query)
        atlas.quiet()
        steps.append(query)

    desktop.get_by_role("button", name="Only tenth 1, most deprived").click()
    did("?deciles=1")
    desktop.get_by_text("Add a filter").click()
    desktop.get_by_role("button", name="Urban", exact=True).click()
    did("?deciles=1&setting=urban")
    desktop.get_by_role("button", name="By 2025", exact=True).click()
    did("?deciles=1&setting=urban&core20=2025")
    desktop.get_by_role("button", name="2019", exact=True).click()
    did("?layer=imd2019_england_lsoa11&deciles=1&setting=urban&core20=2025")
    desktop.get_by_role("button", name="Fifths", exact=True).click()
    did("?layer=imd2019_england_lsoa11&deciles=1&setting=urban&core20=2025&groups=fifths")
    chips = [0, 1, 2, 3, 3, 3]
    for at in (4, 3, 2, 1, 0):
        desktop.go_back()
        atlas.settle(steps[at])
        expect(atlas.chips).to_have_count(chips[at])
    for at in (1, 2, 3, 4, 5):
        desktop.go_forward()
        atlas.settle(steps[at])
        expect(atlas.chips).to_have_count(chips[at])
    expect(desktop.get_by_role("button", name="Fifths", exact=True)).to_have_attribute("aria-pressed", "true")


def test_back_undoes_a_selection(atlas, truth):
    """A place chosen, a second chosen: Back shows the first again, then none; Forward the first."""
    atlas.go(f"?area={KINGS_HEATH}")
    atlas.panel.get_by_role("button", name="Birmingham", exact=True).click()
    expect(atlas.title).to_have_text("Birmingham")
    atlas.quiet()
    atlas.page.go_back()
    expect(atlas.title).to_have_text("Kings Heath Park & Stirchley East")
    expect(atlas.holder).to_have_attribute("data-chosen", KINGS_HEATH)
    atlas.page.go_back()
    expect(atlas.title).to_have_count(0)
    expect(atlas.holder).to_have_attribute("data-chosen", "")
    atlas.page.go_forward()
    expect(atlas.title).to_have_text("Kings Heath Park & Stirchley East")


def test_panning_replaces_and_is_kept(atlas):
    """A drag writes the camera into the address without a new step of history."""
    atlas.go("?deciles=1")
    steps = atlas.page.evaluate("history.length")
    for way in (60, -90, 40):
        atlas.page.mouse.move(800, 500)
        atlas.page.mouse.down()
        atlas.page.mouse.move(800 + way, 460, steps=5)
        atlas.page.mouse.up()
        atlas.stand()
    atlas.wait(lambda: re.fullmatch(r"[\d.]+/[\d.]+/-?[\d.]+", atlas.asked.get("view", "")) is not None, "view=", lambda: atlas.search)
    assert atlas.page.evaluate("history.length") == steps
    assert atlas.asked["deciles"] == "1"
    zoom, latitude, longitude = map(float, atlas.asked["view"].split("/"))
    assert abs(atlas.camera["zoom"] - zoom) < 0.02 and abs(atlas.camera["lat"] - latitude) < 0.001
    assert abs(atlas.camera["lng"] - longitude) < 0.001


def test_a_change_after_panning_keeps_both(atlas):
    """The camera that a drag wrote stays when the next filter comes, and the filter is not lost."""
    atlas.go("")
    atlas.page.mouse.move(800, 500)
    atlas.page.mouse.down()
    atlas.page.mouse.move(700, 440, steps=5)
    atlas.page.mouse.up()
    atlas.wait(lambda: "view" in atlas.asked, "view=", lambda: atlas.search)
    view = atlas.asked["view"]
    atlas.page.get_by_role("button", name="Only tenth 1, most deprived").click()
    atlas.settle("?deciles=1")
    assert atlas.asked["deciles"] == "1"
    atlas.page.get_by_role("button", name="Only tenth 1, most deprived").click()
    atlas.settle("")
    atlas.quiet()
    assert atlas.asked.get("view") == view


@pytest.mark.parametrize(
    ("name", "inside", "kept", "count"),
    [
        ("London", (51.3, 51.7), {"regions": "E12000007"}, "4,994 neighbourhoods"),
        ("Birmingham", (52.3, 52.7), {"authorities": "E08000025"}, "659 neighbourhoods"),
        ("England", (52, 54), {}, "33,755 neighbourhoods"),
    ],
)
def test_presets(atlas, name, inside, kept, count):
    """Each preset flies there and leaves that part of England alone: in the count, the legend and the files as on the map."""
    atlas.page.mouse.move(800, 500)
    atlas.page.mouse.down()
    atlas.page.mouse.move(700, 440, steps=5)
    atlas.page.mouse.up()
    atlas.wait(lambda: "view" in atlas.asked, "view=", lambda: atlas.search)
    button = atlas.page.get_by_role("button", name=name, exact=True)
    button.click()
    atlas.wait(lambda: inside[0] < atlas.camera["lat"] < inside[1], "the flight", lambda: atlas.camera)
    atlas.stand()
    expect(button).to_have_attribute("aria-pressed", "true")
    wanted = "" if name == "England" else name.lower()
    atlas.wait(lambda: atlas.asked.get("view", "") == wanted, f"view={wanted}", lambda: atlas.search)
    assert {key: value for key, value in atlas.asked.items() if key != "view"} == kept
    expect(atlas.count).to_contain_text(count)
    expect(atlas.legend).to_contain_text(f"% of {count}")
    assert all(f"{key}={value}" in atlas.page.locator("#save-csv").get_attribute("href") for key, value in kept.items())


@pytest.mark.parametrize(
    "query",
    [
        f"?layer={CRIME}&deciles=1,2&regions=E12000005&setting=urban&area={KINGS_HEATH}&view=11/52.45/-1.9",
        f"?groups=fifths&core20=2019&area={KINGS_HEATH}",
        "?level=lad&area=E06000002&view=london",
        "?authorities=E06000002",
    ],
)
def test_a_shared_link_and_a_reload_give_the_same_screen(atlas, link, query):
    """The screen a reader has come to, the same link opened elsewhere, and reloaded: alike in every view."""
    other = link(query)
    other.stand()
    expect(other.page.locator("html[data-map=painted]")).to_have_count(1)
    seen = other.page.locator("#panel .place-head").all_inner_texts(), other.painted, other.camera, other.count.inner_text()
    atlas.go(query)
    assert (atlas.page.locator("#panel .place-head").all_inner_texts(), atlas.painted, atlas.count.inner_text()) == (
        seen[0],
        seen[1],
        seen[3],
    )
    for place in ("#chips", "#legend", "#question", "#editions", "#panel .strip"):
        assert atlas.page.locator(place).all_inner_texts() == other.page.locator(place).all_inner_texts(), place
    assert other.painted == other.expected(query)
    other.page.reload()
    other.settle()
    other.page.locator("#count b").wait_for(state="attached")
    other.quiet()
    other.stand()
    now = other.page.locator("#panel .place-head").all_inner_texts(), other.painted, other.camera, other.count.inner_text()
    assert (now[0], now[1], now[3]) == (seen[0], seen[1], seen[3])
    assert all(abs(now[2][key] - seen[2][key]) < 0.02 for key in now[2]), (seen[2], now[2])


def test_a_link_that_is_wrong_in_everything_gives_a_working_map(link):
    """Every parameter wrong: one notice with a sentence for each, the default map, and the next press works."""
    atlas = link(BAD)
    notice = atlas.page.locator("#notices")
    expect(notice.get_by_role("status")).to_have_count(1)
    for part in ("imd2052", "“x”", "99", "zz", "E99", "9/9/9", "foo", "“q”", "“y”"):
        expect(notice).to_contain_text(part)
    expect(notice.locator("p")).to_have_count(10)
    expect(atlas.count).to_have_text("33,755 neighbourhoods, 57.1 million people")
    assert atlas.painted.startswith("imd2025_england_lsoa21 lsoa tenths")
    coloured = atlas.page.evaluate("heat.map.getFeatureState({source: 'lsoa', sourceLayer: 'lsoa', id: 1}).v")
    assert coloured > 1
    atlas.page.get_by_role("button", name="2019", exact=True).click()
    atlas.wait(lambda: atlas.painted.startswith("imd2019_england_lsoa11"), "2019", lambda: atlas.painted)
    expect(atlas.legend).to_contain_text("2019")


def test_a_bad_links_notice_ends_with_the_next_change(link):
    """After the reader's next step the notice and the wrong words are gone from screen and address."""
    atlas = link("?layer=imd2052&foo=1")
    expect(atlas.page.locator("#notices p")).to_have_count(2)
    atlas.page.get_by_role("button", name="Fifths", exact=True).click()
    atlas.wait(lambda: " fifths " in atlas.painted, "fifths", lambda: atlas.painted)
    expect(atlas.page.locator("#notices p")).to_have_count(0)
    assert not {"foo", "layer"} & atlas.asked.keys()


def test_no_query_breaks_the_page(atlas):
    """Twenty random queries, half of them of words the map knows: always a painted map, a count and a legend."""
    dice = random.Random(2025)
    keys = ["layer", "level", "groups", "deciles", "regions", "icbs", "authorities", "setting", "core20", "area", "view", "points", "x"]
    values = ["", "lad", "fifths", CRIME, "imd_moved2025_england_lsoa21", "1,2,3", "0,11,-1", "E12000007", "E54000055", "E06000002",
              KINGS_HEATH, "rural", "2019", "london", "8/52/-1", "9/99/99", "nan/nan/nan", "<b>x</b>", "%00", "😀", "E01" * 300,
              "__proto__", "constructor", "1" * 400, "';--", "\\", "{{7*7}}"]  # fmt: skip
    for _ in range(20):
        pairs = [f"{dice.choice(keys)}={dice.choice(values)}" for _ in range(dice.randrange(1, 7))]
        query = "?" + "&".join(pairs).replace("#", "").replace("%00", "%2500")
        atlas.page.evaluate(
            "search => { history.pushState({}, '', '/map' + search); window.dispatchEvent(new CustomEvent('_dashprivate_pushstate')); }",
            query,
        )
        atlas.page.wait_for_timeout(60)
        atlas.quiet()
        atlas.wait(lambda: atlas.state == "painted", f"a map for {query}", lambda: atlas.state)
        assert re.match(r"[\d,]+ neighbourhoods?, ", atlas.count.inner_text()), query
        assert atlas.legend.locator("ul.vh li").count() >= 4, query


def test_a_link_with_half_a_code_survives_its_first_load(link):
    """Codes as a mail program may break them: the page opens and says what was left out."""
    atlas = link("?area=E010089&authorities=E08000025,&deciles=1,%201&view=london%20")
    expect(atlas.page.locator("#notices")).to_contain_text("E010089")
    expect(atlas.count).to_contain_text("neighbourhoods")


@pytest.mark.parametrize("part", ["accessibility", "privacy"])
def test_the_statements_have_short_addresses(desktop, part):
    """/accessibility and /privacy lead to their part of the page, and there the reader stays when Dash has drawn it."""
    answer = desktop.goto(f"/{part}")
    assert answer.status == 200 and answer.request.redirected_from is not None
    assert desktop.url.endswith(f"/about#{part}")
    expect(desktop.locator("#first")).to_have_count(0)
    expect(desktop.locator(f"#{part} h2")).to_be_in_viewport()
