"""What may stand in a cell where a number should, each kind with what it is and its cure."""

from __future__ import annotations

import math
import re
from typing import Final

from etl.sheet import NUMBER, THOUSANDS, Fault
from heatmap.cards import FLAGS

#: The reasons why a figure may be absent or weak, as a sentence lists them.
REASONS: Final = ", ".join(flag for flag in FLAGS if flag)
_NO_NUMBER: Final = r"n/?a|n\.a\.|nan|null|none|nil|-+|–|—|\*+|\.+|:|x|c|z|\?|suppressed|missing|unknown|no data"
_NUMBER_FAULTS: Final[tuple[tuple[str, str, str], ...]] = (
    (r"#(name|n/a|ref|div/0|value|num|null)[?!]?.*|#+", "is a spreadsheet's way of saying that something went wrong",
     "Mend the formula or widen the column, then save again; or leave the cell empty."),
    (_NO_NUMBER, "is no number", f"Leave the cell empty and put the reason in a column 'flag': {REASONS}."),
    (r"[+-]?[\d.,\s]+%", "has a percent sign", "Write the number alone: {plain}. The unit stands on the card."),
    (r"\d{4}[-/.]\d\d?[-/.]\d\d?.*|\d\d?[-/.]\d\d?[-/.]\d{2,4}|\d\d?-[a-z]{3}(-\d{2,4})?|[a-z]{3}-\d{2,4}", "is a date",
     "Spreadsheets make dates of numbers: format the column as numbers, and type this one again."),
    (THOUSANDS, "has commas between the thousands", "Write it without: {plain}."),
    (r"[+-]?\d{1,3}(\.\d{3})*,\d+", "has a decimal comma", "Write it with a point: {plain}."),
    (r"[+-]?\d{1,3}([\s\u00a0]\d{3})+([.,]\d+)?", "has spaces between the thousands", "Write it without: {plain}."),
    (r"[£$€]\s*[\d.,]+|[\d.,]+\s*[£$€]", "has a sign of money", "Write the number alone: {plain}. The unit stands on the card."),
    (r".*", "is not a number", "Write a number like 12.5, or leave the cell empty."),
)  # fmt: skip


def fault_of_number(cell: str) -> Fault | None:
    """What is wrong with a figure, and its cure; None where it is a number or empty.

    >>> fault_of_number("9,5")
    ('has a decimal comma', 'Write it with a point: {plain}.')
    """
    cell = cell.strip()
    if not cell or (NUMBER.fullmatch(cell) and math.isfinite(float(cell))):
        return None
    return next((what, cure) for pattern, what, cure in _NUMBER_FAULTS if re.fullmatch(pattern, cell, re.IGNORECASE | re.DOTALL))


def fault_of_degrees(cell: str) -> Fault | None:
    """The same of a latitude or longitude; a place has no flag, but it may have a postcode.

    >>> fault_of_degrees("nan")
    ('is no number', 'Leave latitude and longitude empty, and give the postcode.')
    """
    if re.fullmatch(_NO_NUMBER, cell.strip(), re.IGNORECASE):
        return "is no number", "Leave latitude and longitude empty, and give the postcode."
    fault = fault_of_number(cell)
    return (
        (fault[0], "Write degrees like 52.43, or leave both empty and give the postcode.")
        if fault and fault[0] == "is not a number"
        else fault
    )
