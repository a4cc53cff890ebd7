"""A project's record: what is done about inequality, where, for whom, and what was learnt. Text in, text out, nothing personal.

A record is closed and typed. Every value is text, so that TOML, CSV, a spreadsheet, JSON and the database hold the same.
Texts are made plain first (blanks, line breaks) and then checked, so that what was accepted once reads the same again. What is personal
is looked for in what comes in (``read_project``, ``read_given``), never in what is kept (``heatmap/projects/kept.py``).
Its place on the map is that of an organisation's site, by postcode, found in the snapshot (``placing``); never a person's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError, model_validator

from heatmap.closed import Closed
from heatmap.errors import HeatmapError, nearest_word
from heatmap.geography.levels import ENGLAND, level_of
from heatmap.geography.postcodes import read_postcode
from heatmap.projects.personal import say_personal, say_personal_link
from heatmap.projects.vocabulary import NEEDS_TEXT, words_of
from heatmap.snapshot import english_outwards
from heatmap.words.days import months_since

#: How much a record may hold: letters of a line, of a paragraph and of an address; items of a list.
LINE, PARAGRAPH, ADDRESS, ITEMS = 200, 4000, 500, 20
_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
#: Letters that no file can hold, or that make text look like another text.
_UNFIT = re.compile("[\ufffe\uffff\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def _tidy(text: Any) -> Any:
    """A text without blanks around it and with one kind of line break. Raises ValueError where it holds what is no text."""
    if not isinstance(text, str):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _UNFIT.search(text) or any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in text):
        raise ValueError("there is a hidden sign in this text. Type it again, without copying")
    return text


def _tidy_line(text: Any) -> Any:
    """The same in one line, with one blank for many."""
    text = _tidy(text)
    return " ".join(text.split()) if isinstance(text, str) else text


def _strip(text: Any) -> Any:
    return text.strip() if isinstance(text, str) else text


def _name(text: str) -> str:
    """A line that one can read: with a letter or a digit in it."""
    if text and not any(unicodedata.category(letter)[0] in "LN" for letter in text):
        raise ValueError("there is no letter and no digit in this. Write a name that people can read")
    return text


def _item(text: str) -> str:
    if ";" in text or "|" in text:
        raise ValueError("write one thing in each line, without ; or |")
    if not text:
        raise ValueError("one of the lines is empty. Take it out")
    return text


def _https(address: str) -> str:
    """An address that a browser may follow. Raises ValueError for every other."""
    if not address:
        return ""
    if not address.startswith("https://"):
        raise ValueError("a link begins with https://")
    if not re.fullmatch(r"https://[^\s<>\"'@\\|{}^`\x00-\x20\x7f-\U0010ffff/?#]+\.[^\s<>\"'@\\|{}^`;\x00-\x20\x7f-\U0010ffff]+", address):
        raise ValueError(
            "this is no link that we can keep. Copy it from the address bar; write ; as %3B, and letters beyond A to Z as % codes"
        )
    return address


def _some_https(address: str) -> str:
    if not address:
        raise ValueError("one of the links is empty. Take it out")
    return _https(address)


def _date(text: str) -> str:
    """A year, a month or a day of 1900 to 2100. Raises ValueError for a day that there is not."""
    if text and not (_is_date(text) and 1900 <= int(text[:4]) <= 2100):
        raise ValueError("write a year like 2024, a month like 2024-03, or a day like 2024-03-15")
    return text


def _day(text: str) -> str:
    """A day as a clock gives it, of any year: a clock may be wrong, and what it wrote must be read."""
    if text and not (len(text) == 10 and _is_date(text)):
        raise ValueError("write the day in full, like 2024-03-15")
    return text


def _is_date(text: str) -> bool:
    found = _PARTIAL_DATE.fullmatch(text)
    try:
        return bool(found and date(int(found[1]), int(found[2] or 1), int(found[3] or 1)))
    except ValueError:
        return False


def _tidy_postcode(text: Any) -> Any:
    return " ".join(text.upper().split()) if isinstance(text, str) else text


def _postcode(text: str) -> str:
    read = read_postcode(text, english_outwards()) if text.strip() else None
    if text.strip() and not read:
        raise ValueError("that is not a full postcode. Write it like KT2 7QB")
    return read.text if read else ""


def _area_code(text: str) -> str:
    if text != ENGLAND and level_of(text) not in ("lad", "icb", "rgn"):
        raise ValueError("give the code of an authority, an NHS board or a region, like E08000025, or E92000001 for all of England")
    return text


def _word_of(field: str) -> AfterValidator:
    """A word of the field's vocabulary, or a ValueError with the nearest. The API's own description lists the words too."""

    def check(word: str) -> str:
        if word and word not in (known := words_of(field)):
            near = nearest_word(word, known)
            hint = f"Did you mean {near}?" if near else f"Choose from: {', '.join(known)}"
            raise ValueError(f"this is none of the words there are. {hint}")
        return word

    return AfterValidator(check)


def _listed(field: str, *more: str) -> Any:
    """The words of a field, and ``more``, for the API's own description."""
    return Field(json_schema_extra={"enum": [*more, *words_of(field)]})


def _once(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Each of a list once, in its order."""
    return tuple(dict.fromkeys(items))


_A_WORD: Final = Field(min_length=1, max_length=60)
Partner = Annotated[str, _A_WORD, _word_of("partners"), _listed("partners")]
Theme = Annotated[str, _A_WORD, _word_of("themes"), _listed("themes")]
Condition = Annotated[str, _A_WORD, _word_of("conditions"), _listed("conditions")]
SettingWord = Annotated[str, _A_WORD, _word_of("settings"), _listed("settings")]
Ages = Annotated[str, _A_WORD, _word_of("ages"), _listed("ages")]
ChildTag = Annotated[str, _A_WORD, _word_of("core20plus5_cyp"), _listed("core20plus5_cyp")]
AdultTag = Annotated[str, _A_WORD, _word_of("core20plus5_adult"), _listed("core20plus5_adult")]
Line = Annotated[str, Field(max_length=LINE), BeforeValidator(_tidy_line)]
ShortText = Annotated[str, Field(max_length=LINE), BeforeValidator(_tidy_line), AfterValidator(_name)]
Paragraph = Annotated[str, Field(max_length=PARAGRAPH), BeforeValidator(_tidy)]
Item = Annotated[str, Field(max_length=LINE), BeforeValidator(_tidy_line), AfterValidator(_item)]
Link = Annotated[str, Field(max_length=ADDRESS), BeforeValidator(_strip), AfterValidator(_https)]
SomeLink = Annotated[str, Field(max_length=ADDRESS), BeforeValidator(_strip), AfterValidator(_some_https)]
PartialDate = Annotated[str, Field(max_length=10), BeforeValidator(_strip), AfterValidator(_date)]
DayText = Annotated[str, Field(max_length=10), BeforeValidator(_strip), AfterValidator(_day)]
Each = (Field(max_length=ITEMS), AfterValidator(_once))


def _part(text: str) -> str:
    if "|" in text:
        raise ValueError("write this without |")
    return text


TextPart = Annotated[str, Field(max_length=LINE), BeforeValidator(_tidy_line), AfterValidator(_part)]
LongPart = Annotated[str, Field(max_length=1000), BeforeValidator(_tidy_line), AfterValidator(_part)]


class Measure(Closed):
    """What was measured: how it stood before, how it stands, and when."""

    kind: Annotated[str, Field(min_length=1), _word_of("measure_kind"), _listed("measure_kind")]
    name: Annotated[TextPart, Field(min_length=1)]
    baseline: TextPart = ""
    latest: TextPart = ""
    date: PartialDate = ""


class Evidence(Closed):
    """A report, a story or a creative work, by link. Picture, sound and film have words beside them for who cannot see or hear."""

    kind: Annotated[str, Field(min_length=1), _word_of("evidence_kind"), _listed("evidence_kind")]
    title: Annotated[TextPart, Field(min_length=1)]
    link: SomeLink
    text_alternative: LongPart = ""

    @model_validator(mode="after")
    def _can_be_read(self) -> Evidence:
        if self.kind in NEEDS_TEXT and not self.text_alternative:
            raise ValueError(
                "say in words what the picture shows, or what is said in the sound or film, for those who cannot see or hear it"
            )
        return self


_SAY_WHERE: Final = "Say where it is: the postcode of the site, or the authority, or a place in words."


class Project(Closed):
    """One project.

    place       where, in words: "Kingston upon Thames, London"
    postcode    of the organisation's site, never a person's; "" where no site is named, and then it is not drawn as a point
    areas       codes of the authorities, boards or regions it works in, or E92000001; those of its site are found by themselves
    start, end  YYYY, YYYY-MM or YYYY-MM-DD
    added_on    the day on which it was recorded here; "" where that is not known
    last_confirmed  the day on which its team last said that this is right; "" for never
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=3, max_length=80)]
    title: Annotated[ShortText, Field(min_length=3)]
    one_line: Annotated[Line, Field(max_length=300)] = ""
    organisation: Annotated[ShortText, Field(min_length=2)]
    partners: Annotated[tuple[Partner, ...], *Each] = ()
    place: Line = ""
    postcode: Annotated[str, Field(max_length=10), BeforeValidator(_tidy_postcode), AfterValidator(_postcode)] = ""
    areas: Annotated[tuple[Annotated[str, AfterValidator(_area_code)], ...], *Each] = ()
    ods_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{0,10}$")] = ""
    themes: Annotated[tuple[Theme, ...], Field(min_length=1), *Each]
    conditions: Annotated[tuple[Condition, ...], *Each] = ()
    settings: Annotated[tuple[SettingWord, ...], *Each] = ()
    where_exactly: Line = ""
    level: Annotated[str, _word_of("level"), _listed("level", "")] = ""
    population: Annotated[Line, Field(max_length=300)] = ""
    ages: Annotated[tuple[Ages, ...], *Each] = ()
    core20plus5_cyp: Annotated[tuple[ChildTag, ...], *Each] = ()
    core20plus5_adult: Annotated[tuple[AdultTag, ...], *Each] = ()
    stage: Annotated[str, _word_of("stage"), _listed("stage", "")] = ""
    start: PartialDate = ""
    end: PartialDate = ""
    aim: Paragraph = ""
    what_was_done: Paragraph = ""
    what_we_learnt: Paragraph = ""
    what_to_reuse: Paragraph = ""
    tools: Annotated[tuple[Item, ...], *Each] = ()
    measures: Annotated[tuple[Measure, ...], *Each] = ()
    link: Annotated[Link, Field(min_length=1)]
    further_links: Annotated[tuple[SomeLink, ...], *Each] = ()
    contact_page: Link = ""
    evidence: Annotated[tuple[Evidence, ...], *Each] = ()
    relation: Annotated[str, Field(min_length=1), _word_of("relation"), _listed("relation")] = "kindred"
    publication_status: Annotated[str, Field(min_length=1), _word_of("publication_status"), _listed("publication_status")] = (
        "publicly_reported"
    )
    consent: Annotated[str, Field(min_length=1), _word_of("consent"), _listed("consent")] = "not_asked"
    added_by_role: Annotated[str, _word_of("added_by_role"), _listed("added_by_role", "")] = ""
    added_on: DayText = ""
    last_confirmed: DayText = ""
    notes: Paragraph = ""

    @model_validator(mode="after")
    def _has_a_place(self) -> Project:
        if not (self.postcode or self.areas or self.place):
            raise ValueError(_SAY_WHERE)
        return self

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Project:
        if self.start and self.end and self.end[: len(self.start)] < self.start[: len(self.end)]:
            raise ValueError("it ends before it begins. Check the two dates")
        return self

    @model_validator(mode="after")
    def _its_team_knows(self) -> Project:
        if self.publication_status == "confirmed" and (self.consent != "given" or not self.last_confirmed):
            raise ValueError("what its team has confirmed needs the team's consent and the day on which it was confirmed")
        return self


#: What a contributor writes; the rest of a record is set by the server or by a reviewer.
GIVEN: Final = tuple(
    name
    for name in Project.model_fields
    if name not in ("id", "ods_code", "relation", "publication_status", "consent", "added_on", "last_confirmed", "notes")
)
#: What a contributor cannot leave out, beside a place.
REQUIRED: Final = ("title", "one_line", "organisation", "themes", "settings", "level", "stage", "link", "added_by_role")
#: What a fault about an unknown key begins with.
NO_SUCH_FIELD: Final = "There is no such field."
#: What is sent with a record and not in it.
_BESIDE: Final = ("consent", "key", "version", "website")
#: A field -> how the form calls it, and what it says under it. The postcode's line must say whose it is.
LABELS: Final[dict[str, tuple[str, str]]] = {
    "title": ("What is it called?", ""),
    "one_line": ("What is it, in one line?", "So that a 16-year-old understands it."),
    "organisation": ("Which organisation runs it?", "No names of people."),
    "partners": ("Who works on it together?", ""),
    "place": ("Where is it?", "A town, a part of a city, or a hospital."),
    "postcode": ("Postcode of the site", "The hospital’s, school’s or organisation’s. Never a patient’s or your own. In England."),
    "areas": ("Which areas does it work in?", "Authorities, NHS boards or regions, or all of England."),
    "ods_code": ("Code of the NHS site", ""),
    "themes": ("What is it about?", "One or more."),
    "conditions": ("Which conditions?", "None, if it is for everybody."),
    "settings": ("Where does it happen?", "One or more."),
    "where_exactly": ("Where exactly?", "A ward, a clinic, an emergency department, a GP practice."),
    "level": ("What does it change?", ""),
    "population": ("Who is it for?", "In your words. No person must be recognised."),
    "ages": ("How old are they?", ""),
    "core20plus5_cyp": ("Core20PLUS5, children and young people", ""),
    "core20plus5_adult": ("Core20PLUS5, adults", ""),
    "stage": ("How far is it?", ""),
    "start": ("When did it begin?", "A year like 2024, a month like 2024-03, or a day like 2024-03-15."),
    "end": ("When did it end?", "Nothing, if it goes on."),
    "aim": ("What do you want to change?", "How much, and by when?"),
    "what_was_done": ("What was done?", ""),
    "what_we_learnt": ("What did you learn?", "What did not work helps others too."),
    "what_to_reuse": ("What may others take and use?", ""),
    "tools": ("Which tools did you use?", "One in each line."),
    "measures": ("What did you measure?", ""),
    "link": ("A public page about it", "Begins with https://. The organisation’s own page, if it has none."),
    "further_links": ("More links", "One in each line, each beginning with https://"),
    "contact_page": ("How can others reach you?", "Your organisation’s own public page. No e-mail, no telephone number."),
    "evidence": ("Stories, pictures, sound, film and papers", "By link. Say in words what a picture, sound or film has in it."),
    "relation": ("Is it WHAM’s?", ""),
    "publication_status": ("Who vouches for it?", ""),
    "consent": ("May it be shown?", ""),
    "added_by_role": ("In which role do you add it?", "Your role, never your name."),
    "added_on": ("When was it recorded here?", "A day like 2024-03-15. If you leave it empty, it is the day when you import the table."),
    "last_confirmed": ("When did its team last confirm it?", "A day like 2024-03-15. Nothing, if it never did."),
    "notes": ("Notes", ""),
    "id": ("Its address", ""),
}


class ProjectError(HeatmapError):
    """One or more faults in a project's record, a line each. ``faults`` has them by field."""

    def __init__(self, faults: list[Fault], where: str = "") -> None:
        super().__init__("\n".join(f"{where}{fault.say()}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field, as a sentence with the next step. ``field`` may be "evidence.2.link", or "" for the whole."""

    field: str
    sentence: str

    def say(self) -> str:
        """
        >>> Fault("link", "A link begins with https://.").say()
        'link: A link begins with https://.'
        """
        return f"{self.field}: {self.sentence}" if self.field else self.sentence


def read_project(raw: Mapping[str, Any], where: str = "", before: Iterable[Project] = ()) -> Project:
    """A record that comes in, from plain values. Raises ProjectError with every fault.

    where   is put before each fault, for the line of a file
    before  the record as it is kept already: a text of it is not looked at again, so that a stricter policy never bars a correction
    """
    project, faults = _read_in(raw, before)
    if faults or project is None:
        raise ProjectError(faults, where)
    return project


def read_given(raw: Mapping[str, Any], of: Mapping[str, Any], before: Iterable[Project] = ()) -> Project:
    """What a contributor has written, with what the server says of it (``of``). Raises ProjectError with every fault.

    before  as in ``read_project``

    >>> read_given({"title": "Food"}, {"id": "food-1"})
    Traceback (most recent call last):
    ...
    heatmap.projects.record.ProjectError: organisation: This is missing. Add it.
    themes: This is missing. Choose one or more.
    link: This is missing. Add it.
    postcode: Say where it is: the postcode of the site, or the authority, or a place in words.
    one_line: This is missing. Add it.
    settings: This is missing. Choose one or more.
    level: This is missing. Choose one.
    stage: This is missing. Choose one.
    added_by_role: This is missing. Choose one.
    """
    faults = [Fault(_plain_key(key), _say_not_given(key)) for key in raw if key not in GIVEN]
    of = {"added_on": of.get("last_confirmed", ""), **of}  # what a team shares is confirmed on the day on which it is recorded
    kept = {key: value for key, value in raw.items() if key in GIVEN}
    project, found = _read_in({**kept, **of}, before)
    faults += found
    if not any(_says(kept.get(name)) for name in ("postcode", "areas", "place")):
        faults = [fault for fault in faults if fault.sentence != _SAY_WHERE] + [Fault("postcode", _SAY_WHERE)]
    told = {fault.field for fault in faults}
    absent = [name for name in REQUIRED if name not in told and not _says(kept.get(name))]
    faults += [Fault(name, _say_missing(name)) for name in absent]
    if faults or project is None:
        raise ProjectError(faults)
    return project


def _read_in(raw: Mapping[str, Any], before: Iterable[Project]) -> tuple[Project | None, list[Fault]]:
    """A record that comes in, and all that is wrong with it; None where it is none."""
    faults: list[Fault] = []
    project = None
    try:
        project = Project.model_validate(dict(raw))
    except ValidationError as fault:
        faults = say_record_faults(fault)
    readable = project or salvage(raw, "unread")
    known = {text for one in before for _field, text in (*_texts_of(one), *_links_of(one))}
    return project, faults + [fault for fault in find_personal(readable, known) if fault.field.partition(".")[0] not in _tops(faults)]


def _tops(faults: Iterable[Fault]) -> set[str]:
    return {fault.field.partition(".")[0] for fault in faults}


def find_personal(project: Project, known: Iterable[str] = ()) -> list[Fault]:
    """What is personal in the texts and links of a record, by field; ``known`` texts are passed over."""
    known = set(known)
    found = [(field, say_personal(text)) for field, text in _texts_of(project) if text and text not in known]
    found += [(field, say_personal_link(link)) for field, link in _links_of(project) if link and link not in known]
    return [Fault(field, f"{said[0].upper()}{said[1:]}.") for field, said in found if said]


_TEXTS: Final = (
    "title",
    "one_line",
    "organisation",
    "place",
    "where_exactly",
    "population",
    "aim",
    "what_was_done",
    "what_we_learnt",
    "what_to_reuse",
    "notes",
)


def _texts_of(project: Project) -> Iterator[tuple[str, str]]:
    """Every free text of a record with its field."""
    yield from ((name, getattr(project, name)) for name in _TEXTS)
    yield from ((f"tools.{n}", text) for n, text in enumerate(project.tools, start=1))
    for n, one in enumerate(project.measures, start=1):
        yield from ((f"measures.{n}.{name}", getattr(one, name)) for name in ("name", "baseline", "latest"))
    for n, each in enumerate(project.evidence, start=1):
        yield from ((f"evidence.{n}.{name}", getattr(each, name)) for name in ("title", "text_alternative"))


def _links_of(project: Project) -> Iterator[tuple[str, str]]:
    """Every link of a record with its field."""
    yield from ((name, getattr(project, name)) for name in ("link", "contact_page"))
    yield from ((f"further_links.{n}", link) for n, link in enumerate(project.further_links, start=1))
    yield from ((f"evidence.{n}.link", each.link) for n, each in enumerate(project.evidence, start=1))


def salvage(raw: Mapping[str, Any], id_: str) -> Project:
    """What can be read of a record that is none: each field, and each item of a list, that fits; free text as plain text.

    id_     its address, where that cannot be read either
    """
    values: dict[str, Any] = {"id": id_, "title": id_, "organisation": "", "themes": (), "link": ""}
    for name, adapter in _ADAPTERS.items():
        if name in raw:
            values |= _salvage_field(name, adapter, raw[name])
    return Project.model_construct(**values)


def _salvage_field(name: str, adapter: TypeAdapter[Any], value: Any) -> dict[str, Any]:
    value = tuple(value) if isinstance(value, list) else value
    try:
        return {name: adapter.validate_python(value, strict=True)}
    except ValidationError:
        pass
    if isinstance(value, tuple):
        return (
            {name: tuple(item for each in value[:ITEMS] for item in _salvage_field(name, adapter, (each,)).get(name, ()))}
            if len(value) > 1
            else {}
        )
    if name in _TEXTS and isinstance(value, str):
        plain = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in value if not _UNFIT.match(letter)).strip()
        return {name: plain[:PARAGRAPH]} if plain else {}
    return {}


_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    name: TypeAdapter(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)  # type: ignore[arg-type]
    for name, field in Project.model_fields.items()
}


def _say_not_given(key: Any) -> str:
    if key in _BESIDE:
        return 'This belongs next to "project", not inside it. Move it out.'
    near = nearest_word(_plain_key(key), GIVEN) if key not in Project.model_fields else ""
    return f"{NO_SUCH_FIELD} Did you mean {near}?" if near else "There is no such field here. Take it out."


def say_record_faults(fault: ValidationError) -> list[Fault]:
    """What pydantic found, field by field, in plain words; never what was typed."""
    found = [_say_fault(each) for each in fault.errors(include_input=False, include_url=False)]
    # A list whose items are wrong is told as empty too: the items are enough.
    return [one for one in found if not any(other.field.startswith(f"{one.field}.") for other in found)]


def _say_fault(fault: Any) -> Fault:
    loc = [str(part + 1) if isinstance(part, int) else _plain_key(part) for part in fault["loc"]]
    field, kind, context = ".".join(loc), fault["type"], fault.get("ctx", {})
    top = loc[0] if loc else ""
    if kind == "extra_forbidden":
        near = nearest_word(loc[-1], [*Project.model_fields, *Measure.model_fields, *Evidence.model_fields])
        return Fault(field, f"{NO_SUCH_FIELD} Did you mean {near}?" if near else f"{NO_SUCH_FIELD} Take it out.")
    if kind == "missing" or (kind in ("string_too_short", "too_short") and context.get("min_length") == 1):
        return Fault(field, _say_missing(top if len(loc) == 1 else ""))
    if kind in ("string_too_short", "too_short"):  # only texts need more than one
        return Fault(field, f"This is too short. Write {context['min_length']} letters or more.")
    if kind == "string_too_long":
        return Fault(field, f"This is too long. Keep it to {context['max_length']:,} letters.")
    if kind == "too_long":
        return Fault(field, f"These are too many. Keep it to {context['max_length']}.")
    if kind == "string_pattern_mismatch":
        return Fault(field, _PATTERNS.get(top, "This is not written as it should be; see /docs."))
    if kind == "string_unicode":
        return Fault(field, "There is a hidden sign in this text. Type it again, without copying.")
    if kind == "value_error":
        message = str(context.get("error", "")) or "This is not right."
        message = message[0].upper() + message[1:]
        return Fault(field, message if message.endswith((".", "?")) else f"{message}.")
    if kind.startswith("bool"):
        return Fault(field, "This has to be true or false.")
    if kind.startswith("int"):
        return Fault(field, "This has to be a whole number.")
    wanted = "a list" if "tuple" in kind else "a group of fields" if "model" in kind or "dict" in kind else "a text"
    return Fault(field, f"This has to be {wanted}.")


_PATTERNS: Final = {
    "id": "Use small letters, digits and single hyphens.",
    "ods_code": "Use capitals and digits alone, like RAX01.",
    "key": "Use 20 or more letters, digits, - and _.",
}


def _say_missing(field: str) -> str:
    shape = str(Project.model_fields[field].annotation) if field in Project.model_fields else ""
    if words_of(field):
        return f"This is missing. Choose {'one or more' if 'tuple' in shape else 'one'}."
    return "This is missing. Add it."


def _says(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def _plain_key(key: Any) -> str:
    """A key as it may be repeated: small letters, digits and _ alone."""
    return key if isinstance(key, str) and re.fullmatch(r"[a-z0-9_]{1,40}", key) else "?"


# ---- how long ago ----

#: Months after which a record that nobody has confirmed is greyed.
STALE_AFTER: Final = 12
Freshness = Literal["confirmed", "stale", "unconfirmed"]


def freshness_of(project: Project, today: date) -> Freshness:
    """Whether its team has confirmed it within twelve months; or never, and it was recorded within them; or neither: stale.

    What was never confirmed, and of which nobody knows when it was recorded, has no age: it stays unconfirmed.

    >>> team = {"publication_status": "confirmed", "consent": "given", "last_confirmed": "2025-11-25"}
    >>> plain = {"id": "food", "title": "Food", "organisation": "A ward", "place": "Leeds", "themes": ["food"], "link": "https://a.org/"}
    >>> food, report = read_project(plain | team), read_project(plain | {"added_on": "2025-11-25"})
    >>> [freshness_of(each, day) for each in (food, report) for day in (date(2026, 11, 24), date(2026, 11, 25))]
    ['confirmed', 'stale', 'unconfirmed', 'stale']
    """
    # A day that has not come is of a wrong clock and says nothing. One day ahead may be another time zone's.
    days = [date.fromisoformat(day) for day in (project.last_confirmed, project.added_on) if day]
    known = [day for day in days if day.toordinal() <= today.toordinal() + 1]
    if not known:
        return "unconfirmed"
    then = known[0]
    if months_since(then.isoformat(), today) >= STALE_AFTER:
        return "stale"
    return "confirmed" if project.last_confirmed and then == days[0] else "unconfirmed"
