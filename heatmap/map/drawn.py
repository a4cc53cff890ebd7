"""A map inside a page of words: areas of one level in a few classes, drawn by ``assets/drawn_map.js`` from the map's own tiles.

The page says in ``data-heat-map`` what is drawn; the table beside it says the same, and is there without the map.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heatmap.drawing.elements import Element, el
from heatmap.drawing.icons import draw_point
from heatmap.geography.levels import ENGLAND, LEVELS, PLURAL, Level
from heatmap.map import description as mapview
from heatmap.snapshot import Snapshot
from heatmap.web.sending import Packed, pack, pack_json
from heatmap.web.static_files import MAPLIBRE_CSS, MAPLIBRE_JS, asset_address, checksum_of
from heatmap.words.language import _

#: More points than this are no help on a small map.
MOST_POINTS: Final = 1000


@dataclass(frozen=True)
class MapPoint:
    """A point: where, what it is called, what is said under that, and where it leads."""

    latitude: float
    longitude: float
    title: str
    words: str
    link: str


@dataclass(frozen=True)
class Points:
    """Points over the areas, all of one kind; those at one spot share a sign.

    symbol  of ``icons.POINT_SHAPES``
    name    what one and several of them are called: ("project", "projects")
    """

    symbol: str
    name: tuple[str, str]
    points: Sequence[MapPoint]


@dataclass(frozen=True)
class MapClass:
    """A class: the name of its colour in ``assets/tokens.css``, its words, and whether it is striped as well."""

    colour: str
    words: str
    striped: bool = False


def draw_map(
    name: str,
    classes: Sequence[MapClass],
    address: str,
    level: Level,
    area: str,
    link: str,
    none: str,
    snapshot: Snapshot,
    chosen: str = "",
    points: Points | None = None,
    box: Sequence[float] = (),
    pale: bool = False,
    only: int = 0,
) -> Element:
    """The place of a map.

    name     what it shows, for those who do not see it
    address  where the classes are: one byte an area of the level, by position; 0 has no figure, ``pairs.OUTSIDE`` was not asked for
    link     the address of an area's page, with {code} where its code goes
    none     what is said of an area without a figure
    chosen   the code of an area that stands out
    points   what stands over the areas
    box      what is shown first, as west, south, east, north; without it the area
    pale     whether the areas step back behind the points
    only     the number of the one class that is coloured, 0 for all
    """
    described: dict[str, Any] = {
        "name": name,
        "style": f"/style/{snapshot.build}",
        "css": MAPLIBRE_CSS,
        "js": [[address, checksum_of(address)] for address in (MAPLIBRE_JS, asset_address("map_images.js"))],
        "level": level,
        "classes": address,
        "box": list(box) or box_round(area, snapshot),
        "link": link,
        "none": none,
        "chosen": chosen,
        "only": only,
        "colours": [mapview.PALETTE.index(each.colour) for each in classes],
        "words": [each.words for each in classes],
        "striped": [number for number, each in enumerate(classes, start=1) if each.striped],
    }
    counts = {each: len(snapshot.areas[each]) for each in LEVELS}
    described["bytes"] = counts[level]
    if "/paint/" in address:  # all levels in turn, then fifths above LSOA; the reason for a gap is in the high bits
        described["from"] = sum(counts[each] for each in LEVELS[: LEVELS.index(level)])
        described["many"] = counts[level]
        described["bytes"] = 2 * sum(counts.values()) - counts["lsoa"]
    if points is not None:
        described["points"] = {"sign": draw_point(points.symbol), "name": list(points.name), "spots": _share_spots(points.points)}
        described["pale"] = pale
    return el(
        "Div",
        [
            el("P", _("Loading the map. The table below has the same figures."), className="soft s waits", role="status"),
            el(
                "P",
                _("This browser cannot draw the map (WebGL is missing or switched off). The table says the same."),
                className="soft s cannot",
                hidden=True,
            ),
            el(
                "P",
                [
                    _("We could not load the map. The table below has the same figures. "),
                    el("Button", _("Try again"), className="link", data_do="map-again"),
                ],
                className="soft s away",
                hidden=True,
            ),
        ],
        className="drawn-map",
        data_heat_map=json.dumps(described, separators=(",", ":")),
    )


def _share_spots(points: Sequence[MapPoint]) -> list[list[Any]]:
    """Points by the spot that they share: longitude and latitude times 100,000, then title, words and link of each."""
    spots: dict[tuple[int, int], list[list[str]]] = {}
    for each in points[:MOST_POINTS]:
        spots.setdefault((round(each.longitude * 1e5), round(each.latitude * 1e5)), []).append([each.title, each.words, each.link])
    return [[*spot, told] for spot, told in spots.items()]


def paint_of(layer: str, snapshot: Snapshot) -> str:
    """The address of a layer's classes at every level."""
    return f"/paint/{snapshot.hash(f'paint/{layer}')}/{layer}"


def box_round(area: str, snapshot: Snapshot) -> list[float]:
    """West, south, east, north of an area, or of England."""
    if area == ENGLAND:
        return list(mapview.PRESET_BOXES["england"])
    row = snapshot.area(area).row
    return [float(row[side]) for side in ("west", "south", "east", "north")]


@lru_cache(maxsize=2)
def pack_style(snapshot: Snapshot) -> Packed:
    """What ``assets/drawn_map.js`` needs of the map's style, whatever it draws."""
    described = mapview.describe_page(snapshot)
    return pack_json({key: described[key] for key in ("style", "levels", "noFigure", "ghost")})


def pack_bytes(classes: npt.NDArray[np.uint8]) -> Packed:
    """Classes as they travel."""
    return pack(classes.astype(np.uint8).tobytes(), "application/octet-stream")


def say_ways(level: Level) -> str:
    """How the map is used, under it."""
    return _("Press one of the {areas} to see what it is. Drag to move, pinch or + and − to zoom.").format(areas=PLURAL[level])
