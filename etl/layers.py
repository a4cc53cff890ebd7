"""A layer's table: checked, brought to 2021 areas, added up to every level, and divided into classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from etl.best_fit import convert_to_2021, read_changes
from etl.sources import path_of, read_csv, read_table, to_numbers
from heatmap.errors import DataContractError, name_some
from heatmap.geography.levels import LEVELS, PARENT_COLUMN, PLURAL, Level
from heatmap.layers.cards import FLAGS, LayerCard
from heatmap.layers.classes import class_of_amount, class_of_move, class_of_share, edges_of_fifths, levels_of
from heatmap.layers.contract import check_table, join_by_code
from heatmap.layers.tables import COLUMNS, COUNTED, DECIMALS, WHOLE
from heatmap.statistics import decile_of_rank, rank_among, share_percent, weighted_median, wilson_interval

NO_VALUE = -(2**31)
#: Stands for a figure above 0 that its decimals would round to 0; ``UNDER`` in assets/figures.js.
UNDER = NO_VALUE + 1
#: A share of fewer than so many rests on few, and says so.
FEWEST = 30
#: A larger area has a figure where so much of its people live in areas that have one; so has England.
FEWEST_COVERED = 0.9


@dataclass
class BuiltLayer:
    """What the build makes of one card: its table, the edges of its amounts, and its histograms.

    table       all levels in turn; with periods, all levels of the oldest first, and a column ``period``
    """

    card: LayerCard
    table: pd.DataFrame
    edges: dict[Level, tuple[float, ...]] = field(default_factory=dict)
    histogram: dict[Level, dict[str, list[float]]] = field(default_factory=dict)

    def rows(self, level: Level, period: str = "") -> pd.DataFrame:
        """A level's rows, of the period shown first unless another is named."""
        return self.table.iloc[self._slices.get((level, period or self.card.period), slice(0, 0))]

    @cached_property
    def _slices(self) -> dict[tuple[str, str], slice]:
        """Where each level of each period lies: its rows stand together."""
        period = self.table.period if self.card.periods else np.full(len(self.table), self.card.period)
        firsts = pd.DataFrame({"level": self.table.level.to_numpy(), "period": np.asarray(period)}).drop_duplicates()
        ends = [*firsts.index[1:], len(self.table)]
        return {
            (level, of): slice(start, end) for level, of, start, end in zip(firsts.level, firsts.period, firsts.index, ends, strict=True)
        }


def build_layer(
    card: LayerCard,
    areas: dict[Level, pd.DataFrame],
    mirror: Path | None,
    progress: Callable[[str], None] = lambda _: None,
    own_table: pd.DataFrame | None = None,
) -> BuiltLayer:
    """Everything the snapshot holds of one layer. Raises SourceError or DataContractError with each broken promise.

    own_table   the card's figures where the build itself has made them (code, value); else its file is read
    """
    base = _read_base(card, mirror, progress, own_table)
    own = areas[card.base_level].rename(columns={"code": PARENT_COLUMN[card.base_level]}).assign(code=areas[card.base_level].code)
    columns = [*COLUMNS, *(["period"] if card.periods else []), *(column for column in COUNTED if column in base)]
    tables = []
    for period in card.periods or ("",):
        part = base[base.period == period] if period else base
        joined = _join_areas(own, part.drop(columns="period", errors="ignore"), card)
        if "split_from" in joined:
            joined["part"] = _part_of_the_old(joined)
        for level in levels_of(card):
            table = joined[[c for c in columns if c in joined]].copy() if level == card.base_level else _add_up(card, level, joined)
            if card.official and level in ("lad", "icb"):
                table = _take_official(card, level, table, mirror)
            tables.append(_give_reasons(table, card).assign(level=level, period=period))
    whole = pd.concat(tables, ignore_index=True).reindex(columns=list(dict.fromkeys([*columns, "period"])))
    if strange := set(whole.flag.dropna()) - set(FLAGS):
        raise DataContractError(f"{card.id}: {', '.join(sorted(strange))} is not a reason for a weak value that we know")
    if card.scheme == "amount" and card.larger_areas == "mean" and card.file:  # as exact as the publisher, not more
        whole["value"] = whole.value.where(whole.level == card.base_level, whole.value.astype(float).round(_decimals_of(base.value, card)))
    built = BuiltLayer(card, whole)
    _classify(built)
    built.table = whole[columns].astype({**WHOLE, "class": "uint8", "class_fifths": "uint8"})
    return built


def _read_base(card: LayerCard, mirror: Path | None, progress: Callable[[str], None], own_table: pd.DataFrame | None) -> pd.DataFrame:
    """The card's own figures on areas of today, each with its reason where it is absent or weak."""
    table = read_table(card, mirror, progress) if own_table is None else own_table
    if "numerator" in table:
        table = _count(table, card)
    if card.ranked:
        table = _rank(table)
    table = check_table(table, card)
    if card.converted:
        table = convert_to_2021(table, read_changes(path_of(card, "lsoa_lookup", mirror)), card)
        if "numerator" in table:
            table = _count(table, card)
    if card.scheme == "tenths" and "decile" not in table:
        known = table["rank"].notna()
        table["decile"] = np.nan
        table.loc[known, "decile"] = decile_of_rank(table["rank"][known], card.rows).astype(float)
    if "flag" not in table:
        table["flag"] = ""
    measure = "value" if "value" in table else "rank"
    table["flag"] = table.flag.fillna("")
    table.loc[table[measure].isna() & (table.flag == ""), "flag"] = card.absent
    return table[[c for c in ("code", "period", "value", "rank", "decile", "flag", *COUNTED, "split_from") if c in table]]


def _decimals_of(values: pd.Series, card: LayerCard) -> int:
    """How exact a mean may claim to be: as the figures that it is a mean of, or as it is shown."""
    there = values.dropna().astype(float)
    return next(n for n in range(card.decimals, DECIMALS + 1) if n == DECIMALS or np.allclose(there.round(n), there, rtol=0, atol=1e-9))


def _rank(table: pd.DataFrame) -> pd.DataFrame:
    """The figures put in line, the highest first; equal ones share the better place, as at a race."""
    measure = "value" if "value" in table else "rank"
    there = table[measure].notna()
    place = pd.Series(np.nan, index=table.index)
    place[there] = rank_among(table[measure][there], table[measure]).astype(float)
    return table.assign(rank=place)


def _part_of_the_old(lsoa: pd.DataFrame) -> pd.Series:
    """How much of its counts an area adds to larger ones: those carried down to each part of a split area count once, by its people."""
    whole = lsoa.groupby("split_from").population.transform("sum")
    return (lsoa.population / whole).where(lsoa.split_from.notna() & (lsoa.split_from != ""), 1.0)


def _give_reasons(table: pd.DataFrame, card: LayerCard) -> pd.DataFrame:
    """Why the figures of one level are weak, where nothing nearer says it: few to count, or the card's own reason."""
    there = (table["value" if "value" in table else "rank"].notna()) & (table.flag == "")
    if "denominator" in table:
        table.loc[there & (table.denominator < FEWEST), "flag"] = "small_denominator"
    if card.flagged:
        table.loc[there & (table.flag == ""), "flag"] = card.flagged
    return table


def _count(table: pd.DataFrame, card: LayerCard) -> pd.DataFrame:
    """A share in percent, from numerator and denominator, with its 95 % limits; of a model's counts without: they were not counted."""
    if "value" not in table:
        table = table.assign(value=share_percent(table.numerator, table.denominator))
    if card.flagged:
        return table
    lower, upper = wilson_interval(table.numerator, table.denominator)
    return table.assign(lower_ci=lower, upper_ci=upper)


def work_out_england(built: BuiltLayer, areas: dict[Level, pd.DataFrame]) -> dict[str, dict[str, float]]:
    """England's figure in each period ("" where there is one alone), as a larger area gets its own: none where it gets none.

    returns  period -> value and, of counts, numerator, denominator, lower_ci, upper_ci
    """
    card, found = built.card, {}
    if card.scheme != "amount" or card.larger_areas == "none" or card.england == "none":
        return {}
    for period in card.periods or ("",):
        own = built.rows(card.base_level, period)
        own = own.assign(population=areas[card.base_level].population.to_numpy(), country="")
        if _share_covered(card, "country", own).iloc[0] < FEWEST_COVERED:
            continue
        own = own[own.value.notna()]
        if card.larger_areas == "counts":  # of the regions: there a neighbourhood of 2011 that was split counts once
            regions = built.rows("rgn", period)
            if regions.value.isna().any():
                continue
            counts = regions[["numerator", "denominator"]].sum()
            figures = _count(counts.to_frame().T.astype(float), card).iloc[0].to_dict()
        elif card.larger_areas == "sum":
            left_out = len(areas[card.base_level]) - len(own)
            figures = {"value": own.value.sum(), **({"areas_left_out": left_out} if left_out else {})}
        else:
            figures = {"value": (own.value * own.population).sum() / own.population.sum()}
        found[period] = {name: round(float(number), DECIMALS) for name, number in figures.items()}
    return found


def _join_areas(areas: pd.DataFrame, figures: pd.DataFrame, card: LayerCard) -> pd.DataFrame:
    """Every area of the card's level with its figures. A partial layer may lack areas: they have none, and say so."""
    if not card.partial:
        return join_by_code(areas, figures, "code", (f"England's {PLURAL[card.base_level]}", card.id))
    if strange := sorted(set(figures.code) - set(areas.code)):
        raise DataContractError(
            f"{card.id}: {name_some(strange)} is no {card.geography[:-2].upper()} of today's England. Check the code, and its year."
        )
    whole = areas.merge(figures, on="code", how="left", validate="one_to_one")
    whole["flag"] = whole.flag.fillna("missing")
    return whole


def _add_up(card: LayerCard, level: Level, lsoa: pd.DataFrame) -> pd.DataFrame:
    """One row an area of the level, by the people who live in its LSOAs; absent LSOAs are left out of both sides."""
    column = PARENT_COLUMN[level]
    if card.scheme == "amount":
        table = _add_amounts(card, column, lsoa)
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
    if card.scheme == "amount" and card.converted:
        table.loc[table[column].isin(lsoa[column][lsoa.flag == "best_fit_2011"]), "flag"] = "best_fit_2011"
    _say_what_is_left_out(card, column, lsoa, table)
    part = table.value.notna() & (table[column].map(_share_covered(card, column, lsoa)) < FEWEST_COVERED)
    table.loc[part, table.columns.difference([column, "flag"])] = np.nan
    table.loc[part, "flag"] = "part_covered"
    return table.rename(columns={column: "code"})


def _say_what_is_left_out(card: LayerCard, column: str, own: pd.DataFrame, table: pd.DataFrame) -> None:
    """Put into ``flag`` that a sum leaves out areas without a figure, and why an area has none: withheld if anything inside is."""
    without = own[own["decile" if card.scheme == "tenths" else "value"].isna()]
    if card.larger_areas == "sum":
        table.loc[table[column].isin(without[column]) & (table.flag == ""), "flag"] = "incomplete"
    table.loc[table.value.isna(), "flag"] = "missing"
    table.loc[table.value.isna() & table[column].isin(without[column][without.flag == "suppressed"]), "flag"] = "suppressed"


def _share_covered(card: LayerCard, column: str, own: pd.DataFrame) -> pd.Series:
    """How much of each larger area's people live where the layer has a figure, 0 to 1.

    In a sum, what is withheld because it is small counts as there: the sum is at least what is known.
    """
    there = own["decile" if card.scheme == "tenths" else "value"].notna()
    if card.larger_areas == "sum":
        there |= own.flag == "suppressed"
    return (own.population * there).groupby(own[column]).sum() / own.population.groupby(own[column]).sum()


def _add_amounts(card: LayerCard, column: str, own: pd.DataFrame) -> pd.DataFrame:
    """Amounts of larger areas as the card's ``larger_areas`` says: added up, averaged over people, or counted anew."""
    there = own[own.value.notna()]
    groups = there.groupby(column, sort=True)
    if card.larger_areas == "sum":
        table = groups.value.sum(min_count=1).reset_index()
    elif card.larger_areas == "counts":
        if "numerator" not in own:
            raise DataContractError(
                f'{card.id}: larger_areas = "counts" adds up numerators and denominators, and the file has none. Add these two columns,'
                ' or write larger_areas = "mean".'
            )
        part = there.part if "part" in there else 1.0
        counts = there[["numerator", "denominator"]].mul(part, axis=0).groupby(there[column]).sum().round()
        table = _count(counts.rename_axis(column).reset_index(), card)
    else:
        weighted = (there.value * there.population).groupby(there[column]).sum() / groups.population.sum()
        table = weighted.rename("value").rename_axis(column).reset_index()
    every = pd.DataFrame({column: sorted(own[column].dropna().unique())})
    return every.merge(table, on=column, how="left", validate="one_to_one")


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


def _classify(built: BuiltLayer) -> None:
    """Give every row its class; an amount's classes are the same in every period."""
    card, table = built.card, built.table
    table["class"] = table["class_fifths"] = np.uint8(0)
    for level in levels_of(card):
        here = table.level == level
        value = table.value[here]
        if level != card.base_level and card.scheme in ("tenths", "kinds"):
            fifths = table.people_fifth1_percent[here] if card.scheme == "tenths" else value
            pair = class_of_share(value), class_of_share(fifths)
        elif card.scheme in ("tenths", "kinds"):
            number = table["decile" if card.scheme == "tenths" else "value"][here].fillna(0).astype("uint8")
            pair = number, (number + 1) // 2 if card.scheme == "tenths" else number
        elif card.scheme == "moved":
            pair = (class_of_move(value, card.breaks),) * 2
        else:
            value = value.astype(float).round(DECIMALS)  # as the table keeps it, so that its classes can be worked out from it
            built.edges[level] = edges_of_fifths(value)
            pair = (class_of_amount(value, built.edges[level], low_first=card.polarity == "low_is_worse"),) * 2
        table.loc[here, "class"], table.loc[here, "class_fifths"] = pair
        shown = built.rows(level).value
        if card.scheme != "kinds" and shown.notna().any():
            bins = 40 if len(shown) > 1000 else 20
            count, edges = np.histogram(shown.dropna().astype(float), bins=bins)
            built.histogram[level] = {"count": count.tolist(), "edges": [float(f"{edge:.6g}") for edge in edges]}


def pack_classes(built: BuiltLayer, areas: dict[Level, pd.DataFrame], period: str = "") -> bytes:
    """One byte an area: the class in the low four bits, the flag's number in the high four.

    All levels in their order by tenths, then all above LSOA by fifths; a level at which the layer is not shown is zeros.
    (At LSOA a fifth is two tenths drawn alike.)
    """

    def pack(level: Level, column: str) -> np.ndarray:
        flags = _by_position(built, areas, level, "flag", period, "")
        kinds, which = np.unique(flags.astype(str), return_inverse=True)
        numbers = np.array([FLAGS.index(flag) for flag in kinds], np.uint8)[which] << 4
        return _by_position(built, areas, level, column, period, 0) | numbers

    parts = [pack(level, "class") for level in LEVELS] + [pack(level, "class_fifths") for level in LEVELS[1:]]
    return np.concatenate(parts).astype(np.uint8).tobytes()


def pack_values(built: BuiltLayer, areas: dict[Level, pd.DataFrame], period: str = "") -> bytes:
    """One int32 an area, in the same order: the value times 10 to ``value_decimals``, by ``value_step``, NO_VALUE where there is
    none, UNDER where it is more than 0 but not as much as can be told; written as four planes, first all lowest bytes, last
    all highest.

    For the words beside the pointer. At a card's own level the tenths and kinds are left out: their class already says it,
    and ranks do not compress.
    """
    card = built.card
    scale = 10 ** value_decimals(card) / value_step(built)
    parts = []
    for level, column in [(level, "value") for level in LEVELS] + [
        (level, "people_fifth1_percent" if card.scheme == "tenths" else "value") for level in LEVELS[1:]
    ]:
        if level == card.base_level and card.scheme in ("tenths", "kinds"):
            parts.append(np.full(len(areas[level]), NO_VALUE))
        else:
            number = _by_position(built, areas, level, column, period, np.nan).astype(float).round(DECIMALS) * scale
            whole = np.where((np.round(number) == 0) & (number > 0), UNDER, np.round(number))
            parts.append(np.where(np.isnan(number), NO_VALUE, whole))
    packed = np.concatenate(parts).astype("<i4")
    return packed.view(np.uint8).reshape(-1, 4).T.tobytes()  # byte planes: brotli makes them a fifth smaller


def value_decimals(card: LayerCard) -> int:
    """Decimals of the packed values: the card's own, but one for shares of residents."""
    return 1 if card.scheme in ("tenths", "kinds") else card.decimals


def value_step(built: BuiltLayer) -> int:
    """What every packed value is a multiple of: 5 where the publisher rounds to the nearest 5, so that smaller numbers travel."""
    if built.card.scheme != "amount":
        return 1
    whole = np.round(built.table.value.dropna().to_numpy(float) * 10 ** value_decimals(built.card)).astype(np.int64)
    return max(1, int(np.gcd.reduce(whole)))


def _by_position(
    built: BuiltLayer, areas: dict[Level, pd.DataFrame], level: Level, column: str, period: str, absent: float | str
) -> np.ndarray:
    rows = built.rows(level, period)
    if rows.empty:
        return np.full(len(areas[level]), absent)
    if not np.array_equal(rows.code.to_numpy(), areas[level].code.to_numpy()):
        raise DataContractError(f"a layer's {level} rows are not in the order of the areas")
    return rows[column].to_numpy()
