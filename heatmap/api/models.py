"""What the API answers, and what it may be asked: the models behind the page /docs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from heatmap.api.values import say_polarity, say_unit, say_what_value_is
from heatmap.deprivation import CURRENT, DEFAULT_LAYER, EDITIONS, INDEXES, AskedYear
from heatmap.geography.levels import Level
from heatmap.indicators.standings import polarity_of
from heatmap.indicators.words import find_indicator_words, say_meaning
from heatmap.layers.cards import Geography, LayerCard, Polarity, Scheme

Format = Literal["json", "csv", "geojson"]
_LISTED = r"^(({0},)*{0})?$"
_CODE = {"regions": r"E12\d{6}", "icbs": r"E54\d{6}", "authorities": r"E0[6-9]\d{6}"}

#: What each parameter may be, for the sentence that says so when it is not; one that takes some words alone may be left out.
ALLOWED = {
    "level": "lsoa, msoa, lad, icb or rgn",
    "deciles": "numbers from 1 (most deprived) to 10 with commas between, like 1,2",
    "regions": "codes of regions with commas between, like E12000007",
    "icbs": "codes of NHS boards with commas between, like E54000055",
    "authorities": "codes of local authorities with commas between, like E08000025",
    "period": "one of the layer's periods, which /api/v1/layers lists, like 2019",
    "setting": "urban or rural",
    "core20": " or ".join(edition.year for edition in EDITIONS),
    "within": "the code of one larger area, like E08000025",
    "layer": "a layer's id, which /api/v1/layers lists, like disability2021_england_lsoa21",
    "area": "E92000001 for England, or the code of a region, an NHS board or an authority, like E08000025",
    "by": f"{', '.join(INDEXES[:-1])} or {INDEXES[-1]}",
    "groups": "10 or 5",
    "ranked": "national, or local for an authority",
    "measure": "sii or rii",
    "width": "wide or narrow",
    "words": "all or none",
    "near": "the code of one area, like E01021988",
    "km": "a number of kilometres above 0 and up to 25",
    "need": f"an indicator's id, which /api/v1/layers lists, like {CURRENT.layer('income')}",
    "national": "yes or no",
    "page": "a whole number from 1",
    "size": "a whole number from 1 to 500",
    "limit": "a whole number from 1 to 20",
    "search": "2 to 60 characters of a name or an area code, like Jaywick",
    "z": "a zoom from 0 to 22",
    "x": "a whole number from 0",
    "y": "a whole number from 0",
}


class Filters(BaseModel):
    """The map's filters: each is about neighbourhoods; a larger area stays while any of its neighbourhoods does."""

    model_config = ConfigDict(extra="forbid")

    deciles: Annotated[
        str,
        Field(
            description=f"Only these tenths of the layer (of the IMD {CURRENT.year} if it has none); 1 is the most deprived.",
            pattern=_LISTED.format("(10|[1-9])"),
            max_length=100,
            examples=["1,2"],
        ),
    ] = ""
    regions: Annotated[
        str,
        Field(description="Only in these regions, by code.", pattern=_LISTED.format(_CODE["regions"]), max_length=2000),
    ] = ""
    icbs: Annotated[
        str,
        Field(description="Only in these NHS boards, by code.", pattern=_LISTED.format(_CODE["icbs"]), max_length=2000),
    ] = ""
    authorities: Annotated[
        str,
        Field(
            description="Only in these local authorities, by code.",
            pattern=_LISTED.format(_CODE["authorities"]),
            max_length=4000,
            examples=["E08000025"],
        ),
    ] = ""
    setting: Annotated[Literal["", "urban", "rural"], Field(description="Only town (urban) or only country (rural).")] = ""
    core20: Annotated[
        AskedYear,
        Field(description="Only the most deprived fifth of England by the IMD of that year."),
    ] = ""


class ValuesQuery(Filters):
    """What the figures of a layer can be asked by."""

    level: Annotated[
        Literal["", "lsoa", "msoa", "lad", "icb", "rgn"],
        Field(description="The kind of area, one row each; the layer's own, if you do not say."),
    ] = ""
    period: Annotated[
        str, Field(description="One of the layer's periods; the newest, if you do not say.", pattern=r"^[\w /–-]{0,20}$", examples=["2019"])
    ] = ""
    format: Annotated[Format, Field(description="json, csv for a spreadsheet, or geojson with outlines.")] = "json"
    within: Annotated[
        str,
        Field(
            description="Only areas with a neighbourhood in this larger area.",
            pattern=r"^(E\d{8})?$",
            examples=["E07000076"],
        ),
    ] = ""


class SearchQuery(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    search: Annotated[
        str,
        Field(
            description="Part of a name or an area code; never a postcode.",
            min_length=2,
            max_length=60,
            examples=["Jaywick"],
        ),
    ]


class Problem(BaseModel):
    """What went wrong, in one sentence with the next step."""

    detail: str = Field(examples=["We have no area with that code. Codes look like E01021988 or E08000025."])


class Health(BaseModel):
    """That the server answers, from which build of the data, and whether the database of projects answers too."""

    status: Literal["ok", "degraded"]
    build: str = Field(examples=["1a2b3c4d5e6f"])
    database: Literal["ok", "away"]


class SourceAnswer(BaseModel):
    """Who published the figures, on what terms, and the words of credit to show with them."""

    publisher: str
    title: str
    page: str
    licence: str
    attribution: str
    accessed: date


class Counts(BaseModel):
    """How many areas a level has, how many have a value, or else a rank, and how many are absent or weak, by reason."""

    areas: int
    with_value: int
    with_rank: int
    flags: dict[str, int]


class LevelAnswer(BaseModel):
    """What a layer's ``value`` is at a level: its unit and its worse end may differ from those of the layer's own level."""

    unit: str
    polarity: Polarity
    polarity_in_words: str
    value_is: str = Field(examples=["A share of residents, worked out by this project from the neighbourhoods inside."])


class EnglandFigure(BaseModel):
    """England's own figure, added up or averaged over people by this project as those of larger areas are."""

    value: float
    numerator: float | None = None
    denominator: float | None = None
    lower_ci: float | None = None
    upper_ci: float | None = None
    areas_left_out: int = Field(0, description="Of a sum: how many areas have no figure; the true total is the value or more.")


class LayerAnswer(BaseModel):
    """A layer's card in words."""

    id: str = Field(examples=[DEFAULT_LAYER])
    title: str
    short: str
    question: str = Field(examples=["How deprived is this neighbourhood, compared with the rest of England?"])
    theme: str
    series: str
    edition: str
    unit: str = Field(description="At the layer's own level; by_level has that of each.")
    polarity: Polarity = Field(description="At the layer's own level; by_level has that of each.")
    by_level: dict[Level, LevelAnswer]
    polarity_in_words: str = Field(examples=["A higher value is worse. Rank 1 and decile 1 are the most deprived."])
    polarity_reason: str = Field(description="Why that end is worse; empty where the layer is no indicator.")
    meaning: str = Field(description="What it means.")
    not_meaning: str = Field(description="What it does not say.")
    why_it_matters: str = Field(description="What to make of it in a consultation; empty where the layer is no indicator.")
    caution: str = Field(description="What you must show next to the figures, wherever you show them. Empty if there is nothing.")
    certainty: list[str] = Field(description="How sure its meaning is, a sentence each.")
    part_of: str = Field(description="The series that contains it: comparing the two is circular.", examples=["imd"])
    period: str
    periods: list[str] = Field(description="Every period there is, oldest first; empty where there is one.")
    geography: Geography
    levels: list[Level]
    scheme: Scheme
    kinds: list[str] = Field(description="What 1, 2, 3 … stand for, where a layer sorts areas instead of measuring.")
    conditions: list[str]
    core20plus5: list[str]
    age_group: str
    author: str
    source: SourceAnswer
    counts: dict[Level, Counts]
    england: dict[str, EnglandFigure] = Field(description="By period (an empty text where there is one alone); none of ranks and kinds.")
    values: str = Field(examples=[f"/api/v1/layers/{DEFAULT_LAYER}/values"])


class LayersAnswer(BaseModel):
    """Every layer, in the order of the map's list."""

    layers: list[LayerAnswer]


class Figures(BaseModel):
    """One layer's figures for one area; null where there is none. Shares are null at LSOA, the decile above it."""

    value: float | None
    decile: int | None = Field(description="1 is the most deprived tenth of England's neighbourhoods.")
    flag: str = Field(description='Why a figure is absent or weak; "" for an ordinary one.')
    rank: int | None = Field(description="1 is the most deprived, or the end that the layer's polarity_in_words names.")
    people_tenth1_percent: float | None = Field(None, description="Residents in neighbourhoods of England's tenth 1.")
    people_fifth1_percent: float | None = Field(None, description="Residents in neighbourhoods of England's fifth 1.")
    areas_tenth1_percent: float | None = Field(None, description="Neighbourhoods in England's tenth 1.")
    areas_fifth1_percent: float | None = Field(None, description="Neighbourhoods in England's fifth 1.")
    mean_score: float | None = None
    areas_left_out: int | None = Field(
        None, description="Of a sum: how many areas inside have no figure, withheld or missing; the true total is the value or more."
    )
    numerator: float | None = Field(None, description="Who or what was counted.")
    denominator: float | None = Field(None, description="Of how many.")
    lower_ci: float | None = Field(None, description="Lower 95 % limit of the value.")
    upper_ci: float | None = Field(None, description="Upper 95 % limit of the value.")
    is_official: bool | None = Field(None, description="Whether areas_tenth1_percent and mean_score are the publisher's.")


class AreaFigures(Figures):
    """One row of a layer."""

    code: str = Field(examples=["E01021988"])
    name: str = Field(examples=["Tendring 018A"])
    people: int = Field(description="Residents in mid-2022.")


class PeopleAnswer(BaseModel):
    """What ``people`` counts, of when, and whom to credit for it."""

    unit: str
    period: str
    attribution: str


class ValuesAnswer(LevelAnswer):
    """A layer's figures, one row an area."""

    layer: str
    level: Level
    period: str
    attribution: str
    people: PeopleAnswer
    filters: dict[str, str]
    areas: list[AreaFigures]


class AreaName(BaseModel):
    """An area's code, name and kind."""

    code: str = Field(examples=["E02004613"])
    name: str
    level: Level


class FoundArea(AreaName):
    """An area that was found, and by which other name or code."""

    notice: str = Field("", description="Which name of other times, or code of another year, it was found by; empty where by our own.")


class AreasAnswer(BaseModel):
    """Areas whose name or code fits, at most 20, larger ones and nearer fits first."""

    areas: list[FoundArea]


class AreaAnswer(AreaName):
    """One area with all its figures, by the id of the layer."""

    place: str = Field(description="The human name of its wider neighbourhood, where it has one.")
    population: int = Field(description="Residents in mid-2022.")
    notice: str = Field(
        "", description="What the code asked for was read as, where it is one of another year; the header X-Notice says it in every answer."
    )
    parents: list[AreaName] = Field(description="The areas that contain it, the nearest first.")
    values: dict[str, Figures]


#: [code of the neighbourhood, latitude, longitude, "N" placed by the official lookup or "P" by its map reference].
Placed = tuple[str, float, float, Literal["N", "P"]]


class OutwardAnswer(BaseModel):
    """Every postcode of one outward code, by its inward half."""

    outward: str = Field(examples=["CO15"])
    postcodes: dict[str, Placed] = Field(examples=[{"2EU": ["E01021988", 51.79, 1.12, "N"]}])


class SmallOutwardsAnswer(BaseModel):
    """The outward codes with so few postcodes that they travel together."""

    outwards: dict[str, dict[str, Placed]]


def say_level(card: LayerCard, level: Level, *, empty: bool) -> dict[str, Any]:
    """A level of a layer as LevelAnswer has it.

    empty   whether no area of the level has a value
    """
    return {
        "unit": say_unit(card, level),
        "polarity": polarity_of(card, level),
        "polarity_in_words": say_polarity(card, level, empty=empty),
        "value_is": say_what_value_is(card, level, empty=empty),
    }


def say_layer(card: LayerCard, tables: Mapping[Level, pd.DataFrame], facts: dict[str, Any]) -> dict[str, Any]:
    """A card as LayerAnswer has it, ready for JSON.

    tables  the layer's rows by level, of the period shown first
    facts   of the layer: among them counts (areas, classes and flags by level) and England's figures
    """
    wanted = LayerAnswer.model_fields.keys() & LayerCard.model_fields.keys()
    means, not_means = say_meaning(card)
    words = find_indicator_words(card.words)
    filled = {level: {column: int(rows[column].notna().sum()) for column in ("value", "rank")} for level, rows in tables.items()}
    by_level = {level: say_level(card, level, empty=not filled[level]["value"]) for level in tables}
    said = card.model_dump(mode="json", include=set(wanted))
    return said | {
        "meaning": means,
        "not_meaning": not_means,
        "source": said["source"] | {"attribution": card.source.credit},
        "by_level": by_level,
        "polarity_in_words": by_level[card.base_level]["polarity_in_words"],
        "polarity_reason": words.polarity_reason if words else "",
        "why_it_matters": words.why_it_matters if words else "",
        "caution": words.caution if words else "",
        "certainty": list(words.certainty_words) if words else [],
        "levels": list(tables),
        "kinds": [kind.label for kind in card.kinds],
        "counts": {
            level: {
                "areas": count["areas"],
                "with_value": filled[level]["value"],
                "with_rank": filled[level]["rank"],
                "flags": count["flags"],
            }
            for level, count in ((level, facts["counts"][level]) for level in tables)
        },
        "england": facts["england"],
        "values": f"/api/v1/layers/{card.id}/values",
    }
