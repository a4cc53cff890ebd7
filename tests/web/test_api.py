"""The API as a program meets it, on the snapshot that ships with the product."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import logging

import brotli
import httpx
import numpy as np
import pandas as pd
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heatmap.api.areas import warm_up
from heatmap.api.common import looks_like_postcode
from heatmap.api.models import AreaAnswer, LayerAnswer, LayersAnswer, OutwardAnswer, SmallOutwardsAnswer, ValuesAnswer
from heatmap.api.values import PEOPLE, read_rows, stream_geojson, write_figures_csv
from heatmap.geography.levels import LEVELS
from heatmap.map import description as mapview
from heatmap.map.address import MapAddress
from heatmap.map.selection import keep_areas, pack_mask
from heatmap.server import finish_server, make_server
from heatmap.snapshot import open_snapshot
from heatmap.web.sending import IMMUTABLE

IMD = "imd2025_england_lsoa21"
MOVED = "imd_moved2025_england_lsoa21"
VALUES = f"/api/v1/layers/{IMD}/values"
SNAPSHOT = open_snapshot()
SERVER = finish_server(make_server(SNAPSHOT))
BIRMINGHAM, MIDDLESBROUGH, LONDON, EAST = "E08000025", "E06000002", "E12000007", "E12000006"


def ask(address: str, method: str = "GET", **headers: str) -> httpx.Response:
    """One request through the whole server, without a network; a fault in the server is raised here."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=SERVER)
        async with httpx.AsyncClient(transport=transport, base_url="http://map.test") as client:
            said = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, address, headers=said)

    return asyncio.run(send())


def rows_of(address: str) -> list[dict[str, str]]:
    """The rows of a CSV answer."""
    answer = ask(address)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Tables are read once, so that no test measures or fuzzes the reading of files."""
    warm_up(SNAPSHOT)


# ---- health and layers ----


def test_health_names_the_build():
    """A monitor learns that the server answers and from which build, and never from a cache."""
    answer = ask("/health")
    assert answer.json() == {"status": "ok", "build": SNAPSHOT.build, "database": "ok"}
    assert answer.headers["cache-control"] == "no-store"


def test_layers_are_all_listed_in_the_order_of_the_map():
    """The list has every card, and its shape is the one documented."""
    listed = LayersAnswer.model_validate(ask("/api/v1/layers").json())
    assert [layer.id for layer in listed.layers] == list(SNAPSHOT.cards)


@pytest.mark.parametrize("layer", list(SNAPSHOT.cards))
def test_each_layer_says_what_it_is_and_leads_to_its_values(layer):
    """Every card answers in the documented shape, counts its areas, credits its source, and its link works."""
    said = LayerAnswer.model_validate(ask(f"/api/v1/layers/{layer}").json())
    assert said.id == layer and said.question.endswith("?") and said.source.attribution
    level = SNAPSHOT.cards[layer].base_level
    assert said.counts[level].areas == len(SNAPSHOT.areas[level])
    for each, rows in SNAPSHOT.table(layer).items():
        filled = (said.counts[each].with_value, said.counts[each].with_rank)
        assert filled == (rows.value.notna().sum(), rows["rank"].notna().sum())
    within = "E12000001" if level == "lad" else MIDDLESBROUGH
    assert ask(f"{said.values}?within={within}&level={level}").status_code == 200


def test_an_indicator_says_how_to_read_it():
    """Why it matters, how sure it is, what must stand beside it, what it is a part of, and England's figure in each period."""
    said = LayerAnswer.model_validate(ask("/api/v1/layers/smoking2021_england_lad24").json())
    assert said.why_it_matters and said.polarity_reason and said.certainty and not said.part_of
    assert list(said.england) == said.periods and 12 < said.england["2021"].value < 14  # ONS: 13 % of adults in England smoked in 2021
    said = LayerAnswer.model_validate(ask("/api/v1/layers/private_rent2021_england_lsoa21").json())
    whole = said.england[""]
    assert (whole.numerator, whole.denominator) == (4_795_157, 23_436_382)  # census 2021: a fifth of England's households
    assert whole.lower_ci < whole.value < whole.upper_ci and 20 < whole.value < 21
    assert "not adjusted for age" in LayerAnswer.model_validate(ask("/api/v1/layers/register_asthma2020_england_lad24").json()).caution
    assert LayerAnswer.model_validate(ask("/api/v1/layers/broadband2025_england_lsoa21").json()).part_of == "imd"


def test_direction_is_said_in_words():
    """A reader of the API learns which end is worse without knowing our codes."""
    assert ask(f"/api/v1/layers/{IMD}").json()["polarity_in_words"] == "A higher value is worse. Rank 1 and decile 1 are the most deprived."
    assert ask("/api/v1/layers/population2022_england_lsoa21").json()["polarity_in_words"] == "Neither end is better or worse."


def test_unknown_layer_names_the_nearest():
    """A slip in the id is met with the right one."""
    answer = ask("/api/v1/layers/imd2025_england_lsoa11")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "We have no layer called 'imd2025_england_lsoa11'. Did you mean 'imd2025_england_lsoa21'?"}


# ---- values ----


def test_anchor_most_deprived_neighbourhood():
    """E01021988 (Tendring 018A, Jaywick) is first of England in 2025, as published."""
    row = next(row for row in ask(VALUES).json()["areas"] if row["code"] == "E01021988")
    assert (row["name"], row["rank"], row["decile"], row["value"]) == ("Tendring 018A", 1, 1, 94.223)


def test_anchor_middlesbrough_has_half_its_neighbourhoods_in_tenth_1():
    """50.0 % of Middlesbrough's neighbourhoods, but 49.2 % of its people: two columns, two names."""
    row = next(row for row in rows_of(f"{VALUES}?level=lad&format=csv") if row["area_code"] == MIDDLESBROUGH)
    assert float(row["areas_tenth1_percent"]) == 50.0
    assert round(float(row["people_tenth1_percent"]), 1) == 49.2
    assert row["value"] == row["people_tenth1_percent"] and row["decile"] == "" and row["is_official"] == "True"


@pytest.mark.parametrize(("level", "count"), [("lsoa", 33_755), ("msoa", 6_856), ("lad", 296), ("icb", 42), ("rgn", 9)])
def test_csv_has_one_row_an_area_and_its_columns_in_order(level, count):
    """Whole England at each level, columns as documented."""
    rows = rows_of(f"{VALUES}?level={level}&format=csv")
    assert len(rows) == count
    columns = ["area_code", "area_name", *(["authority_code", "authority_name"] if level in ("lsoa", "msoa") else [])]
    columns += ["value", "decile", "flag", "rank", "people"]
    if level != "lsoa":
        columns += [
            "people_tenth1_percent",
            "people_fifth1_percent",
            "areas_tenth1_percent",
            "areas_fifth1_percent",
            "mean_score",
            "is_official",
        ]
    columns += ["layer", "period", "unit", "source", "people_unit", "people_period", "people_source"]
    assert list(rows[0]) == columns
    assert all(rows[0][column] for column in columns[-7:]) and {row["people_period"] for row in rows} == {"mid-2022"}


def test_a_row_has_its_authority():
    """Jaywick is in Tendring, by code and by name, in a spreadsheet and on a map."""
    row = next(row for row in rows_of(f"{VALUES}?format=csv&within=E07000076") if row["area_code"] == "E01021988")
    assert (row["authority_code"], row["authority_name"]) == ("E07000076", "Tendring")
    drawn = ask(f"{VALUES}?format=geojson&within=E07000076").json()
    said = next(feature["properties"] for feature in drawn["features"] if feature["properties"]["area_code"] == "E01021988")
    assert (said["authority_code"], said["authority_name"], said["area_name"]) == ("E07000076", "Tendring", "Tendring 018A")
    assert drawn["people"]["period"] == "mid-2022" and "Office for National Statistics" in drawn["people"]["attribution"]
    assert (drawn["period"], drawn["unit"]) == ("2025", "score; higher is more deprived")


@pytest.mark.parametrize("level", ["lsoa", "lad"])
def test_a_desktop_map_joins_our_files_at_once(level):
    """Outlines, GeoJSON and CSV call an area's code and name alike; what programs read before is still there."""
    codes = {row["area_code"]: row["area_name"] for row in rows_of(f"{VALUES}?level={level}&format=csv")}
    for address in (f"/api/v1/outlines/{level}", f"{VALUES}?level={level}&format=geojson"):
        properties = [feature["properties"] for feature in ask(address).json()["features"]]
        assert {each["area_code"]: each["area_name"] for each in properties} == codes
        assert all((each["code"], each["name"]) == (each["area_code"], each["area_name"]) for each in properties)


def test_the_unit_and_the_worse_end_are_the_levels_own():
    """IDACI is known by rank alone, where rank 1 is worst; of an authority the value is a share in tenth 1, where more is worse."""
    layer = "idaci2025_england_lsoa21"
    said = LayerAnswer.model_validate(ask(f"/api/v1/layers/{layer}").json())
    own, above = said.by_level["lsoa"], said.by_level["lad"]
    assert said.polarity_in_words == own.polarity_in_words == "A lower rank is worse. Rank 1 and decile 1 are the most deprived."
    assert own.value_is.startswith("Empty: only ranks") and said.counts["lsoa"].with_value == 0 and said.counts["lsoa"].with_rank == 33_755
    assert (above.polarity, above.polarity_in_words) == ("high_is_worse", "A higher value is worse.")
    head = ask(f"/api/v1/layers/{layer}/values?level=lad").json()
    assert {key: head[key] for key in ("unit", "polarity", "polarity_in_words", "value_is")} == above.model_dump()
    shares = {row["code"]: row["value"] for row in head["areas"]}
    assert shares[MIDDLESBROUGH] > 30 > 10 > shares["E07000036"]  # Middlesbrough is worse than Erewash, and its value is higher


@pytest.mark.parametrize("card", SNAPSHOT.cards.values(), ids=list(SNAPSHOT.cards))
def test_the_worse_end_of_a_level_is_the_worse_end_of_its_neighbourhoods(card):
    """Whoever follows polarity at an authority puts first those whose neighbourhoods are nearer to tenth 1."""
    said = LayerAnswer.model_validate(ask(f"/api/v1/layers/{card.id}").json())
    assert set(said.by_level) == set(said.levels) and said.by_level[card.base_level].polarity == said.polarity
    if card.scheme != "tenths":
        return
    own, authorities = SNAPSHOT.table(card.id)["lsoa"], SNAPSHOT.table(card.id)["lad"]
    middle = own.decile.astype(float).groupby(SNAPSHOT.areas["lsoa"].lad24_code).mean().reindex(authorities.code).to_numpy()
    nearer = np.corrcoef(authorities.value.to_numpy(float), -middle)[0, 1]
    assert (nearer > 0.5) == (said.by_level["lad"].polarity == "high_is_worse") and abs(nearer) > 0.5


@pytest.mark.parametrize("layer", ["idaci_count2025_england_lsoa21", "idaopi_count2025_england_lsoa21"])
def test_a_total_says_what_it_leaves_out(layer):
    """Withheld is not none: the file's total is at least this, how many neighbourhoods it lacks stands beside it, and England too."""
    own = SNAPSHOT.table(layer)["lsoa"]
    absent = own.value.isna().groupby(SNAPSHOT.areas["lsoa"].lad24_code).sum()
    rows = {row["area_code"]: row for row in rows_of(f"/api/v1/layers/{layer}/values?level=lad&format=csv")}
    assert {code: int(row["areas_left_out"]) for code, row in rows.items()} == absent.to_dict()
    assert all((row["flag"] == "incomplete") == (row["areas_left_out"] != "0") for row in rows.values() if row["value"])
    wider = SNAPSHOT.table(layer)["msoa"]
    assert (wider.flag[wider.value.isna()] == "suppressed").all()  # each neighbourhood in it is withheld
    said = LayerAnswer.model_validate(ask(f"/api/v1/layers/{layer}").json())
    assert said.england[""].areas_left_out == own.value.isna().sum() > 700
    if layer.startswith("idaci"):  # counted by hand in the publisher's file: 19 empty cells of 101
        assert (
            rows["E09000020"]["areas_left_out"] == "19" and ask("/api/v1/areas/E09000020").json()["values"][layer]["areas_left_out"] == 19
        )


@pytest.mark.parametrize("level", ["lsoa", "msoa", "lad", "icb", "rgn"])
def test_json_has_the_documented_shape_and_the_same_figures_as_csv(level):
    """Two formats, one truth; and the model on the page /docs holds for every row."""
    address = f"{VALUES}?level={level}" + (f"&within={EAST}" if level != "rgn" else "")
    said = ValuesAnswer.model_validate(ask(address).json())
    rows = rows_of(f"{address}&format=csv")
    assert [(row.code, row.value, row.people) for row in said.areas] == [
        (row["area_code"], float(row["value"]), int(row["people"])) for row in rows
    ]


def test_value_above_lsoa_says_that_it_is_a_share():
    """The unit changes with the level, and says so."""
    assert ask(f"{VALUES}?within={MIDDLESBROUGH}").json()["unit"] == "score; higher is more deprived"
    assert ask(f"{VALUES}?level=rgn").json()["unit"] == "% of residents who live in the most deprived tenth of neighbourhoods in England"
    assert "rural" in ask("/api/v1/layers/rural_urban2021_england_lsoa21/values?level=rgn").json()["unit"]


def test_absent_is_empty_and_never_nought():
    """The six areas with no 2019 figure have a reason and an empty cell."""
    rows = rows_of("/api/v1/layers/imd2019_england_lsoa11/values?format=csv")
    without = [row for row in rows if row["flag"] == "no_like_for_like"]
    assert len(without) == 6
    assert {(row["value"], row["decile"], row["rank"]) for row in without} == {("", "", "")}
    assert {row["rank"] == "" for row in rows if row["flag"] == ""} == {False}


def test_text_that_a_spreadsheet_takes_for_a_formula_is_defused():
    """Text beginning with = + - @ tab or return gets an apostrophe; a negative number stays a number."""
    names = ["=1+1", "+44", "-x", "@cmd", "\tx", "\rx", "Fine", "O'K"]
    table = pd.DataFrame({"area_code": ["E01000001"] * 8, "area_name": names, "value": [-1.5] * 8, "flag": [""] * 8})
    head = {"layer": IMD, "period": "2025", "unit": "=score", "attribution": "us", "people": PEOPLE}
    rows = list(csv.DictReader(io.StringIO(write_figures_csv(table, head).decode(), newline="")))
    assert {row["unit"] for row in rows} == {"'=score"}
    assert [row["area_name"] for row in rows] == ["'=1+1", "'+44", "'-x", "'@cmd", "'\tx", " x", "Fine", "O'K"]
    assert {row["value"] for row in rows} == {"-1.5"}


def test_credit_travels_with_every_format():
    """A file torn from its page still says whose figures it holds; outlines add the mapmaker's credit."""
    credit = SNAPSHOT.cards[IMD].source.attribution
    assert ask(f"{VALUES}?level=rgn").json()["attribution"] == credit
    assert ask(f"{VALUES}?level=rgn&format=csv").headers["x-attribution"] == credit
    drawn = ask(f"{VALUES}?level=rgn&format=geojson")
    assert drawn.json()["attribution"].startswith(credit) and "© Crown copyright" in drawn.json()["attribution"]
    assert "(c) Crown copyright" in drawn.headers["x-attribution"]


@pytest.mark.parametrize(
    ("query", "state"),
    [
        ("deciles=1", MapAddress(deciles=(1,))),
        ("deciles=1,2", MapAddress(deciles=(1, 2))),
        (f"regions={LONDON},{EAST}", MapAddress(regions=(EAST, LONDON))),
        ("icbs=E54000055", MapAddress(icbs=("E54000055",))),
        (f"authorities={BIRMINGHAM}&deciles=1", MapAddress(authorities=(BIRMINGHAM,), deciles=(1,))),
        ("setting=rural", MapAddress(setting="rural")),
        ("core20=2025", MapAddress(core20="2025")),
        ("core20=2019&setting=urban", MapAddress(core20="2019", setting="urban")),
        ("deciles=1,2,3,4,5,6,7,8,9,10&regions=", MapAddress()),
    ],
)
def test_filters_are_the_maps_own(query, state):
    """Each filter leaves the very areas that the map leaves."""
    codes = [row["code"] for row in ask(f"{VALUES}?{query}").json()["areas"]]
    assert codes == SNAPSHOT.areas["lsoa"].code[keep_areas(state, SNAPSHOT).lsoas].tolist()
    assert len(codes) > 0


def test_tenth_1_is_a_tenth():
    """3,375 neighbourhoods are the first tenth of 33,755, counted from the answer itself."""
    rows = ask(f"{VALUES}?deciles=1").json()["areas"]
    assert len(rows) == 3_375
    assert {row["decile"] for row in rows} == {1}


def test_larger_areas_stay_while_any_of_their_neighbourhoods_does():
    """192 of 296 authorities (65 %) have a neighbourhood of tenth 1, as published."""
    left = ask(f"{VALUES}?level=lad&deciles=1").json()
    assert round(100 * len(left["areas"]) / 296) == 65
    assert left["filters"] == {"deciles": "1"}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (f"level=lsoa&within={MIDDLESBROUGH}", 90),
        (f"level=lsoa&within={LONDON}", 4_994),
        (f"level=lad&within={LONDON}", 33),
        (f"level=lad&within={EAST}", 45),
        ("level=msoa&within=E08000025", 132),
    ],
)
def test_within_keeps_to_one_larger_area(query, count):
    """Known numbers of areas within areas."""
    assert len(ask(f"{VALUES}?{query}").json()["areas"]) == count


def test_within_and_filters_hold_together():
    """Half of Middlesbrough's 90 neighbourhoods are in tenth 1."""
    assert len(ask(f"{VALUES}?within={MIDDLESBROUGH}&deciles=1").json()["areas"]) == 45


def test_geojson_of_no_rows_is_an_empty_collection():
    """An area outside the filters leaves nothing, and that is an answer."""
    drawn = ask(f"{VALUES}?format=geojson&authorities=E07000076&within=E02004613")
    assert drawn.status_code == 200 and drawn.json()["features"] == []


def test_geojson_has_an_outline_for_each_row():
    """The same rows as in JSON, each with its outline, in degrees, inside England."""
    drawn = ask(f"{VALUES}?format=geojson&within={MIDDLESBROUGH}")
    assert drawn.headers["content-type"] == "application/geo+json"
    features = drawn.json()["features"]
    assert rows_in(features) == ask(f"{VALUES}?within={MIDDLESBROUGH}").json()["areas"]
    for feature in features:
        assert feature["geometry"]["type"] in ("Polygon", "MultiPolygon")
    ring = features[0]["geometry"]["coordinates"][0]
    longitude, latitude = (ring if feature_is_simple(features[0]) else ring[0])[0]
    assert -1.4 < longitude < -1.1 and 54.4 < latitude < 54.7


def rows_in(features) -> list[dict[str, object]]:
    """What features say, less the names of columns that they share with our spreadsheets."""
    shared = {"area_code", "area_name", "authority_code", "authority_name"}
    return [{name: each for name, each in feature["properties"].items() if name not in shared} for feature in features]


def feature_is_simple(feature) -> bool:
    """Whether an outline is one polygon."""
    return feature["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize(("level", "count"), [("lad", 296), ("icb", 42), ("rgn", 9)])
def test_larger_areas_are_drawn_for_the_whole_country(level, count):
    """Above MSOA no within= is needed."""
    assert len(ask(f"{VALUES}?level={level}&format=geojson").json()["features"]) == count


@pytest.mark.parametrize(("level", "count"), [("lsoa", 33_755), ("msoa", 6_856)])
def test_outlines_of_the_whole_country_come_with_figures(level, count):
    """Every row of the same question in JSON, with the outline of the ready-made file; gzipped or plain it is the same."""
    zipped = ask(f"{VALUES}?level={level}&format=geojson", accept_encoding="gzip")
    assert zipped.headers["content-type"] == "application/geo+json" and zipped.headers["content-encoding"] == "gzip"
    assert f'filename="{IMD}_{level}.geojson"' in zipped.headers["content-disposition"]
    drawn = zipped.json()
    assert drawn["type"] == "FeatureCollection" and "Crown copyright" in drawn["attribution"]
    assert rows_in(drawn["features"]) == ask(f"{VALUES}?level={level}").json()["areas"]
    ready = ask(f"/api/v1/outlines/{level}").json()["features"]
    assert len(ready) == count
    assert [feature["geometry"] for feature in drawn["features"]] == [feature["geometry"] for feature in ready]
    plain = ask(f"{VALUES}?level={level}&format=geojson", accept_encoding="identity")
    assert "content-encoding" not in plain.headers and plain.content == zipped.content
    again = ask(f"{VALUES}?level={level}&format=geojson", if_none_match=plain.headers["etag"], accept_encoding="identity")
    assert (again.status_code, again.content) == (304, b"")


def test_outlines_of_the_country_keep_to_the_filters():
    """Filters hold for streamed outlines too, are said in the file and in its name; nothing left is an empty file, not a fault."""
    answer = ask(f"{VALUES}?format=geojson&deciles=1&authorities={MIDDLESBROUGH}")
    assert len(answer.json()["features"]) == 45
    assert answer.json()["filters"] == {"deciles": "1", "authorities": MIDDLESBROUGH}
    assert f'filename="{IMD}_lsoa_deciles-1_authorities-{MIDDLESBROUGH}.geojson"' in answer.headers["content-disposition"]
    nothing = ask(f"{VALUES}?format=geojson&deciles=1&authorities={BIRMINGHAM}&setting=rural")
    assert nothing.json()["features"] == []


def test_streaming_the_country_needs_little_memory():
    """Pieces are made one after the other: what is held at once is a small part of the 20 MB sent."""
    state = MapAddress()
    pieces = stream_geojson(read_rows(SNAPSHOT, state), SNAPSHOT.path("outlines/lsoa"), {})
    sizes = [len(piece) for piece in pieces]
    assert len(sizes) > 30 and max(sizes) < sum(sizes) / 20


@pytest.mark.parametrize(("level", "count"), [("lsoa", 33_755), ("msoa", 6_856)])
def test_country_files_come_ready_made(level, count):
    """Every outline is there, gzipped or plain, the same text."""
    zipped = ask(f"/api/v1/outlines/{level}", accept_encoding="gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    assert f'filename="england_{level}21_outlines.geojson"' in zipped.headers["content-disposition"]
    assert len(zipped.json()["features"]) == count
    plain = ask(f"/api/v1/outlines/{level}", accept_encoding="identity")
    assert "content-encoding" not in plain.headers and plain.content == zipped.content
    again = ask(f"/api/v1/outlines/{level}", if_none_match=zipped.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


def planes_of(address: str) -> np.ndarray:
    """Whole numbers that travel as four planes of bytes, first all lowest."""
    answer = ask(address)
    assert answer.status_code == 200 and answer.headers["cache-control"] == IMMUTABLE
    return np.frombuffer(answer.content, np.uint8).reshape(4, -1).T.copy().view("<i4").ravel()


def test_the_tables_ranks_and_the_walks_middles_travel_by_position():
    """Ranks of a layer (0 where there is none) and a point inside each area, in the order of codes; a stale address is a 404."""
    for layer in (IMD, "imd2019_england_lsoa11"):
        ranks = planes_of(f"/ranks/{SNAPSHOT.hash(f'tables/{layer}')}/{layer}")
        assert np.array_equal(ranks, SNAPSHOT.table(layer)["lsoa"]["rank"].fillna(0).astype(int))
    for level in ("lsoa", "rgn"):
        middles = planes_of(f"/middles/{SNAPSHOT.hash(f'points/{level}')}/{level}").reshape(2, -1) / 1e4
        table = SNAPSHOT.areas[level]
        assert np.abs(middles[0] - table.inside_longitude).max() < 1e-4 and np.abs(middles[1] - table.inside_latitude).max() < 1e-4
    assert ask(f"/ranks/{SNAPSHOT.hash(f'tables/{IMD}')}/{IMD}@1999").status_code == 404
    assert ask("/middles/0000000000/lsoa").status_code == 404


@pytest.mark.parametrize("level", LEVELS)
def test_which_steps_of_the_walk_lead_to_no_neighbour(level):
    """A bit a way, set where the two areas share no edge: read here from the list of neighbours, pair by pair."""
    ways = planes_of(f"/walk/{SNAPSHOT.hash(f'walk/{level}')}/{level}").reshape(4, -1)
    touching = set(pd.read_parquet(SNAPSHOT.path(f"neighbours/{level}")).itertuples(index=False, name=None))
    answer = ask(mapview.describe_page(SNAPSHOT)["beyond"][level])
    said = np.frombuffer(answer.content, np.uint8)
    assert answer.headers["cache-control"] == IMMUTABLE and len(said) == ways.shape[1]
    for way, led in enumerate(ways):
        wanted = [next_ >= 0 and (area, next_) not in touching for area, next_ in enumerate(led.tolist())]
        assert ((said >> way) & 1).astype(bool).tolist() == wanted
    assert ask(f"/beyond/0000000000/{level}").status_code == 404


# ---- sentences for what is wrong ----

DECILES = "The parameter deciles is not right; it takes numbers from 1 (most deprived) to 10 with commas between, like 1,2."


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        (f"{VALUES}?level=ward", 422, "The parameter level is not right; it takes lsoa, msoa, lad, icb or rgn."),
        (f"{VALUES}?format=xlsx", 422, "The parameter format is not right; it takes json, csv or geojson."),
        (f"{VALUES}?deciles=11", 422,
         DECILES),
        (f"{VALUES}?deciles=1,,2", 422,
         DECILES),
        (f"{VALUES}?regions=London", 422,
         "The parameter regions is not right; it takes codes of regions with commas between, like E12000007."),
        (f"{VALUES}?regions=E12000099", 422,
         "The parameter regions has a code that is not one of England's 9 regions; find codes at /api/v1/areas?search=NAME."),
        (f"{VALUES}?icbs=E54999999", 422,
         "The parameter icbs has a code that is not one of England's 42 NHS boards; find codes at /api/v1/areas?search=NAME."),
        (f"{VALUES}?authorities=E07999999", 422,
         "The parameter authorities has a code that is not one of England's 296 authorities;"
         " find codes at /api/v1/areas?search=NAME."),
        (f"{VALUES}?setting=coastal", 422, "The parameter setting is not right; it takes urban or rural."),
        (f"{VALUES}?core20=2015", 422, "The parameter core20 is not right; it takes 2025 or 2019."),
        (f"{VALUES}?decile=1", 422, "There is no parameter called decile here. Did you mean deciles?"),
        (f"{VALUES}?CO152EU=1", 422,
         "There is no parameter by that name here. Those there are: deciles, regions, icbs, authorities, setting,"
         " core20, level, period, format, within."),
        ("/api/v1/areas?level=lsoa&search=jay", 422,
         "There is no parameter called level here. Those there are: search."),
        (f"{VALUES}?within=CO152EU", 422,
         "The parameter within is not right; it takes the code of one larger area, like E08000025."),
        (f"{VALUES}?within=E08999999", 422,
         "We do not recognise the code in “within”. Codes look like E01021988 or E08000025;"
         " find one at /api/v1/areas?search=NAME."),
        (f"{VALUES}?level=rgn&within=E08000025", 422,
         "The parameter within names one of England's authorities, which holds no whole region (level=rgn);"
         " give the code of a larger area, or a smaller level."),
        (f"/api/v1/layers/{MOVED}/values?level=lad", 422, f"The parameter level can only be lsoa for {MOVED}."),
        ("/api/v1/outlines/ward", 422, "The parameter level is not right; it takes lsoa, msoa, lad, icb or rgn."),
        ("/api/v1/areas", 422,
         "The parameter search is missing; it takes 2 to 60 characters of a name or an area code, like Jaywick."),
        ("/api/v1/areas?search=x", 422,
         "The parameter search is not right; it takes 2 to 60 characters of a name or an area code, like Jaywick."),
        ("/api/v1/areas?search=...", 422,
         "The parameter search needs 2 letters or more of a name or an area code, like Jaywick."),
        ("/api/v1/areas/E01999999", 404,
         "We have no area with that code. Codes look like E01021988 or E08000025; find one at /api/v1/areas?search=NAME."),
        ("/api/v1/postcodes/ZZ99", 404,
         "There is no such outward code in England. Ask for the first half of a postcode alone, like CO15 or B14, and look up the rest"
         " in the answer."),
        ("/api/v1/nothing", 404, "There is nothing at this address. All addresses of the API are listed at /docs."),
        ("/tiles/lsoa-0000000000/5/15/10", 410,
         "This address is of another build of the data, or mistyped. Load the page again for the addresses of this build."),
        (f"/tiles/nothing-{SNAPSHOT.hash('tiles/lsoa')}/5/15/10", 404,
         "This address is of another build of the data, or mistyped. Load the page again for the addresses of this build."),
        (f"/tiles/lsoa-{SNAPSHOT.hash('tiles/lsoa')}/5/32/10", 404, "Zoom 5 has tiles from 0 to 31 only."),
        (f"/tiles/lsoa-{SNAPSHOT.hash('tiles/lsoa')}/99/0/0", 422, "The parameter z is not right; it takes a zoom from 0 to 22."),
        (f"/tiles/lsoa-{SNAPSHOT.hash('tiles/lsoa')}/5/-1/0", 422,
         "The parameter x is not right; it takes a whole number from 0."),
        (f"/tiles/lsoa-{SNAPSHOT.hash('tiles/lsoa')}/5/1/y", 422,
         "The parameter y is not right; it takes a whole number from 0."),
    ],
)  # fmt: skip
def test_every_fault_has_its_sentence(address, status, said):
    """What is wrong, what is allowed, and the next step; in JSON, in one sentence or two."""
    answer = ask(address)
    assert (answer.status_code, answer.json()) == (status, {"detail": said})


# ---- areas ----


def test_one_area_has_its_parents_and_every_layer():
    """Jaywick from the neighbourhood up, with every layer that has neighbourhoods."""
    said = ask("/api/v1/areas/E01021988").json()
    AreaAnswer.model_validate(said)
    assert (said["name"], said["level"], said["place"]) == ("Tendring 018A", "lsoa", "Jaywick & St Osyth")
    assert [(above["level"], above["name"]) for above in said["parents"]] == [
        ("msoa", "Jaywick & St Osyth"),
        ("lad", "Tendring"),
        ("icb", "Suffolk and North East Essex"),
        ("rgn", "East of England"),
    ]
    assert said["population"] == 2025 and set(said["values"]) == {card.id for card in SNAPSHOT.cards.values() if card.base_level == "lsoa"}
    assert said["values"][IMD] == {"value": 94.223, "decile": 1, "flag": "", "rank": 1}


def test_a_larger_area_has_shares_and_no_decile():
    """Middlesbrough: the official share of neighbourhoods, no tenth, and no layer that is not added up."""
    said = ask(f"/api/v1/areas/{MIDDLESBROUGH}").json()
    AreaAnswer.model_validate(said)
    assert said["values"][IMD]["areas_tenth1_percent"] == 50.0
    assert said["values"][IMD]["decile"] is None and said["values"][IMD]["is_official"] is True
    assert MOVED not in said["values"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("jaywick", "E02004590"),
        ("ST OSYTH", "E02004590"),
        ("jaywick and st", "E02004590"),
        ("birmingham", BIRMINGHAM),
        ("Hull", "E06000010"),
        ("cheshire and mers", "E54000008"),
        ("london", LONDON),
        ("E01021988", "E01021988"),
        ("e0102198", "E01021988"),
        (BIRMINGHAM, BIRMINGHAM),
    ],
)
def test_search_finds_names_and_codes(text, code):
    """By any part of a name, however written, and by code."""
    found = ask(f"/api/v1/areas?search={text}").json()["areas"]
    assert code in [area["code"] for area in found]
    assert len(found) <= 20


def test_search_puts_the_nearest_fit_first_and_stops_at_twenty():
    """A name that begins with the text comes before one that merely holds it."""
    found = ask("/api/v1/areas?search=bir").json()["areas"]
    assert len(found) == 20
    assert [area["name"] for area in found[:2]] == ["Birmingham", "Birmingham and Solihull"]
    assert ask("/api/v1/areas?search=qqqq").json() == {"areas": []}


# ---- postcodes ----


@pytest.mark.parametrize(
    "typed",
    [
        "CO15 2EU",
        "co152eu",
        "CO15-2EU",
        "C015 2EU",
        "CO15 2",
        "CO15 2E",
        "CO152",
        "near CO15 2EU",
        "ＣＯ15 2EU",
        "W1A 1AA",
    ],
)
def test_search_refuses_what_looks_like_a_postcode_and_forgets_it(typed, caplog):
    """Whole, partial, mistyped or hidden in other words: refused, not repeated, not logged."""
    with caplog.at_level(logging.DEBUG):
        answer = asyncio.run(_search(typed))
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("This looks like a postcode, or a part of one.")
    assert typed not in answer.text and typed not in str(answer.headers)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("heatmap")]
    assert len(ours) == 1 and ours[0].startswith("GET /api/v1/areas 422 ")


async def _search(text: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=SERVER)
    async with httpx.AsyncClient(transport=transport, base_url="http://map.test") as client:
        return await client.get("/api/v1/areas", params={"search": text})


@given(st.from_regex(r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}", fullmatch=True), st.booleans())
@settings(max_examples=300, deadline=None)
def test_every_form_of_a_postcode_is_recognised(postcode, small):
    """No postcode passes for a name, however it is written."""
    assert looks_like_postcode(postcode.lower() if small else postcode)


def test_no_name_is_taken_for_a_postcode():
    """Every name in England can be searched for."""
    for level in ("msoa", "lad", "icb", "rgn"):
        table = SNAPSHOT.areas[level]
        for name in table.place if level == "msoa" else table["name"]:
            assert not looks_like_postcode(name), name


def test_an_outward_code_gives_its_whole_table():
    """CO15 2EU is found by asking for CO15 alone."""
    said = ask("/api/v1/postcodes/CO15").json()
    OutwardAnswer.model_validate(said)
    code, latitude, longitude, placed = said["postcodes"]["2EU"]
    assert (said["outward"], code, placed) == ("CO15", "E01021988", "N")
    assert (latitude, longitude) == (51.77452, 1.1187)  # in the publisher's table: 51.774521, 1.1187
    assert ask("/api/v1/postcodes/co15").json() == said
    assert "(c) Royal Mail" in ask("/api/v1/postcodes/CO15").headers["x-attribution"]


def test_small_outward_codes_travel_together():
    """158 codes of 100 postcodes or fewer, each as its own table gives it."""
    said = ask("/api/v1/postcodes/small").json()
    SmallOutwardsAnswer.model_validate(said)
    assert len(said["outwards"]) == 158
    assert max(map(len, said["outwards"].values())) <= 100
    first = next(iter(said["outwards"]))
    assert said["outwards"][first] == ask(f"/api/v1/postcodes/{first}").json()["postcodes"]


@pytest.mark.parametrize("typed", ["CO152EU", "CO15%202EU", "CO15/2EU", "co15%202eu", "CO15%2F2EU"])
@pytest.mark.parametrize(
    "place",
    [
        "/api/v1/postcodes/",
        "/api/v1/areas/",
        "/api/v1/layers/",
        "/api/v1/outlines/",
        "/tiles/",
        "/paint/",
        "/api/",
        "/",
    ],
)
def test_a_whole_postcode_in_an_address_is_neither_repeated_nor_logged(place, typed, caplog):
    """Wherever a program puts a postcode, the answer is an error that does not hold it, and so is the log's line."""
    with caplog.at_level(logging.DEBUG):
        answer = ask(f"{place}{typed}")
    assert answer.status_code in (404, 422)
    logged = "".join(record.getMessage() for record in caplog.records if record.name.startswith("heatmap"))
    assert logged
    for text in (answer.text, str(answer.headers), logged):
        assert "2eu" not in text.lower()


# ---- what the map fetches ----


def test_a_tile_comes_as_it_lies_and_for_ever():
    """Gzip from the archive, immutable, and unzipped for a client that cannot."""
    address = f"/tiles/lsoa-{SNAPSHOT.hash('tiles/lsoa')}/5/15/10"
    tile = ask(address, accept_encoding="gzip")
    assert tile.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert (tile.headers["content-encoding"], tile.headers["cache-control"]) == ("gzip", IMMUTABLE)
    assert tile.content == gzip.decompress(SNAPSHOT.tiles("lsoa").get(5, 15, 10))
    plain = ask(address, accept_encoding="identity")
    assert plain.content == tile.content and "content-encoding" not in plain.headers
    assert plain.headers["etag"] != tile.headers["etag"]


def test_an_empty_place_has_no_tile():
    """Nothing at sea: 204, remembered for ever."""
    answer = ask(f"/tiles/lsoa-{SNAPSHOT.hash('tiles/lsoa')}/9/0/0")
    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (204, b"", IMMUTABLE)


@pytest.mark.parametrize("kind", ["paint", "figures"])
def test_packed_arrays_come_in_the_form_the_client_reads(kind):
    """Brotli as built, gzip, or plain: the same bytes inside."""
    name = f"{kind}/{IMD}"
    address, content = f"/{kind}/{SNAPSHOT.hash(name)}/{IMD}", brotli.decompress(SNAPSHOT.path(name).read_bytes())
    for accepted, coding in (("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None)):
        answer = ask(address, accept_encoding=accepted)
        assert (answer.headers.get("content-encoding"), answer.content) == (coding, content)
        assert answer.headers["cache-control"] == IMMUTABLE and answer.headers["vary"] == "Accept-Encoding"
    assert ask(f"/{kind}/0123456789/{IMD}").status_code == 404
    assert ask(f"/{kind}/{SNAPSHOT.hash(name)}/imd2019_england_lsoa11").status_code == 404


def test_the_index_of_names_is_json():
    """The page's own index, for ever, as JSON."""
    answer = ask(f"/search/{SNAPSHOT.hash('search')}/areas.json")
    assert len(answer.json()["lad"]["code"]) == 296 and answer.headers["cache-control"] == IMMUTABLE
    assert ask("/search/0123456789/areas.json").status_code == 404


def test_the_mask_is_the_filter_bit_by_bit():
    """Birmingham's first tenth as bits, the same as counted in Python; larger levels have their own length."""
    query = f"?deciles=1&authorities={BIRMINGHAM}"
    answer = ask(f"/mask/{SNAPSHOT.build}{query}")
    state = MapAddress(deciles=(1,), authorities=(BIRMINGHAM,))
    assert answer.content == pack_mask(keep_areas(state, SNAPSHOT).lsoas)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == IMMUTABLE
    lads = np.unpackbits(np.frombuffer(ask(f"/mask/{SNAPSHOT.build}{query}&level=lad").content, np.uint8))
    assert (lads.sum(), len(lads)) == (1, 296)


def test_the_mask_survives_any_query_and_refuses_another_build():
    """What cannot be followed falls back, as on the map; only the build has to be right."""
    everything = ask(f"/mask/{SNAPSHOT.build}")
    assert ask(f"/mask/{SNAPSHOT.build}?deciles=99&level=x&what=&layer=none").content == everything.content
    assert ask("/mask/another").status_code == 404


# ---- keeping and repeating ----


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/layers",
        f"/api/v1/layers/{IMD}",
        f"{VALUES}?level=lad",
        f"{VALUES}?level=lad&format=csv",
        "/api/v1/areas/E01021988",
        "/api/v1/areas?search=jay",
        "/api/v1/postcodes/CO15",
        "/api/v1/postcodes/small",
        f"/tiles/lsoa-{SNAPSHOT.hash('tiles/lsoa')}/5/15/10",
        f"/paint/{SNAPSHOT.hash(f'paint/{IMD}')}/{IMD}",
        f"/mask/{SNAPSHOT.build}?deciles=1",
        f"/search/{SNAPSHOT.hash('search')}/areas.json",
    ],
)
def test_what_a_client_holds_is_not_sent_again(address):
    """304 with the same ETag for what it has, 200 for what it has not; HEAD is GET without the content."""
    first = ask(address)
    assert first.status_code == 200 and first.headers["vary"] == "Accept-Encoding"
    assert first.headers["cache-control"] in (IMMUTABLE, "public, max-age=300")
    etag = first.headers["etag"]
    assert etag.startswith('"')
    for asked in (etag, f'"other", {etag}', f"W/{etag}"):
        again = ask(address, if_none_match=asked)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert ask(address, if_none_match='"other"').status_code == 200
    head = ask(address, "HEAD")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", etag)


def test_different_questions_have_different_tags():
    """No two answers share an ETag, whatever the order of the parameters."""
    tags = {ask(f"{VALUES}?{query}").headers["etag"] for query in ("level=lad", "level=icb", "level=lad&format=csv")}
    assert len(tags) == 3
    one, other = (ask(f"{VALUES}?{query}").headers["etag"] for query in ("level=lad&deciles=1", "deciles=1&level=lad"))
    assert one == other


# ---- whatever is asked, never a fault of ours ----

WORDS = st.one_of(
    st.sampled_from(["", "lsoa", "msoa", "lad", "icb", "rgn", "json", "csv", "geojson", "1,2", "11", "urban", "2019",
                     BIRMINGHAM, LONDON, "E54000055", "E01021988", "E02004590", f"{LONDON},{EAST}", "CO15 2EU", "0", "-1"]),
    st.text(max_size=12),
)  # fmt: skip
KEYS = (
    "level",
    "format",
    "deciles",
    "regions",
    "icbs",
    "authorities",
    "setting",
    "core20",
    "within",
    "search",
    "other",
)


@given(
    place=st.sampled_from(
        [
            f"/api/v1/layers/{MOVED}/values",
            "/api/v1/layers/rural_urban2021_england_lsoa21/values",
            f"/mask/{SNAPSHOT.build}",
            "/api/v1/areas",
            VALUES,
        ]
    ),
    query=st.dictionaries(st.sampled_from(KEYS), WORDS, max_size=4),
)
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_no_query_brings_the_server_down(place, query):
    """Any mixture of right and wrong parameters is answered or refused with a sentence."""
    answer = ask(str(httpx.URL(place, params={"within": MIDDLESBROUGH, **query} if "values" in place else query)))
    assert answer.status_code in (200, 404, 422)
    if answer.status_code != 200:
        assert answer.json()["detail"].endswith((".", "?"))
    assert "mask" not in place or answer.status_code == 200


SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", SERVER)


@pytest.mark.parametrize("operation", [found.ok() for found in SCHEMA.get_all_operations()], ids=lambda found: found.path)
def test_every_documented_address_answers_as_documented(operation):
    """Made-up requests by the API's own description: no answer that it does not describe, and never a fault."""

    @given(case=operation.as_strategy())
    @settings(max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def try_one(case: schemathesis.Case) -> None:
        answer = case.call()
        assert str(answer.status_code) in operation.definition.raw["responses"], answer.status_code
        if answer.status_code in (404, 422):
            assert json.loads(answer.content)["detail"].endswith((".", "?"))

    try_one()


def test_the_description_has_a_sentence_for_each_address():
    """A learner finds at /docs what every address is for."""
    for path, ways in SERVER.openapi()["paths"].items():
        for way in ways.values():
            assert way["summary"] and way["description"].endswith("."), path
