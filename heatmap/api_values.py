"""A layer's figures as rows, and as the three files in which the API hands them out."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_float_dtype

from heatmap.cards import LayerCard
from heatmap.csv_cells import defuse_line
from heatmap.geography import PARENT_COLUMN, Level, level_of
from heatmap.selection import Kept, Mask, keep, keep_at_level
from heatmap.state import FILTERS, MapState
from heatmap.store import Area, Snapshot

#: Figures that every level has, and those that only larger areas have.
BASE = ("value", "decile", "flag", "rank")
ABOVE = (
    "people_tenth1_percent", "people_fifth1_percent", "areas_tenth1_percent", "areas_fifth1_percent",
    "mean_score", "is_official",
)  # fmt: skip
#: Figures of layers that were counted.
COUNTED = ("numerator", "denominator", "lower_ci", "upper_ci")
#: Whole numbers, though Parquet without pandas' own notes gives those with gaps back as decimals.
_WHOLE = frozenset({"decile", "rank"})
#: Decimals of every figure sent: as many as a card may have.
DECIMALS = 4
#: Owed wherever outlines are handed out, beside the credit of the figures.
OUTLINES_CREDIT = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0."
    " Contains OS data © Crown copyright and database right 2025."
)
_FEATURES_A_PIECE = 500
_LONGEST_NAME = 160
#: A spreadsheet takes text that begins with one of these for a formula.


def say_unit(card: LayerCard, level: Level) -> str:
    """What a layer's ``value`` is measured in at a level."""
    if level == card.base_level or card.scheme in ("moved", "amount"):
        return card.unit
    if card.scheme == "kinds":
        return "% of residents who live in a rural neighbourhood"
    if card.ends:
        return f"% of residents who live in tenth 1 of neighbourhoods in England ({card.ends[0]})"
    return "% of residents who live in the most deprived tenth of neighbourhoods in England"


def say_filters(state: MapState, within: str) -> dict[str, str]:
    """The filters in force, as they stand in the address; those not used are left out."""
    asked = {key: getattr(state, key) for key in FILTERS} | {"within": within}
    return {key: ",".join(map(str, value)) if isinstance(value, tuple) else value for key, value in asked.items() if value}


def name_file(state: MapState, within: str) -> str:
    """What a download is called: layer, period, level and filters, so that it still says so when it lies in a folder.

    >>> name_file(MapState(deciles=(1, 2), setting="urban"), "E06000002")
    'imd2025_england_lsoa21_lsoa_deciles-1-2_setting-urban_within-E06000002'
    """
    filters = [f"{key}-{value}" for key, value in say_filters(state, within).items()]
    name = "_".join(filter(None, (state.layer, state.period, state.level, *filters)))
    return re.sub(r"[^\w-]", "-", name)[:_LONGEST_NAME]


def name_area(area: Area) -> str:
    """The name of an area in the API: a neighbourhood's official one, any other's as people say it."""
    return area.name if area.level == "lsoa" else area.title


def columns_of(level: Level, figures: pd.DataFrame) -> tuple[str, ...]:
    """The figures a level has."""
    return (*BASE, *(() if level == "lsoa" else ABOVE), *(column for column in COUNTED if column in figures))


def read_rows(snapshot: Snapshot, state: MapState, within: str = "") -> pd.DataFrame:
    """A layer's figures at a level, one row for each area that the filters leave, in the order of codes.

    within   code of a larger area, or "": only areas with a neighbourhood in it that passes the filters too
    returns  code, name, value, decile, flag, rank, people, and above LSOA the columns of ``ABOVE``
    """
    figures, areas = snapshot.table(state.layer, state.period)[state.level], snapshot.areas[state.level]
    rows = pd.DataFrame({
        "code": areas.code,
        "name": areas.place if state.level == "msoa" else areas["name"],
        **{column: _typed(figures, column) for column in BASE},
        "people": areas.population,
        **{column: _typed(figures, column) for column in columns_of(state.level, figures)[len(BASE) :]},
    })  # fmt: skip
    return rows[_left(snapshot, state, within)].reset_index(drop=True)


def read_figures(snapshot: Snapshot, layer: str, area: Area) -> dict[str, Any] | None:
    """A layer's figures for one area as plain values, or None where the layer has no such level."""
    row = snapshot.row(layer, area)
    if row is None:
        return None
    ours = (*BASE, *(() if area.level == "lsoa" else ABOVE), *(column for column in COUNTED if column in row))
    return {column: row[column] for column in ours}


def write_json(rows: pd.DataFrame, head: dict[str, Any]) -> bytes:
    """The rows after what is said of all of them together."""
    text = json.dumps(head, ensure_ascii=False)
    return f'{text[:-1]},"areas":{rows.to_json(orient="records", force_ascii=False)}}}'.encode()


def write_csv(rows: pd.DataFrame) -> bytes:
    """The rows for a spreadsheet: absent figures are empty cells, and no text can be taken for a formula."""
    safe = rows.rename(columns={"code": "area_code", "name": "area_name"})
    for column in ("area_code", "area_name", "flag"):
        safe[column] = [defuse_line(text) for text in safe[column]]
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text.encode()


def write_geojson(rows: pd.DataFrame, outlines: Sequence[str], head: dict[str, Any]) -> bytes:
    """The rows as features; ``outlines`` has the GeoJSON geometry of each."""
    properties = _say_rows(rows)
    features = ",".join(
        f'{{"type":"Feature","properties":{said},"geometry":{drawn}}}' for said, drawn in zip(properties, outlines, strict=True)
    )
    text = json.dumps({"type": "FeatureCollection", **head}, ensure_ascii=False)
    return f'{text[:-1]},"features":[{features}]}}'.encode()


def _say_rows(rows: pd.DataFrame) -> list[str]:
    """Each row as a JSON object; of no rows pandas would give one empty line."""
    return rows.to_json(orient="records", lines=True, force_ascii=False).splitlines() if len(rows) else []


def stream_geojson(rows: pd.DataFrame, outlines: Path, head: dict[str, Any]) -> Iterator[str]:
    """The rows as features, a piece at a time, for a whole country: its outlines are read line by line and never held.

    outlines   the ready-made file of the level: packed by xz, a line a feature, in the order of codes, as the rows are
    """
    text = json.dumps({"type": "FeatureCollection", **head}, ensure_ascii=False)
    piece = [f'{text[:-1]},"features":[']
    properties = dict(zip(rows.code, _say_rows(rows), strict=True))
    before = ""
    with lzma.open(outlines, "rt", encoding="utf-8") as lines:
        for line in lines:
            said, found, drawn = line.partition('"geometry":')
            code = said.partition('"code": "')[2].partition('"')[0]
            if not found or code not in properties:
                continue
            piece.append(f'{before}\n{{"type":"Feature","properties":{properties[code]},"geometry":{drawn.rstrip().removesuffix(",")}')
            before = ","
            if len(piece) == _FEATURES_A_PIECE:
                yield "".join(piece)
                piece = []
    yield "".join(piece) + "\n]}"


def draw_outlines(snapshot: Snapshot, level: Level, codes: pd.Series) -> list[str]:
    """The outline of each code as GeoJSON geometry, EPSG:4326."""
    drawn = snapshot.outlines(level)
    return [drawn[snapshot.position(code)] for code in codes]


def _left(snapshot: Snapshot, state: MapState, within: str) -> Mask:
    lsoas = keep(state, snapshot).lsoas
    if within:
        level = level_of(within)
        assert level is not None  # the caller has found the area
        lsoas = lsoas & (snapshot.areas["lsoa"][PARENT_COLUMN[level]] == within).to_numpy()
    return keep_at_level(Kept(lsoas, 0, 0), state.level, snapshot)


def _typed(figures: pd.DataFrame, column: str) -> pd.Series:
    cells = figures[column]
    if column in _WHOLE:
        return cells.astype("Int32")
    return cells.round(DECIMALS) + 0.0 if is_float_dtype(cells) else cells  # + 0.0 takes the sign off -0.0
