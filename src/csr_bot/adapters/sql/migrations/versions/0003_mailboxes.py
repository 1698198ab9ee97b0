"""How each mailbox stands, what polls found in it, and what its server does not hand out."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from csr_bot.adapters.sql.types import Instant, Json
from csr_bot.ids import new_id

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailbox",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("uidnext", sa.BigInteger(), nullable=True),
        sa.Column("polled_at", Instant(), nullable=True),
        sa.Column("reconciled_at", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("next_try_at", Instant(), nullable=True),
        sa.Column("stalled_at", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mailbox")),
    )
    arrival = op.create_table(
        "arrival",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("mailbox", sa.String(length=300), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uids", Json(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
    )
    op.create_index("ix_arrival_mailbox", "arrival", ["mailbox", "uidvalidity"])
    op.create_table(
        "withheld",
        sa.Column("mailbox", sa.String(length=300), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "uidvalidity", "uid", name=op.f("pk_withheld")),
    )
    _note_what_was_taken_in(arrival)


def downgrade() -> None:
    op.drop_table("withheld")
    op.drop_table("arrival")
    op.drop_table("mailbox")


def _note_what_was_taken_in(arrival: sa.Table) -> None:
    """What is in the log already counts as found, so that a row that gets lost is missed from now on."""
    intake = sa.table(
        "intake", sa.column("mailbox"), sa.column("uidvalidity"), sa.column("uid"), sa.column("taken_at", Instant())
    )
    uids: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    newest: dict[tuple[str, int], datetime] = {}
    query = sa.select(intake.c.mailbox, intake.c.uidvalidity, intake.c.uid, intake.c.taken_at)
    for mailbox, uidvalidity, uid, taken_at in op.get_bind().execute(query):
        uids[mailbox, uidvalidity].append(uid)
        newest[mailbox, uidvalidity] = max(taken_at, newest.get((mailbox, uidvalidity), taken_at))
    rows = [
        {
            "id": new_id(),
            "mailbox": mailbox,
            "uidvalidity": uidvalidity,
            "uids": [[uid, uid] for uid in sorted(found)],
            "seen_at": newest[mailbox, uidvalidity],
            "settled": True,
            "run_id": None,
        }
        for (mailbox, uidvalidity), found in uids.items()
    ]
    if rows:
        op.bulk_insert(arrival, rows)
