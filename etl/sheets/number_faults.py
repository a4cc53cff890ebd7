"""What may stand in a cell where a number should, each kind with what it is and its cure."""

from __future__ import annotations

import math
import re
from typing import Final

from etl.sheets.sheet import NUMBER, THOUSANDS, CellFault
from heatmap.layers.cards import FLAGS

#: The reasons why a figure may be absent or weak, as a sentence lists them; one the build alone gives.
REASONS: Final = ", ".join(flag for flag in FLAGS if flag not in ("", "part_covered"))
_NO_NUMBER: Final = r"\[?[a-z]\]?|\[low\]|n/?a|n\.a\.|nan|null|none|nil|-+|–|—|\*+|\.+|:|\?|suppressed|withheld|missing|unknown|no data"
#: What a line is called that adds up the others, and its cure.
TOTAL: Final = r"(grand|sub)?[ -]*totals?|all( areas)?|england|sum|average|mean|overall|E92000001"
OF_A_TOTAL: Final = ("is the word of a line that adds up the others", "Take this line out: the map adds up larger areas itself.")
_NUMBER_FAULTS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        r"#(name|n/a|ref|div/0|value|num|null)[?!]?.*|#+",
        "is a spreadsheet's way of saying that something went wrong",
        "Mend the formula or widen the column, then save again; or leave the cell empty.",
    ),
    (
        r"\[?c\]?|\[?s\]?|suppressed|withheld|confidential|disclosive",
        "is a mark for a figure that was withheld",
        "Leave the cell empty and write suppressed in a column 'flag'.",
    ),
    (r"\[?x\]?|\[?z\]?", "is a publisher's mark for no figure", "Leave the cell empty and write missing in a column 'flag'."),
    (
        r"\[(low|e|p|r|u|b)\]",
        "is a mark without a figure",
        "Write the figure, or leave the cell empty and write missing in a column 'flag'.",
    ),
    (
        r"[<>≤≥]\s*=?\s*[\d.,]+|(fewer|less|more|under|over|up to|at least) (than )?[\d.,]+|[\d.,]+ or (fewer|less|more)|[\d.,]+\+",
        "is a limit and no figure",
        "Leave the cell empty and write suppressed in a column 'flag' if the figure was withheld because it is small.",
    ),
    (r"[\d.,]+\s*(-|–|—|to)\s*[\d.,]+", "is two numbers", "Write one figure in the cell; limits go into columns lower_ci and upper_ci."),
    (r"[\u2212\u2013\u2014\ufe63\uff0d]\s*[\d.,]+", "has a long dash for a minus", "Write it with the hyphen of the keyboard: {plain}."),
    (r"\([\d.,]+\)", "has brackets, as accountants write what is below zero", "Write it with a minus and without brackets: -{plain}."),
    (
        r"[+-]?[\d.,]+\s*(\[(r|e|p|u|b|low|note \d+|\d+)\]|\((r|e|p|u|b)\)|[*†‡^]+|[rep])",
        "has a note behind the number",
        "Write the number alone: {plain}. If the note says that it is an estimate, write modelled in a column 'flag'.",
    ),
    (TOTAL, *OF_A_TOTAL),
    (_NO_NUMBER, "is not a number", f"Leave the cell empty and put the reason in a column 'flag': {REASONS}."),
    (r"[+-]?[\d.,\s]+%", "has a percent sign", "Write only the number: {plain}. The unit is on the card."),
    (
        r"\d{4}[-/.]\d\d?[-/.]\d\d?.*|\d\d?[-/.]\d\d?[-/.]\d{2,4}|\d\d?-[a-z]{3}(-\d{2,4})?|[a-z]{3}-\d{2,4}",
        "is a date",
        "Spreadsheets make dates of numbers: format the column as numbers, and type this one again.",
    ),
    (THOUSANDS, "has commas between the thousands", "Write it without: {plain}."),
    (r"[+-]?\d{1,3}(\.\d{3})*,\d+", "has a decimal comma", "Write it with a point: {plain}."),
    (r"[+-]?\d{1,3}([\s\u00a0]\d{3})+([.,]\d+)?", "has spaces between the thousands", "Write it without: {plain}."),
    (r"[£$€]\s*[\d.,]+|[\d.,]+\s*[£$€]", "has a sign of money", "Write only the number: {plain}. The unit is on the card."),
    (r".*", "is not a number", "Write a number like 12.5, or leave the cell empty."),
)


def fault_of_total(cell: str) -> CellFault | None:
    """What is wrong where an area's code should be and a row of totals begins.

    >>> fault_of_total("Total")
    ('is the word of a line that adds up the others', 'Take this line out: the map adds up larger areas itself.')
    """
    return OF_A_TOTAL if re.fullmatch(TOTAL, cell.strip(), re.IGNORECASE) else None


def fault_of_number(cell: str) -> CellFault | None:
    """What is wrong with a figure, and its cure; None where it is a number or empty.

    >>> fault_of_number("9,5")
    ('has a decimal comma', 'Write it with a point: {plain}.')
    """
    cell = cell.strip()
    if not cell or (NUMBER.fullmatch(cell) and math.isfinite(float(cell))):
        return None
    return next((what, cure) for pattern, what, cure in _NUMBER_FAULTS if re.fullmatch(pattern, cell, re.IGNORECASE | re.DOTALL))


def fault_of_degrees(cell: str) -> CellFault | None:
    """The same of a latitude or longitude; a place has no flag, but it may have a postcode.

    >>> fault_of_degrees("nan")
    ('is not a number', 'Leave latitude and longitude empty, and give the postcode.')
    """
    if re.fullmatch(_NO_NUMBER, cell.strip(), re.IGNORECASE):
        return "is not a number", "Leave latitude and longitude empty, and give the postcode."
    fault = fault_of_number(cell)
    return (
        (fault[0], "Write degrees like 52.43, or leave both empty and give the postcode.")
        if fault and fault[0] == "is not a number"
        else fault
    )
