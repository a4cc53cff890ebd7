"""One or more of the census's five-year age bands of a neighbourhood, out of all its residents (Nomis: five lines before the headers)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.sources import read_csv, to_numbers
from heatmap.layers.cards import LayerCard

#: Lines before the headers.
_BEFORE = 5


def read(card: LayerCard, path: Path) -> pd.DataFrame:
    """code, numerator (residents in the bands that the card picks), denominator."""
    bands = read_csv(path, {"mnemonic": "code", "Total": "denominator"} | {band: band for band in card.pick}, skip=_BEFORE)
    bands = bands[bands.code.str.startswith("E01", na=False)]
    bands = to_numbers(bands, ["denominator", *card.pick], card.id).reset_index(drop=True)
    return pd.DataFrame({"code": bands.code, "numerator": bands[list(card.pick)].sum(axis=1), "denominator": bands.denominator})
