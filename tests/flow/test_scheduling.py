"""Schedules: each slot once, whoever leads, whatever was missed; and tasks that nobody holds are rung again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from csr_bot.flow.running import run_bot, work_off
from csr_bot.flow.scheduling import LEASE as LEAD
from csr_bot.flow.scheduling import Scheduler, hasten_poll, take_turn, watch
from csr_bot.ports import UnavailableError
from csr_bot.schedule import read_schedule
from tests.flow.desks import BOT, LEASE, NOW, Office, WatchedLog, ask_for_copy

SCHEDULE = read_schedule(
    "timezone: UTC\nruns:\n  - poll: billing\n    every: 2 minutes\n", file="test.yaml", bots=frozenset({BOT})
)
SLOT = timedelta(minutes=2)


def make_scheduler(office: Office, owner: str = "first", *, at: Callable[[str], None] | None = None) -> Scheduler:
    log = WatchedLog(office.log, at) if at else office.log
    return Scheduler(log, office.clock, office.doorbell, owner, NOW, frozenset())


def slots(office: Office) -> list[tuple[datetime, str, str | None]]:
    with office.log.read() as records:
        runs = [run for run in records.house.runs(limit=99) if run.slot_at is not None]
    return sorted((run.slot_at, run.status, run.error) for run in runs if run.slot_at)


def work(office: Office) -> int:
    return work_off(office.workshop(), "mail", first=None, until=lambda: False)


def test_a_due_slot_becomes_a_task_and_a_run(office):
    office.deliver(ask_for_copy())
    office.clock.advance(SLOT)
    assert take_turn(make_scheduler(office), [SCHEDULE])
    assert slots(office) == [(NOW + SLOT, "due", None)]
    assert len(office.doorbell.heard) >= 1
    work(office)
    assert slots(office) == [(NOW + SLOT, "ok", None)]
    assert len(office.cases()) == 1


def test_a_slot_is_recorded_once_however_often_the_scheduler_looks(office):
    office.clock.advance(SLOT)
    for _ in range(3):
        assert take_turn(make_scheduler(office), [SCHEDULE])
        work(office)
    assert slots(office) == [(NOW + SLOT, "ok", None)]


def test_a_slot_that_comes_while_the_run_before_is_not_over_is_skipped_and_says_so(office):
    for _ in range(3):
        office.clock.advance(SLOT)
        take_turn(make_scheduler(office), [SCHEDULE])
    assert slots(office) == [
        (NOW + SLOT, "due", None),
        (NOW + SLOT * 2, "skipped", "the run before is not over"),
        (NOW + SLOT * 3, "skipped", "the run before is not over"),
    ]
    assert work(office) == 1


def test_a_paused_bot_leaves_a_row_with_the_reason(office):
    with office.log.begin() as records:
        records.house.put_pause(BOT, why="year-end close", by="tom", at=office.clock.now())
    office.clock.advance(SLOT)
    take_turn(make_scheduler(office), [SCHEDULE])
    assert slots(office) == [(NOW + SLOT, "paused", "year-end close")]
    assert work(office) == 0
    with office.log.begin() as records:
        records.house.remove_pause(BOT)
    office.clock.advance(SLOT)
    take_turn(make_scheduler(office), [SCHEDULE])
    assert work(office) == 1


@pytest.mark.parametrize("missed", [timedelta(hours=3), timedelta(days=30)])
def test_slots_missed_while_nobody_was_there_run_once(office, missed):
    office.clock.advance(missed)
    take_turn(make_scheduler(office), [SCHEDULE])
    assert [(at, status) for at, status, _ in slots(office)] == [(NOW + missed, "due")]
    assert work(office) == 1


def test_of_two_schedulers_one_leads_and_the_other_takes_over_when_it_falls_silent(office):
    first, second = make_scheduler(office, "first"), make_scheduler(office, "second")
    assert take_turn(first, [SCHEDULE])
    assert not take_turn(second, [SCHEDULE])
    office.clock.advance(LEAD - timedelta(seconds=1))
    assert take_turn(first, [SCHEDULE])
    office.clock.advance(LEAD)
    assert not take_turn(second, [SCHEDULE])
    office.clock.advance(timedelta(seconds=1))
    assert take_turn(second, [SCHEDULE])
    assert not take_turn(first, [SCHEDULE])


def test_a_scheduler_that_slept_through_its_lease_does_not_run_a_slot_again(office):
    """It wakes up between looking for due slots and recording them; the slot was recorded and worked off meanwhile."""
    asleep = iter([False, True])

    def sleep_once(place: str) -> None:
        if place == "before a transaction" and next(asleep, False):
            office.clock.advance(LEAD + timedelta(seconds=1))
            assert take_turn(make_scheduler(office, "second"), [SCHEDULE])
            assert work(office) == 1

    office.clock.advance(SLOT)
    take_turn(make_scheduler(office, "first", at=sleep_once), [SCHEDULE])
    assert slots(office) == [(NOW + SLOT, "ok", None)]
    assert work(office) == 0


def test_without_the_database_there_is_no_turn(office):
    def fail(_place: str) -> None:
        raise UnavailableError("the database did not answer")

    office.clock.advance(SLOT)
    with pytest.raises(UnavailableError):
        take_turn(make_scheduler(office, at=fail), [SCHEDULE])
    assert (slots(office), office.doorbell.heard) == ([], [])


def test_tasks_whose_ring_was_lost_are_rung_again(office):
    office.deliver(ask_for_copy())
    office.poll()
    (task,) = office.rows("SELECT id FROM task")
    office.doorbell.heard.clear()
    assert watch(office.log, office.doorbell, now=office.clock.now()) == 1
    assert office.doorbell.heard == [task["id"]]


def test_a_task_is_rung_neither_before_it_is_due_nor_while_it_is_held(office):
    office.deliver(ask_for_copy())
    office.poll()
    (task,) = office.rows("SELECT id FROM task")
    now = office.clock.now()
    assert watch(office.log, office.doorbell, now=now - timedelta(seconds=1)) == 0
    with office.log.begin() as records:
        records.tasks.claim(task["id"], owner="worker", now=now, lease_until=now + LEASE)
    assert watch(office.log, office.doorbell, now=now + LEASE) == 0
    assert watch(office.log, office.doorbell, now=now + LEASE + timedelta(seconds=1)) == 1


def test_a_broker_that_is_away_costs_time_and_no_work(office):
    """Every ring is lost; the scheduler's turns alone bring the case to its end."""
    office.deliver(ask_for_copy())
    scheduler = make_scheduler(office)
    for _ in range(4):
        office.clock.advance(SLOT)
        office.doorbell.heard.clear()
        take_turn(scheduler, [SCHEDULE])
        for task_id in dict.fromkeys(office.doorbell.heard):
            for queue in ("mail", "browser"):
                calls = iter([False, True])
                work_off(office.workshop(), queue, first=task_id, until=lambda calls=calls: next(calls))
    assert office.case().status.value == "resolved"


def test_a_poll_renews_its_hold_after_each_chunk(office):
    for number in range(250):
        office.deliver(ask_for_copy(number))
    office.clock.advance(SLOT)
    take_turn(make_scheduler(office), [SCHEDULE])
    start = office.mailbox.begin

    def take_long(call):
        start(call)
        if call == "fetch":
            office.clock.advance(LEASE * 0.3)

    office.mailbox.begin = take_long
    free = []

    def look_for_polls():
        with office.log.read() as records:
            free.extend(records.tasks.due(now=office.clock.now(), limit=9).get("mail", ()))

    office.doorbell.answer = look_for_polls
    assert work(office) == 1
    assert office.clock.now() - NOW - SLOT > LEASE
    assert len(office.cases()) == 250
    assert free == []


def test_a_run_that_meets_a_defect_is_not_left_running(office):
    office.deliver(ask_for_copy())

    def break_down(_call):
        raise KeyError("no such folder")

    office.mailbox.begin = break_down
    with pytest.raises(KeyError):
        office.poll()
    with office.log.read() as records:
        (run,) = records.house.runs(limit=9)
    assert (run.status, run.error) == ("failed", "KeyError: 'no such folder'")


def test_a_report_and_an_import_are_runs_too(office):
    assert run_bot(office.workshop(), BOT, "import").counters["unchanged"] == 1
    assert run_bot(office.workshop(), BOT, "report").counters["reports"] == 1
    assert [mail.recipients for mail in office.mailer.sent] == [("ar-team@sharedservices.example",)]


class TestNewsOfAMailbox:
    """What a server announces brings forward a poll that is due soon anyway, and nothing else."""

    def test_a_poll_that_is_due_soon_comes_at_once(self, office):
        office.deliver(ask_for_copy())
        assert hasten_poll(make_scheduler(office), [SCHEDULE], BOT)
        assert work(office) > 0
        assert len(office.cases()) == 1

    def test_while_a_poll_is_under_way_it_has_to_be_asked_for_again(self, office):
        scheduler = make_scheduler(office)
        assert hasten_poll(scheduler, [SCHEDULE], BOT)
        assert not hasten_poll(scheduler, [SCHEDULE], BOT)
        work(office)
        assert hasten_poll(scheduler, [SCHEDULE], BOT)

    def test_a_paused_bot_is_not_polled(self, office):
        with office.log.begin() as records:
            records.house.put_pause(BOT, why="a test", by="tom", at=office.clock.now())
        assert hasten_poll(make_scheduler(office), [SCHEDULE], BOT)
        assert work(office) == 0

    @pytest.mark.parametrize("rhythm", ["at: 05:30", "every: 2 minutes\n    between: 06:00-07:00"])
    def test_outside_its_hours_nothing_is_brought_forward(self, office, rhythm):
        text = f"timezone: UTC\nruns:\n  - poll: billing\n    {rhythm}\n"
        schedule = read_schedule(text, file="test.yaml", bots=frozenset({BOT}))
        assert hasten_poll(make_scheduler(office), [schedule], BOT)
        assert work(office) == 0
