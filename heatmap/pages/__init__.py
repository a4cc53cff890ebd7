"""The pages, one module each, found by their place: ``PATH``, ``TITLE``, ``layout(search)`` and their callbacks."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Page:
    """A page as its module describes it. ``layout`` takes the address's query and gives Dash components."""

    path: str
    title: str
    layout: Callable[[str], Any]
    has_map: bool
    search: bool


def find_pages() -> dict[str, Page]:
    """Every page of this folder by its path; a module with a PATH is a page."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        page = import_module(f"{__name__}.{module.name}")
        if hasattr(page, "PATH"):
            found[page.PATH] = Page(page.PATH, page.TITLE, page.layout, getattr(page, "HAS_MAP", False), getattr(page, "HAS_SEARCH", False))
    return found
