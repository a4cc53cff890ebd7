"""The pages of inequality and their API: links that say anything, files that are safe to open, the order of a ranking."""

from __future__ import annotations

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.drawing.elements import to_html
from heatmap.geography.levels import ENGLAND
from heatmap.inequality.address import read_gradient_address, write_gradient_query
from heatmap.inequality.deprived_people import count_ages, count_people, count_regions
from heatmap.inequality.gradient import GradientQuestion
from heatmap.pages.inequality import areas as inequality_areas
from heatmap.pages.inequality import page as inequality
from heatmap.pages.inequality import people as inequality_people
from heatmap.server import make_server
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
BIRMINGHAM, KINGS_HEATH = "E08000025", "E01008966"
DISABLED, ACUTE = "disability2021_england_lsoa21", "acute_morbidity2025_england_lsoa21"
PAGES = (inequality, inequality_areas, inequality_people)


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The API alone."""
    return TestClient(make_server(SNAPSHOT))


# ---- the address ----


@pytest.mark.parametrize(
    "question",
    [
        GradientQuestion(ACUTE, BIRMINGHAM, "income2025", 10, "local"),
        GradientQuestion(DISABLED),
        GradientQuestion(DISABLED, BIRMINGHAM, "idaci2025", 5, "national"),
        GradientQuestion(ACUTE, "E12000005", "imd2025", 5),
    ],
)
def test_a_link_gives_the_same_screen(question: GradientQuestion) -> None:
    """What is written is read again, without a notice."""
    assert read_gradient_address(write_gradient_query(question, SNAPSHOT), SNAPSHOT) == (question, [])


def test_what_a_link_gets_wrong_is_said_and_never_repeated() -> None:
    """It may be a postcode that somebody typed into the address."""
    question, notices = read_gradient_address("?layer=nothing&area=B14 6RE&by=wealth&groups=7&ranked=local", SNAPSHOT)
    assert (question.area, question.by, question.groups, question.ranked) == (ENGLAND, "income2025", 10, "national") and len(notices) == 5
    assert "6RE" not in to_html(inequality.draw_body("?area=B14 6RE")) and "6RE" not in " ".join(notices)


def test_a_neighbourhood_leads_to_its_authority() -> None:
    """It has no gradient of its own, and the page says so."""
    question, notices = read_gradient_address(f"?layer={DISABLED}&area={KINGS_HEATH.lower()}", SNAPSHOT)
    assert question.area == BIRMINGHAM and notices == [
        "Kings Heath Park & Stirchley East is one neighbourhood, and has no gradient; you see Birmingham."
    ]


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(PAGES), st.text(max_size=200), st.sampled_from(["layer", "area", "by", "groups", "ranked", "level", "measure", "order"])
)
def test_any_link_is_survived(page, text: str, key: str) -> None:  # type: ignore[no-untyped-def]
    """Whatever stands in the address, there is a page, and nothing of the text is on it as HTML."""
    html = to_html(page.draw_body(f"?{key}={text}"))
    assert "<h1" in html and "<script" not in html


# ---- the page ----


def test_the_page_of_an_area() -> None:
    """Sentence first, its picture with the finding as text, table twin, measures, ways on."""
    html = to_html(inequality.draw_body(f"?layer={ACUTE}&area={BIRMINGHAM}"))
    sentence = (
        "In Birmingham the figure for emergency hospital stays is 1.4 times as high in the tenth of neighbourhoods with the lowest incomes"
    )
    assert html.index(f">{sentence}") < html.index("<img") and f'alt="Bar chart of Emergency hospital stays. {sentence}' in html
    assert html.count('scope="row"') == 10 and "120,063" in html and "no interval: neither counts" in html
    assert f'href="/map?layer={ACUTE}&amp;level=lsoa&amp;authorities={BIRMINGHAM}"' in html
    assert "worse at the more deprived end" in html and "Higher is worse." in html


def test_the_circular_warning_stands_before_the_sentence() -> None:
    """An index that holds the indicator stays choosable."""
    html = to_html(inequality.draw_body(f"?layer={ACUTE}&area={BIRMINGHAM}&by=imd2025"))
    assert html.index("Circular: this indicator is part of the index") < html.index("In Birmingham the figure")
    assert "Deprivation 2025 (IMD) (circular)" in html


def test_what_has_no_gradient_has_its_sentence() -> None:
    """A page with the reason and the choices, and no chart."""
    html = to_html(inequality.draw_body("?layer=income_count2025_england_lsoa21"))
    assert "This is a number of people" in html and "<img" not in html and "Has no gradient" in html


def test_the_ranking_page() -> None:
    """The finding, every authority, the chosen one marked, those too small apart with the reason."""
    html = to_html(inequality_areas.draw_body(f"?layer={DISABLED}&area={BIRMINGHAM}"))
    assert "Of 294 authorities the gap in disabled people" in html and 'class="here" id="here"' in html
    assert "City of London has 6 neighbourhoods with a figure. Below 20" in html
    widest = re.findall(r'href="/inequality\?layer=[^"]+">([^<]+)</a></th>', html)
    narrowest = re.findall(
        r'">([^<]+)</a></th>', to_html(inequality_areas.draw_body(f"?layer={DISABLED}&order=narrowest")).split("<tbody>")[1]
    )
    assert len(widest) == 294 and widest == narrowest[::-1]
    assert "This is a figure of whole authorities" in to_html(inequality_areas.draw_body("?layer=smoking2021_england_lad24"))


# ---- who lives where ----


@pytest.mark.parametrize(
    ("layer", "said", "legend"),
    [
        ("violence_no_injury2025_england_lsoa21", "and narrowest in Hackney (0.0 points).", ", narrowest"),
        (
            "connectivity2025_england_lsoa21",
            "In Rutland it runs the other way: the least deprived neighbourhoods are worse off",
            ", the other way round",
        ),
    ],
)
def test_the_ranking_says_whether_a_gap_is_turned_round(layer: str, said: str, legend: str) -> None:
    """Only where it is; and so in the legend."""
    page = to_html(inequality_areas.draw_body(f"?layer={layer}"))
    assert said in page and legend in page


def test_the_core20_people_of_an_area() -> None:
    """As the snapshot's own shares have it."""
    people = count_people(BIRMINGHAM, SNAPSHOT)
    row = SNAPSHOT.row("imd2025_england_lsoa21", SNAPSHOT.area(BIRMINGHAM))
    assert row is not None and people.percent(1) == pytest.approx(row["people_tenth1_percent"], abs=0.01)
    assert people.percent(2) == pytest.approx(row["people_fifth1_percent"], abs=0.01)
    assert people.all == SNAPSHOT.area(BIRMINGHAM).population
    assert "In Birmingham 652,679 people, 56 in 100" in to_html(inequality_people.draw_body(f"?area={BIRMINGHAM}"))


def test_every_resident_is_counted_once() -> None:
    """Regions add up to England; ages add up to the census."""
    england = count_people(ENGLAND, SNAPSHOT)
    assert [sum(each) for each in zip(*(region.tenths for region in count_regions(SNAPSHOT)), strict=True)] == list(england.tenths)
    whole = SNAPSHOT.table("under_fifteen2021_england_lsoa21")["lsoa"].denominator.sum()
    assert sum(each.all for each in count_ages(ENGLAND, SNAPSHOT)) == whole


# ---- the API ----


def ask(client: TestClient, query: str):  # type: ignore[no-untyped-def]
    """An answer of the API."""
    return client.get(f"/api/v1/inequality{query}")


def test_the_answer_of_the_api(client: TestClient) -> None:
    """As the issue draws it, least against most."""
    answer = ask(client, f"?layer={DISABLED}&area={ENGLAND}&by=imd2025&groups=10").json()
    assert [group["group"] for group in answer["groups"]] == list(range(1, 11))
    assert {"group", "population", "value", "lower_ci", "upper_ci"} <= set(answer["groups"][0])
    assert answer["sii"]["value"] == pytest.approx(-8.4815, abs=0.0001) and answer["rii"]["value"] == pytest.approx(0.6112, abs=0.0001)
    assert answer["sii"]["lower_ci"] < answer["sii"]["value"] < answer["sii"]["upper_ci"] and answer["scale"] == "logit"
    assert answer["sentence"].startswith("In England the figure for disabled people is 1.6 times as high")
    none = ask(client, f"?layer={ACUTE}&area={BIRMINGHAM}").json()
    assert (none["by"], none["ranked"], none["sii"]["lower_ci"], none["sii"]["reason"]) == (
        "income2025",
        "local",
        None,
        "no_interval_published",
    )


def test_the_file_of_the_api(client: TestClient) -> None:
    """Groups, measures, and the notes that must go with them."""
    sent = ask(client, f"?layer={ACUTE}&area={BIRMINGHAM}&by=imd2025&format=csv")
    rows = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["group", "population", "areas"] and {len(row) for row in rows} == {len(rows[0])}
    read = list(csv.DictReader(io.StringIO(sent.content.decode("utf-8-sig"))))
    assert [row["row"] for row in read] == ["group"] * 10 + ["measure"] * 6
    assert [row["group"] for row in read[10:]] == [
        "sii_deprived_worse",
        "rii_deprived_worse",
        "gap_deprived_worse",
        "ratio_deprived_worse",
        "sii_least_minus_most",
        "rii_least_over_most",
    ]
    assert float(read[10]["value"]) == -float(read[14]["value"]) > 0
    assert all(row["unit"] and row["period"] and row["population_counts"] == "people, mid-2022" and row["source"] for row in read)
    text = sent.text
    assert "Circular: this indicator is part of the index" in text and "In Birmingham the figure" in text and SNAPSHOT.build in text
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert f"inequality_{ACUTE}_{BIRMINGHAM}_imd2025" in sent.headers["content-disposition"]


def test_the_picture_of_the_api(client: TestClient) -> None:
    """Whole, or the bars alone; for a phone narrower."""
    whole, bare = (ask(client, f"/chart?layer={DISABLED}&words={words}&width=narrow").text for words in ("all", "none"))
    assert whole.startswith("<svg") and "Office for National Statistics" in whole.replace("</text>", " ") and "width='340'" in whole
    assert bare.count("<text") < whole.count("<text") and "<title>Disabled people. In England" in bare


def test_the_ranking_of_the_api(client: TestClient) -> None:
    """The widest first, the small apart; boards too; and as a file."""
    answer = ask(client, f"/areas?layer={DISABLED}&level=lad").json()
    assert [each["place"] for each in answer["areas"][:3]] == [1, 2, 3] and len(answer["areas"]) + len(answer["without"]) == 296
    assert all("Below 20" in each["sentence"] for each in answer["without"])
    assert len(ask(client, f"/areas?layer={DISABLED}&level=icb&measure=rii").json()["areas"]) == 42
    circular = ask(client, f"/areas?layer={ACUTE}&by=imd2025&level=icb")
    assert circular.json()["warnings"][0].startswith("Circular: ")
    assert "Circular: " in to_html(inequality_areas.draw_body(f"?layer={ACUTE}&by=imd2025&level=icb"))
    rows = list(csv.reader(io.StringIO(ask(client, f"/areas?layer={DISABLED}&format=csv").content.decode("utf-8-sig"))))
    assert rows[0][5] == "sii_deprived_worse" and rows[1][0] == "1" and rows[296][0] == "" and {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 422, "The parameter layer is missing"),
        ("?layer=nothing", 404, "We have no layer called 'nothing'"),
        (f"?layer={DISABLED}&area=B14", 422, "The parameter area is not right; it takes E92000001 for England"),
        (f"?layer={DISABLED}&area=E09999999", 404, "There is no area with that code"),
        (f"?layer={DISABLED}&area={KINGS_HEATH}", 422, "a neighbourhood has no gradient of its own"),
        (f"?layer={DISABLED}&by=wealth", 422, "The parameter by is not right; it takes imd2025"),
        (f"?layer={DISABLED}&groups=7", 422, "The parameter groups is not right; it takes 10 or 5"),
        (f"?layer={DISABLED}&ranked=local", 422, "The parameter ranked can only be local for an authority"),
        (f"?layer={DISABLED}&group=5", 422, "There is no parameter called group here. Did you mean groups?"),
        (f"/areas?layer={DISABLED}&level=rgn", 422, "The parameter level can only be lad or icb here"),
    ],
)
def test_bad_questions_have_their_sentence(client: TestClient, query: str, status: int, words: str) -> None:
    """What is wrong and what is allowed."""
    answer = ask(client, query)
    assert answer.status_code == status and words in answer.json()["detail"]


def test_a_question_without_a_gradient_is_answered(client: TestClient) -> None:
    """No groups, and the sentence why."""
    answer = ask(client, "?layer=income_count2025_england_lsoa21").json()
    assert answer["groups"] == [] and answer["sii"]["value"] is None and answer["sentence"].startswith("This is a number of people")
