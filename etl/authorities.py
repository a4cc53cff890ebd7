"""Authorities that were merged since: from the codes of an older year to those of 2024.

Which old authority became which new one is read off the official lookups, neighbourhood by neighbourhood; nothing is drawn over
anything. An authority that stands on its own keeps its figure; one put together from several bears ``best_fit_lad``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from etl.sources import read_csv, to_numbers
from heatmap.errors import DataContractError, name_some


@lru_cache(maxsize=2)  # for forty cards of one file
def read_successors(changes: Path, today: Path, people: Path) -> pd.DataFrame:
    """Each authority of 2022 (the same as of 2021) with the one of 2024 that it lies in, and its people in mid-2022.

    changes  the official lookup of LSOA 2011, LSOA 2021 and authority 2022
    today    the IoD2025 table, which has the authority of 2024
    returns  old, code, people
    """
    pairs = read_csv(changes, {"lsoa21_code": "lsoa21_code", "ltla22_code": "old"}).drop_duplicates()
    new = read_csv(today, {"lsoa21cd": "lsoa21_code", "lad24cd": "code"})
    count = to_numbers(read_csv(people, {"lsoacd": "lsoa21_code", "population": "people"}), ["people"], people.name)
    whole = new.merge(pairs, on="lsoa21_code", validate="one_to_one").merge(count, on="lsoa21_code", validate="one_to_one")
    if len(whole) != len(new):
        raise DataContractError(
            f"{changes.name}: {len(new) - len(whole):,} neighbourhoods have no authority of 2022. Get the lookup again."
        )
    return _one_each(whole.groupby(["old", "code"], as_index=False).people.sum())


def read_successors_of_2019(earlier: Path, changes: Path, today: Path) -> pd.DataFrame:
    """Each authority of 2019 with the one of 2024 that its neighbourhoods lie in: old, code.

    earlier  the IoD2019 table, which has the authority of 2019
    """
    old = read_csv(earlier, {"lsoa11cd": "lsoa11_code", "lad19cd": "old"})
    pairs = read_csv(changes, {"lsoa11_code": "lsoa11_code", "lsoa21_code": "lsoa21_code"})
    new = read_csv(today, {"lsoa21cd": "lsoa21_code", "lad24cd": "code"})
    counted = old.merge(pairs, on="lsoa11_code").merge(new, on="lsoa21_code").groupby(["old", "code"], as_index=False).size()
    # A neighbourhood whose border was moved across that of its authority does not move the authority.
    first = counted.sort_values("size", ascending=False, kind="stable").drop_duplicates("old")
    return first[["old", "code"]].sort_values("old", ignore_index=True)


def average_merged(table: pd.DataFrame, successors: pd.DataFrame, name: str) -> pd.DataFrame:
    """Values of old authorities as values of those of 2024: averaged over people where several became one.

    table       code (of the old authority), period, value
    successors  from ``read_successors``
    returns     code, period, value, flag; none for an authority whose parts lack a value
    """
    whole = _with_successors(table, successors, name).assign(weighted=lambda rows: rows.value * rows.people)
    groups = whole.groupby(["new", "period"], as_index=False)
    made = groups.agg(
        weighted=("weighted", lambda part: part.sum(skipna=False)),
        people=("people", "sum"),
        first=("value", "first"),
        parts=("old", "size"),
    )
    return _finish(made.assign(value=made["first"].where(made.parts == 1, made.weighted / made.people)))


def add_merged(table: pd.DataFrame, successors: pd.DataFrame, name: str) -> pd.DataFrame:
    """Counts of old authorities as shares of those of 2024, in percent: counts added up, then divided.

    table    code, period, value (the publisher's own, kept where an authority stands on its own), numerator, denominator
    returns  code, period, value, flag
    """
    whole = _with_successors(table, successors, name)
    groups = whole.groupby(["new", "period"], as_index=False)
    made = groups.agg(
        over=("numerator", lambda part: part.sum(skipna=False)),
        under=("denominator", lambda part: part.sum(skipna=False)),
        first=("value", "first"),
        parts=("old", "size"),
    )
    return _finish(made.assign(value=made["first"].where(made.parts == 1, 100 * made.over / made.under)))


def _with_successors(table: pd.DataFrame, successors: pd.DataFrame, name: str) -> pd.DataFrame:
    if strange := sorted(set(table.code) - set(successors.old)):
        raise DataContractError(f"{name}: {name_some(strange)} is no authority of the lookup. Is the file of another year?")
    if (twice := table.code[table.duplicated(["code", "period"])]).size:  # else it would be added up with itself
        raise DataContractError(f"{name}: {name_some(twice.unique())} stand twice in one period. Take the double rows out.")
    new = successors.rename(columns={"code": "new"})
    return table.rename(columns={"code": "old"}).merge(new, on="old", validate="many_to_one")


def _finish(made: pd.DataFrame) -> pd.DataFrame:
    flag = made.parts.map(lambda parts: "best_fit_lad" if parts > 1 else "").where(made.value.notna(), "")
    table = made.assign(flag=flag).rename(columns={"new": "code"})[["code", "period", "value", "flag"]]
    return table.sort_values(["period", "code"], ignore_index=True)


def _one_each(pairs: pd.DataFrame) -> pd.DataFrame:
    if (twice := pairs.old[pairs.old.duplicated()]).size:
        raise DataContractError(f"{name_some(twice.unique())} lie in two authorities of 2024. They cannot be carried over whole.")
    return pairs
