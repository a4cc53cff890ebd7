"""What every chart of ours is drawn with: its type, round numbers for an axis, and words in a picture (SVG)."""

from __future__ import annotations

import math
from html import escape
from typing import Final

from heatmap.drawing.tokens import colour

_LETTER: Final = 0.5  # how wide a letter is, in parts of its height
FONT: Final = "Segoe UI,Roboto,Noto Sans,Liberation Sans,Arial,sans-serif"


def find_ticks(low: float, high: float) -> list[float]:
    """Round numbers that hold both ends, four to six of them.

    >>> find_ticks(12.9, 18.2), find_ticks(0.0, 0.0)
    ([12, 14, 16, 18, 20], [-1.0, 0.0, 1.0])
    """
    if high <= low:
        return [low - 1, low, low + 1]
    rough = (high - low) / 4.5
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * each for each in (1, 2, 5, 10) if size * each >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(n * step, 10) for n in range(first, last + 1)]


def wrap_words(words: str, size: int, width: int) -> list[str]:
    """Lines of words of a size that fit a picture of a width.

    >>> wrap_words("Higher is worse. Source: ONS.", 11, 150)
    ['Higher is worse.', 'Source: ONS.']
    """
    most = (width - 32) / (size * _LETTER)
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) + 1 > most and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def draw_text(x: float, y: float, words: str, size: float, weight: int = 400, ink: str = "ink", anchor: str = "start") -> str:
    """Words in a picture, in the colour of a token, with a white edge so that a line behind them does not cross them out."""
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' font-weight='{weight}' fill='{colour(ink)}' text-anchor='{anchor}'"
        f" paint-order='stroke' stroke='#fff' stroke-width='3' stroke-linejoin='round'>{escape(words)}</text>"
    )
