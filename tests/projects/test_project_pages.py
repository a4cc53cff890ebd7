"""The pages of projects: what a link asks for, cards and table, one project, what a place's page says; all of it text."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date
from html import unescape
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.api.projects import ProjectsQuery
from heatmap.distances import great_circle_km
from heatmap.drawing.elements import to_html
from heatmap.geography.levels import LEVELS
from heatmap.map.drawn import MapPoint, Points, draw_map, paint_of
from heatmap.pages.projects import near as project_near
from heatmap.pages.projects import page as projects
from heatmap.pages.projects import project
from heatmap.pages.projects.near import draw_here, find_alike, find_least_unlike, order_by_distance
from heatmap.projects.address import ProjectsAddress, read_projects_address
from heatmap.projects.filters import FILTERS, Wanted
from heatmap.projects.finding import KeptProject, Projects
from heatmap.projects.record import read_project
from heatmap.projects.shelf import Shelf, open_shelf
from heatmap.projects.shipped import read_shipped
from heatmap.projects.store import ProjectChange
from heatmap.server import make_server
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
TODAY = date(2026, 11, 25)
KINGS_HEATH, BIRMINGHAM, LONDON, CORNWALL = "E01008966", "E08000025", "E12000007", "E06000052"
CONFIRMED = {"publication_status": "confirmed", "consent": "given"}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def record(id_: str, **more: Any) -> Any:
    """A project that somebody shared."""
    return read_project(
        {
            "id": id_,
            "title": f"Project {id_}",
            "organisation": "A hospital",
            "postcode": "B4 6NH",
            "themes": ["food"],
            "link": "https://example.org/a",
            **more,
        }
    )


def shelf_of(*records: Any, away: bool = False, said: tuple[str, ...] = ()) -> Shelf:
    """A shelf of some projects."""
    return Shelf(Projects([KeptProject(one, shared=True, said_out_of_date=said) for one in records], SNAPSHOT, TODAY), away)


SHIPPED = Shelf(Projects([KeptProject(one) for one in read_shipped()], SNAPSHOT, TODAY), away=False)


def draw(search: str = "", shelf: Shelf = SHIPPED) -> str:
    """The page of projects as HTML."""
    return to_html(projects.draw_body(search, shelf))


def described(html: str) -> dict[str, Any]:
    """What the page's map is told."""
    found = re.search(r'data-heat-map="([^"]+)"', html)
    assert found
    return dict(json.loads(unescape(found[1])))


# ---- the address ----


@pytest.mark.parametrize("address", [
    ProjectsAddress(), ProjectsAddress(place=LONDON, national=True, theme="food", near=KINGS_HEATH, view="table", page=3),
    ProjectsAddress(condition="asthma", core20plus5="core20", population="under_5", partner="nhs", relation="wham", freshness="stale", stage="running", level="world", setting="home"),
])  # fmt: skip
def test_a_link_gives_the_same_screen(address: ProjectsAddress) -> None:
    """What is written is read again, without a notice; the API takes the same question."""
    assert read_projects_address(address.to_address().partition("?")[2], SNAPSHOT) == (address, [])
    client = TestClient(make_server(SNAPSHOT))
    assert client.get(f"/api/v1/projects?{address.api_query()}").status_code == 200


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_has_its_words_and_its_name(name: str) -> None:
    """What may be chosen is shown in words."""
    assert all(FILTERS[name].words().values()) and FILTERS[name].label and FILTERS[name].anything


def test_what_can_be_asked_is_one_list() -> None:
    """The table has what an address, the finding and the API can be asked by; only places are beside it."""
    assert [field.name for field in fields(Wanted)] == ["place", "national", *FILTERS]
    assert set(ProjectsQuery.model_fields) == {"place", "national", *FILTERS, "search", "page", "size"}


def test_what_a_link_gets_wrong_is_said_and_never_repeated() -> None:
    """It may be a postcode that somebody typed into the address."""
    address, notices = read_projects_address("?place=B14 6RE&near=E09999999&theme=B14 6RE&page=-4&view=x&search=B14 6RE", SNAPSHOT)
    assert address == ProjectsAddress() and len(notices) == 2
    assert "6RE" not in draw("?place=B14 6RE&theme=B14 6RE&search=B14 6RE&near=B14 6RE").replace("for example B14 6RE", "")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.sampled_from(["place", "near", "view", "page", "national", *FILTERS]))
def test_any_link_is_survived(text: str, key: str) -> None:
    """Whatever stands in the address, there are both pages, and nothing of the text is on them as HTML."""
    assert "<script" not in draw(f"?{key}={text}") and "<script" not in to_html(
        project.draw_body("wham-begin-guide", f"?area={text}", SHIPPED)
    )


# ---- the list ----


def test_the_page_of_all() -> None:
    """Every project as a card with its link, tags, whose it is and how sure; filters with counts; CSV; the way to share."""
    html = draw()
    assert html.count("<article") == len(read_shipped()) and f">{len(read_shipped())} projects<" in html
    assert 'href="/project/kingston-poverty-screening"' in html and ">Kindred<" in html and ">WHAM<" in html
    assert "All of them are publicly reported, and not yet confirmed by their teams." in html
    assert 'href="/projects/share"' in html and 'href="/api/v1/projects.csv"' in html
    many = sum("food" in one.themes for one in read_shipped())
    assert re.search(rf'href="/projects\?theme=food"[^>]*><span>Food</span><small[^>]*>{many}</small>', html)


def test_filters_narrow_and_can_be_taken_off() -> None:
    """A chip for each, with the link without it; words that would leave none are not offered; the CSV asks the same."""
    html = draw(f"?place={LONDON}&theme=food")
    assert 'href="/projects?theme=food" class="chip on"' in html and f'href="/projects?place={LONDON}" class="chip on"' in html
    assert ">Clear all<" in html and f"/api/v1/projects.csv?place={LONDON}&amp;theme=food" in html
    assert all(int(many) > 0 for many in re.findall(r'aria-label="(\d+) projects"', html))
    one = re.search(r'<p class="b" role="status"[^>]*>(\d+) project', html)
    assert one and int(one[1]) == html.count("<article")


def test_those_for_all_of_england_are_a_press_away() -> None:
    """A place shows its own; the national ones are counted beside."""
    html = draw(f"?place={BIRMINGHAM}")
    national = len(SHIPPED.projects.find(ProjectsAddress(place=BIRMINGHAM, national=True).asked)) - 3
    assert html.count("<article") == 3 and f"and {national} for all of England" in html
    assert draw(f"?place={BIRMINGHAM}&national=yes").count("<article") == 3 + national


def test_nothing_found_says_so_with_the_ways_out() -> None:
    """Where a place has none at all, where filters leave none, where there is none anywhere."""
    html = draw(f"?place={CORNWALL}")
    assert "No project is recorded in Cornwall yet. That is no proof that nobody acts" in html and f"near={CORNWALL}" in html
    assert "Those for all of England" in html and "<article" not in html and ">CSV<" not in html
    assert "3 are recorded there in all" in draw(f"?place={BIRMINGHAM}&theme=smoking")
    assert "Nothing found." in draw("", shelf_of())


def test_the_table_has_the_same() -> None:
    """A row each, with the same links, and no map."""
    html = draw("?view=table")
    assert html.count('scope="row"') == len(read_shipped()) and "data-heat-map" not in html
    assert 'href="/projects?view=table&amp;theme=food"' in html or "theme=food&amp;view=table" in html


def test_stale_ones_are_grey_and_say_so() -> None:
    """Confirmed longer than a year ago: last in the list, in grey, with a word; what a reader said stands there too."""
    old = record("old", **CONFIRMED, last_confirmed="2025-01-10")
    new = record("new", **CONFIRMED, last_confirmed="2026-10-01")
    html = draw("", shelf_of(old, new, said=("2026-11-02",)))
    assert html.index("Project new") < html.index("Project old") and html.count("prj-card prj-stale") == 1
    assert "Last confirmed on 10 January 2025, more than a year ago: ask before you rely on it" in html
    assert "Confirmed by its team on 1 October 2026" in html and "A reader said on 2 November 2026 that this is out of date." in html
    assert "1 of 2 were confirmed more than a year ago; they are grey." in html


def test_what_was_never_confirmed_goes_grey_too() -> None:
    """A year after it was recorded; before that it is not yet confirmed."""
    old, new = record("old", added_on="2025-11-25"), record("new", added_on="2025-11-26")
    shelf = shelf_of(old, new)
    html = draw("", shelf)
    said = "Never confirmed by its team, recorded in November 2025, more than a year ago: ask before you rely on it"
    assert said in html and html.count("prj-card prj-stale") == 1 and "Not yet confirmed by its team" in html
    assert "1 of 2 were never confirmed, and were recorded more than a year ago; they are grey." in html
    assert said in to_html(project.draw_body("old", "", shelf)) and "Recorded here" in to_html(project.draw_body("new", "", shelf))
    assert len(draw("?freshness=stale", shelf).split("<article")) == 2 and ">Not confirmed for a year or more<" in html


def test_the_nearest_first() -> None:
    """Distances from a place in words; those of its authority without a site among them; the rest without a site last."""
    ordered = order_by_distance(SHIPPED.projects.all(), SNAPSHOT.area(KINGS_HEATH), SHIPPED.projects)
    assert ordered[0][0].id == "bch-early-help-ed" and ordered[0][1] == "6.7 km" and ordered[1][1] == "in Birmingham"
    assert [words for _one, words in ordered][-1] == "" and len(ordered) == len(read_shipped())
    html = draw(f"?near={KINGS_HEATH}")
    assert "In places like Kings Heath Park &amp; Stirchley East" in html and "Nearest to Kings Heath" in html


def test_long_lists_have_pages() -> None:
    """Above what a page holds one goes on; a page too far is the last."""
    shelf = shelf_of(*(record(f"project-{n}") for n in range(projects.A_PAGE + 5)))
    assert draw("", shelf).count("<article") == projects.A_PAGE and draw("?page=2", shelf).count("<article") == 5
    assert draw("?page=99", shelf).count("<article") == 5


def test_what_people_shared_may_be_away() -> None:
    """The page says that there may be more."""
    assert "cannot be read just now" in draw("", Shelf(SHIPPED.projects, away=True)) and "cannot be read just now" not in draw()


# ---- the map ----


def test_the_map_holds_what_was_found() -> None:
    """A spot for each site, those at one place together; authorities far out, neighbourhoods close by."""
    whole = described(draw())
    told = [each for spot in whole["points"]["spots"] for each in spot[2]]
    assert len(told) == sum(one.site is not None for one in SHIPPED.projects.all()) and len(whole["points"]["spots"]) < len(told)
    assert whole["level"] == "lad" and whole["many"] == 296 and whole["from"] == 33_755 + 6_856
    close = described(draw(f"?near={KINGS_HEATH}"))
    assert close["level"] == "lsoa" and close["from"] == 0 and close["chosen"] == KINGS_HEATH
    west, south, east, north = close["box"]
    assert east - west < 0.5 and south < 52.43 < north


@pytest.mark.parametrize("level", LEVELS)
def test_the_part_of_a_layers_classes_is_that_of_its_level(level: Any) -> None:
    """Read at the place that the map is told, the tenths and shares are those of the snapshot."""
    points = Points("project", ("one", "many"), [MapPoint(52.0, -1.0, HOSTILE, HOSTILE, "/a")])
    html = to_html(draw_map("", [], paint_of("imd2025_england_lsoa21", SNAPSHOT), level, "E92000001", "", "", SNAPSHOT, points=points))
    told = described(html)
    assert "<script" not in html and told["points"]["spots"] == [[-100000, 5200000, [[HOSTILE, HOSTILE, "/a"]]]]
    packed = TestClient(make_server(SNAPSHOT)).get(told["classes"]).content
    classes = [byte & 15 for byte in packed[told["from"] : told["from"] + told["many"]]]
    assert len(classes) == len(SNAPSHOT.areas[level]) and max(classes) == {"lsoa": 10, "rgn": 4}.get(level, 5)


def test_where_projects_stand_for_the_main_map() -> None:
    """By column, as other places; asked for again each time."""
    answer = TestClient(make_server(SNAPSHOT)).get("/spots/projects")
    said = answer.json()
    assert answer.headers["cache-control"] == "no-cache" and set(said) == {"id", "name", "longitude", "latitude"}
    assert "kingston-poverty-screening" in said["id"] and len({len(column) for column in said.values()}) == 1


# ---- one project ----


def test_a_team_is_told_how_to_get_its_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody has confirmed it, and by the address for feedback where one is set; once its team has, no more."""
    monkeypatch.delenv("FEEDBACK_URL", raising=False)
    words = "Is this your project? Ask the people who run this map for its private key, and confirm or correct it yourself."
    assert words in re.sub("<[^>]+>", "", to_html(project.draw_body("kingston-poverty-screening", "", SHIPPED)))
    monkeypatch.setenv("FEEDBACK_URL", "https://example.org/tell?a=1&b=2")
    html = to_html(project.draw_body("kingston-poverty-screening", "", SHIPPED))
    assert (
        "Is this your project? Ask us for its private key" in re.sub("<[^>]+>", "", html)
        and 'href="https://example.org/tell?a=1&amp;b=2"' in html
    )
    one = next(one for one in read_shipped() if one.id == "kingston-poverty-screening")
    html = to_html(project.draw_body(one.id, "", shelf_of(one.model_copy(update={**CONFIRMED, "last_confirmed": "2026-11-25"}))))
    assert "Is this your project?" not in html and "25 November 2026" in html and "the editors of this map, from a public report" in html


def test_the_page_of_one() -> None:
    """Its words, tools, measures, links, surroundings, what is like it and why, and the form."""
    html = to_html(project.draw_body("kingston-poverty-screening", "", SHIPPED))
    assert "Publicly reported, not yet confirmed by its team." in html and "What was learnt" in html and "screening questions" in html
    assert (
        "Its site lies in a neighbourhood in England’s tenth 6 of 10, where 1 is the most deprived." in html
        and html.count('class="steps"') == 7
    )
    assert 'href="/place/E01002954"' in html and "Same theme: Asking about poverty" in html
    assert (
        "the editors of this map, from a public report" in html
        and 'data-prj-report="/api/v1/projects/kingston-poverty-screening/out-of-date"' in html
    )
    assert all(link.startswith(("https://", "/", "#")) for link in re.findall(r'href="([^"]*)"', html))
    assert "<img" not in html and "<iframe" not in html


def test_measures_lead_with_their_figure() -> None:
    """Nobody is called a DNA."""
    html = to_html(project.draw_body("sparkbrook-childrens-zone", "", SHIPPED))
    assert (
        '<p class="prj-latest"><span dir="auto">89%</span></p><p class="s"><span dir="auto">from the most deprived fifth</span></p>' in html
        and "not brought" in html
    )
    assert "No site is named" in html


def test_seen_from_a_place() -> None:
    """Both places compared, and what is done in places like the reader's."""
    html = to_html(project.draw_body("north-mid-poverty-pandemic", f"?area={KINGS_HEATH}", SHIPPED))
    assert (
        re.search(r"Its site is 155 km from the middle of [^<]+’s postcodes, in a straight line\.", html)
        and "The two places compared" in html
    )
    assert "Income: tenth, 1 is the most deprived" in html and "None is recorded in a place quite like this one." in html
    assert f'href="/projects?near={KINGS_HEATH}"' in html


def test_what_others_wrote_stays_text() -> None:
    """In every field, on every page: no element of it, and no link that is not https."""
    texts = dict.fromkeys(("title", "one_line", "organisation", "place", "population", "aim", "what_was_done", "what_we_learnt", "what_to_reuse", "where_exactly"), HOSTILE)  # fmt: skip
    one = record(
        "bad",
        **texts,
        tools=[HOSTILE.replace(";", "")],
        added_by_role="young_person",
        settings=["school"],
        evidence=[{"kind": "film", "title": HOSTILE, "link": "https://example.org/film", "text_alternative": HOSTILE}],
        measures=[{"kind": "equity", "name": HOSTILE, "baseline": HOSTILE, "latest": HOSTILE}],
    )
    shelf = shelf_of(one)
    shown = [
        draw("", shelf),
        draw("?view=table", shelf),
        to_html(project.draw_body("bad", f"?area={KINGS_HEATH}", shelf)),
        to_html(draw_here(SNAPSHOT.area(KINGS_HEATH), shelf.projects)),
    ]
    for html in shown:
        assert "<script" not in html and "<img" not in html and "onerror=alert" in html and 'onerror="' not in html
    assert "Young person" in shown[2] and 'href="https://example.org/film" rel="noreferrer nofollow"' in shown[2]


def test_an_unknown_project_is_no_page() -> None:
    """Nor is one that was withdrawn."""
    assert (
        project.title_of("nothing-of-the-kind") is None
        and project.title_of("wham-begin-guide") == open_shelf(SNAPSHOT).projects.get("wham-begin-guide").project.title
    )


class _Store:
    """A history, as a store tells it."""

    def history(self, _id: str) -> Any:
        """Every kind of change, each on a day of its own, and one that a newer map may write."""
        actions = ("shared", "change_asked", "corrected", "accepted", "corrected", "rejected", "kept", "confirmed", "moved")
        return tuple(
            ProjectChange(n, n, f"2026-03-0{n}T10:00:00", action, "its team", "Mr Smith asked", None) for n, action in enumerate(actions, 1)
        )


def test_its_history_in_words() -> None:
    """Every change with its day, corrections too; no reason."""
    html = to_html(project.draw_body("mine", "", shelf_of(record("mine")), _Store()))  # type: ignore[arg-type]
    for said in (
        "1 March 2026: Shared by its team",
        "2 March 2026: A reviewer asked its team for a change",
        "3 March 2026: Corrected by its team",
        "4 March 2026: Accepted by a reviewer",
        "5 March 2026: Corrected by its team",
        "6 March 2026: A reviewer did not accept the correction",
        "7 March 2026: Looked at by a reviewer, and kept",
        "8 March 2026: Confirmed by its team",
        "9 March 2026: Changed",
    ):
        assert f"<li>{said}</li>" in html
    assert "Smith" not in html


def test_what_is_not_being_done_says_so() -> None:
    """On cards, in the table, in short and on its page: ended, and when; or an idea."""
    records = [
        record("day", stage="running", end="2026-11-24"),
        record("month", stage="ended", end="2025-03"),
        record("year", end="2024"),
        record("unknown", stage="ended"),
        record("later", stage="ended", end="2027"),
        record("idea", stage="idea"),
        record("now", stage="running"),
    ]
    shelf = shelf_of(*records)
    said = {
        "day": "Ended on 24 November 2026",
        "month": "Ended in March 2025",
        "year": "Ended in 2024",
        "unknown": "Ended",
        "later": "Ended",
        "idea": "An idea",
        "now": "",
    }
    for html in (draw("", shelf), draw("?view=table", shelf)):
        for id_, words in said.items():
            whole = re.search(rf'<(article|tr)[^>]*data-project="{id_}".*?</\1>', html, re.DOTALL)
            assert whole and re.findall(r'<span class="tag prj-standing">(.*?)</span>', whole[0]) == [words] * bool(words), id_
    page = to_html(project.draw_body("day", "", shelf))
    assert (
        '<span class="tag prj-standing">Ended on 24 November 2026</span>' in page
        and '<dt>Stage</dt><dd><span dir="auto">Ended</span></dd>' in page
    )
    assert page.split("Projects like this one")[1].count('class="tag prj-standing"') == 3  # of four: one is being done


def test_texts_of_others_may_run_from_right_to_left() -> None:
    """Title, line and evidence take the direction of their own letters; the site's name stays as it is."""
    evidence = {"kind": "film", "title": "فيلم", "link": "https://www.example.org/film", "text_alternative": "كلام الفيلم"}
    shelf = shelf_of(
        record(
            "rtl",
            title="عيادة",
            one_line="سطر",
            what_was_done="نص",
            tools=["أداة"],
            evidence=[evidence],
            measures=[{"kind": "outcome", "name": "قياس"}],
        )
    )
    html = to_html(project.draw_body("rtl", "", shelf))
    for text in ("عيادة", "سطر", "نص", "أداة", "فيلم", "كلام الفيلم", "قياس"):
        assert re.search(rf'<\w+[^>]* dir="auto">{text}</', html), text
    assert '<span class="soft xs" dir="ltr">example.org</span>' in html
    for view in ("", "?view=table"):
        assert re.search(r'dir="auto"[^>]*>(<a [^>]*>)?عيادة<', draw(view, shelf)) and re.search(r'dir="auto">سطر<', draw(view, shelf))


def test_words_of_the_pages() -> None:
    """The ways through a long list, and the form at the end of a project, say what they do."""
    html = draw("?page=2", shelf_of(*(record(f"project-{n}") for n in range(2 * projects.A_PAGE + 1))))
    assert ">Earlier page<" in html and ">Next page<" in html
    assert ">Is this out of date?</h2>" in to_html(project.draw_body("wham-begin-guide", "", SHIPPED))


# ---- on a place's page ----


def test_active_work_stands_first_near_a_place() -> None:
    """What has ended, or has not begun, comes after it under a heading of its own, however near."""
    near = {"postcode": "B14 7QH"}
    ended, idea = record("ended", stage="ended", **near), record("idea", stage="idea", **near)
    here = SNAPSHOT.area(KINGS_HEATH)
    html = to_html(draw_here(here, shelf_of(ended, record("now", stage="running")).projects))
    assert html.index(">The nearest<") < html.index("Project now") < html.index(">Ended, to learn from<") < html.index("Project ended")
    alone = to_html(draw_here(here, shelf_of(ended, idea).projects))
    assert "No project that names a site within 50 km is recorded as being done now." in alone and ">Ended, or still an idea<" in alone
    assert ">The nearest<" not in alone and ">Not begun: still an idea<" in to_html(draw_here(here, shelf_of(idea).projects))
    many = to_html(draw_here(here, shelf_of(ended, *(record(f"now-{n}", stage="running") for n in range(3))).projects))
    assert many.count("<article") == 3 and "Project ended" not in many


def test_who_acts_near_a_place() -> None:
    """Up to three with their distance, and one to copy with why; far from all it says so."""
    html = to_html(draw_here(SNAPSHOT.area(KINGS_HEATH), SHIPPED.projects))
    assert (
        html.count("<article") == 4
        and "6.7 km" in html
        and "in Birmingham" in html
        and "Doncaster compared with Birmingham: nearly alike in" in html
    )
    far = to_html(draw_here(SNAPSHOT.area("E01018743"), SHIPPED.projects))
    assert "No project that names a site is recorded within 50 km. That is no proof that nobody acts" in far and "90 km" in far
    none = to_html(draw_here(SNAPSHOT.area(KINGS_HEATH), shelf_of().projects))
    assert "No project that names a site is recorded within" in none and "<article" not in none


def test_projects_within_reach_of_some_postcodes_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The middle is a little too far off, and some postcodes are not: how many is said, by each postcode's own distance."""
    area, nearest = SNAPSHOT.area("E01018743"), SHIPPED.projects.near(SNAPSHOT.area("E01018743"), 1)[0].listed.site
    assert nearest
    site = np.array([nearest.latitude]), np.array([nearest.longitude])
    far = np.array([great_circle_km(*point, *site)[0] for point in zip(*SNAPSHOT.postcodes_in(area), strict=True)])
    reach = great_circle_km(*area.middle, *site)[0] - 0.05
    monkeypatch.setattr(project_near, "FARTHEST_KM", reach)
    share = 100 * (far <= reach).mean()
    assert 1 < share < 99
    said = to_html(draw_here(area, SHIPPED.projects))
    assert "No project that names a site is recorded within" in said and f"{round(share)} in 100 of its postcodes are within" in said


def test_a_place_like_another_is_never_of_its_own_authority() -> None:
    """By its neighbourhood where one is like it, else by the larger area round it."""
    hospital = SNAPSHOT.area(SHIPPED.projects.get("bch-early-help-ed").site.lsoa21_code)  # type: ignore[union-attr]
    for area in (hospital, SNAPSHOT.area(BIRMINGHAM), SNAPSHOT.area(KINGS_HEATH)):
        for here, each in find_alike(area, SHIPPED.projects, 3):
            assert BIRMINGHAM not in each.listed.authorities and here.code in (area.code, *area.parents.values())
        least = find_least_unlike(area, SHIPPED.projects)
        assert least and BIRMINGHAM not in least[1].listed.authorities
    assert find_least_unlike(SNAPSHOT.area(LONDON), SHIPPED.projects) is None
