"""The second and third fence: every way of breaking a table's promises, with the very sentence that is said."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from heatmap.errors import DataContractError
from heatmap.layers.cards import LayerCard
from heatmap.layers.contract import broken_promises, check_table, join_by_code

ID = "town2025_england_lsoa21"
ROWS = 20


def make_card(**changed: object) -> LayerCard:
    """A card of a town of twenty neighbourhoods, the scores falling with the rank."""
    card = {
        "id": ID, "title": "Town", "short": "Town", "series": "town", "edition": "2025", "theme": "Town", "order": 1,
        "question": "How is the town?", "meaning": "A", "not_meaning": "B", "unit": "score", "polarity": "high_is_worse",
        "geography": "lsoa21", "period": "2025", "rows": ROWS, "valid_min": 0, "valid_max": 1, "decimals": 2,
        "scheme": "tenths", "columns": {"a": "code", "b": "value", "c": "rank", "d": "decile"},
        "anchors": {"E01000001": {"value": 0.95, "rank": 1, "decile": 1}, "E01000020": {"rank": 20}},
        "source": {"publisher": "P", "title": "T", "page": "https://x.uk", "licence": "OGL-UK-3.0",
                   "accessed": date(2026, 1, 1), "attribution": "A"},
        "file": [{"path": "town.csv.gz"}],
    }  # fmt: skip
    return LayerCard.model_validate(card | changed)


def make_table() -> pd.DataFrame:
    """The town's table, every promise kept."""
    rank = range(1, ROWS + 1)
    return pd.DataFrame(
        {
            "code": [f"E010000{n:02}" for n in rank],
            "value": [round(1 - 0.05 * n, 2) for n in rank],
            "rank": [float(n) for n in rank],
            "decile": [float(math.ceil(n / 2)) for n in rank],
        }
    )


def put(row: int, column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Break a table at one cell."""

    def break_it(table: pd.DataFrame) -> pd.DataFrame:
        table = table.copy()
        table.loc[row, column] = value
        return table

    return break_it


BROKEN = {
    "a row dropped": (
        lambda table: table.drop(index=7),
        f"{ID}: 19 rows, the card says 20. The file may be cut short, include other nations, or be for another year.",
    ),
    "a row doubled": (
        lambda table: pd.concat([table, table.iloc[[4]]]),
        (
            f"{ID}: 21 rows, the card says 20. The file may be cut short, include other nations, or be for another year.\n"
            f"{ID}: E01000005 is there twice. Keep one row for each area."
        ),
    ),
    "one area in place of another": (
        put(5, "code", "E01000005"),
        f"{ID}: E01000005 is there twice. Keep one row for each area.",
    ),
    "Wales left in": (
        lambda table: pd.concat([table, table.iloc[[4]].assign(code="W01000001")]),
        (
            f"{ID}: 21 rows, the card says 20. The file may be cut short, include other nations, or be for another year.\n"
            f"{ID}: W01000001 is no LSOA code of England. Codes look like E01021988."
        ),
    ),
    "codes of another level": (
        put(5, "code", "E02000006"),
        f"{ID}: E02000006 is no LSOA code of England. Codes look like E01021988.",
    ),
    "a value out of range": (
        put(5, "value", 70.0),
        f"{ID}: value = 70 at E01000006 is outside 0 to 1. Look at the unit: a share may have been written as a percentage.",
    ),
    "several out of range": (
        lambda table: table.assign(value=[0.95] + [60.0] * 19),
        f"{ID}: value = 60 at E01000002 is outside 0 to 1, and 18 more. Look at the unit: a share may have been written as a percentage.",
    ),
    "infinity": (
        put(5, "value", math.inf),
        f"{ID}: value = inf at E01000006 is outside 0 to 1. Look at the unit: a share may have been written as a percentage.",
    ),
    "a value absent": (
        put(5, "value", math.nan),
        f"{ID}: 1 areas have no value, the card says 0 (E01000006). Mend the file, or say the true number in 'missing' and why.",
    ),
    "a rank absent": (
        put(5, "rank", math.nan),
        f"{ID}: 1 areas have a value but no rank (E01000006). Mend the file.",
    ),
    "a decile absent": (
        put(5, "decile", math.nan),
        f"{ID}: decile = nan at E01000006, but rank 6 of 20 is in tenth 3. Rank or decile has been mixed up with another column.",
    ),
    "rank and decile exchanged": (
        lambda table: table.rename(columns={"rank": "decile", "decile": "rank"}),
        (
            f"{ID}: decile = 2 at E01000002, but rank 1 of 20 is in tenth 1. Rank or decile has been mixed up with another"
            f" column.\n{ID}: rank = 10 at E01000020, but 20 was read off the published table, so rank does not hold what its"
            " name says."
        ),
    ),
    "an anchor moved": (
        put(0, "value", 0.9),
        f"{ID}: value = 0.9 at E01000001, but 0.95 was read off the published table, so value does not hold what its name says.",
    ),
    "an anchor gone": (
        put(19, "code", "E01000021"),
        f"{ID}: the anchor E01000020 has no rank in the table. Check the code vintage.",
    ),
    "people below none": (
        lambda table: table.assign(weight=[5.0] * 19 + [-1.0]),
        f"{ID}: weight = -1 at E01000020, but there cannot be fewer people than none.",
    ),
    "people absent": (
        lambda table: table.assign(weight=[5.0] * 19 + [math.nan]),
        f"{ID}: 1 areas have a value but no weight (E01000020). Mend the file.",
    ),
}


def test_a_good_table_breaks_no_promise() -> None:
    """What keeps every promise passes the fence unchanged."""
    table = make_table()
    assert broken_promises(table, make_card()) == []
    assert check_table(table, make_card()) is table


@pytest.mark.parametrize("how", BROKEN)
def test_each_fence_bites(how: str) -> None:
    """Each way of breaking a table is told in these words, and nothing else is said."""
    break_it, said = BROKEN[how]
    assert "\n".join(broken_promises(break_it(make_table()), make_card())) == said


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_table_is_not_let_through(how: str) -> None:
    """The build stops at the fence with all the sentences in one error."""
    break_it, said = BROKEN[how]
    with pytest.raises(DataContractError) as fault:
        check_table(break_it(make_table()), make_card())
    assert str(fault.value) == said


@pytest.mark.parametrize("rank", [0.0, 21.0, 2.5])
def test_a_rank_that_is_no_place_in_the_line_is_told(rank: float) -> None:
    """Below 1, beyond the last or between two places: the rank's own fence bites, whatever the decile."""
    table = put(5, "decile", math.ceil(rank / 2))(put(5, "rank", rank)(make_table()))
    assert broken_promises(table, make_card()) == [
        f"{ID}: rank = {rank:g} at E01000006 is not a whole number from 1 to 20. Another column may have been taken for the rank."
    ]


def test_missing_is_counted_exactly() -> None:
    """A card may say that one value is missing; then none and two are both wrong."""
    card = make_card(missing=1)
    assert broken_promises(put(5, "value", math.nan)(make_table()), card) == []
    assert broken_promises(make_table(), card) == [
        f"{ID}: 0 areas have no value, the card says 1. Mend the file, or say the true number in 'missing' and why."
    ]


def test_an_absent_anchor_is_no_anchor() -> None:
    """Where the anchor's own value is missing, it is told as such, even if the card allows a missing value."""
    assert broken_promises(put(0, "value", math.nan)(make_table()), make_card(missing=1)) == [
        f"{ID}: value = nan at E01000001, but 0.95 was read off the published table, so value does not hold what its name says."
    ]


def test_several_faults_are_told_together() -> None:
    """A person mends all at one go: the range, the absent value and the anchor are told at once."""
    table = put(0, "value", 0.5)(put(7, "value", 9.0)(put(8, "value", math.nan)(make_table())))
    said = broken_promises(table, make_card())
    assert [sentence.split(" ")[1] for sentence in said] == ["1", "value", "value"]


def test_a_rank_alone_is_measured() -> None:
    """Where a card has no value, the rank is held to the card's range."""
    card = make_card(columns={"a": "code", "c": "rank", "d": "decile"}, valid_min=1, valid_max=20, anchors={"E01000001": {"rank": 1}})
    table = put(5, "rank", 25.0)(make_table().drop(columns="value"))
    assert broken_promises(put(5, "decile", 13.0)(table), card) == [
        f"{ID}: rank = 25 at E01000006 is outside 1 to 20. Look at the unit: a share may have been written as a percentage."
    ]


def test_codes_of_2011_on_areas_of_2021_are_refused() -> None:
    """The codes look alike, so the join with England's areas tells them apart, both sides counted and named."""
    areas = pd.DataFrame({"code": ["E01000001", "E01000021", "E01000022"]})
    old = pd.DataFrame({"code": ["E01000001", "E01000002"], "value": [1.0, 2.0]})
    with pytest.raises(DataContractError) as fault:
        join_by_code(areas, old, "code", ("England's LSOAs of 2021", ID))
    assert (
        str(fault.value)
        == f"England's LSOAs of 2021 and {ID} do not fit: 2 codes only in England's LSOAs of 2021 (E01000021, E01000022), 1"
        f" only in {ID} (E01000002). Check that both have areas of the same year."
    )


@pytest.mark.parametrize("side", [0, 1])
def test_a_join_refuses_codes_on_one_side_only(side: int) -> None:
    """One code too many on either side alone is enough to stop, and is counted on that side."""
    tables = [pd.DataFrame({"code": ["E01000001", "E01000002"]}) for _ in range(2)]
    tables[1 - side] = tables[1 - side].head(1)
    here, there = ("left", "right")[side], ("left", "right")[1 - side]
    with pytest.raises(DataContractError) as fault:
        join_by_code(tables[0], tables[1], "code", ("left", "right"))
    assert f"1 codes only in {here} (E01000002)" in str(fault.value) or f"1 only in {here} (E01000002)" in str(fault.value)
    assert f"0 codes only in {there} ()" in str(fault.value) or f"0 only in {there} ()" in str(fault.value)


@pytest.mark.parametrize("side", [0, 1])
def test_a_join_refuses_double_rows_on_either_side(side: int) -> None:
    """A code that stands twice would multiply people; it is named with the side it stands on."""
    tables = [pd.DataFrame({"code": ["E01000001", "E01000002"]}) for _ in range(2)]
    tables[side] = pd.concat([tables[side], tables[side].tail(1)])
    name = ("left", "right")[side]
    with pytest.raises(DataContractError, match=f"^{name}: E01000002 are there twice. Remove the second rows.$"):
        join_by_code(tables[0], tables[1], "code", ("left", "right"))


def test_a_join_goes_by_code_not_by_row() -> None:
    """Two tables in different orders come together by their codes."""
    left = pd.DataFrame({"code": ["A", "B"], "x": [1, 2]})
    right = pd.DataFrame({"code": ["B", "A"], "y": [20, 10]})
    assert join_by_code(left, right, "code", ("left", "right")).to_dict("list") == {"code": ["A", "B"], "x": [1, 2], "y": [10, 20]}
