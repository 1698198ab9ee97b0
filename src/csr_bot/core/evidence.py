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
    """A row of the customer master. ``email_domains`` and ``legal_flags`` are lower case; what nobody told is None.

    ``cac`` is what winning the customer cost, ``calendar`` names its business calendar, ``po_regex`` is what its order
    numbers look like, ``exposure`` is what is open, unbilled and on order.
    """

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
    tax_id: str | None = None
    terms: str | None = None
    phone: str | None = None
    delivery_method: str | None = None
    credit_limit: Money | None = None
    exposure: Money | None = None
    hold: bool | None = None
    dunning_level: int | None = None
    calendar: str | None = None
    po_required: bool | None = None
    po_regex: str | None = None
    legal_flags: tuple[str, ...] = ()
    cac: Money | None = None
    gross_margin_pct: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer who may write to us. ``email`` is lower case."""

    customer_no: str
    name: str
    email: str
    role: str
    active: bool
    locator: str = ""
    phone: str | None = None


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
    terms: str | None = None
    dunning_level: int | None = None
    disputed: bool | None = None
    dispute_reason: str | None = None
    last_payment_date: date | None = None
    delivery_note: str | None = None

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
    discount_pct: Decimal | None = None
    tax_code: str | None = None
    delivery_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received. Of the account it came from only the last four characters are kept.

    ``status``: ``unidentified``, ``unapplied``, ``partly_applied``, ``applied`` or ``returned``, as the ledger says it.
    """

    payment_no: str
    customer_no: str | None
    value_date: date
    amount: Money
    unapplied: Money
    reference_text: str
    locator: str = ""
    posted_on: date | None = None
    payer_name: str | None = None
    payer_account_last4: str | None = None
    method: str | None = None
    bank_ref: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a payment that settled an invoice."""

    payment_no: str
    invoice_no: str
    amount: Money
    allocated_on: date
    locator: str = ""
    discount: Money | None = None
    deduction: Money | None = None
    deduction_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A version of a contract, valid from ``start`` to ``end`` (None: open).

    ``first_response_min`` and ``resolution_min`` are minutes on ``sla_calendar``; ``clauses`` are quoted as they stand,
    each beginning with its number: ``9: No suspension while a dispute is open``.
    """

    contract_no: str
    version: int
    customer_no: str
    start: date
    end: date | None
    currency: str
    dispute_days: int
    cancelled_on: date | None
    locator: str = ""
    title: str | None = None
    auto_renew: bool | None = None
    notice_days: int | None = None
    terms: str | None = None
    first_response_min: int | None = None
    resolution_min: int | None = None
    sla_calendar: str | None = None
    sla_clause: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceTerm:
    """An agreed price for a SKU from ``valid_from`` to ``valid_to`` (None: open), with the clause that says so.

    ``waived`` means that nothing is charged; ``cap_quantity`` and ``cap_amount`` are the most that may be billed in a
    period. The price holds for quantities from ``tier_from`` to ``tier_to``.
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
    unit: str | None = None
    tier_from: Decimal | None = None
    tier_to: Decimal | None = None
    included_quantity: Decimal | None = None
    discount_pct: Decimal | None = None
    cap_amount: Decimal | None = None


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
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class CreditProfile:
    """What is known of a customer's finances on the day ``as_of``; several days show the trend.

    ``dscr`` is the ratio as it was given, net operating income to debt service; ``statements_on`` is the day of the
    statements that the figures are from.
    """

    customer_no: str
    as_of: date
    currency: str
    rating: str | None
    net_operating_income: Money | None
    debt_service: Money | None
    dscr: Decimal | None
    statements_on: date | None
    revenue: Money | None = None
    ebitda: Money | None = None
    current_ratio: Decimal | None = None
    equity_ratio: Decimal | None = None
    next_review: date | None = None
    locator: str = ""


@dataclass(frozen=True, slots=True)
class KycRecord:
    """How far it is known who a customer is: ``APPROVED``, ``REVIEW_DUE``, ``EXPIRED``, ``BLOCKED`` and so on.

    ``missing`` are requirements that are not met; ``hits`` is how many entries of screening lists fit the customer.
    """

    customer_no: str
    status: str
    risk_rating: str | None
    next_review_on: date | None
    missing: tuple[str, ...] = ()
    hits: int | None = None
    locator: str = ""


@dataclass(frozen=True, slots=True)
class LetterOfCredit:
    """A documentary credit in our favour. Tolerances are in percent; ``about``: the amount is approximate.

    ``presentation_days`` is counted from shipment; None where the credit says nothing of it.
    """

    lc_no: str
    customer_no: str
    issuing_bank: str
    amount: Money
    tolerance_plus_pct: Decimal | None
    tolerance_minus_pct: Decimal | None
    issued_on: date | None
    latest_shipment_on: date | None
    expires_on: date
    presentation_days: int | None
    status: str
    applicant: str | None = None
    about: bool | None = None
    documents: tuple[str, ...] = ()
    expiry_place: str | None = None
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
    ERP_CUSTOMER = "E9"
    CREDIT = "E10"
    KYC = "E11"
    LETTER_OF_CREDIT = "E12"
    EARLIER_CREDITS = "E13"
    DOCUMENT = "E14"
    BANK_LINE = "E15"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One stored piece of evidence. ``content`` holds no floats; ``blob_sha256`` names a file or screenshot."""

    code: EvidenceCode
    source: str
    locator: str
    captured_at: datetime
    content: Mapping[str, object]
    blob_sha256: str | None = None
