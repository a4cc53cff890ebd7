"""The tables of bench/RESULTS.md: each budget with ours, the floor, the baseline, and whether it is met."""

import os
import platform
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from typing import NamedTuple

from bench import Book
from bench.pages import CHROMIUM

_PACKAGES = ("dash", "plotly", "maplibre", "fastapi", "uvicorn", "playwright")


class Budget(NamedTuple):
    """One promise of the design: a reading of ours is at most ``limit``, or at most so many times the floor's,
    or the baseline's reading (``their``, where it has another name) at least so many times ours."""

    what: str
    promise: str
    reading: str
    limit: float
    unit: str = "ms"
    than: str = ""
    their: str = ""

    def judge(self, book: Book) -> tuple[float, float] | None:
        """What is held against the limit, and how many times too much it is (1 is just met); None if not measured."""
        ours, other = book.median(self.reading), book.median(self.their or self.reading, self.than)
        if ours is None or (self.than and other is None):
            return None
        if self.than == "baseline":
            return other / ours, self.limit * ours / other
        held = ours / other if self.than else ours
        return held, held / self.limit


_FASTER = "at least {} times faster than the baseline"
BUDGETS = (
    Budget("page open to coloured map", "at most 1.4 times the floor", "first", 1.4, than="floor"),
    Budget("page open to coloured map", _FASTER.format(4), "first", 4, than="baseline"),
    Budget("change of indicator, by dropdown", _FASTER.format(15), "change", 15, than="baseline"),
    Budget("change of indicator, by button", _FASTER.format(15), "change by button", 15, than="baseline", their="change"),
    Budget("bytes to the first coloured map", "at most 1,350 kB", "bytes", 1350, "kB"),
    Budget("of them tiles at zoom 5", "at most 600 kB", "bytes of tiles", 600, "kB"),
    Budget("bytes of one layer more", "under 60 kB", "bytes of a change", 60, "kB"),
    Budget("JavaScript heap, national map", "under 60 MB", "heap", 60, "MB"),
    *(
        Budget(f"median frame, {kind} {view}", "at most 1.3 times the floor", f"{kind} {view}", 1.3, than="floor")
        for view in ("national", "city")
        for kind in ("pan", "zoom")
    ),
    Budget("postcode to story, first in its outward code", "under 400 ms", "postcode first", 400),
    Budget("postcode to story, after that", "under 150 ms", "postcode after", 150),
    *(
        Budget(f"story by {what}, 95th percentile, 50 users {pause}", "under 100 ms", f"story {what} {pause} p95", 100)
        for what in ("API", "callback")
        for pause in ("without a pause", "a second apart")
    ),
    *(
        Budget(f"inequality by {what}, 95th percentile, 50 users {pause}", "under 200 ms", f"inequality {what} {pause} p95", 200)
        for what in ("API", "page")
        for pause in ("without a pause", "a second apart")
    ),
    Budget("ranking of 296 authorities, first time", "under 1,000 ms", "ranking, first time", 1000),
    *(
        Budget(f"list of 5,000 projects, 95th percentile, 50 users {pause}", "under 100 ms", f"projects {pause} p95", 100)
        for pause in ("without a pause", "a second apart")
    ),
    Budget("filter of 5,000 projects to list and map", "under 150 ms", "filter of projects", 150),
    Budget("200 users for two minutes, no error, 95th percentile", "under 500 ms", "long run p95", 500),
    Budget("memory growth of a worker in those minutes", "under 10 %", "memory growth", 10, "%"),
    Budget("server start to first answer", "under 4 s", "start", 4, "s"),
    Budget("memory of one worker (resident)", "under 700 MiB", "memory after the load", 700, "MiB"),
    Budget("full build from the mirror", "under 180 s", "build time", 180, "s"),
    Budget("its peak memory", "under 4,096 MiB", "build memory", 4096, "MiB"),
    Budget("unchanged rebuild", "under 5 s", "rebuild time", 5, "s"),
)


def describe_machine() -> list[str]:
    """What a reader needs to judge the numbers; taken before anything is started."""
    chromium = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return [
        f"Command: `{' '.join(['python -m bench', *sys.argv[1:]])}`, {date.today():%d %B %Y}",
        f"Machine: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, software rendering, loopback network",
        f"Load average at the start: {', '.join(f'{load:.2f}' for load in os.getloadavg())}",
        f"Versions: {chromium}, Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in _PACKAGES)}",
    ]


def write(book: Book, facts: list[str]) -> str:
    """The whole page, in Markdown."""
    if book.median("build time") is None:
        book.faults.setdefault(("build", "ours"), "no mirror was given (--mirror FOLDER)")
    return "\n".join([
        "# Results", "", "Written by `python -m bench`; README.md says what is measured and how.", "",
        *(f"- {fact}" for fact in facts), "", "## Budgets", "", "Medians; all readings are below.", "",
        "| what | budget | ours | floor | baseline | ratio | met |", "|---|---|--:|--:|--:|--:|---|",
        *(_row(each, book) for each in BUDGETS),
        "", "## What was missed, and by how much", "", *(f"- {miss}" for miss in find_misses(book) or ["Nothing that was measured."]),
        "", "## Not measured", "", *(f"- {what} ({who}): {why}" for (what, who), why in book.faults.items()),
        "", "## All readings", "", "| what | of | median | readings |", "|---|---|--:|---|",
        *(
            f"| {what} | {who} | {say(book.median(what, who))} | {' '.join(map(say, numbers))} |"
            for (what, who), numbers in book.readings.items()
        ),
        "",
    ])  # fmt: skip


def find_misses(book: Book) -> list[str]:
    """One sentence for each budget that is not met."""
    return [
        f"{each.what}: {say(judged[0], 'times' if each.than else each.unit)}, {each.promise}; missed by {judged[1] - 1:.0%}."
        for each in BUDGETS
        if (judged := each.judge(book)) and judged[1] > 1
    ]


def _row(budget: Budget, book: Book) -> str:
    judged = budget.judge(book)
    others = [book.median(budget.their or budget.reading, who) for who in ("floor", "baseline")]
    cells = [say(number, budget.unit) for number in (book.median(budget.reading), *others)]
    met = "not measured" if judged is None else "yes" if judged[1] <= 1 else "**no**"
    ratio = f"{judged[0]:.2f}" if judged and budget.than else ""
    return f"| {' | '.join([budget.what, budget.promise, *cells, ratio, met])} |"


def say(number: float | None, unit: str = "") -> str:
    """Three digits are enough: 1,234 ms, 12.3 s."""
    if number is None:
        return ""
    return f"{f'{number:,.0f}' if number >= 100 else f'{number:.3g}'} {unit}".rstrip()
