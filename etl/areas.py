"""The areas themselves: codes, names, parents, people, and what the place is like; one table a level."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.best_fit import read_changes
from etl.sources import read_csv, to_numbers
from heatmap.errors import DataContractError
from heatmap.geography.levels import COUNT, LEVELS, PARENT_COLUMN, Level, say_authority, say_icb
from heatmap.layers.contract import join_by_code
from heatmap.statistics import share_percent

#: The raw files of this room, by what they hold; also listed on the page "About".
RAW = {
    "areas": "iod2025/iod2025_lsoa21_england.csv.gz",
    "msoa": "lookups/lsoa21_msoa21_lad25_rgn.csv.gz",
    "msoa_names": "lookups/MSOA-Names-2.2.csv.gz",
    "icb": "lookups/lsoa21_sicbl24_icb24.csv.gz",
    "region": "lookups/lad24_region24.csv.gz",
    "rural": "lookups/lsoa21_ruc21.csv.gz",
    "people": "population/lsoa21_population_mid2022.csv.gz",
    "ages": "population/ts007a_census2021_age_5yr_bands_lsoa21.csv.gz",
    "changes": "lookups/lsoa11_lsoa21_lad22.csv.gz",
    "deciles_2019": "iod2019/iod2019_lsoa11_england.csv.gz",
}


def read_areas(paths: dict[str, Path]) -> dict[Level, pd.DataFrame]:
    """One table a level, sorted by code; the row number is the area's position everywhere in the snapshot.

    lsoa    code, name ("Tendring 018A"), place (the MSOA's human name), the parents' codes, urban, population (mid-2022),
            under_15 and percent_20_to_24 (census 2021), change (U, S, M, X), lsoa11_codes and deciles_2019 (of those
            2011 areas, by the IMD 2019), each separated by blanks
    others  code, name, areas (LSOAs in it), population, and the parents' codes that are the same for all its LSOAs

    Parents come from the IoD2025 table and the official lookups, never from one polygon drawn over another.
    """
    lsoa = read_csv(paths["areas"], {"lsoa21cd": "lsoa21_code", "lsoa21nm": "name", "lad24cd": "lad24_code", "lad24nm": "lad"})
    for key, columns in {
        "msoa": {"LSOA21CD": "lsoa21_code", "MSOA21CD": "msoa21_code", "MSOA21NM": "msoa"},
        "icb": {"lsoa21_code": "lsoa21_code", "icb24_code": "icb24_code", "icb24_name": "icb"},
        "rural": {"lsoa21_code": "lsoa21_code", "ruc": "ruc"},
        "people": {"lsoacd": "lsoa21_code", "population": "population"},
    }.items():
        other = read_csv(paths[key], columns)
        lsoa = join_by_code(lsoa, other[other.lsoa21_code.str.startswith("E01")], "lsoa21_code", ("IoD2025", paths[key].name))
    lsoa = join_by_code(lsoa, _read_ages(paths["ages"]), "lsoa21_code", ("IoD2025", paths["ages"].name))
    lsoa = join_by_code(lsoa, _read_origins(paths["changes"], paths["deciles_2019"]), "lsoa21_code", ("IoD2025", paths["changes"].name))
    region = read_csv(paths["region"], {"ltla24_code": "lad24_code", "region24_code": "rgn24_code", "region24_name": "rgn"})
    names = read_csv(paths["msoa_names"], {"msoa21cd": "msoa21_code", "msoa21hclnm": "place"})
    lsoa = lsoa.merge(region, on="lad24_code", validate="many_to_one").merge(names, on="msoa21_code", validate="many_to_one")
    lsoa = to_numbers(lsoa, ["population"], paths["people"].name).sort_values("lsoa21_code", ignore_index=True)
    lsoa["population"] = lsoa.population.astype("int32")
    lsoa["urban"] = lsoa.pop("ruc") == "Urban"
    lsoa["lad"] = lsoa.lad.map(say_authority)
    lsoa["icb"] = lsoa.icb.map(say_icb)
    tables: dict[Level, pd.DataFrame] = {level: _gather(lsoa, level) for level in LEVELS[1:]}
    tables["msoa"]["place"] = tables["msoa"].code.map(names.set_index("msoa21_code").place)
    tables["lsoa"] = lsoa.drop(columns=["msoa", "lad", "icb", "rgn"]).rename(columns={"lsoa21_code": "code"})
    for level, table in tables.items():
        if len(table) != COUNT[level]:
            raise DataContractError(f"{len(table):,} areas of level {level}; England has {COUNT[level]:,}")
    return {level: tables[level] for level in LEVELS}


def _gather(lsoa: pd.DataFrame, level: Level) -> pd.DataFrame:
    """A level's own table from the LSOAs in it; a parent is kept only where all its LSOAs share it."""
    column = PARENT_COLUMN[level]
    groups = lsoa.groupby(column, sort=True)
    table = groups.agg(name=(level, "first"), areas=("lsoa21_code", "size"), population=("population", "sum")).reset_index()
    for above in LEVELS[LEVELS.index(level) + 1 :]:
        parent = PARENT_COLUMN[above]
        one = groups[parent].agg(lambda codes: codes.iloc[0] if codes.nunique() == 1 else None)
        table[parent] = table[column].map(one)
    return table.rename(columns={column: "code"})


def _read_ages(path: Path) -> pd.DataFrame:
    """Census 2021: how many are under 15, and what percent are 20 to 24 (a Nomis file: five lines before the header)."""
    bands = pd.read_csv(path, skiprows=5, dtype=str).dropna(subset=["mnemonic"])
    bands = bands[bands.mnemonic.str.startswith("E01")]
    count = bands.drop(columns=bands.columns[:2]).astype(float)
    young = ["Aged 4 years and under", "Aged 5 to 9 years", "Aged 10 to 14 years"]
    return pd.DataFrame(
        {
            "lsoa21_code": bands.mnemonic,
            "under_15": count[young].sum(axis=1).astype("int32"),
            "percent_20_to_24": share_percent(count["Aged 20 to 24 years"], count["Total"]).round(3),
        }
    )


def _read_origins(changes: Path, deciles: Path) -> pd.DataFrame:
    old = read_csv(deciles, {"lsoa11cd": "lsoa11_code", "imd_decile": "decile"})
    groups = read_changes(changes).merge(old, on="lsoa11_code", validate="many_to_one").groupby("lsoa21_code")
    return groups.agg(change=("change", "first"), lsoa11_codes=("lsoa11_code", " ".join), deciles_2019=("decile", " ".join)).reset_index()
