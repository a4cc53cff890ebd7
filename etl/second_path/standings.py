"""The second path of places in a line: every percentile, fifth and third again, by sorted lists and counting alone.

The figures are the snapshot's, each of which has been held against the raw files before; what is worked out again is where an area
stands among England's, and what that is called.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Any

from etl.second_path.areas import LEVELS, Ledger, ReadLayer
from etl.second_path.indicators import Worked
from etl.second_path.layers import scheme_of

#: Of neighbourhoods one in so many is looked at: each layer begins at another. Of larger areas all are.
_ONE_IN = 10
#: The words of fifths, from the worse (or higher) end on.
_FIFTHS = ("worst", "worse", "middle", "better", "best")
_NEUTRAL = ("highest", "high", "middle", "low", "lowest")
#: What the pages say of an area by a layer: whose figure it is, its percentile, and the word where it was found by fifths.
AskStanding = Callable[[str, str], tuple[str, float | None, str] | None]
#: The thirds of all areas of a level by a layer, in the order of positions.
AskThirds = Callable[[str, str], list[int]]


def check_standings(read: ReadLayer, made: dict[str, Worked], ask: AskStanding, judged: set[str], ledger: Ledger) -> None:
    """Percentile and fifth of every larger area, and of one neighbourhood in ten, by every indicator.

    judged   the layers of which one end is worse
    """
    for at, (layer, worked) in enumerate(sorted(made.items())):
        if worked.adding == "sum":
            continue
        table = read(layer, "")
        for level in LEVELS:
            figures = _figures(table, level, "rank" if worked.ranked and level == worked.base else "value")
            line = sorted(figures.values())
            low_is_worse = worked.low_first or (worked.ranked and level == worked.base)
            if worked.ranked and any(value is not None for value in _cells(table, level, "value").values()):
                figures = _figures(table, level, "value")
                line, low_is_worse = sorted(figures.values()), False
            codes = list(figures)[at % _ONE_IN :: _ONE_IN] if level == "lsoa" else list(figures)
            here = [ask(layer, code) for code in codes]
            there = [_place(figures[code], line, low_is_worse) for code in codes]
            what = f"{layer}, {level}"
            ledger.compare(f"{what}, whose figure", codes, [said and said[0] for said in here], codes)
            ledger.compare(f"{what}, percentiles", codes, [said and said[1] for said in here], there, 1e-9)
            words = [said[2] if said else "" for said in here]
            ours = [_word(percent, layer in judged) if word else "" for percent, word in zip(there, words, strict=True)]
            ledger.compare(f"{what}, fifths", codes, words, ours)
    ledger.line("standings: percentiles and fifths among England's areas")


def check_thirds(read: ReadLayer, layers: Iterable[str], low_first: set[str], ask: AskThirds, ledger: Ledger) -> None:
    """The third of every area by every layer that is put in line.

    low_first  the layers by which the lowest value is worst
    """
    for layer in sorted(layers):
        table = read(layer, "")
        own = table["level"][0]
        for level in dict.fromkeys(table["level"]):
            column, sign = "value", -1 if layer in low_first else 1
            if scheme_of(layer) == "tenths" and "rank" in table and any(rank is not None for rank in table["rank"]):
                scored = any(cell is not None for cell in _cells(table, level, "mean_score").values())
                column = "rank" if level == own else "mean_score" if scored else "people_tenth1_percent"
                sign = -1 if level == own else 1
            cells = _cells(table, level, column)
            line = sorted(sign * value for value in cells.values() if value is not None)
            first, second = (line[-(-n * len(line) // 3) - 1] for n in (1, 2))
            ours = [0 if value is None else 1 + (sign * value > first) + (sign * value > second) for value in cells.values()]
            ledger.compare(f"{layer}, {level}, thirds", list(cells), ask(layer, level), ours)
    ledger.line("thirds of every layer and level")


def _cells(table: dict[str, list[Any]], level: str, column: str) -> dict[str, Any]:
    cells = table.get(column, [None] * len(table["code"]))
    return {code: cell for code, cell, each in zip(table["code"], cells, table["level"], strict=True) if each == level}


def _figures(table: dict[str, list[Any]], level: str, column: str) -> dict[str, float]:
    return {code: float(cell) for code, cell in _cells(table, level, column).items() if cell is not None}


def _place(figure: float, line: list[float], low_is_worse: bool) -> float:
    """Of a hundred areas, how many are nearer to the better end; like figures half."""
    lower, higher = bisect_left(line, figure), len(line) - bisect_right(line, figure)
    nearer = higher if low_is_worse else lower
    return 100 * (nearer + (len(line) - lower - higher) / 2) / len(line)


def _word(percent: float, judged: bool) -> str:
    """The fifth of a place; one on the edge of two is in that nearer to the middle."""
    words = _FIFTHS if judged else _NEUTRAL
    if percent > 80:
        return words[0]
    if percent > 60:
        return words[1]
    return words[2] if percent >= 40 else words[3] if percent >= 20 else words[4]
