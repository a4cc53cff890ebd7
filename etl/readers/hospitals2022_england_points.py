"""Hospitals: those of the NHS list of 2022, with what the list of 2018 says that they are.

Where two rows are one place is decided as docs/decisions/0009-merging-places.md says.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from etl.nearest import distances_km
from etl.register_words import join_address, tidy_postcode
from heatmap.layers.websites import safe_website

#: Rows of one point, or of one name and no farther apart than this, are one place.
SAME_NAME_KM: Final = 1.2
#: A hospital of 2018 is the one of 2022 if it has a name in common and lies no farther off than this.
SAME_PLACE_KM: Final = 0.6
#: The list of 2022 has some in Wales, and one of Cardiff at a point in Oxford.
IN_WALES: Final = r"of wales|spire yale|wrexham"
#: Clinics that one trust holds in another's building.
_GUEST: Final = r"@| at |\(nuh\)|\(kdch\)|\(mdgh\)|screening|^hbss|gh bcss|bcs$|offsite|washington\]|provided beds|nhst?$|\(ssp"
#: Parts of a hospital, and names of whole organisations: the hospital's own name comes first.
_PART: Final = (
    r"\beye\b|child|dental|women|maternity|unit\b|clinic|centre|hospice|private|rosie|integrated|tropical|hospitals|trust|building"
)
#: Firms in 2018 that ran community hospitals for the NHS, and a trust whose name does not say that it is one.
_FOR_THE_NHS: Final = r"NHS|\bCIC\b|Community Interest|Central Surrey Health|Livewell|Virgin Care|University Hospitals"
_PLAIN_WORDS: Final = re.compile(
    r"\b(the|hospitals?|nhs|trust|foundation|general|community|district|and|of|university|site|dgh|bmi|capio)\b|[^a-z0-9 ]"
)


def read(now: Path, types: Path) -> pd.DataFrame:
    """id, name, what, address, postcode, website, latitude, longitude: one row a hospital.

    now     name and point, 2022
    types   code, sector, parent, address and website, January 2018
    """
    table = pd.read_csv(now, dtype={"hospital22_name": str}).rename(columns={"hospital22_name": "name"})
    table["name"] = [tidy_hospital(name) for name in table["name"]]
    table = table[~table["name"].str.contains(IN_WALES, case=False)].reset_index(drop=True)
    known = pd.read_csv(types, dtype=str, keep_default_na=False).rename(columns={"Latitude": "latitude", "Longitude": "longitude"})
    for column in ("latitude", "longitude"):
        known[column] = pd.to_numeric(known[column], errors="coerce")
    known = known[known.latitude.notna()].reset_index(drop=True)
    known["words"] = [key_words(name) for name in known.OrganisationName]
    rows = [_make_place(table.loc[members], known) for members in _group(table)]
    places = pd.DataFrame(rows).sort_values("name", kind="stable", ignore_index=True)
    places["id"] = _name_ids(places)
    return places


def tidy_hospital(name: str) -> str:
    """A hospital's name without the trust behind it.

    >>> tidy_hospital("Brixham Hospital - Torbay and South Devon NHS Foundation Trust"), tidy_hospital("King Edward Vii Hospital ")
    ('Brixham Hospital', 'King Edward VII Hospital')
    """
    name = re.sub(r" - [^-]*(NHS|Trust|Foundation)[^-]*$", "", " ".join(name.split()))
    return re.sub(r"\bV?[Ii]{2,3}\b", lambda found: found[0].upper(), name).replace("Nhs ", "NHS ")


def key_words(name: str) -> frozenset[str]:
    """The words that tell one hospital from another.

    >>> sorted(key_words("Dewsbury & District Hospital")), sorted(key_words("St. Peter's Hospital"))
    (['dewsbury'], ['peters', 'st'])
    """
    plain = re.sub(r"['’.]", "", name.lower()).replace("-", " ").replace("&", " and ").replace(",", " ")
    return frozenset(_PLAIN_WORDS.sub(" ", plain).split())


def _group(table: pd.DataFrame) -> list[list[int]]:
    """Rows that are one place: at one point, or with the same key words within SAME_NAME_KM."""
    apart = distances_km(table, table)
    words = [key_words(name) for name in table["name"]]
    home = list(range(len(table)))

    def root(i: int) -> int:
        while home[i] != i:
            i = home[i]
        return i

    for i, j in zip(*np.nonzero(np.triu(apart < SAME_NAME_KM, 1)), strict=True):
        if apart[i, j] < 0.002 or words[i] == words[j]:
            home[root(int(j))] = root(int(i))
    groups: dict[int, list[int]] = {}
    for i in range(len(table)):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def _make_place(rows: pd.DataFrame, known: pd.DataFrame) -> dict[str, object]:
    """One place of its rows: the whole hospital's name rather than a guest's or a part's; other names are told."""
    names = sorted(dict.fromkeys(rows["name"]), key=lambda name: [bool(re.search(part, name, re.IGNORECASE)) for part in (_GUEST, _PART)])
    near = known[distances_km(known, rows).min(axis=1) < SAME_PLACE_KM]
    at_once = [i for name in names for i in near.index if known.words[i] == key_words(name)]
    some = [i for name in names for i in near.index if known.words[i] & key_words(name)]
    match = known.loc[(at_once or some)[0]] if at_once or some else None
    if at_once:  # a name that both lists know is the best one
        best = next(name for name in names if key_words(name) == match.words)  # type: ignore[union-attr]
        names = [best, *(name for name in names if name != best)]
    first = rows.iloc[0] if match is None else rows.iloc[int(distances_km(rows, near.loc[[match.name]]).argmin())]
    kept: list[frozenset[str]] = [key_words(names[0])]
    others = []
    for name in names[1:]:
        words = key_words(name)
        if not re.search(_GUEST, name, re.IGNORECASE) and not any(words <= each or each <= words for each in kept):
            others.append(name)
            kept.append(words)
    what = "Hospital" if match is None else say_what(match.SubType, match.Sector, match.ParentName)
    return {
        "name": names[0],
        "what": f"{what}. Also listed here: {'; '.join(others)}" if others else what,
        "address": "" if match is None else join_address(match.Address1, match.Address2, match.Address3, match.City, match.County),
        "postcode": "" if match is None else tidy_postcode(match.Postcode),
        "website": "" if match is None else _website(match.Website),
        "latitude": first.latitude,
        "longitude": first.longitude,
    }


def say_what(kind: str, sector: str, parent: str) -> str:
    """What a hospital was in 2018. The list calls some "independent" that are run by or for the NHS: the parent's name decides.

    >>> say_what("Hospital", "NHS Sector", "Barts Health NHS Trust"), say_what("UNKNOWN", "Independent Sector", "X NHS Foundation Trust")
    ('NHS hospital', 'NHS hospital')
    >>> say_what("Mental Health Hospital", "Independent Sector", "Priory Group Limited")
    'Independent mental health hospital'
    """
    whose = "NHS" if sector == "NHS Sector" or re.search(_FOR_THE_NHS, parent, re.IGNORECASE) else "Independent"
    return f"{whose} mental health hospital" if kind == "Mental Health Hospital" else f"{whose} hospital"


def _website(text: str) -> str:
    """Only addresses under nhs.uk: others of 2018 may belong to a stranger by now."""
    host = (urlsplit(safe_website(text)).hostname or "") if safe_website(text) else ""
    return text.strip() if host.endswith(".nhs.uk") else ""


def _name_ids(places: pd.DataFrame) -> list[str]:
    """Ids of the name; of two alike the second has a 2."""
    seen: dict[str, int] = {}
    ids = []
    for name in places["name"]:
        plain = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", name.lower())).strip("-")
        seen[plain] = seen.get(plain, 0) + 1
        ids.append(plain if seen[plain] == 1 else f"{plain}-{seen[plain]}")
    return ids
