from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.evidence import KycRecord
from csr_bot.core.facts import Facts
from csr_bot.core.message import IdentityLevel
from csr_bot.core.request import Category
from tests.core.facts import BOOKS, NOW, POLICY, ask, context_of, facts_for, sender_of

CUSTOMER, CONTRACT, INVOICE = "C-1002", "CT-802", "INV-2025-00431"
TERMS = tuple(term for term in BOOKS.price_terms if term.contract_no == CONTRACT)


def question(words: str, *invoices: str, **changes: Any) -> Facts:
    given = {"words": words, "price_terms": TERMS, **changes}
    return facts_for(ask(Category.CONTRACT_SERVICE_QUERY, *invoices), CUSTOMER, **given)


def with_contract(words: str, **changes: Any) -> Facts:
    context = context_of(CUSTOMER)
    return question(words, context=replace(context, contracts=(replace(context.contracts[0], **changes),)))


def run(facts: Facts) -> Any:
    return decide(facts, POLICY)


def told(facts: Facts) -> list[tuple[str, Any]]:
    decision = run(facts)
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    (mail,) = decision.effects
    assert mail.params["template"] == "CONTRACT_ANSWER"
    return [(answer["sentence"], answer["values"]) for answer in mail.params["values"]["answers"]]


def test_the_price_list_is_told_with_the_clause_of_each_price():
    answers = told(question("Please send us the price list of contract CT-802."))
    assert [name for name, _ in answers] == ["contract_price"] * len(TERMS)
    seat = next(values for _, values in answers if values["item"] == "POS-SEAT")
    assert (seat["price"], seat["clause"]) == ({"amount": "500.00", "currency": "USD"}, "4.1")


def test_only_the_price_of_the_named_item_is_told():
    answers = told(question("What is the agreed price for POS-SEAT?"))
    assert [values["item"] for _, values in answers] == ["POS-SEAT"]


def test_notice_and_renewal_are_told_by_their_clauses():
    clauses = ("7.1: The notice period is 90 days.", "7.2: The contract renews for a year.")
    facts = with_contract("What is the notice period in contract CT-802 and does it auto-renew?", clauses=clauses)
    (notice, values), (renewal, more) = told(facts)
    assert (notice, values["notice"], values["clause"]) == ("contract_notice", "90 days", "7.1")
    assert (renewal, more["clause"]) == ("contract_renews", "7.2")


def test_the_lines_of_an_invoice_are_told_as_billed():
    answers = told(question("We need a breakdown for our budget owner.", INVOICE))
    assert answers
    assert {name for name, _ in answers} == {"invoice_line"}
    (line,) = told(question("please explain line 1", INVOICE))
    assert line[1]["line"] == {"number": "1"}


def test_included_units_are_told_where_the_contract_says_them():
    terms = (replace(TERMS[0], included_quantity=Decimal(100)),)
    answers = told(question("How many seats are included?", price_terms=terms))
    assert answers[0][1]["quantity"] == {"number": "100"}


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (question("We need a breakdown."), "MISSING_INVOICE"),
        (
            question("The price list please.", context=replace(context_of(CUSTOMER), contracts=())),
            "MISSING_CONTRACT_NO",
        ),
    ],
)
def test_what_is_missing_is_asked_for(facts, missing):
    decision = run(facts)
    assert (decision.route, decision.reasons) == (Route.ASK, (missing,))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (question("Does our plan include weekend support?"), "CONTRACT_MEANING"),
        (question("When does our price indexation kick in?"), "CONTRACT_MEANING"),
        (question("We want to cancel; what is the notice period?"), "CONTRACT_CANCELLATION"),
        (question("You promised a service credit if uptime < 99.5%."), "SERVICE_CREDIT"),
        (question("Tell me something about the contract."), "CONTRACT_NOT_A_FIELD"),
        (question("What is the notice period?"), "CONTRACT_NOT_A_FIELD"),
        (question("The price list of CT-778 please."), "CONTRACT_NOT_FOUND"),
        (question("please explain line 99", INVOICE), "NO_SUCH_LINE"),
        (question("The price list", price_terms=(replace(TERMS[0], tier_from=Decimal(1)),)), "CONTRACT_NOT_A_FIELD"),
        (question("The price list", snapshot_generated_at=NOW - timedelta(hours=25)), "SNAPSHOT_TOO_OLD"),
        (question("The price list", sender=sender_of(CUSTOMER, level=IdentityLevel.L1)), "IDENTITY_TOO_LOW"),
        (
            question(
                "The price list",
                context=replace(context_of(CUSTOMER), kyc=KycRecord(CUSTOMER, "EXPIRED", "LOW", None)),
            ),
            "KYC_NOT_IN_FORCE",
        ),
    ],
)
def test_everything_else_goes_to_a_person(facts, reason):
    decision = run(facts)
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons
