"""What axe-core finds on a page as it stands: all its rules for WCAG 2.0 to 2.2, A and AA, and for best practice."""

from pathlib import Path
from typing import Any

import axe_playwright_python

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
#: What a shut list holds cannot be seen, but axe takes it to lie upon whatever is beneath.
SHUT = "details:not([open]) > :not(summary)"


def run_axe(page: Any, rules: tuple[str, ...] = RULES, beneath: str = "") -> dict[str, Any]:
    """Everything that axe says of the page as it stands, rule by rule; the page must have been opened with ``bypass_csp``.

    rules       tags of rules, or the name of a single rule
    beneath     what an open menu or list lies upon, and is not looked at: a reader shuts that first
    """
    if not page.evaluate("!!window.axe"):
        page.add_script_tag(content=AXE)
    return page.evaluate(
        "([out, rules]) => axe.run({exclude: out.map(each => [each])}, {runOnly: rules})",
        [[each for each in (SHUT, beneath) if each], list(rules)],
    )  # type: ignore[no-any-return]


def faults(page: Any, rules: tuple[str, ...] = RULES, beneath: str = "") -> list[str]:
    """What axe finds on the page as it stands, a line each: rule, element, reason."""
    return [
        f"{fault['id']}: {node['target']} {(node['any'] or node['all'] or node['none'] or [{'message': ''}])[0]['message'][:160]}"
        for fault in run_axe(page, rules, beneath)["violations"]
        for node in fault["nodes"]
        if fault["id"] != "target-size" or _is_small(page, node["target"][0])
    ]


def _is_small(page: Any, target: str) -> bool:
    """Whether a target is too small in the middle of what scrolls, too: at the edge of a list or a sheet a reader scrolls it clear."""
    return bool(
        page.evaluate(
            """async at => {
                document.querySelector(at).scrollIntoView({ block: 'center', behavior: 'instant' });
                const again = await axe.run({ include: [[at]] }, { runOnly: { type: 'rule', values: ['target-size'] } });
                return again.violations.length > 0;
            }""",
            target,
        )
    )


def check(page: Any, what: str = "", beneath: str = "") -> None:
    """Fail with what axe finds on the page as it stands."""
    found = faults(page, beneath=beneath)
    assert not found, "\n".join([what, *found])
