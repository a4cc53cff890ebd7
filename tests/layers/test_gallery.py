"""The gallery: five worked layers of different kinds, each checked, and built into a snapshot of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from clones import make_clone

from heatmap.layers.cards import LayerCard, PointsCard
from heatmap.layers.catalogue import LAYERS_DIR, read_cards
from heatmap.settings import ROOT

GALLERY = ROOT / "docs" / "gallery"
IDS = sorted(path.stem for path in GALLERY.glob("*.toml"))
#: Said by the snapshot in the clone: figures of one area, or places, and what is counted.
_ASK = """
import json, sys
from heatmap.snapshot import Snapshot
snapshot, said = Snapshot(), {}
for layer, card in snapshot.cards.items():
    if layer.startswith("example_"):
        said[layer] = {
            level: {"with_value": int((table.value.notna() | table["rank"].notna()).sum()), "first": json.loads(table.head(1).to_json(orient="records"))[0],
                    "valued": json.loads(table[table.value.notna()].head(1).to_json(orient="records")),
                    "flags": table.flag.value_counts().to_dict(), "classes": sorted(set(table["class"].tolist()))}
            for level, table in snapshot.table(layer).items()
        }
        said[layer]["periods"] = {period: snapshot.table(layer, period)[card.base_level].value.round(1).tolist()[:3] for period in card.periods}
for layer in snapshot.points_cards:
    if layer.startswith("example_"):
        said[layer] = json.loads(snapshot.places(layer).to_json(orient="records"))
json.dump(said, sys.stdout)
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A clone with the gallery among its layers."""
    folder = tmp_path_factory.mktemp("gallery") / "heatmap"
    environment = make_clone(folder)
    for name in IDS:
        for suffix in (".toml", ".csv"):
            shutil.copy(GALLERY / f"{name}{suffix}", folder / "data" / "layers")
    return folder, environment


@pytest.fixture(scope="module")
def built(clone: tuple[Path, dict[str, str]]) -> dict[str, Any]:
    """What the snapshot says of all five, once each has been built into it."""
    for name in IDS:
        run(clone, "python", "-m", "etl", "build", "--only", name)
    return json.loads(run(clone, "python", "-c", _ASK))


def run(clone: tuple[Path, dict[str, str]], *words: str) -> str:
    """What a command in the clone prints."""
    done = subprocess.run(list(words), cwd=clone[0], env=clone[1], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_are_five_of_different_kinds() -> None:
    """A share with counts, a rank, a score without judgement, places, and authorities over years."""
    cards = read_cards(GALLERY)
    indicators = [card for card in cards.values() if isinstance(card, LayerCard)]
    assert len(cards) == 5 and sum(isinstance(card, PointsCard) for card in cards.values()) == 1
    assert [card.id for card in indicators if card.larger_areas == "counts"] == ["example_damp_homes2026_england_lsoa21"]
    assert [card.id for card in indicators if card.scheme == "tenths"] == ["example_quiet_streets2026_england_lsoa21"]
    assert [card.id for card in indicators if card.polarity == "no_judgement"] == ["example_old_and_new_homes2026_england_lsoa21"]
    assert [card.id for card in indicators if card.periods] == ["example_way_to_library2025_england_lad24"]


@pytest.mark.parametrize("name", IDS)
def test_each_says_that_it_is_invented(name: str) -> None:
    """Nobody may take an invented figure for a true one; and none is on the map that we ship."""
    card = read_cards(GALLERY)[name]
    assert card.title.startswith("Example: ") and "invented" in card.title and "invented" in card.meaning
    assert not list(LAYERS_DIR.glob(f"{name}.*"))
    assert f"({name}.toml)" in (GALLERY / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", IDS)
def test_each_keeps_its_promises(clone: tuple[Path, dict[str, str]], name: str) -> None:
    """As its maker would see it."""
    assert run(clone, "heatmap", "check", name).startswith(f"{name}: ")


def test_the_script_makes_what_lies_there(clone: tuple[Path, dict[str, str]]) -> None:
    """The CSVs are those of make.py, to the byte."""
    run(clone, "python", "docs/gallery/make.py")
    for path in GALLERY.glob("*.csv"):
        assert (clone[0] / "docs" / "gallery" / path.name).read_bytes() == path.read_bytes()


def test_a_share_is_counted_anew_for_larger_areas(built: dict[str, Any]) -> None:
    """A wider neighbourhood's share is of its counts, with limits around it; where a part alone is in the file there is none, and it says
    so."""
    levels = built["example_damp_homes2026_england_lsoa21"]
    assert levels["lsoa"]["with_value"] == 300 and levels["lsoa"]["flags"]["missing"] == 33_755 - 300
    assert levels["msoa"]["with_value"] == 36  # those of which nine tenths of the people live in the three hundred
    assert levels["rgn"]["with_value"] == 0 and levels["rgn"]["flags"] == {"missing": 8, "part_covered": 1}
    [one] = levels["msoa"]["valued"]
    assert one["lower_ci"] < one["value"] < one["upper_ci"]


def test_a_rank_becomes_tenths(built: dict[str, Any]) -> None:
    """Three hundred ranked: thirty a tenth."""
    levels = built["example_quiet_streets2026_england_lsoa21"]
    assert levels["lsoa"]["with_value"] == 300 and levels["lsoa"]["classes"] == list(range(11))


def test_a_score_keeps_its_reasons(built: dict[str, Any]) -> None:
    """One figure is suppressed and has no value, one is modelled and has."""
    levels = built["example_old_and_new_homes2026_england_lsoa21"]
    assert levels["lsoa"]["with_value"] == 299
    assert levels["lsoa"]["flags"]["suppressed"] == levels["lsoa"]["flags"]["modelled"] == 1


def test_places_are_put_on_the_map(built: dict[str, Any]) -> None:
    """By postcode and by coordinates, each in England and in a neighbourhood or at its own point."""
    places = built["example_homework_clubs2026_england_points"]
    assert len(places) == 6 and {place["placed"] for place in places} <= {"coordinates", "postcode", "postcode_probably"}
    assert all(49.8 < place["latitude"] < 55.9 and -6.5 < place["longitude"] < 1.9 for place in places)


def test_authorities_have_their_years(built: dict[str, Any]) -> None:
    """The last year is shown, the others are there; no figure is drawn below authorities."""
    levels = built["example_way_to_library2025_england_lad24"]
    assert levels["lad"]["with_value"] == 296 and not {"lsoa", "msoa"} & set(levels)
    assert list(levels["periods"]) == ["2023", "2024", "2025"] and len({tuple(three) for three in levels["periods"].values()}) == 3
