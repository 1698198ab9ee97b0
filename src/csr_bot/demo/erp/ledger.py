"""The demo ERP's receivables: customers, invoices, payments and credit notes, filled once from the books.

Amounts are decimal text, never REAL. Every change is one transaction, on disk before the method returns. Fields and
other documents are in ``changes`` and ``documents``; what a page looks like and who may see it is left to ``pages``.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from datetime import datetime
from typing import Final

from csr_bot.core.money import Money, parse_money, zero
from csr_bot.demo.books import Books
from csr_bot.demo.erp.creditnote import CreditDraft
from csr_bot.demo.erp.database import Database
from csr_bot.demo.erp.opening import SCHEMA, enter_books
from csr_bot.demo.erp.rows import (
    CreditNoteRow,
    CustomerRow,
    InvoiceRow,
    LineRow,
    PaymentRow,
    PostRequest,
    ReceiptRow,
    read_credit_note,
    read_invoice,
    read_line,
    read_receipt,
)

PAGE_ROWS: Final = 50
_NUMBER_PREFIX: Final = "CN-2025-"
_FIRST_NUMBER: Final = 61
_INVOICES: Final = (
    "SELECT i.*, c.name AS customer_name, f.value AS po_no FROM invoice i JOIN customer c USING (customer_no) "
    "LEFT JOIN field f ON f.target = 'invoice' AND f.number = i.invoice_no AND f.name = 'po-number'"
)


class ErpLedger:
    """The books, usable from any thread. Opening them in a database that has some keeps what was booked."""

    def __init__(self, db: Database, books: Books) -> None:
        self._db = db
        self._booked_at: dict[str, float] = {}
        with db.transaction():
            if not db.rows("SELECT 1 FROM sqlite_master WHERE name = 'invoice'"):
                for statement in SCHEMA:
                    db.change(statement)
                enter_books(db, books)

    def find_customers(self, query: str) -> list[CustomerRow]:
        """Customers whose number or name contains the query, in any case, at most ``PAGE_ROWS``."""
        rows = self._db.rows(
            "SELECT * FROM customer WHERE instr(lower(customer_no || ' ' || name), lower(?)) "
            "ORDER BY customer_no LIMIT ?",
            query, PAGE_ROWS,
        )  # fmt: skip
        return [self._customer(row) for row in rows]

    def customer(self, customer_no: str) -> CustomerRow | None:
        """One customer."""
        rows = self._db.rows("SELECT * FROM customer WHERE customer_no = ?", customer_no)
        return self._customer(rows[0]) if rows else None

    def invoices_of(self, customer_no: str) -> list[InvoiceRow]:
        """A customer's invoices that are not settled."""
        rows = self._db.rows(
            f"{_INVOICES} WHERE customer_no = ? AND i.status IN ('open', 'partly_paid') ORDER BY due_date, invoice_no",
            customer_no,
        )
        return [read_invoice(row) for row in rows]

    def find_invoices(self, query: str) -> list[InvoiceRow]:
        """Invoices whose number contains the query, in any case, newest first, at most ``PAGE_ROWS``."""
        rows = self._db.rows(
            f"{_INVOICES} WHERE instr(lower(i.invoice_no), lower(?)) ORDER BY i.invoice_no DESC LIMIT ?",
            query, PAGE_ROWS,
        )  # fmt: skip
        return [read_invoice(row) for row in rows]

    def invoice(self, invoice_no: str) -> InvoiceRow | None:
        """One invoice by its exact number."""
        rows = self._db.rows(f"{_INVOICES} WHERE i.invoice_no = ?", invoice_no)
        return read_invoice(rows[0]) if rows else None

    def invoice_before_last_credit(self, invoice_no: str) -> InvoiceRow | None:
        """The invoice as it stood before its latest credit note: what a lagging replica would show."""
        invoice, notes = self.invoice(invoice_no), self.credit_notes_of(invoice_no)
        if invoice is None or not notes:
            return invoice
        amount = Money(notes[-1].amount, notes[-1].currency)
        before = replace(invoice, credited=invoice.credited - amount, open_amount=invoice.open_amount + amount)
        return replace(before, status=_status_of(before.total, before.open_amount, before.credited))

    def all_invoices(self) -> list[InvoiceRow]:
        """Every invoice, by number."""
        return [read_invoice(row) for row in self._db.rows(f"{_INVOICES} ORDER BY i.invoice_no")]

    def lines_of(self, invoice_no: str) -> list[LineRow]:
        """The lines of an invoice."""
        rows = self._db.rows(
            "SELECT l.*, i.currency FROM invoice_line l JOIN invoice i USING (invoice_no) "
            "WHERE invoice_no = ? ORDER BY line_no",
            invoice_no,
        )
        return [read_line(row) for row in rows]

    def payments_of(self, invoice_no: str) -> list[PaymentRow]:
        """The payments that settled a part of an invoice."""
        rows = self._db.rows("SELECT * FROM payment WHERE invoice_no = ? ORDER BY value_date, rowid", invoice_no)
        return [
            PaymentRow(row["payment_no"], row["value_date"], parse_money(row["amount"], row["currency"]))
            for row in rows
        ]

    def credit_notes_of(self, invoice_no: str) -> list[CreditNoteRow]:
        """The credit notes on an invoice, oldest first."""
        rows = self._db.rows("SELECT * FROM credit_note WHERE invoice_no = ? ORDER BY number", invoice_no)
        return [read_credit_note(row) for row in rows]

    def credit_note(self, number: str) -> CreditNoteRow | None:
        """One credit note."""
        rows = self._db.rows("SELECT * FROM credit_note WHERE number = ?", number)
        return read_credit_note(rows[0]) if rows else None

    def find_credit_notes(self, reference: str, *, lag_seconds: float = 0.0) -> list[CreditNoteRow]:
        """Credit notes with exactly this reference (the latest without one), except those younger than the lag."""
        rows = self._db.rows(
            "SELECT * FROM credit_note WHERE ? IN ('', reference) ORDER BY number DESC LIMIT ?", reference, PAGE_ROWS
        )
        newest = time.monotonic() - lag_seconds
        return [read_credit_note(row) for row in rows if self._booked_at.get(row["number"], float("-inf")) <= newest]

    def all_credit_notes(self) -> list[CreditNoteRow]:
        """Every credit note, in the order of booking."""
        return [read_credit_note(row) for row in self._db.rows("SELECT * FROM credit_note ORDER BY number")]

    def book_credit_note(self, invoice_no: str, draft: CreditDraft, *, at: datetime) -> str | None:
        """Book a credit note and lower the invoice in one transaction; returns its number, or None if it is too high.

        A second identical one is booked as well: preventing that is not an ERP's business.
        """
        with self._db.transaction():
            invoice = self.invoice(invoice_no)
            if invoice is None or invoice.open_amount < draft.total:
                return None
            number = self._next_number()
            self._db.change(
                "INSERT INTO credit_note VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                number, invoice_no, invoice.customer_no, draft.net.text(), draft.tax.text(), draft.total.text(),
                draft.total.currency, draft.reason, draft.reference, draft.posting_on.isoformat(), at.isoformat(),
            )  # fmt: skip
            self._db.change_many(
                "INSERT INTO credit_note_line VALUES (?, ?, ?, ?)",
                [(number, part.line_no, part.net.text(), part.tax.text()) for part in draft.lines],
            )
            self._settle(invoice, credited=draft.total, paid=zero(draft.total.currency))
            self._booked_at[number] = time.monotonic()
            return number

    def receive_payment(self, invoice_no: str, amount: Money, *, payment_no: str, value_date: str) -> None:
        """Book a payment on an invoice. Raises ValueError if it is more than what is open."""
        with self._db.transaction():
            invoice = self.invoice(invoice_no)
            if invoice is None or invoice.open_amount < amount:
                raise ValueError(f"{amount} cannot be allocated to {invoice_no}")
            receipt = ReceiptRow(payment_no, "payment", invoice.customer_no, value_date, amount, amount)
            self.receive(receipt)
            self.allocate(receipt, invoice, amount, on=value_date)
            self.use_receipt(receipt, amount)

    def receipt(self, payment_no: str) -> ReceiptRow | None:
        """A payment or a credit on account."""
        rows = self._db.rows("SELECT * FROM receipt WHERE payment_no = ?", payment_no)
        return read_receipt(rows[0]) if rows else None

    def receipts_of(self, customer_no: str) -> list[ReceiptRow]:
        """A customer's payments and credits of which something is left, oldest first."""
        rows = self._db.rows("SELECT * FROM receipt WHERE customer_no = ? ORDER BY value_date, payment_no", customer_no)
        return [found for found in map(read_receipt, rows) if found.unapplied.amount]

    def parts_of_receipt(self, payment_no: str) -> list[tuple[str, Money]]:
        """Invoices that a payment or credit was allocated to, with the amounts."""
        rows = self._db.rows("SELECT * FROM payment WHERE payment_no = ? ORDER BY rowid", payment_no)
        return [(row["invoice_no"], parse_money(row["amount"], row["currency"])) for row in rows]

    def receive(self, receipt: ReceiptRow) -> None:
        """Enter money that came in, or a credit on account."""
        with self._db.transaction():
            self._db.change(
                "INSERT INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?)", receipt.payment_no, receipt.kind,
                receipt.customer_no, receipt.value_date, receipt.amount.text(), receipt.amount.currency,
                receipt.unapplied.text(),
            )  # fmt: skip

    def use_receipt(self, receipt: ReceiptRow, amount: Money) -> None:
        """Take an amount off what is left of a payment, inside the caller's transaction."""
        left = receipt.unapplied - amount
        self._db.change("UPDATE receipt SET unapplied = ? WHERE payment_no = ?", left.text(), receipt.payment_no)

    def allocate(self, receipt: ReceiptRow, invoice: InvoiceRow, amount: Money, *, on: str) -> None:
        """Settle a part of an invoice with a payment or credit, inside the caller's transaction."""
        self._db.change(
            "INSERT INTO payment VALUES (?, ?, ?, ?, ?)", invoice.invoice_no, receipt.payment_no, on, amount.text(),
            amount.currency,
        )  # fmt: skip
        self._settle(invoice, credited=zero(amount.currency), paid=amount)

    def write_off(self, invoice: InvoiceRow, amount: Money) -> None:
        """Give up a part of an invoice, inside the caller's transaction."""
        left = invoice.open_amount - amount
        status = "partly_paid" if left.amount else "written_off"
        self._db.change(
            "UPDATE invoice SET open_amount = ?, status = ? WHERE invoice_no = ?", left.text(), status,
            invoice.invoice_no,
        )  # fmt: skip

    def record_post(self, request: PostRequest, *, at: datetime) -> None:
        """Write down that a request that would change something was read."""
        with self._db.transaction():
            self._db.change(
                "INSERT INTO post_request VALUES (?, ?, ?)", at.isoformat(), request.subject, request.reference
            )

    def post_requests(self) -> list[PostRequest]:
        """Every such request that was ever read, oldest first."""
        rows = self._db.rows("SELECT * FROM post_request ORDER BY rowid")
        return [PostRequest(row["subject"], row["reference"]) for row in rows]

    def _settle(self, invoice: InvoiceRow, *, credited: Money, paid: Money) -> None:
        now_credited, now_open = invoice.credited + credited, invoice.open_amount - credited - paid
        self._db.change(
            "UPDATE invoice SET credited = ?, open_amount = ?, status = ? WHERE invoice_no = ?", now_credited.text(),
            now_open.text(), _status_of(invoice.total, now_open, now_credited), invoice.invoice_no,
        )  # fmt: skip

    def _next_number(self) -> str:
        (row,) = self._db.rows("SELECT max(number) FROM credit_note")
        number = int(row[0].removeprefix(_NUMBER_PREFIX)) + 1 if row[0] else _FIRST_NUMBER
        return f"{_NUMBER_PREFIX}{number:05}"

    def _customer(self, row: sqlite3.Row) -> CustomerRow:
        owed = self._db.rows(
            "SELECT open_amount, dunning_level FROM invoice WHERE customer_no = ? AND currency = ?",
            row["customer_no"], row["currency"],
        )  # fmt: skip
        balance = sum((parse_money(item["open_amount"], row["currency"]) for item in owed), zero(row["currency"]))
        level = max((item["dunning_level"] for item in owed), default=0)
        exposure = balance + parse_money(row["unbilled"], row["currency"])
        return CustomerRow(row["customer_no"], row["name"], row["status"], balance, exposure, level)


def _status_of(total: Money, open_amount: Money, credited: Money) -> str:
    if open_amount == total:
        return "open"
    if open_amount.amount:
        return "partly_paid"
    return "credited" if credited.amount else "paid"
