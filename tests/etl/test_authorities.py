"""Authorities that were merged since: whose figure is kept, whose are put together, and what stops the build."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from etl.authorities import add_merged, average_merged, read_successors, read_successors_of_2019
from heatmap.errors import DataContractError

#: One authority stays, two become one.
SUCCESSORS = pd.DataFrame(
    {
        "old": ["E07000001", "E07000002", "E07000003"],
        "code": ["E07000001", "E06000009", "E06000009"],
        "people": [500.0, 300.0, 100.0],
    }
)


def make_table(*values: float | None) -> pd.DataFrame:
    """The three old authorities' values of one year."""
    return pd.DataFrame({"code": SUCCESSORS.old, "period": "2021", "value": values})


def test_a_value_is_averaged_over_people() -> None:
    """Three in four live where it is 10, one where it is 30."""
    made = average_merged(make_table(7.0, 10.0, 30.0), SUCCESSORS, "smoking")
    assert made.to_dict("records") == [
        {"code": "E06000009", "period": "2021", "value": 15.0, "flag": "best_fit_lad"},
        {"code": "E07000001", "period": "2021", "value": 7.0, "flag": ""},
    ]


def test_an_average_of_half_the_people_is_none() -> None:
    """Where a part has no figure, the whole has none: it would be the other part's."""
    made = average_merged(make_table(7.0, None, 30.0), SUCCESSORS, "smoking").set_index("code")
    assert pd.isna(made.value["E06000009"]) and made.flag["E06000009"] == ""


def test_counts_are_added_up() -> None:
    """30 of 100 and 10 of 300 are 40 of 400; what stands on its own keeps the publisher's own figure."""
    table = make_table(7.0, 30.0, 3.3).assign(numerator=[35.0, 30.0, 10.0], denominator=[499.0, 100.0, 300.0])
    made = add_merged(table, SUCCESSORS, "children").set_index("code")
    assert made.value.to_dict() == {"E06000009": 10.0, "E07000001": 7.0}
    assert made.flag.to_dict() == {"E06000009": "best_fit_lad", "E07000001": ""}


def test_an_authority_that_nobody_knows_stops_the_build() -> None:
    """A file of another year is told, not dropped."""
    strange = make_table(1.0, 2.0, 3.0).replace("E07000001", "E07000099")
    with pytest.raises(DataContractError, match=r"^smoking: E07000099 is no authority of the lookup\. Is the file of another year\?$"):
        average_merged(strange, SUCCESSORS, "smoking")


def write(path: Path, text: str) -> Path:
    """A gzipped CSV."""
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_successors_are_read_off_the_neighbourhoods(tmp_path: Path) -> None:
    """Each neighbourhood says where its old authority went, and brings its people."""
    changes = write(
        tmp_path / "changes.csv.gz",
        "lsoa11_code,lsoa21_code,ltla22_code\nE01000001,E01000001,E07000001\nE01000002,E01000002,E07000002\n"
        "E01000003,E01000003,E07000003\nE01000004,E01000003,E07000003\n",
    )
    today = write(tmp_path / "today.csv.gz", "lsoa21cd,lad24cd\nE01000001,E07000001\nE01000002,E06000009\nE01000003,E06000009\n")
    people = write(tmp_path / "people.csv.gz", "lsoacd,population\nE01000001,500\nE01000002,300\nE01000003,100\n")
    assert read_successors(changes, today, people).astype({"people": float}).equals(SUCCESSORS)
    earlier = write(
        tmp_path / "earlier.csv.gz",
        "lsoa11cd,lad19cd\nE01000001,E07000001\nE01000002,E07000002\nE01000003,E07000002\nE01000004,E07000001\n",
    )
    # One neighbourhood changed sides when its border was redrawn: it does not move its authority.
    assert read_successors_of_2019(earlier, changes, today).to_dict("list")["old"] == ["E07000001", "E07000002"]


def test_an_authority_in_two_is_told(tmp_path: Path) -> None:
    """None was split since 2022; a lookup that says so is another's."""
    changes = write(tmp_path / "c.csv.gz", "lsoa21_code,ltla22_code\nE01000001,E07000001\nE01000002,E07000001\n")
    today = write(tmp_path / "t.csv.gz", "lsoa21cd,lad24cd\nE01000001,E07000001\nE01000002,E06000009\n")
    people = write(tmp_path / "p.csv.gz", "lsoacd,population\nE01000001,500\nE01000002,300\n")
    with pytest.raises(DataContractError, match="E07000001 lie in two authorities of 2024"):
        read_successors(changes, today, people)
