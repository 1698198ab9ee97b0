"""What people look at, in SQL: lists across cases, joined in the database. Reads only; nothing is decided by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, and_, func, select

from csr_bot.adapters.sql.ledger_tables import customer, snapshot
from csr_bot.adapters.sql.tables import case_message, decision, evidence, intake, message, request_case
from csr_bot.adapters.sql.work_tables import work_item
from csr_bot.core.case import CaseStatus
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import Category, DisputeReason
from csr_bot.records import CaseLine, StoredEvidence, StoredMessage, WaitingCase, WorkItem

_LINE: Final = (
    request_case.c.case_no,
    request_case.c.title,
    request_case.c.category,
    request_case.c.reason,
    request_case.c.customer_no,
    customer.c.legal_name,
    request_case.c.status,
    request_case.c.outcome,
    request_case.c.received_at,
    decision.c.rationale,
    decision.c.total_amount,
    decision.c.total_currency,
)
_MESSAGE: Final = [message.c[name] for name in StoredMessage.__dataclass_fields__]
_EVIDENCE: Final = [evidence.c[name] for name in StoredEvidence.__dataclass_fields__]


class SqlOverview:
    """``caselog.OverviewRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def waiting(self, *, limit: int) -> Sequence[WaitingCase]:
        """What waits for people, with its case; the longest wait first."""
        item = [work_item.c[name].label(f"item_{name}") for name in WorkItem.__dataclass_fields__]
        query = (
            _with_case(select(*_LINE, *item))
            .join(work_item, work_item.c.case_id == request_case.c.id)
            .where(work_item.c.state == "open")
            .order_by(work_item.c.created_at, work_item.c.id)
            .limit(limit)
        )
        return [WaitingCase(_item(row), _line(row)) for row in self._connection.execute(query).mappings()]

    def waiting_count(self) -> int:
        """How many items wait for people."""
        query = select(func.count()).select_from(work_item).where(work_item.c.state == "open")
        return int(self._connection.execute(query).scalar_one())

    def cases(self, *, status: CaseStatus | None, before: str | None, limit: int) -> Sequence[CaseLine]:
        """Cases in a state (None: in any), the newest first, from below the number ``before`` on."""
        query = _with_case(select(*_LINE)).order_by(request_case.c.case_no.desc()).limit(limit)
        if status is not None:
            query = query.where(request_case.c.status == status.value)
        if before is not None:
            query = query.where(request_case.c.case_no < before)
        return [_line(row) for row in self._connection.execute(query).mappings()]

    def case_counts(self) -> Mapping[CaseStatus, int]:
        """How many cases are in each state."""
        query = select(request_case.c.status, func.count()).group_by(request_case.c.status)
        return {CaseStatus(status): count for status, count in self._connection.execute(query)}

    def messages_of(self, case_id: str) -> Sequence[StoredMessage]:
        """The messages of a case, in and out, in the order in which they were recorded."""
        query = (
            select(*_MESSAGE)
            .join(case_message, case_message.c.message_id == message.c.id)
            .where(case_message.c.case_id == case_id)
            .order_by(message.c.id)  # not by their times: a mail server's clock is not ours
        )
        return [_message(row) for row in self._connection.execute(query).mappings()]

    def evidence_of(self, case_id: str, *, version: int) -> Sequence[StoredEvidence]:
        """The evidence that a version of a case's decision was made on, in the order in which it was gathered."""
        query = (
            select(*_EVIDENCE)
            .where(evidence.c.case_id == case_id, evidence.c.decision_version == version)
            .order_by(evidence.c.id)
        )
        return [StoredEvidence(**row) for row in self._connection.execute(query).mappings()]

    def mails_by_disposition(self) -> Mapping[str, int]:
        """The intake statement in figures: how many mails had which disposition."""
        query = select(intake.c.disposition, func.count()).group_by(intake.c.disposition)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def last_mail_taken_at(self) -> datetime | None:
        """When the newest mail was taken in."""
        return self._connection.execute(select(func.max(intake.c.taken_at))).scalar()


def _with_case(query: Select[Any]) -> Select[Any]:
    """Cases with their newest decision, and with the customer as the ledger in force has it."""
    newest = decision.alias("newer")
    version = select(func.max(newest.c.version)).where(newest.c.case_id == request_case.c.id).scalar_subquery()
    return (
        query.select_from(request_case)
        .outerjoin(decision, and_(decision.c.case_id == request_case.c.id, decision.c.version == version))
        .outerjoin(snapshot, and_(snapshot.c.bot == request_case.c.bot, snapshot.c.status == "active"))
        .outerjoin(
            customer,
            and_(customer.c.snapshot_no == snapshot.c.number, customer.c.customer_no == request_case.c.customer_no),
        )
    )


def _line(row: RowMapping) -> CaseLine:
    amount = row["total_amount"]
    return CaseLine(
        case_no=row["case_no"],
        title=row["title"],
        category=Category(row["category"]),
        reason=DisputeReason(row["reason"]) if row["reason"] else None,
        customer_no=row["customer_no"],
        customer_name=row["legal_name"],
        status=CaseStatus(row["status"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        received_at=row["received_at"],
        rationale=row["rationale"],
        total=Money(amount, row["total_currency"]) if amount is not None else None,
    )


def _item(row: RowMapping) -> WorkItem:
    values = {name: row[f"item_{name}"] for name in WorkItem.__dataclass_fields__}
    return WorkItem(**{**values, "reasons": tuple(values["reasons"])})


def _message(row: RowMapping) -> StoredMessage:
    level = IdentityLevel(row["identity_level"])
    lists = {name: tuple(row[name]) for name in ("attachments", "defects")}
    return StoredMessage(**{**row, **lists, "identity_level": level})
