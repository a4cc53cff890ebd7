"""The pages, one module each, found by their place: ``PATH``, ``TITLE`` and ``layout(search)``.

What ``layout`` gives is written into the answer at the page's address, so that it can be read before any script has come and
without. A module with ``NEEDS_DASH`` has callbacks: Dash draws what its ``layout`` gives, and ``unscripted(search)`` is what stands
in its place where JavaScript is off.

A path may hold parts in braces, like ``/place/{code}``: ``layout`` then takes them too, by name, and ``title_of`` gives the
title of such a page, or None where there is nothing of that name. ``WAY`` puts a page among the ways at the top of every page: its place
there and its name, like ``(20, "Layers")``.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import import_module
from typing import Any

from heatmap.code_faults import say_code_fault
from heatmap.errors import HeatmapError
from heatmap.settings import ROOT


@dataclass(frozen=True)
class Page:
    """A page as its module describes it. ``layout`` takes the address's query and gives elements or components of Dash; so does
    ``missing``, for an address of its kind at which there is nothing, and, for a page of Dash, ``first``, before that is drawn, and
    ``unscripted``.
    """

    path: str
    title: str
    layout: Callable[..., Any]
    has_map: bool
    search: bool
    title_of: Callable[..., str | None] | None = None
    missing: Callable[[str], Any] | None = None
    way: tuple[int, str] | None = None
    needs_dash: bool = False
    first: Callable[[str], Any] | None = None
    unscripted: Callable[[str], Any] | None = None

    def match(self, pathname: str) -> dict[str, str] | None:
        """The parts of an address that is this page's, by name; None for any other address.

        >>> Page("/place/{code}/leaflet", "", list, False, False).match("/place/E01021988/leaflet")
        {'code': 'E01021988'}
        """
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        found = re.fullmatch(pattern, pathname)
        return found.groupdict() if found else None

    def title_for(self, parts: dict[str, str]) -> str | None:
        """What the browser's tab says, safe to stand in HTML; None where there is no such page."""
        title = self.title_of(**parts) if self.title_of else self.title
        return None if title is None else escape(title)


def find_pages() -> dict[str, Page]:
    """Every page of this folder by its path; a module with a PATH is a page. Whole addresses come before those with parts in braces.

    Raises HeatmapError with the file and the line where a page cannot be read or stops.
    """
    found = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        try:
            page = import_module(module.name)
            if hasattr(page, "PATH"):
                found[page.PATH] = Page(
                    page.PATH,
                    page.TITLE,
                    page.layout,
                    getattr(page, "HAS_MAP", False),
                    getattr(page, "HAS_SEARCH", False),
                    getattr(page, "title_of", None),
                    getattr(page, "missing", None),
                    getattr(page, "WAY", None),
                    getattr(page, "NEEDS_DASH", False),
                    getattr(page, "first", None),
                    getattr(page, "unscripted", None),
                )
        except Exception as fault:  # a page may be anybody's, and stop in any way
            raise HeatmapError(say_code_fault(fault, ROOT / f"{module.name.replace('.', '/')}.py")) from None
    return dict(sorted(found.items(), key=lambda each: "{" in each[0]))


@cache
def list_ways() -> tuple[tuple[str, str], ...]:
    """The ways at the top of every page, in their order: address and name. The API's own page is no module here, and comes last."""
    ways = sorted((page.way, page.path) for page in find_pages().values() if page.way)
    return (*((path, name) for (_order, name), path in ways), ("/docs", "API"))


def page_at(pathname: str, pages: dict[str, Page]) -> tuple[Page, dict[str, str]] | None:
    """The page of an address and its parts, or None where there is none."""
    for page in pages.values():
        parts = page.match(pathname)
        if parts is not None and page.title_for(parts) is not None:
            return page, parts
    return None
