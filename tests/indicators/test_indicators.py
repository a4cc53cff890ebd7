"""The indicators that ship: every figure of five places and five authorities against the raw files' own cells, and what must add up."""

from __future__ import annotations

import csv
import gzip
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from heatmap.indicators.words import read_indicator_words
from heatmap.layers.cards import ABSENT, LayerCard
from heatmap.layers.catalogue import read_catalogue
from heatmap.layers.classes import levels_of
from heatmap.settings import ROOT
from heatmap.snapshot import Snapshot

FOLDER = ROOT / "tests" / "fixtures" / "five_places"
LINES = (FOLDER / "five_places.csv").read_text(encoding="utf-8").splitlines()
RECORD = list(csv.DictReader(line for line in LINES if not line.startswith("#")))
CARDS = {card.id: card for card in read_catalogue().values() if card.words in read_indicator_words()}
SERIES = [card for card in CARDS.values() if card.periods]


@pytest.fixture(scope="module")
def built() -> Snapshot:
    """The snapshot as the app opens it."""
    return Snapshot()


def add_cells(cells: str) -> float:
    """Cells of a raw file that are added up, as the record joins them."""
    return sum(float(cell) for cell in cells.split("+"))


@pytest.mark.parametrize("layer", CARDS)
def test_every_figure_of_five_places_is_the_raw_files(built: Snapshot, layer: str) -> None:
    """What the pages read is what the publisher's file has, cell by cell, in every period."""
    record = [line for line in RECORD if line["layer"] == layer]
    assert len(record) >= 5
    for line in record:
        row = built.row(layer, built.area(line["code"]), line["period"])
        assert row is not None
        where = (line["period"], line["code"])
        if line["cell"] == "":
            assert row["value"] is None and row["flag"] in ABSENT, where
        elif line["of"]:
            assert (row["numerator"], row["denominator"]) == (add_cells(line["cell"]), add_cells(line["of"])), where
            assert row["value"] == pytest.approx(100 * add_cells(line["cell"]) / add_cells(line["of"]), abs=5.1e-5), where
            if CARDS[layer].flagged:  # a model's counts: no chance in them that an interval could show
                assert row.get("lower_ci") is None and row.get("upper_ci") is None, where
            else:
                assert row["lower_ci"] < row["value"] < row["upper_ci"] or row["value"] == row["lower_ci"] == 0, where
        elif row["value"] is not None:
            assert row["value"] == pytest.approx(float(line["cell"]) * float(line["times"]), abs=5.1e-5), where
        if line["rank"]:
            assert row["rank"] == int(line["rank"]), where
        assert line["rank"] or line["cell"] == "" or row["value"] is not None, where


def test_the_record_holds_every_indicator() -> None:
    """An indicator that nobody compared would go unseen."""
    assert {line["layer"] for line in RECORD} == set(CARDS)
    assert len({line["code"] for line in RECORD if line["code"].startswith("E01")}) == 5
    assert len({line["code"] for line in RECORD if line["code"].startswith(("E06", "E07", "E08", "E09"))}) == 5


def test_the_record_is_cut_cell_by_cell(tmp_path: Path) -> None:
    """By its own script, from invented lines: text as it stands, cells to be added joined, a place that is not there or there twice
    told."""
    spec = spec_from_file_location("cut", FOLDER / "cut.py")
    assert spec and spec.loader
    cut = module_from_spec(spec)
    spec.loader.exec_module(cut)

    def put(name: str, head: str, lines: list[str]) -> None:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(gzip.compress("\n".join([head, *lines, ""]).encode()))

    put(
        "census2021-msoa/english_proficiency21_msoa21.csv.gz",
        "msoa21_code,a,b,c,d,e,f,g",
        [f"{code},9,8,7,6,5,4,0.1" for code in cut.WIDER],
    )
    put(
        "loneliness/england_cls_loneliness_lsoa21.csv.gz",
        "lsoa21_code,perc",
        [f"{code},21.50" for code in (*cut.NEIGHBOURHOODS, "E01000001")],
    )
    fuel, head = "fuel-poverty/fuel_poverty_2020_lsoa11.csv.gz", "LSOA Code,Number of households,Number of households in fuel poverty"
    put(fuel, head, [f"{code},100,7" for code in cut.NEIGHBOURHOODS])
    rows = [tuple(row.values()) for row in cut.cut_other_areas(tmp_path)]
    assert len(rows) == 15
    assert rows[0] == ("little_english2021_england_msoa21", "", "E02000148", "5+4", "1", "9+8", "")
    assert rows[5] == ("loneliness2021_england_lsoa21", "", "E01000652", "21.50", "1", "", "")
    assert rows[10] == ("fuel_poverty2020_england_lsoa11", "", "E01000652", "7", "1", "100", "")
    for codes in (cut.NEIGHBOURHOODS[1:], (*cut.NEIGHBOURHOODS, cut.NEIGHBOURHOODS[0])):
        put(fuel, head, [f"{code},100,7" for code in codes])
        with pytest.raises(AssertionError, match="LSOA Code"):
            list(cut.cut_other_areas(tmp_path))


@pytest.mark.parametrize("card", [card for card in CARDS.values() if card.larger_areas == "counts"], ids=lambda card: card.id)
def test_counts_add_up_to_the_same_england(built: Snapshot, card: LayerCard) -> None:
    """Whatever they are added up to: nobody is lost, nobody counted twice. Where an area is too little covered, all are not there."""
    tables = built.table(card.id)
    whole = [rows for level, rows in tables.items() if not ((card.converted and level == "lsoa") or (rows.flag == "part_covered").any())]
    totals = {(rows.numerator.sum(), rows.denominator.sum()) for rows in whole}
    assert len(totals) == 1


def test_fuel_poverty_keeps_englands_households(built: Snapshot) -> None:
    """3,158,206 of 23,868,877 in the file, less 476 of 4,051 in the six old areas whose borders are irregular."""
    rows = built.table("fuel_poverty2020_england_lsoa11")["rgn"]
    assert (rows.numerator.sum(), rows.denominator.sum()) == (3_158_206 - 476, 23_868_877 - 4_051)


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_reasons_are_those_the_card_names(built: Snapshot, card: LayerCard) -> None:
    """What is modelled says so at every area that has a figure; what is withheld is counted, and is never zero."""
    for level in levels_of(card):
        rows = built.table(card.id)[level]
        there = rows["rank" if card.scheme == "tenths" and level == card.base_level else "value"].notna()
        assert ((rows.flag[~there]).isin(ABSENT)).all() and not rows.flag[there].isin(ABSENT).any()
        if card.flagged:
            assert (rows.flag[there] != "").all()
    own = built.table(card.id)[card.base_level]
    if not card.partial and not card.converted:
        assert (own.flag == card.absent).sum() == card.missing


@pytest.mark.parametrize("card", SERIES, ids=lambda card: card.id)
def test_no_year_only_repeats_another(built: Snapshot, card: LayerCard) -> None:
    """The file carries old figures forward, and some back: a line has neither."""
    years = [built.table(card.id, period)["lad"].value.to_numpy(float) for period in card.periods]
    for before, after in pairwise(years):
        assert np.isclose(before, after).mean() < 0.8


@pytest.mark.parametrize("card", SERIES, ids=lambda card: card.id)
def test_classes_are_held_still_over_the_years(built: Snapshot, card: LayerCard) -> None:
    """A colour means the same in every year: no value of a class lies beyond one of the next."""
    edges = built.facts(card.id)["edges"]["lad"]
    for period in card.periods:
        rows = built.table(card.id, period)["lad"].dropna(subset="value")
        above = 1 + (rows.value.to_numpy()[:, None] < np.array(edges)).sum(axis=1)
        expected = len(edges) + 2 - above if card.polarity == "low_is_worse" else above
        near = np.isclose(rows.value.to_numpy()[:, None], np.array(edges), atol=1e-4).any(axis=1)
        assert (rows["class"].to_numpy() == expected)[~near].all()


def test_merged_councils_stand_between_those_they_were_made_of(built: Snapshot) -> None:
    """Cumberland's smokers of 2021: Allerdale 15.5, Carlisle 14.7 and Copeland 17.8 percent, by their people; and it says so."""
    row = built.row("smoking2021_england_lad24", built.area("E06000063"))
    assert row is not None and row["flag"] == "best_fit_lad" and 15.5 < row["value"] < 16.0
    rows = built.table("smoking2021_england_lad24")["lad"]
    assert sorted(rows.code[rows.flag == "best_fit_lad"]) == ["E06000063", "E06000064", "E06000065", "E06000066"]
    assert sorted(rows.code[rows.flag == "missing"]) == ["E06000053", "E09000001"]
    rows = built.table("register_asthma2020_england_lad24")["lad"]
    assert sorted(rows.code[rows.flag == "best_fit_lad"]) == [f"E060000{n}" for n in range(61, 67)]


@pytest.mark.parametrize("card", [card for card in CARDS.values() if card.ranked], ids=lambda card: card.id)
def test_equal_scores_share_the_better_place(built: Snapshot, card: LayerCard) -> None:
    """Ranks begin at 1, and after so many equal ones so many places are left out; tenths are near-equal all the same."""
    rows = built.table(card.id)["lsoa"]
    count = rows["rank"].value_counts().sort_index()
    assert count.index[0] == 1
    assert (count.index.to_numpy()[1:] == 1 + np.cumsum(count.to_numpy())[:-1]).all()
    assert rows.decile.value_counts().between(3_250, 3_500).all()
