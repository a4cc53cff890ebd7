"""How far each neighbourhood's place in England's line moved from the IMD 2019 to the IMD 2025."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.best_fit import convert_to_2021, read_changes
from etl.sources import read_csv, to_numbers
from heatmap.layers.catalogue import read_catalogue
from heatmap.layers.contract import join_by_code
from heatmap.statistics import percentile_position


def read(now: Path, earlier: Path, lookup: Path) -> pd.DataFrame:
    """code, value: percentile position of 2025 less that of 2019, in points; absent where there is no like for like.

    now      IoD2025, one row an LSOA of 2021
    earlier  IoD2019, one row an LSOA of 2011
    lookup   official changes from 2011 to 2021
    """
    card = read_catalogue()["imd2019_england_lsoa11"]
    old = read_csv(earlier, dict(card.columns))
    old = to_numbers(old, [column for column in old if column != "code"], card.id)
    converted = convert_to_2021(old, read_changes(lookup), card)
    new = to_numbers(read_csv(now, {"lsoa21cd": "code", "imd_rank": "rank"}), ["rank"], "IoD2025")
    both = join_by_code(new, converted[["code", "rank", "flag"]], "code", ("IoD2025", "IoD2019 on 2021 areas"))
    moved = percentile_position(both["rank_x"], len(new)) - percentile_position(both["rank_y"], len(old))
    return pd.DataFrame({"code": both.code, "value": moved, "flag": both.flag})
