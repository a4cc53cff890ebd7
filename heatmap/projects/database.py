"""The database of what people share: SQLite in the data folder, or PostgreSQL by DATABASE_URL. Opened late, migrated by itself.

What the database says when something is wrong becomes one of three sentences: away, full, or not ours. Parameters are never
in a message of SQLAlchemy's, since they hold what was typed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from heatmap.errors import HeatmapError
from heatmap.settings import DATA, DATABASE_URL
from heatmap.web.logs import FAULTS

#: The newest step in ``migrations``.
NEWEST: Final = "0002"
_FILE: Final = "projects.sqlite3"
#: How long a writer waits for another, and for a database to answer, in seconds.
WAIT_S, CONNECT_S = 15, 3
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
#: Holds others off PostgreSQL while one process migrates, and while one writes: any numbers that nothing else here uses.
_LOCK: Final = 7_264_001
_WRITING: Final = 7_264_002


class KeepingError(HeatmapError):
    """What people share cannot be read or written now."""


class AwayError(KeepingError):
    """The database does not answer."""


class FullError(KeepingError):
    """There is no room left to write."""


AWAY: Final = "What people share cannot be saved or read just now. Nothing was lost; try again in a few minutes."
FULL: Final = "There is no space left to save this here. Nothing was saved. Keep your text, and tell the people who run this map."


def data_folder() -> Path:
    """Where what people share is kept: HEATMAP_DATA, or the platform's own place for a user's data."""
    if DATA():
        return Path(DATA()).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "heatmap"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "heatmap"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "heatmap"


def database_url() -> sa.URL:
    """The address of the database. Raises KeepingError where DATABASE_URL is none; its password is never told."""
    if not DATABASE_URL():
        return sa.URL.create("sqlite", database=str(data_folder() / _FILE))
    try:
        url = sa.make_url(DATABASE_URL())
    except (ArgumentError, ValueError):
        raise KeepingError("DATABASE_URL is no address of a database. Write it like postgresql://user:password@host/name.") from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database:
        return url
    raise KeepingError("DATABASE_URL names a kind of database that is not known here. Begin it with postgresql:// or sqlite:///.")


class Database:
    """One database, for all threads of a process. It is made, and migrated, by the first that writes."""

    def __init__(self, url: sa.URL) -> None:
        self.url = url
        self.is_sqlite = url.drivername.startswith("sqlite")
        self._engine = _make_engine(url)
        self._ready = False

    @property
    def path(self) -> Path | None:
        """The file, where it is one."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def hold_writable(self) -> None:
        """Raises KeepingError where SQLite's folder or file cannot be written, naming it and the setting that moves it."""
        if self.path is None:
            return
        folder = next(one for one in (self.path.parent, *self.path.parent.parents) if one.exists())
        place = folder
        try:
            tempfile.TemporaryFile(dir=folder).close()
            for place in (self.path, self.path.with_name(f"{self.path.name}-wal")):
                if place.exists():
                    place.open("r+b").close()
        except OSError:
            raise KeepingError(
                f"What people share cannot be saved: we have no right to write to {place}."
                f" Allow it, or name another folder by {DATA.name}, or a PostgreSQL database by {DATABASE_URL.name}."
            ) from None

    def is_there(self) -> bool:
        """Whether anything was ever written; a PostgreSQL server is asked by reading. Reading alone makes no file."""
        return self.path is None or self.path.is_file()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one moment. Raises KeepingError where that fails."""
        with said_plainly():
            self._prepare()
            with self._engine.connect().execution_options(
                isolation_level="REPEATABLE READ" if not self.is_sqlite else "SERIALIZABLE"
            ) as connection:
                yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection whose changes are all kept, on the disk, or none of them. Raises KeepingError where that fails.

        One writes at a time, up to the commit. Else a change could get its number first and be seen last: whoever reads up to the
        highest number would never learn of it.
        """
        with said_plainly():
            self._prepare()
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                if not self.is_sqlite:
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _WRITING})
                yield connection

    def scrub(self) -> None:
        """After something was erased: nothing of it stays in the file or its log. Raises KeepingError where that fails."""
        with said_plainly(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self.is_sqlite:  # what was deleted was written over already (secure_delete)
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                connection.exec_driver_sql("VACUUM project, change, notice")

    def migrate(self) -> bool:
        """Bring the tables up to date, all steps in one transaction; whether anything was to be done."""
        with said_plainly():
            return self._migrate()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()
        self._ready = False

    def _prepare(self) -> None:
        if not self._ready:
            self._migrate()
            self._ready = True

    def _migrate(self) -> bool:
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))  # the hashes in it are nobody else's business
        if self._standing() == NEWEST:
            return False
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        try:
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                if not self.is_sqlite:
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError:
            raise KeepingError("This database was made by a newer version of the map. Update the map, or name another database.") from None
        return True

    def _standing(self) -> str:
        """The step that the tables are at; "" where there are none."""
        with self._engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return ""
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turns what a database or its disk says into AwayError or FullError, without its own text."""
    try:
        yield
    except PoolTimeout:
        raise _away("PoolTimeout") from None
    except DBAPIError as fault:
        raise _read_fault(fault) from None
    except OSError as fault:
        raise _away(type(fault).__name__) from None
    except SQLAlchemyError as fault:
        raise _away(type(fault).__name__) from None


def _away(why: str) -> AwayError:
    """The sentence for readers; the operator reads why in the log, by its kind alone."""
    FAULTS.error("the database does not answer: %s", why)
    return AwayError(AWAY)


def _read_fault(fault: DBAPIError) -> HeatmapError:
    code = getattr(fault.orig, "sqlite_errorname", "") or getattr(fault.orig, "sqlstate", "") or ""
    # Without room SQLite says FULL; where the system limits a file it says that a write or its log failed.
    full = code in ("SQLITE_FULL", "53100", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_FSYNC")
    if full:
        FAULTS.error("the database has no room: %s", code)
        return FullError(FULL)
    return _away(code or type(fault.orig).__name__)


def _make_engine(url: sa.URL) -> sa.Engine:
    if url.drivername.startswith("sqlite"):
        engine = sa.create_engine(
            url, hide_parameters=True, pool_size=8, max_overflow=40, pool_timeout=WAIT_S, connect_args={"timeout": WAIT_S}
        )
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    return sa.create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=12,
        pool_timeout=WAIT_S,
        connect_args={"connect_timeout": CONNECT_S, "options": "-c statement_timeout=15000 -c lock_timeout=15000"},
    )


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own transactions begin late and end early: we say BEGIN ourselves
    cursor = connection.cursor()
    for line in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", f"busy_timeout={WAIT_S * 1000}"):
        cursor.execute(f"PRAGMA {line}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # Two that read first and write then would wait for each other: who means to write says so at once.
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
