"""Authority: who may approve what, bound to the content approved, and checked again before it is carried out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import Final

from csr_bot.caselog import Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState, PlannedEffect, business_reference, idempotency_key
from csr_bot.flow.mandates import find_approval_gap
from csr_bot.flow.moving import move_case
from csr_bot.flow.queues import BROWSER_QUEUE, MAIL_QUEUE
from csr_bot.records import CaseRecord, DecisionRecord, EffectRecord

_TARGETS: Final = ("to", "ticket", "lc_no", "payment_no", "invoice_no", "customer_no")
"""Where the signed content of an effect names what it acts on: the first of these that it has."""


_CARRIED_OUT_IN: Final = {
    True: frozenset({CaseStatus.AWAITING_CUSTOMER}),
    False: frozenset({CaseStatus.EXECUTING, CaseStatus.EXECUTION_FAILED}),
}
"""The states of a case in which the effects of a decision are carried out, by whether it asks the customer."""


def authorise(records: Records, case: CaseRecord, decision: DecisionRecord, *, actor: str, at: datetime) -> None:
    """Everybody whose approval is needed has given it: release the effects, the first of them at once."""
    records.cases.set_decision_state(decision.id, "approved")
    move_case(records, case, CaseStatus.APPROVED, CaseStatus.EXECUTING, actor=actor, at=at)
    release_effects(records, case, decision, actor=actor, at=at)


def release_effects(records: Records, case: CaseRecord, decision: DecisionRecord, *, actor: str, at: datetime) -> None:
    """Let the effects of an approved decision be carried out, the first of them at once."""
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
    if case.status not in _CARRIED_OUT_IN[decision.route == "ask"]:
        return f"the case is {case.status}"
    approvals = records.cases.approvals(decision.id)
    digest = hashlib.sha256(decision.payload.encode()).hexdigest()
    if digest != decision.payload_sha256 or any(approval.payload_sha256 != digest for approval in approvals):
        return "what was approved is not what would be carried out"
    if not _is_signed(case, decision, effect):
        return "the effect is not the one that was approved"
    return find_approval_gap(records, case, decision, approvals)


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
