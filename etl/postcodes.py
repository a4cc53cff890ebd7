"""Every English postcode, by outward code: its LSOA, its point, and how the LSOA was found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from heatmap.errors import DataContractError, name_some

RAW = "postcodes/postcodes_england.parquet"
ROWS = 2_264_892
#: Outward codes with this many postcodes or fewer come together: a rare outward code is nearly the postcode.
SMALL = 100
_INWARD = r"[0-9][A-Z]{2}"


def read_postcodes(path: Path) -> pd.DataFrame:
    """postcode ("CO15 2EU"), lat, long (WGS84), lsoa21, lsoa21_source (N official, P point in polygon); all of England."""
    table = pd.read_parquet(path, columns=["postcode", "lat", "long", "lsoa21", "lsoa21_source"])
    if len(table) != ROWS:
        raise DataContractError(f"{path.name}: {len(table):,} postcodes, there should be {ROWS:,}. Get the file again.")
    if table.isna().any().any():
        raise DataContractError(f"{path.name}: {int(table.isna().any(axis=1).sum()):,} rows have an empty cell.")
    return table.sort_values("postcode", ignore_index=True)


def pack_postcodes(table: pd.DataFrame, lsoa_codes: pd.Series) -> tuple[pa.Table, pd.DataFrame]:
    """The postcodes in small columns, and where each outward code begins.

    table       from ``read_postcodes``
    lsoa_codes  England's LSOA codes by position
    returns     inward (three characters as a number), lsoa (position), lat and long (degrees x 100,000),
                placed (True = point in polygon: "probably in"), one row a postcode, sorted;
                and outward, start, count, one row an outward code
    """
    parts = table.postcode.str.split(" ", n=1, expand=True)
    outward, inward = parts[0], parts[1]
    if (strange := ~inward.fillna("").str.fullmatch(_INWARD)).any():
        raise DataContractError(f"postcodes: {int(strange.sum())} are not written as 'CO15 2EU'")
    position = pd.Index(lsoa_codes).get_indexer(table.lsoa21.astype(str))
    if (position < 0).any():
        raise DataContractError(f"postcodes: no such LSOA of 2021: {name_some(table.lsoa21[position < 0].unique())}")
    number = number_inward(inward).astype(np.uint16)
    packed = pa.table(
        {
            "inward": number,
            "lsoa": position.astype("int32"),
            "lat": (table.lat.astype(float) * 1e5).round().astype("int32").to_numpy(),
            "long": (table.long.astype(float) * 1e5).round().astype("int32").to_numpy(),
            "placed": (table.lsoa21_source == "P").to_numpy(),
        }
    )
    groups = outward.to_frame("outward").reset_index().groupby("outward", sort=True)["index"].agg(["first", "size"])
    starts = groups.reset_index().rename(columns={"first": "start", "size": "count"})
    if not (starts.start.diff().dropna() == starts["count"].shift().dropna().to_numpy()[: len(starts) - 1]).all():
        raise DataContractError("postcodes: an outward code's rows do not stand together")
    return packed, starts


def number_inward(inward: pd.Series) -> np.ndarray:
    """The second half of a postcode as a number, in alphabetical order; -1 for what is none.

    >>> number_inward(pd.Series(["0AA", "2EU", "9ZZ", "", "X"])).tolist()
    [0, 1476, 6759, -1, -1]
    """
    good = inward.fillna("").str.fullmatch(_INWARD)
    letters = inward.where(good, "0AA").str.encode("ascii").map(list).to_list()
    return np.where(good, [(a - 48) * 676 + (b - 65) * 26 + (c - 65) for a, b, c in letters], -1)


def write_postcodes(packed: pa.Table, path: Path) -> None:
    """The columns as Parquet, the smallest way tried (plain numbers under zstd: 8.7 MB)."""
    pq.write_table(packed, path, compression="zstd", compression_level=19, use_dictionary=False)
