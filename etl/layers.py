"""A layer's table: checked, brought to 2021 areas, added up to every level, and divided into classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from etl.best_fit import convert_to_2021, read_changes
from etl.sources import path_of, read_csv, read_table, to_numbers
from heatmap.catalogue import FLAGS, LayerCard
from heatmap.classes import class_of_amount, class_of_move, class_of_share, edges_of_fifths, levels_of
from heatmap.contract import check_table, join_by_code
from heatmap.errors import DataContractError
from heatmap.geography import LEVELS, PARENT_COLUMN, Level
from heatmap.statistics import share_percent, weighted_median

#: Columns of a layer's table in the snapshot; what a level does not have is null there.
#: ``value``: at LSOA the card's own value; above, the share of residents that the map shows, in percent, or the amount.
COLUMNS = (
    "level", "code", "value", "rank", "decile", "flag", "class", "class_fifths",
    "people_tenth1_percent", "people_fifth1_percent", "areas_tenth1_percent", "areas_fifth1_percent",
    "mean_score", "median_tenth", "is_official",
)  # fmt: skip

NO_VALUE = -(2**31)


@dataclass
class BuiltLayer:
    """What the build makes of one card: its table, the edges of its amounts, and its histograms."""

    table: pd.DataFrame
    edges: dict[Level, tuple[float, ...]] = field(default_factory=dict)
    histogram: dict[Level, dict[str, list[float]]] = field(default_factory=dict)


def build_layer(
    card: LayerCard,
    areas: dict[Level, pd.DataFrame],
    mirror: Path | None,
    progress: Callable[[str], None] = lambda _: None,
) -> BuiltLayer:
    """Everything the snapshot holds of one layer. Raises SourceError or DataContractError with each broken promise."""
    base = _read_lsoa(card, mirror, progress)
    joined = join_by_code(areas["lsoa"], base, "code", ("England's LSOAs of 2021", card.id))
    built = BuiltLayer(pd.DataFrame())
    tables = []
    for level in levels_of(card):
        table = joined[[c for c in COLUMNS if c in joined]].copy() if level == "lsoa" else _add_up(card, level, joined)
        if card.official and level in ("lad", "icb"):
            table = _take_official(card, level, table, mirror)
        table["level"] = level
        _classify(card, level, table, built)
        tables.append(table)
    whole = pd.concat(tables, ignore_index=True).reindex(columns=list(COLUMNS))
    if strange := set(whole.flag.dropna()) - set(FLAGS):
        raise DataContractError(f"{card.id}: {', '.join(sorted(strange))} is no reason we know for a weak value")
    # Four decimals, kept in float32 (exact for them below 1,000, and for whole numbers below 16 million): a third the bytes.
    numbers = ["value", "mean_score", *(column for column in COLUMNS if column.endswith("_percent"))]
    whole[numbers] = whole[numbers].astype("float64").round(4).astype("float32")
    built.table = whole.astype({
        "rank": "Int32", "decile": "Int8", "class": "uint8", "class_fifths": "uint8", "median_tenth": "Int8",
        "is_official": "boolean",
    })  # fmt: skip
    return built


def _read_lsoa(card: LayerCard, mirror: Path | None, progress: Callable[[str], None]) -> pd.DataFrame:
    table = check_table(read_table(card, mirror, progress), card)
    if card.converted:
        table = convert_to_2021(table, read_changes(path_of(card, "lsoa_lookup", mirror)), card)
    if "flag" not in table:
        table["flag"] = ""
    measure = "value" if "value" in table else "rank"
    table.loc[table[measure].isna() & (table.flag == ""), "flag"] = "missing"
    return table[[c for c in ("code", "value", "rank", "decile", "flag") if c in table]]


def _add_up(card: LayerCard, level: Level, lsoa: pd.DataFrame) -> pd.DataFrame:
    """One row an area of the level, by the people who live in its LSOAs; absent LSOAs are left out of both sides."""
    column = PARENT_COLUMN[level]
    if card.scheme == "amount":
        table = lsoa.groupby(column, sort=True).value.sum().reset_index()
    else:
        measured = lsoa["decile" if card.scheme == "tenths" else "value"].to_numpy(float)
        people = lsoa.population.to_numpy(float) * ~np.isnan(measured)
        counted = pd.DataFrame({column: lsoa[column], "people": people, "areas": ~np.isnan(measured)})
        if card.scheme == "kinds":
            rural = [n for n, kind in enumerate(card.kinds, start=1) if kind.rural]
            counted["rural"] = people * np.isin(measured, rural)
        else:
            for name, last in (("tenth1", 1), ("fifth1", 2)):
                counted[f"people_{name}"] = people * (measured <= last)
                counted[f"areas_{name}"] = measured <= last
            counted["best_fit"] = lsoa.flag == "best_fit_2011"
            counted["score"] = lsoa.value * people if "value" in lsoa else np.nan
        total = counted.groupby(column, sort=True).sum().reset_index()
        table = total[[column]].copy()
        if card.scheme == "kinds":
            table["value"] = share_percent(total.rural, total.people)
        else:
            for name in ("people_tenth1", "people_fifth1", "areas_tenth1", "areas_fifth1"):
                table[f"{name}_percent"] = share_percent(total[name], total[name.partition("_")[0]])
            table["value"] = table.people_tenth1_percent
            table["flag"] = np.where(total.best_fit > 0, "best_fit_2011", "")
            if "value" in lsoa:
                table["mean_score"] = total.score / total.people
            if level != "msoa":  # of five neighbourhoods or so the one in the middle says little
                table["median_tenth"] = [weighted_median(part.decile, part.population) for _, part in lsoa.groupby(column, sort=True)]
    if "flag" not in table:
        table["flag"] = ""
    table.loc[table.value.isna(), "flag"] = "missing"
    return table.rename(columns={column: "code"})


def _take_official(card: LayerCard, level: Level, table: pd.DataFrame, mirror: Path | None) -> pd.DataFrame:
    """The publisher's own summary in place of ours: share of LSOAs in tenth 1 and mean score.

    Ours must agree (shares of LSOAs exactly, to the four decimals printed; mean scores within 0.1), or the build stops.
    """
    code = {"lad": "ltla24_code", "icb": "icb24_code"}[level]
    share = f"{card.official}_proportion_of_lso_as_in_most_deprived_10_percent_nationally"
    columns = {code: "code", share: "official_share", f"{card.official}_average_score": "official_score"}
    official = read_csv(path_of(card, f"{level}_summary", mirror), columns)
    official = to_numbers(official, ["official_share", "official_score"], f"{card.id}, official {level} summary")
    both = join_by_code(table, official, "code", (f"our {level} figures", "the official summary"))
    off_share = (both.areas_tenth1_percent / 100 - both.official_share).abs() > 0.00005 + 1e-9
    off_score = (both.mean_score - both.official_score).abs() > 0.1
    if (off_share | off_score).any():
        first = both[off_share | off_score].iloc[0]
        raise DataContractError(
            f"{card.id}: {first.code} has {first.areas_tenth1_percent:.2f} % of LSOAs in tenth 1 and a mean score of"
            f" {first.mean_score:.3f} by our count, {100 * first.official_share:.2f} % and {first.official_score:.3f}"
            " by the official summary. One of the two files is not what its name says."
        )
    both["areas_tenth1_percent"] = 100 * both.pop("official_share")
    both["mean_score"] = both.pop("official_score")
    both["is_official"] = True
    return both


def _classify(card: LayerCard, level: Level, table: pd.DataFrame, built: BuiltLayer) -> None:
    if level != "lsoa" and card.scheme in ("tenths", "kinds"):
        table["class"] = class_of_share(table.value)
        table["class_fifths"] = class_of_share(table.get("people_fifth1_percent", table.value))
    elif card.scheme in ("tenths", "kinds"):
        number = table["decile" if card.scheme == "tenths" else "value"].fillna(0).astype("uint8")
        table["class"] = number
        table["class_fifths"] = (number + 1) // 2 if card.scheme == "tenths" else number
    elif card.scheme == "moved":
        table["class"] = table["class_fifths"] = class_of_move(table.value, card.breaks)
    else:
        built.edges[level] = edges_of_fifths(table.value)
        table["class"] = table["class_fifths"] = class_of_amount(table.value, built.edges[level])
    if card.scheme != "kinds" and "value" in table and table.value.notna().any():
        bins = 40 if len(table) > 1000 else 20
        count, edges = np.histogram(table.value.dropna(), bins=bins)
        built.histogram[level] = {"count": count.tolist(), "edges": [float(f"{edge:.6g}") for edge in edges]}


def pack_classes(built: BuiltLayer, areas: dict[Level, pd.DataFrame]) -> bytes:
    """One byte an area: the class in the low four bits, the flag's number in the high four.

    All levels in their order by tenths, then all above LSOA by fifths; a level at which the layer is not shown is zeros.
    (At LSOA a fifth is two tenths drawn alike.)
    """
    flags = {level: built.table.flag[built.table.level == level].map(FLAGS.index).to_numpy(np.uint8) << 4 for level in LEVELS}
    parts = [_by_position(built, areas, level, "class", 0) | _filled(flags[level], areas[level]) for level in LEVELS]
    parts += [_by_position(built, areas, level, "class_fifths", 0) | _filled(flags[level], areas[level]) for level in LEVELS[1:]]
    return np.concatenate(parts).astype(np.uint8).tobytes()


def pack_values(built: BuiltLayer, card: LayerCard, areas: dict[Level, pd.DataFrame]) -> bytes:
    """One int32 an area, in the same order: the value times 10 to ``value_decimals``, NO_VALUE where there is none;
    written as four planes, first all lowest bytes, last all highest.

    For the words beside the pointer. At LSOA the tenths and kinds are left out: their class already says it, and
    ranks do not compress.
    """
    scale = 10 ** value_decimals(card)
    parts = []
    for level, column in [(level, "value") for level in LEVELS] + [
        (level, "people_fifth1_percent" if card.scheme == "tenths" else "value") for level in LEVELS[1:]
    ]:
        if level == "lsoa" and card.scheme in ("tenths", "kinds"):
            parts.append(np.full(len(areas[level]), NO_VALUE))
        else:
            number = _by_position(built, areas, level, column, np.nan).astype(float) * scale
            parts.append(np.where(np.isnan(number), NO_VALUE, np.round(number)))
    whole = np.concatenate(parts).astype("<i4")
    return whole.view(np.uint8).reshape(-1, 4).T.tobytes()  # byte planes: brotli makes them a fifth smaller


def value_decimals(card: LayerCard) -> int:
    """Decimals of the packed values: the card's own, but one for shares of residents."""
    return 1 if card.scheme in ("tenths", "kinds") else card.decimals


def _by_position(built: BuiltLayer, areas: dict[Level, pd.DataFrame], level: Level, column: str, absent: float) -> np.ndarray:
    rows = built.table[built.table.level == level]
    if rows.empty:
        return np.full(len(areas[level]), absent)
    if not np.array_equal(rows.code.to_numpy(), areas[level].code.to_numpy()):
        raise DataContractError(f"a layer's {level} rows are not in the order of the areas")
    return rows[column].to_numpy()


def _filled(flags: np.ndarray, areas: pd.DataFrame) -> np.ndarray:
    return flags if len(flags) else np.zeros(len(areas), np.uint8)
