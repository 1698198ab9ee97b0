"""Fields of invoices and customers: changed after a review, written into a log, found by their reference."""

from __future__ import annotations

import httpx
import pytest

from csr_bot.core.money import parse_money
from csr_bot.demo.erp import DemoErp
from tests.demo_erp.browsing import Browser, Page

INVOICE = "INV-2025-00417"
CUSTOMER = "C-1001"


def change(browser: Browser, path: str, value: str, *, reference: str = "csr:1", remark: str = "") -> Page:
    """Enter, review and, if the review allows it, save a change."""
    browser.go(f"/{path}/new")
    page = browser.press("Review", new_value=value, reference=reference, remark=remark)
    return page if page.alert() else browser.press("Save change")


def test_a_flag_is_set_with_its_reference_and_taken_back(erp: DemoErp, browser: Browser) -> None:
    page = change(browser, f"invoices/{INVOICE}/fields/dispute-flag", "yes", remark="PRICE 2400.00 USD")
    assert (page.path, page.output("Dispute flag")) == (f"/invoices/{INVOICE}", "yes")
    assert page.rows("Changes") == [
        ["invoice", INVOICE, "Dispute flag", "no", "yes", "csr:1", "PRICE 2400.00 USD", "csr-bot",
         "2025-11-24T14:00:00+00:00"],
    ]  # fmt: skip
    assert browser.go("/changes", reference="csr:1").rows()[0][:5] == ["invoice", INVOICE, "Dispute flag", "no", "yes"]
    assert browser.go("/changes", reference="csr:2").numbers() == []
    assert change(browser, f"invoices/{INVOICE}/fields/dispute-flag", "no").output("Dispute flag") == "no"
    assert [row.new for row in erp.changes("csr:1")] == ["no", "yes"]


def test_the_review_shows_what_would_be_saved_and_saves_nothing(erp: DemoErp, browser: Browser) -> None:
    browser.go(f"/invoices/{INVOICE}/fields/dunning-block-until/new")
    page = browser.press("Review", new_value="2025-12-05", reference="csr:1")
    shown = {"Number": INVOICE, "Field": "Dunning block until", "Present value": "—", "New value": "2025-12-05"}
    assert {label: page.output(label) for label in shown} == shown
    assert erp.changes("csr:1") == []
    assert list(erp.post_requests) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (f"invoices/{INVOICE}/fields/dispute-flag", "maybe", "neither yes nor no"),
        (f"invoices/{INVOICE}/fields/dispute-flag", "", "choose yes or no"),
        (f"invoices/{INVOICE}/fields/dunning-block-until", "tomorrow", "not a date"),
        (f"customers/{CUSTOMER}/fields/credit-limit", "1e6", "not an amount in USD"),
        (f"customers/{CUSTOMER}/fields/bank-account", "DE89 3704 0044 0532 0130 00", "that is staged"),
    ],
)
def test_a_value_that_the_field_does_not_take_is_refused(
    erp: DemoErp, browser: Browser, path: str, value: str, said: str
) -> None:
    page = change(browser, path, value)
    assert (page.status, said in page.alert()) == (422, True)
    assert erp.changes("csr:1") == []


def test_a_value_that_changed_after_the_review_is_not_overwritten(erp: DemoErp, browser: Browser) -> None:
    path = f"customers/{CUSTOMER}/fields/phone"
    browser.go(f"/{path}/new")
    reviewed = browser.press("Review", new_value="+1 555 0100", reference="csr:late")
    change(browser, path, "+1 555 0199", reference="csr:first")
    browser.page = reviewed
    assert "has changed in the meantime" in browser.press("Save change").alert()
    assert browser.go(f"/customers/{CUSTOMER}").output("Phone") == "+1 555 0199"


def test_an_account_is_staged_made_active_and_never_shown_in_full(browser: Browser) -> None:
    account = "DE89 3704 0044 0532 0130 00"
    page = change(browser, f"customers/{CUSTOMER}/fields/staged-bank-account", account)
    assert (page.output("Staged bank account"), page.output("Bank account")) == ("****3000", "—")
    page = change(browser, f"customers/{CUSTOMER}/fields/bank-account", account)
    assert (page.output("Staged bank account"), page.output("Bank account")) == ("—", "****3000")
    assert "3704" not in page.response.text


def test_contacts_are_added_and_deactivated(browser: Browser) -> None:
    path = f"customers/{CUSTOMER}/fields/contact:ap@northwind-analytics.example"
    page = change(browser, path, "Jane Miller / billing")
    assert ["ap@northwind-analytics.example", "Jane Miller / billing"] in page.rows("Contacts")
    assert "Jane" not in str(change(browser, path, "").rows("Contacts"))


def test_a_credit_block_stays_while_the_exposure_is_over_the_limit(erp: DemoErp, browser: Browser) -> None:
    change(browser, f"customers/{CUSTOMER}/fields/credit-block", "yes")
    change(browser, f"customers/{CUSTOMER}/fields/credit-limit", "1,000.00")
    assert "over the limit" in change(browser, f"customers/{CUSTOMER}/fields/credit-block", "no").alert()
    change(browser, f"customers/{CUSTOMER}/fields/credit-limit", "900000")
    page = change(browser, f"customers/{CUSTOMER}/fields/credit-block", "no")
    assert (page.output("Credit block"), page.output("Credit limit")) == ("no", "900,000.00")


def test_notes_are_added_beside_each_other(browser: Browser) -> None:
    change(browser, f"customers/{CUSTOMER}/fields/note", "called back")
    page = change(browser, f"customers/{CUSTOMER}/fields/note", "sent a copy")
    assert [row[4] for row in page.rows("Changes")] == ["sent a copy", "called back"]


@pytest.mark.parametrize(("switch", "saved"), [("drop_after_post", 1), ("drop_before_booking", 0)])
def test_answers_to_changes_get_lost_as_those_to_credit_notes(
    erp: DemoErp, browser: Browser, switch: str, saved: int
) -> None:
    setattr(erp.switches, switch, "once")
    browser.go(f"/invoices/{INVOICE}/fields/dispute-flag/new")
    browser.press("Review", new_value="yes", reference="csr:1")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        browser.press("Save change")
    assert len(erp.changes("csr:1")) == saved
    assert [asked.reference for asked in erp.post_requests] == ["csr:1"]


def test_the_new_limit_counts_in_the_customers_currency(browser: Browser) -> None:
    page = change(browser, f"customers/{CUSTOMER}/fields/credit-limit", "250,000.00")
    assert page.output("Credit limit") == str(parse_money("250000.00", "USD")).removesuffix(" USD")
