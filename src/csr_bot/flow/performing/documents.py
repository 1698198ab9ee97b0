"""Documents of the ERP other than credit notes, found by our reference.

All params have ``customer_no``, ``currency``, ``amount`` (the total) and, if wanted, ``reason``. Besides:

- ``apply_payment`` and ``allocate_credit`` act on ``payment_no``: a payment or a credit on account. ``invoices`` lists
  ``invoice_no`` with ``amount``. Precondition: what is left of the payment and open on each invoice, by number.
- ``write_off_small`` acts on ``invoice_no``. Precondition: what is open on the invoice, by its number.
- ``request_refund`` acts on ``payment_no``; a proposal, which treasury executes. Precondition: what is left of it.
- ``create_payment_plan`` acts on ``customer_no``. ``invoices`` as above, and ``instalments``: a list of ``due_on`` with
  ``amount``, which sum to the total. Precondition: what is open on each invoice. The instalments enter our register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from csr_bot.caselog import Records
from csr_bot.core.effects import EffectType
from csr_bot.core.erp import DocumentKind, DocumentOrder, ErpPosting, Instalment, InvoicePart
from csr_bot.core.evidence import as_content
from csr_bot.core.money import Money, parse_money
from csr_bot.flow.desk import Desk
from csr_bot.flow.performing.performer import Before, Proof, Sighting, find_differences, show_amount
from csr_bot.ids import new_id
from csr_bot.records import EffectRecord
from csr_bot.registers import OPEN, RegisterEntry, RegisterKind

KIND_OF: Final[Mapping[EffectType, DocumentKind]] = {
    EffectType.APPLY_PAYMENT: DocumentKind.ALLOCATION,
    EffectType.ALLOCATE_CREDIT: DocumentKind.ALLOCATION,
    EffectType.WRITE_OFF_SMALL: DocumentKind.WRITE_OFF,
    EffectType.REQUEST_REFUND: DocumentKind.REFUND,
    EffectType.CREATE_PAYMENT_PLAN: DocumentKind.PAYMENT_PLAN,
}
_OF_PAYMENTS: Final = frozenset({DocumentKind.ALLOCATION, DocumentKind.REFUND})


@dataclass(frozen=True, slots=True)
class Documents:
    """Allocations, write-offs, proposed refunds and payment plans."""

    desk: Desk

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        documents = self.desk.erp.find_documents_by_reference(effect.reference)
        if not documents:
            return []
        order = self._order(effect)
        left = {number: self._read(order, number)[0] for number in order.left_after()}
        return [_sighting(order, document, left) for document in documents]

    def check_before(self, effect: EffectRecord) -> Before:
        order = self._order(effect)
        read = {number: self._read(order, number) for number in order.expected}
        stale = [
            f"{show_amount(shown)} is open on {number}, decided on {show_amount(order.expected[number])}"
            for number, (shown, _) in read.items()
            if shown != order.expected[number]
        ]
        pictures = [picture for _, picture in read.values()]
        content = {number: show_amount(shown) for number, (shown, _) in read.items()}
        return Before(Proof(content, pictures[0] if pictures else None), "; ".join(stale) or order.find_gap())

    def prepare(self, effect: EffectRecord) -> bytes | None:  # noqa: ARG002 - a screen is filled, nothing is frozen
        return None

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:  # noqa: ARG002
        self.desk.erp.post_document(self._order(effect), before_submit=before_submit)

    def keep(self, records: Records, effect: EffectRecord, *, at: datetime) -> None:
        """The instalments of a plan, each to be watched until its day."""
        order = self._order(effect)
        records.registers.add(
            [
                RegisterEntry(
                    id=new_id(),
                    kind=RegisterKind.INSTALMENT,
                    case_id=effect.case_id,
                    reference=f"{effect.reference}/{number}",
                    customer_no=order.customer_no,
                    subject=effect.external_ref or effect.reference,
                    content={"amount": item.amount.text(), "currency": item.amount.currency},
                    status=OPEN,
                    due_on=item.due_on,
                    created_at=at,
                )
                for number, item in enumerate(order.instalments, start=1)
            ]
        )

    def _read(self, order: DocumentOrder, number: str) -> tuple[Money, bytes | None]:
        """What is open on an invoice or left of a payment, with its picture."""
        if number == order.source and order.kind in _OF_PAYMENTS:
            payment = self.desk.erp.read_payment(number)
            return payment.unapplied, payment.screenshot
        invoice = self.desk.erp.read_invoice(number)
        return invoice.open_amount, invoice.screenshot

    def _order(self, effect: EffectRecord) -> DocumentOrder:
        params: Mapping[str, Any] = effect.params
        currency, kind = params["currency"], KIND_OF[effect.type]
        amount = parse_money(params["amount"], currency)
        parts = tuple(
            InvoicePart(item["invoice_no"], parse_money(item["amount"], currency))
            for item in params.get("invoices", ())
        )
        return DocumentOrder(
            kind=kind,
            source=effect.target,
            customer_no=params["customer_no"],
            amount=amount,
            parts=(InvoicePart(effect.target, amount),) if kind is DocumentKind.WRITE_OFF else parts,
            instalments=tuple(
                Instalment(date.fromisoformat(item["due_on"]), parse_money(item["amount"], currency))
                for item in params.get("instalments", ())
            ),
            reason=params.get("reason", ""),
            reference=effect.reference,
            issued_on=self.desk.clock.now().date(),
            expected={number: parse_money(left, currency) for number, left in effect.precondition.items()},
        )


def _sighting(order: DocumentOrder, document: ErpPosting, left: Mapping[str, Money]) -> Sighting:
    """A document compared with the order, and what is open now with what has to be."""
    pairs: list[tuple[str, object, object]] = [
        ("kind", order.kind.value, document.kind.value),
        ("source", order.source, document.source),
        ("customer", order.customer_no, document.customer_no),
        ("amount", str(order.amount), str(document.amount)),
        ("invoices", _sorted(order.parts), _sorted(document.parts)),
        ("instalments", _sorted(order.instalments), _sorted(document.instalments)),
        ("reference", order.reference, document.reference),
    ]
    pairs += [(f"open on {number}", str(wanted), str(left[number])) for number, wanted in order.left_after().items()]
    content = as_content(document)
    assert isinstance(content, dict)
    after = {"open_after": {number: show_amount(amount) for number, amount in left.items()}}
    return Sighting(document.number, Proof({**content, **after}, document.screenshot), find_differences(pairs))


def _sorted(lines: Sequence[InvoicePart] | Sequence[Instalment]) -> list[str]:
    """The lines for comparing: an ERP may show them in an order of its own."""
    return sorted(
        f"{line.invoice_no if isinstance(line, InvoicePart) else line.due_on} {show_amount(line.amount)}"
        for line in lines
    )
