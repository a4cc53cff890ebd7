"""What the snapshot keeps of a layer's table, and that the whole comes back from it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from heatmap.errors import SnapshotError
from heatmap.geography.levels import LEVELS, Level
from heatmap.layers.cards import FLAGS, LayerCard
from heatmap.layers.tables import COLUMNS, COUNTED, pack_table, unpack_table
from heatmap.statistics import share_percent, wilson_interval

#: A land of two neighbourhoods, one area at every other level.
AREAS: dict[Level, pd.DataFrame] = {
    level: pd.DataFrame({"code": [f"{level}{n}" for n in range(2 if level == "lsoa" else 1)]}) for level in LEVELS
}


def make_card(**more: object) -> LayerCard:
    """A card with as little on it as a card may have."""
    return LayerCard.model_validate(
        {
            "id": "land2026_england_lsoa21",
            "title": "Land",
            "question": "How is the land?",
            "meaning": "A",
            "not_meaning": "B",
            "unit": "percent",
            "polarity": "high_is_worse",
            "period": "2026",
            "rows": 2,
            "valid_min": 0,
            "valid_max": 100,
            "larger_areas": "counts",
            "source": {"publisher": "P", "title": "T", "page": "https://x.uk", "licence": "OGL-UK-3.0", "accessed": date(2026, 1, 1)},
            **more,
        }
    )


def make_table(card: LayerCard, **columns: list[object]) -> pd.DataFrame:
    """A whole table of the land: two neighbourhoods, then one row a level, for each period."""
    levels = ["lsoa", "lsoa", "msoa", "lad", "icb", "rgn"]
    table = pd.DataFrame({"level": levels, "code": ["lsoa0", "lsoa1", "msoa0", "lad0", "icb0", "rgn0"]})
    table = pd.concat([table] * len(card.periods or "1"), ignore_index=True)
    if card.periods:
        table["period"] = np.repeat(card.periods, len(levels))
    table = table.assign(**columns)
    if "numerator" in table:
        lower, upper = wilson_interval(table.numerator, table.denominator)
        table = table.assign(value=share_percent(table.numerator, table.denominator), lower_ci=lower, upper_ci=upper)
    names = [*COLUMNS, *(["period"] if card.periods else []), *(name for name in COUNTED if name in table)]
    table = table.reindex(columns=names)
    table["flag"] = table.flag.astype(object).fillna("")
    return table


def paint(table: pd.DataFrame) -> np.ndarray:
    """The bytes that the map fetches, as the build packs them."""
    by_tenths = table["class"].fillna(0).astype(int).to_numpy() | np.array([FLAGS.index(flag) << 4 for flag in table.flag])
    by_fifths = table.class_fifths.fillna(0).astype(int).to_numpy() | np.array([FLAGS.index(flag) << 4 for flag in table.flag])
    return np.concatenate([by_tenths, by_fifths[2:]]).astype(np.uint8)


SHARES = {
    "numerator": [1.0, 2.0, 3.0, 3.0, 3.0, 3.0],
    "denominator": [10.0, 20.0, 30.0, 30.0, 30.0, 30.0],
    "class": [1, 2, 1, 1, 1, 1],
    "class_fifths": [1, 2, 1, 1, 1, 1],
    "flag": ["small_denominator", "", "", "", "", "best_fit_lad"],
}


def test_a_share_is_kept_as_its_counts() -> None:
    """Share and limits come back from them, reasons and classes from the map's bytes."""
    card = make_card()
    table = make_table(card, **SHARES)
    kept = pack_table(table, card)
    assert kept.column_names == ["numerator", "denominator"]
    assert {str(field.type) for field in kept.schema} == {"decimal128(9, 0)"}
    found = unpack_table(kept, paint(table), card, AREAS)
    assert found["lsoa"].value.tolist() == [10.0, 10.0]
    assert found["lsoa"].lower_ci.tolist() == pytest.approx(table.lower_ci[:2].tolist(), abs=1e-4)
    assert found["lsoa"].flag.tolist() == ["small_denominator", ""] and found["rgn"].flag.tolist() == ["best_fit_lad"]
    assert found["lsoa"]["class"].tolist() == [1, 2] and found["lsoa"].code.tolist() == ["lsoa0", "lsoa1"]
    assert {"level", *found["lsoa"]} == {*COLUMNS, *COUNTED}


def test_limits_that_were_published_are_kept() -> None:
    """They are not those that the counts would give."""
    card = make_card()
    table = make_table(card, **SHARES).assign(lower_ci=1.0)
    kept = pack_table(table, card)
    assert kept.column_names == ["numerator", "denominator", "lower_ci"] or set(kept.column_names) == {
        "numerator",
        "denominator",
        "lower_ci",
    }
    found = unpack_table(kept, paint(table), card, AREAS)
    assert found["lsoa"].lower_ci.tolist() == [1.0, 1.0] and found["lsoa"].upper_ci.notna().all()


def test_tenths_come_back_from_their_classes() -> None:
    """The tenth is the class; above the neighbourhood there is none, and the value is the share of residents."""
    card = make_card(scheme="tenths", larger_areas="none", polarity="low_is_worse", valid_min=1, valid_max=2)
    share = [None, None, 50.0, 50.0, 50.0, 50.0]
    table = make_table(
        card,
        **{
            "rank": [1, 2, *[None] * 4],
            "decile": [5, 10, *[None] * 4],
            "class": [5, 10, 1, 1, 1, 1],
            "class_fifths": [3, 5, 1, 1, 1, 1],
            "value": share,
            "people_tenth1_percent": share,
        },
    ).astype({"rank": "Int32", "decile": "Int8"})
    kept = pack_table(table, card)
    assert set(kept.column_names) == {"rank", "people_tenth1_percent"}
    found = unpack_table(kept, paint(table), card, AREAS)
    assert found["lsoa"].decile.tolist() == [5, 10] and found["lsoa"].class_fifths.tolist() == [3, 5]
    assert found["lad"].value.tolist() == [50.0] and found["lad"].decile.isna().all() and found["lad"]["rank"].isna().all()


def test_each_period_has_its_own_rows() -> None:
    """They lie one after another, the oldest first; the last is shown unless another is named."""
    card = make_card(periods=["2025", "2026"], larger_areas="mean")
    table = make_table(card, value=[*range(6), *range(10, 16)])
    kept = pack_table(table, card)
    zeros = np.zeros(2 + 2 * 4, np.uint8)
    assert unpack_table(kept, zeros, card, AREAS)["lsoa"].value.tolist() == [10.0, 11.0]
    assert unpack_table(kept, zeros, card, AREAS, "2025")["rgn"].value.tolist() == [5.0]


@pytest.mark.parametrize(
    ("values", "kept_as"),
    [
        ([1.0, None, 3.0], "decimal128(9, 0)"),
        ([0.1, 2.25, 3.0], "decimal128(9, 2)"),
        ([1 / 3, 2.0, -1.5], "decimal128(9, 4)"),
        ([5e6 + 1 / 3, 1.0, 1.0], "decimal128(18, 4)"),
    ],
)
def test_numbers_are_kept_as_exactly_as_they_are(values: list[float | None], kept_as: str) -> None:
    """To as many places as they have, four at most; what is absent stays absent."""
    card = make_card(larger_areas="none", rows=3)
    areas = {**AREAS, "lsoa": pd.DataFrame({"code": ["a", "b", "c"]})}
    table = pd.DataFrame({"level": "lsoa", "code": ["a", "b", "c"], "value": values, "flag": ""}).reindex(columns=list(COLUMNS))
    kept = pack_table(table, card)
    assert str(kept.schema.field("value").type) == kept_as
    found = unpack_table(kept, np.zeros(3 + 2 * 4, np.uint8), card, areas)["lsoa"].value
    assert found.round(4).equals(pd.Series(values, dtype=float).round(4))


def test_a_table_of_other_areas_is_refused() -> None:
    """Rows without codes must be those of the areas."""
    with pytest.raises(SnapshotError, match=r"^The snapshot's table of land2026_england_lsoa21 has 5 rows, not those of its areas\.$"):
        unpack_table(pa.table({"value": [1, 2, 3, 4, 5]}), np.zeros(10, np.uint8), make_card(), AREAS)
