"""Signing in, sessions and foreign forms."""

from __future__ import annotations

from csr_bot.demo.erp import DemoErp
from tests.demo_erp.browsing import Browser
from tests.demo_erp.conftest import MovableClock


def test_a_page_without_a_session_leads_to_the_log_in_and_back(erp: DemoErp) -> None:
    with Browser(erp.url) as browser:
        assert browser.go("/invoices?q=INV-2025-00417").path == "/login?next=/invoices%3Fq%3DINV-2025-00417"
        assert browser.log_in(user=erp.user, password=erp.password).path == "/invoices?q=INV-2025-00417"


def test_a_wrong_password_shows_an_alert_and_opens_nothing(erp: DemoErp) -> None:
    with Browser(erp.url) as browser:
        page = browser.log_in(user=erp.user, password="guess")
        assert (page.status, page.alert()) == (401, "User name or password is wrong.")
        assert browser.go("/").path.startswith("/login")


def test_the_wish_to_go_to_another_server_is_ignored(erp: DemoErp) -> None:
    for wish in ("https://evil.example/", "//evil.example/", "/\\evil.example/"):
        with Browser(erp.url) as browser:
            browser.go("/login", next=wish)
            assert browser.log_in(user=erp.user, password=erp.password).response.url == f"{erp.url}/"


def test_the_session_cookie_is_out_of_reach_of_scripts(erp: DemoErp) -> None:
    with Browser(erp.url) as browser:
        assert "HttpOnly" in browser.go("/login").response.headers["set-cookie"]


def test_a_session_ends_after_thirty_idle_minutes(browser: Browser, clock: MovableClock) -> None:
    clock.advance(minutes=29)
    assert browser.go("/invoices").heading() == "Invoices"
    clock.advance(minutes=29)
    assert browser.go("/invoices").heading() == "Invoices"
    clock.advance(minutes=31)
    assert browser.go("/invoices").path == "/login?next=/invoices"


def test_all_sessions_can_be_ended_at_once(erp: DemoErp, browser: Browser) -> None:
    erp.switches.expire_sessions()
    assert browser.go("/").path == "/login?next=/"


def test_log_out_ends_the_session(browser: Browser) -> None:
    assert browser.go("/logout").path == "/login"
    assert browser.go("/").path.startswith("/login")


def test_a_form_without_the_token_of_the_session_is_refused(erp: DemoErp, browser: Browser) -> None:
    assert browser.http.post("/invoices/INV-2025-00417/fields/dispute-flag", data={"value": "yes"}).status_code == 403
    assert browser.http.post("/invoices/INV-2025-00417/credit-notes", data={"net_1": "1"}).status_code == 403
    assert browser.http.post("/login", data={"user": erp.user, "password": erp.password}).status_code == 403
    assert erp.credit_notes() == []
