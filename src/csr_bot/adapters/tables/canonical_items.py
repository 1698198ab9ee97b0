"""The sheets of the canonical workbook about money that was billed and received: lines, payments, allocations."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from csr_bot.adapters.tables.canonical import Sheet, find_currency
from csr_bot.adapters.tables.cells import RowCells
from csr_bot.core.evidence import Allocation, InvoiceLine, Payment
from csr_bot.core.money import zero

_LAST_FOUR: Final = 4


def lines_sheet(currencies: Mapping[str, str]) -> Sheet[InvoiceLine]:
    """The sheet of invoice lines, given the currency of each invoice: lines name none of their own."""
    return Sheet(
        "InvoiceLines",
        "lines",
        ("invoice_no", "line_no", "sku", "quantity", "unit_price", "net", "tax"),
        (
            "description", "unit", "discount_pct", "tax_code", "tax_rate", "service_from", "service_to", "delivery_ref",
        ),
        lambda cells: _read_line(cells, currencies),
        ("invoice_no", "line_no"),
        {"discount_pct": "discount percent", "delivery_ref": "delivery note"},
    )  # fmt: skip


def allocations_sheet(currencies: Mapping[str, str]) -> Sheet[Allocation]:
    """The sheet of allocations, given the currency of each invoice."""
    return Sheet(
        "Allocations",
        "allocations",
        ("payment_no", "invoice_no", "amount", "date"),
        ("discount", "deduction", "deduction_reason"),
        lambda cells: _read_allocation(cells, currencies),
        (),
        {"discount": "discount taken|cash discount", "deduction_reason": "reason"},
    )


def _read_line(cells: RowCells, currencies: Mapping[str, str]) -> InvoiceLine:
    invoice_no = cells.id("invoice_no")
    currency = find_currency(invoice_no, "invoice_no", currencies, reason="UNKNOWN_INVOICE")
    return InvoiceLine(
        invoice_no=invoice_no,
        line_no=cells.whole("line_no"),
        sku=cells.id("sku"),
        description=cells.optional_text("description") or "",
        quantity=cells.number("quantity"),
        unit=cells.optional_text("unit") or "",
        unit_price=cells.number("unit_price"),
        net=cells.money("net", currency),
        tax_rate=cells.optional_number("tax_rate", field="rate") or Decimal(0),
        tax=cells.money("tax", currency),
        service_from=cells.optional_day("service_from"),
        service_to=cells.optional_day("service_to"),
        locator=cells.locator,
        discount_pct=cells.optional_rate("discount_pct"),
        tax_code=cells.optional_id("tax_code"),
        delivery_ref=cells.optional_id("delivery_ref"),
    )


def _read_payment(cells: RowCells) -> Payment:
    currency = cells.currency("currency", amounts=("amount",))
    account = cells.optional_text("payer_account_last4")
    return Payment(
        payment_no=cells.id("payment_no"),
        customer_no=cells.optional_id("customer_no"),
        value_date=cells.day("value_date"),
        amount=cells.money("amount", currency),
        unapplied=cells.money("unapplied", currency) if "unapplied" in cells.columns else zero(currency),
        reference_text=cells.optional_text("reference_text") or "",
        locator=cells.locator,
        posted_on=cells.optional_day("posted_date"),
        payer_name=cells.optional_text("payer_name"),
        # Whatever a file holds, no more of an account is kept than tells it from another.
        payer_account_last4=account and account.replace(" ", "")[-_LAST_FOUR:],
        method=cells.optional_text("method"),
        bank_ref=cells.optional_id("bank_ref"),
        status=_status(cells),
    )


def _status(cells: RowCells) -> str | None:
    word = cells.optional_text("status")
    return word and word.lower().replace(" ", "_").replace("-", "_")


def _read_allocation(cells: RowCells, currencies: Mapping[str, str]) -> Allocation:
    invoice_no = cells.id("invoice_no")
    currency = find_currency(invoice_no, "invoice_no", currencies, reason="UNKNOWN_INVOICE")
    return Allocation(
        payment_no=cells.id("payment_no"),
        invoice_no=invoice_no,
        amount=cells.money("amount", currency),
        allocated_on=cells.day("date"),
        locator=cells.locator,
        discount=cells.optional_cash("discount", currency),
        deduction=cells.optional_cash("deduction", currency),
        deduction_reason=cells.optional_text("deduction_reason"),
    )


PAYMENTS: Final = Sheet(
    "Payments",
    "payments",
    ("payment_no", "value_date", "currency", "amount"),
    (
        "customer_no", "unapplied", "reference_text", "posted_date", "payer_name", "payer_account_last4", "method",
        "bank_ref", "status",
    ),
    _read_payment,
    ("payment_no",),
    {
        "posted_date": "posting date|posted on|booked on",
        "payer_name": "payer|remitter|sender",
        "payer_account_last4": "payer account|account last4",
        "method": "payment method",
        "bank_ref": "bank reference|trace|trace no|trace number|check no|check number",
        "unapplied": "unapplied amount",
        "reference_text": "reference|remittance information|remittance text",
    },
)  # fmt: skip
