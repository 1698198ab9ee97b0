"""Rows of the log as tests need them: everything plain, with whatever a test wants to be different."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog, SqlRecords
from csr_bot.caselog import ConflictError
from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState, EffectType, canonical_json
from csr_bot.core.message import AutoClass
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import Category, DisputeReason
from csr_bot.ids import new_id
from csr_bot.ledgerlog import SnapshotRecord
from csr_bot.records import (
    ApprovalRecord,
    CaseRecord,
    DecisionRecord,
    EffectRecord,
    IntakeRecord,
    MessageRecord,
    WorkItem,
)
from tests.core.facts import ask, mail_from, sender_of, usd

AT = datetime(2025, 11, 24, 13, 12, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
T = TypeVar("T")


@dataclass(slots=True)
class Bell:
    """A doorbell that remembers its rings."""

    rings: list[Mapping[str, Sequence[str]]] = field(default_factory=list)

    def ring(self, tasks: Mapping[str, Sequence[str]]) -> None:
        self.rings.append({queue: list(ids) for queue, ids in tasks.items()})


def together(number: int, act: Callable[[int], T]) -> list[T]:
    """Run ``act`` in so many threads that start at the same moment; what any of them raises is raised here."""
    gate = threading.Barrier(number)

    def run(place: int) -> T:
        gate.wait()
        return act(place)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def until_it_stands(log: SqlCaseLog, act: Callable[[Any], T]) -> T:
    """One transaction, again and again while somebody else is first."""
    for _ in range(50):
        try:
            with log.begin() as records:
                return act(records)
        except ConflictError:
            continue
    raise AssertionError("somebody else was first fifty times")


@contextmanager
def refused(log: SqlCaseLog, error: type[Exception], match: str | None = None) -> Iterator[SqlRecords]:
    """A transaction that must end with this error."""
    with pytest.raises(error, match=match), log.begin() as records:
        yield records


def a_message(content_key: str = "a" * 64, **changes: Any) -> MessageRecord:
    parsed = replace(mail_from("dana.ortiz@northwind-analytics.example"), content_key=content_key, text="Grüße")
    record = MessageRecord(
        id=new_id(),
        direction="in",
        channel="email",
        received_at=AT,
        parsed=replace(parsed, auto_class=AutoClass.NONE),
        sender=sender_of("C-1001"),
        raw_sha256="b" * 64,
    )
    return replace(record, **changes)


def an_intake(uid: int = 1, **changes: Any) -> IntakeRecord:
    record = IntakeRecord(
        mailbox="desk@corp.example/INBOX",
        uidvalidity=7,
        uid=uid,
        raw_sha256="b" * 64,
        size=100,
        received_at=AT,
        disposition="case",
        reason=None,
        message_id=None,
    )
    return replace(record, **changes)


def a_case(case_no: str = "CSR-2025-000101", **changes: Any) -> CaseRecord:
    record = CaseRecord(
        id=new_id(),
        case_no=case_no,
        bot="billing",
        channel="email",
        portal_ticket=None,
        title="Invoice query",
        customer_no="C-1001",
        sender=sender_of("C-1001"),
        request=ask(Category.BILLING_DISPUTE, "INV-2025-00417", reason=DisputeReason.PRICE),
        matches=(),
        status=CaseStatus.TRIAGED,
        outcome=None,
        queue="billing",
        reasons=(),
        policy_version=7,
        dedupe_key=None,
        parent_case_id=None,
        merged_into=None,
        reopen_count=0,
        received_at=AT,
        created_at=AT,
        resolved_at=None,
    )
    return replace(record, **changes)


def a_decision(case: CaseRecord, **changes: Any) -> DecisionRecord:
    record = DecisionRecord(
        id=new_id(),
        case_id=case.id,
        version=1,
        route="approval",
        outcome=Outcome.GRANTED,
        reasons=("AMOUNT_NEEDS_APPROVAL",),
        rationale="Credit 2,400.00 USD.",
        calculation=({"line_no": 1, "net": "2400.00"},),
        payload=canonical_json({"case_no": case.case_no}),
        payload_sha256="c" * 64,
        total=usd("2400.00"),
        steps=(frozenset({"ar_lead", "ar_manager"}),),
        policy_version=7,
        snapshot_id=None,
        prepared_by="bot",
        prepared_at=AT,
        state="submitted",
    )
    return replace(record, **changes)


def an_effect(decision: DecisionRecord, **changes: Any) -> EffectRecord:
    key = new_id().replace("-", "") * 2
    record = EffectRecord(
        id=new_id(),
        idempotency_key=key,
        case_id=decision.case_id,
        decision_id=decision.id,
        seq=1,
        type=EffectType.CREATE_CREDIT_NOTE,
        target="INV-2025-00417",
        params={"amount": "2400.00", "currency": "USD", "lines": [{"line_no": 1}], "reason": "PRICE"},
        precondition={"open_amount": "22400.00"},
        reference=f"csr:{key[-12:]}",
        state=EffectState.PLANNED,
        attempts=0,
        fence=0,
        submitted_at=None,
        absent_since=None,
        body_sha256=None,
        external_ref=None,
        verified_at=None,
        error=None,
    )
    return replace(record, **changes)


def an_approval(decision: DecisionRecord, approver: str = "maya", step_no: int = 1) -> ApprovalRecord:
    return ApprovalRecord(
        decision.id, step_no, approver, "ar_manager", "approve", None, decision.payload_sha256, AT + MINUTE
    )


def a_work_item(case: CaseRecord, **changes: Any) -> WorkItem:
    record = WorkItem(
        id=new_id(),
        case_id=case.id,
        kind="approval",
        queue="billing",
        owner_role="ar_manager",
        reasons=("AMOUNT_NEEDS_APPROVAL",),
        assignee=None,
        lease_until=None,
        created_at=AT,
    )
    return replace(record, **changes)


def a_snapshot(**changes: Any) -> SnapshotRecord:
    record = SnapshotRecord(
        id=new_id(),
        bot="billing",
        file_name="open-items.xlsx",
        file_sha256="d" * 64,
        as_of=AT.date(),
        generated_at=AT,
        imported_at=AT,
        row_count=3,
        counts={"invoices": 3},
        refused_count=1,
        control_totals={"USD": Decimal("22400.00")},
        delta=None,
        status="active",
        reason=None,
    )
    return replace(record, **changes)


def store_decided(log: SqlCaseLog, case: CaseRecord, decision: DecisionRecord, *effects: EffectRecord) -> None:
    """A case with its decision and effects."""
    with log.begin() as records:
        records.cases.add([case])
        records.cases.add_decision(decision, ())
        records.effects.add(effects, at=AT)


def store_ledger(
    log: SqlCaseLog,
    snapshot: SnapshotRecord,
    rows: Mapping[str, Sequence[Any]],
    *,
    refused: Sequence[Mapping[str, object]] = (),
) -> None:
    """A ledger as an import would leave it."""
    with log.load_ledger(replace(snapshot, status="loading")) as load:
        for items in rows.values():
            load.add(items)
        for _ in load.finish():
            pass
    with log.begin() as records:
        records.ledger.settle_snapshot(snapshot, refused=refused)
