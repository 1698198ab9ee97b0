"""Entering a form of the demo ERP: typed in, compared on the review page with what was ordered, submitted once.

The form and the review page are the right ones if path and heading say so and every value that they must show is the
one ordered. What a form is about is left to the page objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, Response

from csr_bot.adapters.erp.browser import Session
from csr_bot.adapters.erp.pages import (
    Outputs,
    alert_text,
    drift,
    fill,
    follow,
    only,
    read_outputs,
    require_heading,
    submit_once,
    unavailable_on_failure,
)
from csr_bot.adapters.erp.screens.demo.navigation import Navigator, button
from csr_bot.ports import RefusedError

REVIEW: Final = "Review"
ENTER_HEADING: Final = "New {}"
REVIEW_HEADING: Final = "Review {}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A form to be entered at ``base``.

    ``shown`` are values that the form must show, ``typed`` what goes into its fields, ``reviewed`` what the review page
    must show. Under labels with one of the ``closed`` prefixes it may show nothing else.
    """

    doing: str
    base: str
    heading: str
    shown: Mapping[str, str]
    typed: Mapping[str, str]
    reviewed: Mapping[str, str]
    submit: str
    closed: Sequence[str] = ()


def enter(
    navigator: Navigator,
    entry: Entry,
    *,
    before_submit: Callable[[], None],
    check: Callable[[Session, Response], None],
) -> None:
    """Fill, review and submit a form once. Only looking happens in ``check``: no log-in, no reload, no second try."""
    with navigator.browser.open_context(navigator.site) as session:
        with unavailable_on_failure(f"preparing {entry.doing}"):
            last = _prepare(navigator, session, entry)
        submit_once(
            session,
            last,
            doing=f"posting {entry.doing}",
            before_submit=before_submit,
            check=lambda answer: check(session, answer),
        )


def review(navigator: Navigator, session: Session, *, base: str, named: str, doing: str) -> None:
    """Go on to the review page. RefusedError, with the ERP's own words, where it complains."""
    page = session.page
    going_on = only(button(page, REVIEW), what=repr(REVIEW), page=f"form of {named}")
    answer = navigator.log_in(session, follow(session, going_on))
    complaint = alert_text(page)
    if complaint is not None and answer.status < 500:
        raise RefusedError(f"the ERP refuses {doing}: {complaint}")
    navigator.arrive(session, answer, path=f"{base}/review", named=f"review of {named}")


def ready(session: Session, name: str, *, named: str) -> Locator:
    """The one button that submits, clickable now."""
    found = only(button(session.page, name), what=repr(name), page=named)
    found.click(trial=True)  # something that covers the button must show itself now, not after the point of no return
    return found


def _prepare(navigator: Navigator, session: Session, entry: Entry) -> Locator:
    page, named = session.page, f"form of {entry.heading}"
    navigator.open(session, f"{entry.base}/new", named=named)
    require_heading(page, ENTER_HEADING.format(entry.heading), named=named)
    _require_all(read_outputs(page, named=named), entry.shown)
    for label, value in entry.typed.items():
        fill(page.get_by_label(label, exact=True), value, what=repr(label), page=named)
    review(navigator, session, base=entry.base, named=entry.heading, doing=entry.doing)
    named = f"review of {entry.heading}"
    require_heading(page, REVIEW_HEADING.format(entry.heading), named=named)
    shown = read_outputs(page, named=named)
    _require_all(shown, entry.reviewed)
    for prefix in entry.closed:
        surplus = [rest for rest, _ in shown.labelled(prefix) if f"{prefix}{rest}" not in entry.reviewed]
        if surplus:
            raise drift(named, f"it shows {prefix}{surplus[0]!r}, which was not ordered")
    return ready(session, entry.submit, named=named)


def _require_all(shown: Outputs, wanted: Mapping[str, str]) -> None:
    for label, value in wanted.items():
        shown.require(label, value)
