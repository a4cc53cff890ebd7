"""Names as people type them, and the area that is meant: one rule, in Python and in the browser."""

from __future__ import annotations

from typing import Final

#: What is typed -> the code that comes first.
FOUND: Final[dict[str, str]] = {
    "Bristol, City of": "E06000023", "City of Bristol": "E06000023", "Bristol City Council": "E06000023", "bristol": "E06000023",
    "Kingston upon Hull": "E06000010", "Kingston upon Hull, City of": "E06000010", "Hull City Council": "E06000010", "hull, kingston upon": "E06000010",
    "Herefordshire, County of": "E06000019", "County of Herefordshire": "E06000019", "Herefordshire Council": "E06000019",
    "Leeds City Council": "E08000035", "City of Leeds": "E08000035", "Leeds MBC": "E08000035", "Leeds City Counc": "E08000035",
    "London Borough of Camden": "E09000007", "Camden Council": "E09000007", "LB Camden": "E09000007", "Camden, London Borough of": "E09000007",
    "Royal Borough of Kensington & Chelsea": "E09000020", "City of Westminster": "E09000033", "Westminster City Council": "E09000033",
    "City of London": "E09000001", "City of London Corporation": "E09000001", "London": "E12000007", "London region": "E12000007",
    "NHS Devon": "E54000037", "Devon ICB": "E54000037", "NHS Devon Integrated Care Board": "E54000037",
    "NHS Birmingham and Solihull ICB": "E54000055", "Birmingham & Solihull Integrated Care Board": "E54000055",
    "Birmingham City Council": "E08000025", "Durham County Council": "E06000047", "County Durham": "E06000047",
    "Allerdale": "E06000063", "Allerdale Borough Council": "E06000063", "Aylesbury Vale District Council": "E06000060", "Scarborough Borough Council": "E06000065",
    "Somerset West & Taunton": "E06000066", "Barrow in Furness": "E06000064", "St. Helens Council": "E08000013", "Saint Helens": "E08000013",
    "Isle of Wight Council": "E06000046", "City of York": "E06000014", "Yorkshire and the Humber": "E12000003",
    "E08000039": "E08000019", "e08000038": "E08000016", "E07000026": "E06000063", "QHL": "E54000055",
}  # fmt: skip
