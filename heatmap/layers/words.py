"""What is said of a layer, whichever page says it: its tenths, which end is worse, and why a value is absent or weak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from heatmap.deprivation import DEPRIVED, EARLIER
from heatmap.layers.cards import Heading, LayerCard, Polarity
from heatmap.words.language import _

#: From this many points of 100 in England's line we say that a place moved, below it that it is about where it was: a tenth of the line.
MOVED_POINTS: Final = 10.0


def say_heading(heading: Heading) -> str:
    """WHAM's heading: what places and help do for a family.

    >>> say_heading("increase_income")
    'Increase income'
    """
    return {
        "increase_income": _("Increase income"),
        "provide_essentials": _("Provide essentials"),
        "increase_participation": _("Increase participation"),
        "get_care": _("Get care"),
    }[heading]


def say_tenth(decile: int | None, ends: Sequence[str] = DEPRIVED) -> str:
    """A tenth beside a name; the ends say which end they are.

    >>> say_tenth(1), say_tenth(4), say_tenth(None)
    ('tenth 1, the most deprived', 'tenth 4 of 10', 'no figure')
    """
    if decile is None:
        return _("no figure")
    if decile in (1, 10):
        return _("tenth {n}, the {end}").format(n=decile, end=ends[decile == 10])
    return _("tenth {n} of 10").format(n=decile)


def say_moved(points: float) -> str:
    """
    >>> say_moved(-16.2), say_moved(-6.2)
    ('16 points of 100 towards the most deprived end', 'about where it was (6 points of 100 towards the most deprived end)')
    >>> say_moved(0.4)
    'about where it was (within 1 point of 100)'
    """
    end = _("most") if points < 0 else _("least")
    n = round(abs(points))
    said = (_("1 point of 100 towards the {end} deprived end") if n == 1 else _("{n} points of 100 towards the {end} deprived end")).format(
        n=n, end=end
    )
    if abs(points) >= MOVED_POINTS:
        return said
    return _("about where it was ({said})").format(said=_("within 1 point of 100") if abs(points) < 1 else said)


def say_where_first(card: LayerCard, groups: str = "tenths") -> str:
    """Where the residents live whom a larger area's share counts.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> say_where_first(read_catalogue()["imd2025_england_lsoa21"])
    'in England’s most deprived tenth'
    >>> say_where_first(read_catalogue()["patients_per_gp2025_england_lsoa21"])
    'in England’s tenth 1 (most patients for each GP)'
    """
    group = _("tenth") if groups == "tenths" else _("fifth")
    if card.ends:
        return _("in England’s {group} 1 ({end})").format(group=group, end=card.ends[0])
    return _("in England’s {end} {group}").format(end=DEPRIVED[0], group=group)


def say_direction(card: LayerCard) -> str:
    """Which end is worse, in words, for the legend and beside numbers. Source: docs/sentences.md, section 7."""
    if card.scheme == "tenths":
        end = (card.ends or DEPRIVED)[0]
        return (
            _("darker = more deprived; tenth 1 is the most deprived")
            if not card.ends
            else _("darker = {end}; tenth 1 is the {end}").format(end=end)
        )
    if card.scheme == "moved":
        return _("brown = towards the most deprived end, green = towards the least; neither says better or worse")
    if card.scheme == "kinds":
        return _("darker = nearer to town; neither better nor worse")
    return {
        "high_is_worse": _("darker = more = worse"),
        "low_is_worse": _("darker = less = worse"),
        "no_judgement": _("darker = more; neither better nor worse"),
    }[card.polarity]


def say_worse_end(polarity: Polarity) -> str:
    """Which way is worse at the level whose figures are shown, as a sentence beside them and their charts."""
    return {
        "high_is_worse": _("Higher is worse."),
        "low_is_worse": _("Lower is worse."),
        "no_judgement": _("Neither end is better or worse."),
    }[polarity]


def say_right(card: LayerCard) -> str:
    """Which way is worse along the axis of an amount."""
    return {
        "high_is_worse": _("right = more = worse"),
        "low_is_worse": _("left = less = worse"),
        "no_judgement": _("right = more; neither better nor worse"),
    }[card.polarity]


#: Why a value is absent or weak: in a cell, and in a sentence. Source: docs/sentences.md, section 8.
FLAG_WORDS: dict[str, tuple[str, str]] = {
    "missing": (_("no figure"), _("The publisher gives no figure here. It is not zero.")),
    "suppressed": (_("withheld"), _("Withheld because the number is small and could point to a person. It is not zero.")),
    "modelled": (_("estimate"), _("An estimate from a model; no one here was asked or counted.")),
    "best_fit_2011": (
        _("converted"),
        _("Measured for the 2011 boundary, and converted to today’s by the official lookup."),
    ),
    "small_denominator": (_("few"), _("Rests on few people; it can move a lot by chance.")),
    "area_level_lad": (_("council area"), _("A figure for the whole authority, not for this neighbourhood.")),
    "no_like_for_like": (
        _("no like-for-like"),
        _("Its boundary changed so much that we cannot compare it with {year}. It is not zero.").format(year=EARLIER.year),
    ),
    "part_covered": (
        _("too little covered"),
        _("Fewer than nine in ten people here live where there is a figure, so there is none for the whole area. It is not zero."),
    ),
    "best_fit_lad": (
        _("put together"),
        _("Measured for the councils that have merged here since, and averaged over their people."),
    ),
    "incomplete": (_("at least this"), _("Some areas inside it have no figure, so the true total is this or more.")),
}
