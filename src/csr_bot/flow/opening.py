"""Opening cases for messages just taken in: one for each request, closed at once where nothing is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from csr_bot.caselog import Records
from csr_bot.core.case import AT_REST, CaseStatus
from csr_bot.core.matching import Match
from csr_bot.core.message import Channel
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import Category, Request
from csr_bot.flow.authority import withdraw
from csr_bot.flow.desk import Desk
from csr_bot.flow.moving import BOT, ask_person, move_case
from csr_bot.flow.queues import BROWSER_QUEUE, MAIL_QUEUE, queue_of
from csr_bot.flow.understanding import Understood
from csr_bot.ids import new_id
from csr_bot.records import CaseRecord, ThreadParent


@dataclass(frozen=True, slots=True)
class NewCases:
    """A stored message whose cases are to be opened."""

    message_id: str
    item: Understood
    received_at: datetime
    disposition: str
    reason: str | None
    parent: ThreadParent | None
    channel: Channel = Channel.EMAIL
    portal_ticket: str | None = None


def open_cases(desk: Desk, records: Records, batch: Sequence[NewCases], *, at: datetime) -> list[CaseRecord]:
    """Open the cases of these messages, with their events, tasks and queue entries. Returns the new cases."""
    entries = [(entry, number) for entry in batch if not _joins(entry) for number in range(len(entry.item.requests))]
    numbers = records.cases.next_numbers(at.year, len(entries)) if entries else []
    cases = [
        (_case(desk, entry, entry.item.requests[number], entry.item.matches[number], case_no, at=at), entry)
        for (entry, number), case_no in zip(entries, numbers, strict=True)
    ]
    records.cases.add([case for case, _ in cases])
    records.intake.link(
        [(entry.message_id, case.id) for case, entry in cases]
        + [(entry.message_id, entry.parent.case_id) for entry in batch if _joins(entry) and entry.parent]
    )
    for entry in batch:
        if entry.parent is not None and _joins(entry):
            _tell_joined(records, entry, entry.parent, at=at)
    for case, entry in cases:
        _tell_opened(records, case, entry, at=at)
    for queue in (MAIL_QUEUE, BROWSER_QUEUE):
        ids = [case.id for case, _ in cases if case.status is CaseStatus.TRIAGED and queue_of(case.category) == queue]
        records.tasks.add_for_new_cases(ids, queue=queue, due_at=at)
    return [case for case, _ in cases]


def draft_case(desk: Desk, item: Understood, number: int, *, at: datetime) -> CaseRecord:
    """The case that the request ``number`` of a mail would become, without storing anything."""
    entry = NewCases("", item, at, "quarantined" if item.problem else "case", item.problem, None)
    return _case(desk, entry, item.requests[number], item.matches[number], "CSR-DRAFT", at=at)


def _joins(entry: NewCases) -> bool:
    """Whether a message only adds to the case of its thread: it asks nothing new, or that case is still open."""
    if entry.parent is None or entry.disposition not in ("joined", "ignored"):
        return False
    belongs = entry.parent.customer_no in entry.item.sender.customer_nos
    return belongs and (entry.disposition == "ignored" or entry.parent.status not in _DONE)


_DONE: Final = frozenset({CaseStatus.RESOLVED, CaseStatus.CLOSED})
assert _DONE <= AT_REST


def _case(
    desk: Desk, entry: NewCases, request: Request, matches: tuple[Match, ...], case_no: str, *, at: datetime
) -> CaseRecord:
    status, outcome, queue = CaseStatus.TRIAGED, None, None
    if entry.disposition == "quarantined":
        status, queue = CaseStatus.QUARANTINED, "security"
    elif request.category is Category.NOT_A_REQUEST:
        status, outcome = CaseStatus.CLOSED, Outcome.NOT_A_REQUEST
    customers = entry.item.sender.customer_nos
    code = (entry.reason or "").partition(":")[0]
    return CaseRecord(
        id=new_id(),
        case_no=case_no,
        bot=desk.bot.name,
        channel=entry.channel.value,
        portal_ticket=entry.portal_ticket,
        title=entry.item.parsed.subject[:200],
        customer_no=next(iter(customers)) if len(customers) == 1 else None,
        sender=entry.item.sender,
        request=request,
        matches=matches,
        status=status,
        outcome=outcome,
        queue=queue,
        reasons=(code,) if status is CaseStatus.QUARANTINED else (),
        policy_version=desk.policy.version,
        dedupe_key=None,
        parent_case_id=entry.parent.case_id if entry.parent and entry.disposition == "joined" else None,
        reopen_count=1 if entry.parent and entry.disposition == "joined" else 0,
        received_at=entry.received_at,
        created_at=at,
        resolved_at=at if status is CaseStatus.CLOSED else None,
    )


def _tell_joined(records: Records, entry: NewCases, parent: ThreadParent, *, at: datetime) -> None:
    records.events.add(
        "message.joined",
        actor=BOT,
        entity="message",
        entity_id=entry.message_id,
        case_no=parent.case_no,
        at=at,
        data={"disposition": entry.disposition},
    )
    if entry.disposition == "joined":
        case = records.cases.get_for_update(parent.case_id)
        decision = records.cases.latest_decision(case.id)
        if case.status is CaseStatus.PENDING_APPROVAL and decision is not None:
            # Nobody shall approve what was decided before the customer said more.
            withdraw(records, case, decision, why="the customer has written again", actor=BOT, at=at)
            case = move_case(records, case, CaseStatus.IN_REVIEW, actor=BOT, at=at)
        ask_person(
            records,
            case,
            kind="info",
            queue=case.queue or "triage",
            owner_role="ar_analyst",
            reasons=("CUSTOMER_REPLIED",),
            at=at,
        )


def _tell_opened(records: Records, case: CaseRecord, entry: NewCases, *, at: datetime) -> None:
    records.events.add(
        "case.created",
        actor=BOT,
        entity="case",
        entity_id=case.id,
        case_no=case.case_no,
        at=at,
        data={"category": case.category.value, "status": case.status.value, "message": entry.message_id},
    )
    if case.status is CaseStatus.QUARANTINED:
        ask_person(
            records,
            case,
            kind="security",
            queue="security",
            owner_role="fraud_officer",
            reasons=(entry.reason or "UNREADABLE",),
            at=at,
        )
