"""Authority: who may approve what, bound to the content approved, and checked again before it is carried out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from csr_bot.caselog import Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState, PlannedEffect, business_reference, idempotency_key
from csr_bot.core.policy import ACCOUNT_OWNER_RULE, BOT_ROLE, DISTINCT_RULE, PREPARER_RULE, Step
from csr_bot.flow.moving import BOT, move_case
from csr_bot.flow.queues import BROWSER_QUEUE, MAIL_QUEUE
from csr_bot.records import ApprovalRecord, CaseRecord, DecisionRecord, EffectRecord, Person

_TARGETS: Final = ("to", "ticket", "lc_no", "payment_no", "invoice_no", "customer_no")
"""Where the signed content of an effect names what it acts on: the first of these that it has."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not do something: the rule, and a sentence that explains it."""

    rule: str
    why: str


def find_refusal(
    records: Records, case: CaseRecord, decision: DecisionRecord, person: Person, *, account_owner: str | None
) -> Refusal | None:
    """Why this person may not approve the next step of this decision; None if nothing stands against it."""
    given = records.cases.approvals(decision.id)
    step = decision.steps[len(given)]
    if not person.active:
        return Refusal("INACTIVE", f"{person.login} is not active any more.")
    if person.login == account_owner:
        return Refusal(ACCOUNT_OWNER_RULE, f"{person.login} owns the account of {case.customer_no}.")
    if person.login == decision.prepared_by:
        return Refusal(PREPARER_RULE, f"{person.login} prepared this decision, so somebody else has to approve it.")
    if any(approval.approver == person.login for approval in given):
        return Refusal(DISTINCT_RULE, f"{person.login} approved an earlier step, so this one needs somebody else.")
    if not person.roles & step:
        return Refusal("AUTHORITY", f"This step needs {name_step(step)}; {person.login} has {name_step(person.roles)}.")
    return None


def name_step(step: Step) -> str:
    """Roles for people to read."""
    return " or ".join(sorted(step)) or "no role"


def authorise(records: Records, case: CaseRecord, decision: DecisionRecord, *, actor: str, at: datetime) -> None:
    """Everybody whose approval is needed has given it: release the effects, the first of them at once."""
    records.cases.set_decision_state(decision.id, "approved")
    move_case(records, case, CaseStatus.APPROVED, CaseStatus.EXECUTING, actor=actor, at=at)
    effects = records.effects.of_decision(decision.id)
    for effect in effects:
        records.effects.update(effect, replace(effect, state=EffectState.AUTHORISED), at=at)
        records.events.add(
            "effect.authorised",
            actor=actor,
            entity="effect",
            entity_id=effect.id,
            case_no=case.case_no,
            at=at,
            data={"payload_sha256": decision.payload_sha256, "reference": effect.reference},
        )
    queue_effect(records, effects[0], at=at)


def withdraw(
    records: Records, case: CaseRecord, decision: DecisionRecord, *, why: str, actor: str, at: datetime
) -> None:
    """Take back a decision that waits for approval: its effects are void, and nothing of it is carried out."""
    records.cases.set_decision_state(decision.id, "rejected")
    for effect in records.effects.of_decision(decision.id):
        records.effects.update(effect, replace(effect, state=EffectState.VOID, error=why), at=at)
    records.cases.close_items(case.id, result=f"withdrawn by {actor}", at=at)
    records.events.add(
        "decision.withdrawn",
        actor=actor,
        entity="decision",
        entity_id=decision.id,
        case_no=case.case_no,
        at=at,
        data={"payload_sha256": decision.payload_sha256, "why": why},
    )


def queue_effect(records: Records, effect: EffectRecord, *, at: datetime) -> None:
    """Record the task that performs an effect."""
    queue = MAIL_QUEUE if effect.type.value.startswith("send_") else BROWSER_QUEUE
    records.tasks.add(kind="act", subject=effect.id, queue=queue, due_at=at)


def find_missing_authority(records: Records, effect: EffectRecord) -> str | None:
    """Why an effect may not be carried out right now, although it was released; None if all is in order.

    Everything is read again: the decision is approved, every step has its verdict by another person, and each verdict
    signs exactly what is about to be carried out.
    """
    case = records.cases.get(effect.case_id)
    decision = records.cases.latest_decision(effect.case_id)
    if decision is None or decision.id != effect.decision_id or decision.state != "approved":
        return "the decision is not in force any more"
    if case.status not in (CaseStatus.EXECUTING, CaseStatus.EXECUTION_FAILED):
        return f"the case is {case.status}"
    approvals = records.cases.approvals(decision.id)
    digest = hashlib.sha256(decision.payload.encode()).hexdigest()
    if digest != decision.payload_sha256 or any(approval.payload_sha256 != digest for approval in approvals):
        return "what was approved is not what would be carried out"
    if not _is_signed(case, decision, effect):
        return "the effect is not the one that was approved"
    return _find_approval_gap(records, decision, approvals)


def _is_signed(case: CaseRecord, decision: DecisionRecord, effect: EffectRecord) -> bool:
    """Whether the effect, as it is stored, is the one in the decision's payload, down to its target and its key."""
    planned = PlannedEffect(effect.seq, effect.type, effect.target, effect.params)
    payload = json.loads(decision.payload)
    key = idempotency_key(case_no=case.case_no, decision_version=decision.version, effect=planned)
    return (
        payload["case_no"] == case.case_no
        and [item for item in payload["effects"] if item["seq"] == effect.seq] == [planned.payload()]
        and effect.target == next((effect.params[name] for name in _TARGETS if name in effect.params), None)
        and (effect.idempotency_key, effect.reference) == (key, business_reference(key))
    )


def _find_approval_gap(records: Records, decision: DecisionRecord, approvals: Sequence[ApprovalRecord]) -> str | None:
    """What is missing of one approval for each step, each by another holder of the role; None if nothing is."""
    if len(approvals) != len(decision.steps) or any(approval.verdict != "approve" for approval in approvals):
        return "not every step is approved"
    if len({approval.approver for approval in approvals}) != len(approvals):
        return "one person approved two steps"
    for approval, step in zip(approvals, decision.steps, strict=True):
        if approval.approver == BOT:
            if step != frozenset({BOT_ROLE}):
                return "the bot approved what is for people"
            continue
        person = records.house.person(approval.approver)
        if person is None or not person.active or not person.roles & step:
            return f"{approval.approver} does not hold the role any more"
    return None
