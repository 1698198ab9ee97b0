"""Service levels: the deadlines of the acceptance scenarios, pauses, new targets, edits, breaches, words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_bot.core.business_time import business_time
from csr_bot.core.request import Category
from csr_bot.core.service_levels import (
    ClockKind,
    ContractSla,
    Target,
    Targets,
    TargetSource,
    approval_targets,
    case_targets,
)
from csr_bot.core.sla_clock import (
    ClockState,
    PauseReason,
    SlaClock,
    cancel_clock,
    consumed_at,
    is_breached,
    next_cycle,
    pause_clock,
    pause_limit_at,
    recalendar_clock,
    remaining_at,
    resume_clock,
    retarget_clock,
    settle_clock,
    start_clock,
    stop_clock,
    target_due_at,
)
from csr_bot.core.sla_explanation import explain_clock
from tests.core.calendars import ALWAYS, NEW_YORK, US_NY, minutes, new_york
from tests.core.sla_rules import P1, P2, P3, P4, SLA

CT_811 = ContractSla(120, 1440, ALWAYS, "CT-811 clause 9")
WAITING = PauseReason.AWAITING_CUSTOMER


def targets(kind: ClockKind, level=P2, *, category=Category.BILLING_DISPUTE, contract=None) -> Targets:
    return case_targets(SLA, level=level, category=category, contract=contract, calendar=US_NY)[kind]


def resolution(received: str, level=P2, **rules) -> SlaClock:
    return start_clock(targets(ClockKind.RESOLUTION, level, **rules), at=new_york(received))


def first_response(received: str, level=P2, **rules) -> SlaClock:
    return start_clock(targets(ClockKind.FIRST_RESPONSE, level, **rules), at=new_york(received))


@pytest.mark.parametrize(
    ("received", "level", "contract", "respond_by", "resolve_by"),
    [
        ("11-24 08:12", P2, None, "11-24 13:00", "11-25 17:00"),
        ("11-25 11:05", P3, None, "11-26 11:05", "12-03 11:05"),
        ("11-24 15:40", P2, None, "11-25 11:40", "11-26 15:40"),
        ("11-26 16:40", P1, CT_811, "11-26 18:40", "11-27 16:40"),
        ("11-21 16:55", P2, None, "11-24 12:55", "11-25 16:55"),
    ],
    ids=["S1", "S2", "S3", "S4", "S5"],
)
def test_the_deadlines_of_the_acceptance_scenarios(received, level, contract, respond_by, resolve_by):
    assert first_response(received, level, contract=contract).due_at == new_york(respond_by)
    assert resolution(received, level, contract=contract).due_at == new_york(resolve_by)


@pytest.mark.parametrize(
    ("received", "level", "resolved", "consumed"),
    [
        ("11-24 08:12", P2, "11-24 11:52", 172),
        ("11-25 11:05", P3, "12-02 10:30", 1885),
        ("11-24 15:40", P2, "11-26 11:10", 690),
        ("11-21 16:55", P2, "11-25 11:40", 645),
    ],
    ids=["S1", "S2", "S3", "S5"],
)
def test_the_minutes_used_in_the_acceptance_scenarios(received, level, resolved, consumed):
    stopped = stop_clock(resolution(received, level), at=new_york(resolved))
    assert (stopped.state, stopped.consumed) == (ClockState.MET, minutes(consumed))


def test_the_contract_of_s4_wins_and_the_other_target_stays_to_be_shown():
    clock = resolution("11-26 16:40", P1, contract=CT_811)
    assert [target.source for target in clock.targets] == [TargetSource.CONTRACT, TargetSource.PRIORITY]
    assert target_due_at(clock, clock.targets[1]) == new_york("11-28 16:40")
    assert stop_clock(clock, at=new_york("11-27 08:20")).consumed == minutes(15 * 60 + 40)


def test_every_message_is_acknowledged_within_minutes_at_any_hour():
    assert start_clock(targets(ClockKind.ACK), at=new_york("11-27 23:50")).due_at == new_york("11-28 00:05")


@pytest.mark.parametrize(
    ("level", "category", "minutes_allowed", "source"),
    [
        (P3, Category.INVOICE_COPY, 240, TargetSource.CATEGORY),
        (P4, Category.LETTER_OF_CREDIT, 960, TargetSource.CATEGORY),
        (P1, Category.LETTER_OF_CREDIT, 480, TargetSource.PRIORITY),
        (P4, Category.CONTRACT_SERVICE_QUERY, 4800, TargetSource.PRIORITY),
    ],
)
def test_the_limit_of_a_category_counts_where_it_is_earlier(level, category, minutes_allowed, source):
    target = resolution("11-24 10:00", level, category=category).target
    assert (target.minutes, target.source) == (minutes_allowed, source)


def test_a_contract_that_allows_more_time_changes_nothing():
    generous = ContractSla(None, 10_000, ALWAYS, "CT-9 clause 1")
    clock = resolution("11-24 08:12", contract=generous)
    assert (clock.target.source, clock.due_at) == (TargetSource.PRIORITY, new_york("11-25 17:00"))
    assert len(first_response("11-24 08:12", contract=generous).targets) == 1


def test_a_contract_is_not_looked_at_where_the_policy_leaves_it_out():
    policy = replace(SLA, contract_overrides=False)
    found = case_targets(policy, level=P1, category=Category.UNKNOWN, contract=CT_811, calendar=US_NY)
    assert [target.source for target in found[ClockKind.RESOLUTION]] == [TargetSource.PRIORITY]


@pytest.mark.parametrize(
    ("level", "case", "from_", "expires"),
    [
        (P2, ("11-24 08:12", None), "11-24 09:05", "11-24 13:05"),
        (P3, ("11-25 11:05", None), "11-26 10:00", "11-28 10:00"),
        (P2, ("11-24 15:40", None), "11-25 15:10", "11-26 11:10"),
        (P1, ("11-26 16:40", CT_811), "11-26 17:20", "11-26 18:20"),
    ],
    ids=["S1", "S2", "S3", "S4"],
)
def test_a_step_of_an_approval_has_its_own_clock_on_the_calendar_of_the_case(level, case, from_, expires):
    received, contract = case
    target = resolution(received, level, contract=contract).target
    step = start_clock(approval_targets(SLA, level=level, resolution=target), at=new_york(from_))
    assert (step.kind, step.due_at) == (ClockKind.APPROVAL_STEP, new_york(expires))


def test_a_step_that_expired_counts_anew_for_the_next_approver():
    target = resolution("11-25 11:05", P3).target
    step = approval_targets(SLA, level=P3, resolution=target)
    maya = settle_clock(start_clock(step, at=new_york("11-26 10:00")), now=new_york("11-28 10:00"))
    omar = next_cycle(maya, step, at=new_york("11-28 10:00"))
    assert maya.state is ClockState.BREACHED
    assert (omar.cycle, omar.due_at) == (2, new_york("12-01 10:00"))


PAUSED = pause_clock(resolution("11-24 08:12"), reason=WAITING, at=new_york("11-24 10:30"))


def test_a_pause_keeps_what_was_used_and_has_no_deadline():
    assert (PAUSED.state, PAUSED.consumed, PAUSED.due_at) == (ClockState.PAUSED, minutes(90), None)
    assert consumed_at(PAUSED, now=new_york("11-25 12:00")) == minutes(90)
    assert remaining_at(PAUSED, now=new_york("11-25 12:00")) == minutes(870)


def test_after_a_pause_what_is_left_is_projected_anew():
    resumed = resume_clock(PAUSED, at=new_york("11-25 14:00"))
    assert (resumed.state, resumed.due_at) == (ClockState.RUNNING, new_york("11-28 12:30"))
    assert consumed_at(resumed, now=new_york("11-25 15:00")) == minutes(150)


def test_pausing_and_resuming_twice_changes_nothing():
    assert pause_clock(PAUSED, reason=WAITING, at=new_york("11-24 16:00")) == PAUSED
    resumed = resume_clock(PAUSED, at=new_york("11-25 14:00"))
    assert resume_clock(resumed, at=new_york("11-25 16:00")) == resumed


def test_only_the_clock_of_a_resolution_is_paused():
    with pytest.raises(ValueError, match="never paused"):
        pause_clock(first_response("11-24 08:12"), reason=WAITING, at=new_york("11-24 10:30"))


def test_a_pause_ends_after_ten_business_days():
    limit = pause_limit_at(PAUSED, minutes=SLA.max_pause_minutes, calendar=US_NY)
    assert limit == new_york("12-09 10:30")
    assert pause_limit_at(resolution("11-24 08:12"), minutes=SLA.max_pause_minutes, calendar=US_NY) is None


def test_a_change_of_priority_keeps_what_was_used():
    raised = retarget_clock(resolution("11-24 08:12"), targets(ClockKind.RESOLUTION, P1), at=new_york("11-24 12:00"))
    assert (raised.started_at, raised.due_at) == (new_york("11-24 08:12"), new_york("11-24 17:00"))
    assert consumed_at(raised, now=new_york("11-24 12:00")) == minutes(180)


def test_a_change_of_priority_keeps_the_time_of_a_pause():
    resumed = resume_clock(PAUSED, at=new_york("11-25 14:00"))
    raised = retarget_clock(resumed, targets(ClockKind.RESOLUTION, P1), at=new_york("11-25 15:00"))
    assert raised.due_at == new_york("11-26 12:30")  # 90 on Monday, 180 on Tuesday, 210 on Wednesday


def test_a_change_of_priority_during_a_pause_counts_when_it_ends():
    raised = retarget_clock(PAUSED, targets(ClockKind.RESOLUTION, P1), at=new_york("11-25 10:00"))
    assert (raised.state, raised.due_at, raised.consumed) == (ClockState.PAUSED, None, minutes(90))
    assert resume_clock(raised, at=new_york("11-25 14:00")).due_at == new_york("11-26 12:30")


def test_a_higher_priority_that_comes_too_late_is_a_breach_from_when_its_time_was_used_up():
    raised = retarget_clock(
        resolution("11-24 08:12", P3), targets(ClockKind.RESOLUTION, P1), at=new_york("11-25 12:00")
    )
    assert (raised.state, raised.due_at) == (ClockState.BREACHED, new_york("11-24 17:00"))
    long_pause = pause_clock(resolution("11-24 08:12", P3), reason=WAITING, at=new_york("11-25 12:00"))
    paused = retarget_clock(long_pause, targets(ClockKind.RESOLUTION, P1), at=new_york("11-26 12:00"))
    assert (paused.state, paused.due_at) == (ClockState.BREACHED, new_york("11-24 17:00"))


def test_a_contract_found_later_counts_from_the_receipt_on_its_own_calendar():
    found = retarget_clock(
        resolution("11-26 16:40", P3),
        targets(ClockKind.RESOLUTION, P1, contract=CT_811),
        at=new_york("11-26 17:05"),
    )
    assert (found.target.source, found.due_at) == (TargetSource.CONTRACT, new_york("11-27 16:40"))


def test_after_a_pause_the_target_that_comes_first_now_is_in_force():
    clock = resolution("11-24 08:12", P3, contract=ContractSla(None, 10_000, ALWAYS, "CT-5 clause 2"))
    assert clock.target.source is TargetSource.CONTRACT
    paused = pause_clock(clock, reason=WAITING, at=new_york("11-28 17:00"))
    resumed = resume_clock(paused, at=new_york("12-01 09:00"))
    assert resumed.target.source is TargetSource.PRIORITY
    assert resumed.due_at == new_york("12-01 17:00")
    assert resumed.consumed == minutes(4 * 480)


def test_a_new_holiday_moves_the_deadline_of_a_running_clock_only():
    calendar = replace(US_NY, holidays=US_NY.holidays | {date(2025, 11, 26)})
    running = resolution("11-24 15:40")
    assert recalendar_clock(running, calendar, at=new_york("11-25 10:00")).due_at == new_york("11-28 15:40")
    stopped = stop_clock(running, at=new_york("11-25 10:00"))
    assert recalendar_clock(stopped, calendar, at=new_york("11-25 11:00")) == stopped
    other = recalendar_clock(running, replace(calendar, name="elsewhere"), at=new_york("11-25 10:00"))
    assert other == running


def test_a_holiday_edited_during_a_pause_counts_when_it_ends():
    calendar = replace(US_NY, holidays=US_NY.holidays | {date(2025, 11, 26)})
    edited = recalendar_clock(PAUSED, calendar, at=new_york("11-25 10:00"))
    assert (edited.consumed, edited.due_at) == (minutes(90), None)
    assert resume_clock(edited, at=new_york("11-25 14:00")).due_at == new_york("12-01 12:30")


def test_a_holiday_edited_into_the_past_leaves_what_was_counted():
    calendar = replace(US_NY, holidays=US_NY.holidays | {date(2025, 11, 24)})
    edited = recalendar_clock(PAUSED, calendar, at=new_york("11-25 10:00"))
    assert resume_clock(edited, at=new_york("11-25 14:00")).due_at == new_york("11-28 12:30")


@pytest.mark.parametrize(
    ("received", "contract", "due"),
    [
        ("2025-11-01T20:00Z", CT_811, "2025-11-02T20:00Z"),  # 15:00 in New York, the clocks went back
        ("2025-03-08T21:00Z", CT_811, "2025-03-09T21:00Z"),  # 17:00 in New York, the clocks went forward
        ("2025-03-07T20:00Z", None, "2025-03-11T19:00Z"),  # 15:00 on Friday to 15:00 on Tuesday
        ("2025-10-31T19:00Z", None, "2025-11-04T20:00Z"),
    ],
)
def test_deadlines_hold_over_a_change_of_the_clock(received, contract, due):
    rules = targets(ClockKind.RESOLUTION, P2, contract=contract)
    assert start_clock(rules, at=datetime.fromisoformat(received)).due_at == datetime.fromisoformat(due)


def test_a_reopened_case_starts_a_new_count():
    first = stop_clock(resolution("11-24 08:12"), at=new_york("11-24 11:52"))
    second = next_cycle(first, first.targets, at=new_york("12-03 10:00"))
    assert (second.cycle, second.consumed, second.due_at) == (2, timedelta(), new_york("12-05 10:00"))
    assert (second.escalated, second.ran) == (frozenset(), ())


def test_the_due_instant_is_in_time_and_the_next_second_is_not():
    clock = resolution("11-24 08:12")
    assert stop_clock(clock, at=new_york("11-25 17:00")).state is ClockState.MET
    assert stop_clock(clock, at=new_york("11-25 17:00") + timedelta(seconds=1)).state is ClockState.BREACHED


def test_resolved_on_the_evening_after_the_deadline_is_late_though_no_open_time_has_passed():
    stopped = stop_clock(resolution("11-24 08:12"), at=new_york("11-25 20:00"))
    assert (stopped.state, stopped.consumed) == (ClockState.BREACHED, minutes(960))


def test_a_breach_stays_one_whatever_happens_next():
    breached = settle_clock(resolution("11-24 08:12"), now=new_york("11-25 17:00"))
    assert breached.state is ClockState.BREACHED
    later = new_york("11-26 12:00")
    assert retarget_clock(breached, targets(ClockKind.RESOLUTION, P4), at=later).state is ClockState.BREACHED
    paused = pause_clock(breached, reason=WAITING, at=later)
    resumed = resume_clock(paused, at=new_york("11-28 10:00"))
    assert {paused.state, resumed.state} == {ClockState.BREACHED}
    assert resumed.due_at == new_york("11-25 17:00")
    assert consumed_at(resumed, now=new_york("11-28 11:00")) == minutes(960 + 180 + 60)
    for end in (stop_clock, cancel_clock):
        assert end(resumed, at=new_york("11-28 12:00")).state is ClockState.BREACHED


def test_a_pause_after_the_deadline_does_not_hide_the_breach():
    late = pause_clock(resolution("11-24 08:12"), reason=WAITING, at=new_york("11-25 18:00"))
    assert (late.state, late.due_at) == (ClockState.BREACHED, new_york("11-25 17:00"))
    assert is_breached(late, now=new_york("11-25 18:00"))


def test_a_clock_that_nobody_waits_for_is_cancelled():
    cancelled = cancel_clock(PAUSED, at=new_york("11-25 12:00"))
    assert (cancelled.state, cancelled.consumed) == (ClockState.CANCELLED, minutes(90))
    assert not is_breached(cancelled, now=new_york("12-24 12:00"))
    assert stop_clock(cancelled, at=new_york("11-26 12:00")) == cancelled
    assert resume_clock(cancelled, at=new_york("11-26 12:00")) == cancelled


def test_a_clock_tells_its_rule_its_arithmetic_and_what_it_beat():
    assert explain_clock(resolution("11-26 16:40", P1, contract=CT_811), zone=NEW_YORK) == (
        "Resolution within 1,440 minutes on calendar always (contract CT-811 clause 9).",
        "Runs from Wed 2025-11-26 16:40 to Thu 2025-11-27 16:40: 1,440 minutes.",
        "Due on Thu 2025-11-27 16:40.",
        "Less strict: 480 minutes on calendar us-ny (priority P1), until Fri 2025-11-28 16:40.",
    )


def test_a_clock_tells_its_pauses_and_the_holidays_on_its_way():
    resumed = resume_clock(PAUSED, at=new_york("11-25 14:00"))
    assert explain_clock(resumed, zone=NEW_YORK)[1:] == (
        "Ran from Mon 2025-11-24 08:12 to Mon 2025-11-24 10:30: Mon 11-24 90 = 90 minutes.",
        (
            "Runs from Tue 2025-11-25 14:00 to Fri 2025-11-28 12:30: Tue 11-25 180 + Wed 11-26 480 + Fri 11-28 210"
            " = 870 minutes; closed on Thu 11-27."
        ),
        "Due on Fri 2025-11-28 12:30.",
    )
    assert explain_clock(PAUSED, zone=NEW_YORK)[-1] == (
        "Paused since Mon 2025-11-24 10:30 (awaiting customer), 90 of 960 minutes used."
    )


def test_a_stopped_clock_tells_how_it_ended():
    met = stop_clock(resolution("11-24 08:12"), at=new_york("11-24 11:52"))
    assert explain_clock(met, zone=NEW_YORK)[-1] == "Stopped on Mon 2025-11-24 11:52, 172 of 960 minutes used: met."
    late = stop_clock(resolution("11-24 08:12"), at=new_york("11-26 09:30"))
    assert explain_clock(late, zone=NEW_YORK)[-2:] == (
        "Missed on Tue 2025-11-25 17:00.",
        "Stopped on Wed 2025-11-26 09:30, 990 of 960 minutes used: breached.",
    )


def test_the_sums_come_out_where_seconds_are_counted():
    clock = start_clock(targets(ClockKind.FIRST_RESPONSE), at=new_york("11-24 16:00") + timedelta(seconds=20.7))
    assert "Mon 11-24 59:40 + Tue 11-25 180:20 = 240 minutes" in explain_clock(clock, zone=NEW_YORK)[1]


MOMENTS = st.lists(st.integers(0, 20 * 24 * 60), min_size=1, max_size=7, unique=True).map(sorted)


@given(MOMENTS)
@settings(deadline=None)
def test_however_often_it_is_paused_a_clock_counts_the_open_time_in_which_it_ran(moments):
    received = new_york("11-24 08:12")
    rules = (Target(ClockKind.RESOLUTION, 100_000, US_NY, TargetSource.PRIORITY, "far away"),)
    clock, ran, since = start_clock(rules, at=received), timedelta(), received
    for number, moment in enumerate(received + minutes(moment) for moment in moments):
        if number % 2 == 0:
            clock = pause_clock(clock, reason=WAITING, at=moment)
            ran += business_time(US_NY, start=since, end=moment)
        else:
            clock, since = resume_clock(clock, at=moment), moment
    assert clock.consumed == ran
    if clock.due_at is not None:
        assert business_time(US_NY, start=since, end=clock.due_at) == clock.target.length - ran
