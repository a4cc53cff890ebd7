"""One indicator of one area as a picture (SVG) that stands by itself: title, finding, source, licence and which end is worse.

Over the periods as a line with England beside; of one period as the spread of England's areas with the place marked.
Numbers in, picture out; no library, no request, safe to print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from heatmap.deprivation import DEPRIVED
from heatmap.drawing.svg import FONT, draw_text, find_ticks, wrap_words
from heatmap.drawing.tokens import colour
from heatmap.geography.levels import PLURAL
from heatmap.indicators.sentences import say_bare, say_beside, say_comparison, say_figure, say_moments
from heatmap.indicators.standings import Moment, Standing, national_values, over_time, polarity_of
from heatmap.layers.words import say_worse_end
from heatmap.snapshot import Snapshot
from heatmap.words.language import _

#: How wide the name of a period is, in pixels.
_PERIOD: Final = 36
#: The two widths a chart is drawn for, and its height, in pixels: a phone gets a drawing of its own, never a shrunken one.
WIDE: Final = 560
NARROW: Final = 340
HEIGHT: Final = 340
_BINS: Final = 40


@dataclass(frozen=True)
class Room:
    """Where the drawing itself stands, in pixels: between title and source, ``ground`` being the line it stands on."""

    left: float
    top: float
    right: float
    ground: float


def draw_chart(standing: Standing, snapshot: Snapshot, width: int = WIDE) -> str:
    """The whole picture as SVG, ``width`` pixels wide."""
    card, of = standing.card, standing.of
    moments = over_time(card, of, snapshot)
    finding = say_moments(moments, card, of.level) if moments else say_chart_finding(standing)
    worse = say_worse_end(polarity_of(card, standing.of.level)) if standing.rank is None else ""
    credit = _("Source: {publisher}, {title}, {period}. {licence}.").format(
        publisher=card.source.publisher, title=card.source.title, period=card.period, licence=card.source.licence
    )
    title, said, foot = (
        wrap_words(words, size, width)
        for words, size in ((f"{card.title}: {of.title}", 17), (finding, 13), (f"{worse} {credit}".strip(), 11))
    )
    below_title = 26 + 20 * len(title)
    words = [
        *(draw_text(16, 26 + 20 * n, line, size=17, weight=700) for n, line in enumerate(title)),
        *(draw_text(16, below_title + 17 * n, line, size=13, ink="ink-2") for n, line in enumerate(said)),
        *(draw_text(16, HEIGHT - 8 - 15 * (len(foot) - 1 - n), line, size=11, ink="ink-2") for n, line in enumerate(foot)),
    ]
    room = Room(56, below_title + 17 * len(said) + 10, width - 16, HEIGHT - 15 * len(foot) - 54)
    drawn = _lines(moments, standing, room) if any(moment.value is not None for moment in moments) else _spread(standing, snapshot, room)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{HEIGHT}' viewBox='0 0 {width} {HEIGHT}' role='img'"
        f" font-family='{FONT}'><title>{escape(f'{card.title}: {of.title}. {finding}')}</title>"
        f"<rect width='{width}' height='{HEIGHT}' fill='#fff'/>{''.join(words)}{drawn}</svg>"
    )


def say_chart_finding(standing: Standing) -> str:
    """What a chart of one period proves."""
    parts = [say_figure(standing), say_comparison(standing.comparison, standing.of.level), say_beside(standing)]
    said = "; ".join(filter(None, parts))
    return f"{said[0].upper()}{said[1:]}."


# ---- over the periods ----


def _lines(moments: Sequence[Moment], standing: Standing, room: Room) -> str:
    card, level = standing.card, standing.of.level
    present = [value for moment in moments for value in (moment.value, moment.england) if value is not None]
    ticks = find_ticks(min(present), max(present))
    low, high = ticks[0], ticks[-1]
    right = room.right - 112  # names stand at the ends of the lines
    step = (right - room.left) / (len(moments) - 1)
    every = 1 if step >= _PERIOD else 2  # the last always has its name
    up = lambda value: room.ground - (value - low) / (high - low) * (room.ground - room.top)  # noqa: E731
    parts = [_tick_line(up(tick), say_bare(tick, card, level), room, right) for tick in ticks]
    parts += [
        draw_text(room.left + step * n, room.ground + 18, moment.period, size=12, ink="ink-2", anchor="middle")
        for n, moment in enumerate(moments)
        if (len(moments) - 1 - n) % every == 0
    ]
    ends = []
    for name, values, ink, dash in (
        (_("England"), [moment.england for moment in moments], "ink-2", "5 4"),
        (standing.of.title, [moment.value for moment in moments], "seq-2", ""),
    ):
        points = [(room.left + step * n, up(value)) for n, value in enumerate(values) if value is not None]
        if not points:
            continue
        parts.append(_line(points, ink, dash))
        if not dash:
            parts += [
                f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='{colour('here')}' stroke='{colour('here-ink')}' stroke-width='1.5'/>"
                for x, y in points
            ]
        last = next(value for value in reversed(values) if value is not None)
        ends.append((points[-1][1], f"{_short(name)} {say_bare(last, card, level)}", not dash))
    before = 0.0
    ends.sort()
    for y, words, bold in ends:  # never one over the other
        before = max(y + 4, before + 16)
        parts.append(draw_text(right + 10, before, words, size=12, weight=700 if bold else 400))
    return "".join(parts)


def _line(points: Sequence[tuple[float, float]], ink: str, dash: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f"<polyline points='{path}' fill='none'{_stroke(ink, 2.5, dash)}/>"


# ---- one period ----


def _spread(standing: Standing, snapshot: Snapshot, room: Room) -> str:
    card, level = standing.card, standing.of.level
    values = national_values(card.id, level, snapshot).astype(float)
    placed = standing.figure.value if standing.figure.value is not None else standing.rank
    if not len(values) or placed is None:
        return draw_text(room.left, room.top + 40, _("There is nothing to draw: no figure here."), size=14)
    if standing.figure.value is None:
        return _line_of_ranks(standing, len(values), room)
    low, high = (float(edge) for edge in np.quantile(values, (0.001, 0.999)))
    marks = [value for value in (standing.england, standing.authority[1] if standing.authority else None, placed) if value is not None]
    low, high = min(low, *marks), max(high, *marks)
    if low == high:
        return draw_text(room.left, room.top + 40, _("All of England’s {areas} have the same figure.").format(areas=PLURAL[level]), size=14)
    count, edges = np.histogram(np.clip(values, low, high), bins=_BINS, range=(low, high))
    along = lambda value: room.left + (value - low) / (high - low) * (room.right - room.left)  # noqa: E731
    tall = (room.ground - room.top - 34) / max(count.max(), 1)
    parts = [
        f"<rect x='{along(left) + 0.5:.1f}' y='{room.ground - n * tall:.1f}' width='{along(end) - along(left) - 1:.1f}'"
        f" height='{n * tall:.1f}' fill='{colour('seq-8')}'/>"
        for left, end, n in zip(edges[:-1], edges[1:], count, strict=True)
    ]
    parts.append(f"<path d='M{room.left} {room.ground}H{room.right}' stroke='{colour('edge')}'/>")
    parts += [
        draw_text(
            along(tick),
            room.ground + 16,
            say_bare(tick, card, level),
            size=12,
            ink="ink-2",
            anchor="middle",
        )
        for tick in find_ticks(low, high)
        if low <= tick <= high
    ]
    named = [
        (_("England"), standing.england, "ink-2", "4 3"),
        (*(standing.authority or ("", None)), "seq-4", "2 2"),
        (standing.of.title, placed, "here-ink", ""),
    ]
    for row, (name, value, ink, dash) in enumerate(each for each in named if each[1] is not None):
        x, y = along(value), room.top + 8 + 15 * row
        anchor = "end" if x > 0.6 * room.right else "start"
        parts.append(f"<path d='M{x:.1f} {y - 4}V{room.ground}'{_stroke(ink, 1.5 if dash else 2.5, dash)}/>")
        parts.append(
            draw_text(x - 5 if anchor == "end" else x + 5, y, _short(name, 30), size=12, weight=400 if dash else 700, anchor=anchor)
        )
    parts.append(
        draw_text(
            (room.left + room.right) / 2,
            room.ground + 34,
            _("{areas} in England").format(areas=PLURAL[level].capitalize()),
            size=12,
            ink="ink-2",
            anchor="middle",
        )
    )
    return "".join(parts)


def _line_of_ranks(standing: Standing, areas: int, room: Room) -> str:
    """Fifths side by side, the first end at the left, with the place marked: ranks have no spread to draw."""
    assert standing.rank is not None  # _spread draws the others
    wide = (room.right - room.left) / 5
    first, last = standing.card.ends or DEPRIVED
    x = room.left + (standing.rank - 0.5) / areas * wide * 5
    anchor = "end" if x > (room.left + room.right) / 2 else "start"
    boxes = [
        f"<rect x='{room.left + n * wide:.1f}' y='{room.ground - 48}' width='{wide - 1:.1f}' height='48' fill='{colour(f'fifth-{n + 1}')}'"
        f" stroke='{colour('edge')}'/>"
        for n in range(5)
    ]
    return "".join(
        [
            *boxes,
            (
                f"<path d='M{x:.1f} {room.top + 20}V{room.ground}'{_stroke('here-ink', 6, '')}/><path d='M{x:.1f}"
                f" {room.top + 20}V{room.ground}'{_stroke('here', 3, '')}/>"
            ),
            draw_text(x - 8 if anchor == "end" else x + 8, room.top + 30, standing.of.title, size=12, weight=700, anchor=anchor),
            draw_text(room.left, room.ground + 18, first, size=12, ink="ink-2"),
            draw_text(room.right, room.ground + (18 if wide > 90 else 34), last, size=12, ink="ink-2", anchor="end"),
        ]
    )


# ---- what both share ----


def _tick_line(y: float, words: str, room: Room, right: float) -> str:
    return f"<path d='M{room.left} {y:.1f}H{right:.1f}' stroke='{colour('line')}'/>" + draw_text(
        room.left - 8, y + 4, words, size=12, ink="ink-2", anchor="end"
    )


def _stroke(ink: str, width: float, dash: str) -> str:
    return f" stroke='{colour(ink)}' stroke-width='{width}'" + (f" stroke-dasharray='{dash}'" if dash else "")


def _short(name: str, most: int = 16) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
