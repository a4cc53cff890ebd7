"""The second path: the areas worked out again from the raw files, and held against the snapshot.

Nothing here is taken from the rest of the ETL: files are read with csv, openpyxl and pyreadr, and everything is counted
by plain loops over dicts. Two hands that agree on every value have hardly made the same mistake.
``etl.second_path.layers`` goes on with the layers, ``etl.second_path.geography`` with postcodes, outlines, tiles and search.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pyreadr

LEVELS = ("lsoa", "msoa", "lad", "icb", "rgn")
PARENT = {"msoa": "msoa21_code", "lad": "lad24_code", "icb": "icb24_code", "rgn": "rgn24_code"}
DOMAINS = ("income", "employment", "education", "health", "crime", "barriers", "living_env")
SUBDOMAINS = ("sub_cyp", "sub_adult_skills", "sub_geog_barriers", "sub_wider_barriers", "sub_indoors", "sub_outdoors")
INDICES = ("imd", *DOMAINS, "idaci", "idaopi", *SUBDOMAINS)
#: MHCLG's own files, which the build does not need: they are here to hold the merged tables against.
OWN_FILES = (
    "iod2025/File_1_IoD2025_Index_of_Multiple_Deprivation.xlsx",
    "iod2025/File_3_IoD2025_Supplementary_Indices_IDACI_and_IDAOPI.xlsx",
    "iod2025/imd2025_england_lsoa21.rda",
    "iod2025/imd2025_england_lsoa21_subdomains.rda",
    "iod2025/imd2025_england_ltla24.rda",
    "iod2025/imd2025_england_icb24.rda",
    "iod2019/File_1_-_IMD2019_Index_of_Multiple_Deprivation.xlsx",
    "iod2019/File_3_-_IoD2019_Supplementary_Indices_-_IDACI_and_IDAOPI.csv.gz",
    "iod2019/File_6_-_IoD2019_Population_Denominators.csv.gz",
    "iod2019/File_9_-_IoD2019_Transformed_Scores.csv.gz",
)

Row = dict[str, Any]
Rows = dict[str, Row]  # by the area's code
#: A layer's table of a period ("" for the one shown first) as the pages read it, all levels in turn, as lists by column.
ReadLayer = Callable[[str, str], dict[str, list[Any]]]


class Ledger:
    """What has been compared: a line a check with its count, and every difference as a sentence."""

    def __init__(self, say: Callable[[str], None]):
        self.say = say
        self.faults: list[str] = []
        self._count = self._told = 0

    def compare(self, what: str, keys: Sequence[Hashable], here: Sequence[Any], there: Sequence[Any], tolerance: float = 0.0) -> None:
        """Hold the snapshot's values (``here``) against the second path's (``there``), one by one.

        tolerance   how far two numbers may lie apart, absolutely
        """
        if not len(keys) == len(here) == len(there):
            self.faults.append(f"{what}: {len(here):,} values in the snapshot, {len(there):,} by the second path.")
            return
        self._count += len(keys)
        if here == there:
            return
        wrong = [i for i, (a, b) in enumerate(zip(here, there, strict=True)) if a != b and not _close(a, b, tolerance)]
        if wrong:
            i = wrong[0]
            self.faults.append(
                f"{what}: {len(wrong):,} of {len(keys):,} differ, the first at {keys[i]}: {here[i]!r} in the snapshot,"
                f" {there[i]!r} by the second path."
            )

    def compare_table(self, what: str, table: dict[str, list[Any]], rows: Rows, tolerance: float = 1e-9) -> None:
        """Every column of a table of the snapshot against rows by code; the codes and their order count too."""
        codes = list(rows)
        self.compare(f"{what}, codes", codes, table["code"], codes)
        if set(table) - {"code", "level"} != set(next(iter(rows.values()))):
            self.faults.append(f"{what}: the table has the columns {', '.join(table)}; the second path knows others.")
            return
        for column in table.keys() - {"code", "level"}:
            self.compare(f"{what}, {column}", codes, table[column], [row[column] for row in rows.values()], tolerance)

    def line(self, what: str) -> None:
        """Tell what has been compared since the last line."""
        new = len(self.faults) - self._told
        self.say(f"{what}: {self._count:,} values, " + (f"{new} faults" if new else "all equal"))
        self._count, self._told = 0, len(self.faults)


def _close(a: Any, b: Any, tolerance: float) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= tolerance
    return False


def read_csv(path: Path, skip: int = 0) -> list[dict[str, str]]:
    """Rows of a gzipped CSV as dicts of text."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as lines:
        for _ in range(skip):
            next(lines)
        return list(csv.DictReader(lines))


def read_part(folder: Path, parts: dict[str, Any], name: str) -> dict[str, list[Any]]:
    """A Parquet part of the snapshot as lists by column."""
    return pq.read_table(folder / parts[name]["file"]).to_pydict()


# ---- the raw files against the publisher's own ----


def check_originals(raw: Path, ledger: Ledger) -> None:
    """Hold the merged tables we build from against MHCLG's own files, where those are at hand."""
    iod, old = raw / "iod2025", raw / "iod2019"
    merged = {row["lsoa21cd"]: row for row in read_csv(iod / "iod2025_lsoa21_england.csv.gz")}
    file1 = _read_xlsx(iod / "File_1_IoD2025_Index_of_Multiple_Deprivation.xlsx")
    _hold(ledger, "IoD2025 File 1", merged, file1, ("lsoa21nm", "lad24cd", "lad24nm", "imd_rank", "imd_decile"))
    file3 = _read_xlsx(iod / "File_3_IoD2025_Supplementary_Indices_IDACI_and_IDAOPI.xlsx")
    ours = (
        "lsoa21nm",
        "lad24cd",
        "lad24nm",
        "imd_rank",
        "imd_decile",
        "idaci_rank",
        "idaci_decile",
        "idaopi_rank",
        "idaopi_decile",
    )
    _hold(ledger, "IoD2025 File 3", merged, file3, ours)
    for file, indices in (
        ("imd2025_england_lsoa21.rda", ("imd", *DOMAINS)),
        ("imd2025_england_lsoa21_subdomains.rda", SUBDOMAINS),
    ):
        rows = _read_rda(iod / file)
        if indices == SUBDOMAINS:  # score, rank, decile of each
            columns = [f"{index}_{kind}" for index in indices for kind in ("score", "rank", "decile")]
        else:  # all deciles, all ranks, all scores
            columns = [f"{index}_{kind}" for kind in ("decile", "rank", "score") for index in indices]
        _hold(ledger, file, merged, rows, columns)
    ledger.line("IoD2025 table against MHCLG's File 1, File 3 and the R objects")

    merged = {row["lsoa11cd"]: row for row in read_csv(old / "iod2019_lsoa11_england.csv.gz")}
    names = ("lsoa11nm", "lad19cd", "lad19nm")
    file1 = _read_xlsx(old / "File_1_-_IMD2019_Index_of_Multiple_Deprivation.xlsx")
    _hold(ledger, "IoD2019 File 1", merged, file1, (*names, "imd_rank", "imd_decile"))
    supplementary = ("imd_rank", "imd_decile", "idaci_rank", "idaci_decile", "idaopi_rank", "idaopi_decile")
    people = ("total", "0_15", "16_59", "60plus", "working_age_18_59_64")
    for file, columns in (
        ("File_3_-_IoD2019_Supplementary_Indices_-_IDACI_and_IDAOPI", supplementary),
        ("File_6_-_IoD2019_Population_Denominators", [f"pop_{group}_mid2015" for group in people]),
        ("File_9_-_IoD2019_Transformed_Scores", [f"{domain}_score_exp" for domain in DOMAINS]),
    ):
        rows = {row[0]: row[1:] for row in (list(row.values()) for row in read_csv(old / f"{file}.csv.gz"))}
        _hold(ledger, file, merged, rows, (*names, *columns))
    ledger.line("IoD2019 table against MHCLG's Files 1, 3, 6 and 9")


def _hold(ledger: Ledger, what: str, merged: dict[str, dict[str, str]], own: dict[str, list[Any]], columns: Sequence[str]) -> None:
    ledger.compare(f"{what}, codes", sorted(own), sorted(merged), sorted(own))
    codes = [code for code in merged if code in own]
    for place, column in enumerate(columns):
        here, there = [merged[code][column] for code in codes], [own[code][place] for code in codes]
        if not column.endswith(("nm", "cd")):
            here, there = [float(x) for x in here], [float(x) for x in there]
        ledger.compare(f"{what}, {column}", codes, here, there, 1e-9)


def _read_xlsx(path: Path) -> dict[str, list[Any]]:
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[-1]
    return {row[0]: list(row[1:]) for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]}


def _read_rda(path: Path) -> dict[str, list[Any]]:
    (frame,) = pyreadr.read_r(str(path)).values()
    return {row[0]: row[1:] for row in frame.to_numpy().tolist()}


# ---- areas ----


def work_out_areas(raw: Path) -> dict[str, Rows]:
    """Every area of every level with its name, parents and people, from the lookups alone."""
    lookups = raw / "lookups"
    msoa = {row["LSOA21CD"]: row for row in read_csv(lookups / "lsoa21_msoa21_lad25_rgn.csv.gz")}
    icb = {row["lsoa21_code"]: row for row in read_csv(lookups / "lsoa21_sicbl24_icb24.csv.gz")}
    region = {row["ltla24_code"]: row for row in read_csv(lookups / "lad24_region24.csv.gz")}
    place = {row["msoa21cd"]: row["msoa21hclnm"] for row in read_csv(lookups / "MSOA-Names-2.2.csv.gz")}
    rural = {row["lsoa21_code"]: row for row in read_csv(lookups / "lsoa21_ruc21.csv.gz")}
    people = {row["lsoacd"]: int(row["population"]) for row in read_csv(raw / "population/lsoa21_population_mid2022.csv.gz")}
    ages = {row["mnemonic"]: row for row in read_csv(raw / "population/ts007a_census2021_age_5yr_bands_lsoa21.csv.gz", skip=5)}
    decile_2019 = {row["lsoa11cd"]: row["imd_decile"] for row in read_csv(raw / "iod2019/iod2019_lsoa11_england.csv.gz")}
    parents_2011: dict[str, list[str]] = {}
    change = {}
    for row in read_csv(lookups / "lsoa11_lsoa21_lad22.csv.gz"):
        parents_2011.setdefault(row["lsoa21_code"], []).append(row["lsoa11_code"])
        change[row["lsoa21_code"]] = row["change_code"]
    lsoa: Rows = {}
    areas: dict[str, Rows] = {"lsoa": lsoa, **{level: {} for level in PARENT}}
    for row in sorted(read_csv(raw / "iod2025/iod2025_lsoa21_england.csv.gz"), key=lambda row: row["lsoa21cd"]):
        code, lad, age = row["lsoa21cd"], row["lad24cd"], ages[row["lsoa21cd"]]
        young = sum(int(age[f"Aged {band} years{more}"]) for band, more in (("4", " and under"), ("5 to 9", ""), ("10 to 14", "")))
        lsoa[code] = {
            "name": row["lsoa21nm"],
            "place": place[msoa[code]["MSOA21CD"]],
            "msoa21_code": msoa[code]["MSOA21CD"],
            "lad24_code": lad,
            "icb24_code": icb[code]["icb24_code"],
            "rgn24_code": region[lad]["region24_code"],
            "population": people[code],
            "under_15": young,
            "urban": rural[code]["ruc21_code"].startswith("U"),
            "percent_20_to_24": 100 * int(age["Aged 20 to 24 years"]) / int(age["Total"]),
            "change": change[code],
            "lsoa11_codes": " ".join(sorted(parents_2011[code])),
            "deciles_2019": " ".join(decile_2019[old] for old in sorted(parents_2011[code])),
        }
        name = {
            "msoa": msoa[code]["MSOA21NM"],
            "lad": _say(row["lad24nm"]),
            "rgn": region[lad]["region24_name"],
            "icb": icb[code]["icb24_name"].replace("NHS ", "").replace(" Integrated Care Board", ""),
        }
        for level, column in PARENT.items():
            area = areas[level].setdefault(lsoa[code][column], {"name": name[level], "areas": 0, "population": 0})
            area["areas"] += 1
            area["population"] += people[code]
            for above in list(PARENT)[list(PARENT).index(level) + 1 :]:
                seen = area.setdefault(PARENT[above], lsoa[code][PARENT[above]])
                if seen != lsoa[code][PARENT[above]]:
                    area[PARENT[above]] = None
    for code, area in areas["msoa"].items():
        area["place"] = place[code]
    return {level: dict(sorted(rows.items())) for level, rows in areas.items()}


def _say(authority: str) -> str:
    return {
        "Bristol, City of": "Bristol",
        "Herefordshire, County of": "Herefordshire",
        "Kingston upon Hull, City of": "Hull",
    }.get(authority, authority)


def check_areas(folder: Path, parts: dict[str, Any], areas: dict[str, Rows], ledger: Ledger) -> None:
    """Codes, names, parents and people of every area."""
    # The only number with a fraction is the percentage of people of 20 to 24, which the snapshot rounds to one decimal.
    for level, rows in areas.items():
        ledger.compare_table(f"areas/{level}", read_part(folder, parts, f"areas/{level}"), rows, tolerance=0.05 + 1e-9)
    ledger.line("areas: codes, names, parents and people at five levels")
