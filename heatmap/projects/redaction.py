"""Taking words out of everything that is kept of one project: texts, earlier texts, reasons, and what readers said of it."""

from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import unquote

import sqlalchemy as sa

from heatmap.projects.tables import CHANGE, NOTICE, PROJECT

#: What is written where the words were.
REDACTED: Final = "[removed]"
#: Every text of a record may be this long at least.
_LEAST: Final = 200


def redact_rows(connection: sa.Connection, id_: str, words: str) -> int:
    """Take words out of every row about a project, in capitals or not and however their blanks are; in how many places they were."""
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()), re.IGNORECASE)
    if not words.strip():
        return 0
    found = 0
    for table, owner, records, texts in (
        (PROJECT, PROJECT.c.id, ("record", "shown"), ()),
        (CHANGE, CHANGE.c.project_id, ("record",), ("reason",)),
        (NOTICE, NOTICE.c.project_id, (), ("reason",)),
    ):
        for row in connection.execute(sa.select(table).where(owner == id_)).mappings().all():
            said, many = _redact_row(row, records, texts, pattern)
            found += many
            if many:
                key = next(iter(table.primary_key))
                connection.execute(sa.update(table).where(key == row[key.name]).values(said))
    return found


def _redact_row(row: Any, records: tuple[str, ...], texts: tuple[str, ...], pattern: re.Pattern[str]) -> tuple[dict[str, str], int]:
    said: dict[str, str] = {}
    found = 0
    for name in (*records, *texts):
        if row[name]:
            said[name], many = (_redact_record if name in records else redact_text)(row[name], pattern)
            found += many
    return said, found


def redact_text(text: str, pattern: re.Pattern[str]) -> tuple[str, int]:
    """A text without the words, no longer than a text may be; and how often they were in it.

    >>> redact_text("Ask jane  doe.", re.compile(r"jane\\s+doe", re.IGNORECASE))
    ('Ask [removed].', 1)
    """
    after, many = pattern.subn(REDACTED, text)
    return after[: max(len(text), _LEAST)], many


def _redact_record(text: str, pattern: re.Pattern[str]) -> tuple[str, int]:
    """A kept record without the words. What cannot be read is searched as it is written."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return redact_text(text, pattern)
    found = 0

    def walk(value: Any) -> Any:
        nonlocal found
        if isinstance(value, str):
            after, many = _redact_link(value, pattern) if value.startswith("https://") else redact_text(value, pattern)
            found += many
            return after
        if isinstance(value, list):
            return [walk(each) for each in value]
        return {key: each if key in _NOT_TEXT else walk(each) for key, each in value.items()} if isinstance(value, dict) else value

    raw = walk(raw)
    return (json.dumps(raw, ensure_ascii=False, separators=(",", ":")), found) if found else (text, 0)


#: What holds words of ours, codes and days alone.
_NOT_TEXT: Final = frozenset({
    "id", "themes", "partners", "conditions", "settings", "ages", "core20plus5_cyp", "core20plus5_adult", "level", "stage", "kind", "areas",
    "added_by_role", "relation", "publication_status", "consent", "added_on", "last_confirmed", "start", "end", "date",
})  # fmt: skip


def _redact_link(address: str, pattern: re.Pattern[str]) -> tuple[str, int]:
    """Of a link that has the words, the site alone: with a gap in it, it would lead nowhere."""
    plain = re.sub(r"[-_+.]", " ", unquote(address))
    if not (pattern.search(plain) or pattern.search(address)):
        return address, 0
    return f"{'/'.join(address.split('/')[:3])}/", 1
