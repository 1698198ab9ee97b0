"""The opening of the demo ERP's database: its tables, and the books entered into them once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from csr_bot.core.evidence import Customer, DocumentStatus, Invoice
from csr_bot.core.money import Money, zero
from csr_bot.demo.books import Books
from csr_bot.demo.erp.database import Database

SCHEMA: Final = (
    """CREATE TABLE customer (customer_no TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL,
       currency TEXT NOT NULL, unbilled TEXT NOT NULL)""",
    """CREATE TABLE invoice (invoice_no TEXT PRIMARY KEY, customer_no TEXT NOT NULL REFERENCES customer,
       status TEXT NOT NULL, invoice_date TEXT NOT NULL, due_date TEXT NOT NULL, currency TEXT NOT NULL,
       net TEXT NOT NULL, tax TEXT NOT NULL, total TEXT NOT NULL, credited TEXT NOT NULL, open_amount TEXT NOT NULL,
       dunning_level INTEGER NOT NULL)""",
    """CREATE TABLE invoice_line (invoice_no TEXT NOT NULL REFERENCES invoice, line_no INTEGER NOT NULL,
       sku TEXT NOT NULL, description TEXT NOT NULL, quantity TEXT NOT NULL, unit TEXT NOT NULL,
       unit_price TEXT NOT NULL, net TEXT NOT NULL, tax_rate TEXT NOT NULL, tax TEXT NOT NULL,
       PRIMARY KEY (invoice_no, line_no))""",
    """CREATE TABLE payment (invoice_no TEXT NOT NULL REFERENCES invoice, payment_no TEXT NOT NULL,
       value_date TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL)""",
    """CREATE TABLE receipt (payment_no TEXT PRIMARY KEY, kind TEXT NOT NULL, customer_no TEXT NOT NULL,
       value_date TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL, unapplied TEXT NOT NULL)""",
    """CREATE TABLE field (target TEXT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
       PRIMARY KEY (target, number, name))""",
    """CREATE TABLE change_log (seq INTEGER PRIMARY KEY, target TEXT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL,
       old TEXT NOT NULL, new TEXT NOT NULL, reference TEXT NOT NULL, note TEXT NOT NULL, user TEXT NOT NULL,
       changed_at TEXT NOT NULL)""",
    """CREATE TABLE document (number TEXT PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL,
       customer_no TEXT NOT NULL, total TEXT NOT NULL, currency TEXT NOT NULL, reason TEXT NOT NULL,
       reference TEXT NOT NULL, posting_date TEXT NOT NULL, posted_at TEXT NOT NULL)""",
    """CREATE TABLE document_part (number TEXT NOT NULL REFERENCES document, role TEXT NOT NULL,
       subject TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (number, role, subject))""",
    """CREATE TABLE credit_note (number TEXT PRIMARY KEY, invoice_no TEXT NOT NULL REFERENCES invoice,
       customer_no TEXT NOT NULL, net TEXT NOT NULL, tax TEXT NOT NULL, total TEXT NOT NULL, currency TEXT NOT NULL,
       reason TEXT NOT NULL, reference TEXT NOT NULL, posting_date TEXT NOT NULL, posted_at TEXT NOT NULL)""",
    """CREATE TABLE credit_note_line (number TEXT NOT NULL REFERENCES credit_note, line_no INTEGER NOT NULL,
       net TEXT NOT NULL, tax TEXT NOT NULL, PRIMARY KEY (number, line_no))""",
    "CREATE TABLE post_request (at TEXT NOT NULL, subject TEXT NOT NULL, reference TEXT NOT NULL)",
    "CREATE INDEX invoice_of_customer ON invoice (customer_no)",
    "CREATE INDEX payment_on_invoice ON payment (invoice_no)",
    "CREATE INDEX credit_note_on_invoice ON credit_note (invoice_no)",
    "CREATE INDEX credit_note_by_reference ON credit_note (reference)",
    "CREATE INDEX receipt_of_customer ON receipt (customer_no)",
    "CREATE INDEX change_by_reference ON change_log (reference)",
    "CREATE INDEX change_of_target ON change_log (target, number)",
    "CREATE INDEX document_by_reference ON document (reference)",
)

_DUNNING_STEPS: Final = (1, 15, 31)
"""Days overdue from which an unpaid invoice is at dunning level 1, 2 and 3."""
_CREDIT_LIMIT: Final = "150000.00"
"""What a customer may owe of whom nobody says anything else."""
_NOT_SERVED: Final = frozenset({"EXPIRED", "REJECTED", "BLOCKED"})
"""Where a customer's identity stands so that nothing may be paid out to it."""


def enter_books(db: Database, books: Books) -> None:
    """Copy the books into the empty tables, inside the caller's transaction."""
    _enter_invoices(db, books)
    _enter_payments(db, books)
    kyc = {item.customer_no: item.status for item in books.kyc_records}
    db.change_many(
        "INSERT INTO field VALUES (?, ?, ?, ?)",
        [
            *(("invoice", item.invoice_no, "po-number", item.po_no) for item in books.invoices if item.po_no),
            *(row for item in books.customers for row in _customer_fields(item, kyc=kyc.get(item.customer_no, ""))),
            *(
                ("customer", item.customer_no, f"contact:{item.email}", f"{item.name} / {item.role}")
                for item in books.contacts
                if item.active
            ),
        ],
    )


def _customer_fields(customer: Customer, *, kyc: str) -> Iterator[tuple[str, str, str, str]]:
    known = {
        "legal-name": customer.legal_name,
        "tax-id": customer.tax_id,
        "invoice-email": customer.invoice_email,
        "phone": customer.phone,
        "delivery-method": customer.delivery_method,
        "payment-terms": customer.terms,
        "po-required": "yes" if customer.po_required else None,
        "credit-limit": customer.credit_limit.text() if customer.credit_limit else _CREDIT_LIMIT,
        "credit-block": "yes" if customer.hold else None,
        "kyc-block": "yes" if kyc in _NOT_SERVED else None,
    }
    return (("customer", customer.customer_no, name, value) for name, value in known.items() if value)


def _unbilled(customer: Customer, books: Books) -> Money:
    """What the customer is exposed with beyond its open invoices: delivered, not yet billed, and on order."""
    nothing = zero(customer.currency)
    mine = (item for item in books.invoices if item.customer_no == customer.customer_no)
    billed = sum((item.open_amount for item in mine if item.currency == customer.currency), nothing)
    exposure = customer.exposure or billed
    return exposure - billed if billed < exposure else nothing


def _enter_invoices(db: Database, books: Books) -> None:
    db.change_many(
        "INSERT INTO customer VALUES (?, ?, ?, ?, ?)",
        [
            (item.customer_no, item.legal_name, item.status, item.currency, _unbilled(item, books).text())
            for item in books.customers
        ],
    )
    db.change_many(
        "INSERT INTO invoice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_invoice_values(item, books) for item in books.invoices],
    )
    db.change_many(
        "INSERT INTO invoice_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (item.invoice_no, item.line_no, item.sku, item.description, _plain(item.quantity), item.unit,
             f"{item.unit_price:,f}", item.net.text(), _plain(item.tax_rate), item.tax.text())
            for item in books.lines
        ],
    )  # fmt: skip


def _enter_payments(db: Database, books: Books) -> None:
    db.change_many(
        "INSERT INTO receipt VALUES (?, 'payment', ?, ?, ?, ?, ?)",
        [
            (item.payment_no, item.customer_no or "", item.value_date.isoformat(), item.amount.text(),
             item.amount.currency, item.unapplied.text())
            for item in books.payments
        ],
    )  # fmt: skip
    db.change_many(
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
        invoice.credited.text(), invoice.open_amount.text(),
        0 if invoice.status is DocumentStatus.CANCELLED else sum(overdue >= step for step in _DUNNING_STEPS),
    )  # fmt: skip


def _plain(number: Decimal) -> str:
    """The number without superfluous zeros: ``160`` rather than ``160.00``."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
