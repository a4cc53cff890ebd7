"""Which tests a change touches: ``python -m tests.touched heatmap/place/story.py`` prints their files.

A test belongs to a source file if it stands in the folder named like the file's room, imports its module (itself or by a module that tests
share), or names it in its own name or text, as tests of pages name scripts and styles. It is a first answer, not a proof: before a change
is offered, all tests run.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
#: Where a file that no code imports is looked at.
BY_FOLDER = {
    "data/layers": ("tests/layers", "tests/etl/test_built.py"),
    "data/projects": ("tests/projects",),
    "data/words": ("tests/place", "tests/indicators"),
    "docs": ("tests/repository",),
    "etl": ("tests/etl",),
}


def find_tests(path: str) -> list[str]:
    """The test files and folders to run after a change of a file, from the repository's root; with none of its own, all of a browser's.

    path        a file or a folder of the repository, as seen from its root
    """
    file = Path(path)
    if file.parts[0] == "tests" and (file.name.startswith("test_") or not file.suffix):
        return [file.as_posix()]
    found = {test for test in _test_files() if _module_of(file) in _imports(test)} if file.suffix == ".py" else set()
    found |= {test for test in _test_files() if _names(test, file)}
    room = TESTS / file.parts[1] if file.parts[0] in ("heatmap", "tests") and len(file.parts) > 2 else TESTS / file.parts[0]
    folders = {each.as_posix() for each in [room.relative_to(ROOT)] if room.is_dir()}
    folders |= {each for start, to in BY_FOLDER.items() if path.startswith(f"{start}/") for each in to}
    single = {test.relative_to(ROOT).as_posix() for test in found}
    single = {test for test in single if not any(test.startswith(f"{folder}/") for folder in folders)}
    if not folders | single:
        return ["tests/browser"] if file.parts[0] == "assets" else ["tests/repository"]
    return sorted(folders | single)


def _module_of(file: Path) -> str:
    parts = file.with_suffix("").parts
    return ".".join(parts[1:] if parts[0] == "tests" else parts).removesuffix(".__init__")


@cache
def _test_files() -> tuple[Path, ...]:
    return tuple(sorted(TESTS.rglob("test_*.py")))


@cache
def _imports(test: Path) -> frozenset[str]:
    """Every module that a test imports, those of the modules that tests share too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(test.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    shared = [TESTS / f"{name}.py" for name in found if "." not in name]
    return frozenset(found).union(*(_imports(each) for each in shared if each.is_file()))


def _names(test: Path, file: Path) -> bool:
    """Whether a browser test or a test of pages names a script, a style or a page: in its own name, or with its suffix in its text."""
    if file.suffix == ".py" and "pages" not in file.parts:
        return False
    words = {word for word in (file.stem, file.parent.name) if word not in ("assets", "pages", "page", "docs", "__init__")}
    in_name = any(re.search(rf"_{re.escape(word)}(_|$)", test.stem) for word in words) and "browser" in test.parts
    return in_name or file.name in test.read_text(encoding="utf-8")


if __name__ == "__main__":
    print(" ".join(sorted({test for path in sys.argv[1:] for test in find_tests(path)})))
