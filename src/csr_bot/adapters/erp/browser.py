"""Warm browser sessions: one Playwright and one Chromium per thread, one logged-in context per system and user.

Playwright's objects belong to the thread that made them, and starting them costs a second, so each thread keeps its
own. A session that failed is thrown away, since nobody knows what its pages show; a browser that died or served long
enough is replaced. What the pages mean is left to the screens; that nothing is sent twice, to the guard.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from csr_bot.adapters.erp.find import find_browser, launch_browser
from csr_bot.adapters.erp.guard import PostGuard
from csr_bot.ports import RefusedError, UnavailableError


@dataclass(frozen=True, slots=True)
class Site:
    """A system as one user sees it. ``origin`` is scheme, host and port; nothing outside it is loaded.

    ``free_paths`` may be posted to at any time (log-in); ``timeout`` bounds every single wait.
    """

    origin: str
    user: str
    free_paths: frozenset[str] = frozenset()
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Session:
    """A guarded page in the context that ``site`` shares between its uses in one thread."""

    site: Site
    context: BrowserContext
    page: Page
    guard: PostGuard

    @property
    def timeout_ms(self) -> float:
        """The site's time-out as Playwright wants it."""
        return self.site.timeout.total_seconds() * 1000


@dataclass(slots=True)
class _Running:
    """What one thread of one process has started."""

    process_id: int
    playwright: Playwright
    browser: Browser
    uses: int = 0
    in_use: int = 0
    idle: dict[Site, Session] = field(default_factory=dict)


class WarmChromium:
    """Hands out sessions. Threads may share it; each that used it calls ``close_thread`` at its end."""

    def __init__(self, *, executable: str | None = None, cache: Path | None = None, uses: int = 500) -> None:
        """``executable`` and ``cache`` as in ``find_browser``; after ``uses`` sessions the browser is replaced."""
        self._executable = executable
        self._cache = cache
        self._uses = uses
        self._threads = threading.local()
        atexit.register(self.close_thread)

    @contextmanager
    def open_context(self, site: Site) -> Iterator[Session]:
        """The session of a site, logged in or not as its last use left it; one that is in use is not shared.

        After any error but a refusal the session is discarded. Raises UnavailableError where no browser can be started.
        """
        running = self._run()
        session = running.idle.pop(site, None) or self._new_session(running, site)
        running.uses += 1
        running.in_use += 1
        try:
            yield session
        except RefusedError:
            self._keep(running, session)
            raise
        except Exception:
            self._discard(session)
            raise
        else:
            self._keep(running, session)
        finally:
            running.in_use -= 1

    def version(self) -> str:
        """Version of the browser in use; starts it where necessary."""
        return self._run().browser.version

    def close_thread(self) -> None:
        """End this thread's browser and driver. Safe to call twice, and in a forked child, which owns neither."""
        running: _Running | None = getattr(self._threads, "running", None)
        self._threads.running = None
        if running is None or running.process_id != os.getpid():
            return
        with suppress(Exception):  # a dead driver raises plain exceptions, and there is nothing left to close
            running.browser.close()
        with suppress(Exception):  # as above
            running.playwright.stop()

    def _run(self) -> _Running:
        running: _Running | None = getattr(self._threads, "running", None)
        if running is not None and running.process_id == os.getpid():
            if running.browser.is_connected() and (running.in_use or running.uses < self._uses):
                return running
            self.close_thread()
        self._threads.running = running = self._start()
        return running

    def _start(self) -> _Running:
        path = find_browser(wanted=self._executable, cache=self._cache)
        playwright = sync_playwright().start()
        try:
            browser = launch_browser(playwright, path)
        except PlaywrightError as error:
            playwright.stop()
            raise UnavailableError(f"the browser {path} does not start: {error.message.splitlines()[0]}") from None
        return _Running(os.getpid(), playwright, browser)

    def _new_session(self, running: _Running, site: Site) -> Session:
        try:
            return _open_session(running.browser, site)
        except PlaywrightError as error:
            self.close_thread()
            raise UnavailableError(f"the browser opens no page: {error.message.splitlines()[0]}") from None

    def _keep(self, running: _Running, session: Session) -> None:
        if running.idle.setdefault(session.site, session) is not session:
            self._discard(session)

    def _discard(self, session: Session) -> None:
        try:
            session.context.close()
        except Exception:  # noqa: BLE001  # browser or driver died, in whatever way: start anew next time
            self.close_thread()


# The first requests of a new window may leave before it is routed through the guard: so none is opened.
_NO_NEW_WINDOWS: Final = """
window.open = () => null;
const stay = element => { if (!/^(|_self|_parent|_top)$/i.test(element.target)) element.target = "_self"; };
const submit = HTMLFormElement.prototype.submit;
HTMLFormElement.prototype.submit = function () { stay(this); return submit.call(this); };
for (const kind of ["click", "submit"])
  document.addEventListener(kind, event => {
    const element = event.target.closest && event.target.closest("a[target], area[target], form[target]");
    if (element) stay(element);
  }, true);
"""


def _open_session(browser: Browser, site: Site) -> Session:
    context = browser.new_context(
        service_workers="block", accept_downloads=False, viewport={"width": 1280, "height": 900}, locale="en-GB"
    )
    context.set_default_timeout(site.timeout.total_seconds() * 1000)
    guard = PostGuard(origin=site.origin, free_paths=site.free_paths, timeout=site.timeout)
    guard.install(context)
    context.add_init_script(_NO_NEW_WINDOWS)
    page = context.new_page()
    context.on("page", lambda popup: popup.close())  # a bot reads one page; what else opens only gets in the way
    return Session(site, context, page, guard)
