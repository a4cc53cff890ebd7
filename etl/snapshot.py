"""Writing the embedded snapshot so that it is whole at every moment.

Parts are written beside the old ones under names that hold their hash; the manifest is swapped in one step when all
are there; only then are the parts nobody names taken away. Killed at any moment, the manifest names whole parts.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


@dataclass
class SnapshotWriter:
    """One build in progress.

    folder      ``data/built``
    parts       the manifest's entries so far, by the name of the part ("tables/imd2025_england_lsoa21")
    """

    folder: Path
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    earlier: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            self.earlier = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))["parts"]
        except (FileNotFoundError, ValueError, KeyError, TypeError):  # none yet, or damaged: then everything is made anew
            self.earlier = {}

    def has(self, step: str, inputs: str) -> bool:
        """Whether the last build made all parts of this step from the same inputs and they still lie there, whole."""
        parts = {name: part for name, part in self.earlier.items() if part["step"] == step}
        return bool(parts) and all(
            part["inputs"] == inputs and _hash(self.folder / part["file"]) == part["sha256"] for part in parts.values()
        )

    def keep(self, step: str) -> None:
        """Take over the parts of a step from the last build."""
        self.parts |= {name: part for name, part in self.earlier.items() if part["step"] == step}

    def add(self, name: str, content: bytes, suffix: str, step: str, inputs: str, **facts: Any) -> str:
        """Write one part; returns its hash. ``facts`` (rows, publisher, licence, vintage) go into the manifest."""
        digest = hashlib.sha256(content).hexdigest()
        file = f"{name}-{digest[:10]}{suffix}"
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if _hash(path) != digest:
            _write_whole(path, content)
        self.parts[name] = {
            "file": file,
            "sha256": digest,
            "bytes": len(content),
            "step": step,
            "inputs": inputs,
            **facts,
        }
        return digest

    def finish(self) -> str:
        """Swap the manifest in, take away what it no longer names, and return the name of the build."""
        parts = dict(sorted(self.parts.items()))
        build = hashlib.sha256("".join(part["sha256"] for part in parts.values()).encode()).hexdigest()[:12]
        text = json.dumps({"build": build, "parts": parts}, indent=1, ensure_ascii=False) + "\n"
        _write_whole(self.folder / MANIFEST, text.encode())
        self._sweep(part["file"] for part in parts.values())
        return build

    def _sweep(self, named: Iterable[str]) -> None:
        keep = {self.folder / MANIFEST, *(self.folder / file for file in named)}
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path not in keep:
                path.unlink()


def _hash(path: Path) -> str:
    """The sha256 of a file, or nothing where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing: to a file beside it, to the disk, then renamed over."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as to:
        to.write(content)
        to.flush()
        os.fsync(to.fileno())
    beside.replace(path)
