"""Requests about who a customer is and what its master shows, from the mail to what is done outside."""

from __future__ import annotations

import email
import email.policy

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState
from csr_bot.core.erp import ErpTarget, TargetKind
from csr_bot.core.request import Category
from tests.flow.desks import the_books, write_mail

CUSTOMER = "C-1003"


@pytest.fixture
def office(new_office):
    return new_office(requests=("master_data_change", "kyc_document", "bank_detail_change"))


def work(office, raw):
    office.deliver(raw)
    office.poll()
    office.settle()
    return office.case()


def test_a_new_phone_number_is_on_the_customers_page(office):
    text = "Please update our master data: our new phone number is +31 20 555 0188."
    case = work(office, write_mail(text, customer_no=CUSTOMER))
    assert case.category is Category.MASTER_DATA_CHANGE
    assert (case.status, case.reasons) == (CaseStatus.RESOLVED, ())
    assert {effect.state for effect in office.effects()} == {EffectState.VERIFIED}
    assert office.erp.read_fields(ErpTarget(TargetKind.CUSTOMER, CUSTOMER)).value("phone") == "+31 20 555 0188"


def test_a_file_that_came_with_a_mail_is_a_fact_of_the_case(office):
    (name,) = (item.legal_name for item in the_books().customers if item.customer_no == CUSTOMER)
    raw = write_mail("As requested for your KYC review, our certificate of incorporation.", customer_no=CUSTOMER)
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
    mail.add_attachment(f"Certificate of incorporation of {name}, Delaware", filename="certificate.txt")
    case = work(office, mail.as_bytes())
    with office.log.read() as records:
        (file,) = records.intake.files_of(case.id)
    assert (file.file_name, name in file.text) == ("certificate.txt", True)
    assert case.category is Category.KYC_DOCUMENT
