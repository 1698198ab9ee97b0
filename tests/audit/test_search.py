"""Searching the record: however a number or an amount is written, and among many cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from csr_bot.core.request import Category, DisputeReason
from csr_bot.demo import books_planted as planted
from tests.core.facts import ask
from tests.flow.desks import Office, the_books
from tests.log.rows import a_case, a_message


def find(office: Office, words: str) -> list[str]:
    with office.log.read() as records:
        return [case.case_no for case in records.cases.search(words, limit=100)]


def test_a_case_is_found_by_every_number_amount_and_name_of_its_record(credited: Office) -> None:
    number = credited.case().case_no
    invoice_no = planted.PRICE_DELTA_200.invoice_no
    invoice = next(item for item in the_books().invoices if item.invoice_no == invoice_no)
    owner = next(item for item in the_books().customers if item.customer_no == invoice.customer_no)
    total = credited.decision().total
    assert total is not None
    (credit_note,) = [effect.external_ref for effect in credited.effects() if effect.type.value == "create_credit_note"]
    plain = f"{total.amount:.2f}"
    ways = {
        invoice_no,
        invoice_no.lower().replace("-", " "),
        invoice_no.partition("-")[2],
        credit_note,
        plain,
        f"{total.amount:,.2f}",
        f"{total.amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", "."),
        plain.removesuffix(".00"),
        f"{invoice.gross.amount:,.2f}",
        owner.legal_name,
        owner.customer_no,
        number,
        "wrong price",
        "agreement billed",
    } | ({invoice.po_no} if invoice.po_no else set())
    assert {way for way in ways if find(credited, way or "") != [number]} == set()
    for other in ("INV-1999-00001", "77,777.77", "nobody wrote this", "100%_"):
        assert find(credited, other) == []


@pytest.fixture
def crowded(office: Office) -> Office:
    """Three hundred cases of the same words, each about an invoice of its own."""
    numbers = range(77_600, 77_900)
    cases = [
        replace(
            a_case(f"CSR-2024-{count:06d}"),
            request=ask(Category.BILLING_DISPUTE, f"INV-2024-{count:05d}", reason=DisputeReason.PRICE),
        )
        for count in numbers
    ]
    said = [a_message(f"{count:064x}") for count in numbers]
    messages = [replace(item, parsed=replace(item.parsed, text="not the agreed price")) for item in said]
    with office.log.begin() as records:
        records.cases.add(cases)
        records.intake.add([], messages, taken_at=office.clock.now())
        records.intake.link([(item.id, case.id) for item, case in zip(messages, cases, strict=True)])
    return office


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("INV-2024-77777", 1),
        ("inv 2024/77777", 1),
        ("INV-2030-77777", 0),
        ("12,345.67", 0),
        ("CSR-2024-077777", 1),
        ("agreed price", 100),
        ("words that nobody ever wrote", 0),
    ],
)
def test_among_many_cases_a_number_finds_one_and_words_the_newest(crowded: Office, words: str, expected: int) -> None:
    assert len(find(crowded, words)) == expected
