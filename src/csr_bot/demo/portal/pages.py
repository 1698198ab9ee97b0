"""The customer portal's pages: the list of disputes, its export, and one dispute with its comments."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from csr_bot.demo.portal.disputes import DisputeRow, PortalDisputes
from csr_bot.demo.webserver import SignIn

_TEMPLATES: Final = Path(__file__).parent / "templates"
_EXPORT_HEADER: Final = ("Dispute", "Invoice", "Status", "Amount", "Currency", "Comment")


class PortalPages:
    """Every page of the portal, over one set of disputes."""

    def __init__(self, disputes: PortalDisputes, *, clock: Callable[[], datetime]) -> None:
        self._disputes = disputes
        self._clock = clock
        self._templates = Jinja2Templates(_TEMPLATES, context_processors=[self._shared_context])
        self.sign_in = SignIn(
            cookie="portal_session", templates=self._templates, page="login.html", home="/disputes", clock=clock
        )

    def application(self) -> Starlette:
        """The ASGI application."""
        guard = self.sign_in.guard
        return Starlette(
            routes=[
                Route("/login", self.sign_in.show, methods=["GET"]),
                Route("/login", self.sign_in.submit, methods=["POST"]),
                Route("/logout", self.sign_in.leave, methods=["GET"]),
                Route("/", guard(self.go_home)),
                Route("/disputes", guard(self.list_disputes)),
                Route("/disputes/export.csv", guard(self.export_disputes)),
                Route("/disputes/{dispute_id}", guard(self.show_dispute), methods=["GET"]),
                Route("/disputes/{dispute_id}/comments", guard(self.add_comment), methods=["POST"]),
            ]
        )

    async def go_home(self, _request: Request) -> Response:
        return RedirectResponse("/disputes", status_code=303)

    async def list_disputes(self, request: Request) -> Response:
        return self._templates.TemplateResponse(request, "disputes.html", {"rows": self._disputes.all()})

    async def export_disputes(self, _request: Request) -> Response:
        """The list as spreadsheets of the region like it: semicolons and code page 1252."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        writer.writerow(_EXPORT_HEADER)
        writer.writerows(
            (row.dispute_id, row.invoice, row.status, row.amount, row.currency, row.comment)
            for row in self._disputes.all()
        )
        return Response(
            text.getvalue().encode("cp1252", "replace"),
            headers={
                "Content-Type": "text/csv; charset=windows-1252",
                "Content-Disposition": 'attachment; filename="disputes.csv"',
            },
        )

    async def show_dispute(self, request: Request) -> Response:
        return self._dispute_page(request, self._dispute(request))

    async def add_comment(self, request: Request) -> Response:
        dispute = self._dispute(request)
        # Browsers send the line breaks of a text area as CR LF.
        text = str((await request.form()).get("comment", "")).replace("\r\n", "\n").strip()
        if not text:
            return self._dispute_page(request, dispute, error="Write a comment first.")
        self._disputes.add_comment(dispute.dispute_id, text, author=self.sign_in.user, at=self._clock())
        return RedirectResponse(f"/disputes/{dispute.dispute_id}", status_code=303)

    def _dispute_page(self, request: Request, dispute: DisputeRow, *, error: str = "") -> Response:
        context = {"dispute": dispute, "comments": self._disputes.comments(dispute.dispute_id), "error": error}
        return self._templates.TemplateResponse(request, "dispute.html", context, status_code=422 if error else 200)

    def _dispute(self, request: Request) -> DisputeRow:
        dispute = self._disputes.find(request.path_params["dispute_id"])
        if dispute is None:
            raise HTTPException(404, "There is no such dispute.")
        return dispute

    def _shared_context(self, request: Request) -> dict[str, Any]:
        return {"session": self.sign_in.signed_in(request)}
