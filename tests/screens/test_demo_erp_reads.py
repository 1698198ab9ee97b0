"""What the demo ERP's screens read, and what they refuse to read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csr_bot.adapters.erp.browser import WarmChromium
from csr_bot.adapters.erp.screens.demo import DemoErpScreens
from csr_bot.core.evidence import Invoice
from csr_bot.demo.erp import RENAMED_LABELS, DemoErp
from csr_bot.ports import RefusedError, UnavailableError
from tests.screens.conftest import order_on, screens_of

pytestmark = pytest.mark.browser

PNG = b"\x89PNG\r\n"


def do_nothing() -> None:
    """Take the place of recording that an effect is about to be submitted."""


def test_an_invoice_page_is_read_as_the_books_have_it(screens: DemoErpScreens, invoice: Invoice) -> None:
    shown = screens.read_invoice(invoice.invoice_no)
    assert (shown.invoice_no, shown.customer_no, shown.status, shown.due_date, shown.gross, shown.open_amount) == (
        invoice.invoice_no,
        invoice.customer_no,
        invoice.status,
        invoice.due_date,
        invoice.gross,
        invoice.open_amount,
    )
    assert shown.url_path == f"/invoices/{invoice.invoice_no}"
    assert shown.screenshot is not None
    assert shown.screenshot.startswith(PNG)


@pytest.mark.parametrize("invoice_no", ["INV-0", "INV", "../login", "a b/ä?x#y"])
def test_an_invoice_that_is_not_there_is_refused(screens: DemoErpScreens, invoice_no: str) -> None:
    with pytest.raises(RefusedError, match="there is no invoice"):
        screens.read_invoice(invoice_no)


def test_the_printed_invoice_is_a_pdf_that_names_the_invoice(screens: DemoErpScreens, invoice: Invoice) -> None:
    document = screens.fetch_document(invoice.invoice_no)
    assert document.content.startswith(b"%PDF-")
    assert document.content_type == "application/pdf"
    assert invoice.invoice_no in document.text


def test_a_reference_that_nobody_used_finds_nothing(screens: DemoErpScreens) -> None:
    assert screens.find_by_reference("csr:nobody") == []


def test_a_reference_is_found_only_whole(screens: DemoErpScreens, invoice: Invoice) -> None:
    order = order_on(screens.read_invoice(invoice.invoice_no), reference="csr:abc")
    screens.post_credit_note(order, before_submit=do_nothing)
    assert screens.find_by_reference("csr:ab") == []
    assert len(screens.find_by_reference("csr:abc")) == 1


def test_the_rows_of_an_earlier_search_are_not_believed(
    screens: DemoErpScreens, erp: DemoErp, invoice: Invoice
) -> None:
    screens.post_credit_note(order_on(screens.read_invoice(invoice.invoice_no)), before_submit=do_nothing)
    screens.find_by_reference("csr:nobody")
    erp.switches.stale_row = "search"
    with pytest.raises(UnavailableError, match="the result of another search"):
        screens.find_by_reference("csr:0123456789ab")


def test_a_session_that_expired_is_opened_again(screens: DemoErpScreens, erp: DemoErp, invoice: Invoice) -> None:
    screens.read_invoice(invoice.invoice_no)
    erp.switches.expire_sessions()
    assert screens.read_invoice(invoice.invoice_no).invoice_no == invoice.invoice_no


def test_a_wrong_password_is_refused_with_the_user_and_the_cure(
    erp: DemoErp, chromium: WarmChromium, invoice: Invoice
) -> None:
    with pytest.raises(RefusedError, match=r"refused the log-in of 'csr-bot'.*password is wrong.*secret") as refusal:
        screens_of(erp, chromium, password="canary-4711").read_invoice(invoice.invoice_no)
    assert "canary-4711" not in str(refusal.value)


def test_a_renamed_label_is_refused_by_name(screens: DemoErpScreens, erp: DemoErp, invoice: Invoice) -> None:
    erp.switches.renamed_labels = RENAMED_LABELS
    with pytest.raises(RefusedError, match=r"screen drift: on invoice .*'Open amount' is there 0 times"):
        screens.read_invoice(invoice.invoice_no)


def test_a_doubled_label_is_refused_by_name(screens: DemoErpScreens, erp: DemoErp, invoice: Invoice) -> None:
    erp.switches.renamed_labels = {"Credited": "Open amount"}
    with pytest.raises(RefusedError, match="'Open amount' is there 2 times"):
        screens.read_invoice(invoice.invoice_no)


def test_a_slow_erp_is_waited_for(screens: DemoErpScreens, erp: DemoErp, invoice: Invoice) -> None:
    erp.switches.slow = 0.8
    assert screens.read_invoice(invoice.invoice_no).open_amount == invoice.open_amount


@pytest.mark.parametrize(
    "read",
    [
        lambda screens, number: screens.read_invoice(number),
        lambda screens, number: screens.fetch_document(number),
        lambda screens, _: screens.find_by_reference("csr:x"),
    ],
    ids=["invoice", "document", "reference"],
)
def test_an_erp_that_is_gone_is_unavailable_and_read_again_when_it_is_back(
    screens: DemoErpScreens, erp: DemoErp, invoice: Invoice, read: Callable[[DemoErpScreens, str], object]
) -> None:
    screens.read_invoice(invoice.invoice_no)
    erp.stop()
    with pytest.raises(UnavailableError, match="ERR_CONNECTION_REFUSED"):
        read(screens, invoice.invoice_no)
    erp.start()
    read(screens, invoice.invoice_no)


def test_an_erp_that_is_too_slow_is_unavailable(screens: DemoErpScreens, erp: DemoErp, invoice: Invoice) -> None:
    erp.switches.slow = 6
    with pytest.raises(UnavailableError, match="Timeout"):
        screens.read_invoice(invoice.invoice_no)


def test_the_health_of_an_erp_names_the_cure(screens: DemoErpScreens, erp: DemoErp) -> None:
    assert screens.health().ok
    erp.stop()
    sick = screens.health()
    assert (sick.ok, sick.cure) == (False, "see that the ERP answers from this machine")
