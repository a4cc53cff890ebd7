"""What the reader is looking at on a place's page, as it stands in the address: whole words, never a postcode.

``/place/E01008966?for=young&age=child&condition=asthma&within=5``
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from heatmap.errors import quote_begin
from heatmap.place.help_near import DISTANCES, WITHIN, HelpAsked
from heatmap.place.national_help import Need
from heatmap.words.core20plus5 import Condition
from heatmap.words.readers import Age, Register

AGES: Final[tuple[Age, ...]] = get_args(Age)
CONDITIONS: Final[tuple[Condition, ...]] = get_args(Condition)
NEEDS: Final[tuple[Need, ...]] = get_args(Need)


@dataclass(frozen=True)
class PlaceAddress:
    """One screen of a place's page. Every field is valid: what a link got wrong has been set right by ``read_place_address``.

    register    who it is written for; ``for`` in the address
    within      kilometres
    kind        the word of a points layer, or ""
    older       entries unchecked for two years too; ``older=show`` in the address
    """

    register: Register = "clinicians"
    age: Age | Literal[""] = ""
    condition: Condition | Literal[""] = ""
    need: Need | Literal[""] = ""
    kind: str = ""
    within: int = WITHIN
    older: bool = False

    @property
    def asked(self) -> HelpAsked:
        """What it asks of the lists of places."""
        return HelpAsked(self.need, self.kind, self.age, self.within, self.older)

    def to_query(self) -> str:
        """The address's query, with its "?", or "" where all is as by default.

        >>> PlaceAddress(register="young", within=5).to_query(), PlaceAddress().to_query()
        ('?for=young&within=5', '')
        """
        written = [
            ("for", "young" if self.register == "young" else ""),
            ("age", self.age),
            ("condition", self.condition),
            ("need", self.need),
            ("kind", self.kind),
            ("within", "" if self.within == WITHIN else self.within),
            ("older", "show" if self.older else ""),
        ]
        kept = [(key, value) for key, value in written if value]
        return f"?{urlencode(kept)}" if kept else ""

    def but(self, **changed: Any) -> str:
        """The query of the same screen with something changed: "?" alone where that leaves nothing, so that a link holds it."""
        return replace(self, **changed).to_query() or "?"


def read_place_address(query: str, kinds: Collection[str] = ()) -> tuple[PlaceAddress, list[str]]:
    """The screen a query asks for, and a sentence for each thing in it that we could not follow. Any text is survived.

    kinds   the words of the points layers there are

    >>> read_place_address("?age=old&for=young")[0].register, len(read_place_address("?age=old")[1])
    ('young', 1)
    """
    asked = dict(parse_qsl(query.removeprefix("?")[:2000], keep_blank_values=True))
    notices: list[str] = []

    def one_of(key: str, allowed: Collection[str]) -> str:
        value = asked.pop(key, "")
        if value and value not in allowed:
            notices.append(f"The link asked for {key} {quote_begin(value)}, which this page does not have. We skipped it.")
        return value if value in allowed else ""

    address = PlaceAddress(
        register="young" if one_of("for", ("young", "clinicians")) == "young" else "clinicians",
        age=one_of("age", AGES),  # type: ignore[arg-type]
        condition=one_of("condition", CONDITIONS),  # type: ignore[arg-type]
        need=one_of("need", NEEDS),  # type: ignore[arg-type]
        kind=one_of("kind", kinds),
        within=int(one_of("within", [str(km) for km in DISTANCES]) or WITHIN),
        older=one_of("older", ("show",)) == "show",
    )
    for key in asked:
        notices.append(f"The link has {quote_begin(key)}, which this page does not know. We skipped it.")
    return address, notices
