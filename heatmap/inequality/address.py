"""What the pages of inequality are asked by, as it stands in the address; any text is survived, and none of it is repeated."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import parse_qsl, urlencode

from heatmap.deprivation import CURRENT, INDEXES
from heatmap.errors import NotFoundError
from heatmap.geography.levels import ENGLAND
from heatmap.inequality.gradient import GradientQuestion, can_be_asked, default_index, default_ranked
from heatmap.inequality.ranking import GapMeasure, RankedLevel
from heatmap.snapshot import Area, Snapshot
from heatmap.words.language import _

GRADIENT_PATH: Final = "/inequality"
AREAS_PATH: Final = "/inequality/areas"
PEOPLE_PATH: Final = "/inequality/people"
#: What is shown where the address names no indicator.
_FIRST: Final = CURRENT.layer("acute_morbidity")


def read_asked(search: str) -> dict[str, str]:
    """The parts of a query, the first 2,000 letters of it."""
    return dict(parse_qsl(search.removeprefix("?")[:2000]))


def read_gradient_address(search: str, snapshot: Snapshot) -> tuple[GradientQuestion, list[str]]:
    """What a link asks for, and a sentence for each part of it that could not be followed."""
    asked, notices = read_asked(search), list[str]()
    layer = read_indicator(asked, snapshot, notices)
    area = read_area(asked, snapshot, notices)
    by = read_index(asked, layer, snapshot, notices)
    groups = 5 if asked.get("groups") == "5" else 10
    if asked.get("groups", "10") not in ("5", "10"):
        notices.append(_("Groups can be 10 or 5; you see tenths."))
    ranked = default_ranked(area, snapshot.cards[layer])
    if asked.get("ranked") == "national":
        ranked = "national"
    elif asked.get("ranked") == "local" and (area is None or area.level != "lad"):
        notices.append(_("Only an authority has groups of its own; you see England’s."))
    return GradientQuestion(layer, area.code if area else ENGLAND, by, groups, ranked), notices


def read_indicator(asked: dict[str, str], snapshot: Snapshot, notices: list[str]) -> str:
    """The indicator asked for; one that has no gradient is kept, for the page to say why."""
    layer = asked.get("layer", "")
    if layer in snapshot.cards:
        return layer
    able = [each.id for each in snapshot.cards.values() if can_be_asked(each)]
    first = _FIRST if _FIRST in able else able[0]
    if layer:
        notices.append(_("The link asks for an indicator that we do not have; you see {name}.").format(name=snapshot.cards[first].short))
    return first


def read_index(asked: dict[str, str], layer: str, snapshot: Snapshot, notices: list[str]) -> str:
    """What places are put in line by."""
    by = asked.get("by", "")
    if by and by not in INDEXES:
        notices.append(_("The link asks for an index that we do not have; you see the usual one."))
    return by if by in INDEXES else default_index(snapshot.cards[layer])


#: What is said where a link asks for a neighbourhood.
_TOO_SMALL: Final = _("{name} is one neighbourhood, and has no gradient; you see {authority}.")


def read_area(asked: dict[str, str], snapshot: Snapshot, notices: list[str], too_small: str = _TOO_SMALL) -> Area | None:
    """The region, board or authority asked for, or None for England; of a neighbourhood its authority, with the sentence ``too_small``."""
    code = asked.get("area", "").strip().upper()
    if code in ("", ENGLAND):
        return None
    try:
        area = snapshot.area(code)
    except NotFoundError:
        notices.append(snapshot.say_former(code) or _("We do not recognise the area in the link. You see England."))
        return None
    notices += snapshot.say_read_as([code])
    if area.level in ("rgn", "icb", "lad"):
        return area
    authority = snapshot.area(area.parents["lad"])
    notices.append(too_small.format(name=area.title, authority=authority.title))
    return authority


def write_gradient_query(question: GradientQuestion, snapshot: Snapshot) -> str:
    """The query of a question, without what goes without saying."""
    area = None if question.area == ENGLAND else snapshot.area(question.area)
    written = {"layer": question.layer}
    if area is not None:
        written["area"] = area.code
    if question.by != default_index(snapshot.cards[question.layer]):
        written["by"] = question.by
    if question.groups != 10:
        written["groups"] = str(question.groups)
    if question.ranked != default_ranked(area, snapshot.cards[question.layer]):
        written["ranked"] = question.ranked
    return f"?{urlencode(written)}"


def read_level(asked: dict[str, str]) -> RankedLevel:
    """Of what areas the ranking is."""
    return "icb" if asked.get("level") == "icb" else "lad"


def read_measure(asked: dict[str, str]) -> GapMeasure:
    """By what measure the ranking is in order."""
    return "rii" if asked.get("measure") == "rii" else "sii"


def read_order(asked: dict[str, str]) -> Literal["widest", "narrowest"]:
    """Which end of the ranking stands first."""
    return "narrowest" if asked.get("order") == "narrowest" else "widest"
