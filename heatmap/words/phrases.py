"""Values in, sentences out. Patterns are of ``data/words``; no page writes its own. Marked for translation by ``_``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from heatmap.geography.levels import PLURAL, SINGULAR, Level
from heatmap.layers.cards import Heading, LayerCard, Polarity
from heatmap.layers.classes import DEPRIVED, say_number
from heatmap.settings import ROOT
from heatmap.words.language import _ as _  # the other modules have it from here

WORDS_DIR = ROOT / "data" / "words"

#: Below this many neighbourhoods a place in the authority says nothing.
_FEWEST_TO_ORDER = 10
#: From this share of people aged 20 to 24 the income figures say little: students, and people in barracks, rarely claim.
STUDENTS_PERCENT: Final = 25.0
#: From this many points of 100 in England's line we say that a place moved, below it that it is about where it was: a tenth of the line.
MOVED_POINTS: Final = 10.0
#: Below this many children under 15 no line is said about children as a group.
FEWEST_CHILDREN: Final = 100


@cache
def domain_words() -> dict[str, dict[str, Any]]:
    """The plain words for the index, its domains and halves, by id."""
    text = (WORDS_DIR / "domains.toml").read_text(encoding="utf-8")
    return {record["id"]: record for record in tomllib.loads(text)["domain"]}


def ordinal(number: int) -> str:
    """
    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112, 1003)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th', '1,003rd']
    """
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def join_names(names: Sequence[str], apart: bool = False) -> str:
    """A list with "and" before the last; a comma before it where a name itself holds "and".

    apart   semicolons, because the items hold commas

    >>> join_names(["employment", "crime", "education and skills"])
    'employment, crime, and education and skills'
    >>> join_names(["employment", "health"])
    'employment and health'
    """
    if len(names) < 2:
        return "".join(names)
    *others, last = names
    if apart:
        return _("{first}; and {last}").format(first="; ".join(others), last=last)
    if any(_(" and ") in name for name in names):
        return _("{first}, and {last}").format(first=", ".join(others), last=last)
    return _("{first} and {last}").format(first=", ".join(others), last=last)


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


def say_count(number: int, level: Level) -> str:
    """
    >>> say_count(1, "lsoa"), say_count(1204, "lad")
    ('1 neighbourhood', '1,204 authorities')
    """
    return f"{number:,} {SINGULAR[level] if number == 1 else PLURAL[level]}"


def say_rounded(value: float, decimals: int) -> str:
    """A number for readers: thousands apart, a true minus, no minus on what is rounded to nothing, and no nothing that is some.

    >>> say_rounded(1234.56, 1), say_rounded(-0.04, 1), say_rounded(-3.0, 0), say_rounded(0.04, 1)
    ('1,234.6', '0.0', '−3', 'under 0.1')
    """
    if value > 0:
        return say_number(value, decimals)
    return f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", "−")


def say_people(number: int) -> str:
    """How many people, exactly while that can be read, then in millions.

    >>> say_people(1834), say_people(1_900_400), say_people(57_106_398)
    ('1,834 people', '1.9 million people', '57.1 million people')
    """
    if number < 1_000_000:
        return _("1 person") if number == 1 else _("{n} people").format(n=f"{number:,}")
    return _("{n} million people").format(n=f"{number / 1e6:.1f}")


def say_standing(decile: int, rank: int, areas: int) -> str:
    """Where a neighbourhood stands in England, in words. Source: docs/sentences.md, section 2.

    >>> say_standing(1, 3170, 33_755)
    'Among the most deprived tenth of neighbourhoods in England.'
    >>> say_standing(6, 18_000, 33_755)
    'Close to the middle of neighbourhoods in England.'
    """
    if rank == 1:
        return _("The most deprived neighbourhood in England.")
    if rank == areas:
        return _("The least deprived neighbourhood in England.")
    if rank <= 10:
        return _("One of the ten most deprived neighbourhoods in England.")
    return {
        1: _("Among the most deprived tenth of neighbourhoods in England."),
        2: _("Among the most deprived fifth of neighbourhoods in England."),
        3: _("More deprived than most neighbourhoods in England."),
        4: _("More deprived than most neighbourhoods in England."),
        5: _("Close to the middle of neighbourhoods in England."),
        6: _("Close to the middle of neighbourhoods in England."),
        7: _("Less deprived than most neighbourhoods in England."),
        8: _("Less deprived than most neighbourhoods in England."),
        9: _("Among the least deprived fifth of neighbourhoods in England."),
        10: _("Among the least deprived tenth of neighbourhoods in England."),
    }[decile]


def say_rank(rank: int, areas: int) -> str:
    """
    >>> say_rank(3170, 33_755)
    'Rank 3,170 of 33,755; rank 1 is the most deprived.'
    """
    return _("Rank {rank} of {areas}; rank 1 is the most deprived.").format(rank=f"{rank:,}", areas=f"{areas:,}")


def say_in_authority(authority: str, place: int, areas: int) -> str:
    """Where it stands in its authority, counting from the most deprived; "" where too few to say.

    >>> say_in_authority("Birmingham", 270, 659)
    'In Birmingham it is 270th of 659, counting from the most deprived.'
    >>> say_in_authority("City of London", 2, 6)
    ''
    """
    if areas < _FEWEST_TO_ORDER:
        return ""
    if place in (1, areas):
        end = _("most") if place == 1 else _("least")
        return _("In {authority} it is the {end} deprived of {areas}.").format(authority=authority, end=end, areas=f"{areas:,}")
    return _("In {authority} it is {place} of {areas}, counting from the most deprived.").format(
        authority=authority, place=ordinal(place), areas=f"{areas:,}"
    )


def say_core20(decile_2025: int, decile_2019: int | None) -> str:
    """Whether the neighbourhood counts as Core20, by either index; "" where by neither.

    >>> say_core20(1, 4)
    'It counts as Core20 by the 2025 index. It did not by the 2019 index.'
    """
    now, then = decile_2025 <= 2, decile_2019 is not None and decile_2019 <= 2
    if now:
        said = _("It counts as Core20 by the 2025 index.")
        return said if then or decile_2019 is None else f"{said} " + _("It did not by the 2019 index.")
    return _("It does not count as Core20 by the 2025 index; it did by the 2019 index.") if then else ""


def has_moved(change: str, points: float | None) -> bool:
    """Whether a neighbourhood whose boundary is unchanged has moved in England's line, judged by points and never by tenths.

    >>> has_moved("U", -10.0), has_moved("U", 9.9), has_moved("S", 30.0)
    (True, False, False)
    """
    return change == "U" and points is not None and abs(points) >= MOVED_POINTS


def say_since_2019(change: str, decile_2025: int, decile_2019: int | None, old_deciles: Sequence[int], points: float | None) -> str:
    """What became of its place since 2019, never as better or worse. Source: docs/sentences.md, section 4.

    change       U, S, M or X of the official lookup
    old_deciles  tenths of the 2011 areas it was made from (M)
    points       how far it moved in England's line, of 100; below zero towards the most deprived end; None where it cannot be compared

    >>> say_since_2019("U", 5, 6, [6], -4.2)
    'It is about where it was in 2019 (tenth 6 then, 5 now).'
    >>> say_since_2019("U", 5, 6, [6], -14.2)[:86]
    'It moved 14 points of 100 towards the most deprived end since 2019 (tenth 6 then, 5 no'
    """
    if change == "X" or decile_2019 is None or points is None:
        return _("Its boundary changed so much that we cannot compare it with 2019.")
    if change == "S":
        return _("In 2019 it was part of a larger neighbourhood, in tenth {a}.").format(a=decile_2019)
    if change == "M":
        return _say_made_from(old_deciles)
    if has_moved(change, points):
        end = _("most") if points < 0 else _("least")
        return _(
            "It moved {n} points of 100 towards the {end} deprived end since 2019 (tenth {a} then, {b} now). New measures, such as"
            " counting housing costs, and changes elsewhere can move a place as much as change here."
        ).format(n=round(abs(points)), end=end, a=decile_2019, b=decile_2025)
    if decile_2025 == decile_2019:
        return _("It was in the same tenth in 2019.")
    return _("It is about where it was in 2019 (tenth {a} then, {b} now).").format(a=decile_2019, b=decile_2025)


def _say_made_from(old_deciles: Sequence[int]) -> str:
    """The tenths of the neighbourhoods that were merged into one: both of two, all of more, or each."""
    tenths = join_names([str(decile) for decile in old_deciles])
    if len(set(old_deciles)) > 1:
        return _("It was made from {n} neighbourhoods of 2019, in tenths {list}.").format(n=len(old_deciles), list=tenths)
    if len(old_deciles) == 2:
        return _("It was made from 2 neighbourhoods of 2019, both in tenth {a}.").format(a=old_deciles[0])
    return _("It was made from {n} neighbourhoods of 2019, all in tenth {a}.").format(n=len(old_deciles), a=old_deciles[0])


def say_caveat(income_score: float, percent_20_to_24: float) -> str:
    """Said once on every story: the figures describe a place. Source: docs/sentences.md, section 6.

    income_score  the share of residents on a low income by IoD2025, 0 to 1

    >>> say_caveat(0.181, 6.0)[:112]
    'These figures describe a place, not the people in it. By the 2025 measure about 18 in 100 people here live on a '
    >>> "18 in 100" in say_caveat(0.181, 40.0)
    False
    >>> "more than 99 in 100 people here live on a low income." in say_caveat(0.998, 6.0)
    True
    """
    parts = [_("These figures describe a place, not the people in it.")]
    if percent_20_to_24 < STUDENTS_PERCENT:
        most = _(", so most do not") if round(100 * income_score) < 45 else ""
        share = say_in_100(100 * income_score, about=True)
        parts.append(_("By the 2025 measure {share} people here live on a low income{most}.").format(share=share, most=most))
    parts.append(
        _("In every neighbourhood some people are deprived and some are not; the family in front of you may differ, so ask everyone.")
    )
    return " ".join(parts)


def say_students(percent_20_to_24: float) -> str:
    """
    What they do there we do not know: a street of students and an air base look alike.

    >>> say_students(76.2)[:50]
    '76 in 100 people here were aged 20 to 24 in 2021. '
    """
    if percent_20_to_24 < STUDENTS_PERCENT:
        return ""
    return _(
        "{share} people here were aged 20 to 24 in 2021. Many may be students, or live in barracks or on a base, and rarely claim"
        " benefits, so the income and employment results say little here."
    ).format(share=say_in_100(percent_20_to_24))


def say_few_children(under_15: int) -> str:
    """
    >>> say_few_children(43)
    'Few children live here (43 under 15 in 2021), so results about children rest on few.'
    """
    if under_15 >= FEWEST_CHILDREN:
        return ""
    return _("Few children live here ({n} under 15 in 2021), so results about children rest on few.").format(n=under_15)


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


def say_in_100(percent: float, about: bool = False) -> str:
    """So many in a hundred; neither end is rounded away to none or to all.

    >>> say_in_100(18.1), say_in_100(99.8), say_in_100(0.2), say_in_100(18.1, about=True)
    ('18 in 100', 'more than 99 in 100', 'fewer than 1 in 100', 'about 18 in 100')
    """
    if 0 < percent < 1:
        return _("fewer than 1 in 100")
    if 99 < percent < 100:
        return _("more than 99 in 100")
    said = _("about {n} in 100") if about else _("{n} in 100")
    return said.format(n=round(percent))


def say_share(percent: float | None, of: str) -> str:
    """A share of residents, as so many in a hundred; the small ones are not rounded away to none.

    >>> say_share(49.15, "in the most deprived tenth of England's neighbourhoods")
    "49 in 100 people live in the most deprived tenth of England's neighbourhoods"
    >>> say_share(0.3, "in it"), say_share(0.0, "in it"), say_share(None, "in it")
    ('fewer than 1 in 100 people live in it', 'no one lives in it', 'no figure')
    """
    if percent is None:
        return _("no figure")
    if percent == 0:
        return _("no one lives {of}").format(of=of)
    if percent < 1:
        return _("fewer than 1 in 100 people live {of}").format(of=of)
    if percent == 100:
        return _("everyone lives {of}").format(of=of)
    return _("{n} in 100 people live {of}").format(n=min(99, round(percent)), of=of)


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
        _("Its boundary changed so much that we cannot compare it with 2019. It is not zero."),
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


def say_left_out(areas: int, withheld: int, of: int, level: Level) -> str:
    """What a total leaves out, and so that it is the least it can be.

    areas     how many inside have no figure
    withheld  how many of these the publisher withholds

    >>> say_left_out(19, 19, 101, "lsoa")
    '19 of the 101 neighbourhoods inside it are withheld, so the true total is this or more.'
    >>> say_left_out(1, 0, 8, "lad")
    '1 of the 8 authorities inside it has no figure, so the true total is this or more.'
    """
    if withheld == areas:
        why = _("is withheld") if areas == 1 else _("are withheld")
    else:
        why = _("has no figure") if areas == 1 else _("have no figure")
    return _("{n} of the {of} {areas} inside it {why}, so the true total is this or more.").format(
        n=f"{areas:,}", of=f"{of:,}", areas=PLURAL[level], why=why
    )


def say_furthest(names: Iterable[str]) -> str:
    """The domains furthest towards the deprived end, three at most; "" if none.

    >>> say_furthest(["Income", "Crime", "Health", "Employment"])
    'Furthest towards the deprived end: income, crime and health.'
    """
    listed = [name[0].lower() + name[1:] for name in names][:3]
    return _("Furthest towards the deprived end: {list}.").format(list=join_names(listed)) if listed else ""
