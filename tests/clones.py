"""A clone to try things in: this repository's own files in another folder, as someone who has just fetched it has them."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from heatmap.settings import ROOT

_ROOMS = ("heatmap", "etl", "command", "assets", "docs", "tests", "data/layers", "data/words", "data/projects")
_FILES = ("app.py", "pyproject.toml", "Makefile", "README.md", "CONTRIBUTING.md", "GLOSSARY.md")


def make_clone(folder: Path) -> dict[str, str]:
    """Copy the repository's code, cards and snapshot there; returns an environment in which its own commands are found first.

    folder      is made; the snapshot's parts are hard links where the disk allows, and nothing writes into them
    """
    for room in _ROOMS:
        if (ROOT / room).is_dir():
            shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in _FILES:
        if (ROOT / file).is_file():
            shutil.copy(ROOT / file, folder / file)
    shutil.copytree(ROOT / "data" / "built", folder / "data" / "built", copy_function=_link)
    (folder / "bin").mkdir()
    ours = [("heatmap", f'"{sys.executable}" -m heatmap "$@"'), ("python", f'"{sys.executable}" "$@"')]
    if not shutil.which("curl"):  # a bare machine: what `curl -s ADDRESS` prints is enough for the guides
        ours.append(
            ("curl", f'"{sys.executable}" -c "import sys, urllib.request as r; print(r.urlopen(sys.argv[-1]).read().decode())" "$@"')
        )
    for name, command in ours:
        script = folder / "bin" / name
        script.write_text(f"#!/bin/sh\nexec {command}\n", encoding="utf-8")
        script.chmod(0o755)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    rest = {name: value for name, value in os.environ.items() if name != "HEATMAP_LOCAL"}  # a clone has its own folder
    return rest | {"PATH": path, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
