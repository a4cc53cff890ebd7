"""A gradient as a picture (SVG) that stands by itself: bars with their intervals, the fitted line, how many people each bar is."""

from __future__ import annotations

from html import escape
from typing import Final

from heatmap.cards import LayerCard
from heatmap.gradient import Answer
from heatmap.gradient_sentences import (
    decimals_for,
    name_group,
    say_counted,
    say_finding,
    say_line_up,
    say_number,
    say_scale,
)
from heatmap.indicator_chart import FONT, draw_text, find_ticks, wrap_words
from heatmap.store import Snapshot
from heatmap.tokens import colour, ink_on
from heatmap.words import _, say_worse_end

#: The two widths, and the height, in pixels: a phone gets a drawing of its own.
WIDE: Final = 720
NARROW: Final = 340
HEIGHT: Final = 460
#: How high it is without its words, which a page says beside it.
BARE_HEIGHT: Final = 330


def draw_gradient(answer: Answer, snapshot: Snapshot, width: int = WIDE, words: bool = True) -> str:
    """The whole picture as SVG, ``width`` pixels wide; without groups it says why.

    words  whether title, finding, source and licence stand round the bars; a page says them itself
    """
    card = snapshot.cards[answer.question.layer]
    finding = say_finding(answer, card, snapshot)
    credit = _("Source: {publisher}, {title}, {period}; Indices of Deprivation 2025. {licence}.").format(
        publisher=card.source.publisher, title=card.source.title, period=card.period, licence=card.source.licence
    )
    said, height, top, ground = [], BARE_HEIGHT, 34.0, BARE_HEIGHT - 60.0
    if words:
        title = wrap_words(f"{card.title}. {finding}", 15, width)
        below = wrap_words(say_line_up(answer.question, answer.level, snapshot), 12, width)
        foot = wrap_words(f"{say_worse_end(card.polarity)} {say_scale(answer)} {credit}".replace("  ", " "), 11, width)
        height, top = HEIGHT, 24.0 + 19 * len(title)
        said = [
            *(draw_text(16, 24 + 19 * n, line, size=15, weight=700) for n, line in enumerate(title)),
            *(draw_text(16, top + 16 * n, line, size=12, ink="ink-2") for n, line in enumerate(below)),
            *(draw_text(16, height - 10 - 14 * (len(foot) - 1 - n), line, size=11, ink="ink-2") for n, line in enumerate(foot)),
        ]
        top, ground = top + 16 * len(below) + 22, height - 14.0 * len(foot) - 66
    drawn = _bars(answer, card, width, top, ground) if answer.groups else ""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' role='img'"
        f" font-family='{FONT}'><title>{escape(f'{card.title}. {finding}')}</title>"
        f"<rect width='{width}' height='{height}' fill='#fff'/>{''.join(said)}{drawn}</svg>"
    )


def _bars(answer: Answer, card: LayerCard, width: int, top: float, ground: float) -> str:
    assert answer.groups is not None and answer.gradient is not None  # draw_gradient has asked
    each, decimals = answer.groups.each, decimals_for(answer, card)
    # Bars are equally wide, groups are not equally many: the line stands over each bar at the height of that group's own place in it.
    fitted = answer.gradient.fitted_at([0, *answer.gradient.position, 1]).tolist()
    present = [group.estimate for group in each if group.estimate.value is not None]
    heights = [0.0, *fitted, *(height for one in present for height in (one.value, one.lower_ci, one.upper_ci) if height is not None)]
    ticks = find_ticks(min(heights), max(heights))
    low, high = ticks[0], ticks[-1]
    left, right = 54.0, width - 12.0
    step = (right - left) / len(each)
    wide = min(step - 3, 52)
    up = lambda value: ground - (value - low) / (high - low) * (ground - top)  # noqa: E731
    parts = [
        f"<path d='M{left} {up(tick):.1f}H{right}' stroke='{colour('line')}'/>"
        + draw_text(left - 6, up(tick) + 4, _short_tick(tick, card), size=11, ink="ink-2", anchor="end")
        for tick in ticks
    ]
    for n, group in enumerate(each):
        middle, value = left + step * (n + 0.5), group.estimate.value
        parts.append(draw_text(middle, ground + 16, str(group.number), size=12, weight=700, anchor="middle"))
        parts.append(
            draw_text(middle, ground + 31, _shorten(group.population), size=11 if width > NARROW else 9.5, ink="ink-2", anchor="middle")
        )
        if value is None:
            parts.append(draw_text(middle, ground - 8, _("none"), size=11, ink="ink-2", anchor="middle"))
            continue
        fill = f"seq-{group.number}" if len(each) == 10 else f"fifth-{group.number}"
        begin, end = sorted((up(0.0), up(value)))
        parts.append(
            f"<rect x='{middle - wide / 2:.1f}' y='{begin:.1f}' width='{wide:.1f}' height='{max(end - begin, 1):.1f}' rx='2'"
            f" fill='{colour(fill)}' stroke='{colour('edge')}'/>"
        )
        label, size = say_number(value, card, decimals).removesuffix("%"), 12 if width > NARROW else 10
        if len(label) * size * 0.58 <= wide + 3 and end - begin > 20:
            parts.append(_plain_text(middle, max(up(0.0), up(value)) - 6, label, size, ink_on(fill)))
    along = [left, *(left + step * (n + 0.5) for n in range(len(each))), right]
    line = " ".join(f"{x:.1f},{up(value):.1f}" for x, value in zip(along, fitted, strict=False))
    if line:
        for ink, thick, dash in (("#fff", 5, ""), (colour("here-ink"), 2.2, " stroke-dasharray='8 5'")):
            parts.append(f"<polyline points='{line}' fill='none' stroke='{ink}' stroke-width='{thick}'{dash}/>")
    for n, group in enumerate(each):
        if group.estimate.lower_ci is not None and group.estimate.upper_ci is not None:
            parts.append(_whisker(left + step * (n + 0.5), up(group.estimate.lower_ci), up(group.estimate.upper_ci)))
    parts.append(f"<path d='M{left} {up(0.0):.1f}H{right}' stroke='{colour('edge')}'/>")
    first, last = f"1 = {_('most deprived')} {name_group(len(each))}", f"{len(each)} = {_('least deprived')}"
    parts.append(
        draw_text(left, ground + 47, first, size=11, ink="ink-2") + draw_text(right, ground + 47, last, size=11, ink="ink-2", anchor="end")
    )
    legend = [_("dashed: fitted line")] if line else []
    if any(one.has_interval for one in present):
        legend.append(_("whiskers: 95% interval") if width > NARROW else _("whiskers: 95%"))
    legend.append(_("below: {counted}").format(counted=say_counted(answer, card)))
    parts.append(draw_text(right, top - 10, "; ".join(legend), size=11, ink="ink-2", anchor="end"))
    return "".join(parts)


def _whisker(x: float, low: float, high: float) -> str:
    path = f"M{x:.1f} {low:.1f}V{high:.1f}M{x - 4:.1f} {low:.1f}h8M{x - 4:.1f} {high:.1f}h8"
    return f"<path d='{path}' stroke='#fff' stroke-width='4'/><path d='{path}' stroke='{colour('here-ink')}' stroke-width='1.6'/>"


def _plain_text(x: float, y: float, words: str, size: float, ink: str) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' font-weight='600' fill='{ink}' text-anchor='middle'>{escape(words)}</text>"


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
