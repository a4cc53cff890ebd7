"""A project's record as a TOML file: what ships in ``data/projects``, one file a project, by its id."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from heatmap.files.text_files import decode
from heatmap.projects.record import Fault, Project, ProjectError, say_record_faults


def read_file(path: Path) -> Project:
    """The record of a file; its name is the record's id. Raises ProjectError with every fault.

    What ships is read as what is kept is: a test holds it to the policy of personal data, so that a stricter one takes no map down.
    """
    try:
        raw = tomllib.loads(decode(path.read_bytes(), "UTF-8 text"))
    except OSError:
        raise ProjectError([Fault("", f"{path.name}: there is no such file in {path.parent.name}/.")]) from None
    except ValueError as fault:  # tomllib's own is one too
        raise ProjectError(
            [Fault("", f"{path.name}: not readable as TOML: {str(fault).rstrip('.')}. Fix that place and try again.")]
        ) from None
    try:
        return Project.model_validate({"id": path.stem, **raw})
    except ValidationError as fault:
        raise ProjectError(say_record_faults(fault), f"{path.name}: ") from None


def write_toml(project: Project) -> str:
    """A record as TOML; what it does not say is left out.

    >>> from heatmap.projects.record import read_project
    >>> print(write_toml(read_project({"id": "food", "title": 'A "meal"', "organisation": "A ward", "place": "Leeds", "themes": ["food"], "link": "https://a.org/"})), end="")
    title = "A \\"meal\\""
    organisation = "A ward"
    place = "Leeds"
    themes = ["food"]
    link = "https://a.org/"
    relation = "kindred"
    publication_status = "publicly_reported"
    consent = "not_asked"
    """
    said = {name: value for name, value in project.model_dump(mode="json", exclude={"id"}).items() if value}
    tables = {name: value for name, value in said.items() if isinstance(value, list) and isinstance(value[0], dict)}
    lines = [f"{name} = {_write(value)}" for name, value in said.items() if name not in tables]
    for name, rows in tables.items():
        for row in rows:
            lines += ["", f"[[{name}]]", *(f"{key} = {_write(value)}" for key, value in row.items() if value)]
    return "\n".join(lines) + "\n"


def _write(value: Any) -> str:
    """A text, or a list of texts: JSON's way of quoting is TOML's too, but for the one control letter that records cannot hold."""
    return json.dumps(value, ensure_ascii=False)
