"""Business time: when a calendar is open, how much open time lies between two instants, and when an amount is used up.

Time is counted as it passes, so a day with 23 or 25 hours has them. What the counted time is for is
``core.service_levels``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from csr_bot.core.calendar import instant_of, public_holidays

DAY_MINUTES: Final = 1440
MINUTE: Final = timedelta(minutes=1)
ONE_DAY: Final = timedelta(days=1)
HORIZON: Final = timedelta(days=3653)
"""Ten years: a calendar that has not been open for long enough by then is a mistake, not a promise."""


class NotOpenError(ValueError):
    """A calendar is not open for as long as was asked for."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Open hours of a day, in minutes of the local day: 0 <= start < end <= 1440."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY_MINUTES:
            raise ValueError(f"opening hours must start before they end, within a day: {self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """The hours in which an organisation works, by its own wall clock.

    ``zone`` is an IANA name. ``week`` maps weekdays (Monday is 0) to their opening hours, several a day where there is
    a break, in order; a day that is missing is closed. ``holidays`` are closed, and so are the public holidays of
    ``region``.
    """

    name: str
    zone: str
    week: Mapping[int, tuple[OpeningHours, ...]]
    holidays: frozenset[date]
    region: str | None = None

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"calendar {self.name}: {self.zone!r} is not a time zone") from error
        if not any(self.week.values()):
            raise ValueError(f"calendar {self.name} is never open")
        for hours in self.week.values():
            if any(later.start < earlier.end for earlier, later in pairwise(hours)):
                raise ValueError(f"calendar {self.name}: opening hours of a day must follow each other")


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """An unbroken stretch of open time: from ``start_at`` up to, not including, ``end_at``, on the local day ``on``."""

    on: date
    start_at: datetime
    end_at: datetime

    @property
    def length(self) -> timedelta:
        """The time that passes."""
        return self.end_at - self.start_at


def is_business_day(calendar: BusinessCalendar, day: date) -> bool:
    """Whether a calendar has opening hours on a day."""
    if not calendar.week.get(day.weekday()) or day in calendar.holidays:
        return False
    return calendar.region is None or day not in public_holidays(calendar.region, day.year)


def business_days(calendar: BusinessCalendar, *, after: date, until: date) -> int:
    """How many business days lie after one day, up to and including another; 0 if that is not later."""
    days = (after + ONE_DAY * step for step in range(1, (until - after).days + 1))
    return sum(is_business_day(calendar, day) for day in days)


def add_business_days(calendar: BusinessCalendar, *, day: date, days: int) -> date:
    """The day on which a number of business days, at least one, has passed. NotOpenError if none is in sight."""
    found, last = day, day + HORIZON
    while days > 0:
        found += ONE_DAY
        if found > last:
            raise NotOpenError(f"calendar {calendar.name} has too few business days from {day} to {last}")
        days -= is_business_day(calendar, found)
    return found


def open_spans(calendar: BusinessCalendar, *, start: datetime, end: datetime) -> Iterator[OpenSpan]:
    """The open time between two instants, in order, day by day; nothing if the end is not after the start."""
    zone = ZoneInfo(calendar.zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for hours in calendar.week.get(day.weekday(), ()) if is_business_day(calendar, day) else ():
            opens_at = max(start.astimezone(UTC), _instant(day, hours.start, zone=zone))
            closes_at = min(end.astimezone(UTC), _instant(day, hours.end, zone=zone))
            if opens_at < closes_at:
                yield OpenSpan(day, opens_at, closes_at)
        day += ONE_DAY


def business_time(calendar: BusinessCalendar, *, start: datetime, end: datetime) -> timedelta:
    """The exact open time between two instants; none if the end is not after the start."""
    return sum((span.length for span in open_spans(calendar, start=start, end=end)), timedelta())


def business_minutes(calendar: BusinessCalendar, *, start: datetime, end: datetime) -> int:
    """The full minutes of open time between two instants."""
    return business_time(calendar, start=start, end=end) // MINUTE


def project(calendar: BusinessCalendar, *, start: datetime, length: timedelta) -> datetime:
    """The UTC instant at which an amount of open time has passed since ``start``.

    The earliest such instant: what is used up when the day ends is due then, not when the next one opens. Nothing is
    used up at once. NotOpenError if ten years are not enough.
    """
    if length <= timedelta():
        return start.astimezone(UTC)
    left = length
    for span in open_spans(calendar, start=start, end=start + HORIZON):
        if left <= span.length:
            return span.start_at + left
        left -= span.length
    raise NotOpenError(
        f"calendar {calendar.name} is not open for {length // MINUTE:,} minutes within ten years of {start.date()}"
    )


def _instant(day: date, minute: int, *, zone: ZoneInfo) -> datetime:
    """The instant of a minute of the local day; the first where the clock shows it twice: spans never overlap."""
    if minute == DAY_MINUTES:
        return instant_of(day + ONE_DAY, time.min, zone=zone)
    return instant_of(day, time(minute // 60, minute % 60), zone=zone)
