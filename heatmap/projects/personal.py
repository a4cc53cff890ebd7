"""What may be in no text that people send: an e-mail address, a telephone number, an NHS number, a home's postcode.

This is a policy for what comes in. What was accepted before is read without it, so that a stricter policy hides nothing.

A text is looked at as it reads: with digits of any script as 0 to 9, one blank for many, and without letters that are not seen.
Links are left out, but for what follows their ? or #: a link has digits of its own. When a sign is unsure, numbers that a report may
hold (years, ages, money, ISSN) are let through. A name cannot be recognised: that is for reviewers to see.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_plus

_INSTEAD: Final = "Give the organisation’s own public page instead"
EMAIL: Final = f"this looks like an e-mail address, and none is kept here. {_INSTEAD}"
PHONE: Final = f"this looks like a telephone number, and none is kept here. {_INSTEAD}"
NHS_NUMBER: Final = "this looks like an NHS number, and no patient’s number is kept here. Take it out"
POSTCODE: Final = (
    "there is a full postcode in this text. Put the postcode of the organisation’s site into its own field, and never write the"
    " postcode of a home"
)
LINK: Final = "this link has a postcode or an e-mail address in it. Take away what follows the ? or #, and check that it still opens"
_AT: Final = r"\s{0,3}(?:@|[(\[{<]\s?(?:at|@)\s?[)\]}>])\s{0,3}"
_DOT: Final = r"(?:\.|\s\.\s|\s?[(\[{<]\s?(?:dot|\.)\s?[)\]}>]\s?|\sdot\s)"
#: Of the name before the @ the last letter is enough: a longer look behind each would be slow.
_EMAIL: Final = re.compile(
    rf"[\w.+-]@[\w-]{{1,63}}\.[\w.]|[\w.+-]{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,4}}{_DOT}[^\W\d_]{{2}}|\w at [\w-]{{1,63}} dot \w"
    # "look at nhs.uk" is no address; "j.smith at nhs.net" and "smith AT nhs.net" are
    r"|(?:\w[.+-]\w{1,63} at |\w(?-i: AT ))[\w-]{1,63}\.[^\W\d_]{2}",
    re.IGNORECASE,
)
#: Numbers with a name of their own: links, DOIs, ISSNs, ISBNs.
_LINKED: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_NAMED: Final = re.compile(r"https?://\S+|\b10\.\d{4,9}/\S+|\bIS[BS]N(?:-1[03])?:?\s*[\dX][\dX -]{7,16}", re.IGNORECASE)
#: What may be between the groups of one number.
_BETWEEN: Final = r"[\s().\-/_*·•|~‐‑‒–—−]{1,3}"
#: Groups of digits that may be one number: not part of a word or of a code, not behind a decimal point, not money.
_RUN: Final = re.compile(rf"(?<![^\W_])(?<!\d[.,])(?<![£$€])\+?\d+(?:{_BETWEEN}\d+)*(?![^\W_])(?![.,]\d)")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_AREAS: Final = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP"
    " HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE"
    " SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_AREA: Final = "|".join(sorted(_AREAS.split(), key=len, reverse=True))
_GAP: Final = r"[\s._,/|*·‐‑‒–—−-]{0,3}"
_LAST: Final = "[ABD-HJLNP-UW-Z]"
#: "B14 7QH" with whatever between its parts; "B14 7 QH" in capitals; "B1 47QH" and "B147QHfamilies" in capitals; "b 1 4 7 q h".
_POSTCODE: Final = re.compile(
    rf"(?<![^\W_])(?:(?:{_AREA}){_GAP}\d[A-Z\d]?{_GAP}\d{_LAST}{{2}}"
    rf"|(?-i:(?:{_AREA})\d[A-Z\d]?[\s-]{{0,2}}\d[\s-]{{1,2}}{_LAST}{{2}})"
    rf"|(?-i:(?:{_AREA})\d[\s-]\d\d{_LAST}{{2}})"
    rf"|(?-i:(?:{_AREA})\d[A-Z\d]?[\s-]?\d{_LAST}{{2}})(?=[a-z])[a-z]+"
    rf"|[A-Z](?:[\s.-][A-Z])?(?:[\s.-]\d){{1,2}}(?:[\s.-][A-Z])?[\s.-]\d[\s.-]{_LAST}[\s.-]{_LAST})(?![^\W_])",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(r"\d(?:st|nd|rd|th)$", re.IGNORECASE)
#: A word that is written onto the number or postcode behind it.
_GLUED: Final = re.compile(
    r"(?<![^\W\d_])(?:(tel|telephone|phone|ph|mob|mobile|cell|call|ring|text|sms|whatsapp|fax|number|num|nhsnumber|nhsno|nhs|no|nr|patient|mrn|id|t|m|p)(?=[\d+])|"
    r"(postcode|postal|post|code|pc|address|addr|home|house|at|from)(?=[A-Z]{1,2}\d))",
    re.IGNORECASE,
)
#: A whole number of the United Kingdom inside other letters, and letters behind any long number.
_INSIDE: Final = re.compile(r"(?<=[^\W\d_])(?=(?:\+44|0[1-35-9])\d{9}(?!\d))")
_BEHIND: Final = re.compile(r"(?<=\d{10})(?=[^\W\d_])")
#: Up to four groups with commas between; and those that are one number with thousands, or with a decimal comma.
_COMMAS: Final = re.compile(r"(?<![\d.,£$€])\d+(?:,\d+){1,3}(?![\d.,])")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3},\d+")
#: Digits with a letter that looks like one.
_LIKE_DIGITS: Final = re.compile(r"(?<![^\W_])[oOlI]?\d[\doOlI]*(?![^\W_])")
_AS_DIGITS: Final = str.maketrans("oOlI", "0011")


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
    if any(say_personal_link(each[0]) for each in _LINKED.finditer(text)):
        return LINK
    plain = _GLUED.sub(r"\g<0> ", _NAMED.sub(" ; ", text))
    numbers = list(_runs(_LIKE_DIGITS.sub(lambda each: each[0].translate(_AS_DIGITS), _separate(plain))))
    if any(_is_phone(groups, signs) for groups, signs in numbers):
        return PHONE
    if any(_is_nhs_number(groups) for groups, _signs in numbers):
        return NHS_NUMBER
    return POSTCODE if _has_postcode(plain) else ""


def say_personal_link(address: str) -> str:
    """What a link hands on behind its ? or # that may not be kept: a postcode or an e-mail address; "" where nothing.

    >>> say_personal_link("https://example.org/b14-7qh?page=2"), say_personal_link("https://example.org/find?near=B14%207QH") == LINK
    ('', True)
    """
    asked = _read(unquote_plus(re.sub(r"^[^?#]*", "", address)))
    plain = re.sub(r"[=&?#;]", " ", asked)
    return LINK if _EMAIL.search(asked) or _has_postcode(plain) else ""


def _has_postcode(text: str) -> bool:
    return any(not _ORDINAL.search(each[0]) for each in _POSTCODE.finditer(text))


def _read(text: str) -> str:
    """A text as it reads: digits of any script as 0 to 9, forms as plain letters, one blank for many, nothing that is not seen."""
    seen = "".join(_as_digit(letter) for letter in unicodedata.normalize("NFC", text) if not _is_unseen(letter)).translate(_WIDE)
    return re.sub(r"\(0\)\s*(?=\d)", "0", re.sub(r"\s+", " ", seen))


def _as_digit(letter: str) -> str:
    if letter.isascii():
        return letter
    if unicodedata.decomposition(letter).startswith("<circle>"):
        return str(unicodedata.digit(letter, letter))
    return str(unicodedata.decimal(letter, letter))


def _is_unseen(letter: str) -> bool:
    return not letter.isascii() and (unicodedata.category(letter) == "Cf" or letter in _UNSEEN or "\ufe00" <= letter <= "\ufe0f")


_UNSEEN: Final = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
#: The wide forms of a keyboard for Chinese or Japanese, the small @, and blanks that are called signs.
_WIDE: Final = {0xFF01 + n: 0x21 + n for n in range(94)} | {0xFE6B: "@", 0x2800: " "}


def _separate(text: str) -> str:
    """A text with long numbers apart from letters, and with a blank for the comma inside what is no number with thousands."""
    apart = _BEHIND.sub(" ", _INSIDE.sub(" ", text))
    return _COMMAS.sub(lambda each: each[0] if _THOUSANDS.fullmatch(each[0]) else each[0].replace(",", " "), apart)


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
    if _is_mobile(groups, digits):
        return True
    if not re.match(r"0[1-35-9]", digits) or not 10 <= len(digits) <= 11:
        return False
    if all(len(group) == 1 for group in groups):  # one by one; ten would be a scale from 0 to 9
        return len(digits) == 11
    if all(len(group) <= 2 for group in groups):  # in pairs: mobile numbers alone, or it may be a list or dates
        return groups[0] == "07" and len(set(signs)) == 1
    return len(groups[0]) > 2 and all(len(group) > 1 for group in groups)


def _is_mobile(groups: list[str], digits: str) -> bool:
    """Whether groups are a mobile number of the United Kingdom however it is cut: "07 900 900 12 3", "00 44 7900 900123", "7900 900123".

    Cut into single digits or pairs alone it may be a list, a scale or dates: these are told apart by ``_is_phone``.
    """
    if max(map(len, groups)) < 3:
        return False
    if re.fullmatch(r"07[1-9]\d{8}|(?:00)?447[1-9]\d{8}", digits):
        return True
    return re.fullmatch(r"7[1-9]\d{8}", digits) is not None and [len(group) for group in groups] in ([4, 6], [4, 3, 3])


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
