"""The case: the record of one customer request, and the only place that knows which states it may go through."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class CaseStatus(StrEnum):
    """State of a case."""

    NEW = "new"
    TRIAGED = "triaged"
    VALIDATING = "validating"
    AWAITING_CUSTOMER = "awaiting_customer"
    IN_REVIEW = "in_review"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    EXECUTING = "executing"
    EXECUTION_FAILED = "execution_failed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    QUARANTINED = "quarantined"
    MERGED = "merged"


_S = CaseStatus
_MOVES: Final[Mapping[CaseStatus, frozenset[CaseStatus]]] = {
    _S.NEW: frozenset({_S.TRIAGED, _S.CLOSED, _S.QUARANTINED, _S.MERGED, _S.RESOLVED}),
    _S.TRIAGED: frozenset({_S.VALIDATING, _S.QUARANTINED, _S.MERGED, _S.RESOLVED}),
    _S.VALIDATING: frozenset(
        {_S.AWAITING_CUSTOMER, _S.IN_REVIEW, _S.PENDING_APPROVAL, _S.APPROVED, _S.QUARANTINED, _S.RESOLVED}
    ),
    _S.AWAITING_CUSTOMER: frozenset({_S.VALIDATING, _S.RESOLVED}),
    _S.IN_REVIEW: frozenset({_S.TRIAGED, _S.AWAITING_CUSTOMER, _S.PENDING_APPROVAL, _S.APPROVED, _S.RESOLVED}),
    _S.PENDING_APPROVAL: frozenset({_S.APPROVED, _S.IN_REVIEW, _S.RESOLVED}),
    _S.APPROVED: frozenset({_S.EXECUTING, _S.IN_REVIEW, _S.RESOLVED}),
    _S.EXECUTING: frozenset({_S.RESOLVED, _S.EXECUTION_FAILED, _S.IN_REVIEW}),
    _S.EXECUTION_FAILED: frozenset({_S.EXECUTING, _S.IN_REVIEW, _S.RESOLVED}),
    _S.RESOLVED: frozenset({_S.CLOSED, _S.TRIAGED}),
    _S.CLOSED: frozenset({_S.TRIAGED}),
    _S.QUARANTINED: frozenset({_S.TRIAGED, _S.CLOSED}),
    _S.MERGED: frozenset(),
}

DONE: Final = frozenset({_S.RESOLVED, _S.CLOSED, _S.MERGED})
"""States in which nothing more is to be done for a case."""

AT_REST: Final = DONE | {
    _S.AWAITING_CUSTOMER,
    _S.IN_REVIEW,
    _S.PENDING_APPROVAL,
    _S.EXECUTION_FAILED,
    _S.QUARANTINED,
}
"""States in which a case waits for a person, or is done."""


class ForbiddenStepError(ValueError):
    """A change of state that a case may not make."""


def advance(before: CaseStatus, after: CaseStatus) -> CaseStatus:
    """``after``, if a case may go there from ``before``; raises ForbiddenStepError otherwise."""
    if after not in _MOVES[before]:
        raise ForbiddenStepError(f"a case cannot go from {before} to {after}")
    return after
