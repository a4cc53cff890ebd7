"""The story of a neighbourhood, in the words of ``docs/sentences.md``: values in, sentences out, for two registers.

Clinicians get three to five sentences beside the caveat, young people two to four. Every sentence is numbered in the rules;
here it has a ``kind``, so that a page can set one large and another small. The rules are held by thirteen worked examples
(``tests/fixtures/sentence_examples.toml``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from heatmap.deprivation import CURRENT, DOMAINS, EARLIER, HALVES
from heatmap.geography.levels import COUNT
from heatmap.place.drivers import StoryFacts, name_strength, order_drivers, say_children, say_drivers, say_health_of
from heatmap.place.phrases import (
    has_moved,
    say_caveat,
    say_core20,
    say_few_children,
    say_in_authority,
    say_since_earlier,
    say_standing,
    say_students,
)
from heatmap.words.language import _
from heatmap.words.phrases import domain_words
from heatmap.words.readers import Age, Register

SentenceKind = Literal[
    "standing",
    "core20",
    "authority",
    "drivers",
    "children",
    "strength",
    "students",
    "few_children",
    "health",
    "since_2019",
    "surroundings",
    "caveat",
]

_MOST_SENTENCES: Final[dict[Register, int]] = {"clinicians": 5, "young": 4}
#: What is left out first where there are too many.
_LEFT_OUT: Final[dict[Register, tuple[SentenceKind, ...]]] = {
    "clinicians": ("surroundings", "authority", "since_2019", "strength"),
    "young": ("since_2019", "strength"),
}
#: Neither counted nor left out: they belong to another sentence, or warn of a weak figure.
_NOT_COUNTED: Final[tuple[SentenceKind, ...]] = ("core20", "children", "students", "few_children", "caveat")


@dataclass(frozen=True)
class Sentence:
    """One sentence of the story (or two that belong together), with its place in the rules."""

    kind: SentenceKind
    text: str


def tell_story(facts: StoryFacts, register: Register = "clinicians", age: Age = "child") -> list[Sentence]:
    """The sentences of a place's story in their order, the caveat last.

    age   whose health the fifth sentence is about; adults' where few children live
    """
    parts: list[tuple[SentenceKind, str]] = [("standing", _say_standing(facts, register))]
    if register == "clinicians":
        parts += [
            ("core20", say_core20(facts.decile, facts.decile_2019)),
            ("authority", say_in_authority(facts.authority, facts.place_in_authority, facts.areas_in_authority)),
        ]
    parts.append(("drivers", say_drivers(facts, register)))
    if register == "clinicians":
        parts.append(("children", say_children(facts)))
    parts.append(("strength", _say_strength(facts, register)))
    if register == "clinicians":
        parts += [("students", say_students(facts.percent_20_to_24)), ("few_children", say_few_children(facts.under_15))]
    elif facts.has_many_students:
        parts.append(("students", _("Many people here are 20 to 24. That makes some of these numbers look odd.")))
    parts += [("health", _say_health(facts, register, age)), ("since_2019", _say_since_2019(facts, register))]
    if register == "clinicians":
        parts += [("surroundings", say_surroundings(facts.decile, facts.neighbours))]
        parts += [("caveat", say_caveat(facts.income_score, facts.percent_20_to_24))]
    else:
        parts.append(("caveat", _("This is about a place. It is not about you. Each person here is different.")))
    return _keep_the_most_telling([Sentence(kind, text) for kind, text in parts if text], facts, register)


def say_for_the_record(facts: StoryFacts) -> str:
    """A line to copy into the notes: code, name, decile, rank and edition; never a postcode. Source: docs/sentences.md, section 13."""
    return _(
        "Neighbourhood {name} ({code}), Index of Multiple Deprivation {year}: decile {decile} of 10 (1 = most deprived),"
        " rank {rank} of {areas}. Describes the area, not the patient."
    ).format(year=CURRENT.year, name=facts.name, code=facts.code, decile=facts.decile, rank=f"{facts.rank:,}", areas=f"{facts.areas:,}")


def say_the_line(areas: int = COUNT["lsoa"]) -> str:
    """What the row of ten boxes means, for young people.

    >>> say_the_line()[:40]
    'There are 33,755 places in the line. We '
    """
    return _("There are {areas} places in the line. We cut it into ten parts. In part 1 more people could do with extra help.").format(
        areas=f"{areas:,}"
    )


def texts_to_translate() -> Iterator[str]:
    """The texts of ``domains.toml`` that stories are made of, for the translators' list; the patterns are marked in the code."""
    for domain in dict.fromkeys([*DOMAINS, *(half for halves in HALVES.values() for half in halves)]):
        words = domain_words()[domain]
        yield from (words["short_name"], words["young_health"], *(words[f"health_{age}"] for age in get_args(Age)))


# ---- where it stands ----


def _say_standing(facts: StoryFacts, register: Register) -> str:
    if register == "young":
        return f"{_('Think of all the places in England in one long line.')} {_say_place_in_line(facts)}"
    name = _("{place} ({name})").format(place=facts.place, name=facts.name) if facts.place else facts.name
    standing = say_standing(facts.decile, facts.rank, facts.areas)
    within = standing[0].lower() + standing[1:].removesuffix(".")  # as part of the longer sentence
    if facts.rank == facts.areas:
        return _("{name} is {standing}: rank {rank}, where 1 is the most deprived.").format(
            name=name, standing=within, rank=f"{facts.rank:,}"
        )
    return _("{name} is {standing}: rank {rank} of {areas}, where 1 is the most deprived.").format(
        name=name, standing=within, rank=f"{facts.rank:,}", areas=f"{facts.areas:,}"
    )


def _say_place_in_line(facts: StoryFacts) -> str:
    """The young reader's place in the line speaks of help, not of hardship: a child may live here."""
    if facts.rank == 1:
        return _("This one comes first. More people here could do with extra help.")
    if facts.rank == facts.areas:
        return _("This one comes last. Fewer people here need extra help.")
    return {
        1: _("This one is in the first tenth. More people here could do with extra help."),
        2: _("This one is in the first fifth. More people here could do with extra help."),
        3: _("This one is in the first half. Some more people here could do with extra help."),
        4: _("This one is in the first half. Some more people here could do with extra help."),
        5: _("This one is near the middle."),
        6: _("This one is near the middle."),
        7: _("This one is in the last half. Fewer people here need extra help."),
        8: _("This one is in the last half. Fewer people here need extra help."),
        9: _("This one is in the last fifth. Fewer people here need extra help."),
        10: _("This one is in the last tenth. Fewer people here need extra help."),
    }[facts.decile]


def say_surroundings(decile: int, neighbours: Sequence[int]) -> str:
    """How the places that share a boundary compare; "" where there is nothing to say. Source: docs/sentences.md, section 5.

    >>> say_surroundings(5, [1, 1, 2, 3, 5, 7])
    'Its surroundings are mixed: neighbouring places range from tenth 1 to tenth 7.'
    >>> say_surroundings(2, [1, 1, 2])
    'The places around it are much like it.'
    """
    if not neighbours:
        return ""
    low, high = min(neighbours), max(neighbours)
    if {(each + 1) // 2 for each in neighbours} == {(decile + 1) // 2}:
        return _("The places around it are much like it.")
    if high - low >= 6:
        return _("Its surroundings are mixed: neighbouring places range from tenth {a} to tenth {b}.").format(a=low, b=high)
    if low - decile >= 3:
        return _("It is an island: every place around it is less deprived.")
    if decile - high >= 3:
        return _("The places around it are more deprived.")
    return ""


# ---- what goes the other way, health, 2019 ----


def _say_strength(facts: StoryFacts, register: Register) -> str:
    """At most one domain at the least deprived end, where the place itself is not; never by a word that names what is hard here."""
    best = [
        domain for domain in facts.domains if domain.decile >= 9 and not (facts.has_many_students and domain.id in ("income", "employment"))
    ]
    if register == "clinicians":
        best = [domain for domain in best if domain.is_strong]
    if facts.decile > 5 or not best:
        return ""
    best.sort(key=lambda each: (each.decile, each.rank), reverse=True)
    if register == "young":
        thing = next(filter(None, (name_strength(each, facts) for each in best)), "")
        return _("One thing is better here: {thing}.").format(thing=thing) if thing else ""
    domain = best[0]
    name = domain_words()[domain.id]["short_name"]
    end = _("least deprived tenth") if domain.decile == 10 else _("least deprived fifth")
    if domain.id in ("education", "barriers"):
        return _("{domain} go the other way: among the {end}.").format(domain=_(name), end=end)
    return _("{domain} goes the other way: among the {end}.").format(domain=_(name), end=end)


def _say_health(facts: StoryFacts, register: Register, age: Age) -> str:
    """What the first driver (or its half) goes with; "" where there is none."""
    drivers = order_drivers(facts)
    return say_health_of(drivers[0], register, "adult" if facts.has_few_children else age) if drivers else ""


def _say_since_2019(facts: StoryFacts, register: Register) -> str:
    if register == "clinicians":
        return say_since_earlier(facts.change, facts.decile, facts.decile_2019, facts.old_deciles, facts.points_moved)
    if not has_moved(facts.change, facts.points_moved):
        return ""
    return _("Its place in the line has moved since {year}. The way it is counted has changed too.").format(year=EARLIER.year)


def _keep_the_most_telling(sentences: list[Sentence], facts: StoryFacts, register: Register) -> list[Sentence]:
    """Leave sentences out, in the order of the rules, until there are few enough; where it stands and what is furthest stay."""
    uncounted = {*_NOT_COUNTED, *(["since_2019"] if facts.change == "X" else [])}  # no like for like: a warning, never left out
    same_tenth = facts.change == "U" and facts.decile == facts.decile_2019
    stay = {"since_2019"} if register == "clinicians" and not same_tenth else set()
    for kind in _LEFT_OUT[register]:
        if sum(each.kind not in uncounted for each in sentences) <= _MOST_SENTENCES[register]:
            break
        if kind not in uncounted | stay:
            sentences = [each for each in sentences if each.kind != kind]
    return sentences
