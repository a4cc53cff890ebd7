"""Two small cards for tests of sheets: trees of three neighbourhoods, and two food banks."""

from __future__ import annotations

from heatmap.layers.cards import LayerCard, PointsCard

ID, PLACES = "trees2026_england_lsoa21", "food_banks2026_england_points"
SOURCE = {
    "publisher": "A school",
    "title": "Our count",
    "page": "https://example.org/",
    "licence": "CC-BY-4.0",
    "accessed": "2026-03-01",
}


def make_card(**changes: object) -> LayerCard:
    """A card of three neighbourhoods' trees, changed as told."""
    return LayerCard.model_validate({
        "id": ID, "title": "Trees", "question": "How many streets have trees?", "meaning": "Trees.", "not_meaning": "Not their health.",
        "unit": "percent of streets", "polarity": "low_is_worse", "period": "2026", "rows": 3, "partial": True,
        "valid_min": 0, "valid_max": 100, "source": SOURCE, **changes,
    }, strict=False)  # fmt: skip


def make_points(**changes: object) -> PointsCard:
    """A card of two food banks, changed as told."""
    return PointsCard.model_validate(
        {
            "id": PLACES,
            "kind": "points",
            "title": "Food banks",
            "question": "Where is a food bank?",
            "meaning": "Food banks.",
            "not_meaning": "Not how full they are.",
            "period": "2026",
            "rows": 2,
            "heading": "provide_essentials",
            "symbol": "essentials",
            "source": SOURCE,
            **changes,
        },
        strict=False,
    )
