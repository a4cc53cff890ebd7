"""The place page, without a browser: every kind of place tells its story, lists are read safely, and unknown codes are not pages."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from place_lists import HERE, HOSTILE, TODAY, chosen_codes, make_card, with_places

from heatmap.distances import great_circle_km
from heatmap.drawing.elements import el, to_html
from heatmap.layers.cards import HEADINGS
from heatmap.pages.place import page as place
from heatmap.pages.place.near import draw_near
from heatmap.pages.place.young import draw_places
from heatmap.phones import dial
from heatmap.place import help_near
from heatmap.place.address import AGES, CONDITIONS, NEEDS, PlaceAddress, read_place_address
from heatmap.place.ages import fits_age
from heatmap.place.facts import read_story_facts
from heatmap.place.help_near import HelpAsked, find_help, safe_link, say_glance, state_of
from heatmap.place.map import draw_place, frame_of_place, say_place_map
from heatmap.place.national_help import CRISIS
from heatmap.place.story import say_for_the_record, tell_story
from heatmap.site import make_site
from heatmap.snapshot import Snapshot, open_snapshot


@pytest.fixture(scope="module")
def built() -> Snapshot:
    """The embedded snapshot."""
    return open_snapshot()


def words_of(code: str, query: str = "") -> str:
    """The page's words, without its marks."""
    return unescape(re.sub(r"<[^>]+>", " ", to_html(place.draw_body(code, query, TODAY))))


# ---- twenty places ----


@pytest.mark.parametrize("code", chosen_codes())
def test_every_kind_of_place_has_its_page(code: str, built: Snapshot) -> None:
    """Both registers say every sentence of the story once, the caveat too, and nothing is left unsaid."""
    facts = read_story_facts(built.area(code), built)
    for query, register, age in (("", "clinicians", "child"), ("?for=young", "young", "child"), ("?age=adult", "clinicians", "adult")):
        text = " ".join(words_of(code, query).split())
        for sentence in tell_story(facts, register, age):  # type: ignore[arg-type]
            assert re.sub(r"\W", "", sentence.text) in re.sub(r"\W", "", text)
        caveat = tell_story(facts, register)[-1].text.split(". ")[0]  # type: ignore[arg-type]
        assert text.count(caveat) == 1
        assert not re.search(r"None(?! of )", text) and "nan" not in text.split() and "{" not in text
        assert "deprived people" not in text.lower()
        assert ("Core20" in text) <= (register == "clinicians")
    assert say_for_the_record(facts) in words_of(code)
    assert (place.title_of(code) or "") in words_of(code)


@pytest.mark.parametrize("level", ["msoa", "lad", "icb", "rgn"])
def test_larger_areas_have_shares_and_the_ways_within(level: Any, built: Snapshot) -> None:
    """No tenth of their own: shares, as the map's panel has them, and a link to every area of the next level within."""
    code = built.areas[level].code.iloc[3]
    html = to_html(place.draw_body(code, "", TODAY))
    within = {"msoa": "lsoa", "lad": "msoa", "icb": "lad", "rgn": "lad"}[level]
    column = f"{level}{'21' if level == 'msoa' else '24'}_code"
    own = {"lsoa": "code", "msoa": "msoa21_code", "lad": "lad24_code"}[within]
    inside = set(built.areas["lsoa"].loc[built.areas["lsoa"][column] == code, own])
    assert set(re.findall(r'<li>.*?href="/place/(E\d+)"', html)) == inside
    assert "live in the most deprived tenth" in html or "lives in the most deprived tenth" in html


def test_unknown_codes_are_not_pages() -> None:
    """Status 404 for what is no area of ours, also in another spelling; 200 for what is; no leaflet of a larger area."""
    with TestClient(make_site(open_snapshot())) as client:
        for code, status in (
            (HERE, 200),
            ("E08000025", 200),
            ("E01999999", 404),
            ("W01000001", 404),
            (HERE.lower(), 404),
            ("B14 6RE", 404),
        ):
            assert client.get(f"/place/{code}").status_code == status, code
        assert client.get(f"/place/{HERE}/leaflet").status_code == 200
        assert client.get("/place/E08000025/leaflet").status_code == 404
        assert "<title>Kings Heath Park &amp; Stirchley East · WHAM HeatMap</title>" in client.get(f"/place/{HERE}").text


# ---- the address ----


def test_the_address_gives_the_screen_back() -> None:
    """What a state writes, it reads; every value of every key."""
    states = [PlaceAddress(register="young"), PlaceAddress(within=10, older=True, kind="libraries")]
    states += (
        [PlaceAddress(age=age) for age in AGES]
        + [PlaceAddress(condition=each) for each in CONDITIONS]
        + [PlaceAddress(need=each) for each in NEEDS]
    )
    for address in states:
        assert read_place_address(address.to_query(), ["libraries"]) == (address, [])


@pytest.mark.parametrize("query", ["?age=old", "?within=4", "?kind=pubs", "?for=<script>", "?x=1", "?condition=&age=%00", "?" + "a" * 5000])
def test_a_bad_link_falls_back_and_says_so(query: str) -> None:
    """The page as by default, with a sentence; what the link held is shown as words only."""
    address, notices = read_place_address(query)
    assert address == PlaceAddress() and notices
    assert "<script>" not in to_html(place.draw_body(HERE, query, TODAY))


def test_age_and_condition_choose_the_cards() -> None:
    """The condition's own line is on the card, and cards for another age go."""
    asthma = words_of(HERE, "?condition=asthma&age=child")
    assert "Ask about damp, mould and smoke in the room where the child sleeps." in asthma
    assert "Draft, not yet reviewed by a clinician." in asthma and "Sources" in asthma


def test_cards_stand_in_the_order_of_the_drivers() -> None:
    """Income, employment and crime drive this place: money, work, safety."""
    html = to_html(place.draw_body(HERE, "", TODAY))
    titles = re.findall(r'class="prompt"><h3><span[^>]*></span>([^<]+)', html)
    assert titles[:3] == ["Money", "Work", "Crime and safety"]


# ---- lists of places ----


def near(snapshot: Snapshot, **asked: Any) -> Any:
    """What is near under "Provide essentials"."""
    return next(
        each for each in find_help(snapshot.area(HERE), snapshot, TODAY, HelpAsked(**asked)) if each.heading == "provide_essentials"
    )


def test_the_nearest_come_first_with_their_way() -> None:
    """Straight lines in kilometres, and minutes at 4.8 km an hour."""
    found = near(with_places([{"name": "B", "km": 2.0}, {"name": "A", "km": 0.8}, {"name": "C", "km": 3.4}])).kinds[0].found
    assert [(place.name, place.km, place.minutes) for place in found] == [("A", 0.8, 10), ("B", 2.0, 25)]


def test_nothing_within_the_distance_is_an_answer() -> None:
    """The nearest beyond is told, and the first line says both."""
    snapshot = with_places([{"name": "Far away", "km": 4.2}, {"name": "Further", "km": 9}])
    heading = near(snapshot)
    assert heading.kinds[0].found == () and heading.kinds[0].beyond.name == "Far away"
    assert say_glance(heading, 3) == ("none within 3 km, nearest 4.2 km", False)
    assert near(snapshot, km=5).kinds[0].found[0].name == "Far away"


@pytest.mark.parametrize(("km", "beyond"), [(2.95, False), (3.05, True)])
def test_spread_postcodes_are_told(km: float, beyond: bool) -> None:
    """A place at the edge of the distance: some postcodes have it within and some have not, and one point would speak for all."""
    snapshot = with_places([{"name": "Pantry", "km": km, "checked_on": "2026-06-01"}])
    heading = near(snapshot)
    (kind,) = heading.kinds
    pantry = kind.offered[0]
    far = [
        great_circle_km(*point, np.array([pantry.latitude]), np.array([pantry.longitude]))[0]
        for point in zip(*snapshot.postcodes_in(snapshot.area(HERE)), strict=True)
    ]
    assert kind.share == pytest.approx(100 * (np.array(far) <= 3).mean()) and 0 < kind.share < 100 and kind.is_spread
    share = f"{round(kind.share)} in 100 of its postcodes are within 3 km of one"
    assert (kind.beyond is not None) == beyond and pantry.name == "Pantry"
    assert beyond == (share in say_glance(heading, 3)[0])
    page = to_html(draw_near([heading], PlaceAddress(), snapshot, TODAY))
    assert f"Postcodes here are spread out. {kind.card.short}: {share}." in page
    assert "from the middle of this neighbourhood’s postcodes" in page
    assert "Pantry" in to_html(draw_places([heading])) and "from the middle of the postcodes here" in to_html(draw_places([heading]))


def test_where_the_middle_speaks_for_all_no_share_is_told() -> None:
    """All postcodes within, or none."""
    for km in (0.5, 9.0):
        heading = near(snapshot := with_places([{"name": "Pantry", "km": km}]))
        assert not heading.kinds[0].is_spread and heading.kinds[0].share in (0, 100)
        assert "spread" not in to_html(draw_near([heading], PlaceAddress(), snapshot, TODAY))
        assert [place.name for place in heading.kinds[0].offered] == (["Pantry"] if km < 3 else [])


def test_without_a_list_national_help_stands_there() -> None:
    """It says that no list is loaded and how to add one; the lines of the foot are not listed twice."""
    snapshot = with_places([{"name": "A"}])
    for heading in find_help(snapshot.area(HERE), snapshot, TODAY):
        assert heading.national and not {each.id for each in heading.national} & set(CRISIS)
        assert heading.has_list == (heading.heading == "provide_essentials")
    page = to_html(draw_near(find_help(snapshot.area(HERE), snapshot, TODAY), PlaceAddress(), snapshot, TODAY))
    assert page.count("No local list is loaded for this area.") == len(HEADINGS) - 1
    assert page.count("heatmap import") == page.count("docs/add-local-help.md") == len(HEADINGS) - 1


@pytest.mark.parametrize(
    ("checked", "state"),
    [
        ("2025-06-16", "fresh"),
        ("2025-06-15", "old"),
        ("2024-06-16", "old"),
        ("2024-06-15", "hidden"),
        ("2024", "hidden"),
        ("2026-05", "fresh"),
        ("", "undated"),
        ("last week", "undated"),
    ],
)
def test_a_communitys_entry_ages(checked: str, state: str) -> None:
    """Marked after twelve months, hidden after twenty-four, counted from the day that is given."""
    assert state_of(make_card(), checked, TODAY) == state


def test_a_registers_entry_does_not_age() -> None:
    """It says its month instead."""
    card = make_card(register_month="February 2016")
    assert state_of(card, "", TODAY) == state_of(card, "2001-01-01", TODAY) == "register"
    snapshot = with_places([{"name": "A"}], register_month="February 2016")
    assert help_near.say_listed(near(snapshot).kinds[0].found[0], card) == "As in the register of February 2016"


def test_old_entries_are_hidden_behind_a_switch() -> None:
    """They are counted, and shown when asked for, with the day of the last check."""
    snapshot = with_places([{"name": "Old", "checked_on": "2020-01-01", "km": 1}, {"name": "New", "checked_on": "2026-06-01", "km": 2}])
    kind = near(snapshot).kinds[0]
    assert [place.name for place in kind.found] == ["New"] and kind.hidden == 1
    shown = near(snapshot, older=True).kinds[0]
    assert [place.name for place in shown.found] == ["Old", "New"] and shown.hidden == 0
    assert help_near.say_listed(shown.found[0], make_card()) == "Last checked 1 January 2020: ring first"


def test_need_age_and_kind_filter() -> None:
    """An entry's own need and ages; where it says none, its kind's need, and every age."""
    snapshot = with_places(
        [{"name": "Baby bank", "need": "family; food", "ages": "0 to 4"}, {"name": "Any"}, {"name": "Legal", "need": "housing"}]
    )
    names = lambda **asked: [place.name for kind in near(snapshot, **asked).kinds for place in kind.found]  # noqa: E731
    assert names(need="food") == ["Baby bank", "Any"] and names(need="housing") == ["Legal"]
    assert names(age="adult") == ["Any", "Legal"] and len(names(age="child")) == 3
    assert names(kind="food_banks") and names(kind="libraries") == []


def test_ages_are_read_as_people_write_them() -> None:
    """A span, an open end, a single year."""
    assert fits_age("11-18", "young_person") and fits_age("11-18", "child") and not fits_age("12 to 18", "child")
    assert fits_age("60+", "adult") and not fits_age("60+", "young_person")
    assert fits_age("3", "child") and not fits_age("3", "adult")


def test_hostile_lists_are_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts in names are words, and links that are none are not made."""
    rows = [
        {
            "name": text,
            "what": text,
            "need": text,
            "ages": text,
            "opening": text,
            "phone": text,
            "address": text,
            "checked_on": "2026-06-01",
            "website": "javascript:alert(1)",
            "cost": text,
            "km": 0.1 * n,
        }
        for n, text in enumerate(HOSTILE)
    ]
    snapshot = with_places(rows)
    monkeypatch.setattr(place, "open_snapshot", lambda: snapshot)
    for query in ("", "?for=young"):
        html = to_html(place.draw_body(HERE, query, TODAY))
        assert not re.search(
            r"<script|<img(?! src=\"(data:|/api/v1/areas/E\d+/indicators/))|javascript:|\son\w+=[^<]*>",
            re.sub(r">[^<]*<", "><", html),
            re.I,
        )
        assert query or "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://a b.org",
        "https://user@host.org",
        "ftp://a.org",
        "https://x",
        "",
    ],
)
def test_only_websites_are_links(link: str) -> None:
    """Everything else is left out."""
    assert safe_link(link) == ""


def test_only_numbers_are_dialled() -> None:
    """Words in the telephone's place are no link."""
    assert dial("ask Jo") == "" and dial("tel:1") == "" and dial("Room 12, 2026-03-31") == "" and dial("0121 444 2054") == "01214442054"


@pytest.mark.parametrize("behind", [" ext 22", " x22", " ext. 22", " extension 4", " (mornings)", " option 2", "#4", " or 07700 900123"])
def test_what_stands_behind_a_number_is_not_dialled(behind: str) -> None:
    """An extension is read out, not dialled: no other number comes of it."""
    assert dial(f"0121 496 0010{behind}") == "01214960010" and dial(f"+44 121 496 0010{behind}") == "+441214960010"


# ---- elements and pictures ----


def test_whatever_words_hold_they_stay_words() -> None:
    """In text, in attributes and in styles."""
    for text in HOSTILE:
        html = to_html(el("P", [text, el("A", text, href=text, aria_label=text, style={"--x": text})], id=text))
        assert re.sub(r'"[^"]*"|>[^<>]*<', '"', html).count("<") <= 4
        assert "<script" not in html and "<img" not in html


@pytest.mark.parametrize("code", [HERE, "E01019077", "E01031871"])
def test_the_small_map_is_one_picture(code: str, built: Snapshot) -> None:
    """Nothing is fetched by it; it shows the place whole, and says in words what it shows."""
    area = built.area(code)
    picture = draw_place(area, built, [("library", *area.middle)])
    assert (
        picture.startswith("data:image/svg+xml,<svg")
        and "#" not in picture
        and "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    )
    frame = frame_of_place(area, built)
    assert all(frame.holds(area.row[south], area.row[west]) for south in ("south", "north") for west in ("west", "east"))
    decile = built.table("imd2025_england_lsoa21")["lsoa"].decile[area.position]
    assert f"tenth {decile}" in say_place_map(area, built)


def test_no_page_says_what_drives_a_place_and_the_order_is_explained_once() -> None:
    """Domains are in the order of their rank: the page says so once, with the index's weights, and never that one drives the place."""
    for code in ("E01021988", HERE, "E01011445"):
        page = to_html(place.draw_body(code, "", TODAY))
        assert not re.search(r"what drives|drives (it|this|the)", page, re.IGNORECASE)
        assert page.count("not of what each adds to the index. Weights in the index: income 22.5%, employment 22.5%") == 1


def test_the_young_page_gives_the_number_with_call_before_you_go() -> None:
    """Whoever is told to call a surgery first has its number there, to press; without a number nobody is told to call."""
    page = to_html(place.draw_body(HERE, "?for=young", TODAY))
    tiles = re.findall(r'<div class="tile">.*?</div></div>', page)
    told = [tile for tile in tiles if "Call before you go" in tile]
    assert told and all('href="tel:' in tile for tile in told)
