"""Everything a decision may look at: the request, the evidence that was gathered for it, and now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from csr_bot.core.customer import CustomerContext
from csr_bot.core.erp import ErpCustomer, ErpFields, ErpStatement
from csr_bot.core.evidence import (
    Allocation,
    Contract,
    Customer,
    ErpDocument,
    ErpInvoice,
    Invoice,
    InvoiceLine,
    Payment,
    PriceTerm,
    Usage,
)
from csr_bot.core.instruction import Instruction
from csr_bot.core.matching import Match, SenderFinding
from csr_bot.core.matters import MatterKind
from csr_bot.core.message import Channel
from csr_bot.core.money import Money
from csr_bot.core.request import Category, DisputeReason, Request


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that came with a message of the case, with the text that could be read from it."""

    file_name: str
    sha256: str
    text: str


@dataclass(frozen=True, slots=True)
class EarlierCredit:
    """A credit of ours on lines of an invoice, from any other case: posted, or decided and on its way."""

    case_no: str
    invoice_no: str
    customer_no: str
    reason: str
    amount: Money
    line_nos: frozenset[int]
    by_bot_alone: bool
    posted: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class EarlierMatter:
    """Something of the customer's that had authority before, from any case: done, or decided and on its way."""

    kind: MatterKind
    case_no: str
    invoice_no: str | None
    amount: Money
    by_bot_alone: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class EarlierPromise:
    """A promise of the customer's, as our register has it. ``subject`` is an invoice, or the customer for all of it."""

    case_no: str
    subject: str
    amount: Money
    due_on: date
    status: str


@dataclass(frozen=True, slots=True)
class CreditNoteCopy:
    """A credit note that we posted, with the printed document of the ERP under its digest where there is one."""

    number: str
    invoice_no: str
    amount: Money
    issued_on: date
    document_sha256: str | None


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """One invoice with what belongs to it. ``screen_problem`` says why the ERP page could not be read, if so.

    ``equal_net`` are the customer's other invoices with the same net total.
    """

    invoice: Invoice
    lines: tuple[InvoiceLine, ...]
    allocations: tuple[Allocation, ...]
    payments: tuple[Payment, ...]
    contract: Contract | None
    price_terms: tuple[PriceTerm, ...]
    usage: tuple[Usage, ...]
    equal_net: tuple[Invoice, ...]
    screen: ErpInvoice | None
    screen_problem: str | None
    document: ErpDocument | None
    document_sha256: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision is made from. Nothing in it changes while the decision is made.

    ``open_lines`` are those lines of the customer's open invoices that say a figure of the request,
    ``attachment_flags`` what is unsafe about the files that came with it.
    """

    now: datetime
    case_no: str
    channel: Channel
    subject: str
    portal_ticket: str | None
    attachment_flags: tuple[str, ...]
    sender: SenderFinding
    request: Request
    customer: Customer | None
    matches: tuple[Match, ...]
    invoices: Mapping[str, InvoiceFacts]
    open_lines: tuple[InvoiceLine, ...]
    snapshot_generated_at: datetime | None
    earlier_credits: tuple[EarlierCredit, ...]
    bot_effects_24h: int
    answers_24h: int
    """Answers that went, or are on their way, to the sender's address within a day."""
    open_duplicate: str | None
    reopen_count: int
    desk_requests: frozenset[Category]
    stopped: str | None
    """Why the kill switch holds this desk or category back; None while it is off."""
    instruction: Instruction | None = None
    context: CustomerContext | None = None
    info_requests: int = 0
    """How often the customer was asked for what was missing."""
    earlier_matters: tuple[EarlierMatter, ...] = ()
    closed_until: date | None = None
    """The last day of the newest closed posting period; None where the ledger tells none."""
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    """Units of the policy's base currency for one unit of a currency, where a rate of a few days is known."""
    words: str = ""
    """Subject and newest text of the newest message: what the customer says now, in his own words."""
    files: tuple[AttachedFile, ...] = ()
    payments_found: tuple[Payment, ...] = ()
    """Payments of the customer, or of nobody known, that fit an amount or a reference of the message."""
    price_terms: tuple[PriceTerm, ...] = ()
    """Price terms of all contracts of the customer."""
    po_uses: tuple[Invoice, ...] = ()
    """Invoices, whosever, with an order number that the message names."""
    earlier_promises: tuple[EarlierPromise, ...] = ()
    credit_notes: tuple[CreditNoteCopy, ...] = ()
    erp_customer: ErpCustomer | None = None
    erp_statement: ErpStatement | None = None
    statement_sha256: str | None = None
    """The file with the customer's open items, kept with the evidence; None where none was made."""
    erp_fields: Mapping[str, ErpFields] = field(default_factory=dict)
    """The fields of invoices as the ERP's pages show them, by invoice number. What is missing could not be read."""

    def rate_to(self, base: str, currency: str) -> Decimal | None:
        """The rate from a currency to the base currency; None where none is known."""
        return Decimal(1) if currency == base else self.rates.get(currency)

    def earlier(self, kind: MatterKind) -> Iterable[EarlierCredit | EarlierMatter]:
        """What of a kind had authority for this customer before."""
        if kind is MatterKind.CREDIT_NOTE:
            return self.earlier_credits
        return (matter for matter in self.earlier_matters if matter.kind is kind)

    def matched(self) -> tuple[InvoiceFacts, ...]:
        """The invoices that are meant beyond doubt, in the order of the text."""
        return tuple(
            self.invoices[match.certain.invoice_no]
            for match in self.matches
            if match.certain and match.certain.invoice_no in self.invoices
        )

    def credits_on(self, invoice_no: str) -> Iterable[EarlierCredit]:
        """Our earlier credits on an invoice."""
        return (credit for credit in self.earlier_credits if credit.invoice_no == invoice_no)

    @property
    def category(self) -> Category:
        """What is asked for."""
        return self.request.category

    @property
    def reason(self) -> DisputeReason | None:
        """Why an invoice is disputed."""
        return self.request.reason


def without_files(facts: Facts) -> Facts:
    """The same without pictures and files: nothing is decided by them, and they are kept as evidence."""
    return replace(facts, invoices={number: _plain(entry) for number, entry in facts.invoices.items()})


def _plain(entry: InvoiceFacts) -> InvoiceFacts:
    screen = replace(entry.screen, screenshot=None) if entry.screen else None
    return replace(entry, screen=screen, document=replace(entry.document, content=b"") if entry.document else None)
