"""Tables in, plotly figures out. Drawn only where a chart is shown, after the map."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from heatmap.drawing.tokens import colour


def draw_histogram(histogram: dict[str, list[float]], here: float | None, axis: str, counted: str) -> go.Figure:
    """How many areas have a value like this, with this area's place marked in marigold inside ink.

    histogram   ``count`` (k,) and ``edges`` (k + 1,) as the build counted them
    here        the area's own value, in the unit of ``edges``, or None
    axis        what the value is and which end is worse, in words
    counted     what is counted, in words: "neighbourhoods"
    """
    edges, count = histogram["edges"], histogram["count"]
    middles = [(left + right) / 2 for left, right in pairwise(edges)]
    own = next((i for i, right in enumerate(edges[1:]) if here is not None and here <= right), None)
    fills = [colour("here") if i == own else colour("seq-7") for i in range(len(count))]
    lines = [colour("here-ink") if i == own else colour("surface") for i in range(len(count))]
    figure = go.Figure(
        go.Bar(
            x=middles,
            y=count,
            width=[b - a for a, b in pairwise(edges)],
            marker={"color": fills, "line": {"color": lines, "width": [2 if i == own else 0.5 for i in range(len(count))]}},
            hovertemplate="%{y:,} " + counted + "<extra></extra>",
        )
    )
    figure.update_layout(_calm_layout(axis, counted))
    return figure


def _calm_layout(axis: str, counted: str) -> dict[str, Any]:
    font = {"family": "Segoe UI, Roboto, Noto Sans, Liberation Sans, Arial, sans-serif", "size": 13, "color": colour("ink-2")}
    return {
        "template": None, "font": font, "height": 190, "margin": {"l": 44, "r": 8, "t": 8, "b": 44}, "bargap": 0,
        "paper_bgcolor": colour("surface"), "plot_bgcolor": colour("surface"), "showlegend": False, "dragmode": False,
        "xaxis": {"title": {"text": axis, "font": font}, "showgrid": False, "zeroline": False, "fixedrange": True},
        "yaxis": {"title": {"text": counted, "font": font}, "gridcolor": colour("line"), "zeroline": False, "fixedrange": True, "nticks": 4},
    }  # fmt: skip
