"""Totals of larger areas where figures inside are withheld: never as though nothing were there."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from etl.layers import BuiltLayer, build_layer, work_out_england
from heatmap.geography.levels import Level
from heatmap.indicators.layer_sentences import say_row
from heatmap.indicators.sentences import say_figure
from heatmap.indicators.standings import LeftOut, find_left_out, find_standing
from heatmap.layers.cards import LayerCard
from heatmap.snapshot import open_snapshot

#: Six neighbourhoods in three authorities of one region.
OWN = pd.DataFrame(
    {
        "code": [f"E0100000{n}" for n in range(1, 7)],
        "msoa21_code": ["E02000001", "E02000002", "E02000003", "E02000003", "E02000004", "E02000004"],
        "lad24_code": ["E06000001", "E06000001", "E06000002", "E06000002", "E06000003", "E06000003"],
        "icb24_code": "E54000001",
        "rgn24_code": "E12000001",
        "population": 1500,
    }
)
AREAS: dict[Level, pd.DataFrame] = {"lsoa": OWN} | {
    level: pd.DataFrame({"code": sorted(OWN[column].unique())})
    for level, column in (("msoa", "msoa21_code"), ("lad", "lad24_code"), ("icb", "icb24_code"), ("rgn", "rgn24_code"))
}  # type: ignore[assignment]


def build(**more: object) -> BuiltLayer:
    """Children counted in the first, fifth and sixth neighbourhood, withheld in the others."""
    card = LayerCard.model_validate({
        "id": "children2026_england_lsoa21", "title": "Children", "question": "How many?", "meaning": "A", "not_meaning": "B",
        "unit": "children", "polarity": "no_judgement", "period": "2026", "rows": 6, "missing": 3, "valid_min": 0, "valid_max": 999,
        "larger_areas": "sum", "absent": "suppressed",
        "source": {"publisher": "P", "title": "T", "page": "https://x.uk", "licence": "OGL-UK-3.0", "accessed": date(2026, 1, 1)}, **more,
    })  # fmt: skip
    return build_layer(card, AREAS, None, own_table=pd.DataFrame({"code": OWN.code, "value": [40.0, np.nan, np.nan, np.nan, 20.0, 30.0]}))


def test_a_total_without_its_withheld_parts_is_marked() -> None:
    """Part withheld: the total is the least it can be; all withheld: the area is; nothing withheld: an ordinary total."""
    rows = build().rows("lad")
    assert rows.flag.tolist() == ["incomplete", "suppressed", ""]
    assert rows.value.tolist()[::2] == [40.0, 50.0] and np.isnan(rows.value.iloc[1])
    assert build().rows("rgn")[["value", "flag"]].to_numpy().tolist() == [[90.0, "incomplete"]]


def test_what_is_missing_is_not_called_withheld() -> None:
    """Where the publisher has no figure at all, an area of such parts has none either, and none where half of its people are left out."""
    rows = build(absent="missing").rows("lad")
    assert rows.flag.tolist() == ["part_covered", "missing", ""] and np.isnan(rows.value.iloc[0])


def test_an_average_of_withheld_parts_alone_is_withheld() -> None:
    """The reason follows upwards in every way of adding up; an average of half of the people is none of the area."""
    assert build(larger_areas="mean").rows("lad").flag.tolist() == ["part_covered", "suppressed", ""]


def test_englands_total_counts_what_it_leaves_out() -> None:
    """Three of six."""
    assert work_out_england(build(), AREAS) == {"": {"value": 90.0, "areas_left_out": 3}}


@pytest.mark.parametrize(
    ("layer", "code", "out"),
    [
        ("idaci_count2025_england_lsoa21", "E09000020", LeftOut(19, 19, 101, "lsoa")),  # empty cells of Kensington and Chelsea in File 8
        ("idaci_count2025_england_lsoa21", "E08000025", LeftOut(2, 2, 659, "lsoa")),
        ("population2022_england_lsoa21", "E09000020", None),
    ],
)
def test_the_pages_say_how_many_are_left_out(layer: str, code: str, out: LeftOut | None) -> None:
    """In a sentence, and before the figure itself."""
    snapshot = open_snapshot()
    card, area = snapshot.cards[layer], snapshot.area(code)
    assert find_left_out(card, area, snapshot) == out
    said = say_row(card, area, snapshot)
    if out is None:
        assert "At least" not in said and "true total" not in said
        return
    assert said.startswith("At least ")
    assert f"{out.areas} of the {out.of} neighbourhoods inside it are withheld, so the true total is this or more." in said
    standing = find_standing(card, area, snapshot)
    assert standing is not None and standing.left_out == out and say_figure(standing).startswith("at least ")
