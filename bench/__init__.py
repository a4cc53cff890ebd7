"""The budgets of the design, measured: ours, what one would write first (baseline), and the least there could be (floor)."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

#: The indicators chosen in turn, by the name of their series.
SERIES = ("income", "crime", "health", "imd")


class Book:
    """All readings of one run, by what was measured and of whom; and what was not measured, and why."""

    def __init__(self) -> None:
        self.readings: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        self.faults: dict[tuple[str, str], str] = {}

    def add(self, what: str, who: str, *numbers: float) -> None:
        """Note one or more readings."""
        self.readings[what, who] += numbers

    def median(self, what: str, who: str = "ours") -> float | None:
        """The middle reading, or None where there is none."""
        return median(found) if (found := self.readings.get((what, who))) else None

    @contextmanager
    def trying(self, what: str, who: str = "ours") -> Iterator[None]:
        """Let one measure fail without the others: whatever went wrong is kept, to be told in its place."""
        try:
            yield
        except Exception as fault:
            self.faults[what, who] = f"{type(fault).__name__}: {fault}".splitlines()[0][:200]
            print(f"  not measured: {what} ({who}): {self.faults[what, who]}", flush=True)
