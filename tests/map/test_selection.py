"""Which areas the filters leave, held against plain pandas."""

import numpy as np
import pytest

from heatmap.map.address import MapAddress, read_map_address
from heatmap.map.selection import keep_areas, keep_at_level, pack_mask
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
LSOA = SNAPSHOT.areas["lsoa"]
IMD = SNAPSHOT.table("imd2025_england_lsoa21")["lsoa"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", lambda: np.ones(len(LSOA), bool)),
        ("?deciles=1", lambda: (IMD.decile == 1).to_numpy(bool)),
        ("?regions=E12000007&setting=urban", lambda: ((LSOA.rgn24_code == "E12000007") & LSOA.urban).to_numpy()),
        ("?core20=2025", lambda: (IMD["rank"] <= 6751).to_numpy(bool)),
        ("?icbs=E54000055&deciles=1,2,3", lambda: ((LSOA.icb24_code == "E54000055") & (IMD.decile <= 3)).to_numpy(bool)),
        ("?authorities=E08000025,E06000002", lambda: LSOA.lad24_code.isin(["E08000025", "E06000002"]).to_numpy()),
        (
            "?setting=rural&core20=2019&deciles=3",
            lambda: (~LSOA.urban & (SNAPSHOT.table("imd2019_england_lsoa11")["lsoa"].decile.fillna(99) <= 2) & (IMD.decile == 3)).to_numpy(
                bool
            ),
        ),
    ],
)
def test_filters_work_together(query, expected):
    """Each filter alone and several together leave what pandas leaves, and count the same people."""
    kept = keep_areas(read_map_address(query, SNAPSHOT)[0], SNAPSHOT)
    assert np.array_equal(kept.lsoas, expected())
    assert kept.areas == expected().sum()
    assert kept.people == LSOA.population[expected()].sum()


def test_tenths_are_those_of_the_layer_on_show():
    """With crime on show, tenth 1 is crime's; with people on show, it is the IMD's."""
    crime = SNAPSHOT.table("crime2025_england_lsoa21")["lsoa"].decile
    assert np.array_equal(
        keep_areas(MapAddress(layer="crime2025_england_lsoa21", deciles=(1,)), SNAPSHOT).lsoas, (crime == 1).to_numpy(bool)
    )
    people = keep_areas(MapAddress(layer="population2022_england_lsoa21", deciles=(1,)), SNAPSHOT)
    assert np.array_equal(people.lsoas, (IMD.decile == 1).to_numpy(bool))


def test_a_larger_area_stays_while_one_neighbourhood_does():
    """65 % of authorities have a neighbourhood in tenth 1 (MHCLG), and those stay on the map."""
    mask = keep_at_level(keep_areas(MapAddress(deciles=(1,)), SNAPSHOT), "lad", SNAPSHOT)
    assert round(100 * mask.mean()) == 65


def test_an_area_without_a_2019_figure_is_not_core20_by_2019():
    """Missing is not the most deprived: the six irregular areas are never shown as Core20 of 2019."""
    table = SNAPSHOT.table("imd2019_england_lsoa11")["lsoa"]
    irregular = (table.flag == "no_like_for_like").to_numpy()
    assert irregular.sum() == 6
    assert not keep_areas(MapAddress(core20="2019"), SNAPSHOT).lsoas[irregular].any()


def test_a_mask_unpacks_to_itself():
    """One bit an area, in the order of positions."""
    mask = keep_areas(MapAddress(deciles=(4, 7)), SNAPSHOT).lsoas
    unpacked = np.unpackbits(np.frombuffer(pack_mask(mask), np.uint8), bitorder="little")[: len(mask)]
    assert np.array_equal(unpacked.astype(bool), mask)
