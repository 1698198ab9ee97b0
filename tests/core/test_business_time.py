"""Business time: windows, breaks, holidays, both changes of the clock, and laws that hold for any two instants."""

from __future__ import annotations

import time as stopwatch
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_bot.core.business_time import (
    BusinessCalendar,
    NotOpenError,
    OpeningHours,
    add_business_days,
    business_days,
    business_minutes,
    business_time,
    is_business_day,
    project,
)
from tests.core.calendars import ALWAYS, EU_DE, US_NY, minutes, new_york, week

WITH_BREAK = BusinessCalendar(
    "with-break", "Europe/Berlin", week("mon-fri", OpeningHours(510, 720), OpeningHours(780, 1020)), frozenset()
)
NIGHTS = BusinessCalendar("nights", "America/New_York", week("mon-sun", OpeningHours(0, 360)), frozenset())
BERLIN_DAYS = BusinessCalendar("berlin-days", "Europe/Berlin", week("mon-sun", OpeningHours(0, 1440)), frozenset())


@pytest.mark.parametrize(
    ("calendar", "start", "length", "due"),
    [
        (US_NY, "11-24 08:12", 240, "2025-11-24T18:00Z"),
        (US_NY, "11-24 08:12", 960, "2025-11-25T22:00Z"),
        (US_NY, "11-24 15:40", 960, "2025-11-26T20:40Z"),
        (US_NY, "11-26 16:40", 60, "2025-11-28T14:40Z"),
        (US_NY, "11-26 16:40", 960, "2025-12-01T21:40Z"),
        (US_NY, "11-25 11:05", 2400, "2025-12-03T16:05Z"),
        (ALWAYS, "11-26 16:40", 1440, "2025-11-27T21:40Z"),
        (ALWAYS, "11-01 16:00", 1440, "2025-11-02T20:00Z"),
    ],
)
def test_an_amount_of_open_time_ends_where_it_should(calendar, start, length, due):
    assert project(calendar, start=new_york(start), length=minutes(length)) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("calendar", "start", "end", "expected"),
    [
        (US_NY, "11-24 08:12", "11-24 11:52", 172),
        (US_NY, "11-24 08:12", "11-24 10:30", 90),
        (US_NY, "11-25 11:05", "12-02 10:30", 1885),
        (US_NY, "11-24 15:40", "11-26 11:10", 690),
        (US_NY, "11-21 16:55", "11-25 11:40", 645),
        (US_NY, "11-27 09:00", "11-27 17:00", 0),
        (US_NY, "11-24 17:00", "11-25 09:00", 0),
        (ALWAYS, "11-26 16:40", "11-27 08:20", 940),
    ],
)
def test_open_time_between_two_instants(calendar, start, end, expected):
    assert business_minutes(calendar, start=new_york(start), end=new_york(end)) == expected


def test_seconds_are_kept_and_minutes_shown_are_full_ones():
    start, end = new_york("11-24 09:00") + timedelta(seconds=20), new_york("11-24 09:02")
    assert business_time(US_NY, start=start, end=end) == timedelta(seconds=100)
    assert business_minutes(US_NY, start=start, end=end) == 1


def test_the_end_before_the_start_is_no_time_at_all():
    assert business_time(US_NY, start=new_york("11-25 10:00"), end=new_york("11-24 10:00")) == timedelta()


def test_time_used_up_as_the_day_ends_is_due_that_day():
    assert project(US_NY, start=new_york("11-24 09:00"), length=minutes(480)) == new_york("11-24 17:00")


def test_a_break_at_noon_is_not_counted():
    start = datetime(2025, 11, 24, 7, 30, tzinfo=UTC)  # 08:30 in Berlin
    assert project(WITH_BREAK, start=start, length=minutes(210)) == datetime(2025, 11, 24, 11, 0, tzinfo=UTC)
    assert project(WITH_BREAK, start=start, length=minutes(211)) == datetime(2025, 11, 24, 12, 1, tzinfo=UTC)
    assert business_minutes(WITH_BREAK, start=start, end=start + timedelta(days=1)) == 450


def test_a_week_may_have_a_short_friday():
    friday = datetime(2025, 11, 28, 13, 30, tzinfo=UTC)  # 14:30 in Berlin, half an hour before the weekend
    assert project(EU_DE, start=friday, length=minutes(60)) == datetime(2025, 12, 1, 8, 0, tzinfo=UTC)


def test_the_public_holidays_of_a_region_are_closed():
    bavaria = BusinessCalendar("bavaria", "Europe/Berlin", EU_DE.week, frozenset(), region="DE-BY")
    assert not is_business_day(bavaria, date(2026, 1, 6))
    assert is_business_day(EU_DE, date(2026, 1, 6))
    monday = datetime(2026, 1, 5, 15, 30, tzinfo=UTC)
    assert project(bavaria, start=monday, length=minutes(60)) == datetime(2026, 1, 7, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("calendar", "day", "expected"),
    [
        (NIGHTS, date(2025, 11, 2), 420),  # the hour from one to two passes twice
        (NIGHTS, date(2025, 3, 9), 300),  # the hour from two to three is left out
        (NIGHTS, date(2025, 3, 10), 360),
        (BERLIN_DAYS, date(2025, 10, 26), 1500),
        (BERLIN_DAYS, date(2025, 3, 30), 1380),
        (ALWAYS, date(2025, 11, 2), 1440),
    ],
)
def test_a_day_on_which_the_clock_changes_has_the_minutes_that_pass(calendar, day, expected):
    start = datetime.combine(day, datetime.min.time(), tzinfo=ZoneInfo(calendar.zone))
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=ZoneInfo(calendar.zone))
    assert business_minutes(calendar, start=start, end=end) == expected


@pytest.mark.parametrize(("day", "opens"), [("2025-03-07", "2025-03-10T13:00Z"), ("2025-10-31", "2025-11-03T14:00Z")])
def test_the_working_day_follows_the_wall_clock_over_a_change_of_the_clock(day, opens):
    friday_evening = datetime.fromisoformat(f"{day}T23:00Z")
    assert project(US_NY, start=friday_evening, length=minutes(30)) == datetime.fromisoformat(opens) + minutes(30)


@pytest.mark.parametrize("hours", [(9 * 60, 9 * 60), (600, 540), (-1, 60), (1380, 1441)])
def test_opening_hours_that_are_none_are_refused(hours):
    with pytest.raises(ValueError, match="within a day"):
        OpeningHours(*hours)


@pytest.mark.parametrize(
    ("zone", "hours", "message"),
    [
        ("America/New_Yorck", {0: (OpeningHours(540, 1020),)}, "not a time zone"),
        ("America", {0: (OpeningHours(540, 1020),)}, "not a time zone"),
        ("UTC", {0: ()}, "never open"),
        ("UTC", {}, "never open"),
        ("UTC", {0: (OpeningHours(540, 720), OpeningHours(700, 1020))}, "follow each other"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(zone, hours, message):
    with pytest.raises(ValueError, match=message):
        BusinessCalendar("odd", zone, hours, frozenset())


def test_a_calendar_closed_for_years_gives_an_error_and_no_endless_search():
    first = date(2025, 1, 1)
    closed = frozenset(first + timedelta(days=step) for step in range(20 * 366))
    calendar = BusinessCalendar("closed", "America/New_York", US_NY.week, closed)
    began = stopwatch.perf_counter()
    with pytest.raises(NotOpenError, match="not open for 4,800 minutes within ten years"):
        project(calendar, start=new_york("11-24 08:12"), length=minutes(4800))
    with pytest.raises(NotOpenError, match="too few business days"):
        add_business_days(calendar, day=date(2025, 11, 24), days=1)
    assert stopwatch.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        ("2025-11-24", "2025-11-30", 3),
        ("2025-11-25", "2025-12-18", 16),
        ("2025-11-24", "2025-11-24", 0),
        ("2025-11-24", "2025-11-10", 0),
    ],
)
def test_business_days_are_counted_from_the_next_day_on(after, until, expected):
    assert business_days(US_NY, after=date.fromisoformat(after), until=date.fromisoformat(until)) == expected


def test_five_business_days_of_silence_step_over_the_holiday():
    assert add_business_days(US_NY, day=date(2025, 11, 24), days=5) == date(2025, 12, 2)


CALENDARS = st.sampled_from([US_NY, EU_DE, ALWAYS, WITH_BREAK, NIGHTS, BERLIN_DAYS])
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001  # hypothesis adds the zone
    lambda instant: instant.replace(microsecond=0)
)
LENGTHS = st.integers(1, 5000 * 60).map(lambda seconds: timedelta(seconds=seconds))


@given(CALENDARS, INSTANTS, LENGTHS)
@settings(deadline=None)
def test_what_was_projected_is_what_is_counted(calendar, start, length):
    due = project(calendar, start=start, length=length)
    assert business_time(calendar, start=start, end=due) == length
    assert business_time(calendar, start=start, end=due - timedelta(seconds=1)) == length - timedelta(seconds=1)


@given(CALENDARS, INSTANTS, LENGTHS, LENGTHS)
@settings(deadline=None)
def test_more_time_is_never_due_sooner(calendar, start, one, other):
    shorter, longer = sorted((one, other))
    assert project(calendar, start=start, length=shorter) <= project(calendar, start=start, length=longer)


@given(CALENDARS, st.lists(INSTANTS, min_size=3, max_size=3))
@settings(deadline=None)
def test_counting_in_two_parts_gives_the_whole(calendar, instants):
    start, middle, end = sorted(instants)
    before = business_time(calendar, start=start, end=middle)
    after = business_time(calendar, start=middle, end=end)
    assert before + after == business_time(calendar, start=start, end=end)
    assert timedelta() <= before + after <= end - start
