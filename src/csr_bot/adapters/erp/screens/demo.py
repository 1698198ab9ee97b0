"""The screens of the demo ERP: what its pages call things, and how each page proves to be the one that was asked for.

Locators are labels and roles, collected at the top. Sessions, sending once and strict reading are the business of
``browser``, ``guard`` and ``pages``; whether to post at all is decided by the flow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from urllib.parse import quote, unquote, urlencode

from playwright.sync_api import Locator, Page, Response

from csr_bot.adapters.erp.browser import Session, Site, WarmChromium
from csr_bot.adapters.erp.download import fetch_file
from csr_bot.adapters.erp.pages import (
    LogInForm,
    Outputs,
    alert_text,
    drift,
    fill,
    follow,
    go_to,
    logged_in,
    only,
    path_of,
    read_outputs,
    require_heading,
    require_success,
    submit_once,
    unavailable_on_failure,
)
from csr_bot.adapters.erp.printed import read_pdf_text
from csr_bot.core.effects import CreditNoteOrder
from csr_bot.core.evidence import DocumentStatus, ErpDocument, ErpInvoice, PostedDocument
from csr_bot.core.money import Money, zero
from csr_bot.ports import Clock, Health, PortError, RefusedError, UnavailableError

LOG_IN: Final = LogInForm(path="/login", user="User name", password="Password", button="Log in")  # noqa: S106  # a label

DOCUMENT_NUMBER: Final = "Document number"
CUSTOMER_NUMBER: Final = "Customer number"
CREDIT_NOTE_NUMBER: Final = "Number"
STATUS: Final = "Status"
DUE_DATE: Final = "Due date"
CURRENCY: Final = "Currency"
NET: Final = "Net"
TAX: Final = "Tax"
TOTAL: Final = "Total"
OPEN_AMOUNT: Final = "Open amount"
NEW_OPEN_AMOUNT: Final = "New open amount"
REASON: Final = "Reason"
REFERENCE: Final = "Reference"
POSTING_DATE: Final = "Posting date"
NEW_CREDIT_NOTE: Final = "New credit note"
PRINT: Final = "Print"
REVIEW: Final = "Review"
POST: Final = "Post credit note"

INVOICE_HEADING: Final = "Invoice {}"
REVIEW_HEADING: Final = "Review credit note"
CREDIT_NOTE_HEADING: Final = "Credit note {}"
RESULT_CAPTION: Final = "Credit notes with reference “{}”"

_DOCUMENT_LIMIT: Final = 20_000_000


class DemoErpScreens:
    """The demo ERP behind the ``Erp`` port, driven through its web pages as one user."""

    def __init__(
        self,
        *,
        browser: WarmChromium,
        url: str,
        user: str,
        password: str,
        clock: Clock,
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self._browser = browser
        self._site = Site(url.rstrip("/"), user, free_paths=frozenset({LOG_IN.path}), timeout=timeout)
        self._password = password
        self._clock = clock

    def read_invoice(self, invoice_no: str) -> ErpInvoice:
        """See ``Erp.read_invoice``."""
        with self._session(f"reading invoice {invoice_no}") as session:
            shown = self._open_invoice(session, invoice_no)
            currency = shown.currency(CURRENCY)
            return ErpInvoice(
                invoice_no=shown.text(DOCUMENT_NUMBER),
                customer_no=shown.text(CUSTOMER_NUMBER),
                status=_status(shown),
                due_date=shown.day(DUE_DATE),
                gross=shown.money(TOTAL, currency),
                open_amount=shown.money(OPEN_AMOUNT, currency),
                url_path=path_of(session.page),
                captured_at=self._clock.now(),
                screenshot=session.page.screenshot(full_page=True),
            )

    def fetch_document(self, invoice_no: str) -> ErpDocument:
        """See ``Erp.fetch_document``."""
        with self._session(f"fetching the printed invoice {invoice_no}") as session:
            shown = self._open_invoice(session, invoice_no)
            link = only(_link(session.page, PRINT), what=repr(PRINT), page=shown.page)
            path = f"{_invoice_path(invoice_no)}/document.pdf"
            if link.get_attribute("href") != path:
                raise drift(shown.page, f"{PRINT!r} does not lead to {path}")
            file = fetch_file(
                session.page, self._site.origin + path, limit_bytes=_DOCUMENT_LIMIT, timeout_ms=session.timeout_ms
            )
            return ErpDocument(
                invoice_no=invoice_no,
                content=file.content,
                content_type=file.content_type,
                text=read_pdf_text(file.content, named=f"the printed invoice {invoice_no}"),
                url_path=path,
                captured_at=self._clock.now(),
            )

    def find_by_reference(self, reference: str) -> Sequence[PostedDocument]:
        """See ``Erp.find_by_reference``."""
        with self._session(f"searching credit notes by reference {reference}") as session:
            numbers = self._search(session, reference)
            return [self._read_credit_note(session, number, reference) for number in numbers]

    def post_credit_note(self, order: CreditNoteOrder, *, before_submit: Callable[[], None]) -> None:
        """See ``Erp.post_credit_note``."""
        net, tax = _sums(order)
        if net + tax != order.amount:
            raise RefusedError(f"the lines of {order.reference} sum to {net + tax}, its amount is {order.amount}")
        doing = f"the credit note {order.reference} on invoice {order.invoice_no}"
        with self._browser.open_context(self._site) as session:
            with unavailable_on_failure(f"preparing {doing}"):
                button = self._prepare(session, order)
            submit_once(
                session,
                button,
                doing=f"posting {doing}",
                before_submit=before_submit,
                check=lambda answer: _require_booked(session.page, answer, order),
            )

    def health(self) -> Health:
        """Whether the ERP can be reached and the user logged in."""
        system = f"ERP {self._site.origin}"
        try:
            with self._session("opening the list of invoices") as session:
                self._open(session, "/invoices", named="list of invoices")
                field = session.page.get_by_label(DOCUMENT_NUMBER, exact=True)
                only(field, what=repr(DOCUMENT_NUMBER), page="the list of invoices")
        except UnavailableError as error:
            return Health(system, ok=False, detail=str(error), cure="see that the ERP answers from this machine")
        except PortError as error:
            return Health(system, ok=False, detail=str(error), cure="do what the finding says, then run doctor again")
        return Health(system, ok=True, detail=f"{self._site.user} is logged in, Chromium {self._browser.version()}")

    @contextmanager
    def _session(self, doing: str) -> Iterator[Session]:
        with self._browser.open_context(self._site) as session, unavailable_on_failure(doing):
            yield session

    def _open(self, session: Session, path: str, *, named: str) -> None:
        self._arrive(session, go_to(session, path), path=path.partition("?")[0], named=named)

    def _arrive(self, session: Session, answer: Response, *, path: str, named: str) -> None:
        """Log in where the ERP asks for it, then make sure of the page's path."""
        answer = logged_in(session, answer, form=LOG_IN, password=self._password)
        require_success(answer, named=named)
        if unquote(path_of(session.page)) != unquote(path):
            raise drift(named, f"the ERP shows {path_of(session.page)} instead of {path}")

    def _open_invoice(self, session: Session, invoice_no: str) -> Outputs:
        """The invoice page: heading and document number both say the number that was asked for."""
        named = f"invoice {invoice_no}"
        self._open(session, _invoice_path(invoice_no), named=named)
        require_heading(session.page, INVOICE_HEADING.format(invoice_no), named=named)
        shown = read_outputs(session.page, named=named)
        shown.require(DOCUMENT_NUMBER, invoice_no)
        return shown

    def _search(self, session: Session, reference: str) -> list[str]:
        """Numbers in the search result. The page is the right one if its search field holds the reference."""
        named = f"search for {reference}"
        self._open(session, f"/credit-notes?{urlencode({'reference': reference})}", named=named)
        field = only(session.page.get_by_label(REFERENCE, exact=True), what=repr(REFERENCE), page=named)
        if field.input_value() != reference:
            raise drift(named, f"{REFERENCE!r} holds {field.input_value()!r} after the search")
        table = only(session.page.get_by_role("table"), what="the table of credit notes", page=named)
        caption = table.locator("caption").inner_text()
        if caption != RESULT_CAPTION.format(reference):
            # Believing the rows, or their absence, of another search would lead to a second posting.
            raise UnavailableError(f"the {named} shows {caption!r}: the result of another search")
        return table.get_by_role("link").all_inner_texts()

    def _read_credit_note(self, session: Session, number: str, reference: str) -> PostedDocument:
        """A credit note's own page. One that carries another reference shows that the search result was stale."""
        named = f"credit note {number}"
        path = f"/credit-notes/{quote(number, safe='')}"
        self._open(session, path, named=named)
        require_heading(session.page, CREDIT_NOTE_HEADING.format(number), named=named)
        shown = read_outputs(session.page, named=named)
        shown.require(CREDIT_NOTE_NUMBER, number)
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
            captured_at=self._clock.now(),
            screenshot=session.page.screenshot(full_page=True),
        )

    def _prepare(self, session: Session, order: CreditNoteOrder) -> Locator:
        """Everything up to the click: the button of a review page that shows exactly what was ordered."""
        page, base = session.page, f"{_invoice_path(order.invoice_no)}/credit-notes"
        _require_unchanged(self._open_invoice(session, order.invoice_no), order)
        link = only(_link(page, NEW_CREDIT_NOTE), what=repr(NEW_CREDIT_NOTE), page=f"invoice {order.invoice_no}")
        named = f"credit note form of {order.invoice_no}"
        self._arrive(session, follow(session, link), path=f"{base}/new", named=named)
        _fill_form(page, order, named=named)
        review = only(_button(page, REVIEW), what=repr(REVIEW), page=named)
        named = f"credit note review of {order.invoice_no}"
        answer = logged_in(session, follow(session, review), form=LOG_IN, password=self._password)
        complaint = alert_text(page)
        if complaint is not None and answer.status < 500:
            raise RefusedError(f"the ERP refuses the credit note on {order.invoice_no}: {complaint}")
        self._arrive(session, answer, path=f"{base}/review", named=named)
        return _reviewed(page, order, named=named)


def _invoice_path(invoice_no: str) -> str:
    return f"/invoices/{quote(invoice_no, safe='')}"


def _link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True)


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True, include_hidden=True)


def _status(shown: Outputs) -> DocumentStatus:
    text = shown.text(STATUS)
    try:
        return DocumentStatus(text)
    except ValueError:
        raise drift(shown.page, f"{STATUS!r} reads {text!r}, which is not a known status") from None


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


def _reviewed(page: Page, order: CreditNoteOrder, *, named: str) -> Locator:
    """The button that posts, once every value of the review page is the one ordered."""
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
    button = only(_button(page, POST), what=repr(POST), page=named)
    button.click(trial=True)  # something that covers the button must show itself now, not after the point of no return
    return button


def _require_booked(page: Page, answer: Response, order: CreditNoteOrder) -> None:
    """Only looking: no log-in, no reload, no second try. The proof is a later, fresh read by reference."""
    if not re.fullmatch(r"/credit-notes/[^/]+", path_of(page)):
        raise UnavailableError(f"{path_of(page)} (answer {answer.status}) was shown instead of a credit note")
    require_success(answer, named="new credit note")
    shown = read_outputs(page, named="new credit note")
    shown.require(DOCUMENT_NUMBER, order.invoice_no)
    shown.require(REFERENCE, order.reference)
