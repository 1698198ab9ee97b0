"""The points of a priority: what is at risk, how soon, for whom, how risky and how old, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from csr_bot.core.business_time import BusinessCalendar, business_days
from csr_bot.core.priority import (
    AgeingPoints,
    PartName,
    Priority,
    PriorityFacts,
    PriorityLevel,
    PriorityPart,
    PriorityPolicy,
    RiskPoints,
    UrgencyPoints,
)

HIGHEST_SCORE: Final = 100
COVERED: Final = Decimal(1)
COMFORTABLE: Final = Decimal("1.25")
"""Debt service coverage at which income just covers the debt, and at which it does so with room to spare."""

Points = tuple[int, str]
"""Points and the reason for them."""


def prioritise(policy: PriorityPolicy, facts: PriorityFacts, *, calendar: BusinessCalendar, today_on: date) -> Priority:
    """The priority of a case by the points of a policy.

    Deadlines are counted in business days of ``calendar`` after ``today_on``.
    """
    parts = (
        _amount(policy, facts),
        _part(PartName.URGENCY, _urgency(policy.urgency, facts, calendar=calendar, today_on=today_on)),
        _tier(policy, facts),
        _part(PartName.RISK, _risk(policy.risk, facts)),
        _part(PartName.AGEING, _ageing(policy.ageing, facts, today_on=today_on)),
        *_model(policy, facts),
    )
    score = min(HIGHEST_SCORE, sum(part.points for part in parts))
    by_points = min(level for level, lowest in policy.levels.items() if score >= lowest)
    forced_by = facts.forced & policy.force_p1
    return Priority(PriorityLevel.P1 if forced_by else by_points, score, parts, by_points, forced_by)


def _part(name: PartName, reasons: Iterable[Points]) -> PriorityPart:
    """The reason with the most points; the first of equals."""
    points, why = max(reasons, key=lambda reason: reason[0])
    return PriorityPart(name, points, why)


def _amount(policy: PriorityPolicy, facts: PriorityFacts) -> PriorityPart:
    if facts.amount_at_risk is None:
        return PriorityPart(PartName.AMOUNT, 0, "the amount at risk is not known yet")
    amount = facts.amount_at_risk.rounded()
    band = next(band for band in policy.financial_bands if band.upto is None or amount.amount <= band.upto)
    if band.upto is None:
        return PriorityPart(PartName.AMOUNT, band.points, f"{amount} at risk, above all bands")
    return PriorityPart(PartName.AMOUNT, band.points, f"{amount} at risk, at most {band.upto:,f}")


def _urgency(
    urgency: UrgencyPoints, facts: PriorityFacts, *, calendar: BusinessCalendar, today_on: date
) -> Iterator[Points]:
    yield urgency.none, "nothing makes it urgent"
    if facts.suspension_or_legal_within_24h:
        yield urgency.suspension_or_legal_le_24h, "a suspension or a legal date within 24 hours"
    if facts.credit_letter_expires_within_3_days:
        yield urgency.suspension_or_legal_le_24h, "the letter of credit expires within 3 banking days"
    if facts.dunning_level >= 2:
        yield urgency.dunning_level_ge_2, f"dunning level {facts.dunning_level}"
    if facts.urgent_words:
        yield urgency.urgent_words_only, "the customer calls it urgent"
    yield from _urgency_by_date(urgency, facts, calendar=calendar, today_on=today_on)


def _urgency_by_date(
    urgency: UrgencyPoints, facts: PriorityFacts, *, calendar: BusinessCalendar, today_on: date
) -> Iterator[Points]:
    if (deadline := facts.explicit_deadline_on) is not None:
        days = business_days(calendar, after=today_on, until=deadline)
        if days <= 3:
            yield urgency.explicit_deadline_le_3bd, f"the customer's deadline {deadline} is {_days(days)} away"
        elif days <= 10:
            yield urgency.due_or_deadline_le_10bd, f"the customer's deadline {deadline} is {_days(days)} away"
    if (due := facts.due_on) is not None:
        if due < today_on:
            yield urgency.overdue, f"overdue since {due}"
        elif (days := business_days(calendar, after=today_on, until=due)) <= 10:
            yield urgency.due_or_deadline_le_10bd, f"due on {due}, {_days(days)} away"


def _tier(policy: PriorityPolicy, facts: PriorityFacts) -> PriorityPart:
    if facts.tier is None or facts.tier not in policy.tier:
        return PriorityPart(PartName.TIER, 0, "the customer's tier is not known")
    return PriorityPart(PartName.TIER, policy.tier[facts.tier], f"a {facts.tier} customer")


def _risk(risk: RiskPoints, facts: PriorityFacts) -> Iterator[Points]:
    yield risk.none, "no risk is known"
    if facts.fraud:
        yield risk.fraud, "signs of fraud"
    if facts.kyc_blocked:
        yield risk.kyc_blocked, "the customer is blocked by KYC"
    if facts.credit_hold:
        yield risk.credit_hold, "the customer is on credit hold"
    if facts.dscr is not None and facts.dscr < COVERED:
        yield risk.dscr_lt_1, f"debt service coverage {facts.dscr} is below 1"
    elif facts.dscr is not None and facts.dscr < COMFORTABLE:
        yield risk.dscr_1_to_1_25, f"debt service coverage {facts.dscr} is below 1.25"


def _ageing(ageing: AgeingPoints, facts: PriorityFacts, *, today_on: date) -> Iterator[Points]:
    overdue = (today_on - facts.due_on).days if facts.due_on is not None else 0
    yield _ageing_points(ageing, overdue), f"{overdue} days overdue" if overdue > 0 else "not overdue"
    if facts.unapplied_days > 0:
        yield _ageing_points(ageing, facts.unapplied_days), f"a payment not applied for {facts.unapplied_days} days"
    if facts.reopened:
        yield ageing.reopened_min, "the customer had to come back"


def _ageing_points(ageing: AgeingPoints, days: int) -> int:
    if days > 60:
        return ageing.gt_60
    if days > 30:
        return ageing.d31_60
    return ageing.d1_30 if days > 0 else ageing.not_due


def _model(policy: PriorityPolicy, facts: PriorityFacts) -> Iterator[PriorityPart]:
    """A model may add points up to the policy's limit, never take any."""
    points = max(0, min(policy.model_max_points, facts.model_points))
    if points:
        yield PriorityPart(PartName.MODEL, points, facts.model_reason)


def _days(count: int) -> str:
    return "1 business day" if count == 1 else f"{count} business days"
