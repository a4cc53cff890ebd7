"""``python -m bench``: every budget of the design, measured in one run, written to bench/RESULTS.md."""

import json
import random
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Annotated

import typer

from bench import Book, pages, projects, report
from bench.servers import ROOT, Server, measure_build, serving
from heatmap.inequality.gradient import list_askable
from heatmap.snapshot import open_snapshot
from heatmap.web.compress import compress_all

BEGAN = time.monotonic()
_USERS, _CROWD = 50, 200


def tell(text: str) -> None:
    """One line of progress, with the seconds since the start."""
    print(f"{time.monotonic() - BEGAN:6.1f} s  {text}", flush=True)


def run(
    rounds: Annotated[int, typer.Option(help="How often each page is visited, in turn.")] = 3,
    seconds: Annotated[float, typer.Option(help="How long the readers go on asking, for each kind of question.")] = 20,
    soak: Annotated[float, typer.Option(help="How many seconds 200 readers go on, to see that nothing fails and memory stays flat.")] = 120,
    mirror: Annotated[Path | None, typer.Option("--mirror", "--build", help="Also build from this folder of raw files.")] = None,
    into: Annotated[Path, typer.Option(help="Where the results are written.")] = ROOT / "bench" / "RESULTS.md",
) -> None:
    """Measure ours, the baseline and the floor in turn, and write the tables."""
    facts, book = report.describe_machine(), Book()
    tell("compressing scripts and styles")
    compress_all(progress=tell)
    start_servers(rounds, book)
    with book.trying("pages"):
        visit_pages(rounds, book)
    with book.trying("story"):
        ask_at_once(seconds, book)
    with book.trying("ranking"):
        tell("the ranking of authorities")
        rank_cold(book)
    with book.trying("projects"):
        list_projects(seconds, book)
    with book.trying("soak"):
        hold_out(soak, book)
    if mirror:
        tell(f"building from {mirror}")
        with book.trying("build"):
            measure_build(mirror, book)
    into.write_text(report.write(book, facts), encoding="utf-8")
    tell(f"written: {into}")
    print("\n".join(report.find_misses(book)) or "Every budget that was measured is met.")


def start_servers(rounds: int, book: Book) -> None:
    """Start the server alone, as often as there are rounds; the first, which compiles, is not counted."""
    for number in range(rounds + 1):
        tell(f"server start {number} of {rounds}")
        with book.trying("start"), serving("app:server") as ours:
            if number:
                book.add("start", "ours", ours.start_s)
            else:
                visit_by_program(ours)
                ours.weigh(book, "after visits")


def visit_by_program(ours: Server) -> None:
    """The pages, every layer's files, four layers as JSON, and 200 stories: more than one reader would ask for."""
    snapshot = open_snapshot()
    paths = ["/", "/map", "/about", "/api/v1/postcodes/CO15", "/api/v1/postcodes/small", "/api/v1/areas?search=birmingham"]
    paths += [f"/{kind}/{snapshot.hash(f'{kind}/{layer}')}/{layer}" for layer in snapshot.cards for kind in ("paint", "figures")]
    paths += [f"/api/v1/layers/{layer}/values" for layer in list(snapshot.cards)[::10]]
    paths += [f"/api/v1/areas/{code}" for code in snapshot.areas["lsoa"].code[::170]]
    for path in paths:
        urllib.request.urlopen(ours.url + path).read()


def visit_pages(rounds: int, book: Book) -> None:
    """Visit all three in turn, so that what else the machine does falls on all alike."""
    with serving("app:server") as ours:
        camera = pages.find_camera(f"{ours.url}/map")
        with (
            serving("bench.baseline_app:server", "/_dash-layout", **camera) as baseline,
            serving("bench.floor_app:server", **camera) as floor,
        ):
            addresses = {"ours": f"{ours.url}/map", "baseline": baseline.url, "floor": floor.url}
            for number in range(rounds):
                for who, url in addresses.items():
                    tell(f"round {number + 1} of {rounds}: {who}")
                    pages.measure(who, url, book)


def ask_at_once(seconds: float, book: Book) -> None:
    """Two workers and fifty readers: always asking, and with a second between two stories."""
    with serving("app:server", workers=2) as ours:
        for what, asked in (
            ("story API", ask_stories("")),
            ("story callback", ask_stories(pages.record_story(f"{ours.url}/map"))),
            ("inequality API", ask_gradients("API")),
            ("inequality page", ask_gradients("page")),
        ):
            ask(ours, 2, 0, asked)  # both workers read their tables once
            for pause, name in ((0, "without a pause"), (1, "a second apart")):
                tell(f"{_USERS} users, {what}, {name}")
                for key, number in ask(ours, seconds, pause, asked).items():
                    book.add(f"{what} {name} {key}", "ours", number)
        ours.weigh(book, "after the load")


def ask_stories(body: str) -> list[tuple[str, str]]:
    """2,000 neighbourhoods: their page of the API or, given the recorded callback, their panel."""
    codes = random.Random(1).sample(open_snapshot().areas["lsoa"].code.tolist(), 2000)
    path = "/_dash-update-component" if body else "/api/v1/areas/{}"
    return [(path.format(code), body.replace(pages.RECORDED, code)) for code in codes]


def ask_gradients(what: str) -> list[tuple[str, str]]:
    """500 gradients of any indicator in any authority: of the API, or as their page."""
    snapshot, chance = open_snapshot(), random.Random(1)
    layers, areas = [card.id for card in list_askable(snapshot) if card.base_level == "lsoa"], snapshot.areas["lad"].code.tolist()
    queries = [f"?layer={chance.choice(layers)}&area={chance.choice(areas)}" for _ in range(500)]
    if what == "API":
        return [(f"/api/v1/inequality{query}", "") for query in queries]
    return [
        (
            "/_dash-update-component",
            json.dumps(
                {
                    "output": "page.children",
                    "outputs": {"id": "page", "property": "children"},
                    "changedPropIds": ["url.pathname"],
                    "inputs": [{"id": "url", "property": "pathname", "value": "/inequality"}],
                    "state": [{"id": "url", "property": "search", "value": query}],
                }
            ),
        )
        for query in queries
    ]


def rank_cold(book: Book) -> None:
    """All 296 authorities in line by an indicator that nobody has asked for; the next time it is kept."""
    with serving("app:server") as ours:
        for layer in [card.id for card in list_askable(open_snapshot()) if card.base_level == "lsoa"][::8]:
            for reading in ("ranking, first time", "ranking, after that"):
                began = time.perf_counter()
                urllib.request.urlopen(f"{ours.url}/api/v1/inequality/areas?layer={layer}").read()
                book.add(reading, "ours", 1000 * (time.perf_counter() - began))


def list_projects(seconds: float, book: Book) -> None:
    """Five thousand projects, two workers, and fifty readers who look through them."""
    with projects.kept_apart(), serving("app:server", workers=2) as ours:
        asked = projects.ask_lists()
        ask(ours, 10, 0, asked)  # both workers laid out their projects once
        for pause, name in ((0, "without a pause"), (1, "a second apart")):
            tell(f"{_USERS} users, lists of projects, {name}")
            for key, number in ask(ours, seconds, pause, asked).items():
                book.add(f"projects {name} {key}", "ours", number)
        tell("filters of 5,000 projects")
        pages.filter_projects(f"{ours.url}/projects", book)


def hold_out(seconds: float, book: Book) -> None:
    """Two workers and two hundred readers, each choosing a place every two seconds; an answer that is not 200 ends it."""
    with serving("app:server", workers=2) as ours:
        asked = ask_stories(pages.record_story(f"{ours.url}/map"))
        ask(ours, 20, 2, asked, _CROWD)  # until every table is read and every cache is warm
        ours.weigh(book, "before the long run")
        tell(f"{_CROWD} users, callback, for {seconds:.0f} s")
        for key, number in ask(ours, seconds, 2, asked, _CROWD).items():
            book.add(f"long run {key}", "ours", number)
        ours.weigh(book, "after the long run")
    before, after = (book.median(f"memory own {when} the long run") or 0 for when in ("before", "after"))
    book.add("memory growth", "ours", 100 * (after / before - 1))


def ask(ours: Server, seconds: float, pause: float, asked: list[tuple[str, str]], users: int = _USERS) -> dict[str, float]:
    """Run bench/load.py beside this process."""
    command = [sys.executable, "-m", "bench.load", str(ours.port), str(seconds), str(pause), str(users)]
    done = subprocess.run(command, input=json.dumps(asked), text=True, capture_output=True, cwd=ROOT, timeout=seconds + 60, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers and browsers are stopped all the same
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(run)
    app()
