"""What a card may hold. A card is a layer: an indicator (one value an area) or points (one place a row).

Cards are typed and closed: an unknown key is refused (``heatmap/layers/catalogue.py`` says so in words). What a key means for the
writer of a card stands in ``docs/layers.md``; a test holds the two together.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal, get_args

from pydantic import Field, field_validator, model_validator

from heatmap.closed import Closed, Text
from heatmap.geography.levels import Level

Polarity = Literal["high_is_worse", "low_is_worse", "no_judgement"]
Geography = Literal["lsoa21", "lsoa11", "msoa21", "lad24"]
#: How a layer is divided into classes: tenths of rank; places moved; amounts in fifths; named kinds.
Scheme = Literal["tenths", "moved", "amount", "kinds"]
#: How areas larger than the card's own get their figure: added up; averaged over people; counts added up and divided; none.
LargerAreas = Literal["sum", "mean", "counts", "none"]
#: Our column names, to which a card maps the publisher's headers.
OurColumn = Literal[
    "code",
    "value",
    "rank",
    "decile",
    "kind",
    "numerator",
    "denominator",
    "lower_ci",
    "upper_ci",
    "period",
    "flag",
    "weight",
    "weight_on",
    "category",
]
#: What a place may say of itself; what the file does not have stays empty.
PointColumn = Literal[
    "id", "name", "what", "need", "ages", "eligibility", "cost", "access", "languages", "opening", "phone", "website", "address", "postcode",
    "latitude", "longitude", "checked_on",
]  # fmt: skip
POINT_COLUMNS: Final[tuple[PointColumn, ...]] = get_args(PointColumn)
#: WHAM's three headings, and care.
Heading = Literal["increase_income", "provide_essentials", "increase_participation", "get_care"]
HEADINGS: Final[tuple[Heading, ...]] = get_args(Heading)
#: The shapes of ``assets/tokens.css`` that places are drawn with: told apart without colour.
Symbol = Literal["care", "hospital", "pharmacy", "essentials", "library", "school", "project", "advice"]
#: The reasons why a value is absent or weak; "" is an ordinary value. Their place is their number on the map.
FLAGS: tuple[str, ...] = (
    "",
    "missing",
    "suppressed",
    "modelled",
    "best_fit_2011",
    "small_denominator",
    "area_level_lad",
    "no_like_for_like",
    "best_fit_lad",
    "incomplete",
    "part_covered",
)
#: Those of them with which there is no value at all.
ABSENT: Final = ("missing", "suppressed", "no_like_for_like", "part_covered")
BASE_LEVEL: Final[dict[str, Level]] = {"lsoa21": "lsoa", "lsoa11": "lsoa", "msoa21": "msoa", "lad24": "lad"}
ID_PATTERN = re.compile(r"(?P<index>[a-z][a-z_]*?)(?P<year>\d{4})_(?P<nation>england)_(?P<geography>lsoa21|lsoa11|msoa21|lad24|points)")
_ID_FORM = {
    "indicator": "index-year_nation_geography, in small letters, like imd2025_england_lsoa21.toml",
    "points": "what-year_nation_points, in small letters, like food_banks2026_england_points.toml",
}


class Source(Closed):
    """Who published the figures, where, and on what terms."""

    publisher: Text
    title: Text
    page: Annotated[str, Field(pattern=r"^https://\S+$")]
    licence: str
    accessed: date
    attribution: str = ""

    @property
    def credit(self) -> str:
        """The words of credit owed wherever the figures are shown."""
        return self.attribution or f"Source: {self.publisher}, {self.title}. Licence: {self.licence}."


class RawFile(Closed):
    """One form of the publisher's file: in a mirror folder (``path``), or at the publisher's address (``url``)."""

    path: str = ""
    url: str = ""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    role: Literal["table", "lad_summary", "icb_summary", "earlier_table", "lsoa_lookup", "lookup"] = "table"
    tried: bool = True

    @model_validator(mode="after")
    def _has_a_place(self) -> RawFile:
        if not self.path and not self.url:
            raise ValueError("give a 'path' in the mirror or a 'url' of the publisher")
        return self


class Kind(Closed):
    """One kind of a layer that sorts areas instead of measuring them."""

    code: str
    label: str
    rural: bool


class _Card(Closed):
    """What every card says, of whatever it shows. Without a [[file]] the figures lie beside the card, in ``<id>.csv``.

    ``conditions`` are ids of ``data/words/core20plus5.toml``; ``defects`` says what is known to be wrong with the figures.
    """

    _KIND: ClassVar[str] = "indicator"

    id: str
    title: Text
    short: str = ""
    theme: Text = "More layers"
    order: int = 900
    question: Annotated[str, Field(pattern=r"\w.*\?$")]
    meaning: str = ""
    not_meaning: str = ""
    words: str = ""
    period: Text
    rows: Annotated[int, Field(gt=0)]
    conditions: tuple[str, ...] = ()
    core20plus5: tuple[str, ...] = ()
    age_group: str = "all ages"
    defects: tuple[str, ...] = ()
    author: Text = "WHAM"
    source: Source
    file: tuple[RawFile, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short_is_the_title(cls, raw: Any) -> Any:
        unsaid = isinstance(raw, dict) and not raw.get("short") and isinstance(raw.get("title"), str)
        return {**raw, "short": raw["title"]} if unsaid else raw

    @field_validator("id")
    @classmethod
    def _id_says_what(cls, value: str) -> str:
        found = ID_PATTERN.fullmatch(value)
        if not found or (found["geography"] == "points") != (cls._KIND == "points"):
            raise ValueError(f"name the file {_ID_FORM[cls._KIND]}")
        return value

    @model_validator(mode="after")
    def _says_what_it_means(self) -> _Card:
        if not self.words and not (self.meaning.strip() and self.not_meaning.strip()):
            raise ValueError("say in 'meaning' what it means and in 'not_meaning' what it does not, or name 'words'")
        return self

    @property
    def index(self) -> str:
        """What the id names, e.g. ``imd`` or ``adult_skills``."""
        return self._id_part("index").rstrip("_")

    @property
    def lies_beside(self) -> bool:
        """Whether its figures lie beside the card, in ``<id>.csv``."""
        return not self.file

    def _id_part(self, name: str) -> str:
        found = ID_PATTERN.fullmatch(self.id)
        assert found is not None  # promised by _id_says_what
        return found[name]


class LayerCard(_Card):
    """An indicator: what it asks, what it means, where it comes from, and what its table promises.

    ``words`` names a record of ``data/words/domains.toml`` or ``indicators.toml`` that says what it means.
    ``anchors`` are values read by eye off the published table: area code -> {our column: value}.
    ``valid_min`` and ``valid_max`` bound the value (or the rank where there is no value), in ``unit``.
    ``rows`` counts the lines of the file; with ``partial`` areas may be absent from it, and show "no figure".
    ``periods`` lists, oldest first, those the file holds in its column ``period``; the last is shown unless another is chosen.
    ``ends`` names the two ends of the legend, that of class 1 first.
    ``distance_to`` names a points layer: the build itself measures how far each neighbourhood is from the nearest of its places.
    ``pick`` names the categories that are taken of a file with one line an area and category (column ``category``).
    ``times`` turns the file's values into ``unit``; ``ranked`` has the build put them in line, the highest first.
    ``flagged`` is the reason that every figure bears which has none of its own; ``absent`` that of those the file leaves empty.
    ``england`` is ``none`` where the average of all areas is not England's figure, as of ratios to England's own rates.
    ``reader`` names a module of ``etl/readers`` that several cards share.
    """

    kind: Literal["indicator"] = "indicator"
    series: str = ""
    edition: str = ""
    unit: Text
    polarity: Polarity
    geography: Geography
    periods: tuple[str, ...] = ()
    valid_min: float
    valid_max: float
    missing: Annotated[int, Field(ge=0)] = 0
    partial: bool = False
    decimals: Annotated[int, Field(ge=0, le=4)] = 0
    scheme: Scheme = "amount"
    breaks: tuple[float, ...] = ()
    kinds: tuple[Kind, ...] = ()
    ends: tuple[str, ...] = ()
    larger_areas: LargerAreas = "none"
    england: Literal["worked_out", "none"] = "worked_out"
    part_of: str = ""
    official: str = ""
    gradient_scale: Literal["", "rate", "mean", "proportion"] = ""
    distance_to: str = ""
    reader: Annotated[str, Field(pattern=r"^[a-z_0-9]*$")] = ""
    pick: tuple[str, ...] = ()
    times: Annotated[float, Field(gt=0)] = 1
    ranked: bool = False
    flagged: Literal["", "modelled"] = ""
    absent: Literal["missing", "suppressed"] = "missing"
    columns: dict[str, OurColumn] = Field(default_factory=dict)
    anchors: dict[str, dict[str, float]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _id_tells_the_rest(cls, raw: Any) -> Any:
        """Geography, series and edition need not be written again where the file's name says them."""
        found = ID_PATTERN.fullmatch(str(raw.get("id", ""))) if isinstance(raw, dict) else None
        if not found or found["geography"] == "points":
            return raw
        said = {"geography": found["geography"], "series": found["index"].rstrip("_"), "edition": found["year"]}
        return {**said, **raw}

    @field_validator("geography")
    @classmethod
    def _geography_is_the_ids(cls, value: str, info: Any) -> str:
        said = ID_PATTERN.fullmatch(info.data.get("id", ""))
        if said and said["geography"] not in ("points", value):
            raise ValueError(f"the file's name says {said['geography']}; make the two agree")
        return value

    @field_validator("ends")
    @classmethod
    def _two_ends(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value and len(value) != 2:
            raise ValueError("name two ends, that of class 1 first: ends = ['fewest trees', 'most trees']")
        return value

    @model_validator(mode="after")
    def _scheme_has_its_parts(self) -> LayerCard:
        ours = set(self.columns.values())
        needs: set[str] = {
            "tenths": {"code", "value"} if self.ranked and "value" in ours else {"code", "rank"},
            "moved": {"code", "value"},
            "amount": {"code", "numerator", "denominator"} if "numerator" in ours else {"code", "value"},
            "kinds": {"code", "kind"},
        }[self.scheme]
        if ours and not self.reader and (missing := needs - ours):  # a reader makes the columns itself
            raise ValueError(f"scheme '{self.scheme}' needs a column for {' and '.join(sorted(missing))} in [columns]")
        if self.scheme == "moved" and list(self.breaks) != sorted(set(self.breaks)):
            raise ValueError("'breaks' must rise, each once")
        return self

    @model_validator(mode="after")
    def _range_has_two_ends(self) -> LayerCard:
        if self.valid_min > self.valid_max:
            raise ValueError("'valid_min' is above 'valid_max'; swap the two")
        return self

    @model_validator(mode="after")
    def _columns_are_known(self) -> LayerCard:
        if self.file and not self.columns:
            raise ValueError("map the file's headers to ours in [columns]")
        if not self.file and (self.reader or self.pick or self.times != 1):
            raise ValueError("'reader', 'pick' and 'times' are for a publisher's file: add [[file]], or write the figures as they are")
        if self.pick and not self.reader and "category" not in self.columns.values():
            raise ValueError("'pick' needs a column for category in [columns]")
        return self

    @model_validator(mode="after")
    def _the_last_period_is_shown(self) -> LayerCard:
        if self.periods and self.periods[-1] != self.period:
            raise ValueError(f"'period' is {self.period!r}, but the last of 'periods' is {self.periods[-1]!r}; make them agree")
        return self

    def part(self, period: str = "") -> str:
        """What the snapshot calls the classes and figures of a period; the one shown first bears the id alone."""
        return self.id if period in ("", self.period) else f"{self.id}@{period.replace('/', '-')}"

    @model_validator(mode="after")
    def _distances_have_no_file(self) -> LayerCard:
        if self.distance_to and (self.file or self.geography != "lsoa21" or not self.distance_to.endswith("_points")):
            raise ValueError("'distance_to' names a points layer, and the build measures to it for each lsoa21: take [[file]] out")
        return self

    @property
    def lies_beside(self) -> bool:
        """Whether its figures lie beside the card, in ``<id>.csv``: not those of a file, nor those the build measures."""
        return not self.file and not self.distance_to

    @property
    def converted(self) -> bool:
        """Whether its 2011 areas were brought to 2021 areas by the official lookup."""
        return self.geography == "lsoa11"

    @property
    def base_level(self) -> Level:
        """The level of its own figures; larger areas may have some too, smaller ones never."""
        return BASE_LEVEL[self.geography]


class PointsCard(_Card):
    """Places on the map: what they do for a family, and how sure we are that they are still there.

    ``register_month`` is the month of the official register they stand in ("February 2026"): such entries do not age.
    Entries of a community list carry a date of their own, ``checked_on``, and do.
    ``undated`` counts the entries without such a date: they are shown, and marked.
    ``list_name`` names a list that others keep day by day ("Give Food’s list"): ``checked_on`` is then the day on which the place
    stood in it, and is told as that.
    ``unplaced`` counts the rows that have neither coordinates nor a known postcode: they are left out, and it is said.
    """

    _KIND: ClassVar[str] = "points"

    kind: Literal["points"]
    heading: Heading
    symbol: Symbol
    register_month: str = ""
    list_name: str = ""
    undated: Annotated[int, Field(ge=0)] = 0
    unplaced: Annotated[int, Field(ge=0)] = 0
    columns: dict[str, PointColumn] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _places_have_a_place(self) -> PointsCard:
        ours = set(self.columns.values())
        if not ours:
            return self
        if "name" not in ours:
            raise ValueError("write in [columns] which header has the name")
        if "postcode" not in ours and not {"latitude", "longitude"} <= ours:
            raise ValueError("write in [columns] which header has the postcode, or latitude and longitude")
        return self

    @model_validator(mode="after")
    def _one_kind_of_date(self) -> PointsCard:
        if self.register_month and (self.list_name or self.undated):
            raise ValueError("an entry in a register has no date of its own: remove 'register_month', or 'list_name' and 'undated'")
        return self


Card = LayerCard | PointsCard
