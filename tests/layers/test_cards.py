"""Every card of the catalogue, and every way of writing one wrong with the sentence that helps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from heatmap.errors import LayerCardError, NotFoundError
from heatmap.geography.levels import CODE_PATTERN
from heatmap.indicators.words import read_indicator_words
from heatmap.layers.cards import ID_PATTERN, LayerCard, OurColumn
from heatmap.layers.catalogue import LAYERS_DIR, find_card, read_card, read_catalogue
from heatmap.words.phrases import domain_words

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
    "misspelt key": (
        'polarity = "',
        'polarty = "',
        [
            "'polarity' is missing. Add it: docs/layers.md explains it.",
            "line 12: no such key 'polarty'. Did you mean 'polarity'?",
        ],
    ),
    "misspelt key of the source": (
        'licence = "',
        'license = "',
        [
            "line 28: 'source.licence' is missing. Add it: docs/layers.md explains it.",
            "line 32: no such key 'source.license'. Did you mean 'licence'?",
        ],
    ),
    "misspelt key of a file": (
        'path = "',
        'paht = "',
        [
            "line 37: no such key 'file.paht'. Did you mean 'path'?",
        ],
    ),
    "unknown key": (
        "order = 600",
        "order = 600\nzzz = 1",
        [
            f"line 8: no such key 'zzz'. The keys are: {', '.join(LayerCard.model_fields)}.",
        ],
    ),
    "bad geography": (
        'geography = "lsoa21"',
        'geography = "lsoa"',
        [
            "line 13: geography = \"lsoa\". It can be 'lsoa21', 'lsoa11', 'msoa21' or 'lad24'. Did you mean 'lsoa21'?",
        ],
    ),
    "missing key": (
        'unit = "percent of homes"\n',
        "",
        [
            "'unit' is missing. Add it: docs/layers.md explains it.",
        ],
    ),
    "no question": (
        "overcrowded here?",
        "overcrowded here.",
        [
            'line 8: question = "How many homes are overcrowded here.". End it with a question mark.',
        ],
    ),
    "no number": (
        "rows = 33755",
        'rows = "many"',
        [
            'line 15: rows = "many". Write a whole number without quotes, like rows = 3.',
        ],
    ),
    "no rows": (
        "rows = 33755",
        "rows = 0",
        [
            "line 15: rows = 0. Write a number of more than 0.",
        ],
    ),
    "a hash cut short": (
        'homes.csv.gz"',
        'homes.csv.gz"\nsha256 = "abc"',
        [
            'line 38: file.sha256 = "abc". A hash has 64 signs, 0 to 9 and a to f; leave it empty if the file was not in hand.',
        ],
    ),
    "a page without https": (
        "https://www",
        "http://www",
        [
            'line 31: source.page = "http://www.ons.gov.uk/". Write the full address, starting with https://, without spaces.',
        ],
    ),
    "no place for the file": (
        'path = "census/homes.csv.gz"',
        "tried = false",
        [
            "line 36: file. Give a 'path' in the mirror or a 'url' of the publisher.",
        ],
    ),
    "no column for the scheme": (
        'scheme = "amount"',
        'scheme = "tenths"',
        [
            "line 18: Scheme 'tenths' needs a column for rank in [columns].",
        ],
    ),
    "no words": (
        'meaning = "Homes',
        'part_of = "Homes',
        [
            "line 10: Say in 'meaning' what it means and in 'not_meaning' what it does not, or name 'words'.",
        ],
    ),
    "breaks that fall": (
        'scheme = "amount"',
        'scheme = "moved"\nbreaks = [5, 1]',
        [
            "line 19: 'breaks' must rise, each once.",
        ],
    ),
    "several at once": (
        'geography = "lsoa21"\nperiod = "2021"\nrows = 33755',
        'geography = "ward"\nrows = -1',
        [
            "'period' is missing. Add it: docs/layers.md explains it.",
            "line 14: rows = -1. Write a number of more than 0.",
            "line 13: geography = \"ward\". It can be 'lsoa21', 'lsoa11', 'msoa21' or 'lad24'.",
        ],
    ),
    "text without quotes, and no short title": (
        'title = "Crowded homes"\nshort = "Crowding"',
        "title = 5",
        [
            'line 2: title = 5. This is text: put it in quotes, "5".',
        ],
    ),
    "a blank title": (
        'title = "Crowded homes"',
        'title = " "',
        [
            'line 2: title = " ". It is blank: write what it is.',
        ],
    ),
    "an empty unit": (
        'unit = "percent of homes"',
        'unit = ""',
        [
            'line 11: unit = "". It is blank: write what it is.',
        ],
    ),
    "a blank meaning": (
        'meaning = "Homes with fewer bedrooms than the people in them need."',
        'meaning = "  "',
        [
            "line 9: Say in 'meaning' what it means and in 'not_meaning' what it does not, or name 'words'.",
        ],
    ),
    "a number in quotes": (
        "valid_max = 100",
        'valid_max = "100"',
        [
            'line 17: valid_max = "100". Write a number without quotes, like valid_max = 12.5.',
        ],
    ),
    "no end of values": (
        "valid_max = 100",
        "valid_max = inf",
        [
            "line 17: valid_max = inf. A figure cannot be that number. Write one, like valid_max = 100.",
        ],
    ),
    "nan": (
        "valid_min = 0",
        "valid_min = nan",
        [
            "line 16: valid_min = nan. A figure cannot be that number. Write one, like valid_min = 100.",
        ],
    ),
    "the range upside down": (
        "valid_min = 0\nvalid_max = 100",
        "valid_min = 100\nvalid_max = 0",
        [
            "line 16: 'valid_min' is above 'valid_max'; swap the two.",
        ],
    ),
    "a word for true": (
        "rows = 33755",
        'rows = 33755\npartial = "yes"',
        [
            'line 16: partial = "yes". Write true or false, in small letters and without quotes: partial = true.',
        ],
    ),
    "1 for true": (
        "rows = 33755",
        "rows = 33755\npartial = 1",
        [
            "line 16: partial = 1. Write true or false, in small letters and without quotes: partial = true.",
        ],
    ),
    "half a line": (
        "rows = 33755",
        "rows = 2.5",
        [
            "line 15: rows = 2.5. Write a whole number without quotes, like rows = 3.",
        ],
    ),
    "a date in quotes": (
        "accessed = 2026-01-15",
        'accessed = "2026-01-15"',
        [
            'line 33: source.accessed = "2026-01-15". Write year, month and day without quotes: accessed = 2026-03-31.',
        ],
    ),
    "a date as spreadsheets write it": (
        "accessed = 2026-01-15",
        "accessed = 15/01/2026",
        [
            "line 33: 15/01/2026 is not a day that we can read. Write year, month and day: accessed = 2026-03-31.",
        ],
    ),
    "a time of day": (
        "accessed = 2026-01-15",
        "accessed = 2026-01-15T10:00:00",
        [
            "line 33: source.accessed = 2026-01-15T10:00:00. Write year, month and day without quotes: accessed = 2026-03-31.",
        ],
    ),
    "a day that is none": (
        "accessed = 2026-01-15",
        "accessed = 2026-02-30",
        [
            "line 33: 2026-02-30 is not a day that we can read. Write year, month and day: accessed = 2026-03-31.",
        ],
    ),
    "a text for a list": (
        "order = 600",
        'order = 600\nconditions = "asthma"',
        [
            'line 8: conditions = "asthma". Write a list in square brackets: conditions = ["asthma"].',
        ],
    ),
    "numbers in a list of texts": (
        "order = 600",
        "order = 600\nconditions = [1]",
        [
            'line 8: conditions = 1. This is text: put it in quotes, "1".',
        ],
    ),
    "a source that is no table": (
        GOOD[GOOD.index("[source]") :],
        'source = "ONS"\n',
        [
            "'source' is missing. Add it: docs/layers.md explains it.",
            'line 28: anchors.source = "ONS". Write it in curly brackets: source = { value = 12.5 }.',
        ],
    ),
    "a file that is none": (
        "order = 600",
        'order = 600\nfile = "x.csv"',
        [
            "line 37: 'file' is on the card twice. Take one of the two out.",
        ],
    ),
    "a page with a space": (
        "https://www.ons.gov.uk/",
        "https://www.ons.gov.uk/a b",
        [
            'line 31: source.page = "https://www.ons.gov.uk/a b". Write the full address, starting with https://, without spaces.',
        ],
    ),
    "a choice misspelt": (
        'polarity = "high_is_worse"',
        'polarity = "higher_is_worse"',
        [
            (
                "line 12: polarity = \"higher_is_worse\". It can be 'high_is_worse', 'low_is_worse' or 'no_judgement'. Did you mean"
                " 'high_is_worse'?"
            ),
        ],
    ),
    "too many decimals": (
        "order = 600",
        "order = 600\ndecimals = 9",
        [
            "line 8: decimals = 9. Write a number of at most 4.",
        ],
    ),
    "a quote left open": (
        '"Crowded homes"',
        '"Crowded homes',
        [
            'line 2: a quote is opened and not closed. Put a " at the end of the text, on the same line.',
        ],
    ),
    "curly quotes": (
        '"Crowded homes"',
        "“Crowded homes”",
        [
            'line 2: curly quotes. Type straight ones, title = "...", and switch off "smart quotes" if your program makes them.',
        ],
    ),
    "no =": (
        'title = "Crowded homes"',
        'title "Crowded homes"',
        [
            'line 2: \'title "Crowded homes"\' is not a key with a value. Write it like title = "Street trees"; a note begins with #.',
        ],
    ),
    "a key twice": (
        "order = 600",
        "order = 600\norder = 601",
        [
            "line 8: 'order' is on the card twice. Take one of the two out.",
        ],
    ),
    "a decimal comma": (
        "valid_max = 100",
        "valid_max = 12,5",
        [
            "line 17: 12,5 has a decimal comma. Write it with a point: valid_max = 12.5.",
        ],
    ),
    "commas between thousands": (
        "rows = 33755",
        "rows = 33,755",
        [
            "line 15: 33,755 has something between the thousands. Write rows = 33755.",
        ],
    ),
    "True in capitals": (
        "rows = 33755",
        "rows = 33755\npartial = True",
        [
            "line 16: True is not a word that a card can have. Write true or false, in small letters.",
        ],
    ),
    "a backslash": (
        '"Crowded homes"',
        '"Crowded\\homes"',
        [
            "line 2: a \\ in a text. Write it twice, \\\\, or put the text in single quotes.",
        ],
    ),
    "quotes inside a text": (
        '"Crowded homes"',
        '"The "crowded" homes"',
        [
            'line 2: there is something behind the text: crowded" homes". A " inside a text is written \\"; a note begins with #.',
        ],
    ),
    "no value": (
        'title = "Crowded homes"',
        "title =",
        [
            "line 2: 'title' has no value. Write one behind the =, like title = \"...\".",
        ],
    ),
    "a list left open": (
        "order = 600",
        'order = 600\nconditions = ["asthma"\nage_group = "x"',
        [
            'line 8: a list is not closed, or its commas or quotes are missing. Write it like conditions = ["one", "two"].',
        ],
    ),
    "a bracket left open": (
        "[source]",
        "[source",
        [
            "line 28: the name of a table is not closed, or has a character that it cannot have. Write it like [source], alone on its"
            " line.",
        ],
    ),
    "a long text left open": (
        '"Crowded homes"',
        '"""Crowded homes',
        [
            'line 2: a text of several lines is opened and not closed. Close it with """.',
        ],
    ),
    "a key with spaces": (
        'lsoa21cd = "code"',
        'LSOA code = "code"',
        [
            "line 21: 'LSOA code' cannot be a key. Keys have letters a to z, digits, _ and -; put a header of your file in quotes.",
        ],
    ),
    "a key with an accent": (
        "title = ",
        "títle = ",
        [
            "line 2: 'títle' cannot be a key. Keys have letters a to z, digits, _ and -; put a header of your file in quotes.",
        ],
    ),
    "a table twice": (
        "[anchors]",
        "[columns]",
        [
            "line 24: 'columns' is on the card twice. Take one of the two out.",
        ],
    ),
    "a single quote left open": (
        '"Crowded homes"',
        "'Crowded homes",
        [
            "line 2: a quote is opened and not closed. Put a ' at the end of the text, on the same line.",
        ],
    ),
    "a column misspelt": (
        'percent = "value"',
        'percent = "valeu"',
        [
            'line 22: columns.percent = "valeu". It can be '
            + " or ".join(", ".join(map(repr, get_args(OurColumn))).rsplit(", ", 1))
            + ". Did you mean 'value'?",
        ],
    ),
    "an anchor without its column": (
        "{ value = 7 }",
        "7",
        [
            "line 25: anchors.E01021988 = 7. Write it in curly brackets: E01021988 = { value = 12.5 }.",
        ],
    ),
    "an anchor in quotes": (
        "{ value = 7 }",
        '{ value = "7" }',
        [
            'line 25: anchors.E01021988.value = "7". Write a number without quotes, like value = 12.5.',
        ],
    ),
    "one end": (
        'scheme = "amount"',
        'scheme = "amount"\nends = ["one"]',
        [
            "line 19: ends. Name two ends, that of class 1 first: ends = ['fewest trees', 'most trees'].",
        ],
    ),
    "periods that do not end with the period": (
        'scheme = "amount"',
        'scheme = "amount"\nperiods = ["2020"]',
        [
            "line 14: 'period' is '2021', but the last of 'periods' is '2020'; make them agree.",
        ],
    ),
    "text without quotes": (
        '"Crowded homes"',
        "Crowded homes # note",
        [
            'line 2: the text behind the = has no quotes. Put it in quotes: title = "Crowded homes".',
        ],
    ),
}


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
    assert (
        str(fault.value)
        == f'{name}.toml: id = "{name}". Name the file index-year_nation_geography, in small letters, like imd2025_england_lsoa21.toml.'
    )


def test_every_line_is_found_and_said(tmp_path: Path) -> None:
    """Whatever byte of a card is lost, it is read, or a sentence tells the file and no raw English of a library."""
    raw = re.compile(r"Input should|String should|Expected|Illegal|Invalid value|Unescaped|at line|parse")
    for at in range(len(GOOD)):
        try:
            read_written(tmp_path, GOOD[:at] + GOOD[at + 1 :])
        except LayerCardError as fault:
            assert all(line.startswith(f"{ID}.toml: ") and line.endswith((".", "?")) for line in str(fault).splitlines()), fault
            assert not raw.search(str(fault)), fault


def test_a_list_of_several_lines_is_not_taken_for_an_open_one(tmp_path: Path) -> None:
    """The fault lies below it, and is told there."""
    with pytest.raises(LayerCardError, match=rf"^{ID}\.toml: line 13: a quote is opened"):
        read_written(
            tmp_path,
            GOOD.replace("order = 600", 'conditions = [\n  "asthma", # [\n]')
            .replace('not_meaning = "', 'not_meaning = "#"\nwords = "', 1)
            .replace('feel about it."', "feel about it."),
        )


def test_a_mark_of_utf_8_is_no_fault(tmp_path: Path) -> None:
    """Some editors put it in front of every file."""
    assert read_written(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()).index == "homes"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (GOOD.replace("Crowded", "Café").encode("cp1252"), "line 2: the letter 'é' is not in UTF-8. Save the file again as UTF-8 text."),
        (GOOD.encode("utf-16"), "saved as UTF-16 ('Unicode text'). Save it again as UTF-8 text."),
        (GOOD.encode("utf-16-be"), "saved as UTF-16 ('Unicode text'). Save it again as UTF-8 text."),
        (GOOD.encode("utf-32"), "saved as UTF-32. Save it again as UTF-8 text."),
        (GOOD.encode("utf-32-le"), "saved as UTF-32. Save it again as UTF-8 text."),
        (
            GOOD.replace("Crowded", "Cro\0wded").encode(),
            "line 2: a zero byte, so the file is damaged or no text. Save it again as UTF-8 text.",
        ),
    ],
    ids=["cp1252", "UTF-16", "UTF-16 without a mark", "UTF-32", "UTF-32 without a mark", "a zero byte"],
)
def test_another_encoding_is_told(tmp_path: Path, content: bytes, what: str) -> None:
    """A card saved in another encoding says how to save it."""
    with pytest.raises(LayerCardError) as fault:
        read_written(tmp_path, content)
    assert str(fault.value) == f"{ID}.toml: {what}"


def test_a_card_of_places_that_does_not_say_so_is_told(tmp_path: Path) -> None:
    """One sentence, and not a dozen of the keys that an indicator would need."""
    with pytest.raises(LayerCardError) as fault:
        read_written(tmp_path, GOOD, "homes2021_england_points.toml")
    assert (
        str(fault.value) == "homes2021_england_points.toml: 'kind' is missing. The file's name ends in _points, so write kind = \"points\"."
    )


def test_a_bad_name_is_told_alone(tmp_path: Path) -> None:
    """What the name would have said is not missing on the card as well."""
    text = GOOD.replace('geography = "lsoa21"\n', "").replace('series = "homes"\n', "")
    with pytest.raises(LayerCardError) as fault:
        read_written(tmp_path, text, "Homes.toml")
    assert len(str(fault.value).splitlines()) == 1 and "Name the file" in str(fault.value)


def test_a_card_that_may_not_be_read_is_there(tmp_path: Path) -> None:
    """A folder, and a link that leads nowhere: said for what they are."""
    path = tmp_path / f"{ID}.toml"
    path.mkdir()
    with pytest.raises(LayerCardError, match="is a folder where a file should be"):
        read_card(path)


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
    assert str(fault.value) == "We have no layer called 'imd2026_england_lsoa21'. Did you mean 'imd2025_england_lsoa21'?"
