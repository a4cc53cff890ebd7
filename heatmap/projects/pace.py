"""How often one client does what is not written down: counted in memory, a minute at a time, and forgotten after it."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable

from heatmap.projects.store import TooOftenError


class Pace:
    """A limit of one process.

    most    how often one client may, in a minute
    clock   seconds that only grow
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._minute, self._salt = -1, b""
        self._counts: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    def hold(self, client: str) -> None:
        """Count one more. Raises TooOftenError where that is too often; the client's address is not kept."""
        with self._lock:
            minute = int(self._clock() // 60)
            if minute != self._minute:
                self._minute, self._salt = minute, secrets.token_bytes(16)
                self._counts.clear()
            key = hashlib.sha256(self._salt + client.encode()).digest()[:8]
            self._counts[key] += 1
            if self._counts[key] > self._most:
                raise TooOftenError("This has been asked too often from your network in this minute. Wait a minute and try again.", 60)
