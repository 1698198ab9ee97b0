"""Mandates: by what right somebody approves a step, read from the log; who may take a step now, and who is above.

The rules themselves are ``core.duties``; what an approval sets in motion is ``flow.authority``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from csr_bot.caselog import Records
from csr_bot.core.duties import (
    Attempt,
    Given,
    Loan,
    Mandate,
    find_bot_refusal,
    find_mandate,
    find_refusal,
    find_roles_above,
)
from csr_bot.core.money import Money
from csr_bot.core.persons import Identity, Refusal, identify, identify_member, is_bot, is_chained
from csr_bot.core.policy import Policy, Step
from csr_bot.records import ApprovalRecord, CaseRecord, DecisionRecord, Person


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who may take a step now: holders of a role of it, delegates of holders, and ``higher`` by the next role above.

    A delegate who holds the role himself is among both. Everybody here is clean by every rule of duty separation.
    ``higher_role`` is None where nobody above is.
    """

    holders: tuple[Person, ...]
    delegates: tuple[Person, ...]
    higher: tuple[Person, ...]
    higher_role: str | None


def judge_approval(
    records: Records,
    case: CaseRecord,
    decision: DecisionRecord,
    person: Person,
    *,
    at: datetime,
    seen_sha256: str | None = None,
) -> Mandate | Refusal:
    """By what right a person may approve the next step of a decision at this moment, or why not."""
    given = records.cases.approvals(decision.id)
    attempt = _attempt(records, case, decision, person, given=given, at=at)
    return find_mandate(replace(attempt, seen_sha256=seen_sha256))


def find_approval_gap(
    records: Records, case: CaseRecord, decision: DecisionRecord, approvals: Sequence[ApprovalRecord]
) -> str | None:
    """What is missing of one approval for each step, judged anew by what is known now; None if nothing is.

    A role or delegation must have held when the approval was given and not have been taken away since; the people must
    still be there.
    """
    if len(approvals) != len(decision.steps) or any(approval.verdict != "approve" for approval in approvals):
        return "not every step is approved"
    for place, approval in enumerate(approvals):
        if is_bot(approval.approver):
            refusal = find_bot_refusal(decision.steps[place])
            if refusal is not None:
                return refusal.why
            continue
        person = records.house.person(approval.approver, at=approval.acted_at)
        if person is None:
            return f"there is no {approval.approver} any more"
        attempt = _attempt(records, case, decision, person, given=approvals[:place], at=approval.acted_at)
        found = find_mandate(replace(attempt, seen_sha256=approval.payload_sha256))
        if isinstance(found, Refusal):
            return f"{found.rule}: {found.why}"
    return None


def candidates_for_step(
    records: Records, case: CaseRecord, decision: DecisionRecord, *, at: datetime, policy: Policy
) -> Candidates:
    """Who may approve the next step of a decision now, and who could if it were offered to the role above."""
    given = records.cases.approvals(decision.id)
    people = [person for person in records.house.people(at=at) if person.active]
    attempts = [(each, _attempt(records, case, decision, each, given=given, at=at)) for each in people]
    roleless = [replace(each, roles=frozenset()) for each in people]
    lent = [replace(attempt, actor=each) for each, (_, attempt) in zip(roleless, attempts, strict=True)]
    step = decision.steps[len(given)]
    higher: tuple[Person, ...] = ()
    above: str | None = None
    for above in find_roles_above(policy, step):
        wanted = frozenset({above})
        higher = _able((each, replace(attempt, step=wanted, loans=())) for each, attempt in attempts)
        if higher:
            break
    return Candidates(
        holders=_able((each, replace(attempt, loans=())) for each, attempt in attempts),
        delegates=_able(zip(people, lent, strict=True)),
        higher=higher,
        higher_role=above if higher else None,
    )


def _able(attempts: Iterable[tuple[Person, Attempt]]) -> tuple[Person, ...]:
    return tuple(each for each, attempt in attempts if find_refusal(attempt) is None)


def offer_step(
    records: Records, case: CaseRecord, decision: DecisionRecord, *, role: str, at: datetime, actor: str, why: str
) -> DecisionRecord:
    """Let a higher role take the next step too; the roles that it was for keep it. What is signed does not change."""
    place = len(records.cases.approvals(decision.id))
    steps = tuple(step | {role} if each == place else step for each, step in enumerate(decision.steps))
    records.cases.set_decision_steps(decision.id, steps)
    records.events.add(
        "approval.offered",
        actor=actor,
        entity="decision",
        entity_id=decision.id,
        case_no=case.case_no,
        at=at,
        data={"step": place + 1, "role": role, "why": why, "payload_sha256": decision.payload_sha256},
    )
    return replace(decision, steps=steps)


def _attempt(
    records: Records,
    case: CaseRecord,
    decision: DecisionRecord,
    person: Person,
    *,
    given: Sequence[ApprovalRecord],
    at: datetime,
) -> Attempt:
    return Attempt(
        actor=person,
        step=_step_after(decision, given),
        at=at,
        preparers=tuple(_identify(records, login) for login in (decision.prepared_by, *case.editors)),
        given=tuple(_given(records, given)),
        amounts=_amounts(decision),
        loans=tuple(_loans(records, person, at=at)),
        account_owner=_account_owner(records, case),
        payload_sha256=decision.payload_sha256,
    )


def _step_after(decision: DecisionRecord, given: Sequence[ApprovalRecord]) -> Step:
    return decision.steps[len(given)]


def _given(records: Records, approvals: Iterable[ApprovalRecord]) -> Iterable[Given]:
    for approval in approvals:
        lender = approval.delegated_from
        yield Given(
            _identify(records, approval.approver), _identify(records, lender) if lender is not None else frozenset()
        )


def _loans(records: Records, person: Person, *, at: datetime) -> Iterable[Loan]:
    """What others have delegated to a person and not taken back, with them as they are."""
    me = identify(person.login)
    for delegation in records.mandates.delegations(person.login):
        if delegation.withdrawn_at is not None or not identify(delegation.delegate) & me:
            continue
        lender = records.house.person(delegation.delegator, at=at)
        if lender is not None:
            others = records.mandates.delegations(delegation.delegator)
            yield Loan(delegation, lender, chained=is_chained(delegation, others, at=at))


def _identify(records: Records, login: str) -> Identity:
    """What somebody is known by; of the bot, and of one who is not in the list of people, that is the login alone."""
    person = records.house.person(login)
    return identify(login) if person is None else identify_member(person)


def _amounts(decision: DecisionRecord) -> tuple[Money, ...]:
    return (decision.total,) if decision.total is not None else ()


def _account_owner(records: Records, case: CaseRecord) -> str | None:
    snapshot = records.ledger.active_snapshot(case.bot)
    if snapshot is None or case.customer_no is None:
        return None
    customer = records.ledger.customer(snapshot.id, case.customer_no)
    return customer.account_owner if customer else None
