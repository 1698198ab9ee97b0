"""Schedules are read with every mistake named, and say when what is due."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from csr_bot.core.calendar import Window, public_holidays
from csr_bot.core.document import MistakesError
from csr_bot.schedule import (
    At,
    Every,
    Pause,
    Run,
    RunKind,
    Schedule,
    Slot,
    load_schedule,
    next_slots,
    pause_at,
    read_schedule,
    slots_between,
)

BOTS = ("billing", "cash")

GOOD = """\
timezone: Europe/Berlin
business_days: mon-fri
holidays: DE
runs:
  - poll: billing
    every: 2 minutes
    between: 06:00-20:00
  - import: billing/ledger
    at: [12:30, 05:30]
  - report: billing
    at: 18:00
    to: ar@example.com
pauses:
  - bots: all
    from: 2026-12-31 18:00
    until: 2027-01-02 06:00
    why: year-end close, ERP read-only
  - bots: [cash]
    from: 2026-07-01 00:00
    until: 2026-07-02 00:00
    why: bank holiday of the cash desk
"""


def schedule(text: str = GOOD) -> Schedule:
    return read_schedule(text, file="schedules/emea.yaml", bots=BOTS)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local_times(text: str, zone: str, after: str, until: str) -> list[str]:
    """The slots of one run, as the wall clock shows them, between two local midnights."""
    found = read_schedule(f"timezone: {zone}\nruns:\n  - poll: billing\n    {text}\n", file="a.yaml", bots=BOTS)
    start, end = (datetime.fromisoformat(day).replace(tzinfo=found.zone).astimezone(UTC) for day in (after, until))
    slots = slots_between(found, start - timedelta(seconds=1), end - timedelta(seconds=1))
    return [f"{slot.at.astimezone(found.zone):%H:%M%z}" for slot in slots]


def test_a_good_schedule_becomes_the_values_it_holds():
    found = schedule()
    assert found.zone.key == "Europe/Berlin"
    assert found.business_days == {0, 1, 2, 3, 4}
    assert found.runs == (
        Run("billing", RunKind.POLL, Every(timedelta(minutes=2), Window(time(6), time(20))), line=5),
        Run("billing", RunKind.IMPORT, At((time(5, 30), time(12, 30))), line=8),
        Run("billing", RunKind.REPORT, At((time(18),)), to=("ar@example.com",), line=10),
    )
    assert found.find_run("billing", RunKind.REPORT) == found.runs[2]
    assert found.find_run("cash", RunKind.POLL) is None
    assert found.pauses[0] == Pause(
        None, utc("2026-12-31T17:00"), utc("2027-01-02T05:00"), "year-end close, ERP read-only"
    )
    assert found.pauses[1].bots == ("cash",)


def test_ten_mistakes_in_one_schedule_are_all_named_with_line_and_field():
    text = """\
timezone: Europe/Berln
holidays: XX
business_day: mon-fri
runs:
  - poll: biling
    every: 2 minutes
  - poll: billing
    every: 2 min
  - import: billing
    at: 25:00
  - report: billing
    at: 6pm
  - poll: cash
    every: 1 hour
    at: 05:30
  - import: cash/ledger
  - import: cash/ledger
    at: 05:30
    between: 06:00-20:00
pauses:
  - bots: all
    from: 2026-12-31 18:00
    until: 2026-12-31 06:00
"""
    with pytest.raises(MistakesError) as caught:
        schedule(text)
    assert {mistake.file for mistake in caught.value.mistakes} == {"schedules/emea.yaml"}
    assert [(mistake.line, mistake.field) for mistake in caught.value.mistakes] == [
        (1, "timezone"),
        (2, "holidays"),
        (3, "business_day"),
        (5, "runs[0].poll"),
        (8, "runs[1].every"),
        (9, "runs[2].import"),
        (10, "runs[2].at"),
        (11, "runs[3]"),
        (12, "runs[3].at"),
        (15, "runs[4].at"),
        (16, "runs[5]"),
        (17, "runs[6].import"),
        (19, "runs[6].between"),
        (21, "pauses[0]"),
        (23, "pauses[0].until"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "reason"),
    [
        ("timezone: Europe/Berlin\n", "", 1, "(document)", "'timezone' is missing"),
        ("Europe/Berlin", "Berlin", 1, "timezone", "not a time zone"),
        ("Europe/Berlin", "../etc/passwd", 1, "timezone", "not a time zone"),
        ("mon-fri", "weekdays", 2, "business_days", "days of the week"),
        ("holidays: DE", "holidays: NOPE", 3, "holidays", "public holidays of 'NOPE' are not known"),
        ("holidays: DE", "holidays: DE-XX", 3, "holidays", "DE has no part 'XX'"),
        ("poll: billing", "poll: bill", 5, "runs[0].poll", "there is no bot 'bill'; known are billing, cash"),
        ("poll: billing", "pull: billing", 5, "runs[0].pull", "unknown field"),
        ("every: 2 minutes", "every: 0 minutes", 6, "runs[0].every", "span of time"),
        ("every: 2 minutes", "every: 25 hours", 6, "runs[0].every", "span of time"),
        ("every: 2 minutes", "every: 1.5 hours", 6, "runs[0].every", "span of time"),
        ("every: 2 minutes", "every: -2 minutes", 6, "runs[0].every", "span of time"),
        ("every: 2 minutes", "at: 06:00", 7, "runs[0].between", "belongs to 'every'"),
        ("06:00-20:00", "20:00-06:00", 7, "runs[0].between", "end after it starts"),
        ("billing/ledger", "billing/bank", 8, "runs[1].import", "write billing/ledger"),
        ("billing/ledger", "other/ledger", 8, "runs[1].import", "no bot 'other'"),
        ("[12:30, 05:30]", "[12:30, 24:00]", 9, "runs[1].at[1]", "not a time of day"),
        ("[12:30, 05:30]", "[12:30, 12:30]", 9, "runs[1].at", "twice"),
        ("[12:30, 05:30]", "[]", 9, "runs[1].at", "at least one time"),
        ("    to: ar@example.com\n", "", 10, "runs[2]", "whom does the report go to"),
        ("to: ar@example.com", "to: ar-team", 12, "runs[2].to", "not an e-mail address"),
        ("at: 18:00", "at: 18:00\n    bots: all", 12, "runs[2].bots", "unknown field"),
        ("at: [12:30, 05:30]", "at: 05:30\n    to: a@example.com", 10, "runs[1].to", "only a report"),
        ("  - report: billing\n    at: 18:00\n    to: ar@example.com", "  - poll: billing\n    at: 18:00", 10,
         "runs[2].poll", "stands on line 5 already"),
        ("  - poll: billing", "  - poll: billing\n    import: billing/ledger", 5, "runs[0]", "one of poll, import or"),
        ("bots: all", "bots: [billing, other]", 14, "pauses[0].bots[1]", "no bot 'other'"),
        ("bots: all", "bots: []", 14, "pauses[0].bots", "or write all"),
        ("from: 2026-12-31 18:00", "from: 2026-12-31", 15, "pauses[0].from", "not a moment"),
        ("from: 2026-12-31 18:00", "from: 2026-02-30 18:00", 15, "pauses[0].from", "not a day of the calendar"),
        ("from: 2026-12-31 18:00", "from: 2026-12-31 24:00", 15, "pauses[0].from", "not a time of day"),
        ("until: 2027-01-02 06:00", "until: 2026-12-31 18:00", 16, "pauses[0].until", "end after it starts"),
        ("    why: year-end close, ERP read-only\n", "", 14, "pauses[0]", "'why' is missing"),
        ("why: year-end close, ERP read-only", "why: ''", 17, "pauses[0].why", "say why"),
        ("why: year-end close, ERP read-only", "why:", 17, "pauses[0].why", "a single value"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_field(old, new, line, field, reason):
    assert old in GOOD
    with pytest.raises(MistakesError) as caught:
        schedule(GOOD.replace(old, new, 1))
    (found,) = caught.value.mistakes
    assert (found.line, found.field) == (line, field)
    assert reason in found.reason


def test_a_schedule_without_runs_is_a_mistake_because_it_does_nothing():
    with pytest.raises(MistakesError, match="nothing would ever run"):
        schedule("timezone: UTC\nruns: []\n")


def test_a_schedule_is_loaded_from_its_file(tmp_path: Path):
    path = tmp_path / "emea.yaml"
    path.write_text(GOOD)
    assert load_schedule(path, bots=BOTS).runs == schedule().runs
    with pytest.raises(MistakesError, match="cannot be read"):
        load_schedule(tmp_path / "none.yaml", bots=BOTS)


@pytest.mark.parametrize(
    ("zone", "rhythm", "day", "expected"),
    [
        ("Europe/Berlin", "at: 02:30", "2026-03-28", ["02:30+0100"]),
        ("Europe/Berlin", "at: 02:30", "2026-03-29", ["03:00+0200"]),
        ("Europe/Berlin", "at: [02:10, 02:50, 03:00]", "2026-03-29", ["03:00+0200"]),
        ("Europe/Berlin", "at: 02:30", "2026-10-25", ["02:30+0200"]),
        ("America/New_York", "at: 02:30", "2026-03-08", ["03:00-0400"]),
        ("America/New_York", "at: 01:30", "2026-11-01", ["01:30-0400"]),
        ("America/New_York", "at: 02:30", "2026-11-01", ["02:30-0500"]),
        # Elapsed time goes on through both passes of the doubled hour, and over the missing one.
        ("Europe/Berlin", "{every: 1 hour, between: 01:00-04:00}", "2026-10-25",
         ["01:00+0200", "02:00+0200", "02:00+0100", "03:00+0100", "04:00+0100"]),
        ("Europe/Berlin", "{every: 1 hour, between: 01:00-04:00}", "2026-03-29",
         ["01:00+0100", "03:00+0200", "04:00+0200"]),
        ("America/New_York", "{every: 30 minutes, between: 01:00-02:00}", "2026-11-01",
         ["01:00-0400", "01:30-0400", "01:00-0500", "01:30-0500", "02:00-0500"]),
        ("America/New_York", "{every: 30 minutes, between: 01:30-03:00}", "2026-03-08", ["01:30-0500", "03:00-0400"]),
        # The clock leaves the window and enters it again; what it shows outside has no slot.
        ("Europe/Berlin", "{every: 15 minutes, between: 02:30-03:00}", "2026-10-25",
         ["02:30+0200", "02:45+0200", "02:30+0100", "02:45+0100", "03:00+0100"]),
        ("Europe/Berlin", "{every: 10 minutes, between: 02:10-02:40}", "2026-03-29", []),
    ],
)  # fmt: skip
def test_when_the_clock_is_moved_a_run_comes_neither_twice_nor_never(zone, rhythm, day, expected):
    following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    lines = rhythm.strip("{}").replace(", between", "\n    between") if rhythm.startswith("{") else rhythm
    assert local_times(lines, zone, day, following) == expected


@pytest.mark.parametrize(("day", "count"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_every_hour_of_a_day_is_as_many_slots_as_the_day_has_hours(day, count):
    following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    assert len(local_times("every: 1 hour", "Europe/Berlin", day, following)) == count


def test_the_last_hour_of_a_day_that_shows_it_twice_is_not_left_out():
    # In Nuuk the clock is put back at midnight, so that 23:00 to 24:00 comes twice.
    times = local_times("every: 30 minutes", "America/Nuuk", "2026-10-24", "2026-10-25")
    assert times[-4:] == ["23:00-0100", "23:30-0100", "23:00-0200", "23:30-0200"]


def test_each_day_counts_anew_from_the_start_of_its_hours():
    times = local_times("every: 5 hours\n    between: 06:00-20:00", "UTC", "2026-06-01", "2026-06-03")
    assert times == ["06:00+0000", "11:00+0000", "16:00+0000"] * 2


def test_both_ends_of_the_hours_are_included_and_a_whole_day_ends_before_midnight():
    times = local_times("every: 7 hours\n    between: 06:00-20:00", "UTC", "2026-06-01", "2026-06-02")
    assert times == ["06:00+0000", "13:00+0000", "20:00+0000"]
    assert local_times("every: 12 hours\n    between: 00:00-24:00", "UTC", "2026-06-01", "2026-06-02") == [
        "00:00+0000",
        "12:00+0000",
    ]


def test_nothing_runs_on_holidays_and_weekends():
    found = schedule()
    # 24 December 2025 is a Wednesday, the 25th and 26th are holidays, then comes the weekend.
    days = {slot.at.date() for slot in slots_between(found, utc("2025-12-24T00:00"), utc("2025-12-29T23:00"))}
    assert days == {date(2025, 12, 24), date(2025, 12, 29)}
    anyway = schedule(GOOD.replace("holidays: DE\n", "").replace("business_days: mon-fri\n", ""))
    days = {slot.at.date() for slot in slots_between(anyway, utc("2025-12-24T00:00"), utc("2025-12-29T23:00"))}
    assert days == {date(2025, 12, day) for day in range(24, 30)}


def test_a_pause_has_no_slots_from_its_start_up_to_its_end():
    found = schedule(GOOD.replace("business_days: mon-fri\nholidays: DE\n", ""))
    slots = list(slots_between(found, utc("2026-12-31T16:50"), utc("2027-01-02T05:02")))
    assert max(slot.at for slot in slots if slot.at < utc("2027-01-01T00:00")) == utc("2026-12-31T16:58")
    assert min(slot.at for slot in slots if slot.at > utc("2027-01-01T00:00")) == utc("2027-01-02T05:00")
    assert pause_at(found, "billing", utc("2026-12-31T16:59")) is None
    assert pause_at(found, "billing", utc("2026-12-31T17:00")) == found.pauses[0]
    assert pause_at(found, "billing", utc("2027-01-02T05:00")) is None


def test_a_pause_of_one_bot_leaves_the_others_alone():
    found = schedule()
    assert pause_at(found, "cash", utc("2026-07-01T10:00")) == found.pauses[1]
    assert pause_at(found, "billing", utc("2026-07-01T10:00")) is None


def test_next_slots_are_the_first_ones_later_than_now():
    found = schedule()
    assert next_slots(found, utc("2026-06-01T03:30"), 2) == (
        Slot("billing", RunKind.POLL, utc("2026-06-01T04:00")),
        Slot("billing", RunKind.POLL, utc("2026-06-01T04:02")),
    )
    assert next_slots(found, utc("2026-06-01T03:29"), 1) == (Slot("billing", RunKind.IMPORT, utc("2026-06-01T03:30")),)


def test_looking_for_a_next_slot_ends_even_where_there_is_none():
    always_paused = GOOD.replace("until: 2027-01-02 06:00", "until: 2999-01-01 00:00")
    assert next_slots(schedule(always_paused), utc("2027-01-01T00:00"), 5) == ()


ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Nuuk", "Australia/Lord_Howe")


def random_schedule(seed: int) -> Schedule:
    """A schedule of up to six runs and three pauses around the days on which clocks are moved."""
    dice = random.Random(seed)
    start = datetime(2026, dice.choice((3, 10, 11, 12)), dice.randint(1, 25), tzinfo=UTC)
    runs = []
    for bot in BOTS:
        for kind in dice.sample(list(RunKind), dice.randint(1, 3)):
            low, high = sorted(dice.sample(range(24 * 60), 2))
            window = Window(time(*divmod(low, 60)), time(*divmod(high, 60)))
            clocks = tuple(sorted({time(dice.randint(0, 23), dice.randint(0, 59)) for _ in range(3)}))
            every = Every(timedelta(minutes=dice.randint(7, 500)), dice.choice((window, Window())))
            runs.append(Run(bot, kind, dice.choice((every, At(clocks)))))
    pauses = []
    for _ in range(dice.randint(0, 3)):
        from_at = start + timedelta(minutes=dice.randint(0, 14 * 24 * 60))
        paused = dice.choice((None, ("billing",), BOTS))
        pauses.append(Pause(paused, from_at, from_at + timedelta(minutes=dice.randint(1, 3000)), "close"))
    days = frozenset(dice.sample(range(7), dice.randint(1, 7)))
    zone = ZoneInfo(dice.choice(ZONES))
    return Schedule("a.yaml", zone, days, dice.choice((None, "DE", "US")), tuple(runs), tuple(pauses))


moments = some.integers(0, 45 * 24 * 60).flatmap(
    lambda minutes: some.sampled_from([utc(day) + timedelta(minutes=minutes) for day in ("2026-03-01", "2026-10-01")])
)


@pytest.mark.parametrize("seed", range(100))
def test_slots_ascend_keep_out_of_pauses_and_stay_within_hours_and_days(seed):
    found = random_schedule(seed)
    start = utc("2026-10-15T00:00") if seed % 2 else utc("2026-03-01T00:00")
    slots = list(slots_between(found, start, start + timedelta(days=40)))
    assert all(one.at <= other.at for one, other in pairwise(slots))
    assert len(set(slots)) == len(slots)
    for slot in slots:
        assert pause_at(found, slot.bot, slot.at) is None
        run = found.find_run(slot.bot, slot.kind)
        assert run is not None
        if isinstance(run.rhythm, Every):
            local = slot.at.astimezone(found.zone)
            assert run.rhythm.window.start <= local.time() <= run.rhythm.window.end
            assert local.weekday() in found.business_days
            assert found.holidays is None or local.date() not in public_holidays(found.holidays, local.year)


@settings(max_examples=100, deadline=None)
@given(seed=some.integers(0, 10**6), start=moments, days=some.tuples(some.floats(0, 8), some.floats(0, 8)))
def test_a_span_cut_in_two_has_the_slots_of_the_whole(seed, start, days):
    found = random_schedule(seed)
    middle = start + timedelta(days=days[0])
    end = middle + timedelta(days=days[1])
    parts = [*slots_between(found, start, middle), *slots_between(found, middle, end)]
    assert parts == list(slots_between(found, start, end))


@settings(max_examples=50, deadline=None)
@given(seed=some.integers(0, 10**6), start=moments)
def test_a_cut_exactly_at_a_slot_neither_loses_nor_doubles_it(seed, start):
    found = random_schedule(seed)
    end = start + timedelta(days=5)
    whole = list(slots_between(found, start, end))
    for slot in whole[:: max(1, len(whole) // 5)]:
        assert [*slots_between(found, start, slot.at), *slots_between(found, slot.at, end)] == whole
