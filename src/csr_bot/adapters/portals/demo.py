"""The demo portal's pages: where a customer keeps its disputes and reads our answers as comments.

Locators are labels and roles, collected at the top. What the exported rows mean is left to the reader of the export.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from playwright.sync_api import Locator, Page, Response

from csr_bot.adapters.erp.browser import Session, Site, WarmChromium
from csr_bot.adapters.erp.download import fetch_file
from csr_bot.adapters.erp.pages import (
    LogInForm,
    drift,
    fill,
    go_to,
    logged_in,
    only,
    path_of,
    require_heading,
    require_success,
    submit_once,
    unavailable_on_failure,
)
from csr_bot.ports import Clock, Health, PortalFile, PortError, RefusedError, UnavailableError

LOG_IN: Final = LogInForm(path="/login", user="User name", password="Password", button="Sign in")  # noqa: S106  # a label

EXPORT: Final = "Export CSV"
COMMENTS: Final = "Comments"
NEW_COMMENT: Final = "New comment"
ADD_COMMENT: Final = "Add comment"

DISPUTES_HEADING: Final = "Disputes"
DISPUTE_HEADING: Final = "Dispute {}"

_EXPORT_LIMIT: Final = 20_000_000
_FILE_NAME: Final = re.compile(r'filename="([\w][\w. -]{0,99})"')


class DemoPortalSite:
    """The demo portal behind the ``Portal`` port, driven through its web pages as one user."""

    def __init__(
        self,
        *,
        key: str,
        browser: WarmChromium,
        url: str,
        user: str,
        password: str,
        clock: Clock,
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self.key = key
        self._browser = browser
        self._site = Site(url.rstrip("/"), user, free_paths=frozenset({LOG_IN.path}), timeout=timeout)
        self._password = password
        self._clock = clock

    def download_export(self) -> PortalFile:
        """The list of disputes as the portal exports it, at most 20 MB. Failures as in ``Erp.fetch_document``."""
        with self._session("exporting the disputes") as session:
            self._open_disputes(session)
            link = only(session.page.get_by_role("link", name=EXPORT, exact=True), what=EXPORT, page="disputes")
            path = link.get_attribute("href") or ""
            if not re.fullmatch(r"/[^/].*", path):
                raise drift("disputes", f"{EXPORT!r} leads to {path!r}, not to a page of this portal")
            file = fetch_file(
                session.page, self._site.origin + path, limit_bytes=_EXPORT_LIMIT, timeout_ms=session.timeout_ms
            )
            if file.content_type != "text/csv":
                raise RefusedError(f"the export of portal {self.key} is {file.content_type}, not text/csv")
            name = _FILE_NAME.search(file.disposition)
            return PortalFile(name[1] if name else "export.csv", file.content, self._clock.now())

    def post_comment(self, external_id: str, text: str, *, before_submit: Callable[[], None]) -> None:
        """See ``Portal.post_comment``."""
        doing = f"the comment on dispute {external_id}"
        with self._browser.open_context(self._site) as session:
            with unavailable_on_failure(f"preparing {doing}"):
                button = self._prepare(session, external_id, text)
            submit_once(
                session,
                button,
                doing=f"adding {doing}",
                before_submit=before_submit,
                check=lambda answer: _require_added(session.page, answer, external_id=external_id, text=text),
            )

    def comments(self, external_id: str) -> Sequence[str]:
        """See ``Portal.comments``."""
        with self._session(f"reading the comments on dispute {external_id}") as session:
            self._open_dispute(session, external_id)
            return _read_comments(session.page, named=f"dispute {external_id}")

    def health(self) -> Health:
        """Whether the portal can be reached and the user logged in."""
        system = f"portal {self.key}"
        try:
            with self._session("opening the list of disputes") as session:
                self._open_disputes(session)
        except UnavailableError as error:
            return Health(system, ok=False, detail=str(error), cure="see that the portal answers from this machine")
        except PortError as error:
            return Health(system, ok=False, detail=str(error), cure="do what the finding says, then run doctor again")
        return Health(system, ok=True, detail=f"{self._site.user} is logged in at {self._site.origin}")

    @contextmanager
    def _session(self, doing: str) -> Iterator[Session]:
        with self._browser.open_context(self._site) as session, unavailable_on_failure(doing):
            yield session

    def _open(self, session: Session, path: str, *, heading: str, named: str) -> None:
        answer = logged_in(session, go_to(session, path), form=LOG_IN, password=self._password)
        require_success(answer, named=named)
        if path_of(session.page) != path:
            raise drift(named, f"the portal shows {path_of(session.page)} instead of {path}")
        require_heading(session.page, heading, named=named)

    def _open_disputes(self, session: Session) -> None:
        self._open(session, "/disputes", heading=DISPUTES_HEADING, named="disputes")

    def _open_dispute(self, session: Session, external_id: str) -> None:
        """A dispute's page: path and heading both say the dispute that was asked for."""
        heading = DISPUTE_HEADING.format(external_id)
        self._open(session, _dispute_path(external_id), heading=heading, named=f"dispute {external_id}")

    def _prepare(self, session: Session, external_id: str, text: str) -> Locator:
        self._open_dispute(session, external_id)
        page, named = session.page, f"dispute {external_id}"
        fill(page.get_by_label(NEW_COMMENT, exact=True), text, what=repr(NEW_COMMENT), page=named)
        locator = page.get_by_role("button", name=ADD_COMMENT, exact=True, include_hidden=True)
        button = only(locator, what=repr(ADD_COMMENT), page=named)
        button.click(trial=True)  # something that covers the button must show itself now
        return button


def _dispute_path(external_id: str) -> str:
    return f"/disputes/{quote(external_id, safe='')}"


def _read_comments(page: Page, *, named: str) -> list[str]:
    comments = only(page.get_by_role("list", name=COMMENTS, exact=True), what=repr(COMMENTS), page=named)
    texts: list[str] = comments.get_by_role("listitem").all_text_contents()
    return texts


def _require_added(page: Page, answer: Response, *, external_id: str, text: str) -> None:
    """Only looking: no log-in, no reload, no second try."""
    named = f"dispute {external_id}"
    if path_of(page) != _dispute_path(external_id):
        raise UnavailableError(f"{path_of(page)} (answer {answer.status}) was shown instead of the dispute")
    require_success(answer, named=named)
    if text.strip() not in _read_comments(page, named=named):
        raise UnavailableError("the dispute does not show the comment")
