"""The second path for indicators, further on: larger areas, classes and England, and every value held against the snapshot."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from etl.second_path.areas import LEVELS, PARENT, Ledger, ReadLayer, Row, Rows
from etl.second_path.indicators import MODELLED, RATIOS, Worked, make_row, make_share
from etl.second_path.layers import FLAGS, NO_VALUE, STORED, class_of_share, middle_of, pack_number, unpack, whole_numbers

#: Which levels are made of whole areas of a level.
ABOVE = {"lsoa": ("msoa", "lad", "icb", "rgn"), "msoa": ("lad", "rgn"), "lad": ("rgn",)}


def check_indicators(
    folder: Path, parts: dict[str, Any], read: ReadLayer, areas: dict[str, Rows], made: dict[str, Worked], ledger: Ledger
) -> None:
    """Every value of every indicator, level and period; its classes; the bytes that the map fetches; what is counted of it."""
    for layer, worked in sorted(made.items()):
        if f"tables/{layer}" not in parts:
            ledger.compare(f"{layer}, is there", [layer], [False], [True])
            continue
        edges: dict[str, list[float]] = {}
        shown = list(worked.periods)[-1]
        whole = {period: _add_up(worked, dict(sorted(rows.items())), areas) for period, rows in worked.periods.items()}
        if not worked.ranked:
            for level in whole[shown]:
                edges[level] = part_into_fifths([row["value"] for levels in whole.values() for row in levels[level].values()])
        for period, levels in whole.items():
            for level, rows in levels.items():
                for row in rows.values():
                    _classify(worked, level, row, edges)
            part = layer if period == shown else f"{layer}@{period}"
            packed = unpack(folder, parts, f"paint/{part}"), unpack(folder, parts, f"figures/{part}")
            _compare(worked, period, read(layer, period), packed, levels, areas, ledger)
        facts = json.loads((folder / parts[f"facts/{layer}"]["file"]).read_text(encoding="utf-8"))
        ledger.compare(
            f"{layer}, edges",
            sorted(edges),
            [facts["edges"].get(level) for level in sorted(edges)],
            [edges[level] for level in sorted(edges)],
        )
        for level, rows in whole[shown].items():
            for name, column in (("classes", "class"), ("classes_fifths", "class_fifths"), ("flags", "flag")):
                counted = Counter(str(row[column]) for row in rows.values() if row[column] != "")
                ledger.compare(f"facts/{layer}, {level}, {name}", [0], [facts["counts"][level][name]], [dict(counted)])
        england = {period: said for period, levels in whole.items() if (said := _england(worked, levels, areas))}
        ledger.compare(f"facts/{layer}, England's periods", [0], [list(facts["england"])], [list(england)])
        for period, said in england.items():
            here = facts["england"].get(period, {})
            ledger.compare(f"facts/{layer}, England {period}", list(said), [here.get(name) for name in said], list(said.values()), STORED)
        ledger.line(layer)


def _england(worked: Worked, levels: dict[str, Rows], areas: dict[str, Rows]) -> dict[str, float]:
    """The whole country's figure: of counts the regions' added up, of amounts those of the layer's own level; none for a part."""
    own = [(row, areas[worked.base][code]["population"]) for code, row in levels[worked.base].items()]
    there = [(row["value"], people) for row, people in own if row["value"] is not None]
    told = sum(n for row, n in own if row["value"] is not None or (worked.adding == "sum" and row["flag"] == "suppressed"))
    if (
        worked.ranked
        or not there
        or re.split(r"20\d\d", worked.layer)[0] in RATIOS
        or 10 * told < 9 * sum(n for _, n in own)
        or (worked.adding == "counts" and any(row["value"] is None for row in levels["rgn"].values()))
    ):
        return {}
    if worked.adding == "sum":
        left_out = len(areas[worked.base]) - len(there)
        return {"value": sum(value for value, _ in there), **({"areas_left_out": left_out} if left_out else {})}
    if worked.adding == "mean":
        return {"value": sum(value * people for value, people in there) / sum(people for _, people in there)}
    over, under = (sum(row[key] for row in levels["rgn"].values()) for key in ("numerator", "denominator"))
    made = make_share(over, under, counted=re.split(r"20\d\d", worked.layer)[0] not in MODELLED)
    return {name: number for name, number in made.items() if name not in ("rank", "decile", "flag")}


def _add_up(worked: Worked, own: Rows, areas: dict[str, Rows]) -> dict[str, Rows]:
    levels = {worked.base: own}
    places = 0 if worked.adding != "mean" else _places((row["value"] for row in own.values()), worked.decimals)
    worked.slack = max(STORED, 1.01 * 10**-places) if worked.adding == "mean" else STORED
    for level in ABOVE[worked.base]:
        inside: dict[str, list[tuple[Row, int]]] = {code: [] for code in areas[level]}
        for code, area in areas[worked.base].items():
            inside[area[PARENT[level]]].append((own[code], area["population"]))
        levels[level] = {code: _larger(worked, members, level, places) for code, members in inside.items()}
    return levels


def _larger(worked: Worked, members: list[tuple[Row, int]], level: str, places: int) -> Row:
    """One larger area from those in it: as much as the figures in it allow."""
    there = [(row, n) for row, n in members if row["rank" if worked.ranked else "value"] is not None]
    name = re.split(r"20\d\d", worked.layer)[0]
    flag = "best_fit_2011" if any(row["flag"] == "best_fit_2011" for row, _ in members) else "modelled" if name in MODELLED else ""
    if not there:
        return make_row(None, "suppressed" if any(row["flag"] == "suppressed" for row, _ in members) else "missing")
    people = sum(n for _, n in there)
    withheld = sum(n for row, n in members if row["flag"] == "suppressed") if worked.adding == "sum" else 0
    if 10 * (people + withheld) < 9 * sum(n for _, n in members):
        return make_row(None, "part_covered")
    if worked.adding == "sum":
        return make_row(sum(row["value"] for row, _ in there), flag or ("incomplete" if len(there) < len(members) else ""))
    if worked.adding == "mean":
        return make_row(round(sum(row["value"] * n for row, n in there) / people, places), flag)
    if worked.adding == "counts":
        over, under = (sum(row[key] * row.get("part", 1) for row, _ in there) for key in ("numerator", "denominator"))
        return make_share(round(over), round(under), flag, counted=name not in MODELLED)
    made = make_row(None, flag)
    for which, last in (("tenth1", 1), ("fifth1", 2)):
        made[f"people_{which}_percent"] = 100 * sum(n for row, n in there if row["decile"] <= last) / people
        made[f"areas_{which}_percent"] = 100 * sum(row["decile"] <= last for row, _ in there) / len(there)
    if there[0][0]["value"] is not None:
        made["mean_score"] = sum(row["value"] * n for row, n in there) / people
    made["median_tenth"] = None if level == "msoa" else middle_of([(row["decile"], n) for row, n in there])
    return made | {"value": made["people_tenth1_percent"], "flag": flag}


def _places(values: Iterable[float | None], decimals: int) -> int:
    """Decimals of the figures themselves, from those shown to four."""
    there = [value for value in values if value is not None]
    for places in range(decimals, 4):
        if all(abs(round(value, places) - value) < 1e-9 for value in there):
            return places
    return 4


def part_into_fifths(amounts: Iterable[float | None]) -> list[float]:
    """The values between the fifths, falling, to as few figures as leave no class empty. (Nowhere are a tenth of ours zeros.)"""
    line, cuts = sorted(round(amount, 4) for amount in amounts if amount is not None), []
    for part in (0.8, 0.6, 0.4, 0.2):
        low = int(part * (len(line) - 1))
        high = min(low + 1, len(line) - 1)
        cuts.append(line[low] + (part * (len(line) - 1) - low) * (line[high] - line[low]))
    whole = all(amount == int(amount) for amount in line)
    before_point = 1 + int(f"{cuts[0]:.16e}".partition("e")[2])
    for figures in (2, 3, 4):
        edges = [float(f"{cut:.2g}") if figures == 2 else _round_even(cut, figures - before_point) for cut in cuts]
        edges = [float(math.ceil(edge)) for edge in edges] if whole else edges
        limits = [math.inf, *edges, -math.inf]
        if all(any(below <= amount < above for amount in line) for above, below in pairwise(limits)):
            return edges
    return _part_by_ties(line)


def _round_even(number: float, places: int) -> float:
    """Half goes to the even neighbour, as numpy has it: 0.8245 to three places is 0.824."""
    return round(number * 10**places) / 10**places


def _part_by_ties(line: list[float]) -> list[float]:
    """Edges where many are alike: from the lowest up, each at the value under which nearest to a fifth more of the areas are."""
    distinct, edges, at = sorted(set(line)), [], 0
    for n in range(1, 5):
        room = range(at + 1, len(distinct) - 4 + n)
        at = min(room, key=lambda place: abs(sum(amount < distinct[place] for amount in line) - n * len(line) / 5))
        shorter = (float(f"{distinct[at]:.{figures}g}") for figures in range(1, 17))
        edges.append(next(edge for edge in shorter if distinct[at - 1] < edge <= distinct[at]))
    return edges[::-1]


def _classify(worked: Worked, level: str, row: Row, edges: dict[str, list[float]]) -> None:
    if worked.ranked:
        own = level == worked.base
        row["class"] = row["decile"] if own else class_of_share(row["value"])
        row["class_fifths"] = (row["decile"] + 1) // 2 if own else class_of_share(row["people_fifth1_percent"])
    elif row["value"] is None:
        row["class"] = row["class_fifths"] = 0
    else:
        number = 1 + sum(round(row["value"], 4) < edge for edge in edges[level])
        row["class"] = row["class_fifths"] = len(edges[level]) + 2 - number if worked.low_first else number


def _compare(
    worked: Worked,
    period: str,
    table: dict[str, list[Any]],
    packed: tuple[bytes, bytes],
    levels: dict[str, Rows],
    areas: dict[str, Rows],
    ledger: Ledger,
) -> None:
    """One period: the table as the pages read it, and the bytes of ``paint`` and ``figures``."""
    what = f"{worked.layer} {period}".rstrip()
    rows = [(level, code, row) for level, found in levels.items() for code, row in found.items()]
    ledger.compare(f"{what}, levels and codes", rows, list(zip(table["level"], table["code"], strict=True)), [(a, b) for a, b, _ in rows])
    own = len(levels[worked.base])
    ours = {column for _, _, row in rows for column in row}
    for column in sorted((table.keys() | ours) - {"level", "code", "part"}):
        here, there = table.get(column, [None] * len(rows)), [row.get(column) for _, _, row in rows]
        # A mean that lies half-way may be rounded either way.
        for part, slack in ((slice(own), STORED), (slice(own, None), worked.slack if column == "value" else STORED)):
            ledger.compare(f"{what}, {column}", [key[:2] for key in rows[part]], here[part], there[part], slack)
    scale = 10**worked.decimals / (5 if "_count2025" in worked.layer else 1)  # those are rounded to the nearest 5
    paint: list[int] = []
    figures: list[float] = []
    for level, tenths in [(level, True) for level in LEVELS] + [(level, False) for level in LEVELS[1:]]:
        if level not in levels:
            paint += [0] * len(areas[level])
            figures += [NO_VALUE] * len(areas[level])
            continue
        said_by_class = worked.ranked and level == worked.base
        measure = "value" if tenths or not worked.ranked else "people_fifth1_percent"
        for row in levels[level].values():
            paint.append(row["class" if tenths else "class_fifths"] | FLAGS.index(row["flag"]) << 4)
            figures.append(NO_VALUE if row[measure] is None or said_by_class else pack_number(row[measure], scale))
    keys = range(len(paint))
    ledger.compare(f"{what}, paint", keys, list(packed[0]), paint)
    ledger.compare(f"{what}, figures", keys, whole_numbers(packed[1]), figures, 0.5 + STORED * scale)
