"""Requests about a customer's account as a whole, from the mail to what is done outside."""

from __future__ import annotations

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState, EffectType
from csr_bot.core.erp import ErpTarget, TargetKind
from csr_bot.core.request import Category
from csr_bot.demo import books_planted as planted
from csr_bot.registers import RegisterKind
from tests.flow.desks import ask_for_credit, the_books, write_mail

REQUESTS = (
    "promise_to_pay",
    "statement_of_account",
    "po_reference_update",
    "credit_note_request",
    "terms_credit_limit",
    "contract_service_query",
)


@pytest.fixture
def accounts(new_office):
    return new_office(requests=REQUESTS)


def work(office, text, **how):
    office.deliver(write_mail(text, **how))
    office.poll()
    office.settle()
    return office.case()


def evidence_of(office, case):
    with office.log.read() as records:
        return {item.code for item in records.overview.evidence_of(case.id, version=1)}


def test_a_promise_is_noted_and_dunning_rests(accounts):
    case = work(accounts, "Hello, INV-2025-00388 will be paid on 5 December 2025.", customer_no="C-1003")
    assert case.category is Category.PROMISE_TO_PAY
    assert (case.status, case.reasons) == (CaseStatus.RESOLVED, ())
    assert {effect.state for effect in accounts.effects()} == {EffectState.VERIFIED}
    shown = accounts.erp.read_fields(ErpTarget(TargetKind.INVOICE, "INV-2025-00388"))
    assert shown.value("dunning_block_until") == "2025-12-10"
    with accounts.log.read() as records:
        (entry,) = records.registers.of_customer(RegisterKind.PROMISE, "C-1003")
    assert (entry.subject, entry.status) == ("INV-2025-00388", "open")


def test_a_second_promise_while_one_is_open_goes_to_a_person(accounts):
    work(accounts, "Hello, INV-2025-00388 will be paid on 5 December 2025.", customer_no="C-1003")
    later = "Hello, INV-2025-00388 will now be paid on 15 December 2025."
    accounts.deliver(write_mail(later, customer_no="C-1003", name="mail-2"))
    accounts.poll()
    accounts.settle()
    assert {reason for item in accounts.waiting() for reason in item.reasons} == {"PROMISE_STILL_OPEN"}


def test_a_statement_goes_out_as_a_file_that_stays_with_the_evidence(accounts):
    case = work(accounts, "Please send us an up-to-date statement of account.", customer_no="C-1002")
    assert case.category is Category.STATEMENT_OF_ACCOUNT
    assert (case.status, case.reasons) == (CaseStatus.RESOLVED, ())
    (effect,) = accounts.effects()
    assert effect.type is EffectType.SEND_STATEMENT
    assert "statement-C-1002-2025-11-24.csv" in str(accounts.mailer.sent[0])
    with accounts.log.read() as records:
        blob = records.house.blob(effect.params["attachments"][0]["sha256"])
    assert b"INV-2025-00431" in blob.content
    assert {"E1", "E3", "E9", "E11"} <= evidence_of(accounts, case)


def test_the_credit_limit_is_told_from_the_customers_page(accounts):
    case = work(accounts, "What is our current credit limit and how much of it is left?", customer_no="C-1001")
    assert case.category is Category.TERMS_CREDIT_LIMIT
    assert (case.status, case.reasons) == (CaseStatus.RESOLVED, ())
    assert "E9" in evidence_of(accounts, case)
    limit = next(item.credit_limit for item in the_books().customers if item.customer_no == "C-1001")
    assert accounts.effects()[0].params["values"]["limit"] == {"amount": limit.text(), "currency": "USD"}


def test_a_contract_question_is_answered_from_the_price_terms(accounts):
    case = work(accounts, "Question about contract CT-802: what are the agreed prices?", customer_no="C-1002")
    assert case.category is Category.CONTRACT_SERVICE_QUERY
    assert (case.status, case.reasons) == (CaseStatus.RESOLVED, ())
    assert "E6" in evidence_of(accounts, case)


def test_an_order_number_is_put_on_the_invoice_that_it_corrects(accounts):
    text = "On INV-2025-00402 the PO should read 4500018840, not PO 4500018804. Please correct it."
    case = work(accounts, text, customer_no="C-1005")
    assert case.category is Category.PO_REFERENCE_UPDATE
    assert (case.status, case.reasons) == (CaseStatus.RESOLVED, ())
    assert accounts.erp.read_fields(ErpTarget(TargetKind.INVOICE, "INV-2025-00402")).value("po_no") == "4500018840"


def test_a_credit_note_that_is_said_to_be_approved_goes_to_a_person(accounts):
    case = work(
        accounts, "Still waiting on the credit note for INV-2025-00417, Sandra approved it.", customer_no="C-1001"
    )
    assert case.category is Category.CREDIT_NOTE_REQUEST
    assert case.status is CaseStatus.IN_REVIEW
    assert "HEARSAY_APPROVAL" in case.reasons


def test_a_posted_credit_note_without_a_print_goes_to_a_person(new_office):
    office = new_office(requests=(*REQUESTS, "billing_dispute"))
    office.deliver(ask_for_credit())
    office.poll()
    office.settle()
    assert office.case().status is CaseStatus.RESOLVED
    text = f"Where is the credit note for {planted.PRICE_DELTA_200.invoice_no}? Please send us the document."
    office.deliver(write_mail(text, name="mail-2"))
    office.poll()
    office.settle()
    chasing = next(case for case in office.cases() if case.category is Category.CREDIT_NOTE_REQUEST)
    assert (chasing.status, "NO_DOCUMENT" in chasing.reasons) == (CaseStatus.IN_REVIEW, True)
    assert "E13" in evidence_of(office, chasing)
