"""Two of the ten changes of docs/architecture.md, made in a copy: the whole product follows, and no other file is touched."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from clones import make_clone

#: Asks the copy's own site for addresses, and prints what it answered by address; then what else the copy says, by name.
ASK = """
import json, sys
from fastapi.testclient import TestClient
from heatmap.site import make_site
from heatmap.snapshot import open_snapshot
snapshot = open_snapshot()
with TestClient(make_site(snapshot)) as client:
    said = {way: client.get(way) for way in json.loads(sys.argv[1])}
    said = {way: f"{answer.status_code} {answer.text}" for way, answer in said.items()}
exec(sys.argv[2])
print(json.dumps(said))
"""
#: What pages draw after their first answer, and what no page has an address for.
BESIDE = """
from heatmap.map import controls, selection
from heatmap.map.address import MapAddress, read_map_address
from heatmap.map.panel import panel
from heatmap.place.facts import read_story_facts
from heatmap.place.story import say_for_the_record, tell_story
from heatmap.projects.similar_places import measure_differences
area, board = snapshot.area("E01035624"), snapshot.area("E08000025")
say = lambda parts: str([getattr(part, "to_plotly_json", lambda part=part: part)() for part in parts])
said["panel"] = say(panel(MapAddress(area=area.code), snapshot))
said["larger"] = say(panel(MapAddress(area=board.code), snapshot))
said["buttons"] = say(controls.core20_buttons(MapAddress())) + say(controls.edition_buttons(MapAddress(), snapshot))
address, notices = read_map_address("?core20=2028", snapshot)
said["core20"] = f"{address.core20} {notices} {selection.keep_areas(address, snapshot).areas}"
facts = read_story_facts(area, snapshot)
said["story"] = say_for_the_record(facts) + str(tell_story(facts))
said["similar"] = f"{measure_differences(area, snapshot)[:40].round(6).tolist()}"
"""
#: Where a page could still speak of the edition that is gone.
OLD = re.compile(r"(?:IMD|index|Deprivation|measure) 2025\b|\b2025 (?:index|measure)|core20=2025|(?:imd|income|crime)2025", re.IGNORECASE)


def ask(clone: Path, environment: dict[str, str], ways: list[str], beside: str = "") -> dict[str, str]:
    """What the copy answers at each address, each with its status before it, and what else it says."""
    command = [sys.executable, "-c", ASK, json.dumps(ways), beside]
    ran = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout.splitlines()[-1])


def run(clone: Path, environment: dict[str, str], *words: str) -> str:
    """What the copy's own command line says."""
    command = [sys.executable, "-m", "heatmap", *words]
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=120, check=True).stdout


def put_2028_in_place(clone: Path) -> None:
    """An invented edition: the cards of 2025 under the names of 2028, its tables too, and the line of ``deprivation.py``."""
    renamed = {}
    for path in (clone / "data" / "layers").glob("*2025_england_*.toml"):
        card = path.read_text(encoding="utf-8")
        if "Indices of Deprivation 2025" in card or path.stem.startswith("imd_moved"):
            path.unlink()
            path.with_name(path.name.replace("2025", "2028")).write_text(card.replace("2025", "2028"), encoding="utf-8")
            renamed[path.stem] = path.stem.replace("2025", "2028")
    manifest = clone / "data" / "built" / "manifest.json"
    built = json.loads(manifest.read_text(encoding="utf-8"))
    name = re.compile(r"(?<=/)\w+2025_england_[a-z0-9]+")
    built["parts"] = {name.sub(lambda found: renamed.get(found[0], found[0]), part): facts for part, facts in built["parts"].items()}
    manifest.unlink()  # a hard link: what we write must not reach the repository's own
    manifest.write_text(json.dumps(built), encoding="utf-8")
    home = clone / "heatmap" / "deprivation.py"
    text = home.read_text(encoding="utf-8")
    assert text.count('Edition("2025", "lsoa21"') == 1
    home.write_text(text.replace('Edition("2025", "lsoa21"', 'Edition("2028", "lsoa21"'), encoding="utf-8")


def test_a_page_is_one_file(tmp_path: Path) -> None:
    """A module in ``pages`` answers at its address, and stands among the ways at the top of every page."""
    environment = make_clone(tmp_path / "clone")
    page = (
        'PATH = "/hello"\nTITLE = "Hello"\nWAY = (35, "Greetings")\n'
        "from dash import html\nfrom heatmap.pages.frame.frame import text_page\n"
        'layout = lambda _search: text_page(PATH, [html.H1("Hello there")])\n'
    )
    (tmp_path / "clone" / "heatmap" / "pages" / "hello.py").write_text(page, encoding="utf-8")
    said = ask(tmp_path / "clone", environment, ["/hello", "/about", "/docs"])
    assert "<title>Hello · WHAM HeatMap</title>" in said["/hello"]
    for answer in said.values():
        assert answer.startswith("200 ")
        assert re.search(r'Compare</a>.*href="/hello"[^>]*>Greetings</a>.*Inequality</a>', answer, re.DOTALL)


def test_an_edition_of_the_index_is_its_cards_and_one_file(tmp_path: Path) -> None:
    """Map, story, Core20, gradient, similar places, API and command line all speak of the new edition, and none of the old."""
    environment = make_clone(tmp_path / "clone")
    postcode = ("where", "CO15 2EU")
    before = run(tmp_path / "clone", environment, *postcode)
    put_2028_in_place(tmp_path / "clone")
    gradient = "/api/v1/inequality?layer=disability2021_england_lsoa21"
    ways = ["/", "/map", "/place/E01035624", "/compare?areas=E01035624", "/inequality", "/projects", "/about", "/docs", gradient]
    said = ask(tmp_path / "clone", environment, [*ways, "/openapi.json", "/api/v1/layers/imd2028_england_lsoa21"], BESIDE)
    assert {way: answer[:300] for way, answer in said.items() if way.startswith("/") and not answer.startswith("200 ")} == {}
    assert {way: OLD.findall(answer)[:5] for way, answer in said.items() if OLD.search(answer)} == {}
    for way in ("/", "/map", "/place/E01035624", "/inequality", gradient, "/openapi.json", "panel", "larger", "buttons", "story"):
        assert "2028" in said[way], way
    assert said["core20"].startswith("2028 [] ") and said["core20"].split()[-1] != "0"
    assert run(tmp_path / "clone", environment, *postcode) == before
