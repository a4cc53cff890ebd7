"""Where the map opens on a learner's layer: at its figures, since three neighbourhoods cannot be seen in all of England."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from heatmap.layers.cards import Card, PointsCard
from heatmap.snapshot import Snapshot

#: Of the map, what a small window leaves free of panels, in pixels of the page.
_WIDTH, _HEIGHT = 500, 400
#: Further in the streets around are lost; further out than this, neighbourhoods are.
_NEAREST: Final = 13.0
_FARTHEST: Final = 8.0
#: Degrees of latitude and of longitude of the cells in which figures are counted: about 20 km.
_CELL: Final = (0.2, 0.3)


def view_of(card: Card, snapshot: Snapshot) -> str:
    """The view that holds the figures, as an address has it: "zoom/latitude/longitude"; "" where all of England is right.

    Figures too far apart for one view are seen where most of them lie together. Places and authorities can be seen from afar, and stay.
    """
    if isinstance(card, PointsCard):
        where = snapshot.places(card.id)[["latitude", "longitude"]]
        boxes = pd.DataFrame({"west": where.longitude, "east": where.longitude, "south": where.latitude, "north": where.latitude})
    else:
        areas, rows = snapshot.areas[card.base_level], snapshot.table(card.id)[card.base_level]
        has_one = (rows["value"].notna() | rows["rank"].notna()).to_numpy()
        if has_one.all():
            return ""
        boxes = areas.loc[has_one, ["west", "east", "south", "north"]]
    if boxes.empty:
        return ""
    seen_from_afar = isinstance(card, PointsCard) or card.base_level == "lad"
    if _zoom_of(boxes) < _FARTHEST:
        if seen_from_afar:
            return ""
        boxes = _most_of(boxes)
    zoom = min(max(_zoom_of(boxes), _FARTHEST), _NEAREST)
    latitude, longitude = (boxes.south.min() + boxes.north.max()) / 2, (boxes.west.min() + boxes.east.max()) / 2
    return f"{math.floor(10 * zoom) / 10:g}/{latitude:.3f}/{longitude:.3f}"


def _zoom_of(boxes: pd.DataFrame) -> float:
    """The zoom at which all of the boxes fit into a small window. At zoom 0 the whole world is 512 pixels wide."""
    north, south = (_mercator(latitude) for latitude in (boxes.north.max(), boxes.south.min()))
    across, down = (boxes.east.max() - boxes.west.min()) / 360, north - south
    return min(math.log2(_WIDTH / 512 / max(across, 1e-9)), math.log2(_HEIGHT / 512 / max(down, 1e-9)))


def _mercator(latitude: float) -> float:
    """How far north, as a share of the world's height on the map."""
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / (2 * math.pi)


def _most_of(boxes: pd.DataFrame) -> pd.DataFrame:
    """Those in the nine cells that hold most of them."""
    row = np.floor((boxes.south + boxes.north) / 2 / _CELL[0]).to_numpy(int)
    column = np.floor((boxes.west + boxes.east) / 2 / _CELL[1]).to_numpy(int)

    def around(cell: tuple[int, int]) -> np.ndarray:
        return (abs(row - cell[0]) <= 1) & (abs(column - cell[1]) <= 1)

    fullest = max(sorted(set(zip(row.tolist(), column.tolist(), strict=True))), key=lambda cell: int(around(cell).sum()))
    return boxes[around(fullest)]
