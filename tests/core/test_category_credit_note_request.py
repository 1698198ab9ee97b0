from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.evidence import KycRecord
from csr_bot.core.facts import CreditNoteCopy, Facts
from csr_bot.core.message import IdentityLevel
from csr_bot.core.request import AmountRole, Category
from tests.core.facts import (
    POLICY,
    ask,
    claim,
    context_of,
    earlier_credit,
    facts_for,
    sender_of,
    usd,
)

INVOICE, CUSTOMER = "INV-2025-00417", "C-1001"
POSTED = CreditNoteCopy("CN-2025-0007", INVOICE, usd("2400.00"), date(2025, 11, 20), "b" * 64)


def chase(
    *copies: CreditNoteCopy,
    words: str = "Where is our credit note?",
    invoices: tuple[str, ...] = (INVOICE,),
    amounts: tuple[str, ...] = (),
    **changes: Any,
) -> Facts:
    request = ask(
        Category.CREDIT_NOTE_REQUEST, *invoices, amounts=tuple(claim(item, AmountRole.OTHER) for item in amounts)
    )
    return facts_for(request, CUSTOMER, words=words, credit_notes=copies, **changes)


def run(facts: Facts) -> Any:
    return decide(facts, POLICY)


@pytest.mark.parametrize("amounts", [(), ("2400.00",)])
def test_a_posted_credit_note_is_sent(amounts):
    decision = run(chase(POSTED, amounts=amounts))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    (mail,) = decision.effects
    assert mail.params["template"] == "CN_COPY"
    assert mail.params["values"]["credit_note_no"] == "CN-2025-0007"
    assert mail.params["attachments"] == [{"file_name": "CN-2025-0007.pdf", "sha256": "b" * 64}]
    assert not decision.matters


def test_the_amount_tells_which_of_several_is_meant():
    other = replace(POSTED, number="CN-2025-0009", amount=usd("100.00"))
    assert run(chase(POSTED, other, amounts=("100.00",))).effects[0].params["values"]["credit_note_no"] == other.number
    assert run(chase(POSTED, other)).reasons == ("SEVERAL_CREDIT_NOTES",)


def test_the_invoice_is_asked_for_where_none_is_named():
    decision = run(chase(invoices=()))
    assert (decision.route, decision.reasons) == (Route.ASK, ("MISSING_INVOICE",))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (chase(words="Sandra approved it on 3 Nov."), "HEARSAY_APPROVAL"),
        (chase(earlier_credits=(earlier_credit(INVOICE, "2400.00", posted=False),)), "CREDIT_ON_ITS_WAY"),
        (chase(), "NO_CREDIT_NOTE"),
        (chase(words="The Q3 rebate please.", invoices=()), "REBATE"),
        (chase(words="Goods were returned on 28 Oct.", invoices=()), "RETURNED_GOODS"),
        (chase(POSTED, amounts=("2500.00",)), "NO_CREDIT_NOTE"),
        (chase(replace(POSTED, document_sha256=None)), "NO_DOCUMENT"),
        (chase(POSTED, sender=sender_of(CUSTOMER, level=IdentityLevel.L1)), "IDENTITY_TOO_LOW"),
        (
            chase(POSTED, context=replace(context_of(CUSTOMER), kyc=KycRecord(CUSTOMER, "EXPIRED", "LOW", None))),
            "KYC_NOT_IN_FORCE",
        ),
    ],
)
def test_everything_else_goes_to_a_person(facts, reason):
    decision = run(facts)
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons


def test_nothing_of_another_customers_credit_note_is_told():
    facts = chase(POSTED)
    stranger = replace(facts, customer=replace(facts.customer, customer_no="C-1002"))
    decision = run(stranger)
    assert (decision.route, "WRONG_CUSTOMER" in decision.reasons) == (Route.EXCEPTION, True)
