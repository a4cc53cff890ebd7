"""The API under the page: layers, figures, areas and postcodes, for other programs. Documented at /docs."""

from __future__ import annotations

import lzma
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path as FilePath
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from heatmap import __version__
from heatmap.api.models import (
    AreaAnswer,
    AreasAnswer,
    LayerAnswer,
    LayersAnswer,
    OutwardAnswer,
    Problem,
    SearchQuery,
    SmallOutwardsAnswer,
    ValuesAnswer,
    ValuesQuery,
    say_layer,
    say_level,
)
from heatmap.api.values import (
    OUTLINES_CREDIT,
    PEOPLE,
    draw_outlines,
    name_area,
    name_areas,
    name_file,
    read_figures,
    read_rows,
    say_filters,
    stream_geojson,
    write_csv,
    write_geojson,
    write_json,
)
from heatmap.errors import NotFoundError
from heatmap.geography.area_names import Name, find_names, plain
from heatmap.geography.levels import LEVELS, PLURAL, POSTCODE_PATTERN, SINGULAR, Level, level_of
from heatmap.layers.cards import LayerCard
from heatmap.layers.catalogue import LAYERS_DIR, find_card
from heatmap.layers.classes import levels_of
from heatmap.map.address import MapState
from heatmap.snapshot import Area, Snapshot
from heatmap.web.sending import FRESH, Packed, make_tag, pack, pack_csv, pack_json, read_codings, reply

#: The levels too large to be drawn for the whole country at each request; the build makes a file of each.
COUNTRY_FILES: Final = ("lsoa", "msoa")
#: What can be found at most by one search.
MOST_FOUND: Final = 20
#: A postcode, whole or begun, and whatever stands between its letters and digits; and an area code that is none.
_POSTCODE_ANYWHERE = re.compile(POSTCODE_PATTERN)
_POSTCODE_BEGUN = re.compile(r"[A-Z]{1,2}[\dOI][A-Z\d]{0,5}")
_AREA_CODE_BEGUN = re.compile(r"E\d{4,8}")
_POSTCODE_CREDIT = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0."
    " Contains OS data © Crown copyright and database right 2025."
    " Contains Royal Mail data © Royal Mail copyright and database right 2025."
    " Contains National Statistics data © Crown copyright and database right 2025."
)
#: How a feature of an outline begins to say what it is, as the build writes it.
_NAMED = re.compile(r'"properties": ?\{"code": "(\w+)", "name": ("(?:[^"\\]|\\.)*")')
_LINES_A_PIECE = 200
_NO_AREA = "We have no area with that code. Codes look like E01021988 or E08000025; find one at /api/v1/areas?search=NAME."
_NO_OUTWARD = (
    "There is no such outward code in England. Ask for the first half of a postcode alone, like CO15 or B14, and look up the rest in"
    " the answer."
)
_NO_POSTCODE = (
    "This looks like a postcode, or a part of one. Postcodes are not looked up here: ask /api/v1/postcodes/ for its"
    " first half, like CO15, and look the rest up yourself."
)

#: What an answer may be beside 200, for the documentation.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "Not found. The message says what to do next."},
    422: {"model": Problem, "description": "A parameter is wrong; the sentence names it and what is allowed."},
}
# Answers of a few milliseconds are made on the event loop (async def): a thread for each would wait for Python's lock
# longer than it works. Those of a hundred or more go to a thread (def).
api = APIRouter(prefix="/api/v1", responses=PROBLEMS)
LayerId = Annotated[str, Path(description="The layer's id.", examples=["imd2025_england_lsoa21"])]


@api.get("/layers", tags=["layers"], summary="Every layer", response_model=LayersAnswer)
def list_layers(request: Request) -> Response:
    """The cards of all layers, in the order of the map's list."""
    snapshot = snapshot_of(request)
    return reply_to(request, lambda: pack_json({"layers": [_say_card(snapshot, layer) for layer in snapshot.cards]}))


@api.get("/layers/{layer}", tags=["layers"], summary="One layer's card", response_model=LayerAnswer)
async def show_layer(request: Request, layer: LayerId) -> Response:
    """What a layer asks, what it is measured in, which end is worse, and who to credit."""
    snapshot = snapshot_of(request)
    card = find_layer(snapshot, layer)
    return reply_to(request, lambda: pack_json(_say_card(snapshot, card.id)))


@api.get("/layers/{layer}/card", tags=["layers"], summary="One layer's card as its author wrote it", response_class=FileResponse)
async def send_card(request: Request, layer: LayerId) -> Response:
    """The TOML file that makes the layer: its words, its promises, and where its figures come from."""
    snapshot = snapshot_of(request)
    name = f"{layer}.toml" if layer in snapshot.points_cards else f"{find_layer(snapshot, layer).id}.toml"
    headers = {"Cache-Control": FRESH, "Content-Disposition": f'inline; filename="{name}"'}
    if layer in snapshot.local_layers:
        return Response(snapshot.read(f"cards/{layer}"), media_type="application/toml; charset=utf-8", headers=headers)
    return FileResponse(LAYERS_DIR / name, media_type="application/toml; charset=utf-8", headers=headers)


@api.get(
    "/layers/{layer}/values",
    tags=["layers"],
    summary="A layer's figures",
    response_model=ValuesAnswer,
    responses={200: {"content": {"text/csv": {}, "application/geo+json": {}}}},
)
def list_values(request: Request, layer: LayerId, asked: Annotated[ValuesQuery, Query()]) -> Response:
    """One row an area, with the same filters as the map; above LSOA the value is a share of residents, in percent."""
    snapshot = snapshot_of(request)
    card = find_layer(snapshot, layer)
    state = _read_filters(snapshot, card, asked)
    within = _read_within(snapshot, asked.within, state.level)
    if asked.format == "geojson" and state.level in COUNTRY_FILES and not within:
        return _stream_country(request, snapshot, state)
    return reply_to(request, lambda: _write_values(snapshot, state, within, asked.format))


@api.get("/outlines/{level}", tags=["layers"], summary="Outlines of the whole country", response_class=Response)
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
        "X-Attribution": _plain_letters(OUTLINES_CREDIT),
        "Content-Type": "application/geo+json",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    text = _read_outlines(snapshot.path(part))
    if zipped:
        return StreamingResponse(_zip(text), headers=headers | {"Content-Encoding": "gzip"})
    return StreamingResponse(text, headers=headers)


@api.get("/areas", tags=["areas"], summary="Find an area by name", response_model=AreasAnswer)
async def find_areas(request: Request, asked: Annotated[SearchQuery, Query()]) -> Response:
    """Areas with a name or code that matches. It refuses anything that looks like a postcode, and keeps nothing that you type."""
    if looks_like_postcode(asked.search):
        raise HTTPException(422, _NO_POSTCODE)
    text = asked.search
    if sum(letter.isalnum() for letter in plain(text)) < 2:
        raise HTTPException(422, "The parameter search needs 2 letters or more of a name or an area code, like Jaywick.")
    snapshot = snapshot_of(request)
    return reply_to(request, lambda: pack_json({"areas": _search(snapshot, text)}))


@api.get("/areas/{code}", tags=["areas"], summary="One area with all its figures", response_model=AreaAnswer)
async def show_area(request: Request, code: Annotated[str, Path(description="An area code.", examples=["E01021988"])]) -> Response:
    """The name of an area, the larger areas that contain it, who lives there, and its figure in every layer that has its level."""
    snapshot = snapshot_of(request)
    area = find_area(snapshot, code)
    return reply_to(request, lambda: pack_json(_say_area(snapshot, area) | {"notice": snapshot.say_former(code)}))


@api.get(
    "/postcodes/small",
    tags=["postcodes"],
    summary="The small outward codes together",
    response_model=SmallOutwardsAnswer,
)
async def list_small_outwards(request: Request) -> Response:
    """The outward codes of 100 postcodes or fewer in one file, since a rare outward code is nearly the postcode."""
    snapshot = snapshot_of(request)
    return reply_to(request, lambda: _pack_small_outwards(snapshot))


@api.get("/postcodes/{outward}", tags=["postcodes"], summary="The postcodes of an outward code", response_model=OutwardAnswer)
async def list_postcodes(
    request: Request,
    outward: Annotated[str, Path(description="The first half of a postcode.", examples=["CO15"])],
) -> Response:
    """Every postcode of an outward code, so that you never have to send a full postcode."""
    snapshot, outward = snapshot_of(request), outward.upper()
    if outward not in _outwards(snapshot):
        raise HTTPException(404, _NO_OUTWARD)
    return reply_to(request, lambda: _pack_outward(snapshot, outward))


def looks_like_postcode(text: str) -> bool:
    """Whether a text is, begins like, or holds a postcode; when in doubt, yes. Area codes are none.

    >>> [looks_like_postcode(text) for text in ("CO15 2EU", "co15 2", "C015-2EU", "near b147qh", "B14")]
    [True, True, True, True, True]
    >>> [looks_like_postcode(text) for text in ("Jaywick", "E01021988", "Tendring 018", "Bootle")]
    [False, False, False, False]
    """
    upper = unicodedata.normalize("NFKC", text).upper()
    squeezed = re.sub(r"[^A-Z\d]", "", upper)
    if _AREA_CODE_BEGUN.fullmatch(squeezed):
        return False
    begun = _POSTCODE_BEGUN.fullmatch(squeezed) and any(letter.isdigit() for letter in squeezed)
    return bool(begun) or bool(_POSTCODE_ANYWHERE.search(re.sub(r"[^A-Z\d\s]", "", upper)))


def warm_up(snapshot: Snapshot) -> None:
    """Read what the first visitor would wait for: tables, names and postcodes, some two seconds of work."""
    for layer in snapshot.cards:
        snapshot.table(layer)
    _names(snapshot)
    _pack_outward(snapshot, next(iter(snapshot.outward_codes)))
    snapshot.postcodes_in(snapshot.area(snapshot.areas["lsoa"].code.iat[0]))


# ---- reading what was asked ----


def snapshot_of(request: Request) -> Snapshot:
    """The snapshot that this server was made with."""
    return request.app.state.snapshot


def reply_to(request: Request, make: Callable[[], Packed], day: str = "") -> Response:
    """The answer to a question, made once while its build, address and, where ages count, ``day`` stay the same.

    Where a code of another year was read as one of ours, the header X-Notice says so.
    """
    query = urlencode(sorted(request.query_params.multi_items()))
    answer = reply(request, make_tag(__version__, snapshot_of(request).build, request.url.path, query, day), make)
    say_codes_read(request, answer)
    return answer


def say_codes_read(request: Request, answer: Response) -> None:
    """Put into an answer's header what each code of another year, in the question's address, was read as."""
    asked = [*request.path_params.values(), *request.query_params.values()]
    if said := snapshot_of(request).say_read_as(map(str, asked)):
        answer.headers["X-Notice"] = _plain_letters(" ".join(said))


def find_layer(snapshot: Snapshot, layer: str) -> LayerCard:
    """The card of an indicator or 404; what looks like a postcode is not repeated."""
    if looks_like_postcode(layer):
        raise HTTPException(404, "We have no layer with that name. GET /api/v1/layers lists them all.")
    try:
        return find_card(layer, snapshot.cards)
    except NotFoundError as fault:
        raise HTTPException(404, str(fault)) from None


def find_area(snapshot: Snapshot, code: str) -> Area:
    """An area by its code or 404."""
    try:
        return snapshot.area(code)
    except NotFoundError:  # its own sentence repeats what was asked for, which may be a postcode
        raise HTTPException(404, snapshot.say_former(code) or _NO_AREA) from None


def _read_filters(snapshot: Snapshot, card: LayerCard, asked: ValuesQuery) -> MapState:
    """The filters as the map has them, or 422 with a sentence; the form of each was checked by ValuesQuery."""
    level = asked.level or card.base_level
    if asked.period not in ("", *card.periods):
        raise HTTPException(422, f"The parameter period can only be {' or '.join(card.periods) or 'left out'} for {card.id}.")
    if level not in levels_of(card):
        raise HTTPException(422, f"The parameter level can only be {' or '.join(levels_of(card))} for {card.id}.")
    deciles = tuple(sorted({int(number) for number in asked.deciles.split(",") if number}))
    return MapState(
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
        raise HTTPException(422, f"We do not recognise the code in “within”. {_NO_AREA.partition('. ')[2]}")
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


@lru_cache(maxsize=1)
def _outwards(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(snapshot.outward_codes)


@lru_cache(maxsize=256)
def _say_card(snapshot: Snapshot, layer: str) -> dict[str, Any]:
    card = snapshot.cards[layer]
    return say_layer(card, snapshot.table(layer), snapshot.facts(layer))


@lru_cache(maxsize=24)
def _write_values(snapshot: Snapshot, state: MapState, within: str, form: str) -> Packed:
    rows = read_rows(snapshot, state, within)
    head = _say_head(snapshot, state, within, with_outlines=form == "geojson")
    said = _say_file(head, "" if form == "json" else f"{name_file(state, within)}.{form}")
    if form == "json":
        return pack(write_json(rows, head), "application/json", ("gzip",), **said)
    named = name_areas(rows, snapshot, state.level)
    if form == "csv":
        return pack_csv(write_csv(named, head), **said)
    drawn = draw_outlines(snapshot, state.level, rows.code)
    return pack(write_geojson(rows[["code", "name"]].join(named), drawn, head), "application/geo+json", ("gzip",), **said)


def _say_head(snapshot: Snapshot, state: MapState, within: str, *, with_outlines: bool) -> dict[str, Any]:
    card = snapshot.cards[state.layer]
    credit = f"{card.source.credit} {OUTLINES_CREDIT}" if with_outlines else card.source.credit
    empty = bool(snapshot.table(state.layer, state.period)[state.level].value.isna().all())
    return {
        "layer": state.layer,
        "level": state.level,
        "period": state.period or card.period,
        **say_level(card, state.level, empty=empty),
        "attribution": credit,
        "people": PEOPLE,
        "filters": say_filters(state, within),
    }


def _say_file(head: dict[str, Any], name: str) -> dict[str, str]:
    said = {"X-Attribution": _plain_letters(head["attribution"])}
    return said | {"Content-Disposition": f'attachment; filename="{name}"'} if name else said


def _stream_country(request: Request, snapshot: Snapshot, state: MapState) -> Response:
    """The whole country's outlines with the figures put in, made while they are sent: some 20 MB that nobody keeps."""
    head = _say_head(snapshot, state, "", with_outlines=True)
    zipped = "gzip" in read_codings(request.headers.get("accept-encoding", ""))
    tag = make_tag(__version__, snapshot.build, request.url.path, urlencode(sorted(request.query_params.multi_items())))
    headers = {
        "Cache-Control": FRESH,
        "Vary": "Accept-Encoding",
        "ETag": f'"{tag}-gzip"' if zipped else f'"{tag}"',
        **_say_file(head, f"{name_file(state, '')}.geojson"),
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    rows = read_rows(snapshot, state)
    named = rows[["code", "name"]].join(name_areas(rows, snapshot, state.level))
    text = stream_geojson(named, snapshot.path(f"outlines/{state.level}"), head)
    media = "application/geo+json"
    if zipped:
        return StreamingResponse(_zip(text), headers=headers | {"Content-Encoding": "gzip"}, media_type=media)
    return StreamingResponse(text, headers=headers, media_type=media)


def _say_area(snapshot: Snapshot, area: Area) -> dict[str, Any]:
    figures = {layer: read_figures(snapshot, layer, area) for layer in snapshot.cards}
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
    return Packed(packed.media, packed.forms, {"X-Attribution": _plain_letters(_POSTCODE_CREDIT)})


@lru_cache(maxsize=1)
def _pack_small_outwards(snapshot: Snapshot) -> Packed:
    packed = pack_json({"outwards": {outward: snapshot.postcodes(outward) for outward in snapshot.small_outward_codes}})
    return Packed(packed.media, packed.forms, {"X-Attribution": _plain_letters(_POSTCODE_CREDIT)})


#: The levels whose areas have names of their own, those found first at the front.
_NAMED_LEVELS: Final[tuple[Level, ...]] = ("rgn", "lad", "icb", "msoa")


@lru_cache(maxsize=1)
def _names(snapshot: Snapshot) -> list[Name]:
    """Every name, the largest areas first; of each level the names that we say, then the others."""
    found: list[Name] = []
    others = [(snapshot.area(code), name) for code, name in snapshot.other_names]
    for level in _NAMED_LEVELS:
        for area in map(snapshot.area, snapshot.areas[level].code):
            around = snapshot.area(area.parents["lad"]).name if level == "msoa" else ""
            found.append(Name(plain(area.title), plain(area.title) + plain(around), area.code, level))
        found += [Name(plain(name), plain(name), area.code, level, name) for area, name in others if area.level == level]
    return found


def _search(snapshot: Snapshot, text: str) -> list[dict[str, str]]:
    """Areas by name, the best fit first; or codes, of other years too."""
    bare = text.strip().upper()
    if (former := snapshot.former.get(bare)) is not None:
        return [_say_found(snapshot.area(code), snapshot.say_former(bare)) for code in former.now]
    if _AREA_CODE_BEGUN.fullmatch(bare):
        return _search_codes(snapshot, bare)
    names = _names(snapshot)
    found = {each.code: each for each in find_names(text, names)}
    for each in names if len(found) < MOST_FOUND else ():  # last, those that hold it inside a word
        if plain(text).strip() in each.key:
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


def _plain_letters(text: str) -> str:
    """A credit fit for a header, which holds ASCII only."""
    return text.replace("©", "(c)").encode("ascii", "replace").decode()


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
