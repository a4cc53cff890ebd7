"""The pages that share, edit and review projects, without a browser: every question is asked once, and says what is missing."""

from __future__ import annotations

import html
import re

import pytest
from reading_age import PLAIN, grade, longest

from heatmap.drawing.elements import to_html
from heatmap.pages import find_pages, page_at
from heatmap.pages.share import edit as share_edit
from heatmap.pages.share import page as share
from heatmap.pages.share import review as share_review
from heatmap.pages.share.form import missing_words, most_letters, parts_of_form, short_names
from heatmap.projects.record import GIVEN, REQUIRED, Project

ASKED = [field for part in parts_of_form() for field in (*part.asked, *part.more)]


def test_the_form_asks_everything_once() -> None:
    """What a contributor may write, and nothing else; what is needed is in sight and says so where it is missing."""
    assert sorted(ASKED) == sorted(GIVEN)
    in_sight = {field for part in parts_of_form() for field in part.asked}
    assert set(REQUIRED) <= in_sight and set(missing_words()) == {*REQUIRED, "consent"}
    assert set(GIVEN) <= set(short_names()) <= set(Project.model_fields)


#: The answers that are written freely: text of more than ten letters.
WRITTEN = [field for field in GIVEN if Project.model_fields[field].annotation is str and most_letters(field) > 10]


@pytest.mark.parametrize("field", WRITTEN)
def test_the_form_counts_as_the_record_does(field: str) -> None:
    """The letters that the form allows are those that the record takes, and not one more."""
    most = most_letters(field)
    base = {"id": "food", "title": "Food", "organisation": "A ward", "place": "Leeds", "themes": ["food"], "link": "https://a.org/"}
    fit = "https://a.org/" if field in ("link", "contact_page") else ""
    Project.model_validate(base | {field: fit + "x" * (most - len(fit))})
    with pytest.raises(ValueError, match="at most"):
        Project.model_validate(base | {field: fit + "x" * (most - len(fit) + 1)})


@pytest.mark.parametrize("page", [share, share_edit, share_review], ids=lambda page: page.PATH)
def test_a_page_holds_together(page: object) -> None:
    """No id stands twice, every label and description finds its element, and no field has a name that an address could hold."""
    text = to_html(page.draw_body())  # type: ignore[attr-defined]
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    pointed = re.findall(r' (?:for|aria-controls)="([^"]+)"', text)
    for several in re.findall(r' aria-(?:describedby|labelledby)="([^"]+)"', text):
        pointed += several.split()
    assert set(pointed) - set(ids) == set()
    assert set(re.findall(r' name="([^"]+)"', text)) <= {"project-stage", "project-level"}
    assert 'method="' not in text and 'action="' not in text


def test_whole_addresses_come_before_those_with_parts() -> None:
    """/projects/share is never taken for the project called share."""
    pages = find_pages()
    order = ["{" in path for path in pages]
    assert order == sorted(order)
    found = page_at("/projects/share", pages)
    assert found and found[0].title == "Share a project"


@pytest.mark.parametrize("page", [share, share_edit, share_review], ids=lambda page: page.PATH)
def test_the_words_are_plain(page: object) -> None:
    """Of an age of 11 to 14, without a sentence that loses its reader."""
    text = to_html(page.draw_body())  # type: ignore[attr-defined]
    said = [html.unescape(re.sub("<[^>]+>", "", part)).strip() for part in re.findall(r"<(?:p|li)\b[^>]*>(.*?)</(?:p|li)>", text)]
    said = [part for part in said if part.endswith((".", "?"))]
    assert said and grade(" ".join(said)) <= PLAIN - 3 and longest(said) <= 30
