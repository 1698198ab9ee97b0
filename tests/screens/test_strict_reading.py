"""Pages are read strictly: amounts in one form, labels exactly once, files within their limits, secrets never told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from csr_bot.adapters.erp.browser import WarmChromium
from csr_bot.adapters.erp.download import fetch_file
from csr_bot.adapters.erp.pages import (
    LogInForm,
    go_to,
    logged_in,
    parse_amount,
    parse_day,
    read_outputs,
    unavailable_on_failure,
)
from csr_bot.adapters.erp.printed import read_pdf_text
from csr_bot.core.money import Money
from csr_bot.ports import RefusedError, UnavailableError
from tests.screens.smallsite import Answer, SmallSite, site_of


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("22,400.00", "EUR", "22400.00"),
        ("0.00", "EUR", "0.00"),
        ("-1,234,567.89", "USD", "-1234567.89"),
        ("999.10", "EUR", "999.10"),
        ("22,400", "JPY", "22400"),
        ("1,234.567", "KWD", "1234.567"),
    ],
)
def test_an_amount_in_the_known_form_is_read_exactly(text: str, currency: str, amount: str) -> None:
    assert parse_amount(text, currency) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    ["22.400,00", "22400.00", "22,400", "22,400.0", "22,400.000", "2,2400.00", "1.5", "", "EUR 1.00", "1.00 ", "٣.00",
     "1e3.00", "(1.00)", "1.00-", "NaN", "1,00"],
)  # fmt: skip
def test_an_amount_in_any_other_form_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount in EUR such as "):
        parse_amount(text, "EUR")


@pytest.mark.parametrize("text", ["31.03.2026", "2026-3-1", "20260331", "2026-02-30", "", "2026-W01-1"])
def test_a_day_in_another_form_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text)


def output(label: str, value: str, style: str = "") -> str:
    return f'<output aria-label="{label}" style="{style}">{value}</output>'


@pytest.mark.browser
@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("", "'Total' is there 0 times"),
        (output("Total", "1.00") * 2, "'Total' is there 2 times"),
        (output("Total", "1.00") + output("Total", "1.00", "display:none"), "'Total' is there 2 times"),
        (output("Total", "1.00", "display:none"), "'Total' is hidden"),
        (output("Total", " "), "'Total' is empty"),
        (output("Total", "1.234,00"), "'Total': '1.234,00' is not an amount in EUR"),
        (output("total", "1.00"), "'Total' is there 0 times"),
    ],
)
def test_a_value_that_is_not_there_once_and_plain_is_drift(
    small_site: SmallSite, chromium: WarmChromium, html: str, said: str
) -> None:
    small_site.show("/", html)
    with chromium.open_context(site_of(small_site)) as session:
        go_to(session, "/")
        with pytest.raises(RefusedError, match=f"screen drift: on page X, {said}"):
            read_outputs(session.page, named="page X").money("Total", "EUR")


@pytest.mark.browser
def test_a_password_is_not_told_when_the_log_in_page_fails(small_site: SmallSite, chromium: WarmChromium) -> None:
    names = LogInForm(path="/login", user="User", password="Password", button="Log in")
    field = "<label>User<input></label><label>Password<input type=password disabled></label><button>Log in</button>"
    small_site.show("/login", field)
    with pytest.raises(UnavailableError) as failure:  # noqa: SIM117  # the session must see the error first
        with chromium.open_context(site_of(small_site, seconds=1)) as session, unavailable_on_failure("reading"):
            logged_in(session, go_to(session, "/login"), form=names, password="canary-4711")
    assert "Timeout" in str(failure.value)
    assert "canary" not in str(failure.value)
    assert failure.value.__suppress_context__


@pytest.mark.browser
@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Answer(b"x" * 1001), RefusedError, "larger than 1000 bytes"),
        (Answer(b"gone", status=404), RefusedError, "there is no file"),
        (Answer(status=303, headers={"Location": "/login"}), UnavailableError, "answered 302"),
        (Answer(status=500), UnavailableError, "answered 500"),
    ],
)
def test_a_file_that_is_too_large_or_not_there_is_not_fetched(
    small_site: SmallSite, chromium: WarmChromium, answer: Answer, error: type[Exception], said: str
) -> None:
    small_site.show("/", "")
    small_site.pages["/file"] = answer
    with chromium.open_context(site_of(small_site)) as session:
        go_to(session, "/")
        with pytest.raises(error, match=said):
            fetch_file(session.page, f"{small_site.origin}/file", limit_bytes=1000, timeout_ms=4000)


@pytest.mark.browser
@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 500])
def test_a_file_within_its_limit_arrives_byte_for_byte(
    small_site: SmallSite, chromium: WarmChromium, content: bytes
) -> None:
    small_site.show("/", "")
    small_site.pages["/file"] = Answer(content, headers={"Content-Type": "Text/CSV; charset=x"})
    with chromium.open_context(site_of(small_site)) as session:
        go_to(session, "/")
        file = fetch_file(session.page, f"{small_site.origin}/file", limit_bytes=1000, timeout_ms=4000)
    assert (file.content, file.content_type) == (content, "text/csv")


@pytest.mark.parametrize("content", [b"", b"<html>", b"%PDF-1.7 and then nothing"])
def test_a_file_that_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match="the print of INV-1"):
        read_pdf_text(content, named="the print of INV-1")
