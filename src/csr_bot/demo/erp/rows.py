"""The rows of the demo ERP's database as values, and how they are read from it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from csr_bot.core.money import Money, parse_money


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer with the sum of the open amounts in its currency; ``exposure`` adds what is not billed yet."""

    customer_no: str
    name: str
    status: str
    balance: Money
    exposure: Money
    dunning_level: int


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as it stands."""

    invoice_no: str
    customer_no: str
    customer_name: str
    status: str
    invoice_date: str
    due_date: str
    net: Money
    tax: Money
    total: Money
    credited: Money
    open_amount: Money
    dunning_level: int
    po_no: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A billed line; quantity, unit price and tax rate as they are printed."""

    line_no: int
    sku: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    net: Money
    tax_rate: str
    tax: Money


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment received on an invoice."""

    payment_no: str
    value_date: str
    amount: Money


@dataclass(frozen=True, slots=True)
class CreditNoteRow:
    """A booked credit note. ``amount`` includes ``tax``."""

    number: str
    invoice_no: str
    customer_no: str
    net: Decimal
    tax: Decimal
    amount: Decimal
    currency: str
    reason: str
    reference: str
    posting_date: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Money that came in, or a credit on account; ``unapplied`` is what can still be used of it."""

    payment_no: str
    kind: str
    customer_no: str
    value_date: str
    amount: Money
    unapplied: Money


@dataclass(frozen=True, slots=True)
class PostRequest:
    """A request to change something that the server has read, whatever became of it. ``subject`` is the document."""

    subject: str
    reference: str


def read_invoice(row: sqlite3.Row) -> InvoiceRow:
    """An invoice joined with its customer's name."""
    currency = row["currency"]
    return InvoiceRow(
        invoice_no=row["invoice_no"],
        customer_no=row["customer_no"],
        customer_name=row["customer_name"],
        status=row["status"],
        invoice_date=row["invoice_date"],
        due_date=row["due_date"],
        net=parse_money(row["net"], currency),
        tax=parse_money(row["tax"], currency),
        total=parse_money(row["total"], currency),
        credited=parse_money(row["credited"], currency),
        open_amount=parse_money(row["open_amount"], currency),
        dunning_level=row["dunning_level"],
        po_no=row["po_no"] or "",
    )


def read_line(row: sqlite3.Row) -> LineRow:
    """A line joined with its invoice's currency."""
    currency = row["currency"]
    return LineRow(
        line_no=row["line_no"],
        sku=row["sku"],
        description=row["description"],
        quantity=row["quantity"],
        unit=row["unit"],
        unit_price=row["unit_price"],
        net=parse_money(row["net"], currency),
        tax_rate=row["tax_rate"],
        tax=parse_money(row["tax"], currency),
    )


def read_credit_note(row: sqlite3.Row) -> CreditNoteRow:
    """A credit note."""
    return CreditNoteRow(
        number=row["number"],
        invoice_no=row["invoice_no"],
        customer_no=row["customer_no"],
        net=Decimal(row["net"]),
        tax=Decimal(row["tax"]),
        amount=Decimal(row["total"]),
        currency=row["currency"],
        reason=row["reason"],
        reference=row["reference"],
        posting_date=row["posting_date"],
        posted_at=datetime.fromisoformat(row["posted_at"]),
    )


def read_receipt(row: sqlite3.Row) -> ReceiptRow:
    """A payment or a credit on account."""
    currency = row["currency"]
    return ReceiptRow(
        payment_no=row["payment_no"],
        kind=row["kind"],
        customer_no=row["customer_no"],
        value_date=row["value_date"],
        amount=parse_money(row["amount"], currency),
        unapplied=parse_money(row["unapplied"], currency),
    )
