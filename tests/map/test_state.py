"""The address: whole words, defaults left out, anything survived."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.deprivation import DEFAULT_LAYER
from heatmap.layers.classes import levels_of
from heatmap.map.address import FILTERS, SORTS, MapAddress, read_map_address
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
CODES = {level: st.sampled_from(sorted(SNAPSHOT.areas[level].code)) for level in ("lsoa", "msoa", "lad", "icb", "rgn")}


@st.composite
def states(draw):
    """Any valid screen."""
    layer = draw(st.sampled_from(sorted(SNAPSHOT.cards)))
    some = lambda level: tuple(sorted(set(draw(st.lists(CODES[level], max_size=3)))))  # noqa: E731
    return MapAddress(
        layer=layer,
        level=draw(st.sampled_from(levels_of(SNAPSHOT.cards[layer]))),
        groups=draw(st.sampled_from(("tenths", "fifths"))),
        deciles=tuple(sorted(draw(st.sets(st.integers(1, 10), max_size=9)))),
        regions=some("rgn"),
        icbs=some("icb"),
        authorities=some("lad"),
        setting=draw(st.sampled_from(("", "urban", "rural"))),
        core20=draw(st.sampled_from(("", "2025", "2019"))),
        area=draw(st.one_of(st.just(""), *CODES.values())),
        sort=draw(st.sampled_from(SORTS)),
        page=draw(st.integers(0, 999)),
        view=draw(st.sampled_from(("", "london", "birmingham", "11.5/52.48/-1.9"))),
    )


@given(states())
@settings(max_examples=150, deadline=None)
def test_a_state_survives_its_own_address(address):
    """What is written into the address is read back, without a notice."""
    assert read_map_address(address.to_query(), SNAPSHOT) == (address, [])


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_screen(text):
    """No query at all can break the page, and what it falls back to is valid."""
    address, _ = read_map_address(text, SNAPSHOT)
    assert address.layer in SNAPSHOT.cards
    assert read_map_address(address.to_query(), SNAPSHOT) == (address, [])


@given(st.dictionaries(st.sampled_from([*FILTERS, "layer", "level", "groups", "area", "view", "sort", "page"]), st.text(max_size=60)))
@settings(max_examples=300, deadline=None)
def test_any_value_of_a_known_key_falls_back(asked):
    """A bad value of a known key falls back; the rest of the link stands."""
    from urllib.parse import urlencode

    address, _ = read_map_address("?" + urlencode(asked), SNAPSHOT)
    assert read_map_address(address.to_query(), SNAPSHOT)[1] == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "?layer=imd2052",
            "The link asked for a layer called “imd2052”. We do not have it, so you see Index of Multiple Deprivation 2025.",
        ),
        ("?level=ward", "The link asked for level “ward”; it can be lsoa, msoa, lad, icb, rgn. We skipped that part."),
        ("?deciles=0,33", "The link asked for deciles “0,33”; they run from 1 (most deprived) to 10."),
        ("?area=E99999999", "The link asked for area “E99999999”, a code we do not have. We skipped it."),
        ("?regions=E08000025", "The link asked for regions “E08000025”, which is another kind of area. We skipped it."),
        ("?core20=2015", "The link asked for core20 “2015”; it can be 2025, 2019. We skipped that part."),
        ("?view=5/60/99", "The link asked for view “5/60/99”, which is outside England. You see all of England."),
        (
            "?sort=height",
            (
                "The link asked for sort “height”; it can be value_back, rank, rank_back, name, name_back, within, within_back. We"
                " skipped that part."
            ),
        ),
        ("?page=0", "The link asked for page “0” of the table; pages are numbered from 1. We skipped that part."),
        ("?page=B14 7QH", "The link asked for page “B14 7QH” of the table; pages are numbered from 1. We skipped that part."),
        ("?colour=red", "The link has “colour”, which this map does not know. We skipped it."),
        (
            "?layer=imd_moved2025_england_lsoa21&level=lad",
            (
                "Index of Multiple Deprivation: moved relative to England, 2019 to 2025 is not shown by local authority, so you see it by"
                " neighbourhood (LSOA)."
            ),
        ),
    ],
)
def test_each_wrong_part_of_a_link_is_said(query, said):
    """A bad value gives exactly one sentence, and the default in its place."""
    address, notices = read_map_address(query, SNAPSHOT)
    assert notices == [said]
    assert address == MapAddress(layer=address.layer)


def test_defaults_are_left_out():
    """A screen as by default has no query at all."""
    assert MapAddress().to_query() == ""
    assert replace(MapAddress(), level="lad").to_query() == "?level=lad"
    assert DEFAULT_LAYER in SNAPSHOT.cards


def test_all_ten_deciles_are_no_filter():
    """Choosing every tenth is choosing none, so the link stays short."""
    assert read_map_address("?deciles=1,2,3,4,5,6,7,8,9,10", SNAPSHOT)[0].deciles == ()
