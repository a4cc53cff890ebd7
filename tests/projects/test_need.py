"""Need against action as a page and as the bytes of its map: links that say anything, boxes that agree, words that say what is known."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from heatmap.distances import great_circle_km
from heatmap.drawing.elements import to_html
from heatmap.inequality.pairs import OUTSIDE
from heatmap.pages.projects import need as projects_need
from heatmap.pages.projects.need import list_needs, read_need_address, write_need_query
from heatmap.projects.finding import KeptProject, Projects, ProjectsAsked
from heatmap.projects.need_and_action import CannotCompareError, Compared, Counted, NeedQuestion, compare_need, count_boxes, say_compared
from heatmap.projects.placing import board_of
from heatmap.projects.record import read_project
from heatmap.projects.shelf import open_shelf
from heatmap.projects.shipped import read_shipped
from heatmap.server import make_server
from heatmap.snapshot import open_snapshot

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


@pytest.mark.parametrize(
    ("question", "box", "page"),
    [
        (NeedQuestion(INCOME), 0, 1),
        (NeedQuestion(INCOME, theme="food", level="msoa", reach="distance", km=1.6, within=BIRMINGHAM), 7, 2),
        (NeedQuestion("acute_morbidity2025_england_lsoa21", places=LIBRARIES), 9, 1),
        (NeedQuestion(INCOME, places="get_care", level="msoa"), 1, 1),
    ],
)
def test_a_link_gives_the_same_screen(question: NeedQuestion, box: int, page: int) -> None:
    """What is written is read again, without a notice."""
    assert read_need_address(write_need_query(question, box, page), SNAPSHOT) == (question, box, page, [])


@pytest.mark.parametrize("query", [
    "", "?need=nothing", "?need=population2022_england_lsoa21", "?action=theme:moon", "?action=B14 6RE", "?km=7", "?level=rgn", "?within=E01008966",
    "?within=B14 6RE", "?box=99&page=-4", "?need=low_income_families2021_england_lad24&level=msoa", f"?need={INCOME}&page=9999",
])  # fmt: skip
def test_any_link_gives_a_page(query: str) -> None:
    """What was wrong is said, and never repeated: it may be a postcode."""
    page = to_html(projects_need.draw_body(query))
    assert "<h1" in page and "6RE" not in page and "work that nobody has recorded is not seen" in page
    assert all(notice.endswith(".") for notice in read_need_address(query, SNAPSHOT)[3])


@pytest.mark.parametrize("need", [card.id for card in list_needs(SNAPSHOT)][::9])
def test_any_need_by_any_level(need: str) -> None:
    """Nine boxes with everybody in them, or a gap that is one."""
    for level in ("lad", "msoa"):
        question = read_need_address(f"?need={need}&level={level}", SNAPSHOT)[0]
        compared = compare_need(question, open_shelf(SNAPSHOT).projects)
        table = compared.table
        assert sum(map(sum, count_boxes(compared))) + int((table.need_class == 0).sum()) == len(SNAPSHOT.areas[question.level])
        page = to_html(projects_need.draw_body(write_need_query(question)))
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
        KeptProject(
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
    return compare_need(NeedQuestion(INCOME, **asked), Projects(made, SNAPSHOT, TODAY))


def action(compared: Compared) -> dict[str, int]:
    """How many each area has, where it has any."""
    table = compared.table[compared.table.action > 0]
    return dict(zip(table.code, table.action, strict=True))


WHOLLY_IN_NORTH_EAST, WHOLLY_IN_LANCASHIRE = (
    set(SNAPSHOT.areas["lad"].code[SNAPSHOT.areas["lad"].icb24_code == board]) for board in ("E54000050", "E54000048")
)
SITE, ENGLAND, WEST_MIDLANDS, BIRMINGHAM_BOARD = "B4 6NH", "E92000001", "E12000005", "E54000055"


@pytest.mark.parametrize(
    ("record", "reached"),
    [
        ({"postcode": SITE}, {BIRMINGHAM}),
        ({"areas": [BIRMINGHAM]}, {BIRMINGHAM}),
        ({"postcode": SITE, "areas": ["E09000007"]}, {BIRMINGHAM, "E09000007"}),
        ({"areas": [BIRMINGHAM_BOARD]}, {BIRMINGHAM, "E08000029"}),  # Birmingham and Solihull
        # North East and North Cumbria: 97 in 100 of Cumberland's people live in it, 24 of Westmorland and Furness's.
        ({"areas": ["E54000050"]}, {*WHOLLY_IN_NORTH_EAST, "E06000063"}),
        ({"areas": ["E54000048"]}, {*WHOLLY_IN_LANCASHIRE, "E06000064"}),  # and 76 of 100 in Lancashire and South Cumbria
        ({"areas": [WEST_MIDLANDS]}, set()),
        ({"areas": [ENGLAND], "postcode": SITE}, set()),
        ({"areas": [ENGLAND, "E09000007"], "postcode": SITE}, {"E09000007"}),
    ],
)
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


@pytest.mark.parametrize(
    "record",
    [
        {"stage": "idea"},
        {"stage": "ended"},
        {"end": "2020"},
        {"publication_status": "confirmed", "consent": "given", "last_confirmed": "2024-01-01"},
    ],
)
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
    assert compared.counted == Counted(3, 2, 1, 1, 1)
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
        away = great_circle_km(
            areas.middle_latitude[row], areas.middle_longitude[row], areas.middle_latitude.to_numpy(), areas.middle_longitude.to_numpy()
        )
        assert within.per_100k[row] == pytest.approx(1e5 / areas.population[away <= 5].sum(), abs=0.006)


def test_a_distance_is_measured_from_neighbourhoods_alone() -> None:
    """An authority is too wide: the API says so, the page shows neighbourhoods, or, where there are none, the same authority."""
    with pytest.raises(CannotCompareError, match="Ask with level=msoa"):
        compare_these(reach="distance", km=5.0)
    asked, _box, _page, notices = read_need_address(f"?need={INCOME}&level=lad&km=5", SNAPSHOT)
    assert (asked.level, asked.reach) == ("msoa", "distance") and "so you see those" in notices[0]
    asked, _box, _page, notices = read_need_address("?need=happiness2021_england_lad24&km=5", SNAPSHOT)
    assert (asked.level, asked.reach) == ("lad", "authority") and "too wide for a distance" in notices[0]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?need=happiness2021_england_lad24", "“Happiness yesterday” (lower is worse)"),
        ("?need=homeless_assessed2022_england_lad24", "8 authorities without a figure of the need cannot be listed."),
        (
            "?within=E09000007",
            "Camden is in the most deprived third of England by “Income”, and has a project recorded here in the same authority.",
        ),
        ("?within=E06000041", "Wokingham is not in the most deprived third of England by “Income”."),
        (
            "?need=homeless_assessed2022_england_lad24&within=E08000006",
            "Salford has no figure of “Assessed as homeless” (higher is worse).",
        ),
        ("?within=E01009364", "Sparkbrook North is one neighbourhood; you see its authority, Birmingham."),
    ],
)
def test_the_finding_says_which_way_and_what_is_missing(query: str, words: str) -> None:
    """Direction, areas without a figure, and a sentence of its own for one area."""
    assert words in to_html(projects_need.draw_body(query))


def test_the_file_of_one_box() -> None:
    """The list beside which the button stands, line by line; with the direction in it."""
    client = TestClient(make_server(SNAPSHOT))
    near = "&level=msoa&km=1.6"
    for box, page_asks, api_asks, ranked in (
        (7, "", "", False),
        (9, "", "", False),
        (7, f"{near}&action={LIBRARIES}", f"{near}&reach=distance&places={LIBRARIES}", True),
    ):
        text = client.get(f"/api/v1/need-and-action?need={INCOME}&box={box}&format=csv{api_asks}").content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert all(row["notes"] and row["period"] and row["source"] and row["area_code"] == row["code"] for row in rows)
        page = to_html(projects_need.draw_body(f"?need={INCOME}&box={box}{page_asks}"))
        listed = re.findall(r'<th scope="row"><a href="/place/(E\d+)"', page)
        assert [row["code"] for row in rows][: len(listed)] == listed and len(rows) >= len(listed) > 0
        assert {(row["worse_when"], row["need_class"], bool(row["rank"])) for row in rows} == {("higher", "higher need", ranked)}
        assert f"box={box}" in re.search(r'href="(/api/v1/need-and-action[^"]+format=csv[^"]*)"', page)[1]  # type: ignore[index]
    said = client.get(f"/api/v1/need-and-action?need={INCOME}&theme=food&places=get_care")
    assert (said.status_code, said.json()["detail"]) == (422, "Give theme, to count projects, or places, to count places; not both.")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?need=pupil_absence2019_england_lad24", "absence has risen steeply since"),
        (
            "?need=sub_wider_barriers2019_england_lsoa11&level=msoa",
            "Not real thirds, from the worse or higher end: housing costs and crowding (14%, 0%, 86%)",
        ),
        (
            f"?need={INCOME}&within=E54000050",
            "Authorities across the border of North East and North Cumbria are counted if most of their people live in it.",
        ),
    ],
)
def test_cautions_stand_on_the_page(query: str, words: str) -> None:
    """A layer's own, thirds that are none, and areas across a border."""
    assert words in to_html(projects_need.draw_body(query))


# ---- what is counted, held against other paths ----


def test_every_shipped_project_by_authority() -> None:
    """Counted by hand from the records: from lower to higher need, with none, some and more action."""
    made = [KeptProject(project) for project in read_shipped()]
    boxes = count_boxes(compare_need(NeedQuestion(INCOME), Projects(made, SNAPSHOT, TODAY)))
    assert boxes == [[99, 0, 1], [96, 2, 1], [74, 12, 11]]


def test_a_boards_project_is_found_in_an_authority_across_its_border() -> None:
    """A board's project is Cumberland's too, and a project in Cumberland is one of the board's."""
    base = {"organisation": "A trust", "themes": ["food"], "link": "https://example.org", "title": "A project"}
    made = [KeptProject(read_project(base | {"id": id_, "areas": [code]})) for id_, code in (("board", "E54000050"), ("own", "E06000063"))]
    projects = Projects(made, SNAPSHOT, TODAY)
    for code in ("E06000063", "E54000050"):
        assert {one.id for one in projects.find(ProjectsAsked(place=code))} == {"board", "own"}
    assert {one.id for one in projects.find(ProjectsAsked(place="E06000064"))} == set()  # Westmorland and Furness is mostly Lancashire's


def test_every_authority_belongs_to_the_board_of_most_of_its_people() -> None:
    """Counted again from the neighbourhoods, by a loop."""
    people: dict[str, Counter[str]] = {}
    for row in SNAPSHOT.areas["lsoa"].itertuples():
        people.setdefault(row.lad24_code, Counter())[row.icb24_code] += row.population
    for code, boards in people.items():
        ((most, many),) = boards.most_common(1)
        assert board_of(code, SNAPSHOT) == most and many > boards.total() / 2


#: Listed as without a pharmacy within 5 km when distances started at the largest circle in the outline.
HAVE_A_PHARMACY = {"E02005428": 78, "E02006115": 92, "E02004305": 97}  # Mablethorpe, Watchet, Bridgehill: of 100 postcodes


def brute_share(code: str, layer: str, km: float) -> float:
    """How many of 100 postcodes of a wider neighbourhood have a place within km, by the haversine from each to each."""
    lsoas = np.flatnonzero(SNAPSHOT.areas["lsoa"].msoa21_code == code)
    table = pd.read_parquet(SNAPSHOT.path("postcodes/table"))
    here = table[table.lsoa.isin(lsoas)]
    places = SNAPSHOT.places(layer)
    far = [
        great_circle_km(lat / 1e5, long / 1e5, places.latitude.to_numpy(), places.longitude.to_numpy()).min()
        for lat, long in zip(here.lat, here.long, strict=True)
    ]
    return 100 * float((np.array(far) <= km).mean())


@pytest.mark.parametrize(("code", "share"), HAVE_A_PHARMACY.items())
def test_a_pharmacy_where_people_live_is_within_reach(code: str, share: int) -> None:
    """A wide parish with its houses at one end: the distance starts where these are."""
    pharmacies = "pharmacies2025_england_points"
    table = compare_need(
        NeedQuestion("imd2025_england_lsoa21", places=pharmacies, level="msoa", reach="distance", km=5.0), open_shelf(SNAPSHOT).projects
    ).table.set_index("code")
    assert table.action[code] >= 1
    assert round(brute_share(code, pharmacies, 5.0)) == share


def test_where_postcodes_are_spread_the_list_says_how_many_are_within_reach() -> None:
    """Page, API and file agree with each postcode's own distance; how many areas have half or more is said."""
    surgeries = "gp_practices2026_england_points"
    asked = f"need={INCOME}&level=msoa&places={surgeries}&reach=distance&km=1.6"
    client = TestClient(make_server(SNAPSHOT))
    said = client.get(f"/api/v1/need-and-action?{asked}").json()
    first, far = said["unmet"][0], next(row for row in said["unmet"] if row["postcodes_in_reach_percent"] == 0)
    assert first["postcodes_in_reach_percent"] == pytest.approx(brute_share(first["code"], surgeries, 1.6), abs=0.051)
    assert brute_share(far["code"], surgeries, 1.6) == 0
    assert all(row["postcodes_in_reach_percent"] is None for row in said["areas"] if row["action"])
    half = sum(row["postcodes_in_reach_percent"] >= 50 for row in said["unmet"])
    assert half and f"In {half} of those listed, half of the postcodes or more are within reach." in said["sentences"]
    page = to_html(projects_need.draw_body(f"?need={INCOME}&level=msoa&action={surgeries}&km=1.6"))
    assert "Its postcodes within 1.6 km" in page and f">{round(first['postcodes_in_reach_percent'])} in 100<" in page
    table = client.get(f"/api/v1/need-and-action?{asked}&format=csv").text
    assert float(next(csv.DictReader(io.StringIO(table)))["postcodes_in_reach_percent"]) == first["postcodes_in_reach_percent"]


def test_a_boards_list_has_the_authorities_across_its_border() -> None:
    """Cumberland is one of North East and North Cumbria's, Westmorland and Furness of the next board's; nobody is left out or counted
    twice."""
    boards = SNAPSHOT.areas["icb"].code
    lists = {board: set(compare_these(within=board).table.code) for board in boards}
    assert "E06000063" in lists["E54000050"] and "E06000064" in lists["E54000048"]
    assert sorted(code for each in lists.values() for code in each) == sorted(SNAPSHOT.areas["lad"].code)


# ---- no ranking before the record means something ----


def confirmed_in(number: int) -> list[dict[str, Any]]:
    """Confirmed projects in so many authorities, not one of them in Middlesbrough."""
    codes = [code for code in SNAPSHOT.areas["lad"].code if code != "E06000002"][:number]
    sure = {"publication_status": "confirmed", "consent": "given", "last_confirmed": "2026-10-01", "stage": "running"}
    return [sure | {"areas": codes[at : at + 10]} for at in range(0, number, 10)]


def test_no_ranking_before_half_of_england_has_a_confirmed_project() -> None:
    """By name until then, with how many have one and how many it takes; by need from then on."""
    for number, ranked in ((147, False), (148, True)):
        compared = compare_these(*confirmed_in(number))
        unmet = compared.table.loc[compared.unmet]
        assert compared.counted.confirmed_in == number and compared.is_ranked == ranked and len(unmet) > 20
        assert unmet.need.is_monotonic_decreasing == ranked and unmet["name"].is_monotonic_increasing != ranked
        said = " ".join(say_compared(compared))
        told = f"Areas are not ranked yet: confirmed projects act in {number} of England’s 296 authorities; we rank once they act in 148."
        assert (told in said) != ranked


def test_the_page_without_a_ranking_has_no_ranks() -> None:
    """What ships was confirmed by nobody: no number, no "greatest need first"; places of a list are ranked."""
    page = to_html(projects_need.draw_body(f"?need={INCOME}"))
    assert ">Where have we no record?</h1>" in page and "in 0 of England’s 296 authorities" in page
    assert (
        "By name, not by need: too few projects are confirmed to rank." in page
        and "greatest need first" not in page
        and ">#</th>" not in page
    )
    said = TestClient(make_server(SNAPSHOT)).get(f"/api/v1/need-and-action?need={INCOME}").json()
    assert said["ranked"] is False and said["confirmed_in"] == 0
    listed = to_html(projects_need.draw_body(f"?need={INCOME}&action={LIBRARIES}&level=msoa&km=1.6"))
    assert "The greatest need first." in listed and ">#</th>" in listed
