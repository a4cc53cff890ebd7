"""The leaflet, without a browser: what is ticked, what may be printed, and that every word of it can be translated."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from place_lists import HERE, HOSTILE, TODAY, chosen_codes, with_places
from reading_age import EASY, LONGEST_EASY_SENTENCE, grade, longest

from command import checking, serving
from heatmap.drawing.elements import to_html
from heatmap.errors import HeatmapError
from heatmap.pages.place import leaflet
from heatmap.pages.place import page as place
from heatmap.pages.place.near import draw_near
from heatmap.place import leaflet as leaflets
from heatmap.place.address import PlaceAddress
from heatmap.place.help_near import HeadingNear, HelpAsked, find_help, order_services
from heatmap.place.leaflet import MOST, LeafletAddress, draw_qr, leaflet_texts, make_leaflet, read_leaflet_address
from heatmap.place.national_help import CRISIS, read_national_help
from heatmap.settings import ROOT
from heatmap.snapshot import open_snapshot
from heatmap.words.language import (
    Language,
    LanguageError,
    _,
    find_language_faults,
    find_marked,
    offered_languages,
    read_language,
    speaking,
    write_template,
)


def make(code: str = HERE, snapshot: Any = None, **address: Any) -> list[leaflets.LeafletPart]:
    """A leaflet's parts."""
    snapshot = snapshot or open_snapshot()
    return make_leaflet(find_help(snapshot.area(code), snapshot, TODAY), LeafletAddress(**address), TODAY)


# ---- what stands on it ----


@pytest.mark.parametrize("form", ["page", "large"])
@pytest.mark.parametrize("code", chosen_codes())
def test_so_many_are_ticked_as_fit(code: str, form: Any) -> None:
    """Under each heading three on one page, two in large print; national help for all ages fills up; never more."""
    parts = make(code, print=form)
    for_all = {f"help-{each.id}" for each in read_national_help() if each.is_for_all_ages and each.leaflet_default}
    assert len(parts) == 4
    for part in parts:
        ticked = sum(entry.ticked for entry in part.entries)
        able = sum(entry.id in for_all for entry in part.entries)
        assert min(MOST[form], able) <= ticked <= MOST[form]
        assert len({entry.id for entry in part.entries}) == len(part.entries)


def test_help_for_some_ages_only_waits_until_an_age_is_asked_for() -> None:
    """A leaflet for anybody begins with help of general use; the Runaway Helpline is ticked for a young person, not for a pensioner."""
    known = {f"help-{each.id}": each for each in read_national_help()}
    essentials = next(part for part in make() if part.heading == "provide_essentials")
    assert all(known[entry.id].is_for_all_ages for part in make() for entry in part.entries if entry.ticked and entry.id in known)
    assert [entry.ticked for entry in essentials.entries if entry.id == "help-runaway"] == [False]
    assert essentials.entries[-1].id == "help-runaway", "after the help of general use"
    young = find_help(open_snapshot().area(HERE), open_snapshot(), TODAY, HelpAsked(age="young_person"))
    ticked = {entry.id for part in make_leaflet(young, LeafletAddress(age="young_person"), TODAY) for entry in part.entries if entry.ticked}
    assert "help-runaway" in ticked
    child = find_help(open_snapshot().area(HERE), open_snapshot(), TODAY, HelpAsked(age="child"), ["crime_and_safety"])
    ticked = {entry.id for part in make_leaflet(child, LeafletAddress(age="child"), TODAY) for entry in part.entries if entry.ticked}
    assert "help-runaway" not in ticked, "from 11 on: not on a small child's leaflet"


def test_only_what_is_confirmed_is_offered() -> None:
    """No help without a confirmed contact, no number without a day, no line of the foot, and help against abuse never by itself."""
    entries = {entry.id.removeprefix("help-"): entry for part in make() for entry in part.entries if entry.id.startswith("help-")}
    known = {each.id: each for each in read_national_help()}
    for name, entry in entries.items():
        assert known[name].printable and name not in CRISIS
        assert not entry.phone or entry.sure or known[name].fixed_number
        assert not entry.ticked or known[name].leaflet_default
    assert "shelter" not in entries


def test_local_places_come_first() -> None:
    """The nearest are ticked; one that nobody checked for a year is offered, says so, and is not."""
    rows = [{"name": f"Bank {n}", "km": n, "checked_on": "2026-05-01", "phone": "0121 496 0000"} for n in (1, 2)]
    rows.append({"name": "Old bank", "km": 0.5, "checked_on": "2025-01-01"})
    part = next(part for part in make(snapshot=with_places(rows)) if part.heading == "provide_essentials")
    assert [(entry.name, entry.ticked) for entry in part.entries[:3]] == [("Old bank", False), ("Bank 1", True), ("Bank 2", True)]
    assert "Ring first" in part.entries[0].words
    assert part.entries[1].way == "tel:01214960000" and part.entries[1].sure == "Checked 1 May 2026"
    assert sum(entry.ticked for entry in part.entries) == 3


def test_what_some_have_within_reach_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the distance from the middle, within it from some postcodes: offered, with how many have it; beyond for all it is not."""
    for km, offered in ((3.05, True), (4.5, False)):
        snapshot = with_places([{"name": "Pantry", "km": km, "checked_on": "2026-05-01"}])
        monkeypatch.setattr(leaflet, "open_snapshot", lambda snapshot=snapshot: snapshot)
        html = to_html(leaflet.draw_body(HERE, "", TODAY))
        assert ("Pantry" in html) == offered
        assert bool(re.search(r"Of 100 postcodes, this many have one within 3 km: [a-z ]+ \d+\.", html)) == offered
        assert "straight lines from the middle of the postcodes in your area" in html


def test_hostile_lists_are_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and links of a list stay words on the leaflet too."""
    rows = [
        {
            "id": text,
            "name": text,
            "what": text,
            "phone": text,
            "website": text,
            "address": text,
            "postcode": text,
            "checked_on": "2026-06-01",
        }
        for text in HOSTILE
    ]
    snapshot = with_places(rows)
    monkeypatch.setattr(leaflet, "open_snapshot", lambda: snapshot)
    html = to_html(leaflet.draw_body(HERE, "", TODAY))
    assert not re.search(r"<script|<img(?! src=\"data:)|javascript:", re.sub(r">[^<]*<", "><", html), re.I)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_address_is_read_kindly() -> None:
    """Unknown values are left out; what is known is written back."""
    assert read_leaflet_address("?print=huge&lang=xx&age=old&for=young") == LeafletAddress()
    assert read_leaflet_address(LeafletAddress("large", "en", "child").but()) == LeafletAddress("large", "en", "child")


def test_the_page_hands_on_what_it_knows() -> None:
    """Age, condition, need and distance go from the place's page into the leaflet's address and back; a young person's has their age."""
    address = "?age=child&condition=asthma&need=food&within=5"
    page = unescape(to_html(place.draw_body(HERE, address, TODAY)))
    assert f'href="/place/{HERE}/leaflet{address}"' in page
    sheet = unescape(to_html(leaflet.draw_body(HERE, address, TODAY)))
    assert f'href="/place/{HERE}{address}"' in sheet and f'href="?print=large&{address[1:]}"' in sheet
    assert read_leaflet_address(address) == LeafletAddress(age="child", condition="asthma", need="food", within=5)
    assert f"/place/{HERE}/leaflet?age=young_person" in to_html(place.draw_body(HERE, "?for=young", TODAY))


def test_food_is_first_under_food_and_an_empty_heading_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Healthy Start is under "Food and things you need", first and ticked; where nothing may be printed there is no heading."""
    for age in ("", "child", "young_person", "adult"):
        near = find_help(open_snapshot().area(HERE), open_snapshot(), TODAY, HelpAsked(age=age), ["housing", "money"])
        part = next(part for part in make_leaflet(near, LeafletAddress(age=age), TODAY) if part.heading == "provide_essentials")
        assert (part.entries[0].id, part.entries[0].ticked) == ("help-healthy_start", True), age
    rows = [{"name": "Bank", "km": 1, "checked_on": "2026-05-01"}]
    assert next(part for part in make(snapshot=with_places(rows)) if part.heading == "provide_essentials").entries[0].name == "Bank"
    monkeypatch.setattr(leaflet, "make_leaflet", lambda *_: [leaflets.LeafletPart("provide_essentials", ()), *make()[2:]])
    assert re.search(r"<section hidden><h3>[^/]*</span>Food and things you need", to_html(leaflet.draw_body(HERE, "", TODAY)))


def test_the_numbers_of_the_page_are_those_of_the_leaflet() -> None:
    """What the page gives to call is printed, and nothing else; one last seen in 2020 is given on neither, and an undated one says so."""
    area, snapshot = open_snapshot().area(HERE), open_snapshot()
    page = to_html(draw_near(find_help(area, snapshot, TODAY), PlaceAddress(), snapshot, TODAY))
    for each in (each for each in read_national_help() if each.has_number and each.id not in CRISIS):
        for part in make_leaflet([HeadingNear(each.heading, (), (each,))], LeafletAddress(), TODAY):
            printed = [entry for entry in part.entries if entry.phone]
            number = each.phone or each.text_number
            assert bool(printed) == (f">{number}<" in page or f"Text {number}" in page), each.id
            assert all(entry.sure or each.fixed_number for entry in printed), each.id
    assert "0800 144 8848" not in page and "0300 330 1343" not in page and "0800 138 1111" in page


@pytest.mark.parametrize("code", ["E01009329", "E01021988", "E01008966", "E01004312"])
def test_a_private_clinic_is_never_named_before_an_nhs_hospital(code: str) -> None:
    """Hospitals are in the order of use to all: children's and large NHS ones, other NHS ones, unknown ones, private ones."""
    area, snapshot = open_snapshot().area(code), open_snapshot()
    near = leaflet._find_near(area, LeafletAddress(), snapshot, TODAY)
    part = next(part for part in make_leaflet(near, LeafletAddress(), TODAY) if part.heading == "get_care")
    names = [entry.name for entry in part.entries if entry.id.startswith("hospitals-")]
    kinds = dict(
        zip(snapshot.places("hospitals2022_england_points").name, snapshot.places("hospitals2022_england_points").what, strict=True)
    )
    assert names, "a hospital from further away, where none is within 3 km"
    private = [kinds[name].startswith("Independent") or "Spire" in name for name in names]
    assert private == sorted(private), names


def test_birmingham_names_its_childrens_hospital_first() -> None:
    """From the middle of Birmingham the first hospital on the leaflet is the Children's or the large one, not a clinic nearby."""
    area, snapshot = open_snapshot().area("E01033620"), open_snapshot()
    kind = next(
        kind
        for each in leaflet._find_near(area, LeafletAddress(), snapshot, TODAY)
        for kind in each.kinds
        if kind.card.symbol == "hospital"
    )
    first = [place.name for place in order_services(kind, kind.found)][:2]
    assert any("Children" in name for name in first), first


def test_qr_codes_are_pictures_of_their_own() -> None:
    """Black on white with a quiet edge, no request."""
    picture = draw_qr("https://www.citizensadvice.org.uk")
    assert picture.startswith("data:image/svg+xml") and draw_qr("tel:111") != picture


# ---- every word in another language ----


class Everything(dict[str, str]):
    """A translation that answers every text, in brackets."""

    def get(self, text: str, default: Any = None) -> str:  # type: ignore[override]
        """The text in brackets."""
        return f"⟦{text}⟧"


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Language:
    """A language that marks what has been translated, written from right to left."""
    language = Language("ar", "Pseudo", "test", "2026", Everything())
    monkeypatch.setattr(leaflet, "find_language", lambda code: language)
    return language


@pytest.mark.parametrize("form", ["page", "large"])
@pytest.mark.parametrize(
    "rows", [[], [{"name": "NAME", "address": "STREET", "phone": "0121 496 0000", "checked_on": "2026-05-01", "what": "thing"}]]
)
def test_no_word_of_the_sheet_is_left_out(form: str, rows: list[Any], pseudo: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside what is in brackets there are only names, addresses, numbers and websites; the sheet runs from right to left."""
    snapshot = with_places(rows or [{"name": "NAME", "km": 50}])
    monkeypatch.setattr(leaflet, "open_snapshot", lambda: snapshot)
    html = to_html(leaflet.draw_body(HERE, f"?print={form}", TODAY))
    sheets = re.findall(r'<article class="a4[^>]*>.*?</article>', html, re.S)
    assert len(sheets) == (1 if form == "page" else 2)
    for sheet in sheets:
        assert 'lang="ar" dir="rtl"' in sheet.partition(">")[0]
        for alt in re.findall(r'alt="([^"]*)"', sheet):
            assert alt.startswith("⟦")
        for text in map(unescape, re.findall(r">([^<>]+)<", sheet)):
            data = r"NAME|STREET|[\w./-]+\.(uk|org|com|net)\b[\w./-]*|Kings Heath Park & Stirchley East, Birmingham"
            left, before = re.sub(data, "", text), ""
            while left != before:  # brackets within brackets; one that was cut short has no end
                left, before = re.sub(r"⟦[^⟦⟧]*(⟧|…|\.)", "", left), left
            assert not re.search(r"[A-Za-z]{2}", left), text


def test_the_translators_list_holds_every_text(monkeypatch: pytest.MonkeyPatch, pseudo: Language) -> None:
    """What the leaflet asks to have translated stands in the list, so that nobody translates in vain."""
    asked: set[str] = set()
    monkeypatch.setattr(Everything, "get", lambda self, text, default=None: asked.add(text) or text)
    leaflet.draw_body(HERE, "", TODAY)
    leaflet.draw_body(HERE, "?print=large", TODAY)
    listed = set(leaflet_texts())
    kinds = {
        place.what for part in find_help(open_snapshot().area(HERE), open_snapshot(), TODAY) for kind in part.kinds for place in kind.found
    }
    assert {text for text in asked if text} <= listed | kinds


# ---- a language's file ----


def write(folder: Path, body: str, head: str = "X-Checked-By-Role: nurse\\nX-Checked-On: 2026-01-01\\nX-Language-Name: Polski\\n") -> Path:
    """A file pl.po."""
    path = folder / "pl.po"
    path.write_text(f'msgid ""\nmsgstr "{head}"\n\n{body}', encoding="utf-8")
    return path


def test_a_checked_file_is_offered(tmp_path: Path) -> None:
    """Lines may be broken, empty ones stay English, fuzzy ones are guesses."""
    write(tmp_path, 'msgid "Money"\nmsgstr "Pie"\n"niądze"\n\nmsgid "Get care"\nmsgstr ""\n\n#, fuzzy\nmsgid "Join in"\nmsgstr "?"\n')
    language = offered_languages(tmp_path)["pl"]
    with speaking(language):
        assert (_("Money"), _("Get care"), _("Join in")) == ("Pieniądze", "Get care", "Join in")
    assert _("Money") == "Money" and language.direction == "ltr" and language.name == "Polski"


def test_an_unchecked_file_is_not_offered(tmp_path: Path) -> None:
    """Until a person has checked it there is no such language."""
    write(tmp_path, 'msgid "Money"\nmsgstr "X"\n', head="X-Language-Name: Polski\\n")
    assert list(offered_languages(tmp_path)) == ["en"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('msgid "{n} minutes’ walk"\nmsgstr "minut"\n', "same {fields}"),
        ("msgid Money\n", "line 4 cannot be read"),
        ('msgid "a"\nmsgstr "b\n', "line 5 cannot"),
    ],
)
def test_a_broken_file_says_where(tmp_path: Path, body: str, said: str) -> None:
    """The line, or the text, and how it should look."""
    with pytest.raises(LanguageError, match=re.escape(said)):
        read_language(write(tmp_path, body))


def test_a_mark_of_byte_order_is_no_fault(tmp_path: Path) -> None:
    """Notepad begins a file with one: the language is read as any other."""
    path = write(tmp_path, 'msgid "Money"\nmsgstr "Pieniądze"\n')
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert offered_languages(tmp_path)["pl"].texts == {"Money": "Pieniądze"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'msgid ""\nmsgstr "X-Checked-On: 2026\\n"\nmsgid "Money"\nmsgstr "Pieni\xb1dze"\n', r"pl.po: byte 67 is not UTF-8\. Save"),
        (b'msgid "{n} km"\nmsgstr "{n km"\n', "same {fields}"),
        (b'msgid "{n} km"\nmsgstr "{n:d} km"\n', "same {fields}"),
        (b'msgid "{n} km"\nmsgstr "{0} km"\n', "same {fields}"),
        (b'msgid_plural "x"\n', "line 1 cannot be read"),
        (b'msgctxt "x"\nmsgid "a"\nmsgstr "b"\n', "line 1 cannot be read"),
        ("m\x00".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_a_faulty_file_never_takes_a_leaflet_down(tmp_path: Path, content: bytes, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong in one language's file, the others are offered, the leaflet is drawn, and the fault is named by its file."""
    write(tmp_path, 'msgid "Money"\nmsgstr "X"\n').rename(tmp_path / "ur.po")
    (tmp_path / "pl.po").write_bytes(content)
    offered = offered_languages(tmp_path)
    assert list(offered) == ["en", "ur"]
    faults = find_language_faults(tmp_path)
    assert len(faults) == 1 and "pl.po" in faults[0] and (re.search(said, faults[0]) or said in faults[0])
    monkeypatch.setattr(leaflets, "offered_languages", lambda: offered)
    assert "Help near you" in to_html(leaflet.draw_body(HERE, "?lang=pl", TODAY))


def test_check_and_serve_name_a_faulty_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """``heatmap check`` fails with the file's sentence, and ``heatmap serve`` says it before it serves."""
    monkeypatch.setattr(checking, "find_language_faults", lambda: ["pl.po: line 4 cannot be read."])
    monkeypatch.setattr(checking, "card_paths", lambda: [])
    with pytest.raises(HeatmapError, match=r"pl\.po: line 4"):
        checking.check_layers(None, lambda _: None)
    said: list[str] = []
    monkeypatch.setattr(serving, "find_language_faults", lambda: ["pl.po: line 4 cannot be read."])
    monkeypatch.setattr(serving.typer, "echo", lambda text, **_: said.append(text))
    monkeypatch.setattr("command.workers.Workers.run", lambda _: None)
    monkeypatch.setattr(serving, "try_port", lambda *_: None)
    serving.serve_site("127.0.0.1", 0, 1, "/")
    assert "pl.po: line 4 cannot be read." in said[0]


def test_numbers_and_addresses_keep_their_order_from_right_to_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a leaflet written from right to left every number, name and address is set apart; what is set apart is closed again."""
    arabic = Language("ar", "العربية", "nurse", "2026", {"Money": "مال", "Childline {number}": "خط الطفل {number}"})
    monkeypatch.setattr(leaflet, "find_language", lambda code: arabic)
    rows = [
        {
            "name": "Bank",
            "km": 1,
            "phone": "0121 496 0000",
            "address": "12 High Street, Birmingham",
            "postcode": "B14 7QH",
            "checked_on": "2026-05-01",
        }
    ]
    snapshot = with_places(rows)
    monkeypatch.setattr(leaflet, "open_snapshot", lambda: snapshot)
    html = unescape(to_html(leaflet.draw_body(HERE, "", TODAY)))
    sheet = re.search(r'<article class="a4.*?</article>', html, re.S)[0]  # type: ignore[index]
    for text in (
        "0121 496 0000",
        "0800\u00a01111",
        "12 High Street, Birmingham, B14\u00a07QH",
        "Bank",
        "Kings Heath Park & Stirchley East, Birmingham",
    ):
        assert re.search(f"[\u2066\u2068]{re.escape(text)}\u2069", sheet), text
    for number in re.findall(r"(.)(\d[\d ]{6,}\d)(.)", " ".join(re.findall(r">([^<>]+)<", sheet))):
        assert number[0] == "\u2066" and number[2] == "\u2069", number
    for text in re.findall(r">([^<>]+)<", sheet):
        assert len(re.findall("[\u2066\u2068]", text)) == text.count("\u2069"), text


def test_the_template_reads_back(tmp_path: Path) -> None:
    """Every text of the leaflet comes back as it was, quotes and all."""
    texts = [*leaflet_texts(), 'a "quoted" word\\', "two\nlines"]
    path = tmp_path / "pl.po"
    path.write_text(re.sub(r'msgid "(.+)"\nmsgstr ""', r'msgid "\1"\nmsgstr "\1"', write_template(texts)), encoding="utf-8")
    assert set(read_language(path).texts) == set(texts)


def test_marked_texts_are_found(tmp_path: Path) -> None:
    """Also those that go over several lines."""
    path = tmp_path / "a.py"
    path.write_text('x = _("one")\ny = _(\n    "two"\n    " three"\n).format(n=_("four"))\n', encoding="utf-8")
    assert find_marked(path) == ["one", "two three", "four"]


def test_made_on_the_day_that_is_given() -> None:
    """The date is the clock's that the page was given."""
    assert "1 February 2027" in to_html(leaflet.draw_body(HERE, "", date(2027, 2, 1)))


@pytest.mark.parametrize("module", ["pages/place/young.py", "place/leaflet.py", "pages/place/leaflet.py"])
def test_families_and_young_people_can_read_it(module: str) -> None:
    """Reading age 9 to 11: every sentence that these modules write is short and plain; the credit of the map is the law's."""
    said = [text.format_map(Numbers()) for text in find_marked(ROOT / "heatmap" / module)]
    said = [text if text.endswith((".", "?", ":")) else f"{text}." for text in said if "©" not in text and len(text.split()) > 2]
    assert grade(" ".join(said)) <= EASY
    assert longest(said) <= LONGEST_EASY_SENTENCE


class Numbers(dict[str, str]):
    """A number in every gap of a text."""

    def __missing__(self, key: str) -> str:
        return "4"
