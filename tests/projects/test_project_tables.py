"""Projects in and out of files: nothing lost on the way, no formula, and every fault with its line and the next step."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from command.cli import app
from heatmap.errors import HeatmapError
from heatmap.projects.kept import dump, open_record
from heatmap.projects.record import LABELS, Evidence, Measure, Project, ProjectError, read_project
from heatmap.projects.sheets import COLUMNS, NOTES, SHEET, date_added, read_project_table, write_projects_csv, write_xlsx
from heatmap.projects.shipped import read_shipped
from heatmap.projects.store import open_store
from heatmap.projects.toml_files import write_toml
from heatmap.projects.vocabulary import NEEDS_TEXT, words_of
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()


# ---- any record at all ----


def _fits(text: str) -> bool:
    """Whether a text is one that a record takes as it is."""
    try:
        return read_project(PLAIN | {"notes": text}).notes == text
    except ProjectError:
        return False


PLAIN: dict[str, Any] = {
    "id": "food",
    "title": "Food",
    "organisation": "A ward",
    "place": "Leeds",
    "themes": ["food"],
    "link": "https://example.org/",
}
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("=+-@'\"\n\t;|,<>&_x0")
PARAGRAPHS = st.text(LETTERS, max_size=60).map(str.strip).filter(_fits)
LINES = PARAGRAPHS.map(lambda text: " ".join(text.split())).filter(_fits)
LONG_LINES = LINES.map(lambda text: f"{text} etc.").filter(_fits)
ITEMS = LINES.map(lambda text: text.replace(";", ",").replace("|", ",").strip()).filter(lambda text: bool(text) and _fits(text))
PARTS = LINES.map(lambda text: text.replace("|", ",").strip()).filter(_fits)
LINKS = st.from_regex(r"https://[a-z]{1,9}\.org/[A-Za-z0-9_./?=%&+-]{0,30}", fullmatch=True)
DATES = st.just("") | st.dates(min_value=datetime(1950, 1, 1).date(), max_value=datetime(2090, 1, 1).date()).flatmap(
    lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]])
)


def _words(field: str, least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(list(words_of(field))), min_size=least, max_size=4, unique=True)


def _word(field: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *words_of(field)])


MEASURES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(words_of("measure_kind"))),
        "name": PARTS.filter(bool),
        "baseline": PARTS,
        "latest": PARTS,
        "date": DATES,
    }
)
EVIDENCE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(words_of("evidence_kind"))),
        "title": PARTS.filter(bool),
        "link": LINKS,
        "text_alternative": PARTS,
    }
).map(lambda said: said | {"text_alternative": said["text_alternative"] or ("Words." if said["kind"] in NEEDS_TEXT else "")})


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """A record with anything that may stand in one."""
    of_words = {
        name: draw(_words(name, name == "themes"))
        for name in ("themes", "partners", "conditions", "settings", "ages", "core20plus5_cyp", "core20plus5_adult")
    }
    texts = {name: draw(PARAGRAPHS) for name in ("aim", "what_was_done", "what_we_learnt", "what_to_reuse", "notes")}
    lines = {name: draw(LINES) for name in ("one_line", "where_exactly", "population")}
    lines |= {name: draw(LONG_LINES) for name in ("title", "organisation", "place")}
    confirmed = draw(st.booleans())
    return read_project(
        {
            "id": draw(st.from_regex(r"[a-z0-9]{3,9}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)),
            **of_words,
            **texts,
            **lines,
            "postcode": draw(st.sampled_from(["", "B4 6NH", "b46nh"])),
            "areas": draw(st.lists(st.sampled_from(["E08000025", "E12000007", "E92000001"]), max_size=2)),
            "level": draw(_word("level")),
            "stage": draw(_word("stage")),
            "added_by_role": draw(_word("added_by_role")),
            "start": draw(DATES),
            "tools": draw(st.lists(ITEMS, max_size=3)),
            "measures": draw(st.lists(MEASURES, max_size=3)),
            "link": draw(LINKS),
            "further_links": draw(st.lists(LINKS, max_size=2)),
            "contact_page": draw(st.just("") | LINKS),
            "evidence": draw(st.lists(EVIDENCE, max_size=3)),
            "relation": draw(st.sampled_from(["wham", "kindred"])),
            "publication_status": "confirmed" if confirmed else "publicly_reported",
            "consent": "given" if confirmed else "not_asked",
            "last_confirmed": "2026-11-25" if confirmed else "",
            "added_on": draw(st.sampled_from(["", "2026-11-25", "1999-01-31"])),
        }
    )


@settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(project=projects())
def test_any_record_comes_back_as_it_went(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    """By TOML, by JSON as the database and as the API have it, by CSV and by a workbook."""
    assert read_project({"id": project.id, **tomllib.loads(write_toml(project))}) == project
    assert open_record(project.id, dump(project)).project == project
    assert read_project(json.loads(json.dumps(project.model_dump(mode="json")))) == project
    folder = tmp_path_factory.mktemp("tables")
    for name, content in (("a.csv", write_projects_csv([project])), ("a.xlsx", write_xlsx([project]))):
        (folder / name).write_bytes(content)
        assert read_project_table(folder / name, SNAPSHOT) == [project], name


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    raw=st.dictionaries(
        st.sampled_from([*COLUMNS, "x"]),
        st.none() | st.integers() | st.text() | st.lists(st.text() | st.dictionaries(st.text(), st.text())),
        max_size=6,
    )
)
def test_whatever_is_sent_is_a_record_or_a_sentence(raw: dict[str, Any]) -> None:
    """Never another fault, and what was typed is not in it."""
    try:
        read_project(PLAIN | raw)
    except ProjectError as fault:
        assert fault.faults and all(
            each.sentence.endswith((".", "?")) or each.sentence.startswith("This is none of") for each in fault.faults
        )


# ---- tables ----


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    """Neither in a CSV nor in a workbook, and the text comes back."""
    evil = read_project(
        PLAIN | {"title": "=HYPERLINK(1)", "organisation": "+cmd", "place": "@SUM(1)", "notes": "-1\n=2", "tools": ["=1", "+2"]}
    )
    for row in csv.reader(io.StringIO(write_projects_csv([evil]).decode())):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    (tmp_path / "a.xlsx").write_bytes(write_xlsx([evil]))
    for row in load_workbook(tmp_path / "a.xlsx").worksheets[0].iter_rows():
        assert all(cell.data_type not in ("f", "e") and not str(cell.value or "").startswith(("=", "+", "-", "@")) for cell in row)
    assert read_project_table(tmp_path / "a.xlsx", SNAPSHOT) == [evil]


def test_the_template_explains_each_column(tmp_path: Path) -> None:
    """A sheet to fill in, with lists of words to choose from, and a sheet of notes with every column and every word."""
    (tmp_path / "a.xlsx").write_bytes(write_xlsx(()))
    book = load_workbook(tmp_path / "a.xlsx")
    assert [cell.value for cell in book[SHEET][1]] == list(COLUMNS) and book[SHEET].max_row == 1
    assert len(book[SHEET].data_validations.dataValidation) >= 3
    notes = {row[0]: row for row in book[NOTES].iter_rows(values_only=True)}
    assert set(COLUMNS) <= set(notes) and set(LABELS) == set(COLUMNS)
    assert (
        notes["title"][1] == "yes" and "never a patient’s" in str(notes["postcode"][2]).lower() and "food = Food" in str(notes["themes"][4])
    )
    assert notes["measures"][3] == " | ".join(Measure.model_fields) and notes["evidence"][3] == " | ".join(Evidence.model_fields)


def test_what_excel_makes_of_cells_is_read(tmp_path: Path) -> None:
    """A day becomes a date and a year a number; blank lines and the columns of a download are passed over."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ID", "Title", "Organisation", "place", "themes", "link", "start", "end", "freshness"])
    sheet.append(["food", "Food", "A ward", "Leeds", "food; housing", "https://example.org/", 2024, datetime(2025, 3, 1), "stale"])
    sheet.append([None] * 9)
    book.save(tmp_path / "a.xlsx")
    [project] = read_project_table(tmp_path / "a.xlsx", SNAPSHOT)
    assert (project.start, project.end, project.themes) == ("2024", "2025-03-01", ("food", "housing"))
    (tmp_path / "a.csv").write_text(
        'id;title;organisation;place;themes;link\nfood;Food;A ward;Leeds;"food; housing";https://example.org/\n', encoding="utf-8-sig"
    )
    assert read_project_table(tmp_path / "a.csv", SNAPSHOT)[0].themes == ("food", "housing")  # as Excel writes it where commas are decimals


HEAD = "id,title,organisation,place,postcode,themes,link,measures\n"
ROW = "food,Food,A ward,Leeds,,food,https://example.org/,\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD, "a.csv: there is no project in it. Write one in each line under the headings."),
        ("", "a.csv, line 1: there are no headings. Begin with: heatmap projects template"),
        ("id,titel\n", "a.csv, line 1: there is no column 'titel'. Did you mean title?"),
        ("id,xyzzy\n", "a.csv, line 1: there is no column 'xyzzy'. Take the column out; heatmap projects template writes the headings."),
        ("id,title,title\n", "a.csv, line 1: the column title stands twice. Take one out."),
        (HEAD + ROW + ROW, "a.csv, line 3: id: Line 2 has the same one. Give each project its own."),
        (
            HEAD + ROW + "more,More,A ward,,ZZ9 9ZZ,food,https://example.org/,\n",
            (
                "a.csv, line 3: postcode: We do not have this postcode: it may be mistyped, newer than November 2025, or outside England."
                " Check it, or name the authority."
            ),
        ),
        (
            HEAD + "food,Food,A ward,Leeds,,fod,http://a.org/,\n",
            (
                "a.csv, line 2: themes.1: This is none of the words there are. Did you mean food?\na.csv, line 2: link: A link begins with"
                " https://."
            ),
        ),
        (
            HEAD + "food,Food,A ward,Leeds,,food,https://a.org/,a|b|c|d|e|f\n",
            "a.csv, line 2: measures: A line has more parts than kind | name | baseline | latest | date. Take a | out.",
        ),
        (
            HEAD + 'food,"Food\n\nfor all",A ward,Leeds,,food,https://a.org/,\nmore,,,,,,,\n',
            (
                "a.csv, line 5: title: This is missing. Add it.\na.csv, line 5: organisation: This is missing. Add it.\na.csv, line 5:"
                " themes: This is missing. Choose one or more.\na.csv, line 5: link: This is missing. Add it."
            ),
        ),
        (
            HEAD + ROW.replace("\n", ",more\n"),
            "a.csv, line 2: it has more cells than there are headings. Put text with commas into quotes.",
        ),
        (
            HEAD + 'food,"Food"x,A ward,Leeds,,food,https://a.org/,\n',
            "a.csv, line 2: a quote is opened or closed where none should be. Save it again as CSV.",
        ),
    ],
)
def test_each_fault_of_a_table_has_its_line(tmp_path: Path, content: str, said: str) -> None:
    """All faults of all lines at once, with the next step."""
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    with pytest.raises(ProjectError) as fault:
        read_project_table(tmp_path / "a.csv", SNAPSHOT)
    assert str(fault.value) == said


def test_files_that_are_no_table_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In another alphabet's code, no workbook, absent, too large."""
    (tmp_path / "a.csv").write_bytes("id,title\nfood,Café\n".encode("cp1252"))
    (tmp_path / "a.xlsx").write_bytes(b"PK no workbook")
    for name, said in (
        ("a.csv", "is not in UTF-8"),
        ("a.xlsx", "no Excel workbook, whatever its name says"),
        ("none.csv", "is not there"),
        ("none.xlsx", "is not there"),
    ):
        with pytest.raises(ProjectError, match=said):
            read_project_table(tmp_path / name, SNAPSHOT)
    monkeypatch.setattr("heatmap.projects.sheets.LARGEST_MB", 0.00001)
    with pytest.raises(ProjectError, match="is larger than"):
        read_project_table(tmp_path / "a.csv", SNAPSHOT)
    monkeypatch.undo()
    monkeypatch.setattr("heatmap.projects.sheets.MOST_LINES", 2)
    (tmp_path / "a.csv").write_text(HEAD + "".join(ROW.replace("food,Food", f"food-{n},Food") for n in range(4)), encoding="utf-8")
    with pytest.raises(ProjectError, match="more than 2 lines"):
        read_project_table(tmp_path / "a.csv", SNAPSHOT)


# ---- commands ----


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs ``heatmap projects`` in a fresh folder with a database of its own: what it prints; a fault is raised."""
    monkeypatch.setenv("HEATMAP_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str) -> str:
        done = CliRunner().invoke(app, ["projects", *words])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return invoke


def test_projects_go_out_and_come_in_again(run: Any, tmp_path: Path) -> None:
    """By workbook and by CSV; what did not change is passed over; nothing is written over."""
    for name in ("a.xlsx", "a.csv"):
        assert run("export", name) == f"Written: {name}, {len(read_shipped())} projects\n"
        assert run("import", name) == f"Imported: 0 new, 0 changed, {len(read_shipped())} as they were.\n"
        with pytest.raises(HeatmapError, match="is there already"):
            run("export", name)
    assert sorted(read_project_table(tmp_path / "a.xlsx", SNAPSHOT), key=lambda one: one.id) == list(read_shipped())
    with pytest.raises(HeatmapError, match=r"call the file \.xlsx"):
        run("export", "a.txt")
    run("template", "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig").startswith("id,title,")
    (tmp_path / "new.csv").write_text(HEAD + ROW, encoding="utf-8")
    assert run("import", "new.csv", "--check").startswith("1 projects, and nothing is wrong")
    assert run("import", "new.csv") == "Imported: 1 new, 0 changed, 0 as they were.\n"
    (tmp_path / "new.csv").write_text(HEAD + ROW.replace("Food,", "More food,") + "bad,,,,,,,\n", encoding="utf-8")
    with pytest.raises(HeatmapError, match="line 3"):
        run("import", "new.csv")
    assert run("list", "--search", "more food") == ""  # of a table with a fault nothing is taken


def test_what_is_stale_is_listed_by_any_clock(run: Any, tmp_path: Path) -> None:
    """A year after its team confirmed it, and not a day before."""
    team = ROW.replace("\n", ",given,confirmed,2026-11-25\n")
    (tmp_path / "a.csv").write_text(HEAD.replace("\n", ",consent,publication_status,last_confirmed\n") + team, encoding="utf-8")
    run("import", "a.csv")
    late = "food: Food (A ward), last confirmed on 25 November 2026, more than a year ago: ask before you rely on it"
    assert late not in run("stale", "--on", "2027-11-24").splitlines() and late in run("stale", "--on", "2027-11-25").splitlines()
    with pytest.raises(HeatmapError, match="Write the day like"):
        run("stale", "--on", "tomorrow")
    assert "sparkbrook-childrens-zone" in run("list", "--place", "E08000025", "--theme", "early_help")
    with pytest.raises(HeatmapError, match="There is no such theme"):
        run("list", "--theme", "moon")


def test_what_was_never_confirmed_ages_from_the_day_of_its_recording(run: Any, tmp_path: Path) -> None:
    """The command says what the page says; a record is dated by the table, or by the day of its first import, and keeps that day."""
    (tmp_path / "a.csv").write_text(HEAD.replace("\n", ",added_on\n") + ROW.replace("\n", ",2026-11-25\n"), encoding="utf-8")
    run("import", "a.csv")
    young = "food: Food (A ward), not yet confirmed by its team"
    old = "food: Food (A ward), never confirmed by its team, recorded in November 2026, more than a year ago: ask before you rely on it"
    assert young in run("stale", "--on", "2027-11-24").splitlines() and old in run("stale", "--on", "2027-11-25").splitlines()
    shipped = run("stale", "--on", "2027-11-25").splitlines()
    assert sum("never confirmed by its team, recorded in November 2026" in line for line in shipped) == len(read_shipped()) + 1
    (tmp_path / "b.csv").write_text(HEAD + ROW + ROW.replace("food,Food", "more,More food"), encoding="utf-8")
    assert run("import", "b.csv") == "Imported: 1 new, 0 changed, 1 as they were.\n"
    assert run("import", "b.csv") == "Imported: 0 new, 0 changed, 2 as they were.\n"
    assert (
        open_store().held("food").record.added_on == "2026-11-25" and open_store().held("more").record.added_on == date.today().isoformat()
    )


def test_a_table_without_the_day_keeps_that_of_each_record() -> None:
    """Its own day, or the one it had, or the day of the import."""
    own, had, new = (read_project(PLAIN | {"id": id_, "added_on": day}) for id_, day in (("own", "2024-01-02"), ("had", ""), ("new", "")))
    before = {"had": read_project(PLAIN | {"id": "had", "added_on": "2025-03-04"}), "new": read_project(PLAIN | {"id": "new"})}
    dated = date_added([own, had, new], before, date(2026, 11, 25))
    assert [one.added_on for one in dated] == ["2024-01-02", "2025-03-04", "2026-11-25"]


def test_an_editor_reviews_from_the_command_line(run: Any) -> None:
    """What waits, one decision at a time, and the history."""
    assert run("reviewer", "list") == "There is no reviewer yet. Make one: heatmap projects reviewer add resident\n"
    token = run("reviewer", "add", "young_person").splitlines()[1]
    assert open_store().find_reviewer(token).role == "young_person" and "1  young_person" in run("reviewer", "list")
    project = read_project(PLAIN | {"id": "food-1", "consent": "given", "publication_status": "confirmed", "last_confirmed": "2026-11-25"})
    open_store().submit(project, "here")
    assert "food-1: Food (A ward), waiting" in run("review") and "shared by its team" in run("review", "food-1")
    with pytest.raises(HeatmapError, match="Decide one thing"):
        run("review", "food-1", "--accept", "--hide", "x")
    assert run("review", "food-1", "--accept", "--wham") == "food-1: accepted\n"
    assert open_store().held("food-1").record.relation == "wham"
    open_store().report("food-1", "It has\x1b[31m closed.", "there")
    assert "said to be out of date" in run("stale") and "\x1b" not in run("review")
    assert run("review", "food-1", "--keep") == "food-1: accepted\n" and run("review") == "0 to look at.\n"
    with pytest.raises(HeatmapError, match="Nothing was decided: in your reason this looks like a telephone number"):
        run("review", "food-1", "--hide", "Ring 020 7946 0958.")
    assert run("review", "food-1", "--hide", "Closed.") == "food-1: hidden\n"
    assert run("review", "sparkbrook-childrens-zone", "--hide", "Ended.") == "sparkbrook-childrens-zone: hidden\n"
    said = run("review")
    assert (
        "sparkbrook-childrens-zone" in said and "hidden by reviewer 0, editor: Ended." in said and "2 not on the map by a reviewer" in said
    )
    for id_ in ("food-1", "sparkbrook-childrens-zone"):
        assert run("review", id_, "--bring-back") == f"{id_}: accepted\n"
    assert run("review") == "0 to look at.\n"
    with pytest.raises(HeatmapError, match="nothing to bring back"):
        run("review", "food-1", "--bring-back")
    with pytest.raises(HeatmapError, match=r"no project of that id\. Those there are: heatmap projects list"):
        run("review", "none", "--accept")
    assert run("reviewer", "remove", "1") == "Reviewer 1 can no longer review.\n"
    assert run("review", "wham-begin-guide") == "No change is recorded of it.\n"


def test_a_link_is_made_from_the_command_line(run: Any) -> None:
    """For a shipped record and for a lost link, told once; it opens the project, and the older one does not."""
    for version in (2, 3):
        words, token, way, care = run("link", "wham-begin-guide").splitlines()
        assert words.startswith("The private key of wham-begin-guide, shown this once") and "own public address" in care
        assert way.startswith("Its team opens /projects/edit on your map and pastes it there") and "/projects/edit#" not in words + way
        assert open_store().open(token).version == version
    assert "link_made by reviewer 0, editor" in run("review", "wham-begin-guide")
    with pytest.raises(HeatmapError, match=r"no project of that id\. Those there are: heatmap projects list"):
        run("link", "none")


def test_a_backup_goes_into_another_folder(run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As someone would who moves to another machine."""
    (tmp_path / "new.csv").write_text(HEAD + ROW, encoding="utf-8")
    run("import", "new.csv")
    assert "(projects: 1, changes: 1)" in run("backup", "a.backup")
    monkeypatch.setenv("HEATMAP_DATA", str(tmp_path / "other"))
    assert "now up to date" in run("migrate") and "already up to date" in run("migrate")
    assert "(projects: 1, changes: 1)" in run("restore", "a.backup") and "food: Food" in run("list", "--search", "leeds food")
    with pytest.raises(HeatmapError, match="nothing was restored"):
        run("restore", "a.backup")
    said = run("restore", "a.backup", "--replace")
    assert "Nothing was restored yet. Read the list, then add --yes." in said
    assert "Restored (projects: 1" in run("restore", "a.backup", "--replace", "--yes")
