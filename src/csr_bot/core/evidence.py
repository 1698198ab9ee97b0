"""Evidence: facts read from ledger, contract and ERP, each stamped with where and when it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from csr_bot.core.money import Money


class DocumentStatus(StrEnum):
    """State of an invoice or credit note, in one vocabulary for every ledger and ERP."""

    DRAFT = "draft"
    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    CANCELLED = "cancelled"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of the customer master. ``email_domains`` are lower case."""

    customer_no: str
    legal_name: str
    status: str
    tier: str
    country: str
    language: str
    currency: str
    parent_no: str | None
    email_domains: tuple[str, ...]
    invoice_email: str | None
    account_owner: str | None
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer who may write to us. ``email`` is lower case."""

    customer_no: str
    name: str
    email: str
    role: str
    active: bool
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """A ledger row: one invoice as the snapshot had it. ``locator`` is ``sheet!row``."""

    invoice_no: str
    company_code: str
    doc_type: str
    customer_no: str
    status: DocumentStatus
    invoice_date: date
    due_date: date
    service_from: date | None
    service_to: date | None
    po_no: str | None
    contract_no: str | None
    net: Money
    tax: Money
    gross: Money
    credited: Money
    open_amount: Money
    locator: str = ""

    @property
    def currency(self) -> str:
        """The currency of every amount on it."""
        return self.gross.currency


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One billed line. ``unit_price`` keeps up to six decimals; ``net`` and ``tax`` are in the invoice's currency."""

    invoice_no: str
    line_no: int
    sku: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: Money
    tax_rate: Decimal
    tax: Money
    service_from: date | None
    service_to: date | None
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received."""

    payment_no: str
    customer_no: str | None
    value_date: date
    amount: Money
    unapplied: Money
    reference_text: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a payment that settled an invoice."""

    payment_no: str
    invoice_no: str
    amount: Money
    allocated_on: date
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A version of a contract, valid from ``start`` to ``end`` (None: open)."""

    contract_no: str
    version: int
    customer_no: str
    start: date
    end: date | None
    currency: str
    dispute_days: int
    cancelled_on: date | None
    locator: str = ""


@dataclass(frozen=True, slots=True)
class PriceTerm:
    """An agreed price for a SKU from ``valid_from`` to ``valid_to`` (None: open), with the clause that says so.

    ``waived`` means that nothing is charged; ``cap_quantity`` is the most that may be billed in a period.
    """

    contract_no: str
    sku: str
    unit_price: Decimal
    cap_quantity: Decimal | None
    waived: bool
    valid_from: date
    valid_to: date | None
    clause: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Delivered or used quantity of a SKU in a period, with the proof."""

    contract_no: str
    sku: str
    period_from: date
    period_to: date
    quantity: Decimal
    proof_ref: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class ErpInvoice:
    """What one ERP invoice page showed, where (``url_path``) and when: the truth before every write."""

    invoice_no: str
    customer_no: str
    status: DocumentStatus
    due_date: date
    gross: Money
    open_amount: Money
    url_path: str
    captured_at: datetime
    screenshot: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ErpDocument:
    """A printed document from the ERP; ``text`` is what the file itself says, to check it against the ledger."""

    invoice_no: str
    content: bytes = field(repr=False)
    content_type: str
    text: str
    url_path: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class PostedDocument:
    """A document of ours found in the ERP by its reference, read from its own page."""

    number: str
    invoice_no: str
    customer_no: str
    amount: Money
    tax: Money
    reference: str
    url_path: str
    captured_at: datetime
    screenshot: bytes | None = field(default=None, repr=False)


def as_content(value: object) -> object:  # noqa: PLR0911  # one line for each kind of value
    """A piece of evidence as JSON types: amounts and dates as text, pictures and files left out."""
    if isinstance(value, Money):
        return {"amount": value.text(), "currency": value.currency}
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [as_content(item) for item in value]
    if isinstance(value, Mapping):
        return {name: as_content(item) for name, item in value.items()}
    if is_dataclass(value):
        return {
            item.name: as_content(getattr(value, item.name))
            for item in fields(value)
            if not isinstance(getattr(value, item.name), bytes)
        }
    return value


class EvidenceCode(StrEnum):
    """Kinds of evidence; E17 (message authentication) is stored with the message."""

    CUSTOMER = "E1"
    CONTACT = "E2"
    LEDGER_ROW = "E3"
    LINES = "E4"
    PAYMENTS = "E5"
    CONTRACT = "E6"
    USAGE = "E7"
    ERP_INVOICE = "E8"
    EARLIER_CREDITS = "E13"
    DOCUMENT = "E14"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One stored piece of evidence. ``content`` holds no floats; ``blob_sha256`` names a file or screenshot."""

    code: EvidenceCode
    source: str
    locator: str
    captured_at: datetime
    content: Mapping[str, object]
    blob_sha256: str | None = None
