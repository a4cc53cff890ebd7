"""The index of deprivation: its editions and its parts. A new edition is its cards and what stands here.

Every sentence that names a year, every layer that a page opens with and every word that the API takes for an index comes from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from heatmap.geography.levels import COUNT


@dataclass(frozen=True)
class Edition:
    """One edition of the English Indices of Deprivation.

    year       by which it is known
    geography  of which neighbourhoods, as the names of its cards end
    areas      how many neighbourhoods it puts in line
    """

    year: str
    geography: Literal["lsoa21", "lsoa11"]
    areas: int

    def index(self, part: str) -> str:
        """The index, or a part of it, as a link and the API call it.

        >>> Edition("2019", "lsoa11", 32_844).index("crime")
        'crime2019'
        """
        return f"{part}{self.year}"

    def layer(self, part: str) -> str:
        """The id of the layer of the index, of a part of it, or of an indicator in it.

        >>> Edition("2019", "lsoa11", 32_844).layer("crime")
        'crime2019_england_lsoa11'
        """
        return f"{self.index(part)}_england_{self.geography}"


#: What every page speaks of, and the edition that it is set beside.
CURRENT: Final = Edition("2025", "lsoa21", COUNT["lsoa"])
EARLIER: Final = Edition("2019", "lsoa11", 32_844)
EDITIONS: Final = (CURRENT, EARLIER)
#: What a reader must know who sets the two side by side.
EDITIONS_COMPARED: Final = (
    f"{EARLIER.year} and {CURRENT.year} are not a trend. Methods changed: income is now counted after housing costs, and barriers were"
    " rebuilt (only 21 % of areas keep their tenth there). So only the overall index is compared, only by its place in England’s"
    " line, as “moved relative to England”.",
    f"The {EARLIER.year} figures were made for 2011 boundaries. 31,810 neighbourhoods are unchanged; 1,939 were carried over by the"
    " official lookup and are marked “converted”; 6 changed so much that there is no like-for-like figure.",
)
#: In the official order, which is that of the weights: so it settles ties.
DOMAINS: Final = ("income", "employment", "education", "health", "crime", "barriers", "living_env")
#: The two halves of the domains that have them.
HALVES: Final[dict[str, tuple[str, str]]] = {
    "education": ("sub_cyp", "sub_adult_skills"),
    "barriers": ("sub_geog_barriers", "sub_wider_barriers"),
    "living_env": ("sub_indoors", "sub_outdoors"),
}
#: What neighbourhoods can be put in line by: the index, its seven domains, and the two of children and of older people.
INDEXES: Final = tuple(CURRENT.index(part) for part in ("imd", *DOMAINS, "idaci", "idaopi"))
#: The two ends of a ranking, that of tenth 1 first, where a card names none of its own.
DEPRIVED: Final = ("most deprived", "least deprived")
#: The last tenth of the most deprived fifth of England: Core20.
CORE20_LAST_DECILE: Final = 2
#: The layer that the map opens with, and that neighbourhoods are filtered by where the layer on show has no tenths.
DEFAULT_LAYER: Final = CURRENT.layer("imd")
#: How far a neighbourhood moved in England's line from the earlier edition to this one.
MOVED_LAYER: Final = CURRENT.layer("imd_moved")

# What a parameter of the API may be: a type checker sees a text, and the API one of these words, which /docs lists; "" is none.
if TYPE_CHECKING:
    AskedYear = str
    AskedIndex = str
else:
    AskedYear = Literal["", *(edition.year for edition in EDITIONS)]
    AskedIndex = Literal["", *INDEXES]


def index_part(index: str) -> str:
    """Which part of the index a link speaks of, whatever its edition.

    >>> index_part("living_env2025")
    'living_env'
    """
    return index.rstrip("0123456789")


def edition_of(year: str) -> Edition:
    """The edition of a year; this one for any other text.

    >>> edition_of("2019").layer("imd"), edition_of("") is CURRENT
    ('imd2019_england_lsoa11', True)
    """
    return next((edition for edition in EDITIONS if edition.year == year), CURRENT)


def change_between_editions(change: str) -> str:
    """How a neighbourhood's boundary changed from the earlier edition to this one: "U", unchanged, where both have the same areas.

    change  U, S, M or X of the official lookup from 2011 to 2021 boundaries
    """
    return "U" if EARLIER.geography == CURRENT.geography else change
