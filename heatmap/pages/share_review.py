"""The reviewers' page: ``/projects/review``. It asks for a token, shows what waits, and sends decisions (``assets/share_review.js``)."""

from __future__ import annotations

from typing import Any

from heatmap.elements import Element, el, pictures, sign
from heatmap.pages.drawn import drawn_page
from heatmap.pages.share import PROJECTS
from heatmap.pages.share_form import draw_words
from heatmap.store import open_snapshot
from heatmap.words import _

PATH = "/projects/review"
TITLE = "Review projects"


def layout(_search: str) -> list[Any]:
    """The whole page, the same for every reviewer."""
    return drawn_page(PROJECTS, draw_body())


def draw_body() -> list[Element]:
    """The door, the list of what waits and of what was taken off, and the project that is read."""
    inside = [
        el("H1", _("Review projects"), tabIndex=-1),
        _draw_door(),
        el("Div", [
            el("Div", [el("P", "", id="review-role", className="soft"), el("Div", [
                el("Button", _("Load the list again"), type="button", className="btn", id="review-again"),
                el("Button", _("Close, and forget my token"), type="button", className="btn plain", id="review-close"),
            ], className="row wrap")], className="row wrap between"),
            el("Div", "", id="review-done", tabIndex=-1, role="group", aria_label=_("What was done"), hidden=True),
            el("Div", [
                el("Div", [
                    el("Section", [el("H2", "", id="review-count", tabIndex=-1), el("Ol", "", id="review-list", className="share-queue")], id="review-queue", aria_label=_("What waits")),
                    _draw_closed(),
                ], className="stack-l"),
                el("Article", "", id="review-one", className="box stack", hidden=True, aria_label=_("The project to review")),
            ], className="share-review-cols"),
        ], id="review-open", hidden=True, className="stack"),
        draw_words(open_snapshot()),
    ]  # fmt: skip
    return [el("Main", inside, className="page share", id="main", tabIndex=-1, style=pictures())]


def _draw_closed() -> Element:
    """What reviewers hid or rejected; the script puts it in, the newest first."""
    return el("Section", [
        el("H2", _("Not on the map"), id="review-closed-title", tabIndex=-1),
        el("P", _("What reviewers took off or did not accept. Was it a slip? Bring it back."), className="s soft"),
        el("Ol", "", id="review-closed-list", className="share-queue"),
        el("Button", "", type="button", className="btn", id="review-closed-more", hidden=True),
    ], id="review-closed", hidden=True, **{"aria-labelledby": "review-closed-title"})  # fmt: skip


def _draw_door() -> Element:
    return el("Form", [
        el("P", _("For those who read projects before others see them. Whoever runs this map gives you a token."), id="review-hint"),
        el("P", [sign("warn", 16), el("Span", "")], className="share-fault", id="review-fault", hidden=True, role="alert"),
        el("Label", _("Your reviewer’s token"), htmlFor="review-token", className="label"),
        el("Input", type="password", id="review-token", className="input", autocomplete="off", spellcheck="false", **{"aria-describedby": "review-hint review-fault"}),
        el("Label", [el("Input", type="checkbox", id="review-keep"), el("Span", _("Remember it until this tab is closed"))], className="check share-check"),
        el("Div", [el("Button", _("Open the list"), type="submit", className="btn main"), el("Span", "", role="status", id="review-said", className="s")], className="row wrap"),
    ], id="review-door", className="box stack share-door", novalidate=True)  # fmt: skip
