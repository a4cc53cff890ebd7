"""Compress once, at set-up, every script and style that the server sends: ``python -m heatmap.web.compress``."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import brotli

from heatmap.web.static_files import COMPRESSED, COMPRESSIBLE, find_files

#: From this many bytes on, brotli's best costs ten seconds a file for one part in a hundred.
_LARGE = 1_500_000
#: Below this many bytes the headers weigh more than the file.
_SMALL = 500
#: Only a developer's browser asks for these.
_UNMINIFIED = (".dev.js", "/demo.js")


def compress_all(folder: Path = COMPRESSED, progress: Callable[[str], None] = print) -> int:
    """Write what is missing of the compressed copies, take away those of files that are gone; say how many are new.

    folder   each copy is named by the sha256 of its file, with .br or .gz
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {_hash(path): path for path in find_files().values() if _is_worth_it(path)}
    for copy in folder.iterdir():
        if copy.name.partition(".")[0] not in wanted:
            copy.unlink()
    todo = [(path, digest) for digest, path in wanted.items() if not (folder / f"{digest}.gz").is_file()]
    todo.sort(key=lambda item: -item[0].stat().st_size)  # the long ones first, so that both processes end together
    with ProcessPoolExecutor(2) as pool:
        works = pool.map(compress_file, *zip(*todo, strict=True), [folder] * len(todo)) if todo else ()
        for number, name in enumerate(works, start=1):
            if number % 25 == 0 or number == len(todo):
                progress(f"compressed {number} of {len(todo)} scripts and styles (last: {name})")
    return len(todo)


def compress_file(path: Path, digest: str, folder: Path) -> str:
    """Write both copies of one file, whole or not at all; the .gz last, as the sign that both are there."""
    content = path.read_bytes()
    quality = 9 if len(content) >= _LARGE else 11
    for suffix, copy in (
        (".br", brotli.compress(content, quality=quality)),
        (".gz", gzip.compress(content, 9, mtime=0)),
    ):
        beside = folder / f"{digest}{suffix}.part"
        beside.write_bytes(copy)
        beside.replace(folder / f"{digest}{suffix}")
    return path.name


def _is_worth_it(path: Path) -> bool:
    return path.suffix in COMPRESSIBLE and not path.as_posix().endswith(_UNMINIFIED) and path.stat().st_size >= _SMALL


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    print(f"{compress_all()} files newly compressed in {COMPRESSED}")  # noqa: T201 - a command says what it did
