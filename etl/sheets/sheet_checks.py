"""What may be wrong in the cells of a small CSV, each kind of fault with its sentence.

A check takes a sheet and its card and gives sentences. Adding a check is adding a function, and its name to the list at the end.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from functools import cache
from typing import Final

import brotli
import numpy as np
import pandas as pd

from etl.sheets.number_faults import REASONS, fault_of_number, fault_of_total
from etl.sheets.service_checks import SERVICE_CHECKS
from etl.sheets.sheet import INVISIBLE, TEXT_COLUMNS, CellFault, Sheet
from heatmap.errors import name_some
from heatmap.geography.former_codes import Former, read_former
from heatmap.geography.levels import CODE_PATTERN, COUNT, PLURAL, POSTCODE_PATTERN, Level, level_of
from heatmap.layers.cards import ABSENT, FLAGS, Card, LayerCard, PointsCard
from heatmap.settings import ROOT

_SNAPSHOT = ROOT / "data" / "built"
_AREA: Final = {"lsoa21": "LSOA of 2021", "lsoa11": "LSOA of 2011", "msoa21": "MSOA of 2021", "lad24": "authority of 2024"}
_LIKE: Final[dict[Level, str]] = {"lsoa": "E01021988", "msoa": "E02004622", "lad": "E07000076"}
_OTHER_AREA: Final = {
    "E01": "an LSOA",
    "E02": "an MSOA",
    "E05": "a ward",
    "E06": "an authority",
    "E07": "an authority",
    "E08": "an authority",
    "E09": "an authority",
    "E10": "a county",
    "E12": "a region",
    "E54": "an NHS board",
}
_NATION: Final = {"W": "Wales", "S": "Scotland", "N": "Northern Ireland"}


def check_sheet(sheet: Sheet, card: Card) -> list[str]:
    """Everything wrong in the cells, a sentence for each kind of fault."""
    return [sentence for check in _CHECKS[type(card)] for sentence in check(sheet, card)]  # type: ignore[operator]


def check_complete(sheet: Sheet, card: Card) -> list[str]:
    """What is missing, or too much, by what the card promises."""
    return [*(_check_absent(sheet, card) if isinstance(card, LayerCard) else ()), *_check_rows(sheet, card)]


# ---- what may be wrong with an area's code ----


@cache
def _area_table(level: Level) -> pd.DataFrame:
    """England's areas of a level, from the snapshot; empty where none has been built yet."""
    try:
        parts = json.loads((_SNAPSHOT / "manifest.json").read_text(encoding="utf-8"))["parts"]
        return pd.read_parquet(_SNAPSHOT / parts[f"areas/{level}"]["file"])
    except (OSError, ValueError, KeyError):
        return pd.DataFrame({"code": pd.Series(dtype=str), "lsoa11_codes": pd.Series(dtype=str)})


@cache
def _codes_2011() -> frozenset[str]:
    """The codes of England's LSOAs of 2011 that today's were made from."""
    return frozenset(code for codes in _area_table("lsoa").lsoa11_codes.dropna() for code in codes.split())


@cache
def _former() -> dict[str, Former]:
    """The codes of other years, from the snapshot's search index; none where nothing has been built yet."""
    try:
        parts = json.loads((_SNAPSHOT / "manifest.json").read_text(encoding="utf-8"))["parts"]
        return read_former(json.loads(brotli.decompress((_SNAPSHOT / parts["search"]["file"]).read_bytes())))
    except (OSError, ValueError, KeyError):
        return {}


def codes_read_as(sheet: Sheet, card: Card) -> dict[str, str]:
    """The codes in a sheet that are read as another, since the area is the same: code -> the one of the card's year."""
    if not isinstance(card, LayerCard) or card.geography[-2:] == "11":
        return {}
    former = {code: _former().get(code) for cell in sheet.cells.get("code", []) if (code := cell.strip())}
    return {
        code: found.read_as for code, found in former.items() if found and found.change == "recoded" and level_of(code) == card.base_level
    }


@cache
def _codes_of(geography: str) -> frozenset[str]:
    level: Level = geography[:-2]  # type: ignore[assignment]
    return _codes_2011() if geography == "lsoa11" else frozenset(_area_table(level).code)


def _fault_of_code(cell: str, card: LayerCard) -> CellFault | None:
    level, area = card.base_level, _AREA[card.geography]
    like = f"Codes look like {_LIKE[level]}."
    bare = re.sub(INVISIBLE, "", cell)
    if not bare:
        return "is empty", f"Every line needs the code of its {area}."
    if total := fault_of_total(cell):
        return total
    if bare != cell and re.fullmatch(r"[A-Za-z]\d{5,}", bare):
        if not re.search(r"\s", cell):
            return "has a sign in it that cannot be seen", "Type the full code again: {plain}."
        return "has spaces in it", "Take the spaces out: {plain}. In a spreadsheet: find a space, replace it by nothing."
    if cell.startswith("#") or re.fullmatch(r"\d(\.\d+)?[eE][+-]?\d+", cell):
        return "is what a spreadsheet made of a code", f"Format the column as text and paste the codes again. {like}"
    if re.fullmatch(r"[a-z]\d{8}", cell):
        return "is in small letters", "Write codes in capitals: {plain}."
    if (nation := _NATION.get(cell[0])) and re.fullmatch(r"[WSN]\d{8}", cell):
        return f"is in {nation}", f"The map is of England: take the lines of {nation} out."
    if re.fullmatch(r"E\d{8}", cell):
        return _fault_of_english_code(cell, card)
    if re.fullmatch(r"E\d+", cell):
        return f"has {len(cell)} characters, a code has 9", f"A zero may have been lost: copy the code again. {like}"
    if re.fullmatch(r"\d+(\.0)?", cell):
        return "is a number only", f"The letter in front has been lost: copy the codes again. {like}"
    if re.fullmatch(POSTCODE_PATTERN, cell.upper()):
        return (
            "is a postcode",
            f'An indicator has a line for each {area}. For places with postcodes write a card with kind = "points". {like}',
        )
    return f"is no code of an {area}", f"Write the code, not the name. {like}"


def _fault_of_english_code(cell: str, card: LayerCard) -> CellFault | None:
    level, area = card.base_level, _AREA[card.geography]
    if not re.fullmatch(CODE_PATTERN[level], cell):
        other = _OTHER_AREA.get(cell[:3], "another kind of area")
        cure = "Use figures by {}, or name the card's file ..._{}.toml"
        near = {"lsoa": "lsoa21", "msoa": "msoa21", "lad": "lad24"}.get(level_of(cell) or "")
        mend = cure.format(area, near) if near else f"Use figures by {area}"
        return f"is {other}, the card's figures are by {area}", f"{mend}."
    known = _codes_of(card.geography)
    if not known or cell in known:
        return None
    former = _former().get(cell)
    if former and level != "lsoa":
        became = " and ".join(former.now)
        what = f"is {former.name}, now part of {became}" if former.change == "merged" else f"is a code of 2011 that became {became}"
        return what, f"Get the figures by {area}: you cannot use one area's figures for another."
    if level == "lsoa" and cell in _codes_2011():
        return (
            "is a code of 2011 that ended in 2021",
            "Get the figures by LSOA of 2021: areas were split or merged, so codes cannot be swapped.",
        )
    if level == "lsoa" and cell in _codes_of("lsoa21"):
        return "is a code of 2021, the card's figures are by LSOA of 2011", "Name the card's file ..._lsoa21.toml."
    return f"is no {area} in England", "Check the code, and that the figures are by areas of that year."


# ---- the checks of an indicator ----


def _check_vintage(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    if card.converted:
        yield (
            f"{sheet.name}: you cannot put figures by LSOA 2011 next to a card, because converting them to today's areas needs the"
            f" official lookup. Get them by LSOA of 2021 and name the files ..._lsoa21."
        )


def _check_codes(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    return sheet.say_cells("code", lambda cell: _fault_of_code(cell, card))


def _check_twice(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    key = list(zip(sheet.cells["code"], sheet.cells["period"], strict=True)) if card.periods else [(code,) for code in sheet.cells["code"]]
    first: dict[tuple[str, ...], int] = {}
    again = [row for row, area in enumerate(key) if area[0].strip() and first.setdefault(area, row) != row]
    if again:
        area = key[again[0]]
        what = f"{' in '.join(area)} stands on line {sheet.lines[first[area]]} already"
        yield sheet.say(again, what, f"Keep one line for each area{' and period' if card.periods else ''}.")


def _check_numbers(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    for column in sheet.cells:
        if column not in TEXT_COLUMNS:
            yield from sheet.say_cells(column, fault_of_number)


def _figures(sheet: Sheet, card: LayerCard) -> np.ndarray:
    """What the map will show, a number a row: the value, the share in percent, the rank or the kind's place on the card."""
    if "value" in sheet.cells:
        return sheet.numbers("value")
    if "kind" in sheet.cells:
        number = {kind.code: float(n) for n, kind in enumerate(card.kinds, start=1)}
        return np.array([number.get(cell.strip(), math.nan) for cell in sheet.cells["kind"]], float)
    if "rank" in sheet.cells:
        return sheet.numbers("rank")
    under = sheet.numbers("denominator")
    return 100 * sheet.numbers("numerator") / np.where(under > 0, under, math.nan)


def _named(sheet: Sheet) -> str:
    """The column of that figure, or what it is called."""
    return next((column for column in ("value", "kind", "rank") if column in sheet.cells), "share")


def _check_range(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    number, called = _figures(sheet, card), _named(sheet)
    there = number[~np.isnan(number)]
    if (
        called == "value"
        and card.valid_max == 100
        and len(there) >= 3
        and (there >= 0).all()
        and (there <= 1).all()
        and (there % 1 > 0).any()
    ):
        row = int(np.flatnonzero(number % 1 > 0)[0])
        yield (
            f"{sheet.name}: line {sheet.lines[row]}: value {number[row]:g}, and all others lie from 0 to 1, but the card says {card.unit},"
            f" up to 100. Multiply by 100: {100 * number[row]:g}; or, if they are that small, put valid_max = 1 on the card."
        )
    outside = np.flatnonzero((number < card.valid_min) | (number > card.valid_max)).tolist()
    if outside:
        what = f"{called} {number[outside[0]]:.12g} is outside {card.valid_min:.12g} to {card.valid_max:.12g}"
        share = card.valid_max == 1 and 1 < number[outside[0]] <= 100
        cure = (
            "Divide by 100 if these are percentages; or put valid_max = 100 on the card."
            if share
            else ("Mend the cell; or, if it is true, widen valid_min and valid_max on the card.")
        )
        yield sheet.say(outside, what, cure)


def _check_counts(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    over, under = sheet.numbers("numerator"), sheet.numbers("denominator")
    if negative := np.flatnonzero((over < 0) | (under < 0)).tolist():
        yield sheet.say(negative, "a count below zero", "Count again: there cannot be fewer than none.")
    if more := np.flatnonzero(over > under).tolist():
        row = more[0]
        what = f"numerator {over[row]:.12g} is more than denominator {under[row]:.12g}"
        swapped = "Some are counted of all: the two columns may have been swapped."
        yield sheet.say(
            more, what, swapped if under[row] else "A share of nobody makes no sense. Fix the denominator, or leave both empty."
        )


def _check_limits(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    """The limits of an interval lie around the figure, the lower one below."""
    lower, upper, number = sheet.numbers("lower_ci"), sheet.numbers("upper_ci"), _figures(sheet, card)
    if upside_down := np.flatnonzero(lower > upper).tolist():
        row = upside_down[0]
        what = f"lower_ci {lower[row]:.12g} is above upper_ci {upper[row]:.12g}"
        yield sheet.say(upside_down, what, "The two columns may have been swapped.")
    elif beside := np.flatnonzero((number < lower) | (number > upper)).tolist():
        row = beside[0]
        what = f"{_named(sheet)} {number[row]:.12g} is outside its limits {lower[row]:.12g} to {upper[row]:.12g}"
        yield sheet.say(beside, what, "Another column may have been taken for one of the three.")


def _check_flags(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    if "flag" not in sheet.cells:
        return
    yield from sheet.say_cells(
        "flag",
        lambda cell: None if cell.strip() in FLAGS else ("is not a reason that we know", f"Leave it empty, or write one of: {REASONS}."),
    )
    number = _figures(sheet, card)
    odd = [row for row, cell in enumerate(sheet.cells["flag"]) if cell.strip() in ABSENT and not np.isnan(number[row])]
    if odd:
        flag = sheet.cells["flag"][odd[0]].strip()
        yield sheet.say(odd, f"a figure, and the flag '{flag}' that says there is none", "Empty one of the two cells.")


def _check_kinds(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    codes = [kind.code for kind in card.kinds]
    return sheet.say_cells(
        "kind",
        lambda cell: (
            None
            if not cell.strip() or cell.strip() in codes
            else ("is not a kind on the card", f"Write one of: {', '.join(codes)}; or add it to [[kinds]].")
        ),
    )


def _check_periods(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    if not card.periods:
        if "period" not in sheet.cells:
            return []
        first = next((cell.strip() for cell in sheet.cells["period"] if cell.strip()), card.period)
        return [
            f"{sheet.name}: line 1: a column 'period', but the card has no 'periods'. Name them all there, the oldest first, like"
            f' periods = ["{first[:20]}"]; or take the column out.'
        ]
    return sheet.say_cells(
        "period",
        lambda cell: (
            None
            if cell.strip() in card.periods
            else ("is not among the card's periods", f"Write one of: {', '.join(card.periods)}; or add it to 'periods'.")
        ),
    )


def _check_absent(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    """Empty cells are counted on their own, and so are areas that are not in the file."""
    empty = np.flatnonzero(np.isnan(_figures(sheet, card))).tolist()
    if len(empty) > card.missing:
        what = f"no {_named(sheet)}" if _named(sheet) != "share" else "no numerator, or a denominator that is empty or 0"
        cure = f"Fill in the cell; or, if there is no figure, put missing = {len(empty)} on the card and say the reason in a column 'flag'."
        yield sheet.say(empty, f"{what}, but the card says missing = {card.missing}", cure)
    elif len(empty) < card.missing:
        yield (
            f"{sheet.name}: {len(empty)} {'line has' if len(empty) == 1 else 'lines have'} no figure, but the card says missing ="
            f" {card.missing}. Put missing = {len(empty)} on the card."
        )
    if not card.partial and (known := _codes_of(card.geography)):
        for period in card.periods or ("",):
            here = {code for row, code in enumerate(sheet.cells["code"]) if not period or sheet.cells["period"][row].strip() == period}
            if lost := sorted(known - here):
                said = f" of {period}" if period else ""
                yield (
                    f"{sheet.name}: {len(lost):,} of England's {COUNT[card.base_level]:,} {PLURAL[card.base_level]} are not in the"
                    f" file{said} ({name_some(lost)}). Add their lines, or put partial = true on the card: the map then shows them as"
                    f" 'no figure'."
                )


def _check_rows(sheet: Sheet, card: Card) -> Iterable[str]:
    if len(sheet.lines) != card.rows and not (isinstance(card, LayerCard) and not card.partial):
        yield (
            f"{sheet.name}: {len(sheet.lines):,} {'line' if len(sheet.lines) == 1 else 'lines'} under the headers, the card says rows ="
            f" {card.rows}. Put rows = {len(sheet.lines)} on the card, or look for what is missing or too much in the file."
        )


_CHECKS: Final = {
    LayerCard: (
        _check_vintage,
        _check_codes,
        _check_twice,
        _check_numbers,
        _check_kinds,
        _check_periods,
        _check_flags,
        _check_counts,
        _check_limits,
        _check_range,
    ),
    PointsCard: SERVICE_CHECKS,
}
