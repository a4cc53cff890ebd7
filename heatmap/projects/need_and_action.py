"""Need against action: where an indicator is worst, and whether anything recorded here is done about it within reach.

It knows only what is recorded here: an area without a project may have many that nobody has written down. Every sentence and
every file says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from heatmap.distances import chord_of, plant, share_within, to_sphere
from heatmap.errors import HeatmapError
from heatmap.geography.levels import COUNT, ENGLAND, PARENT_COLUMN, PLURAL, SINGULAR, level_of
from heatmap.inequality.pair_sentences import say_third
from heatmap.inequality.pairs import OUTSIDE, InLine, figures_in_line, in_line_by, number_box, thirds_of_layer
from heatmap.layers.cards import HEADINGS, LayerCard
from heatmap.layers.classes import levels_of
from heatmap.projects.finding import Listed, Projects, ProjectsAsked
from heatmap.projects.placing import board_of
from heatmap.projects.vocabulary import words_of
from heatmap.snapshot import Snapshot
from heatmap.words.language import _
from heatmap.words.phrases import say_count, say_people

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
_HALF: Final = 50.0
#: The columns of an area's middle and of its box.
_MIDDLE: Final = ("middle_latitude", "middle_longitude")
_BOX: Final = ("south", "north", "west", "east")
#: In how many authorities a confirmed project must act before areas without one are ranked: half of England's. Until then an empty
#: record is the rule, and says nothing of an area.
ENOUGH: Final = COUNT["lad"] // 2
#: The sentence that stands wherever this is shown.
KNOWS_ONLY: Final = "It knows only what is recorded here: work that nobody has recorded is not seen."
Numbers = npt.NDArray[np.float64]
ActionCounts = npt.NDArray[np.int64]


class CannotCompareError(HeatmapError):
    """A need or an action that cannot be compared; the sentence says what can."""


@dataclass(frozen=True)
class NeedQuestion:
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
class Counted:
    """What was counted as action.

    many         projects or places, in all of England
    unconfirmed  how many of the projects were never confirmed by their team
    unstaged     how many of the projects do not say how far they are
    left_out     how many projects were not: of no one place, or for all of England or a whole region
    confirmed_in in how many authorities a confirmed one acts
    """

    many: int
    unconfirmed: int = 0
    unstaged: int = 0
    left_out: int = 0
    confirmed_in: int = 0


@dataclass(frozen=True)
class Compared:
    """The answer, a row an area of the level, in the order of positions.

    table    code, name, population, need (the indicator's figure), need_class (3 the worst third of England's areas, 0 no figure),
             action (how many within reach), per_100k (people within the same reach), action_class (0 none, 1 below the middle of
             those with any, 2 above)
    unmet    positions in the table: highest need and no action; ranked the greatest need first, else by name
    in_line  what the need's figures are, and which way is worse
    third    what the worst third is called: "worst third", or by its true size where it is no third
    shares   by distance, how many of 100 postcodes of each of the unmet have some within reach; by position
    """

    question: NeedQuestion
    card: LayerCard
    table: pd.DataFrame
    unmet: list[int]
    counted: Counted
    in_line: InLine
    counted_title: str = ""
    third: str = ""
    shares: Mapping[int, float] = field(default_factory=dict)

    @property
    def is_ranked(self) -> bool:
        """Whether the unmet stand in an order of need: a list of places is whole, but of projects too few may be recorded and confirmed."""
        return bool(self.question.places) or self.counted.confirmed_in >= ENOUGH


def can_be_need(card: LayerCard) -> bool:
    """Whether one end of a layer is worse, and it has figures of authorities or wider neighbourhoods."""
    return card.polarity != "no_judgement" and not {"lad", "msoa"}.isdisjoint(levels_of(card))


def compare_need(question: NeedQuestion, projects: Projects) -> Compared:
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
    if question.reach == "distance" and question.level != "msoa":
        raise CannotCompareError("We measure a distance from wider neighbourhoods. An authority is too wide for it. Ask with level=msoa.")
    areas = snapshot.areas[question.level]
    in_line = in_line_by(card, question.level, snapshot)
    value = snapshot.table(card.id)[question.level][in_line.column].to_numpy(float, na_value=np.nan)
    worse = figures_in_line(card.id, question.level, snapshot)
    need_class = thirds_of_layer(card.id, question.level, snapshot)
    count, counted, points = _count_places(question, snapshot) if question.places else _count_projects(question, projects)
    per_head = PER_HEAD * count / _people_in_reach(question, snapshot)
    some = per_head[count > 0]
    middle = float(np.median(some)) if len(some) else 0.0
    action_class = np.where(count == 0, 0, np.where(per_head > middle, 2, 1))
    names = areas.place.where(areas.place != "", areas.name) if "place" in areas else areas["name"]
    table = pd.DataFrame(
        {
            "code": areas.code,
            "name": names,
            "population": areas.population.astype(int),
            "need": value,
            "need_class": need_class,
            "worse": worse,
            "action": count,
            "per_100k": per_head.round(2),
            "action_class": action_class,
        }
    ).reset_index(drop=True)
    if question.within:
        table = table[_are_within(question, snapshot)].reset_index(drop=True)
    title = snapshot.points_cards[question.places].title if question.places in snapshot.points_cards else ""
    compared = Compared(
        question, card, table.drop(columns="worse"), [], counted, in_line, title, say_third(card, 3, question.level, snapshot)
    )
    unmet = table[(table.need_class == 3) & (table.action == 0)]
    order = ["worse", "population"] if compared.is_ranked else []
    ordered = unmet.sort_values([*order, "name", "code"], ascending=[*(False for _ in order), True, True])
    positions = ordered.index.tolist()
    shares = _share_in_reach(ordered.code.tolist(), points, question, snapshot) if question.reach == "distance" else []
    return replace(compared, unmet=positions, shares=dict(zip(positions, shares, strict=False)))


def _are_within(question: NeedQuestion, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    """Which areas of the level lie in the larger one asked for; one across boards' borders lies in the board of most of its people."""
    level, areas = level_of(question.within), snapshot.areas[question.level]
    assert level is not None
    if level == question.level:
        return np.asarray(areas.code == question.within)
    if level == "icb":
        return np.array([board_of(code, snapshot) == question.within for code in areas.code])
    return np.asarray(areas[PARENT_COLUMN[level]] == question.within)


def count_boxes(compared: Compared) -> list[list[int]]:
    """How many areas stand in each box: three rows of need, the lowest first, by three columns of action, none first."""
    table = compared.table
    return [[int(((table.need_class == need) & (table.action_class == action)).sum()) for action in (0, 1, 2)] for need in (1, 2, 3)]


def boxes_by_row(compared: Compared) -> npt.NDArray[np.int64]:
    """The box of each row of the table, rows by need and columns by action, none first (``heatmap.inequality.pairs.number_box``); 0
    without a figure."""
    table = compared.table
    return np.where(table.need_class > 0, number_box(table.need_class.to_numpy(int), table.action_class.to_numpy(int) + 1), 0)


def list_need_box(compared: Compared, box: int) -> list[int]:
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
    question, counted, missing = compared.question, compared.counted, int((compared.table.need_class == 0).sum())
    said = [_say_one(compared) if len(compared.table) == 1 else _say_finding(compared, place), _(KNOWS_ONLY)]
    if missing and len(compared.table) > 1:
        said.append(
            _("{areas} without a figure of the need cannot be listed.").format(areas=say_count(missing, question.level).capitalize())
        )
    if question.reach == "distance":
        said.append(
            _(
                "Distances are straight lines from the middle of an area’s postcodes. Where these are spread out, the list shows how many"
                " are within reach."
            )
        )
        if near := sum(share >= _HALF for share in compared.shares.values()):
            said.append(_("In {n} of those listed, half of the postcodes or more are within reach.").format(n=f"{near:,}"))
    if question.places:
        return said
    said.append(
        _("Counted in England: {n}; never confirmed by their team: {unconfirmed}; not saying how far they are: {unstaged}.").format(
            n=say_projects(counted.many), unconfirmed=f"{counted.unconfirmed:,}", unstaged=f"{counted.unstaged:,}"
        )
    )
    if not compared.is_ranked:
        said.append(
            _(
                "Areas are not ranked yet: confirmed projects act in {n} of England’s {all} authorities; we rank once they act in {enough}."
            ).format(n=counted.confirmed_in, all=COUNT["lad"], enough=ENOUGH)
        )
    said.append(_("Ideas, work that has ended, and records that nobody has confirmed for a year are not counted."))
    if question.reach == "distance":
        said.append(_("Projects that name an authority and no site count all over it: where in it they work is not known."))
    if counted.left_out:
        said.append(
            _("{n} not counted: they name no authority, or are for all of England or a whole region.").format(
                n=say_projects(counted.left_out)
            )
        )
    return said


def _say_finding(compared: Compared, place: str) -> str:
    question, unmet = compared.question, compared.table.loc[compared.unmet]
    said = {
        "what": _say_action(question, compared.counted_title),
        "where": _say_reach(question),
        "need": _say_need(compared),
        "of": _(" of {place}").format(place=place) if place else "",
        "third": compared.third,
    }
    if not (compared.table.need_class == 3).any():
        return _("No {area}{of} is in the {third} of England by {need}.").format(area=SINGULAR[question.level], **said)
    if unmet.empty:
        return _("In every area{of} that is in the {third} of England by {need} there is a {what} {where}.").format(**said)
    return _("{n} of {many}{of}, home to {people}, are in the {third} of England by {need} and have no {what} {where}.").format(
        n=f"{len(unmet):,}", many=say_count(len(compared.table), question.level), people=say_people(int(unmet.population.sum())), **said
    )


def _say_one(compared: Compared) -> str:
    """The finding of a single area."""
    row, need = compared.table.iloc[0], _say_need(compared)
    if not row.need_class:
        return _("{name} has no figure of {need}.").format(name=row["name"], need=need)
    third = compared.third
    if row.need_class < 3:
        return _("{name} is not in the {third} of England by {need}.").format(name=row["name"], third=third, need=need)
    pattern = (
        _("{name} is in the {third} of England by {need}, and has a {what} {where}.")
        if row.action
        else _("{name} is in the {third} of England by {need}, and has no {what} {where}.")
    )
    return pattern.format(
        name=row["name"],
        third=third,
        need=need,
        what=_say_action(compared.question, compared.counted_title),
        where=_say_reach(compared.question),
    )


def _say_need(compared: Compared) -> str:
    worse = _("lower is worse") if compared.in_line.sign < 0 else _("higher is worse")
    return f"“{compared.card.short}”" + ("" if compared.card.scheme == "tenths" else f" ({worse})")


def _say_reach(question: NeedQuestion) -> str:
    if question.reach == "authority":
        return _("in the same authority")
    pattern = (
        _("within {km} km of the middle of the postcodes")
        if question.places
        else _("within {km} km of the middle of the postcodes, or all over the authority")
    )
    return pattern.format(km=f"{question.km:g}")


def say_projects(number: int) -> str:
    """
    >>> say_projects(1), say_projects(1200)
    ('1 project', '1,200 projects')
    """
    return f"{number:,} {_('project') if number == 1 else _('projects')}"


def _say_action(question: NeedQuestion, title: str) -> str:
    if question.places:
        headings = {
            "increase_income": _("listed place that helps with income"),
            "provide_essentials": _("listed place that gives essentials"),
            "increase_participation": _("listed place to join in"),
            "get_care": _("listed place of care"),
        }
        return headings.get(question.places) or _("place listed under “{title}”").format(title=title)
    if question.theme:
        return _("project recorded here on “{theme}”").format(theme=words_of("themes")[question.theme])
    return _("project recorded here")


def _count_projects(question: NeedQuestion, projects: Projects) -> tuple[ActionCounts, Counted, Numbers]:
    """How many are within reach of each area, what was counted, and the points of those counted from their site."""
    snapshot = projects.snapshot
    active = [one for one in projects.find(ProjectsAsked(theme=question.theme)) if one.active and one.freshness != "stale"]
    reached = [(one, _reached_authorities(one, snapshot)) for one in active]
    sited = [one.site for one, _own in reached if one.site and not _is_wide(one)] if question.reach == "distance" else []
    all_over: Counter[str] = Counter()
    for one, own in reached:
        if question.reach == "authority" or not one.site or _is_wide(one):
            all_over.update(own)
    count = _spread(all_over, question, snapshot)
    points = np.array([[site.latitude, site.longitude] for site in sited]).reshape(-1, 2)
    if question.reach == "distance":
        count = count + _count_within(points, question, snapshot)
    counted = [one for one, own in reached if own]
    confirmed_in = set[str]().union(*(own for one, own in reached if one.freshness == "confirmed"))
    return (
        count,
        Counted(
            len(counted),
            sum(one.freshness == "unconfirmed" for one in counted),
            sum(not one.project.stage for one in counted),
            len(active) - len(counted),
            len(confirmed_in),
        ),
        points,
    )


def _is_wide(one: Listed) -> bool:
    """Whether it is for all of England or a whole region: its site then says nothing of where it acts."""
    return any(code == ENGLAND or level_of(code) == "rgn" for code in one.areas)


def _reached_authorities(one: Listed, snapshot: Snapshot) -> set[str]:
    """The authorities in which a project acts: those that it names, those of the NHS boards that it names, and that of its site.

    An authority across a border belongs to the board of most of its people.
    """
    named = set(one.areas)
    own = {code for code in snapshot.areas["lad"].code if code in named or board_of(code, snapshot) in named} if named else set()
    return own | ({one.site.codes["lad"]} if one.site and not _is_wide(one) else set())


def _spread(by_authority: Mapping[str, int], question: NeedQuestion, snapshot: Snapshot) -> ActionCounts:
    """How many each area has where they count all over an authority."""
    table = snapshot.areas[question.level]
    codes = table.code if question.level == "lad" else table[PARENT_COLUMN["lad"]]
    return codes.map(dict(by_authority)).fillna(0).to_numpy(np.int64)


def _count_places(question: NeedQuestion, snapshot: Snapshot) -> tuple[ActionCounts, Counted, Numbers]:
    points, authority = _read_places(question.places, snapshot)
    by_distance = question.reach == "distance"
    count = _count_within(points, question, snapshot) if by_distance else _spread(Counter(authority.tolist()), question, snapshot)
    return count, Counted(len(points)), points


def _share_in_reach(codes: Sequence[str], points: Numbers, question: NeedQuestion, snapshot: Snapshot) -> list[float]:
    """How many of 100 postcodes of each area have one of the points within km."""
    if not len(points) or not len(codes):
        return [0.0] * len(codes)
    tree, areas = plant(*points.T), [snapshot.area(code) for code in codes]
    # All postcodes are asked only where the farthest corner of an area, seen from its middle, may have a point within km; a
    # postcode's own point may lie a little outside its area.
    middles, boxes = (np.array([[area.row[name] for name in names] for area in areas]) for names in (_MIDDLE, _BOX))
    here = to_sphere(*middles.T)
    widest = np.max(
        [np.linalg.norm(to_sphere(boxes[:, up], boxes[:, across]) - here, axis=1) for up in (0, 1) for across in (2, 3)], axis=0
    )
    may = tree.query(here)[0] <= chord_of(question.km + 1) + widest
    return [share_within(area, tree, question.km, snapshot) if near else 0.0 for area, near in zip(areas, may.tolist(), strict=True)]


@lru_cache(maxsize=8)
def _read_places(wanted: str, snapshot: Snapshot) -> tuple[Numbers, npt.NDArray[np.object_]]:
    """The points under a heading, or of a layer, and the authority of each. Raises CannotCompareError where no list of that kind is
    loaded."""
    tables = [snapshot.places(card.id) for card in snapshot.points_cards.values() if wanted in (card.heading, card.id)]
    if not tables:
        raise CannotCompareError(
            f"No list of such places is loaded here. Choose one of: {', '.join(HEADINGS)}; or a list that /api/v1/points names."
        )
    whole = pd.concat([table[["latitude", "longitude", "lsoa21_code"]] for table in tables])
    authority = whole.lsoa21_code.map(snapshot.areas["lsoa"].set_index("code")[PARENT_COLUMN["lad"]])
    return whole[["latitude", "longitude"]].to_numpy(float), authority.to_numpy(object)


def _count_within(points: Numbers, question: NeedQuestion, snapshot: Snapshot) -> ActionCounts:
    """How many points lie within km of the middle of each area's postcodes, along the globe."""
    areas = snapshot.areas[question.level]
    if not len(points):
        return np.zeros(len(areas), np.int64)
    found = plant(*points.T).query_ball_point(
        _middles_of(question.level, snapshot), chord_of(min(question.km, MOST_KM)), return_length=True
    )
    return np.asarray(found, np.int64)


def _people_in_reach(question: NeedQuestion, snapshot: Snapshot) -> Numbers:
    """Over how many people each area's action is spread: those of its authority, or of all areas whose middles lie within km."""
    if question.reach == "distance":
        return _people_within(question.km, question.level, snapshot)
    authorities = snapshot.areas["lad"]
    return _spread(dict(zip(authorities.code, authorities.population.astype(int), strict=True)), question, snapshot).astype(float)


@lru_cache(maxsize=16)
def _people_within(km: float, level: AreaLevel, snapshot: Snapshot) -> Numbers:
    areas = _middles_of(level, snapshot)
    people = snapshot.areas[level].population.to_numpy(float)
    pairs = cKDTree(areas).query_pairs(chord_of(min(km, MOST_KM)), output_type="ndarray")
    each, other = pairs.T
    return people + np.bincount(each, people[other], len(people)) + np.bincount(other, people[each], len(people))


@lru_cache(maxsize=2)
def _middles_of(level: AreaLevel, snapshot: Snapshot) -> Numbers:
    areas = snapshot.areas[level]
    return to_sphere(areas.middle_latitude.to_numpy(float), areas.middle_longitude.to_numpy(float))
