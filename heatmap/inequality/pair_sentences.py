"""What two layers at once say, in words: the thirds, the finding, and what must be said beside it."""

from __future__ import annotations

from collections.abc import Sequence

from heatmap.deprivation import DEPRIVED
from heatmap.geography.levels import ENGLAND, PARENT_COLUMN, PLURAL, SINGULAR, Level
from heatmap.indicators.words import say_caution
from heatmap.inequality.gradient import is_circular
from heatmap.inequality.pairs import BOTH_HIGH, Pair, PairQuestion, in_line_by, is_even, is_same_quantity, split_box, thirds_of_layer
from heatmap.inequality.sentences import say_area, say_short_unit, small
from heatmap.layers.cards import LayerCard
from heatmap.layers.words import FLAG_WORDS, say_where_first
from heatmap.snapshot import Snapshot
from heatmap.statistics import SIGNIFICANT, chance_of_overlap
from heatmap.words.language import _
from heatmap.words.phrases import join_names, say_count, say_number, say_people


def name_third(card: LayerCard, third: int, percent: int | None = None) -> str:
    """A third of England's areas by a layer, or so many in a hundred where it is no third.

    percent   how many of a hundred areas it holds, where ties or steps make the thirds uneven

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> cards = read_catalogue()
    >>> name_third(cards["imd2025_england_lsoa21"], 3), name_third(cards["overcrowded2021_england_lsoa21"], 1)
    ('most deprived third', 'best third')
    >>> name_third(cards["ethnic_asian2021_england_lsoa21"], 3), name_third(cards["patients_per_gp2025_england_lsoa21"], 3, 16)
    ('highest third', 'worst 16%')
    """
    size = _("third") if percent is None else f"{percent}%"
    if third == 2:
        return _("middle {third}").format(third=size)
    if card.scheme == "tenths" and (not card.ends or not is_judged(card)):
        end = (card.ends or DEPRIVED)[third == 1]
        return _("{third} at the “{end}” end").format(third=size, end=end) if card.ends else f"{end} {size}"
    if not is_judged(card):
        return _("highest {third}").format(third=size) if third == 3 else _("lowest {third}").format(third=size)
    return _("worst {third}").format(third=size) if third == 3 else _("best {third}").format(third=size)


def say_third(card: LayerCard, third: int, level: Level, snapshot: Snapshot) -> str:
    """A third of England's areas of a level by a layer, by its true size where the thirds are uneven."""
    thirds = thirds_of_layer(card.id, level, snapshot)
    if is_even(thirds):
        return name_third(card, third)
    return name_third(card, third, round(100 * float((thirds == third).sum() / (thirds > 0).sum())))


def say_thirds(question: PairQuestion, box: int, snapshot: Snapshot) -> str:
    """What a box of the nine holds: "overcrowded homes: worst third; crime: most deprived third"."""
    one, other = split_box(box)
    first, second = snapshot.cards[question.layer], snapshot.cards[question.other]
    return "; ".join(
        f"{name_layer(card, beside)}: {say_third(card, third, question.level, snapshot)}"
        for card, beside, third in ((first, second, one), (second, first, other))
    )


def name_box(question: PairQuestion, box: int, snapshot: Snapshot) -> str:
    """A box as a heading."""
    if box == BOTH_HIGH and (kind := _kind_of_high(question, snapshot)):
        return kind
    said = say_thirds(question, box, snapshot)
    return said[0].upper() + said[1:]


def _kind_of_high(question: PairQuestion, snapshot: Snapshot) -> str:
    """What third 3 of both is called; "" where no one word is true of both."""
    cards = [snapshot.cards[layer] for layer in (question.layer, question.other)]
    if all(card.scheme != "tenths" and card.polarity != "low_is_worse" for card in cards):
        return _("Both high")
    if not all(is_judged(card) for card in cards):
        return ""
    even = all(is_even(thirds_of_layer(card.id, question.level, snapshot)) for card in cards)
    return _("Both in their worst third") if even else _("Both at their worst end")


def is_judged(card: LayerCard) -> bool:
    """Whether third 3 is the worse end, and not just the highest."""
    return card.polarity != "no_judgement"


def name_layer(card: LayerCard, other: LayerCard) -> str:
    """A layer inside a sentence, with its edition where the other has the same name."""
    return f"{small(card.short)} {card.edition}".strip() if card.short == other.short else small(card.short)


def say_both(pair: Pair, question: PairQuestion, snapshot: Snapshot) -> str:
    """The finding: how many areas are at the worst end of both, who lives there, and how many that would be by chance."""
    place = say_area(question.area, snapshot)
    if not pair.figured:
        return _("No {area} of {place} has a figure of both. Choose other layers, or a larger area.").format(
            area=SINGULAR[question.level], place=place
        )
    one, other = (snapshot.cards[layer] for layer in (question.layer, question.other))
    many, people = int(pair.areas[2, 2]), int(pair.people[2, 2])
    both = _("both the {a} for {x} and the {b} for {y}").format(
        a=say_third(one, 3, question.level, snapshot),
        b=say_third(other, 3, question.level, snapshot),
        x=name_layer(one, other),
        y=name_layer(other, one),
    )
    if not many:
        return _("In {place} no {area} is in {both}.").format(place=place, area=SINGULAR[question.level], both=both)
    share = 100 * many / pair.figured
    return _("In {place} {many} of {all}{share} {are} in {both}: home to {people}.").format(
        place=place,
        many=f"{many:,}",
        all=say_count(pair.figured, question.level),
        both=both,
        people=say_people(people),
        share="" if pair.figured < 20 else f" ({share:.0f}%)" if share >= 1 else _(" (under 1%)"),
        are=_("is") if many == 1 else _("are"),
    )


def say_chance(pair: Pair, question: PairQuestion, snapshot: Snapshot) -> str:
    """How many areas would be in both by chance, and whether more or fewer are than chance would give.

    "" where chance decides nothing: few areas, two layers that are one by how they are made, or a layer by which all areas here, or none,
    are at the worst end.
    """
    high = int(pair.areas[2].sum()), int(pair.areas[:, 2].sum())
    cards = (snapshot.cards[layer] for layer in (question.layer, question.other))
    if pair.figured < 20 or say_same(*cards) or not all(0 < each < pair.figured for each in high):
        return ""
    many, expected = int(pair.areas[2, 2]), pair.by_chance
    said = _("If the two had nothing to do with each other, about {n} would be.").format(
        n=f"{expected:,.0f}" if expected >= 10 else f"{expected:.1f}"
    )
    if chance_of_overlap(many, *high, pair.figured) >= SIGNIFICANT:
        return said + _(" So they go together about as often as chance would give, or there are too few to say.")
    if many > expected:
        return said + _(" So they go together more often than chance would give. That does not say that one causes the other.")
    return said + _(" So they go together less often than chance would give.")


def say_same(one: LayerCard, other: LayerCard) -> str:
    """That two layers go together by how they are made: one quantity twice, or one a part of the other; "" where they do not.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> cards = read_catalogue()
    >>> say_same(cards["overcrowded2021_england_lsoa21"], cards["overcrowded_rooms2025_england_lsoa21"])
    'The same thing measured twice: the two go together by what they are.'
    >>> say_same(cards["overcrowded2021_england_lsoa21"], cards["fuel_poverty2020_england_lsoa11"])
    ''
    """
    if one.series == other.series and one.scheme == other.scheme:
        return _("The same index in two editions: most places are alike in both.")
    if is_same_quantity(one, other):
        return _("The same thing measured twice: the two go together by what they are.")
    if holds(one, other) or holds(other, one):
        whole, part = (one, other) if holds(one, other) else (other, one)
        return _("Circular: {part} is a part of {whole}, so the two go together by how the index is made.").format(
            part=small(part.short), whole=small(whole.short)
        )
    return ""


def say_pair_warnings(pair: Pair, question: PairQuestion, snapshot: Snapshot) -> list[str]:
    """What must be said beside the finding, the gravest first."""
    one, other = (snapshot.cards[layer] for layer in (question.layer, question.other))
    said = [same] if (same := say_same(one, other)) else []
    said += [f"{card.short}. {caution}" for card in (one, other) if (caution := say_caution(card))]
    said += [
        words
        for words in (say_uneven((one, other), question.level, snapshot), say_straddling(question.area, question.level, snapshot))
        if words
    ]
    if pair.without:
        said.append(
            _("Left out: {n} without a figure of one of the two. No figure is not zero.").format(n=say_count(pair.without, question.level))
        )
    return said


def say_uneven(cards: Sequence[LayerCard], level: Level, snapshot: Snapshot) -> str:
    """That by some of the layers the thirds are not of like size; "" where they are."""
    uneven = [(small(card.short), third) for card in cards if not is_even(third := thirds_of_layer(card.id, level, snapshot))]
    if not uneven:
        return ""
    sizes = [
        _("{name} ({sizes})").format(name=name, sizes=", ".join(f"{100 * (third == n).sum() / (third > 0).sum():.0f}%" for n in (3, 2, 1)))
        for name, third in uneven
    ]
    return _("Not real thirds, from the worse or higher end: {names}. Areas with the same figure are never split.").format(
        names=join_names(sizes)
    )


def say_straddling(area: str, level: Level, snapshot: Snapshot) -> str:
    """That areas across an area's border are not counted, where there may be some: authorities and wider neighbourhoods in two boards."""
    if area == ENGLAND or level == "lsoa":
        return ""
    column, areas = PARENT_COLUMN[snapshot.area(area).level], snapshot.areas[level]
    if column not in areas or not (areas[column].isna().any() or (areas[column] == "").any()):
        return ""
    return _("We count only {areas} that are fully inside {place}, not those across its border.").format(
        areas=PLURAL[level], place=say_area(area, snapshot)
    )


def holds(index: LayerCard, part: LayerCard) -> bool:
    """Whether one layer is an index, or domain, that the other is counted in.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> cards = read_catalogue()
    >>> holds(cards["imd2025_england_lsoa21"], cards["crime2025_england_lsoa21"])
    True
    >>> holds(cards["crime2025_england_lsoa21"], cards["disability2021_england_lsoa21"])
    False
    """
    return index.id != part.id and index.scheme == "tenths" and (part.part_of == index.series or is_circular(part, index.series))


def say_pair_figure(card: LayerCard, level: Level, position: int, snapshot: Snapshot) -> tuple[str, str]:
    """An area's figure as it stands in a table, in ``say_measure``, and why it is weak or absent ("" where it is neither)."""
    column = in_line_by(card, level, snapshot).column
    row = snapshot.table(card.id)[level].iloc[position]
    reason = FLAG_WORDS[row["flag"]][0] if row["flag"] else ""
    value = float(row[column])
    return (say_in_line(card, column, value), reason) if value == value else ("", reason or FLAG_WORDS["missing"][0])


def say_in_line(card: LayerCard, column: str, value: float) -> str:
    """A figure by which areas are put in line, without its unit.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> card = read_catalogue()["imd2025_england_lsoa21"]
    >>> say_in_line(card, "rank", 3170.0), say_in_line(card, "people_tenth1_percent", 12.46)
    ('3,170', '12.5%')
    """
    of_scores = 1 if card.valid_max > 10 else card.decimals  # a domain's scores may all lie below 1
    decimals = {"rank": 0, "people_tenth1_percent": 1, "mean_score": of_scores}.get(column, card.decimals)
    percent = column == "people_tenth1_percent" or (column == "value" and card.unit.startswith("%"))
    return f"{say_number(value, decimals)}{'%' if percent else ''}"


def say_measure(card: LayerCard, column: str) -> str:
    """What the figures of a column are, beside its name.

    >>> from heatmap.layers.catalogue import read_catalogue
    >>> card = read_catalogue()["imd2025_england_lsoa21"]
    >>> say_measure(card, "rank"), say_measure(card, "mean_score"), say_measure(card, "people_tenth1_percent")
    ('rank, 1 = most deprived', 'mean score of its people, higher is worse', 'people in England’s most deprived tenth')
    """
    if column == "rank":
        return _("rank, 1 = {end}").format(end=(card.ends or DEPRIVED)[0])
    worse = {"high_is_worse": _("higher is worse"), "low_is_worse": _("lower is worse"), "no_judgement": _("neither end is worse")}
    if column == "mean_score":
        return _("mean score of its people, {worse}").format(worse=worse["high_is_worse"])
    if column == "people_tenth1_percent":
        return _("people {where}").format(where=say_where_first(card))
    return _("{unit}, {worse}").format(unit=say_short_unit(card), worse=worse[card.polarity])
