"""Everything that people shared in one file, and back: the same file for SQLite and PostgreSQL, with a sum that shows damage."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from heatmap.errors import HeatmapError
from heatmap.projects.database import NEWEST, Database
from heatmap.projects.tables import KEPT

_KIND: Final = "heatmap projects backup"


class BackupError(HeatmapError):
    """A backup that cannot be used, or a database that it cannot go into."""


def write_backup(database: Database, path: Path) -> dict[str, int]:
    """Write all tables, as they stand at one moment, to a new file; how many rows of each. The file is whole or not there.

    Raises BackupError where the file is there already, OSError where it cannot be written.
    """
    if path.exists():
        raise BackupError(f"{path.name} is there already. Choose another name, so that no backup is lost.")
    with database.read() as connection:
        tables = {
            table.name: [dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()]
            for table in KEPT
        }
    body = json.dumps({"kind": _KIND, "step": NEWEST, "tables": tables}, ensure_ascii=False, separators=(",", ":")).encode()
    packed = gzip.compress(hashlib.sha256(body).hexdigest().encode() + b"\n" + body, mtime=0)
    whole = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(whole, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as out:
            out.write(packed)
            out.flush()
            os.fsync(out.fileno())
        whole.rename(path)
    finally:
        whole.unlink(missing_ok=True)
    return {name: len(rows) for name, rows in tables.items()}


def read_backup(database: Database, path: Path, *, replace: bool = False) -> dict[str, int]:
    """Put a backup into an empty database, all of it or nothing; how many rows of each table.

    replace     into one that is not empty, in the place of what is there
    """
    tables = _read(path)
    with database.write() as connection:
        holds = {table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in KEPT}
        if any(holds.values()) and not replace:
            raise BackupError(
                "There are projects in this database already, so nothing was restored. Add --replace to put the backup in their place."
            )
        for table in KEPT:
            connection.execute(sa.delete(table))
            if tables[table.name]:
                connection.execute(sa.insert(table), tables[table.name])
        if connection.dialect.name == "postgresql":
            for table in KEPT:
                if "number" in table.c:
                    connection.execute(sa.text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'number'), COALESCE((SELECT MAX(number) FROM {table.name}), 0) + 1, false)"  # noqa: S608 - our own names
                    ))  # fmt: skip
    return {name: len(rows) for name, rows in tables.items()}


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The tables of a backup. Raises BackupError where it is damaged, of another kind, or of a newer map."""
    damaged = BackupError(f"{path.name} is damaged or no backup of projects. Take another one.")
    try:
        said, _, body = gzip.decompress(path.read_bytes()).partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != said:
            raise damaged
        whole = json.loads(body)
        if whole["kind"] != _KIND:
            raise damaged
        if whole["step"] > NEWEST:
            raise BackupError(f"{path.name} was made by a newer version of the map. Update the map first.")
        return {table.name: list(whole["tables"][table.name]) for table in KEPT}
    except FileNotFoundError:
        raise BackupError(f"{path.name}: there is no such file. Check its name.") from None
    except (zlib.error, EOFError, ValueError, KeyError, TypeError, OSError):
        raise damaged from None
