"""The classes a layer is drawn in: their words, their edges, and that no value falls between or in two."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.geography.levels import LEVELS, Level
from heatmap.layers.cards import LayerCard
from heatmap.layers.catalogue import read_catalogue
from heatmap.layers.classes import (
    class_of_amount,
    class_of_move,
    class_of_share,
    classes_of,
    edges_of_fifths,
    levels_of,
)

CARDS = read_catalogue()
BREAKS = (-20.0, -10.0, -5.0, 5.0, 10.0, 20.0)
EDGES = (1800.0, 1600.0, 1400.0, 1200.0)
EVERY = [(card, level, groups) for card in CARDS.values() for level in levels_of(card) for groups in ("tenths", "fifths")]
amounts = st.lists(st.floats(0, 1e7, allow_nan=False), min_size=5, max_size=200)


@pytest.mark.parametrize(
    ("percent", "number"),
    [
        (100, 1),
        (50, 1),
        (49.999, 2),
        (25, 2),
        (24.999, 3),
        (10, 3),
        (9.999, 4),
        (0.0001, 4),
        (0, 5),
        (math.nan, 0),
    ],
)
def test_shares_at_their_edges(percent: float, number: int) -> None:
    """Half is "half or more", a tenth is "10 to 25", one person is not none, and absent is no class."""
    assert class_of_share([percent])[0] == number


@pytest.mark.parametrize(("points", "number"), [
    (-99, 1), (-20.001, 1), (-20, 2), (-10.001, 2), (-10, 3), (-5.001, 3), (-5, 4), (0, 4), (5, 4), (5.001, 5), (10, 5),
    (10.001, 6), (20, 6), (20.001, 7), (99, 7), (math.nan, 0),
])  # fmt: skip
def test_moves_at_their_edges(points: float, number: int) -> None:
    """Five points either way is "about where it was"; an edge belongs to the smaller move."""
    assert class_of_move([points], BREAKS)[0] == number


@settings(deadline=None)
@given(st.floats(-100, 100, allow_nan=False))
def test_moves_are_drawn_alike_both_ways(points: float) -> None:
    """A move towards one end is as far from the middle as the same move towards the other."""
    there, back = class_of_move([points, -points], BREAKS)
    assert there + back == 8


@pytest.mark.parametrize(
    ("amount", "number"),
    [
        (9e9, 1),
        (1800, 1),
        (1799.9, 2),
        (1600, 2),
        (1400, 3),
        (1200, 4),
        (1199.9, 5),
        (0, 5),
        (math.nan, 0),
    ],
)
def test_amounts_at_their_edges(amount: float, number: int) -> None:
    """An edge belongs to the larger class, as its words "1,800 or more" say."""
    assert class_of_amount([amount], EDGES)[0] == number


@settings(deadline=None)
@given(
    amounts
    | st.lists(st.sampled_from([0.0, 0.1, 0.25, 1.0, 2.0, 3.0, 7.5]), min_size=1, max_size=60)
    | st.lists(st.floats(-50, 50, width=16), min_size=1, max_size=60)
)
def test_five_classes_wherever_there_are_five_values(values: list[float]) -> None:
    """As many classes as values, five at most; none is empty, edges fall, and where zeros are many they are alone."""
    edges = edges_of_fifths(values)
    numbers = class_of_amount(values, edges)
    assert list(edges) == sorted(set(edges), reverse=True) and edges
    wanted = min(5, len(set(values)))
    assert set(numbers) == set(range(1, wanted + 1)) or wanted == 1
    zeros = [number for value, number in zip(values, numbers, strict=True) if value == 0]
    if min(values) == 0 and len(zeros) >= len(values) / 10:
        assert edges[-1] == 0 and (numbers == len(edges) + 1).sum() == len(zeros)
    else:
        assert 0 not in edges


@pytest.mark.parametrize(
    ("values", "sizes"),
    [
        ([0] * 52 + [1, 2, 3, 4, 5, 6, 7, 9], [2, 2, 2, 2, 52]),
        ([0] * 30 + [1] * 30, [30, 30]),
        ([1, 1, 1, 1, 1, 2, 3, 4, 5], [1, 1, 1, 1, 5]),
        ([round(0.01 + 0.016 * n, 3) for n in range(60)], [12, 12, 12, 12, 12]),
        ([100.0] * 40 + [99.9, 99.8, 99.7, 99.6], [40, 1, 1, 1, 1]),
    ],
)
@pytest.mark.parametrize("low_first", [False, True])
def test_classes_are_of_like_size(values: list[float], sizes: list[int], low_first: bool) -> None:
    """Counted by hand, from the largest values down; from the smallest up where low is worse, so that zero is at its own end."""
    numbers = class_of_amount(values, edges_of_fifths(values), low_first=low_first)
    found = np.bincount(numbers)[1:].tolist()
    assert (found[::-1] if low_first else found) == sizes


@pytest.mark.parametrize(("values", "unit", "worse", "labels"), [
    ([0] * 52 + [1, 2, 3, 4, 5, 6, 7, 9], "street parties", "low_is_worse",
     ["0 street parties", "below 3 street parties, not 0", "3 to 5 street parties", "5 to 7 street parties", "7 street parties or more"]),
    ([round(0.01 + 0.016 * n, 3) for n in range(60)], "% of steps", "high_is_worse",
     ["0.77% of steps or more", "0.58 to 0.77% of steps", "0.39 to 0.58% of steps", "0.20 to 0.39% of steps", "below 0.20% of steps"]),
    ([0, 0, 3], "ratio, England about 1", "no_judgement", ["a ratio more than 0 (England about 1)", "a ratio of 0 (England about 1)"]),
    ([0.5, 1.5, 2.5], "average, 0 to 10", "low_is_worse",
     ["an average below 1.2 (0 to 10)", "an average of 1.2 to 1.8 (0 to 10)", "an average of 1.8 or more (0 to 10)"]),
])  # fmt: skip
def test_labels_have_as_many_decimals_as_their_boxes_need(values: list[float], unit: str, worse: str, labels: list[str]) -> None:
    """Whatever the card says of its figures: no box reads "0.5 to 0.5", and zero says so."""
    card = CARDS["overcrowded2021_england_lsoa21"].model_copy(update={"unit": unit, "polarity": worse, "decimals": 0})
    classes = classes_of(card, "lsoa", edges=edges_of_fifths(values))
    assert [one.label for one in classes] == labels
    assert len({one.short for one in classes}) == len(classes)


@settings(deadline=None)
@given(amounts)
def test_a_larger_amount_is_never_in_a_smaller_class(values: list[float]) -> None:
    """Bands do not overlap: in order of amount the classes never go back."""
    numbers = class_of_amount(sorted(values), edges_of_fifths(values))
    assert (np.diff(numbers.astype(int)) <= 0).all()
    assert set(numbers) <= {1, 2, 3, 4, 5}


@settings(deadline=None)
@given(st.lists(st.floats(0, 100, allow_nan=False), min_size=1))
def test_a_larger_share_is_never_in_a_lighter_class(values: list[float]) -> None:
    """In order of share the classes never go back, and every share has one."""
    numbers = class_of_share(sorted(values))
    assert (np.diff(numbers.astype(int)) <= 0).all()
    assert set(numbers) <= {1, 2, 3, 4, 5}


@pytest.mark.parametrize(("card", "level", "groups"), EVERY, ids=lambda part: getattr(part, "id", part))
def test_every_legend_is_complete(card: LayerCard, level: Level, groups: str) -> None:
    """Numbers run from 1, and no two classes share a colour or their words."""
    classes = classes_of(card, level, groups, EDGES)
    assert [one.number for one in classes] == list(range(1, len(classes) + 1))
    assert len({one.colour for one in classes}) == len({one.label for one in classes}) == len(classes)
    assert all(one.label[0].isupper() or one.label[0].isdigit() or level != "lsoa" or card.scheme != "tenths" for one in classes)


@pytest.mark.parametrize("card", [card for card in CARDS.values() if card.scheme == "tenths"], ids=lambda card: card.id)
def test_tenths_say_which_end_is_worse(card: LayerCard) -> None:
    """The first class is the most deprived and the darkest, the last the least, and the words say so."""
    tenths, fifths = (classes_of(card, "lsoa", groups) for groups in ("tenths", "fifths"))
    assert (len(tenths), len(fifths)) == (10, 5)
    first, last = card.ends or ("most deprived", "least deprived")
    assert (tenths[0].label, tenths[-1].label) == (f"Tenth 1: {first} tenth", f"Tenth 10: {last} tenth")
    assert (fifths[0].label, fifths[-1].label) == (f"Fifth 1: {first} fifth", f"Fifth 5: {last} fifth")
    assert (tenths[0].colour, fifths[0].colour) == ("seq-1", "fifth-1")


@pytest.mark.parametrize("level", LEVELS[1:])
def test_shares_mean_the_same_at_every_level(level: Level) -> None:
    """Above LSOA the classes are those of shares, whatever the level and the grouping."""
    card = CARDS["imd2025_england_lsoa21"]
    labels = [one.label for one in classes_of(card, level, "tenths")]
    assert labels == ["half or more", "25 to 50 in 100", "10 to 25 in 100", "fewer than 10 in 100", "none"]
    assert classes_of(card, level, "fifths") == classes_of(card, level, "tenths")


def test_moves_say_in_words_which_way() -> None:
    """The first class moved furthest towards the most deprived end, the middle one hardly at all."""
    labels = [one.label for one in classes_of(CARDS["imd_moved2025_england_lsoa21"], "lsoa")]
    assert labels[0] == "more than 20 points towards the most deprived end"
    assert labels[3] == "within 5 points of 2019"
    assert labels[6] == "more than 20 points towards the least deprived end"


def test_amounts_say_their_edges() -> None:
    """The words of an amount are its edges with the card's unit, long and short."""
    classes = classes_of(CARDS["population2022_england_lsoa21"], "lsoa", edges=EDGES)
    assert [one.label for one in classes] == [
        "1,800 people or more",
        "1,600 to 1,800 people",
        "1,400 to 1,600 people",
        "1,200 to 1,400 people",
        "below 1,200 people",
    ]
    assert [one.short for one in classes] == ["1.8k+", "1.6k–1.8k", "1.4k–1.6k", "1.2k–1.4k", "<1.2k"]


def test_a_move_is_shown_at_lsoa_alone() -> None:
    """A move is not added up over places, nor an amount whose card does not say how; everything else is shown at five levels."""
    assert levels_of(CARDS["imd_moved2025_england_lsoa21"]) == ("lsoa",)
    assert CARDS["imd2025_england_lsoa21"].scheme == "tenths" and levels_of(CARDS["imd2025_england_lsoa21"]) == LEVELS
    for card in CARDS.values():
        if card.base_level == "lsoa" and card.scheme != "moved":
            assert levels_of(card) == (("lsoa",) if card.scheme == "amount" and card.larger_areas == "none" else LEVELS), card.id
