"""Hold layers against what their cards promise: the file beside the card, or the figures in the snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from heatmap.errors import HeatmapError, say_disk_fault
from heatmap.geography.levels import PLURAL
from heatmap.layers.cards import Card, LayerCard, PointsCard
from heatmap.layers.catalogue import card_paths, path_of_card, read_card, read_good_cards
from heatmap.layers.contract import check_built
from heatmap.layers.shipping import hold_fit_to_ship, hold_own_name
from heatmap.snapshot import Snapshot, open_snapshot
from heatmap.words.language import find_language_faults


def check_layers(layer: str | None, say: Callable[[str], None]) -> None:
    """Check one layer, or all with the leaflet's languages. Raises HeatmapError with all that is wrong with what was checked.

    say     is told what was kept, layer by layer
    """
    snapshot = open_snapshot()
    others, _ = read_good_cards()
    faults = []
    for path in card_paths() if layer is None else [path_of_card(layer)]:
        try:
            card, kept = _check_one(path, snapshot, others)
        except HeatmapError as fault:
            faults.append(str(fault))
            continue
        said = f"{len(kept)} promises kept" if card.lies_beside else kept[0]
        say("\n  ".join([f"{card.id}: {said}", *(kept if card.lies_beside and layer else [])]))
    if layer is None:
        faults += find_language_faults()
    if faults:
        raise HeatmapError("\n".join(faults))


def _check_one(path: Path, snapshot: Snapshot, others: dict[str, Card]) -> tuple[Card, list[str]]:
    """A card with what was kept. Raises HeatmapError with everything that is wrong with its name, its figures and what it says."""
    card = read_card(path)
    kept, faults = [], []
    for hold in (
        partial(hold_own_name, card, others),
        partial(_check_beside if card.lies_beside else _check_in_snapshot, card, snapshot),
        partial(hold_fit_to_ship, card, others, path.parent),
    ):
        try:
            kept += hold() or []
        except (HeatmapError, OSError) as fault:
            faults.append(say_disk_fault(fault) if isinstance(fault, OSError) else str(fault))
    if faults:
        raise HeatmapError("\n".join(faults))
    return card, kept


def hold_in_snapshot(card: Card, snapshot: Snapshot) -> None:
    """Raises HeatmapError, with the next step, where a card's layer is not in the snapshot."""
    if f"{'tables' if isinstance(card, LayerCard) else 'places'}/{card.id}" not in snapshot.parts:
        raise HeatmapError(
            f"{card.id}: its card is good, but it is not in the snapshot yet. Build it: python -m etl build --only {card.id}"
        )


def _check_in_snapshot(card: Card, snapshot: Snapshot) -> list[str]:
    hold_in_snapshot(card, snapshot)
    if not isinstance(card, LayerCard):
        return ["every promise kept"]
    if found := check_built(snapshot.table(card.id), card):
        raise HeatmapError("\n".join(found))
    anchors = f"{len(card.anchors)} {'anchor' if len(card.anchors) == 1 else 'anchors'}"
    return [f"{anchors} and every other promise kept"]


def _check_beside(card: Card, snapshot: Snapshot) -> list[str]:
    """What was checked of a file beside its card, in words; the build's own steps do it, so what passes here can be built."""
    kept = [
        "the card: every key is known, and nothing is missing",
        f"the file: {card.id}.csv is a CSV in UTF-8, and every line fits the headers",
        f"lines: {card.rows:,}, as the card says",
    ]
    return kept + (_check_figures(card, snapshot) if isinstance(card, LayerCard) else _check_places(card, snapshot))


def _check_figures(card: LayerCard, snapshot: Snapshot) -> list[str]:
    from etl.layers import build_layer
    from etl.sheets.beside import beside, say_codes_of_file

    build_layer(card, snapshot.areas, None)
    kept = [
        f"codes: {PLURAL[card.base_level]} of England in {2000 + int(card.geography[-2:])}, each once{' a period' if card.periods else ''}",
        f"figures: every one is a number from {card.valid_min:g} to {card.valid_max:g}",
        f"missing: {card.missing:,}, as the card says",
    ]
    if read := say_codes_of_file(beside(card), card):
        kept.append(f"codes of another year: read {read}, the same area")
    if card.periods:
        kept.append(f"periods: {', '.join(card.periods)}")
    if card.anchors:
        kept.append(f"anchors: {len(card.anchors)}, as read off the published table")
    return kept


def _check_places(card: PointsCard, snapshot: Snapshot) -> list[str]:
    from command.importers.importing import postcode_places
    from etl.points import build_points

    notes: list[str] = []
    build_points(card, postcode_places(snapshot), None, notes.append)
    return [
        *notes,
        "places: each has a name, and a postcode that exists or a latitude and longitude in England",
        f"seen: {f'in the register of {card.register_month}' if card.register_month else 'each has the day when someone last checked'}",
    ]
