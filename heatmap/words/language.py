"""In which language a reader reads: ``_`` gives a text in the language spoken just now, English where it has none.

A language is one file, ``data/words/locale/<code>.po`` (docs/add-a-language.md). It is offered only once a person has checked
it and its header says in which role and when.
"""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final

from heatmap.errors import HeatmapError
from heatmap.settings import ROOT

LOCALE_DIR: Final = ROOT / "data" / "words" / "locale"
ENGLISH: Final = "en"
#: Scripts written from right to left, by the language's first part.
_RIGHT_TO_LEFT: Final = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_CODE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class LanguageError(HeatmapError):
    """A language's file cannot be used; the sentence names its line."""


@dataclass(frozen=True)
class Language:
    """One language: its code as in HTML's ``lang``, its own name, who checked it and when, and its texts by the English one."""

    code: str
    name: str
    checked_by_role: str = ""
    checked_on: str = ""
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``, as in HTML's ``dir``.

        >>> Language("ur", "اردو").direction, Language("pl", "Polski").direction
        ('rtl', 'ltr')
        """
        return "rtl" if self.code.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"

    @property
    def is_checked(self) -> bool:
        """Whether a person has checked it: before that it is not offered."""
        return bool(self.checked_by_role and self.checked_on)

    def gettext(self, text: str) -> str:
        """A text in this language, or as it is, set apart where it would run the other way."""
        return self.texts.get(text) or (isolate(text, self) if self.direction == "rtl" else text)


_ENGLISH: Final = Language(ENGLISH, "English", "the authors", "2026")
_spoken: ContextVar[Language] = ContextVar("spoken", default=_ENGLISH)


def _(text: str) -> str:
    """The text in the language spoken just now."""
    language = _spoken.get()
    return text if language is _ENGLISH else language.gettext(text)


def isolate(text: str, language: Language | None = None) -> str:
    """A name, address or number that keeps its own order within a text written from right to left; as it is in other languages.

    Without it "0800 144 8848" is printed as "8848 144 0800". By default in the language spoken just now.

    >>> isolate("0800 144 8848")
    '0800 144 8848'
    >>> [hex(ord(letter)) for letter in isolate("0800 144 8848", Language("ar", "")) if ord(letter) > 127]
    ['0x2066', '0x2069']
    """
    if not text or (language or _spoken.get()).direction == "ltr":
        return text
    # A text without letters (a number) has no order of its own: it is told. Another has that of its first letter.
    begin = "\u2068" if any(letter.isalpha() for letter in text) else "\u2066"
    return f"{begin}{text}\u2069"


def close_isolates(text: str) -> str:
    """A text that was cut, with an end for what ``isolate`` began in it.

    >>> close_isolates("a \u2068b …").count("\u2069")
    1
    """
    return text + "\u2069" * (text.count("\u2066") + text.count("\u2068") - text.count("\u2069"))


@contextmanager
def speaking(language: Language) -> Iterator[Language]:
    """Every ``_`` within is said in this language, in this request alone."""
    token = _spoken.set(language)
    try:
        yield language
    finally:
        _spoken.reset(token)


@cache
def offered_languages(folder: Path = LOCALE_DIR) -> dict[str, Language]:
    """English and every language that a person has checked, by code. A file that cannot be used is logged and left out."""
    found, faults = _read_languages(folder)
    for fault in faults:
        logging.getLogger("heatmap").warning("This language is not offered: %s", fault)
    return {ENGLISH: _ENGLISH, **{each.code: each for each in found if each.is_checked}}


def find_language_faults(folder: Path = LOCALE_DIR) -> list[str]:
    """What is wrong with each file of a language that cannot be used; for the start of the server and ``heatmap check``."""
    return _read_languages(folder)[1]


def _read_languages(folder: Path) -> tuple[list[Language], list[str]]:
    """Every language that can be read, and a sentence for each file that cannot."""
    found, faults = [], []
    for path in sorted(folder.glob("*.po")):
        try:
            found.append(read_language(path))
        except LanguageError as fault:
            faults.append(str(fault))
    return found, faults


def find_language(code: str) -> Language:
    """The language of an address's ``lang``; English for any other code.

    >>> find_language("xx").name
    'English'
    """
    return offered_languages().get(code, _ENGLISH)


# ---- the files, in gettext's own form ----


def read_language(path: Path) -> Language:
    """A ``.po`` file, as every tool for translators writes it; LanguageError with the line that cannot be read."""
    if not _CODE.fullmatch(path.stem):
        raise LanguageError(f"{path.name}: name the file by the language's code, as in pl.po or zh-Hant.po.")
    texts = _read_po(path)
    head = dict(line.partition(": ")[::2] for line in texts.pop("", "").splitlines())
    for english, said in texts.items():
        if said and _fields(english) != _fields(said):
            raise LanguageError(
                f"{path.name}: {english[:60]!r} and its translation do not hold the same {{fields}}. Copy what is in braces as it is."
            )
    return Language(
        path.stem,
        head.get("X-Language-Name", path.stem),
        head.get("X-Checked-By-Role", ""),
        head.get("X-Checked-On", ""),
        {english: said for english, said in texts.items() if said},
    )


def _read_po(path: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    key, fuzzy, parts = "", False, {"msgid": "", "msgstr": ""}

    def keep() -> None:
        if key == "msgstr" and not (fuzzy and parts["msgid"]):  # "fuzzy" marks a guess of the tool: not checked
            texts[parts["msgid"]] = parts["msgstr"]

    marked = False
    for number, line in enumerate([*_read_lines(path), 'msgid ""'], 1):
        if line.startswith("#,") and "fuzzy" in line:
            marked = True
        if not line.strip() or line.startswith("#"):
            continue
        found = re.fullmatch(r'(?:(msgid|msgstr) )?(".*")\s*', line)
        try:
            text = str(ast.literal_eval(found[2])) if found else None
        except (SyntaxError, ValueError):
            text = None
        if found is None or text is None:
            raise LanguageError(f'{path.name}: line {number} cannot be read. Lines look like msgid "Money" or msgstr "Pieniądze".')
        if found[1] == "msgid":
            keep()
            fuzzy, marked, parts = marked, False, {"msgid": "", "msgstr": ""}
        key = found[1] or key
        parts[key] += text
    return texts


def write_template(texts: Iterable[str]) -> str:
    """An empty ``.po`` for a translator, each text once.

    >>> print(write_template(["Money", "Money"]).splitlines()[-2])
    msgid "Money"
    """
    head = ["Content-Type: text/plain; charset=UTF-8", "X-Language-Name: ", "X-Checked-By-Role: ", "X-Checked-On: "]
    blocks = ["\n".join(['msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in head)])]
    blocks += [f'msgid "{_escape(text)}"\nmsgstr ""' for text in dict.fromkeys(texts) if text]
    return "\n\n".join(blocks) + "\n"


def find_marked(*modules: Path) -> list[str]:
    """Every text that modules mark with ``_("…")``, in their order."""
    found = []
    for path in modules:
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda node: node.lineno):
            if isinstance(call.func, ast.Name) and call.func.id == "_" and call.args and isinstance(call.args[0], ast.Constant):
                found.append(str(call.args[0].value))
    return found


def _read_lines(path: Path) -> list[str]:
    """A file's lines; a mark of byte order, as Windows' Notepad writes it, is no part of the first."""
    try:
        return path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as fault:
        raise LanguageError(f"{path.name}: byte {fault.start + 1} is not UTF-8. Save the file again with the encoding UTF-8.") from None
    except OSError as fault:
        raise LanguageError(f"{path.name}: it cannot be opened ({fault.strerror}). Let the server read it.") from None


def _fields(text: str) -> list[tuple[str, str, str]] | None:
    """The fields in braces with how each is written, in order of their names; None where the braces do not pair."""
    try:
        return sorted((name, form or "", way or "") for _text, name, form, way in Formatter().parse(text) if name is not None)
    except ValueError:
        return None


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
