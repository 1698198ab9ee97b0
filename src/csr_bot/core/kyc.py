"""Know your customer: the states of a record, who may move it, what time does to it, and which effects it holds back.

Screening itself is done by people and their tools; how many of them must release a customer says the policy.
What documents a record needs is ``csr_bot.core.kyc_documents``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from csr_bot.core.effects import EffectType
from csr_bot.core.months import add_months


class KycStatus(StrEnum):
    """Where the review of a customer stands."""

    NOT_STARTED = "NOT_STARTED"
    DOCS_REQUESTED = "DOCS_REQUESTED"
    DOCS_RECEIVED = "DOCS_RECEIVED"
    SCREENING = "SCREENING"
    MANUAL_REVIEW = "MANUAL_REVIEW"
    EDD = "EDD"
    APPROVED = "APPROVED"
    REVIEW_DUE = "REVIEW_DUE"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"
    BLOCKED = "BLOCKED"


class KycRisk(StrEnum):
    """The risk class of a customer."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class DataScope(StrEnum):
    """What may be told to a customer: everything of its own, the facts of its open items, or nothing."""

    ALL = "all"
    OPEN_ITEMS = "open_items"
    NONE = "none"


class ForbiddenStepError(ValueError):
    """A move of a KYC record that the state machine does not know, or that the role may not make."""


REVIEW_DUE_BEFORE: Final = timedelta(days=30)
GRACE: Final = timedelta(days=30)
REVIEW_MONTHS: Final[Mapping[KycRisk, int]] = {KycRisk.HIGH: 12, KycRisk.MEDIUM: 36, KycRisk.LOW: 60}
IN_FORCE: Final = frozenset({KycStatus.APPROVED, KycStatus.REVIEW_DUE})
STOPPED: Final = frozenset({KycStatus.REJECTED, KycStatus.BLOCKED})

_PEOPLE: Final = frozenset({"kyc_officer", "kyc_manager"})
_MANAGER: Final = frozenset({"kyc_manager"})
_ANYBODY: Final = _PEOPLE | {"bot"}
_S = KycStatus
_ROLES: Final[Mapping[tuple[KycStatus, KycStatus], frozenset[str]]] = {
    (_S.NOT_STARTED, _S.DOCS_REQUESTED): _ANYBODY,
    (_S.DOCS_REQUESTED, _S.DOCS_RECEIVED): _ANYBODY,
    (_S.DOCS_RECEIVED, _S.SCREENING): _ANYBODY,
    (_S.SCREENING, _S.MANUAL_REVIEW): _ANYBODY,
    (_S.SCREENING, _S.EDD): _ANYBODY,
    (_S.MANUAL_REVIEW, _S.APPROVED): _PEOPLE,
    (_S.EDD, _S.APPROVED): _MANAGER,
    (_S.APPROVED, _S.REVIEW_DUE): _ANYBODY,  # by time, or early: new owners, name, tax id, bank
    (_S.REVIEW_DUE, _S.APPROVED): _PEOPLE,  # the review is done in time
    (_S.REVIEW_DUE, _S.EXPIRED): _ANYBODY,
    (_S.EXPIRED, _S.DOCS_REQUESTED): _ANYBODY,
    (_S.BLOCKED, _S.MANUAL_REVIEW): _MANAGER,  # the way back of a false hit; there is none from REJECTED
    **{(status, stop): _PEOPLE for status in _S for stop in STOPPED if status != stop},
}

_CASH_OUT_AND_CREDIT: Final = frozenset(
    {
        EffectType.REQUEST_REFUND,
        EffectType.SET_CREDIT_LIMIT,
        EffectType.SET_PAYMENT_TERMS,
        EffectType.CREATE_PAYMENT_PLAN,
        EffectType.RECHECK_CREDIT_BLOCK,
        EffectType.STAGE_BANK_CHANGE,
        EffectType.ACTIVATE_BANK_CHANGE,
    }
)
# What protects us or is the work of the KYC officer goes on while a customer is stopped.
_EVEN_WHEN_STOPPED: Final = frozenset(
    {EffectType.SET_REFUND_BLOCK, EffectType.KYC_MARK_RECEIVED, EffectType.KYC_RELEASE}
)


def roles_for(before: KycStatus, after: KycStatus) -> frozenset[str]:
    """The roles that may move a record from ``before`` to ``after``; none where the move does not exist."""
    return _ROLES.get((before, after), frozenset())


def require_step(before: KycStatus, after: KycStatus, *, role: str) -> None:
    """Raise ForbiddenStepError unless ``role`` may move a record from ``before`` to ``after``."""
    roles = roles_for(before, after)
    if not roles:
        raise ForbiddenStepError(f"a KYC record cannot go from {before} to {after}")
    if role not in roles:
        raise ForbiddenStepError(f"{role} may not move a KYC record from {before} to {after}")


def moves_due(status: KycStatus, *, next_review_on: date | None, today: date) -> tuple[KycStatus, ...]:
    """The states that time alone moves a record through until ``today``, in order.

    Review is due 30 days before the day of the next review; 30 days after it the record expires. Without a day nothing
    moves.
    """
    if next_review_on is None or status not in IN_FORCE:
        return ()
    moves: list[KycStatus] = []
    if status is KycStatus.APPROVED and today >= next_review_on - REVIEW_DUE_BEFORE:
        moves.append(KycStatus.REVIEW_DUE)
    if today >= next_review_on + GRACE:
        moves.append(KycStatus.EXPIRED)
    return tuple(moves)


def next_review_after(approved_on: date, risk: KycRisk) -> date:
    """The day of the next review: 12 months on for high risk, 36 for medium, 60 for low."""
    return add_months(approved_on, REVIEW_MONTHS[risk])


def is_held_back(effect_type: EffectType, *, status: KycStatus | None) -> bool:
    """Whether the state of the record forbids an effect. An unknown state counts as one that is not approved.

    Approved or in review: nothing is held back. Rejected or blocked: everything that leaves, for that is a stop and not
    a weakness. All other states: refunds, credit and bank data; corrections of bills go on.
    """
    if status in IN_FORCE:
        return False
    if status in STOPPED:
        return effect_type not in _EVEN_WHEN_STOPPED
    return effect_type in _CASH_OUT_AND_CREDIT


def data_scope(status: KycStatus | None) -> DataScope:
    """What may be told to a customer whose record is in a state (None: unknown)."""
    if status in IN_FORCE:
        return DataScope.ALL
    return DataScope.NONE if status in STOPPED else DataScope.OPEN_ITEMS
