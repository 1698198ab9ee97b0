"""Local times become instants, days and holidays are those of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from csr_bot.core.calendar import (
    Window,
    instant_of,
    last_instant_of,
    parse_clock,
    parse_days,
    parse_region,
    parse_window,
    public_holidays,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # moves its clock by half an hour
NUUK = ZoneInfo("America/Nuuk")  # moves it at midnight, so that a time missing on one day falls on the next
APIA = ZoneInfo("Pacific/Apia")  # left out 30 December 2011


@pytest.mark.parametrize(
    ("zone", "day", "clock", "first", "last"),
    [
        (BERLIN, "2026-03-28", "02:30", "2026-03-28T01:30", None),
        (BERLIN, "2026-03-29", "01:59", "2026-03-29T00:59", None),
        (BERLIN, "2026-03-29", "02:00", "2026-03-29T01:00", None),
        (BERLIN, "2026-03-29", "02:01", "2026-03-29T01:00", None),
        (BERLIN, "2026-03-29", "02:59", "2026-03-29T01:00", None),
        (BERLIN, "2026-03-29", "03:00", "2026-03-29T01:00", None),
        (BERLIN, "2026-03-29", "03:01", "2026-03-29T01:01", None),
        (BERLIN, "2026-10-25", "01:59", "2026-10-24T23:59", None),
        (BERLIN, "2026-10-25", "02:00", "2026-10-25T00:00", "2026-10-25T01:00"),
        (BERLIN, "2026-10-25", "02:59", "2026-10-25T00:59", "2026-10-25T01:59"),
        (BERLIN, "2026-10-25", "03:00", "2026-10-25T02:00", None),
        (NEW_YORK, "2026-03-08", "01:59", "2026-03-08T06:59", None),
        (NEW_YORK, "2026-03-08", "02:30", "2026-03-08T07:00", None),
        (NEW_YORK, "2026-03-08", "03:00", "2026-03-08T07:00", None),
        (NEW_YORK, "2026-11-01", "00:59", "2026-11-01T04:59", None),
        (NEW_YORK, "2026-11-01", "01:30", "2026-11-01T05:30", "2026-11-01T06:30"),
        (NEW_YORK, "2026-11-01", "02:00", "2026-11-01T07:00", None),
        (LORD_HOWE, "2026-10-04", "02:15", "2026-10-03T15:30", None),
        (NUUK, "2026-03-28", "23:30", "2026-03-29T01:00", None),
        (APIA, "2011-12-30", "12:00", "2011-12-30T10:00", None),
    ],
)
def test_a_missing_local_time_is_the_next_valid_instant_and_a_doubled_one_the_first(zone, day, clock, first, last):
    on, at = date.fromisoformat(day), time.fromisoformat(clock)
    expected = datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert instant_of(on, at, zone=zone) == expected
    assert last_instant_of(on, at, zone=zone) == (
        datetime.fromisoformat(last).replace(tzinfo=UTC) if last else expected
    )


@pytest.mark.parametrize(
    ("region", "day", "expected"),
    [
        ("DE", "2025-12-25", True),
        ("DE", "2025-12-24", False),
        ("DE", "2026-10-03", True),
        ("DE", "2026-01-06", False),
        ("DE-BY", "2026-01-06", True),
        ("US", "2025-11-27", True),
        ("US", "2021-12-31", True),
        ("US", "2025-12-26", False),
    ],
)
def test_public_holidays_are_those_of_the_country_or_its_part(region, day, expected):
    on = date.fromisoformat(day)
    assert (on in public_holidays(region, on.year)) is expected


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sun-thu", {6, 0, 1, 2, 3}),
        ("mon, wed-thu", {0, 2, 3}),
        ("Sat", {5}),
        ("mon-sun", set(range(7))),
    ],
)
def test_days_of_the_week_are_read(text, days):
    assert parse_days(text) == days


def test_hours_of_a_day_are_read():
    assert parse_window("06:00-20:00") == Window(time(6), time(20))
    assert parse_window("6:00 - 24:00") == Window(time(6), time.max)
    assert parse_clock("05:30") == time(5, 30)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        *((parse_days, text) for text in ("", "monday", "mon-", "-fri", "mon-fri-sat", "1-5")),
        *(
            (parse_clock, text)
            for text in ("", "25:00", "24:00", "12:60", "6pm", "1830", "18:00:00", "\u0661\u0668:\u0660\u0660")
        ),
        *((parse_window, text) for text in ("", "06:00", "20:00-06:00", "06:00-06:00", "06:00-25:00", "24:00-24:00")),
        *((parse_region, text) for text in ("", "XX", "de", "DE-XX", "DE-", "Germany")),
    ],
)
def test_what_is_not_understood_is_refused_with_a_reason(parse, text):
    with pytest.raises(ValueError, match=r"\w+"):
        parse(text)
