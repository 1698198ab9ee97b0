"""The tables of the SQL log.

One table for each of observe (evidence), decide (decision), authorise (approval), do (effect) and prove (receipt,
event); around them intake and cases. Tasks, the queue and people are in ``work_tables``, the ledger in
``ledger_tables``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from csr_bot.adapters.sql.types import Amount, Coded, Instant, Json, Packed
from csr_bot.core.facts import Facts
from csr_bot.core.instruction import Instruction
from csr_bot.core.matching import Match, SenderFinding
from csr_bot.core.request import Request

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(36)
SHA = String(64)

blob = Table(
    "blob",
    metadata,
    Column("sha256", SHA, primary_key=True),
    Column("content_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

message = Table(
    "message",
    metadata,
    Column("id", ID, primary_key=True),
    Column("direction", String(3), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("content_key", SHA, nullable=False, unique=True),
    Column("header_id", Text, index=True),
    Column("sender", String(320)),
    Column("sender_name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sent_at", Instant),
    Column("received_at", Instant, nullable=False),
    Column("in_reply_to", Json, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_new", Text, nullable=False),
    Column("language", String(8)),
    Column("auto_class", String(20), nullable=False),
    Column("identity_level", Integer, nullable=False),
    Column("identity_reason", Text, nullable=False),
    Column("attachments", Json, nullable=False),
    Column("defects", Json, nullable=False),
    Column("quarantined", Text),
    Column("raw_sha256", SHA, nullable=False),
)

intake = Table(
    "intake",
    metadata,
    Column("id", ID, primary_key=True),
    Column("mailbox", String(300), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("raw_sha256", SHA),
    Column("size", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("disposition", String(20), nullable=False),
    Column("reason", Text),
    Column("message_id", ID, ForeignKey("message.id")),
    Column("run_id", ID),
    Column("taken_at", Instant, nullable=False),
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
)

request_case = Table(
    "request_case",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_no", String(20), nullable=False, unique=True),
    Column("bot", String(60), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("portal_ticket", String(100)),
    Column("category", String(30), nullable=False),
    Column("reason", String(30)),
    Column("title", Text, nullable=False),
    Column("customer_no", String(40), index=True),
    Column("sender", Coded(SenderFinding), nullable=False),
    Column("request", Coded(Request), nullable=False),
    Column("matches", Coded(tuple[Match, ...]), nullable=False),
    Column("status", String(20), nullable=False),
    Column("outcome", String(30)),
    Column("queue", String(30)),
    Column("reasons", Json, nullable=False),
    Column("policy_version", Integer),
    Column("dedupe_key", SHA),
    Column("parent_case_id", ID, ForeignKey("request_case.id")),
    Column("merged_into", ID),
    Column("reopen_count", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("row_version", Integer, nullable=False),
    Column("editors", Json, nullable=False, server_default=text("'[]'")),
    Column("instruction", Coded(Instruction)),
    Column("info_requests", Integer, nullable=False, server_default=text("0")),
    Column("priority", String(2)),
    Column("priority_score", Integer),
    Column("priority_parts", Json, nullable=False, server_default=text("'[]'")),
    Column("amount_at_risk", Amount),
    Column("amount_at_risk_currency", String(3)),
    Column("first_response_at", Instant),
    Column("closed_at", Instant),
)
_CASE_IS_OPEN = text("status NOT IN ('resolved', 'closed', 'merged')")
Index(
    "ix_request_case_open",
    request_case.c.status,
    request_case.c.received_at,
    sqlite_where=_CASE_IS_OPEN,
    postgresql_where=_CASE_IS_OPEN,
)
_HAS_KEY = text("dedupe_key IS NOT NULL")
Index("ix_request_case_dedupe_key", request_case.c.dedupe_key, sqlite_where=_HAS_KEY, postgresql_where=_HAS_KEY)

case_message = Table(
    "case_message",
    metadata,
    Column("message_id", ID, ForeignKey("message.id"), primary_key=True),
    Column("case_id", ID, ForeignKey("request_case.id"), primary_key=True, index=True),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("request_case.id"), nullable=False, index=True),
    Column("decision_version", Integer, nullable=False),
    Column("code", String(4), nullable=False),
    Column("source", Text, nullable=False),
    Column("locator", Text, nullable=False),
    Column("captured_at", Instant, nullable=False),
    Column("content", Json, nullable=False),
    Column("sha256", SHA, nullable=False),
    Column("blob_sha256", SHA),
)

decision = Table(
    "decision",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("request_case.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("route", String(20), nullable=False),
    Column("outcome", String(30), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("rationale", Text, nullable=False),
    Column("calculation", Json, nullable=False),
    Column("payload", Text, nullable=False),
    Column("payload_sha256", SHA, nullable=False),
    Column("total_amount", Amount),
    Column("total_currency", String(3)),
    Column("steps", Json, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("snapshot_id", ID),
    Column("prepared_by", String(60), nullable=False),
    Column("prepared_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    UniqueConstraint("case_id", "version"),
)

decision_facts = Table(
    "decision_facts",
    metadata,
    Column("decision_id", ID, ForeignKey("decision.id"), primary_key=True),
    Column("facts", Packed(Facts), nullable=False),
)

finding = Table(
    "finding",
    metadata,
    Column("id", ID, primary_key=True),
    Column("decision_id", ID, ForeignKey("decision.id"), nullable=False, index=True),
    Column("check_id", String(4), nullable=False),
    Column("subject", Text, nullable=False),
    Column("result", String(8), nullable=False),
    Column("veto", Boolean, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("message", Text, nullable=False),
    Column("expected", Text),
    Column("actual", Text),
    Column("locators", Json, nullable=False),
)

approval = Table(
    "approval",
    metadata,
    Column("id", ID, primary_key=True),
    Column("decision_id", ID, ForeignKey("decision.id"), nullable=False),
    Column("step_no", Integer, nullable=False),
    Column("approver", String(60), nullable=False),
    Column("acted_role", String(30), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("comment", Text),
    Column("payload_sha256", SHA, nullable=False),
    Column("acted_at", Instant, nullable=False),
    Column("delegated_from", String(60)),
    Column("delegation_id", ID),
    Column("limit_amount", Amount),
    Column("limit_currency", String(3)),
    UniqueConstraint("decision_id", "approver"),
    UniqueConstraint("decision_id", "step_no"),
)

effect = Table(
    "effect",
    metadata,
    Column("id", ID, primary_key=True),
    Column("idempotency_key", SHA, nullable=False, unique=True),
    Column("case_id", ID, ForeignKey("request_case.id"), nullable=False, index=True),
    Column("decision_id", ID, ForeignKey("decision.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("type", String(30), nullable=False),
    Column("target", String(320), nullable=False),
    Column("params", Json, nullable=False),
    Column("precondition", Json, nullable=False),
    Column("reference", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("submitted_at", Instant),
    Column("absent_since", Instant),
    Column("body_sha256", SHA),
    Column("external_ref", Text),
    Column("verified_at", Instant),
    Column("error", Text),
    Column("updated_at", Instant, nullable=False),
)
# The last guard against paying twice: one live effect of a kind on one document for one case.
_IS_LIVE = text("state <> 'void'")
Index(
    "uq_effect_case_type_target",
    effect.c.case_id,
    effect.c.type,
    effect.c.target,
    unique=True,
    sqlite_where=_IS_LIVE,
    postgresql_where=_IS_LIVE,
)
Index("ix_effect_type_target", effect.c.type, effect.c.target)

receipt = Table(
    "receipt",
    metadata,
    Column("id", ID, primary_key=True),
    Column("effect_id", ID, ForeignKey("effect.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("captured_at", Instant, nullable=False),
    Column("content", Json, nullable=False),
    Column("screenshot_sha256", SHA),
)

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(60), nullable=False),
    Column("action", String(60), nullable=False),
    Column("entity", String(20), nullable=False),
    Column("entity_id", String(300), nullable=False),
    Column("case_no", String(20), index=True),
    Column("data", Json, nullable=False),
    Column("prev_hash", SHA, nullable=False),
    Column("hash", SHA, nullable=False),
)

chain_head = Table(
    "chain_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", SHA, nullable=False),
)

portal_row = Table(
    "portal_row",
    metadata,
    Column("portal", String(60), primary_key=True),
    Column("external_id", String(100), primary_key=True),
    Column("row_sha256", SHA, primary_key=True),
    Column("case_id", ID, ForeignKey("request_case.id"), index=True),
    Column("content", Json, nullable=False),
    Column("seen_at", Instant, nullable=False),
)
