"""The console as a web application and as a server: which address shows what. What a page says is in ``views``."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from csr_bot.caselog import CaseLog
from csr_bot.console.guarding import Guard
from csr_bot.console.views import Views
from csr_bot.core.replies import Answers
from csr_bot.ports import Clock, UnavailableError
from csr_bot.wiring import House

_logger = structlog.get_logger()
_STATIC: Final = Path(__file__).parent / "static"
_START_SECONDS: Final = 10.0
_STOP_SECONDS: Final = 10.0


def make_app(log: CaseLog, clock: Clock, *, answers: Answers, title: str = "csr_bot") -> FastAPI:
    """The console over a log, with the texts of what is going to be sent.

    It only reads, and answers only to numeric addresses and ``localhost``.
    """
    views = Views(log, clock, answers=answers, title=title)
    app = FastAPI(title=title, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard)
    for path, endpoint in (
        ("/", views.show_queue),
        ("/cases/{case_no}", views.show_case),
        ("/runs", views.show_runs),
        ("/blobs/{sha256}", views.send_blob),
        ("/health", views.tell_health),
    ):
        app.add_api_route(path, endpoint, methods=["GET"], response_model=None)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")

    def show_refusal(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return HTMLResponse(views.render_problem(error.status_code, error.detail), error.status_code, error.headers)

    def show_outage(_: Request, error: Exception) -> Response:
        return HTMLResponse(views.render_problem(503, str(error)), 503)

    app.add_exception_handler(HTTPException, show_refusal)
    app.add_exception_handler(UnavailableError, show_outage)
    return app


def serve(house: House, *, host: str, port: int) -> None:
    """Serve the console of a house until the process is told to stop. Port 0 is any free one."""
    listener = _listen(host, port)
    _logger.info("the console is served", url=_url(host, listener))
    _server(make_app(house.log, house.clock, answers=house.answers)).run(sockets=[listener])


@contextmanager
def running_console(log: CaseLog, clock: Clock, *, answers: Answers, host: str, port: int) -> Iterator[str]:
    """The console in a thread of this process; yields its address without a slash at the end. Port 0 is any free one.

    Raises OSError if the port is taken, RuntimeError if it does not answer within ten seconds.
    """
    listener = _listen(host, port)
    url = _url(host, listener)
    server = _server(make_app(log, clock, answers=answers))
    thread = threading.Thread(target=server.run, args=([listener],), name="console", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            if time.monotonic() > deadline or not thread.is_alive():
                raise RuntimeError(f"the console did not come up at {url}")
            time.sleep(0.01)
        yield url
    finally:
        server.should_exit = True
        thread.join(_STOP_SECONDS)
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    # asyncio does this only for sockets made with an explicit protocol; without it, answers wait 40 ms for an ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(host: str, listener: socket.socket) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


def _server(app: FastAPI) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
    )
