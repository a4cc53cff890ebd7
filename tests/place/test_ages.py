"""For whom a place is, by the words of its list: what can be read for certain, and what is shown to everybody."""

from __future__ import annotations

from typing import get_args

import pytest

from heatmap.place.ages import fits_age, read_ages
from heatmap.words.readers import Age

#: A text, and of whom it is: c children of up to 11, y young people of 12 to 17, a adults of 18 and over.
CASES = {
    "cy": (
        "Under 18s|under-18s|UNDER 18|no older than 17|maximum 17|12 and under|11 to 16|Year 7|U18s|key stage 3|Years 7-9 (11-14)|5-11 and"
        " 12-17|under eighteen"
    ),
    "cya": (
        "Up to 25|up to and including 25|0-19 (up to 25 with SEND)|11 to 25|usually 11 to 16 or 18|18 months and over|4+ years|Year"
        " 6+|secondary school|All ages|any age|"
    ),
    "ya": (
        "16 and above|16+|16 plus|16 years plus|16 or over|16 & over|16yrs+|Aged 16 and over|from 16|16 upwards|16 onwards|over 16|sixteen"
        " and over|12 to 18|14–25 years|12 years old and above|School years 12 and 13|teenagers|not under 16|13 to 19"
    ),
    "a": (
        "Over 60s|over-50s|60+|18 and over|18+|adults|Adults only|Adults (18+)|adults aged 65 and over|older than 18|at least 18|minimum"
        " age 18|≥18|> 18|Over sixties|18 years of age and over|from the age of 18|For those aged 55 and above|older people|18s and over"
    ),
    "c": (
        "5 to 11|5-11|5–11 years|aged 5 to 11 years old|Children aged 5 to 11|between 5 and 11|6-18 months|6 months to 5 years|under 12"
        " months|birth to 5|Reception to Year 6|Years 4, 5 and 6|11 and under|11 or younger|younger than 12|less than 12|max age 11|under"
        " fives|toddlers|Pre-school|6 weeks to 6 months|<12|U12s|Children (5-11)|3|up to the age of 11|0-4, 5-11|5 to 11-year-olds|Babies"
        " and toddlers|KS2|to 11"
    ),
    "y": (
        "between 12 and 17|12 - 17yrs|Years 8-11|Y8-Y11|over 12 and under 18|12 and over, under 18|from 12 up to 17|16-17|twelve to"
        " seventeen|12 to under 18|Young people 12-17|Young people (12-17)"
    ),
    "ca": "Under 5s and over 60s|toddlers and adults",
}
#: What cannot be read for certain.
UNSURE = (
    "children",
    "children and young people",
    "children and adults",
    "no under 18s",
    "5 to 11 with an adult",
    "10am-12",
    "2008 to 2012",
    "£5 to £11",
    "parents of under 5s",
    "pregnant women",
    "ask us",
    "18-",
    "ages vary: 5, 11?",
    "150 to 200",
    "11 to 5",
    "not for under 16s",
    "Year 14",
    "10.30 to 11.30",
    "0121 496 0000",
    "5 to 11 term time",
    "12 to 17 (siblings welcome)",
    "except 5 to 11",
    "18 and 25",
    "18 & 25",
    "16 or 17",
    "twenty 5",
)

_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.mark.parametrize("between", ["-", " "])
def test_numbers_in_words_are_one_number(between: str) -> None:
    """ "twenty five" is 25 wherever a number may be, and never 20 and 5."""
    for ten, name in enumerate(_TENS, 2):
        for unit, digit in enumerate(_UNITS, 1):
            said, years = f"{name}{between}{digit}", 10 * ten + unit
            assert read_ages(said) == ((years, years),)
            assert read_ages(f"Sixteen to {said}") == ((16, years),)
            assert read_ages(f"over {said}") == read_ages(f"{said} and over") == ((years, 120),)
            assert read_ages(f"under {said}s") == ((0, years - 1),)


@pytest.mark.parametrize(("whom", "text"), [(whom, text) for whom, texts in CASES.items() for text in texts.split("|")])
def test_ages_in_words(whom: str, text: str) -> None:
    """Each text for those it is for, and for nobody else; capital letters and blanks do not matter."""
    for said in (text, text.upper(), f"  {text} ", text.replace("-", "–")):
        assert "".join(age[0] for age in get_args(Age) if fits_age(said, age)) == whom, said
    assert fits_age(text, "")


@pytest.mark.parametrize("text", UNSURE)
def test_what_is_not_certain_hides_nothing(text: str) -> None:
    """A guess could send somebody away."""
    assert all(fits_age(text, age) for age in get_args(Age)) and read_ages(text) is None


@pytest.mark.parametrize("first", range(0, 26))
def test_numbers_in_every_order(first: int) -> None:
    """Of a range, of its end and of its beginning, each as numbers say it."""
    for last in range(first, 26):
        for text in (
            f"{first} to {last}",
            f"{first}-{last}",
            f"between {first} and {last}",
            f"from {first} up to {last}",
            f"aged {first} until {last} years",
        ):
            assert read_ages(text) == ((first, last),)
    assert {read_ages(f"{first}{above}") for above in ("+", " and over", " or above", " plus", " and up", " upwards", " or older")} == {
        ((first, 120),)
    }
    assert {read_ages(f"{up} {first}") for up in ("up to", "max", "no older than")} == {((0, first),)}
    if first:
        assert {read_ages(f"{under} {first}s") for under in ("under", "below", "younger than", "less than")} == {((0, first - 1),)}
