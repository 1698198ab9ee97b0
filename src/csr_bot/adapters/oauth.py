"""Tokens that log in instead of a password (RFC 6749): asked for over https, kept until a minute before they expire.

Nothing that a token server says but its error code gets into an error, and no token is ever written anywhere: a server
that changes the refresh token with each use is not served beyond one process.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPException
from threading import Lock
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from csr_bot import bot
from csr_bot.core.addresses import check_url
from csr_bot.ports import RefusedError, UnavailableError

MARGIN: Final = timedelta(minutes=1)
LIFETIME: Final = timedelta(minutes=5)
"""Of a token whose server does not say how long it lasts."""
LARGEST_ANSWER: Final = 256 * 1024
_ERROR_CODE: Final = re.compile(r"[a-z_]{1,40}")
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")


class _StayHere(HTTPRedirectHandler):
    """Follows nobody: a client's secret goes to the address in the bot file or nowhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


class OAuthTokens:
    """``ports.AccessTokens`` of one mailbox, shared by all threads of the process."""

    def __init__(
        self,
        word: bot.OAuth,
        *,
        client_secret: str | None,
        refresh_token: str | None,
        timeout: timedelta = timedelta(seconds=20),
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """``seconds`` is a clock that only goes on."""
        self._word = word
        self._client_secret = client_secret
        self._refresh_token = refresh_token
        self._timeout = timeout
        self._seconds = seconds
        self._lock = Lock()
        self._token = ""
        self._good_until = float("-inf")
        self._where = f"token server {urlsplit(word.token_url).netloc}"

    def token(self, *, renew: bool = False) -> str:
        """A token that is good for the next minute; with ``renew`` another one. Raises Unavailable or Refused."""
        with self._lock:
            if renew or self._seconds() >= self._good_until:
                self._good_until = float("-inf")
                asked_at = self._seconds()
                answer = self._ask()
                self._token = self._read_token(answer)
                self._good_until = asked_at + max(_lifetime(answer) - MARGIN.total_seconds(), 0)
            return self._token

    def _ask(self) -> dict[str, Any]:
        wrong = check_url(self._word.token_url)
        if wrong:
            raise RefusedError(f"{self._where}: {wrong}")
        # Environment variables must not send a secret through somebody's proxy in the clear; https is tunnelled.
        plain = [ProxyHandler({})] if urlsplit(self._word.token_url).scheme == "http" else []
        opener = build_opener(_StayHere, HTTPSHandler(context=ssl.create_default_context()), *plain)
        request = Request(  # noqa: S310 - check_url takes https, and http on loopback, only
            self._word.token_url, data=urlencode(self._form()).encode("ascii"), headers={"Accept": "application/json"}
        )
        try:
            with opener.open(request, timeout=self._timeout.total_seconds()) as response:
                return self._read(response.read(LARGEST_ANSWER))
        except HTTPError as error:
            with error:
                raise self._failure(error.code, error.read(LARGEST_ANSWER)) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise UnavailableError(f"{self._where} cannot be reached: {reason}") from None

    def _form(self) -> dict[str, str]:
        form = {"client_id": self._word.client_id}
        if self._refresh_token is None:
            form["grant_type"] = "client_credentials"
        else:
            form |= {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        if self._client_secret is not None:
            form["client_secret"] = self._client_secret
        if self._word.scope is not None:
            form["scope"] = self._word.scope
        return form

    def _read(self, body: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise UnavailableError(f"{self._where} answered with something that is no token")
        return answer

    def _read_token(self, answer: dict[str, Any]) -> str:
        token, kind = answer.get("access_token"), answer.get("token_type", "Bearer")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token) or str(kind).lower() != "bearer":
            raise UnavailableError(f"{self._where} answered without a bearer token")
        renewed = answer.get("refresh_token")
        if self._refresh_token is not None and isinstance(renewed, str) and renewed:
            self._refresh_token = renewed
        return token

    def _failure(self, status: int, body: bytes) -> RefusedError | UnavailableError:
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        code = answer.get("error") if isinstance(answer, dict) else None
        named = f" ({code})" if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else ""
        sentence = f"{self._where} answered {status}{named} for the client {self._word.client_id}"
        refused = status in (400, 401, 403) and code not in ("temporarily_unavailable", "server_error", "slow_down")
        return RefusedError(sentence) if refused else UnavailableError(sentence)


def _lifetime(answer: dict[str, Any]) -> float:
    try:
        seconds = float(answer.get("expires_in", ""))
    except (TypeError, ValueError):
        return LIFETIME.total_seconds()
    return seconds if 0 < seconds < timedelta(days=1).total_seconds() else LIFETIME.total_seconds()
