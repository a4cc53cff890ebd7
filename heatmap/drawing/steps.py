"""A line of ten steps, one a tenth: where a place is, and where the person in the middle of its authority lives."""

from __future__ import annotations

from heatmap.drawing.elements import Element, el
from heatmap.drawing.tokens import colour, ink_on


def draw_steps(tenth: int | None, middle: int | None) -> Element:
    """The ten steps, hidden from screen readers: who draws them says the tenths in words.

    tenth   the step that is dark, 1 to 10, or None
    middle  the step with the triangle, or None
    """
    steps = []
    for n in range(1, 11):
        name = " ".join(word for word, holds in (("at", n == tenth), ("mid", n == middle)) if holds)
        at = {"style": {"background": colour(f"seq-{n}"), "color": ink_on(f"seq-{n}")}} if n == tenth else {}
        steps.append(el("I", str(n) if n == tenth else None, **({"className": name} if name else {}), **at))
    return el("Div", steps, className="steps", aria_hidden="true")
