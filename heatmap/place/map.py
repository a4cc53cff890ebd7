"""Small maps of a place and what is round it, as one picture (SVG): no library, no request, safe to print.

Degrees in, picture out. Outlines are GeoJSON geometry in EPSG:4326, as the snapshot has them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

import numpy as np
import numpy.typing as npt

from heatmap.deprivation import DEFAULT_LAYER
from heatmap.drawing.icons import shape_of
from heatmap.drawing.tokens import colour, ink_on
from heatmap.geography.levels import Level
from heatmap.layers.words import say_tenth
from heatmap.place.facts import read_neighbours
from heatmap.snapshot import Area, Snapshot
from heatmap.words.language import _

#: Kilometres in a degree of latitude.
_KM: Final = 111.2
_FONT: Final = "font-family='Segoe UI,Roboto,Noto Sans,Liberation Sans,Arial,sans-serif'"
_HALF: Final = "transform='scale(.5)'"
_MOST_NAMES: Final = 4


@dataclass(frozen=True)
class Frame:
    """What a picture shows: its middle, how many kilometres it is wide, and its size in pixels. North is up."""

    latitude: float
    longitude: float
    km: float
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels in a kilometre."""
        return self.width / self.km

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a point lies, in pixels from the left and the top.

        >>> Frame(52.0, -1.0, 2.0, 620, 400).place(52.0, -1.0)
        (310.0, 200.0)
        """
        east = (longitude - self.longitude) * _KM * math.cos(math.radians(self.latitude))
        return self.width / 2 + east * self.scale, self.height / 2 - (latitude - self.latitude) * _KM * self.scale

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north, in degrees."""
        north = self.height / 2 / self.scale / _KM
        east = self.km / 2 / _KM / math.cos(math.radians(self.latitude))
        return self.longitude - east, self.latitude - north, self.longitude + east, self.latitude + north

    def holds(self, latitude: float, longitude: float, margin: float = 0) -> bool:
        """Whether a point lies within, so many pixels from the edge."""
        x, y = self.place(latitude, longitude)
        return margin <= x <= self.width - margin and margin <= y <= self.height - margin


def frame_of(points: Iterable[tuple[float, float]], width: int, height: int, room: float = 1.25, least_km: float = 0.6) -> Frame:
    """The frame round some points, given as latitude and longitude.

    room        how much wider than the points themselves
    least_km    never less wide than this
    """
    latitudes, longitudes = zip(*points, strict=True)
    latitude, longitude = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
    across = (max(longitudes) - min(longitudes)) * _KM * math.cos(math.radians(latitude))
    up = (max(latitudes) - min(latitudes)) * _KM
    return Frame(latitude, longitude, max(room * max(across, up * width / height), least_km), width, height)


def frame_of_place(area: Area, snapshot: Snapshot, width: int = 620, height: int = 400) -> Frame:
    """The place in the middle, and as much round it that its neighbours are seen."""
    row = area.row
    return frame_of([(row["south"], row["west"]), (row["north"], row["east"])], width, height, room=2.1)


# ---- the pictures ----


def draw_place(area: Area, snapshot: Snapshot, pins: Sequence[tuple[str, float, float]] = ()) -> str:
    """The place and those round it in the colours of their tenths, each with its number; the place edged as chosen.

    pins    places to show: symbol, latitude, longitude; those outside are left out
    returns the picture's address (``data:``)
    """
    frame = frame_of_place(area, snapshot)
    decile = _deciles(snapshot)
    sides = _sides(snapshot, "lsoa")
    shapes, numbers, taken = [], [], []
    for position in _in_frame(frame, snapshot):
        token = f"seq-{decile[position]}"
        shapes.append(f"<path d='{_path(frame, snapshot, position)}' fill='{colour(token)}'/>")
        latitude, longitude = sides["inside_latitude"][position], sides["inside_longitude"][position]
        if _has_room(frame, sides, position) and frame.holds(latitude, longitude, 12):
            x, y = frame.place(latitude, longitude)
            numbers.append(f"<text x='{x:.0f}' y='{y + 6:.0f}' fill='{ink_on(token)}'>{decile[position]}</text>")
            taken.append((x, y, 12.0))
    here = _path(frame, snapshot, area.position)
    edge = f"<path d='{here}' fill='none' stroke='{colour('here-ink')}' stroke-width='14'/>"
    edge += f"<path d='{here}' fill='none' stroke='{colour('here')}' stroke-width='7'/>"
    return _picture(
        frame,
        f"<rect width='100%' height='100%' fill='{colour('map-sea')}'/>"
        f"<g {_HALF} stroke='{colour('map-edge')}' stroke-width='2' stroke-linejoin='round'>{''.join(shapes)}{edge}</g>"
        f"<g font-size='17' font-weight='700' text-anchor='middle' {_FONT}>{''.join(numbers)}</g>"
        f"{_names(frame, area, snapshot, taken)}{''.join(_pin(frame, *pin) for pin in pins)}{_scale_bar(frame)}",
    )


def draw_outlines(area: Area, snapshot: Snapshot, frame: Frame, pins: Iterable[tuple[float, float]] = ()) -> str:
    """The same in black and white: the place shaded, the others in outline, names of places round it. For the leaflet.

    pins   where the page puts numbers upon it (latitude, longitude): no name is written there
    """
    taken = [(*frame.place(*pin), 13.0) for pin in pins]
    shapes = [f"<path d='{_path(frame, snapshot, position)}'/>" for position in _in_frame(frame, snapshot)]
    return _picture(
        frame,
        f"<rect width='100%' height='100%' fill='#fff'/><g {_HALF} fill='none' stroke='#a0a0a0' stroke-width='2'>"
        f"<path d='{_path(frame, snapshot, area.position)}' fill='#d2d2d2'/>{''.join(shapes)}</g>"
        f"{_names(frame, area, snapshot, taken)}{_scale_bar(frame)}",
    )


def say_place_map(area: Area, snapshot: Snapshot) -> str:
    """What the coloured picture shows, for those who cannot see it."""
    decile = _deciles(snapshot)
    codes = snapshot.areas["lsoa"]["code"]
    around = [_("{name}: tenth {n}").format(name=snapshot.area(codes[at]).name, n=decile[at]) for at in read_neighbours(area, snapshot)]
    here = _("Map of {name}, {tenth}, in the middle of the picture.").format(name=area.title, tenth=say_tenth(int(decile[area.position])))
    return f"{here} " + (_("Next to it: {list}.").format(list="; ".join(around)) if around else _("It has no neighbours: it is an island."))


# ---- their parts ----


@lru_cache(maxsize=4)
def _deciles(snapshot: Snapshot) -> list[int]:
    return [int(decile) for decile in snapshot.table(DEFAULT_LAYER)["lsoa"].decile]


@lru_cache(maxsize=8)
def _sides(snapshot: Snapshot, level: Level) -> dict[str, npt.NDArray[np.float64]]:
    """Each area's point and box by position, as numpy has them: a picture asks for many."""
    table = snapshot.areas[level]
    return {side: table[side].to_numpy(float) for side in ("inside_latitude", "inside_longitude", "west", "south", "east", "north")}


@lru_cache(maxsize=4)
def _wider_names(snapshot: Snapshot) -> list[str]:
    table = snapshot.areas["msoa"]
    return [place or name for place, name in zip(table["place"], table["name"], strict=True)]


def _in_frame(frame: Frame, snapshot: Snapshot) -> list[int]:
    """The positions of the neighbourhoods whose box meets the frame's."""
    west, south, east, north = frame.box
    sides = _sides(snapshot, "lsoa")
    meets = (sides["east"] >= west) & (sides["west"] <= east) & (sides["north"] >= south) & (sides["south"] <= north)
    return [int(n) for n in np.flatnonzero(meets)]


def _has_room(frame: Frame, sides: dict[str, npt.NDArray[np.float64]], position: int) -> bool:
    """Whether a number fits into an area: two digits are 20 pixels wide."""
    left, bottom = frame.place(sides["south"][position], sides["west"][position])
    right, top = frame.place(sides["north"][position], sides["east"][position])
    return bool(right - left > 34 and bottom - top > 26)


def _path(frame: Frame, snapshot: Snapshot, position: int) -> str:
    """An outline as SVG's path, in half pixels (so it stands in a group of half scale)."""
    shape = json.loads(snapshot.outlines("lsoa")[position])
    rings = shape["coordinates"] if shape["type"] == "Polygon" else [ring for part in shape["coordinates"] for ring in part]
    high = 2 * _KM * frame.scale
    wide = high * math.cos(math.radians(frame.latitude))
    left, top = frame.width - frame.longitude * wide, frame.height + frame.latitude * high
    written = []
    for ring in rings:
        x_was = y_was = 0
        steps: list[str] = []
        for longitude, latitude in ring:
            x, y = round(left + longitude * wide), round(top - latitude * high)
            if not steps or x != x_was or y != y_was:
                steps.append(f"{x - x_was} {y - y_was}")
                x_was, y_was = x, y
        written.append(f"M{steps[0]}l{' '.join(steps[1:])}z")
    return "".join(written)


def _names(frame: Frame, area: Area, snapshot: Snapshot, numbers: Iterable[tuple[float, float, float]] = ()) -> str:
    """The names of the wider neighbourhoods round it, where there is room: the nearest first, none upon another.

    numbers   what is written already: its middle, and half its width
    """
    sides, names = _sides(snapshot, "msoa"), _wider_names(snapshot)
    west, south, east, north = frame.box
    across, up = sides["inside_longitude"], sides["inside_latitude"]
    inside = np.flatnonzero((across >= west) & (across <= east) & (up >= south) & (up <= north))
    taken = [*numbers, (*frame.place(area.row["inside_latitude"], area.row["inside_longitude"]), 30.0)]
    written: list[str] = []
    middle = (frame.width / 2, frame.height / 2)
    found = [(names[at], *frame.place(float(up[at]), float(across[at]))) for at in inside]
    for name, x, y in sorted(found, key=lambda each: math.dist(each[1:], middle)):
        half = 4.2 * len(name) + 6
        y -= 18
        near = any(abs(y - 5 - other) < 20 and abs(x - beside) < half + width for beside, other, width in taken)
        if near or not half < x < frame.width - half or not 24 < y < frame.height - 34:
            continue
        taken.append((x, y, half))
        written.append(f"<text x='{x:.0f}' y='{y:.0f}'>{escape(name)}</text>")
        if len(written) == _MOST_NAMES:
            break
    return (
        "<g font-size='14' font-weight='600' text-anchor='middle' fill='#14182b' stroke='#fff' stroke-width='3.5' paint-order='stroke'"
        f" stroke-linejoin='round' {_FONT}>{''.join(written)}</g>"
    )


def _pin(frame: Frame, symbol: str, latitude: float, longitude: float) -> str:
    if not frame.holds(latitude, longitude, 12):
        return ""
    x, y = frame.place(latitude, longitude)
    shape = shape_of(symbol).replace('"', "'")
    return f"<g transform='translate({x:.0f} {y:.0f}) scale(.85)'><circle r='17' fill='#fff'/>{shape}</g>"


def _scale_bar(frame: Frame) -> str:
    """A bar of a round length, a quarter of the picture at most."""
    metres = max((n for n in (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000) if n <= frame.km * 250), default=100)
    long = metres / 1000 * frame.scale
    y = frame.height - 12
    said = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    return (
        f"<g {_FONT}><rect x='8' y='{y - 18}' width='{long + 66:.0f}' height='24' rx='4' fill='#fff' fill-opacity='.85'/>"
        f"<path d='M14 {y - 7}v7h{long:.0f}v-7' fill='none' stroke='#14182b' stroke-width='2'/>"
        f"<text x='{20 + long:.0f}' y='{y}' font-size='14' fill='#14182b'>{said}</text></g>"
    )


def _picture(frame: Frame, inside: str) -> str:
    """The picture's address."""
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {frame.width} {frame.height}' width='{frame.width}'"
        f" height='{frame.height}'>{inside}</svg>"
    )
    return "data:image/svg+xml," + svg.replace("%", "%25").replace("#", "%23")
