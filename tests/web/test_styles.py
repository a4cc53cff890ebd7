"""The style sheets hold together: one order of what lies over what, values from the tokens alone, and no rule that nothing uses."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

from heatmap.drawing.tokens import colour, contrast
from heatmap.settings import ROOT

SHEETS = sorted((ROOT / "assets").glob("*.css"))
#: Made by the map's library, not by us, or put together from a part and a word of the data.
OTHERS = re.compile(r"maplibregl-.*|.*mapboxgl.*|_dash-.*|js-plotly-plot|modebar.*|svg-container|main-svg|plot-container|user-select-none")


def rules_of(sheet):
    """A sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_what_lies_over_what_stands_in_one_list(sheet):
    """Every z-index is one of the tokens --z-…, which stand in tokens.css in their order."""
    assert [
        each for each in re.findall(r"z-index:\s*([^;}]+)", rules_of(sheet)) if not re.fullmatch(r"var\(--z-[\w-]+\)", each.strip())
    ] == []
    levels = [int(number) for number in re.findall(r"--z-[\w-]+:\s*(\d+)", (ROOT / "assets/tokens.css").read_text(encoding="utf-8"))]
    assert levels == list(range(1, len(levels) + 1))


def test_every_class_in_a_sheet_is_used():
    """A class that neither a page nor a script writes is dead, and goes."""
    written = "\n".join(
        path.read_text(encoding="utf-8")
        for folder, kind in (("heatmap", "py"), ("assets", "js"))
        for path in (ROOT / folder).rglob(f"*.{kind}")
    )
    swagger = next(Path(str(distribution("fastapi-offline").locate_file("fastapi_offline"))).rglob("swagger-ui.css"))  # for docs.css
    words = set(re.findall(r"[\w-]+", written + swagger.read_text(encoding="utf-8")))
    found = {
        name
        for sheet in SHEETS
        for rule in re.findall(r"([^{}]+)\{", rules_of(sheet))
        for name in re.findall(r"\.(-?[a-zA-Z_][\w-]*)", rule)
    }
    assert sorted(name for name in found - words if not OTHERS.fullmatch(name)) == []


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        *((ink, ground, 4.5) for ink in ("ink", "ink-2", "action") for ground in ("paper", "surface", "sunk", "action-soft")),
        *((f"{kind}-ink", kind, 4.5) for kind in ("note", "warn", "stop", "good")),
        *((edge, ground, 3) for edge in ("edge", "focus") for ground in ("paper", "surface", "sunk")),
        ("ink-on-dark", "action", 4.5),
        ("here-ink", "here", 4.5),
        ("surface", "here-ink", 3),
    ],
)
def test_tokens_have_the_contrast_that_the_statement_promises(one, other, least):
    """Text 4.5 to 1, edges of controls and the focus 3 to 1 (WCAG 1.4.3, 1.4.11)."""
    assert contrast(colour(one), colour(other)) >= least
