"""The search box in a real browser: it finds the place, and nothing typed ever leaves the page.

No server: a made-up town, a made-up index and made-up postcode tables are handed out by Playwright from the
address http://heat.test/, which exists nowhere, and every request is written down.
"""

import json
import random
import re
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from accessibility import AXE, check
from named import FOUND
from postcode_cases import FULL, NEITHER, OUTWARDS, PARTIAL

from heatmap.pages.frame.search_box import SEARCH_BOX
from heatmap.settings import ROOT
from heatmap.snapshot import open_snapshot

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

ASSETS = ROOT / "assets"
ORIGIN = "http://heat.test"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'"
SMALL = "EC1P LD7 DG16"
INDEX = {
    "rgn": {"code": ["E12000005", "E12000007"], "name": ["West Midlands", "London"]},
    "icb": {"code": ["E54000029", "E54000055"], "name": ["North East London", "Birmingham and Solihull"]},
    "lad": {
        "code": ["E06000063", "E08000025", "E09000025", "E09000033"],
        "name": ["Cumberland", "Birmingham", "Newham", "Westminster"],
        "rgn": [0, 0, 1, 1],
    },
    "msoa": {  # E02000001, E02000011, E02000012, E02000020, E02000021
        "code": [2000001, 10, 1, 8, 1],
        "name": ["St James’s", "Kings Heath Park & Stirchley East", "Kingsbury-on-Trym", "New Town", "Café Town"],
        "number": ["018", "107", "108", "001", "001"],
        "lad": [3, 1, 1, 2, 0],
        "stem": {"4": "Allerdale"},
    },
    "lsoa": {  # E01004736, E01008965, E01008966, E01008970, E01008971, E01008972
        "code": [1004736, 4229, 1, 4, 1, 1],
        "msoa": [0, 1, 1, 2, 3, 4],
        "letter": "ADEABA",
    },
}
TABLES = {
    "B14": {"6RE": ["E01008966", 52.43, -1.9, "N"], "6RP": ["E01008965", 52.43, -1.9, "P"]},
    "SW1A": {"1AA": ["E01004736", 51.5, -0.14, "N"]},
    "M1": {"1AE": ["E01008970", 53.48, -2.23, "N"]},
}
SMALL_TABLE = {"EC1P": {"1AA": ["E01008971", 51.5, -0.1, "P"]}, "LD7": {}, "DG16": {}}
UNKNOWN = "We do not have this postcode: it may be mistyped, newer than November 2025, or outside England."
NOT_ONE = "We found no such postcode or place. A postcode looks like B14 6RE."
NO_NAME = "We cannot find a place with that name in England. Try part of the name, the nearest town, or a postcode."
OFFLINE = "We cannot reach our server. Check the connection and try again."
PROBABLY = "This postcode is probably in this neighbourhood. We worked that out from its map reference."
ALLOWED = re.compile(r"/(assets/[a-z]+\.(js|css)|page\.js|start\.js|search/b1/areas\.json|favicon\.ico|away)?$")


#: By this a page knows our answers from a network's own.
OURS = {"Heatmap-Release": "b1"}


class World:
    """The made-up server: answers by path, remembers every request, can be switched off or made slow."""

    def __init__(self):
        """Nothing asked yet, all well."""
        self.requests, self.console, self.away, self.slow, self.held = [], [], False, False, []
        self.page_settings = {"search": "/search/b1/areas.json", "outwards": OUTWARDS, "small": SMALL, "box": SEARCH_BOX}

    def answer(self, route):
        """The page, its scripts, or data; held back while slow, cut off while away."""
        request = route.request
        path = urlsplit(request.url).path
        body = request.post_data or ""
        self.requests.append(f"{request.method} {request.url} {body} {json.dumps(request.headers)}")
        if path.startswith("/api/") or path.startswith("/search/"):
            if self.slow:
                return self.held.append((route, path))
            if self.away:
                return route.abort()
            return self.data(route, path)
        if path.startswith("/assets/") and (ASSETS / Path(path).name).is_file():
            return route.fulfill(path=ASSETS / Path(path).name)
        if path == "/page.js":
            return route.fulfill(content_type="text/javascript", body=f"window.heat = {{page: {json.dumps(self.page_settings)}}};")
        if path == "/start.js":
            return route.fulfill(
                content_type="text/javascript",
                body="window.chosen = []; heat.choose = detail => window.chosen.push(detail);",
            )
        if path == "/favicon.ico":
            return route.fulfill(status=204)
        scripts = "".join(f"<script src=/assets/{name}.js></script>" for name in ("dom", "answers", "areas", "postcode", "search"))
        return route.fulfill(
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"},
            body=(
                "<!doctype html><html lang=en data-release=b1><title>Map</title><meta name=viewport content='width=device-width'>"
                "<link rel=stylesheet href=/assets/tokens.css><link rel=stylesheet href=/assets/app.css>"
                "<link rel=stylesheet href=/assets/search.css><body><main style='max-width:20rem;padding:1rem'>"
                "<h1>Map</h1><div id=search data-heat-search></div></main>"
                f"<script src=/page.js></script>{scripts}{'' if path == '/away' else '<script src=/start.js></script>'}"
            ),
        )

    def data(self, route, path):
        """The index of names, or one table of postcodes."""
        name = path.rsplit("/", 1)[1]
        if path == "/search/b1/areas.json":
            return route.fulfill(json=INDEX, headers=OURS)
        if name == "small":
            return route.fulfill(json={"outwards": SMALL_TABLE}, headers=OURS)
        return route.fulfill(json={"outward": name, "postcodes": TABLES.get(name, {})}, headers=OURS)

    def hurry(self):
        """Answer what has been waiting."""
        self.slow = False
        for route, path in self.held:
            self.data(route, path)

    @property
    def asked(self):
        """The paths of the data that were asked for, without the index of names."""
        paths = [urlsplit(line.split()[1]).path for line in self.requests]
        return [path.removeprefix("/api/v1/postcodes/") for path in paths if path.startswith("/api/")]

    def unlisted(self):
        """Every request that is neither part of the page nor the table of a listed outward code."""
        good = {f"/api/v1/postcodes/{code}" for code in [*OUTWARDS.split(), "small"]}
        bad = []
        for line in self.requests:
            method, url, *_ = line.split()
            parts = urlsplit(url)
            path_is_good = parts.path in good or ALLOWED.match(parts.path)
            if method != "GET" or parts.query or parts.netloc != "heat.test" or not path_is_good:
                bad.append(line)
        return bad


@pytest.fixture
def world():
    """A fresh made-up server."""
    return World()


@pytest.fixture
def tab(browser, world):
    """A page with the search box on it, 390 px wide; no console message may be left at the end."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.route("**/*", world.answer)
    page = context.new_page()
    page.on("console", lambda message: world.console.append(message.text))
    page.on("pageerror", lambda error: world.console.append(str(error)))
    page.goto(f"{ORIGIN}/")
    yield page
    context.close()
    assert [line for line in world.console if "ERR_FAILED" not in line] == []
    assert world.unlisted() == []


def box(tab):
    """The input."""
    return tab.get_by_role("combobox", name="Find a postcode or place")


def type_in(tab, text):
    """Type like a person, key by key."""
    box(tab).fill("")
    box(tab).press_sequentially(text)


def options(tab):
    """The suggestions on show."""
    return tab.locator("[role=option]")


def message(tab):
    """The message under the box."""
    return tab.locator(".search-message .msg")


def chosen(tab, times=1):
    """What the map was told, once it was told so often; a table of postcodes may still be on its way."""
    for _wait in range(100):
        told = tab.evaluate("window.chosen")
        if len(told) >= times:
            return told
        tab.wait_for_timeout(50)
    return told


def test_full_postcodes_are_read_whatever_the_spelling(tab):
    """Case, spaces, dashes and slips between O and 0, I, L and 1 do not matter; real codes are left alone."""
    wrong = []
    for typed, meant in FULL:
        got = tab.evaluate("text => heat.postcode.parse(text)", typed)
        expected = ("full", meant) if meant else ("not_a_postcode", "")  # nothing in it is surely a digit
        if (got["kind"], got["text"]) != expected:
            wrong.append((typed, got))
    assert wrong == []
    assert tab.evaluate("heat.postcode.parse('BI4 6RE').repaired") is True
    assert tab.evaluate("heat.postcode.parse('b14 6re')") == {
        "kind": "full",
        "outward": "B14",
        "inward": "6RE",
        "text": "B14 6RE",
        "listed": True,
        "repaired": False,
    }


def test_beginnings_of_postcodes_are_read(tab):
    """What is there is split where the space was typed, else after the longest outward code that exists."""
    got = [tab.evaluate("text => heat.postcode.parse(text)", typed) for typed, _, _ in PARTIAL]
    assert [(p["kind"], p["outward"], p["inward"]) for p in got] == [("partial", o, i) for _, o, i in PARTIAL]


def test_other_words_are_not_postcodes(tab):
    """Names, attacks and nonsense are called what they are; nothing is asked."""
    for typed in NEITHER:
        assert tab.evaluate("text => heat.postcode.parse(text).kind", typed) == "not_a_postcode", typed
    for typed in ["", "   ", " - ", None]:
        assert tab.evaluate("text => heat.postcode.parse(text).kind", typed) == "empty", typed


NI = "Northern Ireland"
ANSWERS = [
    ("B14 6RE", {"kind": "found", "code": "E01008966", "certain": True}),
    ("b146rp", {"kind": "found", "code": "E01008965", "certain": False}),
    ("EC1P 1AA", {"kind": "found", "code": "E01008971", "certain": False}),
    ("B14 9ZZ", {"kind": "unknown", "message": UNKNOWN}),
    ("ZZ9 9ZZ", {"kind": "unknown", "message": UNKNOWN}),
    ("GIR 0AA", {"kind": "unknown", "message": UNKNOWN}),
    ("SY20 8AA", {"kind": "unknown", "message": UNKNOWN}),
    ("LL14 5AA", {"kind": "unknown", "message": UNKNOWN}),
    ("EH1 1YZ", "That postcode is in Scotland. This map covers England. Scotland’s own index is SIMD."),
    ("g1", "That postcode is in Scotland. This map covers England. Scotland’s own index is SIMD."),
    ("ML1 1AA", "That postcode is in Scotland. This map covers England. Scotland’s own index is SIMD."),
    ("DG1 1AA", "That postcode is probably in Scotland. This map covers England. Scotland’s own index is SIMD."),
    ("CF10 1AA", "That postcode is in Wales. This map covers England. Wales’s own index is WIMD."),
    ("SA1 1AA", "That postcode is in Wales. This map covers England. Wales’s own index is WIMD."),
    ("LL11 1AA", "That postcode is probably in Wales. This map covers England. Wales’s own index is WIMD."),
    ("BT1 5GS", f"That postcode is in {NI}. This map covers England. {NI}’s own index is NIMDM."),
    ("JE2 3AB", "That postcode is in Jersey. This map covers England."),
    ("GY1 1AA", "That postcode is in Guernsey. This map covers England."),
    ("IM1 1AA", "That postcode is in the Isle of Man. This map covers England."),
    ("LL11", {"kind": "partial", "message": "That is the beginning of a postcode. Add the last three characters."}),
    ("B14", {"kind": "partial", "message": "That is the beginning of a postcode. Add the last three characters."}),
    ("B14 6", {"kind": "partial", "message": "That is the beginning of a postcode. Add the last two letters."}),
    ("B14 6R", {"kind": "partial", "message": "That is the beginning of a postcode. Add the last letter."}),
    ("Newham", {"kind": "not_a_postcode", "message": NO_NAME}),
    ("", {"kind": "not_a_postcode", "message": "Type a postcode, or the name of a place."}),
]


def test_every_answer_has_its_sentence(tab, world):
    """Each kind of answer says what it is in plain words; only listed outward codes were asked for, each once."""
    for typed, expected in ANSWERS * 2:
        expected = {"kind": "outside", "message": expected} if isinstance(expected, str) else expected
        assert tab.evaluate("text => heat.postcode.resolve(text)", typed) == expected, typed
    assert sorted(world.asked) == ["B14", "LL14", "small"]


def test_a_page_without_its_list_asks_nothing(tab, world):
    """No list of outward codes: nothing may be asked, and the reader is told."""
    tab.evaluate("() => { heat.page = {}; }")
    assert tab.evaluate("heat.postcode.resolve('B14 6RE')") == {"kind": "offline", "message": OFFLINE}
    assert world.asked == []


@pytest.mark.parametrize(
    "typed, names",
    [
        ("kings", ["Kings Heath Park & Stirchley East", "Kingsbury-on-Trym"]),
        ("stirch king's heath", ["Kings Heath Park & Stirchley East"]),
        ("KINGS HEATH PARK AND", ["Kings Heath Park & Stirchley East"]),
        ("heath birm", ["Kings Heath Park & Stirchley East"]),
        ("kingsbury on", ["Kingsbury-on-Trym"]),
        ("saint james", ["St James’s"]),
        ("new", ["Newham", "New Town"]),
        ("cafe", ["Café Town"]),
        ("birm", ["Birmingham", "Birmingham and Solihull"]),
        ("birmingham", ["Birmingham", "Birmingham and Solihull"]),
        ("london", ["London", "North East London"]),
        ("E01008966", ["Kings Heath Park & Stirchley East"]),
        ("e09000025", ["Newham"]),
        ("E54000029", ["North East London"]),
        ("E01999999", []),
        ("Birmingham 107E", ["Kings Heath Park & Stirchley East"]),
        ("allerdale 001a", ["Café Town"]),
        ("tirchley", []),
        ("n", []),
        ("..", []),
    ],
)
def test_places_are_found_by_name(tab, typed, names):
    """Whole words first, then beginnings; accents, capitals and punctuation do not matter."""
    tab.evaluate("() => heat.areas.load().then(() => null)")
    assert [found["name"] for found in tab.evaluate("text => heat.areas.find(text, 8)", typed)] == names


def test_codes_names_and_labels(tab, world):
    """Positions, codes and names lead to one another; before the index is there, all is empty."""
    assert tab.evaluate("[heat.areas.find('newham'), heat.areas.position('E01008966'), heat.areas.name('lad', 0)]") == [
        [],
        None,
        "",
    ]
    tab.evaluate("() => Promise.all([heat.areas.load(), heat.areas.load()]).then(() => null)")
    ask = tab.evaluate
    for level, place, code, label in [
        ("rgn", 1, "E12000007", "London"),
        ("lad", 1, "E08000025", "Birmingham"),
        ("msoa", 1, "E02000011", "Kings Heath Park & Stirchley East, Birmingham 107"),
        ("lsoa", 2, "E01008966", "Kings Heath Park & Stirchley East, Birmingham 107E"),
        ("lsoa", 5, "E01008972", "Café Town, Allerdale 001A"),
    ]:
        assert ask("([l, p]) => heat.areas.code(l, p)", [level, place]) == code
        assert ask("code => heat.areas.position(code)", code) == {"level": level, "position": place}
        assert ask("([l, p]) => heat.areas.label(l, p)", [level, place]) == label
    assert ask("[heat.areas.code('lsoa', 99), heat.areas.code('x', 0), heat.areas.position('nonsense')]") == [None] * 3
    assert ask("heat.areas.find('Birmingham 107').map(found => found.detail)") == [
        "neighbourhoods in Birmingham",
        "neighbourhood Birmingham 107D",
        "neighbourhood Birmingham 107E",
    ]
    assert sum("areas.json" in line for line in world.requests) == 1


def test_an_area_is_found_by_any_of_its_names(tab, world, monkeypatch):
    """With the index that is shipped: official, spoken and former names in any order, and codes of other years; as the API finds them."""
    snapshot = open_snapshot()
    monkeypatch.setitem(globals(), "INDEX", json.loads(brotli.decompress(snapshot.read("search"))))
    tab.evaluate("() => heat.areas.load().then(() => null)")
    found = tab.evaluate("typed => typed.map(text => (heat.areas.find(text, 8)[0] || {}).code)", list(FOUND))
    assert dict(zip(FOUND, found, strict=True)) == FOUND
    ask = lambda text: [each["detail"] for each in tab.evaluate("text => heat.areas.find(text, 8)", text)]  # noqa: E731
    assert ask("allerdale")[0] == "local authority, also called Allerdale"
    assert ask("E08000039") == ["local authority, which E08000039 is read as"]
    assert len(ask("E01008187")) == 2 and tab.evaluate("heat.areas.position('E01008187')") is None
    assert tab.evaluate("heat.areas.position('E08000039')") == {"level": "lad", "position": snapshot.position("E08000019")}


def test_suggestions_are_quick_over_seven_thousand_names(tab, world, monkeypatch):
    """Under 10 ms for a search through 7,200 names, the middle of many."""
    dice = random.Random(1)
    word = lambda: "".join(dice.choice("abcdeghilmnorstu") for _ in range(7))  # noqa: E731
    count = 6856
    big = json.loads(json.dumps(INDEX))
    big["msoa"] = {
        "code": [2000001] + [1] * (count - 1),
        "name": [f"{word()} {word()} & {word()}" for _ in range(count)],
        "number": ["001"] * count,
        "lad": [dice.randrange(4) for _ in range(count)],
    }
    big["lsoa"] = {
        "code": [1000001] + [1] * 33754,
        "msoa": [i // 5 % count for i in range(33755)],
        "letter": "ABCDE" * 6751,
    }
    monkeypatch.setitem(globals(), "INDEX", big)
    times = tab.evaluate("""async () => { await heat.areas.load(); const times = [];
        for (const text of ['al', 'st', 'birm', 'newham', 'an al', 'E01012345', 'zzzz', 'a b c d'])
          for (let i = 0; i < 15; i++) { const start = performance.now(); heat.areas.find(text, 8);
            times.push(performance.now() - start); }
        return times.sort((a, b) => a - b); }""")
    assert times[len(times) // 2] < 10
    assert tab.evaluate("heat.areas.position('E01033755')") == {"level": "lsoa", "position": 33754}


def test_a_postcode_opens_its_neighbourhood(tab, world):
    """Typing asks nothing; Enter asks for the district and tells the map the neighbourhood's code, nothing else."""
    type_in(tab, "b14 6re")
    expect(options(tab)).to_have_text(["B14 6RE: go to its neighbourhood"])
    assert world.asked == []
    box(tab).press("Enter")
    expect(options(tab)).to_have_count(0)
    expect(tab.locator(".search-message .msg")).to_have_count(0)
    assert chosen(tab) == [{"code": "E01008966", "level": "lsoa", "certain": True}]
    assert world.asked == ["B14"]
    expect(box(tab)).to_have_value("b14 6re")


def test_a_place_is_chosen_by_mouse_or_finger(tab):
    """A press on a suggestion chooses it; the field keeps what was typed."""
    type_in(tab, "kings")
    options(tab).nth(1).click()
    assert chosen(tab) == [{"code": "E02000012", "level": "msoa", "certain": True}]
    expect(box(tab)).to_have_value("kings")
    expect(box(tab)).to_have_attribute("aria-expanded", "false")


def test_walk_by_keyboard_alone(tab):
    """Arrows, Home, End, Enter, Escape, Tab, and what a screen reader is told on the way."""
    tab.keyboard.press("Tab")
    expect(box(tab)).to_be_focused()
    tab.keyboard.type("birm")
    expect(options(tab)).to_have_count(2)
    expect(box(tab)).to_have_attribute("aria-expanded", "true")
    expect(tab.locator("p[role=status]")).to_have_text("2 suggestions")
    listbox = tab.get_by_role("listbox", name="Suggestions")
    expect(box(tab)).to_have_attribute("aria-controls", listbox.get_attribute("id"))
    for key, at in [("ArrowDown", 0), ("ArrowDown", 1), ("ArrowDown", 0), ("ArrowUp", 1), ("Home", 0), ("End", 1)]:
        tab.keyboard.press(key)
        expect(options(tab).nth(at)).to_have_attribute("aria-selected", "true")
        expect(box(tab)).to_have_attribute("aria-activedescendant", options(tab).nth(at).get_attribute("id"))
    tab.keyboard.press("Enter")
    assert chosen(tab) == [{"code": "E54000055", "level": "icb", "certain": True}]
    tab.keyboard.press("ArrowDown")  # opens again
    expect(options(tab)).to_have_count(2)
    tab.keyboard.press("Escape")
    expect(options(tab)).to_have_count(0)
    expect(box(tab)).to_have_value("birm")
    tab.keyboard.press("Escape")
    expect(box(tab)).to_have_value("")
    tab.keyboard.type("newham")
    expect(options(tab)).to_have_count(1)
    tab.keyboard.press("Enter")  # the first
    assert chosen(tab, times=2)[1:] == [{"code": "E09000025", "level": "lad", "certain": True}]
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("button", name="Clear")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(box(tab)).to_have_value("")
    expect(box(tab)).to_be_focused()
    tab.keyboard.press("Tab")  # nothing to clear: on to the privacy line
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Never the postcode.")).to_be_visible()
    expect(tab.get_by_text("no longer in use")).to_be_visible()


def test_the_privacy_line_is_always_in_sight(tab):
    """Empty, typing with suggestions open, or with a message: the line stands under the field, uncovered."""
    line = tab.get_by_text("A postcode stays in your browser.")
    for typed in ["", "kings", "b14 6re", "EH1 1AA"]:
        type_in(tab, typed)
        if typed:
            expect(options(tab).first).to_be_visible()
        line.click(trial=True)  # fails if something lies over it
    box(tab).press("Enter")
    expect(message(tab)).to_be_visible()
    line.click(trial=True)


def test_an_outward_code_says_what_is_missing(tab, world):
    """B14 alone is a beginning; Enter says so and asks nothing."""
    type_in(tab, "b14")
    expect(tab.locator(".search-hint")).to_have_text("B14: add the last three characters")
    expect(box(tab)).to_have_attribute("aria-expanded", "false")
    box(tab).press("Enter")
    expect(message(tab)).to_have_text("That is the beginning of a postcode. Add the last three characters.")
    expect(message(tab).locator("b")).to_have_text("That is the beginning of a postcode.")
    box(tab).press_sequentially("6")
    expect(message(tab)).to_have_count(0)
    assert world.asked == []


def test_a_repaired_postcode_shows_how_it_was_read(tab):
    """A slip is mended, and said, before anything is opened."""
    type_in(tab, "BI4 6RE")
    expect(options(tab)).to_have_text(["Read as B14 6RE: go to its neighbourhood"])


def test_probably(tab, world):
    """A postcode placed by its map reference is 'probably' there; a small outward code is asked for with all others."""
    type_in(tab, "ec1p 1aa")
    box(tab).press("Enter")
    expect(message(tab)).to_have_text(PROBABLY)
    assert chosen(tab) == [{"code": "E01008971", "level": "lsoa", "certain": False}]
    assert world.asked == ["small"]


def test_messages_in_the_box(tab):
    """Scotland, unknown, no such place: said under the field, politely."""
    for typed, said in [("EH1 1YZ", "Scotland"), ("B14 9ZZ", UNKNOWN), ("qqqq", NO_NAME), ("07700 900123", NOT_ONE)]:
        type_in(tab, typed)
        box(tab).press("Enter")
        expect(message(tab)).to_contain_text(said)
        expect(message(tab)).to_have_class("msg plain")
    expect(tab.locator(".search-message")).to_have_attribute("role", "status")
    assert chosen(tab, times=0) == []


def wait_for_choices(tab, number):
    """Wait until so many places were chosen: the message may be gone before the answer is there; 10 s at most."""
    for _ in range(200):
        if len(chosen(tab, times=0)) >= number:
            return
        tab.wait_for_timeout(50)


def test_the_server_away_and_back(tab, world):
    """A failed fetch says so, keeps the words, leaves no postcode in the console, and can be tried again."""
    world.away = True
    type_in(tab, "B14 6RE")
    box(tab).press("Enter")
    expect(message(tab)).to_contain_text(OFFLINE)
    expect(message(tab)).to_have_class("msg warn")
    assert not any("6RE" in line.upper() for line in world.console)
    type_in(tab, "newham")
    box(tab).press("Enter")
    expect(message(tab)).to_contain_text(OFFLINE)
    world.away = False
    tab.get_by_role("button", name="Try again").click()
    expect(message(tab)).to_have_count(0)
    wait_for_choices(tab, 1)
    assert chosen(tab) == [{"code": "E09000025", "level": "lad", "certain": True}]
    type_in(tab, "B14 6RE")
    box(tab).press("Enter")
    expect(message(tab)).to_have_count(0)
    wait_for_choices(tab, 2)
    assert chosen(tab, times=2)[1]["code"] == "E01008966"


def test_slow_answers_are_announced_and_old_ones_dropped(tab, world):
    """Nothing before 400 ms, then a word; a question overtaken by the next is not answered."""
    box(tab).focus()
    type_in(tab, "newham")
    expect(options(tab)).to_have_count(1)
    world.slow = True
    type_in(tab, "B14 6RE")
    box(tab).press("Enter")
    expect(message(tab)).to_have_text("Looking it up …")
    type_in(tab, "SW1A 1AA")
    expect(message(tab)).to_have_count(0)
    box(tab).press("Enter")
    expect(message(tab)).to_have_text("Looking it up …")
    world.hurry()
    expect(message(tab)).to_have_count(0)
    tab.wait_for_timeout(100)
    assert [detail["code"] for detail in chosen(tab)] == ["E01004736"]


TRACES = """async () => ({
  url: location.href, title: document.title, cookies: document.cookie, history: JSON.stringify(history.state),
  local: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage),
  databases: JSON.stringify(await indexedDB.databases()), caches: window.caches ? (await caches.keys()).join() : '',
  entries: performance.getEntriesByType('resource').map(entry => entry.name).join(' ') })"""


def test_nothing_typed_leaves_a_trace(tab, world):
    """After a postcode, a mistyped one, a place and a code: no trace in requests, storage, address, title, console."""
    for typed in ["b14 6re", "SW1A 1AA", "SW1A 9QQ", "ZZ9 9ZY", "EH1 1YZ", "kings heath", "my secret note", "EC1P 1AA"]:
        type_in(tab, typed)
        box(tab).press("Enter")
        expect(box(tab)).to_have_attribute("aria-expanded", "false")
    tab.wait_for_timeout(200)
    traces = tab.evaluate(TRACES)
    assert traces["url"] == f"{ORIGIN}/" and traces["title"] == "Map"
    assert (traces["cookies"], traces["local"], traces["session"]) == ("", "{}", "{}")
    assert (traces["databases"], traces["caches"], traces["history"]) == ("[]", "", "null")
    assert sorted(world.asked) == ["B14", "SW1A", "small"]
    everything = " ".join([*world.requests, *world.console, *map(str, traces.values())]).upper()
    for secret in ["6RE", "1AA", "9QQ", "ZZ9", "9ZY", "1YZ", "EH1", "EC1P", "KINGS", "SECRET"]:
        assert secret not in everything
    for attribute, value in [("name", None), ("autocomplete", "off"), ("spellcheck", "false"), ("type", "text")]:
        assert box(tab).get_attribute(attribute) == value
    assert "6RE" not in tab.evaluate("document.documentElement.outerHTML").upper().replace("B14 6RE OR NEWHAM", "")


def test_the_box_is_empty_after_leaving(tab):
    """Leaving empties it, and coming back from the browser's memory finds it empty."""
    type_in(tab, "B14 6RE")
    tab.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    expect(box(tab)).to_have_value("")
    expect(options(tab)).to_have_count(0)
    type_in(tab, "B14 6RE")
    tab.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(box(tab)).to_have_value("")
    type_in(tab, "B14 6RE")
    tab.goto(f"{ORIGIN}/away")
    tab.go_back()
    expect(box(tab)).to_have_value("")


def test_without_a_map_it_opens_the_places_page(tab, world):
    """On other pages the place is opened by its code; the address holds the code alone."""
    tab.goto(f"{ORIGIN}/away")
    type_in(tab, "B14 6RE")
    box(tab).press("Enter")
    tab.wait_for_url(f"{ORIGIN}/place/E01008966")
    opened = [line for line in world.requests if "/place/" in line]
    assert len(opened) == 1 and "6RE" not in opened[0].upper()
    world.requests = [line for line in world.requests if line not in opened]


def test_it_mounts_where_and_when_a_box_appears(tab):
    """Dash draws late and swaps pages: each box is built once, a removed one is emptied, onChoose can be given."""
    tab.evaluate("""() => { document.querySelector('#search').remove();
        const late = document.createElement('div'); late.id = 'late'; late.setAttribute('data-heat-search', '');
        document.body.append(late); }""")
    expect(box(tab)).to_have_count(1)
    tab.evaluate("""() => { window.mine = []; const late = document.querySelector('#late');
        heat.search.mount(late, { onChoose: detail => window.mine.push(detail) }); late.append(''); }""")
    expect(box(tab)).to_have_count(1)
    type_in(tab, "newham")
    expect(options(tab)).to_have_count(1)
    box(tab).press("Enter")
    expect(options(tab)).to_have_count(0)
    assert tab.evaluate("window.mine.length") == 1 and chosen(tab, times=0) == []
    held = tab.evaluate_handle("document.querySelector('#late input')")
    tab.evaluate("document.querySelector('#late').remove()")
    expect(box(tab)).to_have_count(0)
    assert held.evaluate("input => input.value") == ""


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_it_fits_and_is_large_enough_to_touch(tab, width):
    """No sideways scrolling at 320 px (400 % zoom) and up; the clear button and suggestions are 44 px high."""
    tab.set_viewport_size({"width": width, "height": 320})
    type_in(tab, "kings")
    expect(options(tab)).to_have_count(2)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in [tab.get_by_role("button", name="Clear"), options(tab).first]:
        size = part.bounding_box()
        assert size["width"] >= 44 and size["height"] >= 44


def test_random_text_never_throws_and_never_asks_for_more(tab, world):
    """Two thousand strings, half of them nearly postcodes: no error, and no request beyond the list."""
    dice = random.Random(20251101)
    letters = "ABCEGILMNOPSWZ0123456789 -.'/\\<>&%?#:;é😀\u0000\u202e\n"
    texts = ["".join(dice.choice(letters) for _ in range(dice.randrange(12))) for _ in range(1000)]
    for _ in range(1000):
        text = list(f"{dice.choice(OUTWARDS.split())} {dice.randrange(10)}{dice.choice('ABDEF')}{dice.choice('GHJLN')}")
        for _ in range(dice.randrange(3)):
            text[dice.randrange(len(text))] = dice.choice(letters)
        texts.append("".join(text))
    answers = tab.evaluate(
        """async texts => { await heat.areas.load(); const kinds = [];
        for (const text of texts) { heat.areas.find(text, 8); kinds.push((await heat.postcode.resolve(text)).kind); }
        return kinds; }""",
        texts,
    )
    assert set(answers) <= {"found", "unknown", "partial", "outside", "not_a_postcode"} and len(answers) == 2000
    assert set(world.asked) <= {*OUTWARDS.split(), "small"} - set(SMALL.split())
    assert len(world.asked) == len(set(world.asked))


def test_axe_finds_nothing(tab):
    """WCAG 2.0 to 2.2 A and AA and best practice: empty, with suggestions, with a message and the details open."""
    tab.evaluate(f"() => {{ {AXE} }}")  # as a script of the page its own policy would shut it out
    tab.get_by_text("How?").click()
    for typed, key in [("", "Tab"), ("kings", "ArrowDown"), ("b14", "ArrowDown"), ("EH1 1YZ", "Enter")]:
        type_in(tab, typed)
        if typed == "kings":
            expect(options(tab)).to_have_count(2)
        box(tab).press(key)
        check(tab, typed)
