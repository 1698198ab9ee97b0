"""Tables of the record: what was erased, and the keys that cases are searched by."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from csr_bot.adapters.sql.tables import ID, SHA, metadata
from csr_bot.adapters.sql.types import Instant, Json

erasure = Table(
    "erasure",
    metadata,
    Column("case_id", ID, ForeignKey("request_case.id"), primary_key=True),
    Column("erased_at", Instant, nullable=False),
    Column("erased_by", String(60), nullable=False),
    Column("why", Text, nullable=False),
    Column("removed_sha256", SHA, nullable=False),
    Column("counts", Json, nullable=False),
)

case_key = Table(
    "case_key",
    metadata,
    Column("case_id", ID, ForeignKey("request_case.id"), primary_key=True),
    Column("value", String(120), primary_key=True),
)
Index("ix_case_key_value", case_key.c.value)
