"""The screens of the demo ERP. Labels and headings stand at the top of each file: a new release is followed there.

The page objects know one kind of page each: ``invoices``, ``customers`` (with payments and open items), ``fields``,
``documents`` and ``credit_notes``. How an order is entered, reviewed and submitted once is in ``entering``, log-in and
paths in ``navigation``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from csr_bot.adapters.erp.browser import Site, WarmChromium
from csr_bot.adapters.erp.screens.demo.credit_notes import CreditNoteScreens
from csr_bot.adapters.erp.screens.demo.customers import CustomerScreens
from csr_bot.adapters.erp.screens.demo.documents import DocumentScreens
from csr_bot.adapters.erp.screens.demo.fields import FieldScreens
from csr_bot.adapters.erp.screens.demo.invoices import InvoiceScreens
from csr_bot.adapters.erp.screens.demo.navigation import LOG_IN, Navigator
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
from csr_bot.ports import Clock, Health, PortError, UnavailableError


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
        site = Site(url.rstrip("/"), user, free_paths=frozenset({LOG_IN.path}), timeout=timeout)
        navigator = Navigator(browser=browser, site=site, password=password, clock=clock)
        self._navigator = navigator
        self._invoices = InvoiceScreens(navigator)
        self._fields = FieldScreens(navigator)
        self._customers = CustomerScreens(navigator, self._fields)
        self._documents = DocumentScreens(navigator)
        self._credit_notes = CreditNoteScreens(navigator, self._invoices)

    def read_invoice(self, invoice_no: str) -> ErpInvoice:
        """See ``Erp.read_invoice``."""
        return self._invoices.read(invoice_no)

    def fetch_document(self, invoice_no: str) -> ErpDocument:
        """See ``Erp.fetch_document``."""
        return self._invoices.fetch_printout(invoice_no)

    def read_customer(self, customer_no: str) -> ErpCustomer:
        """See ``Erp.read_customer``."""
        return self._customers.read(customer_no)

    def read_payment(self, payment_no: str) -> ErpPayment:
        """See ``Erp.read_payment``."""
        return self._customers.read_payment(payment_no)

    def read_statement(self, customer_no: str) -> ErpStatement:
        """See ``Erp.read_statement``."""
        return self._customers.read_statement(customer_no)

    def read_fields(self, target: ErpTarget) -> ErpFields:
        """See ``Erp.read_fields``."""
        return self._fields.read(target)

    def find_changes_by_reference(self, reference: str) -> Sequence[FieldChange]:
        """See ``Erp.find_changes_by_reference``."""
        return self._fields.find(reference)

    def change_field(self, order: FieldOrder, *, before_submit: Callable[[], None]) -> None:
        """See ``Erp.change_field``."""
        self._fields.change(order, before_submit=before_submit)

    def find_by_reference(self, reference: str) -> Sequence[PostedDocument]:
        """See ``Erp.find_by_reference``."""
        return self._credit_notes.find(reference)

    def post_credit_note(self, order: CreditNoteOrder, *, before_submit: Callable[[], None]) -> None:
        """See ``Erp.post_credit_note``."""
        self._credit_notes.post(order, before_submit=before_submit)

    def find_documents_by_reference(self, reference: str) -> Sequence[ErpPosting]:
        """See ``Erp.find_documents_by_reference``."""
        return self._documents.find(reference)

    def post_document(self, order: DocumentOrder, *, before_submit: Callable[[], None]) -> None:
        """See ``Erp.post_document``."""
        self._documents.post(order, before_submit=before_submit)

    def health(self) -> Health:
        """Whether the ERP can be reached and the user logged in."""
        site = self._navigator.site
        system = f"ERP {site.origin}"
        try:
            self._invoices.open_list()
        except UnavailableError as error:
            return Health(system, ok=False, detail=str(error), cure="see that the ERP answers from this machine")
        except PortError as error:
            return Health(system, ok=False, detail=str(error), cure="do what the finding says, then run doctor again")
        return Health(system, ok=True, detail=f"{site.user} is logged in, Chromium {self._navigator.browser.version()}")
