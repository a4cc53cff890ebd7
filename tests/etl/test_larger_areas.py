"""A learner's layer of 60 neighbourhoods of Birmingham, most of them zero: its classes, its words, and no figure for what it does not
cover."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from etl.layers import BuiltLayer, build_layer, pack_values, work_out_england
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import classes_of, say_amount
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
BIRMINGHAM = "E08000025"
SIXTY = SNAPSHOT.areas["lsoa"].code[SNAPSHOT.areas["lsoa"].lad24_code == BIRMINGHAM].tolist()[:60]
ZEROS = [0.0] * 52 + [1, 2, 3, 4, 5, 6, 7, 9]


def make_card(**changes: object) -> LayerCard:
    """A card of street parties, counted in sixty neighbourhoods."""
    return LayerCard.model_validate(
        {
            "id": "parties2026_england_lsoa21",
            "title": "Street parties",
            "question": "How many street parties?",
            "meaning": "Invented.",
            "not_meaning": "No more.",
            "unit": "street parties",
            "polarity": "low_is_worse",
            "period": "2026",
            "rows": 60,
            "partial": True,
            "valid_min": 0,
            "valid_max": 1000,
            "decimals": 0,
            "larger_areas": "mean",
            "author": "Class 7",
            "source": {
                "publisher": "Class 7",
                "title": "Parties",
                "page": "https://example.org/",
                "licence": "own data",
                "accessed": "2026-11-01",
            },
            **changes,
        },
        strict=False,
    )


def build(values: list[float], codes: list[str] = SIXTY, **changes: object) -> BuiltLayer:
    """What the build makes of some figures."""
    table = pd.DataFrame({"code": codes, "value": np.array(values, float)})
    return build_layer(make_card(rows=len(codes), **changes), SNAPSHOT.areas, None, own_table=table)


@pytest.mark.parametrize("adding", ["mean", "sum"])
def test_a_part_gives_no_larger_figure(adding: str) -> None:
    """Sixty of the West Midlands' 3,574 neighbourhoods colour no region, no board and no authority; England has none."""
    made = build(ZEROS, larger_areas=adding)
    for level in ("lad", "icb", "rgn"):
        rows = made.rows(level)
        assert rows.value.isna().all() and (rows["class"] == 0).all()
        assert (rows.flag == "part_covered").sum() == 1 and set(rows.flag) == {"part_covered", "missing"}
    assert work_out_england(made, SNAPSHOT.areas) == {}
    msoa = made.rows("msoa")
    assert msoa.value.notna().any() and (msoa.flag == "part_covered").any()  # those that are whole have one


def test_nine_tenths_of_the_people_are_enough() -> None:
    """Counted by hand over Birmingham: as many of its neighbourhoods as hold nine tenths of its people, and one fewer."""
    lsoas = SNAPSHOT.areas["lsoa"]
    own = lsoas[lsoas.lad24_code == BIRMINGHAM]
    through = own.population.cumsum() / own.population.sum()
    enough = int((through < 0.9).sum()) + 1
    for count, there in ((enough, True), (enough - 1, False)):
        row = build([1.0] * count, own.code.tolist()[:count]).rows("lad").set_index("code").loc[BIRMINGHAM]
        assert (row.value == 1.0) == there and row.flag == ("" if there else "part_covered")


def test_zero_is_a_class_of_its_own_at_its_own_end() -> None:
    """Where low is worse, no party is the worst, in the darkest colour; where high is worse it is the lightest."""
    for polarity, number, colour in (("low_is_worse", 1, "fifth-1"), ("high_is_worse", 5, "fifth-5")):
        made = build(ZEROS, polarity=polarity)
        own = made.rows("lsoa").dropna(subset="value")
        assert set(own["class"][own.value == 0]) == {number} and set(own["class"][own.value > 0]) == {1, 2, 3, 4, 5} - {number}
        zero = classes_of(made.card, "lsoa", edges=made.edges["lsoa"])[number - 1]
        assert (zero.label, zero.colour) == ("0 street parties", colour)


def test_a_little_is_never_said_as_none() -> None:
    """Two of 5,799 are not 0.0%; on the map neither."""
    assert say_amount(100 * 2 / 5799, "% of adults", 1) == "under 0.1% of adults"
    assert say_amount(0.0, "% of adults", 1) == "0.0% of adults"
    made = build([0.0, 0.03, 0.06, 2.0] + [1.0] * 56, decimals=1)
    packed = np.frombuffer(pack_values(made, SNAPSHOT.areas), np.uint8).reshape(4, -1).T.copy().view("<i4").ravel()
    told = dict(zip(SNAPSHOT.areas["lsoa"].code, packed, strict=False))
    assert [told[code] for code in SIXTY[:4]] == [0, -(2**31) + 1, 1, 20]
