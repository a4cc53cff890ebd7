"""The facts of a neighbourhood's story, read from the snapshot."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from heatmap.deprivation import CURRENT, DEFAULT_LAYER, DOMAINS, EARLIER, HALVES, MOVED_LAYER, change_between_editions
from heatmap.errors import NotFoundError
from heatmap.geography.levels import Level
from heatmap.place.drivers import Domain, StoryFacts
from heatmap.snapshot import Area, Snapshot


def read_story_facts(area: Area, snapshot: Snapshot) -> StoryFacts:
    """What the story of a neighbourhood needs to know. NotFoundError for larger areas, which have no tenth of their own."""
    if area.level != "lsoa":
        raise NotFoundError(
            f"{area.title} ({area.code}) is larger than a neighbourhood. We can describe a neighbourhood only. Its code looks like"
            f" E01021988."
        )
    now, then = _row("imd", area, snapshot), snapshot.row(EARLIER.layer("imd"), area) or {}
    place, areas = read_place_in_authority(area, snapshot)
    imd = snapshot.table(DEFAULT_LAYER)["lsoa"]["decile"].to_numpy()
    return StoryFacts(
        code=area.code,
        name=area.name,
        place=area.place,
        decile=now["decile"],
        rank=now["rank"],
        domains=tuple(_read_domain(domain, area, snapshot) for domain in DOMAINS),
        idaci_decile=_row("idaci", area, snapshot)["decile"],
        idaopi_decile=_row("idaopi", area, snapshot)["decile"],
        authority=snapshot.area(area.parents["lad"]).name,
        place_in_authority=place,
        areas_in_authority=areas,
        change=change_between_editions(area.row["change"]),
        decile_2019=then.get("decile"),
        old_deciles=tuple(sorted(snapshot.deciles_2019_of(area))),
        neighbours=tuple(sorted(int(imd[position]) for position in read_neighbours(area, snapshot))),
        income_score=_row("income", area, snapshot)["value"],
        percent_20_to_24=area.row["percent_20_to_24"],
        under_15=area.row["under_15"],
        points_moved=(snapshot.row(MOVED_LAYER, area) or {}).get("value"),
        areas=len(imd),
    )


def read_neighbours(area: Area, snapshot: Snapshot) -> list[int]:
    """The positions of the areas of its level that share a boundary with it; none for an island."""
    starts, neighbours = _neighbours(snapshot, area.level)
    return [int(position) for position in neighbours[starts[area.position] : starts[area.position + 1]]]


def read_place_in_authority(area: Area, snapshot: Snapshot) -> tuple[int, int]:
    """Its place among its authority's neighbourhoods by the index, 1 = most deprived, and how many there are."""
    rank = snapshot.table(DEFAULT_LAYER)["lsoa"]["rank"].to_numpy()
    same = rank[_authority_positions(snapshot)[area.parents["lad"]]]
    return int((same < rank[area.position]).sum()) + 1, len(same)


@cache
def _authority_positions(snapshot: Snapshot) -> dict[str, npt.NDArray[np.int64]]:
    return {str(code): np.asarray(rows) for code, rows in snapshot.areas["lsoa"].groupby("lad24_code").indices.items()}


@cache
def _neighbours(snapshot: Snapshot, level: Level) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Where each area's neighbours begin, and all neighbours, in the order of positions."""
    table = pq.read_table(snapshot.path(f"neighbours/{level}"))
    position, neighbour = table["position"].to_numpy(), table["neighbour"].to_numpy()
    order = np.lexsort((neighbour, position))
    starts = np.searchsorted(position[order], np.arange(len(snapshot.areas[level]) + 1))
    return starts, neighbour[order]


def _read_domain(domain: str, area: Area, snapshot: Snapshot) -> Domain:
    here = _row(domain, area, snapshot)
    halves = tuple((half, int(_row(half, area, snapshot)["decile"])) for half in HALVES.get(domain, ()))
    return Domain(domain, here["decile"], here["rank"], halves)


def _row(index: str, area: Area, snapshot: Snapshot) -> dict[str, Any]:
    row = snapshot.row(CURRENT.layer(index), area)
    assert row is not None  # every neighbourhood has every index of the current edition
    return row
