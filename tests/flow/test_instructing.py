"""What reviewers do with a case: each time it is worked on anew, and whoever changed it may not approve it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.instruction import InstructedLine, Instruction, InstructionKind
from csr_bot.core.money import Money
from csr_bot.core.persons import Refusal
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import Category
from csr_bot.demo import books_planted as planted
from csr_bot.flow.instructing import choose_invoices, instruct, reclassify, release, withdraw_case
from csr_bot.flow.review import approve
from csr_bot.records import CaseRecord, Person
from tests.flow.desks import Office, ask_for_credit, write_mail


def tell(office: Office, kind: InstructionKind, by: str = "anna", **what: Any) -> Refusal | CaseRecord:
    """An instruction about the only case."""
    told = Instruction(kind, by=by, at=office.clock.now(), **what)
    return instruct(office.desk, office.case().case_no, told)


def rule_of(result: Refusal | CaseRecord) -> str | None:
    return result.rule if isinstance(result, Refusal) else None


def receive(office: Office, raw: bytes) -> CaseRecord:
    office.deliver(raw)
    office.poll()
    office.settle()
    return office.case()


@pytest.fixture
def claimed_too_much(office: Office) -> Office:
    """S1 with a claim of 120 an hour, where 125 is agreed: 3,200 claimed, 2,400 right."""
    text = (
        "Invoice INV-2025-00417 shows 140.00 an hour. Our agreement since July says 120. Please revise, we will not "
        "release the payment until it is corrected."
    )
    case = receive(office, write_mail(text, customer_no="C-1001", subject="Invoice INV 2025/00417"))
    assert (case.status, case.reasons[0]) == (CaseStatus.IN_REVIEW, "CLAIM_MISMATCH")
    return office


def test_a_reviewer_grants_a_part_and_somebody_else_approves_it(claimed_too_much):
    office = claimed_too_much
    assert rule_of(tell(office, InstructionKind.GRANT)) is None
    office.settle()
    case, decision = office.case(), office.decision()
    assert case.status is CaseStatus.PENDING_APPROVAL
    assert (decision.version, decision.prepared_by, decision.outcome) == (2, "anna", Outcome.PARTIALLY_GRANTED)
    assert decision.total == Money(Decimal("2400.00"), "USD")
    assert rule_of(approve(office.desk, case.case_no, login="luis")) is None
    office.settle()
    assert (office.case().status, office.case().outcome) == (CaseStatus.RESOLVED, Outcome.PARTIALLY_GRANTED)
    assert [str(note.amount) for note in office.erp.credit_notes] == ["2,400.00 USD"]


def test_who_edits_an_amount_prepares_it_even_if_he_puts_it_back(office):
    receive(office, ask_for_credit(planted.S1))
    for net in ("2040.00", "2400.00"):
        line = InstructedLine(1, Money(Decimal(net), "USD"))
        assert rule_of(tell(office, InstructionKind.GRANT, by="maya", lines=(line,))) is None
        office.settle()
        assert office.case().status is CaseStatus.PENDING_APPROVAL
    assert (office.decision().version, office.case().editors) == (3, ("maya",))
    assert rule_of(approve(office.desk, office.case().case_no, login="maya")) == "SOD-01"
    assert rule_of(approve(office.desk, office.case().case_no, login="luis")) is None
    office.settle()
    assert [str(note.amount) for note in office.erp.credit_notes] == ["2,400.00 USD"]


def test_a_denial_needs_a_second_person_and_tells_the_customer_why(claimed_too_much):
    office = claimed_too_much
    assert rule_of(tell(office, InstructionKind.DENY, text="The amendment of July agrees 140.00.")) is None
    office.settle()
    decision = office.decision()
    assert (office.case().status, decision.outcome) == (CaseStatus.PENDING_APPROVAL, Outcome.DENIED)
    assert rule_of(approve(office.desk, office.case().case_no, login="anna")) == "SOD-01"
    assert rule_of(approve(office.desk, office.case().case_no, login="maya")) is None
    office.settle()
    assert (office.case().status, office.case().outcome) == (CaseStatus.RESOLVED, Outcome.DENIED)
    assert b"The amendment of July agrees 140.00." in office.mailer.sent[-1].raw
    assert office.erp.credit_notes == []


def test_the_customer_is_asked_once_and_his_answer_goes_on_with_the_case(office):
    text = "You billed 140.00 per unit, our agreement says 135.00. Please correct the invoice."
    case = receive(office, write_mail(text, subject="Wrong price"))
    assert case.status is CaseStatus.IN_REVIEW
    assert rule_of(tell(office, InstructionKind.ASK, questions=("the number of the invoice",))) is None
    office.settle()
    asked = office.case()
    assert (asked.status, asked.info_requests) == (CaseStatus.AWAITING_CUSTOMER, 1)
    question = office.mailer.sent[-1]
    assert b"the number of the invoice" in question.raw
    reply = write_mail(
        "It is INV-2025-00409.",
        subject="Re: Wrong price",
        name="mail-2",
        headers={"In-Reply-To": "<mail-1@lucerne-consulting.example>"},
    )
    office.clock.advance(timedelta(hours=1))
    answered = receive(office, reply)
    assert [match.certain.invoice_no for match in answered.matches] == ["INV-2025-00409"]
    assert (answered.status, answered.outcome) == (CaseStatus.RESOLVED, Outcome.GRANTED)
    assert office.decision().total == Money(Decimal("200.00"), "USD")


def test_a_person_says_which_invoice_is_meant_and_people_approve(office):
    text = "We were billed for 150 seats but only have 100 active users on the plan. Difference is $6,500."
    case = receive(office, write_mail(text, customer_no="C-1004", subject="Seats"))
    assert case.status is CaseStatus.IN_REVIEW
    chosen = choose_invoices(office.desk, case.case_no, login="anna", invoice_nos=["INV-2025-00455"])
    assert rule_of(chosen) is None
    office.settle()
    decision = office.decision()
    assert office.case().status is CaseStatus.PENDING_APPROVAL
    assert decision.total == Money(Decimal("6500.00"), "USD")
    assert decision.steps == (frozenset({"ar_manager"}),)


def test_a_reviewer_says_what_a_request_is(office):
    case = receive(office, write_mail("INV-2025-00440, you know what I mean.", customer_no="C-1001", subject="Hm"))
    changed = reclassify(office.desk, case.case_no, login="luis", category=Category.INVOICE_COPY, reason=None)
    assert rule_of(changed) is None
    office.settle()
    assert (office.case().category, office.case().status) == (Category.INVOICE_COPY, CaseStatus.RESOLVED)
    assert office.events("case.reclassified")[0].actor == "luis"


def test_a_case_that_the_customer_takes_back_ends_without_any_effect(claimed_too_much):
    office = claimed_too_much
    withdrawn = withdraw_case(office.desk, office.case().case_no, login="anna", why="the customer found the amendment")
    assert rule_of(withdrawn) is None
    assert (office.case().status, office.case().outcome) == (CaseStatus.RESOLVED, Outcome.WITHDRAWN)
    assert (office.waiting(), office.erp.credit_notes) == ([], [])


@pytest.mark.parametrize(
    ("login", "rule"), [("chen", "AUTHORITY"), ("gone", "UNKNOWN_PERSON"), ("no", "UNKNOWN_PERSON")]
)
def test_only_who_works_on_the_queue_says_what_is_done(claimed_too_much, login, rule):
    assert rule_of(tell(claimed_too_much, InstructionKind.GRANT, by=login)) == rule
    assert claimed_too_much.case().status is CaseStatus.IN_REVIEW


def test_what_the_ledger_does_not_hold_cannot_be_chosen(claimed_too_much):
    office = claimed_too_much
    chosen = choose_invoices(office.desk, office.case().case_no, login="anna", invoice_nos=["INV-1999-00001"])
    assert rule_of(chosen) == "NO_INVOICE"


def test_another_customers_invoice_is_never_credited_whoever_chooses_it(office):
    case = receive(office, ask_for_credit(planted.S1))
    chosen = choose_invoices(office.desk, case.case_no, login="luis", invoice_nos=[planted.S5.invoice_no])
    assert rule_of(chosen) is None
    office.settle()
    tell(office, InstructionKind.GRANT, by="luis", lines=(InstructedLine(1, Money(Decimal("100.00"), "USD")),))
    office.settle()
    assert office.case().status is CaseStatus.IN_REVIEW
    assert "WRONG_CUSTOMER" in office.case().reasons
    assert office.erp.credit_notes == []


@pytest.fixture
def quarantined(office: Office) -> Office:
    """A mail that claims to be from a customer and could not be read as such."""
    raw = write_mail("Please see INV-2025-00440.", customer_no="C-1001", subject="Hello").replace(
        b"From: ", b"From: Somebody Else <other@elsewhere.example>, ", 1
    )
    case = receive(office, raw)
    assert case.status is CaseStatus.QUARANTINED
    with office.log.begin() as records:
        officer = Person(
            "freya", "Freya Holm", "freya@sharedservices.example", frozenset({"fraud_officer"}), active=True
        )
        records.house.put_person(officer)
    return office


def test_only_the_fraud_officer_settles_what_is_in_quarantine(quarantined):
    number = quarantined.case().case_no
    assert rule_of(release(quarantined.desk, number, login="luis", genuine=True, why="looks fine")) == "AUTHORITY"
    assert rule_of(release(quarantined.desk, number, login="freya", genuine=False, why=" ")) == "REASON"
    assert rule_of(release(quarantined.desk, number, login="freya", genuine=False, why="nobody we know")) is None
    assert quarantined.case().status is CaseStatus.CLOSED
    assert quarantined.waiting() == []


def test_what_is_genuine_is_worked_on_like_any_other(quarantined):
    number = quarantined.case().case_no
    assert rule_of(release(quarantined.desk, number, login="freya", genuine=True, why="called back")) is None
    quarantined.settle()
    assert quarantined.case().status is CaseStatus.IN_REVIEW
    assert quarantined.mailer.sent == []
