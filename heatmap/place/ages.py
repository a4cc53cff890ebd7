"""For whom a place is, by the words that its list has for ages: "Under 18s", "16 and above", "0-19 (up to 25 with SEND)".

A text is cut into words that we know, each of a sort, and then read from the first to the last. With one word in it that we do not
know, or an order that we do not know, it is not read at all, and the place is shown to everybody: nobody is sent away by a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from heatmap.place.national_help import YEARS
from heatmap.words.readers import Age

#: Nobody is older, in years.
OLDEST: Final = 120
Range = tuple[int, int]

_UNITS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS: Final = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_TEENS: Final = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
#: Numbers in words; "twenty-one" with its hyphen, which may be a blank.
_NUMBERS: Final = {
    "zero": 0,
    "birth": 0,
    **{word: n for n, word in enumerate((*_UNITS, *_TEENS), 1)},
    **_TENS,
    **{f"{ten}-{unit}": tens + n for ten, tens in _TENS.items() for n, unit in enumerate(_UNITS, 1)},
    "fives": 5,
    "sixes": 6,
    **{f"{ten[:-1]}ies": tens for ten, tens in _TENS.items()},
}
#: Groups whose ages are beyond doubt, for the three that a reader may choose from.
_GROUPS: Final[dict[str, Range]] = {
    r"(?:young )?adults?": (18, OLDEST),
    r"older (?:people|persons?|adults?)|pensioners?": (60, OLDEST),
    r"toddlers?|bab(?:y|ies)|infants?|newborns?|pre[- ]?school(?:ers?)?": (0, 5),
    r"teen(?:agers?|aged?|s)?": (13, 19),
    r"primary(?: school)?(?:[- ]aged?)?": (4, 11),
    r"secondary(?: school)?(?:[- ]aged?)?": (11, 18),
    r"sixth[- ]?form(?:ers?)?": (16, 19),
    r"nursery": (2, 5),
    r"(?:key stage|ks) ?1": (5, 7),
    r"(?:key stage|ks) ?2": (7, 11),
    r"(?:key stage|ks) ?3": (11, 14),
    r"(?:key stage|ks) ?4": (14, 16),
    r"(?:key stage|ks) ?5": (16, 19),
    r"(?:all|any) ages?": (0, OLDEST),
}
_UNIT: Final = r"years?|yrs?|y/?o|y|months?|mths?|mos?|weeks?|wks?"
_SPELT: Final = "|".join(word.replace("-", "[- ]") for word in sorted(_NUMBERS, key=len, reverse=True))
_NUMBER: Final = (
    rf"(?P<number>\d{{1,3}}|{_SPELT})(?:['’]?s)?(?![\d.])"
    rf"(?:[- ]?(?P<unit>{_UNIT})(?![a-z\d])\.?(?:[- ]?olds?(?![a-z])| of age)?)?(?![a-z])"
)
_MORE: Final = r"(?:over|above|older|up(?:wards?)?|more|onwards?|on|plus|beyond)"
_LESS: Final = r"(?:under|below|younger|less)"
_SEND: Final = (
    r"send|sen|ehcps?|(?:learning )?(?:disabilit(?:y|ies)|difficult(?:y|ies))|(?:additional|special)(?: educational)? needs|autism"
)
#: The sorts of words. N a number, Y a school year before its number, R Reception, T to, P and over, D and under, U under, X up to,
#: O over, F from, A and, B a break, C a break after which the same people are meant, G a group, H whom: with no ages; W says nothing.
_SORTS: Final[list[tuple[str, re.Pattern[str]]]] = [
    (sort, re.compile(pattern))
    for sort, pattern in (
        ("W", rf"with (?:an? )?(?:{_SEND})\b"),
        *(("G", rf"(?:{pattern})\b") for pattern in _GROUPS),
        ("X", r"(?:and )?(?:up to(?: and including)?|no(?:t)? (?:older than|over))\b|max(?:imum)?\b:?|<="),
        ("P", rf"(?:(?:and|or|&|/) ?)?\b{_MORE}\b(?![- ]?(?:\d|the\b|{_SPELT}))|\+"),
        ("D", rf"(?:and|or|&|/) ?{_LESS}\b(?![- ]?(?:\d|the\b|{_SPELT}))"),
        ("U", r"(?:under|below|younger than|less than|u(?=-?\d))(?![a-z])[- ]?|<"),
        ("O", r"(?:over|above|older than|more than|at least|not under|min(?:imum)?:?|o(?=-?\d))(?![a-z])[- ]?|>=?"),
        ("F", r"(?:from|between)\b"),
        ("R", r"reception\b"),
        ("Y", r"(?:school )?(?:years?|yrs?\.?|y)(?: groups?)?[- ]?(?=\d)"),
        ("N", _NUMBER),
        ("T", r"-|(?:to|until|till|through)\b"),
        ("A", r"(?:and|or|also)\b|&"),
        ("C", r"[:(\[]"),
        ("B", r"[,;.)\]/|]"),
        (
            "H",
            r"(?:child(?:ren)?|young|people|persons?|pupils?|students?|boys?|girls?|m[ae]n|wom[ae]n|youths?|those|residents?|everyone|anyone|kids?)\b",
        ),
        (
            "W",
            (
                r"(?:usually|mostly|mainly|aged?|ages|group|range|of|the|for|only|years?|yrs?|olds?|inclusive|all|who"
                r" are|suitable|welcome|open)\b"
            ),
        ),
    )
]


@dataclass(frozen=True)
class _Word:
    """One word of a sort; a number with its unit, a group with its years."""

    sort: str
    number: int = 0
    unit: str = ""
    group: Range = (0, OLDEST)

    def year(self, last: bool = False) -> int:
        """The year of age that a number of years, months or weeks falls in; with ``last``, of an end that is not reached any more."""
        per = 12 if self.unit.startswith("m") else 52 if self.unit.startswith("w") else 1
        return -(-self.number // per) - 1 if last else self.number // per


def fits_age(ages: str, age: Age | Literal[""]) -> bool:
    """Whether a place is for somebody of this age; one that does not say, or not so that we can read it for certain, is for all.

    >>> fits_age("usually 4 to 11", "young_person"), fits_age("usually 4 to 11", "child"), fits_age("", "adult")
    (False, True, True)
    >>> fits_age("16 and above", "adult"), fits_age("Under 18s", "adult"), fits_age("Under 18s", "young_person")
    (True, False, True)
    """
    ranges = read_ages(ages) if age else None
    if not age or ranges is None:
        return True
    youngest, oldest = YEARS[age]
    return any(first <= oldest and youngest <= last for first, last in ranges)


@lru_cache(maxsize=4096)
def read_ages(text: str) -> tuple[Range, ...] | None:
    """The first and last year of each range of ages that a text names; None where it cannot be read for certain.

    >>> read_ages("0-19 (up to 25 with SEND)"), read_ages("18 months to 4 years"), read_ages("Years 7 to 9"), read_ages("over 60s")
    (((0, 19), (0, 25)), ((1, 4),), ((11, 14),), ((60, 120),))
    >>> read_ages("12 and over, under 18"), read_ages("teenagers and their carers"), read_ages("")
    (((12, 17),), None, None)
    """
    words = _cut(text)
    if words is None:
        return None
    sorts = "".join(word.sort for word in words)
    found: list[Range] = []
    at, has_ages, has_people = 0, False, False
    while at < len(words):
        hit, read = next(((hit, read) for pattern, read in _RULES if (hit := pattern.match(sorts, at))), (None, None))
        if hit is None:
            return None
        here = read(words[at : hit.end()]) if read else None
        if read and (here is None or not 0 <= here[0] <= here[1] <= OLDEST):
            return None
        found += [here] if here else []
        has_ages, has_people = has_ages or bool(here), has_people or sorts[at] == "H"
        at = hit.end()
        if sorts[at - 1] in "AB" or at == len(words):
            if has_people and not has_ages:
                return None  # "children and adults": which children?
            has_ages, has_people = False, False
    return tuple(found) or None


def _cut(text: str) -> list[_Word] | None:
    """The words of a text that say something; None where one is unknown."""
    left = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("≥", ">=").replace("≤", "<=")
    left = "".join("-" if unicodedata.category(letter) == "Pd" or letter == "\u2212" else letter for letter in left)
    left = " ".join(left.split()).strip(" .,;:")
    words: list[_Word] = []
    while left:
        behind = words[-1].sort if words else ""
        able = (each for each in _SORTS if each[0] not in "PD" or behind == "N")  # "and over" has its number in front
        sort, hit = next(((sort, hit) for sort, pattern in able if (hit := pattern.match(left))), ("", None))
        if hit is None:
            return None
        if sort == "N":
            number, unit = hit["number"], hit["unit"] or ""
            words.append(_Word("N", int(number) if number.isdigit() else _NUMBERS[number.replace(" ", "-")], unit))
        elif sort == "G":
            group = next(years for pattern, years in _GROUPS.items() if re.match(rf"(?:{pattern})\b", left))
            words.append(_Word("G", group=group))
        elif sort != "W":
            words.append(_Word(sort))
        left = left[hit.end() :].lstrip()
    return words


# ---- what an order of words means ----


def _numbers(words: Sequence[_Word]) -> list[_Word]:
    return [word for word in words if word.sort == "N"]


def _from_to(words: Sequence[_Word]) -> Range:
    """ "6 to 18 months" is months at both ends, "6 months to 5" is not; of "11 to 16 or 18" the last counts."""
    first, *others = _numbers(words)
    last = others[-1]
    if not first.unit and last.unit and first.number <= last.number:
        first = _Word("N", first.number, last.unit)
    return first.year(), max(other.year() for other in others)


def _over_under(words: Sequence[_Word]) -> Range:
    first, last = _numbers(words)
    return first.year(), last.year(last=words[-2].sort == "U")


def _under(words: Sequence[_Word]) -> Range:
    return 0, words[-1].year(last=True)


def _up_to(words: Sequence[_Word]) -> Range:
    return 0, _numbers(words)[0].year()


def _over(words: Sequence[_Word]) -> Range:
    return _numbers(words)[0].year(), OLDEST


def _exactly(words: Sequence[_Word]) -> Range:
    return words[0].year(), words[0].year()


def _unsure(words: Sequence[_Word]) -> None:
    """ "18 and 25" without "from" or "between" may be two ages or all from one to the other."""


def _school(words: Sequence[_Word]) -> Range | None:
    """Year 1 is for children of 5 who turn 6; before it comes Reception, and there is none after Year 13."""
    years = [0 if word.sort == "R" else word.number for word in words if word.sort in "NR"]
    last = OLDEST if words[-1].sort == "P" else years[-1] + 5
    return (years[0] + 4, last) if max(years) <= 13 and years == sorted(years) else None


#: What may come next, the longer first, and how it is read; None for what has no ages in it.
_RULES: Final[list[tuple[re.Pattern[str], Callable[[Sequence[_Word]], Range | None] | None]]] = [
    (re.compile(pattern), read)
    for pattern, read in (
        (r"F?YN(?:(?:T|A)Y?N(?![TPD])|(?:[AB]Y?N(?![TPD]))+)", _school), (r"F?RTY?N", _school), (r"F?YNP", _school), (r"F?YN", _school), (r"R", _school),
        (r"(?:[OF]NP?|NP)[AB]?[UX]N", _over_under), (r"F?N(?:X|TU)N", _over_under),
        (r"F?NTNAN(?![TPDX])", _from_to), (r"FNAN(?![TPDX])", _from_to), (r"[OF]?NTN", _from_to),
        (r"NA?N(?!U|X|P|D|T)", _unsure), (r"UN", _under), (r"[XT]N", _up_to), (r"ND", _up_to), (r"[OF]?NP", _over), (r"[OF]N", _over), (r"N", _exactly),
        (r"G", lambda words: words[0].group), (r"[HABC]", None),
    )
]  # fmt: skip
