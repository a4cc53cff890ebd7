"""A learner's own file: what is read, and every way it can be wrong, each with the sentence that helps."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from small_cards import ID, PLACES, make_card, make_points

from command.importers.importing import postcode_places
from etl.layers import build_layer
from etl.points import put_on_map
from etl.sheets import service_checks as places
from etl.sheets import sheet_checks as room
from etl.sheets.beside import MOST_SENTENCES, beside, read_beside, say_codes_of_file
from heatmap.errors import DataContractError, HeatmapError, SourceError
from heatmap.layers.cards import FLAGS, LayerCard, PointsCard
from heatmap.snapshot import open_snapshot

REASONS = ", ".join(FLAGS[1:-1])  # the last is the build's own
GOOD = "area_code,name,value\nE01021988,Jaywick,7.5\nE01021991,Jaywick too,12\nE01008966,Kings Heath,31.25\n"


def read(tmp_path: Path, content: str | bytes, card: LayerCard | PointsCard) -> pd.DataFrame:
    """What a file of that content gives."""
    path = tmp_path / f"{card.id}.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_beside(path, card)


def said(tmp_path: Path, content: str | bytes, card: LayerCard | PointsCard) -> str:
    """What is said of a wrong file, without the file's name in front of each sentence."""
    with pytest.raises(HeatmapError) as fault:
        read(tmp_path, content, card)
    lines = str(fault.value).splitlines()
    assert all(line.startswith(f"{card.id}.csv: ") for line in lines)
    return "\n".join(line.removeprefix(f"{card.id}.csv: ") for line in lines)


# ---- good files ----


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\n,,\n").encode(),
        GOOD.replace("area_code", " LSOA21 Code").replace("value", "Value ").encode(),
        GOOD.replace("Jaywick,", '"Jaywick, by the sea",').encode(),
        GOOD.replace("\n", "\n# Jaywick has few trees, and fewer each year\n", 1).encode(),
        "\n".join(f"{line},," for line in GOOD.splitlines()).encode(),
    ],
    ids=[
        "plain",
        "with a mark of UTF-8",
        "Windows line ends",
        "blank lines",
        "headers as people write them",
        "a quoted comma",
        "a note",
        "empty columns",
    ],
)
def test_a_good_file_is_read(tmp_path: Path, content: bytes) -> None:
    """The ways a spreadsheet may save the same table all give the same figures; what we do not know is left out."""
    table = read(tmp_path, content, make_card())
    assert table.to_dict("list") == {"code": ["E01021988", "E01021991", "E01008966"], "value": [7.5, 12.0, 31.25]}


def test_a_code_of_another_year_is_read_where_the_area_is_the_same(tmp_path: Path) -> None:
    """Sheffield and Barnsley have had other codes since 2025; that they were read is said."""
    card = make_card(id="trees2026_england_lad24", rows=3)
    content = "code,value\nE08000039,1\nE08000038 ,2\nE08000025,3\n"
    assert read(tmp_path, content, card).to_dict("list") == {"code": ["E08000019", "E08000016", "E08000025"], "value": [1.0, 2.0, 3.0]}
    assert say_codes_of_file(tmp_path / f"{card.id}.csv", card) == "E08000039 as E08000019, E08000038 as E08000016"


@pytest.mark.parametrize("code", ["E07000026", "E07000004"])
def test_a_district_cannot_stand_for_what_it_became(tmp_path: Path, code: str) -> None:
    """Its figure is a part of the larger area's; the sentence says which."""
    card = make_card(id="trees2026_england_lad24", rows=1)
    name, now = {"E07000026": ("Allerdale", "E06000063"), "E07000004": ("Aylesbury Vale", "E06000060")}[code]
    assert (
        said(tmp_path, f"code,value\n{code},1\n", card)
        == f"line 2: code '{code}' is {name}, now part of {now}. Get the figures by authority of 2024: those of one area cannot stand for"
        " another."
    )


@pytest.mark.parametrize("header", ["area_code,area,value", "area,code,value", "LSOA21CD,Area,value"])
def test_an_area_beside_a_code_is_its_name(tmp_path: Path, header: str) -> None:
    """Alone it is the code."""
    row = "{code},Jaywick,{value}" if not header.startswith("area,") else "Jaywick,{code},{value}"
    lines = [row.format(code=code, value=value) for code, value in (("E01021988", 7.5), ("E01021991", 12), ("E01008966", 31.25))]
    table = read(tmp_path, "\n".join([header, *lines]), make_card())
    assert table.to_dict("list") == {"code": ["E01021988", "E01021991", "E01008966"], "value": [7.5, 12.0, 31.25]}
    assert read(tmp_path, GOOD.replace("area_code", "area"), make_card()).code.tolist() == table.code.tolist()


def test_headers_may_be_the_publishers(tmp_path: Path) -> None:
    """With [columns] the card says which header is which."""
    table = read(tmp_path, "Area,Share\nE01021988,1\nE01021991,2\nE01008966,3\n", make_card(columns={"Area": "code", "Share": "value"}))
    assert table.to_dict("list") == {"code": ["E01021988", "E01021991", "E01008966"], "value": [1.0, 2.0, 3.0]}


def test_an_empty_cell_is_no_number_and_keeps_its_reason(tmp_path: Path) -> None:
    """Missing is never zero."""
    content = "code,value,flag\nE01021988,,suppressed\nE01021991,2,\nE01008966,3,modelled\n"
    table = read(tmp_path, content, make_card(missing=1))
    assert math.isnan(table.value[0]) and list(table.flag) == ["suppressed", "", "modelled"]


def test_counts_are_numbers(tmp_path: Path) -> None:
    """Numerator and denominator in place of a value."""
    table = read(tmp_path, "code,numerator,denominator\nE01021988,1,10\nE01021991,2,10\nE01008966,3,10\n", make_card())
    assert table.dtypes.astype(str).to_dict() == {"code": "str", "numerator": "float64", "denominator": "float64"}


def test_kinds_become_their_place_on_the_card(tmp_path: Path) -> None:
    """A kind is told by its code in the file, and is a number afterwards, as a publisher's is."""
    kinds = [{"code": "A1", "label": "Town", "rural": False}, {"code": "B2", "label": "Country", "rural": True}]
    table = read(tmp_path, "code,kind\nE01021988,B2\nE01021991,A1\nE01008966,A1\n", make_card(scheme="kinds", kinds=kinds))
    assert table.to_dict("list") == {"code": ["E01021988", "E01021991", "E01008966"], "value": [2.0, 1.0, 1.0]}


def test_periods_may_hold_an_area_each(tmp_path: Path) -> None:
    """The same area on two lines is right where the periods differ."""
    content = "code,period,value\nE01021988,2025,1\nE01021988,2026,2\n"
    assert list(read(tmp_path, content, make_card(rows=2, periods=("2025", "2026"))).period) == ["2025", "2026"]


def test_places_have_every_column(tmp_path: Path) -> None:
    """What the file does not have is empty text; coordinates are numbers or NaN."""
    content = "Name,Postcode,Lat,Lon,checked_on\nThe Hub,CO15 2EU,,,2026-01-01\nThe Hall,,52.4,-1.9,2026-01-01\n"
    table = read(tmp_path, content, make_points())
    assert list(table)[:3] == ["id", "name", "what"] and len(table.columns) == 17
    assert list(table.name) == ["The Hub", "The Hall"] and list(table.phone) == ["", ""]
    assert math.isnan(table.latitude[0]) and table.longitude[1] == -1.9


def test_where_the_file_lies(tmp_path: Path) -> None:
    """Beside its card, under the card's name; if not, the sentence says so, or names the file that is there instead."""
    with pytest.raises(SourceError) as fault:
        beside(make_card(), tmp_path)
    assert str(fault.value) == f"{ID}.csv: not in {tmp_path.name}/. Put your figures there, next to the card."
    (tmp_path / f"{ID}.xlsx").touch()
    with pytest.raises(SourceError) as fault:
        beside(make_card(), tmp_path)
    assert str(fault.value) == f"{ID}.csv: not in {tmp_path.name}/. There is {ID}.xlsx: save it as 'CSV UTF-8' under this name."
    (tmp_path / f"{ID}.csv").touch()
    assert beside(make_card(), tmp_path) == tmp_path / f"{ID}.csv"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (Path.mkdir, "a folder"),
        (lambda path: path.symlink_to("nowhere"), "a link to a file that is not there"),
        (os.mkfifo, "no ordinary file"),
    ],
    ids=["a folder", "a link", "a pipe"],
)
def test_what_lies_there_and_is_no_file_is_told(tmp_path: Path, make: Callable[[Path], None], what: str) -> None:
    """It is said for what it is, and nobody waits for a pipe."""
    make(tmp_path / f"{ID}.csv")
    with pytest.raises(SourceError) as fault:
        beside(make_card(), tmp_path)
    assert str(fault.value) == f"{ID}.csv: {what}. Move it away, and put the CSV itself there."


def test_counts_are_needed_where_they_are_to_be_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer of counts whose file has values alone is told so, and no KeyError ends the build."""
    (tmp_path / f"{ID}.csv").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr("etl.sources.beside", lambda card: tmp_path / f"{card.id}.csv")
    with pytest.raises(DataContractError) as fault:
        build_layer(make_card(larger_areas="counts"), open_snapshot().areas, None)
    assert (
        str(fault.value)
        == f'{ID}: larger_areas = "counts" adds up numerators and denominators, and the file has none. Add these two columns,'
        ' or write larger_areas = "mean".'
    )


def test_an_unknown_postcode_is_told_with_its_line(tmp_path: Path) -> None:
    """Well formed, and yet none: only the table of postcodes knows."""
    content = "name,postcode,checked_on\n\nThe Hub,CO15 2EU,2026-01-01\nThe Hall,CO15 9QQ,2026-01-01\nThe Barn,B14 9ZZ,2026-01-01\n"
    card = make_points(rows=3)
    with pytest.raises(DataContractError) as fault:
        put_on_map(card, read(tmp_path, content, card), postcode_places(open_snapshot()))
    assert (
        str(fault.value)
        == f"{PLACES}.csv: line 4: postcode 'CO15 9QQ' of The Hall is none that we have (and 1 more: line 5). Mend it, or give latitude and"
        " longitude; or put unplaced = 2 on the card to leave out what cannot be placed."
    )


# ---- wrong files of an indicator ----

LIKE = "Codes look like E01021988."
#: How to break the good file -> what is said.
CELLS: dict[str, tuple[str, str, str]] = {
    "spaces around a code": (
        "E01021988",
        " E01021988 ",
        (
            "line 2: code ' E01021988 ' has spaces in it. Take the spaces out: E01021988. In a spreadsheet: find a space, replace it by"
            " nothing."
        ),
    ),
    "spaces inside codes": (
        "E0102199",
        "E01 02199",
        (
            "line 3: code 'E01 021991' has spaces in it."
            " Take the spaces out: E01021991. In a spreadsheet: find a space, replace it by nothing."
        ),
    ),
    "small letters": ("E01021988", "e01021988", "line 2: code 'e01021988' is in small letters. Write codes in capitals: E01021988."),
    "a code of 2011": (
        "E01021988",
        "E01000010",
        (
            "line 2: code 'E01000010' is a code of 2011 that ended in 2021."
            " Get the figures by LSOA of 2021: areas were split or merged, so codes cannot be swapped."
        ),
    ),
    "a code that never was": (
        "E01021988",
        "E01999999",
        "line 2: code 'E01999999' is no LSOA of 2021 in England. Check the code, and that the figures are by areas of that year.",
    ),
    "another level": (
        "E01021988",
        "E02004622",
        (
            "line 2: code 'E02004622' is an MSOA, the card's figures are by LSOA of 2021."
            " Use figures by LSOA of 2021, or name the card's file ..._msoa21.toml."
        ),
    ),
    "a ward": (
        "E01021988",
        "E05013866",
        "line 2: code 'E05013866' is a ward, the card's figures are by LSOA of 2021. Use figures by LSOA of 2021.",
    ),
    "Wales": ("E01021988", "W01000001", "line 2: code 'W01000001' is in Wales. The map is of England: take the lines of Wales out."),
    "Scotland": (
        "E01021988",
        "S01006506",
        "line 2: code 'S01006506' is in Scotland. The map is of England: take the lines of Scotland out.",
    ),
    "Northern Ireland": (
        "E01021988",
        "N20000001",
        "line 2: code 'N20000001' is in Northern Ireland. The map is of England: take the lines of Northern Ireland out.",
    ),
    "a code turned into a number": (
        "E01021988",
        "1.02E+06",
        f"line 2: code '1.02E+06' is what a spreadsheet made of a code. Format the column as text and paste the codes again. {LIKE}",
    ),
    "a code turned into a fault": (
        "E01021988",
        "#NAME?",
        f"line 2: code '#NAME?' is what a spreadsheet made of a code. Format the column as text and paste the codes again. {LIKE}",
    ),
    "a lost zero": (
        "E01021988",
        "E1021988",
        f"line 2: code 'E1021988' has 8 characters, a code has 9. A zero may have been lost: copy the code again. {LIKE}",
    ),
    "a lost letter": (
        "E01021988",
        "1021988",
        f"line 2: code '1021988' is a number only. The letter in front has been lost: copy the codes again. {LIKE}",
    ),
    "a postcode": (
        "E01021988",
        "CO15 2EU",
        "line 2: code 'CO15 2EU' is a postcode. An indicator has a line for each LSOA of 2021."
        f' For places with postcodes write a card with kind = "points". {LIKE}',
    ),
    "a name": ("E01021988", "Jaywick", f"line 2: code 'Jaywick' is no code of an LSOA of 2021. Write the code, not the name. {LIKE}"),
    "no code": ("E01021988", "", "line 2: the cell of code is empty. Every line needs the code of its LSOA of 2021."),
    "a doubled area": ("E01008966", "E01021988", "line 4: E01021988 stands on line 2 already. Keep one line for each area."),
    "a percent sign": ("7.5", "7.5%", "line 2: value '7.5%' has a percent sign. Write the number alone: 7.5. The unit stands on the card."),
    "a decimal comma": ("7.5", '"7,5"', "line 2: value '7,5' has a decimal comma. Write it with a point: 7.5."),
    "a small decimal comma": ("7.5", '"0,125"', "line 2: value '0,125' has a decimal comma. Write it with a point: 0.125."),
    "commas between thousands": ("7.5", '"1,234.5"', "line 2: value '1,234.5' has commas between the thousands. Write it without: 1234.5."),
    "spaces between thousands": ("7.5", "1 234", "line 2: value '1 234' has spaces between the thousands. Write it without: 1234."),
    "points between thousands": ("7.5", '"1.234,5"', "line 2: value '1.234,5' has a decimal comma. Write it with a point: 1234.5."),
    "money": ("7.5", "£7.50", "line 2: value '£7.50' has a sign of money. Write the number alone: 7.50. The unit stands on the card."),
    "a date": (
        "7.5",
        "07/05/2026",
        "line 2: value '07/05/2026' is a date. Spreadsheets make dates of numbers: format the column as numbers, and type this one again.",
    ),
    "a short date": (
        "7.5",
        "07-May",
        "line 2: value '07-May' is a date. Spreadsheets make dates of numbers: format the column as numbers, and type this one again.",
    ),
    "n/a": ("7.5", "n/a", f"line 2: value 'n/a' is not a number. Leave the cell empty and put the reason in a column 'flag': {REASONS}."),
    "a dash": ("7.5", "-", f"line 2: value '-' is not a number. Leave the cell empty and put the reason in a column 'flag': {REASONS}."),
    "a star": ("7.5", "*", f"line 2: value '*' is not a number. Leave the cell empty and put the reason in a column 'flag': {REASONS}."),
    "suppressed": (
        "7.5",
        "Suppressed",
        (
            "line 2: value 'Suppressed' is a mark for a figure that was withheld. Leave the cell empty and write suppressed in a column"
            " 'flag'."
        ),
    ),
    **{
        f"the mark {mark}": (
            "7.5",
            mark,
            (
                f"line 2: value '{mark}' is a mark for a figure that was withheld. Leave the cell empty and write suppressed in a column"
                " 'flag'."
            ),
        )
        for mark in ("[c]", "[C]", "c", "s", "withheld")
    },
    **{
        f"the mark {mark}": (
            "7.5",
            mark,
            f"line 2: value '{mark}' is a publisher's mark for no figure. Leave the cell empty and write missing in a column 'flag'.",
        )
        for mark in ("[x]", "[z]", "z")
    },
    **{
        f"the limit {limit}": (
            "7.5",
            limit,
            (
                f"line 2: value '{limit}' is a limit and no figure. Leave the cell empty and write suppressed in a column 'flag' if the"
                " figure was withheld because it is small."
            ),
        )
        for limit in ("<5", "< 5", "≤5", ">95", "fewer than 5", "5 or fewer", "100+")
    },
    **{
        f"the minus {cell}": (
            "7.5",
            cell,
            f"line 2: value '{cell}' has a long dash for a minus. Write it with the hyphen of the keyboard: -5.",
        )
        for cell in ("−5", "–5", "— 5")
    },
    **{
        f"the note in {cell}": (
            "7.5",
            cell,
            (
                f"line 2: value '{cell}' has a note behind the number. Write the number alone: 99. If the note says that it is an estimate,"
                " write modelled in a column 'flag'."
            ),
        )
        for cell in ("99 [r]", "99[e]", "99 (p)", "99*", "99†", "99 [note 3]", "99 e")
    },
    "an accountant's minus": (
        "7.5",
        "(5)",
        "line 2: value '(5)' has brackets, as accountants write what is below zero. Write it with a minus and without brackets: -5.",
    ),
    "a range": (
        "7.5",
        "2 to 4",
        "line 2: value '2 to 4' is two numbers. Write one figure in the cell; limits go into columns lower_ci and upper_ci.",
    ),
    **{
        f"the row {word}": (
            "E01021988",
            word,
            (
                f"line 2: code '{word}' is the word of a line that adds up the others. Take this line out: the map adds up larger areas"
                " itself."
            ),
        )
        for word in ("Total", "England", "GRAND TOTAL", "E92000001")
    },
    "nan": ("7.5", "nan", f"line 2: value 'nan' is not a number. Leave the cell empty and put the reason in a column 'flag': {REASONS}."),
    "a fault of the spreadsheet": (
        "7.5",
        "#DIV/0!",
        (
            "line 2: value '#DIV/0!' is a spreadsheet's way of saying that something went wrong."
            " Mend the formula or widen the column, then save again; or leave the cell empty."
        ),
    ),
    "a word": ("7.5", "seven", "line 2: value 'seven' is not a number. Write a number like 12.5, or leave the cell empty."),
    "infinity": ("7.5", "1e999", "line 2: value '1e999' is not a number. Write a number like 12.5, or leave the cell empty."),
    "out of range": (
        "7.5",
        "750",
        "line 2: value 750 is outside 0 to 100. Mend the cell; or, if it is true, widen valid_min and valid_max on the card.",
    ),
    "no value": (
        "7.5",
        "",
        (
            "line 2: no value, but the card says missing = 0. Fill in the cell; or, if there is no figure,"
            " put missing = 1 on the card and say the reason in a column 'flag'."
        ),
    ),
    "a comma in a name": (
        "Kings Heath",
        "Kings Heath, Birmingham",
        'line 4: 4 cells, the headers are 3. A name with a comma in it needs double quotes around it: "Bristol, City of".',
    ),
    "a decimal comma without quotes": (
        "7.5",
        "7,5",
        "line 2: 4 cells, the headers are 3. Write numbers with a point, like 13.5, and without commas between the thousands.",
    ),
    "too few cells": (
        "Kings Heath,",
        "",
        "line 4: 2 cells, the headers are 3. Add the commas that are missing: an empty cell needs its comma too.",
    ),
    "a quote left open": (
        "Kings Heath",
        '"Kings Heath',
        'line 4: a double quote is opened and not closed. Close it, or take it out; inside a quoted cell write it twice: "".',
    ),
    "a missing column": (
        "area_code",
        "place",
        "line 1: no column 'code'. The file has: place, name, value. Line 1 must have the headers. Write it there.",
    ),
    "a misspelt column": ("value", "vlaue", "line 1: no column 'value'. Is it 'vlaue'? Then rename that."),
    "a misspelt column one can do without": (
        "name",
        "falg",
        "line 1: no column is called 'falg'. Did you mean 'flag'? If not, give it quite another name.",
    ),
    "a sign that cannot be seen": (
        "E01021988",
        "E0102\u200b1988",
        "line 2: code 'E0102\u200b1988' has a sign in it that cannot be seen. Type the full code again: E01021988.",
    ),
    "a period that the card does not know of": (
        "name",
        "period",
        (
            "line 1: a column 'period', but the card has no 'periods'. Name them all there,"
            ' the oldest first, like periods = ["Jaywick"]; or take the column out.'
        ),
    ),
    "two headers alike": ("name", "Value", "line 1: two headers both mean 'value' (Value, value). Rename or remove one."),
    "two headers that mean the same": (
        "name",
        "lsoa21_code",
        "line 1: two headers both mean 'code' (area_code, lsoa21_code). Rename or remove one.",
    ),
    "a row too many": (
        "31.25\n",
        "31.25\nE01000001,City,5\n",
        "4 lines under the headers, the card says rows = 3. Put rows = 4 on the card, or look for what is missing or too much in the file.",
    ),
    "a row too few": (
        "E01008966,Kings Heath,31.25\n",
        "",
        "2 lines under the headers, the card says rows = 3. Put rows = 2 on the card, or look for what is missing or too much in the file.",
    ),
}


@pytest.mark.parametrize("how", CELLS)
def test_each_fault_of_a_file_has_its_sentence(tmp_path: Path, how: str) -> None:
    """One fault, one sentence: the line as the spreadsheet shows it, what is wrong, and the next step."""
    right, wrong, sentence = CELLS[how]
    assert right in GOOD
    assert said(tmp_path, GOOD.replace(right, wrong, 1), make_card()) == sentence


UTF8 = "Save it again as 'CSV UTF-8'."
PARTED = " Write decimals with a point, save it as a CSV and choose the comma, or replace every {} by a comma."
FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty. Put the headers on line 1 and your figures under them."),
    "blank": (b"\xef\xbb\xbf \r\n\r\n", "the file is empty. Put the headers on line 1 and your figures under them."),
    "headers alone": (b"code,value\n", "only the headers, no figures under them. Add a line for each area or place."),
    "UTF-16": (GOOD.encode("utf-16"), f"saved as UTF-16 ('Unicode text'). {UTF8}"),
    "UTF-16 without a mark": (GOOD.encode("utf-16-le"), f"saved as UTF-16 ('Unicode text'). {UTF8}"),
    "cp1252": (
        GOOD.replace("Kings Heath", "Café").encode("cp1252"),
        "line 4: the letter 'é' is not in UTF-8. Save the file again as 'CSV UTF-8'.",
    ),
    "a workbook": (b"PK\x03\x04....", "a workbook or a zip file, not a CSV, whatever its name says. Open it and save it as 'CSV UTF-8'."),
    "an old workbook": (
        b"\xd0\xcf\x11\xe0....",
        "an old Excel workbook, not a CSV, whatever its name says. Open it and save it as 'CSV UTF-8'.",
    ),
    "gzip": (b"\x1f\x8b\x08....", "packed with gzip. Unpack it first."),
    "a PDF": (b"%PDF-1.7 ...", "a PDF, not a CSV. Ask the publisher for the table, or type it into a spreadsheet."),
    "a web page": (b"\n<!doctype html>", "a web page, not a CSV. Download the file itself, not the page about it."),
    "zero bytes": (GOOD.replace("Heath", "He\0th").encode(), f"line 4: a zero byte, so the file is damaged or no text. {UTF8}"),
    "UTF-32": (GOOD.encode("utf-32"), f"saved as UTF-32. {UTF8}"),
    "a picture": (
        b"\x89PNG\r\n\x1a\n\x00\x00",
        "a picture, not a CSV. Type its table into a spreadsheet, or ask the publisher for the figures.",
    ),
    "a photograph": (
        b"\xff\xd8\xff\xe0\x00",
        "a picture, not a CSV. Type its table into a spreadsheet, or ask the publisher for the figures.",
    ),
    "JSON": (b'[{"code": 1}]', "JSON, not a CSV. Ask the publisher for a CSV, or open it with a program that saves one."),
    "a cell that never ends": (
        GOOD.replace("Kings Heath", "x" * 140_000).encode(),
        "line 4: a cell of more than 131,072 letters. Shorten it; or, if a double quote was opened there and not closed, close it.",
    ),
    "semicolons": (
        GOOD.replace(",", ";").encode(),
        f"line 1: the cells are parted by semicolons, not by commas.{PARTED.format('semicolon')}",
    ),
    "tabs": (GOOD.replace(",", "\t").encode(), f"line 1: the cells are parted by tabs, not by commas.{PARTED.format('tab')}"),
    "too large": (
        GOOD.encode() + b"\n" * 20 * 2**20,
        "larger than 20 MB. Keep only the columns that the map needs; a CSV of all neighbourhoods is under 1 MB.",
    ),
}


@pytest.mark.parametrize("how", FILES)
def test_each_file_that_is_no_csv_has_its_sentence(tmp_path: Path, how: str) -> None:
    """What the file is instead, and how to make a CSV of it."""
    content, sentence = FILES[how]
    with pytest.raises(SourceError) as fault:
        read(tmp_path, content, make_card())
    assert str(fault.value) == f"{ID}.csv: {sentence}"


COUNTED = "code,numerator,denominator\nE01021988,1,10\nE01021991,2,10\nE01008966,3,10\n"
KINDS = [{"code": "A1", "label": "Town", "rural": False}, {"code": "B2", "label": "Country", "rural": True}]
OTHER: dict[str, tuple[str, dict[str, object], str]] = {
    "fractions for percentages": (
        "code,value\nE01021988,0.45\nE01021991,0.5\nE01008966,1\n",
        {},
        (
            "line 2: value 0.45, and all others lie from 0 to 1, but the card says percent of streets, up to 100."
            " Multiply by 100: 45; or, if they are that small, put valid_max = 1 on the card."
        ),
    ),
    "percentages for fractions": (
        GOOD,
        {"valid_max": 1},
        (
            "line 2: value 7.5 is outside 0 to 1 (and on 2 more lines: 3, 4)."
            " Divide by 100 if these are percentages; or put valid_max = 100 on the card."
        ),
    ),
    "a title above the headers": (
        "Table 1: trees,,\narea_code,name,value\nE01021988,x,1\n",
        {},
        (
            "line 1: no column 'code'."
            " The file has: Table 1: trees. Line 1 must have the headers. Write it there.\n"
            "line 1: no column 'value'. The file has: Table 1: trees. Line 1 must have the headers. Write it there."
        ),
    ),
    "a flag that is none": (
        "code,value,flag\nE01021988,1,secret\nE01021991,2,\nE01008966,3,\n",
        {},
        f"line 2: flag 'secret' is not a reason that we know. Leave it empty, or write one of: {REASONS}.",
    ),
    "a figure that is flagged absent": (
        "code,value,flag\nE01021988,1,suppressed\nE01021991,2,\nE01008966,3,\n",
        {},
        "line 2: a figure, and the flag 'suppressed' that says there is none. Empty one of the two cells.",
    ),
    "fewer missing than said": (
        GOOD,
        {"missing": 1},
        "0 lines have no figure, but the card says missing = 1. Put missing = 0 on the card.",
    ),
    "counts swapped": (
        COUNTED.replace("1,10", "10,1"),
        {},
        (
            "line 2: numerator 10 is more than denominator 1. Some are counted of all: the two columns may have been swapped.\n"
            "line 2: share 1000 is outside 0 to 100. Mend the cell; or, if it is true, widen valid_min and valid_max on the card."
        ),
    ),
    "some of none": (
        COUNTED.replace("1,10", "3,0"),
        {"missing": 1},
        "line 2: numerator 3 is more than denominator 0. A share of nobody makes no sense. Fix the denominator, or leave both empty.",
    ),
    "limits upside down": (
        "code,value,lower_ci,upper_ci\nE01021988,5,7,3\nE01021991,2,1,3\nE01008966,3,2,4\n",
        {},
        "line 2: lower_ci 7 is above upper_ci 3. The two columns may have been swapped.",
    ),
    "a figure beside its limits": (
        "code,value,lower_ci,upper_ci\nE01021988,5,6,7\nE01021991,2,1,3\nE01008966,3,2,4\n",
        {},
        "line 2: value 5 is outside its limits 6 to 7. Another column may have been taken for one of the three.",
    ),
    "a wide range": (
        GOOD.replace("7.5", "7500000"),
        {"valid_max": 1_000_000},
        "line 2: value 7500000 is outside 0 to 1000000. Mend the cell; or, if it is true, widen valid_min and valid_max on the card.",
    ),
    "a count below zero": (
        COUNTED.replace("1,10", "0,-10"),
        {},
        (
            "line 2: a count below zero. Count again: there cannot be fewer than none.\n"
            "line 2: numerator 0 is more than denominator -10. Some are counted of all: the two columns may have been swapped."
        ),
    ),
    "nobody to count": (
        COUNTED.replace("1,10", "0,0"),
        {},
        (
            "line 2: no numerator, or a denominator that is empty or 0, but the card says"
            " missing = 0. Fill in the cell; or, if there is no figure, put missing = 1 on the card and say the reason in a column 'flag'."
        ),
    ),
    "a denominator forgotten": (
        "code,numerator\nE01021988,1\n",
        {},
        "line 1: no column 'denominator'. The file has: code, numerator. Line 1 must have the headers. Write it there.",
    ),
    "a kind the card does not name": (
        "code,kind\nE01021988,C3\nE01021991,A1\nE01008966,A1\n",
        {"scheme": "kinds", "kinds": KINDS},
        "line 2: kind 'C3' is not a kind on the card. Write one of: A1, B2; or add it to [[kinds]].",
    ),
    "a period the card does not name": (
        "code,period,value\nE01021988,2019,1\nE01021988,2026,1\nE01021991,2026,2\n",
        {"periods": ("2025", "2026")},
        "line 2: period '2019' is not among the card's periods. Write one of: 2025, 2026; or add it to 'periods'.",
    ),
    "an area twice in a period": (
        "code,period,value\nE01021988,2025,1\nE01021988,2026,1\nE01021988,2026,2\n",
        {"periods": ("2025", "2026")},
        "line 4: E01021988 in 2026 stands on line 3 already. Keep one line for each area and period.",
    ),
    "areas left out": (
        GOOD,
        {"partial": False},
        (
            "33,752 of England's 33,755 neighbourhoods are not in the file (E01000001, E01000002, E01000003"
            " and 33,749 more). Add their lines, or put partial = true on the card: the map then shows them as 'no figure'."
        ),
    ),
    "a header of the card that is absent": (
        GOOD,
        {"columns": {"area_code": "code", "Share": "value"}},
        "line 1: no column 'Share'. The file has: area_code, name, value. Line 1 must have the headers. Write it there.",
    ),
    "areas of 2011": (
        GOOD,
        {"id": "trees2026_england_lsoa11"},
        (
            "you cannot put figures by LSOA 2011 next to a card, because converting them to today's areas needs the official lookup."
            " Get them by LSOA of 2021 and name the files ..._lsoa21."
        ),
    ),
    "an authority of another year": (
        "code,value\nE07000027,1\nE07000076,2\nE08000025,3\n",
        {"id": "trees2026_england_lad24"},
        (
            "line 2: code 'E07000027' is Barrow-in-Furness, now part of E06000064. Get the figures by authority of 2024: those of one area"
            " cannot stand for another."
        ),
    ),
    "no authority of any year": (
        "code,value\nE07999999,1\nE07000076,2\nE08000025,3\n",
        {"id": "trees2026_england_lad24"},
        "line 2: code 'E07999999' is no authority of 2024 in England. Check the code, and that the figures are by areas of that year.",
    ),
    "neighbourhoods for authorities": (
        GOOD,
        {"id": "trees2026_england_lad24"},
        (
            "line 2: code 'E01021988' is an LSOA, the card's figures are by"
            " authority of 2024 (and on 2 more lines: 3, 4). Use figures by authority of 2024, or name the card's file ..._lsoa21.toml."
        ),
    ),
    "several faults": (
        "code,value\n E01021988,7%\n E01021991,8%\nW01000001,n/a\n",
        {},
        (
            "line 2: code ' E01021988' has spaces in it"
            " (and on 1 more line: 3). Take the spaces out: E01021988. In a spreadsheet: find a space, replace it by nothing.\n"
            "line 4: code 'W01000001' is in Wales. The map is of England: take the lines of Wales out.\n"
            "line 2: value '7%' has a percent sign (and on 1 more line: 3). Write the number alone: 7. The unit stands on the card.\n"
            f"line 4: value 'n/a' is not a number. Leave the cell empty and put the reason in a column 'flag': {REASONS}."
        ),
    ),
}


@pytest.mark.parametrize("how", OTHER)
def test_each_fault_between_file_and_card_has_its_sentence(tmp_path: Path, how: str) -> None:
    """What only shows against the card: unit, flags, counts, periods, coverage."""
    content, changes, sentence = OTHER[how]
    assert said(tmp_path, content, make_card(**changes)) == sentence


def test_lines_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    """A cell of two lines is one row of a spreadsheet, a blank line is one too."""
    content = 'code,name,value\nE01021988,"two\nlines",1\n\nE01021991,x,-\nE01008966,y,3\n'
    assert said(tmp_path, content, make_card()).startswith("line 4: value '-' is not a number.")


def test_like_faults_are_told_once(tmp_path: Path) -> None:
    """Thirty thousand decimal commas are one sentence: the first, the next few, and how many more."""
    content = "code,value\n" + "".join(f'{code},"1,{n}"\n' for n, code in enumerate(sorted(room._codes_of("lsoa21"))[:9], start=1))
    assert (
        said(tmp_path, content, make_card(rows=9)).splitlines()[0]
        == "line 2: value '1,1' has a decimal comma (and on 8 more lines: 3, 4, 5 and 5 more). Write it with a point: 1.1."
    )


def test_too_many_kinds_of_fault_are_counted(tmp_path: Path) -> None:
    """Nobody reads twenty sentences: the first few are told, and how many kinds are left."""
    cells = ["7%", '"7,5"', "n/a", "£3", "1 234", '"1,234"', "seven", "#REF!", "07-May", "1"]
    content = "code,value\n" + "".join(f"{code},{cell}\n" for code, cell in zip(sorted(room._codes_of("lsoa21")), cells, strict=False))
    lines = said(tmp_path, content, make_card(rows=10)).splitlines()
    assert len(lines) == MOST_SENTENCES + 1
    assert lines[-1] == "and 1 more kind of error. Fix these first."


def test_without_a_snapshot_only_the_form_of_codes_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first build there is no list of areas; the join of the build will tell."""
    monkeypatch.setattr(room, "_SNAPSHOT", tmp_path)
    monkeypatch.setattr(places, "_SNAPSHOT", tmp_path)
    for found in (room._area_table, room._codes_2011, room._codes_of, places._boxes):
        found.cache_clear()
    try:
        assert len(read(tmp_path, GOOD.replace("E01021988", "E01999999"), make_card())) == 3
        assert len(read(tmp_path, "name,lat,lon\nA,54,-6\nB,54,-6\n", make_points(register_month="May 2026"))) == 2
    finally:
        for found in (room._area_table, room._codes_2011, room._codes_of, places._boxes):
            found.cache_clear()


# ---- wrong files of places ----

POINTS = (
    "id,name,postcode,latitude,longitude,website,checked_on\n"
    "1,The Hub,CO15 2EU,,,https://example.org/hub,2026-01-01\n"
    "2,The Hall,,52.43,-1.89,,2026-01-01\n"
)
DEGREES = "England's latitudes are 50 to 56, its longitudes -6 to 2:"
PLACED: dict[str, tuple[str, str, str]] = {
    "latitude and longitude swapped": (
        "52.43,-1.89",
        "-1.89,52.43",
        f"line 3: latitude -1.89, longitude 52.43 are swapped. {DEGREES} change the two headers.",
    ),
    "metres": (
        "52.43,-1.89",
        "407000,281000",
        (
            "line 3: latitude 407000, longitude 281000 are metres of the British National Grid, not degrees."
            " Turn eastings and northings into degrees, or give the postcode alone."
        ),
    ),
    "the sea": (
        "52.43,-1.89",
        "52.43,1.89",
        (
            "line 3: latitude 52.43, longitude 1.89 are in the sea, or in Wales or Scotland."
            " West of Greenwich longitudes have a minus in front: check the sign and the digits."
        ),
    ),
    "abroad": (
        "52.43,-1.89",
        "48.85,2.35",
        f"line 3: latitude 48.85, longitude 2.35 are outside England. {DEGREES} look for a lost point or digit.",
    ),
    "one coordinate": (
        "52.43,-1.89",
        "52.43,",
        "line 3: only one of latitude and longitude. Give both, or leave both empty and give the postcode.",
    ),
    "no number": (
        "52.43,-1.89",
        "52.43 N,-1.89",
        "line 3: latitude '52.43 N' is not a number. Write degrees like 52.43, or leave both empty and give the postcode.",
    ),
    "nan for a coordinate": (
        "52.43,-1.89",
        "nan,nan",
        (
            "line 3: latitude 'nan' is not a number. Leave latitude and longitude empty, and give the postcode.\n"
            "line 3: longitude 'nan' is not a number. Leave latitude and longitude empty, and give the postcode."
        ),
    ),
    "Cardiff": (
        "52.43,-1.89",
        "51.48,-3.18",
        (
            "line 3: latitude 51.48, longitude -3.18 are in the sea, or in Wales or Scotland."
            " The map is of England: take the place out, or check the digits."
        ),
    ),
    "the same place twice": (
        "2,The Hall,,52.43,-1.89,,2026-01-01",
        ",the  hub,CO152EU,,,https://example.org/hub,2026-02-02\n,The Hub,CO15 2EU,,,https://example.org/hub,2026-01-01",
        "line 4: 'The Hub' stands on line 3 already. Keep one line for each place.",
    ),
    "no place": ("52.43,-1.89", ",", "line 3: neither a postcode nor latitude and longitude. Say where the place is by one of the two."),
    "half a postcode": ("CO15 2EU", "CO15", "line 2: postcode 'CO15' is not a postcode. Write it in full, like CO15 2EU."),
    "no name": ("The Hub", "", "line 2: a place without a name. Say what it is called: an organisation, never a private person."),
    "an id twice": ("2,The Hall", "1,The Hall", "line 3: the id '1' stands twice. Give every place its own id."),
    "a date as spreadsheets write it": (
        "/hub,2026-01-01",
        "/hub,01/01/2026",
        "line 2: checked_on '01/01/2026' is not a date that we can read. Write year, month, day, like 2026-03-31.",
    ),
    "a day that is none": (
        "/hub,2026-01-01",
        "/hub,2026-02-30",
        "line 2: checked_on '2026-02-30' is not a date that we can read. Write year, month, day, like 2026-03-31.",
    ),
    "a day to come": (
        "/hub,2026-01-01",
        "/hub,2999-01-01",
        "line 2: checked_on '2999-01-01' has not come yet. Write the day on which someone last checked.",
    ),
    "no date": (
        "/hub,2026-01-01",
        "/hub,",
        "line 2: the cell of checked_on is empty. Say when someone last checked that the place is there, like 2026-03-31.",
    ),
    "no dates at all": (
        "checked_on",
        "looked",
        (
            "line 1: no column 'checked_on'. Add it, and say for each place when someone last checked it,"
            ' like 2026-03-31; or, for an official register, write its month on the card: register_month = "February 2026".'
        ),
    ),
    "a website without https": (
        "https://example.org/hub",
        "example.org",
        "line 2: website 'example.org' is not the address of a website. Write it in full, starting with https://, or leave it empty.",
    ),
    "no column of names": (
        "name",
        "called",
        (
            "line 1: no column 'name'. The file has: id, called, postcode, latitude, longitude, website,"
            " checked_on. Line 1 must have the headers. Write it there."
        ),
    ),
    "rows": (
        "2,The Hall,,52.43,-1.89,,2026-01-01\n",
        "",
        "1 line under the headers, the card says rows = 2. Put rows = 1 on the card, or look for what is missing or too much in the file.",
    ),
}


@pytest.mark.parametrize("how", PLACED)
def test_each_fault_of_places_has_its_sentence(tmp_path: Path, how: str) -> None:
    """Where places lie, what they are called, and when someone last looked."""
    right, wrong, sentence = PLACED[how]
    assert right in POINTS
    assert said(tmp_path, POINTS.replace(right, wrong, 1), make_points()) == sentence


def test_places_need_a_place(tmp_path: Path) -> None:
    """Neither postcode nor coordinates among the headers: the postcode is asked for; half a pair asks for the other half."""
    assert said(tmp_path, "name,checked_on\nA,2026-01-01\n", make_points()).startswith("line 1: no column 'postcode'.")
    assert said(tmp_path, "name,latitude,checked_on\nA,52,2026-01-01\n", make_points()).startswith("line 1: no column 'longitude'.")


def test_entries_of_a_register_do_not_age(tmp_path: Path) -> None:
    """A card that names its register's month needs no dates."""
    assert len(read(tmp_path, "name,postcode\nA,CO15 2EU\nB,B14 7QH\n", make_points(register_month="February 2026"))) == 2


def test_a_wrong_file_is_a_data_fault(tmp_path: Path) -> None:
    """What can be read but not believed is a broken contract, not a broken source."""
    with pytest.raises(DataContractError):
        read(tmp_path, GOOD.replace("7.5", "x7"), make_card())
