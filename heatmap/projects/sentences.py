"""What is said of a project beside its own words: how sure it is, when it was, how it changed, and why a place is like another."""

from __future__ import annotations

from typing import Final

from heatmap.projects.finding import Listed
from heatmap.projects.record import Project
from heatmap.projects.similar_places import SimilarPlace
from heatmap.projects.store import ProjectChange
from heatmap.projects.vocabulary import say_word
from heatmap.words.days import say_day
from heatmap.words.language import _
from heatmap.words.phrases import join_names

#: A level in one word, for a tag.
LEVEL_TAGS: Final = {"practice": _("Practice"), "system": _("System"), "world": _("World")}
RELATION_TAGS: Final = {"wham": _("WHAM"), "kindred": _("Kindred")}
#: What happened to a record, as its history says it.
_ACTIONS: Final = {
    "shared": _("Shared by its team"),
    "corrected": _("Corrected by its team"),
    "confirmed": _("Confirmed by its team"),
    "withdrawn": _("Withdrawn by its team"),
    "accepted": _("Accepted by a reviewer"),
    "change_asked": _("A reviewer asked its team for a change"),
    "rejected": _("A reviewer did not accept the correction"),
    "kept": _("Looked at by a reviewer, and kept"),
    "hidden": _("Taken off the map by a reviewer"),
    "imported": _("Brought in from a list"),
    "stayed_off": _("Stayed off the map when a backup was restored"),
    "restored": _("Restored from a backup"),
    "redacted": _("Words removed by the people who run the map"),
    "brought_back": _("Brought back by a reviewer"),
    "link_made": _("A private key was made for its team"),
}


def say_when(project: Project) -> str:
    """From when to when, as far as it is known; "" where it is not."""
    if project.start and project.end:
        if project.start == project.end:
            return say_day(project.start)
        return _("{start} to {end}").format(start=say_day(project.start), end=say_day(project.end))
    if project.start:
        return _("since {start}").format(start=say_day(project.start))
    return _("until {end}").format(end=say_day(project.end)) if project.end else ""


def say_sure(listed: Listed) -> str:
    """Whether its team has said that it is right, and when."""
    if listed.freshness == "confirmed":
        return _("Confirmed by its team on {day}").format(day=say_day(listed.project.last_confirmed))
    if listed.freshness == "stale" and listed.project.last_confirmed:
        return _("Last confirmed on {day}, more than a year ago: ask before you rely on it").format(
            day=say_day(listed.project.last_confirmed)
        )
    if listed.freshness == "stale":
        return _("Never confirmed by its team, recorded in {month}, more than a year ago: ask before you rely on it").format(
            month=say_day(listed.project.added_on[:7])
        )
    return _("Not yet confirmed by its team")


def say_out_of_date(listed: Listed) -> str:
    """That somebody said so, and when last; "" where nobody did."""
    if not listed.said_out_of_date:
        return ""
    return _("A reader said on {day} that this is out of date. Its team or a reviewer will look at it.").format(
        day=say_day(max(listed.said_out_of_date)[:10])
    )


def say_how_sure(found: list[Listed]) -> str:
    """How sure several projects are, in a sentence."""
    if not found:
        return ""
    never = sum(one.freshness == "unconfirmed" for one in found)
    old = sum(one.freshness == "stale" and not one.project.last_confirmed for one in found)
    stale = sum(one.freshness == "stale" for one in found) - old
    if never == len(found):
        return (
            _("This one is publicly reported, and not yet confirmed by its team.")
            if never == 1
            else _("All of them are publicly reported, and not yet confirmed by their teams.")
        )
    said = []
    if never:
        said.append(_("{n} of {all} are not yet confirmed by their teams.").format(n=never, all=len(found)))
    if old:
        said.append(
            _("{n} of {all} were never confirmed, and were recorded more than a year ago; they are grey.").format(n=old, all=len(found))
        )
    if stale:
        said.append(_("{n} of {all} were confirmed more than a year ago; they are grey.").format(n=stale, all=len(found)))
    return " ".join(said) or _("All were confirmed by their teams within a year.")


def say_activity(listed: Listed) -> str:
    """That it is not being done now: ended, and when as far as that is known, or an idea; "" for what is being done."""
    if listed.standing == "idea":
        return say_word("stage", "idea")
    if listed.standing == "active":
        return ""
    if not listed.ended_on:
        return _("Ended")
    pattern = _("Ended on {day}") if len(listed.ended_on) == 10 else _("Ended in {day}")
    return pattern.format(day=say_day(listed.ended_on))


def say_stage(listed: Listed) -> str:
    """How far it is; once it has ended, that it has, whatever its record says."""
    if listed.standing == "ended":
        return say_word("stage", "ended")
    return say_word("stage", listed.project.stage) or _("Not said")


def say_change(change: ProjectChange) -> str:
    """A change of its record, in words without a name and without its reason.

    >>> say_change(ProjectChange(1, 1, "2026-03-05T10:00:00", "confirmed", "team", "", None))
    '5 March 2026: Confirmed by its team'
    """
    return f"{say_day(change.at[:10])}: {_ACTIONS.get(change.action, _('Changed'))}"


def say_alike(place: SimilarPlace) -> str:
    """Why a place is like another: what is the same in both, or nearly."""
    same = [each.name.partition(":")[0] for each in place.inputs if each.here == each.there]
    near = [
        each.name.partition(":")[0] for each in place.inputs if each.name.partition(":")[0] not in same and _is_near(each.here, each.there)
    ]
    small = [name[:1].lower() + name[1:] for name in same[:5]]
    if small:
        return _("Alike in {names}.").format(names=join_names(small))
    small = [name[:1].lower() + name[1:] for name in near[:5]]
    return _("Nearly alike in {names}.").format(names=join_names(small)) if small else _("Alike over all that was compared.")


def _is_near(here: str, there: str) -> bool:
    """Whether two figures differ by little: a tenth, or five in a hundred."""
    one, other = here.removesuffix("%"), there.removesuffix("%")
    if not (one.isdigit() and other.isdigit()):
        return False
    return abs(int(one) - int(other)) <= (5 if here.endswith("%") else 1)
