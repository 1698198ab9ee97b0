"""The clocks of a case as it goes its way: paused and resumed, stopped, started anew; and when to look at them again.

Nothing here needs a policy: a clock is stored with its targets and calendars. Setting them is ``flow.priorities``,
acting when one has run down ``flow.sweeping``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from csr_bot.caselog import Records
from csr_bot.clocklog import ClockRecord
from csr_bot.core.business_time import BusinessCalendar, add_business_days
from csr_bot.core.calendar import instant_of
from csr_bot.core.case import DONE, CaseStatus
from csr_bot.core.escalations import next_moment
from csr_bot.core.service_levels import ClockKind, EscalationStep, TargetSource
from csr_bot.core.sla_clock import (
    PauseReason,
    SlaClock,
    cancel_clock,
    next_cycle,
    pause_clock,
    resume_clock,
    stop_clock,
)

SILENT_DAYS: Final = 5
"""Business days without a word after which a resolved case is closed."""


def follow_status(records: Records, case_id: str, before: CaseStatus, after: CaseStatus, *, at: datetime) -> None:
    """What a step of a case does to its clocks. To be called in the transaction of the step."""
    if before in DONE and after is CaseStatus.TRIAGED:
        _count_anew(records, case_id, at=at)
    elif after in DONE:
        _end_clocks(records, case_id, after, at=at)
    elif after is CaseStatus.AWAITING_CUSTOMER:
        _pause(records, case_id, at=at)
    elif before is CaseStatus.AWAITING_CUSTOMER:
        _resume(records, case_id, at=at)
    elif before is CaseStatus.PENDING_APPROVAL:
        _end_step(records, case_id, approved=after is CaseStatus.APPROVED, at=at)


def stop_clocks(records: Records, case_id: str, kinds: Iterable[ClockKind], *, at: datetime) -> None:
    """What these clocks count towards has happened: an acknowledgement or an answer was sent, a step approved."""
    wanted = frozenset(kinds)
    for item in open_clocks(records, case_id):
        if item.clock.kind in wanted:
            records.clocks.update(ClockRecord(case_id, stop_clock(item.clock, at=at), None))


def note_answer(records: Records, case_id: str, *, at: datetime) -> None:
    """A message to the customer is known to have gone: nobody waits for a first response, nor for a confirmation."""
    stop_clocks(records, case_id, (ClockKind.ACK, ClockKind.FIRST_RESPONSE), at=at)
    case = records.cases.get_for_update(case_id)
    if case.first_response_at is None:
        records.cases.update(case, replace(case, first_response_at=at), at=at)


def start_next_step(records: Records, case_id: str, *, at: datetime) -> None:
    """A step of an approval was taken and another one is left: its clock starts."""
    for item in open_clocks(records, case_id):
        if item.clock.kind is ClockKind.APPROVAL_STEP:
            records.clocks.update(ClockRecord(case_id, stop_clock(item.clock, at=at), None))
            after = next_cycle(item.clock, item.clock.targets, at=at)
            records.clocks.add([ClockRecord(case_id, after, after.due_at)])


def open_clocks(records: Records, case_id: str) -> Sequence[ClockRecord]:
    """The clocks of a case that have not been stopped."""
    return [item for item in records.clocks.of_case(case_id) if item.clock.is_open]


def find_open(records: Records, case_id: str, kind: ClockKind) -> ClockRecord | None:
    """The clock of a kind that has not been stopped."""
    return next((item for item in open_clocks(records, case_id) if item.clock.kind is kind), None)


def watched(case_id: str, clock: SlaClock, *, steps: Sequence[EscalationStep], now: datetime) -> ClockRecord:
    """A clock with the moment at which it has to be looked at again.

    A resolution that runs is looked at every night as well: what is due comes nearer, and its priority may rise.
    """
    if clock.kind is not ClockKind.RESOLUTION or not clock.is_open:
        return ClockRecord(case_id, clock, next_moment(clock, ()))
    # Shares are reached in their order: the lowest that is left is the next.
    left = sorted((step for step in steps if step.at_pct not in clock.escalated), key=lambda step: step.at_pct)
    moment = next_moment(clock, left[:1])
    if clock.running_since is None:
        return ClockRecord(case_id, clock, moment)
    night = next_night(case_calendar(clock), after=now)
    return ClockRecord(case_id, clock, night if moment is None else min(moment, night))


def case_calendar(clock: SlaClock) -> BusinessCalendar:
    """The calendar of the case itself: that of its target by priority, whichever target is in force."""
    own = (target for target in clock.targets if target.source is TargetSource.PRIORITY)
    return next(own, clock.target).calendar


def after_business_days(calendar: BusinessCalendar, at: datetime, *, days: int) -> datetime:
    """The same wall-clock time so many business days later."""
    zone = ZoneInfo(calendar.zone)
    local = at.astimezone(zone)
    day = add_business_days(calendar, day=local.date(), days=days)
    return instant_of(day, local.time().replace(microsecond=0), zone=zone)


def next_night(calendar: BusinessCalendar, *, after: datetime) -> datetime:
    """The next midnight of a calendar's own day."""
    zone = ZoneInfo(calendar.zone)
    return instant_of(after.astimezone(zone).date() + timedelta(days=1), time.min, zone=zone)


def _pause(records: Records, case_id: str, *, at: datetime) -> None:
    item = find_open(records, case_id, ClockKind.RESOLUTION)
    if item is not None:
        paused = pause_clock(item.clock, reason=PauseReason.AWAITING_CUSTOMER, at=at)
        # Looked at at once by who knows the policy: what was due before the pause, and when to remind the customer.
        records.clocks.update(ClockRecord(case_id, paused, at))


def _resume(records: Records, case_id: str, *, at: datetime) -> None:
    item = find_open(records, case_id, ClockKind.RESOLUTION)
    if item is not None:
        records.clocks.update(ClockRecord(case_id, resume_clock(item.clock, at=at), at))


def _end_clocks(records: Records, case_id: str, to: CaseStatus, *, at: datetime) -> None:
    """A case is done: its resolution is met, and nothing else is waited for. Resolved, it is looked at once more."""
    for item in records.clocks.of_case(case_id):
        clock = item.clock
        if clock.kind is ClockKind.RESOLUTION and clock.is_open and to is not CaseStatus.MERGED:
            stopped = stop_clock(clock, at=at)
            closes_at = after_business_days(case_calendar(clock), at, days=SILENT_DAYS)
            records.clocks.update(ClockRecord(case_id, stopped, closes_at if to is CaseStatus.RESOLVED else None))
        elif clock.is_open:
            records.clocks.update(ClockRecord(case_id, cancel_clock(clock, at=at), None))
        elif item.next_at is not None:
            records.clocks.update(replace(item, next_at=None))


def _end_step(records: Records, case_id: str, *, approved: bool, at: datetime) -> None:
    item = find_open(records, case_id, ClockKind.APPROVAL_STEP)
    if item is not None:
        ended = stop_clock(item.clock, at=at) if approved else cancel_clock(item.clock, at=at)
        records.clocks.update(ClockRecord(case_id, ended, None))


def _count_anew(records: Records, case_id: str, *, at: datetime) -> None:
    """The customer has come back: what was promised counts from now, and the earlier counts stay as they ended."""
    latest = {item.clock.kind: item for item in records.clocks.of_case(case_id)}
    for kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION):
        if (item := latest.get(kind)) is not None:
            records.clocks.update(replace(item, next_at=None))
            again = next_cycle(item.clock, item.clock.targets, at=at)
            records.clocks.add([ClockRecord(case_id, again, at)])
