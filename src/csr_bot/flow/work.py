"""Working on a case: gather, decide, record. Nothing leaves the building here."""

from __future__ import annotations

from typing import Final

from csr_bot.caselog import Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.decide import Decision, Route, decide
from csr_bot.core.effects import (
    EffectState,
    business_reference,
    canonical_json,
    idempotency_key,
    payload_of,
    payload_sha256,
)
from csr_bot.core.facts import without_files
from csr_bot.core.message import IdentityLevel
from csr_bot.core.policy import BOT_ROLE
from csr_bot.flow.authority import authorise, release_effects
from csr_bot.flow.desk import Desk
from csr_bot.flow.gathering import Gathered, gather, look_again
from csr_bot.flow.merging import merge_case
from csr_bot.flow.moving import BOT, ask_person, move_case
from csr_bot.flow.priorities import reprioritise, start_approval_clock
from csr_bot.ids import new_id
from csr_bot.records import ApprovalRecord, CaseRecord, DecisionRecord, EffectRecord

WORKABLE: Final = frozenset({CaseStatus.TRIAGED, CaseStatus.VALIDATING})
"""States in which a case is the bot's to work on: fresh, or with an answer of its customer."""


def work_case(desk: Desk, case_id: str) -> None:
    """Bring a triaged case to its decision. Doing it twice is harmless: a case that has moved on is left alone."""
    with desk.log.read() as records:
        case = records.cases.get(case_id)
    if case.status not in WORKABLE:
        return
    record_decision(desk, case_id, gather(desk, case))


def record_decision(desk: Desk, case_id: str, gathered: Gathered) -> None:
    """Decide on what was gathered, store that with its evidence, and send the case its way, in one transaction.

    What other cases have decided for the customer meanwhile is read in the same transaction: of two mails about one
    error that are worked on at the same time, the second must know of the first.
    """
    now = desk.clock.now()
    with desk.log.begin() as records:
        case = records.cases.get_for_update(case_id)
        if case.status not in WORKABLE:
            return
        gathered = look_again(desk, records, case, gathered)
        if (twin := _twin(records, case, gathered)) is not None:
            merge_case(records, case, twin, at=now)
            return
        case = reprioritise(desk.policy, records, case, at=now)
        decision = decide(gathered.facts, desk.policy)
        policy = desk.rules
        records.house.use_policy(
            policy.policy.policy_id, policy.policy.version, sha256=policy.sha256, yaml=policy.text, at=now
        )
        record = _decision_record(desk, records, case, gathered, decision)
        records.house.put_blobs(gathered.blobs, at=now)
        records.cases.add_evidence(case.id, record.version, gathered.evidence)
        records.cases.add_decision(record, decision.findings)
        records.cases.add_facts(record.id, without_files(gathered.facts))
        _tell_decided(records, case, record)
        customer = gathered.facts.customer
        asked = decision.route is Route.ASK and record.state != "drafted"
        case = move_case(
            records,
            case,
            *([CaseStatus.VALIDATING] if case.status is CaseStatus.TRIAGED else []),
            actor=BOT,
            at=now,
            customer_no=customer.customer_no if customer else case.customer_no,
            queue=decision.queue,
            reasons=record.reasons,
            policy_version=desk.policy.version,
            dedupe_key=gathered.dedupe_key,
            instruction=None,
            info_requests=case.info_requests + asked,
        )
        _send_on(records, case, record, decision)
        if decision.route is Route.APPROVAL and record.state == "submitted":
            start_approval_clock(desk.policy, records, case, at=now)


def _tell_decided(records: Records, case: CaseRecord, record: DecisionRecord) -> None:
    records.events.add(
        "decision.made",
        actor=BOT,
        entity="decision",
        entity_id=record.id,
        case_no=case.case_no,
        at=record.prepared_at,
        data={
            "route": record.route,
            "reasons": list(record.reasons),
            "payload_sha256": record.payload_sha256,
            "policy_version": record.policy_version,
            "model": next((line for line in case.request.explain if line.startswith("model ")), None),
            "state": record.state,
        },
    )


def _twin(records: Records, case: CaseRecord, gathered: Gathered) -> CaseRecord | None:
    """The open case in which the same person asks the same. Only for one who is believed: a colleague gets an answer
    of his own, and nobody else may add to a case. What people have worked on stays by itself.
    """
    number = gathered.facts.open_duplicate
    touched = case.status is not CaseStatus.TRIAGED or case.editors or case.parent_case_id is not None
    if number is None or touched or case.sender.level is IdentityLevel.L0:
        return None
    twin = records.cases.by_no(number)
    return twin if twin and twin.sender.contact == case.sender.contact and case.sender.contact else None


def _send_on(records: Records, case: CaseRecord, record: DecisionRecord, decision: Decision) -> None:
    now = record.prepared_at
    if record.state == "drafted":
        move_case(records, case, CaseStatus.IN_REVIEW, actor=BOT, at=now)
        ask_person(
            records,
            case,
            kind="review",
            queue=decision.queue,
            owner_role=decision.owner_role,
            reasons=record.reasons,
            at=now,
        )
        return
    records.effects.add(plan_effects(case, record, decision), at=now)
    if decision.route is Route.ASK:
        records.cases.add_approval(_approval_of_bot(record, "asking needs no authority"))
        move_case(records, case, CaseStatus.AWAITING_CUSTOMER, actor=BOT, at=now)
        release_effects(records, case, record, actor=BOT, at=now)
        return
    if decision.route is Route.APPROVAL:
        move_case(records, case, CaseStatus.PENDING_APPROVAL, actor=BOT, at=now)
        ask_person(
            records,
            case,
            kind="approval",
            queue=decision.queue,
            owner_role=" or ".join(sorted(decision.steps[0])),
            reasons=record.reasons,
            at=now,
        )
        return
    why = "every guard holds" if decision.matters else "nothing in it needs authority"
    records.cases.add_approval(_approval_of_bot(record, why))
    authorise(records, case, record, actor=BOT, at=now)


def _approval_of_bot(record: DecisionRecord, why: str) -> ApprovalRecord:
    return ApprovalRecord(record.id, 1, BOT, BOT_ROLE, "approve", why, record.payload_sha256, record.prepared_at)


def plan_effects(case: CaseRecord, record: DecisionRecord, decision: Decision) -> list[EffectRecord]:
    """The effects of a decision as rows, each with its key and the reference to be found by."""
    planned = []
    for item in decision.effects:
        key = idempotency_key(case_no=case.case_no, decision_version=record.version, effect=item)
        planned.append(
            EffectRecord(
                id=new_id(),
                idempotency_key=key,
                case_id=case.id,
                decision_id=record.id,
                seq=item.seq,
                type=item.type,
                target=item.target,
                params=item.params,
                precondition=item.precondition,
                reference=business_reference(key),
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
        )
    return planned


def _decision_record(
    desk: Desk, records: Records, case: CaseRecord, gathered: Gathered, decision: Decision
) -> DecisionRecord:
    earlier = records.cases.latest_decision(case.id)
    version = earlier.version + 1 if earlier else 1
    payload = payload_of(
        case_no=case.case_no,
        decision_version=version,
        policy_version=desk.policy.version,
        effects=decision.effects,
    )
    shadow = desk.bot.mode == "shadow" and decision.route is not Route.EXCEPTION
    reasons = (*decision.reasons, "SHADOW_MODE") if shadow else decision.reasons
    states = {
        Route.ROUTINE: "approved",
        Route.ASK: "approved",
        Route.APPROVAL: "submitted",
        Route.EXCEPTION: "drafted",
    }
    return DecisionRecord(
        id=new_id(),
        case_id=case.id,
        version=version,
        route=decision.route.value,
        outcome=decision.outcome,
        reasons=reasons,
        rationale=decision.rationale,
        calculation=decision.calculation,
        payload=canonical_json(payload),
        payload_sha256=payload_sha256(payload),
        total=decision.total,
        steps=decision.steps,
        policy_version=desk.policy.version,
        snapshot_id=gathered.snapshot_id,
        prepared_by=case.editors[-1] if case.editors else BOT,
        prepared_at=desk.clock.now(),
        state="drafted" if shadow else states[decision.route],
    )
