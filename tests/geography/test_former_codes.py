"""Codes of other years: each is read as what it is now, in every door, and said; never guessed where it is several."""

from __future__ import annotations

from datetime import date

import brotli
import pytest
from fastapi.testclient import TestClient
from named import FOUND

from heatmap.errors import NotFoundError
from heatmap.map.address import read_map_address
from heatmap.pages import compare
from heatmap.pages.place import page as place
from heatmap.projects.address import read_projects_address
from heatmap.projects.finding import KeptProject, Projects, ProjectsAsked
from heatmap.projects.placing import hold_placed
from heatmap.projects.record import Project, ProjectError, read_project
from heatmap.server import finish_server, make_server
from heatmap.snapshot import Snapshot, open_snapshot

SNAPSHOT = open_snapshot()
#: A code of another year -> what it is now, by the publishers' own tables.
NOW = {
    "E08000039": "E08000019",
    "E08000038": "E08000016",
    "E07000026": "E06000063",
    "E07000004": "E06000060",
    "E07000246": "E06000066",
    "E01027506": "E01035637",
    "QHL": "E54000055",
    "QRL": "E54000042",
}
SHEFFIELD = "E08000039 is another code of Sheffield; here it is E08000019."


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The API as it is served."""
    return TestClient(finish_server(make_server(open_snapshot())), base_url="http://localhost")


def a_project(*areas: str) -> Project:
    """A record that names areas."""
    return read_project(
        {"id": "food", "title": "Food", "organisation": "A ward", "areas": list(areas), "themes": ["food"], "link": "https://a.org/"}
    )


@pytest.mark.parametrize(("old", "new"), NOW.items())
def test_a_code_is_read_as_what_it_is_now(old: str, new: str) -> None:
    """And the sentence names both."""
    assert SNAPSHOT.area(old).code == new and SNAPSHOT.position(old) == SNAPSHOT.position(new)
    (said,) = SNAPSHOT.say_read_as([old])
    assert old in said and new in said


def test_every_code_of_2011_is_accounted_for() -> None:
    """Each is ours still, or one now, or several; what it became holds it (by the neighbourhoods' own list of 2011 codes)."""
    lsoas = SNAPSHOT.areas["lsoa"]
    parents: dict[str, set[str]] = {}
    for code, old in zip(lsoas.code, lsoas.lsoa11_codes.fillna(""), strict=True):
        for each in old.split():
            parents.setdefault(each, set()).add(code)
    for old, now in parents.items():
        if old not in set(now):
            assert set(SNAPSHOT.former[old].now) == now, old
    assert sum(change.change == "split" and change.code.startswith("E01") for change in SNAPSHOT.former.values()) == 837


def test_our_own_codes_are_never_read_as_others() -> None:
    """No former code is one of ours, and what each became is."""
    ours = {code for table in SNAPSHOT.areas.values() for code in table.code}
    assert not ours & set(SNAPSHOT.former) and all(set(former.now) <= ours for former in SNAPSHOT.former.values())


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("E01008187", ("E01035624", "E01035637")),
        ("E02000316", ("E02006991", "E02006994")),
        ("E54000066", ("E54000023", "E54000025", "E54000026")),
    ],
)
def test_what_is_several_now_is_not_guessed(code: str, named: tuple[str, ...], client: TestClient) -> None:
    """The sentence names them all, in Python and in the API."""
    with pytest.raises(NotFoundError, match="Ask for one of these") as fault:
        SNAPSHOT.area(code)
    answer = client.get(f"/api/v1/areas/{code}")
    assert answer.status_code == 404 and all(each in str(fault.value) and each in answer.json()["detail"] for each in named)


# ---- the doors ----


def test_the_api_reads_it_and_says_so(client: TestClient) -> None:
    """As a path, as a filter, as the area within, and in every answer's header."""
    area = client.get("/api/v1/areas/E08000039")
    assert area.json()["code"] == "E08000019" and area.json()["notice"] == area.headers["x-notice"] == SHEFFIELD
    ours = client.get("/api/v1/areas/E08000019")
    assert ours.json() | {"notice": SHEFFIELD} == area.json() and "x-notice" not in ours.headers
    for way in (
        "/api/v1/layers/imd2025_england_lsoa21/values?within={}",
        "/api/v1/layers/imd2025_england_lsoa21/values?authorities={}&format=csv",
        "/api/v1/areas/{}/indicators",
        "/api/v1/inequality?layer=disability2021_england_lsoa21&area={}",
        "/api/v1/inequality/two?layer=imd2025_england_lsoa21&other=disability2021_england_lsoa21&area={}",
        "/api/v1/points/libraries2023_england_points?within={}",
        "/api/v1/points/libraries2023_england_points?near={}",
        "/api/v1/projects?place={}",
        "/api/v1/projects.csv?place={}",
        "/api/v1/need-and-action?need=imd2025_england_lsoa21&within={}",
    ):
        new, old = (client.get(way.format(code)) for code in ("E08000019", "E08000039"))
        assert new.status_code == old.status_code == 200 and new.content == old.content, way
        assert old.headers["x-notice"] == SHEFFIELD and "x-notice" not in new.headers, way
    assert client.get("/api/v1/layers/imd2025_england_lsoa21/values?authorities=E54000066").status_code == 422


def test_pages_read_it_and_say_so() -> None:
    """The map, the place, compare, and the list of projects."""
    state, notices = read_map_address("?area=E08000039&authorities=E08000039,E08000019", SNAPSHOT)
    assert state.area == "E08000019" and state.authorities == ("E08000019",) and set(notices) == {SHEFFIELD}
    assert "E01035624" in " ".join(read_map_address("?area=E01008187", SNAPSHOT)[1])
    compared = compare.read_compared("?areas=E08000039,E08000019,E08000025", SNAPSHOT)
    assert [area.code for area in compared.areas] == ["E08000019", "E08000025"] and compared.notices == (SHEFFIELD,)
    found, said = read_projects_address("?place=E08000039", SNAPSHOT)
    assert found.place == "E08000019" and said == [SHEFFIELD]
    assert place.title_of("E08000039") == "Sheffield"
    assert SHEFFIELD in str(place.draw_body("E08000039", "", date(2026, 12, 1)))


def test_the_place_page_offers_what_it_became() -> None:
    """With a link to each; the code of a board of 2026 leads to those of 2024."""
    assert place.title_of("E01008187") == place.title_of("E54000066") == "Which place?" and place.title_of("E01999999") is None
    drawn = str(place.draw_body("E01008187", "", date(2026, 12, 1)))
    assert all(f"/place/{code}" in drawn for code in ("E01035624", "E01035637")) and "redrawn in 2021." in drawn


def test_a_project_may_name_it() -> None:
    """It is found, counted and drawn as if it had the code of ours; a board that is several now is told apart."""
    project = a_project("E08000039")
    hold_placed(project, SNAPSHOT)
    projects = Projects([KeptProject(project)], SNAPSHOT, date(2026, 12, 1))
    assert [len(projects.find(ProjectsAsked(place=code))) for code in ("E08000019", "E08000039", "E12000003", "E08000016")] == [1, 1, 1, 0]
    assert projects.all()[0].authorities == ("E08000019",)
    with pytest.raises(ProjectError, match="Mid and South Essex, E54000026"):
        hold_placed(a_project("E54000066"), SNAPSHOT)


# ---- names ----


@pytest.mark.parametrize(("typed", "code"), FOUND.items())
def test_an_area_is_found_by_any_of_its_names(typed: str, code: str, client: TestClient) -> None:
    """The first found is the one that is meant; the browser's own search is held to the same table."""
    found = client.get("/api/v1/areas", params={"search": typed}).json()["areas"]
    assert found and found[0]["code"] == code, found[:3]
    assert len({each["code"] for each in found}) == len(found)


def test_a_former_name_is_said(client: TestClient) -> None:
    """Who types Allerdale sees why Cumberland is offered."""
    first, *_ = client.get("/api/v1/areas", params={"search": "allerdale"}).json()["areas"]
    assert (first["name"], first["notice"]) == ("Cumberland", "Also called Allerdale, now or before.")


def test_a_snapshot_without_them_still_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was built before has no such codes and names."""
    old = Snapshot()
    monkeypatch.setattr(old, "read", lambda _name: brotli.compress(b"{}"))
    assert old.former == {} and old.other_names == []
    with pytest.raises(NotFoundError, match="no area with the code"):
        old.resolve("E08000039")
