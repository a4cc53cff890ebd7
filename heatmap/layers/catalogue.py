"""The catalogue of layers: one card a layer, typed and closed.

A card is a TOML file in ``data/layers``; its file name is the layer's id. Adding a file adds a layer.
All faults of a card are told at once, each with the nearest key that would have been right.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from heatmap.errors import LayerCardError, NotFoundError, nearest_word, say_disk_fault
from heatmap.files.text_files import decode
from heatmap.layers.cards import Card, LayerCard, PointsCard
from heatmap.layers.faults import say_card_faults, say_unreadable
from heatmap.settings import ROOT

AnyCard = TypeVar("AnyCard", LayerCard, PointsCard, Card, Path)
LAYERS_DIR = ROOT / "data" / "layers"


def read_card(path: Path) -> Card:
    """One card, of an indicator or of points, or a LayerCardError with a sentence for every fault.

    path    ``data/layers/<id>.toml``
    """
    text, raw = read_text_and_toml(path)
    return make_card(path.name, {"id": path.stem, **raw}, text)


def read_text_and_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """A card's file as it was written, and what it says before it is held to anything. Raises LayerCardError where it cannot be read."""
    text = _read_text(path)
    return text, _parse(path.name, text)


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise say_unreadable(name, text, fault) from None


def _read_text(path: Path) -> str:
    try:
        return decode(path.read_bytes(), "UTF-8 text").replace("\r\n", "\n")
    except ValueError as fault:
        raise LayerCardError(f"{path.name}: {fault}") from None
    except FileNotFoundError:
        raise LayerCardError(f"{path.name}: there is no such card in {path.resolve().parent.name}/.") from None
    except OSError as fault:
        raise LayerCardError(say_disk_fault(fault)) from None


def make_card(name: str, raw: dict[str, Any], text: str = "") -> Card:
    """The card that a file of that name makes. Raises LayerCardError with a sentence for every fault.

    text    the card as it was written, so that each fault is told with its line
    """
    of_points = raw.get("kind") == "points" or ("kind" not in raw and str(raw.get("id", "")).endswith("_points"))
    model: type[Card] = PointsCard if of_points else LayerCard
    try:
        return model.model_validate(raw)
    except ValidationError as faults:
        raise say_card_faults(name, faults, model, text) from None


@cache
def read_cards(folder: Path = LAYERS_DIR, ids: frozenset[str] | None = None) -> dict[str, Card]:
    """The cards of a folder by id, in the order the picker shows them.

    ids     read these alone, so that a fault in another card is no matter; an id without a card is left out

    Raises LayerCardError with the faults of all that were read together.
    """
    cards, faults = [], []
    for path in card_paths(folder):
        if ids is not None and path.stem not in ids:
            continue
        try:
            cards.append(read_card(path))
        except LayerCardError as fault:
            faults.append(str(fault))
    if faults:
        raise LayerCardError("\n".join(faults))
    return {card.id: card for card in sorted(cards, key=lambda card: (card.order, getattr(card, "edition", ""), card.id))}


def read_good_cards(folder: Path | None = None) -> tuple[dict[str, Card], list[str]]:
    """The cards that can be read, by id, and the ids of those that cannot be yet."""
    good: dict[str, Card] = {}
    unfinished = []
    for path in card_paths(folder):
        try:
            good[path.stem] = read_card(path)
        except LayerCardError:
            unfinished.append(path.stem)
    return good, unfinished


def read_catalogue(folder: Path = LAYERS_DIR, ids: frozenset[str] | None = None) -> dict[str, LayerCard]:
    """The indicators among the cards; the parameters are those of ``read_cards``."""
    return {card.id: card for card in read_cards(folder, ids).values() if isinstance(card, LayerCard)}


def read_points_catalogue(folder: Path = LAYERS_DIR, ids: frozenset[str] | None = None) -> dict[str, PointsCard]:
    """The layers of places among the cards; the parameters are those of ``read_cards``."""
    return {card.id: card for card in read_cards(folder, ids).values() if isinstance(card, PointsCard)}


def card_paths(folder: Path | None = None) -> list[Path]:
    """Where the cards of a folder lie, of ``data/layers`` unless another is given; files that begin with _ are none."""
    return sorted((folder or LAYERS_DIR).glob("[!_]*.toml"))


def path_of_card(layer: str) -> Path:
    """Where a layer's card lies, or a NotFoundError that names the nearest."""
    paths = {path.stem: path for path in card_paths()}
    return find_card(layer, paths, "Every layer has its card in data/layers, and 'heatmap check' names them all.")


def find_card(layer: str, cards: Mapping[str, AnyCard], otherwise: str = "GET /api/v1/layers lists them all.") -> AnyCard:
    """The card of that id, or a NotFoundError that names the nearest.

    cards       by id; or whatever else each layer has
    otherwise   where all are listed, told where none is near
    """
    if layer in cards:
        return cards[layer]
    near = nearest_word(layer, cards, 0.5)
    hint = f"Did you mean '{near}'?" if near else otherwise
    raise NotFoundError(f"We have no layer called '{layer[:60]}'. {hint}")
