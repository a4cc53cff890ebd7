"""The sentences of a neighbourhood's story: where it stands in England, and what its figures cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from heatmap.deprivation import CORE20_LAST_DECILE, CURRENT, EARLIER
from heatmap.layers.words import MOVED_POINTS
from heatmap.words.language import _
from heatmap.words.phrases import join_names, ordinal, say_in_100

#: Below this many neighbourhoods a place in the authority says nothing.
_FEWEST_TO_ORDER = 10
#: From this share of people aged 20 to 24 the income figures say little: students, and people in barracks, rarely claim.
STUDENTS_PERCENT: Final = 25.0
#: Below this many children under 15 no line is said about children as a group.
FEWEST_CHILDREN: Final = 100


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


def say_core20(decile: int, earlier: int | None) -> str:
    """Whether the neighbourhood counts as Core20, by either index; "" where by neither.

    >>> say_core20(1, 4)
    'It counts as Core20 by the 2025 index. It did not by the 2019 index.'
    """
    now, then = decile <= CORE20_LAST_DECILE, earlier is not None and earlier <= CORE20_LAST_DECILE
    if now:
        said = _("It counts as Core20 by the {year} index.").format(year=CURRENT.year)
        return said if then or earlier is None else f"{said} " + _("It did not by the {year} index.").format(year=EARLIER.year)
    if not then:
        return ""
    return _("It does not count as Core20 by the {year} index; it did by the {earlier} index.").format(
        year=CURRENT.year, earlier=EARLIER.year
    )


def has_moved(change: str, points: float | None) -> bool:
    """Whether a neighbourhood whose boundary is unchanged has moved in England's line, judged by points and never by tenths.

    >>> has_moved("U", -10.0), has_moved("U", 9.9), has_moved("S", 30.0)
    (True, False, False)
    """
    return change == "U" and points is not None and abs(points) >= MOVED_POINTS


def say_since_earlier(change: str, decile: int, earlier: int | None, old_deciles: Sequence[int], points: float | None) -> str:
    """What became of its place since the earlier index, never as better or worse. Source: docs/sentences.md, section 4.

    change       U, S, M or X of the official lookup
    old_deciles  tenths of the 2011 areas it was made from (M)
    points       how far it moved in England's line, of 100; below zero towards the most deprived end; None where it cannot be compared

    >>> say_since_earlier("U", 5, 6, [6], -4.2)
    'It is about where it was in 2019 (tenth 6 then, 5 now).'
    >>> say_since_earlier("U", 5, 6, [6], -14.2)[:86]
    'It moved 14 points of 100 towards the most deprived end since 2019 (tenth 6 then, 5 no'
    """
    if change == "X" or earlier is None or points is None:
        return _("Its boundary changed so much that we cannot compare it with {year}.").format(year=EARLIER.year)
    if change == "S":
        return _("In {year} it was part of a larger neighbourhood, in tenth {a}.").format(year=EARLIER.year, a=earlier)
    if change == "M":
        return _say_made_from(old_deciles)
    if has_moved(change, points):
        end = _("most") if points < 0 else _("least")
        return _(
            "It moved {n} points of 100 towards the {end} deprived end since {year} (tenth {a} then, {b} now). New measures, such as"
            " counting housing costs, and changes elsewhere can move a place as much as change here."
        ).format(n=round(abs(points)), end=end, year=EARLIER.year, a=earlier, b=decile)
    if decile == earlier:
        return _("It was in the same tenth in {year}.").format(year=EARLIER.year)
    return _("It is about where it was in {year} (tenth {a} then, {b} now).").format(year=EARLIER.year, a=earlier, b=decile)


def _say_made_from(old_deciles: Sequence[int]) -> str:
    """The tenths of the neighbourhoods that were merged into one: both of two, all of more, or each."""
    tenths = join_names([str(decile) for decile in old_deciles])
    if len(set(old_deciles)) > 1:
        return _("It was made from {n} neighbourhoods of {year}, in tenths {list}.").format(
            year=EARLIER.year, n=len(old_deciles), list=tenths
        )
    if len(old_deciles) == 2:
        return _("It was made from 2 neighbourhoods of {year}, both in tenth {a}.").format(year=EARLIER.year, a=old_deciles[0])
    return _("It was made from {n} neighbourhoods of {year}, all in tenth {a}.").format(
        year=EARLIER.year, n=len(old_deciles), a=old_deciles[0]
    )


def say_caveat(income_score: float, percent_20_to_24: float) -> str:
    """Said once on every story: the figures describe a place. Source: docs/sentences.md, section 6.

    income_score  the share of residents on a low income by the index, 0 to 1

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
        parts.append(
            _("By the {year} measure {share} people here live on a low income{most}.").format(year=CURRENT.year, share=share, most=most)
        )
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


def say_furthest(names: Iterable[str]) -> str:
    """The domains furthest towards the deprived end, three at most; "" if none.

    >>> say_furthest(["Income", "Crime", "Health", "Employment"])
    'Furthest towards the deprived end: income, crime and health.'
    """
    listed = [name[0].lower() + name[1:] for name in names][:3]
    return _("Furthest towards the deprived end: {list}.").format(list=join_names(listed)) if listed else ""
