"""The API's two layers at once: nine boxes, the areas of one of them, and the classes of a map. Documented at /docs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from heatmap.api.common import PROBLEMS, find_area, find_layer, reply_to, snapshot_of
from heatmap.api.values import DECIMALS, PEOPLE, name_area, write_table
from heatmap.deprivation import CURRENT
from heatmap.geography.levels import ENGLAND
from heatmap.inequality.gradient import find_inside
from heatmap.inequality.pair_sentences import name_box, say_both, say_chance, say_measure, say_pair_warnings, say_thirds
from heatmap.inequality.pairs import (
    BOTH_HIGH,
    OUTSIDE,
    PairQuestion,
    can_be_paired,
    find_pair,
    in_line_by,
    levels_of_both,
    list_pair_box,
    split_box,
)
from heatmap.layers.cards import LayerCard
from heatmap.map.drawn import pack_bytes
from heatmap.snapshot import Snapshot
from heatmap.web.sending import pack_csv, pack_json

router = APIRouter(prefix="/api/v1/inequality/two", tags=["inequality"], responses=PROBLEMS)
_SAME = "The parameters layer and other name the same layer; give two different ones."
_NO_ORDER = "{name} cannot be put in thirds, since it is a kind of place or a number of people; choose another layer."
_NO_LEVEL = "{one} and {other} are not known for the same kind of area; choose another layer."
_NO_SUCH_AREA = "The parameter area takes E92000001 for England, or the code of a region, an NHS board or an authority."
_NOT_WHOLE = "The area is not made up of full areas at this level. Use a smaller level, or England."
_NOTES = (
    "The figures describe places, not the people in them. That two things meet in a place does not say that one causes the other.",
    (
        "Thirds are of all England's areas of this level with a figure; third 3 is nearest to the worse end, or highest where neither is"
        " worse."
    ),
    "An empty cell means that we have no figure. It does not mean zero. The flag column says why one is absent or weak.",
)


class PairQuery(BaseModel):
    """How two layers at once can be asked for."""

    model_config = ConfigDict(extra="forbid")

    layer: Annotated[str, Field(description="The first layer's id.", max_length=80, examples=[CURRENT.layer("acute_morbidity")])]
    other: Annotated[str, Field(description="The second layer's id.", max_length=80, examples=["overcrowded2021_england_lsoa21"])]
    level: Annotated[
        Literal["", "lsoa", "msoa", "lad", "icb", "rgn"], Field(description="A level both have; the smallest, if you do not say.")
    ] = ""
    area: Annotated[str, Field(description="E92000001 for England, or a region, board or authority.", pattern=r"^E\d{8}$")] = ENGLAND


class PairListQuery(PairQuery):
    """The same with the areas of one box."""

    box: Annotated[int, Field(ge=1, le=9, description="3 x (third by layer - 1) + third by other; 9 is both at their worst.")] = BOTH_HIGH
    format: Annotated[Literal["json", "csv"], Field(description="json, or csv for a spreadsheet.")] = "json"


class BoxAnswer(BaseModel):
    """One of the nine boxes."""

    box: int
    third: int = Field(description="By the first layer, 3 = nearest to its worse end.")
    third_other: int
    words: str
    areas: int
    population: int


class PairedArea(BaseModel):
    """One area of the box asked for, those nearest to both worse ends first."""

    code: str
    name: str
    authority: str
    population: int
    value: float | None
    flag: str
    value_other: float | None
    flag_other: str


class PairAnswer(BaseModel):
    """Two layers at once."""

    layer: str
    other: str
    level: str
    area: str
    in_line_by: str = Field(
        description="The column that puts areas in line by the first layer: value, rank, mean_score or people_tenth1_percent."
    )
    in_line_by_other: str
    sentence: str
    chance: str
    warnings: list[str]
    without_figure: int
    boxes: list[BoxAnswer]
    box: int
    box_words: str
    areas: list[PairedArea]
    attribution: list[str]


@router.get("", summary="Two layers at once", response_model=PairAnswer, responses={200: {"content": {"text/csv": {}}}})
def show_pair(request: Request, asked: Annotated[PairListQuery, Query()]) -> Response:
    """How many areas are in each of nine boxes, who lives there, and the areas of one box with both figures."""
    snapshot = snapshot_of(request)
    question = check_pair_question(asked, snapshot)
    if asked.format == "csv":
        name = f"two_{question.layer}_{question.other}_{question.level}_{question.area}_box{asked.box}.csv"
        named = {"Content-Disposition": f'attachment; filename="{name}"'}
        return reply_to(request, lambda: pack_csv(write_pair_csv(question, asked.box, snapshot), **named))
    return reply_to(request, lambda: pack_json(say_pair(question, asked.box, snapshot)))


@router.get("/classes", summary="The boxes of all areas, for a map", response_class=Response)
def send_pair_classes(request: Request, asked: Annotated[PairQuery, Query()]) -> Response:
    """One byte an area of the level, in the order of their codes: the box, 0 without a figure of both, 255 outside the area asked for."""
    snapshot = snapshot_of(request)
    question = check_pair_question(asked, snapshot)
    pair = find_pair(question, snapshot)
    return reply_to(request, lambda: pack_bytes(np.where(pair.inside, pair.box, OUTSIDE)))


def check_pair_question(asked: PairQuery, snapshot: Snapshot) -> PairQuestion:
    """The question, or 404 or 422 with a sentence."""
    one, other = find_layer(snapshot, asked.layer), find_layer(snapshot, asked.other)
    if one.id == other.id:
        raise HTTPException(422, _SAME)
    for card in (one, other):
        if not can_be_paired(card):
            raise HTTPException(422, _NO_ORDER.format(name=card.id))
    able = levels_of_both(one, other)
    if not able:
        raise HTTPException(422, _NO_LEVEL.format(one=one.id, other=other.id))
    if asked.level and asked.level not in able:
        raise HTTPException(422, f"The parameter level can only be {' or '.join(able)} for these two.")
    level = asked.level or able[0]
    area = None if asked.area == ENGLAND else find_area(snapshot, asked.area)
    if area is not None and area.level not in ("rgn", "icb", "lad"):
        raise HTTPException(422, _NO_SUCH_AREA)
    code = area.code if area else ENGLAND
    if find_inside(code, level, snapshot) is None:
        raise HTTPException(422, _NOT_WHOLE)
    return PairQuestion(one.id, other.id, level, code)


def say_pair(question: PairQuestion, box: int, snapshot: Snapshot) -> dict[str, Any]:
    """Two layers at once as plain values."""
    pair, cards = find_pair(question, snapshot), [snapshot.cards[layer] for layer in (question.layer, question.other)]
    columns = [in_line_by(card, question.level, snapshot).column for card in cards]
    return {
        "layer": question.layer, "other": question.other, "level": question.level, "area": question.area,
        "in_line_by": columns[0], "in_line_by_other": columns[1],
        "sentence": say_both(pair, question, snapshot), "chance": say_chance(pair, question, snapshot),
        "warnings": say_pair_warnings(pair, question, snapshot), "without_figure": pair.without,
        "boxes": [
            {
                "box": number, "third": row, "third_other": column, "words": say_thirds(question, number, snapshot),
                "areas": int(pair.areas[row - 1, column - 1]), "population": int(pair.people[row - 1, column - 1]),
            }
            for number in range(1, 10) for row, column in [split_box(number)]
        ],
        "box": box, "box_words": name_box(question, box, snapshot), "areas": _list_areas(question, box, columns, snapshot),
        "attribution": [card.source.credit for card in cards],
    }  # fmt: skip


def _list_areas(question: PairQuestion, box: int, columns: list[str], snapshot: Snapshot) -> list[dict[str, Any]]:
    positions = list_pair_box(question, box, snapshot)
    codes = snapshot.areas[question.level].code.to_numpy()[positions]
    found = []
    tables = [snapshot.table(layer)[question.level] for layer in (question.layer, question.other)]
    values = [table[column].to_numpy(float, na_value=np.nan)[positions] for table, column in zip(tables, columns, strict=True)]
    flags = [table.flag.to_numpy(object)[positions] for table in tables]
    for at, area in enumerate(snapshot.area(code) for code in codes):
        authority = snapshot.area(area.parents["lad"]).title if "lad" in area.parents else ""
        one, other = (None if np.isnan(each[at]) else round(float(each[at]), DECIMALS) for each in values)
        found.append(
            {
                "code": area.code,
                "name": name_area(area),
                "authority": authority,
                "population": area.population,
                "value": one,
                "flag": flags[0][at] or "",
                "value_other": other,
                "flag_other": flags[1][at] or "",
            }
        )
    return found


def write_pair_csv(question: PairQuestion, box: int, snapshot: Snapshot) -> bytes:
    """The areas of a box as rows; safe to open in a spreadsheet."""
    said = say_pair(question, box, snapshot)
    columns = [
        "code",
        "name",
        "authority",
        "population",
        question.layer,
        f"{question.layer}_flag",
        question.other,
        f"{question.other}_flag",
    ]
    rows = [[*area.values(), area["code"], area["name"], snapshot.area(area["code"]).parents.get("lad")] for area in said["areas"]]
    about = {
        f"{which}_{what}": words
        for which, layer, column in (("layer", question.layer, said["in_line_by"]), ("other", question.other, said["in_line_by_other"]))
        for what, words in _say_layer(snapshot.cards[layer], column).items()
    }
    notes = [f"{said['box_words']}.", said["sentence"], said["chance"], *said["warnings"], *_NOTES]
    return write_table(
        [*columns, "area_code", "area_name", "authority_code"],
        rows,
        {
            **about,
            "population_period": PEOPLE["period"],
            "population_source": PEOPLE["attribution"],
            "build": snapshot.build,
            "notes": " ".join(filter(None, notes)),
        },
    )


def _say_layer(card: LayerCard, column: str) -> dict[str, str]:
    """What a column of figures is: by what areas are in line, in which unit, of when, and who to credit."""
    return {"in_line_by": column, "unit": say_measure(card, column), "period": card.period, "source": card.source.credit}
