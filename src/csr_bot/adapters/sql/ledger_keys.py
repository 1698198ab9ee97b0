"""The keys that invoices are looked up by: what a request may state of one, whose account it is on, as one number.

A key is a checksum. Two things that share one cost a look at a row too many and no more, because matching compares for
itself. A key that a very common thing would fill is kept short (``KEPT``); one below zero is kept whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final
from zlib import crc32

from csr_bot.core.evidence import Invoice
from csr_bot.core.matching import MAX_CANDIDATES, Wanted, canonical_order, number_forms
from csr_bot.core.money import Money

KEPT: Final = MAX_CANDIDATES
"""Invoices kept under one key, the first of the file."""


def invoice_keys(invoice: Invoice) -> set[int]:
    """The keys of an invoice by its numbers, and on its account by amounts, order and days: all but those of its lines.

    Numbers, amounts and dates are those that ``matching.ledger_entry`` gives an invoice.
    """
    forms, account = number_forms(invoice.invoice_no), f"\n{invoice.customer_no}"
    gross, net, still_open = invoice.gross.amount, invoice.net.amount, invoice.open_amount.amount
    texts = [f"C{forms.canonical}", f"I{invoice.invoice_date}{account}", f"I{invoice.due_date}{account}"]
    if forms.tail:
        texts += (f"T{forms.tail}", f"t{forms.tail}{account}")
    texts += [f"D{form}" for form in (forms.digits, forms.year_serial) if form]
    texts += [f"A{_plain(abs(amount))}{account}" for amount in (gross, net, still_open) if amount]
    if invoice.po_no:
        texts.append(f"P{canonical_order(invoice.po_no)}{account}")
    if still_open:
        texts.append(f"O{account}")
    keys = {crc32(text.encode()) for text in texts}
    keys.add(net_key(invoice.customer_no, invoice.net))
    return keys


def net_key(customer_no: str, net: Money) -> int:
    """The key of a customer's invoices with one net total, all of them."""
    return -1 - crc32(f"N{_plain(net.amount)}{net.currency}\n{customer_no}".encode())


def line_keys(customer_no: str, values: Iterable[Decimal]) -> set[int]:
    """The keys of a customer's open invoices by the figures of a line: rate, quantity, and net without sign."""
    return {crc32(f"V{_plain(value)}\n{customer_no}".encode()) for value in values}


def wanted_keys(wanted: Wanted) -> set[int]:
    """The keys of all that a request wants but neighbours."""
    texts = {f"C{form}" for form in wanted.canonicals} | {f"D{form}" for form in wanted.digits}
    if not wanted.own:
        texts |= {f"T{form}" for form in wanted.tails}
    keys = {crc32(text.encode()) for text in texts}
    stated = list(_stated(wanted))
    for account in wanted.own:
        keys |= {crc32(f"{text}\n{account}".encode()) for text in stated}
    return keys


def neighbour_keys(wanted: Wanted) -> set[int]:
    """The keys of the numbers one slip away, on any account."""
    return {crc32(f"C{form}".encode()) for form in wanted.neighbours}


def _stated(wanted: Wanted) -> Iterator[str]:
    yield from (f"t{form}" for form in wanted.tails)
    yield from (f"A{_plain(amount)}" for amount in wanted.amounts)
    yield from (f"I{day}" for day in wanted.dates)
    yield from (f"P{order}" for order in wanted.po_nos)
    yield from (f"V{_plain(value)}" for value in wanted.values)
    if wanted.open_items:
        yield "O"


def _plain(amount: Decimal) -> str:
    """The same text for equal amounts, however many zeros they are written with."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
