"""The map under a path of somebody else's site (ROOT_PATH)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from heatmap.errors import HeatmapError
from heatmap.site import make_site
from heatmap.snapshot import open_snapshot
from heatmap.web.prefix import _find_addresses, own_path, read_root_path

PREFIX = "/trust/heatmap"
PAGES = ("/", "/map", "/place/E01021988", "/layers", "/projects", "/inequality", "/compare", "/about", "/docs")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """The whole site under a prefix, that does not follow where it is led."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROOT_PATH", PREFIX)
        with TestClient(make_site(open_snapshot()), follow_redirects=False) as client:
            yield client


@pytest.mark.parametrize("page", PAGES)
def test_every_address_on_a_page_is_under_the_prefix(client: TestClient, page: str) -> None:
    """Links, scripts, styles, and what scripts are told; whether the proxy takes the prefix off or not."""
    answer = client.get(f"{PREFIX}{page}")
    assert answer.status_code == 200 and answer.text == client.get(page).text
    found = re.findall(r'(?:href|src|action)="(/[^"]*)"', answer.text)
    assert found and [address for address in found if not address.startswith(f"{PREFIX}/")] == []
    for block in re.findall(r"<script[^>]*application/json[^>]*>(.*?)</script>", answer.text, re.DOTALL):
        ours = [text for text in _texts(json.loads(block)) if text.startswith("/")]
        assert [text for text in ours if not text.startswith(f"{PREFIX}/")] == []


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def test_what_the_pages_name_is_there(client: TestClient) -> None:
    """Every script and style of the map's page answers under the prefix, the same as without."""
    page = client.get(f"{PREFIX}/map").text
    addresses = [address.replace("&amp;", "&") for address in re.findall(r'(?:src|href)="([^"]+\.(?:js|css)[^"]*)"', page)]
    assert len(addresses) > 20
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_programs_and_redirects(client: TestClient) -> None:
    """Health, API, the way from the bare prefix, and a redirect."""
    assert client.get(f"{PREFIX}/health").json()["status"] == "ok"
    assert client.get(f"{PREFIX}/api/v1/areas/E01021988").json()["code"] == "E01021988"
    assert client.get(f"{PREFIX}/api/nothing").status_code == 404
    for asked, led in ((PREFIX, f"{PREFIX}/"), (f"{PREFIX}/map/", f"{PREFIX}/map"), (f"{PREFIX}/privacy", f"{PREFIX}/about#privacy")):
        answer = client.get(asked)
        assert (answer.status_code, answer.headers["location"]) == (308, led)
    assert client.get(f"{PREFIX}er/map").status_code == 404
    head = client.head(f"{PREFIX}/map")
    assert (head.status_code, head.content) == (200, b"")


def test_a_callback_knows_its_page_under_the_prefix(client: TestClient) -> None:
    """The browser says the whole path; the page is the same."""
    body = {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "changedPropIds": ["url.pathname"],
        "inputs": [{"id": "url", "property": "pathname", "value": f"{PREFIX}/layers"}],
        "state": [{"id": "url", "property": "search", "value": ""}],
    }
    said = client.post(f"{PREFIX}/_dash-update-component", json=body).text.replace("\\u002f", "/")
    assert f'"href":"{PREFIX}/layers' in said and "Not found" not in said
    assert re.findall(r'"href":"(/(?!trust/heatmap/)[^"]*)"', said) == []


def test_what_is_no_address_of_ours_stays_as_it_is() -> None:
    """Words, numbers and other sites' addresses; ours in every kind of quotes."""
    ours = _find_addresses(("map", "api"))

    def put(text: str) -> str:
        return ours.sub(lambda found: (found[1] or found[2]) + b"/x/", text.encode()).decode()

    for text in ('href="https://a.example/map"', "half/map", '"/mapping"', "'/'", '"/"', "</map>", "a /map b", '"//map"'):
        assert put(text) == text
    for text in (
        '"/map"',
        "'/map?a=1'",
        "`/map#a`",
        '\\"/api/v1\\"',
        "url(/map)",
        "&quot;/map&quot;",
        'href="/"',
        '"href":"/"',
        'href=\\"/\\"',
    ):
        assert put(text) == text.replace("/", "/x/", 1)
        escaped = text.replace("/", "\\u002f")  # as Dash writes it
        assert put(escaped) == escaped.replace("\\u002f", "/x/", 1)


@pytest.mark.parametrize("said", ["heatmap", "/heat map", "https://a.example/", "/a//b", "/\n"])
def test_a_prefix_that_is_no_path_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """With how to write it."""
    monkeypatch.setenv("ROOT_PATH", said)
    with pytest.raises(HeatmapError, match="Write it like /heatmap"):
        read_root_path()


def test_a_path_is_ours_with_and_without_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a whole word of the path is the prefix."""
    monkeypatch.setenv("ROOT_PATH", "/heatmap/")
    assert [own_path(path) for path in ("/heatmap", "/heatmap/", "/heatmap/map", "/map", "/heatmaps", None)] == [
        "/",
        "/",
        "/map",
        "/map",
        "/heatmaps",
        "/",
    ]
