"""The form in which a project is shared and corrected: its parts, its questions, and the words in which a record is shown again.

What one may write, how much and from which words, is read from the record (``heatmap/projects``). ``assets/project_form.js`` reads, fills
and checks it; what is typed leaves the browser only by the press of the button.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

from heatmap.drawing.elements import Element, el, scripted_form, sign
from heatmap.geography.levels import ENGLAND
from heatmap.projects.record import GIVEN, LABELS, REQUIRED, Project
from heatmap.projects.vocabulary import words_of
from heatmap.settings import FEEDBACK_URL
from heatmap.snapshot import Snapshot
from heatmap.words.language import _

Shape = Literal["line", "text", "lines", "links", "postcode", "link", "date", "boxes", "radios", "list", "areas", "measures", "evidence"]
#: How a field is asked; one that is not named here is a line of text.
SHAPES: Final[dict[str, Shape]] = {
    "aim": "text",
    "what_was_done": "text",
    "what_we_learnt": "text",
    "what_to_reuse": "text",
    "tools": "lines",
    "further_links": "links",
    "postcode": "postcode",
    "link": "link",
    "contact_page": "link",
    "start": "date",
    "end": "date",
    "partners": "boxes",
    "themes": "boxes",
    "conditions": "boxes",
    "settings": "boxes",
    "ages": "boxes",
    "core20plus5_cyp": "boxes",
    "core20plus5_adult": "boxes",
    "level": "radios",
    "stage": "radios",
    "added_by_role": "list",
    "areas": "areas",
    "measures": "measures",
    "evidence": "evidence",
}


@dataclass(frozen=True)
class FormPart:
    """One part of the form. ``asked`` are in sight; ``more`` unfold."""

    id: str
    title: str
    words: str
    asked: tuple[str, ...]
    more: tuple[str, ...] = ()


def parts_of_form() -> tuple[FormPart, ...]:
    """The parts in their order, in the reader's language."""
    return (
        FormPart(
            "what", _("What it is"), "", ("title", "one_line", "organisation", "themes", "link"), ("aim", "what_was_done", "partners")
        ),
        FormPart(
            "where",
            _("Where"),
            _("At least one of these three is needed: the postcode of the site, a place in words, or an area."),
            ("postcode", "place", "areas", "settings"),
            ("where_exactly",),
        ),
        FormPart(
            "who",
            _("Who it is for"),
            _("Describe a group, like “families on our ward”. Nobody should be able to tell who a person is."),
            ("population",),
            ("ages", "conditions", "core20plus5_cyp", "core20plus5_adult"),
        ),
        FormPart("stage", _("How far it has come"), "", ("stage", "level"), ("start", "end", "measures")),
        FormPart("learnt", _("What you learnt"), _("A sentence or two is plenty."), ("what_we_learnt",), ("evidence",)),
        FormPart(
            "reuse",
            _("What others can reuse"),
            _("A leaflet, a set of questions, a letter, a way of doing it."),
            ("what_to_reuse",),
            ("tools", "further_links"),
        ),
        FormPart(
            "you",
            _("About you"),
            _("Only your role. We do not want your name, your e-mail or your telephone number."),
            ("added_by_role",),
            ("contact_page",),
        ),
    )


def missing_words() -> dict[str, str]:
    """What is said beside a needed question that has no answer."""
    return {
        "title": _("Say what it is called."),
        "one_line": _("Say in one line what it is."),
        "organisation": _("Say which organisation runs it."),
        "themes": _("Tick one thing or more that it is about."),
        "link": _("Give a public page, beginning with https://"),
        "settings": _("Tick one place or more where it happens."),
        "level": _("Choose what it changes."),
        "stage": _("Choose how far it is."),
        "added_by_role": _("Choose your role."),
        "consent": _("Tick this box if your team agrees. Without it we may not show the project."),
    }


def short_names() -> dict[str, str]:
    """A field -> its name where a record is shown, compared or named among faults."""
    return {
        "title": _("Title"),
        "one_line": _("In one line"),
        "organisation": _("Organisation"),
        "partners": _("Partners"),
        "place": _("Place"),
        "postcode": _("Postcode of the site"),
        "areas": _("Areas"),
        "themes": _("About"),
        "conditions": _("Conditions"),
        "settings": _("Where it happens"),
        "where_exactly": _("Where exactly"),
        "level": _("What it changes"),
        "population": _("Who it is for"),
        "ages": _("Ages"),
        "core20plus5_cyp": _("Core20PLUS5, children and young people"),
        "core20plus5_adult": _("Core20PLUS5, adults"),
        "stage": _("How far it is"),
        "start": _("Began"),
        "end": _("Ended"),
        "aim": _("Aim"),
        "what_was_done": _("What was done"),
        "what_we_learnt": _("What they learnt"),
        "what_to_reuse": _("What to reuse"),
        "tools": _("Tools"),
        "measures": _("What was measured"),
        "link": _("Public page"),
        "further_links": _("More links"),
        "contact_page": _("How to reach them"),
        "evidence": _("Stories, pictures, sound, film and papers"),
        "added_by_role": _("Added by"),
        "relation": _("WHAM or kindred"),
        "last_confirmed": _("Last confirmed"),
        "consent": _("Agreement"),
    }


def most_letters(field: str) -> int:
    """How many letters, or items of a list, a field may hold; 0 where its words are chosen.

    >>> most_letters("title"), most_letters("aim"), most_letters("themes"), most_letters("stage")
    (200, 4000, 20, 0)
    """
    held = [rule.max_length for rule in Project.model_fields[field].metadata if hasattr(rule, "max_length")]
    return min(held, default=0)


def say_whom_to_write() -> list[Any]:
    """Where whoever runs this map can be reached, if they said so."""
    link = FEEDBACK_URL()
    return ["They can be reached ", el("A", "here", href=link, rel="noreferrer"), ". "] if link else []


def draw_form(snapshot: Snapshot, *, agreement: bool, send: str) -> Element:
    """The whole form.

    agreement  whether it asks that the project may be shown: for a new one
    send       what the button says
    """
    inside: list[Any] = [_draw_part(part, snapshot) for part in parts_of_form()]
    if agreement:
        inside.append(_draw_agreement())
    inside += [
        # A trap for robots, out of sight and out of the way of keyboards.
        el(
            "Div",
            [
                el("Label", "Website", htmlFor="project-website"),
                el("Input", type="text", id="project-website", tabIndex=-1, autocomplete="off"),
            ],
            className="share-trap",
            aria_hidden="true",
        ),
        el(
            "Div",
            [
                el("Button", send, type="submit", className="btn main big", id="share-send", data_words=send),
                el("Span", "", id="share-said", role="status", className="s"),
            ],
            className="row wrap share-send",
        ),
    ]
    return scripted_form(inside, id="share-form", className="share-form", novalidate=True, autocomplete="off", aria_label=_("Your project"))


def draw_summary() -> Element:
    """Where all faults are told together, each with a way to its question."""
    head = el("H2", _("Some answers need another look"), id="share-summary-title")
    return el(
        "Div",
        [sign("warn"), el("Div", [head, el("P", "", className="s", id="share-summary-words"), el("Ul", "", className="dots")])],
        className="msg stop share-summary",
        id="share-summary",
        role="group",
        tabIndex=-1,
        hidden=True,
        **{"aria-labelledby": "share-summary-title"},
    )


def draw_contents(*, agreement: bool) -> Element:
    """The parts of the form beside it, each with how many of its needed answers are there."""
    rows = [(part.id, part.title) for part in parts_of_form()] + ([("agree", _("Agreement"))] if agreement else [])
    links = [
        el("Li", [el("A", title, href=f"#share-part-{id_}"), el("Span", "", className="xs soft", data_share_count=id_)])
        for id_, title in rows
    ]
    return el(
        "Nav",
        [el("H2", _("Parts of this form"), className="s"), el("Ol", links)],
        className="share-contents",
        aria_label=_("Parts of this form"),
    )


def draw_words(snapshot: Snapshot) -> Element:
    """What the scripts say: the names of fields, of words and of areas."""
    fields = (
        "partners",
        "themes",
        "conditions",
        "settings",
        "level",
        "ages",
        "core20plus5_cyp",
        "core20plus5_adult",
        "stage",
        "added_by_role",
        "relation",
        "measure_kind",
        "evidence_kind",
    )
    said = {
        "given": list(GIVEN),
        "names": short_names(),
        "words": {field: words_of(field) for field in fields},
        "missing": missing_words(),
        "areas": {code: title for _group, areas in _areas(snapshot) for code, title in areas},
    }
    return el("Div", hidden=True, id="share-words", data_words=json.dumps(said, ensure_ascii=False, separators=(",", ":")))


# ---- its parts ----


def _draw_part(part: FormPart, snapshot: Snapshot) -> Element:
    inside: list[Any] = [el("H2", part.title, id=f"share-part-{part.id}", tabIndex=-1)]
    inside += [el("P", part.words, className="s soft")] if part.words else []
    inside += [_ask(field, snapshot) for field in part.asked]
    if part.more:
        more = el("Summary", [_("More, if you have it"), el("Span", _name_more(part.more), className="soft share-what"), sign("down", 14)])
        inside.append(
            el("Details", [more, el("Div", [_ask(field, snapshot) for field in part.more], className="share-more")], className="unfold")
        )
    return el("Section", inside, className="box share-part", data_part=part.id, **{"aria-labelledby": f"share-part-{part.id}"})


def _name_more(fields: tuple[str, ...]) -> str:
    names = [short_names()[field] for field in fields]
    return ", ".join([names[0], *(name if name.startswith("Core20") else name[:1].lower() + name[1:] for name in names[1:])])


def _draw_agreement() -> Element:
    said = [
        _("A reviewer reads it first. Then everyone can read it here, take it away as a table, and find it on the map."),
        _("You get a private key. With it you can correct it, say each year that it is still true, or take it off at any time."),
        _("It names no person: no patient, no child, nobody of your team."),
    ]
    box = el(
        "Label",
        [
            el("Input", type="checkbox", id="project-consent", **_told("consent", hint=False)),
            el("Span", [_("My team agrees that this is shown here"), _needed()]),
        ],
        className="check share-check",
    )
    return el(
        "Section",
        [
            el("H2", _("Agreement"), id="share-part-agree", tabIndex=-1),
            el("Ul", [el("Li", words) for words in said], className="dots s"),
            el("Div", [_fault_line("consent"), box], className="share-q", data_q="consent", data_shape="consent", data_needed=True),
        ],
        className="box share-part",
        data_part="agree",
        **{"aria-labelledby": "share-part-agree"},
    )


def _needed() -> Element:
    return el("Span", f" ({_('needed')})", className="share-needed")


def _fault_line(name: str) -> Element:
    return el("P", [sign("warn", 16), el("Span", "")], className="share-fault", id=f"project-{name}-fault", hidden=True)


def _told(field: str, *, hint: bool) -> dict[str, str]:
    ids = ([f"project-{field}-hint"] if hint else []) + [f"project-{field}-fault"]
    return {"aria-describedby": " ".join(ids)}


def _hint_of(field: str) -> str:
    more = {
        "postcode": _("It goes into the record for everyone to see. It is checked here in your browser first."),
        "themes": "",
        "added_by_role": "",
        "areas": _("Leave it empty if the postcode says it all."),
    }.get(field, "")
    return f"{_(LABELS[field][1]) if LABELS[field][1] else ''} {more}".strip()


def _ask(field: str, snapshot: Snapshot) -> Element:
    """One question: its label, its hint, its fault, and where the answer goes."""
    shape, needed = SHAPES.get(field, "line"), field in REQUIRED
    label: list[Any] = [_(LABELS[field][0]), *([_needed()] if needed else [])]
    hint = _hint_of(field)
    told = _told(field, hint=bool(hint))
    around: list[Any] = [*([el("P", hint, className="share-hint", id=f"project-{field}-hint")] if hint else []), _fault_line(field)]
    what = {
        "className": "share-q",
        "data_q": field,
        "data_shape": shape,
        "data_most": str(most_letters(field)),
        "data_needed": needed,
    }
    required = {"aria-required": "true"} if needed else {}
    if shape in ("boxes", "radios"):
        kind = "checkbox" if shape == "boxes" else "radio"
        each = [
            el(
                "Label",
                [
                    el(
                        "Input",
                        type=kind,
                        value=word,
                        id=f"project-{field}-{word}",
                        **({"name": f"project-{field}"} if kind == "radio" else {}),
                    ),
                    el("Span", words),
                ],
                className="check share-check",
            )
            for word, words in words_of(field).items()
        ]
        role = {"role": "radiogroup", **required} if shape == "radios" else {}
        many = " share-many" if len(each) > 6 else " share-few" if len(each) > 3 else ""
        return el(
            "Fieldset",
            [el("Legend", label, className="label"), *around, el("Div", each, className=f"share-choices{many}")],
            **what,
            **role,
            **told,
        )
    if shape in ("areas", "measures", "evidence"):
        draw = {"areas": _draw_area, "measures": _draw_measure, "evidence": _draw_evidence}[shape]
        add = {"areas": _("Add another area"), "measures": _("Add another measure"), "evidence": _("Add another one")}[shape]
        rows = el(
            "Div",
            el("Div", [*draw(f"project-{field}-1", snapshot), _take_out()], className="share-row", data_row="1"),
            className="share-rows",
        )
        button = el("Button", [sign("plus", 16), add], type="button", className="btn", data_share="add")
        return el("Fieldset", [el("Legend", label, className="label"), *around, rows, button], **what, **told)
    return el(
        "Div",
        [el("Label", label, htmlFor=f"project-{field}", className="label"), *around, *_draw_input(field, shape, {**told, **required})],
        **what,
    )


def _draw_input(field: str, shape: Shape, told: dict[str, str]) -> list[Element]:
    name = f"project-{field}"
    if shape == "list":
        options = [el("Option", _("Choose …"), value=""), *(el("Option", words, value=word) for word, words in words_of(field).items())]
        return [el("Select", options, id=name, className="input", **told)]
    left = el("P", "", className="xs soft share-left", data_share_left=True)
    if shape in ("text", "lines", "links"):
        rows = "5" if shape == "text" else "3"
        return [
            el("Textarea", "", id=name, rows=rows, className="input", spellcheck="true" if shape == "text" else "false", **told),
            *([left] if shape == "text" else []),
        ]
    modes: dict[str, str] = {"inputmode": "url"} if shape == "link" else {}
    box = el(
        "Input",
        type="text",
        id=name,
        className="input",
        autocomplete="off",
        spellcheck="true" if shape == "line" else "false",
        **({"autocapitalize": "off"} if shape == "link" else {}),
        **modes,
        **told,
    )
    if shape == "postcode":
        return [box, el("P", "", className="s share-good", id=f"{name}-found", role="status")]
    return [box, left]


def _take_out() -> Element:
    return el("Button", _("Take this one out"), type="button", className="btn plain", data_share="take-out", hidden=True)


def _areas(snapshot: Snapshot) -> list[tuple[str, list[tuple[str, str]]]]:
    groups = [("", [(ENGLAND, _("All of England"))])]
    for level, name in (("rgn", _("Regions")), ("icb", _("NHS boards")), ("lad", _("Authorities"))):
        areas = [snapshot.area(code) for code in snapshot.areas[level].code]  # type: ignore[index]
        groups.append((name, sorted(((area.code, area.title) for area in areas), key=lambda each: each[1])))
    return groups


def _draw_area(name: str, snapshot: Snapshot) -> list[Element]:
    options: list[Any] = [el("Option", _("Choose …"), value="")]
    for title, areas in _areas(snapshot):
        made = [el("Option", words, value=code) for code, words in areas]
        options += [el("Optgroup", made, label=title)] if title else made
    return [el("Select", options, id=f"{name}-code", data_part_of="code", className="input", aria_label=_("Area"))]


def _small(name: str, part: str, words: str, field: Element) -> Element:
    props = {**field["props"], "id": f"{name}-{part}", "data-part-of": part, "class": "input"}
    return el("Div", [el("Label", words, htmlFor=f"{name}-{part}", className="s b"), {**field, "props": props}], className="share-small")


def _choose_kind(vocabulary: str) -> Element:
    return el(
        "Select",
        [el("Option", _("Choose …"), value=""), *(el("Option", words, value=word) for word, words in words_of(vocabulary).items())],
    )


def _draw_measure(name: str, _snapshot: Snapshot) -> list[Element]:
    text = {"type": "text", "autocomplete": "off"}
    return [
        _small(name, "kind", _("What kind of measure?"), _choose_kind("measure_kind")),
        _small(name, "name", _("What did you count?"), el("Input", **text)),
        _small(name, "baseline", _("How was it before?"), el("Input", **text)),
        _small(name, "latest", _("How is it now?"), el("Input", **text)),
        _small(name, "date", _("When was that? Like 2024 or 2024-03"), el("Input", **text)),
    ]


def _draw_evidence(name: str, _snapshot: Snapshot) -> list[Element]:
    text = {"type": "text", "autocomplete": "off"}
    return [
        _small(name, "kind", _("What is it?"), _choose_kind("evidence_kind")),
        _small(name, "title", _("Its title"), el("Input", **text)),
        _small(name, "link", _("Its link, beginning with https://"), el("Input", inputmode="url", autocapitalize="off", **text)),
        _small(name, "text_alternative", _("For a picture, sound or film: what it shows or says"), el("Textarea", "", rows="3")),
    ]
