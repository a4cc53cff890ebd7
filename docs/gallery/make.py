"""Make the figures of the gallery: ``python docs/gallery/make.py``. All are invented, the same each time.

The codes are true; no figure is. The cards are written by hand; their CSVs are what this prints.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

from heatmap.snapshot import open_snapshot

HERE = Path(__file__).parent
SEED = 2026
AREAS = 300


def write(name: str, header: str, lines: list[tuple[object, ...]]) -> None:
    """One CSV beside its card."""
    with (HERE / f"{name}.csv").open("w", encoding="utf-8", newline="") as to:
        writer = csv.writer(to, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(lines)


def main() -> None:
    """Write all five."""
    chance = random.Random(SEED)  # noqa: S311 - invented figures, not a secret
    areas = open_snapshot().areas
    lsoas = areas["lsoa"]
    some = lsoas[lsoas.lad24_code.isin(["E07000076", "E08000025", "E06000002"])].head(AREAS)  # Tendring, Birmingham, Middlesbrough
    codes = sorted(some.code)

    shares = []
    for code in codes:
        homes = chance.randint(400, 900)
        shares.append((code, round(homes * chance.betavariate(2, 12)), homes))
    write("example_damp_homes2026_england_lsoa21", "area_code,numerator,denominator", shares)

    order = list(range(1, AREAS + 1))
    chance.shuffle(order)
    write("example_quiet_streets2026_england_lsoa21", "area_code,rank", list(zip(codes, order, strict=True)))

    flags = {5: "suppressed", 17: "modelled"}
    scores = [
        (code, "" if flags.get(n) == "suppressed" else f"{chance.gauss(0, 1.2):.2f}", flags.get(n, "")) for n, code in enumerate(codes)
    ]
    write("example_old_and_new_homes2026_england_lsoa21", "area_code,value,flag", scores)

    clubs = []
    for n, outward in enumerate(("CO15", "B14", "TS1", "B30", "CO16"), start=1):
        inward = chance.choice(sorted(open_snapshot().postcodes(outward)))
        what = "help with homework, a warm room"
        clubs.append((f"club-{n}", f"Example homework club {n}", what, "free", f"{outward} {inward}", "", "", "2026-10-01"))
    clubs.append(("club-6", "Example homework club 6", "help with homework", "free", "", "52.4300", "-1.9006", "2026-10-02"))
    write("example_homework_clubs2026_england_points", "id,name,what,cost,postcode,latitude,longitude,checked_on", clubs)

    series = []
    for code in areas["lad"].code:
        minutes = chance.uniform(8, 40)
        for period in ("2023", "2024", "2025"):
            minutes += chance.uniform(-2, 1.5)
            series.append((code, period, f"{max(1, minutes):.1f}"))
    write("example_way_to_library2025_england_lad24", "area_code,period,value", series)


if __name__ == "__main__":
    main()
