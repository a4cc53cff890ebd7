"""A telephone number as lists have it, with an extension or a word behind it, and as a telephone dials it."""

from __future__ import annotations

import re
from typing import Final

#: A number inside a text: one that starts with 0 or +, or one of the short ones that everybody knows.
_NUMBER: Final = re.compile(r"(?<![\w+])(?:\+\d|\(?0)[\d\s().-]{6,24}\d(?!\d)|(?<!\w)(?:1(?:01|05|11|12|19|16 ?\d{3})|999)(?!\w)")


def find_number(text: str) -> tuple[str, str]:
    """The first number of a text, and what stands behind it; "" and "" where there is none.

    >>> find_number("0121 496 0010 ext 22"), find_number("Tel: 0121 496 0010 (mornings)"), find_number("n/a")
    (('0121 496 0010', 'ext 22'), ('0121 496 0010', '(mornings)'), ('', ''))
    """
    text = " ".join(text.split())
    if re.fullmatch(r"\+?\d{3,15}", re.sub(r"\(0\)|[\s().-]", "", text)):
        return text, ""
    found = _NUMBER.search(text)
    return (found[0].strip(), text[found.end() :].strip(" ,;")) if found and dial(found[0]) else ("", "")


def dial(phone: str) -> str:
    """A number as a telephone dials it, without its extension, "" where it is none.

    >>> dial("0121 444 2054"), dial("+44 (0)121 444 2054"), dial("ask <b>Jo</b>"), dial("0121 496 0010 ext 22")
    ('01214442054', '+441214442054', '', '01214960010')
    """
    digits = re.sub(r"\(0\)|[\s().-]", "", phone)
    if re.fullmatch(r"\+?\d{3,15}", digits):
        return digits
    found = _NUMBER.search(phone)
    digits = re.sub(r"\(0\)|[\s().-]", "", found[0]) if found else ""
    return digits if re.fullmatch(r"\+?\d{3,15}", digits) else ""
