"""The demo ERP's pages for credit notes: entered by line, reviewed, booked, searched by reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from csr_bot.demo.erp.creditnote import REASONS, Creditable, CreditDraft, read_draft
from csr_bot.demo.erp.entry_pages import Counter, ShowPage
from csr_bot.demo.erp.ledger import ErpLedger
from csr_bot.demo.erp.rows import InvoiceRow
from csr_bot.demo.erp.switches import Switches
from csr_bot.demo.webserver import SignIn


class CreditNotePages:
    """Every page that is about credit notes, but for their list."""

    def __init__(
        self,
        ledger: ErpLedger,
        *,
        counter: Counter,
        sign_in: SignIn,
        switches: Switches,
        show: ShowPage,
        clock: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._counter = counter
        self._sign_in = sign_in
        self._switches = switches
        self._show = show
        self._clock = clock

    def routes(self) -> list[Route]:
        """Where they are."""
        guard = self._sign_in.guard
        base = "/invoices/{invoice_no}/credit-notes"
        return [
            Route(f"{base}/new", guard(self.enter)),
            Route(f"{base}/review", guard(self.review)),
            Route(base, self.post, methods=["POST"]),
            Route("/credit-notes/{number}", guard(self.show)),
        ]

    async def enter(self, request: Request) -> Response:
        return self._form(request, typed={"posting_date": self._clock().date().isoformat()})

    async def review(self, request: Request) -> Response:
        """Show what would be booked; this books nothing, which is why the form comes by GET."""
        invoice, typed = self._invoice(request), dict(request.query_params)
        draft = self._read_draft(invoice, typed)
        if not isinstance(draft, CreditDraft):
            return self._form(request, typed=typed, problems=draft)
        return self._show(
            request,
            "credit_note_review.html",
            invoice=invoice,
            draft=draft,
            typed=typed,
            new_open=invoice.open_amount - draft.total,
            buttons=2 if self._switches.twin_buttons else 1,
        )

    async def post(self, request: Request) -> Response:
        """Book a credit note."""
        return await self._counter.take(
            request, subject=request.path_params["invoice_no"], save=lambda typed: self._book(request, typed)
        )

    async def show(self, request: Request) -> Response:
        note = self._ledger.credit_note(request.path_params["number"])
        if note is None:
            raise HTTPException(404, "There is no such credit note.")
        return self._show(request, "credit_note.html", note=note)

    def _book(self, request: Request, typed: Mapping[str, str]) -> str | Response:
        invoice = self._invoice(request)
        draft = self._read_draft(invoice, typed)
        if not isinstance(draft, CreditDraft):
            return self._form(request, typed=typed, problems=draft)
        number = self._ledger.book_credit_note(invoice.invoice_no, draft, at=self._clock())
        if number is None:
            return self._form(request, typed=typed, problems=("The open amount has changed.",))
        return f"/credit-notes/{number}"

    def _form(self, request: Request, *, typed: Mapping[str, str], problems: Sequence[str] = ()) -> Response:
        invoice = self._invoice(request)
        return self._show(
            request,
            "credit_note_form.html",
            status_code=422 if problems else 200,
            invoice=invoice,
            lines=self._ledger.lines_of(invoice.invoice_no),
            reasons=REASONS,
            typed=typed,
            problems=problems,
        )

    def _read_draft(self, invoice: InvoiceRow, form: Mapping[str, str]) -> CreditDraft | tuple[str, ...]:
        lines = {line.line_no: (line.net, line.tax) for line in self._ledger.lines_of(invoice.invoice_no)}
        return read_draft(form, Creditable(invoice.open_amount, lines))

    def _invoice(self, request: Request) -> InvoiceRow:
        invoice = self._ledger.invoice(request.path_params["invoice_no"])
        if invoice is None:
            raise HTTPException(404, "There is no such invoice.")
        return invoice
