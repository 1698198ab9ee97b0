"""The invoice page and its printout. It is the right one if heading and document number say the number asked for."""

from __future__ import annotations

from typing import Final

from csr_bot.adapters.erp.browser import Session
from csr_bot.adapters.erp.download import fetch_file
from csr_bot.adapters.erp.pages import Outputs, drift, only, path_of, read_outputs, require_heading
from csr_bot.adapters.erp.printed import read_pdf_text
from csr_bot.adapters.erp.screens.demo.navigation import Navigator, link, path_to
from csr_bot.core.evidence import DocumentStatus, ErpDocument, ErpInvoice

DOCUMENT_NUMBER: Final = "Document number"
CUSTOMER_NUMBER: Final = "Customer number"
STATUS: Final = "Status"
DUE_DATE: Final = "Due date"
CURRENCY: Final = "Currency"
TOTAL: Final = "Total"
OPEN_AMOUNT: Final = "Open amount"
PRINT: Final = "Print"
HEADING: Final = "Invoice {}"

_PRINTOUT_LIMIT: Final = 20_000_000


class InvoiceScreens:
    """Reads invoices."""

    def __init__(self, navigator: Navigator) -> None:
        self._navigator = navigator

    def read(self, invoice_no: str) -> ErpInvoice:
        """The invoice page of exactly this number."""
        with self._navigator.session(f"reading invoice {invoice_no}") as session:
            shown = self.open(session, invoice_no)
            currency = shown.currency(CURRENCY)
            return ErpInvoice(
                invoice_no=shown.text(DOCUMENT_NUMBER),
                customer_no=shown.text(CUSTOMER_NUMBER),
                status=_status(shown),
                due_date=shown.day(DUE_DATE),
                gross=shown.money(TOTAL, currency),
                open_amount=shown.money(OPEN_AMOUNT, currency),
                url_path=path_of(session.page),
                captured_at=self._navigator.clock.now(),
                screenshot=session.page.screenshot(full_page=True),
            )

    def fetch_printout(self, invoice_no: str) -> ErpDocument:
        """The printed invoice."""
        with self._navigator.session(f"fetching the printed invoice {invoice_no}") as session:
            shown = self.open(session, invoice_no)
            found = only(link(session.page, PRINT), what=repr(PRINT), page=shown.page)
            path = f"{path_to('invoices', invoice_no)}/document.pdf"
            if found.get_attribute("href") != path:
                raise drift(shown.page, f"{PRINT!r} does not lead to {path}")
            file = fetch_file(
                session.page,
                self._navigator.site.origin + path,
                limit_bytes=_PRINTOUT_LIMIT,
                timeout_ms=session.timeout_ms,
            )
            return ErpDocument(
                invoice_no=invoice_no,
                content=file.content,
                content_type=file.content_type,
                text=read_pdf_text(file.content, named=f"the printed invoice {invoice_no}"),
                url_path=path,
                captured_at=self._navigator.clock.now(),
            )

    def open_list(self) -> None:
        """Load the list of invoices and see that it can be searched."""
        with self._navigator.session("opening the list of invoices") as session:
            self._navigator.open(session, "/invoices", named="list of invoices")
            searched = session.page.get_by_label(DOCUMENT_NUMBER, exact=True)
            only(searched, what=repr(DOCUMENT_NUMBER), page="the list of invoices")

    def open(self, session: Session, invoice_no: str) -> Outputs:
        """The invoice page of exactly this number, freshly loaded."""
        named = f"invoice {invoice_no}"
        self._navigator.open(session, path_to("invoices", invoice_no), named=named)
        require_heading(session.page, HEADING.format(invoice_no), named=named)
        shown = read_outputs(session.page, named=named)
        shown.require(DOCUMENT_NUMBER, invoice_no)
        return shown


def _status(shown: Outputs) -> DocumentStatus:
    text = shown.text(STATUS)
    try:
        return DocumentStatus(text)
    except ValueError:
        raise drift(shown.page, f"{STATUS!r} reads {text!r}, which is not a known status") from None
