"""From services of Open Referral UK to places on the map: what each offers, for whom, when, at what cost, and under which heading."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from command.importers.need_terms import find_terms, write_needs
from command.importers.open_referral import CostOption, Location, Phone, ReferralService, ServiceAtLocation
from command.importers.opening_times import say_schedules
from command.importers.reading import Reading, clean, to_text
from etl.register_words import join_address, tidy_phone
from heatmap.layers.cards import Heading
from heatmap.phones import dial
from heatmap.place.help_near import safe_link
from heatmap.snapshot import write_postcode

#: The longest that a place may say of what it offers, and of anything else.
_LONGEST_WHAT: Final = 240
_LONGEST: Final = 160
_OPEN_ENDED: Final = 100


def read_places(services: list[ReferralService], otherwise: Heading | None, today: date) -> Reading:
    """A place for each service at each of its locations.

    otherwise   the heading of a service of which we know no word; None leaves it out, and says so
    today       costs and times that are over by this day are left out
    """
    reading = Reading()
    closed, nowhere, unknown, links, not_places, numbers = [], [], [], [], [], []
    for service in services:
        if service.status != "active":
            closed.append(service.name)
            continue
        terms = find_terms(each.word for each in service.attributes if each.word and not each.says_for_whom) or find_terms([service.name])
        heading = terms[0].heading if terms else otherwise
        if heading is None:
            unknown.append(service.name)
            continue
        given = [(each, each.location) for each in service.service_at_locations if each.location]
        at = [(each, location) for each, location in given if _is_to_go_to(location) and _has_place(location)]
        if any(not _is_to_go_to(location) for _, location in given):
            not_places.append(service.name)
        elif not at:
            nowhere.append(service.name)
        website = service.url or (service.organization.website if service.organization else "")
        if website and at and not safe_link(website):
            links.append(service.name)
        if (
            at
            and not any(_choose_phone(service, here) for here, _ in at)
            and any(each.number.strip() for here, _ in at for each in _phones(service, here))
        ):
            numbers.append(service.name)
        for here, location in at:
            row = _write(service, here, location, len(at) > 1, today) | {
                "need": write_needs(term.need for term in terms),
                "website": safe_link(website),
            }
            reading.add(heading, row, f"service '{service.name[:60]}' (id {service.id[:40]})")
    for names, why in (
        (closed, "skipped: the feed says that they are not active now"),
        (nowhere, "skipped: no location with a postcode or a latitude and longitude (a helpline, or online)"),
        (not_places, "skipped: the location is virtual or a postal address, so nobody can go there"),
        (unknown, "skipped: none of their terms is in data/words/need_terms.toml. Add the term, or give --otherwise with a heading"),
        (links, "a web address that no browser may follow: listed without it"),
        (numbers, "a telephone number that no telephone can dial: listed without it"),
    ):
        reading.note(names, why)
    return reading


def _is_to_go_to(location: Location) -> bool:
    """Whether a location is one of bricks; one that does not say of which type it is, is."""
    return location.location_type.strip().lower() in ("", "physical")


def _phones(service: ReferralService, here: ServiceAtLocation) -> list[Phone]:
    """Every number of a service at a place to speak to somebody, the nearest to it first."""
    organization = service.organization
    found = [
        *here.phones,
        *(phone for each in here.contacts for phone in each.phones),
        *service.phones,
        *(phone for each in service.contacts for phone in each.phones),
        *((*organization.phones, *(phone for each in organization.contacts for phone in each.phones)) if organization else ()),
    ]
    return [each for each in found if each.type.strip().lower() not in ("fax", "pager")]


def _choose_phone(service: ReferralService, here: ServiceAtLocation) -> str:
    """The first number that a telephone can dial, with its extension; "" where there is none."""
    for each in _phones(service, here):
        if dial(each.number):
            number = tidy_phone(each.number) or clean(each.number)
            extension = each.extension.strip()
            return f"{number} ext {extension}" if extension and extension not in number.split() else number
    return ""


def _has_place(location: Location) -> bool:
    return (location.latitude is not None and location.longitude is not None) or any(
        write_postcode(each.postal_code) for each in location.addresses
    )


def _write(service: ReferralService, here: ServiceAtLocation, location: Location, several: bool, today: date) -> dict[str, str]:
    address = location.addresses[0] if location.addresses else None
    spoken = [each.name or each.code for each in service.languages]
    access = [
        _shorten(". ".join(part.strip(" .") for part in (each.description, each.details) if part.strip()))
        for each in location.accessibility
    ]
    alert, description = to_text(service.alert), to_text(service.description)
    for_whom = [to_text(service.eligibility_description), *(each.word for each in service.attributes if each.says_for_whom)]
    return {
        "id": _write_id(f"{service.id}-{location.id}" if several else service.id),
        "name": " ".join(service.name.split()),
        "what": _shorten(" ".join(part for part in (end_sentence(alert), description) if part), _LONGEST_WHAT),
        "ages": say_ages(service.minimum_age, service.maximum_age),
        "eligibility": _shorten("; ".join(dict.fromkeys(each for each in for_whom if each))),
        "cost": _shorten(say_cost(service, today)),
        "access": _shorten("; ".join(dict.fromkeys(each for each in access if each))),
        "languages": _shorten(", ".join(dict.fromkeys(each for each in spoken if each))),
        "opening": _shorten_times(say_schedules(here.schedules or service.schedules, today)),
        "phone": _choose_phone(service, here),
        "address": _shorten(join_address(location.name, *((address.address_1, address.address_2, address.city) if address else ()))),
        "postcode": next((each.postal_code.strip() for each in location.addresses if write_postcode(each.postal_code)), ""),
        "latitude": "" if location.latitude is None or location.longitude is None else repr(location.latitude),
        "longitude": "" if location.latitude is None or location.longitude is None else repr(location.longitude),
        "checked_on": service.assured_date,
    }


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


def say_cost(service: ReferralService, today: date) -> str:
    """What a service costs now: its options, else its words on fees; "" where the feed does not say.

    >>> say_cost(ReferralService(id="1", name="A", status="active", cost_options=[CostOption(amount=0), CostOption(option="Adults", amount=2.5)]), date(2026, 1, 1))
    'Free; Adults: £2.50'
    """
    now = [each for each in service.cost_options if _holds(each.valid_to, today)]
    said = [_say_option(each) for each in now]
    return "; ".join(dict.fromkeys(each for each in said if each)) or to_text(service.fees_description or service.fees)


def _say_option(cost: CostOption) -> str:
    amount = "" if cost.amount is None else "Free" if cost.amount == 0 else f"£{cost.amount:.2f}".removesuffix(".00")
    price = " ".join(part for part in (amount, cost.amount_description.strip()) if part)
    return ": ".join(part for part in (cost.option.strip(), price) if part)


def _holds(ends: str, today: date) -> bool:
    """Whether something that ends on this day, or never, is not over; what begins later is told."""
    return not ends or ends >= today.isoformat()


def end_sentence(text: str) -> str:
    """A text that something may follow.

    >>> end_sentence("Closed until further notice"), end_sentence("Moved!"), end_sentence("")
    ('Closed until further notice.', 'Moved!', '')
    """
    return f"{text}." if text and text[-1] not in ".!?" else text


def _shorten_times(text: str) -> str:
    """Times are never cut in the middle: who reads half of them comes in vain."""
    if len(text) <= _LONGEST_WHAT:
        return text
    kept = text[: _LONGEST_WHAT - 25].rpartition("; ")[0]
    return f"{kept}; ring first for more times" if kept else "Ring first for the days and hours"


def _shorten(text: str, most: int = _LONGEST) -> str:
    """At most so many letters, cut after a sentence if one ends in the second half, else after a word."""
    if len(text) <= most:
        return text
    cut = text[:most]
    end = max(cut.rfind(". "), cut.rfind("! "), cut.rfind("? "))
    return cut[: end + 1] if end > most // 2 else f"{cut.rsplit(' ', 1)[0].rstrip(',;.')} …"
