"""The second path for layers: every value at every level by plain loops, and the packed bytes the map fetches.

What a layer is made of is said again here, by its name alone; the cards are not asked.
"""

from __future__ import annotations

import json
import struct
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import pyreadr

from etl.second_path.areas import DOMAINS, INDICES, LEVELS, PARENT, Ledger, ReadLayer, Row, Rows, read_csv

#: What the publisher's summaries of authorities and boards call each index they hold.
OFFICIAL = dict(
    zip(
        ("imd", *DOMAINS),
        (
            "imd",
            "income",
            "employment",
            "education_skills_and_training",
            "health_deprivation_and_disability",
            "crime",
            "barriers_to_housing_and_services",
            "living_environment",
        ),
        strict=True,
    )
)
#: The people a merged area of 2011 is weighted by, where it is not everyone.
PEOPLE_2015 = {
    "employment": "pop_working_age_18_59_64_mid2015",
    "idaci": "pop_0_15_mid2015",
    "idaopi": "pop_60plus_mid2015",
}
KINDS = ("UN1", "UF1", "RLN1", "RLF1", "RSN1", "RSF1")
FLAGS = (
    "",
    "missing",
    "suppressed",
    "modelled",
    "best_fit_2011",
    "small_denominator",
    "area_level_lad",
    "no_like_for_like",
    "best_fit_lad",
    "incomplete",
    "part_covered",
)
NO_VALUE = -(2**31)
#: In place of what is more than 0 and would be rounded to it.
UNDER = NO_VALUE + 1
#: How far a number of the snapshot may lie from ours: it keeps four decimals; the publisher prints three.
STORED = 1e-4


def work_out_2025(raw: Path) -> dict[str, Rows]:
    """The 2025 layers at LSOA, as published."""
    layers: dict[str, Rows] = {f"{index}2025_england_lsoa21": {} for index in INDICES}
    for row in read_csv(raw / "iod2025/iod2025_lsoa21_england.csv.gz"):
        for index in INDICES:
            score = row.get(f"{index}_score")
            layers[f"{index}2025_england_lsoa21"][row["lsoa21cd"]] = {
                "value": float(score) if score else None,
                "flag": "",
                "rank": int(row[f"{index}_rank"]),
                "decile": int(row[f"{index}_decile"]),
            }
    return layers


def work_out_2019(raw: Path, areas: Rows) -> dict[str, Rows]:
    """The 2019 layers on areas of 2021: U as published, S from the parent, M weighted and ranked by hand, X absent."""
    old = {row["lsoa11cd"]: row for row in read_csv(raw / "iod2019/iod2019_lsoa11_england.csv.gz")}
    layers: dict[str, Rows] = {}
    for index in INDICES:
        rows = layers[f"{index}2019_england_lsoa11"] = {}
        weight = PEOPLE_2015.get(index, "pop_total_mid2015")
        value = f"{index}_score" if index in ("imd", "income", "employment") else None
        measure = value or next(column for column in (f"{index}_score_exp", f"{index}_rank") if column in old["E01021988"])
        published = sorted(_exactly(row[measure]) for row in old.values())
        for code, area in areas.items():
            parents = [old[parent] for parent in area["lsoa11_codes"].split()]
            if area["change"] == "X":
                rows[code] = {"value": None, "rank": None, "decile": None, "flag": "no_like_for_like"}
            elif area["change"] == "M":
                average = _average(parents, measure, weight)
                # A low rank is ahead, and so is a high score.
                by_rank = measure.endswith("rank")
                ahead = bisect_left(published, average) if by_rank else len(published) - bisect_right(published, average)
                rows[code] = {
                    "value": float(average) if value else None,
                    "rank": ahead + 1,
                    "decile": -(-10 * (ahead + 1) // len(old)),
                    "flag": "best_fit_2011",
                }
            else:
                (parent,) = parents
                rows[code] = {
                    "value": float(parent[value]) if value else None,
                    "rank": int(parent[f"{index}_rank"]),
                    "decile": int(parent[f"{index}_decile"]),
                    "flag": "best_fit_2011" if area["change"] == "S" else "",
                }
    return layers


def _average(rows: list[dict[str, str]], measure: str, weight: str) -> Fraction:
    people = [_exactly(row[weight]) for row in rows]
    return sum((_exactly(row[measure]) * n for row, n in zip(rows, people, strict=True)), Fraction()) / sum(people)


@cache
def _exactly(number: str) -> Fraction:
    """A published decimal as it is printed, so that a tie is a tie."""
    return Fraction(number)


def work_out_others(raw: Path, areas: Rows, imd: Rows, imd_2019: Rows) -> dict[str, Rows]:
    """How far the IMD moved, the people, and town or country, at LSOA."""
    kind = {row["lsoa21_code"]: row["ruc21_code"] for row in read_csv(raw / "lookups/lsoa21_ruc21.csv.gz")}
    moved: Rows = {}
    for code in areas:
        now, then = imd[code]["rank"], imd_2019[code]["rank"]
        points = None if then is None else 100 * (now - 0.5) / 33_755 - 100 * (then - 0.5) / 32_844
        moved[code] = {"value": points, "rank": None, "decile": None, "flag": imd_2019[code]["flag"]}
    plain = {"rank": None, "decile": None, "flag": ""}
    return {
        "imd_moved2025_england_lsoa21": moved,
        "population2022_england_lsoa21": {code: {**plain, "value": float(area["population"])} for code, area in areas.items()},
        "rural_urban2021_england_lsoa21": {code: {**plain, "value": float(1 + KINDS.index(kind[code]))} for code in areas},
    }


def scheme_of(layer: str) -> str:
    """How a layer is divided into classes."""
    return {"imd_moved": "moved", "population": "amount", "rural_urban": "kinds"}.get(layer.split("20")[0], "tenths")


def add_up(layer: str, rows: Rows, areas: dict[str, Rows]) -> dict[str, Rows]:
    """A layer at every level above LSOA, by a loop over the LSOAs and the people in them."""
    scheme, has_score = scheme_of(layer), next(iter(rows.values()))["value"] is not None
    levels: dict[str, Rows] = {}
    for level, column in PARENT.items() if scheme != "moved" else ():
        inside: dict[str, list[tuple[Row, int]]] = {code: [] for code in areas[level]}
        for code, area in areas["lsoa"].items():
            inside[area[column]].append((rows[code], area["population"]))
        levels[level] = {}
        for code, members in inside.items():
            levels[level][code] = row = {"rank": None, "decile": None, "flag": ""}
            there = [(r, n) for r, n in members if r["decile" if scheme == "tenths" else "value"] is not None]
            people = sum(n for _, n in there)
            if 10 * people < 9 * sum(n for _, n in members):
                row |= {"value": None, "flag": "part_covered", "people_tenth1_percent": None, "people_fifth1_percent": None}
                continue
            if scheme == "amount":
                row["value"] = sum(r["value"] for r, _ in there)
            elif scheme == "kinds":
                row["value"] = 100 * sum(n for r, n in there if r["value"] > 2) / people
            else:
                for name, last in (("tenth1", 1), ("fifth1", 2)):
                    row[f"people_{name}_percent"] = 100 * sum(n for r, n in there if r["decile"] <= last) / people
                    row[f"areas_{name}_percent"] = 100 * sum(r["decile"] <= last for r, _ in there) / len(there)
                row["value"] = row["people_tenth1_percent"]
                row["flag"] = "best_fit_2011" if any(r["flag"] == "best_fit_2011" for r, _ in members) else ""
                row["mean_score"] = sum(r["value"] * n for r, n in there) / people if has_score else None
                row["median_tenth"] = None if level == "msoa" else middle_of([(r["decile"], n) for r, n in there])
    return levels


def middle_of(tenths: Iterable[tuple[int, int]]) -> int:
    """The tenth of the person in the middle."""
    people = Counter[int]()
    for tenth, n in tenths:
        people[tenth] += n
    through = 0
    for tenth in sorted(people):
        through += people[tenth]
        if 2 * through >= people.total():
            return tenth
    raise ValueError("nobody lives here")


def take_official(layer: str, levels: dict[str, Rows], raw: Path, ledger: Ledger) -> None:
    """Hold our shares and mean scores against the publisher's summaries (the R objects), then put the publisher's in."""
    name = OFFICIAL.get(layer.split("20")[0]) if "2025" in layer else None
    for level, file in (("lad", "ltla24"), ("icb", "icb24")) if name else ():
        (frame,) = pyreadr.read_r(str(raw / f"iod2025/imd2025_england_{file}.rda")).values()
        share, score = f"{name}_proportion_of_lso_as_in_most_deprived_10_percent_nationally", f"{name}_average_score"
        official = {row[f"{file}_code"]: (row[share], row[score]) for row in frame.to_dict("records")}
        rows = levels[level]
        ledger.compare(f"{layer}, {level}s of the summary", sorted(official), sorted(rows), sorted(official))
        ours = [f"{row['areas_tenth1_percent'] / 100:.4f}" for row in rows.values()]
        ledger.compare(f"{layer}, share of LSOAs, {level}", list(rows), ours, [f"{official[code][0]:.4f}" for code in rows])
        mean = [row["mean_score"] for row in rows.values()]
        ledger.compare(f"{layer}, mean score, {level}", list(rows), mean, [official[code][1] for code in rows], 0.1)
        for code, row in rows.items():
            row |= {"areas_tenth1_percent": 100 * official[code][0], "mean_score": official[code][1], "is_official": True}


def classify(layer: str, level: str, rows: Rows) -> None:
    """Put each row's class beside it, by comparison alone."""
    scheme = scheme_of(layer)
    edges = _fifths([row["value"] for row in rows.values() if row["value"] is not None]) if scheme == "amount" else []
    for row in rows.values():
        value = row["value"]
        if scheme == "moved":  # the edges at 5 points either way belong to "about where it was"
            x = 0 if value is None else value
            number = 0 if value is None else 1 + sum((x >= -20, x >= -10, x >= -5, x > 5, x > 10, x > 20))
        elif scheme == "amount":
            number = 0 if value is None else 1 + sum(value < edge for edge in edges)
        elif level == "lsoa":
            number = int(row["decile"] or 0) if scheme == "tenths" else int(value)
        else:
            number = class_of_share(value)
        row["class"] = row["class_fifths"] = number
        if scheme == "tenths":
            row["class_fifths"] = -(-number // 2) if level == "lsoa" else class_of_share(row["people_fifth1_percent"])


def class_of_share(percent: float | None) -> int:
    """The class of a share of residents."""
    if percent is None:
        return 0
    return 1 if percent >= 50 else 2 if percent >= 25 else 3 if percent >= 10 else 4 if percent > 0 else 5


def _fifths(amounts: list[float]) -> list[float]:
    """The values between the fifths, falling, to two figures."""
    line, cuts = sorted(amounts), []
    for part in (0.8, 0.6, 0.4, 0.2):
        place = part * (len(line) - 1)
        low = int(place)
        high = min(low + 1, len(line) - 1)
        cuts.append(float(f"{line[low] + (place - low) * (line[high] - line[low]):.2g}"))
    return cuts


def check_layers(
    raw: Path, folder: Path, parts: dict[str, Any], read: ReadLayer, areas: dict[str, Rows], others: set[str], ledger: Ledger
) -> dict[str, dict[str, Rows]]:
    """Every value of every layer at every level, and the packed bytes the map fetches; returns what was worked out.

    others  the layers that are worked out elsewhere
    """
    layers = work_out_2025(raw) | work_out_2019(raw, areas["lsoa"])
    layers |= work_out_others(raw, areas["lsoa"], layers["imd2025_england_lsoa21"], layers["imd2019_england_lsoa11"])
    built = {name.removeprefix("tables/") for name in parts if name.startswith("tables/")}
    ledger.compare("names of layers", sorted({*layers, *others}), sorted(built), sorted({*layers, *others}))
    changes = Counter(area["change"] for area in areas["lsoa"].values())
    ledger.compare("areas by kind of change", list("USMX"), [changes[k] for k in "USMX"], [31_810, 1_842, 97, 6])
    ledger.line("layers by name, and the areas unchanged, split, merged and irregular")
    done = {}
    for layer in sorted(built & set(layers)):
        levels = {"lsoa": dict(sorted(layers[layer].items())), **add_up(layer, layers[layer], areas)}
        take_official(layer, levels, raw, ledger)
        table = read(layer, "")
        for level, rows in levels.items():
            classify(layer, level, rows)
            for row in rows.values():
                for column in table.keys() - {"level", "code"}:
                    row.setdefault(column, None)
        whole = {(level, code): row for level, rows in levels.items() for code, row in rows.items()}
        ledger.compare(f"{layer}, levels", list(whole), table["level"], [level for level, _ in whole])
        ledger.compare_table(layer, table, {code: row for (_, code), row in whole.items()}, STORED)
        check_packed(layer, folder, parts, levels, areas, ledger)
        ledger.line(layer)
        done[layer] = levels
    return done


def pack_number(value: float, scale: float) -> float:
    """A figure as it travels; one that is not 0 never as 0."""
    return UNDER if 0 < round(value, 4) * scale <= 0.5 else value * scale


def check_packed(layer: str, folder: Path, parts: dict[str, Any], levels: dict[str, Rows], areas: dict[str, Rows], ledger: Ledger) -> None:
    """The bytes of ``paint`` and ``figures``, and the counts of ``facts``, against the rows worked out."""
    places = [(level, code, True) for level in LEVELS for code in areas[level]]
    places += [(level, code, False) for level in LEVELS[1:] for code in areas[level]]
    paint: list[int] = []
    figures: list[float] = []
    scheme, scale = scheme_of(layer), 1 if scheme_of(layer) == "amount" else 10
    for level, code, tenths in places:
        row = levels[level][code] if level in levels else None
        paint.append(0 if row is None else row["class" if tenths else "class_fifths"] | FLAGS.index(row["flag"]) << 4)
        value = None if row is None else row["value" if tenths or scheme != "tenths" else "people_fifth1_percent"]
        said_by_class = level == "lsoa" and scheme in ("tenths", "kinds")
        figures.append(NO_VALUE if value is None or said_by_class else pack_number(value, scale))
    keys = [(level, code) for level, code, _ in places]
    ledger.compare(f"paint/{layer}", keys, list(unpack(folder, parts, f"paint/{layer}")), paint)
    planes = unpack(folder, parts, f"figures/{layer}")
    ledger.compare(f"figures/{layer}", keys, whole_numbers(planes), figures, 0.5 + STORED * scale)  # whole units, rounded
    facts = json.loads((folder / parts[f"facts/{layer}"]["file"]).read_text(encoding="utf-8"))
    total = {"": {"value": sum(row["value"] for row in levels["lsoa"].values())}} if scheme == "amount" else {}
    ledger.compare(f"facts/{layer}, England", [0], [facts["england"]], [total])
    for level, rows in levels.items():
        for name, column in (("classes", "class"), ("classes_fifths", "class_fifths"), ("flags", "flag")):
            counted = Counter(str(row[column]) for row in rows.values() if row[column] != "")
            ledger.compare(f"facts/{layer}, {level}, {name}", [0], [facts["counts"][level][name]], [dict(counted)])


def unpack(folder: Path, parts: dict[str, Any], name: str) -> bytes:
    """A part that travels packed, as the browser has it."""
    return brotli.decompress((folder / parts[name]["file"]).read_bytes())


def whole_numbers(planes: bytes) -> list[int]:
    """Numbers of four bytes from four planes, the lowest bytes first."""
    whole, n = bytearray(len(planes)), len(planes) // 4
    for place in range(4):
        whole[place::4] = planes[place * n : (place + 1) * n]
    return list(struct.unpack(f"<{n}i", whole))
