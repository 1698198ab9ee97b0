"""The ledger in SQL says the same as the ledger in memory: whatever a message may mean, it means in both."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.core.evidence import Invoice, InvoiceLine
from csr_bot.core.matching import build_view, ledger_entries, match_request
from csr_bot.core.request import AmountRole, Category, ClaimedDate, Request, TextSource
from csr_bot.demo.books import make_books
from csr_bot.flow.lookups import find_invoices
from tests.core.facts import POLICY, ask, claim, ref
from tests.log.rows import a_snapshot, store_ledger

SNAPSHOT = a_snapshot()
BOOKS = make_books()
ACCOUNTS = sorted({item.customer_no for item in BOOKS.invoices})
NOBODY = frozenset[str]()
QUESTIONS = 400


LETTERED = ("INV-{year}-{serial}", "RE{short}{serial}", "SI-{serial}-{short}", "F{short}/{serial}")
BARE = ("90{year}{serial}", "{serial}", "{year}/{serial}")


def reshaped(rng: Random, invoice: Invoice, shapes: Sequence[str]) -> Invoice:
    """An invoice whose number is written by another rule; some numbers of the two companies are the same."""
    _, year, serial = invoice.invoice_no.split("-")
    number = rng.choice(shapes).format(year=year, short=year[2:], serial=serial)
    return replace(invoice, invoice_no=number, company_code=rng.choice(("1000", "2000")))


def generated(shapes: Sequence[str]) -> tuple[list[Invoice], list[InvoiceLine]]:
    """The same trade with numbers by many rules, and nearly a third of it with one customer."""
    rng = Random(7)
    invoices, lines = [], []
    for invoice in BOOKS.invoices:
        new = reshaped(rng, invoice, shapes)
        if rng.random() < 0.3:
            new = replace(new, customer_no=ACCOUNTS[0])
        invoices.append(new)
        lines += [
            replace(line, invoice_no=new.invoice_no) for line in BOOKS.lines if line.invoice_no == invoice.invoice_no
        ]
    return invoices, lines


MADE = {
    "demo": lambda: (list(BOOKS.invoices), list(BOOKS.lines)),
    "lettered": lambda: generated(LETTERED),
    "bare": lambda: generated(BARE),
}


def question(rng: Random, invoices: list[Invoice], lines: list[InvoiceLine]) -> tuple[Request, frozenset[str]]:
    """Something that a customer might write of one of these, more or less right."""
    meant = rng.choice(invoices)
    number = list(meant.invoice_no)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        place = rng.randrange(len(number))
        number[place] = rng.choice((*string.digits, "O", "l", "-", ""))
    written = "".join(number)
    names = rng.choice(
        ([written], [written], [written[-rng.randint(2, 5) :]], [], [written, rng.choice(invoices).invoice_no])
    )
    billed = [line for line in lines if line.invoice_no == meant.invoice_no] or [rng.choice(lines)]
    figures = (
        meant.gross.amount,
        meant.net.amount,
        meant.open_amount.amount,
        billed[0].unit_price,
        billed[0].net.amount,
    )
    amounts = [claim(str(rng.choice(figures)), rng.choice(list(AmountRole))) for _ in range(rng.choice((0, 1, 2)))]
    orders = [ref(meant.po_no)] if meant.po_no and rng.random() < 0.3 else []
    days = [meant.invoice_date + timedelta(days=rng.choice((0, 0, 1)))] if rng.random() < 0.3 else []
    request = replace(
        ask(Category.PAYMENT_STATUS, *(name for name in names if name)),
        amounts=tuple(amounts),
        po_refs=tuple(orders),
        dates=tuple(ClaimedDate(day, (0, 1), TextSource.BODY) for day in days),
    )
    return request, rng.choice((frozenset({meant.customer_no}), frozenset(rng.sample(ACCOUNTS, 2)), NOBODY))


@pytest.mark.parametrize("books", MADE)
def test_a_request_means_the_same_in_the_log_as_in_memory(log: SqlCaseLog, books: str):
    invoices, lines = MADE[books]()
    store_ledger(log, SNAPSHOT, {"invoices": invoices, "lines": lines})
    whole = build_view(ledger_entries(invoices, lines))
    rng = Random(11)
    asked = [question(rng, invoices, lines) for _ in range(QUESTIONS)]
    with log.read() as records:
        view = find_invoices(records, SNAPSHOT.bot, asked)
        alone = [find_invoices(records, SNAPSHOT.bot, [one]) for one in asked[:40]]
    for number, (request, own) in enumerate(asked):
        expected = match_request(request, own=own, view=whole, policy=POLICY.matching)
        assert match_request(request, own=own, view=view, policy=POLICY.matching) == expected
        if number < len(alone):
            assert match_request(request, own=own, view=alone[number], policy=POLICY.matching) == expected


def test_equal_amounts_are_found_however_they_are_written(log: SqlCaseLog):
    net = next(item for item in BOOKS.invoices if item.net.amount == item.net.amount.to_integral_value())
    twin = replace(
        net, invoice_no="TWIN-1", net=replace(net.net, amount=Decimal(f"{net.net.amount.normalize():f}")), locator="x!2"
    )
    store_ledger(log, SNAPSHOT, {"invoices": [net, twin]})
    with log.read() as records:
        found = records.ledger.invoice_facts(SNAPSHOT.id, net.invoice_no)
    assert [other.invoice_no for other in found.equal_net] == ["TWIN-1"]


def test_all_of_very_many_equal_invoices_are_compared_with_one_that_may_be_a_duplicate(log: SqlCaseLog):
    first = BOOKS.invoices[0]
    many = [replace(first, invoice_no=f"SUB-{number:04d}") for number in range(200)]
    store_ledger(log, SNAPSHOT, {"invoices": many})
    with log.read() as records:
        found = records.ledger.invoice_facts(SNAPSHOT.id, "SUB-0007")
    assert len(found.equal_net) == 199
