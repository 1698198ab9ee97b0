"""What each page shows: reads the log in one consistent view and hands it to a template. GET only; changes nothing."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from csr_bot.caselog import CaseLog
from csr_bot.console import figures, words
from csr_bot.console.casefile import read_casefile
from csr_bot.core.case import CaseStatus
from csr_bot.core.replies import Answers
from csr_bot.ports import Clock, UnavailableError

_TEMPLATES: Final = Path(__file__).parent / "templates"
_LINES: Final = 200
_RUNS: Final = 100
_ALL: Final = "all"


class Views:
    """The pages over one log."""

    def __init__(self, log: CaseLog, clock: Clock, *, answers: Answers, title: str) -> None:
        self._log = log
        self._clock = clock
        self._answers = answers
        self._pages = _environment()
        self._pages.globals["title"] = title

    def show_queue(self, request: Request) -> Response:
        """What waits for people; with ``?status=``, the cases in a state or ``all`` of them, newest first."""
        wanted = request.query_params.get("status")
        before = request.query_params.get("before")
        status = _status(wanted) if wanted not in (None, _ALL) else None
        with self._log.read() as records:
            overview = records.overview
            counts = overview.case_counts()
            context = {
                "wanted": wanted,
                "tabs": [(item, counts[item]) for item in CaseStatus if item in counts],
                "total": sum(counts.values()),
                "waiting_count": overview.waiting_count(),
                "waiting": overview.waiting(limit=_LINES) if wanted is None else [],
                "lines": overview.cases(status=status, before=before, limit=_LINES) if wanted is not None else [],
                "page_size": _LINES,
                "mails": overview.mails_by_disposition(),
                "last_mail_taken_at": overview.last_mail_taken_at(),
                "last_poll": next(
                    (run for run in records.house.runs(limit=_RUNS) if run.kind == "poll" and run.ended_at), None
                ),
                "stops": records.house.stops(),
            }
        return self._page("queue.html", section="queue", **context)

    def show_case(self, case_no: str) -> Response:
        """Everything about one case on one page."""
        with self._log.read() as records:
            casefile = read_casefile(records, case_no, answers=self._answers)
        if casefile is None:
            raise HTTPException(404, f"There is no case {case_no}.")
        if casefile.case.case_no != case_no:
            return RedirectResponse(f"/cases/{casefile.case.case_no}")
        return self._page("case.html", section="queue", file=casefile)

    def show_runs(self) -> Response:
        """The newest runs with what they counted and what went wrong."""
        with self._log.read() as records:
            runs = records.house.runs(limit=_RUNS)
            pauses = records.house.pauses()
        return self._page("runs.html", section="runs", runs=runs, pauses=pauses)

    def send_blob(self, sha256: str) -> Response:
        """A stored file. Only pictures of our own making are shown; everything else is handed over to be saved.

        What came from outside (mails, attachments, documents) is never given a type that a browser would act on.
        """
        with self._log.read() as records:
            blob = records.house.blob(sha256) if _SHA256.fullmatch(sha256) else None
        if blob is None:
            raise HTTPException(404, "There is no such file.")
        if blob.content_type == "image/png":
            return Response(blob.content, media_type="image/png", headers=_SEALED)
        suffix = _SUFFIXES.get(blob.content_type, "bin")
        disposition = f'attachment; filename="{blob.sha256[:16]}.{suffix}"'
        headers = {**_SEALED, "content-disposition": disposition}
        return Response(blob.content, media_type="application/octet-stream", headers=headers)

    def tell_health(self) -> Response:
        """Whether the log can be read and how much is to be done, for a machine."""
        try:
            with self._log.read() as records:
                due_at = records.tasks.next_due_at()
                found = {
                    "database": "ok",
                    "tasks_open": records.tasks.open_count(),
                    "oldest_due_at": due_at.isoformat() if due_at else None,
                    "chain": {"seq": records.events.head()[0]},
                }
        except UnavailableError as error:
            return JSONResponse({"database": str(error)}, 503)
        return JSONResponse(found)

    def render_problem(self, status_code: int, detail: str) -> str:
        """The page that says why something cannot be shown."""
        heading = HTTPStatus(status_code).phrase
        # Starlette repeats the phrase where it has nothing to add.
        sentence = _SENTENCES.get(status_code, heading) if detail == heading else detail
        return self._render("problem.html", section=None, heading=heading, sentence=sentence)

    def _page(self, template: str, **context: object) -> HTMLResponse:
        return HTMLResponse(self._render(template, **context))

    def _render(self, template: str, **context: object) -> str:
        return self._pages.get_template(template).render(now=self._clock.now(), **context)


_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SEALED: Final = {"content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'"}
_SUFFIXES: Final = {"message/rfc822": "eml", "application/pdf": "pdf", "application/json": "json", "text/plain": "txt"}
_SENTENCES: Final = {
    404: "There is nothing at this address.",
    405: "This console only shows; nothing can be changed here.",
}


def _status(name: str | None) -> CaseStatus:
    try:
        return CaseStatus(name or "")
    except ValueError:
        raise HTTPException(404, f"No case can be in a state {name}.") from None


def _environment() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {
        "amount": figures.print_amount,
        "text_amount": figures.print_text_amount,
        "figure": figures.print_figure,
        "moment": figures.print_moment,
        "second": figures.print_second,
        "span": figures.print_span,
        "content": figures.print_content,
        "explain": words.explain,
        "say": words.say,
    }
    pages.globals["words"] = words
    return pages
