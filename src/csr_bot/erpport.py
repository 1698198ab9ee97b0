"""What the flow asks of an ERP. A part of the ports: it fails in the three ways that ``csr_bot.ports`` names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from csr_bot.core.effects import CreditNoteOrder
from csr_bot.core.erp import (
    DocumentOrder,
    ErpCustomer,
    ErpFields,
    ErpPayment,
    ErpPosting,
    ErpStatement,
    ErpTarget,
    FieldChange,
    FieldOrder,
)
from csr_bot.core.evidence import ErpDocument, ErpInvoice, PostedDocument


class Erp(Protocol):
    """An ERP as its screens show it: pages that are read, fields that are changed, and documents that are posted.

    Whatever changes something carries our reference, by which it is found again. ``before_submit`` is called exactly
    once, right before the click; if it raises, nothing is submitted. Whatever goes wrong after it returned is
    Uncertain, whatever goes wrong before is Unavailable or Refused.
    """

    def read_invoice(self, invoice_no: str) -> ErpInvoice:
        """The invoice page of exactly this number. Refused if there is none or more than one."""
        ...

    def fetch_document(self, invoice_no: str) -> ErpDocument:
        """The printed invoice (PDF). Refused if the ERP has none."""
        ...

    def read_customer(self, customer_no: str) -> ErpCustomer:
        """The customer page of exactly this number: balance, exposure, blocks, fields and notes. Refused if none."""
        ...

    def read_payment(self, payment_no: str) -> ErpPayment:
        """The page of a payment or a credit on account, with what is left of it. Refused if there is none."""
        ...

    def read_statement(self, customer_no: str) -> ErpStatement:
        """The open items of a customer, and their sums by currency as the ERP states them. Refused if there is none."""
        ...

    def read_fields(self, target: ErpTarget) -> ErpFields:
        """The fields of an invoice or a customer as its page shows them now. Refused if there is none."""
        ...

    def find_changes_by_reference(self, reference: str) -> Sequence[FieldChange]:
        """Every change of a field that the ERP's own log holds with exactly this reference."""
        ...

    def change_field(self, order: FieldOrder, *, before_submit: Callable[[], None]) -> None:
        """Change one field once. Refused where it does not show ``order.old`` any more or the ERP's rules forbid it.

        A note or another entry of a list is a field without a present value.
        """
        ...

    def find_by_reference(self, reference: str) -> Sequence[PostedDocument]:
        """Every credit note that carries exactly this reference, each read from a freshly loaded page."""
        ...

    def post_credit_note(self, order: CreditNoteOrder, *, before_submit: Callable[[], None]) -> None:
        """Fill and submit the credit note form once. Refused where the invoice is not as it was decided on."""
        ...

    def find_documents_by_reference(self, reference: str) -> Sequence[ErpPosting]:
        """Every other document that carries exactly this reference, each read from a freshly loaded page."""
        ...

    def post_document(self, order: DocumentOrder, *, before_submit: Callable[[], None]) -> None:
        """Post an allocation, a write-off, a proposed refund or a payment plan once.

        Refused where not everything that is ``expected`` is open any more, or the ERP's own arithmetic forbids it.
        """
        ...
