"""What was taken away for good; and keys for sending again that end after a day and give the same link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    op.add_column("project", sa.Column("key_salt", sa.String(64)))
    op.add_column("project", sa.Column("key_at", sa.String(32)))
    op.execute("UPDATE project SET key_hash = NULL")  # nobody knows how old the keys of before are
    op.create_table(
        "removal",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("project_id", sa.String(80), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )
