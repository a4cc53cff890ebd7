"""What may be wrong in the cells of a small CSV, each kind of fault with its sentence.

A check takes a sheet and its card and gives sentences. Adding a check is adding a function, and its name to the list at the end.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from etl.sheet import NUMBER, THOUSANDS, Fault, Sheet
from heatmap.cards import ABSENT, FLAGS, Card, LayerCard, PointsCard
from heatmap.errors import name_some
from heatmap.geography import CODE_PATTERN, COUNT, PLURAL, Level, level_of

_SNAPSHOT = Path(__file__).parent.parent / "data" / "built"
_TEXT: Final = ("code", "kind", "period", "flag")
_AREA: Final = {"lsoa21": "LSOA of 2021", "lsoa11": "LSOA of 2011", "msoa21": "MSOA of 2021", "lad24": "authority of 2024"}
_LIKE: Final[dict[Level, str]] = {"lsoa": "E01021988", "msoa": "E02004622", "lad": "E07000076"}
_OTHER_AREA: Final = {"E01": "an LSOA", "E02": "an MSOA", "E05": "a ward", "E06": "an authority", "E07": "an authority",
    "E08": "an authority", "E09": "an authority", "E10": "a county", "E12": "a region", "E54": "an NHS board"}  # fmt: skip
_NATION: Final = {"W": "Wales", "S": "Scotland", "N": "Northern Ireland"}
_POSTCODE: Final = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? *[0-9][A-Z]{2}")
#: West, south, east, north, in degrees: no place of England lies outside.
_ENGLAND: Final = (-6.5, 49.8, 1.9, 55.9)


def check_sheet(sheet: Sheet, card: Card) -> list[str]:
    """Everything wrong in the cells, a sentence for each kind of fault."""
    return [sentence for check in _CHECKS[type(card)] for sentence in check(sheet, card)]  # type: ignore[operator]


def check_complete(sheet: Sheet, card: Card) -> list[str]:
    """What is missing, or too much, by what the card promises."""
    return [*(_check_absent(sheet, card) if isinstance(card, LayerCard) else ()), *_check_rows(sheet, card)]


# ---- what may be wrong with a number ----

_REASONS: Final = ", ".join(flag for flag in FLAGS if flag)
_NUMBER_FAULTS: Final[tuple[tuple[str, str, str], ...]] = (
    (r"#(name|n/a|ref|div/0|value|num|null)[?!]?.*|#+", "is a spreadsheet's way of saying that something went wrong",
     "Mend the formula or widen the column, then save again; or leave the cell empty."),
    (r"n/?a|n\.a\.|nan|null|none|nil|-+|–|—|\*+|\.+|:|x|c|z|\?|suppressed|missing|unknown|no data", "is no number",
     f"Leave the cell empty and put the reason in a column 'flag': {_REASONS}."),
    (r"[+-]?[\d.,\s]+%", "has a percent sign", "Write the number alone: {plain}. The unit stands on the card."),
    (r"\d{4}[-/.]\d\d?[-/.]\d\d?.*|\d\d?[-/.]\d\d?[-/.]\d{2,4}|\d\d?-[a-z]{3}(-\d{2,4})?|[a-z]{3}-\d{2,4}", "is a date",
     "Spreadsheets make dates of numbers: format the column as numbers, and type this one again."),
    (THOUSANDS, "has commas between the thousands", "Write it without: {plain}."),
    (r"[+-]?\d{1,3}(\.\d{3})*,\d+", "has a decimal comma", "Write it with a point: {plain}."),
    (r"[+-]?\d{1,3}([\s\u00a0]\d{3})+([.,]\d+)?", "has spaces between the thousands", "Write it without: {plain}."),
    (r"[£$€]\s*[\d.,]+|[\d.,]+\s*[£$€]", "has a sign of money", "Write the number alone: {plain}. The unit stands on the card."),
    (r".*", "is not a number", "Write a number like 12.5, or leave the cell empty."),
)  # fmt: skip


def _fault_of_number(cell: str) -> Fault | None:
    cell = cell.strip()
    if not cell or (NUMBER.fullmatch(cell) and math.isfinite(float(cell))):
        return None
    return next((what, cure) for pattern, what, cure in _NUMBER_FAULTS if re.fullmatch(pattern, cell, re.IGNORECASE | re.DOTALL))


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
def _codes_of(geography: str) -> frozenset[str]:
    level: Level = geography[:-2]  # type: ignore[assignment]
    return _codes_2011() if geography == "lsoa11" else frozenset(_area_table(level).code)


def _fault_of_code(cell: str, card: LayerCard) -> Fault | None:
    level, area = card.base_level, _AREA[card.geography]
    like = f"Codes look like {_LIKE[level]}."
    bare = re.sub(r"[\s\u00a0\u200b\ufeff]", "", cell)
    if not bare:
        return "is empty", f"Every line needs the code of its {area}."
    if bare != cell and re.fullmatch(r"[A-Za-z]\d{5,}", bare):
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
    if _POSTCODE.fullmatch(cell.upper()):
        return (
            "is a postcode",
            f'An indicator has a line for each {area}. For places with postcodes write a card with kind = "points". {like}',
        )
    return f"is no code of an {area}", f"Write the code, not the name. {like}"


def _fault_of_english_code(cell: str, card: LayerCard) -> Fault | None:
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
            f"{sheet.name}: figures by LSOA of 2011 cannot lie beside a card, since bringing them to areas of today takes the official"
            " lookup. Get them by LSOA of 2021 and name the files ..._lsoa21."
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


def _check_numbers(sheet: Sheet, card: Card) -> Iterable[str]:
    numbers = ("latitude", "longitude") if isinstance(card, PointsCard) else [c for c in sheet.cells if c not in _TEXT]
    for column in numbers:
        yield from sheet.say_cells(column, _fault_of_number)


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
            f"{sheet.name}: line {sheet.lines[row]}: value {number[row]:g}, and all others lie from 0 to 1, but the card says {card.unit}, up to 100."
            f" Multiply by 100: {100 * number[row]:g}; or, if they are that small, put valid_max = 1 on the card."
        )
    outside = np.flatnonzero((number < card.valid_min) | (number > card.valid_max)).tolist()
    if outside:
        what = f"{called} {number[outside[0]]:g} is outside {card.valid_min:g} to {card.valid_max:g}"
        share = card.valid_max == 1 and 1 < number[outside[0]] <= 100
        cure = "Divide by 100 if these are percentages; or put valid_max = 100 on the card." if share else (
            "Mend the cell; or, if it is true, widen valid_min and valid_max on the card."
        )  # fmt: skip
        yield sheet.say(outside, what, cure)


def _check_counts(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    over, under = sheet.numbers("numerator"), sheet.numbers("denominator")
    if negative := np.flatnonzero((over < 0) | (under < 0)).tolist():
        yield sheet.say(negative, "a count below zero", "Count again: there cannot be fewer than none.")
    if more := np.flatnonzero(over > under).tolist():
        row = more[0]
        what = f"numerator {over[row]:g} is more than denominator {under[row]:g}"
        yield sheet.say(more, what, "Some are counted of all: the two columns may have been swapped.")


def _check_flags(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    if "flag" not in sheet.cells:
        return
    yield from sheet.say_cells("flag", lambda cell: None if cell.strip() in FLAGS else (
        "is no reason that the map knows", f"Leave it empty, or write one of: {_REASONS}."
    ))  # fmt: skip
    number = _figures(sheet, card)
    odd = [row for row, cell in enumerate(sheet.cells["flag"]) if cell.strip() in ABSENT and not np.isnan(number[row])]
    if odd:
        flag = sheet.cells["flag"][odd[0]].strip()
        yield sheet.say(odd, f"a figure, and the flag '{flag}' that says there is none", "Empty one of the two cells.")


def _check_kinds(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    codes = [kind.code for kind in card.kinds]
    return sheet.say_cells("kind", lambda cell: None if not cell.strip() or cell.strip() in codes else (
        "is no kind of the card", f"Write one of: {', '.join(codes)}; or add it to [[kinds]]."
    ))  # fmt: skip


def _check_periods(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    if not card.periods:
        return []
    return sheet.say_cells("period", lambda cell: None if cell.strip() in card.periods else (
        "is not among the card's periods", f"Write one of: {', '.join(card.periods)}; or add it to 'periods'."
    ))  # fmt: skip


def _check_absent(sheet: Sheet, card: LayerCard) -> Iterable[str]:
    """Empty cells are counted on their own, and so are areas that are not in the file."""
    empty = np.flatnonzero(np.isnan(_figures(sheet, card))).tolist()
    if len(empty) > card.missing:
        what = f"no {_named(sheet)}" if _named(sheet) != "share" else "no numerator, or a denominator that is empty or 0"
        cure = f"Fill in the cell; or, if there is no figure, put missing = {len(empty)} on the card and say the reason in a column 'flag'."
        yield sheet.say(empty, f"{what}, but the card says missing = {card.missing}", cure)
    elif len(empty) < card.missing:
        yield f"{sheet.name}: {len(empty)} {'line has' if len(empty) == 1 else 'lines have'} no figure, but the card says missing = {card.missing}. Put missing = {len(empty)} on the card."
    if not card.partial and (known := _codes_of(card.geography)):
        for period in card.periods or ("",):
            here = {code for row, code in enumerate(sheet.cells["code"]) if not period or sheet.cells["period"][row].strip() == period}
            if lost := sorted(known - here):
                said = f" of {period}" if period else ""
                yield (
                    f"{sheet.name}: {len(lost):,} of England's {COUNT[card.base_level]:,} {PLURAL[card.base_level]} are not in the"
                    f" file{said} ({name_some(lost)}). Add their lines; or put partial = true on the card, and the map shows them as 'no figure'."
                )


def _check_rows(sheet: Sheet, card: Card) -> Iterable[str]:
    if len(sheet.lines) != card.rows and not (isinstance(card, LayerCard) and not card.partial):
        yield (
            f"{sheet.name}: {len(sheet.lines):,} {'line' if len(sheet.lines) == 1 else 'lines'} under the headers, the card says rows = {card.rows}."
            f" Put rows = {len(sheet.lines)} on the card, or look for what is missing or too much in the file."
        )


# ---- the checks of places ----


def _check_names(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    if nameless := [row for row, cell in enumerate(sheet.cells["name"]) if not cell.strip()]:
        yield sheet.say(nameless, "a place without a name", "Say what it is called: an organisation, never a private person.")
    count = Counter(cell.strip() for cell in sheet.cells.get("id", []) if cell.strip())
    if twice := [row for row, cell in enumerate(sheet.cells.get("id", [])) if count[cell.strip()] > 1]:
        yield sheet.say(twice[1:], f"the id '{sheet.cells['id'][twice[1]].strip()}' stands twice", "Give every place an id of its own.")


def _check_postcodes(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    yield from sheet.say_cells("postcode", lambda cell: None if not cell.strip() or _POSTCODE.fullmatch(cell.strip().upper()) else (
        "is no postcode", "Write the whole of it, like CO15 2EU."
    ))  # fmt: skip
    placed = ~np.isnan(sheet.numbers("latitude")) & ~np.isnan(sheet.numbers("longitude"))
    has = [bool(cell.strip()) for cell in sheet.cells.get("postcode", [""] * len(placed))]
    empty = [""] * len(placed)
    degrees = [sheet.cells.get(column, empty) for column in ("latitude", "longitude")]
    given = [bool(north.strip() or east.strip()) for north, east in zip(*degrees, strict=True)]
    lost = [row for row in range(len(placed)) if not (placed[row] or has[row] or given[row])]
    if len(lost) > card.unplaced:
        yield sheet.say(lost, "neither a postcode nor latitude and longitude", "Say where the place is by one of the two.")
    if half := [row for row in range(len(placed)) if given[row] and not placed[row] and not any(
        _fault_of_number(sheet.cells[column][row]) for column in ("latitude", "longitude")
    )]:  # fmt: skip
        yield sheet.say(half, "only one of latitude and longitude", "Give both, or leave both empty and give the postcode.")


def _check_coordinates(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    """Latitude and longitude in degrees (EPSG:4326), in England."""
    latitude, longitude = sheet.numbers("latitude"), sheet.numbers("longitude")
    west, south, east, north = _ENGLAND

    def is_in(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (x >= west) & (x <= east) & (y >= south) & (y <= north)

    right, swapped = is_in(longitude, latitude), is_in(latitude, longitude)
    metres = (np.abs(latitude) > 1000) | (np.abs(longitude) > 1000)
    there = ~np.isnan(latitude) & ~np.isnan(longitude)
    sea = right & ~near_land(longitude, latitude)

    def at(row: int) -> str:
        return f"latitude {latitude[row]:g}, longitude {longitude[row]:g}"

    for wrong, what, cure in (
        (swapped, "are swapped", "England's latitudes are 50 to 56, its longitudes -6 to 2: change the two headers."),
        (metres, "are metres of the British National Grid, not degrees", "Turn eastings and northings into degrees, or give the postcode alone."),
        (there & ~right & ~swapped & ~metres, "lie outside England", "England's latitudes are 50 to 56, its longitudes -6 to 2: look for a lost point or digit."),
        (sea, "lie in the sea, or in Wales or Scotland", "West of Greenwich longitudes have a minus in front: check the sign and the digits."),
    ):  # fmt: skip
        if rows := np.flatnonzero(wrong).tolist():
            yield sheet.say(rows, f"{at(rows[0])} {what}", cure)


#: Degrees of the sides of a cell of the grid below: about 5 km.
_CELL: Final = 0.05


@cache
def _boxes() -> dict[tuple[int, int], np.ndarray]:
    """The boxes of England's neighbourhoods, (n, 4) west, south, east, north, by the cells of a grid that they touch; empty without a snapshot."""
    try:
        parts = json.loads((_SNAPSHOT / "manifest.json").read_text(encoding="utf-8"))["parts"]
        boxes = pd.read_parquet(_SNAPSHOT / parts["points/lsoa"]["file"])[["west", "south", "east", "north"]].to_numpy(float)
    except (OSError, ValueError, KeyError):
        return {}
    found: dict[tuple[int, int], list[np.ndarray]] = {}
    for box, (west, south, east, north) in zip(boxes, np.floor(boxes / _CELL).astype(int).tolist(), strict=True):
        for x in range(west, east + 1):
            for y in range(south, north + 1):
                found.setdefault((x, y), []).append(box)
    return {cell: np.array(those) for cell, those in found.items()}


def near_land(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Whether each point, in degrees, lies in the box of some English neighbourhood; all do where there is no snapshot to tell."""
    by_cell = _boxes()
    if not by_cell:
        return np.ones(len(longitude), bool)
    nowhere = np.empty((0, 4))

    def is_near(x: float, y: float) -> bool:
        if math.isnan(x) or math.isnan(y):
            return False
        west, south, east, north = by_cell.get((math.floor(x / _CELL), math.floor(y / _CELL)), nowhere).T
        return bool(((west <= x) & (x <= east) & (south <= y) & (y <= north)).any())

    return np.array([is_near(x, y) for x, y in zip(longitude.tolist(), latitude.tolist(), strict=True)], bool)


def _check_dates(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    """Places of a community list say when someone last looked; those of an official register say its month on the card."""
    empty = sum(not cell.strip() for cell in sheet.cells.get("checked_on", [""] * len(sheet.lines)))

    def fault_of(cell: str) -> Fault | None:
        cell = cell.strip()
        if not cell:
            return (
                None
                if card.register_month or empty <= card.undated
                else ("is empty", "Say when someone last checked that the place is there, like 2026-03-31.")
            )
        try:
            day = date.fromisoformat(cell) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else None
        except ValueError:
            day = None
        if day is None:
            return "is no date that the map can read", "Write year, month, day, like 2026-03-31."
        return ("has not come yet", "Write the day on which someone last checked.") if day > date.today() else None

    if "checked_on" not in sheet.cells and not card.register_month and empty > card.undated:
        yield (
            f"{sheet.name}: line 1: no column 'checked_on'. Add it, and say for each place when someone last checked it, like 2026-03-31;"
            ' or, for an official register, say its month on the card: register_month = "February 2026".'
        )
    yield from sheet.say_cells("checked_on", fault_of)
    yield from sheet.say_cells("website", lambda cell: None if not cell.strip() or re.match(r"https?://\S+$", cell.strip()) else (
        "is no address of a website", "Write it whole, from https:// on, or leave it empty."
    ))  # fmt: skip


def _check_phones(sheet: Sheet, card: PointsCard) -> Iterable[str]:
    """A spreadsheet takes a telephone number for a figure, and its first 0 away."""
    return sheet.say_cells("phone", lambda cell: None if not re.fullmatch(r"[1-9]\d{8,9}", re.sub(r"[\s()-]", "", cell)) else (
        "has lost its first 0", "Format the column as text, and put the 0 in front again."
    ))  # fmt: skip


_CHECKS: Final = {
    LayerCard: (
        _check_vintage, _check_codes, _check_twice, _check_numbers, _check_kinds, _check_periods, _check_flags, _check_counts, _check_range,
    ),
    PointsCard: (_check_names, _check_postcodes, _check_numbers, _check_coordinates, _check_dates, _check_phones),
}  # fmt: skip
