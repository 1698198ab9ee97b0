"""Two messages about one thing: the later one is added to the case of the first, and both are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from csr_bot.caselog import Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.matching import Match
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import Request
from csr_bot.flow.authority import withdraw
from csr_bot.flow.moving import BOT, ask_person, move_case
from csr_bot.records import CaseRecord

WITHIN: Final = timedelta(days=3)
"""Mail and portal about the same within this time are one case."""
_BEFORE_ANY_EFFECT: Final = frozenset({CaseStatus.NEW, CaseStatus.TRIAGED})


def find_twin(
    cases: Iterable[CaseRecord], *, customer_nos: Collection[str], request: Request, matches: Sequence[Match]
) -> CaseRecord | None:
    """Of open cases the one in which the same customer asks the same about exactly the same invoices."""
    invoices = _invoices(matches)
    if invoices is None:
        return None
    same = [
        case
        for case in cases
        if case.customer_no in customer_nos
        and case.category is request.category
        and (case.reason is request.reason or request.reason is None)
        and _invoices(case.matches) == invoices
    ]
    return same[0] if len(same) == 1 else None


def add_message(
    records: Records, case: CaseRecord, *, message_id: str, why: str, needs_person: bool, at: datetime
) -> CaseRecord:
    """Tell a case that its customer has written more. What waits for approval is taken back: it was decided before."""
    records.events.add(
        "message.joined",
        actor=BOT,
        entity="message",
        entity_id=message_id,
        case_no=case.case_no,
        at=at,
        data={"why": why},
    )
    if not needs_person:
        return case
    decision = records.cases.latest_decision(case.id)
    if case.status is CaseStatus.PENDING_APPROVAL and decision is not None:
        withdraw(records, case, decision, why="the customer has written again", actor=BOT, at=at)
        case = move_case(records, case, CaseStatus.IN_REVIEW, actor=BOT, at=at)
    ask_person(
        records,
        case,
        kind="info",
        queue=case.queue or "triage",
        owner_role="ar_analyst",
        reasons=("CUSTOMER_REPLIED", why),
        at=at,
    )
    return case


def add_ticket(records: Records, case: CaseRecord, ticket: str, *, message_id: str, at: datetime) -> CaseRecord:
    """A portal's dispute about the same: the case answers there as well, if nothing was decided yet."""
    early = case.status in _BEFORE_ANY_EFFECT
    joined = replace(case, portal_ticket=case.portal_ticket or ticket)
    records.cases.update(case, joined, at=at)
    why = f"{ticket} is about the same" + ("" if early else " and has to be answered there")
    return add_message(records, joined, message_id=message_id, why=why, needs_person=not early, at=at)


def merge_case(records: Records, case: CaseRecord, into: CaseRecord, *, at: datetime) -> CaseRecord:
    """End a case that another open one asks the same as; its messages go on there, and a person is told."""
    merged = move_case(
        records,
        case,
        CaseStatus.MERGED,
        actor=BOT,
        at=at,
        outcome=Outcome.DUPLICATE,
        merged_into=into.id,
        resolved_at=at,
    )
    known = set(records.intake.message_ids_of(into.id))
    for message_id in records.intake.message_ids_of(case.id):
        if message_id in known:
            continue
        records.intake.link([(message_id, into.id)])
        add_message(records, into, message_id=message_id, why=f"{case.case_no} asks the same", needs_person=True, at=at)
    return merged


def _invoices(matches: Sequence[Match]) -> frozenset[str] | None:
    """The invoices of a request that are known for certain; None if there are none or any is doubtful."""
    if not matches or any(match.certain is None for match in matches):
        return None
    return frozenset(match.best.invoice_no for match in matches if match.best)
