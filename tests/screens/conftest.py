"""A demo ERP and a demo portal of the test's own, and one browser for each module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from csr_bot.adapters.erp.browser import WarmChromium
from csr_bot.adapters.erp.find import find_browser
from csr_bot.adapters.erp.screens.demo import DemoErpScreens
from csr_bot.adapters.portals.demo import DemoPortalSite
from csr_bot.core.effects import CreditLine, CreditNoteOrder
from csr_bot.core.evidence import ErpInvoice, Invoice
from csr_bot.core.money import Money
from csr_bot.demo.books import Books, make_books
from csr_bot.demo.erp import DemoErp
from csr_bot.demo.portal import DemoPortal
from csr_bot.ports import PortError
from tests.screens.smallsite import SmallSite

SHORT = timedelta(seconds=4)
"""Long enough for every page of a loopback server on a busy machine, short enough to wait for a hang."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Dispute:
    external_id: str
    invoice_no_as_written: str = "INV-2025-00412"
    status: str = "OPEN"
    amount_text: str = "2.400,00"
    currency: str = "EUR"
    comment: str = "Preis für März stimmt nicht"
    opened_on: date = date(2026, 3, 2)


@pytest.fixture(scope="session")
def books() -> Books:
    return make_books()


@pytest.fixture(scope="session")
def browser_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the browser of this machine is remembered. Without one the tests are skipped, unless it is required."""
    cache = tmp_path_factory.mktemp("browser") / "found.json"
    try:
        find_browser(wanted=None, cache=cache)
    except PortError as error:
        if os.environ.get("CSR_REQUIRE_SERVICES") == "1":
            raise
        pytest.skip(str(error))
    return cache


@pytest.fixture(scope="module")
def module_chromium(browser_cache: Path) -> Iterator[WarmChromium]:
    browser = WarmChromium(cache=browser_cache)
    yield browser
    browser.close_thread()


@pytest.fixture
def chromium(module_chromium: WarmChromium) -> Iterator[WarmChromium]:
    """The module's browser, without the contexts of earlier tests: their servers are gone."""
    yield module_chromium
    idle = module_chromium._run().idle
    while idle:
        module_chromium._discard(idle.popitem()[1])


@pytest.fixture
def erp(tmp_path: Path, books: Books) -> Iterator[DemoErp]:
    server = DemoErp(tmp_path / "erp", books, clock=SystemClock().now).start()
    yield server
    server.stop()


@pytest.fixture
def screens(erp: DemoErp, chromium: WarmChromium) -> DemoErpScreens:
    return screens_of(erp, chromium)


def screens_of(erp: DemoErp, chromium: WarmChromium, *, password: str | None = None) -> DemoErpScreens:
    return DemoErpScreens(
        browser=chromium,
        url=erp.url,
        user=erp.user,
        password=erp.password if password is None else password,
        clock=SystemClock(),
        timeout=SHORT,
    )


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[DemoPortal]:
    disputes = [Dispute("D-1001"), Dispute("D-1002")]
    server = DemoPortal(tmp_path / "portal", disputes, clock=SystemClock().now).start()
    yield server
    server.stop()


@pytest.fixture
def site(portal: DemoPortal, chromium: WarmChromium) -> DemoPortalSite:
    return DemoPortalSite(
        key="demo",
        browser=chromium,
        url=portal.url,
        user=portal.user,
        password=portal.password,
        clock=SystemClock(),
        timeout=SHORT,
    )


@pytest.fixture(scope="session")
def invoice(books: Books) -> Invoice:
    """An open invoice with nothing paid or credited, whose first line carries tax."""
    taxed = {line.invoice_no for line in books.lines if line.line_no == 1 and line.tax.amount > 1}
    return next(item for item in books.invoices if item.open_amount == item.gross and item.invoice_no in taxed)


def order_on(shown: ErpInvoice, *, reference: str = "csr:0123456789ab") -> CreditNoteOrder:
    """A credit of 10.00 net and 1.00 tax on the first line of an invoice as its page showed it."""
    currency = shown.gross.currency
    line = CreditLine(1, net=Money(Decimal("10.00"), currency), tax=Money(Decimal("1.00"), currency))
    return CreditNoteOrder(
        invoice_no=shown.invoice_no,
        customer_no=shown.customer_no,
        lines=(line,),
        amount=line.net + line.tax,
        reason="PRICE",
        reference=reference,
        issued_on=date(2026, 3, 16),
        expected_gross=shown.gross,
        expected_open=shown.open_amount,
        expected_status=shown.status.value,
        expected_due_date=shown.due_date,
    )


@pytest.fixture
def small_site() -> Iterator[SmallSite]:
    server = SmallSite()
    yield server
    server.close()


@pytest.fixture
def other_site() -> Iterator[SmallSite]:
    server = SmallSite()
    yield server
    server.close()
