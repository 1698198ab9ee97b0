"""A customer's answer to what he was asked: what it says is added to the request, and the case is worked on again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from csr_bot.caselog import Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.matching import Match
from csr_bot.core.request import Request
from csr_bot.flow.moving import BOT, move_case
from csr_bot.flow.queues import queue_of
from csr_bot.flow.understanding import Understood
from csr_bot.records import CaseRecord

T = TypeVar("T")


def take_answer(records: Records, case: CaseRecord, item: Understood, *, message_id: str, at: datetime) -> CaseRecord:
    """Add what an answer says to the case that asked for it. What the first message said stays as it was."""
    records.events.add(
        "message.joined",
        actor=BOT,
        entity="message",
        entity_id=message_id,
        case_no=case.case_no,
        at=at,
        data={"why": "the customer has answered"},
    )
    request = case.request
    for told in item.requests:
        request = _join(request, told)
    matches = _certain_first([*case.matches, *(match for found in item.matches for match in found)])
    answered = move_case(records, case, CaseStatus.VALIDATING, actor=BOT, at=at, request=request, matches=matches)
    records.tasks.add(kind="work", subject=case.id, queue=queue_of(case.category), due_at=at)
    return answered


def _join(request: Request, told: Request) -> Request:
    """A request with the references, amounts and dates of another message; what it is about stays."""
    return replace(
        request,
        reason=request.reason or told.reason,
        invoice_refs=_each_once([*request.invoice_refs, *told.invoice_refs]),
        po_refs=_each_once([*request.po_refs, *told.po_refs]),
        amounts=_each_once([*request.amounts, *told.amounts]),
        dates=_each_once([*request.dates, *told.dates]),
    )


def _each_once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _certain_first(matches: list[Match]) -> tuple[Match, ...]:
    """Every document once. A request that named none was matched as a whole: that is worth nothing beside a number."""
    named = [match for match in matches if match.reference is not None]
    kept: dict[str, Match] = {}
    for match in sorted(named or matches, key=lambda match: match.certain is None):
        kept.setdefault(match.reference.canonical if match.reference else "", match)
    return tuple(kept.values())
