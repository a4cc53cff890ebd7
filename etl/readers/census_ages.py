"""One or more of the census's five-year age bands of a neighbourhood, out of all its residents (Nomis: five lines before the headers)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from heatmap.cards import LayerCard


def read(card: LayerCard, path: Path) -> pd.DataFrame:
    """code, numerator (residents in the bands that the card picks), denominator."""
    bands = pd.read_csv(path, skiprows=5, dtype=str).dropna(subset=["mnemonic"])
    bands = bands[bands.mnemonic.str.startswith("E01")].reset_index(drop=True)
    counted = bands[list(card.pick)].astype(float).sum(axis=1)
    return pd.DataFrame({"code": bands.mnemonic, "numerator": counted, "denominator": bands.Total.astype(float)})
