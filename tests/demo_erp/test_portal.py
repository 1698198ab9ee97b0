"""The customer portal: disputes, their export, and comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from csr_bot.demo.portal import DemoPortal
from tests.demo_erp.browsing import Browser
from tests.demo_erp.conftest import MovableClock


@dataclass(frozen=True, slots=True)
class Dispute:
    external_id: str
    invoice_no_as_written: str
    status: str
    amount_text: str
    currency: str
    comment: str
    opened_on: date


DISPUTES = (
    Dispute(
        external_id="DSP-7781",
        invoice_no_as_written="INV2025-00431",
        status="DISPUTED",
        amount_text="9.850,00",
        currency="USD",
        comment="Onboarding not ordered / waived; line 2, café €",
        opened_on=date(2025, 11, 25),
    ),
    Dispute(
        external_id="DSP-7790",
        invoice_no_as_written="00388",
        status="OPEN",
        amount_text="18,750.00",
        currency="USD",
        comment="Billed twice",
        opened_on=date(2025, 11, 26),
    ),
)


@pytest.fixture
def portal(tmp_path: Path, clock: MovableClock) -> Iterator[DemoPortal]:
    running = DemoPortal(tmp_path, DISPUTES, clock=clock).start()
    yield running
    running.stop()


@pytest.fixture
def visitor(portal: DemoPortal) -> Iterator[Browser]:
    with Browser(portal.url) as browser:
        browser.log_in(user=portal.user, password=portal.password, button="Sign in")
        yield browser


def test_a_visitor_signs_in_and_sees_the_disputes(visitor: Browser) -> None:
    assert visitor.page.path == "/disputes"
    assert visitor.page.heading() == "Disputes"
    assert visitor.page.numbers() == ["DSP-7781", "DSP-7790"]


def test_without_a_session_the_portal_shows_nothing(portal: DemoPortal) -> None:
    with Browser(portal.url) as browser:
        for path in ("/disputes", "/disputes/export.csv", "/disputes/DSP-7781"):
            assert browser.go(path).path == f"/login?next={path}"
        assert "wrong" in browser.log_in(user="nobody", password="x", button="Sign in").alert()


def test_a_dispute_page_shows_the_customers_own_words(visitor: Browser) -> None:
    page = visitor.go("/disputes/DSP-7781")
    shown = [page.output(label) for label in ("Dispute", "Invoice", "Status", "Amount", "Currency", "Comment")]
    assert shown == [
        "DSP-7781", "INV2025-00431", "DISPUTED", "9.850,00", "USD", "Onboarding not ordered / waived; line 2, café €"
    ]  # fmt: skip
    assert visitor.go("/disputes/DSP-1").status == 404


def test_the_export_is_a_semicolon_file_in_code_page_1252(visitor: Browser) -> None:
    (link,) = visitor.page.tree.xpath("//a[text()='Export CSV']/@href")
    response = visitor.http.get(link)
    assert response.headers["content-disposition"] == 'attachment; filename="disputes.csv"'
    assert response.content.decode("cp1252").splitlines() == [
        "Dispute;Invoice;Status;Amount;Currency;Comment",
        'DSP-7781;INV2025-00431;DISPUTED;9.850,00;USD;"Onboarding not ordered / waived; line 2, café €"',
        "DSP-7790;00388;OPEN;18,750.00;USD;Billed twice",
    ]


def test_comments_are_kept_in_order_word_for_word(portal: DemoPortal, visitor: Browser) -> None:
    visitor.go("/disputes/DSP-7781")
    visitor.press("Add comment", new_comment="We are looking into it.\r\nCSR-2025-000102")
    page = visitor.press("Add comment", new_comment="Credited with <CN-2025-00061>")
    written = ["We are looking into it.\nCSR-2025-000102", "Credited with <CN-2025-00061>"]
    assert page.path == "/disputes/DSP-7781"
    assert [item.text_content() for item in page.tree.xpath("//ul[@aria-label='Comments']/li")] == written
    assert portal.comments("DSP-7781") == written
    assert portal.comments("DSP-7790") == []


def test_an_empty_comment_is_refused(portal: DemoPortal, visitor: Browser) -> None:
    visitor.go("/disputes/DSP-7781")
    assert visitor.press("Add comment", new_comment="  ").alert() == "Write a comment first."
    assert portal.comments("DSP-7781") == []


def test_comments_survive_a_restart(portal: DemoPortal, visitor: Browser, tmp_path: Path, clock: MovableClock) -> None:
    visitor.go("/disputes/DSP-7781")
    visitor.press("Add comment", new_comment="Credited")
    portal.stop()
    assert DemoPortal(tmp_path, DISPUTES, clock=clock).comments("DSP-7781") == ["Credited"]
