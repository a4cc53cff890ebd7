"""No cell of a CSV becomes a formula, whichever sign a spreadsheet cuts at; and a table of projects comes back as it was."""

from __future__ import annotations

import ast
import csv
import io
import random
from pathlib import Path

import pandas as pd
import pytest

from heatmap.api import points as api_points
from heatmap.api import values as api_values
from heatmap.files.csv_cells import defuse, defuse_line, refuse
from heatmap.projects.sheets import COLUMNS, read_project_table, write_projects_csv
from heatmap.projects.shipped import read_shipped
from heatmap.settings import ROOT
from heatmap.snapshot import open_snapshot

SIGNS = tuple("=+-@\t\r＝＋－＠")
EVIL = [
    "=1+1",
    "food;=1+1",
    "food; =1+1",
    "a;\t@SUM(1)",
    "a\n=1",
    "a\r\n-1",
    "＝1+1",
    "x;＋1",
    "'=1",
    "a;'=1",
    ";=1",
    "a|b;-2+3",
    "=1;=2;=3",
    "-",
    "\u00a0=1",
]


def cut(content: bytes, at: str) -> list[str]:
    """Every cell that a spreadsheet makes of a file which it cuts at this sign: quotes count at the beginning of a cell alone."""
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=at) for cell in row]


def no_formula(content: bytes) -> bool:
    """Whether no cell begins a formula, cut at commas, semicolons or tabs."""
    cells = [cell.lstrip(" \u00a0") for at in ",;\t" for cell in cut(content, at)]
    return not [cell for cell in cells if cell.startswith(SIGNS) and not cell.lstrip("-").replace(".", "").isdigit()]


@pytest.mark.parametrize("text", EVIL)
def test_every_download_is_safe(tmp_path: Path, text: str) -> None:
    """Figures, places and projects: by each cell that others may have written."""
    rows = pd.DataFrame({"area_code": ["E01000001"], "area_name": [text], "value": [-1.5], "flag": [""]})
    head = {"layer": "a", "period": "2026", "unit": text, "attribution": text, "people": api_values.PEOPLE}
    assert no_formula(api_values.write_figures_csv(rows, head))
    places = dict.fromkeys(api_points.COLUMNS, text) | {"latitude": 52.0, "longitude": -1.0}
    assert no_formula(api_points.write_services_csv(pd.DataFrame([places]), {"source": text}))
    project = read_shipped()[0].model_copy(update={"title": f"{text.strip()} food", "notes": f"so\n{text}".strip(), "place": f"in {text}"})
    content = write_projects_csv([project])
    assert no_formula(content)
    (tmp_path / "a.csv").write_bytes(content)
    again = read_project_table(tmp_path / "a.csv", open_snapshot())[0]
    assert (again.title.split(), again.place.split()) == (project.title.split(), project.place.split())


def test_texts_of_every_kind_come_back() -> None:
    """Whatever stands where: what is defused is safe, and gives back the same."""
    dice = random.Random(25)
    for _ in range(20_000):
        text = "".join(dice.choice("ab'; \t\r\n=+-@＝,\"|") for _ in range(dice.randrange(1, 12)))
        assert refuse(defuse(text)) == text
        out = io.StringIO()
        csv.writer(out).writerow(["E01", defuse(text), "end"])
        assert no_formula(out.getvalue().encode()), repr(text)
        assert "\n" not in defuse_line(text)


def test_every_writer_of_a_csv_defuses() -> None:
    """A module that writes a CSV for people takes its texts through the one place."""
    room = ROOT / "heatmap"
    for path in room.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "csv.writer(" in text or ".to_csv(" in text:
            names = {
                name.name
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.ImportFrom) and node.module == "heatmap.files.csv_cells"
                for name in node.names
            }
            assert names & {"defuse", "defuse_line"}, path.name
    assert COLUMNS
