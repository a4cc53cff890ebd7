"""Texts as people write and type them, and as they are searched: one rule, in Python and in the browser."""

from __future__ import annotations

from typing import Final

#: A text -> the same as it is searched.
FOLDED: Final[dict[str, str]] = {
    "Café ASTHMA": "cafe asthma",
    "children’s": "childrens",
    "Children's": "childrens",
    "children‘s childrenʼs children´s children`s children＇s": "childrens childrens childrens childrens childrens",
    "follow-up co‐production post-16 4-year-olds Łódź-Śródmieście": "follow up co production post-16 4-year olds łodz srodmiescie",
    "“Welcome” «Welcome» „Welcome‟": '"welcome" "welcome" "welcome"',
    "0–4 0—4 0‑4 0−4 0－4": "0-4 0-4 0-4 0-4 0-4",
    "食 と 住": "食 と 住",
    "عيادة": "عيادة",
    "عِيَادَة": "عيادة",
    "Sørensen Łódź": "sørensen łodz",
    "Straße STRASSE": "strasse strasse",
    "ΟΔΟΣ οδός": "οδοσ οδοσ",
    "Привет ЙОД": "привет иод",
    "ﬁt ½ ① ｆｏｏｄ": "fit 1⁄2 1 food",
    "soft\u00adhyphen zero\u200bwidth": "softhyphen zerowidth",
    "?!": "?!",
    "\u0301\u200b": "",
}
