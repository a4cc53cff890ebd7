"""The parts of a place's page for clinicians: story, strip, people, record, prompts. Values in, elements out."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final, Literal

import numpy as np

from heatmap.deprivation import CURRENT, DOMAINS
from heatmap.drawing.elements import Element, el, sign
from heatmap.drawing.steps import draw_steps
from heatmap.geography.former_codes import Former
from heatmap.layers.words import say_tenth
from heatmap.place.address import AGES, CONDITIONS, NEEDS, PlaceAddress
from heatmap.place.drivers import Domain, StoryFacts, order_domains, order_prompt_drivers, say_halves
from heatmap.place.help_near import name_need
from heatmap.place.prompts import (
    OrderedPrompt,
    Prompt,
    filter_prompts,
    order_prompts,
    read_prompts,
    say_briefly,
    say_for_condition,
    say_why_here,
    say_with_teenagers,
)
from heatmap.place.story import Sentence, say_for_the_record, tell_story
from heatmap.snapshot import Area, Snapshot
from heatmap.words.core20plus5 import Condition, read_core20plus5, say_condition
from heatmap.words.files import say_review, translated
from heatmap.words.glossary import link_terms
from heatmap.words.language import _
from heatmap.words.phrases import domain_words, say_people

#: How many prompts are open; the others unfold.
_OPEN_PROMPTS: Final = 4
PROMPT_SIGNS: Final = {
    "money": "money",
    "food": "basket",
    "housing": "home",
    "school": "book",
    "work": "work",
    "crime_and_safety": "shield",
    "air_and_streets": "air",
    "loneliness": "people",
    "digital_access": "screen",
    "getting_to_appointments": "bus",
    "caring": "heart",
    "language_and_interpreters": "chat",
}
HEADING_SIGNS: Final = {
    "increase_income": "money",
    "provide_essentials": "basket",
    "increase_participation": "people",
    "get_care": "heart",
}


def draw_choice(former: Former, snapshot: Snapshot) -> list[Element]:
    """What a code of another year became, where that is several places: each a link."""
    why, _sep, _list = snapshot.say_former(former.code).partition(" Ask for one of these")
    areas = [snapshot.area(code) for code in former.now]
    links = [
        el("Li", [el("A", area.title, href=f"/place/{area.code}"), el("Span", f" {area.name}, {area.code}", className="soft")])
        for area in areas
    ]
    title = el("H1", _("Which place?"), id="place-title", tabIndex=-1)
    return [
        el(
            "Div",
            [title, el("P", why, className="measure"), el("P", _("Choose one of these:")), el("Ul", links, className="stack-s")],
            className="stack",
        )
    ]


# ---- choices in the address ----


def chooser(name: str, label: str, now: str, choices: list[tuple[str, str, bool]], on: bool = False) -> Element:
    """A list of links that unfolds under what is chosen now.

    name      its id, by which the focus finds it again
    choices   words, the address's query, whether chosen
    on        whether it differs from the default
    """
    links = [
        el("Li", el("A", words, href=query, data_soft=name, **({"aria-current": "true"} if chosen else {})))
        for words, query, chosen in choices
    ]
    shown = [el("Span", f"{label}: ", className="vh"), now, sign("down", 14)]
    return el("Details", [el("Summary", shown, className=f"chip{' on' if on else ''}", id=name), el("Ul", links)], className="chooser")


def age_words() -> dict[str, str]:
    """Who is in front of you."""
    return {"": _("Any age"), "child": _("Child"), "young_person": _("Young person"), "adult": _("Adult")}


def choose_age(address: PlaceAddress) -> Element:
    """Child, young person, adult."""
    words = age_words()
    spans = {"": "", "child": _("0 to 11"), "young_person": _("12 to 17"), "adult": _("18 and over")}
    choices = [(f"{words[age]} {spans[age]}".strip(), address.but(age=age), address.age == age) for age in ("", *AGES)]
    return chooser("choose-age", _("Who it is for"), words[address.age], choices, bool(address.age))


def choose_condition(address: PlaceAddress) -> Element:
    """The clinical areas of Core20PLUS5, children's first."""
    areas = sorted(read_core20plus5().clinical_area, key=lambda area: (area.group != "cyp", area.order))
    known = [area.id for area in areas if area.id in CONDITIONS]
    choices = [(_("Any condition"), address.but(condition=""), not address.condition)]
    choices += [(say_condition(each), address.but(condition=each), address.condition == each) for each in known]
    now = say_condition(address.condition) if address.condition else _("Any condition")
    return chooser("choose-condition", _("Condition"), now, choices, bool(address.condition))


def register_switch(address: PlaceAddress) -> Element:
    """For clinicians, or for young people: one switch, in the address."""
    ways = (("clinicians", _("For clinicians")), ("young", _("For young people")))
    links = [
        el(
            "A",
            words,
            href=address.but(register=register),
            data_soft=f"for-{register}",
            id=f"for-{register}",
            **({"aria-current": "true"} if address.register == register else {}),
        )
        for register, words in ways
    ]
    return el("Div", links, className="seg noprint", role="group", aria_label=_("Written for"))


# ---- the story ----


def draw_story(sentences: list[Sentence]) -> Element:
    """The sentences as paragraphs: where it stands large, the caveat set apart, what belongs together in one."""
    by_kind = {sentence.kind: sentence.text for sentence in sentences}
    parts: list[Any] = [el("P", by_kind["standing"], className="lead")]
    if both := " ".join(by_kind[kind] for kind in ("core20", "authority") if kind in by_kind):
        parts.append(el("P", link_terms(both, "Core20")))
    head, colon, rest = by_kind["drivers"].partition(": ")
    drivers = [f"{head}{colon}", el("B", rest)] if rest else [head]
    parts.append(el("P", drivers))
    for kinds in (("children", "strength"), ("students", "few_children"), ("health",), ("since_2019", "surroundings")):
        if said := " ".join(by_kind[kind] for kind in kinds if kind in by_kind):
            parts.append(el("P", said))
    parts.append(el("P", by_kind["caveat"], className="kind"))
    return el("Div", parts, className="story")


def story_of(facts: StoryFacts, address: PlaceAddress) -> list[Sentence]:
    """The story for who reads it; of a child where no age is asked for."""
    return tell_story(facts, address.register, address.age or "child")


# ---- the strip ----


def draw_strip(facts: StoryFacts, area: Area, snapshot: Snapshot) -> Element:
    """The seven domains, the most deprived first: the place's tenth, and where the middle person of the authority lives."""
    authority = snapshot.area(area.parents["lad"])
    ends = el("Tr", [el("Td"), el("Td", el("Div", [el("Span", _("most deprived")), el("Span", _("least"))])), el("Td")], className="ends")
    ends["props"]["aria-hidden"] = "true"
    rows = [draw_strip_row(domain, authority, snapshot) for domain in order_domains(facts)]
    triangle = [
        el("Span", "▲", aria_hidden="true"),
        el("Span", _("Triangle:"), className="vh"),
        " ",
        _("the middle neighbourhood in {authority}, counting people.").format(authority=authority.name),
    ]
    return el(
        "Section",
        [
            el(
                "Table",
                [el("Caption", _("The seven domains, the most deprived first")), el("Tbody", [ends, *rows])],
                className="strip wide",
            ),
            el(
                "P",
                [_("Dark box: this place."), " ", *triangle, " ", _("Each step is a tenth of England’s neighbourhoods.")],
                className="xs soft",
            ),
            el("P", say_order(), className="xs soft noprint"),
        ],
        className="box",
    )


def draw_strip_row(domain: Domain, authority: Area, snapshot: Snapshot, brief: bool = False) -> Element:
    """A domain's tenth in ten steps; ``brief`` leaves out what it can mean."""
    middle = (snapshot.row(CURRENT.layer(domain.id), authority) or {}).get("median_tenth")
    spoken = f": {say_tenth(domain.decile)}"
    if middle:
        spoken += "; " + _("middle of {authority}: tenth {n}").format(authority=authority.name, n=middle)
    cells = [
        el("Th", [translated(domain_words()[domain.id]["short_name"]), el("Span", spoken, className="vh")], scope="row"),
        el("Td", draw_steps(domain.decile, middle)),
        *([] if brief else [el("Td", say_meaning_shortly(domain), className="say")]),
    ]
    return el("Tr", cells, **({"className": "out"} if domain.decile <= 2 else {}))


def say_order() -> str:
    """Why the domains are in this order, with the index's own weights: said once on the page.

    >>> say_order()[:60]
    'In the order of this place’s rank in England, not of what ea'
    """
    weights = [
        f"{translated(domain_words()[domain]['short_name']).lower()} {domain_words()[domain]['weight_percent']:g}%" for domain in DOMAINS
    ]
    return _("In the order of this place’s rank in England, not of what each adds to the index. Weights in the index: {weights}.").format(
        weights=", ".join(weights)
    )


def say_meaning_shortly(domain: Domain) -> str:
    """Beside a domain's row: the tenths of its halves, or what was measured where it is in tenths 1 or 2; else "".

    >>> say_meaning_shortly(Domain("crime", 1, 9)), say_meaning_shortly(Domain("crime", 6, 20_000))
    ('More recorded crime than in most places', '')
    """
    if domain.halves:
        return say_halves(domain).removesuffix(".")
    meaning = {
        "income": _("More people on a low income than in most places"),
        "employment": _("More adults who cannot get work, or are ill or caring"),
        "health": _("More illness, disability or early death than in most places"),
        "crime": _("More recorded crime than in most places"),
    }
    return meaning.get(domain.id, "") if domain.decile <= 2 else ""


# ---- who lives here ----


@cache
def _population_marks(snapshot: Snapshot) -> tuple[int, int, int, int]:
    """The population of neighbourhoods at 1, 25, 75 and 99 per cent of them."""
    one, low, high, most = np.percentile(snapshot.areas["lsoa"].population.to_numpy(), [1, 25, 75, 99])
    return int(one), round(float(low), -1).__int__(), round(float(high), -1).__int__(), int(most)


def draw_people(area: Area, snapshot: Snapshot) -> Element:
    """How many live here, beside what is usual; children; town or country."""
    least, low, high, most = _population_marks(snapshot)

    def at(number: int) -> str:
        return f"{100 * (min(max(number, least), most) - least) / (most - least):.1f}%"

    width = f"{float(at(high)[:-1]) - float(at(low)[:-1]):.1f}%"
    picture = el(
        "Div",
        [
            el("I", className="usual", style={"left": at(low), "width": width}),
            el("I", className="here", style={"left": at(area.population)}),
        ],
        className="range",
        aria_hidden="true",
    )
    usual = _("Half of England’s neighbourhoods have between {low} and {high}.").format(low=f"{low:,}", high=f"{high:,}")
    pairs = [
        (_("People, mid-2022"), f"{area.population:,}"),
        (_("Children under 15, 2021"), f"{area.row['under_15']:,}"),
        (_("Aged 20 to 24, 2021"), _("{n} in 100").format(n=round(area.row["percent_20_to_24"]))),
        (_("Town or country"), _("town or city") if area.row["urban"] else _("country")),
    ]
    return el(
        "Section",
        [
            el("H2", _("Who lives here")),
            el("Dl", [part for name, value in pairs for part in (el("Dt", name), el("Dd", value))], className="facts"),
            picture,
            el("P", usual, className="xs soft"),
        ],
        className="box people",
    )


# ---- for the record ----


def draw_record(facts: StoryFacts) -> Element:
    """A text to paste into the notes, with its button."""
    copy = el("Button", [sign("copy", 18), _("Copy")], className="btn", id="copy-record", data_copy="record")
    return el(
        "Section",
        [
            el("H2", _("For the record")),
            el("P", _("Copy this into the notes. It has no postcode in it."), className="s soft"),
            el("P", say_for_the_record(facts), className="record", id="record"),
            el("Div", [copy, el("Span", className="s", role="status", id="record-said")], className="row"),
        ],
        className="box noprint",
    )


# ---- how to raise it ----


def draw_prompts(facts: StoryFacts, address: PlaceAddress) -> Element:
    """The cards in the order of what is most deprived here: the first open, the others to unfold; how far reviewed, and from where."""
    ordered = filter_prompts(order_prompts(order_prompt_drivers(facts)), address.condition or None, address.age or None)
    meta = read_prompts().meta
    first = [_prompt(each.prompt.id, each.drivers, address.condition) for each in ordered[:_OPEN_PROMPTS]]
    more = (
        [
            el(
                "Details",
                [
                    el("Summary", [el("B", _("{n} more cards").format(n=len(ordered) - _OPEN_PROMPTS)), sign("down", 16)], id="more-cards"),
                    *(_prompt(each.prompt.id, each.drivers, address.condition) for each in ordered[_OPEN_PROMPTS:]),
                ],
                className="unfold noprint",
            )
        ]
        if len(ordered) > _OPEN_PROMPTS
        else []
    )
    if not ordered:
        first = [el("P", _("We have no questions for this condition and age yet."), className="s")]
    principles = el(
        "Details",
        [
            el("Summary", [el("B", _("How to ask, of everyone")), sign("down", 16)], id="how-to-ask"),
            el("Ul", [el("Li", translated(line)) for line in meta.principles], className="dots s"),
            el("P", [el("B", _("Safeguarding: ")), translated(meta.safeguarding)], className="s"),
            _sources(meta.sources),
        ],
        className="unfold noprint",
    )
    return el(
        "Section",
        [
            el("H2", [sign("chat", 22), _("How to bring it up")], id="ask", className="row"),
            el(
                "P",
                _("Ask every family, not only the ones you are worried about. Topics on which this place is most deprived come first."),
                className="s soft",
            ),
            *first,
            *more,
            principles,
            el("Div", [sign("info", 18), el("Div", say_review(meta))], className="msg plain"),
        ],
        className="box raise",
        **{"aria-labelledby": "ask"},
    )


@lru_cache(maxsize=5000)
def _prompt(prompt: str, drivers: tuple[str, ...], asked: Condition | Literal[""]) -> Element:
    """A card; what it holds hangs on nothing but these, so it is drawn once."""
    card = next(each for each in read_prompts().prompt if each.id == prompt)
    clinician = card.clinician
    more: list[Any] = [
        _lines(_("Ask"), clinician.ask),
        _lines(_("Listen for"), clinician.listen_for),
        _lines(_("Offer"), clinician.offer),
        _lines(_("Do not say"), [f"“{line}”" for line in clinician.do_not_say]),
        el("P", [el("B", _("With teenagers: ")), say_with_teenagers(card)], className="s"),
        el("P", [el("B", _("Safeguarding: ")), translated(clinician.safeguarding)], className="s"),
        _sources(card.sources),
        el("P", f"{say_review(card)} {_('Version {n}.').format(n=card.version)}", className="xs soft"),
    ]
    condition = say_for_condition(card, asked or None)
    return el(
        "Div",
        [
            el("H3", [sign(PROMPT_SIGNS.get(card.id, "chat"), 20), translated(card.title)]),
            el("P", say_why_here(OrderedPrompt(card, drivers)), className="xs soft why"),
            el("Q", say_briefly(card)),
            *([el("P", [el("B", f"{say_condition(asked)}: "), condition], className="s")] if condition and asked else []),
            el("P", [_("Offer: "), "; ".join(_uncapital(line) for line in map(translated, clinician.offer[:2])), "."], className="s"),
            el(
                "Details",
                [el("Summary", [_("More to ask, and what not to say"), sign("down", 14)], id=f"more-{card.id}"), *more],
                className="unfold noprint",
            ),
        ],
        className="prompt",
    )


def _lines(title: str, lines: Any) -> Element:
    return el("Div", [el("H4", title), el("Ul", [el("Li", translated(line)) for line in lines], className="dots")], className="s")


def _sources(sources: Any) -> Element:
    links = [el("Li", el("A", page.title, href=page.url, rel="noreferrer")) for page in sources]
    return el("Div", [el("H4", _("Sources")), el("Ul", links, className="dots")], className="xs sources")


def _uncapital(line: str) -> str:
    """A line within a sentence; names and short forms keep their capitals.

    >>> _uncapital("A benefits check"), _uncapital("NHS travel costs"), _uncapital("Healthy Start, vouchers")
    ('a benefits check', 'NHS travel costs', 'Healthy Start, vouchers')
    """
    words = line.split()
    name = len(words) > 1 and ((words[0].isupper() and len(words[0]) > 1) or words[1][:1].isupper())
    return line if name else line[0].lower() + line[1:]


def prompt_needs(facts: StoryFacts, condition: Condition | Literal[""] = "") -> list[str]:
    """What this place's cards are about, in their order: the order of help. Those with a line for the condition come first."""
    ordered = order_prompts(order_prompt_drivers(facts))
    return [each.prompt.id for each in sorted(ordered, key=lambda each: bool(condition) and condition not in each.prompt.conditions)]


def draw_young_prompt(card: Prompt) -> list[Element]:
    """A card's words for a young person."""
    young = card.young
    return [
        el("P", translated(young.intro)),
        el("H3", _("You could say")),
        el("Ul", [el("Li", f"“{translated(line)}”") for line in young.you_could_say], className="dots"),
        el("H3", _("What may help")),
        el("Ul", [el("Li", translated(line)) for line in young.what_may_help], className="dots"),
        el("P", translated(young.good_to_know)),
    ]


def say_under_title(area: Area) -> str:
    """The line under the name."""
    setting = _("town or city") if area.row["urban"] else _("country")
    return " · ".join((area.name, area.code, _("{people} in mid-2022").format(people=say_people(area.population)), setting))


def choose_need(address: PlaceAddress) -> Element:
    """What somebody needs."""
    choices = [(_("Any need"), address.but(need=""), not address.need)]
    choices += [(name_need(need), address.but(need=need), address.need == need) for need in NEEDS]
    return chooser("choose-need", _("Need"), name_need(address.need) if address.need else _("Any need"), choices, bool(address.need))
