"""What the ERP's pages show, and the files it gives out."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest

from csr_bot.core.money import parse_money
from csr_bot.demo.books import Books
from csr_bot.demo.erp import DemoErp
from tests.demo_erp.browsing import Browser
from tests.demo_erp.conftest import MovableClock


def test_an_invoice_page_shows_every_value_under_its_label(browser: Browser) -> None:
    page = browser.go("/invoices/INV-2025-00417")
    shown = {
        "Document number": "INV-2025-00417",
        "Customer number": "C-1001",
        "Customer name": "Northwind Analytics Inc.",
        "Status": "open",
        "Invoice date": "2025-10-31",
        "Due date": "2025-11-30",
        "Currency": "USD",
        "Net": "22,400.00",
        "Tax": "0.00",
        "Total": "22,400.00",
        "Credited": "0.00",
        "Open amount": "22,400.00",
        "Dispute flag": "no",
        "Dunning block until": "—",
        "Dunning level": "0",
    }
    assert page.heading() == "Invoice INV-2025-00417"
    assert {label: page.output(label) for label in shown} == shown
    assert page.rows("Lines")[0][3:7] == ["160", "h", "140.00", "22,400.00"]
    assert page.tree.xpath("//a[text()='New credit note']")
    assert page.tree.xpath("//a[text()='Print']")


def test_every_invoice_of_the_books_is_shown_to_the_cent(browser: Browser, books: Books) -> None:
    exported = csv.DictReader(io.StringIO(browser.go("/export/invoices.csv").response.text))
    shown = {row["Number"]: (row["Total"], row["Open"], row["Currency"], row["Due"]) for row in exported}
    assert shown == {
        item.invoice_no: (item.gross.text(), item.open_amount.text(), item.currency, item.due_date.isoformat())
        for item in books.invoices
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [("INV-2025-00417", True), ("00417", True), ("inv-2025-00417", True), ("INV 2025 00417", False), ("%", False)],
)
def test_invoices_are_searched_by_a_part_of_the_number(browser: Browser, query: str, *, found: bool) -> None:
    browser.go("/invoices")
    assert ("INV-2025-00417" in browser.press("Search", document_number=query).numbers()) is found


def test_a_search_shows_all_invoices_that_contain_the_text(browser: Browser) -> None:
    numbers = browser.go("/invoices", q="0041").numbers()
    assert len(numbers) > 1
    assert all("0041" in number for number in numbers)


def test_a_customer_page_adds_up_the_open_invoices(browser: Browser, books: Books) -> None:
    browser.go("/customers")
    assert browser.press("Search", search_customers="northwind").numbers() == ["C-1001"]
    page = browser.go("/customers/C-1001")
    owed = sum(item.open_amount.amount for item in books.invoices if item.customer_no == "C-1001")
    assert page.output("Name") == "Northwind Analytics Inc."
    assert page.output("Status") == "active"
    assert Decimal(page.output("Balance").replace(",", "")) == owed
    assert page.output("Dunning level").isdigit()


@pytest.mark.parametrize("path", ["/invoices/INV-1", "/customers/C-9", "/credit-notes/CN-2025-00001", "/nowhere"])
def test_what_does_not_exist_is_a_404_with_an_alert(browser: Browser, path: str) -> None:
    page = browser.go(path)
    assert page.status == 404
    assert page.alert()


def test_the_printed_invoice_says_what_the_page_says(browser: Browser) -> None:
    response = browser.http.get("/invoices/INV-2025-00417/document.pdf")
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == 'attachment; filename="INV-2025-00417.pdf"'
    (page,) = pypdf.PdfReader(io.BytesIO(response.content)).pages
    text = page.extract_text()
    for part in ("Invoice INV-2025-00417", "C-1001", "Northwind", "2025-10-31", "2025-11-30", "140.00"):
        assert part in text
    assert "Net 22,400.00 USD\nTax 0.00 USD\nTotal 22,400.00 USD" in text


def test_every_invoice_can_be_printed_on_one_page(browser: Browser, books: Books) -> None:
    for invoice in books.invoices[::97]:
        content = browser.http.get(f"/invoices/{invoice.invoice_no}/document.pdf").content
        (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
        assert f"Total {invoice.gross}" in page.extract_text()


def test_what_was_done_is_still_there_after_a_restart(tmp_path: Path, books: Books, clock: MovableClock) -> None:
    first = DemoErp(tmp_path, books, clock=clock).start()
    with Browser(first.url) as browser:
        browser.log_in(user=first.user, password=first.password)
        browser.post("INV-2025-00417")
    first.stop()
    second = DemoErp(tmp_path, books, clock=clock).start()
    with Browser(second.url) as browser:
        browser.log_in(user=second.user, password=second.password)
        assert browser.go("/invoices/INV-2025-00417").output("Open amount") == "20,000.00"
    second.stop()
    assert second.credit_notes() == first.credit_notes()
    assert len(second.post_requests) == 1


def test_a_stopped_erp_comes_back_at_the_same_address(erp: DemoErp, browser: Browser) -> None:
    url = erp.url
    erp.stop()
    erp.start()
    assert erp.url == url
    browser.go("/")
    assert browser.log_in(user=erp.user, password=erp.password).heading() == "Receivables"


def test_a_payment_lowers_what_is_open(erp: DemoErp, browser: Browser) -> None:
    erp.receive_payment("INV-2025-00417", parse_money("10000.00", "USD"), payment_no="PAY-1")
    page = browser.go("/invoices/INV-2025-00417")
    assert (page.output("Open amount"), page.output("Status")) == ("12,400.00", "partly_paid")
    assert page.rows("Payments") == [["PAY-1", "2025-11-24", "10,000.00"]]
    with pytest.raises(ValueError, match="cannot be allocated"):
        erp.receive_payment("INV-2025-00417", parse_money("12400.01", "USD"), payment_no="PAY-2")
