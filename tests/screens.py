"""What tests of several pages do alike: look whether a page fits its window and its paper, and type a postcode."""

import re
from typing import Any

from playwright.sync_api import expect

#: The neighbourhood of most tests: Kings Heath Park & Stirchley East, in Birmingham.
HERE = "E01008966"
PNG = b"\x89PNG\r\n\x1a\n"


def fits(page: Any) -> bool:
    """Whether the page is no wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF of Chromium's has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def on_paper(page: Any) -> int:
    """How many sheets of A4 the page takes, by the page's own rules."""
    return count_pages(page.pdf(prefer_css_page_size=True))


def type_postcode(page: Any, postcode: str) -> None:
    """Type it as a clinician would, and press Enter."""
    box = page.get_by_role("combobox", name="Find a postcode or place")
    box.press_sequentially(postcode, delay=15)
    expect(page.locator("[role=option]").first).to_be_visible()
    box.press("Enter")
