"""The clock of a service level: started, paused while the customer has to answer, stopped in time or too late.

Open time that was used up is counted and kept; a deadline is always projected from it, never moved. What may be
promised is ``core.service_levels``, who hears of it ``core.escalations``, how it is told ``core.sla_explanation``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from csr_bot.core.business_time import BusinessCalendar, business_time, project
from csr_bot.core.service_levels import ClockKind, Target, Targets, TargetSource

NOTHING = timedelta()


class ClockState(StrEnum):
    """How a clock stands. A breached clock counts on until it is stopped, and stays breached."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class PauseReason(StrEnum):
    """What a clock may wait for: the customer, never ourselves."""

    AWAITING_CUSTOMER = "awaiting_customer"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a clock ran, from one instant to another, open or not."""

    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True)
class SlaClock:
    """One count of a case towards a target.

    ``targets`` are all that apply; the first is in force. ``consumed`` is the open time, on its calendar, of the
    stretches in ``ran``, which are over; ``running_since`` starts the one that is not. ``due_at`` is None while the
    clock is paused, since the end of the pause is not known. ``escalated`` holds the percentages already dealt with.
    """

    targets: Targets
    started_at: datetime
    due_at: datetime | None
    running_since: datetime | None
    state: ClockState = ClockState.RUNNING
    cycle: int = 1
    consumed: timedelta = NOTHING
    ran: tuple[Stretch, ...] = ()
    paused_reason: PauseReason | None = None
    stopped_at: datetime | None = None
    escalated: frozenset[int] = frozenset()

    @property
    def target(self) -> Target:
        """The target in force."""
        return self.targets[0]

    @property
    def kind(self) -> ClockKind:
        """What the clock counts towards."""
        return self.target.kind

    @property
    def is_open(self) -> bool:
        """Whether the clock has not been stopped; a breached one can still be open."""
        return self.stopped_at is None


def start_clock(targets: Targets, *, at: datetime, cycle: int = 1) -> SlaClock:
    """A clock that runs from an instant; for a case the receipt of the message, not the time it was read."""
    since = _whole_second(at)
    return _aimed(SlaClock(targets, since, due_at=None, running_since=since, cycle=cycle), targets, at=since)


def pause_clock(clock: SlaClock, *, reason: PauseReason, at: datetime) -> SlaClock:
    """The clock, paused; one that does not run stays as it is. ValueError for any but a clock of a resolution."""
    if clock.kind is not ClockKind.RESOLUTION:
        raise ValueError(f"a clock of {clock.kind} is never paused")
    if clock.running_since is None:
        return clock
    ended = _stretch_ended(settle_clock(clock, now=at), at=at)
    if ended.state is ClockState.BREACHED:
        return replace(ended, paused_reason=reason)
    return replace(ended, state=ClockState.PAUSED, paused_reason=reason, due_at=None)


def resume_clock(clock: SlaClock, *, at: datetime) -> SlaClock:
    """The clock, running again: what is left is projected from now. One that is not paused stays as it is."""
    if clock.paused_reason is None or not clock.is_open:
        return clock
    running = replace(clock, running_since=_whole_second(at), paused_reason=None)
    if running.state is ClockState.BREACHED:
        return running
    return settle_clock(_aimed(replace(running, state=ClockState.RUNNING), clock.targets, at=at), now=at)


def stop_clock(clock: SlaClock, *, at: datetime) -> SlaClock:
    """The clock, stopped because what it counted towards has happened: met, or breached where that was too late.

    The due instant itself is in time, unless the breach was marked first.
    """
    if not clock.is_open:
        return clock
    stopped_at = _whole_second(at)
    settled = clock if stopped_at == clock.due_at else settle_clock(clock, now=stopped_at)
    state = ClockState.BREACHED if settled.state is ClockState.BREACHED else ClockState.MET
    return replace(_stretch_ended(settled, at=stopped_at), state=state, paused_reason=None, stopped_at=stopped_at)


def cancel_clock(clock: SlaClock, *, at: datetime) -> SlaClock:
    """The clock, ended because nothing is waited for any more; a breach that has happened stays one."""
    stopped = stop_clock(clock, at=at)
    return replace(stopped, state=ClockState.CANCELLED) if stopped.state is ClockState.MET else stopped


def retarget_clock(clock: SlaClock, targets: Targets, *, at: datetime) -> SlaClock:
    """The clock with other targets, as after a change of priority: what is used up stays used up, nothing starts anew.

    On another calendar the same stretches are counted by that calendar. A clock that is stopped or breached keeps its
    targets, since what was missed was missed.
    """
    settled = settle_clock(clock, now=at)
    if not settled.is_open or settled.state is ClockState.BREACHED:
        return settled
    return settle_clock(_aimed(settled, targets, at=at), now=at)


def recalendar_clock(clock: SlaClock, calendar: BusinessCalendar, *, at: datetime) -> SlaClock:
    """The clock after an edit of a calendar, known by its name: if it runs, its deadline is projected anew."""
    targets = (
        replace(each, calendar=calendar) if each.calendar.name == calendar.name else each for each in clock.targets
    )
    return retarget_clock(clock, tuple(targets), at=at)


def next_cycle(clock: SlaClock, targets: Targets, *, at: datetime) -> SlaClock:
    """A new count after a case was reopened or a step has moved on; the earlier one stays as it ended."""
    return start_clock(targets, at=at, cycle=clock.cycle + 1)


def settle_clock(clock: SlaClock, *, now: datetime) -> SlaClock:
    """The clock, marked as breached if it is by now."""
    if clock.state is ClockState.BREACHED or not is_breached(clock, now=now):
        return clock
    return replace(clock, state=ClockState.BREACHED, due_at=clock.due_at or reached_at(clock, clock.target.length))


def is_breached(clock: SlaClock, *, now: datetime) -> bool:
    """Whether the target was missed: it is as soon as nothing of it is left."""
    if clock.state is ClockState.BREACHED or not clock.is_open:
        return clock.state is ClockState.BREACHED
    return clock.consumed >= clock.target.length or (clock.due_at is not None and now >= clock.due_at)


def consumed_at(clock: SlaClock, *, now: datetime) -> timedelta:
    """The open time used up by an instant, on the calendar of the target in force."""
    if clock.running_since is None:
        return clock.consumed
    return clock.consumed + business_time(clock.target.calendar, start=clock.running_since, end=now)


def remaining_at(clock: SlaClock, *, now: datetime) -> timedelta:
    """The open time left at an instant; negative where more was used than allowed."""
    return clock.target.length - consumed_at(clock, now=now)


def reached_at(clock: SlaClock, length: timedelta) -> datetime | None:
    """When an amount of open time was or will be used up; None while the clock stands still short of it."""
    if length > clock.consumed and clock.running_since is None:
        return None
    return _reached_at(clock, length, calendar=clock.target.calendar)


def target_due_at(clock: SlaClock, target: Target) -> datetime | None:
    """When a running clock uses up one of its targets, in force or not; None while it stands still."""
    return None if clock.running_since is None else _reached_at(clock, target.length, calendar=target.calendar)


def pause_limit_at(clock: SlaClock, *, minutes: int, calendar: BusinessCalendar) -> datetime | None:
    """When a pause has lasted as long as a policy lets it, in minutes of the case's calendar; None if not paused."""
    if clock.paused_reason is None:
        return None
    return project(calendar, start=clock.ran[-1].end_at, length=timedelta(minutes=minutes))


def _aimed(clock: SlaClock, targets: Targets, *, at: datetime) -> SlaClock:
    """The clock with the target in force that is due first, were it running from now on; of equals the contract's."""
    running = clock if clock.running_since else replace(clock, running_since=_whole_second(at))
    dues = [(target, _reached_at(running, target.length, calendar=target.calendar)) for target in targets]
    dues.sort(key=lambda pair: (pair[1], pair[0].source is not TargetSource.CONTRACT))
    first, due_at = dues[0]
    return replace(
        clock,
        targets=tuple(target for target, _ in dues),
        consumed=_counted(clock, first.calendar),
        due_at=due_at if clock.running_since else None,
    )


def _reached_at(clock: SlaClock, length: timedelta, *, calendar: BusinessCalendar) -> datetime:
    left = length - _counted(clock, calendar)
    if left > NOTHING and clock.running_since is not None:
        return project(calendar, start=clock.running_since, length=left)
    left = length
    for stretch in clock.ran:
        within = business_time(calendar, start=stretch.start_at, end=stretch.end_at)
        if left <= within:
            return project(calendar, start=stretch.start_at, length=left)
        left -= within
    return clock.ran[-1].end_at  # the calendar was edited after the stretches had been counted


def _counted(clock: SlaClock, calendar: BusinessCalendar) -> timedelta:
    """The open time of the stretches that are over: as it was counted, or counted now for another calendar."""
    if calendar.name == clock.target.calendar.name:
        return clock.consumed
    counts = (business_time(calendar, start=stretch.start_at, end=stretch.end_at) for stretch in clock.ran)
    return sum(counts, NOTHING)


def _stretch_ended(clock: SlaClock, *, at: datetime) -> SlaClock:
    if clock.running_since is None:
        return clock
    end = max(clock.running_since, _whole_second(at))
    return replace(
        clock,
        consumed=consumed_at(clock, now=end),
        ran=(*clock.ran, Stretch(clock.running_since, end)),
        running_since=None,
    )


def _whole_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
