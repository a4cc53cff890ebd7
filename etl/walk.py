"""Where an arrow key leads on the map: for each area the next one to the north, east, south and west."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

#: The unit vectors of the four arrows, east and north: up, right, down, left.
_ARROWS = np.array([(0, 1), (1, 0), (0, -1), (-1, 0)], float)
#: cos 45 degrees: beyond it the next arrow is the nearer one; a hair more, so that a diagonal counts for both.
_QUARTER = 0.7
#: How many are looked at before all are: a coast's next area is seldom farther down the list.
_FEW = 256


def find_next(longitude: npt.ArrayLike, latitude: npt.ArrayLike, pairs: tuple[npt.ArrayLike, npt.ArrayLike]) -> npt.NDArray[np.int32]:
    """The next area in each direction.

    longitude, latitude   (k,) a point inside each area, degrees
    pairs                 positions of areas that share an edge: (p,) and (p,), each pair both ways
    returns               (4, k) positions: north, east, south, west; -1 where nothing lies in that direction

    The nearest neighbour in that quarter of the sky; where no neighbour lies there (coasts, islands), the nearest area of all.

    >>> find_next([0, 1, 0], [50, 50, 51], ([0, 1, 0, 2], [1, 0, 2, 0])).tolist()
    [[2, 2, -1], [1, -1, -1], [-1, -1, 0], [-1, 0, -1]]
    """
    latitude = np.asarray(latitude, float)
    east = np.asarray(longitude, float) * np.cos(np.radians(latitude.mean()))
    place = np.column_stack([east, latitude])
    here, there = (np.asarray(side, int) for side in pairs)
    step = place[there] - place[here]
    length = np.hypot(*step.T)
    found = np.full((4, len(place)), -1, np.int32)
    nearest_last = np.argsort(-length, kind="stable")  # written in this order, the nearest stays
    for number, arrow in enumerate(_ARROWS):
        ahead = nearest_last[(step @ arrow > _QUARTER * length)[nearest_last]]
        found[number, here[ahead]] = there[ahead]
        without = np.flatnonzero(found[number] < 0)
        found[number, without] = _nearest(place, without, arrow)
    return found


def pack_walk(found: npt.NDArray[np.int32]) -> bytes:
    """Four times int32 an area, as four planes of bytes, first all lowest: it compresses to a third."""
    return found.astype("<i4").reshape(-1).view(np.uint8).reshape(-1, 4).T.tobytes()


def _nearest(place: npt.NDArray[np.float64], areas: npt.NDArray[np.intp], arrow: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """For each of some areas the nearest of all that lies ahead; -1 where none does."""

    def find_first(area: int, others: npt.NDArray[np.intp]) -> int:
        step = place[others] - place[area]
        length = np.hypot(*step.T)
        ahead = np.flatnonzero((step @ arrow > _QUARTER * length) & (length > 0))
        return int(others[ahead[np.argmin(length[ahead])]]) if len(ahead) else -1

    # Where one of the nearest few lies ahead, it is the nearest of all that do.
    _, few = cKDTree(place).query(place[areas], min(_FEW, len(place)))
    found = [find_first(area, others) for area, others in zip(areas.tolist(), few.reshape(len(areas), -1), strict=True)]
    every = np.arange(len(place))
    return np.array([other if other >= 0 else find_first(area, every) for area, other in zip(areas.tolist(), found, strict=True)], np.int32)
