"""The API's gradients: an indicator by groups of deprivation, where the gap is widest, and the picture. Documented at /docs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from heatmap.api.common import PROBLEMS, find_area, find_layer, reply_to, snapshot_of
from heatmap.api.values import DECIMALS, name_area, write_table
from heatmap.deprivation import AskedIndex
from heatmap.geography.levels import ENGLAND
from heatmap.inequality.chart import NARROW, WIDE, draw_gradient
from heatmap.inequality.gradient import Answer, GradientQuestion, default_index, default_ranked, find_gradient
from heatmap.inequality.ranking import GROUPS, RankedLevel, rank_areas, split_ranking
from heatmap.inequality.sentences import (
    INDEX_NAMES,
    say_area,
    say_cautions,
    say_counted,
    say_gradient_finding,
    say_line_up,
    say_scale,
    say_slope,
    say_warnings,
)
from heatmap.layers.cards import LayerCard
from heatmap.map.drawn import pack_bytes
from heatmap.snapshot import Snapshot
from heatmap.statistics import Estimate
from heatmap.web.sending import pack, pack_csv, pack_json

router = APIRouter(prefix="/api/v1/inequality", tags=["inequality"], responses=PROBLEMS)
#: England and the levels whose areas a gradient can be asked for.
ABLE = ("rgn", "icb", "lad")
_NO_SUCH_AREA = (
    "The parameter area takes E92000001 for England, or the code of a region, an NHS board or an authority; a neighbourhood has no"
    " gradient."
)
_NOT_LOCAL = "The parameter ranked can only be local for an authority; leave it out for groups of England."
_NOT_RANKED = "The parameter level can only be lad or icb here."
_NOTES = (
    "The figures describe places, not the people in them. Group 1 is the most deprived.",
    (
        "sii: the two ends of the fitted line, one minus the other; rii: one over the other. gap and ratio: the same of group 1 and the"
        " last as they are."
    ),
    (
        "Those named deprived_worse are above 0 (ratios above 1) where the most deprived are worse off, or, where neither end is worse,"
        " have more. sii_least_minus_most and rii_least_over_most are the same measures as the statistical convention turns them."
    ),
    "By OHID's method: weighted least squares on the middles of the groups' shares of people; limits from 10,000 draws with a fixed seed.",
    "An empty cell means we have no figure. It does not mean zero. The column “reason” says why.",
)


#: The measures of a file, in the sign of the pages, then as the statistical convention turns them.
_MEASURES = (
    "sii_deprived_worse",
    "rii_deprived_worse",
    "gap_deprived_worse",
    "ratio_deprived_worse",
    "sii_least_minus_most",
    "rii_least_over_most",
)


class GradientQuery(BaseModel):
    """How a gradient can be asked for."""

    model_config = ConfigDict(extra="forbid")

    layer: Annotated[str, Field(description="The indicator's id.", max_length=80, examples=["disability2021_england_lsoa21"])]
    area: Annotated[
        str, Field(description="E92000001 for England, or a region, board or authority.", pattern=r"^E\d{8}$", examples=["E08000025"])
    ] = ENGLAND
    by: Annotated[AskedIndex, Field(description="What puts areas in line; income if the IMD includes the indicator, else the IMD.")] = ""
    groups: Annotated[Literal["10", "5"], Field(description="Tenths or fifths; below 60 areas always fifths.")] = "10"
    ranked: Annotated[
        Literal["", "national", "local"],
        Field(description="England's groups, or the authority's own. The authority's own, if you do not say."),
    ] = ""


class GradientFormQuery(GradientQuery):
    """The same as a file."""

    format: Annotated[Literal["json", "csv"], Field(description="json, or csv for a spreadsheet.")] = "json"


class GradientChartQuery(GradientQuery):
    """The same as a picture."""

    width: Annotated[Literal["wide", "narrow"], Field(description="wide, or narrow for a phone.")] = "wide"
    words: Annotated[Literal["all", "none"], Field(description="With title, finding, source and licence, or the bars alone.")] = "all"


class RankedClassesQuery(BaseModel):
    """How the ranking can be asked for."""

    model_config = ConfigDict(extra="forbid")

    layer: Annotated[str, Field(description="The indicator's id.", max_length=80, examples=["disability2021_england_lsoa21"])]
    level: Annotated[str, Field(description="lad for authorities, icb for NHS boards.", max_length=8, examples=["lad"])] = "lad"
    by: Annotated[AskedIndex, Field(description="What puts areas in line; income if the IMD includes the indicator, else the IMD.")] = ""
    measure: Annotated[Literal["sii", "rii"], Field(description="What the areas are put in order by.")] = "sii"


class RankingQuery(RankedClassesQuery):
    """The same as a file."""

    format: Annotated[Literal["json", "csv"], Field(description="json, or csv for a spreadsheet.")] = "json"


_OURS = "Above 0: the most deprived are worse off; where neither end is worse, they have more. As pages, files and ranking show it."
_OURS_OVER = "Above 1: the most deprived are worse off; where neither end is worse, they have more. As pages, files and ranking show it."


class EstimateAnswer(BaseModel):
    """A measure with its 95 % limits, or the reason why one is absent."""

    value: float | None
    lower_ci: float | None
    upper_ci: float | None
    reason: str


class GroupAnswer(EstimateAnswer):
    """One group."""

    group: int
    population: float = Field(description="Who the figure is for: see counted.")
    areas: int
    fitted: float | None = Field(description="What the line says of it.")


class GradientAnswer(BaseModel):
    """A gradient in full."""

    layer: str
    title: str
    area: str
    area_name: str
    by: str
    by_name: str
    groups_of: int = Field(description="10 or 5, as it was answered.")
    ranked: str
    level: str = Field(description="Of which areas the groups are made.")
    unit: str
    polarity: str
    period: str
    counted: str
    groups: list[GroupAnswer]
    sii_deprived_worse: EstimateAnswer = Field(description=_OURS)
    rii_deprived_worse: EstimateAnswer = Field(description=_OURS_OVER)
    gap_deprived_worse: EstimateAnswer = Field(description="Group 1 and the last as they are. " + _OURS)
    ratio_deprived_worse: EstimateAnswer = Field(description="Group 1 and the last as they are. " + _OURS_OVER)
    sii_least_minus_most: EstimateAnswer = Field(description="The statistical convention: fitted least deprived end minus the most.")
    rii_least_over_most: EstimateAnswer = Field(description="The statistical convention: fitted least deprived end over the most.")
    sii: EstimateAnswer = Field(description="The same as sii_least_minus_most.")
    rii: EstimateAnswer = Field(description="The same as rii_least_over_most.")
    gap: EstimateAnswer = Field(description="Group 1 minus the last, whichever end is worse.")
    ratio: EstimateAnswer = Field(description="Group 1 over the last, whichever end is worse.")
    scale: str
    sentence: str
    slope: str
    warnings: list[str]
    publisher: str
    licence: str
    attribution: str


class RankedAreaAnswer(BaseModel):
    """One area of the ranking."""

    place: int | None = Field(description="1 = the widest gap; null for those without the measure.")
    code: str
    name: str
    most_deprived: float | None
    least_deprived: float | None
    sii_deprived_worse: EstimateAnswer = Field(description=_OURS)
    rii_deprived_worse: EstimateAnswer = Field(description=_OURS_OVER)
    sii: EstimateAnswer = Field(description="The statistical convention: fitted least deprived end minus the most.")
    rii: EstimateAnswer = Field(description="The statistical convention: fitted least deprived end over the most.")
    sentence: str


class RankingAnswer(BaseModel):
    """All areas of a level."""

    layer: str
    level: str
    by: str
    measure: str
    groups_of: int
    warnings: list[str]
    areas: list[RankedAreaAnswer]
    without: list[RankedAreaAnswer] = Field(description="Too small, or without the measure: the sentence says why.")


@router.get(
    "", summary="An indicator by groups of deprivation", response_model=GradientAnswer, responses={200: {"content": {"text/csv": {}}}}
)
def show_gradient(request: Request, asked: Annotated[GradientFormQuery, Query()]) -> Response:
    """Groups from the most to the least deprived, slope and relative index of inequality, the sentence and its warnings."""
    snapshot = snapshot_of(request)
    question = check_gradient_question(asked, snapshot)
    if asked.format == "csv":
        return reply_to(request, lambda: pack_csv(write_gradient_csv(question, snapshot), **_attach(question, "csv")))
    return reply_to(request, lambda: pack_json(say_gradient(question, snapshot)))


@router.get("/chart", summary="A gradient as a picture", response_class=Response, responses={200: {"content": {"image/svg+xml": {}}}})
def send_gradient_chart(request: Request, asked: Annotated[GradientChartQuery, Query()]) -> Response:
    """An SVG with bars, intervals, fitted line and the population of each group."""
    snapshot = snapshot_of(request)
    question, width = check_gradient_question(asked, snapshot), WIDE if asked.width == "wide" else NARROW
    return reply_to(
        request,
        lambda: pack(
            draw_gradient(find_gradient(question, snapshot), snapshot, width, asked.words == "all").encode(),
            "image/svg+xml",
            ("br", "gzip"),
            **_attach(question, "svg", "inline"),
        ),
    )


@router.get("/areas", summary="Where the gap is widest", response_model=RankingAnswer, responses={200: {"content": {"text/csv": {}}}})
def list_ranking(request: Request, asked: Annotated[RankingQuery, Query()]) -> Response:
    """Every authority by fifths of its own neighbourhoods, or every NHS board by England's, the widest gap first."""
    snapshot = snapshot_of(request)
    card, level = find_layer(snapshot, asked.layer), _read_level(asked)
    if asked.format == "csv":
        named = {"Content-Disposition": f'attachment; filename="inequality_{card.id}_{level}.csv"'}
        return reply_to(request, lambda: pack_csv(write_ranking(card, asked, snapshot), **named))
    return reply_to(request, lambda: pack_json(say_ranking(card, asked, snapshot)))


@router.get("/areas/classes", summary="The ranking in fifths, for a map", response_class=Response)
def send_ranking_classes(request: Request, asked: Annotated[RankedClassesQuery, Query()]) -> Response:
    """One byte an area of the level, in the order of their codes: 1 = the fifth with the widest gaps, 0 = without the measure."""
    snapshot = snapshot_of(request)
    card, level = find_layer(snapshot, asked.layer), _read_level(asked)
    by = asked.by or default_index(card)
    return reply_to(request, lambda: pack_bytes(split_ranking(card.id, by, level, asked.measure, snapshot).classes))


def _read_level(asked: RankedClassesQuery) -> RankedLevel:
    if asked.level not in ("lad", "icb"):
        raise HTTPException(422, _NOT_RANKED)
    return "lad" if asked.level == "lad" else "icb"


def check_gradient_question(asked: GradientQuery, snapshot: Snapshot) -> GradientQuestion:
    """The question, or 404 or 422 with a sentence."""
    card = find_layer(snapshot, asked.layer)
    area = None if asked.area == ENGLAND else find_area(snapshot, asked.area)
    if area is not None and area.level not in ABLE:
        raise HTTPException(422, _NO_SUCH_AREA)
    if asked.ranked == "local" and (area is None or area.level != "lad"):
        raise HTTPException(422, _NOT_LOCAL)
    return GradientQuestion(
        card.id,
        area.code if area else ENGLAND,
        asked.by or default_index(card),
        int(asked.groups),
        asked.ranked or default_ranked(area, card),
    )


def say_gradient(question: GradientQuestion, snapshot: Snapshot) -> dict[str, Any]:
    """A gradient as plain values."""
    card, answer = snapshot.cards[question.layer], find_gradient(question, snapshot)
    return {
        "layer": card.id, "title": card.title, "area": question.area, "area_name": say_area(question.area, snapshot),
        "by": question.by, "by_name": INDEX_NAMES[question.by.rstrip("0123456789")], "groups_of": answer.question.groups,
        "ranked": question.ranked, "level": answer.level, "unit": card.unit, "polarity": card.polarity, "period": card.period,
        "counted": say_counted(answer, card), "groups": _say_groups(answer),
        **_say_measures(answer),
        "scale": answer.gradient.scale if answer.gradient else "", "sentence": say_gradient_finding(answer, card, snapshot),
        "slope": say_slope(answer, card), "warnings": say_warnings(answer, question, snapshot),
        "publisher": card.source.publisher, "licence": card.source.licence, "attribution": card.source.attribution,
    }  # fmt: skip


def say_ranking(card: LayerCard, asked: RankingQuery, snapshot: Snapshot) -> dict[str, Any]:
    """The ranking as plain values."""
    by = asked.by or default_index(card)
    level = _read_level(asked)
    found = rank_areas(card.id, by, level, asked.measure, snapshot)

    def say(place: int | None, code: str, name: str, answer: Answer) -> dict[str, Any]:
        ends = [each.estimate.value for each in (answer.groups.each[0], answer.groups.each[-1])] if answer.groups else [None, None]
        measures = _say_measures(answer)
        return {
            "place": place,
            "code": code,
            "name": name,
            "most_deprived": _round(ends[0]),
            "least_deprived": _round(ends[1]),
            **{name: measures[name] for name in ("sii_deprived_worse", "rii_deprived_worse", "sii", "rii")},
            "sentence": say_gradient_finding(answer, card, snapshot),
        }

    return {
        "layer": card.id,
        "level": level,
        "by": by,
        "measure": asked.measure,
        "groups_of": GROUPS,
        "warnings": say_cautions(card, by),
        "areas": [say(n, area.code, name_area(area), answer) for n, (area, answer) in enumerate(found.places, start=1)],
        "without": [say(None, area.code, name_area(area), answer) for area, answer in found.without],
    }


def write_gradient_csv(question: GradientQuestion, snapshot: Snapshot) -> bytes:
    """The groups as rows, then the measures; ``row`` tells the two apart. Safe to open in a spreadsheet."""
    said, answer = say_gradient(question, snapshot), find_gradient(question, snapshot)
    columns = ("group", "population", "areas", "value", "lower_ci", "upper_ci", "fitted", "reason")
    rows = [[*(group[name] for name in columns), "group"] for group in said["groups"]]
    rows += [
        [name, None, None, *(said[name][each] for each in ("value", "lower_ci", "upper_ci")), None, said[name]["reason"], "measure"]
        for name in _MEASURES
    ]
    notes = [said["sentence"], said["slope"], say_scale(answer), *said["warnings"], say_line_up(answer.question, answer.level, snapshot)]
    return write_table(
        (*columns, "row"),
        rows,
        {
            "area_code": said["area"],
            "area_name": said["area_name"],
            "layer": said["layer"],
            "title": said["title"],
            "unit": said["unit"],
            "period": said["period"],
            "population_counts": said["counted"],
            "in_line_by": said["by"],
            "source": said["attribution"],
            "build": snapshot.build,
            "notes": " ".join(filter(None, (*notes, *_NOTES))),
        },
    )


def write_ranking(card: LayerCard, asked: RankingQuery, snapshot: Snapshot) -> bytes:
    """The ranking as rows, those without the measure last."""
    said = say_ranking(card, asked, snapshot)
    columns = ["place", "code", "name", "most_deprived_fifth", "least_deprived_fifth"]
    ours = ("sii_deprived_worse", "rii_deprived_worse")
    columns += [f"{measure}{part}" for measure in ours for part in ("", "_lower_ci", "_upper_ci", "_reason")]
    rows = [
        [each["place"], each["code"], each["name"], each["most_deprived"], each["least_deprived"]]
        + [each[measure][part] for measure in ours for part in ("value", "lower_ci", "upper_ci", "reason")]
        + [each["code"], each["name"]]
        for each in (*said["areas"], *said["without"])
    ]
    return write_table(
        (*columns, "area_code", "area_name"),
        rows,
        {
            "layer": card.id,
            "title": card.title,
            "unit": card.unit,
            "period": card.period,
            "in_line_by": said["by"],
            "source": card.source.credit,
            "build": snapshot.build,
            "notes": " ".join((*said["warnings"], *_NOTES)),
        },
    )


def _say_groups(answer: Answer) -> list[dict[str, Any]]:
    if answer.groups is None or answer.gradient is None:
        return []
    fitted = answer.gradient.fitted_at(answer.gradient.position).tolist() or [None] * len(answer.groups.each)
    return [
        {
            "group": group.number,
            "population": round(group.population),
            "areas": group.areas,
            **_say_estimate(group.estimate),
            "fitted": _round(line),
        }
        for group, line in zip(answer.groups.each, fitted, strict=True)
    ]


def _say_measures(answer: Answer) -> dict[str, dict[str, Any]]:
    if answer.gradient is None or answer.gap is None:
        absent = {"value": None, "lower_ci": None, "upper_ci": None, "reason": answer.why_not}
        return dict.fromkeys((*_MEASURES, "sii", "rii", "gap", "ratio"), absent)
    ours = (answer.slope, answer.relative, answer.end_gap, answer.end_ratio)
    convention = (answer.gradient.sii, answer.gradient.rii)
    measures = [
        *zip(_MEASURES, (*ours, *convention), strict=True),
        *zip(("sii", "rii"), convention, strict=True),
        ("gap", answer.gap.gap),
        ("ratio", answer.gap.ratio),
    ]
    return {name: _say_estimate(estimate) for name, estimate in measures if estimate is not None}


def _say_estimate(estimate: Estimate) -> dict[str, Any]:
    numbers = {name: _round(getattr(estimate, name)) for name in ("value", "lower_ci", "upper_ci")}
    return {**numbers, "reason": "" if estimate.reason is None else str(estimate.reason)}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS) + 0.0


def _attach(question: GradientQuestion, ending: str, how: str = "attachment") -> dict[str, str]:
    name = f"inequality_{question.layer}_{question.area}_{question.by}_{question.groups}_{question.ranked}.{ending}"
    return {"Content-Disposition": f'{how}; filename="{name}"'}
