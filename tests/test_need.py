"""Need against action as a page and as the bytes of its map: links that say anything, boxes that agree, words that say what is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from heatmap.elements import to_html
from heatmap.pages import projects_need
from heatmap.pages.projects_need import list_needs, read_question, write_question
from heatmap.pairs import OUTSIDE
from heatmap.projects.need_and_action import Question, compare_need, count_boxes
from heatmap.projects.shelf import open_shelf
from heatmap.server import make_server
from heatmap.store import open_snapshot

SNAPSHOT = open_snapshot()
INCOME, BIRMINGHAM, LIBRARIES = "income2025_england_lsoa21", "E08000025", "libraries2023_england_points"


@pytest.fixture(scope="module", autouse=True)
def _own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No database of the developer's own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("data")
        patch.setenv("HEATMAP_DATA", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        yield folder


@pytest.mark.parametrize(("question", "box", "page"), [
    (Question(INCOME), 0, 1), (Question(INCOME, theme="food", level="msoa", reach="distance", km=1.6, within=BIRMINGHAM), 7, 2),
    (Question("acute_morbidity2025_england_lsoa21", places=LIBRARIES), 9, 1), (Question(INCOME, places="get_care", level="msoa"), 1, 1),
])  # fmt: skip
def test_a_link_gives_the_same_screen(question: Question, box: int, page: int) -> None:
    """What is written is read again, without a notice."""
    assert read_question(write_question(question, box, page), SNAPSHOT) == (question, box, page, [])


@pytest.mark.parametrize("query", [
    "", "?need=nothing", "?need=population2022_england_lsoa21", "?action=theme:moon", "?action=B14 6RE", "?km=7", "?level=rgn", "?within=E01008966",
    "?within=B14 6RE", "?box=99&page=-4", "?need=low_income_families2021_england_lad24&level=msoa", f"?need={INCOME}&page=9999",
])  # fmt: skip
def test_any_link_gives_a_page(query: str) -> None:
    """What was wrong is said, and never repeated: it may be a postcode."""
    page = to_html(projects_need.draw_body(query))
    assert "<h1" in page and "6RE" not in page and "work that nobody has recorded is not seen" in page
    assert all(notice.endswith(".") for notice in read_question(query, SNAPSHOT)[3])


@pytest.mark.parametrize("need", [card.id for card in list_needs(SNAPSHOT)][::9])
def test_any_need_by_any_level(need: str) -> None:
    """Nine boxes with everybody in them, or a gap that is one."""
    for level in ("lad", "msoa"):
        question = read_question(f"?need={need}&level={level}", SNAPSHOT)[0]
        compared = compare_need(question, open_shelf(SNAPSHOT).projects)
        table = compared.table
        assert sum(map(sum, count_boxes(compared))) + int((table.need_class == 0).sum()) == len(SNAPSHOT.areas[question.level])
        page = to_html(projects_need.draw_body(write_question(question)))
        assert not re.search(r"\b(nan|NaN|None|inf)\b", page) and len(re.findall(r"aria-label=\"(?:higher|middle|lower) need", page)) == 9


def test_the_maps_bytes_are_the_boxes() -> None:
    """As the API and the page count them, and 255 outside the place."""
    client = TestClient(make_server(SNAPSHOT))
    asked = {"need": INCOME, "places": LIBRARIES, "level": "msoa", "reach": "distance", "km": "1.6", "within": BIRMINGHAM}
    numbers = np.frombuffer(client.get("/api/v1/need-and-action/classes", params=asked).content, np.uint8)
    said = client.get("/api/v1/need-and-action", params=asked).json()
    assert len(numbers) == 6_856 and (numbers != OUTSIDE).sum() == 132 and "of Birmingham, home to" in said["sentences"][0]
    assert np.bincount(numbers[numbers != OUTSIDE], minlength=10)[1:].tolist() == [many for row in said["boxes"] for many in row]


def test_the_finding_of_the_mock_up() -> None:
    """Birmingham's wider neighbourhoods with low incomes and no library within 20 minutes on foot: named, with the greatest need first."""
    page = to_html(projects_need.draw_body(f"?need={INCOME}&action={LIBRARIES}&level=msoa&km=1.6&within={BIRMINGHAM}"))
    said = re.search(r"In (\d+) of 132 wider neighbourhoods of Birmingham, home to ([\d,]+) people", page)
    assert said and f"Higher need, nobody acting: {said[1]} wider neighbourhoods, {said[2]} people" in page
    needs = [float(figure) for figure in re.findall(r'<td class="num">(\d\.\d{3})</td>', page)]
    assert len(needs) == int(said[1]) and needs == sorted(needs, reverse=True)


def test_no_need_is_not_called_action() -> None:
    """Wokingham has no project, and is not in the worst third by income: nothing is said of a project there."""
    page = to_html(projects_need.draw_body(f"?need={INCOME}&within=E06000041"))
    assert "No authority of Wokingham is in the worst third of England by “Income”." in page and "there is a project" not in page


@pytest.mark.parametrize(("query", "words"), [
    ("?need=pupil_absence2019_england_lad24", "absence has risen steeply since"),
    ("?need=sub_wider_barriers2019_england_lsoa11&level=msoa", "Not thirds of like size"),
    (f"?need={INCOME}&within=E54000055", "Only authorities wholly in"),
])  # fmt: skip
def test_cautions_stand_on_the_page(query: str, words: str) -> None:
    """A layer's own, thirds that are none, and areas across a border."""
    assert words in to_html(projects_need.draw_body(query))
