"""A gradient as a picture (SVG) that stands by itself: bars with their intervals, the fitted line, how many people each bar is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from heatmap.deprivation import CURRENT
from heatmap.drawing.svg import FONT, draw_text, find_ticks, wrap_words
from heatmap.drawing.tokens import colour, ink_on
from heatmap.inequality.gradient import Answer
from heatmap.inequality.sentences import (
    decimals_for,
    name_group,
    say_card_number,
    say_counted,
    say_gradient_finding,
    say_line_up,
    say_scale,
)
from heatmap.layers.cards import LayerCard
from heatmap.layers.words import say_worse_end
from heatmap.snapshot import Snapshot
from heatmap.statistics import Groups
from heatmap.words.language import _

#: The two widths in pixels: a phone gets a drawing of its own.
WIDE: Final = 720
NARROW: Final = 340
#: How high the bars are with what is written round them; a page shows this part alone, as the picture's view ``bars``.
BARE_HEIGHT: Final = 330
_BEFORE: Final = 34.0  # above the highest line of the axis
_BELOW: Final = 60.0  # under the ground that the bars stand on
_LOW: Final = 20.0  # a bar no higher than this has its figure above it


@dataclass(frozen=True)
class _Plot:
    """Where the bars stand, in pixels, and what the axis goes from and to."""

    width: int
    top: float
    many: int
    ticks: list[float]
    left: float = 54.0

    @property
    def right(self) -> float:
        return self.width - 12.0

    @property
    def ground(self) -> float:
        return self.top + BARE_HEIGHT - _BEFORE - _BELOW

    @property
    def step(self) -> float:
        return (self.right - self.left) / self.many

    @property
    def wide(self) -> float:
        """How wide a bar is."""
        return min(self.step - 3, 52)

    def across(self, n: int) -> float:
        """The middle of a bar, counted from 0."""
        return self.left + self.step * (n + 0.5)

    def up(self, value: float) -> float:
        """How far down a value is."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.ground - (value - low) / (high - low) * (self.ground - self.top)


def draw_gradient(answer: Answer, snapshot: Snapshot, width: int = WIDE, words: bool = True) -> str:
    """The whole picture as SVG, ``width`` pixels wide; without groups it says why.

    words  whether title, finding, source and licence stand round the bars; ``#bars`` behind the address shows the part between them
    """
    card = snapshot.cards[answer.question.layer]
    finding = say_gradient_finding(answer, card, snapshot)
    credit = _("Source: {publisher}, {title}, {period}; Indices of Deprivation {year}. {licence}.").format(
        year=CURRENT.year, publisher=card.source.publisher, title=card.source.title, period=card.period, licence=card.source.licence
    )
    said, begin, height = [], 0.0, float(BARE_HEIGHT)
    if words:
        title = wrap_words(f"{card.title}. {finding}", 15, width)
        below = wrap_words(say_line_up(answer.question, answer.level, snapshot), 12, width)
        foot = wrap_words(f"{say_worse_end(card.polarity)} {say_scale(answer)} {credit}".replace("  ", " "), 11, width)
        second = 26.0 + 19 * len(title)
        begin = second + 16 * len(below) - 8
        third = begin + (BARE_HEIGHT if answer.groups else 0) + 16
        height = third + 14 * len(foot) - 4
        said = [
            *(draw_text(16, 26 + 19 * n, line, size=15, weight=700) for n, line in enumerate(title)),
            *(draw_text(16, second + 16 * n, line, size=12, ink="ink-2") for n, line in enumerate(below)),
            *(draw_text(16, third + 14 * n, line, size=11, ink="ink-2") for n, line in enumerate(foot)),
        ]
    drawn = _draw_plot(answer, card, width, begin + _BEFORE) if answer.groups else ""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height:.0f}' viewBox='0 0 {width} {height:.0f}' role='img'"
        f" font-family='{FONT}'><title>{escape(f'{card.title}. {finding}')}</title><view id='bars' viewBox='0 {begin:.0f} {width}"
        f" {BARE_HEIGHT}'/><rect width='{width}' height='{height:.0f}' fill='#fff'/>{''.join(said)}{drawn}</svg>"
    )


def _draw_plot(answer: Answer, card: LayerCard, width: int, top: float) -> str:
    assert answer.groups is not None and answer.gradient is not None  # draw_gradient has asked
    # Bars are equally wide, groups are not equally many: the line stands over each bar at the height of that group's own place in it.
    fitted = answer.gradient.fitted_at([0, *answer.gradient.position, 1]).tolist()
    plot = _Plot(width, top, len(answer.groups.each), _find_axis(answer.groups, fitted, card))
    marks = _draw_marks(answer.groups, fitted, plot)
    room = f"x='0' y='{plot.top:.1f}' width='{plot.width}' height='{plot.ground - plot.top:.1f}'"
    return "".join(
        [
            f"<clipPath id='room'><rect {room}/></clipPath>",
            _draw_axis(card, plot),
            _draw_bars(answer, card, fitted, plot),
            f"<g fill='none' stroke='{colour('here-ink')}'>{marks}</g>",
            f"<g fill='none' stroke='#ffffff' clip-path='url(#dark)'>{marks}</g>",
            f"<path d='M{plot.left} {plot.up(0.0):.1f}H{plot.right}' stroke='{colour('edge')}'/>",
            _draw_key(answer, card, bool(fitted), plot),
        ]
    )


def _find_axis(groups: Groups, fitted: Sequence[float], card: LayerCard) -> list[float]:
    """What is written at the axis: from 0, unless a figure is below; a share goes no further than from 0 to 100, wherever its line goes."""
    known = [
        height for one in groups.each for height in (one.estimate.value, one.estimate.lower_ci, one.estimate.upper_ci) if height is not None
    ]
    heights = [0.0, *fitted, *known]
    low, high = min(heights), max(heights)
    if min(known, default=0.0) >= 0:
        low = 0.0
    if card.unit.startswith("%") and max(known, default=0.0) <= 100:
        high = min(high, 100.0)
    return find_ticks(low, high)


def _draw_axis(card: LayerCard, plot: _Plot) -> str:
    return "".join(
        f"<path d='M{plot.left} {plot.up(tick):.1f}H{plot.right}' stroke='{colour('line')}'/>"
        + draw_text(plot.left - 6, plot.up(tick) + 4, _short_tick(tick, card), size=11, ink="ink-2", anchor="end")
        for tick in plot.ticks
    )


def _draw_bars(answer: Answer, card: LayerCard, fitted: Sequence[float], plot: _Plot) -> str:
    """Bars with their figures: at the foot of the bar, or above it where it is too low or a mark would cross the figure.

    ``dark`` is the outline of those bars on which only white is seen.
    """
    assert answer.groups is not None
    each, decimals = answer.groups.each, decimals_for(answer, card)
    labels = ["" if one.estimate.value is None else say_card_number(one.estimate.value, card, decimals).removesuffix("%") for one in each]
    size = min(12.0 if plot.width > NARROW else 11.0, plot.step / max(map(_measure, labels)))
    parts, dark = [], []
    for n, (group, label) in enumerate(zip(each, labels, strict=True)):
        middle, value = plot.across(n), group.estimate.value
        parts.append(draw_text(middle, plot.ground + 16, str(group.number), size=12, weight=700, anchor="middle"))
        parts.append(draw_text(middle, plot.ground + 31, _shorten(group.population), size=min(11, size), ink="ink-2", anchor="middle"))
        if value is None:
            parts.append(draw_text(middle, plot.ground - 8, _("none"), size=11, ink="ink-2", anchor="middle"))
            continue
        fill = f"seq-{group.number}" if len(each) == 10 else f"fifth-{group.number}"
        begin, end = sorted((plot.up(0.0), plot.up(value)))
        bar = f"x='{middle - plot.wide / 2:.1f}' y='{begin:.1f}' width='{plot.wide:.1f}' height='{max(end - begin, 1):.1f}' rx='2'"
        parts.append(f"<rect {bar} fill='{colour(fill)}' stroke='{colour('edge')}'/>")
        if ink_on(fill) == "#ffffff":
            dark.append(f"<rect {bar}/>")
        marks = [
            plot.up(height) for height in (group.estimate.lower_ci, group.estimate.upper_ci, *fitted[n + 1 : n + 2]) if height is not None
        ]
        over = end - begin < _LOW or any(end - _LOW - 6 < mark < end + 6 for mark in marks)
        where, ink = (min(begin, *marks, end) - 7, colour("ink")) if over else (end - 6, ink_on(fill))
        parts.append(_plain_text(middle, where, label, size, ink))
    return f"<clipPath id='dark'>{''.join(dark)}</clipPath>{''.join(parts)}"


def _draw_marks(groups: Groups, fitted: Sequence[float], plot: _Plot) -> str:
    """The fitted line, as far as the axis goes, and the intervals; the colour is that of the group they are in."""
    parts = []
    if fitted:
        along = [plot.left, *(plot.across(n) for n in range(plot.many)), plot.right]
        line = " ".join(f"{x:.1f},{plot.up(value):.1f}" for x, value in zip(along, fitted, strict=True))
        parts.append(f"<polyline points='{line}' stroke-width='2.2' stroke-dasharray='8 5' clip-path='url(#room)'/>")
    for n, group in enumerate(groups.each):
        one = group.estimate
        if one.lower_ci is not None and one.upper_ci is not None:
            x, low, high = plot.across(n), plot.up(one.lower_ci), plot.up(one.upper_ci)
            path = f"M{x:.1f} {low:.1f}V{high:.1f}M{x - 4:.1f} {low:.1f}h8M{x - 4:.1f} {high:.1f}h8"
            parts.append(f"<path d='{path}' stroke-width='1.6'/>")
    return "".join(parts)


def _draw_key(answer: Answer, card: LayerCard, line: bool, plot: _Plot) -> str:
    """Which end is the most deprived, and what the marks are."""
    assert answer.groups is not None
    first, last = f"1 = {_('most deprived')} {name_group(plot.many)}", f"{plot.many} = {_('least deprived')}"
    legend = [_("dashed: fitted line")] if line else []
    if any(one.estimate.has_interval for one in answer.groups.each):
        legend.append(_("whiskers: 95% interval") if plot.width > NARROW else _("whiskers: 95%"))
    legend.append(_("below: {counted}").format(counted=say_counted(answer, card)))
    return "".join(
        [
            draw_text(plot.left, plot.ground + 47, first, size=11, ink="ink-2"),
            draw_text(plot.right, plot.ground + 47, last, size=11, ink="ink-2", anchor="end"),
            draw_text(plot.right, plot.top - 10, "; ".join(legend), size=11, ink="ink-2", anchor="end"),
        ]
    )


def _plain_text(x: float, y: float, words: str, size: float, ink: str) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size:.1f}' font-weight='600' fill='{ink}' text-anchor='middle'>{escape(words)}</text>"
    )


def _measure(label: str) -> float:
    """How wide a number is, in parts of its height: a digit is twice as wide as a comma or a point.

    >>> round(_measure("1,702"), 2), round(_measure("30.4"), 2)
    (2.52, 1.96)
    """
    return sum(0.56 if letter.isdigit() else 0.28 for letter in label or "0")


def _short_tick(tick: float, card: LayerCard) -> str:
    return f"{tick:g}{'%' if card.unit.startswith('%') else ''}"


def _shorten(people: float) -> str:
    """
    >>> _shorten(511_234), _shorten(5_711_234), _shorten(940)
    ('511k', '5.7m', '940')
    """
    if people >= 1e6:
        return f"{people / 1e6:.1f}m"
    return f"{people / 1e3:.0f}k" if people >= 1e4 else f"{people:,.0f}"
