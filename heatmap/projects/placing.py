"""Where a project stands: from the postcode of its organisation's site to neighbourhood and point; and whose NHS board is whose.

In the snapshot, England only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from heatmap.errors import NotFoundError
from heatmap.geography.levels import ENGLAND, PARENT_COLUMN, Level, level_of
from heatmap.projects.record import Fault, Project, ProjectError
from heatmap.snapshot import Snapshot


@dataclass(frozen=True)
class Site:
    """The point of a postcode, in degrees, and the code of every area that it lies in, by level; ``probably`` where its map reference
    alone says so."""

    latitude: float
    longitude: float
    codes: dict[str, str]
    probably: bool

    @property
    def lsoa21_code(self) -> str:
        """Its neighbourhood."""
        return self.codes["lsoa"]


@lru_cache(maxsize=20_000)
def find_site(postcode: str, snapshot: Snapshot) -> Site | None:
    """The site of a postcode as records have it ("KT2 7QB"); None where England has no such postcode."""
    outward, _, inward = postcode.partition(" ")
    found = snapshot.postcode(outward, inward)
    if found is None:
        return None
    code, latitude, longitude, placed = found
    return Site(latitude, longitude, dict[str, str](lsoa=code, **snapshot.area(code).parents), placed == "P")


def hold_placed(project: Project, snapshot: Snapshot, where: str = "") -> None:
    """Raises ProjectError where a postcode or an area of a record is none that England has. What was typed is not repeated."""
    faults = []
    if project.postcode and find_site(project.postcode, snapshot) is None:
        faults.append(
            Fault(
                "postcode",
                "We do not have this postcode: it may be mistyped, newer than November 2025, or outside England. Check it, or name the"
                " authority.",
            )
        )
    for code in project.areas:
        if code != ENGLAND and not is_area(code, snapshot):
            faults.append(Fault("areas", snapshot.say_former(code) or f"There is no area {code}. Find codes at /api/v1/areas?search=NAME."))
    if faults:
        raise ProjectError(faults, where)


def board_of(code: str, snapshot: Snapshot) -> str:
    """The NHS board of an area below the boards: the one it lies in or, of an area across a border, that of most of its people.

    returns   "" for a board or a region, and where no board has more than half of the people
    """
    level = level_of(code)
    if level is None or level not in ("lsoa", "msoa", "lad"):
        return ""
    return _boards_of(level, snapshot).get(code, "")


@lru_cache(maxsize=3)
def _boards_of(level: Level, snapshot: Snapshot) -> dict[str, str]:
    lsoas = snapshot.areas["lsoa"]
    codes = lsoas.code if level == "lsoa" else lsoas[PARENT_COLUMN[level]]
    people = lsoas.population.groupby([codes.rename("code"), lsoas[PARENT_COLUMN["icb"]].rename("board")]).sum()
    share = people / people.groupby("code").transform("sum")
    return {str(area): str(board) for area, board in share.index[share > 0.5]}


def is_area(code: str, snapshot: Snapshot) -> bool:
    """Whether a code is that of an area which the snapshot has, of any level; England as a whole is none of them."""
    try:
        snapshot.position(code)
    except NotFoundError:
        return False
    return True
