"""Escalations: the moments of the acceptance scenarios, each once, in order after an outage, old ones in a digest."""

from __future__ import annotations

import pytest

from csr_bot.core.business_time import project
from csr_bot.core.escalations import due_escalations, next_moment, record_escalations
from csr_bot.core.sla_clock import ClockState, settle_clock, stop_clock
from tests.core.calendars import US_NY, minutes, new_york
from tests.core.sla_rules import P1, P2, P3, STEPS
from tests.core.test_service_levels import CT_811, PAUSED, WAITING, first_response, pause_clock, resolution


def percentages(clock, now: str) -> list[int]:
    return [each.step.at_pct for each in due_escalations(clock, STEPS, now=new_york(now))]


@pytest.mark.parametrize(
    ("received", "level", "contract", "pct", "moment"),
    [
        ("11-25 11:05", P3, None, 50, "11-28 15:05"),
        ("11-25 11:05", P3, None, 75, "12-02 09:05"),
        ("11-24 15:40", P2, None, 50, "11-25 15:40"),
        ("11-24 15:40", P2, None, 75, "11-26 11:40"),
        ("11-26 16:40", P1, CT_811, 50, "11-27 04:40"),
    ],
    ids=["S2-50", "S2-75", "S3-50", "S3-75", "S4-50"],
)
def test_the_moments_of_the_acceptance_scenarios(received, level, contract, pct, moment):
    clock = resolution(received, level, contract=contract)
    found = due_escalations(clock, STEPS, now=new_york(moment))
    assert (found[-1].step.at_pct, found[-1].due_at) == (pct, new_york(moment))
    assert pct not in [each.step.at_pct for each in due_escalations(clock, STEPS, now=new_york(moment) - minutes(1))]


@pytest.mark.parametrize(
    ("received", "level", "resolved", "taken"),
    [
        ("11-24 08:12", P2, "11-24 11:52", []),
        ("11-25 11:05", P3, "12-02 10:30", [50, 75]),
        ("11-24 15:40", P2, "11-26 11:10", [50]),
        ("11-21 16:55", P2, "11-25 11:40", [50]),
    ],
    ids=["S1", "S2", "S3", "S5"],
)
def test_a_sweep_every_five_minutes_takes_each_step_exactly_once(received, level, resolved, taken):
    clock, seen, now = resolution(received, level), [], new_york(received)
    while now < new_york(resolved):
        found = due_escalations(clock, STEPS, now=now)
        seen += [each.step.at_pct for each in found]
        clock, now = record_escalations(clock, found), now + minutes(5)
    assert seen == taken


def test_a_sweeper_that_sleeps_until_the_next_moment_misses_nothing():
    clock, seen = resolution("11-24 15:40"), []
    while (now := next_moment(clock, STEPS)) is not None:
        clock = settle_clock(clock, now=now)
        found = due_escalations(clock, STEPS, now=now)
        assert found
        seen += [(each.step.at_pct, now) for each in found]
        clock = record_escalations(clock, found)
    assert seen == [
        (50, new_york("11-25 15:40")),
        (75, new_york("11-26 11:40")),
        (90, new_york("11-26 14:04")),
        (100, new_york("11-26 15:40")),
        (150, new_york("11-28 15:40")),
    ]
    assert clock.state is ClockState.BREACHED


def test_after_an_outage_the_steps_come_in_order_and_old_ones_go_into_a_digest():
    clock, now = resolution("11-24 15:40"), new_york("11-26 15:00")
    found = due_escalations(clock, STEPS, now=now)
    assert [each.step.at_pct for each in found] == [50, 75, 90]
    assert [each.step.at_pct for each in found if each.is_stale(now=now)] == [50]


def test_an_escalation_of_four_hours_ago_is_not_too_old():
    clock = resolution("11-24 15:40")
    assert not due_escalations(clock, STEPS, now=new_york("11-25 19:40"))[0].is_stale(now=new_york("11-25 19:40"))


def test_a_pause_puts_escalations_off_but_keeps_those_that_are_due():
    assert next_moment(PAUSED, STEPS) is None
    late = pause_clock(resolution("11-24 08:12"), reason=WAITING, at=new_york("11-25 10:00"))
    assert percentages(late, "11-26 12:00") == [50]
    assert next_moment(late, STEPS) == new_york("11-24 17:00")


def test_a_stopped_clock_escalates_no_more():
    stopped = stop_clock(resolution("11-24 15:40"), at=new_york("11-26 11:10"))
    assert percentages(stopped, "11-28 12:00") == []
    assert next_moment(stopped, STEPS) is None


def test_a_clock_without_steps_is_looked_at_when_it_is_due():
    clock = first_response("11-24 08:12")
    assert next_moment(clock, ()) == clock.due_at == project(US_NY, start=clock.started_at, length=minutes(240))
    assert next_moment(settle_clock(clock, now=new_york("11-24 13:00")), ()) is None
