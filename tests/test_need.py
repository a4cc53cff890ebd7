"""Need against action as a page and as the bytes of its map: links that say anything, boxes that agree, words that say what is known."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from heatmap.elements import to_html
from heatmap.near import great_circle_km
from heatmap.pages import projects_need
from heatmap.pages.projects_need import list_needs, read_question, write_question
from heatmap.pairs import OUTSIDE
from heatmap.projects.finding import Kept, Projects
from heatmap.projects.need_and_action import CannotCompareError, Compared, Counted, Question, compare_need, count_boxes, say_compared
from heatmap.projects.record import read_project
from heatmap.projects.shelf import open_shelf
from heatmap.server import make_server
from heatmap.store import open_snapshot

SNAPSHOT = open_snapshot()
TODAY = date(2026, 11, 25)
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
    said = re.search(r"(\d+) of 132 wider neighbourhoods of Birmingham, home to ([\d,]+) people", page)
    assert said and f"Higher need, nothing recorded in reach: {said[1]} wider neighbourhoods, {said[2]} people" in page
    needs = [float(figure) for figure in re.findall(r'<td class="num">(\d\.\d{3})</td>', page)]
    assert len(needs) == int(said[1]) and needs == sorted(needs, reverse=True)


def test_no_need_is_not_called_action() -> None:
    """Wokingham has no project, and is not in the worst third by income: nothing is said of a project there."""
    page = to_html(projects_need.draw_body(f"?need={INCOME}&within=E06000041"))
    assert "Wokingham is not in the most deprived third of England by “Income”." in page and "there is a project" not in page


def compare_these(*records: dict[str, Any], **asked: Any) -> Compared:
    """Need against some invented projects."""
    made = [
        Kept(
            read_project(
                {
                    "id": f"project-{n}",
                    "title": "A project",
                    "organisation": "A trust",
                    "themes": ["food"],
                    "link": "https://example.org",
                    **record,
                }
            )
        )
        for n, record in enumerate(records)
    ]
    return compare_need(Question(INCOME, **asked), Projects(made, SNAPSHOT, TODAY))


def action(compared: Compared) -> dict[str, int]:
    """How many each area has, where it has any."""
    table = compared.table[compared.table.action > 0]
    return dict(zip(table.code, table.action, strict=True))


SITE, ENGLAND, WEST_MIDLANDS, BIRMINGHAM_BOARD = "B4 6NH", "E92000001", "E12000005", "E54000055"


@pytest.mark.parametrize(("record", "reached"), [
    ({"postcode": SITE}, {BIRMINGHAM}),
    ({"areas": [BIRMINGHAM]}, {BIRMINGHAM}),
    ({"postcode": SITE, "areas": ["E09000007"]}, {BIRMINGHAM, "E09000007"}),
    ({"areas": [BIRMINGHAM_BOARD]}, {BIRMINGHAM, "E08000029"}),  # Birmingham and Solihull
    ({"areas": [WEST_MIDLANDS]}, set()),
    ({"areas": [ENGLAND], "postcode": SITE}, set()),
    ({"areas": [ENGLAND, "E09000007"], "postcode": SITE}, {"E09000007"}),
])  # fmt: skip
def test_where_a_project_acts(record: dict[str, Any], reached: set[str]) -> None:
    """In the authorities that it names, of its board and of its site; for England or a region only in those that it names."""
    compared = compare_these(record)
    assert set(action(compared)) == reached and compared.counted.many == bool(reached) == 1 - compared.counted.left_out
    by_distance = compare_these(record, level="msoa", reach="distance", km=1.6)
    areas = SNAPSHOT.areas["msoa"].set_index("code").lad24_code
    near = set(areas[list(action(by_distance))])
    assert near == ({BIRMINGHAM} if record.get("postcode") and ENGLAND not in record.get("areas", []) else reached)
    if "postcode" not in record:  # where in an authority is not known: all over it
        assert set(action(by_distance)) == set(areas.index[areas.isin(reached)])


@pytest.mark.parametrize("record", [
    {"stage": "idea"}, {"stage": "ended"}, {"end": "2020"}, {"publication_status": "confirmed", "consent": "given", "last_confirmed": "2024-01-01"},
])  # fmt: skip
def test_what_is_no_action(record: dict[str, Any]) -> None:
    """Ideas, what has ended, and what nobody has confirmed for a year."""
    compared = compare_these({"postcode": SITE, **record})
    assert not action(compared) and compared.counted == Counted(0)


def test_what_is_counted_is_told() -> None:
    """How many, how many of them unconfirmed, how many that do not say how far they are."""
    confirmed = {
        "publication_status": "confirmed",
        "consent": "given",
        "last_confirmed": "2026-10-01",
        "stage": "running",
        "postcode": SITE,
    }
    compared = compare_these({"postcode": SITE}, {"postcode": SITE, "stage": "running"}, confirmed, {"areas": [ENGLAND]})
    assert compared.counted == Counted(3, 2, 1, 1)
    said = " ".join(say_compared(compared))
    assert "Counted in England: 3 projects; never confirmed by their team: 2; not saying how far they are: 1." in said
    assert "1 project left out" in said


def test_action_is_spread_over_the_people_within_reach() -> None:
    """In one authority every neighbourhood has as much; within km the people are those of all areas whose point lies there."""
    table = compare_these({"postcode": SITE}, {"postcode": SITE}, {"areas": ["E09000007"]}, level="msoa").table
    some = table[table.action > 0].merge(SNAPSHOT.areas["msoa"][["code", "lad24_code"]], on="code")
    assert some.groupby("lad24_code")[["per_100k", "action_class"]].nunique().to_numpy().tolist() == [[1, 1], [1, 1]]
    people = SNAPSHOT.areas["lad"].set_index("code").population
    assert some[some.lad24_code == BIRMINGHAM].per_100k.iloc[0] == round(2e5 / people[BIRMINGHAM], 2)
    within = compare_these({"postcode": SITE}, level="msoa", reach="distance", km=5.0).table
    areas = SNAPSHOT.areas["msoa"]
    for row in within[within.action > 0].index[::20]:
        away = great_circle_km(areas.latitude[row], areas.longitude[row], areas.latitude.to_numpy(), areas.longitude.to_numpy())
        assert within.per_100k[row] == pytest.approx(1e5 / areas.population[away <= 5].sum(), abs=0.006)


def test_a_distance_is_measured_from_neighbourhoods_alone() -> None:
    """An authority is too wide: the API says so, the page shows neighbourhoods, or, where there are none, the same authority."""
    with pytest.raises(CannotCompareError, match="Ask with level=msoa"):
        compare_these(reach="distance", km=5.0)
    asked, _box, _page, notices = read_question(f"?need={INCOME}&level=lad&km=5", SNAPSHOT)
    assert (asked.level, asked.reach) == ("msoa", "distance") and "so you see those" in notices[0]
    asked, _box, _page, notices = read_question("?need=happiness2021_england_lad24&km=5", SNAPSHOT)
    assert (asked.level, asked.reach) == ("lad", "authority") and "too wide for a distance" in notices[0]


@pytest.mark.parametrize(("query", "words"), [
    ("?need=happiness2021_england_lad24", "“Happiness yesterday” (lower is worse)"),
    ("?need=homeless_assessed2022_england_lad24", "8 authorities without a figure of the need cannot be listed."),
    ("?within=E09000007", "Camden is in the most deprived third of England by “Income”, and has a project recorded here in the same authority."),
    ("?within=E06000041", "Wokingham is not in the most deprived third of England by “Income”."),
    ("?need=homeless_assessed2022_england_lad24&within=E08000006", "Salford has no figure of “Assessed as homeless” (higher is worse)."),
    ("?within=E01009364", "Sparkbrook North is one neighbourhood; you see its authority, Birmingham."),
])  # fmt: skip
def test_the_finding_says_which_way_and_what_is_missing(query: str, words: str) -> None:
    """Direction, areas without a figure, and a sentence of its own for one area."""
    assert words in to_html(projects_need.draw_body(query))


def test_the_file_of_one_box() -> None:
    """The list beside which the button stands, line by line; with the direction in it."""
    client = TestClient(make_server(SNAPSHOT))
    for box in (7, 9):
        text = client.get(f"/api/v1/need-and-action?need={INCOME}&box={box}&format=csv").content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text.split("\n\n")[0])))
        page = to_html(projects_need.draw_body(f"?need={INCOME}&box={box}"))
        listed = re.findall(r'<th scope="row"><a href="/place/(E\d+)"', page)
        assert [row["code"] for row in rows][: len(listed)] == listed and len(rows) >= len(listed) > 0
        assert {(row["worse_when"], row["need_class"], bool(row["rank"])) for row in rows} == {("higher", "higher need", box == 7)}
        assert f"box={box}" in re.search(r'href="(/api/v1/need-and-action[^"]+format=csv[^"]*)"', page)[1]  # type: ignore[index]
    said = client.get(f"/api/v1/need-and-action?need={INCOME}&theme=food&places=get_care")
    assert (said.status_code, said.json()["detail"]) == (422, "Give theme, to count projects, or places, to count places; not both.")


@pytest.mark.parametrize(("query", "words"), [
    ("?need=pupil_absence2019_england_lad24", "absence has risen steeply since"),
    ("?need=sub_wider_barriers2019_england_lsoa11&level=msoa", "Not thirds of like size"),
    (f"?need={INCOME}&within=E54000055", "Only authorities wholly in"),
])  # fmt: skip
def test_cautions_stand_on_the_page(query: str, words: str) -> None:
    """A layer's own, thirds that are none, and areas across a border."""
    assert words in to_html(projects_need.draw_body(query))
