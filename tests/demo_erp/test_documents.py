"""Allocations, write-offs, refunds and plans: the ERP's own arithmetic, and what they change."""

from __future__ import annotations

import pytest

from csr_bot.core.money import Money, parse_money
from csr_bot.demo.erp import DemoErp
from tests.demo_erp.browsing import Browser, Page

CUSTOMER = "C-1001"
INVOICE = "INV-2025-00417"
PAYMENT = "P-7001"


def usd(text: str) -> Money:
    return parse_money(text, "USD")


@pytest.fixture
def paid(erp: DemoErp) -> DemoErp:
    """An ERP that holds 10,000.00 of the customer, for no invoice yet."""
    erp.receive_on_account(CUSTOMER, usd("10000.00"), payment_no=PAYMENT)
    return erp


def post(browser: Browser, path: str, button: str, **typed: str) -> Page:
    """Enter, review and, if the review allows it, post a document."""
    browser.go(f"/{path}/new")
    page = browser.press("Review", reference="csr:1", **typed)
    return page if page.alert() else browser.press(button)


def allocate(browser: Browser, **typed: str) -> Page:
    return post(browser, f"payments/{PAYMENT}/allocations", "Post allocation", **typed)


def test_an_allocation_settles_the_invoice_and_uses_up_the_payment(paid: DemoErp, browser: Browser) -> None:
    browser.go(f"/payments/{PAYMENT}/allocations/new")
    review = browser.press("Review", reference="csr:1", amount_for_inv_2025_00417="7,500.00")
    assert (review.output(f"New open on {INVOICE}"), review.output(f"New open on {PAYMENT}")) == (
        "14,900.00",
        "2,500.00",
    )
    assert paid.documents() == []
    page = browser.press("Post allocation")
    assert (page.path, page.output(f"Amount for {INVOICE}")) == ("/documents/AL-00001", "7,500.00")
    invoice = browser.go(f"/invoices/{INVOICE}")
    assert (invoice.output("Open amount"), invoice.output("Status")) == ("14,900.00", "partly_paid")
    payment = browser.go(f"/payments/{PAYMENT}")
    assert (payment.output("Unapplied"), payment.rows("Allocations")) == ("2,500.00", [[INVOICE, "7,500.00"]])
    assert browser.go("/documents", reference="csr:1").numbers() == ["AL-00001"]
    assert browser.go("/documents", reference="csr:2").numbers() == []


@pytest.mark.parametrize(
    ("amount", "said"),
    [("10,000.01", "left of P-7001"), ("22,400.01", "that is open"), ("0", "Enter an amount"), ("x", "not an amount")],
)
def test_no_more_is_allocated_than_is_left_and_open(paid: DemoErp, browser: Browser, amount: str, said: str) -> None:
    assert said in allocate(browser, amount_for_inv_2025_00417=amount).alert()
    assert paid.documents() == []


def test_what_was_allocated_after_the_review_is_not_allocated_again(paid: DemoErp, browser: Browser) -> None:
    browser.go(f"/payments/{PAYMENT}/allocations/new")
    reviewed = browser.press("Review", reference="csr:2", amount_for_inv_2025_00417="10,000.00")
    allocate(browser, amount_for_inv_2025_00417="5,000.00")
    browser.page = reviewed
    assert "left of P-7001" in browser.press("Post allocation").alert()
    assert len(paid.documents()) == 1


def test_a_credit_on_account_is_allocated_like_a_payment(erp: DemoErp, browser: Browser) -> None:
    erp.receive_on_account(CUSTOMER, usd("400.00"), payment_no="CR-1", kind="credit")
    page = post(browser, "payments/CR-1/allocations", "Post allocation", amount_for_inv_2025_00417="400.00")
    assert page.output("Entered on") == "CR-1"
    assert browser.go("/payments/CR-1").output("Unapplied") == "0.00"


def test_a_credit_note_leaves_the_dispute_flag_to_people(browser: Browser) -> None:
    browser.go(f"/invoices/{INVOICE}/fields/dispute-flag/new")
    browser.press("Review", new_value="yes", reference="csr:1")
    browser.press("Save change")
    browser.post(INVOICE)
    assert browser.go(f"/invoices/{INVOICE}").output("Dispute flag") == "yes"


def test_a_write_off_settles_what_is_left(erp: DemoErp, browser: Browser) -> None:
    erp.receive_payment(INVOICE, usd("22395.50"), payment_no="P-1")
    post(browser, f"invoices/{INVOICE}/write-offs", "Post write-off", amount_for_inv_2025_00417="4.50")
    page = browser.go(f"/invoices/{INVOICE}")
    assert (page.output("Open amount"), page.output("Status")) == ("0.00", "written_off")


def test_a_refund_is_proposed_within_what_is_left_and_not_while_it_is_blocked(paid: DemoErp, browser: Browser) -> None:
    refunds = f"payments/{PAYMENT}/refunds"
    assert "left of P-7001" in post(browser, refunds, "Propose refund", amount="10,000.01").alert()
    page = post(browser, refunds, "Propose refund", amount="4,000.00")
    assert (page.output("Kind"), page.output("Total")) == ("refund", "4,000.00")
    assert browser.go(f"/payments/{PAYMENT}").output("Unapplied") == "6,000.00"
    browser.go(f"/customers/{CUSTOMER}/fields/refund-block/new")
    browser.press("Review", new_value="yes", reference="csr:2")
    browser.press("Save change")
    assert "Refund block" in post(browser, refunds, "Propose refund", amount="1.00").alert()


def test_a_plan_has_to_cover_its_debt_in_the_order_of_days(erp: DemoErp, browser: Browser) -> None:
    plans = f"customers/{CUSTOMER}/payment-plans"
    typed = {
        "amount_for_inv_2025_00417": "22,400.00",
        "instalment_1_due": "2025-12-15",
        "instalment_1_amount": "12,000.00",
        "instalment_2_due": "2026-01-15",
    }
    assert "do not cover" in post(browser, plans, "Post payment plan", **typed, instalment_2_amount="1.00").alert()
    backwards = {**typed, "instalment_2_due": "2025-12-01", "instalment_2_amount": "10,400.00"}
    assert "must follow" in post(browser, plans, "Post payment plan", **backwards).alert()
    page = post(browser, plans, "Post payment plan", **typed, instalment_2_amount="10,400.00")
    assert (page.output("Instalment 2025-12-15"), page.output("Instalment 2026-01-15")) == ("12,000.00", "10,400.00")
    assert browser.go(f"/invoices/{INVOICE}").output("Open amount") == "22,400.00"


def test_the_open_items_of_a_customer_sum_up_by_currency(browser: Browser) -> None:
    page = browser.go(f"/customers/{CUSTOMER}/open-items")
    shown = [row[3] for row in page.rows("Open items")]
    assert page.output("Balance USD") == browser.go(f"/customers/{CUSTOMER}").output("Balance")
    assert "22,400.00" in shown
