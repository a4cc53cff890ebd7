"""Sentences against the worked examples of the words' own file, and rules that hold for all."""

import re
import tomllib
from pathlib import Path

import pytest

from heatmap.deprivation import CURRENT
from heatmap.layers.words import FLAG_WORDS
from heatmap.map.panel import place_domains
from heatmap.place import phrases
from heatmap.place.facts import read_place_in_authority
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
IMD25, IMD19, INCOME = "imd2025_england_lsoa21", "imd2019_england_lsoa11", "income2025_england_lsoa21"
ANCHORS = {
    # lsoa: (2025 tenth, rank, 2019 tenth, place and number in its authority, people in 100 on a low income)
    "E01006022": (5, 15_091, 5, None, 18),
    "E01013606": (5, 16_660, 6, (169, 200), 21),
    "E01004657": (7, 20_579, 7, (87, 123), 6),
    "E01012674": (1, 64, 1, (14, 94), 62),
    "E01011445": (5, 16_529, 7, (238, 488), None),
    "E01028551": (10, 30_540, 6, (65, 84), 6),
    "E01009329": (1, 1_122, 1, (107, 659), 70),
    "E01004312": (2, 4_179, 2, (37, 169), 54),
    "E01035624": (2, 6_478, None, (43, 126), 34),
}


@pytest.mark.parametrize("code", ANCHORS)
def test_worked_examples(code):
    """Places worked out by hand in the words' file say the same here: rank, tenths, order in the authority, caveat."""
    decile, rank, then, order, low_income = ANCHORS[code]
    area = SNAPSHOT.area(code)
    now, before = SNAPSHOT.row(IMD25, area), SNAPSHOT.row(IMD19, area)
    assert (now["decile"], now["rank"], before["decile"]) == (decile, rank, then)
    if order:
        assert read_place_in_authority(area, SNAPSHOT) == order
    said = phrases.say_caveat(SNAPSHOT.row(INCOME, area)["value"], area.row["percent_20_to_24"])
    if low_income is None:
        assert "low income" not in said
    else:
        assert f"about {low_income} in 100" in said
        assert (", so most do not" in said) == (low_income < 45)


def test_students_are_said_where_a_quarter_is_aged_20_to_24():
    """Hyde Park in Leeds: 76 in 100 aged 20 to 24, 43 children under 15."""
    row = SNAPSHOT.area("E01011445").row
    assert phrases.say_students(row["percent_20_to_24"]).startswith("76 in 100 people here were aged 20 to 24 in 2021.")
    assert phrases.say_few_children(row["under_15"]).startswith("Few children live here (43 under 15 in 2021)")
    assert phrases.say_students(24.9) == ""


@pytest.mark.parametrize(
    ("change", "now", "then", "old", "points", "said"),
    [
        ("U", 5, 5, [5], 3.0, "It was in the same tenth in 2019."),
        ("U", 5, 6, [6], -9.9, "It is about where it was in 2019 (tenth 6 then, 5 now)."),
        ("U", 5, 6, [6], -10.0, "It moved 10 points of 100 towards the most deprived end since 2019 (tenth 6 then, 5 now). New measures"),
        ("U", 10, 6, [6], 35.3, "It moved 35 points of 100 towards the least deprived end since 2019 (tenth 6 then, 10 now). New measures"),
        ("S", 3, 4, [4], -12.0, "In 2019 it was part of a larger neighbourhood, in tenth 4."),
        ("M", 3, 4, [3, 5], -12.0, "It was made from 2 neighbourhoods of 2019, in tenths 3 and 5."),
        ("X", 3, None, [], None, "Its boundary changed so much that we cannot compare it with 2019."),
    ],
)
def test_2019_is_said_by_the_kind_of_change(change, now, then, old, points, said):
    """Each change code has its own sentence; points, and not tenths, say whether it moved."""
    assert phrases.say_since_earlier(change, now, then, old, points).startswith(said)


def test_a_move_is_never_better_or_worse():
    """No sentence about 2019 judges, for any tenths and any kind of change."""
    for change in "USMX":
        for now in range(1, 11):
            for then in (*range(1, 11), None):
                said = phrases.say_since_earlier(change, now, then, [then or 1], 10.0 * (now - (then or 1)))
                assert not re.search(r"better|worse|improv|declin|rose|fell", said), said


def test_domains_stand_worst_first():
    """The strip begins with the domain furthest towards the deprived end."""
    rows = place_domains(SNAPSHOT.area("E01008966"), SNAPSHOT, CURRENT)
    assert [row.name for row in rows][:4] == ["Income", "Employment", "Crime", "Health"]
    assert [row.rank for row in rows] == sorted(row.rank for row in rows)
    assert {row.name: row.middle for row in rows}["Crime"] == 3  # the mock-up's triangle for Birmingham


def test_every_flag_has_words():
    """Every reason for an absent or weak value has a word for the cell and a sentence, and none of them says zero is meant."""
    from heatmap.layers.cards import FLAGS

    assert set(FLAG_WORDS) == set(FLAGS) - {""}
    for cell, sentence in FLAG_WORDS.values():
        assert cell and sentence.endswith(".")


def test_words_we_do_not_use():
    """Places are described, never people as deprived; no family is 'hard to reach'."""
    never = re.compile(r"deprived (people|famil|child|patient|communit)|hard[- ]to[- ]reach|vulnerable people|did not attend", re.I)
    for path in [*Path("heatmap").rglob("*.py"), *Path("assets").glob("*.js"), *Path("data/layers").glob("*.toml")]:
        assert not (found := never.search(path.read_text(encoding="utf-8"))), f"{path}: {found}"


def test_every_domain_has_its_words():
    """Each of the seven domains, the index and the supplementary indices has a short name and a meaning, with sources."""
    text = Path("data/words/domains.toml").read_text(encoding="utf-8")
    for record in tomllib.loads(text)["domain"]:
        assert record["short_name"] and record["measures"] and record["does_not_say"] and record["sources"]
