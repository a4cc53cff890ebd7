"""The readers of awkward files, each on invented lines under the publisher's true header: what they give, and what they say of a fault."""

from __future__ import annotations

import gzip
import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import pytest

import etl.readers
from etl.reader_calls import call_reader
from etl.readers import (
    authority_of_neighbourhoods,
    census_ages,
    census_english,
    health_index,
    imd_moved2025_england_lsoa21,
    low_income_families,
    qof_prevalence,
)
from heatmap.errors import DataContractError, HeatmapError
from heatmap.layers.catalogue import path_of_card, read_card, read_catalogue

CARDS = read_catalogue()
ENGLISH = "Main language is English (English or Welsh in Wales)"
OTHER = "Main language is not English (English or Welsh in Wales)"
YEARS = range(2015, 2022)
BANDS = [f"Aged {first} to {first + 4} years" for first in range(5, 85, 5)]

# Three neighbourhoods: two of one authority, one of another. Two old authorities became one.
TODAY = "lsoa21cd,lsoa21nm,lad24cd,imd_rank\nE01000001,A,E06000009,1\nE01000002,B,E06000009,3\nE01000003,C,E07000001,2\n"
CHANGES = (
    "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code\n"
    "A,E01000001,U,A,E01000001,One,E07000002\nB,E01000002,U,B,E01000002,Two,E07000003\nC,E01000003,U,C,E01000003,Three,E07000001\n"
)
PEOPLE = "lsoacd,population\nE01000001,300\nE01000002,100\nE01000003,500\n"
IOD2019 = (
    "lsoa11cd,lad19cd,imd_score,imd_rank,imd_decile,pop_total_mid2015\n"
    "E01000001,E07000002,50,2,1,300\nE01000002,E07000003,40,3,2,100\nE01000003,E07000001,60,1,1,500\n"
)


@dataclass(frozen=True)
class Case:
    """A reader, the files it reads by their names, the main one first, and what a table of three lines makes.

    column, number  a header and a cell of the main file, to be broken
    line            the line where that cell stands
    double          what is said of a line that stands twice; "" where the table's own promises will say it
    """

    read: Callable[..., pd.DataFrame]
    files: dict[str, str]
    made: list[dict[str, object]]
    column: str
    number: str
    line: int
    layer: str = ""
    double: str = ""

    def of(self, folder: Path, **changed: str) -> pd.DataFrame:
        """What the reader makes, with files changed."""
        paths = []
        for name, text in (self.files | changed).items():
            path = folder / f"{name}.csv.gz"
            path.write_bytes(gzip.compress(text.encode()))
            paths.append(path)
        return self.read(CARDS[self.layer], *paths) if self.layer else self.read(*paths)

    @property
    def main(self) -> tuple[str, str]:
        """Name and text of the main file."""
        return next(iter(self.files.items()))


AGES = (
    '\n"TS007A - Age by five-year age bands"\n"ONS Crown Copyright Reserved [from Nomis on 14 April 2023]"\n"Date       :","2021"\n\n'
    + ",".join(
        f'"{each}"'
        for each in (
            "2021 super output area - lower layer",
            "mnemonic",
            "Total",
            "Aged 4 years and under",
            *BANDS,
            "Aged 85 years and over",
        )
    )
    + "\n"
    + '"A 001A","E01000001",2284,166,'
    + ",".join(map(str, range(17)))
    + "\n"
    + '"W","W01000001",1,1,'
    + ",".join("0" * 17)
    + "\n\n\n"
)
FAMILIES = (
    ",".join(
        ["Local Authority [note 2]", "Area Code"]
        + [f"Number of children FYE {year}{' [p]' if year == 2021 else ''}" for year in YEARS]
        + [f"Percentage of children FYE {year} (%){' [p]' if year == 2021 else ''} [note 3]" for year in YEARS]
    )
    + "\nUnited Kingdom [note 4],K02000001" + ",9" * 7 + ",0.5" * 7 + "\nNorthern Ireland,N09000001" + ",[x]" * 7 + ",[low]" * 7
    + "\nOne,E07000002" + ",30" * 7 + ",0.3" * 7 + "\nTwo,E07000003" + ",10" * 7 + ",0.05" * 7 + "\nThree,E07000001" + ",70" * 7 + ",0.07" * 7 + "\n"
)  # fmt: skip
INDEX = (
    "ltla21_code,year,indicator,value\nE07000001,2021.0,Self-harm,9\nE07000001,2021.0,Happiness,7\nE07000002,2021.0,Happiness,8\n"
    "E07000003,2021.0,Happiness,4\nE07000001,2014.0,Happiness,1\n"
)
QOF = (
    "lad_code,lad_name,group_code,register,list,prevalence\nE07000001,Three,AF,1,2,0.5\nE07000001,Three,EP,7,1000,0.007\n"
    "E07000002,One,EP,9.5,1000,0.0095\nE07000003,Two,EP,0.5,1000,0.0005\nW06000001,Anglesey,EP,1,100,0.01\n"
)
CORE = "core_homelessness_rate_percent_of_households"

CASES = {
    "authority_of_neighbourhoods": Case(
        authority_of_neighbourhoods.read,
        {"table": f"lsoa21_code,{CORE}\nE01000001,1.5\nE01000002,1.5\nE01000003,0.25\n", "today": TODAY},
        [{"code": "E06000009", "value": 1.5}, {"code": "E07000001", "value": 0.25}],
        CORE, "0.25", 4, "core_homelessness2025_england_lad24", "E01000003 are there twice. Remove the second rows.",
    ),
    "census_ages": Case(
        census_ages.read, {"table": AGES}, [{"code": "E01000001", "numerator": 166, "denominator": 2284}],
        "Aged 4 years and under", "166", 7, "under_five2021_england_lsoa21",
    ),
    "census_english": Case(
        census_english.read,
        {"table": ",".join(["msoa21_code", ENGLISH, OTHER, *(f"{OTHER}: {can}" for can in (
            "Can speak English very well", "Can speak English well", "Cannot speak English well", "Cannot speak English",
        )), "Proportion who cannot speak English (well)"]) + "\nW02000001,9,9,9,9,9,9,0.5\nE02000001,6624,1826,1305,386,116,19,0.016\n"},
        [{"code": "E02000001", "numerator": 135, "denominator": 8450}],
        f"{OTHER}: Cannot speak English well", "19", 3, "little_english2021_england_msoa21",
    ),
    "health_index": Case(
        health_index.read, {"table": INDEX, "changes": CHANGES, "today": TODAY, "people": PEOPLE},
        [{"code": "E06000009", "period": "2021", "value": 7.0, "flag": "best_fit_lad"},
         {"code": "E07000001", "period": "2021", "value": 7.0, "flag": ""}],
        "value", "4", 5, "happiness2021_england_lad24", "E07000003 stand twice in one period. Take the double rows out.",
    ),
    "imd_moved2025_england_lsoa21": Case(
        imd_moved2025_england_lsoa21.read, {"today": TODAY, "iod2019": IOD2019, "changes": CHANGES},
        [{"code": "E01000001", "value": -100 / 3, "flag": ""}, {"code": "E01000002", "value": 0.0, "flag": ""},
         {"code": "E01000003", "value": 100 / 3, "flag": ""}],
        "imd_rank", "2", 4, double="E01000003 are there twice. Remove the second rows.",
    ),
    "low_income_families": Case(
        low_income_families.read, {"table": FAMILIES, "changes": CHANGES, "today": TODAY, "people": PEOPLE},
        [{"code": code, "period": str(year), "value": value, "flag": flag} for year in YEARS
         for code, value, flag in (("E06000009", 100 * 40 / 300, "best_fit_lad"), ("E07000001", 7.0, ""))],
        "Percentage of children FYE 2021 (%) [p] [note 3]", "0.07", 6, "low_income_families2021_england_lad24",
        "E07000001 stand twice in one period. Take the double rows out.",
    ),
    "qof_prevalence": Case(
        qof_prevalence.read, {"table": QOF, "iod2019": IOD2019, "changes": CHANGES, "today": TODAY},
        [{"code": "E06000009", "value": 0.5, "flag": "best_fit_lad"}, {"code": "E07000001", "value": 0.7, "flag": ""}],
        "prevalence", "0.0005", 5, "register_epilepsy2020_england_lad24", "E07000003 stand twice in one period. Take the double rows out.",
    ),
}  # fmt: skip
each_reader = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def test_every_reader_has_lines_of_its_own() -> None:
    """Here, or for places in test_points.py."""
    folder = Path(census_ages.__file__).parent
    assert set(CASES) == {path.stem for path in folder.glob("[a-z]*.py") if not path.stem.endswith("_points")}


@each_reader
def test_what_a_reader_makes(case: Case, tmp_path: Path) -> None:
    """England alone, what the card picks alone, merged authorities put together."""
    made = case.of(tmp_path).to_dict("records")
    assert len(made) == len(case.made)
    for row, expected in zip(made, case.made, strict=True):
        assert row == {key: pytest.approx(value) if isinstance(value, float) else value for key, value in expected.items()}


@each_reader
def test_a_column_that_is_missing(case: Case, tmp_path: Path) -> None:
    """Its name, and which there are."""
    name, text = case.main
    with pytest.raises(DataContractError) as fault:
        case.of(tmp_path, **{name: text.replace(case.column, "something", 1)})
    assert str(fault.value).startswith(f"{name}.csv.gz: no column {case.column}. The file has: ")


@each_reader
def test_a_value_that_is_text(case: Case, tmp_path: Path) -> None:
    """The line as an editor numbers it, though other lines were left out."""
    name, text = case.main
    lines = text.splitlines(keepends=True)
    before, _, after = lines[case.line - 1].rpartition(case.number) if case.number != "166" else lines[case.line - 1].partition(case.number)
    lines[case.line - 1] = f"{before}n/a{after}"
    with pytest.raises(DataContractError, match=rf": line {case.line}: \w.* = 'n/a' is not a number\. Fix that cell\.$"):
        case.of(tmp_path, **{name: "".join(lines)})


@each_reader
def test_a_line_that_stands_twice(case: Case, tmp_path: Path) -> None:
    """It is told, and never added up with itself; or it is let through, for the table's promises to catch (test_contract.py)."""
    name, text = case.main
    lines = text.splitlines(keepends=True)
    changed = {name: "".join([*lines[: case.line], lines[case.line - 1], *lines[case.line :]])}
    if case.double:
        with pytest.raises(DataContractError) as fault:
            case.of(tmp_path, **changed)
        assert str(fault.value).endswith(case.double)
    else:
        made = case.of(tmp_path, **changed)
        assert len(made) == len(case.made) + 1 and made.code.duplicated().any()


def test_an_authority_with_two_figures(tmp_path: Path) -> None:
    """Where neighbourhoods of one authority differ, the figure is theirs."""
    case = CASES["authority_of_neighbourhoods"]
    with pytest.raises(DataContractError, match=r"E06000009 has more than one figure\. It may be a neighbourhood's after all\."):
        case.of(tmp_path, table=case.files["table"].replace("2,1.5", "2,1.6"))


def test_an_old_neighbourhood_that_stands_twice(tmp_path: Path) -> None:
    """In the table of 2019 too."""
    case = CASES["imd_moved2025_england_lsoa21"]
    with pytest.raises(DataContractError, match=r"E01000003 stand twice\. Take the double rows out\."):
        case.of(tmp_path, iod2019=IOD2019 + IOD2019.splitlines()[-1] + "\n")


# ---- a reader of somebody's own ----

PARK: Final = "def read(path):\n    import pandas as pd\n"


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], pd.DataFrame]:
    """What a reader of this text gives for a layer of three neighbourhoods."""
    monkeypatch.setattr(etl.readers, "__path__", [*etl.readers.__path__, str(tmp_path)])
    monkeypatch.setattr("sys.dont_write_bytecode", True)

    def call(text: str) -> pd.DataFrame:
        (tmp_path / "a_park.py").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        sys.modules.pop("etl.readers.a_park", None)
        try:
            return call_reader(read_card(path_of_card("imd2025_england_lsoa21")), "a_park", tmp_path / "a.csv")
        finally:
            sys.modules.pop("etl.readers.a_park", None)

    return call


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "def read(path:\n    return 1\n",
            "a_park.py: line 1: Python cannot read this line: '(' was never closed. Correct it and try again.",
        ),
        ("import nowhere_at_all\n", "a_park.py: line 1: it stops with ModuleNotFoundError: No module named 'nowhere_at_all'."),
        ("x = 1\n", "there is no function read(path) in it. Write one; docs/add-a-reader.md has an example."),
        (PARK + "    return {}['x']\n", "a_park.py: line 3: it stops with KeyError: 'x'. Correct that line and try again."),
        (PARK + "    return pd.read_csv(path)\n", "a_park.py: line 3: it stops with FileNotFoundError: "),
        ("def read():\n    pass\n", "it stops with TypeError: read() takes 0 positional arguments but 1 was given."),
        (PARK + "    pass\n", "read gives nothing, not a table. End it with `return table`."),
        (PARK + "    return [1]\n", "read gives a list, not a table."),
        (
            PARK + "    return pd.DataFrame({'code': ['E01000001'], 'value': [1], 'c': [2]})\n",
            "read gives a column 'c' that the map does not know. Rename it, or give only: code, value.",
        ),
        (
            PARK + "    return pd.DataFrame({'code': ['E01000001', 'E01000002'], 'value': [1, 'c']})\n",
            "read gives value = 'c' at E01000002: this is not a number. Give numbers, and None where there is none",
        ),
        (
            PARK + "    return pd.DataFrame({'code': ['E01000001'], 'value': ['3']})\n",
            "read gives value = '3' at E01000001: this is not a number.",
        ),
        (
            PARK + "    return pd.DataFrame({'code': ['E01000001'], 'value': [float('inf')]})\n",
            "read gives value = inf at E01000001: this is not finite.",
        ),
        (
            PARK + "    return pd.DataFrame({'code': [1], 'value': [1.0]})\n",
            'read gives code = 1 at 1: this is not text. Read it as text, with dtype={"code": str}.',
        ),
        (PARK + "    return pd.DataFrame({'code': [None], 'value': [1.0]})\n", "read gives code = None at None: nothing is there."),
        (
            PARK + "    return pd.DataFrame({'area': ['E01000001'], 'value': [1.0]})\n",
            "read gives a column 'area' that the map does not know.",
        ),
        (PARK + "    return pd.DataFrame({'value': [1.0]})\n", "read gives no column 'code'. It gives: value."),
        (PARK + "    return pd.DataFrame({'code': ['E01000001']})\n", "read gives no column 'value'. It gives: code."),
        (PARK + "    return pd.DataFrame()\n", "read gives no column 'code'. It gives none."),
        (PARK + "    return pd.DataFrame({'code': [], 'value': []})\n", "read gives a table without rows."),
        (
            PARK + "    return pd.DataFrame([['E01000001', 1.0, 2.0]], columns=['code', 'value', 'value'])\n",
            "read gives the column 'value' twice.",
        ),
    ],
)
def test_whatever_a_reader_does_ends_in_a_sentence(reads: Callable[[str], pd.DataFrame], text: str, said: str) -> None:
    """Its code may fail, and it may give anything: what, where, and the next step."""
    with pytest.raises(HeatmapError) as fault:
        reads(text)
    assert said in str(fault.value) and "\n" not in str(fault.value) and str(fault.value).endswith(".")


def test_a_good_reader_is_taken_as_it_is(reads: Callable[[str], pd.DataFrame]) -> None:
    """Whole numbers, numbers as objects, absent ones, and rows numbered anyhow."""
    made = "pd.DataFrame({'code': ['a', 'b', 'c'], 'value': pd.array([1, None, 2.5], dtype=object)}, index=[0, 0, 7])"
    table = reads(f"{PARK}    return {made}\n")
    assert list(table.index) == [0, 1, 2] and list(table.code) == ["a", "b", "c"]
    assert table.value.dtype == float and table.value.isna().tolist() == [False, True, False]
