"""What reviewers do with a case besides approving: settle what it is about, and say what is to be done.

Nothing here acts or approves. A case that somebody has changed is worked on anew, with everything read again, and that
person is its preparer from then on (SOD-01).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from csr_bot.caselog import ConflictError, Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.instruction import Instruction, add_editor
from csr_bot.core.matching import Candidate, Match, MatchDecision
from csr_bot.core.persons import Refusal
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import Category, DisputeReason
from csr_bot.flow.authority import withdraw
from csr_bot.flow.ending import resolve_case
from csr_bot.flow.moving import move_case
from csr_bot.flow.queues import queue_of
from csr_bot.flow.review import Place
from csr_bot.records import CaseRecord, Person

SENIOR: Final = frozenset({"ar_lead", "ar_manager"})
"""Roles that may work on any queue but the security one."""
SECURITY_ROLE: Final = "fraud_officer"
_WORKABLE: Final = frozenset({CaseStatus.IN_REVIEW, CaseStatus.PENDING_APPROVAL})


def instruct(place: Place, case_no: str, instruction: Instruction) -> Refusal | CaseRecord:
    """Say what is to be done with a case. What waits for approval on it is void."""
    return _change(
        place,
        case_no,
        instruction.by,
        lambda case: replace(
            case,
            instruction=instruction,
            editors=add_editor(case.editors, instruction.by) if instruction.is_material else case.editors,
        ),
        action="case.instructed",
        data={"kind": instruction.kind.value, "lines": len(instruction.lines)},
    )


def choose_invoices(place: Place, case_no: str, *, login: str, invoice_nos: Sequence[str]) -> Refusal | CaseRecord:
    """Say which invoices a request means. They have to be in the ledger; whose they are is checked like any other."""
    with place.log.read() as records:
        found = [_candidate(records, case_no, number) for number in invoice_nos]
    missing = [number for number, candidate in zip(invoice_nos, found, strict=True) if candidate is None]
    if missing or not found:
        return Refusal("NO_INVOICE", f"The ledger holds no invoice {', '.join(missing) or '(none named)'}.")
    matches = tuple(
        Match(None, MatchDecision.CHOSEN, candidate, (candidate,), (f"chosen by {login}",))
        for candidate in found
        if candidate is not None
    )
    return _change(
        place,
        case_no,
        login,
        lambda case: replace(case, matches=matches, editors=add_editor(case.editors, login)),
        action="case.invoices_chosen",
        data={"invoices": list(invoice_nos)},
    )


def reclassify(
    place: Place, case_no: str, *, login: str, category: Category, reason: DisputeReason | None
) -> Refusal | CaseRecord:
    """Say what a request is. The correction is kept: messages that people have labelled train the next model."""

    def changed(case: CaseRecord) -> CaseRecord:
        request = replace(
            case.request,
            category=category,
            reason=reason,
            confidence=Decimal(1),
            explain=(*case.request.explain, f"classified by {login}"),
        )
        return replace(case, request=request, editors=add_editor(case.editors, login))

    data = {"category": category.value, "reason": reason.value if reason else None}
    return _change(place, case_no, login, changed, action="case.reclassified", data=data)


def withdraw_case(place: Place, case_no: str, *, login: str, why: str) -> Refusal | CaseRecord:
    """End a case that the customer has taken back, or that was opened by mistake."""
    now = place.clock.now()
    try:
        with place.log.begin() as records:
            found = _workable(records, case_no, login, now)
            if isinstance(found, Refusal):
                return found
            case, _ = found
            case = _take_back(records, case, login, why, place)
            return resolve_case(records, case, outcome=Outcome.WITHDRAWN, actor=login, at=now)
    except ConflictError:
        return _taken()


def release(place: Place, case_no: str, *, login: str, genuine: bool, why: str) -> Refusal | CaseRecord:
    """Settle a quarantined case: back to work as a ``genuine`` request, or closed for good."""
    now = place.clock.now()
    try:
        with place.log.begin() as records:
            found = _quarantined(records, case_no, login, why, now)
            if isinstance(found, Refusal):
                return found
            records.cases.close_items(found.id, result=f"settled by {login}", at=now)
            _tell(records, found, login, "case.released" if genuine else "case.refused", place, {"why": why})
            if not genuine:
                return resolve_case(records, found, outcome=Outcome.NO_ACTION, actor=login, at=now)
            released = move_case(records, found, CaseStatus.TRIAGED, actor=login, at=now, reasons=())
            _work_again(records, released, place)
            return released
    except ConflictError:
        return _taken()


def _quarantined(records: Records, case_no: str, login: str, why: str, now: datetime) -> Refusal | CaseRecord:
    """A case in quarantine, if this person may settle it."""
    found = _known(records, case_no, login, now)
    if isinstance(found, Refusal):
        return found
    case, person = found
    if not why.strip():
        return Refusal("REASON", "Say why: a quarantined case is never settled without a word.")
    if SECURITY_ROLE not in person.roles:
        return Refusal("AUTHORITY", f"Only a {SECURITY_ROLE} settles what is in quarantine.")
    if case.status is not CaseStatus.QUARANTINED:
        return Refusal("NOT_WAITING", f"{case.case_no} is {case.status}, not in quarantine.")
    return case


def _change(
    place: Place,
    case_no: str,
    login: str,
    change: Callable[[CaseRecord], CaseRecord],
    *,
    action: str,
    data: Mapping[str, object],
) -> Refusal | CaseRecord:
    """Change a case that waits for people, and have it worked on anew."""
    now = place.clock.now()
    try:
        with place.log.begin() as records:
            found = _workable(records, case_no, login, now)
            if isinstance(found, Refusal):
                return found
            case, _ = found
            case = _take_back(records, case, login, f"changed by {login}", place)
            records.cases.close_items(case.id, result=f"changed by {login}", at=now)
            _tell(records, case, login, action, place, data)
            after = change(case)
            triaged = move_case(
                records,
                case,
                CaseStatus.TRIAGED,
                actor=login,
                at=now,
                request=after.request,
                matches=after.matches,
                instruction=after.instruction,
                editors=after.editors,
            )
            _work_again(records, triaged, place)
            return triaged
    except ConflictError:
        return _taken()


def _take_back(records: Records, case: CaseRecord, login: str, why: str, place: Place) -> CaseRecord:
    """Void what waits for approval, so that the case is in review again."""
    decision = records.cases.latest_decision(case.id)
    if case.status is not CaseStatus.PENDING_APPROVAL or decision is None:
        return case
    now = place.clock.now()
    withdraw(records, case, decision, why=why, actor=login, at=now)
    return move_case(records, case, CaseStatus.IN_REVIEW, actor=login, at=now)


def _workable(records: Records, case_no: str, login: str, now: datetime) -> Refusal | tuple[CaseRecord, Person]:
    """A case in the queue, and a person who may work on it."""
    found = _known(records, case_no, login, now)
    if isinstance(found, Refusal):
        return found
    case, person = found
    if case.status not in _WORKABLE:
        return Refusal("NOT_WAITING", f"{case.case_no} is {case.status} and waits for nobody.")
    items = records.cases.open_items(case.id)
    wanted = {role for item in items for role in item.owner_role.split(" or ")} | SENIOR
    if not person.roles & wanted:
        return Refusal("AUTHORITY", f"{case.case_no} waits for {' or '.join(sorted(wanted))}.")
    holder = next(
        (item for item in items if item.lease_until and item.lease_until > now and item.assignee != login), None
    )
    if holder is not None:
        return Refusal("CLAIMED", f"{holder.assignee} is working on {case.case_no} until {holder.lease_until}.")
    return case, person


def _known(records: Records, case_no: str, login: str, now: datetime) -> Refusal | tuple[CaseRecord, Person]:
    case = records.cases.by_no(case_no)
    if case is None:
        return Refusal("UNKNOWN_CASE", f"There is no case {case_no}.")
    person = records.house.person(login, at=now)
    if person is None or not person.active:
        return Refusal("UNKNOWN_PERSON", f"There is no active user {login}.")
    return records.cases.get_for_update(case.id), person


def _candidate(records: Records, case_no: str, invoice_no: str) -> Candidate | None:
    case = records.cases.by_no(case_no)
    snapshot = records.ledger.active_snapshot(case.bot) if case else None
    entry = records.ledger.invoice_facts(snapshot.id, invoice_no) if snapshot else None
    if entry is None:
        return None
    invoice = entry.invoice
    return Candidate(invoice.invoice_no, invoice.customer_no, Decimal(0), {}, (), (), invoice.company_code)


def _work_again(records: Records, case: CaseRecord, place: Place) -> None:
    records.tasks.add(kind="work", subject=case.id, queue=queue_of(case.category), due_at=place.clock.now())


def _taken() -> Refusal:
    return Refusal("TAKEN", "Somebody else was faster with this case; look at it again.")


def _tell(
    records: Records, case: CaseRecord, actor: str, action: str, place: Place, data: Mapping[str, object]
) -> None:
    records.events.add(
        action,
        actor=actor,
        entity="case",
        entity_id=case.id,
        case_no=case.case_no,
        at=place.clock.now(),
        data=data,
    )
