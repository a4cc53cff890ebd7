"""Areas and postcodes over the API: found by name or code, and listed by the first half of a postcode."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response

from heatmap.api.common import AREA_CODE_BEGUN, PROBLEMS, find_area, looks_like_postcode, plain_letters, reply_to, snapshot_of
from heatmap.api.models import AreaAnswer, AreasAnswer, OutwardAnswer, SearchQuery, SmallOutwardsAnswer
from heatmap.api.values import figures_of, name_area
from heatmap.credits import ONS_CREDIT
from heatmap.geography.area_names import Name, find_names, plain_name
from heatmap.geography.levels import LEVELS, Level
from heatmap.snapshot import Area, Snapshot
from heatmap.web.sending import Packed, pack_json

#: What can be found at most by one search.
MOST_FOUND: Final = 20
#: The levels whose areas have names of their own, those found first at the front.
_NAMED_LEVELS: Final[tuple[Level, ...]] = ("rgn", "lad", "icb", "msoa")
_NO_OUTWARD = (
    "There is no such outward code in England. Ask for the first half of a postcode alone, like CO15 or B14, and look up the rest in"
    " the answer."
)
_NO_POSTCODE = (
    "This looks like a postcode, or a part of one. Postcodes are not looked up here: ask /api/v1/postcodes/ for its"
    " first half, like CO15, and look the rest up yourself."
)

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)


@router.get("/areas", tags=["areas"], summary="Find an area by name", response_model=AreasAnswer)
async def find_areas(request: Request, asked: Annotated[SearchQuery, Query()]) -> Response:
    """Areas with a name or code that matches. It refuses anything that looks like a postcode, and keeps nothing that you type."""
    if looks_like_postcode(asked.search):
        raise HTTPException(422, _NO_POSTCODE)
    text = asked.search
    if sum(letter.isalnum() for letter in plain_name(text)) < 2:
        raise HTTPException(422, "The parameter search needs 2 letters or more of a name or an area code, like Jaywick.")
    snapshot = snapshot_of(request)
    return reply_to(request, lambda: pack_json({"areas": _search(snapshot, text)}))


@router.get("/areas/{code}", tags=["areas"], summary="One area with all its figures", response_model=AreaAnswer)
async def show_area(request: Request, code: Annotated[str, Path(description="An area code.", examples=["E01021988"])]) -> Response:
    """The name of an area, the larger areas that contain it, who lives there, and its figure in every layer that has its level."""
    snapshot = snapshot_of(request)
    area = find_area(snapshot, code)
    return reply_to(request, lambda: pack_json(_say_area(snapshot, area) | {"notice": snapshot.say_former(code)}))


@router.get(
    "/postcodes/small",
    tags=["postcodes"],
    summary="The small outward codes together",
    response_model=SmallOutwardsAnswer,
)
async def list_small_outwards(request: Request) -> Response:
    """The outward codes of 100 postcodes or fewer in one file, since a rare outward code is nearly the postcode."""
    snapshot = snapshot_of(request)
    return reply_to(request, lambda: _pack_small_outwards(snapshot))


@router.get("/postcodes/{outward}", tags=["postcodes"], summary="The postcodes of an outward code", response_model=OutwardAnswer)
async def list_postcodes(
    request: Request,
    outward: Annotated[str, Path(description="The first half of a postcode.", examples=["CO15"])],
) -> Response:
    """Every postcode of an outward code, so that you never have to send a full postcode."""
    snapshot, outward = snapshot_of(request), outward.upper()
    if outward not in _outwards(snapshot):
        raise HTTPException(404, _NO_OUTWARD)
    return reply_to(request, lambda: _pack_outward(snapshot, outward))


def warm_up(snapshot: Snapshot) -> None:
    """Read what the first visitor would wait for: tables, names and postcodes, some two seconds of work."""
    for layer in snapshot.cards:
        snapshot.table(layer)
    _names(snapshot)
    _pack_outward(snapshot, next(iter(snapshot.outward_codes)))
    snapshot.postcodes_in(snapshot.area(snapshot.areas["lsoa"].code.iat[0]))


@lru_cache(maxsize=1)
def _outwards(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(snapshot.outward_codes)


def _say_area(snapshot: Snapshot, area: Area) -> dict[str, Any]:
    figures = {layer: figures_of(snapshot, layer, area) for layer in snapshot.cards}
    return {
        "code": area.code,
        "name": name_area(area),
        "level": area.level,
        "place": area.place,
        "population": area.population,
        "parents": [{"code": above.code, "name": name_area(above), "level": above.level} for above in snapshot.parents_of(area)],
        "values": {layer: said for layer, said in figures.items() if said is not None},
    }


@lru_cache(maxsize=256)
def _pack_outward(snapshot: Snapshot, outward: str) -> Packed:
    packed = pack_json({"outward": outward, "postcodes": snapshot.postcodes(outward)})
    return Packed(packed.media, packed.forms, {"X-Attribution": plain_letters(ONS_CREDIT)})


@lru_cache(maxsize=1)
def _pack_small_outwards(snapshot: Snapshot) -> Packed:
    packed = pack_json({"outwards": {outward: snapshot.postcodes(outward) for outward in snapshot.small_outward_codes}})
    return Packed(packed.media, packed.forms, {"X-Attribution": plain_letters(ONS_CREDIT)})


@lru_cache(maxsize=1)
def _names(snapshot: Snapshot) -> list[Name]:
    """Every name, the largest areas first; of each level the names that we say, then the others."""
    found: list[Name] = []
    others = [(snapshot.area(code), name) for code, name in snapshot.other_names]
    for level in _NAMED_LEVELS:
        for area in map(snapshot.area, snapshot.areas[level].code):
            around = snapshot.area(area.parents["lad"]).name if level == "msoa" else ""
            found.append(Name(plain_name(area.title), plain_name(area.title) + plain_name(around), area.code, level))
        found += [Name(plain_name(name), plain_name(name), area.code, level, name) for area, name in others if area.level == level]
    return found


def _search(snapshot: Snapshot, text: str) -> list[dict[str, str]]:
    """Areas by name, the best fit first; or codes, of other years too."""
    bare = text.strip().upper()
    if (former := snapshot.former.get(bare)) is not None:
        return [_say_found(snapshot.area(code), snapshot.say_former(bare)) for code in former.now]
    if AREA_CODE_BEGUN.fullmatch(bare):
        return _search_codes(snapshot, bare)
    names = _names(snapshot)
    found = {each.code: each for each in find_names(text, names)}
    for each in names if len(found) < MOST_FOUND else ():  # last, those that hold it inside a word
        if plain_name(text).strip() in each.key:
            found.setdefault(each.code, each)
    return [
        _say_found(snapshot.area(each.code), each.former and f"Also called {each.former}, now or before.")
        for each in list(found.values())[:MOST_FOUND]
    ]


def _say_found(area: Area, notice: str = "") -> dict[str, str]:
    return {"code": area.code, "name": name_area(area), "level": area.level, "notice": notice}


def _search_codes(snapshot: Snapshot, begun: str) -> list[dict[str, str]]:
    found = []
    for level in LEVELS:
        codes = snapshot.areas[level].code
        first = int(codes.searchsorted(begun))
        found += [code for code in codes.iloc[first : first + MOST_FOUND] if code.startswith(begun)]
    return [_say_found(snapshot.area(code)) for code in found[:MOST_FOUND]]
