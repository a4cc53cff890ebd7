"""The catalogue of layers: one card a layer, typed and closed.

A card is a TOML file in ``data/layers``; its file name is the layer's id. Adding a file adds a layer.
All faults of a card are told at once, each with the nearest key that would have been right.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from heatmap.cards import Card, Kind, LayerCard, PointsCard, RawFile, Source
from heatmap.errors import LayerCardError, NotFoundError, say_disk_fault

AnyCard = TypeVar("AnyCard", LayerCard, PointsCard, Card, Path)
LAYERS_DIR = Path(__file__).parent.parent / "data" / "layers"


def read_card(path: Path) -> Card:
    """One card, of an indicator or of points, or a LayerCardError with a sentence for every fault.

    path    ``data/layers/<id>.toml``
    """
    return make_card(path.name, {"id": path.stem, **read_toml(path)})


def read_toml(path: Path) -> dict[str, Any]:
    """What a card's file says, before it is held to anything. Raises LayerCardError where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise LayerCardError(f"{path.name}: not readable as TOML: {fault}. Mend that place and try again.") from None
    except UnicodeDecodeError:
        raise LayerCardError(f"{path.name}: not saved as UTF-8. Save it again as UTF-8 text.") from None
    except FileNotFoundError:
        raise LayerCardError(f"{path.name}: there is no such card in {path.parent.name}/.") from None
    except OSError as fault:
        raise LayerCardError(say_disk_fault(fault)) from None


def make_card(name: str, raw: dict[str, Any]) -> Card:
    """The card that a file of that name makes. Raises LayerCardError with a sentence for every fault."""
    model: type[Card] = PointsCard if raw.get("kind") == "points" else LayerCard
    try:
        return model.model_validate(raw)
    except ValidationError as faults:
        raise LayerCardError("\n".join(_say_fault(name, fault, model) for fault in faults.errors())) from None


def _say_fault(name: str, fault: Any, card: type[Card]) -> str:
    where = [part for part in fault["loc"] if isinstance(part, str | int)]
    key = ".".join(str(part) for part in where)
    if fault["type"] == "extra_forbidden":
        model: Any = {"source": Source, "file": RawFile, "kinds": Kind}.get(str(where[0]), card)
        near = difflib.get_close_matches(str(where[-1]), model.model_fields, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"The keys are: {', '.join(model.model_fields)}."
        return f"{name}: no such key '{key}'. {hint}"
    if fault["type"] == "missing":
        return f"{name}: '{key}' is missing. Add it; see docs/layers.md for what it holds."
    message = fault["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(fault["input"], dict | list) or not key else f" = {fault['input']!r}"
    return f"{name}: {key or 'the card'}{shown}. {message[0].upper()}{message[1:]}."


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
    near = difflib.get_close_matches(layer, cards, n=1, cutoff=0.5)
    hint = f"Did you mean '{near[0]}'?" if near else otherwise
    raise NotFoundError(f"There is no layer called '{layer[:60]}'. {hint}")
