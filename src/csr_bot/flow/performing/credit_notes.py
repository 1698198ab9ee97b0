"""Credit notes in the ERP, found by our reference.

``create_credit_note`` acts on ``invoice_no``. Params: that, ``currency``, ``amount``, ``reason``, and ``lines`` with
``line_no``, ``net`` and ``tax``. Precondition: ``customer_no``, ``gross``, ``open_amount``, ``status`` and
``due_date`` of the invoice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from csr_bot.caselog import Records
from csr_bot.core.effects import CreditLine, CreditNoteOrder
from csr_bot.core.evidence import ErpInvoice, PostedDocument, as_content
from csr_bot.core.money import Money, parse_money, zero
from csr_bot.flow.desk import Desk
from csr_bot.flow.performing.performer import Before, Proof, Sighting, find_differences, show_amount
from csr_bot.records import EffectRecord


@dataclass(frozen=True, slots=True)
class CreditNotes:
    """Credit notes in the ERP, found by our reference."""

    desk: Desk

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        documents = self.desk.erp.find_by_reference(effect.reference)
        screen = self.desk.erp.read_invoice(effect.target) if documents else None
        return [_credit_sighting(effect, document, screen) for document in documents]

    def check_before(self, effect: EffectRecord) -> Before:
        screen = self.desk.erp.read_invoice(effect.target)
        shown = {
            "customer_no": screen.customer_no,
            "gross": screen.gross.text(),
            "open_amount": screen.open_amount.text(),
            "status": screen.status.value,
            "due_date": screen.due_date.isoformat(),
        }
        wanted = effect.precondition
        stale = [f"{name} is {shown[name]}, decided on {wanted[name]}" for name in shown if shown[name] != wanted[name]]
        if screen.gross.currency != effect.params["currency"]:
            stale.append(f"currency is {screen.gross.currency}, decided on {effect.params['currency']}")
        return Before(Proof({**shown, "url_path": screen.url_path}, screen.screenshot), "; ".join(stale) or None)

    def prepare(self, effect: EffectRecord) -> bytes | None:  # noqa: ARG002 - a screen is filled, nothing is frozen
        return None

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:  # noqa: ARG002
        self.desk.erp.post_credit_note(
            _order(effect, issued_on=self.desk.clock.now().date()), before_submit=before_submit
        )

    def keep(self, records: Records, effect: EffectRecord, *, at: datetime) -> None:
        """Nothing."""


def _order(effect: EffectRecord, *, issued_on: date) -> CreditNoteOrder:
    params: Mapping[str, Any] = effect.params
    currency = params["currency"]
    wanted = effect.precondition
    return CreditNoteOrder(
        invoice_no=params["invoice_no"],
        customer_no=wanted["customer_no"],
        lines=tuple(
            CreditLine(line["line_no"], parse_money(line["net"], currency), parse_money(line["tax"], currency))
            for line in params["lines"]
        ),
        amount=parse_money(params["amount"], currency),
        reason=params["reason"],
        reference=effect.reference,
        issued_on=issued_on,
        expected_gross=parse_money(wanted["gross"], currency),
        expected_open=parse_money(wanted["open_amount"], currency),
        expected_status=wanted["status"],
        expected_due_date=date.fromisoformat(wanted["due_date"]),
    )


def _credit_sighting(effect: EffectRecord, document: PostedDocument, screen: ErpInvoice | None) -> Sighting:
    """A credit note compared with the order, and the invoice's open amount with what it has to be now."""
    currency = str(effect.params["currency"])
    amount = parse_money(str(effect.params["amount"]), currency)
    new_open = parse_money(effect.precondition["open_amount"], currency) - amount
    pairs: list[tuple[str, object, object]] = [
        ("invoice", effect.target, document.invoice_no),
        ("customer", effect.precondition["customer_no"], document.customer_no),
        ("amount", str(amount), str(document.amount)),
        ("tax", str(_tax_of(effect)), str(document.tax)),
        ("reference", effect.reference, document.reference),
        ("new open amount", str(new_open), str(screen.open_amount) if screen else "not read"),
    ]
    content = as_content(document)
    assert isinstance(content, dict)
    after = {"new_open": show_amount(screen.open_amount)} if screen else {}
    return Sighting(document.number, Proof({**content, **after}, document.screenshot), find_differences(pairs))


def _tax_of(effect: EffectRecord) -> Money:
    params: Mapping[str, Any] = effect.params
    currency = params["currency"]
    return sum((parse_money(line["tax"], currency) for line in params["lines"]), zero(currency))
