"""The map's description, made in Python: sources, layers, colours and words. The browser only draws it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from heatmap.deprivation import DEFAULT_LAYER
from heatmap.drawing.icons import draw_point
from heatmap.drawing.tokens import colour
from heatmap.geography.levels import LEVELS, Level
from heatmap.layers.cards import FLAGS, LayerCard, PointsCard
from heatmap.layers.classes import classes_of, levels_of, say_amount
from heatmap.layers.words import FLAG_WORDS, say_where_first
from heatmap.map.address import PROJECTS, MapAddress
from heatmap.map.selection import keep_areas
from heatmap.snapshot import Snapshot

#: Every colour an area can have, as one list: an area's state is its number here, so no expression ever changes.
PALETTE = (
    "missing",
    "map-ghost",
    *(f"seq-{n}" for n in range(1, 11)),
    *(f"fifth-{n}" for n in range(1, 6)),
    *(f"kind-{n}" for n in range(1, 7)),
    "div-worse-3",
    "div-worse-2",
    "div-worse-1",
    "div-same",
    "div-better-1",
    "div-better-2",
    "div-better-3",
    *(f"bi-{row}{column}" for row in (1, 2, 3) for column in (1, 2, 3)),
)
#: Their numbers for an area without a figure, and for one that is filtered out or waits for its figure.
NO_FIGURE, GHOST = 0, 1
#: West, south, east, north, in degrees.
PRESET_BOXES = {
    "england": (-5.8, 49.85, 1.8, 55.85),
    "london": (-0.52, 51.28, 0.34, 51.70),
    "birmingham": (-2.04, 52.38, -1.72, 52.61),
}
#: What each of them filters by: so the count, the legend and the files are of the place that is shown.
PRESET_FILTERS = {"england": {}, "london": {"regions": "E12000007"}, "birmingham": {"authorities": "E08000025"}}


@lru_cache(maxsize=2)
def describe_page(snapshot: Snapshot) -> dict[str, Any]:
    """All that the map's bridge needs and that is the same for every reader of this build.

    The caller must not change it. Addresses hold the hash of what they give, so they may be cached for ever.
    """
    return {
        "build": snapshot.build,
        "search": f"/search/{snapshot.hash('search')}/areas.json",
        "outwards": " ".join(snapshot.outward_codes),
        "small": " ".join(snapshot.small_outward_codes),
        "mask": f"/mask/{snapshot.build}",
        "walk": {level: f"/walk/{snapshot.hash(f'walk/{level}')}/{level}" for level in LEVELS},
        "beyond": {level: f"/beyond/{tag_beyond(snapshot, level)}/{level}" for level in LEVELS},
        "middles": {level: f"/middles/{snapshot.hash(f'points/{level}')}/{level}" for level in LEVELS},
        "points": (
            {card.index: _describe_points(card, snapshot) for card in snapshot.points_cards.values()} | {PROJECTS: _describe_projects()}
        ),
        "levels": {level: {"start": snapshot.starts[level], "count": len(snapshot.areas[level])} for level in LEVELS},
        "layers": {card.id: _describe_layer(card, snapshot) for card in snapshot.cards.values()},
        "flags": [FLAG_WORDS[flag][0] if flag else "" for flag in FLAGS],
        "defaultLayer": DEFAULT_LAYER,
        "presets": PRESET_BOXES,
        "within": PRESET_FILTERS,
        "style": _style(snapshot),
        "noFigure": NO_FIGURE,
        "ghost": GHOST,
    }


def describe_start(address: MapAddress, snapshot: Snapshot) -> dict[str, Any]:
    """What this reader's link asks the map to show first, set right where the link was wrong."""
    return {"search": address.to_query(), "box": box_to_show(address, snapshot)}


def box_to_show(address: MapAddress, snapshot: Snapshot) -> list[float] | None:
    """The box to fly to: of the chosen area, else of what the filters leave of the places they name; None for neither."""
    if address.area:
        row = snapshot.area(address.area).row
        return [float(row[side]) for side in ("west", "south", "east", "north")]
    if not (address.regions or address.icbs or address.authorities):
        return None
    rows = snapshot.areas["lsoa"][keep_areas(address, snapshot).lsoas]
    if rows.empty:
        return None
    box = (rows.west.min(), rows.south.min(), rows.east.max(), rows.north.max())
    return [float(side) for side in box]


def tag_beyond(snapshot: Snapshot, level: Level) -> str:
    """What the address of a level's steps beyond neighbours holds: another after each build that changes them."""
    return snapshot.hash(f"walk/{level}") + snapshot.hash(f"neighbours/{level}")


def _describe_layer(card: LayerCard, snapshot: Snapshot) -> dict[str, Any]:
    facts = snapshot.facts(card.id)
    edges = facts["edges"]
    views = {}
    for level in levels_of(card):
        if level in (card.base_level, "msoa") or card.scheme == "amount":  # above its own level all levels of a share look alike
            for groups in ("tenths", "fifths") if card.scheme == "tenths" else ("tenths",):
                views[f"{level}.{groups}"] = _describe_view(card, level, groups, edges.get(level, ()))
    older = {period: _addresses(card, card.part(period), snapshot) for period in card.periods[:-1]}
    return {
        **_addresses(card, card.id, snapshot),
        **({"periods": older} if older else {}),
        "decimals": facts["decimals"],
        **({"step": facts["step"]} if facts["step"] != 1 else {}),
        "series": card.series,
        "edition": card.edition,
        "levels": levels_of(card),
        "views": views,
    }


def _describe_points(card: PointsCard, snapshot: Snapshot) -> dict[str, Any]:
    """What the map needs of a layer of places: where they are, what they look like, where each tells of itself."""
    return {
        "spots": f"/spots/{snapshot.hash(f'spots/{card.id}')}/{card.id}",
        "each": f"/api/v1/points/{card.id}",
        "title": card.short,
        "sign": draw_point(card.symbol),
    }


def _describe_projects() -> dict[str, Any]:
    """The same of projects: their list can change at any moment, so its address holds no hash."""
    return {"spots": "/spots/projects", "each": "/api/v1/projects", "title": "Projects", "sign": draw_point("project")}


def _addresses(card: LayerCard, name: str, snapshot: Snapshot) -> dict[str, str]:
    found = {kind: f"/{kind}/{snapshot.hash(f'{kind}/{name}')}/{name}" for kind in ("paint", "figures")}
    # Tenths say no figure of their own on the map; the table puts them in the order of their ranks.
    return found | ({"ranks": f"/ranks/{snapshot.hash(f'tables/{card.id}')}/{name}"} if card.scheme == "tenths" else {})


def _describe_view(card: LayerCard, level: Level, groups: str, edges: Any) -> dict[str, Any]:
    """The colour's number in PALETTE by class, and what the pointer says: by class, or a pattern with {value}."""
    classes = classes_of(card, level, groups, edges)
    view: dict[str, Any] = {"colours": [PALETTE.index(each.colour) for each in classes]}
    if card.scheme == "moved" or (card.scheme == "amount" and card.polarity == "low_is_worse"):
        view["low"] = True  # the first class holds the lowest values: so a table begins with them
    own = level == card.base_level
    if card.scheme == "tenths" and own:
        view["classes"] = [f"{each.label} in England" if ":" in each.label else f"{each.label} of {len(classes)}" for each in classes]
        if groups == "fifths":  # the packed classes are tenths: two of them are drawn alike
            view["colours"] = [each for each in view["colours"] for _ in range(2)]
            view["classes"] = [each for each in view["classes"] for _ in range(2)]
    elif card.scheme == "kinds" and own:
        view["classes"] = [each.label for each in classes]
    elif card.scheme == "moved":
        view["classes"] = [each.label[0].upper() + each.label[1:] for each in classes]
    elif card.scheme == "amount":
        view["value"] = say_amount(0, card.unit, 0).replace("0", "{value}", 1)
    else:
        where = "in rural neighbourhoods" if card.scheme == "kinds" else say_where_first(card, groups)
        view["value"] = f"{{value}} in 100 people live {where}"
    return view


# ---- the style: sources and layers of MapLibre ----


def _style(snapshot: Snapshot) -> dict[str, Any]:
    names = ("context", *LEVELS, "labels")
    sources = {name: _source(snapshot, name) for name in names}
    # Outlines of one area and stripes are filtered by id, and a new filter makes the browser read a source's tiles again:
    # so they have a source of their own, of the same (cached) tiles, in which next to nothing is drawn.
    sources |= {f"{level}-marks": sources[level] for level in LEVELS}
    layers: list[dict[str, Any]] = [
        {"id": "sea", "type": "background", "paint": {"background-color": colour("map-sea")}},
        {
            "id": "nations",
            "type": "fill",
            "source": "context",
            "source-layer": "nation",
            "paint": {"fill-color": colour("map-elsewhere"), "fill-outline-color": colour("map-ghost-line")},
        },
    ]
    layers.append(
        {  # nine small outlines, so that England is there while its neighbourhoods are on their way; then taken off (map.js)
            "id": "ground",
            "type": "fill",
            "source": "rgn",
            "source-layer": "rgn",
            "maxzoom": 8,
            "paint": {"fill-color": colour("map-ghost"), "fill-outline-color": colour("map-ghost-line")},
        }
    )
    layers += [_fill(level) for level in LEVELS]
    layers += [_patterned(f"missing-{level}", level, "stripes") for level in LEVELS]
    layers.append(_patterned("weak-lsoa", "lsoa", "dots", minzoom=9))
    layers += [_edge(level) for level in LEVELS]
    layers.append(_line("authorities", "lad", colour("map-outline"), ["interpolate", ["linear"], ["zoom"], 6, 0.4, 9, 1, 12, 2]))
    layers[-1]["minzoom"] = 6.5  # further out the colours speak for themselves, and every line costs each frame
    layers[-1]["paint"]["line-opacity"] = ["interpolate", ["linear"], ["zoom"], 6, 0.35, 9, 0.8]
    for level in LEVELS:
        layers.append(_line(f"pointed-{level}", level, colour("here-ink"), 2))
    for level in LEVELS:  # where the arrow keys have led: ink dashes on white, unlike the chosen place's marigold
        layers.append(_line(f"walkedunder-{level}", level, colour("map-edge"), 6))
        layers.append(_line(f"walked-{level}", level, colour("here-ink"), 3))
        layers[-1]["paint"]["line-dasharray"] = [2, 1]
    for level in LEVELS:
        layers.append(_line(f"casing-{level}", level, colour("here-ink"), 7))
        layers.append(_line(f"chosen-{level}", level, colour("here"), 3.5))
    layers.append(
        {
            "id": "labels",
            "type": "symbol",
            "source": "labels",
            "source-layer": "label",
            "layout": {
                "icon-image": ["concat", "label:", ["get", "name"]],
                "visibility": "none",
                # Far out cities are near one another. From 10.5 on neighbourhoods are named too: many, long, over colours that must be seen.
                "icon-padding": ["step", ["zoom"], 1, 6.5, 8, 8, 16, 10.5, 36, 12.5, 24],
                "symbol-sort-key": ["get", "rank"],
            },
        }
    )
    return {"version": 8, "sources": sources, "layers": layers, "transition": {"duration": 0}}


def _source(snapshot: Snapshot, name: str) -> dict[str, Any]:
    header = snapshot.tiles(name).header()
    return {
        "type": "vector",
        "tiles": [f"/tiles/{name}-{snapshot.hash(f'tiles/{name}')}/{{z}}/{{x}}/{{y}}"],
        "minzoom": header["min_zoom"],
        "maxzoom": header["max_zoom"],
        "bounds": PRESET_BOXES["england"] if name == "lsoa" else (-11, 49, 3, 61.5),
    }


def _fill(level: Level) -> dict[str, Any]:
    return {
        "id": f"areas-{level}",
        "type": "fill",
        "source": level,
        "source-layer": level,
        "layout": {"visibility": "none"},
        # No antialiasing: neighbouring areas share their edges, so it would only draw hairlines between them.
        "paint": {"fill-color": _colour_of_state(), "fill-antialias": False},
    }


def _colour_of_state() -> list[Any]:
    pairs = [part for number, name in enumerate(PALETTE) for part in (number, colour(name))]
    return ["match", ["coalesce", ["feature-state", "v"], GHOST], *pairs, colour("map-ghost")]


def _patterned(name: str, level: Level, pattern: str, minzoom: float = 0) -> dict[str, Any]:
    """Stripes over areas without a figure, dots over weak ones, so that neither is just a shade of something."""
    return {
        "id": name,
        "type": "fill",
        "source": f"{level}-marks",
        "source-layer": level,
        "minzoom": minzoom,
        "filter": ["in", ["id"], ["literal", []]],
        "layout": {"visibility": "none"},
        "paint": {"fill-pattern": pattern},
    }


def _edge(level: Level) -> dict[str, Any]:
    from_zoom = {"lsoa": 9.5, "msoa": 8.0}.get(level, 4.0)
    thin = 0.2 if level in ("lsoa", "msoa") else 0.4  # many small areas: thicker lines would wash a city's colours out
    layer = _line(f"edges-{level}", level, colour("map-edge"), ["interpolate", ["linear"], ["zoom"], 9, thin, 11, 0.7, 13, 1])
    return {**layer, "minzoom": from_zoom}


def _line(name: str, level: Level, ink: str, width: Any) -> dict[str, Any]:
    marks = name.split("-")[0] in ("pointed", "walkedunder", "walked", "casing", "chosen")
    return {
        "id": name,
        "type": "line",
        "source": f"{level}-marks" if marks else level,
        "source-layer": level,
        "filter": ["==", ["id"], -1] if marks else ["all"],
        # Round joins cost a software renderer a third of every frame; only the thick outline of one place needs them.
        "layout": {"line-join": "round" if marks else "bevel", "visibility": "none"},
        "paint": {"line-color": ink, "line-width": width},
    }
