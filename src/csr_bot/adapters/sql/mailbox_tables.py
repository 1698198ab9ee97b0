"""Tables of the mailboxes: how each one stands, what polls found in it, and what its server does not hand out."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from csr_bot.adapters.sql.tables import ID, metadata
from csr_bot.adapters.sql.types import Instant, Json

mailbox = Table(
    "mailbox",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("uidvalidity", BigInteger),
    Column("uidnext", BigInteger),
    Column("polled_at", Instant),
    Column("reconciled_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Instant),
    Column("next_try_at", Instant),
    Column("stalled_at", Instant),
    Column("last_error", Text),
)

# One row for each poll that found something: the UIDs as [first, last] pairs, written before the first is fetched.
arrival = Table(
    "arrival",
    metadata,
    Column("id", ID, primary_key=True),
    Column("mailbox", String(300), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uids", Json, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("run_id", ID),
)
Index("ix_arrival_mailbox", arrival.c.mailbox, arrival.c.uidvalidity)

withheld = Table(
    "withheld",
    metadata,
    Column("mailbox", String(300), primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
    Column("attempts", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("gone_at", Instant),
    Column("reason", Text, nullable=False),
)
