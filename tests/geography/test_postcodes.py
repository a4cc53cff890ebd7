"""One reading of postcodes for every door, the same as the browser's."""

from __future__ import annotations

import pytest
from postcode_cases import FULL, NEITHER, OUTWARDS, PARTIAL
from typer.testing import CliRunner

from command.cli import app
from heatmap.errors import NotFoundError
from heatmap.geography.postcodes import read_postcode, say_guess
from heatmap.projects.record import read_project
from heatmap.snapshot import english_outwards, write_postcode

LISTED = frozenset(OUTWARDS.split())
PROJECT = {
    "id": "food-on-the-ward",
    "title": "Food",
    "organisation": "A ward",
    "themes": ["food"],
    "link": "https://example.org/",
    "one_line": "Food for families.",
}


@pytest.mark.parametrize(("typed", "meant"), FULL)
def test_whole_postcodes_are_read_whatever_the_spelling(typed: str, meant: str | None) -> None:
    """Case, spaces, dashes and slips between O and 0, I, L and 1 do not matter; real codes are left alone."""
    read = read_postcode(typed, LISTED)
    assert (read.text if read else None) == meant


@pytest.mark.parametrize("typed", [*(typed for typed, _, _ in PARTIAL), *NEITHER, "", "   ", " - "])
def test_what_is_no_whole_postcode_is_none(typed: str) -> None:
    """A beginning, another word, nothing."""
    assert read_postcode(typed, LISTED) is None


@pytest.mark.parametrize("typed", ["B93 0DX", "b93-0dx", "B93 ODX", "b930DX", "B93.0DX", "B93–ODX"])
def test_every_door_reads_the_same(typed: str) -> None:
    """``heatmap where``, a project's record, a feed; only a guess is told."""
    said = CliRunner().invoke(app, ["where", typed], catch_exceptions=False).stdout
    assert "Solihull" in said
    assert ("We read it as B93 0DX." in said) == ("O" in typed)
    assert read_project(PROJECT | {"postcode": typed}).postcode == write_postcode(typed) == "B93 0DX"
    assert say_guess(typed, english_outwards()) == ("we read B93 0DX: check it" if "O" in typed else "")


def test_a_postcode_that_is_none_is_refused_in_a_sentence() -> None:
    """Also where a letter was guessed: what was read is named."""
    for typed, said in (("B14", "not a whole postcode"), ("B93 OVV", "We read it as B93 0VV. We do not have this postcode")):
        with pytest.raises(NotFoundError, match=said):
            CliRunner().invoke(app, ["where", typed], catch_exceptions=False)
