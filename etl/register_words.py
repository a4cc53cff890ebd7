"""How a register writes names, addresses and telephone numbers, and how people write them."""

from __future__ import annotations

import re
from typing import Final

from heatmap.phones import find_number

#: Words that stand in small letters inside a name.
_SMALL: Final = frozenset(
    [
        "a",
        "am",
        "an",
        "and",
        "at",
        "by",
        "cum",
        "de",
        "for",
        "from",
        "in",
        "le",
        "la",
        "les",
        "next",
        "near",
        "of",
        "off",
        "on",
        "or",
        "over",
        "the",
        "to",
        "under",
        "upon",
        "via",
        "with",
        "juxta",
        "en",
        "y",
    ]
)
#: Words that stay in capitals, because they are said letter by letter or count kings and wards.
_CAPITALS: Final = frozenset(
    [
        "NHS",
        "GP",
        "GPS",
        "UK",
        "AW",
        "BMI",
        "BRI",
        "CE",
        "RC",
        "CIC",
        "MK",
        "NE",
        "NW",
        "SE",
        "SW",
        "EC",
        "WC",
        "UNP",
        "HMP",
        "HMYOI",
        "LLP",
        "PLC",
        "PMS",
        "APMS",
        "GMS",
        "SAS",
        "NCL",
        "LLR",
        "SEL",
        "PHL",
        "KES",
        "STP",
        "ICB",
        "ICS",
        "OOH",
        "PCC",
        "PCN",
        "HC",
        "HCRG",
        "MC",
        "HW",
        "HMS",
        "RAF",
        "USA",
        "II",
        "III",
        "IV",
        "VI",
        "VII",
        "VIII",
        "IX",
        "XI",
        "XII",
        "A&E",
        "NEL",
        "C&P",
        "MKGP",
        "NEMS",
        "SSP",
        "GPCC",
        "ABC",
    ]
)
#: Words whose shape no rule gives.
_KNOWN: Final = {
    "LTD": "Ltd", "LIMI": "Limited", "CTR": "Centre", "CENTR": "Centre", "CTRE": "Centre", "CTRS": "Centres", "CNT": "Centre", "CT": "Ct", "FL": "Floor", "FLR": "Floor",
    "GRND": "Ground", "PRK": "Park", "RTL": "Retail", "PTNR": "Partner", "ST": "St", "RD": "Rd", "DR": "Dr", "DRS": "Drs",
    "MR": "Mr", "MRS": "Mrs", "SQ": "Sq", "PK": "Park", "BLDG": "Bldg", "LLOYDSPHARMACY": "LloydsPharmacy", "MCARTHUR": "McArthur",
    "MCDONALD": "McDonald", "MCKENZIE": "McKenzie", "PHARMACY2U": "Pharmacy2U", "SCH": "Sch", "PHCY": "Pharmacy", "MY": "My",
    "BY": "by", "WM": "Wm", "GRP": "Group", "PTNRS": "Partners", "PRACT": "Practice", "SURG": "Surgery", "SURGE": "Surgery",
    "HTH": "Health", "BLVD": "Blvd", "CRT": "Court", "STN": "Stn", "WHSMITH": "WHSmith", "SVC": "Service", "TCHG": "Teaching",
    "HLTH": "Health", "CNTR": "Centre", "NTH": "Nth", "STH": "Sth", "CHMS": "Chemists", "CHMST": "Chemist", "LTD.": "Ltd",
}  # fmt: skip
_WORD: Final = re.compile(r"[A-Z0-9][A-Z0-9'’.&]*")


def tidy_name(text: str) -> str:
    """A name as people write it, where a register has it in capitals; any other is left, but for doubled blanks.

    >>> tidy_name("THE LIMES SURGERY"), tidy_name("ST. JOHN'S NHS WALK-IN CTR")
    ('The Limes Surgery', "St. John's NHS Walk-in Centre")
    >>> tidy_name("T/A O'BRIEN & SONS (STOKE-ON-TRENT) LTD"), tidy_name("ALL SAINTS C OF E HALL, 2ND FLOOR")
    ("O'Brien & Sons (Stoke-on-Trent) Ltd", 'All Saints C of E Hall, 2nd Floor')
    >>> tidy_name("JFS"), tidy_name("Great  Ormond Street"), tidy_name("11A MCDONALD RD")
    ('JFS', 'Great Ormond Street', '11A McDonald Rd')
    """
    text = " ".join(text.replace("\u00a0", " ").split())
    text = re.sub(r"^T/A (?=.)", "", text)
    if re.search(r"[a-z]", text):
        return text
    return _WORD.sub(lambda found: _tidy_word(found, text), text)


def _tidy_word(found: re.Match[str], whole: str) -> str:
    word, before = found[0], whole[: found.start()]
    bare = word.rstrip(".")
    if bare in _KNOWN and not (bare == "ST" and before.endswith("'")):
        known = _KNOWN[bare]
        return known if bare in ("CTR", "LTD") else known + word[len(bare) :]
    if bare in _CAPITALS or re.fullmatch(r"(?:[A-Z]\.)+[A-Z]?|[A-Z]", word):
        alone = len(bare) == 1 and bare == "A" and before and before.rstrip()[-1:] not in ("-", "&", "(")
        return word.lower() if alone else word
    if bare.lower() in _SMALL:
        first = not before.strip() or before.rstrip()[-1] in "(,:;/" or before.endswith(" - ")
        return word.capitalize() if first else word.lower()
    if re.fullmatch(r"\d+(?:ST|ND|RD|TH)", bare):
        return word.lower()
    if re.search(r"\d", word):
        return word
    if not re.search(r"[AEIOUY]", bare) and len(bare) <= 4:
        return word  # letters that spell nothing: JFS, NCG
    if found := re.fullmatch(r"([OD])['’]([A-Z.]{3,})", word):  # type: ignore[assignment]
        return f"{found[1]}'{found[2].capitalize()}"
    if re.fullmatch(r"MC[B-DF-HJ-NP-TV-Z][A-Z]{3,}", bare):
        return f"Mc{word[2:].capitalize()}"
    return "&".join(part.capitalize() for part in word.split("&"))


def join_address(*lines: str) -> str:
    """The lines of an address in one, tidied; empty ones and those that only say the one before again are left out.

    >>> join_address("HEALTH CENTRE", "LAWSON STREET", "", "STOCKTON-ON-TEES", "STOCKTON-ON-TEES")
    'Health Centre, Lawson Street, Stockton-on-Tees'
    """
    kept: list[str] = []
    for line in lines:
        tidy = re.sub(r"\s*,\s*", ", ", tidy_name(line)).strip(" ,")
        if tidy and tidy.casefold() not in (each.casefold() for each in kept):
            kept.append(tidy)
    return ", ".join(kept)


def tidy_phone(text: str) -> str:
    """A telephone number as people write it, with what stands behind it, like an extension; "" for what is none.

    >>> tidy_phone("01642 672351"), tidy_phone("0121 7785350"), tidy_phone("020 85425555"), tidy_phone("02392 386914")
    ('01642 672351', '0121 778 5350', '020 8542 5555', '023 9238 6914')
    >>> tidy_phone("0300 1234567"), tidy_phone("12"), tidy_phone("")
    ('0300 123 4567', '', '')
    >>> tidy_phone("01214960010 ext 22"), tidy_phone("+44 121 496 0010")
    ('0121 496 0010 ext 22', '+44 121 496 0010')
    """
    number, behind = find_number(text)
    digits = re.sub(r"\D", "", number)
    if not re.fullmatch(r"0[1-378]\d{8,9}", digits):
        return f"{number} {behind}".strip()[:60] if number and not digits.startswith("0") else ""
    if digits.startswith("02"):
        cuts = (3, 7)
    elif re.match(r"01[0-9]1|011|03|08", digits):
        cuts = (4, 7)
    else:
        cuts = (5, 5)
    parts = (digits[: cuts[0]], digits[cuts[0] : cuts[1]], digits[cuts[1] :])
    return " ".join(part for part in (*parts, behind) if part)[:60]


def tidy_postcode(text: str) -> str:
    """A postcode with one blank before its second half.

    >>> tidy_postcode("se29fa"), tidy_postcode("SE1  1JA"), tidy_postcode("n/a")
    ('SE2 9FA', 'SE1 1JA', '')
    """
    squeezed = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"{squeezed[:-3]} {squeezed[-3:]}" if re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}", squeezed) else ""
