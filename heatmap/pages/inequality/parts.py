"""What the pages of inequality share: the forms by which they are asked, messages, and the ways between them.

The forms are the browser's own: what is chosen goes into the address, and nothing is typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from heatmap.deprivation import INDEXES
from heatmap.drawing.elements import Element, el, sign
from heatmap.geography.levels import ENGLAND, Level
from heatmap.indicators.standings import is_indicator, place_of_theme
from heatmap.inequality.address import AREAS_PATH, GRADIENT_PATH, PEOPLE_PATH
from heatmap.inequality.gradient import is_circular, list_askable
from heatmap.inequality.pair_address import PAIR_PATH
from heatmap.inequality.sentences import INDEX_NAMES
from heatmap.layers.cards import LayerCard
from heatmap.snapshot import Snapshot
from heatmap.words.language import _

_AREA_GROUPS: Final[tuple[tuple[Level, str], ...]] = (("rgn", _("Regions")), ("icb", _("NHS boards")), ("lad", _("Authorities")))


def choose_indicator(layer: str, snapshot: Snapshot) -> Element:
    """Every indicator by theme."""
    askable = list_askable(snapshot)
    groups = group_cards(askable)
    if layer not in {card.id for card in askable}:
        groups.insert(0, (_("Has no gradient"), [(layer, snapshot.cards[layer].short)]))
    return choose("layer", _("Indicator"), groups, layer, wide=True)


def group_cards(cards: Iterable[LayerCard]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Layers to choose from: by theme, each with its id and its name, an index with its edition."""
    themes: dict[str, list[tuple[str, str]]] = {}
    for card in cards:
        edition = f", {card.edition}" if card.scheme == "tenths" and card.edition and not is_indicator(card) else ""
        themes.setdefault(card.theme, []).append((card.id, card.short + edition))
    return sorted(themes.items(), key=lambda each: place_of_theme(each[0]))


def choose_area(code: str, snapshot: Snapshot, key: str = "area") -> Element:
    """England, regions, NHS boards and authorities."""
    groups: list[tuple[str, list[tuple[str, str]]]] = [("", [(ENGLAND, _("England"))])]
    for level, name in _AREA_GROUPS:
        areas = [snapshot.area(each) for each in snapshot.areas[level].code]
        groups.append((name, sorted(((area.code, area.title) for area in areas), key=lambda each: each[1])))
    return choose(key, _("Area"), groups, code)


def choose_index(by: str, card: LayerCard) -> Element:
    """What places are put in line by; those that hold the indicator say so."""
    names = [(each, INDEX_NAMES[each.rstrip("0123456789")] + (_(" (circular)") if is_circular(card, each) else "")) for each in INDEXES]
    return choose("by", _("In line by"), [("", names)], by)


def choose(key: str, name: str, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], chosen: str, wide: bool = False) -> Element:
    """A list to choose one of, in groups; a group without a name stands bare."""
    parts: list[Element] = []
    for title, options in groups:
        made = [el("Option", words, value=value, selected=value == chosen) for value, words in options]
        parts += [el("Optgroup", made, label=title)] if title else made
    listed = el("Select", parts, name=key, id=f"ask-{key}", className="input")
    return el("Div", [el("Label", name, htmlFor=f"ask-{key}", className="label"), listed], className="field wide" if wide else "field")


def choose_of_few(key: str, name: str, options: Sequence[tuple[str, str]], chosen: str) -> Element:
    """Two or three to choose one of, all to be seen."""
    each = [
        el("Label", [el("Input", type="radio", name=key, value=value, checked=value == chosen), el("Span", words)])
        for value, words in options
    ]
    return el("Fieldset", [el("Legend", name, className="label"), el("Div", each, className="seg radios")], className="field few")


def form(path: str, parts: Sequence[Element]) -> Element:
    """The choices above a page; the address holds them all."""
    return el(
        "Form",
        [*parts, el("Button", _("Show"), type="submit", className="btn main")],
        action=path,
        method="get",
        className="box toolbar noprint",
    )


def message(kind: str, picture: str, words: Any, **more: Any) -> Element:
    """A message with its sign; kind: "", "warn", "stop" or "plain"."""
    return el("Div", [sign(picture), el("Div", words)], className=f"msg {kind}".strip(), **more)


def say_notices(notices: Iterable[str]) -> list[Element]:
    """What of a link could not be followed."""
    said = " ".join(notices)
    return [message("", "info", said, role="status")] if said else []


def ways(here: str, layer: str, area: str) -> Element:
    """The four pages, each for what is chosen."""
    query, whose = f"?layer={layer}", "" if area == ENGLAND else f"&area={area}"
    pages = (
        (GRADIENT_PATH, _("One area"), query + whose),
        (AREAS_PATH, _("Where is the gap widest?"), query + whose),
        (PAIR_PATH, _("Two at once"), query + whose),
        (PEOPLE_PATH, _("Who lives in the most deprived neighbourhoods?"), f"?area={area}"),
    )
    links = [
        el("A", words, href=path + asked, className="btn", **({"aria-current": "page"} if path == here else {}))
        for path, words, asked in pages
    ]
    return el("Nav", links, className="row wrap noprint ways", aria_label=_("Inequality"))


def draw_pages(page: int, pages: int, address: Callable[[int], str]) -> list[Element]:
    """The way through a list of several pages; nothing for one page.

    address  where a page of the list is
    """
    if pages < 2:
        return []
    said = el("Span", _("Page {n} of {all}").format(n=f"{page:,}", all=f"{pages:,}"), className="s soft")
    ways_on = [
        el("A", words, href=address(to), className="btn")
        for words, to in ((_("Earlier page"), page - 1), (_("Next page"), page + 1))
        if 1 <= to <= pages
    ]
    return [el("Nav", [said, *ways_on], className="row wrap noprint", aria_label=_("Pages of the list"))]
