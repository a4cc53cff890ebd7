"""Keeping projects, on SQLite and on PostgreSQL alike: review, history, links, limits, and tables that came to be by steps."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from project_records import CLIENT, Clock, make

import heatmap.projects.database
from heatmap.errors import NotFoundError
from heatmap.projects.backup import BackupError, read_backup, write_backup
from heatmap.projects.database import NEWEST, AwayError, Database, KeepingError
from heatmap.projects.database import database_url as read_url
from heatmap.projects.record import Project
from heatmap.projects.shelf import look_again, open_shelf
from heatmap.projects.shipped import read_shipped
from heatmap.projects.store import (
    ClosedError,
    ConflictError,
    DeniedError,
    Held,
    ProjectStore,
    Receipt,
    TooOftenError,
    UnknownProjectError,
    hash_token,
    make_id,
)
from heatmap.projects.tables import KEPT, METADATA
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()


def shown_ids(store: ProjectStore) -> set[str]:
    """What the database has readers see."""
    return set(store.shown().kept)


def test_a_project_waits_until_a_reviewer_accepts_it(store: ProjectStore) -> None:
    """Then all see it; a correction waits again while the accepted text stays; each step is kept."""
    receipt = store.submit(make(), CLIENT)
    assert not shown_ids(store) and store.open(receipt.token).status == "waiting"
    resident, _ = store.add_reviewer("resident")
    [waiting] = store.queue()
    assert waiting.held.record == make()
    store.decide(receipt.id, "accept", resident, 1, relation="wham")
    assert store.shown().kept[receipt.id] == (make(relation="wham"), 2)
    held = store.correct(receipt.token, lambda held: held.record.model_copy(update={"title": "Food for parents"}), 2, CLIENT)
    assert (held.status, held.version) == ("waiting", 3) and store.shown().kept[receipt.id][0].title == "Food on the ward"
    store.decide(receipt.id, "reject", resident, 3, "The first title was clearer.")
    held = store.open(receipt.token)  # its team can mend what it wrote; readers see what was accepted
    assert (held.status, held.record.title, store.shown().kept[receipt.id][0].title) == (
        "change_rejected",
        "Food for parents",
        "Food on the ward",
    )
    assert not store.queue()
    assert [(change.action, change.by) for change in store.history(receipt.id)] == [
        ("shared", "its team"),
        ("accepted", "reviewer 1, resident"),
        ("corrected", "its team"),
        ("rejected", "reviewer 1, resident"),
    ]
    assert store.history(receipt.id)[-1].reason == "The first title was clearer."
    after_all = store.decide(receipt.id, "accept", resident, 4)
    assert after_all.status == "accepted" and store.shown().kept[receipt.id][0].title == "Food for parents"


def test_a_reviewer_may_ask_for_a_change_or_reject(store: ProjectStore) -> None:
    """Its team reads why, and can correct it, unless it was rejected."""
    reviewer, _ = store.add_reviewer("young_person")
    first, second = store.submit(make("first-1"), CLIENT), store.submit(make("second-1"), CLIENT)
    store.decide("first-1", "ask", reviewer, 1, "Say where it is.")
    assert store.open(first.token).status == "change_asked" and len(store.queue()) == 1
    assert store.correct(first.token, lambda held: held.record, 2, CLIENT).status == "waiting"
    store.decide("second-1", "reject", reviewer, 1, "It is an advertisement.")
    with pytest.raises(ClosedError, match="can no longer be changed"):
        store.confirm(second.token, 2, CLIENT)
    with pytest.raises(ClosedError, match="does not wait"):
        store.decide("second-1", "accept", reviewer, 2)


def test_the_second_editor_is_told_and_loses_nothing(store: ProjectStore) -> None:
    """The answer carries the newer record, and the second's own can be saved on it."""
    receipt = store.submit(make(), CLIENT)
    store.correct(receipt.token, lambda held: held.record.model_copy(update={"aim": "All parents eat."}), 1, CLIENT)
    with pytest.raises(ConflictError, match="was not saved") as fault:
        store.correct(receipt.token, lambda held: held.record.model_copy(update={"aim": "Half of them."}), 1, CLIENT)
    newer = fault.value.held
    assert (newer.record.aim, newer.version) == ("All parents eat.", 2)
    assert store.correct(receipt.token, lambda held: held.record.model_copy(update={"aim": "Most."}), newer.version, CLIENT).version == 3
    reviewer, _ = store.add_reviewer("doctor")
    with pytest.raises(ConflictError):
        store.decide(receipt.id, "accept", reviewer, 1)


def test_of_many_at_once_one_wins(store: ProjectStore) -> None:
    """Ten editors of one version: one is kept, nine are told."""
    receipt = store.submit(make(), CLIENT)
    store.database.migrate()
    told: list[str] = []

    def change(held: Held) -> Project:
        time.sleep(0.2)  # while the others come
        return held.record.model_copy(update={"aim": "All."})

    def edit(number: int) -> None:
        try:
            store.correct(receipt.token, change, 1, f"client {number}")
            told.append("kept")
        except ConflictError:
            told.append("told")

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["kept"] + ["told"] * 9 and store.open(receipt.token).version == 2


def test_its_team_confirms_and_withdraws(store: ProjectStore, clock: Clock) -> None:
    """Confirmed today it is fresh, a year later stale; withdrawn it is gone at once and for good."""
    receipt = store.submit(make(), CLIENT)
    reviewer, _ = store.add_reviewer("doctor")
    store.decide(receipt.id, "accept", reviewer, 1)
    clock.now += timedelta(days=300)
    store.report(receipt.id, "It ended in May.", CLIENT)
    assert store.shown().said_out_of_date == {receipt.id: ("2027-09-21",)} and store.queue()[0].notices == (
        ("2027-09-21", "It ended in May."),
    )
    held = store.confirm(receipt.token, 2, CLIENT)
    assert held.shown and held.shown.last_confirmed == "2027-09-21" and not store.notices()
    look_again()
    for days, said in ((364, "confirmed"), (366, "stale")):
        shelf = open_shelf(SNAPSHOT, date(2027, 9, 21) + timedelta(days=days), store)
        assert shelf.projects.get(receipt.id).freshness == said and not shelf.away
    store.withdraw(receipt.token, 3, "The ward has moved.", CLIENT)
    assert not shown_ids(store)
    with pytest.raises(ClosedError):
        store.correct(receipt.token, lambda held: held.record, 4, CLIENT)


def test_what_was_sent_twice_is_kept_once(store: ProjectStore) -> None:
    """An answer got lost, and the form sends again with the key of its own: the same project and the same link, which works."""
    first = store.submit(make("food-1"), CLIENT, "k" * 20)
    second = store.submit(make("food-2", last_confirmed="2026-11-26"), CLIENT, "k" * 20)
    assert second == first and first.id == "food-1" and len(store.queue()) == 1
    assert store.open(second.token).version == 1
    store.correct(first.token, lambda held: held.record.model_copy(update={"aim": "All."}), 1, CLIENT)
    assert store.submit(make("food-3"), CLIENT, "k" * 20).token == first.token  # of what was sent, not of what it became


def test_a_shipped_record_can_be_hidden_and_amended(store: ProjectStore) -> None:
    """What the database says of its id stands in its place; what ships stays as it is."""
    reviewer, _ = store.add_reviewer("doctor")
    shipped = read_shipped()[0]
    store.report(shipped.id, "It has closed.", CLIENT)
    [waiting] = store.queue(read_shipped())
    assert waiting.held.record == shipped and waiting.held.version == 1
    store.decide(shipped.id, "hide", reviewer, 1, "It has closed.", shipped=shipped)
    with pytest.raises(NotFoundError):
        open_shelf(SNAPSHOT, date(2026, 11, 25), store).projects.get(shipped.id)
    amended = shipped.model_copy(update={"title": "Another title"})
    assert store.bring([amended]) == (0, 1) and store.bring([amended]) == (0, 0)
    look_again()
    assert open_shelf(SNAPSHOT, date(2026, 11, 25), store).projects.get(shipped.id).project.title == "Another title"


def test_what_a_reviewer_took_off_comes_back(store: ProjectStore, clock: Clock) -> None:
    """Hidden: as it was shown, and its link works again; rejected: it waits. Newest first until then, with the reason; each is in the
    history."""
    reviewer, _ = store.add_reviewer("doctor")
    hidden, rejected = store.submit(make("hidden-1"), CLIENT), store.submit(make("rejected-1"), CLIENT)
    store.decide("hidden-1", "accept", reviewer, 1)
    store.decide("hidden-1", "hide", reviewer, 2, "It has closed.")
    clock.now += timedelta(days=1)
    store.decide("rejected-1", "reject", reviewer, 1, "It is an advertisement.")
    assert [
        (each.held.record.id, each.held.status, each.change.reason, each.change.at[:10], each.change.by) for each in store.closed()
    ] == [
        ("rejected-1", "rejected", "It is an advertisement.", "2026-11-26", "reviewer 1, doctor"),
        ("hidden-1", "hidden", "It has closed.", "2026-11-25", "reviewer 1, doctor"),
    ]
    with pytest.raises(ConflictError):
        store.decide("hidden-1", "bring_back", reviewer, 2)
    before = store.mark()
    held = store.decide("hidden-1", "bring_back", reviewer, 3)
    assert (held.status, held.version, held.shown) == ("accepted", 4, make("hidden-1")) and shown_ids(store) == {"hidden-1"}
    assert store.mark() != before and store.history("hidden-1")[-1].action == "brought_back"
    assert store.confirm(hidden.token, 4, CLIENT).version == 5
    assert store.decide("rejected-1", "bring_back", reviewer, 2).status == "waiting"
    assert [waiting.held.record.id for waiting in store.queue()] == ["rejected-1"] and not store.closed()
    assert store.correct(rejected.token, lambda held: held.record, 3, CLIENT).status == "waiting"
    with pytest.raises(ClosedError, match=r"nothing to bring back\. Load the list again"):
        store.decide("hidden-1", "bring_back", reviewer, 5)


def test_what_its_team_withdrew_no_reviewer_brings_back(store: ProjectStore) -> None:
    """It is theirs to say."""
    reviewer, _ = store.add_reviewer("doctor")
    receipt = store.submit(make(), CLIENT)
    store.withdraw(receipt.token, 1, "We closed.", CLIENT)
    with pytest.raises(
        ClosedError, match=r"Its own team withdrew this project, so no reviewer can bring it back\. Its team can share it again"
    ):
        store.decide(receipt.id, "bring_back", reviewer, 2)
    assert not store.closed() and store.open(receipt.token).status == "withdrawn"


def test_what_no_reviewer_accepted_is_not_shown_by_bringing_it_back(store: ProjectStore) -> None:
    """A change that waited when it was hidden waits again, beside what readers saw; what was never shown waits too."""
    reviewer, _ = store.add_reviewer("doctor")
    receipt = store.submit(make(), CLIENT)
    store.decide(receipt.id, "accept", reviewer, 1)
    store.correct(receipt.token, lambda held: held.record.model_copy(update={"title": "Not read yet"}), 2, CLIENT)
    store.decide(receipt.id, "hide", reviewer, 3, "It has closed.")
    assert not shown_ids(store) and store.open(receipt.token).record.title == "Not read yet"
    held = store.decide(receipt.id, "bring_back", reviewer, 4)
    assert (held.status, held.record.title, held.shown) == ("waiting", "Not read yet", make())
    store.submit(make("second-1"), CLIENT)
    assert store.decide("second-1", "hide", reviewer, 1, "A slip.").status == "rejected"
    assert store.decide("second-1", "bring_back", reviewer, 2).status == "waiting" and shown_ids(store) == {receipt.id}


def test_a_hidden_shipped_record_comes_back(store: ProjectStore) -> None:
    """As it ships."""
    reviewer, _ = store.add_reviewer("doctor")
    shipped = read_shipped()[0]
    store.decide(shipped.id, "hide", reviewer, 1, "It has closed.", shipped=shipped)
    store.decide(shipped.id, "bring_back", reviewer, 2, shipped=shipped)
    look_again()
    assert open_shelf(SNAPSHOT, date(2026, 11, 25), store).projects.get(shipped.id).project == shipped
    with pytest.raises(ClosedError, match="nothing to bring back"):
        store.decide(read_shipped()[1].id, "bring_back", reviewer, 1, shipped=read_shipped()[1])
    assert store.shown().kept.keys() == {shipped.id}  # nothing of the second was kept


def test_the_team_of_a_shipped_record_gets_a_link(store: ProjectStore) -> None:
    """The record stays as it is until its team confirms it, and is then shown as confirmed; the history says who made the link."""
    reviewer, _ = store.add_reviewer("resident")
    shipped = read_shipped()[0]
    assert {each.held.record for each in store.linkable(read_shipped())} == set(read_shipped())
    receipt = store.make_link(shipped.id, reviewer, 1, shipped)
    look_again()
    listed = open_shelf(SNAPSHOT, date(2026, 11, 25), store).projects.get(shipped.id)
    assert (listed.project, listed.freshness) == (shipped, "unconfirmed")
    assert [each.has_link for each in store.linkable(read_shipped()) if each.held.record.id == shipped.id] == [True]
    assert len(store.linkable(read_shipped())) == len(read_shipped())
    held = store.confirm(receipt.token, receipt.version, CLIENT)
    assert held.shown and (held.shown.publication_status, held.shown.consent) == ("confirmed", "given")
    look_again()
    assert open_shelf(SNAPSHOT, date(2026, 11, 25), store).projects.get(shipped.id).freshness == "confirmed"
    assert [(change.action, change.by) for change in store.history(shipped.id)] == [
        ("link_made", "reviewer 1, resident"),
        ("confirmed", "its team"),
    ]
    store.withdraw(receipt.token, 3, "", CLIENT)
    assert shipped.id in store.shown().hidden and shipped.id not in {each.held.record.id for each in store.linkable(read_shipped())}
    with pytest.raises(ClosedError, match="a key would open nothing"):
        store.make_link(shipped.id, reviewer, 4, shipped)


def test_a_new_link_takes_the_older_ones_place(store: ProjectStore) -> None:
    """The older one, and the key that would give another, open nothing; the queue keeps its order; two reviewers at once make one link."""
    reviewer, _ = store.add_reviewer("doctor")
    older = store.submit(make("food-1"), CLIENT, "k" * 20)
    store.submit(make("food-2"), CLIENT)
    newer = store.make_link("food-1", reviewer, 1)
    assert newer.token != older.token and store.open(newer.token).status == "waiting"
    with pytest.raises(UnknownProjectError, match="if you were given a newer one since, use that"):
        store.open(older.token)
    assert store.submit(make("food-3"), CLIENT, "k" * 20).id == "food-3"
    assert [waiting.held.record.id for waiting in store.queue()] == ["food-1", "food-2", "food-3"]
    with pytest.raises(ConflictError):
        store.make_link("food-1", reviewer, 1)
    with pytest.raises(UnknownProjectError, match="There is no project of that id"):
        store.make_link("none", reviewer, 1)
    assert store.open(newer.token).version == 2


def test_of_many_reviewers_at_once_one_makes_the_link(store: ProjectStore) -> None:
    """Of a shipped record that nobody has touched: one link is made, and the others are told, not that the database is away."""
    reviewer, _ = store.add_reviewer("doctor")
    shipped = read_shipped()[0]
    told: list[str] = []

    def link() -> None:
        try:
            told.append(store.make_link(shipped.id, reviewer, 1, shipped).token)
        except ConflictError:
            told.append("")

    threads = [threading.Thread(target=link) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [token] = filter(None, told)
    assert len(told) == 6 and store.open(token).record == shipped and len(store.history(shipped.id)) == 1


def test_tokens_are_long_random_and_kept_as_hashes(store: ProjectStore, database: Database) -> None:
    """Nothing in the database gives a token back."""
    receipt = store.submit(make(), CLIENT, "k" * 20)
    reviewer, token = store.add_reviewer("doctor")
    assert len(receipt.token) >= 43 and len(token) >= 43 and receipt.token != token
    with database.read() as connection:
        kept = str([list(map(tuple, connection.execute(sa.select(table)))) for table in METADATA.sorted_tables])
    assert (
        hash_token(receipt.token) in kept
        and receipt.token not in kept
        and token not in kept
        and "k" * 20 not in kept
        and CLIENT not in kept
    )
    assert store.find_reviewer(token) == reviewer and store.reviewers() == [reviewer]
    store.remove_reviewer(reviewer.number)
    with pytest.raises(DeniedError, match="taken back"):
        store.find_reviewer(token)
    with pytest.raises(NotFoundError, match="There is no reviewer 9"):
        store.remove_reviewer(9)
    with pytest.raises(NotFoundError, match="There is no such role"):
        store.add_reviewer("Jo")


def test_a_client_may_write_only_so_often(store: ProjectStore, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the hour and the client; what is refused is not kept, and the next hour begins anew."""
    monkeypatch.setenv("HEATMAP_WRITES_AN_HOUR", "2")
    for n in (1, 2):
        store.submit(make(f"food-{n}"), CLIENT)
    with pytest.raises(TooOftenError, match="Nothing was saved"):
        store.submit(make("food-3"), CLIENT)
    store.submit(make("food-4"), "another")
    clock.now += timedelta(hours=1)
    store.submit(make("food-5"), CLIENT)
    clock.now += timedelta(days=1)
    store.report("food-1", "Closed.", CLIENT)
    assert {waiting.held.record.id for waiting in store.queue()} == {"food-1", "food-2", "food-4", "food-5"}
    with store.database.read() as connection:
        assert connection.execute(sa.text("SELECT COUNT(*) FROM attempt")).scalar_one() == 1  # yesterday's are gone, and their salt
        assert connection.execute(sa.text("SELECT COUNT(*) FROM salt")).scalar_one() == 1
    monkeypatch.setenv("HEATMAP_WRITES_AN_HOUR", "many")
    store.report("food-1", "Closed.", CLIENT)


def test_who_wrote_is_forgotten_by_time_and_not_by_the_next_write(store: ProjectStore, clock: Clock) -> None:
    """The server calls it each hour: a day on, nothing is left by which a client could be told, though nobody wrote again."""
    store.forget_clients()  # before anything was written there is nothing to do
    store.submit(make(), CLIENT)
    store.forget_clients()
    clock.now += timedelta(days=1)
    store.forget_clients()
    with store.database.read() as connection:
        for table in ("salt", "attempt"):
            assert connection.execute(sa.text(f"SELECT COUNT(*) FROM {table}")).scalar_one() == 0


def test_ids_are_of_the_title_and_of_chance() -> None:
    """Two of one title differ, and every id fits the record."""
    ids = {make_id("Food & drink: “Café”") for _ in range(50)}
    assert len(ids) == 50 and all(re.fullmatch(r"food-drink-cafe-[a-z2-9]{6}", id_) for id_ in ids)
    assert make(make_id("x" * 200)) and make(make_id("--"))


# ---- tables ----


def test_the_steps_make_the_tables_as_they_are_used(database: Database) -> None:
    """Every table and column of the code is there, and none beside."""
    assert database.migrate() and not database.migrate()
    with database.read() as connection:
        found = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert columns == {column.name: bool(column.nullable) for column in table.columns}, table.name
        assert set(found.get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_an_interrupted_migration_runs_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken in the middle nothing of it stays; the next one is whole."""
    from alembic import op

    made: list[str] = []
    create = op.create_table

    def break_off(name: str, *rest: Any, **more: Any) -> Any:
        if name == "reviewer":
            raise OSError("the power went")
        made.append(name)
        return create(name, *rest, **more)

    monkeypatch.setattr(op, "create_table", break_off)
    with pytest.raises(AwayError):
        database.migrate()
    assert made == ["project", "change", "notice"]
    monkeypatch.undo()
    with database._engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []
    assert database.migrate()
    assert ProjectStore(database).submit(make(), CLIENT).id == "food-on-the-ward"


def test_two_that_begin_at_once_migrate_once(database_url: str) -> None:
    """Two workers, each with its own connections, meet a database without tables."""
    from databases import open_database

    stores = [ProjectStore(open_database(database_url)) for _ in range(3)]
    threads = [threading.Thread(target=store.submit, args=(make(f"food-{n}"), CLIENT)) for n, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores[0].queue()) == 3
    for store in stores:
        store.database.close()


def test_a_newer_database_is_not_touched(database: Database) -> None:
    """An older map says so, and writes nothing."""
    database.migrate()
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(KeepingError, match="made by a newer version"):
        ProjectStore(database).submit(make(), CLIENT)


def test_the_newest_step_is_the_newest() -> None:
    """NEWEST names the last file of the steps."""
    names = sorted(path.stem for path in (Path(heatmap.projects.database.__file__).parent / "migrations" / "versions").glob("s*.py"))
    assert names[-1].startswith(f"s{NEWEST}_")


# ---- backup ----


@pytest.fixture
def filled(store: ProjectStore) -> Iterator[tuple[ProjectStore, Receipt]]:
    """A store with something in each table."""
    receipt = store.submit(make(), CLIENT)
    reviewer, _ = store.add_reviewer("doctor")
    store.decide(receipt.id, "accept", reviewer, 1)
    store.submit(make("second-1", what_we_learnt="“Naïve” £5 \U0001f600\nand more"), CLIENT)
    store.report(receipt.id, "Closed.", CLIENT)
    yield store, receipt


def rows_of(database: Database) -> list[Any]:
    """Everything that a backup holds."""
    with database.read() as connection:
        return [[tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))] for table in KEPT]


def test_a_backup_loses_nothing(filled: tuple[ProjectStore, Receipt], tmp_path: Path) -> None:
    """Into an empty database of either kind: every row, and the links and tokens hold; then it counts on."""
    store, receipt = filled
    before = rows_of(store.database)
    assert write_backup(store.database, tmp_path / "a.backup") == {"project": 2, "change": 3, "notice": 1, "reviewer": 1, "removal": 0}
    assert (tmp_path / "a.backup").stat().st_mode & 0o077 == 0
    other = Database(sa.URL.create("sqlite", database=str(tmp_path / "other.sqlite3")))
    read_backup(other, tmp_path / "a.backup", reviewers=True)
    assert rows_of(other) == before and ProjectStore(other).open(receipt.token).status == "accepted"
    write_backup(other, tmp_path / "b.backup")
    assert (tmp_path / "a.backup").read_bytes() == (tmp_path / "b.backup").read_bytes()
    other.close()
    with pytest.raises(BackupError, match="already, so nothing was restored"):
        read_backup(store.database, tmp_path / "a.backup")
    store.submit(make("third-1"), CLIENT)
    read_backup(store.database, tmp_path / "a.backup", replace=True)
    assert rows_of(store.database)[:4] == before[:4]  # what was as in the backup gains no step
    store.submit(make("fourth-1"), CLIENT)
    assert store.history("fourth-1")[0].number > before[1][-1][0]


def test_a_damaged_backup_is_told_and_changes_nothing(filled: tuple[ProjectStore, Receipt], tmp_path: Path) -> None:
    """Cut short, altered, of another kind, of a newer map, absent; and a backup is never written over."""
    store, _ = filled
    path = tmp_path / "a.backup"
    write_backup(store.database, path)
    with pytest.raises(BackupError, match="is there already"):
        write_backup(store.database, path)
    before = rows_of(store.database)
    whole = path.read_bytes()
    for spoilt in (whole[:-20], whole[:30], b"", b"hello", whole[:50] + bytes([whole[50] ^ 1]) + whole[51:]):
        path.write_bytes(spoilt)
        with pytest.raises(BackupError, match="damaged or no backup"):
            read_backup(store.database, path, replace=True)
    with pytest.raises(BackupError, match="no such file"):
        read_backup(store.database, tmp_path / "none.backup")
    assert rows_of(store.database) == before
    assert [path.name for path in tmp_path.glob(".*backup*")] == []


# ---- where it is ----


@pytest.mark.parametrize(
    ("said", "gives"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u@/d?host=/tmp", "postgresql+psycopg://u@/d?host=%2Ftmp"),
        ("sqlite:////srv/a.sqlite3", "sqlite:////srv/a.sqlite3"),
    ],
)
def test_the_address_of_the_database_is_read(monkeypatch: pytest.MonkeyPatch, said: str, gives: str) -> None:
    """As providers write it."""
    monkeypatch.setenv("DATABASE_URL", said)
    assert read_url().render_as_string(hide_password=False) == gives


@pytest.mark.parametrize("said", ["mysql://u:secret@h/d", "hello", "postgresql:/secret", "sqlite://"])
def test_another_database_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """One sentence, and what was set is not repeated."""
    monkeypatch.setenv("DATABASE_URL", said)
    with pytest.raises(KeepingError, match="DATABASE_URL") as fault:
        Database(read_url())
    assert "secret" not in str(fault.value)


def test_the_data_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """HEATMAP_DATA, else the platform's place; the file can be read by nobody else."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HEATMAP_DATA", "")
    for platform, variable, folder in (("linux", "XDG_DATA_HOME", "heatmap"), ("win32", "LOCALAPPDATA", "heatmap")):
        monkeypatch.setattr("sys.platform", platform)
        monkeypatch.setenv(variable, str(tmp_path))
        assert read_url().database == str(tmp_path / folder / "projects.sqlite3")
    monkeypatch.setattr("sys.platform", "darwin")
    assert "Application Support" in str(read_url().database)
    monkeypatch.undo()
    monkeypatch.setenv("HEATMAP_DATA", str(tmp_path / "kept"))
    made = Database(read_url())
    assert not made.is_there()
    ProjectStore(made).submit(make(), CLIENT)
    assert made.path and made.path.stat().st_mode & 0o077 == 0
    with made.read() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "busy_timeout")]
    assert pragmas == ["wal", 2, 15_000]
    made.close()


def test_reading_alone_makes_no_file(tmp_path: Path) -> None:
    """A map on a disk that can only be read shows the shipped records."""
    store = ProjectStore(Database(sa.URL.create("sqlite", database=str(tmp_path / "none" / "a.sqlite3"))))
    shelf = open_shelf(SNAPSHOT, date(2026, 11, 25), store)
    assert len(shelf.projects.all()) == len(read_shipped()) and not shelf.away and not (tmp_path / "none").exists()
