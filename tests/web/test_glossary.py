"""The glossary is a page of the product: every word has an address, and a link from a term finds it."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from heatmap.settings import ROOT
from heatmap.site import make_site
from heatmap.snapshot import open_snapshot
from heatmap.words.glossary import address_of_term, read_glossary


@pytest.fixture(scope="module")
def page() -> str:
    """The glossary as it is first answered."""
    with TestClient(make_site(open_snapshot())) as client:
        return client.get("/glossary").text


def test_every_line_of_the_file_is_on_the_page(page: str) -> None:
    """Each with an anchor that no other has."""
    entries = read_glossary()
    assert len(entries) == (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").count("| **")
    assert len({entry.anchor for entry in entries}) == len(entries)
    assert [entry.anchor for entry in entries if not re.search(rf'<dt [^>]*id="{entry.anchor}"', page, re.IGNORECASE)] == []


@pytest.mark.parametrize("word", ["Core20", "SII", "RII", "circular", "kindred", "ICB", "LSOA", "MSOA", "IMD", "tenth", "interval"])
def test_a_word_that_is_not_plain_has_an_address(word: str) -> None:
    """Those that the pages use."""
    assert address_of_term(word).startswith("/glossary#")


def test_every_link_to_a_word_finds_one() -> None:
    """Any address of the glossary that is written out in the code or the guides."""
    anchors = {entry.anchor for entry in read_glossary()}
    written = {
        anchor
        for room in ("heatmap", "assets", "docs")
        for path in (ROOT / room).rglob("*.*")
        if path.suffix in {".py", ".js", ".md"}
        for anchor in re.findall(r"/glossary#([a-z0-9-]+)", path.read_text(encoding="utf-8"))
    }
    assert written <= anchors
