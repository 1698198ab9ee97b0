"""Getting to a page of the demo ERP: logged in where it asks for it, at the path and of the search that were meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote, urlencode

from playwright.sync_api import Locator, Page, Response

from csr_bot.adapters.erp.browser import Session, Site, WarmChromium
from csr_bot.adapters.erp.pages import (
    LogInForm,
    drift,
    go_to,
    logged_in,
    only,
    path_of,
    require_success,
    unavailable_on_failure,
)
from csr_bot.ports import Clock, UnavailableError

LOG_IN: Final = LogInForm(path="/login", user="User name", password="Password", button="Log in")  # noqa: S106  # a label
REFERENCE: Final = "Reference"
NOTHING: Final = "—"
"""How the pages show that a field is empty."""


@dataclass(frozen=True, slots=True)
class Navigator:
    """The way to every page, as one user."""

    browser: WarmChromium
    site: Site
    password: str = field(repr=False)
    clock: Clock

    @contextmanager
    def session(self, doing: str) -> Iterator[Session]:
        """A page to read on; whatever the browser does not manage is unavailable."""
        with self.browser.open_context(self.site) as session, unavailable_on_failure(doing):
            yield session

    def open(self, session: Session, path: str, *, named: str) -> None:
        """Load a path freshly."""
        self.arrive(session, go_to(session, path), path=path.partition("?")[0], named=named)

    def arrive(self, session: Session, answer: Response, *, path: str, named: str) -> None:
        """Log in where the ERP asks for it, then make sure of the page's path."""
        answer = self.log_in(session, answer)
        require_success(answer, named=named)
        if unquote(path_of(session.page)) != unquote(path):
            raise drift(named, f"the ERP shows {path_of(session.page)} instead of {path}")

    def log_in(self, session: Session, answer: Response) -> Response:
        """``answer``, or the page behind the log-in where the ERP asks for one."""
        return logged_in(session, answer, form=LOG_IN, password=self.password)

    def search(self, session: Session, path: str, *, reference: str, caption: str) -> Locator:
        """The table of what carries a reference. The page is the right one if its search field holds the reference."""
        page, named = session.page, f"search for {reference}"
        self.open(session, f"{path}?{urlencode({'reference': reference})}", named=named)
        searched = only(page.get_by_label(REFERENCE, exact=True), what=repr(REFERENCE), page=named)
        if searched.input_value() != reference:
            raise drift(named, f"{REFERENCE!r} holds {searched.input_value()!r} after the search")
        table = only(page.get_by_role("table"), what="the table of what was found", page=named)
        shown = table.locator("caption").inner_text()
        if shown != caption.format(reference):
            # Believing the rows, or their absence, of another search would lead to a second posting.
            raise UnavailableError(f"the {named} shows {shown!r}: the result of another search")
        return table


def path_to(collection: str, number: str) -> str:
    """The path of a page: ``/invoices/INV%2F1``."""
    return f"/{collection}/{quote(number, safe='')}"


def link(page: Page, name: str) -> Locator:
    """The link of this name."""
    return page.get_by_role("link", name=name, exact=True)


def button(page: Page, name: str) -> Locator:
    """The button of this name, were it hidden too."""
    return page.get_by_role("button", name=name, exact=True, include_hidden=True)
