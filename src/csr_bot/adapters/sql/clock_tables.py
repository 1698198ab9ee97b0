"""The tables of the clocks of service levels, and of the calendars that they count by."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, text

from csr_bot.adapters.sql.tables import ID, SHA, metadata
from csr_bot.adapters.sql.types import Instant, Json

# A calendar is named by what it says: one that was edited is another one, and old clocks keep theirs.
business_calendar = Table(
    "business_calendar",
    metadata,
    Column("id", SHA, primary_key=True),
    Column("content", Json, nullable=False),
)

sla_clock = Table(
    "sla_clock",
    metadata,
    Column("case_id", ID, ForeignKey("request_case.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("targets", Json, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("running_since", Instant),
    Column("state", String(10), nullable=False),
    Column("consumed_seconds", Integer, nullable=False),
    Column("ran", Json, nullable=False),
    Column("paused_reason", String(20)),
    Column("stopped_at", Instant),
    Column("escalated", Json, nullable=False),
    Column("next_at", Instant),
    PrimaryKeyConstraint("case_id", "kind", "cycle"),
)
_IS_WATCHED = text("next_at IS NOT NULL")
Index("ix_sla_clock_next_at", sla_clock.c.next_at, sqlite_where=_IS_WATCHED, postgresql_where=_IS_WATCHED)
