"""The decision: which way a case goes, and why. Sees facts and policy, never the case's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from csr_bot.core.categories import CATEGORIES
from csr_bot.core.checks import Finding
from csr_bot.core.effects import PlannedEffect
from csr_bot.core.facts import Facts
from csr_bot.core.guards import CreditInQuestion, failing_guards
from csr_bot.core.money import Money
from csr_bot.core.policy import BOT_ROLE, Policy, Step
from csr_bot.core.proposal import Credit, Outcome, Proposal
from csr_bot.core.request import Category


class Route(StrEnum):
    """Where a case goes from here."""

    ROUTINE = "routine"
    APPROVAL = "approval"
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
    calculation: tuple[Mapping[str, object], ...]
    total: Money | None
    steps: tuple[Step, ...]
    queue: str
    owner_role: str


def decide(facts: Facts, policy: Policy) -> Decision:
    """Decide a case. The same facts and policy give the same decision, always."""
    rules = CATEGORIES.get(facts.category)
    if rules is None or facts.category not in facts.desk_requests:
        code = "UNKNOWN_REQUEST" if facts.category is Category.UNKNOWN else "CATEGORY_NEEDS_PERSON"
        proposal = Proposal(Outcome.NO_ACTION, (), f"{facts.category} is handled by people.", reasons=(code,))
        return _decision(facts, policy, proposal, Route.EXCEPTION)
    proposal = rules.resolve(facts, policy)
    if proposal.reasons or not proposal.effects or any(finding.stops for finding in proposal.findings):
        return _decision(facts, policy, proposal, Route.EXCEPTION)
    if facts.stopped is not None:
        return _decision(facts, policy, proposal, Route.EXCEPTION, extra=("KILL_SWITCH",))
    if proposal.credit is None:
        return _decision(facts, policy, proposal, Route.ROUTINE, steps=(frozenset({BOT_ROLE}),))
    return _decide_credit(facts, policy, proposal, proposal.credit)


def _decide_credit(facts: Facts, policy: Policy, proposal: Proposal, credit: Credit) -> Decision:
    cumulated = _cumulated(facts, policy, credit)
    band = policy.band(cumulated)
    if band is None:
        return _decision(facts, policy, proposal, Route.EXCEPTION, extra=("FX_RATE_MISSING",))
    if band.auto_guard is None:
        return _decision(facts, policy, proposal, Route.APPROVAL, steps=band.steps, extra=("AMOUNT_NEEDS_APPROVAL",))
    question = CreditInQuestion(facts, credit.entry, credit.amount, proposal.findings)
    failing = failing_guards(policy.guard_names(band), question)
    if not failing:
        return _decision(facts, policy, proposal, Route.ROUTINE, steps=band.steps)
    codes = tuple(f"GUARD_{name.upper()}" for name in failing)
    steps = policy.band_of_people(band).steps
    return _decision(facts, policy, proposal, Route.APPROVAL, steps=steps, extra=codes)


def _cumulated(facts: Facts, policy: Policy, credit: Credit) -> Money:
    """The credit with the earlier ones on the same invoice within the window (SOD-10)."""
    since = facts.now - policy.credit_note.cumulate_days
    earlier = (
        item.amount
        for item in facts.credits_on(credit.entry.invoice.invoice_no)
        if item.decided_at >= since and item.amount.currency == credit.amount.currency
    )
    return sum(earlier, start=credit.amount)


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
    routing = policy.route(facts.category, facts.reason)
    fraud = bool(facts.sender.fraud_signs)
    credit = proposal.credit
    return Decision(
        route=route,
        outcome=proposal.outcome,
        reasons=tuple(dict.fromkeys([*proposal.reasons, *stopping, *extra])),
        rationale=proposal.rationale,
        findings=proposal.findings,
        effects=proposal.effects,
        calculation=tuple(line.as_json() for line in credit.lines) if credit else (),
        total=credit.amount if credit else None,
        steps=tuple(steps),
        queue="security" if fraud else routing.queue,
        owner_role=routing.owner_role,
    )
