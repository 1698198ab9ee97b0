from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from csr_bot.core.credit_drafts import Agreement, CreditDraft, OrderTerms, compare_draft
from csr_bot.core.letters_of_credit import Tolerance
from csr_bot.core.money import Money

A = Agreement
ORDER = OrderTerms(
    amount=Money(Decimal(480000), "USD"),
    customer_name="Fabrikam Retail GmbH",
    ships_on=date(2026, 1, 10),
    days_to_present=15,
    documents=("Commercial invoice", "Bill of lading", "Packing list"),
)
DRAFT = CreditDraft(
    amount=Money(Decimal(480000), "USD"),
    applicant="FABRIKAM RETAIL GMBH",
    latest_shipment_on=date(2026, 1, 15),
    expires_on=date(2026, 2, 28),
    presentation_days=21,
    documents=("commercial invoice", "Bill of Lading"),
)


def compare(draft: CreditDraft, order: OrderTerms = ORDER) -> dict[str, Agreement]:
    lines = compare_draft(draft, order, is_banking_day=lambda day: day.weekday() < 5)
    return {line.point: line.agreement for line in lines}


def test_a_draft_that_fits_agrees_on_every_point():
    assert set(compare(DRAFT).values()) == {A.AGREES}


def test_a_draft_that_says_nothing_leaves_every_point_to_the_analyst():
    said = compare(CreditDraft())
    assert said.pop("presentation") is A.AGREES  # 21 days hold where nothing is said
    assert set(said.values()) == {A.UNKNOWN}


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"amount": Money(Decimal(478800), "USD")}, {"amount"}),
        ({"amount": Money(Decimal(500000), "USD")}, {"amount"}),
        ({"applicant": "Fabrikam Retail Ltd"}, {"applicant"}),
        ({"latest_shipment_on": date(2026, 1, 9)}, {"latest shipment"}),
        ({"expires_on": date(2026, 1, 23)}, {"expiry"}),
        ({"presentation_days": 14}, {"presentation"}),
        ({"documents": ("Commercial invoice", "Inspection certificate")}, {"documents"}),
    ],
)
def test_what_does_not_fit_is_pointed_out(change, differs):
    said = compare(replace(DRAFT, **change))
    assert {point for point, agreement in said.items() if agreement is A.DIFFERS} == differs


def test_another_currency_differs_and_its_amount_is_not_compared():
    said = compare(replace(DRAFT, amount=Money(Decimal(480000), "EUR")))
    assert (said["currency"], said["amount"]) == (A.DIFFERS, A.UNKNOWN)


def test_an_amount_within_tolerance_agrees():
    about = replace(DRAFT, amount=Money(Decimal(450000), "USD"), tolerance=Tolerance(about=True))
    assert compare(about)["amount"] is A.AGREES


def test_an_expiry_that_moves_to_monday_is_late_enough():
    assert compare(replace(DRAFT, expires_on=date(2026, 1, 24)))["expiry"] is A.AGREES
