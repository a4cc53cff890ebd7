"""Projects that people share, every change to them, what is said to be out of date, reviewers, and how often a client writes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: SQLite counts a primary key by itself only where it is called INTEGER.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "project",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("shown", sa.Text),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("edit_hash", sa.String(64), unique=True),
        sa.Column("key_hash", sa.String(64), unique=True),
        sa.Column("changed_at", sa.String(32), nullable=False),
    )
    op.create_index("project_by_status", "project", ["status"])
    op.create_table(
        "change",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("project_id", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("change_by_project", "change", ["project_id", "number"])
    op.create_table(
        "notice",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("project_id", sa.String(80), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("settled_at", sa.String(32)),
        sqlite_autoincrement=True,
    )
    op.create_index("notice_by_project", "notice", ["project_id"])
    op.create_table(
        "reviewer",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("removed_at", sa.String(32)),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "attempt",
        sa.Column("client_hash", sa.String(64), primary_key=True),
        sa.Column("hour", sa.String(13), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table("salt", sa.Column("day", sa.String(10), primary_key=True), sa.Column("salt", sa.String(64), nullable=False))
