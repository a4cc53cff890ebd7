"""GP practices of the NHS register epraccur: 27 columns without headers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.register_words import join_address, tidy_name, tidy_phone, tidy_postcode

#: The columns we read, by their place in the file.
CODE, NAME, REGION, ADDRESS, POSTCODE, STATUS, PHONE, SETTING = 0, 1, 2, slice(4, 9), 9, 12, 17, 25


def read(path: Path) -> pd.DataFrame:
    """id, name, what, address, postcode, phone: practices at work in England, by the register's own code.

    A practice is ACTIVE, has the role RO76 (GP practice; "4" in older copies), and lies in an English region, whose code
    begins with Y. The file names no doctors but those a practice is called after.
    """
    table = pd.read_csv(path, header=None, dtype=str, keep_default_na=False)
    table = table[(table[STATUS] == "ACTIVE") & table[SETTING].isin(("RO76", "4")) & table[REGION].str.startswith("Y")]
    return pd.DataFrame(
        {
            "id": table[CODE],
            "name": table[NAME].map(tidy_name),
            "what": "GP practice",
            "address": [join_address(*lines) for lines in table[table.columns[ADDRESS]].to_numpy()],
            "postcode": table[POSTCODE].map(tidy_postcode),
            "phone": table[PHONE].map(tidy_phone),
        }
    ).reset_index(drop=True)
