"""The index in which the browser finds places by name, so that nothing typed is ever a request."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd

from etl.former_codes import Rows
from heatmap.geography.levels import SPOKEN, Level


def make_index(areas: dict[Level, pd.DataFrame], former: Rows) -> bytes:
    """Names and codes of all areas as compact JSON; every list is by position.

    Codes of LSOA and MSOA are a first number and then differences ("E0" and the running sum). An LSOA is its MSOA and
    a letter: "Birmingham 107E" is the authority, the MSOA's number and the letter. Where the official name keeps an
    authority that is no more ("Allerdale 001" in Cumberland), ``stem`` gives it by the MSOA's position. ``former`` has
    the codes of other years (``heatmap/geography/former_codes.py``), ``also`` the other names of areas: [code of ours, name].
    """
    msoa, lad = areas["msoa"], areas["lad"]
    lad_of_msoa = pd.Index(lad.code).get_indexer(msoa.lad24_code)
    place_of_lsoa = pd.Index(msoa.code).get_indexer(areas["lsoa"].msoa21_code)
    index = {
        "rgn": {"code": areas["rgn"].code.tolist(), "name": areas["rgn"]["name"].tolist()},
        "icb": {"code": areas["icb"].code.tolist(), "name": areas["icb"]["name"].tolist()},
        "lad": {
            "code": lad.code.tolist(),
            "name": lad["name"].tolist(),
            "rgn": pd.Index(areas["rgn"].code).get_indexer(lad.rgn24_code).tolist(),
        },
        "msoa": {
            "code": _differences(msoa.code),
            "name": msoa.place.tolist(),
            "number": msoa["name"].str[-3:].tolist(),
            "lad": lad_of_msoa.tolist(),
            "stem": _old_names(msoa, lad["name"].iloc[lad_of_msoa]),
        },
        "lsoa": {
            "code": _differences(areas["lsoa"].code),
            "msoa": place_of_lsoa.tolist(),
            "letter": "".join(areas["lsoa"]["name"].str[-1]),
        },
        "former": former,
        "also": _other_names(lad, former),
    }
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()


def _other_names(lad: pd.DataFrame, former: Rows) -> list[list[str]]:
    """The official names that nobody says, and those of districts that are now part of an authority."""
    official = {spoken: name for name, spoken in SPOKEN.items()}
    found = [[code, official[name]] for code, name in zip(lad.code, lad["name"], strict=True) if name in official]
    return found + [[now[0], name] for code, (now, change, name) in former.items() if change == "merged" and re.match("E0[6-9]", code)]


def _old_names(msoa: pd.DataFrame, authority: pd.Series) -> dict[str, str]:
    own = msoa["name"].str[:-4]
    return {str(position): own.iloc[position] for position in np.flatnonzero(own.to_numpy() != authority.to_numpy())}


def _differences(codes: pd.Series) -> list[int]:
    number = codes.str[2:].astype(int).to_numpy()
    return [int(number[0]), *np.diff(number).tolist()]
