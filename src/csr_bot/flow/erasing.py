"""Erasing personal data of cases whose retention is over: what was removed is told by its digest, in the chain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from csr_bot.caselog import CaseLog
from csr_bot.core.case import DONE
from csr_bot.dossiers import Erasure

_MOST: Final = 100_000


def latest_end(now: datetime, *, keep_years: int) -> datetime:
    """A case that ended before this moment has been kept for so many years. ValueError on a negative number."""
    if keep_years < 0:
        raise ValueError("years of retention are not negative")
    try:
        return now.replace(year=now.year - keep_years)
    except ValueError:  # 29 February
        return now.replace(year=now.year - keep_years, day=28)


def find_ended(log: CaseLog, *, before: datetime) -> Sequence[str]:
    """Numbers of cases that ended before that moment and are not erased yet."""
    with log.read() as records:
        return records.dossiers.past_retention(before, limit=_MOST)


def erase_case(log: CaseLog, case_no: str, *, before: datetime, by: str, why: str, at: datetime) -> Erasure | str:
    """Erase one case and leave a tombstone in the chain, in one transaction; why not, as a sentence, if it may not."""
    with log.begin() as records:
        found = records.cases.by_no(case_no)
        if found is None:
            return f"there is no case {case_no}"
        case = records.cases.get_for_update(found.id)
        ended_at = case.closed_at or case.resolved_at or case.created_at
        if case.status not in DONE:
            return f"{case.case_no} is not ended"
        if ended_at >= before:
            return f"{case.case_no} ended on {ended_at:%Y-%m-%d}: its retention is not over"
        if records.dossiers.erasure(case.id) is not None:
            return f"{case.case_no} was erased before"
        erased = records.dossiers.erase(case.id, by=by, why=why, at=at)
        records.events.add(
            "case.erased",
            actor=by,
            entity="case",
            entity_id=case.id,
            case_no=case.case_no,
            at=at,
            data={"why": why, "removed_sha256": erased.removed_sha256, "counts": dict(erased.counts)},
        )
        return erased
