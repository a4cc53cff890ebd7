"""From 2011 areas to 2021 areas: unchanged, split, merged and irregular, and nothing lost on the way."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.best_fit import convert_to_2021, read_changes
from heatmap.errors import DataContractError
from heatmap.layers.cards import LayerCard

HEADER = "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code"
#: A town of six areas in 2011 and six in 2021: 1 stays, 2 is split, 3 and 4 merge, 5 and 6 are redrawn.
CHANGES = [
    ("E01000001", "U", "E01000001"),
    ("E01000002", "S", "E01000021"),
    ("E01000002", "S", "E01000022"),
    ("E01000003", "M", "E01000034"),
    ("E01000004", "M", "E01000034"),
    ("E01000005", "X", "E01000056"),
    ("E01000006", "X", "E01000056"),
    ("E01000006", "X", "E01000066"),
]
FIGURES = {
    "code": [f"E0100000{n}" for n in range(1, 7)],
    "value": [60.0, 50.0, 40.0, 10.0, 30.0, 20.0],
    "rank": [1.0, 2.0, 3.0, 6.0, 4.0, 5.0],
    "decile": [2.0, 4.0, 5.0, 10.0, 7.0, 9.0],
    "weight": [1000.0, 2000.0, 3000.0, 1000.0, 1500.0, 1500.0],
}


def make_card() -> LayerCard:
    """A card of 2011 areas with as little on it as a card may have."""
    return LayerCard.model_validate({
        "id": "town2019_england_lsoa11", "title": "Town", "short": "Town", "series": "town", "edition": "2019",
        "theme": "Town", "order": 1, "question": "How is the town?", "meaning": "A", "not_meaning": "B", "unit": "score",
        "polarity": "high_is_worse", "geography": "lsoa11", "period": "2019", "rows": 6, "valid_min": 0, "valid_max": 100,
        "scheme": "tenths", "columns": {"a": "code", "b": "value", "c": "rank", "d": "decile", "e": "weight"},
        "anchors": {}, "file": [{"path": "town.csv.gz"}],
        "source": {"publisher": "P", "title": "T", "page": "https://x.uk", "licence": "OGL-UK-3.0",
                   "accessed": date(2026, 1, 1), "attribution": "A"},
    })  # fmt: skip


def write_lookup(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    """The official lookup of changes under its true header."""
    path = folder / "changes.csv"
    lines = [f"Town {old},{old},{change},Town {new},{new},Town,E06000001" for old, change, new in rows]
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def changes(tmp_path: Path) -> pd.DataFrame:
    """The lookup of the town, as the build reads it."""
    return read_changes(write_lookup(tmp_path, CHANGES))


def convert(figures: dict, changes: pd.DataFrame) -> pd.DataFrame:
    """The town's figures on areas of 2021, by code."""
    return convert_to_2021(pd.DataFrame(figures), changes, make_card()).set_index("code")


def test_unchanged_is_as_published(changes: pd.DataFrame) -> None:
    """U: value, rank and tenth are the publisher's, and no flag says otherwise."""
    assert convert(FIGURES, changes).loc["E01000001"].to_dict() == {"value": 60.0, "rank": 1.0, "decile": 2.0, "flag": ""}


@pytest.mark.parametrize("part", ["E01000021", "E01000022"])
def test_split_is_carried_down(changes: pd.DataFrame, part: str) -> None:
    """S: each part has the figure of the area it was part of, and is flagged."""
    expected = {"value": 50.0, "rank": 2.0, "decile": 4.0, "flag": "best_fit_2011"}
    assert convert(FIGURES, changes).loc[part].to_dict() == expected


def test_merged_is_weighted_and_ranked_again(changes: pd.DataFrame) -> None:
    """M: 3,000 people at 40 and 1,000 at 10 are 32.5, which would have stood fourth of six, in tenth 7."""
    expected = {"value": 32.5, "rank": 4.0, "decile": 7.0, "flag": "best_fit_2011"}
    assert convert(FIGURES, changes).loc["E01000034"].to_dict() == expected


@pytest.mark.parametrize("area", ["E01000056", "E01000066"])
def test_irregular_has_no_figure(changes: pd.DataFrame, area: str) -> None:
    """X: no value, rank or tenth, and the flag that says why."""
    row = convert(FIGURES, changes).loc[area]
    assert row[["value", "rank", "decile"]].isna().all() and row.flag == "no_like_for_like"


def test_merged_without_a_score_is_weighted_on_its_rank(changes: pd.DataFrame) -> None:
    """Without a score the ranks 3 and 6 are averaged by people to 3.75: behind the third, before the fourth."""
    figures = {key: column for key, column in FIGURES.items() if key != "value"}
    assert convert(figures, changes).loc["E01000034", "rank"] == 4


def test_weight_on_is_averaged_before_the_value(changes: pd.DataFrame) -> None:
    """Where the card names what to average, the rank comes from that, not from the value."""
    figures = FIGURES | {"weight_on": [90.0, 5.0, 80.0, 80.0, 4.0, 3.0]}
    row = convert(figures, changes).loc["E01000034"]
    assert (row["rank"], row.value) == (2, 32.5)


def test_equal_average_ties_with_the_published(changes: pd.DataFrame) -> None:
    """An average equal to a published score takes that score's rank, whatever the last bit of a float says."""
    # As floats the mean of 19.06 and 19.06, weighted by 3 and 7, is 19.059999999999995.
    figures = FIGURES | {"value": [60.0, 50.0, 19.06, 19.06, 30.0, 20.0], "weight": [1.0, 1.0, 3.0, 7.0, 1.0, 1.0]}
    assert convert(figures, changes).loc["E01000034", "rank"] == 5


def test_merged_of_absent_figures_stays_absent(changes: pd.DataFrame) -> None:
    """Two areas without a figure merge to one without a figure, not to the most deprived of all."""
    absent = {key: [*FIGURES[key][:2], math.nan, math.nan, *FIGURES[key][4:]] for key in ("value", "rank", "decile")}
    assert convert(FIGURES | absent, changes).loc["E01000034", ["value", "rank", "decile"]].isna().all()


def test_nothing_is_dropped(changes: pd.DataFrame) -> None:
    """Every area of 2021 in the lookup has its one row, in the order of codes."""
    whole = convert_to_2021(pd.DataFrame(FIGURES), changes, make_card())
    assert whole.code.tolist() == sorted({new for _, _, new in CHANGES})


def test_totals_are_reconciled(changes: pd.DataFrame) -> None:
    """The 2011 areas behind U, S and M and those behind X are together all that there were."""
    behind = {kind: set(part.lsoa11_code) for kind, part in changes.groupby("change")}
    assert set().union(*behind.values()) == set(FIGURES["code"])
    assert sum(map(len, behind.values())) == len(FIGURES["code"])


def test_lookup_of_another_country_is_told_with_both_sides(changes: pd.DataFrame) -> None:
    """A table that the lookup does not know is refused, both sides counted and named."""
    figures = FIGURES | {"code": ["E01099999", *FIGURES["code"][1:]]}
    with pytest.raises(DataContractError) as fault:
        convert(figures, changes)
    assert (
        str(fault.value)
        == "town2019_england_lsoa11: 1 areas of the table are not in the 2011 to 2021 lookup (E01099999) and 1 of the lookup"
        " not in the table (E01000001). Is the card's geography right?"
    )


def test_two_kinds_of_change_are_refused(tmp_path: Path) -> None:
    """A lookup that calls one area both split and merged is not believed."""
    path = write_lookup(tmp_path, [*CHANGES, ("E01000001", "M", "E01000021")])
    with pytest.raises(DataContractError, match=r"^the 2011 to 2021 lookup gives E01000021 two kinds of change$"):
        read_changes(path)


def test_two_figures_for_one_area_are_refused(tmp_path: Path) -> None:
    """A split area with two parents would stand twice; that is told, not drawn."""
    lookup = read_changes(write_lookup(tmp_path, [*CHANGES, ("E01000001", "S", "E01000021")]))
    with pytest.raises(DataContractError, match=r"^town2019_england_lsoa11: E01000021 got two figures from 2011$"):
        convert(FIGURES, lookup)


def test_wales_is_left_out_of_the_lookup(tmp_path: Path) -> None:
    """The official lookup holds Wales too; the map is of England."""
    lookup = read_changes(write_lookup(tmp_path, [*CHANGES, ("W01000001", "U", "W01000001")]))
    assert not lookup.lsoa21_code.str.startswith("W").any()


scores = st.lists(st.integers(0, 999), min_size=4, max_size=4, unique=True)
people = st.lists(st.integers(1, 5000), min_size=4, max_size=4)


@settings(deadline=None)
@given(scores=scores, people=people)
def test_merged_rank_lies_between_its_parents(scores: list[int], people: list[int]) -> None:
    """Whatever the scores and the people, two areas together rank no better and no worse than either."""
    rank = [1 + sum(other > score for other in scores) for score in scores]
    figures = pd.DataFrame(
        {
            "code": [f"E0100000{n}" for n in range(1, 5)],
            "value": [score / 10 for score in scores],
            "rank": [float(r) for r in rank],
            "decile": [math.ceil(10 * r / 4) for r in rank],
            "weight": people,
        }
    )
    changes = pd.DataFrame(
        [
            ("E01000001", "M", "E01000012"),
            ("E01000002", "M", "E01000012"),
            ("E01000003", "U", "E01000003"),
            ("E01000004", "U", "E01000004"),
        ],
        columns=["lsoa11_code", "change", "lsoa21_code"],
    )
    merged = convert_to_2021(figures, changes, make_card()).set_index("code").loc["E01000012"]
    assert min(rank[:2]) <= merged["rank"] <= max(rank[:2])
    assert min(scores[:2]) / 10 - 1e-9 <= merged.value <= max(scores[:2]) / 10 + 1e-9
    assert merged.decile == math.ceil(10 * merged["rank"] / 4)
