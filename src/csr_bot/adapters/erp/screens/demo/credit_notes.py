"""Credit notes: entered by line, reviewed, posted once, found again by their reference.

A credit note's page is the right one if heading and number say so; one that carries another reference than the one
searched for shows that the search result was stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from playwright.sync_api import Locator, Page, Response

from csr_bot.adapters.erp.browser import Session
from csr_bot.adapters.erp.pages import (
    Outputs,
    drift,
    fill,
    follow,
    only,
    path_of,
    read_outputs,
    require_heading,
    require_success,
    submit_once,
    unavailable_on_failure,
)
from csr_bot.adapters.erp.screens.demo.entering import ready, review
from csr_bot.adapters.erp.screens.demo.invoices import (
    CURRENCY,
    CUSTOMER_NUMBER,
    DOCUMENT_NUMBER,
    DUE_DATE,
    OPEN_AMOUNT,
    STATUS,
    TOTAL,
    InvoiceScreens,
)
from csr_bot.adapters.erp.screens.demo.navigation import REFERENCE, Navigator, link, path_to
from csr_bot.core.effects import CreditNoteOrder
from csr_bot.core.evidence import PostedDocument
from csr_bot.core.money import Money, zero
from csr_bot.ports import RefusedError, UnavailableError

NUMBER: Final = "Number"
NET: Final = "Net"
TAX: Final = "Tax"
NEW_OPEN_AMOUNT: Final = "New open amount"
REASON: Final = "Reason"
POSTING_DATE: Final = "Posting date"
NEW_CREDIT_NOTE: Final = "New credit note"
POST: Final = "Post credit note"
REVIEW_HEADING: Final = "Review credit note"
CREDIT_NOTE_HEADING: Final = "Credit note {}"
FOUND: Final = "Credit notes with reference “{}”"


class CreditNoteScreens:
    """Posts credit notes and finds them again."""

    def __init__(self, navigator: Navigator, invoices: InvoiceScreens) -> None:
        self._navigator = navigator
        self._invoices = invoices

    def find(self, reference: str) -> Sequence[PostedDocument]:
        """Every credit note that carries exactly this reference, each read from its own page."""
        with self._navigator.session(f"searching credit notes by reference {reference}") as session:
            table = self._navigator.search(session, "/credit-notes", reference=reference, caption=FOUND)
            return [self._read(session, number, reference) for number in table.get_by_role("link").all_inner_texts()]

    def post(self, order: CreditNoteOrder, *, before_submit: Callable[[], None]) -> None:
        """Post one credit note once."""
        net, tax = _sums(order)
        if net + tax != order.amount:
            raise RefusedError(f"the lines of {order.reference} sum to {net + tax}, its amount is {order.amount}")
        doing = f"the credit note {order.reference} on invoice {order.invoice_no}"
        with self._navigator.browser.open_context(self._navigator.site) as session:
            with unavailable_on_failure(f"preparing {doing}"):
                last = self.prepare(session, order)
            submit_once(
                session,
                last,
                doing=f"posting {doing}",
                before_submit=before_submit,
                check=lambda answer: _require_booked(session.page, answer, order),
            )

    def prepare(self, session: Session, order: CreditNoteOrder) -> Locator:
        """Everything up to the click: the button of a review page that shows exactly what was ordered."""
        page, invoice_no = session.page, order.invoice_no
        base, about = f"{path_to('invoices', invoice_no)}/credit-notes", f"credit note of {invoice_no}"
        _require_unchanged(self._invoices.open(session, invoice_no), order)
        found = only(link(page, NEW_CREDIT_NOTE), what=repr(NEW_CREDIT_NOTE), page=f"invoice {invoice_no}")
        named = f"form of {about}"
        self._navigator.arrive(session, follow(session, found), path=f"{base}/new", named=named)
        _fill_form(page, order, named=named)
        review(self._navigator, session, base=base, named=about, doing=f"the credit note on {invoice_no}")
        named = f"review of {about}"
        _require_reviewed(page, order, named=named)
        return ready(session, POST, named=named)

    def _read(self, session: Session, number: str, reference: str) -> PostedDocument:
        named, path = f"credit note {number}", path_to("credit-notes", number)
        self._navigator.open(session, path, named=named)
        require_heading(session.page, CREDIT_NOTE_HEADING.format(number), named=named)
        shown = read_outputs(session.page, named=named)
        shown.require(NUMBER, number)
        if shown.text(REFERENCE) != reference:
            raise UnavailableError(f"the search for {reference} shows {named}, which carries {shown.text(REFERENCE)}")
        currency = shown.currency(CURRENCY)
        return PostedDocument(
            number=number,
            invoice_no=shown.text(DOCUMENT_NUMBER),
            customer_no=shown.text(CUSTOMER_NUMBER),
            amount=shown.money(TOTAL, currency),
            tax=shown.money(TAX, currency),
            reference=reference,
            url_path=path,
            captured_at=self._navigator.clock.now(),
            screenshot=session.page.screenshot(full_page=True),
        )


def _sums(order: CreditNoteOrder) -> tuple[Money, Money]:
    nothing = zero(order.amount.currency)
    return sum((line.net for line in order.lines), nothing), sum((line.tax for line in order.lines), nothing)


def _require_unchanged(shown: Outputs, order: CreditNoteOrder) -> None:
    """What the order was decided on must still be what the page shows."""
    shown.require(CUSTOMER_NUMBER, order.customer_no)
    shown.require(CURRENCY, order.amount.currency)
    shown.require(STATUS, order.expected_status)
    shown.require(DUE_DATE, order.expected_due_date.isoformat())
    shown.require_money(TOTAL, order.expected_gross)
    shown.require_money(OPEN_AMOUNT, order.expected_open)


def _fill_form(page: Page, order: CreditNoteOrder, *, named: str) -> None:
    values = {REFERENCE: order.reference, POSTING_DATE: order.issued_on.isoformat()}
    for line in order.lines:
        values[f"Net credit, line {line.line_no}"] = line.net.text()
        values[f"Tax credit, line {line.line_no}"] = line.tax.text()
    for label, value in values.items():
        fill(page.get_by_label(label, exact=True), value, what=repr(label), page=named)
    reason = only(page.get_by_label(REASON, exact=True), what=repr(REASON), page=named)
    offered = reason.get_by_role("option").evaluate_all("options => options.map(option => option.value)")
    if offered.count(order.reason) != 1:
        raise drift(named, f"{REASON!r} offers {order.reason!r} {offered.count(order.reason)} times instead of once")
    reason.select_option(value=order.reason)


def _require_reviewed(page: Page, order: CreditNoteOrder, *, named: str) -> None:
    """Every value of the review page is the one ordered."""
    require_heading(page, REVIEW_HEADING, named=named)
    shown = read_outputs(page, named=named)
    net, tax = _sums(order)
    for label, wanted in (
        (DOCUMENT_NUMBER, order.invoice_no),
        (CUSTOMER_NUMBER, order.customer_no),
        (CURRENCY, order.amount.currency),
        (REASON, order.reason),
        (REFERENCE, order.reference),
        (POSTING_DATE, order.issued_on.isoformat()),
    ):
        shown.require(label, wanted)
    shown.require_money(NET, net)
    shown.require_money(TAX, tax)
    shown.require_money(TOTAL, order.amount)
    shown.require_money(NEW_OPEN_AMOUNT, order.expected_open - order.amount)


def _require_booked(page: Page, answer: Response, order: CreditNoteOrder) -> None:
    """Only looking: no log-in, no reload, no second try. The proof is a later, fresh read by reference."""
    if not re.fullmatch(r"/credit-notes/[^/]+", path_of(page)):
        raise UnavailableError(f"{path_of(page)} (answer {answer.status}) was shown instead of a credit note")
    require_success(answer, named="new credit note")
    shown = read_outputs(page, named="new credit note")
    shown.require(DOCUMENT_NUMBER, order.invoice_no)
    shown.require(REFERENCE, order.reference)
