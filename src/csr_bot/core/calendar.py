"""Days and hours as people write them, turned into instants: weekdays, public holidays, clocks and their odd hours.

What runs when is ``csr_bot.schedule``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """The hours from ``start`` to ``end`` of a local day, both included. ``time.max`` as the end means 24:00."""

    start: time = time.min
    end: time = time.max

    def holds(self, clock: time) -> bool:
        """Whether the wall clock shows a time within the window."""
        return self.start <= clock <= self.end


def parse_clock(text: str) -> time:
    """``05:30`` as a time of day on the 24-hour clock. ValueError for anything else, 24:00 included."""
    match = CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{text!r} is not a time of day; write hours and minutes from 00:00 to 23:59")
    return time(int(match[1]), int(match[2]))


def parse_window(text: str) -> Window:
    """``06:00-20:00`` as a window; it may end at 24:00. ValueError unless it ends after it starts."""
    start_text, dash, end_text = (part.strip() for part in text.partition("-"))
    if not dash:
        raise ValueError(f"{text!r} is not a span of hours; write it like 06:00-20:00")
    end = time.max if end_text == "24:00" else parse_clock(end_text)
    window = Window(parse_clock(start_text), end)
    if window.end <= window.start:
        raise ValueError(f"{text!r} must end after it starts, on the same day")
    return window


def parse_days(text: str) -> frozenset[int]:
    """``mon-fri`` or ``mon, wed-fri`` as weekdays (Monday is 0). ``sun-thu`` goes over the end of the week."""
    found: set[int] = set()
    for part in text.lower().split(","):
        first, _, last = (word.strip() for word in part.partition("-"))
        if first not in DAYS or (last or first) not in DAYS or ("-" in part and not last):
            raise ValueError(f"{text!r} does not name days of the week; write them like mon-fri or mon, wed")
        start, length = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % 7
        found.update((start + step) % 7 for step in range(length + 1))
    return frozenset(found)


def parse_region(text: str) -> str:
    """An ISO 3166 country (``DE``), where needed with its subdivision (``DE-BY``), whose public holidays are known."""
    import holidays  # noqa: PLC0415  # 9 MB and 0.15 s that only schedules need

    country, dash, subdivision = text.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise ValueError(f"the public holidays of {text!r} are not known; write a country like DE or US")
    if dash and subdivision not in known[country]:
        raise ValueError(f"{country} has no part {subdivision!r}; known are {', '.join(known[country]) or 'none'}")
    return text


@cache
def public_holidays(region: str, year: int) -> frozenset[date]:
    """The public holidays of a region (see ``parse_region``) in a year, as the holidays library has them.

    One frozen set a year: the library's own calendars grow while they are asked, which is not safe between threads.
    """
    import holidays  # noqa: PLC0415  # as above

    country, _, subdivision = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year, expand=False))


def instant_of(day: date, clock: time, *, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the wall clock of ``zone`` shows ``clock`` on ``day``.

    Where the clock is put back and shows it twice, the first; where it is put forward and never shows it, the instant
    at which it is put forward.
    """
    local = datetime.combine(day, clock)
    before = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if before.astimezone(zone).replace(tzinfo=None) == local:
        return before
    # In a gap fold=1 uses the offset after the change, which gives an instant before it; fold=0 the reverse (PEP 495).
    low = local.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(microsecond=0)
    high = before.replace(microsecond=0)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (low, middle) if middle.astimezone(zone).replace(tzinfo=None) >= local else (middle, high)
    return high


def last_instant_of(day: date, clock: time, *, zone: ZoneInfo) -> datetime:
    """As ``instant_of``, but the second instant where the clock shows the time twice."""
    last = datetime.combine(day, clock.replace(fold=1), tzinfo=zone).astimezone(UTC)
    return max(last, instant_of(day, clock, zone=zone))
