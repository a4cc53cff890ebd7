"""Addresses of pages: with a slash at the end too, and nothing of what somebody typed is sent back."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from heatmap.pages import find_pages
from heatmap.site import make_site
from heatmap.snapshot import open_snapshot

PLACE = "E01008966"
PATHS = sorted(path.replace("{code}", PLACE).replace("{id_}", "wham-begin-guide") for path in find_pages() if path != "/")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """The whole site, that does not follow where it is led."""
    with TestClient(make_site(open_snapshot()), follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("path", [*PATHS, "/docs", "/accessibility", "/privacy"])
def test_a_slash_at_the_end_leads_to_the_page(client: TestClient, path: str) -> None:
    """Every page there is, by GET and by HEAD."""
    for method in ("GET", "HEAD"):
        answer = client.request(method, f"{path}/")
        assert (answer.status_code, answer.headers["location"]) == (308, path)
    assert client.get(path).status_code == (308 if path in ("/accessibility", "/privacy") else 200)


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/map//", "//map/", "//example.org/", "/place/B14 7QH/", "/place/E01999999/", "/place/", "/about/x/", "/Map/"]
)
def test_an_unknown_address_with_a_slash_stays_unknown(client: TestClient, path: str) -> None:
    """404, and the reader is led nowhere."""
    answer = client.get(f"http://testserver{path}")
    assert answer.status_code == 404 and "location" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (f"layer=crime2025_england_lsoa21&deciles=1,2&core20=2025&area={PLACE}", True),
        ("view=12.5/52.43/-1.89&points=food_banks,libraries&show=table", True),
        ("search=B14+7QH", False),
        ("area=b147qh", False),
        ("B147QH=", False),
        ("b147qh=1", False),
        ("area=B14%207QH,E01008966", False),
        ("nhs=9434765919", False),
        ("x=%0d%0aSet-Cookie:a=b", False),
        ("next=https://example.org/", False),
        ("name=Jo%20Smith", False),
        ("%", False),
        ("", False),
    ],
)
def test_only_what_can_be_ours_is_kept_of_the_query(client: TestClient, asked: str, kept: bool) -> None:
    """A link with a slash shows what it showed; a postcode, or anything that was typed, is in no answer."""
    answer = client.get(f"/map/?{asked}")
    assert answer.headers["location"] == (f"/map?{asked}" if kept else "/map")
    assert client.get(f"/privacy/?{asked}").headers["location"].startswith("/privacy")


def test_the_sign_that_browsers_ask_for_unbidden(client: TestClient) -> None:
    """/favicon.ico is our sign, not a page that says "not found"."""
    answer = client.get("/favicon.ico")
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/svg+xml" and answer.content.startswith(b"<svg")


def test_what_a_page_loads_is_known_by_its_checksum(client: TestClient) -> None:
    """Each script and style of ours and of Dash carries the checksum of the very bytes that we send."""
    html = client.get("/map").text
    loaded = re.findall(r'<(?:script (?:id="[^"]*" async )?src|link rel="stylesheet" href)="([^"]+)"([^>]*)', html)
    assert len(loaded) > 30
    for address, more in loaded:
        digest = base64.b64encode(hashlib.sha256(client.get(address).content).digest()).decode()
        assert f'integrity="sha256-{digest}"' in more, address


def test_every_answer_names_its_release(client: TestClient) -> None:
    """Pages, figures, files, faults and Dash's own: by this a page knows our answers from a network's, and its release from another."""
    named = re.search(r'data-release="([^"]+)"', client.get("/about").text)
    assert named
    for address in (
        "/map",
        "/health",
        "/api/v1/layers",
        "/assets/map.js",
        "/nowhere",
        "/api/nowhere",
        "/_dash-layout",
        "/tiles/lsoa-0000000000/5/15/10",
    ):
        assert client.get(address).headers["heatmap-release"] == named[1], address


WORDS = [path for path in [*PATHS, "/"] if not find_pages().get(path) or not find_pages()[path].needs_dash]


@pytest.mark.parametrize("path", WORDS)
def test_a_pages_words_are_in_its_first_answer(client: TestClient, path: str) -> None:
    """Title, one heading, header and footer; asked for without the frame, the same words; neither needs Dash."""
    whole = client.get(path)
    words = client.get(path, headers={"Heatmap-Words": "1"})
    assert words.text.startswith('<div id="page"') and words.text in whole.text
    assert len(words.text) < len(whole.text) - 5000
    assert words.text.count("<main") == words.text.count("<header") == words.text.count("<footer") == 1
    assert re.search(r"<h1[ >]", words.text)
    assert re.search(r"<title>(.+)</title>", whole.text)[1] == re.search(r'data-title="([^"]+)"', words.text)[1]  # type: ignore[index]
    assert (
        "_dash-component-suites" not in whole.text.replace("/_dash-component-suites/dash/dcc/dash_", "")
        and "_dash-config" not in whole.text
    )
    for answer in (whole, words):
        assert answer.headers["cache-control"] == "no-cache" and "Heatmap-Words" in answer.headers["vary"]


def test_a_postcode_typed_into_an_address_is_in_no_answer(client: TestClient) -> None:
    """Whatever a query holds, the words of a place never say it back."""
    for path in (f"/place/{PLACE}", f"/place/{PLACE}/leaflet", "/", "/about", "/inequality", "/compare"):
        for key in ("postcode", "age", "condition", "for"):
            assert "7QH" not in client.get(f"{path}?{key}=B14+7QH").text.upper(), (path, key)
