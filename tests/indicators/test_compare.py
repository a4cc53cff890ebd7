"""Places side by side, and the indicators of one area by the API: links that say anything, files that are safe to open."""

from __future__ import annotations

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.api import indicators as api_indicators
from heatmap.drawing.elements import to_html
from heatmap.indicators.standings import find_standings, list_indicators
from heatmap.pages.compare import MOST, draw_body, read_compared
from heatmap.server import make_server
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
KINGS_HEATH, JAYWICK, BIRMINGHAM = "E01008966", "E01021988", "E08000025"


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The API alone."""
    return TestClient(make_server(SNAPSHOT))


# ---- the link ----


def test_places_stand_in_the_order_of_the_link() -> None:
    """Each once, codes in small letters too; six at most, and it is said."""
    found = read_compared(f"?areas={JAYWICK},{KINGS_HEATH.lower()},{JAYWICK}", SNAPSHOT)
    assert [area.code for area in found.areas] == [JAYWICK, KINGS_HEATH] and not found.notices
    assert found.address(without=JAYWICK) == f"/compare?areas={KINGS_HEATH}"
    many = read_compared(f"?areas={','.join(SNAPSHOT.areas['lad'].code[:9])}", SNAPSHOT)
    assert len(many.areas) == MOST and many.notices == ("We can show six places side by side. We skipped the others.",)


def test_what_is_no_code_is_left_out_and_never_repeated() -> None:
    """It may be a postcode that somebody typed into the address."""
    found = read_compared("?areas=E01008966,B14 6RE", SNAPSHOT)
    assert [area.code for area in found.areas] == [KINGS_HEATH]
    html = to_html(draw_body("?areas=E01008966,B14 6RE"))
    assert "no code of an area in England" in html and "6RE" not in html


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_any_link_is_survived(text: str) -> None:
    """Whatever stands in the address, there is a page, and nothing of the text is on it as HTML."""
    html = to_html(draw_body(f"?areas={text}"))
    assert "Compare places" in html and "<script" not in html


# ---- the page ----


def test_one_place_asks_for_a_second() -> None:
    """Fewer than two are no comparison: it says what to do."""
    assert "Find a second place to set beside Kings Heath Park" in to_html(draw_body(f"?areas={KINGS_HEATH}"))
    assert "Find the first place above" in to_html(draw_body(""))


def test_every_indicator_has_a_row_and_every_place_a_cell() -> None:
    """Of different levels too: what a neighbourhood lacks is its authority's, and said so."""
    html = to_html(draw_body(f"?areas={KINGS_HEATH},{BIRMINGHAM}"))
    assert len(re.findall('<th scope="row">', html)) == len(list_indicators(SNAPSHOT)) + 2
    assert "Figure of Birmingham, not of this neighbourhood" in html and "1,834 people" in html
    assert "Where intervals overlap, two places may differ by chance" in html


# ---- the API ----


def test_the_indicators_of_an_area(client: TestClient) -> None:
    """Each with its figure, benchmark and reason, as on the page."""
    answer = client.get(f"/api/v1/areas/{KINGS_HEATH}/indicators").json()
    assert answer["code"] == KINGS_HEATH and len(answer["indicators"]) == len(find_standings(KINGS_HEATH, SNAPSHOT))
    found = {each["layer"]: each for each in answer["indicators"]}
    homes = found["overcrowded2021_england_lsoa21"]
    assert homes["comparison"] == "worse" and homes["compared_by"] == "interval" and homes["lower_ci"] < homes["value"] < homes["upper_ci"]
    assert found["smoking2021_england_lad24"]["figure_of"] == BIRMINGHAM
    assert all(each["value"] is not None or each["rank"] is not None or each["flag"] for each in answer["indicators"])


def test_the_csv_is_rows_alone_and_has_no_formula(client: TestClient) -> None:
    """One line an indicator, each with the notes in a column; no cell begins as a formula does."""
    answer = client.get(f"/api/v1/areas/{KINGS_HEATH}/indicators?format=csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="indicators_{KINGS_HEATH}.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows[1:]) == len(find_standings(KINGS_HEATH, SNAPSHOT))
    for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))):
        assert "missing or withheld. It does not mean zero" in row["notes"]
        assert (row["area_code"], row["build"]) == (KINGS_HEATH, SNAPSHOT.build) and row["attribution"] and row["unit"] and row["period"]
    for row in rows[1:]:
        assert len(row) == len(rows[0])
        assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in row)
        assert not any(cell.startswith("-") and not re.fullmatch(r"-[\d.]+", cell) for cell in row)


def test_a_card_cannot_put_a_formula_into_a_spreadsheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a card's author writes, a cell that would be taken for a formula begins with an apostrophe."""
    monkeypatch.setattr(api_indicators, "say_caution", lambda _: "=HYPERLINK(1)")
    text = api_indicators.write_indicators_csv(SNAPSHOT.area(KINGS_HEATH), SNAPSHOT).decode()
    assert ",'=HYPERLINK(1)," in text and ",=HYPERLINK" not in text


def test_a_chart_is_a_picture(client: TestClient) -> None:
    """SVG in two widths; a larger area's chart is what a neighbourhood without its own figure gets."""
    wide = client.get(f"/api/v1/areas/{KINGS_HEATH}/indicators/smoking2021_england_lad24/chart")
    narrow = client.get(f"/api/v1/areas/{KINGS_HEATH}/indicators/smoking2021_england_lad24/chart?width=narrow")
    assert wide.headers["content-type"] == "image/svg+xml" and "Birmingham" in wide.text and "width='340'" in narrow.text
    assert wide.headers["content-disposition"] == 'inline; filename="smoking2021_england_lad24_E08000025.svg"'


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/api/v1/areas/B146RE/indicators", 404, "We have no area with that code."),
        (f"/api/v1/areas/{KINGS_HEATH}/indicators?format=xlsx", 422, "The parameter format"),
        (f"/api/v1/areas/{KINGS_HEATH}/indicators?formt=csv", 422, "formt"),
        (f"/api/v1/areas/{KINGS_HEATH}/indicators/imd2025_england_lsoa21/chart", 404, "is no indicator, so there is no chart"),
        (f"/api/v1/areas/{KINGS_HEATH}/indicators/nosuch/chart", 404, "We have no layer called 'nosuch'"),
        (f"/api/v1/areas/{KINGS_HEATH}/indicators/smoking2021_england_lad24/chart?width=9", 422, "The parameter width"),
    ],
)
def test_wrong_questions_get_a_sentence(client: TestClient, address: str, status: int, said: str) -> None:
    """What is wrong and what to do; never what was typed as an area."""
    answer = client.get(address)
    assert answer.status_code == status and said in answer.json()["detail"] and "B146RE" not in answer.text
