"""Tables of the work itself: tasks, the exception queue, runs, leases, switches, people and policy versions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from csr_bot.adapters.sql.tables import ID, SHA, metadata
from csr_bot.adapters.sql.types import Amount, Instant, Json

task = Table(
    "task",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("queue", String(20), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_owner", String(100)),
    Column("lease_until", Instant),
    Column("last_error", Text),
    Column("created_at", Instant, nullable=False),
)
_IS_OPEN = text("state = 'open'")
Index("ix_task_open", task.c.queue, task.c.due_at, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
Index(
    "uq_task_open_kind_subject",
    task.c.kind,
    task.c.subject,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)


work_item = Table(
    "work_item",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("request_case.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("queue", String(30), nullable=False),
    Column("owner_role", String(30), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("state", String(10), nullable=False),
    Column("assignee", String(60)),
    Column("lease_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("result", Text),
)
Index(
    "uq_work_item_open_case_kind",
    work_item.c.case_id,
    work_item.c.kind,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)

run = Table(
    "run",
    metadata,
    Column("id", ID, primary_key=True),
    Column("bot", String(60), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("slot_at", Instant),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("status", String(20), nullable=False),
    Column("counters", Json, nullable=False),
    Column("error", Text),
    UniqueConstraint("bot", "kind", "slot_at"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("owner", String(100), nullable=False),
    Column("until", Instant, nullable=False),
)

stop = Table(
    "stop",
    metadata,
    Column("scope", String(60), primary_key=True),
    Column("why", Text, nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", Instant, nullable=False),
)

pause = Table(
    "pause",
    metadata,
    Column("bot", String(60), primary_key=True),
    Column("why", Text, nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", Instant, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(128), nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("login", String(60), primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", String(320), nullable=False),
    Column("roles", Json, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("limit_amount", Amount),
    Column("limit_currency", String(3)),
    Column("manager", String(60)),
)

role_grant = Table(
    "role_grant",
    metadata,
    Column("id", ID, primary_key=True),
    Column("login", String(60), nullable=False, index=True),
    Column("role", String(30), nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("granted_by", String(60), nullable=False),
    Column("withdrawn_at", Instant),
)

delegation = Table(
    "delegation",
    metadata,
    Column("id", ID, primary_key=True),
    Column("delegator", String(60), nullable=False, index=True),
    Column("delegate", String(60), nullable=False, index=True),
    Column("roles", Json, nullable=False),
    Column("max_amount", Amount),
    Column("max_currency", String(3)),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("why", Text, nullable=False),
    Column("created_by", String(60), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)

policy_version = Table(
    "policy_version",
    metadata,
    Column("policy_id", String(60), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", SHA, nullable=False),
    Column("yaml", Text, nullable=False),
    Column("first_used_at", Instant, nullable=False),
)
