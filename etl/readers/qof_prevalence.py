"""One register of the Quality and Outcomes Framework by authority: estimates of the House of Commons Library, of 2019/20.

Registers and lists are not whole numbers: practices' patients were spread over authorities by where patients live.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.authorities import add_merged, read_successors_of_2019
from etl.sources import read_csv, to_numbers
from heatmap.layers.cards import LayerCard

_COLUMNS = {"lad_code": "code", "group_code": "category", "register": "numerator", "list": "denominator", "prevalence": "value"}


def read(card: LayerCard, table: Path, *lookups: Path) -> pd.DataFrame:
    """code (authority of 2024), value (percent of patients), flag.

    lookups  the IoD2019 table, changes of neighbourhoods, the IoD2025 table
    """
    rows = read_csv(table, _COLUMNS)
    rows = rows[rows.category.isin(card.pick) & rows.code.str.startswith("E")].drop(columns="category")
    rows = to_numbers(rows, ["numerator", "denominator", "value"], card.id).reset_index(drop=True)
    rows = rows.assign(period=card.period, value=100 * rows.value)
    earlier, changes, today = lookups
    successors = read_successors_of_2019(earlier, changes, today)
    # What became one authority in April 2020 stands in the file under its new code already.
    already = pd.DataFrame({"old": sorted(set(rows.code) - set(successors.old))}).assign(code=lambda table: table.old)
    return add_merged(rows, pd.concat([successors, already], ignore_index=True), card.id).drop(columns="period")
