"""Give Food's list of the United Kingdom's food banks, and of the places where they give food out.

Source: version 2 of its public API, whose rules stand at https://www.givefood.org.uk/api/: credit with a link, keep it fresh.
The list is kept up by hand and hourly; a place in it has no date of a check, so the day on which it stood there is told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from command.importers.feed import show_address
from command.importers.reading import Reading, clean
from etl.register_words import join_address, tidy_phone
from heatmap.errors import SourceError
from heatmap.phones import dial
from heatmap.place.help_near import safe_link
from heatmap.snapshot import write_postcode

#: The two lists: of food banks, and of the places where they give food out.
ADDRESSES: Final = ("https://www.givefood.org.uk/api/2/foodbanks/", "https://www.givefood.org.uk/api/2/locations/")
_ENGLAND: Final = "england"
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Urls(_Record):
    """Its own page, and Give Food's about it."""

    homepage: Text = ""
    html: Text = ""


class Bank(_Record):
    """Whose place it is where food is given out: a record in the list as JSON, a name in the list as GeoJSON."""

    name: Text = ""
    slug: Text = ""


class FoodBank(_Record):
    """A food bank, or a place where one gives food out. ``lat_lng`` holds degrees: "52.43,-1.89"."""

    name: Annotated[str, Field(min_length=1, pattern=r"\S")]
    slug: Annotated[str, Field(min_length=1)]
    phone: Text = ""
    address: Text = ""
    postcode: Text = ""
    country: Text = ""
    closed: bool | None = None
    lat_lng: Annotated[str, Field(pattern=r"^\s*-?\d+(\.\d+)?\s*,\s*-?\d+(\.\d+)?\s*$")]
    network: Text = ""
    urls: Urls = Urls()
    foodbank: Bank | None = None


def read_food_banks(
    answers: list[tuple[str, Any]], is_english: Callable[[str, float, float], bool], today: date
) -> tuple[Reading, list[str]]:
    """Every open food bank of England, and a sentence for each record that is none.

    answers     address, and what it answered
    is_english  whether a postcode, or else latitude and longitude, lies in England; asked where the list does not say
    today       the day on which the list was read
    """
    reading, faults = Reading(), []
    closed, elsewhere, numbers = [], [], []
    for address, answer in answers:
        for number, record in enumerate(_records(answer, address), start=1):
            try:
                bank = FoodBank.model_validate(record)
            except ValidationError as wrong:
                faults.append(_say_fault(show_address(address), number, record, wrong.errors()[0]))
                continue
            latitude, longitude = (float(part) for part in bank.lat_lng.split(","))
            if bank.closed:
                closed.append(bank.name)
            elif bank.country.strip().lower() != _ENGLAND and (
                bank.country.strip() or not is_english(_postcode_of(bank), latitude, longitude)
            ):
                elsewhere.append(bank.name)
            else:
                if bank.phone.strip() and not dial(bank.phone):
                    numbers.append(bank.name)
                reading.add("provide_essentials", _write(bank, latitude, longitude, today), f"'{bank.name[:60]}' (slug {bank.slug[:40]})")
    reading.note(closed, "skipped: the list says that they are closed")
    reading.note(elsewhere, "in Wales, Scotland or Northern Ireland: the map is of England")
    reading.note(numbers, "a telephone number that no telephone can dial: listed without it")
    return reading.with_own_ids(), faults


def _records(answer: Any, address: str) -> list[Any]:
    """The records of a list, of JSON or of GeoJSON."""
    if isinstance(answer, dict) and answer.get("type") == "FeatureCollection" and isinstance(answer.get("features"), list):
        return [_from_feature(each) for each in answer["features"]]
    if not isinstance(answer, list) or not answer:
        raise SourceError(f"{show_address(address)}: no list of food banks. Look the address up again at https://www.givefood.org.uk/api/.")
    return answer


def _from_feature(feature: Any) -> Any:
    """A GeoJSON feature as the JSON has it; whatever it is, it is held against the form afterwards."""
    try:
        said, (longitude, latitude, *_) = feature["properties"], feature["geometry"]["coordinates"]
        of = said.get("foodbank")
        bank = {"name": of, "slug": said.get("foodbank_slug")} if isinstance(of, str) else of
        phone, urls = said.get("phone") or said.get("telephone"), said.get("urls") or {"html": said.get("url")}
        return said | {"lat_lng": f"{latitude},{longitude}", "phone": phone, "urls": urls, "foodbank": bank}
    except (TypeError, KeyError, ValueError, AttributeError):
        return feature


def _postcode_of(bank: FoodBank) -> str:
    """Its postcode, which the list as GeoJSON has in the last line of the address alone."""
    lines = [line.strip() for line in bank.address.splitlines()]
    last = lines[-1].rpartition(",")[2] if lines else ""
    return bank.postcode.strip() or next((line for line in (last, " ".join(last.split()[-2:])) if write_postcode(line)), "")


def _write(bank: FoodBank, latitude: float, longitude: float, today: date) -> dict[str, str]:
    of = bank.foodbank.name if bank.foodbank else ""
    name = bank.name if not of or of.lower() in bank.name.lower() else f"{bank.name} ({of})"
    named = name if "food" in name.lower() else f"{name} food bank"
    code = write_postcode(_postcode_of(bank))
    slug = f"{bank.foodbank.slug}-{bank.slug}" if bank.foodbank and bank.foodbank.slug else bank.slug
    return {
        "id": slug,
        "name": " ".join(named.split()),
        "need": "food",
        "what": "Food bank. Ring first: many ask for a voucher from a doctor, a school or an adviser",
        "phone": tidy_phone(bank.phone) or (clean(bank.phone) if dial(bank.phone) else ""),
        "website": safe_link(bank.urls.homepage) or safe_link(bank.urls.html),
        "address": join_address(*(line for line in bank.address.splitlines() if not write_postcode(line) or write_postcode(line) != code)),
        "postcode": _postcode_of(bank) if code else "",
        "latitude": repr(latitude),
        "longitude": repr(longitude),
        "checked_on": today.isoformat(),
    }


def _say_fault(called: str, number: int, record: Any, fault: Any) -> str:
    name = clean(str(record.get("name") or ""))[:60] if isinstance(record, dict) else ""
    where = ".".join(str(part) for part in fault["loc"])
    what = f"{where} is missing" if fault["type"] == "missing" else f"{where or 'it'} is not as Give Food’s API has it"
    named = f", '{name}'" if name else ""
    return f"{called}: record {number}{named}: {what}. Tell Give Food, or look for a newer version of this map."
