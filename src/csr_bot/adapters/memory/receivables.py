"""The receivables of an ERP in memory: what is open follows from what was booked and shows by now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeVar

from csr_bot.core.effects import CreditNoteOrder
from csr_bot.core.erp import DocumentKind, DocumentOrder, ErpPosting, FieldChange, InvoicePart
from csr_bot.core.evidence import Customer, DocumentStatus, Invoice, Payment, PostedDocument
from csr_bot.core.money import Money, zero
from csr_bot.ports import Clock, RefusedError, UncertainError

_Booked = TypeVar("_Booked", PostedDocument, ErpPosting, FieldChange)
_SETTLED: Final = frozenset({DocumentStatus.CANCELLED, DocumentStatus.DRAFT})


class Receivables:
    """``lag`` is how long a booking stays invisible; ``altered`` changes what is booked next."""

    def __init__(self, *, clock: Clock) -> None:
        self.invoices: dict[str, Invoice] = {}
        self.customers: dict[str, Customer] = {}
        self.payments: dict[str, Payment] = {}
        self.credit_notes: list[PostedDocument] = []
        self.documents: list[ErpPosting] = []
        self.lag = timedelta(0)
        self.altered: dict[str, Any] = {}
        self._clock = clock

    def shown(self, booked: Iterable[_Booked]) -> list[_Booked]:
        """What of this shows by now."""
        return [item for item in booked if item.captured_at + self.lag <= self._clock.now()]

    def invoice(self, invoice_no: str) -> Invoice:
        """The invoice less all that shows of what was booked on it. Refused if there is none."""
        invoice = self.invoices.get(invoice_no)
        if invoice is None:
            raise RefusedError(f"the ERP has no invoice {invoice_no}")
        nothing = zero(invoice.currency)
        notes = (note.amount for note in self.shown(self.credit_notes) if note.invoice_no == invoice_no)
        credited = sum(notes, nothing)
        settled = dict.fromkeys(DocumentKind, nothing)
        for document in self.shown(self.documents):
            for part in document.parts:
                if part.invoice_no == invoice_no:
                    settled[document.kind] += part.amount
        given_up = settled[DocumentKind.WRITE_OFF]
        left = invoice.open_amount - credited - settled[DocumentKind.ALLOCATION] - given_up
        status = invoice.status
        if left != invoice.open_amount:
            status = _status_of(left, credited=credited + invoice.credited, given_up=given_up)
        return replace(invoice, credited=invoice.credited + credited, open_amount=left, status=status)

    def payment(self, payment_no: str) -> Payment:
        """The payment less what shows of its use. Refused if there is none."""
        payment = self.payments.get(payment_no)
        if payment is None:
            raise RefusedError(f"the ERP has no payment {payment_no}")
        used = (item.amount for item in self.shown(self.documents) if item.source == payment_no)
        return replace(payment, unapplied=payment.unapplied - sum(used, zero(payment.amount.currency)))

    def parts_of(self, payment_no: str) -> tuple[InvoicePart, ...]:
        """Where a payment was allocated to, as far as it shows."""
        used = (item for item in self.shown(self.documents) if item.source == payment_no)
        return tuple(part for document in used for part in document.parts)

    def customer(self, customer_no: str) -> Customer:
        """Refused if there is none."""
        customer = self.customers.get(customer_no)
        if customer is None:
            raise RefusedError(f"the ERP has no customer {customer_no}")
        return customer

    def owed_by(self, customer_no: str) -> list[Invoice]:
        """A customer's invoices that are not settled."""
        mine = [item.invoice_no for item in self.invoices.values() if item.customer_no == customer_no]
        invoices = map(self.invoice, mine)
        return [item for item in invoices if item.open_amount.amount and item.status not in _SETTLED]

    def balance(self, customer: Customer) -> Money:
        """What they sum up to in the customer's currency."""
        owed = self.owed_by(customer.customer_no)
        amounts = (item.open_amount for item in owed if item.currency == customer.currency)
        return sum(amounts, zero(customer.currency))

    def exposure(self, customer: Customer) -> Money:
        """The balance, and what the master says that the customer is exposed with beyond its invoices."""
        opening = (item for item in self.invoices.values() if item.customer_no == customer.customer_no)
        nothing = zero(customer.currency)
        billed = sum((item.open_amount for item in opening if item.currency == customer.currency), nothing)
        stated = customer.exposure or billed
        return self.balance(customer) + (stated - billed if billed < stated else nothing)

    def left_on(self, number: str) -> Money:
        """What is open on an invoice, or left of a payment."""
        return self.payment(number).unapplied if number in self.payments else self.invoice(number).open_amount

    def require_unchanged(self, order: CreditNoteOrder) -> None:
        """Refused unless the invoice is as it was decided on."""
        shown = self.invoice(order.invoice_no)
        wanted = (order.customer_no, order.expected_gross, order.expected_open, order.expected_due_date)
        if (shown.customer_no, shown.gross, shown.open_amount, shown.due_date) != wanted:
            raise RefusedError(f"the page of {order.invoice_no} does not show what the order was decided on")

    def require_bookable(self, order: DocumentOrder) -> None:
        """Refused unless everything expected is open, and the ERP's arithmetic holds."""
        gap = order.find_gap()
        if gap is not None:
            raise RefusedError(f"{order.reference} does not fit together: {gap}")
        for part in order.parts:
            invoice = self.invoice(part.invoice_no)
            if invoice.customer_no != order.customer_no or invoice.open_amount < part.amount:
                raise RefusedError(f"the ERP refuses {part.amount} on {part.invoice_no}")
        for number, wanted in order.expected.items():
            if self.left_on(number) != wanted:
                raise RefusedError(f"{number} does not show the {wanted} that the order was decided on")
        self._require_money(order)

    def book_credit_note(self, order: CreditNoteOrder) -> None:
        """Book a credit note, were it the second of its kind."""
        if self.invoice(order.invoice_no).open_amount < order.amount:
            raise UncertainError(f"{order.amount} is more than what is open on {order.invoice_no}")
        number = f"CN-{len(self.credit_notes) + 1:05}"
        note = PostedDocument(
            number=number,
            invoice_no=order.invoice_no,
            customer_no=order.customer_no,
            amount=order.amount,
            tax=sum((line.tax for line in order.lines), zero(order.amount.currency)),
            reference=order.reference,
            url_path=f"/credit-notes/{number}",
            captured_at=self._clock.now(),
            screenshot=f"picture of {number}".encode(),
        )
        self.credit_notes.append(replace(note, **self.altered))
        self.altered = {}

    def book_document(self, order: DocumentOrder) -> None:
        """Book another document."""
        number = f"{order.kind.name[:2]}-{len(self.documents) + 1:05}"
        document = ErpPosting(
            number=number,
            kind=order.kind,
            source=order.source,
            customer_no=order.customer_no,
            amount=order.amount,
            parts=order.parts,
            instalments=order.instalments,
            reason=order.reason,
            reference=order.reference,
            url_path=f"/documents/{number}",
            captured_at=self._clock.now(),
            screenshot=f"picture of {number}".encode(),
        )
        self.documents.append(replace(document, **self.altered))
        self.altered = {}

    def _require_money(self, order: DocumentOrder) -> None:
        if order.kind in (DocumentKind.ALLOCATION, DocumentKind.REFUND):
            payment = self.payment(order.source)
            if payment.customer_no != order.customer_no or payment.unapplied < order.amount:
                raise RefusedError(f"the ERP refuses {order.amount} of {order.source}")
        debt = sum((part.amount for part in order.parts), zero(order.amount.currency))
        if order.kind is DocumentKind.PAYMENT_PLAN and order.amount < debt:
            raise RefusedError(f"the ERP refuses instalments of {order.amount} for a debt of {debt}")


def _status_of(left: Money, *, credited: Money, given_up: Money) -> DocumentStatus:
    if left.amount:
        return DocumentStatus.PARTLY_PAID
    if given_up.amount:
        return DocumentStatus.WRITTEN_OFF
    return DocumentStatus.CREDITED if credited.amount else DocumentStatus.PAID
