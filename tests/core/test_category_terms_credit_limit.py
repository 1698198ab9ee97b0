from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.erp import ErpCustomer, ErpFields, ErpTarget, TargetKind
from csr_bot.core.evidence import KycRecord
from csr_bot.core.facts import Facts
from csr_bot.core.message import IdentityLevel
from csr_bot.core.request import AmountRole, Category
from tests.core.facts import (
    CUSTOMERS,
    NOW,
    POLICY,
    ask,
    claim,
    contact_of,
    context_of,
    facts_for,
    sender_of,
    usd,
)

CUSTOMER = "C-1001"
"""A limit of 200,000.00, of which 37,400.00 are used."""
OURS = CUSTOMERS[CUSTOMER]


def page(limit: Any = OURS.credit_limit, exposure: Any = OURS.exposure, **fields: str) -> ErpCustomer:
    shown = ErpFields(ErpTarget(TargetKind.CUSTOMER, CUSTOMER), fields, f"/customers/{CUSTOMER}", NOW)
    return ErpCustomer(CUSTOMER, OURS.legal_name, "active", exposure, exposure, limit, 0, shown, ())


def question(words: str = "What is our current credit limit and how much is left?", **changes: Any) -> Facts:
    given = {"words": words, "erp_customer": page(), **changes}
    amounts = given.pop("amounts", ())
    return facts_for(ask(Category.TERMS_CREDIT_LIMIT, amounts=amounts), CUSTOMER, **given)


def run(facts: Facts) -> Any:
    return decide(facts, POLICY)


@pytest.mark.parametrize(
    "words",
    [
        "What is our current credit limit and how much is left?",
        "Wie hoch ist unser Kreditlimit, und was ist davon noch frei?",
        "Quelle est notre limite de crédit ?",
        "¿Cuál es nuestro límite de crédito?",
        "Wat is onze kredietlimiet?",
    ],
)
def test_a_finance_contact_is_told_the_limit_and_what_is_left(words):
    decision = run(question(words))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    (mail,) = decision.effects
    assert mail.params["template"] == "LIMIT_INFO"
    assert mail.params["values"]["available"] == {"amount": "162600.00", "currency": "USD"}
    assert not decision.matters


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (question("Please raise our credit limit to 250k."), "CREDIT_CHANGE"),
        (question("Our credit limit please.", amounts=(claim("250000.00", AmountRole.OTHER),)), "CREDIT_CHANGE"),
        (question("We would like to move from net 30 to net 60."), "CREDIT_CHANGE"),
        (question("Order SO-7712 is blocked by the credit limit."), "CREDIT_CHANGE"),
        (question("Unser Kreditlimit bitte auf 50 erhöhen."), "CREDIT_CHANGE"),
        (question("Can you tell us more?"), "CREDIT_WISH_UNCLEAR"),
        (question(erp_customer=None), "ERP_NOT_READ"),
        (question(erp_customer=page(limit=usd("1.00"))), "STALE_SNAPSHOT"),
        (question(erp_customer=page(limit=None)), "CREDIT_LIMIT_UNKNOWN"),
        (question(customer=replace(OURS, exposure=None)), "CREDIT_LIMIT_UNKNOWN"),
        (question(erp_customer=page(credit_limit_until="2025-10-31")), "CREDIT_LIMIT_ENDED"),
        (
            question(customer=replace(OURS, exposure=usd("200000.01")), erp_customer=page(exposure=usd("200000.01"))),
            "CREDIT_LIMIT_EXCEEDED",
        ),
        (question(snapshot_generated_at=NOW - timedelta(hours=25)), "SNAPSHOT_TOO_OLD"),
        (question(sender=sender_of(CUSTOMER, level=IdentityLevel.L1)), "IDENTITY_TOO_LOW"),
        (
            question(sender=sender_of(CUSTOMER, contact=replace(contact_of(CUSTOMER), role="technical"))),
            "NOT_A_FINANCE_CONTACT",
        ),
        (
            question(context=replace(context_of(CUSTOMER), kyc=KycRecord(CUSTOMER, "EXPIRED", "LOW", None))),
            "KYC_NOT_IN_FORCE",
        ),
        (question(context=replace(context_of(CUSTOMER), kyc=None)), "KYC_NOT_IN_FORCE"),
    ],
)
def test_everything_else_goes_to_a_person(facts, reason):
    decision = run(facts)
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons


def test_a_wish_for_more_is_never_answered_with_figures():
    assert run(question("Please raise our credit limit.")).effects == ()
