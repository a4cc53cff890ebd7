"""The product's own words in ``data/words``: closed and typed, every record with its sources and its review status.

A record stays a draft until a clinician has read it; then a role (never a name) and a date say so. Status is shown wherever
the words are.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from heatmap.closed import Closed
from heatmap.errors import WordsError, nearest_word
from heatmap.words.days import say_day
from heatmap.words.language import _
from heatmap.words.phrases import WORDS_DIR

#: Text that must say something.
Words = Annotated[str, Field(min_length=1)]
#: One or more lines, in the order in which they are shown.
Lines = Annotated[tuple[Words, ...], Field(min_length=1)]
#: A day, or None where the file has "".
Day = Annotated[date | None, BeforeValidator(lambda value: None if value == "" else value)]

File = TypeVar("File", bound="WordFile")


class SourcePage(Closed):
    """A page on which something was read."""

    title: Words
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]


class Reviewed(Closed):
    """What every record says of itself: how far it has been reviewed, by which role, and when."""

    status: Literal["draft, not yet reviewed by a clinician", "reviewed"]
    reviewed_by_role: str = ""
    reviewed_on: Day = None

    @model_validator(mode="after")
    def _a_review_has_a_role_and_a_date(self) -> Reviewed:
        if bool(self.reviewed_by_role) != bool(self.reviewed_on):
            raise ValueError("give 'reviewed_by_role' and 'reviewed_on' together, or neither")
        if (self.status == "reviewed") != self.is_reviewed:
            raise ValueError("'status' is \"reviewed\" when a role and a date of review are given, and a draft until then")
        return self

    @property
    def is_reviewed(self) -> bool:
        """Whether a named role has read it."""
        return bool(self.reviewed_by_role and self.reviewed_on)


class WordFile(Closed):
    """A whole file of ``data/words``."""


def say_review(record: Reviewed) -> str:
    """How far the words have been reviewed: shown wherever they are.

    >>> say_review(Reviewed(status="draft, not yet reviewed by a clinician"))
    'Draft, not yet reviewed by a clinician.'
    >>> say_review(Reviewed(status="reviewed", reviewed_by_role="consultant paediatrician", reviewed_on=date(2026, 5, 3)))
    'Reviewed: consultant paediatrician, 3 May 2026.'
    """
    if record.reviewed_on is None:
        return _("Draft, not yet reviewed by a clinician.")
    day = say_day(record.reviewed_on.isoformat())
    return _("Reviewed: {role}, {day}.").format(role=record.reviewed_by_role, day=day)


def translated(text: str) -> str:
    """A text of ``data/words`` in the reader's language; "" stays "", which gettext would answer with its own heading.

    >>> translated("Money"), translated("")
    ('Money', '')
    """
    return _(text) if text else ""


def read_words(path: Path, model: type[File]) -> File:
    """One file of words, or a WordsError with a sentence for every fault.

    path    ``data/words/<name>.toml``
    """
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise WordsError(f"{path.name}: not readable as TOML in UTF-8: {fault}. Fix that place and try again.") from None
    except OSError:
        raise WordsError(f"{path.name}: there is no such file in {path.parent.name}/.") from None
    except ValidationError as faults:
        raise WordsError("\n".join(_say_fault(path.name, fault, model) for fault in faults.errors())) from None


@cache
def open_words(name: str, model: type[File]) -> File:
    """A file of ``data/words`` by its name, read once."""
    return read_words(WORDS_DIR / f"{name}.toml", model)


def _say_fault(name: str, fault: Any, model: type[BaseModel]) -> str:
    where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        near = nearest_word(str(fault["loc"][-1]), _keys_of(model))
        hint = f" Did you mean '{near}'?" if near else " Take it out, or give it a place in the model."
        return f"{name}: no such key '{where}'.{hint}"
    if fault["type"] == "missing":
        return f"{name}: '{where}' is missing. Add it."
    message = fault["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(fault["input"], dict | list) or not where else f" = {fault['input']!r}"
    return f"{name}: {where or 'the file'}{shown}. {message[0].upper()}{message[1:]}."


def _keys_of(model: type[BaseModel]) -> set[str]:
    """Every key of a model and of the models in it."""
    found: set[str] = set()
    for key, field in model.model_fields.items():
        found.add(key)
        for inner in _models_in(field.annotation):
            found |= _keys_of(inner)
    return found


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]
