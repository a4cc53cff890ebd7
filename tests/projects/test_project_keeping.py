"""What was accepted is always readable, and what was taken away stays away: whatever the blanks, the clock, the policy or the backup."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from databases import Cluster, open_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from project_api import EDIT, FOOD, PROJECTS, REVIEW, Api, ids
from project_records import CLIENT, Clock, make

import heatmap.projects.record
from heatmap.api.sharing import CHECKS_A_MINUTE, REVIEW_PAGE, HeldAnswer, LinkableListAnswer, QueueAnswer
from heatmap.errors import HeatmapError
from heatmap.projects.backup import plan_restore, read_backup, write_backup
from heatmap.projects.database import Database
from heatmap.projects.finding import KeptProject, Projects
from heatmap.projects.kept import dump
from heatmap.projects.pace import Pace
from heatmap.projects.record import GIVEN, ProjectError, freshness_of, read_given
from heatmap.projects.sheets import read_project_table, write_projects_csv, write_xlsx
from heatmap.projects.shelf import look_again, open_shelf
from heatmap.projects.shipped import read_shipped
from heatmap.projects.store import (
    DeniedError,
    KeyUsedError,
    ProjectStore,
    Receipt,
    TooOftenError,
    UnknownProjectError,
    make_id,
)
from heatmap.projects.tables import CHANGE, NOTICE, PROJECT
from heatmap.snapshot import open_snapshot

SNAPSHOT = open_snapshot()


@pytest.fixture
def api(database: Database) -> Api:
    """The API on a fresh database of each kind."""
    return Api(database)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Api]:
    """The API on a fresh SQLite, where the kind of database changes nothing."""
    kept = Database(sa.URL.create("sqlite", database=str(tmp_path / "a.sqlite3")))
    yield Api(kept)
    kept.close()


# ---- what was accepted is always readable ----

#: Texts with blanks of every kind, digits, signs and letters that are not seen: what a policy could read in two ways.
ODD = st.lists(
    st.sampled_from(
        ["07900", "900123", "943", "476", "5919", "B14", "7QH", "js", "@", "nhs.net", "tel", "Clinic", "open", "2024", "é", "食", "B", "14"]
    )
    | st.sampled_from([" ", "  ", "    ", "\n", "\t", "\u00a0", "\u2003", "\u200b", "\u2028", "\x1f", "\x85", "-", ".", "\r\n", "\u034f"])
    | st.text(max_size=3),
    min_size=1,
    max_size=12,
).map("".join)
TIMES = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28)).map(lambda each: each.replace(tzinfo=UTC))


@st.composite
def submissions(draw: st.DrawFn) -> dict[str, Any]:
    """What somebody may send."""
    said = FOOD | {name: draw(ODD) for name in ("title", "one_line", "organisation", "place", "what_we_learnt", "where_exactly")}
    said["tools"] = draw(st.lists(ODD, max_size=2))
    said["measures"] = draw(st.lists(st.fixed_dictionaries({"kind": st.just("outcome"), "name": ODD, "latest": ODD}), max_size=1))
    said["evidence"] = draw(
        st.lists(
            st.fixed_dictionaries(
                {"kind": st.just("film"), "title": ODD, "link": st.just("https://example.org/film"), "text_alternative": ODD}
            ),
            max_size=1,
        )
    )
    for name in draw(
        st.sets(st.sampled_from(["title", "organisation", "place", "one_line", "what_we_learnt", "where_exactly"]), min_size=3)
    ):
        said[name] = f"Food {name}"  # or next to nothing would be accepted
    return said


@settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(said=submissions(), now=TIMES)
def test_whatever_is_acknowledged_can_be_read_listed_edited_exported_and_imported(
    said: dict[str, Any], now: datetime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """By any clock; and also once the policy has become so strict that it would refuse every word."""
    today = now.date().isoformat()
    team = {"publication_status": "confirmed", "consent": "given", "last_confirmed": today}
    try:
        project = read_given(said, team | {"id": make_id(str(said["title"]))})
    except ProjectError:
        return
    folder = tmp_path_factory.mktemp("kept")
    kept = Database(sa.URL.create("sqlite", database=str(folder / "a.sqlite3")))
    store = ProjectStore(kept, lambda: now)
    receipt = store.submit(project, CLIENT)
    reviewer, _ = store.add_reviewer("doctor")
    with pytest.MonkeyPatch.context() as stricter:
        for step in range(2):
            if step:
                stricter.setattr(heatmap.projects.record, "say_personal", lambda text: "no word may be kept")
                stricter.setattr(heatmap.projects.record, "say_personal_link", lambda link: "no link may be kept")
            held = store.open(receipt.token)
            assert held.record == project and not held.faults and [each.held.record for each in store.queue()] == [project]
            assert bool(store.queue()[0].faults) == bool(step)  # reviewers see what would be refused today
            given = {name: json.loads(dump(held.record))[name] for name in GIVEN if name in json.loads(dump(held.record))}
            same = read_given(given, team | {"id": project.id, "added_on": today}, [held.record])
            assert same == project
            store.correct(receipt.token, lambda _held, same=same: same, held.version, CLIENT)
            store.confirm(receipt.token, held.version + 1, CLIENT)
        store.decide(project.id, "accept", reviewer, store.held(project.id).version)
        shown = open_shelf(SNAPSHOT, date(2026, 11, 25), store).projects.get(project.id).project
        assert shown == project
        for name, content in (("a.csv", write_projects_csv([shown])), ("a.xlsx", write_xlsx([shown]))):
            (folder / name).write_bytes(content)
            assert read_project_table(folder / name, SNAPSHOT, store.records()) == [project]
    kept.close()


@pytest.mark.parametrize("blanks", ["    ", " \u00a0 \u2003 ", "\n\n\n\n", "\t\t\t\t"])
def test_blanks_hide_no_number_and_stop_no_review(on_sqlite: Api, blanks: str) -> None:
    """The title that stopped all reviewing: told at once, and what waits beside it is read."""
    on_sqlite.share()
    answer = on_sqlite.ask(PROJECTS, "POST", {"project": FOOD | {"title": f"Clinic open at 07900{blanks}900123"}, "consent": True})
    assert answer.status_code == 422 and answer.json()["faults"][0]["field"] == "title"
    assert len(on_sqlite.ask(REVIEW, **on_sqlite.reviewer()).json()["waiting"]) == 1


@pytest.mark.parametrize(
    ("text", "said", "is_shown"),
    [
        (" ", "cannot be read", False),
        ("{", "cannot be read", False),
        ("[1, 2]", "cannot be read", False),
        ("null", "cannot be read", False),
        ('{"id":"food-1","title":"Food"}', "This is missing", False),
        (dump(make("food-1")).replace('"food"', '"fod"'), "none of the words", False),
        (dump(make("food-1")).replace('"food"', '"food","fod"'), "none of the words", True),
        (dump(make("food-1")).replace("2026-11-25", "2026-11-99"), "write the day in full", False),
        (dump(make("food-1", aim="All.")).replace("All.", "A" * 5000), "too long", True),
        (dump(make("food-1")).replace("Food on the ward", "Food\\u0000 on\\u202e the ward"), "hidden sign", True),
        (dump(make("food-1")).replace('"title"', '"new_field":[{"x":1}],"title"'), "no such field", True),
    ],
)
def test_a_damaged_record_hides_no_other_and_is_shown_to_reviewers(on_sqlite: Api, text: str, said: str, is_shown: bool) -> None:
    """Whatever is in the row: the others are read, and it stands in the list with its fault, to be taken off the map."""
    other, _ = on_sqlite.share()
    on_sqlite.store.bring([make("food-1")])
    with on_sqlite.store.database.write() as connection:
        connection.execute(sa.update(PROJECT).where(PROJECT.c.id == "food-1").values(record=text, shown=text))
        connection.execute(sa.update(CHANGE).where(CHANGE.c.project_id == "food-1").values(record=text))
    look_again()
    assert ("food-1" in ids(on_sqlite.ask(PROJECTS))) == is_shown
    reviewer = on_sqlite.reviewer()
    queue = QueueAnswer.model_validate(on_sqlite.ask(REVIEW, **reviewer).json())
    by_id = {each.project["id"]: each for each in queue.waiting}
    assert other in by_id and not by_id[other].faults
    assert any(said.lower() in each.sentence.lower() for each in by_id["food-1"].faults) and by_id["food-1"].history
    accepting = on_sqlite.ask(f"{REVIEW}/food-1", "POST", {"decision": "accept", "version": 1}, **reviewer)
    assert accepting.status_code == 410  # it does not wait
    hidden = on_sqlite.ask(f"{REVIEW}/food-1", "POST", {"decision": "hide", "version": 1, "reason": "It is damaged."}, **reviewer)
    assert hidden.status_code == 200, hidden.text
    with on_sqlite.store.database.read() as connection:  # nothing of what could not be read was written over
        assert connection.execute(sa.select(PROJECT.c.record).where(PROJECT.c.id == "food-1")).scalar_one() == text
    assert [each["id"] for each in on_sqlite.ask(REVIEW, **reviewer).json()["closed"]] == ["food-1"]


def test_its_team_can_mend_a_damaged_record(on_sqlite: Api) -> None:
    """By its link: it sees what can be read, sends it whole, and a reviewer accepts it."""
    id_, token = on_sqlite.share()
    with on_sqlite.store.database.write() as connection:
        connection.execute(sa.update(PROJECT).where(PROJECT.c.id == id_).values(record='{"title":"Food","themes":["old_word"]}'))
    held = HeldAnswer.model_validate(on_sqlite.ask(EDIT, X_Edit_Token=token).json())
    assert held.project["id"] == id_ and held.project["title"] == "Food" and held.faults
    accepting = on_sqlite.ask(f"{REVIEW}/{id_}", "POST", {"decision": "accept", "version": 1}, **on_sqlite.reviewer())
    assert accepting.status_code == 422 and {each["field"] for each in accepting.json()["faults"]} >= {"themes.1", "organisation"}
    answer = on_sqlite.ask(EDIT, "PUT", {"project": FOOD, "version": 1}, X_Edit_Token=token)
    assert answer.status_code == 200 and not answer.json()["faults"], answer.text
    on_sqlite.accept(id_, 2)
    assert id_ in ids(on_sqlite.ask(PROJECTS))


def test_a_boundary_that_is_no_more_takes_no_list_down() -> None:
    """A record may name an authority of before; and one that no page can draw is left out alone."""
    gone = make("gone-1", areas=["E08000025"]).model_copy(update={"areas": ("E07000999", "E08000025")})
    broken = make("broken-1").model_copy(update={"title": None})
    found = Projects([KeptProject(gone), KeptProject(broken), KeptProject(make("sound-1"))], SNAPSHOT, date(2026, 11, 25))
    assert {one.id for one in found.all()} == {"gone-1", "sound-1"} and found.get("gone-1").project.areas == ("E08000025",)


@pytest.mark.parametrize(
    ("last", "added", "said"),
    [
        ("2150-01-01", "2150-01-01", "unconfirmed"),
        ("2150-01-01", "2026-11-01", "unconfirmed"),
        ("2026-11-26", "2026-11-26", "confirmed"),
        ("1970-01-01", "1970-01-01", "stale"),
        ("0001-01-01", "", "stale"),
        ("9999-12-31", "", "unconfirmed"),
    ],
)
def test_a_wrong_clock_confirms_nothing_for_a_century(last: str, added: str, said: str) -> None:
    """A day that has not come says nothing, and no day takes a list down."""
    project = make(last_confirmed=last, added_on=added)
    assert freshness_of(project, date(2026, 11, 25)) == said
    assert freshness_of(project, date.max) and freshness_of(project, date.min)


# ---- a key for sending again ----


def test_a_key_with_another_text_is_told(api: Api) -> None:
    """409 with what to do; nothing is dropped, and the first stays as it was."""
    body = {"project": FOOD, "consent": True, "key": "key-of-this-test-000001"}
    first = api.ask(PROJECTS, "POST", body)
    again = api.ask(PROJECTS, "POST", body)
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    other = api.ask(PROJECTS, "POST", body | {"project": FOOD | {"title": "Another"}})
    assert other.status_code == 409 and other.json() == {
        "detail": (
            "This key came before with another text, so this one was not saved. To change what you sent then, use its private key. "
            "To share another project, send it with a new key."
        )
    }
    assert [each.held.record.title for each in api.store.queue()] == [FOOD["title"]]


def test_thirty_at_once_with_one_key_are_one_record_and_one_link(database_url: str) -> None:
    """Over several workers, each with its own connections: everyone has the same receipt, and it opens the project."""
    stores = [ProjectStore(open_database(database_url)) for _ in range(3)]
    receipts: list[Receipt | Exception] = []

    def send(number: int) -> None:
        try:
            receipts.append(stores[number % 3].submit(make(make_id("Food")), f"client {number}", "k" * 24))
        except Exception as fault:
            receipts.append(fault)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 30 and len(set(map(repr, receipts))) == 1 and isinstance(receipts[0], Receipt), set(map(repr, receipts))
    assert stores[0].open(receipts[0].token).record.id == receipts[0].id and len(stores[0].queue()) == 1
    for each in stores:
        each.database.close()


def test_a_key_ends_after_a_day(store: ProjectStore, clock: Clock) -> None:
    """Then it is any other text; and of a clock that was ahead none stays for years."""
    first = store.submit(make("food-1"), CLIENT, "k" * 24)
    clock.now += timedelta(hours=23)
    assert store.submit(make("food-2"), CLIENT, "k" * 24) == first
    with pytest.raises(KeyUsedError):
        store.submit(make("food-2", title="Another"), CLIENT, "k" * 24)
    clock.now += timedelta(hours=2)
    assert store.submit(make("food-3"), CLIENT, "k" * 24).id == "food-3"
    clock.now -= timedelta(days=400)
    assert store.submit(make("food-4"), CLIENT, "k" * 24).id == "food-4"
    assert store.open(first.token).record.id == "food-1"


# ---- readers learn of every change ----


def test_a_change_that_is_committed_late_is_seen(cluster: Cluster) -> None:
    """A reviewer hides a project, and its commit takes a while; another shares one meanwhile: no reader goes on seeing what was hidden."""
    url = cluster.new_database()
    first, second, reading = (ProjectStore(open_database(url)) for _ in range(3))
    first.bring([make("food-1")])
    reviewer, _ = first.add_reviewer("doctor")
    begun, go_on = threading.Event(), threading.Event()

    def hide_slowly() -> None:
        keep = first._keep

        def keep_and_wait(*given: Any) -> None:
            keep(*given)
            begun.set()
            go_on.wait(10)

        first._keep = keep_and_wait  # type: ignore[method-assign]
        first.decide("food-1", "hide", reviewer, 1, "It has closed.")

    hiding = threading.Thread(target=hide_slowly)
    hiding.start()
    assert begun.wait(10)
    sharing = threading.Thread(target=second.submit, args=(make("food-2"), CLIENT))
    sharing.start()
    sharing.join(1.0)  # it would be done by now, had it not to wait
    look_again()
    assert open_shelf(SNAPSHOT, date(2026, 11, 25), reading).projects.get("food-1")
    go_on.set()
    hiding.join()
    sharing.join()
    look_again()
    assert "food-1" not in {one.id for one in open_shelf(SNAPSHOT, date(2026, 11, 25), reading).projects.all()}
    for each in (first, second, reading):
        each.database.close()


# ---- what was taken away stays away ----


@pytest.fixture
def before(store: ProjectStore, tmp_path: Path) -> Iterator[tuple[ProjectStore, Path, dict[str, str]]]:
    """A store of six accepted projects and three reviewers, and a backup of it."""
    tokens = {}
    for name in ("stays", "hidden", "withdrawn", "erased", "redacted", "corrected"):
        receipt = store.submit(make(f"{name}-1", aim="Ask Jane  Doe on the ward."), CLIENT)
        store.decide(receipt.id, "accept", _doctor(store), 1)
        tokens[name] = receipt.token
    tokens["reviewer"] = store.add_reviewer("resident")[1]
    write_backup(store.database, tmp_path / "a.backup")
    yield store, tmp_path / "a.backup", tokens


def _doctor(store: ProjectStore) -> Any:
    found = store.reviewers()
    return found[0] if found else store.add_reviewer("doctor")[0]


def _take_away(store: ProjectStore, tokens: dict[str, str]) -> None:
    doctor = _doctor(store)
    store.decide("hidden-1", "hide", doctor, 2, "It has closed.")
    store.withdraw(tokens["withdrawn"], 2, "We closed.", CLIENT)
    store.erase("erased-1")
    assert store.redact("redacted-1", "jane doe") > 2
    store.correct(tokens["corrected"], lambda held: held.record.model_copy(update={"title": "Newer"}), 2, CLIENT)
    store.remove_reviewer(store.find_reviewer(tokens["reviewer"]).number)


@pytest.mark.parametrize("reviewers", [False, True])
def test_a_restore_brings_back_nothing_that_was_taken_away(before: tuple[ProjectStore, Path, dict[str, str]], reviewers: bool) -> None:
    """Taken off, withdrawn, erased, words taken out, a token taken back: all stay so, and the history says what the restore did."""
    store, path, tokens = before
    _take_away(store, tokens)
    store.submit(make("later-1"), CLIENT)
    mark = store.mark()
    plan = plan_restore(store.database, path, replace=True, reviewers=reviewers)
    assert store.mark() == mark  # listed, and nothing done
    assert plan.lost == (("later-1", "Food on the ward"),) and plan.erased == ("erased-1",) and not plan.shown and not plan.reviewers
    assert {id_ for id_, _title in plan.stays_off} == {"hidden-1", "withdrawn-1"} and [id_ for id_, _ in plan.redacted] == ["redacted-1"]
    read_backup(store.database, path, replace=True, reviewers=reviewers)
    assert store.mark() != mark and set(store.shown().kept) == {"stays-1", "redacted-1", "corrected-1"}
    assert "Jane" not in str(store.held("redacted-1")) and "Jane" not in str(store.history("redacted-1"))
    for id_ in ("hidden-1", "withdrawn-1"):
        assert store.held(id_).status == id_.partition("-")[0] and store.history(id_)[-1].action == "stayed_off"
    assert store.history("corrected-1")[-1].action == "restored" and store.held("corrected-1").version == 4
    assert store.held("corrected-1").record.title == "Food on the ward" and len(store.history("stays-1")) == 2
    with pytest.raises(UnknownProjectError):
        store.open(tokens["erased"])
    with pytest.raises(DeniedError):
        store.find_reviewer(tokens["reviewer"])
    assert [each.role for each in store.reviewers()] == ["doctor"]
    read_backup(store.database, path, replace=True)  # and once more
    assert set(store.shown().kept) == {"stays-1", "redacted-1", "corrected-1"}
    with pytest.raises(HeatmapError, match="was erased here"):
        store.bring([make("erased-1")])


def test_a_link_that_was_replaced_opens_nothing_after_a_restore(before: tuple[ProjectStore, Path, dict[str, str]]) -> None:
    """The older one may have gone astray: that is why there is a newer."""
    store, path, tokens = before
    newer = store.make_link("stays-1", _doctor(store), 2)
    read_backup(store.database, path, replace=True)
    assert store.open(newer.token).record.id == "stays-1"
    with pytest.raises(UnknownProjectError):
        store.open(tokens["stays"])


@pytest.mark.parametrize("reviewers", [False, True])
def test_into_an_empty_database_reviewers_come_only_when_asked(
    before: tuple[ProjectStore, Path, dict[str, str]], tmp_path: Path, reviewers: bool
) -> None:
    """Their numbers stay theirs, since the history names them; what the backup knows to be erased is."""
    store, _, tokens = before
    store.erase("erased-1")
    write_backup(store.database, tmp_path / "b.backup")
    other = ProjectStore(Database(sa.URL.create("sqlite", database=str(tmp_path / "other.sqlite3"))))
    plan = plan_restore(other.database, tmp_path / "b.backup", reviewers=reviewers)
    assert len(plan.shown) == 5 and plan.reviewers == (2 if reviewers else 0)
    read_backup(other.database, tmp_path / "b.backup", reviewers=reviewers)
    assert len(other.reviewers()) == plan.reviewers and other.add_reviewer("nurse")[0].number == 3
    assert "erased-1" in other.shown().hidden
    if not reviewers:
        with pytest.raises(DeniedError):
            other.find_reviewer(tokens["reviewer"])
    other.database.close()


def test_a_backup_and_a_database_of_before_are_read(store: ProjectStore, tmp_path: Path) -> None:
    """They know no removals and no salts; the keys of before end, and nothing else is lost."""
    store.submit(make("food-1"), CLIENT, "k" * 24)
    write_backup(store.database, tmp_path / "a.backup")
    whole = json.loads(gzip.decompress((tmp_path / "a.backup").read_bytes()).partition(b"\n")[2])
    del whole["tables"]["removal"]
    for row in whole["tables"]["project"]:
        del row["key_salt"], row["key_at"]
    body = json.dumps(whole | {"step": "0001"}).encode()
    (tmp_path / "old.backup").write_bytes(gzip.compress(hashlib.sha256(body).hexdigest().encode() + b"\n" + body))
    before = Database(sa.URL.create("sqlite", database=str(tmp_path / "old.sqlite3")))
    before.migrate()
    read_backup(before, tmp_path / "old.backup")
    with before.write() as connection:  # as step 1 left it
        for line in (
            "DROP TABLE removal",
            "ALTER TABLE project DROP COLUMN key_salt",
            "ALTER TABLE project DROP COLUMN key_at",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            connection.execute(sa.text(line))
    before.close()
    assert before.migrate() and ProjectStore(before).held("food-1").record == make("food-1")
    assert ProjectStore(before).submit(make("food-2"), CLIENT, "k" * 24).id == "food-2"
    before.close()


def test_what_is_erased_is_nowhere(store: ProjectStore, tmp_path: Path) -> None:
    """Not in a table, not in the file or its log, not by its link or its key, not in a backup; and no import brings it back."""
    receipt = store.submit(make("food-1", aim="Quincunx."), CLIENT, "k" * 24)
    store.report("food-1", "Quincunx closed.", CLIENT)
    doctor = _doctor(store)
    store.decide("food-1", "ask", doctor, 1, "Who is Quincunx?")
    before = store.mark()
    store.erase("food-1")
    assert store.mark() != before and not store.queue() and not store.notices() and not store.history("food-1")
    if store.database.path:
        assert not any(b"Quincunx" in path.read_bytes() for path in store.database.path.parent.iterdir())
    write_backup(store.database, tmp_path / "a.backup")
    for asked in (lambda: store.open(receipt.token), lambda: store.held("food-1"), lambda: store.erase("food-1")):
        with pytest.raises(UnknownProjectError):
            asked()
    shipped = read_shipped()[0]
    store.erase(shipped.id, read_shipped())
    assert shipped.id in store.shown().hidden and shipped.id not in {each.held.record.id for each in store.linkable(read_shipped())}
    with pytest.raises(UnknownProjectError):
        store.decide(shipped.id, "keep", doctor, 1, shipped=shipped)


def test_words_are_taken_out_of_everything(store: ProjectStore) -> None:
    """Record, what is shown, what it was before, reasons, reports and links; the project stays, and its link."""
    said = {
        "title": "Jane doe’s clinic",
        "aim": "JANE\n DOE began it.",
        "link": "https://example.org/jane-doe/clinic",
        "tools": ["Ask Jane Doe"],
    }
    receipt = store.submit(make("food-1", **said), CLIENT)
    doctor = _doctor(store)
    store.decide("food-1", "accept", doctor, 1)
    store.correct(receipt.token, lambda held: held.record.model_copy(update={"title": "Food"}), 2, CLIENT)
    store.decide("food-1", "ask", doctor, 3, "Leave Jane Doe out.")
    store.report("food-1", "Jane Doe has diabetes.", CLIENT)
    assert store.redact("food-1", "Jane Doe") > 10
    with store.database.read() as connection:
        rows = str([list(map(tuple, connection.execute(sa.select(table)))) for table in (PROJECT, CHANGE, NOTICE)]).lower()
    assert "jane" not in rows and "[removed]" in rows
    held = store.open(receipt.token)
    assert (held.record.aim, held.record.link, held.record.tools) == ("[removed] began it.", "https://example.org/", ("Ask [removed]",))
    assert held.shown and held.shown.title == "[removed]’s clinic" and not held.faults and held.version == 5
    assert store.history("food-1")[-1].action == "redacted" and store.notices_of("food-1")[0][1] == "[removed] has diabetes."
    with pytest.raises(UnknownProjectError, match="has these words nowhere"):
        store.redact("food-1", "Jane Doe")
    store.report(read_shipped()[0].id, "Jane Doe left.", CLIENT)  # of a record that ships, there is only what was said of it
    assert store.redact(read_shipped()[0].id, "jane doe") == 1


# ---- taking down ----


def test_any_shown_project_is_found_and_hidden_in_any_state(api: Api) -> None:
    """Accepted, with a change waiting, with a question, with a change not accepted, shipped: found by its words, and off the map."""
    reviewer = api.reviewer()
    states = {"accepted": [], "waiting": ["correct"], "change_asked": ["correct", "ask"], "change_rejected": ["correct", "reject"]}
    for status, steps in states.items():
        id_, token = api.share(title=f"State of {status}")
        api.accept(id_)
        for version, step in enumerate(steps, start=2):
            if step == "correct":
                body = {"project": FOOD | {"title": f"State of {status}", "aim": "More."}, "version": version}
                assert api.ask(EDIT, "PUT", body, X_Edit_Token=token).status_code == 200
            else:
                body = {"decision": step, "version": version, "reason": "Why so?"}
                assert api.ask(f"{REVIEW}/{id_}", "POST", body, **reviewer).status_code == 200
        found = LinkableListAnswer.model_validate(api.ask(f"{REVIEW}/projects?search=STATE%20{status}", **reviewer).json()).projects
        [one] = [each for each in found if each.id == id_]
        assert one.is_shown and one.status == status and id_ in ids(api.ask(PROJECTS))
        body = {"decision": "hide", "version": one.version, "reason": "It names a person."}
        assert api.ask(f"{REVIEW}/{id_}", "POST", body, **reviewer).status_code == 200
        assert id_ not in ids(api.ask(PROJECTS)) and api.ask(f"{PROJECTS}/{id_}").status_code == 404
    shipped = read_shipped()[0]
    [one] = [each for each in api.ask(f"{REVIEW}/projects?search={shipped.id}", **reviewer).json()["projects"] if each["id"] == shipped.id]
    body = {"decision": "hide", "version": one["version"], "reason": "It has ended."}
    assert api.ask(f"{REVIEW}/{shipped.id}", "POST", body, **reviewer).status_code == 200
    assert shipped.id not in ids(api.ask(PROJECTS))


@pytest.mark.parametrize(
    "text",
    ["ring tel07900900123", "07900     900123", "js @ nhs.net", "of NHS9434765919", "at B 14 7QH", "see https://a.org/?near=B14+7QH"],
)
def test_a_report_goes_through_the_same_filter(on_sqlite: Api, text: str) -> None:
    """Nothing of it is kept."""
    answer = on_sqlite.ask(f"{PROJECTS}/wham-begin-guide/out-of-date", "POST", {"reason": text})
    assert answer.status_code == 422 and answer.json()["faults"][0]["field"] == "reason" and not on_sqlite.store.notices()


# ---- lists in pages, and checks at a pace ----


def test_the_review_list_has_pages(on_sqlite: Api) -> None:
    """Each project once, the oldest first, whatever it is there for; and so what was taken off."""
    many = REVIEW_PAGE + 3
    shared = [on_sqlite.share(title=f"Food {number}")[0] for number in range(many)]
    on_sqlite.ask(f"{PROJECTS}/wham-begin-guide/out-of-date", "POST", {"reason": "It has moved."})
    reviewer = on_sqlite.reviewer()
    first, second, third = (QueueAnswer.model_validate(on_sqlite.ask(f"{REVIEW}?page={page}", **reviewer).json()) for page in (1, 2, 3))
    assert [each.project["id"] for each in first.waiting] == sorted(shared, key=lambda id_: (on_sqlite.store.history(id_)[0].at, id_))[
        :REVIEW_PAGE
    ]
    found = [each.project["id"] for page in (first, second) for each in page.waiting]
    assert sorted(found) == sorted([*shared, "wham-begin-guide"]) and found[-1] == "wham-begin-guide" and not third.waiting
    assert (first.waiting_total, second.page, first.page_size) == (many + 1, 2, REVIEW_PAGE)
    for id_ in shared:
        on_sqlite.ask(f"{REVIEW}/{id_}", "POST", {"decision": "reject", "version": 1, "reason": "No."}, **reviewer)
    pages = [QueueAnswer.model_validate(on_sqlite.ask(f"{REVIEW}?closed_page={page}", **reviewer).json()) for page in (1, 2)]
    assert [each.id for page in pages for each in page.closed] == shared[::-1] and pages[0].closed_total == many
    for wrong in ("page=0", "page=x", "closed_page=99999999"):
        assert on_sqlite.ask(f"{REVIEW}?{wrong}", **reviewer).status_code == 422


def test_checks_are_limited(on_sqlite: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as somebody types, not more; told with how long to wait."""
    now = [0.0]
    monkeypatch.setattr("heatmap.api.sharing._CHECKS", Pace(2, lambda: now[0]))
    statuses = [on_sqlite.ask(f"{PROJECTS}/check", "POST", {"project": FOOD}) for _ in range(3)]
    assert [each.status_code for each in statuses] == [200, 200, 429] and statuses[2].headers["retry-after"] == "60"
    now[0] = 60.0
    assert on_sqlite.ask(f"{PROJECTS}/check", "POST", {"project": FOOD}).status_code == 200
    pace = Pace(CHECKS_A_MINUTE, lambda: 0.0)
    for _ in range(CHECKS_A_MINUTE):
        pace.hold("192.0.2.1")
    pace.hold("192.0.2.2")
    with pytest.raises(TooOftenError):
        pace.hold("192.0.2.1")
