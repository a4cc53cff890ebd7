"""Who speaks little or no English, by MSOA: two columns of those who do not, out of two that make up everyone aged 3 and over."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.sources import read_csv, to_numbers
from heatmap.layers.cards import LayerCard

_ENGLISH, _OTHER = (f"Main language is {what} (English or Welsh in Wales)" for what in ("English", "not English"))
_COLUMNS = {
    "msoa21_code": "code",
    _ENGLISH: "english",
    _OTHER: "other",
    f"{_OTHER}: Cannot speak English well": "little",
    f"{_OTHER}: Cannot speak English": "none",
}


def read(card: LayerCard, path: Path) -> pd.DataFrame:
    """code, numerator, denominator."""
    table = to_numbers(read_csv(path, _COLUMNS), ["english", "other", "little", "none"], card.id)
    table = table[table.code.str.startswith("E02")].reset_index(drop=True)
    return pd.DataFrame({"code": table.code, "numerator": table.little + table.none, "denominator": table.english + table.other})
