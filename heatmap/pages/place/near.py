"""What is near, drawn: one line a heading at the top, and the lists under WHAM's headings."""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache
from typing import Any, Final

from heatmap.distances import say_share_within
from heatmap.drawing.elements import Element, el, point, sign
from heatmap.layers.cards import PointsCard
from heatmap.layers.words import say_heading
from heatmap.pages.place.parts import HEADING_SIGNS, choose_need, chooser
from heatmap.phones import dial
from heatmap.place.address import PlaceAddress
from heatmap.place.help_near import (
    DISTANCES,
    WITHIN,
    HeadingNear,
    KindNear,
    Service,
    safe_link,
    say_glance,
    say_km,
    say_listed,
    say_on_foot,
)
from heatmap.place.national_help import crisis_lines, say_checked, say_offer, say_what_heading_holds
from heatmap.place.national_help import find_entry as find_entry
from heatmap.snapshot import Snapshot
from heatmap.words.files import translated
from heatmap.words.language import _

#: How many of a kind are seen at once, and how much help that applies anywhere.
_EACH, _ANYWHERE = 2, 3
_MOST_SHOWN: Final = 24


def draw_glance(near: list[HeadingNear], address: PlaceAddress) -> Element:
    """Four needs in one line each, so that the first screen already says what is near; each leads to its list."""
    links = []
    for each in near:
        said, found = say_glance(each, address.within)
        links.append(
            el(
                "A",
                [sign(HEADING_SIGNS[each.heading], 24), el("Span", [el("B", say_heading(each.heading)), said])],
                href=f"#near-{each.heading}",
                **({} if found else {"className": "nil"}),
            )
        )
    return el("Nav", links, className="glance", aria_label=_("What is near, in short"))


def draw_near(near: list[HeadingNear], address: PlaceAddress, snapshot: Snapshot, today: date) -> Element:
    """All four lists, with what one may choose of them.

    today   from which the age of national numbers counts
    """
    return el(
        "Section",
        [
            el(
                "Div",
                [el("H2", _("What is near"), id="near"), el("Div", _choices(near, address, snapshot), className="row wrap noprint")],
                className="row between wrap near-top",
            ),
            el("Div", [_heading(each, address, today) for each in near], className="near"),
            el("P", _say_distances(near), className="xs soft"),
            draw_crisis(),
        ],
        className="near-all",
        **{"aria-labelledby": "near"},
    )


def _choices(near: list[HeadingNear], address: PlaceAddress, snapshot: Snapshot) -> list[Element]:
    within = _("Within {n} km").format(n=address.within)
    distances = [(_("Within {n} km").format(n=km), address.but(within=km), address.within == km) for km in DISTANCES]
    parts = [chooser("choose-within", _("Distance"), within, distances, address.within != WITHIN), choose_need(address)]
    if snapshot.points_cards:
        kinds = [(_("Any kind"), address.but(kind=""), not address.kind)]
        kinds += [(card.short, address.but(kind=word), address.kind == word) for word, card in _cards_by_word(snapshot)]
        now = dict(_cards_by_word(snapshot))[address.kind].short if address.kind else _("Any kind")
        parts.append(chooser("choose-kind", _("Kind"), now, kinds, bool(address.kind)))
    hidden = sum(kind.hidden for each in near for kind in each.kinds)
    if hidden or address.older:
        words = _("Showing older entries") if address.older else _("Show older entries ({n})").format(n=hidden)
        parts.append(
            el(
                "A",
                words,
                href=address.but(older=not address.older),
                data_soft="choose-older",
                id="choose-older",
                className=f"chip{' on' if address.older else ''}",
            )
        )
    return parts


def _cards_by_word(snapshot: Snapshot) -> list[tuple[str, PointsCard]]:
    return [(word, snapshot.points_cards[layer]) for word, layer in snapshot.points_names.items()]


def _heading(near: HeadingNear, address: PlaceAddress, today: date) -> Element:
    parts: list[Any] = [
        el("Div", [sign(HEADING_SIGNS[near.heading], 24), el("H3", say_heading(near.heading))], className="need"),
        el("P", say_what_heading_holds(near.heading), className="s soft"),
    ]
    found = near.first(_EACH)
    cards = {kind.card.id: kind.card for kind in near.kinds}
    if not near.has_list:
        parts.append(
            el(
                "Div",
                [el("Strong", _("No local list is loaded for this area.")), _("Help that applies anywhere:"), _how_to_add(near)],
                className="none",
            )
        )
    nothing = sorted((kind for kind in near.kinds if not kind.found), key=lambda kind: kind.beyond.km if kind.beyond else math.inf)
    if near.kinds and not found:
        parts.append(
            el(
                "Div",
                el("Strong", _("Nothing within {n} km of the middle of its postcodes. The nearest beyond:").format(n=address.within)),
                className="none",
            )
        )
    items = [draw_service(place, cards[place.layer]) for place in found]
    for kind in nothing:
        items.append(_beyond(kind, address, alone=not found))
    if items:
        parts.append(el("Ul", items))
    if spread := say_kinds_spread(near, address.within):
        parts.append(el("P", spread, className="s"))
    rest = [place for place in near.found if place not in found]
    if rest:
        words = _("{n} more within {km} km").format(n=near.count - len(found), km=address.within)
        shown: list[Any] = [draw_service(place, cards[place.layer]) for place in rest[:_MOST_SHOWN]]
        left = [
            el("P", _("The nearest {n} are shown; choose a kind or a shorter distance to see others.").format(n=len(shown)), className="s")
        ]
        parts.append(
            el(
                "Details",
                [
                    el("Summary", [el("B", words), sign("down", 16)], id=f"rest-{near.heading}"),
                    el("Ul", shown),
                    *(left if near.count - len(found) > len(shown) else []),
                ],
                className="unfold noprint",
            )
        )
    parts += _national(near, today, open_first=not found)
    return el("Section", parts, className="box", id=f"near-{near.heading}")


def say_kinds_spread(near: HeadingNear, within: float) -> str:
    """Of which kinds some postcodes have one within the distance and some none, and how many; "" where the middle speaks for all."""
    said = [
        _("{kind}: {share}.").format(kind=kind.card.short, share=say_share_within(kind.share, within))
        for kind in near.kinds
        if kind.is_spread
    ]
    return " ".join([_("Postcodes here are spread out."), *said]) if said else ""


def _how_to_add(near: HeadingNear) -> Element:
    words = _(
        "The people who run this map can load one with one command, “heatmap import”: from a council’s Open Referral directory, from Give Food’s"
        " list of food banks, or from a spreadsheet with names and postcodes. docs/add-local-help.md shows how."
    )
    return el(
        "Details",
        [el("Summary", [_("How to add one"), sign("down", 14)], id=f"add-{near.heading}"), el("P", words)],
        className="unfold noprint",
    )


def _beyond(kind: KindNear, address: PlaceAddress, alone: bool) -> Element:
    """A kind without a place within the distance: the nearest beyond, or that the list holds none."""
    if kind.beyond is None:
        return el(
            "Li", el("P", _("{kind}: no matches. Try another filter.").format(kind=kind.card.short), className="s"), className="item-none"
        )
    label = "" if alone else _("{kind}: none within {n} km. The nearest:").format(kind=kind.card.short, n=address.within)
    return draw_service(kind.beyond, kind.card, label)


def draw_service(place: Service, card: PointsCard, label: str = "") -> Element:
    """One place: sign, name, how far, what it is, how to reach it, and how sure we are of it."""
    link = safe_link(place.website)
    what = place.what if place.what and place.what.lower() not in place.name.lower() else ""
    facts = [
        what,
        _("ages: {ages}").format(ages=place.ages) if place.ages else "",
        place.eligibility,
        place.address,
        place.opening,
        place.cost,
        place.languages,
        place.access,
    ]
    said: list[Any] = [" · ".join(fact.rstrip(".") for fact in facts if fact)]
    if number := dial(place.phone):
        said += [" · " if said[0] else "", el("A", place.phone, href=f"tel:{number}")]
    if link:
        said += [" · ", el("A", _("website"), href=link, rel="noreferrer nofollow")]
    sure = el("Span", say_listed(place, card), className="tag warn" if place.state in ("old", "hidden", "undated") else "listed")
    foot = say_on_foot(place.minutes)
    return el(
        "Li",
        [
            *([el("P", label, className="label-none")] if label else []),
            point(card.symbol),
            el("Span", place.name, className="nm"),
            el("Span", [say_km(place.km), *([el("Small", foot)] if foot else [])], className="km"),
            el("P", [*said, " ", sure]),
        ],
        className="item",
    )


# ---- help that applies anywhere ----


def _national(near: HeadingNear, today: date, open_first: bool) -> list[Element]:
    """What helps anywhere: the first ones in sight where nothing is near, all of it to unfold otherwise."""
    shown = near.national[:_ANYWHERE] if open_first else ()
    rest = near.national[len(shown) :]
    parts = [el("Ul", [_draw_help(each.id, today) for each in shown])] if shown else []
    if rest:
        words = (_("{n} more that help anywhere") if shown else _("{n} that help anywhere")).format(n=len(rest))
        parts.append(
            el(
                "Details",
                [
                    el("Summary", [el("B", words), sign("down", 16)], id=f"anywhere-{near.heading}"),
                    el("Ul", [_draw_help(each.id, today) for each in rest]),
                ],
                className="unfold noprint",
            )
        )
    return parts


@lru_cache(maxsize=400)
def _draw_help(name: str, today: date) -> Element:
    """One service that helps anywhere, drawn once a day: with its number if that may be given, for whom, and when it was last seen."""
    entry = find_entry(name)
    contact: list[Any] = []
    number = entry.number_on(today)
    if number and entry.phone:
        contact += [el("A", entry.phone, href=f"tel:{dial(entry.phone)}"), " · "]
    elif number:
        contact += [_("Text {number}").format(number=entry.text_number), " · "]
    if link := safe_link(entry.website):
        contact += [el("A", entry.website.removeprefix("https://").removeprefix("www."), href=link, rel="noreferrer"), " · "]
    sure = el("Span", say_checked(entry, today), className="listed" if entry.verified else "tag warn")
    return el(
        "Li",
        [
            sign("phone" if number else "screen", 22),
            el("Span", entry.name, className="nm"),
            el("Span", [_("Anywhere"), *([el("Small", translated(entry.cost))] if entry.cost else [])], className="km"),
            el("P", [*contact, say_offer(entry), " ", translated(entry.who_for), " ", sure]),
        ],
        className="item",
    )


def draw_crisis() -> Element:
    """The lines of the foot: in danger, ill, young."""
    words = {"nhs_111": _("Ill, and not sure what to do:"), "childline": _("Children and young people:"), "emergency_999": _("In danger:")}
    names = {"nhs_111": "NHS 111", "childline": "Childline", "emergency_999": ""}
    lines = [
        el(
            "Span",
            [
                words[line.id],
                " ",
                el("A", f"{names[line.id]} {line.phone}".strip().replace("111 111", "111"), href=f"tel:{dial(line.phone)}"),
            ],
        )
        for line in crisis_lines()
    ]
    return el("P", lines, className="msg crisis")


def _say_distances(near: list[HeadingNear]) -> str:
    by_postcode = [
        kind.card.short for each in near for kind in each.kinds if any(place.placed.startswith("postcode") for place in kind.found)
    ]
    said = _("Distances are straight lines from the middle of this neighbourhood’s postcodes, on foot at 4.8 km an hour.")
    if by_postcode:
        said += " " + _("Shown at the middle of their postcode, because we do not have the exact spot: {list}.").format(
            list=", ".join(by_postcode)
        )
    return said
