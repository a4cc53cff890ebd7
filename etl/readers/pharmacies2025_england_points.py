"""Pharmacies of the NHS register edispensary: 27 columns without headers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.register_words import join_address, tidy_name, tidy_phone, tidy_postcode

#: The columns we read, by their place in the file.
CODE, NAME, REGION, ADDRESS, POSTCODE, STATUS, KIND, PHONE = 0, 1, 2, slice(4, 9), 9, 12, 13, 17


def read(path: Path) -> pd.DataFrame:
    """id, name, what, address, postcode, phone: open pharmacies in England, by the register's own code.

    Of the file's dispensaries those that are open (status A), in an English region (its code begins with Y), and pharmacies
    (kind 1): kind 2 are firms that send out stoma bags and the like, and nobody walks in there.
    """
    table = pd.read_csv(path, header=None, dtype=str, keep_default_na=False)
    table = table[(table[STATUS] == "A") & table[REGION].str.startswith("Y") & (table[KIND] == "1")]
    return pd.DataFrame(
        {
            "id": table[CODE],
            "name": table[NAME].map(tidy_name),
            "what": "Pharmacy",
            "address": [join_address(*lines) for lines in table[table.columns[ADDRESS]].to_numpy()],
            "postcode": table[POSTCODE].map(tidy_postcode),
            "phone": table[PHONE].map(tidy_phone),
        }
    ).reset_index(drop=True)
