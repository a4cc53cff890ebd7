"""Neighbourhoods of every kind, and a snapshot whose only list of places a test makes up."""

from __future__ import annotations

import copy
import random
from datetime import date
from typing import Any

import pandas as pd

from heatmap.layers.cards import PointsCard
from heatmap.place import help_near
from heatmap.snapshot import Snapshot, open_snapshot

TODAY = date(2026, 6, 15)
HERE = "E01008966"
#: What an import may bring, and no page may run.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}} ${7*7} {n}",
    "=HYPERLINK(1)",
    "\u202egnp.exe",
    "'; --",
    "&lt;b&gt;",
]


def chosen_codes() -> list[str]:
    """Twenty neighbourhoods of all kinds, and four at the edges: most and least deprived, students, islands, a new boundary."""
    snapshot = open_snapshot()
    table = snapshot.areas["lsoa"].assign(decile=snapshot.table("imd2025_england_lsoa21")["lsoa"].decile)
    dice = random.Random(20)
    found = [
        dice.choice(sorted(table[(table.decile == decile) & (table.urban == urban)].code))
        for decile in range(1, 11)
        for urban in (True, False)
    ]
    odd = [
        table[table.percent_20_to_24 > 60].code.iloc[0],
        table[table.under_15 < 30].code.iloc[0],
        table[table.change == "X"].code.iloc[0],
    ]
    return [*found, *odd, "E01019077", "E01021988"]


def make_card(**more: Any) -> PointsCard:
    """A card of a list made up for a test."""
    plain = {
        "id": "food_banks2026_england_points",
        "kind": "points",
        "title": "Food banks",
        "question": "Where is food?",
        "meaning": "a",
        "not_meaning": "b",
        "period": "2026",
        "rows": 1,
        "heading": "provide_essentials",
        "symbol": "essentials",
        "source": {"publisher": "P", "title": "T", "page": "https://example.org/", "licence": "OGL-UK-3.0", "accessed": date(2026, 1, 1)},
    }
    return PointsCard.model_validate(plain | more)


def with_places(rows: list[dict[str, Any]], **card: Any) -> Snapshot:
    """The snapshot with one list of places, and no other."""
    made = make_card(**card)
    snapshot = copy.copy(open_snapshot())
    open_snapshot().postcodes_in(open_snapshot().area(HERE))  # read once, and not in every copy
    latitude, longitude = open_snapshot().area(HERE).middle
    text = dict.fromkeys(help_near._TEXT, "") | {"placed": "postcode"}
    whole = [
        text
        | {"id": str(n), "latitude": latitude + each.get("km", 0) / 111.195, "longitude": longitude}
        | {k: v for k, v in each.items() if k != "km"}
        for n, each in enumerate(rows)
    ]
    table = pd.DataFrame(whole)
    snapshot.points_cards = {made.id: made}
    snapshot.__dict__["points_names"] = {made.index: made.id}
    snapshot.places = lambda layer: table  # type: ignore[method-assign]
    return snapshot
