"""Everything that people shared in one file, and back: the same file for SQLite and PostgreSQL, with a sum that shows damage.

A restore brings back what was lost, never what was taken away: what is off the map now (taken off, not accepted, withdrawn) or was
redacted since stays as it is now, what was erased stays erased, and a reviewer's token works again only when that is asked for.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from heatmap.errors import HeatmapError
from heatmap.projects.database import NEWEST, Database
from heatmap.projects.kept import open_record
from heatmap.projects.tables import CHANGE, KEPT, NOTICE, PROJECT, REMOVAL, REVIEWER

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


@dataclass(frozen=True)
class Plan:
    """What a restore would do, each project by id and title.

    shown       readers would see them again, and do not now
    lost        they are in the database and not in the backup, and would go
    stays_off   they are off the map now, and stay so as they are
    redacted    words were taken out of them since, and they stay as they are now
    erased      they were erased, and do not come back
    reviewers   how many reviewers' tokens would work that do not now
    """

    shown: tuple[tuple[str, str], ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    stays_off: tuple[tuple[str, str], ...] = ()
    redacted: tuple[tuple[str, str], ...] = ()
    erased: tuple[str, ...] = ()
    reviewers: int = 0


def plan_restore(database: Database, path: Path, *, replace: bool = False, reviewers: bool = False) -> Plan:
    """What ``read_backup`` would do, and nothing done. Raises BackupError as it does."""
    tables = _read(path)
    with database.read() as connection:
        return _Restore(tables, _read_now(connection), replace, reviewers).plan()


def read_backup(database: Database, path: Path, *, replace: bool = False, reviewers: bool = False) -> dict[str, int]:
    """Put a backup into an empty database, all of it or nothing; how many rows of each table.

    replace     into one that is not empty, in the place of what is there; but what was taken away stays away
    reviewers   the tokens of the backup's reviewers work again, but those that were taken back
    """
    tables = _read(path)
    with database.write() as connection:
        rows = _Restore(tables, _read_now(connection), replace, reviewers).rows()
        for table in KEPT:
            connection.execute(sa.delete(table))
            numbered = [row for row in rows[table.name] if row.get("number", 0) is not None]
            if numbered:
                connection.execute(sa.insert(table), numbered)
        if connection.dialect.name == "postgresql":
            _count_on(connection)
        for table in KEPT:
            later = [
                {key: value for key, value in row.items() if key != "number"} for row in rows[table.name] if row.get("number", 0) is None
            ]
            if later:
                connection.execute(sa.insert(table), later)
    return {name: len(each) for name, each in rows.items()}


def _read_now(connection: sa.Connection) -> Tables:
    return {
        table.name: [dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()] for table in KEPT
    }


def _count_on(connection: sa.Connection) -> None:
    """Have PostgreSQL count on behind every number there is or was: a number that came twice would hide a change from readers."""
    for table in KEPT:
        if "number" in table.c:
            counted = f"pg_get_serial_sequence('{table.name}', 'number')"
            connection.execute(
                sa.text(
                    f"SELECT setval({counted}, GREATEST((SELECT COALESCE(MAX(number), 0) FROM {table.name}), nextval({counted}) - 1) + 1, false)"  # noqa: S608 - our own names
                )
            )


Tables = dict[str, list[dict[str, Any]]]
_OFF = ("withdrawn", "hidden", "rejected")


@dataclass
class _Restore:
    """A backup (``file``) set against what is in the database (``now``)."""

    file: Tables
    now: Tables
    replace: bool
    reviewers: bool
    at: str = field(default_factory=lambda: f"{datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z")

    def __post_init__(self) -> None:
        held = {name: rows for name, rows in self.now.items() if name != REMOVAL.name and rows}
        if held and not self.replace:
            raise BackupError(
                "There are projects in this database already, so nothing was restored. Add --replace to put the backup in their place."
            )
        self.here = {row["id"]: row for row in self.now[PROJECT.name]}
        self.saved = {row["id"]: row for row in self.file[PROJECT.name]}
        removed = [(row["kind"], row["project_id"]) for row in (*self.now[REMOVAL.name], *self.file[REMOVAL.name])]
        self.erased = {id_ for kind, id_ in removed if kind == "erased"}
        since = Counter(row["project_id"] for row in self.now[REMOVAL.name] if row["kind"] == "redacted")
        since.subtract(row["project_id"] for row in self.file[REMOVAL.name] if row["kind"] == "redacted")
        self.redacted = {id_ for id_, many in since.items() if many > 0 and id_ in self.here}
        self.off = {id_ for id_, row in self.here.items() if row["status"] in _OFF} - self.redacted
        #: These stay as they are now, with their history.
        self.kept = self.off | self.redacted

    def plan(self) -> Plan:
        """What would happen."""
        back = [id_ for id_, row in self.saved.items() if row["shown"] and id_ not in self.kept | self.erased]
        return Plan(
            tuple(self._name(id_, self.saved) for id_ in back if not (id_ in self.here and self.here[id_]["shown"])),
            tuple(self._name(id_, self.here) for id_ in self.here if id_ not in self.saved and id_ not in self.kept),
            tuple(
                self._name(id_, self.here)
                for id_ in self.off
                if id_ not in self.saved or self.saved[id_]["status"] != self.here[id_]["status"]
            ),
            tuple(self._name(id_, self.here) for id_ in sorted(self.redacted)),
            tuple(sorted(self.erased & self.saved.keys())),
            sum(row["removed_at"] is None for row in self._reviewers()) - sum(row["removed_at"] is None for row in self.now[REVIEWER.name]),
        )

    def rows(self) -> Tables:
        """Every row of the restored database; ``number`` is None where it is to be counted on."""
        gone = self.kept | self.erased
        fresh = {name: [row for row in self.file[name] if row[key] not in gone] for name, key in _OWNERS.items()}
        stay = {name: [self._again(row) for row in self.now[name] if row[key] in self.kept] for name, key in _OWNERS.items()}
        rows = {name: fresh[name] + stay[name] for name in _OWNERS}
        for row in rows[PROJECT.name]:
            if row["id"] in self.here:  # a link that was replaced since opens nothing again
                row.update({name: self.here[row["id"]][name] for name in ("edit_hash", "key_hash", "key_salt", "key_at")})
            if step := self._step(row):
                rows[CHANGE.name].append(self._note(row, step))
        known = {(row["kind"], row["project_id"], row["at"]) for row in self.now[REMOVAL.name]}
        more = [row for row in self.file[REMOVAL.name] if (row["kind"], row["project_id"], row["at"]) not in known]
        rows[REMOVAL.name] = self.now[REMOVAL.name] + [self._again(row) for row in more]
        if self.here:
            rows[REMOVAL.name].append({"number": None, "kind": "restored", "project_id": "", "at": self.at})
        rows[REVIEWER.name] = self._reviewers()
        return rows

    def _step(self, row: dict[str, Any]) -> str:
        """What the history of a project says of the restore; "" where nothing is other than it was, or nothing was here before."""
        if row["id"] in self.kept:
            saved = self.saved.get(row["id"])
            return "stayed_off" if row["id"] in self.off and saved and saved["status"] != row["status"] else ""
        was = self.here.get(row["id"])
        same = was is not None and all(was[name] == row[name] for name in ("record", "shown", "status", "version"))
        return "restored" if self.here and not same else ""

    def _note(self, row: dict[str, Any], step: str) -> dict[str, Any]:
        """A step; the version goes on, so that whoever has the project open is told."""
        row["version"] = max(row["version"], self.here.get(row["id"], row)["version"]) + 1
        said = {
            "number": None,
            "project_id": row["id"],
            "version": row["version"],
            "at": self.at,
            "action": step,
            "by": "reviewer 0, editor",
        }
        return said | {"reason": "", "record": row["record"]}

    def _reviewers(self) -> list[dict[str, Any]]:
        """Those of now as they are; of the backup's others the number and role alone, unless their tokens are asked for."""
        rows = list(self.now[REVIEWER.name])
        tokens, numbers = {row["token_hash"] for row in rows}, {row["number"] for row in rows}
        for row in self.file[REVIEWER.name]:
            if row["token_hash"] not in tokens:
                removed = row["removed_at"] if self.reviewers else row["removed_at"] or self.at
                rows.append(row | {"removed_at": removed, "number": None if row["number"] in numbers else row["number"]})
        return rows

    def _again(self, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"number": None} if "number" in row else dict(row)

    def _name(self, id_: str, rows: dict[str, dict[str, Any]]) -> tuple[str, str]:
        return id_, open_record(id_, rows[id_]["record"]).project.title


#: A table -> the column that says whose row it is.
_OWNERS = {PROJECT.name: "id", CHANGE.name: "project_id", NOTICE.name: "project_id"}


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
        # Step 1 knew no removals, and of projects fewer columns.
        tables = {
            table.name: list(whole["tables"].get(table.name, []) if table is REMOVAL else whole["tables"][table.name]) for table in KEPT
        }
        return {table.name: [{column.name: row.get(column.name) for column in table.c} for row in tables[table.name]] for table in KEPT}
    except FileNotFoundError:
        raise BackupError(f"{path.name}: there is no such file. Check its name.") from None
    except (zlib.error, EOFError, ValueError, KeyError, TypeError, AttributeError, OSError):
        raise damaged from None
