"""The chosen place: its name, where it stands in words, its domains, its parents, the earlier index beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from heatmap.deprivation import CURRENT, DEFAULT_LAYER, DOMAINS, EARLIER, MOVED_LAYER, Edition, change_between_editions, edition_of
from heatmap.drawing.elements import Element, el
from heatmap.drawing.icons import icon
from heatmap.drawing.steps import draw_steps
from heatmap.drawing.tokens import colour, ink_on
from heatmap.geography.levels import COUNT, SINGULAR
from heatmap.indicators.layer_sentences import capital, say_row
from heatmap.indicators.standings import over_time, whose_figure
from heatmap.indicators.words import say_caution
from heatmap.layers.cards import LayerCard
from heatmap.layers.classes import say_amount
from heatmap.layers.words import FLAG_WORDS, say_tenth
from heatmap.map.address import MapAddress
from heatmap.place.facts import read_place_in_authority
from heatmap.place.phrases import (
    say_caveat,
    say_core20,
    say_few_children,
    say_furthest,
    say_in_authority,
    say_rank,
    say_since_earlier,
    say_standing,
    say_students,
)
from heatmap.snapshot import Area, Snapshot
from heatmap.words.glossary import link_terms
from heatmap.words.phrases import domain_words, say_count, say_people, say_rounded, say_share

_IN_TENTH = "in the most deprived tenth of England’s neighbourhoods"


@dataclass(frozen=True)
class DomainPlace:
    """One row of the strip: a domain's tenth here, and the tenth of the person in the middle of the authority."""

    name: str
    decile: int | None
    rank: int | None
    middle: int | None
    flag: str


def place_domains(area: Area, snapshot: Snapshot, edition: Edition) -> list[DomainPlace]:
    """The seven domains of a neighbourhood, the worst first."""
    authority = snapshot.area(area.parents["lad"])
    rows = []
    for domain in DOMAINS:
        layer = edition.layer(domain)
        here, around = snapshot.row(layer, area) or {}, snapshot.row(layer, authority) or {}
        rows.append(
            DomainPlace(
                domain_words()[domain]["short_name"],
                here.get("decile"),
                here.get("rank"),
                around.get("median_tenth"),
                here.get("flag") or "",
            )
        )
    return sorted(rows, key=lambda row: (row.rank is None, row.rank))


def panel(address: MapAddress, snapshot: Snapshot) -> list[Any]:
    """The panel of the chosen area, of any level."""
    area = snapshot.area(address.area)
    card = snapshot.cards[address.layer]
    edition = edition_of(card.edition)
    describe = _neighbourhood if area.level == "lsoa" else _larger
    body = describe(area, card, snapshot, edition, address.period)
    return [
        el("Button", className="grab", **{"aria-label": "Show more or less of this place", "aria-expanded": "false", "data-do": "sheet"}),
        el(
            "Div",
            [
                el(
                    "Div",
                    [
                        el("P", _eyebrow(area), className="eyebrow"),
                        el("Button", icon("close"), className="btn icon plain", **{"aria-label": "Close this place", "data-set": "area="}),
                    ],
                    className="row between top",
                ),
                el("H2", area.title, id="place-title", tabIndex=-1),
                _parents_line(area, snapshot),
            ],
            className="place-head",
        ),
        el("Div", [*body, el("Div", id="chart"), _share()], className="place-body stack"),
        _what_helps(area),
    ]


def _neighbourhood(area: Area, card: LayerCard, snapshot: Snapshot, edition: Edition, period: str) -> list[Any]:
    now = snapshot.row(DEFAULT_LAYER, area) or {}
    then = snapshot.row(EARLIER.layer("imd"), area) or {}
    income = snapshot.row(CURRENT.layer("income"), area) or {}
    authority = snapshot.area(area.parents["lad"])
    place, of = read_place_in_authority(area, snapshot)
    said_core20 = say_core20(now["decile"], then.get("decile"))
    domains = place_domains(area, snapshot, edition)
    parts: list[Any] = [
        _stand(
            str(now["decile"]),
            f"seq-{now['decile']}",
            say_standing(now["decile"], now["rank"], COUNT["lsoa"]),
            " ".join(filter(None, (say_rank(now["rank"], COUNT["lsoa"]), say_in_authority(authority.name, place, of), said_core20))),
        ),
        el("P", say_furthest(row.name for row in domains if row.decile is not None and row.decile <= 2), className="s only-phone"),
    ]
    if card.words != "imd" or card.scheme == "moved" or card.edition != CURRENT.year:
        parts.append(_on_this_map(area, card, snapshot, period))
    parts.append(_strip(domains, authority, edition))
    parts.append(_younger_and_older(area, snapshot, edition))
    parts.append(_since_earlier(area, now, then, snapshot))
    notes = [said for said in (say_students(area.row["percent_20_to_24"]), say_few_children(area.row["under_15"])) if said]
    parts += [el("P", note, className="s") for note in notes]
    parts.append(el("P", say_caveat(income["value"], area.row["percent_20_to_24"]), className="s soft"))
    return parts


def _larger(area: Area, card: LayerCard, snapshot: Snapshot, edition: Edition, period: str) -> list[Any]:
    row = snapshot.row(edition.layer("imd"), area) or {}
    parts: list[Any] = [_stand_by_share(row, edition)]
    if card.words != "imd":
        parts.append(_on_this_map(area, card, snapshot, period))
    parts.append(_official(row))
    parts.append(_shares_table(area, snapshot, edition))
    if row.get("flag") == "best_fit_2011":
        parts.append(el("P", "Some neighbourhoods here were converted from 2011 boundaries by the official lookup.", className="xs soft"))
    if area.level == "msoa":
        parts.append(_neighbourhoods_in(area, snapshot))
    parts.append(el("P", "These figures describe places, not the people in them.", className="s soft"))
    return parts


def describe_larger(area: Area, snapshot: Snapshot) -> list[Any]:
    """What the panel says of a larger area by the index, for its own page."""
    row = snapshot.row(DEFAULT_LAYER, area) or {}
    return [
        _stand_by_share(row, CURRENT),
        _official(row),
        _shares_table(area, snapshot, CURRENT),
        el("P", "These figures describe places, not the people in them.", className="s soft"),
    ]


def _stand_by_share(row: dict[str, Any], edition: Edition) -> Element:
    """The share of a larger area's people in the worst tenth and fifth, or why there is none."""
    share = row["people_tenth1_percent"]
    by = f"By the {edition.year} index."
    if share is None:
        return _stand("–", _share_token(0), FLAG_WORDS[row["flag"] or "missing"][1], by)
    second = capital(say_share(row["people_fifth1_percent"], "in the most deprived fifth"))
    words = f"{capital(say_share(share, _IN_TENTH))}."
    return _stand("<1" if 0 < share < 1 else f"{share:.0f}", _share_token(row["class"]), words, f"{second}. {by}")


def _eyebrow(area: Area) -> str:
    people = say_people(area.population) if area.population < 1_000_000 else f"{area.population:,} people"
    if area.level == "lsoa":
        return f"{area.name} · {area.code} · {people}"
    kind = area.name if area.level == "msoa" else SINGULAR[area.level].capitalize()
    return f"{kind} · {area.code} · {people}"


def _parents_line(area: Area, snapshot: Snapshot) -> Any:
    parts: list[Any] = []
    for above in snapshot.parents_of(area):
        if above.level == "msoa":  # the neighbourhood already bears its name
            continue
        words = f"{above.name} ICB" if above.level == "icb" else above.name
        parts += [", " if parts else "in ", el("Button", words, className="link", **{"data-set": f"area={above.code}", "data-fly": "1"})]
    inside = [] if area.level == "lsoa" else [f"{say_count(area.row['areas'], 'lsoa')}", " " if parts else ""]
    return el("P", [*inside, *parts], className="s soft")


def _stand(big: str, token: str, words: str, more: str) -> Element:
    return el(
        "Div",
        [
            el(
                "Span",
                big,
                className="ten",
                style={"background": colour(token), "borderColor": colour(token), "color": ink_on(token)},
                **{"aria-hidden": "true"},
            ),
            el("P", [el("Strong", words), el("Br"), el("Span", link_terms(more, "Core20"), className="soft")], className="s"),
        ],
        className="stand",
    )


def _on_this_map(area: Area, card: LayerCard, snapshot: Snapshot, period: str) -> Any:
    """The layer on show, where it is not what the panel begins with; with its other periods, where it has some."""
    parts: list[Any] = [el("P", [el("B", f"On this map: {card.title}. "), say_row(card, area, snapshot, period)], className="s shown")]
    if caution := say_caution(card):
        parts.append(el("P", [el("B", "With care. "), caution], className="xs soft"))
    if len(card.periods) > 1:
        parts.append(_over_time(area, card, snapshot))
    return el("Div", parts, className="stack-s")


def _over_time(area: Area, card: LayerCard, snapshot: Snapshot) -> Any:
    """Every period's figure of the area, or of the larger area whose figure it is."""
    of = whose_figure(area, card, snapshot)
    figure = lambda value: say_amount(value, card.unit, card.decimals)  # noqa: E731
    rows = [
        el(
            "Tr",
            [
                el("Th", moment.period, scope="row"),
                el("Td", FLAG_WORDS[moment.flag or "missing"][0] if moment.value is None else figure(moment.value)),
            ],
        )
        for moment in over_time(card, of, snapshot)
    ]
    return el("Table", [el("Caption", f"{of.title}, all periods", className="xs soft"), el("Tbody", rows)], className="facts")


def _strip(domains: list[DomainPlace], authority: Area, edition: Edition) -> Element:
    rows = [
        el(
            "Tr",
            [
                el("Th"),
                el("Td", el("Div", [el("Span", "most deprived"), el("Span", "least")])),
            ],
            className="ends",
            **{"aria-hidden": "true"},
        )
    ]
    for row in domains:
        spoken = f": {say_tenth(row.decile)}" + (f"; middle of {authority.name}: tenth {row.middle}" if row.middle else "")
        worst = row.decile is not None and row.decile <= 2
        shown = draw_steps(row.decile, row.middle)
        if row.decile is None:
            shown = el("Span", FLAG_WORDS[row.flag or "missing"][0], className="xs soft")
        rows.append(
            el(
                "Tr",
                [el("Th", [row.name, el("Span", spoken, className="vh")], scope="row"), el("Td", shown)],
                className="out" if worst else "",
            )
        )
    return el(
        "Div",
        [
            el(
                "Table",
                [el("Caption", f"The seven domains, {edition.year}, the most deprived first"), el("Tbody", rows)],
                className="strip",
            ),
            el(
                "P",
                [
                    "Dark box: this place. ",
                    el("Span", "▲", **{"aria-hidden": "true"}),
                    el("Span", "Triangle:", className="vh"),
                    f" The middle neighbourhood in {authority.name}, counting people. Each step is a tenth of England’s neighbourhoods.",
                ],
                className="xs soft",
            ),
        ],
    )


def _younger_and_older(area: Area, snapshot: Snapshot, edition: Edition) -> Element:
    said = []
    for index, words in (("idaci", "Children on a low income (IDACI)"), ("idaopi", "older people (IDAOPI)")):
        row = snapshot.row(edition.layer(index), area) or {}
        said.append(f"{words}: {say_tenth(row.get('decile'))}")
    return el("P", "; ".join(said) + ".", className="s")


def _since_earlier(area: Area, now: dict[str, Any], then: dict[str, Any], snapshot: Snapshot) -> Element:
    old = sorted(snapshot.deciles_2019_of(area))
    points = (snapshot.row(MOVED_LAYER, area) or {}).get("value")
    change = change_between_editions(area.row["change"])
    said = say_since_earlier(change, now["decile"], then.get("decile"), old, points)
    rank = f" Then rank {then['rank']:,} of {EARLIER.areas:,}." if change == "U" and then.get("rank") else ""
    return el("P", [el("B", f"In {EARLIER.year}: "), said + rank], className="s then")


def _official(row: dict[str, Any]) -> Element:
    by = "published by MHCLG" if row.get("is_official") else "counted by us"
    share = row["areas_tenth1_percent"]
    pairs = [("Neighbourhoods in tenth 1", "no figure" if share is None else f"{say_rounded(share, 1)} % ({by})")]
    if row.get("mean_score") is not None:
        pairs.append(("Mean score (higher is more deprived)", f"{row['mean_score']:.1f} ({by})"))
    return el("Dl", [part for name, value in pairs for part in (el("Dt", name), el("Dd", value))], className="facts")


def _shares_table(area: Area, snapshot: Snapshot, edition: Edition) -> Element:
    """By domain, the share of people and of neighbourhoods in tenth 1: two columns with two names."""
    found = []
    for domain in DOMAINS:
        row = snapshot.row(edition.layer(domain), area) or {}
        found.append((row["people_tenth1_percent"], row["areas_tenth1_percent"], row["class"], domain_words()[domain]["short_name"]))
    found.sort(key=lambda each: -1 if each[0] is None else -each[0])
    percent = lambda share: FLAG_WORDS["part_covered"][0] if share is None else f"{say_rounded(share, 1)} %"  # noqa: E731
    rows = [
        el(
            "Tr",
            [
                el("Th", name, scope="row"),
                el(
                    "Td",
                    el(
                        "Div",
                        el("I", style={"width": f"{max(people or 0, 0.5):.1f}%", "background": colour("fifth-2")}),
                        className="bar",
                        **{"aria-hidden": "true"},
                    ),
                ),
                el("Td", percent(people), className="num"),
                el("Td", percent(areas), className="num"),
            ],
        )
        for people, areas, _, name in found
    ]
    head = el(
        "Tr",
        [
            el("Th", "Domain", scope="col"),
            el("Td"),
            el("Th", "people", scope="col", className="num"),
            el("Th", "neighbour\u00adhoods", scope="col", className="num"),
        ],
    )
    return el(
        "Table",
        [
            el("Caption", f"In England’s most deprived tenth, by domain, {edition.year}; higher is more deprived"),
            el("Thead", head),
            el("Tbody", rows),
        ],
        className="strip shares",
    )


def _neighbourhoods_in(area: Area, snapshot: Snapshot) -> Element:
    lsoas = snapshot.areas["lsoa"]
    inside = lsoas[lsoas.msoa21_code == area.code]
    decile = snapshot.table(DEFAULT_LAYER)["lsoa"].decile
    buttons = [
        el(
            "Button",
            [
                el(
                    "I",
                    str(decile[i]),
                    className="k big",
                    style={"background": colour(f"seq-{decile[i]}"), "color": ink_on(f"seq-{decile[i]}")},
                ),
                name,
            ],
            className="chip",
            **{"data-set": f"area={code}", "data-fly": "1", "aria-label": f"{name}, {say_tenth(int(decile[i]))}"},
        )
        for i, code, name in zip(inside.index, inside["code"], inside["name"], strict=True)
    ]
    return el(
        "Div",
        [el("H3", f"Its neighbourhoods, by tenth of the IMD {CURRENT.year}"), el("Div", buttons, className="row wrap")],
        className="stack-s",
    )


def _what_helps(area: Area) -> Element:
    """The one main button, always in sight: to the place's own page."""
    words = "What helps here" if area.level == "lsoa" else "More about this place"
    return el("Div", el("A", [icon("heart"), words], className="btn main big full", href=f"/place/{area.code}"), className="place-foot")


def _share() -> Element:
    return el("P", el("Button", [icon("share"), "Copy a link to this screen"], className="btn", **{"data-do": "share"}), className="row")


def _share_token(number: int) -> str:
    return f"fifth-{number}" if number else "missing"
