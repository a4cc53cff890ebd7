"""Share a project: ``/projects/share``. A form of five minutes; what is typed stays in the browser until it is sent
(``assets/share.js``)."""

from __future__ import annotations

from typing import Any, Final

from heatmap.drawing.elements import Element, el, pictures, sign
from heatmap.pages.frame.drawn import drawn_page
from heatmap.pages.share.form import draw_contents, draw_form, draw_summary, draw_words, say_whom_to_write
from heatmap.snapshot import open_snapshot
from heatmap.words.language import _

PATH = "/projects/share"
TITLE = "Share a project"
HAS_SEARCH = True  # the list of outward codes, by which a postcode is checked in the browser
#: Whose way in the header is lit.
PROJECTS: Final = "/projects"


def layout(_search: str) -> list[Any]:
    """The whole page."""
    return drawn_page(PROJECTS, draw_body())


def draw_body() -> list[Element]:
    """The form; beside it, out of sight, what is said once it is sent."""
    snapshot = open_snapshot()
    form = el(
        "Div",
        [
            el("H1", _("Share a project"), tabIndex=-1),
            el(
                "P",
                _(
                    "What are you doing about health inequality, and what have you learnt? Tell others, so that they need not begin from"
                    " nothing."
                ),
                className="l share-lead",
            ),
            el(
                "P",
                _(
                    "It takes about five minutes. Only the questions marked “needed” must be answered. You need no account, and what did"
                    " not work is as welcome as what did."
                ),
                className="soft share-lead",
            ),
            el("Noscript", _say_unscripted()),
            el(
                "Div",
                [
                    draw_contents(agreement=True),
                    el(
                        "Div",
                        [_draw_draft(), draw_summary(), draw_form(snapshot, agreement=True, send=_("Send it to a reviewer"))],
                        className="share-main",
                    ),
                ],
                className="share-cols only-script",
            ),
        ],
        id="share-page",
    )
    return [el("Main", [form, _draw_sent(), draw_words(snapshot)], className="page share", id="main", tabIndex=-1, style=pictures())]


def _say_unscripted() -> list[Element]:
    """How a project is shared without the form."""
    return [
        el(
            "P",
            "This form checks what you write, and the postcode of your site, in your own browser. That needs JavaScript, which is off."
            " Switch it on, or share your project by a spreadsheet:",
        ),
        el(
            "Ol",
            [
                el(
                    "Li",
                    [
                        "Take ",
                        el("A", "the table of all projects (CSV)", href="/api/v1/projects.csv"),
                        " and open it in any spreadsheet program. Its columns are the questions of the form.",
                    ],
                ),
                el(
                    "Li",
                    "Take out the lines that are there, and write one line for each of your projects. Look at them first: they show what"
                    " goes where. Make up an id of small letters and hyphens, like food-on-the-ward. Leave empty what you do not have, and"
                    " name no person.",
                ),
                el(
                    "Li",
                    "Send the file to the people who run this map. They import it with one command, which checks it as the form does.",
                ),
            ],
        ),
        el("P", [*say_whom_to_write(), "Programs can send a project to ", el("A", "the API", href="/docs"), "."]),
    ]


def _draw_draft() -> Element:
    """Nothing is kept unless the reader says so."""
    box = el(
        "Label",
        [
            el("Input", type="checkbox", id="share-keep", **{"aria-describedby": "share-keep-hint"}),
            el("Span", _("Keep a draft on this computer")),
        ],
        className="check share-check",
    )
    return el(
        "Div",
        [
            el(
                "Div",
                [box, el("Button", _("Delete the draft"), type="button", className="btn", id="share-forget", hidden=True)],
                className="row wrap between",
            ),
            el(
                "P",
                _(
                    "It stays in this browser until you send it or forget it. Leave this off on a computer that others use: they could"
                    " read it."
                ),
                className="s soft",
                id="share-keep-hint",
            ),
            el("P", "", className="s", id="share-draft-said", role="status"),
        ],
        className="share-draft",
    )


def _draw_sent() -> Element:
    """What stands in the form's place once it is kept."""
    link = el(
        "Div",
        [
            el("Label", _("Your private key"), htmlFor="share-link", className="label"),
            el(
                "Div",
                [
                    el(
                        "Input",
                        type="text",
                        id="share-link",
                        className="input",
                        readonly=True,
                        autocomplete="off",
                        spellcheck="false",
                        **{"aria-describedby": "share-link-hint"},
                    ),
                    el("Button", [sign("copy", 18), _("Copy the key")], type="button", className="btn main", id="share-copy"),
                    el("Button", [sign("save", 18), _("Save it as a file")], type="button", className="btn", id="share-save"),
                ],
                className="row wrap share-link",
            ),
            el("P", "", className="s", role="status", id="share-copied"),
        ],
    )
    steps = [
        _("A reviewer reads it: a clinician, a resident or a young person. Nobody else sees it until then."),
        _(
            "They put it on the map, or ask you to change something. Open your project in a few days to see which: we have no address to"
            " write to you."
        ),
        _("Once a year, open your project and say that it is still true. After twelve months without that it is shown in grey."),
    ]
    return el(
        "Section",
        [
            el("H1", _("Thank you. It is with the reviewers now."), id="share-sent-title", tabIndex=-1),
            el(
                "Div",
                [
                    el("H2", _("Keep this key. We can show it only now.")),
                    el(
                        "P",
                        _("Anyone who has it can change or remove your project. If you lose it, a reviewer has to make you a new one."),
                        id="share-link-hint",
                    ),
                    link,
                    el("P", [_("To come back, open this page and paste the key: "), el("B", "", id="share-way")]),
                    el(
                        "P",
                        _(
                            "It is a key and not a link, because a browser keeps each link it opens in its history. A key that you paste is"
                            " not kept there."
                        ),
                        className="s soft",
                    ),
                ],
                className="box stack",
            ),
            el(
                "Div",
                [el("H2", _("What happens next")), el("Ol", [el("Li", words) for words in steps], className="share-steps")],
                className="box stack",
            ),
            el("P", el("A", _("Share another project"), href=PATH, className="btn")),
        ],
        id="share-sent",
        className="share-sent stack-l",
        hidden=True,
        **{"aria-labelledby": "share-sent-title"},
    )
