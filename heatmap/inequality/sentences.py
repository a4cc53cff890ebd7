"""What a gradient says, in words that can stand in a board paper: the finding, the two measures, warnings, and why there is no answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from heatmap.deprivation import CURRENT
from heatmap.geography.levels import ENGLAND, PLURAL, SINGULAR, Level
from heatmap.indicators.words import find_indicator_words, say_caution
from heatmap.inequality.gradient import FEWEST_FOR_FIFTHS, FEWEST_FOR_TENTHS, Answer, GradientQuestion, find_gradient, is_circular
from heatmap.layers.cards import LayerCard
from heatmap.snapshot import Snapshot
from heatmap.statistics import Estimate, Reason, Scale
from heatmap.words.language import _
from heatmap.words.phrases import join_names, say_count, say_rounded

#: An index as a choice, and as a reason in a sentence.
INDEX_NAMES: Final[dict[str, str]] = {
    "imd": _("Deprivation {year} (IMD)").format(year=CURRENT.year),
    "income": _("Income"),
    "employment": _("Employment"),
    "education": _("Education and skills"),
    "health": _("Health"),
    "crime": _("Crime"),
    "barriers": _("Housing and services"),
    "living_env": _("Living environment"),
    "idaci": _("Child income (IDACI)"),
    "idaopi": _("Older people’s income (IDAOPI)"),
}
#: The first and the last group by an index.
_ENDS: Final[dict[str, tuple[str, str]]] = {
    "imd": (_("the most deprived {group} of {areas}"), _("the least deprived {group}")),
    "income": (_("the {group} of {areas} with the lowest incomes"), _("the {group} with the highest")),
    "idaci": (_("the {group} of {areas} with the most children on a low income"), _("the {group} with the fewest")),
    "idaopi": (_("the {group} of {areas} with the most older people on a low income"), _("the {group} with the fewest")),
}
_OTHER_ENDS: Final = (_("the {group} of {areas} most deprived by {domain}"), _("the {group} least deprived by it"))
#: Why there are no groups at all.
WHY_NOT: Final[dict[str, str]] = {
    "sum": _("This is a count, so bigger groups always have more. Choose a percentage, a rate or an average."),
    "other": _("This is deprivation itself, or a kind of place, and no indicator of what comes of it. Choose an indicator."),
    "ranks_alone": _("Only the order of places is published, so groups of them have no average. Choose another indicator."),
    "level": _("This is one figure for each of the {areas}, so we cannot compare places inside {place}. Choose England or a region."),
    "no_line": _(
        "We cannot rank {areas} on this index, because it has no scores to average. Choose the index of multiple deprivation or a domain."
    ),
    "too_few": _("{place} has {n} with a figure. Below {fewest}, groups are too small to compare. Choose a larger area."),
    "no_figures": _("No {area} in {place} has a figure. Choose another indicator or area."),
}
#: Why a measure, or its interval, is absent.
WHY_ABSENT: Final[dict[Reason, str]] = {
    Reason.NO_INTERVAL_PUBLISHED: _("no interval: neither counts nor the publisher’s errors are published"),
    Reason.NONE_OR_ALL_IN_A_GROUP: _("no interval: one group is 0% or 100%"),
    Reason.FIT_FAR_BELOW_GROUPS: _(
        "none: the gradient flattens out, and the straight line runs on to less than half of the lowest group, so a ratio of its ends would"
        " describe the line, not people"
    ),
    Reason.RATIO_WITHOUT_BOUND: _("no interval: the least deprived end may well be zero"),
    Reason.ZERO_DENOMINATOR: _("none: the least deprived end is zero"),
    Reason.NOT_POSITIVE: _("none: a fitted end is zero or less, where a ratio or logarithm needs more"),
    Reason.OUTSIDE_0_TO_1: _("none: one group is 0% or 100%, so we cannot fit the line"),
    Reason.EMPTY_GROUP: _("none: a group has no figures"),
    Reason.IMPOSSIBLE: _("none: a count is impossible"),
    Reason.ALL_EQUAL: _("none: all groups are equal"),
    Reason.MISSING: _("none: figures are missing"),
    Reason.SUPPRESSED: _("none: figures are withheld"),
    Reason.TOO_FEW_EVENTS: _("none: too few events"),
    Reason.WRONG_NUMBER_OF_GROUPS: _("none: too few groups"),
}
_SCALES: Final = {
    Scale.LINEAR: _("We fitted a straight line to the figures themselves."),
    Scale.LOG: _("We fitted a straight line to their logarithm, as is usual for rates."),
    Scale.LOGIT: _("We fitted a straight line to their log odds (logit), as is usual for percentages."),
}
#: The layer by which groups are told to differ in age.
_OLDER: Final = "sixtyfive_and_over2021_england_lsoa21"
#: Under this share of difference two ends are said to be about the same.
_SAME: Final = 0.005


def say_area(code: str, snapshot: Snapshot) -> str:
    """England, or an area's name."""
    return _("England") if code == ENGLAND else snapshot.area(code).title


def name_group(groups: int) -> str:
    """
    >>> name_group(10), name_group(5)
    ('tenth', 'fifth')
    """
    return _("tenth") if groups == 10 else _("fifth")


def say_ends(by: str, groups: int, level: Level) -> tuple[str, str]:
    """The first group and the last, the second said after the first.

    >>> say_ends("income2025", 10, "lsoa")
    ('the tenth of neighbourhoods with the lowest incomes', 'the tenth with the highest')
    """
    series = by.rstrip("0123456789")
    said = {"group": name_group(groups), "areas": PLURAL[level], "domain": INDEX_NAMES[series].lower()}
    first, last = _ENDS.get(series, _OTHER_ENDS)
    return first.format(**said), last.format(**said)


def decimals_for(answer: Answer, card: LayerCard) -> int:
    """As many as the card has, but one more where whole numbers would hide the differences of small figures."""
    if answer.groups is None:
        return card.decimals
    largest = max((abs(each.estimate.value) for each in answer.groups.each if each.estimate.value is not None), default=0.0)
    return max(card.decimals, 1 if largest < 100 else 0, 2 if largest < 1 else 0)


def say_card_number(value: float | None, card: LayerCard, decimals: int) -> str:
    """A figure with the sign of a percentage and no other unit; "no figure" where there is none."""
    if value is None:
        return _("no figure")
    return f"{say_rounded(value, decimals)}{'%' if card.unit.startswith('%') else ''}"


def say_short_unit(card: LayerCard) -> str:
    """What a figure is measured in, less the sign of a percentage that stands on it.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> say_short_unit(read_catalogue()["disability2021_england_lsoa21"])
    'of residents'
    """
    return card.unit.removeprefix("%").strip()


def say_counted(answer: Answer, card: LayerCard) -> str:
    """Whom the groups' numbers count: those that the figure is of where it was counted, else all people."""
    counted = answer.groups is not None and answer.groups.error_scale is not Scale.LINEAR
    return say_short_unit(card).removeprefix("of ") if counted else _("people, mid-2022")


def say_times(ratio: float) -> str:
    """How many times as high, with a decimal more where one would say nothing.

    >>> [say_times(ratio) for ratio in (1.386, 1.05, 12.31)]
    ['1.4', '1.05', '12']
    """
    return f"{ratio:.2f}" if ratio < 1.1 else f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"


def say_gradient_finding(answer: Answer, card: LayerCard, snapshot: Snapshot) -> str:
    """The finding in one sentence: most deprived end against least, as the groups are; or why there is none."""
    question, place = answer.question, say_area(answer.question.area, snapshot)
    if answer.why_not or answer.groups is None or answer.gap is None:
        return WHY_NOT[answer.why_not].format(
            areas=PLURAL[answer.level],
            area=SINGULAR[answer.level],
            place=place,
            n=say_count(answer.areas, answer.level),
            fewest=FEWEST_FOR_FIFTHS,
        )
    first, last = say_ends(question.by, question.groups, answer.level)
    most, least = (answer.groups.each[at].estimate.value for at in (0, -1))
    said = {"place": place, "name": small(card.short), "first": first, "last": last}
    if most is None or least is None:
        missing = _("first") if most is None else _("last")
        return _("In {place} there is no figure for {name} in the {end} of England’s groups, so its two ends cannot be compared.").format(
            **said, end=missing
        )
    decimals = decimals_for(answer, card)
    a, b, unit = say_card_number(most, card, decimals), say_card_number(least, card, decimals), say_short_unit(card)
    values = _("({a} against {b} {unit})") if card.unit.startswith("%") else _("({a} against {b}; {unit})")
    said["values"] = values.format(a=a, b=b, unit=unit)
    ratio = answer.gap.ratio.value
    if ratio is None or ratio <= 0:
        return _("In {place} the figure for {name} is {a} in {first} and {b} in {last} ({unit}).").format(**said, a=a, b=b, unit=unit)
    if abs(ratio - 1) < _SAME or a == b:
        return _("In {place} the figure for {name} is about the same in {first} as in {last} {values}.").format(**said)
    if ratio > 1:
        times = say_times(ratio)
        return _("In {place} the figure for {name} is {times} times as high in {first} as in {last} {values}.").format(**said, times=times)
    less = _("In {place} the figure for {name} is lower in {first} than in {last} {values}: it is {times} times as high in {last}.")
    return less.format(**said, times=say_times(1 / ratio))


def side_of_gap(answer: Answer, card: LayerCard) -> str:
    """Whether the most deprived end is ``worse`` or ``better``; ``neutral`` where neither end is, "" where they are not compared or may
    differ by chance alone."""
    gap, ratio = answer.end_gap, answer.end_ratio
    if gap is None or gap.value is None or may_be_chance(gap) or (ratio and ratio.value and abs(ratio.value - 1) < _SAME):
        return ""
    if card.polarity == "no_judgement" or gap.value == 0:
        return "neutral"
    return "worse" if gap.value > 0 else "better"


def may_be_chance(difference: Estimate) -> bool:
    """Whether a difference has an interval that holds zero.

    >>> may_be_chance(Estimate(1.0, -0.5, 2.5)), may_be_chance(Estimate(1.0, reason=Reason.NO_INTERVAL_PUBLISHED))
    (True, False)
    """
    return difference.lower_ci is not None and difference.upper_ci is not None and difference.lower_ci <= 0 <= difference.upper_ci


def say_side(answer: Answer, card: LayerCard) -> str:
    """The same as ``side_of_gap``, in words beside the finding; nothing where neither end is worse."""
    return {
        "worse": _("worse at the more deprived end"),
        "better": _("better at the more deprived end"),
        "neutral": "",
        "": "",
    }[side_of_gap(answer, card)]


def say_slope(answer: Answer, card: LayerCard) -> str:
    """The slope index as one sentence, most deprived end against least; "" where there is no line."""
    if answer.gradient is None or answer.gradient.sii.value is None:
        return ""
    more = answer.gradient.most_minus_least.value
    assert more is not None  # the SII is there
    return _("Along the fitted line the figure is {n} {points} {word} at the most deprived end than at the least deprived end.").format(
        n=say_rounded(abs(more), decimals_for(answer, card)), points=say_points(card), word=_("higher") if more >= 0 else _("lower")
    )


def say_sign(card: LayerCard) -> str:
    """What the sign of the gap's measures means, on the page, in files and in the ranking."""
    if card.polarity == "no_judgement":
        return _("Points above 0, and a ratio above 1, mean that the figure is higher among the most deprived.")
    return _("Points above 0, and a ratio above 1, mean that the most deprived are worse off.")


def say_points(card: LayerCard) -> str:
    """What a difference is measured in."""
    return _("percentage points") if card.unit.startswith("%") else _("points")


def say_scale(answer: Answer) -> str:
    """On what the line is straight; "" where there is none."""
    return _SCALES[answer.gradient.scale] if answer.gradient and answer.gradient.line else ""


def say_limits(estimate: Estimate, decimals: int) -> str:
    """The 95 % interval, or why there is none."""
    if estimate.lower_ci is None or estimate.upper_ci is None:
        return WHY_ABSENT[estimate.reason] if estimate.reason else ""
    return _("95% interval {low} to {high}").format(
        low=say_rounded(estimate.lower_ci, decimals), high=say_rounded(estimate.upper_ci, decimals)
    )


def say_line_up(question: GradientQuestion, level: Level, snapshot: Snapshot) -> str:
    """How the groups were made."""
    many = _("tenths") if question.groups == 10 else _("fifths")
    whose = _("England’s") if question.ranked == "national" else _("its own")
    name = INDEX_NAMES[question.by.rstrip("0123456789")]
    return _("{place}, by {whose} {many} of {areas}: {name}. Group 1 is the most deprived.").format(
        place=say_area(question.area, snapshot), whose=whose, many=many, areas=PLURAL[level], name=name
    )


def say_sizes(answer: Answer, snapshot: Snapshot) -> str:
    """That groups are not equally many, where one has twice as many as another; "" where they nearly are."""
    people = [group.population for group in answer.groups.each if group.population] if answer.groups else []
    if not people or max(people) < 2 * min(people):
        return ""
    return _(
        "{share} in 100 of {place} are in group {n}: bars are equally wide, but groups are not equally many, so that the straight line"
        " looks bent. The numbers below the bars say how many are in each."
    ).format(
        share=round(100 * max(people) / sum(people)),
        place=say_area(answer.question.area, snapshot),
        n=max(answer.groups.each, key=lambda group: group.population).number if answer.groups else "",
    )


# ---- warnings ----


def say_cautions(card: LayerCard, by: str) -> list[str]:
    """What must stand beside an indicator's gradients wherever they are shown: that the index holds it, then its own caution."""
    said = []
    if is_circular(card, by):
        circular = _(
            "Circular: this indicator is part of the index that puts places in line, so the two rise together by how the index is made."
        )
        said.append(circular if is_circular(card, "income2025") else f"{circular} {_('Choose income instead.')}")
    if caution := say_caution(card):
        said.append(_("With care. {caution}").format(caution=caution))
    return said


def say_warnings(answer: Answer, asked: GradientQuestion, snapshot: Snapshot) -> list[str]:
    """What must be said beside the finding, the gravest first: that the index holds the indicator."""
    question, card = answer.question, snapshot.cards[answer.question.layer]
    said = say_cautions(card, question.by)
    if answer.groups is None:
        return said
    if answer.groups.empty:
        numbers = join_names([str(number) for number in answer.groups.empty])
        said.append(
            _("Nobody in {place} lives in {name} {numbers} of England, so we cannot draw the line or work out the SII or RII.").format(
                place=say_area(question.area, snapshot),
                name=_plural_group(question.groups, len(answer.groups.empty)),
                numbers=numbers,
            )
        )
    if question.groups != asked.groups:
        said.append(
            _("We use fifths, because tenths need {fewest} {areas} or more. There are {n} here.").format(
                fewest=FEWEST_FOR_TENTHS, areas=PLURAL[answer.level], n=answer.areas
            )
        )
    said += _warn_of_the_line(answer)
    words = find_indicator_words(card.words)
    if words and "not_age_standardised" in words.certainty:
        said.append(_say_ages(answer, snapshot))
    if card.flagged == "modelled":
        said.append(_("Estimates from a model, which may have used deprivation itself: the gap is a part of the model."))
    if answer.level in ("msoa", "lad"):
        said.append(
            _("These are groups of {areas}. Places inside each one differ, and you cannot see that here.").format(
                areas=PLURAL[answer.level]
            )
        )
    if answer.without:
        areas = SINGULAR[answer.level] if answer.without == 1 else PLURAL[answer.level]
        said.append(_("Left out: {n} {areas} without a figure. No figure is not zero.").format(n=f"{answer.without:,}", areas=areas))
    return said


def _say_ages(answer: Answer, snapshot: Snapshot) -> str:
    """That age is not allowed for, and how much the first and the last group differ in it, by the same groups."""
    said = _("Not adjusted for age: where the groups differ in age, a part of the gap comes from that, or is hidden by it.")
    if _OLDER not in snapshot.cards or answer.level != snapshot.cards[_OLDER].base_level:
        return said
    older = find_gradient(replace(answer.question, layer=_OLDER), snapshot).groups
    first, last = (older.each[at].estimate.value for at in (0, -1)) if older else (None, None)
    if first is None or last is None:
        return said
    more = _("People aged 65 and over are {a}% of group 1 and {b}% of group {n}.")
    return f"{said} {more.format(a=f'{first:.1f}', b=f'{last:.1f}', n=answer.question.groups)}"


def _warn_of_the_line(answer: Answer) -> list[str]:
    gradient = answer.gradient
    if gradient is None or gradient.bend is None or not gradient.is_bent:
        return []
    end = _("most") if gradient.bend.steeper_end == "most_deprived" else _("least")
    return [
        _(
            "Not a straight line: it is steeper towards the {end} deprived end, so one slope hides a part of the shape. Look at the bars."
        ).format(end=end)
    ]


def _plural_group(groups: int, number: int) -> str:
    if groups == 10:
        return _("tenth") if number == 1 else _("tenths")
    return _("fifth") if number == 1 else _("fifths")


def small(name: str) -> str:
    """A name inside a sentence."""
    return name if name[:2].isupper() else name[0].lower() + name[1:]
