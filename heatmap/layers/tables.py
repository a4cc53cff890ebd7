"""A layer's table: what the snapshot keeps of it, and the whole of it that everything else reads.

Nothing is kept twice. Rows are in the order of the areas, so no code is kept; classes and reasons are in the layer's part
``paint``; a share, its limits and a tenth are worked out again from the counts, and the class. Numbers are kept as decimals
of as many places as they have, four at most: whole numbers take a third of the bytes that fractions do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from heatmap.errors import SnapshotError
from heatmap.geography.levels import LEVELS, Level
from heatmap.layers.cards import FLAGS, LayerCard
from heatmap.layers.classes import levels_of
from heatmap.statistics import share_percent, wilson_interval

#: Columns of a layer's table; what a level does not have is null there.
#: ``value``: at the card's own level its own value; above, the share of residents that the map shows, in percent, or the amount.
COLUMNS: Final = (
    "level",
    "code",
    "value",
    "rank",
    "decile",
    "flag",
    "class",
    "class_fifths",
    "people_tenth1_percent",
    "people_fifth1_percent",
    "areas_tenth1_percent",
    "areas_fifth1_percent",
    "mean_score",
    "median_tenth",
    "is_official",
)
#: Further columns, of layers that have them.
COUNTED: Final = ("numerator", "denominator", "lower_ci", "upper_ci")
#: Columns that are not fractions, with their types.
WHOLE: Final = {"rank": "Int32", "decile": "Int8", "median_tenth": "Int8", "is_official": "boolean"}
#: As many decimals as a table keeps.
DECIMALS: Final = 4
#: What other parts of the snapshot say already, and the tenth, which is the class.
_ELSEWHERE: Final = ("level", "code", "period", "flag", "class", "class_fifths", "decile")


def pack_table(table: pd.DataFrame, card: LayerCard) -> pa.Table:
    """What the snapshot keeps of a whole table.

    table   every column of ``COLUMNS``, those of ``COUNTED`` there are, and ``period`` where the card has periods
    """
    whole = {name: table[name] for name in table if name not in _ELSEWHERE and table[name].notna().any()}
    if "numerator" in table:
        again = _count_again(table.numerator, table.denominator)
        whole = {name: column for name, column in whole.items() if name not in again or not _same(column, again[name])}
    if card.scheme == "tenths" and "value" in whole:
        whole["value"] = table.value.where(table.level == card.base_level)
        if whole["value"].isna().all():
            del whole["value"]
    kept = {name: pa.array(column, from_pandas=True) if name in WHOLE else _as_decimals(column) for name, column in whole.items()}
    return pa.table(kept)


def unpack_table(
    kept: pa.Table, packed: npt.NDArray[np.uint8], card: LayerCard, areas: Mapping[Level, pd.DataFrame], period: str = ""
) -> dict[Level, pd.DataFrame]:
    """A layer's whole rows by level, each in the order of positions; of the period shown first unless another is named.

    kept    from ``pack_table``
    packed  the layer's part ``paint`` of that period (``etl.layers.pack_classes``)
    Raises SnapshotError where the two are not of these areas.
    """
    levels = levels_of(card)
    count = sum(len(areas[level]) for level in levels)
    if len(kept) != count * len(card.periods or "1"):
        raise SnapshotError(f"The snapshot's table of {card.id} has {len(kept):,} rows, not those of its areas.")
    begin = count * (card.periods.index(period or card.period) if card.periods else 0)
    columns = {name: _as_series(name, kept[name].slice(begin, count)) for name in kept.column_names}
    if "numerator" in columns:
        again = _count_again(columns["numerator"], columns["denominator"])
        if card.flagged:  # a model's counts were not counted: they have no such limits
            again = {"value": again["value"]}
        columns = {**{name: column for name, column in again.items() if name not in columns}, **columns}
    found: dict[Level, pd.DataFrame] = {}
    start = 0
    for level in levels:
        end = start + len(areas[level])
        part = {name: column[start:end].reset_index(drop=True).copy() for name, column in columns.items()}
        start = end
        found[level] = _complete(part, card, level, areas, packed)
    return found


def _complete(
    part: dict[str, pd.Series], card: LayerCard, level: Level, areas: Mapping[Level, pd.DataFrame], packed: npt.NDArray[np.uint8]
) -> pd.DataFrame:
    """A level's rows with what other parts of the snapshot say: codes, classes, reasons, tenths."""
    ranked = card.scheme == "tenths"
    by_tenths, by_fifths = _classes_at(packed, areas, level)
    number = by_tenths & 15
    halved = (number + 1) // 2 if ranked else number  # at LSOA a fifth is two tenths drawn alike
    fifths = halved if level == "lsoa" else by_fifths & 15
    own = ranked and level == card.base_level
    rows = len(number)
    reasons = by_tenths >> 4
    whole: dict[str, pd.Series] = {
        "code": areas[level].code,  # the level is the key
        "class": pd.Series(number),
        "class_fifths": pd.Series(fifths),
    }
    if reasons.any():
        whole["flag"] = pd.Series(np.array(FLAGS, dtype=object)[reasons], dtype="str")
    else:
        whole["flag"] = _all_alike("", rows)
    if own:
        whole["decile"] = pd.Series(pd.arrays.IntegerArray(number.astype("int8"), mask=number == 0))
    if ranked and not own:
        whole["value"] = part["people_tenth1_percent"]
    for name, column in part.items():
        whole.setdefault(name, column if column.notna().any() else _none(WHOLE.get(name, "float64"), rows))
    for name in COLUMNS[1:]:
        whole.setdefault(name, _none(WHOLE.get(name, "float64"), rows))
    # Without a copy, so that what is alike in a hundred layers stands in memory once.
    return pd.DataFrame({name: whole[name] for name in (*COLUMNS, *COUNTED) if name in whole}, copy=False)


@cache  # one of each length and type for all layers
def _all_alike(text: str, rows: int) -> pd.Series:
    return pd.Series([text], dtype="str").repeat(rows).reset_index(drop=True)


@cache
def _none(type_: str, rows: int) -> pd.Series:
    return pd.Series(pd.NA if type_ in WHOLE.values() else np.nan, index=range(rows), dtype=type_)


def _classes_at(
    packed: npt.NDArray[np.uint8], areas: Mapping[Level, pd.DataFrame], level: Level
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """A level's bytes by tenths and, above LSOA, by fifths."""
    counts = {each: len(areas[each]) for each in LEVELS}
    first = sum(counts[each] for each in LEVELS[: LEVELS.index(level)])
    by_tenths = packed[first : first + counts[level]]
    second = first + sum(counts.values()) - counts["lsoa"]
    return by_tenths, packed[second : second + counts[level]] if level != "lsoa" else by_tenths


def _count_again(numerator: pd.Series, denominator: pd.Series) -> dict[str, pd.Series]:
    """The share in percent and its 95 % limits, to the decimals a table keeps."""
    lower, upper = wilson_interval(numerator, denominator)
    share = share_percent(numerator, denominator)
    return {name: pd.Series(column).round(DECIMALS) for name, column in (("value", share), ("lower_ci", lower), ("upper_ci", upper))}


def _same(one: pd.Series, other: pd.Series) -> bool:
    return np.allclose(one.to_numpy(float).round(DECIMALS), other.to_numpy(float), rtol=0, atol=1e-9, equal_nan=True)


def _as_decimals(column: pd.Series) -> pa.Array:
    """
    >>> _as_decimals(pd.Series([12.5, None, 3.25])).type
    Decimal128Type(decimal128(9, 2))
    """
    number = column.to_numpy(float).round(DECIMALS)
    there = number[~np.isnan(number)]
    places = next(n for n in range(DECIMALS + 1) if n == DECIMALS or np.array_equal(there.round(n), there))
    digits = 9 if np.abs(there).max(initial=0) * 10**places < 1e9 else 18  # of nine digits each takes four bytes, else eight
    return pa.array(number, from_pandas=True).cast(pa.decimal128(digits, places), safe=False)


def _as_series(name: str, column: pa.ChunkedArray) -> pd.Series:
    if name in WHOLE:
        return column.to_pandas().astype(WHOLE[name])
    return pd.Series(column.cast(pa.float64()).to_numpy()).round(DECIMALS)  # as they were written
