"""Clocks of service levels: kept as they are with the calendars that they count by, and listed when they are due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.caselog import ConflictError
from csr_bot.clocklog import ClockRecord
from csr_bot.core.service_levels import ClockKind, Target, TargetSource
from csr_bot.core.sla_clock import PauseReason, SlaClock, pause_clock, resume_clock, start_clock, stop_clock
from tests.core.calendars import ALWAYS, US_NY
from tests.log.rows import a_case, refused

RECEIVED = datetime(2025, 11, 24, 13, 12, tzinfo=UTC)
CASE, OTHER = a_case(), a_case("CSR-2025-000102", bot="refunds")
LATER = RECEIVED + timedelta(hours=3, seconds=7)


@pytest.fixture
def log_with_cases(log: SqlCaseLog) -> SqlCaseLog:
    with log.begin() as records:
        records.cases.add([CASE, OTHER])
    return log


def a_clock(kind: ClockKind = ClockKind.RESOLUTION, minutes: int = 960) -> SlaClock:
    by_priority = Target(kind, minutes, US_NY, TargetSource.PRIORITY, "priority P2")
    by_contract = Target(kind, 1440, ALWAYS, TargetSource.CONTRACT, "contract CT-811 clause 7")
    return start_clock((by_priority, by_contract), at=RECEIVED)


def stored(log: SqlCaseLog, case_id: str = CASE.id) -> list[ClockRecord]:
    with log.read() as records:
        return list(records.clocks.of_case(case_id))


PAUSED = pause_clock(a_clock(), reason=PauseReason.AWAITING_CUSTOMER, at=LATER)


@pytest.mark.parametrize(
    "clock",
    [
        a_clock(),
        PAUSED,
        resume_clock(PAUSED, at=LATER + timedelta(days=1)),
        stop_clock(a_clock(), at=LATER),
        stop_clock(a_clock(), at=RECEIVED + timedelta(days=30)),
        replace(a_clock(), escalated=frozenset({50, 75}), cycle=2),
    ],
)
def test_a_clock_comes_back_as_it_was_stored(log_with_cases: SqlCaseLog, clock: SlaClock):
    record = ClockRecord(CASE.id, clock, LATER)
    with log_with_cases.begin() as records:
        records.clocks.add([record])
    assert stored(log_with_cases) == [record]
    assert stored(log_with_cases, OTHER.id) == []


def test_a_clock_changes_where_it_stands(log_with_cases: SqlCaseLog):
    with log_with_cases.begin() as records:
        records.clocks.add([ClockRecord(CASE.id, a_clock(kind), LATER) for kind in ClockKind])
    ended = ClockRecord(CASE.id, stop_clock(a_clock(), at=LATER), None)
    with log_with_cases.begin() as records:
        records.clocks.update(ended)
    found = {item.clock.kind: item for item in stored(log_with_cases)}
    assert found.pop(ClockKind.RESOLUTION) == ended
    assert all(item.clock.is_open and item.next_at == LATER for item in found.values())


def test_a_calendar_that_was_edited_leaves_old_clocks_their_own(log_with_cases: SqlCaseLog):
    closed_longer = replace(US_NY, holidays=US_NY.holidays | {date(2025, 11, 28)})
    targets = tuple(replace(target, calendar=closed_longer) for target in a_clock(ClockKind.ACK).targets)
    with log_with_cases.begin() as records:
        records.clocks.add([ClockRecord(CASE.id, a_clock(), None)])
        records.clocks.add([ClockRecord(OTHER.id, start_clock(targets, at=RECEIVED), None)])
    assert US_NY in [target.calendar for target in stored(log_with_cases)[0].clock.targets]
    assert stored(log_with_cases, OTHER.id)[0].clock.targets[0].calendar == closed_longer


def test_a_count_is_stored_once(log_with_cases: SqlCaseLog):
    record = ClockRecord(CASE.id, a_clock(), None)
    with log_with_cases.begin() as records:
        records.clocks.add([record])
    with refused(log_with_cases, ConflictError) as records:
        records.clocks.add([record])
    with refused(log_with_cases, ConflictError, "there is no clock resolution 2") as records:
        records.clocks.update(replace(record, clock=replace(record.clock, cycle=2)))


def test_due_are_the_clocks_of_a_bot_the_longest_due_first(log_with_cases: SqlCaseLog):
    late = ClockRecord(CASE.id, a_clock(ClockKind.ACK), LATER - timedelta(hours=2))
    due = ClockRecord(CASE.id, a_clock(), LATER)
    later = ClockRecord(CASE.id, a_clock(ClockKind.FIRST_RESPONSE), LATER + timedelta(seconds=1))
    settled = ClockRecord(OTHER.id, a_clock(), None)
    others = ClockRecord(OTHER.id, a_clock(ClockKind.ACK), LATER)
    with log_with_cases.begin() as records:
        records.clocks.add([due, late, later])
        records.clocks.add([settled, others])
    with log_with_cases.read() as records:
        assert records.clocks.due("billing", now=LATER, limit=9) == [late, due]
        assert records.clocks.due("billing", now=LATER, limit=1) == [late]
        assert records.clocks.due("refunds", now=LATER, limit=9) == [others]
        assert records.clocks.bots_due(now=LATER) == ["billing", "refunds"]
        assert records.clocks.bots_due(now=LATER - timedelta(hours=1)) == ["billing"]
        assert records.clocks.bots_due(now=RECEIVED) == []
