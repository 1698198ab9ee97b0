"""Cases, decisions, approvals and the exception queue in SQL."""

from __future__ import annotations

import builtins
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, insert, or_, select, update

from csr_bot.adapters.sql.case_keys import add_keys, find_keyed, keys_in, keys_of_case, with_words
from csr_bot.adapters.sql.inserts import insert_rows
from csr_bot.adapters.sql.monies import join_money, split_money
from csr_bot.adapters.sql.tables import approval, decision, decision_facts, evidence, finding, request_case
from csr_bot.adapters.sql.work_tables import counter, work_item
from csr_bot.caselog import ConflictError
from csr_bot.core.case import DONE, CaseStatus
from csr_bot.core.checks import Finding, Result
from csr_bot.core.effects import canonical_json
from csr_bot.core.evidence import Evidence, EvidenceCode
from csr_bot.core.facts import Facts
from csr_bot.core.money import Money
from csr_bot.core.policy import Step
from csr_bot.core.proposal import Outcome
from csr_bot.ids import new_id
from csr_bot.records import ApprovalRecord, CaseRecord, DecisionRecord, WorkItem

_BUMPED: Final = (
    update(counter)
    .where(counter.c.name == bindparam("counted"))
    .values(value=counter.c.value + bindparam("count"))
    .returning(counter.c.value)
)
_OPEN_CASE = request_case.c.status.not_in([state.value for state in DONE])


class SqlCases:
    """``caselog.CaseRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_numbers(self, year: int, count: int) -> Sequence[str]:
        """The next case numbers of a year, as people write them."""
        name = f"case-{year}"
        last = self._connection.execute(_BUMPED, {"counted": name, "count": count}).scalar_one_or_none()
        if last is None:
            # Two first cases of a year at once: one insert wins, the other transaction is tried again.
            last = 100 + count
            self._connection.execute(insert(counter).values(name=name, value=last))
        return [f"CSR-{year}-{number:06d}" for number in range(last - count + 1, last + 1)]

    def add(self, cases: Sequence[CaseRecord]) -> None:
        """Open cases."""
        rows = [
            {**_case_row(case), "created_at": case.created_at, "updated_at": case.created_at, "row_version": 1}
            for case in cases
        ]
        insert_rows(self._connection, request_case, rows)
        add_keys(self._connection, {case.id: keys_of_case(case) for case in cases})

    def get(self, case_id: str) -> CaseRecord:
        """A case by its id."""
        query = select(request_case).where(request_case.c.id == case_id)
        return _case(self._connection.execute(query).mappings().one())

    def get_for_update(self, case_id: str) -> CaseRecord:
        """A case, held until the transaction ends."""
        query = select(request_case).where(request_case.c.id == case_id).with_for_update()
        return _case(self._connection.execute(query).mappings().one())

    def by_no(self, case_no: str) -> CaseRecord | None:
        """A case by the number that people use; the year may be left out of it."""
        exact = request_case.c.case_no == case_no
        tail = request_case.c.case_no.like(f"%-{case_no:0>6}") if case_no.isdigit() else exact
        query = select(request_case).where(or_(exact, tail)).order_by(request_case.c.created_at.desc()).limit(1)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _case(row)

    def update(self, before: CaseRecord, after: CaseRecord, *, at: datetime) -> None:
        """Change a case that is still in the state that was read; ConflictError otherwise."""
        changed = self._connection.execute(
            update(request_case)
            .where(request_case.c.id == before.id, request_case.c.status == before.status.value)
            .values(**_case_row(after), updated_at=at, row_version=request_case.c.row_version + 1)
        )
        if changed.rowcount != 1:
            raise ConflictError(f"{before.case_no} is not {before.status} any more")

    def find_open_duplicate(self, dedupe_key: str, *, other_than: str) -> str | None:
        """The number of another open case about the same."""
        query = (
            select(request_case.c.case_no)
            .where(request_case.c.dedupe_key == dedupe_key, request_case.c.id != other_than, _OPEN_CASE)
            .order_by(request_case.c.created_at)
            .limit(1)
        )
        return self._connection.execute(query).scalar_one_or_none()

    def find_twins(self, customer_nos: Collection[str], *, channel: str, since: datetime) -> Sequence[CaseRecord]:
        """Open cases of these customers that came in through this channel since then, oldest first."""
        if not customer_nos:
            return []
        query = select(request_case).where(
            request_case.c.customer_no.in_(customer_nos),
            request_case.c.channel == channel,
            request_case.c.received_at >= since,
            _OPEN_CASE,
        )
        return [_case(row) for row in self._connection.execute(query.order_by(request_case.c.case_no)).mappings()]

    def hold_customer(self, customer_no: str) -> None:
        """Let nobody else decide for this customer until the transaction ends. On SQLite every writer is alone."""
        if self._connection.dialect.name == "postgresql":
            key = int.from_bytes(hashlib.sha256(customer_no.encode()).digest()[:8], signed=True)
            self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    def list(self, *, status: str | None, category: str | None, customer: str | None) -> Sequence[CaseRecord]:
        """Cases by state, category and customer, oldest first."""
        query: Select[Any] = select(request_case).order_by(request_case.c.case_no)
        if status is not None:
            query = query.where(request_case.c.status == status)
        if category is not None:
            query = query.where(request_case.c.category == category)
        if customer is not None:
            query = query.where(request_case.c.customer_no == customer)
        return [_case(row) for row in self._connection.execute(query).mappings()]

    def search(self, text: str, *, limit: int) -> Sequence[CaseRecord]:
        """Cases with that document number or amount, or else with all these words somewhere, the newest first."""
        found = find_keyed(self._connection, text, limit=limit)
        if not found:
            words = with_words(self._connection, select(request_case.c.id), text)
            newest = words.order_by(request_case.c.case_no.desc()).limit(limit)
            found = list(self._connection.execute(newest).scalars())
        query = select(request_case).where(request_case.c.id.in_(found)).order_by(request_case.c.case_no.desc())
        return [_case(row) for row in self._connection.execute(query).mappings()]

    def add_decision(self, record: DecisionRecord, findings: Iterable[Finding]) -> None:
        """Store a decision with what the checks found."""
        self._connection.execute(insert(decision), _decision_row(record))
        rows = [_finding_row(record.id, item) for item in findings]
        if rows:
            self._connection.execute(insert(finding), rows)
        decided = {"calculation": record.calculation, "payload": json.loads(record.payload)}
        total = {"total": record.total.text()} if record.total else {}
        add_keys(self._connection, {record.case_id: list(keys_in({**decided, **total}))})

    def add_facts(self, decision_id: str, facts: Facts) -> None:
        """Keep what a decision was made from."""
        self._connection.execute(insert(decision_facts), {"decision_id": decision_id, "facts": facts})

    def decided(self) -> Iterator[tuple[CaseRecord, DecisionRecord, Facts]]:
        """The newest decision of each case, with what it was made from; oldest case first."""
        other = decision.alias()
        newest = select(func.max(other.c.version)).where(other.c.case_id == decision.c.case_id).scalar_subquery()
        query = (
            select(decision.c.id, request_case.c.id, decision_facts.c.facts)
            .join(request_case, request_case.c.id == decision.c.case_id)
            .join(decision_facts, decision_facts.c.decision_id == decision.c.id)
            .where(decision.c.version == newest)
            .order_by(request_case.c.case_no)
        )
        for decision_id, case_id, facts in self._connection.execute(query):
            row = self._connection.execute(select(decision).where(decision.c.id == decision_id)).mappings().one()
            yield self.get(case_id), _decision(row), facts

    def latest_decision(self, case_id: str) -> DecisionRecord | None:
        """The newest decision of a case."""
        query = select(decision).where(decision.c.case_id == case_id).order_by(decision.c.version.desc()).limit(1)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _decision(row)

    def decisions(self, case_id: str) -> Sequence[DecisionRecord]:
        """All decisions of a case, the first version first."""
        query = select(decision).where(decision.c.case_id == case_id).order_by(decision.c.version)
        return [_decision(row) for row in self._connection.execute(query).mappings()]

    def set_decision_steps(self, decision_id: str, steps: Sequence[Step]) -> None:
        """Change who may approve the steps of a decision that still waits for it."""
        self._connection.execute(
            update(decision)
            .where(decision.c.id == decision_id, decision.c.state == "submitted")
            .values(steps=[sorted(step) for step in steps])
        )

    def set_decision_state(self, decision_id: str, state: str) -> None:
        """Say what became of a decision: submitted, approved, rejected, drafted."""
        self._connection.execute(update(decision).where(decision.c.id == decision_id).values(state=state))

    def add_evidence(self, case_id: str, version: int, items: Iterable[Evidence]) -> None:
        """Store the evidence that a decision version was made on."""
        rows = [
            {
                "id": new_id(),
                "case_id": case_id,
                "decision_version": version,
                "code": item.code.value,
                "source": item.source,
                "locator": item.locator,
                "captured_at": item.captured_at,
                "content": item.content,
                "sha256": hashlib.sha256(canonical_json(item.content).encode()).hexdigest(),
                "blob_sha256": item.blob_sha256,
            }
            for item in items
        ]
        if rows:
            self._connection.execute(insert(evidence), rows)
        documents = [row["content"] for row in rows if row["code"] == EvidenceCode.LEDGER_ROW]
        add_keys(self._connection, {case_id: list(keys_in(documents))})

    def findings(self, decision_id: str) -> Sequence[Finding]:
        """What the checks of a decision found, in the order in which they ran."""
        query = select(finding).where(finding.c.decision_id == decision_id).order_by(finding.c.id)
        return [
            Finding(
                check=row["check_id"],
                subject=row["subject"],
                result=Result(row["result"]),
                message=row["message"],
                reason=row["reason"],
                veto=row["veto"],
                expected=row["expected"],
                actual=row["actual"],
                locators=tuple(row["locators"]),
            )
            for row in self._connection.execute(query).mappings()
        ]

    def add_approval(self, record: ApprovalRecord) -> None:
        """Store a verdict; the database refuses a second one of the same person or for the same step."""
        row = {name: getattr(record, name) for name in ApprovalRecord.__dataclass_fields__ if name != "limit"}
        limit = split_money(record.limit, "limit")
        self._connection.execute(insert(approval), {"id": new_id(), **row, **limit})

    def approvals(self, decision_id: str) -> Sequence[ApprovalRecord]:
        """The verdicts on a decision, step by step."""
        names = [name for name in ApprovalRecord.__dataclass_fields__ if name != "limit"]
        query = select(approval).where(approval.c.decision_id == decision_id).order_by(approval.c.step_no)
        return [
            ApprovalRecord(**{name: row[name] for name in names}, limit=join_money(row, "limit"))
            for row in self._connection.execute(query).mappings()
        ]

    def add_work_item(self, item: WorkItem) -> None:
        """Put a case into the exception queue; nothing happens if it waits there for the same already."""
        waiting = select(work_item.c.id).where(
            work_item.c.case_id == item.case_id, work_item.c.kind == item.kind, work_item.c.state == "open"
        )
        if self._connection.execute(waiting).first() is None:
            self.add_items_for_new_cases([item])

    def add_items_for_new_cases(self, items: Sequence[WorkItem]) -> None:
        """Put cases into the exception queue for the first time: nothing about them can wait there already."""
        rows = [
            {name: getattr(item, name) for name in WorkItem.__dataclass_fields__}
            | {"reasons": list(item.reasons), "state": "open"}
            for item in items
        ]
        insert_rows(self._connection, work_item, rows)

    def open_items(self, case_id: str | None = None) -> Sequence[WorkItem]:
        """What waits for people, oldest first."""
        columns = [work_item.c[name] for name in WorkItem.__dataclass_fields__]
        query = select(*columns).where(work_item.c.state == "open").order_by(work_item.c.created_at, work_item.c.id)
        if case_id is not None:
            query = query.where(work_item.c.case_id == case_id)
        rows = self._connection.execute(query).mappings()
        return [WorkItem(**{**row, "reasons": tuple(row["reasons"])}) for row in rows]

    def claim_item(self, item_id: str, *, login: str, lease_until: datetime, now: datetime) -> bool:
        """Take an item for a while; False if somebody else holds it."""
        free = or_(work_item.c.lease_until.is_(None), work_item.c.lease_until < now, work_item.c.assignee == login)
        claimed = self._connection.execute(
            update(work_item)
            .where(work_item.c.id == item_id, work_item.c.state == "open", free)
            .values(assignee=login, lease_until=lease_until)
        )
        return claimed.rowcount == 1

    def close_items(self, case_id: str, *, result: str, at: datetime) -> None:
        """Nothing about the case waits for a person any more."""
        self._connection.execute(
            update(work_item)
            .where(work_item.c.case_id == case_id, work_item.c.state == "open")
            .values(state="done", result=result, done_at=at)
        )


def _case_row(case: CaseRecord) -> dict[str, Any]:
    return {
        "id": case.id,
        "case_no": case.case_no,
        "bot": case.bot,
        "channel": case.channel,
        "portal_ticket": case.portal_ticket,
        "category": case.request.category.value,
        "reason": case.request.reason.value if case.request.reason else None,
        "title": case.title,
        "customer_no": case.customer_no,
        "sender": case.sender,
        "request": case.request,
        "matches": case.matches,
        "status": case.status.value,
        "outcome": case.outcome.value if case.outcome else None,
        "queue": case.queue,
        "reasons": case.reasons,
        "policy_version": case.policy_version,
        "dedupe_key": case.dedupe_key,
        "parent_case_id": case.parent_case_id,
        "merged_into": case.merged_into,
        "reopen_count": case.reopen_count,
        "received_at": case.received_at,
        "resolved_at": case.resolved_at,
        "editors": case.editors,
        "instruction": case.instruction,
        "info_requests": case.info_requests,
        "priority": case.priority,
        "priority_score": case.priority_score,
        "priority_parts": case.priority_parts,
        "amount_at_risk": case.amount_at_risk.amount if case.amount_at_risk else None,
        "amount_at_risk_currency": case.amount_at_risk.currency if case.amount_at_risk else None,
        "first_response_at": case.first_response_at,
        "closed_at": case.closed_at,
    }


def _case(row: RowMapping) -> CaseRecord:
    kept = {name: row[name] for name in CaseRecord.__dataclass_fields__ if name not in _CONVERTED}
    return CaseRecord(
        **kept,
        status=CaseStatus(row["status"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        amount_at_risk=_money(row["amount_at_risk"], row["amount_at_risk_currency"]),
        reasons=tuple(row["reasons"]),
        editors=tuple(row["editors"]),
        priority_parts=tuple(row["priority_parts"]),
    )


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return Money(amount, currency) if amount is not None and currency is not None else None


_CONVERTED = frozenset({"status", "outcome", "amount_at_risk", "reasons", "editors", "priority_parts"})


def _decision_row(record: DecisionRecord) -> dict[str, Any]:
    plain = ("id", "case_id", "version", "route", "rationale", "payload", "payload_sha256")
    stamps = ("policy_version", "snapshot_id", "prepared_by", "prepared_at", "state")
    return {
        **{name: getattr(record, name) for name in plain + stamps},
        "outcome": record.outcome.value,
        "reasons": list(record.reasons),
        "calculation": [dict(line) for line in record.calculation],
        "total_amount": record.total.amount if record.total else None,
        "total_currency": record.total.currency if record.total else None,
        "steps": [sorted(step) for step in record.steps],
    }


def _decision(row: RowMapping) -> DecisionRecord:
    kept: builtins.dict[str, Any] = {
        name: row[name] for name in DecisionRecord.__dataclass_fields__ if name not in _DECISION_CONVERTED
    }
    total = Money(row["total_amount"], row["total_currency"]) if row["total_amount"] is not None else None
    return DecisionRecord(
        **kept,
        outcome=Outcome(row["outcome"]),
        reasons=tuple(row["reasons"]),
        calculation=tuple(row["calculation"]),
        total=total,
        steps=tuple(frozenset(step) for step in row["steps"]),
    )


_DECISION_CONVERTED = frozenset({"outcome", "reasons", "calculation", "total", "steps"})


def _finding_row(decision_id: str, item: Finding) -> dict[str, Any]:
    return {
        "id": new_id(),
        "decision_id": decision_id,
        "check_id": item.check,
        "subject": item.subject,
        "result": item.result.value,
        "veto": item.veto,
        "reason": item.reason,
        "message": item.message,
        "expected": item.expected,
        "actual": item.actual,
        "locators": list(item.locators),
    }
