"""What may stand in no text that people send: an e-mail address, a telephone number, an NHS number, a home's postcode.

A text is looked at as it reads: with digits of any script as 0 to 9, and without letters that are not seen. Links are left out: a
link has digits of its own. When a sign is unsure, whole numbers that a report may hold (years, ages, money, ISSN) are let through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_INSTEAD: Final = "Give the organisation’s own public page instead"
EMAIL: Final = f"this looks like an e-mail address, and none is kept here. {_INSTEAD}"
PHONE: Final = f"this looks like a telephone number, and none is kept here. {_INSTEAD}"
NHS_NUMBER: Final = "this looks like an NHS number, and no patient’s number is kept here. Take it out"
POSTCODE: Final = (
    "there is a whole postcode in this text. Put that of the organisation’s site into the field for it, and write no home’s anywhere"
)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
#: Numbers with a name of their own: links, DOIs, ISSNs, ISBNs.
_NAMED: Final = re.compile(r"https?://\S+|\b10\.\d{4,9}/\S+|\bIS[BS]N(?:-1[03])?:?\s*[\dX][\dX -]{7,16}", re.IGNORECASE)
#: What may stand between the groups of one number.
_BETWEEN: Final = r"[\s().\-/‐‑‒–—−]{1,3}"
#: Groups of digits that may be one number: not part of a word or of a code, not behind a decimal point, not money.
_RUN: Final = re.compile(rf"(?<![^\W_])(?<!\d[.,])(?<![£$€])\+?\d+(?:{_BETWEEN}\d+)*(?![^\W_])(?![.,]\d)")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_AREAS: Final = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS"
    " HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM"
    " SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_POSTCODE: Final = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(sorted(_AREAS.split(), key=len, reverse=True))})\d[A-Z\d]?[\s-]{{0,2}}\d[ABD-HJLNP-UW-Z]{{2}}(?![^\W_])", re.IGNORECASE
)  # fmt: skip
_ORDINAL: Final = re.compile(r"\d(?:st|nd|rd|th)$")


def say_personal(text: str) -> str:
    """What a text holds that may not be kept, as a sentence with the next step; "" where nothing.

    >>> [say_personal(text) for text in ("Ages 0 to 4, 2019–2024", "ISSN 0028-0836", "£1,234,567")]
    ['', '', '']
    >>> say_personal("Ring (020) 7946 0958") == PHONE, say_personal("943 476 5919") == NHS_NUMBER
    (True, True)
    """
    text = _read(text)
    if _EMAIL.search(text):
        return EMAIL
    plain = _NAMED.sub(" ; ", text)
    if any(_is_phone(groups, signs) for groups, signs in _runs(plain)):
        return PHONE
    if any(_is_nhs_number(groups) for groups, _signs in _runs(plain)):
        return NHS_NUMBER
    found = [each[0] for each in _POSTCODE.finditer(plain)]
    return POSTCODE if any(not _ORDINAL.search(each) for each in found) else ""


def _read(text: str) -> str:
    """A text as it reads: digits of any script as 0 to 9, forms as plain letters, nothing that is not seen."""
    digits = (str(unicodedata.decimal(letter, letter)) for letter in unicodedata.normalize("NFC", text))
    seen = "".join(letter for letter in digits if unicodedata.category(letter) != "Cf")
    return re.sub(r"\(0\)\s*(?=\d)", "0", seen.translate(_WIDE))


#: The wide forms of a keyboard for Chinese or Japanese.
_WIDE: Final = {0xFF01 + n: 0x21 + n for n in range(94)}


def _runs(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Each part of a run of groups of digits that may be a number by itself, with the signs between them; up to 20 digits long."""
    for run in _RUN.finditer(text):
        groups = re.findall(r"\+?\d+", run[0])
        signs = re.findall(r"(?<=\d)[^\d+]+", run[0])
        for first in range(len(groups)):
            if first and signs[first - 1] == ".":  # behind a decimal point
                continue
            length = 0
            for last in range(first, len(groups)):
                length += len(groups[last])
                if length > 20:
                    break
                if length >= 9:
                    yield groups[first : last + 1], signs[first:last]


def _is_phone(groups: list[str], signs: list[str]) -> bool:
    """Whether groups of digits are a telephone number: from abroad with + or 00, or as in the United Kingdom with 0."""
    digits = "".join(groups)
    if digits.startswith("+"):
        years = len(groups) > 1 and all(_YEAR.fullmatch(group) for group in groups[1:])
        return 9 <= len(digits) - 1 <= 15 and not years
    if re.match(r"00[1-9]", groups[0]):
        return 10 <= len(digits) <= 17
    if not re.match(r"0[1-35-9]", digits) or not 10 <= len(digits) <= 11:
        return False
    if all(len(group) == 1 for group in groups):  # one by one; ten would be a scale from 0 to 9
        return len(digits) == 11
    if all(len(group) <= 2 for group in groups):  # in pairs: mobile numbers alone, or it may be a list or dates
        return groups[0] == "07" and len(set(signs)) == 1
    return len(groups[0]) > 2 and all(len(group) > 1 for group in groups)


def _is_nhs_number(groups: list[str]) -> bool:
    """Whether groups of digits are an NHS number: ten digits, the last of which is the check on the others."""
    digits = "".join(groups)
    if len(digits) != 10 or not digits.isdigit():
        return False
    sizes = [len(group) for group in groups]
    if sizes != [3, 3, 4] and any(_YEAR.fullmatch(group) for group in groups):
        return False
    if len(groups) > 1 and sizes[0] < 4 and set(sizes[1:]) == {3}:  # thousands, as in 1 234 567 890
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check % 11 == int(digits[9]) and len(set(digits)) > 1 and digits != "0123456789"  # a scale is none
