"""Codes of other years, and what they are today, read off the official lookups; nothing is drawn over anything."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pandas as pd

from etl.sources import read_csv
from heatmap.geography.former_codes import Change
from heatmap.geography.levels import Level, say_icb

#: The lookups beside those from which the areas are made.
RAW: Final = {
    "lsoa11": "lookups/lsoa11_lsoa21_lad22.csv.gz",
    "msoa11": "lookups/msoa11_msoa21_lad22.csv.gz",
    "lad19": "iod2019/iod2019_lsoa11_england.csv.gz",
    "lad25": "lookups/lad24_lad25_crosswalk.csv",
    "icb24": "lookups/lsoa21_sicbl24_icb24.csv.gz",
    "icb26": "lookups/lsoa21_sicbl26_icb26_derived.csv.gz",
}
#: Old code -> (codes of ours, what happened, the name it had).
Rows = dict[str, tuple[list[str], Change, str]]


def read_former_codes(paths: dict[str, Path], areas: dict[Level, pd.DataFrame]) -> Rows:
    """Every code that a lookup in hand can translate: old -> (codes of ours, what happened, the name it had)."""
    today = {level: set(table.code) for level, table in areas.items()}
    found: Rows = {}
    for level, read in (("lsoa", _lsoas), ("msoa", _msoas), ("lad", _districts), ("lad", _recoded), ("icb", _boards)):
        found |= {code: row for code, row in read(paths, areas).items() if code not in today[level]}  # type: ignore[index]
    return dict(sorted(found.items()))


def _pairs(paths: dict[str, Path], areas: dict[Level, pd.DataFrame]) -> pd.DataFrame:
    """England's neighbourhoods of 2011 and 2021 in pairs, with today's parents."""
    columns = {"lsoa11_name": "old_name", "lsoa11_code": "old", "lsoa21_code": "code"}
    return read_csv(paths["lsoa11"], columns).merge(areas["lsoa"][["code", "msoa21_code", "lad24_code", "icb24_code"]], on="code")


def _became(old: pd.Series, new: pd.Series) -> dict[str, list[str]]:
    return {str(code): sorted(set(codes)) for code, codes in new.groupby(old)}


def _kind(now: Iterable[str]) -> Change:
    return "merged" if len(list(now)) == 1 else "split"


def _lsoas(paths: dict[str, Path], areas: dict[Level, pd.DataFrame]) -> Rows:
    pairs = _pairs(paths, areas)
    return {code: (now, _kind(now), "") for code, now in _became(pairs.old, pairs.code).items()}


def _msoas(paths: dict[str, Path], areas: dict[Level, pd.DataFrame]) -> Rows:
    """By the neighbourhoods in them: the official lookup names one successor only, though most were split."""
    pairs = _pairs(paths, areas)
    codes = read_csv(paths["msoa11"], {"msoa11_name": "name", "msoa11_code": "code"}).set_index("name").code
    old = pairs.old_name.str[:-1].map(codes)  # an LSOA is called by its MSOA and a letter
    names = {code: name for name, code in codes.items()}
    return {code: (now, _kind(now), names[code]) for code, now in _became(old, pairs.msoa21_code).items()}


def _districts(paths: dict[str, Path], areas: dict[Level, pd.DataFrame]) -> Rows:
    """Authorities of 2019 and 2022 that lie whole in one of 2024."""
    of_2019 = read_csv(paths["lad19"], {"lsoa11cd": "old", "lad19cd": "lad", "lad19nm": "name"})
    of_2022 = read_csv(paths["lsoa11"], {"lsoa11_code": "old", "ltla22_code": "lad", "ltla22_name": "name"})
    pairs = pd.concat([of_2019, of_2022]).merge(_pairs(paths, areas)[["old", "lad24_code"]], on="old")
    names = pairs.drop_duplicates("lad").set_index("lad").name
    return {code: (now, "merged", names[code]) for code, now in _became(pairs.lad, pairs.lad24_code).items() if len(now) == 1}


def _recoded(paths: dict[str, Path], areas: dict[Level, pd.DataFrame]) -> Rows:
    """Authorities whose code changed in 2025, and nothing else."""
    pairs = read_csv(paths["lad25"], {"lad24cd": "code", "lad24nm": "name", "lad25cd": "new"})
    return {new: ([code], "recoded", name) for code, name, new in zip(pairs.code, pairs.name, pairs.new, strict=True)}


def _boards(paths: dict[str, Path], areas: dict[Level, pd.DataFrame]) -> Rows:
    """Boards by the codes of the NHS, and those of 2026 by the boards of 2024 that they were put together from."""
    of_2024 = read_csv(paths["icb24"], {"icb24_code": "code", "icb24_code_nhs": "nhs", "icb24_name": "name"}).drop_duplicates()
    found: Rows = {row.nhs: ([row.code], "recoded", say_icb(row.name)) for row in of_2024.itertuples(index=False)}
    columns = {"lsoa21_code": "lsoa", "icb26_code_ons": "new", "icb26_name": "name"}
    pairs = read_csv(paths["icb26"], columns).merge(areas["lsoa"][["code", "icb24_code"]], left_on="lsoa", right_on="code")
    for (new, name), old in pairs.groupby(["new", "name"]).icb24_code:
        if new not in set(of_2024.code):
            found[str(new)] = (sorted(set(old)), "redrawn", say_icb(name))
    return found
