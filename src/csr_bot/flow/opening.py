"""Opening cases for messages just taken in: one for each request, closed at once where nothing is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from csr_bot.caselog import Records
from csr_bot.core.case import DONE, CaseStatus
from csr_bot.core.matching import Match
from csr_bot.core.message import Channel, IdentityLevel
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import Category, Request
from csr_bot.flow.answering import take_answer
from csr_bot.flow.desk import Desk
from csr_bot.flow.merging import WITHIN, add_message, add_ticket, find_twin
from csr_bot.flow.moving import BOT, question
from csr_bot.flow.priorities import reprioritise, start_clocks
from csr_bot.flow.queues import BROWSER_QUEUE, MAIL_QUEUE, queue_of
from csr_bot.flow.understanding import Understood
from csr_bot.ids import new_id
from csr_bot.records import CaseRecord, ThreadParent, WorkItem


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


def open_cases(desk: Desk, records: Records, batch: Sequence[NewCases], *, at: datetime) -> Mapping[str, str]:
    """Open the cases of these messages, with their events, tasks and queue entries, or add the messages to cases that
    there are. Returns the (first) case of each message, by message id.
    """
    found = {entry.message_id: case for entry in batch if (case := _continued(desk, records, entry, at=at))}
    for entry in batch:
        if case := found.get(entry.message_id):
            _add_to(records, entry, case, at=at)
    fresh = [entry for entry in batch if entry.message_id not in found]
    entries = [(entry, number) for entry in fresh for number in range(len(entry.item.requests))]
    numbers = records.cases.next_numbers(at.year, len(entries)) if entries else []
    drafts = [
        (_case(desk, entry, entry.item.requests[number], entry.item.matches[number], case_no, at=at), entry)
        for (entry, number), case_no in zip(entries, numbers, strict=True)
    ]
    texts = [(case, entry.item.parsed.text_new) for case, entry in drafts]
    rated, clocks = start_clocks(desk.policy, records, texts, at=at)
    cases = [(case, entry) for case, (_, entry) in zip(rated, drafts, strict=True)]
    records.cases.add(rated)
    records.clocks.add(clocks)
    records.intake.link(
        [(entry.message_id, case.id) for case, entry in cases]
        + [(message_id, case.id) for message_id, case in found.items()]
    )
    for case in found.values():
        if case.status not in DONE:
            reprioritise(desk.policy, records, records.cases.get_for_update(case.id), at=at)
    questions = [_tell_opened(records, case, entry, at=at) for case, entry in cases]
    records.cases.add_items_for_new_cases([item for item in questions if item is not None])
    for queue in (MAIL_QUEUE, BROWSER_QUEUE):
        ids = [case.id for case, _ in cases if case.status is CaseStatus.TRIAGED and queue_of(case.category) == queue]
        records.tasks.add_for_new_cases(ids, queue=queue, due_at=at)
    first = {entry.message_id: case.id for case, entry in reversed(cases)}
    return {message_id: case.id for message_id, case in found.items()} | first


def draft_case(desk: Desk, item: Understood, number: int, *, at: datetime) -> CaseRecord:
    """The case that the request ``number`` of a mail would become, without storing anything."""
    entry = NewCases("", item, at, "quarantined" if item.problem else "case", item.problem, None)
    return _case(desk, entry, item.requests[number], item.matches[number], "CSR-DRAFT", at=at)


def _continued(desk: Desk, records: Records, entry: NewCases, *, at: datetime) -> CaseRecord | None:
    """The case that a message only adds to: its thread's, or one about the same that came in by another channel."""
    if entry.parent is not None:
        return records.cases.get_for_update(entry.parent.case_id) if _joins(entry, entry.parent) else None
    if entry.disposition != "case" or not desk.portals or len(entry.item.requests) != 1:
        return None
    customers = entry.item.sender.customer_nos
    other = Channel.PORTAL if entry.channel is Channel.EMAIL else Channel.EMAIL
    if entry.item.sender.level is IdentityLevel.L0:
        return None
    cases = records.cases.find_twins(customers, channel=other.value, since=at - WITHIN)
    twin = find_twin(cases, customer_nos=customers, request=entry.item.requests[0], matches=entry.item.matches[0])
    return records.cases.get_for_update(twin.id) if twin else None


def _joins(entry: NewCases, parent: ThreadParent) -> bool:
    """Whether a message only adds to the case of its thread: it asks nothing new, or that case is still open."""
    belongs = parent.customer_no in entry.item.sender.customer_nos
    continues = entry.disposition == "ignored" or (entry.disposition == "joined" and parent.status not in DONE)
    return belongs and continues


def _add_to(records: Records, entry: NewCases, case: CaseRecord, *, at: datetime) -> None:
    if entry.portal_ticket is not None:
        add_ticket(records, case, entry.portal_ticket, message_id=entry.message_id, at=at)
        return
    if case.status is CaseStatus.AWAITING_CUSTOMER and entry.disposition == "joined":
        take_answer(records, case, entry.item, message_id=entry.message_id, at=at)
        return
    why = "the customer has written again" if entry.parent else "the customer has also written by mail"
    needs_person = entry.disposition == "joined" if entry.parent else case.status is not CaseStatus.TRIAGED
    add_message(records, case, message_id=entry.message_id, why=why, needs_person=needs_person, at=at)


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
        parent_case_id=entry.parent.case_id if entry.parent and entry.disposition in ("joined", "case") else None,
        merged_into=None,
        reopen_count=1 if entry.parent and entry.disposition == "joined" else 0,
        received_at=entry.received_at,
        created_at=at,
        resolved_at=at if status is CaseStatus.CLOSED else None,
    )


def _tell_opened(records: Records, case: CaseRecord, entry: NewCases, *, at: datetime) -> WorkItem | None:
    """The events of a new case; returns what a person is asked about it."""
    records.events.add(
        "case.created",
        actor=BOT,
        entity="case",
        entity_id=case.id,
        case_no=case.case_no,
        at=at,
        data={"category": case.category.value, "status": case.status.value, "message": entry.message_id},
    )
    if case.status is not CaseStatus.QUARANTINED:
        return None
    return question(
        records,
        case,
        kind="security",
        queue="security",
        owner_role="fraud_officer",
        reasons=(entry.reason or "UNREADABLE",),
        at=at,
    )
