"""Projects seen from a place: the nearest, and one from a place like it to copy. For the pages of projects and of places."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from heatmap.distances import plant, say_share_within, share_within
from heatmap.drawing.elements import Element, el, sign
from heatmap.pages.projects.cards import SHARE_PATH, draw_project_card
from heatmap.place.help_near import say_km
from heatmap.projects.address import ProjectsAddress
from heatmap.projects.finding import Elsewhere, Listed, Projects
from heatmap.projects.sentences import say_alike
from heatmap.projects.similar_places import compare_places, measure_differences
from heatmap.snapshot import Area, Snapshot
from heatmap.words.language import _

#: How many of the nearest a place's page shows, and up to how far, in km.
NEAREST, FARTHEST_KM = 3, 50
#: Where projects of the same authority that name no site stand in the line of distances, in km.
_SAME_AUTHORITY_KM: Final = 10.0
NONE_ALIKE: Final = _("None is recorded in a place quite like this one. The least unlike:")


def order_by_distance(found: list[Listed], near: Area | None, projects: Projects) -> list[tuple[Listed, str]]:
    """Projects with their distance from a place in words: the nearest first, then those of its authority that name no site, the rest
    without a site last. Without a place as they are."""
    return [(one, words) for one, _km, words in _measure(found, near, projects)]


def _measure(found: list[Listed], near: Area | None, projects: Projects) -> list[tuple[Listed, float, str]]:
    if near is None:
        return [(one, 0.0, "") for one in found]
    far = {each.listed.id: each.km for each in projects.near(near, limit=len(projects.all()))}
    own = near.parents.get("lad", near.code)
    measured = []
    for one in found:
        km = far.get(one.id)
        if km is not None:
            measured.append((one, km, say_km(km)))
        elif own in one.authorities:
            measured.append((one, _SAME_AUTHORITY_KM, _("in {name}").format(name=projects.snapshot.area(own).title)))
        else:
            measured.append((one, float("inf"), ""))
    return sorted(measured, key=lambda each: each[1])


def find_alike(area: Area, projects: Projects, limit: int) -> list[tuple[Area, Elsewhere]]:
    """Projects in places like an area; where none is like the neighbourhood, like the larger area round it. With the area that was
    compared."""
    around = [area]
    if area.level in ("lsoa", "msoa"):
        around += [projects.snapshot.area(area.parents[level]) for level in ("msoa", "lad") if level in area.parents]
    own = area.parents.get("lad", area.code)
    for each in around:
        found = [one for one in projects.in_similar_places(each, limit) if own not in one.listed.authorities]
        if found:
            return [(each, one) for one in found]
    return []


def find_least_unlike(area: Area, projects: Projects) -> tuple[Area, Elsewhere] | None:
    """Where no project is in a place like an area's: the one whose authority differs least from the area's own. None without any."""
    snapshot = projects.snapshot
    if area.level in ("rgn", "icb"):
        return None
    here = snapshot.area(area.parents.get("lad", area.code))
    differences = measure_differences(here, snapshot)
    far = [
        (float(differences[snapshot.position(code)]), n, code, one)
        for n, one in enumerate(projects.all())
        if here.code not in one.authorities
        for code in one.authorities
    ]
    if not far:
        return None
    difference, _n, code, one = min(far, key=lambda each: each[:3])
    return here, Elsewhere(one, compare_places(here, snapshot.area(code), snapshot, difference))


def say_like_place(there: Area, here: Area, elsewhere: Elsewhere) -> str:
    """Why a project's place is like another."""
    why = say_alike(elsewhere.place)
    return _("{there} compared with {here}: {why}").format(there=there.title, here=here.title, why=why[:1].lower() + why[1:])


def say_start(area: Area) -> str:
    """Between which points the distances of projects are measured."""
    return _("Distances are straight lines from the middle of {name}’s postcodes to each organisation’s site.").format(name=area.title)


# ---- on a place's page ----


def draw_here(area: Area, projects: Projects) -> Element:
    """Who acts near a neighbourhood, and one project from a place like it."""
    measured = _measure(projects.all(), area, projects)
    close = [(one, words) for one, km, words in measured if km <= FARTHEST_KM]
    acting = [each for each in close if each[0].active][:NEAREST]
    others = [each for each in close if not each[0].active][: NEAREST - len(acting)]
    head = el(
        "Div",
        [
            el("H2", _("Who is acting near here"), id="acting"),
            el(
                "Div",
                [
                    el(
                        "A",
                        [sign("people", 18), _("All projects, the nearest first")],
                        href=ProjectsAddress(near=area.code).to_address(),
                        className="btn",
                    ),
                    el("A", [sign("plus", 18), _("Share one")], href=SHARE_PATH, className="btn"),
                ],
                className="row wrap noprint",
            ),
        ],
        className="row between wrap",
    )
    parts: list[Any] = [head]
    title = _("The nearest")
    if not acting:
        said = (
            _(
                "No project that names a site within {n} km is recorded as being done now. That is no proof that nobody acts: we know only what has been"
                " shared here."
            )
            if others
            else _(
                "No project that names a site is recorded within {n} km. That is no proof that nobody acts: we know only what has been shared here."
            )
        )
        parts.append(el("P", " ".join([said.format(n=FARTHEST_KM), *_say_share(area, measured, projects.snapshot)]), className="msg plain"))
    if not close:
        acting = [(one, words) for one, km, words in measured if km < float("inf") and one.active][:1]
        title = _("The nearest, far off")
    groups = []
    for heading, shown in ((title, acting), (_say_not_acting(others), others)):
        cards = [draw_project_card(one, projects.snapshot, words, area.code, heading="H4") for one, words in shown]
        groups += [_group(heading, cards)] if cards else []
    groups += _draw_to_copy(area, projects, {one.id for one, _words in (*acting, *others)})
    parts.append(el("Div", groups, className="prj-groups"))
    parts.append(el("P", say_start(area), className="xs soft"))
    return el("Section", parts, className="prj-here", **{"aria-labelledby": "acting"})


def _say_share(area: Area, measured: list[tuple[Listed, float, str]], snapshot: Snapshot) -> list[str]:
    """Where the middle has no project within reach and some postcodes have: how many, in a sentence; else nothing."""
    sites = [one.site for one, _km, _words in measured if one.site and one.active]
    if not sites:
        return []
    tree = plant(np.array([site.latitude for site in sites]), np.array([site.longitude for site in sites]))
    share = share_within(area, tree, FARTHEST_KM, snapshot)
    said = say_share_within(share, FARTHEST_KM)
    return [f"{said[:1].upper()}{said[1:]}."] if share else []


def _say_not_acting(others: list[tuple[Listed, str]]) -> str:
    """What projects that are not being done now have in common."""
    standings = {one.standing for one, _words in others}
    if standings == {"idea"}:
        return _("Not begun: still an idea")
    return _("Ended, to learn from") if standings == {"ended"} else _("Ended, or still an idea")


def _group(title: str, cards: list[Element]) -> Element:
    return el(
        "Div",
        [el("H3", title, className="prj-sub"), el("Div", cards, className="prj-cards")],
        className="prj-group",
        style={"--n": len(cards)},
    )


def _draw_to_copy(area: Area, projects: Projects, shown: set[str]) -> list[Element]:
    """One project from a place like this one, with why it is like it."""
    alike = [each for each in find_alike(area, projects, len(shown) + 1) if each[1].listed.id not in shown]
    found = alike[0] if alike else find_least_unlike(area, projects)
    if found is None:
        return []
    here, one = found
    if not alike:
        title = _("To copy, from the least unlike place")
    elif here.code == area.code:
        title = _("To copy, from a place like this one")
    else:
        title = _("To copy, from a place like {name}").format(name=here.title)
    why = say_like_place(one.place.area, here, one)
    return [_group(title, [draw_project_card(one.listed, projects.snapshot, "", area.code, [why], heading="H4")])]
