"""The doors of the house: who may import whom (design, section 3)."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from heatmap.settings import ROOT

MODULES = sorted(path for room in ("heatmap", "etl", "command") for path in (ROOT / room).rglob("*.py"))
OPEN_TO_ETL = {
    "cards",
    "catalogue",
    "card_faults",
    "text_files",
    "shipping",
    "classes",
    "contract",
    "errors",
    "former_codes",
    "geography",
    "layer_tables",
    "statistics",
    "code_faults",
    "csv_cells",
    "phones",
    "postcodes",
    "workbooks",
}
#: Numbers in, numbers out; values in, sentences out; tables in, figures out: they know no page and no server.
PURE = (
    "statistics",
    "words",
    "figures",
    "classes",
    "contract",
    "errors",
    "geography",
    "area_names",
    "former_codes",
    "cards",
    "card_faults",
    "catalogue",
    "text_files",
    "phones",
    "postcodes",
)


def imports_of(text: str) -> set[str]:
    """Every module a source imports, wherever in it: ``from a import b`` may mean a or a.b, so both are given."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write the whole name: from heatmap.errors import ..."
            found |= {str(node.module)} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def rooms_of(path: Path) -> set[str]:
    """The first names of all a module imports."""
    return {name.partition(".")[0] for name in imports_of(path.read_text(encoding="utf-8"))}


def in_heatmap(path: Path) -> set[str]:
    """The modules of ``heatmap`` that a module imports."""
    return {name.split(".")[1] for name in imports_of(path.read_text(encoding="utf-8")) if name.startswith("heatmap.")}


def room_of(path: Path) -> str:
    """The module or package of ``heatmap`` that a module is, or stands in; empty for other rooms."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "heatmap" else ""


def name_of(path: Path) -> str:
    """How a module is called in the test's report."""
    return str(path.relative_to(ROOT))


def test_the_rooms_are_found() -> None:
    """Without modules to walk, every test below would pass."""
    assert len(MODULES) > 20


def test_imports_are_seen_wherever_they_stand() -> None:
    """An import inside a function is an import too, and a part of a package counts as itself."""
    text = "import a.b\ndef f():\n    from heatmap import store\n    from c.d import e\n"
    assert imports_of(text) == {"a.b", "heatmap", "heatmap.store", "c.d", "c.d.e"}


@pytest.mark.parametrize("path", [path for path in MODULES if path.is_relative_to(ROOT / "heatmap")], ids=name_of)
def test_what_the_reader_sees_never_imports_the_etl(path: Path) -> None:
    """The app reads the snapshot; it must run where no build tool is installed."""
    assert "etl" not in rooms_of(path)
    # ``python -m heatmap`` is the command line's name at the door: it calls it, and is no part of the app.
    assert "command" not in rooms_of(path) or path.name == "__main__.py"


@pytest.mark.parametrize("path", [path for path in MODULES if path.is_relative_to(ROOT / "etl")], ids=name_of)
def test_the_etl_uses_only_the_shared_rooms(path: Path) -> None:
    """The ETL knows cards, areas, contracts and numbers, never the app; verify alone reads the snapshot, and asks as pages do."""
    allowed = OPEN_TO_ETL | ({"store", "gradient", "help_near", "indicators", "pairs"} if path.name == "verify.py" else set())
    assert in_heatmap(path) <= allowed
    assert not rooms_of(path) & {"dash", "dash_mantine_components", "plotly", "fastapi", "uvicorn", "app", "command"}


@pytest.mark.parametrize("path", [path for path in MODULES if path.is_relative_to(ROOT / "command")], ids=name_of)
def test_the_command_line_stands_above_both(path: Path) -> None:
    """Only it may use what the reader sees and what the build makes together; it draws no page itself."""
    assert not rooms_of(path) & {"dash", "dash_mantine_components", "plotly", "fastapi"}


@pytest.mark.parametrize("path", sorted((ROOT / "etl").glob("second_*.py")), ids=name_of)
def test_the_second_path_is_a_second_path(path: Path) -> None:
    """What checks the ETL shares nothing with it but its own parts, nor with the app, nor pandas' arithmetic."""
    text = path.read_text(encoding="utf-8")
    ours = {name for name in imports_of(text) if name.startswith(("etl.", "heatmap"))}
    assert all(name.startswith("etl.second_") for name in ours)
    assert not rooms_of(path) & {"pandas", "numpy", "geopandas"}


@pytest.mark.parametrize("path", [path for path in MODULES if room_of(path) in PURE], ids=name_of)
def test_pure_rooms_know_no_page_and_no_server(path: Path) -> None:
    """Numbers, words and figures can be tested and reused without a page."""
    assert not in_heatmap(path) & {"pages", "api", "server", "store"}
    assert not rooms_of(path) & {"dash", "dash_mantine_components", "fastapi", "uvicorn", "etl"}


@pytest.mark.parametrize("path", sorted((ROOT / "heatmap" / "statistics").glob("*.py")), ids=name_of)
def test_statistics_take_numbers_alone(path: Path) -> None:
    """The statistics import numpy and scipy, Python's own, and nothing of ours but each other."""
    assert rooms_of(path) <= {"heatmap", "numpy", "scipy", *sys.stdlib_module_names}
    assert in_heatmap(path) <= {"statistics"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_oracle_stays_with_the_tests(path: Path) -> None:
    """PHStatsMethods is GPL-3: what runs never imports it, so its licence is not ours."""
    assert "PHStatsMethods" not in rooms_of(path)


@pytest.mark.parametrize("name", ["run", "build"])
def test_the_oracle_is_not_installed_to_run(name: str) -> None:
    """It stands in the lock of the tests alone."""
    assert "phstatsmethods" not in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").lower()
