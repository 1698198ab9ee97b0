"""Entering, reviewing and saving the demo ERP's forms, with every fault that a far end can have before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from csr_bot.demo.erp.documents import DocumentKind
from csr_bot.demo.erp.forms import Form, FormBooks
from csr_bot.demo.erp.ledger import ErpLedger
from csr_bot.demo.erp.rows import PostRequest
from csr_bot.demo.erp.switches import Switches
from csr_bot.demo.erp.typed import FormError
from csr_bot.demo.webserver import Endpoint, SignIn, cut_connection


class ShowPage(Protocol):
    """Renders a template."""

    def __call__(self, request: Request, template: str, *, status_code: int = 200, **context: object) -> Response: ...


class Counter:
    """Takes what is posted: once per request, and failing as the switches say."""

    def __init__(
        self, *, ledger: ErpLedger, sign_in: SignIn, switches: Switches, show: ShowPage, clock: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._sign_in = sign_in
        self._switches = switches
        self._show = show
        self._clock = clock

    async def take(
        self, request: Request, *, subject: str, save: Callable[[Mapping[str, str]], str | Response]
    ) -> Response:
        """Answer a POST. ``save`` does it and returns the path to go to, or a page that says why it did nothing."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        self._ledger.record_post(PostRequest(subject, form.get("reference", "")), at=self._clock())
        refusal = await self._sign_in.refuse(request)
        if refusal is not None:
            return refusal
        if self._switches.take("drop_before_booking"):
            return await cut_connection(request)
        if not await self._switches.hang("hang_before_booking"):
            return await cut_connection(request)
        outcome = save(form)
        return outcome if isinstance(outcome, Response) else await self._answer(request, outcome)

    async def _answer(self, request: Request, path: str) -> Response:
        if self._switches.take("drop_after_post"):
            return await cut_connection(request)
        if not await self._switches.hang("hang_after_post"):
            return await cut_connection(request)
        if self._switches.take("error_500_after_commit"):
            return self._show(
                request, "error.html", status_code=500, title="Internal error", detail="Please call the help desk."
            )
        return RedirectResponse(path, status_code=303)


class EntryPages:
    """The pages of the forms."""

    def __init__(
        self,
        books: FormBooks,
        *,
        counter: Counter,
        sign_in: SignIn,
        switches: Switches,
        show: ShowPage,
        clock: Callable[[], datetime],
    ) -> None:
        self._books = books
        self._counter = counter
        self._sign_in = sign_in
        self._switches = switches
        self._show = show
        self._clock = clock

    def routes(self) -> list[Route]:
        """Where the forms are entered, reviewed and saved."""
        return [
            *self._form_routes("/invoices/{number}/fields/{name}", self._field_of("invoice")),
            *self._form_routes("/customers/{number}/fields/{name}", self._field_of("customer")),
            *self._form_routes("/payments/{number}/allocations", self._document_of("allocation")),
            *self._form_routes("/payments/{number}/refunds", self._document_of("refund")),
            *self._form_routes("/invoices/{number}/write-offs", self._document_of("write_off")),
            *self._form_routes("/customers/{number}/payment-plans", self._document_of("payment_plan")),
        ]

    def _field_of(self, target: Any) -> Callable[[Request], Form | None]:
        return lambda request: self._books.open_field(
            target, request.path_params["number"], request.path_params["name"]
        )

    def _document_of(self, kind: DocumentKind) -> Callable[[Request], Form | None]:
        return lambda request: self._books.open_document(kind, request.path_params["number"])

    def _form_routes(self, base: str, opener: Callable[[Request], Form | None]) -> list[Route]:
        def form_of(request: Request) -> Form:
            form = opener(request)
            if form is None:
                raise HTTPException(404, "There is nothing of this number.")
            return form

        async def enter(request: Request) -> Response:
            return self._enter(request, form_of(request), {"posting_date": self._clock().date().isoformat()})

        async def review(request: Request) -> Response:
            return self._review(request, form_of(request), dict(request.query_params))

        async def save(request: Request) -> Response:
            return await self._counter.take(
                request,
                subject=request.path_params["number"],
                save=lambda typed: self._save(request, form_of(request), typed),
            )

        guard: Callable[[Endpoint], Endpoint] = self._sign_in.guard
        return [
            Route(f"{base}/new", guard(enter)),
            Route(f"{base}/review", guard(review)),
            Route(base, save, methods=["POST"]),
        ]

    def _enter(
        self, request: Request, form: Form, typed: Mapping[str, str], problems: tuple[str, ...] = ()
    ) -> Response:
        return self._show(
            request,
            "entry_form.html",
            status_code=422 if problems else 200,
            form=form,
            typed=typed,
            problems=problems,
        )

    def _review(self, request: Request, form: Form, typed: Mapping[str, str]) -> Response:
        """Show what would be saved; this saves nothing, which is why the form comes by GET."""
        try:
            reviewed = form.review(typed)
        except FormError as error:
            return self._enter(request, form, typed, error.args)
        seen = dict(reviewed).get("Present value")
        return self._show(
            request,
            "entry_review.html",
            form=form,
            reviewed=reviewed,
            typed={**typed, **({"seen": seen} if seen else {})},
            buttons=2 if self._switches.twin_buttons else 1,
        )

    def _save(self, request: Request, form: Form, typed: Mapping[str, str]) -> str | Response:
        session = self._sign_in.signed_in(request)
        user = session.user if session is not None and session.user else ""
        try:
            return form.save(typed, user=user, at=self._clock())
        except FormError as error:
            return self._enter(request, form, typed, error.args)
