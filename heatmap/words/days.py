"""Days, months and years as people write and count them."""

from __future__ import annotations

from datetime import date
from typing import Final

from heatmap.words.language import _

#: The months in English, as registers write them; shown through ``_``.
MONTHS: Final = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)


def say_day(day: str) -> str:
    """A day, a month or a year as people write it.

    day     "2024-11-04", "2025-02" or "2025"

    >>> say_day("2024-11-04"), say_day("2025-02"), say_day("2025")
    ('4 November 2024', 'February 2025', '2025')
    """
    year, *rest = day.split("-")
    if not rest:
        return year
    month = f"{_(MONTHS[int(rest[0]) - 1])} {year}"
    return f"{int(rest[1])} {month}" if len(rest) == 2 else month


def months_since(day: str, today: date) -> int:
    """How many full months have passed since a day; a month or a year counts from its first day.

    day     "2024-11-04", "2025-02" or "2025"

    >>> [months_since(day, date(2026, 11, 25)) for day in ("2025-11-25", "2025-11-26", "2026-10", "2025")]
    [12, 11, 1, 22]
    """
    year, month, first = (*(int(part) for part in day.split("-")), 1, 1)[:3]
    return 12 * (today.year - year) + today.month - month - (today.day < first)
