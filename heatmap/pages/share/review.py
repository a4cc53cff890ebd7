"""The reviewers' page: ``/projects/review``. It asks for a token, shows what waits, and sends decisions (``assets/share_review.js``)."""

from __future__ import annotations

from typing import Any

from heatmap.drawing.elements import Element, el, pictures, scripted_form, sign
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.share.form import draw_words
from heatmap.pages.share.page import PROJECTS
from heatmap.snapshot import open_snapshot
from heatmap.words.language import _

PATH = "/projects/review"
TITLE = "Review projects"


def layout(_search: str) -> list[Any]:
    """The whole page, the same for every reviewer."""
    return drawn_page(PROJECTS, draw_body())


def draw_body() -> list[Element]:
    """The door, the list of what waits and of what was taken off, the project that is read, and the way to any other project."""
    inside = [
        el("H1", _("Review projects"), tabIndex=-1),
        el("Noscript", _say_unscripted()),
        _draw_door(),
        el(
            "Div",
            [
                el(
                    "Div",
                    [
                        el("P", "", id="review-role", className="soft"),
                        el(
                            "Div",
                            [
                                el("Button", _("Load the list again"), type="button", className="btn", id="review-again"),
                                el("Button", _("Close, and forget my token"), type="button", className="btn plain", id="review-close"),
                            ],
                            className="row wrap",
                        ),
                    ],
                    className="row wrap between",
                ),
                el("Div", "", id="review-done", tabIndex=-1, role="group", aria_label=_("What was done"), hidden=True),
                el(
                    "Div",
                    [
                        el(
                            "Div",
                            [
                                el(
                                    "Section",
                                    [
                                        el("H2", "", id="review-count", tabIndex=-1),
                                        el("Ol", "", id="review-list", className="share-queue"),
                                        el("Div", "", id="review-pages", className="row wrap share-pages"),
                                    ],
                                    id="review-queue",
                                    aria_label=_("What waits"),
                                ),
                                _draw_closed(),
                            ],
                            className="stack-l",
                        ),
                        el(
                            "Div",
                            [
                                el(
                                    "Article",
                                    "",
                                    id="review-one",
                                    className="box stack",
                                    hidden=True,
                                    aria_label=_("The project to review"),
                                ),
                                _draw_link(),
                            ],
                            className="stack-l",
                        ),
                    ],
                    className="share-review-cols",
                ),
            ],
            id="review-open",
            hidden=True,
            className="stack",
        ),
        draw_words(open_snapshot()),
    ]
    return [el("Main", inside, className="page share", id="main", tabIndex=-1, style=pictures())]


def _draw_closed() -> Element:
    """What reviewers hid or rejected; the script puts it in, the newest first."""
    return el(
        "Section",
        [
            el("H2", _("Not on the map"), id="review-closed-title", tabIndex=-1),
            el("P", _("What reviewers took off or did not accept. Was it a slip? Bring it back."), className="s soft"),
            el("Ol", "", id="review-closed-list", className="share-queue"),
            el("Button", "", type="button", className="btn", id="review-closed-more", hidden=True),
        ],
        id="review-closed",
        hidden=True,
        **{"aria-labelledby": "review-closed-title"},
    )


def _draw_link() -> Element:
    """Any project that is shown or waits: to take it off the map, or for a team that lost its key or never had one."""
    form = scripted_form(
        [
            el("P", [sign("warn", 16), el("Span", "")], className="share-fault", id="review-link-fault", hidden=True, role="alert"),
            el("Label", _("Part of its title or organisation"), htmlFor="review-link-find", className="label"),
            el(
                "Input",
                type="text",
                id="review-link-find",
                className="input",
                autocomplete="off",
                spellcheck="false",
                **{"aria-controls": "review-link-project"},
            ),
            el("Label", _("Which project?"), htmlFor="review-link-project", className="label"),
            el(
                "Select",
                "",
                id="review-link-project",
                className="input",
                size=6,
                **{"aria-describedby": "review-link-many review-link-has review-link-fault"},
            ),
            el("P", "", id="review-link-many", className="xs soft", role="status"),
            el("P", "", id="review-link-has", className="s", role="status"),
            el(
                "Div",
                [
                    el("Button", _("Make a private key"), type="submit", className="btn"),
                    el(
                        "Button",
                        _("Take it off the map …"),
                        type="button",
                        className="btn",
                        id="review-off",
                        **{"aria-expanded": "false", "aria-controls": "review-off-ask"},
                    ),
                ],
                className="row wrap",
            ),
            el(
                "Div",
                [
                    el("H3", _("Take it off the map?"), id="review-off-title", tabIndex=-1),
                    el(
                        "P",
                        _("It goes at once, also while a change waits. Its team reads your reason. You can bring it back."),
                        className="s",
                    ),
                    el("Label", _("Why? (needed)"), htmlFor="review-off-why", className="label"),
                    el("Textarea", "", id="review-off-why", rows="2", className="input", **{"aria-describedby": "review-off-fault"}),
                    el("P", [sign("warn", 16), el("Span", "")], className="share-fault", id="review-off-fault", hidden=True, role="alert"),
                    el(
                        "Div",
                        [
                            el("Button", _("Yes, take it off"), type="button", className="btn main", id="review-off-yes"),
                            el("Button", _("No, leave it"), type="button", className="btn", id="review-off-no"),
                        ],
                        className="row wrap",
                    ),
                ],
                id="review-off-ask",
                className="share-ask stack-s",
                hidden=True,
                role="group",
                **{"aria-labelledby": "review-off-title"},
            ),
        ],
        id="review-link-form",
        className="share-link-form",
        novalidate=True,
        autocomplete="off",
        aria_label=_("Find a project"),
    )
    made = el(
        "Div",
        [
            el("H3", "", id="review-link-title", tabIndex=-1),
            el(
                "P",
                _("Copy it now. We can show it only this once. Its team pastes it at /projects/edit; the copy says so."),
                id="review-link-hint",
            ),
            el("Label", _("The private key"), htmlFor="review-link-made", className="label"),
            el(
                "Div",
                [
                    el(
                        "Input",
                        type="text",
                        id="review-link-made",
                        className="input",
                        readonly=True,
                        autocomplete="off",
                        spellcheck="false",
                        **{"aria-describedby": "review-link-hint"},
                    ),
                    el("Button", [sign("copy", 18), _("Copy it with the way")], type="button", className="btn main", id="review-link-copy"),
                ],
                className="row wrap share-link",
            ),
            el("P", "", className="s", role="status", id="review-link-copied"),
            el(
                "Div",
                el("Button", _("Hide it, and choose another project"), type="button", className="btn", id="review-link-done"),
                className="row wrap",
            ),
        ],
        id="review-link-sent",
        className="stack-s",
        hidden=True,
    )
    return el(
        "Section",
        [
            el("H2", _("Find any project"), id="review-link-head", tabIndex=-1),
            el("P", _("Take it off the map, or give its team a private key. With the key they correct, confirm or withdraw it.")),
            el(
                "Div",
                [
                    sign("warn"),
                    el(
                        "P",
                        _(
                            "Before you give a key, check who asks. Send it only to the organisation’s own public address: anyone who has"
                            " it can change the project."
                        ),
                    ),
                ],
                className="msg warn",
            ),
            form,
            made,
        ],
        id="review-link",
        className="box stack",
        **{"aria-labelledby": "review-link-head"},
    )


def _say_unscripted() -> list[Element]:
    return [
        el("P", "This page keeps your token only in your own browser. That needs JavaScript, which is off: switch it on."),
        el(
            "P",
            [
                "Whoever runs this map can also decide by the command ",
                el("B", "heatmap projects review"),
                "; programs by ",
                el("A", "the API", href="/docs"),
                ".",
            ],
        ),
    ]


def _draw_door() -> Element:
    return scripted_form(
        [
            el(
                "P",
                _("For those who read projects before others see them. The people who run this map give you a token."),
                id="review-hint",
            ),
            el("P", [sign("warn", 16), el("Span", "")], className="share-fault", id="review-fault", hidden=True, role="alert"),
            el("Label", _("Your reviewer’s token"), htmlFor="review-token", className="label"),
            el(
                "Input",
                type="password",
                id="review-token",
                className="input",
                autocomplete="off",
                spellcheck="false",
                **{"aria-describedby": "review-hint review-fault"},
            ),
            el(
                "Label",
                [el("Input", type="checkbox", id="review-keep"), el("Span", _("Remember it until this tab is closed"))],
                className="check share-check",
            ),
            el(
                "Div",
                [
                    el("Button", _("Open the list"), type="submit", className="btn main"),
                    el("Span", "", role="status", id="review-said", className="s"),
                ],
                className="row wrap",
            ),
        ],
        id="review-door",
        className="box stack share-door",
        novalidate=True,
    )
