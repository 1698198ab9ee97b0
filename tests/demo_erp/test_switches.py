"""The faults of the demo ERP: each does what its name says to the books and to the browser, and no more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx
import pytest

from csr_bot.demo.erp import RENAMED_LABELS, DemoErp
from tests.demo_erp.browsing import Browser

INVOICE = "INV-2025-00417"
REFERENCE = "csr:0123456789ab"


def wait_until(condition: Callable[[], bool], *, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def press_in_background(browser: Browser) -> tuple[threading.Thread, list[str]]:
    outcome: list[str] = []

    def press() -> None:
        try:
            outcome.append(browser.press("Post credit note").path)
        except httpx.TransportError as error:
            outcome.append(type(error).__name__)

    thread = threading.Thread(target=press)
    thread.start()
    return thread, outcome


@pytest.mark.parametrize(("switch", "booked"), [("drop_after_post", 1), ("drop_before_booking", 0)])
def test_a_connection_dropped_once_gives_no_answer(erp: DemoErp, browser: Browser, switch: str, booked: int) -> None:
    setattr(erp.switches, switch, "once")
    browser.review(INVOICE)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        browser.press("Post credit note")
    assert len(erp.credit_notes()) == booked
    assert [request.reference for request in erp.post_requests] == [REFERENCE]
    assert browser.post(INVOICE).heading().startswith("Credit note CN-")


def test_connections_can_be_dropped_every_time(erp: DemoErp, browser: Browser) -> None:
    erp.switches.drop_after_post = "always"
    for _ in range(3):
        browser.review(INVOICE)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            browser.press("Post credit note")
    assert len(erp.credit_notes()) == len(erp.post_requests) == 3


def test_an_answer_that_hangs_after_booking_comes_when_released(erp: DemoErp, browser: Browser) -> None:
    erp.switches.hang_after_post = "once"
    browser.review(INVOICE)
    thread, outcome = press_in_background(browser)
    wait_until(lambda: len(erp.credit_notes()) == 1)
    assert outcome == []
    erp.switches.release()
    thread.join(5)
    assert outcome == ["/credit-notes/CN-2025-00061"]


def test_a_request_that_hung_before_booking_books_when_released(erp: DemoErp, browser: Browser) -> None:
    erp.switches.hang_before_booking = "once"
    browser.review(INVOICE)
    thread, outcome = press_in_background(browser)
    wait_until(lambda: len(erp.post_requests) == 1)
    assert erp.credit_notes() == []
    wait_until(lambda: erp.switches.hang_before_booking is None)
    erp.switches.release()
    thread.join(5)
    assert outcome == ["/credit-notes/CN-2025-00061"]


@pytest.mark.parametrize("end", ["reset", "stop"])
def test_a_request_that_hangs_before_booking_is_cut_by_reset_and_stop(erp: DemoErp, browser: Browser, end: str) -> None:
    erp.switches.hang_before_booking = "once"
    browser.review(INVOICE)
    thread, outcome = press_in_background(browser)
    wait_until(lambda: erp.switches.hang_before_booking is None)
    (erp.switches.reset if end == "reset" else erp.stop)()
    thread.join(5)
    assert outcome[0] in {"RemoteProtocolError", "ReadError"}
    assert erp.credit_notes() == []


def test_others_are_served_while_a_request_hangs(erp: DemoErp, browser: Browser) -> None:
    erp.switches.hang_after_post = "always"
    browser.review(INVOICE)
    thread, _ = press_in_background(browser)
    wait_until(lambda: len(erp.credit_notes()) == 1)
    with Browser(erp.url) as other:
        other.log_in(user=erp.user, password=erp.password)
        assert other.go("/credit-notes", reference=REFERENCE).numbers() == ["CN-2025-00061"]
    erp.switches.reset()
    thread.join(5)


def test_an_error_page_may_follow_a_booking(erp: DemoErp, browser: Browser) -> None:
    erp.switches.error_500_after_commit = "once"
    page = browser.post(INVOICE)
    assert (page.status, page.alert()) == (500, "Please call the help desk.")
    assert len(erp.credit_notes()) == 1


def test_a_session_that_ends_before_the_post_books_nothing(erp: DemoErp, browser: Browser) -> None:
    browser.review(INVOICE)
    erp.switches.expire_sessions()
    assert browser.press("Post credit note").path == "/login"
    assert erp.credit_notes() == []
    assert len(erp.post_requests) == 1


def test_a_stale_invoice_page_shows_the_state_before_the_last_credit_note(erp: DemoErp, browser: Browser) -> None:
    browser.post(INVOICE)
    erp.switches.stale_row = "invoice"
    page = browser.go(f"/invoices/{INVOICE}")
    assert (page.output("Open amount"), page.output("Credited"), page.output("Status")) == ("22,400.00", "0.00", "open")
    erp.switches.reset()
    assert browser.go(f"/invoices/{INVOICE}").output("Open amount") == "20,000.00"


def test_a_stale_search_shows_the_rows_of_the_search_before(erp: DemoErp, browser: Browser) -> None:
    browser.go("/invoices", q="INV-2025-00388")
    erp.switches.stale_row = "search"
    page = browser.go("/invoices", q=INVOICE)
    assert page.tree.xpath("string(//input[@id='q']/@value)") == INVOICE
    assert page.numbers("INV-2025-00388") == ["INV-2025-00388"]


def test_labels_can_be_renamed_as_by_a_new_release(erp: DemoErp, browser: Browser) -> None:
    erp.switches.renamed_labels = RENAMED_LABELS
    page = browser.go(f"/invoices/{INVOICE}")
    assert page.output("Outstanding") == "22,400.00"
    assert not page.has_output("Open amount")
    assert browser.review(INVOICE).buttons() == ["Save document"]


def test_there_can_be_two_buttons_that_post(erp: DemoErp, browser: Browser) -> None:
    erp.switches.twin_buttons = True
    assert browser.review(INVOICE).buttons() == ["Post credit note", "Post credit note"]


def test_a_new_credit_note_can_be_missing_from_searches_for_a_while(erp: DemoErp, browser: Browser) -> None:
    erp.switches.read_lag = 0.5
    browser.post(INVOICE)
    assert browser.go("/credit-notes", reference=REFERENCE).numbers() == []
    wait_until(lambda: browser.go("/credit-notes", reference=REFERENCE).numbers() == ["CN-2025-00061"])


def test_every_answer_can_be_slow(erp: DemoErp, browser: Browser) -> None:
    erp.switches.slow = 0.2
    started_at = time.monotonic()
    browser.go("/")
    assert time.monotonic() - started_at >= 0.2


def test_reset_gives_a_healthy_erp_again(erp: DemoErp, browser: Browser) -> None:
    erp.switches.slow = 60
    erp.switches.drop_after_post = "always"
    erp.switches.renamed_labels = RENAMED_LABELS
    erp.switches.twin_buttons = True
    erp.switches.reset()
    assert browser.post(INVOICE).heading() == "Credit note CN-2025-00061"
