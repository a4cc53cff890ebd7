"""Children in low-income families by authority of 2021: a number and a percentage for each year, side by side in columns.

"[x]" is not available, "[low]" is withheld. Percentages are fractions, to three decimals. Where authorities merged since,
numbers are added up, and divided by the children whom the published numbers and percentages imply.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.authorities import add_merged, read_successors
from etl.sources import read_csv, to_numbers
from heatmap.layers.cards import LayerCard


def read(card: LayerCard, table: Path, *lookups: Path) -> pd.DataFrame:
    """code (authority of 2024), period ("2021": the year ending in March), value (percent), flag."""
    years = []
    for year in card.periods:
        provisional = " [p]" if year == card.periods[-1] else ""
        number, percent = f"Number of children FYE {year}{provisional}", f"Percentage of children FYE {year} (%){provisional} [note 3]"
        rows = read_csv(table, {"Area Code": "code", number: "numerator", percent: "value"})
        rows = rows[rows.code.str.fullmatch(r"E0[6-9]\d{6}", na=False)]
        rows = to_numbers(rows, ["numerator", "value"], card.id).reset_index(drop=True)
        years.append(rows.assign(period=year, denominator=rows.numerator / rows.value, value=(100 * rows.value).round(6)))
    return add_merged(pd.concat(years, ignore_index=True), read_successors(*lookups), card.id)
