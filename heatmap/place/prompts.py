"""Conversation prompts: how to raise what weighs on a place, kindly and with everyone. Cards of ``data/words/prompts.toml``.

The place only orders the cards. What is asked is asked of every family, and no answer is asked for or kept here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, model_validator

from heatmap.closed import Closed
from heatmap.layers.cards import Heading
from heatmap.words.core20plus5 import Condition
from heatmap.words.files import Lines, Reviewed, SourcePage, WordFile, Words, open_words, translated
from heatmap.words.language import _
from heatmap.words.phrases import domain_words, join_names
from heatmap.words.readers import Age


class PromptsMeta(Reviewed):
    """What holds for every card."""

    title: Words
    principles: Lines
    safeguarding: Words
    with_teenagers_first: Words
    conditions_basis: Words
    privacy_young: Words
    heads_order: Lines
    sources: Annotated[tuple[SourcePage, ...], Field(min_length=1)]


class ForClinicians(Closed):
    """What to say, ask, hear, offer, and leave unsaid."""

    open_with: Words
    ask: Lines
    listen_for: Lines
    offer: Lines
    do_not_say: Lines
    with_teenagers: Words
    safeguarding: Words


class ForYoungPeople(Closed):
    """The same, for a young person to read alone."""

    intro: Words
    you_could_say: Lines
    what_may_help: Lines
    good_to_know: Words


class Prompt(Reviewed):
    """One card. ``drivers`` are ids of ``domains.toml``; ``conditions`` hold one line for each clinical area it bears on."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    title: Words
    drivers: Annotated[tuple[str, ...], Field(min_length=1)]
    help_headings: Annotated[tuple[Heading, ...], Field(min_length=1)]
    ages: Annotated[tuple[Age, ...], Field(min_length=1)]
    conditions: dict[Condition, Words]
    author_role: Words
    licence: Words
    version: Words
    notes: str = ""
    sources: Annotated[tuple[SourcePage, ...], Field(min_length=1)]
    clinician: ForClinicians
    young: ForYoungPeople

    @model_validator(mode="after")
    def _drivers_are_known(self) -> Prompt:
        if unknown := [driver for driver in self.drivers if driver not in domain_words()]:
            raise ValueError(f"no domain is called {unknown[0]!r}; the ids are in domains.toml")
        return self


class PromptsFile(WordFile):
    """All cards, and what holds for all."""

    meta: PromptsMeta
    prompt: Annotated[tuple[Prompt, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _every_card_once(self) -> PromptsFile:
        if len({prompt.id for prompt in self.prompt}) != len(self.prompt):
            raise ValueError("two cards have the same id")
        return self


@dataclass(frozen=True)
class OrderedPrompt:
    """A card in its place, and what here brings it up: ids of domains or halves, none where it stands for every place."""

    prompt: Prompt
    drivers: tuple[str, ...]


def read_prompts() -> PromptsFile:
    """The file as it is.

    >>> [prompt.title for prompt in read_prompts().prompt][:3]
    ['Money', 'Food', 'Housing']
    """
    return open_words("prompts", PromptsFile)


def order_prompts(drivers: Sequence[str], prompts: Sequence[Prompt] | None = None) -> list[OrderedPrompt]:
    """Every card, those for this place's drivers first: one for each driver in turn, then their second ones, then the rest.

    drivers  ids in the place's order, as ``drivers.order_prompt_drivers`` gives them

    >>> [each.prompt.id for each in order_prompts(["income", "employment", "crime", "health"])][:5]
    ['money', 'work', 'crime_and_safety', 'caring', 'food']
    """
    cards = {prompt.id: prompt for prompt in (read_prompts().prompt if prompts is None else prompts)}
    queues = {driver: [prompt for prompt in _prompts_of(driver, cards.values()) if prompt in cards] for driver in drivers}
    chosen: list[str] = []
    for _turn in range(max(map(len, queues.values()), default=0)):
        for queue in queues.values():
            chosen += [each for each in queue if each not in chosen][:1]
    chosen += [each for each in cards if each not in chosen]
    return [OrderedPrompt(cards[each], tuple(driver for driver in drivers if each in queues[driver])) for each in chosen]


def filter_prompts(prompts: Iterable[OrderedPrompt], condition: Condition | None = None, age: Age | None = None) -> list[OrderedPrompt]:
    """The cards for a clinical area and an age, in the order they had.

    >>> [each.prompt.id for each in filter_prompts(order_prompts(["living_env"]), condition="asthma", age="child")][:2]
    ['housing', 'air_and_streets']
    """
    return [
        each for each in prompts if (condition is None or condition in each.prompt.conditions) and (age is None or age in each.prompt.ages)
    ]


def say_why_here(ordered: OrderedPrompt) -> str:
    """Why a card stands where it does; the figures order the cards and say nothing of a family.

    >>> say_why_here(order_prompts(["income", "crime"])[0])
    'High up for this place: income. Ask everyone.'
    >>> say_why_here(order_prompts([])[0])
    'For every place. Ask everyone.'
    """
    if not ordered.drivers:
        return _("For every place. Ask everyone.")
    names = [translated(domain_words()[driver]["short_name"]).lower() for driver in ordered.drivers]
    return _("High up for this place: {list}. Ask everyone.").format(list=join_names(names))


def say_for_condition(prompt: Prompt, condition: Condition | None) -> str:
    """The card's line for one clinical area; "" where it has none.

    >>> say_for_condition(read_prompts().prompt[2], "asthma")
    'Ask about damp, mould and smoke in the room where the child sleeps.'
    """
    return translated(prompt.conditions.get(condition, "")) if condition else ""


def say_with_teenagers(prompt: Prompt) -> str:
    """How to speak of it with a teenager: first alone and in confidence, then the card's own questions."""
    return f"{translated(read_prompts().meta.with_teenagers_first)} {translated(prompt.clinician.with_teenagers)}"


def say_briefly(prompt: Prompt) -> str:
    """The opening and the first question, as they would be said aloud.

    >>> say_briefly(read_prompts().prompt[4])
    'Work, or not having it, can be stressful, so I ask everyone. Who is at work at home just now, and how are the hours?'
    """
    return f"{translated(prompt.clinician.open_with)} {translated(prompt.clinician.ask[0])}"


def texts_to_translate(prompts: PromptsFile | None = None) -> Iterator[str]:
    """Every text of the cards that a young person or a family reads, for the translators' list."""
    file = prompts or read_prompts()
    yield file.meta.privacy_young
    for prompt in file.prompt:
        yield from (prompt.title, prompt.young.intro, *prompt.young.you_could_say, *prompt.young.what_may_help, prompt.young.good_to_know)


def _prompts_of(driver: str, prompts: Iterable[Prompt]) -> list[str]:
    """The cards of a driver: first as ``domains.toml`` ranks them, then others that name it."""
    ranked = list(domain_words()[driver]["prompts"])
    return ranked + [prompt.id for prompt in prompts if driver in prompt.drivers and prompt.id not in ranked]
