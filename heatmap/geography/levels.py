"""The five levels of area, their codes and vintages, and their names as people say them."""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

Level = Literal["lsoa", "msoa", "lad", "icb", "rgn"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
#: The whole country's code, which is no code of an area on the map.
ENGLAND: Final = "E92000001"

#: How many areas of each level England has, and the column that carries a level's code, with its vintage.
COUNT: Final[dict[Level, int]] = {"lsoa": 33_755, "msoa": 6_856, "lad": 296, "icb": 42, "rgn": 9}
PARENT_COLUMN: Final[dict[Level, str]] = {
    "lsoa": "lsoa21_code",
    "msoa": "msoa21_code",
    "lad": "lad24_code",
    "icb": "icb24_code",
    "rgn": "rgn24_code",
}
CODE_PATTERN: Final[dict[Level, str]] = {
    "lsoa": r"E01\d{6}",
    "msoa": r"E02\d{6}",
    "lad": r"E0[6-9]\d{6}",
    "icb": r"E54\d{6}",
    "rgn": r"E12\d{6}",
}
#: A whole postcode in capitals, its two halves apart: outward and inward.
POSTCODE_PATTERN: Final = r"([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})"
#: One, and many, in plain words.
SINGULAR: Final[dict[Level, str]] = {
    "lsoa": "neighbourhood",
    "msoa": "wider neighbourhood",
    "lad": "authority",
    "icb": "NHS board",
    "rgn": "region",
}
PLURAL: Final[dict[Level, str]] = {
    "lsoa": "neighbourhoods",
    "msoa": "wider neighbourhoods",
    "lad": "authorities",
    "icb": "NHS boards",
    "rgn": "regions",
}
#: As the level picker says it: the plain word, then the field's own.
PICKER: Final[dict[Level, str]] = {
    "lsoa": "neighbourhood (LSOA)",
    "msoa": "wider neighbourhood (MSOA)",
    "lad": "local authority",
    "icb": "NHS integrated care board (ICB)",
    "rgn": "region",
}

#: Official names of authorities -> as people say them.
SPOKEN: Final[dict[str, str]] = {
    "Bristol, City of": "Bristol",
    "Herefordshire, County of": "Herefordshire",
    "Kingston upon Hull, City of": "Hull",
}


def level_of(code: str) -> Level | None:
    """The level a code belongs to, or None if it is no English code that we map.

    >>> level_of("E01021988"), level_of("E08000025"), level_of("W01000001")
    ('lsoa', 'lad', None)
    """
    return next((level for level, pattern in CODE_PATTERN.items() if re.fullmatch(pattern, code)), None)


def say_authority(name: str) -> str:
    """An authority's name as people say it.

    >>> say_authority("Kingston upon Hull, City of")
    'Hull'
    """
    return SPOKEN.get(name, name)


def say_icb(name: str) -> str:
    """A board's name without the words that all 42 share.

    >>> say_icb("NHS Cheshire and Merseyside Integrated Care Board")
    'Cheshire and Merseyside'
    """
    return name.removeprefix("NHS ").removesuffix(" Integrated Care Board")
