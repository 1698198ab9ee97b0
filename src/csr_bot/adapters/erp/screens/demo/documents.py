"""Allocations, write-offs, proposed refunds and payment plans: entered on a payment, an invoice or a customer.

A document's page is the right one if its heading and its number say so and it carries the reference searched for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from playwright.sync_api import Response

from csr_bot.adapters.erp.browser import Session
from csr_bot.adapters.erp.pages import (
    Outputs,
    drift,
    parse_amount,
    parse_day,
    path_of,
    read_outputs,
    require_heading,
    require_success,
)
from csr_bot.adapters.erp.screens.demo.entering import Entry, enter
from csr_bot.adapters.erp.screens.demo.navigation import NOTHING, Navigator, path_to
from csr_bot.core.erp import DocumentKind, DocumentOrder, ErpPosting, Instalment, InvoicePart
from csr_bot.core.money import Money
from csr_bot.ports import RefusedError, UnavailableError

NUMBER: Final = "Number"
KIND: Final = "Kind"
ENTERED_ON: Final = "Entered on"
CUSTOMER_NUMBER: Final = "Customer number"
CURRENCY: Final = "Currency"
TOTAL: Final = "Total"
AMOUNT: Final = "Amount"
AMOUNT_FOR: Final = "Amount for "
OPEN_ON: Final = "Open on "
NEW_OPEN_ON: Final = "New open on "
INSTALMENT: Final = "Instalment "
REASON: Final = "Reason"
REFERENCE: Final = "Reference"
POSTING_DATE: Final = "Posting date"
FOUND: Final = "Documents with reference “{}”"
DOCUMENT_HEADING: Final = "Document {}"

_FORMS: Final = {
    DocumentKind.ALLOCATION: ("payments", "allocations", "allocation of {}", "Post allocation"),
    DocumentKind.WRITE_OFF: ("invoices", "write-offs", "write-off on {}", "Post write-off"),
    DocumentKind.REFUND: ("payments", "refunds", "refund of {}", "Propose refund"),
    DocumentKind.PAYMENT_PLAN: ("customers", "payment-plans", "payment plan of {}", "Post payment plan"),
}


class DocumentScreens:
    """Posts documents and finds them again."""

    def __init__(self, navigator: Navigator) -> None:
        self._navigator = navigator

    def find(self, reference: str) -> Sequence[ErpPosting]:
        """Every document that carries exactly this reference, each read from its own page."""
        with self._navigator.session(f"searching documents by reference {reference}") as session:
            table = self._navigator.search(session, "/documents", reference=reference, caption=FOUND)
            return [self._read(session, number, reference) for number in table.get_by_role("link").all_inner_texts()]

    def post(self, order: DocumentOrder, *, before_submit: Callable[[], None]) -> None:
        """Post one document once."""
        gap = order.find_gap()
        if gap is not None:
            raise RefusedError(f"the {order.kind} {order.reference} does not fit together: {gap}")
        enter(
            self._navigator,
            _entry(order),
            before_submit=before_submit,
            check=lambda session, answer: _require_booked(session, answer, order),
        )

    def _read(self, session: Session, number: str, reference: str) -> ErpPosting:
        named, path = f"document {number}", path_to("documents", number)
        self._navigator.open(session, path, named=named)
        require_heading(session.page, DOCUMENT_HEADING.format(number), named=named)
        shown = read_outputs(session.page, named=named)
        shown.require(NUMBER, number)
        if shown.text(REFERENCE) != reference:
            raise UnavailableError(f"the search for {reference} shows {named}, which carries {shown.text(REFERENCE)}")
        currency = shown.currency(CURRENCY)
        try:
            kind = DocumentKind(shown.text(KIND))
            parts = [InvoicePart(no, parse_amount(text, currency)) for no, text in shown.labelled(AMOUNT_FOR)]
            plan = [
                Instalment(parse_day(due), parse_amount(text, currency)) for due, text in shown.labelled(INSTALMENT)
            ]
        except ValueError as error:
            raise drift(named, str(error)) from None
        return ErpPosting(
            number=number,
            kind=kind,
            source=shown.text(ENTERED_ON),
            customer_no=shown.text(CUSTOMER_NUMBER),
            amount=shown.money(TOTAL, currency),
            parts=tuple(parts),
            instalments=tuple(plan),
            reason=_text(shown, REASON),
            reference=reference,
            url_path=path,
            captured_at=self._navigator.clock.now(),
            screenshot=session.page.screenshot(full_page=True),
        )


def _entry(order: DocumentOrder) -> Entry:
    collection, form, heading, submit = _FORMS[order.kind]
    identity = {
        ENTERED_ON: order.source,
        CUSTOMER_NUMBER: order.customer_no,
        CURRENCY: order.amount.currency,
    }
    reasons = {REASON: order.reason, REFERENCE: order.reference, POSTING_DATE: order.issued_on.isoformat()}
    parts = {f"{AMOUNT_FOR}{part.invoice_no}": part.amount for part in order.parts}
    return Entry(
        doing=f"the {order.kind} {order.reference} on {order.source}",
        base=f"{path_to(collection, order.source)}/{form}",
        heading=heading.format(order.source),
        shown={**identity, **{f"{OPEN_ON}{number}": _shown(amount) for number, amount in order.expected.items()}},
        typed={
            **{label: amount.text() for label, amount in parts.items()},
            **({AMOUNT: order.amount.text()} if order.kind is DocumentKind.REFUND else {}),
            **_typed_instalments(order),
            **reasons,
        },
        reviewed={
            **identity,
            TOTAL: _shown(order.amount),
            **{label: _shown(amount) for label, amount in parts.items()},
            **{f"{INSTALMENT}{item.due_on.isoformat()}": _shown(item.amount) for item in order.instalments},
            **{label: value or NOTHING for label, value in reasons.items()},
            **{f"{NEW_OPEN_ON}{number}": _shown(amount) for number, amount in order.left_after().items()},
        },
        submit=submit,
        closed=(AMOUNT_FOR, INSTALMENT, NEW_OPEN_ON),
    )


def _typed_instalments(order: DocumentOrder) -> dict[str, str]:
    typed: dict[str, str] = {}
    for number, item in enumerate(order.instalments, start=1):
        typed[f"{INSTALMENT}{number} due"] = item.due_on.isoformat()
        typed[f"{INSTALMENT}{number} amount"] = item.amount.text()
    return typed


def _require_booked(session: Session, answer: Response, order: DocumentOrder) -> None:
    path = path_of(session.page)
    if not re.fullmatch(r"/documents/[^/]+", path):
        raise UnavailableError(f"{path} (answer {answer.status}) was shown instead of a document")
    require_success(answer, named="new document")
    shown = read_outputs(session.page, named="new document")
    shown.require(ENTERED_ON, order.source)
    shown.require(REFERENCE, order.reference)


def _shown(amount: Money) -> str:
    return str(amount).removesuffix(f" {amount.currency}")


def _text(shown: Outputs, label: str) -> str:
    text = shown.text(label)
    return "" if text == NOTHING else text
