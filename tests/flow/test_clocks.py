"""Service levels of cases: the targets they get, what fires when, and what a pause, an answer or silence does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from csr_bot.cli.shapes import shape_whole_case
from csr_bot.clocklog import ClockRecord
from csr_bot.core.case import CaseStatus
from csr_bot.core.persons import Delegation
from csr_bot.core.priority import PriorityLevel
from csr_bot.core.proposal import Outcome
from csr_bot.core.service_levels import ClockKind, TargetSource
from csr_bot.core.sla_clock import ClockState
from csr_bot.core.sla_explanation import explain_clock
from csr_bot.demo import books_planted as planted
from csr_bot.flow import sweeping
from csr_bot.flow.clocks import note_answer, start_next_step, stop_clocks
from csr_bot.flow.moving import BOT, move_case
from csr_bot.flow.priorities import reprioritise, start_approval_clock
from csr_bot.flow.running import work_off
from csr_bot.flow.scheduling import Scheduler, take_turn
from csr_bot.flow.sweeping import sweep_clocks
from csr_bot.records import CaseRecord, Person
from csr_bot.schedule import read_schedule
from tests.core.calendars import NEW_YORK, new_york
from tests.flow.desks import BOT as DESK
from tests.flow.desks import Office, ask_for_big_credit, ask_for_copy, ask_for_credit, with_portal, write_mail

Status = CaseStatus


def open_case(office: Office, raw: bytes, received: str) -> CaseRecord:
    """The case of a mail that came in then; only taken in, not worked on."""
    office.clock.moment = new_york(received)
    office.deliver(raw)
    office.poll()
    return office.case()


def clock_of(office: Office, kind: ClockKind = ClockKind.RESOLUTION, cycle: int = 1) -> ClockRecord:
    with office.log.read() as records:
        found = records.clocks.of_case(office.case().id)
    return next(item for item in found if (item.clock.kind, item.clock.cycle) == (kind, cycle))


def due(office: Office, kind: ClockKind, cycle: int = 1) -> datetime | None:
    return clock_of(office, kind, cycle).clock.due_at


def go(office: Office, *states: CaseStatus, at: str, **changes: Any) -> CaseRecord:
    """Move the case on by hand."""
    office.clock.moment = new_york(at)
    with office.log.begin() as records:
        case = records.cases.get_for_update(office.case().id)
        return move_case(records, case, *states, actor=BOT, at=office.clock.now(), **changes)


def sweep(office: Office, at: str) -> None:
    """Sweep as a scheduler would, until nothing is due."""
    office.clock.moment = new_york(at)
    sweep_clocks(office.desk)
    sweep_clocks(office.desk)


def fired(office: Office, action: str = "sla.escalated") -> list[Any]:
    return [event.data for event in office.events(action) if event.data["clock"] != "ack"]


def shares(office: Office) -> list[Any]:
    return [data["pct"] for data in fired(office)]


# What a case gets when it is opened


@pytest.mark.parametrize(
    ("raw", "received", "points", "level", "first_response", "resolution"),
    [
        (lambda: ask_for_credit(planted.S1), "11-24 08:12", 45, "P2", "11-24 13:00", "11-25 17:00"),
        (ask_for_big_credit, "11-24 15:40", 62, "P2", "11-25 11:40", "11-26 15:40"),
    ],
    ids=["S1", "S3"],
)
def test_a_case_is_rated_and_its_clocks_count_from_the_receipt_of_the_mail(
    office: Office,
    raw: Callable[[], bytes],
    received: str,
    points: int,
    level: str,
    first_response: str,
    resolution: str,
):
    case = open_case(office, raw(), received)
    assert (case.priority_score, case.priority) == (points, level), case.priority_parts
    assert due(office, ClockKind.FIRST_RESPONSE) == new_york(first_response)
    assert due(office, ClockKind.RESOLUTION) == new_york(resolution)


def test_a_contract_that_promises_more_wins_and_the_loser_is_shown(office: Office):
    said = (
        "We were billed for 150 seats but only have 100 active users. Difference is $6,500. "
        "Our workspace shows a suspension notice for tomorrow evening.\n"
    )
    case = open_case(office, write_mail(said, customer_no="C-1004", subject="Too many seats"), "11-26 16:40")
    clock = clock_of(office).clock
    assert (case.priority, case.priority_score) == ("P1", 48), case.priority_parts
    assert clock.target.source is TargetSource.CONTRACT
    assert clock.due_at == new_york("11-27 16:40")
    assert due(office, ClockKind.FIRST_RESPONSE) == new_york("11-26 18:40")
    told = " ".join(explain_clock(clock, zone=NEW_YORK))
    assert "CT-811" in told
    assert "Less strict: 480 minutes on calendar us-ny (priority P1)" in told


def test_a_cap_of_the_category_wins_over_the_priority(office: Office):
    open_case(office, ask_for_copy(), "11-24 08:12")
    assert clock_of(office).clock.target.source is TargetSource.CATEGORY
    assert due(office, ClockKind.RESOLUTION) == new_york("11-24 13:00")


def test_a_portal_row_puts_its_amount_at_risk_not_the_whole_invoice(office: Office):
    row = 'DSP-7781;INV2025-00431;DISPUTED;"9.850,00";USD;"Onboarding not ordered / waived, line 2"\n'
    export = f"Dispute;Invoice;Status;Amount;Currency;Comment\n{row}"
    with_portal(office, export.encode("cp1252"), customer_no="C-1002")
    office.clock.moment = new_york("11-25 11:05")
    office.poll()
    case = office.case()
    assert (case.priority, case.priority_score) == ("P3", 23), case.priority_parts
    assert due(office, ClockKind.FIRST_RESPONSE) == new_york("11-26 11:05")
    assert due(office, ClockKind.RESOLUTION) == new_york("12-03 11:05")


def test_a_case_is_shown_with_what_set_its_due_times(office: Office):
    case = open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    with office.log.read() as records:
        shown = shape_whole_case(records, case)
    assert (shown["priority"], shown["amount_at_risk"]) == ("P2", {"amount": "22400.00", "currency": "USD"})
    assert shown["priority_parts"][0] == "45 points (25 + 10 + 10 + 0 + 0) give P2."
    resolution = next(clock for clock in shown["clocks"] if clock["kind"] == "resolution")
    assert resolution["why"] == [
        "Resolution within 960 minutes on calendar us-ny (priority P2).",
        "Runs from Mon 2025-11-24 08:12 to Tue 2025-11-25 17:00: Mon 11-24 480 + Tue 11-25 480 = 960 minutes.",
        "Due on Tue 2025-11-25 17:00.",
    ]


def test_what_asks_for_nothing_gets_no_clock(office: Office):
    case = open_case(office, write_mail("Thank you, all is well.\n", subject="Thanks"), "11-24 08:12")
    assert case.status is Status.CLOSED
    with office.log.read() as records:
        assert records.clocks.of_case(case.id) == []


# What fires when


def test_an_escalation_fires_once_though_the_sweeper_is_killed_and_starts_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    open_case(office, ask_for_big_credit(), "11-24 15:40")
    sweep(office, "11-25 15:39")
    assert shares(office) == []
    office.clock.moment = new_york("11-25 15:40")
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "reprioritise", _die)
        with pytest.raises(KeyboardInterrupt):
            sweep_clocks(office.desk)
    assert shares(office) == []
    for moment in ("11-25 15:40", "11-25 15:41", "11-26 11:39"):
        sweep(office, moment)
    assert shares(office) == [50]
    assert fired(office)[0] | {"due_at": None} == {
        "clock": "resolution",
        "cycle": 1,
        "pct": 50,
        "to": ["case_owner"],
        "via": ["ui", "email"],
        "action": None,
        "due_at": None,
        "stale": False,
    }
    assert fired(office)[0]["due_at"] == new_york("11-25 15:40").isoformat()
    sweep(office, "11-26 11:40")
    assert shares(office) == [50, 75]


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_after_a_standstill_everything_is_caught_up_in_order_and_told_in_one_mail(office: Office):
    open_case(office, ask_for_big_credit(), "11-24 15:40")
    sweep(office, "11-28 16:00")
    assert shares(office) == [50, 75, 90, 100, 150]
    assert [data["stale"] for data in fired(office)] == [True, True, True, True, False]
    assert len(fired(office, "sla.breached")) == 2
    assert clock_of(office).clock.state is ClockState.BREACHED
    told = [mail.recipients[0].partition("@")[0] for mail in office.mailer.sent]
    assert sorted(told) == ["anna", "bot", "both", "chen", "luis", "maya", "tom"]
    assert all(b"Subject: billing: while nothing was running\r\n" in mail.raw for mail in office.mailer.sent)
    sweep(office, "12-03 09:00")
    assert len(fired(office)) == 5


def test_the_first_answer_meets_the_first_response_and_later_ones_change_nothing(office: Office):
    case = open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    with office.log.begin() as records:
        note_answer(records, case.id, at=new_york("11-24 13:00"))
        note_answer(records, case.id, at=new_york("11-24 15:00"))
    assert clock_of(office, ClockKind.FIRST_RESPONSE).clock.state is ClockState.MET
    assert office.case().first_response_at == new_york("11-24 13:00")


def test_the_scheduler_has_due_clocks_looked_at(office: Office):
    open_case(office, ask_for_big_credit(), "11-24 15:40")
    office.settle(within=timedelta(minutes=1))
    office.clock.moment = new_york("11-25 15:40")
    text = f"timezone: America/New_York\nruns:\n  - {{poll: {DESK}, every: 1 hour}}\n"
    scheduler = Scheduler(office.log, office.clock, office.doorbell, "one", office.clock.now(), frozenset())
    take_turn(scheduler, [read_schedule(text, file="schedule.yaml", bots=[DESK])])
    work_off(office.workshop(), "mail", first=None, until=lambda: False)
    assert shares(office) == [50]


# Waiting for the customer, and being done


def test_a_pause_stops_the_count_and_an_answer_goes_on_with_what_is_left(office: Office):
    open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    go(office, Status.VALIDATING, Status.AWAITING_CUSTOMER, at="11-24 10:30")
    sweep(office, "11-24 10:31")
    paused = clock_of(office)
    assert (paused.clock.state, paused.clock.consumed) == (ClockState.PAUSED, timedelta(minutes=90))
    assert paused.next_at == new_york("11-28 10:30")
    assert clock_of(office, ClockKind.FIRST_RESPONSE).clock.running_since is not None
    go(office, Status.VALIDATING, at="11-25 14:00")
    assert due(office, ClockKind.RESOLUTION) == new_york("11-28 12:30")


def test_a_silent_customer_is_reminded_once_and_the_case_expires(office: Office):
    open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    go(office, Status.VALIDATING, Status.AWAITING_CUSTOMER, at="11-24 10:30")
    sweep(office, "11-28 10:29")
    assert fired(office, "customer.reminder_due") == []
    sweep(office, "11-28 10:30")
    sweep(office, "12-08 10:29")
    assert len(fired(office, "customer.reminder_due")) == 1
    assert office.case().status is Status.AWAITING_CUSTOMER
    sweep(office, "12-09 10:30")
    assert (office.case().status, office.case().outcome) == (Status.RESOLVED, Outcome.EXPIRED)


def test_a_resolved_case_is_closed_after_five_business_days_of_silence(office: Office):
    open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    go(office, Status.RESOLVED, at="11-24 11:52", outcome=Outcome.GRANTED)
    ended = clock_of(office).clock
    assert (ended.state, ended.consumed) == (ClockState.MET, timedelta(minutes=172))
    assert clock_of(office, ClockKind.FIRST_RESPONSE).clock.state is ClockState.CANCELLED
    sweep(office, "12-02 11:51")
    assert office.case().status is Status.RESOLVED
    sweep(office, "12-02 11:52")
    assert (office.case().status, office.case().closed_at) == (Status.CLOSED, new_york("12-02 11:52"))
    assert shares(office) == []
    with office.log.read() as records:
        assert records.clocks.bots_due(now=new_york("12-31 00:00")) == []


def test_a_case_that_is_reopened_is_counted_anew(office: Office):
    open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    go(office, Status.RESOLVED, at="11-24 11:52")
    go(office, Status.TRIAGED, at="11-25 15:40", reopen_count=1)
    assert clock_of(office).clock.state is ClockState.MET
    again = clock_of(office, cycle=2)
    assert (again.clock.state, again.clock.consumed) == (ClockState.RUNNING, timedelta())
    assert again.clock.due_at == new_york("11-28 15:40")
    sweep(office, "12-02 11:52")
    assert office.case().status is Status.TRIAGED


def test_a_merged_case_waits_for_nothing(office: Office):
    open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    go(office, Status.MERGED, at="11-24 09:00")
    assert clock_of(office, ClockKind.RESOLUTION).clock.state is ClockState.CANCELLED


# Priorities change


def test_a_priority_rises_with_the_facts_and_never_falls(office: Office):
    case = open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    with office.log.begin() as records:
        held = records.cases.get_for_update(case.id)
        records.cases.update(held, replace(held, priority="P1"), at=office.clock.now())
    with office.log.begin() as records:
        again = reprioritise(
            office.desk.policy, records, records.cases.get_for_update(case.id), at=new_york("11-24 10:30")
        )
    assert (again.priority, again.priority_score) == ("P1", 45)
    clock = clock_of(office).clock
    assert clock.target.minutes == 480
    assert clock.started_at == new_york("11-24 08:12")
    assert clock.due_at == new_york("11-24 17:00")


def test_what_falls_due_makes_a_case_more_urgent_overnight(office: Office):
    open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    go(office, Status.VALIDATING, at="11-24 09:00")
    before = office.case().priority_score
    sweep(office, "12-01 00:00")
    assert before == 45
    assert office.case().priority_score == 45 - 10 + 12 + 4
    assert office.events("priority.changed") == []


# Steps of an approval


def submitted(office: Office, at: str, level: PriorityLevel = PriorityLevel.P3) -> CaseRecord:
    """A case whose decision was submitted then."""
    open_case(office, ask_for_credit(planted.S1), "11-24 08:12")
    office.settle(within=timedelta(0))
    case = office.case()
    assert case.status is Status.PENDING_APPROVAL
    office.clock.moment = new_york(at)
    with office.log.begin() as records:
        held = records.cases.get_for_update(case.id)
        rated = replace(held, priority=level.value)
        records.cases.update(held, rated, at=office.clock.now())
        stop_clocks(records, case.id, [ClockKind.APPROVAL_STEP], at=office.clock.now())
    return rated


def start_step(office: Office, case: CaseRecord) -> int:
    with office.log.begin() as records:
        start_approval_clock(office.desk.policy, records, case, at=office.clock.now())
        steps = [item.clock for item in records.clocks.of_case(case.id) if item.clock.kind is ClockKind.APPROVAL_STEP]
    return steps[-1].cycle


def test_a_step_that_nobody_takes_moves_on_and_counts_again(office: Office):
    cycle = start_step(office, submitted(office, "11-26 10:00"))
    assert due(office, ClockKind.APPROVAL_STEP, cycle) == new_york("11-28 10:00")
    sweep(office, "11-28 09:59")
    assert fired(office, "approval.expired") == []
    sweep(office, "11-28 10:00")
    assert clock_of(office, ClockKind.APPROVAL_STEP, cycle).clock.state is ClockState.BREACHED
    assert due(office, ClockKind.APPROVAL_STEP, cycle + 1) == new_york("12-01 10:00")
    first, *more = fired(office, "approval.expired")
    assert more == []
    assert first["step"] == 1
    assert "chen" in first["to"]
    sweep(office, "12-01 10:00")
    assert len(fired(office, "approval.expired")) == 2


def test_a_step_moves_to_the_delegate_first_and_to_the_next_higher_role_after_that(office: Office):
    case = submitted(office, "11-26 10:00")
    omar = Person("omar", "Omar Haddad", "omar@sharedservices.example", frozenset({"ar_analyst"}), active=True)
    leave = Delegation(
        id="leave",
        delegator="maya",
        delegate="omar",
        roles=frozenset({"ar_manager"}),
        max_amount=None,
        valid_from=new_york("11-28 00:00"),
        valid_until=new_york("12-05 00:00"),
        why="leave",
        created_by="maya",
        created_at=new_york("11-24 09:00"),
    )
    with office.log.begin() as records:
        records.house.put_person(omar)
        records.mandates.add_delegation(leave)
    start_step(office, case)
    sweep(office, "11-28 10:00")
    sweep(office, "12-01 10:00")
    first, second = fired(office, "approval.expired")
    assert first["to"] == ["omar"]
    assert "chen" in second["to"]
    assert [event.data["role"] for event in office.events("approval.offered")] == ["controller"]


def test_each_step_has_its_own_clock_and_the_last_approval_stops_it(office: Office):
    case = submitted(office, "11-25 11:20", PriorityLevel.P2)
    cycle = start_step(office, case)
    with office.log.begin() as records:
        start_next_step(records, case.id, at=new_york("11-25 15:10"))
    assert clock_of(office, ClockKind.APPROVAL_STEP, cycle).clock.state is ClockState.MET
    assert due(office, ClockKind.APPROVAL_STEP, cycle + 1) == new_york("11-26 11:10")
    go(office, Status.APPROVED, at="11-26 10:40")
    assert clock_of(office, ClockKind.APPROVAL_STEP, cycle + 1).clock.state is ClockState.MET
