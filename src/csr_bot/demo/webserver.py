"""What the demo's web applications share: serving on a free loopback port, and signing in with a session.

The pages themselves are in ``demo.erp`` and ``demo.portal``. The server can cut a connection without an answer, which
is how real servers and proxies fail and what no web framework offers.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import quote

import uvicorn
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_START_SECONDS: Final = 10.0
_STOP_SECONDS: Final = 10.0

Endpoint = Callable[[Request], Awaitable[Response]]


class _CuttableConnection(H11Protocol):
    """A connection whose application may cut it: the scope carries the transport's ``abort``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn itself
        super().connection_made(transport)
        app: Any = self.app

        async def with_abort(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "extensions": {"csr_bot.abort": transport.abort}}, receive, send)

        self.app = with_abort


async def cut_connection(request: Request) -> Response:
    """Close the connection without an answer; the response returned goes nowhere."""
    request.scope["extensions"]["csr_bot.abort"]()
    await asyncio.sleep(0)  # lets the protocol learn of it, so that it does not write into the closed transport
    return Response()


class LoopbackServer:
    """Serves an ASGI application from a thread on 127.0.0.1. It keeps its port when it is stopped and started again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end. Raises RuntimeError before the first start."""
        if not self._port:
            raise RuntimeError("the server has not been started")
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Return once it answers. Raises RuntimeError if it does not within ten seconds."""
        listener = socket.create_server(("127.0.0.1", self._port))
        # asyncio does this only for sockets made with an explicit protocol; without it, answers wait 40 ms for an ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app, http=_CuttableConnection, ws="none", loop="asyncio", lifespan="off", log_config=None,
            access_log=False, server_header=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), name=f"demo-web-{self._port}", daemon=True)
        thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            if time.monotonic() > deadline or not thread.is_alive():
                raise RuntimeError(f"no web server came up on port {self._port}")
            time.sleep(0.01)
        self._server, self._thread = server, thread

    def stop(self) -> None:
        """Stop answering; requests that are still open are cut after a second. Stopping twice does nothing."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        self._server = self._thread = None


class Delay:
    """ASGI middleware that waits before every answer; ``seconds`` is asked each time."""

    def __init__(self, app: ASGIApp, *, seconds: Callable[[], float]) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self._seconds())
        await self._app(scope, receive, send)


@dataclass(slots=True)
class Session:
    """A browser's session. ``user`` is None until it has signed in."""

    last_seen_at: datetime
    user: str | None = None
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class SignIn:
    """The sign-in page and the sessions of one application, kept in memory, with an idle limit.

    ``page`` is the template of the sign-in form; ``home`` is where a user without another wish ends up.
    """

    def __init__(
        self, *, cookie: str, templates: Jinja2Templates, page: str, home: str, clock: Callable[[], datetime]
    ) -> None:
        self.user = "csr-bot"
        self.password = secrets.token_urlsafe(12)
        self.idle_limit = timedelta(minutes=30)
        self._cookie = cookie
        self._templates = templates
        self._page = page
        self._home = home
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def expire_all(self) -> None:
        """End every session at once."""
        self._sessions = {}

    def signed_in(self, request: Request) -> Session | None:
        """The live session of a signed-in user, its idle time begun anew."""
        session = self._find(request)
        return session if session is not None and session.user is not None else None

    def guard(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint for signed-in users; a POST must also carry the session's token."""

        async def guarded(request: Request) -> Response:
            refusal = await self.refuse(request)
            return await endpoint(request) if refusal is None else refusal

        return guarded

    async def refuse(self, request: Request) -> Response | None:
        """Why this request is not served: no session (to the sign-in page) or a foreign form (403)."""
        session = self.signed_in(request)
        if session is None:
            return self._to_sign_in(request)
        if request.method == "POST" and not _token_matches(session, await request.form()):
            return Response("This form has expired. Go back and try again.", status_code=403, media_type="text/plain")
        return None

    async def show(self, request: Request) -> Response:
        """GET: the sign-in form, with an anonymous session that guards it against foreign forms."""
        return self._form(request, wish=request.query_params.get("next", ""), error="", status_code=200)

    async def submit(self, request: Request) -> Response:
        """POST: check user and password, and go where the user wanted to go."""
        form = await request.form()
        wish = str(form.get("next", ""))
        anonymous = self._find(request)
        if anonymous is None or not _token_matches(anonymous, form):
            return self._form(request, wish=wish, error="The form has expired. Please try again.", status_code=403)
        if not self._is_known(str(form.get("user", "")), str(form.get("password", ""))):
            return self._form(request, wish=wish, error="User name or password is wrong.", status_code=401)
        self._sessions.pop(request.cookies[self._cookie], None)
        return self._with_cookie(
            RedirectResponse(_local_path(wish) or self._home, status_code=303),
            Session(last_seen_at=self._clock(), user=self.user),
        )

    async def leave(self, request: Request) -> Response:
        """End the session."""
        self._sessions.pop(request.cookies.get(self._cookie, ""), None)
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(self._cookie)
        return response

    def _find(self, request: Request) -> Session | None:
        key, now = request.cookies.get(self._cookie, ""), self._clock()
        session = self._sessions.get(key)
        if session is None:
            return None
        if now - session.last_seen_at > self.idle_limit:
            self._sessions.pop(key, None)
            return None
        session.last_seen_at = now
        return session

    def _is_known(self, user: str, password: str) -> bool:
        return user == self.user and hmac.compare_digest(password.encode(), self.password.encode())

    def _form(self, request: Request, *, wish: str, error: str, status_code: int) -> Response:
        session = Session(last_seen_at=self._clock())
        context = {"csrf": session.csrf, "wish": wish, "error": error}
        return self._with_cookie(
            self._templates.TemplateResponse(request, self._page, context, status_code=status_code), session
        )

    def _with_cookie(self, response: Response, session: Session) -> Response:
        key = secrets.token_urlsafe(32)
        self._sessions[key] = session
        response.set_cookie(self._cookie, key, httponly=True, samesite="lax")
        return response

    def _to_sign_in(self, request: Request) -> Response:
        # A POST is never repeated after signing in: the user starts again from the home page.
        wish = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = f"/login?next={quote(wish, safe='/')}" if request.method == "GET" else "/login"
        return RedirectResponse(target, status_code=303)


class WebApplication:
    """A demo application that can be started and stopped; subclasses add what it knows."""

    def __init__(self, app: ASGIApp, sign_in: SignIn) -> None:
        self._server = LoopbackServer(app)
        self._sign_in = sign_in

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return self._server.url

    @property
    def user(self) -> str:
        """The bot's user name."""
        return self._sign_in.user

    @property
    def password(self) -> str:
        """The bot's password, new with every instance."""
        return self._sign_in.password

    def start(self) -> Self:
        """Return once it answers."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop answering; what was stored stays."""
        self._server.stop()


def _token_matches(session: Session, form: FormData) -> bool:
    return hmac.compare_digest(str(form.get("csrf", "")), session.csrf)


def _local_path(wish: str) -> str | None:
    """A path on this server, or None: a foreign address is never a place to go to after signing in."""
    return wish if wish.startswith("/") and not wish.startswith(("//", "/\\")) else None
