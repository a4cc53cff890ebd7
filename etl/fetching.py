"""Fetching a publisher's file: to a temporary file first, its hash checked, with retries, going on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pooch
import requests
from urllib3.util import Retry

from heatmap.errors import SourceError
from heatmap.layers.cards import RawFile

_TRIES = 4
pooch.get_logger().setLevel("WARNING")  # what it does we say ourselves


def fetch_raw(file: RawFile, folder: Path, progress: Callable[[str], None] = lambda _: None) -> Path:
    """The file from its publisher's address, in a mirror folder under its ``path``; fetched only if it is not there yet.

    Raises SourceError where there is no address, it cannot be fetched, or it is not the file the card describes.
    """
    if not file.url:
        raise SourceError(
            f"{file.path}: we have no publisher's address for this file. Give a folder that has it: python -m etl build --mirror FOLDER."
        )
    target = folder / (file.path or Path(file.url).name)
    progress(f"fetching {target.name}" + ("" if file.tried else " (an address nobody has tried yet)"))
    try:
        # pooch writes to a temporary file first, checks the hash, and only then moves it into place.
        return Path(
            pooch.retrieve(
                file.url,
                known_hash=f"sha256:{file.sha256}" if file.sha256 else None,
                fname=target.name,
                path=target.parent,
                downloader=_Patient(target.with_name(f".{target.name}.part"), bool(file.sha256), progress),
            )
        )
    except ValueError:
        raise SourceError(
            f"{file.url}: the publisher's file has changed since the card was written."
            " Check the new file against the card, then put its hash in 'sha256'."
        ) from None
    except (requests.RequestException, OSError) as fault:
        raise SourceError(
            f"{file.url}: we could not fetch it ({type(fault).__name__}) after {_TRIES} tries."
            " Check the connection, or give a folder with the files: --mirror FOLDER."
        ) from None


class _Patient:
    """A pooch downloader that tries again with growing pauses, goes on where it stopped, and says how far it is.

    part    what has come so far
    known   whether the file's hash is known: only then may a part from another day be gone on with
    """

    def __init__(self, part: Path, known: bool, progress: Callable[[str], None]):
        self.part, self.progress = part, progress
        if not known:
            part.unlink(missing_ok=True)

    def __call__(self, url: str, output_file: str, pooch_: object, check_only: bool = False) -> None:
        again = Retry(total=_TRIES - 1, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504))
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(scheme, requests.adapters.HTTPAdapter(max_retries=again))
            for left in reversed(range(_TRIES)):
                before = self._size()
                try:
                    self._take(session, url)
                    break
                except requests.RequestException:  # cut off on the way: go on while every try brings something
                    if not left or self._size() <= before:
                        raise
        self.part.replace(output_file)

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _take(self, session: requests.Session, url: str) -> None:
        have = self._size()
        with session.get(url, stream=True, timeout=60, headers={"Range": f"bytes={have}-"} if have else {}) as answer:
            if answer.status_code == 416:  # the part is whole already, or no longer fits: begin again
                self.part.unlink()
                return self._take(session, url)
            answer.raise_for_status()
            going_on = answer.status_code == 206
            done = have if going_on else 0
            total = done + int(answer.headers.get("content-length", 0))
            with self.part.open("ab" if going_on else "wb") as to:
                for chunk in answer.iter_content(1 << 20):
                    to.write(chunk)
                    done += len(chunk)
                    self.progress(f"  {done / 1e6:,.1f} of {total / 1e6:,.1f} MB")
        return None
