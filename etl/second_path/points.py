"""The second path for places: every entry read again from the registers, and distances measured again by the haversine.

Files are read with csv, and everything is compared by plain loops; the rules of what is shown are said again here.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import brotli
import pyarrow.parquet as pq

from etl.second_path.areas import LEVELS, PARENT, Ledger, ReadLayer, Rows, read_part
from etl.second_path.comparison import part_into_fifths
from etl.second_path.layers import pack_number, whole_numbers

#: Layers, how many places each has, and how many are not on the map.
PLACES: Final = {
    "gp_practices2026_england_points": (6_203, 0),
    "pharmacies2025_england_points": (10_435, 1),
    "libraries2023_england_points": (2_883, 0),
    "schools2025_england_points": (24_962, 5),
    "hospitals2022_england_points": (744, 0),
}
#: Layers of distances, and the places each measures to.
DISTANCES: Final = {
    "far_gp2026_england_lsoa21": "gp_practices2026_england_points",
    "far_pharmacy2025_england_lsoa21": "pharmacies2025_england_points",
    "far_library2023_england_lsoa21": "libraries2023_england_points",
    "far_hospital2022_england_lsoa21": "hospitals2022_england_points",
}
#: One neighbourhood in so many is measured again.
SAMPLE: Final = 80
#: One in so many is asked what is near, within so many kilometres.
REACH_SAMPLE: Final = 300
WITHIN_KM: Final = 3
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Abbreviations that a name or address is spelt out from.
_SPELT: Final = {
    "CTR": "CENTRE", "CENTR": "CENTRE", "CTRE": "CENTRE", "CTRS": "CENTRES", "CNT": "CENTRE", "CNTR": "CENTRE", "PK": "PARK",
    "PRK": "PARK", "FL": "FLOOR", "FLR": "FLOOR", "GRND": "GROUND", "RTL": "RETAIL", "PTNR": "PARTNER", "PTNRS": "PARTNERS",
    "LIMI": "LIMITED", "PHCY": "PHARMACY", "GRP": "GROUP", "PRACT": "PRACTICE", "SURG": "SURGERY", "SURGE": "SURGERY",
    "HTH": "HEALTH", "HLTH": "HEALTH", "CRT": "COURT", "SVC": "SERVICE", "TCHG": "TEACHING", "CHMS": "CHEMISTS", "CHMST": "CHEMIST",
}  # fmt: skip

Place = dict[str, Any]
#: What the pages say is near a neighbourhood: by layer, how far the nearest is, and how many of 100 postcodes have one within reach.
ReadNear = Callable[[str], dict[str, tuple[float, float]]]
Points = dict[str, tuple[float, float, str, str]]  # postcode without blank -> latitude, longitude, LSOA, source


def check_points(raw: Path, folder: Path, parts: dict[str, Any], ledger: Ledger) -> None:
    """Every value of every place that the snapshot holds, against the registers."""
    built = {name.partition("/")[2] for name in parts if name.startswith("places/")}
    ledger.compare("names of layers of places", sorted(PLACES), sorted(built), sorted(PLACES))
    table = pq.read_table(raw / "postcodes/postcodes_england.parquet").to_pydict()
    columns = (table["lat"], table["long"], table["lsoa21"], table["lsoa21_source"])
    postcodes: Points = dict(zip((name.replace(" ", "") for name in table["postcode"]), zip(*columns, strict=True), strict=True))
    resources = raw / "resources"
    for layer, (rows, unplaced) in PLACES.items():
        if layer in built:
            places = read_places(folder, parts, layer)
            ledger.compare(f"{layer}, places", ["count"], [len(places)], [rows - unplaced])
            _CHECKS[layer](layer, resources, places, postcodes, ledger)
            ledger.line(f"{layer}: {len(places):,} places")


def read_places(folder: Path, parts: dict[str, Any], layer: str) -> dict[str, Place]:
    """A layer's places by id, as the map and the API read them."""
    spots = json.loads(brotli.decompress((folder / parts[f"spots/{layer}"]["file"]).read_bytes()))
    columns = spots | read_part(folder, parts, f"places/{layer}")
    return {row[0]: dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)}


# ---- registers of the NHS ----


def _check_nhs(layer: str, raw: Path, places: dict[str, Place], postcodes: Points, ledger: Ledger) -> None:
    gp = layer.startswith("gp")
    file = raw / ("gp_epraccur.csv.gz" if gp else "pharmacies_edispensary.csv.gz")
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.reader(lines) if row[2].startswith("Y") and row[12] == ("ACTIVE" if gp else "A")]
    rows = [row for row in rows if (row[25] == "RO76" if gp else row[13] == "1")]
    ledger.compare(f"{layer}, entries of the register", ["count"], [len(rows)], [PLACES[layer][0]])
    wanted = {row[0]: row for row in rows if row[9].replace(" ", "") in postcodes}
    _compare_ids(layer, places, wanted, ledger)
    for key, place in places.items():
        if (row := wanted.get(key)) is None:
            continue
        lines = []
        for line in row[4:9]:
            spelt = _letters(line)
            if spelt and spelt not in lines:
                lines.append(spelt)
        digits = re.sub(r"\D", "", row[17])
        _hold(ledger, layer, place, {
            "what": "GP practice" if gp else "Pharmacy", "need": "", "ages": "", "cost": "", "access": "", "languages": "", "opening": "",
            "website": "", "checked_on": "", "postcode": f"{row[9].replace(' ', '')[:-3]} {row[9].replace(' ', '')[-3:]}",
        })  # fmt: skip
        _same(ledger, f"{layer}, name", key, _letters(place["name"]), _letters(row[1].removeprefix("T/A ")))
        _same(ledger, f"{layer}, address", key, _letters(place["address"]), "".join(lines))
        if place["phone"] or (digits.startswith(("01", "02", "03", "07", "08")) and len(digits) in (10, 11)):
            _same(ledger, f"{layer}, phone", key, place["phone"].replace(" ", ""), digits)
        _hold_point(ledger, layer, place, postcodes)


def _letters(text: str) -> str:
    """Letters and digits alone, with abbreviations spelt out."""
    words = re.findall(r"[A-Z0-9'’.&]+|[^A-Z0-9'’.&]+", text.upper())
    return "".join(re.sub(r"[^A-Z0-9]", "", _SPELT.get(word.rstrip("."), word)) for word in words)


# ---- libraries ----

_HALVES: Final = {
    "all day": "all day",
    "am & pm": "morning and afternoon",
    "am and pm": "morning and afternoon",
    "am only": "morning",
    "pm only": "afternoon",
    "eve only": "evening",
    "pm & eve": "afternoon and evening",
    "am & eve": "morning and evening",
    "closed": "closed",
    "n/a closed": "closed",
    "varied by schedule": "varies",
    "no regular opening": "no regular opening",
    "[unknown]": "",
}


def _check_libraries(layer: str, raw: Path, places: dict[str, Place], postcodes: Points, ledger: Ledger) -> None:
    with gzip.open(raw / "libraries_england_2023.csv.gz", "rt", encoding="utf-8-sig", newline="") as lines:
        rows = [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(lines)]
    kept = [
        row
        for row in rows
        if row["operation_23"].lower() in ("la", "cr", "c", "icl", "lau", "[unknown]") and row["type"].lower() == "static library"
    ]
    ledger.compare(f"{layer}, open and in a building", ["count"], [len(kept)], [2_887])
    wanted = {}
    for row in kept:
        if not row["closed"]:
            name = re.sub("[’']", "", f"{row['reporting']} {row['name']}").lower()
            wanted["-".join(re.findall("[a-z0-9]+", name))] = row
    _compare_ids(layer, places, wanted, ledger)
    for key, place in places.items():
        if (row := wanted.get(key)) is None:
            continue
        squeezed = re.sub("[^A-Z0-9]", "", row["postcode"].upper())
        _hold(ledger, layer, place, {"what": "Library", "phone": "", "website": "", "postcode": f"{squeezed[:-3]} {squeezed[-3:]}"})
        name = " ".join(row["name"].split())
        _same(ledger, f"{layer}, name", key, place["name"] in (name, f"{name} Library"), True)
        _same(
            ledger,
            f"{layer}, library in the name",
            key,
            bool(re.search("librar", place["name"] + name, re.I)) or place["name"] == name,
            True,
        )
        lines = list(dict.fromkeys(_letters(row[line]) for line in ("address1", "address2", "address3")))
        _same(ledger, f"{layer}, address", key, _letters(place["address"]), "".join(lines))
        _hold_opening(ledger, layer, key, place["opening"], row)
        _hold_point(ledger, layer, place, postcodes)


def _hold_opening(ledger: Ledger, layer: str, key: str, said: str, row: dict[str, str]) -> None:
    """The sentence taken apart into days again, each against the register's own word."""
    days = {}
    for day in _DAYS:
        word = re.sub(r"\s*\(?with closure\)?|\s*\(continuous\)", "", row[day].lower()).strip()
        breaks = "closure" in row[day].lower()
        days[day] = _HALVES[word] + (", with a break" if breaks else "")
    if not said or said.startswith("The register has no day"):
        _same(ledger, f"{layer}, no day", key, set(days.values()) - {"", "closed"}, set())
        return
    hours = re.search(r" ([\d.]+) hours a week\.$", said)
    told = float(row["hours"]) if re.fullmatch(r"[\d.]+", row["hours"]) else None
    _same(ledger, f"{layer}, hours", key, float(hours[1]) if hours else None, told)
    here = dict.fromkeys(_DAYS, "")
    for part in re.sub(r"\.( [\d.]+ hours a week\.)?$", "", said).split("; "):
        when, _, word = part.partition(": ")
        names = [name.lower() for name in re.split(" to | and ", when)]
        run = _DAYS if when == "Every day" else _DAYS[_DAYS.index(names[0]) : _DAYS.index(names[-1]) + 1]
        here |= dict.fromkeys(run, word)
    _same(ledger, f"{layer}, days", key, here, days)


# ---- schools ----

_AGES: Final = {
    "Nursery": "usually 2 to 4",
    "Primary": "usually 4 to 11",
    "Middle deemed primary": "usually 8 to 12",
    "Middle deemed secondary": "usually 9 to 13",
    "Secondary": "usually 11 to 16 or 18",
    "All-through": "usually 4 to 16 or 18",
    "16 plus": "16 and over",
    "Not applicable": "",
}
_KINDS: Final = {
    "Primary school": 16_715, "Secondary school": 3_098, "Independent school": 1_658, "Special school": 1_107,
    "Independent special school": 831, "Nursery school": 378, "Further education college": 218, "Alternative provision": 176,
    "All-through school": 160, "Pupil referral unit": 157, "Special college": 142, "Middle school": 94, "Sixth form or college": 77,
    "Other college or training": 76, "University technical college": 44, "Studio school": 19, "Sixth form centre": 4,
    "City technology college": 3,
}  # fmt: skip


def _check_schools(layer: str, raw: Path, places: dict[str, Place], _: Points, ledger: Ledger) -> None:
    with gzip.open(raw / "schools_gias_2025-05-24.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        english = [row for row in csv.DictReader(lines) if row["lsoa_code"].startswith("E01")]
    ledger.compare(f"{layer}, in England", ["count"], [len(english)], [25_132])
    left_out = re.compile("Higher education|Secure unit|secure 16|Online|Service children|Welsh")
    kept = [row for row in english if not left_out.search(row["establishment_type"])]
    ledger.compare(f"{layer}, shown by type", ["count"], [len(kept)], [PLACES[layer][0]])
    wanted = {row["urn"]: row for row in kept if row["latitude"] and float(row["longitude"]) > -7}
    _compare_ids(layer, places, wanted, ledger)
    for key, place in places.items():
        if (row := wanted.get(key)) is None:
            continue
        _hold(
            ledger,
            layer,
            place,
            {
                "name": " ".join(row["establishment_name"].split()),
                "ages": _AGES[row["education_phase"]],
                "lsoa21_code": row["lsoa_code"],
                "address": "",
                "postcode": "",
                "phone": "",
                "website": "",
                "opening": "",
                "placed": "coordinates",
            },
        )
        for column in ("latitude", "longitude"):
            _close(ledger, f"{layer}, {column}", key, place[column] / 1e5, float(row[column]))
    kinds = Counter(place["what"] for place in places.values())
    ledger.compare(f"{layer}, kinds", list(_KINDS), [kinds[kind] for kind in _KINDS], list(_KINDS.values()))


# ---- hospitals ----


def _check_hospitals(layer: str, raw: Path, places: dict[str, Place], _: Points, ledger: Ledger) -> None:
    """No merging is done again: each place is one of the list's, each of the list lies at a place, no two at one point."""
    with (raw / "hospitals_2022.csv").open(encoding="utf-8", newline="") as lines:
        listed = [row for row in csv.DictReader(lines) if not re.search("of Wales|Spire Yale|Wrexham", row["hospital22_name"], re.I)]
    with gzip.open(raw / "hospitals_nhsuk_types.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        known = list(csv.DictReader(lines))
    spots = {key: (place["latitude"] / 1e5, place["longitude"] / 1e5) for key, place in places.items()}
    ledger.compare(f"{layer}, points", ["count"], [len(set(spots.values()))], [len(spots)])
    sites = {row["Website"].strip() for row in known} | {""}
    where = {re.sub("[^A-Z0-9]", "", row["Postcode"].upper()): row for row in known if row["Latitude"]}
    at = [(float(row["latitude"]), float(row["longitude"]), _plain(row["hospital22_name"])) for row in listed]
    for key, place in places.items():
        here = spots[key]
        own = [name for latitude, longitude, name in at if haversine_km(*here, latitude, longitude) < 1.2]
        _same(ledger, f"{layer}, point", key, any(haversine_km(*here, a, b) < 0.002 for a, b, _ in at), True)
        _same(ledger, f"{layer}, name", key, any(name.startswith(_plain(place["name"])) for name in own), True)
        _same(
            ledger,
            f"{layer}, website",
            key,
            place["website"] in sites and bool(re.match(r"$|https?://[^/]+\.nhs\.uk(/|$)", place["website"])),
            True,
        )
        if squeezed := place["postcode"].replace(" ", ""):
            row = where[squeezed]
            far = min(
                haversine_km(*here, float(r["Latitude"]), float(r["Longitude"]))
                for r in known
                if r["Latitude"] and re.sub("[^A-Z0-9]", "", r["Postcode"].upper()) == squeezed
            )
            _same(ledger, f"{layer}, postcode of {row['OrganisationName']}", key, far < 1.9, True)
    for latitude, longitude, name in at:
        _same(ledger, f"{layer}, on the map", name, min(haversine_km(latitude, longitude, *here) for here in spots.values()) < 1.2, True)


def _plain(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text.lower())


_CHECKS: Final = {
    "gp_practices2026_england_points": _check_nhs,
    "pharmacies2025_england_points": _check_nhs,
    "libraries2023_england_points": _check_libraries,
    "schools2025_england_points": _check_schools,
    "hospitals2022_england_points": _check_hospitals,
}


# ---- how far from help ----


def haversine_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The way over the globe between two points in degrees.

    >>> round(haversine_km(52, 0, 53, 0), 1)
    111.2
    """
    a, b = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def check_distances(raw: Path, folder: Path, parts: dict[str, Any], read: ReadLayer, areas: dict[str, Rows], ledger: Ledger) -> None:
    """A sample of neighbourhoods measured again; every larger area, class and packed byte worked out from all of them."""
    table = pq.read_table(raw / "postcodes/postcodes_england.parquet", columns=["lsoa21", "lat", "long"]).to_pydict()
    codes = list(areas["lsoa"])
    sample = {code: [] for code in codes[::SAMPLE]}  # type: dict[str, list[tuple[float, float]]]
    for code, latitude, longitude in zip(table["lsoa21"], table["lat"], table["long"], strict=True):
        if code in sample:
            sample[code].append((latitude, longitude))
    for layer, to in DISTANCES.items():
        if f"tables/{layer}" not in parts:
            ledger.compare(f"{layer}, is there", [layer], [False], [True])
            continue
        spots = [(place["latitude"] / 1e5, place["longitude"] / 1e5) for place in read_places(folder, parts, to).values()]
        shelves: dict[tuple[int, int], list[tuple[float, float]]] = {}
        for spot in spots:
            shelves.setdefault((math.floor(spot[0] * 10), math.floor(spot[1] * 10)), []).append(spot)
        here = read(layer, "")
        value = {(level, code): round(v, 4) for level, code, v in zip(here["level"], here["code"], here["value"], strict=True)}
        again = [_mean([_nearest(point, shelves, spots) for point in sample[code]]) for code in sample]
        ledger.compare(f"{layer}, measured again", list(sample), [value["lsoa", code] for code in sample], again, 0.0051 + 1e-4)
        levels = {"lsoa": {code: value["lsoa", code] for code in codes}}
        for level, column in PARENT.items():
            inside: dict[str, list[float]] = {code: [0.0, 0.0] for code in areas[level]}
            for code, area in areas["lsoa"].items():
                inside[area[column]][0] += levels["lsoa"][code] * area["population"]
                inside[area[column]][1] += area["population"]
            levels[level] = {code: round(total / people, 4) for code, (total, people) in inside.items()}
            names = list(areas[level])
            ledger.compare(f"{layer}, {level}", names, [value[level, code] for code in names], list(levels[level].values()), 1e-4)
        england = sum(levels["lsoa"][code] * area["population"] for code, area in areas["lsoa"].items())
        england /= sum(area["population"] for area in areas["lsoa"].values())
        facts = json.loads((folder / parts[f"facts/{layer}"]["file"]).read_text(encoding="utf-8"))
        ledger.compare(f"facts/{layer}, England", [0], [facts["england"][""]["value"]], [england], 2e-4)
        _check_packed(layer, folder, parts, here, levels, ledger)
        ledger.line(f"{layer}: {len(sample):,} neighbourhoods measured again, all larger areas and classes")


def check_reach(raw: Path, folder: Path, parts: dict[str, Any], read: ReadNear, areas: dict[str, Rows], ledger: Ledger) -> None:
    """Of a sample of neighbourhoods what the place's page says: how far the nearest place of each kind is from the middle of their
    postcodes, and how many of these have one within reach."""
    table = pq.read_table(raw / "postcodes/postcodes_england.parquet", columns=["lsoa21", "lat", "long"]).to_pydict()
    sample: dict[str, list[tuple[float, float]]] = {code: [] for code in list(areas["lsoa"])[::REACH_SAMPLE]}
    for code, latitude, longitude in zip(table["lsoa21"], table["lat"], table["long"], strict=True):
        if code in sample:
            sample[code].append((latitude, longitude))
    said = {code: read(code) for code in sample}
    for layer in PLACES:
        spots = [(place["latitude"] / 1e5, place["longitude"] / 1e5) for place in read_places(folder, parts, layer).values()]
        shelves: dict[tuple[int, int], list[tuple[float, float]]] = {}
        for spot in spots:
            shelves.setdefault((math.floor(spot[0] * 10), math.floor(spot[1] * 10)), []).append(spot)
        far, share = [], []
        for here in sample.values():
            points = {(round(latitude * 1e5), round(longitude * 1e5)) for latitude, longitude in here}
            middle = (_mean([each[0] for each in points]) / 1e5, _mean([each[1] for each in points]) / 1e5)
            far.append(_nearest(middle, shelves, spots))
            share.append(100 * sum(_nearest(point, shelves, spots) <= WITHIN_KM for point in here) / len(here))
        ledger.compare(f"{layer}, nearest to the middle", list(sample), [said[code][layer][0] for code in sample], far, 0.0501 + 1e-3)
        # One postcode, half a metre from the edge, may fall on either side: the snapshot has its point to a metre.
        one = [100 / len(here) + 1e-6 for here in sample.values()]
        close = [abs(said[code][layer][1] - there) <= most for code, there, most in zip(sample, share, one, strict=True)]
        ledger.compare(f"{layer}, postcodes within reach", list(sample), close, [True] * len(sample))
    ledger.line(f"what is near {len(sample):,} neighbourhoods: the nearest of each kind, and the postcodes within {WITHIN_KM} km")


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _nearest(
    point: tuple[float, float], shelves: dict[tuple[int, int], list[tuple[float, float]]], spots: list[tuple[float, float]]
) -> float:
    """How far the nearest spot is; shelves of a tenth of a degree are tried first, all spots only where those may miss it."""
    row, column = math.floor(point[0] * 10), math.floor(point[1] * 10)
    near = [spot for i in (-1, 0, 1) for j in (-1, 0, 1) for spot in shelves.get((row + i, column + j), ())]
    best = min((haversine_km(*point, *spot) for spot in near), default=math.inf)
    # What lies on another shelf is at least a tenth of a degree off: of longitude, at 56 degrees north, 6.2 km.
    return best if best < 6.2 else min(haversine_km(*point, *spot) for spot in spots)


def _check_packed(
    layer: str, folder: Path, parts: dict[str, Any], table: dict[str, list[Any]], levels: dict[str, dict[str, float]], ledger: Ledger
) -> None:
    classes: dict[str, list[int]] = {}
    for level in LEVELS:
        cuts = part_into_fifths(levels[level].values())[::-1]
        classes[level] = [5 - bisect_right(cuts, number) for number in levels[level].values()]
    stored = table["class"]
    ledger.compare(f"{layer}, classes", stored, stored, [number for level in LEVELS for number in classes[level]])
    places = [*LEVELS, *LEVELS[1:]]
    paint = list(brotli.decompress((folder / parts[f"paint/{layer}"]["file"]).read_bytes()))
    ledger.compare(f"paint/{layer}", paint, paint, [number for level in places for number in classes[level]])
    planes = brotli.decompress((folder / parts[f"figures/{layer}"]["file"]).read_bytes())
    whole = whole_numbers(planes)
    ledger.compare(
        f"figures/{layer}", whole, whole, [pack_number(number, 10) for level in places for number in levels[level].values()], 0.5 + 1e-3
    )


# ---- comparing ----


def _compare_ids(layer: str, places: dict[str, Place], wanted: dict[str, Any], ledger: Ledger) -> None:
    ledger.compare(f"{layer}, ids", sorted(wanted), sorted(places), sorted(wanted))


def _hold(ledger: Ledger, layer: str, place: Place, wanted: dict[str, str]) -> None:
    for column, value in wanted.items():
        _same(ledger, f"{layer}, {column}", place["id"], place[column], value)


def _hold_point(ledger: Ledger, layer: str, place: Place, postcodes: Points) -> None:
    latitude, longitude, lsoa, source = postcodes[place["postcode"].replace(" ", "")]
    _close(ledger, f"{layer}, latitude", place["id"], place["latitude"] / 1e5, latitude)
    _close(ledger, f"{layer}, longitude", place["id"], place["longitude"] / 1e5, longitude)
    placed = "postcode" if source == "N" else "postcode_probably"
    _hold(ledger, layer, place, {"lsoa21_code": lsoa, "placed": placed})


def _same(ledger: Ledger, what: str, key: Any, here: Any, there: Any) -> None:
    ledger.compare(what, [key], [here], [there])


def _close(ledger: Ledger, what: str, key: Any, here: float, there: float) -> None:
    ledger.compare(what, [key], [here], [there], 1.01e-5)
