"""What a page sends, and what it leaves behind in the browser: for the promise that a postcode goes nowhere."""

from __future__ import annotations

import json
import re
from typing import Any

#: Everything that a page could keep in the browser.
KEPT = """async () => ({
  cookies: document.cookie, local: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage),
  databases: JSON.stringify(await indexedDB.databases()), caches: (await caches.keys()).join(),
  workers: (await navigator.serviceWorker.getRegistrations()).length })"""
NOTHING = {"cookies": "", "local": "{}", "session": "{}", "databases": "[]", "caches": "", "workers": 0}


class Wire:
    """Every request and answer as they went over the wire, those of workers too."""

    def __init__(self, page: Any):
        """Begin to record, by the browser's own protocol beside Playwright's events."""
        self.lines: list[str] = []
        self.cookies: list[str] = []
        context = page.context
        context.on("request", self._asked)
        context.on("response", self._answered)
        self.cdp = context.new_cdp_session(page)
        self.cdp.on("Network.requestWillBeSent", lambda event: self.lines.append(json.dumps(event["request"])))
        self.cdp.on("Network.requestWillBeSentExtraInfo", lambda event: self.lines.append(json.dumps(event["headers"])))
        self.cdp.send("Network.enable")

    def _asked(self, request: Any) -> None:
        self.lines.append(f"{request.method} {request.url} {request.headers} {request.post_data or ''}")

    def _answered(self, response: Any) -> None:
        if "set-cookie" in response.headers:
            self.cookies.append(response.url)

    def holds(self, pattern: str) -> list[str]:
        """The requests that fit a pattern."""
        return [line for line in self.lines if re.search(pattern, line)]


def spelt(postcode: str) -> re.Pattern[str]:
    """A postcode in any spelling that could stand in an address, a header or a text; its second half by itself too."""
    outward, inward = postcode.split()
    return re.compile(rf"{outward}(%20|\+|%2B|\s|[-_./])*{inward}|\b{inward}\b", re.I)
