"""What is ordered of an ERP, and what its pages show, beyond invoices and credit notes.

Two kinds of orders: a *field change* takes one named field of an invoice or a customer from an old to a new value, and
a *document* moves money or plans how it will move. Both carry our reference, by which they are found again. How pages
are filled is left to the screens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from csr_bot.core.money import Money, zero


class TargetKind(StrEnum):
    """What has fields that can be changed."""

    INVOICE = "invoice"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class ErpTarget:
    """An invoice or a customer by its number."""

    kind: TargetKind
    number: str

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class FieldForm(StrEnum):
    """How the values of a field are written; no value at all is the empty text everywhere.

    FLAG: ``yes`` or ``no``. DAY: ISO 8601. AMOUNT: a plain decimal in the customer's currency. ACCOUNT: typed in full
    and only ever shown masked. ENTRY: added to a list, so it never has a present value.
    """

    TEXT = "text"
    FLAG = "flag"
    DAY = "day"
    AMOUNT = "amount"
    ACCOUNT = "account"
    ENTRY = "entry"


NOTE: Final = "note"
"""The field of every target to which notes are added."""
CONTACT_PREFIX: Final = "contact:"
"""``contact:ADDRESS`` is the field that holds ``NAME / ROLE`` of an active contact, and nothing otherwise."""

_INVOICE_FIELDS: Final = {
    "dispute_flag": FieldForm.FLAG,
    "dunning_block_until": FieldForm.DAY,
    "service_hold_until": FieldForm.DAY,
    "po_no": FieldForm.TEXT,
}
_CUSTOMER_FIELDS: Final = {
    "legal_name": FieldForm.TEXT,
    "billing_address": FieldForm.TEXT,
    "tax_id": FieldForm.TEXT,
    "invoice_email": FieldForm.TEXT,
    "phone": FieldForm.TEXT,
    "delivery_method": FieldForm.TEXT,
    "po_required": FieldForm.FLAG,
    "default_po_no": FieldForm.TEXT,
    "payment_terms": FieldForm.TEXT,
    "dunning_block_until": FieldForm.DAY,
    "service_hold_until": FieldForm.DAY,
    "credit_limit": FieldForm.AMOUNT,
    "credit_limit_until": FieldForm.DAY,
    "credit_block": FieldForm.FLAG,
    "refund_block": FieldForm.FLAG,
    "kyc_block": FieldForm.FLAG,
    "bank_account": FieldForm.ACCOUNT,
    "staged_bank_account": FieldForm.ACCOUNT,
}
FIELDS: Final[Mapping[TargetKind, Mapping[str, FieldForm]]] = {
    TargetKind.INVOICE: _INVOICE_FIELDS,
    TargetKind.CUSTOMER: _CUSTOMER_FIELDS,
}
"""The fields that a target shows by our names for them; notes and contacts are lists beside them."""


def form_of(target: TargetKind, name: str) -> FieldForm | None:
    """How the values of a field are written; None if the target has no such field."""
    if name == NOTE:
        return FieldForm.ENTRY
    if target is TargetKind.CUSTOMER and len(name) > len(CONTACT_PREFIX) and name.startswith(CONTACT_PREFIX):
        return FieldForm.TEXT
    return FIELDS[target].get(name)


def as_shown(value: str, form: FieldForm) -> str:
    """A value as pages and logs show it: of an account no more than its last four characters."""
    if form is not FieldForm.ACCOUNT or not value:
        return value
    return f"****{''.join(value.split())[-4:]}"


@dataclass(frozen=True, slots=True)
class FieldOrder:
    """A field to be changed, by its name, as typed into the ERP's form. ``old`` must still be what the page shows."""

    target: ErpTarget
    name: str
    old: str
    new: str
    reference: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ErpFields:
    """The fields of a target as its page showed them, contacts among them, where and when."""

    target: ErpTarget
    values: Mapping[str, str]
    url_path: str
    captured_at: datetime
    screenshot: bytes | None = field(default=None, repr=False)

    def value(self, name: str) -> str:
        """The present value of a field; empty where there is none."""
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """An entry of the ERP's own log of changes. ``new`` is as shown: an account is masked."""

    target: ErpTarget
    name: str
    old: str
    new: str
    reference: str
    note: str
    user: str
    changed_at: datetime
    url_path: str
    captured_at: datetime
    screenshot: bytes | None = field(default=None, repr=False)


class DocumentKind(StrEnum):
    """Documents other than credit notes.

    ALLOCATION: a payment or a credit on account against invoices. WRITE_OFF: a small rest of one invoice. REFUND: a
    proposal that treasury executes. PAYMENT_PLAN: instalments for invoices.
    """

    ALLOCATION = "allocation"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    PAYMENT_PLAN = "payment_plan"


@dataclass(frozen=True, slots=True)
class InvoicePart:
    """The part of a document that falls on one invoice."""

    invoice_no: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Instalment:
    """A payment that is agreed for a day."""

    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """A document to post.

    ``source`` is what it is entered on: the payment or credit on account (allocation, refund), the invoice (write-off)
    or the customer (plan). ``expected`` is what must still be open on every payment and invoice concerned.
    """

    kind: DocumentKind
    source: str
    customer_no: str
    amount: Money
    parts: tuple[InvoicePart, ...]
    instalments: tuple[Instalment, ...]
    reason: str
    reference: str
    issued_on: date
    expected: Mapping[str, Money]

    def left_after(self) -> Mapping[str, Money]:
        """What will be open once it is booked, by payment and invoice; of a plan nothing, since it moves no money."""
        return {number: self.expected[number] - amount for number, amount in self._moved().items()}

    def find_gap(self) -> str | None:
        """Why the order does not fit together in itself; None if it does."""
        lines = self.instalments if self.kind is DocumentKind.PAYMENT_PLAN else self.parts
        total = sum((line.amount for line in lines), zero(self.amount.currency))
        if self.kind is not DocumentKind.REFUND and total != self.amount:
            return f"its lines sum to {total}, its amount is {self.amount}"
        unknown = {part.invoice_no for part in self.parts} | set(self._moved())
        unknown -= set(self.expected)
        return f"it does not say what is open on {', '.join(sorted(unknown))}" if unknown else None

    def _moved(self) -> dict[str, Money]:
        if self.kind is DocumentKind.PAYMENT_PLAN:
            return {}
        moved = {part.invoice_no: part.amount for part in self.parts}
        if self.kind in (DocumentKind.ALLOCATION, DocumentKind.REFUND):
            moved[self.source] = self.amount
        return moved


@dataclass(frozen=True, slots=True)
class ErpPosting:
    """A document other than a credit note, found in the ERP by its reference and read from its own page."""

    number: str
    kind: DocumentKind
    source: str
    customer_no: str
    amount: Money
    parts: tuple[InvoicePart, ...]
    instalments: tuple[Instalment, ...]
    reason: str
    reference: str
    url_path: str
    captured_at: datetime
    screenshot: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ErpNote:
    """A note on a customer."""

    text: str
    reference: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class ErpCustomer:
    """What a customer page showed. ``exposure`` is what the credit limit is compared with."""

    customer_no: str
    name: str
    status: str
    balance: Money
    exposure: Money
    credit_limit: Money | None
    dunning_level: int
    fields: ErpFields
    notes: tuple[ErpNote, ...]

    def flag(self, name: str) -> bool:
        """Whether a block or another flag is set."""
        return self.fields.value(name) == "yes"


@dataclass(frozen=True, slots=True)
class ErpPayment:
    """What the page of a payment or a credit on account showed.

    ``unapplied`` is what can still be allocated or refunded: refunds that are proposed are taken off already.
    """

    payment_no: str
    customer_no: str
    value_on: date
    amount: Money
    unapplied: Money
    parts: tuple[InvoicePart, ...]
    url_path: str
    captured_at: datetime
    screenshot: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice of a customer that is not settled."""

    invoice_no: str
    due_on: date
    gross: Money
    open_amount: Money
    disputed: bool


@dataclass(frozen=True, slots=True)
class ErpStatement:
    """The open items of a customer, invoices only, with what they sum to by currency as the page states it."""

    customer_no: str
    items: tuple[OpenItem, ...]
    balances: Mapping[str, Money]
    url_path: str
    captured_at: datetime
    screenshot: bytes | None = field(default=None, repr=False)
