"""Keep a shared project up: ``/projects/edit``. Its team pastes the private key; ``assets/share_edit.js`` holds it in memory and sends it
in
a header. A link with the key behind its # still opens it, but the browser then keeps that address in its history, and the page says so."""

from __future__ import annotations

from typing import Any

from heatmap.drawing.elements import Element, el, pictures, scripted_form, sign
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.share.form import draw_contents, draw_form, draw_summary, draw_words, say_whom_to_write
from heatmap.pages.share.page import PROJECTS
from heatmap.projects.address import EDIT_PAGE
from heatmap.snapshot import open_snapshot
from heatmap.words.language import _

PATH = EDIT_PAGE
TITLE = "Your project"
HAS_SEARCH = True  # the list of outward codes, by which a postcode is checked in the browser


def layout(_search: str) -> list[Any]:
    """The whole page, the same for every project: which it is, only the browser knows."""
    return drawn_page(PROJECTS, draw_body())


def draw_body() -> list[Element]:
    """What asks for the link, what shows how the project stands, the form, and the two texts where somebody was quicker."""
    snapshot = open_snapshot()
    held = el(
        "Div",
        [
            _draw_state(),
            _draw_conflict(),
            el(
                "Div",
                [
                    el("H2", _("Correct it"), id="share-correct-title", className="share-head"),
                    el(
                        "P",
                        _("What you send goes to a reviewer first. Until it is accepted, readers see what they see now."),
                        className="soft share-lead",
                    ),
                    el(
                        "Div",
                        [
                            draw_contents(agreement=False),
                            el(
                                "Div",
                                [draw_summary(), draw_form(snapshot, agreement=False, send=_("Send the changes"))],
                                className="share-main",
                            ),
                        ],
                        className="share-cols",
                    ),
                ],
                id="share-correct",
            ),
            el(
                "Section",
                [el("H2", _("How it was written")), el("Div", "", id="share-record")],
                className="box stack",
                id="share-closed",
                hidden=True,
            ),
        ],
        id="share-held",
        hidden=True,
    )
    inside = [
        el("H1", _("Your project"), id="share-title-of", tabIndex=-1),
        el("Noscript", _say_unscripted()),
        _draw_door(),
        held,
        draw_words(snapshot),
    ]
    return [el("Main", inside, className="page share", id="main", tabIndex=-1, style=pictures())]


def _say_unscripted() -> list[Element]:
    return [
        el(
            "P",
            "Your private key is read in your own browser, so that it is never part of an address that we see. That needs JavaScript, which"
            " is off: switch it on, and load this page again.",
        ),
        el(
            "P",
            [
                "Without it, tell the people who run this map what should change. ",
                *say_whom_to_write(),
                "Programs can use ",
                el("A", "the API", href="/docs"),
                ".",
            ],
        ),
    ]


def _draw_door() -> Element:
    """For who comes without the link."""
    return scripted_form(
        [
            el(
                "P",
                _(
                    "Paste the private key of your project. This page sends it in no address, and forgets it when you leave. Your browser"
                    " may offer to save it as a password: say no on a computer that others use."
                ),
                id="share-door-hint",
            ),
            el("P", [sign("warn", 16), el("Span", "")], className="share-fault", id="share-door-fault", hidden=True, role="alert"),
            el("Label", _("Your private key"), htmlFor="share-door-link", className="label"),
            el(
                "Input",
                type="password",
                id="share-door-link",
                className="input",
                autocomplete="off",
                spellcheck="false",
                **{"aria-describedby": "share-door-hint share-door-fault"},
            ),
            el(
                "Div",
                [
                    el("Button", _("Open my project"), type="submit", className="btn main"),
                    el("Span", "", role="status", id="share-door-said", className="s"),
                ],
                className="row wrap",
            ),
            el(
                "P",
                _(
                    "Lost it, or never had one? Tell the people who run this map. A reviewer checks that it is your project, and makes"
                    " you a new"
                    " key. The older one then stops working."
                ),
                className="s soft",
            ),
        ],
        id="share-door",
        className="box stack share-door",
        hidden=True,
        novalidate=True,
    )


def _draw_state() -> Element:
    """How the project stands, the private key, and the two deeds that need no form."""
    withdraw = el(
        "Div",
        [
            el("H3", _("Withdraw it for good?"), id="share-withdraw-title", tabIndex=-1),
            el(
                "P",
                _("It goes off the map at once, and your key can no longer change it. You could share it again as a new project."),
                className="s",
            ),
            el("Label", _("Why? You need not say."), htmlFor="share-why", className="label"),
            el("Textarea", "", id="share-why", rows="2", className="input", **{"aria-describedby": "share-why-fault"}),
            el("P", [sign("warn", 16), el("Span", "")], className="share-fault", id="share-why-fault", hidden=True),
            el(
                "Div",
                [
                    el("Button", _("Yes, withdraw it"), type="button", className="btn main", id="share-withdraw-yes"),
                    el("Button", _("No, keep it"), type="button", className="btn", id="share-withdraw-no"),
                ],
                className="row wrap",
            ),
        ],
        id="share-withdraw-ask",
        className="share-ask stack-s",
        hidden=True,
        role="group",
        **{"aria-labelledby": "share-withdraw-title"},
    )
    return el(
        "Section",
        [
            el("H2", "", id="share-status", tabIndex=-1),
            el("P", "", id="share-status-words"),
            el(
                "Div",
                [el("P", el("B", _("A reviewer wrote:"))), el("P", "", id="share-asked-words", className="share-said-by")],
                id="share-asked",
                className="msg warn",
                hidden=True,
            ),
            el(
                "Div",
                [
                    el("P", el("B", _("Somebody said that this is out of date:"))),
                    el("Ul", [], id="share-told-words", className="dots"),
                    el("P", _("If it is, correct it below. If it is right all the same, say that it is still true."), className="s"),
                ],
                id="share-told",
                className="msg warn",
                hidden=True,
            ),
            el("P", "", id="share-when", className="s soft"),
            el(
                "Div",
                [
                    el("Button", _("Yes, it is still true today"), type="button", className="btn main", id="share-confirm"),
                    el("A", _("See it as readers do"), id="share-see", className="btn", hidden=True),
                    el("Button", [sign("copy", 18), _("Copy the private key")], type="button", className="btn", id="share-copy"),
                    el(
                        "Button",
                        _("Withdraw it …"),
                        type="button",
                        className="btn",
                        id="share-withdraw",
                        **{"aria-expanded": "false", "aria-controls": "share-withdraw-ask"},
                    ),
                ],
                className="row wrap",
                id="share-deeds",
            ),
            el("P", "", className="s", role="status", id="share-copied"),
            el(
                "Div",
                [
                    sign("warn"),
                    el(
                        "P",
                        _(
                            "You opened a link that has your key in it. We took it out of the address bar, but this browser still has it in"
                            " its history. If others use this computer, delete it there. Next time, open this page without it and paste the"
                            " key."
                        ),
                    ),
                ],
                className="msg warn",
                id="share-taken",
                hidden=True,
            ),
            withdraw,
        ],
        className="box stack",
        id="share-state",
        **{"aria-labelledby": "share-status"},
    )


def _draw_conflict() -> Element:
    """Both texts, field by field, where somebody was quicker."""
    return el(
        "Section",
        [
            el("H2", _("Somebody changed this project while you wrote"), id="share-conflict-title", tabIndex=-1),
            el("P", _("Nothing of yours is lost. Choose for each answer whose text to keep, then send it.")),
            el("Div", "", id="share-conflict-rows", className="stack"),
            el(
                "Div",
                [
                    el("Button", _("Send with these choices"), type="button", className="btn main", id="share-conflict-send"),
                    el("Button", _("Put them into the form first"), type="button", className="btn", id="share-conflict-form"),
                ],
                className="row wrap",
            ),
        ],
        className="box stack share-conflict",
        id="share-conflict",
        hidden=True,
        **{"aria-labelledby": "share-conflict-title"},
    )
