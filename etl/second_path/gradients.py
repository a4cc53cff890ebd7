"""The second path of gradients: for England and Birmingham worked out again from the raw files, by plain loops and OHID's formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from etl.second_path.areas import Ledger, Rows
from etl.second_path.indicators import Worked

ENGLAND, BIRMINGHAM = "E92000001", "E08000025"
#: Indicator, index, area, and whether the groups are the area's own.
ASKED = (
    ("disability2021_england_lsoa21", "imd2025", ENGLAND, False),
    ("disability2021_england_lsoa21", "imd2025", BIRMINGHAM, True),
    ("acute_morbidity2025_england_lsoa21", "income2025", ENGLAND, False),
    ("acute_morbidity2025_england_lsoa21", "income2025", BIRMINGHAM, True),
    ("fuel_poverty2020_england_lsoa11", "imd2025", ENGLAND, False),
    ("fuel_poverty2020_england_lsoa11", "income2025", BIRMINGHAM, True),
    ("years_of_life_lost2025_england_lsoa21", "imd2025", BIRMINGHAM, False),
    ("years_of_life_lost2025_england_lsoa21", "income2025", BIRMINGHAM, False),
)
#: What the pages answer: figures and people of the ten groups, SII and RII.
Ask = Callable[[str, str, str, bool], dict[str, Any]]
#: Figures lie in the snapshot to four digits after the point, or as single-precision numbers.
_SLACK = 1e-3


def check_gradients(areas: dict[str, Rows], indices: dict[str, Rows], indicators: dict[str, Worked], ask: Ask, ledger: Ledger) -> None:
    """Each of ``ASKED``: the ten groups, the slope and the relative index of inequality."""
    for layer, by, area, own in ASKED:
        inside = [code for code, row in areas["lsoa"].items() if area in (ENGLAND, row["lad24_code"])]
        ranks = indices[f"{by}_england_lsoa21"]
        in_line = sorted(inside, key=lambda code: ranks[code]["rank"])
        tenth = {code: -(-10 * place // len(in_line)) if own else ranks[code]["decile"] for place, code in enumerate(in_line, start=1)}
        figures = indicators[layer].periods[""]
        values, people, counted = _group(inside, tenth, figures, areas["lsoa"])
        sii, rii = _draw_line(values, people, counted)
        said, what = ask(layer, area, by, own), f"gradient of {layer} in {area} by {by}"
        groups = list(range(1, 11))
        ledger.compare(f"{what}, figures", groups, said["values"], values, _SLACK)
        ledger.compare(f"{what}, people", groups, said["people"], people, 0.5)
        ledger.compare(f"{what}, SII and RII", ["SII", "RII"], [said["sii"], said["rii"]], [sii, rii], _SLACK)
    ledger.line("gradients: groups, SII and RII of England and Birmingham")


def _group(inside: Sequence[str], tenth: dict[str, int], figures: Rows, lsoas: Rows) -> tuple[list[float], list[float], bool]:
    """What was counted of how many; else means by people. Missing leaves an area and its people out."""
    over, under = [0.0] * 10, [0.0] * 10
    counted = any("numerator" in row for row in figures.values())
    for code in inside:
        row = figures[code]
        if row["value"] is None:
            continue
        at = tenth[code] - 1
        part = row.get("part", 1)  # of a neighbourhood of 2011 that was split, each part bears the counts of the whole
        over[at] += row["numerator"] * part if counted else row["value"] * lsoas[code]["population"]
        under[at] += row["denominator"] * part if counted else lsoas[code]["population"]
    times = 100 if counted else 1
    return [times * a / b for a, b in zip(over, under, strict=True)], under, counted


def _draw_line(values: Sequence[float], people: Sequence[float], counted: bool) -> tuple[float, float]:
    """Weighted least squares on the middles of the shares of people; of counted shares on their log odds."""
    height = [math.log(v / (100 - v)) for v in values] if counted else list(values)
    whole, before, middle = sum(people), 0.0, []
    for each in people:
        middle.append((before + each / 2) / whole)
        before += each
    mean_x = sum(p * x for p, x in zip(people, middle, strict=True)) / whole
    mean_y = sum(p * y for p, y in zip(people, height, strict=True)) / whole
    rise = sum(p * (x - mean_x) * (y - mean_y) for p, x, y in zip(people, middle, height, strict=True))
    slope = rise / sum(p * (x - mean_x) ** 2 for p, x in zip(people, middle, strict=True))
    most, least = mean_y - slope * mean_x, mean_y + slope * (1 - mean_x)
    if counted:
        most, least = (100 / (1 + math.exp(-end)) for end in (most, least))
    return least - most, least / most
