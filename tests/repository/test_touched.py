"""``make test-for`` finds the tests of a file, and what it names exists."""

import pytest
from touched import find_tests

from heatmap.settings import ROOT

CASES = {
    "heatmap/place/story.py": "tests/place",
    "heatmap/pages/place/near.py": "tests/browser/test_place_page.py",
    "heatmap/pages/projects/page.py": "tests/projects/test_project_pages.py",
    "assets/walk.js": "tests/browser/test_walk.py",
    "etl/tiles.py": "tests/etl",
    "docs/testing.md": "tests/repository",
    "data/layers/imd2025_england_lsoa21.toml": "tests/layers",
    "tests/town.py": "tests/etl/test_tiles.py",
    "tests/web/test_api.py": "tests/web/test_api.py",
}


@pytest.mark.parametrize("path", CASES)
def test_a_file_leads_to_its_tests(path: str) -> None:
    """By its room, by what imports it, by what names it."""
    found = find_tests(path)
    assert CASES[path] in found and all((ROOT / test).exists() for test in found)


def test_every_file_leads_to_some_test() -> None:
    """A new room, page or script is never without an answer."""
    for room in ("heatmap", "etl", "command", "assets"):
        for file in (ROOT / room).rglob("*.*"):
            if file.suffix in (".py", ".js", ".css"):
                assert find_tests(file.relative_to(ROOT).as_posix())


def test_no_test_imports_another() -> None:
    """What two of them need has a home beside tests/conftest.py."""
    for file in (ROOT / "tests").rglob("test_*.py"):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if line.startswith(("from test_", "import test_"))], file
