"""A text file that someone has saved, read as UTF-8, or told for what it is instead."""

from __future__ import annotations

from typing import Final

#: What a table for people begins with, so that Excel reads it as UTF-8 and "today’s" stays whole.
MARK: Final = "\ufeff".encode()

#: What a file begins with that is no UTF-8 text -> what it is. UTF-32 comes first: its mark begins as that of UTF-16.
_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16 ('Unicode text')"),
    (b"\xfe\xff", "UTF-16 ('Unicode text')"),
)


def decode(content: bytes, save_as: str) -> str:
    """The text, without the mark that some programs put in front. Raises ValueError with a sentence where it is no UTF-8.

    save_as     how to save it again: "'CSV UTF-8'"

    >>> decode("\\ufeffCafé".encode(), "UTF-8 text")
    'Café'
    """
    again = f"Save it again as {save_as}."
    wide = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    if not wide and (content[1:4:2] == b"\x00\x00" or content[0:3:2] == b"\x00\x00"):
        wide = "UTF-32" if content[1:4] == b"\x00\x00\x00" or content[:3] == b"\x00\x00\x00" else "UTF-16 ('Unicode text')"
    if wide:
        raise ValueError(f"saved as {wide}. {again}")
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise ValueError(f"line {line}: a zero byte, so the file is damaged or no text. {again}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        letter = content[fault.start : fault.start + 1].decode("cp1252", "replace")
        raise ValueError(f"line {line}: the letter '{letter}' is not in UTF-8. Save the file again as {save_as}.") from None
