"""What happens when time has run out: escalations, steps of approval that move on, customers reminded, cases closed.

Each clock is taken in a transaction of its own, the longest due first, and only while it is still due: what fired is
recorded with it and does not fire again, whoever sweeps and whenever. Who is told by mail is ``flow.notices``.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from csr_bot.caselog import ConflictError, Records
from csr_bot.clocklog import ClockRecord
from csr_bot.core.case import CaseStatus
from csr_bot.core.escalations import STALE_AFTER, Escalation, due_escalations, record_escalations
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import Outcome
from csr_bot.core.service_levels import Channel, ClockKind
from csr_bot.core.sla_clock import ClockState, next_cycle, pause_limit_at, settle_clock, stop_clock
from csr_bot.flow.clocks import after_business_days, case_calendar, watched
from csr_bot.flow.desk import Desk
from csr_bot.flow.ending import resolve_case
from csr_bot.flow.mandates import candidates_for_step, offer_step
from csr_bot.flow.moving import BOT, ask_person, move_case
from csr_bot.flow.notices import Notice, send_notices
from csr_bot.flow.priorities import reprioritise
from csr_bot.ports import PortError
from csr_bot.records import CaseRecord

_logger = logging.getLogger(__name__)

REMIND_AFTER: Final = 3
"""Business days without an answer after which a customer is reminded."""
PUT_OFF: Final = timedelta(hours=1)
"""How long a clock that could not be attended to is left alone."""
MOST: Final = 200
"""Clocks of one sweep; the rest is for the next one."""


def sweep_clocks(desk: Desk) -> Mapping[str, int]:
    """Do what is due about the clocks of a desk's cases; counts of what was done."""
    now = desk.clock.now()
    with desk.log.read() as records:
        due = records.clocks.due(desk.bot.name, now=now, limit=MOST)
    notices: list[Notice] = []
    for item in due:
        notices += _take(desk, item, now)
    send_notices(desk, notices, at=now)
    return Counter(notice.kind for notice in notices) | Counter(clocks=len(due))


def _take(desk: Desk, item: ClockRecord, now: datetime) -> list[Notice]:
    try:
        with desk.log.begin() as records:
            return _attend(desk.policy, records, item, now)
    except ConflictError:
        return []  # Somebody works on the case at this moment: its clock is still due with the next sweep.
    except PortError:
        raise
    except Exception:
        # Whatever one case breaks must not stop the clocks of the others, nor be tried again every second.
        _logger.exception("a clock cannot be attended to: case %s", item.case_id)
        with desk.log.begin() as records:
            records.cases.get_for_update(item.case_id)
            records.clocks.update(replace(_as_it_is(records, item), next_at=now + PUT_OFF))
        return []


def _attend(policy: Policy, records: Records, seen: ClockRecord, now: datetime) -> list[Notice]:
    """What is due about one clock, if it still is."""
    case = records.cases.get_for_update(seen.case_id)
    item = _as_it_is(records, seen)
    if item.next_at is None or item.next_at > now:
        return []
    clock = item.clock
    if clock.kind is ClockKind.APPROVAL_STEP:
        return _move_step_on(policy, records, case, item, now)
    if not clock.is_open:
        _close(records, case, item, now)
        return []
    notices = _escalate(policy, records, case, item, now)
    if clock.kind is ClockKind.RESOLUTION and clock.paused_reason is not None:
        return notices + _wait_for_customer(policy, records, case, item, now)
    if clock.kind is ClockKind.RESOLUTION:
        reprioritise(policy, records, case, at=now)
    return notices


def _as_it_is(records: Records, seen: ClockRecord) -> ClockRecord:
    """A clock that was read before as it stands now."""
    key = (seen.clock.kind, seen.clock.cycle)
    return next(each for each in records.clocks.of_case(seen.case_id) if (each.clock.kind, each.clock.cycle) == key)


def _escalate(policy: Policy, records: Records, case: CaseRecord, item: ClockRecord, now: datetime) -> list[Notice]:
    """Mark what was missed and fire what is due, in order; the clock is stored with it."""
    clock = settle_clock(item.clock, now=now)
    steps = policy.escalation if clock.kind is ClockKind.RESOLUTION else ()
    due = due_escalations(clock, steps, now=now)
    for each in due:
        _tell(records, case, item, "sla.escalated", now, _shape(each, now))
    if clock.state is ClockState.BREACHED and item.clock.state is not ClockState.BREACHED:
        _tell(records, case, item, "sla.breached", now, {"due_at": _text(clock.due_at)})
    records.clocks.update(watched(case.id, record_escalations(clock, due), steps=policy.escalation, now=now))
    return [
        Notice(
            kind="escalated",
            case=case,
            to=each.step.to,
            by_mail=Channel.EMAIL in each.step.via,
            text=f"{each.step.at_pct} % of the time for {case.case_no} ({case.title}) is used up.",
            due_at=each.due_at,
            stale=each.is_stale(now=now),
        )
        for each in due
    ]


def _shape(escalation: Escalation, now: datetime) -> dict[str, object]:
    step = escalation.step
    return {
        "pct": step.at_pct,
        "to": list(step.to),
        "via": [channel.value for channel in step.via],
        "action": step.action.value if step.action else None,
        "due_at": _text(escalation.due_at),
        "stale": escalation.is_stale(now=now),
    }


def _move_step_on(policy: Policy, records: Records, case: CaseRecord, item: ClockRecord, now: datetime) -> list[Notice]:
    """An approver was silent: delegates take the step, after them whoever is next above; the count begins again."""
    clock = settle_clock(item.clock, now=now)
    decision = records.cases.latest_decision(case.id)
    if clock.state is not ClockState.BREACHED or clock.due_at is None:
        records.clocks.update(replace(item, next_at=clock.due_at))
        return []
    records.clocks.update(ClockRecord(case.id, stop_clock(clock, at=clock.due_at), None))
    if decision is None or case.status is not CaseStatus.PENDING_APPROVAL:
        return []
    after = next_cycle(clock, clock.targets, at=clock.due_at)
    records.clocks.add([ClockRecord(case.id, after, after.due_at)])
    found = candidates_for_step(records, case, decision, at=now, policy=policy)
    to: tuple[str, ...] = tuple(person.login for person in found.delegates)
    if (not to or _moved_before(records, item)) and found.higher_role is not None:
        to = tuple(person.login for person in found.higher)
        why = "nobody has taken this step in time"
        offer_step(records, case, decision, role=found.higher_role, at=now, actor=BOT, why=why)
    step = len(records.cases.approvals(decision.id)) + 1
    data: dict[str, object] = {"step": step, "due_at": _text(clock.due_at), "to": list(to)}
    _tell(records, case, item, "approval.expired", now, data)
    text = f"{case.case_no} ({case.title}) waits for an approval that nobody has given in time."
    stale = now - clock.due_at > STALE_AFTER
    return [Notice("expired", case, to, by_mail=True, text=text, due_at=clock.due_at, stale=stale)]


def _moved_before(records: Records, item: ClockRecord) -> bool:
    """Whether this count began when the one before it had run out, so that the step has moved on already."""
    started_at = item.clock.started_at
    counts = (each.clock for each in records.clocks.of_case(item.case_id) if each.clock.kind is item.clock.kind)
    return any(each.due_at == each.stopped_at == started_at for each in counts)


def _wait_for_customer(
    policy: Policy, records: Records, case: CaseRecord, item: ClockRecord, now: datetime
) -> list[Notice]:
    """While the customer has to answer: a reminder after a few business days, and the end when the pause is over.

    Which of the two is next is told by the moment at which the clock was to be looked at.
    """
    clock, calendar = item.clock, case_calendar(item.clock)
    began_at = clock.ran[-1].end_at
    remind_at = after_business_days(calendar, began_at, days=REMIND_AFTER)
    ends_at = pause_limit_at(clock, minutes=policy.sla.max_pause_minutes, calendar=calendar)
    assert item.next_at is not None
    assert ends_at is not None
    if item.next_at > remind_at:
        resolve_case(records, case, outcome=Outcome.EXPIRED, actor=BOT, at=now)
        return []
    stored = _as_it_is(records, item)
    if now < remind_at:
        records.clocks.update(replace(stored, next_at=remind_at))
        return []
    # Reminded late, the customer still gets a day to answer.
    ends_at = max(ends_at, after_business_days(calendar, now, days=1))
    records.clocks.update(replace(stored, next_at=ends_at))
    _tell(records, case, item, "customer.reminder_due", now, {"asked_at": _text(began_at), "ends_at": _text(ends_at)})
    ask_person(
        records,
        case,
        kind="remind",
        queue=case.queue or "triage",
        owner_role="ar_analyst",
        reasons=("REMIND_CUSTOMER", f"asked on {began_at.date()}, ends without an answer on {ends_at.date()}"),
        at=now,
    )
    return [Notice("reminder", case, ("case_owner",), by_mail=False, text="", due_at=remind_at, stale=False)]


def _close(records: Records, case: CaseRecord, item: ClockRecord, now: datetime) -> None:
    """A resolved case about which the customer was silent for long enough."""
    if case.status is CaseStatus.RESOLVED:
        move_case(records, case, CaseStatus.CLOSED, actor=BOT, at=now, closed_at=now)
    else:
        records.clocks.update(replace(item, next_at=None))


def _tell(
    records: Records, case: CaseRecord, item: ClockRecord, action: str, at: datetime, data: Mapping[str, object]
) -> None:
    records.events.add(
        action,
        actor=BOT,
        entity="case",
        entity_id=case.id,
        case_no=case.case_no,
        at=at,
        data={"clock": item.clock.kind.value, "cycle": item.clock.cycle, **data},
    )


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
