"""Nothing personal in a record or a reason: what is refused however it is written, and what a report may well hold."""

from __future__ import annotations

import time
from typing import Any

import pytest

from heatmap.projects.personal import EMAIL, LINK, NHS_NUMBER, PHONE, POSTCODE, say_personal
from heatmap.projects.record import Project, ProjectError, find_personal, read_project
from heatmap.projects.shipped import read_shipped

PHONES = (
    "(020) 7946 0958",
    "020.7946.0958",
    "020–7946–0958",
    "020-7946-0958",
    "020/7946/0958",
    "02079460958",
    "0207 946 0958",
    "Ring 0121 444 2054, please",
    "07700 900123",
    "07700 900 123",
    "07 70 09 00 12 3",
    "0 7 7 0 0 9 0 0 1 2 3",
    "01632 960983",
    "0800 138 1677",
    "(0121)4442054",
    "020\u00a07946\u00a00958",
    "020 \u200b7946 0958",
    "+44 20 7946 0958",
    "+44 (0)20 7946 0958",
    "+44(0)1632 960983",
    "+442079460958",
    "0044 20 7946 0958",
    "+353 1 234 5678",
    "+353-1-234-5678",
    "00353 1 234 5678",
    "+1 (212) 555-0123",
    "+45 12 34 56 78",
    "٠٢٠ ٧٩٤٦ ٠٩٥٨",
    "+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧",
    "０２０ ７９４６ ０９５８",
    "०२० ७९४६ ०९५८",
    "Open 9 to 5; 020 7946 0958 2024",
    "tel:02079460958",
    "In 2024 ring 01632 960983.",
    "tel07900900123",
    "Tel.07900900123",
    "Mob07900 900123",
    "07900900123please",
    "x07900900123y",
    "07900    900123",
    "07900\n\n\n\n900123",
    "07900 \u2003\u00a0 900123",
    "07900_900_123",
    "07900,900,123",
    "07900·900·123",
    "07900|900|123",
    "07900*900*123",
    "O7900 9OO123",
    "⓪⑦⑨⓪⓪⑨⓪⓪①②③",
    "0\u034f7900900123",
    "call+447900900123",
    "07 900 900 123",
    "(07) 900 900 123",
    "07 900 900 12 3",
    "07900.9.00.123",
    "00 44 7900 900123",
    "7900 900123",
    "7900 900 123",
)
NHS_NUMBERS = (
    "943 476 5919", "9434765919", "943-476-5919", "943.476.5919", "943–476–5919", "94 34 76 59 19", "9 4 3 4 7 6 5 9 1 9", "9434 765 919",
    "NHS number: 401 023 2137.", "Case 9434765919 of 2024", "٩٤٣ ٤٧٦ ٥٩١٩", "943\u200b476\u200b5919", "NHS9434765919", "nhsno9434765919", "NHS No9434765919", "NHS 943,476,5919", "9434765919x", "943   476   5919", "943_476_5919",
)  # fmt: skip
POSTCODES = (
    "KT2 7QB",
    "kt2 7qb",
    "KT27QB",
    "KT2\u00a07QB",
    "KT2-7QB",
    "She lives at B14 6RE.",
    "M1 1AA",
    "SW1A 1AA",
    "EC1A 1BB",
    "12 High St,B4 6NH",
    "ＫＴ２ ７ＱＢ",
    "B 14 7QH",
    "B14.7QH",
    "b 14 7qh",
    "B-14-7QH",
    "B14_7QH",
    "B14/7QH",
    "B14,7QH",
    "B14 7 QH",
    "B 1 4 7 Q H",
    "b.1.4.7.q.h",
    "B14     7QH",
    "SW1A.1AA",
    "W 1A 1AA",
    "postcodeB147QH",
    "B1 47QH",
    "postcode:B147QHfamilies",
    "SW1A 1AAhome",
)
EMAILS = (
    "jo@example.org",
    "jo.b+x@nhs.net",
    "jo＠example.org",
    "jo\u200b@example.org",
    "js @ nhs.net",
    "js  @  nhs.net",
    "js @ nhs . net",
    "js (at) nhs.net",
    "js[at]nhs[dot]net",
    "js at nhs dot net",
    "j.smith at nhs.net",
    "j.smith AT nhs.net",
    "smith AT nhs.net",
    "js﹫nhs.net",
    "J.S @nhs.net",
)
LINKS = (
    "https://a.org/?near=B14+7QH",
    "see https://a.org/find#B147QH",
    "https://a.org/?q=B14%207QH&x=1",
    "https://a.org/?mail=jo%40nhs.net",
)
INNOCENT = (
    "0 to 4",
    "2019–2024",
    "2019-2024",
    "2019/20 to 2023/24",
    "Years 2019, 2020, 2021, 2022",
    "2019 2020 2021",
    "0-4 5-9 10-14 15-19 20-24",
    "Ages 0–4, 5–11, 12–17",
    "on a scale of 0 1 2 3 4 5 6 7 8 9 10",
    "0 1 2 3 4 5 6 7 8 9",
    "RQ301",
    "RAX01",
    "ODS code Y02345",
    "E08000025",
    "E01009364 and E01002954",
    "E08000025 19",
    "£1,234,567,890",
    "£9434765919",
    "£2.5m",
    "£1 234 567 890",
    "€4 010 232 137",
    "4 010 232 137 people",
    "1,234,567 people",
    "9,434,765,919",
    "1.0123456789",
    "0.0212345678 to 0.0312345678",
    "p = 0.034, 0.056, 0.12",
    "0.034 0.056 0.12",
    "95% CI 0.012–0.345",
    "ISSN 0028-0836",
    "ISSN 0140-6736 (print), 1474-547X",
    "0140-6736",
    "ISBN 0198526636",
    "ISBN 978-0-19-852663-6",
    "https://example.org/02079460958",
    "https://doi.org/10.1136/archdischild-2022-0207946095",
    "doi 10.1136/0207946095",
    "ORCID 0000-0002-1825-0097",
    "NCT01234567",
    "PMID 35012345",
    "charity 1089464, company 04013713",
    "01/02/2024 03/04/2025",
    "01.02.2024 10:30",
    "01-02-2024 10.30",
    "2024-03-15",
    "2024-03-15 09:30:00",
    "a change of +10 2019–2024",
    "+12% and +3.4 points",
    "Call 111 or 999",
    "Samaritans 116 123",
    "60,000 attendances a year",
    "1 in 3",
    "24/7",
    "10:30–12:00",
    "COVID-19",
    "the B14 area",
    "SE1 and SE5",
    "E1 2nd floor",
    "L2 3rd phase",
    "A4 5pm",
    "M4 9am to 5pm",
    "KS2 3rd",
    "Core20PLUS5",
    "Year 7, form 7B",
    "H1N1",
    "IMD decile 1 2 3",
    "Ward B12 3 beds",
    "0300 and 0800 lines",
    "1234567890",
    "5 8 2024",
    "3333333333",
    "clinic @ St. Mary’s",
    "open @ 10.30am",
    "W1 24hr clinic",
    "Table S1, 2 at baseline",
    "room B1, 2 by 2",
    "Figure S2. 3 are",
    "N = 100, 5 as controls",
    "ISRCTN12345678",
    "PMC1234567",
    "10 m² 5",
    "2019,2020,2021,2022",
    "M85001, M85002",
    "5,000,000,000",
    "at nhs.uk you find",
    "Look at www.nhs.uk, e.g. at nhs.uk",
    "https://example.org/b14-7qh/?id=0123456789&x=1",
    "https://www.nhs.uk/services/?a=1#main",
    "code 1",
    "a dot at the end",
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *((text, PHONE) for text in PHONES),
        *((text, NHS_NUMBER) for text in NHS_NUMBERS),
        *((text, POSTCODE) for text in POSTCODES),
        *((text, EMAIL) for text in EMAILS),
        *((text, LINK) for text in LINKS),
        *((text, "") for text in INNOCENT),
    ],
)
def test_what_is_personal_is_told_however_it_is_written(text: str, said: str) -> None:
    """Signs between, scripts and hidden letters change nothing; years, ages, codes, money and statistics are let through."""
    assert say_personal(text) == said
    assert say_personal(f"Before: {text} (after)") == said


PLAIN: dict[str, Any] = {
    "id": "food",
    "title": "Food",
    "organisation": "A ward",
    "place": "Leeds",
    "postcode": "B4 6NH",
    "themes": ["food"],
    "link": "https://example.org/",
}
EVIDENCE = {"kind": "film", "title": "Our film", "link": "https://example.org/film", "text_alternative": "Words."}
MEASURE = {"kind": "outcome", "name": "Calls", "baseline": "1", "latest": "2"}


def _with(text: str) -> dict[str, dict[str, Any]]:
    """A record for each field of free text, with a text in it."""
    lines = (
        "title",
        "one_line",
        "organisation",
        "place",
        "where_exactly",
        "population",
        "aim",
        "what_was_done",
        "what_we_learnt",
        "what_to_reuse",
        "notes",
    )
    found: dict[str, dict[str, Any]] = {name: {name: text} for name in lines}
    found |= {"tools.1": {"tools": [text]}}
    found |= {f"measures.1.{name}": {"measures": [MEASURE | {name: text}]} for name in ("name", "baseline", "latest")}
    return found | {f"evidence.1.{name}": {"evidence": [EVIDENCE | {name: text}]} for name in ("title", "text_alternative")}


@pytest.mark.parametrize("text", ["020.7946.0958", "943 476 5919", "KT2 7QB", "jo@example.org"])
def test_every_text_of_a_record_is_looked_at(text: str) -> None:
    """Each field says so itself, and none repeats what was typed."""
    for field, change in _with(text).items():
        with pytest.raises(ProjectError) as fault:
            read_project(PLAIN | change)
        assert [each.field for each in fault.value.faults] == [field] and text not in str(fault.value)
    assert read_project(PLAIN).postcode == "B4 6NH"


@pytest.mark.parametrize("project", read_shipped(), ids=lambda project: project.id)
def test_the_shipped_records_hold_nothing_personal(project: Project) -> None:
    """All of them are read, and none of their texts is taken for what it is not; nor would an import refuse one."""
    assert not find_personal(project)
    assert read_project(project.model_dump()) == project


def test_a_link_hands_on_no_postcode_and_no_address() -> None:
    """Of every link of a record what follows ? and # is looked at; its path is an organisation's own."""
    for field, change in (
        ("link", {"link": "https://a.org/?near=B14+7QH"}),
        ("contact_page", {"contact_page": "https://a.org/find#b147qh"}),
        ("further_links.2", {"further_links": ["https://a.org/b14-7qh", "https://a.org/?q=B14%207QH"]}),
        ("evidence.1.link", {"evidence": [EVIDENCE | {"link": "https://a.org/?mail=jo%40nhs.net"}]}),
    ):
        with pytest.raises(ProjectError, match="Take away what follows") as fault:
            read_project(PLAIN | change)
        assert [each.field for each in fault.value.faults] == [field] and "7QH" not in str(fault.value)


def test_all_faults_are_told_together() -> None:
    """What is personal beside what is missing, so that nobody sends twice for nothing."""
    with pytest.raises(ProjectError) as fault:
        read_project({name: value for name, value in PLAIN.items() if name != "link"} | {"aim": "Ring tel07900900123"})
    assert [each.field for each in fault.value.faults] == ["link", "aim"]


@pytest.mark.parametrize(
    "text",
    ["a" * 4000, "1 " * 2000, "B1 " * 1300, "a@" * 2000, "a.b-" * 1000, "0" * 4000, "oO1l" * 1000, "(0)" * 1300, "a@" + "b. " * 1300],
)
def test_the_longest_text_is_looked_at_fast(text: str) -> None:
    """No text of 4,000 letters keeps a worker busy: a record may have twenty such."""
    began = time.process_time()
    say_personal(text)
    assert time.process_time() - began < 1.0
