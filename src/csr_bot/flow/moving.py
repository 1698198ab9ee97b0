"""Moving a case from state to state: one place that checks the move, writes the row and the event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from csr_bot.caselog import Records
from csr_bot.core.case import CaseStatus, advance
from csr_bot.flow.clocks import follow_status
from csr_bot.ids import new_id
from csr_bot.records import CaseRecord, WorkItem

BOT: Final = "bot"


def move_case(
    records: Records, case: CaseRecord, *states: CaseStatus, actor: str, at: datetime, **changes: Any
) -> CaseRecord:
    """The case after it went through ``states`` in turn, with ``changes`` of its other fields; one event for each."""
    status = case.status
    for state in states:
        advance(status, state)
        records.events.add(
            "case.state",
            actor=actor,
            entity="case",
            entity_id=case.id,
            case_no=case.case_no,
            at=at,
            data={"from": status.value, "to": state.value},
        )
        follow_status(records, case.id, status, state, at=at)
        status = state
    moved = replace(case, status=status, **changes)
    records.cases.update(case, moved, at=at)
    return moved


def ask_person(
    records: Records,
    case: CaseRecord,
    *,
    kind: str,
    queue: str,
    owner_role: str,
    reasons: tuple[str, ...],
    at: datetime,
) -> None:
    """Put a case into the exception queue, with the reasons that a person will read."""
    item = question(records, case, kind=kind, queue=queue, owner_role=owner_role, reasons=reasons, at=at)
    records.cases.add_work_item(item)


def question(
    records: Records,
    case: CaseRecord,
    *,
    kind: str,
    queue: str,
    owner_role: str,
    reasons: tuple[str, ...],
    at: datetime,
) -> WorkItem:
    """An entry for the exception queue, with its event; to store it is left to the caller."""
    records.events.add(
        "work_item.opened",
        actor=BOT,
        entity="case",
        entity_id=case.id,
        case_no=case.case_no,
        at=at,
        data={"kind": kind, "queue": queue, "reasons": list(reasons)},
    )
    return WorkItem(
        id=new_id(),
        case_id=case.id,
        kind=kind,
        queue=queue,
        owner_role=owner_role,
        reasons=reasons,
        assignee=None,
        lease_until=None,
        created_at=at,
    )
