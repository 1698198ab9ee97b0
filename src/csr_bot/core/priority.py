"""Priority: how urgent a case is, by what points of a policy, and who may change it.

The points themselves are counted in ``core.priority_points``; how long a level allows is ``core.service_levels``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from csr_bot.core.money import Money


class PriorityLevel(StrEnum):
    """How soon a case has to be worked on; P1 first."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class ForcedReason(StrEnum):
    """What makes a case P1 whatever its points."""

    BANK_DETAIL_FRAUD_FLAG = "bank_detail_fraud_flag"
    SERVICE_INTERRUPTION_LE_24H = "service_interruption_le_24h"
    LEGAL_OR_REGULATOR_NOTICE = "legal_or_regulator_notice"
    SANCTIONS_HIT = "sanctions_hit"


FORCED_WORDS: Final = {
    ForcedReason.BANK_DETAIL_FRAUD_FLAG: "a change of bank details looks like fraud",
    ForcedReason.SERVICE_INTERRUPTION_LE_24H: "the customer's service would stop within 24 hours",
    ForcedReason.LEGAL_OR_REGULATOR_NOTICE: "a court, a lawyer or an authority has given notice",
    ForcedReason.SANCTIONS_HIT: "the customer may be on a sanctions list",
}


@dataclass(frozen=True, slots=True)
class FinancialBand:
    """Points for an amount at risk up to and including ``upto`` in base currency (None: any amount)."""

    upto: Decimal | None
    points: int


@dataclass(frozen=True, slots=True)
class UrgencyPoints:
    """Points for urgency; the highest that applies counts."""

    suspension_or_legal_le_24h: int
    explicit_deadline_le_3bd: int
    dunning_level_ge_2: int
    overdue: int
    due_or_deadline_le_10bd: int
    urgent_words_only: int
    none: int


@dataclass(frozen=True, slots=True)
class RiskPoints:
    """Points for what is wrong with the customer or the message; the highest that applies counts."""

    fraud: int
    kyc_blocked: int
    credit_hold: int
    dscr_lt_1: int
    dscr_1_to_1_25: int
    none: int


@dataclass(frozen=True, slots=True)
class AgeingPoints:
    """Points for days overdue; a case that was reopened has ``reopened_min`` at least."""

    gt_60: int
    d31_60: int
    d1_30: int
    not_due: int
    reopened_min: int


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """Section ``priority`` of a policy.

    ``financial_bands`` rise and end with one without upper bound. ``tier`` gives points by the tier of the customer.
    ``levels`` gives the lowest score of each level. ``model_max_points`` is what a model may add: 0 where the policy
    does not enable one.
    """

    financial_bands: tuple[FinancialBand, ...]
    urgency: UrgencyPoints
    tier: Mapping[str, int]
    risk: RiskPoints
    ageing: AgeingPoints
    levels: Mapping[PriorityLevel, int]
    force_p1: frozenset[ForcedReason]
    model_max_points: int = 0


class PartName(StrEnum):
    """What points are given for."""

    AMOUNT = "amount"
    URGENCY = "urgency"
    TIER = "tier"
    RISK = "risk"
    AGEING = "ageing"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class PriorityFacts:
    """What a case has at stake.

    ``amount_at_risk`` is in base currency; None while it is not known. ``due_on`` is the earliest due date of the
    invoices concerned, ``explicit_deadline_on`` a day that the customer named, ``unapplied_days`` the age of a payment
    that nobody applied. ``model_points`` is what a model would add, ``model_reason`` why.
    """

    amount_at_risk: Money | None = None
    due_on: date | None = None
    explicit_deadline_on: date | None = None
    suspension_or_legal_within_24h: bool = False
    credit_letter_expires_within_3_days: bool = False
    dunning_level: int = 0
    urgent_words: bool = False
    tier: str | None = None
    fraud: bool = False
    kyc_blocked: bool = False
    credit_hold: bool = False
    dscr: Decimal | None = None
    unapplied_days: int = 0
    reopened: bool = False
    forced: frozenset[ForcedReason] = frozenset()
    model_points: int = 0
    model_reason: str = ""


@dataclass(frozen=True, slots=True)
class PriorityPart:
    """Points with the reason that people read."""

    name: PartName
    points: int
    why: str


@dataclass(frozen=True, slots=True)
class Lowering:
    """A person's decision that a case is less urgent than its points say, and what the points were then."""

    by: str
    reason: str
    score: int
    forced_by: frozenset[ForcedReason]


@dataclass(frozen=True, slots=True)
class Priority:
    """How urgent a case is, and why.

    ``by_points`` is the level that the score gives; ``forced_by`` what makes it P1 whatever the score. ``level`` is the
    one in force: it also differs where the points fell later, which lowers nothing, or where a person lowered it.
    """

    level: PriorityLevel
    score: int
    parts: tuple[PriorityPart, ...]
    by_points: PriorityLevel
    forced_by: frozenset[ForcedReason] = frozenset()
    lowering: Lowering | None = None


def raise_only(before: Priority, after: Priority) -> Priority:
    """What a new calculation makes of a priority: it may raise the level, never lower it.

    What a person lowered stays so until there are more points, or another reason to force it, than the person saw.
    """
    lowering = before.lowering
    if lowering and after.score <= lowering.score and after.forced_by <= lowering.forced_by:
        return replace(after, level=before.level, lowering=lowering)
    return replace(after, level=min(before.level, after.level))


def lower(before: Priority, *, to: PriorityLevel, by: str, reason: str) -> Priority:
    """The priority as a person lowers it. ValueError without a reason, or where the level would not be lower."""
    if not reason.strip():
        raise ValueError("a priority is lowered with a reason only")
    if to <= before.level:
        raise ValueError(f"{to} is not lower than {before.level}")
    return replace(before, level=to, lowering=Lowering(by, reason.strip(), before.score, before.forced_by))


def explain_priority(priority: Priority) -> tuple[str, ...]:
    """Sentences for people: the sum, what each part is for, and why the level is another one than the points give."""
    total = " + ".join(str(part.points) for part in priority.parts)
    return (
        f"{priority.score} points ({total}) give {priority.by_points}.",
        *(f"{part.points} points: {part.why}." for part in priority.parts),
        *_level_reasons(priority),
    )


def _level_reasons(priority: Priority) -> Iterator[str]:
    for reason in sorted(priority.forced_by):
        yield f"P1 whatever the points: {FORCED_WORDS[reason]}."
    if priority.lowering:
        yield f"{priority.lowering.by} lowered it to {priority.level}: {priority.lowering.reason}."
    elif not priority.forced_by and priority.level != priority.by_points:
        yield f"It stays {priority.level}: only a person lowers a priority."
