"""What two layers at once are asked by, as it stands in the address; any text is survived, and none of it is repeated."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from heatmap.deprivation import CURRENT
from heatmap.geography.levels import ENGLAND, PICKER
from heatmap.inequality.address import read_area, read_asked
from heatmap.inequality.pair_sentences import say_same
from heatmap.inequality.pairs import PairQuestion, can_be_paired, levels_of_both
from heatmap.inequality.sentences import small
from heatmap.snapshot import Snapshot
from heatmap.words.language import _

PAIR_PATH: Final = "/inequality/two"
#: What is shown where the address names no layers.
FIRST: Final = (CURRENT.layer("acute_morbidity"), "overcrowded2021_england_lsoa21")


def read_pair_address(search: str, snapshot: Snapshot) -> tuple[PairQuestion, int, int, list[str]]:
    """What a link asks for: the question, the box that is picked out (0 for none) and the page of its list; and a sentence for each part
    that could not be followed."""
    asked, notices = read_asked(search), list[str]()
    layer = _read_layer(asked.get("layer", ""), 0, "", snapshot, notices)
    other = _read_layer(asked.get("other", ""), 1, layer, snapshot, notices)
    able = levels_of_both(snapshot.cards[layer], snapshot.cards[other])
    level = next((each for each in able if each == asked.get("level")), able[0])
    if asked.get("level", level) != level:
        notices.append(
            _("These two are not shown together by what the link asks for; you see them by {level}.").format(level=PICKER[level])
        )
    area = read_area(asked, snapshot, notices)
    if area is not None and not _has_column(area.level, level, snapshot):
        notices.append(_("{name} is not made of whole areas of this kind; you see England.").format(name=area.title))
        area = None
    box = _read_number(asked.get("box", ""), 9)
    page = _read_number(asked.get("page", ""), 10_000) or 1
    return PairQuestion(layer, other, level, area.code if area else ENGLAND), box, page, notices


def write_pair_query(question: PairQuestion, box: int = 0, page: int = 1) -> str:
    """The query of a question, without what goes without saying.

    >>> write_pair_query(PairQuestion("a", "b", "msoa", "E12000005"), 3)
    '?layer=a&other=b&level=msoa&area=E12000005&box=3'
    """
    written = {"layer": question.layer, "other": question.other, "level": question.level}
    if question.area != ENGLAND:
        written["area"] = question.area
    if box:
        written["box"] = str(box)
    if page != 1:
        written["page"] = str(page)
    return f"?{urlencode(written)}"


def _read_layer(layer: str, which: int, taken: str, snapshot: Snapshot, notices: list[str]) -> str:
    able = [
        each.id
        for each in snapshot.cards.values()
        if can_be_paired(each) and each.id != taken and (not taken or levels_of_both(snapshot.cards[taken], each))
    ]
    if layer in able:
        return layer
    other = snapshot.cards.get(taken)
    apart = [each for each in able if other is None or not say_same(other, snapshot.cards[each])] or able
    first = next((each for each in (FIRST[which], *FIRST) if each in apart), apart[0])
    if layer and layer == taken:
        notices.append(_("The link asks for the same layer twice. You see it with {name}.").format(name=snapshot.cards[first].short))
    elif layer in snapshot.cards and can_be_paired(snapshot.cards[layer]):
        notices.append(
            _("{asked} and {taken} are not known for the same kind of area; you see {name}.").format(
                asked=snapshot.cards[layer].short, taken=small(snapshot.cards[taken].short), name=snapshot.cards[first].short
            )
        )
    elif layer in snapshot.cards:
        notices.append(
            _("{asked} cannot be put in thirds: it is a kind of place, or a number of people; you see {name}.").format(
                asked=snapshot.cards[layer].short, name=snapshot.cards[first].short
            )
        )
    elif layer:
        notices.append(_("The link asks for a layer that we do not have; you see {name}.").format(name=snapshot.cards[first].short))
    return first


def _has_column(above: str, level: str, snapshot: Snapshot) -> bool:
    return above == level or f"{above}24_code" in snapshot.areas[level]  # type: ignore[index]


def _read_number(text: str, most: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most else 0
