"""Projects by the API: found, shared, reviewed, corrected, withdrawn; nobody's token in a log; nothing half-kept."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import schemathesis
import sqlalchemy as sa
from databases import open_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from project_api import EDIT, FOOD, PROJECTS, REVIEW, SNAPSHOT, Api, ids

from heatmap.api.projects import NeedAnswer, ProjectAnswer, ProjectsAnswer, WordsAnswer
from heatmap.api.sharing import LARGEST, HeldAnswer, LinkableListAnswer, QueueAnswer, ReceiptAnswer
from heatmap.projects.database import AWAY, FULL, AwayError, Database, FullError
from heatmap.projects.record import LABELS
from heatmap.projects.sheets import read_project_table
from heatmap.projects.shelf import look_again
from heatmap.projects.shipped import read_shipped

NEED = "/api/v1/need-and-action?need=income2025_england_lsoa21"


@pytest.fixture
def api(database: Database) -> Api:
    """The API on a fresh database of each kind."""
    return Api(database)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Api:
    """The API on nothing but the shipped records."""
    return Api(Database(sa.URL.create("sqlite", database=str(tmp_path_factory.mktemp("none") / "a" / "a.sqlite3"))))


# ---- finding ----


def test_projects_are_listed_and_filtered(reader: Api) -> None:
    """Each parameter narrows; the shape is the one documented; page by page nothing is lost or twice."""
    whole = ProjectsAnswer.model_validate(reader.ask(PROJECTS).json())
    assert whole.count == len(read_shipped()) == len(whole.projects) and not whole.away
    assert ids(reader.ask(f"{PROJECTS}?place=E08000025")) == {"bch-early-help-ed", "powering-up-birmingham", "sparkbrook-childrens-zone"}
    assert "wham-begin-guide" in ids(reader.ask(f"{PROJECTS}?place=E08000025&national=yes"))
    assert ids(reader.ask(f"{PROJECTS}?theme=food&setting=hospital&search=leaflet")) == {"kingston-poverty-screening"}
    for asked in (
        "condition=asthma",
        "level=system",
        "population=under_5",
        "core20plus5=diabetes",
        "stage=ended",
        "partner=council",
        "relation=wham",
        "freshness=unconfirmed",
    ):
        assert 0 < len(ids(reader.ask(f"{PROJECTS}?{asked}"))) <= whole.count, asked
    pages = [reader.ask(f"{PROJECTS}?size=10&page={n}").json() for n in (1, 2, 3, 4)]
    assert [len(page["projects"]) for page in pages] == [10, 10, 4, 0] and pages[0]["pages"] == 3
    assert len({one["id"] for page in pages for one in page["projects"]}) == whole.count


def test_the_words_of_all_pages(reader: Api) -> None:
    """In the order of the list; a word is there where the API's own search finds it."""
    said = WordsAnswer.model_validate(reader.ask(f"{PROJECTS}/words?relation=wham").json()).projects
    listed = reader.ask(f"{PROJECTS}?relation=wham").json()["projects"]
    assert [(one.id, one.title, one.organisation) for one in said] == [(one["id"], one["title"], one["organisation"]) for one in listed]
    for word in ("leaflet", "asthma", "birm"):
        assert {one.id for one in said if word in one.words} == ids(reader.ask(f"{PROJECTS}?relation=wham&search={word}"))
    assert all(len(set(words)) == len(words) for one in said if (words := one.words.split()))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "place=E08999999",
            "We do not recognise the code in “place”. Codes look like E01021988 or E08000025; find one at /api/v1/areas?search=NAME.",
        ),
        ("setting=moon", "The parameter setting takes one of: hospital, community, school, home."),
        ("freshness=old", "The parameter freshness takes one of: confirmed, unconfirmed, stale."),
        ("size=0", "The parameter size is not right; it takes a whole number from 1 to 500."),
        ("them=food", "There is no parameter called them here. Did you mean theme?"),
        (f"search={'x' * 201}", "The parameter search takes up to 200 letters."),
    ],
)
def test_a_wrong_parameter_is_told(reader: Api, asked: str, said: str) -> None:
    """With what it may be."""
    answer = reader.ask(f"{PROJECTS}?{asked}")
    assert (answer.status_code, answer.json()) == (422, {"detail": said})


def test_one_project_and_those_like_it(reader: Api) -> None:
    """Its record, its point, its words; projects like it with reasons; 404 with a sentence."""
    said = ProjectAnswer.model_validate(reader.ask(f"{PROJECTS}/bch-early-help-ed").json())
    assert said.lsoa21_code == "E01033617" and said.freshness == "unconfirmed" and said.words["themes"][0] == "Early help"
    assert ProjectAnswer.model_validate(reader.ask(f"{PROJECTS}/sparkbrook-childrens-zone").json()).latitude is None
    like = reader.ask(f"{PROJECTS}/bch-early-help-ed/like?limit=3").json()["like"]
    assert len(like) == 3 and all(one["reasons"] for one in like)
    answer = reader.ask(f"{PROJECTS}/none")
    assert answer.status_code == 404 and answer.json()["detail"].startswith("There is no project at this address.")


def test_the_csv_is_read_back_without_loss(reader: Api, tmp_path: Path) -> None:
    """By its ending or by Accept; with columns beside that the way in passes over."""
    by_ending, by_accept = reader.ask(f"{PROJECTS}.csv"), reader.ask(PROJECTS, accept="text/csv")
    assert by_ending.content == by_accept.content and by_ending.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(by_ending.content.decode("utf-8-sig"))))
    assert set(LABELS) <= set(rows[0]) and {row["freshness"] for row in rows} == {"unconfirmed"}
    (tmp_path / "projects.csv").write_bytes(by_ending.content)
    assert sorted(read_project_table(tmp_path / "projects.csv", SNAPSHOT), key=lambda one: one.id) == list(read_shipped())


def test_words_of_one_meaning_find_the_same(reader: Api) -> None:
    """With an apostrophe or without, with a hyphen or a blank, and by the other words people use for it."""
    found = {words: ids(reader.ask(f"{PROJECTS}?{urlencode({'search': words})}")) for words in (
        "childrens", "children's", "CHILDREN’S", "missed appointments", "did not attend", "DNA", "was not brought", "co-production",
        "coproduction", "co production", "A&E", "emergency department",
    )}  # fmt: skip
    assert len(found["childrens"]) == 10 and found["childrens"] == found["children's"] == found["CHILDREN’S"]
    assert found["missed appointments"] and found["did not attend"] >= found["missed appointments"] == found["was not brought"]
    assert found["DNA"] >= found["missed appointments"]
    assert found["co-production"] and found["co-production"] == found["coproduction"] == found["co production"]
    assert found["A&E"] and found["A&E"] <= found["emergency department"]


def test_need_is_set_against_action(reader: Api) -> None:
    """By authority and by distance, of projects, of places under a heading and of one list; ranked by need where the list is whole."""
    said = NeedAnswer.model_validate(reader.ask(NEED).json())
    assert len(said.areas) == 296 == sum(map(sum, said.boxes)) and len(said.unmet) == said.boxes[2][0]
    assert all(area.action == 0 and area.need_class == 3 for area in said.unmet)
    assert not said.ranked and [area.name for area in said.unmet] == sorted(area.name for area in said.unmet)
    assert "It knows only what is recorded here: work that nobody has recorded is not seen." in said.sentences
    birmingham = next(area for area in said.areas if area.code == "E08000025")
    assert birmingham.action == 3 and birmingham.action_class > 0
    thirds = [sum(1 for area in said.areas if area.need_class == number) for number in (1, 2, 3)]
    assert sum(thirds) == 296 and max(thirds) - min(thirds) <= 4  # like figures stay together
    near = NeedAnswer.model_validate(
        reader.ask(f"{NEED}&level=msoa&reach=distance&km=1.6&within=E08000025&places=libraries2023_england_points").json()
    )
    assert len(near.areas) == 132 and near.boxes[2][0] == len(near.unmet) and near.km == 1.6
    needs = [area.need or 0 for area in near.unmet]
    assert near.ranked and needs == sorted(needs, reverse=True) and len(needs) > 3
    by_heading = reader.ask(f"{NEED}&places=get_care").json()
    assert all(area["action"] > 0 for area in by_heading["areas"])
    themed = reader.ask(f"{NEED}&theme=food").json()
    assert len(themed["unmet"]) > len(said.unmet) and "“Food”" in themed["sentences"][0]
    table = reader.ask(f"{NEED}&format=csv").text
    lines = table.splitlines()
    assert lines[1].startswith(",E") and "It knows only what is recorded here" in table and "Indices of Deprivation" in table


@pytest.mark.parametrize(
    ("asked", "status", "start"),
    [
        ("need=none", 404, "There is no layer"),
        ("need=population2022_england_lsoa21", 422, "Population"),
        ("need=low_income_families2021_england_lad24&level=msoa", 422, "Children in low-income"),
        ("need=income2025_england_lsoa21&level=rgn", 422, "The parameter level takes one of: lad, msoa."),
        ("need=income2025_england_lsoa21&within=E01009364", 422, "The parameter within takes the code of an authority"),
        ("need=income2025_england_lsoa21&places=moon", 422, "No list of such places"),
        ("need=income2025_england_lsoa21&km=0", 422, "The parameter km is not right"),
        ("need=income2025_england_lsoa21&theme=moon", 422, "The parameter theme takes one of"),
        ("theme=food", 422, "The parameter need is missing"),
        ("need=income2025_england_lsoa21&format=xml", 422, "The parameter format is not right; it takes json or csv."),
    ],
)
def test_what_cannot_be_compared_is_told(reader: Api, asked: str, status: int, start: str) -> None:
    """With what can."""
    answer = reader.ask(f"/api/v1/need-and-action?{asked}")
    assert answer.status_code == status and answer.json()["detail"].startswith(start), answer.text


def test_codes_may_be_in_small_letters(reader: Api) -> None:
    """As on the page."""
    assert ids(reader.ask(f"{PROJECTS}?place=e08000025")) == ids(reader.ask(f"{PROJECTS}?place=E08000025"))
    assert ids(reader.ask(f"{PROJECTS}?place=e92000001")) == ids(reader.ask(PROJECTS))
    assert reader.ask(f"{NEED}&within=e08000025").json() == reader.ask(f"{NEED}&within=E08000025").json()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"{PROJECTS}?theme=food&theme=housing", "The parameter theme stands here more than once. Give it once."),
        (f"{PROJECTS}.csv?core20plus5=asthma&core20plus5=asthma", "The parameter core20plus5 stands here more than once. Give it once."),
        (f"{NEED}&need=x", "The parameter need stands here more than once. Give it once."),
        ("/api/v1/areas?search=Leeds&search=Hull", "The parameter search stands here more than once. Give it once."),
        (
            "/api/v1/layers/imd2025_england_lsoa21/values?level=lad&format=csv&level=rgn",
            "The parameter level stands here more than once. Give it once.",
        ),
        (f"{PROJECTS}?B146RE=1&B146RE=2", "There is no parameter by that name here."),
    ],
)
def test_a_parameter_stands_once(reader: Api, address: str, said: str) -> None:
    """The same sentence all over the API; no name that we do not know is repeated."""
    answer = reader.ask(address)
    assert answer.status_code == 422 and answer.json()["detail"].startswith(said), answer.text


@pytest.mark.parametrize("text", ["Ring (020) 7946 0958", "of 943 476 5919", "at KT2 7QB", "jo@example.org"])
def test_no_reason_holds_what_is_personal(api: Api, text: str) -> None:
    """To say that it is out of date, to withdraw, to decide: told before anything is kept."""
    id_, token = api.share()
    asked = [
        (f"{PROJECTS}/wham-begin-guide/out-of-date", {"reason": text}, {}),
        (f"{EDIT}/withdraw", {"version": 1, "reason": text}, {"X_Edit_Token": token}),
        (f"{REVIEW}/{id_}", {"decision": "ask", "version": 1, "reason": text}, api.reviewer()),
    ]
    for address, body, headers in asked:
        answer = api.ask(address, "POST", body, **headers)
        assert answer.status_code == 422 and answer.json()["faults"][0]["field"] == "reason", answer.text
        sentence = answer.json()["faults"][0]["sentence"]
        assert sentence[0].isupper() and sentence.endswith(".") and text not in answer.text
    assert api.store.open(token).status == "waiting" and not api.store.notices()


# ---- sharing ----


def test_a_project_is_shared_reviewed_found_confirmed_and_withdrawn(api: Api) -> None:
    """The whole way of one project, as readers, its team and a reviewer meet it."""
    id_, token = api.share()
    assert id_ not in ids(api.ask(PROJECTS)) and api.ask(f"{PROJECTS}/{id_}").status_code == 404
    reviewer = api.reviewer("young_person")
    queue = QueueAnswer.model_validate(api.ask(REVIEW, **reviewer).json())
    assert queue.role == "young_person" and [waiting.project["id"] for waiting in queue.waiting] == [id_]
    decided = api.ask(f"{REVIEW}/{id_}", "POST", {"decision": "accept", "version": 1}, **reviewer)
    assert HeldAnswer.model_validate(decided.json()).is_shown
    said = api.ask(f"{PROJECTS}/{id_}").json()
    assert (said["freshness"], said["relation"], said["consent"], said["lsoa21_code"]) == ("confirmed", "kindred", "given", "E01033617")
    assert id_ in ids(api.ask(f"{PROJECTS}?place=E08000025&theme=food"))
    held = api.ask(EDIT, X_Edit_Token=token).json()
    changed = {name: value for name, value in held["project"].items() if name in FOOD} | {"aim": "All parents eat."}
    put = api.ask(EDIT, "PUT", {"project": changed, "version": held["version"]}, X_Edit_Token=token)
    assert put.json()["status"] == "waiting" and api.ask(f"{PROJECTS}/{id_}").json()["aim"] == ""
    again = api.ask(EDIT, "PUT", {"project": changed, "version": held["version"]}, X_Edit_Token=token)
    assert again.status_code == 409 and again.json()["newer"]["project"]["aim"] == "All parents eat."
    asked = api.ask(f"{REVIEW}/{id_}", "POST", {"decision": "ask", "reason": "Until when?", "version": 3}, **reviewer)
    assert asked.json()["status"] == "change_asked" and api.ask(EDIT, X_Edit_Token=token).json()["asked"] == "Until when?"
    told = api.ask(f"{PROJECTS}/{id_}/out-of-date", "POST", {"reason": "It has moved."})
    assert told.status_code == 201 and api.ask(f"{PROJECTS}/{id_}").json()["said_out_of_date"]
    confirmed = api.ask(f"{EDIT}/confirm", "POST", {"version": 4}, X_Edit_Token=token)
    assert confirmed.status_code == 200 and not api.ask(f"{PROJECTS}/{id_}").json()["said_out_of_date"]
    gone = api.ask(f"{EDIT}/withdraw", "POST", {"version": 5, "reason": "We closed."}, X_Edit_Token=token)
    assert gone.json()["status"] == "withdrawn" and api.ask(f"{PROJECTS}/{id_}").status_code == 404
    assert api.ask(f"{EDIT}/confirm", "POST", {"version": 6}, X_Edit_Token=token).status_code == 410


def test_a_slip_of_a_reviewer_is_undone(api: Api) -> None:
    """Hidden and rejected ones are listed with day and reason, and come back; the public page and the private link follow at once."""
    id_, token = api.share()
    api.accept(id_)
    reviewer = api.reviewer("young_person")

    def decide(decision: str, version: int, **more: str) -> httpx.Response:
        return api.ask(f"{REVIEW}/{id_}", "POST", {"decision": decision, "version": version, **more}, **reviewer)

    assert decide("hide", 2, reason="It has closed.").status_code == 200 and api.ask(f"{PROJECTS}/{id_}").status_code == 404
    [closed] = QueueAnswer.model_validate(api.ask(REVIEW, **reviewer).json()).closed
    assert (closed.id, closed.title, closed.status, closed.version, closed.reason) == (id_, FOOD["title"], "hidden", 3, "It has closed.")
    assert closed.by.endswith(", young_person") and closed.at[:2] == "20"
    assert decide("bring_back", 2).status_code == 409 and decide("accept", 3).status_code == 410
    back = decide("bring_back", 3)
    assert HeldAnswer.model_validate(back.json()).is_shown and api.ask(f"{PROJECTS}/{id_}").status_code == 200
    assert api.ask(REVIEW, **reviewer).json()["closed"] == []
    held = api.ask(EDIT, X_Edit_Token=token).json()
    assert (held["status"], held["asked"], held["version"]) == ("accepted", "", 4)
    assert decide("bring_back", 4).status_code == 410
    api.ask(f"{EDIT}/withdraw", "POST", {"version": 4}, X_Edit_Token=token)
    told = decide("bring_back", 5)
    assert (told.status_code, told.json()["detail"].partition(",")[0]) == (410, "Its own team withdrew this project")


def test_what_was_hidden_and_back_is_told_truly(api: Api) -> None:
    """A change that waited meanwhile: the history names its fields once, where its team wrote it."""
    id_, token = api.share()
    api.accept(id_)
    api.ask(EDIT, "PUT", {"project": FOOD | {"aim": "All eat."}, "version": 2}, X_Edit_Token=token)
    reviewer = api.reviewer()
    for decision, version in (("hide", 3), ("bring_back", 4)):
        api.ask(f"{REVIEW}/{id_}", "POST", {"decision": decision, "version": version, "reason": "A slip."}, **reviewer)
    [waiting] = api.ask(REVIEW, **reviewer).json()["waiting"]
    assert waiting["shown"]["aim"] == "" and waiting["project"]["aim"] == "All eat."
    assert [(change["action"], change["changed"]) for change in waiting["history"]] == [
        ("shared", []),
        ("accepted", []),
        ("corrected", ["aim"]),
        ("hidden", []),
        ("brought_back", []),
    ]


def test_a_team_gets_its_link_and_keeps_its_record_up(api: Api) -> None:
    """A shipped record: a link, a correction or a press, and it is confirmed by its team in list, table and page; an older link is void."""
    one, other = read_shipped()[0], read_shipped()[1]
    reviewer = api.reviewer()
    pages = [LinkableListAnswer.model_validate(api.ask(f"{REVIEW}/projects?page={page}", **reviewer).json()) for page in (1, 2)]
    listed = [each for page in pages for each in page.projects]
    assert len(listed) == len(read_shipped()) == pages[0].total and not any(each.has_link for each in listed)
    assert listed == sorted(listed, key=lambda each: each.title.casefold()) and all(each.is_shown for each in listed)

    def link(id_: str, version: int = 1) -> httpx.Response:
        return api.ask(f"{REVIEW}/{id_}/link", "POST", {"version": version}, **reviewer)

    answer = link(one.id)
    receipt = ReceiptAnswer.model_validate(answer.json())
    assert (
        answer.status_code == 201 and answer.headers["cache-control"] == "no-store" and (receipt.version, receipt.status) == (2, "accepted")
    )
    token = receipt.edit_key
    assert api.ask(f"{PROJECTS}/{one.id}").json()["freshness"] == "unconfirmed"
    assert api.ask(f"{EDIT}/confirm", "POST", {"version": 2}, X_Edit_Token=token).status_code == 200
    said = api.ask(f"{PROJECTS}/{one.id}").json()
    assert (said["freshness"], said["publication_status"], said["consent"]) == ("confirmed", "confirmed", "given")
    row = next(row for row in csv.DictReader(io.StringIO(api.ask(f"{PROJECTS}.csv").content.decode("utf-8-sig"))) if row["id"] == one.id)
    assert (row["publication_status"], row["consent"]) == ("confirmed", "given")
    assert one.id not in ids(api.ask(f"{PROJECTS}?freshness=unconfirmed"))

    token = link(other.id).json()["edit_key"]
    mine = FOOD | {"title": "By its team"}
    assert api.ask(EDIT, "PUT", {"project": mine, "version": 2}, X_Edit_Token=token).status_code == 200
    api.accept(other.id, 3)
    said = api.ask(f"{PROJECTS}/{other.id}").json()
    assert (said["title"], said["freshness"], said["publication_status"], said["consent"]) == (
        "By its team",
        "confirmed",
        "confirmed",
        "given",
    )
    assert link(other.id, 4).status_code == 201 and api.ask(EDIT, X_Edit_Token=token).status_code == 404


def test_a_link_is_made_for_reviewers_alone(api: Api) -> None:
    """401 for others, 404 for an id there is not, 409 with the newer record, 410 for what is closed."""
    id_, token = api.share()
    reviewer = api.reviewer()
    for wrong in ("", f"Bearer {token}", f"Bearer {'x' * 43}"):
        assert api.ask(f"{REVIEW}/{id_}/link", "POST", {"version": 1}, authorization=wrong).status_code == 401
        assert api.ask(f"{REVIEW}/projects", authorization=wrong).status_code == 401
    assert api.ask(f"{REVIEW}/{id_}/link", "POST", {"version": 1}, **reviewer, origin="https://evil.example").status_code == 403
    none = api.ask(f"{REVIEW}/none/link", "POST", {"version": 1}, **reviewer)
    assert (none.status_code, none.json()) == (404, {"detail": "There is no project of that id. Load the list again."})
    late = api.ask(f"{REVIEW}/{id_}/link", "POST", {"version": 7}, **reviewer)
    assert late.status_code == 409 and late.json()["newer"]["version"] == 1 and "edit_link" not in late.text
    api.ask(f"{EDIT}/withdraw", "POST", {"version": 1}, X_Edit_Token=token)
    closed = api.ask(f"{REVIEW}/{id_}/link", "POST", {"version": 2}, **reviewer)
    assert closed.status_code == 410 and closed.json()["detail"].endswith("bring it back first.")


def test_what_is_typed_is_kept_as_text(api: Api) -> None:
    """Letters of every kind come back as they were; a script is a text; a spreadsheet is told of no formula."""
    title = "=cmd|' /C calc'!A0".replace("|", "¦")
    id_, _ = api.share(
        title="<script>alert(1)</script> “é” \U0001f9c3", aim="<img src=x onerror=alert(1)>\r\n'); DROP TABLE project; --", one_line=title
    )
    api.accept(id_)
    said = api.ask(f"{PROJECTS}/{id_}")
    assert said.headers["content-type"] == "application/json" and said.headers["x-content-type-options"] == "nosniff"
    assert said.json()["title"] == "<script>alert(1)</script> “é” \U0001f9c3" and said.json()["aim"].startswith(
        "<img src=x onerror=alert(1)>\n'"
    )
    row = next(row for row in csv.DictReader(io.StringIO(api.ask(f"{PROJECTS}.csv").content.decode("utf-8-sig"))) if row["id"] == id_)
    assert row["one_line"] == f"'{title}"


@pytest.mark.parametrize(
    ("body", "headers", "status", "said"),
    [
        ({"project": FOOD, "consent": False}, {}, 422, "consent: Say yes to its being shown here, or we may not keep it."),
        ({"project": FOOD | {"link": "http://example.org"}, "consent": True}, {}, 422, "link: A link begins with https://."),
        (
            {"project": FOOD | {"postcode": "ZZ9 9ZZ"}, "consent": True},
            {},
            422,
            (
                "postcode: We do not have this postcode: it may be mistyped, newer than November 2025, or outside England. Check it, or"
                " name the authority."
            ),
        ),
        ({"project": {}, "consent": True}, {}, 422, "title: This is missing. Add it. And 9 more."),
        ({"project": FOOD | {"relation": "wham"}, "consent": True}, {}, 422, "relation: There is no such field here. Take it out."),
        (
            {"project": FOOD, "consent": True, "website": "https://spam.example"},
            {},
            422,
            "website: This is a trap for robots. Leave it empty.",
        ),
        ({"project": [], "consent": True}, {}, 422, "project: This has to be a group of fields."),
        ({"project": FOOD, "consent": 1}, {}, 422, "consent: This has to be true or false."),
        ({"projekt": FOOD}, {}, 422, "project: This is missing. Add it. And 1 more."),
        ({"title": "Food"}, {}, 422, 'title: This belongs inside "project": {"project": {"title": ...}}. And 1 more.'),
        (
            {"project": FOOD, "consent": True, "areas": ["E08000025"]},
            {},
            422,
            'areas: This belongs inside "project": {"project": {"areas": ...}}.',
        ),
        (
            {"project": FOOD, "consent": True, "titel": "Food"},
            {},
            422,
            'titel: There is no such field. Did you mean title? That belongs inside "project": {"project": {"title": ...}}.',
        ),
        ({"project": FOOD, "consnet": True}, {}, 422, "consnet: There is no such field. Did you mean consent?"),
        (
            {"project": FOOD | {"consent": True}, "consent": True},
            {},
            422,
            'consent: This belongs next to "project", not inside it. Move it out.',
        ),
        ({"project": FOOD, "consent": True, "key": "short"}, {}, 422, "key: Use 20 or more letters, digits, - and _."),
        (b"{", {}, 422, "We cannot read this as JSON. Check its commas, quotes and brackets."),
        (b"[" * 90_000, {}, 422, "We cannot read this as JSON. Check its commas, quotes and brackets."),
        (b'"\\ud800"', {}, 422, "This has to be a group of fields."),
        (
            b'{"project": {"title": "\\ud800\\u0000"}, "consent": true}',
            {},
            422,
            "title: There is a hidden sign in this text. Type it again, without copying. And 9 more.",
        ),
        (b"\xff\xfe", {}, 422, "We cannot read this as JSON. Check its commas, quotes and brackets."),
        (b" " * (LARGEST + 1), {}, 413, "This is too much at once. Keep it under 100 kB."),
        (
            {"project": FOOD, "consent": True},
            {"content_type": "text/plain"},
            415,
            "Send this as JSON, with the header Content-Type: application/json.",
        ),
        (
            {"project": FOOD, "consent": True},
            {"origin": "https://evil.example"},
            403,
            "This came from a page of another site, so it was not read. Open our own page and try again.",
        ),
        (
            {"project": FOOD, "consent": True},
            {"sec_fetch_site": "cross-site"},
            403,
            "This came from a page of another site, so it was not read. Open our own page and try again.",
        ),
    ],
)
def test_what_cannot_be_shared_is_told(reader: Api, body: Any, headers: dict[str, str], status: int, said: str) -> None:
    """One sentence with the next step; nothing is kept, and nothing typed is repeated."""
    answer = reader.ask(PROJECTS, "POST", body, **headers)
    assert (answer.status_code, answer.json()["detail"]) == (status, said)
    assert not reader.store.database.is_there()


def test_faults_are_told_field_by_field(reader: Api) -> None:
    """For a form that shows each beside its field, before anything is sent for good."""
    answer = reader.ask(f"{PROJECTS}/check", "POST", {"project": FOOD | {"themes": ["fod"], "start": "soon"}})
    assert [fault["field"] for fault in answer.json()["faults"]] == ["themes.1", "start"]
    assert reader.ask(f"{PROJECTS}/check", "POST", {"project": FOOD}).json()["detail"] == "Everything is there. You can share it."
    assert reader.ask(PROJECTS, "POST", {"project": FOOD, "consent": True}, origin="http://other.test").status_code == 403


def test_our_own_page_may_write(api: Api) -> None:
    """A browser says that it is ours."""
    answer = api.ask(PROJECTS, "POST", {"project": FOOD, "consent": True}, origin="http://map.test", sec_fetch_site="same-origin")
    assert answer.status_code == 201


def test_links_and_tokens_that_are_nobodys_open_nothing(api: Api) -> None:
    """404 for a link, 401 for a reviewer; an edit link is no reviewer's token, and the other way round."""
    id_, token = api.share()
    reviewer = api.reviewer()
    for wrong in ("", "short", "x" * 43, "a b", reviewer["authorization"].partition(" ")[2]):
        answer = api.ask(EDIT, X_Edit_Token=wrong)
        assert answer.status_code == 404 and answer.json()["detail"].startswith("This key is not right.")
    for wrong in ("", "Bearer", "Bearer short", f"Bearer {token}", f"Basic {token}", f"Bearer {'x' * 43}"):
        answer = api.ask(REVIEW, authorization=wrong)
        assert answer.status_code == 401 and answer.json()["detail"].endswith(".") and answer.headers["www-authenticate"] == "Bearer"
        assert api.ask(f"{REVIEW}/{id_}", "POST", {"decision": "accept", "version": 1}, authorization=wrong).status_code == 401
    for body, said in (
        ({"decision": "burn", "version": 1}, "decision: This takes one of: accept, ask, reject, keep, hide, bring_back."),
        ({"decision": "reject", "version": 1}, "reason: Say why, so that its team knows what to do."),
        ({"decision": "accept", "version": 1, "relation": "x"}, "relation: This takes wham or kindred, or nothing."),
    ):
        assert api.ask(f"{REVIEW}/{id_}", "POST", body, **reviewer).json()["detail"] == said
    assert api.ask(f"{REVIEW}/none", "POST", {"decision": "accept", "version": 1}, **reviewer).status_code == 404
    assert api.ask(f"{REVIEW}/{id_}", "POST", {"decision": "accept", "version": 7}, **reviewer).status_code == 409


def test_tokens_are_never_in_a_log(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    """Neither when all goes well nor when the database breaks in the middle: of everything that any logger writes."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO)
    try:
        key = "key-" + "k" * 20
        answer = api.ask(PROJECTS, "POST", {"project": FOOD, "consent": True, "key": key})
        id_, token = answer.json()["id"], answer.json()["edit_key"]
        reviewer = api.reviewer()
        api.ask(EDIT, X_Edit_Token=token)
        api.ask(f"{EDIT}/confirm", "POST", {"version": 1}, X_Edit_Token=token)
        api.ask(f"{REVIEW}/{id_}", "POST", {"decision": "accept", "version": 2}, **reviewer)
        newer = api.ask(f"{REVIEW}/{id_}/link", "POST", {"version": 3}, **reviewer).json()["edit_key"]
        api.ask(EDIT, X_Edit_Token=newer)
        with api.store.database.write() as connection:
            connection.execute(sa.text("ALTER TABLE change RENAME TO gone"))
        broken = api.ask(f"{EDIT}/confirm", "POST", {"version": 4}, X_Edit_Token=newer)
        api.ask(f"{REVIEW}/{id_}/link", "POST", {"version": 4}, **reviewer)
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert (broken.status_code, broken.json()["detail"]) == (503, AWAY)
    written = caplog.text
    assert "/api/v1/projects/edit" in written
    assert len(newer) > 40 and all(
        secret not in written for secret in (token, newer, key, reviewer["authorization"].partition(" ")[2], "192.0.2.7")
    )


def test_too_often_is_told(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with the time to wait."""
    monkeypatch.setenv("HEATMAP_WRITES_AN_HOUR", "1")
    api.share()
    answer = api.ask(PROJECTS, "POST", {"project": FOOD, "consent": True})
    assert answer.status_code == 429 and answer.headers["retry-after"] == "3600" and "try again in an hour" in answer.json()["detail"]


# ---- anything at all ----


@pytest.fixture(scope="module")
def open_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Api, dict[str, str], str]]:
    """An API on a SQLite of its own with a project in it: with the headers that open everything, and the project's id."""
    kept = Database(sa.URL.create("sqlite", database=str(tmp_path_factory.mktemp("any") / "a.sqlite3")))
    api = Api(kept)
    id_, token = api.share()
    yield api, {"X-Edit-Token": token, "Authorization": api.reviewer()["authorization"]}, id_
    kept.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", PROJECTS),
        ("post", f"{PROJECTS}/check"),
        ("put", EDIT),
        ("post", f"{EDIT}/confirm"),
        ("post", f"{EDIT}/withdraw"),
        ("post", f"{PROJECTS}/{{project}}/out-of-date"),
        ("post", f"{REVIEW}/{{project}}"),
        ("post", f"{REVIEW}/{{project}}/link"),
    ],
)
def test_whoever_may_write_gets_an_answer_as_described(
    open_api: tuple[Api, dict[str, str], str], method: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made-up bodies by the API's own description, with a link and a token that hold: no fault, and nothing that is not described."""
    monkeypatch.setenv("HEATMAP_WRITES_AN_HOUR", "100000")
    api, headers, id_ = open_api
    schema = schemathesis.openapi.from_asgi("/openapi.json", api.server)
    operation = next(op for each in schema.get_all_operations() if (op := each.ok()).path == path and op.method == method)

    @given(case=operation.as_strategy(), late=st.integers(0, 1), ours=st.booleans())
    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def try_one(case: Any, late: int, ours: bool) -> None:
        if ours:  # made to get past the door: the right project, the version as it is or nearly, and a whole record
            case.path_parameters = {"project": id_}
            if isinstance(case.body, dict):
                now = api.store.held(id_).version
                case.body |= {name: now - late for name in ("version",) if name in case.body}
                case.body |= {name: {**case.body[name], **FOOD} for name in ("project",) if isinstance(case.body.get(name), dict)}
                case.body |= {"consent": True, "website": ""} if "project" in case.body and method == "post" else {}
        answer = case.call(headers=headers)
        assert str(answer.status_code) in operation.definition.raw["responses"], answer.status_code
        assert answer.headers["content-type"] == ["application/json"]
        if answer.status_code >= 400:
            assert json.loads(answer.content)["detail"].endswith((".", "?"))

    try_one()


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    raw=st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["project", "title", "consent", "key", "x"]) | st.text(), inner),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_bytes_are_answered(raw: bytes) -> None:
    """Whatever a program sends: a sentence."""
    answer = ANY.ask(PROJECTS, "POST", raw)
    assert answer.status_code == 422 and answer.json()["detail"].endswith((".", "?"))


#: Nothing is kept of bytes that are no project.
ANY = Api(Database(sa.URL.create("sqlite", database="/nowhere/a.sqlite3")))


# ---- when the database fails ----


@pytest.mark.parametrize(("fault", "status", "said"), [(AwayError(AWAY), 503, AWAY), (FullError(FULL), 507, FULL)])
def test_a_database_that_fails_is_told(api: Api, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, said: str) -> None:
    """One sentence for whoever writes; readers still see what they saw, and are told that there may be more."""
    id_, token = api.share()
    api.accept(id_)
    assert id_ in ids(api.ask(PROJECTS))

    def fail(*_: Any) -> Iterator[Any]:
        raise fault

    monkeypatch.setattr(api.store.database, "read", fail)
    monkeypatch.setattr(api.store.database, "write", fail)
    look_again()
    for method, address, body, headers in (
        ("POST", PROJECTS, {"project": FOOD, "consent": True}, {}),
        ("GET", EDIT, None, {"X_Edit_Token": token}),
        ("POST", f"{EDIT}/confirm", {"version": 2}, {"X_Edit_Token": token}),
        ("GET", REVIEW, None, {"authorization": f"Bearer {'x' * 43}"}),
        ("POST", f"{PROJECTS}/{id_}/out-of-date", {"reason": "Closed."}, {}),
    ):
        answer = api.ask(address, method, body, **headers)
        assert (answer.status_code, answer.json()) == (status, {"detail": said}), address
    listed = api.ask(PROJECTS)
    assert id_ in ids(listed) and listed.json()["away"] and listed.headers["x-heatmap-away"] == "yes"


def test_a_database_that_was_never_there_leaves_the_shipped(tmp_path: Path) -> None:
    """A PostgreSQL that does not answer: the shipped records, and a sentence for whoever shares."""
    api = Api(open_database(f"postgresql://heatmap@/none?host={tmp_path}"))
    assert (
        len(ids(api.ask(PROJECTS))) == len(read_shipped()) and api.ask(f"{PROJECTS}/bch-early-help-ed").headers["x-heatmap-away"] == "yes"
    )
    answer = api.ask(PROJECTS, "POST", {"project": FOOD, "consent": True})
    assert (answer.status_code, answer.json()) == (503, {"detail": AWAY}) and answer.headers["retry-after"] == "60"
