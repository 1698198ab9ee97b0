"""The forms of the demo ERP that are entered, reviewed and saved: what each shows, asks for, and does.

How they look and how answers get lost is left to ``entry_pages``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol
from urllib.parse import quote

from csr_bot.core.money import Money, zero
from csr_bot.demo.erp.changes import Change, FieldBook
from csr_bot.demo.erp.documents import DocumentBook, DocumentKind, Draft
from csr_bot.demo.erp.fields import Field, accept, find_field, show_value
from csr_bot.demo.erp.ledger import ErpLedger
from csr_bot.demo.erp.rows import InvoiceRow, ReceiptRow
from csr_bot.demo.erp.typed import FormError, amount_of, day_of

_MOST_INSTALMENTS: Final = 12
_COLLECTIONS: Final = {
    "allocation": ("payments", "allocations"),
    "write_off": ("invoices", "write-offs"),
    "refund": ("payments", "refunds"),
    "payment_plan": ("customers", "payment-plans"),
}
_HEADINGS: Final = {
    "allocation": "allocation of {}",
    "write_off": "write-off on {}",
    "refund": "refund of {}",
    "payment_plan": "payment plan of {}",
}
_BUTTONS: Final = {
    "allocation": "Post allocation",
    "write_off": "Post write-off",
    "refund": "Propose refund",
    "payment_plan": "Post payment plan",
}


@dataclass(frozen=True, slots=True)
class Input:
    """A field to type into."""

    label: str
    name: str
    kind: Literal["text", "date", "amount"] = "text"


Values = Sequence[tuple[str, str]]
"""Labels with the values under them."""


class Form(Protocol):
    """A form. ``base`` is the address that it is saved at; it is entered at ``/new`` and reviewed at ``/review``."""

    @property
    def base(self) -> str: ...
    @property
    def heading(self) -> str:
        """What it is, as in "Allocation of P-1", without "New" or "Review"."""
        ...

    @property
    def button(self) -> str: ...
    def shown(self) -> Values: ...
    def inputs(self) -> Sequence[Input]: ...
    def review(self, typed: Mapping[str, str]) -> Values:
        """What would be saved. FormError where it may not be."""
        ...

    def save(self, typed: Mapping[str, str], *, user: str, at: datetime) -> str:
        """Save it and return the path of the page that shows it. FormError as ``review``."""
        ...


@dataclass(frozen=True, slots=True)
class FieldForm:
    """Changing one field of an invoice or a customer."""

    book: FieldBook
    target: Literal["invoice", "customer"]
    number: str
    field: Field
    currency: str

    @property
    def base(self) -> str:
        """Where it is saved."""
        return f"{self._page}/fields/{quote(self.field.name, safe='')}"

    @property
    def heading(self) -> str:
        """What it changes."""
        return f"change of {self.target} {self.number}"

    @property
    def button(self) -> str:
        """The button that saves."""
        return "Save change"

    @property
    def _page(self) -> str:
        return f"/{self.target}s/{quote(self.number, safe='')}"

    def shown(self) -> Values:
        """What is changed, and what it holds now."""
        present = self.book.value(self.target, self.number, self.field)
        return (
            ("Number", self.number),
            ("Field", self.field.label),
            ("Present value", show_value(self.field, present, currency=self.currency)),
        )

    def inputs(self) -> Sequence[Input]:
        """The new value and why."""
        return (Input("New value", "value"), Input("Reference", "reference"), Input("Remark", "note"))

    def review(self, typed: Mapping[str, str]) -> Values:
        """The change as it would be saved."""
        change = self._change(typed)
        self.book.check(change)
        return (
            *self.shown(),
            ("New value", show_value(self.field, change.value, currency=self.currency)),
            ("Reference", change.reference),
            ("Remark", change.note),
        )

    def save(self, typed: Mapping[str, str], *, user: str, at: datetime) -> str:
        """Change the field."""
        self.book.save(self._change(typed), user=user, at=at)
        return self._page

    def _change(self, typed: Mapping[str, str]) -> Change:
        try:
            value = accept(self.field, typed.get("value", ""), currency=self.currency)
        except ValueError as error:
            raise FormError(str(error)) from None
        return Change(
            target=self.target,
            number=self.number,
            field=self.field,
            currency=self.currency,
            seen=typed.get("seen") or dict(self.shown())["Present value"],
            value=value,
            reference=typed.get("reference", "").strip(),
            note=typed.get("note", "").strip(),
        )


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """Entering a document on a payment, an invoice or a customer; ``invoices`` are those that it may fall on."""

    book: DocumentBook
    kind: DocumentKind
    source: str
    customer_no: str
    currency: str
    invoices: Sequence[InvoiceRow]
    receipt: ReceiptRow | None

    @property
    def base(self) -> str:
        """Where it is saved."""
        of, collection = _COLLECTIONS[self.kind]
        return f"/{of}/{quote(self.source, safe='')}/{collection}"

    @property
    def heading(self) -> str:
        """What it is."""
        return _HEADINGS[self.kind].format(self.source)

    @property
    def button(self) -> str:
        """The button that books."""
        return _BUTTONS[self.kind]

    def shown(self) -> Values:
        """What it is entered on, and what is open on everything that it may touch."""
        return (*self._head(), *((f"Open on {number}", _plain(amount)) for number, amount in self._open().items()))

    def inputs(self) -> Sequence[Input]:
        """Amounts, and the days of instalments."""
        return (
            *(Input(f"Amount for {item.invoice_no}", f"amount:{item.invoice_no}", "amount") for item in self.invoices),
            *((Input("Amount", "amount", "amount"),) if self.kind == "refund" else ()),
            *(item for n in self._instalment_rows() for item in _instalment_inputs(n)),
            Input("Reason", "reason"),
            Input("Reference", "reference"),
            Input("Posting date", "posting_date", "date"),
        )

    def review(self, typed: Mapping[str, str]) -> Values:
        """The document as it would be booked, and what would be left open."""
        draft = self._draft(typed)
        self.book.check(draft)
        left = self._open()
        for number, amount in draft.parts:
            left[number] -= amount
        if self.receipt is not None:
            left[self.source] -= draft.total
        touched = {self.source, *(number for number, _ in draft.parts)} if self.kind != "payment_plan" else set()
        return (
            *self._head(),
            ("Total", _plain(draft.total)),
            *((f"Amount for {number}", _plain(amount)) for number, amount in draft.parts),
            *((f"Instalment {due.isoformat()}", _plain(amount)) for due, amount in draft.instalments),
            ("Reason", draft.reason),
            ("Reference", draft.reference),
            ("Posting date", draft.posting_on.isoformat()),
            *((f"New open on {number}", _plain(amount)) for number, amount in left.items() if number in touched),
        )

    def save(self, typed: Mapping[str, str], *, user: str, at: datetime) -> str:  # noqa: ARG002  # only changes name users
        """Book the document."""
        return f"/documents/{self.book.book(self._draft(typed), at=at)}"

    def _head(self) -> Values:
        return (("Entered on", self.source), ("Customer number", self.customer_no), ("Currency", self.currency))

    def _open(self) -> dict[str, Money]:
        own = {self.receipt.payment_no: self.receipt.unapplied} if self.receipt is not None else {}
        return {**own, **{item.invoice_no: item.open_amount for item in self.invoices}}

    def _instalment_rows(self) -> range:
        return range(1, _MOST_INSTALMENTS + 1) if self.kind == "payment_plan" else range(0)

    def _draft(self, typed: Mapping[str, str]) -> Draft:
        try:
            parts = [(item.invoice_no, self._amount(typed, item.invoice_no)) for item in self.invoices]
            plan = [
                (day_of(typed[f"due:{n}"], label=f"Instalment {n} due"), self._amount(typed, f"{n}"))
                for n in self._instalment_rows()
                if typed.get(f"due:{n}")
            ]
            posting_on = day_of(typed.get("posting_date", ""), label="Posting date")
            total = sum(
                (amount for _, amount in plan or parts),
                amount_of(typed.get("amount") or "0", self.currency, label="Amount"),
            )
        except ValueError as error:
            raise FormError(str(error)) from None
        return Draft(
            kind=self.kind,
            source=self.source,
            customer_no=self.customer_no,
            total=total,
            parts=tuple((number, amount) for number, amount in parts if amount.amount),
            instalments=tuple(plan),
            reason=typed.get("reason", "").strip(),
            reference=typed.get("reference", "").strip(),
            posting_on=posting_on,
        )

    def _amount(self, typed: Mapping[str, str], subject: str) -> Money:
        text = typed.get(f"amount:{subject}", "").strip()
        return amount_of(text, self.currency, label=f"Amount for {subject}") if text else zero(self.currency)


@dataclass(frozen=True, slots=True)
class FormBooks:
    """Opens forms over the books that they change."""

    ledger: ErpLedger
    fields: FieldBook
    documents: DocumentBook

    def open_field(self, target: Literal["invoice", "customer"], number: str, name: str) -> FieldForm | None:
        """The form of a field; None if there is no such field, invoice or customer."""
        currency, field = self.fields.currency_of(target, number), find_field(target, name)
        return FieldForm(self.fields, target, number, field, currency) if currency and field else None

    def open_document(self, kind: DocumentKind, source: str) -> DocumentForm | None:
        """The form of a document on a payment, an invoice or a customer; None if there is none of this number."""
        if kind == "write_off":
            invoice = self.ledger.invoice(source)
            return self._document(kind, source, invoice.customer_no, [invoice], None) if invoice else None
        if kind == "payment_plan":
            customer = self.ledger.customer(source)
            return self._document(kind, source, source, self._open_invoices(source), None) if customer else None
        receipt = self.ledger.receipt(source)
        if receipt is None:
            return None
        invoices = self._open_invoices(receipt.customer_no) if kind == "allocation" else []
        return self._document(kind, source, receipt.customer_no, invoices, receipt)

    def _open_invoices(self, customer_no: str) -> list[InvoiceRow]:
        return self.ledger.invoices_of(customer_no)

    def _document(
        self,
        kind: DocumentKind,
        source: str,
        customer_no: str,
        invoices: Sequence[InvoiceRow],
        receipt: ReceiptRow | None,
    ) -> DocumentForm:
        customer = self.ledger.customer(customer_no)
        billed = invoices[0].total.currency if kind == "write_off" else ""
        currency = receipt.amount.currency if receipt else billed or (customer.balance.currency if customer else "")
        fitting = [item for item in invoices if item.total.currency == currency]
        return DocumentForm(self.documents, kind, source, customer_no, currency, fitting, receipt)


def _instalment_inputs(n: int) -> tuple[Input, Input]:
    return (
        Input(f"Instalment {n} due", f"due:{n}", "date"),
        Input(f"Instalment {n} amount", f"amount:{n}", "amount"),
    )


def _plain(amount: Money) -> str:
    return str(amount).removesuffix(f" {amount.currency}")
