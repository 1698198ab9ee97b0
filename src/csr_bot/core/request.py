"""What a customer wants, parsed: category, documents meant, amounts and dates claimed, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Category(StrEnum):
    """Kind of request, each with rules of its own."""

    BILLING_DISPUTE = "BILLING_DISPUTE"
    INVOICE_COPY = "INVOICE_COPY"
    STATEMENT_OF_ACCOUNT = "STATEMENT_OF_ACCOUNT"
    PAYMENT_STATUS = "PAYMENT_STATUS"
    REMITTANCE_ADVICE = "REMITTANCE_ADVICE"
    UNAPPLIED_CASH_REFUND = "UNAPPLIED_CASH_REFUND"
    CREDIT_NOTE_REQUEST = "CREDIT_NOTE_REQUEST"
    PO_REFERENCE_UPDATE = "PO_REFERENCE_UPDATE"
    MASTER_DATA_CHANGE = "MASTER_DATA_CHANGE"
    BANK_DETAIL_CHANGE = "BANK_DETAIL_CHANGE"
    TERMS_CREDIT_LIMIT = "TERMS_CREDIT_LIMIT"
    PROMISE_TO_PAY = "PROMISE_TO_PAY"
    PAYMENT_PLAN = "PAYMENT_PLAN"
    LETTER_OF_CREDIT = "LETTER_OF_CREDIT"
    KYC_DOCUMENT = "KYC_DOCUMENT"
    CONTRACT_SERVICE_QUERY = "CONTRACT_SERVICE_QUERY"
    NOT_A_REQUEST = "NOT_A_REQUEST"
    UNKNOWN = "UNKNOWN"


class DisputeReason(StrEnum):
    """Why a customer disputes an invoice (codes map to X12 426, EDIFACT 4465 and Peppol OPStatusReason)."""

    PRICE = "PRICE"
    QUANTITY = "QUANTITY"
    DUPLICATE = "DUPLICATE"
    TAX = "TAX"
    NOT_RECEIVED = "NOT_RECEIVED"
    CANCELLED_SERVICE = "CANCELLED_SERVICE"
    QUALITY = "QUALITY"
    TERMS = "TERMS"
    FREIGHT_FEE = "FREIGHT_FEE"
    PO_MISSING = "PO_MISSING"
    WRONG_PARTY = "WRONG_PARTY"
    OTHER = "OTHER"


class AmountRole(StrEnum):
    """What an amount in the text stands for."""

    CLAIMED_DELTA = "claimed_delta"
    CORRECT_VALUE = "correct_value"
    BILLED_VALUE = "billed_value"
    INVOICE_TOTAL = "invoice_total"
    PAYMENT = "payment"
    OTHER = "other"


class TextSource(StrEnum):
    """The part of a message that a value was read from. What is quoted or attached is a hint, never a claim."""

    SUBJECT = "subject"
    BODY = "body"
    QUOTED = "quoted"
    PORTAL = "portal"
    ATTACHMENT = "attachment"

    @property
    def is_hint(self) -> bool:
        """Whether what stands there may help to find something, but is not by itself what the writer means."""
        return self in (TextSource.QUOTED, TextSource.ATTACHMENT)


@dataclass(frozen=True, slots=True)
class Reference:
    """A document number in the text: as written, in canonical form (upper case A-Z 0-9), and where it stands."""

    raw: str
    canonical: str
    span: tuple[int, int]
    source: TextSource


@dataclass(frozen=True, slots=True)
class ClaimedAmount:
    """An amount in the text. ``value`` is None where it is not certain: then ``candidates`` and ``why`` say more.

    ``currency`` is ISO 4217 or None where the text names none.
    """

    value: Decimal | None
    currency: str | None
    role: AmountRole
    span: tuple[int, int]
    source: TextSource
    candidates: tuple[Decimal, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimedDate:
    """A calendar date in the text.

    Flags: ``relative`` (told from the day of the message: "next Friday"), ``yearless`` (the year is the nearest one).
    """

    value: date
    span: tuple[int, int]
    source: TextSource
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that a customer wants. Spans count characters of the part named by ``source``."""

    category: Category
    reason: DisputeReason | None
    confidence: Decimal
    language: str | None
    invoice_refs: tuple[Reference, ...] = ()
    po_refs: tuple[Reference, ...] = ()
    amounts: tuple[ClaimedAmount, ...] = ()
    dates: tuple[ClaimedDate, ...] = ()
    explain: tuple[str, ...] = ()

    def amount(self, role: AmountRole) -> ClaimedAmount | None:
        """The one amount meant by the newest text in this role; None if there is none or more than one value."""
        found = {
            (claim.value, claim.currency): claim
            for claim in self.amounts
            if claim.role is role and not claim.source.is_hint
        }
        return next(iter(found.values())) if len(found) == 1 else None
