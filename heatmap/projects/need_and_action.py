"""Need against action: where an indicator is worst, and whether anything recorded here is done about it within reach.

It knows only what is recorded here: an area without a project may have many that nobody has written down. Every sentence and
every file says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from heatmap.cards import HEADINGS, LayerCard
from heatmap.classes import levels_of
from heatmap.errors import HeatmapError
from heatmap.geography import PARENT_COLUMN, PLURAL, SINGULAR, level_of
from heatmap.near import EARTH_KM
from heatmap.pairs import OUTSIDE, figures_in_line, in_line_by, number_box, thirds_of_layer
from heatmap.projects.finding import Asked, Listed, Projects
from heatmap.projects.record import ENGLAND
from heatmap.projects.vocabulary import words_of
from heatmap.store import Snapshot
from heatmap.words import _, say_count, say_people

AreaLevel = Literal["lad", "msoa"]
Reach = Literal["authority", "distance"]
#: How far is within reach unless asked, and at most, in km.
KM, MOST_KM = 5.0, 25.0
#: The classes of need, of action, and their words, from 1 on; 0 is no figure, or none.
NEED_WORDS: Final = ("no figure", "lower need", "middle need", "higher need")
ACTION_WORDS: Final = ("none", "some", "more")
#: Higher need and nothing within reach: the box that must not be missed.
UNMET: Final = number_box(3, 1)
PER_HEAD: Final = 100_000
#: The sentence that stands wherever this is shown.
KNOWS_ONLY: Final = "It knows only what is recorded here: work that nobody has recorded is not seen."
Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class CannotCompareError(HeatmapError):
    """A need or an action that cannot be compared; the sentence says what can."""


@dataclass(frozen=True)
class Question:
    """What is set against what.

    need     an indicator's id
    theme    of projects; "" for all
    places   count places in place of projects: one of the four headings, or a points layer's id
    within   the code of a larger area, or "" for England
    """

    need: str
    theme: str = ""
    places: str = ""
    level: AreaLevel = "lad"
    reach: Reach = "authority"
    km: float = KM
    within: str = ""


@dataclass(frozen=True)
class Compared:
    """The answer, a row an area of the level, in the order of positions.

    table    code, name, population, need (the indicator's figure), need_class (3 the worst third of England's areas, 0 no figure),
             action (how many within reach), per_100k, action_class (0 none, 1 below the middle of those with any, 2 above)
    unmet    positions in the table: highest need and no action, the greatest need first
    need_column  what the need's figures are: a column of ``heatmap.pairs.in_line_by``
    counted  how many projects or places were counted; ``left_out`` how many had no point, or are for all of England
    """

    question: Question
    card: LayerCard
    table: pd.DataFrame
    unmet: list[int]
    counted: int
    left_out: int
    counted_title: str = ""
    need_column: str = "value"


def can_be_need(card: LayerCard) -> bool:
    """Whether one end of a layer is worse, and it has figures of authorities or wider neighbourhoods."""
    return card.polarity != "no_judgement" and not {"lad", "msoa"}.isdisjoint(levels_of(card))


def compare_need(question: Question, projects: Projects) -> Compared:
    """Each area's need and the action within its reach. Raises CannotCompareError, with a sentence."""
    snapshot = projects.snapshot
    card = snapshot.cards[question.need]
    if question.level not in levels_of(card):
        able = [level for level in ("lad", "msoa") if level in levels_of(card)]
        raise CannotCompareError(
            f"{card.title} has no figures of {PLURAL[question.level]}. "
            + (f"Ask with level={able[0]}." if able else "Choose another need; /api/v1/layers lists them.")
        )
    if not can_be_need(card):
        raise CannotCompareError(
            f"{card.title} is neither better nor worse at either end, so it is no need. Choose another; /api/v1/layers lists them."
        )
    areas = snapshot.areas[question.level]
    column = in_line_by(card, question.level, snapshot).column
    value = snapshot.table(card.id)[question.level][column].to_numpy(float, na_value=np.nan)
    worse = figures_in_line(card.id, question.level, snapshot)
    need_class = thirds_of_layer(card.id, question.level, snapshot)
    if question.places:
        count, counted, left_out = _count_places(question, snapshot), _how_many(question.places, snapshot), 0
    else:
        found = [one for one in projects.find(Asked(theme=question.theme)) if one.active and one.freshness != "stale"]
        count, left_out = _count_projects(question, found, snapshot)
        counted = len(found) - left_out
    people = areas.population.to_numpy(float)
    per_head = PER_HEAD * count / people
    some = per_head[count > 0]
    middle = float(np.median(some)) if len(some) else 0.0
    action_class = np.where(count == 0, 0, np.where(per_head > middle, 2, 1))
    names = areas.place.where(areas.place != "", areas.name) if "place" in areas else areas["name"]
    table = pd.DataFrame({
        "code": areas.code, "name": names, "population": areas.population.astype(int), "need": value, "need_class": need_class, "worse": worse, "action": count,
        "per_100k": per_head.round(2), "action_class": action_class,
    }).reset_index(drop=True)  # fmt: skip
    if question.within:
        level = level_of(question.within)
        assert level is not None
        own = table.code == question.within if level == question.level else areas[PARENT_COLUMN[level]].to_numpy() == question.within
        table = table[own].reset_index(drop=True)
    unmet = table[(table.need_class == 3) & (table.action == 0)]
    ranked = unmet.index.to_numpy()[np.lexsort((unmet.code.to_numpy(), -unmet.population.to_numpy(), -unmet.worse.to_numpy()))]
    table = table.drop(columns="worse")
    title = snapshot.points_cards[question.places].title if question.places in snapshot.points_cards else ""
    return Compared(question, card, table, ranked.tolist(), counted, left_out, title, column)


def count_boxes(compared: Compared) -> list[list[int]]:
    """How many areas stand in each box: three rows of need, the lowest first, by three columns of action, none first."""
    table = compared.table
    return [[int(((table.need_class == need) & (table.action_class == action)).sum()) for action in (0, 1, 2)] for need in (1, 2, 3)]


def boxes_by_row(compared: Compared) -> npt.NDArray[np.int64]:
    """The box of each row of the table, rows by need and columns by action, none first (``heatmap.pairs.number_box``); 0 without a figure."""
    table = compared.table
    return np.where(table.need_class > 0, number_box(table.need_class.to_numpy(int), table.action_class.to_numpy(int) + 1), 0)


def list_box(compared: Compared, box: int) -> list[int]:
    """The positions in the table of a box's areas: the unmet by need, the greatest first, the others by code."""
    return compared.unmet if box == UNMET else np.flatnonzero(boxes_by_row(compared) == box).tolist()


def boxes_of(compared: Compared, snapshot: Snapshot) -> npt.NDArray[np.uint8]:
    """(k,) by position of the level: its box, 0 without a figure, ``OUTSIDE`` what was not asked for."""
    areas = snapshot.areas[compared.question.level]
    found = pd.Series(boxes_by_row(compared), index=compared.table.code).reindex(areas.code).fillna(OUTSIDE)
    return found.to_numpy(np.uint8)


def say_compared(compared: Compared, place: str = "") -> list[str]:
    """The finding and what it cannot know, a sentence each.

    place  the name of the area asked for, unless it is England
    """
    question, unmet = compared.question, compared.table.loc[compared.unmet]
    areas, people = len(unmet), int(unmet.population.sum())
    what = _say_action(question, compared.counted_title)
    where = _("in the same authority") if question.reach == "authority" else _("within {km} km").format(km=f"{question.km:g}")
    of = _(" of {place}").format(place=place) if place else ""
    worst = int((compared.table.need_class == 3).sum())
    if not worst:
        finding = _("No {area}{of} is in the worst third of England by “{need}”.").format(
            area=SINGULAR[question.level], of=of, need=compared.card.short
        )
    elif not areas:
        finding = _("In every area{of} where “{need}” is in the worst third of England there is a {what} {where}.").format(
            of=of, need=compared.card.short, what=what, where=where
        )
    else:
        finding = _("In {n} of {many}{of}, home to {people}, “{need}” is in the worst third of England and there is no {what} {where}.").format(
            n=f"{areas:,}", many=say_count(len(compared.table), question.level), of=of, people=say_people(people), need=compared.card.short, what=what,
            where=where,
        )  # fmt: skip
    sentences = [finding, _(KNOWS_ONLY)]
    if not question.places:
        sentences.append(
            _("Ideas, work that has ended, and records unconfirmed for a year are not counted; nor is work for all of England.")
        )
        if question.reach == "distance" and compared.left_out:
            sentences.append(
                _("{n} cannot be counted by distance: without a site on the map, or for all of England.").format(
                    n=say_projects(compared.left_out)
                )
            )
        elif compared.left_out:
            sentences.append(_("{n} left out: naming no authority, or for all of England.").format(n=say_projects(compared.left_out)))
    return sentences


def say_projects(number: int) -> str:
    """
    >>> say_projects(1), say_projects(1200)
    ('1 project', '1,200 projects')
    """
    return f"{number:,} {_('project') if number == 1 else _('projects')}"


def _say_action(question: Question, title: str) -> str:
    if question.places:
        headings = {
            "increase_income": _("listed place that helps with income"), "provide_essentials": _("listed place that gives essentials"),
            "increase_participation": _("listed place to join in"), "get_care": _("listed place of care"),
        }  # fmt: skip
        return headings.get(question.places) or _("place listed under “{title}”").format(title=title)
    if question.theme:
        return _("project recorded here on “{theme}”").format(theme=words_of("themes")[question.theme])
    return _("project recorded here")


def _count_projects(question: Question, found: Sequence[Listed], snapshot: Snapshot) -> tuple[Counts, int]:
    """How many are within reach of each area, and how many could not be counted."""
    if question.reach == "distance":
        sited = [one.site for one in found if one.site]
        points = np.array([[site.latitude, site.longitude] for site in sited]).reshape(-1, 2)
        return _count_within(points, question, snapshot), len(found) - len(sited)
    table = snapshot.areas[question.level]
    authorities = snapshot.areas["lad"]
    count = dict.fromkeys(authorities.code, 0)
    left_out = 0
    for one in found:
        own = set(one.authorities)
        for code in one.project.areas:
            if level_of(code) in ("icb", "rgn"):
                own |= set(authorities.code[authorities[PARENT_COLUMN[level_of(code)]] == code])  # type: ignore[index]
        left_out += not own or ENGLAND in one.project.areas
        for code in own if ENGLAND not in one.project.areas else ():
            count[code] += 1
    codes = table.code if question.level == "lad" else table[PARENT_COLUMN["lad"]]
    return codes.map(count).to_numpy(np.int64), left_out


def _count_places(question: Question, snapshot: Snapshot) -> Counts:
    points, authority = _read_places(question.places, snapshot)
    if question.reach == "distance":
        return _count_within(points, question, snapshot)
    table = snapshot.areas[question.level]
    count = pd.Series(authority).value_counts()
    codes = table.code if question.level == "lad" else table[PARENT_COLUMN["lad"]]
    return codes.map(count).fillna(0).to_numpy(np.int64)


def _how_many(wanted: str, snapshot: Snapshot) -> int:
    return len(_read_places(wanted, snapshot)[0])


@lru_cache(maxsize=8)
def _read_places(wanted: str, snapshot: Snapshot) -> tuple[Numbers, npt.NDArray[np.object_]]:
    """The points under a heading, or of a layer, and the authority of each. Raises CannotCompareError where no list of that kind is loaded."""
    tables = [snapshot.places(card.id) for card in snapshot.points_cards.values() if wanted in (card.heading, card.id)]
    if not tables:
        raise CannotCompareError(
            f"No list of such places is loaded here. Choose one of: {', '.join(HEADINGS)}; or a list that /api/v1/points names."
        )
    whole = pd.concat([table[["latitude", "longitude", "lsoa21_code"]] for table in tables])
    authority = whole.lsoa21_code.map(snapshot.areas["lsoa"].set_index("code")[PARENT_COLUMN["lad"]])
    return whole[["latitude", "longitude"]].to_numpy(float), authority.to_numpy(object)


def _count_within(points: Numbers, question: Question, snapshot: Snapshot) -> Counts:
    """How many points lie within km of each area's inside point, along the globe."""
    areas = snapshot.areas[question.level]
    if not len(points):
        return np.zeros(len(areas), np.int64)
    tree = cKDTree(_on_sphere(points))
    chord = 2 * np.sin(min(question.km, MOST_KM) / EARTH_KM / 2)
    found = tree.query_ball_point(_on_sphere(areas[["latitude", "longitude"]].to_numpy(float)), chord, return_length=True)
    return np.asarray(found, np.int64)


def _on_sphere(points: Numbers) -> Numbers:
    """Latitudes and longitudes in degrees as points on a globe of radius 1."""
    latitude, longitude = np.radians(points[:, 0]), np.radians(points[:, 1])
    return np.column_stack([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
