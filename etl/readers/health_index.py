"""One indicator of the ONS Health Index: its underlying values by authority of 2021, never its scores.

The file repeats old figures where a year is lacking; the card's ``periods`` name the years that are real, or ``edition`` the one.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from etl.authorities import average_merged, read_successors
from etl.sources import read_csv, to_numbers
from heatmap.layers.cards import LayerCard

_COLUMNS = {"ltla21_code": "code", "year": "period", "indicator": "category", "value": "value"}


def read(card: LayerCard, table: Path, *lookups: Path) -> pd.DataFrame:
    """code (authority of 2024), period ("2019"), value, flag.

    lookups  changes of neighbourhoods with the authority of 2022, the IoD2025 table, people of mid-2022
    """
    rows = _read_whole(table)
    rows = to_numbers(rows[rows.category.isin(card.pick)], ["value"], card.id).reset_index(drop=True)
    rows["period"] = rows.period.str.removesuffix(".0")
    rows = rows[rows.period.isin(card.periods or (card.edition,))].drop(columns="category")
    made = average_merged(rows, read_successors(*lookups), card.id)
    return made if card.periods else made.drop(columns="period")


@lru_cache(maxsize=1)  # forty cards pick from one file
def _read_whole(table: Path) -> pd.DataFrame:
    return read_csv(table, _COLUMNS)
