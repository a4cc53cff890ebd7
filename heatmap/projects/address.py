"""What the page of projects is asked by, as it stands in the address: whole words, never a postcode and nothing that was typed.

``/projects?place=E12000007&theme=food&near=E01008966&view=table``
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from heatmap.geography.levels import ENGLAND
from heatmap.projects.filters import FILTERS, Wanted
from heatmap.projects.finding import ProjectsAsked
from heatmap.projects.placing import is_area
from heatmap.snapshot import Snapshot
from heatmap.words.language import _

PROJECTS_PATH: Final = "/projects"
#: Where the private link leads: the token stands behind the #, which no browser sends to any server.
EDIT_PAGE: Final = "/projects/edit"
_MOST_PAGES: Final = 10_000


@dataclass(frozen=True)
class ProjectsAddress(Wanted):
    """One screen of the page. Every field is valid: what a link got wrong has been set right by ``read_projects_address``.

    place     the code of an area, of any level, or "" for all of England
    national  with a place: also those that work in all of England
    near      the code of an area from which distances are told, nearest first; or ""
    view      "cards" | "table"
    page      of the list, from 1
    """

    near: str = ""
    view: str = "cards"
    page: int = 1

    @property
    def asked(self) -> ProjectsAsked:
        """What is looked for."""
        return ProjectsAsked(**{each.name: getattr(self, each.name) for each in fields(Wanted)})

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.place) or any(getattr(self, name) for name in FILTERS)

    def but(self, **changed: Any) -> ProjectsAddress:
        """The same with something changed, from the first page on."""
        return replace(self, **{"page": 1, **changed})

    def query(self) -> dict[str, str]:
        """What stands in the address, without what goes without saying."""
        written: dict[str, str] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if value != each.default and not (each.name == "national" and not self.place):
                written[each.name] = "yes" if value is True else str(value)
        return written

    def to_address(self) -> str:
        """
        >>> ProjectsAddress(theme="food", view="table", page=2).to_address()
        '/projects?theme=food&view=table&page=2'
        """
        written = self.query()
        return f"{PROJECTS_PATH}?{urlencode(written)}" if written else PROJECTS_PATH

    def api_query(self) -> str:
        """The same question as the API takes it."""
        return urlencode({name: value for name, value in self.query().items() if name not in ("near", "view", "page")})


def read_projects_address(search: str, snapshot: Snapshot) -> tuple[ProjectsAddress, list[str]]:
    """What a link asks for, and a sentence for each part that could not be followed; any text is survived, and none of it is repeated."""
    asked: dict[str, str] = {}
    for key, value in parse_qsl(search.removeprefix("?")[:4000])[:50]:
        asked.setdefault(key, value)
    found: dict[str, Any] = {}
    notices: list[str] = []
    for name in ("place", "near"):
        code = asked.get(name, "").strip().upper()
        if code == ENGLAND or not code:
            continue
        notices += [said] if (said := snapshot.say_former(code)) else []
        if is_area(code, snapshot):
            found[name] = snapshot.resolve(code)
        elif not said:
            notices.append(_("The link asks for a place that we do not have; you see all of England."))
    for name in FILTERS:
        word = asked.get(name, "")
        if word and word in FILTERS[name].words():
            found[name] = word
        elif word:
            notices.append(_("The link asks for a kind of project that we do not know. We skipped that part."))
    found["national"] = bool(found.get("place")) and asked.get("national") == "yes"
    found["view"] = "table" if asked.get("view") == "table" else "cards"
    page = asked.get("page", "")
    found["page"] = min(int(page), _MOST_PAGES) if page.isascii() and page.isdigit() and 0 < len(page) < 6 and int(page) else 1
    return ProjectsAddress(**found), list(dict.fromkeys(notices))
