"""What our scripts offer one another: names on ``heat``, all of them in the list that ``assets/dom.js`` begins with, and nothing else."""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path
from typing import Final

import pytest
from fastapi.testclient import TestClient
from sources import SCRIPTS, without_comments

from heatmap.pages import find_pages
from heatmap.settings import ROOT
from heatmap.site import make_site
from heatmap.snapshot import open_snapshot

#: Scripts that run in a page of ours; offline.js runs beside the pages.
IN_PAGES: Final = [path for path in SCRIPTS if path.name != "offline.js"]
#: What else is written to the window: where, and why.
ON_WINDOW: Final = {
    ("dom.js", "heat"): "the one object",
    ("guard.js", "heat"): "it is in the page before dom.js",
    ("dom.js", "dash_clientside"): "Dash's own name for what its callbacks call",
    ("lost.js", "fetch"): "Dash asks through it, and knows no way of asking again",
}
#: In this order before Dash and all other scripts of ours (heatmap/site.py).
BEFORE_DASH: Final = {"guard.js", "dom.js", "answers.js", "words.js", "start.js", "figures.js", "map_images.js", "map.js"}
PAGES: Final = sorted(path.replace("{code}", "E01008966").replace("{id_}", "wham-begin-guide") for path in find_pages())


def read_list(text: str) -> dict[str, set[str]]:
    """The list of assets/dom.js: each name, and the scripts that give it.

    >>> read_list("   a.js, b.js\\n     heat.go(way)   goes\\n")
    {'go': {'a.js', 'b.js'}}
    """
    listed: dict[str, set[str]] = {}
    givers: list[str] = []
    for line in text.partition("*/")[0].splitlines():
        if re.fullmatch(r"   [a-z_]+\.js(, [a-z_]+\.js)*", line):
            givers = line.strip().split(", ")
        elif found := re.match(r"     heat\.(\w+)\S*", line):
            assert found[1] not in listed or not set(givers) & listed[found[1]], f"{found[1]} is listed twice"
            assert len(line[found.end() :].split()) >= 2 or "  " in line.strip(), f"what {found[1]} is for is not said"
            listed.setdefault(found[1], set()).update(givers)
    return listed


def find_given(text: str) -> set[str]:
    """What a script puts on ``heat``.

    >>> sorted(find_given("heat.a = 1; x = (heat.b = 2); if (heat.c === 3) heat.d += 1; heat.e.f = 4"))
    ['a', 'b']
    """
    return set(re.findall(r"\bheat\.(\w+) = ", text))


def find_used(text: str) -> set[str]:
    """What a script reads of ``heat``, by name or taken out of it.

    >>> sorted(find_used("heat.a?.(); const { b, c } = heat; const { d } = heat.e; heat.f = 1; `${heat.g}`"))
    ['a', 'b', 'c', 'e', 'g']
    """
    read = set(re.findall(r"\bheat\??\.(\w+)(?! = )\b", text))
    return read | {name for taken in find_taken(text) for name in taken}


def find_taken(text: str) -> list[list[str]]:
    """What is taken out of ``heat`` at once: ``const { a, b } = heat``."""
    return [re.findall(r"\w+", names) for names in re.findall(r"const \{([^}]*)\} = heat\b(?!\.)", text)]


TEXTS: Final = {path.name: without_comments(path) for path in IN_PAGES}
LISTED: Final = read_list((ROOT / "assets" / "dom.js").read_text(encoding="utf-8"))


def test_the_readers_read() -> None:
    """The examples above."""
    assert doctest.testmod(sys.modules[__name__]) == (0, 3)


def test_the_list_is_what_is_given() -> None:
    """Each name that a script puts on ``heat`` is listed under that script, and nothing that no script gives."""
    given: dict[str, set[str]] = {}
    for name, text in TEXTS.items():
        for each in find_given(text):
            given.setdefault(each, set()).add(name)
    assert given == LISTED


@pytest.mark.parametrize("path", [*IN_PAGES, ROOT / "bench" / "watch.js"], ids=lambda path: path.name)
def test_what_is_used_is_given(path: Path) -> None:
    """A name with a letter wrong is undefined, and in JavaScript nobody would say so."""
    assert find_used(without_comments(path)) - set(LISTED) == set()


def test_what_is_offered_is_used() -> None:
    """By another script, or by a test: what a script needs for itself alone is not on ``heat``."""
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "browser").glob("*.py"))
    for name, givers in LISTED.items():
        users = {each for each, text in TEXTS.items() if name in find_used(text)}
        assert users - givers or len(givers) > 1 or name in find_used(tests), name


def test_only_what_comes_first_is_taken_out_of_it() -> None:
    """``const { at } = heat``, read once when a script begins: of a later script's name it would hold nothing."""
    late = {name for name, givers in LISTED.items() if not givers <= BEFORE_DASH}
    for name, text in TEXTS.items():
        at_once = "".join(re.findall(r"^  const \{[^}]*\} = heat;", text, re.MULTILINE))
        assert {each for taken in find_taken(at_once) for each in taken} & late == set(), name


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_else_is_on_window(name: str) -> None:
    """No name written to the window, and none declared outside a function: two scripts that do so meet."""
    text = TEXTS[name]
    written = re.findall(r"\b(?:window|globalThis|self)\.(\w+) (?:[|?]{2})?= ", text)
    assert [each for each in written if (name, each) not in ON_WINDOW] == []
    assert re.findall(r"^(?:const|let|var|class|function|async function)\b.*", text, re.MULTILINE) == []


def test_the_guard_needs_nothing() -> None:
    """It works when nothing else has come."""
    assert find_used(TEXTS["guard.js"]) <= {name for name, givers in LISTED.items() if givers == {"guard.js"}}


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The whole site."""
    return TestClient(make_site(open_snapshot()))


@pytest.mark.parametrize("path", [*PAGES, "/docs", "/nowhere"])
def test_dom_comes_first(client: TestClient, path: str) -> None:
    """On every page before all other scripts of ours, with the checksum of what is sent."""
    html = client.get(path).text
    ours = [address for address in re.findall(r'<script[^>]* src="(?:[^"]*)/assets/([a-z_]+\.js)', html) if address != "docs.js"]
    assert len(ours) > 1 and ours.count("dom.js") == 1 and ours[0] == "dom.js"
    assert path == "/docs" or re.search(r'/assets/dom\.js[^"]*" integrity="sha256-', html)
