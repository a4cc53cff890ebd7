"""Places: read from their registers, put on the map, told by the API, and how far they are. No mirror is needed."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import re
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import build as build_step
from etl.distances import measure_distances
from etl.middles import find_middles
from etl.nearest import distances_km, find_nearest
from etl.points import PostcodePlaces, build_points, pack_points, unpack_points
from etl.readers import (
    gp_practices2026_england_points as gp,
)
from etl.readers import (
    hospitals2022_england_points as hospitals,
)
from etl.readers import (
    libraries2023_england_points as libraries,
)
from etl.readers import (
    pharmacies2025_england_points as pharmacies,
)
from etl.readers import (
    schools2025_england_points as schools,
)
from etl.register_words import join_address, tidy_name, tidy_phone, tidy_postcode
from etl.second_path.areas import Ledger
from etl.second_path.points import _hold_opening, haversine_km
from etl.snapshot import SnapshotWriter
from heatmap.api import points as api_points
from heatmap.api.points import PlaceAnswer, PlacesAnswer, PointsAnswer, say_service_sure
from heatmap.distances import great_circle_km, near, near_area, plant, share_within
from heatmap.drawing.icons import POINT_SHAPES, draw_point
from heatmap.errors import DataContractError, LayerCardError
from heatmap.geography.levels import LEVELS
from heatmap.layers.cards import LayerCard, PointsCard
from heatmap.layers.catalogue import read_card, read_catalogue, read_points_catalogue
from heatmap.layers.websites import safe_website
from heatmap.map import controls, legend
from heatmap.map import description as mapview
from heatmap.map.address import MOST_POINTS, MapAddress, read_map_address
from heatmap.pages import map as map_page
from heatmap.server import finish_server, make_server
from heatmap.snapshot import open_snapshot
from heatmap.web.sending import FRESH

SNAPSHOT = open_snapshot()
SERVER = finish_server(make_server(SNAPSHOT))
CARDS = read_points_catalogue()
GP, PHARMACY, LIBRARY = "gp_practices2026_england_points", "pharmacies2025_england_points", "libraries2023_england_points"
SCHOOL, HOSPITAL = "schools2025_england_points", "hospitals2022_england_points"
KINGS_HEATH, JAYWICK = "E01008966", "E01021988"
#: Rows of the finished table, and how many of them are not on the map.
COUNTS = {GP: (6_203, 0), PHARMACY: (10_435, 1), LIBRARY: (2_883, 0), SCHOOL: (24_962, 5), HOSPITAL: (744, 0)}
FAR = {
    "far_gp2026_england_lsoa21": GP,
    "far_pharmacy2025_england_lsoa21": PHARMACY,
    "far_library2023_england_lsoa21": LIBRARY,
    "far_hospital2022_england_lsoa21": HOSPITAL,
}


def ask(address: str, **headers: str) -> httpx.Response:
    """One request through the whole server, without a network."""

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=SERVER), base_url="http://map.test") as client:
            return await client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return asyncio.run(send())


# ---- what ships ----


@pytest.mark.parametrize("layer", COUNTS)
def test_as_many_places_as_the_register_has(layer: str) -> None:
    """The counts of the world: each card says how many rows and how many unplaced, and the snapshot holds the rest."""
    rows, unplaced = COUNTS[layer]
    assert (CARDS[layer].rows, CARDS[layer].unplaced) == (rows, unplaced)
    assert len(SNAPSHOT.places(layer)) == rows - unplaced


def test_the_heading_and_shape_of_each_kind() -> None:
    """Care and joining in, each kind with a shape of its own, every file known by its hash, every register with its month."""
    said = {card.index: (card.heading, card.symbol, card.register_month) for card in CARDS.values() if card.id in COUNTS}
    assert said == {
        "gp_practices": ("get_care", "care", "February 2026"),
        "pharmacies": ("get_care", "pharmacy", "April 2025"),
        "hospitals": ("get_care", "hospital", "2022"),
        "libraries": ("increase_participation", "library", "December 2023"),
        "schools": ("increase_participation", "school", "May 2025"),
    }
    for layer in COUNTS:
        card = CARDS[layer]
        assert card.theme == "Places" and card.file and all(file.sha256 for file in card.file)
        assert card.source.licence == "OGL-UK-3.0" and "Open Government Licence v3.0" in card.source.credit
        assert ("Royal Mail" in card.source.credit) == ("postcode" in card.columns.values())
    shapes = {re.sub(r"{ink}", "", shape) for shape in POINT_SHAPES.values()}
    assert len(shapes) == len(POINT_SHAPES) and all(draw_point(symbol) for symbol in POINT_SHAPES)


@pytest.mark.parametrize(
    ("layer", "name", "postcode"),
    [
        (GP, "Kingsfield Medical Centre", "B14 6AA"),
        (GP, "Long Sutton Medical Centre", "PE12 9HB"),
        (PHARMACY, "Datchet Village Pharmacy", "SL3 9JH"),
        (PHARMACY, "Boots", "HU19 2HB"),
        (LIBRARY, "Kings Heath Library", "B14 7SW"),
        (LIBRARY, "Stirchley Library", "B30 2JT"),
        (HOSPITAL, "Addenbrooke's", "CB2 0QQ"),
        (HOSPITAL, "Solihull Hospital", "B91 2JL"),
        (HOSPITAL, "King George Hospital", "IG3 8YB"),
    ],
)
def test_known_places_by_name_and_postcode(layer: str, name: str, postcode: str) -> None:
    """Read by eye off the registers; a place found by its postcode lies at the postcode's own point."""
    places = SNAPSHOT.places(layer)
    found = places[(places["name"] == name) & (places.postcode == postcode)]
    assert len(found) >= 1
    outward, inward = postcode.split()
    code, latitude, longitude, _ = SNAPSHOT.postcodes(outward)[inward]
    row = found.iloc[0]
    if layer != HOSPITAL:
        assert (row.latitude, row.longitude, row.lsoa21_code) == (latitude, longitude, code)
    assert haversine_km(row.latitude, row.longitude, latitude, longitude) < 0.7


def test_a_school_says_what_it_is_and_where_it_is_listed() -> None:
    """A primary school in the City of London: kind, usual ages, the register's own neighbourhood."""
    row = SNAPSHOT.places(SCHOOL).set_index("id").loc["100000"]
    assert (row["name"], row.what, row.ages, row.lsoa21_code) == ("The Aldgate School", "Primary school", "usually 4 to 11", "E01032739")
    assert (row.placed, row.postcode, row.address) == ("coordinates", "", "")


def test_merged_hospitals_tell_the_names_that_went() -> None:
    """One place at Addenbrooke's site, which tells of the Rosie; none of Wales; the guests' names are gone."""
    names = SNAPSHOT.places(HOSPITAL).set_index("name")
    assert names.loc["Addenbrooke's"].what == "NHS hospital. Also listed here: Rosie Hospital"
    assert not {"Rosie Hospital", "Gstt @ Epsom Hospital", "Spire Yale Hospital", "University Hospital Of Wales"} & set(names.index)


@pytest.mark.parametrize("layer", COUNTS)
def test_every_value_is_fit_to_be_shown(layer: str) -> None:
    """Names in capitals and small letters, telephone numbers and websites of one form, a point in England, an id of its own."""
    places = SNAPSHOT.places(layer)
    assert places.id.is_unique and places.id.is_monotonic_increasing and (places["name"].str.len() >= 2).all()
    assert not places.id.str.fullmatch(r"[A-Za-z]{1,2}\d[A-Za-z\d]?\d[A-Za-z]{2}").any()  # none could be a whole postcode
    assert places["name"].str.isupper().mean() < 0.005
    assert places.phone.str.fullmatch(r"(0\d{2,4}( \d{3,4}){1,2}|0\d{4} \d{5,6})?").all()
    assert places.website.str.fullmatch(r"(https?://[^\s/]+\.nhs\.uk(/\S*)?)?").all()
    assert places.postcode.str.fullmatch(r"([A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})?").all()
    assert places.latitude.between(49.8, 55.9).all() and places.longitude.between(-6.5, 1.9).all()
    listed = places.lsoa21_code[places.lsoa21_code != ""]
    assert listed.isin(SNAPSHOT.areas["lsoa"].code).all() and len(listed) > 0.94 * len(places)
    assert not places.map(lambda cell: isinstance(cell, str) and ("<" in cell or "\n" in cell)).any(axis=None)


# ---- names, addresses, numbers ----


@given(st.text(alphabet="ABCDEFGHIJ KLMNOPQRSTUVWXYZ'’&.,()-/0123456789", max_size=40))
def test_tidied_twice_is_tidied_once(text: str) -> None:
    """A tidy name has small letters and stays as it is, and no letter of a plain word is lost."""
    once = tidy_name(text)
    assert tidy_name(once) == once or not re.search("[a-z]", once)
    assert "  " not in once and once == once.strip()


@given(st.text(max_size=60))
def test_nothing_but_the_web_is_a_website(text: str) -> None:
    """Whatever stands in the column, only http and https pass, on both sides; nothing breaks."""
    for kept in (safe_website(text), api_points.safe_website(text)):
        assert kept == "" or re.match(r"https?://", kept, re.IGNORECASE)
    tidy_phone(text), tidy_postcode(text), join_address(text, text)


# ---- the readers, on a few lines of each file ----


def nhs_row(**cells: str) -> str:
    """A line of an NHS register of 27 columns."""
    row = [""] * 27
    for place, cell in cells.items():
        row[int(place.removeprefix("c"))] = cell
    return ",".join(f'"{cell}"' for cell in row)


def test_the_gp_reader_keeps_practices_at_work_in_england(tmp_path: Path) -> None:
    """Not the closed, not Wales, not other prescribers; lines of the address in one, the telephone number readable."""
    good = {
        "c0": "A81001",
        "c1": "THE DENSHAM SURGERY",
        "c2": "Y63",
        "c4": "HEALTH CENTRE",
        "c5": "LAWSON STREET",
        "c7": "STOCKTON-ON-TEES",
        "c9": "TS18 1HU",
        "c12": "ACTIVE",
        "c17": "01642 672351",
        "c25": "RO76",
    }
    lines = [
        nhs_row(**good),
        nhs_row(**good | {"c0": "A", "c12": "INACTIVE"}),
        nhs_row(**good | {"c0": "B", "c2": "W00"}),
        nhs_row(**good | {"c0": "C", "c25": "RO80"}),
    ]
    path = tmp_path / "gp.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert gp.read(path).to_dict("records") == [
        {
            "id": "A81001",
            "name": "The Densham Surgery",
            "what": "GP practice",
            "address": "Health Centre, Lawson Street, Stockton-on-Tees",
            "postcode": "TS18 1HU",
            "phone": "01642 672351",
        }
    ]


def test_the_pharmacy_reader_leaves_appliance_firms_out(tmp_path: Path) -> None:
    """Open pharmacies only: kind 2 sends out stoma bags."""
    good = {"c0": "FA002", "c1": "ROWLANDS PHARMACY", "c2": "Y62", "c4": "61 ARUNDEL AVENUE", "c9": "SK7 5LD", "c12": "A", "c13": "1"}
    lines = [nhs_row(**good), nhs_row(**good | {"c0": "A", "c12": "C"}), nhs_row(**good | {"c0": "B", "c13": "2"})]
    path = tmp_path / "pharmacies.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert pharmacies.read(path)[["id", "name", "phone"]].values.tolist() == [["FA002", "Rowlands Pharmacy", ""]]


def test_the_school_reader_takes_the_grids_zero_point_for_no_place(tmp_path: Path) -> None:
    """Wales, universities and schools on a screen go; a school at grid point 0,0 has no coordinates."""
    head = "urn,establishment_name,establishment_type,education_phase,lsoa_code,longitude,latitude"
    lines = [
        head,
        "1,A  School,Academy converter,Primary,E01000001,-1.5,52.5",
        "2,B,Sixth form centres,Not applicable,E01000002,-7.55716,49.766807",
        "3,C,Community school,Primary,W01000001,-3,52",
        "4,D,Higher education institutions,Not applicable,E01000001,-1,52",
        "5,E,Online provider,Secondary,E01000001,,",
    ]
    path = tmp_path / "schools.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    table = schools.read(path)
    assert table["name"].tolist() == ["A School", "B"] and table.what.tolist() == ["Primary school", "Sixth form centre"]
    assert table.latitude.isna().tolist() == [False, True] and table.ages.tolist() == ["usually 4 to 11", ""]


def test_the_library_reader_keeps_open_buildings(tmp_path: Path) -> None:
    """Closed, for a time closed, mobile, prison and archive all go, however their words are spelt."""
    days = dict.fromkeys(libraries._DAYS, "AM & PM (continuous)")
    good = {
        "reporting": "Kent",
        "name": "Deal",
        "address1": "Broad St",
        "address2": "",
        "address3": "",
        "postcode": "ct14 6er",
        "type": "Static library",
        "operation_23": "c",
        "closed": "",
        "hours": "40",
        **days,
    }
    bad = [
        {"operation_23": "Closed"},
        {"operation_23": "closed"},
        {"operation_23": "Temporary Closure"},
        {"operation_23": ""},
        {"type": "Mobile Library"},
        {"type": "Prison Library"},
        {"type": "archive"},
        {"closed": "2024"},
    ]
    path = tmp_path / "libraries.csv"
    pd.DataFrame([good, *(good | change for change in bad)]).to_csv(path, index=False, encoding="utf-8-sig")
    (row,) = libraries.read(path).to_dict("records")
    assert (row["id"], row["name"], row["postcode"]) == ("kent-deal", "Deal Library", "CT14 6ER")
    assert row["opening"] == "Every day: morning and afternoon. 40 hours a week."


WEEK = st.lists(
    st.sampled_from(["AM & PM (continuous)", "AM & PM (with closure)", "All Day (continuous)", "AM only", "PM Only", "Eve Only", "Closed",
                     "closed", "N/A Closed", "[Unknown]", "PM & Eve (continuous)", "Varied by Schedule", "All day (with closure)"]),
    min_size=7, max_size=7,
)  # fmt: skip


@given(WEEK, st.sampled_from(["35", "38.5", "[Unknown]", "N/A Closed"]))
@settings(max_examples=200)
def test_opening_times_say_each_day_as_the_register_does(week: list[str], hours: str) -> None:
    """Any week told in a sentence and taken apart again by the second path is the same week."""
    row = dict(zip(libraries._DAYS, week, strict=True)) | {"hours": hours}
    ledger = Ledger(lambda _: None)
    _hold_opening(ledger, "libraries", "a library", libraries.say_opening(row), row)
    assert ledger.faults == []


def test_a_strange_word_for_a_day_is_told() -> None:
    """A new year's file with a new word stops the build with the word."""
    with pytest.raises(ValueError, match="libraries: sunday is 'Lunch only', which the reader does not know"):
        libraries.say_opening(dict.fromkeys(libraries._DAYS, "AM only") | {"sunday": "Lunch only", "hours": "1"})


def test_the_hospital_reader_merges_by_the_written_rule(tmp_path: Path) -> None:
    """One point is one place under the host's name; one name near by too; another town's of that name stays."""
    now, types = tmp_path / "now.csv", tmp_path / "types.csv"
    now.write_text(
        "hospital22_name,longitude,latitude\nGstt @ Epsom Hospital,-0.27,51.32\nEpsom Hospital,-0.27,51.32\nThe Epsom"
        " Hospital,-0.275,51.321\nEpsom General Hospital,-2,53\nEye Unit,-0.27,51.32\nSpire Yale Hospital,-3.01,53.04\n",
        encoding="utf-8",
    )
    types.write_text(
        "SubType,Sector,OrganisationName,Address1,Address2,Address3,City,County,Postcode,Latitude,Longitude,ParentName,Website\nUNKNOWN,Independent"
        " Sector,Epsom General Hospital,Dorking Road,,,Epsom,Surrey,KT18 7EG,51.3202,-0.2702,Epsom NHS Trust,http://stranger.com\n",
        encoding="utf-8",
    )
    table = hospitals.read(now, types)
    assert table["name"].tolist() == ["Epsom General Hospital", "Epsom Hospital"]
    there = table.iloc[1]
    assert there.what == "NHS hospital. Also listed here: Eye Unit" and there.postcode == "KT18 7EG" and there.website == ""
    assert table.iloc[0].what == "Hospital" and table.id.tolist() == ["epsom-general-hospital", "epsom-hospital"]


# ---- the build of a layer of places ----

CODES = pd.Series(["E01000001", "E01000002"])
#: Two postcodes, AB1 0AA and AB1 0AB.
TOWN = PostcodePlaces(
    pd.DataFrame(
        {
            "inward": np.array([0, 1], np.uint16),
            "lsoa": [0, 1],
            "lat": [5200000, 5300000],
            "long": [-100000, -200000],
            "placed": [False, True],
        }
    ),
    pd.DataFrame({"outward": ["AB1"], "start": [0], "count": [2]}),
    CODES,
)


def build_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, **changes: object) -> pd.DataFrame:
    """A learner's layer of places: its card, and a CSV beside it."""
    card = PointsCard.model_validate(
        {
            "id": "places2026_england_points",
            "kind": "points",
            "title": "Places",
            "question": "Where?",
            "meaning": "A",
            "not_meaning": "B",
            "period": "2026",
            "rows": text.count("\n") - 1,
            "heading": "get_care",
            "symbol": "care",
            "register_month": "May 2026",
            "source": {"publisher": "P", "title": "T", "page": "https://x.uk", "licence": "OGL-UK-3.0", "accessed": "2026-01-01"},
        }
        | changes,
        strict=False,
    )
    (tmp_path / f"{card.id}.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr("etl.points.beside", lambda card: tmp_path / f"{card.id}.csv")
    return build_points(card, TOWN, None)


def test_a_place_is_put_at_its_coordinates_or_its_postcode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own point first, then its postcode's middle, and each says which; what has neither is counted and left out."""
    text = "id,name,postcode,latitude,longitude\n1,A,AB1 0AA,52.01,-1.01\n2,B,ab10ab,,\n3,C,,52.6,-1.6\n4,D,,,\n"
    table = build_small(tmp_path, monkeypatch, text, unplaced=1)
    assert table[["id", "latitude", "lsoa21_code", "placed"]].values.tolist() == [
        ["1", 52.01, "E01000001", "coordinates"],
        ["2", 53.0, "E01000002", "postcode_probably"],
        ["3", 52.6, "", "coordinates"],
    ]
    again = unpack_points(build_step.brotli.compress(pack_points(table)))
    assert again.to_dict("list") == {column: table[column].tolist() for column in again}


def test_unplaced_places_are_counted_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more without a place than the card says stops the build with its name."""
    with pytest.raises(DataContractError, match=r"line 2: postcode 'ZZ9 9ZZ' of Boots is none that we have\. .* unplaced = 1 "):
        build_small(tmp_path, monkeypatch, "id,name,postcode\n1,Boots,ZZ9 9ZZ\n")


# ---- nearest ----


def some_points(seed: int, count: int) -> pd.DataFrame:
    """Points anywhere in England, some of them alike."""
    rng = np.random.default_rng(seed)
    points = pd.DataFrame({"latitude": rng.uniform(50, 55.8, count), "longitude": rng.uniform(-6, 1.8, count)})
    return pd.concat([points, points[: count // 4]], ignore_index=True).round(5)


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_the_grid_misses_no_nearest_place(seed: int, points: int, places: int) -> None:
    """By cells or by every pair: the same distance."""
    here, there = some_points(seed, points), some_points(seed + 1, places)
    row, km = find_nearest(here, there)
    every = distances_km(here, there)
    assert np.allclose(km, every.min(axis=1), atol=1e-6) and np.allclose(every[np.arange(len(here)), row], km, atol=1e-6)


def test_points_close_together_share_a_cell() -> None:
    """Thousands of points in a town, hundreds of places: still the same as every pair."""
    rng = np.random.default_rng(7)
    here = pd.DataFrame({"latitude": rng.normal(52.48, 0.05, 3000), "longitude": rng.normal(-1.9, 0.08, 3000)})
    there = pd.DataFrame({"latitude": rng.normal(52.48, 0.05, 300), "longitude": rng.normal(-1.9, 0.08, 300)})
    assert np.allclose(find_nearest(here, there)[1], distances_km(here, there).min(axis=1), atol=1e-6)


PLACE = st.tuples(st.floats(50, 55.5), st.floats(-5.5, 1.5))


@given(st.lists(PLACE, max_size=30), PLACE, st.floats(0.1, 200))
@settings(deadline=None)
def test_near_is_all_within_nearest_first_or_the_one_beyond(
    points: list[tuple[float, float]], here: tuple[float, float], km: float
) -> None:
    """Nothing within is left out, nothing beyond comes but one alone, and minutes follow the distance."""
    places = pd.DataFrame(points, columns=["latitude", "longitude"], dtype=float)
    found = near(places, *here, km)
    exact = np.array([haversine_km(*here, *point) for point in points])
    within = int((exact <= km + 1e-9).sum())
    assert abs(len(found[~found.beyond]) - within) <= int((abs(exact - km) < 1e-6).sum())
    assert found.beyond.sum() == (1 if len(points) and not (~found.beyond).any() else 0)
    assert found.km.is_monotonic_increasing and len(found) >= min(1, len(points))
    assert (found.minutes_on_foot - found.km * 12.5).abs().max() <= 1.2 or found.empty


def test_great_circle_agrees_with_the_second_path() -> None:
    """Birmingham to London is 163 km, by both."""
    km = great_circle_km(52.4797, -1.9026, np.array([51.5072]), np.array([-0.1276]))
    assert km.round(6).tolist() == [round(haversine_km(52.4797, -1.9026, 51.5072, -0.1276), 6)] and round(km[0]) == 163


def test_near_an_area_none_within_is_an_answer() -> None:
    """The nearest library of Kings Heath Park is 1.2 km off: none within a kilometre, and the one beyond is told apart."""
    area = SNAPSHOT.area(KINGS_HEATH)
    libraries = SNAPSHOT.places(LIBRARY)
    close = near_area(libraries, area, 2)
    assert close["name"].tolist()[:2] == ["Stirchley Library", "Kings Heath Library"] and not close.beyond.any()
    (beyond,) = near_area(libraries, area, 1).to_dict("records")
    assert (beyond["name"], beyond["km"], beyond["minutes_on_foot"], beyond["beyond"]) == ("Stirchley Library", 1.2, 15, True)


# ---- how far from help ----


def test_a_neighbourhood_is_as_far_as_its_postcodes_are_on_average() -> None:
    """Two postcodes at 0 and 2 km: 1 km; a neighbourhood without a postcode has no row."""
    postcodes = pd.DataFrame({"lsoa": [0, 0], "lat": [5200000, 5201799], "long": [0, 0]})
    table = measure_distances(CODES, pd.DataFrame({"latitude": [52.0], "longitude": [0.0]}), postcodes)
    assert table.values.tolist() == [["E01000001", 1.0]]


MELTHAM = "E01011168"


def nearest_km(code: str, layer: str) -> float:
    """How far the nearest place is from the middle of an area's postcodes."""
    places = SNAPSHOT.places(layer)
    return float(great_circle_km(*SNAPSHOT.area(code).middle, places.latitude.to_numpy(), places.longitude.to_numpy()).min())


def test_a_distance_starts_where_people_live() -> None:
    """Meltham's pharmacy is in the village; the largest circle in the outline is on the moor, 2.8 km off, and names and arrow keys stay
    there."""
    area = SNAPSHOT.area(MELTHAM)
    inside = (area.row["inside_latitude"], area.row["inside_longitude"])
    moved = float(great_circle_km(*area.middle, *(np.array([degrees]) for degrees in inside))[0])
    assert 2.7 < moved < 2.9
    said = ask(f"/api/v1/points/pharmacies2025_england_points?near={MELTHAM}&km=3").json()
    assert said["places"][0]["km"] == 0.3 and said["places"][0]["beyond"] is False and said["postcodes_within_percent"] == 100
    own = SNAPSHOT.table("far_pharmacy2025_england_lsoa21")["lsoa"].value[area.position]
    assert own == pytest.approx(0.44, abs=0.005) and abs(own - nearest_km(MELTHAM, "pharmacies2025_england_points")) < 0.15


def test_the_middle_is_the_mean_of_the_distinct_points() -> None:
    """Of every neighbourhood, from the table of postcodes by a plain way; of a region, by its people."""
    table = pd.read_parquet(SNAPSHOT.path("postcodes/table"))
    points = table[["lsoa", "lat", "long"]].drop_duplicates().groupby("lsoa").mean() / 1e5
    areas = SNAPSHOT.areas["lsoa"]
    assert np.abs(points.lat.to_numpy() - areas.middle_latitude).max() < 1e-5
    assert np.abs(points.long.to_numpy() - areas.middle_longitude).max() < 1e-5
    london = areas[areas.rgn24_code == "E12000007"]
    assert SNAPSHOT.area("E12000007").middle[0] == pytest.approx(np.average(london.middle_latitude, weights=london.population), abs=2e-5)
    with pytest.raises(DataContractError, match="no postcode lies in E01000002"):
        find_middles(
            pd.DataFrame({"lsoa": [0], "lat": [1], "long": [1]}),
            {"lsoa": pd.DataFrame({"code": ["E01000001", "E01000002"], "population": 1})},
        )


@pytest.mark.parametrize("code", [MELTHAM, "E01019077", "E02005428", "E08000025"])
def test_every_postcode_of_an_area_is_its_own(code: str) -> None:
    """Of a neighbourhood and of larger areas: as many as the table has, those very points."""
    area = SNAPSHOT.area(code)
    column = {"lsoa": "code", "msoa": "msoa21_code", "lad": "lad24_code"}[area.level]
    own = np.flatnonzero(SNAPSHOT.areas["lsoa"][column] == code)
    table = pd.read_parquet(SNAPSHOT.path("postcodes/table"))
    wanted = table[table.lsoa.isin(own)]
    latitudes, longitudes = SNAPSHOT.postcodes_in(area)
    assert sorted(zip(latitudes, longitudes, strict=True)) == sorted(zip(wanted.lat / 1e5, wanted.long / 1e5, strict=True))


@settings(max_examples=30, deadline=None)
@given(number=st.integers(0, 33_754), km=st.sampled_from([0.5, 1, 3, 5, 25]))
def test_the_share_within_reach_is_that_of_its_postcodes(number: int, km: float) -> None:
    """Each postcode by the haversine to each pharmacy, against the planted tree."""
    places = SNAPSHOT.places("pharmacies2025_england_points")
    area = SNAPSHOT.area(SNAPSHOT.areas["lsoa"].code[number])
    spots = places.latitude.to_numpy(), places.longitude.to_numpy()
    far = [great_circle_km(*point, *spots).min() for point in zip(*SNAPSHOT.postcodes_in(area), strict=True)]
    assert share_within(area, plant(*spots), km, SNAPSHOT) == pytest.approx(100 * (np.array(far) <= km).mean())


@pytest.mark.parametrize("layer", FAR)
def test_distances_ship_for_every_neighbourhood_and_level(layer: str) -> None:
    """Kilometres of every area, larger ones averaged over people; high is worse, and the unit says that it is a straight line."""
    card = SNAPSHOT.cards[layer]
    assert (card.distance_to, card.unit, card.polarity, card.theme) == (FAR[layer], "km, straight line", "high_is_worse", "What is near")
    tables = SNAPSHOT.table(layer)
    assert list(tables) == list(LEVELS) and all(table.value.notna().all() for table in tables.values())
    areas = SNAPSHOT.areas["lsoa"]
    london = areas.rgn24_code == "E12000007"
    mean = (tables["lsoa"].value * areas.population)[london].sum() / areas.population[london].sum()
    assert tables["rgn"].value[SNAPSHOT.position("E12000007")] == pytest.approx(mean, abs=1e-4)
    assert tables["rgn"].value.idxmin() == SNAPSHOT.position("E12000007")  # nowhere is help nearer than in London
    # Held against what the pages say is near: from the middle of the postcodes, by another path. One parish in a hundred is so wide
    # that the two differ by a kilometre; from the point inside its outline it was one in twenty.
    apart = np.array([abs(tables["lsoa"].value[at] - nearest_km(areas.code[at], FAR[layer])) for at in range(0, len(areas), 50)])
    assert np.median(apart) < 0.1 and (apart > 1).mean() < 0.015


def test_a_card_of_distances_takes_no_file(tmp_path: Path) -> None:
    """It names a layer of places, at LSOA, and has neither a file nor figures beside it."""
    card = read_catalogue()["far_library2023_england_lsoa21"]
    assert not card.lies_beside and not card.file
    text = (Path(build_step.ROOT) / "data/layers/far_library2023_england_lsoa21.toml").read_text(encoding="utf-8")
    path = tmp_path / "far_library2023_england_lsoa21.toml"
    for wrong in (
        text.replace("[anchors]", '[columns]\na = "code"\nb = "value"\n\n[anchors]') + '\n[[file]]\npath = "a.csv"\n',
        text.replace(f'distance_to = "{LIBRARY}"', 'distance_to = "libraries"'),
    ):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(LayerCardError, match="'distance_to' names a points layer"):
            read_card(path)


def test_distances_to_places_that_are_not_built_are_refused(tmp_path: Path) -> None:
    """The sentence names what is missing, and the next step."""
    with pytest.raises(DataContractError, match=rf"spots/{LIBRARY} is not in the snapshot\. Build it first"):
        build_step._under_distances(read_catalogue()["far_library2023_england_lsoa21"], SnapshotWriter(tmp_path))


# ---- on the page ----


def test_the_page_knows_where_each_kind_is_fetched() -> None:
    """Address with the hash of what it gives, where each place tells of itself, and the shape as an image without a request."""
    said = mapview.describe_page(SNAPSHOT)["points"]["libraries"]
    assert said["spots"] == f"/spots/{SNAPSHOT.hash(f'spots/{LIBRARY}')}/{LIBRARY}" and said["each"] == f"/api/v1/points/{LIBRARY}"
    assert said["title"] == "Libraries" and said["sign"].startswith("data:image/svg+xml;base64,")
    answer = ask(said["spots"])
    assert "immutable" in answer.headers["cache-control"]
    spots = answer.json()
    assert set(spots) == {"id", "name", "longitude", "latitude"} and len(spots["id"]) == 2_883


def test_switches_legend_and_credit_follow_the_address() -> None:
    """What is on is ticked, drawn in the legend with its shape, and credited."""
    state, notices = read_map_address("?points=libraries,gp_practices", SNAPSHOT)
    assert not notices and state.points == ("libraries", "gp_practices")
    ticked = {
        part.children[-1]: getattr(part, "aria-checked")
        for part in controls.points_choices(state, SNAPSHOT)
        if hasattr(part, "aria-checked")
    }
    assert ticked == {
        "Libraries": "true",
        "Schools": "false",
        "GP practices": "true",
        "Pharmacies": "false",
        "Hospitals": "false",
        "Projects": "false",
    }
    (line,) = legend.key_places(state, SNAPSHOT)
    assert [span.children[1] for span in line.children] == ["Libraries", "GP practices"]
    assert legend.key_places(MapAddress(), SNAPSHOT) == []
    short, _, whole = map_page._credit(SNAPSHOT.cards[state.layer], map_page._cards_of_places(state, SNAPSHOT))
    own, others, rest = short.children
    assert (own, others.children) == ("Source: MHCLG; ", "Arts Council England; NHS England; ") and rest.startswith("ONS")
    assert "Royal Mail" in whole.children and "Arts Council" in whole.children


def test_no_more_kinds_than_can_be_told_apart() -> None:
    """A link to more than six is cut, and says so."""
    names = {f"k{n}": "x" for n in range(8)}

    class Many:
        cards, points_names = SNAPSHOT.cards, names
        position = staticmethod(SNAPSHOT.position)

    state, notices = read_map_address(f"?points={','.join(names)}", Many())  # type: ignore[arg-type]
    assert len(state.points) == MOST_POINTS and "a map can hold 6" in notices[0]


# ---- the API ----


def test_the_api_lists_the_kinds() -> None:
    """Every layer of places with its count, its month and who to credit."""
    answer = PointsAnswer.model_validate(ask("/api/v1/points").json())
    assert {card.id: card.count for card in answer.layers if card.id in COUNTS} == {
        layer: rows - lost for layer, (rows, lost) in COUNTS.items()
    }
    assert all(card.source.attribution and card.places == f"/api/v1/points/{card.id}" for card in answer.layers)


def test_the_api_tells_of_one_place() -> None:
    """All that its list says, how sure we are, how it came to its point, and the credit."""
    answer = PlaceAnswer.model_validate(ask(f"/api/v1/points/{LIBRARY}/birmingham-kings-heath-library").json())
    assert answer.name == "Kings Heath Library" and answer.postcode == "B14 7SW" and "hours a week" in answer.opening
    assert answer.sure == "As in the register of December 2023." and answer.placed_in_words == "Placed at the middle of its postcode."
    assert ask(f"/api/v1/points/{SCHOOL}/100000").json()["placed_in_words"] == ""


def test_places_within_and_near_an_area() -> None:
    """Within by the neighbourhood it is listed in; near in a straight line; both together; the nearest beyond alone."""
    within = PlacesAnswer.model_validate(ask(f"/api/v1/points/{LIBRARY}?within=E08000025").json())
    assert len(within.places) == 37 and {place.km for place in within.places} == {None} and within.filters == {"within": "E08000025"}
    close = PlacesAnswer.model_validate(ask(f"/api/v1/points/{LIBRARY}?near={KINGS_HEATH}&km=2").json())
    assert [place.name for place in close.places][:2] == ["Stirchley Library", "Kings Heath Library"]
    assert all(place.km is not None and place.km <= 2 and place.beyond is False for place in close.places)
    (beyond,) = ask(f"/api/v1/points/{LIBRARY}?near={KINGS_HEATH}&km=0.5").json()["places"]
    assert beyond["beyond"] is True and beyond["km"] == 1.2
    (both,) = ask(f"/api/v1/points/{LIBRARY}?within={JAYWICK}&near={JAYWICK}&km=25").json()["places"] or [{}]
    assert both == {} or both["lsoa21_code"] == JAYWICK


def test_places_for_a_spreadsheet_and_for_a_map() -> None:
    """CSV and GeoJSON hold the same places, with the credit in a header and, as GeoJSON, beside them."""
    address = f"/api/v1/points/{HOSPITAL}?within=E12000007&format="
    table = ask(f"{address}csv")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    drawn = ask(f"{address}geojson")
    features = drawn.json()["features"]
    assert [row["id"] for row in rows] == [each["properties"]["id"] for each in features] and len(rows) > 60
    assert features[0]["geometry"]["coordinates"] == [float(rows[0]["longitude"]), float(rows[0]["latitude"])]
    assert "Open Government Licence" in table.headers["x-attribution"] and drawn.json()["attribution"]
    card = SNAPSHOT.points_cards[HOSPITAL]
    assert {(row["layer"], row["period"], row["source"]) for row in rows} == {(HOSPITAL, card.period, card.source.credit)}
    assert table.headers["content-disposition"] == f'attachment; filename="{HOSPITAL}.csv"'


def test_no_place_is_a_formula() -> None:
    """What a spreadsheet would take for a formula is defused, and an unsafe website is left out."""
    cells = dict.fromkeys(api_points.COLUMNS, "") | {
        "latitude": 52.0,
        "longitude": -1.0,
        "name": "=HYPERLINK(1)",
        "phone": "+44 20",
        "website": "javascript:alert(1)",
    }
    (row,) = csv.DictReader(io.StringIO(api_points.write_services_csv(pd.DataFrame([cells]), {"source": "A list"}).decode()))
    assert row["name"] == "'=HYPERLINK(1)" and row["phone"] == "'+44 20" and row["website"] == "" and row["latitude"] == "52.0"


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("x", 404, "We have no layer called 'x'. GET /api/v1/points lists them all."),
        ("CO15", 404, "We have no layer of places with that name. GET /api/v1/points lists them all."),
        (f"{LIBRARY}/CO152EU", 404, f"There is no place of that id in {LIBRARY}. GET /api/v1/points/{LIBRARY} lists them all."),
        ("imd2025_england_lsoa21", 404, None),
        (f"{LIBRARY}?near=CO15%202EU", 422, "The parameter near is not right; it takes the code of one area, like E01021988."),
        (f"{LIBRARY}?within=B14", 422, "The parameter within is not right; it takes the code of one larger area, like E08000025."),
        (
            f"{LIBRARY}?near=E01999999",
            422,
            "We do not recognise the code in “near”. Codes look like E01021988 or E08000025; find one at /api/v1/areas?search=NAME.",
        ),
        (f"{LIBRARY}?near={JAYWICK}&km=26", 422, "The parameter km is not right; it takes a number of kilometres above 0 and up to 25."),
        (f"{LIBRARY}?near={JAYWICK}&km=nan", 422, "The parameter km is not right; it takes a number of kilometres above 0 and up to 25."),
        (f"{LIBRARY}?km=3", 422, "The parameter km says how near, and needs near=, the code of an area like E01021988."),
        (f"{LIBRARY}?postcode=CO152EU", 422, "There is no parameter called postcode here. Those there are: within, near, km, format."),
        (f"{LIBRARY}?format=xml", 422, "The parameter format is not right; it takes json, csv or geojson."),
    ],
)
def test_the_api_says_what_is_wrong_and_repeats_no_postcode(address: str, status: int, said: str | None) -> None:
    """One sentence with the next step; what was typed is not said back where it may be a postcode."""
    answer = ask(f"/api/v1/points/{address}")
    assert answer.status_code == status and (said is None or answer.json() == {"detail": said})
    assert "2EU" not in answer.text


@given(st.text(max_size=30), st.sampled_from(["near", "within", "km", "format"]), st.text(max_size=12))
@settings(max_examples=60, deadline=None)
def test_whatever_is_asked_it_is_never_the_servers_fault(place: str, name: str, value: str) -> None:
    """Any id and any parameter: an answer, or a sentence."""
    for address in (f"{LIBRARY}?{urlencode({name: value})}", f"{LIBRARY}/{quote(place, safe='')}"):
        assert ask(f"/api/v1/points/{address}").status_code in (200, 404, 422)


def test_answers_may_be_kept_for_a_while() -> None:
    """An ETag and five minutes; who has the answer already gets 304 without it."""
    first = ask(f"/api/v1/points/{GP}?within={KINGS_HEATH}")
    assert first.headers["cache-control"] == FRESH
    again = ask(f"/api/v1/points/{GP}?within={KINGS_HEATH}", if_none_match=first.headers["etag"])
    assert again.status_code == 304 and not again.content


def test_how_sure_we_are_is_said_in_words() -> None:
    """A register by its month; a community list by the day of the check, however it is written; none says to ring."""
    register, community = CARDS[LIBRARY], CARDS[LIBRARY].model_copy(update={"register_month": ""})
    today = date(2026, 6, 15)
    assert say_service_sure(register, "2024-05-01", today) == "As in the register of December 2023."
    assert (
        say_service_sure(community, "2026-05-03", today) == "Checked on 3 May 2026."
        and say_service_sure(community, "2026-05", today) == "Checked on May 2026."
    )
    assert (
        say_service_sure(community, "spring 2026", today) == "Checked on spring 2026."
        and say_service_sure(community, "2026-99-01", today) == "Checked on 2026-99-01."
    )
    assert say_service_sure(community, "", today) == "Not known when it was last checked: ring first."
    assert say_service_sure(community, "2025-06-15", today) == "Checked on 15 June 2025, over a year ago: ring first."
    assert say_service_sure(community, "2024-06-15", today) == "Checked on 15 June 2024, over two years ago: ring first."
    listed = community.model_copy(update={"list_name": "Give Food’s list"})
    assert say_service_sure(listed, "2026-05-03", today) == "In Give Food’s list on 3 May 2026."


def test_layers_of_distances_are_cards_like_any_other() -> None:
    """The API hands out their figures with the unit and the credit of the register."""
    answer = ask("/api/v1/layers/far_library2023_england_lsoa21/values?level=rgn").json()
    assert answer["unit"] == "km, straight line" and "Arts Council England" in answer["attribution"]
    assert isinstance(read_catalogue()["far_library2023_england_lsoa21"], LayerCard)
    assert json.dumps(answer["areas"][0]["value"])


@pytest.mark.parametrize(("latitude", "fits"), [(52.0, True), (52.04, True), (52.06, False), (50.9, False)])
def test_a_learners_place_is_where_its_postcode_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, latitude: float, fits: bool) -> None:
    """Within 5 km, as postcodes in the country are; else the line, both places and the distance are told."""
    text = f"id,name,postcode,latitude,longitude\n1,Near,AB1 0AB,,\n2,Hall,ab1-oaa,{latitude},-1.0\n"
    if fits:
        assert build_small(tmp_path, monkeypatch, text).postcode.tolist() == ["AB1 0AB", "AB1 0AA"]
        return
    with pytest.raises(DataContractError) as fault:
        build_small(tmp_path, monkeypatch, text)
    assert str(fault.value).startswith(
        "places2026_england_points.csv: line 3: Hall: its postcode AB1 0AA is in E01000001, but its latitude"
    )
    assert f"{6371.0088 * np.pi / 180 * (52 - latitude):.0f}".lstrip("-") in str(fault.value)
