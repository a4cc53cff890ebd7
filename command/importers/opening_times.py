"""When a service is open, in words: a schedule of Open Referral, which is a rule of RFC 5545, or "ring first" where we cannot say it truly.

What a rule says is never rounded: the 15th of each month is not every day, and every third week is not each week. A rule of a kind
that has no plain words gives no days and hours at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from command.importers.reading import to_text
from heatmap.words.days import MONTHS, say_day
from heatmap.words.phrases import ordinal

if TYPE_CHECKING:
    from command.importers.open_referral import Schedule

#: What is said where a rule cannot be.
RING_FIRST: Final = "ring first for the days and hours"
_DAYS: Final = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_NTH: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second last"}
#: The longest that one period of a rule can be, in days, to tell when so many times are over at the latest.
_LONGEST_PERIOD: Final = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}
_PERIOD: Final = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


class _UnsayableError(Exception):
    """A rule that has no plain words, or none that we are sure of."""


@dataclass(frozen=True)
class _Said:
    """One schedule in words: its days, how often, its hours, and what limits it."""

    days: tuple[str, ...]
    often: str
    hours: str
    limits: tuple[str, ...]


def say_schedules(schedules: Sequence[Schedule], today: date) -> str:
    """When a service is open; "" where the feed says nothing. What is over by today is left out.

    >>> from command.importers.open_referral import Schedule
    >>> say_schedules([Schedule(freq="WEEKLY", byday="TH,FR", opens_at="10:00:00", closes_at="18:00Z")], date(2026, 1, 1))
    'Thursday, Friday 10:00 to 18:00'
    >>> say_schedules([Schedule(freq="MONTHLY", byday="2MO", opens_at="09:30", notes="Term time only.")], date(2026, 1, 1))
    'second Monday of the month from 09:30 (Term time only)'
    >>> say_schedules([Schedule(freq="MONTHLY", bymonthday="15", opens_at="10:00", closes_at="12:00")], date(2026, 1, 1))
    '15th of the month 10:00 to 12:00'
    >>> say_schedules([Schedule(freq="YEARLY", byweekno="20")], date(2026, 1, 1))
    'Ring first for the days and hours'
    """
    said: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for each in schedules:
        if _is_over(each, today):
            continue
        one = _say_one(each, today)
        if any((one.days, one.often, one.hours, one.limits)):
            said.setdefault((one.often, one.hours, one.limits), []).extend(one.days)
    if schedules and not said and all(_is_over(each, today) for each in schedules):
        return "The times that were listed are over: ring first"
    parts = [_join(days, *rest) for rest, days in said.items()]
    text = "; ".join(dict.fromkeys(part for part in parts if part))
    return text[:1].upper() + text[1:] if text.startswith(RING_FIRST) else text


def _join(days: Iterable[str], often: str, hours: str, limits: tuple[str, ...]) -> str:
    """Schedules that differ by their days alone are said together."""
    when = " ".join(part for part in (", ".join(dict.fromkeys(days)), often, hours) if part)
    rule = ", ".join(part for part in (when, *(limit for limit in limits if not limit.startswith("("))) if part)
    notes = [limit for limit in limits if limit.startswith("(")]
    return " ".join([rule, *notes]) if rule else "; ".join(note[1:-1] for note in notes)


def _say_one(each: Schedule, today: date) -> _Said:
    own = _plain(each.description)
    notes = _plain(each.notes)
    words = tuple(f"({part})" for part in dict.fromkeys((notes,)) if part and part.casefold() not in own.casefold())
    if _tells_days(own):
        return _Said((own,), "", "", (*_ends(each, today), *words))
    more = (f"({own})",) if own else ()
    try:
        days, often = _say_rule(each, today)
        hours = _say_hours(each)
        return _Said(days, often, hours, (*_starts(each, today, often), *_ends(each, today), *more, *words))
    except _UnsayableError:
        return _Said((RING_FIRST,), "", "", (*_starts(each, today, ""), *_ends(each, today), *more, *words))


def _plain(text: str) -> str:
    return to_text(text).rstrip(".")


def _tells_days(text: str) -> bool:
    """Whether the feed's own words say on which days, so that they stand in place of the rule.

    >>> _tells_days("Every other Tuesday, 10am to 12"), _tells_days("24/7"), _tells_days("Term time only"), _tells_days("10am to 12")
    (True, True, False, False)
    """
    days = r"\b(mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(days?)?\b|\b(daily|every day|week ?days?|week ?ends?|24/7|fortnight\w*)\b"
    return bool(re.search(days, text, re.IGNORECASE))


# ---- the rule ----


def _say_rule(each: Schedule, today: date) -> tuple[tuple[str, ...], str]:
    """The days of a rule, and how often. Raises _UnsayableError for one that we cannot say."""
    if each.has_other_rules or any(day.strip() and not _read_day(day) for day in (each.dtstart, each.until)):
        raise _UnsayableError
    _read_count(each)
    days = _read_days(each.byday)
    dates = _read_dates(each.bymonthday)
    start = _read_day(each.dtstart)
    freq = each.freq.strip().upper()
    step = _read_step(each.interval)
    if not freq:  # no rule: each week if days are named, once if there is a date to come, else hours alone
        if dates or step != 1 or any(nth for nth, _ in days) or (start and not days and start < today):
            raise _UnsayableError
        once = (say_day(start.isoformat()),) if start and not days else ()
        return tuple(_DAYS[day] for _, day in days) or once, ""
    if freq == "DAILY" and step > 1 and not days and not dates:
        return (), _say_step(step, freq)
    if freq in ("DAILY", "YEARLY") and step > 1:
        raise _UnsayableError
    say = {"DAILY": _say_daily, "WEEKLY": _say_weekly, "MONTHLY": _say_monthly, "YEARLY": _say_yearly}.get(freq)
    if say is None:
        raise _UnsayableError
    return say(days, dates, start), "" if step == 1 else _say_step(step, freq)


def _say_daily(days: list[tuple[int, str]], dates: list[int], start: date | None) -> tuple[str, ...]:
    if dates or any(nth for nth, _ in days):
        raise _UnsayableError
    return tuple(_DAYS[day] for _, day in days) or ("every day",)


def _say_weekly(days: list[tuple[int, str]], dates: list[int], start: date | None) -> tuple[str, ...]:
    if dates or any(nth for nth, _ in days):  # neither may stand in a weekly rule
        raise _UnsayableError
    if days:
        return tuple(_DAYS[day] for _, day in days)
    if start is None:
        raise _UnsayableError
    return (list(_DAYS.values())[start.weekday()],)


def _say_monthly(days: list[tuple[int, str]], dates: list[int], start: date | None) -> tuple[str, ...]:
    if days and dates:  # Friday the 13th: both at once
        raise _UnsayableError
    if days:
        named = [f"{_NTH[nth]} {_DAYS[day]}" if nth else _DAYS[day] for nth, day in days]
        if all(nth for nth, _ in days):
            return (*named[:-1], f"{named[-1]} of the month")
        if any(nth for nth, _ in days):
            raise _UnsayableError
        return tuple(named)  # every Monday of each month
    if dates or start:
        said = [_say_date(number) for number in dates or ([start.day] if start else [])]
        return (*said[:-1], f"{said[-1]} of the month")
    raise _UnsayableError


def _say_yearly(days: list[tuple[int, str]], dates: list[int], start: date | None) -> tuple[str, ...]:
    if days or dates or start is None:
        raise _UnsayableError
    return (f"{start.day} {MONTHS[start.month - 1]} each year",)


def _say_date(number: int) -> str:
    """
    >>> [_say_date(number) for number in (1, 2, 3, 11, 15, 22, -1)]
    ['1st', '2nd', '3rd', '11th', '15th', '22nd', 'last day']
    """
    if number == -1:
        return "last day"
    if number < 0:
        raise _UnsayableError
    return ordinal(number)


def _say_step(step: int, freq: str) -> str:
    return f"every {_NTH.get(step) or _say_date(step)} {_PERIOD[freq]}"


def _say_hours(each: Schedule) -> str:
    begin, end = (_read_hour(text) for text in (each.opens_at, each.closes_at))
    return f"{begin} to {end}" if begin and end else f"from {begin}" if begin else f"until {end}" if end else ""


def _starts(each: Schedule, today: date, often: str) -> tuple[str, ...]:
    """When it starts, if that is to come or tells which weeks are meant; a rule with steps and no start leaves that open."""
    starts = [day for day in (_read_day(each.dtstart), _read_day(each.valid_from)) if day]
    begins = max(starts, default=None)
    if often and not _read_day(each.dtstart):
        return ("ring first for the dates",)
    if begins and each.freq.strip() and (often or begins > today or each.count):
        return (f"starting {say_day((_read_day(each.dtstart) if often else begins).isoformat())}",)  # type: ignore[union-attr]
    return ()


def _ends(each: Schedule, today: date) -> tuple[str, ...]:
    ends = [day for day in (_read_day(each.until), _read_day(each.valid_to)) if day]
    count = _read_count(each, strict=False)
    times = (f"{count} {'time' if count == 1 else 'times'}",) if count else ()
    return (*times, *((f"until {say_day(min(ends).isoformat())}",) if ends else ()))


def _is_over(each: Schedule, today: date) -> bool:
    """Whether nothing of it is to come: by its end, or because so many times have passed at the latest."""
    if any(day < today for day in (_read_day(each.until), _read_day(each.valid_to)) if day):
        return True
    start, period = _read_day(each.dtstart), _LONGEST_PERIOD.get(each.freq.strip().upper())
    count = _read_count(each, strict=False)
    if not (count and start and period):
        return False
    return start + timedelta(days=min(int(count * max(each.interval or 1, 1) * period), 40_000) + 62 * (period > 7)) < today


# ---- the words of a rule ----


def _read_days(text: str) -> list[tuple[int, str]]:
    """ "2MO,-1FR" as [(2, "MO"), (-1, "FR")]; 0 for every one. Raises _UnsayableError for what is no day."""
    found = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;\s]+", text.upper()))):
        day = re.fullmatch(r"([+-]?\d{1,2})?([A-Z]{2})", part)
        if not day or day[2] not in _DAYS or (day[1] and int(day[1]) not in _NTH):
            raise _UnsayableError
        found.append((int(day[1] or 0), day[2]))
    return found


def _read_dates(text: str) -> list[int]:
    found = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;\s]+", text))):
        if not re.fullmatch(r"[+-]?\d{1,2}", part) or not 1 <= abs(int(part)) <= 31:
            raise _UnsayableError
        found.append(int(part))
    return found


def _read_count(each: Schedule, strict: bool = True) -> int:
    """How many times there are; 0 where the rule does not say."""
    if re.fullmatch(r"\s*|0+", each.count):
        return 0
    if not re.fullmatch(r"\d{1,6}(\.0)?", each.count):
        if strict:
            raise _UnsayableError
        return 0
    return int(float(each.count))


def _read_step(interval: float | None) -> int:
    if interval is None or interval == 0:
        return 1
    if interval < 1 or interval != int(interval):
        raise _UnsayableError
    return int(interval)


def _read_day(text: str) -> date | None:
    """A day, as a rule writes it (20261231T000000Z) or as the standard does.

    >>> _read_day("2026-12-31T00:00:00Z"), _read_day("20261231T235959Z"), _read_day("soon")
    (datetime.date(2026, 12, 31), datetime.date(2026, 12, 31), None)
    """
    found = re.match(r"(\d{4})-?(\d\d)-?(\d\d)", text.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _read_hour(text: str) -> str:
    """A time of day as we write it; one that is written in another way stays as it is.

    >>> _read_hour("9:30"), _read_hour("18:00:00Z"), _read_hour("10am"), _read_hour("")
    ('09:30', '18:00', '10am', '')
    """
    found = re.match(r"(\d{1,2}):(\d\d)", text.strip())
    return f"{int(found[1]):02d}:{found[2]}" if found else " ".join(text.split())[:20]
