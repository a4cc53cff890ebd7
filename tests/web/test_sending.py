"""Tables for people: each begins with the mark by which Excel knows UTF-8, wherever it is offered."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from heatmap.files.text_files import MARK, decode
from heatmap.server import finish_server, make_server
from heatmap.settings import ROOT
from heatmap.snapshot import open_snapshot
from heatmap.web.sending import pack_csv

HEATMAP = ROOT / "heatmap"
#: Every route that gives a table -> a question to it.
TABLES = {
    "/api/v1/layers/{layer}/values": "/api/v1/layers/imd2025_england_lsoa21/values?level=rgn&format=csv",
    "/api/v1/points/{layer}": "/api/v1/points/libraries2023_england_points?within=E06000023&format=csv",
    "/api/v1/areas/{code}/indicators": "/api/v1/areas/E06000023/indicators?format=csv",
    "/api/v1/inequality": "/api/v1/inequality?layer=disability2021_england_lsoa21&format=csv",
    "/api/v1/inequality/areas": "/api/v1/inequality/areas?layer=disability2021_england_lsoa21&level=icb&format=csv",
    "/api/v1/inequality/two": "/api/v1/inequality/two?layer=imd2025_england_lsoa21&other=disability2021_england_lsoa21&format=csv",
    "/api/v1/projects": "/api/v1/projects",
    "/api/v1/projects.csv": "/api/v1/projects.csv",
    "/api/v1/need-and-action": "/api/v1/need-and-action?need=imd2025_england_lsoa21&format=csv",
}


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The API as it is served."""
    return TestClient(finish_server(make_server(open_snapshot())), base_url="http://localhost")


def test_every_route_that_gives_a_table_is_asked(client: TestClient) -> None:
    """By the API's own description, so that a new one cannot be forgotten."""
    paths = client.get("/openapi.json").json()["paths"]
    tables = {
        path
        for path, ways in paths.items()
        for way in ways.values()
        if "text/csv" in way.get("responses", {}).get("200", {}).get("content", {})
    }
    assert tables == set(TABLES)


@pytest.mark.parametrize("address", TABLES.values())
def test_a_table_begins_with_the_mark(client: TestClient, address: str) -> None:
    """Once, and the text after it is whole."""
    answer = client.get(address, headers={"Accept": "text/csv"})
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(MARK) and answer.content.count(MARK) == 1
    assert decode(answer.content, "'CSV UTF-8'")[0] != "\ufeff"


def test_a_short_table_and_a_long_one_are_marked() -> None:
    """Compressed or not."""
    assert pack_csv("today’s".encode()).plain() == MARK + "today’s".encode()
    assert pack_csv(b"a" * 5000).plain() == MARK + b"a" * 5000


def test_tables_leave_by_one_door() -> None:
    """No other room sends one by itself."""
    own = re.compile(r"""pack\(.*text/csv|media_type=.text/csv""")
    assert not [path.name for path in HEATMAP.rglob("*.py") if path.name != "sending.py" and own.search(path.read_text(encoding="utf-8"))]
