"""The demo ERP's pages: what is shown where.

What is entered and posted is in ``credit_pages`` and ``entry_pages``; the numbers come from the ``books``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from csr_bot.core.money import Money, minor_units, zero
from csr_bot.demo.erp.books import ErpBooks
from csr_bot.demo.erp.credit_pages import CreditNotePages
from csr_bot.demo.erp.entry_pages import Counter, EntryPages
from csr_bot.demo.erp.fields import CUSTOMER_FIELDS, INVOICE_FIELDS, Field, show_value
from csr_bot.demo.erp.forms import FormBooks
from csr_bot.demo.erp.printout import print_invoice
from csr_bot.demo.erp.rows import InvoiceRow
from csr_bot.demo.erp.switches import Switches
from csr_bot.demo.webserver import Delay, SignIn

_TEMPLATES: Final = Path(__file__).parent / "templates"


class ErpPages:
    """Every page of the ERP, over its books."""

    def __init__(self, books: ErpBooks, *, clock: Callable[[], datetime]) -> None:
        self._books = books
        self._ledger = books.ledger
        self._templates = Jinja2Templates(_TEMPLATES, context_processors=[self._shared_context])
        self._templates.env.filters["amount"] = show_amount
        self.sign_in = SignIn(cookie="erp_session", templates=self._templates, page="login.html", home="/", clock=clock)
        self.switches = Switches(expire=self.sign_in.expire_all)
        self._last_search: dict[str, tuple[str, Sequence[object]]] = {}
        counter = Counter(
            ledger=books.ledger, sign_in=self.sign_in, switches=self.switches, show=self._page, clock=clock
        )
        forms = FormBooks(books.ledger, books.fields, books.documents)
        how: dict[str, Any] = {
            "counter": counter,
            "sign_in": self.sign_in,
            "switches": self.switches,
            "show": self._page,
            "clock": clock,
        }
        self._posting = (*CreditNotePages(books.ledger, **how).routes(), *EntryPages(forms, **how).routes())

    def application(self) -> Delay:
        """The ASGI application."""
        guard = self.sign_in.guard
        routes = [
            Route("/login", self.sign_in.show, methods=["GET"]),
            Route("/login", self.sign_in.submit, methods=["POST"]),
            Route("/logout", self.sign_in.leave, methods=["GET"]),
            Route("/", guard(self.show_home)),
            Route("/customers", guard(self.list_customers)),
            Route("/customers/{customer_no}", guard(self.show_customer)),
            Route("/invoices", guard(self.list_invoices)),
            Route("/invoices/{invoice_no}", guard(self.show_invoice)),
            Route("/invoices/{invoice_no}/document.pdf", guard(self.print_document)),
            Route("/customers/{customer_no}/open-items", guard(self.list_open_items)),
            Route("/payments/{payment_no}", guard(self.show_payment)),
            Route("/credit-notes", guard(self.list_credit_notes)),
            Route("/documents", guard(self.list_documents)),
            Route("/documents/{number}", guard(self.show_document)),
            Route("/changes", guard(self.list_changes)),
            *self._posting,
            Route("/export/invoices.csv", guard(self.export_invoices)),
            Route("/export/credit-notes.csv", guard(self.export_credit_notes)),
        ]
        app = Starlette(routes=routes, exception_handlers={HTTPException: self._show_error})
        return Delay(app, seconds=lambda: self.switches.slow)

    async def show_home(self, request: Request) -> Response:
        return self._page(request, "home.html")

    async def list_customers(self, request: Request) -> Response:
        query = request.query_params.get("q", "").strip()
        return self._page(request, "customers.html", query=query, rows=self._ledger.find_customers(query))

    async def show_customer(self, request: Request) -> Response:
        customer_no = request.path_params["customer_no"]
        customer = self._ledger.customer(customer_no)
        if customer is None:
            raise HTTPException(404, "There is no such customer.")
        return self._page(
            request,
            "customer.html",
            customer=customer,
            fields=self._fields("customer", customer_no, CUSTOMER_FIELDS, currency=customer.balance.currency),
            contacts=self._books.fields.contacts(customer_no),
            invoices=self._ledger.invoices_of(customer_no),
            receipts=self._ledger.receipts_of(customer_no),
            changes=self._books.fields.log_of("customer", customer_no),
        )

    async def list_open_items(self, request: Request) -> Response:
        customer = self._ledger.customer(request.path_params["customer_no"])
        if customer is None:
            raise HTTPException(404, "There is no such customer.")
        invoices = self._ledger.invoices_of(customer.customer_no)
        currencies = sorted({item.total.currency for item in invoices} | {customer.balance.currency})
        flag = INVOICE_FIELDS[0]
        return self._page(
            request,
            "open_items.html",
            customer=customer,
            rows=[(item, self._books.fields.value("invoice", item.invoice_no, flag)) for item in invoices],
            balances=[
                sum((item.open_amount for item in invoices if item.total.currency == code), zero(code))
                for code in currencies
            ],
        )

    async def show_payment(self, request: Request) -> Response:
        payment = self._ledger.receipt(request.path_params["payment_no"])
        if payment is None:
            raise HTTPException(404, "There is no such payment.")
        parts = self._ledger.parts_of_receipt(payment.payment_no)
        return self._page(request, "payment.html", payment=payment, parts=parts)

    async def list_invoices(self, request: Request) -> Response:
        query = request.query_params.get("q", "").strip()
        shown_for, rows = self._shown(request, query, self._ledger.find_invoices(query))
        return self._page(request, "invoices.html", query=query, shown_for=shown_for, rows=rows)

    async def show_invoice(self, request: Request) -> Response:
        invoice = self._invoice(request)
        if self.switches.stale_row == "invoice":
            invoice = self._ledger.invoice_before_last_credit(invoice.invoice_no) or invoice
        return self._page(
            request,
            "invoice.html",
            invoice=invoice,
            lines=self._ledger.lines_of(invoice.invoice_no),
            payments=self._ledger.payments_of(invoice.invoice_no),
            notes=self._ledger.credit_notes_of(invoice.invoice_no),
            fields=self._fields("invoice", invoice.invoice_no, INVOICE_FIELDS, currency=invoice.total.currency),
            changes=self._books.fields.log_of("invoice", invoice.invoice_no),
        )

    async def print_document(self, request: Request) -> Response:
        invoice = self._invoice(request)
        content = print_invoice(invoice, self._ledger.lines_of(invoice.invoice_no))
        return _attachment(content, name=f"{invoice.invoice_no}.pdf", media_type="application/pdf")

    async def list_credit_notes(self, request: Request) -> Response:
        reference = request.query_params.get("reference", "").strip()
        found = self._ledger.find_credit_notes(reference, lag_seconds=self.switches.read_lag)
        shown_for, rows = self._shown(request, reference, found)
        return self._page(request, "credit_notes.html", reference=reference, shown_for=shown_for, rows=rows)

    async def list_documents(self, request: Request) -> Response:
        reference = request.query_params.get("reference", "").strip()
        found = self._books.documents.find(reference, lag_seconds=self.switches.read_lag)
        shown_for, rows = self._shown(request, reference, found)
        return self._page(request, "documents.html", reference=reference, shown_for=shown_for, rows=rows)

    async def show_document(self, request: Request) -> Response:
        document = self._books.documents.document(request.path_params["number"])
        if document is None:
            raise HTTPException(404, "There is no such document.")
        return self._page(request, "document.html", document=document)

    async def list_changes(self, request: Request) -> Response:
        reference = request.query_params.get("reference", "").strip()
        found = self._books.fields.find_changes(reference, lag_seconds=self.switches.read_lag)
        shown_for, rows = self._shown(request, reference, found)
        return self._page(request, "changes.html", reference=reference, shown_for=shown_for, rows=rows)

    async def export_invoices(self, _request: Request) -> Response:
        header = (
            "Number", "Customer", "Date", "Due", "Status", "Currency", "Net", "Tax", "Total", "Credited", "Open",
        )  # fmt: skip
        rows = [
            (item.invoice_no, item.customer_no, item.invoice_date, item.due_date, item.status, item.total.currency,
             item.net.text(), item.tax.text(), item.total.text(), item.credited.text(), item.open_amount.text())
            for item in self._ledger.all_invoices()
        ]  # fmt: skip
        return _csv_file("invoices.csv", header, rows)

    async def export_credit_notes(self, _request: Request) -> Response:
        header = (
            "Number",
            "Invoice",
            "Customer",
            "Net",
            "Tax",
            "Total",
            "Currency",
            "Reason",
            "Reference",
            "Posted at",
        )
        rows = [
            (item.number, item.invoice_no, item.customer_no, str(item.net), str(item.tax), str(item.amount),
             item.currency, item.reason, item.reference, item.posted_at.isoformat())
            for item in self._ledger.all_credit_notes()
        ]  # fmt: skip
        return _csv_file("credit-notes.csv", header, rows)

    def _fields(self, target: str, number: str, fields: Sequence[Field], *, currency: str) -> list[tuple[Field, str]]:
        """Each field with its value as it is shown."""
        book = self._books.fields
        return [(field, show_value(field, book.value(target, number, field), currency=currency)) for field in fields]

    def _invoice(self, request: Request) -> InvoiceRow:
        invoice = self._ledger.invoice(request.path_params["invoice_no"])
        if invoice is None:
            raise HTTPException(404, "There is no such invoice.")
        return invoice

    def _shown(self, request: Request, query: str, rows: Sequence[object]) -> tuple[str, Sequence[object]]:
        """The query and rows that the page shows: those of the search before, when the grid is stale."""
        path, now = request.url.path, (query, rows)
        before = self._last_search.get(path, now)
        self._last_search[path] = now
        return before if self.switches.stale_row == "search" else now

    def _shared_context(self, request: Request) -> dict[str, Any]:
        renamed = self.switches.renamed_labels or {}
        return {"session": self.sign_in.signed_in(request), "t": lambda label: renamed.get(label, label)}

    def _page(self, request: Request, template: str, *, status_code: int = 200, **context: object) -> Response:
        return self._templates.TemplateResponse(request, template, context, status_code=status_code)

    async def _show_error(self, request: Request, error: Exception) -> Response:
        # Starlette's own errors (404, 405) carry a standard phrase, ours a sentence.
        status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
        return self._page(request, "error.html", status_code=status, title=f"Error {status}", detail=detail)


def show_amount(value: Money | Decimal, currency: str = "") -> str:
    """An amount as the pages show it, ``22,400.00``; the currency is shown beside it."""
    money = value if isinstance(value, Money) else Money(value, currency)
    return f"{money.amount:,.{minor_units(money.currency)}f}"


def _attachment(content: bytes, *, name: str, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _csv_file(name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return _attachment(text.getvalue().encode(), name=name, media_type="text/csv")
