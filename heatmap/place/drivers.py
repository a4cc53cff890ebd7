"""A neighbourhood's domains furthest towards the deprived end, by half and in words, for two registers.

Rules and names are those of section 3 of ``docs/sentences.md``. A driver is a domain in tenths 1 or 2. Drivers are in the order of their
places in England's line, never of what they add to the index's score: no sentence says that one "drives" the place (decision 24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from heatmap.deprivation import DOMAINS
from heatmap.geography.levels import COUNT
from heatmap.place.phrases import FEWEST_CHILDREN, STUDENTS_PERCENT
from heatmap.words.language import _
from heatmap.words.phrases import domain_words, join_names
from heatmap.words.readers import Age, Register

#: Nearly all domains are drivers; some are; some are in a place that is less deprived than most; none is, yet one is in tenths 3 or 4;
#: none is in tenths 1 to 4; all are in tenths 9 and 10.
Case = Literal["nearly_all", "some", "hidden", "weakest", "middling", "least_deprived"]

#: A domain up to this tenth is a driver, and from that one on a strength.
_DRIVING, _STRENGTH = 2, 9
#: Up to this tenth a domain or a half is towards the deprived end.
_LOW = 4
_MOST_LISTED = 3
_NEARLY_ALL = 5


@dataclass(frozen=True)
class Domain:
    """One of the seven domains here: its tenth and rank (1 = most deprived), and the tenths of its halves where it has them."""

    id: str
    decile: int
    rank: int
    halves: tuple[tuple[str, int], ...] = ()

    @property
    def driving_halves(self) -> list[str]:
        """The halves in tenths 1 or 2.

        >>> Domain("barriers", 1, 90, (("sub_geog_barriers", 1), ("sub_wider_barriers", 6))).driving_halves
        ['sub_geog_barriers']
        """
        return [half for half, decile in self.halves if decile <= _DRIVING]

    @property
    def is_strong(self) -> bool:
        """Whether it is in tenths 9 or 10 and neither half is in tenths 1 to 4.

        >>> Domain("barriers", 9, 29_000, (("sub_geog_barriers", 4), ("sub_wider_barriers", 10))).is_strong
        False
        """
        return self.decile >= _STRENGTH and all(decile > _LOW for _half, decile in self.halves)

    @property
    def words_id(self) -> str:
        """Whose words fit best: those of its one driving half, else its own."""
        return self.driving_halves[0] if len(self.driving_halves) == 1 else self.id


@dataclass(frozen=True)
class StoryFacts:
    """What a story needs to know of a neighbourhood. Tenths, deciles and ranks count from the most deprived.

    domains       the seven, in the official order
    neighbours    the tenths of the neighbourhoods that share a boundary with it, rising
    change        U, S, M or X of the official lookup from 2011 to 2021 boundaries
    points_moved  how far it moved in England's line since the earlier index, of 100; below zero towards the most deprived end; None where unknown
    old_deciles   2019 tenths of the 2011 areas it was made from (M)
    income_score  the share of residents on a low income by the index, 0 to 1
    under_15      children under 15 in 2021
    """

    code: str
    name: str
    place: str
    decile: int
    rank: int
    domains: tuple[Domain, ...]
    idaci_decile: int
    idaopi_decile: int
    authority: str
    place_in_authority: int
    areas_in_authority: int
    change: str
    decile_2019: int | None
    old_deciles: tuple[int, ...]
    neighbours: tuple[int, ...]
    income_score: float
    percent_20_to_24: float
    under_15: int
    points_moved: float | None = None
    areas: int = COUNT["lsoa"]

    @property
    def has_few_children(self) -> bool:
        """Whether results about children rest on few."""
        return self.under_15 < FEWEST_CHILDREN

    @property
    def has_many_students(self) -> bool:
        """Whether so many are aged 20 to 24 (students, barracks) that the income and employment results say little here."""
        return self.percent_20_to_24 >= STUDENTS_PERCENT


def order_drivers(facts: StoryFacts) -> list[Domain]:
    """The domains in tenths 1 or 2, the one furthest into the deprived end first."""
    return [domain for domain in order_domains(facts) if domain.decile <= _DRIVING]


def order_domains(facts: StoryFacts) -> list[Domain]:
    """All seven: lower tenth first, then lower rank, then the official order (heavier weights come first in it)."""
    return sorted(facts.domains, key=lambda domain: (domain.decile, domain.rank, DOMAINS.index(domain.id)))


def order_prompt_drivers(facts: StoryFacts) -> list[str]:
    """What brings conversation prompts up here, in order: drivers (or their one driving half), then children's and older people's
    income where income itself does not stand out. Where nothing drives the place: its domains in tenths 3 and 4.
    """
    drivers = order_drivers(facts) or [domain for domain in order_domains(facts) if domain.decile <= _LOW]
    found = [domain.words_id for domain in drivers]
    if "income" not in found:
        found += ["idaci"] if facts.idaci_decile <= _DRIVING and not facts.has_few_children else []
        found += ["idaopi"] if facts.idaopi_decile <= _DRIVING else []
    return found


def order_low_halves(facts: StoryFacts) -> list[tuple[str, int]]:
    """The halves, with their tenths, that would make a sentence about the seven domains alone false: the lowest first.

    Where there are drivers: the halves of other domains in tenths 1 or 2. Where there are none: those in tenths 1 to 4 that are lower
    than every domain.
    """
    drivers = order_drivers(facts)
    last = _DRIVING if drivers else min(_LOW, order_domains(facts)[0].decile - 1)
    found = [half for domain in facts.domains if domain not in drivers for half in domain.halves if half[1] <= last]
    return sorted(found, key=lambda half: half[1])


def case_of(facts: StoryFacts) -> Case:
    """Which of the six ways of saying what is furthest towards the deprived end fits, by the seven domains and the place's own tenth."""
    drivers = len(order_drivers(facts))
    if drivers >= _NEARLY_ALL:
        return "nearly_all"
    if drivers:
        return "some" if facts.decile <= 5 else "hidden"
    deciles = [domain.decile for domain in facts.domains]
    if min(deciles) <= _LOW:
        return "weakest"
    return "least_deprived" if min(deciles) >= 9 else "middling"


def say_drivers(facts: StoryFacts, register: Register) -> str:
    """What is furthest towards the deprived end, by the place's case."""
    if register == "young":
        return _say_drivers_to_the_young(facts, case_of(facts))
    return " ".join(filter(None, (_say_drivers_to_clinicians(facts, case_of(facts)), _say_low_halves(facts))))


def _say_drivers_to_clinicians(facts: StoryFacts, case: Case) -> str:
    drivers = order_drivers(facts)
    if case == "nearly_all":
        furthest = join_names([_names()[driver.id] for driver in drivers[:_MOST_LISTED]])
        every = _("All seven parts of life measured here are among the most deprived fifth, furthest in {list}.")
        many = _("{n} of the seven parts of life measured here are among the most deprived fifth, furthest in {list}.")
        return (every if len(drivers) == len(DOMAINS) else many).format(n=_("Five") if len(drivers) == 5 else _("Six"), list=furthest)
    if case == "some":
        return _("Furthest towards the deprived end: {list}.").format(list=_list_with_places(drivers))
    if case == "hidden" and len(drivers) == 1:
        return _("One of the seven parts of life measured here stands out: {list}. The overall result hides it.").format(
            list=_list_with_places(drivers)
        )
    if case == "hidden":
        return _("Some of the seven parts of life measured here stand out: {list}. The overall result hides them.").format(
            list=_list_with_places(drivers)
        )
    if case == "least_deprived":
        return _("All seven parts of life measured here are among the least deprived fifth in England.")
    lowest = order_domains(facts)[0]
    none_low = _("None of the seven parts of life measured here is in tenths 1 to 4. The lowest is {domain}, in tenth {n}.")
    none_drives = _("None of the seven parts of life measured here is in tenths 1 or 2. The lowest is {domain}, in tenth {n}.")
    return (none_low if case == "middling" else none_drives).format(domain=_names()[lowest.id], n=lowest.decile)


def _say_low_halves(facts: StoryFacts) -> str:
    """The halves that are lower than what is said of the seven domains, three at most; "" where none is."""
    halves = order_low_halves(facts)
    names = _half_names()
    said = join_names([_("{half} (tenth {n})").format(half=names[half], n=decile) for half, decile in halves[:_MOST_LISTED]])
    if not halves:
        return ""
    if order_drivers(facts):
        one = _("Half of another part is in the most deprived fifth too: {list}.")
        many = _("Halves of other parts are in the most deprived fifth too: {list}.")
    else:
        one, many = _("But half of one part is lower: {list}."), _("But some halves of these parts are lower: {list}.")
    return (one if len(halves) == 1 else many).format(list=said)


def hard_things(facts: StoryFacts) -> list[str]:
    """What young people are told is hard here, as ids of ``young_names``: three at most; none where nothing stands out."""
    case = case_of(facts)
    hard = [
        (min(driver.decile, *(decile for _half, decile in driver.halves), _DRIVING), driver.id if case == "nearly_all" else driver.words_id)
        for driver in order_drivers(facts)
    ]
    hard += [(decile, half) for half, decile in order_low_halves(facts)]
    if hard:
        hard.sort(key=lambda each: each[0])  # of one tenth the domains come first
        return [thing for decile, thing in hard if decile <= _DRIVING][:_MOST_LISTED] or [hard[0][1]]
    return [order_domains(facts)[0].words_id] if case == "weakest" else []


def name_strength(domain: Domain, facts: StoryFacts) -> str:
    """What young people are told is better here: the domain, or a half of it that is; "" where each shares a word with what is hard.

    "Homes and air" hard and "homes and travel" better would be one thing, homes, called hardest and best at once.
    """
    names = young_names()
    hard = {word for thing in hard_things(facts) for word in _telling_words(names[thing])}
    better = [*([domain.id] if domain.is_strong else []), *(half for half, decile in domain.halves if decile >= _STRENGTH)]
    return next((names[each] for each in better if not hard & _telling_words(names[each])), "")


def _telling_words(name: str) -> set[str]:
    return set(name.split()) - {"and", "the", "of", "to", "for"}


def _say_drivers_to_the_young(facts: StoryFacts, case: Case) -> str:
    hard = hard_things(facts)
    names = join_names([young_names()[each] for each in hard])
    if case == "nearly_all":
        return _("Many things can be hard here. The hardest are {list}.").format(list=names)
    if case == "hidden":
        one, many = _("But one thing is hard here: {list}."), _("But some things are hard here: {list}.")
        return (one if len(hard) == 1 else many).format(list=names)
    if case == "some" or any(decile <= _DRIVING for _half, decile in order_low_halves(facts)):
        one, many = _("The hardest thing here is {list}."), _("The hardest things here are {list}.")
        return (one if len(hard) == 1 else many).format(list=names)
    if hard:
        return _("No one thing stands out here. The hardest is {thing}.").format(thing=names)
    if case == "middling":
        return _("No one thing stands out as hard here. You may still find some things hard. You can tell us.")
    return _("Most things here are good for most people. You may still find some things hard. You can tell us.")


def _list_with_places(drivers: Sequence[Domain]) -> str:
    """Three drivers at most, each with its place and its half; the place once where all have the same and none a half."""
    listed = drivers[:_MOST_LISTED]
    halves = [_say_half(driver, alone=len(drivers) == 1) for driver in listed]
    if len(listed) > 1 and len({driver.decile for driver in listed}) == 1 and not any(halves):
        names = join_names([_names()[driver.id] for driver in listed])
        if len(listed) == 2:
            return _("{list} (both {place})").format(list=names, place=_say_place(listed[0]))
        return _("{list} (all {place})").format(list=names, place=_say_place(listed[0]))
    said = [
        _("{domain} ({place})").format(domain=_names()[driver.id], place=_say_place(driver)) + half
        for driver, half in zip(listed, halves, strict=True)
    ]
    return join_names(said, apart=any(halves))


def _say_place(domain: Domain) -> str:
    return _("most deprived tenth") if domain.decile == 1 else _("most deprived fifth")


def _say_half(domain: Domain, alone: bool) -> str:
    """Which half of a driver is in tenths 1 or 2; "" where it has no halves, or neither is."""
    driving = domain.driving_halves
    if len(driving) == 2:
        return _(", in both its halves")
    if not driving:
        return ""
    ways = _half_names()
    if alone:
        other = next(half for half, _decile in domain.halves if half != driving[0])
        return _(", by {half} rather than by {other}").format(half=ways[driving[0]], other=ways[other])
    return _(", by {half}").format(half=ways[driving[0]])


def say_children(facts: StoryFacts) -> str:
    """That children's income stands out where income itself does not; "" where it does not, or where few children live."""
    income = next(domain for domain in facts.domains if domain.id == "income")
    if facts.idaci_decile > _DRIVING or income.decile <= _DRIVING or facts.has_few_children:
        return ""
    return _("A larger share of children than in most places live on a low income (IDACI), although income overall does not stand out.")


# ---- beside a domain ----


def say_health_of(domain: Domain, register: Register, age: Age = "child") -> str:
    """What a domain (or its one driving half) goes with: evidence from studies in general, and said to be; a link, never a cause.

    >>> say_health_of(Domain("living_env", 1, 9, (("sub_indoors", 1), ("sub_outdoors", 7))), "young")
    'People in cold or damp homes cough or wheeze more often.'
    """
    words = domain_words()[domain.words_id]
    if register == "young":
        return _(words["young_health"])
    return f"{_(words[f'health_{age}'])} {_('This is from studies in general, not from figures for this place.')}"


def say_halves(domain: Domain) -> str:
    """The tenths of a domain's two halves, beside its row; "" where it has none.

    >>> say_halves(Domain("barriers", 7, 21_000, (("sub_geog_barriers", 8), ("sub_wider_barriers", 3))))
    'Distance to services: tenth 8; the cost and crowding of homes: tenth 3.'
    """
    if not domain.halves:
        return ""
    names = _half_names()
    said = "; ".join(_("{half}: tenth {n}").format(half=names[half], n=decile) for half, decile in domain.halves)
    return f"{said[0].upper()}{said[1:]}."


# ---- names ----


def _names() -> dict[str, str]:
    """The domains within a sentence, for clinicians."""
    return {domain: _(domain_words()[domain]["short_name"]).lower() for domain in DOMAINS}


def _half_names() -> dict[str, str]:
    """By which half a domain drives a place: "by ..."."""
    return {
        "sub_cyp": _("school results and attendance"),
        "sub_adult_skills": _("adult skills"),
        "sub_geog_barriers": _("distance to services"),
        "sub_wider_barriers": _("the cost and crowding of homes"),
        "sub_indoors": _("the state of homes"),
        "sub_outdoors": _("air, noise and roads"),
    }


def young_names() -> dict[str, str]:
    """Domains and halves within a sentence, for young people."""
    return {
        "income": _("money"),
        "employment": _("finding work"),
        "education": _("learning"),
        "health": _("staying well"),
        "crime": _("feeling safe"),
        "barriers": _("homes and travel"),
        "living_env": _("homes and air"),
        "sub_cyp": _("school"),
        "sub_adult_skills": _("skills for work"),
        "sub_geog_barriers": _("getting to places"),
        "sub_wider_barriers": _("the cost of homes"),
        "sub_indoors": _("the state of homes"),
        "sub_outdoors": _("the air and the roads"),
    }
