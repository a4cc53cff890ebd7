"""The doors of the house: every import of ours against the table of rooms (docs/rooms.toml)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rooms import ARCHITECTURE, faults_of, floors, imports_of, modules, print_table, put_table, room_of, rooms_in

from heatmap.settings import ROOT

MODULES = modules()


def name_of(path: Path) -> str:
    """How a module is called in the test's report."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_import_goes_up(path: Path) -> None:
    """A room imports what is below it and its own files; the libraries of pages and servers stay where they belong."""
    assert faults_of(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("heatmap/words/phrases.py", "from heatmap.layers.cards import LayerCard"),  # up
        ("heatmap/words/phrases.py", "def f():\n    import heatmap.snapshot"),  # up, inside a function
        ("heatmap/place/story.py", "from heatmap.inequality import gradient"),  # across
        ("heatmap/pages/map.py", "from heatmap.api.values import write_csv"),  # across
        ("heatmap/statistics/rates.py", "from heatmap.words.phrases import join_names"),  # a lower floor
        ("heatmap/api/areas.py", "from etl.areas import read_areas"),
        ("heatmap/api/areas.py", "import dash"),
        ("heatmap/projects/record.py", "from fastapi import Request"),
        ("heatmap/site.py", "from command.cli import main"),
        ("etl/build.py", "from heatmap.snapshot import Snapshot"),
        ("etl/build.py", "from heatmap.pages import find_pages"),
        ("etl/build.py", "from command.cli import main"),
        ("etl/second_path/areas.py", "from etl.areas import read_areas"),
        ("etl/second_path/areas.py", "from heatmap.geography.levels import COUNT"),
        ("etl/second_path/areas.py", "import pandas as pd"),
        ("command/cli.py", "from dash import html"),
    ],
)
def test_a_shut_door_is_seen(module: str, line: str) -> None:
    """What the table forbids is found, wherever in the module it stands: else every module above would pass."""
    assert faults_of(ROOT / module, line)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("heatmap/words/phrases.py", "from heatmap.words.files import say_day\nfrom heatmap.errors import HeatmapError"),
        ("heatmap/api/areas.py", "from heatmap import __version__\nfrom heatmap.snapshot import Area"),
        ("heatmap/__main__.py", "from command.cli import main"),
        ("etl/verify.py", "from heatmap.snapshot import Snapshot"),
        ("etl/build.py", "import pandas\nfrom heatmap.layers.cards import Card\nfrom heatmap.geography.levels import LEVELS"),
        ("command/cli.py", "import typer\nfrom etl.build import build\nfrom heatmap.site import make_app"),
    ],
)
def test_an_open_door_is_open(module: str, line: str) -> None:
    """What the table allows is not complained about."""
    assert faults_of(ROOT / module, line) == []


def test_every_room_has_its_floor() -> None:
    """Each room of ``heatmap`` stands on one floor, and no floor has a room that is gone."""
    named = [room for floor in floors() for room in floor]
    assert sorted(named) == sorted({room_of(path) for path in MODULES} - {"heatmap", "etl", "command"})


def test_no_module_imports_itself_in_a_circle() -> None:
    """Inside a room too, what a module is made of is made before it."""
    ours = {name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in MODULES}
    under = {name: imports_of(path.read_text(encoding="utf-8")) & ours.keys() - {name} for name, path in ours.items()}
    packages = {name for name, path in ours.items() if path.name == "__init__.py"}
    left = {name: {each for each in found if each not in packages} for name, found in under.items()}
    while ready := {name for name, found in left.items() if not found & left.keys()}:
        left = {name: found for name, found in left.items() if name not in ready}
    assert left == {}


def test_the_table_is_the_one_we_check() -> None:
    """docs/architecture.md shows the rooms as the test reads them; ``python -m tests.rooms`` prints them again."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    assert print_table() in text and put_table(text) == text


@pytest.mark.parametrize("path", sorted((ROOT / "heatmap" / "statistics").glob("*.py")), ids=name_of)
def test_statistics_take_numbers_alone(path: Path) -> None:
    """The statistics import numpy and scipy, Python's own, and nothing of ours but each other."""
    imports = imports_of(path.read_text(encoding="utf-8"))
    assert {name.partition(".")[0] for name in imports} <= {"heatmap", "numpy", "scipy", *sys.stdlib_module_names}
    assert rooms_in(imports) <= {"statistics"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_oracle_stays_with_the_tests(path: Path) -> None:
    """PHStatsMethods is GPL-3: what runs never imports it, so its licence is not ours."""
    assert "PHStatsMethods" not in {name.partition(".")[0] for name in imports_of(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", ["run", "build"])
def test_the_oracle_is_not_installed_to_run(name: str) -> None:
    """It stands in the lock of the tests alone."""
    assert "phstatsmethods" not in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").lower()
