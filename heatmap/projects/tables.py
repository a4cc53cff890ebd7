"""The tables of what people share, as SQLAlchemy knows them; ``migrations`` makes them, and a test holds the two together.

Times are text in UTC ("2026-11-25T18:58:07Z"), records are JSON: both databases, and a backup, hold the same letters.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData()
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: record: as its team last wrote it. shown: as a reviewer last accepted it, or null. Tokens are kept by their hash alone.
#: key_hash, key_salt, key_at: of the key by which the same may be sent again, for a day; with the key the salt gives the link again.
PROJECT: Final = sa.Table(
    "project",
    METADATA,
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("shown", sa.Text),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("edit_hash", sa.String(64), unique=True),
    sa.Column("key_hash", sa.String(64), unique=True),
    sa.Column("changed_at", sa.String(32), nullable=False),
    sa.Column("key_salt", sa.String(64)),
    sa.Column("key_at", sa.String(32)),
)
#: Every change ever made, with the record as it then stood.
CHANGE: Final = sa.Table(
    "change",
    METADATA,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("project_id", sa.String(80), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("by", sa.String(60), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("record", sa.Text, nullable=False),
)
#: "This is out of date", by anyone, until a reviewer or its team settles it.
NOTICE: Final = sa.Table(
    "notice",
    METADATA,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("project_id", sa.String(80), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("settled_at", sa.String(32)),
)
REVIEWER: Final = sa.Table(
    "reviewer",
    METADATA,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("made_at", sa.String(32), nullable=False),
    sa.Column("removed_at", sa.String(32)),
)
#: How often a client wrote in an hour: by a hash of its address with a salt that is thrown away each day.
ATTEMPT: Final = sa.Table(
    "attempt",
    METADATA,
    sa.Column("client_hash", sa.String(64), primary_key=True),
    sa.Column("hour", sa.String(13), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
SALT: Final = sa.Table(
    "salt", METADATA, sa.Column("day", sa.String(10), primary_key=True), sa.Column("salt", sa.String(64), nullable=False)
)
#: What was taken away for good, so that no restore brings it back: kind "erased" or "redacted" with a project's id; and "restored".
REMOVAL: Final = sa.Table(
    "removal",
    METADATA,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("project_id", sa.String(80), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
)
#: What a backup holds; the counting of clients is no part of it.
KEPT: Final = (PROJECT, CHANGE, NOTICE, REVIEWER, REMOVAL)
