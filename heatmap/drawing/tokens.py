"""The design tokens, read from ``assets/tokens.css``: the one place that holds every colour."""

from __future__ import annotations

import re
from functools import cache

from heatmap.settings import ROOT

TOKENS_CSS = ROOT / "assets" / "tokens.css"


@cache
def _tokens() -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", TOKENS_CSS.read_text(encoding="utf-8")))


def colour(name: str) -> str:
    """The hex value of a token.

    >>> colour("seq-1")
    '#101c44'
    """
    return _tokens()[name]


def ink_on(name: str) -> str:
    """Black or white ink, whichever stands out more on a token's colour (WCAG 2.2 contrast).

    >>> ink_on("seq-1"), ink_on("seq-10")
    ('#ffffff', '#14182b')
    """
    return max(("#ffffff", colour("here-ink")), key=lambda ink: contrast(ink, colour(name)))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, relative luminance.

    >>> round(contrast("#ffffff", "#000000"), 1)
    21.0
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour_: str) -> float:
    parts = [int(colour_[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
