"""What a standing by an indicator says, in words: the figure, the comparison, what stands out, how it moved.

The words of a comparison are those of Fingertips: better, similar, worse by an interval; fifths of England's areas without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from heatmap.deprivation import DEPRIVED
from heatmap.geography.levels import PLURAL, Level
from heatmap.indicators.standings import Moment, Standing, is_share_of_people
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import say_amount
from heatmap.layers.words import FLAG_WORDS, say_where_first
from heatmap.statistics import Comparison, Outcome
from heatmap.words.language import _
from heatmap.words.phrases import join_names, say_in_100, say_number, say_share

Side = Literal["worse", "better", "neutral", "none"]
#: How a comparison looks: the side of the benchmark it is on. ``none``: nothing was compared.
SIDES: Final[dict[Outcome, Side]] = {
    Outcome.WORSE: "worse",
    Outcome.WORST: "worse",
    Outcome.BETTER: "better",
    Outcome.BEST: "better",
    Outcome.NOT_COMPARED: "none",
}
_BY_INTERVAL: Final[dict[Outcome, str]] = {
    Outcome.WORSE: _("worse"),
    Outcome.SIMILAR: _("similar"),
    Outcome.BETTER: _("better"),
    Outcome.HIGHER: _("higher"),
    Outcome.LOWER: _("lower"),
}
_BY_FIFTHS: Final[dict[Outcome, str]] = {
    Outcome.WORST: _("worst fifth"),
    Outcome.WORSE: _("second worst fifth"),
    Outcome.MIDDLE: _("middle fifth"),
    Outcome.BETTER: _("second best fifth"),
    Outcome.BEST: _("best fifth"),
    Outcome.HIGHEST: _("highest fifth"),
    Outcome.HIGH: _("second highest fifth"),
    Outcome.LOW: _("second lowest fifth"),
    Outcome.LOWEST: _("lowest fifth"),
}


def side_of(comparison: Comparison) -> Side:
    """On which side of England a figure is."""
    return SIDES.get(comparison.outcome, "neutral")


def say_comparison(comparison: Comparison, level: Level) -> str:
    """In a word or three, what a tag says; "" where nothing was compared.

    >>> say_comparison(Comparison(Outcome.WORST, "fifths"), "lsoa"), say_comparison(Comparison(Outcome.SIMILAR, "interval"), "lad")
    ('worst fifth of neighbourhoods', 'similar to England')
    """
    if comparison.basis is None:
        return ""
    if comparison.basis == "fifths":
        return _("{fifth} of {areas}").format(fifth=_BY_FIFTHS[comparison.outcome], areas=PLURAL[level])
    word = _BY_INTERVAL[comparison.outcome]
    return _("{word} to England").format(word=word) if comparison.outcome is Outcome.SIMILAR else _("{word} than England").format(word=word)


def say_value(value: float | None, card: LayerCard, level: Level) -> str:
    """A value of a layer at a level with its unit; "" where there is none."""
    if value is None:
        return ""
    if is_share_of_people(card, level):
        return say_share(value, say_where_first(card))
    return _say_measured(value, card)


def _say_measured(value: float, card: LayerCard) -> str:
    return say_amount(value, card.unit.partition(";")[0], card.decimals)


def say_bare(value: float | None, card: LayerCard, level: Level) -> str:
    """The value without its unit, but with the sign of a percentage; for a benchmark beside a value that has said it."""
    if value is None:
        return ""
    if is_share_of_people(card, level):
        return say_in_100(value)
    return f"{say_number(value, card.decimals)}{'%' if card.unit.startswith('%') else ''}"


def say_figure(standing: Standing) -> str:
    """The figure with its unit, or the place in line where that is all there is; the reason where there is none.

    A figure that is no ratio, rate or share but a place in a line says which end is first.
    """
    card, level = standing.card, standing.of.level
    if standing.rank is not None:
        first = (card.ends or DEPRIVED)[0]
        line = _("rank {rank} of {areas} (rank 1 = {first})").format(rank=f"{standing.rank:,}", areas=f"{card.rows:,}", first=first)
        return line if standing.figure.value is None else f"{_say_measured(standing.figure.value, card)}; {line}"
    if standing.figure.value is None:
        return FLAG_WORDS[standing.flag or "missing"][0]
    said = say_value(standing.figure.value, card, level)
    return _("at least {figure}").format(figure=said) if standing.flag == "incomplete" else said


def say_interval(standing: Standing) -> str:
    """The 95 % interval, or "" where none is published."""
    figure, decimals = standing.figure, standing.card.decimals
    if figure.lower_ci is None or figure.upper_ci is None:
        return ""
    return _("95% interval {low} to {high}").format(low=say_number(figure.lower_ci, decimals), high=say_number(figure.upper_ci, decimals))


def say_beside(standing: Standing) -> str:
    """The authority's and England's value, as far as there are any."""
    card, level = standing.card, standing.of.level
    said = [standing.authority or ("", None), (_("England"), standing.england)]
    return "; ".join(f"{name} {say_bare(value, card, level)}" for name, value in said if value is not None)


def say_what_stands_out(worse: Sequence[Standing], better: Sequence[Standing]) -> str:
    """The finding that the tables prove.

    >>> say_what_stands_out([], [])
    'Every figure here is similar to England.'
    """
    names = lambda found: join_names([_lower(each.card.short) for each in found])  # noqa: E731
    if not worse and not better:
        return _("Every figure here is similar to England.")
    if not worse:
        return _("Compared with the rest of England it is best on {list}.").format(list=names(better))
    said = _("Compared with the rest of England it is worst on {list}").format(list=names(worse))
    return said + (_("; furthest towards the better end for {list}.").format(list=names(better)) if better else ".")


def say_moments(moments: Sequence[Moment], card: LayerCard, level: Level) -> str:
    """How a figure moved from its first to its last period, with England beside; no word of trend, since that needs a test.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> card = read_catalogue()["smoking2021_england_lad24"]
    >>> say_moments([Moment("2015", 18.2, 16.9, ""), Moment("2021", 14.0, 13.0, "")], card, "lad")
    'From 18% in 2015 to 14% in 2021; England from 17% to 13%.'
    """
    there = [moment for moment in moments if moment.value is not None]
    if not there:
        return _("There is no figure for any period.")
    first, last = there[0], there[-1]
    if first is last:
        return _("{value} in {period}, and no other period.").format(value=say_bare(first.value, card, level), period=first.period)
    said = _("From {a} in {first} to {b} in {last}").format(
        a=say_bare(first.value, card, level), first=first.period, b=say_bare(last.value, card, level), last=last.period
    )
    if first.england is None or last.england is None:
        return f"{said}."
    england = _("England from {a} to {b}").format(a=say_bare(first.england, card, level), b=say_bare(last.england, card, level))
    return f"{said}; {england}."


def _lower(name: str) -> str:
    """A name inside a sentence: its first letter small, unless it is an abbreviation."""
    return name if name[:2].isupper() else name[0].lower() + name[1:]
