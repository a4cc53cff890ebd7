"""What goes wrong for real: killed while it serves, killed while it migrates, no room left, a database that goes and comes back."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from databases import Cluster, open_database, wait_for
from project_api import FOOD, PROJECTS, Api, ids

from heatmap.projects.database import AWAY, FULL, Database, FullError, KeepingError
from heatmap.projects.shelf import look_again
from heatmap.projects.store import ProjectStore
from heatmap.projects.tables import CHANGE, PROJECT
from heatmap.settings import ROOT

MANY = 200
#: The API as it is served, without the pages, so that it starts at once.
_SERVE = """
import os, uvicorn
from heatmap.server import finish_server, make_server
from heatmap.snapshot import open_snapshot
uvicorn.run(finish_server(make_server(open_snapshot())), port=int(os.environ["PORT"]), access_log=False, log_level="warning")
"""
_MIGRATE_HALF = """
import os, signal
from alembic import op
from heatmap.projects.database import Database, database_url
create = op.create_table
def die_at_reviewers(name, *rest, **more):
    if name == "reviewer":
        os.kill(os.getpid(), signal.SIGKILL)
    return create(name, *rest, **more)
op.create_table = die_at_reviewers
Database(database_url()).migrate()
"""


class Served:
    """The API in a process of its own, on one database, that can be killed and started again."""

    def __init__(self, url: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url, self.address = url, f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        more = {"PORT": str(self.port), "PYTHONPATH": str(ROOT), "DATABASE_URL": self.url, "HEATMAP_WRITES_AN_HOUR": "100000"}
        self.process = subprocess.Popen([sys.executable, "-c", _SERVE], cwd=ROOT, env=os.environ | more)
        wait_for(self._answers, 60)

    def kill(self) -> None:
        """As a power cut would: without a word."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture
def served(database_url: str) -> Iterator[Served]:
    """The API served on a fresh database of each kind."""
    made = Served(database_url)
    made.start()
    yield made
    made.kill()


async def submit(address: str, numbers: range, answered: dict[int, str], stop: int = 10**6, kill: Any = None) -> None:
    """Share a project for each number, all at once; what is answered 201 is noted by its number. Killed once ``stop`` are."""

    async def one(client: httpx.AsyncClient, number: int) -> None:
        body = {"project": FOOD | {"title": f"Food {number}"}, "consent": True, "key": f"key-of-this-test-{number:06d}"}
        try:
            answer = await client.post(f"{address}{PROJECTS}", json=body)
        except httpx.HTTPError:
            return
        if answer.status_code == 201:
            answered[number] = answer.json()["id"]
            if len(answered) >= stop and kill:
                kill()

    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=MANY)) as client:
        await asyncio.gather(*(one(client, number) for number in numbers))


def kept(url: str) -> tuple[list[str], list[str]]:
    """The ids in the database, and those of its first changes."""
    made = open_database(url)
    with made.read() as connection:
        found = (
            list(connection.execute(sa.select(PROJECT.c.id)).scalars()),
            list(connection.execute(sa.select(CHANGE.c.project_id)).scalars()),
        )
    made.close()
    return found


def test_killed_amid_many_each_answered_is_there_once(served: Served) -> None:
    """200 at once, killed without a word: what was answered is there, whole, once; sent again with their keys, all are, once."""
    answered: dict[int, str] = {}
    asyncio.run(submit(served.address, range(MANY), answered, MANY // 4, served.kill))
    assert MANY // 4 <= len(answered) < MANY
    projects, changes = kept(served.url)
    assert set(answered.values()) <= set(projects) and len(set(projects)) == len(projects)
    assert sorted(projects) == sorted(changes)  # none is there by half
    served.start()
    again: dict[int, str] = {}
    asyncio.run(submit(served.address, range(MANY), again))
    assert len(again) == MANY and {number: again[number] for number in answered} == answered
    projects, changes = kept(served.url)
    assert sorted(projects) == sorted(again.values()) == sorted(changes)


@pytest.mark.programs
def test_killed_amid_a_migration_the_next_is_whole(database_url: str, database: Database) -> None:
    """Nothing of the half stays, and nobody is locked out."""
    if database_url.startswith("postgresql"):
        database_url = database.url.render_as_string(hide_password=False)
    else:
        Path(str(database.path)).parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_MIGRATE_HALF)],
        cwd=ROOT,
        check=False,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DATABASE_URL": database_url},
    )
    assert done.returncode == -signal.SIGKILL
    wait_for(lambda: database.migrate() or True)
    assert not any(ProjectStore(database).mark()) and not database.migrate()


# ---- no room ----


def share_until_full(api: Api, most: int = 400) -> tuple[list[str], httpx.Response]:
    """Share large projects until one is not kept: the ids of those that were, and the answer that was none."""
    shared = []
    for number in range(most):
        body = {"project": FOOD | {"title": f"Food {number}", "aim": "All parents eat. " * 200}, "consent": True}
        answer = api.ask(PROJECTS, "POST", body)
        if answer.status_code != 201:
            return shared, answer
        shared.append(answer.json()["id"])
    raise AssertionError("it was never full")


def hold_nothing_half(kept_in: Database, shared: list[str]) -> None:
    """Exactly what was answered is there, with its change, and SQLite finds its file whole."""
    with kept_in.read() as connection:
        assert sorted(connection.execute(sa.select(PROJECT.c.id)).scalars()) == sorted(shared)
        assert sorted(connection.execute(sa.select(CHANGE.c.project_id)).scalars()) == sorted(shared)
        if kept_in.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.fixture
def on_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The API on a fresh SQLite."""
    monkeypatch.setenv("HEATMAP_WRITES_AN_HOUR", "100000")
    made = Database(sa.URL.create("sqlite", database=str(tmp_path / "kept" / "projects.sqlite3")))
    made.migrate()
    yield Api(made)
    made.close()


def test_no_room_in_sqlite(on_sqlite: Api) -> None:
    """As many pages as it may have: 507, nothing half-written; with more room it goes on."""
    kept_in = on_sqlite.store.database
    with kept_in._engine.connect() as connection:
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 20}")

    sa.event.listen(kept_in._engine, "connect", limit)
    kept_in._engine.dispose()
    shared, answer = share_until_full(on_sqlite)
    assert (answer.status_code, answer.json()) == (507, {"detail": FULL}) and shared
    hold_nothing_half(kept_in, shared)
    sa.event.remove(kept_in._engine, "connect", limit)
    kept_in._engine.dispose()
    assert on_sqlite.ask(PROJECTS, "POST", {"project": FOOD, "consent": True}).status_code == 201


def test_the_system_lets_no_file_grow(on_sqlite: Api) -> None:
    """The limit that an administrator sets on a file's size: the same sentence, and the file stays whole."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        shared, answer = share_until_full(on_sqlite)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (answer.status_code, answer.json()) == (507, {"detail": FULL})
    on_sqlite.store.database.close()
    hold_nothing_half(on_sqlite.store.database, shared)


@pytest.mark.programs
def test_no_room_in_postgresql(cluster: Cluster) -> None:
    """The server's own fault for a full disk, raised in the middle of a submission: the same sentence, nothing half-written."""
    made = open_database(cluster.new_database())
    api = Api(made)
    id_, _ = api.share()
    with made.write() as connection:
        connection.execute(
            sa.text(
                "CREATE FUNCTION no_room() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$"
                " LANGUAGE plpgsql"
            )
        )
        connection.execute(sa.text("CREATE TRIGGER no_room BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION no_room()"))
    answer = api.ask(PROJECTS, "POST", {"project": FOOD, "consent": True})
    assert (answer.status_code, answer.json()) == (507, {"detail": FULL})
    hold_nothing_half(made, [id_])
    with pytest.raises(FullError):
        api.store.bring([api.store.held(id_).record.model_copy(update={"id": "another-1"})])
    made.close()


# ---- gone and back ----
@pytest.mark.programs
def test_postgresql_goes_and_comes_back(cluster: Cluster) -> None:
    """Readers see what they saw; whoever writes is told, and succeeds when it is back; nothing is lost."""
    made = open_database(cluster.new_database())
    api = Api(made)
    id_, token = api.share()
    api.accept(id_)
    assert id_ in ids(api.ask(PROJECTS))
    cluster.stop()
    try:
        look_again()
        answer = api.ask(PROJECTS, "POST", {"project": FOOD, "consent": True})
        assert (answer.status_code, answer.json()) == (503, {"detail": AWAY})
        listed = api.ask(PROJECTS)
        assert id_ in ids(listed) and listed.json()["away"]
        assert api.ask(f"{PROJECTS}/edit", X_Edit_Token=token).status_code == 503
    finally:
        cluster.start()
    look_again()
    other, _ = api.share(title="Another")
    assert api.ask(f"{PROJECTS}/edit", X_Edit_Token=token).json()["status"] == "accepted"
    assert not api.ask(PROJECTS).json()["away"] and {waiting.held.record.id for waiting in api.store.queue()} == {other}
    made.close()


def test_sqlite_goes_and_comes_back(on_sqlite: Api, tmp_path: Path) -> None:
    """Its folder is taken away, and put back."""
    id_, _ = on_sqlite.share()
    on_sqlite.accept(id_)
    assert id_ in ids(on_sqlite.ask(PROJECTS))
    on_sqlite.store.database.close()
    (tmp_path / "kept").rename(tmp_path / "away")
    (tmp_path / "kept").write_text("in the way", encoding="utf-8")
    look_again()
    answer = on_sqlite.ask(PROJECTS, "POST", {"project": FOOD, "consent": True})
    assert (answer.status_code, answer.json()) == (503, {"detail": AWAY})
    with pytest.raises(KeepingError):
        on_sqlite.store.queue()
    assert id_ in ids(on_sqlite.ask(PROJECTS))
    (tmp_path / "kept").unlink()
    (tmp_path / "away").rename(tmp_path / "kept")
    look_again()
    on_sqlite.share(title="Another")
    assert len(on_sqlite.store.queue()) == 1 and id_ in ids(on_sqlite.ask(PROJECTS))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """Somebody else's file is not written over."""
    path = tmp_path / "projects.sqlite3"
    path.write_bytes(b"not a database at all, " * 100)
    before = path.read_bytes()
    api = Api(Database(sa.URL.create("sqlite", database=str(path))))
    assert api.ask(PROJECTS, "POST", {"project": FOOD, "consent": True}).status_code == 503
    assert path.read_bytes() == before and api.ask(PROJECTS).json()["away"]
