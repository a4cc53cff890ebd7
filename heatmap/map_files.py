"""What the map fetches: tiles, classes, figures, the index of names and the filter's mask.

Each address holds the hash of what it gives, so an answer may be kept for ever.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import brotli
from fastapi import APIRouter, HTTPException, Path, Request, Response

from heatmap.api_models import Problem
from heatmap.selection import keep, keep_at_level, pack_mask
from heatmap.sending import IMMUTABLE, Packed, make_tag, pack, reply
from heatmap.state import MapState, read_state
from heatmap.store import Snapshot

_TILE = "application/vnd.mapbox-vector-tile"
_BYTES = "application/octet-stream"
_ANSWERS = {404: {"model": Problem, "description": "There is no such thing in this build."}}
_STALE = "This address is of another build of the data, or mistyped. Load the page again for the addresses of this build."
Cell = Annotated[int, Path(ge=0, description="Counted from the north-west corner.")]

router = APIRouter(tags=["the map's own files"], responses=_ANSWERS)  # type: ignore[arg-type]


@router.get(
    "/tiles/{build}/{z}/{x}/{y}",
    summary="A vector tile of outlines",
    response_class=Response,
    responses={200: {"content": {_TILE: {}}}, 204: {"description": "There is nothing to draw there."}},
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
    _check_hash(snapshot, f"tiles/{archive}", digits)
    if x >= 2**z or y >= 2**z:
        raise HTTPException(404, f"Zoom {z} has tiles from 0 to {2**z - 1} only.")
    tile = _read_tile(snapshot, archive, z, x, y)
    if not tile:
        return Response(status_code=204, headers={"Cache-Control": IMMUTABLE})
    return reply(request, f"{build}-{z}-{x}-{y}", lambda: Packed(_TILE, {"gzip": tile}), IMMUTABLE)


@router.get("/paint/{build}/{layer}", summary="A layer's classes, by position", response_class=Response)
async def send_paint(request: Request, build: str, layer: str) -> Response:
    """One byte an area, all levels in turn: the class in the low four bits, the reason for a gap in the high four."""
    return _send_part(request, f"paint/{layer}", build, _BYTES)


@router.get("/figures/{build}/{layer}", summary="A layer's figures, by position", response_class=Response)
async def send_figures(request: Request, build: str, layer: str) -> Response:
    """One 32-bit number an area as four planes of bytes: the value times ten to the layer's decimals."""
    return _send_part(request, f"figures/{layer}", build, _BYTES)


@router.get("/search/{build}/areas.json", summary="Every name and code", response_class=Response)
async def send_search_index(request: Request, build: str) -> Response:
    """The index in which the page finds names by itself, so that nothing typed is ever sent."""
    return _send_part(request, "search", build, "application/json")


@router.get("/mask/{build}", summary="Which areas the filters leave", response_class=Response)
async def send_mask(request: Request, build: str) -> Response:
    """One bit an area of the level asked for, the first in the lowest bit; takes the map's query, and survives any."""
    snapshot: Snapshot = request.app.state.snapshot
    if build != snapshot.build:
        raise HTTPException(404, _STALE)
    state, _ = read_state(request.url.query, snapshot)
    # Nothing else of the screen decides: one entry a filter, whatever area or view the link holds.
    query = f"{state.filter_query()}#{state.level}"
    kept = MapState(**{key: getattr(state, key) for key in _MASKED})
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
    content = snapshot.path(name).read_bytes()
    packed = pack(brotli.decompress(content), media, ("gzip",))
    return Packed(media, {"br": content, **packed.forms})


@lru_cache(maxsize=512)
def _read_mask(snapshot: Snapshot, state: MapState) -> Packed:
    return pack(pack_mask(keep_at_level(keep(state, snapshot), state.level, snapshot)), _BYTES)
