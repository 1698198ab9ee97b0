"""The decision: which way a case goes, and why. Sees facts and policy, never the case's state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from csr_bot.core.categories import CATEGORIES
from csr_bot.core.checks import Finding
from csr_bot.core.effects import PlannedEffect
from csr_bot.core.facts import Facts
from csr_bot.core.guards import MatterInQuestion, failing_guards
from csr_bot.core.instructed import propose_as_told
from csr_bot.core.matters import ConditionValue, Matter
from csr_bot.core.money import Money
from csr_bot.core.policy import BOT_ROLE, NoRate, Policy, Step
from csr_bot.core.proposal import Outcome, Proposal
from csr_bot.core.request import Category

MAX_QUESTIONS_ASKED = 2
"""How often a customer is asked for what is missing before a person takes over."""


class Route(StrEnum):
    """Where a case goes from here."""

    ROUTINE = "routine"
    APPROVAL = "approval"
    ASK = "ask"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Decision:
    """The way of a case with everything that led to it. ``steps`` are the approvals that are needed, in order.

    On the route ``exception`` the effects are only a draft: nobody may approve them as they are.
    """

    route: Route
    outcome: Outcome
    reasons: tuple[str, ...]
    rationale: str
    findings: tuple[Finding, ...]
    effects: tuple[PlannedEffect, ...]
    matters: tuple[Matter, ...]
    calculation: tuple[Mapping[str, object], ...]
    total: Money | None
    steps: tuple[Step, ...]
    queue: str
    owner_role: str


def decide(facts: Facts, policy: Policy) -> Decision:
    """Decide a case. The same facts and policy give the same decision, always."""
    proposal = _propose(facts, policy)
    if proposal.reasons or not proposal.effects or any(finding.stops for finding in proposal.findings):
        return _decision(facts, policy, proposal, Route.EXCEPTION)
    if facts.stopped is not None:
        return _decision(facts, policy, proposal, Route.EXCEPTION, extra=("KILL_SWITCH",))
    if proposal.questions:
        return _ask(facts, policy, proposal)
    if not proposal.matters:
        return _decision(facts, policy, proposal, Route.ROUTINE, steps=_BOT_ALONE)
    return _decide_matters(facts, policy, proposal)


def _ask(facts: Facts, policy: Policy, proposal: Proposal) -> Decision:
    """What is missing is asked for, unless that was tried often enough."""
    if facts.info_requests >= MAX_QUESTIONS_ASKED:
        return _decision(facts, policy, proposal, Route.EXCEPTION, extra=("ASKED_BEFORE",))
    codes = tuple(f"MISSING_{name.upper()}" for name in proposal.questions if facts.instruction is None)
    return _decision(facts, policy, proposal, Route.ASK, steps=_BOT_ALONE, extra=codes)


_BOT_ALONE: tuple[Step, ...] = (frozenset({BOT_ROLE}),)


def _propose(facts: Facts, policy: Policy) -> Proposal:
    rules = CATEGORIES.get(facts.category)
    if facts.instruction is not None:
        return propose_as_told(facts, policy, facts.instruction, rules)
    if rules is None or facts.category not in facts.desk_requests:
        code = "UNKNOWN_REQUEST" if facts.category is Category.UNKNOWN else "CATEGORY_NEEDS_PERSON"
        return Proposal(Outcome.NO_ACTION, (), f"{facts.category} is handled by people.", reasons=(code,))
    return rules.resolve(facts, policy)


def _decide_matters(facts: Facts, policy: Policy, proposal: Proposal) -> Decision:
    """Every matter of a proposal needs its own authority; one that the bot may not approve takes all to people."""
    steps: list[Step] = []
    codes: list[str] = []
    for matter in proposal.matters:
        rate = facts.rate_to(policy.base_currency, matter.amount.currency)
        ruling = policy.rule(matter, cumulated=_cumulated(facts, policy, matter), rate=rate)
        if isinstance(ruling, NoRate):
            return _decision(facts, policy, proposal, Route.EXCEPTION, extra=(ruling.reason,))
        codes += [f"REQUIRES_{name.upper()}" for name in ruling.unmet]
        if ruling.auto_guard is None:
            codes.append("EXTRA_APPROVAL" if ruling.band.auto_guard else "AMOUNT_NEEDS_APPROVAL")
            steps += ruling.steps
            continue
        question = MatterInQuestion(facts, matter, proposal.findings, policy)
        failing = failing_guards(policy.guard_names(ruling), question)
        failing += ("told_by_a_person",) if facts.instruction is not None else ()
        if failing:
            codes += [f"GUARD_{name.upper()}" for name in failing]
            steps += ruling.steps_of_people
    if not steps:
        return _decision(facts, policy, proposal, Route.ROUTINE, steps=_BOT_ALONE)
    return _decision(facts, policy, proposal, Route.APPROVAL, steps=_each_once(steps), extra=codes)


def _each_once(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(dict.fromkeys(steps))


def _cumulated(facts: Facts, policy: Policy, matter: Matter) -> Decimal:
    """The amount with the earlier ones of its kind within the policy's window, in base currency (SOD-10).

    What has no rate counts nothing here: without one the matter itself has no band.
    """
    amounts = [matter.amount]
    cumulation = policy.approval_matrix[matter.kind].cumulation
    if cumulation is not None:
        amounts += [
            earlier.amount
            for earlier in facts.earlier(matter.kind)
            if earlier.decided_at >= facts.now - cumulation.window
            and ("invoice" not in cumulation.scope or earlier.invoice_no == matter.invoice_no)
        ]
    found = (policy.in_base(amount, rate=facts.rate_to(policy.base_currency, amount.currency)) for amount in amounts)
    return sum((abs(amount.amount) for amount in found if amount is not None), start=Decimal(0))


def _decision(
    facts: Facts,
    policy: Policy,
    proposal: Proposal,
    route: Route,
    *,
    steps: Sequence[Step] = (),
    extra: Sequence[str] = (),
) -> Decision:
    stopping = [finding.reason for finding in proposal.findings if finding.stops]
    routing = policy.route(_about_case(facts))
    return Decision(
        route=route,
        outcome=proposal.outcome,
        reasons=tuple(dict.fromkeys([*proposal.reasons, *stopping, *extra])),
        rationale=proposal.rationale,
        findings=proposal.findings,
        effects=proposal.effects,
        matters=proposal.matters,
        calculation=proposal.calculation,
        total=proposal.total,
        steps=tuple(steps),
        queue=routing.queue,
        owner_role=routing.owner_role,
    )


def _about_case(facts: Facts) -> Mapping[str, ConditionValue]:
    """What the routing's conditions may ask about a case."""
    return {
        "category": facts.category.value,
        "reason": facts.reason.value if facts.reason else None,
        "quarantine": bool(facts.sender.fraud_signs),
    }
