"""The API's indicators of one area: where it stands by each, as JSON or a spreadsheet, and each as a picture. Documented at /docs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from heatmap.api.common import PROBLEMS, find_area, find_layer, reply_to, snapshot_of
from heatmap.api.values import DECIMALS, name_area, say_unit, write_table
from heatmap.geography.levels import Level
from heatmap.indicators.chart import NARROW, WIDE, draw_chart
from heatmap.indicators.sentences import say_comparison
from heatmap.indicators.standings import Standing, find_standing, find_standings, is_indicator, polarity_of
from heatmap.indicators.words import say_caution
from heatmap.layers.words import FLAG_WORDS
from heatmap.snapshot import Area, Snapshot
from heatmap.web.sending import pack, pack_csv, pack_json

router = APIRouter(prefix="/api/v1/areas", tags=["areas"], responses=PROBLEMS)
AreaCode = Annotated[str, Path(description="An area code.", examples=["E01021988"])]
_NO_CHART = "The layer {layer} is not an indicator, so it has no chart. GET /api/v1/areas/{code}/indicators lists those that are."
_NOTES = (
    "The figures describe places, not the people in them.",
    "An empty cell means that the figure is missing or withheld. It does not mean zero. The column flag says why.",
    "figure_of is the area whose figure it is: the area asked for, or a larger one that contains it, if it has none itself.",
    (
        "compared_by interval: worse, better, higher or lower only where England's value lies outside the 95% interval."
        " compared_by fifths: the fifth of England's areas of that level."
    ),
    "england is the share of all that were counted, or the mean of areas weighted by their people.",
)


class IndicatorsQuery(BaseModel):
    """What the indicators of an area can be asked by."""

    model_config = ConfigDict(extra="forbid")

    format: Annotated[Literal["json", "csv"], Field(description="json, or csv for a spreadsheet.")] = "json"


class ChartQuery(BaseModel):
    """How a chart can be asked for."""

    model_config = ConfigDict(extra="forbid")

    width: Annotated[Literal["wide", "narrow"], Field(description="wide, or narrow for a phone; both have text of the same size.")] = "wide"


class IndicatorAnswer(BaseModel):
    """Where an area stands by one indicator."""

    layer: str
    title: str
    theme: str
    period: str
    figure_of: str = Field(description="Code of the area whose figure it is: a larger one, if the area has none itself.")
    figure_of_name: str
    level: Level
    unit: str
    value: float | None
    lower_ci: float | None
    upper_ci: float | None
    rank: int | None
    numerator: int | None
    denominator: int | None
    flag: str
    flag_words: str
    authority: float | None
    england: float | None
    polarity: str
    comparison: str = Field(description="better, similar, worse, or higher, lower where neither end is worse; or the fifth.")
    compared_by: str = Field(description="interval, fifths, or empty where nothing was compared.")
    comparison_words: str
    areas_left_out: int = Field(0, description="Of a total: how many areas inside have no figure; the true total is the value or more.")
    caution: str
    publisher: str
    licence: str
    attribution: str


class IndicatorsAnswer(BaseModel):
    """Every indicator for an area."""

    code: str
    name: str
    indicators: list[IndicatorAnswer]


@router.get(
    "/{code}/indicators",
    summary="Every indicator for an area",
    response_model=IndicatorsAnswer,
    responses={200: {"content": {"text/csv": {}}}},
)
def list_standings(request: Request, code: AreaCode, asked: Annotated[IndicatorsQuery, Query()]) -> Response:
    """Each indicator's figure for an area, or for the larger area it lies in, with England and the authority beside."""
    snapshot = snapshot_of(request)
    area = find_area(snapshot, code)
    if asked.format == "csv":
        return reply_to(
            request,
            lambda: pack_csv(
                write_indicators_csv(area, snapshot), **{"Content-Disposition": f'attachment; filename="indicators_{area.code}.csv"'}
            ),
        )
    rows = [describe_standing(each) for each in find_standings(area.code, snapshot)]
    return reply_to(request, lambda: pack_json({"code": area.code, "name": name_area(area), "indicators": rows}))


@router.get(
    "/{code}/indicators/{layer}/chart",
    summary="One indicator of an area as a picture",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}},
)
def send_chart(
    request: Request,
    code: AreaCode,
    layer: Annotated[str, Path(examples=["smoking2021_england_lad24"])],
    asked: Annotated[ChartQuery, Query()],
) -> Response:
    """An SVG with title, finding, source and licence: over the periods with England beside, or among England's areas."""
    snapshot = snapshot_of(request)
    area, card = find_area(snapshot, code), find_layer(snapshot, layer)
    standing = find_standing(card, area, snapshot) if is_indicator(card) else None
    if standing is None:
        raise HTTPException(404, _NO_CHART.format(layer=card.id, code=area.code))
    name = f"{card.id}_{standing.of.code}.svg"
    return reply_to(
        request,
        lambda: pack(
            draw_chart(standing, snapshot, WIDE if asked.width == "wide" else NARROW).encode(),
            "image/svg+xml",
            ("br", "gzip"),
            **{"Content-Disposition": f'inline; filename="{name}"'},
        ),
    )


def describe_standing(standing: Standing) -> dict[str, Any]:
    """A standing as plain values."""
    card, of, figure = standing.card, standing.of, standing.figure
    rounded = lambda value: None if value is None else round(value, DECIMALS) + 0.0  # noqa: E731 - takes the sign off -0.0
    return {
        "layer": card.id, "title": card.title, "theme": card.theme, "period": card.period,
        "figure_of": of.code, "figure_of_name": name_area(of), "level": of.level,
        "unit": say_unit(card, of.level),
        "value": rounded(figure.value), "lower_ci": rounded(figure.lower_ci), "upper_ci": rounded(figure.upper_ci),
        "rank": standing.rank, "numerator": standing.part, "denominator": standing.whole,
        "flag": standing.flag, "flag_words": FLAG_WORDS[standing.flag][1] if standing.flag else "",
        "authority": rounded(standing.authority[1] if standing.authority else None), "england": rounded(standing.england),
        "polarity": polarity_of(card, of.level),
        "comparison": "" if standing.comparison.basis is None else str(standing.comparison.outcome),
        "compared_by": standing.comparison.basis or "",
        "comparison_words": say_comparison(standing.comparison, of.level),
        "areas_left_out": standing.left_out.areas if standing.left_out else 0,
        "caution": say_caution(card),
        "publisher": card.source.publisher, "licence": card.source.licence, "attribution": card.source.attribution,
    }  # fmt: skip


def write_indicators_csv(area: Area, snapshot: Snapshot) -> bytes:
    """Every standing as a row; safe to open in a spreadsheet."""
    columns = list(IndicatorAnswer.model_fields)
    rows = [[row[key] for key in columns] for row in map(describe_standing, find_standings(area.code, snapshot))]
    said = {"area_code": area.code, "area_name": name_area(area), "build": snapshot.build, "notes": " ".join(_NOTES)}
    return write_table(columns, rows, said)
