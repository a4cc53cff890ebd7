"""The browsers that we support, about four years back. ``tests/web/test_browsers.py`` holds our scripts and styles to it."""

from __future__ import annotations

from html import escape
from typing import Final

#: The oldest version of each. Firefox 115 is the last for Windows 7 and 8, Chrome and Edge 109 too.
OLDEST: Final = {"Safari": 16, "Chrome": 109, "Edge": 109, "Firefox": 115}


def say_browsers() -> str:
    """Which browsers we support, as part of a sentence.

    >>> say_browsers()
    'Safari 16, Chrome 109, Edge 109 or Firefox 115, or newer'
    """
    *first, last = (f"{name} {number}" for name, number in OLDEST.items())
    return f"{', '.join(first)} or {last}, or newer"


#: Every page begins with it; ``assets/lost.css`` shows it in a browser that is too old.
TOO_OLD: Final = (
    '<p class="too-old" role="note" hidden>'
    f"{escape(f'This browser is too old for some parts of this site. Update it, or use {say_browsers()}.')}</p>"
)
