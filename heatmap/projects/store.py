"""Keeping what people share: submitted, reviewed, corrected, confirmed, withdrawn, each change with its history. No names, no addresses.

An edit link and a reviewer's token are 256 random bits, of which the database has the SHA-256 alone. A change is made on the
version that its author saw: whoever comes second is told, and handed the newer record.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.dialects import postgresql, sqlite

from heatmap.errors import HeatmapError, NotFoundError
from heatmap.projects.database import Database, database_url
from heatmap.projects.record import Project
from heatmap.projects.tables import ATTEMPT, CHANGE, NOTICE, PROJECT, REVIEWER, SALT
from heatmap.projects.vocabulary import REVIEWER_ROLES
from heatmap.settings import WRITES

#: waiting for a reviewer; accepted; sent back with a question; accepted, but not its last change; rejected; withdrawn by its team;
#: hidden by a reviewer.
Status = Literal["waiting", "accepted", "change_asked", "change_rejected", "rejected", "withdrawn", "hidden"]
#: What a reviewer may decide. keep: what was said to be out of date is right; hide takes a shown project off the map; bring_back
#: undoes what a reviewer hid or rejected.
Decision = Literal["accept", "ask", "reject", "keep", "hide", "bring_back"]
_CLOSED: Final = ("withdrawn", "rejected", "hidden")
_CLOSED_BY_REVIEWER: Final = ("rejected", "hidden")
_LOG = logging.getLogger("heatmap.faults")


class ConflictError(HeatmapError):
    """Somebody else has changed the record since it was read; ``held`` is how it stands now."""

    def __init__(self, held: Held) -> None:
        super().__init__(
            "Somebody has changed this project since you opened it, so yours was not saved. Look at the newer text, put your changes into it, and save again."
        )
        self.held = held


class ClosedError(HeatmapError):
    """A project that can no longer be changed."""


class TooOftenError(HeatmapError):
    """A client writes more often than a person does."""


class UnknownProjectError(NotFoundError):
    """No project has this id, or this edit link."""


class DeniedError(HeatmapError):
    """No reviewer has this token."""


@dataclass(frozen=True)
class Held:
    """A project as the database has it.

    record  as its team last wrote it
    shown   as it is shown to all; None where it is not
    """

    record: Project
    shown: Project | None
    status: Status
    version: int


@dataclass(frozen=True)
class Receipt:
    """What somebody who shared a project gets: its id, and the token of the private edit link, told this once."""

    id: str
    token: str
    version: int


@dataclass(frozen=True)
class Change:
    """One change: what was done, when, by whom in words, and why; the record as it then stood."""

    number: int
    version: int
    at: str
    action: str
    by: str
    reason: str
    record: Project | None


@dataclass(frozen=True)
class Waiting:
    """What a reviewer should look at: a record that waits, or one that is said to be out of date (``notices``: day and reason)."""

    held: Held
    notices: tuple[tuple[str, str], ...]
    history: tuple[Change, ...]


@dataclass(frozen=True)
class Closed:
    """A project that a reviewer hid or rejected, and the change by which they did."""

    held: Held
    change: Change


@dataclass(frozen=True)
class Linkable:
    """A project whose team may be given a private link; ``has_link`` where an older one would then no longer hold."""

    held: Held
    has_link: bool


@dataclass(frozen=True)
class Reviewer:
    """Somebody who reviews: a number and a role, never a name."""

    number: int
    role: str
    made_at: str


@dataclass(frozen=True, eq=False)
class Shown:
    """What the database adds to the shipped records: those to show, and the ids it takes off the map.

    kept   (record, version) by id; ``said_out_of_date`` the days on which somebody said so
    """

    kept: dict[str, tuple[Project, int]]
    hidden: frozenset[str]
    said_out_of_date: dict[str, tuple[str, ...]]


class ProjectStore:
    """The keeping of projects in one database.

    now     the clock
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.database, self._now = database, now

    # ---- its team ----

    def submit(self, project: Project, client: str, key: str = "") -> Receipt:
        """Keep a new project for review; it is on the disk when this returns. Raises KeepingError, TooOftenError.

        client  where it comes from, to be counted; never kept
        key     random text of the sender's own: sent again after an answer was lost, it gives the same project with a new link
        """
        token, at = secrets.token_urlsafe(32), self._at()
        key_hash = hash_token(key) if key else None
        with self.database.write() as connection:
            self._count(connection, client)
            if key_hash:
                again = connection.execute(sa.select(PROJECT).where(PROJECT.c.key_hash == key_hash).with_for_update()).first()
                if again is not None:
                    connection.execute(sa.update(PROJECT).where(PROJECT.c.id == again.id).values(edit_hash=hash_token(token)))
                    return Receipt(again.id, token, again.version)
            row = {
                "id": project.id, "record": dump(project), "shown": None, "status": "waiting", "version": 1, "edit_hash": hash_token(token),
                "key_hash": key_hash, "changed_at": at,
            }  # fmt: skip
            connection.execute(sa.insert(PROJECT).values(row))
            self._note(connection, project, 1, "shared", "its team", "")
        return Receipt(project.id, token, 1)

    def open(self, token: str) -> Held:
        """The project of an edit link. Raises UnknownProjectError where no project has it."""
        with self.database.read() as connection:
            return _hold(_by_token(connection, token))

    def correct(self, token: str, change: Callable[[Held], Project], version: int, client: str) -> Held:
        """Put a corrected record in the place of the one waiting; what is shown stays until a reviewer accepts it.

        change  gives the new record, from how the project stands; it may raise ProjectError
        """
        with self.database.write() as connection:
            self._count(connection, client)
            held = _hold(_by_token(connection, token, lock=True))
            _hold_open(held, version)
            after = Held(change(held), held.shown, "waiting", version + 1)
            self._keep(connection, after, "corrected", "its team", "")
        return after

    def confirm(self, token: str, version: int, client: str) -> Held:
        """Its team says that it is right as of today: this needs no reviewer, and settles what was said to be out of date."""
        with self.database.write() as connection:
            self._count(connection, client)
            held = _hold(_by_token(connection, token, lock=True))
            _hold_open(held, version)
            said = {"last_confirmed": self._today(), "publication_status": "confirmed", "consent": "given"}
            shown = held.shown.model_copy(update=said) if held.shown else None
            after = Held(held.record.model_copy(update=said), shown, held.status, version + 1)
            self._keep(connection, after, "confirmed", "its team", "")
            self._settle(connection, after.record.id)
        return after

    def withdraw(self, token: str, version: int, reason: str, client: str) -> Held:
        """Its team takes it off the map, at once and for good."""
        with self.database.write() as connection:
            self._count(connection, client)
            held = _hold(_by_token(connection, token, lock=True))
            _hold_open(held, version)
            after = Held(held.record, None, "withdrawn", version + 1)
            self._keep(connection, after, "withdrawn", "its team", reason)
        return after

    # ---- anyone ----

    def report(self, id_: str, reason: str, client: str) -> None:
        """Somebody says that a project is out of date; a reviewer sees why."""
        with self.database.write() as connection:
            self._count(connection, client)
            connection.execute(sa.insert(NOTICE).values(project_id=id_, at=self._at(), reason=reason))

    # ---- reviewers ----

    def add_reviewer(self, role: str) -> tuple[Reviewer, str]:
        """A new reviewer of a role, and the token, told this once. Raises NotFoundError for a role there is not."""
        if role not in REVIEWER_ROLES:
            raise NotFoundError(f"There is no such role. Choose one of: {', '.join(REVIEWER_ROLES)}.")
        token, at = secrets.token_urlsafe(32), self._at()
        with self.database.write() as connection:
            made = connection.execute(
                sa.insert(REVIEWER).values(role=role, token_hash=hash_token(token), made_at=at).returning(REVIEWER.c.number)
            )
            return Reviewer(int(made.scalar_one()), role, at), token

    def reviewers(self) -> list[Reviewer]:
        """Those whose token holds."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(REVIEWER).where(REVIEWER.c.removed_at.is_(None)).order_by(REVIEWER.c.number))
            return [Reviewer(row.number, row.role, row.made_at) for row in rows]

    def remove_reviewer(self, number: int) -> None:
        """Their token no longer holds; what they decided stays. Raises NotFoundError where there is no such reviewer."""
        with self.database.write() as connection:
            gone = connection.execute(
                sa.update(REVIEWER).where(REVIEWER.c.number == number, REVIEWER.c.removed_at.is_(None)).values(removed_at=self._at())
            )
            if not gone.rowcount:
                raise NotFoundError(f"There is no reviewer {number}. Those there are: heatmap projects reviewer list")

    def find_reviewer(self, token: str) -> Reviewer:
        """Whose token it is. Raises DeniedError where it is nobody's."""
        with self.database.read() as connection:
            row = connection.execute(
                sa.select(REVIEWER).where(REVIEWER.c.token_hash == hash_token(token), REVIEWER.c.removed_at.is_(None))
            ).first()
        if row is None:
            raise DeniedError("This is no reviewer’s token, or it was taken back. Ask whoever runs this map for one.")
        return Reviewer(row.number, row.role, row.made_at)

    def queue(self, shipped: Iterable[Project] = ()) -> list[Waiting]:
        """What waits for a reviewer, the oldest first, then what is said to be out of date, ``shipped`` records too."""
        with self.database.read() as connection:
            rows: list[Any] = list(
                connection.execute(sa.select(PROJECT).where(PROJECT.c.status == "waiting").order_by(PROJECT.c.changed_at, PROJECT.c.id))
            )
            notices = _read_notices(connection)
            told = set(notices) - {row.id for row in rows}
            rows += connection.execute(
                sa.select(PROJECT).where(PROJECT.c.id.in_(told), PROJECT.c.status.not_in(_CLOSED)).order_by(PROJECT.c.id)
            )
            history = _read_history(connection, [row.id for row in rows])
            untouched = told - set(connection.execute(sa.select(PROJECT.c.id).where(PROJECT.c.id.in_(told))).scalars())
        ours = [Waiting(_hold(row), notices.get(row.id, ()), history.get(row.id, ())) for row in rows]
        return ours + [Waiting(Held(one, one, "accepted", 1), notices[one.id], ()) for one in shipped if one.id in untouched]

    def closed(self) -> list[Closed]:
        """What reviewers hid or rejected, the newest first: all that can be brought back."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(PROJECT).where(PROJECT.c.status.in_(_CLOSED_BY_REVIEWER))).all()
            newest = sa.select(sa.func.max(CHANGE.c.number)).where(CHANGE.c.action.in_(_CLOSED_BY_REVIEWER)).group_by(CHANGE.c.project_id)
            changes = {
                row.project_id: _read_change(row) for row in connection.execute(sa.select(CHANGE).where(CHANGE.c.number.in_(newest)))
            }
        found = [Closed(_hold(row), changes[row.id]) for row in rows if row.id in changes and load(row.record)]
        return sorted(found, key=lambda each: each.change.number, reverse=True)

    def linkable(self, shipped: Iterable[Project] = ()) -> list[Linkable]:
        """Every project whose team may be given a private link, by title: what is shown or waits, ``shipped`` records too."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(PROJECT)).all()
        found = [Linkable(_hold(row), row.edit_hash is not None) for row in rows if row.status not in _CLOSED and load(row.record)]
        ours = {row.id for row in rows}
        found += [Linkable(Held(one, one, "accepted", 1), False) for one in shipped if one.id not in ours]
        return sorted(found, key=lambda each: (each.held.record.title.casefold(), each.held.record.id))

    def notices(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """What is said to be out of date and not yet settled: by id, day and reason."""
        with self.database.read() as connection:
            return _read_notices(connection)

    def notices_of(self, id_: str) -> tuple[tuple[str, str], ...]:
        """The same of one project."""
        return self.notices().get(id_, ())

    def history(self, id_: str) -> tuple[Change, ...]:
        """Every change of a project, the first first."""
        with self.database.read() as connection:
            return _read_history(connection, [id_]).get(id_, ())

    def held(self, id_: str) -> Held:
        """One project as it stands. Raises UnknownProjectError where the database has none of that id."""
        with self.database.read() as connection:
            return _hold(_by_id(connection, id_))

    def decide(
        self,
        id_: str,
        decision: Decision,
        reviewer: Reviewer,
        version: int,
        reason: str = "",
        relation: str = "",
        shipped: Project | None = None,
    ) -> Held:
        """What a reviewer decides of the version they saw.

        reason      needed to ask, to reject and to hide
        relation    "wham" or "kindred", where they say which
        shipped     the record that ships under this id, if any: it can be kept or hidden
        """
        by = _name(reviewer)
        with self.database.write() as connection:
            held = self._find_or_take(connection, id_, shipped)
            if held.version != version:
                raise ConflictError(held)
            if decision == "bring_back":
                after = _brought_back(held, _last_hidden(connection, id_))
                self._keep(connection, after, "brought_back", by, reason)
                return after
            if held.status in _CLOSED or (decision in ("accept", "ask", "reject") and held.status == "accepted"):
                raise ClosedError("This project does not wait for a decision. Load the list again.")
            if decision == "keep":
                self._settle(connection, id_)
                self._note(connection, held.record, version, "kept", by, reason)
                return held
            if decision == "hide" and held.shown is None:  # nobody has accepted it yet, so that it must not come back as accepted
                decision = "reject"
            after = _decided(held, decision, relation)
            action = {"accept": "accepted", "ask": "change_asked", "reject": "rejected", "hide": "hidden"}[decision]
            # Of what is hidden the history keeps what readers saw: a change that waits must not be shown by bringing it back.
            self._keep(connection, after, action, by, reason, held.shown if decision == "hide" else None)
            if decision in ("accept", "hide"):
                self._settle(connection, id_)
        return after

    def make_link(self, id_: str, reviewer: Reviewer, version: int, shipped: Project | None = None) -> Receipt:
        """A new private link for the team of a project, told this once; an older one no longer holds.

        shipped     the record that ships under this id, if any: it is taken in as it is, and from then on its team can keep it up
        """
        token = secrets.token_urlsafe(32)
        with self.database.write() as connection:
            held = self._find_or_take(connection, id_, shipped)
            if held.version != version:
                raise ConflictError(held)
            if held.status in _CLOSED:
                raise ClosedError(
                    "This project was withdrawn or taken off the map, so a link would open nothing. Where a reviewer took it off, bring it back first."
                )
            # The key of whoever shared it gives a link too, so it goes with the older link.
            said = {"edit_hash": hash_token(token), "key_hash": None, "version": version + 1}
            connection.execute(sa.update(PROJECT).where(PROJECT.c.id == id_).values(said))
            self._note(connection, held.record, version + 1, "link_made", _name(reviewer), "")
        return Receipt(id_, token, version + 1)

    def bring(self, projects: Iterable[Project], shipped: Sequence[Project] = (), by: str = "editor") -> tuple[int, int]:
        """Take in records as accepted, all or none; how many are new, and how many were changed. Those just as shipped are passed over."""
        new = changed = 0
        with self.database.write() as connection:
            for project in projects:
                row = connection.execute(sa.select(PROJECT).where(PROJECT.c.id == project.id).with_for_update()).first()
                if row is None and project in shipped:
                    continue
                if row is None:
                    after = Held(project, project, "accepted", 1)
                    connection.execute(sa.insert(PROJECT).values({"id": project.id, **_columns(after), "changed_at": self._at()}))
                    self._note(connection, project, 1, "imported", by, "")
                    new += 1
                elif not (row.status == "accepted" and row.shown == row.record == dump(project)):
                    self._keep(connection, Held(project, project, "accepted", row.version + 1), "imported", by, "")
                    changed += 1
        return new, changed

    # ---- what is shown ----

    def shown(self) -> Shown:
        """What the database adds to the shipped records, and takes away from them."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(PROJECT.c.id, PROJECT.c.shown, PROJECT.c.version, PROJECT.c.status)).all()
            notices = _read_notices(connection)
        kept = {row.id: (project, row.version) for row in rows if row.shown and (project := load(row.shown))}
        hidden = frozenset(row.id for row in rows if row.status in ("withdrawn", "hidden"))
        return Shown(kept, hidden, {id_: tuple(day for day, _reason in said) for id_, said in notices.items()})

    def mark(self) -> tuple[int, int, int]:
        """What changes whenever anything here does: cheap to ask, so that others know when to read again."""
        with self.database.read() as connection:
            settled = sa.select(sa.func.count(NOTICE.c.settled_at)).scalar_subquery()
            newest = [sa.select(sa.func.coalesce(sa.func.max(table.c.number), 0)).scalar_subquery() for table in (CHANGE, NOTICE)]
            row = connection.execute(sa.select(*newest, settled)).one()
        return int(row[0]), int(row[1]), int(row[2])

    def forget_clients(self) -> None:
        """Throw away the salts of past days, and the counts of past hours: nobody can be told by them any more.

        The server calls it each hour, so that this happens by time and not only when somebody writes again.
        """
        if self.database.is_there():
            with self.database.write() as connection:
                self._forget_clients(connection)

    # ---- inside a transaction ----

    def _forget_clients(self, connection: sa.Connection) -> None:
        at = self._at()
        connection.execute(sa.delete(SALT).where(SALT.c.day < at[:10]))
        connection.execute(sa.delete(ATTEMPT).where(ATTEMPT.c.hour < at[:13]))

    def _at(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _today(self) -> str:
        return self._at()[:10]

    def _count(self, connection: sa.Connection, client: str) -> None:
        """Count one more write of a client in this hour; what is counted is a hash that nobody can turn back tomorrow."""
        at = self._at()
        day, hour = at[:10], at[:13]
        insert = _insert_for(connection)
        salt = connection.execute(sa.select(SALT.c.salt).where(SALT.c.day == day)).scalar()
        if salt is None:
            connection.execute(insert(SALT).values(day=day, salt=secrets.token_hex(32)).on_conflict_do_nothing())
            salt = connection.execute(sa.select(SALT.c.salt).where(SALT.c.day == day)).scalar_one()
            self._forget_clients(connection)
        client_hash = hmac.new(str(salt).encode(), client.encode(), hashlib.sha256).hexdigest()
        more = insert(ATTEMPT).values(client_hash=client_hash, hour=hour, count=1)
        counted = connection.execute(
            more.on_conflict_do_update(index_elements=["client_hash", "hour"], set_={"count": ATTEMPT.c.count + 1}).returning(
                ATTEMPT.c.count
            )
        ).scalar_one()
        if counted > most_writes():
            raise TooOftenError(
                "This has been done too often from your network in this hour. Nothing was saved; keep your text and try again in an hour."
            )

    def _find_or_take(self, connection: sa.Connection, id_: str, shipped: Project | None) -> Held:
        asked = sa.select(PROJECT).where(PROJECT.c.id == id_).with_for_update()
        row = connection.execute(asked).first()
        if row is None:
            if shipped is None:
                raise UnknownProjectError("There is no project of that id. Load the list again.")
            values = {"id": id_, **_columns(Held(shipped, shipped, "accepted", 1)), "changed_at": self._at()}
            # Of two who take it at once the second waits here, and then finds the row of the first.
            connection.execute(_insert_for(connection)(PROJECT).values(values).on_conflict_do_nothing())
            row = connection.execute(asked).one()
        return _hold(row)

    def _keep(self, connection: sa.Connection, held: Held, action: str, by: str, reason: str, noted: Project | None = None) -> None:
        connection.execute(sa.update(PROJECT).where(PROJECT.c.id == held.record.id).values({**_columns(held), "changed_at": self._at()}))
        self._note(connection, noted or held.record, held.version, action, by, reason)

    def _note(self, connection: sa.Connection, project: Project, version: int, action: str, by: str, reason: str) -> None:
        said = {
            "project_id": project.id,
            "version": version,
            "at": self._at(),
            "action": action,
            "by": by,
            "reason": reason,
            "record": dump(project),
        }
        connection.execute(sa.insert(CHANGE).values(said))

    def _settle(self, connection: sa.Connection, id_: str) -> None:
        connection.execute(sa.update(NOTICE).where(NOTICE.c.project_id == id_, NOTICE.c.settled_at.is_(None)).values(settled_at=self._at()))


def open_store() -> ProjectStore:
    """The store of this process, by HEATMAP_DATA and DATABASE_URL as they are now."""
    url = database_url()
    key = url.render_as_string(hide_password=False)
    if key not in _STORES:
        _STORES[key] = ProjectStore(Database(url))
    return _STORES[key]


_STORES: dict[str, ProjectStore] = {}


def most_writes() -> int:
    """How often one client may write in an hour; a setting that is no number counts as the usual one."""
    said = WRITES()
    return int(said) if re.fullmatch(r"\d{1,6}", said) else int(WRITES.default)


def hash_token(token: str) -> str:
    """What is kept of a token. It is random and long, so that a plain hash can be looked up and cannot be guessed.

    >>> len(hash_token("x")), hash_token("x") == hash_token("x")
    (64, True)
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def make_id(title: str) -> str:
    """An address for a new project: from its title, with letters of chance, so that two of one title differ.

    >>> make_id("Café “Welcome”, Leeds")[:-6]
    'cafe-welcome-leeds-'
    >>> make_id("食")[:-6]
    'project-'
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "project"
    return f"{words}-{''.join(secrets.choice('abcdefghjkmnpqrstuvwxyz23456789') for _ in range(6))}"


def dump(project: Project) -> str:
    """A record as the database has it."""
    return project.model_dump_json(exclude_defaults=True)


@lru_cache(maxsize=20_000)
def load(text: str) -> Project | None:
    """A record of the database, read once while it stays the same; None, and a line in the log, where a newer or older map wrote what this one cannot read."""
    try:
        return Project.model_validate_json(text)
    except ValidationError as fault:
        _LOG.error("A kept record does not fit: %s", ", ".join(sorted({str(each["loc"][0]) for each in fault.errors() if each["loc"]})))
        return None


def _insert_for(connection: sa.Connection) -> Any:
    """An INSERT that can say what to do where the row is there already."""
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def _columns(held: Held) -> dict[str, Any]:
    shown = dump(held.shown) if held.shown else None
    return {"record": dump(held.record), "shown": shown, "status": held.status, "version": held.version}


def _hold(row: Any) -> Held:
    record = load(row.record)
    if record is None:
        raise UnknownProjectError("This project was kept by another version of the map, which this one cannot read. Update the map.")
    return Held(record, load(row.shown) if row.shown else None, row.status, row.version)


def _hold_open(held: Held, version: int) -> None:
    if held.status in _CLOSED:
        raise ClosedError("This project was withdrawn or taken off the map, so it can no longer be changed. Share it again as a new one.")
    if held.version != version:
        raise ConflictError(held)


def _decided(held: Held, decision: Decision, relation: str) -> Held:
    version = held.version + 1
    if decision == "accept":
        record = held.record.model_copy(update={"relation": relation}) if relation else held.record
        return Held(record, record, "accepted", version)
    if decision == "ask":
        return Held(held.record, held.shown, "change_asked", version)
    if decision == "reject":  # of a correction: readers see what was accepted before, and its team keeps what it wrote
        return Held(held.record, held.shown, "change_rejected" if held.shown else "rejected", version)
    return Held(held.record, None, "hidden", version)


def _brought_back(held: Held, seen: Project | None) -> Held:
    """A project as it comes back; ``seen`` is what readers saw when it was hidden."""
    if held.status == "withdrawn":
        raise ClosedError("Its own team withdrew this project, so no reviewer can bring it back. Its team can share it again as a new one.")
    if held.status not in _CLOSED_BY_REVIEWER:
        raise ClosedError("No reviewer took this project off, so there is nothing to bring back. Load the list again.")
    version = held.version + 1
    if held.status == "rejected":
        return Held(held.record, None, "waiting", version)
    if seen in (None, held.record):
        return Held(held.record, held.record, "accepted", version)
    return Held(held.record, seen, "waiting", version)  # its team's change was waiting then, and waits again


def _last_hidden(connection: sa.Connection, id_: str) -> Project | None:
    newest = sa.select(CHANGE.c.record).where(CHANGE.c.project_id == id_, CHANGE.c.action == "hidden").order_by(CHANGE.c.number.desc())
    text = connection.execute(newest.limit(1)).scalar()
    return load(text) if text else None


def _name(reviewer: Reviewer) -> str:
    """A reviewer as the history names them."""
    return f"reviewer {reviewer.number}, {reviewer.role}"


def _by_token(connection: sa.Connection, token: str, *, lock: bool = False) -> Any:
    asked = sa.select(PROJECT).where(PROJECT.c.edit_hash == hash_token(token))
    row = connection.execute(asked.with_for_update() if lock else asked).first()
    if row is None:
        raise UnknownProjectError(
            "This edit link is not right. Open it just as you were given it, from the # on to the end; if you were given a newer one since, use that."
        )
    return row


def _by_id(connection: sa.Connection, id_: str) -> Any:
    row = connection.execute(sa.select(PROJECT).where(PROJECT.c.id == id_)).first()
    if row is None:
        raise UnknownProjectError("Nobody has shared a project of that id here. Those there are: heatmap projects list")
    return row


def _read_notices(connection: sa.Connection) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(sa.select(NOTICE).where(NOTICE.c.settled_at.is_(None)).order_by(NOTICE.c.number)):
        found.setdefault(row.project_id, []).append((row.at[:10], row.reason))
    return {id_: tuple(said) for id_, said in found.items()}


def _read_history(connection: sa.Connection, ids: Sequence[str]) -> dict[str, tuple[Change, ...]]:
    found: dict[str, list[Change]] = {}
    for row in connection.execute(sa.select(CHANGE).where(CHANGE.c.project_id.in_(ids)).order_by(CHANGE.c.number)):
        found.setdefault(row.project_id, []).append(_read_change(row))
    return {id_: tuple(changes) for id_, changes in found.items()}


def _read_change(row: Any) -> Change:
    return Change(row.number, row.version, row.at, row.action, row.by, row.reason, load(row.record))
