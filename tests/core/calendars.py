"""Calendars, hours and rules of the acceptance scenarios: November 2025 in New York, with Thanksgiving closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from csr_bot.core.business_time import BusinessCalendar, OpeningHours
from csr_bot.core.calendar import parse_days

NEW_YORK = ZoneInfo("America/New_York")


def week(days: str, *hours: OpeningHours) -> dict[int, tuple[OpeningHours, ...]]:
    return dict.fromkeys(parse_days(days), hours)


US_NY = BusinessCalendar(
    "us-ny",
    "America/New_York",
    week("mon-fri", OpeningHours(540, 1020)),
    frozenset({date(2025, 11, 11), date(2025, 11, 27), date(2025, 12, 25), date(2026, 1, 1)}),
)
EU_DE = BusinessCalendar(
    "eu-de",
    "Europe/Berlin",
    week("mon-thu", OpeningHours(510, 1020)) | week("fri", OpeningHours(510, 900)),
    frozenset({date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)}),
)
ALWAYS = BusinessCalendar("always", "UTC", week("mon-sun", OpeningHours(0, 1440)), frozenset())


def new_york(text: str) -> datetime:
    """``11-24 08:12`` of 2025 on the clocks of New York."""
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=NEW_YORK).astimezone(UTC)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
