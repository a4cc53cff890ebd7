"""Our scripts and styles use nothing newer than the browsers that we support: Safari 16.0, Chrome and Edge 109, Firefox 115.

A list of what came later, by MDN's tables, and not a parser: each entry is what somebody might write next. Libraries are not ours.
"""

import re
from pathlib import Path

import pytest
from sources import SCRIPTS, STYLES, without_comments

from heatmap.settings import ROOT
from heatmap.web.browsers import OLDEST, TOO_OLD, say_browsers

#: What scripts may not use: how it is written, and the first versions that have it (C Chrome and Edge, S Safari, F Firefox).
NEWER_IN_SCRIPTS = {
    r"\(\?<[=!]": "lookbehind: S 16.4",
    r"/[a-z]*v[a-z]*\.test|\bRegExp\([^)]*['\"]v['\"]": "regular expressions with the flag v: C 112, S 17, F 116",
    r"\(\?[ims]+(-[ims]+)?:": "flags inside regular expressions: C 125, S 26, F 132",
    r"\.checkVisibility\(": "checkVisibility: S 17.4",
    r"\b(query|params|searchParams|SearchParams\([^)]*\))\.size\b": "URLSearchParams.size: C 113, S 17",
    r"\.(toSorted|toReversed|toSpliced|with)\(": "toSorted and its brothers: C 110",
    r"\b(Object|Map)\.groupBy\(": "groupBy: C 117, S 17.4, F 119",
    r"\bArray\.fromAsync\(": "Array.fromAsync: C 121, S 16.4",
    r"\bPromise\.(withResolvers|try)\(": "withResolvers and try: C 119, S 17.4, F 121",
    r"\bAbortSignal\.any\(": "AbortSignal.any: C 116, S 17.4, F 124",
    r"\bURL\.(canParse|parse)\(": "URL.canParse: C 120, S 17",
    r"\.(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(": (
        "arithmetic of sets: C 122, S 17, F 127"
    ),
    r"\.(entries|values|keys)\(\)\.(map|filter|some|every|find|toArray|reduce|forEach|take|drop)\(": (
        "methods of iterators: C 122, S 18.4, F 131"
    ),
    r"\.(isWellFormed|toWellFormed)\(": "isWellFormed: C 111, S 16.4, F 119",
    r"\bstatic\s*\{": "blocks that make a class: S 16.4",
    r"\b(OffscreenCanvas|CompressionStream|DecompressionStream|requestIdleCallback)\b": "not in Safari 16.0",
    r"\.(showPopover|hidePopover|togglePopover|moveBefore|setHTMLUnsafe|startViewTransition)\(": "later than 2023",
    r"\bonscrollend\b|['\"]scrollend['\"]": "scrollend: C 114, S 26",
    r"\.aria(Label|Expanded|Pressed|Hidden|Checked|Selected|Current|Live|Sort)\b": "aria as properties: F 119",
    r":has\(": "has: F 121",
    r"\bimport\s*\(|^\s*(import|export)\s": "modules: our scripts are plain",
}
#: What styles may not use, in the same manner.
NEWER_IN_STYLES = {
    r"@(scope|starting-style|property|position-try|view-transition|function)\b": "later than 2023",
    r"@(media|container)[^{]*\([^)]*[<>]": "ranges in queries: S 16.4",
    r"@container[^{]*style\(": "queries of style: C 111, S 18",
    r"\b(color-mix|light-dark|oklch|oklab|if|sibling-index|calc-size|round|mod|rem|anchor)\(": "C 111 and later",
    r":(dir|user-valid|user-invalid|popover-open|state|open)\b": "C 119 and later",
    r":nth-(last-)?child\([^)]* of ": "nth-child of: C 111",
    r"\d(lh|rlh|cap|rcap|ic|ric)\b": "S 16.4, F 120",
    r"\bsubgrid\b": "subgrid: C 117",
    r"\b(animation-timeline|scroll-timeline|anchor-name|field-sizing|interpolate-size|text-box|white-space-collapse|reading-flow)\s*:": (
        "later than 2023"
    ),
    r"[;{]\s*zoom\s*:": "zoom: F 126",
}
#: Where one of these is used all the same, and what a browser without it does.
ALLOWED = {
    ("table.css", r"[;{]\s*zoom\s*:"): "on paper the chosen place is printed larger",
}
#: ``:has()`` is not in Firefox before 121, which drops the whole rule: so only where the page is as good without it, one selector a rule.
DECORATION = {
    "html:has(.mapapp)": "paper across: without it the map is printed on upright paper",
    "body:has(.young)": "a warmer ground; white on paper, where it is not seen anyway",
    "body:has(.doings)": "room under the phone's bar; browsers without :has() have it under every place's foot (@supports)",
    ".share-side:has(input:checked)": "a frame round what is chosen, whose dot says the same",
}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_old_enough(path: Path) -> None:
    """No script of ours uses what a supported browser does not have."""
    text = without_comments(path)
    assert [f"{why}: {found[0]}" for pattern, why in NEWER_IN_SCRIPTS.items() for found in re.finditer(pattern, text, re.MULTILINE)] == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_are_old_enough(path: Path) -> None:
    """Nor any style, but for what is listed with what happens without it."""
    text = without_comments(path)
    found = [
        f"{why}: {one[0].strip()}"
        for pattern, why in NEWER_IN_STYLES.items()
        if (path.name, pattern) not in ALLOWED
        for one in re.finditer(pattern, text)
    ]
    assert found == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_no_rule_is_nested(path: Path) -> None:
    """Rules in rules: Chrome 112, Safari 16.5, Firefox 117. In @media and its like they have always been."""
    inside: list[str] = []
    for head, brace in re.findall(r"([^{};]*)([{};])", without_comments(path)):
        if brace == "{":
            assert not inside or inside[-1].startswith("@"), (inside[-1], head)
            inside.append(head.strip())
        elif brace == "}":
            inside.pop()


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_has_is_only_decoration(path: Path) -> None:
    """``:has()`` stands alone in its rule, and only where nothing is lost without it."""
    rules = re.findall(r"([^{};]*:has\([^{}]*)\{", without_comments(path))
    selectors = [" ".join(rule.split()) for rule in rules if "@supports" not in rule]
    assert [each for each in selectors if path.name != "print.css" and each not in DECORATION] == []
    assert [
        each for each in selectors if re.search(r",(?![^(]*\))", each)
    ] == []  # one rule in a list that is not known takes the others with it


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_masks_have_both_names(path: Path) -> None:
    """Chrome has ``mask`` without its prefix from 120 on."""
    text = without_comments(path)
    assert len(re.findall(r"(?<![-\w])mask(?:-image)?:", text)) == len(re.findall(r"-webkit-mask(?:-image)?:", text))


def test_rows_take_no_position() -> None:
    """In Safari a table's row takes no position: what is laid over a row covers the page."""
    for path in STYLES:
        for selector, rule in re.findall(r"([^{}]*)\{([^{}]*)\}", without_comments(path)):
            if re.search(r"(?<![.\w-])tr(?:[.:\[][^\s,]*)?\s*$", selector.strip()):
                assert not re.search(r"position\s*:\s*(relative|absolute|sticky)", rule), (path.name, selector)


@pytest.mark.parametrize(
    ("source", "faulty"),
    [
        ("const A = /(?<!x)y/;", True),
        ("one.checkVisibility()", True),
        ("query.size ? 1 : 2", True),
        ("places.size > 2", False),
        ("list.toSorted()", True),
    ],
)
def test_the_check_finds(source: str, faulty: bool) -> None:
    """What was found in Safari 16 is found here."""
    assert any(re.search(pattern, source, re.MULTILINE) for pattern in NEWER_IN_SCRIPTS) == faulty


def test_older_browsers_are_told() -> None:
    """One sentence, which only a browser without size queries shows; About says the same versions."""
    styles = (ROOT / "assets" / "lost.css").read_text(encoding="utf-8")
    assert "@supports not (container-type: inline-size)" in styles and ".too-old[hidden]" in styles
    assert say_browsers() in TOO_OLD and " hidden>" in TOO_OLD
    assert OLDEST == {"Safari": 16, "Chrome": 109, "Edge": 109, "Firefox": 115}
