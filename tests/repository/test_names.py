"""No name for two things: what a class or a function is called says which one is meant, wherever it is read."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from heatmap.settings import ROOT

#: What many modules have to have under one name, and who asks for it there.
INTERFACES = {
    "layout": "a page's components, for heatmap.pages",
    "title_of": "a page's title, for heatmap.pages",
    "unscripted": "a page's words where JavaScript is off, for heatmap.pages",
    "draw_body": "a page's main part, for its layout and its tests",
    "views": "all that a page's callback puts on it, for its tests",
    "router": "an address of the API, for heatmap.server",
    "read": "a reader, for etl.reader_calls",
    "texts_to_translate": "the texts of a file of words, for the translators' list",
    "upgrade": "a step of the database, for Alembic",
    "message": "a message with its sign: one as Dash's component, one as our element",
    "main": "what a command line begins with",
}
#: A command is named by the word that is typed; the function that does its work may have the same.
COMMANDS = ("command/cli.py", "command/project_commands.py", "etl/cli.py")
#: Each reader is on its own, and the second path says again what the first one does, so as to check it.
APART = ("etl/readers/", "etl/second_path/")


def public_names(path: Path) -> list[str]:
    """The public classes, functions and types that a module makes."""
    names = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [
                target.id for target in node.targets if isinstance(target, ast.Name) and not target.id.isupper() and len(target.id) > 1
            ]
    return [name for name in names if not name.startswith("_")]


def names_of_two(files: dict[str, list[str]], whole: dict[str, list[str]]) -> dict[str, list[str]]:
    """The names that stand for two things, with the modules that make them.

    files   by module: its public names
    whole   by module: those of them that are classes or functions; a name counts where one of its makers has it so
    """
    makers: dict[str, list[str]] = defaultdict(list)
    for module, names in files.items():
        for name in names:
            makers[name].append(module)
    return {
        name: modules
        for name, modules in makers.items()
        if len(modules) > 1 and name not in INTERFACES and any(name in whole[module] for module in modules)
    }


def read_house() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The public names of every module that shares one language, and which are classes or functions."""
    files, whole = {}, {}
    for room in ("heatmap", "etl", "command"):
        for path in sorted((ROOT / room).rglob("*.py")):
            module = path.relative_to(ROOT).as_posix()
            if module in COMMANDS or module.startswith(APART):
                continue
            files[module] = public_names(path)
            made = ast.parse(path.read_text(encoding="utf-8")).body
            whole[module] = [node.name for node in made if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    return files, whole


def test_no_name_for_two_things():
    """Rename one of the two after what it is of: ``Question`` became ``GradientQuestion`` and ``NeedQuestion``."""
    assert names_of_two(*read_house()) == {}


def test_a_second_name_is_found():
    """The test above can fail."""
    files = {"a.py": ["Kept", "layout"], "b.py": ["Kept", "layout"], "c.py": ["Rows"], "d.py": ["Rows"]}
    assert names_of_two(files, files | {"c.py": [], "d.py": []}) == {"Kept": ["a.py", "b.py"]}


@pytest.mark.parametrize("name", [name for name in INTERFACES if name not in ("router", "main")])
def test_an_interface_is_shared(name):
    """A name that one module alone has needs no leave."""
    made = [path for room in ("heatmap", "etl", "command") for path in (ROOT / room).rglob("*.py") if name in public_names(path)]
    assert len(made) > 1


@pytest.mark.parametrize("word", ["MapState", "PlaceState", "read_state", "place_state"])
def test_what_stands_in_an_address_is_called_an_address(word):
    """The query of a page has one name: its class ends in Address, and is read by a function that ends in address."""
    said = [
        path for room in ("heatmap", "etl", "command") for path in (ROOT / room).rglob("*.py") if word in path.read_text(encoding="utf-8")
    ]
    assert not said
