"""From 2011 areas to 2021 areas, by the official lookup of changes.

U unchanged: as it is. S split: the old figure is carried down to each part. M merged: weighted by the people of the
old areas, then ranked among all old areas. X irregular: no figure, "no like-for-like". S and M are marked.
"""

from __future__ import annotations

import math

import pandas as pd

from etl.sources import read_csv
from heatmap.errors import DataContractError, name_some
from heatmap.layers.cards import LayerCard
from heatmap.statistics import decile_of_rank, rank_among, weighted_mean

_LOOKUP_COLUMNS = {"lsoa11_code": "lsoa11_code", "lsoa21_code": "lsoa21_code", "change_code": "change"}
#: The worst fault wins where an area of 2021 touches old areas of more than one kind.
_FLAG = {"U": "", "S": "best_fit_2011", "M": "best_fit_2011", "X": "no_like_for_like"}


def read_changes(path: object) -> pd.DataFrame:
    """The official lookup, England only: lsoa11_code, lsoa21_code, change (U, S, M or X), one row a pair."""
    changes = read_csv(path, _LOOKUP_COLUMNS)  # type: ignore[arg-type]
    changes = changes[changes.lsoa21_code.str.startswith("E01")].sort_values(["lsoa21_code", "lsoa11_code"])
    mixed = changes.groupby("lsoa21_code").change.nunique()
    if (mixed > 1).any():
        raise DataContractError(f"the 2011 to 2021 lookup gives {name_some(mixed.index[mixed > 1])} two kinds of change")
    return changes.reset_index(drop=True)


def convert_to_2021(table: pd.DataFrame, changes: pd.DataFrame, card: LayerCard) -> pd.DataFrame:
    """A checked table of 2011 areas as a table of all 2021 areas of England, sorted by code.

    table    code (lsoa11), rank, decile, weight (people), perhaps value and weight_on (what is averaged for a merger)
    changes  from ``read_changes``
    returns  code (lsoa21), rank, decile, flag, and value where the table has one; of counts numerator, denominator and
             split_from (the 2011 area whose counts were carried down to each of its parts, else "") in their place
    Raises DataContractError where the two do not hold the same 2011 areas: nothing is silently dropped.
    """
    if (twice := table.code[table.code.duplicated()]).size:
        raise DataContractError(f"{card.id}: {name_some(twice.unique())} are there twice. Remove the second rows.")
    lost, strange = set(table.code) - set(changes.lsoa11_code), set(changes.lsoa11_code) - set(table.code)
    if lost or strange:
        raise DataContractError(
            f"{card.id}: {len(lost):,} areas of the table are not in the 2011 to 2021 lookup ({name_some(sorted(lost))})"
            f" and {len(strange):,} of the lookup not in the table ({name_some(sorted(strange))})."
            " Is the card's geography right?"
        )
    counted = "numerator" in table
    shown = ["numerator", "denominator"] if counted else [column for column in ("value", "rank", "decile") if column in table]
    pairs = changes.merge(table, left_on="lsoa11_code", right_on="code", validate="many_to_one")
    kept = pairs[pairs.change.isin(["U", "S"])]
    merged = (_add if counted else _merge)(pairs[pairs.change == "M"], table)
    irregular = pairs[pairs.change == "X"][["lsoa21_code", "change"]].drop_duplicates()
    whole = pd.concat([kept[["lsoa21_code", "change", *shown, "lsoa11_code"]], merged, irregular], ignore_index=True)
    whole["flag"] = whole.pop("change").map(_FLAG)
    whole = whole.rename(columns={"lsoa21_code": "code"}).sort_values("code", ignore_index=True)
    if whole.code.duplicated().any():
        raise DataContractError(f"{card.id}: {name_some(whole.code[whole.code.duplicated()])} got two figures from 2011")
    if counted:
        whole["split_from"] = whole.lsoa11_code.where(whole.code.isin(pairs.lsoa21_code[pairs.change == "S"]), "")
        shown.append("split_from")
    return whole[["code", *shown, "flag"]]


def _add(pairs: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Counts of areas that merged, added up."""
    return pairs.groupby("lsoa21_code", as_index=False)[["numerator", "denominator"]].sum().assign(change="M")


def _merge(pairs: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    # What is averaged: weight_on if the card names one, else the value, else the rank itself.
    measure = next(column for column in ("weight_on", "value", "rank") if column in table)
    # A rank rises towards the least deprived, every other measure towards the most.
    sign = -1 if measure == "rank" else 1
    rows = []
    for code, parts in pairs.groupby("lsoa21_code"):
        # Rounded far beyond what is published, so that an average equal to a published figure ties with it.
        average = round(weighted_mean(parts[measure], parts.weight), 9)
        row: dict[str, object] = {"lsoa21_code": code, "change": "M", "rank": None, "decile": None}
        if not math.isnan(average):
            rank = int(rank_among([sign * average], sign * table[measure])[0])
            row |= {"rank": rank, "decile": int(decile_of_rank(rank, len(table)))}
        if "value" in table:
            row["value"] = weighted_mean(parts.value, parts.weight)
        rows.append(row)
    return pd.DataFrame(rows)
