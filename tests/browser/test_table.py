"""The table twin: the map's areas, filters and words, sorted, searched and paged by keyboard, in the browser alone."""

import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

IMD, MOVED, KINDS, IMD2019 = (
    "imd2025_england_lsoa21",
    "imd_moved2025_england_lsoa21",
    "rural_urban2021_england_lsoa21",
    "imd2019_england_lsoa11",
)
JAYWICK, KINGS_HEATH, BIRMINGHAM = "E01021988", "E01008966", "E08000025"


class Table:
    """The table on a map page."""

    def __init__(self, atlas):
        self.atlas, self.page = atlas, atlas.page
        self.itself = self.page.locator("#table table")
        self.rows = self.itself.locator("tbody tr")
        self.status = self.page.locator("#table").get_by_role("status")
        self.box = self.page.get_by_role("searchbox", name="Search this table")

    def go(self, query):
        """Another address, until its rows stand."""
        self.atlas.go(query)
        self.atlas.wait(lambda: self.page.evaluate("document.documentElement.dataset.show") == "table", "the table")
        return self

    def codes(self):
        """The codes of the rows on this page, in order."""
        return [re.search(r"E\d{8}", words)[0] for words in self.rows.locator("th").all_inner_texts()]

    def head(self, name):
        """A column's button."""
        return self.itself.get_by_role("columnheader", name=name).get_by_role("button")

    def order(self, name):
        """What the column says of its order."""
        return self.itself.get_by_role("columnheader", name=name).get_attribute("aria-sort")

    def turn(self, way):
        """First, Previous, Next or Last."""
        self.page.get_by_role("navigation", name="Pages of the table").get_by_role("button", name=way).click(
            force=True
        )  # also where it is aria-disabled


@pytest.fixture
def table(atlas):
    """The table on the shared desktop page."""
    return Table(atlas)


def test_the_switch_puts_the_table_into_the_address_and_back_undoes_it(atlas, table):
    """Table is one press away, is in the link, and the Back button brings the map again."""
    atlas.page.get_by_role("button", name="Table", exact=True).click()
    expect(table.rows).to_have_count(50)
    assert atlas.asked == {"show": "table"}
    expect(atlas.page.get_by_role("button", name="Table", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(atlas.page.locator(".maplibregl-canvas")).not_to_be_visible()
    expect(atlas.page.locator("#said")).to_contain_text("Table by neighbourhoods")
    atlas.page.go_back()
    expect(table.itself).not_to_be_visible()
    expect(atlas.page.locator(".maplibregl-canvas")).to_be_visible()
    assert atlas.asked == {}


def test_a_link_opens_the_table_without_fetching_the_map(desktop, as_map, truth):
    """A shared link shows the table, most deprived first, and asks for no tile until the map is wanted."""
    atlas = as_map(desktop).open("?show=table")
    table = Table(atlas)
    expect(table.rows).to_have_count(50)
    ranks = truth.layer(IMD)["rank"].sort_values()
    atlas.wait(lambda: table.codes() == list(ranks.index[:50]), "the first fifty", table.codes)
    expect(table.status).to_have_text("Rows 1 to 50 of 33,755")
    assert atlas.watch.urls("/tiles/") == []
    desktop.get_by_role("button", name="Map", exact=True).click()
    expect(desktop.locator(".maplibregl-canvas")).to_be_visible()
    atlas.settle("")
    assert atlas.watch.urls("/tiles/")
    point = truth.point(JAYWICK)
    atlas.look(point, 13)
    assert atlas.colour_at(point)


def test_every_row_says_what_the_snapshot_says(table, truth):
    """Name, official name and code, authority, tenth and rank of the first page, against the tables read with pandas."""
    table.go("?show=table")
    expect(table.itself.get_by_role("columnheader", name="Rank")).to_be_visible()
    rows = truth.layer(IMD).sort_values("rank").head(50)
    for i, cells in enumerate(table.rows.all()[:12]):
        code = rows.index[i]
        area = truth.lsoas.loc[code]
        expect(cells.get_by_role("rowheader")).to_have_text(re.compile(rf"^{re.escape(area.place)} {re.escape(area['name'])} · {code}$"))
        expect(cells).to_contain_text("Tenth 1: most deprived tenth in England")
        expect(cells.locator(".step")).to_have_text("1")
        expect(cells.locator(".rank")).to_have_text(f"{int(rows['rank'].iloc[i]):,}")


def test_every_column_sorts_both_ways_by_keyboard(table, truth):
    """Enter on a head sorts, a second Enter turns round; aria-sort and the rows follow, the focus stays."""
    table.go("?show=table&level=lad")
    shares = truth.layer(IMD, "lad").people_tenth1_percent
    assert table.order("Value") == "descending"
    assert table.codes()[0] == shares.idxmax()
    for name, first, last in (
        ("Value", "descending", "ascending"),
        ("Authority", "ascending", "descending"),
        ("Region", "ascending", "descending"),
    ):
        button = table.head(name)
        if name != "Value":
            button.focus()
            table.page.keyboard.press("Enter")
        assert table.order(name) == first
        before = table.codes()
        table.head(name).focus()
        table.page.keyboard.press("Enter")
        assert table.order(name) == last and table.codes() != before
        expect(table.head(name)).to_be_focused()
        if name == "Authority":
            names = [words.splitlines()[0] for words in table.rows.locator("th").all_inner_texts()]
            assert names == sorted(names, key=str.casefold, reverse=True)
    assert table.itself.locator("[aria-sort]").count() == 1
    table.head("Value").click()


def test_missing_values_come_last_with_their_reason_both_ways(table):
    """Six neighbourhoods have no like-for-like figure in 2019: last in either order, and never a nought."""
    table.go(f"?show=table&layer={IMD2019}")
    for _ in range(2):
        table.turn("Last")  # five rows; the sixth ends the page before
        words = table.rows.locator(".value").all_inner_texts()
        expect(table.rows.last.locator(".rank")).to_have_text("")
        table.turn("Previous")
        words = table.rows.locator(".value").all_inner_texts()[-2:] + words
        assert ["no like-for-like" in each for each in words] == [False, *[True] * 6]
        table.head("Tenth").click()


def test_layers_of_every_kind_begin_with_their_first_class(table, truth):
    """Moved: furthest towards the most deprived; kinds: by kind; people: most people; fifths: numbered as fifths."""
    table.go(f"?show=table&layer={MOVED}")
    assert table.codes()[0] == truth.layer(MOVED).value.idxmin()
    table.go(f"?show=table&layer={KINDS}")
    expect(table.rows.first).to_contain_text("Urban")
    table.go("?show=table&layer=population2022_england_lsoa21")
    assert table.codes()[0] == truth.layer("population2022_england_lsoa21").value.idxmax()
    table.go("?show=table&groups=fifths")
    expect(table.itself.get_by_role("columnheader", name="Fifth")).to_be_visible()
    table.turn("Last")
    expect(table.rows.last.locator(".step")).to_have_text("5")


def test_the_filters_of_the_map_hold(table, truth):
    """Only what the filters leave is listed and counted; the caption says which they are."""
    table.go(f"?show=table&authorities={BIRMINGHAM}&deciles=1,2")
    inside = truth.lsoas[(truth.lsoas.lad24_code == BIRMINGHAM) & truth.lsoas.tenth2025.isin([1, 2])]
    expect(table.status).to_have_text(f"Rows 1 to 50 of {len(inside)}")
    assert set(table.codes()) <= set(inside.index)
    caption = table.itself.locator("caption")
    for words in ("Overall deprivation, 2025", "by neighbourhood", "tenth 1 is the most deprived", "Tenths 1, 2", "In Birmingham"):
        expect(caption).to_contain_text(words)


def test_nothing_matches_and_the_filters_can_be_taken_off(table):
    """The card of the map stands over the empty table."""
    table.go(f"?show=table&deciles=1&authorities={BIRMINGHAM}&setting=rural")
    expect(table.status).to_have_text("No rows")
    expect(table.page.get_by_role("heading", name="No neighbourhood matches all of these")).to_be_visible()
    table.page.get_by_role("button", name="Clear all filters").click()
    expect(table.rows).to_have_count(50)


@pytest.mark.parametrize(
    ("typed", "count"), [("kings heath", 37), ("E01008966", 1), ("e0100896", 10), ("birmingham 107", 5), ("jaywick tendring", 8)]
)
def test_the_search_in_the_table(table, truth, typed, count):
    """By name, code and authority, in the browser: nothing is asked of the server."""
    table.go("?show=table")
    asked = len(table.atlas.watch.requests)
    table.box.fill(typed)
    if typed == "jaywick tendring":
        count = int(truth.lsoas.place.str.contains("Jaywick").sum())
    expect(table.status).to_have_text(f"Rows 1 to {count} of {count}")
    table.box.press("Escape")
    expect(table.status).to_have_text("Rows 1 to 50 of 33,755")
    assert len(table.atlas.watch.requests) == asked


def test_a_search_without_a_hit_says_so(table):
    """With a way back; a postcode is not looked up here, and goes nowhere."""
    table.go("?show=table")
    asked = len(table.atlas.watch.requests)
    table.box.fill("B14 6RE")
    expect(table.page.get_by_role("heading", name="Nothing in this table has that name")).to_be_visible()
    table.page.get_by_role("button", name="Show all rows").click()
    expect(table.status).to_have_text("Rows 1 to 50 of 33,755")
    assert len(table.atlas.watch.requests) == asked


def test_paging(table):
    """Fifty rows a page; the ends do nothing further; the row count is said."""
    table.go("?show=table")
    table.turn("Previous")
    expect(table.status).to_have_text("Rows 1 to 50 of 33,755")
    table.turn("Next")
    expect(table.status).to_have_text("Rows 51 to 100 of 33,755")
    table.turn("Last")
    expect(table.status).to_have_text("Rows 33,751 to 33,755 of 33,755")
    assert table.rows.count() == 5
    table.turn("Next")
    assert table.rows.count() == 5
    table.turn("First")
    expect(table.status).to_have_text("Rows 1 to 50 of 33,755")


def test_a_link_keeps_sort_and_page(table, link, truth):
    """What was seen is seen again by the address alone: sorted, turned, and with a chosen place on another page."""
    table.go("?show=table&level=lad")
    table.head("Authority").click()
    table.head("Authority").click()
    table.turn("Next")
    assert table.atlas.asked == {"show": "table", "level": "lad", "sort": "name_back", "page": "2"}
    other = Table(link(table.atlas.search))
    expect(other.status).to_have_text("Rows 51 to 100 of 296")
    assert other.codes() == table.codes() and other.order("Authority") == "descending"
    table.head("Value").click()
    assert table.atlas.asked == {"show": "table", "level": "lad"}, "defaults are left out"
    table.go(f"?show=table&area={KINGS_HEATH}")
    table.turn("First")
    assert table.atlas.asked["page"] == "1", "the chosen place's own page would be another"
    other.go(table.atlas.search)
    expect(other.status).to_have_text("Rows 1 to 50 of 33,755")
    other.go("?show=table&page=999")
    expect(other.status).to_have_text("Rows 33,751 to 33,755 of 33,755")
    other.atlas.watch.check()


def test_back_goes_to_the_page_and_the_order_before(table):
    """Each sort and each turn is one step back, and forward again; nothing is asked of the server for them."""
    table.go("?show=table")
    seen, asked = [table.codes()], len(table.atlas.watch.urls("/paint/"))
    for press in (lambda: table.turn("Next"), lambda: table.head("Authority").click(), lambda: table.turn("Last")):
        press()
        seen.append(table.codes())
    for codes in seen[-2::-1]:
        table.page.go_back()
        table.atlas.wait(lambda codes=codes: table.codes() == codes, "the page before", table.codes)
    assert table.atlas.asked == {"show": "table"} and table.order("Tenth") == "ascending"
    for codes in seen[1:]:
        table.page.go_forward()
        table.atlas.wait(lambda codes=codes: table.codes() == codes, "the page after", table.codes)
    assert len(table.atlas.watch.urls("/paint/")) == asked


def test_other_rows_begin_with_their_first_page(table):
    """Another layer or filter forgets the page and keeps the order; a place that is shut leaves the page where it is."""
    table.go("?show=table")
    table.head("Neighbourhood").click()
    table.turn("Next")
    table.page.get_by_role("button", name="2019", exact=True).click()
    table.atlas.wait(lambda: "2019" in table.atlas.painted, "2019", lambda: table.atlas.painted)
    expect(table.status).to_have_text("Rows 1 to 50 of 33,755")
    assert table.atlas.asked == {"show": "table", "layer": IMD2019, "sort": "name"}
    table.turn("Next")
    table.rows.nth(2).get_by_role("button").click()
    expect(table.atlas.title).to_be_visible()
    assert "page" not in table.atlas.asked, "it is the chosen place's own"
    table.page.keyboard.press("Escape")
    expect(table.atlas.title).to_have_count(0)
    expect(table.status).to_have_text("Rows 51 to 100 of 33,755")
    assert table.atlas.asked["page"] == "2"


def test_what_is_typed_is_in_no_address(table):
    """Neither a postcode nor a name, while typing, turning pages and sorting; nor what a page of found rows is numbered."""
    table.go("?show=table&page=3")
    table.page.evaluate("""() => {
      window.seen = [];
      for (const way of ['pushState', 'replaceState']) history[way] = (...what) => { seen.push(String(what[2])); History.prototype[way].apply(history, what); };
    }""")
    table.box.fill("B14 6RE")
    table.box.fill("birmingham")
    table.turn("Next")
    expect(table.status).to_contain_text("Rows 51 to 100 of")
    table.head("Authority").click()
    assert table.atlas.asked == {"show": "table", "sort": "within"}
    table.box.press("Escape")
    seen = table.page.evaluate("window.seen")
    table.page.evaluate("() => { delete history.pushState; delete history.replaceState; }")
    assert seen and not any(re.search("b14|6re|birm|page", address, re.I) for address in seen), seen
    table.head("Tenth").click()


def test_a_row_opens_its_place_and_a_place_turns_to_its_page(table, truth):
    """Pressing a name opens the panel beside it; by keyboard the focus goes to its heading and comes back to the row."""
    table.go("?show=table")
    name = table.rows.nth(2).get_by_role("button")
    code = table.codes()[2]
    name.focus()
    table.page.keyboard.press("Enter")
    expect(table.atlas.title).to_be_focused()
    asked = table.atlas.asked
    asked.pop("view", "")  # the map beneath goes there too, and says so when it has come to rest
    assert asked == {"show": "table", "area": code}
    here = table.itself.locator("tr.here")
    expect(here.get_by_role("button")).to_have_attribute("aria-current", "true")
    table.page.keyboard.press("Escape")
    expect(table.atlas.title).to_have_count(0)
    expect(table.itself.locator(f'[data-set="area={code}"]')).to_be_focused()
    table.go(f"?show=table&area={KINGS_HEATH}")
    rank = int(truth.layer(IMD)["rank"][KINGS_HEATH])
    first = (rank - 1) // 50 * 50 + 1
    expect(table.status).to_have_text(f"Rows {first:,} to {first + 49:,} of 33,755")
    expect(here).to_be_in_viewport()


def test_a_place_chosen_in_the_table_is_in_sight_on_the_map(table, truth):
    """The map follows the table: on switching back the chosen place lies on the screen."""
    table.go(f"?show=table&authorities={BIRMINGHAM}")
    code = table.codes()[0]
    table.rows.first.get_by_role("button").click()
    expect(table.atlas.title).to_be_visible()
    table.page.get_by_role("button", name="Map", exact=True).click()
    expect(table.atlas.holder).to_have_attribute("data-chosen", code)
    table.atlas.stand()
    x, y = table.atlas.at(truth.point(code))
    box = table.page.locator(".maplibregl-canvas").bounding_box()
    assert box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"]


def test_sorting_is_fast_and_the_page_holds_few_rows(table):
    """Each sort of 33,755 rows takes less than 100 ms (the best of five, on a busy machine), with 50 rows on the page."""
    table.go("?show=table")
    took = table.page.evaluate("""() => Object.fromEntries(['name', 'within', 'value', 'rank'].map(name => {
        const times = [1, 2, 3, 4, 5].map(() => { const start = performance.now(); document.querySelector(`[data-sort=${name}]`).click(); return performance.now() - start; });
        return [name, Math.min(...times)]; }))""")
    assert max(took.values()) < 100, took
    assert table.page.locator("#table tr").count() == 51
    table.head("Tenth").click()


def test_the_server_away(table):
    """What stands stays, the page says so, and the table comes when the server does."""
    table.go("?show=table")
    table.page.route("**/paint/**", lambda route: route.abort())
    table.atlas.watch.expect("ERR_FAILED")
    table.page.evaluate("heat.set({layer: 'sub_outdoors2019_england_lsoa11'})")
    alert = table.page.locator(".when-away").get_by_role("alert")
    expect(alert).to_be_visible()
    box, head = alert.bounding_box(), table.itself.locator("thead").bounding_box()
    assert box["y"] > head["y"] + head["height"], "the message covers the heading"
    expect(table.rows).to_have_count(50)
    table.page.unroute("**/paint/**")
    table.page.locator(".when-away").get_by_role("button", name="Try now").click()
    expect(table.itself.locator("caption")).to_contain_text("2019")
    expect(table.page.locator(".when-away")).not_to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1440, 900), (1100, 800)])
def test_beside_an_open_place_no_column_runs_into_the_next(open_page, as_map, width, height):
    """Every cell's words end within the cell, the longest authority's too."""
    page = open_page(viewport={"width": width, "height": height})
    as_map(page).open("?show=table&area=E01015312&authorities=E06000058")
    expect(page.locator("#table tbody tr")).to_have_count(50)
    out = page.evaluate("""() => [...document.querySelectorAll('#table :is(th, td)')].filter(each => {
        if (!each.checkVisibility() || !each.textContent) return false;
        const range = document.createRange(), box = each.getBoundingClientRect();
        range.selectNodeContents(each);
        return [...range.getClientRects()].some(rect => rect.right > box.right + 1 || rect.bottom > box.bottom + 1);
      }).map(each => each.textContent)""")
    assert out == []


def test_on_a_phone(phone, as_map):
    """Name with code, and value: nothing scrolls sideways; the switch and the panel work by touch."""
    atlas = as_map(phone).open()
    phone.get_by_role("button", name="Table", exact=True).tap()
    table = Table(atlas)
    expect(table.rows).to_have_count(50)
    expect(table.itself.get_by_role("columnheader", name="Authority")).not_to_be_visible()
    expect(table.rows.first).to_contain_text("rank 1")
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert phone.evaluate("(() => { const s = document.querySelector('.table-scroll'); return s.scrollWidth - s.clientWidth; })()") <= 0
    table.rows.first.get_by_role("button").tap()
    expect(atlas.title).to_be_visible()
    expect(table.itself.locator("tr.here")).to_be_in_viewport()
    phone.get_by_role("button", name="Close this place").tap()
    phone.get_by_role("button", name="Map", exact=True).tap()
    expect(phone.locator(".maplibregl-canvas")).to_be_visible()
