"""A layer's figures as rows, and as the three files in which the API hands them out."""

from __future__ import annotations

import csv
import io
import json
import lzma
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
from pandas.api.types import is_float_dtype

from heatmap.files.csv_cells import defuse_line
from heatmap.geography.levels import PARENT_COLUMN, Level, level_of
from heatmap.indicators.standings import count_left_out, find_left_out, polarity_of
from heatmap.layers.cards import LargerAreas, LayerCard, Polarity, Scheme
from heatmap.map.address import FILTERS, MapAddress
from heatmap.map.selection import Mask, Selection, keep_areas, keep_at_level
from heatmap.snapshot import Area, Snapshot

#: Figures that every level has, and those that only larger areas have.
BASE = ("value", "decile", "flag", "rank")
ABOVE = (
    "people_tenth1_percent",
    "people_fifth1_percent",
    "areas_tenth1_percent",
    "areas_fifth1_percent",
    "mean_score",
    "is_official",
)
#: Figures of layers that were counted.
COUNTED = ("numerator", "denominator", "lower_ci", "upper_ci")
#: Whole numbers, though Parquet without pandas' own notes gives those with gaps back as decimals.
_WHOLE = frozenset({"decile", "rank"})
#: Decimals of every figure sent: as many as a card may have.
DECIMALS = 4
#: What ``people`` counts wherever it stands beside figures, of when, and whom to credit for it.
PEOPLE: Final = {
    "unit": "usual residents",
    "period": "mid-2022",
    "attribution": (
        "Source: Office for National Statistics, Lower layer Super Output Area population estimates, mid-2022, licensed under the"
        " Open Government Licence v.3.0."
    ),
}
_FEATURES_A_PIECE = 500
_LONGEST_NAME = 160
#: A spreadsheet takes text that begins with one of these for a formula.


def say_unit(card: LayerCard, level: Level) -> str:
    """What a layer's ``value`` is measured in at a level; of a layer known by rank alone, what its rank is."""
    if level == card.base_level or card.scheme in ("moved", "amount"):
        return card.unit
    if card.scheme == "kinds":
        return "% of residents who live in a rural neighbourhood"
    if card.ends:
        return f"% of residents who live in tenth 1 of neighbourhoods in England ({card.ends[0]})"
    return "% of residents who live in the most deprived tenth of neighbourhoods in England"


def say_what_value_is(card: LayerCard, level: Level, *, empty: bool) -> str:
    """What a layer's ``value`` is at a level, and how it was made.

    empty   whether no area of the level has one
    """
    if level == card.base_level:
        return "Empty: only ranks are published. Use rank and decile." if empty else _OWN[card.scheme]
    if card.scheme in ("tenths", "kinds"):
        return "A share of residents, worked out by this project from the neighbourhoods inside."
    return _LARGER[card.larger_areas]


_OWN: Final[dict[Scheme, str]] = {
    "tenths": "The layer's own figure.",
    "amount": "The layer's own figure.",
    "moved": "The layer's own figure.",
    "kinds": "The number of the kind: 1 is the first in the layer's list of kinds.",
}
_LARGER: Final[dict[LargerAreas, str]] = {
    "sum": "The total of the areas inside that have a figure; areas_left_out says how many have none.",
    "mean": "The average of the areas inside, weighted by their people.",
    "counts": "The share of all that were counted in the areas inside.",
    "none": "",
}


def say_polarity(card: LayerCard, level: Level, *, empty: bool) -> str:
    """Which end is worse at a level, in words; where there is no value, which end of the ranks."""
    own = level == card.base_level
    worse = _WORSE[polarity_of(card, level)].format(what="rank" if own and empty else "value")
    if card.scheme != "tenths" or not own:
        return worse
    return f"{worse} Rank 1 and decile 1{f': {card.ends[0]}.' if card.ends else ' are the most deprived.'}"


_WORSE: Final[dict[Polarity, str]] = {
    "high_is_worse": "A higher {what} is worse.",
    "low_is_worse": "A lower {what} is worse.",
    "no_judgement": "Neither end is better or worse.",
}


def say_filters(address: MapAddress, within: str) -> dict[str, str]:
    """The filters in force, as they stand in the address; those not used are left out."""
    asked = {key: getattr(address, key) for key in FILTERS} | {"within": within}
    return {key: ",".join(map(str, value)) if isinstance(value, tuple) else value for key, value in asked.items() if value}


def name_file(address: MapAddress, within: str) -> str:
    """What a download is called: layer, period, level and filters, so that it still says so when it lies in a folder.

    >>> name_file(MapAddress(deciles=(1, 2), setting="urban"), "E06000002")
    'imd2025_england_lsoa21_lsoa_deciles-1-2_setting-urban_within-E06000002'
    """
    filters = [f"{key}-{value}" for key, value in say_filters(address, within).items()]
    name = "_".join(filter(None, (address.layer, address.period, address.level, *filters)))
    return re.sub(r"[^\w-]", "-", name)[:_LONGEST_NAME]


def name_area(area: Area) -> str:
    """The name of an area in the API: a neighbourhood's official one, any other's as people say it."""
    return area.name if area.level == "lsoa" else area.title


def columns_of(level: Level, figures: pd.DataFrame) -> tuple[str, ...]:
    """The figures a level has."""
    return (*BASE, *(() if level == "lsoa" else ABOVE), *(column for column in COUNTED if column in figures))


def read_rows(snapshot: Snapshot, address: MapAddress, within: str = "") -> pd.DataFrame:
    """A layer's figures at a level, one row for each area that the filters leave, in the order of codes.

    within   code of a larger area, or "": only areas with a neighbourhood in it that passes the filters too
    returns  code, name, value, decile, flag, rank, people, above LSOA the columns of ``ABOVE``, and of sums ``areas_left_out``
    """
    figures, areas = snapshot.table(address.layer, address.period)[address.level], snapshot.areas[address.level]
    card = snapshot.cards[address.layer]
    left_out = {}
    if card.larger_areas == "sum" and address.level != card.base_level:
        left_out = {"areas_left_out": count_left_out(card.id, address.level, snapshot, address.period).areas}
    rows = pd.DataFrame(
        {
            "code": areas.code,
            "name": areas.place if address.level == "msoa" else areas["name"],
            **{column: _typed(figures, column) for column in BASE},
            "people": areas.population,
            **{column: _typed(figures, column) for column in columns_of(address.level, figures)[len(BASE) :]},
            **left_out,
        }
    )
    return rows[_left(snapshot, address, within)].reset_index(drop=True)


def figures_of(snapshot: Snapshot, layer: str, area: Area) -> dict[str, Any] | None:
    """A layer's figures for one area as plain values, or None where the layer has no such level."""
    row = snapshot.row(layer, area)
    if row is None:
        return None
    ours = (*BASE, *(() if area.level == "lsoa" else ABOVE), *(column for column in COUNTED if column in row))
    left_out = find_left_out(snapshot.cards[layer], area, snapshot)
    return {column: row[column] for column in ours} | ({"areas_left_out": left_out.areas} if left_out else {})


def name_areas(rows: pd.DataFrame, snapshot: Snapshot, level: Level) -> pd.DataFrame:
    """The rows with the names of columns that all our files share: area_code, area_name, and the authority of a smaller area."""
    areas = snapshot.areas[level]
    named = {"area_code": rows.code, "area_name": rows.name}
    if level in ("lsoa", "msoa"):
        authority = areas.set_index("code")[PARENT_COLUMN["lad"]].reindex(rows.code).to_numpy()
        names = snapshot.areas["lad"].set_index("code")["name"]
        named |= {"authority_code": authority, "authority_name": names.reindex(authority).to_numpy()}
    return pd.concat([pd.DataFrame(named, index=rows.index), rows.drop(columns=["code", "name"])], axis=1)


def write_json(rows: pd.DataFrame, head: dict[str, Any]) -> bytes:
    """The rows after what is said of all of them together."""
    text = json.dumps(head, ensure_ascii=False)
    return f'{text[:-1]},"areas":{rows.to_json(orient="records", force_ascii=False)}}}'.encode()


def write_figures_csv(rows: pd.DataFrame, head: dict[str, Any]) -> bytes:
    """The rows for a spreadsheet: absent figures are empty cells, and no text can be taken for a formula.

    rows   from ``name_areas``
    head   what is said of all of them together: each row repeats which layer and period it is of, its unit and whom to credit, so that
           a row says so wherever it is pasted, and no line of the file is anything but a row
    """
    said = {
        "layer": head["layer"],
        "period": head["period"],
        "unit": head["unit"],
        "source": head["attribution"],
        "people_unit": head["people"]["unit"],
        "people_period": head["people"]["period"],
        "people_source": head["people"]["attribution"],
    }
    safe = rows.assign(**{column: defuse_line(text) for column, text in said.items()})
    for column in ("area_code", "area_name", "authority_code", "authority_name", "flag"):
        if column in safe:
            safe[column] = [defuse_line(text) for text in safe[column]]
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text.encode()


def write_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], said: Mapping[str, str]) -> bytes:
    """A table for a spreadsheet or a program: absent cells are empty, and no text can be taken for a formula.

    said   what is true of the whole table, a column each, repeated in every row: so no line of the file is anything but a row, and a row
           says what it is wherever it is pasted
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*columns, *said])
    behind = [defuse_line(text) for text in said.values()]
    for row in rows:
        writer.writerow([*("" if cell is None else defuse_line(cell) if isinstance(cell, str) else cell for cell in row), *behind])
    return out.getvalue().encode()


def write_figures_geojson(rows: pd.DataFrame, outlines: Sequence[str], head: dict[str, Any]) -> bytes:
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


def read_outlines(snapshot: Snapshot, level: Level, codes: pd.Series) -> list[str]:
    """The outline of each code as GeoJSON geometry, EPSG:4326."""
    drawn = snapshot.outlines(level)
    return [drawn[snapshot.position(code)] for code in codes]


def _left(snapshot: Snapshot, address: MapAddress, within: str) -> Mask:
    lsoas = keep_areas(address, snapshot).lsoas
    if within:
        level = level_of(within)
        assert level is not None  # the caller has found the area
        lsoas = lsoas & (snapshot.areas["lsoa"][PARENT_COLUMN[level]] == within).to_numpy()
    return keep_at_level(Selection(lsoas, 0, 0), address.level, snapshot)


def _typed(figures: pd.DataFrame, column: str) -> pd.Series:
    cells = figures[column]
    if column in _WHOLE:
        return cells.astype("Int32")
    return cells.round(DECIMALS) + 0.0 if is_float_dtype(cells) else cells  # + 0.0 takes the sign off -0.0
