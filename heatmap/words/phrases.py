"""Values in, sentences out. Patterns are of ``data/words``; no page writes its own. Marked for translation by ``_``."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from typing import Any

from heatmap.geography.levels import PLURAL, SINGULAR, Level
from heatmap.settings import ROOT
from heatmap.words.language import _ as _  # the other modules have it from here

WORDS_DIR = ROOT / "data" / "words"


@cache
def domain_words() -> dict[str, dict[str, Any]]:
    """The plain words for the index, its domains and halves, by id."""
    text = (WORDS_DIR / "domains.toml").read_text(encoding="utf-8")
    return {record["id"]: record for record in tomllib.loads(text)["domain"]}


def ordinal(number: int) -> str:
    """
    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112, 1003)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th', '1,003rd']
    """
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def join_names(names: Sequence[str], apart: bool = False) -> str:
    """A list with "and" before the last; a comma before it where a name itself holds "and".

    apart   semicolons, because the items hold commas

    >>> join_names(["employment", "crime", "education and skills"])
    'employment, crime, and education and skills'
    >>> join_names(["employment", "health"])
    'employment and health'
    """
    if len(names) < 2:
        return "".join(names)
    *others, last = names
    if apart:
        return _("{first}; and {last}").format(first="; ".join(others), last=last)
    if any(_(" and ") in name for name in names):
        return _("{first}, and {last}").format(first=", ".join(others), last=last)
    return _("{first} and {last}").format(first=", ".join(others), last=last)


def say_count(number: int, level: Level) -> str:
    """
    >>> say_count(1, "lsoa"), say_count(1204, "lad")
    ('1 neighbourhood', '1,204 authorities')
    """
    return f"{number:,} {SINGULAR[level] if number == 1 else PLURAL[level]}"


def say_number(value: float, decimals: int) -> str:
    """A value for readers; one that is not 0 is never said as 0.

    >>> say_number(1834, 0), say_number(12.345, 1), say_number(0, 1), say_number(0.03, 1), say_number(0.4, 0)
    ('1,834', '12.3', '0.0', 'under 0.1', 'under 1')
    """
    if value > 0 and round(value, decimals) == 0:
        return f"under {10**-decimals:.{decimals}f}"
    return f"{value:,.{decimals}f}"


def say_rounded(value: float, decimals: int) -> str:
    """A number for readers: thousands apart, a true minus, no minus on what is rounded to nothing, and no nothing that is some.

    >>> say_rounded(1234.56, 1), say_rounded(-0.04, 1), say_rounded(-3.0, 0), say_rounded(0.04, 1)
    ('1,234.6', '0.0', '−3', 'under 0.1')
    """
    if value > 0:
        return say_number(value, decimals)
    return f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", "−")


def say_people(number: int) -> str:
    """How many people, exactly while that can be read, then in millions.

    >>> say_people(1834), say_people(1_900_400), say_people(57_106_398)
    ('1,834 people', '1.9 million people', '57.1 million people')
    """
    if number < 1_000_000:
        return _("1 person") if number == 1 else _("{n} people").format(n=f"{number:,}")
    return _("{n} million people").format(n=f"{number / 1e6:.1f}")


def say_in_100(percent: float, about: bool = False) -> str:
    """So many in a hundred; neither end is rounded away to none or to all.

    >>> say_in_100(18.1), say_in_100(99.8), say_in_100(0.2), say_in_100(18.1, about=True)
    ('18 in 100', 'more than 99 in 100', 'fewer than 1 in 100', 'about 18 in 100')
    """
    if 0 < percent < 1:
        return _("fewer than 1 in 100")
    if 99 < percent < 100:
        return _("more than 99 in 100")
    said = _("about {n} in 100") if about else _("{n} in 100")
    return said.format(n=round(percent))


def say_share(percent: float | None, of: str) -> str:
    """A share of residents, as so many in a hundred; the small ones are not rounded away to none.

    >>> say_share(49.15, "in the most deprived tenth of England's neighbourhoods")
    "49 in 100 people live in the most deprived tenth of England's neighbourhoods"
    >>> say_share(0.3, "in it"), say_share(0.0, "in it"), say_share(None, "in it")
    ('fewer than 1 in 100 people live in it', 'no one lives in it', 'no figure')
    """
    if percent is None:
        return _("no figure")
    if percent == 0:
        return _("no one lives {of}").format(of=of)
    if percent < 1:
        return _("fewer than 1 in 100 people live {of}").format(of=of)
    if percent == 100:
        return _("everyone lives {of}").format(of=of)
    return _("{n} in 100 people live {of}").format(n=min(99, round(percent)), of=of)


def say_left_out(areas: int, withheld: int, of: int, level: Level) -> str:
    """What a total leaves out, and so that it is the least it can be.

    areas     how many inside have no figure
    withheld  how many of these the publisher withholds

    >>> say_left_out(19, 19, 101, "lsoa")
    '19 of the 101 neighbourhoods inside it are withheld, so the true total is this or more.'
    >>> say_left_out(1, 0, 8, "lad")
    '1 of the 8 authorities inside it has no figure, so the true total is this or more.'
    """
    if withheld == areas:
        why = _("is withheld") if areas == 1 else _("are withheld")
    else:
        why = _("has no figure") if areas == 1 else _("have no figure")
    return _("{n} of the {of} {areas} inside it {why}, so the true total is this or more.").format(
        n=f"{areas:,}", of=f"{of:,}", areas=PLURAL[level], why=why
    )
