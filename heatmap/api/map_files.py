"""What the map fetches: tiles, classes, figures, the index of names and the filter's mask.

Each address holds the hash of what it gives, so an answer may be kept for ever.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import brotli
import numpy as np
import pyarrow.parquet as pq
from fastapi import APIRouter, HTTPException, Path, Request, Response

from heatmap.api.models import Problem
from heatmap.api.projects import shelf_of
from heatmap.geography.levels import LEVELS, Level
from heatmap.map.address import MapAddress, read_map_address
from heatmap.map.description import tag_beyond
from heatmap.map.drawn import pack_style
from heatmap.map.selection import keep_areas, keep_at_level, pack_mask
from heatmap.snapshot import Snapshot
from heatmap.web.sending import IMMUTABLE, Packed, make_tag, pack, pack_json, reply

_TILE = "application/vnd.mapbox-vector-tile"
_BYTES = "application/octet-stream"
_ANSWERS = {404: {"model": Problem, "description": "This build does not have it."}}
_STALE = "This address is of another build of the data, or mistyped. Load the page again for the addresses of this build."
Cell = Annotated[int, Path(ge=0, description="Counted from the north-west corner.")]

router = APIRouter(tags=["the map's own files"], responses=_ANSWERS)  # type: ignore[arg-type]


@router.get(
    "/tiles/{build}/{z}/{x}/{y}",
    summary="A vector tile of outlines",
    response_class=Response,
    responses={
        200: {"content": {_TILE: {}}},
        204: {"description": "There is nothing to draw there."},
        410: {"model": Problem, "description": "The tiles of this address are of another build."},
    },
)
async def send_tile(
    request: Request,
    build: Annotated[str, Path(description="Archive and hash, e.g. lsoa-1a2b3c4d5e.", examples=["lsoa-1a2b3c4d5e"])],
    z: Annotated[int, Path(ge=0, le=22, description="Zoom.")],
    x: Cell,
    y: Cell,
) -> Response:
    """One tile of an archive (a level, labels or context), as MapLibre asks for it."""
    snapshot: Snapshot = request.app.state.snapshot
    archive, _, digits = build.rpartition("-")
    if f"tiles/{archive}" in snapshot.parts and snapshot.hash(f"tiles/{archive}") != digits:
        raise HTTPException(410, _STALE)  # MapLibre takes a 404 for "nothing to draw there", and says nothing
    _check_hash(snapshot, f"tiles/{archive}", digits)
    if x >= 2**z or y >= 2**z:
        raise HTTPException(404, f"Zoom {z} has tiles from 0 to {2**z - 1} only.")
    tile = _read_tile(snapshot, archive, z, x, y)
    if not tile:
        return Response(status_code=204, headers={"Cache-Control": IMMUTABLE})
    return reply(request, f"{build}-{z}-{x}-{y}", lambda: Packed(_TILE, {"gzip": tile}), IMMUTABLE)


@router.get("/paint/{build}/{layer}", summary="A layer's classes, by position", response_class=Response)
async def send_paint(request: Request, build: str, layer: str) -> Response:
    """One byte an area, all levels in turn: the class in the low four bits, the reason for a gap in the high four. An older
    period of a layer stands behind its id: ``<id>@<period>``."""
    return _send_part(request, f"paint/{layer}", build, _BYTES)


@router.get("/figures/{build}/{layer}", summary="A layer's figures, by position", response_class=Response)
async def send_figures(request: Request, build: str, layer: str) -> Response:
    """One 32-bit number an area as four planes of bytes: the value times ten to the layer's decimals."""
    return _send_part(request, f"figures/{layer}", build, _BYTES)


@router.get("/ranks/{build}/{layer}", summary="A layer's ranks, by position", response_class=Response)
async def send_ranks(request: Request, build: str, layer: str) -> Response:
    """One 32-bit number an area of the layer's own level, as four planes of bytes: rank 1 is the most deprived, 0 has none."""
    snapshot: Snapshot = request.app.state.snapshot
    name = layer.partition("@")[0]
    _check_hash(snapshot, f"tables/{name}", build)
    card = snapshot.cards[name]
    period = next((period for period in ("", *card.periods) if card.part(period) == layer), None)
    if period is None:
        raise HTTPException(404, _STALE)
    return reply(request, make_tag(build, period), lambda: _read_ranks(snapshot, name, period), IMMUTABLE)


@router.get("/walk/{build}/{level}", summary="Where the arrow keys lead", response_class=Response)
async def send_walk(request: Request, build: str, level: str) -> Response:
    """One 32-bit number an area for each of north, east, south, west, as four planes of bytes; -1 where there is nothing."""
    return _send_part(request, f"walk/{level}", build, _BYTES)


@router.get("/beyond/{build}/{level}", summary="Which arrow keys lead to an area that is no neighbour", response_class=Response)
async def send_beyond(request: Request, build: str, level: Level) -> Response:
    """One byte an area: bit 0 for north, then east, south, west; set where the next area that way shares no edge with it."""
    snapshot: Snapshot = request.app.state.snapshot
    if build != tag_beyond(snapshot, level):
        raise HTTPException(404, _STALE)
    return reply(request, build, lambda: _read_beyond(snapshot, level), IMMUTABLE)


@router.get("/middles/{build}/{level}", summary="A point inside each area", response_class=Response)
async def send_middles(request: Request, build: str, level: Level) -> Response:
    """Longitude of every area, then latitude, in degrees times 10,000: 32-bit numbers as four planes of bytes."""
    snapshot: Snapshot = request.app.state.snapshot
    _check_hash(snapshot, f"points/{level}", build)
    return reply(request, snapshot.hash(f"points/{level}"), lambda: _read_middles(snapshot, level), IMMUTABLE)


@router.get("/spots/{build}/{layer}", summary="Where places lie", response_class=Response)
async def send_spots(request: Request, build: str, layer: str) -> Response:
    """The places of a points layer by column: name, and longitude and latitude in degrees times 100,000."""
    return _send_part(request, f"spots/{layer}", build, "application/json")


@router.get("/spots/projects", summary="Where projects stand", response_class=Response)
def send_project_spots(request: Request) -> Response:
    """The projects whose site is known, by column as other places are; asked for again each time."""
    sited = [(one, one.site) for one in shelf_of(request).projects.all() if one.site]
    said = {
        "id": [one.id for one, _site in sited],
        "name": [one.project.title for one, _site in sited],
        "longitude": [round(site.longitude * 1e5) for _one, site in sited],
        "latitude": [round(site.latitude * 1e5) for _one, site in sited],
    }
    packed = pack_json(said)
    coding, body = packed.form(request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", **({"Content-Encoding": coding} if coding else {})}
    return Response(body, media_type=packed.media, headers=headers)


@router.get("/search/{build}/areas.json", summary="Every name and code", response_class=Response)
async def send_search_index(request: Request, build: str) -> Response:
    """The index in which the page finds names by itself, so that nothing typed is ever sent."""
    return _send_part(request, "search", build, "application/json")


@router.get("/style/{build}", summary="How the map is drawn", response_class=Response)
async def send_style(request: Request, build: str) -> Response:
    """Sources, layers and colours, for a map inside a page of words."""
    snapshot: Snapshot = request.app.state.snapshot
    if build != snapshot.build:
        raise HTTPException(404, _STALE)
    return reply(request, make_tag(build, "style"), lambda: pack_style(snapshot), IMMUTABLE)


@router.get("/mask/{build}", summary="Which areas the filters leave", response_class=Response)
async def send_mask(request: Request, build: str) -> Response:
    """One bit an area of the level asked for, the first in the lowest bit; takes the map's query, and survives any."""
    snapshot: Snapshot = request.app.state.snapshot
    if build != snapshot.build:
        raise HTTPException(404, _STALE)
    address, _ = read_map_address(request.url.query, snapshot)
    # Nothing else of the screen decides: one entry a filter, whatever area or view the link holds.
    query = f"{address.filter_query()}#{address.level}"
    kept = MapAddress(**{key: getattr(address, key) for key in _MASKED})
    return reply(request, make_tag(build, query), lambda: _read_mask(snapshot, kept), IMMUTABLE)


_MASKED = ("layer", "level", "deciles", "regions", "icbs", "authorities", "setting", "core20")


def _send_part(request: Request, name: str, digits: str, media: str) -> Response:
    snapshot: Snapshot = request.app.state.snapshot
    _check_hash(snapshot, name, digits)
    return reply(request, snapshot.hash(name), lambda: _read_part(snapshot, name, media), IMMUTABLE)


def _check_hash(snapshot: Snapshot, name: str, digits: str) -> None:
    if name not in snapshot.parts or snapshot.hash(name) != digits:
        raise HTTPException(404, _STALE)


@lru_cache(maxsize=1024)
def _read_tile(snapshot: Snapshot, archive: str, z: int, x: int, y: int) -> bytes | None:
    return snapshot.tile(archive, z, x, y)


@lru_cache(maxsize=128)
def _read_part(snapshot: Snapshot, name: str, media: str) -> Packed:
    content = snapshot.read(name)
    packed = pack(brotli.decompress(content), media, ("gzip",))
    return Packed(media, {"br": content, **packed.forms})


@lru_cache(maxsize=128)
def _read_ranks(snapshot: Snapshot, layer: str, period: str) -> Packed:
    rows = snapshot.table(layer, period)[snapshot.cards[layer].base_level]
    return _pack_planes(rows["rank"].fillna(0).to_numpy(np.int32))


@lru_cache(maxsize=len(LEVELS))
def _read_middles(snapshot: Snapshot, level: Level) -> Packed:
    table = snapshot.areas[level]
    return _pack_planes(np.rint(np.concatenate([table.inside_longitude, table.inside_latitude]) * 10_000).astype(np.int32))


@lru_cache(maxsize=len(LEVELS))
def _read_beyond(snapshot: Snapshot, level: Level) -> Packed:
    count = len(snapshot.areas[level])
    planes = np.frombuffer(brotli.decompress(snapshot.read(f"walk/{level}")), np.uint8).reshape(4, -1)
    ways = planes.T.copy().view("<i4").reshape(4, count).astype(np.int64)
    pairs = pq.read_table(snapshot.path(f"neighbours/{level}"))
    touching = np.sort(pairs["position"].to_numpy().astype(np.int64) * count + pairs["neighbour"].to_numpy())
    beyond = (ways >= 0) & ~np.isin(np.arange(count) * count + ways, touching)
    return pack((beyond << np.arange(4)[:, None]).sum(axis=0).astype(np.uint8).tobytes(), _BYTES)


def _pack_planes(numbers: np.ndarray) -> Packed:
    return pack(numbers.astype("<i4").view(np.uint8).reshape(-1, 4).T.tobytes(), _BYTES)


@lru_cache(maxsize=512)
def _read_mask(snapshot: Snapshot, address: MapAddress) -> Packed:
    return pack(pack_mask(keep_at_level(keep_areas(address, snapshot), address.level, snapshot)), _BYTES)
