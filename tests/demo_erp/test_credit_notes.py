"""Credit notes: entered, reviewed, booked to the cent, found again by their reference."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from csr_bot.demo.erp import DemoErp, PostRequest
from tests.demo_erp.browsing import Browser

INVOICE = "INV-2025-00417"


def test_the_review_shows_what_would_be_booked_and_books_nothing(erp: DemoErp, browser: Browser) -> None:
    page = browser.review(INVOICE)
    shown = {
        "Document number": INVOICE,
        "Customer number": "C-1001",
        "Net": "2,400.00",
        "Tax": "0.00",
        "Total": "2,400.00",
        "Currency": "USD",
        "Reason": "PRICE",
        "Reference": "csr:0123456789ab",
        "New open amount": "20,000.00",
    }
    assert page.heading() == "Review credit note"
    assert {label: page.output(label) for label in shown} == shown
    assert page.buttons() == ["Post credit note"]
    assert erp.credit_notes() == []
    assert list(erp.post_requests) == []


def test_a_credit_note_is_booked_to_the_cent(erp: DemoErp, browser: Browser) -> None:
    page = browser.post(INVOICE)
    assert page.path == "/credit-notes/CN-2025-00061"
    assert page.heading() == "Credit note CN-2025-00061"
    assert page.output("Number") == "CN-2025-00061"
    assert page.output("Total") == "2,400.00"
    assert page.output("Posted at") == "2025-11-24T14:00:00+00:00"
    (note,) = erp.credit_notes()
    assert (note.invoice_no, note.amount, note.tax, note.currency) == (INVOICE, Decimal(2400), Decimal(0), "USD")
    assert list(erp.post_requests) == [PostRequest(subject=INVOICE, reference="csr:0123456789ab")]
    invoice = browser.go(f"/invoices/{INVOICE}")
    assert invoice.output("Credited") == "2,400.00"
    assert invoice.output("Open amount") == "20,000.00"
    assert invoice.output("Status") == "partly_paid"
    assert invoice.numbers("Credit notes") == ["CN-2025-00061"]


def test_tax_is_credited_beside_the_net(erp: DemoErp, browser: Browser) -> None:
    page = browser.post("INV-2025-00402", net_credit_line_1="11,600.00", tax_credit_line_1="725.00")
    assert (page.output("Net"), page.output("Tax"), page.output("Total")) == ("11,600.00", "725.00", "12,325.00")
    assert browser.go("/invoices/INV-2025-00402").output("Open amount") == "10,625.00"
    assert erp.credit_notes()[0].amount == Decimal("12325.00")


def test_an_invoice_credited_in_full_is_credited(browser: Browser) -> None:
    browser.post(INVOICE, net_credit_line_1="22400")
    page = browser.go(f"/invoices/{INVOICE}")
    assert (page.output("Open amount"), page.output("Status")) == ("0.00", "credited")


def test_an_identical_second_credit_note_is_booked_as_well(erp: DemoErp, browser: Browser) -> None:
    browser.post(INVOICE)
    browser.post(INVOICE)
    assert [note.number for note in erp.credit_notes()] == ["CN-2025-00061", "CN-2025-00062"]
    assert len({note.reference for note in erp.credit_notes()}) == 1
    assert browser.go(f"/invoices/{INVOICE}").output("Open amount") == "17,600.00"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"net_credit_line_1": "22400.01"}, "more than the 22,400.00 USD on the invoice"),
        ({"net_credit_line_1": "2.400,00"}, "2.400,00 is not an amount"),
        ({"net_credit_line_1": "2400.001"}, "not an amount"),
        ({"net_credit_line_1": "-5"}, "not an amount"),
        ({"net_credit_line_1": "NaN"}, "not an amount"),
        ({"net_credit_line_1": ""}, "Enter an amount"),
        ({"tax_credit_line_1": "0.01"}, "more than the 0.00 USD on the invoice"),
        ({"reason": ""}, "Choose a reason"),
        ({"posting_date": "24.11.2025"}, "not a date"),
    ],
)
def test_what_cannot_be_booked_is_said_and_has_no_button(
    erp: DemoErp, browser: Browser, typed: dict[str, str], said: str
) -> None:
    page = browser.review(INVOICE, **typed)
    assert said in page.alert()
    assert page.status == 422
    assert "Post credit note" not in page.buttons()
    assert erp.credit_notes() == []


def test_more_than_is_open_is_refused_at_the_review_and_at_the_booking(erp: DemoErp, browser: Browser) -> None:
    with Browser(erp.url) as other:
        other.log_in(user=erp.user, password=erp.password)
        other.review(INVOICE, net_credit_line_1="20000.01")
        browser.post(INVOICE)
        assert "more than the open amount of 20,000.00 USD" in other.press("Post credit note").alert()
    assert "more than the open amount" in browser.review(INVOICE, net_credit_line_1="20000.01").alert()
    assert len(erp.credit_notes()) == 1
    assert len(erp.post_requests) == 2


@pytest.mark.parametrize(
    ("reference", "found"),
    [("csr:0123456789ab", 1), ("csr:0123456789a", 0), ("CSR:0123456789AB", 0), ("csr:%", 0), ("", 2)],
)
def test_credit_notes_are_found_by_exactly_their_reference(browser: Browser, reference: str, found: int) -> None:
    browser.post(INVOICE, reference="csr:0123456789ab")
    browser.post(INVOICE, reference="csr:ffffffffffff")
    browser.go("/credit-notes")
    assert len(browser.press("Search", reference=reference).numbers()) == found


def test_the_export_lists_every_credit_note(browser: Browser) -> None:
    browser.post(INVOICE)
    (row,) = csv.DictReader(io.StringIO(browser.go("/export/credit-notes.csv").response.text))
    assert (row["Number"], row["Invoice"], row["Total"]) == ("CN-2025-00061", INVOICE, "2400.00")


def test_typed_text_is_never_taken_for_markup(browser: Browser) -> None:
    reference = '"><script>alert(1)</script>'
    page = browser.post(INVOICE, reference=reference)
    assert page.output("Reference") == reference
    assert not page.tree.xpath("//script")
