"""Who lives where England is most deprived: people by tenth of the index in any area, by age, and by region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from heatmap.deprivation import DEFAULT_LAYER
from heatmap.geography.levels import ENGLAND
from heatmap.inequality.gradient import find_inside
from heatmap.snapshot import Snapshot
from heatmap.statistics import Numbers
from heatmap.words.language import _

#: Ages that the census layers count, and how they are called; those between are what is left of all residents.
_COUNTED: Final = (
    ("under_fifteen2021_england_lsoa21", _("0 to 14")),
    ("fifteen_to_twentyfour2021_england_lsoa21", _("15 to 24")),
    ("sixtyfive_and_over2021_england_lsoa21", _("65 and over")),
)
_BETWEEN: Final = _("25 to 64")


@dataclass(frozen=True)
class People:
    """Some people by tenth of deprivation of their neighbourhood.

    tenths  (10,) how many live in each of England's tenths, 1 = most deprived
    """

    name: str
    tenths: tuple[int, ...]

    @property
    def all(self) -> int:
        """How many there are."""
        return sum(self.tenths)

    def first(self, tenths: int) -> int:
        """How many live in the first tenths; 2 are Core20."""
        return sum(self.tenths[:tenths])

    def percent(self, tenths: int) -> float | None:
        """The same of a hundred; None where there are none at all.

        >>> People("", (10, 10, *[10] * 8)).percent(2), People("", (0,) * 10).percent(1)
        (20.0, None)
        """
        return 100 * self.first(tenths) / self.all if self.all else None


@lru_cache(maxsize=512)
def count_people(code: str, snapshot: Snapshot) -> People:
    """The residents of an area (mid-2022), or of England, by tenth."""
    areas = snapshot.areas["lsoa"]
    name = _("England") if code == ENGLAND else snapshot.area(code).title
    return People(name, _by_tenth(areas.population.to_numpy(float), _inside(code, snapshot), snapshot))


@lru_cache(maxsize=512)
def count_ages(code: str, snapshot: Snapshot) -> tuple[People, ...]:
    """The residents of an area (census 2021) by age and tenth; empty where the census layers are not in the snapshot."""
    if any(layer not in snapshot.cards for layer, _name in _COUNTED):
        return ()
    inside = _inside(code, snapshot)
    tables = [(snapshot.table(layer)["lsoa"], name) for layer, name in _COUNTED]
    found = {name: table.numerator.to_numpy(float, na_value=np.nan) for table, name in tables}
    found[_BETWEEN] = tables[0][0].denominator.to_numpy(float, na_value=np.nan) - sum(found.values())
    in_order = (_COUNTED[0][1], _COUNTED[1][1], _BETWEEN, _COUNTED[2][1])
    return tuple(People(name, _by_tenth(found[name], inside, snapshot)) for name in in_order)


def count_regions(snapshot: Snapshot) -> tuple[People, ...]:
    """Every region's residents by tenth, the region with the largest share in the most deprived tenth first."""
    regions = [count_people(code, snapshot) for code in snapshot.areas["rgn"].code]
    return tuple(sorted(regions, key=lambda each: -(each.percent(1) or 0)))


def _by_tenth(people: Numbers, inside: npt.NDArray[np.bool_], snapshot: Snapshot) -> tuple[int, ...]:
    decile = snapshot.table(DEFAULT_LAYER)["lsoa"].decile.to_numpy(float, na_value=np.nan)
    here = inside & np.isfinite(decile) & np.isfinite(people)
    return tuple(round(each) for each in np.bincount(decile[here].astype(int), people[here], 11)[1:].tolist())


def _inside(code: str, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    inside = find_inside(code, "lsoa", snapshot)
    assert inside is not None  # every area is made of whole neighbourhoods
    return inside
