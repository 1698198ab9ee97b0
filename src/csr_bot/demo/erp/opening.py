"""The opening of the demo ERP's database: its tables, and the books entered into them once."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from typing import Final

from csr_bot.core.evidence import DocumentStatus, Invoice
from csr_bot.demo.books import Books

SCHEMA: Final = (
    """CREATE TABLE customer (customer_no TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL,
       currency TEXT NOT NULL)""",
    """CREATE TABLE invoice (invoice_no TEXT PRIMARY KEY, customer_no TEXT NOT NULL REFERENCES customer,
       status TEXT NOT NULL, invoice_date TEXT NOT NULL, due_date TEXT NOT NULL, currency TEXT NOT NULL,
       net TEXT NOT NULL, tax TEXT NOT NULL, total TEXT NOT NULL, credited TEXT NOT NULL, open_amount TEXT NOT NULL,
       dispute_flag INTEGER NOT NULL, dunning_block INTEGER NOT NULL, dunning_level INTEGER NOT NULL,
       po_no TEXT NOT NULL)""",
    """CREATE TABLE invoice_line (invoice_no TEXT NOT NULL REFERENCES invoice, line_no INTEGER NOT NULL,
       sku TEXT NOT NULL, description TEXT NOT NULL, quantity TEXT NOT NULL, unit TEXT NOT NULL,
       unit_price TEXT NOT NULL, net TEXT NOT NULL, tax_rate TEXT NOT NULL, tax TEXT NOT NULL,
       PRIMARY KEY (invoice_no, line_no))""",
    """CREATE TABLE payment (invoice_no TEXT NOT NULL REFERENCES invoice, payment_no TEXT NOT NULL,
       value_date TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL)""",
    """CREATE TABLE credit_note (number TEXT PRIMARY KEY, invoice_no TEXT NOT NULL REFERENCES invoice,
       customer_no TEXT NOT NULL, net TEXT NOT NULL, tax TEXT NOT NULL, total TEXT NOT NULL, currency TEXT NOT NULL,
       reason TEXT NOT NULL, reference TEXT NOT NULL, posting_date TEXT NOT NULL, posted_at TEXT NOT NULL)""",
    """CREATE TABLE credit_note_line (number TEXT NOT NULL REFERENCES credit_note, line_no INTEGER NOT NULL,
       net TEXT NOT NULL, tax TEXT NOT NULL, PRIMARY KEY (number, line_no))""",
    "CREATE TABLE post_request (at TEXT NOT NULL, invoice_no TEXT NOT NULL, reference TEXT NOT NULL)",
    "CREATE INDEX invoice_of_customer ON invoice (customer_no)",
    "CREATE INDEX payment_on_invoice ON payment (invoice_no)",
    "CREATE INDEX credit_note_on_invoice ON credit_note (invoice_no)",
    "CREATE INDEX credit_note_by_reference ON credit_note (reference)",
)

_DUNNING_STEPS: Final = (1, 15, 31)
"""Days overdue from which an unpaid invoice is at dunning level 1, 2 and 3."""


def enter_books(db: sqlite3.Connection, books: Books) -> None:
    """Copy the books into the empty tables, inside the caller's transaction."""
    db.executemany(
        "INSERT INTO customer VALUES (?, ?, ?, ?)",
        [(item.customer_no, item.legal_name, item.status, item.currency) for item in books.customers],
    )
    db.executemany(
        "INSERT INTO invoice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_invoice_values(item, books) for item in books.invoices],
    )
    db.executemany(
        "INSERT INTO invoice_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (item.invoice_no, item.line_no, item.sku, item.description, _plain(item.quantity), item.unit,
             f"{item.unit_price:,f}", item.net.text(), _plain(item.tax_rate), item.tax.text())
            for item in books.lines
        ],
    )  # fmt: skip
    db.executemany(
        "INSERT INTO payment VALUES (?, ?, ?, ?, ?)",
        [
            (item.invoice_no, item.payment_no, item.allocated_on.isoformat(), item.amount.text(), item.amount.currency)
            for item in books.allocations
        ],
    )


def _invoice_values(invoice: Invoice, books: Books) -> tuple[object, ...]:
    overdue = (books.as_of - invoice.due_date).days if invoice.open_amount.amount > 0 else 0
    return (
        invoice.invoice_no, invoice.customer_no, invoice.status.value, invoice.invoice_date.isoformat(),
        invoice.due_date.isoformat(), invoice.currency, invoice.net.text(), invoice.tax.text(), invoice.gross.text(),
        invoice.credited.text(), invoice.open_amount.text(), 0, 0,
        0 if invoice.status is DocumentStatus.CANCELLED else sum(overdue >= step for step in _DUNNING_STEPS),
        invoice.po_no or "",
    )  # fmt: skip


def _plain(number: Decimal) -> str:
    """The number without superfluous zeros: ``160`` rather than ``160.00``."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
