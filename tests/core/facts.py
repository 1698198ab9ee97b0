"""Facts for decisions: taken from the demo's books, with whatever a test wants to be different."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import csr_bot.cli
from csr_bot.core.customer import CustomerContext
from csr_bot.core.evidence import Contact, ErpInvoice, Invoice
from csr_bot.core.facts import EarlierCredit, Facts, InvoiceFacts
from csr_bot.core.matching import SenderFinding, build_directory, build_view, ledger_entries, match_request
from csr_bot.core.message import Address, Authentication, AutoClass, Channel, IdentityLevel, ParsedMessage
from csr_bot.core.money import Money
from csr_bot.core.parsing.references import canonical_number
from csr_bot.core.policy import read_policy
from csr_bot.core.request import AmountRole, Category, ClaimedAmount, DisputeReason, Reference, Request, TextSource
from csr_bot.demo.books import make_books

NOW = datetime(2025, 11, 24, 13, 12, tzinfo=UTC)
POLICY_FILE = Path(csr_bot.cli.__file__).parent / "templates" / "policies" / "standard.yaml"
POLICY = read_policy(POLICY_FILE.read_text(), file="standard.yaml")
BOOKS = make_books()
VIEW = build_view(ledger_entries(BOOKS.invoices, BOOKS.lines))
DIRECTORY = build_directory(BOOKS.customers, BOOKS.contacts)
INVOICES = {invoice.invoice_no: invoice for invoice in BOOKS.invoices}
CUSTOMERS = {customer.customer_no: customer for customer in BOOKS.customers}
CONTACTS = {contact.customer_no: contact for contact in BOOKS.contacts}


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def ref(raw: str, source: TextSource = TextSource.BODY) -> Reference:
    return Reference(raw, canonical_number(raw), (0, len(raw)), source)


def claim(value: str, role: AmountRole, currency: str | None = None) -> ClaimedAmount:
    return ClaimedAmount(Decimal(value), currency, role, (0, len(value)), TextSource.BODY)


def ask(category: Category, *refs: str, reason: DisputeReason | None = None, **changes: Any) -> Request:
    """A request that names these invoices."""
    return Request(category, reason, Decimal("0.95"), "en", invoice_refs=tuple(ref(raw) for raw in refs), **changes)


def dispute(
    reason: DisputeReason, *refs: str, po: str | None = None, currency: str | None = None, **amounts: str
) -> Request:
    """A billing dispute with amounts by their role: ``correct_value="125.00"``."""
    return ask(
        Category.BILLING_DISPUTE,
        *refs,
        reason=reason,
        po_refs=(ref(po),) if po else (),
        amounts=tuple(claim(value, AmountRole(role), currency) for role, value in amounts.items()),
    )


def screen_of(invoice: Invoice) -> ErpInvoice:
    """The ERP page that shows what the ledger says."""
    return ErpInvoice(
        invoice_no=invoice.invoice_no,
        customer_no=invoice.customer_no,
        status=invoice.status,
        due_date=invoice.due_date,
        gross=invoice.gross,
        open_amount=invoice.open_amount,
        url_path=f"/invoices/{invoice.invoice_no}",
        captured_at=NOW,
    )


def entry_of(invoice_no: str) -> InvoiceFacts:
    """An invoice with everything that the books hold about it, and an ERP page that agrees."""
    invoice = INVOICES[invoice_no]
    allocations = tuple(item for item in BOOKS.allocations if item.invoice_no == invoice_no)
    paid_by = {item.payment_no for item in allocations}
    return InvoiceFacts(
        invoice=invoice,
        lines=tuple(line for line in BOOKS.lines if line.invoice_no == invoice_no),
        allocations=allocations,
        payments=tuple(item for item in BOOKS.payments if item.payment_no in paid_by),
        contract=next(
            (
                item
                for item in reversed(BOOKS.contracts)
                if item.contract_no == invoice.contract_no and item.end is None
            ),
            None,
        ),
        price_terms=tuple(item for item in BOOKS.price_terms if item.contract_no == invoice.contract_no),
        usage=tuple(item for item in BOOKS.usage if item.contract_no == invoice.contract_no),
        equal_net=tuple(
            other
            for other in BOOKS.invoices
            if (other.customer_no, other.net) == (invoice.customer_no, invoice.net) and other.invoice_no != invoice_no
        ),
        screen=screen_of(invoice),
        screen_problem=None,
        document=None,
        document_sha256=None,
    )


def context_of(customer_no: str) -> CustomerContext:
    """What the books say of a customer."""
    invoices = tuple(item for item in BOOKS.invoices if item.customer_no == customer_no)
    return CustomerContext(
        customer=CUSTOMERS[customer_no],
        children=(),
        group=frozenset(),
        contacts=tuple(item for item in BOOKS.contacts if item.customer_no == customer_no),
        open_items=tuple(item for item in invoices if item.open_amount.amount),
        open_items_complete=True,
        unapplied=(),
        unapplied_complete=True,
        credit_profiles=tuple(item for item in BOOKS.credit_profiles if item.customer_no == customer_no),
        kyc=next((item for item in BOOKS.kyc_records if item.customer_no == customer_no), None),
        letters_of_credit=tuple(item for item in BOOKS.letters_of_credit if item.customer_no == customer_no),
        contracts=tuple(item for item in BOOKS.contracts if item.customer_no == customer_no),
    )


def sender_of(customer_no: str, **changes: Any) -> SenderFinding:
    """The customer's contact, authenticated."""
    contact = CONTACTS[customer_no]
    known = SenderFinding(IdentityLevel.L2, "active contact, DMARC passed", frozenset({customer_no}), contact, ())
    return replace(known, **changes)


def facts_for(request: Request, customer_no: str, **changes: Any) -> Facts:
    """Everything about a mail of a customer's contact, matched as in earnest."""
    matches = match_request(request, own={customer_no}, view=VIEW, policy=POLICY.matching)
    owned = {line.invoice_no: line for line in BOOKS.lines if INVOICES[line.invoice_no].customer_no == customer_no}
    still_open = {number for number in owned if INVOICES[number].open_amount.amount}
    facts = Facts(
        now=NOW,
        case_no="CSR-2025-000101",
        channel=Channel.EMAIL,
        subject="Invoice query",
        portal_ticket=None,
        attachment_flags=(),
        sender=sender_of(customer_no),
        request=request,
        customer=CUSTOMERS[customer_no],
        matches=matches,
        invoices={
            match.best.invoice_no: entry_of(match.best.invoice_no)
            for match in matches
            if match.best and match.decision == "auto"
        },
        open_lines=tuple(line for line in BOOKS.lines if line.invoice_no in still_open),
        snapshot_generated_at=NOW - timedelta(hours=8),
        earlier_credits=(),
        bot_effects_24h=0,
        answers_24h=0,
        open_duplicate=None,
        reopen_count=0,
        desk_requests=frozenset(Category),
        stopped=None,
        context=context_of(customer_no),
    )
    return replace(facts, **changes)


def with_entry(facts: Facts, **changes: Any) -> Facts:
    """The same with the one invoice changed; the ERP page follows the invoice unless it is given."""
    (number, entry), *_ = facts.invoices.items()
    changed = replace(entry, **changes)
    if "invoice" in changes and "screen" not in changes:
        changed = replace(changed, screen=screen_of(changed.invoice))
    return replace(facts, invoices={**facts.invoices, number: changed})


def with_invoice(facts: Facts, **changes: Any) -> Facts:
    """The same with fields of the invoice changed, in ledger and ERP alike."""
    (entry, *_) = facts.invoices.values()
    return with_entry(facts, invoice=replace(entry.invoice, **changes))


def earlier_credit(invoice_no: str, amount: str, **changes: Any) -> EarlierCredit:
    """A credit of another case, posted two days ago on line 9."""
    credit = EarlierCredit(
        case_no="CSR-2025-000042",
        invoice_no=invoice_no,
        customer_no=INVOICES[invoice_no].customer_no,
        reason="QUANTITY",
        amount=usd(amount),
        line_nos=frozenset({9}),
        by_bot_alone=False,
        posted=True,
        decided_at=NOW - timedelta(days=2),
    )
    return replace(credit, **changes)


def mail_from(address: str, *, dmarc: str | None = "pass", reply_to: Iterable[str] = ()) -> ParsedMessage:
    """A mail of which only the sender matters."""
    return ParsedMessage(
        message_id="<m-1@customer.example>",
        sender=Address("Somebody", address),
        reply_to=tuple(Address("", item) for item in reply_to),
        to=(),
        cc=(),
        subject="Invoice query",
        sent_at=NOW,
        in_reply_to=(),
        references=(),
        text="",
        text_new="",
        forwarded=None,
        language="en",
        attachments=(),
        auto_class=AutoClass.NONE,
        answerable=True,
        auto_reason=None,
        bounce=None,
        authentication=Authentication(dmarc=dmarc),
        content_key="0" * 64,
        defects=(),
        quarantined=None,
    )


def contact_of(customer_no: str) -> Contact:
    return CONTACTS[customer_no]


# The acceptance scenarios, as they are read from the customers' mails.
def s1(correct: str = "125.00", **changes: Any) -> Facts:
    """160 h at 140.00 instead of 125.00."""
    request = dispute(DisputeReason.PRICE, "INV 2025/00417", billed_value="140.00", correct_value=correct)
    return facts_for(request, "C-1001", **changes)


def small_price(**changes: Any) -> Facts:
    """40 h at 140.00 instead of 135.00: 200.00, which the bot may credit alone."""
    request = dispute(DisputeReason.PRICE, "INV-2025-00409", billed_value="140.00", correct_value="135.00")
    return facts_for(request, "C-1006", **changes)


def s3(**changes: Any) -> Facts:
    """Two invoices over 18,750.00 for the same pallets."""
    request = dispute(DisputeReason.DUPLICATE, "INV-2025-00371", "INV-2025-00388", invoice_total="18750.00")
    return facts_for(request, "C-1003", **changes)


def s4(**changes: Any) -> Facts:
    """150 seats billed, 100 used."""
    request = dispute(
        DisputeReason.QUANTITY, "INV-2025-00455", billed_value="150", correct_value="100", claimed_delta="6500.00"
    )
    return facts_for(request, "C-1004", **changes)


def s5(**changes: Any) -> Facts:
    """100 units at 216.00 instead of 100.00, with 6.25 % tax; only the end of the number and the PO are named."""
    request = dispute(DisputeReason.PRICE, "00402", po="4500018804", billed_value="216.00", correct_value="100.00")
    return facts_for(request, "C-1005", **changes)
