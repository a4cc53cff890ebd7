"""Both databases for tests: SQLite in a folder of the test's own, and a real PostgreSQL, started once, on a Unix socket."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from heatmap.projects.database import Database

KINDS = ("sqlite", "postgresql")
NO_POSTGRESQL = "PostgreSQL is not installed: on Debian `apt install postgresql`. Its tests are left out."


def find_postgresql() -> Path | None:
    """The folder of PostgreSQL's programs: on the path, or where Debian puts them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    return places[-1].parent if places else None


class Cluster:
    """A PostgreSQL server in a temporary folder, listening on a socket there and nowhere else."""

    def __init__(self, programs: Path):
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="heatmap-pg-"))
        self.user = _find_user()
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "heatmap", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self._count = 0

    def start(self) -> None:
        """Start it, and wait until it answers."""
        # What is tested is what our process does when it is killed, so the cluster itself need not wait for its disk.
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off -c max_connections=60 -c shared_buffers=16MB"
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-o", options, "-w", "-t", "60", "start")

    def stop(self) -> None:
        """Stop it, throwing out whoever is connected."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def new_database(self) -> str:
        """The address of a fresh database."""
        self._count += 1
        name = f"heatmap{self._count}"
        with psycopg.connect(f"host={self.folder} user=heatmap dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://heatmap@/{name}?host={self.folder}"

    def remove(self) -> None:
        """Stop it and take everything away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        as_user = {"user": self.user, "extra_groups": []} if self.user else {}
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            **as_user,  # type: ignore[call-overload]
        )


def _find_user() -> str:
    """Whom to run as: PostgreSQL refuses root. "" for ourselves."""
    if os.geteuid() != 0:
        return ""
    known = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The PostgreSQL of this run; a machine without one leaves its tests out, but in CI they must run."""
    programs = find_postgresql()
    if programs is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_POSTGRESQL)
    made = Cluster(programs)
    made.start()
    yield made
    made.remove()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kept' / 'projects.sqlite3'}"
    return str(request.getfixturevalue("cluster").new_database())


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database of each kind."""
    made = open_database(database_url)
    yield made
    made.close()


def open_database(url: str) -> Database:
    """A database by its address as a deployer writes it."""
    return Database(sa.make_url(url).set(drivername="postgresql+psycopg") if url.startswith("postgresql") else sa.make_url(url))


def wait_for(what: object, seconds: float = 20.0) -> None:
    """Until something callable is true."""
    until = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.02)
