"""The demo ERP's pages: what is shown and posted where.

The numbers come from ``ledger``; faults are asked of ``switches`` at the places where real ERPs fail.
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
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from csr_bot.core.money import Money, minor_units
from csr_bot.demo.erp.creditnote import REASONS, Creditable, CreditDraft, read_draft
from csr_bot.demo.erp.ledger import ErpLedger
from csr_bot.demo.erp.printout import print_invoice
from csr_bot.demo.erp.rows import InvoiceRow, PostRequest
from csr_bot.demo.erp.switches import Switches
from csr_bot.demo.webserver import Delay, SignIn, cut_connection

_TEMPLATES: Final = Path(__file__).parent / "templates"


class ErpPages:
    """Every page of the ERP, over one ledger."""

    def __init__(self, ledger: ErpLedger, *, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._templates = Jinja2Templates(_TEMPLATES, context_processors=[self._shared_context])
        self._templates.env.filters["amount"] = show_amount
        self.sign_in = SignIn(cookie="erp_session", templates=self._templates, page="login.html", home="/", clock=clock)
        self.switches = Switches(expire=self.sign_in.expire_all)
        self._last_search: dict[str, tuple[str, Sequence[object]]] = {}

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
            Route("/invoices/{invoice_no}/dispute-flag", guard(self.change_dispute_flag), methods=["POST"]),
            Route("/invoices/{invoice_no}/dunning-block", guard(self.change_dunning_block), methods=["POST"]),
            Route("/invoices/{invoice_no}/credit-notes/new", guard(self.enter_credit_note)),
            Route("/invoices/{invoice_no}/credit-notes/review", guard(self.review_credit_note)),
            Route("/invoices/{invoice_no}/credit-notes", self.post_credit_note, methods=["POST"]),
            Route("/credit-notes", guard(self.list_credit_notes)),
            Route("/credit-notes/{number}", guard(self.show_credit_note)),
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
        customer = self._ledger.customer(request.path_params["customer_no"])
        if customer is None:
            raise HTTPException(404, "There is no such customer.")
        return self._page(
            request, "customer.html", customer=customer, invoices=self._ledger.invoices_of(customer.customer_no)
        )

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
        )

    async def print_document(self, request: Request) -> Response:
        invoice = self._invoice(request)
        content = print_invoice(invoice, self._ledger.lines_of(invoice.invoice_no))
        return _attachment(content, name=f"{invoice.invoice_no}.pdf", media_type="application/pdf")

    async def change_dispute_flag(self, request: Request) -> Response:
        invoice = self._invoice(request)
        self._ledger.set_dispute_flag(invoice.invoice_no, on=(await request.form()).get("to") == "on")
        return RedirectResponse(f"/invoices/{invoice.invoice_no}", status_code=303)

    async def change_dunning_block(self, request: Request) -> Response:
        invoice = self._invoice(request)
        self._ledger.set_dunning_block(invoice.invoice_no, on=(await request.form()).get("to") == "on")
        return RedirectResponse(f"/invoices/{invoice.invoice_no}", status_code=303)

    async def enter_credit_note(self, request: Request) -> Response:
        return self._credit_note_form(request, typed={"posting_date": self._clock().date().isoformat()})

    async def review_credit_note(self, request: Request) -> Response:
        """Show what would be booked; this books nothing, which is why the form comes by GET."""
        invoice, typed = self._invoice(request), dict(request.query_params)
        draft = self._read_draft(invoice, typed)
        if not isinstance(draft, CreditDraft):
            return self._credit_note_form(request, typed=typed, problems=draft)
        return self._page(
            request,
            "credit_note_review.html",
            invoice=invoice,
            draft=draft,
            typed=typed,
            new_open=invoice.open_amount - draft.total,
            buttons=2 if self.switches.twin_buttons else 1,
        )

    async def post_credit_note(self, request: Request) -> Response:
        """Book a credit note, with every fault that a far end can have before and after."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = PostRequest(invoice_no=request.path_params["invoice_no"], reference=form.get("reference", ""))
        self._ledger.record_post(asked, at=self._clock())
        refusal = await self.sign_in.refuse(request)
        if refusal is not None:
            return refusal
        if self.switches.take("drop_before_booking"):
            return await cut_connection(request)
        if not await self.switches.hang("hang_before_booking"):
            return await cut_connection(request)
        invoice = self._invoice(request)
        draft = self._read_draft(invoice, form)
        if not isinstance(draft, CreditDraft):
            return self._credit_note_form(request, typed=form, problems=draft)
        number = self._ledger.book_credit_note(invoice.invoice_no, draft, at=self._clock())
        if number is None:
            return self._credit_note_form(request, typed=form, problems=("The open amount has changed.",))
        return await self._answer_booking(request, number)

    async def list_credit_notes(self, request: Request) -> Response:
        reference = request.query_params.get("reference", "").strip()
        found = self._ledger.find_credit_notes(reference, lag_seconds=self.switches.read_lag)
        shown_for, rows = self._shown(request, reference, found)
        return self._page(request, "credit_notes.html", reference=reference, shown_for=shown_for, rows=rows)

    async def show_credit_note(self, request: Request) -> Response:
        note = self._ledger.credit_note(request.path_params["number"])
        if note is None:
            raise HTTPException(404, "There is no such credit note.")
        return self._page(request, "credit_note.html", note=note)

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

    async def _answer_booking(self, request: Request, number: str) -> Response:
        if self.switches.take("drop_after_post"):
            return await cut_connection(request)
        if not await self.switches.hang("hang_after_post"):
            return await cut_connection(request)
        if self.switches.take("error_500_after_commit"):
            return self._page(
                request, "error.html", status_code=500, title="Internal error", detail="Please call the help desk."
            )
        return RedirectResponse(f"/credit-notes/{number}", status_code=303)

    def _credit_note_form(self, request: Request, *, typed: dict[str, str], problems: Sequence[str] = ()) -> Response:
        invoice = self._invoice(request)
        return self._page(
            request,
            "credit_note_form.html",
            status_code=422 if problems else 200,
            invoice=invoice,
            lines=self._ledger.lines_of(invoice.invoice_no),
            reasons=REASONS,
            typed=typed,
            problems=problems,
        )

    def _read_draft(self, invoice: InvoiceRow, form: dict[str, str]) -> CreditDraft | tuple[str, ...]:
        lines = {line.line_no: (line.net, line.tax) for line in self._ledger.lines_of(invoice.invoice_no)}
        return read_draft(form, Creditable(invoice.open_amount, lines))

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
