"""Reads web pages strictly: what is wanted must stand there exactly once, be visible and have the expected form.

A page that has drifted (a label renamed, doubled or hidden) is refused with the label and the page in the sentence, so
that a person can mend the screen. Which labels there are is left to the screens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, Response

from csr_bot.adapters.erp.browser import Session
from csr_bot.core.money import Money, minor_units
from csr_bot.ports import RefusedError, UnavailableError, UncertainError

T = TypeVar("T")

_WHOLE: Final = r"-?[0-9]{1,3}(?:,[0-9]{3})*"
_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OUTPUTS: Final = (
    """found => found.map(e => [e.getAttribute("aria-label"), e.textContent.trim(), e.checkVisibility()])"""
)
_CELLS: Final = """table => {
  const texts = (row, cells) => [...row.querySelectorAll(cells)].map(cell => cell.textContent.trim());
  return [texts(table, "thead th"), [...table.querySelectorAll("tbody tr")].map(row => texts(row, "td"))];
}"""


@dataclass(frozen=True, slots=True)
class LogInForm:
    """Where the log-in page is and what it calls its parts."""

    path: str
    user: str
    password: str
    button: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """The labelled values of one page, taken in one instant. ``page`` names it in refusals."""

    page: str
    found: Sequence[tuple[str, str, bool]]

    def text(self, label: str) -> str:
        """The value under a label; RefusedError unless it is there once, visible and not empty."""
        values = [(value, visible) for name, value, visible in self.found if name == label]
        if len(values) != 1:
            raise drift(self.page, f"{label!r} is there {len(values)} times instead of once")
        value, visible = values[0]
        if not (visible and value):
            raise drift(self.page, f"{label!r} is {'empty' if visible else 'hidden'}")
        return value

    def labelled(self, prefix: str) -> Sequence[tuple[str, str]]:
        """What follows the prefix in each label that begins with it, in the page's order, with the value."""
        names = [name for name, _, _ in self.found if name.startswith(prefix)]
        return [(name.removeprefix(prefix), self.text(name)) for name in names]

    def money(self, label: str, currency: str) -> Money:
        """The amount under a label, written as in ``22,400.00``."""
        return self._parsed(label, lambda text: parse_amount(text, currency))

    def day(self, label: str) -> date:
        """The ISO day under a label."""
        return self._parsed(label, parse_day)

    def currency(self, label: str) -> str:
        """The ISO 4217 code under a label."""
        code = self.text(label)
        if not re.fullmatch("[A-Z]{3}", code):
            raise drift(self.page, f"{label!r} reads {code!r}, which is not a currency")
        return code

    def require(self, label: str, wanted: object) -> None:
        """RefusedError unless the value under the label is the one wanted."""
        shown = self.text(label)
        if shown != str(wanted):
            raise RefusedError(f"{self.page} shows {label} {shown!r} where {str(wanted)!r} was expected")

    def require_money(self, label: str, wanted: Money) -> None:
        """RefusedError unless the amount under the label is the one wanted."""
        shown = self.money(label, wanted.currency)
        if shown != wanted:
            raise RefusedError(f"{self.page} shows {label} {shown} where {wanted} was expected")

    def _parsed(self, label: str, parse: Callable[[str], T]) -> T:
        text = self.text(label)
        try:
            return parse(text)
        except ValueError as error:
            raise drift(self.page, f"{label!r}: {error}") from None


def drift(page: str, detail: str) -> RefusedError:
    """The refusal of a page that no longer looks as the screens know it."""
    return RefusedError(f"screen drift: on {page}, {detail}; correct the screen's labels before the bot goes on")


def parse_amount(text: str, currency: str) -> Money:
    """Money from ``22,400.00``: commas between thousands, a point before the currency's decimals, nothing else."""
    decimals = minor_units(currency)
    pattern = _WHOLE + (rf"\.[0-9]{{{decimals}}}" if decimals else "")
    if not re.fullmatch(pattern, text):
        raise ValueError(f"{text!r} is not an amount in {currency} such as {Money(Decimal(22400), currency)}")
    return Money(Decimal(text.replace(",", "")), currency)


def parse_day(text: str) -> date:
    """A day from ``2026-03-31``; ValueError on anything else."""
    if not _ISO_DAY.fullmatch(text):
        raise ValueError(f"{text!r} is not a day such as 2026-03-31")
    return date.fromisoformat(text)


def read_outputs(page: Page, *, named: str) -> Outputs:
    """Every labelled value of the page, hidden ones included: a hidden twin is drift as well."""
    found = page.get_by_role("status", include_hidden=True).evaluate_all(_OUTPUTS)
    return Outputs(named, [(str(label), str(value), bool(visible)) for label, value, visible in found])


def read_table(page: Page, *, caption: str, columns: Sequence[str], named: str) -> Sequence[Sequence[str]]:
    """The cells of the one table with this caption, row by row; RefusedError unless it has exactly these columns.

    The single wide cell that says that there is nothing is no row.
    """
    tables = page.get_by_role("table", name=caption, exact=True)
    table = only(tables, what=f"the table {caption!r}", page=named)
    titles, rows = table.evaluate(_CELLS)
    if titles != list(columns):
        raise drift(named, f"the table {caption!r} has the columns {titles} instead of {list(columns)}")
    if any(len(row) != len(titles) for row in rows if len(row) != 1):
        raise drift(named, f"the table {caption!r} has rows of other lengths than its header")
    return [row for row in rows if len(row) == len(titles)]


def only(locator: Locator, *, what: str, page: str) -> Locator:
    """The locator itself, if it matches exactly one element; else the page has drifted."""
    count = locator.count()
    if count != 1:
        raise drift(page, f"{what} is there {count} times instead of once")
    return locator


def require_heading(page: Page, wanted: str, *, named: str) -> None:
    """RefusedError unless the page has the one top heading wanted: it is not the page that was asked for."""
    shown = page.get_by_role("heading", level=1).all_inner_texts()
    if shown != [wanted]:
        raise drift(named, f"the heading reads {shown} instead of {wanted!r}")


def fill(field: Locator, value: str, *, what: str, page: str) -> None:
    """Put a value into a field and read it back; RefusedError where the page holds something else."""
    only(field, what=what, page=page).fill(value)
    held = field.input_value()
    if held != value:
        raise drift(page, f"{what} holds {held!r} after {value!r} was entered")


def alert_text(page: Page) -> str | None:
    """What the page complains about, shortened, or None."""
    texts = page.get_by_role("alert").all_inner_texts()
    return " ".join(" ".join(texts).split())[:300] if texts else None


def path_of(page: Page) -> str:
    """Path of the page shown, without the query."""
    return urlsplit(page.url).path


def go_to(session: Session, path: str) -> Response:
    """Load a path freshly and return the server's answer."""
    return _answer(session.page.goto(session.site.origin + path, wait_until="domcontentloaded"), path)


def follow(session: Session, control: Locator) -> Response:
    """Click a link or button that leads to another page, and return that page's answer."""
    with session.page.expect_navigation(wait_until="domcontentloaded", timeout=session.timeout_ms) as navigation:
        control.click()
    return _answer(navigation.value, session.page.url)


def logged_in(session: Session, answer: Response, *, form: LogInForm, password: str) -> Response:
    """``answer``, or the page behind the log-in where the site asks for one. RefusedError if the log-in is refused."""
    page = session.page
    if path_of(page) != form.path:
        return answer
    named = f"the log-in page of {session.site.origin}"
    fill(page.get_by_label(form.user, exact=True), session.site.user, what=repr(form.user), page=named)
    only(page.get_by_label(form.password, exact=True), what=repr(form.password), page=named).fill(password)
    answer = follow(
        session, only(page.get_by_role("button", name=form.button, exact=True), what=form.button, page=named)
    )
    if path_of(page) == form.path:
        raise RefusedError(
            f"{session.site.origin} refused the log-in of {session.site.user!r} ({alert_text(page) or answer.status}): "
            "store this user's present password under the secret that the bot names, or unlock the user"
        )
    return answer


def require_success(answer: Response, *, named: str) -> None:
    """UnavailableError where the server failed, RefusedError where it said no or has no such page."""
    if answer.status == 404:
        raise RefusedError(f"there is no {named}")
    if answer.status >= 500:
        raise UnavailableError(f"{named} answered {answer.status}")
    if answer.status >= 400:
        raise RefusedError(f"{named} answered {answer.status}")


def submit_once(
    session: Session,
    button: Locator,
    *,
    doing: str,
    before_submit: Callable[[], None],
    check: Callable[[Response], None],
) -> None:
    """Click the button that cannot be taken back, once, and let ``check`` look at the answer and the page shown.

    What ``before_submit`` raises passes through, and nothing was sent. From there on every failure, whatever its kind,
    is an UncertainError: it may have happened.
    """
    with session.guard.effect() as effect:
        before_submit()
        try:
            check(follow(session, button))
        except Exception as error:
            said = str(error).partition("\n")[0] or type(error).__name__
            raise UncertainError(f"{doing}: {effect.sent} request sent, then: {said}") from error


@contextmanager
def unavailable_on_failure(doing: str) -> Iterator[None]:
    """Turn what goes wrong in the browser into UnavailableError. For steps before anything was submitted.

    Only the first line of the browser's message is kept: the rest lists what was typed, passwords included.
    """
    try:
        yield
    except PlaywrightError as error:
        raise UnavailableError(f"{doing}: {error.message.splitlines()[0]}") from None


def _answer(answer: Response | None, place: str) -> Response:
    if answer is None:
        raise UnavailableError(f"{place} was not loaded anew")
    return answer
