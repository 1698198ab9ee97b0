"""What a customer owes, by currency and never mixed, and what is different between two of its master rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from csr_bot.core.customer import compare_customers, is_owed, sum_open
from csr_bot.core.evidence import DocumentStatus, Invoice
from csr_bot.core.money import Money
from tests.core.facts import CUSTOMERS, INVOICES, usd

DUE = date(2025, 11, 10)
ITEM = replace(INVOICES["INV-2025-00417"], due_date=DUE, open_amount=usd("100.00"))
CUSTOMER = CUSTOMERS["C-1001"]


def item(amount: str, currency: str = "USD", **changes: object) -> Invoice:
    return replace(
        ITEM, open_amount=Money(Decimal(amount), currency), gross=Money(Decimal(amount), currency), **changes
    )


@pytest.mark.parametrize(
    ("days", "overdue", "long"),
    [
        (-1, "0.00", "0.00"),
        (0, "0.00", "0.00"),
        (1, "100.00", "0.00"),
        (30, "100.00", "0.00"),
        (31, "100.00", "100.00"),
    ],
)
def test_an_item_is_overdue_from_the_day_after_it_is_due(days, overdue, long):
    totals = sum_open([ITEM], on=DUE + timedelta(days=days))["USD"]
    assert (totals.open.text(), totals.overdue.text(), totals.overdue_long.text()) == ("100.00", overdue, long)


def test_credits_lower_what_is_open_and_are_never_overdue_or_disputed():
    totals = sum_open([ITEM, item("-30.00", disputed=True)], on=DUE + timedelta(days=40))["USD"]
    assert (totals.open, totals.overdue, totals.disputed) == (usd("70.00"), usd("100.00"), usd("0"))


def test_currencies_are_never_mixed():
    totals = sum_open([ITEM, item("5.00", "EUR", disputed=True)], on=DUE)
    assert {code: total.open.text() for code, total in totals.items()} == {"USD": "100.00", "EUR": "5.00"}
    assert totals["EUR"].disputed == Money(Decimal(5), "EUR")
    assert sum_open([], on=DUE) == {}


@pytest.mark.parametrize("status", [DocumentStatus.DRAFT, DocumentStatus.CANCELLED])
def test_drafts_and_cancelled_documents_are_not_owed(status):
    assert is_owed(ITEM)
    assert not is_owed(replace(ITEM, status=status))
    assert not is_owed(item("0.00"))


def test_only_what_a_master_row_says_is_compared():
    moved = replace(CUSTOMER, locator="Customers!99", exposure=usd("1.00"))
    assert compare_customers(CUSTOMER, moved) == {}
    changed = replace(CUSTOMER, legal_name="Northwind Ltd.", hold=None, email_domains=("a.example", "b.example"))
    assert compare_customers(CUSTOMER, changed) == {
        "legal_name": ("Northwind Analytics Inc.", "Northwind Ltd."),
        "hold": ("no", None),
        "email_domains": ("northwind-analytics.example", "a.example, b.example"),
    }


def test_a_customer_that_comes_or_goes_is_a_change_of_its_number():
    assert compare_customers(None, CUSTOMER) == {"customer_no": (None, "C-1001")}
    assert compare_customers(CUSTOMER, None) == {"customer_no": ("C-1001", None)}
