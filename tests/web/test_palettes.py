"""Colours that must be told apart can be, by five kinds of eye and in grey; text and edges stand out from what is behind them.

Differences are in CAM02-UCS: about 1 is just visible side by side, 8 and more is plain on a map. Colour blindness is that of Machado (2009)
at full severity; grey keeps the lightness of CIELAB. Both come from colorspacious.
"""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from heatmap.drawing.tokens import colour, contrast

EYES = ("normal", "deuteranomaly", "protanomaly", "tritanomaly", "grey")
POINTS = ("care", "pharmacy", "essentials", "library", "school", "project")
THIRDS = [f"bi-{need}{action}" for need in "123" for action in "123"]
#: Boxes of the square that share a side.
SIDES = [(f"bi-{a}{b}", f"bi-{a}{b + 1}") for a in (1, 2, 3) for b in (1, 2)] + [
    (f"bi-{a}{b}", f"bi-{a + 1}{b}") for a in (1, 2) for b in (1, 2, 3)
]
DIVERGING = ("div-worse-3", "div-worse-2", "div-worse-1", "div-same", "div-better-1", "div-better-2", "div-better-3")
#: The pairs that must differ, by how much for eyes that see colour, and in grey: None where shape or stripes tell them apart.
PALETTES = {
    "tenths": (list(pairwise(f"seq-{n}" for n in range(1, 11))), 8, 8),
    "fifths": (list(pairwise(f"fifth-{n}" for n in range(1, 6))), 16, 16),
    "diverging": (list(pairwise(DIVERGING)), 12, 12),
    "two layers, side by side": (SIDES, 12, 9),
    "two layers, any two": (list(combinations(THIRDS, 2)), 12, None),
    "points": (list(combinations([f"pt-{kind}" for kind in POINTS], 2)), 12, None),
}


def seen(name: str, eye: str) -> np.ndarray:
    """A token's colour as an eye sees it, as sRGB from 0 to 1."""
    own = np.array([int(colour(name)[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    if eye == "normal":
        return own
    if eye == "grey":
        return np.clip(cspace_convert([cspace_convert(own, "sRGB1", "CIELab")[0], 0, 0], "CIELab", "sRGB1"), 0, 1)
    return np.clip(cspace_convert(own, {"name": "sRGB1+CVD", "cvd_type": eye, "severity": 100}, "sRGB1"), 0, 1)


WANTED = [
    (palette, eye, in_grey if eye == "grey" else in_colour)
    for palette, (_pairs, in_colour, in_grey) in PALETTES.items()
    for eye in EYES
    if eye != "grey" or in_grey is not None
]


@pytest.mark.parametrize(("palette", "eye", "wanted"), WANTED)
def test_colours_that_must_be_told_apart_can_be(palette: str, eye: str, wanted: float) -> None:
    """The least difference of each palette, for each kind of eye."""
    close = {
        pair: round(float(deltaE(seen(pair[0], eye), seen(pair[1], eye), input_space="sRGB1", uniform_space="CAM02-UCS")), 1)
        for pair in PALETTES[palette][0]
    }
    assert {pair: difference for pair, difference in close.items() if difference < wanted} == {}


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        *(("ink", ground, 7) for ground in ("paper", "surface", "sunk", "here-soft")),
        *(("ink-2", ground, 7) for ground in ("paper", "surface")),
        *(("action", ground, 7) for ground in ("paper", "surface", "action-soft")),
        *(("ink-on-dark", ground, 7) for ground in ("action", "action-hover")),
        *(("ink-on-dark", f"seq-{n}", 4.5) for n in range(1, 6)),
        *(("ink", f"seq-{n}", 4.5) for n in range(6, 11)),
        *(("ink-on-dark", f"pt-{kind}", 4.5) for kind in POINTS),
        ("here-ink", "here", 7),
    ],
)
def test_text_stands_out_more_than_it_must(one: str, other: str, least: float) -> None:
    """Running text has 7 to 1, and text on the colours of the map 4.5 to 1 (WCAG 1.4.6, 1.4.3)."""
    assert contrast(colour(one), colour(other)) >= least


@pytest.mark.parametrize("tenth", range(1, 11))
def test_the_outline_of_the_chosen_place_is_seen_on_every_tenth(tenth: int) -> None:
    """It has two colours, and one of them has 3 to 1 (WCAG 1.4.11)."""
    assert max(contrast(colour(line), colour(f"seq-{tenth}")) for line in ("here", "here-ink")) >= 3
