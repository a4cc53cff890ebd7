"""Open Referral UK 3.0 (HSDS-UK 3.0), the standard in which councils publish their directories: page by page, record by record.

Source: the UK profile of the Human Services Data Specification 3.0, its JSON schemas and its API (openreferral.org,
openreferraluk.org). What a record must have, and of which type what it may have, is held to the schema; what we have no use
for is not read. People's names and mail addresses are never read. How a record becomes a place: ``open_referral_places.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from command.importers.feed import Feed, GoneError, host_of, read_json_file, show_address
from command.importers.reading import clean
from heatmap.errors import SourceError, name_some

#: How many records we ask for at once, and the most that a feed may have.
PER_PAGE: Final = 100
MOST_RECORDS: Final = 100_000
#: A record of a list that has any of these is whole; one that has none is asked for alone.
_NESTED: Final = ("service_at_locations", "schedules", "contacts", "attributes", "cost_options", "languages")


def _day(text: str) -> str:
    if text and not re.match(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T|$)", text):
        raise ValueError("should be a day, like 2026-03-31")
    return text[:10]


def _write_loose(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}"
    return ",".join(map(str, value)) if isinstance(value, list) else value


def _absent(default: Any) -> BeforeValidator:
    """The standard leaves out what has no value; many feeds say null."""
    return BeforeValidator(lambda value: default() if value is None else value)


Text = Annotated[str, _absent(str)]
Must = Annotated[str, Field(min_length=1, pattern=r"\S")]
FeedDay = Annotated[str, _absent(str), AfterValidator(_day)]
Number = float | None
#: A text, or what feeds write in the place of one: a number, or a list.
Loose = Annotated[str, BeforeValidator(lambda value: _write_loose(value))]


class _Record(BaseModel):
    """As the schema has it; other keys are allowed and not read."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class TaxonomyTerm(_Record):
    """A word of some taxonomy."""

    name: Text = ""
    term: Text = ""


class Attribute(_Record):
    """A word that is said of a service; ``link_type`` says in what respect: what it is, or for whom."""

    link_type: Text = ""
    taxonomy_term: TaxonomyTerm | None = None

    @property
    def word(self) -> str:
        """The word itself."""
        return (self.taxonomy_term.name or self.taxonomy_term.term).strip() if self.taxonomy_term else ""

    @property
    def says_for_whom(self) -> bool:
        """Whether it says who may come, and not what there is."""
        return bool(re.search(r"eligib|audience|circumstance|target", self.link_type, re.IGNORECASE))


class Phone(_Record):
    """A telephone number. ``type`` is voice, text, fax, cell, video, pager or textphone."""

    number: Text = ""
    extension: Loose = ""
    type: Text = ""


class Contact(_Record):
    """Where to ring. Whose number it is, we do not read."""

    phones: Annotated[list[Phone], _absent(list)] = Field(default_factory=list)


class Schedule(_Record):
    """When a service is open, as RFC 5545 has it."""

    valid_from: Loose = ""
    valid_to: FeedDay = ""
    dtstart: Loose = ""
    until: Loose = ""
    count: Loose = ""
    freq: Text = ""
    interval: Number = None
    byday: Loose = ""
    bymonthday: Loose = ""
    byweekno: Loose = ""
    byyearday: Loose = ""
    bymonth: Loose = ""
    bysetpos: Loose = ""
    exdate: Loose = ""
    rdate: Loose = ""
    description: Text = ""
    opens_at: Text = ""
    closes_at: Text = ""
    notes: Text = ""

    @property
    def has_other_rules(self) -> bool:
        """Whether it has parts that we have no words for."""
        parts = (self.byweekno, self.byyearday, self.bymonth, self.bysetpos, self.exdate, self.rdate)
        return any(part.strip() for part in parts)


class CostOption(_Record):
    """What a service costs, and for whom."""

    valid_to: FeedDay = ""
    option: Text = ""
    amount: Number = None
    amount_description: Text = ""


class SpokenLanguage(_Record):
    """A language that is spoken there."""

    name: Text = ""
    code: Text = ""


class Address(_Record):
    """A postal address."""

    address_1: Text = ""
    address_2: Text = ""
    city: Text = ""
    postal_code: Text = ""


class Accessibility(_Record):
    """How people with a disability get in."""

    description: Text = ""
    details: Text = ""


class Location(_Record):
    """A place where services are given. Degrees of WGS 84. ``location_type``: physical, postal or virtual."""

    id: Must
    name: Text = ""
    location_type: Text = ""
    latitude: Number = None
    longitude: Number = None
    addresses: Annotated[list[Address], _absent(list)] = Field(default_factory=list)
    accessibility: Annotated[list[Accessibility], _absent(list)] = Field(default_factory=list)


class ServiceAtLocation(_Record):
    """A service at one of its places, with what holds there alone."""

    location: Location | None = None
    schedules: Annotated[list[Schedule], _absent(list)] = Field(default_factory=list)
    phones: Annotated[list[Phone], _absent(list)] = Field(default_factory=list)
    contacts: Annotated[list[Contact], _absent(list)] = Field(default_factory=list)


class Organization(_Record):
    """Who gives a service."""

    name: Text = ""
    website: Text = ""
    phones: Annotated[list[Phone], _absent(list)] = Field(default_factory=list)
    contacts: Annotated[list[Contact], _absent(list)] = Field(default_factory=list)


class ReferralService(_Record):
    """One service. The standard's pages ask for id, name and status; its schema for ``url`` too, which few feeds have always."""

    id: Must
    name: Must
    status: Literal["active", "inactive", "defunct", "temporarily closed"]
    alert: Text = ""
    description: Text = ""
    url: Text = ""
    fees: Text = ""
    fees_description: Text = ""
    minimum_age: Number = None
    maximum_age: Number = None
    eligibility_description: Text = ""
    assured_date: FeedDay = ""
    schedules: Annotated[list[Schedule], _absent(list)] = Field(default_factory=list)
    languages: Annotated[list[SpokenLanguage], _absent(list)] = Field(default_factory=list)
    cost_options: Annotated[list[CostOption], _absent(list)] = Field(default_factory=list)
    attributes: Annotated[list[Attribute], _absent(list)] = Field(default_factory=list)
    phones: Annotated[list[Phone], _absent(list)] = Field(default_factory=list)
    contacts: Annotated[list[Contact], _absent(list)] = Field(default_factory=list)
    organization: Organization | None = None
    service_at_locations: Annotated[list[ServiceAtLocation], _absent(list)] = Field(default_factory=list)


@dataclass(frozen=True)
class ReferralServices:
    """What a feed holds.

    services    those that keep the schema
    faults      a sentence for each record that breaks it
    notes       what should be told of the feed as a whole
    """

    services: list[ReferralService]
    faults: list[str]
    notes: list[str]


def read_services(feed: Feed, address: str, say: Callable[[str], None]) -> ReferralServices:
    """Every service of a feed. Raises SourceError where its server or its pages cannot be followed.

    address     of the API, or of its list of services
    """
    called = host_of(address)
    base, query = _split(address)
    services: list[ReferralService] = []
    faults: list[str] = []
    notes: list[str] = []
    held = 0
    for page, total, record in _follow_pages(feed, base, query, say, notes):
        held += 1
        whole = record
        if record.get("id") and not any(key in record for key in _NESTED):
            try:
                whole = feed.get_json(f"{base}/{quote(str(record['id']), safe='')}")
            except GoneError:
                faults.append(f"{called}: service {_name(record)} on page {page}: asked for alone, it is not there. Tell the publisher.")
                continue
        if held % 100 == 0:
            say(f"  {held:,}{f' of {total:,}' if total else ''} services read")
        _hold(whole, f"{called}: service {_name(record)} on page {page}", services, faults)
    return ReferralServices(services, faults, notes)


def read_services_file(path: Path) -> ReferralServices:
    """Every service of a page of a feed, or of a list of whole services, that was fetched by hand. Raises SourceError."""
    records, _last, _total = _read_page(read_json_file(path), 1, path.name)
    if not records:
        raise SourceError(f"{path.name}: the file has no services. Download it again from its publisher.")
    made = ReferralServices([], [], [])
    for record in records:
        _hold(record, f"{path.name}: service {_name(record)}", made.services, made.faults)
    return made


def _hold(record: Any, called: str, services: list[ReferralService], faults: list[str]) -> None:
    """Hold a record against the schema: it is one of the services, or one of the faults."""
    try:
        services.append(ReferralService.model_validate(record))
    except ValidationError as wrong:
        faults.append(f"{called}: {_say_fault(wrong.errors()[0])} Tell the publisher.")


def _split(address: str) -> tuple[str, dict[str, str]]:
    """The address of the list of services, and what is asked of it besides the page.

    >>> _split("https://example.org/api/?taxonomy_id=7")
    ('https://example.org/api/services', {'taxonomy_id': '7'})
    """
    parts = urlsplit(address)
    path = parts.path.rstrip("/")
    path = path if path.endswith("/services") else f"{path}/services"
    query = {key: value for key, value in parse_qsl(parts.query) if key not in ("page", "per_page")}
    return urlunsplit((parts.scheme, parts.netloc, path, "", "")), query


def _follow_pages(
    feed: Feed, base: str, query: dict[str, str], say: Callable[[str], None], notes: list[str]
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Each record of each page, with the page's number and how many records there should be (0: not said)."""
    seen: set[str] = set()
    page, again = 1, 0
    while True:
        answer = feed.get_json(f"{base}?{urlencode(query | {'page': page, 'per_page': PER_PAGE})}")
        records, last, total = _read_page(answer, page, show_address(base))
        ids = [str(record.get("id")) for record in records]
        if records and page > 1 and all(each in seen for each in ids):
            raise SourceError(
                f"{show_address(base)}: page {page} has only services that came before ({_name(records[0])}), so its pages repeat for ever."
                f" Tell the publisher, and try again when they have fixed it."
            )
        for each, record in zip(ids, records, strict=True):
            if record.get("id") and each in seen:
                again += 1
                continue
            seen.add(each)
            if len(seen) > MOST_RECORDS:
                raise SourceError(f"{show_address(base)}: more than {MOST_RECORDS:,} services. Ask its publisher for your area alone.")
            yield page, total, record
        if last or not records:
            break
        say(f"page {page} read, {len(seen):,}{f' of {total:,}' if total else ''} services so far")
        page += 1
    if not seen:
        raise SourceError(f"{show_address(base)}: the feed has no services. Check the address with its publisher.")
    if again:
        notes.append(f"{again:,} services are on two pages. We imported each once.")
    if total and total != len(seen):
        notes.append(f"The feed says that it holds {total:,} services; its pages held {len(seen):,}.")


def _read_page(answer: Any, page: int, called: str) -> tuple[list[dict[str, Any]], bool, int]:
    """A page's records, whether it is the last, and how many records all pages should hold."""
    records: list[Any]
    total: Any
    if isinstance(answer, list):  # an API without pages answers with all at once
        records, last, total = answer, True, 0
    elif isinstance(answer, dict) and isinstance(answer.get("contents"), list):
        records = answer["contents"]
        last, total = _is_last(answer, page), answer.get("total_items")
    else:
        old = (
            " It speaks an older version of the standard, 1.0: ask its publisher for the address of 3.0."
            if (isinstance(answer, dict) and "content" in answer)
            else " Give the address of an Open Referral UK 3.0 API."
        )
        raise SourceError(f"{called}: page {page} has no list 'contents', so it is not a page of Open Referral UK 3.0.{old}")
    if strange := [record for record in records if not isinstance(record, dict)]:
        raise SourceError(
            f"{called}: page {page} holds {str(strange[0])[:40]!r} among its services, which is not a record. Tell the publisher."
        )
    return records, last, total if isinstance(total, int) else 0


def _is_last(answer: dict[str, Any], page: int) -> bool:
    """As the page says; one that says nothing may be followed by another, until one is empty."""
    if isinstance(answer.get("last_page"), bool):
        return bool(answer["last_page"])
    pages = answer.get("total_pages")
    return isinstance(pages, int) and page >= pages


def _name(record: dict[str, Any]) -> str:
    """How a record is named in a sentence."""
    return f"'{clean(str(record.get('name') or 'without a name'))[:60]}' (id {clean(str(record.get('id') or 'missing'))[:40]})"


def _say_fault(fault: Any) -> str:
    """What breaks the schema, and where in the record.

    >>> try: ReferralService.model_validate({"id": "7", "name": "A", "status": "open"})
    ... except ValidationError as wrong: _say_fault(wrong.errors()[0])
    "status = 'open' breaks the schema: it should be 'active', 'inactive', 'defunct' or 'temporarily closed'."
    """
    where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"{where} is missing, which the schema asks for."
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("should be ")
    message = "a text that says something" if fault["type"] in ("string_too_short", "string_pattern_mismatch") else message
    given = fault["input"]
    shown = repr(given)[:60] if isinstance(given, str | int | float | bool) else f"a {'list' if isinstance(given, list) else 'record'}"
    if not where:
        return "it is not a record, which the schema asks for."
    return f"{where} = {shown} breaks the schema: it should be {message}."


def name_faults(faults: list[str], most: int = 8) -> str:
    """The first few faults, a line each, and how many more there are."""
    more = (
        [f"and {len(faults) - most:,} more: {name_some([fault.split(': ')[1] for fault in faults[most:]])}"] if len(faults) > most else []
    )
    return "\n".join(faults[:most] + more)
