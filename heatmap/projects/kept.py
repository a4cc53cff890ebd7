"""Reading what is kept: always something, whatever a newer policy, a newer map or a damaged row would say of it.

What comes in is held to the policy of today (``record.read_project``). What was accepted before is only read: no policy is applied, and
where a row does not fit the record of today, all of it that can be read is, with the faults beside it for reviewers.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pydantic import ValidationError

from heatmap.projects.record import Fault, Project, salvage, say_record_faults

_LOG = logging.getLogger("heatmap.faults")
_UNREADABLE: Final = Fault("", "What we kept of this project cannot be read. Restore it from a backup, or take it off the map.")


@dataclass(frozen=True)
class Opened:
    """A kept record.

    project  the record, or what can be read of it
    faults   what does not fit, by field; none for a sound record
    whole    whether ``project`` is a record that readers may see: what did not fit was left out, and all that is needed is there
    """

    project: Project
    faults: tuple[Fault, ...] = ()
    whole: bool = True


def dump(project: Project) -> str:
    """A record as the database has it."""
    return project.model_dump_json(exclude_defaults=True)


@lru_cache(maxsize=20_000)
def open_record(id_: str, text: str) -> Opened:
    """A record of the database, read once while it stays the same. Never raises."""
    try:
        return Opened(Project.model_validate_json(text))
    except ValidationError as fault:
        found = say_record_faults(fault)
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        _LOG.error("The kept record of %s cannot be read", id_)
        return Opened(salvage({}, id_), (_UNREADABLE,), whole=False)
    _LOG.error(
        "The kept record of %s does not fit: %s", id_, ", ".join(sorted({each.field.partition(".")[0] or "the whole" for each in found}))
    )
    return _open_salvaged(salvage(raw, id_), tuple(found))


def _open_salvaged(project: Project, faults: tuple[Fault, ...]) -> Opened:
    try:
        return Opened(Project.model_validate(project.model_dump()), faults)
    except ValidationError as fault:
        more = tuple(each for each in say_record_faults(fault) if each not in faults)
        return Opened(project, faults + more, whole=False)
