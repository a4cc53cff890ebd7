"""What is wrong with a card, in plain words: the file, the line of the key, what it should hold, and the next step."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from heatmap.errors import LayerCardError, nearest_word
from heatmap.layers.cards import Card, Kind, RawFile, Source

_TABLES: Final[dict[str, Any]] = {"source": Source, "file": RawFile, "kinds": Kind}
#: The faults of a value by their kind -> what to write. ``{key}`` is the key, ``{text}`` the value in quotes.
_CURES: Final[dict[str, str]] = {
    "string_type": "This is text: put it in quotes, {text}.",
    "int_type": "Write a whole number without quotes, like {key} = 3.",
    "float_type": "Write a number without quotes, like {key} = 12.5.",
    "finite_number": "A figure cannot be that number. Write one, like {key} = 100.",
    "bool_type": "Write true or false, in small letters and without quotes: {key} = true.",
    "date_type": "Write year, month and day without quotes: {key} = 2026-03-31.",
    "tuple_type": "Write a list in square brackets: {key} = [{text}].",
    "dict_type": "Write it in curly brackets: {key} = {{ value = 12.5 }}.",
    "model_type": "Write [{key}] on a line of its own, and its keys under it.",
}
_PATTERNS: Final[dict[str, str]] = {
    "question": "End it with a question mark.",
    "page": "Write the full address, starting with https://, without spaces.",
    "sha256": "A hash has 64 signs, 0 to 9 and a to f; leave it empty if the file was not in hand.",
}
_COMPARED: Final = {"greater_than": "more than {gt}", "greater_than_equal": "at least {ge}", "less_than_equal": "at most {le}"}


def say_card_faults(name: str, faults: ValidationError, card: type[Card], text: str = "") -> LayerCardError:
    """Every fault of a card, a sentence each.

    name    the file's name
    text    the card as it was written, to find the lines in; "" where there is none
    """
    found, lines = faults.errors(), find_lines(text)
    if any(fault["loc"] == ("id",) for fault in found):  # what the file's name would have said is not missing on the card
        found = [fault for fault in found if fault["loc"] not in (("geography",), ("series",), ("edition",))]
    if kind := [fault for fault in found if fault["type"] == "missing" and fault["loc"] == ("kind",)]:
        found = kind  # the other keys cannot be judged before it is known of what the card is
    said = []
    for fault in found:
        line = _find_line(fault, lines)
        said.append(f"{name}: {f'line {line}: ' if line else '' if fault['loc'] else 'the card. '}{_say_fault(fault, card)}")
    return LayerCardError("\n".join(said))


def _find_line(fault: Any, lines: dict[tuple[str | int, ...], int]) -> int:
    """The line of the key that is at fault, or of the table that lacks it; 0 where there is none."""
    where = tuple(fault["loc"])
    if not where:  # a fault between keys begins with one of them, or names them in quotes
        said = fault["msg"].removeprefix("Value error, ")
        where = next(((key,) for key in (said.partition(" ")[0], *re.findall(r"'(\w+)'", said)) if (key,) in lines), ())
    while where and where not in lines:
        where = where[:-1]
    return lines.get(where, 0)


def _say_fault(fault: Any, card: type[Card]) -> str:
    where = fault["loc"]
    named = [part for part in where if isinstance(part, str)]
    key, last = ".".join(named), named[-1] if named else ""
    if fault["type"] == "extra_forbidden":
        keys = _TABLES.get(str(where[0]), card).model_fields
        near = nearest_word(last, keys)
        hint = f"Did you mean '{near}'?" if near else f"The keys are: {', '.join(keys)}."
        return f"no such key '{key}'. {hint}"
    if fault["type"] == "missing":
        if key == "kind":
            return "'kind' is missing. The file's name ends in _points, so write kind = \"points\"."
        return f"'{key}' is missing. Add it: docs/layers.md explains it."
    shown = "" if isinstance(fault["input"], dict | list | tuple) or not key else f" = {_as_written(fault['input'])}"
    return f"{key}{shown}. {_say_cure(fault, last)}" if key else _say_cure(fault, last)


def _say_cure(fault: Any, key: str) -> str:
    kind, context, value = fault["type"], fault.get("ctx", {}), fault["input"]
    if kind == "string_pattern_mismatch" and not str(value).strip():
        return "It is blank: write what it is."
    if kind == "string_pattern_mismatch" and key in _PATTERNS:
        return _PATTERNS[key]
    if kind == "literal_error":
        near = nearest_word(str(value), re.findall(r"'([^']*)'", context["expected"]))
        hint = f" Did you mean '{near}'?" if near else ""
        return f"It can be {context['expected']}.{hint}"
    if kind in _COMPARED:
        return f"Write a number of {_COMPARED[kind].format(**context)}."
    if kind == "dict_type" and len(fault["loc"]) == 1:
        kind = "model_type"
    if kind == "tuple_type" and key in _TABLES:
        return f"Write [[{key}]] on a line of its own, and its keys under it."
    kind = "date_type" if kind.startswith("date_") else kind
    if kind in _CURES:
        text = _as_written(value if isinstance(value, str) else _plain(value)) if not isinstance(value, dict | list | tuple) else '"..."'
        return _CURES[kind].format(key=key, text=text)
    message = fault["msg"].removeprefix("Value error, ")
    return f"{message[0].upper()}{message[1:]}."


def _as_written(value: Any) -> str:
    """A value as a card has it, cut where it is long."""
    if isinstance(value, str):
        cut = value if len(value) <= 60 else f"{value[:60]}…"
        return '"' + cut.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return _plain(value)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else value.isoformat() if isinstance(value, date) else str(value)


# ---- lines ----

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([\w-]+)")
_QUOTED: Final = re.compile(r""" "(?:[^"\\]|\\.)*" | '[^']*' """, re.VERBOSE)
_KEY: Final = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)\s*(?:=|\.)""")


def find_lines(text: str) -> dict[tuple[str | int, ...], int]:
    """The line of each key of a card, by its path as faults name it: ("title",), ("source", "page"), ("file", 0, "url").

    >>> find_lines('title = "x"\\n\\n[source]\\npage = "y"\\n[[file]]\\nurl = ""')[("file", 0, "url")]
    6
    """
    found: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    count: dict[str, int] = {}
    inside = ""  # the three quotes that opened a text of several lines
    for number, line in enumerate(text.splitlines(), start=1):
        if not inside and (header := _HEADER.match(line)):
            table = (header[2],)
            found.setdefault(table, number)
            if header[1] == "[[":
                table = (header[2], count.setdefault(header[2], 0))
                count[header[2]] += 1
                found[table] = number
        elif not inside and (key := _KEY.match(line)):
            found.setdefault((*table, key[1].strip("\"'")), number)
        for quotes in ('"""', "'''"):
            if inside in ("", quotes) and line.count(quotes) % 2:
                inside = "" if inside else quotes
    return found


# ---- a card that cannot be read at all ----


def say_unreadable(name: str, text: str, fault: Exception) -> LayerCardError:
    """Where a card stops being TOML, what is wrong there, and the next step.

    fault   what ``tomllib`` said; its line is where it gave up, which is where the fault is in all but texts left open
    """
    lines = text.splitlines() or [""]
    at = re.search(r"\(at line (\d+)", str(fault))
    number = min(int(at[1]), len(lines)) if at else len(lines)
    message = str(fault).partition(" (at ")[0]
    if not at and (opened := [n for n, line in enumerate(lines, start=1) if line.count('"""') % 2]):
        number = opened[-1]
    number = next((n for n in range(1, number) if _leaves_open(lines[n - 1 : number - 1])), number)
    what, cure = _look_at(lines[number - 1], message)
    return LayerCardError(f"{name}: line {number}: {what}. {cure}")


def _leaves_open(lines: list[str]) -> bool:
    """Whether the first of these lines opens a text that ends with the line, or a list that none of them closes."""
    key, _, value = (part.strip() for part in lines[0].partition("="))
    if not re.fullmatch(r"[\w-]+", key) or value.startswith(('"""', "'''")):
        return False
    if value.startswith(('"', "'")):
        return not _QUOTED.match(value)
    bare = "".join(_QUOTED.sub("", line).partition("#")[0] for line in [value, *lines[1:]])
    return value.startswith("[") and bare.count("[") > bare.count("]")


def _look_at(line: str, message: str) -> tuple[str, str]:
    """What is wrong with a line, and its cure."""
    key, sign, value = (part.strip() for part in line.partition("="))
    example = f"{key} = " if re.fullmatch(r"[\w-]+", key) else "title = "
    quoted = _QUOTED.match(value)
    if "overwrite" in message or "twice" in message or "already" in message or "immutable" in message:
        return f"'{key.strip('[] ')}' is on the card twice", "Take one of the two out."
    if re.search("[“”„‘’]", value) and not quoted:
        return "curly quotes", f'Type straight ones, {example}"...", and switch off "smart quotes" if your program makes them.'
    if not sign and not key.startswith("["):
        if not key:
            return "the card ends too early", "Close the text or the list that was left open above."
        return f"'{key[:40]}' is not a key with a value", 'Write it like title = "Street trees"; a note begins with #.'
    if key.startswith("["):
        return "the name of a table is not closed, or has a character that it cannot have", "Write it like [source], alone on its line."
    if not re.fullmatch(r"[\w.-]+|\"[^\"]*\"|'[^']*'", key, re.ASCII):
        return f"'{key[:40]}' cannot be a key", "Keys have letters a to z, digits, _ and -; put a header of your file in quotes."
    if value.startswith('"""') or value.startswith("'''"):
        return "a text of several lines is opened and not closed", f"Close it with {value[:3]}."
    if "\\" in value and ("Unescaped" in message or "scape" in message or "Hexadecimal" in message):
        return "a \\ in a text", "Write it twice, \\\\, or put the text in single quotes."
    if value[:1] in "\"'" and value and not quoted:
        return "a quote is opened and not closed", f"Put a {value[0]} at the end of the text, on the same line."
    if quoted and (rest := value[quoted.end() :].strip()) and not rest.startswith("#"):
        return f"there is something behind the text: {rest[:40]}", 'A " inside a text is written \\"; a note begins with #.'
    if not value:
        return f"'{key}' has no value", f'Write one behind the =, like {example}"...".'
    if value.startswith("["):
        return "a list is not closed, or its commas or quotes are missing", f'Write it like {example}["one", "two"].'
    bare = value.partition("#")[0].strip()
    if re.fullmatch(r"[+-]?\d{1,3}([, ]\d{3})+", bare):
        return f"{bare} has something between the thousands", f"Write {example}{re.sub('[, ]', '', bare)}."
    if re.fullmatch(r"[+-]?\d+,\d+", bare):
        return f"{bare} has a decimal comma", f"Write it with a point: {example}{bare.replace(',', '.')}."
    if re.fullmatch(r"\d{1,4}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}-\d{1,2}-\d{4}|\d{4}-\d{1,2}-\d{1,2}", bare):
        return f"{bare} is not a day that we can read", f"Write year, month and day: {example}2026-03-31."
    if bare.lower() in ("true", "false", "yes", "no"):
        return f"{bare} is not a word that a card can have", "Write true or false, in small letters."
    return "the text behind the = has no quotes", f"Put it in quotes: {example}{_as_written(bare)}."
