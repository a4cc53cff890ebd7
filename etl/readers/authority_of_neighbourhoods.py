"""A figure of a whole authority that its file repeats for each neighbourhood: taken once, so that nobody draws it as a neighbourhood's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.sources import read_csv, to_numbers
from heatmap.errors import DataContractError, name_some
from heatmap.layers.cards import LayerCard
from heatmap.layers.contract import join_by_code


def read(card: LayerCard, table: Path, today: Path) -> pd.DataFrame:
    """code (authority of 2024), value.

    today  the IoD2025 table, which has each neighbourhood's authority
    """
    rows = to_numbers(
        read_csv(table, {header: ours for header, ours in card.columns.items() if ours != "code"} | {"lsoa21_code": "lsoa"}),
        ["value"],
        card.id,
    )
    rows = join_by_code(rows, read_csv(today, {"lsoa21cd": "lsoa", "lad24cd": "code"}), "lsoa", (card.id, "IoD2025"))
    groups = rows.groupby("code").value
    if (mixed := groups.nunique(dropna=False) > 1).any():
        raise DataContractError(
            f"{card.id}: {name_some(mixed.index[mixed])} has more than one figure. It may be a neighbourhood's after all."
        )
    return groups.first().rename("value").reset_index()
