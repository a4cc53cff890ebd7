"""Projects as a table, out and in without loss: CSV, or a spreadsheet with a sheet of notes; safe to open, checked line by line.

A list stands in one cell, its items apart by "; ". Measures and evidence take a line of the cell each, their parts apart by " | ".
A cell that a spreadsheet would take for a formula gets an apostrophe in front, and loses it on the way back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from heatmap.errors import SourceError, nearest_word, say_disk_fault
from heatmap.files.csv_cells import defuse, refuse
from heatmap.files.text_files import decode
from heatmap.files.workbooks import read_sheet_rows, write_cell
from heatmap.geography.postcodes import say_guess
from heatmap.projects.placing import hold_placed
from heatmap.projects.record import LABELS, REQUIRED, Evidence, Fault, Measure, Project, ProjectError, read_project
from heatmap.projects.vocabulary import words_of
from heatmap.snapshot import Snapshot, english_outwards

COLUMNS: Final = tuple(Project.model_fields)
#: Fields that hold a list of plain items, and those that hold a list of parts.
LISTS: Final = tuple(name for name, field in Project.model_fields.items() if field.default == () or name == "themes")
PARTS: Final[dict[str, type[Measure] | type[Evidence]]] = {"measures": Measure, "evidence": Evidence}
#: Columns that a download may have beside; they are found anew, and passed over on the way in.
BESIDE: Final = ("lsoa21_code", "authority", "freshness", "version")
SHEET, NOTES = "projects", "notes"
#: How large a file may be, in MB, and how many lines it may have.
LARGEST_MB, MOST_LINES = 50, 20_000


def to_cells(project: Project) -> dict[str, str]:
    """A record as a row of texts, by column; not yet defused."""
    said = project.model_dump()
    cells = {}
    for name in COLUMNS:
        value = said[name]
        if name in PARTS:
            cells[name] = "\n".join(" | ".join(part for part in row.values()).rstrip(" |") for row in value)
        else:
            cells[name] = "; ".join(value) if name in LISTS else value
    return cells


def from_cells(cells: Mapping[str, str], where: str = "", known: Mapping[str, Sequence[Project]] | None = None) -> Project:
    """A record from a row. Raises ProjectError with every fault.

    known   the records that are here already, by id: what they say is not held to the policy of today again
    """
    raw: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, text in cells.items():
        if not text.strip():
            continue
        if name in PARTS:
            keys = tuple(PARTS[name].model_fields)
            lines = [line for line in text.split("\n") if line.strip()]
            parts = [[part.strip() for part in line.split("|")] for line in lines]
            if any(len(row) > len(keys) for row in parts):
                faults.append(Fault(name, f"A line has more parts than {' | '.join(keys)}. Take a | out."))
                continue
            raw[name] = [{key: part for key, part in zip(keys, row, strict=False) if part} for row in parts]
        else:
            raw[name] = [part.strip() for part in re.split(r";|\n", text) if part.strip()] if name in LISTS else text
    if faults:
        raise ProjectError(faults, where)
    return read_project(raw, where, (known or {}).get(str(raw.get("id", "")), ()))


# ---- out ----


def write_projects_csv(projects: Iterable[Project], beside: Mapping[str, Mapping[str, str]] | None = None) -> bytes:
    """The records as CSV in UTF-8.

    beside  further columns by a project's id: BESIDE
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *(BESIDE if beside is not None else ())])
    for project in projects:
        cells = to_cells(project)
        more = [beside[project.id].get(name, "") for name in BESIDE] if beside is not None else []
        writer.writerow([defuse(text) for text in (*cells.values(), *more)])
    return out.getvalue().encode()


def write_xlsx(projects: Iterable[Project]) -> bytes:
    """The records as a workbook, with a sheet that says what each column holds; of no records it is the form to fill in."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    sheet.append(list(COLUMNS))
    for project in projects:
        sheet.append([""] * len(COLUMNS))
        for number, text in enumerate(to_cells(project).values(), start=1):
            _put(sheet.cell(sheet.max_row, number), text)
    for number, name in enumerate(COLUMNS, start=1):
        letter = get_column_letter(number)
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[letter].width = 34 if name in ("title", "one_line", "link", "organisation") else 22
        sheet.column_dimensions[letter].number_format = "@"  # or Excel makes a date of 2024-03, and a number of 0
        if (words := list(words_of(name))) and name not in LISTS and len(",".join(words)) < 250:
            choice = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True)
            choice.add(f"{letter}2:{letter}2000")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "C2"
    _write_notes(book.create_sheet(NOTES))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(cell: Any, text: str) -> None:
    cell.value = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", defuse(text))
    cell.data_type = "s"
    cell.number_format = "@"


def _write_notes(sheet: Worksheet) -> None:
    for line in (
        ["How to fill in the sheet “projects”"],
        [
            "One line for each project. Leave a cell empty where you have nothing to say. Send the file back, or: heatmap projects import"
            " FILE"
        ],
        ["No names of people, no e-mail addresses, no telephone numbers. The postcode is that of the hospital, school or organisation."],
        ["Several in one cell: put ; between them. Measures and evidence: a new line (Alt+Enter) for each, with | between its parts."],
        [],
        ["column", "needed", "what it holds", "how to write it", "words"],
    ):
        sheet.append(line)
    for name in COLUMNS:
        asked, hint = LABELS[name]
        needed = "yes" if name in (*REQUIRED, "id") else "one of the three" if name in ("place", "postcode", "areas") else ""
        form = (
            "one or more words, with ; between"
            if name in LISTS and words_of(name)
            else "with ; between"
            if name in LISTS
            else "one word"
            if words_of(name)
            else ""
        )
        if name in PARTS:
            form = " | ".join(PARTS[name].model_fields)
        if name == "id":
            hint, form = "Short, yours to choose, never changed: food-on-the-ward.", "small letters, digits and hyphens"
        known = "; ".join(f"{word} = {shown}" for word, shown in words_of(name).items())
        if name in PARTS:
            known = "kind: " + ", ".join(words_of("measure_kind" if name == "measures" else "evidence_kind"))
        sheet.append([defuse(text) for text in (name, needed, f"{asked} {hint}".strip(), form, known)])
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, Cell):
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in (("A", 20), ("B", 16), ("C", 60), ("D", 40), ("E", 80)):
        sheet.column_dimensions[letter].width = width
    sheet["A1"].font = Font(bold=True)


# ---- in ----


def read_project_table(
    path: Path,
    snapshot: Snapshot,
    known: Mapping[str, Sequence[Project]] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Project]:
    """The records of a CSV or a workbook. Raises ProjectError with every fault of every line, and the next step.

    known   the records that are here already, by id: see ``from_cells``
    say     is told what a person should check: a letter of a postcode that we guessed, a sheet that is hidden
    """
    faults: list[str] = []
    found: dict[str, int] = {}
    projects = []
    lines = _read_xlsx(path, say) if path.suffix.lower() in (".xlsx", ".xlsm") else _read_csv(path)
    for line, cells in lines:
        if not any(text.strip() for text in cells.values()):
            continue
        try:
            project = from_cells(cells, f"{path.name}, line {line}: ", known)
            hold_placed(project, snapshot, f"{path.name}, line {line}: ")
        except ProjectError as fault:
            faults.append(str(fault))
            continue
        if project.id in found:
            faults.append(f"{path.name}, line {line}: id: Line {found[project.id]} has the same one. Give each project its own.")
        found.setdefault(project.id, line)
        if guess := say_guess(cells.get("postcode", ""), english_outwards()):
            say(f"{path.name}, line {line}: postcode: {guess}.")
        projects.append(project)
    if faults:
        raise ProjectError([Fault("", fault) for fault in faults])
    if not projects:
        raise ProjectError([Fault("", f"{path.name}: there is no project in it. Write one in each line under the headings.")])
    return projects


def date_added(projects: Iterable[Project], before: Mapping[str, Project], today: date) -> list[Project]:
    """Records of a table with the day on which they were recorded here: their own, or as it was before, or today.

    before  the records that are there already, by id
    """
    return [
        one if one.added_on else one.model_copy(update={"added_on": ((had := before.get(one.id)) and had.added_on) or today.isoformat()})
        for one in projects
    ]


def _read_csv(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        _hold_small(path)
        text = decode(path.read_bytes(), "'CSV UTF-8'")
    except OSError as fault:
        raise ProjectError([Fault("", say_disk_fault(fault))]) from None
    except ValueError as fault:
        raise ProjectError([Fault("", f"{path.name}: {fault}")]) from None
    csv.field_size_limit(LARGEST_MB * 10**6)
    comma = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    try:
        headings = _read_headings(next(reader, []), path.name)
        start = reader.line_num + 1
        for row in reader:
            if len(row) > len(headings) and any(cell.strip() for cell in row[len(headings) :]):
                raise ProjectError(
                    [Fault("", f"{path.name}, line {start}: it has more cells than there are headings. Put text with commas into quotes.")]
                )
            yield start, {name: refuse(cell) for name, cell in zip(headings, row, strict=False) if name}
            start = reader.line_num + 1
            _hold_few(start, path.name)
    except csv.Error:
        raise ProjectError(
            [Fault("", f"{path.name}, line {reader.line_num}: a quote is opened or closed where none should be. Save it again as CSV.")]
        ) from None


def _read_xlsx(path: Path, say: Callable[[str], None]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        read = read_sheet_rows(path, LARGEST_MB, SHEET, formulas=True)
    except OSError as fault:
        raise ProjectError([Fault("", say_disk_fault(fault))]) from None
    except SourceError as fault:
        raise ProjectError([Fault("", str(fault))]) from None
    for note in read.notes:
        say(note)
    first, row = read.rows[0] if read.rows else (1, [])
    headings = _read_headings([_read_value(cell) for cell in row] if first == 1 else [], path.name)
    for count, (line, cells) in enumerate(read.rows[1:], start=2):
        _hold_few(count, path.name)
        yield line, {name: refuse(_read_value(cell)) for name, cell in zip(headings, cells, strict=False) if name}


def _read_value(value: Any) -> str:
    """A cell as text: Excel makes dates of days, and the time of day is no part of a record."""
    return write_cell(value.date() if isinstance(value, datetime) else value)


def _read_headings(row: Sequence[str], name: str) -> list[str]:
    """The field of each column; "" for those that are passed over. Raises ProjectError for a heading that is none."""
    headings, faults = [], []
    for heading in row:
        key = heading.strip().lower().replace(" ", "_")
        if key and key not in (*COLUMNS, *BESIDE):
            near = nearest_word(key, COLUMNS)
            hint = f"Did you mean {near}?" if near else "Take the column out; heatmap projects template writes the headings."
            faults.append(Fault("", f"{name}, line 1: there is no column '{heading[:40]}'. {hint}"))
        headings.append(key if key in COLUMNS else "")
    known = [key for key in headings if key]
    if not faults and (twice := {key for key in known if known.count(key) > 1}):
        faults.append(Fault("", f"{name}, line 1: the column {min(twice)} is there twice. Remove one."))
    if not faults and not known:
        faults.append(Fault("", f"{name}, line 1: there are no headings. Begin with: heatmap projects template"))
    if faults:
        raise ProjectError(faults)
    return headings


def _hold_small(path: Path) -> None:
    if path.stat().st_size > LARGEST_MB * 10**6:
        raise ProjectError([Fault("", f"{path.name}: it is larger than {LARGEST_MB} MB. Divide it.")])


def _hold_few(line: int, name: str) -> None:
    if line > MOST_LINES + 1:
        raise ProjectError([Fault("", f"{name}: it has more than {MOST_LINES:,} lines. Divide it.")])
