"""What every part of the API asks and answers with: the snapshot, a layer, an area, and a reply that is made once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import HTTPException, Path, Request, Response

from heatmap import __version__
from heatmap.api.models import Problem
from heatmap.deprivation import DEFAULT_LAYER
from heatmap.errors import NotFoundError
from heatmap.geography.levels import POSTCODE_PATTERN
from heatmap.layers.cards import LayerCard
from heatmap.layers.catalogue import find_card
from heatmap.snapshot import Area, Snapshot
from heatmap.web.sending import Packed, make_tag, reply

#: A postcode, whole or begun, and whatever stands between its letters and digits; and an area code that is none.
_POSTCODE_ANYWHERE = re.compile(POSTCODE_PATTERN)
_POSTCODE_BEGUN = re.compile(r"[A-Z]{1,2}[\dOI][A-Z\d]{0,5}")
AREA_CODE_BEGUN = re.compile(r"E\d{4,8}")

#: How a code looks and where to find one: the end of every sentence about a code that we do not have.
FIND_A_CODE = "Codes look like E01021988 or E08000025; find one at /api/v1/areas?search=NAME."
_NO_AREA = f"We have no area with that code. {FIND_A_CODE}"

#: What an answer may be beside 200, for the documentation.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "Not found. The message says what to do next."},
    422: {"model": Problem, "description": "A parameter is wrong; the sentence names it and what is allowed."},
}
LayerId = Annotated[str, Path(description="The layer's id.", examples=[DEFAULT_LAYER])]


def looks_like_postcode(text: str) -> bool:
    """Whether a text is, begins like, or holds a postcode; when in doubt, yes. Area codes are none.

    >>> [looks_like_postcode(text) for text in ("CO15 2EU", "co15 2", "C015-2EU", "near b147qh", "B14")]
    [True, True, True, True, True]
    >>> [looks_like_postcode(text) for text in ("Jaywick", "E01021988", "Tendring 018", "Bootle")]
    [False, False, False, False]
    """
    upper = unicodedata.normalize("NFKC", text).upper()
    squeezed = re.sub(r"[^A-Z\d]", "", upper)
    if AREA_CODE_BEGUN.fullmatch(squeezed):
        return False
    begun = _POSTCODE_BEGUN.fullmatch(squeezed) and any(letter.isdigit() for letter in squeezed)
    return bool(begun) or bool(_POSTCODE_ANYWHERE.search(re.sub(r"[^A-Z\d\s]", "", upper)))


def snapshot_of(request: Request) -> Snapshot:
    """The snapshot that this server was made with."""
    return request.app.state.snapshot


def reply_to(request: Request, make: Callable[[], Packed], day: str = "") -> Response:
    """The answer to a question, made once while its build, address and, where ages count, ``day`` stay the same.

    Where a code of another year was read as one of ours, the header X-Notice says so.
    """
    query = urlencode(sorted(request.query_params.multi_items()))
    answer = reply(request, make_tag(__version__, snapshot_of(request).build, request.url.path, query, day), make)
    say_codes_read(request, answer)
    return answer


def say_codes_read(request: Request, answer: Response) -> None:
    """Put into an answer's header what each code of another year, in the question's address, was read as."""
    asked = [*request.path_params.values(), *request.query_params.values()]
    if said := snapshot_of(request).say_read_as(map(str, asked)):
        answer.headers["X-Notice"] = plain_letters(" ".join(said))


def find_layer(snapshot: Snapshot, layer: str) -> LayerCard:
    """The card of an indicator or 404; what looks like a postcode is not repeated."""
    if looks_like_postcode(layer):
        raise HTTPException(404, "We have no layer with that name. GET /api/v1/layers lists them all.")
    try:
        return find_card(layer, snapshot.cards)
    except NotFoundError as fault:
        raise HTTPException(404, str(fault)) from None


def find_area(snapshot: Snapshot, code: str) -> Area:
    """An area by its code or 404."""
    try:
        return snapshot.area(code)
    except NotFoundError:  # its own sentence repeats what was asked for, which may be a postcode
        raise HTTPException(404, snapshot.say_former(code) or _NO_AREA) from None


def plain_letters(text: str) -> str:
    """A credit fit for a header, which holds ASCII only."""
    return text.replace("©", "(c)").encode("ascii", "replace").decode()
