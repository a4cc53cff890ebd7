"""The legend of nine boxes, three by three: how many areas are in each. A box leads to itself alone, on the map and as a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from heatmap.drawing.elements import Element, el
from heatmap.drawing.tokens import ink_on
from heatmap.inequality.pairs import number_box, split_box
from heatmap.map.drawn import MapClass


@dataclass(frozen=True)
class Box:
    """One box: how many areas, what is said of it, where it leads, whether it is the one picked out."""

    many: int
    words: str
    href: str
    chosen: bool = False


def name_colour(number: int) -> str:
    """The token of a box's colour; box 1 is low by both, 3 high by the second, 9 high by both.

    >>> name_colour(1), name_colour(3), name_colour(9)
    ('bi-11', 'bi-13', 'bi-33')
    """
    row, column = split_box(number)
    return f"bi-{row}{column}"


def make_classes(say: Callable[[int], str], striped: Sequence[int] = ()) -> list[MapClass]:
    """The nine classes of a map, in words."""
    return [MapClass(name_colour(number), say(number)[:1].upper() + say(number)[1:], number in striped) for number in range(1, 10)]


def draw_nine(
    caption: str, axes: str, rows: Sequence[str], columns: Sequence[str], box: Callable[[int], Box], striped: Sequence[int] = ()
) -> Element:
    """The boxes as a table, high by both at the top right.

    rows, columns  the words of the three classes, low first
    box            each by its number
    striped        those that must not be missed
    """
    lines = [
        el("Tr", [el("Th", rows[row - 1], scope="row"), *(_draw(box, number_box(row, column), striped) for column in (1, 2, 3))])
        for row in (3, 2, 1)
    ]
    feet = el("Tr", [el("Td", ""), *(el("Th", words, scope="col") for words in columns)])
    head = el("Caption", [el("B", caption), el("Span", f" {axes}", className="soft")])
    return el("Table", [head, el("Tbody", [*lines, feet])], className="nine")


def _draw(box: Callable[[int], Box], number: int, striped: Sequence[int]) -> Element:
    here, colour = box(number), name_colour(number)
    link = el(
        "A",
        el("Span", f"{here.many:,}"),
        href=here.href,
        aria_label=here.words,
        title=here.words,
        aria_current="true" if here.chosen else None,
    )
    return el(
        "Td",
        link,
        style={"backgroundColor": f"var(--{colour})", "--ink": ink_on(colour)},
        className="striped" if number in striped else None,
    )
