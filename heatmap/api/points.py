"""The API's places: which kinds there are, where each lies and what it says of itself. Documented at /docs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import pandas as pd
from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from heatmap.api.common import FIND_A_CODE, PROBLEMS, looks_like_postcode, reply_to, snapshot_of
from heatmap.api.models import Format, SourceAnswer
from heatmap.distances import near_area, plant, share_within
from heatmap.errors import NotFoundError
from heatmap.files.csv_cells import defuse_line
from heatmap.geography.levels import PARENT_COLUMN
from heatmap.layers.cards import POINT_COLUMNS, Heading, PointsCard, Symbol
from heatmap.layers.catalogue import find_card
from heatmap.layers.websites import safe_website
from heatmap.place.help_near import state_of
from heatmap.snapshot import Area, Snapshot
from heatmap.web.sending import Packed, pack, pack_csv, pack_json
from heatmap.words.days import say_day

#: How far one may look, in kilometres.
FARTHEST_KM: Final = 25.0
#: What a place says of itself, in the order of the files.
COLUMNS: Final = (*(column for column in POINT_COLUMNS if column != "checked_on"), "lsoa21_code", "placed", "checked_on")
#: How a place came to its point, in words; its own coordinates need none.
PLACED_WORDS: Final = {
    "coordinates": "",
    "postcode": "Placed at the middle of its postcode.",
    "postcode_probably": "Placed at the middle of its postcode, which is only probably there.",
}
_NO_AREA = "We do not recognise the code in “{name}”. " + FIND_A_CODE
_NO_PLACE = "{layer} has no place with that id. GET /api/v1/points/{layer} lists them all."

router = APIRouter(prefix="/api/v1/points", tags=["places"], responses=PROBLEMS)
LayerId = Annotated[str, Path(description="The id of a layer of places.", examples=["libraries2023_england_points"])]


class PointsQuery(BaseModel):
    """What places can be asked by."""

    model_config = ConfigDict(extra="forbid")

    within: Annotated[
        str, Field(description="Only places listed in this area, by its code.", pattern=r"^(E\d{8})?$", examples=["E08000025"])
    ] = ""
    near: Annotated[
        str,
        Field(
            description="Only places near the middle of this area's postcodes, nearest first.",
            pattern=r"^(E\d{8})?$",
            examples=["E01021988"],
        ),
    ] = ""
    km: Annotated[
        float, Field(description="How near, in a straight line; if there is none, the nearest beyond comes alone.", gt=0, le=FARTHEST_KM)
    ] = 3.0
    format: Annotated[Format, Field(description="json, csv for a spreadsheet, or geojson.")] = "json"


class PointsLayer(BaseModel):
    """The card of a layer of places, in words."""

    id: str = Field(examples=["libraries2023_england_points"])
    name: str = Field(description="Its word in the map's address, as in points=libraries.", examples=["libraries"])
    title: str
    short: str
    question: str
    meaning: str
    not_meaning: str
    heading: Heading
    symbol: Symbol
    period: str
    register_month: str = Field(description='The month of the register they stand in; "" where each place has a date of its own.')
    count: int = Field(description="Places on the map.")
    unplaced: int = Field(description="Places of the list that have neither coordinates nor a postcode we know.")
    source: SourceAnswer
    places: str = Field(examples=["/api/v1/points/libraries2023_england_points"])


class PointsAnswer(BaseModel):
    """Every layer of places."""

    layers: list[PointsLayer]


class PlaceRow(BaseModel):
    """One place; what the list does not have is empty."""

    id: str
    name: str = Field(examples=["Kings Heath Library"])
    what: str
    need: str
    ages: str
    eligibility: str = Field(description="Who it is for, besides their age.")
    cost: str
    access: str
    languages: str
    opening: str
    phone: str
    website: str = Field(description='An address that begins with http:// or https://, or "".')
    address: str
    postcode: str
    latitude: float
    longitude: float
    lsoa21_code: str = Field(description='The neighbourhood it is listed in: the register\'s own, or that of its postcode; "" for neither.')
    placed: Literal["coordinates", "postcode", "postcode_probably"]
    checked_on: str
    km: float | None = Field(None, description="With near=: the straight line, to 0.1.")
    minutes_on_foot: int | None = Field(None, description="With near=: along that straight line, at 4.8 km an hour.")
    beyond: bool | None = Field(None, description="With near=: it is further away than you asked, but none is nearer.")


class PlacesAnswer(BaseModel):
    """The places of a layer, in the order of their ids, or nearest first."""

    layer: str
    attribution: str
    register_month: str
    filters: dict[str, str]
    postcodes_within_percent: float | None = Field(
        None, description="With near=: how many of 100 postcodes of the area have one within km."
    )
    places: list[PlaceRow]


class PlaceAnswer(PlaceRow):
    """One place with what must be said beside it."""

    layer: str
    title: str
    sure: str = Field(examples=["As in the register of December 2023."])
    placed_in_words: str
    attribution: str


@router.get("", summary="Every kind of place", response_model=PointsAnswer)
async def list_points(request: Request) -> Response:
    """The cards of all layers of places, in the order of the map's list."""
    snapshot = snapshot_of(request)
    return reply_to(request, lambda: pack_json({"layers": [_say_card(snapshot, card) for card in snapshot.points_cards.values()]}))


@router.get(
    "/{layer}",
    summary="The places of a layer",
    response_model=PlacesAnswer,
    responses={200: {"content": {"text/csv": {}, "application/geo+json": {}}}},
)
def list_places(request: Request, layer: LayerId, asked: Annotated[PointsQuery, Query()]) -> Response:
    """All places of one kind in England, in one area, or near one. Distances are straight lines."""
    snapshot = snapshot_of(request)
    card = _find_layer(snapshot, layer)
    within, near = (area.code if (area := _find_area(snapshot, name, getattr(asked, name))) else "" for name in ("within", "near"))
    if "km" in request.query_params and not asked.near:
        raise HTTPException(422, "The parameter km says how near, and needs near=, the code of an area like E01021988.")
    return reply_to(request, lambda: _write(snapshot, card.id, within, near, asked.km if near else 0.0, asked.format))


@router.get("/{layer}/{place}", summary="One place", response_model=PlaceAnswer)
async def show_place(
    request: Request,
    layer: LayerId,
    place: Annotated[str, Path(description="The place's id.", examples=["birmingham-kings-heath-library"])],
) -> Response:
    """What a place says about itself, how sure we are, and who to credit."""
    snapshot = snapshot_of(request)
    card = _find_layer(snapshot, layer)
    if place not in _rows(snapshot, card.id):
        raise HTTPException(404, _NO_PLACE.format(layer=card.id))
    today = date.today()
    return reply_to(request, lambda: pack_json(say_service(snapshot, card, place, today)), str(today))


def say_service(snapshot: Snapshot, card: PointsCard, place: str, today: date) -> dict[str, Any]:
    """One place as PlaceAnswer has it, on a day."""
    row = _plain(snapshot.places(card.id).iloc[[_rows(snapshot, card.id)[place]]])[0]
    return row | {
        "layer": card.id,
        "title": card.title,
        "sure": say_service_sure(card, row["checked_on"], today),
        "placed_in_words": PLACED_WORDS[row["placed"]],
        "attribution": card.source.credit,
    }


def say_service_sure(card: PointsCard, checked_on: str, today: date) -> str:
    """How sure we are that a place is there still; a day that is none is left as it was written.

    today   the day from which its age counts
    """
    if card.register_month:
        return f"As in the register of {card.register_month}."
    if not checked_on:
        return "Not known when it was last checked: ring first."
    is_day = re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?", checked_on)
    day = say_day(checked_on) if is_day else checked_on
    said = f"In {card.list_name} on {day}" if card.list_name else f"Checked on {day}"
    return {"old": f"{said}, over a year ago: ring first.", "hidden": f"{said}, over two years ago: ring first."}.get(
        state_of(card, checked_on, today), f"{said}."
    )


# ---- reading what was asked ----


def _find_layer(snapshot: Snapshot, layer: str) -> PointsCard:
    if looks_like_postcode(layer):
        raise HTTPException(404, "We have no layer of places with that name. GET /api/v1/points lists them all.")
    try:
        return find_card(layer, snapshot.points_cards)
    except NotFoundError as fault:
        raise HTTPException(404, str(fault).replace("/api/v1/layers", "/api/v1/points")) from None


def _find_area(snapshot: Snapshot, name: str, code: str) -> Area | None:
    if not code:
        return None
    try:
        return snapshot.area(code)
    except NotFoundError:
        raise HTTPException(422, snapshot.say_former(code) or _NO_AREA.format(name=name)) from None


# ---- making the answers, each once while it is remembered ----


def _say_card(snapshot: Snapshot, card: PointsCard) -> dict[str, Any]:
    shared = PointsLayer.model_fields.keys() & PointsCard.model_fields.keys()
    return card.model_dump(mode="json", include=set(shared)) | {
        "name": card.index,
        "count": len(snapshot.places(card.id)),
        "places": f"/api/v1/points/{card.id}",
        "source": card.source.model_dump(mode="json", include=set(SourceAnswer.model_fields)) | {"attribution": card.source.credit},
    }


@lru_cache(maxsize=32)
def _rows(snapshot: Snapshot, layer: str) -> dict[str, int]:
    return {place: row for row, place in enumerate(snapshot.places(layer).id)}


def find_places(snapshot: Snapshot, layer: str, within: str = "", near: str = "", km: float = 0.0) -> pd.DataFrame:
    """The places of a layer that are listed in one area and near another; "" for anywhere."""
    rows = snapshot.places(layer)
    if within:
        lsoas = snapshot.areas["lsoa"]
        area = snapshot.area(within)
        column = "code" if area.level == "lsoa" else PARENT_COLUMN[area.level]
        rows = rows[rows.lsoa21_code.isin(lsoas.code[lsoas[column] == area.code])]
    return near_area(rows, snapshot.area(near), km) if near else rows


@lru_cache(maxsize=24)
def _write(snapshot: Snapshot, layer: str, within: str, near: str, km: float, form: str) -> Packed:
    card = snapshot.points_cards[layer]
    rows = find_places(snapshot, layer, within, near, km)
    credit = card.source.credit
    filters = {name: value for name, value in (("within", within), ("near", near), ("km", f"{km:g}" if near else "")) if value}
    head: dict[str, Any] = {"layer": layer, "attribution": credit, "register_month": card.register_month, "filters": filters}
    if near and len(rows):
        listed = find_places(snapshot, layer, within)
        share = share_within(snapshot.area(near), plant(listed.latitude.to_numpy(float), listed.longitude.to_numpy(float)), km, snapshot)
        head["postcodes_within_percent"] = round(share, 1)
    said = {"X-Attribution": credit.replace("©", "(c)").encode("ascii", "replace").decode()}
    if form == "json":
        text = json.dumps(head | {"places": _plain(rows)}, ensure_ascii=False, separators=(",", ":"))
        return pack(text.encode(), "application/json", ("gzip",), **said)
    said["Content-Disposition"] = f'attachment; filename="{layer}.{form}"'
    if form == "csv":
        return pack_csv(write_services_csv(rows, {"layer": layer, "period": card.period, "source": credit}), **said)
    return pack(write_services_geojson(rows, head), "application/geo+json", ("gzip",), **said)


def write_services_csv(rows: pd.DataFrame, said: Mapping[str, str]) -> bytes:
    """The places for a spreadsheet: no text can be taken for a formula.

    said   what is true of all of them, a column each, repeated in every row: so a row says whose it is wherever it is pasted
    """
    table = pd.DataFrame(_plain(rows), columns=[column for column in (*COLUMNS, "km", "minutes_on_foot", "beyond") if column in rows])
    for column in COLUMNS:
        if column not in ("latitude", "longitude"):
            table[column] = [defuse_line(text) for text in table[column]]
    table = table.assign(**{column: defuse_line(text) for column, text in said.items()})
    text: str = table.to_csv(index=False, lineterminator="\n")
    return text.encode()


def write_services_geojson(rows: pd.DataFrame, head: dict[str, Any]) -> bytes:
    """The places as points, EPSG:4326, after what is said of all of them together."""
    features = [
        {
            "type": "Feature",
            "properties": {key: value for key, value in row.items() if key not in ("latitude", "longitude")},
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
        }
        for row in _plain(rows)
    ]
    return json.dumps({"type": "FeatureCollection", **head, "features": features}, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as Python has them; a website that is no address on the web is left out."""
    kept = rows[[column for column in (*COLUMNS, "km", "minutes_on_foot", "beyond") if column in rows]]
    return [row | {"website": safe_website(row["website"])} for row in kept.to_dict("records")]
