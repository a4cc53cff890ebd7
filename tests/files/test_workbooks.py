"""Workbooks of every make: all rows are read whatever the file says of itself, and a broken one ends in a sentence at every door."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from command.cli import app
from command.importers.importing import make_table_layer, postcode_places, read_table_card
from etl.sheets.workbook import read_workbook
from heatmap.errors import HeatmapError, SourceError
from heatmap.files.workbooks import read_sheet_rows, undo_escapes
from heatmap.projects.sheets import read_project_table, write_xlsx
from heatmap.projects.shipped import read_shipped
from heatmap.snapshot import open_snapshot

SHEET = "xl/worksheets/sheet1.xml"
CARD = 'heading = "provide_essentials"\n[source]\npublisher = "T"\npage = "https://example.org/"\nlicence = "CC-BY-4.0"\n'
ROWS = [
    ["name", "postcode", "checked_on", "need"],
    ["All Saints Hall", "B14 7RA", "2026-10-01", "food"],
    ["Saint Mary Hall", "B14 7QH", "2026-10-02", "food"],
]


def pack(*rows: list[Any], prepare: Callable[[Workbook], None] = lambda book: None) -> bytes:
    """A workbook with these lines on its first sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    prepare(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def change(content: bytes, part: str, edit: Callable[[str], str]) -> bytes:
    """A workbook with one of its parts written otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.infolist():
            text = old.read(each)
            new.writestr(each.filename, edit(text.decode()).encode() if each.filename == part else text)
    return out.getvalue()


def dimension(said: str) -> Callable[[str], str]:
    """The sheet with another word on its own size."""
    return lambda text: re.sub(r"<dimension[^>]*/>", said, text)


def read(tmp_path: Path, content: bytes) -> list[list[str]]:
    """The lines of a table of places, their cells alone."""
    (tmp_path / "a.xlsx").write_bytes(content)
    return [cells for _, cells in read_workbook(tmp_path / "a.xlsx")[0]]


SIZES = [
    '<dimension ref="A1:D2"/>',
    '<dimension ref="A1"/>',
    '<dimension ref="A1:A3"/>',
    '<dimension ref="A1:XFD1048576"/>',
    "",
    '<dimension ref="nonsense"/>',
]


@pytest.mark.parametrize("said", SIZES)
def test_every_row_is_read_whatever_the_sheet_says_of_its_size(tmp_path: Path, said: str) -> None:
    """Too small, too large, absent, no range at all: by the lists of places and by the projects alike."""
    assert read(tmp_path, change(pack(*ROWS), SHEET, dimension(said))) == ROWS
    projects = read_shipped()
    (tmp_path / "p.xlsx").write_bytes(change(write_xlsx(projects), SHEET, dimension(said)))
    assert sorted(one.id for one in read_project_table(tmp_path / "p.xlsx", open_snapshot())) == sorted(one.id for one in projects)


def test_the_command_counts_every_project(tmp_path: Path) -> None:
    """What the check says is what is there."""
    projects = read_shipped()
    (tmp_path / "p.xlsx").write_bytes(change(write_xlsx(projects), SHEET, dimension('<dimension ref="A1:C6"/>')))
    done = CliRunner().invoke(app, ["projects", "import", "--check", str(tmp_path / "p.xlsx")], catch_exceptions=False)
    assert done.exit_code == 0 and done.stdout.startswith(f"{len(projects)} projects, and nothing is wrong")


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: (
            text.replace('<row r="3">', '<row r="2">')
            .replace('"A3"', '"A2"')
            .replace('"B3"', '"B2"')
            .replace('"C3"', '"C2"')
            .replace('"D3"', '"D2"')
        ),
        lambda text: re.sub(r'<(row|c) r="\w+"', r"<\1", text),
        lambda text: re.sub(r'(<row r="2".*?</row>)(<row r="3".*?</row>)', r"\2\1", text),
        lambda text: re.sub(r'(<c r="A3".*?</c>)(<c r="B3".*?</c>)', r"\2\1", text),
    ],
    ids=["a number twice", "no numbers", "rows out of order", "cells out of order"],
)
def test_no_row_is_lost_to_its_number(tmp_path: Path, edit: Callable[[str], str]) -> None:
    """However the rows and cells are numbered, each is there."""
    assert sorted(read(tmp_path, change(pack(*ROWS), SHEET, edit))) == sorted(ROWS)


def test_a_hidden_sheet_is_named(tmp_path: Path) -> None:
    """The first sheet is the first that people see; where only hidden ones are left, the sentence says how to show one."""

    def hide(book: Workbook, state: str = "hidden") -> None:
        book.active.title, book.active.sheet_state = "Lists", state
        for row in ROWS:
            book.create_sheet("Halls") if "Halls" not in book.sheetnames else None
            book["Halls"].append(row)

    for state in ("hidden", "veryHidden"):
        (tmp_path / "a.xlsx").write_bytes(pack(["x"], ["y"], prepare=lambda book, state=state: hide(book, state)))
        lines, notes = read_workbook(tmp_path / "a.xlsx")
        assert [cells for _, cells in lines] == ROWS
        assert notes == ["a.xlsx: the first sheet, 'Lists', is hidden; we read the first that you see, 'Halls'."]
    (tmp_path / "halls.toml").write_text(CARD, encoding="utf-8")
    said: list[str] = []
    _word, card, path = read_table_card(tmp_path / "halls.toml", tmp_path / "a.xlsx")
    assert len(make_table_layer(card, path, postcode_places(open_snapshot()), said.append).places) == 2 and said == notes
    alone = change(pack(*ROWS), "xl/workbook.xml", lambda text: text.replace('state="visible"', 'state="hidden"'))
    with pytest.raises(SourceError, match=r"its sheet 'Sheet' is hidden\. Show it"):
        read(tmp_path, alone)


def test_the_sheet_of_projects_is_named_where_it_is_hidden(tmp_path: Path) -> None:
    """It is read by its name, and that it cannot be seen is told."""
    (tmp_path / "p.xlsx").write_bytes(
        change(write_xlsx(read_shipped()), "xl/workbook.xml", lambda text: text.replace('state="visible"', 'state="hidden"', 1))
    )
    said: list[str] = []
    assert len(read_project_table(tmp_path / "p.xlsx", open_snapshot(), say=said.append)) == len(read_shipped())
    assert said == ["p.xlsx: the sheet 'projects' is hidden, and it is the one we read."]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("All Saints Hall_x000D_", "All Saints Hall\n"),
        ("Mon 10-12_x000D_\nWed 2-4", "Mon 10-12\nWed 2-4"),
        ("a_x000A_b", "a\nb"),
        ("a_x000a_b", "a\nb"),
        ("a_x0009_b", "a\tb"),
        ("_x005F_x000D_", "_x000D_"),
        ("a_x00E9_", "aé"),
        ("bell_x0007_", "bell"),
        ("_xD83D__xDE00_", "😀"),
        ("half_xD83D_", "half"),
        ("snake_xcode_", "snake_xcode_"),
        ("a\r\nb", "a\nb"),
    ],
)
def test_letters_that_a_workbook_writes_by_number(tmp_path: Path, written: str, meant: str) -> None:
    """Undone wherever a workbook is read: in a table of places, in its headers too, and in one of projects."""
    assert undo_escapes(written) == meant
    content = pack(["name", "what_x000D_"], ["A hall", "x"])
    edited = change(content, SHEET, lambda text: text.replace("<t>x</t>", f"<t>{written}</t>"))
    header, row = read(tmp_path, edited)
    assert [header[1].strip(), row[1]] == ["what", meant.replace("\r", "")]
    ready = read_shipped()[0].model_copy(update={"notes": "PUT HERE"})
    (tmp_path / "p.xlsx").write_bytes(change(write_xlsx([ready]), SHEET, lambda text: text.replace("PUT HERE", f"so {written} it is")))
    assert read_project_table(tmp_path / "p.xlsx", open_snapshot())[0].notes.split() == f"so {meant} it is".split()


def test_cells_of_every_kind(tmp_path: Path) -> None:
    """Days, figures, formulas, faults of the spreadsheet itself, and a cell far out."""
    rows = [["a", "b", "c", "d", "e"], [date(2026, 3, 31), 5.0, "=1+1", "#N/A", datetime(2026, 3, 31, 9, 30)]]
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.active.cell(row=2000, column=300).value = " "
    out = io.BytesIO()
    book.save(out)
    assert [cells[:5] for cells in read(tmp_path, out.getvalue())] == [
        ["a", "b", "c", "d", "e"],
        ["2026-03-31", "5", "", "#N/A", "2026-03-31 09:30"],
    ]


def _bomb() -> bytes:
    return change(pack(*ROWS), SHEET, lambda text: text.replace("</sheetData>", "<row/>" * 10_000_000 + "</sheetData>"))


def _locked() -> bytes:
    content = bytearray(pack(*ROWS))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := content.find(sign, place + 1)) >= 0:
            content[place + at] |= 1
    return bytes(content)


BROKEN: dict[str, Callable[[], bytes]] = {
    "a cell of no column": lambda: change(pack(*ROWS), SHEET, lambda text: text.replace('r="A2"', 'r="?2"')),
    "a style that is none": lambda: change(pack(*ROWS), SHEET, lambda text: text.replace('<c r="A2"', '<c s="x" r="A2"')),
    "a shared text that is none": lambda: change(
        pack(*ROWS), SHEET, lambda text: re.sub(r'<c r="A2".*?</c>', '<c r="A2" t="s"><v>99</v></c>', text)
    ),
    "a figure that is none": lambda: change(
        pack(*ROWS), SHEET, lambda text: re.sub(r'<c r="A2".*?</c>', '<c r="A2"><v>1..2</v></c>', text)
    ),
    "cut XML": lambda: change(pack(*ROWS), SHEET, lambda text: text[: len(text) // 2]),
    "no XML": lambda: change(pack(*ROWS), SHEET, lambda text: "not XML"),
    "no sheet": lambda: change(pack(*ROWS), "xl/workbook.xml", lambda text: re.sub(r"<sheets>.*</sheets>", "<sheets/>", text)),
    "a sheet that is not there": lambda: change(
        pack(*ROWS), "xl/_rels/workbook.xml.rels", lambda text: text.replace("sheet1.xml", "sheet9.xml")
    ),
    "no styles": lambda: change(pack(*ROWS), "xl/styles.xml", lambda text: "<x"),
    "entities": lambda: change(pack(*ROWS), SHEET, lambda text: '<!DOCTYPE a [<!ENTITY b "&#98;">]>' + text),
    "a file from elsewhere": lambda: change(
        pack(*ROWS),
        SHEET,
        lambda text: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>' + text.replace("food", "&b;"),
    ),
    "locked part by part": _locked,
    "locked as a whole": lambda: b"\xd0\xcf\x11\xe0" + b"EncryptedPackage" * 100,
    "a zip of something else": lambda: change(pack(*ROWS), "[Content_Types].xml", lambda text: "<Types/>"),
    "cut in the middle": lambda: pack(*ROWS)[:3000],
    "a bomb": _bomb,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_workbook_ends_in_a_sentence(tmp_path: Path, name: str) -> None:
    """At both doors, in one line with the file's name and the next step; and quickly."""
    (tmp_path / "a.xlsx").write_bytes(BROKEN[name]())
    began = time.monotonic()
    for door in (lambda path: read_workbook(path), lambda path: read_project_table(path, open_snapshot())):
        with pytest.raises(HeatmapError) as fault:
            door(tmp_path / "a.xlsx")
        said = str(fault.value)
        assert said.startswith("a.xlsx") and "\n" not in said and said.endswith(".") and "Traceback" not in said and "hostname" not in said
    assert time.monotonic() - began < 20


def test_a_large_workbook_is_no_bomb(tmp_path: Path) -> None:
    """Many like rows pack well, and are read."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("a")
    for row in [["name", "postcode"], *([["The same hall in the same street", "B14 7RA"]] * 20_000)]:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert len(read_sheet_rows(tmp_path / "a.xlsx", 20).rows) == 20_001
