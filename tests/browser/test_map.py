"""The map in a real browser: the right colours in the right places, and what pointing, choosing and the legend say."""

import re
from urllib.parse import urlencode

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

IMD = "imd2025_england_lsoa21"
JAYWICK, BEST, BIRMINGHAM, KINGS_HEATH = "E01021988", "E01023700", "E01009204", "E01008966"
SLACK = 6  # of 255, for the browser's own colour management
SHARES = [(0, 5), (10, 4), (25, 3), (50, 2), (101, 1)]  # class of a share: its upper edge, exclusive but for none


def link_to(truth, code, zoom=13, more=""):
    """A shared link that looks straight at an area's inside."""
    longitude, latitude = truth.point(code)
    return f"?view={zoom}/{latitude:.5f}/{longitude:.5f}{more}"


def shares_of(legend):
    """The classes and shares that the legend says to a screen reader."""
    found = [re.fullmatch(r"(.+): (under )?([\d.]+) % of ([\d,]+) .+", words) for words in legend.locator("ul.vh li").all_text_contents()]
    return [(each[1], float(each[3]) / (2 if each[2] else 1)) for each in found]


def test_the_map_opens_on_all_neighbourhoods(desktop, as_map):
    """The page opens on England by neighbourhood: 33,755 of them, coloured, with a title and the way in."""
    atlas = as_map(desktop).open()
    assert atlas.painted == f"{IMD} lsoa tenths "
    expect(atlas.count).to_have_text("33,755 neighbourhoods, 57.1 million people")
    expect(desktop).to_have_title(re.compile("Map"))
    expect(desktop.get_by_role("heading", name="Start with a place")).to_be_visible()
    coloured = desktop.evaluate(
        "(() => { let n = 0; for (let id = 0; id < 33755; id++)"
        " if (heat.map.getFeatureState({source: 'lsoa', sourceLayer: 'lsoa', id}).v > 1) n++; return n; })()"
    )
    assert coloured == 33_755


@pytest.mark.parametrize("code, tenth", [(JAYWICK, 1), (BEST, 10), (BIRMINGHAM, 1)])
def test_the_colour_of_a_known_neighbourhood(link, truth, differ, code, tenth):
    """A link to an area whose tenth is published shows that tenth's colour on the screen: identity is the code."""
    assert truth.lsoas.tenth2025[code] == tenth
    atlas = link(link_to(truth, code))
    atlas.stand()
    assert differ(atlas.colour_at(truth.point(code)), truth.colours[f"seq-{tenth}"]) <= SLACK


@pytest.mark.parametrize(
    "level, code, zoom",
    [("msoa", "E02000001", 13), ("lad", "E06000002", 11), ("icb", "E54000055", 10.5), ("rgn", "E12000001", 9)],
)
def test_the_colour_of_a_known_larger_area(atlas, truth, differ, level, code, zoom):
    """At each other level an area has the colour of the share of its people in tenth 1, counted here with pandas."""
    column = {"msoa": "msoa21_code", "lad": "lad24_code", "icb": "icb24_code", "rgn": "rgn24_code"}[level]
    inside = truth.lsoas[truth.lsoas[column] == code]
    share = 100 * inside.population[inside.tenth2025 == 1].sum() / inside.population.sum()
    number = next(each for edge, each in SHARES if share < edge or share == edge == 0)
    atlas.go(f"?level={level}")
    assert f" {level} tenths" in atlas.painted
    atlas.look(truth.point(code), zoom)
    # A wide look: the area's own name may be written across its middle.
    assert differ(atlas.colour_at(truth.point(code), around=30), truth.colours[f"fifth-{number}"]) <= SLACK


def test_layers_paint(atlas, truth):
    """Layers of every theme come to the map with name, question and a legend that adds up; of all, test_mapview.py says so."""
    layers = dict(atlas.page.evaluate("Object.entries(heat.page.layers).map(([id, layer]) => [id, layer.levels[0]])"))
    assert sorted(layers) == sorted(truth.layers)
    wrong = []
    for layer in list(layers)[::5]:
        address = {} if layer == IMD else {"layer": layer}
        address |= {} if layers[layer] == "lsoa" else {"level": layers[layer]}
        atlas.go(f"?{urlencode(address)}" if address else "")
        total = sum(share for _, share in shares_of(atlas.legend))
        question = atlas.page.locator("#question").inner_text()
        if abs(total - 100) > 0.6 or not question.endswith("? What it means"):
            wrong.append((layer, total, question))
    assert wrong == []


@pytest.mark.parametrize("level", ["msoa", "lad", "icb", "rgn"])
def test_every_scheme_paints_at_every_level(atlas, level):
    """Tenths, amounts and kinds have a legend that adds up above the neighbourhood too."""
    for layer in (IMD, "imd2019_england_lsoa11", "population2022_england_lsoa21", "rural_urban2021_england_lsoa21"):
        atlas.go(f"?layer={layer}&level={level}" if layer != IMD else f"?level={level}")
        assert abs(sum(share for _, share in shares_of(atlas.legend)) - 100) <= 0.6, layer


def test_2019_says_what_was_converted_and_what_cannot_be(atlas, truth, differ):
    """In 2019 six areas have no like-for-like figure (stripes) and the converted ones have dots; the legend counts both."""
    atlas.go("?layer=imd2019_england_lsoa11")
    flags = truth.layer("imd2019_england_lsoa11").flag.value_counts()
    assert flags["no_like_for_like"] == 6
    expect(atlas.legend).to_contain_text("no like-for-like (6)")
    expect(atlas.legend).to_contain_text(f"converted ({flags['best_fit_2011']:,})")
    code = truth.layer("imd2019_england_lsoa11").query("flag == 'no_like_for_like'").index[0]
    atlas.look(truth.point(code), 14)
    assert atlas.colour_at(truth.point(code), around=8) in {"#dedad0", "#837b6c"} or (
        differ(atlas.colour_at(truth.point(code), around=8), "#dedad0") <= SLACK
    )
    rows = truth.layer("imd2019_england_lsoa11")
    converted = rows[(rows.flag == "best_fit_2011") & (rows.decile == 5)].index[0]
    atlas.look(truth.point(converted), 14)
    x, y = atlas.at(truth.point(converted))
    drawn = atlas.page.evaluate(
        "p => { const box = heat.map.getCanvas().getBoundingClientRect();"
        " return heat.map.queryRenderedFeatures([p[0] - box.x, p[1] - box.y], {layers: ['weak-lsoa']}).length; }",
        [x, y],
    )
    assert drawn == 1
    assert differ(atlas.colour_at(truth.point(converted), around=8), truth.colours["seq-5"]) <= SLACK
    atlas.go("")
    expect(atlas.legend).not_to_contain_text("converted")


def test_fifths(atlas, truth, differ):
    """Fifths draw two tenths alike; the button, the legend and the picker follow."""
    atlas.page.get_by_role("button", name="Fifths", exact=True).click()
    atlas.settle("?groups=fifths")
    atlas.quiet()
    expect(atlas.page.get_by_role("button", name="Fifths", exact=True)).to_have_attribute("aria-pressed", "true")
    assert next(name for name, _ in shares_of(atlas.legend)) == "Fifth 1: most deprived fifth"
    assert len(shares_of(atlas.legend)) == 5
    expect(atlas.page.get_by_role("button", name=re.compile("^Only fifth"))).to_have_count(5)
    second = truth.lsoas[truth.lsoas.tenth2025 == 2].index[0]
    atlas.look(truth.point(second), 14)
    assert differ(atlas.colour_at(truth.point(second)), truth.colours["fifth-1"]) <= SLACK


def test_the_level_is_chosen_from_its_list(atlas):
    """The kind of area is chosen by a press; the map, the address and the legend follow."""
    atlas.page.locator("#level").click()
    atlas.page.locator("#level-list").get_by_role("button", name="Local authority").click()
    atlas.settle("?level=lad")
    atlas.quiet()
    assert atlas.asked["level"] == "lad"
    expect(atlas.legend).to_contain_text("Of 100 residents")
    assert [name for name, _ in shares_of(atlas.legend)] == [
        "half or more",
        "25 to 50 in 100",
        "10 to 25 in 100",
        "fewer than 10 in 100",
        "none",
    ]


def test_the_pointer_names_area_and_value(atlas, truth):
    """Hover says the neighbourhood and its tenth in words; above it, the share in words; filtered out says so."""
    tip = atlas.page.locator(".tip:not(.spot-tip)")
    point = truth.point(KINGS_HEATH)
    for query, words in [
        ("", "Tenth 1: most deprived tenth in England"),
        ("?groups=fifths", "Fifth 1: most deprived fifth in England"),
        ("?deciles=10", "filtered out"),
        ("?layer=population2022_england_lsoa21", "1,834"),
        ("?layer=imd_moved2025_england_lsoa21", "points"),
        ("?level=lad", "in 100 people live in England’s most deprived tenth"),
    ]:
        atlas.go(query)
        atlas.look(point, 13)
        x, y = atlas.at(point)
        atlas.page.mouse.move(x + 40, y + 40)
        atlas.page.mouse.move(x, y, steps=3)
        expect(tip).to_be_visible()
        expect(tip).to_contain_text("Birmingham" if "lad" in query else "Kings Heath Park & Stirchley East, Birmingham 107E")
        expect(tip).to_contain_text(words)
        atlas.page.mouse.move(5, 5)


def test_a_click_opens_the_place_in_words_and_escape_closes_it(atlas, truth):
    """Kings Heath: name, standing, rank, place in Birmingham, domains with the worst first, 2019, caveat; Escape ends it."""
    point = truth.point(KINGS_HEATH)
    atlas.look(point, 13)
    atlas.page.mouse.click(*atlas.at(point))
    expect(atlas.title).to_have_text("Kings Heath Park & Stirchley East")
    expect(atlas.holder).to_have_attribute("data-chosen", KINGS_HEATH)
    for words in [
        "Birmingham 107E",
        KINGS_HEATH,
        "1,834 people",
        "Among the most deprived tenth of neighbourhoods in England.",
        "Rank 3,170 of 33,755; rank 1 is the most deprived.",
        "In Birmingham it is 270th of 659",
        "Core20",
        "In 2019:",
        "rank 1,037 of 32,844",
        "These figures describe a place, not the people in it.",
        "54 in 100",
    ]:
        expect(atlas.panel).to_contain_text(words)
    inside = truth.lsoas[truth.lsoas.lad24_code == "E08000025"]
    assert len(inside) == 659
    rank = truth.layer(IMD)["rank"]
    assert int((rank[inside.index] < rank[KINGS_HEATH]).sum()) + 1 == 270
    rows = atlas.panel.get_by_role("table").get_by_role("rowheader").all_inner_texts()
    tenths = [int(re.search(r"tenth (\d+)", row)[1]) for row in rows]
    assert len(tenths) == 7 and tenths == sorted(tenths)
    assert atlas.asked["area"] == KINGS_HEATH
    atlas.page.keyboard.press("Escape")
    expect(atlas.title).to_have_count(0)
    expect(atlas.holder).to_have_attribute("data-chosen", "")
    assert "area" not in atlas.asked


def test_a_chosen_place_stays_while_layers_change(atlas):
    """The panel and the outline stay; the panel adds what the map now shows, in words."""
    atlas.go(f"?area={KINGS_HEATH}")
    expect(atlas.title).to_be_visible()
    atlas.choose("#series", "Crime")
    atlas.settle(f"?layer=crime2025_england_lsoa21&area={KINGS_HEATH}")
    expect(atlas.panel).to_contain_text("On this map:")
    expect(atlas.holder).to_have_attribute("data-chosen", KINGS_HEATH)
    atlas.page.get_by_role("button", name="2019", exact=True).click()
    atlas.settle(f"?layer=crime2019_england_lsoa11&area={KINGS_HEATH}")
    expect(atlas.panel).to_contain_text("The seven domains, 2019")
    assert atlas.asked["area"] == KINGS_HEATH


def test_above_neighbourhoods_shares_stand_instead_of_tenths(atlas):
    """Middlesbrough: 50.0 % of neighbourhoods (published), 49 in 100 people; two columns with two names, no tenth."""
    atlas.go("?area=E06000002")
    expect(atlas.title).to_have_text("Middlesbrough")
    expect(atlas.panel).to_contain_text("49 in 100 people live in the most deprived tenth")
    expect(atlas.panel).to_contain_text("50.0 % (published by MHCLG)")
    expect(atlas.panel.get_by_role("columnheader", name="people")).to_be_visible()
    expect(atlas.panel.get_by_role("columnheader", name=re.compile("neighbour"))).to_be_visible()
    for code, title in [("E02000001", "City of London"), ("E54000055", "Birmingham"), ("E12000001", "North East")]:
        atlas.go(f"?area={code}")
        expect(atlas.title).to_contain_text(title)
        expect(atlas.panel).to_contain_text("most deprived tenth of England’s neighbourhoods")
    expect(atlas.panel).to_contain_text("counted by us")


def test_parents_lead_upwards(atlas):
    """From the neighbourhood a press leads to its authority, board and region."""
    atlas.go(f"?area={KINGS_HEATH}")
    for name in ("Birmingham", "Birmingham and Solihull ICB", "West Midlands"):
        expect(atlas.panel.get_by_role("button", name=name, exact=True)).to_be_visible()
    atlas.panel.get_by_role("button", name="Birmingham", exact=True).click()
    expect(atlas.title).to_have_text("Birmingham")
    assert atlas.asked["area"] == "E08000025"


@pytest.mark.parametrize(
    "query, words",
    [
        ("", ["darker = more deprived", "tenth 1 is the most deprived"]),
        ("?groups=fifths", ["darker = more deprived"]),
        ("?layer=imd_moved2025_england_lsoa21", ["brown = towards the most deprived end", "green = towards the least"]),
        ("?layer=population2022_england_lsoa21", ["neither better nor worse"]),
        ("?layer=rural_urban2021_england_lsoa21", ["darker = nearer to town", "neither better nor worse"]),
        ("?level=lad", ["darker = more"]),
        ("?level=lad&groups=fifths", ["most deprived fifth", "darker = more"]),
    ],
)
def test_the_legend_says_in_words_which_end_is_worse(atlas, query, words):
    """Each scheme has its sentence; the shares add up to a whole."""
    atlas.go(query)
    for each in words:
        expect(atlas.legend).to_contain_text(each)
    assert abs(sum(share for _, share in shares_of(atlas.legend)) - 100) <= 0.6


def test_the_legend_counts_only_what_is_shown(atlas, truth):
    """Of Birmingham's neighbourhoods so many are in tenth 1: counted here with pandas."""
    atlas.go("?authorities=E08000025")
    inside = truth.lsoas[truth.lsoas.lad24_code == "E08000025"]
    share = 100 * (inside.tenth2025 == 1).mean()
    assert shares_of(atlas.legend)[0] == ("Tenth 1: most deprived tenth", pytest.approx(share, abs=0.05))
    expect(atlas.legend).to_contain_text("filtered out")
    expect(atlas.legend).to_contain_text(f"% of {len(inside):,} neighbourhoods")


def test_the_histogram_comes_after_the_map_and_only_with_a_place(desktop, as_map):
    """Plotly is not asked for by the map; with a chosen area it is, and only once the colours stand."""
    atlas = as_map(desktop).open()
    assert atlas.watch.urls("plotly") == []
    atlas.go(f"?area={KINGS_HEATH}")
    chart = desktop.get_by_role("img", name=re.compile("^Histogram"))
    expect(chart.locator("svg").first).to_be_visible()
    box = chart.bounding_box()
    assert box["height"] > 150 and box["width"] > 250, "another page's style makes it too small to read"
    expect(atlas.panel).to_contain_text("is in the marked bar")
    assert atlas.watch.urls("plotly")
    order = desktop.evaluate(
        "({painted: performance.getEntriesByName('heat-painted')[0].startTime,"
        " plotly: performance.getEntriesByType('resource').filter(e => e.name.includes('plotly'))[0].startTime})"
    )
    assert order["plotly"] > order["painted"]


def test_a_link_to_a_place_draws_the_map_before_it_asks_for_plotly(desktop, as_map):
    """Even when a link brings a chosen area, the colours come first."""
    as_map(desktop).open(f"?area={KINGS_HEATH}")
    expect(desktop.get_by_role("img", name=re.compile("^Histogram")).locator("svg").first).to_be_visible()
    order = desktop.evaluate(
        "({painted: performance.getEntriesByName('heat-painted')[0].startTime,"
        " plotly: performance.getEntriesByType('resource').filter(e => e.name.includes('plotly'))[0].startTime})"
    )
    assert order["plotly"] > order["painted"]


def test_a_layer_without_scores_says_why_it_has_no_chart(atlas):
    """Halves of domains are published as ranks only: a sentence stands where the chart would."""
    atlas.go(f"?layer=sub_indoors2025_england_lsoa21&area={KINGS_HEATH}")
    expect(atlas.panel).to_contain_text(re.compile("published as a rank only|marked bar"))


LINES = "heat.map.getPaintProperty('edges-lsoa', 'line-opacity')"
NAMES = "heat.map.getPaintProperty('labels', 'icon-opacity')"


def move(page, busy):
    """Move the map while each frame takes so many milliseconds more; what hairlines and names were at while it moved."""
    return page.evaluate(
        f"""async busy => {{
        const seen = [];
        const slow = () => {{
          const until = performance.now() + busy;
          while (performance.now() < until);
          seen.push([{LINES} ?? 1, {NAMES} ?? 1]);
        }};
        heat.map.on('render', slow);
        const ended = new Promise((done) => heat.map.once('moveend', done));
        heat.map.panBy([200, 0], {{ duration: 3000, essential: true }});
        await ended;
        heat.map.off('render', slow);
        return seen;
    }}""",
        busy,
    )


def test_a_slow_computer_moves_the_colours_alone(desktop, as_map):
    """Where frames are slow, hairlines and names wait until the map rests, from the next move on at once; then they are back as before."""
    atlas = as_map(desktop)
    atlas.open("?view=11.00/52.4800/-1.9000")
    drawn = lambda: desktop.evaluate(f"[{LINES} ?? 1, {NAMES} ?? 1]")  # noqa: E731
    assert drawn() == [1, 1]
    seen = move(desktop, 90)
    assert seen[0] == [1, 1] and seen[-1] == [0, 0]
    atlas.wait(lambda: drawn() == [1, 1], "hairlines and names are back", drawn)
    assert move(desktop, 90)[1] == [0, 0], "it has learnt"
    atlas.wait(lambda: drawn() == [1, 1], "hairlines and names are back", drawn)
