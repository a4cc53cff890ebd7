"""The catalogue of layers: one card a layer, typed and closed.

A card is a TOML file in ``data/layers``; its file name is the layer's id. Adding a file adds a layer.
All faults of a card are told at once, each with the nearest key that would have been right.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from heatmap.errors import LayerCardError, NotFoundError

LAYERS_DIR = Path(__file__).parent.parent / "data" / "layers"

Polarity = Literal["high_is_worse", "low_is_worse", "no_judgement"]
Geography = Literal["lsoa21", "lsoa11"]
#: How a layer is divided into classes: tenths of rank; places moved; amounts in fifths; named kinds.
Scheme = Literal["tenths", "moved", "amount", "kinds"]
#: Our column names, to which a card maps the publisher's headers.
OurColumn = Literal["code", "value", "rank", "decile", "weight", "weight_on", "kind"]
#: The reasons why a value is absent or weak; "" is an ordinary value. Their place is their number on the map.
FLAGS: tuple[str, ...] = (
    "", "missing", "suppressed", "modelled", "best_fit_2011", "small_denominator", "area_level_lad", "no_like_for_like",
)  # fmt: skip
ID_PATTERN = re.compile(r"(?P<index>[a-z][a-z_]*?)(?P<year>\d{4})_(?P<nation>england)_(?P<geography>lsoa21|lsoa11)")


class _Closed(BaseModel):
    """Unknown keys are refused; values are read as written, without guessing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Closed):
    """Who published the figures, where, and on what terms."""

    publisher: str
    title: str
    page: Annotated[str, Field(pattern=r"^https://")]
    licence: str
    accessed: date
    attribution: str


class RawFile(_Closed):
    """One form of the publisher's file: in a mirror folder (``path``) or at the publisher's address (``url``)."""

    path: str = ""
    url: str = ""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    role: Literal["table", "lad_summary", "icb_summary", "earlier_table", "lsoa_lookup"] = "table"
    tried: bool = True

    @model_validator(mode="after")
    def _has_a_place(self) -> RawFile:
        if not self.path and not self.url:
            raise ValueError("give a 'path' in the mirror or a 'url' of the publisher")
        return self


class Kind(_Closed):
    """One kind of a layer that sorts areas instead of measuring them."""

    code: str
    label: str
    rural: bool


class LayerCard(_Closed):
    """A layer: what it asks, what it means, where it comes from, and what its table promises.

    ``words`` names a record of ``data/words/domains.toml`` that says what it means.
    ``anchors`` are values read by eye off the published table: area code -> {our column: value}.
    ``valid_min`` and ``valid_max`` bound the value (or the rank where there is no value), in ``unit``.
    """

    id: str
    title: str
    short: str
    series: str
    edition: str
    theme: str
    order: int
    question: Annotated[str, Field(pattern=r"\?$")]
    meaning: str = ""
    not_meaning: str = ""
    words: str = ""
    kind: Literal["indicator"] = "indicator"
    unit: str
    polarity: Polarity
    geography: Geography
    period: str
    rows: Annotated[int, Field(gt=0)]
    valid_min: float
    valid_max: float
    missing: Annotated[int, Field(ge=0)] = 0
    decimals: Annotated[int, Field(ge=0, le=4)] = 0
    scheme: Scheme
    breaks: tuple[float, ...] = ()
    kinds: tuple[Kind, ...] = ()
    part_of: str = ""
    official: str = ""
    conditions: tuple[str, ...] = ()
    core20plus5: tuple[str, ...] = ()
    age_group: str = "all ages"
    gradient_scale: Literal["", "rate", "mean", "proportion"] = ""
    author: str = "WHAM"
    columns: dict[str, OurColumn]
    anchors: dict[str, dict[str, float]]
    source: Source
    file: tuple[RawFile, ...]

    @field_validator("id")
    @classmethod
    def _id_says_what(cls, value: str) -> str:
        if not ID_PATTERN.fullmatch(value):
            raise ValueError("name the file index-year_nation_geography, in small letters, like imd2025_england_lsoa21.toml")
        return value

    @model_validator(mode="after")
    def _has_a_file(self) -> LayerCard:
        if not self.file:
            raise ValueError("name at least one [[file]]")
        return self

    @model_validator(mode="after")
    def _says_what_it_means(self) -> LayerCard:
        if not self.words and not (self.meaning and self.not_meaning):
            raise ValueError("say in 'meaning' what it means and in 'not_meaning' what it does not, or name 'words'")
        return self

    @model_validator(mode="after")
    def _scheme_has_its_parts(self) -> LayerCard:
        ours = set(self.columns.values())
        needs = {
            "tenths": {"code", "rank", "decile"},
            "moved": {"code", "value"},
            "amount": {"code", "value"},
            "kinds": {"code", "kind"},
        }[self.scheme]
        if missing := needs - ours:
            raise ValueError(f"scheme '{self.scheme}' needs a column for {' and '.join(sorted(missing))} in [columns]")
        if self.scheme == "moved" and list(self.breaks) != sorted(set(self.breaks)):
            raise ValueError("'breaks' must rise, each once")
        return self

    @property
    def index(self) -> str:
        """The index the id names, e.g. ``imd`` or ``adult_skills``."""
        found = ID_PATTERN.fullmatch(self.id)
        assert found is not None  # promised by _id_says_what
        return found["index"].rstrip("_")

    @property
    def converted(self) -> bool:
        """Whether its 2011 areas were brought to 2021 areas by the official lookup."""
        return self.geography == "lsoa11"


def read_card(path: Path) -> LayerCard:
    """One card, or a LayerCardError with a sentence for every fault.

    path    ``data/layers/<id>.toml``
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise LayerCardError(f"{path.name}: not readable as TOML: {fault}. Mend that place and try again.") from None
    except UnicodeDecodeError:
        raise LayerCardError(f"{path.name}: not saved as UTF-8. Save it again as UTF-8 text.") from None
    except OSError:
        raise LayerCardError(f"{path.name}: there is no such card in {path.parent.name}/.") from None
    try:
        return LayerCard.model_validate({"id": path.stem, **raw})
    except ValidationError as faults:
        raise LayerCardError("\n".join(_say_fault(path.name, fault) for fault in faults.errors())) from None


def _say_fault(name: str, fault: Any) -> str:
    where = [part for part in fault["loc"] if isinstance(part, str | int)]
    key = ".".join(str(part) for part in where)
    if fault["type"] == "extra_forbidden":
        model: Any = {"source": Source, "file": RawFile, "kinds": Kind}.get(str(where[0]), LayerCard)
        near = difflib.get_close_matches(str(where[-1]), model.model_fields, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"The keys are: {', '.join(model.model_fields)}."
        return f"{name}: no such key '{key}'. {hint}"
    if fault["type"] == "missing":
        return f"{name}: '{key}' is missing. Add it; see docs/layers.md for what it holds."
    message = fault["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(fault["input"], dict | list) or not key else f" = {fault['input']!r}"
    return f"{name}: {key or 'the card'}{shown}. {message[0].upper()}{message[1:]}."


@cache
def read_catalogue(folder: Path = LAYERS_DIR) -> dict[str, LayerCard]:
    """Every card of a folder by id, in the order the picker shows them.

    Raises LayerCardError with the faults of all cards together.
    """
    cards, faults = [], []
    for path in sorted(folder.glob("[!_]*.toml")):
        try:
            cards.append(read_card(path))
        except LayerCardError as fault:
            faults.append(str(fault))
    if faults:
        raise LayerCardError("\n".join(faults))
    return {card.id: card for card in sorted(cards, key=lambda card: (card.order, card.edition, card.id))}


def find_card(layer: str, cards: dict[str, LayerCard]) -> LayerCard:
    """The card of that id, or a NotFoundError that names the nearest."""
    if layer in cards:
        return cards[layer]
    near = difflib.get_close_matches(layer, cards, n=1, cutoff=0.5)
    hint = f"Did you mean '{near[0]}'?" if near else "GET /api/v1/layers lists them all."
    raise NotFoundError(f"There is no layer called '{layer[:60]}'. {hint}")
