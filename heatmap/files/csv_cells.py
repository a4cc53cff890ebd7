"""The text of a cell of a CSV, made safe: no spreadsheet takes it for a formula, however it cuts the line.

Where commas are decimals, spreadsheets cut at semicolons, and a quote in the middle of a line then protects nothing: what stands
behind a semicolon, a tab or a line break becomes the beginning of a cell. Every CSV that we write takes its texts through here.
"""

from __future__ import annotations

import re
from typing import Final

#: What begins a formula; the wide ones do where Chinese, Japanese or Korean is written.
_SIGNS: Final = "=+\\-@\t\r＝＋－＠"
#: Where a cell may begin, with blanks and quotes that a spreadsheet may take away.
_BEGINS: Final = r"(^|[;\t\r\n])([ \u00a0\u3000\"]*)"
_FORMULA: Final = re.compile(rf"{_BEGINS}(?='*[{_SIGNS}])")
_DEFUSED: Final = re.compile(rf"{_BEGINS}'(?='*[{_SIGNS}])")


def defuse(text: str) -> str:
    """A text with an apostrophe before each sign that could begin a formula; ``refuse`` gives back the same.

    >>> defuse("=1+1"), defuse("'=1"), defuse("it's"), defuse("food; =1+1"), defuse("a\\n@b"), defuse("＝1"), defuse("one-two; three")
    ("'=1+1", "''=1", "it's", "food; '=1+1", "a\\n'@b", "'＝1", 'one-two; three')
    """
    return _FORMULA.sub(r"\1\2'", text)


def refuse(text: str) -> str:
    """The text behind a defused cell.

    >>> [refuse(defuse(text)) for text in ("=1", "'=1", "'tis", "-", "a; '-b", "\\t=1;\\t'+2")]
    ['=1', "'=1", "'tis", '-', "a; '-b", "\\t=1;\\t'+2"]
    """
    return _DEFUSED.sub(r"\1\2", text)


def defuse_line(text: str) -> str:
    """A defused text on one line.

    >>> defuse_line("=1+1"), defuse_line("Jaywick"), defuse_line("two\\nlines")
    ("'=1+1", 'Jaywick', 'two lines')
    """
    return defuse(text.replace("\r", " ").replace("\n", " "))
