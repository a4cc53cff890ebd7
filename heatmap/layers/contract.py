"""The second and third fence: what a table must promise before it may become a layer, and what a join must."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from heatmap.errors import DataContractError, name_some
from heatmap.geography.levels import CODE_PATTERN, COUNT, PLURAL, Level
from heatmap.layers.cards import LayerCard


def broken_promises(table: pd.DataFrame, card: LayerCard) -> list[str]:
    """Every promise of the card that its table breaks, one sentence each; empty when all are kept.

    table   as read: our columns (``code``, ``value``, ``rank``, ``decile``, ...), one row an area,
            in the card's own geography and vintage
    """
    found = _broken_codes(table, card)
    measured = "value" if "value" in table else "rank"
    number = table[measured].to_numpy(float)
    absent = int(np.isnan(number).sum())
    if absent != card.missing:
        codes = name_some(table.code[np.isnan(number)])
        found.append(
            f"{card.id}: {absent:,} areas have no {measured}, the card says {card.missing:,}"
            + (f" ({codes})" if absent else "")
            + ". Mend the file, or say the true number in 'missing' and why."
        )
    # NaN passes every < and >, so it is counted above and only numbers are compared here.
    outside = ~np.isnan(number) & ((number < card.valid_min) | (number > card.valid_max))
    if outside.any():
        first = table.loc[outside].iloc[0]
        found.append(
            f"{card.id}: {measured} = {first[measured]:g} at {first.code} is outside {card.valid_min:g} to {card.valid_max:g}"
            + (f", and {int(outside.sum()) - 1:,} more" if outside.sum() > 1 else "")
            + ". Look at the unit: a share may have been written as a percentage."
        )
    found += _broken_companions(table, card, measured)
    if "decile" in table:
        found += _broken_deciles(table, card)
    found += _broken_anchors(table, card)
    return found


def check_table(table: pd.DataFrame, card: LayerCard) -> pd.DataFrame:
    """The table itself, if it keeps every promise; else a DataContractError with all that are broken."""
    if found := broken_promises(table, card):
        raise DataContractError("\n".join(found))
    return table


def join_by_code(left: pd.DataFrame, right: pd.DataFrame, on: str, names: tuple[str, str]) -> pd.DataFrame:
    """Join one to one on a code; a DataContractError counts and names what either side lacks.

    names   what to call the two sides in that sentence
    """
    for side, name in ((left, names[0]), (right, names[1])):
        if (twice := side[on][side[on].duplicated()]).size:
            raise DataContractError(f"{name}: {name_some(twice.unique())} are there twice. Remove the second rows.")
    joined = left.merge(right, on=on, validate="one_to_one")
    if not len(joined) == len(left) == len(right):
        lost_left, lost_right = (set(left[on]) - set(right[on])), (set(right[on]) - set(left[on]))
        raise DataContractError(
            f"{names[0]} and {names[1]} do not fit: {len(lost_left):,} codes only in {names[0]}"
            f" ({name_some(sorted(lost_left))}), {len(lost_right):,} only in {names[1]}"
            f" ({name_some(sorted(lost_right))}). Check that both have areas of the same year."
        )
    return joined


def _broken_codes(table: pd.DataFrame, card: LayerCard) -> list[str]:
    found = []
    code = table.code.astype(str)
    if len(table) != card.rows:
        found.append(
            f"{card.id}: {len(table):,} rows, the card says {card.rows:,}."
            " The file may be cut short, include other nations, or be for another year."
        )
    strange = code[~code.str.fullmatch(CODE_PATTERN[card.base_level])]
    if len(strange):
        like = {"lsoa": "E01021988", "msoa": "E02004622", "lad": "E07000076"}[card.base_level]
        found.append(f"{card.id}: {name_some(strange)} is no {card.geography[:-2].upper()} code of England. Codes look like {like}.")
    if (twice := code[table[["code", *(["period"] if card.periods else [])]].duplicated()]).size:
        found.append(
            f"{card.id}: {name_some(twice.unique())} is there twice. Keep one row for each area{' and period' if card.periods else ''}."
        )
    if card.periods and (odd := set(table.period.astype(str)) ^ set(card.periods)):
        found.append(
            f"{card.id}: period {name_some(sorted(odd))} is only in the file or only on the card. Make 'periods' and the file agree."
        )
    return found


def _broken_companions(table: pd.DataFrame, card: LayerCard, measured: str) -> list[str]:
    """What stands beside the measure: it may be absent only where the measure is, and ranks are places in a line."""
    found = []
    there = table[measured].notna()
    for column in ("rank", "weight", "weight_on"):
        if column in table and column != measured and (lost := there & table[column].isna()).any():
            found.append(
                f"{card.id}: {int(lost.sum()):,} areas have a {measured} but no {column} ({name_some(table.code[lost])}). Mend the file."
            )
    if "rank" in table:
        rank = table["rank"]
        strange = rank % 1 > 0
        if measured != "rank":  # else the card's own range has told it
            strange |= (rank < 1) | (rank > card.rows)
        if strange.any():
            first = table.loc[strange].iloc[0]
            found.append(
                f"{card.id}: rank = {first['rank']:g} at {first.code} is not a whole number from 1 to {card.rows:,}."
                " Another column may have been taken for the rank."
            )
    if "numerator" in table and (strange := table.numerator > table.denominator).any():
        first = table.loc[strange].iloc[0]
        found.append(
            f"{card.id}: numerator = {first.numerator:g} at {first.code} is more than its denominator {first.denominator:g}."
            " The two columns may have been mixed up."
        )
    if "weight" in table and (strange := table.weight < 0).any():
        first = table.loc[strange].iloc[0]
        found.append(f"{card.id}: weight = {first.weight:g} at {first.code}, but there cannot be fewer people than none.")
    return found


def _broken_deciles(table: pd.DataFrame, card: LayerCard) -> list[str]:
    rank, decile = table["rank"].to_numpy(float), table["decile"].to_numpy(float)
    expected = np.ceil(10 * rank / card.rows)
    wrong = ~np.isnan(rank) & (decile != expected)
    if not wrong.any():
        return []
    first = table.loc[wrong].iloc[0]
    return [
        f"{card.id}: decile = {first.decile:g} at {first.code}, but rank {first['rank']:g} of {card.rows:,} is in tenth"
        f" {expected[wrong][0]:g}. Rank or decile has been mixed up with another column."
    ]


def _broken_anchors(table: pd.DataFrame, card: LayerCard) -> list[str]:
    found = []
    shown = table[table.period == card.period] if card.periods and "period" in table else table
    by_code = shown.drop_duplicates("code").set_index("code")
    for code, promised in card.anchors.items():
        for column, value in promised.items():
            if code not in by_code.index or column not in by_code:
                found.append(f"{card.id}: the anchor {code} has no {column} in the table. Check the code vintage.")
                continue
            got = float(by_code.at[code, column])
            if not abs(got - value) <= 0.5 * 10**-card.decimals:
                found.append(
                    f"{card.id}: {column} = {got:g} at {code}, but {value:g} was read off the published table,"
                    f" so {column} does not have what its name says."
                )
    return found


def check_built(tables: Mapping[Level, pd.DataFrame], card: LayerCard) -> list[str]:
    """Every promise of the card that its rows in the snapshot break (areas of today, all levels); empty when all are kept.

    tables  by level, of the period shown first, as ``Snapshot.table`` gives them
    """
    own = tables[card.base_level]
    found = []
    if len(own) != COUNT[card.base_level] or own.code.duplicated().any():
        found.append(
            f"{card.id}: {len(own):,} {PLURAL[card.base_level]} in the snapshot, England has {COUNT[card.base_level]:,}. Build it again."
        )
    measured = "value" if own.value.notna().any() else "rank"
    number = own[measured].to_numpy(dtype=float, na_value=np.nan)
    outside = (number < card.valid_min) | (number > card.valid_max)
    if outside.any():
        code = own.code[outside].iloc[0]
        found.append(f"{card.id}: {measured} = {number[outside][0]:g} at {code} is outside {card.valid_min:g} to {card.valid_max:g}.")
    if unsaid := int((np.isnan(number) & (own.flag == "").to_numpy()).sum()):
        found.append(f"{card.id}: {unsaid:,} {PLURAL[card.base_level]} have no {measured} and no reason why.")
    # A converted layer's anchors are of 2011 areas: those that are unchanged keep their code and their figure.
    same = own[own.flag != "best_fit_2011"]
    here = {code: promised for code, promised in card.anchors.items() if code in set(same.code)}
    return found + _broken_anchors(same, card.model_copy(update={"anchors": here}))
