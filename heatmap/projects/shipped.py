"""The records that ship with the product: ``data/projects``, one file a project, each publicly reported."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from heatmap.projects.record import Project
from heatmap.projects.toml_files import read_file
from heatmap.settings import ROOT

PROJECTS_DIR: Final = ROOT / "data" / "projects"


@cache
def read_shipped(folder: Path = PROJECTS_DIR) -> tuple[Project, ...]:
    """Every shipped record, by id. Raises ProjectError, with the file's name, where one is wrong."""
    return tuple(read_file(path) for path in sorted(folder.glob("[!_]*.toml")))
