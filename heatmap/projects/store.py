"""Keeping what people share: submitted, reviewed, corrected, confirmed, withdrawn, each change with its history. No names, no addresses.

An edit link and a reviewer's token are 256 random bits, of which the database has the SHA-256 alone. A change is made on the
version that its author saw: whoever comes second is told, and handed the newer record. What is kept is always read (``kept``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from heatmap.errors import HeatmapError, NotFoundError
from heatmap.projects.database import Database, database_url
from heatmap.projects.finding import fold
from heatmap.projects.kept import dump, open_record
from heatmap.projects.record import Fault, Project, ProjectError, find_personal
from heatmap.projects.redaction import redact_rows
from heatmap.projects.tables import ATTEMPT, CHANGE, NOTICE, PROJECT, REMOVAL, REVIEWER, SALT
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
#: How long a key for sending again holds.
_KEY_HOLDS: Final = timedelta(days=1)
#: All there is, where a list is not asked for in pages.
_ALL: Final = 10**9


class ConflictError(HeatmapError):
    """Somebody else has changed the record since it was read; ``held`` is how it stands now."""

    def __init__(self, held: Held) -> None:
        super().__init__(
            "Somebody has changed this project since you opened it, so yours was not saved. Look at the newer text, put your changes into"
            " it, and save again."
        )
        self.held = held


class ClosedError(HeatmapError):
    """A project that can no longer be changed."""


class KeyUsedError(HeatmapError):
    """A key for sending again came with another text than the first time."""


class TooOftenError(HeatmapError):
    """A client writes more often than a person does; ``wait_s`` says for how long it has to wait, in seconds."""

    def __init__(self, message: str, wait_s: int = 3600) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class UnknownProjectError(NotFoundError):
    """No project has this id, or this edit link."""


class DeniedError(HeatmapError):
    """No reviewer has this token."""


@dataclass(frozen=True)
class Held:
    """A project as the database has it.

    record  as its team last wrote it
    shown   as it is shown to all; None where it is not
    faults  what of the kept record does not fit; then ``record`` is what can be read of it
    whole   whether readers may see ``record``
    """

    record: Project
    shown: Project | None
    status: Status
    version: int
    faults: tuple[Fault, ...] = ()
    whole: bool = True
    #: The record's own letters, kept on where nobody changes it.
    text: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True)
class Receipt:
    """What somebody who shared a project gets: its id, and the token of the private edit link, told this once."""

    id: str
    token: str
    version: int


@dataclass(frozen=True)
class ProjectChange:
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
    """What a reviewer should look at: a record that waits, that is said to be out of date (``notices``: day and reason), or that is
    damaged.

    faults  what does not fit, and what today's policy would refuse
    """

    held: Held
    notices: tuple[tuple[str, str], ...]
    history: tuple[ProjectChange, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class ClosedProject:
    """A project that a reviewer hid or rejected, and the change by which they did."""

    held: Held
    change: ProjectChange


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
        key     random text of the sender's own, good for a day: sent again after an answer was lost, it gives the same project and the
                same link. Raises KeyUsedError where the text is another than the first time.
        """
        at = self._at()
        salt = secrets.token_hex(32) if key else None
        token = _token_of(salt, key) if salt else secrets.token_urlsafe(32)
        with self.database.write() as connection:
            self._count(connection, client)
            self._end_keys(connection)
            if key and (again := connection.execute(sa.select(PROJECT).where(PROJECT.c.key_hash == hash_token(key))).first()):
                return _give_again(connection, again, project, key)
            row = {
                "id": project.id,
                "record": dump(project),
                "shown": None,
                "status": "waiting",
                "version": 1,
                "edit_hash": hash_token(token),
                "key_hash": hash_token(key) if key else None,
                "key_salt": salt,
                "key_at": at if key else None,
                "changed_at": at,
            }
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
            after = replace(held, shown=None, status="withdrawn", version=version + 1)
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
            raise DeniedError("This is not a reviewer’s token, or it was taken back. Ask the people who run this map for one.")
        return Reviewer(row.number, row.role, row.made_at)

    def queue(self, shipped: Iterable[Project] = ()) -> list[Waiting]:
        """All that a reviewer should look at; see ``queue_page``."""
        return self.queue_page(shipped)[0]

    def queue_page(self, shipped: Iterable[Project] = (), start: int = 0, most: int = _ALL) -> tuple[list[Waiting], int]:
        """What waits for a reviewer, the oldest first; then what is said to be out of date, ``shipped`` records too; then what is damaged.

        Gives ``most`` of them from ``start`` on, and how many there are.
        """
        with self.database.read() as connection:
            waiting = list(
                connection.execute(
                    sa.select(PROJECT.c.id).where(PROJECT.c.status == "waiting").order_by(PROJECT.c.changed_at, PROJECT.c.id)
                ).scalars()
            )
            notices = _read_notices(connection)
            others = connection.execute(
                sa.select(PROJECT.c.id, PROJECT.c.record, PROJECT.c.shown)
                .where(PROJECT.c.status.not_in(("waiting", *_CLOSED)))
                .order_by(PROJECT.c.id)
            ).all()
            ours = waiting + [row.id for row in others if row.id in notices]
            ours += [row.id for row in others if row.id not in notices and not _is_sound(row)]
            untouched = set(notices) - set(connection.execute(sa.select(PROJECT.c.id)).scalars()) - _read_removed(connection, "erased")
            theirs = [one for one in shipped if one.id in untouched]
            asked = ours[start : start + most]
            rows = {row.id: row for row in connection.execute(sa.select(PROJECT).where(PROJECT.c.id.in_(asked)))}
            history = _read_history(connection, asked)
        found = [_wait(_hold(rows[id_]), notices.get(id_, ()), history.get(id_, ())) for id_ in asked if id_ in rows]
        rest = theirs[max(0, start - len(ours)) : max(0, start + most - len(ours))]
        found += [Waiting(Held(one, one, "accepted", 1), notices[one.id], ()) for one in rest]
        return found, len(ours) + len(theirs)

    def closed(self) -> list[ClosedProject]:
        """What reviewers hid or rejected, the newest first: all that can be brought back."""
        return self.closed_page()[0]

    def closed_page(self, start: int = 0, most: int = _ALL) -> tuple[list[ClosedProject], int]:
        """The same, ``most`` from ``start`` on, and how many there are."""
        newest = (
            sa.select(CHANGE.c.project_id, sa.func.max(CHANGE.c.number).label("number"))
            .where(CHANGE.c.action.in_(_CLOSED_BY_REVIEWER))
            .group_by(CHANGE.c.project_id)
            .subquery()
        )
        with self.database.read() as connection:
            numbers = connection.execute(
                sa.select(PROJECT.c.id, newest.c.number)
                .join(newest, newest.c.project_id == PROJECT.c.id)
                .where(PROJECT.c.status.in_(_CLOSED_BY_REVIEWER))
                .order_by(newest.c.number.desc())
            ).all()
            asked = numbers[start : start + most]
            rows = {row.id: row for row in connection.execute(sa.select(PROJECT).where(PROJECT.c.id.in_([each.id for each in asked])))}
            changes = connection.execute(sa.select(CHANGE).where(CHANGE.c.number.in_([each.number for each in asked])))
            by_number = {row.number: _read_change(row) for row in changes}
        return [ClosedProject(_hold(rows[each.id]), by_number[each.number]) for each in asked], len(numbers)

    def linkable(self, shipped: Iterable[Project] = ()) -> list[Linkable]:
        """Every project that is shown or waits, by title; see ``linkable_page``."""
        return self.linkable_page(shipped)[0]

    def linkable_page(
        self, shipped: Iterable[Project] = (), search: str = "", start: int = 0, most: int = _ALL
    ) -> tuple[list[Linkable], int]:
        """Every project that is shown or waits, ``shipped`` records too, by title: all whose team may get a link, or that may be taken off.

        search  words of its title, its organisation or its id
        Gives ``most`` of them from ``start`` on, and how many there are.
        """
        with self.database.read() as connection:
            rows = connection.execute(sa.select(PROJECT)).all()
            erased = _read_removed(connection, "erased")
        found = [Linkable(_hold(row), row.edit_hash is not None) for row in rows if row.status not in _CLOSED]
        passed_over = {row.id for row in rows} | erased
        found += [Linkable(Held(one, one, "accepted", 1), False) for one in shipped if one.id not in passed_over]
        words = fold(search).split()
        fit = [each for each in found if all(word in fold(_name_of(each.held.record)) for word in words)] if words else found
        fit.sort(key=lambda each: (each.held.record.title.casefold(), each.held.record.id))
        return fit[start : start + most], len(fit)

    def notices(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """What is said to be out of date and not yet settled: by id, day and reason."""
        with self.database.read() as connection:
            return _read_notices(connection)

    def notices_of(self, id_: str) -> tuple[tuple[str, str], ...]:
        """The same of one project."""
        return self.notices().get(id_, ())

    def history(self, id_: str) -> tuple[ProjectChange, ...]:
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
            if decision == "accept" and not held.whole:
                raise ProjectError(list(held.faults))
            if decision == "keep":
                self._settle(connection, id_)
                self._note(connection, held.record, version, "kept", by, reason, held.text)
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
        """A new private key for the team of a project, told this once; an older one no longer holds.

        shipped     the record that ships under this id, if any: it is taken in as it is, and from then on its team can keep it up
        """
        token = secrets.token_urlsafe(32)
        with self.database.write() as connection:
            held = self._find_or_take(connection, id_, shipped)
            if held.version != version:
                raise ConflictError(held)
            if held.status in _CLOSED:
                raise ClosedError(
                    "This project was withdrawn or taken off the map, so a key would open nothing. Where a reviewer took it off, bring it"
                    " back first."
                )
            # The key of whoever shared it gives a link too, so it goes with the older link.
            said = {"edit_hash": hash_token(token), **_NO_KEY, "version": version + 1}
            connection.execute(sa.update(PROJECT).where(PROJECT.c.id == id_).values(said))
            self._note(connection, held.record, version + 1, "link_made", _name(reviewer), "", held.text)
        return Receipt(id_, token, version + 1)

    def bring(self, projects: Iterable[Project], shipped: Sequence[Project] = (), by: str = "editor") -> tuple[int, int]:
        """Take in records as accepted, all or none; how many are new, and how many were changed. Those just as shipped are passed over."""
        new = changed = 0
        with self.database.write() as connection:
            erased = _read_removed(connection, "erased")
            for project in projects:
                if project.id in erased:
                    raise UnknownProjectError(
                        f"{project.id} was erased here, so nothing was imported. Take its line out, or give it another id."
                    )
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

    def records(self) -> dict[str, tuple[Project, ...]]:
        """Every record that is kept, by id: as its team last wrote it, and as it is shown."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(PROJECT.c.id, PROJECT.c.record, PROJECT.c.shown)).all()
        return {row.id: tuple(open_record(row.id, text).project for text in (row.record, row.shown) if text) for row in rows}

    # ---- taking away for good ----

    def erase(self, id_: str, shipped: Sequence[Project] = ()) -> None:
        """Take a project away with its history and all that was said of it; nothing but its id stays, so that no restore brings it back.

        shipped     the records that ship: one of them is not shown any more
        """
        with self.database.write() as connection:
            notices = connection.execute(sa.delete(NOTICE).where(NOTICE.c.project_id == id_)).rowcount
            connection.execute(sa.delete(CHANGE).where(CHANGE.c.project_id == id_))
            gone = connection.execute(sa.delete(PROJECT).where(PROJECT.c.id == id_)).rowcount
            if not (gone or notices or any(one.id == id_ for one in shipped)):
                raise UnknownProjectError(_NONE_OF_THAT_ID)
            connection.execute(sa.insert(REMOVAL).values(kind="erased", project_id=id_, at=self._at()))
        self.database.scrub()

    def redact(self, id_: str, words: str) -> int:
        """Take words out of a project: of its texts, all earlier ones, reasons, and what was said of it. In how many places they were.

        Raises UnknownProjectError where there is no such project, or where the words are nowhere in it.
        """
        with self.database.write() as connection:
            many = redact_rows(connection, id_, words)
            row = connection.execute(sa.select(PROJECT).where(PROJECT.c.id == id_)).first()
            if not many:
                raise UnknownProjectError(f"{id_} has these words nowhere, or is not kept in the database. Check the id and the spelling.")
            if row is not None:
                connection.execute(sa.update(PROJECT).where(PROJECT.c.id == id_).values(version=row.version + 1))
                self._note(connection, open_record(id_, row.record).project, row.version + 1, "redacted", _name(EDITOR), "", row.record)
            connection.execute(sa.insert(REMOVAL).values(kind="redacted", project_id=id_, at=self._at()))
        self.database.scrub()
        return many

    # ---- what is shown ----

    def shown(self) -> Shown:
        """What the database adds to the shipped records, and takes away from them. A damaged record is left out, and hides no other."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(PROJECT.c.id, PROJECT.c.shown, PROJECT.c.version, PROJECT.c.status)).all()
            notices = _read_notices(connection)
            erased = _read_removed(connection, "erased")
        opened = {row.id: (open_record(row.id, row.shown), row.version) for row in rows if row.shown}
        kept = {id_: (each.project, version) for id_, (each, version) in opened.items() if each.whole}
        hidden = erased | {row.id for row in rows if row.status in ("withdrawn", "hidden")}
        return Shown(kept, frozenset(hidden), {id_: tuple(day for day, _reason in said) for id_, said in notices.items()})

    def mark(self) -> tuple[int, ...]:
        """What changes whenever anything here does: cheap to ask, so that others know when to read again."""
        with self.database.read() as connection:
            settled = sa.select(sa.func.count(NOTICE.c.settled_at)).scalar_subquery()
            newest = [sa.select(sa.func.coalesce(sa.func.max(table.c.number), 0)).scalar_subquery() for table in (CHANGE, NOTICE, REMOVAL)]
            return tuple(int(number) for number in connection.execute(sa.select(*newest, settled)).one())

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
        return f"{self._now().astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"

    def _today(self) -> str:
        return self._at()[:10]

    def _end_keys(self, connection: sa.Connection) -> None:
        """Forget the keys that are older than a day, and those of a clock that was ahead."""
        now = self._now().astimezone(UTC)
        first, last = (_say_time(now, step) for step in (-_KEY_HOLDS, _KEY_HOLDS))
        over = sa.or_(PROJECT.c.key_at < first, PROJECT.c.key_at > last)
        connection.execute(sa.update(PROJECT).where(over).values(_NO_KEY))

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
            if shipped is None or id_ in _read_removed(connection, "erased"):
                raise UnknownProjectError("There is no project of that id. Load the list again.")
            values = {"id": id_, **_columns(Held(shipped, shipped, "accepted", 1)), "changed_at": self._at()}
            # Of two who take it at once the second waits here, and then finds the row of the first.
            connection.execute(_insert_for(connection)(PROJECT).values(values).on_conflict_do_nothing())
            row = connection.execute(asked).one()
        return _hold(row)

    def _keep(self, connection: sa.Connection, held: Held, action: str, by: str, reason: str, noted: Project | None = None) -> None:
        connection.execute(sa.update(PROJECT).where(PROJECT.c.id == held.record.id).values({**_columns(held), "changed_at": self._at()}))
        self._note(connection, noted or held.record, held.version, action, by, reason, "" if noted else held.text)

    def _note(self, connection: sa.Connection, project: Project, version: int, action: str, by: str, reason: str, text: str = "") -> None:
        """One step of the history. ``text``: the record's own letters, where it was not changed."""
        said = {
            "project_id": project.id,
            "version": version,
            "at": self._at(),
            "action": action,
            "by": by,
            "reason": reason,
            "record": text or dump(project),
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


def _insert_for(connection: sa.Connection) -> Any:
    """An INSERT that can say what to do where the row is there already."""
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def _columns(held: Held) -> dict[str, Any]:
    shown = dump(held.shown) if held.shown else None
    return {"record": held.text or dump(held.record), "shown": shown, "status": held.status, "version": held.version}


def _hold(row: Any) -> Held:
    opened = open_record(row.id, row.record)
    shown = open_record(row.id, row.shown) if row.shown else None
    faults = opened.faults if shown is None or shown.whole or opened.faults else shown.faults
    return Held(opened.project, shown.project if shown else None, row.status, row.version, faults, opened.whole, row.record)


def _is_sound(row: Any) -> bool:
    return not any(open_record(row.id, text).faults for text in (row.record, row.shown) if text)


def _wait(held: Held, notices: tuple[tuple[str, str], ...], history: tuple[ProjectChange, ...]) -> Waiting:
    return Waiting(held, notices, history, (*held.faults, *find_personal(held.record)))


def _name_of(project: Project) -> str:
    return f"{project.title} {project.organisation} {project.id}"


_NO_KEY: Final[dict[str, None]] = {"key_hash": None, "key_salt": None, "key_at": None}


def _token_of(salt: str, key: str) -> str:
    """The token of a project's link, from its salt in the database and the key, which only its sender has."""
    made = hmac.new(salt.encode(), key.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _say_time(now: datetime, step: timedelta) -> str:
    """A time as text, some step from now, as far as the calendar goes."""
    try:
        return f"{(now + step).replace(microsecond=0, tzinfo=None).isoformat()}Z"
    except OverflowError:
        return "0001" if step < timedelta() else "9999-99"


def _give_again(connection: sa.Connection, row: Any, project: Project, key: str) -> Receipt:
    """The receipt of what was sent with this key before. Raises KeyUsedError where that was another text."""
    asked = sa.select(CHANGE.c.record).where(CHANGE.c.project_id == row.id, CHANGE.c.action == "shared")
    first = connection.execute(asked).scalar()
    if first is None or _as_sent(open_record(row.id, first).project) != _as_sent(project):
        raise KeyUsedError(
            "This key came before with another text, so this one was not saved. To change what you sent then, use its private key. "
            "To share another project, send it with a new key."
        )
    return Receipt(row.id, _token_of(row.key_salt, key), row.version)


def _as_sent(project: Project) -> dict[str, Any]:
    return project.model_dump(exclude={"id", "added_on", "last_confirmed"})


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
        return replace(held, status="change_asked", version=version)
    if decision == "reject":  # of a correction: readers see what was accepted before, and its team keeps what it wrote
        return replace(held, status="change_rejected" if held.shown else "rejected", version=version)
    return replace(held, shown=None, status="hidden", version=version)


def _brought_back(held: Held, seen: Project | None) -> Held:
    """A project as it comes back; ``seen`` is what readers saw when it was hidden."""
    if held.status == "withdrawn":
        raise ClosedError("Its own team withdrew this project, so no reviewer can bring it back. Its team can share it again as a new one.")
    if held.status not in _CLOSED_BY_REVIEWER:
        raise ClosedError("No reviewer took this project off, so there is nothing to bring back. Load the list again.")
    version = held.version + 1
    if held.status == "rejected":
        return replace(held, shown=None, status="waiting", version=version)
    if seen in (None, held.record):
        return replace(held, shown=held.record, status="accepted", version=version)
    return replace(held, shown=seen, status="waiting", version=version)  # its team's change was waiting then, and waits again


def _last_hidden(connection: sa.Connection, id_: str) -> Project | None:
    newest = sa.select(CHANGE.c.record).where(CHANGE.c.project_id == id_, CHANGE.c.action == "hidden").order_by(CHANGE.c.number.desc())
    text = connection.execute(newest.limit(1)).scalar()
    return open_record(id_, text).project if text else None


#: Whoever runs the map, by the command line.
EDITOR: Final = Reviewer(0, "editor", "")
_NONE_OF_THAT_ID: Final = "Nobody has shared a project of that id here. Those there are: heatmap projects list"


def _name(reviewer: Reviewer) -> str:
    """A reviewer as the history names them."""
    return f"reviewer {reviewer.number}, {reviewer.role}"


def _by_token(connection: sa.Connection, token: str, *, lock: bool = False) -> Any:
    asked = sa.select(PROJECT).where(PROJECT.c.edit_hash == hash_token(token))
    row = connection.execute(asked.with_for_update() if lock else asked).first()
    if row is None:
        raise UnknownProjectError(
            "This key is not right. Paste all of it, just as you were given it; if you were given a newer one since, use that."
        )
    return row


def _by_id(connection: sa.Connection, id_: str) -> Any:
    row = connection.execute(sa.select(PROJECT).where(PROJECT.c.id == id_)).first()
    if row is None:
        raise UnknownProjectError(_NONE_OF_THAT_ID)
    return row


def _read_removed(connection: sa.Connection, kind: str) -> set[str]:
    """The ids of the projects that were erased, or redacted."""
    return set(connection.execute(sa.select(REMOVAL.c.project_id).where(REMOVAL.c.kind == kind)).scalars())


def _read_notices(connection: sa.Connection) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(sa.select(NOTICE).where(NOTICE.c.settled_at.is_(None)).order_by(NOTICE.c.number)):
        found.setdefault(row.project_id, []).append((row.at[:10], row.reason))
    return {id_: tuple(said) for id_, said in found.items()}


def _read_history(connection: sa.Connection, ids: Sequence[str]) -> dict[str, tuple[ProjectChange, ...]]:
    found: dict[str, list[ProjectChange]] = {}
    for row in connection.execute(sa.select(CHANGE).where(CHANGE.c.project_id.in_(ids)).order_by(CHANGE.c.number)):
        found.setdefault(row.project_id, []).append(_read_change(row))
    return {id_: tuple(changes) for id_, changes in found.items()}


def _read_change(row: Any) -> ProjectChange:
    return ProjectChange(row.number, row.version, row.at, row.action, row.by, row.reason, open_record(row.project_id, row.record).project)
