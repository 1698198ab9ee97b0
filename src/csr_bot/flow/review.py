"""Review: what people do in the exception queue. Every refusal names the rule and says why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol

from csr_bot.caselog import CaseLog, ConflictError, Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.duties import Mandate
from csr_bot.core.persons import Refusal
from csr_bot.flow.authority import authorise, withdraw
from csr_bot.flow.clocks import start_next_step
from csr_bot.flow.mandates import judge_approval
from csr_bot.flow.moving import ask_person, move_case
from csr_bot.ports import Clock
from csr_bot.records import ApprovalRecord, CaseRecord, DecisionRecord, Person

LEASE: Final = timedelta(minutes=15)


class Place(Protocol):
    """Where reviewing happens: the log and the time. No mailbox, ERP or secret is needed for it."""

    @property
    def log(self) -> CaseLog: ...
    @property
    def clock(self) -> Clock: ...


def approve(
    place: Place, case_no: str, *, login: str, payload_sha256: str | None = None, comment: str | None = None
) -> Refusal | CaseRecord:
    """Approve the next step of a case's decision as it stands.

    ``payload_sha256`` is what the person saw; another content in force is a refusal. With the last step, the effects
    are released. Returns the case as it is then, or why not.
    """
    now = place.clock.now()
    try:
        with place.log.begin() as records:
            found = _submitted(records, case_no, login, at=now)
            if isinstance(found, Refusal):
                return found
            case, decision, person = found
            mandate = judge_approval(records, case, decision, person, at=now, seen_sha256=payload_sha256)
            if isinstance(mandate, Refusal):
                _tell(records, case, person.login, "approval.refused", place, _shape_refusal(mandate))
                return mandate
            approval = _approval(records, decision, person, mandate, comment=comment, at=now)
            records.cases.add_approval(approval)
            _tell(records, case, person.login, "approval.given", place, _shape_approval(approval))
            if len(records.cases.approvals(decision.id)) == len(decision.steps):
                records.cases.close_items(case.id, result=f"approved by {login}", at=now)
                authorise(records, case, decision, actor=login, at=now)
            else:
                start_next_step(records, case.id, at=now)
            return records.cases.get(case.id)
    except ConflictError:
        return Refusal("TAKEN", "Somebody else was faster with this case; look at it again.")


def reject(place: Place, case_no: str, *, login: str, why: str, returned: bool = False) -> Refusal | CaseRecord:
    """Turn a decision down: nothing of it is carried out, the case goes back to review.

    ``returned`` marks that it shall be prepared again rather than refused.
    """
    now = place.clock.now()
    with place.log.begin() as records:
        found = _submitted(records, case_no, login, at=now)
        if isinstance(found, Refusal):
            return found
        case, decision, person = found
        mandate = judge_approval(records, case, decision, person, at=now)
        if isinstance(mandate, Refusal):
            _tell(records, case, person.login, "approval.refused", place, _shape_refusal(mandate))
            return mandate
        verdict = "return" if returned else "reject"
        withdraw(records, case, decision, why=why, actor=login, at=now)
        _tell(records, case, login, f"decision.{verdict}", place, {"why": why})
        code = "RETURNED" if returned else "REJECTED"
        case = move_case(records, case, CaseStatus.IN_REVIEW, actor=login, at=now, reasons=(code, *case.reasons))
        ask_person(
            records,
            case,
            kind="review",
            queue=case.queue or "triage",
            owner_role="ar_analyst",
            reasons=(code, why),
            at=now,
        )
        return case


def claim(place: Place, case_no: str, *, login: str) -> Refusal | CaseRecord:
    """Take a case's queue entries for a quarter of an hour, so that two people do not work on it."""
    now = place.clock.now()
    with place.log.begin() as records:
        case = records.cases.by_no(case_no)
        if case is None:
            return Refusal("UNKNOWN_CASE", f"There is no case {case_no}.")
        if records.house.person(login) is None:
            return Refusal("UNKNOWN_PERSON", f"There is no user {login}.")
        items = records.cases.open_items(case.id)
        if not items:
            return Refusal("NOT_WAITING", f"{case.case_no} waits for nobody.")
        for item in items:
            if not records.cases.claim_item(item.id, login=login, lease_until=now + LEASE, now=now):
                return Refusal("CLAIMED", f"{item.assignee} is working on {case.case_no} until {item.lease_until}.")
        return case


def _submitted(
    records: Records, case_no: str, login: str, *, at: datetime
) -> Refusal | tuple[CaseRecord, DecisionRecord, Person]:
    case = records.cases.by_no(case_no)
    if case is None:
        return Refusal("UNKNOWN_CASE", f"There is no case {case_no}.")
    person = records.house.person(login, at=at)
    if person is None:
        return Refusal("UNKNOWN_PERSON", f"There is no user {login}.")
    case = records.cases.get_for_update(case.id)
    decision = records.cases.latest_decision(case.id)
    if decision is None or decision.state != "submitted" or case.status is not CaseStatus.PENDING_APPROVAL:
        return Refusal("NOT_WAITING", f"{case.case_no} is {case.status} and does not wait for an approval.")
    return case, decision, person


def _approval(
    records: Records, decision: DecisionRecord, person: Person, mandate: Mandate, *, comment: str | None, at: datetime
) -> ApprovalRecord:
    delegation = mandate.delegation
    return ApprovalRecord(
        decision_id=decision.id,
        step_no=len(records.cases.approvals(decision.id)) + 1,
        approver=person.login,
        acted_role=mandate.role,
        verdict="approve",
        comment=comment,
        payload_sha256=decision.payload_sha256,
        acted_at=at,
        delegated_from=delegation.delegator if delegation else None,
        delegation_id=delegation.id if delegation else None,
        limit=mandate.limit,
    )


def _shape_approval(approval: ApprovalRecord) -> dict[str, object]:
    lent = {"delegated_from": approval.delegated_from, "delegation": approval.delegation_id}
    return {
        "payload_sha256": approval.payload_sha256,
        "step": approval.step_no,
        "role": approval.acted_role,
        **(lent if approval.delegated_from else {}),
    }


def _shape_refusal(refusal: Refusal) -> dict[str, object]:
    return {"rule": refusal.rule, "why": refusal.why}


def _tell(records: Records, case: CaseRecord, actor: str, action: str, place: Place, data: dict[str, object]) -> None:
    records.events.add(
        action,
        actor=actor,
        entity="case",
        entity_id=case.id,
        case_no=case.case_no,
        at=place.clock.now(),
        data=data,
    )
