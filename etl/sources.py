"""Raw files: found in a mirror folder or fetched from the publisher, and known by their hash."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd
import pooch
import requests
from urllib3.util import Retry

from heatmap.catalogue import LayerCard, RawFile
from heatmap.errors import DataContractError, SourceError

#: Where fetched files are kept; a folder of one's own choice by HEATMAP_RAW.
FETCHED = Path(os.environ.get("HEATMAP_RAW", Path(__file__).parent.parent / "var" / "raw"))
_TRIES = 4
pooch.get_logger().setLevel("WARNING")  # what it does we say ourselves


@cache
def _hash(path: Path, size: int, changed: int) -> str:  # size and time are the cache's key, so a changed file is read again
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def hash_file(path: Path) -> str:
    """The sha256 of a file, as 64 hex digits."""
    seen = path.stat()
    return _hash(path, seen.st_size, seen.st_mtime_ns)


def find_raw(file: RawFile, mirror: Path | None, progress: Callable[[str], None] = lambda _: None) -> Path:
    """The raw file a card names: from the mirror if there is one, else fetched; its hash is checked either way.

    Raises SourceError where it is absent, cannot be fetched, or is not the file the card describes.
    """
    if mirror is not None:
        path = mirror / file.path
        if not file.path or not path.is_file():
            raise SourceError(f"{file.path or file.url}: not in the mirror folder {mirror.name}/. Put it there.")
    else:
        path = fetch_raw(file, FETCHED, progress)
    if file.sha256 and hash_file(path) != file.sha256:
        raise SourceError(
            f"{file.path or file.url}: not the file the card describes (its sha256 begins {hash_file(path)[:12]}, the card"
            f" says {file.sha256[:12]}). The copy is damaged, or the publisher has changed it: get it again,"
            " or check the new one and put its hash in the card."
        )
    return path


def fetch_raw(file: RawFile, folder: Path, progress: Callable[[str], None] = lambda _: None) -> Path:
    """The file from its publisher's address, in a mirror folder under its ``path``; fetched only if it is not there yet.

    Raises SourceError where there is no address, it cannot be fetched, or it is not the file the card describes.
    """
    if not file.url:
        raise SourceError(
            f"{file.path}: we have no publisher's address for this file. Give a folder that holds it: python -m etl build --mirror FOLDER."
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
            f"{file.url}: could not be fetched ({type(fault).__name__}) after {_TRIES} tries."
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


@lru_cache(maxsize=6)
def _read_text(path: Path, _hash: str) -> pd.DataFrame:  # many cards share one file: it is read once
    try:
        return pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False, na_values=[""])
    except (EOFError, gzip.BadGzipFile, zlib.error, OSError):
        raise SourceError(f"{path.name}: the file is cut short or damaged. Get it again.") from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise SourceError(f"{path.name}: not a CSV in UTF-8. Save it as 'CSV UTF-8' and try again.") from None


def read_csv(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """The named columns of a (gzipped) CSV under our names; everything is read as text, numbers are made later.

    columns     the publisher's header -> our name
    Raises SourceError where the file is cut short or not text, DataContractError where a column is absent.
    """
    table = _read_text(path, hash_file(path))
    if absent := [header for header in columns if header not in table]:
        raise DataContractError(
            f"{path.name}: no column {', '.join(absent)}. The file has: {', '.join(list(table)[:12])}"
            + (", ..." if table.shape[1] > 12 else "")
            + ". Check [columns] on the card."
        )
    return table[list(columns)].rename(columns=columns)


def to_numbers(table: pd.DataFrame, columns: list[str], name: str) -> pd.DataFrame:
    """Those columns as numbers; a DataContractError names the first cell that is none."""
    for column in columns:
        number = pd.to_numeric(table[column], errors="coerce")
        wrong = number.isna() & table[column].notna()
        if wrong.any():
            row = int(wrong.to_numpy().nonzero()[0][0])
            raise DataContractError(f"{name}: line {row + 2}: {column} = {table[column].iloc[row]!r} is not a number. Mend that cell.")
        table = table.assign(**{column: number.astype(float)})
    return table


def read_table(card: LayerCard, mirror: Path | None, progress: Callable[[str], None] = lambda _: None) -> pd.DataFrame:
    """The card's main table under our column names, in its own geography.

    A publisher's file that is not one plain table has a reader: ``etl/readers/<id>.py`` with ``read(*paths)``.
    """
    from importlib import import_module, util

    paths = [find_raw(file, mirror, progress) for file in card.file]
    if util.find_spec(f"etl.readers.{card.id}"):
        return import_module(f"etl.readers.{card.id}").read(*paths)
    table = read_csv(paths[0], dict(card.columns))
    if "kind" in table:
        number = {kind.code: float(n) for n, kind in enumerate(card.kinds, start=1)}
        if strange := sorted(set(table.kind.dropna()) - set(number)):
            raise DataContractError(f"{card.id}: the file has kinds the card does not name: {', '.join(strange)}.")
        table = table.assign(value=table.kind.map(number)).drop(columns="kind")
    table = to_numbers(table, [column for column in table if column != "code"], card.id)
    # Census and ONS files hold Wales too; the map is of England. What is dropped is Welsh by its code, nothing else.
    return table[~table.code.astype(str).str.startswith("W01")].reset_index(drop=True)


def path_of(card: LayerCard, role: str, mirror: Path | None) -> Path:
    """The raw file of a role on a card, e.g. ``lad_summary``."""
    return find_raw(next(file for file in card.file if file.role == role), mirror)
