"""Every card of the catalogue, and every way of writing one wrong with the sentence that helps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from heatmap.cards import ID_PATTERN, LayerCard, OurColumn
from heatmap.catalogue import LAYERS_DIR, find_card, read_card, read_catalogue
from heatmap.errors import LayerCardError, NotFoundError
from heatmap.geography import CODE_PATTERN
from heatmap.indicator_words import read_indicator_words
from heatmap.words import domain_words

#: The cards of indicators; those of places have tests of their own (test_points.py).
CARDS = sorted(path for path in LAYERS_DIR.glob("[!_]*.toml") if not path.stem.endswith("_points"))
ID = "homes2021_england_lsoa21"
GOOD = """
title = "Crowded homes"
short = "Crowding"
series = "homes"
edition = "2021"
theme = "Homes"
order = 600
question = "How many homes are overcrowded here?"
meaning = "Homes with fewer bedrooms than the people in them need."
not_meaning = "It does not say how people feel about it."
unit = "percent of homes"
polarity = "high_is_worse"
geography = "lsoa21"
period = "2021"
rows = 33755
valid_min = 0
valid_max = 100
scheme = "amount"

[columns]
lsoa21cd = "code"
percent = "value"

[anchors]
E01021988 = { value = 7 }
E01008966 = { value = 4 }

[source]
publisher = "Office for National Statistics"
title = "Census 2021"
page = "https://www.ons.gov.uk/"
licence = "OGL-UK-3.0"
accessed = 2026-01-15
attribution = "Source: Office for National Statistics."

[[file]]
path = "census/homes.csv.gz"
"""


@pytest.fixture(params=CARDS, ids=lambda path: path.stem)
def card(request: pytest.FixtureRequest) -> LayerCard:
    """Each card in turn."""
    return read_card(request.param)


def test_there_are_cards() -> None:
    """Without this, a lost folder would leave every test below with nothing to do."""
    assert len(CARDS) >= 35


def test_id_says_index_year_nation_and_geography(card: LayerCard) -> None:
    """The file's name tells what the layer is, and agrees with the card's geography and edition."""
    found = ID_PATTERN.fullmatch(card.id)
    assert found is not None and card.index
    assert found["geography"] == card.geography
    assert card.lies_beside or found["year"] in card.period


def test_question_is_a_question_in_plain_words(card: LayerCard) -> None:
    """One sentence that ends in a question mark and begins with a capital."""
    assert re.fullmatch(r"[A-Z][^?]+\?", card.question)


def test_words_exist(card: LayerCard) -> None:
    """A card explains itself, or names a record of words that is there."""
    assert card.words in {**domain_words(), **read_indicator_words()} if card.words else card.meaning and card.not_meaning


def test_source_is_credited(card: LayerCard) -> None:
    """Publisher, title, page and licence, and words of credit that name the licence or the publisher."""
    source = card.source
    assert source.publisher and source.title and source.page.startswith("https://")
    assert card.lies_beside or source.licence in ("OGL-UK-3.0", "CC-BY-4.0", "OPL-3.0", "MIT")
    assert source.publisher in source.credit or "Open Government Licence" in source.credit


def test_at_least_two_anchors_of_the_right_geography(card: LayerCard) -> None:
    """Two or more values read off the published table, at the card's own areas, in columns it has."""
    assert len(card.anchors) >= 2 or not card.file
    assert all(re.fullmatch(CODE_PATTERN[card.base_level], code) for code in card.anchors)
    known = set(card.columns.values() or get_args(OurColumn)) | ({"value"} if card.scheme in ("kinds", "amount") else set())
    known |= {"rank"} if card.ranked else {"numerator", "denominator"} if card.reader else set()
    assert all(promised and set(promised) <= known for promised in card.anchors.values())


def test_anchors_lie_in_the_valid_range(card: LayerCard) -> None:
    """What was read off the table is itself possible."""
    measured = "value" if any("value" in promised for promised in card.anchors.values()) else "rank"
    found = [promised[measured] for promised in card.anchors.values() if measured in promised]
    found += [100 * promised["numerator"] / promised["denominator"] for promised in card.anchors.values() if "numerator" in promised]
    assert (found or not card.file) and all(card.valid_min <= value <= card.valid_max for value in found)


def test_rows_are_those_of_the_geography(card: LayerCard) -> None:
    """England has 33,755 LSOAs of 2021 and 32,844 of 2011."""
    assert (
        card.partial  # lines may lack areas: of the Health Index two, in each of its years
        or card.rows == len(card.periods or "1") * {"lsoa21": 33_755, "lsoa11": 32_844, "msoa21": 6_856, "lad24": 296}[card.geography]
    )


def test_no_two_headers_become_one_column(card: LayerCard) -> None:
    """A rank overwritten by a decile would go unseen."""
    assert len(set(card.columns.values())) == len(card.columns)


def test_decile_comes_from_a_decile_and_rank_from_a_rank(card: LayerCard) -> None:
    """The publisher's header says of itself which it is."""
    for header, ours in card.columns.items():
        for word in ("rank", "decile") if not card.ranked else ():  # there the build makes the rank itself
            assert (word in header) == (ours == word)


def test_polarity_goes_with_the_measure(card: LayerCard) -> None:
    """An index's rank falls towards the most deprived, its score rises; a kind or a move is no judgement."""
    if card.scheme == "tenths" and card.words:
        assert card.polarity == ("high_is_worse" if "value" in card.columns.values() else "low_is_worse")
    if card.scheme in ("kinds", "moved"):
        assert card.polarity == "no_judgement"


def test_converted_cards_name_the_lookup(card: LayerCard) -> None:
    """Figures of 2011 areas come with the people to weigh them by, or the counts to add up, and the official lookup."""
    if card.converted:
        assert {"weight", "denominator"} & set(card.columns.values())
        assert [file.role for file in card.file].count("lsoa_lookup") == 1


def test_every_file_has_a_hash(card: LayerCard) -> None:
    """The files of the shipped cards were in hand, so each is known by its hash."""
    assert all(file.sha256 for file in card.file)


def test_the_catalogue_holds_them_all() -> None:
    """Adding a file adds a layer; nothing is registered, and the picker's order is settled."""
    cards = read_catalogue()
    assert set(cards) == {path.stem for path in CARDS}
    assert [card.order for card in cards.values()] == sorted(card.order for card in cards.values())


# ---- cards written wrong ----


def read_written(tmp_path: Path, text: str | bytes, name: str = f"{ID}.toml") -> LayerCard:
    """A card of that text."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_card(path)


def test_a_good_card_is_read(tmp_path: Path) -> None:
    """The card all the wrong ones are made from is right."""
    assert read_written(tmp_path, GOOD).index == "homes"


FAULTS = {
    "misspelt key": ('polarity = "', 'polarty = "', [
        "'polarity' is missing. Add it; see docs/layers.md for what it holds.",
        "no such key 'polarty'. Did you mean 'polarity'?",
    ]),
    "misspelt key of the source": ('licence = "', 'license = "', [
        "'source.licence' is missing. Add it; see docs/layers.md for what it holds.",
        "no such key 'source.license'. Did you mean 'licence'?",
    ]),
    "misspelt key of a file": ('path = "', 'paht = "', [
        "no such key 'file.0.paht'. Did you mean 'path'?",
    ]),
    "unknown key": ("order = 600", "order = 600\nzzz = 1", [
        f"no such key 'zzz'. The keys are: {', '.join(LayerCard.model_fields)}.",
    ]),
    "bad geography": ('geography = "lsoa21"', 'geography = "lsoa"', [
        "geography = 'lsoa'. Input should be 'lsoa21', 'lsoa11', 'msoa21' or 'lad24'.",
    ]),
    "missing key": ('unit = "percent of homes"\n', "", [
        "'unit' is missing. Add it; see docs/layers.md for what it holds.",
    ]),
    "no question": ("overcrowded here?", "overcrowded here.", [
        r"question = 'How many homes are overcrowded here.'. String should match pattern '\?$'.",
    ]),
    "no number": ("rows = 33755", 'rows = "many"', [
        "rows = 'many'. Input should be a valid integer, unable to parse string as an integer.",
    ]),
    "no rows": ("rows = 33755", "rows = 0", [
        "rows = 0. Input should be greater than 0.",
    ]),
    "a hash cut short": ('homes.csv.gz"', 'homes.csv.gz"\nsha256 = "abc"', [
        "file.0.sha256 = 'abc'. String should match pattern '^([0-9a-f]{64})?$'.",
    ]),
    "a page without https": ("https://www", "http://www", [
        "source.page = 'http://www.ons.gov.uk/'. String should match pattern '^https://'.",
    ]),
    "no place for the file": ('path = "census/homes.csv.gz"', "tried = false", [
        "file.0. Give a 'path' in the mirror or a 'url' of the publisher.",
    ]),
    "no column for the scheme": ('scheme = "amount"', 'scheme = "tenths"', [
        "the card. Scheme 'tenths' needs a column for rank in [columns].",
    ]),
    "no words": ('meaning = "Homes', 'part_of = "Homes', [
        "the card. Say in 'meaning' what it means and in 'not_meaning' what it does not, or name 'words'.",
    ]),
    "breaks that fall": ('scheme = "amount"', 'scheme = "moved"\nbreaks = [5, 1]', [
        "the card. 'breaks' must rise, each once.",
    ]),
    "several at once": ('geography = "lsoa21"\nperiod = "2021"\nrows = 33755', 'geography = "ward"\nrows = -1', [
        "geography = 'ward'. Input should be 'lsoa21', 'lsoa11', 'msoa21' or 'lad24'.",
        "'period' is missing. Add it; see docs/layers.md for what it holds.",
        "rows = -1. Input should be greater than 0.",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("how", FAULTS)
def test_each_fault_has_its_sentence(tmp_path: Path, how: str) -> None:
    """A wrong card is refused with all its faults, each naming the file, the key and the way on."""
    right, wrong, said = FAULTS[how]
    assert right in GOOD
    with pytest.raises(LayerCardError) as fault:
        read_written(tmp_path, GOOD.replace(right, wrong, 1))
    assert sorted(str(fault.value).splitlines()) == sorted(f"{ID}.toml: {sentence}" for sentence in said)


@pytest.mark.parametrize("name", ["Homes2021_england_lsoa21", "homes_england_lsoa21", "homes2021_wales_lsoa21", "homes2021_england"])
def test_a_bad_id_is_refused(tmp_path: Path, name: str) -> None:
    """The file's name must say index, year, nation and geography."""
    with pytest.raises(LayerCardError) as fault:
        read_written(tmp_path, GOOD, f"{name}.toml")
    assert str(fault.value) == (
        f"{name}.toml: id = '{name}'. Name the file index-year_nation_geography, in small letters, like imd2025_england_lsoa21.toml."
    )


def test_bad_toml_is_told_with_its_line(tmp_path: Path) -> None:
    """What cannot be read as TOML is told with the line where it goes wrong."""
    with pytest.raises(LayerCardError, match=rf"^{ID}\.toml: not readable as TOML: .*line 2.*\. Mend that place and try again\.$"):
        read_written(tmp_path, GOOD.replace('"Crowded homes"', "Crowded homes"))


def test_another_encoding_is_told(tmp_path: Path) -> None:
    """A card saved in a Windows encoding says how to save it."""
    with pytest.raises(LayerCardError) as fault:
        read_written(tmp_path, GOOD.replace("Crowded", "Café").encode("cp1252"))
    assert str(fault.value) == f"{ID}.toml: not saved as UTF-8. Save it again as UTF-8 text."


def test_an_absent_card_is_told(tmp_path: Path) -> None:
    """A card that is not there is named with the folder."""
    with pytest.raises(LayerCardError, match=rf"^{ID}\.toml: there is no such card in {tmp_path.name}/\.$"):
        read_card(tmp_path / f"{ID}.toml")


def test_the_faults_of_all_cards_are_told_together(tmp_path: Path) -> None:
    """Two wrong cards are told at one go; a file that begins with an underscore is no card."""
    for name in ("a2021_england_lsoa21", "b2021_england_lsoa21", "_example"):
        (tmp_path / f"{name}.toml").write_text(GOOD.replace("rows = 33755", "rows = 0"), encoding="utf-8")
    with pytest.raises(LayerCardError) as fault:
        read_catalogue(tmp_path)
    assert [line.partition(":")[0] for line in str(fault.value).splitlines()] == [
        "a2021_england_lsoa21.toml",
        "b2021_england_lsoa21.toml",
    ]


def test_an_unknown_layer_is_told_with_the_nearest() -> None:
    """A slip of the pen in a layer's id is answered with the id that was meant."""
    with pytest.raises(NotFoundError) as fault:
        find_card("imd2026_england_lsoa21", read_catalogue())
    assert str(fault.value) == ("There is no layer called 'imd2026_england_lsoa21'. Did you mean 'imd2025_england_lsoa21'?")
