"""Ending a case: its outcome, and nothing left of it in the queue."""

from __future__ import annotations

from datetime import datetime

from csr_bot.caselog import Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.proposal import Outcome
from csr_bot.flow.moving import move_case
from csr_bot.records import CaseRecord


def resolve_case(records: Records, case: CaseRecord, *, outcome: Outcome, actor: str, at: datetime) -> CaseRecord:
    """The case with its outcome; what is in quarantine is closed at once."""
    ended = CaseStatus.CLOSED if case.status is CaseStatus.QUARANTINED else CaseStatus.RESOLVED
    case = move_case(records, case, ended, actor=actor, at=at, outcome=outcome, resolved_at=at)
    records.cases.close_items(case.id, result=ended.value, at=at)
    return case
