"""Which areas the filters leave. Every filter is about neighbourhoods (LSOAs); a larger area stays on the map while
any of its neighbourhoods does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heatmap.deprivation import CORE20_LAST_DECILE, DEFAULT_LAYER, edition_of
from heatmap.geography.levels import PARENT_COLUMN, Level
from heatmap.map.address import MapAddress
from heatmap.snapshot import Snapshot

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Selection:
    """What is left: neighbourhoods (a mask by position), how many, and how many people live in them."""

    lsoas: Mask
    areas: int
    people: int


def decile_layer(address: MapAddress, snapshot: Snapshot) -> str:
    """The layer whose tenths are filtered: the one on show, or the current index where it has none."""
    card = snapshot.cards[address.layer]
    return address.layer if card.scheme == "tenths" and card.base_level == "lsoa" else DEFAULT_LAYER


def keep_areas(address: MapAddress, snapshot: Snapshot) -> Selection:
    """The neighbourhoods that pass all filters together."""
    table = snapshot.areas["lsoa"]
    passed = np.ones(len(table), bool)
    if address.deciles:
        passed &= np.isin(_deciles(snapshot, decile_layer(address, snapshot)), address.deciles)
    for codes, column in ((address.regions, "rgn24_code"), (address.icbs, "icb24_code"), (address.authorities, "lad24_code")):
        if codes:
            passed &= table[column].isin(codes).to_numpy()
    if address.setting:
        passed &= table.urban.to_numpy() == (address.setting == "urban")
    if address.core20:
        # An area without a figure in the earlier index is 0 here: it is not known to be in the fifth, so it is not shown as if it were.
        decile = _deciles(snapshot, edition_of(address.core20).layer("imd"))
        passed &= (decile > 0) & (decile <= CORE20_LAST_DECILE)
    return Selection(passed, int(passed.sum()), int(table.population.to_numpy()[passed].sum()))


def keep_at_level(kept: Selection, level: Level, snapshot: Snapshot) -> Mask:
    """The same at a level, by position: an area stays while any of its neighbourhoods does."""
    if level == "lsoa":
        return kept.lsoas
    codes = snapshot.areas["lsoa"][PARENT_COLUMN[level]].to_numpy()[kept.lsoas]
    return snapshot.areas[level].code.isin(np.unique(codes)).to_numpy()


def pack_mask(mask: Mask) -> bytes:
    """One bit an area, the first area in the lowest bit of the first byte.

    >>> pack_mask(np.array([True, False, True] + [False] * 6)).hex()
    '0500'
    """
    return np.packbits(mask, bitorder="little").tobytes()


def _deciles(snapshot: Snapshot, layer: str) -> npt.NDArray[np.int64]:
    return snapshot.table(layer)["lsoa"].decile.fillna(0).to_numpy(dtype=int)
