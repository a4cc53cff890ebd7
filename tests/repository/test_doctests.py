"""Every example in a docstring is run, and says what it says it says."""

import doctest
import importlib
import pkgutil

import pytest

import command
import etl
import heatmap

MODULES = [
    module.name
    for package in (heatmap, etl, command)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    """A module's examples give what they show."""
    module = importlib.import_module(name)
    found = doctest.testmod(module)
    assert found.failed == 0


def test_there_are_examples():
    """Examples are not lost when modules move."""
    finder = doctest.DocTestFinder()
    assert sum(bool(test.examples) for name in MODULES for test in finder.find(importlib.import_module(name))) > 40
