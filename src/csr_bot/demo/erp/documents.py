"""Documents of the demo ERP besides credit notes: allocations, write-offs, proposed refunds and payment plans.

The ERP's own arithmetic is here: nothing is allocated above what is open or unapplied, to another customer or in
another currency. How a document is typed in is left to ``forms``.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from csr_bot.core.money import Money, parse_money, zero
from csr_bot.demo.erp.changes import FieldBook
from csr_bot.demo.erp.database import Database
from csr_bot.demo.erp.fields import find_field
from csr_bot.demo.erp.ledger import ErpLedger
from csr_bot.demo.erp.rows import InvoiceRow, ReceiptRow
from csr_bot.demo.erp.typed import FormError

DocumentKind = Literal["allocation", "write_off", "refund", "payment_plan"]
NUMBER_PREFIXES: Final = {"allocation": "AL", "write_off": "WO", "refund": "RF", "payment_plan": "PP"}
_LIST_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that could be booked, entered on its ``source``. Only payment plans have ``instalments``."""

    kind: DocumentKind
    source: str
    customer_no: str
    total: Money
    parts: tuple[tuple[str, Money], ...]
    instalments: tuple[tuple[date, Money], ...]
    reason: str
    reference: str
    posting_on: date


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A booked document. ``parts`` are invoices, ``instalments`` days, both as text with their amounts."""

    number: str
    kind: DocumentKind
    source: str
    customer_no: str
    total: Money
    parts: tuple[tuple[str, Money], ...]
    instalments: tuple[tuple[str, Money], ...]
    reason: str
    reference: str
    posting_date: str
    posted_at: datetime


class DocumentBook:
    """The documents, over the same database as the invoices and payments that they change."""

    def __init__(self, db: Database, ledger: ErpLedger, fields: FieldBook) -> None:
        self._db = db
        self._ledger = ledger
        self._fields = fields
        self._booked_at: dict[str, float] = {}

    def check(self, draft: Draft) -> None:
        """FormError, with everything that is wrong, where a document may not be booked."""
        problems = [problem for part in draft.parts for problem in self._part_problems(draft, *part)]
        if not draft.total.amount:
            problems.append("Enter an amount.")
        if draft.kind in ("allocation", "refund"):
            problems += self._receipt_problems(draft)
        if draft.kind == "refund":
            problems += self._refund_problems(draft)
        if draft.kind == "payment_plan":
            problems += _plan_problems(draft)
        if problems:
            raise FormError(*problems)

    def book(self, draft: Draft, *, at: datetime) -> str:
        """Book a document with all that it changes, and return its number. FormError as ``check``."""
        with self._db.transaction():
            self.check(draft)
            self._move_money(draft)
            number = self._next_number(draft.kind)
            self._db.change(
                "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                number, draft.kind, draft.source, draft.customer_no, draft.total.text(), draft.total.currency,
                draft.reason, draft.reference, draft.posting_on.isoformat(), at.isoformat(),
            )  # fmt: skip
            parts = [("invoice", invoice_no, amount) for invoice_no, amount in draft.parts]
            parts += [("instalment", due.isoformat(), amount) for due, amount in draft.instalments]
            self._db.change_many(
                "INSERT INTO document_part VALUES (?, ?, ?, ?)",
                [(number, role, subject, amount.text()) for role, subject, amount in parts],
            )
            self._booked_at[number] = time.monotonic()
            return number

    def document(self, number: str) -> DocumentRow | None:
        """One document."""
        rows = self._db.rows("SELECT * FROM document WHERE number = ?", number)
        return self._row(rows[0]) if rows else None

    def find(self, reference: str, *, lag_seconds: float = 0.0) -> list[DocumentRow]:
        """Documents with exactly this reference (the latest without one), except those younger than the lag."""
        rows = self._db.rows(
            "SELECT * FROM document WHERE ? IN ('', reference) ORDER BY posted_at DESC, number DESC LIMIT ?",
            reference, _LIST_ROWS,
        )  # fmt: skip
        newest = time.monotonic() - lag_seconds
        return [self._row(row) for row in rows if self._booked_at.get(row["number"], float("-inf")) <= newest]

    def all(self) -> list[DocumentRow]:
        """Every document, in the order of booking."""
        return [self._row(row) for row in self._db.rows("SELECT * FROM document ORDER BY rowid")]

    def _move_money(self, draft: Draft) -> None:
        if draft.kind == "write_off":
            for invoice, amount in self._invoices(draft):
                self._ledger.write_off(invoice, amount)
        if draft.kind in ("allocation", "refund"):
            receipt = self._receipt(draft)
            for invoice, amount in self._invoices(draft):
                self._ledger.allocate(receipt, invoice, amount, on=draft.posting_on.isoformat())
            self._ledger.use_receipt(receipt, draft.total)

    def _invoices(self, draft: Draft) -> list[tuple[InvoiceRow, Money]]:
        found = [(self._ledger.invoice(invoice_no), amount) for invoice_no, amount in draft.parts]
        return [(invoice, amount) for invoice, amount in found if invoice is not None]

    def _receipt(self, draft: Draft) -> ReceiptRow:
        receipt = self._ledger.receipt(draft.source)
        if receipt is None:
            raise FormError(f"There is no payment {draft.source}.")
        return receipt

    def _part_problems(self, draft: Draft, invoice_no: str, amount: Money) -> list[str]:
        invoice = self._ledger.invoice(invoice_no)
        if invoice is None or invoice.customer_no != draft.customer_no:
            return [f"{invoice_no} is not an invoice of {draft.customer_no}."]
        if invoice.total.currency != draft.total.currency:
            return [f"{invoice_no} is in {invoice.total.currency}."]
        if invoice.open_amount < amount:
            return [f"{invoice_no}: {amount} is more than the {invoice.open_amount} that is open."]
        return []

    def _receipt_problems(self, draft: Draft) -> list[str]:
        left = self._receipt(draft).unapplied
        return [f"{draft.total} is more than the {left} that is left of {draft.source}."] if left < draft.total else []

    def _refund_problems(self, draft: Draft) -> list[str]:
        blocks = [find_field("customer", name) for name in ("refund-block", "kyc-block")]
        return [
            f"{block.label} of {draft.customer_no} is set."
            for block in blocks
            if block is not None and self._fields.value("customer", draft.customer_no, block) == "yes"
        ]

    def _next_number(self, kind: DocumentKind) -> str:
        (row,) = self._db.rows("SELECT count(*) AS held FROM document WHERE kind = ?", kind)
        return f"{NUMBER_PREFIXES[kind]}-{row['held'] + 1:05}"

    def _row(self, row: sqlite3.Row) -> DocumentRow:
        parts = self._db.rows("SELECT * FROM document_part WHERE number = ? ORDER BY rowid", row["number"])

        def of(role: str) -> tuple[tuple[str, Money], ...]:
            return tuple(
                (part["subject"], parse_money(part["amount"], row["currency"]))
                for part in parts
                if part["role"] == role
            )

        return DocumentRow(
            number=row["number"],
            kind=row["kind"],
            source=row["source"],
            customer_no=row["customer_no"],
            total=parse_money(row["total"], row["currency"]),
            parts=of("invoice"),
            instalments=of("instalment"),
            reason=row["reason"],
            reference=row["reference"],
            posting_date=row["posting_date"],
            posted_at=datetime.fromisoformat(row["posted_at"]),
        )


def _plan_problems(draft: Draft) -> list[str]:
    debt = sum((amount for _, amount in draft.parts), zero(draft.total.currency))
    days = [due for due, _ in draft.instalments]
    problems = [] if days == sorted(set(days)) else ["The days of the instalments must follow each other."]
    if not draft.parts or draft.total < debt:
        problems.append(f"Instalments of {draft.total} do not cover a debt of {debt}.")
    return problems
