"""The table of the registers that only we keep."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, Text, UniqueConstraint, text

from csr_bot.adapters.sql.tables import ID, metadata
from csr_bot.adapters.sql.types import Instant, Json

register_entry = Table(
    "register_entry",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("case_id", ID, ForeignKey("request_case.id"), nullable=False, index=True),
    Column("reference", String(40), nullable=False),
    Column("customer_no", String(60), nullable=False),
    Column("subject", Text, nullable=False),
    Column("content", Json, nullable=False),
    Column("status", String(20), nullable=False),
    Column("due_on", Date),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("reference"),
)
_IS_OPEN = text("status = 'open'")
Index(
    "ix_register_entry_open",
    register_entry.c.kind,
    register_entry.c.due_on,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index("ix_register_entry_customer", register_entry.c.customer_no, register_entry.c.kind)
