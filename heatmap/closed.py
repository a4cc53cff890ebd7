"""What is read from a file of ours: typed and closed, so that a misspelt key is refused and no value is guessed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: A text that says something: spaces alone do not.
Text = Annotated[str, Field(pattern=r"\S")]


class Closed(BaseModel):
    """Unknown keys are refused; values are read as written, without guessing: "3" is no number, and 3 is no text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _lists_never_change(cls, raw: Any) -> Any:
        return {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()} if isinstance(raw, dict) else raw
