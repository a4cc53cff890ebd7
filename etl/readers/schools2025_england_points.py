"""Schools and colleges of the register Get Information About Schools."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

#: Not places that a family walks to: universities, secure units, schools on a screen only, schools abroad and in Wales.
NOT_SHOWN: Final = (
    "Higher education institutions",
    "Secure units",
    "Academy secure 16 to 19",
    "Online provider",
    "Service children's education",
    "Welsh establishment",
)
#: The usual ages of a phase; the file has none of a school's own.
AGES: Final = {
    "Nursery": "usually 2 to 4",
    "Primary": "usually 4 to 11",
    "Middle deemed primary": "usually 8 to 12",
    "Middle deemed secondary": "usually 9 to 13",
    "Secondary": "usually 11 to 16 or 18",
    "All-through": "usually 4 to 16 or 18",
    "16 plus": "16 and over",
}
#: What a school is, said plainly, where its type says more than its phase.
_PLAIN: Final = {
    "Pupil referral unit": "Pupil referral unit",
    "Further education": "Further education college",
    "Special post 16 institution": "Special college",
    "Other independent school": "Independent school",
    "Other independent special school": "Independent special school",
    "Miscellaneous": "Other college or training",
    "Sixth form centres": "Sixth form centre",
    "University technical college": "University technical college",
    "Studio schools": "Studio school",
    "City technology college": "City technology college",
}
#: The grid's own zero point, west of Scilly, stands where the register has no place.
_NOWHERE: Final = (49.8, -7.0)


def read(path: Path) -> pd.DataFrame:
    """id, name, what, ages, latitude, longitude, lsoa21_code: England's schools and colleges, by the register's number.

    English is what has an LSOA code that begins with E01; those codes are of 2021, and the register's own.
    """
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table = table[table.lsoa_code.str.startswith("E01") & ~table.establishment_type.isin(NOT_SHOWN)].reset_index(drop=True)
    latitude, longitude = (pd.to_numeric(table[column], errors="coerce") for column in ("latitude", "longitude"))
    nowhere = (latitude < _NOWHERE[0]) & (longitude < _NOWHERE[1])
    return pd.DataFrame(
        {
            "id": table.urn,
            "name": [" ".join(name.split()) for name in table.establishment_name],
            "what": [say_what(kind, phase) for kind, phase in zip(table.establishment_type, table.education_phase, strict=True)],
            "ages": table.education_phase.map(AGES).fillna(""),
            "latitude": latitude.mask(nowhere, np.nan),
            "longitude": longitude.mask(nowhere, np.nan),
            "lsoa21_code": table.lsoa_code,
        }
    )


def say_what(kind: str, phase: str) -> str:
    """What a school is, in plain words.

    >>> say_what("Academy converter", "Primary"), say_what("Community special school", "Not applicable")
    ('Primary school', 'Special school')
    >>> say_what("Local authority nursery school", "Nursery"), say_what("Free schools 16 to 19", "16 plus")
    ('Nursery school', 'Sixth form or college')
    """
    if kind in _PLAIN:
        return _PLAIN[kind]
    if "special" in kind.lower():
        return "Special school"
    if "alternative provision" in kind.lower():
        return "Alternative provision"
    if phase == "16 plus":
        return "Sixth form or college"
    if phase.startswith("Middle"):
        return "Middle school"
    return "School" if phase == "Not applicable" else f"{phase} school"
