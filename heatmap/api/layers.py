"""Layers over the API: their cards, their figures with the filters of the map, and the outlines of the areas."""

from __future__ import annotations

import lzma
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path as FilePath
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from heatmap import __version__
from heatmap.api.common import (
    FIND_A_CODE,
    PROBLEMS,
    LayerId,
    find_layer,
    plain_letters,
    reply_to,
    snapshot_of,
)
from heatmap.api.models import (
    LayerAnswer,
    LayersAnswer,
    ValuesAnswer,
    ValuesQuery,
    say_layer,
    say_level,
)
from heatmap.api.values import (
    PEOPLE,
    name_areas,
    name_file,
    read_outlines,
    read_rows,
    say_filters,
    stream_geojson,
    write_figures_csv,
    write_figures_geojson,
    write_json,
)
from heatmap.credits import OUTLINES_CREDIT
from heatmap.geography.levels import LEVELS, PLURAL, SINGULAR, Level, level_of
from heatmap.layers.cards import LayerCard
from heatmap.layers.catalogue import LAYERS_DIR
from heatmap.layers.classes import levels_of
from heatmap.map.address import MapAddress
from heatmap.snapshot import Snapshot
from heatmap.web.sending import FRESH, Packed, make_tag, pack, pack_csv, pack_json, read_codings

#: The levels too large to be drawn for the whole country at each request; the build makes a file of each.
COUNTRY_FILES: Final = ("lsoa", "msoa")
#: How a feature of an outline begins to say what it is, as the build writes it.
_NAMED = re.compile(r'"properties": ?\{"code": "(\w+)", "name": ("(?:[^"\\]|\\.)*")')
_LINES_A_PIECE = 200

# Answers of a few milliseconds are made on the event loop (async def): a thread for each would wait for Python's lock
# longer than it works. Those of a hundred or more go to a thread (def).
router = APIRouter(prefix="/api/v1", tags=["layers"], responses=PROBLEMS)


@router.get("/layers", summary="Every layer", response_model=LayersAnswer)
def list_layers(request: Request) -> Response:
    """The cards of all layers, in the order of the map's list."""
    snapshot = snapshot_of(request)
    return reply_to(request, lambda: pack_json({"layers": [_say_card(snapshot, layer) for layer in snapshot.cards]}))


@router.get("/layers/{layer}", summary="One layer's card", response_model=LayerAnswer)
async def show_layer(request: Request, layer: LayerId) -> Response:
    """What a layer asks, what it is measured in, which end is worse, and who to credit."""
    snapshot = snapshot_of(request)
    card = find_layer(snapshot, layer)
    return reply_to(request, lambda: pack_json(_say_card(snapshot, card.id)))


@router.get("/layers/{layer}/card", summary="One layer's card as its author wrote it", response_class=FileResponse)
async def send_card(request: Request, layer: LayerId) -> Response:
    """The TOML file that makes the layer: its words, its promises, and where its figures come from."""
    snapshot = snapshot_of(request)
    name = f"{layer}.toml" if layer in snapshot.points_cards else f"{find_layer(snapshot, layer).id}.toml"
    headers = {"Cache-Control": FRESH, "Content-Disposition": f'inline; filename="{name}"'}
    if layer in snapshot.local_layers:
        return Response(snapshot.read(f"cards/{layer}"), media_type="application/toml; charset=utf-8", headers=headers)
    return FileResponse(LAYERS_DIR / name, media_type="application/toml; charset=utf-8", headers=headers)


@router.get(
    "/layers/{layer}/values",
    summary="A layer's figures",
    response_model=ValuesAnswer,
    responses={200: {"content": {"text/csv": {}, "application/geo+json": {}}}},
)
def list_values(request: Request, layer: LayerId, asked: Annotated[ValuesQuery, Query()]) -> Response:
    """One row an area, with the same filters as the map; above LSOA the value is a share of residents, in percent."""
    snapshot = snapshot_of(request)
    card = find_layer(snapshot, layer)
    address = _read_filters(snapshot, card, asked)
    within = _read_within(snapshot, asked.within, address.level)
    if asked.format == "geojson" and address.level in COUNTRY_FILES and not within:
        return _stream_country(request, snapshot, address)
    return reply_to(request, lambda: _write_values(snapshot, address, within, asked.format))


@router.get("/outlines/{level}", summary="Outlines of the whole country", response_class=Response)
def send_outlines(
    request: Request, level: Annotated[Level, Path(description="lsoa, msoa, lad, icb or rgn.", examples=["msoa"])]
) -> Response:
    """A ready-made GeoJSON file with the code, name and outline of every area of a level, under the column names of our other files."""
    snapshot = snapshot_of(request)
    part = f"outlines/{level}"
    tag = make_tag(__version__, snapshot.hash(part))
    zipped = "gzip" in read_codings(request.headers.get("accept-encoding", ""))
    headers = {
        "Cache-Control": FRESH,
        "Vary": "Accept-Encoding",
        "ETag": f'"{tag}-gzip"' if zipped else f'"{tag}"',
        "Content-Disposition": f'attachment; filename="england_{level}21_outlines.geojson"',
        "X-Attribution": plain_letters(OUTLINES_CREDIT),
        "Content-Type": "application/geo+json",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    text = _read_outlines(snapshot.path(part))
    if zipped:
        return StreamingResponse(_zip(text), headers=headers | {"Content-Encoding": "gzip"})
    return StreamingResponse(text, headers=headers)


# ---- reading what was asked ----


def _read_filters(snapshot: Snapshot, card: LayerCard, asked: ValuesQuery) -> MapAddress:
    """The filters as the map has them, or 422 with a sentence; the form of each was checked by ValuesQuery."""
    level = asked.level or card.base_level
    if asked.period not in ("", *card.periods):
        raise HTTPException(422, f"The parameter period can only be {' or '.join(card.periods) or 'left out'} for {card.id}.")
    if level not in levels_of(card):
        raise HTTPException(422, f"The parameter level can only be {' or '.join(levels_of(card))} for {card.id}.")
    deciles = tuple(sorted({int(number) for number in asked.deciles.split(",") if number}))
    return MapAddress(
        layer=card.id,
        level=level,
        period="" if asked.period == card.period else asked.period,
        deciles=() if len(deciles) == 10 else deciles,
        regions=_read_codes(snapshot, "regions", "rgn", asked.regions),
        icbs=_read_codes(snapshot, "icbs", "icb", asked.icbs),
        authorities=_read_codes(snapshot, "authorities", "lad", asked.authorities),
        setting=asked.setting,
        core20=asked.core20,
    )


def _read_codes(snapshot: Snapshot, key: str, level: Level, text: str) -> tuple[str, ...]:
    codes = {_read_code(snapshot, code) for code in text.split(",") if code}
    if codes - _codes(snapshot, level):
        raise HTTPException(
            422,
            f"The parameter {key} has a code that is not one of England's {len(_codes(snapshot, level))}"
            f" {PLURAL[level]}; find codes at /api/v1/areas?search=NAME.",
        )
    return tuple(sorted(codes))


def _read_code(snapshot: Snapshot, code: str) -> str:
    """A code, or the one of ours that a code of another year is read as; 422 where it is now several."""
    former = snapshot.former.get(code)
    if former and not former.read_as:
        raise HTTPException(422, snapshot.say_former(code))
    return former.read_as if former else code


def _read_within(snapshot: Snapshot, asked: str, of: Level) -> str:
    within = _read_code(snapshot, asked)
    if not within:
        return ""
    level = level_of(within)
    if level is None or within not in _codes(snapshot, level):
        raise HTTPException(422, f"We do not recognise the code in “within”. {FIND_A_CODE}")
    if LEVELS.index(level) <= LEVELS.index(of):
        raise HTTPException(
            422,
            f"The parameter within names one of England's {PLURAL[level]}, which contains no full {SINGULAR[of]} (level={of}). Give the"
            f" code of a larger area, or a smaller level.",
        )
    return within


# ---- making the answers, each once while it is remembered ----


@lru_cache(maxsize=8)
def _codes(snapshot: Snapshot, level: Level) -> frozenset[str]:
    return frozenset(snapshot.areas[level].code)


@lru_cache(maxsize=256)
def _say_card(snapshot: Snapshot, layer: str) -> dict[str, Any]:
    card = snapshot.cards[layer]
    return say_layer(card, snapshot.table(layer), snapshot.facts(layer))


@lru_cache(maxsize=24)
def _write_values(snapshot: Snapshot, address: MapAddress, within: str, form: str) -> Packed:
    rows = read_rows(snapshot, address, within)
    head = _say_head(snapshot, address, within, with_outlines=form == "geojson")
    said = _say_file(head, "" if form == "json" else f"{name_file(address, within)}.{form}")
    if form == "json":
        return pack(write_json(rows, head), "application/json", ("gzip",), **said)
    named = name_areas(rows, snapshot, address.level)
    if form == "csv":
        return pack_csv(write_figures_csv(named, head), **said)
    drawn = read_outlines(snapshot, address.level, rows.code)
    return pack(write_figures_geojson(rows[["code", "name"]].join(named), drawn, head), "application/geo+json", ("gzip",), **said)


def _say_head(snapshot: Snapshot, address: MapAddress, within: str, *, with_outlines: bool) -> dict[str, Any]:
    card = snapshot.cards[address.layer]
    credit = f"{card.source.credit} {OUTLINES_CREDIT}" if with_outlines else card.source.credit
    empty = bool(snapshot.table(address.layer, address.period)[address.level].value.isna().all())
    return {
        "layer": address.layer,
        "level": address.level,
        "period": address.period or card.period,
        **say_level(card, address.level, empty=empty),
        "attribution": credit,
        "people": PEOPLE,
        "filters": say_filters(address, within),
    }


def _say_file(head: dict[str, Any], name: str) -> dict[str, str]:
    said = {"X-Attribution": plain_letters(head["attribution"])}
    return said | {"Content-Disposition": f'attachment; filename="{name}"'} if name else said


def _stream_country(request: Request, snapshot: Snapshot, address: MapAddress) -> Response:
    """The whole country's outlines with the figures put in, made while they are sent: some 20 MB that nobody keeps."""
    head = _say_head(snapshot, address, "", with_outlines=True)
    zipped = "gzip" in read_codings(request.headers.get("accept-encoding", ""))
    tag = make_tag(__version__, snapshot.build, request.url.path, urlencode(sorted(request.query_params.multi_items())))
    headers = {
        "Cache-Control": FRESH,
        "Vary": "Accept-Encoding",
        "ETag": f'"{tag}-gzip"' if zipped else f'"{tag}"',
        **_say_file(head, f"{name_file(address, '')}.geojson"),
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    rows = read_rows(snapshot, address)
    named = rows[["code", "name"]].join(name_areas(rows, snapshot, address.level))
    text = stream_geojson(named, snapshot.path(f"outlines/{address.level}"), head)
    media = "application/geo+json"
    if zipped:
        return StreamingResponse(_zip(text), headers=headers | {"Content-Encoding": "gzip"}, media_type=media)
    return StreamingResponse(text, headers=headers, media_type=media)


def _read_outlines(path: FilePath) -> Iterator[str]:
    """The features a few at a time; what the build calls code and name is also called area_code and area_name, as in our CSV files."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        while piece := "".join(islice(lines, _LINES_A_PIECE)):
            yield _NAMED.sub(r'"properties":{"area_code": "\1", "area_name": \2, "code": "\1", "name": \2', piece)


def _zip(text: Iterator[str]) -> Iterator[bytes]:
    packer = zlib.compressobj(5, zlib.DEFLATED, 31)  # 31: as gzip
    for piece in text:
        yield packer.compress(piece.encode())
    yield packer.flush()
