"""Verify: the committed snapshot made again from the raw files, and every value of it held against a second path."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from etl.build import _RAW_HASHES, BUILT, build
from etl.second_path.areas import OWN_FILES, Ledger, Rows, check_areas, check_originals, work_out_areas
from etl.second_path.comparison import check_indicators
from etl.second_path.geography import (
    check_labels,
    check_middles,
    check_neighbours,
    check_outlines,
    check_postcodes,
    check_search,
    check_tiles,
)
from etl.second_path.gradients import check_gradients
from etl.second_path.indicators import work_out_indicators
from etl.second_path.layers import check_layers, work_out_2025
from etl.second_path.points import DISTANCES, WITHIN_KM, check_distances, check_points, check_reach
from etl.second_path.standings import check_standings, check_thirds
from heatmap.errors import SourceError, name_some
from heatmap.geography.levels import Level
from heatmap.indicators.standings import find_standing
from heatmap.inequality.gradient import GradientQuestion, find_gradient
from heatmap.inequality.pairs import can_be_paired, thirds_of_layer
from heatmap.layers.catalogue import read_cards
from heatmap.place.help_near import HelpAsked, find_help
from heatmap.snapshot import Snapshot

Say = Callable[[str], None]
Parts = dict[str, dict[str, Any]]


def verify(mirror: Path, folder: Path = BUILT, say: Say = print) -> list[str]:
    """Every fault of the snapshot as a sentence; none when it is what the raw files make, value by value.

    mirror   the folder with the raw files
    folder   the snapshot
    say      called with a line for each check and how many values it held

    Raises SourceError where the mirror or a file in it is missing, SnapshotError where the snapshot is damaged.
    """
    if not mirror.is_dir():
        raise SourceError(f"There is no folder {mirror}. Give the one with the raw files: --mirror FOLDER.")
    files = {file.path for card in read_cards().values() for file in card.file}
    if absent := sorted(name for name in {*OWN_FILES, *_RAW_HASHES, *files} if not (mirror / name).is_file()):
        raise SourceError(f"{name_some(absent)}: not in the mirror folder {mirror}. Put it there; verify needs every raw file.")
    snapshot = Snapshot(folder)
    say(f"snapshot {snapshot.build}: {len(snapshot.parts)} parts, each with the hash of the manifest")
    say("making everything again next to it, and working out every value by the second path")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        rebuilding = pool.submit(rebuild, mirror)
        ledger = check_values(mirror, folder, snapshot, say)
        return compare_rebuilt(snapshot.parts, rebuilding.result(), say) + ledger.faults


def check_values(mirror: Path, folder: Path, snapshot: Snapshot, say: Say) -> Ledger:
    """Every value of the snapshot against the second path and against what the world knows."""
    ledger = Ledger(say)
    check_originals(mirror, ledger)
    areas = work_out_areas(mirror)
    check_areas(folder, snapshot.parts, areas, ledger)
    indicators = work_out_indicators(mirror, areas)
    read = partial(read_layer, snapshot)
    layers = check_layers(mirror, folder, snapshot.parts, read, areas, {*indicators, *DISTANCES}, ledger)
    check_indicators(folder, snapshot.parts, read, areas, indicators, ledger)
    check_gradients(areas, work_out_2025(mirror), indicators, partial(read_gradient, snapshot), ledger)
    judged = {layer for layer, card in snapshot.cards.items() if card.polarity != "no_judgement"}
    check_standings(read, indicators, partial(read_standing, snapshot), judged, ledger)
    in_line = [card.id for card in snapshot.cards.values() if can_be_paired(card)]
    low_first = {layer for layer, worked in indicators.items() if worked.low_first}
    check_thirds(read, in_line, low_first, partial(read_thirds, snapshot), ledger)
    check_postcodes(mirror, folder, snapshot.parts, areas, ledger)
    check_middles(mirror, folder, snapshot.parts, areas, ledger)
    check_outlines(mirror, folder, snapshot.parts, areas, ledger)
    check_neighbours(mirror, folder, snapshot.parts, areas, ledger)
    for check in (check_tiles, check_labels, check_search):
        check(folder, snapshot.parts, areas, ledger)
    check_points(mirror, folder, snapshot.parts, ledger)
    check_distances(mirror, folder, snapshot.parts, read, areas, ledger)
    check_reach(mirror, folder, snapshot.parts, partial(read_near, snapshot), areas, ledger)
    check_world(snapshot, areas, layers, len(indicators) + len(DISTANCES), ledger)
    return ledger


def read_layer(snapshot: Snapshot, layer: str, period: str = "") -> dict[str, list[Any]]:
    """A layer's table as the pages read it, all levels in turn, as lists by column."""
    whole: dict[str, list[Any]] = {"level": []}
    for level, rows in snapshot.table(layer, period).items():
        whole["level"] += [level] * len(rows)
        for column in rows:
            cells = rows[column].astype(object)
            whole.setdefault(str(column), []).extend(cells.where(rows[column].notna(), None).tolist())
    return whole


def read_standing(snapshot: Snapshot, layer: str, code: str) -> tuple[str, float | None, str] | None:
    """Where an area stands by an indicator as the pages say it: whose figure, percentile, and the word where it was found by fifths."""
    found = find_standing(snapshot.cards[layer], snapshot.area(code), snapshot)
    if found is None:
        return None
    return found.of.code, found.worse_than, str(found.comparison.outcome) if found.comparison.basis == "fifths" else ""


def read_thirds(snapshot: Snapshot, layer: str, level: Level) -> list[int]:
    """The third of every area of a level as the pages have it, 3 the nearest to the worse end, 0 without a figure."""
    return [int(third) for third in thirds_of_layer(layer, level, snapshot)]


def read_gradient(snapshot: Snapshot, layer: str, area: str, by: str, own: bool) -> dict[str, Any]:
    """A gradient by tenths as the pages answer it; ``own``: by tenths of the area's own neighbourhoods."""
    answer = find_gradient(GradientQuestion(layer, area, by, 10, "local" if own else "national"), snapshot)
    groups = answer.groups.each if answer.groups else ()
    return {
        "values": [group.estimate.value for group in groups],
        "people": [group.population for group in groups],
        "sii": answer.gradient.sii.value if answer.gradient else None,
        "rii": answer.gradient.rii.value if answer.gradient else None,
    }


def read_near(snapshot: Snapshot, code: str) -> dict[str, tuple[float, float]]:
    """What a place's page says is near, by layer: km to the nearest, and how many of 100 postcodes have one within reach."""
    found = find_help(snapshot.area(code), snapshot, date.today(), HelpAsked(km=WITHIN_KM, older=True))
    return {
        kind.card.id: (place.km, kind.share)
        for each in found
        for kind in each.kinds
        if (place := kind.found[0] if kind.found else kind.beyond)
    }


def rebuild(mirror: Path) -> Parts:
    """Make everything anew in a folder that does not stay; returns the manifest's parts."""
    with tempfile.TemporaryDirectory() as beside:
        build(mirror, folder=Path(beside), progress=lambda _: None)
        parts: Parts = json.loads((Path(beside) / "manifest.json").read_text(encoding="utf-8"))["parts"]
    return parts


def compare_rebuilt(committed: Parts, rebuilt: Parts, say: Say) -> list[str]:
    """Every part whose bytes, or what the manifest says of it, are not those of a new build."""
    faults = [f"{name}: the snapshot has it, but the raw files no longer make it." for name in sorted(committed.keys() - rebuilt.keys())]
    faults += [f"{name}: the raw files make it, but the snapshot lacks it." for name in sorted(rebuilt.keys() - committed.keys())]
    for name in sorted(committed.keys() & rebuilt.keys()):
        old, new = committed[name], rebuilt[name]
        if old["sha256"] != new["sha256"]:
            faults.append(
                f"{name}: made again, it has other bytes (sha256 {new['sha256'][:12]}, the snapshot {old['sha256'][:12]})."
                " Build again, and look at what changed before committing."
            )
        # Its inputs may be named by an older hash of our own code; the bytes are what counts.
        elif stale := {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)} - {"inputs"}:
            faults.append(f"{name}: the manifest says otherwise of its {', '.join(sorted(stale))} than a new build. Build again.")
    say(f"made again from the raw files: {len(rebuilt):,} parts, " + (f"{len(faults)} differ" if faults else "all the same bytes"))
    return faults


def check_world(snapshot: Snapshot, areas: dict[str, Rows], layers: dict[str, dict[str, Rows]], others: int, ledger: Ledger) -> None:
    """What the world knows of deprivation in England, read from the snapshot as the pages read it."""
    imd, imd_2019 = snapshot.table("imd2025_england_lsoa21"), snapshot.table("imd2019_england_lsoa11")
    at_lsoa = {row["code"]: row for row in imd["lsoa"].to_dict("records")}
    then = {row["code"]: row for row in imd_2019["lsoa"].to_dict("records")}
    at_lad = {row["code"]: row for row in imd["lad"].to_dict("records")}
    name = {code: row["name"] for code, row in areas["lad"].items()}
    by_share = sorted(at_lad, key=lambda code: -at_lad[code]["areas_tenth1_percent"])
    middlesbrough = at_lad[next(code for code in name if name[code] == "Middlesbrough")]
    first_tenth = [code for code in at_lsoa if at_lsoa[code]["decile"] == 1]
    stayed = [code for code in first_tenth if then[code]["decile"] == 1]
    with_one = [code for code in at_lad if at_lad[code]["areas_tenth1_percent"] > 0]
    leaders = ["Middlesbrough", "Birmingham", "Hartlepool", "Hull", "Manchester"]
    counts = [len(snapshot.areas[level]) for level in ("lsoa", "msoa", "lad", "icb", "rgn")]
    for what, here, there in (
        ("rank of E01021988, Jaywick, in 2025", at_lsoa["E01021988"]["rank"], 1),
        ("rank of E01021988, Jaywick, in 2019", then["E01021988"]["rank"], 1),
        ("rank of E01023700, the least deprived of 2025", at_lsoa["E01023700"]["rank"], 33_755),
        ("Middlesbrough, percent of LSOAs in tenth 1", round(middlesbrough["areas_tenth1_percent"], 1), 50.0),
        ("Middlesbrough, percent of residents in tenth 1", round(middlesbrough["people_tenth1_percent"], 1), 49.2),
        ("the first five authorities", [name[code] for code in by_share[:5]], leaders),
        ("percent of authorities with an LSOA in tenth 1", round(100 * len(with_one) / len(at_lad)), 65),
        ("percent of tenth 1 that was in it in 2019", round(100 * len(stayed) / len(first_tenth)), 82),
        ("people in England, mid-2022", int(snapshot.areas["rgn"].population.sum()), 57_106_398),
        ("areas at five levels", counts, [33_755, 6_856, 296, 42, 9]),
        ("layers", len(snapshot.cards), len(layers) + others),
        ("postcode CO15 2EU", snapshot.postcodes("CO15")["2EU"][0], "E01021988"),
        ("outward codes", len(snapshot.outward_codes), 2_323),
        ("outward codes that travel together", len(snapshot.small_outward_codes), 158),
    ):
        ledger.compare(what, [what], [here], [there])
    ledger.line("what the world knows: anchors, counts and orders")
