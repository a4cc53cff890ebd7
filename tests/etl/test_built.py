"""The snapshot that ships with the product: whole, small enough, and saying what the world knows."""

from __future__ import annotations

import json
import re

import brotli
import numpy as np
import pandas as pd
import pytest
import shapely

from etl.outlines import are_sound
from heatmap.geography.levels import CODE_PATTERN, COUNT, LEVELS, PARENT_COLUMN, Level
from heatmap.layers.cards import FLAGS, LayerCard
from heatmap.layers.catalogue import read_catalogue
from heatmap.layers.classes import classes_of, levels_of
from heatmap.snapshot import BUILT_DIR, Snapshot
from heatmap.statistics import decile_of_rank

CARDS = read_catalogue()
TENTHS = [card for card in CARDS.values() if card.scheme == "tenths" and card.base_level == "lsoa" and not card.partial]
CONVERTED = [card for card in CARDS.values() if card.converted]
IMD, IMD_2019 = "imd2025_england_lsoa21", "imd2019_england_lsoa11"


@pytest.fixture(scope="module")
def built() -> Snapshot:
    """The snapshot as the app opens it: every part is held against its hash."""
    return Snapshot()


def at(built: Snapshot, layer: str, level: Level) -> pd.DataFrame:
    """A layer's rows at a level, by code."""
    return built.table(layer)[level].set_index("code")


# ---- the folder ----


def test_every_part_is_whole_and_nothing_else_lies_there(built: Snapshot) -> None:
    """What lies in data/built is the manifest and its parts, each of the size the manifest says."""
    named = {part["file"]: part["bytes"] for part in built.parts.values()}
    lying = {
        str(path.relative_to(BUILT_DIR)): path.stat().st_size
        for path in BUILT_DIR.rglob("*")
        if path.is_file() and path.name not in ("manifest.json", ".gitattributes")
    }
    assert lying == named


def test_the_snapshot_is_small_enough_to_commit(built: Snapshot) -> None:
    """All together takes under 60 MiB of a disk, where each of a thousand small files fills blocks of 4 KiB."""
    files = [path for path in built.folder.rglob("*") if path.is_file()]
    assert sum(-(-path.stat().st_size // 4096) * 4096 for path in files) < 60 * 2**20


def test_every_part_says_where_it_comes_from(built: Snapshot) -> None:
    """Publisher, licence and vintage of each part are in the manifest."""
    assert all(part["publisher"] and part["licence"] and part["vintage"] for part in built.parts.values())


@pytest.mark.parametrize("layer", CARDS)
def test_every_card_has_its_parts(built: Snapshot, layer: str) -> None:
    """Table, colours, figures and facts, of the very files the card names."""
    assert all(f"{kind}/{layer}" in built.parts for kind in ("tables", "paint", "figures", "facts"))
    raw = {file["name"]: file["sha256"] for file in built.parts[f"tables/{layer}"]["raw"]}
    if CARDS[layer].file:
        assert raw == {file.path: file.sha256 for file in CARDS[layer].file}


def test_no_layer_without_a_card(built: Snapshot) -> None:
    """A table whose card is gone would never be shown."""
    assert {name.partition("/")[2] for name in built.parts if name.startswith("tables/")} == set(CARDS)


# ---- areas ----


@pytest.mark.parametrize("level", LEVELS)
def test_areas_are_counted_coded_and_sorted(built: Snapshot, level: Level) -> None:
    """England's number of areas, each code of its level's pattern and once, in order: the position is the row."""
    table = built.areas[level]
    assert len(table) == COUNT[level]
    assert table.code.is_unique and table.code.is_monotonic_increasing
    assert table.code.str.fullmatch(CODE_PATTERN[level]).all()
    assert table.name.str.strip().astype(bool).all()


@pytest.mark.parametrize("level", LEVELS[1:])
def test_parents_exist_and_have_children(built: Snapshot, level: Level) -> None:
    """Every LSOA's parent is an area we have, and every area above has LSOAs in it, as many as it says."""
    children = built.areas["lsoa"].groupby(PARENT_COLUMN[level]).size()
    table = built.areas[level].set_index("code")
    assert children.index.tolist() == table.index.tolist()
    assert children.tolist() == table.areas.tolist()


@pytest.mark.parametrize("level", LEVELS)
def test_people_sum_to_england_at_every_level(built: Snapshot, level: Level) -> None:
    """57,106,398 people in mid-2022, however they are added up."""
    assert built.areas[level].population.sum() == 57_106_398
    assert built.table("population2022_england_lsoa21")[level].value.sum() == 57_106_398


@pytest.mark.parametrize("level", LEVELS)
def test_points_lie_in_their_box_in_england(built: Snapshot, level: Level) -> None:
    """Each area's point is inside its box, and the box is in England, longitude and latitude not exchanged."""
    table = built.areas[level]
    assert ((table.west < table.inside_longitude) & (table.inside_longitude < table.east)).all()
    assert ((table.south < table.inside_latitude) & (table.inside_latitude < table.north)).all()
    assert table.west.min() > -6.5 and table.east.max() < 1.8 and table.south.min() > 49.8 and table.north.max() < 55.9


@pytest.mark.parametrize("level", LEVELS)
def test_outlines_are_as_other_programs_want_them(built: Snapshot, level: Level) -> None:
    """No vertex twice in a row (R's sf stops), wound as RFC 7946 asks (d3 fills the globe), valid in the plane and on the globe."""
    shapes = shapely.from_geojson(built.outlines(level))
    assert are_sound(shapes).all()
    assert (shapely.get_num_coordinates(shapely.remove_repeated_points(shapes, 0)) == shapely.get_num_coordinates(shapes)).all()
    parts = shapely.get_parts(shapes)
    assert shapely.is_ccw(shapely.get_exterior_ring(parts)).all()
    holes = [hole for part in parts for hole in part.interiors]
    assert not shapely.is_ccw(np.array(holes)).any()


@pytest.mark.parametrize("level", LEVELS[1:])
def test_levels_nest(built: Snapshot, level: Level) -> None:
    """An area's outline is the ground of its neighbourhoods' outlines, no more and no less: Scilly's too, and Birmingham's."""
    small = shapely.from_geojson(built.outlines("lsoa"))
    whole = shapely.area(shapely.from_geojson(built.outlines(level)))
    of = np.searchsorted(built.areas[level].code, built.areas["lsoa"][PARENT_COLUMN[level]])
    assert np.allclose(np.bincount(of, shapely.area(small)), whole, rtol=1e-9, atol=0)
    for at in (0, len(whole) // 2, len(whole) - 1):
        own = shapely.from_geojson(built.outlines(level)[at])
        assert shapely.area(shapely.symmetric_difference(own, shapely.union_all(small[of == at]))) < 1e-12


@pytest.mark.parametrize("level", LEVELS)
def test_neighbours_go_both_ways(built: Snapshot, level: Level) -> None:
    """If one lies beside the other, the other lies beside the one, and none beside itself."""
    pairs = pd.read_parquet(built.path(f"neighbours/{level}"))
    both = set(pairs.itertuples(index=False, name=None))
    assert both == {(b, a) for a, b in both} and all(a != b for a, b in both)
    assert set(pairs.stack()) <= set(range(COUNT[level]))


def test_human_names_are_the_house_of_commons_librarys(built: Snapshot) -> None:
    """Nobody says "Tendring 018"."""
    area = built.area("E01021988")
    assert (area.name, area.place) == ("Tendring 018A", "Jaywick & St Osyth")
    assert built.areas["msoa"].place.str.len().min() > 2


def test_kinds_of_change_are_as_the_official_lookup_counts_them(built: Snapshot) -> None:
    """31,810 unchanged, 1,842 split, 97 merged, 6 irregular."""
    counts = built.areas["lsoa"].change.value_counts().to_dict()
    assert counts == {"U": 31_810, "S": 1_842, "M": 97, "X": 6}


# ---- what the world knows ----


@pytest.mark.parametrize(
    ("layer", "code", "rank"),
    [
        (IMD, "E01021988", 1),
        (IMD_2019, "E01021988", 1),
        (IMD, "E01023700", 33_755),
        (IMD, "E01008966", 3_170),
    ],
)
def test_ranks_of_known_neighbourhoods(built: Snapshot, layer: str, code: str, rank: int) -> None:
    """Jaywick is the most deprived of both years; the least deprived of 2025 is in St Albans."""
    assert at(built, layer, "lsoa").at[code, "rank"] == rank


def test_authorities_stand_in_the_published_order(built: Snapshot) -> None:
    """Middlesbrough is first with 50.0 % of its LSOAs in tenth 1, then Birmingham, Hartlepool, Hull, Manchester."""
    share = at(built, IMD, "lad").areas_tenth1_percent.sort_values(ascending=False)
    names = built.areas["lad"].set_index("code").name
    assert names[share.index[:5]].tolist() == ["Middlesbrough", "Birmingham", "Hartlepool", "Hull", "Manchester"]
    assert round(share.iloc[0], 1) == 50.0
    assert round(at(built, IMD, "lad").people_tenth1_percent[share.index[0]], 1) == 49.2
    assert round(100 * (share > 0).mean()) == 65


def test_most_of_the_first_tenth_was_in_it_before(built: Snapshot) -> None:
    """82 % of tenth 1 of 2025 was in tenth 1 of 2019."""
    now, then = at(built, IMD, "lsoa").decile, at(built, IMD_2019, "lsoa").decile
    assert round(100 * (then[now == 1] == 1).mean()) == 82


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_anchors_are_in_the_snapshot(built: Snapshot, card: LayerCard) -> None:
    """The values read off the published table stand in ours, wherever the area is unchanged."""
    rows, change = at(built, card.id, card.base_level), built.areas["lsoa"].set_index("code").change
    held = 0
    for code, promised in card.anchors.items():
        for column, value in promised.items():
            if not card.converted or change.get(code) == "U":
                assert rows.at[code, column] == pytest.approx(value, abs=0.5 * 10**-card.decimals)
                held += 1
    assert held >= 2 or not card.file


def test_a_known_postcode_leads_to_its_neighbourhood(built: Snapshot) -> None:
    """CO15 2EU is in Jaywick; outward codes and rare ones are counted."""
    assert built.postcodes("CO15")["2EU"][0] == "E01021988"
    assert (len(built.outward_codes), len(built.small_outward_codes)) == (2_323, 158)
    assert sum(count for _, count in built._outward.values()) == 2_264_892


# ---- layers ----


@pytest.mark.parametrize("card", [card for card in TENTHS if not card.converted and not card.ranked], ids=lambda card: card.id)
def test_tenths_are_near_equal_in_size(built: Snapshot, card: LayerCard) -> None:
    """A tenth is a tenth: 3,375 or 3,376 neighbourhoods, and each is where its rank puts it."""
    rows = built.table(card.id)["lsoa"]
    assert set(rows.decile.value_counts()) <= {3_375, 3_376}
    assert (decile_of_rank(rows["rank"].astype(int), 33_755) == rows.decile).all()


@pytest.mark.parametrize("card", CONVERTED, ids=lambda card: card.id)
def test_converted_layers_say_what_was_converted(built: Snapshot, card: LayerCard) -> None:
    """Of 2019, 1,939 areas are best fits and 6 have no figure, and every one says so."""
    rows = built.table(card.id)["lsoa"]
    assert rows.flag.value_counts().to_dict() == {card.flagged: 31_810, "best_fit_2011": 1_939, "no_like_for_like": 6}
    measure = "rank" if card.scheme == "tenths" else "value"
    assert (rows[measure].isna() == (rows.flag == "no_like_for_like")).all()


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_rows_are_in_the_order_of_positions(built: Snapshot, card: LayerCard) -> None:
    """At each level where a layer is shown it has every area, in the areas' order, each with a class or a reason."""
    table = built.table(card.id)
    assert tuple(table) == levels_of(card)
    for level, rows in table.items():
        assert rows.code.tolist() == built.areas[level].code.tolist()
        assert ((rows["class"] > 0) | (rows.flag != "")).all()


@pytest.mark.parametrize("card", TENTHS, ids=lambda card: card.id)
def test_above_lsoa_there_are_shares_and_no_tenths(built: Snapshot, card: LayerCard) -> None:
    """A tenth is never averaged; shares are from 0 to 100, and the first tenth's is within the first fifth's."""
    for level in LEVELS[1:]:
        rows = built.table(card.id)[level]
        assert rows["rank"].isna().all() and rows.decile.isna().all()
        part = rows.flag == "part_covered"
        assert rows[part].drop(columns=["code", "flag", "class", "class_fifths"]).isna().all(axis=None) and not rows["class"][part].any()
        rows = rows[~part]
        for who in ("people", "areas"):
            tenth, fifth = rows[f"{who}_tenth1_percent"], rows[f"{who}_fifth1_percent"]
            assert tenth.between(0, 100).all() and fifth.between(0, 100).all()
            assert (tenth <= fifth + 0.01).all()
        assert (rows.value == rows.people_tenth1_percent).all()


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_colours_that_travel_are_those_of_the_table(built: Snapshot, card: LayerCard) -> None:
    """Byte by byte, the packed classes and flags are the table's, level after level, by tenths and by fifths."""
    packed = built.classes(card.id)
    begin = 0
    for column, levels in (("class", LEVELS), ("class_fifths", LEVELS[1:])):
        for level in levels:
            part = packed[begin : begin + COUNT[level]]
            begin += COUNT[level]
            rows = built.table(card.id).get(level)
            if rows is None:
                assert not part.any()
                continue
            assert (part & 15).tolist() == rows[column].tolist()
            assert [FLAGS[number] for number in part >> 4] == rows.flag.tolist()
    assert begin == len(packed)


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_figures_that_travel_are_those_of_the_table(built: Snapshot, card: LayerCard) -> None:
    """The packed numbers, put together from their four planes, are the table's to the decimals told."""
    facts = built.facts(card.id)
    planes = np.frombuffer(brotli.decompress(built.path(f"figures/{card.id}").read_bytes()), np.uint8)
    packed = np.ascontiguousarray(planes.reshape(4, -1).T).view("<i4").ravel()
    begin = 0
    for level in LEVELS:
        part = packed[begin : begin + COUNT[level]]
        begin += COUNT[level]
        if level not in levels_of(card) or (level == card.base_level and card.scheme in ("tenths", "kinds")):
            assert (part == -(2**31)).all()
            continue
        value = built.table(card.id)[level].value
        assert ((part == -(2**31)) == value.isna()).all()
        least = 10.0 ** -facts["decimals"]
        under = part == -(2**31) + 1  # more than 0, and not to be said as 0
        assert ((value[under] > 0) & (value[under] <= least / 2)).all() and not ((part == 0) & (value > 0)).any()
        told = value.notna() & ~under
        assert np.abs(part * facts["step"] * least - value)[told].max() <= 0.5 * least + 1e-9


def test_a_layer_more_is_light() -> None:
    """What a change of indicator fetches: at most 60 kB for every layer that came with the indicators (design, budgets)."""
    parts = Snapshot().parts
    weight = {layer: sum(parts[f"{kind}/{layer}"]["bytes"] for kind in ("paint", "figures")) for layer in CARDS}
    assert [layer for layer, bytes_ in weight.items() if bytes_ > 60_000] == ["population2022_england_lsoa21"]


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_edges_of_amounts_fall_and_every_class_is_used(built: Snapshot, card: LayerCard) -> None:
    """Five classes at every level, each with areas in some period, and boxes that say two values, never "0.5 to 0.5"."""
    for level, edges in built.facts(card.id)["edges"].items():
        assert list(edges) == sorted(set(edges), reverse=True)
        used = {number for period in card.periods or ("",) for number in built.table(card.id, period)[level]["class"]}
        assert used - {0} == set(range(1, 6)), level
        for one in classes_of(card, level, edges=edges):
            if found := re.match(r"(?:an? \w+ of )?([\d.,]+) to ([\d.,]+)", one.label):
                low, high = (float(each.replace(",", "")) for each in found.groups())
                assert low < high, one.label


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_no_larger_area_has_a_figure_of_a_part_of_it(built: Snapshot, card: LayerCard) -> None:
    """Counted by hand: nine in ten of its people live in areas that have one, or it has none and says so; England too."""
    own = built.table(card.id)[card.base_level]
    there = own["decile" if card.scheme == "tenths" else "value"].notna().to_numpy()
    if card.larger_areas == "sum":
        there = there | (own.flag == "suppressed").to_numpy()
    people = built.areas[card.base_level].population.to_numpy()
    for level in levels_of(card)[1:]:
        rows = built.table(card.id)[level].set_index("code")
        inside = built.areas[card.base_level][PARENT_COLUMN[level]].to_numpy()
        told, all_ = (pd.Series(each).groupby(inside).sum().reindex(rows.index) for each in (people * there, people))
        enough = 10 * told >= 9 * all_
        assert (enough | (rows.value.isna() & rows.flag.isin(["part_covered", "missing"]))).all(), level
        assert not (enough & (rows.flag == "part_covered")).any(), level
    if 10 * people[there].sum() < 9 * people.sum():
        assert not built.facts(card.id)["england"]


def test_the_search_index_knows_no_one_elses_places(built: Snapshot) -> None:
    """Every area is in the index that the browser searches, and it is small."""
    packed = built.path("search").read_bytes()
    index = json.loads(brotli.decompress(packed))
    assert len(packed) < 100_000
    assert [len(index[level]["code"]) for level in LEVELS] == [COUNT[level] for level in LEVELS]
    assert all(re.fullmatch(r"E12\d{6}", code) for code in index["rgn"]["code"])
