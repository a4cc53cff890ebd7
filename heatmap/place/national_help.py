"""Help that applies anywhere in England, under WHAM's headings. Entries of ``data/words/national_help.toml``.

An entry is printed only once its contact has been confirmed. A number is given, on the screen and on paper alike, only while it is
confirmed and was not last seen too long ago; beside it is said when it was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from heatmap.layers.cards import HEADINGS, Heading
from heatmap.words.days import months_since, say_day
from heatmap.words.files import Reviewed, WordFile, Words, open_words, translated
from heatmap.words.language import _
from heatmap.words.readers import Age

#: What an entry helps with: the ids of the prompts, and what no prompt is about.
Need = Literal[
    "money", "food", "housing", "school", "work", "crime_and_safety", "air_and_streets", "loneliness", "digital_access",
    "getting_to_appointments", "caring", "language_and_interpreters",
    "family", "disability", "mental_health", "health_care",
]  # fmt: skip
#: The lines at the foot of every leaflet: ill, young, in danger.
CRISIS: Final = ("nhs_111", "childline", "emergency_999")
#: A number last seen longer ago than this many months is not given: people would call a line that has moved.
OLDEST_NUMBER: Final = 60
#: From and to which year of life an age reaches.
YEARS: Final[dict[Age, tuple[int, int]]] = {"child": (0, 11), "young_person": (12, 17), "adult": (18, 120)}


class Help(Reviewed):
    """One service. ``checked_on`` is the day, month or year of the page on which its contact was seen.

    checked_by_role  who has checked it on the live page, a role and never a name; "" until someone has
    fixed_number     a national number that does not move: it needs no date
    leaflet_default  whether it may be ticked by default; never for help against abuse at home
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    name: Words
    offers: Words
    who_for: Words
    heading: Heading
    needs: Annotated[tuple[Need, ...], Field(min_length=1)]
    ages: Words
    age_from: Annotated[int, Field(ge=0)] = 0
    age_to: Annotated[int, Field(le=120)] = 120
    phone: Annotated[str, Field(pattern=r"^[0-9 ]*$")]
    text_number: str
    text_relay: str
    website: Annotated[str, Field(pattern=r"^(https://\S+)?$")]
    opening: str
    languages: str
    cost: Words
    urgent: bool
    leaflet_default: bool
    verified: bool
    verified_what: Words
    fixed_number: bool = False
    source_title: str
    source_url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")]
    checked_on: Annotated[str, Field(pattern=r"^(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?$")]
    checked_by_role: str = ""
    notes: str = ""

    @model_validator(mode="after")
    def _checks_are_whole(self) -> Help:
        if self.verified and not (self.source_url or self.checked_by_role):
            raise ValueError("'verified' needs the page in 'source_url', or who checked it in 'checked_by_role'")
        if self.checked_by_role and not self.checked_on:
            raise ValueError("give 'checked_on' with 'checked_by_role'")
        if self.age_from > self.age_to:
            raise ValueError("'age_from' is above 'age_to'")
        return self

    @property
    def printable(self) -> bool:
        """Whether it may stand on a leaflet: never before its contact has been confirmed."""
        return self.verified

    @property
    def is_for_all_ages(self) -> bool:
        """Whether it is of use to a reader of whom nothing is known."""
        return (self.age_from, self.age_to) == (0, 120)

    def is_mostly_for(self, age: Age) -> bool:
        """Whether it is for at least half the years of an age: a line for those of 11 to 17 is not for a child of any age."""
        first, last = YEARS[age]
        return 2 * (min(last, self.age_to) - max(first, self.age_from) + 1) >= last - first + 1

    @property
    def has_number(self) -> bool:
        """Whether one can ring or text it."""
        return bool(self.phone or self.text_number)

    def number_on(self, today: date) -> str:
        """The number to call, else the one to text, as given on a day; "" where it is not confirmed or was seen too long ago."""
        return "" if not self.printable or self.is_number_old(today) else self.phone or self.text_number

    def is_number_old(self, today: date) -> bool:
        """Whether a page with its number, or a person, last had it longer ago than OLDEST_NUMBER; a year or month counts from its start."""
        if self.fixed_number or not self.checked_on:
            return False
        return months_since(self.checked_on, today) >= OLDEST_NUMBER


class NationalHelpMeta(Reviewed):
    """What holds for every entry."""

    title: Words
    headings: tuple[Heading, ...]
    amounts: Words
    verified_count: int
    count: int
    must_check_before_print: Words


class NationalHelp(WordFile):
    """All entries, and what holds for all."""

    meta: NationalHelpMeta
    help: Annotated[tuple[Help, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _counts_are_right(self) -> NationalHelp:
        verified = sum(entry.verified for entry in self.help)
        if (self.meta.count, self.meta.verified_count) != (len(self.help), verified):
            raise ValueError(
                f"[meta] says {self.meta.count} and {self.meta.verified_count} verified; there are {len(self.help)} and {verified}"
            )
        if len({entry.id for entry in self.help}) != len(self.help):
            raise ValueError("two entries have the same id")
        return self


def read_national_help() -> tuple[Help, ...]:
    """Every entry, in the file's order.

    >>> read_national_help()[0].name
    'Citizens Advice'
    """
    return open_words("national_help", NationalHelp).help


def find_entry(entry: str) -> Help:
    """One entry by its id.

    >>> find_entry("childline").phone
    '0800 1111'
    """
    return next(each for each in read_national_help() if each.id == entry)


def crisis_lines() -> list[Help]:
    """What is at the foot of every leaflet and page.

    >>> [line.phone for line in crisis_lines() if line.fixed_number]
    ['111', '0800 1111', '999']
    """
    return [find_entry(entry) for entry in CRISIS]


def group_by_heading(entries: Iterable[Help]) -> dict[Heading, list[Help]]:
    """The entries under each of the four headings, empty headings too.

    >>> [(heading, len(entries)) for heading, entries in group_by_heading(read_national_help()).items()][:2]
    [('increase_income', 11), ('provide_essentials', 8)]
    """
    grouped: dict[Heading, list[Help]] = {heading: [] for heading in HEADINGS}
    for entry in entries:
        grouped[entry.heading].append(entry)
    return grouped


def order_help(entries: Iterable[Help], needs: Sequence[str], general_first: bool = False) -> list[Help]:
    """Those that meet the first needs first; urgent lines and the rest keep the file's order. Among essentials food comes first.

    needs          ids of needs, for instance of the prompts in this place's order
    general_first  help for some ages only stands after help for all: for a reader whose age is not known

    >>> [entry.id for entry in order_help(read_national_help(), ["housing"])][:2]
    ['citizens_advice', 'council_crisis']
    """
    order = {need: place for place, need in enumerate(needs)}
    return sorted(
        entries,
        key=lambda entry: (
            general_first and not entry.is_for_all_ages,
            entry.heading == "provide_essentials" and "food" not in entry.needs,
            min((order.get(need, len(order)) for need in entry.needs), default=len(order)),
        ),
    )


def filter_help(entries: Iterable[Help], need: Need | None = None, age: Age | None = None) -> list[Help]:
    """The entries for a need and an age.

    >>> [entry.id for entry in filter_help(read_national_help(), need="caring", age="child")][:2]
    ['dla_child', 'priority_services']
    """
    return [each for each in entries if (need is None or need in each.needs) and (age is None or _fits(each, age))]


def say_heading_plainly(heading: Heading) -> str:
    """The same, for a family: on the leaflet and for young people.

    >>> say_heading_plainly("increase_participation")
    'Join in'
    """
    return {
        "increase_income": _("Money"),
        "provide_essentials": _("Food and things you need"),
        "increase_participation": _("Join in"),
        "get_care": _("Get care"),
    }[heading]


def say_what_heading_holds(heading: Heading) -> str:
    """The line under a heading.

    >>> say_what_heading_holds("get_care")
    'GP, pharmacy, hospital, someone to talk to'
    """
    return {
        "increase_income": _("Benefits, debt, work, free school meals"),
        "provide_essentials": _("Food, warmth, a safe home, baby things"),
        "increase_participation": _("Libraries, family hubs, school, clubs, the internet"),
        "get_care": _("GP, pharmacy, hospital, someone to talk to"),
    }[heading]


def say_checked(entry: Help, today: date) -> str:
    """When the contact was last seen to be right: beside every number, on screen and on paper.

    >>> day = date(2026, 12, 1)
    >>> say_checked(find_entry("shout"), day)
    'Last seen on 4 November 2024. It may have changed.'
    >>> say_checked(find_entry("stepchange"), day)
    'We do not know when this was last seen. It may have changed.'
    >>> say_checked(find_entry("citizens_advice"), day)
    'We last saw a number on 5 May 2020, too long ago to give it. Look it up on the website.'
    >>> say_checked(find_entry("shelter"), day)
    'Not confirmed yet. Look it up first.'
    """
    if not entry.verified:
        return _("Not confirmed yet. Look it up first.")
    if entry.is_number_old(today) and entry.has_number:
        return _("We last saw a number {day}, too long ago to give it. Look it up on the website.").format(day=_say_on(entry.checked_on))
    if entry.checked_by_role:
        return _("Checked on {day}.").format(day=say_day(entry.checked_on))
    if entry.fixed_number:
        return _("This number does not change.")
    if entry.checked_on:
        return _("Last seen {day}. It may have changed.").format(day=_say_on(entry.checked_on))
    return _("We do not know when this was last seen. It may have changed.")


def texts_to_translate() -> Iterator[str]:
    """Every text that a family reads, for the translators' list."""
    for entry in read_national_help():
        yield from (each for each in (entry.offers, entry.who_for, entry.ages, entry.opening, entry.cost, entry.languages) if each)


def say_offer(entry: Help) -> str:
    """What it offers, in the reader's language."""
    return translated(entry.offers)


def _say_on(day: str) -> str:
    """On a day, or in a month or year."""
    return (_("on {day}") if day.count("-") == 2 else _("in {day}")).format(day=say_day(day))


def _fits(entry: Help, age: Age) -> bool:
    first, last = YEARS[age]
    return entry.age_from <= last and first <= entry.age_to
