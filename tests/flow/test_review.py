"""Review: who may approve, who may not and why, and what becomes of a decision that is turned down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState
from csr_bot.core.parsing.mail import parse_message
from csr_bot.core.persons import Refusal
from csr_bot.demo import books_planted as planted
from csr_bot.flow.review import LEASE, approve, claim, reject
from csr_bot.records import CaseRecord
from tests.flow.desks import ask_for_big_credit, ask_for_credit, find_breaks, find_problems, write_mail


@pytest.fixture
def one_step(office):
    """A credit of 2,400 to a customer whose account is Tom's: a lead or a manager has to approve."""
    return submit_one_step(office)


def submit_one_step(office):
    office.deliver(ask_for_credit(planted.S1))
    office.poll()
    office.settle()
    assert office.case().status is CaseStatus.PENDING_APPROVAL
    return office


@pytest.fixture
def two_steps(office):
    """A credit of 18,750: a manager and then a controller have to approve."""
    return submit_two_steps(office)


def submit_two_steps(office):
    office.deliver(ask_for_big_credit())
    office.poll()
    office.settle()
    assert office.case().status is CaseStatus.PENDING_APPROVAL
    return office


def approve_as(office, login: str, **how) -> str:
    """What came of it: the new state or the rule that stands against it."""
    result = approve(office.desk, office.case().case_no, login=login, **how)
    return result.rule if isinstance(result, Refusal) else result.status.value


@pytest.mark.parametrize("login", ["luis", "maya"])
def test_a_holder_of_one_of_the_roles_approves_and_the_credit_is_carried_out(one_step, login):
    assert approve_as(one_step, login, payload_sha256=one_step.decision().payload_sha256) == "executing"
    one_step.settle()
    assert find_problems(one_step) == []
    assert one_step.waiting() == []


@pytest.mark.parametrize(
    ("login", "how", "rule"),
    [
        ("nobody", {}, "UNKNOWN_PERSON"),
        ("gone", {}, "INACTIVE"),
        ("anna", {}, "AUTHORITY"),
        ("chen", {}, "AUTHORITY"),
        ("bot", {}, "SOD-01"),
        ("tom", {}, "SOD-08"),
        ("luis", {"payload_sha256": "0" * 64}, "SOD-11"),
    ],
)
def test_a_refusal_names_its_rule_and_changes_nothing(one_step, login, how, rule):
    assert approve_as(one_step, login, **how) == rule
    assert one_step.case().status is CaseStatus.PENDING_APPROVAL
    assert {effect.state for effect in one_step.effects()} == {EffectState.PLANNED}
    assert one_step.rows("SELECT * FROM approval") == []
    one_step.settle()
    assert one_step.erp.submits == []


@pytest.mark.parametrize("login", ["anna", "tom", "bot"])
def test_a_refused_approval_is_on_record(one_step, login):
    approve_as(one_step, login)
    assert [item.actor for item in one_step.events("approval.refused")] == [login]


def test_every_refusal_explains_itself_in_a_sentence(one_step):
    refusal = approve(one_step.desk, one_step.case().case_no, login="anna")
    assert isinstance(refusal, Refusal)
    assert refusal.why == "This step needs ar_lead or ar_manager; anna has ar_analyst."


def test_what_does_not_wait_cannot_be_approved(office):
    office.deliver(ask_for_credit())
    office.poll()
    office.settle()
    assert approve_as(office, "luis") == "NOT_WAITING"
    assert isinstance(approve(office.desk, "CSR-2025-999999", login="luis"), Refusal)


def test_two_steps_need_two_people_in_their_order(two_steps):
    assert approve_as(two_steps, "chen") == "AUTHORITY"
    assert approve_as(two_steps, "maya") == "pending_approval"
    two_steps.settle()
    assert two_steps.erp.submits == []
    assert approve_as(two_steps, "maya") == "SOD-02"
    assert approve_as(two_steps, "luis") == "AUTHORITY"
    assert approve_as(two_steps, "chen") == "executing"
    two_steps.settle()
    assert find_problems(two_steps) == []
    approvals = two_steps.rows("SELECT step_no, approver, acted_role FROM approval ORDER BY step_no")
    assert [tuple(row.values()) for row in approvals] == [(1, "maya", "ar_manager"), (2, "chen", "controller")]


def test_one_person_with_both_roles_is_still_one_person(two_steps):
    assert approve_as(two_steps, "both") == "pending_approval"
    assert approve_as(two_steps, "both") == "SOD-02"
    assert approve_as(two_steps, "chen") == "executing"


@pytest.mark.parametrize("returned", [True, False])
def test_what_is_turned_down_is_void_and_goes_back_to_review(one_step, returned):
    case = reject(one_step.desk, one_step.case().case_no, login="luis", why="wrong rate", returned=returned)
    assert isinstance(case, CaseRecord)
    code = "RETURNED" if returned else "REJECTED"
    assert (case.status, case.reasons[0]) == (CaseStatus.IN_REVIEW, code)
    assert {effect.state for effect in one_step.effects()} == {EffectState.VOID}
    assert [(item.kind, item.reasons) for item in one_step.waiting()] == [("review", (code, "wrong rate"))]
    assert approve_as(one_step, "maya") == "NOT_WAITING"
    one_step.settle()
    assert (one_step.erp.submits, one_step.mailer.sent) == ([], [])


def test_a_decision_can_be_turned_down_after_its_first_approval(two_steps):
    assert approve_as(two_steps, "maya") == "pending_approval"
    assert isinstance(reject(two_steps.desk, two_steps.case().case_no, login="chen", why="no"), CaseRecord)
    two_steps.settle()
    assert two_steps.erp.submits == []


@pytest.mark.parametrize(
    ("login", "rule"), [("nobody", "UNKNOWN_PERSON"), ("anna", "AUTHORITY"), ("tom", "SOD-08"), ("gone", "INACTIVE")]
)
def test_who_may_not_approve_may_not_turn_down_either(one_step, login, rule):
    refusal = reject(one_step.desk, one_step.case().case_no, login=login, why="no")
    assert isinstance(refusal, Refusal)
    assert refusal.rule == rule
    assert one_step.case().status is CaseStatus.PENDING_APPROVAL


@pytest.mark.parametrize("verdicts", [("approve", "approve"), ("approve", "reject"), ("reject", "reject")])
def test_of_two_people_who_decide_at_once_one_wins(shared_office, verdicts):
    one_step = submit_one_step(shared_office)
    start = Barrier(2)
    case_no = one_step.case().case_no

    def decide(pair):
        login, verdict = pair
        start.wait()
        if verdict == "approve":
            return approve(one_step.desk, case_no, login=login)
        return reject(one_step.desk, case_no, login=login, why="no")

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(decide, zip(("luis", "maya"), verdicts, strict=True)))
    (refusal,) = [result for result in results if isinstance(result, Refusal)]
    assert refusal.rule in {"NOT_WAITING", "TAKEN"}
    one_step.settle()
    approved = one_step.case().status is CaseStatus.RESOLVED
    assert len(one_step.erp.credit_notes) == int(approved)
    assert find_breaks(one_step) == []


def test_two_managers_at_once_do_not_skip_a_step(shared_office):
    two_steps = submit_two_steps(shared_office)
    start = Barrier(2)

    def press(login):
        start.wait()
        return approve_as(two_steps, login)

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(press, ["maya", "both"]))
    assert two_steps.case().status is (CaseStatus.EXECUTING if "executing" in results else CaseStatus.PENDING_APPROVAL)
    assert len(two_steps.rows("SELECT * FROM approval")) == (2 if "executing" in results else 1)


def test_a_claimed_case_is_left_to_the_one_who_claimed_it(one_step):
    case_no = one_step.case().case_no
    assert isinstance(claim(one_step.desk, case_no, login="luis"), CaseRecord)
    refusal = claim(one_step.desk, case_no, login="maya")
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "CLAIMED"
    assert "luis" in refusal.why
    one_step.clock.advance(LEASE * 2)
    assert isinstance(claim(one_step.desk, case_no, login="maya"), CaseRecord)


def test_what_the_customer_writes_before_the_approval_takes_the_decision_back(one_step):
    thread = {"In-Reply-To": parse_message(ask_for_credit(planted.S1)).message_id}
    said = "Please wait, invoice INV-2025-00417 may be right after all."
    one_step.deliver(write_mail(said, customer_no="C-1001", name="second-thoughts", headers=thread))
    one_step.poll()
    case = one_step.case(one_step.case().case_no)
    assert case.status is CaseStatus.IN_REVIEW
    assert {effect.state for effect in one_step.effects(case)} == {EffectState.VOID}
    assert one_step.decision(case).state == "rejected"
    assert "CUSTOMER_REPLIED" in one_step.reasons()
    assert approve_as(one_step, "luis") == "NOT_WAITING"
    one_step.settle()
    assert one_step.erp.credit_notes == []
