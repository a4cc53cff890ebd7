"""The page of layers: its address, its filters, its list, and the card in words; all without a browser."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from dash import no_update
from dash.development.base_component import Component

from heatmap.drawing.elements import to_html, to_plain
from heatmap.drawing.figures import draw_histogram
from heatmap.layers.cards import LayerCard, PointsCard
from heatmap.layers.classes import levels_of
from heatmap.pages import about, find_pages
from heatmap.pages.layers import card as layers_card
from heatmap.pages.layers import page as layers
from heatmap.pages.layers.page import FACETS, LayersAddress, choices_of, keep_cards, read_cards_of, read_layers_address
from heatmap.site import ASSETS
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
CARDS = read_cards_of(SNAPSHOT)
IMD, IMD_2019, MOVED = "imd2025_england_lsoa21", "imd2019_england_lsoa11", "imd_moved2025_england_lsoa21"
PEOPLE, KINDS = "population2022_england_lsoa21", "rural_urban2021_england_lsoa21"
SOURCE = {
    "publisher": "NHS England",
    "title": "GP practices",
    "page": "https://example.org/",
    "licence": "OGL-UK-3.0",
    "accessed": date(2026, 2, 1),
    "attribution": "NHS England, 2026.",
}
PLACES = PointsCard.model_validate({
    "id": "gp_practices2026_england_points", "kind": "points", "title": "GP practices", "question": "Where are the practices?",
    "meaning": "Each practice of the register.", "not_meaning": "Not whether it takes new patients.", "heading": "get_care",
    "symbol": "care", "register_month": "February 2026", "unplaced": 8, "period": "February 2026", "rows": 6200, "source": SOURCE,
    "columns": {"Code": "id", "Name": "name", "Postcode": "postcode"}, "file": [{"path": "resources/gp.csv"}],
})  # fmt: skip


def text_of(part) -> str:
    """Everything a part of the page says, in one line."""
    found = []

    def walk(node):
        if isinstance(node, str | int | float):
            found.append(str(node))
        elif isinstance(node, list | tuple):
            [walk(each) for each in node]
        elif isinstance(node, Component):
            walk(getattr(node, "children", None))

    walk(part)
    return " ".join(" ".join(found).split())


def attributes(part, name: str) -> list[str]:
    """The values of an attribute anywhere in a part of the page."""
    found = []

    def walk(node):
        if isinstance(node, list | tuple):
            [walk(each) for each in node]
        elif isinstance(node, Component):
            written = node.to_plotly_json()["props"]
            found.extend([written[name]] if name in written else [])
            walk(getattr(node, "children", None))

    walk(part)
    return found


@pytest.fixture
def with_places(monkeypatch):
    """A snapshot that has a layer of places too."""
    monkeypatch.setattr(SNAPSHOT, "points_cards", {PLACES.id: PLACES})
    return SNAPSHOT


def facts_of(card, snapshot=SNAPSHOT) -> dict[str, str]:
    """The facts of a card as the page says them."""
    found = layers_card.point_facts if isinstance(card, PointsCard) else layers_card.layer_facts
    return {name: text_of(value) for name, value in found(card, snapshot)}


# ---- the address ----


def test_the_page_is_found_and_in_the_header():
    """At /layers, and among the ways in."""
    assert find_pages()["/layers"].title == "Layers"
    assert "Layers" in text_of(layers.layout("")[1])


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.key)
def test_a_state_survives_the_address(facet):
    """Every choice of every filter, with a layer chosen, comes back as it went."""
    for value in choices_of(facet, CARDS):
        state = LayersAddress(layer=IMD, **{facet.key: value})
        address = state.to_address()
        assert address.startswith("/layers?")
        assert read_layers_address(address.removeprefix("/layers"), CARDS) == (state, [])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?layer=imd2052", "a layer called “imd2052”"),
        ("?layer=imd2025_england_lsoa22", f"Did you mean {IMD}?"),
        ("?condition=plague", "condition “plague”"),
        ("?foo=1", "“foo”, which this page does not know"),
        ("?theme=" + "x" * 500, "x…”"),
    ],
)
def test_a_bad_link_is_told_and_leaves_the_list(query, said):
    """What a link got wrong is said once, and left out."""
    state, notices = read_layers_address(query, CARDS)
    assert state == LayersAddress()
    assert len(notices) == 1
    assert said in notices[0]
    assert len(notices[0]) < 200


def test_any_text_is_survived():
    """Whatever stands in the address gives a page."""
    for query in ("?%%%", "?layer", "?layer=&theme=", "?=", "?" + "a=b&" * 2000, "?layer=<script>", "?theme=\udcff"):
        assert text_of(layers.layout(query))


# ---- filters and the list ----


def test_without_a_filter_every_layer_is_listed_once():
    """As many rows as cards, each under its own theme, the newest edition first."""
    kept = keep_cards(LayersAddress(), CARDS)
    assert {card.id for card in kept} == set(CARDS)
    assert [card.id for card in kept][:3] == [IMD, IMD_2019, MOVED]
    themes = [layers.theme_of(card) for card in kept]
    assert len(list(dict.fromkeys(themes))) == sum(one != other for one, other in zip(themes, ["", *themes], strict=False))


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.key)
def test_each_filter_keeps_what_it_says(facet):
    """Every choice keeps at least one layer, and only layers that have it."""
    for value, words in choices_of(facet, CARDS).items():
        kept = keep_cards(LayersAddress(**{facet.key: value}), CARDS)
        assert kept
        assert all(words in facet.has(card) for card in kept)


def test_filters_narrow_each_other():
    """Two filters keep what passes both."""
    both = {card.id for card in keep_cards(LayersAddress(condition="asthma", theme="the_seven_domains"), CARDS)}
    assert both == {"living_env2025_england_lsoa21", "living_env2019_england_lsoa11"}


def test_no_filter_offers_a_choice_that_leaves_nothing():
    """Every link in the filters leads to a list with as many layers as it says."""
    state = LayersAddress(condition="asthma")
    links = [link for part in layers.draw_filters(state, CARDS)[:-1] for link in part.children[1].children]
    assert len(links) > len(FACETS)
    for link in links:
        led, notices = read_layers_address(link.href.partition("?")[2], CARDS)
        assert not notices
        assert str(len(keep_cards(led, CARDS))) == link.children[-1].children != "0"


def test_a_layer_is_found_by_its_condition_and_its_meaning():
    """The words of a row hold what one would type."""
    words = layers.searched_words(SNAPSHOT.cards["living_env2025_england_lsoa21"])
    assert "asthma" in words
    assert "2025" in words
    assert words == words.lower()


def test_a_row_says_how_many_areas_and_what_was_done_to_them():
    """Read off the snapshot's counts."""
    assert layers.say_coverage_short(SNAPSHOT.cards[IMD], SNAPSHOT) == ("33,755", "")
    assert layers.say_coverage_short(SNAPSHOT.cards[IMD_2019], SNAPSHOT) == ("33,749", "converted")


def test_nothing_typed_has_a_way_into_the_address():
    """The search has no key in the address, and its box is made in the browser, without a name to be sent by."""
    assert "search" not in LayersAddress.__dataclass_fields__
    script = (ASSETS / "layers.js").read_text(encoding="utf-8")
    assert 'type="search"' in script
    assert " name=" not in script
    assert "fetch(" not in script


# ---- the card ----


@pytest.mark.parametrize("layer", CARDS)
def test_every_card_says_all_that_is_asked_of_it(layer):
    """Meaning, what it does not say, direction, source, licence, coverage, defects, author, files, for every layer."""
    card = CARDS[layer]
    parts = layers_card.draw_layer_card(card, SNAPSHOT, "/layers")
    said = text_of(parts)
    for word in (card.title, card.question, "What it means", "What it does not say", card.source.publisher, card.period, card.author,
                 "Licence", "Coverage", "Known defects", "Take the figures", card.source.credit, "sha256"):  # fmt: skip
        assert word in said
    assert "deprived people" not in said
    links = attributes(parts, "href")
    assert f"/api/v1/layers/{layer}/card" in links
    for level in levels_of(card) if layer in SNAPSHOT.cards else ():
        assert f"/api/v1/layers/{layer}/values?level={level}&format=csv" in links
    assert layer not in SNAPSHOT.cards or layers_card.map_address(card) in links


def test_raw_files_are_those_of_the_manifest():
    """Name and hash, as the build recorded them."""
    parts = json.loads((SNAPSHOT.folder / "manifest.json").read_text(encoding="utf-8"))["parts"]
    expected = [(file["name"], file["sha256"]) for file in parts[f"tables/{IMD_2019}"]["raw"]]
    assert layers_card.raw_files(IMD_2019, SNAPSHOT) == expected
    assert len(expected) == 2
    assert layers_card.raw_files("none", SNAPSHOT) == []


def test_coverage_gives_reasons_and_never_zero():
    """Absent figures are counted by reason."""
    assert facts_of(SNAPSHOT.cards[IMD])["Coverage"] == "33,755 of 33,755 neighbourhoods; none missing or withheld"
    assert (
        facts_of(SNAPSHOT.cards[IMD_2019])["Coverage"]
        == "33,749 of 33,755 neighbourhoods. Without a figure: 6 with no like-for-like boundary. No figure is not zero"
    )
    count = {"areas": 100, "classes": {"0": 5, "1": 95}, "flags": {"suppressed": 3, "missing": 2}}
    assert "2 not given by the publisher and 3 withheld" in layers_card.say_coverage(SNAPSHOT.cards[IMD], count)


def test_uncertainty_is_said_from_the_columns_and_the_flags():
    """Counts give an interval of ours; limits are the publisher's; weak figures are counted."""
    card = SNAPSHOT.cards[PEOPLE]

    def said(columns, flags):
        return layers_card.say_uncertainty(card.model_copy(update={"columns": columns}), flags)

    assert "Wilson" in said({"n": "numerator", "d": "denominator"}, {})
    assert "as published" in said({"l": "lower_ci", "u": "upper_ci", "v": "value"}, {})
    assert said({"v": "value"}, {"modelled": 1200}) == "the publisher gives no interval; 1,200 are estimates from a model"
    assert "1,939 were carried over from 2011 boundaries" in facts_of(SNAPSHOT.cards[IMD_2019])["Uncertainty"]


def test_larger_areas_are_explained_for_every_way():
    """Each way in which a card may treat larger areas has its words."""
    card = SNAPSHOT.cards[PEOPLE]
    said = {way: layers_card.say_larger(card.model_copy(update={"larger_areas": way})) for way in ("sum", "mean", "counts", "none")}
    assert len(set(said.values())) == 4
    assert "cannot be added up" in said["none"]
    assert "publisher’s own figures" in layers_card.say_larger(SNAPSHOT.cards[IMD])
    assert "never averaged" in layers_card.say_larger(SNAPSHOT.cards[IMD_2019])


def test_what_was_done_is_said():
    """A converted, a compared and an untouched layer."""
    assert "official lookup" in layers_card.say_made(SNAPSHOT.cards[IMD_2019])
    assert "worked out by this project" in layers_card.say_made(SNAPSHOT.cards[MOVED])
    assert layers_card.say_made(SNAPSHOT.cards[IMD]) == "as published; no change"


# ---- how it is spread ----


def test_the_middle_is_the_median_of_the_published_figures():
    """By another path: a sort of the table's column."""
    value = np.sort(SNAPSHOT.table(PEOPLE)["lsoa"].value.to_numpy(float))
    assert layers_card.measure_spread(SNAPSHOT, PEOPLE) == (value[0], value[len(value) // 2], value[-1])
    assert (
        layers_card.say_spread(SNAPSHOT.cards[PEOPLE], (933, 1620, 9588))
        == "The neighbourhood in the middle has 1,620 people; about half have less, about half more. The lowest has 933, the highest 9,588."
    )


def test_figures_have_no_more_decimals_than_can_be_read():
    """And a true minus, but none before a nought."""
    card = SNAPSHOT.cards[IMD]
    assert layers_card.say_rounded_figure(card, 17.4321, 94.2) == "17.4"
    assert layers_card.say_rounded_figure(card, -1.2345, 3.2) == "−1.23"
    assert layers_card.say_rounded_figure(card, -0.0001, 94.2) == "0.0"
    assert layers_card.say_rounded_figure(card, 0.1844, 0.998) == "0.184"


def test_ranks_have_no_chart_and_kinds_a_table():
    """Where a histogram would say nothing, words or bars stand in its place."""
    rank_only = next(card for card in SNAPSHOT.cards.values() if card.unit.startswith("rank") and card.scheme == "tenths")
    assert "rank only" in text_of(layers_card.draw_spread(rank_only, SNAPSHOT))
    assert "26,199" in text_of(layers_card.draw_spread(SNAPSHOT.cards[KINDS], SNAPSHOT))
    assert "Urban, near a major town or city" in text_of(layers_card.draw_spread(SNAPSHOT.cards[KINDS], SNAPSHOT))


def test_the_middle_is_marked_on_the_chart():
    """One line at the middle, and its words."""
    histogram = SNAPSHOT.facts(IMD)["histogram"]["lsoa"]
    figure = layers_card.mark_middle(draw_histogram(histogram, None, "score", "neighbourhoods"), 17.4, "middle 17.4")
    assert [shape.x0 for shape in figure.layout.shapes] == [17.4]
    assert [note.text for note in figure.layout.annotations] == ["middle 17.4"]


# ---- layers of other shapes ----


def test_a_layer_of_authorities_opens_the_map_at_its_level():
    """The map begins with neighbourhoods, which such a layer does not have."""
    card = SNAPSHOT.cards[PEOPLE]
    raw = card.model_dump() | {"id": "child_poverty2021_england_lad24", "geography": "lad24"}
    authorities = LayerCard.model_validate(raw)
    assert layers_card.map_address(authorities) == "/map?layer=child_poverty2021_england_lad24&level=lad"


def test_places_are_listed_last_and_have_a_card_of_their_own(with_places):
    """Heading, register, rows, how placed, downloads of points."""
    cards = read_cards_of(with_places)
    kept = keep_cards(LayersAddress(), cards)
    assert kept[-1].id == PLACES.id
    assert [card.id for card in keep_cards(LayersAddress(level="places"), cards)] == [PLACES.id]
    listed = text_of(layers.draw_list(LayersAddress(), kept, with_places))
    assert "Places GP practices Where are the practices? Places February 2026 6,192 postcode centre" in listed
    parts = layers.card_of(LayersAddress(layer=PLACES.id), with_places)
    said = text_of(parts)
    for words in (
        "Places · Get care",
        "official register of that month",
        "6,200 places; 8 of them have no known position",
        "the centre of its postcode",
        "none recorded",
    ):
        assert words in said
    links = attributes(parts, "href")
    assert f"/api/v1/points/{PLACES.id}?format=csv" in links
    assert f"/api/v1/points/{PLACES.id}?format=geojson" in links


def test_the_card_stays_as_it_is_while_only_filters_change():
    """Its chart is not drawn anew for every filter."""
    assert layers.show_card(f"?layer={IMD}&condition=asthma", IMD) == (no_update, no_update)
    assert layers.show_card(f"?layer={IMD}", "")[1] == IMD
    assert "Choose a layer" in text_of(layers.show_card("", IMD)[0])


def test_about_counts_the_layers_that_the_page_lists():
    """Places too: one number on both pages."""
    assert f"All {len(CARDS)} layers, each with what it means" in to_html(to_plain(about.layout("")))
