"""Asking a publisher's API: patient, bounded, and every fault in a sentence. Nothing that answers is trusted.

A server that is busy or at fault is asked again, after a growing pause or the one it asks for. An answer may not be larger,
nor take longer, than is said below; it may not send us on to another server, and its certificate must be in order.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests

from heatmap import __version__
from heatmap.errors import SourceError

#: How often one address is asked, and how long in seconds the first pause is; each is twice the one before.
TRIES: Final = 4
PAUSE = 1.0
#: The longest pause that a server may ask for, and how long we wait to be connected, for the next bytes, and for one address in all.
LONGEST_PAUSE: Final = 60.0
CONNECT_S, READ_S, WHOLE_S = 10.0, 30.0, 600.0
#: What one answer, and what a whole feed, may hold.
LARGEST_MB, LARGEST_FEED_MB = 50, 500
_MOST_REDIRECTS: Final = 5
_AGAIN: Final = (408, 425, 429, 500, 502, 503, 504)


class _AgainError(Exception):
    """What went wrong may be over in a moment; ``wait`` is the pause the server asks for, in seconds."""

    def __init__(self, said: str, wait: float = 0.0):
        super().__init__(said)
        self.wait = wait


class GoneError(SourceError):
    """There is nothing at this one address; the server itself is well."""


@dataclass
class Feed:
    """One conversation with a publisher's server.

    say     is told what is waited for
    taken   bytes that have come so far
    """

    say: Callable[[str], None]
    taken: int = 0
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self._introduce()

    def _introduce(self) -> None:
        self.session.headers.update({"User-Agent": f"WHAM-HeatMap/{__version__}", "Accept": "application/json"})

    def get_json(self, address: str) -> Any:
        """What an address answers, read as JSON. Raises SourceError with a sentence and the next step."""
        return read_json(self.get(address), show_address(address))

    def get(self, address: str) -> bytes:
        """What an address answers. Raises SourceError with a sentence and the next step."""
        host_of(address)
        until = time.monotonic() + WHOLE_S
        for number in range(TRIES):
            try:
                return self._ask_in_time(address, until)
            except _AgainError as fault:
                if number == TRIES - 1:
                    raise SourceError(
                        f"{show_address(address)}: {fault}, {TRIES} times. Try again later; if it stays so, tell its publisher."
                    ) from None
                wait = min(max(fault.wait, PAUSE * 2**number), LONGEST_PAUSE)
                self.say(f"  {show_address(address)}: {fault}; asked again in {wait:.0f} s")
                time.sleep(wait)
        raise AssertionError("the last try answers or raises")

    def _ask_in_time(self, address: str, until: float) -> bytes:
        """What an address answers, however it sends it: a server may send one byte at a time, of the headers too, so that no wait for the
        next bytes ever ends. Raises SourceError where the answer is not whole by then (seconds of the monotonic clock).
        """
        came: SimpleQueue[bytes | BaseException] = SimpleQueue()

        def ask() -> None:
            try:
                came.put(self._ask(address, until))
            except BaseException as fault:  # told where it was asked
                came.put(fault)

        Thread(target=ask, daemon=True).start()
        try:
            answer = came.get(timeout=max(until - time.monotonic(), 0.0))
        except Empty:
            self.session = requests.Session()  # the other one still waits
            self._introduce()
            raise SourceError(
                f"{show_address(address)}: it sends its answer so slowly that it was not complete after {WHOLE_S:.0f} s. Try again later; if it"
                f" stays"
                " so, tell its publisher."
            ) from None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _ask(self, address: str, until: float) -> bytes:
        try:
            for _ in range(_MOST_REDIRECTS):
                with self.session.get(address, stream=True, timeout=(CONNECT_S, READ_S), allow_redirects=False) as answer:
                    if answer.is_redirect:
                        address = _follow(address, answer.headers["location"])
                        continue
                    _hold_status(address, answer)
                    return self._take(address, answer, until)
        except requests.exceptions.SSLError as fault:
            if "CERTIFICATE" not in str(fault).upper():
                raise SourceError(
                    f"{show_address(address)}: no safe connection could be made. Check whether the address begins with https:// or http://."
                ) from None
            raise SourceError(
                f"{show_address(address)}: its certificate is not in order (out of date, for another name, or signed by nobody known), so it may be"
                " another server that answers. Tell its publisher; do not go round it."
            ) from None
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as fault:
            dropped = isinstance(fault, requests.exceptions.ChunkedEncodingError) or "IncompleteRead" in str(fault)
            slow = "Read timed out" in str(fault)
            raise _AgainError(
                "it stopped in the middle of its answer" if dropped else _TOO_SLOW if slow else "it cannot be reached"
            ) from None
        except requests.Timeout:
            raise _AgainError(_TOO_SLOW) from None
        except (requests.RequestException, UnicodeError):
            raise SourceError(f"{show_address(address)}: it cannot be asked like this. Check the address, from https:// on.") from None
        raise SourceError(f"{show_address(address)}: it sends us on and on. Look the address up again at its publisher's.")

    def _take(self, address: str, answer: requests.Response, until: float) -> bytes:
        parts, size = [], 0
        for chunk in answer.iter_content(1 << 16):
            parts.append(chunk)
            size += len(chunk)
            if size > LARGEST_MB * 2**20:
                raise SourceError(
                    f"{show_address(address)}: its answer is larger than {LARGEST_MB} MB. Ask its publisher for smaller pages."
                )
            if time.monotonic() > until:
                return b""  # nobody waits for it any more
        self.taken += size
        if self.taken > LARGEST_FEED_MB * 2**20:
            raise SourceError(
                f"{show_address(address)}: the full feed is larger than {LARGEST_FEED_MB} MB. Ask its publisher for your area alone."
            )
        return b"".join(parts)


_TOO_SLOW: Final = f"it did not answer within {READ_S:.0f} s"


def _follow(address: str, to: str) -> str:
    """Where a server sends us on to, if it is the same one; from http to https is the same."""
    new = urljoin(address, to)
    old_parts, new_parts = urlsplit(address), urlsplit(new)
    upgraded = old_parts.scheme == "http" and new_parts.scheme == "https" and {old_parts.port, new_parts.port} <= {None, 80, 443}
    same = (old_parts.scheme, old_parts.port) == (new_parts.scheme, new_parts.port)
    if old_parts.hostname != new_parts.hostname or not (same or upgraded):
        raise SourceError(
            f"{show_address(address)}: it sends us on to another server, {show_address(new)}. Look whether that is its publisher's, then give that address."
        )
    return new


def _hold_status(address: str, answer: requests.Response) -> None:
    status = answer.status_code
    if status == HTTPStatus.OK:
        return
    said = f"it answers {status} ({HTTPStatus(status).phrase})" if status in HTTPStatus._value2member_map_ else f"it answers {status}"
    if status in _AGAIN:
        raise _AgainError(said, _read_pause(answer.headers.get("retry-after", "")))
    cure = {401: "It wants a key: ask its publisher for an open address.", 403: "It wants a key: ask its publisher for an open address."}
    gone = status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
    raise (GoneError if gone else SourceError)(
        f"{show_address(address)}: {said}. {cure.get(status, 'Look the address up again at its publisher’s.')}"
    )


def _read_pause(asked: str) -> float:
    """The pause that a server asks for, in seconds or until a time; 0 where it asks for none.

    >>> _read_pause("7"), _read_pause("Wed, 21 Oct 2015 07:28:00 GMT"), _read_pause("soon")
    (7.0, 0.0, 0.0)
    """
    if asked.strip().isdigit():
        return float(asked)
    try:
        return max(parsedate_to_datetime(asked).timestamp() - time.time(), 0.0)
    except ValueError:
        return 0.0


def read_json(content: bytes, called: str) -> Any:
    """Bytes as JSON. Raises SourceError that says what they are instead.

    called  what the bytes are: an address, or a file's name
    """
    text = content.decode("utf-8-sig", "replace").strip()
    if not text:
        raise SourceError(f"{called}: the answer is empty. Look the address up again at its publisher’s.")
    if text.startswith("<"):
        raise SourceError(f"{called}: a web page or XML, not JSON. Give the address of the feed, not of the page about it.")
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as fault:
        where = f", at line {fault.lineno}" if isinstance(fault, json.JSONDecodeError) else ""
        raise SourceError(f"{called}: not JSON{where}. Tell its publisher, and try again when it is mended.") from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def read_json_file(path: Path) -> Any:
    """A file that was fetched by hand, read as JSON. Raises SourceError with a sentence and the next step."""
    try:
        if path.stat().st_size > LARGEST_FEED_MB * 2**20:
            raise SourceError(f"{path.name}: larger than {LARGEST_FEED_MB} MB. Ask its publisher for your area alone.")
        return read_json(path.read_bytes(), path.name)
    except OSError:
        raise SourceError(
            f"{path.name}: there is no such file here, and a web address starts with https://. Check how you wrote it."
        ) from None


def host_of(address: str) -> str:
    """The server of an address. Raises SourceError where it is no address on the web.

    >>> host_of("https://example.org:8/services")
    'example.org'
    """
    try:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname:
            return parts.hostname
    except ValueError:
        pass
    raise SourceError(f"{show_address(address)}: no address on the web. Write it in full, starting with https://.")


def show_address(address: str) -> str:
    """An address as it may be told: what is asked of it may hold a key.

    >>> show_address("https://user:secret@example.org:8/services?page=2&key=1"), show_address("no address")
    ('https://example.org:8/services', 'no address')
    """
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return address[:60]
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}" if parts.hostname else address[:60]
