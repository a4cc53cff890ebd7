"""The website of a service, as its list writes it: a list is written by others, and only what a browser may follow is shown."""

from __future__ import annotations

import re


def safe_website(text: str) -> str:
    """An address on the web that begins with http:// or https://, else "".

    >>> safe_website("https://www.nhs.uk/"), safe_website("javascript:alert(1)"), safe_website("www.nhs.uk"), safe_website("http://a b")
    ('https://www.nhs.uk/', '', '', '')
    """
    text = text.strip()
    return text if re.fullmatch(r"https?://[^\s<>\"'\\@]+\.[^\s<>\"'\\@]+", text, re.IGNORECASE) else ""
