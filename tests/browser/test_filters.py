"""Filters: what they leave is counted here a second time, with pandas; what they take away stays as a ghost."""

import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

BIRMINGHAM, MIDDLESBROUGH, LONDON, ICB = "E08000025", "E06000002", "E12000007", "E54000055"
GHOST = 1  # its number in the map's palette

#: An address's query, and the same question asked of the table.
COMBINATIONS = {
    "?deciles=1": "tenth2025 == 1",
    "?deciles=1,2,10": "tenth2025 in (1, 2, 10)",
    f"?regions={LONDON}": f"rgn24_code == '{LONDON}'",
    f"?icbs={ICB}": f"icb24_code == '{ICB}'",
    f"?authorities={MIDDLESBROUGH},{BIRMINGHAM}": f"lad24_code in ('{MIDDLESBROUGH}', '{BIRMINGHAM}')",
    "?setting=rural": "not urban",
    "?setting=urban": "urban",
    "?core20=2025": "tenth2025 <= 2",
    "?core20=2019": "tenth2019 <= 2",
    "?deciles=1,2&setting=rural": "tenth2025 <= 2 and not urban",
    f"?deciles=3&regions={LONDON}&setting=urban&core20=2019": f"tenth2025 == 3 and rgn24_code == '{LONDON}' and urban and tenth2019 <= 2",
    f"?regions=E12000005&authorities={BIRMINGHAM}&deciles=10": (
        f"rgn24_code == 'E12000005' and lad24_code == '{BIRMINGHAM}' and tenth2025 == 10"
    ),
    f"?icbs={ICB}&authorities={BIRMINGHAM}&core20=2025": f"icb24_code == '{ICB}' and lad24_code == '{BIRMINGHAM}' and tenth2025 <= 2",
}


def coloured(atlas, level="lsoa"):
    """Which areas of a level have a colour of their own, by position."""
    return set(
        atlas.page.evaluate(
            "([level, ghost]) => { const found = []; for (let id = 0; id < heat.page.levels[level].count; id++)"
            " if (heat.map.getFeatureState({source: level, sourceLayer: level, id}).v !== ghost) found.push(id); return found; }",
            [level, GHOST],
        )
    )


def say(truth, rows):
    """The line of the count, from the table."""
    return f"{len(rows):,} neighbourhood{'s' if len(rows) != 1 else ''}, {truth.people(int(rows.population.sum()))}"


@pytest.mark.parametrize("query", COMBINATIONS)
def test_filters_together_leave_what_the_table_says(atlas, truth, query):
    """The count of areas and people, and the very areas that keep their colour, equal pandas' answer."""
    rows = truth.lsoas.query(COMBINATIONS[query])
    atlas.go(query)
    expect(atlas.count).to_have_text(say(truth, rows))
    assert coloured(atlas) == set(truth.lsoas.index.get_indexer(rows.index))


def test_filters_hold_above_the_neighbourhood(atlas, truth):
    """A larger area keeps its colour while any of its neighbourhoods passes; the count names both kinds."""
    rows = truth.lsoas.query("tenth2025 == 1 and not urban")
    for level, column, words in [("lad", "lad24_code", "authorities"), ("rgn", "rgn24_code", "regions"), ("msoa", "msoa21_code", "")]:
        atlas.go(f"?level={level}&deciles=1&setting=rural")
        left = set(rows[column])
        expect(atlas.count).to_contain_text(say(truth, rows))
        expect(atlas.count).to_contain_text(f", in {len(left):,} {words}")
        codes = sorted(truth.layer("imd2025_england_lsoa21", level).index)
        assert {codes[i] for i in coloured(atlas, level)} == left


def test_tenths_are_of_the_layer_on_show(atlas, truth):
    """With crime on the map the picker filters tenths of crime, and says so; without tenths, those of the IMD."""
    atlas.go("?layer=crime2025_england_lsoa21&deciles=1")
    crime = truth.layer("crime2025_england_lsoa21").decile
    expect(atlas.count).to_have_text(say(truth, truth.lsoas[crime[truth.lsoas.index] == 1]))
    expect(atlas.page.locator("#tens")).to_contain_text("Tenths of Crime, 2025.")
    atlas.go("?layer=population2022_england_lsoa21&deciles=1")
    expect(atlas.count).to_have_text(say(truth, truth.lsoas.query("tenth2025 == 1")))
    expect(atlas.page.locator("#tens")).to_contain_text("Tenths of Overall deprivation, 2025.")


def test_the_pickers_buttons(atlas, truth):
    """Pressing tenths adds and takes them away; pressed is said; the address holds them in order."""
    press = lambda name: atlas.page.get_by_role("button", name=name, exact=True).click()  # noqa: E731
    press("Only tenth 2")
    atlas.settle("?deciles=2")
    press("Only tenth 1, most deprived")
    atlas.settle("?deciles=1,2")
    atlas.quiet()
    assert atlas.asked["deciles"] == "1,2"
    expect(atlas.page.get_by_role("button", name="Only tenth 1, most deprived")).to_have_attribute("aria-pressed", "true")
    expect(atlas.page.get_by_role("button", name="Only tenth 3", exact=True)).to_have_attribute("aria-pressed", "false")
    expect(atlas.count).to_have_text(say(truth, truth.lsoas.query("tenth2025 <= 2")))
    press("Only tenth 2")
    atlas.settle("?deciles=1")
    press("Only tenth 1, most deprived")
    atlas.settle("")
    expect(atlas.chips).to_have_count(0)


def test_the_picker_in_fifths(atlas, truth):
    """A press on fifth 1 shows tenths 1 and 2."""
    atlas.go("?groups=fifths")
    atlas.page.get_by_role("button", name="Only fifth 1, most deprived").click()
    atlas.settle("?groups=fifths&deciles=1,2")
    expect(atlas.count).to_have_text(say(truth, truth.lsoas.query("tenth2025 <= 2")))
    expect(atlas.page.get_by_role("button", name="Only fifth 1, most deprived")).to_have_attribute("aria-pressed", "true")


def test_town_country_and_core20_buttons(atlas, truth):
    """The filters behind "Add a filter" work by a press."""
    atlas.page.get_by_text("Add a filter").click()
    atlas.page.get_by_role("button", name="Rural", exact=True).click()
    atlas.settle("?setting=rural")
    atlas.page.get_by_role("button", name="By 2019", exact=True).click()
    atlas.settle("?setting=rural&core20=2019")
    expect(atlas.count).to_have_text(say(truth, truth.lsoas.query("not urban and tenth2019 <= 2")))
    expect(atlas.chips).to_have_text(["Rural", "Core20 (2019)"])
    atlas.page.get_by_text("Add a filter").click()


def test_a_chip_takes_its_filter_off_and_one_press_clears_all(atlas):
    """Every filter has a chip with words; its press takes off that one; "Clear all" the rest; then there is none to clear."""
    atlas.go(f"?deciles=1,2&regions=E12000005&authorities={BIRMINGHAM},{MIDDLESBROUGH}&setting=urban&core20=2025")
    expect(atlas.chips).to_have_text(["Tenths 1, 2", "In West Midlands", "In Middlesbrough", "In Birmingham", "Urban", "Core20 (2025)"])
    atlas.page.locator("#chips").get_by_role("button", name="In Middlesbrough: take this filter off").click()
    atlas.settle(f"?deciles=1,2&regions=E12000005&authorities={BIRMINGHAM}&setting=urban&core20=2025")
    expect(atlas.chips).to_have_count(5)
    atlas.page.locator("#chips").get_by_role("button", name=re.compile("^Tenths 1, 2")).click()
    atlas.settle(f"?regions=E12000005&authorities={BIRMINGHAM}&setting=urban&core20=2025")
    expect(atlas.chips).to_have_count(4)
    atlas.page.get_by_role("button", name="Clear all", exact=True).click()
    atlas.settle("")
    expect(atlas.chips).to_have_count(0)
    expect(atlas.count).to_have_text("33,755 neighbourhoods, 57.1 million people")
    assert not {"deciles", "regions", "authorities", "setting", "core20"} & atlas.asked.keys()
    expect(atlas.page.get_by_role("button", name="Clear all", exact=True)).not_to_be_visible()


def test_nothing_left_says_so_and_how_to_go_on(atlas, truth):
    """Rural neighbourhoods of tenth 1 in Birmingham: none, said in words with the chips; one press mends it."""
    query = f"?deciles=1&authorities={BIRMINGHAM}&setting=rural"
    assert truth.lsoas.query(f"tenth2025 == 1 and lad24_code == '{BIRMINGHAM}' and not urban").empty
    atlas.go(query)
    said = atlas.page.locator("#nothing")
    expect(said.get_by_role("heading", name=re.compile("^No neighbourhood matches all"))).to_be_visible()
    expect(atlas.count).to_have_text("0 neighbourhoods, 0 people")
    assert coloured(atlas) == set()
    said.get_by_role("button", name=re.compile("^Rural")).click()
    atlas.settle(f"?deciles=1&authorities={BIRMINGHAM}")
    expect(said.get_by_role("heading")).to_have_count(0)
    atlas.go(query)
    said.get_by_role("button", name="Clear all filters").click()
    atlas.settle("")
    expect(said.get_by_role("heading")).to_have_count(0)


def test_core20_of_2019_leaves_out_what_has_no_like_for_like_figure(atlas, truth):
    """The six areas without a 2019 figure are not shown as if they were Core20."""
    atlas.go("?core20=2019")
    without = truth.lsoas.index.get_indexer(truth.lsoas[truth.lsoas.tenth2019.isna()].index)
    assert len(without) == 6
    assert not coloured(atlas) & set(without)


@pytest.mark.parametrize("typed, found", [("asthma", 1), ("housing", 1), ("low income", 3)])
def test_the_indicator_is_found_by_words(atlas, typed, found):
    """Conditions, words of the question and names all find their indicators."""
    atlas.page.locator("#series").click()
    atlas.page.get_by_role("searchbox").fill(typed)
    options = atlas.page.locator("#series-list").get_by_role("button")
    expect(options.filter(has_text="?").first).to_be_visible()
    atlas.wait(lambda: found <= options.filter(has_text="?").count() < 20, "fewer indicators than all", options.count)
    atlas.page.keyboard.press("Escape")


def test_typing_goes_to_the_search_as_soon_as_the_list_is_open(atlas):
    """Opening the list and typing is enough: no second press is needed to reach its search."""
    atlas.page.locator("#series").click()
    expect(atlas.page.get_by_role("searchbox")).to_be_focused()
    atlas.page.keyboard.type("crime", delay=60)
    expect(atlas.page.get_by_role("searchbox")).to_have_value("crime")
    atlas.page.keyboard.press("Escape")


def test_a_place_is_chosen_from_its_list_and_the_map_flies_there(atlas, truth):
    """Middlesbrough from the list of authorities: filtered, counted, with a chip, and the camera goes there."""
    atlas.page.get_by_text("Add a filter").click()
    atlas.choose("#filter-authorities", "Middlesbrough")
    atlas.settle(f"?authorities={MIDDLESBROUGH}")
    atlas.page.keyboard.press("Escape")
    atlas.quiet()
    atlas.stand()
    expect(atlas.chips).to_have_text(["In Middlesbrough"])
    expect(atlas.count).to_have_text(say(truth, truth.lsoas.query(f"lad24_code == '{MIDDLESBROUGH}'")))
    longitude, latitude = truth.point(MIDDLESBROUGH)
    atlas.wait(lambda: atlas.camera["zoom"] > 9 and abs(atlas.camera["lat"] - latitude) < 0.2, "the flight", lambda: atlas.camera)
    assert abs(atlas.camera["lng"] - longitude) < 0.3
    atlas.page.get_by_text("Add a filter").click()
