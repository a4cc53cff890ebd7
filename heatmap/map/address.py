"""What the reader is looking at, as it stands in the address bar: whole words, defaults left out, never a postcode.

``?layer=crime2025_england_lsoa21&level=msoa&deciles=1,2&regions=E12000007&area=E02000001``
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final, Literal, Protocol
from urllib.parse import parse_qsl, urlencode

from heatmap.deprivation import DEFAULT_LAYER, EDITIONS, AskedYear
from heatmap.errors import NotFoundError, quote_begin
from heatmap.geography.levels import LEVELS, PICKER, Level, level_of
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import levels_of

Grouping = Literal["tenths", "fifths"]
#: More kinds of places than this cannot be told apart.
MOST_POINTS: Final = 6
#: The word of projects among the kinds of places: they come from the list of projects, not from a card.
PROJECTS: Final = "projects"
PRESETS: Final = ("england", "london", "birmingham")
#: What the table may be sorted by, each also the other way round; "" is by value.
SORTS: Final = ("", "value_back", "rank", "rank_back", "name", "name_back", "within", "within_back")
#: The keys that filter, in the order of their chips.
FILTERS: Final = ("deciles", "regions", "icbs", "authorities", "setting", "core20")
_FILTER_LEVEL: Final[dict[str, Level]] = {"regions": "rgn", "icbs": "icb", "authorities": "lad"}


class Known(Protocol):
    """What an address is checked against: the snapshot."""

    @property
    def cards(self) -> dict[str, LayerCard]: ...  # noqa: D102

    @property
    def points_names(self) -> dict[str, str]: ...  # noqa: D102

    def resolve(self, code: str) -> str: ...  # noqa: D102

    def say_former(self, code: str) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class MapAddress:
    """One screen of the map. Every field is valid: what a link got wrong has been set right by ``read_map_address``.

    deciles      tenths to show, of the layer on show (of the index where it has none); empty = all
    regions, icbs, authorities   codes to show; empty = all
    setting      "" | "urban" | "rural"
    core20       "" or the year of one of ``EDITIONS``: only the most deprived fifth of England by that index
    period       one of the layer's older periods, or "" for the one shown first
    points       layers of places to show on the map, by their word: "food_banks"
    show         "map" | "table"
    sort         one of ``SORTS``
    page         of the table; 0 for the one where the chosen area stands, else the first
    area         code of the chosen area, of any level, or ""
    view         a preset, or "zoom/latitude/longitude", or "" for all of England
    """

    layer: str = DEFAULT_LAYER
    level: Level = "lsoa"
    groups: Grouping = "tenths"
    deciles: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    icbs: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    setting: Literal["", "urban", "rural"] = ""
    core20: AskedYear = ""
    period: str = ""
    points: tuple[str, ...] = ()
    show: Literal["map", "table"] = "map"
    sort: str = ""
    page: int = 0
    area: str = ""
    view: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything is filtered out."""
        return any(getattr(self, key) for key in FILTERS)

    def to_query(self) -> str:
        """The address's query, with its "?", or "" where all is as by default.

        >>> MapAddress(deciles=(1, 2), area="E01021988").to_query()
        '?deciles=1,2&area=E01021988'
        >>> MapAddress().to_query()
        ''
        """
        written = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                written.append((field.name, ",".join(map(str, value)) if isinstance(value, tuple) else value))
        return f"?{urlencode(written, safe=',/')}" if written else ""

    def filter_query(self) -> str:
        """Only what decides which areas are shown: the layer and the filters; "" where nothing is filtered out."""
        if not self.is_filtered:
            return ""
        kept = replace(MapAddress(), layer=self.layer, **{key: getattr(self, key) for key in FILTERS})
        return kept.to_query()


def read_map_address(query: str, known: Known) -> tuple[MapAddress, list[str]]:
    """The screen a query asks for, and a sentence for each thing in it that we could not follow.

    Any text is survived: what is unknown falls back to the default.
    """
    asked = dict(parse_qsl(query.removeprefix("?")[:4000], keep_blank_values=True))
    notices: list[str] = []
    names = {field.name for field in fields(MapAddress)}
    for key in asked.keys() - names:
        notices.append(f"The link has {quote_begin(key)}, which this map does not know. We skipped it.")
    layer = asked.get("layer", DEFAULT_LAYER)
    if layer not in known.cards:
        layer_now = known.cards[DEFAULT_LAYER].title
        notices.append(f"The link asked for a layer called {quote_begin(layer)}. We do not have it, so you see {layer_now}.")
        layer = DEFAULT_LAYER
    card = known.cards[layer]
    able = levels_of(card)
    level = _one_of("level", asked.get("level", able[0]), LEVELS, able[0], notices)
    if level not in able:
        if "level" in asked:
            notices.append(f"{card.title} is not shown by {PICKER[level]}, so you see it by {PICKER[able[0]]}.")  # type: ignore[index]
        level = able[0]
    period = _one_of("period", asked.get("period", ""), ("", *card.periods), "", notices)
    address = MapAddress(
        layer=layer,
        level=level,
        groups=_one_of("groups", asked.get("groups", "tenths"), ("tenths", "fifths"), "tenths", notices),  # type: ignore[arg-type]
        deciles=_read_deciles(asked.get("deciles", ""), notices),
        setting=_one_of("setting", asked.get("setting", ""), ("", "urban", "rural"), "", notices),  # type: ignore[arg-type]
        core20=_one_of("core20", asked.get("core20", ""), ("", *(edition.year for edition in EDITIONS)), "", notices),
        period="" if period == card.period else period,
        points=_read_points(asked.get("points", ""), known, notices),
        show=_one_of("show", asked.get("show", "map"), ("map", "table"), "map", notices),  # type: ignore[arg-type]
        sort=_one_of("sort", asked.get("sort", ""), SORTS, "", notices),
        page=_read_page(asked.get("page", ""), notices),
        area="".join(_read_codes("area", asked.get("area", "")[:20], None, known, notices)[:1]),
        view=_read_view(asked.get("view", ""), notices),
        **{key: _read_codes(key, asked.get(key, ""), filter_level, known, notices) for key, filter_level in _FILTER_LEVEL.items()},
    )
    return address, notices


def _one_of(key: str, value: str, allowed: tuple[str, ...], default: str, notices: list[str]) -> str:
    if value in allowed:
        return value
    choices = ", ".join(choice for choice in allowed if choice)
    notices.append(f"The link asked for {key} {quote_begin(value)}; it can be {choices}. We skipped that part.")
    return default


def _read_deciles(text: str, notices: list[str]) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    good = {int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 3 and 1 <= int(part) <= 10}
    if len(set(parts)) != len(good):
        notices.append(f"The link asked for deciles {quote_begin(text)}; they run from 1 (most deprived) to 10.")
    return () if len(good) == 10 else tuple(sorted(good))


def _read_codes(key: str, text: str, level: Level | None, known: Known, notices: list[str]) -> tuple[str, ...]:
    found = []
    for asked in dict.fromkeys(part.strip() for part in text.split(",") if part.strip()):
        try:
            code = known.resolve(asked)
        except NotFoundError:
            notices.append(
                known.say_former(asked) or f"The link asked for {key} {quote_begin(asked)}, a code we do not have. We skipped it."
            )
            continue
        if code != asked:
            notices.append(known.say_former(asked))
        if level is not None and level_of(code) != level:
            notices.append(f"The link asked for {key} “{code}”, which is another kind of area. We skipped it.")
            continue
        found.append(code)
    return tuple(sorted(set(found)))


def _read_points(text: str, known: Known, notices: list[str]) -> tuple[str, ...]:
    asked = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    names = {*known.points_names, PROJECTS}
    if strange := [name for name in asked if name not in names]:
        notices.append(f"The link asked for places {quote_begin(', '.join(strange))}, which we do not have. We skipped them.")
    good = tuple(name for name in asked if name in names)
    if len(good) > MOST_POINTS:
        notices.append(f"The link asked for {len(good)} kinds of places; a map can hold {MOST_POINTS}.")
    return good[:MOST_POINTS]


def _read_page(text: str, notices: list[str]) -> int:
    if not text or (text.isascii() and text.isdigit() and len(text) < 4 and int(text)):
        return int(text or 0)
    notices.append(f"The link asked for page {quote_begin(text)} of the table; pages are numbered from 1. We skipped that part.")
    return 0


def _read_view(text: str, notices: list[str]) -> str:
    if text in ("", *PRESETS):
        return text
    try:
        zoom, latitude, longitude = (float(part) for part in text.split("/"))
        if 3 <= zoom <= 18 and 48 <= latitude <= 62 and -12 <= longitude <= 6:
            return f"{zoom:g}/{latitude:g}/{longitude:g}"
    except ValueError:
        pass
    notices.append(f"The link asked for view {quote_begin(text)}, which is outside England. You see all of England.")
    return ""
