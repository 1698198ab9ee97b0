"""Sends every writing request of a browser context exactly once, or not at all.

Chromium repeats a POST by itself when a kept-alive connection is cut after the request was read: one click, two
bookings, and neither the page nor its events tell. The guard therefore takes every request that may write out of the
browser's hands. It also keeps the context on one origin, and lets nothing be written outside an effect, save to the
paths declared free (log-in). What a request means is left to the screens.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import BrowserContext, Request, Route
from playwright.sync_api import Error as PlaywrightError

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_GONE: Final = (PlaywrightError, CancelledError)
"""How Playwright says that the page, the browser or its driver went away in the middle of a request."""


@dataclass(slots=True)
class GuardedEffect:
    """What was sent while one effect was performed: ``sent`` writing requests left, ``stopped`` ones did not."""

    sent: int = 0
    stopped: int = 0
    identities: set[tuple[str, str, bytes]] = field(default_factory=set, repr=False)


class PostGuard:
    """Stands between one browser context and the network."""

    def __init__(self, *, origin: str, free_paths: frozenset[str], timeout: timedelta) -> None:
        self._origin = origin_of(origin)
        self._free_paths = free_paths
        self._timeout_ms = timeout.total_seconds() * 1000
        self._effect: GuardedEffect | None = None

    def install(self, context: BrowserContext) -> None:
        """Route every request of the context, its frames and its popups through the guard."""
        context.route("**/*", self._pass_or_stop)

    @contextmanager
    def effect(self) -> Iterator[GuardedEffect]:
        """Within it writing requests may leave, each different one once. Effects do not nest."""
        if self._effect is not None:
            raise RuntimeError("an effect is under way in this context already")
        self._effect = GuardedEffect()
        try:
            yield self._effect
        finally:
            self._effect = None

    def _pass_or_stop(self, route: Route) -> None:
        request = route.request
        if origin_of(request.url) != self._origin:
            _abort(route, "blockedbyclient")
        elif request.method in _READS:
            _continue(route)
        elif self._may_send(request):
            self._send_once(route)
        else:
            _abort(route, "blockedbyclient")

    def _may_send(self, request: Request) -> bool:
        if urlsplit(request.url).path in self._free_paths:
            return True
        effect = self._effect
        if effect is None:
            return False
        identity = (request.method, request.url, request.post_data_buffer or b"")
        if identity in effect.identities:
            effect.stopped += 1
            return False
        effect.identities.add(identity)
        effect.sent += 1
        return True

    def _send_once(self, route: Route) -> None:
        """The redirect that usually answers a POST is handed back unfollowed: the browser follows it with a GET."""
        try:
            response = route.fetch(max_retries=0, max_redirects=0, timeout=self._timeout_ms)
            target = urljoin(route.request.url, response.headers.get("location", ""))
            if origin_of(target) == self._origin:
                route.fulfill(response=response)
                return
        except _GONE:
            pass  # sent or not, nobody knows: the page sees a failed request, and the screen says Uncertain
        _abort(route, "connectionfailed")


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, in lower case: ``https://erp.example.com``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _continue(route: Route) -> None:
    with suppress(*_GONE):
        route.continue_()


def _abort(route: Route, reason: str) -> None:
    with suppress(*_GONE):
        route.abort(reason)
