"""Two layers at once: thirds against a second way of counting, what must hold for any two, the sentences, the page and the API."""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmap.drawing.elements import to_html
from heatmap.geography.levels import ENGLAND
from heatmap.inequality.pair_address import FIRST, read_pair_address, write_pair_query
from heatmap.inequality.pair_sentences import name_box, say_both, say_chance, say_pair_warnings, say_same, say_thirds
from heatmap.inequality.pairs import (
    OUTSIDE,
    Pair,
    PairQuestion,
    can_be_paired,
    figures_in_line,
    find_pair,
    levels_of_both,
    list_pair_box,
    places_in_line,
    thirds_of,
    thirds_of_layer,
)
from heatmap.inequality.ranking import measure_of, rank_areas, split_ranking
from heatmap.layers.classes import split_in_fifths
from heatmap.pages.inequality import areas as inequality_areas
from heatmap.pages.inequality import two as inequality_two
from heatmap.server import make_server
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
BIRMINGHAM, KINGS_HEATH = "E08000025", "E01008966"
IMD, ACUTE, CROWDED, BROADBAND = (
    "imd2025_england_lsoa21",
    "acute_morbidity2025_england_lsoa21",
    "overcrowded2021_england_lsoa21",
    "broadband2025_england_lsoa21",
)
PAIRED = [card.id for card in SNAPSHOT.cards.values() if can_be_paired(card)]


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The API alone."""
    return TestClient(make_server(SNAPSHOT))


# ---- thirds ----


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(-50, 50), st.none()), min_size=1, max_size=60))
def test_thirds_keep_the_order_and_never_part_like_from_like(numbers: list[int | None]) -> None:
    """A higher figure is never in a lower third; the lowest third holds a third of them or more, and no figure no third."""
    figures = np.array([np.nan if number is None else number for number in numbers])
    third = thirds_of(figures)
    assert ((third == 0) == np.isnan(figures)).all()
    there = sorted(zip(figures[third > 0], third[third > 0], strict=True))
    assert [each for _figure, each in there] == sorted(each for _figure, each in there)
    assert len({(figure, each) for figure, each in there}) == len({figure for figure, _each in there})
    if there:
        assert 3 * (third == 1).sum() >= len(there) and 3 * (third <= 2).sum() - 3 * (third == 0).sum() >= 2 * len(there)


def test_thirds_of_the_imd_are_its_ranks() -> None:
    """33,755 is no multiple of three: the most deprived third is rank 1 to 11,251."""
    ranks = SNAPSHOT.table(IMD)["lsoa"]["rank"].to_numpy(int)
    third = thirds_of_layer(IMD, "lsoa", SNAPSHOT)
    assert (
        ranks[third == 3].max() == 11_251
        and ranks[third == 2].min() == 11_252
        and np.bincount(third).tolist() == [0, 11_252, 11_252, 11_251]
    )


@pytest.mark.parametrize(("layer", "other", "level"), [(ACUTE, CROWDED, "lsoa"), (ACUTE, CROWDED, "lad"), (IMD, BROADBAND, "lsoa")])
def test_boxes_by_a_second_way(layer: str, other: str, level: str) -> None:
    """The same counts from the table, by pandas' ranks and a cross-table."""

    def cut(name: str) -> pd.Series:
        table = SNAPSHOT.table(name)[level]  # type: ignore[index]
        worse = table.value if table.value.notna().any() and name != IMD else -table["rank"].astype(float)
        line = worse.rank(method="min", ascending=True)
        size = line.notna().sum()
        return 1 + (line > np.ceil(size / 3)).astype(int) + (line > np.ceil(2 * size / 3)).astype(int)

    pair = find_pair(PairQuestion(layer, other, level), SNAPSHOT)  # type: ignore[arg-type]
    assert pair.areas.tolist() == pd.crosstab(cut(layer), cut(other)).to_numpy().tolist()
    assert pair.people.sum() == SNAPSHOT.areas[level].population.sum()  # type: ignore[index]


# ---- any two layers ----


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PAIRED), st.sampled_from(PAIRED), st.data())
def test_any_two_layers(layer: str, other: str, data: st.DataObject) -> None:
    """Turned round, the boxes turn; every area is in a box or has no figure; the words hold no fault of numbers."""
    able = levels_of_both(SNAPSHOT.cards[layer], SNAPSHOT.cards[other])
    if layer == other or not able:
        question = read_pair_address(f"?layer={layer}&other={other}", SNAPSHOT)[0]
        assert question.other != other and levels_of_both(SNAPSHOT.cards[question.layer], SNAPSHOT.cards[question.other])
        return
    level = data.draw(st.sampled_from(able))
    question = PairQuestion(layer, other, level)
    pair, turned = find_pair(question, SNAPSHOT), find_pair(PairQuestion(other, layer, level), SNAPSHOT)
    assert (pair.areas == turned.areas.T).all() and pair.figured + pair.without == len(SNAPSHOT.areas[level])
    words = " ".join(
        [say_both(pair, question, SNAPSHOT), say_chance(pair, question, SNAPSHOT), *say_pair_warnings(pair, question, SNAPSHOT)]
    )
    assert not re.search(r"\b(nan|inf)\b", words) and words[0].isupper()
    assert len({say_thirds(question, box, SNAPSHOT) for box in range(1, 10)}) == 9
    assert not re.search(r"\b(nan|inf|NaN|None)\b", to_html(inequality_two.draw_body(write_pair_query(question))))


def test_parts_of_england_make_england() -> None:
    """The boxes of all regions together are England's: thirds are national wherever one looks."""
    whole = find_pair(PairQuestion(ACUTE, CROWDED, "lsoa"), SNAPSHOT)
    parts = [find_pair(PairQuestion(ACUTE, CROWDED, "lsoa", code), SNAPSHOT) for code in SNAPSHOT.areas["rgn"].code]
    assert (sum(part.areas for part in parts) == whole.areas).all() and (sum(part.people for part in parts) == whole.people).all()


def test_the_list_begins_with_the_worst_of_both() -> None:
    """By the sum of the two places in line; and it holds the whole box."""
    question = PairQuestion(IMD, ACUTE, "lsoa", BIRMINGHAM)
    positions = list_pair_box(question, 9, SNAPSHOT)
    ranks = (
        SNAPSHOT.table(IMD)["lsoa"]["rank"].to_numpy(float)
        + SNAPSHOT.table(ACUTE)["lsoa"].value.rank(ascending=False, method="first").to_numpy()
    )
    assert len(positions) == find_pair(question, SNAPSHOT).areas[2, 2]
    assert (np.diff(ranks[positions]) >= -3).all()  # like figures may stand in either order
    assert (SNAPSHOT.areas["lsoa"].lad24_code.iloc[positions] == BIRMINGHAM).all()


# ---- words ----


def test_what_the_finding_says() -> None:
    """Whole, as a board paper would have it."""
    question = PairQuestion(IMD, BROADBAND, "lsoa", BIRMINGHAM)
    said = say_both(find_pair(question, SNAPSHOT), question, SNAPSHOT)
    many = find_pair(question, SNAPSHOT).areas[2, 2]
    assert said.startswith(f"In Birmingham {many} of 659 neighbourhoods (")
    assert "are in both the most deprived third for overall deprivation and the worst third for slow broadband: home to " in said


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("crime2025_england_lsoa21", "Circular: crime is a part of overall deprivation"),
        ("imd2019_england_lsoa11", "The same index in two editions"),
        (CROWDED, ""),
    ],
)
def test_circular_pairs_are_said_to_be(other: str, said: str) -> None:
    """An index and its own part go together whatever people's lives are."""
    question = PairQuestion(IMD, other, "lsoa")
    warnings = say_pair_warnings(find_pair(question, SNAPSHOT), question, SNAPSHOT)
    assert [each for each in warnings if each.startswith(("Circular", "The same index"))] == [
        each for each in warnings if said and each.startswith(said)
    ]
    assert bool(said) == any(each.startswith(said) for each in warnings if said)


@pytest.mark.parametrize("layer", PAIRED)
def test_a_third_that_is_no_third_is_called_by_its_size(layer: str) -> None:
    """In every sentence and label, for every layer and level; and each reads as English: one adjective before, no second noun."""
    card = SNAPSHOT.cards[layer]
    for level in levels_of_both(card, card):
        other = CROWDED if level != "lsoa" or layer != CROWDED else ACUTE
        if layer == other or level not in levels_of_both(card, SNAPSHOT.cards[other]):
            continue
        sizes = np.bincount(thirds_of_layer(layer, level, SNAPSHOT), minlength=4)[1:]
        real = (abs(sizes / sizes.sum() - 1 / 3) < 0.05).all()
        question = PairQuestion(layer, other, level)
        said = [say_both(find_pair(question, SNAPSHOT), question, SNAPSHOT), *(say_thirds(question, box, SNAPSHOT) for box in range(1, 10))]
        said.append(name_box(question, 9, SNAPSHOT))
        if not real:
            worst = f"{100 * sizes[2] / sizes.sum():.0f}%"
            assert (
                worst in said[0]
                and worst in said[9]
                and worst in " ".join(say_pair_warnings(find_pair(question, SNAPSHOT), question, SNAPSHOT))
            )
            assert "their worst third" not in said[10]
        else:
            assert "%:" not in said[9] and "third" in said[0]
        assert not re.search(r"\b(patients|people|years lost|mental health|afford) third", " ".join(said))


def test_the_quarter_of_idaci_is_a_quarter() -> None:
    """5,205, none and 1,651 of 6,856 wider neighbourhoods: most have nobody in England's most deprived tenth."""
    question = PairQuestion("idaci2025_england_lsoa21", CROWDED, "msoa")
    said = say_both(find_pair(question, SNAPSHOT), question, SNAPSHOT)
    assert "the most deprived 24% for child income deprivation and the worst third for overcrowded homes" in said


# ---- chance ----


def a_pair(both: int, first: int, second: int, total: int) -> Pair:
    """So many areas in each third by each of two layers."""
    areas = np.zeros((3, 3), np.int64)
    areas[2, 2], areas[2, 0], areas[0, 2] = both, first - both, second - both
    areas[0, 0] = total - areas.sum()
    return Pair(np.zeros(0, np.uint8), np.zeros(0, bool), areas, areas, 0, first * second / total)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((2, 10, 4, 30), "about 1.3 would be. So they go together about as often as chance would give, or there are too few to say."),
        ((9, 10, 12, 30), "about 4.0 would be. So they go together more often than chance would give."),
        ((0, 12, 12, 30), "about 4.8 would be. So they go together less often than chance would give."),
        ((10, 10, 30, 30), ""),
        ((10, 30, 10, 30), ""),
        ((0, 0, 10, 30), ""),
        ((2, 4, 4, 12), ""),
    ],
)
def test_chance_is_spoken_of_only_where_it_was_tested(counts: tuple[int, int, int, int], said: str) -> None:
    """Neither where all or no areas here are at one worst end, nor where there are few."""
    found = say_chance(a_pair(*counts), PairQuestion(ACUTE, CROWDED, "lsoa"), SNAPSHOT)
    assert said in found and bool(said) == bool(found)


@pytest.mark.parametrize("other", ["crime2025_england_lsoa21", "imd2019_england_lsoa11"])
def test_an_index_and_its_part_have_no_chance(other: str) -> None:
    """They go together by how they are made, which is said in place of a test."""
    assert say_chance(a_pair(9, 10, 12, 30), PairQuestion(IMD, other, "lsoa"), SNAPSHOT) == ""


@pytest.mark.parametrize("layer", PAIRED)
def test_no_layer_is_set_against_itself_by_default(layer: str) -> None:
    """Whatever a link names, the layer that is put beside it measures something else."""
    question = read_pair_address(f"?layer={layer}", SNAPSHOT)[0]
    assert question.layer == layer and not say_same(SNAPSHOT.cards[layer], SNAPSHOT.cards[question.other])


@pytest.mark.parametrize("layer", [IMD, "noise_complaints2020_england_lad24", "idaci2025_england_lsoa21"])
def test_like_figures_share_their_place(layer: str) -> None:
    """As pandas ranks them, half-way between the places they share."""
    level = "msoa" if layer.startswith("idaci") else SNAPSHOT.cards[layer].base_level
    figures = pd.Series(-figures_in_line(layer, level, SNAPSHOT))
    assert np.array_equal(places_in_line(layer, level, SNAPSHOT), figures.rank(method="average").to_numpy(), equal_nan=True)


# ---- the address and the page ----


@pytest.mark.parametrize(
    ("question", "box", "page"),
    [
        (PairQuestion(*FIRST, "lsoa"), 0, 1),
        (PairQuestion(*FIRST, "lsoa"), 9, 1),
        (PairQuestion(IMD, CROWDED, "msoa", BIRMINGHAM), 3, 2),
        (PairQuestion(CROWDED, IMD, "lad", "E12000005"), 7, 1),
    ],
)
def test_a_link_gives_the_same_screen(question: PairQuestion, box: int, page: int) -> None:
    """What is written is read again, without a notice."""
    assert read_pair_address(write_pair_query(question, box, page), SNAPSHOT) == (question, box, page, [])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?layer=nothing",
        f"?layer={IMD}&other={IMD}",
        "?layer=rural_urban2021_england_lsoa21",
        "?level=postcode",
        "?area=B14 6RE",
        "?box=0&page=-1",
        "?box=99999999&page=77",
        f"?layer={IMD}&other=little_english2021_england_msoa21&level=lsoa",
        f"?area={KINGS_HEATH}",
        "?area=E54000055&level=lad",
        "?layer=imd_moved2025_england_lsoa21&other=smoking2021_england_lad24",
        "?layer=smoking2021_england_lad24&other=imd_moved2025_england_lsoa21",
    ],
)
def test_any_link_gives_a_page(query: str) -> None:
    """What was wrong is said in a sentence, and never repeated: it may be a postcode."""
    page = to_html(inequality_two.draw_body(query))
    assert "<h1" in page and "6RE" not in page and "nothing" not in page.replace("nothing to do with", "")
    question, _box, _page, notices = read_pair_address(query, SNAPSHOT)
    assert question.layer != question.other and all(notice.endswith(".") for notice in notices)


def test_every_box_is_a_way_to_its_list() -> None:
    """Nine links with the count on them and the whole said for those who do not see colours."""
    page = to_html(inequality_two.draw_body(f"?layer={ACUTE}&other={CROWDED}&level=lad"))
    assert (
        page.count("#list") == 9
        and "emergency hospital stays: worst third; overcrowded homes: worst third: 48 authorities, 14.0 million people" in page
    )


# ---- the API ----


def test_the_api_says_what_the_page_says(client: TestClient) -> None:
    """Boxes, sentence and list, and the same as a spreadsheet whose every line is a row."""
    asked = {"layer": ACUTE, "other": CROWDED, "level": "lad"}
    said = client.get("/api/v1/inequality/two", params=asked).json()
    assert said["boxes"][8]["areas"] == len(said["areas"]) == 48 and sum(box["areas"] for box in said["boxes"]) == 296
    rows = list(
        csv.DictReader(io.StringIO(client.get("/api/v1/inequality/two", params=asked | {"format": "csv"}).content.decode("utf-8-sig")))
    )
    assert [row["area_code"] for row in rows] == [row["code"] for row in rows] == [area["code"] for area in said["areas"]]
    for row in rows:
        assert said["sentence"] in row["notes"] and row["population_period"] == "mid-2022" and row["layer_unit"] and row["other_source"]


def test_the_maps_bytes_are_the_boxes(client: TestClient) -> None:
    """One byte an area, 255 outside the area asked for."""
    answer = client.get("/api/v1/inequality/two/classes", params={"layer": ACUTE, "other": CROWDED, "level": "lsoa", "area": BIRMINGHAM})
    numbers = np.frombuffer(answer.content, np.uint8)
    assert len(numbers) == 33_755 and (numbers != OUTSIDE).sum() == 659
    counts = find_pair(PairQuestion(ACUTE, CROWDED, "lsoa", BIRMINGHAM), SNAPSHOT).areas
    assert np.bincount(numbers[numbers != OUTSIDE], minlength=10)[1:].tolist() == counts.ravel().tolist()


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"other": ACUTE}, 422, "two different ones"),
        ({"other": "rural_urban2021_england_lsoa21"}, 422, "cannot be put in thirds"),
        ({"other": "nothing"}, 404, "no layer"),
        ({"level": "icb", "other": "low_income_families2021_england_lad24"}, 422, "can only be lad or rgn"),
        ({"area": KINGS_HEATH}, 422, "region, an NHS board or an authority"),
        ({"area": "E12000005", "level": "icb", "other": "imd2025_england_lsoa21"}, 200, "wholly in West Midlands"),
        ({"box": "10"}, 422, "box"),
        ({"layer": "imd_moved2025_england_lsoa21", "other": "smoking2021_england_lad24"}, 422, "same kind of area"),
        ({"area": "E99999999"}, 404, "no area"),
    ],
)
def test_bad_questions_have_a_sentence(client: TestClient, asked: dict[str, str], status: int, words: str) -> None:
    """And say what can be asked instead."""
    answer = client.get("/api/v1/inequality/two", params={"layer": ACUTE, "other": CROWDED, **asked})
    assert answer.status_code == status and words.lower() in str(answer.json()).lower()


# ---- the ranking on the map ----


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(-20, 20), st.none()), max_size=50))
def test_fifths_are_in_order(numbers: list[int | None]) -> None:
    """The highest first; like figures together; no class without a member."""
    values = np.array([np.nan if number is None else number for number in numbers], float)
    fifth, ends = split_in_fifths(values)
    assert ((fifth == 0) == np.isnan(values)).all() and len(ends) <= 5 and set(fifth) - {0} == set(range(1, len(ends) + 1))
    assert [(values[fifth == n].max(), values[fifth == n].min()) for n in range(1, len(ends) + 1)] == ends
    assert all(lower > higher for (_, lower), (higher, _) in pairwise(ends))


@pytest.mark.parametrize("layer", [ACUTE, "life_expectancy2020_england_lad24", "connectivity2025_england_lsoa21"])
def test_the_map_of_the_ranking_is_the_ranking(client: TestClient, layer: str) -> None:
    """The widest gaps are class 1, those that stand apart are class 0, and the API sends these bytes."""
    ranking = rank_areas(layer, "income2025", "lad", "sii", SNAPSHOT)
    fifths = split_ranking(layer, "income2025", "lad", "sii", SNAPSHOT)
    in_line = [int(fifths.classes[area.position]) for area, _answer in ranking.places]
    assert in_line == sorted(in_line) and [area.code for area, _ in ranking.without] == sorted(
        (code for code, number in zip(SNAPSHOT.areas["lad"].code, fifths.classes, strict=True) if not number),
        key=lambda code: SNAPSHOT.area(code).title,
    )
    if ranking.places:
        widest = measure_of(ranking.places[0][1], "sii")
        assert widest is not None and fifths.ends[0][0] == widest.value
    sent = client.get("/api/v1/inequality/areas/classes", params={"layer": layer, "by": "income2025"})
    assert sent.content == fifths.classes.tobytes() and "data-heat-map" in to_html(inequality_areas.draw_body(f"?layer={ACUTE}"))


def test_a_ranking_of_boards_alone(client: TestClient) -> None:
    """A level that cannot be ranked has its sentence, on the map's own address too."""
    assert "lad or icb" in client.get("/api/v1/inequality/areas/classes", params={"layer": ACUTE, "level": "msoa"}).text
    assert len(client.get("/api/v1/inequality/areas/classes", params={"layer": ACUTE, "level": "icb"}).content) == 42
    assert ENGLAND not in SNAPSHOT.areas["lad"].code.to_numpy()


@pytest.mark.parametrize(
    ("layer", "other", "said"),
    [
        (ACUTE, CROWDED, "Both high"),
        (IMD, "crime2025_england_lsoa21", "Both in their worst third"),
        (IMD, "ethnic_asian2021_england_lsoa21", "Overall deprivation: most deprived third; ethnic group: Asian: highest third"),
        (IMD, "imd2019_england_lsoa11", "Both in their worst third"),
    ],
)
def test_what_the_ninth_box_is_called(layer: str, other: str, said: str) -> None:
    """Worst only where both have a worse end."""
    assert name_box(PairQuestion(layer, other, "lsoa"), 9, SNAPSHOT) == said


def test_two_editions_are_told_apart() -> None:
    """By their years."""
    question = PairQuestion(IMD, "imd2019_england_lsoa11", "lsoa")
    assert "for overall deprivation 2025 and the most deprived third for overall deprivation 2019" in say_both(
        find_pair(question, SNAPSHOT), question, SNAPSHOT
    )
