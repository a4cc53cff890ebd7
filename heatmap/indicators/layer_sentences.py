"""A layer's figure for an area in words, the same wherever it is shown. Values in, sentences out."""

from __future__ import annotations

from typing import Any

from heatmap.deprivation import DEPRIVED
from heatmap.geography.levels import SINGULAR
from heatmap.indicators.standings import find_left_out, whose_figure
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import say_amount
from heatmap.layers.words import FLAG_WORDS, say_moved, say_tenth, say_where_first
from heatmap.snapshot import Area, Snapshot
from heatmap.words.phrases import say_left_out, say_number, say_share


def say_row(card: LayerCard, area: Area, snapshot: Snapshot, period: str = "") -> str:
    """A layer's figure for an area in words, with the reason where it is absent or weak.

    Where the layer has none of the area's level, the figure of the larger area it lies in, and that it is one.
    """
    of = whose_figure(area, card, snapshot)
    row = snapshot.row(card.id, of, period)
    if row is None:
        return f"It is shown by {SINGULAR[card.base_level]} only."
    left_out = find_left_out(card, of, snapshot, period)
    doubt = say_left_out(left_out.areas, left_out.withheld, left_out.of, left_out.level) if left_out and row["value"] is not None else ""
    doubt = doubt or FLAG_WORDS.get(row["flag"] or "", ("", ""))[1]
    said = " ".join(filter(None, (_say_figure(card, of, row, period), doubt)))
    if of is area:
        return said
    return f"For the whole of {of.title}: {said[0].lower()}{said[1:]} This is not this {SINGULAR[area.level]}’s own figure."


def _say_figure(card: LayerCard, area: Area, row: dict[str, Any], period: str) -> str:
    own = area.level == card.base_level
    if card.scheme == "tenths" and own:
        if row["decile"] is None:
            return ""
        first = (card.ends or DEPRIVED)[0]
        rank = f"rank {row['rank']:,} of {card.rows:,}"
        score = f", score {row['value']:,.{card.decimals}f}" if row["value"] is not None else ""
        tenth = say_tenth(row["decile"], card.ends or DEPRIVED)
        return f"{capital(tenth)} ({rank}{score}). Rank 1 and tenth 1 are the {first}."
    if row["value"] is None:
        return ""
    if card.scheme == "tenths":
        return f"{capital(say_share(row['value'], say_where_first(card)))}."
    if card.scheme == "moved":
        return f"{capital(say_moved(row['value']))}. It does not say better or worse: methods changed, and others moved."
    if card.scheme == "kinds":
        if own:
            return f"{card.kinds[int(row['value']) - 1].label}."
        return f"{capital(say_share(row['value'], 'in rural neighbourhoods'))}."
    said = say_amount(row["value"], card.unit, card.decimals)
    if row.get("lower_ci") is not None:
        said += f" (95% interval {say_number(row['lower_ci'], card.decimals)} to {say_number(row['upper_ci'], card.decimals)})"
    return f"{'At least ' if row['flag'] == 'incomplete' else ''}{said}, {period or card.period}."


def capital(words: str) -> str:
    """The words with their first letter large.

    >>> capital("tenth 4 of 10")
    'Tenth 4 of 10'
    """
    return words[0].upper() + words[1:]
