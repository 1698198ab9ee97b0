"""How a clock came to its deadline, in sentences for people: the rule, the arithmetic day by day, and what it beat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from csr_bot.core.business_time import ONE_DAY, BusinessCalendar, business_time, is_business_day, open_spans
from csr_bot.core.calendar import DAYS
from csr_bot.core.service_levels import ClockKind, Target
from csr_bot.core.sla_clock import ClockState, SlaClock, target_due_at

KIND_WORDS: Final = {
    ClockKind.ACK: "Acknowledgement",
    ClockKind.FIRST_RESPONSE: "First response",
    ClockKind.RESOLUTION: "Resolution",
    ClockKind.APPROVAL_STEP: "Approval",
}


def explain_clock(clock: SlaClock, *, zone: ZoneInfo) -> tuple[str, ...]:
    """Which rule set the deadline of a clock, how it was counted, and how it stands. Times are shown in ``zone``."""
    return (
        f"{KIND_WORDS[clock.kind]} within {_rule(clock.target)}.",
        *_count(clock, zone=zone),
        *_standing(clock, zone=zone),
        *_others(clock, zone=zone),
    )


def _rule(target: Target) -> str:
    return f"{_minutes(target.length)} on calendar {target.calendar.name} ({target.why})"


def _count(clock: SlaClock, *, zone: ZoneInfo) -> Iterator[str]:
    """One sentence for each stretch in which the clock ran or will run until it is due."""
    calendar = clock.target.calendar
    if clock.cycle > 1:
        yield f"Count number {clock.cycle}, from {_instant(clock.started_at, zone)}."
    for stretch in clock.ran:
        yield _stretch(calendar, stretch.start_at, stretch.end_at, verb="Ran", zone=zone)
    if clock.running_since is not None and clock.due_at is not None and clock.due_at > clock.running_since:
        yield _stretch(calendar, clock.running_since, clock.due_at, verb="Runs", zone=zone)


def _stretch(calendar: BusinessCalendar, start: datetime, end: datetime, *, verb: str, zone: ZoneInfo) -> str:
    total = business_time(calendar, start=start, end=end)
    days = {} if total == end - start else _by_day(calendar, start, end)
    sums = " + ".join(f"{_day(day)} {_number(length)}" for day, length in days.items() if length is not None)
    closed = ", ".join(_day(day) for day, length in days.items() if length is None)
    reckoning = f"{sums} = {_minutes(total)}" if sums else _minutes(total)
    closing = f"; closed on {closed}" if closed else ""
    return f"{verb} from {_instant(start, zone)} to {_instant(end, zone)}: {reckoning}{closing}."


def _by_day(calendar: BusinessCalendar, start: datetime, end: datetime) -> dict[date, timedelta | None]:
    """The open time of each day of a calendar that has some; None for a holiday on a day that is open otherwise."""
    zone = ZoneInfo(calendar.zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    found: dict[date, timedelta | None] = {}
    while day <= last:
        if calendar.week.get(day.weekday()) and not is_business_day(calendar, day):
            found[day] = None
        day += ONE_DAY
    for span in open_spans(calendar, start=start, end=end):
        found[span.on] = (found.get(span.on) or timedelta()) + span.length
    return dict(sorted(found.items()))


def _standing(clock: SlaClock, *, zone: ZoneInfo) -> Iterator[str]:
    used = f"{_number(clock.consumed)} of {_minutes(clock.target.length)} used"
    if clock.state is ClockState.BREACHED and clock.due_at is not None:
        yield f"Missed on {_instant(clock.due_at, zone)}."
    if clock.stopped_at is not None:
        yield f"Stopped on {_instant(clock.stopped_at, zone)}, {used}: {clock.state}."
    elif clock.paused_reason is not None:
        waiting = clock.paused_reason.replace("_", " ")
        yield f"Paused since {_instant(clock.ran[-1].end_at, zone)} ({waiting}), {used}."
    elif clock.due_at is not None and clock.state is ClockState.RUNNING:
        yield f"Due on {_instant(clock.due_at, zone)}."


def _others(clock: SlaClock, *, zone: ZoneInfo) -> Iterator[str]:
    """What the targets that are not in force would allow."""
    for target in clock.targets[1:]:
        due_at = target_due_at(clock, target)
        until = f", until {_instant(due_at, zone)}" if due_at is not None else ""
        yield f"Less strict: {_rule(target)}{until}."


def _day(day: date) -> str:
    return f"{DAYS[day.weekday()].title()} {day:%m-%d}"


def _instant(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{DAYS[local.weekday()].title()} {local:%Y-%m-%d %H:%M}"


def _minutes(length: timedelta) -> str:
    return f"{_number(length)} minutes"


def _number(length: timedelta) -> str:
    """Minutes, with a fraction only where there is one, so that the sums come out."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return f"{minutes:,}:{seconds:02d}" if seconds else f"{minutes:,}"
