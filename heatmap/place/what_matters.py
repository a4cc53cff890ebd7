"""The sheet "What matters to me", for a young person to fill in. Texts of ``data/words/what_matters.toml``.

The choice is made, and the sheet filled, in the browser and on paper: no callback may carry a topic to the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from heatmap.closed import Closed
from heatmap.place.prompts import read_prompts
from heatmap.words.files import Reviewed, WordFile, Words, open_words, translated


class WhatMattersMeta(Reviewed):
    """What stands above and below the sheet's lines; ``most`` topics may be picked."""

    title: Words
    intro: Words
    pick: Words
    most: Annotated[int, Field(ge=1)]
    keep_safe: Words
    bring: Words


class Topic(Closed):
    """Something a young person may pick: its name on the button, its line on the sheet, and the card that speaks of it."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Words
    line: Words
    prompt: str


class Space(Closed):
    """Room to write or draw, with how many lines."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Words
    lines: Annotated[int, Field(ge=1, le=6)]


class WhatMatters(WordFile):
    """The whole sheet."""

    meta: WhatMattersMeta
    space: Annotated[tuple[Space, ...], Field(min_length=1)]
    topic: Annotated[tuple[Topic, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _topics_are_whole(self) -> WhatMatters:
        known = {prompt.id for prompt in read_prompts().prompt} | {""}
        if unknown := [topic.prompt for topic in self.topic if topic.prompt not in known]:
            raise ValueError(f"no prompt is called {unknown[0]!r}; the ids are in prompts.toml")
        if len({topic.id for topic in self.topic}) != len(self.topic):
            raise ValueError("two topics have the same id")
        return self


def read_what_matters() -> WhatMatters:
    """The sheet as the file has it.

    >>> [topic.label for topic in read_what_matters().topic][:2]
    ['Getting to clinic', 'Money at home']
    """
    return open_words("what_matters", WhatMatters)


def say_private() -> str:
    """What stays private, and when it cannot: at the foot of the sheet."""
    return translated(read_prompts().meta.privacy_young)


def texts_to_translate() -> Iterator[str]:
    """Every text of the sheet, for the translators' list."""
    sheet = read_what_matters()
    yield from (sheet.meta.title, sheet.meta.intro, sheet.meta.pick, sheet.meta.keep_safe, sheet.meta.bring)
    yield from (space.label for space in sheet.space)
    for topic in sheet.topic:
        yield from (topic.label, topic.line)
