from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from csr_bot.core.customer import sum_open
from csr_bot.core.evidence import DocumentStatus, PriceTerm
from csr_bot.core.money import Money, zero
from csr_bot.core.request import DisputeReason
from csr_bot.demo import books_finance as finance
from csr_bot.demo import books_planted as planted
from csr_bot.demo.books import Books, make_books

BOOKS = make_books()
INVOICES = {invoice.invoice_no: invoice for invoice in BOOKS.invoices}


def lines_of(invoice_no: str):
    return [line for line in BOOKS.lines if line.invoice_no == invoice_no]


def terms_for(contract_no: str | None, sku: str, on: date) -> list[PriceTerm]:
    return [
        term
        for term in BOOKS.price_terms
        if (term.contract_no, term.sku) == (contract_no, sku) and term.valid_from <= on <= (term.valid_to or on)
    ]


def test_the_same_seed_gives_the_same_books():
    assert make_books() == BOOKS
    assert make_books(seed=8) != BOOKS


def test_the_books_are_of_the_promised_size():
    assert len(BOOKS.customers) >= 40
    assert len(BOOKS.invoices) >= 1500
    assert len(INVOICES) == len(BOOKS.invoices)
    assert {invoice.currency for invoice in BOOKS.invoices} == {"USD", "EUR", "GBP"}


def test_lines_tax_payments_and_credits_add_up_on_every_invoice():
    paid = defaultdict(Decimal)
    for part in BOOKS.allocations:
        paid[part.invoice_no] += part.amount.amount
    for invoice in BOOKS.invoices:
        lines = lines_of(invoice.invoice_no)
        assert sum((line.net for line in lines), zero(invoice.currency)) == invoice.net
        assert sum((line.tax for line in lines), zero(invoice.currency)) == invoice.tax
        assert invoice.net + invoice.tax == invoice.gross
        expected_open = invoice.gross.amount - paid[invoice.invoice_no] - invoice.credited.amount
        assert invoice.open_amount.amount == expected_open >= 0


def test_every_payment_is_spent_on_invoices_of_its_customer_and_not_after_the_day_of_the_books():
    spent = defaultdict(Decimal)
    payments = {payment.payment_no: payment for payment in BOOKS.payments}
    for part in BOOKS.allocations:
        spent[part.payment_no] += part.amount.amount
        assert payments[part.payment_no].customer_no == INVOICES[part.invoice_no].customer_no
    for payment in BOOKS.payments:
        assert spent[payment.payment_no] + payment.unapplied.amount == payment.amount.amount
        assert payment.value_date <= BOOKS.as_of


def test_every_price_is_the_agreed_one_except_where_an_error_is_planted():
    wrong = {
        (line.invoice_no, line.line_no)
        for line in BOOKS.lines
        for term in terms_for(INVOICES[line.invoice_no].contract_no, line.sku, line.service_to)
        if term.unit_price != line.unit_price or term.waived
    }
    prices = {DisputeReason.PRICE, DisputeReason.CANCELLED_SERVICE}
    assert wrong == {
        (error.invoice_no, error.line_no) for error in planted.PLANTED_ERRORS if error.reason in prices and error.delta
    }


def test_exactly_one_price_term_is_valid_throughout_the_service_of_a_line():
    for line in BOOKS.lines:
        contract_no = INVOICES[line.invoice_no].contract_no
        first, last = (terms_for(contract_no, line.sku, day) for day in (line.service_from, line.service_to))
        assert len(first) == 1
        assert first == last


def test_the_proof_of_use_equals_the_billed_quantity_except_where_an_error_is_planted():
    used = {(row.contract_no, row.sku, row.period_to): row.quantity for row in BOOKS.usage}
    wrong = {
        line.invoice_no
        for line in BOOKS.lines
        if used.get((INVOICES[line.invoice_no].contract_no, line.sku, line.service_to), line.quantity) != line.quantity
    }
    assert wrong == {planted.S4.invoice_no, planted.QUANTITY_SMALL.invoice_no}


@pytest.mark.parametrize(
    ("invoice_no", "customer_no", "gross", "open_amount", "due"),
    [
        ("INV-2025-00417", "C-1001", "22400.00", "22400.00", date(2025, 11, 30)),
        ("INV-2025-00440", "C-1001", "15000.00", "15000.00", date(2025, 12, 7)),
        ("INV-2025-00431", "C-1002", "41350.00", "41350.00", date(2025, 12, 18)),
        ("INV-2025-00388", "C-1003", "18750.00", "18750.00", date(2025, 11, 10)),
        ("INV-2025-00371", "C-1003", "18750.00", "0.00", date(2025, 10, 31)),
        ("INV-2025-00455", "C-1004", "19500.00", "19500.00", date(2025, 11, 30)),
        ("INV-2025-00402", "C-1005", "22950.00", "22950.00", date(2025, 11, 27)),
    ],
)
def test_the_invoices_of_the_scenarios_are_as_written(invoice_no, customer_no, gross, open_amount, due):
    invoice = INVOICES[invoice_no]
    assert (invoice.customer_no, invoice.due_date) == (customer_no, due)
    assert (invoice.gross.text(), invoice.open_amount.text()) == (gross, open_amount)


def test_every_planted_price_and_quantity_error_has_the_delta_it_claims():
    for error in planted.PLANTED_ERRORS:
        line = lines_of(error.invoice_no)[error.line_no - 1]
        assert INVOICES[error.invoice_no].customer_no == error.customer_no
        assert INVOICES[error.invoice_no].status is DocumentStatus.OPEN
        if error.reason is DisputeReason.QUANTITY:
            assert (error.billed, error.delta) == (line.quantity, (error.billed - error.agreed) * line.unit_price)
        elif error.reason is DisputeReason.DUPLICATE:
            assert error.delta == error.billed == line.net.amount
        else:
            assert (error.billed, error.delta) == (line.unit_price, (error.billed - error.agreed) * line.quantity)
        assert error.credit == (error.delta * (1 + line.tax_rate / 100)).quantize(Decimal("0.01"))


def test_the_billed_rate_of_the_first_scenario_is_on_no_other_open_line_of_that_customer():
    rates = [
        line.unit_price
        for line in BOOKS.lines
        if INVOICES[line.invoice_no].customer_no == "C-1001" and INVOICES[line.invoice_no].open_amount.amount
    ]
    assert rates.count(planted.S1.billed) == 1


def test_dates_move_with_the_day_of_the_books_and_nothing_else_does():
    later: Books = make_books(as_of=BOOKS.as_of + timedelta(days=100))
    assert [row.gross for row in later.invoices] == [row.gross for row in BOOKS.invoices]
    for old, new in zip(BOOKS.invoices, later.invoices, strict=True):
        assert new.due_date - old.due_date == new.invoice_date - old.invoice_date == timedelta(days=100)


def test_the_finance_side_of_the_scenarios_is_as_written():
    customers = {row.customer_no: row for row in BOOKS.customers}
    profiles = {row.customer_no: row.dscr for row in BOOKS.credit_profiles}  # the newest comes last
    figures = {number: profiles[number] for number in ("C-1001", "C-1002", "C-1005", finance.WEAK)}
    assert figures == {
        "C-1001": Decimal("1.62"), "C-1002": Decimal("1.62"), "C-1005": Decimal("1.12"), finance.WEAK: Decimal("0.92"),
    }  # fmt: skip
    retail = customers["C-1002"]
    assert retail.credit_limit is not None
    assert retail.exposure is not None
    assert (retail.credit_limit.text(), retail.exposure.text()) == ("150000.00", "102350.00")
    assert (customers["C-1004"].cac, customers["C-1004"].gross_margin_pct) == (
        Money(Decimal("46800.00"), "USD"), Decimal(72),
    )  # fmt: skip
    assert INVOICES[planted.S3.invoice_no].dunning_level == 2
    assert INVOICES[planted.S3.invoice_no].po_no == INVOICES[planted.S3_RIGHT_INVOICE].po_no == "4500017713"
    assert INVOICES[planted.S5.invoice_no].po_no == "4500018804"
    owed = sum_open((row for row in BOOKS.invoices if row.customer_no == finance.WEAK), on=BOOKS.as_of)
    assert owed["USD"].open.text() == "86400.00"


def test_what_is_left_to_apply_stands_in_no_allocation():
    applied = {part.payment_no for part in BOOKS.allocations}
    left = {row.payment_no: row.unapplied.text() for row in BOOKS.payments if row.unapplied.amount}
    assert sorted(left.values()) == ["12300.00", "18750.00", "75125.00"]
    assert applied.isdisjoint(left)


def test_one_contract_promises_to_settle_within_a_day_and_not_to_suspend():
    (contract,) = (row for row in BOOKS.contracts if row.resolution_min is not None)
    assert (contract.contract_no, contract.first_response_min, contract.resolution_min, contract.sla_calendar) == (
        "CT-811", 120, 1440, "always",
    )  # fmt: skip
    assert "9: No suspension of the service while a dispute is open." in contract.clauses
