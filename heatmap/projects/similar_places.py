"""Places like one another: by the seven domains of the Indices, by age, and by town or country. Every input is shown.

A neighbourhood is compared by its tenths. Above it a tenth is never averaged: a larger area is compared by the share of its
people who live in England's most deprived fifth, domain by domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heatmap.deprivation import CURRENT, DOMAINS
from heatmap.geography.levels import PARENT_COLUMN, Level
from heatmap.snapshot import Area, Snapshot
from heatmap.words.language import _
from heatmap.words.phrases import domain_words

#: An area is like another if it is among this share of England's areas that differ least from it.
ALIKE_SHARE: Final = 0.05
#: How much each group of inputs counts: domains together, ages together, town or country.
_WEIGHTS: Final = (6.0, 2.0, 2.0)
_FIFTH: Final = 2
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Input:
    """One thing by which two places are compared, as it is shown: "Income", "most deprived tenth: 1", "2"."""

    name: str
    here: str
    there: str


@dataclass(frozen=True)
class SimilarPlace:
    """A place like the one asked for. ``difference`` is 0 for the same; ``inputs`` are what was compared."""

    area: Area
    difference: float
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class _Table:
    """The inputs of all areas of a level: as they are told, and as they are compared."""

    told: Numbers
    compared: Numbers


def measure_differences(area: Area, snapshot: Snapshot) -> Numbers:
    """How far every area of a level differs from one, by position; 0 is the same."""
    compared = _read_table(snapshot, area.level).compared
    return np.asarray(np.sqrt(((compared - compared[area.position]) ** 2).sum(axis=1)))


def alike_within(differences: Numbers) -> float:
    """The difference up to which a place is called like the one that the others are measured from."""
    return float(np.quantile(differences, max(ALIKE_SHARE, 1.5 / len(differences))))


def compare_places(here: Area, there: Area, snapshot: Snapshot, difference: float | None = None) -> SimilarPlace:
    """Two places of one level, input by input."""
    table = _read_table(snapshot, here.level)
    if difference is None:
        difference = float(np.sqrt(((table.compared[here.position] - table.compared[there.position]) ** 2).sum()))
    mine, theirs = table.told[here.position], table.told[there.position]
    names = name_inputs(here.level)
    return SimilarPlace(
        there,
        round(difference, 2),
        tuple(
            Input(name, _say(here.level, n, float(a)), _say(here.level, n, float(b)))
            for n, (name, a, b) in enumerate(zip(names, mine, theirs, strict=True))
        ),
    )


def name_inputs(level: Level) -> list[str]:
    """What places of a level are compared by, in order."""
    words: dict[str, Any] = domain_words()
    ending = _("tenth, 1 is the most deprived") if level == "lsoa" else _("people in England’s most deprived fifth")
    names = [f"{_(words[domain]['short_name'])}: {ending}" for domain in DOMAINS]
    return [*names, _("People under 15"), _("People of 20 to 24"), _("Town or country") if level == "lsoa" else _("People in towns")]


def _say(level: Level, number: int, value: float) -> str:
    if level == "lsoa" and number < len(DOMAINS):
        return f"{value:.0f}"
    if level == "lsoa" and number == len(DOMAINS) + 2:
        return _("town") if value else _("country")
    return f"{value:.0f}%"


@lru_cache(maxsize=5)
def _read_table(snapshot: Snapshot, level: Level) -> _Table:
    table = snapshot.areas["lsoa"]
    people = table.population.to_numpy(float)
    tenths = np.column_stack([snapshot.table(CURRENT.layer(domain))["lsoa"].decile.fillna(5.5).to_numpy(float) for domain in DOMAINS])
    under_15 = table.under_15.fillna(0).to_numpy(float)
    young = table["percent_20_to_24"].fillna(0).to_numpy(float)
    urban = table.urban.to_numpy(bool).astype(float)
    if level == "lsoa":
        told = np.column_stack([tenths, 100 * under_15 / people, young, urban])
    else:
        codes = snapshot.areas[level].code.to_numpy()
        at = np.searchsorted(codes, table[PARENT_COLUMN[level]].to_numpy())

        def share(of: Numbers) -> Numbers:
            return 100 * np.bincount(at, of, len(codes)) / np.bincount(at, people, len(codes))

        fifths = [share(people * (tenths[:, n] <= _FIFTH)) for n in range(len(DOMAINS))]
        told = np.column_stack([*fifths, share(under_15), share(people * young / 100), share(people * urban)])
    spread = told.std(axis=0)
    weight = np.repeat(_WEIGHTS, (len(DOMAINS), 2, 1)) / np.repeat((len(DOMAINS), 2, 1), (len(DOMAINS), 2, 1))
    return _Table(told, (told - told.mean(axis=0)) / np.where(spread > 0, spread, 1) * np.sqrt(weight))
