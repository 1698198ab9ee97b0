"""Working on a case: decided once, tried again while the ERP is away, and nothing touched in shadow mode."""

from __future__ import annotations

from datetime import timedelta

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.flow.queues import BROWSER_QUEUE
from csr_bot.flow.review import approve
from csr_bot.flow.running import work_off
from csr_bot.flow.work import work_case
from csr_bot.ports import RefusedError, UnavailableError
from tests.flow.desks import LEASE, ask_for_copy, ask_for_credit, find_breaks, write_mail

AWAY = UnavailableError("the ERP is away")


def test_working_twice_on_a_case_decides_once(office):
    office.deliver(ask_for_credit())
    office.poll()
    work_case(office.desk, office.case().id)
    first = office.decision()
    work_case(office.desk, office.case().id)
    assert office.decision() == first
    assert len(office.events("decision.made")) == 1
    assert len(office.effects()) == 2


def test_an_erp_that_comes_back_within_the_attempts_is_only_a_delay(office):
    office.deliver(ask_for_credit())
    office.poll()
    for _ in range(3):
        office.erp.fail_next("read_invoice", AWAY)
    start = office.clock.now()
    office.settle()
    assert office.case().status is CaseStatus.RESOLVED
    assert office.clock.now() - start == timedelta(minutes=21)
    assert office.waiting() == []


def test_an_erp_that_stays_away_is_tried_at_one_five_and_fifteen_minutes_and_then_a_person_is_asked(office):
    office.deliver(ask_for_credit())
    office.poll()
    start, tried = office.clock.now(), []

    def note_and_fail(_number):
        tried.append((office.clock.now() - start) // timedelta(minutes=1))
        raise AWAY

    office.erp.read_invoice = note_and_fail
    office.settle()
    assert tried == [0, 1, 6, 21]
    assert [item.reasons for item in office.waiting()] == [("GIVEN_UP", str(AWAY))]
    assert office.rows("SELECT state, attempts FROM task") == [{"state": "dead", "attempts": 4}]
    assert office.case().status is CaseStatus.TRIAGED


def test_a_defect_is_tried_again_like_an_outage_and_told_to_a_person(office):
    office.deliver(ask_for_credit())
    office.poll()

    def break_down(_number):
        raise KeyError("due_date")

    office.erp.read_invoice = break_down
    office.settle()
    assert [item.reasons for item in office.waiting()] == [("GIVEN_UP", "KeyError: 'due_date'")]


def test_one_case_that_breaks_does_not_keep_the_others_waiting(office):
    office.deliver(ask_for_credit())
    office.deliver(ask_for_copy())
    office.poll()
    read = office.erp.read_invoice

    def break_on_one(number):
        if number != "INV-2025-00440":
            raise ZeroDivisionError
        return read(number)

    office.erp.read_invoice = break_on_one
    office.settle()
    assert sorted(case.status.value for case in office.cases()) == ["resolved", "triaged"]


def test_what_the_erp_refuses_is_a_fact_that_a_reviewer_reads(office):
    office.deliver(ask_for_credit())
    office.poll()
    office.erp.fail_next("read_invoice", RefusedError("document is archived"))
    office.settle()
    assert office.case().status is CaseStatus.IN_REVIEW
    assert office.reasons() == {"ERP_NOT_READ"}
    with office.log.read() as records:
        findings = records.cases.findings(office.decision().id)
    assert [item.message for item in findings if item.reason == "ERP_NOT_READ"] == ["document is archived"]
    assert office.effects() == []


@pytest.mark.parametrize("write", [ask_for_credit, ask_for_copy])
def test_a_desk_in_shadow_mode_decides_and_touches_nothing(new_office, write):
    office = new_office(mode="shadow")
    office.deliver(write())
    office.poll()
    office.settle()
    case = office.case()
    assert case.status is CaseStatus.IN_REVIEW
    assert "SHADOW_MODE" in case.reasons
    assert office.decision().route == "routine"
    assert (office.effects(), office.erp.submits, office.mailer.sent, office.mailbox.marks) == ([], [], [], [])
    refusal = approve(office.desk, case.case_no, login="luis")
    assert refusal.rule == "NOT_WAITING"


def test_a_stopped_desk_leaves_its_cases_to_people(office):
    office.stop_everything()
    office.deliver(ask_for_credit())
    office.poll()
    office.settle()
    assert office.case().status is CaseStatus.IN_REVIEW
    assert "KILL_SWITCH" in office.case().reasons


def test_a_category_that_the_desk_does_not_resolve_goes_to_its_queue(office):
    office.deliver(write_mail("Please send us an up-to-date statement of account with everything that is open."))
    office.poll()
    office.settle()
    assert (office.case().status, office.case().queue) == (CaseStatus.IN_REVIEW, "ar_service")
    assert office.reasons() == {"CATEGORY_NEEDS_PERSON"}


def test_another_text_under_the_same_policy_version_decides_nothing(office):
    office.deliver(ask_for_credit())
    office.poll()
    with office.log.begin() as records:
        policy = office.desk.policy
        records.house.use_policy(
            policy.policy_id, policy.version, sha256="0" * 64, yaml="another", at=office.clock.now()
        )
    office.settle()
    assert office.case().status is CaseStatus.TRIAGED
    (item,) = office.waiting()
    assert item.reasons[0] == "GIVEN_UP"
    assert "was used with another text" in item.reasons[1]


def test_a_claimed_task_is_done_by_nobody_else_until_its_lease_is_over(office):
    office.deliver(ask_for_credit())
    office.poll()
    (task,) = office.rows("SELECT id FROM task WHERE kind = 'work'")
    now = office.clock.now()
    with office.log.begin() as records:
        assert records.tasks.claim(task["id"], owner="dead", now=now, lease_until=now + LEASE) is not None
    assert work_off(office.workshop(), BROWSER_QUEUE, first=task["id"], until=lambda: False) == 0
    office.clock.advance(LEASE + timedelta(seconds=1))
    assert work_off(office.workshop(), BROWSER_QUEUE, first=None, until=lambda: False) == 2
    assert find_breaks(office) == []


def test_the_whole_way_is_told_in_an_unbroken_chain_of_events(office):
    office.deliver(ask_for_credit())
    office.poll()
    office.settle()
    states = [item.data["to"] for item in office.events("case.state")]
    assert states == ["validating", "approved", "executing", "resolved"]
    assert find_breaks(office) == []
