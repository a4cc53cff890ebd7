"""The map's description: colours, words and legend agree with each other and with the snapshot."""

import json
from itertools import pairwise

import brotli
import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from heatmap.drawing.elements import to_plain
from heatmap.drawing.tokens import colour, contrast, ink_on
from heatmap.layers.classes import classes_of, levels_of
from heatmap.layers.words import say_direction
from heatmap.map import description as mapview
from heatmap.map import legend
from heatmap.map.address import MapAddress
from heatmap.map.selection import keep_areas, keep_at_level
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()
PAGE = mapview.describe_page(SNAPSHOT)
EYES = {"normal": None, "deuteranopia": "deuteranomaly", "protanopia": "protanomaly", "tritanopia": "tritanomaly"}
#: Palettes, and the least CAM02-UCS difference between neighbours (8 is plain), as the design measured them.
PALETTES = {
    "tenths": ([f"seq-{n}" for n in range(1, 11)], 8),
    "fifths": ([f"fifth-{n}" for n in range(1, 6)], 16),
    "kinds": ([f"kind-{n}" for n in range(1, 7)], 8),
    "moved": (["div-worse-3", "div-worse-2", "div-worse-1", "div-same", "div-better-1", "div-better-2", "div-better-3"], 12),
}


def _seen(hexes, eye):
    rgb = np.array([int(hexes[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    kind = EYES[eye]
    return rgb if kind is None else np.clip(cspace_convert(rgb, {"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100}, "sRGB1"), 0, 1)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("palette", PALETTES)
def test_neighbouring_classes_can_be_told_apart(palette, eye):
    """By normal and colour-blind eyes (Machado 2009, full strength)."""
    names, least = PALETTES[palette]
    for one, other in pairwise(names):
        difference = deltaE(_seen(colour(one), eye), _seen(colour(other), eye), input_space="sRGB1", uniform_space="CAM02-UCS")
        assert difference >= least, f"{one} and {other} differ by {difference:.1f}"


@pytest.mark.parametrize("name", sorted({name for names, _ in PALETTES.values() for name in names}))
def test_numbers_in_the_legend_can_be_read(name):
    """Ink on each class's colour has a contrast of 4.5 or more."""
    assert contrast(ink_on(name), colour(name)) >= 4.5


@pytest.mark.parametrize("layer", sorted(SNAPSHOT.cards))
def test_every_class_has_a_colour_and_words(layer):
    """At every level and grouping, each class that occurs has a colour in the palette and something to say."""
    card = SNAPSHOT.cards[layer]
    for level in levels_of(card):
        views = PAGE["layers"][layer]["views"]
        view = views.get(f"{level}.tenths") or views["msoa.tenths"]
        highest = SNAPSHOT.table(layer)[level]["class"].max()
        assert highest <= len(view["colours"])
        assert all(0 < number < len(mapview.PALETTE) for number in view["colours"])
        assert "value" in view or len(view["classes"]) >= highest


def test_darker_is_more_deprived():
    """Tenth 1 has the darkest colour and tenth 10 the palest, in the order of the tenths."""
    view = PAGE["layers"]["imd2025_england_lsoa21"]["views"]["lsoa.tenths"]
    light = [contrast(colour(mapview.PALETTE[number]), "#000000") for number in view["colours"]]
    assert light == sorted(light)
    assert view["classes"][0] == "Tenth 1: most deprived tenth in England"
    assert view["classes"][9] == "Tenth 10: least deprived tenth in England"


@pytest.mark.parametrize("groups", ["tenths", "fifths"])
@pytest.mark.parametrize("layer", sorted(SNAPSHOT.cards))
def test_the_legend_counts_all_that_is_shown(layer, groups):
    """The shares of the classes add up to 100 %, and ends and direction are said in words."""
    card = SNAPSHOT.cards[layer]
    for level in levels_of(card):
        address = MapAddress(layer=layer, level=level, groups=groups)
        mask = keep_at_level(keep_areas(address, SNAPSHOT), level, SNAPSHOT)
        column = "class_fifths" if groups == "fifths" else "class"
        classes = classes_of(card, level, groups, SNAPSHOT.facts(layer)["edges"].get(level, ()))
        shares = legend.share_in_classes(SNAPSHOT.table(layer)[level][column].to_numpy(), mask, len(classes))
        assert sum(shares) == pytest.approx(100)
        said = json.dumps(
            [part.to_plotly_json() for part in legend.legend(address, SNAPSHOT, mask)], default=lambda part: part.to_plotly_json()
        )
        assert "darker" in said or "brown" in said
        assert all(each.label in said for each in classes)


def test_the_page_block_cannot_end_its_script():
    """No text in the description can close the element it stands in, and it is small."""
    from heatmap.site import _pack

    assert "</" not in _pack({"name": "</script>", **PAGE})
    assert len(brotli.compress(json.dumps(PAGE).encode(), quality=5)) < 25_000  # 150 layers, and it comes with every map


def test_the_style_asks_nothing_of_other_servers():
    """No glyphs, no sprite, and every source is ours."""
    style = PAGE["style"]
    assert "glyphs" not in style and "sprite" not in style
    assert all(url.startswith("/tiles/") for source in style["sources"].values() for url in source["tiles"])


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (MapAddress(), "a tenth of England’s 33,755 neighbourhoods by Index of Multiple Deprivation 2025: darker = more deprived"),
        (MapAddress(groups="fifths"), "a fifth of England’s"),
        (
            MapAddress(level="lad"),
            "a share of people: of 100 residents, how many live in England’s most deprived tenth of neighbourhoods; darker = more.",
        ),
        (MapAddress(layer="far_gp2026_england_lsoa21"), "a range of km, straight line: darker = more = worse."),
        (MapAddress(layer="population2022_england_lsoa21"), "a range of people: darker = more; neither better nor worse."),
        (MapAddress(layer="rural_urban2021_england_lsoa21"), "a kind of place: darker = nearer to town"),
        (
            MapAddress(layer="imd_moved2025_england_lsoa21"),
            "how far England’s 33,755 neighbourhoods have moved in England’s line: brown = towards",
        ),
    ],
)
def test_the_first_card_says_what_the_colours_on_show_are(address, words):
    """A tenth is a tenth only of a layer that has tenths."""
    assert words in legend.say_colours(address, SNAPSHOT)


@pytest.mark.parametrize("layer", [card.id for card in SNAPSHOT.cards.values() if card.scheme == "amount"])
def test_the_legend_of_an_amount_has_its_unit(layer):
    """Numbers without a unit say nothing; which end is worse stands beside it."""
    card = SNAPSHOT.cards[layer]
    address = MapAddress(layer=layer, level=card.base_level)
    words = json.dumps(
        to_plain(legend.legend(address, SNAPSHOT, keep_at_level(keep_areas(address, SNAPSHOT), card.base_level, SNAPSHOT))),
        ensure_ascii=False,
    )
    assert f"numbers are {card.unit}; {say_direction(card)}" in words
