"""What stands beside an indicator's figure wherever it is shown: how it compares, whose it is, and why it is weak or absent."""

from __future__ import annotations

from typing import Final

from heatmap.drawing.elements import Element, el
from heatmap.geography.levels import SINGULAR
from heatmap.indicators.sentences import Side, say_comparison, side_of
from heatmap.indicators.standings import Standing
from heatmap.layers.words import FLAG_WORDS
from heatmap.snapshot import Area
from heatmap.words.language import _
from heatmap.words.phrases import say_left_out

#: How each side of the benchmark looks; the words say it too.
TAGS: Final[dict[Side, str]] = {"worse": "tag worse", "better": "tag better", "neutral": "tag", "none": ""}


def draw_comparison(standing: Standing) -> list[Element]:
    """How the figure compares with England's, or nothing where it was not compared."""
    words = say_comparison(standing.comparison, standing.of.level)
    return [el("Span", words, className=TAGS[side_of(standing.comparison)])] if words else []


def draw_doubts(standing: Standing, area: Area) -> list[Element]:
    """That the figure is a larger area's, and why it is weak or absent; the long reason where one points at the short."""
    parts = []
    if standing.of.code != area.code:
        whose = _("Figure of {name}, not of this {kind}").format(name=standing.of.title, kind=SINGULAR[area.level])
        parts.append(el("Span", whose, className="tag larger"))
    if standing.flag:
        short, long = FLAG_WORDS[standing.flag]
        if (out := standing.left_out) and standing.figure.value is not None:
            long = say_left_out(out.areas, out.withheld, out.of, out.level)
        parts.append(el("Span", short, className="tag weak", title=long))
    return parts
