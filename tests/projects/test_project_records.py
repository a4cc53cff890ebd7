"""Projects that ship with the product: each a whole record, said to be what it is, in England, of nobody by name."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import Any

import pytest
from folded import FOLDED
from hypothesis import given
from hypothesis import strategies as st

from heatmap.errors import NotFoundError
from heatmap.projects.finding import KeptProject, Listed, Projects, ProjectsAsked, activity_of, fold
from heatmap.projects.placing import find_site, hold_placed
from heatmap.projects.record import GIVEN, LABELS, Project, ProjectError, read_given, read_project
from heatmap.projects.shipped import PROJECTS_DIR, read_shipped
from heatmap.projects.similar_places import compare_places, measure_differences
from heatmap.projects.toml_files import read_file, write_toml
from heatmap.projects.vocabulary import VOCABULARY, core20plus5_of, words_of
from heatmap.snapshot import open_snapshot
from heatmap.words.core20plus5 import read_core20plus5

SNAPSHOT = open_snapshot()
TODAY = date(2026, 11, 25)
PROJECTS = Projects([KeptProject(project) for project in read_shipped()], SNAPSHOT, TODAY)
BIRMINGHAM, LONDON, SPARKBROOK = "E08000025", "E12000007", "E01009364"
FOOD: dict[str, Any] = {
    "id": "food-on-the-ward",
    "title": "Food on the ward",
    "organisation": "A hospital",
    "postcode": "B4 6NH",
    "themes": ["food"],
    "link": "https://example.org/food",
}


@pytest.mark.parametrize("project", read_shipped(), ids=lambda project: project.id)
def test_each_shipped_record_says_what_it_is(project: Project) -> None:
    """Publicly reported and unconfirmed, its consent not asked, with a link; where it has a postcode, England has it too."""
    assert (project.publication_status, project.consent, project.last_confirmed) == ("publicly_reported", "not_asked", "")
    assert project.added_on == "2026-11-25"
    assert project.relation in ("wham", "kindred") and project.one_line and project.themes
    hold_placed(project, SNAPSHOT)
    assert bool(project.postcode) == bool(project.ods_code)  # hospitals of a public list alone
    assert project.postcode or project.areas
    assert not re.search(r"\b(Dr|Prof|Professor|Mr|Mrs|Ms|Sister)\.? [A-Z]", write_toml(project))


def test_a_shipped_record_is_written_as_it_was_read() -> None:
    """TOML out gives the record that went in."""
    for project in read_shipped():
        assert read_project({"id": project.id, **tomllib.loads(write_toml(project))}) == project


def test_a_postcode_is_found_alone_as_among_the_others() -> None:
    """In large and small outward codes, the first and the last; what England has not is None."""
    codes = SNAPSHOT.outward_codes
    for outward in (*codes[::150], *SNAPSHOT.small_outward_codes[:5]):
        listed = SNAPSHOT.postcodes(outward)
        for inward in (*list(listed)[:2], *list(listed)[-2:]):
            assert SNAPSHOT.postcode(outward, inward) == listed[inward]
    assert SNAPSHOT.postcode("ZZ9", "9ZZ") is None and SNAPSHOT.postcode(codes[-1], "9ZZ") is None


def test_those_without_a_site_have_no_point() -> None:
    """Newham, Hackney, Sparkbrook and the Birmingham arm of Powering Up name no site."""
    for id_ in ("newham-poverty-screening", "hackney-poverty-screening", "sparkbrook-childrens-zone", "powering-up-birmingham"):
        assert PROJECTS.get(id_).site is None and PROJECTS.get(id_).authorities
    kingston = PROJECTS.get("kingston-poverty-screening")
    assert kingston.site and kingston.site.lsoa21_code == "E01002954" and kingston.authorities == ("E09000021",)


def test_what_is_not_said_to_be_whams_is_kindred() -> None:
    """As the public pages have it."""
    wham = {one.id for one in PROJECTS.find(ProjectsAsked(relation="wham"))}
    assert "kingston-poverty-screening" in wham and "sparkbrook-childrens-zone" not in wham and "rcpch-livinglens" not in wham


def test_every_field_has_its_words() -> None:
    """The form can ask for each, and the postcode's line says whose it is."""
    assert set(LABELS) == set(Project.model_fields) and set(GIVEN) < set(LABELS)
    assert "hospital’s" in LABELS["postcode"][1] and "Never a patient’s" in LABELS["postcode"][1]


def test_core20plus5_comes_from_its_file() -> None:
    """Children's areas for children, adults' for adults; conditions hold all ten."""
    areas = read_core20plus5().clinical_area
    assert {area.id for area in areas} <= set(VOCABULARY["conditions"])
    assert {area.id for area in areas if area.group == "cyp"} <= set(core20plus5_of("cyp"))
    assert not {area.id for area in areas if area.group == "adult"} & set(core20plus5_of("cyp"))
    assert words_of("themes")["food"] == "Food"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"link": "http://example.org/"}, "link: A link begins with https://."),
        (
            {"link": "https://me@example.org/"},
            "link: This is no link that we can keep. Copy it from the address bar; write ; as %3B, and letters beyond A to Z as % codes.",
        ),
        ({"link": "javascript:alert(1)"}, "link: A link begins with https://."),
        ({"link": ""}, "link: This is missing. Add it."),
        ({"themes": ["fod"]}, "themes.1: This is none of the words there are. Did you mean food?"),
        ({"themes": []}, "themes: This is missing. Choose one or more."),
        ({"title": "x" * 201}, "title: This is too long. Keep it to 200 letters."),
        ({"title": 3}, "title: This has to be a text."),
        ({"tools": "a leaflet"}, "tools: This has to be a list."),
        ({"tools": ["a; b"]}, "tools.1: Write one thing in each line, without ; or |."),
        ({"tools": ["x"] * 21}, "tools: These are too many. Keep it to 20."),
        ({"start": "2024-13"}, "start: Write a year like 2024, a month like 2024-03, or a day like 2024-03-15."),
        ({"start": "2024", "end": "2023-12"}, "It ends before it begins. Check the two dates."),
        ({"postcode": "B4"}, "postcode: That is not a full postcode. Write it like KT2 7QB."),
        ({"postcode": "", "place": ""}, "Say where it is: the postcode of the site, or the authority, or a place in words."),
        (
            {"areas": ["E01009364"]},
            "areas.1: Give the code of an authority, an NHS board or a region, like E08000025, or E92000001 for all of England.",
        ),
        (
            {"population": "ask jo@example.org"},
            "population: This looks like an e-mail address, and none is kept here. Give the organisation’s own public page instead.",
        ),
        (
            {"aim": "Ring 0121 444 2054"},
            "aim: This looks like a telephone number, and none is kept here. Give the organisation’s own public page instead.",
        ),
        ({"tools": ["See 943 476 5919"]}, "tools.1: This looks like an NHS number, and no patient’s number is kept here. Take it out."),
        (
            {"notes": "at 3 High Street, KT2 7QB"},
            (
                "notes: There is a whole postcode in this text. Put that of the organisation’s site into the field for it, and write no"
                " home’s anywhere."
            ),
        ),
        ({"title": "\u200b\u200b\u200b"}, "title: There is no letter and no digit in this. Write a name that people can read."),
        ({"organisation": "–!–"}, "organisation: There is no letter and no digit in this. Write a name that people can read."),
        ({"title": "Food\x00bank"}, "title: There is a hidden sign in this text. Type it again, without copying."),
        ({"title": "Food\u202ebank"}, "title: There is a hidden sign in this text. Type it again, without copying."),
        ({"titel": "x"}, "titel: There is no such field. Did you mean title?"),
        ({"id": "Food!"}, "id: Use small letters, digits and single hyphens."),
        ({"added_on": "2026-11"}, "added_on: Write the day in full, like 2024-03-15."),
        ({"ods_code": "rax"}, "ods_code: Use capitals and digits alone, like RAX01."),
        (
            {"evidence": [{"kind": "film", "title": "Our film", "link": "https://example.org/film"}]},
            "evidence.1: Say in words what the picture shows, or what is said in the sound or film, for those who cannot see or hear it.",
        ),
        (
            {"publication_status": "confirmed"},
            "What its team has confirmed needs the team's consent and the day on which it was confirmed.",
        ),
    ],
)
def test_each_fault_has_its_sentence(change: dict[str, Any], said: str) -> None:
    """One fault, one sentence with the next step; what was typed is not repeated."""
    with pytest.raises(ProjectError) as fault:
        read_project({**FOOD, **change})
    assert str(fault.value) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"postcode": "ZZ9 9ZZ"},
            (
                "postcode: We do not have this postcode: it may be mistyped, newer than November 2025, or outside England. Check it, or"
                " name the authority."
            ),
        ),
        (
            {"postcode": "CF10 3NP"},
            (
                "postcode: We do not have this postcode: it may be mistyped, newer than November 2025, or outside England. Check it, or"
                " name the authority."
            ),
        ),
        ({"areas": ["E08999999"]}, "areas: There is no area E08999999. Find codes at /api/v1/areas?search=NAME."),
    ],
)
def test_a_site_is_in_england(change: dict[str, Any], said: str) -> None:
    """Wales, and what is no postcode, cannot be placed."""
    with pytest.raises(ProjectError) as fault:
        hold_placed(read_project({**FOOD, **change}), SNAPSHOT)
    assert str(fault.value) == said


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Any) -> None:
    """With the name of the file."""
    path = tmp_path / "food.toml"
    path.write_text('title = "Food"\nthemes = ["fod"]\n', encoding="utf-8")
    with pytest.raises(ProjectError) as fault:
        read_file(path)
    lines = str(fault.value).splitlines()
    assert len(lines) == 3 and all(line.startswith("food.toml: ") for line in lines)
    path.write_text("title = ", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"food\.toml: not readable as TOML: .*\. Mend that place and try again\."):
        read_file(path)
    with pytest.raises(ProjectError, match=r"none\.toml: there is no such file"):
        read_file(tmp_path / "none.toml")


def test_a_contributor_gives_what_is_asked() -> None:
    """Neither the relation nor the status; and what the form needs is needed."""
    with pytest.raises(ProjectError) as fault:
        read_given({**FOOD, "relation": "wham"}, {"id": "food"})
    said = [each.field for each in fault.value.faults]
    assert {"id", "relation", "one_line", "settings", "level", "stage", "added_by_role"} <= set(said)


def test_what_a_team_shares_is_dated() -> None:
    """On the day on which it is confirmed as it is shared; a correction keeps the day, and a contributor cannot give it."""
    given = {name: value for name, value in FOOD.items() if name != "id"} | {
        "one_line": "Food.",
        "settings": ["hospital"],
        "level": "practice",
        "stage": "running",
        "added_by_role": "nurse",
    }
    team = {"id": "food", "publication_status": "confirmed", "consent": "given", "last_confirmed": "2026-11-25"}
    assert read_given(given, team).added_on == "2026-11-25"
    assert read_given(given, team | {"added_on": "2024-01-02"}).added_on == "2024-01-02"
    with pytest.raises(ProjectError, match="added_on: There is no such field here"):
        read_given(given | {"added_on": "2024-01-02"}, team)


# ---- finding ----


def test_projects_are_found_by_place_theme_and_words() -> None:
    """In an authority, in a region, by what they are about, by what they say; for all of England only when asked."""
    ids = lambda **asked: {one.id for one in PROJECTS.find(ProjectsAsked(**asked))}  # noqa: E731
    assert ids(place=BIRMINGHAM) == {"bch-early-help-ed", "powering-up-birmingham", "sparkbrook-childrens-zone"}
    assert "rcpch-livinglens" in ids(place=BIRMINGHAM, national=True)
    assert "sparkbrook-childrens-zone" in ids(place=SPARKBROOK)  # a neighbourhood of an authority that it works in
    assert "hackney-poverty-screening" in ids(place=LONDON) and "bch-early-help-ed" not in ids(place=LONDON)
    assert ids(theme="food", place=LONDON) == {"kingston-poverty-screening"}
    assert ids(condition="asthma", setting="community") >= {"cyphp-lambeth-southwark"}
    assert ids(search="LAMBETH asthma") == {"cyphp-lambeth-southwark"} and ids(search="xyzzy") == set()
    assert ids(stage="ended") == {"optivita-early-years", "tower-hamlets-expert-patients"} and ids(population="under_5", partner="council")
    assert ids(level="world", relation="wham") == {"wham-begin-guide", "wham-time-toolkit"} and ids(core20plus5="asthma")
    assert len(ids()) == len(read_shipped()) == len(ids(freshness="unconfirmed")) and not ids(freshness="stale")
    with pytest.raises(NotFoundError):
        PROJECTS.find(ProjectsAsked(place="E08999999"))


#: What can be asked: a filter -> what it may be.
ASKED: dict[str, list[Any]] = {
    "theme": [*words_of("themes")],
    "setting": [*words_of("settings")],
    "level": [*words_of("level")],
    "population": [*words_of("ages")],
    "core20plus5": [*words_of("core20plus5_cyp"), *words_of("core20plus5_adult")],
    "place": [BIRMINGHAM, LONDON, SPARKBROOK, "E06000001"],
    "search": ["food", "ASTHMA", "in", "birm", "ay", "x income", "é", "écoute", "families poverty"],
}
#: Two at most: with more, hardly a project fits, and nothing would be tested.
FEW = st.lists(
    st.sampled_from([(name, word) for name, words in ASKED.items() for word in words]), max_size=2, unique_by=lambda each: each[0]
)


@given(few=FEW, national=st.booleans())
def test_what_is_found_is_what_fits_one_by_one(few: list[tuple[str, Any]], national: bool) -> None:
    """Read from each record alone, without the rows that were marked beforehand."""
    hold_one_by_one(ProjectsAsked(national=national, **dict(few)))


@pytest.mark.parametrize("name", ASKED)
def test_each_filter_alone_finds_what_fits(name: str) -> None:
    """Every word of each, some of which find something and not everything."""
    found = [len(hold_one_by_one(ProjectsAsked(**{name: word}, national=national))) for word in ASKED[name] for national in (False, True)]
    assert any(0 < many < len(PROJECTS.all()) for many in found)


def hold_one_by_one(asked: ProjectsAsked) -> list[Listed]:
    """What is found, held against each record alone."""

    def fits(one: Listed) -> bool:
        record, place = one.project, asked.place
        above = {place, *(SNAPSHOT.area(place).parents.values() if place else ()), *(["E92000001"] if asked.national else [])}
        return (
            (not asked.theme or asked.theme in record.themes)
            and (not asked.setting or asked.setting in record.settings)
            and (not asked.level or asked.level == record.level)
            and (not asked.population or asked.population in record.ages)
            and (not asked.core20plus5 or asked.core20plus5 in record.core20plus5_cyp + record.core20plus5_adult)
            and (not place or place in one.inside or bool(above & set(record.areas)))
            and all(fold(word) in one.words for word in asked.search.split())
        )

    found = PROJECTS.find(asked)
    assert found == [one for one in PROJECTS.all() if fits(one)]
    return found


@pytest.mark.parametrize(("text", "folded"), FOLDED.items())
def test_a_text_as_it_is_searched(text: str, folded: str) -> None:
    """In every script, however apostrophes, quotes and dashes are typed; the browser is held to the same table."""
    assert fold(text) == folded and fold(folded) == folded


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("children's", {"a", "b"}),
        ("children’s", {"a", "b"}),
        ("食", {"b"}),
        ("عيادة", {"c"}),
        ("ø", {"c"}),
        ("0-4", {"c"}),
        ("ward 7", {"a"}),
        ("poster", {"b"}),
        ("attendance", {"c"}),
        ("?!", {"b"}),
        ("…", set()),
        ("\u200b", set()),
        ("\u0301", set()),
        ("", {"a", "b", "c"}),
        (" ", {"a", "b", "c"}),
    ],
)
def test_a_search_finds_what_holds_its_words(search: str, found: set[str]) -> None:
    """Other scripts and signs too, where it is, evidence and measures too; signs alone never find everything."""
    records = [
        FOOD | {"id": "aaa", "organisation": "A children’s ward", "where_exactly": "Ward 7"},
        FOOD
        | {
            "id": "bbb",
            "title": "食 for all?!",
            "organisation": "Children's",
            "evidence": [{"kind": "report", "title": "Our poster", "link": "https://example.org/p"}],
        },
        FOOD | {"id": "ccc", "title": "عيادة, Søborg", "aim": "For those of 0–4", "measures": [{"kind": "outcome", "name": "Attendance"}]},
    ]
    projects = Projects([KeptProject(read_project(record)) for record in records], SNAPSHOT, TODAY)
    assert {one.id[0] for one in projects.find(ProjectsAsked(search=search))} == found


@pytest.mark.parametrize(
    ("stage", "end", "standing"),
    [
        ("running", "", "active"),
        ("running", "2026-11-25", "active"),
        ("running", "2026-11-24", "ended"),
        ("running", "2026-11", "active"),
        ("running", "2026-10", "ended"),
        ("running", "2026", "active"),
        ("spread", "2025", "ended"),
        ("testing", "2027", "active"),
        ("", "", "active"),
        ("", "2025", "ended"),
        ("ended", "", "ended"),
        ("ended", "2027", "ended"),
        ("idea", "", "idea"),
        ("idea", "2025", "ended"),
    ],
)
def test_what_is_over_is_not_active(stage: str, end: str, standing: str) -> None:
    """On 25 November 2026: an end that is past counts more than what the stage says."""
    project = read_project(FOOD | {"stage": stage, "end": end})
    assert activity_of(project, TODAY) == standing


def test_near_a_place_the_nearest_comes_first() -> None:
    """From Sparkbrook it is the children's hospital; from a point, what lies there."""
    near = PROJECTS.near(SNAPSHOT.area(SPARKBROOK), 3)
    assert near[0].listed.id == "bch-early-help-ed" and near[0].km < 3 and [one.km for one in near] == sorted(one.km for one in near)
    site = find_site("NE1 4LP", SNAPSHOT)
    assert site and PROJECTS.near((site.latitude, site.longitude), 1, km=1)[0].listed.id == "newcastle-welfare-advice"
    assert PROJECTS.near((50.0, -5.5), km=5) == []


def test_a_project_like_another_says_why() -> None:
    """Advice in another hospital is like advice in a hospital, and nothing is like itself."""
    like = PROJECTS.like(PROJECTS.get("gosh-citizens-advice"))
    assert {one.listed.id for one in like[:3]} & {"newcastle-welfare-advice", "royal-free-support-hub"}
    assert "Same theme: Income and advice, Housing and warmth" in like[0].reasons and all(one.reasons for one in like)
    assert "gosh-citizens-advice" not in {one.listed.id for one in like}


@pytest.mark.parametrize("code", [SPARKBROOK, "E02001824", BIRMINGHAM, "E54000055", LONDON])
def test_places_compared_show_by_what(code: str) -> None:
    """Ten inputs at each level; a place differs least from itself; the difference told is that of the whole level."""
    area = SNAPSHOT.area(code)
    differences = measure_differences(area, SNAPSHOT)
    order = differences.argsort(kind="stable")
    assert differences[area.position] == 0 and area.position in order[differences[order] == 0]
    there = SNAPSHOT.area(str(SNAPSHOT.areas[area.level].code.iloc[int(order[-1])]))
    told = compare_places(area, there, SNAPSHOT)
    assert len(told.inputs) == 10 and told.area == there and told.difference == round(float(differences.max()), 2)


def test_projects_of_similar_places_are_elsewhere() -> None:
    """From Newcastle one sees what others do in places like it, never one's own."""
    found = PROJECTS.in_similar_places(SNAPSHOT.area(SPARKBROOK))
    assert all(SNAPSHOT.area(SPARKBROOK).parents["lad"] not in one.listed.authorities for one in found)
    newcastle = PROJECTS.in_similar_places(SNAPSHOT.area("E08000021"))
    assert "newcastle-welfare-advice" not in {one.listed.id for one in newcastle}


def test_the_files_are_named_by_their_ids() -> None:
    """And there are as many as the public reports that are in England."""
    assert len(list(PROJECTS_DIR.glob("*.toml"))) == 24
    assert sum("hospital" in one.project.settings for one in PROJECTS.all()) > 10
    with pytest.raises(NotFoundError, match="There is no project at this address"):
        PROJECTS.get("none")
