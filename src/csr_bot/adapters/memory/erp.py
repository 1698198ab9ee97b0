"""An ERP in memory: invoices, payments and customers, and the documents and changes that were booked on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Lock
from typing import Any, Literal

from csr_bot.adapters.memory.failures import Failures
from csr_bot.adapters.memory.fields import MemoryFields, stamp
from csr_bot.adapters.memory.receivables import Receivables
from csr_bot.core.effects import CreditNoteOrder
from csr_bot.core.erp import (
    NOTE,
    DocumentKind,
    DocumentOrder,
    ErpCustomer,
    ErpFields,
    ErpNote,
    ErpPayment,
    ErpPosting,
    ErpStatement,
    ErpTarget,
    FieldChange,
    FieldOrder,
    OpenItem,
    TargetKind,
)
from csr_bot.core.evidence import (
    Customer,
    ErpDocument,
    ErpInvoice,
    Invoice,
    Payment,
    PostedDocument,
)
from csr_bot.core.money import parse_money, zero
from csr_bot.ports import Clock, PortError, RefusedError

ErpCall = Literal[
    "read_invoice",
    "fetch_document",
    "read_customer",
    "read_payment",
    "read_statement",
    "read_fields",
    "find_changes_by_reference",
    "find_by_reference",
    "find_documents_by_reference",
    "prepare",
    "submit",
]
Order = CreditNoteOrder | DocumentOrder | FieldOrder


class MemoryErp:
    """What is booked is found by the reference that it carries.

    ``credit_notes``, ``documents`` and ``changes`` are what was really booked; ``submits`` are the clicks.
    """

    def __init__(
        self,
        invoices: Iterable[Invoice],
        *,
        clock: Clock,
        customers: Iterable[Customer] = (),
        payments: Iterable[Payment] = (),
    ) -> None:
        self.submits: list[Order] = []
        self._books = Receivables(clock=clock)
        self._books.invoices = {invoice.invoice_no: invoice for invoice in invoices}
        self._books.customers = {customer.customer_no: customer for customer in customers}
        self._books.payments = {payment.payment_no: payment for payment in payments}
        self._fields = MemoryFields(_opening(self._books.invoices.values(), self._books.customers.values()))
        self._clock = clock
        self._failures = Failures()
        self._copies = 1
        self._lock = Lock()

    @property
    def credit_notes(self) -> list[PostedDocument]:
        """Every credit note, oldest first."""
        return self._books.credit_notes

    @property
    def documents(self) -> list[ErpPosting]:
        """Every other document, oldest first."""
        return self._books.documents

    @property
    def lag(self) -> timedelta:
        """How long a booking stays invisible to every page, as on a replica that is behind."""
        return self._books.lag

    @lag.setter
    def lag(self, lag: timedelta) -> None:
        self._books.lag = lag

    @property
    def changes(self) -> list[FieldChange]:
        """Every change of a field, oldest first."""
        return self._fields.log

    def read_invoice(self, invoice_no: str) -> ErpInvoice:
        """The invoice less what shows of all that was booked on it. Refused if there is none of this number."""
        self._failures.begin("read_invoice")
        invoice = self._books.invoice(invoice_no)
        return ErpInvoice(
            invoice_no=invoice_no,
            customer_no=invoice.customer_no,
            status=invoice.status,
            due_date=invoice.due_date,
            gross=invoice.gross,
            open_amount=invoice.open_amount,
            url_path=f"/invoices/{invoice_no}",
            captured_at=self._clock.now(),
            screenshot=f"picture of {invoice_no}, open {invoice.open_amount}".encode(),
        )

    def fetch_document(self, invoice_no: str) -> ErpDocument:
        """The printed invoice; credit notes have none. Its file is its own text, not a real PDF."""
        self._failures.begin("fetch_document")
        if invoice_no not in self._books.invoices:
            raise RefusedError(f"no printed document {invoice_no}")
        text = f"Invoice {invoice_no}\nTotal {self._books.invoices[invoice_no].gross}\n"
        return ErpDocument(
            invoice_no=invoice_no,
            content=text.encode(),
            content_type="application/pdf",
            text=text,
            url_path=f"/invoices/{invoice_no}/document.pdf",
            captured_at=self._clock.now(),
        )

    def read_customer(self, customer_no: str) -> ErpCustomer:
        """The customer with what its invoices sum up to in its currency. Refused if there is none."""
        self._failures.begin("read_customer")
        customer = self._books.customer(customer_no)
        fields = self._fields_of(ErpTarget(TargetKind.CUSTOMER, customer_no))
        limit = fields.value("credit_limit")
        notes = (change for change in reversed(self._books.shown(self.changes)) if change.target == fields.target)
        return ErpCustomer(
            customer_no=customer_no,
            name=customer.legal_name,
            status=customer.status,
            balance=self._books.balance(customer),
            exposure=self._books.exposure(customer),
            credit_limit=parse_money(limit, customer.currency) if limit else None,
            dunning_level=0,
            fields=fields,
            notes=tuple(ErpNote(note.new, note.reference, note.changed_at) for note in notes if note.name == NOTE),
        )

    def read_payment(self, payment_no: str) -> ErpPayment:
        """The payment less what shows of what was allocated and refunded. Refused if there is none."""
        self._failures.begin("read_payment")
        payment = self._books.payment(payment_no)
        return ErpPayment(
            payment_no=payment_no,
            customer_no=payment.customer_no or "",
            value_on=payment.value_date,
            amount=payment.amount,
            unapplied=payment.unapplied,
            parts=tuple(
                part
                for item in self._books.shown(self._books.documents)
                if item.source == payment_no
                for part in item.parts
            ),
            url_path=f"/payments/{payment_no}",
            captured_at=self._clock.now(),
            screenshot=f"picture of {payment_no}, left {payment.unapplied}".encode(),
        )

    def read_statement(self, customer_no: str) -> ErpStatement:
        """The customer's open invoices and their sums. Refused if there is no such customer."""
        self._failures.begin("read_statement")
        customer = self._books.customer(customer_no)
        owed = self._books.owed_by(customer_no)
        balances = {customer.currency: zero(customer.currency)}
        for item in owed:
            balances[item.currency] = balances.get(item.currency, zero(item.currency)) + item.open_amount
        items = [
            OpenItem(item.invoice_no, item.due_date, item.gross, item.open_amount, disputed=self._is_disputed(item))
            for item in owed
        ]
        return ErpStatement(
            customer_no=customer_no,
            items=tuple(sorted(items, key=lambda item: (item.due_on, item.invoice_no))),
            balances=dict(sorted(balances.items())),
            url_path=f"/customers/{customer_no}/open-items",
            captured_at=self._clock.now(),
            screenshot=f"picture of the open items of {customer_no}".encode(),
        )

    def read_fields(self, target: ErpTarget) -> ErpFields:
        """The fields of an invoice or a customer. Refused if there is none."""
        self._failures.begin("read_fields")
        return self._fields_of(target)

    def find_changes_by_reference(self, reference: str) -> Sequence[FieldChange]:
        """The changes with this reference that show by now."""
        self._failures.begin("find_changes_by_reference")
        found = [change for change in self._books.shown(self.changes) if change.reference == reference]
        return stamp(found, self._clock.now())

    def change_field(self, order: FieldOrder, *, before_submit: Callable[[], None]) -> None:
        """Change a field, or fail as told."""
        self._failures.begin("prepare")
        target = order.target
        self._fields.require_allowed(order, self._fields_of(target).values)
        self._require_covered(order)
        self._submit(order, before_submit, lambda: self._fields.change(order, at=self._clock.now()))

    def find_by_reference(self, reference: str) -> Sequence[PostedDocument]:
        """The credit notes with this reference that show by now."""
        self._failures.begin("find_by_reference")
        now = self._clock.now()
        found = self._books.shown(self._books.credit_notes)
        return [replace(note, captured_at=now) for note in found if note.reference == reference]

    def post_credit_note(self, order: CreditNoteOrder, *, before_submit: Callable[[], None]) -> None:
        """Book a credit note, or fail as told. Two identical ones are both booked, as in any ERP."""
        self._failures.begin("prepare")
        self._books.require_unchanged(order)
        self._submit(order, before_submit, lambda: self._books.book_credit_note(order))

    def find_documents_by_reference(self, reference: str) -> Sequence[ErpPosting]:
        """The other documents with this reference that show by now."""
        self._failures.begin("find_documents_by_reference")
        now = self._clock.now()
        found = self._books.shown(self._books.documents)
        return [replace(document, captured_at=now) for document in found if document.reference == reference]

    def post_document(self, order: DocumentOrder, *, before_submit: Callable[[], None]) -> None:
        """Book a document, or fail as told."""
        self._failures.begin("prepare")
        self._books.require_bookable(order)
        self._require_unblocked(order)
        self._submit(order, before_submit, lambda: self._books.book_document(order))

    def fail_next(self, call: ErpCall, failure: PortError, *, happens: bool = False) -> None:
        """Let the next call raise ``failure``; ``prepare`` and ``submit`` are posting up to and from the click on.

        With ``happens``, a submit that fails has booked all the same.
        """
        self._failures.plan(call, failure, happens=happens)

    def book_next_twice(self) -> None:
        """Book what comes next two times, as where a browser repeats a request by itself."""
        self._copies = 2

    def book_next_as(self, **changes: object) -> None:
        """Book what comes next with other values than were ordered: fields of a ``PostedDocument``."""
        self._books.altered = changes

    def change_invoice(self, invoice_no: str, **changes: object) -> None:
        """Change an invoice as somebody at its screen might."""
        values: dict[str, Any] = changes
        self._books.invoices[invoice_no] = replace(self._books.invoices[invoice_no], **values)

    def put_field(self, target: ErpTarget, name: str, value: str) -> None:
        """Give a field another value, as somebody at its screen might."""
        self._fields.put(target, name, value)

    def receive(self, payment: Payment) -> None:
        """Enter money that came in."""
        self._books.payments[payment.payment_no] = payment

    def _submit(self, order: Order, before_submit: Callable[[], None], book: Callable[[], None]) -> None:
        before_submit()
        with self._lock:
            self.submits.append(order)
            failure, happens = self._failures.take("submit")
            for _ in range(self._copies if happens else 0):
                book()
            self._copies = 1
        if failure is not None:
            raise failure

    def _require_unblocked(self, order: DocumentOrder) -> None:
        if order.kind is DocumentKind.REFUND:
            fields = self._fields_of(ErpTarget(TargetKind.CUSTOMER, order.customer_no))
            if "yes" in (fields.value("refund_block"), fields.value("kyc_block")):
                raise RefusedError(f"the ERP refuses a refund: refunds of {order.customer_no} are blocked")

    def _is_disputed(self, invoice: Invoice) -> bool:
        fields = self._fields_of(ErpTarget(TargetKind.INVOICE, invoice.invoice_no))
        return fields.value("dispute_flag") == "yes"

    def _fields_of(self, target: ErpTarget) -> ErpFields:
        if target.kind is TargetKind.CUSTOMER:
            self._books.customer(target.number)
        else:
            self._books.invoice(target.number)
        values = self._fields.values(target, self._books.shown(self.changes))
        shot = f"picture of {target}".encode()
        return ErpFields(target, values, f"/{target.kind}s/{target.number}", self._clock.now(), shot)

    def _require_covered(self, order: FieldOrder) -> None:
        """The ERP lifts a credit block only where the exposure is within the limit."""
        if (order.name, order.new) != ("credit_block", "no"):
            return
        customer = self._books.customer(order.target.number)
        limit = self._fields_of(order.target).value("credit_limit")
        if limit and parse_money(limit, customer.currency) < self._books.exposure(customer):
            raise RefusedError(f"the ERP refuses to lift the credit block of {customer.customer_no}")


def _opening(invoices: Iterable[Invoice], customers: Iterable[Customer]) -> Mapping[ErpTarget, Mapping[str, str]]:
    """What the fields hold before anything is changed."""
    return {
        **{ErpTarget(TargetKind.INVOICE, item.invoice_no): {"po_no": item.po_no or ""} for item in invoices},
        **{
            ErpTarget(TargetKind.CUSTOMER, item.customer_no): {
                "legal_name": item.legal_name,
                "tax_id": item.tax_id or "",
                "invoice_email": item.invoice_email or "",
                "phone": item.phone or "",
                "delivery_method": item.delivery_method or "email",
                "payment_terms": item.terms or "",
                "po_required": "yes" if item.po_required else "no",
                "credit_limit": item.credit_limit.text() if item.credit_limit else "150000.00",
                "credit_block": "yes" if item.hold else "no",
            }
            for item in customers
        },
    }
