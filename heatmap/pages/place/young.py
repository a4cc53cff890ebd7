"""A place's page for young people: short words, places to go, people to call, and a sheet of their own to print."""

from __future__ import annotations

from typing import Any

from heatmap.drawing.elements import Element, el, sign
from heatmap.drawing.tokens import colour, ink_on
from heatmap.layers.cards import Heading, PointsCard
from heatmap.pages.place.parts import draw_young_prompt
from heatmap.phones import dial
from heatmap.place.help_near import HeadingNear, Service, say_km, say_on_foot
from heatmap.place.national_help import crisis_lines, say_offer
from heatmap.place.prompts import read_prompts
from heatmap.place.story import Sentence, say_the_line
from heatmap.place.what_matters import read_what_matters, say_private
from heatmap.snapshot import Area
from heatmap.words.files import say_review, translated
from heatmap.words.language import _

_MOST_PLACES = 4


def draw_hello(area: Area, sentences: list[Sentence], picture: Element) -> Element:
    """Where it stands, large, beside the map."""
    standing = next(sentence.text for sentence in sentences if sentence.kind == "standing")
    words = [el("H1", _("Your area: {place}").format(place=area.title), tabIndex=-1, id="place-title"), el("P", standing)]
    return el("Section", [el("Div", words), picture], className="hello")


def draw_line(decile: int, sentences: list[Sentence]) -> Element:
    """The ten boxes, and the other sentences."""
    token = f"seq-{decile}"
    at = {"style": {"background": colour(token), "color": ink_on(token)}, "className": "at"}
    pips = [el("I", str(n), **(at if n == decile else {})) for n in range(1, 11)]
    said = [el("P", each.text, **({"className": "b"} if each.kind == "caveat" else {})) for each in sentences if each.kind != "standing"]
    return el(
        "Section",
        [
            el("H2", _("What is it like here?")),
            el("P", say_the_line()),
            el("Div", pips, className="pips", role="img", aria_label=_("Box {n} of 10").format(n=decile)),
            el("Div", [el("Span", _("more people need extra help")), el("Span", _("fewer do"))], className="row between s soft"),
            *said,
        ],
        className="bubble",
    )


def draw_what_matters() -> Element:
    """Topics to pick, three at most. The picking is the browser's alone: nothing is sent, nothing kept."""
    sheet = read_what_matters()
    topics = [
        el("Button", translated(topic.label), className="chip", data_topic=topic.id, aria_pressed="false", type="button")
        for topic in sheet.topic
    ]
    cards = {card.id: card for card in read_prompts().prompt}
    words: list[Element] = []
    for topic in sheet.topic:
        if topic.prompt and not any(each["props"].get("data-words") == topic.prompt for each in words):
            words.append(
                el(
                    "Details",
                    [
                        el("Summary", [el("B", translated(cards[topic.prompt].title)), sign("down", 16)]),
                        *draw_young_prompt(cards[topic.prompt]),
                    ],
                    className="unfold",
                    data_words=topic.prompt,
                )
            )
    return el(
        "Section",
        [
            el("H2", _("What matters to you?")),
            el("P", translated(sheet.meta.pick)),
            el("Div", topics, className="row wrap topics", role="group", aria_label=_("Topics"), data_most=str(sheet.meta.most)),
            el("P", className="s", role="status", id="topics-said"),
            el("Noscript", el("Ul", [el("Li", [el("B", translated(topic.label)), ": ", translated(topic.line)]) for topic in sheet.topic])),
            el(
                "Div",
                el("Button", [sign("print", 20), _("Print my sheet")], className="btn main big", data_print="sheet", id="print-sheet"),
            ),
            el("P", translated(sheet.meta.keep_safe), className="s"),
            el(
                "Details",
                [
                    el("Summary", [el("B", _("Words you could use")), sign("down", 16)]),
                    *words,
                    el("P", say_review(read_prompts().meta), className="xs soft"),
                ],
                className="unfold",
            ),
        ],
        className="bubble noprint",
    )


def draw_sheet() -> Element:
    """The sheet itself: seen on paper only, with the lines of what was picked."""
    sheet = read_what_matters()
    lines = [el("Li", translated(topic.line), data_line=topic.id, hidden=True) for topic in sheet.topic]
    spaces = [
        el("Div", [el("H3", translated(space.label)), *(el("Div", className="rule") for _n in range(space.lines))], className="space")
        for space in sheet.space
    ]
    return el(
        "Article",
        [
            el("H2", translated(sheet.meta.title)),
            el("P", translated(sheet.meta.intro)),
            el("Ul", lines, className="picked"),
            *spaces,
            el("P", translated(sheet.meta.bring), className="b"),
            el("P", say_private()),
        ],
        className="sheet-paper",
        aria_hidden="true",
        id="sheet",
    )


def draw_places(near: list[HeadingNear]) -> Element:
    """A few places to go: the nearest of each kind first, to join in before care. Schools and hospitals are no places to drop in."""
    kinds = {each.heading: [kind for kind in each.kinds if kind.card.symbol not in ("school", "hospital")] for each in near}
    order: tuple[Heading, ...] = ("increase_participation", "provide_essentials", "get_care", "increase_income")
    turns = [
        [(kind.card, kind.offered[turn]) for heading in order for kind in kinds.get(heading, ()) if len(kind.offered) > turn]
        for turn in (0, 1)
    ]
    tiles = [_tile(place, card) for card, place in [*turns[0], *turns[1]][:_MOST_PLACES]]
    if tiles:
        tiles.append(el("P", _("How far is a straight line from the middle of the postcodes here."), className="xs soft"))
    else:
        tiles = [
            el("P", _("We have no places on our list near here yet. Ask a nurse or doctor: they can look with you."), className="bubble")
        ]
    return el("Section", [el("H2", _("Places you can go"), id="near"), *tiles], className="stack", **{"aria-labelledby": "near"})


def _tile(place: Service, card: PointsCard) -> Element:
    signs = {"library": "book", "pharmacy": "heart", "care": "heart", "essentials": "basket"}
    what = (
        {
            "libraries": _("Warm and free. You can read, sit and use a computer."),
            "pharmacies": _("Ask about coughs, skin or hay fever. You do not need to book."),
            "gp_practices": _("A GP surgery. Call before you go.") if dial(place.phone) else _("A GP surgery."),
        }.get(card.index)
        or place.what
        or card.short
    )
    foot = _("{n} min on foot.").format(n=max(1, place.minutes)) if say_on_foot(place.minutes) else say_km(place.km)
    tag = [] if place.state == "fresh" or card.heading == "get_care" else [el("Span", _("Check it is open"), className="tag warn")]
    number = dial(place.phone)
    call = [sign("phone", 16), el("A", place.phone, href=f"tel:{number}"), " "] if number else []
    words = el("Div", [el("B", place.name), f"{what.rstrip('.')}. {foot} ", *call, *tag])
    return el("Div", [el("Span", sign(signs.get(card.symbol, "people"), 24), className="pic"), words], className="tile")


def draw_people_to_call(code: str, query: str) -> Element:
    """The three lines, and the leaflet for the family."""
    tiles: list[Any] = []
    for line in sorted(crisis_lines(), key=lambda line: line.id != "childline"):
        name = {"nhs_111": "NHS 111", "childline": f"Childline {line.phone}", "emergency_999": "999"}[line.id]
        tiles.append(
            el(
                "A",
                [el("Span", sign("phone", 24), className="pic"), el("Span", [el("B", name), say_offer(line)])],
                className="tile",
                href=f"tel:{line.phone.replace(' ', '')}",
            )
        )
    leaflet = el("A", [sign("print", 20), _("Print help for my family")], className="btn big full", href=f"/place/{code}/leaflet{query}")
    return el("Section", [el("H2", _("People you can call")), *tiles, leaflet], className="stack")
