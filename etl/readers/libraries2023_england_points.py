"""Public libraries of England: one row for each there has been since 2010."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Final

import pandas as pd

from etl.register_words import join_address, tidy_postcode

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: What the register says of a day, told by its letters alone.
_WORDS: Final = {
    "allday": "all day",
    "ampm": "morning and afternoon",
    "amonly": "morning",
    "pmonly": "afternoon",
    "eveonly": "evening",
    "pmeve": "afternoon and evening",
    "ameve": "morning and evening",
    "closed": "closed",
    "naclosed": "closed",
    "appointmentonly": "by appointment",
    "variedbyschedule": "varies",
    "noregularopening": "no regular opening",
    "unknown": "",
}


def read(path: Path) -> pd.DataFrame:
    """id, name, what, address, postcode, opening: libraries in a building of their own that were open at the end of 2023.

    Left out: what was closed, or closed for a time, or had no state; what the register says closed in 2024; and mobile
    libraries (their postcode is the garage's), prison libraries and archives.
    The file has no ids: ours are the authority and the name, so that they last from one year's file to the next.
    """
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table = table.apply(lambda column: column.str.strip())
    shut = table.operation_23.str.casefold().isin(("closed", "temporary closure", "")) | (table.closed != "")
    table = table[~shut & (table.type.str.casefold() == "static library")]
    ids = [make_id(*row) for row in zip(table.reporting, table["name"], strict=True)]
    return pd.DataFrame(
        {
            "id": _number(ids),
            "name": [say_library(name) for name in table["name"]],
            "what": "Library",
            "address": [join_address(*row) for row in zip(table.address1, table.address2, table.address3, strict=True)],
            "postcode": table.postcode.map(tidy_postcode),
            "opening": [say_opening(row) for row in table[[*_DAYS, "hours"]].to_dict("records")],
        }
    ).reset_index(drop=True)


def make_id(*words: str) -> str:
    """
    >>> make_id("Birmingham", "King's Heath Library")
    'birmingham-kings-heath-library'
    """
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower().replace("'", "").replace("’", "")).strip("-")


def _number(ids: list[str]) -> list[str]:
    """The second of two alike gets a 2."""
    seen: dict[str, int] = {}
    found = []
    for name in ids:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return found


def say_library(name: str) -> str:
    """A library's name; "Library" is put after a bare place.

    >>> say_library("Fulham"), say_library("Barking Learning Centre Community Hub"), say_library("Kineton Community Library")
    ('Fulham Library', 'Barking Learning Centre Community Hub', 'Kineton Community Library')
    """
    name = " ".join(name.split())
    house = r"librar|\b(hub|centre|center|link|stores?|learning|discovery|forum|micro|book|access|point|hive|curve|word|space|place|museum|cafe|ark)\b"
    return name if re.search(house, name, re.IGNORECASE) else f"{name} Library"


def say_opening(row: dict[str, str]) -> str:
    """When a library is open, as far as the register says it: days alike in one, and the hours of a week.

    >>> week = dict.fromkeys(_DAYS, "AM & PM (continuous)") | {"saturday": "AM only", "sunday": "closed", "hours": "38.5"}
    >>> say_opening(week)
    'Monday to Friday: morning and afternoon; Saturday: morning; Sunday: closed. 38.5 hours a week.'
    >>> say_opening(dict.fromkeys(_DAYS, "N/A Closed") | {"hours": "N/A Closed"})
    'The register has no day on which it opens.'
    """
    days = []
    for day in _DAYS:
        said = _WORDS.get(re.sub(r"\(.*\)|with closure|and|[^a-z]", "", row[day].lower()))
        if said is None:
            raise ValueError(f"libraries: {day} is {row[day]!r}, which the reader does not know. Add it to _WORDS.")
        days.append((day.title(), said, "closure" in row[day].lower()))
    open_days = [said for _, said, _ in days if said and said != "closed"]
    if not open_days:
        return "The register has no day on which it opens." if any(said == "closed" for _, said, _ in days) else ""
    parts = []
    for (said, breaks), run in groupby(days, key=lambda each: each[1:]):
        names = [day for day, *_ in run]
        when = names[0] if len(names) == 1 else f"{names[0]} {'and' if len(names) == 2 else 'to'} {names[-1]}"
        if said:
            parts.append(f"{when}: {said}{', with a break' if breaks and said != 'closed' else ''}")
    hours = f" {float(row['hours']):g} hours a week." if re.fullmatch(r"\d+(\.\d+)?", row["hours"]) else ""
    if len({(said, breaks) for _, said, breaks in days}) == 1:
        return f"Every day: {parts[0].partition(': ')[2]}.{hours}"
    return "; ".join(parts) + "." + hours
