"""From services of Open Referral UK to places on the map: what each offers, for whom, when, at what cost, and under which heading."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from typing import Final

from command.need_terms import find_terms, write_needs
from command.open_referral import CostOption, Location, Schedule, Service, ServiceAtLocation
from command.reading import Reading
from etl.place_names import join_address, tidy_phone, tidy_postcode
from heatmap.cards import Heading
from heatmap.help_near import dial, safe_link

#: The longest that a place may say of what it offers, and of anything else.
_LONGEST_WHAT: Final = 240
_LONGEST: Final = 160
_DAYS: Final = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday", "SU": "Sunday",
}  # fmt: skip
_NTH: Final = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}
_OPEN_ENDED: Final = 100


def read_places(services: list[Service], otherwise: Heading | None, today: date) -> Reading:
    """A place for each service at each of its locations.

    otherwise   the heading of a service of which we know no word; None leaves it out, and says so
    today       costs and times that are over by this day are left out
    """
    reading = Reading()
    closed, nowhere, unknown, links = [], [], [], []
    for service in services:
        if service.status != "active":
            closed.append(service.name)
            continue
        terms = find_terms(each.word for each in service.attributes if each.word and not each.says_for_whom) or find_terms([service.name])
        heading = terms[0].heading if terms else otherwise
        if heading is None:
            unknown.append(service.name)
            continue
        at = [(each, each.location) for each in service.service_at_locations if each.location and _has_place(each.location)]
        if not at:
            nowhere.append(service.name)
        website = service.url or (service.organization.website if service.organization else "")
        if website and at and not safe_link(website):
            links.append(service.name)
        for here, location in at:
            row = _write(service, here, location, len(at) > 1, today) | {
                "need": write_needs(term.need for term in terms),
                "website": safe_link(website),
            }
            reading.add(heading, row, f"service '{service.name[:60]}' (id {service.id[:40]})")
    for names, why in (
        (closed, "not active now, as the feed says: left out"),
        (nowhere, "no location with a postcode or a latitude and longitude (a helpline, or online): left out"),
        (unknown, "no term of theirs is in data/words/need_terms.toml: left out. Add the term, or say --otherwise with a heading"),
        (links, "a web address that no browser may follow: listed without it"),
    ):
        reading.note(names, why)
    return reading


def _has_place(location: Location) -> bool:
    return (location.latitude is not None and location.longitude is not None) or any(
        tidy_postcode(each.postal_code) for each in location.addresses
    )


def _write(service: Service, here: ServiceAtLocation, location: Location, several: bool, today: date) -> dict[str, str]:
    address = location.addresses[0] if location.addresses else None
    organization = service.organization
    spoken = [each.name or each.code for each in service.languages]
    access = [
        _shorten(". ".join(part.strip(" .") for part in (each.description, each.details) if part.strip()))
        for each in location.accessibility
    ]
    phones = [
        *here.phones, *(phone for each in here.contacts for phone in each.phones), *service.phones,
        *(phone for each in service.contacts for phone in each.phones),
        *((*organization.phones, *(phone for each in organization.contacts for phone in each.phones)) if organization else ()),
    ]  # fmt: skip
    for_whom = [to_text(service.eligibility_description), *(each.word for each in service.attributes if each.says_for_whom)]
    return {
        "id": _write_id(f"{service.id}-{location.id}" if several else service.id),
        "name": " ".join(service.name.split()),
        "what": _shorten(to_text(service.description), _LONGEST_WHAT),
        "ages": say_ages(service.minimum_age, service.maximum_age),
        "eligibility": _shorten("; ".join(dict.fromkeys(each for each in for_whom if each))),
        "cost": _shorten(say_cost(service, today)),
        "access": _shorten("; ".join(dict.fromkeys(each for each in access if each))),
        "languages": _shorten(", ".join(dict.fromkeys(each for each in spoken if each))),
        "opening": _shorten(say_schedules(here.schedules or service.schedules, today)),
        "phone": next((tidy_phone(each.number) or each.number.strip() for each in phones if dial(each.number)), ""),
        "address": _shorten(join_address(location.name, *((address.address_1, address.address_2, address.city) if address else ()))),
        "postcode": next((code for each in location.addresses if (code := tidy_postcode(each.postal_code))), ""),
        "latitude": "" if location.latitude is None or location.longitude is None else repr(location.latitude),
        "longitude": "" if location.latitude is None or location.longitude is None else repr(location.longitude),
        "checked_on": service.assured_date,
    }  # fmt: skip


def _write_id(text: str) -> str:
    """An id that can stand in an address.

    >>> _write_id("a/b c"), _write_id("ac148810-d857")
    ('a-b-c', 'ac148810-d857')
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)[:120]


def say_ages(youngest: float | None, oldest: float | None) -> str:
    """
    >>> say_ages(12, 25), say_ages(16, None), say_ages(16, 100), say_ages(None, 4), say_ages(0, 120), say_ages(None, None)
    ('12 to 25', '16 and over', '16 and over', 'up to 4', '', '')
    """
    low, high = f"{youngest or 0:g}", f"{oldest or 0:g}"
    open_ended = not oldest or oldest >= _OPEN_ENDED
    if not youngest:
        return "" if open_ended else f"up to {high}"
    return f"{low} and over" if open_ended else f"{low} to {high}"


def say_cost(service: Service, today: date) -> str:
    """What a service costs now: its options, else its words on fees; "" where the feed does not say.

    >>> say_cost(Service(id="1", name="A", status="active", cost_options=[CostOption(amount=0), CostOption(option="Adults", amount=2.5)]), date(2026, 1, 1))
    'Free; Adults: £2.50'
    """
    now = [each for each in service.cost_options if _holds(each.valid_to, today)]
    said = [_say_option(each) for each in now]
    return "; ".join(dict.fromkeys(each for each in said if each)) or to_text(service.fees_description or service.fees)


def _say_option(cost: CostOption) -> str:
    amount = "" if cost.amount is None else "Free" if cost.amount == 0 else f"£{cost.amount:.2f}".removesuffix(".00")
    price = " ".join(part for part in (amount, cost.amount_description.strip()) if part)
    return ": ".join(part for part in (cost.option.strip(), price) if part)


def say_schedules(schedules: list[Schedule], today: date) -> str:
    """When it is open: in the feed's own words where it has some, else from its days and hours.

    >>> say_schedules([Schedule(freq="WEEKLY", byday="TH,FR", opens_at="10:00:00", closes_at="18:00Z")], date(2026, 1, 1))
    'Thursday, Friday 10:00 to 18:00'
    >>> say_schedules([Schedule(freq="MONTHLY", byday="2MO", opens_at="09:30")], date(2026, 1, 1))
    'second Monday of the month from 09:30'
    """
    said = [_say_schedule(each) for each in schedules if _holds(each.valid_to, today)]
    return "; ".join(dict.fromkeys(each for each in said if each))


def _say_schedule(each: Schedule) -> str:
    if each.description.strip():
        return to_text(each.description).rstrip(".")
    days = []
    for part in each.byday.upper().split(","):
        found = re.fullmatch(r"\s*(-?\d)?([A-Z]{2})\s*", part)
        if found and found[2] in _DAYS:
            days.append(f"{_NTH.get(found[1] or '', '')} {_DAYS[found[2]]}".strip())
    often = " of the month" if each.freq.upper() == "MONTHLY" else " every second week" if each.interval == 2 else ""
    begin, end = (found[0] if (found := re.match(r"\d\d:\d\d", text)) else "" for text in (each.opens_at, each.closes_at))
    hours = f"{begin} to {end}" if begin and end else f"from {begin}" if begin else f"until {end}" if end else ""
    return " ".join(part for part in (", ".join(days) + often if days else "", hours) if part)


def _holds(ends: str, today: date) -> bool:
    """Whether something that ends on this day, or never, is not over; what begins later is told."""
    return not ends or ends >= today.isoformat()


class _Words(HTMLParser):
    """The words of a text with HTML in it; what is no text is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in ("script", "style")
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style") and self.silent > 0
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def to_text(text: str) -> str:
    """A description, which the standard allows to hold HTML, as words alone.

    >>> to_text("<p>Hot food<br>&amp; company</p><script>alert(1)</script>"), to_text("2 < 3")
    ('Hot food & company', '2 < 3')
    """
    reader = _Words()
    reader.feed(text)
    reader.close()
    return " ".join("".join(reader.parts).split())


def _shorten(text: str, most: int = _LONGEST) -> str:
    """At most so many letters, cut after a sentence if one ends in the second half, else after a word."""
    if len(text) <= most:
        return text
    cut = text[:most]
    end = max(cut.rfind(". "), cut.rfind("! "), cut.rfind("? "))
    return cut[: end + 1] if end > most // 2 else f"{cut.rsplit(' ', 1)[0].rstrip(',;.')} …"
